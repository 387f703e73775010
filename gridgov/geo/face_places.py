"""Where cells lie: the face of the icosahedron and the lattice coordinates of many cells.

The way back of :mod:`gridgov.geo.base_frames`. From a cell's digits follow its lattice
coordinates in the frame of each face that sees its base cell; the right face is the
one that its center then lies on.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.geo import cell_digits
from gridgov.geo.base_frames import REACH, base_frames
from gridgov.geo.faces import CENTERS, MARGIN, NEIGHBORS, face_steps

__all__ = ["FacePlaces", "face_places", "lengthened"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

_SIDE = 2 * REACH + 1
# Five faces see the base cell around their common corner.
_MOST_FACES = 5


class FacePlaces(NamedTuple):
    """Faces and lattice coordinates, one entry a cell.

    Attributes
    ----------
    face
        Face that the center lies on, -1 where the library must answer.
    i, j
        Lattice coordinates on that face.
    margin
        How far inside the face the center lies, about radians times 0.7.
    """

    face: Ints
    i: Ints
    j: Ints
    margin: Floats


class _Views(NamedTuple):
    """How faces see base cells, at place (base cell · 8 + leading digit), up to five each."""

    face: Ints
    far_i: Ints
    far_j: Ints
    turns: Ints


def face_places(cells: Cells, resolution: int) -> FacePlaces:
    """Return the faces and lattice coordinates of valid cells of one resolution."""
    word = cell_digits.words(cells, resolution)
    part = cell_digits.base_cells(cells) * 8 + cell_digits.leading_digits(word)
    views, steps = _views(), face_steps(resolution)
    face = np.full(len(cells), -1)
    i, j = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
    margin = np.zeros(len(cells))
    rows = np.arange(len(cells))
    for view in range(_MOST_FACES):
        seen_by = views.face[part[rows], view]
        rows = rows[seen_by >= 0]
        if not len(rows):
            break
        at = part[rows]
        seen_by = views.face[at, view]
        turned = cell_digits.rotate_each(word[rows], views.turns[at, view])
        here_i, here_j = cell_digits.decode(
            turned, resolution, views.far_i[at, view], views.far_j[at, view]
        )
        inside = _margins(lengthened(steps, seen_by, here_i, here_j), seen_by)
        on = inside > MARGIN
        settled = rows[on]
        face[settled], i[settled], j[settled] = seen_by[on], here_i[on], here_j[on]
        margin[settled] = inside[on]
        rows = rows[~on]
    return FacePlaces(face, i, j, margin)


def lengthened(steps: Floats, face: Ints, i: Floats | Ints, j: Floats | Ints) -> Floats:
    """Return vectors to lattice coordinates of faces, shape (3, ...); none of length 1."""
    one = face[0] if len(face) else 0
    if (face == one).all():
        step_i, step_j, center = steps[one]
        return np.stack([i * a + j * b + c for a, b, c in zip(step_i, step_j, center, strict=True)])
    table = np.moveaxis(steps, 0, -1)
    along_i, along_j, middle = (table[kind][:, face] for kind in range(3))
    extra = (1,) * (np.ndim(i) - 1)
    shape = (3, len(face), *extra)
    return np.asarray(
        i * along_i.reshape(shape) + j * along_j.reshape(shape) + middle.reshape(shape)
    )


def _margins(vectors: Floats, face: Ints) -> Floats:
    """Return how much nearer vectors, shape (3, n), are to a face than to the next one."""
    one = face[0]
    if (face == one).all():
        normals = CENTERS[one] - CENTERS[NEIGHBORS[one]]
        nearest = (normals @ vectors).min(axis=0)
    else:
        toward = CENTERS @ vectors
        each = np.arange(len(face))
        own = toward[face, each]
        toward[face, each] = -2
        nearest = own - toward.max(axis=0)
    return np.asarray(nearest / np.sqrt((vectors * vectors).sum(axis=0)))


@cache
def _views() -> _Views:
    """Return how faces see base cells, those that see most of one first."""
    frames = base_frames()
    place = np.flatnonzero(frames.head)
    lead = place % 8
    turns = frames.turns[place]
    # The digit that leads in the base cell's own frame; the way back completes the turn.
    own_lead = cell_digits.rotate_each(lead, turns)
    base = (frames.head[place] >> 45) & 127
    views = [np.full((122 * 8, _MOST_FACES), -1, dtype=np.int64) for _ in range(4)]
    number = np.zeros(122 * 8, dtype=np.int64)
    face, rest = np.divmod(place, _SIDE * _SIDE * 8)
    far_i, far_j = rest // 8 // _SIDE - REACH, rest // 8 % _SIDE - REACH
    # The nearer its base cell is to the middle of a face, the more of it the face sees.
    distance = np.maximum(np.maximum(np.abs(far_i), np.abs(far_j)), np.abs(far_i - far_j))
    for row in np.argsort(distance, kind="stable").tolist():
        part = int(base[row] * 8 + own_lead[row])
        if number[part] < _MOST_FACES:
            values = (face[row], far_i[row], far_j[row], -turns[row] % 6)
            for view, value in zip(views, values, strict=True):
                view[part, number[part]] = value
            number[part] += 1
    return _Views(*views)
