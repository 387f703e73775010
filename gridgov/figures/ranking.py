"""Streets by rate as a chart: rates with intervals, ranks with the range the data allow.

A list of ranks hides that neighbors in it are mostly a tie. The figure draws the table
"street_rates" and computes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.rate_words import rate_title
from gridgov.figures.sheet import FAINT, make_sheet, write
from gridgov.taxonomy.categories import category_label

if TYPE_CHECKING:
    from typing import Any

__all__ = ["plot_ranking"]

Floats = NDArray[np.float64]

_WIDTH = 720.0
_MARGIN = 26.0
_ROW = 23.0
_MOST = 60
_COLOR = "#1f5a8c"
# Where names, the plot and the columns of numbers stand.
_NAME, _PLOT_LEFT, _PLOT_RIGHT = 66.0, 208.0, 510.0
_COUNT, _RATE, _RANKS = 572.0, 632.0, 694.0

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Streets by rate of incidents",
        "rank": "Rank",
        "street": "Street",
        "incidents": "Incidents",
        "rate": "Rate",
        "ranks": "Ranks",
        "no_rate": "no base",
        "mean": "Line: all streets together, {mean}.",
        "source": "Source: {source}.",
        "group": "Group: {group}.",
        "method": "Bars: exact {level:g} % Poisson intervals. Ranks: from the best to the worst "
        "that the data allow, all together at {level:g} % (Klein, Wright, Wieczorek 2020). "
        "Streets whose ranks overlap are not shown to differ. n = {streets:,} streets, "
        "{total:,} incidents.",
    },
    "zh": {
        "title": "各街道事件比率排名",
        "rank": "排名",
        "street": "街道",
        "incidents": "事件数",
        "rate": "比率",
        "ranks": "排名范围",
        "no_rate": "无基数",
        "mean": "竖线：全部街道合计 {mean}。",
        "source": "资料来源：{source}。",
        "group": "分组：{group}。",
        "method": "横条：精确 {level:g}% 泊松区间。排名范围：数据所允许的最好至最差名次，"
        "整体置信水平 {level:g}%（Klein、Wright、Wieczorek 2020）。范围重叠的街道未显示出差别。"
        "共 {streets:,} 个街道，{total:,} 起事件。",
    },
}


def plot_ranking(
    street_rates: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw streets by rate, with exact intervals and ranges of ranks.

    Parameters
    ----------
    street_rates
        Table of :func:`gridgov.measure_street_rates`, one group, up to 60 streets.
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
        10 inches wide, one row a street, the highest rate first: rank, name, a dot at the
        rate with its interval, incidents, rate and range of ranks; a line at the rate of
        all streets together. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no streets.
    InputError
        If there are several groups, more than 60 streets, or no street with a rate.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> streets = pd.DataFrame({"street_id": ["1", "2"], "street": ["八角", "鲁谷"],
    ...     "incidents": [9, 4], "base": 1.0, "rate": [9.0, 4.0], "rate_low": [4.1, 1.1],
    ...     "rate_high": [17.1, 10.2], "mean_rate": 6.5, "rank": [1, 2],
    ...     "rank_low": 1, "rank_high": 2})
    >>> figure = plot_ranking(conform(streets, "street_rates"), lang="zh")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(street_rates, "street_rates")
    table = _checked(street_rates)
    words = _WORDS[lang]
    made = street_rates.attrs.get("street_rates") or {}
    notes = _notes(table, made, words, source, lang)
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=4)]
    bottom = 14 + 12.0 * len(foot) + 44
    heading = wrap(title or words["title"], _WIDTH - 2 * _MARGIN, 20, lines=2)
    height = bottom + _ROW * len(table) + 54 + 26 * len(heading) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=height, margin=_MARGIN
    )
    north = bottom + _ROW * len(table)
    for x, key, align in (
        (_MARGIN + 26, "rank", "right"),
        (_NAME, "street", "left"),
        (_COUNT, "incidents", "right"),
        (_RATE, "rate", "right"),
        (_RANKS, "ranks", "right"),
    ):
        write(
            sheet, x, min(top - 18, north + 10), one(words[key]), size=9.5, color=FAINT, align=align
        )
    highest = float(table["rate_high"].max())
    frame = Frame((_PLOT_LEFT, bottom, _PLOT_RIGHT, north), x=(0.0, 1.04 * highest), y=(0.0, 1.0))
    frame.draw_numbers(sheet, 0)
    frame.draw_titles(sheet, rate_title(made, lang), "", left=0.0)
    middles: Floats = north - _ROW * (np.arange(len(table), dtype=np.float64) + 0.5)
    _draw_rows(sheet, frame, table, middles, words)
    x = float(frame.place(float(table["mean_rate"].iloc[0]), 0.0)[0, 0])
    sheet.plot([x, x], [bottom, north], color="#b8471b", linewidth=1.1, zorder=1)
    frame.draw_box(sheet)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _checked(street_rates: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of their ranks."""
    groups = street_rates["group"].nunique(dropna=False)
    if groups > 1:
        raise InputError(
            f"A figure shows one group. Found: {groups:,}. Pass "
            "street_rates[street_rates['group'] == ...]."
        )
    if len(street_rates) > _MOST:
        raise InputError(
            f"A figure shows up to {_MOST} streets. Found: {len(street_rates):,}. Pass some: "
            "street_rates.head(30)."
        )
    if street_rates["rate"].isna().all():
        raise InputError("A figure of rates needs a street with a rate. Found: none with a base.")
    return street_rates.sort_values(
        ["rank", "street_id"], na_position="last", kind="stable", ignore_index=True
    )


def _draw_rows(
    sheet: Any, frame: Frame, table: pd.DataFrame, middles: Floats, words: dict[str, str]
) -> None:
    """Draw names, numbers, intervals and dots of all streets."""
    names = table["street"].where(table["street"].notna(), table["street_id"]).tolist()
    room = _PLOT_LEFT - _NAME - 14
    shown = lettering([wrap(str(name), room, 10.5, lines=1)[0] for name in names])
    for row, (letters, y) in enumerate(zip(shown, (middles - 4).tolist(), strict=True)):
        street = table.iloc[row]
        write(sheet, _NAME, y, letters, size=10.5)
        write(sheet, _COUNT, y, one(f"{street['incidents']:,}"), size=10.5, align="right")
        if pd.isna(street["rate"]):
            write(sheet, _RATE, y, one(words["no_rate"]), size=9.5, color=FAINT, align="right")
            continue
        best, worst = int(street["rank_low"]), int(street["rank_high"])
        ranks = f"{best}" if best == worst else f"{best}–{worst}"
        rate = float(street["rate"])
        told = f"{rate:,.0f}" if rate >= 1000 else f"{rate:.3g}"
        for x, text in ((_MARGIN + 26, str(street["rank"])), (_RATE, told), (_RANKS, ranks)):
            write(sheet, x, y, one(text), size=10.5, align="right")
    here = table["rate"].notna().to_numpy()
    low, high, at = (
        frame.place(table[name].to_numpy(np.float64)[here], 0.0)[:, 0]
        for name in ("rate_low", "rate_high", "rate")
    )
    y = middles[here]
    bars = np.stack([np.column_stack([low, y]), np.column_stack([high, y])], axis=1)
    sheet.add_collection(
        LineCollection(list(bars), colors=_COLOR, linewidths=3.2, alpha=0.4, zorder=3),
        autolim=False,
    )
    sheet.plot(at, y, linestyle="", marker="o", ms=5.5, color=_COLOR, zorder=4)


def _notes(
    table: pd.DataFrame,
    made: dict[str, Any],
    words: dict[str, str],
    source: str | None,
    lang: Language,
) -> list[str]:
    """Return the lines at the foot."""
    said = [words["source"].format(source=source)] if source else []
    group = table["group"].iloc[0]
    if pd.notna(group):
        said.append(words["group"].format(group=category_label(str(group), lang)))
    said.append(words["mean"].format(mean=f"{table['mean_rate'].iloc[0]:,.4g}"))
    method = words["method"].format(
        level=100 * made.get("level", 0.95),
        streets=len(table),
        total=int(table["incidents"].sum()),
    )
    return [("" if lang == "zh" else " ").join(said), method]
