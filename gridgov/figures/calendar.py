"""The calendar heat map: one square a day, a row a weekday, a column a week, a strip a year.

It shows what a monthly chart averages away: weekends, holidays, the day of a campaign, the
days when no record came in. The figure draws the table "period_counts" of days and
computes nothing but the bounds of its classes and how many days stand in each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.count_classes import counted_classes
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import Row, draw_legend_line
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write
from gridgov.taxonomy.categories import category_label

__all__ = ["plot_calendar"]

Floats = NDArray[np.float64]

_WIDTH = 720.0
_MARGIN = 26.0
_LEFT = 62.0
_STEP = (_WIDTH - _MARGIN - _LEFT) / 53.2
_STRIP = 7 * _STEP + 32.0
_MOST = 8

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Incidents by day",
        "heading": "Incidents a day (days)",
        "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
        "source": "Source: {source}.",
        "group": "Group: {group}.",
        "method": "n = {days:,} days, {total:,} incidents. Days outside the range counted are "
        "left white.",
    },
    "zh": {
        "title": "逐日事件数",
        "heading": "每日事件数（天数）",
        "months": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "weekdays": "周一 周二 周三 周四 周五 周六 周日",
        "source": "资料来源：{source}。",
        "group": "分组：{group}。",
        "method": "共 {days:,} 天，{total:,} 起事件。统计范围以外的日期留白。",
    },
}


def plot_calendar(
    periods: pd.DataFrame,
    *,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw incidents by day as a calendar.

    Parameters
    ----------
    periods
        Table of :func:`gridgov.measure_periods` with ``period="D"``, one group, up to eight
        calendar years.
    breaks
        One to five ascending bounds between the classes above zero; two calendars compare
        only with the same ones. None: up to six classes of about equally many days.
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
        10 inches wide, a strip a year, Monday uppermost; lines between months; a legend
        with the range of each class and its number of days, days without an incident in a
        class of their own. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several groups, the periods are no days, or there are over eight years.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> at = pd.date_range("2017-01-01", periods=90, tz="Asia/Shanghai")
    >>> days = gg.measure_periods(pd.DataFrame({"reported_at": at}), period="D")
    >>> plot_calendar(days, lang="zh").get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(periods, "period_counts", columns=["period", "group", "period_days", "incidents"])
    days = _checked(periods)
    words = _WORDS[lang]
    counts = periods["incidents"].to_numpy(np.float64)
    classes = counted_classes(counts, breaks)
    years = np.unique(days.year)
    said = [words["source"].format(source=source)] if source else []
    group = periods["group"].iloc[0]
    if pd.notna(group):
        said.append(words["group"].format(group=category_label(str(group), lang)))
    said.append(words["method"].format(days=len(periods), total=int(counts.sum())))
    note = ("" if lang == "zh" else " ").join(said)
    foot = wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)
    heading = wrap(title or words["title"], _WIDTH - 2 * _MARGIN, 20, lines=2)

    bottom = 14 + 12.0 * len(foot) + 14
    height = bottom + _STRIP * len(years) + 66 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=height, margin=_MARGIN
    )
    numbers = np.bincount(classes.codes, minlength=len(classes.names)).tolist()
    rows = [
        Row("fill", color, text, number)
        for color, text, number in zip(classes.colors, classes.names, numbers, strict=False)
    ][::-1]
    draw_legend_line(
        sheet, _MARGIN, _WIDTH - _MARGIN, top - 18, heading=words["heading"], rows=rows
    )
    colors = to_rgba_array(classes.colors)[classes.codes]
    for place, year in enumerate(years.tolist()):
        here = np.asarray(days.year == year)
        north = bottom + _STRIP * (len(years) - place) - 26
        _draw_year(sheet, year, days[here], colors[here], north, words)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _checked(periods: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the dates of the days on their own clock."""
    number = periods["group"].nunique(dropna=False)
    if number > 1:
        raise InputError(
            f"A figure shows one group. Found: {number:,} groups. Pass "
            "periods[periods['group'] == ...]."
        )
    # Days are 23 or 25 hours long where clocks change, and cut at the ends of a range.
    longest = float(periods["period_days"].max())
    days = pd.DatetimeIndex(periods["period"]).tz_localize(None).normalize()
    if longest > 1.1 or days.duplicated().any():
        raise InputError(
            f"A calendar needs one row a day. Found: periods of up to {longest:.3g} days. "
            'gridgov.measure_periods(incidents, period="D") counts by day.'
        )
    if len(np.unique(days.year)) > _MOST:
        raise InputError(
            f"A figure shows up to {_MOST} years. Found: {len(np.unique(days.year))}. Pass some "
            "of them: periods[periods['period'] >= ...]."
        )
    return days


def _draw_year(
    sheet: Axes,
    year: int,
    days: pd.DatetimeIndex,
    colors: Floats,
    north: float,
    words: dict[str, str],
) -> None:
    """Draw the squares of a year, the lines between its months, and their names."""
    first = pd.Timestamp(year, 1, 1)
    shift = first.day_of_week

    def place(dates: pd.DatetimeIndex) -> tuple[Floats, Floats]:
        number = np.asarray((dates - first).days) + shift
        return _LEFT + _STEP * (number // 7), north - _STEP * (number % 7)

    west, upper = place(days)
    gap = 0.6
    corners = np.stack(
        [
            np.column_stack([west + gap, upper - gap]),
            np.column_stack([west + _STEP - gap, upper - gap]),
            np.column_stack([west + _STEP - gap, upper - _STEP + gap]),
            np.column_stack([west + gap, upper - _STEP + gap]),
        ],
        axis=1,
    )
    squares = PolyCollection(list(corners), facecolors=colors, edgecolors="#c9cbc4", zorder=1)
    squares.set_linewidth(0.3)
    sheet.add_collection(squares, autolim=False)
    starts = pd.date_range(first, periods=13, freq="MS")
    x, y = place(starts)
    lines = []
    for left, above in zip(x.tolist(), y.tolist(), strict=True):
        # Between two months the line steps down at the first day of the new one.
        steps = [
            (left + _STEP, north),
            (left + _STEP, above),
            (left, above),
            (left, north - 7 * _STEP),
        ]
        lines.append(steps if above < north else [(left, north), (left, north - 7 * _STEP)])
    sheet.add_collection(LineCollection(lines, colors=INK, linewidths=0.8, zorder=2), autolim=False)
    middle = place(starts[:-1] + pd.Timedelta(days=14))[0] + _STEP / 2
    for left, text in zip(middle.tolist(), words["months"].split(), strict=True):
        write(sheet, left, north + 5, one(text), size=8.5, color=FAINT, align="center")
    for row, text in enumerate(words["weekdays"].split()):
        if row % 2 == 0:
            baseline = north - _STEP * (row + 0.5) - 3
            write(sheet, _LEFT - 5, baseline, one(text), size=7.5, color=FAINT, align="right")
    write(sheet, _MARGIN, north + 4, one(str(year)), size=11)
