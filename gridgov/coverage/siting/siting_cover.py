"""Exact set cover and maximal coverage without capacities, on what is left after pruning.

Rows are demands, columns candidates. Exact reductions first: rows that the existing
posts cover are done; rows with the same columns become one; a column whose rows are all
rows of another is left out (of equal ones the first stays); in set cover a row whose
columns contain all columns of another row follows from that one.

References
----------
Toregas et al. (1971), The location of emergency service facilities,
doi:10.1287/opre.19.6.1363. Church & ReVelle (1974), The maximal covering location
problem, doi:10.1007/BF01942293.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.siting.siting_levels import least_cost
from gridgov.coverage.siting.siting_lists import Lists
from gridgov.coverage.siting.siting_solver import Choice, Clock, solve
from gridgov.coverage.siting.siting_start import cover_greedily, improve

__all__ = ["cover_all", "cover_most", "dominated", "fewest"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Comparing all columns takes this many steps at most, or pruning would cost more than it saves.
_MOST_STEPS = 200_000_000


def cover_all(reach: Any, existing: Bools, *, gap: float, clock: Clock) -> Choice:
    """Return the fewest new sites that cover every row with the existing ones.

    Parameters
    ----------
    reach
        Sparse matrix of ones, demands × sites; every row has one.
    existing
        Which sites stand already.
    """
    done = np.asarray(reach[:, existing].sum(axis=1)).ravel() > 0
    new = np.flatnonzero(~existing)
    matrix = reach[~done][:, new].tocsr()
    left = np.arange(len(new))
    # Without a column some rows imply others, and without a row some columns.
    while matrix.shape[0]:
        before = matrix.shape
        matrix = matrix[~dominated(matrix, keep="smaller")]
        columns = ~dominated(matrix.T.tocsr(), keep="larger")
        matrix, left = matrix[:, columns].tocsr(), left[columns]
        if matrix.shape == before:
            break
    if not matrix.shape[0]:
        return Choice(np.empty(0, dtype=np.intp), 0.0, finished=True)
    found = fewest(matrix, gap=gap, clock=clock)
    return found._replace(sites=new[left[found.sites]])


def fewest(matrix: Any, *, gap: float, clock: Clock) -> Choice:
    """Return the fewest columns that cover every row of a sparse matrix of ones."""
    rows, columns = matrix.shape
    best = _shrink(matrix, cover_greedily(matrix.tocsc()), clock)
    solved = solve(
        np.ones(columns),
        matrix,
        np.ones(rows),
        np.full(rows, np.inf),
        whole=np.ones(columns, dtype=bool),
        low=np.zeros(columns),
        high=np.ones(columns),
        gap=gap,
        clock=clock,
    )
    if solved.values is not None:
        chosen = np.flatnonzero(solved.values > 0.5)
        if len(chosen) < len(best) or (solved.finished and len(chosen) == len(best)):
            best = chosen
    # Sites are whole: a bound of 6.2 means 7.
    bound = max(float(np.ceil(solved.bound - 1e-6)) if np.isfinite(solved.bound) else 1.0, 1.0)
    bound = min(bound, float(len(best)))
    return Choice(best, bound, solved.finished or bound == len(best))


def cover_most(
    reach: Any, weights: Floats, existing: Bools, *, posts: int, gap: float, clock: Clock
) -> Choice:
    """Return the `posts` new sites that leave least weight uncovered.

    Its bound is the least weight that any choice leaves uncovered.
    """
    done = np.asarray(reach[:, existing].sum(axis=1)).ravel() > 0
    new = np.flatnonzero(~existing)
    matrix = reach[:, new].tocsr()
    reached = np.diff(matrix.indptr) > 0
    todo = ~done & reached & (weights > 0)
    lost = float(weights[~done & ~reached].sum())
    matrix, group = _same_rows(matrix[todo])
    totals: Floats = np.bincount(group, weights=weights[todo], minlength=matrix.shape[0]).astype(
        np.float64
    )
    left = np.flatnonzero(~dominated(matrix.T.tocsr(), keep="larger"))
    if len(left) <= posts:
        # All that differ cover all that can be covered; the others come along for nothing.
        spare = np.setdiff1d(np.arange(len(new)), left)[: posts - len(left)]
        return Choice(new[np.sort(np.append(left, spare))], lost, finished=True)
    # The gap is one of what is covered, not of what is left.
    lists = _uncovered(matrix[:, left].tocsr(), totals, base=float(weights.sum()) - lost)
    found = least_cost(lists, posts=posts, gap=gap, clock=clock)
    assert found is not None, "leaving demand uncovered is always possible"
    return found._replace(sites=new[left[found.sites]], bound=found.bound + lost)


def _uncovered(matrix: Any, weights: Floats, *, base: float = 0.0) -> Lists:
    """Return lists in which a covered row costs nothing and another one its weight."""
    matrix.sort_indices()
    rows, columns = matrix.shape
    return Lists(
        np.repeat(np.arange(rows), np.diff(matrix.indptr)),
        matrix.indices.astype(np.intp),
        np.zeros(matrix.nnz),
        weights,
        np.ones(rows),
        columns,
        base=base,
    )


def _shrink(matrix: Any, cover: Ints, clock: Clock) -> Ints:
    """Return a cover with fewer columns, as long as exchanges can make up for one less."""
    lists = _uncovered(matrix, np.ones(matrix.shape[0]))
    while len(cover) > 1 and clock.left > 0:
        lost = [lists.total(np.delete(cover, at)) for at in range(len(cover))]
        fewer = improve(lists, np.delete(cover, int(np.argmin(lost))), clock)
        if lists.total(fewer) > 0:
            break
        cover = fewer
    return cover


def dominated(matrix: Any, *, keep: str) -> Bools:
    """Return which rows of a sparse matrix of ones another row makes needless.

    Parameters
    ----------
    matrix
        Ones where a row has a column.
    keep
        ``"larger"``: a row that is part of another is needless; ``"smaller"``: one that
        contains another. Of equal rows the first is kept, and a row without columns is
        part of any.
    """
    rows = matrix.shape[0]
    needless = np.zeros(rows, dtype=bool)
    size = np.diff(matrix.indptr)
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.float64)
    if rows < 2 or counts @ counts > _MOST_STEPS:
        return needless
    common = (matrix @ matrix.T).tocoo()
    one, other = common.coords
    part = (common.data == size[one]) & (one != other)
    # Of equal ones the first stands for all.
    part &= (size[one] < size[other]) | (one > other if keep == "larger" else one < other)
    needless[one[part] if keep == "larger" else other[part]] = True
    if keep == "larger" and matrix.shape[1]:
        needless |= size == 0
    return needless


def _same_rows(matrix: Any) -> tuple[Any, Ints]:
    """Return every different row once, and which one each row was."""
    matrix.sort_indices()
    # Rows as texts of their columns: exact, and quick for lists of this length.
    texts = [
        matrix.indices[start:end].tobytes()
        for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]
    number: dict[bytes, int] = {}
    group = np.array([number.setdefault(text, len(number)) for text in texts], dtype=np.intp)
    first = np.unique(group, return_index=True)[1] if len(group) else group
    return matrix[first], group
