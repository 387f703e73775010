"""A scan's clusters as a chart: how much more, or less, than expected, and how sure.

One row a cluster, the most likely first: a dot at its relative risk on a scale where
twice as many and half as many lie equally far from one, and beside it what it holds,
what was expected there and its p-value. It serves cells and areas alike and computes
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.fonts import Lettering, wrap
from gridgov.figures.page_text import check_one_map, draw_heading, draw_notes, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write
from gridgov.geo.hexgrid import cells_to_text
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.cluster_palette import CLUSTER_COLORS, cluster_class

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["plot_clusters"]

Floats = NDArray[np.float64]

_WIDTH = 720.0
_MARGIN = 26.0
_ROW = 36.0
# Where the scale begins and ends; names to its left, numbers to its right.
_SCALE_LEFT, _SCALE_RIGHT = 250.0, 470.0
_COUNTS, _P = 610.0, 694.0
_TICK_ROOM = 26.0
_STEPS = (2.0, 10.0, 100.0, 1_000.0, 5.0, 50.0, 3.0, 20.0, 1.5, 1.2, 1.1)

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Clusters of incidents",
        "cluster": "Cluster, center",
        "risk": "Relative risk",
        "counts": "Incidents / expected",
        "p": "p",
        "cell": "cell {}",
        "members": "{} places, {}",
        "member": "1 place, {}",
        "radius": "radius {:.1f} km",
        "single": "no radius",
        "span": "{} to {}",
        "source": "Source: {source}.",
        "group": "Group: {}. ",
        "method": "{group}Kulldorff scan statistic. p is the chance that a search of all circles "
        "finds one as unusual if the null hypothesis holds.",
    },
    "zh": {
        "title": "事件聚集区",
        "cluster": "聚集区及中心",
        "risk": "相对风险",
        "counts": "事件数 / 期望",
        "p": "p 值",
        "cell": "网格 {}",
        "members": "{} 处，{}",
        "member": "1 处，{}",
        "radius": "半径 {:.1f} 千米",
        "single": "无半径",
        "span": "{} 至 {}",
        "source": "资料来源：{source}。",
        "group": "分组：{}。",
        "method": "{group}Kulldorff 扫描统计量。p 值是零假设成立时，搜索所有圆形窗口能找到"
        "同样异常者的概率。",
    },
}

_NEEDED = [
    *("period", "group", "cluster", "side", "cell", "street_id", "radius_m", "members"),
    *("start", "end", "incidents", "expected", "relative_risk", "p_value"),
]


def plot_clusters(
    clusters: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the clusters of a scan as a chart of relative risks.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_scan_clusters`, one search, over cells or areas.
    jurisdictions
        Table "jurisdictions": the names behind the street ids. Without it the ids.
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
        10 inches wide, one row a cluster: number, place at the center, places, radius and
        time; a dot at the relative risk, colored by side and p; incidents, expected
        incidents and p. It belongs to no pyplot state; ``figure.savefig(path)`` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no clusters.
    InputError
        If the table holds several searches.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.hotspots.scan import find_scan_clusters
    >>> counts = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x8931AA50E2FFFFF,
    ...                       0x8931AA50E2BFFFF], "uint64"),
    ...     "incidents": [30, 2, 1, 3], "area_km2": 0.1})
    >>> figure = plot_clusters(find_scan_clusters(counts), lang="zh", title="八角街道")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(clusters, "clusters", columns=_NEEDED)
    check_one_map(clusters, "clusters")
    words = _WORDS[lang]
    height = 150.0 + _ROW * len(clusters)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=height, margin=_MARGIN
    )
    y = top - 18
    for x, key, align in (
        (_MARGIN, "cluster", "left"),
        ((_SCALE_LEFT + _SCALE_RIGHT) / 2, "risk", "center"),
        (_COUNTS, "counts", "right"),
        (_P, "p", "right"),
    ):
        write(sheet, x, y, one(words[key]), size=9.5, color=FAINT, align=align)
    middles: Floats = y - _ROW * (np.arange(len(clusters), dtype=np.float64) + 0.62)
    places = _Places(clusters["relative_risk"].to_numpy(dtype=np.float64))
    _draw_scale(sheet, places, y - 6, float(middles[-1]) - 12)
    names = {}
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street"])
        known = jurisdictions.dropna(subset=["street"])
        names = dict(zip(known["street_id"].astype(str), known["street"], strict=True))
    records = clusters.drop(columns="geometry", errors="ignore").to_dict("records")
    for row, middle, x in zip(records, middles.tolist(), places.dots.tolist(), strict=True):
        _draw_row(sheet, row, names, middle, x, words)
    group = clusters["group"].iloc[0]
    told = "" if pd.isna(group) else words["group"].format(category_label(str(group), lang))
    notes = [words["source"].format(source=source)] if source else []
    notes.append(words["method"].format(group=told))
    draw_notes(sheet, notes, width=_WIDTH, margin=_MARGIN)
    return figure


class _Places:
    """Where on the sheet relative risks lie: the dots, and the ticks with their numbers."""

    def __init__(self, risks: Floats) -> None:
        finite = risks[np.isfinite(risks) & (risks > 0)]
        most = max(2.0, float(np.exp(np.abs(np.log(finite)).max()))) if finite.size else 2.0
        low = -1.0 if (risks < 1).any() else 0.0
        high = 1.0 if (risks > 1).any() else 0.0
        self._span = np.log(most) * 1.08
        self._low, self._width = low, max(high - low, 1.0)
        # None expected outside, or none found inside: at the rim of the scale.
        with np.errstate(divide="ignore"):
            logs = np.clip(np.log(risks), -self._span, self._span)
        self.dots = self.at(logs)
        self.ticks = self._room_for_ticks(low=low < 0, high=high > 0)

    def _room_for_ticks(self, *, low: bool, high: bool) -> list[float]:
        """Return round risks whose numbers do not touch, the more telling ones first."""
        ticks = [1.0]
        for step in _STEPS:
            for tick, wanted in ((1 / step, low), (step, high)):
                near = np.abs(self.at(np.log(ticks)) - self.at(np.log(tick))).min()
                if wanted and np.log(step) <= self._span and near >= _TICK_ROOM:
                    ticks.append(tick)
        return sorted(ticks)

    def at(self, logs: Any) -> Floats:
        """Return the places of logarithms of risks, points from the left."""
        share = (np.asarray(logs) / self._span - self._low) / self._width
        return np.asarray(_SCALE_LEFT + 8 + share * (_SCALE_RIGHT - _SCALE_LEFT - 16))


def _draw_scale(sheet: Axes, places: _Places, top: float, bottom: float) -> None:
    """Draw upright lines at round relative risks, the one at 1 darker, and their numbers."""
    at = places.at(np.log(places.ticks)).tolist()
    lines = [[(x, bottom), (x, top)] for x in at]
    colors = [INK if tick == 1 else "#c9cdd1" for tick in places.ticks]
    sheet.add_collection(
        LineCollection(lines, colors=colors, linewidths=0.8, zorder=1), autolim=False
    )
    for x, tick in zip(at, places.ticks, strict=True):
        write(sheet, x, bottom - 11, one(f"{tick:.3g}"), size=8.5, color=FAINT, align="center")


def _draw_row(
    sheet: Axes,
    row: dict[str, Any],
    names: dict[str, Any],
    middle: float,
    x: float,
    words: dict[str, str],
) -> None:
    """Draw one cluster."""
    room = _SCALE_LEFT - _MARGIN - 26
    write(sheet, _MARGIN + 12, middle - 3, one(str(row["cluster"])), size=12, align="center")
    write(
        sheet, _MARGIN + 28, middle + 2, _fitting(_name(row, names, words), room, 10.5), size=10.5
    )
    radius = words["radius"].format(row["radius_m"] / 1000) if row["radius_m"] else words["single"]
    kind = "member" if row["members"] == 1 else "members"
    told = (
        words[kind].format(radius)
        if kind == "member"
        else words[kind].format(f"{row['members']:,}", radius)
    )
    if not pd.isna(row["start"]):
        # The last day that is in, as people name a span; the table has the first that is not.
        last = row["end"] - pd.Timedelta(microseconds=1)
        told = words["span"].format(f"{row['start']:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    write(sheet, _MARGIN + 28, middle - 11, _fitting(told, room, 8.5), size=8.5, color=FAINT)
    color = CLUSTER_COLORS[cluster_class(str(row["side"]), float(row["p_value"]))]
    sheet.plot([x], [middle], marker="o", markersize=9, color=color, mec=INK, mew=0.8, zorder=3)
    risk = "∞" if np.isinf(row["relative_risk"]) else f"{row['relative_risk']:.2f}"
    # Beside the dot, on the side that has room.
    side, align = (9, "left") if x < _SCALE_RIGHT - 50 else (-9, "right")
    write(sheet, x + side, middle - 3.5, one(risk), size=9.5, align=align, halo=True)
    counts = f"{row['incidents']:,} / {row['expected']:,.1f}"
    write(sheet, _COUNTS, middle - 3.5, one(counts), size=10.5, align="right")
    p = f"{row['p_value']:.3f}" if row["p_value"] >= 0.001 else "< 0.001"
    write(sheet, _P, middle - 3.5, one(p), size=10.5, align="right")


def _name(row: dict[str, Any], names: dict[str, Any], words: dict[str, str]) -> str:
    """Return what the center of a cluster is called."""
    street = row["street_id"]
    known = None if pd.isna(street) else str(names.get(str(street), street))
    if pd.isna(row["cell"]):
        return known or "–"
    cell = words["cell"].format(cells_to_text(np.array([row["cell"]], dtype=np.uint64))[0])
    return cell if known is None else f"{known}, {cell}"


def _fitting(text: str, width: float, size: float) -> Lettering:
    """Return a text cut to a width."""
    return one(wrap(text, width, size, lines=1)[0])
