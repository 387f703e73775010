"""An indicator as a chart: by group as dots, or by period as a line, always with intervals.

A rate of 3 in 4 and one of 300 in 400 are the same number and not the same knowledge. The
figure draws the table "indicators" and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.interval_list import IntervalList, draw_interval_list
from gridgov.figures.page_text import draw_heading
from gridgov.figures.sheet import FAINT, Box, make_sheet, write

__all__ = ["plot_indicator"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT, _MARGIN = 720.0, 400.0, 26.0
_COLOR = "#1f5a8c"

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "group": "Group",
        "counted": "Counted",
        "value": "Value",
        "all": "all together",
        "source": "Source: {}.",
        "method": "Bars: {level:g} % Wilson intervals. n/d is always shown; without a denominator "
        "there is no value.",
        "line": "Line: {}.",
    },
    "zh": {
        "group": "单位",
        "counted": "分子/分母",
        "value": "数值",
        "all": "合计",
        "source": "资料来源：{}。",
        "method": "横条为 {level:g}% Wilson 区间。分子/分母一律列出；分母为零时没有数值。",
        "line": "竖线：{}。",
    },
}


def plot_indicator(
    indicators: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw one indicator by group or by period, with its intervals.

    Parameters
    ----------
    indicators
        Table of :func:`gridgov.measure_indicators`, one indicator: several groups of one
        period become a list, the periods of one group a line. A row without a group beside
        rows with one is the whole, and becomes a line across the list.
    names
        What the groups are called, by id: a mapping, or a Series such as
        ``streets.set_index("street_id")["street"]``.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; the name of the indicator when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the figure is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 inches wide: dots with intervals, numerator and denominator written beside or below
        them. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several indicators, several groups and several periods at once, more than
        60 groups, or no value at all.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> rows = pd.DataFrame({"indicator": "closing_rate", "group": ["1", "2"],
    ...     "numerator": [3.0, 30.0], "denominator": [4.0, 40.0], "value": 0.75,
    ...     "value_low": [0.30, 0.60], "value_high": [0.95, 0.86]})
    >>> figure = plot_indicator(conform(rows, "indicators"), lang="zh")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(indicators, "indicators")
    if indicators["indicator"].nunique() > 1:
        raise InputError(
            f"A figure shows one indicator. Found: {indicators['indicator'].nunique()}. Pass "
            "indicators[indicators['indicator'] == ...]."
        )
    if indicators["value"].isna().all():
        raise InputError(
            f"A figure of {indicators['indicator'].iloc[0]} needs a value. Found: none in "
            f"{len(indicators):,} rows; see the column reason."
        )
    words = _WORDS[lang]
    made = indicators.attrs.get("indicators") or {}
    heading = title or _label(indicators, lang)
    notes = [words["source"].format(source)] if source else []
    method = words["method"].format(level=100 * made.get("confidence", 0.95))
    periods = indicators["period"].nunique(dropna=False)
    groups = indicators["group"].nunique(dropna=False)
    if periods > 1 and groups > 1:
        raise InputError(
            f"A figure shows several groups or several periods. Found: {groups} groups and "
            f"{periods} periods. Pass the rows of one of them."
        )
    if periods > 1:
        return _line(indicators, heading, date, [*notes, method])
    return _list(
        indicators, {} if names is None else dict(names), heading, date, notes, method, words
    )


def _label(indicators: pd.DataFrame, lang: Language) -> str:
    """Return the name of the indicator, its key where it is one of the caller's own."""
    key = str(indicators["indicator"].iloc[0])
    known = read_indicators().set_index("indicator")
    return (
        str(known.at[key, "label_zh" if lang == "zh" else "label"]) if key in known.index else key
    )


def _ends(values: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    """Return the ends of the scale: shares that are all high begin at a tenth below them."""
    all_of = np.concatenate([values, low, high])
    known = all_of[np.isfinite(all_of)]
    least, most = float(known.min()), float(known.max())
    if 0.5 < most <= 1.0:
        return (max(0.0, np.floor(10 * least - 0.5) / 10) if least > 0.5 else 0.0, 1.0)
    return 0.0, max(1.1 * most, 1e-3)


def _list(
    table: pd.DataFrame,
    names: Mapping[str, str],
    title: str,
    date: str | None,
    notes: list[str],
    method: str,
    words: dict[str, str],
) -> Figure:
    """Return the groups of one period as a list, the highest value first."""
    whole = table[table["group"].isna()]
    rows = table[table["group"].notna()] if len(whole) < len(table) else table
    rows = rows.sort_values("value", ascending=False, na_position="last", kind="stable")
    called = rows["group"].map(lambda group: names.get(group, group), na_action="ignore")
    line = None
    if len(whole) == 1 and len(rows) < len(table) and pd.notna(whole["value"].iloc[0]):
        line = float(whole["value"].iloc[0])
        told = f"{words['all']} {_count(whole.iloc[0])} = {_percent(line)}"
        method = f"{words['line'].format(told)} {method}"
    values, low, high = (
        rows[name].to_numpy(np.float64) for name in ("value", "value_low", "value_high")
    )
    return draw_interval_list(
        IntervalList(
            ranks=[""] * len(rows),
            names=called.fillna(words["all"]).astype(str).tolist(),
            values=values,
            low=low,
            high=high,
            columns=[
                (words["counted"], [_count(row) for _, row in rows.iterrows()]),
                (words["value"], [_percent(value) for value in values]),
            ],
            line=line,
            ends=_ends(values, low, high),
        ),
        title=title,
        date=date,
        rank_heading="",
        name_heading=words["group"],
        scale="",
        notes=[*notes, method],
        percent=True,
    )


def _line(table: pd.DataFrame, title: str, date: str | None, notes: list[str]) -> Figure:
    """Return the periods of one group as dots with intervals, joined where they follow."""
    rows = table.sort_values("period", kind="stable", ignore_index=True)
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(sheet, title, date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN)
    room: Box = (_MARGIN + 48, 14 + 12 * len(foot) + 48, _WIDTH - _MARGIN - 8, top - 16)
    values, low, high = (
        rows[name].to_numpy(np.float64) for name in ("value", "value_low", "value_high")
    )
    frame = Frame(room, x=(-0.5, len(rows) - 0.5), y=_ends(values, low, high))
    ticks = frame.ticks(1)
    frame.draw_numbers(sheet, 1, ticks=ticks, texts=[f"{100 * tick:.4g}%" for tick in ticks])
    step = max(1, -(-len(rows) * 46 // int(room[2] - room[0])))
    shown = np.arange(0, len(rows), step)
    days = pd.DatetimeIndex(rows["period"])
    form = "%Y-%m" if (days.day == 1).all() else "%m-%d"
    frame.draw_numbers(
        sheet, 0, ticks=shown, texts=[f"{days[place]:{form}}" for place in shown.tolist()]
    )
    at = np.arange(len(rows), dtype=np.float64)
    sure = np.isfinite(low) & np.isfinite(high)
    bars = np.stack([frame.place(at[sure], low[sure]), frame.place(at[sure], high[sure])], axis=1)
    sheet.add_collection(
        LineCollection(list(bars), colors=_COLOR, linewidths=3.2, alpha=0.4, zorder=3),
        autolim=False,
    )
    # A period without a value is a gap: the line does not cross it.
    path = frame.place(at, np.where(np.isfinite(values), values, np.nan))
    sheet.plot(path[:, 0], path[:, 1], color=_COLOR, linewidth=1.2, marker="o", ms=5, zorder=4)
    for place in shown.tolist():
        x = float(frame.place(at[place], 0.0)[0, 0])
        letters = lettering([_count(rows.iloc[place])])[0]
        write(sheet, x, room[1] - 28, letters, size=7.5, color=FAINT, align="center")
    frame.draw_box(sheet)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _count(row: Any) -> str:
    """Return numerator and denominator."""
    if pd.isna(row["denominator"]):
        return "–"
    numerator = "–" if pd.isna(row["numerator"]) else f"{row['numerator']:,.6g}"
    return f"{numerator}/{row['denominator']:,.6g}"


def _percent(value: float) -> str:
    """Return a share in percents with one place."""
    return "–" if not np.isfinite(value) else f"{100 * value:.1f}%"
