"""A sheet measured in points, and what stands on it around a map.

A sheet is one pair of axes over the whole figure whose unit is the point (1/72 inch), so
that text can be placed by measuring it and no two pieces overlap. A street name that
finds no room is left out and counted, never drawn over another one. Nothing here reads
matplotlib's settings: sizes, colors and fonts are given outright.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from gridgov.figures.fonts import Lettering
from gridgov.figures.shown_figure import ShownFigure

__all__ = [
    "FAINT",
    "INK",
    "Box",
    "draw_north_arrow",
    "draw_scale_bar",
    "draw_street_names",
    "draw_swatch",
    "make_sheet",
    "round_length",
    "write",
]

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, points."""

INK = "#1f2430"
FAINT = "#5c6470"

# The line of a letter is taller than its font size; 1.25 holds Chinese and Latin alike.
_LINE = 1.25

# A name is tried at its street's inmost point first, then a line above and below.
_SHIFTS = (0.0, 1.0, -1.0, 2.0, -2.0)
_SIZES = (10.5, 9.5, 8.5, 7.5, 6.5)

# A name may be this many times as wide as the widest circle in its street before a
# smaller letter is tried, so that large letters do not take their neighbors' room.
_WIDER_THAN_STREET = 1.7


def make_sheet(width: float, height: float) -> tuple[ShownFigure, Axes]:
    """Return a white figure and its sheet, `width` × `height` points.

    Raises
    ------
    ValueError
        If a side is not above zero.
    """
    figure = ShownFigure(figsize=(width / 72, height / 72), dpi=100, facecolor="white")
    sheet = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    sheet.set_xlim(0, width)
    sheet.set_ylim(0, height)
    sheet.set_axis_off()
    return figure, sheet


def write(
    sheet: Axes,
    x: float,
    y: float,
    letters: Lettering,
    *,
    size: float,
    color: str = INK,
    align: str = "left",
    vertical: str = "baseline",
    halo: bool = False,
) -> None:
    """Draw a text literally: dollar signs start no formula.

    Parameters
    ----------
    sheet
        The sheet.
    x, y
        Where, points.
    letters
        The text and its font.
    size
        Font size, points.
    color
        Its color.
    align, vertical
        Which point of the text lies there, in matplotlib's words.
    halo
        Whether to draw a white rim, for text over a map.

    Raises
    ------
    None
    """
    font = letters.font.copy()
    font.set_size(size)
    sheet.text(
        x,
        y,
        letters.text,
        fontproperties=font,
        color=color,
        ha=align,
        va=vertical,
        parse_math=False,
        usetex=False,
        zorder=5,
        path_effects=[withStroke(linewidth=size * 0.28, foreground="white")] if halo else None,
    )


def draw_swatch(sheet: Axes, x: float, y: float, color: str, *, size: float = 11.0) -> None:
    """Draw one colored square of a legend with its lower left corner at `x`, `y`."""
    square = Rectangle((x, y), size * 1.35, size, facecolor=color, edgecolor=FAINT, linewidth=0.6)
    sheet.add_patch(square)


def draw_north_arrow(sheet: Axes, x: float, y: float, letters: Lettering) -> None:
    """Draw an arrow of 30 points that points up, its foot at `x`, `y`."""
    left = Polygon([(x, y + 30), (x, y + 7), (x - 9, y)], facecolor=INK, edgecolor=INK, lw=0.8)
    right = Polygon([(x, y + 30), (x, y + 7), (x + 9, y)], facecolor="white", edgecolor=INK, lw=0.8)
    sheet.add_patch(left)
    sheet.add_patch(right)
    write(sheet, x, y + 33, letters, size=11, align="center", vertical="bottom")


def round_length(longest_m: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is not above `longest_m`.

    Raises
    ------
    ValueError
        If `longest_m` is not above zero.

    Examples
    --------
    >>> round_length(4300.0), round_length(1999.0)
    (2000.0, 1000.0)
    """
    power = 10.0 ** floor(log10(longest_m))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest_m * (1 + 1e-9))


def draw_scale_bar(
    sheet: Axes, x: float, y: float, *, length: float, ticks: Sequence[Lettering]
) -> None:
    """Draw a bar of two halves from `x` to `x` + `length` with its three `ticks` above."""
    half = length / 2
    for left, color in ((x, INK), (x + half, "white")):
        bar = Rectangle((left, y), half, 4.5, facecolor=color, edgecolor=INK, linewidth=0.8)
        sheet.add_patch(bar)
    for place, letters in zip((x, x + half, x + length), ticks, strict=True):
        write(sheet, place, y + 7.5, letters, size=8.5, align="center", vertical="bottom")


def draw_street_names(
    sheet: Axes,
    places: Floats,
    widths: Floats,
    names: Sequence[Lettering],
    *,
    inside: Box,
    taken: Floats | None = None,
) -> int:
    """Draw names so that none overlaps another and none leaves the map.

    Parameters
    ----------
    sheet
        The sheet.
    places
        Where each name would like its middle, shape (n, 2), points; earlier rows choose
        first.
    widths
        Width of the widest circle inside each street, points.
    names
        The n names.
    inside
        The map's box.
    taken
        Boxes that hold other text already, shape (m, 4).

    Returns
    -------
    int
        How many names found no room and were left out.

    Raises
    ------
    None
    """
    taken = np.empty((0, 4)) if taken is None else taken
    left_out = 0
    for (x, y), width, letters in zip(places, widths, names, strict=True):
        # The smallest letters are always worth a try.
        fits = [z for z in _SIZES if letters.width(z) <= _WIDER_THAN_STREET * width]
        sizes = fits or [_SIZES[-1]]
        spot = _free_spot(float(x), float(y), letters, sizes, taken, inside)
        if spot is None:
            left_out += 1
            continue
        middle_x, middle_y, size, box = spot
        taken = np.vstack([taken, box])
        write(
            sheet,
            middle_x,
            middle_y,
            letters,
            size=size,
            align="center",
            vertical="center",
            halo=True,
        )
    return left_out


def _free_spot(
    x: float, y: float, letters: Lettering, sizes: Sequence[float], taken: Floats, inside: Box
) -> tuple[float, float, float, Box] | None:
    """Return middle, size and box of the first try that overlaps nothing."""
    for size in sizes:
        half_width = letters.width(size) / 2 + 2
        half_height = size * _LINE / 2
        # A name at the rim slides inward as long as it stays within reach of its street.
        middle_x = float(np.clip(x, inside[0] + half_width, inside[2] - half_width))
        if abs(middle_x - x) > half_width:
            continue
        for shift in _SHIFTS:
            middle_y = y + shift * half_height
            box = (
                middle_x - half_width,
                middle_y - half_height,
                middle_x + half_width,
                middle_y + half_height,
            )
            if box[1] < inside[1] or box[3] > inside[3]:
                continue
            clear = (
                (taken[:, 0] >= box[2])
                | (taken[:, 2] <= box[0])
                | (taken[:, 1] >= box[3])
                | (taken[:, 3] <= box[1])
            )
            if bool(clear.all()):
                return middle_x, middle_y, size, box
    return None
