"""Reading facilities and teams: where they are, what kind, how far they reach, with how many.

A facility is anything that serves from a place: a station, a post, a camera, a charging
point, a team of volunteers. A row is accepted or set aside with a reason; a facility
outside the district is kept, because it may reach into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, GeometryError
from gridgov.geo.point_array import point_array
from gridgov.sources import facility_rows as rows_
from gridgov.sources.column_names import match_columns
from gridgov.sources.coordinates import Points, read_points
from gridgov.sources.faulty_rows import nothing_usable
from gridgov.sources.incident_columns import own_columns, source_datum
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.notices import attach, plain, warn
from gridgov.sources.outlines import Fault
from gridgov.sources.street_lookup import street_ids
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text

__all__ = ["FacilitiesRead", "read_facilities"]

_NUMBERS = ("reach_m", "capacity")
_TEXTS = ("kind", "facility", "street_id")


class FacilitiesRead(NamedTuple):
    """What :func:`read_facilities` returns: accepted rows and rows set aside."""

    facilities: gpd.GeoDataFrame
    set_aside: pd.DataFrame


def read_facilities(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    datum: Any = None,
    encoding: str | None = None,
    layer: str | int | None = None,
    jurisdictions: gpd.GeoDataFrame | None = None,
) -> FacilitiesRead:
    """Read facilities or teams from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV, Excel, GeoJSON, GeoPackage, Shapefile or (Geo)Parquet file, or a
        DataFrame; see :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``facility_id``, ``kind``, ``facility`` (its
        name), ``street_id``, ``street``, ``reach_m``, ``capacity``, ``longitude``,
        ``latitude``, ``location``. What is not named is looked for by common Chinese and
        English names. None as the name says that the source has no such column.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows. When None that of
        the geometries of the source, else WGS-84.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage.
    jurisdictions
        When given, a datum that fits better and facilities outside are noticed, and
        facilities that name their street but not its id get the id.

    Returns
    -------
    facilities : GeoDataFrame
        Accepted rows in the order of the source, EPSG:4326, rows numbered from 0.

        - ``facility_id`` -- as read; ``row-1`` ... when there is no column
        - ``kind``, ``facility`` -- as read, without blanks around; may be missing
        - ``street_id`` -- as read, or the id of the street that the row names; for display:
          measures ask in which street the point lies
        - ``reach_m`` -- how far it reaches, meters; may be missing
        - ``capacity`` -- members, posts or places; may be missing
        - ``geometry`` -- Point, WGS-84
        - then the caller's own columns; one that has a name of ours ends in ``_source``

        ``attrs["source"]`` says what was read and how, ``gridgov.notices(facilities)`` what
        was noticed.
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- code
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If there are no coordinates, a named column is not there, or longitude and latitude
        are exchanged in most rows.
    DatumError
        If the datum is unknown or does not have most of the coordinates.
    GeometryError
        If not one row can be used; ``error.problems`` lists every row.
    OptionError
        If `encoding` or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with what was noticed: rows set aside, ids made, a doubtful datum, facilities
        outside.

    Notes
    -----
    A row has one reason, the first that applies: ``missing_id``, ``missing_coordinate``,
    ``unreadable_coordinate``, ``zero_coordinate``, ``swapped_coordinates``,
    ``out_of_range_coordinate``, ``unreadable_number`` (a reach or capacity that is no
    number), ``no_reach`` (a reach of 0 or less), ``negative_capacity``, ``duplicate_id``.
    Nothing is mended: a capacity of -1 is not read as unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "设施编号": ["GT001", "GT002"], "设施类型": ["岗亭", "驿站"],
    ...     "服务半径": ["500", "800"], "容量": ["2", ""],
    ...     "经度": [116.20, 116.21], "纬度": [39.90, 39.91],
    ... })
    >>> facilities, set_aside = read_facilities(table)
    >>> facilities[["facility_id", "kind", "reach_m", "capacity"]].values.tolist()
    [['GT001', '岗亭', 500.0, 2.0], ['GT002', '驿站', 800.0, nan]]
    >>> len(set_aside)
    0
    """
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "geometry"])
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = _our_columns(raw, columns)
    used_datum = source_datum(raw, ours, datum, None)
    bounds = None
    if jurisdictions is not None:
        west, south, east, north = map(float, jurisdictions.total_bounds)
        bounds = (west, south, east, north)
    points = read_points(raw.frame, ours, datum=used_datum, bounds=bounds)
    values = {name: rows_.read_numbers(raw.frame[ours[name]]) for name in _NUMBERS if name in ours}

    # Later reasons first, so that the first that applies is what remains.
    faults: dict[int, Fault] = {}
    for name in reversed(values):
        numbers, wrong = values[name]
        faults |= rows_.number_faults(name, ours[name], raw.frame[ours[name]], numbers, wrong)
    faults |= rows_.place_faults(points)
    if "facility_id" in ours:
        ids = as_text(raw.frame[ours["facility_id"]])
        faults |= rows_.id_faults(ids, ours["facility_id"], faults)
    else:
        ids = "row-" + pd.Series(np.arange(1, len(raw.frame) + 1)).astype("str")
    aside = conform(rows_.aside_table(raw, faults), "set_aside")
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if not kept.size:
        raise nothing_usable(raw, aside, "facility", error=GeometryError)

    table, renamed = _accepted(raw, ours, ids, values, points, kept, jurisdictions)
    told = [
        *rows_.aside_notices(raw.name, aside, len(raw.frame)),
        *about_columns(missing=(), renamed={}, remarks=raw.remarks, titles=raw.titles),
    ]
    if jurisdictions is not None:
        told += rows_.outside_notices(points, kept, jurisdictions, datum=used_datum, name=raw.name)
    lacking = rows_.value_notices(table, has_ids="facility_id" in ours)
    told += [one for one in lacking if one.notice == "ids_made"]
    # What only some measures need is no reason to warn; they say so when they need it.
    quiet = [
        *(one for one in lacking if one.notice != "ids_made"),
        *about_columns(missing=(), renamed=renamed, remarks=()),
    ]
    facilities = attach(table, notices=[*told, *quiet])
    facilities.attrs["source"] = {
        "name": raw.name,
        "rows": len(raw.frame),
        "accepted": len(facilities),
        "set_aside": len(aside),
        "encoding": raw.encoding,
        "datum": used_datum if isinstance(used_datum, str) else plain(used_datum),
        "columns": dict(ours),
    }
    warn(told, subject=raw.name)
    return FacilitiesRead(facilities, aside)


def _our_columns(raw: RawTable, columns: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """Return which column is which, with one way to coordinates."""
    said = dict(columns or {})
    ours = match_columns(raw.frame.columns, "facilities", columns=said)
    pair_said = "longitude" in said or "latitude" in said
    shapes = None
    if isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None:
        shapes = raw.frame.active_geometry_name
    if shapes is not None and not pair_said and "location" not in said:
        ours["location"] = shapes
    by_location = "location" in ours and not pair_said and ("location" in said or shapes)
    pair = "longitude" in ours and "latitude" in ours
    if by_location or not pair:
        ours.pop("longitude", None)
        ours.pop("latitude", None)
    else:
        ours.pop("location", None)
    if not {"location", "longitude"} & set(ours):
        found = ", ".join(map(str, raw.frame.columns))
        raise ColumnsError(
            f"{raw.name} must have coordinates: the columns longitude and latitude, one column "
            f"location, or geometries. Found: {found}. "
            'Name them: columns={"longitude": "...", "latitude": "..."}.',
            problems=[{"table": "facilities", "column": "location", "problem": "missing"}],
        )
    return ours


def _accepted(
    raw: RawTable,
    ours: Mapping[str, str],
    ids: pd.Series,
    values: Mapping[str, tuple[NDArray[np.float64], NDArray[np.bool_]]],
    points: Points,
    kept: NDArray[np.intp],
    jurisdictions: Any,
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the accepted rows as the table facilities, and which own columns were renamed."""
    frame = pd.DataFrame(raw.frame.iloc[kept]).reset_index(drop=True)
    data: dict[str, Any] = {"facility_id": ids.iloc[kept].to_numpy(dtype=object)}
    for name in _TEXTS:
        if name in ours:
            data[name] = as_text(frame[ours[name]]).str.strip().replace("", None)
    for name, (numbers, _) in values.items():
        data[name] = numbers[kept]
    if "street" in ours and jurisdictions is not None:
        named = street_ids(as_text(frame[ours["street"]]).str.strip(), jurisdictions)
        data["street_id"] = data["street_id"].fillna(named) if "street_id" in data else named
    # The name of the street stays a column of the caller's own.
    used = {theirs for name, theirs in ours.items() if name != "street"}
    own, renamed = own_columns(raw.frame, used, TABLES["facilities"].names)
    data |= {after: frame[before] for before, after in own.items()}
    shapes = point_array(points.longitude[kept], points.latitude[kept], copy=False)
    table = gpd.GeoDataFrame(pd.DataFrame(data), geometry=shapes, crs="EPSG:4326")
    return conform(table, "facilities"), renamed
