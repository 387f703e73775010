"""The density along lines as a still picture: alleys from pale to dark and from thin to thick.

It draws the table "line_density" in a local equal-area plane and computes nothing but the
bounds of its classes and how many kilometers stand in each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.map_parts import draw_names, draw_outlines, draw_scale, fit
from gridgov.figures.page_text import draw_heading, draw_notes, one
from gridgov.figures.sheet import (
    FAINT,
    INK,
    make_sheet,
    write,
)
from gridgov.geo.projection import to_plane
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.sequence import (
    SEQUENCE_COLORS,
    check_breaks,
    class_breaks,
    class_codes,
    class_texts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

__all__ = ["plot_line_density"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL = 168.0

# Lines on white need more contrast than cells that touch: the palest color is left out.
_COLORS = ("#d9c07a", *SEQUENCE_COLORS[2:])
_WIDTHS = (0.9, 1.2, 1.6, 2.0, 2.5, 3.1)

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Density of incidents along lines",
        "heading": "Incidents per km",
        "unit": "km",
        "street": "Street boundary",
        "north": "N",
        "km": "km",
        "m": "m",
        "source": "Source: {source}.",
        "method": "Network kernel density of {incidents:,} incidents on {length:,.1f} km of "
        "lines{how}.",
        "bandwidth": "bandwidth {width:,.0f} m",
        "left_out": "Left out, farther than {meters:g} m from every line: {count:,}.",
        "no_room": "Street names without room: {count}.",
    },
    "zh": {
        "title": "沿线事件密度图",
        "heading": "每千米事件数",
        "unit": "千米",
        "street": "街道边界",
        "north": "北",
        "km": "千米",
        "m": "米",
        "source": "资料来源：{source}。",
        "method": "{length:,.1f} 千米线路上 {incidents:,} 起事件的网络核密度{how}。",
        "bandwidth": "带宽 {width:,.0f} 米",
        "left_out": "距任何线路超过 {meters:g} 米而未计入：{count:,} 起。",
        "no_room": "因位置不足未标注的街道名：{count} 个。",
    },
}


def plot_line_density(
    line_density: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the density along lines as a still picture.

    Parameters
    ----------
    line_density
        Table of :func:`gridgov.measure_line_density`.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the lines. No
        outlines when None.
    breaks
        One to five ascending bounds between the classes, incidents per km; two figures
        compare only with the same ones. None: up to six classes of about equally many
        segments, bounds rounded to two figures.
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
        10 × 7.5 inches: segments in up to six colors, the dense ones thick and on top;
        legend with the kilometers of every class, scale bar, north arrow, heading, date,
        source and a note on the method. It belongs to no pyplot state;
        ``figure.savefig(path)`` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are not one to five ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no segments.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from gridgov.checks import conform
    >>> segments = gpd.GeoDataFrame(
    ...     {"line_id": "R", "segment": [1, 2], "length_m": 85.0, "incidents": [0, 1],
    ...      "incidents_per_km": [2.0, 9.0]}, crs="EPSG:4326",
    ...     geometry=[LineString([(116.200, 39.9), (116.201, 39.9)]),
    ...               LineString([(116.201, 39.9), (116.202, 39.9)])])
    >>> figure = plot_line_density(conform(segments, "line_density"), lang="zh")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    needed = ["length_m", "incidents", "incidents_per_km", "geometry"]
    check_table(line_density, "line_density", columns=needed)
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street", "geometry"])
    words = _WORDS[lang]
    values = line_density["incidents_per_km"].to_numpy(dtype=np.float64)
    bounds = check_breaks(breaks, most=len(_COLORS) - 1)
    if bounds is None:
        bounds = class_breaks(values, classes=len(_COLORS))
    codes = class_codes(values, bounds)

    shapes = [np.asarray(line_density.geometry, dtype=object)]
    if jurisdictions is not None:
        shapes.append(np.asarray(jurisdictions.geometry, dtype=object))
    planar, _ = to_plane(np.concatenate(shapes))
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet, title or words["title"], date, width=_WIDTH, height=_HEIGHT, margin=_MARGIN
    )
    room = (_MARGIN, 78.0, _WIDTH - _MARGIN - _PANEL, top)
    to_points, scale = fit(planar, room)
    planar = shapely.transform(planar, to_points)

    classes = _taken(len(bounds) + 1)
    _draw_segments(sheet, planar[: len(values)], codes, classes)
    no_room = 0
    if jurisdictions is not None:
        outlines = planar[len(values) :]
        draw_outlines(sheet, outlines)
        names = jurisdictions["street"].where(
            jurisdictions["street"].notna(), jurisdictions["street_id"]
        )
        no_room = draw_names(sheet, outlines, names.tolist(), room)
    length_km = np.bincount(
        codes, weights=line_density["length_m"].to_numpy(dtype=np.float64), minlength=len(classes)
    )
    _draw_panel(
        sheet, bounds, length_km / 1000, lang, scale, top, streets=jurisdictions is not None
    )
    notes = [words["source"].format(source=source)] if source else []
    method = _method(line_density, lang)
    if no_room:
        method = f"{method} {words['no_room'].format(count=no_room)}"
    draw_notes(sheet, [*notes, method], width=_WIDTH, margin=_MARGIN)
    return figure


def _taken(number: int) -> list[int]:
    """Return the places of so many classes among the colors and widths, ends included."""
    places: list[int] = np.linspace(0, len(_COLORS) - 1, number).round().astype(int).tolist()
    return places


def _draw_segments(
    sheet: Axes, segments: Any, codes: NDArray[np.int64], classes: Sequence[int]
) -> None:
    """Draw the segments of every class at once, the densest last."""
    for code, place in enumerate(classes):
        at, of = shapely.get_coordinates(segments[codes == code], return_index=True)
        if not len(at):
            continue
        lines = np.split(at, np.flatnonzero(np.diff(of)) + 1)
        sheet.add_collection(
            LineCollection(
                list(lines),
                colors=_COLORS[place],
                linewidths=_WIDTHS[place],
                capstyle="round",
                zorder=1 + code / 10,
            ),
            autolim=False,
        )


def _draw_panel(
    sheet: Axes,
    bounds: Sequence[float],
    length_km: Floats,
    lang: Language,
    scale: float,
    top: float,
    *,
    streets: bool,
) -> None:
    """Draw legend, north arrow and scale bar to the right of the map."""
    words = _WORDS[lang]
    left, right = _WIDTH - _MARGIN - _PANEL + 18, _WIDTH - _MARGIN
    y = top - 16
    write(sheet, left, y, one(words["heading"]), size=11, color=FAINT)
    write(sheet, right, y, one(words["unit"]), size=11, color=FAINT, align="right")
    y -= 8
    rows = list(zip(_taken(len(length_km)), class_texts(bounds), length_km.tolist(), strict=True))
    for place, text, length in reversed(rows):
        y -= 19
        color, thick = _COLORS[place], _WIDTHS[place]
        sheet.plot([left, left + 15], [y + 5, y + 5], color=color, linewidth=thick)
        write(sheet, left + 22, y + 1.5, one(text), size=11)
        write(sheet, right, y + 1.5, one(f"{length:,.1f}"), size=11, align="right")
    if streets:
        y -= 21
        sheet.plot([left, left + 15], [y + 5, y + 5], color=INK, linewidth=1.1)
        write(sheet, left + 22, y + 1.5, one(words["street"]), size=11)
    draw_scale(sheet, left, right, 84, scale=scale, words=words)


def _method(line_density: gpd.GeoDataFrame, lang: Language) -> str:
    """Return the note on how the density was made, and what was left out."""
    words = _WORDS[lang]
    made = line_density.attrs.get("line_density") or {}
    parts = []
    if made:
        parts = [
            label("network", str(made["method"]), lang),
            label("kernel", str(made["kernel"]), lang),
            words["bandwidth"].format(width=made["bandwidth_m"]),
        ]
    lead, comma = ("：", "，") if lang == "zh" else (": ", ", ")
    method = words["method"].format(
        incidents=int(line_density["incidents"].sum()),
        length=float(line_density["length_m"].sum()) / 1000,
        how=lead + comma.join(parts) if parts else "",
    )
    far = (made.get("fates") or {}).get("too_far", 0)
    if far:
        left_out = words["left_out"].format(count=far, meters=made["max_snap_m"])
        method = f"{method} {left_out}"
    return method
