"""The hours of the week as a heat map: when incidents come in, or when patrols are there.

Seven rows and 24 columns, the number written in every square. The figure draws the tables
"incident_hours" and "patrol_hours" and computes nothing but the bounds of its classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import InputError
from gridgov.figures.count_classes import counted_classes
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import HATCH, HATCH_COLOR, Row, draw_legend_line
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write
from gridgov.maps.cell_values import Classes
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

__all__ = ["plot_hours"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 356.0
_MARGIN = 26.0
_LEFT = 62.0
_ROW = 27.0
_COLUMN = (_WIDTH - _MARGIN - _LEFT) / 24
# Bounds of shares in percent; the last one is all of them.
_SHARES = (25.0, 50.0, 75.0, 100.0)
_COLUMNS = {
    "incident_hours": ("incidents_per_week", "incidents"),
    "patrol_hours": ("presence_share", "dwell_min", "person_min", "cells"),
}

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "incident_hours": "Incidents by hour of the week",
        "patrol_hours": "Patrols by hour of the week",
        "heading": "{} (hours)",
        "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
        "never": "Hour never came",
        "source": "Source: {source}.",
        "group": "Group: {group}.",
        "incidents": "{total:,} incidents in up to {weeks:,} weeks; time of report, not of the "
        "event.",
        "street": "Street {}.",
        "patrols": "Up to {weeks:,} weeks. What fixes show; lost signals count as nobody there.",
    },
    "zh": {
        "incident_hours": "一周各小时事件数",
        "patrol_hours": "一周各小时巡查情况",
        "heading": "{}（小时数）",
        "weekdays": "周一 周二 周三 周四 周五 周六 周日",
        "never": "该小时未出现",
        "source": "资料来源：{source}。",
        "group": "分组：{group}。",
        "incidents": "最多 {weeks:,} 周，{total:,} 起事件；为上报时间，并非发生时间。",
        "street": "街道 {}。",
        "patrols": "最多 {weeks:,} 周。按定位记录统计，信号中断视为无人在场。",
    },
}


def plot_hours(
    hours: pd.DataFrame,
    *,
    column: str | None = None,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the hours of the week as a heat map.

    Parameters
    ----------
    hours
        Table of :func:`gridgov.measure_hours`, one group, or of
        :func:`gridgov.measure_patrol_hours`: one street, or of several the rows of the
        whole grid.
    column
        What is drawn. Incidents: ``"incidents_per_week"`` (default) or ``"incidents"``.
        Patrols: ``"presence_share"`` (default), ``"dwell_min"``, ``"person_min"`` or
        ``"cells"``.
    breaks
        One to five ascending bounds between the classes above zero, in the unit of the
        column; two figures compare only with the same ones. None: up to six classes of
        about equally many hours.
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
        10 inches wide: Monday to Sunday downward, 0 to 23 o'clock to the right, each square
        with its number, pale to dark, zero in a class of its own, hatched where the hour
        never came; a legend with ranges and numbers of hours.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` or `column` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several groups, or not 168 hours.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> at = pd.date_range("2017-09-04", periods=400, freq="h", tz="Asia/Shanghai")
    >>> hours = gg.measure_hours(pd.DataFrame({"reported_at": at}))
    >>> plot_hours(hours, lang="zh").get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    kind = "patrol_hours" if "presence_share" in hours.columns else "incident_hours"
    column = column if column is not None else _COLUMNS[kind][0]
    check_choice(column, option="column", choices=_COLUMNS[kind])
    check_table(hours, kind)
    table = _week(hours, kind)
    words = _WORDS[lang]
    values = table[column].to_numpy(np.float64, na_value=np.nan)
    share = column.endswith("_share")
    whole = str(hours[column].dtype).lower() == "int64"
    classes = _classes(values, breaks, share=share, whole=whole)
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words[kind], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    numbers = np.bincount(classes.codes, minlength=len(classes.names) + 1).tolist()
    rows = [
        Row("fill", color, text, number)
        for color, text, number in zip(classes.colors, classes.names, numbers, strict=False)
    ][::-1]
    if numbers[-1]:
        rows.append(Row("hatch", NO_ANSWER_COLOR, words["never"], numbers[-1]))
    heading = words["heading"].format(TABLES[kind][column].heading(lang))
    low = draw_legend_line(sheet, _MARGIN, _WIDTH - _MARGIN, top - 18, heading=heading, rows=rows)
    north = low - 30
    _draw_squares(sheet, north, classes.codes, classes.colors)
    _write_numbers(sheet, north, values, classes, share=share)
    for place, text in enumerate(words["weekdays"].split()):
        y = north - _ROW * (place + 0.5) - 4
        write(sheet, _LEFT - 8, y, one(text), size=10, align="right")
    for hour in range(24):
        x = _LEFT + _COLUMN * (hour + 0.5)
        write(sheet, x, north + 5, one(str(hour)), size=8.5, color=FAINT, align="center")
    note = _note(table, kind, words, source, lang)
    foot = wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=2)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _week(hours: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the 168 rows that a figure shows, Monday 0 o'clock first."""
    key = "street_id" if kind == "patrol_hours" else "group"
    several = hours[key].nunique(dropna=False) > 1
    if several and kind == "patrol_hours" and hours[key].isna().any():
        hours = hours[hours[key].isna()]
    elif several:
        raise InputError(
            f"A figure shows one {key}. Found: {hours[key].nunique(dropna=False):,}. Pass "
            f"hours[hours[{key!r}] == ...]."
        )
    table = hours.sort_values(["weekday", "hour"], ignore_index=True)
    place = (table["weekday"] - 1) * 24 + table["hour"]
    if len(table) != 168 or not np.array_equal(place.to_numpy(), np.arange(168)):
        raise InputError(
            f"A week has 168 hours, one row each. Found: {len(table):,} rows. "
            f"{TABLES[kind].made_by}(...) makes such a table."
        )
    return table


def _classes(
    values: Floats, breaks: Sequence[float] | None, *, share: bool, whole: bool
) -> Classes:
    """Return the classes of the hours; shares in percent, all of them a class of its own."""
    if not share:
        return counted_classes(values, breaks, whole=whole)
    bounds = _SHARES if breaks is None else [100 * float(bound) for bound in breaks]
    found = counted_classes(100 * values, bounds, whole=False)
    names = [f"{name} %".replace("≥ 100 %", "100 %") for name in found.names]
    return found._replace(names=names)


def _draw_squares(
    sheet: Axes, north: float, codes: NDArray[np.int64], colors: Sequence[str]
) -> None:
    """Draw all squares at once, hatched where an hour never came."""
    row, column = np.divmod(np.arange(168), 24)
    west, upper = _LEFT + _COLUMN * column, north - _ROW * row
    corners = np.stack(
        [
            np.column_stack([west, upper]),
            np.column_stack([west + _COLUMN, upper]),
            np.column_stack([west + _COLUMN, upper - _ROW]),
            np.column_stack([west, upper - _ROW]),
        ],
        axis=1,
    )
    palette = to_rgba_array([*colors, NO_ANSWER_COLOR])
    squares = PolyCollection(list(corners), facecolors=palette[codes], edgecolors="white")
    squares.set(linewidth=1.2, zorder=1)
    sheet.add_collection(squares, autolim=False)
    for place in np.flatnonzero(codes == len(colors)).tolist():
        lines = Rectangle(
            (west[place], upper[place] - _ROW), _COLUMN, _ROW, facecolor="none", linewidth=0
        )
        lines.set(edgecolor=HATCH_COLOR, hatch=HATCH, zorder=1.5)
        lines.set_hatch_linewidth(0.6)
        sheet.add_patch(lines)


def _write_numbers(sheet: Axes, north: float, values: Floats, classes: Any, *, share: bool) -> None:
    """Write every number into its square, white on dark ones."""
    told = [_told(value, share=share) for value in values.tolist()]
    rgb = to_rgba_array([*classes.colors, NO_ANSWER_COLOR])[classes.codes][:, :3]
    # Relative luminance, as Web Content Accessibility Guidelines 2 weigh the colors.
    dark = rgb @ np.array([0.2126, 0.7152, 0.0722]) < 0.5
    for place, letters in enumerate(lettering(told)):
        row, column = divmod(place, 24)
        x, y = _LEFT + _COLUMN * (column + 0.5), north - _ROW * (row + 0.5) - 3
        color = "white" if dark[place] else INK
        size = min(8.0, 8.0 * (_COLUMN - 3) / max(letters.width(8.0), 1.0))
        write(sheet, x, y, letters, size=size, color=color, align="center")


def _told(value: float, *, share: bool) -> str:
    """Return a number with as many digits as a square holds."""
    if np.isnan(value):
        return ""
    if share:
        return (
            f"{100 * value:.0f}%"
            if value in (0, 1) or 0.01 <= value <= 0.99
            else f"{100 * value:.1f}%"
        )
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2g}"


def _note(
    table: pd.DataFrame, kind: str, words: dict[str, str], source: str | None, lang: Language
) -> str:
    """Return the line at the foot."""
    said = [words["source"].format(source=source)] if source else []
    weeks = int(table["weeks"].max())
    if kind == "incident_hours":
        group = table["group"].iloc[0]
        if pd.notna(group):
            said.append(words["group"].format(group=category_label(str(group), lang)))
        said.append(words["incidents"].format(total=int(table["incidents"].sum()), weeks=weeks))
    else:
        street = table["street_id"].iloc[0]
        if pd.notna(street):
            said.append(words["street"].format(street))
        said.append(words["patrols"].format(weeks=weeks))
    return ("" if lang == "zh" else " ").join(said)
