"""The map of patrols as a still picture: dwell, visits, intervals, and how long nobody came.

It draws the table "patrols" with the colors and words of the web map, and computes nothing
but the bounds of its classes and how many cells stand in each. A cell that nobody visited
has a color of its own: it is neither the least of the others nor a cell without an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from gridgov.checks import check_choice, check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.count_classes import counted_classes
from gridgov.maps.cell_values import Classes
from gridgov.maps.words import words_for
from gridgov.taxonomy.sequence import class_colors

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_patrols"]

_COLUMNS = ("dwell_min", "visits", "person_min", "koper_visits", "revisit_mean_h", "revisit_max_h")
# Blue-gray as on the web map, no step of the warm classes.
_NEVER, _ONCE = "#9fb2c8", "#dfe6ec"


def plot_patrols(
    patrols: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    column: str = "dwell_min",
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw how much patrol every cell got as a still map.

    Parameters
    ----------
    patrols
        Table of :func:`gridgov.measure_patrols`.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    column
        ``"dwell_min"``, ``"visits"``, ``"person_min"``, ``"koper_visits"``,
        ``"revisit_mean_h"`` or ``"revisit_max_h"``.
    breaks
        One to five ascending bounds between the classes, in the unit of the column; two
        maps compare only with the same ones. None: up to six classes of about equally many
        cells.
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
        10 × 7.5 inches: cells from pale to dark, blue-gray where nobody ever was; street
        outlines and names, legend with exact ranges and numbers of cells, scale bar, north
        arrow, how long the tracks were observed and how long not.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` or `column` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    The map shows observed presence. Where receivers lose their signal, among high houses or
    indoors, patrols look absent that were there.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "visits": [2, 0],
    ...                       "dwell_min": [10.0, 0.0], "person_min": [10.0, 0.0],
    ...                       "koper_visits": 0, "revisits": [1, 0], "revisit_max_h": [2.0, 4.0],
    ...                       "revisit_max_open": [False, True], "dwell_half_rate_min": 0.0})
    >>> plot_patrols(conform(cells, "patrols"), lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_choice(column, option="column", choices=_COLUMNS)
    check_table(patrols, "patrols", columns=["cell", "visits", column])
    words = words_for(lang)
    absence = column.startswith("revisit")
    return draw_cell_map(
        patrols,
        jurisdictions,
        classes=_classes(patrols, column, breaks, words),
        title=title or words["patrols_title"],
        date=date,
        legend=words["patrols_legend"].format(TABLES["patrols"][column].heading(lang)),
        notes=[
            *made_note(patrols.iloc[:0], source, lang),
            words["absence_help" if absence else "patrols_help"],
            *_method(patrols, words),
        ],
        lang=lang,
    )


def _classes(
    patrols: pd.DataFrame, column: str, breaks: Sequence[float] | None, words: dict[str, str]
) -> Classes:
    """Return the classes of a measure, most first; never visited, and visited once, last."""
    values = patrols[column].to_numpy(np.float64, na_value=np.nan)
    timely = column in ("dwell_min", "person_min")
    never = values <= 0 if timely else patrols["visits"].to_numpy() == 0
    # Absences of cells that nobody visited are as long as the period: no class of theirs.
    shown = np.where(never, 0.0, values)
    whole = column in ("visits", "koper_visits")
    found = counted_classes(shown, breaks, whole=whole)
    ranges = len(found.names) - 1
    names = [name.removeprefix("> 0, ") for name in found.names[:-1]]
    colors = class_colors(ranges)[::-1] if ranges > 1 else found.colors[:-1]
    codes = np.where(never, ranges, found.codes)
    rest = [words["never_seen" if timely else "never_visited"]]
    shades = [_NEVER]
    zero = ~never & (values == 0)
    if zero.any():
        # Visited, and none of the visits of the kind that is counted.
        codes, rest, shades = np.where(zero, ranges + 1, codes), ["0", *rest], [_ONCE, _NEVER]
        codes = np.where(never, ranges + 1, np.where(zero, ranges, codes))
    once = np.isnan(values) & ~never
    if once.any():
        codes = np.where(never, ranges + 1, np.where(once, ranges, codes))
        rest, shades = [words["one_presence"], *rest], [_ONCE, *shades]
    return Classes(codes.astype(np.int64), [*names, *rest], [*colors, *shades])


def _method(patrols: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return the line at the foot that says what the table was made of, if it says so."""
    made = patrols.attrs.get("patrol")
    if not made:
        return []
    hours = {
        short: f"{made[name] / 60:,.1f}"
        for short, name in (
            ("dwell", "dwell_min"),
            ("outside", "outside_min"),
            ("unobserved", "unobserved_min"),
        )
    }
    ends = {name: made[name][:16].replace("T", " ") for name in ("start", "end")}
    return [
        words["patrols_method"].format(
            tracks=f"{made['tracks']:,}", fixes=f"{made['fixes']:,}", **ends, **hours
        )
    ]
