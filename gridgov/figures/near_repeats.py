"""Near repeats as a table of colors: which distances and delays hold more pairs than chance.

A row is a distance band, a column a time band. The color says how many times as many
pairs there were as expected, a dark frame that the excess is flagged, and the numbers of
the table stand in every field, so that the picture can be read without its colors.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.page_text import draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, draw_swatch, make_sheet, write
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_near_repeats"]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_MOST_BANDS = 8

# Upper edges of the classes of the ratio; 1.2 is the ratio from which a band is flagged.
_EDGES = (0.8, 1.2, 1.5, 2.0)
_COLORS = ("#849eba", "#f7f7f2", "#fab984", "#ed7551", "#d62f27")
# Letters on the darkest color are white.
_DARK = {"#d62f27"}

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Near repeats",
        "distance": "Apart (m)",
        "days": "Days between the two incidents",
        "same": "under {upper:g}",
        "band": "{lower:g} to under {upper:g}",
        "open": "{lower:g} and more",
        "pair": "1 pair, p {p}",
        "pairs": "{pairs:,} pairs, p {p}",
        "legend": "Knox ratio, pairs over expected",
        "under": "under {upper:g}",
        "over": "{lower:g} and more",
        "between": "{lower:g} to under {upper:g}",
        "none": "none expected",
        "flagged": "p up to 0.05 and ratio from 1.2",
        "source": "Source: {source}.",
        "method": "Knox test: places kept, times dealt out anew; expected is the exact mean. A "
        "ratio above 1 says that incidents so near each other also come so soon.",
    },
    "zh": {
        "title": "近重复分析",
        "distance": "相距（米）",
        "days": "两起事件相隔天数",
        "same": "小于 {upper:g}",
        "band": "{lower:g} 至不足 {upper:g}",
        "open": "{lower:g} 及以上",
        "pair": "1 对，p {p}",
        "pairs": "{pairs:,} 对，p {p}",
        "legend": "Knox 比（实际对数 / 期望对数）",
        "under": "小于 {upper:g}",
        "over": "{lower:g} 及以上",
        "between": "{lower:g} 至不足 {upper:g}",
        "none": "期望为零",
        "flagged": "p 不超过 0.05 且比值不低于 1.2",
        "source": "资料来源：{source}。",
        "method": "Knox 检验：地点不变，时间随机重排；期望为精确均值。比值大于 1 "
        "表示相距如此近的事件也更常相继发生。",
    },
}


def plot_near_repeats(
    near_repeats: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the table of near repeats.

    Parameters
    ----------
    near_repeats
        Table of :func:`gridgov.measure_near_repeats`, up to eight bands of each kind.
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
        If there are no bands.
    InputError
        If there are more than eight bands of a kind, or a pair of bands is missing.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> table = pd.DataFrame({
    ...     "distance_from_m": 0.0, "distance_to_m": 100.0, "days_from": [0.0, 7.0],
    ...     "days_to": [7.0, 14.0], "pairs": [12, 3], "pairs_expected": [5.0, 4.0],
    ...     "pairs_median": [5.0, 4.0], "knox_ratio": [2.4, 0.75],
    ...     "knox_ratio_median": [2.4, 0.75], "p_value": [0.001, 0.8], "q_value": [0.002, 0.8],
    ...     "flagged": [True, False]})
    >>> plot_near_repeats(conform(table, "near_repeats"), lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(near_repeats, "near_repeats")
    words = _WORDS[lang]
    distances, days = _bands(near_repeats)

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    left, right, bottom = _MARGIN + 108, _WIDTH - _MARGIN, 124.0
    top -= 40
    width, height = (right - left) / len(days), (top - bottom) / len(distances)
    write(sheet, (left + right) / 2, top + 24, one(words["days"]), size=11, align="center")
    write(sheet, _MARGIN, top + 8, one(words["distance"]), size=11)
    for column, (lower, upper) in enumerate(days):
        text = one(_band(words, lower, upper))
        write(sheet, left + (column + 0.5) * width, top + 8, text, size=9.5, align="center")
    for row, (lower, upper) in enumerate(distances):
        middle = top - (row + 0.5) * height
        text = one(_band(words, lower, upper))
        write(sheet, left - 10, middle, text, size=9.5, align="right", vertical="center")
    for place, entry in enumerate(near_repeats.to_dict("records")):
        row, column = divmod(place, len(days))
        corner = (left + column * width, top - (row + 1) * height)
        _draw_field(sheet, corner, (width, height), entry, words)
    _draw_legend(sheet, near_repeats, words)
    notes = [words["source"].format(source=source)] if source else []
    draw_notes(sheet, [*notes, words["method"]], width=_WIDTH, margin=_MARGIN)
    return figure


def _bands(table: pd.DataFrame) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return the distance bands and the time bands after checking that all pairs are there."""
    distance = list(zip(table["distance_from_m"], table["distance_to_m"], strict=True))
    day = list(zip(table["days_from"], table["days_to"], strict=True))
    distances, days = sorted(set(distance)), sorted(set(day))
    if max(len(distances), len(days)) > _MOST_BANDS:
        raise InputError(
            f"A figure shows up to {_MOST_BANDS} bands of distance and of time. Found: "
            f"{len(distances)} and {len(days)}. Measure fewer bands."
        )
    if [(a, b) for a in distances for b in days] != list(zip(distance, day, strict=True)):
        raise InputError(
            "near_repeats must have every pair of bands once, in ascending order. Found: "
            f"{len(table)} rows of {len(distances)} and {len(days)} bands. Pass the table of "
            "gridgov.measure_near_repeats(...) as it comes."
        )
    return distances, days


def _draw_field(
    sheet: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    entry: dict[Any, Any],
    words: dict[str, str],
) -> None:
    """Draw one pair of bands: color, ratio, pairs and p, and a frame where it is flagged."""
    ratio = float(entry["knox_ratio"])
    color = _color(ratio)
    x, y = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    sheet.add_patch(Rectangle(corner, *size, facecolor=color, edgecolor="white", linewidth=1.5))
    if entry["flagged"]:
        # Inside its field, so that two frames beside each other stay two.
        inner = (corner[0] + 3, corner[1] + 3)
        frame = Rectangle(inner, size[0] - 6, size[1] - 6, facecolor="none", edgecolor=INK)
        frame.set_linewidth(2.2)
        sheet.add_patch(frame)
    ink = "white" if color in _DARK else INK
    letter = float(np.clip(min(size[0] / 6, size[1] / 3.4), 8.0, 20.0))
    text = "–" if np.isnan(ratio) else f"{ratio:.2f}"
    write(sheet, x, y + 1, one(text), size=letter, color=ink, align="center")
    pairs, p = int(entry["pairs"]), _p(float(entry["p_value"]))
    below = one(words["pair" if pairs == 1 else "pairs"].format(pairs=pairs, p=p))
    small = min(9.0, 0.92 * (size[0] - 8) / max(below.width(1.0), 1e-9))
    write(sheet, x, y - small - 4, below, size=small, color=ink, align="center")


def _draw_legend(sheet: Axes, table: pd.DataFrame, words: dict[str, str]) -> None:
    """Draw the classes of the ratio below the table."""
    write(sheet, _MARGIN, 96, one(words["legend"]), size=10, color=FAINT)
    texts = [words["under"].format(upper=_EDGES[0])]
    texts += [
        words["between"].format(lower=lower, upper=upper) for lower, upper in pairwise(_EDGES)
    ]
    texts.append(words["over"].format(lower=_EDGES[-1]))
    entries = list(zip(_COLORS, texts, strict=True))
    if table["knox_ratio"].isna().any():
        entries.append((NO_ANSWER_COLOR, words["none"]))
    x = _MARGIN
    for color, text in entries:
        letters = one(text)
        draw_swatch(sheet, x, 76, color)
        write(sheet, x + 20, 77.5, letters, size=9.5)
        x += 34 + letters.width(9.5)
    flagged = one(words["flagged"])
    at = _WIDTH - _MARGIN - flagged.width(9.5)
    frame = Rectangle((at - 22, 95), 15, 11, facecolor="none", edgecolor=INK, linewidth=2.2)
    sheet.add_patch(frame)
    write(sheet, at, 96.5, flagged, size=9.5)


def _color(ratio: float) -> str:
    """Return the color of a ratio."""
    if np.isnan(ratio):
        return NO_ANSWER_COLOR
    return _COLORS[int(np.searchsorted(_EDGES, ratio, side="right"))]


def _band(words: dict[str, str], lower: float, upper: float) -> str:
    """Return the words of a band."""
    if np.isinf(upper):
        return words["open"].format(lower=lower)
    return words["band" if lower > 0 else "same"].format(lower=lower, upper=upper)


def _p(value: float) -> str:
    """Return a p-value so that the least one does not read as zero."""
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1g}"
