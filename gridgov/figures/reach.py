"""The map of reach as a still picture: what facilities cover, how near, how many of them.

It draws the table "reach" with the classes, colors and words of the web map, and computes
nothing but how many cells stand in each class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridgov.checks import check_choice, check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import Overlay, draw_cell_map, made_note
from gridgov.figures.legend import Row
from gridgov.figures.page_text import check_one_map
from gridgov.figures.sheet import Box
from gridgov.maps.coverage_classes import distance_classes, share_classes, whole_classes
from gridgov.maps.words_coverage import COVERAGE_WORDS
from gridgov.taxonomy.coverage_palette import FACILITY_COLORS
from gridgov.taxonomy.sequence import check_breaks

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_reach"]

_COLUMNS = ("reached_share", "nearest_m", "facilities_within")

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "facility": "Facility",
        "method": "{what}{cells:,} H3 cells.",
        "count": "{:,} facilities; ",
    },
    "zh": {
        "facility": "设施",
        "method": "{what}{cells:,} 个 H3 网格。",
        "count": "{:,} 处设施；",
    },
}


def plot_reach(
    reach: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    facilities: gpd.GeoDataFrame | None = None,
    column: str = "reached_share",
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw what facilities reach as a still map.

    Parameters
    ----------
    reach
        Table of :func:`gridgov.measure_reach`, one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    facilities
        Table "facilities"; dots where they stand. None: no dots.
    column
        ``"reached_share"`` of the cell's land, ``"nearest_m"`` to the nearest facility, or
        ``"facilities_within"`` reach of the center.
    breaks
        Ascending bounds between the classes, in the unit of the column: shares up to 1,
        meters, or whole numbers. None: 0.25, 0.5, 0.75, 0.9; 300 to 2,000 m; 1, 2, 3, 4, 6.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells from pale to dark blue, what nobody reaches in a warm color,
        hatched where there is no answer; facilities, street outlines and names, legend with
        exact ranges and numbers of cells, scale bar, north arrow.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` or `column` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "area_km2": 0.1,
    ...                       "folds": 1, "facilities_within": [1, 0], "nearest_m": [120.0, 900.0],
    ...                       "reached_share": [1.0, 0.0]})
    >>> plot_reach(conform(cells, "reach"), lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_choice(column, option="column", choices=_COLUMNS)
    check_table(reach, "reach", columns=["cell", "group", "folds", *_COLUMNS])
    check_one_map(reach, "reach")
    bounds = check_breaks(breaks)
    place = 1 if lang == "zh" else 0
    words = {word: texts[place] for word, texts in COVERAGE_WORDS.items()}
    folds = int(reach["folds"].iloc[0])
    network = bool((reach.attrs.get("reach") or {}).get("network"))
    if column == "reached_share":
        classes = share_classes(reach[column], words, bounds)
        legend, told = words["reach_cells"].format(words["reach_layer"]), words["reach_help"]
        if folds > 1:
            told = words["reach_help_folds"].format(folds)
        told = words["reach_help_network"] if network else told
    elif column == "nearest_m":
        classes = distance_classes(reach[column], bounds)
        legend, told = words["reach_nearest_legend"], words["reach_nearest_help"]
    else:
        classes = whole_classes(reach[column], bounds)
        legend, told = words["reach_cells"].format(words["reach_folds"]), words["reach_folds_help"]
    own = _WORDS[lang]
    what = "" if facilities is None else own["count"].format(len(facilities))
    method = own["method"].format(what=what, cells=len(reach))
    return draw_cell_map(
        reach,
        jurisdictions,
        classes=classes,
        title=title or words["reach_title"],
        date=date,
        legend=legend,
        notes=[*made_note(reach, source, lang), told, method],
        lang=lang,
        overlay=None if facilities is None else _dots(facilities, own),
    )


def _dots(facilities: gpd.GeoDataFrame, words: dict[str, str]) -> Overlay:
    """Return the facilities as dots over the cells."""
    check_table(facilities, "facilities", columns=["geometry"])
    shapes: Any = np.asarray(facilities.geometry, dtype=object)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    color = FACILITY_COLORS[0]

    def draw(sheet: Axes, planar: Any, room: Box) -> None:
        at = shapely.get_coordinates(planar)
        inside = (at >= room[:2]).all(axis=1) & (at <= room[2:]).all(axis=1)
        sheet.scatter(
            at[inside, 0],
            at[inside, 1],
            s=26,
            c=color,
            edgecolors="white",
            linewidths=0.8,
            zorder=3,
        )

    return Overlay(shapes, draw, [Row("dot", color, words["facility"], len(shapes))])
