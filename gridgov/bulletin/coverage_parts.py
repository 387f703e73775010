"""The measures of a coverage pack that need a part of the folder: patrol and reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov.bulletin.measured import Placed
from gridgov.coverage.patrol.fix_rates import measure_fix_rates
from gridgov.coverage.patrol.patrol_coverage import measure_patrol_coverage
from gridgov.coverage.patrol.patrol_hours import measure_patrol_hours
from gridgov.coverage.patrol.patrols import measure_patrols
from gridgov.coverage.patrol.visits import find_visits
from gridgov.coverage.reach.access import Access, measure_access
from gridgov.coverage.reach.reach import measure_reach
from gridgov.coverage.reach.street_reach import measure_street_reach
from gridgov.coverage.siting.siting import Placement, place_posts
from gridgov.sources.folder import FolderRead
from gridgov.sources.folder_parts import PartsRead

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "PatrolTables",
    "ReachTables",
    "measure_patrol_part",
    "measure_reach_part",
]

# Every cell can be a site up to here; beyond, those with most incidents, which keeps the
# search exact within seconds.
_MOST_SITES = 1500
_SEARCH_S = 30.0

_DAYS = (1, 3, 7, 14, 30)


@dataclass(frozen=True, slots=True)
class PatrolTables:
    """Who was there.

    Attributes
    ----------
    start, end
        The whole days that the tracks cover, half-open.
    cells, coverage, hours, rates
        Tables "patrols", "patrol_coverage", "patrol_hours" and "fix_rates".
    tracks
        The fixes of those days.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    cells: pd.DataFrame
    coverage: pd.DataFrame
    hours: pd.DataFrame
    rates: pd.DataFrame
    tracks: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class ReachTables:
    """Who can get there.

    Attributes
    ----------
    posts
        The facilities that people set out from; the teams where there are none.
    cells, streets
        Tables "reach" and "street_reach" of the posts, the second for one and two of them.
    kinds, teams
        Table "street_reach" of every kind of facility, and of the teams; None without.
    access, capacities
        Capacity against incidents, and the facilities it is of; None where a capacity is
        unknown.
    placement, distance_m
        The next posts and how far they reach; None where none were placed.
    """

    posts: gpd.GeoDataFrame
    cells: pd.DataFrame
    streets: pd.DataFrame
    kinds: pd.DataFrame | None
    teams: pd.DataFrame | None
    access: Access | None
    capacities: gpd.GeoDataFrame
    placement: Placement | None
    distance_m: float | None


def measure_patrol_part(
    read: FolderRead,
    parts: PartsRead,
    placed: Placed,
    hot: pd.DataFrame,
    left_out: dict[str, str],
) -> PatrolTables | None:
    """Return who was there, None without tracks in the range.

    Parameters
    ----------
    read, parts
        What the folder held.
    placed
        The incidents of the pack.
    hot
        Table "hotspots".
    left_out
        What is left out is added to it.

    Raises
    ------
    GridgovError
        Whatever the measures raise.
    """
    if parts.tracks is None or read.settings.parts.tracks is None:
        left_out["tracks"] = "absent"
        return None
    fixes = parts.tracks["fix_at"]
    zone = fixes.dt.tz
    start = fixes.min().normalize()
    end = fixes.max().normalize() + pd.DateOffset(days=1)
    limits = placed.selection.start, placed.selection.end
    if limits[0] is not None:
        start = max(start, limits[0].tz_convert(zone))
    if limits[1] is not None:
        end = min(end, limits[1].tz_convert(zone))
    if start >= end or not ((fixes >= start) & (fixes < end)).any():
        left_out["tracks"] = "no_fixes"
        return None
    tracks = parts.tracks[(fixes >= start) & (fixes < end)]
    said: dict[str, Any] = {
        "start": start,
        "end": end,
        "max_gap_s": read.settings.parts.tracks.max_gap_s,
    }
    grid, streets = placed.grid, read.jurisdictions
    hottest = hot if hot["spot"].notna().any() else None
    return PatrolTables(
        start=start,
        end=end,
        cells=measure_patrols(tracks, grid, **said),
        coverage=measure_patrol_coverage(
            find_visits(tracks, grid, **said),
            grid,
            streets,
            days=_DAYS,
            located=placed.located,
            lines=parts.lines,
            hotspots=hottest,
            start=start,
            end=end,
        ),
        hours=measure_patrol_hours(tracks, grid, streets, **said),
        rates=measure_fix_rates(tracks, grid, **said),
        tracks=tracks,
    )


def measure_reach_part(
    read: FolderRead,
    parts: PartsRead,
    placed: Placed,
    network: Any,
    left_out: dict[str, str],
    *,
    posts: int,
) -> ReachTables | None:
    """Return who can get there, None without facilities and teams.

    Parameters
    ----------
    read, parts
        What the folder held.
    placed
        The incidents of the pack.
    network
        Walking network, or None for straight distances.
    left_out
        What is left out is added to it.
    posts
        How many new posts to place.

    Raises
    ------
    GridgovError
        Whatever the measures raise.
    """
    for name, table in (("facilities", parts.facilities), ("teams", parts.teams)):
        if table is None:
            left_out[name] = "absent"
    if parts.population is None:
        left_out["population"] = "absent"
    stand = parts.facilities if parts.facilities is not None else parts.teams
    if stand is None:
        left_out["posts"] = "no_facilities"
        return None
    said = read.settings.parts.facilities
    if parts.facilities is not None and said is not None and said.posts:
        stand = stand[stand["kind"].isin(said.posts)].reset_index(drop=True)
    grid, streets, located = placed.grid, read.jurisdictions, placed.located
    how: dict[str, Any] = {"network": network, "population": parts.population}

    def by_street(facilities: Any, **more: Any) -> pd.DataFrame:
        return measure_street_reach(facilities, grid, streets, located, **how, **more)

    kinds = parts.facilities
    if kinds is not None and not kinds["kind"].notna().any():
        kinds = None
    capacities = stand if parts.teams is None else parts.teams
    placement = distance = None
    if placed.counts["incidents"].any():
        distance = float(stand["reach_m"].median())
        placement = _place(stand, placed, network, posts=posts, distance_m=distance)
    else:
        left_out["posts"] = "no_incidents"
    return ReachTables(
        posts=stand,
        cells=measure_reach(stand, grid, located, jurisdictions=streets, **how),
        streets=by_street(stand, folds=(1, 2)),
        kinds=None if kinds is None else by_street(kinds, by="kind"),
        teams=None if parts.teams is None else by_street(parts.teams),
        access=_access(capacities, placed, network, left_out),
        capacities=capacities,
        placement=placement,
        distance_m=distance,
    )


def _access(
    facilities: Any, placed: Placed, network: Any, left_out: dict[str, str]
) -> Access | None:
    """Return capacity against incidents, None where a capacity is unknown."""
    if facilities["capacity"].isna().any():
        left_out["access"] = "no_capacity"
        return None
    if not placed.counts["incidents"].any():
        left_out["access"] = "no_incidents"
        return None
    return measure_access(facilities, placed.counts, network=network)


def _place(stand: Any, placed: Placed, network: Any, *, posts: int, distance_m: float) -> Placement:
    """Return the next posts, beside those that stand."""
    counts = placed.counts
    sites = counts.loc[counts["incidents"] > 0, ["cell", "incidents"]]
    sites = sites.sort_values(["incidents", "cell"], ascending=[False, True])
    return place_posts(
        counts,
        None if len(counts) <= _MOST_SITES else sites[["cell"]].head(_MOST_SITES),
        posts=posts,
        distance_m=distance_m,
        existing=stand[["facility_id", "geometry"]],
        network=network,
        time_limit_s=_SEARCH_S,
    )
