"""The figure of change between two times: each unit's share before against its share after.

A point on the diagonal holds the same share of all incidents at both times; above it the
share has grown, below it has shrunk. The figure draws the tables "pattern_change" and
"proportion_change" and the index of :func:`gridgov.measure_similarity`, and computes
nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.fonts import lettering
from gridgov.figures.page_text import draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, Box, draw_swatch, make_sheet, round_length, write
from gridgov.hotspots.pattern_change import measure_similarity
from gridgov.taxonomy.category_palette import TREND_COLORS
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_pattern_change"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 196.0
# On white the pale gray of the map would not be seen.
_PLAIN = "#b4babf"
# Above so many points a file of drawings is slower than a picture of them.
_MANY = 5_000
# Units are named where so few have changed that the names can be read.
_NAMED = 12

_TERMS = {1: "grown", 0: "same", -1: "shrunk"}

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Change between two times",
        "x": "Share of all incidents before (square-root scale)",
        "y": "Share after",
        "cells": "Share (cells)",
        "streets": "Share (streets)",
        "heading": "Andresen's S",
        "s": "all units",
        "s_robust": "without empty units",
        "source": "Source: {source}.",
        "counts": "{before:,} incidents before, {after:,} after.",
        "pattern_change": "Grown or shrunk: the earlier share lies outside the middle {level:g} % "
        "of samples of the later incidents, unit by unit, without correction for many units.",
        "proportion_change": "Grown or shrunk: a test of the unit's share has q < {alpha:g}, "
        "Benjamini-Yekutieli adjusted.",
        "adds_up": "Shares add up to one: where one place shrinks much, others grow without an "
        "incident more.",
    },
    "zh": {
        "title": "两个时段的变化",
        "x": "前期占全部事件的比例（平方根刻度）",
        "y": "后期占比",
        "cells": "占比（网格数）",
        "streets": "占比（街道数）",
        "heading": "Andresen S 指数",
        "s": "全部单元",
        "s_robust": "不计无事件单元",
        "source": "资料来源：{source}。",
        "counts": "前期 {before:,} 起事件，后期 {after:,} 起。",
        "pattern_change": "上升或下降：前期占比落在后期事件抽样的中间 {level:g}% 之外，"
        "逐单元判断，未作多重检验校正。",
        "proportion_change": "上升或下降：单元占比检验的 q < {alpha:g}，"
        "经 Benjamini-Yekutieli 校正。",
        "adds_up": "各单元占比之和为 1：一处大幅下降时，其他单元即使事件不增加占比也会上升。",
    },
}


def plot_pattern_change(
    change: pd.DataFrame,
    jurisdictions: pd.DataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw every unit's share of the incidents before against its share after.

    Parameters
    ----------
    change
        Table of :func:`gridgov.compare_patterns` or :func:`gridgov.compare_proportions`, of
        cells or of streets.
    jurisdictions
        Table "jurisdictions", for the names of streets; without it streets go by their ids.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What times are compared, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: one point a unit, colored where its share has grown or shrunk, the
        diagonal on which nothing changes, the number of units in each class and Andresen's S,
        with and without units that held nothing at either time. Streets that have changed are
        named, up to twelve and where a name has room.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    Both scales are square roots: chance moves a small share and a large one about equally far
    there, and the many small ones do not fall on one another.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> before = pd.DataFrame({"street_id": ["A", "B", "C"], "incidents": [60, 20, 20]})
    >>> after = pd.DataFrame({"street_id": ["A", "B", "C"], "incidents": [30, 20, 20]})
    >>> change = gg.compare_proportions(before, after, unit="street_id")
    >>> plot_pattern_change(change, lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    name = "proportion_change" if "q_value" in change.columns else "pattern_change"
    needed = ["cell", "street_id", "incidents_before", "incidents_after", "local_s"]
    check_table(change, name, columns=[*needed, "share_before", "share_after"])
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street"])
    words = _WORDS[lang]
    shares = change[["share_before", "share_after"]].to_numpy(dtype=np.float64)
    local = change["local_s"].to_numpy(dtype=np.int64)

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    room = (_MARGIN + 46, 110.0, _WIDTH - _MARGIN - _PANEL, top - 4)
    most = max(float(shares.max()), 1e-9) * 1.08
    _draw_axes(sheet, room, most, lang)
    places = _at(room, most, shares)
    _draw_points(sheet, places, local)
    streets = change["cell"].isna().all()
    if streets:
        _name_streets(sheet, room, places, change, jurisdictions)
    _draw_panel(sheet, change, "streets" if streets else "cells", room, lang)

    notes = [words["source"].format(source=source)] if source else []
    notes.append(_method(change, name, words))
    draw_notes(sheet, [*notes, words["adds_up"]], width=_WIDTH, margin=_MARGIN)
    return figure


def _at(room: Box, most: float, shares: Floats) -> Floats:
    """Return points of the sheet for shares, on square-root scales that end at `most`."""
    west, south, east, north = room
    return np.asarray(
        np.array([west, south]) + np.sqrt(shares / most) * [east - west, north - south]
    )


def _draw_axes(sheet: Axes, room: Box, most: float, lang: Language) -> None:
    """Draw the box, the diagonal and the scales in percent."""
    words = _WORDS[lang]
    west, south, east, north = room
    box = Rectangle((west, south), east - west, north - south, facecolor="none", edgecolor=FAINT)
    box.set_linewidth(0.8)
    sheet.add_patch(box)
    lines = []
    # Round shares at about even steps of the root: 1, 4 and 9 sixteenths of the largest.
    ticks = sorted({0.0, *(round_length(most * part) for part in (1 / 16, 1 / 4, 9 / 16, 1.0))})
    for share in (tick for tick in ticks if tick <= most):
        x, y = _at(room, most, np.array([share, share])).tolist()
        letters = one(f"{100 * share:.3g}{'%' if lang == 'zh' else ' %'}")
        lines += [[(x, south), (x, north)], [(west, y), (east, y)]]
        write(sheet, x, south - 14, letters, size=8.5, color=FAINT, align="center")
        write(sheet, west - 6, y - 3, letters, size=8.5, color=FAINT, align="right")
    sheet.add_collection(
        LineCollection(lines, colors="#e4e6e8", linewidths=0.6, zorder=1), autolim=False
    )
    sheet.plot([west, east], [south, north], color=INK, linewidth=1.0, zorder=2)
    write(sheet, (west + east) / 2, south - 31, one(words["x"]), size=10, align="center")
    write(sheet, _MARGIN + 6, (south + north) / 2, one(words["y"]), size=10, align="center")
    sheet.texts[-1].set(rotation=90, verticalalignment="center")


def _color(term: str) -> str:
    """Return the color of a class of change."""
    trend = {"grown": "up", "shrunk": "down"}.get(term)
    return TREND_COLORS[trend] if trend else _PLAIN


def _draw_points(sheet: Axes, places: Floats, local: NDArray[np.int64]) -> None:
    """Draw all units, the changed ones last so that none is hidden."""
    many = len(local) > _MANY
    for value, size, order in ((0, 12.0, 3), (-1, 24.0, 4), (1, 24.0, 4)):
        here = local == value
        if here.any():
            sheet.scatter(
                places[here, 0],
                places[here, 1],
                s=size,
                c=_color(_TERMS[value]),
                edgecolors="white" if value else "none",
                linewidths=0.4,
                alpha=1.0 if value else 0.7,
                zorder=order,
                rasterized=many,
            )


def _name_streets(
    sheet: Axes,
    room: Box,
    places: Floats,
    change: pd.DataFrame,
    jurisdictions: pd.DataFrame | None,
) -> None:
    """Write the names of the streets that have changed beside their points."""
    changed = np.flatnonzero(change["local_s"].to_numpy() != 0)
    if len(changed) > _NAMED:
        return
    known: dict[str, Any] = {}
    if jurisdictions is not None:
        named = jurisdictions.dropna(subset=["street"])
        known = dict(zip(named["street_id"].astype(str), named["street"], strict=True))
    ids = change["street_id"].astype(str).iloc[changed].tolist()
    texts = lettering(known.get(street, street) for street in ids)
    taken: list[Box] = []
    for place, text in zip(changed.tolist(), texts, strict=True):
        x, y = places[place].tolist()
        width = text.width(9)
        sides = [x - 7 - width, x + 7]
        # Away from the diagonal where there is room, else across it.
        if change["local_s"].iloc[place] < 0:
            sides.reverse()
        for west in sides:
            box = (west, y - 5.5, west + width, y + 5.5)
            inside = room[0] < box[0] and box[2] < room[2]
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                write(sheet, west, y - 3, text, size=9, halo=True)
                break


def _overlap(box: Box, other: Box) -> bool:
    """Return whether two boxes share a place."""
    apart = box[2] < other[0] or other[2] < box[0] or box[3] < other[1] or other[3] < box[1]
    return not apart


def _draw_panel(sheet: Axes, change: pd.DataFrame, units: str, room: Box, lang: Language) -> None:
    """Draw the legend with the number of units in each class, and Andresen's S."""
    words = _WORDS[lang]
    left, right = room[2] + 20, _WIDTH - _MARGIN
    y = room[3] - 12
    write(sheet, left, y, one(words[units]), size=11, color=FAINT)
    y -= 8
    for value, term in _TERMS.items():
        y -= 19
        draw_swatch(sheet, left, y, _color(term))
        write(sheet, left + 22, y + 1.5, one(label("change", term, lang)), size=10.5)
        count = one(f"{int((change['local_s'] == value).sum()):,}")
        write(sheet, right, y + 1.5, count, size=10.5, align="right")
    y -= 34
    write(sheet, left, y, one(words["heading"]), size=11, color=FAINT)
    for key, s in zip(("s", "s_robust"), measure_similarity(change)["s"].tolist(), strict=True):
        y -= 19
        write(sheet, left, y, one(words[key]), size=10.5)
        write(sheet, right, y, one(f"{s:.3f}"), size=10.5, align="right")


def _method(change: pd.DataFrame, name: str, words: dict[str, str]) -> str:
    """Return the note on how the table was made."""
    made = change.attrs.get(name) or {}
    counts = words["counts"].format(
        before=int(change["incidents_before"].sum()), after=int(change["incidents_after"].sum())
    )
    method = words[name].format(
        level=100 * made.get("interval", 0.95), alpha=made.get("alpha", 0.05)
    )
    return f"{counts} {method}"
