"""The layer of shapes: areas, lines, points and tracks in the colors of their classes.

Streets by a rate, gaps and overlaps of responsibility, road segments by incidents,
facilities with the circle they reach, patrol tracks and the numbered stops of a route are
one kind of layer each. What stands in a class, the words of the card and the look of the
class come from the caller; packing, legend and drawing are the same for all. A circle of
reach is true to the meter on the ellipsoid, not on the screen. All text and numbers travel
as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.errors import ColumnsError, MapError
from gridgov.maps.cell_layer import Classes, Line
from gridgov.maps.packing import Column, codes
from gridgov.maps.page import Part, draw
from gridgov.maps.shape_paths import (
    Bounds,
    Kind,
    bounds_of,
    label_columns,
    painting_order,
    paths_of,
)
from gridgov.maps.streets import check_degrees, pack_streets, streets_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["HATCHES", "SYMBOLS", "Looks", "ShapeLayer", "draw_shapes", "shapes_part"]

Integers = NDArray[np.int64]
SYMBOLS = ("circle", "square", "triangle", "diamond", "star", "cross")
"""Symbols of points, told apart without color."""

HATCHES = ("", "forward", "backward", "crossed", "dots")
"""Hatchings of areas; ``""`` is a plain fill."""

_WIDTH = {"areas": 1.0, "lines": 4.0, "tracks": 2.5, "points": 1.2}


class Looks(NamedTuple):
    """How the classes are drawn besides their color, one value a class; None: all plain.

    Attributes
    ----------
    width
        Width of lines and outlines on the screen, px.
    dash
        Whether lines and outlines are dashed.
    hatch
        Hatching of areas, of :data:`HATCHES`.
    symbol
        Symbol of points, of :data:`SYMBOLS`.
    edge
        Whether areas keep an edge in the color of their class, by which they are found
        however thin they are.
    """

    width: Sequence[float] | None = None
    dash: Sequence[bool] | None = None
    hatch: Sequence[str] | None = None
    symbol: Sequence[str] | None = None
    edge: Sequence[bool] | None = None


class ShapeLayer(NamedTuple):
    """A layer ready for a page: its part, its section of the legend, and where it lies.

    Attributes
    ----------
    part
        For :func:`gridgov.maps.page.draw`.
    section
        ``heading``, ``rows``, ``help`` of the legend.
    bounds
        West, south, east, north; None when no shape has a place.
    """

    part: Part
    section: dict[str, Any]
    bounds: Bounds | None


def shapes_part(
    table: gpd.GeoDataFrame,
    *,
    classes: Classes,
    lines: Sequence[Line],
    name: str,
    heading: str,
    lang: Language,
    kind: Kind = "areas",
    help: str = "",
    titles: Any = None,
    subtitles: Any = None,
    labels: Any = None,
    numbers: Any = None,
    radius_m: Any = None,
    looks: Looks | None = None,
    opacity: float = 1.0,
    shown: bool = True,
) -> ShapeLayer:
    """Return a layer of shapes with its section of the legend.

    Parameters
    ----------
    table
        One row a shape, with ``geometry`` in EPSG:4326. Of a geometry of several kinds
        the pieces of this layer's kind are drawn; a row without a geometry is in the
        legend's numbers and not on the map.
    classes, lines
        What the shapes are and what their card says, in the order of the rows.
    name
        Name of the layer in a layer control: our own words, never text of a record.
    heading, help
        Heading and help line of the legend's section.
    lang
        Language of the fixed words.
    kind
        ``areas``, ``lines``, ``points``, or ``tracks``: lines with a start, an end and
        arrows in their direction.
    titles, subtitles
        Heading of every row's card and the small line below it; without a title the
        card starts with the name of the class.
    labels
        Text to write on the map by every row, missing for none. Labels avoid each other
        and the streets' names; the first rows have precedence.
    numbers
        Text to write into every point, such as the number of a stop.
    radius_m
        Radius of a circle around every point, meters, missing for none.
    looks
        Width, dash, hatching and symbol of the classes.
    opacity
        Of the fill of areas, 0 to 1, for layers over others.
    shown
        Whether the layer is drawn when the page opens.

    Raises
    ------
    ColumnsError
        If `table` has no column ``geometry``.
    DatumError
        If it is not in EPSG:4326.
    MapError
        If no geometry is of the kind, or looks do not fit the classes.
    """
    if "geometry" not in table.columns:
        raise ColumnsError(
            f"{name} must have the column geometry. Found: {', '.join(map(str, table.columns))}.",
            problems=[{"table": name, "column": "geometry", "problem": "missing"}],
        )
    check_degrees(table, name)
    words = words_for(lang)
    style = _styles(looks or Looks(), len(classes.names), kind)
    shapes = np.asarray(table["geometry"], dtype=object)
    order = painting_order(shapes, classes.codes, kind)
    paths = paths_of(shapes[order], kind, name)
    told = [_told(line, f"line_{place}", order) for place, line in enumerate(lines)]
    texts = {"title": titles, "subtitle": subtitles, "number": numbers}
    coded = {key: _coded(values, order) for key, values in texts.items() if values is not None}
    written, label_places = label_columns(labels, shapes, kind)
    columns = [
        Column("paths", paths.counts),
        Column("sizes", paths.sizes),
        Column("x", paths.x, delta=True),
        Column("y", paths.y, delta=True),
        Column("class", classes.codes[order]),
        *(Column(key, numbers) for key, (numbers, _) in coded.items()),
        *(column for _, column in told if column is not None),
        *label_places,
    ]
    if radius_m is not None:
        radius = pd.Series(radius_m).to_numpy(np.float64, na_value=np.nan)[order]
        tenths = np.where(np.isfinite(radius), np.rint(radius * 10), -1)
        columns.append(Column("radius", tenths))
    settings = {
        "shape": kind,
        "palette": [*classes.colors, NO_ANSWER_COLOR],
        "classes": [*classes.names, words["no_answer"]],
        "styles": style,
        "lines": [line for line, _ in told],
        "labels": written,
        "alpha": float(opacity),
        **{f"{key}s": names for key, (_, names) in coded.items()},
    }
    return ShapeLayer(
        Part("shapes", settings, columns, name, shown),
        {"heading": heading, "rows": _rows(classes, style, kind, words), "help": help},
        bounds_of(shapes, radius_m),
    )


def draw_shapes(
    layers: Sequence[ShapeLayer],
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    title: str,
    date: str | None,
    foot: Sequence[str],
    lang: Language,
    tiles: Any = None,
) -> folium.Map:
    """Return a map of such layers, the lowest first, under the outlines of the streets.

    Parameters
    ----------
    layers
        What :func:`shapes_part` returned; any other part fits that comes with a section
        of the legend and bounds.
    jurisdictions
        Table "jurisdictions", EPSG:4326, or None.
    title, date, foot
        The texts around the map.
    lang
        Language of the fixed words.
    tiles
        Base map as Folium takes it, or None.

    Raises
    ------
    MapError
        If neither a shape nor a street has a place, or Folium does not know `tiles`.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    """
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    sections = [dict(layer.section) for layer in layers]
    if streets.labels and sections:
        text = words["street_outline"]
        row = {"mark": "line", "color": "", "text": text, "count": None, "apart": True}
        sections[-1]["rows"] = [*sections[-1]["rows"], row]
    boxes = [layer.bounds for layer in layers if layer.bounds is not None]
    # A stray shape on another continent must not shrink the district to a dot.
    boxes = [streets.bounds] if streets.bounds is not None else boxes
    if not boxes:
        raise MapError(
            "A map needs at least one shape with a place, or jurisdictions. Found: "
            f"{len(layers)} layers whose geometry is all missing or empty, and no jurisdictions."
        )
    west, south, east, north = zip(*boxes, strict=True)
    return draw(
        [*(layer.part for layer in layers), streets_part(streets, lang)],
        sheet={
            "title": str(title),
            "date": "" if date is None else str(date),
            "foot": [str(line) for line in foot],
            "legend": sections,
        },
        lang=lang,
        bounds=(min(west), min(south), max(east), max(north)),
        tiles=tiles,
    )


def _styles(looks: Looks, number: int, kind: Kind) -> list[dict[str, Any]]:
    """Return the look of every class, and of no answer behind them.

    Raises
    ------
    MapError
        If there are not as many looks as classes, or one does not exist.
    """
    for key, values in looks._asdict().items():
        if values is not None and len(values) != number:
            raise MapError(
                f"looks.{key} must have one value a class. Found: {len(values)} for {number} "
                "classes."
            )
    known = {"hatch": HATCHES, "symbol": SYMBOLS}
    for key, names in known.items():
        wrong = [value for value in getattr(looks, key) or () if value not in names]
        if wrong:
            raise MapError(f"looks.{key} must be of {', '.join(names)}. Found: {wrong[0]!r}.")
    plain = {"width": _WIDTH[kind], "dash": False, "hatch": "", "symbol": "circle"}
    styles = [
        {key: values[place] for key, values in looks._asdict().items() if values is not None}
        for place in range(number)
    ]
    hatched = {"hatch": "forward"} if kind == "areas" else {"dash": kind != "points"}
    return [{**plain, **style} for style in [*styles, hatched]]


def _told(line: Line, name: str, order: Integers) -> tuple[dict[str, Any], Column | None]:
    """Return a line of the card, its values as texts, and the column of their codes."""
    told: dict[str, Any] = {"heading": line.heading, "kind": line.kind, "column": name}
    if line.kind == "class":
        return told, None
    values = pd.Series(line.values).reset_index(drop=True)
    texts = values if line.kind == "name" else values.map(_TEXTS[line.kind], na_action="ignore")
    if line.kind in ("score", "probability", "percent"):
        texts = texts.astype(object).where(values.notna(), "–")
    numbers, told["names"] = codes(texts.astype(object).iloc[order])
    return told, Column(name, numbers)


def _count(value: Any) -> str:
    """Return a whole number with its thousands apart."""
    return f"{int(value):,}"


def _score(value: Any) -> str:
    """Return a number with two places."""
    return f"{value:,.2f}"


def _probability(value: Any) -> str:
    """Return a probability with three places."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _percent(value: Any) -> str:
    """Return a share in whole percents."""
    return f"{100 * value:.0f} %"


def _digits(value: Any) -> str:
    """Return a number of any size with four digits, and all digits before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


_TEXTS = {
    "digits": _digits,
    "count": _count,
    "score": _score,
    "probability": _probability,
    "percent": _percent,
}


def _coded(values: Any, order: Integers) -> tuple[Integers, list[str]]:
    """Return the texts of the rows as codes in the order of painting."""
    return codes(pd.Series(values).astype(object).iloc[order])


def _rows(
    classes: Classes, styles: list[dict[str, Any]], kind: Kind, words: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the rows of the legend with the number of shapes in each class."""
    mark = {"areas": "fill", "points": "symbol"}.get(kind, "stroke")
    counts = np.bincount(classes.codes, minlength=len(classes.names) + 1).tolist()
    named = [*zip(classes.names, classes.colors, strict=True), (words["no_answer"], "")]
    rows = []
    for place, (text, color) in enumerate(named):
        answered = place < len(classes.names)
        if counts[place] or (answered and classes.all_listed):
            shade = color if answered else NO_ANSWER_COLOR
            look = {"mark": mark, "color": shade, **styles[place]}
            rows.append({**look, "text": text, "count": counts[place]})
    return rows
