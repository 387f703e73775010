"""Who is not telling us, and where departments meet: the measures that need records alone.

What came before the range asked for is evidence for it: a cell that always reported little
is no blind spot, and a channel falls silent only against its own past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov.bulletin.hotspot_measures import whole_months
from gridgov.bulletin.measured import Placed
from gridgov.bulletin.selection import select_incidents
from gridgov.coverage.joint_enforcement.department_pairs import measure_department_pairs
from gridgov.coverage.joint_enforcement.joint_enforcement import find_joint_enforcement
from gridgov.coverage.reporting.blind_spots import find_blind_spots
from gridgov.coverage.reporting.channels import measure_channel_shares, measure_channels
from gridgov.coverage.reporting.reporting import measure_reporting
from gridgov.coverage.reporting.silent_channels import find_silent_channels
from gridgov.place.locate import locate
from gridgov.sources.folder import FolderRead
from gridgov.sources.folder_parts import PartsRead

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["ReportTables", "measure_report_part"]


@dataclass(frozen=True, slots=True)
class ReportTables:
    """Who is not telling us.

    Attributes
    ----------
    reporting
        Table of this name.
    blind
        Table "blind_spots"; None without incidents.
    cell_channels, street_channels
        Table "channel_mix" by cell, and of the whole and by street.
    channel_shares, silent
        Tables of these names; None where no incident has a channel, or no month is whole.
    joint, pairs
        Tables "joint_enforcement" and "department_pairs"; None with fewer than two
        departments.
    """

    reporting: pd.DataFrame
    blind: pd.DataFrame | None
    cell_channels: pd.DataFrame | None
    street_channels: pd.DataFrame | None
    channel_shares: pd.DataFrame | None
    silent: pd.DataFrame | None
    joint: pd.DataFrame | None
    pairs: pd.DataFrame | None


def measure_report_part(
    read: FolderRead,
    parts: PartsRead,
    placed: Placed,
    left_out: dict[str, str],
    *,
    seed: int,
) -> ReportTables:
    """Return who is not telling us, and where departments meet.

    Parameters
    ----------
    read, parts
        What the folder held.
    placed
        The incidents of the pack.
    left_out
        What is left out is added to it.
    seed
        Seed of the deals of joint enforcement.

    Raises
    ------
    GridgovError
        Whatever the measures raise.
    """
    located, grid = placed.located, placed.grid
    made: dict[str, Any] = dict.fromkeys(
        (
            *("blind", "cell_channels", "street_channels", "channel_shares", "silent"),
            *("joint", "pairs"),
        )
    )
    counted = located[located["cell"].isin(grid["cell"]) & located["street_id"].notna()]
    if counted.empty:
        for name in ("blind_spots", "channels", "departments"):
            left_out[name] = "no_incidents"
    else:
        known = _with_the_past(read, placed)
        made["blind"] = _blind(known, parts, placed)
        if counted["channel"].notna().any():
            made |= _channels(known, placed, left_out)
        else:
            left_out["channels"] = "absent"
        if counted["department"].nunique() >= 2:
            made["joint"] = find_joint_enforcement(located, grid, seed=seed)
            made["pairs"] = measure_department_pairs(located, grid, seed=seed)
        else:
            left_out["departments"] = "absent"
    return ReportTables(reporting=measure_reporting(located, grid, read.jurisdictions), **made)


def _with_the_past(read: FolderRead, placed: Placed) -> gpd.GeoDataFrame:
    """Return the incidents of the pack and all before them, located."""
    selection = placed.selection
    if selection.start is None:
        return placed.located
    until = None if selection.end is None else f"{selection.end:%Y-%m-%d}"
    past = select_incidents(read.incidents, end=until, categories=read.settings.categories)
    return locate(past.incidents, read.jurisdictions, resolution=placed.resolution)


def _blind(known: pd.DataFrame, parts: PartsRead, placed: Placed) -> pd.DataFrame:
    """Return the blind spots of the range, judged by the past where there is one."""
    selection = placed.selection
    said: dict[str, Any] = {"start": selection.start, "end": selection.end}
    earlier = known["reported_at"]
    if selection.start is not None:
        earlier = earlier[(earlier < selection.start) & known["street_id"].notna()]
        if len(earlier):
            said["history"] = (earlier.min().normalize(), selection.start)
    if isinstance(parts.population, pd.DataFrame):
        said["exposure"] = parts.population
    return find_blind_spots(known, placed.grid, **said)


def _channels(known: pd.DataFrame, placed: Placed, left_out: dict[str, str]) -> dict[str, Any]:
    """Return the channels of cells and streets, and those that fell silent."""
    located, grid = placed.located, placed.grid
    both = (
        measure_channels(located, grid, by=None),
        measure_channels(located, grid, by="street_id"),
    )
    made: dict[str, Any] = {
        "cell_channels": measure_channels(located, grid, by="cell"),
        "street_channels": pd.concat(both, ignore_index=True),
        "channel_shares": measure_channel_shares(located, grid, by="street_id"),
    }
    months = whole_months(placed.selection)
    if months.number == 0:
        left_out["silent_channels"] = "no_whole_month"
        return made
    silent = find_silent_channels(known, end=months.end)
    inside = silent["period"] >= months.start
    attrs = silent.attrs
    made["silent"] = silent[inside].reset_index(drop=True)
    made["silent"].attrs = attrs
    return made
