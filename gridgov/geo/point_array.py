"""A geometry column of points that makes shapely points only when somebody asks for them.

A shapely point takes half a microsecond and 213 bytes, its coordinates 16 bytes. A
:class:`PointArray` holds the coordinates and is a geometry array of geopandas all the
same: choosing, sorting, joining and sending rows move coordinates, and everything else
finds the points, made at the first question. From then on it is an ordinary array: who
holds the points may write into them, so that the coordinates are forgotten.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

__all__ = ["PointArray", "coordinates_of", "point_array"]

Floats = NDArray[np.float64]
Points = NDArray[np.object_]

_BLOCK = 1 << 12

# The points of one array are made once, also when several threads ask. Making them may
# collect garbage, which may ask for others.
_making = threading.RLock()


class _Places:
    """Points, as coordinates until somebody asks for them; views of an array share one."""

    __slots__ = ("coordinates", "points")

    def __init__(self, coordinates: tuple[Floats, Floats] | None, points: Points | None) -> None:
        self.coordinates = coordinates
        self.points = points

    def made(self) -> Points:
        """Return the points, to be written into by whoever wants to."""
        if self.points is None:
            with _making:
                if self.coordinates is not None:
                    self.points = _made(*self.coordinates)
                    self.coordinates = None
        assert self.points is not None
        return self.points


class _Kind(type):
    """Equal to the class of plain arrays: ``equals`` of pandas compares classes first."""

    def __eq__(cls, other: object) -> bool:
        """Return whether `other` is this class or the plain one."""
        return other is cls or other is GeometryArray

    def __hash__(cls) -> int:
        """Return what the plain class returns."""
        return hash(GeometryArray)


class PointArray(GeometryArray, metaclass=_Kind):
    """A geometry array that holds the coordinates of points; :func:`point_array` makes one.

    What is overridden here does without the points. Arrays made of a part hold their own
    coordinates, which nobody can write into; a view of the whole sees what is written
    into the other, as of a plain array.
    """

    _places: _Places

    @classmethod
    def _of(cls, x: Floats, y: Floats, crs: Any) -> PointArray:
        """Return an array of coordinates: both finite or both NaN."""
        return cls._sharing(_Places((_read_only(x), _read_only(y)), None), crs)

    @classmethod
    def _sharing(cls, places: _Places, crs: Any) -> PointArray:
        """Return a view of points."""
        array = cls.__new__(cls)
        GeometryArray.__init__(array, np.empty(0, dtype=object), crs=crs)
        array._places = places
        return array

    @property
    def _data(self) -> Points:
        """The points."""
        return self._places.made()

    @_data.setter
    def _data(self, points: Points) -> None:
        self._places = _Places(None, points)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.size)

    @property
    def size(self) -> int:
        """The number of rows."""
        at = self._places.coordinates
        return int(super().size) if at is None else len(at[0])

    @property
    def nbytes(self) -> int:
        """The bytes of the coordinates, or of the references to points."""
        at = self._places.coordinates
        return int(super().nbytes) if at is None else at[0].nbytes + at[1].nbytes

    def __iter__(self) -> Iterator[Any]:
        """Make the points on the way, a block at a time."""
        for begin in range(0, len(self), _BLOCK):
            yield from self[begin : begin + _BLOCK]._data

    def __getitem__(self, key: Any) -> Any:
        """Return a point, or None, or an array of some rows."""
        at = self._places.coordinates
        if at is None:
            return super().__getitem__(key)
        if isinstance(key, slice) and key == slice(None):
            return self._sharing(self._places, self.crs)
        chosen: Any = key
        if not pd.api.types.is_integer(key):
            chosen = pd.api.indexers.check_array_indexer(self, key)
            array = isinstance(chosen, np.ndarray) and chosen.ndim == 1
            if not (array or isinstance(chosen, slice)):
                return super().__getitem__(key)
        x, y = at[0][chosen], at[1][chosen]
        if isinstance(x, np.ndarray):
            return self._of(x, y, self.crs)
        return None if np.isnan(x) else shapely.points(x, y)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:
        """Return rows by their positions, -1 for a missing one where that is allowed."""
        at = self._places.coordinates
        missing = pd.api.types.is_scalar(fill_value) and pd.isna(fill_value)
        if at is None or (allow_fill and not missing):
            return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)
        indices = np.asarray(indices)
        x, y = (
            pd.api.extensions.take(numbers, indices, allow_fill=allow_fill, fill_value=np.nan)
            for numbers in at
        )
        return self._of(x, y, self.crs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Return an array of its own, of the same coordinates: nobody can write into those."""
        at = self._places.coordinates
        return super().copy(*args, **kwargs) if at is None else self._of(*at, self.crs)

    def __copy__(self) -> Any:
        """Return :meth:`copy`."""
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        """Return :meth:`copy`: points cannot change."""
        return self.copy()

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Any]) -> Any:
        """Return the rows of several arrays, as coordinates where all of them are."""
        arrays = list(to_concat)
        found = [coordinates_of(array) for array in arrays]
        at = [one for one in found if one is not None]
        if not at or len(at) < len(arrays):
            return GeometryArray._concat_same_type(arrays)
        x, y = (np.concatenate(numbers) for numbers in zip(*at, strict=True))
        return cls._of(x, y, _common_crs(arrays))

    def isna(self) -> NDArray[np.bool_]:
        """Return which rows have no point."""
        at = self._places.coordinates
        missing: NDArray[np.bool_] = super().isna() if at is None else np.isnan(at[0])
        return missing

    @property
    def x(self) -> Floats:
        """The first coordinate, NaN without a point."""
        at = self._places.coordinates
        numbers: Floats = super().x if at is None else at[0].copy()
        return numbers

    @property
    def y(self) -> Floats:
        """The second coordinate, NaN without a point."""
        at = self._places.coordinates
        numbers: Floats = super().y if at is None else at[1].copy()
        return numbers

    @property
    def bounds(self) -> Floats:
        """Every row's box, NaN without a point; ``total_bounds`` asks for it."""
        at = self._places.coordinates
        boxes: Floats = super().bounds if at is None else np.column_stack([*at, *at])
        return boxes

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """Which points have no coordinates: none, while coordinates are what there is."""
        at = self._places.coordinates
        empty: NDArray[np.bool_] = super().is_empty if at is None else np.zeros(len(self), bool)
        return empty

    @property
    def geom_type(self) -> NDArray[np.object_]:
        """The kind of every shape, None without one."""
        if self._places.coordinates is None:
            kinds: NDArray[np.object_] = super().geom_type
            return kinds
        return np.array(["Point", None], dtype=object)[self.isna().view(np.int8)]

    def equals(self, other: object) -> bool:
        """Return whether another array has the same points in the same rows."""
        mine, theirs = self._places.coordinates, coordinates_of(other)
        if mine is None or theirs is None:
            return bool(super().equals(other))
        if len(mine[0]) != len(theirs[0]):
            return False
        same = (mine[0] == theirs[0]) & (mine[1] == theirs[1])
        return bool((same | (np.isnan(mine[0]) & np.isnan(theirs[0]))).all())

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Send the coordinates, or what a plain array would send."""
        at = self._places.coordinates
        if at is None:
            # The protocols from 2 on refuse to send an object as one of another class.
            return GeometryArray(self._data, crs=self.crs).__reduce_ex__(1)
        # Reading a CRS takes as long as thousands of points.
        known = self.crs is not None and self.crs is _crs("EPSG:4326")
        return _sent, (*at, "EPSG:4326" if known else self.crs)


# Its name in a text or a refusal is that of plain arrays.
PointArray.__name__ = GeometryArray.__name__


def point_array(
    longitude: ArrayLike, latitude: ArrayLike, crs: Any = "EPSG:4326", *, copy: bool = True
) -> GeometryArray:
    """Return a geometry array of points, which are made when somebody asks for them.

    Parameters
    ----------
    longitude, latitude
        Coordinates, one a row; a row is missing where one of them is not finite.
    crs
        What pyproj knows as a CRS, or None.
    copy
        False where nobody else has the arrays, or will write into them.

    Returns
    -------
    PointArray
        A plain GeometryArray where this one does not suit the version of geopandas.

    Examples
    --------
    >>> points = point_array([116.2, float("nan")], [39.5, 39.6])
    >>> coordinates_of(points)[0]
    array([116.2,   nan])
    >>> points
    <GeometryArray>
    [<POINT (116.2 39.5)>, None]
    Length: 2, dtype: geometry
    """
    x = np.array(longitude, dtype=np.float64, copy=copy or None)
    y = np.array(latitude, dtype=np.float64, copy=copy or None)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"one longitude and latitude a row, found {x.shape} and {y.shape}")
    missing = ~(np.isfinite(x) & np.isfinite(y))
    if missing.any():
        x, y = np.where(missing, np.nan, x), np.where(missing, np.nan, y)
    crs = _crs(crs) if isinstance(crs, str) else crs
    if not _suits_geopandas():
        return GeometryArray(_made(x, y), crs=crs)
    return PointArray._of(x, y, crs)


def coordinates_of(array: Any) -> tuple[Floats, Floats] | None:
    """Return the coordinates that an array holds in place of points.

    Parameters
    ----------
    array
        The ``array`` of a column of geometries.

    Returns
    -------
    tuple of float64 arrays, or None
        x and y, NaN without a point, which cannot be written into; None where the array
        has shapely's points, or other shapes.
    """
    return array._places.coordinates if isinstance(array, PointArray) else None


def _made(x: Floats, y: Floats) -> Points:
    """Return shapely's points, None where coordinates are missing."""
    there = ~np.isnan(x)
    if there.all():
        return np.asarray(shapely.points(x, y), dtype=object)
    points = np.full(len(x), None, dtype=object)
    points[there] = shapely.points(x[there], y[there])
    return points


def _read_only(numbers: Floats) -> Floats:
    """Return a view that cannot be written into."""
    view = numbers.view()
    view.flags.writeable = False
    return view


@lru_cache(maxsize=32)
def _crs(name: str) -> Any:
    """Return a CRS, which pyproj takes long to make."""
    return CRS.from_user_input(name)


def _common_crs(arrays: Sequence[Any]) -> Any:
    """Return the CRS of arrays put together; geopandas warns or refuses where they differ."""
    first = arrays[0].crs
    if first is not None and all(array.crs is first for array in arrays):
        return first
    # Which arrays count is a matter of whether they hold anything.
    some = [array[np.flatnonzero(~array.isna())[:1]] for array in arrays]
    some = [
        one if len(one) or not len(array) else array[:1]
        for one, array in zip(some, arrays, strict=True)
    ]
    return GeometryArray._concat_same_type(some).crs


def _sent(x: Floats, y: Floats, crs: Any) -> GeometryArray:
    """Return the array that another process sent."""
    return point_array(x, y, crs, copy=False)


@cache
def _suits_geopandas() -> bool:
    """Return whether arrays of coordinates work in this geopandas, by trying on three rows."""
    x, y = np.array([1.5, np.nan, -0.25]), np.array([2.5, np.nan, 4.0])
    plain = gpd.GeoDataFrame({"row": [0, 1, 2]}, geometry=GeometryArray(_made(x, y)))
    try:
        array = PointArray._of(x, y, None)
        frame = gpd.GeoDataFrame({"row": [0, 1, 2]}, geometry=array)
        kept = [
            frame.copy(),
            frame.iloc[[2, 1, 0]].sort_index(),
            frame[frame["row"] >= 0],
            pd.concat([frame[:1], frame[1:]]),
        ]
        if any(coordinates_of(one.geometry.array) is None for one in kept):
            return False
        changed = frame.copy()
        changed.loc[1, "geometry"] = shapely.Point(3, 3)
        same = all(one.equals(plain) and plain.equals(one) for one in [*kept, frame])
        return bool(
            same
            and frame.geometry.x[2] == -0.25
            and frame.to_wkb().equals(plain.to_wkb())
            and changed.geometry.iloc[1] == shapely.Point(3, 3)
            and frame.geometry.iloc[1] is None
        )
    # Whatever it is, plain points work.
    except Exception:
        return False
