"""Any map as a still picture: what a ``folium.Map`` of gridgov shows, without a browser.

Slides, reports and paper want a picture, and a screenshot of a browser is coarse and looks
different on every machine. The layers of the map are drawn again from the same numbers, in
a local equal-area plane, with the map's own classes, colors, legend and foot; a base map
from the web is left out. Nothing is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.figure import Figure

from gridgov.errors import MapError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import Row, legend_width
from gridgov.figures.map_layers import Labels, StillMap, read_map
from gridgov.figures.map_painting import paint
from gridgov.figures.map_parts import draw_margin, fit
from gridgov.figures.page_text import draw_heading
from gridgov.figures.sheet import FAINT, INK, Box, draw_street_names, make_sheet, write
from gridgov.geo.projection import to_plane
from gridgov.maps.page import drawing_of
from gridgov.maps.words import words_for

__all__ = ["plot_map"]

# 10 × 7.5 inches fill a 4:3 slide and the width of a landscape A4 page.
_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL, _WIDEST = 150.0, 250.0
# Points of the page for a pixel of the web map.
_PIXEL = 0.75

_WORDS = {
    "en": {"km": "km", "m": "m", "left_out": "Names without room: {}."},
    "zh": {"km": "千米", "m": "米", "left_out": "因位置不足未标注的名称：{} 个。"},
}


def plot_map(
    page: Any,
    *,
    measure: str | None = None,
    group: str | None = None,
    period: str | None = None,
) -> Figure:
    """Draw any map of gridgov as a still picture.

    Parameters
    ----------
    page
        What a ``map_*`` function returned, dashboards excepted.
    measure, group, period
        What to show of a map with switches and a slider, in the words that they show; what
        the map opens with when None.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: the layers that show when the map opens, in its classes, colors and
        hatchings; street outlines and names, legend with the numbers in view, scale bar,
        north arrow, and the foot of the map. Base maps from the web and what was added to
        the page by other means are left out. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    MapError
        If `page` is no map of gridgov or a dashboard, or nothing was counted for what was
        chosen.
    OptionError
        If the map has no such choice; the choices are listed.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    Areas are true to scale at the middle of the map and nearly so elsewhere in a city
    (azimuthal equal-area projection).

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> from gridgov.maps.owners import map_owners
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...                       "owner_id": ["s1", None], "owner_share": [0.6, 0.0],
    ...                       "owners": [2, 0], "one_owner_share": [1.0, 0.0],
    ...                       "several_owners_share": 0.0, "unowned_share": [0.0, 1.0],
    ...                       "outside_share": 0.0})
    >>> page = map_owners(conform(cells, "owners"), lang="zh")
    >>> plot_map(page).get_size_inches().tolist()
    [10.0, 7.5]
    """
    drawing = drawing_of(page)
    if drawing is None:
        raise MapError(
            "A still picture is drawn of a map of gridgov. Found: "
            f"{type(page).__module__}.{type(page).__name__} without one. Pass what a map_* "
            "function returned, such as gridgov.plot_map(gridgov.map_hotspots(...))."
        )
    still = read_map(drawing, {"measure": measure, "group": group, "period": period})
    words = {**words_for(drawing.lang), **_WORDS[drawing.lang]}
    heading, rows, helps = _legend(still.legend)
    notes = [line for line in [*still.foot, *helps] if line]
    foot = _foot(notes)

    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    title, date = drawing.sheet["title"], drawing.sheet["date"] or None
    top = draw_heading(sheet, title, date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN)
    panel = legend_width(heading, rows, least=_PANEL, most=_WIDEST)
    # One more line is kept free for the count of names without room.
    bottom = 14 + 12.0 * (len(foot) + 1) + 14
    room = (_MARGIN, bottom, _WIDTH - _MARGIN - panel - 18, top)
    planar, scale = _on_sheet(still, room)
    for layer, shapes in zip(still.layers, planar, strict=False):
        paint(sheet, layer, shapes, room, scale=scale)
    left_out = _write_names(sheet, still.labels, planar[len(still.layers) :], room)
    if left_out:
        foot = _foot([*notes, words["left_out"].format(left_out)])
    left, right = _WIDTH - _MARGIN - panel, _WIDTH - _MARGIN
    draw_margin(
        sheet,
        (left, max(bottom, 76.0), right, top - 16),
        heading=heading,
        rows=rows,
        scale=scale,
        words=words,
    )
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _on_sheet(still: StillMap, room: Box) -> tuple[list[Any], float]:
    """Return the shapes of every layer and the places of names in points, and their scale."""
    west, south, east, north = still.bounds
    frame = shapely.box(west, south, east, north)
    groups = [layer.shapes for layer in still.layers] + [part.places for part in still.labels]
    whole = np.concatenate([np.array([frame], dtype=object), *groups])
    center = ((west + east) / 2, (south + north) / 2)
    planar, _ = to_plane(whole, center=center)
    to_points, scale = fit(planar[:1], room)
    planar = shapely.transform(planar[1:], to_points)
    ends = np.cumsum([len(group) for group in groups])
    return [np.asarray(part) for part in np.split(planar, ends[:-1])], scale


def _write_names(sheet: Any, labels: Sequence[Labels], places: Sequence[Any], room: Box) -> int:
    """Write names, those of the layers before those of streets; return how many had no room."""
    texts = [text for part in labels for text in part.texts]
    if not texts:
        return 0
    at = shapely.get_coordinates(np.concatenate(list(places)))
    inside = (at >= room[:2]).all(axis=1) & (at <= room[2:]).all(axis=1)
    letters = [one for one, kept in zip(lettering(texts), inside.tolist(), strict=True) if kept]
    # Any width would do: names take the letters that their neighbors leave room for.
    widths = np.full(len(letters), 60.0)
    return draw_street_names(sheet, at[inside], widths, letters, inside=room)


def _legend(sections: Sequence[Mapping[str, Any]]) -> tuple[str, list[Row], list[str]]:
    """Return the heading of the first section, the rows of all, and their help."""
    rows: list[Row] = []
    helps = []
    for place, section in enumerate(sections):
        if place and section["heading"] and section["rows"]:
            rows.append(Row("none", "", str(section["heading"])))
        rows += [_row(row) for row in section["rows"]]
        helps.append(str(section.get("help") or ""))
    heading = str(sections[0]["heading"]) if sections else ""
    return heading, rows, list(dict.fromkeys(helps))


def _row(row: Mapping[str, Any]) -> Row:
    """Return a row of the page's legend as one of the figure's."""
    count = row.get("count")
    number = None if count is None else int(count)
    text, color = str(row["text"]), str(row["color"]) or INK
    width, dashed = float(row.get("width", 1.5)) * _PIXEL, bool(row.get("dash", False))
    match row["mark"]:
        case "fill":
            return Row("fill", color, text, number, hatch=row.get("hatch") or "")
        case "hatch":
            return Row("hatch", color, text, number)
        case "line":
            return Row("line", INK, text, number)
        case "stroke":
            return Row("stroke", color, text, number, width=width, dashed=dashed)
        case "symbol":
            return Row("symbol", color, text, number, symbol=row.get("symbol") or "circle")
        case "dot":
            return Row("dot", color, text, number)
        case _:
            return Row("none", color, text, number)


def _foot(notes: Sequence[str]) -> list[str]:
    """Return the lines of the notes, each note on up to four."""
    return [line for note in notes for line in wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=4)]
