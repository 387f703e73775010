"""Reading lines: alleys, roads and river reaches, each with an accountable person.

The model: every row is one line with an id. Rows that cannot be used are set aside with
a reason, never dropped. Nothing is joined, snapped or simplified: two rows of one id are
two claims, and whether they are parts of one alley is for their owner to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, GeometryError
from gridgov.geo.datum import find_datum, to_wgs84
from gridgov.sources.column_names import match_columns
from gridgov.sources.datum_check import extent_notices, outside_degrees
from gridgov.sources.faulty_rows import rows_set_aside, set_aside_notices
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.jurisdiction_names import id_faults
from gridgov.sources.notices import Notice, attach, warn
from gridgov.sources.outlines import Fault, parse_outlines
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text

__all__ = ["read_lines"]

Shapes = NDArray[np.object_]

_LINE_KINDS = (1, 5)
_MULTI, _COLLECTION = 5, 7


def read_lines(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    datum: Any = "wgs84",
    encoding: str | None = None,
    layer: str | int | None = None,
) -> gpd.GeoDataFrame:
    """Read line jurisdictions: alleys, roads, river reaches.

    Parameters
    ----------
    source
        Path of a GeoJSON, GeoPackage, Shapefile, (Geo)Parquet, CSV or Excel file, or a
        (Geo)DataFrame. In tables without geometries a column of WKT is looked for.
    columns
        Our name to theirs for ``line_id``, ``line``, ``geometry``. Common Chinese and
        English names are found without. None for a name says that the source has no such
        column.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"``, or any CRS that pyproj knows. What is said
        here wins over what the file says, because a GeoJSON file says WGS-84 whatever it
        holds; the default follows the file.
    encoding
        Encoding of a text file or Shapefile; detected when None.
    layer
        Layer of a GeoPackage or sheet of a workbook.

    Returns
    -------
    GeoDataFrame
        One row a line, in the order of the source, EPSG:4326:

        - ``line_id`` -- unique id, text
        - ``line`` -- name, may be missing
        - ``length_m`` -- length on the ellipsoid, meters
        - ``geometry`` -- LineString or MultiLineString, two coordinates a vertex
        - then the source's own columns; one that has a name of ours ends in
          ``_source``

        :func:`gridgov.set_aside_rows` returns the rows that could not be used and
        :func:`gridgov.notices` what was noticed. The two tables' rows add up to the rows
        read.

    Raises
    ------
    ReadError, EmptyTableError
        If the file cannot be read or has no rows.
    ColumnsError
        If there are no lines, or `columns` names a column that is not there.
    DatumError
        If the datum is unknown, if coordinates that should be degrees are not, or if
        longitude and latitude are exchanged.
    GeometryError
        If not one row can be used; ``error.problems`` lists every row.

    Warns
    -----
    DataWarning
        Once, with what was noticed, in English sentences.

    Notes
    -----
    Reasons to set a row aside: ``missing_geometry``, ``unreadable_geometry``,
    ``empty_geometry``, ``not_a_line``, ``no_length``, ``out_of_range_coordinate``,
    ``missing_id``, ``duplicate_id``. Without a column of ids they are made from the names
    if these are unique, else they are running numbers. Of a collection the lines are kept.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> source = gpd.GeoDataFrame(
    ...     {"河段编号": ["R1"], "名称": ["永定河引水渠"]},
    ...     geometry=[shapely.LineString([(116.20, 39.90), (116.21, 39.90)])],
    ...     crs="EPSG:4326",
    ... )
    >>> lines = read_lines(source)
    >>> lines["line_id"].item(), lines["line"].item(), lines["length_m"].round(1).item()
    ('R1', '永定河引水渠', 855.2)
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "lines", columns=columns)
    if isinstance(raw.frame, gpd.GeoDataFrame) and "geometry" not in (columns or {}):
        ours["geometry"] = raw.frame.geometry.name
    ids, names, taken, naming = _names(raw, ours)
    shapes, faults = _read_shapes(raw, ours, datum)
    faults = id_faults(ids, faults) | faults
    aside = rows_set_aside(raw, faults)
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if kept.size == 0:
        raise GeometryError(
            f"{raw.name} must have at least one usable line. Found: {len(aside)} rows, none "
            f"usable; the first, row {aside[0]['source_row']}: {aside[0]['detail']} "
            "error.problems lists every row.",
            problems=[
                {name: row[name] for name in ("source_row", "reason", "detail")} for row in aside
            ],
        )
    own, renamed = own_columns(raw.frame, {*taken, ours["geometry"]}, TABLES["lines"].names)
    table = pd.DataFrame(raw.frame[list(own)].rename(columns=own)).iloc[kept].reset_index(drop=True)
    table["line_id"] = ids.iloc[kept].to_numpy(dtype=object)
    table["line"] = names.iloc[kept].to_numpy(dtype=object)
    table["length_m"] = _lengths_m(shapes[kept])
    table["geometry"] = shapes[kept]
    result = gpd.GeoDataFrame(conform(table, "lines"), geometry="geometry", crs=4326)
    said = [
        *set_aside_notices(raw, aside),
        *naming,
        *about_columns(missing=(), renamed={}, remarks=raw.remarks, titles=raw.titles),
        *extent_notices(shapes[kept], name=raw.name),
    ]
    warn(said, subject=raw.name)
    quiet = about_columns(missing=(), renamed=renamed, remarks=())
    return attach(result, notices=[*said, *quiet], set_aside=aside)


def _names(
    raw: RawTable, ours: Mapping[str, str]
) -> tuple[pd.Series, pd.Series, set[str], list[Notice]]:
    """Return ids and names of all rows, the columns they are in, and how ids were found."""
    text = {
        name: as_text(raw.frame[ours[name]]).str.strip().replace("", None).astype("str")
        for name in ("line_id", "line")
        if name in ours
    }
    names = text.get("line", pd.Series([None] * len(raw.frame), dtype="str"))
    taken = {ours[name] for name in text}
    if "line_id" in text:
        return text["line_id"], names, taken, []
    rows = float(len(raw.frame))
    if names.notna().all() and names.is_unique:
        notice = Notice(
            "ids_from_names",
            "line_id",
            f"{raw.name} has no column of ids, so that the names in {ours['line']!r} serve as "
            'line_id. Pass columns={"line_id": "..."} if there is one.',
            f"{raw.name} 没有编号列，以“{ours['line']}”列的名称作为线段编号。",
            value=rows,
            unit="rows",
        )
        return names.copy(), names, taken, [notice]
    notice = Notice(
        "ids_numbered",
        "line_id",
        f"{raw.name} has no column of ids and no unique names, so that line_id is the number "
        'of the row. Pass columns={"line_id": "..."} if there is one.',
        f"{raw.name} 没有编号列，名称也不唯一，以行号作为线段编号。",
        value=rows,
        unit="rows",
    )
    return pd.Series(np.arange(1, len(raw.frame) + 1)).astype("str"), names, taken, [notice]


def _read_shapes(
    raw: RawTable, ours: Mapping[str, str], datum: Any
) -> tuple[Shapes, dict[int, Fault]]:
    """Return the lines of all rows in EPSG:4326, and which rows have none to use."""
    if "geometry" not in ours:
        found = ", ".join(map(str, raw.frame.columns)) or "no columns"
        raise ColumnsError(
            f"{raw.name} must have lines: geometries, or a column of WKT. Found: {found}. "
            'Name the column: columns={"geometry": "..."}.',
            problems=[{"table": "lines", "column": "geometry", "problem": "missing"}],
        )
    shapes, faults = parse_outlines(raw.frame[ours["geometry"]])
    shapes = _linear(shapely.force_2d(shapes))
    faults = _line_faults(shapes) | faults
    good = np.flatnonzero(~np.isin(np.arange(shapes.size), list(faults)))
    if good.size == 0:
        return shapes, faults
    result = shapes.copy()
    for step in _datums(raw.crs, datum):
        degrees = isinstance(step, str) or step.is_geographic
        beyond = outside_degrees(result[good], name=raw.name) if degrees else None
        if beyond is not None and beyond.any():
            faults |= {row: _out_of_range(result[row]) for row in good[beyond].tolist()}
            good = good[~beyond]
        result[good] = to_wgs84(result[good], step)
    finite = np.isfinite(shapely.bounds(result[good])).all(axis=1)
    faults |= {row: _out_of_range(shapes[row]) for row in good[~finite].tolist()}
    good = good[finite]
    short = good[_lengths_m(result[good]) == 0]
    faults |= {
        row: Fault("no_length", "All points of the line are one.", "该线所有点重合，没有长度。")
        for row in short.tolist()
    }
    return result, faults


def _linear(shapes: Shapes) -> Shapes:
    """Return shapes with the collections reduced to their lines, and lines to those of length."""
    result = np.array(shapes, dtype=object)
    several = shapely.get_type_id(result) == _MULTI
    for row in np.flatnonzero(several & ~shapely.is_valid(result)).tolist():
        parts = shapely.get_parts(result[row])
        if (shapely.length(parts) > 0).any():
            result[row] = shapely.multilinestrings(parts[shapely.length(parts) > 0])
    for row in np.flatnonzero(shapely.get_type_id(result) == _COLLECTION).tolist():
        parts = [part for part in result[row].geoms if shapely.get_type_id(part) in _LINE_KINDS]
        if parts:
            result[row] = shapely.union_all(parts)
    return result


def _datums(crs: pyproj.CRS | None, datum: Any) -> list[Any]:
    """Return what to convert from, one after the other."""
    known = find_datum(datum)
    file = "wgs84" if crs is None else find_datum(crs)
    if isinstance(file, str) or known == file:
        return [known]
    if known == "wgs84":
        return [file]
    # Shifted coordinates can have been projected, as those of web maps are.
    return [file, known] if isinstance(known, str) and file.is_projected else [known]


def _line_faults(shapes: Shapes) -> dict[int, Fault]:
    """Return why rows have no usable line: none, an empty one, something else."""
    missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    other = ~missing & ~empty & ~np.isin(shapely.get_type_id(shapes), _LINE_KINDS)
    faults = {
        row: Fault("missing_geometry", "The row has no line.", "该行没有线。")
        for row in np.flatnonzero(missing).tolist()
    }
    faults |= {
        row: Fault(
            "empty_geometry",
            f"The line is an empty {shapes[row].geom_type}.",
            f"该线是空的 {shapes[row].geom_type}。",
        )
        for row in np.flatnonzero(empty & ~missing).tolist()
    }
    faults |= {
        row: Fault(
            "not_a_line",
            f"The row holds a {shapes[row].geom_type}, and a line must be a LineString or "
            "MultiLineString. gridgov.read_jurisdictions reads areas.",
            f"该行是 {shapes[row].geom_type}，而线必须是 LineString 或 MultiLineString。",
        )
        for row in np.flatnonzero(other).tolist()
    }
    return faults


def _out_of_range(shape: Any) -> Fault:
    """Return the fault of a line with coordinates that do not exist."""
    west, south, east, north = shapely.bounds(shape)
    return Fault(
        "out_of_range_coordinate",
        f"The line has coordinates that do not exist in the datum: x from {west:.6g} to "
        f"{east:.6g}, y from {south:.6g} to {north:.6g}.",
        f"线的坐标超出该坐标系的范围：x 从 {west:.6g} 到 {east:.6g}，"
        f"y 从 {south:.6g} 到 {north:.6g}。",
    )


def _lengths_m(shapes: Shapes) -> NDArray[np.float64]:
    """Return the length of lines on the ellipsoid, vertex to vertex, meters."""
    parts, line = shapely.get_parts(shapes, return_index=True)
    at, part = shapely.get_coordinates(parts, return_index=True)
    start = np.flatnonzero(part[:-1] == part[1:])
    x, y = at.T
    _, _, meters = pyproj.Geod(ellps="WGS84").inv(x[start], y[start], x[start + 1], y[start + 1])
    at_line = line[part[start]]
    return np.bincount(at_line, weights=meters, minlength=len(shapes)).astype(np.float64)
