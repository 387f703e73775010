"""A local equal-area plane, so that areas are m² on the ellipsoid and never degrees.

Lambert azimuthal equal-area on WGS-84 about the middle of the data (Snyder 1987,
USGS Professional Paper 1395, section 24): areas are exact on the ellipsoid for
shapes whose edges are dense enough, distances within a city are good to parts in
a million.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

__all__ = ["areas_m2", "local_equal_area", "middle", "to_plane"]


def local_equal_area(longitude: float, latitude: float) -> pyproj.CRS:
    """Return the Lambert azimuthal equal-area CRS about a point, in meters."""
    return pyproj.CRS.from_proj4(
        f"+proj=laea +lat_0={latitude:.6f} +lon_0={longitude:.6f} +datum=WGS84 +units=m +no_defs"
    )


def middle(geometries: Any) -> tuple[float, float]:
    """Return the longitude and latitude of the middle of the bounds of geometries.

    Data on both sides of the antimeridian have their middle there and not at longitude 0;
    (0, 0) stands for no data.
    """
    west, south, east, north = shapely.total_bounds(geometries)
    if np.isnan(west):
        return 0.0, 0.0
    if east - west > 180:
        longitude = shapely.get_coordinates(geometries)[:, 0] % 360
        west, east = longitude.min(), longitude.max()
    return float((west + east) / 2), float((south + north) / 2)


def to_plane(
    geometries: Any, *, center: tuple[float, float] | None = None
) -> tuple[NDArray[np.object_], pyproj.Transformer]:
    """Return geometries in a local equal-area plane, and the way back.

    Parameters
    ----------
    geometries
        Array-like of shapely geometries, EPSG:4326.
    center
        Longitude and latitude of the plane's center; the middle of the bounds when None.

    Returns
    -------
    planar : array of shapely geometries, meters
    to_degrees : pyproj.Transformer
        From the plane to longitude and latitude.
    """
    shapes = np.asarray(geometries, dtype=object)
    plane = local_equal_area(*(middle(shapes) if center is None else center))
    planar = _projected(shapes, plane)
    return planar, pyproj.Transformer.from_crs(plane, "EPSG:4326", always_xy=True)


def areas_m2(geometries: Any, *, center: tuple[float, float] | None = None) -> Any:
    """Return the area of every geometry, m² on the ellipsoid."""
    shapes = np.asarray(geometries, dtype=object)
    plane = local_equal_area(*(middle(shapes) if center is None else center))
    return shapely.area(_projected(shapes, plane))


def _projected(shapes: NDArray[np.object_], plane: pyproj.CRS) -> NDArray[np.object_]:
    """Return geometries of EPSG:4326 in a plane."""
    forward = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)

    def project(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(forward.transform(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(shapes, project), dtype=object)
