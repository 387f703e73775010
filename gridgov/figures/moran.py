"""The Moran scatter plot: every cell against its neighbors.

To the right are cells above the mean of the map, upward those whose neighbors are; the
four quadrants are the four kinds of place. The line through the middle has the slope of
Moran's I of the whole map: steep where like lies beside like. Cells whose quadrant is
significant are drawn in the colors of the map. It looks the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.page_text import check_one_map, draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, Box, draw_swatch, make_sheet, round_length, write
from gridgov.schema.moran import LISA_CLASSES
from gridgov.taxonomy.category_palette import LISA_COLORS
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_moran"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 176.0
# On white the pale gray of the map would not be seen.
_PLAIN = "#b4babf"
# Above so many points a file of drawings is slower than a picture of them.
_MANY = 5_000

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Cells and their neighbors",
        "x": "{what}, standard deviations from the mean",
        "y": "Neighbors' mean, in the same unit",
        "incidents": "Incidents",
        "heading": "Cluster (cells)",
        "quadrant": "{name}: {count:,}",
        "slope": "Moran's I = {value}",
        "source": "Source: {source}.",
        "method": "Colored: local Moran's I significant (q < 0.05{correction}). The line has the "
        "slope of Moran's I of the whole map. {cells:,} H3 cells.",
        "correction": ", {}",
        "no_answer": "Cells without an answer, not shown: {count:,}.",
    },
    "zh": {
        "title": "网格与其邻居",
        "x": "{what}（距均值的标准差倍数）",
        "y": "邻居的均值（单位同横轴）",
        "incidents": "事件数",
        "heading": "聚类类型（网格数）",
        "quadrant": "{name}：{count:,}",
        "slope": "莫兰指数 I = {value}",
        "source": "资料来源：{source}。",
        "method": "着色网格：局部莫兰指数显著（q < 0.05{correction}）。直线斜率为全图莫兰指数。"
        "{cells:,} 个 H3 网格。",
        "correction": "，{}",
        "no_answer": "未计算的网格 {count:,} 个，未画出。",
    },
}


def plot_moran(
    clusters: pd.DataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw every cell's value against the mean of its neighbors.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_moran_clusters`, one period and one group.
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
        10 × 7.5 inches: a point a cell, its ``z`` to the right and its ``lag_z`` upward,
        colored where significant; the four quadrants with their numbers of cells, the line
        of Moran's I, a legend. It belongs to no pyplot state;
        ``figure.savefig(path)`` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several periods or groups, or no cell has an answer.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    The slope is the mean of z · lag_z over the cells that have neighbors, which is Moran's I
    as :func:`gridgov.measure_autocorrelation` measures it. The two axes have scales of
    their own, because a mean of neighbors varies less than a cell.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame(
    ...     {
    ...         "cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...         "incidents": [9, 0],
    ...         "area_km2": [0.1, 0.1],
    ...         "z": [1.0, -1.0],
    ...         "lag_z": [-1.0, 1.0],
    ...         "quadrant": ["HL", "LH"],
    ...         "neighbors": [1, 1],
    ...         "cluster_type": "not significant",
    ...     }
    ... )
    >>> figure = plot_moran(conform(cells, "moran"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    needed = ["cell", "z", "lag_z", "quadrant", "cluster_type"]
    check_table(clusters, "moran", columns=needed)
    check_one_map(clusters, "clusters")
    words = _WORDS[lang]
    made = clusters.attrs.get("moran") or {}
    answered = clusters["quadrant"].notna().to_numpy()
    if not answered.any():
        raise InputError(
            "A figure needs a cell with an answer. Found: none; the column reason says why."
        )
    points = clusters[["z", "lag_z"]].to_numpy(np.float64)
    with_neighbors = np.isfinite(points).all(axis=1)
    slope = float(points[with_neighbors].prod(axis=1).mean())

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    room = (_MARGIN + 44, 88.0, _WIDTH - _MARGIN - _PANEL, top - 4)
    frame = _Frame(points[answered], room)
    types = clusters["cluster_type"].astype(object).to_numpy()[answered]
    _draw_points(sheet, frame.place(points[answered]), types)
    _draw_axes(sheet, frame, slope)
    column = made.get("value", "incidents")
    what = words["incidents"] if column == "incidents" else column
    _write_axes(sheet, frame, words["x"].format(what=what), words["y"])
    _write_quadrants(sheet, frame, clusters["quadrant"].to_numpy(object)[answered], lang)
    _draw_panel(sheet, types, lang, slope, top)

    correction = made.get("correction")
    method = words["method"].format(
        correction=words["correction"].format(correction) if correction else "",
        cells=len(clusters),
    )
    without = int((~answered).sum())
    if without:
        method = f"{method} {words['no_answer'].format(count=without)}"
    notes = [words["source"].format(source=source)] if source else []
    draw_notes(sheet, [*notes, method], width=_WIDTH, margin=_MARGIN)
    return figure


class _Frame:
    """The box of the plot on the sheet, and where numbers lie in it."""

    def __init__(self, points: Floats, room: Box) -> None:
        # The middle lines are always in sight.
        low = np.minimum(points.min(axis=0), -0.5)
        high = np.maximum(points.max(axis=0), 0.5)
        self.low = low - 0.06 * (high - low)
        self.high = high + 0.06 * (high - low)
        self.room = room

    def place(self, points: Floats) -> Floats:
        """Return points of the sheet."""
        west, south, east, north = self.room
        share = (points - self.low) / (self.high - self.low)
        return np.asarray(np.array([west, south]) + share * [east - west, north - south])

    def ticks(self, axis: int) -> Floats:
        """Return the round numbers along an axis."""
        low, high = float(self.low[axis]), float(self.high[axis])
        step = round_length((high - low) / 4)
        # Adding zero turns the −0 of floats into 0.
        return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step + 0.0


def _draw_points(sheet: Axes, places: Floats, types: NDArray[np.object_]) -> None:
    """Draw all cells, the significant ones last so that none is hidden."""
    plain = types == "not significant"
    many = len(types) > _MANY
    for here, colors, size, order in (
        (plain, _PLAIN, 7.0 if many else 12.0, 2),
        (~plain, [LISA_COLORS[str(term)] for term in types[~plain]], 18.0, 3),
    ):
        if here.any():
            sheet.scatter(
                places[here, 0],
                places[here, 1],
                s=size,
                c=colors,
                edgecolors="white" if order == 3 else "none",
                linewidths=0.3,
                alpha=0.55 if order == 2 else 1.0,
                zorder=order,
                rasterized=many,
            )


def _draw_axes(sheet: Axes, frame: _Frame, slope: float) -> None:
    """Draw the box, the middle lines, the ticks and the line of Moran's I."""
    west, south, east, north = frame.room
    box = Rectangle(
        (west, south), east - west, north - south, facecolor="none", edgecolor=FAINT, linewidth=0.8
    )
    sheet.add_patch(box)
    middle = frame.place(np.zeros((1, 2)))[0]
    lines = [
        [(west, middle[1]), (east, middle[1])],
        [(middle[0], south), (middle[0], north)],
    ]
    sheet.add_collection(
        LineCollection(lines, colors="#9aa1a8", linewidths=0.8, zorder=1), autolim=False
    )
    ticks = []
    for x in frame.place(np.column_stack([frame.ticks(0), np.zeros(frame.ticks(0).size)]))[:, 0]:
        ticks.append([(x, south), (x, south - 4)])
    for y in frame.place(np.column_stack([np.zeros(frame.ticks(1).size), frame.ticks(1)]))[:, 1]:
        ticks.append([(west, y), (west - 4, y)])
    sheet.add_collection(LineCollection(ticks, colors=FAINT, linewidths=0.7), autolim=False)
    # The line leaves the box at its sides or, when steep, above and below.
    ends = np.array([frame.low[0], frame.high[0]])
    if slope:
        reach = np.sort(np.array([frame.low[1], frame.high[1]]) / slope)
        ends = np.array([max(ends[0], reach[0]), min(ends[1], reach[1])])
    (x0, y0), (x1, y1) = frame.place(np.column_stack([ends, slope * ends])).tolist()
    sheet.plot([x0, x1], [y0, y1], color=INK, linewidth=1.3, zorder=4)


def _write_axes(sheet: Axes, frame: _Frame, x_title: str, y_title: str) -> None:
    """Write the numbers along the axes and what they are."""
    west, south, east, north = frame.room
    for axis in (0, 1):
        ticks = frame.ticks(axis)
        at = np.zeros((ticks.size, 2))
        at[:, axis] = ticks
        for (x, y), letters in zip(
            frame.place(at).tolist(),
            lettering(f"{tick:g}".replace("-", "−") for tick in ticks),
            strict=True,
        ):
            if axis == 0:
                write(sheet, x, south - 15, letters, size=8.5, color=FAINT, align="center")
            else:
                write(sheet, west - 7, y - 3, letters, size=8.5, color=FAINT, align="right")
    for line in lettering(wrap(x_title, east - west, 10, lines=1)):
        write(sheet, (west + east) / 2, south - 32, line, size=10, align="center")
    for line in lettering(wrap(y_title, north - south, 10, lines=1)):
        write(sheet, _MARGIN + 6, (south + north) / 2, line, size=10, align="center")
        sheet.texts[-1].set(rotation=90, verticalalignment="center")


def _write_quadrants(
    sheet: Axes, frame: _Frame, quadrants: NDArray[np.object_], lang: Language
) -> None:
    """Write into each corner what it means and how many cells lie there."""
    west, south, east, north = frame.room
    corners = {
        "HH": (east - 6, north - 15, "right"),
        "LH": (west + 6, north - 15, "left"),
        "HL": (east - 6, south + 7, "right"),
        "LL": (west + 6, south + 7, "left"),
    }
    for term, (x, y, align) in corners.items():
        text = _WORDS[lang]["quadrant"].format(
            name=label("cluster_type", term, lang), count=int((quadrants == term).sum())
        )
        write(sheet, x, y, one(text), size=9.5, color=FAINT, align=align, halo=True)


def _draw_panel(
    sheet: Axes, types: NDArray[np.object_], lang: Language, slope: float, top: float
) -> None:
    """Draw the legend to the right of the plot."""
    words = _WORDS[lang]
    left, right = _WIDTH - _MARGIN - _PANEL + 18, _WIDTH - _MARGIN
    y = top - 16
    write(sheet, left, y, one(words["heading"]), size=11, color=FAINT)
    y -= 8
    for term in LISA_CLASSES:
        y -= 19
        draw_swatch(sheet, left, y, LISA_COLORS[term] if len(term) == 2 else _PLAIN)
        write(sheet, left + 22, y + 1.5, one(label("cluster_type", term, lang)), size=11)
        count = one(f"{int((types == term).sum()):,}")
        write(sheet, right, y + 1.5, count, size=11, align="right")
    y -= 27
    sheet.plot([left, left + 15], [y + 4, y + 4], color=INK, linewidth=1.3)
    text = words["slope"].format(value=f"{slope:.3f}".replace("-", "−"))
    write(sheet, left + 22, y, one(text), size=11)
