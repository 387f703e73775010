"""How large the neighbors' sum gets when a cell keeps its own value and the others are dealt.

The null hypothesis is conditional randomization: the cell's own value stays where it
is, and every way of dealing the other n - 1 values over the other cells is equally
likely. It asks whether the *neighbors* are unusual, given the cell. Gi and Gi* have the
same p under it, because the own value only adds a constant to Gi*. Two ways lead there:

- :func:`conditional_p` multiplies the distribution out for whole counts. Every own
  value leaves another urn behind, the n counts less one copy of it;
- :func:`permutation_p` counts random draws, as spdep and esda do, and cannot show a p
  below 2 / (draws + 1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.draw_sums import Law, draw_cells, nothing_drawn, reduced, tails, with_value
from gridgov.hotspots.randomization_null import CHUNK, DRAWS, NullAnswer, fits_budget, two_sided

__all__ = ["conditional_p", "conditional_tails", "permutation_p", "permutation_tails"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def conditional_p(
    counts: Whole, sizes: Whole, sums: Whole, *, slack: int = 0, seed: int = 0
) -> NullAnswer:
    """Return two-sided p-values of the neighbors' sums, the cell's own count kept in place.

    Parameters
    ----------
    counts
        The count of every cell, whole numbers, shape (n,).
    sizes
        Neighbors of every cell, the cell itself not among them, at most n - 1; 0 where
        nothing is asked, shape (n,).
    sums
        Sum of the neighbors' counts, shape (n,).
    slack
        Units a cell within which two sums are the same one: 0 for counts; 1 for values
        that were rounded to small units, which always take draws.
    seed
        Seed of the draws, used only when the exact distribution would cost too much.

    Returns
    -------
    NullAnswer
        The p-values (1 where nothing is asked), their sides, the method and its floor.

    Raises
    ------
    ValueError
        If every size is 0.

    Examples
    --------
    Four cells 3, 1, 0, 0. The first one's two neighbors hold 1: of the three pairs among
    1, 0, 0 two do, and none holds more. The last one's hold 4, as one pair of three does.

    >>> counts, sizes, sums = np.array([[3, 1, 0, 0], [2, 0, 0, 2], [1, 0, 0, 4]])
    >>> answer = conditional_p(counts, sizes, sums)
    >>> answer.p_value.round(12).tolist(), answer.method
    ([1.0, 1.0, 1.0, 0.666666666667], 'exact')
    """
    asked = np.flatnonzero(sizes)
    distinct = np.unique(counts).size
    passes = int(np.ceil(np.log2(distinct))) + 1
    if not slack and fits_budget(counts, sizes[asked], sums[asked], passes=passes):
        lower, upper = conditional_tails(counts, sizes, sums)
        return two_sided(lower, upper, "exact", 0.0)
    return permutation_p(counts, sizes, sums, slack=slack, permutations=DRAWS, seed=seed)


def conditional_tails(counts: Whole, sizes: Whole, sums: Whole) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s) with the own count out of the urn, exactly up to rounding.

    Parameters
    ----------
    counts, sizes, sums
        As in :func:`conditional_p`.

    Returns
    -------
    lower, upper : float64 arrays, shape (n,)
        Both hold P(S = s); 1 where nothing is asked. Small tails keep their relative
        accuracy, about 1e-13.

    Raises
    ------
    ValueError
        If every size is 0.

    Notes
    -----
    Every distinct value needs the product over all values with one copy of itself left
    out. Dividing it out of the whole product subtracts, and the tails lose their digits;
    multiplying afresh costs one product a value. Halving costs log2 of that: the table
    with all values outside a range gets those of its upper half and is handed to the
    lower half, and the other way round, until one value is left.

    Examples
    --------
    >>> counts, sizes, sums = np.array([[5, 0, 0, 1], [2, 0, 0, 0], [1, 1, 1, 1]])
    >>> lower, upper = conditional_tails(counts, sizes, sums)
    >>> lower.round(12).tolist(), upper.round(12).tolist()
    ([1.0, 1.0, 1.0, 1.0], [0.666666666667, 1.0, 1.0, 1.0])
    """
    asked = np.flatnonzero(sizes)
    values, multiplicities, shifted = reduced(counts, sizes[asked], sums[asked])
    own = np.unique(counts, return_inverse=True)[1][asked]
    most = int(sizes.max())
    widest = int(shifted.max())
    left = counts.size - 1
    chance = min(0.5, most / left)
    lower = np.ones(counts.size)
    upper = np.ones(counts.size)

    def grown(law: Law, value: int, cells: int) -> Law:
        # The lowest value comes last, in closed form.
        if value == 0 or cells == 0:
            return law
        return with_value(law, int(values[value]), cells, widest=widest, chance=chance)

    # Ranges still to be halved, each with the law of all values outside it. A stack
    # and not recursion: what is held is one table a level.
    waiting = [(0, values.size, nothing_drawn(most))]
    while waiting:
        first, end, law = waiting.pop()
        if end - first == 1:
            here = own == first
            law = grown(law, first, int(multiplicities[first]) - 1)
            lowest = int(multiplicities[0]) - (first == 0)
            lower[asked[here]], upper[asked[here]] = tails(
                law, lowest, left, sizes[asked[here]], shifted[here], chance=chance
            )
            continue
        middle = (first + end) // 2
        for start, stop, others in (
            (first, middle, range(middle, end)),
            (middle, end, range(first, middle)),
        ):
            if not ((own >= start) & (own < stop)).any():
                continue
            part = law
            for value in others:
                part = grown(part, value, int(multiplicities[value]))
            waiting.append((start, stop, part))
    return lower, upper


def permutation_p(
    counts: Whole,
    sizes: Whole,
    sums: Whole,
    *,
    slack: int = 0,
    permutations: int = 999,
    seed: int = 0,
) -> NullAnswer:
    """Return two-sided p-values of the neighbors' sums from conditional permutations.

    Parameters
    ----------
    counts, sizes, sums, slack
        As in :func:`conditional_p`.
    permutations
        Number of permutations, R.
    seed
        Seed of the permutations.

    Returns
    -------
    NullAnswer
        p = min(1, 2 (min(g, l) + 1) / (R + 1)), g and l the permutations whose sum is at
        least, and at most, the observed one; 1 where nothing is asked.

    Raises
    ------
    ValueError
        If every size is 0.

    Examples
    --------
    >>> counts, sizes, sums = np.array([[9, 0, 0], [0, 1, 0], [0, 9, 0]])
    >>> answer = permutation_p(counts, sizes, sums)
    >>> bool(abs(answer.p_value[1] - 1) < 0.1), answer.floor
    (True, 0.002)
    """
    lower, upper = permutation_tails(
        counts, sizes, sums, slack=slack, permutations=permutations, seed=seed
    )
    return two_sided(lower, upper, "sampled", 2.0 / (permutations + 1))


def permutation_tails(
    counts: Whole,
    sizes: Whole,
    sums: Whole,
    *,
    slack: int = 0,
    permutations: int = 999,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Return both tails from permutations that keep each cell's own count in place.

    Parameters
    ----------
    counts, sizes, sums, slack, permutations, seed
        As in :func:`permutation_p`.

    Returns
    -------
    lower, upper : float64 arrays, shape (n,)
        (1 + number of permutations at least as far out) / (1 + permutations); 1 where
        nothing is asked.

    Raises
    ------
    ValueError
        If every size is 0.

    Notes
    -----
    The cells share their draws, as in spdep and esda, and every cell has its own exact
    conditional null all the same. Draws are made from the first n - 1 cells. For cell i
    its own place stands for the last cell: a one-to-one map from the cells drawn from to
    the cells other than i, which carries equally likely draws over. Only the draws that
    hold i change, so all others are counted for all cells at once. Sharing correlates the
    errors of different cells and leaves each one's as it is.

    Examples
    --------
    >>> lower, upper = permutation_tails(*np.array([[9, 0, 0], [1, 0, 0], [0, 0, 0]]))
    >>> lower.tolist(), upper.tolist()
    ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    """
    n = counts.size
    generator = np.random.default_rng(seed)
    most = int(sizes.max())
    if most == 0:
        raise ValueError("no cell has a neighbor")
    asked = [(size, np.flatnonzero(sizes == size)) for size in np.unique(sizes[sizes > 0]).tolist()]
    below = np.ones(n)
    above = np.ones(n)
    for start in range(0, permutations, CHUNK):
        rows = min(CHUNK, permutations - start)
        drawn = draw_cells(generator, n - 1, most, rows)
        totals = np.cumsum(counts[drawn], axis=0)
        for size, here in asked:
            total = totals[size - 1]
            reference = np.sort(total)
            highest = sums[here] + slack * size
            least = sums[here] - slack * size
            below[here] += np.searchsorted(reference, highest, side="right")
            above[here] += rows - np.searchsorted(reference, least, side="left")
            # The draws that hold a cell of this size: its place stands for the last cell.
            number, draw = np.nonzero(sizes[drawn[:size]] == size)
            cell = drawn[number, draw]
            before = total[draw]
            after = before - counts[cell] + counts[-1]
            limit = sums[cell] + slack * size
            change = (after <= limit).astype(np.float64) - (before <= limit)
            below += np.bincount(cell, minlength=n, weights=change)
            limit = sums[cell] - slack * size
            change = (after >= limit).astype(np.float64) - (before >= limit)
            above += np.bincount(cell, minlength=n, weights=change)
    lower, upper = below / (permutations + 1), above / (permutations + 1)
    lower[sizes == 0] = upper[sizes == 0] = 1.0
    return lower, upper
