"""The map of reach by street: what share of land, people and incidents facilities reach.

It draws the table "street_reach" and computes nothing but the classes. All text and numbers
travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.coverage_classes import (
    amount_classes,
    amount_text,
    amount_texts,
    breaks_of,
    distance_classes,
    share_classes,
    share_text,
    share_texts,
)
from gridgov.maps.map_notes import map_notes
from gridgov.maps.reach_words import reach_how
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_street_reach"]

_SHARES = (
    "area_reached_share",
    "cells_reached_share",
    "population_reached_share",
    "incidents_reached_share",
)
_CAPACITIES = ("capacity_per_km2", "capacity_per_incident", "capacity_per_10000")
_MEASURES = (*_SHARES, "incident_nearest_m", *_CAPACITIES)
_AMOUNTS = ("area_km2", "population", "incidents", "facilities", "capacity")


def map_street_reach(
    reach: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    breaks: Mapping[str, Sequence[float]] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw how much of each street facilities reach, and their capacity in it.

    Parameters
    ----------
    reach
        Table of :func:`gridgov.measure_street_reach`. Several kinds of facilities or numbers
        of folds get a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: the streets.
    breaks
        Ascending bounds between the classes by column, such as
        ``{"area_reached_share": [0.5, 0.9], "capacity_per_km2": [5, 20]}``; two maps compare
        only with the same ones.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    author
        Who made the map, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        Streets by the share of their area that is reached, and a switch to cells, population,
        incidents, distance and capacity as far as the table has them. Pointing at a street
        shows all its numbers; the foot has that of the whole area.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `breaks` are no ascending numbers above 0 or for no column
        that is drawn, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If no street is in `jurisdictions`, or Folium does not know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> from gridgov.coverage.reach.street_reach import measure_street_reach
    >>> from gridgov.place.grid import make_grid
    >>> outlines = [box(116.20, 39.90, 116.21, 39.91), box(116.21, 39.90, 116.22, 39.91)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["W", "E"], "street": ["W", "E"]},
    ...                            geometry=outlines, crs="EPSG:4326")
    >>> team = gpd.GeoDataFrame({"facility_id": ["T"]}, geometry=[Point(116.209, 39.905)],
    ...                         crs="EPSG:4326")
    >>> reach = measure_street_reach(team, make_grid(streets, resolution=9), streets,
    ...                              distance_m=300)
    >>> type(map_street_reach(reach, streets, lang="zh")).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    needed = ["street_id", "group", "folds", *_MEASURES, *_AMOUNTS]
    check_table(reach, "street_reach", columns=needed)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    columns = TABLES["street_reach"]
    bounds = breaks_of(breaks, _MEASURES)
    everything = reach.assign(group=_choices(reach, words)).reset_index(drop=True)
    of_street = everything["street_id"].notna()
    rows, whole = everything[of_street].reset_index(drop=True), everything[~of_street]
    lines = [
        Line(columns[name].heading(lang), "name", _texts(rows, name))
        for name in (*_MEASURES, *_AMOUNTS)
    ]
    # Streets without a facility have a capacity of 0 also where no capacity is known.
    known = {
        name: rows[name].gt(0) if name in _CAPACITIES else rows[name].notna() for name in _MEASURES
    }
    shown = [name for name in _MEASURES if known[name].any()] or list(_MEASURES[:1])
    ways = [
        Measure(
            columns[name].heading(lang),
            _classes(rows[name], name, words, bounds[name]),
            lines,
            words["shares_legend"].format(columns[name].heading(lang)),
            words["street_capacity_help" if name in _CAPACITIES else "street_reach_help"],
        )
        for name in shown
    ]
    how = reach_how(reach, lang)

    def foot(inside: pd.DataFrame, way: int) -> list[str]:
        group = inside["group"].iloc[0]
        same = whole["group"].isna() if pd.isna(group) else whole["group"].eq(group)
        value = whole.loc[same, shown[way]]
        text = "–"
        if len(value) and pd.notna(value.iloc[0]):
            write = share_text if shown[way] in _SHARES else amount_text
            text = write(float(value.iloc[0]))
        return [*notes, words["whole_area"].format(f"{ways[way].name} {text}"), *how]

    return draw_streets(
        rows,
        jurisdictions,
        measures=ways,
        foot=foot,
        name=words["street_reach_layer"],
        title=str(title) if title is not None else words["street_reach_title"],
        date=date,
        lang=lang,
        tiles=tiles,
        headings={"group": words["street_reach_choice"]},
        first=(0, 0),
    )


def _choices(reach: pd.DataFrame, words: dict[str, str]) -> Any:
    """Return the facilities and folds of every row as text, None where there is one of each."""
    kinds, folds = reach["group"].astype(object), reach["folds"]
    several = reach["group"].nunique(dropna=False) > 1, folds.nunique() > 1
    if not any(several):
        return np.full(len(reach), None, dtype=object)
    named = kinds.where(kinds.notna(), words["street_reach_all"]).astype(str)
    if not several[1]:
        return named.to_numpy(dtype=object)
    numbered = folds.map(lambda fold: words["street_reach_folds"].format(fold)).astype(str)
    texts = named + " · " + numbered if several[0] else numbered
    return texts.to_numpy(dtype=object)


def _texts(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as the card shows it."""
    return share_texts(rows[name]) if name in _SHARES else amount_texts(rows[name])


def _classes(values: pd.Series, name: str, words: dict[str, str], breaks: Any) -> Classes:
    """Return the classes of a measure."""
    if name in _SHARES:
        return share_classes(values, words, breaks)
    if name in _CAPACITIES:
        return amount_classes(values, words["zero"], breaks)
    return distance_classes(values, breaks)
