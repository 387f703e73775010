"""An inventory as a chart: what was found, rectified, left and found again.

By period, the states of all items found so far lie on one another and add up to them, so
that a share that rises because fewer are found cannot be taken for work done. By group,
every share stands with its interval. The figure draws the table "inventory_progress" and
computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import InputError
from gridgov.figures.date_scale import draw_dates
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.interval_list import IntervalList, draw_interval_list
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write

__all__ = ["plot_inventory"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT, _MARGIN = 720.0, 420.0, 26.0
# From the bottom up; told apart in gray too.
_STATES = {"rectified": "#276f91", "relapsed": "#93392b", "remaining": "#f0c07a"}
_LEAST_APART = 27.0
_DAY_US = 86_400_000_000

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Progress of rectification",
        "y": "Items found so far",
        "percent": "{} %",
        "groups": "Group",
        "scale": "Share rectified and still so",
        "rank": "",
        "counted": "Rectified / found",
        "value": "Share",
        "source": "Source: {}.",
        "of": "Items of {}.",
        "method": "Rectified is rectified and still so, relapsed was found again and is not "
        "rectified since, remaining was never rectified; the three add up to what was found. As "
        "of {until}: {share} % rectified ({numerator} of {denominator}).",
        "by_group": "Rectified is rectified and still so. Bars: 95 % intervals, for which the "
        "items are taken as a sample of how the work goes on. As of {until}.",
    },
    "zh": {
        "title": "整改进度",
        "y": "累计已发现设施",
        "percent": "{}%",
        "groups": "单位",
        "scale": "整改率（整改后至今保持）",
        "rank": "",
        "counted": "已整改／已发现",
        "value": "整改率",
        "source": "资料来源：{}。",
        "of": "{}的设施。",
        "method": "已整改指整改后至今保持，复发指再次发现且尚未整改，未整改指从未整改；"
        "三者之和为已发现。截至 {until}：整改率 {share}%（{numerator}／{denominator}）。",
        "by_group": "已整改指整改后至今保持。横条为 95% 区间，把现有设施看作整改工作的样本。"
        "截至 {until}。",
    },
}


def plot_inventory(
    progress: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw what was found, rectified, left and relapsed, by period or by group.

    Parameters
    ----------
    progress
        Table of :func:`gridgov.measure_inventory`: with periods and one group, or without
        periods and up to 60 groups.
    names
        What the groups are called, by id, such as street ids: a mapping, or a Series by id.
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
        With periods, 10 × 5.8 inches: the items found so far as a line, parted into rectified,
        relapsed and remaining, at the end of each period, with the last numbers written out.
        With groups, 10 inches wide: a row a group, the highest share first, with its interval
        and what was counted. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are several groups and periods, one period alone, or nothing was found.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> def days(*texts): return pd.DatetimeIndex(texts, tz="Asia/Shanghai")
    >>> inventory = pd.DataFrame({
    ...     "item_id": ["1", "2", "3"], "found_at": days("2016-01-04", "2016-01-05", "2016-02-09"),
    ...     "rectified_at": days("2016-01-20", "2016-03-22", None)})
    >>> progress = gg.measure_inventory(inventory, period="MS")
    >>> plot_inventory(progress, lang="zh").get_size_inches().round(1).tolist()
    [10.0, 5.8]
    """
    lang = check_language(lang)
    check_table(progress, "inventory_progress")
    words = _WORDS[lang]
    called = {} if names is None else dict(names)
    if not int(progress["found"].max()):
        raise InputError(
            f"A figure of an inventory needs items. Found: none in {len(progress):,} rows."
        )
    if progress["period"].isna().all():
        return _by_group(progress, called, words, title, source, date, lang)
    groups = progress[["group", "cell"]].drop_duplicates()
    if len(groups) > 1:
        raise InputError(
            "A figure over time shows one group. Found: "
            f"{len(groups):,}. Pass progress[progress['group'] == ...], or measure without period."
        )
    if progress["period"].nunique() < 2:
        raise InputError(
            "A figure over time needs two periods. Found: one. Take shorter periods, or none."
        )
    return _over_time(progress, called, words, title, source, date, lang)


def _over_time(
    progress: pd.DataFrame,
    names: Mapping[str, str],
    words: Mapping[str, str],
    title: str | None,
    source: str | None,
    date: str | None,
    lang: Language,
) -> Figure:
    """Draw the states at the end of every period on one another."""
    table = progress.sort_values("period", ignore_index=True)
    last = table.iloc[-1]
    told = words["method"].format(
        until=f"{last['until']:%Y-%m-%d}",
        share=_percent(last["value"]),
        numerator=f"{last['rectified']:,}",
        denominator=f"{last['found']:,}",
    )
    said = [words["source"].format(source)] if source else []
    group = last["group"]
    if pd.notna(group):
        said.append(words["of"].format(names.get(group, group)))
    foot = [
        line
        for note in [*([("" if lang == "zh" else " ").join(said)] if said else []), told]
        for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)
    ]
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    # Nothing is found when the first period begins, or what was found before it.
    first = table.iloc[0]
    opened = {
        "found": first["found"] - first["newly_found"],
        "rectified": first["rectified"] - first["newly_rectified"] + first["newly_relapsed"],
    }
    days = np.append(_days(table["period"].iloc[:1]), _days(table["until"]))
    room = (_MARGIN + 48, 14 + 12 * len(foot) + 34, _WIDTH - _MARGIN - 118, top - 12)
    most = float(table["found"].max())
    frame = Frame(room, x=(float(days[0]), float(days[-1])), y=(0.0, 1.06 * most))
    draw_dates(sheet, frame, table["period"])
    frame.draw_numbers(sheet, 1)
    levels = _levels(table, opened)
    lower = np.zeros(len(days))
    marks = []
    for state, color in _STATES.items():
        upper = lower + levels[state]
        low, high = frame.place(days, lower), frame.place(days, upper)
        area = Polygon(np.vstack([low, high[::-1]]), closed=True, fc=color, ec="white", lw=0.5)
        area.set(alpha=0.9, zorder=1)
        sheet.add_patch(area)
        marks.append((state, color, float(last[state]), (low[-1, 1] + high[-1, 1]) / 2))
        lower = upper
    line = frame.place(days, lower)
    sheet.plot(line[:, 0], line[:, 1], color=INK, linewidth=1.6, zorder=3)
    marks.append(("found", INK, float(last["found"]), line[-1, 1] + 10))
    frame.draw_box(sheet)
    frame.draw_titles(sheet, "", words["y"], left=_MARGIN + 4)
    _write_states(sheet, marks, room[2] + 10, lang)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _levels(table: pd.DataFrame, opened: Mapping[str, Any]) -> dict[str, Floats]:
    """Return every state at the first instant and at the end of every period."""
    levels = {state: np.append(0.0, table[state].to_numpy(np.float64)) for state in _STATES}
    # Of what is open at the start only the sum is known: it stands as remaining.
    levels["rectified"][0] = max(float(opened["rectified"]), 0.0)
    levels["remaining"][0] = max(float(opened["found"]) - levels["rectified"][0], 0.0)
    return levels


def _days(times: Any) -> Floats:
    """Return moments as days since 1970."""
    return np.asarray(pd.DatetimeIndex(times).as_unit("us").asi8 / _DAY_US, dtype=np.float64)


def _write_states(
    sheet: Axes, marks: list[tuple[str, str, float, float]], x: float, lang: Language
) -> None:
    """Write beside the last period what each state is and how many there are, none over another."""
    floor = -np.inf
    for state, color, count, wished in marks:
        y = max(wished, floor + _LEAST_APART)
        floor = y
        if state == "found":
            sheet.plot([x, x + 12], [y, y], color=color, linewidth=1.6)
        else:
            sheet.add_patch(Rectangle((x, y - 5), 12, 10, fc=color, ec=FAINT, lw=0.5))
        heading = TABLES["inventory_progress"][state].heading(lang)
        write(sheet, x + 18, y + 1, one(heading), size=10)
        write(sheet, x + 18, y - 11, one(f"{count:,.0f}"), size=10, color=FAINT)


def _by_group(
    progress: pd.DataFrame,
    names: Mapping[str, str],
    words: Mapping[str, str],
    title: str | None,
    source: str | None,
    date: str | None,
    lang: Language,
) -> Figure:
    """Draw the share of every group with its interval."""
    table = progress.sort_values(
        ["value", "group"], ascending=[False, True], na_position="last", ignore_index=True
    )
    called = table["group"].map(lambda group: names.get(group, group), na_action="ignore")
    numbers = {
        column: table[column].to_numpy(np.float64)
        for column in ("value", "value_low", "value_high")
    }
    headings = {
        state: TABLES["inventory_progress"][state].heading(lang)
        for state in ("remaining", "relapsed")
    }
    counted = [
        f"{done:,}/{found:,}"
        for done, found in zip(table["rectified"], table["found"], strict=True)
    ]
    shares = [
        "–" if pd.isna(value) else words["percent"].format(_percent(value))
        for value in table["value"]
    ]
    rows = IntervalList(
        ranks=[""] * len(table),
        names=called.fillna("–").astype(str).tolist(),
        values=numbers["value"],
        low=numbers["value_low"],
        high=numbers["value_high"],
        columns=[
            (words["counted"], counted),
            (words["value"], shares),
            *((text, [f"{n:,}" for n in table[state]]) for state, text in headings.items()),
        ],
        ends=(0.0, 1.0),
    )
    method = words["by_group"].format(until=f"{table['until'].max():%Y-%m-%d}")
    return draw_interval_list(
        rows,
        title=title or words["title"],
        date=date,
        rank_heading=words["rank"],
        name_heading=words["groups"],
        scale=words["scale"],
        notes=[*([words["source"].format(source)] if source else []), method],
        percent=True,
    )


def _percent(value: float) -> str:
    """Return a share in percent with one place."""
    return f"{100 * value:.1f}"
