"""When the cells of each category were hot and cold: one strip a category, one step a period.

The picture answers what a table of categories leaves open: a sporadic hotspot may have
been hot every summer or at random, and a new one may stand alone or be one of hundreds.
It draws the histories that the table carries and computes only shares of their cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.page_text import check_one_map, draw_heading, one
from gridgov.figures.sheet import FAINT, draw_swatch, make_sheet, write
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.category_palette import EMERGING_COLORS
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import SPOT_COLORS

__all__ = ["plot_emerging"]

Floats = NDArray[np.float64]

_WIDTH = 720.0
_MARGIN = 26.0
# The strips begin to the right of the longest category's name and its number of cells.
_LEFT = 236.0
_ROW = 34.0
_MOST_DATES = 7

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Emerging hotspots: when they were hot and cold",
        "category": "Category",
        "cells": "Cells",
        "hot": "hot",
        "cold": "cold",
        "group": "Group: {group}. ",
        "source": "Source: {source}.",
        "method": "{group}Bars up and down: share of the category's cells that are significant hot "
        "and cold spots in a period (q < {alpha:g}), a full half of a strip is all of them. "
        "Getis-Ord Gi* of every cell and period, Benjamini-Hochberg adjusted; "
        "{incidents:,} incidents in {cells:,} H3 cells.",
        "no_answer": "{count:,} cells without an answer are left out.",
    },
    "zh": {
        "title": "热点演变：何时为热点、何时为冷点",
        "category": "类型",
        "cells": "网格数",
        "hot": "热",
        "cold": "冷",
        "group": "分组：{group}。",
        "source": "资料来源：{source}。",
        "method": "{group}向上和向下的柱：该类型网格中当期为显著热点和冷点的占比（q < {alpha:g}），"
        "占满半条即全部。对每个网格和时段计算 Getis-Ord Gi*，经 Benjamini-Hochberg 校正；"
        "{cells:,} 个 H3 网格，{incidents:,} 起事件。",
        "no_answer": "未计算的网格 {count:,} 个，未列入。",
    },
}


def plot_emerging(
    emerging: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw for every category when its cells were hot and cold.

    Parameters
    ----------
    emerging
        Table of :func:`gridgov.find_emerging_hotspots`, one group, with its ``attrs``.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the figure is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 inches wide: a strip for every category that occurs, with its number of cells;
        in every period a bar up for the share of them that is hot and one down for the
        share that is cold. It belongs to no pyplot state; ``figure.savefig(path)`` writes
        it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several groups, lacks the histories in its ``attrs``, or no cell
        has an answer.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF], "incidents": [9], "area_km2": 0.1,
    ...                       "periods": 3, "category": ["new hot"]})
    >>> table = conform(cells, "emerging")
    >>> table.attrs["emerging"] = {
    ...     "alpha": 0.1,
    ...     "periods": ["2017-01-01", "2017-02-01", "2017-03-01"],
    ...     "groups": [{"group": None, "histories": [
    ...         {"category": "new hot", "cells": 1, "hot": [0, 0, 1], "cold": [0, 0, 0]}]}],
    ... }
    >>> figure = plot_emerging(table, lang="zh", title="八角街道")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(emerging, "emerging", columns=["cell", "group", "incidents", "category"])
    group, histories = _histories(emerging)
    words = _WORDS[lang]
    made = emerging.attrs["emerging"]
    method = words["method"].format(
        group=words["group"].format(group=category_label(group, lang)) if group else "",
        alpha=made["alpha"],
        incidents=int(emerging["incidents"].sum()),
        cells=len(emerging),
    )
    without = int(emerging["category"].isna().sum())
    if without:
        method = f"{method} {words['no_answer'].format(count=without)}"
    notes = [words["source"].format(source=source)] if source else []
    foot = [
        line for note in [*notes, method] for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)
    ]
    heading = wrap(title or words["title"], _WIDTH - 2 * _MARGIN, 20, lines=2)

    bottom = 44.0 + 12 * len(foot)
    top = bottom + _ROW * len(histories)
    height = top + 40 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    draw_heading(sheet, title or words["title"], date, width=_WIDTH, height=height, margin=_MARGIN)
    write(sheet, _MARGIN, top + 9, one(words["category"]), size=9.5, color=FAINT)
    write(sheet, _LEFT - 22, top + 9, one(words["cells"]), size=9.5, color=FAINT, align="right")

    middles: Floats = top - _ROW * (np.arange(len(histories), dtype=np.float64) + 0.5)
    for history, middle in zip(histories, middles.tolist(), strict=True):
        term = history["category"]
        draw_swatch(sheet, _MARGIN, middle - 5.5, EMERGING_COLORS[term])
        write(sheet, _MARGIN + 22, middle - 4, one(label("emerging", term, lang)), size=10.5)
        count = one(f"{history['cells']:,}")
        write(sheet, _LEFT - 22, middle - 4, count, size=10.5, align="right")
    # The first strip says what up and down mean.
    for word, shift in (("hot", 5.0), ("cold", -11.0)):
        place = float(middles[0]) + shift
        write(sheet, _LEFT - 3, place, one(words[word]), size=7, color=FAINT, align="right")
    _draw_strips(sheet, histories, middles)
    _draw_dates(sheet, [str(text)[:10] for text in made["periods"]], bottom)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _histories(emerging: pd.DataFrame) -> tuple[str | None, list[dict[str, Any]]]:
    """Return the group that the table shows and the histories of its categories."""
    check_one_map(emerging, "emerging")
    group = None if pd.isna(emerging["group"].iloc[0]) else str(emerging["group"].iloc[0])
    made = emerging.attrs.get("emerging") or {}
    found = [entry for entry in made.get("groups", []) if entry["group"] == group]
    if not found:
        raise InputError(
            "emerging must carry the histories of its categories in attrs['emerging']. Found: "
            "none for this group; joining tables or reading them from a file loses them. Call "
            "gridgov.find_emerging_hotspots(...) again."
        )
    histories: list[dict[str, Any]] = found[0]["histories"]
    if not histories:
        raise InputError(
            "A figure needs a cell with a category. Found: none; the column reason says why."
        )
    return group, histories


def _draw_strips(sheet: Axes, histories: list[dict[str, Any]], middles: Floats) -> None:
    """Draw all bars at once, hot upward and cold downward, and the middle lines."""
    edges = np.linspace(_LEFT, _WIDTH - _MARGIN, len(histories[0]["hot"]) + 1)
    half = _ROW / 2 - 2.5
    cells = np.array([[history["cells"]] for history in histories], dtype=np.float64)
    for side, sign, spot in (("hot", 1, "hot 99"), ("cold", -1, "cold 99")):
        share = np.array([history[side] for history in histories]) / cells
        row, step = np.nonzero(share)
        gap = 0.08 * (edges[1] - edges[0])
        west, east = edges[step] + gap, edges[step + 1] - gap
        base = middles[row]
        tip = base + sign * half * share[row, step]
        corners = np.stack(
            [
                np.column_stack([west, base]),
                np.column_stack([east, base]),
                np.column_stack([east, tip]),
                np.column_stack([west, tip]),
            ],
            axis=1,
        )
        bars = PolyCollection(list(corners), facecolors=SPOT_COLORS[spot], linewidths=0, zorder=2)
        sheet.add_collection(bars, autolim=False)
    rules = [[(_LEFT, y), (_WIDTH - _MARGIN, y)] for y in middles.tolist()]
    sheet.add_collection(
        LineCollection(rules, colors="#b9bfc4", linewidths=0.6, zorder=1), autolim=False
    )


def _draw_dates(sheet: Axes, dates: list[str], bottom: float) -> None:
    """Write the first days of some periods below the strips, the first and the last among them."""
    steps = len(dates)
    edges = np.linspace(_LEFT, _WIDTH - _MARGIN, steps + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    shown = np.unique(np.linspace(0, steps - 1, min(steps, _MOST_DATES)).round().astype(int))
    ticks = [[(middles[place], bottom), (middles[place], bottom - 4)] for place in shown]
    sheet.add_collection(LineCollection(ticks, colors=FAINT, linewidths=0.7), autolim=False)
    for place in shown.tolist():
        letters = one(dates[place])
        half = letters.width(8.5) / 2
        x = min(max(middles[place], _LEFT + half), _WIDTH - 8 - half)
        write(sheet, x, bottom - 14, letters, size=8.5, color=FAINT, align="center")
