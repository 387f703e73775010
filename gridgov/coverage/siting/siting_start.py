"""A first choice of sites: greedy, then exchanged one for one while that helps.

It is what a placement falls back on when the clock runs out, and tells the exact model
how far down each list it has to look. It proves nothing by itself.

References
----------
Teitz & Bart (1968), Heuristic methods for estimating the generalized vertex median of a
weighted graph, doi:10.1287/opre.16.5.955.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gridgov.coverage.siting.siting_lists import Lists
from gridgov.coverage.siting.siting_solver import Clock

__all__ = ["cover_greedily", "improve", "pick_greedily"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def pick_greedily(lists: Lists, posts: int) -> Ints:
    """Return `posts` sites, each the one that saves most after those before it."""
    paid = lists.outside.copy()
    chosen = np.zeros(lists.sites, dtype=bool)
    for _ in range(posts):
        saved = _saved(lists, paid)
        saved[chosen] = -1.0
        pick = int(saved.argmax())
        chosen[pick] = True
        some = lists.site == pick
        paid[lists.row[some]] = np.minimum(paid[lists.row[some]], lists.cost[some])
    return np.flatnonzero(chosen)


def improve(lists: Lists, chosen: Ints, clock: Clock) -> Ints:
    """Exchange a chosen site for another as long as the total falls and a third of time lasts."""
    until = clock.left * 2 / 3
    member = np.zeros(lists.sites, dtype=bool)
    member[chosen] = True
    better = True
    while better and clock.left > until:
        better = False
        for leaves in np.flatnonzero(member):
            if clock.left <= until:
                break
            with_it = lists.paid(np.flatnonzero(member))
            member[leaves] = False
            without = lists.paid(np.flatnonzero(member))
            lost = float(lists.weights @ (without - with_it))
            saved = _saved(lists, without)
            saved[member] = -1.0
            enters = int(saved.argmax())
            # More than rounding, or two equal sets could be exchanged for ever.
            gains = saved[enters] > lost * (1 + 1e-9)
            member[enters if gains else leaves] = True
            better |= bool(gains)
    return np.flatnonzero(member)


def cover_greedily(matrix: sparse.csc_array) -> Ints:
    """Return columns that cover every row: the one with most new rows first, none to spare."""
    todo = np.ones(matrix.shape[0])
    chosen: list[int] = []
    while todo.any():
        pick = int((matrix.T @ todo).argmax())
        chosen.append(pick)
        todo[matrix.indices[matrix.indptr[pick] : matrix.indptr[pick + 1]]] = 0
    times = np.asarray(matrix[:, chosen].sum(axis=1)).ravel()
    kept = []
    for pick in reversed(chosen):
        rows = matrix.indices[matrix.indptr[pick] : matrix.indptr[pick + 1]]
        if (times[rows] > 1).all():
            times[rows] -= 1
        else:
            kept.append(pick)
    return np.sort(np.array(kept, dtype=np.intp))


def _saved(lists: Lists, paid: Floats) -> Floats:
    """Return what every site would save of what the rows pay."""
    less = np.maximum(paid[lists.row] - lists.cost, 0.0)
    saved: Floats = np.bincount(
        lists.site, weights=lists.weights[lists.row] * less, minlength=lists.sites
    ).astype(np.float64)
    return saved
