"""What every drawn map shares: how meters become points of the sheet, street outlines, names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from gridgov.figures.fonts import lettering
from gridgov.figures.legend import Row, draw_legend, legend_height
from gridgov.figures.page_text import one
from gridgov.figures.sheet import (
    INK,
    Box,
    draw_north_arrow,
    draw_scale_bar,
    draw_street_names,
    round_length,
)

__all__ = ["draw_margin", "draw_names", "draw_outlines", "draw_scale", "draw_scale_line", "fit"]

Floats = NDArray[np.float64]

# How high the scale bar is with the arrow above it, and beside it.
_SCALE, _SCALE_LINE = 92.0, 52.0


def fit(planar: Any, room: Box) -> tuple[Any, float]:
    """Return what turns meters into points of the sheet, and the meters of a point."""
    west, south, east, north = shapely.total_bounds(planar)
    width, height = room[2] - room[0] - 8, room[3] - room[1] - 8
    scale = max((east - west) / width, (north - south) / height)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    center = np.array([(room[0] + room[2]) / 2, (room[1] + room[3]) / 2])

    def to_points(meters: Floats) -> Floats:
        return np.asarray((meters - middle) / scale + center)

    return to_points, float(scale)


def draw_outlines(sheet: Axes, outlines: Any) -> None:
    """Draw the rings of all streets at once."""
    rings = shapely.get_rings(shapely.get_parts(outlines))
    coordinates, of = shapely.get_coordinates(rings, return_index=True)
    lines = np.split(coordinates, np.flatnonzero(np.diff(of)) + 1)
    sheet.add_collection(
        LineCollection(list(lines), colors=INK, linewidths=0.9, alpha=0.8, zorder=2), autolim=False
    )


def draw_names(
    sheet: Axes, outlines: Any, names: list[object], room: Box, *, taken: Floats | None = None
) -> int:
    """Draw street names, larger streets first; return how many found no room."""
    coarse = shapely.simplify(outlines, 1.0)
    coarse = np.where(shapely.is_empty(coarse) | ~shapely.is_valid(coarse), outlines, coarse)
    # The line from the inmost point to the nearest edge: a radius of the widest circle.
    radii = shapely.maximum_inscribed_circle(coarse, 2.0)
    order = np.argsort(-shapely.area(outlines), kind="stable")
    letters = lettering(names)
    return draw_street_names(
        sheet,
        shapely.get_coordinates(shapely.get_point(radii, 0))[order],
        2 * shapely.length(radii)[order],
        [letters[i] for i in order],
        inside=room,
        taken=taken,
    )


def draw_scale_line(
    sheet: Axes, left: float, right: float, y: float, *, scale: float, words: dict[str, str]
) -> None:
    """Draw a scale bar of round length with the north arrow to its left."""
    _draw_bar(sheet, left + 26, right, y, scale=scale, words=words)
    draw_north_arrow(sheet, left + 4, y - 4, one(words["north"]))


def draw_margin(
    sheet: Axes,
    panel: Box,
    *,
    heading: str,
    rows: Sequence[Row],
    scale: float,
    words: dict[str, str],
) -> None:
    """Draw legend, north arrow and scale bar into the panel beside a map.

    A long legend takes the arrow's place above the bar; the arrow then stands beside it.
    """
    left, bottom, right, top = panel
    high = legend_height(heading, rows, right - left)
    room = top - bottom
    if high + _SCALE <= room:
        draw_legend(sheet, left, right, top, heading=heading, rows=rows)
        draw_scale(sheet, left, right, min(90.0, top - high - _SCALE), scale=scale, words=words)
        return
    draw_legend(sheet, left, right, top, heading=heading, rows=rows, room=room - _SCALE_LINE)
    draw_scale_line(sheet, left, right, bottom + 4, scale=scale, words=words)


def draw_scale(
    sheet: Axes, left: float, right: float, y: float, *, scale: float, words: dict[str, str]
) -> None:
    """Draw a scale bar of round length and the north arrow above it."""
    _draw_bar(sheet, left, right, y, scale=scale, words=words)
    draw_north_arrow(sheet, left + 12, y + 34, one(words["north"]))


def _draw_bar(
    sheet: Axes, left: float, right: float, y: float, *, scale: float, words: dict[str, str]
) -> None:
    """Draw a scale bar of round length."""
    length_m = round_length(scale * (right - left - 30))
    unit, size = (words["km"], length_m / 1000) if length_m >= 1000 else (words["m"], length_m)
    ticks = lettering(["0", f"{size / 2:g}", f"{size:g} {unit}"])
    wide = sum(letters.width(8.5) for letters in ticks[1:]) / 2
    if wide + 3 > length_m / scale / 2:
        # A short bar has no room for the number at its middle.
        ticks[1] = one("")
    draw_scale_bar(sheet, left + 6, y, length=length_m / scale, ticks=ticks)
