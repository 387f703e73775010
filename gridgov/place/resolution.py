"""Advice on the size of the cells: fine enough to act on, coarse enough to count in.

Cells that are too fine hold one incident or none, and a hotspot is then a single
report; cells that are too coarse hide where in a street the work is. Three rules of
thumb bound the choice from both sides, and the finest resolution that keeps all
three is suggested. They are conventions, not tests: two maps compare only at one
resolution, so a city should choose once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gridgov.checks import check_resolution, conform
from gridgov.errors import OptionError
from gridgov.geo.hexgrid import points_to_cells
from gridgov.geo.projection import areas_m2, middle
from gridgov.place.area_index import index_areas
from gridgov.place.areas import check_areas, check_points
from gridgov.place.cover import cell_scale
from gridgov.place.grid import estimate_cells

__all__ = ["suggest_resolution"]

_INCIDENTS_PER_CELL = 2
_CELLS_PER_STREET = 30
_ZERO_SHARE = 0.8


def suggest_resolution(
    incidents: Any, jurisdictions: Any, *, resolutions: Iterable[int] = range(6, 13)
) -> pd.DataFrame:
    """Compare H3 resolutions for these incidents and jurisdictions and suggest one.

    Parameters
    ----------
    incidents
        GeoDataFrame with ``geometry``: Points in EPSG:4326, missing allowed.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326).
    resolutions
        The H3 resolutions to compare.

    Returns
    -------
    DataFrame, one row a resolution, coarsest first
        - ``resolution``
        - ``cell_area_m2``, ``edge_m``: mean area and edge of the cells here
        - ``grid_cells``: about how many cells a grid over the jurisdictions has
        - ``cells_per_street``: area of a street over that of a cell, median over streets
        - ``zero_share``: share of those cells that hold no incident
        - ``incidents_per_cell``: median over the cells that hold any; missing if none does
        - ``suggested``: true for exactly one row
        - ``reason``: an English sentence

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no jurisdictions.
    GeometryError
        If an incident is no Point, or an outline is no valid polygon.
    OptionError
        If `resolutions` is empty or holds something that is no H3 resolution.

    Notes
    -----
    Only incidents inside a jurisdiction count. The rules: a cell with incidents holds at
    least 2 (median), a street has at least 30 cells (median), and no more than 80 % of
    the cells are empty. The finest resolution that keeps all three is suggested. When
    none does, the second rule yields first (the finest that keeps the two about
    counting), then the third (the finest whose cells hold 2); when incidents are too few for
    any, the coarsest with 30 cells a street is, or else the finest. ``grid_cells`` is the
    expected number (Santaló's formula, within about 1 % above a few hundred cells), as
    building every grid would take longer than the advice is worth.

    Examples
    --------
    Sixteen incidents at four places in one street of about a square kilometer, where
    more than 80 % of the smaller cells would be empty:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> street = box(116.200, 39.900, 116.212, 39.909)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[street], crs="EPSG:4326")
    >>> places = [Point(116.2 + 0.003 * i, 39.903) for i in range(4)] * 4
    >>> incidents = gpd.GeoDataFrame(geometry=places, crs="EPSG:4326")
    >>> advice = suggest_resolution(incidents, streets, resolutions=[8, 9, 10])
    >>> advice[["resolution", "incidents_per_cell", "suggested"]]
       resolution  incidents_per_cell  suggested
    0           8                 8.0       True
    1           9                 4.0      False
    2          10                 4.0      False
    """
    compared = sorted({check_resolution(resolution) for resolution in resolutions})
    if not compared:
        raise OptionError(
            "resolutions must name at least one H3 resolution, 0 to 15. Found: none. "
            "The default range(6, 13) suits a city."
        )
    longitude, latitude = check_points(incidents)
    _, polygons = check_areas(jurisdictions)
    index = index_areas(jurisdictions, points=len(longitude))
    owned = index.owners(longitude, latitude).owner >= 0
    longitude, latitude = longitude[owned], latitude[owned]
    area = shapely.union_all(polygons)
    street_m2 = np.median(areas_m2(polygons, center=middle(polygons)))

    rows = []
    for resolution in compared:
        scale = cell_scale(area, resolution)
        held = np.unique(points_to_cells(longitude, latitude, resolution), return_counts=True)[1]
        cells = max(round(estimate_cells(area, resolution)), len(held), 1)
        rows.append(
            {
                "resolution": resolution,
                "cell_area_m2": scale.area_m2,
                "edge_m": scale.edge_m,
                "grid_cells": cells,
                "cells_per_street": street_m2 / scale.area_m2,
                "zero_share": 1 - len(held) / cells,
                "incidents_per_cell": float(np.median(held)) if len(held) else np.nan,
            }
        )
    advice = pd.DataFrame(rows)
    chosen, why = _choose(advice)
    advice["suggested"] = np.arange(len(advice)) == chosen
    advice["reason"] = [
        why if place == chosen else _reason(row, int(advice["resolution"].iloc[chosen]))
        for place, row in enumerate(rows)
    ]
    return conform(advice, "resolutions")


def _choose(advice: pd.DataFrame) -> tuple[int, str]:
    """Return the position of the row to suggest, and the sentence that says why."""
    filled = (advice["incidents_per_cell"] >= _INCIDENTS_PER_CELL).to_numpy()
    detailed = (advice["cells_per_street"] >= _CELLS_PER_STREET).to_numpy()
    dense = (advice["zero_share"] <= _ZERO_SHARE).to_numpy()
    finest = len(advice) - 1 - np.arange(len(advice))
    for keeps, why in (
        (filled & detailed & dense, "Suggested: the finest resolution that keeps all three rules."),
        (
            filled & dense,
            "Suggested: the finest whose cells can be counted in; it has fewer than "
            f"{_CELLS_PER_STREET} cells per street.",
        ),
        (
            filled,
            f"Suggested: the finest whose cells with incidents hold {_INCIDENTS_PER_CELL}; "
            f"more than {_ZERO_SHARE:.0%} of the cells are empty.",
        ),
    ):
        if keeps.any():
            return int(finest[keeps[::-1].argmax()]), why
    few = "there are too few incidents to count in cells of any resolution compared"
    if detailed.any():
        return int(detailed.argmax()), (
            f"Suggested: the coarsest with {_CELLS_PER_STREET} cells per street; {few}."
        )
    return len(advice) - 1, f"Suggested: the finest compared; {few}."


def _reason(row: dict[str, Any], suggested: int) -> str:
    """Return the sentence that says why a row is not suggested."""
    broken = []
    per_cell = row["incidents_per_cell"]
    if np.isnan(per_cell):
        broken.append("no incident lies in the jurisdictions")
    elif per_cell < _INCIDENTS_PER_CELL:
        broken.append(
            f"cells with incidents hold {per_cell:g} (median), fewer than {_INCIDENTS_PER_CELL}"
        )
    if row["cells_per_street"] < _CELLS_PER_STREET:
        broken.append(
            f"a street has {row['cells_per_street']:.1f} cells (median), fewer than "
            f"{_CELLS_PER_STREET}"
        )
    if row["zero_share"] > _ZERO_SHARE:
        broken.append(
            f"{row['zero_share']:.1%} of the cells are empty, more than {_ZERO_SHARE:.0%}"
        )
    if broken:
        return f"Not suggested: {'; '.join(broken)}."
    return f"Usable, but resolution {suggested} shows more detail."
