"""How long cases stay open, as a chart: the share still open, day by day, by group.

Open cases count for as long as they have been seen open, so that the curve does not look
quicker for leaving them out. The figure draws the table "closing_curves" and computes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError, OptionError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading
from gridgov.figures.sheet import FAINT, Box, make_sheet, write

__all__ = ["plot_closing_curves"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT, _MARGIN = 720.0, 440.0, 26.0
# Told apart also in gray, where the dashes differ (Okabe and Ito 2008).
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#7f7f7f")
_DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1, 2)))
_BANDS = 3

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "How long cases stay open",
        "x": "Days since the case began",
        "y": "Share still open",
        "all": "All cases",
        "key": "{name} (n = {cases:,})",
        "source": "Source: {}.",
        "method": "Kaplan-Meier: cases still open count for as long as they were seen open. "
        "Steps end where fewer than {least} cases were seen that long.",
        "band": "Bands: {level:g} % intervals.",
    },
    "zh": {
        "title": "案件多久结案",
        "x": "自案件开始的天数",
        "y": "尚未结案占比",
        "all": "全部案件",
        "key": "{name}（n = {cases:,}）",
        "source": "资料来源：{}。",
        "method": "Kaplan-Meier 估计：未结案件按已观察到的时长计入。"
        "观察到该时长的案件少于 {least} 件处不再绘出。",
        "band": "色带为 {level:g}% 区间。",
    },
}


def plot_closing_curves(
    closing_curves: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    days: float | None = None,
    least: int = 5,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the share of cases still open by the days since they began.

    Parameters
    ----------
    closing_curves
        Table of :func:`gridgov.measure_closing_curves`, up to eight groups.
    names
        What the groups are called, by id: a mapping, or a Series such as
        ``streets.set_index("street_id")["street"]``.
    days
        Length of the scale, days; as long as the curves when None.
    least
        A curve ends where fewer cases than this were seen that long.
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
        10 × 6.1 inches: a step curve a group with its number of cases, and the band of its
        interval where there are up to three. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `days` is not above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are more than eight groups, or none has `least` cases.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> curve = pd.DataFrame({"group": None, "after_days": [0.0, 1.0, 3.0],
    ...     "still_open_share": [1.0, 0.4, 0.1], "still_open_low": [1.0, 0.3, 0.05],
    ...     "still_open_high": [1.0, 0.5, 0.2], "at_risk": [50, 50, 20], "closed": [0, 30, 15]})
    >>> figure = plot_closing_curves(conform(curve, "closing_curves"), lang="zh")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(closing_curves, "closing_curves")
    if days is not None and not (np.isfinite(days) and days > 0):
        raise OptionError(f"days must be above 0: the length of the scale. Found: {days!r}.")
    words = _WORDS[lang]
    curves = _curves(closing_curves, least)
    known = {} if names is None else dict(names)
    named = {
        group: words["all"] if group is None else str(known.get(group, group)) for group in curves
    }
    notes = [words["source"].format(source)] if source else []
    method = words["method"].format(least=least)
    if len(curves) <= _BANDS:
        made = closing_curves.attrs.get("closing_curves") or {}
        between = "" if lang == "zh" else " "
        method += between + words["band"].format(level=100 * made.get("confidence", 0.95))
    notes.append(method)
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    heading = title or words["title"]
    top = draw_heading(sheet, heading, date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN)
    room: Box = (_MARGIN + 52, 14 + 12 * len(foot) + 48, _WIDTH - _MARGIN - 190, top - 16)
    longest = days or max(float(curve["after_days"].iloc[-1]) for curve in curves.values())
    frame = Frame(room, x=(0.0, max(longest, 1e-6)), y=(0.0, 1.0))
    frame.draw_numbers(sheet, 0)
    ticks = np.linspace(0, 1, 6)
    frame.draw_numbers(sheet, 1, ticks=ticks, texts=[f"{100 * tick:.0f}%" for tick in ticks])
    frame.draw_titles(sheet, words["x"], words["y"], left=_MARGIN + 6)
    y = room[3] - 12
    for place, (group, curve) in enumerate(curves.items()):
        color, dash = _COLORS[place % len(_COLORS)], _DASHES[place % len(_DASHES)]
        _draw_curve(sheet, frame, curve, color, dash, band=len(curves) <= _BANDS)
        cases = int(curve["at_risk"].iloc[0])
        text = words["key"].format(name=named[group], cases=cases)
        x = room[2] + 14
        sheet.plot([x, x + 20], [y + 3, y + 3], color=color, linestyle=dash, linewidth=1.8)
        for line in lettering(wrap(text, 150, 10, lines=2)):
            write(sheet, x + 26, y, line, size=10)
            y -= 14
        y -= 6
    frame.draw_box(sheet)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _curves(table: pd.DataFrame, least: int) -> dict[str | None, pd.DataFrame]:
    """Return the rows of every group as far as enough cases were seen.

    Raises
    ------
    InputError
        If there are too many groups, or none has enough cases.
    """
    found: dict[str | None, pd.DataFrame] = {}
    for group, rows in table.groupby("group", dropna=False, sort=False):
        kept = rows.sort_values("after_days", kind="stable")
        kept = kept[(kept["at_risk"] >= least) & kept["still_open_share"].notna()]
        if len(kept):
            found[None if pd.isna(group) else str(group)] = kept
    if len(found) > len(_COLORS):
        raise InputError(
            f"A figure shows up to {len(_COLORS)} curves. Found: {len(found)} groups. Pass some: "
            "closing_curves[closing_curves['group'].isin([...])]."
        )
    if not found:
        raise InputError(
            f"A curve needs {least} cases. Found: no group with as many. Take more cases together, "
            "or a smaller least."
        )
    return found


def _draw_curve(
    sheet: Axes, frame: Frame, curve: pd.DataFrame, color: str, dash: Any, *, band: bool
) -> None:
    """Draw one step curve, and the band of its interval."""
    x = curve["after_days"].to_numpy(np.float64)
    clip = frame.clip(sheet)
    if band and curve[["still_open_low", "still_open_high"]].notna().all(axis=None):
        low, high = (
            _steps(frame, x, curve[name].to_numpy(np.float64))
            for name in ("still_open_low", "still_open_high")
        )
        area = Polygon(np.vstack([low, high[::-1]]), closed=True, facecolor=color, alpha=0.16)
        area.set(edgecolor="none", zorder=1)
        sheet.add_patch(area)
        area.set_clip_path(clip)
    line = _steps(frame, x, curve["still_open_share"].to_numpy(np.float64))
    (drawn,) = sheet.plot(line[:, 0], line[:, 1], color=color, linewidth=1.8, zorder=3)
    drawn.set_linestyle(dash)
    drawn.set_clip_path(clip)


def _steps(frame: Frame, x: Floats, y: Floats) -> Floats:
    """Return the corners of a curve that falls at `x` and holds until the next."""
    at = np.repeat(x, 2)[1:]
    return frame.place(at, np.repeat(y, 2)[:-1])
