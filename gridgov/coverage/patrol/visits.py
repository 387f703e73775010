"""Who was in which cell, from when to when: GPS fixes to visits.

Between two fixes a patrol is taken to walk straight and evenly, and the time is given to
the cells on that way; the longer the interval, the more of this is a guess, which
:func:`gridgov.measure_fix_rates` measures. A gap longer than `max_gap_s` is not presence:
nothing is known about it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol.patrol_fixes import TrackTables, read_seconds, span_of
from gridgov.coverage.patrol.patrol_grid import MINUTE_US, read_grid, to_times
from gridgov.coverage.patrol.patrol_stays import find_stays
from gridgov.coverage.patrol.patrol_visits import VisitSums

__all__ = ["find_visits", "in_koper_band", "visit_sums"]

# Koper (1995): from 10 minutes on a stop keeps disorder away longer than a drive-through,
# and beyond 15 or 16 more minutes add nothing.
_KOPER_US = (10 * MINUTE_US, 16 * MINUTE_US)


def find_visits(
    tracks: Any,
    grid: Any,
    *,
    start: Any = None,
    end: Any = None,
    max_gap_s: float = 120,
    min_visit_s: float = 60,
    min_absence_s: float = 600,
) -> pd.DataFrame:
    """Find the visits of patrols to the cells of a grid.

    Parameters
    ----------
    tracks
        Table of :func:`gridgov.read_tracks`, with ``track_id``, ``fix_at``, ``geometry``
        (Points, EPSG:4326) and, if it has it, ``persons``; or several such tables one
        after another (any iterable), each going on later in time, for what does not fit
        into memory.
    grid
        Table of :func:`gridgov.make_grid`.
    start, end
        First instant counted and first instant no longer counted: date text or a
        Timestamp, in the zone of the fixes when it carries none. None for no limit.
    max_gap_s
        Longest interval between two fixes that counts as observed, seconds.
    min_visit_s
        Least time observed in the cell that makes a visit, seconds.
    min_absence_s
        A return after less than this goes on with the visit, seconds.

    Returns
    -------
    DataFrame, one row a visit, sorted by track (as they come), cell and time
        - ``track_id``
        - ``cell``: cell of the grid
        - ``street_id``: of the grid, for display only
        - ``arrived_at``, ``left_at``: when the visit began and ended, zone of the fixes
        - ``dwell_min``: time observed in the cell, without absences, minutes
        - ``person_min``: the same times the persons, person-minutes
        - ``koper_band``: whether the dwell is 10 to 16 minutes

    Raises
    ------
    ColumnsError
        If a table lacks a column, a fix lacks id, time or point, or times have no zone.
    DatumError
        If `tracks` is not in EPSG:4326.
    EmptyTableError
        If `grid` has no rows.
    GeometryError
        If a fix is no Point.
    InputError
        If the grid repeats a cell or mixes resolutions, a track goes back in time from
        one table to the next, or one step passes millions of cells.
    OptionError
        If an option is no number of seconds, or `start` or `end` cannot be read.

    Notes
    -----
    The interval between consecutive fixes is attributed to the cells by linear
    interpolation in time along the straight segment, cut exactly at the borders of the
    cells (:mod:`gridgov.coverage.patrol.patrol_segments`). Jitter across a border splits no
    visit, because a return within `min_absence_s` goes on with it. A gap longer than
    that, observed or not, ends a visit.

    A visit of 10 to 16 minutes is what Koper found to keep disorder away longest per
    minute spent. It is time in the cell, on foot or standing: in cells of a kilometer a
    stroll through is as long.

    References
    ----------
    Koper, C. S. (1995). Just enough police presence: reducing crime and disorderly behavior
    by optimizing patrol time in crime hot spots. Justice Quarterly 12(4), 649-672.
    https://doi.org/10.1080/07418829500096231

    Examples
    --------
    Twelve minutes in a cell, one fix a minute:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> area = box(116.19, 39.89, 116.21, 39.91)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    >>> at = pd.date_range("2017-09-04 09:00", periods=13, freq="min", tz="Asia/Shanghai")
    >>> tracks = gpd.GeoDataFrame(
    ...     {"track_id": "P1", "fix_at": at, "persons": 2},
    ...     geometry=[Point(116.2, 39.9)] * 13, crs="EPSG:4326",
    ... )
    >>> visits = find_visits(tracks, make_grid(streets, resolution=9))
    >>> visits[["track_id", "dwell_min", "person_min", "koper_band"]]
      track_id  dwell_min  person_min  koper_band
    0       P1       12.0        24.0        True
    """
    places = read_grid(grid)
    sums = visit_sums(min_visit_s, min_absence_s)
    tables = TrackTables(tracks, max_gap_s=max_gap_s, resolution=places.resolution)
    for fixes in tables:
        span = span_of(start, end, tables.zone)
        for stays in find_stays(fixes, places.resolution, span):
            sums.add(stays, places.lookup.find(stays.cell))
    visits = sums.visits()
    rows = places.order[visits.place]
    frame = pd.DataFrame(
        {
            "track_id": pd.array(tables.track_ids, dtype="str").take(visits.track),
            "cell": places.cells[visits.place],
            "street_id": grid["street_id"].array.take(rows),
            "arrived_at": to_times(visits.arrived, tables.zone),
            "left_at": to_times(visits.left, tables.zone),
            "dwell_min": visits.dwell / MINUTE_US,
            "person_min": visits.person / MINUTE_US,
            "koper_band": in_koper_band(visits.dwell),
        }
    )
    return conform(frame, "visits")


def visit_sums(min_visit_s: Any, min_absence_s: Any) -> VisitSums:
    """Return an empty sum of visits under two rules, given in seconds."""
    return VisitSums(
        min_visit_us=read_seconds(
            min_visit_s, option="min_visit_s", meaning="least length of a visit", positive=False
        ),
        min_absence_us=read_seconds(
            min_absence_s, option="min_absence_s", meaning="absence that ends a visit"
        ),
    )


def in_koper_band(dwell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which dwells, in µs, are 10 to 16 minutes."""
    band: NDArray[np.bool_] = (dwell >= _KOPER_US[0]) & (dwell <= _KOPER_US[1])
    return band
