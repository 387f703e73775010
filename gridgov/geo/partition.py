"""Where areas that should divide a city among themselves overlap or leave a gap.

Areas are taken in a plane in meters (:func:`gridgov.geo.projection.to_plane`). An
overlap is any ground that two areas share. A gap is ground in no area that is either
enclosed by areas, or a sliver between at least two of them: narrower than a stated
width and bounded by areas along most of its edge. A missing area at the rim of the
city is no gap in this sense, for nothing here says where the city ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["find_gaps", "find_overlaps", "polygons_of"]

Shapes = NDArray[np.object_]
Positions = NDArray[np.intp]

# A sliver that opens to the outside lies against areas along nearly all its edge; the
# fill of a bend in the city's rim does so along little more than half of it.
_BOUNDED_SHARE = 0.8
# Closer than this, two edges are one edge that rounding has parted.
_TOUCH_M = 0.01


def find_overlaps(shapes: Any, *, min_area_m2: float = 0.0) -> tuple[Positions, Positions, Shapes]:
    """Return the pairs of areas that share ground, and the ground.

    Parameters
    ----------
    shapes
        Array of valid Polygons or MultiPolygons in a plane, meters.
    min_area_m2
        Smallest shared area that counts, m².

    Returns
    -------
    first, second : int arrays, shape (k,)
        Positions in `shapes`, first < second, ascending.
    shared : array of shapely geometries, shape (k,)
        The shared ground, polygons only.

    Raises
    ------
    shapely.errors.GEOSException
        If a shape is invalid.

    Examples
    --------
    >>> import shapely
    >>> first, second, shared = find_overlaps([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> first.tolist(), second.tolist(), shapely.area(shared).tolist()
    ([0], [1], [1.0])
    """
    areas = np.asarray(shapes, dtype=object)
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    shared = shapely.intersection(areas[one], areas[other])
    counts = shapely.area(shared) > min_area_m2
    first, second, shared = one[counts], other[counts], polygons_of(shared[counts])
    order = np.lexsort((second, first))
    return first[order], second[order], shared[order]


def find_gaps(
    shapes: Any, *, min_area_m2: float = 0.0, sliver_width_m: float = 10.0
) -> tuple[Shapes, list[Positions]]:
    """Return the gaps between areas, largest first, and which areas bound each.

    Parameters
    ----------
    shapes
        Array of valid Polygons or MultiPolygons in a plane, meters.
    min_area_m2
        Smallest gap that counts, m².
    sliver_width_m
        A gap that opens to the outside counts when it is narrower than this.

    Returns
    -------
    gaps : array of shapely Polygons
    bounding : list of int arrays
        For every gap the positions in `shapes` of the areas at its edge.

    Raises
    ------
    shapely.errors.GEOSException
        If a shape is invalid.

    Examples
    --------
    Two blocks of 1 km with an alley of 4 m between them:

    >>> import shapely
    >>> gaps, bounding = find_gaps([shapely.box(0, 0, 500, 1000), shapely.box(504, 0, 900, 1000)])
    >>> shapely.area(gaps).round().tolist(), bounding[0].tolist()
    ([4000.0], [0, 1])
    """
    areas = np.asarray(shapes, dtype=object)
    covered = shapely.union_all(areas)
    parts = _polygon_parts(covered)
    city = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    enclosed = _polygon_parts(shapely.difference(city, covered))
    half = sliver_width_m / 2
    closed = shapely.buffer(
        shapely.buffer(city, half, join_style="mitre"), -half, join_style="mitre"
    )
    slivers = _polygon_parts(shapely.difference(closed, city))
    slivers = slivers[shapely.area(slivers) > min_area_m2]
    bounded = _length_along(slivers, shapely.boundary(city))
    slivers = slivers[bounded >= _BOUNDED_SHARE * shapely.length(slivers)]
    gaps = np.concatenate([enclosed[shapely.area(enclosed) > min_area_m2], slivers])
    is_sliver = np.arange(gaps.size) >= gaps.size - slivers.size
    of, neighbor = shapely.STRtree(areas).query(gaps, predicate="dwithin", distance=_TOUCH_M)
    bounding = [np.sort(neighbor[of == position]) for position in range(gaps.size)]
    between = np.array([ids.size >= 2 for ids in bounding], dtype=bool)
    kept = np.flatnonzero(between | ~is_sliver)
    kept = kept[np.argsort(-shapely.area(gaps[kept]), kind="stable")]
    return gaps[kept], [bounding[position] for position in kept.tolist()]


def polygons_of(shapes: Shapes) -> Shapes:
    """Return every shape with its polygon parts only: Polygon, MultiPolygon or empty.

    Parts of a collection that overlap are joined.
    """
    result = np.array(shapes, dtype=object)
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(result), (-1, 3, 6)))
    for position in mixed.tolist():
        result[position] = shapely.union_all(_polygon_parts(result[position]))
    return result


def _length_along(slivers: Shapes, outline: Any) -> NDArray[np.float64]:
    """Return how much of the edge of each sliver runs along an outline, meters."""
    # Only the outline nearby: a buffer of a whole city's costs a hundred times as much.
    boxes = shapely.bounds(slivers).reshape(-1, 4) + np.array([-1.0, -1.0, 1.0, 1.0])
    near = np.empty(len(slivers), dtype=object)
    near[:] = [shapely.clip_by_rect(outline, *box) for box in boxes.tolist()]
    along: NDArray[np.float64] = shapely.length(
        shapely.intersection(shapely.boundary(slivers), shapely.buffer(near, _TOUCH_M))
    )
    return along


def _polygon_parts(shapes: Any) -> Shapes:
    """Return the polygons in all shapes together, collections in collections opened."""
    parts = shapely.get_parts(np.atleast_1d(np.asarray(shapes, dtype=object)))
    while (shapely.get_type_id(parts) > 3).any():
        parts = shapely.get_parts(parts)
    polygons: Shapes = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return polygons
