"""Reading jurisdictions: streets with one accountable office, as a checked table.

The model: every row is one jurisdiction, a polygon with an id. Rows that cannot be used
are set aside with a reason, never dropped; outlines that can be mended are mended and
both areas told; overlaps and gaps between streets are named and left as they are, for
who owns contested ground is not for a reader to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, GeometryError
from gridgov.geo.datum import find_datum, to_wgs84
from gridgov.geo.projection import areas_m2
from gridgov.sources.column_names import match_columns
from gridgov.sources.datum_check import extent_notices, outside_degrees
from gridgov.sources.faulty_rows import rows_set_aside, set_aside_notices
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.jurisdiction_names import id_faults, labels, read_names
from gridgov.sources.neighbor_notices import neighbor_notices
from gridgov.sources.notices import Notice, attach, warn
from gridgov.sources.outlines import Fault, mend_outlines, outline_faults, parse_outlines
from gridgov.sources.tables import RawTable, read_table

__all__ = ["read_jurisdictions"]


def read_jurisdictions(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    datum: Any = "wgs84",
    encoding: str | None = None,
    layer: str | int | None = None,
) -> gpd.GeoDataFrame:
    """Read the jurisdictions (streets, community areas) of a city.

    Parameters
    ----------
    source
        Path of a GeoJSON, GeoPackage, Shapefile, (Geo)Parquet, CSV or Excel file, or a
        (Geo)DataFrame. In tables without geometries a column of WKT is looked for.
    columns
        Our name to theirs for ``street_id``, ``street``, ``district``, ``geometry``.
        Common Chinese and English names are found without. None for a name says that
        the source has no such column.
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
        One row a jurisdiction, in the order of the source, EPSG:4326:

        - ``street_id`` -- unique id, text
        - ``street``, ``district`` -- names, may be missing
        - ``area_km2`` -- area on the ellipsoid, km²
        - ``geometry`` -- valid Polygon or MultiPolygon
        - then the source's own columns; one that has a name of ours ends in
          ``_source``

        :func:`gridgov.set_aside_rows` returns the rows that could not be used and
        :func:`gridgov.notices` what was mended and noticed. The two tables' rows add up
        to the rows read.

    Raises
    ------
    ReadError, EmptyTableError
        If the file cannot be read or has no rows.
    ColumnsError
        If there are no outlines, or `columns` names a column that is not there.
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
    ``empty_geometry``, ``not_a_polygon``, ``out_of_range_coordinate``, ``no_area``,
    ``missing_id``, ``duplicate_id``. Without a column of ids they are made from the
    names if these are unique, else they are running numbers. Outlines are mended with
    ``shapely.make_valid`` (structure method). Overlaps and enclosed gaps of more than
    1 m² are noticed, and slivers between streets that open to the outside if they are
    narrower than 10 m.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> source = gpd.GeoDataFrame(
    ...     {"code": ["110107011"], "name": ["鲁谷"]},
    ...     geometry=[shapely.box(116.2, 39.89, 116.25, 39.91)],
    ...     crs="EPSG:4326",
    ... )
    >>> streets = read_jurisdictions(source)
    >>> streets["street_id"].item(), streets["street"].item(), streets["area_km2"].round(1).item()
    ('110107011', '鲁谷', 9.5)
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "jurisdictions", columns=columns)
    if isinstance(raw.frame, gpd.GeoDataFrame) and "geometry" not in (columns or {}):
        ours["geometry"] = raw.frame.geometry.name
    names = read_names(raw, ours, said=columns or {})
    shapes, faults, notices = _read_outlines(raw, ours, datum)
    faults = id_faults(names.ids, faults) | faults
    aside = rows_set_aside(raw, faults)
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if kept.size == 0:
        raise _nothing_usable(raw, aside)
    calls = labels(names, kept)
    mended, mending, lost = mend_outlines(shapes[kept], calls)
    if lost:
        faults |= {int(kept[position]): fault for position, fault in lost.items()}
        aside = rows_set_aside(raw, faults)
        good = ~np.isin(np.arange(kept.size), list(lost))
        kept, mended = kept[good], mended[good]
        calls = [call for call, stays in zip(calls, good, strict=True) if stays]
        if kept.size == 0:
            raise _nothing_usable(raw, aside)
    own, renamed = own_columns(
        raw.frame, {*names.taken, ours["geometry"]}, TABLES["jurisdictions"].names
    )
    table = pd.DataFrame(raw.frame[list(own)].rename(columns=own)).iloc[kept].reset_index(drop=True)
    table["street_id"] = names.ids.iloc[kept].to_numpy(dtype=object)
    table["street"] = names.street.iloc[kept].to_numpy(dtype=object)
    table["district"] = names.district.iloc[kept].to_numpy(dtype=object)
    table["area_km2"] = areas_m2(mended) / 1e6
    table["geometry"] = mended
    result = gpd.GeoDataFrame(conform(table, "jurisdictions"), geometry="geometry", crs=4326)
    summary, details = neighbor_notices(mended, calls)
    said = [
        *set_aside_notices(raw, aside),
        *names.notices,
        *about_columns(missing=(), renamed={}, remarks=raw.remarks, titles=raw.titles),
        *notices,
        *extent_notices(mended, name=raw.name),
        *summary,
        *mending,
    ]
    warn(said, subject=raw.name)
    quiet = [*about_columns(missing=(), renamed=renamed, remarks=()), *details]
    return attach(result, notices=[*said, *quiet], set_aside=aside)


def _read_outlines(
    raw: RawTable, ours: Mapping[str, str], datum: Any
) -> tuple[NDArray[np.object_], dict[int, Fault], list[Notice]]:
    """Return the outlines of all rows in EPSG:4326, and which rows have none to use."""
    if "geometry" not in ours:
        found = ", ".join(map(str, raw.frame.columns)) or "no columns"
        raise ColumnsError(
            f"{raw.name} must have outlines: geometries, or a column of WKT. Found: {found}. "
            'Name the column: columns={"geometry": "..."}.',
            problems=[{"table": "jurisdictions", "column": "geometry", "problem": "missing"}],
        )
    shapes, faults = parse_outlines(raw.frame[ours["geometry"]])
    faults = outline_faults(shapes) | faults
    good = np.flatnonzero(~np.isin(np.arange(shapes.size), list(faults)))
    if good.size == 0:
        return shapes, faults, []
    steps, notices = _datums(raw, datum)
    result = shapes.copy()
    for step in steps:
        degrees = isinstance(step, str) or step.is_geographic
        beyond = outside_degrees(result[good], name=raw.name) if degrees else None
        if beyond is not None and beyond.any():
            faults |= {row: _out_of_range(result[row]) for row in good[beyond].tolist()}
            good = good[~beyond]
        result[good] = to_wgs84(result[good], step)
    finite = np.isfinite(shapely.bounds(result[good])).all(axis=1)
    faults |= {row: _out_of_range(shapes[row]) for row in good[~finite].tolist()}
    return result, faults, notices


def _datums(raw: RawTable, datum: Any) -> tuple[list[Any], list[Notice]]:
    """Return what to convert from, one after the other, and what there is to say about it."""
    known = find_datum(datum)
    file = "wgs84" if raw.crs is None else find_datum(raw.crs)
    if isinstance(file, str) or known == file:
        return [known], []
    if known == "wgs84":
        return [file], []
    if isinstance(known, str):
        # Shifted coordinates can have been projected, as those of web maps are.
        return [file, known] if file.is_projected else [known], []
    notice = Notice(
        "crs_overruled",
        raw.name,
        f"{raw.name} says that it is in {file.name} and was read in {known.name}, as datum= said.",
        f"{raw.name} 声明的坐标系是 {file.name}，按 datum= 的要求以 {known.name} 读取。",
    )
    return [known], [notice]


def _out_of_range(shape: Any) -> Fault:
    """Return the fault of an outline with coordinates that do not exist."""
    west, south, east, north = shapely.bounds(shape)
    return Fault(
        "out_of_range_coordinate",
        f"The outline has coordinates that do not exist in the datum: x from {west:.6g} to "
        f"{east:.6g}, y from {south:.6g} to {north:.6g}.",
        f"边界坐标超出该坐标系的范围：x 从 {west:.6g} 到 {east:.6g}，"
        f"y 从 {south:.6g} 到 {north:.6g}。",
    )


def _nothing_usable(raw: RawTable, aside: list[dict[str, Any]]) -> GeometryError:
    """Return the error for a source without a single usable row."""
    problems = [{name: row[name] for name in ("source_row", "reason", "detail")} for row in aside]
    return GeometryError(
        f"{raw.name} must have at least one usable jurisdiction. Found: {len(aside)} rows, none "
        f"usable; the first, row {aside[0]['source_row']}: {aside[0]['detail']} "
        "error.problems lists every row.",
        problems=problems,
    )
