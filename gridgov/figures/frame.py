"""The box of a chart on a sheet: scales, round ticks, and where numbers lie in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.sheet import FAINT, Box, round_length, write

__all__ = ["Frame", "number"]

Floats = NDArray[np.float64]

_GRID = "#e4e6e8"
_SIZE = 8.5


class Frame:
    """A box with a scale in either direction.

    Parameters
    ----------
    room
        The box, points.
    x, y
        First and last number of each scale.
    """

    def __init__(self, room: Box, *, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.room = room
        self.low = np.array([x[0], y[0]])
        self.high = np.array([x[1], y[1]])

    def place(self, x: Any, y: Any) -> Floats:
        """Return points of the sheet, shape (n, 2)."""
        west, south, east, north = self.room
        at = np.column_stack(np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(y)))
        share = (at.astype(np.float64) - self.low) / (self.high - self.low)
        return np.asarray(np.array([west, south]) + share * [east - west, north - south])

    def ticks(self, axis: int, *, steps: float = 4.0) -> Floats:
        """Return round numbers along an axis, its ends included where they are round."""
        low, high = float(self.low[axis]), float(self.high[axis])
        step = round_length((high - low) / steps)
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        # Adding zero turns the −0 of floats into 0.
        return np.arange(first, last + 1) * step + 0.0

    def clip(self, sheet: Axes) -> Rectangle:
        """Return the box as a shape to cut lines off at."""
        west, south, east, north = self.room
        return Rectangle((west, south), east - west, north - south, transform=sheet.transData)

    def draw_box(self, sheet: Axes) -> None:
        """Draw the outline of the box."""
        west, south, east, north = self.room
        sheet.add_patch(
            Rectangle(
                (west, south),
                east - west,
                north - south,
                facecolor="none",
                edgecolor=FAINT,
                linewidth=0.8,
                zorder=2.5,
            )
        )

    def draw_numbers(
        self, sheet: Axes, axis: int, *, ticks: Any = None, texts: list[str] | None = None
    ) -> None:
        """Draw faint lines across the box at ticks, and the numbers beside it."""
        at = self.ticks(axis) if ticks is None else np.asarray(ticks, dtype=np.float64)
        told = [number(tick) for tick in at] if texts is None else texts
        west, south, east, north = self.room
        lines = []
        for tick, letters in zip(at.tolist(), lettering(told), strict=True):
            x, y = self.place(*((tick, self.low[1]) if axis == 0 else (self.low[0], tick)))[0]
            if axis == 0:
                lines.append([(x, south), (x, north)])
                write(sheet, x, south - 14, letters, size=_SIZE, color=FAINT, align="center")
            else:
                lines.append([(west, y), (east, y)])
                write(sheet, west - 6, y - 3, letters, size=_SIZE, color=FAINT, align="right")
        sheet.add_collection(
            LineCollection(lines, colors=_GRID, linewidths=0.6, zorder=0.5), autolim=False
        )

    def draw_titles(
        self, sheet: Axes, x_title: str, y_title: str, *, left: float, below: float = 31.0
    ) -> None:
        """Write what the scales are: below the box, and upright with its middle at `left`."""
        west, south, east, north = self.room
        for line in lettering(wrap(x_title, east - west, 10, lines=1) if x_title else []):
            write(sheet, (west + east) / 2, south - below, line, size=10, align="center")
        for line in lettering(wrap(y_title, north - south, 10, lines=1) if y_title else []):
            write(sheet, left, (south + north) / 2, line, size=10, align="center")
            sheet.texts[-1].set(rotation=90, verticalalignment="center")


def number(value: float) -> str:
    """Return a number as people read it: thousands apart, a real minus sign.

    Examples
    --------
    >>> number(12500.0), number(-0.25), number(0.0)
    ('12,500', '−0.25', '0')
    """
    return f"{value:,.10g}".replace("-", "−")
