"""One campaign over time: what was counted, and what its control says was to be expected.

Whether a fall came with the work, long before it, or in one odd month shows at a glance.
The figure draws the table "campaign_series" and adds up its windows, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError, OptionError
from gridgov.figures.date_scale import draw_dates
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, make_sheet, write

__all__ = ["plot_campaign"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT, _MARGIN = 720.0, 440.0, 26.0
_COUNTED, _EXPECTED = "#1f5a8c", "#b8471b"
_SHADES = {"before": "#e9f0ec", "between": "#f4e6c8", "after": "#e6ecf4"}
_ROLES = ("treated", "buffer")
_DAY_US = 86_400_000_000

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "treated": "{name}: where it was",
        "buffer": "{name}: around it",
        "y": "Incidents per 30 days",
        "before": "before",
        "between": "work",
        "after": "after",
        "counted": "counted, {level:g} % interval",
        "expected": "expected from the control",
        "means": "Thick lines: means of the time before and after.",
        "ratio": "After: {mean} per 30 days, expected {expected}: ratio {ratio}.",
        "no_ratio": "After: {mean} per 30 days; nothing to expect from.",
        "source": "Source: {}.",
        "method": "Expected: the rate of the control over its own before, times the rate before "
        "here. Matched controls count before only in the weeks by which they were not chosen. "
        "Intervals: exact Poisson of each count; that of the ratio is in the table of effects.",
        "alone": "Expected: the rate before; nothing was compared. Intervals: exact Poisson of "
        "each count.",
    },
    "zh": {
        "treated": "{name}：整治区",
        "buffer": "{name}：缓冲区",
        "y": "每 30 天事件数",
        "before": "前期",
        "between": "行动期",
        "after": "后期",
        "counted": "实际及 {level:g}% 区间",
        "expected": "按对照区推算的预期",
        "means": "粗线为前期与后期均值。",
        "ratio": "后期每 30 天 {mean} 起，预期 {expected} 起，率比 {ratio}。",
        "no_ratio": "后期每 30 天 {mean} 起，无可推算预期。",
        "source": "资料来源：{}。",
        "method": "预期为对照区各期速率与其前期速率之比，乘以此处前期速率。匹配对照前期只计入未用于"
        "挑选的各周。区间为各期事件数的精确泊松区间；率比的区间见成效表。",
        "alone": "预期取前期速率，没有对照。区间为各期事件数的精确泊松区间。",
    },
}


def plot_campaign(
    series: pd.DataFrame,
    *,
    role: str = "treated",
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw a campaign period by period, beside what its control says was to be expected.

    Parameters
    ----------
    series
        Table of :func:`gridgov.campaign_series`, one campaign.
    role
        ``"treated"``, or ``"buffer"`` for what happened around it.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; the name of the campaign when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the figure is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 6.1 inches: a dot a period with its interval, the expected rate as a broken line,
        the times before, of the work and after shaded, with the means of the first and last,
        and their ratio, which is that of :func:`gridgov.evaluate_campaign`.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` or `role` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several campaigns, or none of the rows is of the role.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> months = pd.date_range("2016-01-01", periods=4, freq="MS", tz="Asia/Shanghai")
    >>> rows = pd.DataFrame({"campaign": "家具街整治", "role": "treated", "period": months[:3],
    ...     "until": months[1:], "window": ["before", "between", "after"], "incidents": [20, 9, 4],
    ...     "period_days": 30.0, "area_km2": 0.1, "incidents_per_30_days": [20.0, 9.0, 4.0],
    ...     "incidents_per_30_days_low": [12.2, 4.1, 1.1],
    ...     "incidents_per_30_days_high": [30.9, 17.1, 10.2],
    ...     "expected_per_30_days": [20.0, 19.0, 21.0]})
    >>> figure = plot_campaign(conform(rows, "campaign_series"), lang="zh")
    >>> figure.get_size_inches().round(1).tolist()
    [10.0, 6.1]
    """
    lang = check_language(lang)
    check_table(series, "campaign_series")
    if role not in _ROLES:
        raise OptionError(f"role must be 'treated' or 'buffer'. Found: {role!r}.")
    if series["campaign"].nunique() > 1:
        raise InputError(
            f"A figure shows one campaign. Found: {series['campaign'].nunique():,}. Pass "
            "series[series['campaign'] == ...]."
        )
    table = series[series["role"] == role].sort_values("period", ignore_index=True)
    if table.empty:
        raise InputError(f"A figure of {role} needs its rows. Found: none with role {role!r}.")
    words = _WORDS[lang]
    made = series.attrs.get("campaign_series") or {}
    against = "control" if role == "treated" else "buffer_control"
    compared = bool((series["role"] == against).any())
    notes = [words["source"].format(source)] if source else []
    notes.append(words["method" if compared else "alone"])
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    heading = title or words[role].format(name=series["campaign"].iloc[0])
    top = draw_heading(sheet, heading, date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN)
    edges = np.append(_days(table["period"]), _days(table["until"].iloc[-1:]))
    highest = np.nanmax(
        table[["incidents_per_30_days_high", "expected_per_30_days"]].to_numpy(np.float64)
    )
    room = (_MARGIN + 40, 14 + 12 * len(foot) + 34, _WIDTH - _MARGIN - 8, top - 58)
    frame = Frame(
        room, x=(float(edges[0]), float(edges[-1])), y=(0.0, 1.05 * max(float(highest), 1e-6))
    )
    _shade(sheet, frame, table, edges, words)
    draw_dates(sheet, frame, table["period"])
    frame.draw_numbers(sheet, 1)
    middle = (edges[:-1] + edges[1:]) / 2
    _draw_expected(sheet, frame, middle, table)
    _draw_counted(sheet, frame, middle, table)
    means = _draw_means(sheet, frame, table, edges, series[series["role"] == against])
    frame.draw_box(sheet)
    frame.draw_titles(sheet, "", words["y"], left=_MARGIN + 4)
    _draw_key(sheet, words, made, means, top, room[0], lang)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _days(times: Any) -> Floats:
    """Return moments as days since 1970."""
    return np.asarray(pd.DatetimeIndex(times).as_unit("us").asi8 / _DAY_US, dtype=np.float64)


def _shade(
    sheet: Axes, frame: Frame, table: pd.DataFrame, edges: Floats, words: Mapping[str, str]
) -> None:
    """Shade the times before, of the work and after, and name them above."""
    _, south, _, north = frame.room
    for window, color in _SHADES.items():
        rows = np.flatnonzero((table["window"] == window).to_numpy())
        if not rows.size:
            continue
        left, right = frame.place(edges[[rows[0], rows[-1] + 1]], 0.0)[:, 0]
        sheet.add_patch(
            Rectangle((left, south), right - left, north - south, fc=color, ec="none", zorder=0.2)
        )
        text = one(words[window])
        if text.width(9.5) < right - left + 30:
            middle = (left + right) / 2
            write(sheet, middle, north + 5, text, size=9.5, color=FAINT, align="center")


def _draw_expected(sheet: Axes, frame: Frame, middle: Floats, table: pd.DataFrame) -> None:
    """Draw the expected rate as a broken line, with a gap where it is unknown."""
    at = frame.place(middle, table["expected_per_30_days"].to_numpy(np.float64))
    sheet.plot(at[:, 0], at[:, 1], color=_EXPECTED, linewidth=1.1, dashes=(4, 2), zorder=2)


def _draw_counted(sheet: Axes, frame: Frame, middle: Floats, table: pd.DataFrame) -> None:
    """Draw every count per 30 days and its interval."""
    low, high, at = (
        frame.place(middle, table[f"incidents_per_30_days{end}"].to_numpy(np.float64))
        for end in ("_low", "_high", "")
    )
    sheet.add_collection(
        LineCollection(
            list(np.stack([low, high], axis=1)),
            colors=_COUNTED,
            linewidths=1.1,
            alpha=0.6,
            zorder=3,
        ),
        autolim=False,
    )
    sheet.plot(at[:, 0], at[:, 1], linestyle="", marker="o", ms=4.5, mfc=_COUNTED, mew=0, zorder=4)


def _draw_means(
    sheet: Axes, frame: Frame, table: pd.DataFrame, edges: Floats, against: pd.DataFrame
) -> tuple[float, float]:
    """Draw the means of the time before and after; return those after, counted and expected."""
    found = {}
    for window in ("before", "after"):
        held = (table["window"] == window).to_numpy()
        rows = np.flatnonzero(held)
        if not rows.size:
            continue
        days = table.loc[held, "period_days"].to_numpy(np.float64)
        counted = 30 * float(table.loc[held, "incidents"].sum()) / float(days.sum())
        told = table.loc[held, "expected_per_30_days"].to_numpy(np.float64)
        known = np.isfinite(told)
        expected = np.nan
        if known.any():
            # The control's days are its own in the time before; after, they are the same.
            expected = float(np.average(told[known], weights=days[known]))
        found[window] = (counted, expected)
        ends = edges[[rows[0], rows[-1] + 1]]
        lines = [(counted, _COUNTED)]
        lines += [(expected, _EXPECTED)] if window == "after" else []
        for value, color in lines:
            if np.isfinite(value):
                at = frame.place(ends, value)
                sheet.plot(
                    at[:, 0],
                    at[:, 1],
                    color=color,
                    linewidth=3.0,
                    alpha=0.85,
                    zorder=3.5,
                    solid_capstyle="butt",
                )
    return found.get("after", (np.nan, np.nan))


def _draw_key(
    sheet: Axes,
    words: Mapping[str, str],
    made: Mapping[str, Any],
    means: Sequence[float],
    top: float,
    left: float,
    lang: Language,
) -> None:
    """Write above the plot what dots and lines are, and what the means come to."""
    y = top - 16
    level = 100 * float(made.get("confidence", 0.95))
    text = one(words["counted"].format(level=level))
    sheet.plot([left + 7] * 2, [y - 2, y + 10], color=_COUNTED, linewidth=1.2, alpha=0.65)
    sheet.plot([left + 7], [y + 4], color=_COUNTED, marker="o", ms=4.5)
    write(sheet, left + 18, y, text, size=10)
    x = left + 18 + text.width(10) + 24
    sheet.plot([x, x + 22], [y + 4] * 2, color=_EXPECTED, linewidth=1.1, dashes=(4, 2))
    write(sheet, x + 29, y, one(words["expected"]), size=10)
    counted, expected = means
    if np.isnan(counted):
        return
    told = words["no_ratio"].format(mean=f"{counted:.1f}")
    if np.isfinite(expected) and expected > 0:
        told = words["ratio"].format(
            mean=f"{counted:.1f}", expected=f"{expected:.1f}", ratio=f"{counted / expected:.2f}"
        )
    told += ("" if lang == "zh" else " ") + words["means"]
    write(sheet, left, y - 16, one(told), size=10)
