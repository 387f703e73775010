"""Reading incidents: every row is either accepted or set aside with a reason.

The reader decides what the columns mean, reads times and places, and judges each row
on its own; it never mends a value. What it can accept it returns as the table
``incidents``, everything else as ``set_aside``, and the two add up to the rows read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform, copies_on_write
from gridgov.columns import TABLES
from gridgov.geo.point_array import point_array
from gridgov.sources import incident_notices as say
from gridgov.sources.column_names import first_found
from gridgov.sources.coordinates import FAULTS, Points, read_points
from gridgov.sources.incident_columns import (
    TIMES,
    our_columns,
    own_columns,
    plain_columns,
    source_datum,
)
from gridgov.sources.incident_ids import first_rows, numbered, read_ids, repeated_ids
from gridgov.sources.notices import attach, warn
from gridgov.sources.presets import Preset, find_preset
from gridgov.sources.set_aside import NUMBERS, set_aside_table
from gridgov.sources.tables import read_table
from gridgov.sources.text_blanks import without_blanks
from gridgov.sources.times import ParsedTimes, parse_times
from gridgov.taxonomy.categories import known as known_terms

__all__ = ["IncidentsRead", "read_incidents"]

Flags = NDArray[np.bool_]
Rows = NDArray[np.intp] | slice

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
    plain = partial(plain_columns, columns=columns, known=known, day_first=day_first)
    raw = read_table(source, encoding=encoding, layer=layer, plain=plain)
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
        for name in TIMES
        if name in ours
    }
    points = read_points(frame, ours, datum=used_datum, bounds=bounds)
    ids, no_id = read_ids(frame, ours)
    first = None
    reason = _judge(no_id, times, points)
    kept = _without_reason(reason)
    repeated = repeated_ids(ids, kept)
    accepted = kept
    if duplicates == "number":
        ids = numbered(ids, repeated, kept)
    elif len(repeated):
        reason[repeated] = NUMBERS["duplicate_id"]
        first = first_rows(ids, kept, repeated)
        accepted = _without_reason(reason)

    incidents, renamed = _accepted(frame, ours, known, ids, times, points, zone, accepted)
    set_aside = set_aside_table(frame, ours, reason, times, points, ids, first)
    told = [
        *say.about_ids(
            frame[ours["incident_id"]] if "incident_id" in ours else None,
            column=ours.get("incident_id", "incident_id"),
            rows=len(incidents),
            has_ids="incident_id" in ours,
            numbered=len(repeated) if duplicates == "number" else 0,
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
        *say.about_points(points, len(incidents), int(np.count_nonzero(points.missing[accepted]))),
        *say.about_categories(
            _unknown_categories(incidents["category"], known),
            blank=int(incidents["category"].isna().sum()) if "category" in ours else 0,
            accepted=len(incidents),
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


def _judge(no_id: Flags, times: Mapping[str, ParsedTimes], points: Points) -> NDArray[np.uint8]:
    """Return the number of the first reason against every row, 0 where there is none."""
    # The last reason first: one that comes before it in order writes over it.
    reason = np.array([NUMBERS.get(fault, 0) for fault in FAULTS], np.uint8)[points.fault]
    if "reported_at" in times:
        reported = times["reported_at"]
        if "closed_at" in times:
            reason[_closed_too_early(reported.times, times["closed_at"].times)] = NUMBERS[
                "closed_before_reported"
            ]
        reason[reported.unreadable] = NUMBERS["unreadable_time"]
        reason[reported.missing] = NUMBERS["missing_time"]
    reason[no_id] = NUMBERS["missing_id"]
    return reason


def _without_reason(reason: NDArray[np.uint8]) -> Rows:
    """Return the rows against which there is no reason; a slice if there is none at all."""
    return np.flatnonzero(reason == 0) if reason.any() else slice(None)


def _closed_too_early(reported: pd.Series, closed: pd.Series) -> NDArray[np.intp]:
    """Return the positions of rows that were closed before they were reported."""
    earlier = np.flatnonzero(np.asarray(closed < reported))
    at, close = reported.iloc[earlier], closed.iloc[earlier]
    # Midnight is mostly a date that somebody wrote without a time.
    same_day = (close == close.dt.normalize()) & (close == at.dt.normalize())
    too_early: NDArray[np.intp] = earlier[~np.asarray(same_day)]
    return too_early


def _accepted(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    known: Preset | None,
    ids: pd.Series,
    times: Mapping[str, ParsedTimes],
    points: Points,
    zone: str,
    rows: Rows,
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the accepted rows as the table incidents, and which own columns were renamed."""

    # Columns are taken one by one, because most are not taken as they are.
    def accepted(values: pd.Series) -> pd.Series:
        part = values if isinstance(rows, slice) else values.iloc[rows]
        return part.reset_index(drop=True)

    data: dict[str, Any] = {"incident_id": accepted(ids)}
    never: pd.Series | None = None
    for name in TIMES:
        if name in times:
            data[name] = accepted(times[name].times)
        else:
            if never is None:
                every = data["incident_id"].index
                never = pd.Series(pd.NaT, every, dtype=pd.DatetimeTZDtype("us", zone))
            data[name] = never
    for name in _TEXTS:
        if name in ours:
            sources = [ours[name], *_fallbacks(name, ours, known, frame)]
            data[name] = _first_said([accepted(frame[source]) for source in sources])
    shapes = point_array(points.longitude[rows], points.latitude[rows], copy=False)
    # Those of the located table too: else gridgov.locate would write over them.
    own, renamed = own_columns(frame, set(ours.values()), TABLES["located"].names)
    data |= {after: accepted(frame[before]) for before, after in own.items()}
    data["geometry"] = shapes
    table = gpd.GeoDataFrame(
        pd.DataFrame(data, copy=False), geometry="geometry", copy=not copies_on_write()
    )
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
    said = [without_blanks(column) for column in columns]
    result = said[0]
    for more in said[1:]:
        result = result.fillna(more)
    return result


def _unknown_categories(categories: pd.Series, known: Preset | None) -> pd.Series:
    """Return how often each category outside the taxonomy occurs, if the preset has one."""
    if known is None or not known.taxonomy:
        return categories.iloc[:0].value_counts()
    counts = categories.value_counts()
    return counts[[key is None for key in known_terms("category", counts.index)]]
