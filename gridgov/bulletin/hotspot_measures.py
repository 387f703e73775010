"""Every measure of a hotspot pack, on the same counts.

What is chosen for the reader, and why:

- Gi* and local Moran with the exact null of randomization: the normal tail calls far too
  many cells hot on skewed counts, and 999 permutations find nothing among thousands of
  cells.
- The scan statistic with circles that reach one step beyond the neighborhood of the
  others. Without a limit its best circle is as a rule half the city, which nobody can
  send a team to.
- Density with the radius of those circles as its bandwidth, whatever the number of
  incidents, so that two months compare.
- Change over time by whole months only, ten or more: a month that is partly over is a
  fall in every cell.
- The scan and the bootstrap of concentration are random: they start from one seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgov.bulletin.measured import Placed, place
from gridgov.bulletin.selection import Selection, select_incidents
from gridgov.geo.hexgrid import cell_areas_m2
from gridgov.hotspots.concentration import measure_concentration, measure_lorenz
from gridgov.hotspots.density import measure_density
from gridgov.hotspots.emerging import find_emerging_hotspots
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.global_autocorrelation import measure_autocorrelation
from gridgov.hotspots.mann_kendall import measure_trends
from gridgov.hotspots.moran import find_moran_clusters
from gridgov.hotspots.persistence_classes import classify_persistence
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_members import scan_members
from gridgov.place.tally import tally
from gridgov.sources.folder import FolderRead

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["FEWEST_MONTHS", "MOST_SCANNED", "HotspotMeasures", "Months", "measure_all"]

FEWEST_MONTHS = 10
"""Whole months below which change over time is left out."""

MOST_SCANNED = 20_000
"""Cells above which the scan statistic is left out: it would take minutes."""


class Months(NamedTuple):
    """The whole months of a pack, half-open.

    Attributes
    ----------
    start, end
        First instant of the first, and the first one after the last; None without any.
    number
        How many.
    """

    start: pd.Timestamp | None
    end: pd.Timestamp | None
    number: int


@dataclass(frozen=True, slots=True)
class HotspotMeasures:
    """The tables that everything in a hotspot pack is drawn from.

    Attributes
    ----------
    read
        What the folder held.
    placed
        The incidents of the pack, placed and counted.
    rings
        Rings of the neighborhood.
    radius_km
        Largest radius of a circle of the scan, and bandwidth of the density.
    months
        The whole months.
    hot, moran, autocorrelation, density, concentration, lorenz
        The tables of these names, ``hot`` being "hotspots".
    clusters, members
        Tables "clusters" and "scan_members"; None with more than :data:`MOST_SCANNED` cells.
    emerging, persistence, trends
        The tables of these names; None with fewer than :data:`FEWEST_MONTHS` whole months.
    """

    read: FolderRead
    placed: Placed
    rings: int
    radius_km: float
    months: Months
    hot: pd.DataFrame
    moran: pd.DataFrame
    autocorrelation: pd.DataFrame
    density: pd.DataFrame
    concentration: pd.DataFrame
    lorenz: pd.DataFrame
    clusters: gpd.GeoDataFrame | None
    members: pd.DataFrame | None
    emerging: pd.DataFrame | None
    persistence: pd.DataFrame | None
    trends: pd.DataFrame | None


def measure_all(
    read: FolderRead,
    *,
    month: str | None,
    start: str | None,
    end: str | None,
    rings: int,
    resolution: int | None,
    seed: int,
    tell: Callable[..., None],
) -> HotspotMeasures:
    """Return every measure of a pack, from the incidents read.

    Parameters
    ----------
    read
        What the folder held.
    month, start, end
        Which incidents, see :func:`gridgov.bulletin.selection.select_incidents`.
    rings
        Rings of the neighborhood, 1 or more.
    resolution
        H3 resolution; the settings' when None, else suggested from the data.
    seed
        Seed of the scan, the permutations and the bootstrap.
    tell
        Called with the number of the step (2 to 10), the key of its words and their values.

    Returns
    -------
    HotspotMeasures
        All tables.

    Raises
    ------
    GridgovError
        Whatever the functions called raise; see :func:`gridgov.write_hotspots`.
    """
    tell(2, "step.select", count=len(read.incidents))
    selection = select_incidents(
        read.incidents, month=month, start=start, end=end, categories=read.settings.categories
    )
    placed = place(read, selection, resolution=resolution, tell=tell)
    counts, located, grid = placed.counts, placed.located, placed.grid
    tell(6, "step.gi", rings=rings)
    hot = find_hotspots(counts, rings=rings, seed=seed)
    tell(7, "step.moran")
    moran = find_moran_clusters(counts, rings=rings, seed=seed)
    autocorrelation = measure_autocorrelation(counts, rings=rings, seed=seed)
    radius_km = _reach_km(grid, rings + 1)
    clusters = members = None
    if len(grid) <= MOST_SCANNED:
        tell(8, "step.scan", radius=1000 * radius_km)
        clusters = find_scan_clusters(counts, radius_km=radius_km, seed=seed)
        members = scan_members(clusters, counts)
    else:
        tell(8, "step.no_scan", cells=len(grid))
    tell(9, "step.spread")
    density = measure_density(located, grid, bandwidth_m=1000 * radius_km)
    concentration = measure_concentration(counts, read.jurisdictions, seed=seed)
    lorenz = measure_lorenz(counts)
    months = whole_months(selection)
    emerging = persistence = trends = None
    if months.number >= FEWEST_MONTHS:
        tell(10, "step.months", count=months.number)
        panel = tally(located, grid, period="MS", start=months.start, end=months.end)
        emerging = find_emerging_hotspots(panel, rings=rings, seed=seed)
        persistence = classify_persistence(panel, rings=rings, seed=seed)
        trends = measure_trends(panel)
    else:
        tell(10, "step.few_months", count=months.number)
    return HotspotMeasures(
        read=read,
        placed=placed,
        rings=rings,
        radius_km=radius_km,
        months=months,
        hot=hot,
        moran=moran,
        autocorrelation=autocorrelation,
        density=density,
        concentration=concentration,
        lorenz=lorenz,
        clusters=clusters,
        members=members,
        emerging=emerging,
        persistence=persistence,
        trends=trends,
    )


def whole_months(selection: Selection) -> Months:
    """Return the months that the incidents of a pack cover from beginning to end.

    Parameters
    ----------
    selection
        The incidents, and the first instants asked for and no longer asked for.

    Returns
    -------
    Months
        The first and the last month that hold incidents are whole when a limit asked for
        lies at their rim, or when an incident was reported on their first or last day.

    Raises
    ------
    None
    """
    import pandas as pd

    times = selection.incidents["reported_at"].dropna()
    if times.empty:
        return Months(None, None, 0)
    zone = times.dt.tz
    day = pd.Timedelta(days=1)
    # Without clock and zone: days and months are those of the calendar. A limit far from
    # the incidents says nothing about when records were kept.
    first, last = _calendar_day(times.min()), _calendar_day(times.max())
    if selection.start is not None and _same_month(_calendar_day(selection.start), first):
        first = _calendar_day(selection.start)
    if selection.end is not None and _same_month(_calendar_day(selection.end) - day, last):
        last = _calendar_day(selection.end) - day
    start = first if first.day == 1 else first + pd.offsets.MonthBegin()
    end = (last + day).replace(day=1)
    if start >= end:
        return Months(None, None, 0)
    number = 12 * (end.year - start.year) + end.month - start.month
    local = {"ambiguous": True, "nonexistent": "shift_forward"}
    return Months(start.tz_localize(zone, **local), end.tz_localize(zone, **local), number)


def _calendar_day(instant: pd.Timestamp) -> Any:
    """Return the calendar day of an instant in its zone."""
    return instant.tz_localize(None).normalize()


def _same_month(one: Any, other: Any) -> bool:
    """Return whether two days lie in the same month."""
    return bool(one.year == other.year and one.month == other.month)


def _reach_km(grid: pd.DataFrame, steps: int) -> float:
    """Return how far so many steps from cell to cell lead, km, up to two digits."""
    cells = grid["cell"].to_numpy()
    area = float(np.mean(cell_areas_m2(cells[:: max(1, len(cells) // 1000)])))
    # Centers of hexagons of area A lie sqrt(2 A / sqrt 3) apart; cells of one grid differ
    # by a few percent, hence the twentieth.
    reach_m = 1.05 * steps * math.sqrt(2 * area / math.sqrt(3))
    unit: float = 10.0 ** (math.floor(math.log10(reach_m)) - 1)
    return math.ceil(reach_m / unit) * unit / 1000
