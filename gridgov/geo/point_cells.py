"""Points to cells for many points: the lattice where it can, the library for the rest.

1. Points are taken box by box, the densest first, so that two cities, a city on two
   faces of the icosahedron or a stray point at (0, 0) cost one more round and not the
   quick path.
2. What is spread too wide for boxes is answered on all faces at once.
3. What is in doubt goes to the library, and everything does where a check fails.

Compiled loops take the place of NumPy when numba is installed and the table is large
(:mod:`gridgov.arrays.compiled`); the cells are the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.arrays import compiled
from gridgov.geo import h3_plain
from gridgov.geo.digit_tables import all_tables, cells_at
from gridgov.geo.faces import BLIND, MARGIN, NEIGHBORS, face_planes, facing
from gridgov.geo.globe import cells_anywhere, square_faces
from gridgov.geo.lattice import EDGE, WIDEST, Lattice, fit_lattice
from gridgov.geo.lattice_series import fit_series

__all__ = ["SMALL", "points_to_cells"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

SMALL = 2_000
"""Fewer points than this go to the library: getting ready costs as much as they do."""

_BLOCK = 8_192
_MOST_ROUNDS = 8
# A box that answers less than this of the points costs more than it saves.
_WORTH_A_ROUND = 0.6
_WORTH_NO_TABLE = 0.95
_SAMPLE = 4_096
_LOOK_AT_ALL = 1 << 17
_CHECKED = 64
_LARGEST_TABLE = 1 << 20
_WORTH_SERIES = 1 << 16


class _NotFlatError(Exception):
    """The lattice and the library disagree, so the library must answer."""


class _Box(NamedTuple):
    """A lattice and the share of the points that it probably answers."""

    lattice: Lattice
    share: float


def points_to_cells(longitude: ArrayLike, latitude: ArrayLike, resolution: int) -> Cells:
    """Return the cell of every point, 0 where a coordinate is missing or out of range.

    Parameters
    ----------
    longitude, latitude
        Degrees, EPSG:4326, same shape.
    resolution
        H3 resolution, 0 to 15.

    Returns
    -------
    uint64 array, same shape
        What ``h3.latlng_to_cell`` answers, to the last bit.

    Notes
    -----
    Quickest around one or a few cities. A province of several degrees, a country or the
    whole globe takes two to three times as long a point, and needs no other call.
    """
    lon = np.ascontiguousarray(longitude, dtype=np.float64)
    lat = np.ascontiguousarray(latitude, dtype=np.float64)
    if lon.size < SMALL or lon.shape != lat.shape:
        return h3_plain.points_to_cells(lon, lat, resolution)
    cells = np.empty(lon.size, dtype=np.uint64)
    try:
        rows = _answer(lon.ravel(), lat.ravel(), resolution, cells)
    except _NotFlatError:
        return h3_plain.points_to_cells(lon, lat, resolution)
    cells[rows] = h3_plain.points_to_cells(lon.ravel()[rows], lat.ravel()[rows], resolution)
    return cells.reshape(lon.shape)


def _answer(lon: Floats, lat: Floats, resolution: int, cells: Cells) -> Ints:
    """Fill in the cells of points and return the rows in doubt."""
    rows: Ints | None = None
    for _ in range(_MOST_ROUNDS):
        here_lon, here_lat = (lon, lat) if rows is None else (lon[rows], lat[rows])
        if len(here_lon) < SMALL:
            break
        box = _densest_box(here_lon, here_lat, resolution)
        wide = box is None or box.share < _worth_a_round(box.lattice, len(here_lon))
        found = cells if rows is None else np.empty(len(rows), dtype=np.uint64)
        if box is None or wide:
            doubts = _anywhere(here_lon, here_lat, resolution, found)
        else:
            doubts = _in_box(box.lattice, here_lon, here_lat, found)
        _check(here_lon, here_lat, resolution, found)
        if rows is None:
            rows = doubts
        else:
            cells[rows] = found
            rows = rows[doubts]
        if wide:
            break
    return np.arange(len(lon)) if rows is None else rows


def _worth_a_round(lattice: Lattice, rows: int) -> float:
    """Return which share of the points a box must answer to save more than it costs."""
    # Without a table points in a box cost little less than points anywhere.
    return _WORTH_A_ROUND if _size(lattice) <= _largest_table(rows) else _WORTH_NO_TABLE


def _size(lattice: Lattice) -> int:
    """Return how many places the extent of a lattice has."""
    i0, i1, j0, j1 = lattice.extent()
    return (i1 - i0 + 1) * (j1 - j0 + 1)


def _largest_table(rows: int) -> int:
    """Return how many places a table may have: beyond, digits cost less than the memory."""
    return min(rows, _LARGEST_TABLE)


def _densest_box(lon: Floats, lat: Floats, resolution: int) -> _Box | None:
    """Return the box about most of the points, on the face that holds most of them."""
    step = max(1, len(lon) // _SAMPLE)
    some_lon, some_lat = lon[::step], lat[::step]
    sampled = len(some_lon)
    usable = (np.abs(some_lat) <= 90) & (np.abs(some_lon) <= 180)
    some_lon, some_lat = some_lon[usable], some_lat[usable]
    if len(some_lon) == 0:
        return None
    # Degree squares; the fullest one and what lies within reach of it.
    square = np.floor(some_lat).astype(np.int64) * 512 + np.floor(some_lon).astype(np.int64)
    names, number = np.unique(square, return_counts=True)
    fullest = square == names[np.argmax(number)]
    reach = WIDEST - 0.1
    middle_lon, middle_lat = some_lon[fullest].mean(), some_lat[fullest].mean()
    near = (np.abs(some_lon - middle_lon) <= reach) & (np.abs(some_lat - middle_lat) <= reach)
    face = int(np.bincount(facing(some_lon[fullest], some_lat[fullest])).argmax())
    share = float((facing(some_lon[near], some_lat[near]) == face).sum() / sampled)
    rim = 1e-9
    if len(lon) <= _LOOK_AT_ALL:
        near_all = (np.abs(lon - middle_lon) <= reach) & (np.abs(lat - middle_lat) <= reach)
        some_lon, some_lat = lon[near_all], lat[near_all]
    else:
        # The few points beyond those sampled wait for the next round.
        some_lon, some_lat = some_lon[near], some_lat[near]
        rim += 0.01 * max(np.ptp(some_lon), np.ptp(some_lat))
    # Nothing beyond longitude 180 may be inside.
    most = 180 - 1e-9
    west, east = max(some_lon.min() - rim, -most), min(some_lon.max() + rim, most)
    south, north = some_lat.min() - rim, some_lat.max() + rim
    lattice = fit_lattice(
        float(west + east) / 2,
        float(south + north) / 2,
        max(float(east - west) / 2, 1e-12),
        float(north - south) / 2,
        resolution=resolution,
        face=face,
    )
    return None if lattice is None else _Box(lattice, share)


def _in_box(lattice: Lattice, lon: Floats, lat: Floats, cells: Cells) -> Ints:
    """Fill in the cells of points by a lattice and return the rows in doubt."""
    # Few points on a wide and fine lattice: no table, every point by its digits.
    loops = compiled.use_loops(len(lon))
    size = _size(lattice)
    # The last place is for points in doubt and stays 0.
    table = np.zeros(size + 1 if size <= _largest_table(len(lon)) else 0, dtype=np.int64)
    exact = _by_loops if loops else _by_numpy
    # Compiled, one pass in double precision is as quick.
    single = not loops and len(table) > 0 and len(lon) >= _WORTH_SERIES
    series = fit_series(lattice) if single else None

    def work(first: int, last: int) -> Ints:
        if series is None:
            exact(lattice, lon[first:last], lat[first:last], table, cells[first:last])
            return first + np.flatnonzero(cells[first:last] == 0)
        step = _BLOCK
        start = first
        while start < last:
            # What is not in the table yet is found exactly: fewer and fewer.
            block = slice(start, min(start + step, last))
            some_lon, some_lat, some = lon[block], lat[block], cells[block]
            series.look_up(some_lon, some_lat, table, some.view(np.int64))
            rows = np.flatnonzero(some == 0)
            if len(rows):
                more = np.empty(len(rows), dtype=np.uint64)
                exact(lattice, some_lon[rows], some_lat[rows], table, more)
                some[rows] = more
            start, step = block.stop, 2 * step
        return first + np.flatnonzero(cells[first:last] == 0)

    return compiled.in_pieces(len(lon), work)


def _by_numpy(lattice: Lattice, lon: Floats, lat: Floats, table: Ints, cells: Cells) -> None:
    """Write the cells of points, 0 where in doubt."""
    i0, _, j0, j1 = lattice.extent()
    for start in range(0, len(lon), _BLOCK):
        block = slice(start, start + _BLOCK)
        cells[block] = _block_in_box(lattice, lon[block], lat[block], table, (i0, j0, j1 - j0 + 1))


def _by_loops(lattice: Lattice, lon: Floats, lat: Floats, table: Ints, cells: Cells) -> None:
    """Write the cells of points, 0 where in doubt, in a compiled loop."""
    i0, _, j0, j1 = lattice.extent()
    import_module("gridgov.geo.kernels").cells_in_box(
        compiled.read_only(lon),
        compiled.read_only(lat),
        np.array([lattice.longitude, lattice.latitude, lattice.half_width, lattice.half_height]),
        lattice.matrix,
        np.array(lattice.offsets, dtype=np.float64),
        EDGE,
        lattice.resolution,
        np.array([i0, j0, j1 - j0 + 1], dtype=np.int64),
        table,
        all_tables(lattice.face, lattice.resolution),
        cells.view(np.int64),
    )


def _block_in_box(
    lattice: Lattice, lon: Floats, lat: Floats, table: Ints, extent: tuple[int, int, int]
) -> Cells:
    """Return the cells of a block of points, 0 where in doubt; cells met go to the table."""
    i0, j0, width = extent
    i, j, doubt = lattice.place(lon, lat)
    if not len(table):
        cells = np.zeros(len(lon), dtype=np.uint64)
        rows = np.flatnonzero(~doubt)
        cells[rows] = cells_at(lattice.face, i[rows], j[rows], lattice.resolution)
        return cells
    code = ((i - i0) * width + (j - j0)).astype(np.int64)
    code[doubt] = len(table) - 1
    found = table[code]
    new = np.flatnonzero((found == 0) & ~doubt)
    if len(new):
        fresh = cells_at(lattice.face, i[new], j[new], lattice.resolution).view(np.int64)
        table[code[new]] = fresh
        found[new] = fresh
    return found.view(np.uint64)


def _anywhere(lon: Floats, lat: Floats, resolution: int, cells: Cells) -> Ints:
    """Fill in the cells of points on all faces and return the rows in doubt."""
    if not compiled.use_loops(len(lon)):

        def by_numpy(first: int, last: int) -> Ints:
            for start in range(first, last, _BLOCK):
                block = slice(start, min(start + _BLOCK, last))
                cells[block] = cells_anywhere(lon[block], lat[block], resolution, EDGE)
            return first + np.flatnonzero(cells[first:last] == 0)

        return compiled.in_pieces(len(lon), by_numpy)

    limits = np.array([MARGIN, np.cos(BLIND)])
    loop = import_module("gridgov.geo.globe_kernels").cells_on_globe
    tables = all_tables(None, resolution)
    planes = face_planes(resolution).reshape(20, 9)
    lon, lat, signed = compiled.read_only(lon), compiled.read_only(lat), cells.view(np.int64)
    doubts = np.empty(len(lon), dtype=np.int64)

    def by_loops(first: int, last: int) -> Ints:
        number = loop(
            lon[first:last],
            lat[first:last],
            planes,
            NEIGHBORS,
            *square_faces(),
            limits,
            EDGE,
            resolution,
            tables,
            signed[first:last],
            doubts[first:last],
        )
        return first + doubts[first : first + number]

    return compiled.in_pieces(len(lon), by_loops)


def _check(lon: Floats, lat: Floats, resolution: int, cells: Cells) -> None:
    """Compare some points that are not in doubt with the library.

    Raises
    ------
    _NotFlatError
        If one has another cell.
    """
    some = np.linspace(0, len(lon) - 1, _CHECKED).astype(np.int64)
    some = some[cells[some] != 0]
    by_library = h3_plain.points_to_cells(lon[some], lat[some], resolution)
    if (cells[some] != by_library).any():
        raise _NotFlatError
