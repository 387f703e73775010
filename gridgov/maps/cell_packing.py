"""Cells packed for the browser: ids as differences, and the planes they are regular in.

The file holds no outline of a plain hexagon. Read from its coarse digits, an id gives
lattice coordinates (i, j) in the frame of its base cell; on one face of the icosahedron
the place of (i, j) is i·A + j·B + C for three vectors, and the corners are the same six
steps away everywhere (:mod:`gridgov.geo.faces`). So a few vectors a base cell and face
are enough, and the script works the corners out by the same arithmetic as
:func:`gridgov.geo.hexgrid.cell_outlines`. Cells across an edge of a face, which have up to
ten corners, and pentagons travel with the outline that the H3 library gives.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.geo import cell_digits
from gridgov.geo.face_places import face_places
from gridgov.geo.faces import MARGIN, face_steps
from gridgov.geo.hexgrid import cell_centers, cell_outlines
from gridgov.maps.packing import Column, rings

__all__ = ["PackedCells", "pack_cells"]

Cells = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_UNIT = 10**7


class PackedCells(NamedTuple):
    """Cells as the script reads them.

    Attributes
    ----------
    columns
        ``place`` (the id without resolution and unused digits), ``frame`` (0 for an outline,
        else which of the frames), and the outlines.
    settings
        ``resolutions`` with the number of cells each, ``frames``, ``unit`` of the outlines,
        ``turned`` where longitudes run from 0 to 360.
    bounds
        West, south, east, north, degrees.
    """

    columns: list[Column]
    settings: dict[str, Any]
    bounds: tuple[float, float, float, float]


def pack_cells(ids: Cells) -> PackedCells:
    """Return sorted valid cells, each once, packed; resolutions can be mixed."""
    levels, starts = np.unique(cell_digits.resolutions(ids), return_index=True)
    ends = [*starts[1:].tolist(), len(ids)]
    frame = np.zeros(len(ids), dtype=np.int64)
    frames: list[list[float]] = []
    place = np.empty(len(ids), dtype=np.int64)
    groups: list[list[int]] = []
    for level, start, end in zip(levels.tolist(), starts.tolist(), ends, strict=True):
        some = ids[start:end]
        place[start:end] = (some & np.uint64((1 << 52) - 1)) >> np.uint64(3 * (15 - level))
        numbers, vectors = _frames(some, level)
        frame[start:end] = np.where(numbers < 0, 0, numbers + 1 + len(frames))
        frames += vectors
        groups.append([level, end - start])
    outlines = rings(shapely.get_exterior_ring(cell_outlines(ids[frame == 0])), _UNIT)
    bounds, turned = _bounds(ids, int(levels[0]))
    columns = [
        Column("place", place, delta=True),
        Column("frame", frame, delta=True),
        Column("outline_sizes", outlines.sizes),
        Column("outline_x", outlines.x, delta=True),
        Column("outline_y", outlines.y, delta=True),
    ]
    settings = {"resolutions": groups, "frames": frames, "unit": _UNIT, "turned": turned}
    return PackedCells(columns, settings, bounds)


def _frames(cells: Cells, resolution: int) -> tuple[Ints, list[list[float]]]:
    """Return the frame of every cell, -1 for an outline, and the nine numbers of each frame."""
    numbers = np.full(len(cells), -1, dtype=np.int64)
    places = face_places(cells, resolution)
    # Corners are this far from the center, and normals between neighboring faces 0.714 long.
    # Pentagons stand around a corner of the faces, where no margin is that wide.
    corner = float(np.linalg.norm(face_steps(resolution)[0, 0]) / np.sqrt(3))
    rows = np.flatnonzero((places.face >= 0) & (places.margin > MARGIN + 0.75 * corner))
    if not len(rows):
        return numbers, []
    i, j = cell_digits.decode(cell_digits.words(cells[rows], resolution), resolution)
    key = cell_digits.sectors(cells[rows], resolution) * 20 + places.face[rows]
    vectors: list[list[float]] = []
    for one in np.unique(key).tolist():
        of = np.flatnonzero(key == one)
        here = rows[of]
        seen = int(places.face[here[0]]), places.i[here], places.j[here]
        found = _fit(i[of], j[of], *seen, resolution)
        if found is not None:
            numbers[here] = len(vectors)
            vectors.append(found)
    return numbers, vectors


def _fit(
    i: Ints, j: Ints, face: int, face_i: Ints, face_j: Ints, resolution: int
) -> list[float] | None:
    """Return A, B and C of cells of one base cell and face, None where no turn fits them all."""
    for turns in range(6):
        turned_i, turned_j = cell_digits.turn(i, j, turns)
        far_i, far_j = face_i - turned_i, face_j - turned_j
        if (far_i == far_i[0]).all() and (far_j == far_j[0]).all():
            axes = np.array(cell_digits.turn(np.array([1, 0]), np.array([0, 1]), turns))
            step_i, step_j, center = face_steps(resolution)[face]
            along_i = axes[0, 0] * step_i + axes[1, 0] * step_j
            along_j = axes[0, 1] * step_i + axes[1, 1] * step_j
            origin = far_i[0] * step_i + far_j[0] * step_j + center
            return [float(number) for number in np.concatenate([along_i, along_j, origin])]
    return None


def _bounds(ids: Cells, resolution: int) -> tuple[tuple[float, float, float, float], bool]:
    """Return a box around cells, and whether it lies across the antimeridian."""
    longitude, latitude = cell_centers(ids)
    turned = False
    if float(np.ptp(longitude)) > 180:
        other = np.where(longitude < 0, longitude + 360, longitude)
        turned = bool(np.ptp(other) < np.ptp(longitude))
        longitude = other if turned else longitude
    # No cell reaches farther than this; at the poles one goes around.
    reach = float(np.degrees(0.42 / np.sqrt(7.0) ** resolution))
    south, north = max(float(latitude.min()) - reach, -90), min(float(latitude.max()) + reach, 90)
    aside = reach / max(float(np.cos(np.radians(min(max(abs(south), abs(north)), 85)))), 0.08)
    west, east = float(longitude.min()) - aside, float(longitude.max()) + aside
    if not turned:
        west, east = max(west, -180.0), min(east, 180.0)
    return (west, south, east, north), turned
