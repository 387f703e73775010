"""The measures that a backtest compares: what each says of every cell before a period.

Each one sees the same thing, the training periods before the period to be predicted, and
gives one number a cell. What it gives is the measure's own map, worked out as elsewhere
in gridgov; only the scan differs from its table of clusters, which knows the inside of a
few circles and nothing else: here a cell has the likelihood ratio of the best circle that
holds it, and among the cells of that circle the order is by their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.geo.disk_sums import DiskSums
from gridgov.geo.hexgrid import cell_centers
from gridgov.hotspots.density import measure_density
from gridgov.hotspots.gi_scores import gi_star
from gridgov.hotspots.scan_likelihood import log_likelihood_ratio
from gridgov.hotspots.scan_windows import Circles, earth_points

__all__ = ["EXPECTED", "MEASURES", "Training", "measure_scores"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Tick = Callable[[], None]

MEASURES = ("last_period", "mean", "gi_star", "density", "scan")
"""The measures gridgov brings along, in the order in which they are shown."""

# Far above the last digit of a ratio, far below any difference that means something.
_TIE = 1e-9

EXPECTED = frozenset({"last_period", "mean"})
"""Those whose score is a number of incidents expected in the next period."""


class Training(NamedTuple):
    """What all measures may see.

    Attributes
    ----------
    counts
        Incidents by period and cell, shape (periods, n), cells ascending.
    first, stop
        First training period and first period after, for every test; the latter is the
        one to be predicted.
    cells, areas
        The n cells and their areas.
    rows
        Located incidents of the group, with their times in µs since 1970 in `instants`.
    instants
        Missing times are before all.
    edges
        Start of every period, µs since 1970.
    grid
        Table of the grid.
    largest_share
        Largest share of the area that will be asked for.
    """

    counts: Whole
    first: Whole
    stop: Whole
    cells: NDArray[np.uint64]
    areas: Floats
    rows: Any
    instants: Whole
    edges: Whole
    grid: Any
    largest_share: float

    def sums(self) -> Whole:
        """Return the incidents of every test's training periods, shape (tests, n)."""
        total = np.concatenate(
            [np.zeros((1, self.counts.shape[1]), np.int64), np.cumsum(self.counts, axis=0)]
        )
        return np.asarray(total[self.stop] - total[self.first], dtype=np.int64)

    def seen(self, test: int) -> Any:
        """Return the located incidents of a test's training periods, and no later ones."""
        low, high = self.edges[self.first[test]], self.edges[self.stop[test]]
        return self.rows[(self.instants >= low) & (self.instants < high)]


def measure_scores(name: str, training: Training, tick: Tick) -> Floats:
    """Return the score of every cell before every period to be predicted, shape (tests, n).

    Parameters
    ----------
    name
        One of :data:`MEASURES`.
    training
        What the measure may see.
    tick
        Called once a test.

    Raises
    ------
    KeyError
        If there is no such measure.
    """
    return _SCORES[name](training, tick)


def _last_period(training: Training, tick: Tick) -> Floats:
    """Return the counts of the period before."""
    return _ticked(training.counts[training.stop - 1].astype(np.float64), tick)


def _mean(training: Training, tick: Tick) -> Floats:
    """Return the mean count of the training periods."""
    periods = (training.stop - training.first)[:, None]
    return _ticked(training.sums() / periods, tick)


def _gi_star(training: Training, tick: Tick) -> Floats:
    """Return Gi* of the training periods' counts, one ring."""
    disks = DiskSums(training.cells, rings=1)
    return _ticked(np.array([gi_star(counts, disks) for counts in training.sums()]), tick)


def _density(training: Training, tick: Tick) -> Floats:
    """Return the kernel density of the training periods' incidents."""
    scores = np.full((len(training.stop), len(training.cells)), np.nan)
    for test, score in enumerate(scores):
        try:
            table = measure_density(training.seen(test), training.grid)
        except InputError:
            # One place alone gives a rule no spread to go by: the map says nothing then.
            if len(training.seen(test)) and _spread(training.seen(test)):
                raise
        else:
            # Sorted by cell, as ours are.
            score[:] = table["incidents_per_km2"].to_numpy(dtype=np.float64)
        tick()
    return scores


def _scan(training: Training, tick: Tick) -> Floats:
    """Return the likelihood ratio of the best circle that holds each cell, 0 for none."""
    sums = training.sums()
    # One total a test, all tests at once.
    totals: Any = sums.sum(axis=1, keepdims=True)
    weight = training.areas / training.areas.sum()
    longitude, latitude = cell_centers(training.cells)
    # A larger circle than the area that can be looked after puts no cell before another.
    share = min(0.5, max(training.largest_share, 2 * float(weight.max())))
    circles = Circles(earth_points(longitude, latitude), weight, space_share=share, radius_m=None)
    scores = np.zeros(sums.shape)
    for center in range(len(circles)):
        around = circles.about(center)
        stops = np.flatnonzero(around.ends)
        if not stops.size:
            continue
        inside = np.cumsum(sums[:, around.order], axis=1)[:, stops]
        hoped = totals * np.cumsum(weight[around.order])[stops]
        ratio = log_likelihood_ratio(inside, hoped, total=totals, direction="high")
        # A place lies in its own circle and in all wider ones.
        widest = np.maximum.accumulate(ratio[:, ::-1], axis=1)[:, ::-1]
        best = widest[:, np.searchsorted(stops, np.arange(len(around.order)))]
        scores[:, around.order] = np.maximum(scores[:, around.order], best)
    # All cells of one best circle have its ratio. What each is by itself, the smallest of
    # circles, puts them in order without moving any past another circle's.
    alone = log_likelihood_ratio(sums, totals * weight, total=totals, direction="high")
    highest = np.maximum(alone.max(axis=1, keepdims=True), 1e-300)
    return _ticked(scores * (1 + _TIE * alone / highest), tick)


def _spread(rows: Any) -> bool:
    """Return whether incidents lie in more than one place."""
    points = rows.geometry[rows.geometry.notna()]
    return len(pd.unique(points.to_wkb())) > 1


def _ticked(scores: Floats, tick: Tick) -> Floats:
    """Return scores that were worked out at once, telling of each test."""
    for _ in scores:
        tick()
    return np.asarray(scores, dtype=np.float64)


_SCORES: dict[str, Callable[[Training, Tick], Floats]] = {
    "last_period": _last_period,
    "mean": _mean,
    "gi_star": _gi_star,
    "density": _density,
    "scan": _scan,
}
