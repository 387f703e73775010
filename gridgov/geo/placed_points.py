"""What measures and maps ask of a column of points, without making points where it holds none.

Tables that gridgov read hold coordinates; see :mod:`gridgov.geo.point_array`. The answers
are those that shapely gives on the points, to the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.geo.point_array import coordinates_of
from gridgov.geo.projection import WayBack, degrees_to_plane, to_plane

__all__ = [
    "are_geometries",
    "bounds_of",
    "is_placed",
    "kinds_of",
    "places_in_plane",
    "places_of",
]

Floats = NDArray[np.float64]

_POINT, _MISSING = 0, -1


def are_geometries(array: Any) -> bool:
    """Return whether everything in the ``array`` of a column is a shape or missing."""
    return coordinates_of(array) is not None or bool(shapely.is_valid_input(_shapes(array)).all())


def kinds_of(array: Any) -> NDArray[np.int32]:
    """Return shapely's number of the kind of every shape: 0 for points, -1 where none is.

    Raises
    ------
    TypeError
        If something is no shape.
    """
    held = coordinates_of(array)
    if held is None:
        return np.asarray(shapely.get_type_id(_shapes(array)), dtype=np.int32)
    return np.where(np.isnan(held[0]), _MISSING, _POINT).astype(np.int32)


def is_placed(array: Any) -> NDArray[np.bool_]:
    """Return which rows have a shape that is not empty."""
    held = coordinates_of(array)
    if held is None:
        shapes = _shapes(array)
        return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    return ~np.isnan(held[0])


def places_of(array: Any) -> Floats:
    """Return the degrees of points, shape (n, 2), rows without one left out.

    Examples
    --------
    >>> from gridgov.geo.point_array import point_array
    >>> places_of(point_array([116.2, 116.3, float("nan")], [39.9, 39.8, 39.7])).tolist()
    [[116.2, 39.9], [116.3, 39.8]]
    """
    held = coordinates_of(array)
    if held is None:
        return np.asarray(shapely.get_coordinates(_shapes(array)))
    at = np.column_stack(held)
    there = ~np.isnan(at[:, 0])
    return at if there.all() else at[there]


def bounds_of(array: Any) -> tuple[float, float, float, float]:
    """Return west, south, east and north of all points, of which there must be one."""
    held = coordinates_of(array)
    if held is None:
        west, south, east, north = shapely.total_bounds(_shapes(array)).tolist()
    else:
        at = places_of(array)
        (west, south), (east, north) = at.min(axis=0).tolist(), at.max(axis=0).tolist()
    return west, south, east, north


def places_in_plane(
    array: Any, *, center: tuple[float, float] | None = None
) -> tuple[Floats, WayBack]:
    """Return where points lie in a local equal-area plane, and the way back.

    Parameters
    ----------
    array
        The ``array`` of a column of points, EPSG:4326, or an array of them.
    center
        Longitude and latitude of the plane's center; the middle of the bounds when None.

    Returns
    -------
    places : float64 array, shape (n, 2)
        Meters; those of a row without a point are left out.
    to_degrees : WayBack
        As that of :func:`~gridgov.geo.projection.to_plane`.
    """
    if coordinates_of(array) is None:
        planar, way_back = to_plane(_shapes(array), center=center)
        return np.asarray(shapely.get_coordinates(planar)), way_back
    return degrees_to_plane(places_of(array), center=center)


def _shapes(array: Any) -> NDArray[np.object_]:
    """Return the shapes of an array."""
    return np.asarray(array, dtype=object)
