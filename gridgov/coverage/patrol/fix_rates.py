"""How much the measures of patrol depend on how often a position is taken.

With one fix in five minutes a patrol on foot passes several cells unseen, and the straight
line between two fixes crosses cells that it never entered. The fixes are thinned, all
measures are taken again, and what changes shows how far the numbers can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol.patrol_fixes import US, Fixes, TrackTables, span_of, thinned
from gridgov.coverage.patrol.patrol_grid import MINUTE_US, PatrolGrid, read_grid
from gridgov.coverage.patrol.patrol_stays import find_stays
from gridgov.coverage.patrol.patrol_time import CellTimes
from gridgov.coverage.patrol.visits import in_koper_band, visit_sums
from gridgov.errors import OptionError
from gridgov.place.periods import PeriodRange

__all__ = ["measure_fix_rates"]


class _Step:
    """What is measured with one thinning of the fixes."""

    def __init__(self, places: PatrolGrid, step_us: int, rules: tuple[Any, Any]) -> None:
        self.step_us = step_us
        self._places = places
        self.times = CellTimes(places)
        self.sums = visit_sums(*rules)
        self.fixes = 0
        self._interval = np.empty(0, dtype=np.int64)
        self._number = np.empty(0, dtype=np.int64)

    def add(self, fixes: Fixes, span: PeriodRange) -> None:
        """Add the fixes of a table, thinned."""
        kept = thinned(fixes, self.step_us) if self.step_us else fixes
        self.fixes += len(kept.at)
        observed = (np.diff(kept.run) == 0) & (np.diff(kept.at) > 0)
        interval, number = np.unique(np.diff(kept.at)[observed], return_counts=True)
        every = np.concatenate([self._interval, interval])
        self._interval, inverse = np.unique(every, return_inverse=True)
        weights = np.concatenate([self._number, number])
        self._number = np.bincount(inverse.ravel(), weights=weights).astype(np.int64)
        for stays in find_stays(kept, self._places.resolution, span):
            self.sums.add(stays, self.times.add(stays))

    def median_s(self) -> float:
        """Return the median observed interval, seconds; missing without any."""
        if not len(self._interval):
            return math.nan
        running = np.cumsum(self._number)
        middle = np.searchsorted(running, [(running[-1] + 1) // 2, running[-1] // 2 + 1])
        return float(self._interval[middle].mean() / US)


def measure_fix_rates(
    tracks: Any,
    grid: Any,
    *,
    steps_s: Iterable[float] = (0, 30, 60, 120, 300, 600),
    start: Any = None,
    end: Any = None,
    max_gap_s: float = 120,
    min_visit_s: float = 60,
    min_absence_s: float = 600,
) -> pd.DataFrame:
    """Measure visits, dwell and coverage again with fewer and fewer fixes.

    Parameters
    ----------
    tracks, grid, start, end, max_gap_s, min_visit_s, min_absence_s
        As for :func:`gridgov.find_visits`.
    steps_s
        Seconds: of the fixes in every slice of time of this length one is kept. 0 keeps all,
        and is measured in any case, because the others are compared with it.

    Returns
    -------
    DataFrame, one row a step, in ascending order
        - ``step_s``: length of the slices, 0 for all fixes
        - ``fixes``: how many were kept
        - ``median_interval_s``: median observed interval between them; missing without any
        - ``dwell_min``, ``outside_min``: time observed in the cells of the grid, and outside
        - ``visits``, ``koper_visits``: as :func:`gridgov.find_visits` finds them
        - ``cells``: cells of the grid with any dwell
        - ``cells_visited``, ``cell_share``: cells with any visit, and their share of the grid,
          cells counted by ``inside_share``
        - ``moved_share``: share of the observed time that would have to change cells to get
          from the dwells with all fixes to these, 0 to 1

    Raises
    ------
    ColumnsError, DatumError, EmptyTableError, GeometryError, InputError
        As :func:`gridgov.find_visits`.
    OptionError
        If an option is no number of seconds, or `start` or `end` cannot be read.

    Notes
    -----
    What is observed stays the same: the first and the last fix of every stretch without a
    gap are kept, and only the positions between are thinned. So all rows share out the same
    minutes, and what differs is where they are taken to have been spent. A device that
    really sent fixes so rarely would in addition have longer gaps.

    Wrong places that balance each other do not show in ``moved_share``: it is at least what
    it says. If the row of a step close to the interval of the device already differs much
    from the first, the cells are too small for the device.

    References
    ----------
    Hutt, O. K., Bowers, K., & Johnson, S. D. (2021). The effect of GPS refresh rate on
    measuring police patrol in micro-places. Crime Science 10, 3.
    https://doi.org/10.1186/s40163-021-00140-1

    Examples
    --------
    Out of a cell and back in two minutes, which one fix in two minutes does not see:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> area = box(116.19, 39.89, 116.21, 39.91)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    >>> at = pd.date_range("2017-09-04 09:00", periods=3, freq="min", tz="Asia/Shanghai")
    >>> places = [Point(116.2, 39.9), Point(116.204, 39.9), Point(116.2, 39.9)]
    >>> tracks = gpd.GeoDataFrame(
    ...     {"track_id": "P1", "fix_at": at}, geometry=places, crs="EPSG:4326"
    ... )
    >>> rates = measure_fix_rates(tracks, make_grid(streets, resolution=9), steps_s=(0, 120))
    >>> rates[["step_s", "fixes", "dwell_min", "cells"]].values.tolist()
    [[0.0, 3.0, 2.0, 2.0], [120.0, 2.0, 2.0, 1.0]]
    """
    places = read_grid(grid)
    rules = (min_visit_s, min_absence_s)
    steps = [_Step(places, step_us, rules) for step_us in _steps(steps_s)]
    tables = TrackTables(tracks, max_gap_s=max_gap_s, resolution=places.resolution)
    for fixes in tables:
        span = span_of(start, end, tables.zone)
        for step in steps:
            step.add(fixes, span)
    inside = grid["inside_share"].to_numpy(dtype=np.float64)[places.order]
    rows = [_row(step, steps[0], inside) for step in steps]
    return conform(pd.DataFrame(rows), "fix_rates")


def _row(step: _Step, first: _Step, inside: NDArray[np.float64]) -> dict[str, Any]:
    """Return the row of a step."""
    visits = step.sums.visits()
    visited = np.unique(visits.place)
    outside, outside_first = int(step.times.outside.sum()), int(first.times.outside.sum())
    observed = int(first.times.dwell.sum()) + outside_first
    moved = int(np.abs(step.times.dwell - first.times.dwell).sum()) + abs(outside - outside_first)
    return {
        "step_s": step.step_us / US,
        "fixes": step.fixes,
        "median_interval_s": step.median_s(),
        "dwell_min": int(step.times.dwell.sum()) / MINUTE_US,
        "outside_min": outside / MINUTE_US,
        "visits": len(visits.track),
        "koper_visits": int(in_koper_band(visits.dwell).sum()),
        "cells": int((step.times.dwell > 0).sum()),
        "cells_visited": len(visited),
        "cell_share": float(inside[visited].sum() / inside.sum()) if inside.sum() else math.nan,
        "moved_share": moved / 2 / observed if observed else math.nan,
    }


def _steps(steps_s: Any) -> list[int]:
    """Return the steps in µs, ascending, 0 first."""
    try:
        listed = list(steps_s)
    except TypeError:
        listed = [steps_s]
    wrong = [
        one
        for one in listed
        if isinstance(one, bool)
        or not isinstance(one, (int, float, np.integer, np.floating))
        or not (math.isfinite(one) and (one == 0 or one * US >= 1))
    ]
    if wrong:
        raise OptionError(
            "steps_s must list seconds, numbers of 0 or more. Found: "
            f"{wrong[0]!r}. Pass (0, 60, 300)."
        )
    return sorted({0, *(round(float(one) * US) for one in listed)})
