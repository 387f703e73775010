"""Reading incidents: every row is either accepted or set aside with a reason.

The reader decides what the columns mean, reads times and places, and judges each row
on its own; it never mends a value. What it can accept it returns as the table
``incidents``, everything else as ``set_aside``, and the two add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform
from gridgov.columns import TABLES
from gridgov.geo.point_array import point_array
from gridgov.sources import incident_notices as say
from gridgov.sources.column_names import first_found
from gridgov.sources.coordinates import Points, read_points
from gridgov.sources.incident_columns import our_columns, own_columns, source_datum
from gridgov.sources.notices import attach, plain, warn
from gridgov.sources.presets import Preset, find_preset
from gridgov.sources.set_aside import set_aside_table
from gridgov.sources.tables import read_table
from gridgov.sources.text_values import as_text
from gridgov.sources.times import ParsedTimes, parse_times
from gridgov.taxonomy.categories import known as known_terms

__all__ = ["IncidentsRead", "read_incidents"]

_TIMES = ("reported_at", "closed_at", "due_at")
_TEXTS = ("category", "status", "channel", "department")


class IncidentsRead(NamedTuple):
    """What :func:`read_incidents` returns: accepted rows and rows set aside."""

    incidents: gpd.GeoDataFrame
    set_aside: pd.DataFrame


def read_incidents(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    preset: str | None = None,
    datum: Any = None,
    timezone: str | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
    jurisdictions: gpd.GeoDataFrame | None = None,
    duplicates: str = "set_aside",
    day_first: bool = False,
) -> IncidentsRead:
    """Read incidents from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV, Excel, GeoJSON, GeoPackage, Shapefile or (Geo)Parquet file, or a
        DataFrame; see :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``incident_id``, ``category``,
        ``reported_at``, ``closed_at``, ``due_at``, ``status``, ``channel``,
        ``department``, ``longitude``, ``latitude``, ``location``. What is not named is
        looked for by the names of `preset`, or by common Chinese and English names.
        None as the name says that the source has no such column; only
        ``{"reported_at": None}`` accepts a source without report times.
    preset
        ``"gridgov"``, ``"chicago311"``, ``"nyc311"`` or ``"sf311"``: columns, datum and
        time zone of a known source.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows. When None that
        of `preset`, else that of the geometries of the source, else WGS-84.
    timezone
        Zone of times that name none, such as ``"Asia/Shanghai"``. When None that of
        `preset`, else UTC, which is noticed.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage.
    jurisdictions
        When given, coordinates are held against them: a datum that fits better and
        points outside are noticed, exchanged coordinates are recognized more surely.
    duplicates
        ``"set_aside"`` sets later rows of an id aside; ``"number"`` keeps them as
        ``id#2``, ``id#3``.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    incidents : GeoDataFrame
        Accepted rows in the order of the source, EPSG:4326, rows numbered from 0.

        - ``incident_id`` -- as read, never altered; ``row-1`` ... when there is no column
        - ``category``, ``status``, ``channel``, ``department`` -- as read, without blanks
          around; may be missing
        - ``reported_at``, ``closed_at``, ``due_at`` -- with zone; a date without a time
          is midnight
        - ``geometry`` -- Point, WGS-84; missing where the source has no coordinates
        - then the caller's own columns; one that has a name of ours, ``cell``,
          ``street_id`` and ``match`` included, ends in ``_source``

        ``attrs["source"]`` says what was read and how, ``gridgov.notices(incidents)``
        what was noticed.
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- code, see :mod:`gridgov.sources.reasons`
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If report times or coordinates are not found, a named column is not there, or
        longitude and latitude are exchanged in most rows.
    DatumError
        If the datum is unknown or does not have most of the coordinates.
    OptionError
        If `preset`, `timezone`, `encoding`, `duplicates` or a key of `columns` does not
        exist.

    Warns
    -----
    DataWarning
        Once, with everything that was noticed.

    Notes
    -----
    A row has one reason, the first that applies: missing_id, missing_time,
    unreadable_time (of the report), closed_before_reported, unreadable_coordinate,
    zero_coordinate, swapped_coordinates, out_of_range_coordinate, duplicate_id. Only an
    accepted row makes a later one a duplicate. A closing time that is exactly midnight
    is taken as a date and compared by day. Unreadable closing and due times are missing
    and noticed; they set no row aside. Rows without coordinates are accepted. The rules
    for coordinates are in :mod:`gridgov.sources.coordinates`, those for times in
    :mod:`gridgov.sources.times`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "事件编号": ["A1", "A2", "A2"],
    ...     "问题类型": ["暴露垃圾", "占道经营", "占道经营"],
    ...     "上报时间": ["2016-03-05 14:20", "2016年3月6日", "2016-03-07"],
    ...     "经度": [116.2, 116.2, 116.3], "纬度": [39.9, 39.9, 39.9],
    ... })
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     incidents, set_aside = read_incidents(table, timezone="Asia/Shanghai")
    >>> incidents["incident_id"].tolist()
    ['A1', 'A2']
    >>> set_aside[["source_row", "reason", "detail"]].values.tolist()
    [[3, 'duplicate_id', "The id 'A2' is that of row 2 already."]]
    """
    check_choice(duplicates, option="duplicates", choices=("set_aside", "number"))
    known = None if preset is None else find_preset(preset)
    bounds = None
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["geometry"])
        west, south, east, north = map(float, jurisdictions.total_bounds)
        bounds = (west, south, east, north)
    raw = read_table(source, encoding=encoding, layer=layer)
    frame = raw.frame
    ours = our_columns(raw, columns, known)
    used_datum = source_datum(raw, ours, datum, known)
    zone = timezone or (known.timezone if known else "UTC")
    times = {
        name: parse_times(
            frame[ours[name]],
            timezone=zone,
            day_first=day_first,
            order_known=known is not None and known.month_first and not day_first,
        )
        for name in _TIMES
        if name in ours
    }
    points = read_points(frame, ours, datum=used_datum, bounds=bounds)
    ids, no_id = _ids(frame, ours)
    first_rows = None
    reason = _judge(no_id, times, points)
    repeated = np.zeros(len(frame), bool)
    kept = np.flatnonzero(reason == "")
    repeated[kept] = np.asarray(ids.iloc[kept].duplicated())
    if duplicates == "number":
        ids = _numbered(ids, repeated, kept)
    else:
        reason[repeated] = "duplicate_id"
        first_rows = _first_rows(ids, kept, repeated)
    accepted = np.flatnonzero(reason == "")

    incidents, renamed = _accepted(frame, ours, known, ids, times, points, zone, accepted)
    set_aside = set_aside_table(frame, ours, reason, times, points, ids, first_rows)
    told = [
        *say.about_ids(
            frame[ours["incident_id"]] if "incident_id" in ours else None,
            column=ours.get("incident_id", "incident_id"),
            rows=len(accepted),
            has_ids="incident_id" in ours,
            numbered=int(repeated.sum()) if duplicates == "number" else 0,
        ),
        *say.about_columns(
            missing=[name for name in ("category", "reported_at") if name not in ours],
            renamed=renamed,
            remarks=raw.remarks,
            titles=raw.titles,
        ),
        *say.about_times(
            times,
            ours,
            frame,
            timezone=zone,
            assumed=timezone is None and known is None,
            day_first=day_first,
        ),
        *say.about_points(points, len(accepted), int(points.missing[accepted].sum())),
        *say.about_categories(
            _unknown_categories(incidents["category"], known),
            blank=int(incidents["category"].isna().sum()) if "category" in ours else 0,
            accepted=len(accepted),
        ),
    ]
    # A wrong datum moves every point: it comes first, before what concerns single rows.
    if jurisdictions is not None:
        told = [
            *say.about_streets(points, accepted, jurisdictions, datum=used_datum, name=raw.name),
            *told,
        ]
    notices = [*say.about_set_aside(set_aside["reason"], len(frame)), *told]
    incidents = attach(incidents, notices=notices)
    incidents.attrs["source"] = {
        "name": raw.name,
        "rows": len(frame),
        "accepted": len(incidents),
        "set_aside": len(set_aside),
        "encoding": raw.encoding,
        "preset": preset,
        "datum": used_datum if isinstance(used_datum, str) else plain(used_datum),
        "timezone": zone,
        "columns": dict(ours),
    }
    warn([*told, *say.all_set_aside(set_aside["reason"], len(frame))], subject=raw.name)
    return IncidentsRead(incidents, set_aside)


def _ids(frame: pd.DataFrame, ours: Mapping[str, str]) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the id of every row and which rows have none."""
    if "incident_id" not in ours:
        numbers = pd.Series(np.arange(1, len(frame) + 1), index=frame.index).astype("str")
        return "row-" + numbers, np.zeros(len(frame), bool)
    ids = as_text(frame[ours["incident_id"]])
    return ids, np.asarray(ids.isna() | (ids.str.strip() == ""))


def _judge(
    no_id: NDArray[np.bool_], times: Mapping[str, ParsedTimes], points: Points
) -> NDArray[np.object_]:
    """Return the first reason against every row, ``""`` where there is none."""
    reason = points.reason.copy()
    if "reported_at" in times:
        reported = times["reported_at"]
        if "closed_at" in times:
            reason[_closed_too_early(reported.times, times["closed_at"].times)] = (
                "closed_before_reported"
            )
        reason[reported.unreadable] = "unreadable_time"
        reason[reported.missing] = "missing_time"
    reason[no_id] = "missing_id"
    return reason


def _closed_too_early(reported: pd.Series, closed: pd.Series) -> NDArray[np.intp]:
    """Return the positions of rows that were closed before they were reported."""
    earlier = np.flatnonzero(np.asarray(closed < reported))
    at, close = reported.iloc[earlier], closed.iloc[earlier]
    # Midnight is mostly a date that somebody wrote without a time.
    same_day = (close == close.dt.normalize()) & (close == at.dt.normalize())
    too_early: NDArray[np.intp] = earlier[~np.asarray(same_day)]
    return too_early


def _numbered(ids: pd.Series, repeated: NDArray[np.bool_], kept: NDArray[np.intp]) -> pd.Series:
    """Return ids in which later rows of the same id carry a number."""
    result = ids.copy()
    order = ids.iloc[kept].groupby(ids.iloc[kept]).cumcount() + 1
    later = np.flatnonzero(repeated)
    numbers = order.loc[ids.index[later]].astype("str")
    result.iloc[later] = ids.iloc[later] + "#" + numbers
    # The source may hold an id such as A1#2 itself; ours then grows until it is new.
    clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    while (at := np.intersect1d(kept[clash], later)).size:
        result.iloc[at] = result.iloc[at] + "#2"
        clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    return result


def _first_rows(
    ids: pd.Series, kept: NDArray[np.intp], repeated: NDArray[np.bool_]
) -> pd.Series | None:
    """Return the row, from 1, of the accepted row of every id that is repeated."""
    if not repeated.any():
        return None
    first = ids.iloc[kept]
    first = first[first.isin(ids[repeated])].drop_duplicates()
    return pd.Series(first.index + 1, index=pd.Index(first))


def _accepted(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    known: Preset | None,
    ids: pd.Series,
    times: Mapping[str, ParsedTimes],
    points: Points,
    zone: str,
    rows: NDArray[np.intp],
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the accepted rows as the table incidents, and which own columns were renamed."""

    # Columns are taken one by one, because most are not taken as they are.
    def accepted(values: pd.Series) -> pd.Series:
        part = values if len(rows) == len(values) else values.iloc[rows]
        return part.reset_index(drop=True)

    data: dict[str, Any] = {"incident_id": accepted(ids)}
    for name in _TIMES:
        if name in times:
            data[name] = accepted(times[name].times)
        else:
            never = pd.DatetimeIndex([pd.NaT]).tz_localize(zone).as_unit("us")
            data[name] = pd.Series(never.repeat(len(rows)))
    for name in _TEXTS:
        if name in ours:
            sources = [ours[name], *_fallbacks(name, ours, known, frame)]
            data[name] = _first_said([accepted(frame[source]) for source in sources])
    every = len(rows) == len(frame)
    part = slice(None) if every else rows
    shapes = point_array(points.longitude[part], points.latitude[part], copy=every)
    # Those of the located table too: else gridgov.locate would write over them.
    own, renamed = own_columns(frame, set(ours.values()), TABLES["located"].names)
    data |= {after: accepted(frame[before]) for before, after in own.items()}
    data["geometry"] = shapes
    table = gpd.GeoDataFrame(pd.DataFrame(data), geometry="geometry", crs="EPSG:4326")
    return conform(table, "incidents"), renamed


def _fallbacks(
    name: str, ours: Mapping[str, str], known: Preset | None, frame: pd.DataFrame
) -> list[str]:
    """Return the columns that fill in where a preset's first column is empty."""
    names = known.fallbacks.get(name, ()) if known else ()
    found = [first_found(map(str, frame.columns), [one]) for one in names]
    return [one for one in found if one is not None and one != ours[name]]


def _first_said(columns: list[pd.Series]) -> pd.Series:
    """Return the first text of every row that is not blank, without blanks around."""
    texts = [as_text(column).str.strip() for column in columns]
    said = [text.where(text != "") for text in texts]
    result = said[0]
    for more in said[1:]:
        result = result.fillna(more)
    return result


def _unknown_categories(categories: pd.Series, known: Preset | None) -> pd.Series:
    """Return how often each category outside the taxonomy occurs, if the preset has one."""
    counts = categories.value_counts()
    if known is None or not known.taxonomy:
        return counts.iloc[:0]
    return counts[[key is None for key in known_terms("category", counts.index)]]
