"""Hit rates of a backtest: how much each measure's map caught of what came next.

Along the lower axis stands the share of the area that was looked after, upward the share
of the next period's incidents that lay there, on average over the periods. Cells chosen
blindly would lie on the gray diagonal; above the dashed line no map can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
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
from gridgov.figures.sheet import FAINT, INK, Box, make_sheet, round_length, write
from gridgov.hotspots.measure_ranks import explain_ranks
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_backtest"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 214.0

# Okabe and Ito's colors, told apart by color-blind readers, dark enough for thin lines;
# https://jfly.uni-koeln.de/color/. The marks tell them apart in a gray print.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#1f2430")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "this_map": "This map",
        "title": "Which map foretold the next period best",
        "area": "Share of the area looked after",
        "hits": "Share of the next period's incidents",
        "heading": "Hit rate at {share} of the area",
        "chance": "Cells chosen blindly",
        "best": "The most that can be hit",
        "source": "Source: {source}.",
        "method": "Mean over {periods} periods, each predicted from earlier ones only; ties count "
        "against a map.",
    },
    "zh": {
        "this_map": "该预测图",
        "title": "哪种地图最能预测下一时段",
        "area": "重点关注的面积占比",
        "hits": "下一时段事件落入其中的比例",
        "heading": "面积 {share} 时的命中率",
        "chance": "随机选取网格",
        "best": "可能达到的上限",
        "source": "资料来源：{source}。",
        "method": "{periods} 个时段的平均值，每期只用此前的数据预测；并列时按对地图不利的顺序计。",
    },
}


def plot_backtest(
    backtest: pd.DataFrame,
    ranks: pd.DataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the mean hit rate of every measure over the share of the area.

    Parameters
    ----------
    backtest
        Table of :func:`gridgov.backtest`, one group, up to seven measures; or of
        :func:`gridgov.score_prediction`, whose one map goes without a name of its own.
    ranks
        Table of :func:`gridgov.rank_measures` of the same group: adds its sentences, which
        say whether one measure is clearly the best.
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
        If there are no rows.
    InputError
        If there are several groups or more than seven measures, or no period has incidents.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    Points lie at the mean share of the area that was really used. The dashed line is the
    mean of hit rate over efficiency index, known where a measure hit something.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> table = pd.DataFrame({
    ...     "measure": ["mean", "mean", "scan", "scan"], "area_share": [0.05, 0.1] * 2,
    ...     "used_share": [0.05, 0.1] * 2, "hit_rate": [0.2, 0.3, 0.1, 0.25],
    ...     "pei": [0.5, 0.6, 0.25, 0.5], "chosen_cells": 5, "hits": 9, "incidents": 40})
    >>> plot_backtest(conform(table, "backtest"), lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    needed = ["measure", "period", "group", "area_share", "used_share", "hit_rate", "pei"]
    check_table(backtest, "backtest", columns=needed[1:])
    if "measure" not in backtest.columns and "rri" in backtest.columns:
        backtest = backtest.assign(measure=_WORDS[lang]["this_map"])
    check_table(backtest, "backtest", columns=needed)
    if ranks is not None:
        check_table(ranks, "measure_ranks")
    rows = _usable(backtest)
    words = _WORDS[lang]
    means = (
        rows.groupby(["measure", "area_share"], sort=False)[["used_share", "hit_rate"]]
        .mean()
        .reset_index()
    )
    most = rows[rows["pei"] > 0].assign(most=rows["hit_rate"] / rows["pei"])
    # Every measure uses nearly the same area: their mean stands for all.
    best = most.groupby("area_share")[["used_share", "most"]].mean().to_numpy(dtype=np.float64)

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    sentences = explain_ranks(ranks, lang=lang) if ranks is not None else []
    lines = [line for text in sentences for line in wrap(text, _WIDTH - 2 * _MARGIN, 9.5, lines=2)]
    foot = 44.0 + (12 if source else 0)
    for place, letters in enumerate(lettering(reversed(lines))):
        write(sheet, _MARGIN, foot + 14 * place, letters, size=9.5)
    south = foot + 14 * len(lines) + 46
    room = (_MARGIN + 46, south, _WIDTH - _MARGIN - _PANEL, top - 4)
    reach = (float(means["used_share"].max()) * 1.04, _ceiling(means["hit_rate"], best))
    _draw_axes(sheet, room, reach, lang)
    _draw_curve(sheet, room, reach, np.array([[1.0, 1.0]]), "#9aa0a8", "-", None)
    if len(best):
        _draw_curve(sheet, room, reach, best, INK, "--", None)
    names = list(dict.fromkeys(means["measure"]))
    for name, color, mark in zip(names, _COLORS, _MARKS, strict=False):
        curve = means.loc[means["measure"] == name, ["used_share", "hit_rate"]]
        _draw_curve(sheet, room, reach, curve.to_numpy(dtype=np.float64), color, "-", mark)
    _draw_panel(sheet, means, names, room, lang)
    notes = [words["source"].format(source=source)] if source else []
    method = words["method"].format(periods=rows["period"].nunique(dropna=False))
    draw_notes(sheet, [*notes, method], width=_WIDTH, margin=_MARGIN)
    return figure


def _usable(backtest: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a hit rate of a table that one figure can show."""
    for name, most in (("group", 1), ("measure", len(_COLORS))):
        number = backtest[name].nunique(dropna=False)
        if number > most:
            raise InputError(
                f"A figure shows {most} {name}{'s' if most > 1 else ''} at most. Found: {number}. "
                f"Pass backtest[backtest[{name!r}].isin([...])]."
            )
    rows = backtest[backtest["hit_rate"].notna()]
    if len(rows) == 0:
        raise InputError(
            "A figure of hit rates needs a period with incidents. Found: none in "
            f"{backtest['period'].nunique(dropna=False)} periods."
        )
    return rows


def _ceiling(hit_rates: Any, best: Floats) -> float:
    """Return the top of the scale: room for all measures, and for the best if it is near."""
    highest = float(hit_rates.max())
    if len(best):
        highest = max(highest, min(float(best[:, 1].max()), 2.5 * highest))
    return min(1.0, max(highest, 0.01) * 1.08)


def _at(room: Box, reach: tuple[float, float], points: Floats) -> Floats:
    """Return points of the sheet for shares of area and incidents."""
    west, south, east, north = room
    size = np.array([(east - west) / reach[0], (north - south) / reach[1]])
    return np.asarray(np.array([west, south]) + points * size)


def _draw_curve(
    sheet: Axes,
    room: Box,
    reach: tuple[float, float],
    points: Floats,
    color: str,
    style: str,
    mark: str | None,
) -> None:
    """Draw a line from nothing through points, cut off at the box."""
    path = _at(room, reach, np.vstack([[0.0, 0.0], points]))
    (line,) = sheet.plot(path[:, 0], path[:, 1], color=color, linestyle=style, zorder=3)
    line.set_linewidth(2.0 if mark else 1.0)
    west, south, east, north = room
    line.set_clip_path(
        Rectangle((west, south), east - west, north - south, transform=sheet.transData)
    )
    if mark:
        x, y = path[1:].T
        sheet.plot(x, y, color=color, linestyle="", marker=mark, ms=6, zorder=4)


def _draw_axes(sheet: Axes, room: Box, reach: tuple[float, float], lang: Language) -> None:
    """Draw the box and the scales in percent."""
    words = _WORDS[lang]
    west, south, east, north = room
    box = Rectangle((west, south), east - west, north - south, facecolor="none", edgecolor=FAINT)
    box.set_linewidth(0.8)
    sheet.add_patch(box)
    lines = []
    for axis, step in enumerate(round_length(value / 3.5) for value in reach):
        for share in np.arange(0.0, reach[axis] * (1 + 1e-9), step):
            x, y = _at(room, reach, np.array([share, share]))
            letters = one(_percent(share, lang))
            if axis == 0:
                lines.append([(x, south), (x, north)])
                write(sheet, x, south - 14, letters, size=8.5, color=FAINT, align="center")
            else:
                lines.append([(west, y), (east, y)])
                write(sheet, west - 6, y - 3, letters, size=8.5, color=FAINT, align="right")
    sheet.add_collection(
        LineCollection(lines, colors="#e4e6e8", linewidths=0.6, zorder=1), autolim=False
    )
    middle = (west + east) / 2
    write(sheet, middle, south - 31, one(words["area"]), size=10, align="center")
    write(sheet, _MARGIN + 6, (south + north) / 2, one(words["hits"]), size=10, align="center")
    sheet.texts[-1].set(rotation=90, verticalalignment="center")


def _draw_panel(
    sheet: Axes,
    means: pd.DataFrame,
    names: list[str],
    room: Box,
    lang: Language,
) -> None:
    """Draw the legend, the highest hit rate at the largest share first."""
    words = _WORDS[lang]
    share = float(means["area_share"].max())
    last = means[means["area_share"] == share].set_index("measure")["hit_rate"]
    left, right = room[2] + 20, _WIDTH - _MARGIN
    y = room[3] - 14
    write(sheet, left, y, one(words["heading"].format(share=_percent(share, lang))), size=10.5)
    for name in sorted(names, key=lambda name: (-last[name], names.index(name))):
        y -= 21
        place = names.index(name)
        color, mark = _COLORS[place], _MARKS[place]
        sheet.plot([left, left + 22], [y + 4] * 2, color=color, linewidth=2.0)
        sheet.plot([left + 11], [y + 4], color=color, marker=mark, ms=6)
        text = wrap(label("measure", name, lang), right - left - 74, 10.5, lines=1)[0]
        write(sheet, left + 30, y, one(text), size=10.5)
        write(sheet, right, y, one(_percent(float(last[name]), lang)), size=10.5, align="right")
    y -= 10
    for key, color, style in (("best", INK, "--"), ("chance", "#9aa0a8", "-")):
        y -= 19
        sheet.plot([left, left + 22], [y + 4] * 2, color=color, linestyle=style, linewidth=1.0)
        write(sheet, left + 30, y, one(words[key]), size=9.5, color=FAINT)


def _percent(share: float, lang: Language) -> str:
    """Return a share in percent, three figures at most."""
    return f"{100 * share:.3g}%" if lang == "zh" else f"{100 * share:.3g} %"
