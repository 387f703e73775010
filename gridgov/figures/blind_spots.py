"""The map of blind spots as a still picture: cells that report far less than expected.

It draws the table "blind_spots" with the colors and words of the web map, and computes
nothing but how many cells stand in each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.schema.blind_spots import BLIND_SPOTS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_blind_spots"]

# The violets of the web map: a blind spot is no cold spot; sand for what nobody can tell.
_COLORS = dict(
    zip(BLIND_SPOTS, ("#3f1d6b", "#7b52ab", "#b9a0d6", "#f7f7f2", "#dfd7c3"), strict=True)
)


def plot_blind_spots(
    blind_spots: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw where far fewer incidents are reported than expected, as a still map.

    Parameters
    ----------
    blind_spots
        Table of :func:`gridgov.find_blind_spots`, one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
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
        10 × 7.5 inches: cells in the colors of their classes, sand where nobody can tell,
        hatched where there is no answer; street outlines and names, legend with numbers of
        cells, scale bar, north arrow, note on the method.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
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
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "incidents": [0, 9],
    ...                       "area_km2": 0.1, "ring_incidents": 30,
    ...                       "blind_spot": ["blind 99", "not significant"]})
    >>> plot_blind_spots(conform(cells, "blind_spots"), lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    needed = ["cell", "group", "incidents", "history_incidents", "other_incidents", "q_value"]
    check_table(blind_spots, "blind_spots", columns=[*needed, "blind_spot"])
    check_one_map(blind_spots, "blind_spots")
    words = words_for(lang)
    more = [words["expected_ring"]]
    more += [words["expected_history"]] if blind_spots["history_incidents"].notna().any() else []
    more += [words["expected_other"]] if blind_spots["other_incidents"].notna().any() else []
    between = "、" if lang == "zh" else ", "
    method = words["blind_spots_method"].format(
        incidents=f"{int(blind_spots['incidents'].sum()):,}",
        cells=f"{len(blind_spots):,}",
        tests=f"{int(blind_spots['q_value'].notna().sum()):,}",
        more="".join(between + part for part in more),
    )
    return draw_cell_map(
        blind_spots,
        jurisdictions,
        classes=classes_of(blind_spots["blind_spot"], _COLORS, "blind_spot", lang),
        title=title or words["blind_spots_title"],
        date=date,
        legend=words["blind_spots_legend"],
        notes=[*made_note(blind_spots, source, lang), words["blind_spots_help"], method],
        lang=lang,
    )
