"""The still map of cells that every measure shares: colors by class, legend, scale, north.

Cells are drawn in a local equal-area plane, so that shapes are right at any latitude and
the scale bar is true. A measure gives its classes and texts; page, legend and drawing are
the same for all, and so are colors and words with the web map. Nothing is computed but
how many cells stand in each class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.columns import Language
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import (
    HATCH,
    HATCH_COLOR,
    Row,
    legend_width,
    line_row,
)
from gridgov.figures.map_parts import draw_margin, draw_names, draw_outlines, fit
from gridgov.figures.page_text import draw_heading
from gridgov.figures.sheet import FAINT, Box, make_sheet, write
from gridgov.geo.hexgrid import cell_outlines, text_to_cells
from gridgov.geo.projection import to_plane
from gridgov.maps.cell_values import Classes
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Overlay", "cells_of", "draw_cell_map", "made_note", "paint_cells", "resolution_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# 10 × 7.5 inches fill a 4:3 slide and the width of a landscape A4 page.
_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL, _WIDEST = 150.0, 250.0

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "km": "km",
        "m": "m",
        "source": "Source: {}.",
        "period": "Period from {}.",
        "group": "Group: {}.",
        "resolution": "H3 resolution {}.",
        "left_out": "Street names without room: {}.",
    },
    "zh": {
        "km": "千米",
        "m": "米",
        "source": "资料来源：{}。",
        "period": "时段起始：{}。",
        "group": "分组：{}。",
        "resolution": "H3 分辨率 {}。",
        "left_out": "因位置不足未标注的街道名：{} 个。",
    },
}


class Overlay(NamedTuple):
    """Shapes that lie over the cells.

    Attributes
    ----------
    shapes
        Geometries, EPSG:4326.
    draw
        Draws them when they are given in points of the sheet, within the map's box, and
        returns the boxes of the text it wrote, shape (m, 4), or None.
    rows
        What the legend says of them.
    """

    shapes: Any
    draw: Callable[[Axes, Any, Box], Floats | None]
    rows: Sequence[Row]


def draw_cell_map(
    table: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None,
    *,
    classes: Classes,
    title: str,
    date: str | None,
    legend: str,
    notes: Sequence[str],
    lang: Language,
    overlay: Overlay | None = None,
) -> Figure:
    """Return a still map of cells in the colors of their classes.

    Parameters
    ----------
    table
        One row a cell, with ``cell`` as numbers or text.
    jurisdictions
        Table "jurisdictions", or None.
    classes
        What the cells are, in the order of the rows; a code past the last class is no
        answer.
    title, date
        Heading.
    legend
        Heading of the legend.
    notes
        The lines at the foot, the method last.
    lang
        ``"en"`` or ``"zh"``.
    overlay
        What lies over the cells.

    Raises
    ------
    ColumnsError
        If `jurisdictions` lacks a column.
    """
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street", "geometry"])
    words = {**words_for(lang), **_WORDS[lang]}
    cells = cells_of(table["cell"])
    rows = _rows(classes, words, streets=jurisdictions is not None)
    rows += list(overlay.rows) if overlay is not None else []
    told = words["resolution"].format(resolution_of(cells))
    notes = [*notes[:-1], f"{notes[-1]}{'' if lang == 'zh' else ' '}{told}"] if notes else [told]
    foot = _foot(notes)

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(sheet, title, date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN)
    panel = legend_width(legend, rows, least=_PANEL, most=_WIDEST)
    # One more line is kept free for the count of names without room.
    bottom = 14 + 12.0 * (len(foot) + (jurisdictions is not None)) + 14
    room = (_MARGIN, bottom, _WIDTH - _MARGIN - panel - 18, top)
    shapes, outlines, over, scale = _on_sheet(cells, jurisdictions, overlay, room)
    paint_cells(sheet, shapes, classes)
    taken = overlay.draw(sheet, over, room) if overlay is not None else None
    if jurisdictions is not None:
        draw_outlines(sheet, outlines)
        names = jurisdictions["street"].where(
            jurisdictions["street"].notna(), jurisdictions["street_id"]
        )
        left_out = draw_names(sheet, outlines, names.tolist(), room, taken=taken)
        if left_out:
            more = words["left_out"].format(left_out)
            foot = _foot([*notes[:-1], f"{notes[-1]}{'' if lang == 'zh' else ' '}{more}"])
    left, right = _WIDTH - _MARGIN - panel, _WIDTH - _MARGIN
    draw_margin(
        sheet,
        (left, max(bottom, 76.0), right, top - 16),
        heading=legend,
        rows=rows,
        scale=scale,
        words=words,
    )
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def made_note(table: pd.DataFrame, source: str | None, lang: Language) -> list[str]:
    """Return the first line at the foot, if any: the source, the period and group shown."""
    words = _WORDS[lang]
    said = [words["source"].format(source)] if source else []
    for key in ("period", "group"):
        value = table[key].iloc[0] if key in table.columns else None
        if pd.notna(value):
            shown = f"{value:%Y-%m-%d}" if key == "period" else category_label(str(value), lang)
            said.append(words[key].format(shown))
    return [("" if lang == "zh" else " ").join(said)] if said else []


def cells_of(values: pd.Series) -> NDArray[np.uint64]:
    """Return cells in memory from cells or their text."""
    if values.dtype.kind in "ui":
        return np.asarray(values, dtype=np.uint64)
    return text_to_cells(values)


def resolution_of(cells: NDArray[np.uint64]) -> int:
    """Return the resolution of cells: bits 52 to 55 of an id (H3 documentation, "Index")."""
    return int(cells[0] >> np.uint64(52)) & 15


def paint_cells(sheet: Axes, outlines: Any, classes: Classes) -> None:
    """Draw all cells at once in the colors of their classes, hatched without an answer.

    Parameters
    ----------
    sheet
        The sheet.
    outlines
        The cells' polygons, points.
    classes
        What they are.

    Raises
    ------
    None
    """
    coordinates, of = shapely.get_coordinates(outlines, return_index=True)
    if len(coordinates) == 0:
        return
    rings = np.split(coordinates, np.flatnonzero(np.diff(of)) + 1)
    palette = to_rgba_array([*classes.colors, NO_ANSWER_COLOR])
    codes = np.minimum(classes.codes, len(classes.colors))
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
    without = np.flatnonzero(codes == len(classes.colors))
    if without.size:
        lines = PathPatch(
            Outline.make_compound_path(*(Outline(rings[place]) for place in without)),
            facecolor="none",
            edgecolor=HATCH_COLOR,
            linewidth=0,
            hatch=HATCH,
            zorder=1.5,
        )
        lines.set_hatch_linewidth(0.6)
        sheet.add_patch(lines)


def _on_sheet(
    cells: NDArray[np.uint64],
    jurisdictions: gpd.GeoDataFrame | None,
    overlay: Overlay | None,
    room: Box,
) -> tuple[Any, Any, Any, float]:
    """Return cells, streets and overlay in points, and the meters of a point."""
    parts = [
        cell_outlines(cells),
        np.empty(0, dtype=object)
        if jurisdictions is None
        else np.asarray(jurisdictions.geometry, dtype=object),
    ]
    drawn = sum(map(len, parts))
    over = np.empty(0, dtype=object)
    if overlay is not None:
        over = np.asarray(overlay.shapes, dtype=object)
    planar, way_back = to_plane(np.concatenate(parts))
    # What lies over the cells does not move the map: a stray site would shrink it to a dot.
    center = (way_back.longitude, way_back.latitude)
    over = to_plane(over, center=center)[0] if len(over) else over
    to_points, scale = fit(planar, room)
    planar = shapely.transform(np.concatenate([planar, over]), to_points)
    return planar[: len(cells)], planar[len(cells) : drawn], planar[drawn:], scale


def _rows(classes: Classes, words: dict[str, str], *, streets: bool) -> list[Row]:
    """Return the rows of the legend: classes, no answer, all of them, outlines."""
    found = np.minimum(classes.codes, len(classes.names))
    counts = np.bincount(found, minlength=len(classes.names) + 1).tolist()
    rows = [
        Row("fill", color, text, count)
        for text, color, count in zip(classes.names, classes.colors, counts, strict=False)
        if count or classes.all_listed
    ]
    if counts[-1]:
        rows.append(Row("hatch", NO_ANSWER_COLOR, words["no_answer"], counts[-1]))
    rows.append(Row("none", "", words["total"].replace("#", f"{len(classes.codes):,}")))
    return [*rows, line_row(words["street_outline"])] if streets else rows


def _foot(notes: Sequence[str]) -> list[str]:
    """Return the lines of the notes, each note on up to four."""
    return [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=4)]
