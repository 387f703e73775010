"""The Lorenz curve: how few cells hold how many of the incidents.

Along the lower axis stand the cells, emptiest first, and upward what they hold together.
On the diagonal all would hold alike; the further a curve hangs below it, the fewer places
hold the incidents. Where incidents are fewer than cells the diagonal cannot be reached,
and a dashed line shows the most even distribution that can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.page_text import draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, Box, make_sheet, write
from gridgov.taxonomy.categories import category_label

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["plot_lorenz"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 236.0

# Okabe and Ito's colors, told apart by color-blind readers, dark enough for thin lines;
# https://jfly.uni-koeln.de/color/
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9")

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Concentration of incidents",
        "cells": "Share of the cells, emptiest first",
        "area": "Share of the area, emptiest first",
        "incidents": "Share of the incidents",
        "all": "All incidents",
        "gini": "Gini {value}{interval}",
        "generalized": "Generalized Gini {value}{interval}",
        "interval": " ({low}–{high})",
        "hold": "{percent} % of the incidents lie in",
        "of_cells": "{value} % of the cells{interval}",
        "of_area": "{value} % of the area{interval}",
        "even": "All cells alike",
        "even_area": "All land alike",
        "possible": "As even as {incidents:,} incidents can lie",
        "source": "Source: {source}.",
        "level": "In brackets: {level:g} % bootstrap interval, cells drawn with replacement.",
        "method": "Lorenz curve; the Gini index is twice the area between a curve and the "
        "diagonal.",
    },
    "zh": {
        "title": "事件集中程度",
        "cells": "网格累计占比（由少到多）",
        "area": "面积累计占比（由疏到密）",
        "incidents": "事件累计占比",
        "all": "全部事件",
        "gini": "基尼系数 {value}{interval}",
        "generalized": "广义基尼系数 {value}{interval}",
        "interval": "（{low}–{high}）",
        "hold": "{percent}% 的事件集中在",
        "of_cells": "{value}% 的网格{interval}",
        "of_area": "{value}% 的面积{interval}",
        "even": "各网格相同",
        "even_area": "各处密度相同",
        "possible": "{incidents:,} 起事件所能达到的最均匀分布",
        "source": "资料来源：{source}。",
        "level": "括号内为 {level:g}% 自助法区间（对网格有放回抽样）。",
        "method": "洛伦兹曲线；基尼系数为曲线与对角线所围面积的两倍。",
    },
}


def plot_lorenz(
    lorenz: pd.DataFrame,
    concentration: pd.DataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw Lorenz curves, up to six beside each other.

    Parameters
    ----------
    lorenz
        Table of :func:`gridgov.measure_lorenz`.
    concentration
        Table of :func:`gridgov.measure_concentration` of the same counts and units: adds
        the indices with their intervals, and for a single curve where 25, 50 and 80 % lie.
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
        10 × 7.5 inches. It belongs to no pyplot state; ``figure.savefig(path)`` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there is no curve: no incidents.
    InputError
        If there are more than six curves, or curves over cells and over area.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> corners = pd.DataFrame({"unit": "cells", "step": [0, 1, 2], "unit_share": [0, 0.9, 1],
    ...                         "incident_share": [0, 0.5, 1]})
    >>> figure = plot_lorenz(conform(corners, "lorenz"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(lorenz, "lorenz")
    if concentration is not None:
        check_table(concentration, "concentration")
    curves = _curves(lorenz)
    unit = str(lorenz["unit"].iloc[0])
    words = _WORDS[lang]

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    heading = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    side = min(_WIDTH - 2 * _MARGIN - _PANEL - 46, heading - 98)
    room = (_MARGIN + 46, heading - 4 - side, _MARGIN + 46 + side, heading - 4)
    _draw_axes(sheet, room, words[unit], words["incidents"])
    indices = [_row_of(concentration, keys) for keys, _ in curves]
    for (_, corners), color in zip(curves, _COLORS, strict=False):
        x, y = _place(room, corners).T
        sheet.plot(x, y, color=color, linewidth=2.0, zorder=3, solid_joinstyle="round")
    fewer = _draw_possible(sheet, room, indices) if unit == "cells" else None
    _draw_panel(sheet, room, curves, indices, unit, lang, fewer)

    notes = [words["source"].format(source=source)] if source else []
    made = {} if concentration is None else concentration.attrs.get("concentration") or {}
    if made.get("bootstrap"):
        notes.append(words["level"].format(level=100 * made["level"]))
    draw_notes(sheet, [*notes, words["method"]], width=_WIDTH, margin=_MARGIN)
    return figure


def _curves(lorenz: pd.DataFrame) -> list[tuple[tuple[Any, Any], Floats]]:
    """Return the key and the corners of every curve."""
    if lorenz["unit"].nunique() > 1:
        raise InputError(
            "A figure shows curves over cells or over area. Found: both. Pass "
            "lorenz[lorenz['unit'] == 'cells']."
        )
    number = lorenz.groupby(["period", "group"], dropna=False, sort=False).ngroup().to_numpy()
    count = int(number.max()) + 1
    if count > len(_COLORS):
        raise InputError(
            f"A figure shows up to {len(_COLORS)} curves. Found: {count}. Pass some of the "
            "periods and groups: lorenz[lorenz['group'].isin([...])]."
        )
    curves = []
    for place in range(count):
        rows = lorenz[number == place].sort_values("step")
        keys = (rows["period"].iloc[0], rows["group"].iloc[0])
        curves.append((keys, rows[["unit_share", "incident_share"]].to_numpy(dtype=np.float64)))
    return curves


def _row_of(concentration: pd.DataFrame | None, keys: tuple[Any, Any]) -> Any:
    """Return the row of a period and group, None where there is none."""
    if concentration is None:
        return None
    here = np.ones(len(concentration), dtype=bool)
    for name, value in zip(("period", "group"), keys, strict=True):
        column = concentration[name]
        here &= (column.isna() if pd.isna(value) else column == value).to_numpy(dtype=bool)
    found = np.flatnonzero(here)
    return concentration.iloc[found[0]] if found.size else None


def _place(room: Box, shares: Any) -> Floats:
    """Return points of the sheet for shares from 0 to 1."""
    west, south, east, north = room
    at = np.asarray(shares, dtype=np.float64)
    return np.asarray(np.array([west, south]) + at * [east - west, north - south])


def _draw_axes(sheet: Axes, room: Box, x_title: str, y_title: str) -> None:
    """Draw the box, the diagonal, and the scales in percent."""
    west, south, east, north = room
    box = Rectangle((west, south), east - west, north - south, facecolor="none", edgecolor=FAINT)
    box.set_linewidth(0.8)
    sheet.add_patch(box)
    sheet.plot([west, east], [south, north], color=INK, linewidth=0.9, zorder=2)
    shares = np.arange(0.0, 1.01, 0.2)
    lines = []
    for share in shares:
        x, y = _place(room, [share, share])
        lines += [[(x, south), (x, north)], [(west, y), (east, y)]]
        letters = one(f"{100 * share:.0f} %")
        write(sheet, x, south - 14, letters, size=8.5, color=FAINT, align="center")
        write(sheet, west - 6, y - 3, letters, size=8.5, color=FAINT, align="right")
    sheet.add_collection(
        LineCollection(lines, colors="#e4e6e8", linewidths=0.6, zorder=1), autolim=False
    )
    for line in lettering(wrap(x_title, east - west, 10, lines=1)):
        write(sheet, (west + east) / 2, south - 31, line, size=10, align="center")
    for line in lettering(wrap(y_title, north - south, 10, lines=1)):
        write(sheet, _MARGIN + 6, (south + north) / 2, line, size=10, align="center")
        sheet.texts[-1].set(rotation=90, verticalalignment="center")


def _draw_possible(sheet: Axes, room: Box, indices: Sequence[Any]) -> int | None:
    """Draw the most even line that a single curve's incidents allow; return their number."""
    if len(indices) != 1 or indices[0] is None:
        return None
    cells, incidents = float(indices[0]["cells"]), int(indices[0]["incidents"])
    if not 0 < incidents < cells:
        return None
    corners = _place(room, [[1 - incidents / cells, 0.0], [1.0, 1.0]])
    sheet.plot(corners[:, 0], corners[:, 1], color=INK, linewidth=0.9, linestyle="--", zorder=2)
    return incidents


def _draw_panel(
    sheet: Axes,
    room: Box,
    curves: Sequence[tuple[tuple[Any, Any], Floats]],
    indices: Sequence[Any],
    unit: str,
    lang: Language,
    fewer: int | None,
) -> None:
    """Write what every line is, and the indices, to the right of the plot."""
    words = _WORDS[lang]
    left, right = room[2] + 24, _WIDTH - _MARGIN
    y = room[3] - 8

    def say(text: str, *, size: float = 10.5, color: str = INK, gap: float = 15.0) -> None:
        nonlocal y
        for line in lettering(wrap(text, right - left - 24, size, lines=2)):
            write(sheet, left + 24, y, line, size=size, color=color)
            y -= gap

    for ((period, group), _), row, color in zip(curves, indices, _COLORS, strict=False):
        sheet.plot([left, left + 17], [y + 4, y + 4], color=color, linewidth=2.0)
        names = [] if pd.isna(period) else [f"{period:%Y-%m-%d}"]
        names += [] if pd.isna(group) else [category_label(str(group), lang)]
        say(" · ".join(names) or words["all"], size=11)
        if row is not None:
            say(_told(words["gini"], row, "gini", 1, lang), size=9.5, color=FAINT)
            if unit == "cells" and row["incidents"] < row["cells"]:
                told = _told(words["generalized"], row, "gini_generalized", 1, lang)
                say(told, size=9.5, color=FAINT)
        y -= 5
    sheet.plot([left, left + 17], [y + 4, y + 4], color=INK, linewidth=0.9)
    say(words["even" if unit == "cells" else "even_area"])
    if fewer is not None:
        sheet.plot([left, left + 17], [y + 4, y + 4], color=INK, linewidth=0.9, linestyle="--")
        say(words["possible"].format(incidents=fewer))
    if len(curves) == 1 and indices[0] is not None:
        y -= 10
        name, of = ("cell_share", "of_cells") if unit == "cells" else ("area_share", "of_area")
        for percent in (25, 50, 80):
            say(words["hold"].format(percent=percent), size=9.5, color=FAINT, gap=14)
            told = _told(words[of], indices[0], f"{name}_{percent}", 100, lang)
            say(told, size=11, gap=19)
            share = 1 - float(indices[0][f"{name}_{percent}"])
            if np.isfinite(share):
                x, height = _place(room, [share, 1 - percent / 100])
                sheet.plot([x], [height], marker="o", markersize=5, color=_COLORS[0], zorder=4)


def _told(pattern: str, row: Any, name: str, unit: float, lang: Language) -> str:
    """Return a sentence with a number and, where there is one, its interval."""
    places = 3 if unit == 1 else 1
    columns = (name, f"{name}_low", f"{name}_high")
    # Rounded first, so that no zero shows a minus.
    value, low, high = (
        f"{round(unit * float(row[at]), places) + 0.0:.{places}f}" for at in columns
    )
    known = pd.notna(row[f"{name}_low"])
    interval = _WORDS[lang]["interval"].format(low=low, high=high) if known else ""
    return pattern.format(value=value if pd.notna(row[name]) else "–", interval=interval)
