"""The map of change between two times as a still picture: shares that grew or shrank.

It draws the tables "pattern_change" and "proportion_change" with the colors and words of
the web map, and computes nothing but how many cells stand in each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.taxonomy.category_palette import TREND_COLORS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_pattern_change_map"]

_TERMS = {1: "grown", 0: "same", -1: "shrunk"}


def plot_pattern_change_map(
    change: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw where the share of the incidents has grown and where it has shrunk.

    Parameters
    ----------
    change
        Table of :func:`gridgov.compare_patterns` or :func:`gridgov.compare_proportions`
        whose units are cells.
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
        10 × 7.5 inches: cells whose share has grown, shrunk or neither with their number in
        the legend, street outlines and names, scale bar, north arrow, heading, date, source
        and a note on the method. :func:`gridgov.plot_pattern_change` draws the scatter plot.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the units are streets.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> cells = pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "uint64")
    >>> before = pd.DataFrame({"cell": cells, "incidents": [60, 40]})
    >>> after = pd.DataFrame({"cell": cells, "incidents": [20, 40]})
    >>> figure = plot_pattern_change_map(gg.compare_proportions(before, after), lang="zh")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    name = "proportion_change" if "q_value" in change.columns else "pattern_change"
    needed = ["cell", "incidents_before", "incidents_after", "local_s"]
    check_table(change, name, columns=needed)
    if change["cell"].isna().any():
        raise InputError(
            "A map of change needs cells. Found: a table whose units are streets. Draw it with "
            'gridgov.plot_pattern_change(...), or compare with unit="cell".'
        )
    words = words_for(lang)
    colors = dict(zip(_TERMS.values(), TREND_COLORS.values(), strict=True))
    method = words[f"{name}_method"].format(
        before=f"{int(change['incidents_before'].sum()):,}",
        after=f"{int(change['incidents_after'].sum()):,}",
        cells=f"{len(change):,}",
        alpha=f"{(change.attrs.get(name) or {}).get('alpha', 0.05):g}",
    )
    return draw_cell_map(
        change.assign(cell=change["cell"].astype("uint64")),
        jurisdictions,
        classes=classes_of(change["local_s"].map(_TERMS), colors, "change", lang),
        title=title or words["change_title"],
        date=date,
        legend=words["change_legend"],
        notes=[*made_note(change, source, lang), words["change_help"], method],
        lang=lang,
    )
