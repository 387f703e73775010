"""WGS-84, GCJ-02 and BD-09, for arrays, there and back.

GCJ-02 is the shifted datum that maps in mainland China must use (about 100 to 700 m
off WGS-84, 500 m in Beijing); BD-09 is Baidu's second shift on top of it, about 1 km
more. There is no published definition: the formulas are the ones in common use. The
ellipsoid is Krasovsky's, as they have it.

1. The forward model applies where the WGS-84 point lies inside
   :func:`gridgov.geo.mainland.in_mainland`; everywhere else all three datums agree.
2. The way back is a fixed-point iteration against the forward model until a step is
   below 1e-10 degrees (0.01 mm); what then remains is a thousandth of that.
3. The switch at the outline makes two WGS-84 points share one GCJ-02 point in a strip
   as wide as the shift. The way back decides for the one on the mainland. Every point
   on the mainland therefore comes back to itself, as does every point outside that is
   farther from the outline than the shift; in the strip the point that comes back
   still has the same GCJ-02 coordinates.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

from gridgov.errors import DatumError, InputError
from gridgov.geo.mainland import in_mainland

__all__ = ["DATUMS", "find_datum", "to_wgs84", "to_wgs84_coordinates", "transform_coordinates"]

DATUMS = ("wgs84", "gcj02", "bd09")
"""The names of the three datums."""

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
Conversion = Callable[[Floats, Floats], Pair]

# Krasovsky 1940, as the formulas in common use have it: semi-major axis, m, and
# first eccentricity squared.
_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0

_STEP_DEGREES = 1e-10
# The error shrinks about 600-fold a step from GCJ-02 and 50-fold from BD-09.
_MAX_STEPS = 30
# Temporaries of this many rows stay in the processor's cache.
_BLOCK = 16_384


def transform_coordinates(
    longitude: ArrayLike, latitude: ArrayLike, *, source: str, target: str
) -> Pair:
    """Convert coordinates between WGS-84, GCJ-02 and BD-09.

    Parameters
    ----------
    longitude, latitude
        Degrees in the datum `source`, any shape. Missing values (NaN) pass through.
    source, target
        ``"wgs84"``, ``"gcj02"`` or ``"bd09"``.

    Returns
    -------
    longitude, latitude : float64 arrays
        Degrees in the datum `target`, in the shape of the input. Points outside
        mainland China are unchanged.

    Raises
    ------
    DatumError
        If a datum is unknown; the message lists the names.
    InputError
        If a coordinate is no number or the two shapes differ.

    Notes
    -----
    Forward and back agree to well under a millimeter; see the module for the strip
    along the outline of the mainland where two points share one GCJ-02 coordinate.

    Examples
    --------
    Tiananmen is shifted by about 600 m, Hong Kong is not shifted:

    >>> lon, lat = transform_coordinates(
    ...     [116.3975, 114.158], [39.9087, 22.285], source="wgs84", target="gcj02"
    ... )
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([116.4037, 114.158], [39.9101, 22.285])
    """
    start, end = _datum_name(source, "source"), _datum_name(target, "target")
    lon, lat = _read_pair(longitude, latitude)
    shape = lon.shape
    x, y = lon.reshape(-1).copy(), lat.reshape(-1).copy()
    if start != end:
        convert = _ROUTES[start, end]
        for first in range(0, x.size, _BLOCK):
            rows = slice(first, first + _BLOCK)
            x[rows], y[rows] = convert(x[rows], y[rows])
    return x.reshape(shape), y.reshape(shape)


def to_wgs84_coordinates(x: ArrayLike, y: ArrayLike, datum: Any) -> Pair:
    """Convert coordinates from a datum or any coordinate reference system to WGS-84.

    Parameters
    ----------
    x, y
        Longitude and latitude in degrees, or easting and northing, any shape. Missing
        values (NaN) pass through.
    datum
        A name in :data:`DATUMS` or anything that pyproj reads as a CRS.

    Returns
    -------
    longitude, latitude : float64 arrays
        Degrees, WGS-84; infinite where the CRS cannot convert a point.

    Raises
    ------
    DatumError
        If the datum is unknown; the message lists the names.
    InputError
        If a coordinate is no number or the two shapes differ.

    Examples
    --------
    >>> lon, lat = to_wgs84_coordinates([500000.0], [4418000.0], "EPSG:32650")
    >>> lon.round(6).tolist(), lat.round(3).tolist()
    ([117.0], [39.912])
    """
    known = find_datum(datum)
    if isinstance(known, str):
        return transform_coordinates(x, y, source=known, target="wgs84")
    easting, northing = _read_pair(x, y)
    transformer = pyproj.Transformer.from_crs(known, "EPSG:4326", always_xy=True)
    lon, lat = transformer.transform(easting.reshape(-1), northing.reshape(-1))
    # pyproj answers infinity for a missing coordinate as well; missing stays missing.
    missing = np.isnan(easting.reshape(-1)) | np.isnan(northing.reshape(-1))
    return (
        np.where(missing, np.nan, lon).reshape(easting.shape),
        np.where(missing, np.nan, lat).reshape(easting.shape),
    )


def to_wgs84(geometries: Any, datum: Any) -> NDArray[np.object_]:
    """Convert shapely geometries from a datum or any CRS to WGS-84, EPSG:4326.

    Parameters
    ----------
    geometries
        Array-like of shapely geometries; None stays None, heights are left out.
    datum
        A name in :data:`DATUMS` or anything that pyproj reads as a CRS.

    Returns
    -------
    array of shapely geometries
        Longitude and latitude, degrees. The input is not changed.

    Raises
    ------
    DatumError
        If the datum is unknown; the message lists the names.

    Examples
    --------
    >>> import shapely
    >>> point = to_wgs84([shapely.Point(116.4037, 39.9101)], "gcj02")[0]
    >>> round(point.x, 4), round(point.y, 4)
    (116.3975, 39.9087)
    """
    known = find_datum(datum)
    shapes = np.array(geometries, dtype=object, ndmin=1)

    def convert(coordinates: Floats) -> Floats:
        return np.column_stack(
            to_wgs84_coordinates(coordinates[:, 0], coordinates[:, 1], known)
        ).reshape(-1, 2)

    if known == "wgs84":
        return np.asarray(shapely.force_2d(shapes), dtype=object)
    return np.asarray(shapely.transform(shapes, convert), dtype=object)


def find_datum(datum: Any) -> Any:
    """Return the name of one of the three datums, or a pyproj CRS.

    Parameters
    ----------
    datum
        A name in :data:`DATUMS`, in any spelling such as ``"GCJ-02"``, or anything that
        pyproj reads as a CRS.

    Returns
    -------
    str or pyproj.CRS
        ``"wgs84"`` also for EPSG:4326 and CRS84.

    Raises
    ------
    DatumError
        If it is neither; the message lists the names.

    Examples
    --------
    >>> find_datum("GCJ-02"), find_datum("EPSG:4326"), find_datum(32650).to_epsg()
    ('gcj02', 'wgs84', 32650)
    """
    name = _spelled(datum)
    if name in DATUMS:
        return name
    try:
        crs = pyproj.CRS.from_user_input(datum)
    except pyproj.exceptions.CRSError as error:
        raise _unknown(datum, "datum", "or any CRS that pyproj knows, such as EPSG:4547") from error
    if crs.is_geographic and crs.equals("EPSG:4326", ignore_axis_order=True):
        return "wgs84"
    return crs


def _spelled(datum: Any) -> str:
    """Return a name without capitals, hyphens and spaces."""
    return "".join(c for c in datum.lower() if c.isalnum()) if isinstance(datum, str) else ""


def _datum_name(datum: Any, option: str) -> str:
    """Return one of the three names or raise."""
    name = _spelled(datum)
    if name not in DATUMS:
        raise _unknown(datum, option, "")
    return name


def _unknown(datum: Any, option: str, further: str) -> DatumError:
    """Return the error for a datum that does not exist."""
    near = get_close_matches(_spelled(datum), DATUMS, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    names = ", ".join(map(repr, DATUMS))
    return DatumError(
        f"{option} must be one of {names}{' ' if further else ''}{further}. Found: {datum!r}.{hint}"
    )


def _read_pair(longitude: ArrayLike, latitude: ArrayLike) -> Pair:
    """Return both as float64 arrays of one shape."""
    try:
        lon = np.asarray(longitude, dtype=np.float64)
        lat = np.asarray(latitude, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"longitude and latitude must be numbers. Found: {error}. "
            "Convert text first, for example with pandas.to_numeric(..., errors='coerce')."
        ) from error
    if lon.shape != lat.shape:
        raise InputError(
            f"longitude and latitude must have one shape. Found: {lon.shape} and {lat.shape}. "
            "Pass two columns of the same table."
        )
    return lon, lat


def _shift_gcj(lon: Floats, lat: Floats) -> Pair:
    """Return GCJ-02 of WGS-84 points as if all lay on the mainland."""
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), x * y
    # sin(6 pi x) and sin(2 pi x) occur in both shifts.
    ripple = (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x)) * 20.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root + ripple / 1.5
    north += (np.sin(np.pi * y) * 20.0 + np.sin(np.pi / 3.0 * y) * 40.0) / 1.5
    north += (np.sin(np.pi / 12.0 * y) * 160.0 + np.sin(np.pi / 30.0 * y) * 320.0) / 1.5
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root + ripple / 1.5
    east += (np.sin(np.pi * x) * 20.0 + np.sin(np.pi / 3.0 * x) * 40.0) / 1.5
    east += (np.sin(np.pi / 12.0 * x) * 150.0 + np.sin(np.pi / 30.0 * x) * 300.0) / 1.5
    angle = np.radians(lat)
    sine = np.sin(angle)
    magic = 1.0 - _ECCENTRICITY2 * sine * sine
    root_magic = np.sqrt(magic)
    # Degrees of a meter along the meridian and along the parallel.
    per_north = 180.0 / np.pi / (_AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * root_magic))
    per_east = 180.0 / np.pi / (_AXIS_M / root_magic * np.cos(angle))
    return lon + east * per_east, lat + north * per_north


def _shift_bd(lon: Floats, lat: Floats) -> Pair:
    """Return BD-09 of GCJ-02 points as if all lay on the mainland."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _shift_both(lon: Floats, lat: Floats) -> Pair:
    """Return BD-09 of WGS-84 points as if all lay on the mainland."""
    return _shift_bd(*_shift_gcj(lon, lat))


def _solve(forward: Conversion, lon: Floats, lat: Floats) -> Pair:
    """Return the points that `forward` maps to the given ones (rule 2)."""
    x, y = lon, lat
    for _ in range(_MAX_STEPS):
        image_x, image_y = forward(x, y)
        step_x, step_y = lon - image_x, lat - image_y
        x, y = x + step_x, y + step_y
        if max(np.abs(step_x).max(), np.abs(step_y).max()) < _STEP_DEGREES:
            break
    return x, y


def _plausible(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Tell which points may lie on the mainland, a degree of margin around its box."""
    return (lon > 72.0) & (lon < 136.5) & (lat > 17.0) & (lat < 55.0)


def _on_selected(convert: Conversion, chosen: NDArray[np.bool_], lon: Floats, lat: Floats) -> Pair:
    """Apply `convert` to the chosen points and leave the others as they are."""
    if chosen.all() and chosen.size:
        return convert(lon, lat)
    x, y = lon.copy(), lat.copy()
    if chosen.any():
        x[chosen], y[chosen] = convert(lon[chosen], lat[chosen])
    return x, y


def _forward(shift: Conversion) -> Conversion:
    """Return the conversion from WGS-84 with a shift on the mainland (rule 1)."""
    return lambda lon, lat: _on_selected(shift, in_mainland(lon, lat), lon, lat)


def _backward(
    shift: Conversion,
    onward: Conversion | None = None,
) -> Conversion:
    """Return the conversion that undoes `shift` and then applies `onward` (rule 3)."""

    def convert(lon: Floats, lat: Floats) -> Pair:
        near = _plausible(lon, lat)
        x, y = _on_selected(lambda a, b: _solve(shift, a, b), near, lon, lat)
        # Unchanged only where neither reading lies on the mainland.
        shifted = near & (in_mainland(x, y) | in_mainland(lon, lat))
        if onward is not None:
            x, y = _on_selected(onward, shifted, x, y)
        return np.where(shifted, x, lon), np.where(shifted, y, lat)

    return convert


_ROUTES: dict[tuple[str, str], Conversion] = {
    ("wgs84", "gcj02"): _forward(_shift_gcj),
    ("wgs84", "bd09"): _forward(_shift_both),
    ("gcj02", "wgs84"): _backward(_shift_gcj),
    ("bd09", "wgs84"): _backward(_shift_both),
    ("bd09", "gcj02"): _backward(_shift_both, _shift_gcj),
    ("gcj02", "bd09"): _backward(_shift_gcj, _shift_both),
}
