"""What the time of every track was: in the grid, outside it, or unobserved.

The three add up to the time from the first fix to the last, to the microsecond.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol.patrol_fixes import TrackTables, span_of
from gridgov.coverage.patrol.patrol_grid import MINUTE_US, PatrolGrid, read_grid, to_times
from gridgov.coverage.patrol.patrol_stays import Stays, find_stays
from gridgov.place.periods import PeriodRange

__all__ = ["CellTimes", "measure_patrol_time", "sums_at", "times_of_tracks"]

Ints = NDArray[np.int64]


class CellTimes:
    """Observed time by cell and by track, which grows as stays are added; µs, exact."""

    def __init__(self, places: PatrolGrid) -> None:
        self._places = places
        self.dwell = np.zeros(len(places.cells), dtype=np.int64)
        self.person = np.zeros(len(places.cells), dtype=np.int64)
        self.inside = np.zeros(0, dtype=np.int64)
        self.outside = np.zeros(0, dtype=np.int64)

    def add(self, stays: Stays) -> Ints:
        """Add stays and return the place of each one's cell, -1 where the grid has it not."""
        place = self._places.lookup.find(stays.cell)
        length = stays.end - stays.start
        on = place >= 0
        cells, tracks = len(self.dwell), int(stays.track.max(initial=-1)) + 1
        self.dwell += sums_at(place[on], length[on], cells)
        self.person += sums_at(place[on], (length * stays.persons)[on], cells)
        more = max(tracks - len(self.inside), 0)
        self.inside = np.append(self.inside, np.zeros(more, dtype=np.int64))
        self.outside = np.append(self.outside, np.zeros(more, dtype=np.int64))
        self.inside += sums_at(stays.track[on], length[on], len(self.inside))
        self.outside += sums_at(stays.track[~on], length[~on], len(self.outside))
        return place


def measure_patrol_time(
    tracks: Any, grid: Any, *, start: Any = None, end: Any = None, max_gap_s: float = 120
) -> pd.DataFrame:
    """Measure what the time of every track was: in the grid, outside it, or unobserved.

    Parameters
    ----------
    tracks, grid, start, end, max_gap_s
        As for :func:`gridgov.find_visits`.

    Returns
    -------
    DataFrame, one row a track, as they come
        - ``track_id``
        - ``fixes``: number of fixes, in the period or not
        - ``first_fix_at``, ``last_fix_at``: times of the first and the last
        - ``tracked_min``: from the first to the last, within the period, minutes; the sum of
          the next three
        - ``dwell_min``: observed in the cells of the grid
        - ``outside_min``: observed in cells that the grid does not have
        - ``unobserved_min``: in gaps longer than `max_gap_s`
        - ``cells``: cells of the grid with any dwell

    Raises
    ------
    ColumnsError, DatumError, EmptyTableError, GeometryError, InputError, OptionError
        As :func:`gridgov.find_visits`.

    Notes
    -----
    A large unobserved share says that the fixes are too rare for `max_gap_s`, or that a
    device was off; it does not say that nobody was on duty.

    Examples
    --------
    Ten minutes seen and ten not:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> area = box(116.19, 39.89, 116.21, 39.91)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    >>> at = pd.date_range("2017-09-04 09:00", periods=11, freq="min", tz="Asia/Shanghai")
    >>> at = at.append(at[-1:] + pd.Timedelta(minutes=10))
    >>> tracks = gpd.GeoDataFrame(
    ...     {"track_id": "P1", "fix_at": at}, geometry=[Point(116.2, 39.9)] * 12, crs="EPSG:4326"
    ... )
    >>> time = measure_patrol_time(tracks, make_grid(streets, resolution=9))
    >>> time[["tracked_min", "dwell_min", "outside_min", "unobserved_min"]].values.tolist()
    [[20.0, 10.0, 0.0, 10.0]]
    """
    places = read_grid(grid)
    tables = TrackTables(tracks, max_gap_s=max_gap_s, resolution=places.resolution)
    times = CellTimes(places)
    seen = np.empty(0, dtype=np.int64)
    for fixes in tables:
        span = span_of(start, end, tables.zone)
        for stays in find_stays(fixes, places.resolution, span):
            place = times.add(stays)
            pair = stays.track * len(places.cells) + place
            seen = np.unique(np.concatenate([seen, pair[place >= 0]]))
    count = len(tables.track_ids)
    span = span_of(start, end, tables.zone)
    by_track = times_of_tracks(tables, times, span)
    frame = pd.DataFrame(
        {
            "track_id": pd.array(tables.track_ids, dtype="str"),
            "fixes": tables.fixes,
            "first_fix_at": to_times(tables.first_at, tables.zone),
            "last_fix_at": to_times(tables.last_at, tables.zone),
            **{name: us / MINUTE_US for name, us in by_track.items()},
            "cells": np.bincount(seen // len(places.cells), minlength=count),
        }
    )
    return conform(frame, "patrol_time")


def times_of_tracks(tables: TrackTables, times: CellTimes, span: PeriodRange) -> dict[str, Ints]:
    """Return what the time of every track was, µs."""
    count = len(tables.track_ids)
    first = np.clip(tables.first_at, span.first, span.last)
    tracked = np.clip(tables.last_at, span.first, span.last) - first
    inside, outside = (
        np.append(us, np.zeros(count - len(us), dtype=np.int64))
        for us in (times.inside, times.outside)
    )
    return {
        "tracked_min": tracked,
        "dwell_min": inside,
        "outside_min": outside,
        "unobserved_min": tracked - inside - outside,
    }


def sums_at(place: Ints, values: Ints, length: int) -> Ints:
    """Return whole numbers summed by place, exactly."""
    # Halves of 26 bits each, whose sums of floats stay whole.
    high, low = values >> 26, values & ((1 << 26) - 1)
    upper = np.bincount(place, weights=high, minlength=length).astype(np.int64)
    lower = np.bincount(place, weights=low, minlength=length).astype(np.int64)
    return (upper << 26) + lower
