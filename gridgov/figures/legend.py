"""The legend beside a still map: what every color, line and dot means, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.page_text import one
from gridgov.figures.sheet import FAINT, INK, draw_swatch, write

__all__ = [
    "HATCH",
    "HATCHINGS",
    "HATCH_COLOR",
    "MARKERS",
    "Mark",
    "Row",
    "draw_legend",
    "draw_legend_line",
    "legend_height",
    "legend_width",
    "line_row",
]

HATCH = "////"
HATCH_COLOR = "#83888d"
"""Lines over gray: without them a gray print shows no answer and a middling number alike."""

HATCHINGS = {
    "": "",
    "none": HATCH,
    "forward": "////",
    "backward": "\\\\\\\\",
    "crossed": "xxxx",
    "dots": "....",
}
"""The hatchings of the web map in matplotlib's letters; ``none`` stands for no answer."""

MARKERS = {
    "circle": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "star": "*",
    "cross": "P",
}
"""The symbols of the web map in matplotlib's letters."""

_SIZE = 11.0
_STEP = 19.0
_LINE = 13.0
# Rows that stand closer than this run into each other.
_CLOSEST = 12.5
# A swatch and its gap; the room between a text and its number.
_MARK, _GAP = 22.0, 12.0


Mark = Literal["fill", "hatch", "line", "dash", "dots", "dot", "stroke", "symbol", "none"]


class Row(NamedTuple):
    """A row of a legend.

    Attributes
    ----------
    mark
        How it is shown on the map.
    color
        Its color.
    text
        What it means.
    number
        How many there are; None where nothing is counted.
    hatch, symbol
        Of :data:`HATCHINGS` over a fill, of :data:`MARKERS` for a symbol.
    width, dashed
        Of a stroke, points.
    """

    mark: Mark
    color: str
    text: str
    number: int | None = None
    hatch: str = ""
    symbol: str = "circle"
    width: float = 1.1
    dashed: bool = False


def legend_width(heading: str, rows: Sequence[Row], *, least: float, most: float) -> float:
    """Return the width that lets every row stand on one line, from `least` to `most` points."""
    letters = lettering([row.text for row in rows])
    widest = [
        _MARK
        + text.width(_SIZE)
        + (_GAP + one(f"{row.number:,}").width(_SIZE) if row.number is not None else 0)
        for row, text in zip(rows, letters, strict=True)
    ]
    # Two points more, or rounding breaks the longest row.
    return min(
        max([least, 2 + max(widest, default=0.0), min(one(heading).width(_SIZE), 1.25 * least)]),
        most,
    )


def legend_height(heading: str, rows: Sequence[Row], width: float) -> float:
    """Return how high a legend of that width is, points."""
    lines = sum(len(_lines(row, width)) - 1 for row in rows)
    more = len(wrap(heading, width, _SIZE, lines=3)) - 1
    return 24 + _STEP * len(rows) + _LINE * (lines + more)


def draw_legend(
    sheet: Axes,
    left: float,
    right: float,
    y: float,
    *,
    heading: str,
    rows: Sequence[Row],
    room: float = np.inf,
) -> float:
    """Draw a legend from `y` down, closer where `room` is short; return its last line's height.

    Raises
    ------
    None
    """
    lack = legend_height(heading, rows, right - left) - room
    step = max(_STEP - max(lack, 0.0) / max(len(rows), 1), _CLOSEST)
    size = _SIZE if step > 16 else 9.5
    for place, line in enumerate(lettering(wrap(heading, right - left, _SIZE, lines=3))):
        y -= _LINE if place else 0
        write(sheet, left, y, line, size=_SIZE, color=FAINT)
    y -= 8
    for row in rows:
        y -= step
        _draw_mark(sheet, left, y, row, high=min(11.0, step - 2.5))
        indent = 0.0 if row.mark == "none" else _MARK
        first = y
        for place, line in enumerate(lettering(_lines(row, right - left))):
            y -= _LINE if place else 0
            write(sheet, left + indent, y + 1.5, line, size=size)
        if row.number is not None:
            write(sheet, right, first + 1.5, one(f"{row.number:,}"), size=size, align="right")
    return y


def _lines(row: Row, width: float) -> list[str]:
    """Return the text of a row, broken where it does not fit beside its mark and number."""
    taken = 0.0 if row.number is None else one(f"{row.number:,}").width(_SIZE) + _GAP
    return wrap(row.text, width - _MARK - taken, _SIZE, lines=3)


def _draw_mark(sheet: Axes, x: float, y: float, row: Row, *, high: float = 11.0) -> None:
    """Draw what a row of the legend stands for."""
    match row.mark:
        case "fill" | "hatch":
            draw_swatch(sheet, x, y, row.color, size=high)
            hatch = HATCH if row.mark == "hatch" else HATCHINGS[row.hatch]
            if hatch:
                ink = HATCH_COLOR if row.mark == "hatch" else INK
                lines = Rectangle((x, y), 1.35 * high, high, facecolor="none", edgecolor=ink)
                lines.set(hatch=hatch, linewidth=0)
                lines.set_hatch_linewidth(0.6)
                sheet.add_patch(lines)
        case "line" | "dash" | "dots":
            style: Any = {"line": "-", "dash": (0, (4, 2.5)), "dots": (0, (1.5, 1.5))}[row.mark]
            sheet.plot([x, x + 15], [y + 5, y + 5], color=row.color, linewidth=1.1, linestyle=style)
        case "stroke":
            style = (0, (4, 2.5)) if row.dashed else "-"
            sheet.plot([x, x + 15], [y + 5, y + 5], color=row.color, lw=row.width, ls=style)
        case "symbol":
            marker = MARKERS[row.symbol]
            sheet.plot([x + 7.5], [y + 5.5], color=row.color, marker=marker, ms=7, mec=INK, mew=0.6)
        case "dot":
            sheet.plot(
                [x + 7.5], [y + 5.5], color=row.color, marker="o", ms=7, mec="white", mew=0.6
            )


def draw_legend_line(
    sheet: Axes, left: float, right: float, y: float, *, heading: str, rows: Sequence[Row]
) -> float:
    """Draw a legend from left to right, on as many lines as it needs; return the last one's y.

    Raises
    ------
    None
    """
    size = 9.5
    letters = one(heading)
    write(sheet, left, y, letters, size=size, color=FAINT)
    x = left + letters.width(size) + 10
    for row in rows:
        text = one(row.text if row.number is None else f"{row.text} ({row.number:,})")
        indent = 0.0 if row.mark == "none" else _MARK - 2
        wide = indent + text.width(size)
        if x + wide > right:
            x, y = left, y - 17
        _draw_mark(sheet, x, y - 1.5, row)
        write(sheet, x + indent, y, text, size=size)
        x += wide + 9
    return y


def line_row(text: str) -> Row:
    """Return the row of the outlines of streets."""
    return Row("line", INK, text)
