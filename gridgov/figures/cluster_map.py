"""The map of a scan's clusters as a still picture: member cells by p-value, and the circles.

It draws the table "clusters" over the counts it was found in, with the colors and words of
the web map, and computes nothing but how many cells stand in each class. A circle is drawn
only for a cluster that chance hardly explains, and carries the cluster's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.cell_map import Overlay, draw_cell_map, made_note
from gridgov.figures.legend import Row
from gridgov.figures.page_text import check_one_map, one
from gridgov.figures.sheet import INK, Box, write
from gridgov.hotspots.scan_members import places_of_search, scan_members
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.taxonomy.cluster_palette import CLUSTER_COLORS, LEAST_LIKELY, cluster_class

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_clusters_map"]

_NEEDED = ["period", "group", "cluster", "side", "cell", "radius_m", "p_value", "geometry"]

_CIRCLES: dict[Language, tuple[str, str]] = {
    "en": ("Cluster, p ≤ 0.05", "Cluster, p ≤ 0.10"),
    "zh": ("聚集区，p ≤ 0.05", "聚集区，p ≤ 0.10"),
}


def plot_clusters_map(
    clusters: gpd.GeoDataFrame,
    counts: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the clusters of a scan as a still map.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_scan_clusters` over cells, of one search.
    counts
        The table of counts the clusters were found in.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: member cells colored by their cluster's side and p, all others
        pale; circles with p up to 0.10, dashed above 0.05, with their numbers; street
        outlines and names, legend with the number of cells in each class, scale bar, north
        arrow, heading, date, source and a note on the method.
        :func:`gridgov.plot_clusters` draws the relative risks.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If `counts` has no rows.
    InputError
        If the clusters are of several searches or of areas, or were not found in `counts`.

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
    >>> figure = plot_clusters_map(find_scan_clusters(counts), counts, lang="zh")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(clusters, "clusters", columns=_NEEDED, allow_empty=True)
    check_one_map(clusters, "clusters")
    check_table(counts, "counts", columns=["incidents"])
    if "cell" not in counts.columns:
        raise InputError(
            "A map of clusters draws cells. Found: counts without the column cell. "
            "gridgov.plot_clusters(clusters) draws a chart that serves areas too."
        )
    words = words_for(lang)
    cells = places_of_search(clusters, counts)
    number = cells["cell"].map(scan_members(clusters, counts).set_index("cell")["cluster"])
    kinds = {
        cluster: cluster_class(side, p)
        for cluster, side, p in zip(
            clusters["cluster"], clusters["side"], clusters["p_value"], strict=True
        )
    }
    classes = classes_of(
        number.map(kinds).where(number.notna(), "none"),
        dict(CLUSTER_COLORS),
        "scan",
        lang,
        all_listed=False,
    )
    notes = [*made_note(clusters if len(clusters) else counts.iloc[:1], source, lang)]
    notes += [words["clusters_help"], *_method(clusters, cells, words, lang)]
    return draw_cell_map(
        cells,
        jurisdictions,
        classes=classes,
        title=title or words["clusters_title"],
        date=date,
        legend=words["clusters_legend"],
        notes=notes,
        lang=lang,
        overlay=_circles(clusters, lang),
    )


def _circles(clusters: gpd.GeoDataFrame, lang: Language) -> Overlay | None:
    """Return the circles of clusters that chance hardly explains, the likeliest on top."""
    shapes: Any = np.asarray(clusters["geometry"], dtype=object)
    p: Any = clusters["p_value"].to_numpy(dtype=np.float64)
    here = np.flatnonzero(
        (p <= LEAST_LIKELY) & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    )
    if here.size == 0:
        return None
    numbers = clusters["cluster"].iloc[here].tolist()
    dashed = p[here] > 0.05

    def draw(sheet: Axes, planar: Any, room: Box) -> Any:
        rings = [shapely.get_coordinates(shapely.get_exterior_ring(shape)) for shape in planar]
        styles = [(0, (5, 3)) if dash else "-" for dash in dashed]
        circles = LineCollection(rings, colors=INK, linewidths=1.5, linestyles=styles, zorder=3)
        sheet.add_collection(circles, autolim=False)
        # A circle may reach far beyond the cells that it holds.
        west, south, east, north = room
        box = Rectangle((west, south), east - west, north - south, transform=sheet.transData)
        circles.set_clip_path(box)
        boxes = []
        for ring, cluster in zip(rings, numbers, strict=True):
            # At the top of its circle, inside the map.
            x, y = ring[np.argmax(ring[:, 1])]
            x, y = min(max(x, west + 8), east - 8), min(max(y + 2, south), north - 12)
            letters = one(str(cluster))
            write(sheet, x, y, letters, size=11, align="center", halo=True)
            half = letters.width(11) / 2 + 1
            boxes.append((x - half, y - 2, x + half, y + 10))
        return np.array(boxes)

    whole, broken = _CIRCLES[lang]
    rows = [] if dashed.all() else [Row("line", INK, whole)]
    rows += [Row("dash", INK, broken)] if dashed.any() else []
    return Overlay(shapes[here], draw, rows)


def _method(
    clusters: pd.DataFrame, cells: pd.DataFrame, words: dict[str, str], lang: Language
) -> list[str]:
    """Return the note on the method if the table still says how it was made."""
    made = clusters.attrs.get("scan")
    if not made:
        return []
    # The caller's own column stands apart from Chinese by spaces, as Latin letters do.
    own = f" {made['baseline']} " if lang == "zh" else made["baseline"]
    baseline = words["baseline_area"] if made["baseline"] == "area_km2" else own
    return [
        words["clusters_method"].format(
            statistic=words["scan_statistic"],
            incidents=f"{int(cells['incidents'].sum()):,}",
            cells=f"{len(cells):,}",
            null=words[f"null_{made['model']}"].format(baseline),
            replicates=f"{made['replicates']:,}",
        )
    ]
