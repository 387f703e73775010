"""The funnel of streets: rates by size, between the limits that chance sets around the mean.

Inside the funnel streets are not shown to differ, whatever a ranking says. The figure draws
the table "funnel" and the curves that its floor gives, and computes nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.frame import Frame
from gridgov.figures.legend import Row, draw_legend
from gridgov.figures.page_text import draw_heading
from gridgov.figures.rate_words import base_title, rate_title
from gridgov.figures.sheet import FAINT, INK, Box, make_sheet, write
from gridgov.hotspots.funnel import funnel_limits
from gridgov.schema.street_rates import FUNNEL_ZONES
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import SPOT_COLORS

__all__ = ["plot_funnel"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 176.0
_BANDS = {"998": "#eef0f1", "95": "#dfe3e6"}
_INSIDE = "#7b838a"
_NAMED = 40
_COLORS = {
    "high 99.8": SPOT_COLORS["hot 99"],
    "high 95": SPOT_COLORS["hot 90"],
    "inside": _INSIDE,
    "low 95": SPOT_COLORS["cold 95"],
    "low 99.8": SPOT_COLORS["cold 99"],
}

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Streets against chance",
        "heading": "Zone (streets)",
        "mean": "All streets together",
        "wide_95": "Widened limits, 95 %",
        "wide_998": "Widened limits, 99.8 %",
        "source": "Source: {source}.",
        "group": "Group: {group}.",
        "method": "Funnel plot (Spiegelhalter 2005): exact Poisson limits around the common rate; "
        "of 100 streets that do not differ, 5 lie outside 95 %, 0.2 outside 99.8 %.",
        "over": "The variance between streets is {dispersion:,.3g} times that of chance: read the "
        "widened limits. Nearly all lie outside the gray ones, for reasons such as stations.",
        "not_over": "The variance between streets is about that of chance (φ = {dispersion:.2f}).",
    },
    "zh": {
        "title": "各街道与随机波动",
        "heading": "位置（街道数）",
        "mean": "全部街道合计",
        "wide_95": "加宽界限 95%",
        "wide_998": "加宽界限 99.8%",
        "source": "资料来源：{source}。",
        "group": "分组：{group}。",
        "method": "漏斗图（Spiegelhalter 2005）：围绕总体比率的精确泊松界限；若各街道并无差别，"
        "每 100 个中约 5 个落在 95% 界限外、0.2 个落在 99.8% 界限外。",
        "over": "街道间方差为随机波动的 {dispersion:,.3g} 倍（过度离散），请看加宽界限；"
        "多数街道因商圈、车站等原因落在灰色界限外。",
        "not_over": "街道间方差与随机波动相当（φ = {dispersion:.2f}）。",
    },
}


def plot_funnel(
    funnel: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the funnel plot of streets.

    Parameters
    ----------
    funnel
        Table of :func:`gridgov.measure_funnel`.
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
        10 × 7.5 inches: a dot a street, its base to the right and its rate upward, colored
        by its zone; the bands of chance at 95 and 99.8 %, dashed the widened limits where
        streets vary more than chance; names of those outside, or of all up to 40; a legend
        with the number of streets in each zone. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no streets.
    InputError
        If the funnels of several groups are in one table.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> from gridgov.checks import conform
    >>> streets = pd.DataFrame({"street_id": ["1", "2"], "street": ["八角", "鲁谷"],
    ...                         "incidents": [10, 4], "base": 1.0, "rate": [10.0, 4.0]})
    >>> figure = plot_funnel(gg.measure_funnel(conform(streets, "street_rates")), lang="zh")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(funnel, "funnel")
    if funnel["mean_rate"].nunique() > 1:
        raise InputError(
            "A figure shows one funnel. Found: rows of several, with "
            f"{funnel['mean_rate'].nunique():,} mean rates. Pass one table of measure_funnel."
        )
    words = _WORDS[lang]
    made = funnel.attrs.get("funnel") or {}
    curve = funnel_limits(funnel)
    over = bool(funnel["overdispersed"].iloc[0])
    notes = _notes(funnel, words, source, lang, over=over)
    foot = [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=3)]

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    south = 14 + 12 * len(foot) + 50
    room = (_MARGIN + 52, south, _WIDTH - _MARGIN - _PANEL - 20, top - 4)
    rate, base = funnel["rate"].to_numpy(np.float64), funnel["base"].to_numpy(np.float64)
    # The mouth of the funnel opens without end: the scale reaches what stands in it.
    near = curve["base"] >= 0.5 * base.min()
    mouth = float(curve.loc[near, "limit_high_998"].max()) if near.any() else 0.0
    highest = max(float(rate.max()), min(mouth, 2.0 * float(rate.max())))
    frame = Frame(room, x=(0.0, float(curve["base"].max())), y=(0.0, 1.06 * highest))
    frame.draw_numbers(sheet, 0)
    frame.draw_numbers(sheet, 1)
    _draw_curves(sheet, frame, curve, over=over)
    zones = funnel["zone"].astype(object).to_numpy()
    at = frame.place(base, rate)
    sheet.scatter(
        at[:, 0],
        at[:, 1],
        s=34,
        c=[_COLORS[str(zone)] for zone in zones],
        edgecolors=INK,
        linewidths=0.5,
        zorder=4,
    )
    _name_streets(sheet, at, funnel, zones, room)
    frame.draw_box(sheet)
    frame.draw_titles(sheet, base_title(made, lang), rate_title(made, lang), left=_MARGIN + 4)
    _draw_panel(sheet, zones, lang, top, over=over)
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _draw_curves(sheet: Axes, frame: Frame, curve: pd.DataFrame, *, over: bool) -> None:
    """Draw the bands of chance, the mean and the widened limits, cut off at the box."""
    base = curve["base"].to_numpy(np.float64)
    for level, color in _BANDS.items():
        low, high = (
            frame.place(base, curve[f"limit_{side}_{level}"].to_numpy(np.float64))
            for side in ("low", "high")
        )
        band = Polygon(np.vstack([low, high[::-1]]), closed=True, facecolor=color, zorder=0.6)
        band.set(edgecolor="#aab0b6", linewidth=0.6)
        sheet.add_patch(band)
        band.set_clip_path(frame.clip(sheet))
        for side in ("low", "high") if over else ():
            wide = frame.place(base, curve[f"wide_{side}_{level}"].to_numpy(np.float64))
            (line,) = sheet.plot(wide[:, 0], wide[:, 1], color=FAINT, linewidth=1.0, zorder=1.2)
            line.set_linestyle((0, (5, 3)) if level == "95" else (0, (1.5, 2)))
            line.set_clip_path(frame.clip(sheet))
    mean = frame.place([frame.low[0], frame.high[0]], float(curve["mean_rate"].iloc[0]))
    sheet.plot(mean[:, 0], mean[:, 1], color="#b8471b", linewidth=1.1, zorder=1.3)


def _name_streets(
    sheet: Axes, at: Floats, funnel: pd.DataFrame, zones: NDArray[np.object_], room: Box
) -> None:
    """Write names beside their dots where there is room, the farthest from the mean first."""
    here = np.arange(len(funnel)) if len(funnel) <= _NAMED else np.flatnonzero(zones != "inside")
    here = here[np.argsort(-np.abs(funnel["z"].to_numpy(np.float64)[here]), kind="stable")]
    names = funnel["street"].where(funnel["street"].notna(), funnel["street_id"]).tolist()
    dots = np.column_stack([at - 5, at + 5])
    taken = [dots]
    for row, letters in zip(here.tolist(), lettering([names[i] for i in here]), strict=True):
        x, y = at[row]
        width = letters.width(9)
        others = np.vstack([np.delete(dots, row, axis=0), *taken[1:]])
        for left, base in (
            (x + 7, y - 3),
            (x - 7 - width, y - 3),
            (x - width / 2, y + 8),
            (x - width / 2, y - 15),
        ):
            box = (left - 1, base - 2, left + width + 1, base + 9)
            inside = room[0] < box[0] and box[2] < room[2] and room[1] < box[1] and box[3] < room[3]
            clear = (
                (others[:, 0] >= box[2])
                | (others[:, 2] <= box[0])
                | (others[:, 1] >= box[3])
                | (others[:, 3] <= box[1])
            )
            if inside and clear.all():
                taken.append(np.array([box]))
                write(sheet, left, base, letters, size=9, halo=True)
                break


def _draw_panel(
    sheet: Axes, zones: NDArray[np.object_], lang: Language, top: float, *, over: bool
) -> None:
    """Draw the legend with the number of streets in each zone."""
    words = _WORDS[lang]
    left, right = _WIDTH - _MARGIN - _PANEL, _WIDTH - _MARGIN
    rows = [
        Row("dot", _COLORS[zone], label("funnel", zone, lang), int((zones == zone).sum()))
        for zone in reversed(FUNNEL_ZONES)
    ]
    rows.append(Row("none", "", f"n = {len(zones):,}"))
    rows.append(Row("line", "#b8471b", words["mean"]))
    if over:
        rows += [Row("dash", FAINT, words["wide_95"]), Row("dots", FAINT, words["wide_998"])]
    draw_legend(sheet, left, right, top - 16, heading=words["heading"], rows=rows)


def _notes(
    funnel: pd.DataFrame, words: dict[str, str], source: str | None, lang: Language, *, over: bool
) -> list[str]:
    """Return the lines at the foot."""
    said = [words["source"].format(source=source)] if source else []
    group = funnel["group"].iloc[0]
    if pd.notna(group):
        said.append(words["group"].format(group=category_label(str(group), lang)))
    dispersion = float(funnel["dispersion"].iloc[0])
    told = words["over" if over else "not_over"].format(dispersion=dispersion)
    first = ("" if lang == "zh" else " ").join(said)
    return [*([first] if first else []), words["method"], told]
