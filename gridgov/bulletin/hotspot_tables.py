"""The tables of a hotspot pack as they go into files, and where the measures agree."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from gridgov.bulletin.hotspot_measures import HotspotMeasures
from gridgov.bulletin.ledger import Step, sums_table
from gridgov.bulletin.record import all_notices
from gridgov.bulletin.tables import (
    FILE_TABLES,
    file_form,
    file_table,
    hotspot_form,
    safe_set_aside,
)
from gridgov.columns import TABLES, Column, Table
from gridgov.sources.notices import set_aside_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HOTSPOT_TABLES", "SURE", "agreement_table", "hotspot_tables"]

SURE = 0.05
"""Where q or, for the scan, p is below this, a measure counts as calling a cell hot."""

_HOT = ("hot 95", "hot 99")

_AGREEMENT = Table(
    "agreement",
    ("cell",),
    (
        *(TABLES["hotspots"][name] for name in ("cell", "street_id", "incidents", "area_km2")),
        Column(
            "hot_by",
            "int64",
            "Called hot by",
            "判为热点的方法数",
            "how many of Gi*, local Moran and the scan call it hot at 95 %, 0 to 3",
        ),
        *(TABLES["hotspots"][name] for name in ("gi_star", "spot")),
        TABLES["moran"]["cluster_type"],
        Column(
            "cluster",
            "Int64",
            "Cluster",
            "聚集区",
            "cluster of the scan that it lies in, with p at most 0.05",
            missing=True,
        ),
        TABLES["density"]["incidents_per_km2"],
        TABLES["emerging"]["category"],
        FILE_TABLES["hotspots"]["longitude"],
        FILE_TABLES["hotspots"]["latitude"],
    ),
    "gridgov hotspots",
)

HOTSPOT_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "agreement": _AGREEMENT,
        **{
            name: file_table(name)
            for name in (
                "hotspots",
                "moran",
                "clusters",
                "scan_members",
                "density",
                "autocorrelation",
                "concentration",
                "lorenz",
                "emerging",
                "persistence",
                "trends",
            )
        },
        **{name: FILE_TABLES[name] for name in ("sums", "resolutions", "notices", "set_aside")},
        "streets_set_aside": FILE_TABLES["streets_set_aside"],
    }
)
"""Every table that a hotspot pack can hold, in the order of the workbook's sheets."""


def hotspot_tables(measured: HotspotMeasures, steps: tuple[Step, ...]) -> dict[str, pd.DataFrame]:
    """Return every table of a pack in the form that its file has.

    Parameters
    ----------
    measured
        All measures.
    steps
        The ledger.

    Returns
    -------
    dict of DataFrame
        By name, in the order of :data:`HOTSPOT_TABLES`, without those left out.

    Raises
    ------
    None
    """
    read = measured.read
    made = {
        "agreement": agreement_table(measured),
        "hotspots": hotspot_form(measured.hot),
        "moran": measured.moran,
        "clusters": measured.clusters,
        "scan_members": measured.members,
        "density": measured.density,
        "autocorrelation": measured.autocorrelation,
        "concentration": measured.concentration,
        "lorenz": measured.lorenz,
        "emerging": measured.emerging,
        "persistence": measured.persistence,
        "trends": measured.trends,
        "sums": sums_table(steps),
        "resolutions": measured.placed.resolutions,
        "notices": all_notices(read),
        "set_aside": safe_set_aside(
            read.set_aside,
            columns=read.incidents.attrs["source"]["columns"],
            export_columns=read.settings.export_columns,
        ),
        "streets_set_aside": set_aside_rows(read.jurisdictions),
    }
    return {
        name: file_form(_plain(made[name]), table)
        for name, table in HOTSPOT_TABLES.items()
        if made[name] is not None
    }


def agreement_table(measured: HotspotMeasures) -> pd.DataFrame:
    """Return what each measure calls every cell, the cells most agree on first.

    Parameters
    ----------
    measured
        All measures.

    Returns
    -------
    DataFrame
        The columns of table "agreement" but for the place. Density makes no claim and is
        only listed; the category of change over time is missing where it was left out.

    Raises
    ------
    None
    """
    import pandas as pd

    frame = measured.hot[
        ["cell", "street_id", "incidents", "area_km2", "gi_star", "spot"]
    ].reset_index(drop=True)
    frame["spot"] = frame["spot"].astype("str").where(frame["spot"].notna())
    by_cell = frame["cell"]
    kinds = _looked_up(measured.moran, "cluster_type", by_cell)
    frame["cluster_type"] = kinds.astype("str").where(kinds.notna())
    frame["incidents_per_km2"] = _looked_up(measured.density, "incidents_per_km2", by_cell)
    frame["cluster"] = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    if measured.clusters is not None and measured.members is not None:
        sure = measured.clusters.loc[
            (measured.clusters["p_value"] <= SURE) & (measured.clusters["side"] == "high"),
            "cluster",
        ]
        inside = measured.members[measured.members["cluster"].isin(sure)]
        frame["cluster"] = _looked_up(inside, "cluster", by_cell).astype("Int64")
    frame["category"] = (
        pd.Series(pd.NA, index=frame.index, dtype="str")
        if measured.emerging is None
        else _looked_up(measured.emerging, "category", by_cell)
    )
    calls = (frame["spot"].isin(_HOT), frame["cluster_type"] == "HH", frame["cluster"].notna())
    frame["hot_by"] = sum(call.astype("int64") for call in calls)
    return frame.sort_values(
        ["hot_by", "gi_star", "cell"], ascending=[False, False, True], na_position="last"
    ).reset_index(drop=True)


def _looked_up(table: pd.DataFrame, column: str, cells: pd.Series) -> pd.Series:
    """Return a column of another table for every cell, missing where it has none."""
    values = table.set_index(table["cell"].astype("uint64"))[column]
    return values.reindex(cells.to_numpy()).set_axis(cells.index)


def _plain(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return a table whose ordered classes are text."""
    if frame is None:
        return None
    result = frame.copy(deep=False)
    for name in result.columns:
        if str(result[name].dtype) == "category":
            result[name] = result[name].astype("str").where(result[name].notna())
    return result
