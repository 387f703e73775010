"""The largest likelihood ratio of every replicate: what the Monte Carlo test compares with.

A scan of a thousand places has half a million circles, and each of 999 replicates must
look at all of them, in every interval of time. Three things make that a matter of
seconds. Replicates lie side by side, so that growing a circle is one addition of rows.
The rows of all circles about a center are summed in two steps, within strips and then
from strip to strip, which the processor does many at a time. And a window is looked at
closely only if its count reaches what is needed to beat the least of the maxima so far:
one comparison of whole numbers, which all but a few in a thousand fail.

Nothing is approximated. A window that is passed over could not have been the maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.scan_likelihood import Direction, Thresholds, log_likelihood_ratio
from gridgov.hotspots.scan_windows import Circles

__all__ = ["replicate_maxima"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Rows in a strip: sums within strips and from strip to strip take about equally long.
_STRIP = 16
# Bytes of the counts of one center's circles, to stay in the processor's cache, and of
# all counts at once.
_TILE_BYTES = 1 << 23
_MEMORY_BYTES = 1 << 29
# After so many centers the bar is set anew; at first it rises quickly.
_RENEW = 64
# So many centers are looked at first, at every so many-th of their circles.
_FIRST, _THIN = 8, 16
# Windows whose ratio is worked out at once.
_AT_ONCE = 1 << 18


def replicate_maxima(
    blocks: Iterable[Whole],
    circles: Circles,
    expected: Floats,
    intervals: Whole,
    *,
    replicates: int,
    total: int,
    direction: Direction,
    tell: Callable[[float], None],
) -> Floats:
    """Return the largest log-likelihood ratio of each replicate.

    Parameters
    ----------
    blocks
        Counts of the replicates, each block of the shape (replicates, n, periods).
    circles
        The circles about every place.
    expected
        Incidents that the null expects, shape (n, periods).
    intervals
        Intervals of time, shape (m, 2).
    replicates
        How many replicates the blocks hold in all.
    total
        All incidents.
    direction
        Which side is looked for.
    tell
        Called with the share done, 0 to 1.
    """
    slices, ends = _slices(intervals)
    # The narrowest numbers that hold the total and one more, which no window reaches.
    kind = np.min_scalar_type(-total - 2)
    row_bytes = len(slices) * (len(circles) + 1) * np.dtype(kind).itemsize
    at_once = max(1, min(replicates, _MEMORY_BYTES // row_bytes))
    maxima = np.zeros(replicates)
    layers = np.zeros((len(slices), len(circles) + 1, at_once), dtype=kind)
    first = filled = 0

    def tell_part(share: float) -> None:
        tell((first + share * filled) / replicates)

    for block in blocks:
        used = 0
        while used < len(block):
            size = min(len(block) - used, at_once - filled)
            _lay(layers[:, :-1, filled : filled + size], block[used : used + size], slices)
            used, filled = used + size, filled + size
            if filled == at_once or first + filled == replicates:
                _scan(
                    layers[:, :, :filled],
                    circles,
                    expected,
                    slices,
                    ends,
                    maxima[first : first + filled],
                    total=total,
                    direction=direction,
                    tell=tell_part,
                )
                first, filled = first + filled, 0
    return maxima


def _lay(layers: NDArray[Any], counts: Whole, slices: Whole) -> None:
    """Write the sums over time of some replicates into the layers, one a slice."""
    upto = np.cumsum(counts, axis=2)
    for layer, (start, stop) in zip(layers, slices, strict=True):
        sums = upto[:, :, stop - 1]
        layer[:] = (sums - upto[:, :, start - 1] if start else sums).T


def _slices(intervals: Whole) -> tuple[Whole, Whole]:
    """Return sums over time to keep, and each interval as one of them less another (-1: none).

    Sums from the first period on serve all intervals; where every interval ends with the
    last period, sums up to there serve without a difference.
    """
    if np.unique(intervals[:, 1]).size == 1:
        return intervals, np.column_stack([np.arange(len(intervals)), np.full(len(intervals), -1)])
    periods = int(intervals.max())
    sums = np.column_stack([np.zeros(periods, dtype=np.int64), np.arange(1, periods + 1)])
    return sums, np.column_stack([intervals[:, 1] - 1, intervals[:, 0] - 1])


def _scan(
    layers: NDArray[Any],
    circles: Circles,
    expected: Floats,
    slices: Whole,
    ends: Whole,
    maxima: Floats,
    *,
    total: int,
    direction: Direction,
    tell: Callable[[float], None],
) -> None:
    """Raise `maxima` to the largest ratio of each replicate; the last place is an empty one."""
    thresholds = Thresholds(total)
    sums = np.column_stack([expected[:, start:stop].sum(axis=1) for start, stop in slices])
    empty = len(circles)
    # Neighbors of neighbors have nearly the same circles: jumping about the city soon
    # meets the replicates' large ratios, and the bar rises.
    centers = np.argsort((np.arange(empty) * 0.6180339887498949) % 1.0).tolist()
    strips = _Strips(layers, maxima)
    # A few windows about a few centers first: without a bar every window would be looked at.
    thinned = [(center, _THIN) for center in centers[:_FIRST]]
    for number, (center, step) in enumerate([*thinned, *((center, 1) for center in centers)]):
        around = circles.about(center)
        size = len(around.order)
        if size:
            padded = -(-size // _STRIP) * _STRIP
            order = np.append(around.order, np.full(padded - size, empty, dtype=np.intp))
            grown = np.cumsum(sums[around.order], axis=0)
            before = np.where(ends[:, 1] < 0, 0.0, grown[:, ends[:, 1]])
            windows = np.clip(grown[:, ends[:, 0]] - before, 0.0, total)
            place = thresholds.place(windows)
            stops = around.ends & (np.arange(size) % step == 0)
            for block, bar in strips.blocks(thresholds, direction, number):
                _center(block, order, stops, windows, place, ends, bar, total, direction)
        done = number + 1 - len(thinned)
        if done > 0 and (done % 16 == 0 or done == empty):
            tell(done / empty)


class _Strips:
    """The replicates in groups whose counts fit into the cache, each with its own bar."""

    def __init__(self, layers: NDArray[Any], maxima: Floats) -> None:
        bytes_each = layers.shape[0] * (layers.shape[1] + 1) // 2 * layers.itemsize
        most = max(64, _TILE_BYTES // max(1, bytes_each))
        groups = -(-maxima.size // most)
        size = -(-maxima.size // groups)
        cuts = range(0, maxima.size, size)
        self._parts = [
            (np.ascontiguousarray(layers[:, :, a : a + size]), maxima[a : a + size]) for a in cuts
        ]
        self._bars: list[tuple[Any, Any]] = [(None, None)] * len(self._parts)
        self._levels = [-1.0] * len(self._parts)

    def blocks(self, thresholds: Thresholds, direction: Direction, number: int) -> Any:
        """Yield each group's counts and maxima, with the counts that reach the bar."""
        renew = number % _RENEW == 0 or (number & (number - 1)) == 0
        for i, part in enumerate(self._parts):
            level = float(part[1].min())
            if renew and level > self._levels[i]:
                self._levels[i] = level
                self._bars[i] = (
                    thresholds.least(level) if direction != "low" else None,
                    thresholds.most(level) if direction != "high" else None,
                )
            yield part, self._bars[i]


def _center(
    block: tuple[NDArray[Any], Floats],
    order: NDArray[np.intp],
    stops: NDArray[np.bool_],
    windows: Floats,
    place: NDArray[np.intp],
    ends: Whole,
    bar: tuple[Any, Any],
    total: int,
    direction: Direction,
) -> None:
    """Look at all windows about one center in a group of replicates."""
    layers, maxima = block
    size = len(stops)
    counts = np.empty((len(layers), len(order), maxima.size), dtype=layers.dtype)
    for grown, layer in zip(counts, layers, strict=True):
        np.take(layer, order, axis=0, out=grown, mode="clip")
        _accumulate(grown)
    apart = np.empty((size, maxima.size), dtype=layers.dtype)
    hits = np.empty((size, maxima.size), dtype=np.bool_)
    reached: list[tuple[Any, Any, Any]] = []
    waiting = 0
    for number, (plus, minus) in enumerate(ends):
        window = counts[plus, :size]
        if minus >= 0:
            window = np.subtract(window, counts[minus, :size], out=apart)
        here = place[:, number]
        for side, compare, never in ((0, np.greater_equal, total + 1), (1, np.less_equal, -1)):
            if bar[side] is None:
                continue
            needed = np.where(stops, bar[side][here], never).astype(layers.dtype)
            compare(window, needed[:, None], out=hits)
            found = np.flatnonzero(hits)
            if found.size:
                row, replicate = np.divmod(found, maxima.size)
                reached.append((window[row, replicate], windows[row, number], replicate))
                waiting += found.size
        if waiting and (waiting > _AT_ONCE or number == len(ends) - 1):
            seen, expected, replicates = (
                np.concatenate(part) for part in zip(*reached, strict=True)
            )
            ratio = log_likelihood_ratio(seen, expected, total=total, direction=direction)
            np.maximum.at(maxima, replicates, ratio)
            reached, waiting = [], 0


def _accumulate(rows: NDArray[Any]) -> None:
    """Add to each row all rows before it, in place; the rows are whole strips."""
    strips = rows.reshape(-1, _STRIP, rows.shape[1])
    for i in range(1, _STRIP):
        strips[:, i] += strips[:, i - 1]
    for i in range(1, len(strips)):
        strips[i] += strips[i - 1, -1]
