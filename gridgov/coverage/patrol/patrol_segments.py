"""Straight ways cut where they pass from cell to cell, exactly and without a loop.

A way is the straight line from one point to the next, seen from the center of H3's globe:
its image in the plane of a face is straight, and there the edges of the cells lie on three
families of parallel lines that cut every cell into six triangles.

1. A way that changes faces is cut where it passes from one to the other.
2. What lies on one face is cut where it crosses a line of the three families, and not
   where the line runs within a cell; each piece then lies in one cell.
3. The cell of a piece is the H3 library's, asked for the middle of the piece; pieces of a
   way that follow each other in one cell become one.

Shares of the way are shares of the straight line through the ground; over the two
kilometers that a car drives in two minutes they differ from those along the ground by
less than a hundred-millionth.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.geo.faces import CENTERS, NEIGHBORS, face_planes, unit_vectors
from gridgov.geo.hexgrid import points_to_cells

__all__ = ["Cuts", "cut_ways"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A cell's neighbors lie at (1, 0), (1, 1) and (0, 1) of its lattice, and opposite. These
# are twice the distances from its center toward them: whole numbers on the lines.
_ACROSS = np.array([[2.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 2.0, 0.0]])
_PIECES_AT_ONCE = 1 << 19
# Lines this near to the corner of a cell, as a share of a triangle's side, are all cut.
_NEAR_A_CORNER = 1e-6
_MOST_PIECES = 2_000_000
_PAIRS = np.array(
    [(one, other) for one in range(20) for other in NEIGHBORS[one].tolist() if one < other]
)


class Cuts(NamedTuple):
    """Pieces of ways in the order of the ways and along each.

    Attributes
    ----------
    way
        Which way a piece is of.
    cell
        Its cell.
    start, end
        Where it begins and ends, as shares of the way, 0 to 1; the pieces of a way meet.
    """

    way: Ints
    cell: Cells
    start: Floats
    end: Floats


class _Parts(NamedTuple):
    """Parts of ways that lie on one face each."""

    way: Ints
    start: Floats
    end: Floats
    face: Ints

    def take(self, rows: Any) -> _Parts:
        """Return some of the parts, chosen as NumPy chooses."""
        return _Parts(self.way[rows], self.start[rows], self.end[rows], self.face[rows])


def cut_ways(
    longitude: tuple[Floats, Floats], latitude: tuple[Floats, Floats], resolution: int
) -> Cuts:
    """Return ways cut at the borders of the cells.

    Parameters
    ----------
    longitude, latitude
        Of the first and the last point of every way, degrees, EPSG:4326.
    resolution
        H3 resolution, 0 to 15.

    Raises
    ------
    InputError
        If one way passes millions of cells.

    Examples
    --------
    From the center of a cell to that of a neighbor, half of the way in each:

    >>> from gridgov.geo.hexgrid import cell_centers, grid_disk
    >>> x, y = cell_centers(grid_disk(0x8931AA50E27FFFF, 1)[:2])
    >>> cuts = cut_ways((x[:1], x[1:]), (y[:1], y[1:]), 9)
    >>> cuts.way.tolist(), cuts.start.round(3).tolist(), cuts.end.round(3).tolist()
    ([0, 0], [0.0, 0.5], [0.5, 1.0])
    """
    first = unit_vectors(longitude[0], latitude[0])
    last = unit_vectors(longitude[1], latitude[1])
    parts = _on_faces(first, last)
    planar = _planar(first, last, parts, resolution)
    number = 1.0 + _crossings(planar)
    if len(number) and number.max() > _MOST_PIECES:
        raise InputError(
            "A step from one point to the next may pass some millions of cells. Found: one that "
            f"passes about {number.max() / 3:,.0f}. Set such fixes aside with "
            "gridgov.read_tracks(..., max_speed_kmh=...)."
        )
    group = (np.cumsum(number) / _PIECES_AT_ONCE).astype(np.int64)
    borders = np.append(np.flatnonzero(np.diff(group, prepend=-1)), len(group))
    found = []
    for low, high in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        some = slice(low, high)
        found.append(
            _cut(first, last, parts.take(some), (planar[0][some], planar[1][some]), resolution)
        )
    if not found:
        nothing = np.empty(0)
        return Cuts(nothing.astype(np.int64), nothing.astype(np.uint64), nothing, nothing)
    return _joined(Cuts(*map(np.concatenate, zip(*found, strict=True))))


def _on_faces(first: Floats, last: Floats) -> _Parts:
    """Return ways cut where they pass from face to face (rule 1)."""
    rows = len(first)
    here, there = _faces(first), _faces(last)
    # A face is what is nearest to its center, so that a way between two points of it stays.
    moved = np.flatnonzero(here != there)
    whole = _Parts(np.arange(rows), np.zeros(rows), np.ones(rows), here)
    if not len(moved):
        return whole
    normals = CENTERS[_PAIRS[:, 0]] - CENTERS[_PAIRS[:, 1]]
    before, after = first[moved] @ normals.T, last[moved] @ normals.T
    way, pair = np.nonzero((before > 0) != (after > 0))
    share = before[way, pair] / (before[way, pair] - after[way, pair])
    way, start, end = _between(moved[way], share, moved)
    middle = (start + end)[:, None] / 2
    face = np.argmax(((1 - middle) * first[way] + middle * last[way]) @ CENTERS.T, axis=1)
    stay = here == there
    return _Parts(
        np.concatenate([whole.way[stay], way]),
        np.concatenate([whole.start[stay], start]),
        np.concatenate([whole.end[stay], end]),
        np.concatenate([whole.face[stay], face]).astype(np.int64),
    )


def _faces(vectors: Floats) -> Ints:
    """Return the face of every point."""
    if len(vectors):
        face = int(np.argmax(CENTERS @ vectors[0]))
        # Nearer to its center than to those of the three faces around: surely on it.
        margins = vectors @ (CENTERS[face] - CENTERS[NEIGHBORS[face]]).T
        if margins.min() > 0:
            return np.full(len(vectors), face)
    return np.asarray(np.argmax(vectors @ CENTERS.T, axis=1), dtype=np.int64)


def _between(way: Ints, share: Floats, ways: Ints) -> tuple[Ints, Floats, Floats]:
    """Return the pieces into which cuts at shares divide ways that run from 0 to 1."""
    every = np.concatenate([ways, way, ways])
    at = np.concatenate([np.zeros(len(ways)), np.clip(share, 0.0, 1.0), np.ones(len(ways))])
    order = np.lexsort((at, every))
    every, at = every[order], at[order]
    piece = (every[1:] == every[:-1]) & (at[1:] > at[:-1])
    return every[:-1][piece], at[:-1][piece], at[1:][piece]


def _crossings(planar: tuple[Floats, Floats]) -> Floats:
    """Return about how many lines of the three families each part crosses."""
    start, end = planar
    number: Floats = np.zeros(len(start))
    for family in range(3):
        number += np.abs(end[:, family] / end[:, 3] - start[:, family] / start[:, 3])
    return number


def _planar(first: Floats, last: Floats, parts: _Parts, resolution: int) -> tuple[Floats, Floats]:
    """Return the two ends of parts: three numbers and what to divide them by, shape (n, 4).

    All four change evenly along the way.
    """
    matrices = np.concatenate([_ACROSS @ face_planes(resolution), CENTERS[:, None]], axis=1)
    a, b = first[parts.way], last[parts.way]
    if len(parts.face) and (parts.face == parts.face[0]).all():
        across = matrices[parts.face[0]]
        ends = a @ across.T, b @ across.T
    else:
        across = matrices[parts.face]
        ends = np.einsum("nkv,nv->nk", across, a), np.einsum("nkv,nv->nk", across, b)
    if (parts.start == 0).all() and (parts.end == 1).all():
        return ends
    start, end = parts.start[:, None], parts.end[:, None]
    return (1 - start) * ends[0] + start * ends[1], (1 - end) * ends[0] + end * ends[1]


def _cut(
    first: Floats, last: Floats, parts: _Parts, planar: tuple[Floats, Floats], resolution: int
) -> Cuts:
    """Return parts on one face each, cut where cells meet, with the cell of every piece."""
    start, end = planar
    number = np.arange(len(parts.way))
    crossed, shares = [], []
    for family in range(3):
        a, b = start[:, family] / start[:, 3], end[:, family] / end[:, 3]
        low = np.floor(np.minimum(a, b)).astype(np.int64) + 1
        many = np.maximum(np.ceil(np.maximum(a, b)).astype(np.int64) - low, 0)
        part = np.repeat(number, many)
        line = np.arange(len(part)) - np.repeat(np.cumsum(many) - many, many) + low[part]
        before = start[part, family] - line * start[part, 3]
        after = end[part, family] - line * end[part, 3]
        share = before / (before - after)
        kept = _on_edges(family, line, share, start[part], end[part])
        crossed.append(part[kept])
        shares.append(share[kept])
    part, low_share, high_share = _between(np.concatenate(crossed), np.concatenate(shares), number)
    way = parts.way[part]
    length = parts.end[part] - parts.start[part]
    begins = parts.start[part] + low_share * length
    # The last piece ends where its part does, to the last digit.
    ends = np.where(high_share == 1.0, parts.end[part], parts.start[part] + high_share * length)
    middle = (begins + ends)[:, None] / 2
    x, y, z = ((1 - middle) * first[way] + middle * last[way]).T
    longitude, latitude = np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))
    return Cuts(way, points_to_cells(longitude, latitude, resolution), begins, ends)


def _on_edges(family: int, line: Ints, share: Floats, start: Floats, end: Floats) -> Flags:
    """Return which crossings of a line may be on an edge; the others are within a cell.

    A line runs by turns along an edge and across a cell through its center. The corners of
    the triangles have whole numbers in all families, and where those of the first two
    add up to a multiple of three there is the center of a cell.
    """
    other = 0 if family else 1
    at = (1 - share) * start[:, other] + share * end[:, other]
    at /= (1 - share) * start[:, 3] + share * end[:, 3]
    corner = np.floor(at)
    total = line + corner if family < 2 else 2 * corner + line
    # So near to a corner that rounding decides: better a cut too many, which is mended.
    near = np.abs(at - np.rint(at)) < _NEAR_A_CORNER
    edge: Flags = (total.astype(np.int64) % 3 == (1 if family < 2 else 2)) | near
    return edge


def _joined(cuts: Cuts) -> Cuts:
    """Return pieces in order, those that follow each other in one cell as one (rule 3)."""
    way, cell, start, end = cuts
    # Only ways that change faces come later than their place.
    if (np.diff(way) < 0).any():
        order = np.lexsort((start, way))
        way, cell, start, end = way[order], cell[order], start[order], end[order]
    new = np.ones(len(way), dtype=bool)
    new[1:] = (way[1:] != way[:-1]) | (cell[1:] != cell[:-1])
    begin = np.flatnonzero(new)
    close = np.append(begin[1:], len(way)) - 1
    return Cuts(way[begin], cell[begin], start[begin], end[close])
