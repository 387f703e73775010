"""Campaigns as a chart: how far each fell or rose beyond its control, and how sure that is.

A list of percentages hides that four of ten falls are chance. The figure draws the table
"campaign_effects" on a logarithmic scale, where a half is as far from 1 as a double, beside
what was counted, the verdict and what speaks against it. It computes nothing but rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.campaign_texts import (
    CAMPAIGN_WORDS,
    LINE,
    NOTE,
    CampaignRow,
    campaign_row,
)
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write

__all__ = ["plot_campaigns"]

Floats = NDArray[np.float64]

_MOST = 30
_WIDTH, _MARGIN = 720.0, 26.0
_PLOT_LEFT = 200.0
_COLORS = {
    "fell": "#1f5a8c",
    "fell_with_doubt": "#1f5a8c",
    "no_clear_change": "#7b838c",
    "rose": "#b8471b",
    "not_judged": "#a9afb5",
}
# Hollow dots: what is not to be relied on.
_HOLLOW = {"fell_with_doubt", "not_judged"}
_ONE = "#8a2f10"
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_NEEDED = [
    "campaign",
    "category",
    "before_days",
    "after_days",
    "treated_before",
    "treated_after",
    "control_cells",
    "control_before",
    "control_after",
    "control_before_days",
    "rate_ratio",
    "rate_ratio_low",
    "rate_ratio_high",
    "q_value",
    "buffer_ratio",
    "buffer_ratio_low",
    "buffer_ratio_high",
    "displacement",
    "cautions",
    "verdict",
]


def plot_campaigns(
    effects: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw what campaigns changed beyond their controls, each with its interval and verdict.

    Parameters
    ----------
    effects
        Table of :func:`gridgov.evaluate_campaigns` or :func:`gridgov.evaluate_campaign`, up to
        30 campaigns, drawn in its order.
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
        10 inches wide, one row a campaign: name and category, the rate ratio as a dot with its
        interval on a logarithmic scale with a line at 1, rates and counts before and after of
        treated and control, the verdict, and below it what happened around the place and what
        speaks against the verdict. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no campaigns.
    InputError
        If there are more than 30.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "area_km2": [0.1, 0.1]})
    >>> days = pd.to_datetime(["2016-01-10"] * 40 + ["2017-01-10"] * 30).tz_localize("UTC")
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([a] * 20 + [b] * 20 + [a] * 10 + [b] * 20, "UInt64"),
    ...     "match": "inside", "reported_at": days})
    >>> effect = gg.evaluate_campaign(
    ...     located, grid, treated=[a], controls=[b], buffer_rings=0, name="家具街整治",
    ...     before=("2016-01-01", "2016-02-01"), after=("2017-01-01", "2017-02-01"))
    >>> plot_campaigns(effect, lang="zh").get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(effects, "campaign_effects", columns=_NEEDED)
    if len(effects) > _MOST:
        raise InputError(
            f"A figure shows up to {_MOST} campaigns. Found: {len(effects):,}. Pass some of the "
            "rows."
        )
    words = CAMPAIGN_WORDS[lang]
    rows = [campaign_row(effects.iloc[place], words, lang) for place in range(len(effects))]
    notes = [words["source"].format(source)] if source else []
    notes.append(words["method"].format(level=100 * _level(effects)))
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=5)]
    bottom = 14 + 12.0 * len(foot) + 46
    heading = wrap(title or words["title"], _WIDTH - 2 * _MARGIN, 20, lines=2)
    body = sum(row.height for row in rows)
    height = bottom + body + 62 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    draw_heading(sheet, title or words["title"], date, width=_WIDTH, height=height, margin=_MARGIN)
    north = bottom + body
    places, plot_right = _columns(rows, words)
    _write_headings(sheet, words, places, north)
    frame = _frame(effects, (_PLOT_LEFT, bottom, plot_right, north))
    _draw_scale(sheet, frame, words)
    y = north
    for place, row in enumerate(rows):
        _draw_row(sheet, frame, effects.iloc[place], row, places, y, ruled=place > 0)
        y -= row.height
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _level(effects: pd.DataFrame) -> float:
    """Return the level of the intervals."""
    made: Mapping[str, Any] = effects.attrs.get("campaign") or next(
        iter((effects.attrs.get("campaigns") or {}).values()), {}
    )
    return float(made.get("confidence", 0.95))


def _columns(rows: Sequence[CampaignRow], words: Mapping[str, str]) -> tuple[list[float], float]:
    """Return the right ends of the columns, and where the plot ends before them."""
    right, places = _WIDTH - _MARGIN, []
    names = ("treated", "control", "ratio", "verdict")
    for place in reversed(range(len(names))):
        places.append(right)
        widths = [one(words[names[place]]).width(9.5)]
        for row in rows:
            upper, lower = row.cells[place]
            widths += [one(upper).width(10), one(lower).width(8.5) if lower else 0.0]
        right -= max(widths) + 16
    return places[::-1], right


def _write_headings(
    sheet: Axes, words: Mapping[str, str], places: Sequence[float], north: float
) -> None:
    """Write what the columns are."""
    write(sheet, _MARGIN, north + 19, one(words["name"]), size=9.5, color=FAINT)
    for name, x in zip(("treated", "control", "ratio", "verdict"), places, strict=True):
        write(sheet, x, north + 19, one(words[name]), size=9.5, color=FAINT, align="right")
    for x in places[:2]:
        write(sheet, x, north + 8, one(words["units"]), size=8, color=FAINT, align="right")


def _frame(effects: pd.DataFrame, room: tuple[float, float, float, float]) -> Frame:
    """Return the box with the logarithm of the ratios across."""
    values = effects[["rate_ratio", "rate_ratio_low", "rate_ratio_high"]].to_numpy(np.float64)
    told = values[:, 0][np.isfinite(values[:, 0]) & (values[:, 0] > 0)]
    ends = values[np.isfinite(values) & (values > 0)]
    # Endless intervals would leave the others no room; all dots are shown.
    low = min([0.45, *np.clip(ends, 0.04, None).tolist(), *(0.8 * told).tolist()])
    high = max([2.2, *np.clip(ends, None, 12.0).tolist(), *(1.25 * told).tolist()])
    pad = 0.03 * np.log(high / low)
    return Frame(room, x=(float(np.log(low) - pad), float(np.log(high) + pad)), y=(0.0, 1.0))


def _draw_scale(sheet: Axes, frame: Frame, words: Mapping[str, str]) -> None:
    """Write the scale of ratios below the rows, and which side of 1 is which above them."""
    west, south, east, north = frame.room
    texts = lettering([f"{tick:g}" for tick in _ticks(frame)])
    for tick, letters in zip(_ticks(frame), texts, strict=True):
        x = float(frame.place(np.log(tick), 0.0)[0, 0])
        sheet.plot([x, x], [south, south - 4], color=FAINT, linewidth=0.8)
        write(sheet, x, south - 15, letters, size=8.5, color=FAINT, align="center")
    sheet.plot([west, east], [south, south], color=FAINT, linewidth=0.8, zorder=2)
    frame.draw_titles(sheet, words["scale"], "", left=0.0, below=31.0)
    x = float(frame.place(0.0, 0.0)[0, 0])
    for name, side, align in (("fewer", -8.0, "right"), ("more", 8.0, "left")):
        write(sheet, x + side, north + 8, one(words[name]), size=9, color=_ONE, align=align)


def _ticks(frame: Frame) -> list[float]:
    """Return the round ratios on the scale."""
    low, high = frame.low[0] - 1e-9, frame.high[0] + 1e-9
    return [tick for tick in _TICKS if low <= np.log(tick) <= high]


def _draw_lines(sheet: Axes, frame: Frame, top: float, bottom: float) -> None:
    """Draw the lines of the scale beside one row: words below it stay free of them."""
    for tick in _ticks(frame):
        x = float(frame.place(np.log(tick), 0.0)[0, 0])
        is_one = tick == 1
        sheet.plot(
            [x, x],
            [bottom, top],
            color=_ONE if is_one else "#e4e6e8",
            linewidth=1.1 if is_one else 0.6,
            zorder=1 if is_one else 0.5,
        )


def _draw_row(
    sheet: Axes,
    frame: Frame,
    effect: Any,
    row: CampaignRow,
    places: Sequence[float],
    top: float,
    *,
    ruled: bool,
) -> None:
    """Draw one campaign below `top`."""
    if ruled:
        sheet.plot([_MARGIN, _WIDTH - _MARGIN], [top, top], color="#d9dcdf", lw=0.7, zorder=0.8)
    y = top - LINE - 1
    for letters in lettering(row.name):
        write(sheet, _MARGIN, y, letters, size=10.5)
        y -= LINE
    write(sheet, _MARGIN, y + 1, one(row.category), size=8.5, color=FAINT)
    color = _COLORS.get(str(effect["verdict"]), INK)
    for place, ((upper, lower), x) in enumerate(zip(row.cells, places, strict=True)):
        shade = color if place == 3 and effect["verdict"] != "not_judged" else INK
        write(sheet, x, top - LINE - 1, one(upper), size=10, color=shade, align="right")
        if lower:
            write(sheet, x, top - 2 * LINE, one(lower), size=8.5, color=FAINT, align="right")
    middle = top - LINE - 3
    lowest = top - row.height
    _draw_lines(sheet, frame, top, lowest + (NOTE * len(row.notes) + 5 if row.notes else 0))
    _draw_interval(sheet, frame, effect, middle, color)
    floor = lowest + 5 + NOTE * (len(row.notes) - 1)
    for letters in lettering(row.notes):
        write(sheet, _MARGIN + 12, floor, letters, size=8.5, color="#7a4a12")
        floor -= NOTE


def _draw_interval(sheet: Axes, frame: Frame, effect: Any, y: float, color: str) -> None:
    """Draw dot and interval, with an arrow where either goes on beyond the scale."""
    value, low, high = (float(effect[f"rate_ratio{end}"]) for end in ("", "_low", "_high"))
    west, _, east, _ = frame.room

    def place(ratio: float) -> float:
        if ratio <= 0:
            return west - 1
        if not np.isfinite(ratio):
            return east + 1
        return float(frame.place(np.log(ratio), 0.0)[0, 0])

    if not (np.isnan(low) or np.isnan(high)):
        left, right = place(low), place(high)
        ends = [max(left, west + 4), min(right, east - 4)]
        sheet.plot(ends, [y, y], color=color, linewidth=3.2, alpha=0.45, zorder=3)
        for beyond, at, mark in ((left < west + 4, ends[0], "<"), (right > east - 4, ends[1], ">")):
            if beyond:
                sheet.plot([at], [y], marker=mark, ms=6, color=color, mew=0, zorder=3.5)
    if not np.isnan(value):
        at = float(np.clip(place(value), west + 4, east - 4))
        fill = "white" if effect["verdict"] in _HOLLOW else color
        sheet.plot([at], [y], marker="o", ms=6.5, mfc=fill, mec=color, mew=1.4, zorder=4)
