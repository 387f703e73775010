"""Counts of two times as bars side by side: the still form of a native chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gridgov.bulletin.document.forms import MISSING
from gridgov.bulletin.document.model import Series
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, draw_swatch, make_sheet, write

__all__ = ["plot_bars"]

_WIDTH, _MARGIN, _NAME = 720.0, 26.0, 168.0
_COLORS = ("#1f5a8c", "#c3ccd6")


def plot_bars(
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    date: str | None,
    notes: Sequence[str],
) -> Figure:
    """Draw counts as lying bars, two at most a category, each with its number.

    Parameters
    ----------
    categories
        Names from the top.
    series
        One or two rows of counts; None for none.
    title, date
        Heading.
    notes
        Lines at the foot.

    Returns
    -------
    matplotlib.figure.Figure
        10 inches wide. The scale begins at 0.
    """
    bar = 12.0
    row = bar * len(series) + 11.0
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]
    bottom = 14 + 12.0 * len(foot) + 34
    heading = wrap(title, _WIDTH - 2 * _MARGIN, 20, lines=2)
    height = bottom + row * len(categories) + 62 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(sheet, title, date, width=_WIDTH, height=height, margin=_MARGIN)
    north = bottom + row * len(categories)
    x = _NAME
    for color, values in zip(_COLORS, series, strict=False):
        letters = one(values.name)
        draw_swatch(sheet, x, top - 14, color, size=9)
        write(sheet, x + 18, top - 13, letters, size=9.5, color=FAINT)
        x += 18 + letters.width(9.5) + 22
    largest = max((value for part in series for value in part.values if value), default=1.0)
    frame = Frame((_NAME, bottom, _WIDTH - _MARGIN - 42, north), x=(0.0, 1.04 * largest), y=(0, 1))
    frame.draw_numbers(sheet, 0)
    names = lettering([wrap(name, _NAME - _MARGIN - 12, 10.5, lines=1)[0] for name in categories])
    for place, letters in enumerate(names):
        middle = north - row * (place + 0.5)
        write(sheet, _NAME - 9, middle - 4, letters, size=10.5, align="right")
        for number, (color, part) in enumerate(zip(_COLORS, series, strict=False)):
            value = part.values[place]
            low = middle + bar * (len(series) / 2 - number - 1)
            end = float(frame.place(value or 0.0, 0.0)[0, 0])
            size = (end - _NAME, bar - 1)
            sheet.add_patch(Rectangle((_NAME, low), *size, facecolor=color, zorder=3))
            told = MISSING if value is None or np.isnan(value) else f"{value:,.0f}"
            write(sheet, end + 5, low + 2, one(told), size=8.5, color=FAINT)
    frame.draw_box(sheet)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure
