"""The map of patrol coverage: the share of every street that a patrol gets round to.

It draws the table "patrol_coverage" and computes nothing but how many streets stand in
each class. One switch goes from cells to roads, incidents and hotspots, another from one
day to thirty. The classes are fixed, so that any two of these maps compare. All text and
numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.card_texts import count_texts
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.sequence import class_codes, class_colors

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_patrol_coverage"]

_SHARES = (
    "cell_share",
    "cell_share_min",
    "cell_share_last",
    "road_cell_share",
    "road_length_share",
    "incident_share",
    "hotspot_cell_share",
    "hotspot_dwell_share",
)
_BOUNDS = (0.2, 0.4, 0.6, 0.8)
_NOTHING = "#9fb2c8"
_NEEDED = ["street_id", "days", "windows", "cells", "incidents", *_SHARES]


def map_patrol_coverage(
    coverage: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw how much of every street patrols get round to in so many days.

    Parameters
    ----------
    coverage
        Table of :func:`gridgov.measure_patrol_coverage` with rows by street.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names.
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
        Streets by the share of their cells with a visit, in classes of a fifth; 0 % in a
        color of its own; hatched where there is no answer, as for windows longer than the
        period. Switches to the other shares that the table has and to windows of other
        lengths. The foot tells the share of all streets together.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If there are no rows by street, none of the streets is in `jurisdictions`, or Folium
        does not know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from gridgov.checks import conform
    >>> outlines = [box(116.1, 39.9, 116.2, 40.0)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["01"], "street": ["八角街道"]},
    ...                            geometry=outlines, crs=4326)
    >>> rows = pd.DataFrame({"street_id": [None, "01"], "days": 7, "windows": 8,
    ...                      "cells": [90.0, 12.0], "cell_share": [0.4, 0.75]})
    >>> page = map_patrol_coverage(conform(rows, "patrol_coverage"), streets, lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(coverage, "patrol_coverage", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    whole = coverage[coverage["street_id"].isna()].set_index("days")
    rows = coverage[coverage["street_id"].notna()]
    if rows.empty:
        raise MapError(
            "A map of patrol coverage needs rows by street. Found: rows of the whole area only. "
            "Measure with jurisdictions."
        )
    rows = rows.assign(group=[_days(days, words) for days in rows["days"].tolist()])
    there = [name for name in _SHARES if rows[name].notna().any()] or [_SHARES[0]]
    lines = _lines(rows, there, words)
    help_ = words["patrol_coverage_help"]

    def foot(inside: pd.DataFrame, at: int) -> list[str]:
        days = int(inside["days"].iloc[0])
        told = [_days(days, words), f"{int(inside['windows'].iloc[0]):,}"]
        if days not in whole.index:
            method = words["patrol_coverage_method_alone"].format(*told)
        else:
            method = words["patrol_coverage_method"].format(
                *told, _percent(whole.at[days, there[at]])
            )
        return [*notes, method]

    # The window in the middle shows first: a day asks too much, a month too little.
    lengths = rows["days"].drop_duplicates().tolist()
    first = lengths.index(7) if 7 in lengths else len(lengths) // 2
    return draw_streets(
        rows,
        jurisdictions,
        measures=[
            Measure(
                words[name],
                _classes(rows[name]),
                lines,
                words["coverage_measure_legend"].format(words[name]),
                help_,
            )
            for name in there
        ],
        foot=foot,
        name=words["patrol_coverage_layer"],
        title=str(title) if title is not None else words["patrol_coverage_title"],
        date=date,
        lang=lang,
        tiles=tiles,
        headings={"group": words["days_choice"]},
        first=(first, 0),
    )


def _classes(shares: pd.Series) -> Classes:
    """Return the class of every share, the largest first and nothing at all last."""
    values = shares.to_numpy(dtype=np.float64, na_value=np.nan)
    last = len(_BOUNDS)
    found = np.where(values == 0, last + 1, last - class_codes(values, _BOUNDS))
    found = np.where(np.isnan(values), last + 2, found)
    texts = [f"{100 * bound:.4g} %" for bound in _BOUNDS]
    between = [f"{low} – {high}" for low, high in pairwise(texts)]
    names = [f"≥ {texts[-1]}", *between[::-1], f"< {texts[0]}", "0 %"]
    return Classes(found.astype(np.int64), names, [*class_colors(last + 1)[::-1], _NOTHING])


def _lines(rows: pd.DataFrame, there: list[str], words: dict[str, str]) -> list[Line]:
    """Return what the card at the pointer says."""
    counts = [
        Line(words["incidents"], "name", count_texts(rows["incidents"])),
        Line(words["cells_whole"], "digits", rows["cells"]),
    ]
    return [
        Line(words["density_class"], "class"),
        *(Line(words[name], "percent", rows[name]) for name in there),
        *counts,
    ]


def _days(days: int, words: dict[str, str]) -> str:
    """Return a number of days in words."""
    return words["days_one"] if days == 1 else words["days_many"].format(f"{days:,}")


def _percent(share: float) -> str:
    """Return a share in whole percents, as the card shows it."""
    return "–" if pd.isna(share) else f"{100 * share:.0f} %"
