"""A list of groups as a chart: a dot at every number, its interval, and columns beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, make_sheet, write

__all__ = ["MOST_ROWS", "IntervalList", "draw_interval_list"]

Floats = NDArray[np.float64]

MOST_ROWS = 60
"""A figure shows up to this many rows."""

_WIDTH, _MARGIN, _ROW = 720.0, 26.0, 23.0
_COLOR, _LINE = "#1f5a8c", "#b8471b"
_NAME, _PLOT_LEFT = 66.0, 208.0
_GAP = 16.0


class IntervalList(NamedTuple):
    """What a list shows, row by row from the top.

    Attributes
    ----------
    ranks, names
        Texts at the left; a rank can be empty.
    values, low, high
        Dots and their intervals, NaN for none.
    columns
        Heading and texts of every column at the right.
    line
        Where a line across all rows stands, or None.
    ends
        First and last number of the scale, or None for what the numbers need from 0 on.
    """

    ranks: Sequence[str]
    names: Sequence[str]
    values: Floats
    low: Floats
    high: Floats
    columns: Sequence[tuple[str, Sequence[str]]]
    line: float | None = None
    ends: tuple[float, float] | None = None


def draw_interval_list(
    rows: IntervalList,
    *,
    title: str,
    date: str | None,
    rank_heading: str,
    name_heading: str,
    scale: str,
    notes: Sequence[str],
    percent: bool = False,
) -> Figure:
    """Return a chart of a list.

    Parameters
    ----------
    rows
        What it shows.
    title, date
        Heading.
    rank_heading, name_heading
        Headings of the columns at the left.
    scale
        What the scale is.
    notes
        Lines at the foot.
    percent
        Whether the numbers are shares, and the scale shows percents.

    Raises
    ------
    InputError
        If there are more rows than a figure can show.
    """
    number = len(rows.names)
    if number > MOST_ROWS:
        raise InputError(
            f"A figure shows up to {MOST_ROWS} groups. Found: {number:,}. Pass some of the rows."
        )
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=4)]
    bottom = 14 + 12.0 * len(foot) + 44
    heading = wrap(title, _WIDTH - 2 * _MARGIN, 20, lines=2)
    height = bottom + _ROW * number + 54 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(sheet, title, date, width=_WIDTH, height=height, margin=_MARGIN)
    north = bottom + _ROW * number
    at = min(top - 18, north + 10)
    places, plot_right = _columns(rows.columns)
    write(sheet, _MARGIN + 26, at, one(rank_heading), size=9.5, color=FAINT, align="right")
    write(sheet, _NAME, at, one(name_heading), size=9.5, color=FAINT)
    for (text, _), x in zip(rows.columns, places, strict=True):
        write(sheet, x, at, one(text), size=9.5, color=FAINT, align="right")
    ends = rows.ends or (
        0.0,
        1.04 * float(np.nanmax(np.append(rows.high, [rows.line or 0.0, 1e-9]))),
    )
    frame = Frame((_PLOT_LEFT, bottom, plot_right, north), x=ends, y=(0.0, 1.0))
    ticks = frame.ticks(0)
    frame.draw_numbers(
        sheet, 0, ticks=ticks, texts=[f"{100 * tick:.4g}%" for tick in ticks] if percent else None
    )
    frame.draw_titles(sheet, scale, "", left=0.0)
    middles: Floats = north - _ROW * (np.arange(number, dtype=np.float64) + 0.5)
    _write_rows(sheet, rows, places, middles)
    _draw_intervals(sheet, frame, rows, middles)
    if rows.line is not None:
        x = float(frame.place(rows.line, 0.0)[0, 0])
        sheet.plot([x, x], [bottom, north], color=_LINE, linewidth=1.1, zorder=1)
    frame.draw_box(sheet)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _columns(columns: Sequence[tuple[str, Sequence[str]]]) -> tuple[list[float], float]:
    """Return the right ends of the columns, and where the plot ends before them."""
    right, places = _WIDTH - _MARGIN, []
    for heading, texts in reversed(columns):
        places.append(right)
        widths = [one(text).width(10.5) for text in texts] + [one(heading).width(9.5)]
        right -= max(widths) + _GAP
    return places[::-1], right


def _write_rows(sheet: Axes, rows: IntervalList, places: Sequence[float], middles: Floats) -> None:
    """Write ranks, names and the columns of numbers."""
    room = _PLOT_LEFT - _NAME - 14
    names = lettering([wrap(str(name), room, 10.5, lines=1)[0] for name in rows.names])
    for place, y in enumerate((middles - 4).tolist()):
        write(sheet, _NAME, y, names[place], size=10.5)
        if rows.ranks[place]:
            write(sheet, _MARGIN + 26, y, one(rows.ranks[place]), size=10.5, align="right")
        for (_, texts), x in zip(rows.columns, places, strict=True):
            write(sheet, x, y, one(texts[place]), size=10.5, align="right")


def _draw_intervals(sheet: Any, frame: Frame, rows: IntervalList, middles: Floats) -> None:
    """Draw every interval as a bar and every number as a dot on it."""
    sure = np.isfinite(rows.low) & np.isfinite(rows.high)
    low = frame.place(np.where(sure, rows.low, 0.0), 0.0)[:, 0]
    high = frame.place(np.where(sure, rows.high, 0.0), 0.0)[:, 0]
    bars = np.stack([np.column_stack([low, middles]), np.column_stack([high, middles])], axis=1)
    sheet.add_collection(
        LineCollection(list(bars[sure]), colors=_COLOR, linewidths=3.2, alpha=0.4, zorder=3),
        autolim=False,
    )
    there = np.isfinite(rows.values)
    at = frame.place(rows.values[there], 0.0)[:, 0] if there.any() else np.empty(0)
    sheet.plot(at, middles[there], linestyle="", marker="o", ms=5.5, color=_COLOR, zorder=4)
