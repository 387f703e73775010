"""Fixed-size draws with given chances, from a line on which neighbors lie together.

The model is the generalized random tessellation stratified design (Stevens & Olsen 2004):
the plane is halved again and again both ways, the four quarters of every square are put in
a random order of their own, and the units are strung on a line by their addresses. A
systematic draw with a random start from the chances along the line takes every unit with
its chance exactly; because the line keeps neighbors together, no region is skipped. Without
coordinates the line is a random order, which for equal chances is simple random sampling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_units", "inclusion_probabilities", "quadrant_order"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Thirty halvings split a city to a tenth of a millimeter; what is left lies in one place.
_LEVELS = 30


def inclusion_probabilities(sizes: Floats, count: int) -> Floats:
    """Return chances in proportion to `sizes` that add up to `count`, none above 1.

    Units whose share would be 1 or more are certain; the rest share what is left.
    """
    chance = np.zeros(len(sizes))
    certain = np.zeros(len(sizes), dtype=bool)
    while True:
        left = count - int(certain.sum())
        rest = ~certain
        chance[certain] = 1.0
        if not rest.any():
            return chance
        chance[rest] = left * sizes[rest] / sizes[rest].sum()
        # Within rounding of 1 is 1.
        large = rest & (chance > 1 - 1e-12)
        if not large.any():
            return chance
        certain |= large


def quadrant_order(x: Floats, y: Floats, random: np.random.Generator) -> Integers:
    """Return the units along a line that runs through randomly ordered quarters of quarters."""
    count = len(x)
    side = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9) if count else 1.0
    # The square is twice as wide as the units and lies at random, so that no unit is always
    # beside a cut.
    place = np.empty((2, count))
    for axis, at in enumerate((x, y)):
        place[axis] = (at - at.min() + random.uniform(0, side)) / (2 * side) if count else at
    square = np.zeros(count, dtype=np.int64)
    for _ in range(_LEVELS):
        squares = int(square.max(initial=-1)) + 1
        if squares == count:
            break
        place *= 2
        quarter = np.minimum(np.floor(place), 1).astype(np.int64)
        place -= quarter
        # Every square puts its own four quarters in a random order.
        rank = np.argsort(random.random((squares, 4)), axis=1)
        address = square * 4 + rank[square, quarter[0] * 2 + quarter[1]]
        square = np.unique(address, return_inverse=True)[1].astype(np.int64)
    # Units in one place follow each other at random.
    return np.lexsort((random.random(count), square)).astype(np.int64)


def draw_units(
    chance: Floats,
    along: Integers,
    *,
    reserve: int,
    random: np.random.Generator,
    spread: bool,
) -> Integers:
    """Return the units drawn, in an order of which every beginning is a sample.

    Parameters
    ----------
    chance
        Chance of every unit to be in the main sample, below 1; adds up to a whole number.
    along
        The units in their order on the line.
    reserve
        Units drawn beyond the main sample, in the same draw.
    spread
        Whether beginnings of the order should be spread along the line as well.
    """
    main = round(float(chance.sum()))
    total = main + reserve
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    summed = np.cumsum(chance[along]) * (total / main)
    summed[-1] = total
    # One pick in every whole step; a unit's chance is below one step, so it is hit once at
    # most.
    picks = random.random() + np.arange(total)
    drawn = along[np.searchsorted(summed, picks, side="right")]
    if not spread:
        return random.permutation(drawn)
    # Read in reverse, the base-4 digits of the place on the line jump across the whole of
    # it. The random turn gives every unit drawn the same chance of every place in the order.
    position = (np.arange(total) + random.integers(total)) % total
    digits = 1
    while 4**digits < total:
        digits += 1
    key = np.zeros(total, dtype=np.int64)
    rest = position.copy()
    for _ in range(digits):
        key = key * 4 + rest % 4
        rest //= 4
    return drawn[np.argsort(key, kind="stable")]
