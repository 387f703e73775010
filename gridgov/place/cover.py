"""The cells that an area can touch, found without asking about every cell.

Every cell that touches an area either has the area's boundary near its own or lies
wholly inside. The first kind are the cells of points along the boundary and their
neighbors; the second kind are met by a net of points so fine that no cell slips
through. The result holds every cell that touches the area and some that do not:
callers measure and drop those.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.geo.hexgrid import cell_outlines, disks, points_to_cells
from gridgov.geo.projection import to_plane
from gridgov.place.raster import Frame, Windows, inside_pixels, segments

__all__ = ["Scale", "cell_scale", "cell_shapes", "cells_touching"]

Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

# Meters of cell edge per squared number of pieces: a straight line between two points
# L apart on the map leaves the great circle by about L² tan(latitude) / 8R, and this
# keeps the area under that bow below a millionth of a cell at any habitable latitude.
_METERS_PER_SQUARE = 30.0

# Larger nets are cut in halves, which bounds the memory.
_MOST_NET_POINTS = 1 << 25


class Scale(NamedTuple):
    """How large cells are around an area: means over sample cells, on the ellipsoid."""

    area_m2: float
    edge_m: float


def cell_scale(area: Any, resolution: int) -> Scale:
    """Return how large the cells of a resolution are around an area, EPSG:4326."""
    outlines, _ = to_plane(_unwrapped(cell_outlines(_sample_cells(area, resolution))))
    sides = shapely.get_num_coordinates(outlines) - 1
    return Scale(
        float(shapely.area(outlines).mean()), float((shapely.length(outlines) / sides).mean())
    )


def cells_touching(area: Any, resolution: int) -> Cells:
    """Return every cell that touches an area and some of their neighbors, ascending.

    Parameters
    ----------
    area
        Polygon or MultiPolygon, EPSG:4326, that holds no pole.
    resolution
        H3 resolution.
    """
    found = [np.empty(0, dtype=np.uint64)]
    waiting = list(shapely.get_parts(area))
    while waiting:
        part = waiting.pop()
        # A net point is within 0.71 steps of any place, so one is within every cell.
        step_y = _inradius_degrees(part, resolution)
        west, south, east, north = shapely.bounds(part).tolist()
        nearest = min(abs(south), abs(north)) if south * north > 0 else 0.0
        step_x = step_y / max(float(np.cos(np.radians(nearest))), 1e-6)
        if (east - west) / step_x * (north - south) / step_y > _MOST_NET_POINTS:
            waiting.extend(_halves(part, step_x / step_y))
            continue
        rim = shapely.get_coordinates(shapely.segmentize(shapely.boundary(part), step_y / 2))
        near = np.unique(points_to_cells(rim[:, 0], rim[:, 1], resolution))
        found.append(np.unique(disks(near[near > 0], 1)[1]))
        found.append(_cells_of_net(part, step_x, step_y, resolution))
    return np.unique(np.concatenate(found))


def cell_shapes(cells: Cells) -> NDArray[np.object_]:
    """Return the outlines of cells with edges dense enough for exact areas.

    Cell edges are great circles, the edges of a polygon in EPSG:4326 are straight in
    degrees; the points added between are on the great circle. A cell across the
    antimeridian comes as two copies, 360 degrees apart.
    """
    outlines = _unwrapped(cell_outlines(cells))
    coordinates, ring = shapely.get_coordinates(outlines, return_index=True)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    if not starts.size:
        return outlines
    ball = _on_ball(coordinates)
    edges = ball[starts + 1] - ball[starts]
    longest = np.sqrt((edges**2).sum(axis=1).max()) * 6_371_000.0
    pieces = max(int(np.ceil(np.sqrt(longest / _METERS_PER_SQUARE))), 1)
    along = np.arange(pieces) / pieces
    dense = ball[starts, None, :] + along[None, :, None] * edges[:, None, :]
    x, y, z = dense.reshape(-1, 3).T
    longitude, latitude = np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))
    # The vertices keep their digits, so that neighbors meet in the same point.
    longitude[::pieces], latitude[::pieces] = coordinates[starts].T
    ring_of = np.repeat(ring[starts], pieces)
    rings = shapely.linearrings(longitude, latitude, indices=ring_of)
    return _unwrapped(shapely.polygons(rings), twice=True)


def _sample_cells(area: Any, resolution: int) -> Cells:
    """Return a few cells spread over the box of an area."""
    west, south, east, north = shapely.bounds(area)
    x, y = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
    cells = np.unique(points_to_cells(x.ravel(), y.ravel(), resolution))
    return cells[cells > 0]


def _inradius_degrees(part: Any, resolution: int) -> float:
    """Return the least distance from a cell's center to its edge near an area, by samples."""
    outlines = cell_outlines(_sample_cells(part, resolution))
    coordinates, ring = shapely.get_coordinates(outlines, return_index=True)
    ball = _on_ball(coordinates)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    sums = np.zeros((len(outlines), 3))
    np.add.at(sums, ring[starts], ball[starts])
    centers = sums / np.bincount(ring[starts])[:, None]
    halfway = (ball[starts] + ball[starts + 1]) / 2
    chords = np.sqrt(((halfway - centers[ring[starts]]) ** 2).sum(axis=1))
    return float(np.degrees(chords.min()))


def _cells_of_net(part: Any, step_x: float, step_y: float, resolution: int) -> Cells:
    """Return the cells of the points of a net that lie in a polygon."""
    shapes = np.array([part], dtype=object)
    bounds = shapely.bounds(shapes)
    frame = Frame.with_pixels(bounds[0], step_x, step_y)
    windows = Windows.of(frame, bounds)
    inside = inside_pixels(segments(shapes), frame, windows)
    row, column = np.divmod(np.flatnonzero(inside), windows.width[0])
    x = frame.west + (column + windows.column[0] + 0.5) / frame.columns_per_degree
    y = frame.south + (row + windows.row[0] + 0.5) / frame.rows_per_degree
    cells = points_to_cells(x, y, resolution)
    # Points in a row share cells: drop most repeats before sorting.
    fresh = np.append(True, cells[1:] != cells[:-1])[: len(cells)]
    cells = np.unique(cells[fresh])
    return cells[cells > 0]


def _halves(part: Any, stretch: float) -> list[Any]:
    """Return the polygons of both halves of a polygon, cut across its longer side."""
    west, south, east, north = shapely.bounds(part).tolist()
    if (east - west) > (north - south) * stretch:
        half = (west + east) / 2
        boxes = [shapely.box(west, south, half, north), shapely.box(half, south, east, north)]
    else:
        half = (south + north) / 2
        boxes = [shapely.box(west, south, east, half), shapely.box(west, half, east, north)]
    pieces = shapely.get_parts(shapely.intersection(part, boxes))
    return [piece for piece in pieces if piece.geom_type == "Polygon"]


def _on_ball(coordinates: Floats) -> Floats:
    """Return longitudes and latitudes as unit vectors."""
    longitude, latitude = np.radians(coordinates.T)
    return np.column_stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def _unwrapped(outlines: NDArray[np.object_], *, twice: bool = False) -> NDArray[np.object_]:
    """Return outlines whose rings do not jump at the antimeridian, on request on both sides."""
    bounds = shapely.bounds(outlines)
    jumps = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > 180)
    if not jumps.size:
        return outlines
    whole = outlines.copy()
    for place in jumps.tolist():
        east = shapely.transform(
            outlines[place],
            lambda at: np.column_stack(
                [np.where(at[:, 0] < 0, at[:, 0] + 360, at[:, 0]), at[:, 1]]
            ),
        )
        west = shapely.transform(east, lambda at: at - [360, 0])
        whole[place] = shapely.MultiPolygon([east, west]) if twice else east
    return whole
