"""A few colors for many owners, so that no two neighbors have the same one.

Four colors are enough for any map of connected areas; owners of scattered cells can need
more. The owner with the most colors around it is colored next (DSATUR), which finds few.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridgov.geo import cell_digits
from gridgov.geo.adjacency import disk_matrix

__all__ = ["few_colors", "neighbors_of"]

Integers = NDArray[np.int64]


def few_colors(one: Integers, two: Integers, number: int, *, most: int) -> Integers:
    """Return a color from 0 for each of `number` owners.

    Parameters
    ----------
    one, two
        Owners that are neighbors, pair by pair, in any order.
    number
        How many owners there are.
    most
        How many colors there are. Where they run out, a neighbor's is used again.

    References
    ----------
    Brélaz, D. (1979). New methods to color the vertices of a graph. Communications of the
    ACM 22(4), 251-256. https://doi.org/10.1145/359094.359101

    Examples
    --------
    Three around a point, and a fourth that touches the first only:

    >>> few_colors(np.array([0, 0, 1, 0]), np.array([1, 2, 2, 3]), 4, most=4).tolist()
    [0, 1, 2, 1]
    """
    around: list[set[int]] = [set() for _ in range(number)]
    for a, b in zip(one.tolist(), two.tolist(), strict=True):
        if a != b:
            around[a].add(b)
            around[b].add(a)
    colors = [-1] * number
    seen: list[set[int]] = [set() for _ in range(number)]
    waiting = set(range(number))
    while waiting:
        chosen = min(waiting, key=lambda owner: (-len(seen[owner]), -len(around[owner]), owner))
        waiting.discard(chosen)
        free = [color for color in range(most) if color not in seen[chosen]]
        colors[chosen] = free[0] if free else chosen % most
        for neighbor in around[chosen]:
            seen[neighbor].add(colors[chosen])
    return np.array(colors, dtype=np.int64)


def neighbors_of(cells: NDArray[np.uint64], owner: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of owners whose cells touch, each pair once.

    Parameters
    ----------
    cells
        Cells, each once; those of other resolutions are no neighbors.
    owner
        The owner of every cell, -1 for none.

    Examples
    --------
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> cells = grid_disk(0x8931AA50E27FFFF, 1)
    >>> neighbors_of(cells, np.array([0, 0, 0, 0, 1, 1, -1]))
    (array([0]), array([1]))
    """
    pairs = [np.empty((0, 2), dtype=np.int64)]
    levels = cell_digits.resolutions(cells)
    for level in np.unique(levels).tolist():
        rows = np.flatnonzero((levels == level) & (owner >= 0))
        touching = disk_matrix(cells[rows], rings=1).tocoo()
        found = np.column_stack([owner[rows[touching.row]], owner[rows[touching.col]]])
        pairs.append(np.unique(found[found[:, 0] < found[:, 1]], axis=0))
    every = np.unique(np.concatenate(pairs), axis=0)
    return every[:, 0], every[:, 1]
