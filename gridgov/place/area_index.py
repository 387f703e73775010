"""An index of areas that is built once and asked many times.

:func:`owners` answers what :func:`gridgov.place.owners.owners_plain` answers, bit for
bit, through a raster (see :mod:`gridgov.place.area_raster`). :func:`index_areas` keeps
the raster with the street ids of a jurisdictions table, and remembers it: the same
table is indexed once, for as long as it lives and its outlines are the same objects.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_whole
from gridgov.place.area_raster import AreaRaster, build_raster
from gridgov.place.areas import check_areas, check_crs
from gridgov.place.owners import MATCHES, OWNED_MATCHES, Owners, owners_plain
from gridgov.place.raster_lookup import look_up

__all__ = [
    "MATCHES",
    "OWNED_MATCHES",
    "AreaIndex",
    "Owners",
    "index_areas",
    "owners",
    "owners_plain",
]

Floats = NDArray[np.float64]

# Below this the raster costs more than it saves.
_FEW_POINTS = 200

# The pixels of a raster: coarse ones send more points to the edges in them, fine ones
# take long to make and do not fit the processor's cache. Measured with 1 to 5,000
# areas and up to ten million points.
_FEWEST_PIXELS = 1 << 12
_ENOUGH_PIXELS = 1 << 20
_MOST_PIXELS = 1 << 22
_PIXELS_PER_AREA = 1 << 12
_POINTS_PER_PIXEL = 2

# An index made for fewer points than this part of those to come is made anew.
_OUTGROWN = 8


@dataclass(frozen=True, eq=False, repr=False, slots=True, weakref_slot=True)
class AreaIndex:
    """Jurisdictions made ready for many points; :func:`index_areas` makes one.

    It is immutable, may be shared by threads, and can be pickled and sent to workers.

    Attributes
    ----------
    street_ids
        The ids, in table order.
    polygons
        The outlines, in table order.
    points
        The number of points it was made for: more are answered just as exactly.
    raster
        The raster of answers, None where the plain path is better.
    """

    street_ids: NDArray[np.object_]
    polygons: NDArray[np.object_]
    points: int
    raster: AreaRaster | None

    def __repr__(self) -> str:
        """Return what it holds, in short."""
        return f"AreaIndex({len(self.polygons)} areas, points={self.points})"

    def owners(self, longitude: Floats, latitude: Floats) -> Owners:
        """Return the owner and match of points in EPSG:4326, NaN for a missing one."""
        if self.raster is None or len(longitude) < _FEW_POINTS:
            return owners_plain(self.polygons, longitude, latitude)
        return look_up(self.raster, self.polygons, longitude, latitude)


def owners(polygons: Any, longitude: Floats, latitude: Floats) -> Owners:
    """Return every point's owner and match, bit for bit those of :func:`owners_plain`.

    Parameters
    ----------
    polygons
        Array of shapely Polygons or MultiPolygons; invalid ones take the plain path.
    longitude, latitude
        Arrays of one length, in the polygons' coordinates; NaN for a missing point.

    Returns
    -------
    Owners
        ``owner`` and ``match``, aligned with the points.
    """
    shapes = np.asarray(polygons, dtype=object)
    return _indexed(shapes, shapes, len(longitude)).owners(longitude, latitude)


def index_areas(jurisdictions: Any, *, points: int = 1_000_000) -> AreaIndex:
    """Make jurisdictions ready for many points.

    :func:`gridgov.locate` does this by itself and remembers the answer as long as the
    table lives. Call it to send the index to workers, or to keep it.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326);
        an AreaIndex is returned as it is.
    points
        About how many points will be asked about: more make a finer raster. The answers
        do not depend on it.

    Returns
    -------
    AreaIndex
        What :func:`gridgov.locate` takes in place of the table. It can be pickled.

    Raises
    ------
    ColumnsError
        If the table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If it is not in EPSG:4326.
    EmptyTableError
        If it has no rows.
    GeometryError
        If an outline is no valid polygon.
    OptionError
        If `points` is not a whole number.

    Notes
    -----
    Remembered under the table itself, weakly, and checked against its ids and outlines
    at every call. Outlines cannot change in place, so that a table whose rows were
    changed, sorted or replaced is always indexed anew. An index keeps the outlines as
    they were.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["A", "B"]},
    ...     geometry=[box(116.0, 39.0, 116.5, 40.0), box(116.5, 39.0, 117.0, 40.0)],
    ...     crs="EPSG:4326",
    ... )
    >>> index = index_areas(streets, points=1_000_000)
    >>> index
    AreaIndex(2 areas, points=1000000)
    >>> incidents = gpd.GeoDataFrame(
    ...     {"incident_id": ["1", "2"]}, geometry=[Point(116.2, 39.5), None], crs="EPSG:4326"
    ... )
    >>> import gridgov
    >>> gridgov.locate(incidents, index, resolution=9)["match"].tolist()
    ['inside', 'no_point']
    """
    points = check_whole(points, option="points", least=0, meaning="how many will be asked about")
    if isinstance(jurisdictions, AreaIndex):
        return jurisdictions
    index = _remembered.find(jurisdictions)
    if index is not None and _suits(index, points):
        return index
    street_ids, polygons = check_areas(jurisdictions)
    # The caller may write into the table's own array.
    index = _indexed(street_ids, polygons.copy(), points)
    _remembered.keep(jurisdictions, index)
    return index


def _indexed(
    street_ids: NDArray[np.object_], polygons: NDArray[np.object_], points: int
) -> AreaIndex:
    """Return an index of areas."""
    raster = None
    if points >= _FEW_POINTS:
        raster = build_raster(polygons, _pixels(polygons, points))
    return AreaIndex(street_ids, polygons, points, raster)


def _suits(index: AreaIndex, points: int) -> bool:
    """Return whether an index is fine enough for so many points."""
    if index.points < _FEW_POINTS <= points:
        return False
    return index.points * _OUTGROWN >= min(points, _MOST_PIXELS * _POINTS_PER_PIXEL)


def _pixels(polygons: NDArray[np.object_], points: int) -> int:
    """Return how many pixels pay off for so many points."""
    most = np.clip(_PIXELS_PER_AREA * len(polygons), _ENOUGH_PIXELS, _MOST_PIXELS)
    bounds = shapely.bounds(polygons)
    boxes = np.prod(bounds[:, 2:] - bounds[:, :2], axis=1).sum()
    whole = np.prod(bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0))
    # Areas on top of each other take the room of as many.
    layers = max(1.0, boxes / whole / 2) if whole > 0 else 1.0
    pixels = min(points / _POINTS_PER_PIXEL, most) / layers
    return int(max(pixels, _FEWEST_PIXELS))


class _Memory:
    """The index of every table that lives: by identity, and only while nothing changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[weakref.ref[Any], AreaIndex]] = {}

    def find(self, table: Any) -> AreaIndex | None:
        """Return the index of a table, None if there is none or the table has changed."""
        with self._lock:
            reference, index = self._kept.get(id(table), (None, None))
        if reference is None or index is None or reference() is not table:
            return None
        return index if _unchanged(table, index) else None

    def keep(self, table: Any, index: AreaIndex) -> None:
        """Remember the index of a table for as long as the table lives."""
        key = id(table)

        def forget(dead: weakref.ref[Any]) -> None:
            # Another table may have been born in the same place. No lock here: garbage
            # may be collected at any moment, also while this thread holds it.
            kept = self._kept.get(key)
            if kept is not None and kept[0] is dead:
                self._kept.pop(key, None)

        with self._lock:
            self._kept[key] = (weakref.ref(table, forget), index)


def _unchanged(table: Any, index: AreaIndex) -> bool:
    """Return whether a table has the ids and the very outlines of an index, in order."""
    if "street_id" not in table.columns or table._geometry_column_name not in table.columns:
        return False
    ids = table["street_id"]
    shapes = np.asarray(table.geometry.array, dtype=object)
    if len(shapes) != len(index.polygons) or ids.isna().any():
        return False
    check_crs(table, "jurisdictions", "gridgov.read_jurisdictions")
    same = all(map(lambda a, b: a is b, shapes.tolist(), index.polygons.tolist()))
    return same and ids.astype(str).tolist() == index.street_ids.tolist()


_remembered = _Memory()
