"""Coordinates of a batch of rows: two columns of numbers, or points.

No row becomes a geometry: points in WKB are taken by their bytes, and only what is
written in another way, or is missing in places, goes through shapely.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, GeometryError
from gridgov.geo.datum import find_datum, to_wgs84_coordinates
from gridgov.scale.batches import missing_in
from gridgov.scale.files import SourceFile, check_columns, plain_type

__all__ = ["Places", "find_places"]

Floats = NDArray[np.float64]

# A point in WKB: byte order, kind (1), x, y.
_POINT_BYTES = 21


@dataclass(frozen=True, slots=True)
class Places:
    """Where the coordinates stand.

    Attributes
    ----------
    names
        Names in the files: of longitude and latitude, or of the one column of points.
    datum
        What :func:`gridgov.geo.datum.find_datum` returns.
    """

    names: tuple[str, ...]
    datum: Any

    def read(self, batch: Any, *, file: str) -> tuple[Floats, Floats]:
        """Return longitude and latitude in EPSG:4326, both NaN where there is no point."""
        if len(self.names) == 2:
            x, y = (_numbers(batch.column(name)) for name in self.names)
        else:
            x, y = _points(batch.column(self.names[0]), file=file)
        finite = np.isfinite(x)
        finite &= np.isfinite(y)
        if not finite.all():
            x, y = np.where(finite, x, np.nan), np.where(finite, y, np.nan)
        if isinstance(self.datum, str) and self.datum == "wgs84":
            return x, y
        longitude, latitude = to_wgs84_coordinates(x, y, self.datum)
        finite = np.isfinite(longitude) & np.isfinite(latitude)
        return np.where(finite, longitude, np.nan), np.where(finite, latitude, np.nan)


def find_places(
    files: Sequence[SourceFile], columns: Mapping[str, str], *, datum: Any = None
) -> Places:
    """Return where the files hold their coordinates.

    Parameters
    ----------
    files
        The files.
    columns
        Our name to theirs, as far as they differ.
    datum
        Datum or CRS; None for what GeoParquet says, WGS-84 where nothing is said.

    Raises
    ------
    ColumnsError
        If there are no coordinates, or they are no numbers.
    ReadError
        If the files are of different makes.
    DatumError
        If the datum is unknown.
    """
    schema = files[0].schema
    by_number = "longitude" in columns or "latitude" in columns
    if not by_number and "geometry" not in columns:
        by_number = "geometry" not in schema.names or {"longitude", "latitude"} <= {*schema.names}
    if by_number:
        wanted = {name: columns.get(name, name) for name in ("longitude", "latitude")}
        check_columns(files, wanted, what="incidents")
        for name in wanted.values():
            kind = plain_type(schema.field(name).type)
            if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
                raise ColumnsError(
                    f"Longitude and latitude must be numbers. Found: {name} is {kind} in "
                    f"{files[0].path}. gridgov.read_incidents(...) reads text; write its table "
                    "to Parquet.",
                    problems=[{"file": str(files[0].path), "column": name, "problem": str(kind)}],
                )
        return Places(tuple(wanted.values()), find_datum("wgs84" if datum is None else datum))
    name = columns.get("geometry", "geometry")
    check_columns(files, {"geometry": name}, what="incidents")
    kind = plain_type(schema.field(name).type)
    struct = pa.types.is_struct(kind) and {"x", "y"} <= {field.name for field in kind}
    if not struct and kind != pa.binary():
        raise ColumnsError(
            f"The column {name} must hold points as WKB or as x and y (GeoParquet). Found: {kind} "
            f"in {files[0].path}. Write the table with GeoDataFrame.to_parquet, or name columns "
            'of numbers: columns={"longitude": "...", "latitude": "..."}.'
        )
    return Places((name,), find_datum(_stated_crs(schema, name) if datum is None else datum))


def _numbers(column: Any) -> Floats:
    """Return a column as numbers, NaN where it says nothing."""
    numbers = column.cast(pa.float64(), safe=False)
    if numbers.null_count:
        numbers = numbers.fill_null(np.nan)
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _points(column: Any, *, file: str) -> tuple[Floats, Floats]:
    """Return x and y of a column of points, NaN where there is none."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_struct(column.type):
        absent = missing_in(column)
        x, y = (_numbers(column.field(name)) for name in ("x", "y"))
        return (x, y) if absent is None else (np.where(absent, np.nan, x), y)
    column = column.cast(pa.large_binary())
    ends = np.frombuffer(column.buffers()[1], dtype=np.int64)
    ends = ends[column.offset : column.offset + len(column) + 1]
    data = column.buffers()[2]
    even = len(column) > 0 and data is not None and bool((np.diff(ends) == _POINT_BYTES).all())
    if even:
        record = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
        read = np.frombuffer(data, dtype=record, count=len(column), offset=int(ends[0]))
        if (read["order"] == 1).all() and (read["kind"] == 1).all():
            return np.ascontiguousarray(read["x"]), np.ascontiguousarray(read["y"])
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    kind = shapely.get_type_id(shapes)
    wrong = np.flatnonzero(kind > 0)
    if wrong.size:
        raise GeometryError(
            f"Every incident must be a Point or have none. Found: {wrong.size:,} other geometries "
            f"in one batch of {file}, the first a {shapes[wrong[0]].geom_type}. Take "
            "representative_point() of areas and lines first."
        )
    shapes[shapely.is_empty(shapes)] = None
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _stated_crs(schema: Any, name: str) -> Any:
    """Return the CRS that GeoParquet states for a column, WGS-84 where it states none."""
    told = (schema.metadata or {}).get(b"geo")
    if told is None:
        return "wgs84"
    try:
        crs = json.loads(told)["columns"][name].get("crs")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "wgs84"
    return "wgs84" if crs is None else crs
