"""The line from records to measures: select, choose a cell size, locate, tally, measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gridgov.bulletin.selection import Selection, select_incidents
from gridgov.coverage.reporting.reporting import measure_reporting
from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.place.resolution import suggest_resolution
from gridgov.place.tally import tally
from gridgov.sources.folder import FolderRead

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Measured", "Placed", "measure", "place"]


@dataclass(frozen=True, slots=True)
class Placed:
    """The incidents of a pack with their cells and streets, counted.

    Attributes
    ----------
    selection
        The incidents of the pack.
    resolutions
        Table "resolutions"; None when the resolution was chosen.
    resolution
        H3 resolution of the cells.
    chosen_by
        ``option``, ``settings`` or ``data``.
    grid, located, counts
        The tables of these names.
    """

    selection: Selection
    resolutions: pd.DataFrame | None
    resolution: int
    chosen_by: str
    grid: gpd.GeoDataFrame
    located: gpd.GeoDataFrame
    counts: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Measured(Placed):
    """The tables that everything in a brief is drawn from.

    Attributes
    ----------
    read
        What the folder held.
    hot, responsibility, reporting
        The tables of these names, ``hot`` being "hotspots".
    """

    read: FolderRead
    hot: pd.DataFrame
    responsibility: gpd.GeoDataFrame
    reporting: pd.DataFrame


def measure(
    read: FolderRead, *, month: str | None, resolution: int | None, tell: Callable[..., None]
) -> Measured:
    """Return every table of the line, from the incidents read to what was measured.

    Parameters
    ----------
    read
        What the folder held.
    month
        ``YYYY-MM``, or None for all times.
    resolution
        H3 resolution; the settings' when None, else suggested from the data.
    tell
        Called with the number of the step (2 to 6), the key of its words and their values.

    Returns
    -------
    Measured
        All tables.

    Raises
    ------
    GridgovError
        Whatever the functions called raise; see :func:`gridgov.write_brief`.
    """
    streets = read.jurisdictions
    tell(2, "step.select", count=len(read.incidents))
    selection = select_incidents(read.incidents, month=month, categories=read.settings.categories)
    placed = place(read, selection, resolution=resolution, tell=tell)
    tell(6, "step.measure")
    return Measured(
        **{field.name: getattr(placed, field.name) for field in fields(placed)},
        read=read,
        hot=find_hotspots(placed.counts),
        responsibility=check_responsibility(streets, placed.located),
        reporting=measure_reporting(placed.located, placed.grid, streets),
    )


def place(
    read: FolderRead, selection: Selection, *, resolution: int | None, tell: Callable[..., None]
) -> Placed:
    """Return the incidents selected with their cells and streets, and their counts.

    Parameters
    ----------
    read
        What the folder held.
    selection
        The incidents of the pack.
    resolution
        H3 resolution; the settings' when None, else suggested from the data.
    tell
        Called with the number of the step (3 to 5), the key of its words and their values.

    Returns
    -------
    Placed
        The cell size and the tables.

    Raises
    ------
    GridgovError
        Whatever the functions called raise; see :func:`gridgov.write_brief`.
    """
    settings, streets, incidents = read.settings, read.jurisdictions, selection.incidents
    resolutions = None
    chosen_by = "option" if resolution is not None else "settings"
    resolution = settings.resolution if resolution is None else resolution
    if resolution is None:
        tell(3, "step.resolution")
        resolutions = suggest_resolution(incidents, streets)
        resolution = int(resolutions.loc[resolutions["suggested"], "resolution"].iloc[0])
        chosen_by = "data"
    else:
        tell(3, "step.resolution_given", resolution=resolution)
    tell(4, "step.locate", count=len(incidents), streets=len(streets))
    grid = make_grid(streets, resolution=resolution)
    located = locate(incidents, streets, resolution=resolution)
    tell(5, "step.tally", cells=len(grid), resolution=resolution)
    counts = tally(located, grid)
    return Placed(selection, resolutions, resolution, chosen_by, grid, located, counts)
