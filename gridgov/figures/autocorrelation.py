"""The figure of global autocorrelation: how far from chance a whole map is, period by period.

Moran's I and general G have scales of their own; in standard deviations from their mean
under random arrangement they share one. The figure draws the table "autocorrelation" and
computes nothing.
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
from gridgov.figures.fonts import wrap
from gridgov.figures.page_text import draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, Box, make_sheet, round_length, write

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_autocorrelation"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 400.0
_MARGIN = 26.0
_PANEL = 190.0
_MOST_DATES = 6
_COLORS = {"moran_i": "#0072b2", "general_g": "#d55e00"}
_MARKS = {"moran_i": "o", "general_g": "s"}

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Do incidents lie together?",
        "y": "Standard deviations from chance",
        "moran_i": "Moran's I",
        "general_g": "General G",
        "last": "{value:.3g} (p {p})",
        "band": "About 95 % of chance alone",
        "source": "Source: {source}.",
        "method": "Each period against random arrangements of its own values; above the band, "
        "values lie together more than chance explains: like ones (Moran's I), large ones "
        "(general G). Numbers below the names: the last period, permutation p.",
        "no_answer": "Without an answer: {count:,}.",
    },
    "zh": {
        "title": "事件是否聚集？",
        "y": "偏离随机的标准差倍数",
        "moran_i": "莫兰指数 I",
        "general_g": "广义 G",
        "last": "{value:.3g}（p {p}）",
        "band": "约 95% 的随机排列",
        "source": "资料来源：{source}。",
        "method": "各时段与其自身数值的随机排列比较；高于灰带表示聚集超出偶然："
        "莫兰指数为相近值聚集，广义 G 为高值聚集。名称下为末期数值与置换 p 值。",
        "no_answer": "未得出结果 {count:,} 项。",
    },
}


def plot_autocorrelation(
    autocorrelation: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw how far from chance the map of every period is.

    Parameters
    ----------
    autocorrelation
        Table of :func:`gridgov.measure_autocorrelation`, one group.
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
        10 × 5.6 inches: z of Moran's I and of general G over the periods, and the band
        within which 95 % of random arrangements lie.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several groups, or no map has an answer.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    The band is the normal one, ±1.96; p in the table is from permutations. One period in
    twenty is outside by chance alone.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> import gridgov as gg
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> cells = grid_disk(0x8931AA50E27FFFF, 3)
    >>> counts = pd.DataFrame({"cell": cells, "incidents": np.arange(37) % 5})
    >>> found = gg.measure_autocorrelation(counts, permutations=99)
    >>> plot_autocorrelation(found, lang="zh").get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    needed = ["period", "group", "measure", "value", "z_randomization", "p_permutation"]
    check_table(autocorrelation, "autocorrelation", columns=needed)
    number = autocorrelation["group"].nunique(dropna=False)
    if number > 1:
        raise InputError(
            f"A figure shows one group. Found: {number:,} groups. Pass "
            "autocorrelation[autocorrelation['group'] == ...]."
        )
    table = autocorrelation.sort_values("period", kind="stable", ignore_index=True)
    if table["z_randomization"].isna().all():
        raise InputError(
            "A figure needs a map with an answer. Found: none; the column reason says why."
        )
    words = _WORDS[lang]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    room = (_MARGIN + 44, 92.0, _WIDTH - _MARGIN - _PANEL, top - 6)
    place = table["period"].factorize(use_na_sentinel=False)[0]
    z = table["z_randomization"].to_numpy(dtype=np.float64)
    frame = _Frame(room, z, int(place.max()) + 1)
    _draw_axes(sheet, frame, table, words)
    y = room[3] - 14
    for measure, color in _COLORS.items():
        rows = np.flatnonzero((table["measure"] == measure).to_numpy() & np.isfinite(z))
        if rows.size:
            x, height = frame.x(place[rows]), frame.y(z[rows])
            sheet.plot(x, height, color=color, linewidth=1.4, zorder=3)
            sheet.plot(x, height, color=color, marker=_MARKS[measure], ms=5, linestyle="", zorder=4)
            y = _draw_legend(sheet, table.iloc[int(rows[-1])], y, room, words)
    left = room[2] + 20
    sheet.add_patch(Rectangle((left, y - 3), 22, 10, facecolor="#e9ebed", edgecolor="none"))
    write(sheet, left + 30, y - 1, one(words["band"]), size=9.5, color=FAINT)

    notes = [words["source"].format(source=source)] if source else []
    method = words["method"]
    without = int(np.isnan(z).sum())
    if without:
        method = f"{method} {words['no_answer'].format(count=without)}"
    draw_notes(sheet, [*notes, method], width=_WIDTH, margin=_MARGIN)
    return figure


class _Frame:
    """The box of the plot on the sheet, and where periods and z lie in it."""

    def __init__(self, room: Box, z: Floats, steps: int) -> None:
        self.room, self.steps = room, steps
        low, high = min(float(np.nanmin(z)), -2.5), max(float(np.nanmax(z)), 2.5)
        self.low, self.high = low - 0.05 * (high - low), high + 0.05 * (high - low)

    def x(self, place: Any) -> Floats:
        """Return where periods lie, each in the middle of its part of the width."""
        west, _, east, _ = self.room
        return np.asarray(west + (np.asarray(place) + 0.5) * (east - west) / self.steps)

    def y(self, z: Any) -> Floats:
        """Return where z lies."""
        _, south, _, north = self.room
        share = (np.asarray(z, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.asarray(south + share * (north - south))


def _draw_axes(sheet: Axes, frame: _Frame, table: pd.DataFrame, words: dict[str, str]) -> None:
    """Draw the box, the band of chance, the scale of z and the first days of some periods."""
    west, south, east, north = frame.room
    below, above = frame.y([-1.96, 1.96]).tolist()
    band = Rectangle((west, below), east - west, above - below, facecolor="#e9ebed", zorder=0)
    box = Rectangle((west, south), east - west, north - south, facecolor="none", edgecolor=FAINT)
    box.set_linewidth(0.8)
    sheet.add_patch(band)
    sheet.add_patch(box)
    middle = float(frame.y(0.0))
    sheet.add_collection(
        LineCollection([[(west, middle), (east, middle)]], colors="#9aa1a8", linewidths=0.8),
        autolim=False,
    )
    step = round_length((frame.high - frame.low) / 4)
    for tick in np.arange(np.ceil(frame.low / step), np.floor(frame.high / step) + 1) * step + 0.0:
        letters = one(f"{tick:g}".replace("-", "−"))
        write(
            sheet, west - 7, float(frame.y(tick)) - 3, letters, size=8.5, color=FAINT, align="right"
        )
    write(sheet, _MARGIN + 6, (south + north) / 2, one(words["y"]), size=10, align="center")
    sheet.texts[-1].set(rotation=90, verticalalignment="center")
    periods = table["period"].dropna().drop_duplicates().reset_index(drop=True)
    count = min(len(periods), _MOST_DATES)
    shown = np.unique(np.linspace(0, len(periods) - 1, count).round().astype(int))
    for place in shown.tolist():
        letters = one(f"{periods.iloc[place]:%Y-%m-%d}")
        x = float(frame.x(place))
        sheet.plot([x, x], [south, south - 4], color=FAINT, linewidth=0.7)
        write(sheet, x, south - 15, letters, size=8.5, color=FAINT, align="center")


def _draw_legend(sheet: Axes, last: pd.Series, y: float, room: Box, words: dict[str, str]) -> float:
    """Draw a statistic's name and its last value; return the height below them."""
    left, measure = room[2] + 20, str(last["measure"])
    color = _COLORS[measure]
    sheet.plot([left, left + 22], [y + 4] * 2, color=color, linewidth=1.4)
    sheet.plot([left + 11], [y + 4], color=color, marker=_MARKS[measure], ms=5)
    write(sheet, left + 30, y, one(words[measure]), size=11)
    p = float(last["p_permutation"])
    told = "–" if np.isnan(p) else "< 0.001" if p < 0.001 else f"= {p:.3f}"
    text = words["last"].format(value=float(last["value"]), p=told)
    line = wrap(text.replace("-", "−"), _PANEL - 40, 9.5, lines=1)[0]
    write(sheet, left + 30, y - 15, one(line), size=9.5, color=INK)
    return y - 42
