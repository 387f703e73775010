"""Painting the layers of a still map: fills, hatchings, lines, tracks, symbols and circles."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from gridgov.figures.legend import HATCH_COLOR, HATCHINGS, MARKERS
from gridgov.figures.map_layers import Layer
from gridgov.figures.page_text import one
from gridgov.figures.sheet import INK, Box, write

__all__ = ["paint"]

Floats = NDArray[np.float64]

_POINT = 6.0
# Pixels of the web map are 1/96 inch, points 1/72.
_PIXEL = 0.75


def paint(sheet: Axes, layer: Layer, planar: Any, room: Box, *, scale: float) -> None:
    """Draw a layer inside the map's box.

    Parameters
    ----------
    sheet
        The sheet.
    layer
        What to draw.
    planar
        Its shapes in points of the sheet.
    room
        The map's box.
    scale
        Meters of a point.

    Raises
    ------
    None
    """
    if not len(planar):
        return
    match layer.kind:
        case "cells" | "areas":
            artists = _fill(sheet, layer, planar)
        case "outlines":
            lines = LineCollection(_pieces(planar), colors=INK, linewidths=0.9, alpha=0.8)
            lines.set_zorder(2)
            artists = [sheet.add_collection(lines, autolim=False)]
        case "lines" | "tracks":
            artists = _lines(sheet, layer, planar)
        case _:
            artists = _points(sheet, layer, planar, room, scale)
    left, bottom, right, top = room
    for artist in artists:
        box = Rectangle((left, bottom), right - left, top - bottom, transform=sheet.transData)
        artist.set_clip_path(box)


def _fill(sheet: Axes, layer: Layer, planar: Any) -> list[Any]:
    """Fill cells or areas, all at once, and hatch the classes that are hatched."""
    palette = to_rgba_array(layer.colors)
    if layer.kind == "cells":
        fine = len(planar) > 4000
        faces = palette[layer.codes]
        # Without an edge of its own color a fine mesh shows white seams.
        fills: Any = PolyCollection(
            _pieces(planar),
            facecolors=faces,
            edgecolors=faces if fine else "#c9cbc4",
            linewidths=0.15 if fine else 0.35,
        )
    else:
        faces = palette[layer.codes].copy()
        faces[:, 3] = layer.alpha
        edged = np.array([bool(style.get("edge")) for style in layer.styles])[layer.codes]
        edges = np.where(edged[:, None], palette[layer.codes], to_rgba_array("#8b959b"))
        widths = np.array([style["width"] for style in layer.styles])[layer.codes] * _PIXEL
        fills = PathCollection(
            [_compound(shape) for shape in planar],
            facecolors=faces,
            edgecolors=edges,
            linewidths=np.where(edged, np.maximum(widths, 1.5), widths),
        )
    fills.set_zorder(1)
    artists: list[Any] = [sheet.add_collection(fills, autolim=False)]
    for code in np.unique(layer.codes).tolist():
        hatch = HATCHINGS[layer.styles[code]["hatch"]]
        if not hatch:
            continue
        of = planar[layer.codes == code]
        lines = PathPatch(
            Outline.make_compound_path(*(_compound(shape) for shape in of)),
            facecolor="none",
            edgecolor=HATCH_COLOR if layer.styles[code]["hatch"] == "none" else INK,
            linewidth=0,
            hatch=hatch,
            zorder=1.5,
        )
        lines.set_hatch_linewidth(0.6)
        artists.append(sheet.add_patch(lines))
    return artists


def _lines(sheet: Axes, layer: Layer, planar: Any) -> list[Any]:
    """Draw lines of every class; tracks get a ring at the start and a square at the end."""
    artists: list[Any] = []
    # The first classes are painted last, as on the web map.
    for code in np.unique(layer.codes)[::-1].tolist():
        style, of = layer.styles[code], planar[layer.codes == code]
        width, dash = style["width"] * _PIXEL, bool(style["dash"])
        lines = LineCollection(
            _pieces(of),
            colors=layer.colors[code],
            linewidths=width,
            linestyles=[(0, (4, 2.5))] if dash else "solid",
            capstyle="butt" if dash else "round",
            zorder=2.5,
        )
        artists.append(sheet.add_collection(lines, autolim=False))
        if layer.kind == "tracks":
            for place, marker in ((0, "o"), (-1, "s")):
                ends = np.array([piece[place] for piece in _pieces(of)])
                artists.append(
                    sheet.scatter(
                        ends[:, 0],
                        ends[:, 1],
                        s=16,
                        marker=marker,
                        facecolors="white" if place == 0 else layer.colors[code],
                        edgecolors=layer.colors[code],
                        linewidths=1.0,
                        zorder=2.6,
                    )
                )
    return artists


def _points(sheet: Axes, layer: Layer, planar: Any, room: Box, scale: float) -> list[Any]:
    """Draw points with their symbols, circles of reach and numbers."""
    artists: list[Any] = []
    small = float(min(_POINT, max(2.0, 260 / np.sqrt(len(planar))))) if len(planar) else _POINT
    size = _POINT + 5 if layer.numbers is not None else small
    at, of = shapely.get_coordinates(planar, return_index=True)
    if layer.radius_m is not None:
        artists += _circles(sheet, layer, at, of, scale)
    for code in np.unique(layer.codes[of])[::-1].tolist():
        here = at[layer.codes[of] == code]
        style = layer.styles[code]
        artists.append(
            sheet.scatter(
                here[:, 0],
                here[:, 1],
                s=size**2,
                marker=MARKERS[style["symbol"]],
                c=layer.colors[code],
                edgecolors="white" if style["width"] < 1 else INK,
                linewidths=0.3 if style["width"] < 1 else 0.7,
                zorder=3,
            )
        )
    if layer.numbers is not None:
        inside = (at >= room[:2]).all(axis=1) & (at <= room[2:]).all(axis=1)
        for (x, y), place in zip(at[inside], of[inside], strict=True):
            if layer.numbers[place]:
                letters = one(layer.numbers[place])
                write(sheet, x, y, letters, size=6.5, align="center", vertical="center", halo=True)
    return artists


def _circles(sheet: Axes, layer: Layer, at: Floats, of: Any, scale: float) -> list[Any]:
    """Draw circles of so many meters about points, in a plane that is true to scale."""
    radius = np.asarray(layer.radius_m)[of] / scale
    known = np.isfinite(radius)
    turn = np.linspace(0, 2 * np.pi, 73)
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    rings = at[known, None, :] + radius[known, None, None] * ring
    colors = np.array(layer.colors, dtype=object)[layer.codes[of][known]]
    lines = LineCollection(list(rings), colors=colors.tolist(), linewidths=0.8, alpha=0.7, zorder=2)
    return [sheet.add_collection(lines, autolim=False)]


def _pieces(shapes: Any) -> list[Floats]:
    """Return the vertices of every ring or line of shapes."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    area = shapely.get_dimensions(parts) == 2
    rings = shapely.get_rings(parts[area])
    # Rings and lines come as they are; only areas have rings to take out.
    lines = rings if area.all() else parts
    coordinates, of = shapely.get_coordinates(lines, return_index=True)
    if not len(coordinates):
        return []
    return list(np.split(coordinates, np.flatnonzero(np.diff(of)) + 1))


def _compound(shape: Any) -> Outline:
    """Return an area as one path whose holes stay open."""
    # Filling goes by the sense in which a ring turns.
    pieces = _pieces(np.array([shapely.orient_polygons(shape)]))
    if not pieces:
        return Outline(np.zeros((1, 2)))
    return Outline.make_compound_path(*(Outline(piece, closed=True) for piece in pieces))
