"""Reading GPS tracks: every fix is either accepted or set aside with a reason.

A track is the row of positions that one device, patrol or person sent. Fixes are put in
order; what a receiver or its clock got wrong is set aside and counted, and nothing is
smoothed or filled in: what lies between two fixes is for the measures to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, conform
from gridgov.columns import TABLES
from gridgov.errors import OptionError
from gridgov.geo.point_array import point_array
from gridgov.sources import track_rows as say
from gridgov.sources.coordinates import Points, read_points
from gridgov.sources.incident_columns import own_columns, source_datum
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.notices import Notice, attach, plain, warn
from gridgov.sources.times import ParsedTimes, parse_times
from gridgov.sources.track_columns import (
    is_number,
    our_columns,
    read_source,
    track_ids,
    whole_numbers,
)
from gridgov.sources.track_steps import judge_steps

__all__ = ["TracksRead", "read_tracks"]


class TracksRead(NamedTuple):
    """What :func:`read_tracks` returns: accepted fixes and rows set aside."""

    tracks: gpd.GeoDataFrame
    set_aside: pd.DataFrame


def read_tracks(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    datum: Any = None,
    timezone: str | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
    order: str = "time",
    max_speed_kmh: float | None = 150,
    jitter_m: float = 50,
    max_error_m: float | None = 100,
    day_first: bool = False,
) -> TracksRead:
    """Read GPS tracks from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a GPX file (``.gpx``, ``.gpx.gz``) or of any table that
        :func:`gridgov.sources.tables.read_table` reads (CSV, Excel, GeoPackage, GeoJSON,
        Parquet ...), or a DataFrame or GeoDataFrame; a DatetimeIndex is taken as the times,
        as movingpandas keeps them.
    columns
        Our name to the name in the source: ``track_id``, ``fix_at``, ``persons``,
        ``error_m`` (the device's own estimate of its error), ``longitude``, ``latitude``,
        ``location``. What is not named is looked for by common Chinese and English names.
        None as the name says that the source has no such column.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows. When None that of
        the geometries of the source, else WGS-84.
    timezone
        Zone of times that name none, such as ``"Asia/Shanghai"``, and of the result; UTC
        when None, which is noticed.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage.
    order
        ``"time"``: rows may come in any order and are sorted by time. ``"source"``: their
        order is that of the device, and a time that does not fit it comes from a clock that
        ran backwards and is set aside.
    max_speed_kmh
        Fastest that a patrol can be, km/h; fixes that could only be reached faster are set
        aside. None keeps them.
    jitter_m
        A step no longer than this is never too fast: receivers jitter by tens of meters from
        one second to the next.
    max_error_m
        Fixes whose ``error_m`` is larger are set aside, meters. None keeps them.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    tracks : GeoDataFrame
        Accepted fixes by track (in the order in which they first come) and time, EPSG:4326.

        - ``track_id`` -- as read; ``track-1`` when there is no column
        - ``fix_at`` -- with zone
        - ``persons`` -- persons that the track stands for, 1 where the source does not say
        - ``geometry`` -- Point, WGS-84
        - then the caller's own columns; one that has a name of ours, ``cell`` and
          ``street_id`` included, ends in ``_source``

        ``attrs["source"]`` says what was read and how, ``gridgov.notices(tracks)`` what was
        noticed.
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row or track point
        - ``reason`` -- code, see :mod:`gridgov.sources.track_reasons`
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read, or a GPX file has a document type or
        entities.
    EmptyTableError
        If it has no rows or no track points.
    ColumnsError
        If times or coordinates are not found, a named column is not there, or longitude and
        latitude are exchanged in most rows.
    DatumError
        If the datum is unknown or does not have most of the coordinates.
    OptionError
        If an option or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with everything that was noticed.

    Notes
    -----
    Accepted and set aside add up to the rows read. A row has one reason, the first that
    applies: missing_id, missing_time, unreadable_time, missing_coordinate,
    unreadable_coordinate, zero_coordinate, swapped_coordinates, out_of_range_coordinate (as
    of single fixes in meters among degrees), unreadable_persons, inaccurate_fix,
    clock_backwards, duplicate_fix, conflicting_fix (another place at the same time; the
    first row is kept), teleport. The rules for the last four are in
    :mod:`gridgov.sources.track_steps`. One datum is taken for all rows: fixes in another one
    that lie only some hundred meters off cannot be told from a patrol that was there.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "巡查员编号": ["XC01"] * 4,
    ...     "时间": ["2017-09-04 08:32", "2017-09-04 08:33", "2017-09-04 08:33",
    ...              "2017-09-04 08:34"],
    ...     "经度": [116.25, 116.25, 116.25, 117.25], "纬度": [39.89] * 4,
    ... })
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     tracks, set_aside = read_tracks(table, datum="gcj02", timezone="Asia/Shanghai")
    >>> tracks["fix_at"].dt.strftime("%H:%M").tolist()
    ['08:32', '08:33']
    >>> set_aside[["source_row", "reason"]].values.tolist()
    [[3, 'duplicate_fix'], [4, 'teleport']]
    """
    check_choice(order, option="order", choices=("time", "source"))
    _check_limit(max_speed_kmh, "max_speed_kmh", "km/h")
    _check_limit(max_error_m, "max_error_m", "meters")
    if not is_number(jitter_m) or jitter_m < 0:
        raise OptionError(f"jitter_m must be meters, 0 or more. Found: {jitter_m!r}.")
    raw = read_source(source, encoding=encoding, layer=layer)
    frame = raw.frame
    ours = our_columns(raw, columns)
    used_datum = source_datum(raw, ours, datum, None)
    zone = timezone or "UTC"
    times = parse_times(frame[ours["fix_at"]], timezone=zone, day_first=day_first)
    points = read_points(frame, ours, datum=used_datum)
    ids = track_ids(frame, ours)
    persons, wrong_persons = whole_numbers(frame, ours)

    reason = points.reason.copy()
    reason[points.missing] = "missing_coordinate"
    reason[times.unreadable] = "unreadable_time"
    reason[times.missing] = "missing_time"
    reason[np.asarray(ids.isna() | (ids.str.strip() == ""))] = "missing_id"
    reason[(reason == "") & wrong_persons] = "unreadable_persons"
    if max_error_m is not None and "error_m" in ours:
        error = pd.to_numeric(frame[ours["error_m"]], errors="coerce").to_numpy(np.float64)
        reason[(reason == "") & (error > max_error_m)] = "inaccurate_fix"
    judged = judge_steps(
        reason,
        pd.factorize(ids)[0].astype(np.int64),
        times.times.dt.as_unit("us").astype("int64").to_numpy(),
        points,
        by_source=order == "source",
        max_speed_kmh=max_speed_kmh,
        jitter_m=float(jitter_m),
    )
    tracks, renamed = _accepted(frame, ours, ids, times, points, persons, judged.accepted)
    most = {"teleport": f"{max_speed_kmh}", "inaccurate_fix": f"{max_error_m}"}
    set_aside = say.aside_table(frame, ours, judged.reason, times, points, judged.first, most)
    told: list[Notice] = [
        *say.about_set_aside(set_aside["reason"], len(frame)),
        *say.about_times(times, ours["fix_at"], timezone=zone, assumed=timezone is None),
        *say.about_tracks(
            has_ids="track_id" in ours,
            reordered=judged.reordered,
            rows=len(frame),
            exchanged=points.exchanged,
            column=points.column,
        ),
        *about_columns(missing=(), renamed=renamed, remarks=raw.remarks, titles=raw.titles),
    ]
    tracks = attach(tracks, notices=told)
    tracks.attrs["source"] = {
        "name": raw.name,
        "rows": len(frame),
        "accepted": len(tracks),
        "set_aside": len(set_aside),
        "encoding": raw.encoding,
        "datum": used_datum if isinstance(used_datum, str) else plain(used_datum),
        "timezone": zone,
        "columns": dict(ours),
    }
    warn(told, subject=raw.name)
    return TracksRead(tracks, set_aside)


def _accepted(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    ids: pd.Series,
    times: ParsedTimes,
    points: Points,
    persons: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the accepted rows as the table tracks, and which own columns were renamed."""

    def taken(values: pd.Series) -> pd.Series:
        return values.iloc[rows].reset_index(drop=True)

    data: dict[str, Any] = {
        "track_id": taken(ids).str.strip(),
        "fix_at": taken(times.times),
        "persons": persons[rows],
    }
    reserved = [*TABLES["tracks"].names, "cell", "street_id", "match"]
    own, renamed = own_columns(frame, set(ours.values()), reserved)
    data |= {after: taken(frame[before]) for before, after in own.items()}
    shapes = point_array(points.longitude[rows], points.latitude[rows], copy=False)
    table = gpd.GeoDataFrame(pd.DataFrame(data), geometry=shapes, crs="EPSG:4326")
    return conform(table, "tracks"), renamed


def _check_limit(value: Any, option: str, unit: str) -> None:
    """Refuse a limit that is no number above 0."""
    if value is not None and not (is_number(value) and value > 0):
        raise OptionError(f"{option} must be a number above 0, {unit}, or None. Found: {value!r}.")
