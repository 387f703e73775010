"""The hotspot map as a still picture for reports, slides and the wall.

Cells are drawn in a local equal-area plane, so that shapes are right at any latitude and
the scale bar is true; colors are those of the web map. The picture draws the table and
computes nothing but how many cells stand in each class. It looks the same on every
machine, whichever fonts are installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, Language
from gridgov.figures.map_parts import draw_names, draw_outlines, draw_scale, fit
from gridgov.figures.page_text import check_one_map, draw_heading, draw_notes, one
from gridgov.figures.sheet import (
    FAINT,
    INK,
    draw_swatch,
    make_sheet,
    write,
)
from gridgov.geo.hexgrid import cell_outlines, text_to_cells
from gridgov.geo.projection import to_plane
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.method import method_sentence
from gridgov.taxonomy.palette import NO_ANSWER_COLOR, SPOT_COLORS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_hotspots", "save_png"]

Floats = NDArray[np.float64]

# 10 × 7.5 inches fill a 4:3 slide and the width of a landscape A4 page.
_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 168.0

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Hotspots of incidents",
        "heading": "Class (cells)",
        "no_answer": "No answer",
        "street": "Street boundary",
        "north": "N",
        "km": "km",
        "m": "m",
        "source": "Source: {source}.",
        "resolution": "Resolution {resolution}. 99, 95, 90 %: q below 0.01, 0.05, 0.10; of the "
        "cells shown at a level or better, about 1, 5, 10 in 100 at most are expected to be false "
        "alarms.",
        "left_out": "Street names without room: {count}.",
    },
    "zh": {
        "title": "事件热点图",
        "heading": "类别（网格数）",
        "no_answer": "未计算",
        "street": "街道边界",
        "north": "北",
        "km": "千米",
        "m": "米",
        "source": "资料来源：{source}。",
        "resolution": "分辨率 {resolution}。99%、95%、90% 对应 q 小于 0.01、0.05、0.10；"
        "在某一水平及以上显示的网格中，误报预计至多约 1%、5%、10%。",
        "left_out": "因位置不足未标注的街道名：{count} 个。",
    },
}


def plot_hotspots(
    hotspots: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the hotspot map as a still picture.

    Parameters
    ----------
    hotspots
        Table "hotspots" of one period and one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed below the map.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells in seven colors (gray where there is no answer), street
        outlines and names, legend with the number of cells in each class, scale bar,
        north arrow, heading, date, source and a note on the method. It belongs to no
        pyplot state; ``figure.savefig(path)`` or :func:`save_png` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several periods or groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    The plane is Lambert azimuthal equal-area about the middle of the cells, in meters, one
    scale for both directions. A name is placed at the inmost point of its street, larger
    streets first; a name without room is left out and counted below the map.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame(
    ...     {
    ...         "cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...         "incidents": [9, 0],
    ...         "area_km2": [0.1, 0.1],
    ...         "neighbors": [1, 1],
    ...         "spot": ["hot 99", None],
    ...     }
    ... )
    >>> figure = plot_hotspots(conform(cells, "hotspots"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(hotspots, "hotspots", columns=["cell", "incidents", "spot"])
    check_one_map(hotspots, "hotspots")
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street", "geometry"])
    words = _WORDS[lang]
    cells = _cells(hotspots["cell"])
    shapes = [cell_outlines(cells)]
    if jurisdictions is not None:
        shapes.append(np.asarray(jurisdictions.geometry, dtype=object))
    planar, _ = to_plane(np.concatenate(shapes))

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    room = (_MARGIN, 84.0, _WIDTH - _MARGIN - _PANEL, top)
    to_points, scale = fit(planar, room)
    planar = shapely.transform(planar, to_points)

    spots = np.asarray(hotspots["spot"].astype(object), dtype=object)
    _draw_cells(sheet, planar[: len(cells)], spots)
    left_out = 0
    if jurisdictions is not None:
        outlines = planar[len(cells) :]
        draw_outlines(sheet, outlines)
        names = jurisdictions["street"].where(
            jurisdictions["street"].notna(), jurisdictions["street_id"]
        )
        left_out = draw_names(sheet, outlines, names.tolist(), room)
    _draw_panel(sheet, spots, lang, scale, top, streets=jurisdictions is not None)
    notes = [words["source"].format(source=source)] if source else []
    notes.append(_method(hotspots, lang))
    # Bits 52 to 55 of a cell id hold its resolution (H3 documentation, "Index").
    told = words["resolution"].format(resolution=int(cells[0] >> np.uint64(52)) & 15)
    if left_out:
        told = f"{told} {words['left_out'].format(count=left_out)}"
    draw_notes(sheet, [*notes, told], width=_WIDTH, margin=_MARGIN)
    return figure


def save_png(figure: Figure, path: str | Path, *, dpi: int = 300) -> Path:
    """Write a figure as PNG, the same bytes for the same figure.

    Parameters
    ----------
    figure
        What :func:`plot_hotspots` returned.
    path
        The file to write.
    dpi
        Dots an inch: 300 for print.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # Without this the file would name the version of matplotlib that wrote it.
    figure.savefig(path, format="png", dpi=dpi, metadata={"Software": None})
    return Path(path)


def _method(hotspots: pd.DataFrame, lang: Language) -> str:
    """Return the note on how the table was made."""
    return method_sentence(
        hotspots.attrs.get("hotspots") or hotspots.attrs.get("hotspot_bins") or {},
        statistic="Getis-Ord Gi*",
        incidents=int(hotspots["incidents"].sum()),
        cells=len(hotspots),
        lang=lang,
    )


def _cells(values: pd.Series) -> NDArray[np.uint64]:
    """Return cells in memory from cells or their text."""
    if values.dtype.kind in "ui":
        return np.asarray(values, dtype=np.uint64)
    return text_to_cells(values)


def _draw_cells(sheet: Axes, outlines: Any, spots: NDArray[np.object_]) -> None:
    """Draw all cells at once in the colors of their spots."""
    coordinates, of = shapely.get_coordinates(outlines, return_index=True)
    rings = np.split(coordinates, np.flatnonzero(np.diff(of)) + 1)
    palette = to_rgba_array([*SPOT_COLORS.values(), NO_ANSWER_COLOR])
    codes = np.full(len(spots), len(SPOTS))
    for code, spot in enumerate(SPOTS):
        codes[spots == spot] = code
    fine = len(rings) > 4000
    sheet.add_collection(
        PolyCollection(
            rings,
            facecolors=palette[codes],
            # Without an edge of its own color a fine mesh shows white seams.
            edgecolors=palette[codes] if fine else "#c9cbc4",
            linewidths=0.15 if fine else 0.35,
            zorder=1,
        ),
        autolim=False,
    )


def _draw_panel(
    sheet: Axes,
    spots: NDArray[np.object_],
    lang: Language,
    scale: float,
    top: float,
    *,
    streets: bool,
) -> None:
    """Draw legend, north arrow and scale bar to the right of the map."""
    words = _WORDS[lang]
    left, right = _WIDTH - _MARGIN - _PANEL + 18, _WIDTH - _MARGIN
    rows = [
        (SPOT_COLORS[spot], label("spot", spot, lang), int((spots == spot).sum()))
        for spot in reversed(SPOTS)
    ]
    without = len(spots) - sum(count for _, _, count in rows)
    if without:
        rows.append((NO_ANSWER_COLOR, words["no_answer"], without))
    y = top - 16
    write(sheet, left, y, one(words["heading"]), size=11, color=FAINT)
    y -= 8
    for color, text, count in rows:
        y -= 19
        draw_swatch(sheet, left, y, color)
        write(sheet, left + 22, y + 1.5, one(text), size=11)
        write(sheet, right, y + 1.5, one(f"{count:,}"), size=11, align="right")
    if streets:
        y -= 21
        sheet.plot([left, left + 15], [y + 5, y + 5], color=INK, linewidth=1.1)
        write(sheet, left + 22, y + 1.5, one(words["street"]), size=11)
    draw_scale(sheet, left, right, 90, scale=scale, words=words)
