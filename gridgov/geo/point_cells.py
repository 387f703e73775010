"""Points to cells for many points: the lattice where it can, the library for the rest.

Points are taken box by box, the densest first, so that two cities, or a stray point
at (0, 0), cost one more round and not the quick path. A round that answers too
little, and whatever is left after a few rounds, goes to the library.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.geo import cell_digits, h3_plain
from gridgov.geo.faces import facing
from gridgov.geo.lattice import WIDEST, Lattice, fit_lattice

__all__ = ["SMALL", "points_to_cells"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

SMALL = 2_000
"""Fewer points than this go to the library: a fit costs as much as a thousand of them."""

_BLOCK = 8_192
_MOST_ROUNDS = 12
_LEAST_ANSWERED = 0.05
_SAMPLE = 4_096
_TAUGHT_BY = 8
_CHECKED = 64
_LARGE_TABLE = 1 << 22
_CHUNK = 1 << 14


class _NotFlatError(Exception):
    """The lattice and the library disagree, so the library must answer."""


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
    """
    lon = np.ascontiguousarray(longitude, dtype=np.float64)
    lat = np.ascontiguousarray(latitude, dtype=np.float64)
    if lon.size < SMALL or lon.shape != lat.shape:
        return h3_plain.points_to_cells(lon, lat, resolution)
    cells = np.empty(lon.size, dtype=np.uint64)
    _answer(lon.ravel(), lat.ravel(), resolution, cells)
    return cells.reshape(lon.shape)


def _answer(lon: Floats, lat: Floats, resolution: int, cells: Cells) -> None:
    """Fill in the cells of all points, in rounds."""
    rows: Ints | None = None
    for _ in range(_MOST_ROUNDS):
        here_lon = lon if rows is None else lon[rows]
        here_lat = lat if rows is None else lat[rows]
        if len(here_lon) < SMALL:
            break
        lattice = _lattice_of_the_densest_box(here_lon, here_lat, resolution)
        answer = None if lattice is None else _answer_in_box(lattice, here_lon, here_lat)
        if answer is None:
            break
        found, doubt = answer
        if rows is None:
            cells[:] = found
            rows = np.flatnonzero(doubt)
        else:
            cells[rows] = found
            rows = rows[doubt]
        if len(rows) > (1 - _LEAST_ANSWERED) * len(here_lon):
            break
    if rows is None:
        cells[:] = h3_plain.points_to_cells(lon, lat, resolution)
    elif len(rows):
        cells[rows] = h3_plain.points_to_cells(lon[rows], lat[rows], resolution)


def _lattice_of_the_densest_box(lon: Floats, lat: Floats, resolution: int) -> Lattice | None:
    """Return the lattice about most of the points, on the face that holds most of them."""
    step = max(1, len(lon) // _SAMPLE)
    some_lon, some_lat = lon[::step], lat[::step]
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
    # Extremes are NaN when a coordinate is; then, or with strays, look at every point.
    sides = lon.min(), lon.max(), lat.min(), lat.max()
    middle = middle_lon, middle_lat
    if not (np.abs(np.subtract(sides, np.repeat(middle, 2))).max() <= reach):
        near = (np.abs(lon - middle_lon) <= reach) & (np.abs(lat - middle_lat) <= reach)
        sides = lon[near].min(), lon[near].max(), lat[near].min(), lat[near].max()
    west, east, south, north = map(float, sides)
    # Points on the rim are inside, but nothing beyond longitude 180 may be.
    west, east = max(west, -180.0), min(east, 180.0)
    rim = 1e-9 if max(east, -west) < 180 - 1e-6 else -1e-9
    faces = facing(some_lon[fullest], some_lat[fullest])
    return fit_lattice(
        (west + east) / 2,
        (south + north) / 2,
        (east - west) / 2 + rim,
        (north - south) / 2 + rim,
        resolution=resolution,
        face=int(np.bincount(faces).argmax()),
    )


def _answer_in_box(
    lattice: Lattice, lon: Floats, lat: Floats
) -> tuple[Cells, NDArray[np.bool_]] | None:
    """Return the cells of points and where in doubt, or None if the lattice is not the library's.

    The cells of the points in doubt mean nothing.
    """
    i0, i1, j0, j1 = lattice.extent()
    width = j1 - j0 + 1
    size = (i1 - i0 + 1) * width
    count = len(lon)
    code = np.empty(count, dtype=np.int64)
    doubt = np.empty(count, dtype=bool)
    for start in range(0, count, _BLOCK):
        block = slice(start, start + _BLOCK)
        i, j, doubt[block] = lattice.place(lon[block], lat[block])
        i -= i0
        j -= j0
        i *= width
        i += j
        code[block] = i
    # Points in doubt stand at (0, 0), which may lie outside the table.
    np.putmask(code, doubt, size)

    try:
        cells = _cells_of(lattice, code, size, width, i0, j0, lon, lat)
    except _NotFlatError:
        return None
    sure = np.flatnonzero(~doubt)
    checked = sure[np.linspace(0, len(sure) - 1, min(_CHECKED, len(sure))).astype(np.int64)]
    by_library = h3_plain.points_to_cells(lon[checked], lat[checked], lattice.resolution)
    return (cells, doubt) if (cells[checked] == by_library).all() else None


def _cells_of(
    lattice: Lattice,
    code: Ints,
    size: int,
    width: int,
    i0: int,
    j0: int,
    lon: Floats,
    lat: Floats,
) -> Cells:
    """Return the cell of every code, 0 for the code `size`."""
    frame = _Frame(lattice.resolution, lon, lat)
    if size > max(_LARGE_TABLE, 2 * len(code)):
        # Few points on a wide and fine lattice: no table, every point by its digits.
        cells = np.zeros(len(code), dtype=np.uint64)
        for start in range(0, len(code), _CHUNK):
            rows = start + np.flatnonzero(code[start : start + _CHUNK] < size)
            i, j = np.divmod(code[rows], width)
            cells[rows] = frame.cells(i + i0, j + j0, rows)
        return cells
    # One point stands for all points of its cell.
    witness = np.full(size + 1, -1, dtype=np.int64)
    witness[code] = np.arange(len(code))
    witness[size] = -1
    present = np.flatnonzero(witness >= 0)
    table = np.zeros(size + 1, dtype=np.uint64)
    for start in range(0, len(present), _CHUNK):
        some = present[start : start + _CHUNK]
        i, j = np.divmod(some, width)
        table[some] = frame.cells(i + i0, j + j0, witness[some])
    return table[code]


class _Frame:
    """What the digits in a lattice's frame stand for, learned from points the library answers."""

    def __init__(self, resolution: int, lon: Floats, lat: Floats) -> None:
        self._resolution = resolution
        self._lon = lon
        self._lat = lat
        self._known: dict[int, tuple[int, int]] = {}

    def cells(self, i: Ints, j: Ints, rows: Ints) -> Cells:
        """Return the cells at lattice coordinates, given a point in each."""
        word, far_i, far_j = cell_digits.encode(i, j, self._resolution)
        # A base cell and, as pentagons turn by sectors, the leading digit.
        part = (far_i * 1024 + far_j) * 8 + cell_digits.leading_digits(word)
        if len(part) and (part == part[0]).all():
            base, turns = self._learn(int(part[0]), word, rows)
            return cell_digits.assemble(cell_digits.rotate(word, turns), base, self._resolution)
        cells = np.zeros(len(i), dtype=np.uint64)
        for one in np.unique(part):
            members = np.flatnonzero(part == one)
            base, turns = self._learn(int(one), word[members], rows[members])
            turned = cell_digits.rotate(word[members], turns)
            cells[members] = cell_digits.assemble(turned, base, self._resolution)
        return cells

    def _learn(self, part: int, word: Ints, rows: Ints) -> tuple[int, int]:
        """Return the base cell of a part of the lattice and the turns to its digits."""
        if part in self._known:
            return self._known[part]
        some = np.linspace(0, len(rows) - 1, min(_TAUGHT_BY, len(rows))).astype(np.int64)
        taught = h3_plain.points_to_cells(
            self._lon[rows[some]], self._lat[rows[some]], self._resolution
        )
        base = int(cell_digits.base_cells(taught[:1])[0])
        for turns in range(6):
            turned = cell_digits.rotate(word[some], turns)
            if (cell_digits.assemble(turned, base, self._resolution) == taught).all():
                self._known[part] = base, turns
                return base, turns
        raise _NotFlatError
