"""How large a neighborhood's sum gets when the counts are dealt out at random.

The null hypothesis is total randomization: the n counts are what they are, and every
way of dealing them over the n cells is equally likely. Under it the sum over a
neighborhood of m cells, the cell itself included, is the sum of m of the n counts
drawn without replacement; its mean and variance are the ones inside the z of Gi*.
The normal tail that the z invites is far too thin for skewed counts, and permuting
cannot show a p below one over the number of permutations. For whole counts neither
is needed, because the distribution is known:

    number of draws of m cells with sum s
        = coefficient of y^m x^s in  prod over values v of (1 + y x^v)^(n_v)

with n_v the number of cells that hold v. The product is multiplied out here by
arrays, for all m up to the largest neighborhood at once. What it cannot say: it knows
only that some cells hold more than others, not why (people, streets, reporting), and
it is not the conditional null, which keeps the cell's own count where it is.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWS", "NullAnswer", "exact_tails", "randomization_p", "sampled_tails"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

DRAWS = 99_999
"""Draws of the sampled null. The error of a shared reference is shared by all cells,
so the 999 of a permutation of every cell would not do."""

# One operation is one multiply and add on the table; 1.0 to 1.6 ns each on one core
# of two, so the dearest exact answer takes about three seconds. A city of
# 100,000 cells with counts up to 1,500 needs 1e9 at three rings and 5e6 at one.
_MOST_OPERATIONS = 2_000_000_000
# Entries of the table, 8 bytes each, held about three times over.
_MOST_ENTRIES = 10_000_000
# The chance of an empty draw, exp(-m), must stay a normal number.
_LARGEST_NEIGHBORHOOD = 400
# Rows drawn at a time by the sampled null, so that memory stays flat.
_CHUNK = 20_000


class NullAnswer(NamedTuple):
    """Two-sided p-values under total randomization, and where they come from.

    Attributes
    ----------
    p_value
        One p a neighborhood.
    side
        The smaller tail's side: 1 more than expected, -1 less, 0 both tails alike.
    method
        ``exact``, or ``sampled`` when the exact distribution would cost too much.
    floor
        The smallest p the method can show; 0 for the exact one.
    """

    p_value: Floats
    side: Floats
    method: Literal["exact", "sampled"]
    floor: float


def randomization_p(counts: Whole, sizes: Whole, sums: Whole, *, seed: int = 0) -> NullAnswer:
    """Return two-sided p-values of neighborhood sums under total randomization.

    Parameters
    ----------
    counts
        The count of every cell, whole numbers, shape (n,).
    sizes
        Cells in each neighborhood, itself included, 1 to n, shape (k,).
    sums
        Sum of the counts in each neighborhood, shape (k,).
    seed
        Seed of the draws, used only when the exact distribution would cost too much.

    Returns
    -------
    NullAnswer
        The p-values, their sides, the method and its floor.

    Raises
    ------
    ValueError
        If `sizes` is empty.

    Notes
    -----
    p = min(1, 2 min(P(S <= s), P(S >= s))): either tail may be the surprising one, and
    doubling the smaller pays for having looked at both. Both tails hold P(S = s), so p is on
    the safe side: under the null P(p <= a) <= a for every a, and less where counts are
    few. Ordering outcomes by their probability instead would call a sum at a gap of a
    lattice distribution surprising.

    Examples
    --------
    Three cells of six with one incident each, two cells drawn: both hold one with
    probability 3/6 x 2/5 = 1/5, and neither does with the same probability.

    >>> counts = np.array([1, 1, 1, 0, 0, 0])
    >>> answer = randomization_p(counts, np.array([2, 2, 2]), np.array([2, 1, 0]))
    >>> answer.p_value.round(12).tolist(), answer.method
    ([0.4, 1.0, 0.4], 'exact')
    """
    if _exact_fits(counts, sizes, sums):
        lower, upper = exact_tails(counts, sizes, sums)
        method: Literal["exact", "sampled"] = "exact"
        floor = 0.0
    else:
        lower, upper = sampled_tails(counts, sizes, sums, draws=DRAWS, seed=seed)
        method = "sampled"
        floor = 2.0 / (DRAWS + 1)
    # A p below the smallest normal number is shown as that number: what was seen is
    # never impossible.
    p = np.maximum(np.minimum(1.0, 2.0 * np.minimum(lower, upper)), np.finfo(np.float64).tiny)
    return NullAnswer(p, np.sign(lower - upper), method, floor)


def exact_tails(counts: Whole, sizes: Whole, sums: Whole) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) for every neighborhood, exactly up to rounding.

    Parameters
    ----------
    counts, sizes, sums
        As in :func:`randomization_p`.

    Returns
    -------
    lower, upper : float64 arrays, shape (k,)
        Both hold P(S = s). Small tails keep their relative accuracy, about 1e-13.

    Raises
    ------
    ValueError
        If `sizes` is empty.

    Notes
    -----
    Each value's factor is multiplied by odds and a constant so that it becomes the
    distribution of how many of its n_v cells are drawn when each cell is drawn with
    probability pi by itself; given m draws in all, every set of m cells is equally
    likely, whatever pi. With pi about m/n no intermediate overflows or vanishes.

    1. Values are taken in ascending order, so the table is narrow while the many cells
       with few incidents are worked in.
    2. Sums above the largest one asked for share one entry, `beyond`. Nothing is ever
       subtracted, so tails of 1e-100 are as accurate as any.
    3. The lowest value, nearly always 0, does not move the sum: it comes last, in
       closed form.

    Examples
    --------
    >>> lower, upper = exact_tails(np.array([5, 0, 0, 1]), np.array([2]), np.array([5]))
    >>> lower.round(12).tolist(), upper.round(12).tolist()
    ([0.833333333333], [0.5])
    """
    values, multiplicities, shifted = _reduced(counts, sizes, sums)
    cells = counts.size
    most = int(sizes.max())
    widest = int(shifted.max())
    chance = min(0.5, most / cells)

    table, beyond = _multiplied(values[1:], multiplicities[1:], most, widest, chance)
    at_most = np.cumsum(table, axis=1)
    # From the far end, small terms first.
    at_least = np.cumsum(np.column_stack([beyond, table[:, ::-1]]), axis=1)[:, :0:-1]

    # 3. Given j draws of higher values, the other m - j fall on the lowest one.
    lowest = _binomial(int(multiplicities[0]), chance, most)
    everything = _binomial(cells, chance, most)
    lower = np.empty(sizes.size)
    upper = np.empty(sizes.size)
    for size in np.unique(sizes).tolist():
        here = np.flatnonzero(sizes == size)
        asked, back = np.unique(shifted[here], return_inverse=True)
        # No draw reaches beyond the table's width: all is below, nothing above.
        inside = np.minimum(asked, table.shape[1] - 1)
        share = lowest[size::-1] / everything[size]
        lower[here] = (share @ at_most[: size + 1, inside])[back]
        upper[here] = (share @ at_least[: size + 1, inside])[back]
    return np.minimum(lower, 1.0), np.minimum(upper, 1.0)


def sampled_tails(
    counts: Whole, sizes: Whole, sums: Whole, *, draws: int = DRAWS, seed: int = 0
) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) from draws that all neighborhoods share.

    Parameters
    ----------
    counts, sizes, sums
        As in :func:`randomization_p`.
    draws
        Number of draws without replacement.
    seed
        Seed of the draws; the answer does not depend on the order of `counts`.

    Returns
    -------
    lower, upper : float64 arrays, shape (k,)
        (1 + number of draws at least as far out) / (1 + draws), never below
        1 / (1 + draws).

    Raises
    ------
    ValueError
        If `sizes` is empty.

    Notes
    -----
    The first m of M cells drawn without replacement are m cells drawn without
    replacement, so one draw of the largest size serves every size.

    Examples
    --------
    >>> lower, upper = sampled_tails(np.array([9, 0, 0]), np.array([1]), np.array([9]))
    >>> lower.tolist(), abs(upper[0] - 1 / 3) < 0.01
    ([1.0], np.True_)
    """
    ordered = np.sort(counts)
    generator = np.random.default_rng(seed)
    most = int(sizes.max())
    asked = [(size, np.flatnonzero(sizes == size)) for size in np.unique(sizes).tolist()]
    below = np.ones(sizes.size)
    above = np.ones(sizes.size)
    for start in range(0, draws, _CHUNK):
        rows = min(_CHUNK, draws - start)
        totals = np.cumsum(ordered[_draw_cells(generator, ordered.size, most, rows)], axis=0)
        for size, here in asked:
            reference = np.sort(totals[size - 1])
            below[here] += np.searchsorted(reference, sums[here], side="right")
            above[here] += rows - np.searchsorted(reference, sums[here], side="left")
    return below / (draws + 1), above / (draws + 1)


def _reduced(counts: Whole, sizes: Whole, sums: Whole) -> tuple[Whole, Whole, Whole]:
    """Return distinct values less the lowest and in units of their common divisor, and the sums."""
    values, multiplicities = np.unique(counts, return_counts=True)
    lowest = values[0]
    unit = max(int(np.gcd.reduce(values - lowest)), 1)
    return (values - lowest) // unit, multiplicities, (sums - sizes * lowest) // unit


def _exact_fits(counts: Whole, sizes: Whole, sums: Whole) -> bool:
    """Return whether the exact distribution fits the budget of time and memory."""
    values, multiplicities, shifted = _reduced(counts, sizes, sums)
    most = int(sizes.max())
    widest = float(shifted.max()) + 1
    if most > _LARGEST_NEIGHBORHOOD or (most + 1) * widest > _MOST_ENTRIES:
        return False
    width = np.minimum(widest, most * values[:-1].astype(np.float64) + 1)
    return float((np.minimum(multiplicities[1:], most) * (most + 1) * width).sum()) < (
        _MOST_OPERATIONS
    )


def _binomial(cells: int, chance: float, most: int) -> Floats:
    """Return the binomial probabilities that 0 to `most` of `cells` cells are drawn."""
    number = np.arange(1, most + 1)
    ratios = np.maximum(cells - number + 1, 0) / number * (chance / (1 - chance))
    terms: Floats = np.exp(cells * np.log1p(-chance)) * np.cumprod(np.append(1.0, ratios))
    return terms


def _multiplied(
    values: Whole, multiplicities: Whole, most: int, widest: int, chance: float
) -> tuple[Floats, Floats]:
    """Return P(j drawn, sum s) of cells with `values`, and P(j drawn, sum above `widest`)."""
    table = np.zeros((most + 1, 1))
    table[0, 0] = 1.0
    beyond = np.zeros(most + 1)
    for value, cells in zip(values.tolist(), multiplicities.tolist(), strict=True):
        # 1. After this value no sum exceeds `most` times it.
        width = table.shape[1]
        highest = min(widest, most * value)
        drawn = _binomial(cells, chance, min(cells, most))
        grown = np.zeros((most + 1, highest + 1))
        grown[:, :width] = drawn[0] * table
        overflow = drawn[0] * beyond
        for number in range(1, drawn.size):
            before = table[: most + 1 - number]
            shift = number * value
            kept = max(0, min(width, highest + 1 - shift))
            if kept:
                grown[number:, shift : shift + kept] += drawn[number] * before[:, :kept]
            # 2. What passes the largest sum asked for is kept in one entry.
            past = beyond[: most + 1 - number]
            if kept < width:
                past = past + before[:, kept:].sum(axis=1)
            overflow[number:] += drawn[number] * past
        table, beyond = grown, overflow
    return table, beyond


def _draw_cells(generator: np.random.Generator, cells: int, most: int, rows: int) -> Whole:
    """Return `rows` draws of `most` different cells, one draw a column."""
    drawn = np.empty((most, rows), dtype=np.int64)
    for number in range(most):
        drawn[number] = generator.integers(cells, size=rows)
        # A cell that this draw already holds is thrown back until a new one comes.
        again = np.flatnonzero((drawn[:number] == drawn[number]).any(axis=0))
        while again.size:
            drawn[number, again] = generator.integers(cells, size=again.size)
            repeated = (drawn[:number, again] == drawn[number, again]).any(axis=0)
            again = again[repeated]
    return drawn
