"""The land that facilities reach in a straight line, by exact areas.

A facility reaches a disc. The disc is a polygon of 128 corners, sized so that its area is
that of the circle; its edge is within a five-thousandth of the reach of the circle's
(0.16 m at 800 m). Discs are put together two by two, neighbors first: what k of them reach
on both sides of a pair is what k reach on one side, or i on one and k - i on the other.
Nothing is sampled.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.geo.projection import WayBack, areas_m2
from gridgov.place.cover import cell_shapes
from gridgov.place.crosswalk import shared_areas

__all__ = ["Pieces", "cell_pieces", "reach_layers", "reached_areas"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_CORNERS = 128


class Pieces(NamedTuple):
    """The land of cells, cut by streets: which cell, which street, m² and the cell's own m².

    Without streets a cell is one piece and the street -1.
    """

    cell: Places
    street: Places
    area_m2: Floats
    whole_m2: Floats


def cell_pieces(cells: NDArray[np.uint64], polygons: Any) -> Pieces:
    """Return the land of cells in streets, more than a square millimeter each.

    Parameters
    ----------
    cells
        H3 cells.
    polygons
        Valid polygons in EPSG:4326; None takes the whole of every cell.
    """
    shapes = cell_shapes(cells)
    if polygons is None:
        whole = np.asarray(areas_m2(shapes), dtype=np.float64)
        number = np.arange(len(cells), dtype=np.int64)
        return Pieces(number, np.full(len(cells), -1, dtype=np.int64), whole, whole)
    found = shared_areas(shapes, polygons)
    return Pieces(found.shape, found.polygon, found.area_m2, found.whole_m2[found.shape])


def reach_layers(at: Floats, reach_m: Floats, folds: int, back: WayBack) -> list[Any]:
    """Return the land that at least 1, 2, ... `folds` facilities reach, EPSG:4326.

    Parameters
    ----------
    at
        Where facilities are in a plane, meters, shape (n, 2).
    reach_m
        How far each reaches.
    folds
        How many layers.
    back
        From the plane to longitude and latitude.
    """
    # Neighbors first: what is put together then overlaps little else.
    near = np.argsort(gpd.GeoSeries(shapely.points(at)).hilbert_distance().to_numpy())
    step = 2 * np.pi / _CORNERS
    turn = step * np.arange(_CORNERS)
    radius = reach_m[near] * np.sqrt(step / np.sin(step))
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    discs = shapely.polygons(at[near, None, :] + radius[:, None, None] * rim)
    nothing = np.full(len(discs), shapely.Polygon(), dtype=object)
    layers = [np.asarray(discs, dtype=object), *([nothing] * (folds - 1))]
    while len(layers[0]) > 1:
        layers = _paired(layers)
    result = []
    for layer in layers:
        land = shapely.transform(
            layer[0], lambda plane: np.column_stack(back.transform(plane[:, 0], plane[:, 1]))
        )
        result.append(land if shapely.is_valid(land) else shapely.make_valid(land))
    return result


def reached_areas(cells: NDArray[np.uint64], pieces: Pieces, polygons: Any, layer: Any) -> Floats:
    """Return how much of every piece of land lies in a layer, m².

    Parameters
    ----------
    cells, polygons
        As `pieces` were made from.
    pieces
        Of :func:`cell_pieces`.
    layer
        The land that is reached, EPSG:4326.
    """
    if shapely.is_empty(layer):
        return np.zeros(len(pieces.cell))
    streets = 1 if polygons is None else len(polygons)
    land = np.array([layer], dtype=object)
    if polygons is not None:
        land = _polygonal(shapely.intersection(polygons, layer))
    found = shared_areas(cell_shapes(cells), land)
    # Both are sorted by cell and then street.
    code = pieces.cell * streets + np.maximum(pieces.street, 0)
    here = found.shape * streets + found.polygon
    place = np.minimum(np.searchsorted(code, here), len(code) - 1)
    # Of a piece too small to be one there may be a part by rounding.
    known = code[place] == here
    area = np.zeros(len(code))
    area[place[known]] = found.area_m2[known]
    return np.minimum(area, pieces.area_m2)


def _paired(layers: list[Any]) -> list[Any]:
    """Return layers of half as many parts, every two neighbors put together."""
    odd = len(layers[0]) % 2
    left = [layer[0 : len(layer) - odd : 2] for layer in layers]
    right = [layer[1::2] for layer in layers]
    result = []
    for k in range(len(layers)):
        land = shapely.union(left[k], right[k])
        # Land of k + 1 facilities: i + 1 of one side and k - i of the other.
        for i in range(k):
            land = shapely.union(land, _polygonal(shapely.intersection(left[i], right[k - 1 - i])))
        last = layers[k][len(layers[k]) - odd :]
        result.append(np.concatenate([land, last]))
    return result


def _polygonal(shapes: Any) -> NDArray[np.object_]:
    """Return shapes without the points and lines in which polygons only touch."""
    result = np.asarray(shapes, dtype=object).copy()
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(result), (3, 6)))
    parts, of = shapely.get_parts(result[mixed], return_index=True)
    area = shapely.get_type_id(parts) == 3
    result[mixed] = shapely.Polygon()
    if area.any():
        rows = np.unique(of[area])
        result[mixed[rows]] = shapely.multipolygons(
            parts[area], indices=np.searchsorted(rows, of[area])
        )
    return result
