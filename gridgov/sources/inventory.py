"""Reading an inventory: billboards, LED screens and whatever else is found and rectified.

One row an item with the times at which it was found, rectified and found again, or a log
with one row an event. Items without coordinates are kept: they count for their street
and are missing on a map. Everything else is accepted as it is or set aside with a
reason; nothing is mended.
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
from gridgov.geo.point_array import point_array
from gridgov.sources import facility_rows as rows_
from gridgov.sources import inventory_rows as items_
from gridgov.sources.coordinates import Points, read_points
from gridgov.sources.datum_check import compare_datum
from gridgov.sources.faulty_rows import nothing_usable
from gridgov.sources.incident_columns import own_columns, source_datum
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.notices import Notice, attach, plain, warn
from gridgov.sources.outlines import Fault
from gridgov.sources.place_columns import columns_with_place
from gridgov.sources.street_lookup import street_column
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text
from gridgov.sources.times import parse_times

__all__ = ["InventoryRead", "read_inventory"]

_TIMES = ("found_at", "rectified_at", "relapsed_at", "rectified_again_at")


class InventoryRead(NamedTuple):
    """What :func:`read_inventory` returns: accepted items and rows set aside."""

    inventory: gpd.GeoDataFrame
    set_aside: pd.DataFrame


def read_inventory(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    datum: Any = None,
    timezone: str = "UTC",
    encoding: str | None = None,
    layer: str | int | None = None,
    jurisdictions: gpd.GeoDataFrame | None = None,
    day_first: bool = False,
) -> InventoryRead:
    """Read an inventory of things to rectify, from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV, Excel, GeoJSON, GeoPackage, Shapefile or (Geo)Parquet file, or a
        DataFrame; see :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``item_id``, ``kind``, ``street_id``, ``street``,
        ``found_at``, ``rectified_at``, ``relapsed_at``, ``rectified_again_at``, or ``event`` and
        ``event_at`` of a log; ``longitude``, ``latitude``, ``location``. What is not named is
        looked for by common Chinese and English names. None as the name says that the source
        has no such column.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows. When None that of
        the geometries of the source, else WGS-84.
    timezone
        Zone of times that name none, such as ``"Asia/Shanghai"``.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage.
    jurisdictions
        When given, a datum that fits better is noticed, and streets become ids: an id itself
        or a name, also when it is written otherwise. Another street stays as read.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    inventory : GeoDataFrame
        Accepted items in the order of the source, EPSG:4326, rows numbered from 0.

        - ``item_id`` -- as read; ``row-1`` ... when there is no column
        - ``kind`` -- as read, without blanks around; may be missing
        - ``street_id`` -- id of the street, or what the row calls it
        - ``found_at`` -- when it was found
        - ``rectified_at`` -- when it was first rectified; missing while it is not
        - ``relapsed_at`` -- when it was last found again after a rectification
        - ``rectified_again_at`` -- when it was rectified after that
        - ``geometry`` -- Point, WGS-84; missing without coordinates
        - then the caller's own columns; one that has a name of ours ends in ``_source``

        ``attrs["source"]`` says what was read and how, ``gridgov.notices(inventory)`` what
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
        If there is no time found (or event with its time), a named column is not there, or
        longitude and latitude are exchanged in most rows.
    DatumError
        If the datum is unknown or does not have most of the coordinates.
    InputError
        If not one row can be used; ``error.problems`` lists every row.
    OptionError
        If `timezone`, `encoding` or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with what was noticed: rows set aside, items without coordinates, a doubtful
        datum.

    Notes
    -----
    A row has one reason, the first that applies: ``missing_id``, ``missing_time``,
    ``unreadable_time``, ``unknown_event``, ``unreadable_coordinate``, ``zero_coordinate``,
    ``swapped_coordinates``, ``out_of_range_coordinate``, ``rectified_before_found``,
    ``relapsed_before_rectified``, ``rectified_again_before_relapsed``, ``duplicate_id``.

    In a log an item can be found and rectified any number of times: its first finding, its
    first rectification, and its last return with the rectification after it are kept, so
    that what is rectified at the end is exact and the curve over time leaves out returns in
    between. Its place, kind and street are those of the row in which it was first found.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "设施编号": ["GG1", "GG2"], "设施类型": ["户外广告", "户外广告"],
    ...     "街道": ["八角街道", "古城街道"], "发现时间": ["2016-01-04", "2016-01-05"],
    ...     "整改时间": ["2016-03-01", ""], "经度": [116.20, 116.18], "纬度": [39.91, 39.90]})
    >>> inventory, set_aside = read_inventory(table, timezone="Asia/Shanghai")
    >>> inventory[["item_id", "street_id"]].values.tolist()
    [['GG1', '八角街道'], ['GG2', '古城街道']]
    >>> inventory["rectified_at"].notna().tolist(), len(set_aside)
    ([True, False], 0)
    """
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "geometry"])
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = _our_columns(raw, columns)
    log = "event" in ours
    times = {
        name: parse_times(raw.frame[ours[name]], timezone=timezone, day_first=day_first)
        for name in (("event_at",) if log else _TIMES)
        if name in ours
    }
    points, used_datum = _points(raw, ours, datum, jurisdictions)
    if "item_id" in ours:
        ids = as_text(raw.frame[ours["item_id"]]).str.strip()
    else:
        ids = "row-" + pd.Series(np.arange(1, len(raw.frame) + 1)).astype("str")

    # Later reasons first, so that the first that applies is what remains.
    faults: dict[int, Fault] = {}
    if not log:
        faults |= items_.order_faults({name: parsed.times for name, parsed in times.items()})
    if points is not None:
        faults |= items_.point_faults(points)
    events = np.empty(0, dtype=object)
    if log:
        events, unknown = items_.event_faults(raw.frame, ours["event"])
        faults |= unknown
    faults |= items_.time_faults(raw.frame, ours, times, "event_at" if log else "found_at")
    if "item_id" in ours:
        about_ids = rows_.id_faults(ids, ours["item_id"], faults)
        faults |= {
            row: fault
            for row, fault in about_ids.items()
            if not log or fault.reason == "missing_id"
        }
    aside = conform(rows_.aside_table(raw, faults), "set_aside")
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if not kept.size:
        raise nothing_usable(raw, aside, "item")
    if log:
        data, kept = items_.items_of_log(ids, events, times["event_at"].times, kept.tolist())
    else:
        data = pd.DataFrame({"item_id": ids.iloc[kept].to_numpy(dtype=object)})
        for name, parsed in times.items():
            data[name] = parsed.times.iloc[kept].array

    table, renamed = _accepted(raw, ours, data, points, kept, jurisdictions)
    told = [
        *rows_.aside_notices(raw.name, aside, len(raw.frame)),
        *about_columns(missing=(), renamed={}, remarks=raw.remarks, titles=raw.titles),
        *_about_items(table, has_ids="item_id" in ours),
    ]
    if jurisdictions is not None and points is not None:
        compared = compare_datum(points.x, points.y, jurisdictions, datum=used_datum)
        told += compared.notices(raw.name)
    inventory = attach(
        table, notices=[*told, *about_columns(missing=(), renamed=renamed, remarks=())]
    )
    inventory.attrs["source"] = {
        "name": raw.name,
        "rows": len(raw.frame),
        "accepted": len(inventory),
        "set_aside": len(aside),
        "form": "log" if log else "items",
        "encoding": raw.encoding,
        "datum": used_datum if isinstance(used_datum, str) else plain(used_datum),
        "timezone": timezone,
        "columns": dict(ours),
    }
    warn(told, subject=raw.name)
    return InventoryRead(inventory, aside)


def _our_columns(raw: RawTable, columns: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """Return which column is which: of items, or of a log when there is no time found."""
    ours = columns_with_place(raw, "inventory", columns)
    if "found_at" in ours:
        ours.pop("event", None)
        ours.pop("event_at", None)
        return ours
    if not {"event", "event_at", "item_id"} <= set(ours):
        raise ColumnsError(
            f"{raw.name} must say when items were found, or be a log with item_id, event and "
            f"event_at. Found: {', '.join(map(str, raw.frame.columns))}. Name them: "
            'columns={"found_at": "..."}.',
            problems=[{"table": "inventory", "column": "found_at", "problem": "missing"}],
        )
    return {name: theirs for name, theirs in ours.items() if name not in _TIMES}


def _points(
    raw: RawTable, ours: Mapping[str, str], datum: Any, jurisdictions: Any
) -> tuple[Points | None, Any]:
    """Return the places of all rows, and their datum; none without coordinates."""
    used_datum = source_datum(raw, ours, datum, None)
    if not {"location", "longitude"} & set(ours):
        return None, used_datum
    bounds = None
    if jurisdictions is not None:
        west, south, east, north = map(float, jurisdictions.total_bounds)
        bounds = (west, south, east, north)
    return read_points(raw.frame, ours, datum=used_datum, bounds=bounds), used_datum


def _accepted(
    raw: RawTable,
    ours: Mapping[str, str],
    data: pd.DataFrame,
    points: Points | None,
    kept: NDArray[np.int64],
    jurisdictions: Any,
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the items as the table inventory, and which own columns were renamed."""
    frame = pd.DataFrame(raw.frame.iloc[kept]).reset_index(drop=True)
    if "kind" in ours:
        data["kind"] = as_text(frame[ours["kind"]]).str.strip().replace("", None)
    street = street_column(frame, ours, jurisdictions)
    if street is not None:
        data["street_id"] = street
    # The name of the street stays a column of the caller's own.
    used = {theirs for name, theirs in ours.items() if name != "street"}
    own, renamed = own_columns(raw.frame, used, TABLES["inventory"].names)
    for before, after in own.items():
        data[after] = frame[before].to_numpy() if before != after else frame[before]
    x = y = np.full(len(kept), np.nan)
    if points is not None:
        x, y = points.longitude[kept], points.latitude[kept]
    table = gpd.GeoDataFrame(data, geometry=point_array(x, y, copy=False))
    return conform(table, "inventory"), renamed


def _about_items(table: gpd.GeoDataFrame, *, has_ids: bool) -> list[Notice]:
    """Return what the items lack: ids, places."""
    rows, found = len(table), []
    if not has_ids:
        found.append(
            Notice(
                "ids_made",
                "item_id",
                f"There is no column of ids: {rows:,} items are called row-1, row-2 and so on "
                "after their row in the source.",
                f"没有编号列：{rows:,} 个设施按其在源文件中的行号命名为 row-1、row-2 等。",
                float(rows),
                "rows",
            )
        )
    lacking = int(table.geometry.array.isna().sum())
    if lacking:
        found.append(
            Notice(
                "without_point",
                "geometry",
                f"Without coordinates: {lacking:,} of {rows:,} items; they count for their "
                "street and lie in no cell.",
                f"{rows:,} 个设施中有 {lacking:,} 个没有坐标：计入街道，不计入网格。",
                float(lacking),
                "rows",
            )
        )
    return found
