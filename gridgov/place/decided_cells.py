"""Cells that decide for their points whether a jurisdiction owns them.

A cell that no boundary touches lies wholly inside or outside each jurisdiction, and its
center says which. Whoever only asks whether a point is owned at all can leave out more
boundaries: an edge that two neighbors draw alike, one on each side. Crossing it leads out
of one interior into another, so that as many interiors hold the points on both sides, and
its own points are owned as well. What counts is the sum over all who draw the very same
edge, 1 where the interior is on the left and -1 where it is on the right: when that is 0
nothing changes along the way across. A sliver between neighbors has two edges of its own,
and both count.

Edges are straight in degrees and cells in the plane of a face. An edge is therefore taken
as places along it, so close that every point of it is within a tenth of a cell of one;
every cell within that of a place counts as touched. How many cells that is more than need
be costs time and never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece
from gridgov.geo.base_frames import nearest_cells
from gridgov.geo.digit_tables import cells_at
from gridgov.geo.faces import face_steps, facing
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.lattice import WIDEST, Lattice, fit_lattice
from gridgov.geo.lattice_series import LatticeSeries, fit_series
from gridgov.place.area_index import AreaIndex
from gridgov.place.border import merged
from gridgov.place.raster import Segments

__all__ = ["DecidedCells", "decide_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int32]

_RAD = np.pi / 180
# Way between two places along an edge, in cells, and how near a cell must be to one to
# count as touched: more than half of it.
_STEP = 0.2
_NEAR = 0.105
_MOST_PLACES = 1 << 22
_BLOCK = 8_192
# The neighbors of a cell, and the part of an offset that leads toward each.
_AROUND = ((1, 0, 1.0, -0.5), (0, 1, -0.5, 1.0), (1, 1, 0.5, 0.5))


@dataclass(frozen=True, slots=True)
class DecidedCells:
    """Where in a grid points stand, and which cells decide about them.

    Attributes
    ----------
    parts
        For every face of the globe the lattice of the box and its series, and what is known
        of every cell of its extent: its place in the grid where it decides, -2 less its
        place where it does not, and -1 for what is not in the grid.
    owner, match
        Of the points of a cell that decides, by its place in the grid; None when only
        whether points are owned was asked.
    """

    parts: tuple[tuple[Lattice, LatticeSeries, Places], ...]
    owner: Places | None
    match: NDArray[np.int8] | None

    def find(self, longitude: Floats, latitude: Floats) -> Places:
        """Return what is known of the cells of points.

        That is its place in the grid where all its points have an owner; -2 less its place
        where points are to be asked who owns them; -1 where nothing is known.
        """
        found = np.empty(len(longitude), dtype=np.int32)

        def work(first: int, last: int) -> None:
            lon, lat = longitude[first:last], latitude[first:last]
            some = found[first:last]
            _, series, known = self.parts[0]
            series.look_up(lon, lat, known, some)
            for series, known in [part[1:] for part in self.parts[1:]]:
                rows = np.flatnonzero(some == -1)
                more = np.empty(len(rows), dtype=np.int32)
                series.look_up(lon[rows], lat[rows], known, more)
                some[rows] = more

        each_piece(len(longitude), work)
        rows = np.flatnonzero(found == -1)
        for lattice, series, known in self.parts:
            found[rows] = _exactly(lattice, series, known, longitude[rows], latitude[rows])
            rows = rows[found[rows] == -1]
        return found


def decide_cells(index: AreaIndex, cells: NDArray[np.uint64], *, owners: bool) -> Any:
    """Return which cells of a grid decide for their points.

    Parameters
    ----------
    index
        The jurisdictions.
    cells
        Cells of the grid, of one resolution and each once.
    owners
        Whether they must decide who the owner is and how it matches, and not only that
        there is one.

    Returns
    -------
    DecidedCells or None
        None where that does not pay: jurisdictions spread over more than 5 degrees, near
        a pole, or so fine a grid that single precision is not enough.
    """
    if index.raster is None:
        return None
    west, south, east, north = (float(one) for one in shapely.total_bounds(index.polygons))
    half_width, half_height = (east - west) / 2 + 1e-9, (north - south) / 2 + 1e-9
    if max(half_width, half_height) > WIDEST or max(abs(west), abs(east)) > 180:
        return None
    resolution = (int(cells[0]) >> 52) & 15
    centers = cell_centers(cells)
    edges = _edges(index.polygons, owners=owners)
    owner = np.full(len(cells), -1, dtype=np.int32)
    match = np.zeros(len(cells), dtype=np.int8)
    parts = []
    on_face = np.bincount(facing(*centers), minlength=20)
    for face in np.argsort(-on_face, kind="stable")[: np.count_nonzero(on_face)].tolist():
        lattice = fit_lattice(
            (west + east) / 2,
            (south + north) / 2,
            half_width,
            half_height,
            resolution=resolution,
            face=face,
        )
        series = None if lattice is None else fit_series(lattice)
        if lattice is None or series is None:
            continue
        touched = _touched(lattice, edges)
        if touched is None:
            continue
        i, j, code, rows = _on_lattice(lattice, cells, *centers)
        found = index.owners(*_middles(face, i, j, resolution))
        decides = ~touched[code] & (found.owner >= 0)
        if owners:
            # A cell on two faces decides in both only where both say the same.
            met = owner[rows] >= 0
            same = (owner[rows] == found.owner) & (match[rows] == found.match)
            decides &= ~met | same
            at = rows[decides]
            owner[at], match[at] = found.owner[decides], found.match[decides]
        known = np.full(len(touched) + 1, -1, dtype=np.int32)
        known[code] = np.where(decides, rows, -2 - rows)
        parts.append((lattice, series, known))
    if not parts:
        return None
    return DecidedCells(tuple(parts), owner if owners else None, match if owners else None)


def _exactly(
    lattice: Lattice, series: LatticeSeries, known: Places, longitude: Floats, latitude: Floats
) -> Places:
    """Return what is known of the cells of points that single precision left in doubt."""
    i0, _, j0, _ = lattice.extent()
    width, last = series.extent[2], len(known) - 1
    found = np.empty(len(longitude), dtype=np.int32)
    for start in range(0, len(longitude), _BLOCK):
        block = slice(start, start + _BLOCK)
        i, j, doubt = lattice.place(longitude[block], latitude[block])
        code = ((i - i0) * width + (j - j0)).astype(np.int64)
        code[doubt] = last
        found[block] = known[code]
    return found


def _edges(polygons: Any, *, owners: bool) -> Segments:
    """Return the edges that count, each once."""
    parts = shapely.get_parts(polygons)
    rings, part = shapely.get_rings(parts, return_index=True)
    # The first ring of a part is its shell, the others are holes.
    shell = np.append(True, part[1:] != part[:-1])[: len(part)]
    left = np.where(shapely.is_ccw(rings) == shell, 1, -1)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    x, y = at[start].T
    x_end, y_end = at[start + 1].T
    back = (x > x_end) | ((x == x_end) & (y > y_end))
    side = np.where(back, -1, 1) * left[ring[start]]
    lines, first, sides = merged(Segments(x, y, x_end, y_end, side))
    if owners:
        return lines
    counts = np.add.reduceat(sides, first[:-1]) != 0
    return Segments(*(values[counts] for values in lines))


def _touched(lattice: Lattice, edges: Segments) -> Bools | None:
    """Return which cells of the extent edges may touch, None where those are too many."""
    i0, i1, j0, j1 = lattice.extent()
    width = j1 - j0 + 1
    touched = np.zeros((i1 - i0 + 1) * width, dtype=bool)
    right, up = (edges.x_end - edges.x) * _RAD, (edges.y_end - edges.y) * _RAD
    along, across = _cells_a_radian(lattice)
    times = np.ceil((np.abs(right) * along + np.abs(up) * across) / _STEP).astype(np.int64)
    np.maximum(times, 1, out=times)
    if times.sum() > _MOST_PLACES:
        return None
    edge = np.repeat(np.arange(len(times)), times)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times) + 0.5) / times[edge]
    x = (edges.x[edge] - lattice.longitude) * _RAD + share * right[edge]
    y = (edges.y[edge] - lattice.latitude) * _RAD + share * up[edge]
    u, v, _ = lattice.project(x, y)
    i, j, _ = nearest_cells(u.copy(), v.copy())
    du, dv = u - i, v - j
    code = ((i - i0) * width + (j - j0)).astype(np.int64)
    touched[code] = True
    for di, dj, of_u, of_v in _AROUND:
        toward = du * of_u + dv * of_v
        # Beyond half the way to its center lies the neighbor.
        touched[code[toward > 0.5 - _NEAR] + di * width + dj] = True
        touched[code[-toward > 0.5 - _NEAR] - di * width - dj] = True
    return touched


def _cells_a_radian(lattice: Lattice) -> tuple[float, float]:
    """Return the most cells that a radian of longitude, and of latitude, leads across."""
    side = np.linspace(-1, 1, 17)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    x, y = x * lattice.half_width * _RAD, y * lattice.half_height * _RAD
    most = []
    for step_x, step_y in ((1e-5, 0.0), (0.0, 1e-5)):
        u, v, _ = lattice.project(x + step_x, y + step_y)
        u_before, v_before, _ = lattice.project(x - step_x, y - step_y)
        du, dv = (u - u_before) / 2e-5, (v - v_before) / 2e-5
        # The axes of the lattice stand 120° apart.
        most.append(1.05 * float(np.sqrt(du * du - du * dv + dv * dv).max()))
    return most[0], most[1]


def _on_lattice(
    lattice: Lattice, cells: NDArray[np.uint64], longitude: Floats, latitude: Floats
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the coordinates, code and row of cells that stand in the extent of a lattice."""
    i0, i1, j0, j1 = lattice.extent()
    x, y = longitude - lattice.longitude, latitude - lattice.latitude
    rows = np.flatnonzero((np.abs(x) < WIDEST) & (np.abs(y) < WIDEST))
    u, v, _ = lattice.project(x[rows] * _RAD, y[rows] * _RAD)
    near_i, near_j, _ = nearest_cells(u.copy(), v.copy())
    within = (near_i >= i0) & (near_i <= i1) & (near_j >= j0) & (near_j <= j1)
    rows = rows[within]
    i, j = near_i[within].astype(np.int64), near_j[within].astype(np.int64)
    # What the digits of these coordinates say, which is what points are answered by.
    same = cells_at(lattice.face, i, j, lattice.resolution) == cells[rows]
    rows, i, j = rows[same], i[same], j[same]
    return i, j, (i - i0) * (j1 - j0 + 1) + (j - j0), rows


def _middles(face: int, i: Ints, j: Ints, resolution: int) -> tuple[Floats, Floats]:
    """Return longitude and latitude of the middles of cells in the plane of a face."""
    step_i, step_j, center = face_steps(resolution)[face]
    x, y, z = (i * a + j * b + c for a, b, c in zip(step_i, step_j, center, strict=True))
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))
