"""The clusters of one search: the best window about every center, then the best of those.

The most likely cluster has the largest likelihood ratio of all windows. A secondary
cluster is the next best center's best window that shares no place with a cluster
already taken, at any time: what overlaps tells the same story again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.scan_likelihood import Direction, log_likelihood_ratio
from gridgov.hotspots.scan_windows import Circles

__all__ = ["BestWindows", "best_windows", "choose_clusters", "monte_carlo_p"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class BestWindows(NamedTuple):
    """The best window about every center, one value each.

    Attributes
    ----------
    ratio
        Its log-likelihood ratio, 0 where no window has one.
    members
        Places in its circle.
    radius_m
        Distance of the farthest, meters.
    interval
        Which interval of time.
    incidents, expected
        What it holds, and what the null expects there.
    windows
        How many windows there were in all.
    """

    ratio: Floats
    members: Whole
    radius_m: Floats
    interval: Whole
    incidents: Whole
    expected: Floats
    windows: int


def best_windows(
    counts: Whole, expected: Floats, circles: Circles, intervals: Whole, *, direction: Direction
) -> BestWindows:
    """Return the window with the largest likelihood ratio about every center.

    Of windows that are equally good the one with fewer places is taken, then the
    earlier in `intervals`.
    """
    total = int(counts.sum())
    sums = [
        np.concatenate([np.zeros((len(values), 1), values.dtype), values.cumsum(axis=1)], axis=1)
        for values in (counts, expected)
    ]
    inside, hoped = (values[:, intervals[:, 1]] - values[:, intervals[:, 0]] for values in sums)
    number = len(circles)
    best = BestWindows(
        np.zeros(number),
        np.zeros(number, dtype=np.int64),
        np.zeros(number),
        np.zeros(number, dtype=np.int64),
        np.zeros(number, dtype=np.int64),
        np.zeros(number),
        0,
    )
    windows = 0
    for center in range(number):
        around = circles.about(center)
        stops = np.flatnonzero(around.ends)
        windows += stops.size * len(intervals)
        if stops.size == 0:
            continue
        found = np.cumsum(inside[around.order], axis=0)[stops]
        likely = np.clip(np.cumsum(hoped[around.order], axis=0)[stops], 0.0, total)
        ratio = log_likelihood_ratio(found, likely, total=total, direction=direction)
        row, interval = np.unravel_index(int(ratio.argmax()), ratio.shape)
        best.ratio[center] = ratio[row, interval]
        best.members[center] = stops[row] + 1
        best.radius_m[center] = around.distance_m[stops[row]]
        best.interval[center] = interval
        best.incidents[center] = found[row, interval]
        best.expected[center] = likely[row, interval]
    return best._replace(windows=windows)


def choose_clusters(best: BestWindows, circles: Circles, *, most: int) -> list[int]:
    """Return the centers of the clusters, the most likely first, none overlapping another.

    Of equally likely ones the smaller circle comes first, then the place first in order:
    the same places may lie in circles about several centers.
    """
    # Sums in different order differ in their last digits; equal evidence must tie.
    order = np.lexsort((best.radius_m, -np.round(best.ratio, 9)))
    taken = np.zeros(len(circles), dtype=bool)
    chosen: list[int] = []
    for center in order:
        if len(chosen) == most or best.ratio[center] <= 0:
            break
        if taken[center]:
            continue
        members = circles.about(int(center)).order[: best.members[center]]
        if not taken[members].any():
            chosen.append(int(center))
            taken[members] = True
    return chosen


def monte_carlo_p(ratio: Floats, maxima: Floats) -> Floats:
    """Return the share of replicates, the data among them, whose maximum is as large.

    Examples
    --------
    Two of four replicates reach 5; with the data three of five do:

    >>> monte_carlo_p(np.array([5.0]), np.array([1.0, 5.0, 9.0, 2.0])).tolist()
    [0.6]
    """
    # The same window may come out a last digit smaller when it is summed in another order.
    ascending = np.sort(maxima)
    below = np.searchsorted(ascending, ratio * (1 - 1e-9) - 1e-12, side="left")
    return np.asarray((1 + maxima.size - below) / (1 + maxima.size))
