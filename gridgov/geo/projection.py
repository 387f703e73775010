"""A local equal-area plane, so that areas are m² on the ellipsoid and never degrees.

Lambert azimuthal equal-area on WGS-84 about the middle of the data (Snyder 1987,
USGS Professional Paper 1395, section 24): areas are exact on the ellipsoid for
shapes whose edges are dense enough, distances within a city are good to parts in
a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

__all__ = [
    "WayBack",
    "areas_m2",
    "degrees_to_plane",
    "local_equal_area",
    "middle",
    "to_plane",
]

Floats = NDArray[np.float64]

# WGS-84 (NIMA TR8350.2, third edition): semi-major axis and flattening 1/298.257223563.
_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)


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
    at = shapely.get_coordinates(geometries)
    return _middle(at, shapely.total_bounds(geometries)) if at.size else (0.0, 0.0)


def _middle(at: Floats, bounds: Floats) -> tuple[float, float]:
    """Return the middle of the bounds of coordinates, on the short way around the globe."""
    west, south, east, north = bounds
    if east - west > 180:
        longitude = at[:, 0] % 360
        west, east = longitude.min(), longitude.max()
    return float((west + east) / 2), float((south + north) / 2)


@dataclass(frozen=True, slots=True)
class WayBack:
    """From the equal-area plane about a point to degrees; PROJ is set up when it is asked.

    Attributes
    ----------
    longitude, latitude
        The plane's center, degrees.
    """

    longitude: float
    latitude: float

    def transform(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return longitude and latitude of places in the plane, meters.

        Raises
        ------
        pyproj.exceptions.ProjError
            If the two have different lengths.
        """
        plane = local_equal_area(self.longitude, self.latitude)
        back = pyproj.Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
        longitude, latitude = back.transform(x, y)
        return longitude, latitude


def to_plane(
    geometries: Any, *, center: tuple[float, float] | None = None
) -> tuple[NDArray[np.object_], WayBack]:
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
    to_degrees : WayBack
        ``transform(x, y)`` leads from the plane to longitude and latitude.
    """
    shapes = np.asarray(geometries, dtype=object)
    around = _as_named(middle(shapes) if center is None else center)
    planar = shapely.transform(shapes, lambda at: _equal_area(at, around))
    return np.asarray(planar, dtype=object), WayBack(*around)


def degrees_to_plane(
    at: Floats, *, center: tuple[float, float] | None = None
) -> tuple[Floats, WayBack]:
    """Return coordinates in a local equal-area plane: :func:`to_plane` of points without points.

    Parameters
    ----------
    at
        Longitude and latitude, finite, shape (n, 2).
    center
        Longitude and latitude of the plane's center; the middle of the bounds when None.

    Returns
    -------
    planar : float64 array, shape (n, 2), meters
    to_degrees : WayBack
        ``transform(x, y)`` leads from the plane to longitude and latitude.
    """
    if center is None:
        center = (0.0, 0.0)
        if at.size:
            center = _middle(at, np.concatenate([at.min(axis=0), at.max(axis=0)]))
    around = _as_named(center)
    return _equal_area(at, around), WayBack(*around)


def _as_named(center: tuple[float, float]) -> tuple[float, float]:
    """Return a center as the plane's name holds it, with six decimals: the way back goes by it."""
    return float(f"{center[0]:.6f}"), float(f"{center[1]:.6f}")


def areas_m2(geometries: Any, *, center: tuple[float, float] | None = None) -> Any:
    """Return the area of every geometry, m² on the ellipsoid.

    Parameters
    ----------
    geometries
        Array-like of shapely geometries, EPSG:4326. Their edges are taken as straight in
        the plane: add points along long ones.
    center
        Longitude and latitude of the plane's center; the middle of the bounds when None.
    """
    shapes = np.asarray(geometries, dtype=object)
    around = middle(shapes) if center is None else center
    return shapely.area(shapely.transform(shapes, lambda at: _equal_area(at, around)))


def _equal_area(
    coordinates: NDArray[np.float64], center: tuple[float, float]
) -> NDArray[np.float64]:
    """Return coordinates in the plane about a center, meters: Snyder (24-17) to (24-21).

    The same plane as :func:`local_equal_area`. PROJ takes longer to set up for each center
    than most calls take here.
    """
    east = np.radians(coordinates[:, 0] - center[0])
    latitude = np.radians(coordinates[:, 1])
    middle_latitude = np.radians(center[1])
    most = float(_authalic(np.array(1.0)))
    sin_b = _authalic(np.sin(latitude)) / most
    sin_b1 = float(_authalic(np.sin(np.array(middle_latitude))) / most)
    cos_b, cos_b1 = np.sqrt(np.maximum(1 - sin_b**2, 0)), np.sqrt(1 - sin_b1**2)
    across = cos_b * np.cos(east)
    radius = _SEMI_MAJOR_M * np.sqrt(most / 2)
    b = radius * np.sqrt(2 / (1 + sin_b1 * sin_b + cos_b1 * across))
    scale = np.cos(middle_latitude) / np.sqrt(1 - _ECCENTRICITY2 * np.sin(middle_latitude) ** 2)
    d = _SEMI_MAJOR_M * scale / (radius * cos_b1)
    return np.column_stack(
        [b * d * cos_b * np.sin(east), b / d * (cos_b1 * sin_b - sin_b1 * across)]
    )


def _authalic(sine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return q, the area south of a latitude from the equator, from its sine: Snyder (3-12)."""
    e = np.sqrt(_ECCENTRICITY2)
    result: NDArray[np.float64] = (1 - _ECCENTRICITY2) * (
        sine / (1 - _ECCENTRICITY2 * sine**2) + np.arctanh(e * sine) / e
    )
    return result
