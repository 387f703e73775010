"""How large a neighborhood's sum gets when the counts are dealt out at random.

The null hypothesis is total randomization: the n counts are what they are, and every
way of dealing them over the n cells is equally likely. Under it the sum over a
neighborhood of m cells, the cell itself included, is the sum of m of the n counts
drawn without replacement; its mean and variance are the ones inside the z of Gi*.
The normal tail that the z invites is far too thin for skewed counts, and permuting
cannot show a p below one over the number of permutations. For whole counts neither
is needed, because the distribution is known (:mod:`gridgov.hotspots.draw_sums`).
What it cannot say: it knows only that some cells hold more than others, not why
(people, streets, reporting), and it is not the conditional null, which keeps the
cell's own count where it is (:mod:`gridgov.hotspots.permutation_null`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.draw_sums import draw_cells, nothing_drawn, reduced, tails, with_value

__all__ = [
    "CHUNK",
    "DRAWS",
    "NullAnswer",
    "exact_tails",
    "fits_budget",
    "randomization_p",
    "sampled_tails",
    "two_sided",
]

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
CHUNK = 20_000
"""Draws made at a time, so that memory stays flat."""


class NullAnswer(NamedTuple):
    """Two-sided p-values under total randomization, and where they come from.

    Attributes
    ----------
    p_value
        One p a neighborhood.
    side
        The smaller tail's side: 1 more than expected, -1 less, 0 both tails alike.
    method
        ``exact``, or ``sampled`` when the exact distribution would cost too much or the
        values are not whole.
    floor
        The smallest p the method can show; 0 for the exact one.
    """

    p_value: Floats
    side: Floats
    method: Literal["exact", "sampled"]
    floor: float


def randomization_p(
    counts: Whole, sizes: Whole, sums: Whole, *, slack: int = 0, seed: int = 0
) -> NullAnswer:
    """Return two-sided p-values of neighborhood sums under total randomization.

    Parameters
    ----------
    counts
        The count of every cell, whole numbers, shape (n,).
    sizes
        Cells in each neighborhood, itself included, 1 to n, shape (k,).
    sums
        Sum of the counts in each neighborhood, shape (k,).
    slack
        Units a cell within which two sums are the same one: 0 for counts; 1 for values
        that were rounded to small units, which always take draws.
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
    if not slack and fits_budget(counts, sizes, sums):
        lower, upper = exact_tails(counts, sizes, sums)
        return two_sided(lower, upper, "exact", 0.0)
    lower, upper = sampled_tails(counts, sizes, sums, slack=slack, draws=DRAWS, seed=seed)
    return two_sided(lower, upper, "sampled", 2.0 / (DRAWS + 1))


def two_sided(
    lower: Floats, upper: Floats, method: Literal["exact", "sampled"], floor: float
) -> NullAnswer:
    """Return p = min(1, 2 min(P(S <= s), P(S >= s))) and the smaller tail's side.

    Parameters
    ----------
    lower, upper
        P(S <= s) and P(S >= s), shape (k,).
    method, floor
        As in :class:`NullAnswer`.

    Returns
    -------
    NullAnswer
        The p-values, their sides, the method and its floor.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> two_sided(np.array([0.99]), np.array([0.02]), "exact", 0.0).p_value.tolist()
    [0.04]
    """
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
    1. Values are taken in ascending order, so the table is narrow while the many cells
       with few incidents are worked in.
    2. Sums above the largest one asked for share one entry.
    3. The lowest value, nearly always 0, does not move the sum: it comes last, in
       closed form.

    Examples
    --------
    >>> lower, upper = exact_tails(np.array([5, 0, 0, 1]), np.array([2]), np.array([5]))
    >>> lower.round(12).tolist(), upper.round(12).tolist()
    ([0.833333333333], [0.5])
    """
    values, multiplicities, shifted = reduced(counts, sizes, sums)
    lowest, most = int(counts.min()), int(sizes.max())
    # A sum that no draw has lies between two that some have: the lower tail ends at the one
    # below it, the upper tail begins at the one above.
    unit = (int(counts.max()) - lowest) // max(int(values[-1]), 1) or 1
    above = -((sizes * lowest - sums) // unit)
    widest = int(above.max())
    chance = min(0.5, most / counts.size)
    law = nothing_drawn(most)
    for value, cells in zip(values[1:].tolist(), multiplicities[1:].tolist(), strict=True):
        law = with_value(law, value, cells, widest=widest, chance=chance)
    same = int(multiplicities[0]), counts.size
    lower, upper = tails(law, *same, sizes, shifted, chance=chance)
    between = np.flatnonzero(above != shifted)
    if between.size:
        upper[between] = tails(law, *same, sizes[between], above[between], chance=chance)[1]
    return lower, upper


def sampled_tails(
    counts: Whole,
    sizes: Whole,
    sums: Whole,
    *,
    slack: int = 0,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) from draws that all neighborhoods share.

    Parameters
    ----------
    counts, sizes, sums, slack
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
    for start in range(0, draws, CHUNK):
        rows = min(CHUNK, draws - start)
        totals = np.cumsum(ordered[draw_cells(generator, ordered.size, most, rows)], axis=0)
        for size, here in asked:
            reference = np.sort(totals[size - 1])
            within = slack * size
            below[here] += np.searchsorted(reference, sums[here] + within, side="right")
            above[here] += rows - np.searchsorted(reference, sums[here] - within, side="left")
    return below / (draws + 1), above / (draws + 1)


def fits_budget(counts: Whole, sizes: Whole, sums: Whole, *, passes: int = 1) -> bool:
    """Return whether the exact distribution fits the budget of time and memory.

    Parameters
    ----------
    counts, sizes, sums
        As in :func:`randomization_p`.
    passes
        How often the product is multiplied out, and how many tables are held.

    Examples
    --------
    >>> fits_budget(np.array([0, 1, 1]), np.array([2]), np.array([2]))
    True
    """
    values, multiplicities, shifted = reduced(counts, sizes, sums)
    most = int(sizes.max())
    widest = float(shifted.max()) + 1
    if most > _LARGEST_NEIGHBORHOOD or passes * (most + 1) * widest > _MOST_ENTRIES:
        return False
    # Only one pass can take the values in ascending order, with narrow tables first.
    width = np.minimum(widest, most * values[:-1].astype(np.float64) + 1)
    if passes > 1:
        width = np.full(width.shape, widest)
    return float((np.minimum(multiplicities[1:], most) * (most + 1) * width).sum()) < (
        _MOST_OPERATIONS / passes
    )
