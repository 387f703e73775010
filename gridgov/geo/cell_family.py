"""Parents, children and neighbors of many cells at once, from their ids.

A parent has fewer digits, a child more: whole numbers, exact. Neighbors are steps on
the lattice of a face, digits again (:mod:`gridgov.geo.base_frames`). Tables with
something that is no cell, and disks near a pentagon, are the H3 library's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.geo import cell_digits, h3_plain
from gridgov.geo.base_frames import base_frames, cells_on_faces
from gridgov.geo.face_places import face_places

__all__ = ["SMALL", "children", "disks", "parents"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]

SMALL = 256
"""Fewer cells than this go to the library."""

_FINEST = 15
_BLOCK = 1 << 16
# Places of a table for each place sought, beyond which there is no table.
_SPREAD = 64
# Disks wider than this share of a base cell are the library's.
_MOST_RINGS = 1_000


def parents(cells: ArrayLike, resolution: int) -> Cells:
    """Return the parent of every cell at a coarser resolution, by id."""
    table = _valid_table(cells)
    if table is None or (cell_digits.resolutions(table) < resolution).any():
        return h3_plain.parents(cells, resolution)
    kept = table & ~np.uint64((15 << 52) | ((1 << (3 * (_FINEST - resolution))) - 1))
    return kept | np.uint64((resolution << 52) | ((1 << (3 * (_FINEST - resolution))) - 1))


def children(cells: ArrayLike, resolution: int) -> tuple[NDArray[np.intp], Cells]:
    """Return the children of every cell at a finer resolution.

    Returns
    -------
    row : intp array, ascending
        The place in `cells` of the parent.
    found : uint64 array, same length
        A child; those of one parent ascend. A hexagon has 7 a step, a pentagon 6.
    """
    table = _valid_table(cells)
    level = 0 if table is None else int(cell_digits.resolutions(table[:1])[0])
    if table is None or level > resolution or (cell_digits.resolutions(table) != level).any():
        return h3_plain.children(cells, resolution)
    steps = np.zeros(1, dtype=np.uint64)
    for place in range(level + 1, resolution + 1):
        digit = np.arange(7, dtype=np.uint64) << np.uint64(3 * (_FINEST - place))
        steps = (steps[:, None] | digit).ravel()
    unused = (1 << (3 * (_FINEST - level))) - 1
    finest = (1 << (3 * (_FINEST - resolution))) - 1
    heads = table & ~np.uint64((15 << 52) | unused)
    heads |= np.uint64((resolution << 52) | finest)
    found = (heads[:, None] | steps).ravel()
    row = np.repeat(np.arange(len(table)), len(steps))
    # The first step off a pentagon cannot go the way that is missing.
    five_sided = cell_digits.is_five_sided(table, level)
    if five_sided.any():
        exists = ~five_sided[row] | (
            cell_digits.leading_digits(cell_digits.words(found, resolution)) != 1
        )
        row, found = row[exists], found[exists]
    return row, found


def disks(cells: ArrayLike, rings: int) -> tuple[NDArray[np.intp], Cells]:
    """Return the cells within `rings` steps of every cell, itself included.

    Returns
    -------
    row : intp array, ascending
        The place in `cells` that the disk is around.
    found : uint64 array, same length
        A cell of that disk; those of one disk ascend.
    """
    table = _valid_table(cells)
    if table is None or not 0 <= rings <= _MOST_RINGS:
        return h3_plain.disks(cells, rings)
    resolution = int(cell_digits.resolutions(table[:1])[0])
    if (cell_digits.resolutions(table) != resolution).any():
        return h3_plain.disks(cells, rings)
    reach = np.arange(-rings, rings + 1)
    step_i, step_j = (steps.ravel() for steps in np.meshgrid(reach, reach, indexing="ij"))
    near = np.abs(step_i - step_j) <= rings
    step_i, step_j = step_i[near], step_j[near]
    size = max(_BLOCK // len(step_i), 1)
    rows: list[NDArray[np.intp]] = []
    parts: list[Cells] = []
    for start in range(0, len(table), size):
        some = table[start : start + size]
        found, flat = _flat_disks(some, step_i, step_j, resolution)
        row = np.repeat(np.arange(start, start + len(some)), len(step_i))
        if flat.all():
            rows.append(row)
            parts.append(found.ravel())
            continue
        odd = np.flatnonzero(~flat)
        odd_row, odd_found = h3_plain.disks(some[odd], rings)
        row = np.concatenate([row[np.repeat(flat, len(step_i))], start + odd[odd_row]])
        together = np.concatenate([found[flat].ravel(), odd_found])
        order = np.argsort(row, kind="stable")
        rows.append(row[order])
        parts.append(together[order])
    return np.concatenate(rows), np.concatenate(parts)


def _flat_disks(
    cells: Cells, step_i: Ints, step_j: Ints, resolution: int
) -> tuple[Cells, NDArray[np.bool_]]:
    """Return the disks of cells, one a row and ascending, and which of them are right.

    Across the edge of a face the lattice goes on as if there were none, as far as the face
    sees. It does not close around a pentagon, so a disk that holds one, or places
    behind one, which no face in front of it sees, is not answered.
    """
    face, i, j, _ = face_places(cells, resolution)
    # Faces of cells without one do not matter, as the disk then is not believed.
    on = np.repeat(np.maximum(face, 0), len(step_i))
    around_i, around_j = (i[:, None] + step_i).ravel(), (j[:, None] + step_j).ravel()
    found = _each_once(on, around_i, around_j, resolution)
    wrong = (found == 0).reshape(len(cells), -1).any(axis=1)
    return np.sort(found.reshape(len(cells), -1), axis=1), ~wrong & (face >= 0)


def _each_once(face: Ints, i: Ints, j: Ints, resolution: int) -> Cells:
    """Return the cells at places that repeat, 0 where it is a pentagon or unknown."""
    low_i, low_j, width = i.min(), j.min(), int(np.ptp(j)) + 1
    size = (int(np.ptp(i)) + 1) * width
    if (face == face[0]).all() and size <= _SPREAD * len(i):
        code = (i - low_i) * width + (j - low_j)
        there = np.zeros(size, dtype=bool)
        there[code] = True
        present = np.flatnonzero(there)
        table = np.zeros(size, dtype=np.uint64)
        row, column = np.divmod(present, width)
        table[present] = _flat_cells(face[0], row + low_i, column + low_j, resolution)
        return np.asarray(table[code])
    return _flat_cells(face, i, j, resolution)


def _flat_cells(face: Ints | int, i: Ints, j: Ints, resolution: int) -> Cells:
    """Return the cells at places, 0 where it is a pentagon or unknown."""
    cells: Cells = cells_on_faces(base_frames(), face, i, j, resolution)
    cells[cell_digits.is_five_sided(cells, resolution)] = 0
    return cells


def _valid_table(cells: ArrayLike) -> Cells | None:
    """Return cells as an array, or None where the library is to answer."""
    table = np.asarray(cells)
    if table.ndim != 1 or len(table) < SMALL or table.dtype.kind not in "ui":
        return None
    table = table.astype(np.uint64, copy=False)
    return table if cell_digits.valid_cells(table).all() else None
