"""Incidents over time as a chart: every count with its interval, and the trend through them.

A month above last month is no rise; the interval says how far a count can be from what it
stands for. The figure draws the table "period_counts" and computes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write
from gridgov.taxonomy.categories import category_label

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["plot_trend"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 420.0
_MARGIN = 26.0
_COUNT, _TREND, _BAND = "#1f5a8c", "#b8471b", "#f3d3c1"
# Above so many periods bars of single intervals run into each other.
_MANY = 150

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Incidents over time",
        "D": "Incidents a day",
        "W": "Incidents a week",
        "MS": "Incidents a month",
        "QS": "Incidents a quarter",
        "YS": "Incidents a year",
        "count": "Incidents, {level:g} % interval ({kind})",
        "exact": "exact Poisson",
        "quasi": "quasi-Poisson, φ = {dispersion:.2f}",
        "trend": "Trend, {level:g} % interval",
        "change": "Change a year: {change} % ({low} % to {high} %)",
        "no_trend": "Too few periods with incidents for a trend.",
        "source": "Source: {source}.",
        "group": "Group: {group}.",
        "partly": "Hollow: period covered in part.",
        "method": "{total:,} incidents in {periods:,} periods. Trend: quasi-Poisson regression "
        "on time, days of the period as exposure; φ is the variance about it over Poisson's. A "
        "season counts as scatter and widens the intervals.",
    },
    "zh": {
        "title": "事件数量变化",
        "D": "每日事件数",
        "W": "每周事件数",
        "MS": "每月事件数",
        "QS": "每季度事件数",
        "YS": "每年事件数",
        "count": "事件数及 {level:g}% 区间（{kind}）",
        "exact": "精确泊松",
        "quasi": "准泊松，φ = {dispersion:.2f}",
        "trend": "趋势及 {level:g}% 区间",
        "change": "年变化：{change}%（{low}% 至 {high}%）",
        "no_trend": "有事件的时段太少，未计算趋势。",
        "source": "资料来源：{source}。",
        "group": "分组：{group}。",
        "partly": "空心点：时段仅部分计入。",
        "method": "{periods:,} 个时段，{total:,} 起事件。趋势：对时间作准泊松回归，以时段天数为"
        "暴露量；φ 为围绕趋势的方差与泊松方差之比。季节变化计入离散，使区间变宽。",
    },
}


def plot_trend(
    periods: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw incidents by period with their intervals and the trend.

    Parameters
    ----------
    periods
        Table of :func:`gridgov.measure_periods`, one group.
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
        10 × 5.8 inches: a dot a period with its interval (hollow where the period is only
        partly in the range), the trend with its interval, the change a year, and which
        kind the intervals are. The scale begins at 0. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> at = pd.date_range("2017-01-01", periods=90, tz="Asia/Shanghai")
    >>> periods = gg.measure_periods(pd.DataFrame({"reported_at": at}), period="MS")
    >>> plot_trend(periods, lang="zh", title="八角街道").get_size_inches().round(1).tolist()
    [10.0, 5.8]
    """
    lang = check_language(lang)
    check_table(periods, "period_counts")
    number = periods["group"].nunique(dropna=False)
    if number > 1:
        raise InputError(
            f"A figure shows one group. Found: {number:,} groups. Pass "
            "periods[periods['group'] == ...]."
        )
    words = _WORDS[lang]
    made = periods.attrs.get("period_counts") or {}
    table = periods.sort_values("period", ignore_index=True)
    notes = _notes(table, words, source, lang)
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    days = pd.DatetimeIndex(table["period"]).as_unit("us").asi8 / 86_400_000_000
    middle = days + table["period_days"].to_numpy(np.float64) / 2
    ends = (float(days[0]), float(days[-1] + table["period_days"].iloc[-1]))
    highest = float(np.nanmax(table[["incidents_high", "trend_high"]].to_numpy(np.float64)))
    south = 14 + 12 * len(foot) + 34
    room = (_MARGIN + 48, south, _WIDTH - _MARGIN - 8, top - 44)
    frame = Frame(room, x=ends, y=(0.0, 1.05 * highest))
    _draw_dates(sheet, frame, table["period"])
    frame.draw_numbers(sheet, 1)
    _draw_trend(sheet, frame, middle, table)
    _draw_counts(sheet, frame, middle, table)
    frame.draw_box(sheet)
    kind = str(made.get("period", "MS")).split("-")[0]
    frame.draw_titles(sheet, "", words.get(kind, words["MS"]), left=_MARGIN + 4)
    _draw_key(sheet, table, made, words, top - 14, room[0])
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _draw_dates(sheet: Axes, frame: Frame, periods: pd.Series) -> None:
    """Draw the first days of years or, within few years, of months along the lower side."""
    clock = pd.DatetimeIndex(periods)
    zone = clock.tz
    first = clock[0].tz_localize(None).normalize()
    last = pd.Timestamp(frame.high[0] * 86_400_000_000, unit="us", tz="UTC")
    last = last.tz_convert(zone).tz_localize(None)
    room = frame.room[2] - frame.room[0]
    forms = {"D": "%m-%d", "MS": "%Y-%m", "QS": "%Y-%m", "YS": "%Y"}
    freq, listed = "YS", pd.date_range(first, last, freq="YS")
    for finer in ("D", "MS", "QS"):
        days = pd.date_range(first, last, freq=finer)
        if len(days) * 46 <= room:
            freq, listed = finer, days
            break
    step = max(1, -(-len(listed) * 40 // int(room)))
    shown = listed[::step] if len(listed) else pd.DatetimeIndex([first])
    at = shown.tz_localize(zone, ambiguous=np.ones(len(shown), bool), nonexistent="shift_forward")
    ticks = at.as_unit("us").asi8 / 86_400_000_000
    inside = (ticks >= frame.low[0]) & (ticks <= frame.high[0])
    frame.draw_numbers(
        sheet, 0, ticks=ticks[inside], texts=[f"{day:{forms[freq]}}" for day in shown[inside]]
    )


def _draw_trend(sheet: Axes, frame: Frame, middle: Floats, table: pd.DataFrame) -> None:
    """Draw the trend and the band of its interval, stepped by the days of the periods."""
    if table["trend_incidents"].isna().any():
        return
    low, high, line = (
        frame.place(middle, table[name].to_numpy(np.float64))
        for name in ("trend_low", "trend_high", "trend_incidents")
    )
    band = Polygon(np.vstack([low, high[::-1]]), closed=True, facecolor=_BAND, edgecolor="none")
    band.set(alpha=0.75, zorder=1)
    sheet.add_patch(band)
    sheet.plot(line[:, 0], line[:, 1], color=_TREND, linewidth=1.8, zorder=2)


def _draw_counts(sheet: Axes, frame: Frame, middle: Floats, table: pd.DataFrame) -> None:
    """Draw every count and its interval; hollow where a period is only partly counted."""
    low, high, at = (
        frame.place(middle, table[name].to_numpy(np.float64))
        for name in ("incidents_low", "incidents_high", "incidents")
    )
    many = len(table) > _MANY
    width = 0.5 if many else 1.2
    sheet.add_collection(
        LineCollection(
            list(np.stack([low, high], axis=1)),
            colors=_COUNT,
            linewidths=width,
            alpha=0.35 if many else 0.65,
            zorder=3,
        ),
        autolim=False,
    )
    partly = _partly(table)
    size = 2.2 if many else 4.5
    for here, fill in ((~partly, _COUNT), (partly, "white")):
        sheet.plot(
            at[here, 0],
            at[here, 1],
            linestyle="",
            marker="o",
            ms=size,
            mfc=fill,
            mec=_COUNT,
            mew=1.0 if fill == "white" else 0.0,
            zorder=4,
        )


def _partly(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which periods, the first or last ones, lie only partly in the range counted."""
    starts = pd.DatetimeIndex(table["period"]).as_unit("us").asi8
    days = table["period_days"].to_numpy(np.float64)
    partly = np.zeros(len(table), dtype=bool)
    if len(table) > 2:
        whole = np.diff(starts) / 86_400_000_000
        partly[:-1] = days[:-1] < whole - 0.01
        # The last has no next one; no period of its kind is a tenth shorter than the others.
        partly[-1] = days[-1] < 0.88 * whole.min()
    return partly


def _draw_key(
    sheet: Axes,
    table: pd.DataFrame,
    made: dict[str, Any],
    words: dict[str, str],
    y: float,
    left: float,
) -> None:
    """Write above the plot what dots, line and bands are, and the change a year."""
    level = 100 * made.get("level", 0.95)
    first = table.iloc[0]
    known = pd.notna(first["trend_incidents"])
    kind = "quasi" if made.get("interval", "quasi") == "quasi" and known else "exact"
    told = words[kind].format(dispersion=float(first["dispersion"]) if known else 1.0)
    text = one(words["count"].format(level=level, kind=told))
    sheet.plot([left + 7, left + 7], [y - 2, y + 10], color=_COUNT, linewidth=1.2, alpha=0.65)
    sheet.plot([left + 7], [y + 4], color=_COUNT, marker="o", ms=4.5)
    write(sheet, left + 20, y, text, size=10)
    right = left + 20 + text.width(10) + 26
    if known:
        sheet.add_patch(
            Polygon(
                [(right, y - 2), (right + 22, y - 2), (right + 22, y + 10), (right, y + 10)],
                facecolor=_BAND,
                edgecolor="none",
                alpha=0.75,
            )
        )
        sheet.plot([right, right + 22], [y + 4] * 2, color=_TREND, linewidth=1.8)
        write(sheet, right + 30, y, one(words["trend"].format(level=level)), size=10)
    ends = [first[f"yearly_change{side}"] for side in ("", "_low", "_high")]
    if known:
        change, low, high = (_signed(100 * float(end)) for end in ends)
        said = words["change"].format(change=change, low=low, high=high)
    else:
        said = words["no_trend"]
    write(sheet, left, y - 18, one(said), size=10, color=INK)


def _signed(percent: float) -> str:
    """Return percents with their sign, three digits at most."""
    if not np.isfinite(percent) or abs(percent) >= 1e6:
        return "∞" if percent > 0 else "−∞"
    shown = f"{percent:+.1f}" if abs(percent) < 100 else f"{percent:+,.0f}"
    return shown.replace("-", "−")


def _notes(
    table: pd.DataFrame, words: dict[str, str], source: str | None, lang: Language
) -> Sequence[str]:
    """Return the lines at the foot."""
    said = [words["source"].format(source=source)] if source else []
    group = table["group"].iloc[0]
    if pd.notna(group):
        said.append(words["group"].format(group=category_label(str(group), lang)))
    if _partly(table).any():
        said.append(words["partly"])
    method = words["method"].format(total=int(table["incidents"].sum()), periods=len(table))
    first = ("" if lang == "zh" else " ").join(said)
    return [first, method] if first else [method]
