"""Reading campaigns: what was done where, and the times before and after to compare.

A row names the campaign, the four dates, and what was treated: an outline, or a center with a
radius, which becomes a disc; a row with neither is kept when it names its street. A row
is accepted or set aside with a reason; dates are not mended.
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
from gridgov.errors import ColumnsError
from gridgov.geo.datum import to_wgs84
from gridgov.geo.discs import disc
from gridgov.sources import facility_rows as rows_
from gridgov.sources.column_names import match_columns
from gridgov.sources.coordinates import read_points
from gridgov.sources.faulty_rows import nothing_usable
from gridgov.sources.incident_columns import own_columns, source_datum
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.inventory_rows import time_faults
from gridgov.sources.notices import attach, warn
from gridgov.sources.outlines import Fault, parse_outlines
from gridgov.sources.street_lookup import street_column
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text
from gridgov.sources.times import parse_times

__all__ = ["CampaignsRead", "read_campaigns"]

_WINDOWS = ("before_start", "before_end", "after_start", "after_end")
_TIMES = ("started_at", "ended_at", *_WINDOWS)


class CampaignsRead(NamedTuple):
    """What :func:`read_campaigns` returns: accepted campaigns and rows set aside."""

    campaigns: gpd.GeoDataFrame
    set_aside: pd.DataFrame


def read_campaigns(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    datum: Any = None,
    timezone: str = "UTC",
    encoding: str | None = None,
    layer: str | int | None = None,
    jurisdictions: gpd.GeoDataFrame | None = None,
    day_first: bool = False,
) -> CampaignsRead:
    """Read campaigns from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV, Excel, GeoJSON, GeoPackage, Shapefile or (Geo)Parquet file, or a
        DataFrame; see :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``campaign``, ``category``, ``street_id``,
        ``street``, ``started_at``, ``ended_at``, ``before_start``, ``before_end``,
        ``after_start``, ``after_end``, ``longitude``, ``latitude``, ``radius_m``, ``geometry``.
        What is not named is looked for by common Chinese and English names.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows. When None that of
        the geometries of the source, else WGS-84.
    timezone
        Zone of times that name none.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage.
    jurisdictions
        When given, streets become ids: an id itself or a name, also when it is written
        otherwise. Another street stays as read.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    campaigns : GeoDataFrame
        Accepted campaigns in the order of the source, EPSG:4326.

        - ``campaign`` -- its name
        - ``category`` -- what it was against, as read; missing for everything
        - ``street_id`` -- id of the street, or what the row calls it
        - ``started_at``, ``ended_at`` -- the campaign itself; may be missing
        - ``before_start``, ``before_end``, ``after_start``, ``after_end`` -- half-open
        - ``radius_m`` -- of the disc; missing with an outline
        - ``geometry`` -- what was treated; missing when only the street is named
        - then the caller's own columns
    set_aside : DataFrame
        All other rows.

        - ``source_row``, ``reason``, ``detail``, ``detail_zh``
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If the name or one of the four dates has no column, or a named column is not there.
    DatumError
        If the datum is unknown or does not have most of the coordinates.
    InputError
        If not one row can be used; ``error.problems`` lists every row.
    OptionError
        If `timezone`, `encoding` or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with the rows set aside.

    Notes
    -----
    A row has one reason, the first that applies: ``missing_id``, ``missing_time``,
    ``unreadable_time``, ``dates_out_of_order``, ``unreadable_coordinate``,
    ``zero_coordinate``, ``swapped_coordinates``, ``out_of_range_coordinate``,
    ``unreadable_number``, ``no_reach`` (a radius of 0 or less), ``invalid_outline``,
    ``no_area``, ``duplicate_id``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "行动名称": ["家具街整治"], "问题类型": ["占道经营"], "中心经度": [116.1985],
    ...     "中心纬度": [39.912], "半径米": [200], "前期开始": ["2015-05-01"],
    ...     "前期结束": ["2016-05-01"], "后期开始": ["2016-08-01"], "后期结束": ["2017-08-01"]})
    >>> campaigns, set_aside = read_campaigns(table, timezone="Asia/Shanghai")
    >>> campaigns[["campaign", "category", "radius_m"]].values.tolist()
    [['家具街整治', '占道经营', 200.0]]
    >>> campaigns.geometry.geom_type.tolist(), len(set_aside)
    (['Polygon'], 0)
    """
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "geometry"])
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = _our_columns(raw, columns)
    times = {
        name: parse_times(raw.frame[ours[name]], timezone=timezone, day_first=day_first)
        for name in _TIMES
        if name in ours
    }
    names = as_text(raw.frame[ours["campaign"]]).str.strip()
    shapes, radius, faults = _areas(raw, ours, datum)
    faults |= _order_faults({name: times[name].times for name in _WINDOWS})
    for needed in reversed(_WINDOWS):
        faults |= time_faults(raw.frame, ours, times, needed)
    no_area = [row for row, shape in enumerate(shapes) if shape is None and row not in faults]
    if no_area:
        faults |= _area_faults(raw, ours, no_area)
    faults |= rows_.id_faults(names, ours["campaign"], faults)
    aside = conform(rows_.aside_table(raw, faults), "set_aside")
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if not kept.size:
        raise nothing_usable(raw, aside, "campaign")
    frame = pd.DataFrame(raw.frame.iloc[kept]).reset_index(drop=True)
    data: dict[str, Any] = {"campaign": names.iloc[kept].to_numpy(dtype=object)}
    if "category" in ours:
        data["category"] = as_text(frame[ours["category"]]).str.strip().replace("", None)
    street = street_column(frame, ours, jurisdictions)
    if street is not None:
        data["street_id"] = street
    for name, parsed in times.items():
        data[name] = parsed.times.iloc[kept].array
    used = {theirs for name, theirs in ours.items() if name != "street"}
    own, renamed = own_columns(raw.frame, used, TABLES["campaigns"].names)
    data |= {after: frame[before] for before, after in own.items()}
    table = pd.DataFrame(data)
    table["radius_m"] = radius[kept]
    geometry = gpd.GeoSeries([shapes[row] for row in kept.tolist()], crs="EPSG:4326")
    told = [
        *rows_.aside_notices(raw.name, aside, len(raw.frame)),
        *about_columns(missing=(), renamed={}, remarks=raw.remarks, titles=raw.titles),
    ]
    campaigns = attach(
        conform(gpd.GeoDataFrame(table, geometry=geometry), "campaigns"),
        notices=[*told, *about_columns(missing=(), renamed=renamed, remarks=())],
    )
    warn(told, subject=raw.name)
    return CampaignsRead(campaigns, aside)


def _our_columns(raw: RawTable, columns: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """Return which column is which; names and four dates must be there."""
    ours = match_columns(raw.frame.columns, "campaigns", columns=columns)
    said = dict(columns or {})
    if isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None:
        ours["geometry"] = str(said.get("geometry") or raw.frame.active_geometry_name)
    lacking = [name for name in ("campaign", *_WINDOWS) if name not in ours]
    if lacking:
        raise ColumnsError(
            f"{raw.name} must have the column{'s' if len(lacking) > 1 else ''} "
            f"{', '.join(lacking)}. Found: {', '.join(map(str, raw.frame.columns))}. "
            f'Name them: columns={{"{lacking[0]}": "..."}}.',
            problems=[
                {"table": "campaigns", "column": name, "problem": "missing"} for name in lacking
            ],
        )
    return ours


def _areas(
    raw: RawTable, ours: Mapping[str, str], datum: Any
) -> tuple[list[Any], NDArray[np.float64], dict[int, Fault]]:
    """Return the treated area of every row, None where it has none, the radii, and faults."""
    rows = len(raw.frame)
    shapes: list[Any] = [None] * rows
    radius = np.full(rows, np.nan)
    faults: dict[int, Fault] = {}
    if "geometry" in ours:
        parsed, faults = parse_outlines(raw.frame[ours["geometry"]])
        used = source_datum(raw, {"location": ours["geometry"]}, datum, None)
        for row, shape in enumerate(parsed.tolist()):
            if shape is None or row in faults:
                continue
            if shape.geom_type not in ("Polygon", "MultiPolygon") or not shape.is_valid:
                faults[row] = Fault(
                    "invalid_outline",
                    f"The outline in {ours['geometry']} is no valid polygon.",
                    f"“{ours['geometry']}”列的边界不是有效的面。",
                )
                continue
            shapes[row] = to_wgs84([shape], used)[0]
    if {"longitude", "latitude", "radius_m"} <= set(ours):
        points = read_points(
            raw.frame, ours, datum=source_datum(raw, ours, datum, None), bounds=None
        )
        radius, wrong = rows_.read_numbers(raw.frame[ours["radius_m"]])
        open_ = np.array([shape is None for shape in shapes])
        bad = rows_.number_faults(
            "reach_m", ours["radius_m"], raw.frame[ours["radius_m"]], radius, wrong
        )
        placed = {
            row: fault
            for row, fault in rows_.place_faults(points).items()
            if fault.reason != "missing_coordinate"
        }
        faults |= {row: fault for row, fault in (bad | placed).items() if open_[row]}
        whole = open_ & np.isfinite(points.longitude) & (radius > 0)
        for row in np.flatnonzero(whole).tolist():
            shapes[row] = disc(points.longitude[row], points.latitude[row], radius[row])
        radius = np.where(whole, radius, np.nan)
    return shapes, radius, faults


def _order_faults(times: Mapping[str, pd.Series]) -> dict[int, Fault]:
    """Return the fault of every row whose four dates do not follow one another."""
    first, second, third, fourth = (times[name] for name in _WINDOWS)
    wrong = (first >= second) | (second > third) | (third >= fourth)
    return {
        row: Fault(
            "dates_out_of_order",
            "The time before must start, end, and be over when the time after starts and ends. "
            f"Found: {first.iloc[row]:%Y-%m-%d} to {second.iloc[row]:%Y-%m-%d}, then "
            f"{third.iloc[row]:%Y-%m-%d} to {fourth.iloc[row]:%Y-%m-%d}.",
            f"前期须先于后期且起止有序：前期 {first.iloc[row]:%Y-%m-%d} 至 "
            f"{second.iloc[row]:%Y-%m-%d}，后期 {third.iloc[row]:%Y-%m-%d} 至 "
            f"{fourth.iloc[row]:%Y-%m-%d}。",
        )
        for row in np.flatnonzero(wrong.to_numpy()).tolist()
    }


def _area_faults(raw: RawTable, ours: Mapping[str, str], rows: list[int]) -> dict[int, Fault]:
    """Return the fault of rows that name no area and no street either."""
    named = np.zeros(len(raw.frame), dtype=bool)
    for name in ("street_id", "street"):
        if name in ours:
            texts = as_text(raw.frame[ours[name]]).str.strip()
            named |= (texts.notna() & (texts != "")).to_numpy()
    return {
        row: Fault(
            "no_area",
            "The row has no outline, no center with a radius, and no street.",
            "该行没有范围、没有中心与半径，也没有街道。",
        )
        for row in rows
        if not named[row]
    }
