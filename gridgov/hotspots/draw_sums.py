"""The law of the sum of m cells drawn without replacement from a table of counts.

    number of draws of m cells with sum s
        = coefficient of y^m x^s in  prod over values v of (1 + y x^v)^(n_v)

with n_v the number of cells that hold v. The parts of that product, for all m up to
the largest neighborhood at once; which cells are in the urn is the caller's question.
Each value's factor is multiplied by odds and a constant so that it becomes the
distribution of how many of its n_v cells are drawn when each cell is drawn with
probability pi by itself; given m draws in all, every set of m cells is equally likely,
whatever pi. With pi about m/n no intermediate overflows or vanishes, all terms are
positive, and nothing is ever subtracted: tails of 1e-100 are as accurate as any.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Law", "draw_cells", "nothing_drawn", "reduced", "tails", "with_value"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Law(NamedTuple):
    """How likely j drawn cells with sum s are, for some of the values.

    Attributes
    ----------
    table
        P(j drawn, sum s), shape (largest m + 1, widest sum so far + 1).
    beyond
        P(j drawn, sum above the largest one asked for), shape (largest m + 1,).
    largest
        The largest value multiplied in so far.
    """

    table: Floats
    beyond: Floats
    largest: int


def nothing_drawn(most: int) -> Law:
    """Return the law without any value: no cell drawn, sum 0."""
    table = np.zeros((most + 1, 1))
    table[0, 0] = 1.0
    return Law(table, np.zeros(most + 1), 0)


def reduced(counts: Whole, sizes: Whole, sums: Whole) -> tuple[Whole, Whole, Whole]:
    """Return distinct values less the lowest and in units of their common divisor, and the sums."""
    values, multiplicities = np.unique(counts, return_counts=True)
    lowest = values[0]
    unit = max(int(np.gcd.reduce(values - lowest)), 1)
    return (values - lowest) // unit, multiplicities, (sums - sizes * lowest) // unit


def with_value(law: Law, value: int, cells: int, *, widest: int, chance: float) -> Law:
    """Return the law with `cells` more cells of one value in the urn.

    Parameters
    ----------
    law
        Without those cells.
    value
        What each of them holds.
    cells
        Their number.
    widest
        The largest sum asked for; larger ones share one entry.
    chance
        The probability pi of every cell.
    """
    # 1. After this value no sum exceeds the largest value times the cells drawn.
    most = law.beyond.size - 1
    width = law.table.shape[1]
    largest = max(law.largest, value)
    highest = min(widest, most * largest)
    drawn = _binomial(cells, chance, min(cells, most))
    grown = np.zeros((most + 1, highest + 1))
    grown[:, :width] = drawn[0] * law.table
    overflow = drawn[0] * law.beyond
    for number in range(1, drawn.size):
        before = law.table[: most + 1 - number]
        shift = number * value
        kept = max(0, min(width, highest + 1 - shift))
        if kept:
            grown[number:, shift : shift + kept] += drawn[number] * before[:, :kept]
        # 2. What passes the largest sum asked for is kept in one entry.
        past = law.beyond[: most + 1 - number]
        if kept < width:
            past = past + before[:, kept:].sum(axis=1)
        overflow[number:] += drawn[number] * past
    return Law(grown, overflow, largest)


def tails(
    law: Law, lowest: int, cells: int, sizes: Whole, sums: Whole, *, chance: float
) -> tuple[Floats, Floats]:
    """Return P(S <= s) and P(S >= s), the cells with the lowest value added in closed form.

    Parameters
    ----------
    law
        Of all values but the lowest, which is 0 after :func:`reduced`.
    lowest
        Number of cells that hold the lowest value.
    cells
        Cells in the urn.
    sizes, sums
        Cells drawn and their sum, shape (k,).
    chance
        The probability pi of every cell.
    """
    at_most = np.cumsum(law.table, axis=1)
    # From the far end, small terms first.
    at_least = np.cumsum(np.column_stack([law.beyond, law.table[:, ::-1]]), axis=1)[:, :0:-1]

    # Given j draws of higher values, the other m - j fall on the lowest one.
    most = law.beyond.size - 1
    chance_lowest = _binomial(lowest, chance, most)
    everything = _binomial(cells, chance, most)
    lower = np.empty(sizes.size)
    upper = np.empty(sizes.size)
    for size in np.unique(sizes).tolist():
        here = np.flatnonzero(sizes == size)
        asked, back = np.unique(sums[here], return_inverse=True)
        # No draw reaches beyond the table's width: all is below, nothing above.
        inside = np.minimum(asked, law.table.shape[1] - 1)
        share = chance_lowest[size::-1] / everything[size]
        lower[here] = (share @ at_most[: size + 1, inside])[back]
        upper[here] = (share @ at_least[: size + 1, inside])[back]
    return np.minimum(lower, 1.0), np.minimum(upper, 1.0)


def draw_cells(generator: np.random.Generator, cells: int, most: int, rows: int) -> Whole:
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


def _binomial(cells: int, chance: float, most: int) -> Floats:
    """Return the binomial probabilities that 0 to `most` of `cells` cells are drawn."""
    number = np.arange(1, most + 1)
    ratios = np.maximum(cells - number + 1, 0) / number * (chance / (1 - chance))
    terms: Floats = np.exp(cells * np.log1p(-chance)) * np.cumprod(np.append(1.0, ratios))
    return terms
