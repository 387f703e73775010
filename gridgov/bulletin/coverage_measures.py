"""Every measure of a coverage pack, on the same cells.

What is chosen for the reader, and why:

- The four questions are asked of one grid and one range of incidents. Patrols are measured
  over the days that the tracks cover, within the range asked for: a day before the first
  fix is a day without records, not one without a patrol.
- Posts are the kinds of facilities from which people set out, when the settings name them:
  a camera within 100 m is not somebody who comes.
- Blind spots and silent channels are judged by what came before the range, where the
  folder holds it.
- New posts reach as far as the posts that stand do in the middle (median).
- A part that the folder does not have is left out, and so is a measure that cannot be
  made; what was left out and why is in ``left_out``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.coverage_parts import (
    PatrolTables,
    ReachTables,
    measure_patrol_part,
    measure_reach_part,
)
from gridgov.bulletin.coverage_reports import ReportTables, measure_report_part
from gridgov.bulletin.measured import Placed, place
from gridgov.bulletin.selection import select_incidents
from gridgov.coverage.patrol_plan.patrol_plan import patrol_plan_report, plan_patrols
from gridgov.coverage.responsibility.boundaries import compare_boundaries
from gridgov.coverage.responsibility.owners import find_owners
from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.place.network import make_network
from gridgov.sources.folder import FolderRead
from gridgov.sources.folder_parts import PartsRead

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["CoverageMeasures", "Owned", "measure_coverage"]


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns it.

    Attributes
    ----------
    parts, owners, boundaries
        Tables "responsibility", "owners" and "boundaries".
    shares
        Table "responsibility_shares" of the whole, by street and by department.
    """

    parts: gpd.GeoDataFrame
    shares: pd.DataFrame
    owners: pd.DataFrame
    boundaries: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class CoverageMeasures:
    """The tables that everything in a coverage pack is drawn from.

    Attributes
    ----------
    read, parts
        What the folder held.
    placed
        The incidents of the pack, placed and counted.
    hot
        Table "hotspots".
    owned, patrol, reach, report
        The four questions; None where the folder has nothing to answer one with.
    plan, walks
        Tables "patrol_plan" and "patrol_walks"; None where no walk could be planned.
    left_out
        Why a part or measure is missing, a code by its name.
    """

    read: FolderRead
    parts: PartsRead
    placed: Placed
    hot: pd.DataFrame
    owned: Owned
    patrol: PatrolTables | None
    reach: ReachTables | None
    report: ReportTables
    plan: gpd.GeoDataFrame | None
    walks: pd.DataFrame | None
    left_out: dict[str, str] = field(default_factory=dict)


def measure_coverage(
    read: FolderRead,
    parts: PartsRead,
    *,
    month: str | None,
    start: str | None,
    end: str | None,
    resolution: int | None,
    posts: int,
    shift_min: float,
    seed: int,
    tell: Callable[..., None],
) -> CoverageMeasures:
    """Return every measure of a pack.

    Parameters
    ----------
    read, parts
        What the folder held.
    month, start, end
        Which incidents, see :func:`gridgov.bulletin.selection.select_incidents`.
    resolution
        H3 resolution; the settings' when None, else suggested from the data.
    posts
        How many new posts to place.
    shift_min
        Length of a patrol's shift, minutes.
    seed
        Seed of the deals of joint enforcement.
    tell
        Called with the number of the step (2 to 10), the key of its words and their values.

    Returns
    -------
    CoverageMeasures
        All tables.

    Raises
    ------
    GridgovError
        Whatever the functions called raise; see :func:`gridgov.write_coverage`.
    """
    tell(2, "step.select", count=len(read.incidents))
    selection = select_incidents(
        read.incidents, month=month, start=start, end=end, categories=read.settings.categories
    )
    placed = place(read, selection, resolution=resolution, tell=tell)
    left_out: dict[str, str] = {}
    hot = find_hotspots(placed.counts)
    tell(6, "step.owned", layers=1 + len(parts.layers))
    owned = _owned(read, parts, placed)
    network = None
    lines = read.settings.parts.lines
    if lines is not None and lines.walk:
        network = make_network(parts.lines)
    tell(7, "step.patrol", count=0 if parts.tracks is None else len(parts.tracks))
    patrol = measure_patrol_part(read, parts, placed, hot, left_out)
    tell(8, "step.reach", posts=posts)
    reach = measure_reach_part(read, parts, placed, network, left_out, posts=posts)
    tell(9, "step.report")
    report = measure_report_part(read, parts, placed, left_out, seed=seed)
    tell(10, "step.plan", minutes=shift_min)
    plan = _plan(placed, patrol, reach, network, left_out, shift_min=shift_min)
    return CoverageMeasures(
        read=read,
        parts=parts,
        placed=placed,
        hot=hot,
        owned=owned,
        patrol=patrol,
        reach=reach,
        report=report,
        plan=plan,
        walks=None if plan is None else patrol_plan_report(plan),
        left_out=left_out,
    )


def _owned(read: FolderRead, parts: PartsRead, placed: Placed) -> Owned:
    """Return who owns the land and the incidents."""
    import pandas as pd

    streets, located = read.jurisdictions, placed.located
    layers: Any = {"streets": streets, **parts.layers} if parts.layers else streets
    by_department = located["department"].notna().any()
    kinds = (None, "street_id", *(("department",) if by_department else ()))
    shares = [measure_responsibility(layers, located, streets=streets, by=by) for by in kinds]
    return Owned(
        parts=check_responsibility(layers, located),
        shares=pd.concat(shares, ignore_index=True),
        owners=find_owners(placed.grid, layers),
        boundaries=compare_boundaries(streets),
    )


def _plan(
    placed: Placed,
    patrol: PatrolTables | None,
    reach: ReachTables | None,
    network: Any,
    left_out: dict[str, str],
    *,
    shift_min: float,
) -> gpd.GeoDataFrame | None:
    """Return the patrol plan of one day, None where nothing can be planned."""
    days = counted_days(placed)
    if days is None:
        left_out["plan"] = "no_times"
        return None
    if not placed.counts["incidents"].any():
        left_out["plan"] = "no_incidents"
        return None
    return plan_patrols(
        placed.counts,
        placed.grid,
        score_days=days,
        patrols=None if patrol is None else patrol.cells,
        starts=None if reach is None else reach.posts,
        network=network,
        shift_min=shift_min,
    )


def counted_days(placed: Placed) -> float | None:
    """Return how many days the incidents of a pack were counted over, None if unknown.

    The days asked for; on a side without a limit from the midnight before the first
    incident, to the midnight after the last.
    """
    import pandas as pd

    selection = placed.selection
    times = selection.incidents["reported_at"].dropna()
    if times.empty:
        return None
    first = times.min().normalize() if selection.start is None else selection.start
    last = times.max().normalize() + pd.Timedelta(days=1)
    last = last if selection.end is None else selection.end
    return float((last - first) / pd.Timedelta(days=1))
