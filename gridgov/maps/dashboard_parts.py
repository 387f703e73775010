"""What a dashboard ships besides its map: counts, hotspots, streets and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gridgov.checks import conform
from gridgov.columns import SPOTS, Language
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.maps.dashboard_facts import Facet, Facts
from gridgov.maps.packing import Column
from gridgov.maps.streets import Streets

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["about_lines", "fact_columns", "spot_columns", "street_list"]

# What is not counted and why, in the order of the sentence.
_FATES = ("no_point", "outside", "off_grid", "no_time", "outside_period", "other_category")


def fact_columns(facts: Facts) -> list[Column]:
    """Return the rows as the script reads them."""
    # A cell lies in one street or few, so that its first row nearly settles the others.
    columns = [
        Column("fact_cell", facts.cell, delta=True),
        Column("fact_period", facts.period, delta=True),
        Column("fact_street", facts.street, given="fact_cell"),
        Column("fact_incidents", facts.incidents - 1),
    ]
    return [*columns, *(Column(f"fact_{facet.kind}", facet.codes) for facet in facts.facets)]


def spot_columns(facts: Facts, grid: pd.DataFrame) -> list[Column]:
    """Return the hotspot class of every cell: for all incidents, then for each category."""
    category = _category(facts)
    maps = [facts.counts()]
    if category is not None and len(category.labels) > 1:
        maps.append(facts.counts(category))
    counts = np.concatenate(maps)
    cells = len(facts.cells)
    table = pd.DataFrame(
        {
            "cell": np.tile(facts.cells, len(counts)),
            "group": pd.Series(np.arange(len(counts)).repeat(cells)).astype("str"),
            "street_id": grid["street_id"].array.take(np.tile(facts.order, len(counts))),
            "incidents": counts.reshape(-1),
            "area_km2": np.tile(grid["area_km2"].to_numpy(np.float64)[facts.order], len(counts)),
        }
    )
    hot = find_hotspots(conform(table, "counts"))
    codes = hot["spot"].cat.codes.to_numpy(np.int64)
    # Hottest first, as the legend reads, and no answer last.
    placed = np.where(codes < 0, len(SPOTS), len(SPOTS) - 1 - codes)
    return [Column(f"spot_{at}", codes) for at, codes in enumerate(placed.reshape(-1, cells))]


def _category(facts: Facts) -> Facet | None:
    """Return the categories, None where the incidents have none."""
    return next((facet for facet in facts.facets if facet.kind == "category"), None)


def street_list(
    facts: Facts, jurisdictions: gpd.GeoDataFrame, streets: Streets, nameless: str
) -> list[dict[str, Any]]:
    """Return name, area and place among the outlines of every street of the ranking."""
    ids = jurisdictions["street_id"].astype(str).to_numpy(dtype=object)
    areas: dict[str, float] = {}
    if "area_km2" in jurisdictions.columns:
        known = jurisdictions["area_km2"].to_numpy(np.float64, na_value=np.nan)
        areas = {street: area for street, area in zip(ids, known, strict=True) if area > 0}
    # The outlines are packed larger streets first.
    shapes = np.asarray(jurisdictions["geometry"], dtype=object)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    order = np.argsort(-shapely.area(shapes[drawn]), kind="stable")
    outline = {street: place for place, street in enumerate(ids[drawn][order].tolist())}
    return [
        {
            "name": streets.names.get(street, street) or nameless,
            "km2": areas.get(street),
            "outline": outline.get(street, -1),
        }
        for street in facts.streets
    ]


def about_lines(
    facts: Facts, listed: list[str], words: dict[str, str], lang: Language
) -> list[str]:
    """Return the sentences that say what the numbers are."""
    lines = [
        words["method"].format(
            incidents=f"{int(facts.incidents.sum()):,}",
            cells=f"{len(facts.cells):,}",
            streets=f"{len(facts.streets):,}",
            periods=f"{len(listed):,}",
            first=f"{facts.starts[0]:%Y-%m-%d}",
        )
    ]
    lost = [
        words[f"fate_{fate}"].format(f"{facts.fates[fate]:,}")
        for fate in _FATES
        if facts.fates.get(fate)
    ]
    if lost:
        lines.append(words["not_counted"].format(("，" if lang == "zh" else ", ").join(lost)))
    return [*lines, words["linked"], words["street_rule"], words["spots_method"]]
