"""The tables of the brief as they go into files: which, with which columns, in what form.

Files hold what a spreadsheet can hold: a cell is its 15-digit hexadecimal text, and an
outline or point becomes the longitude and latitude of a point in it. Tables that only
the brief makes (where every row went, streets, strongest hotspots) are described here
in the same way as those of :mod:`gridgov.columns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgov.columns import SPOTS, TABLES, Column, Language, Table
from gridgov.geo.hexgrid import cell_centers, cells_to_text
from gridgov.sources.reasons import sentence
from gridgov.sources.text_values import as_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FILE_TABLES",
    "SAFE_COLUMNS",
    "file_form",
    "file_table",
    "hotspot_form",
    "safe_set_aside",
    "street_table",
    "top_table",
]

_LONGITUDE = Column(
    "longitude", "float64", "Longitude", "经度", "longitude of a point in it, EPSG:4326", True
)
_LATITUDE = Column(
    "latitude", "float64", "Latitude", "纬度", "latitude of a point in it, EPSG:4326", True
)

# What may leave the folder of a row that could not be used. Everything else that the row
# held stays there: it can name people.
SAFE_COLUMNS = ("incident_id", "category", "reported_at", "longitude", "latitude")

_TOP_A_STREET = 3

_HOT = SPOTS[4:]
_COLD = SPOTS[:3]


def file_table(name: str) -> Table:
    """Return a table of :mod:`gridgov.columns` as files hold it."""
    table = TABLES[name]
    columns = tuple(column for column in table.columns if column.dtype != "geometry")
    placed = len(columns) < len(table.columns) or "cell" in table.names
    extra = (_LONGITUDE, _LATITUDE) if placed else ()
    return Table(name, table.key, columns + extra, table.made_by)


_SET_ASIDE = Table(
    "set_aside",
    ("source_row",),
    (
        *TABLES["set_aside"].columns,
        Column("incident_id", "str", "Incident", "事件编号", "id as read", True),
        Column("category", "str", "Category", "类别", "category as read", True),
        Column("reported_at", "str", "Reported", "上报时间", "report time as read", True),
        Column("longitude", "str", "Longitude", "经度", "longitude as read", True),
        Column("latitude", "str", "Latitude", "纬度", "latitude as read", True),
    ),
    "gridgov brief",
    open=True,
)

_STREETS_SET_ASIDE = Table(
    "streets_set_aside",
    ("source_row",),
    (
        *TABLES["set_aside"].columns,
        Column("street_id", "str", "Street id", "街道编号", "id as read", True),
        Column("street", "str", "Street", "街道", "name as read", True),
    ),
    "gridgov brief",
)

_SUMS = Table(
    "sums",
    ("step", "part"),
    (
        Column("step", "str", "Step", "步骤", "code of the step; its parts add up to its total"),
        Column("part", "str", "Part", "部分", "code of the part; total is the sum of the others"),
        Column("label", "str", "In words", "说明", "the part in words"),
        Column("incidents", "int64", "Rows", "行数", "rows or incidents"),
    ),
    "gridgov brief",
)

_STREETS = Table(
    "streets",
    ("street_id",),
    (
        TABLES["jurisdictions"]["street_id"],
        TABLES["jurisdictions"]["street"],
        TABLES["jurisdictions"]["district"],
        TABLES["jurisdictions"]["area_km2"],
        TABLES["reporting"]["incidents"],
        Column("hot_cells", "int64", "Hot cells", "热点网格数", "hot cells, 90 % and above"),
        Column("cold_cells", "int64", "Cold cells", "冷点网格数", "cold cells, 90 % and above"),
        *(TABLES["reporting"][name] for name in ("cells", "cells_reporting", "reporting_share")),
    ),
    "gridgov brief",
)

_TOP = Table(
    "top_hotspots",
    ("street_id", "rank"),
    (
        TABLES["grid"]["street_id"],
        TABLES["jurisdictions"]["street"],
        Column("rank", "int64", "Rank", "名次", "1 = highest Gi* in the street"),
        *(
            TABLES["hotspots"][name]
            for name in ("cell", "incidents", "gi_star", "p_value", "q_value", "spot")
        ),
        _LONGITUDE,
        _LATITUDE,
    ),
    "gridgov brief",
)

FILE_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "sums": _SUMS,
        "streets": _STREETS,
        "top_hotspots": _TOP,
        **{
            name: file_table(name)
            for name in (
                "hotspots",
                "grid",
                "reporting",
                "responsibility",
                "resolutions",
                "notices",
            )
        },
        "set_aside": _SET_ASIDE,
        "streets_set_aside": _STREETS_SET_ASIDE,
    }
)
"""Every table that the brief writes, in the order of the workbook's sheets."""


def file_form(frame: pd.DataFrame, table: str | Table) -> pd.DataFrame:
    """Return a table with the columns that its file has, in order.

    Parameters
    ----------
    frame
        A table in memory; its own columns are kept only in an open table.
    table
        A name in :data:`FILE_TABLES`, or the description itself.

    Returns
    -------
    DataFrame
        A new table: cells as text, geometries as longitude and latitude of a point in
        them, columns that `frame` lacks as missing.

    Raises
    ------
    KeyError
        If the brief writes no table of that name.
    """
    import pandas as pd

    if isinstance(table, str):
        table = FILE_TABLES[table]
    result = pd.DataFrame(frame).copy(deep=False)
    result.attrs = {}
    if "longitude" in table.names and "longitude" not in result.columns:
        longitude, latitude = _point_in_each(result)
        result["longitude"], result["latitude"] = longitude, latitude
    if "cell" in table.names and result["cell"].dtype.kind in "ui":
        text = pd.Series(pd.NA, index=result.index, dtype="str")
        known = result["cell"].notna()
        text[known] = cells_to_text(result.loc[known, "cell"].astype("uint64"))
        result["cell"] = text
    own = [column for column in result.columns if column not in table.names] if table.open else []
    return result.reindex(columns=[*table.names, *own]).reset_index(drop=True)


def _point_in_each(frame: pd.DataFrame) -> tuple[Any, Any]:
    """Return longitude and latitude of a point in every cell or geometry."""
    if "cell" in frame.columns:
        return cell_centers(frame["cell"])
    points = shapely.point_on_surface(np.asarray(frame["geometry"], dtype=object))
    return shapely.get_x(points), shapely.get_y(points)


def hotspot_form(hotspots: pd.DataFrame) -> pd.DataFrame:
    """Return the hotspots with their spot as text, strongest first."""
    result = hotspots.copy(deep=False)
    result["spot"] = result["spot"].astype("str").where(result["spot"].notna())
    return result.sort_values(["gi_star", "cell"], ascending=[False, True], na_position="last")


def safe_set_aside(
    set_aside: pd.DataFrame, *, columns: Mapping[str, str], export_columns: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the rows set aside without what can name people.

    Parameters
    ----------
    set_aside
        Table "set_aside" with the rows as read.
    columns
        Our name to the name in the source, as ``incidents.attrs["source"]`` says.
    export_columns
        The caller's own columns that were asked for by name.

    Returns
    -------
    DataFrame
        Row, reason and sentences, then :data:`SAFE_COLUMNS` as read, then
        `export_columns`. A column that holds a whole place can hold an address too, so
        that its text is left out, of the sentences as well.

    Raises
    ------
    None
    """
    documented = TABLES["set_aside"].names
    result = set_aside[documented].copy()
    for name in SAFE_COLUMNS:
        theirs = _as_kept(columns.get(name), set_aside.columns)
        result[name] = as_text(set_aside[theirs]) if theirs is not None else None
    for name in export_columns:
        if name in set_aside.columns and name not in result.columns:
            result[name] = set_aside[name]
    if "location" in columns:
        for code in result["reason"].unique():
            rows = result.index[result["reason"] == code]
            if "coordinate" not in code:
                continue
            hidden = {"value": "…", "longitude": "…", "latitude": "…"}
            for column, lang in _SENTENCES:
                result.loc[rows, column] = sentence(
                    code, lang, rows, column=columns["location"], **hidden
                )
    return result


_SENTENCES: tuple[tuple[str, Language], ...] = (("detail", "en"), ("detail_zh", "zh"))


def _as_kept(theirs: str | None, found: Any) -> str | None:
    """Return the name that a source's column has among the rows set aside."""
    # The reader renames a source's column that is called like one of its own.
    while theirs is not None and theirs in TABLES["set_aside"].names:
        theirs = f"{theirs}_source"
    return theirs if theirs in found else None


def street_table(
    jurisdictions: pd.DataFrame, reporting: pd.DataFrame, hotspots: pd.DataFrame
) -> pd.DataFrame:
    """Return one row a street: incidents, hot and cold cells, reporting; most hot cells first.

    Parameters
    ----------
    jurisdictions, reporting, hotspots
        The tables of these names, reporting of all times at once.

    Returns
    -------
    DataFrame
        The columns of table "streets"; a cell counts for the street that holds its
        largest part.

    Raises
    ------
    None
    """
    frame = jurisdictions[["street_id", "street", "district", "area_km2"]].merge(
        reporting[["street_id", "incidents", "cells", "cells_reporting", "reporting_share"]],
        on="street_id",
        how="left",
        validate="one_to_one",
    )
    frame["incidents"] = frame["incidents"].fillna(0).astype("int64")
    for column, spots in (("hot_cells", _HOT), ("cold_cells", _COLD)):
        number = hotspots.loc[hotspots["spot"].isin(spots), "street_id"].value_counts()
        frame[column] = frame["street_id"].map(number).fillna(0).astype("int64")
    return frame.sort_values(
        ["hot_cells", "incidents", "street_id"], ascending=[False, False, True]
    ).reset_index(drop=True)


def top_table(jurisdictions: pd.DataFrame, hotspots: pd.DataFrame) -> pd.DataFrame:
    """Return the strongest hot cells of every street, strongest street first.

    Parameters
    ----------
    jurisdictions, hotspots
        The tables of these names.

    Returns
    -------
    DataFrame
        The columns of table "top_hotspots", at most three rows a street.

    Raises
    ------
    None
    """
    hot = hotspots[hotspots["spot"].isin(_HOT) & hotspots["street_id"].notna()]
    hot = hotspot_form(hot)
    hot["rank"] = hot.groupby("street_id").cumcount() + 1
    names = jurisdictions.set_index("street_id")["street"]
    hot["street"] = hot["street_id"].map(names)
    hot["strongest"] = hot.groupby("street_id")["gi_star"].transform("max")
    top = hot[hot["rank"] <= _TOP_A_STREET]
    return top.sort_values(
        ["strongest", "street_id", "rank"], ascending=[False, True, True]
    ).reset_index(drop=True)
