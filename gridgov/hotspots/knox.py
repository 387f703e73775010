"""Count pairs of points that are close in space and in time, and deal out the times anew.

Pairs are found once, since places stay; each permutation only looks up two times a pair.
All times are whole numbers, so that no pair falls into another band by rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgov.checks import check_whole
from gridgov.errors import OptionError

__all__ = ["KnoxCounts", "Metric", "Progress", "knox"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Metric = Literal["euclidean", "manhattan"]
Progress = Callable[[int, int], None]

# Finding and sorting takes about 80 bytes a pair: 1.6 GB.
_MOST_PAIRS = 20_000_000
# Pairs in a block stay in the cache while their times are gathered and counted.
_BLOCK = 1 << 16


class KnoxCounts(NamedTuple):
    """Pairs by distance band (rows) and time band (columns).

    Attributes
    ----------
    observed
        Pairs in both bands.
    expected
        Exact mean under the permutation of times.
    median
        Median over the permutations.
    p_value
        (1 + permutations with at least as many pairs) / (1 + permutations).
    """

    observed: Whole
    expected: Floats
    median: Floats
    p_value: Floats


def knox(
    x: Any,
    y: Any,
    when: Any,
    *,
    distance_edges: Any,
    time_edges: Any,
    metric: Metric = "euclidean",
    permutations: int = 999,
    seed: int = 0,
    progress: Progress | None = None,
) -> KnoxCounts:
    """Count close pairs in bands of distance and time, and what chance would give.

    Parameters
    ----------
    x, y
        Coordinates in a plane, shape (n,), n at least 2.
    when
        Times as whole numbers in any unit, shape (n,).
    distance_edges, time_edges
        Ascending edges of half-open bands, in the units of the coordinates and times;
        distances finite.
    metric
        ``"euclidean"`` or ``"manhattan"``.
    permutations, seed, progress
        As in :func:`measure_near_repeats`.

    Returns
    -------
    KnoxCounts
        Arrays of shape (distance bands, time bands).

    Raises
    ------
    OptionError
        If `permutations` or `seed` is no whole number in range, or there are more than
        20 million pairs within the largest distance.

    Examples
    --------
    >>> counts = knox([0, 0, 9, 9], [0, 0, 0, 0], [0, 1, 30, 31], distance_edges=[0, 5],
    ...               time_edges=[0, 7], permutations=9)
    >>> counts.observed.tolist(), counts.expected.round(3).tolist()
    ([[2]], [[0.667]])
    """
    check_whole(permutations, option="permutations", least=1, meaning="more make p finer")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    edges = np.asarray(distance_edges, dtype=np.float64)
    limits = _whole_limits(time_edges)
    stamps = np.asarray(when, dtype=np.int64)
    # Days of a few centuries fit 32 bits, and half the bytes are half the time.
    stamps = stamps - stamps.min()
    if stamps.max() < 2**31 - 1:
        stamps = stamps.astype(np.int32)
    # No two times lie farther apart than the last one, and one kind of number is quicker.
    limits = np.minimum(limits, int(stamps.max()) + 1).astype(stamps.dtype)
    first, second, starts = _pairs(np.column_stack([x, y]).astype(np.float64), edges, metric)

    observed = _count(stamps, first, second, starts, limits)
    n = len(stamps)
    near, soon = np.diff(starts), _soon(np.sort(stamps).astype(np.int64), limits.astype(np.int64))
    expected = near[:, None] * (soon[None, :] / (n * (n - 1) / 2))

    # The median needs every draw; whole numbers of 32 bits hold 20 million pairs.
    draws = np.empty((permutations, *observed.shape), dtype=np.int32)
    rng = np.random.default_rng(seed)
    for number in range(permutations):
        draws[number] = _count(rng.permutation(stamps), first, second, starts, limits)
        if progress is not None:
            progress(number + 1, permutations)
    as_many = (draws >= observed).sum(axis=0)
    return KnoxCounts(
        observed, expected, np.median(draws, axis=0), (1.0 + as_many) / (1.0 + permutations)
    )


def _pairs(points: Floats, edges: Floats, metric: Metric) -> tuple[Any, Any, Whole]:
    """Return the pairs within the bands, sorted by band, and where each band starts."""
    order = 2.0 if metric == "euclidean" else 1.0
    tree = cKDTree(points)
    # The tree rounds in its own way: it may look a little farther, the bands decide.
    reach = edges[-1] * (1 + 1e-9)
    found = (int(tree.count_neighbors(tree, reach, p=order)) - len(points)) // 2
    if found > _MOST_PAIRS:
        raise OptionError(
            f"Pairs within the largest distance may number up to {_MOST_PAIRS:,}. Found: "
            f"{found:,} pairs of {len(points):,} incidents within {edges[-1]:g} m. Choose a "
            "smaller largest distance, a shorter time or one category."
        )
    pairs = tree.query_pairs(reach, p=order, output_type="ndarray")
    away = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
    distance = np.hypot(away[:, 0], away[:, 1]) if metric == "euclidean" else away.sum(axis=1)
    band = np.searchsorted(edges, distance, side="right") - 1
    kept = np.flatnonzero((band >= 0) & (band < len(edges) - 1))
    # By band, and within it by the first of the pair, whose time is then read in order.
    kept = kept[np.lexsort((pairs[kept, 0], band[kept]))]
    starts = np.searchsorted(band[kept], np.arange(len(edges)))
    return pairs[kept, 0], pairs[kept, 1], np.asarray(starts, dtype=np.int64)


def _count(stamps: Any, first: Any, second: Any, starts: Whole, limits: Any) -> Whole:
    """Return the pairs in every distance band and time band for one order of times."""
    counts = np.zeros((len(starts) - 1, len(limits)), dtype=np.int64)
    for band, (start, stop) in enumerate(pairwise(starts)):
        for low in range(int(start), int(stop), _BLOCK):
            high = min(low + _BLOCK, int(stop))
            apart = stamps.take(first[low:high])
            apart -= stamps.take(second[low:high])
            np.abs(apart, out=apart)
            for place, limit in enumerate(limits):
                counts[band, place] += np.count_nonzero(apart < limit)
    # Pairs less than every edge apart; differences are the bands.
    return np.diff(counts, axis=1)


def _soon(ascending: Whole, limits: Whole) -> Whole:
    """Return how many of all pairs of times fall in each time band."""
    n = len(ascending)
    ahead = [
        np.searchsorted(ascending, ascending + limit, side="left") - np.arange(n) - 1
        for limit in limits
    ]
    # A limit of zero counts not even the incident itself.
    return np.asarray(np.diff(np.maximum(np.array(ahead), 0).sum(axis=1)), dtype=np.int64)


def _whole_limits(edges: Any) -> Whole:
    """Return edges so that whole times t obey t < edge exactly where t < limit."""
    up = np.ceil(np.asarray(edges, dtype=np.float64))
    # No time lies 2**60 µs (36,000 years) after another one.
    return np.minimum(up, 2.0**60).astype(np.int64)
