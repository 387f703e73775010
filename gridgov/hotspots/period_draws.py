"""How large a neighborhood's sum over several periods gets when each period is dealt by itself.

The null hypothesis is total randomization within every period: the counts of a period
lie over the cells in any arrangement with equal chance, and periods have nothing to do
with each other. The sum of m cells over k periods is then the sum of k draws of m cells,
one from each period. Busy and quiet periods are given and prove nothing; only where the
incidents lie is at stake. Probabilities are multiplied and added and never subtracted,
so that small tails keep their accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.draw_sums import draw_cells
from gridgov.hotspots.randomization_null import (
    CHUNK,
    DRAWS,
    NullAnswer,
    exact_tails,
    fits_budget,
    randomization_p,
    two_sided,
)

__all__ = ["exact_period_tails", "period_p", "sampled_period_tails"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Sums up to this are convolved, about 2 ms a pair of periods and size.
_WIDEST = 2_000


def period_p(periods: Sequence[Whole], sizes: Whole, sums: Whole, *, seed: int) -> NullAnswer:
    """Return two-sided p-values of sums over the periods, each dealt out by itself.

    Parameters
    ----------
    periods
        The count of every cell in each of the periods, whole numbers, each of shape (n,).
    sizes
        Cells in each neighborhood, the same in every period, 1 to n, shape (k,).
    sums
        Sum of the neighborhood over its cells and all periods, shape (k,).
    seed
        Seed of the draws, used only when the exact distribution would cost too much.

    Examples
    --------
    One incident among two cells in either period; one cell drawn in each holds both with
    probability 1/4:

    >>> one = np.array([1, 0])
    >>> period_p([one, one], np.array([1, 1]), np.array([2, 1]), seed=0).p_value.tolist()
    [0.5, 1.0]
    """
    if len(periods) == 1:
        return randomization_p(periods[0], sizes, sums, seed=seed)
    # Less what every cell holds, and in units of what divides all counts: as narrow as can be.
    lowest = [int(counts.min()) for counts in periods]
    above = [counts - low for counts, low in zip(periods, lowest, strict=True)]
    unit = max(int(np.gcd.reduce([int(np.gcd.reduce(counts)) for counts in above])), 1)
    periods = [counts // unit for counts in above]
    sums = (sums - sizes * sum(lowest)) // unit
    widest = int(sums.max())
    asked = np.full(sizes.size, widest)
    fits = widest <= _WIDEST and all(fits_budget(counts, sizes, asked) for counts in periods)
    if fits:
        lower, upper = exact_period_tails(periods, sizes, sums)
        return two_sided(lower, upper, "exact", 0.0)
    lower, upper = sampled_period_tails(periods, sizes, sums, draws=DRAWS, seed=seed)
    return two_sided(lower, upper, "sampled", 2.0 / (DRAWS + 1))


def exact_period_tails(
    periods: Sequence[Whole], sizes: Whole, sums: Whole
) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) of every sum, both with P(S = s).

    Parameters
    ----------
    periods, sizes, sums
        As in :func:`period_p`.

    Notes
    -----
    The tails of one period are known at every whole sum, and the chance of a single sum is
    the difference of two neighboring entries of the smaller tail, which loses no more
    than the last digits of what is largest there. The other periods are convolved, and
    the tails of the first are summed over them.
    """
    lower, upper = np.empty(sums.size), np.empty(sums.size)
    lowest = [int(counts.min()) for counts in periods]
    above_lowest = sums - sizes * sum(lowest)
    distinct = np.unique(sizes)
    widest = np.array([above_lowest[sizes == size].max() for size in distinct])
    known = [
        _tails_to(counts - low, distinct, widest)
        for counts, low in zip(periods, lowest, strict=True)
    ]
    for place, size in enumerate(distinct.tolist()):
        here = np.flatnonzero(sizes == size)
        asked, back = np.unique(above_lowest[here], return_inverse=True)
        # The chances of every sum of the other periods, and of one above the widest asked.
        chance, beyond = np.ones(1), 0.0
        for tails in known[1:]:
            below, above = tails[place]
            added = np.convolve(chance, _chances(below, above[:-1], above[-1]))
            beyond += chance.sum() * above[-1] + added[asked[-1] + 1 :].sum()
            chance = added[: asked[-1] + 1]
        # What the first period may hold at most, and must at least, with each of them.
        left = asked[:, None] - np.arange(chance.size)
        below, above = known[0][place]
        at_most = np.where(left < 0, 0.0, below[np.clip(left, 0, below.size - 1)])
        at_least = above[np.clip(left, 0, above.size - 1)]
        lower[here] = np.minimum(at_most @ chance, 1.0)[back]
        upper[here] = np.minimum(at_least @ chance + beyond, 1.0)[back]
    return lower, upper


def sampled_period_tails(
    periods: Sequence[Whole], sizes: Whole, sums: Whole, *, draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) from draws that all neighborhoods share.

    Parameters
    ----------
    periods, sizes, sums
        As in :func:`period_p`.
    draws
        Number of draws from every period.
    seed
        Seed of the draws; the answer does not depend on the order of cells.
    """
    ordered = [np.sort(counts) for counts in periods]
    generator = np.random.default_rng(seed)
    most = int(sizes.max())
    below, above = np.ones(sums.size), np.ones(sums.size)
    asked = [(size, np.flatnonzero(sizes == size)) for size in np.unique(sizes).tolist()]
    for start in range(0, draws, CHUNK):
        rows = min(CHUNK, draws - start)
        totals = np.zeros((most, rows), dtype=np.int64)
        for counts in ordered:
            drawn = draw_cells(generator, counts.size, most, rows)
            totals += np.cumsum(counts[drawn], axis=0)
        for size, here in asked:
            reference = np.sort(totals[size - 1])
            below[here] += np.searchsorted(reference, sums[here], side="right")
            above[here] += rows - np.searchsorted(reference, sums[here], side="left")
    return below / (draws + 1), above / (draws + 1)


def _tails_to(counts: Whole, sizes: Whole, widest: Whole) -> list[tuple[Floats, Floats]]:
    """Return for every size P(S <= s) from 0 on and P(S >= s), as far as sums reach or are asked.

    The second has one entry more: the chance of more than the last sum of the first.
    """
    largest = np.cumsum(np.sort(counts)[::-1])[sizes - 1]
    lengths = np.minimum(largest, widest) + 2
    ends = np.cumsum(lengths)
    every = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    # One table serves all sizes.
    below, above = exact_tails(counts, np.repeat(sizes, lengths), every)
    above[ends[widest >= largest] - 1] = 0.0
    return [
        (below[end - length : end - 1], above[end - length : end])
        for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
    ]


def _chances(below: Floats, above: Floats, beyond: float) -> Floats:
    """Return P(S = s) from both tails, each where it is the smaller one."""
    from_below = np.diff(below, prepend=0.0)
    from_above = -np.diff(above, append=beyond)
    return np.maximum(np.where(below < above, from_below, from_above), 0.0)
