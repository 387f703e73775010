"""What digits in the frame of a face stand for: base cells and turns, learned once.

A point of a face has lattice coordinates, and they have digits
(:func:`gridgov.geo.cell_digits.encode`) and a rest (far_i, far_j), the place of a base
cell as the face sees it. Which base cell that is, and by how many turns of 60° its own
digits differ, is the same at every resolution. It is learned here from points that
the H3 library answers at one of them. A base cell that is a pentagon turns by sectors,
so there the leading digit counts too. What no point taught stays unknown, 0, and the
library must answer.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.geo import cell_digits, h3_plain
from gridgov.geo.faces import CENTERS, MARGIN, NEIGHBORS, face_planes

__all__ = ["REACH", "BaseFrames", "base_frames", "cells_on_faces", "face_frames", "nearest_cells"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]

REACH = 2
"""How far from its middle a face sees base cells, in lattice steps of resolution 0."""

_SIDE = 2 * REACH + 1
_TAUGHT_AT = 3
_TEACHERS = 6_000
# Along every edge of a face, where it sees only the fringe of some base cells: points
# on each side, and how far off, radians.
_TEACHERS_ALONG = 90
_ASIDE = (0.003, 0.015)


class BaseFrames(NamedTuple):
    """The base cell and turns at place ((face · 5 + far_i + 2) · 5 + far_j + 2) · 8 + lead.

    Attributes
    ----------
    head
        The part of the id that holds the mode and the base cell; 0 where unknown.
    turns
        Turns of 60° counterclockwise from the face's digits to the base cell's.
    """

    head: Ints
    turns: Ints


@cache
def base_frames() -> BaseFrames:
    """Return the base cells and turns of all faces."""
    learned = [face_frames(face) for face in range(20)]
    return BaseFrames(*(_frozen(np.concatenate(parts)) for parts in zip(*learned, strict=True)))


@cache
def face_frames(face: int) -> BaseFrames:
    """Return the base cells and turns of one face, which is number 0 in the places."""
    vectors = _teachers(face)
    lon = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
    lat = np.degrees(np.arcsin(np.clip(vectors[:, 2], -1, 1)))
    u, v, w = face_planes(_TAUGHT_AT)[face] @ vectors.T
    i, j, nearest = nearest_cells(u / w, v / w)
    rows = np.flatnonzero(nearest > 1e-3)
    word, far_i, far_j = cell_digits.encode(
        i[rows].astype(np.int64), j[rows].astype(np.int64), _TAUGHT_AT
    )
    place = places(0, far_i, far_j, cell_digits.leading_digits(word))
    taught = h3_plain.points_to_cells(lon[rows], lat[rows], _TAUGHT_AT)
    return _learn(place, word, taught)


def _teachers(face: int) -> NDArray[np.float64]:
    """Return points of a face, a few hundred over it and as many along its edges."""
    # A spiral that spreads evenly over the globe; the face keeps its twentieth.
    number = np.arange(_TEACHERS) + 0.5
    height = 1 - 2 * number / _TEACHERS
    angle = number * np.radians(137.50776405003785)
    out = np.sqrt(1 - height**2)
    spiral = np.stack([out * np.cos(angle), out * np.sin(angle), height], axis=-1)
    toward = spiral @ CENTERS.T
    own = toward[:, face]
    second = np.delete(toward, face, axis=1).max(axis=1)
    points = [spiral[own - second > 10 * MARGIN]]
    # Half an edge is 31.7° seen from the globe's center.
    along = np.linspace(-np.radians(31.7), np.radians(31.7), _TEACHERS_ALONG)[:, None]
    for center in CENTERS[NEIGHBORS[face]]:
        across = CENTERS[face] - center
        across /= np.linalg.norm(across)
        middle = CENTERS[face] + center
        middle /= np.linalg.norm(middle)
        edge = np.cos(along) * middle + np.sin(along) * np.cross(across, middle)
        points += [np.cos(aside) * edge + np.sin(aside) * across for aside in _ASIDE]
    # By a corner, what is aside of one edge may lie beyond another.
    together = np.concatenate(points)
    return np.asarray(together[np.argmax(together @ CENTERS.T, axis=1) == face])


def _learn(place: Ints, word: Ints, taught: Cells) -> BaseFrames:
    """Return what places stand for, given digits in the face's frame and the library's cells."""
    head = np.zeros(_SIDE * _SIDE * 8, dtype=np.int64)
    turns = np.zeros_like(head)
    own = cell_digits.words(taught, _TAUGHT_AT)
    base = cell_digits.base_cells(taught)
    # For each teacher, the turns that make its digits the library's: bit t for t turns.
    fits = np.zeros(len(word), dtype=np.int64)
    for turn in range(6):
        fits |= (cell_digits.rotate(word, turn) == own).astype(np.int64) << turn
    five_sided = np.isin(base, cell_digits.PENTAGONS)
    # Hexagons turn as a whole, whatever the leading digit.
    group = np.where(five_sided, place, place // 8 * 8)
    for one in np.unique(group).tolist():
        of = np.flatnonzero(group == one)
        common = int(np.bitwise_and.reduce(fits[of]))
        if common == 0 or (base[of] != base[of[0]]).any():
            continue
        members = [one] if five_sided[of[0]] else list(range(one, one + 8))
        head[members] = (1 << 59) | (int(base[of[0]]) << 45)
        turns[members] = (common & -common).bit_length() - 1
        # No digit leads at the very center of a base cell, and there is nothing to turn.
        head[one // 8 * 8] = head[one]
    return BaseFrames(_frozen(head), _frozen(turns))


def _frozen(numbers: Ints) -> Ints:
    """Return numbers that several callers may share, as none can change them."""
    numbers.flags.writeable = False
    return numbers


def places(face: Ints | int, far_i: Ints, far_j: Ints, lead: Ints) -> Ints:
    """Return the place in :class:`BaseFrames`, that of nothing where out of reach."""
    row, column = far_i + REACH, far_j + REACH
    inside = (row >= 0) & (row < _SIDE) & (column >= 0) & (column < _SIDE)
    place = ((face * _SIDE + row) * _SIDE + column) * 8 + lead
    # Digit 7 leads nothing, and a corner of the square is no base cell of any face.
    return np.asarray(np.where(inside, place, 7))


def cells_on_faces(
    frames: BaseFrames, face: Ints | int, i: Ints, j: Ints, resolution: int
) -> Cells:
    """Return the cells at lattice coordinates of faces, 0 where the library must answer.

    Faces are numbered as in `frames`: 0 where it holds one face only.
    """
    word, far_i, far_j = cell_digits.encode(i, j, resolution)
    place = places(face, far_i, far_j, cell_digits.leading_digits(word))
    head = frames.head[place]
    unused = (1 << (3 * (15 - resolution))) - 1
    cells = cell_digits.rotate_each(word, frames.turns[place])
    cells |= head
    cells |= (resolution << 52) | unused
    cells[head == 0] = 0
    return cells.view(np.uint64)


def nearest_cells(
    u: NDArray[np.float64], v: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the cell of lattice coordinates as whole floats, and how far its edge is.

    The distance is a share of the way from the edge to the center. `u` and `v` are
    overwritten.
    """
    i, j = np.floor(u), np.floor(v)
    u -= i
    v -= j
    # The nearest of the four corners around (u, v), where cells i and j lie 120°
    # apart: u + v = 1 parts the rhombus, and in each half one line a corner.
    s = u + v
    s -= 1
    low = (s < 0).astype(np.float64)
    middle = u - v
    p = 2 * u
    p -= v
    p -= low
    v *= 2
    v -= u
    v -= low
    i += p > 0
    j += v > 0
    # u + v = 1 is an edge only in the middle third; its ends are cell centers.
    np.abs(middle, out=middle)
    middle -= 1 / 3
    nearest = np.maximum(np.abs(s, out=s), middle, out=s)
    np.minimum(nearest, np.abs(p, out=p), out=nearest)
    np.minimum(nearest, np.abs(v, out=v), out=nearest)
    return i, j, nearest
