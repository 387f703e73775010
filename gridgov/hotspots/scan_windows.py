"""The windows of a scan: circles about every place, and intervals of time.

A circle holds the places whose centers lie within its radius. As it grows about one
center it takes in the places one after another, so that all circles about that center
are the beginnings of one list. Places at the same distance come in together: which of
two stands first in a table must not decide what a circle is. Distances are straight
lines between points on the WGS-84 ellipsoid; below 100 km they differ from the way
along the ground by less than a meter, and the order of the places is the same.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

__all__ = ["Circles", "Neighbors", "circle_outlines", "earth_points", "time_intervals"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Time = Literal["none", "prospective", "retrospective"]

# WGS-84: half the long axis in meters, and the square of the eccentricity.
_AXIS_M = 6_378_137.0
_ECCENTRICITY_2 = 0.00669437999014
_GEOD = pyproj.Geod(ellps="WGS84")
_VERTICES = 64


class Neighbors(NamedTuple):
    """The places about a center, nearest first, as far as its largest circle reaches.

    Attributes
    ----------
    order
        Places, the center itself first.
    distance_m
        Straight distance from the center, meters, to the millimeter.
    ends
        True where a circle may end: the next place lies farther out.
    """

    order: NDArray[np.intp]
    distance_m: Floats
    ends: NDArray[np.bool_]


class Circles:
    """All circles about every place.

    Parameters
    ----------
    points
        Places on the ellipsoid as :func:`earth_points` makes them, shape (n, 3), meters.
    weights
        Each place's part of the whole, from 0 on: what `space_share` is a share of.
    space_share
        The largest share of the whole weight in a circle.
    radius_m
        The largest radius, meters; no limit when None.
    """

    def __init__(
        self, points: Floats, weights: Floats, *, space_share: float, radius_m: float | None
    ) -> None:
        self._points = points
        self._weights = weights
        # A sum in another order differs in the last digits; a circle at the limit is in.
        self._most = space_share * float(weights.sum()) * (1 + 1e-12)
        self._radius_mm = np.inf if radius_m is None else np.floor(radius_m * 1000 + 0.5)
        # With a radius few places are near, and a tree finds them without measuring to all.
        self._tree = None if radius_m is None else KDTree(points)

    def __len__(self) -> int:
        return len(self._points)

    def about(self, center: int) -> Neighbors:
        """Return the places of the largest circle about a center, and where smaller ones end."""
        near: NDArray[np.intp] = np.arange(len(self._points))
        if self._tree is not None:
            reach = self._radius_mm / 1000 + 0.001
            near = np.sort(np.array(self._tree.query_ball_point(self._points[center], reach)))
        apart = self._points[near] - self._points[center]
        millimeters = np.rint(1000 * np.sqrt(np.einsum("ij,ij->i", apart, apart)))
        inside_radius = millimeters <= self._radius_mm
        near, millimeters = near[inside_radius], millimeters[inside_radius]
        # A stable sort keeps places at one distance in ascending order.
        nearest = np.argsort(millimeters, kind="stable")
        order, distance = near[nearest], millimeters[nearest]
        inside = np.cumsum(self._weights[order]) <= self._most
        ends = inside & np.append(distance[1:] > distance[:-1], True)
        size = int(np.flatnonzero(ends)[-1]) + 1 if ends.any() else 0
        return Neighbors(order[:size], distance[:size] / 1000, ends[:size])

    def gap_m(self, center: int, size: int) -> tuple[float, float]:
        """Return the distances of the last place inside and of the first one outside a circle.

        Without a place outside, both are the distance of the last one inside.
        """
        apart = np.sort(np.linalg.norm(self._points - self._points[center], axis=1))
        return float(apart[size - 1]), float(apart[min(size, len(apart) - 1)])


def earth_points(longitude: ArrayLike, latitude: ArrayLike) -> Floats:
    """Return points of the WGS-84 ellipsoid in space, meters from its middle, shape (n, 3).

    Examples
    --------
    >>> earth_points([0.0, 90.0], [0.0, 0.0]).round().tolist()
    [[6378137.0, 0.0, 0.0], [0.0, 6378137.0, 0.0]]
    """
    lon, lat = np.radians(np.asarray(longitude, float)), np.radians(np.asarray(latitude, float))
    normal = _AXIS_M / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(lat) ** 2)
    return np.column_stack(
        [
            normal * np.cos(lat) * np.cos(lon),
            normal * np.cos(lat) * np.sin(lon),
            normal * (1 - _ECCENTRICITY_2) * np.sin(lat),
        ]
    )


def circle_outlines(longitude: ArrayLike, latitude: ArrayLike, radius_m: ArrayLike) -> Any:
    """Return geodesic circles as polygons of EPSG:4326, an empty one for radius 0."""
    lon, lat, radius = (np.asarray(values, float) for values in (longitude, latitude, radius_m))
    if lon.size == 0:
        return np.empty(0, dtype=object)
    shape = (lon.size, _VERTICES)
    azimuth = np.tile(np.linspace(0, 360, _VERTICES, endpoint=False), lon.size)
    starts = [np.repeat(values, _VERTICES) for values in (lon, lat, radius)]
    x, y, _ = _GEOD.fwd(starts[0], starts[1], azimuth, starts[2])
    # On one side of the antimeridian, or the polygon would go around the earth.
    x = np.asarray(x).reshape(shape)
    x = x - 360 * np.rint((x - lon[:, None]) / 360)
    outlines = shapely.polygons(np.stack([x, np.asarray(y).reshape(shape)], axis=2))
    return np.where(radius > 0, outlines, shapely.from_wkt("POLYGON EMPTY"))


def time_intervals(periods: int, *, time: Time, time_share: float) -> Whole:
    """Return the intervals of time to scan: first period and first one after, shape (m, 2).

    Examples
    --------
    Four periods, half of them at most; prospective intervals end with the last period:

    >>> time_intervals(4, time="prospective", time_share=0.5).tolist()
    [[3, 4], [2, 4]]
    >>> len(time_intervals(4, time="retrospective", time_share=0.5))
    7
    """
    if time == "none":
        return np.array([[0, periods]], dtype=np.int64)
    longest = max(1, int(time_share * periods + 1e-9))
    pairs = [
        (end - length, end)
        for length in range(1, longest + 1)
        for end in ([periods] if time == "prospective" else range(length, periods + 1))
    ]
    return np.array(pairs, dtype=np.int64)
