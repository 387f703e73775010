"""Dates along the lower side of a chart, as many as have room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gridgov.figures.frame import Frame

__all__ = ["draw_dates"]

_DAY_US = 86_400_000_000
_FORMS = {"D": "%m-%d", "MS": "%Y-%m", "QS": "%Y-%m", "YS": "%Y"}
_WIDTH = 46.0


def draw_dates(sheet: Axes, frame: Frame, times: Any) -> None:
    """Draw the first days of days, months, quarters or years, the finest that has room.

    Parameters
    ----------
    sheet
        The sheet.
    frame
        The box; its scale across is days since 1970 UTC.
    times
        Moments with a zone, in whose calendar the days are.

    Raises
    ------
    None
    """
    zone = pd.DatetimeIndex(times).tz
    first, last = (
        pd.Timestamp(round(float(end) * _DAY_US), unit="us", tz="UTC")
        .tz_convert(zone)
        .tz_localize(None)
        for end in (frame.low[0], frame.high[0])
    )
    room = frame.room[2] - frame.room[0]
    freq, listed = "YS", pd.date_range(first.normalize(), last, freq="YS")
    for finer in ("D", "MS", "QS"):
        days = pd.date_range(first.normalize(), last, freq=finer)
        if len(days) > 1 and len(days) * _WIDTH <= room:
            freq, listed = finer, days
            break
    step = max(1, -(-len(listed) * 40 // int(room)))
    shown = listed[::step] if len(listed) else pd.DatetimeIndex([first.normalize()])
    at = shown.tz_localize(zone, ambiguous=np.ones(len(shown), bool), nonexistent="shift_forward")
    ticks = at.as_unit("us").asi8 / _DAY_US
    inside = (ticks >= frame.low[0]) & (ticks <= frame.high[0])
    frame.draw_numbers(
        sheet, 0, ticks=ticks[inside], texts=[f"{day:{_FORMS[freq]}}" for day in shown[inside]]
    )
