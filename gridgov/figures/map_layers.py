"""The layers of a web map, read back for a still one: shapes, classes, legend and foot of a view.

A page holds every measure, group and period that a reader can choose. A still picture shows
one of them; here it is found by the words of the page's own switches. Nothing is computed:
classes, words and colors are those of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.errors import MapError, OptionError
from gridgov.geo.hexgrid import cell_outlines
from gridgov.maps.cell_layer import cells_legend
from gridgov.maps.cell_values import Classes
from gridgov.maps.page import Drawing, Part
from gridgov.maps.words import words_for

__all__ = ["Labels", "Layer", "StillMap", "read_map"]

Ints = NDArray[np.int64]

_PLAIN = {"width": 1.0, "dash": False, "hatch": "", "symbol": "circle"}


class Labels(NamedTuple):
    """Texts to write on the map and where, EPSG:4326; the first ones have precedence."""

    texts: list[str]
    places: Any


class Layer(NamedTuple):
    """Shapes of one kind in the colors of their classes, the lowest first.

    Attributes
    ----------
    kind
        ``cells``, ``areas``, ``lines``, ``tracks``, ``points`` or ``outlines``.
    shapes
        Geometries, EPSG:4326.
    codes
        Class of every shape.
    colors, styles
        Color and look (width, dash, hatch, symbol, perhaps edge) of every class.
    alpha
        Of the fill of areas.
    numbers
        Text in every point, or None.
    radius_m
        Radius of a circle about every point, meters, NaN for none; or None.
    """

    kind: str
    shapes: Any
    codes: Ints
    colors: list[str]
    styles: list[dict[str, Any]]
    alpha: float = 1.0
    numbers: list[str] | None = None
    radius_m: Any = None


class StillMap(NamedTuple):
    """One view of a map: its layers, names, legend and foot."""

    layers: list[Layer]
    labels: list[Labels]
    legend: Sequence[Mapping[str, Any]]
    foot: list[str]
    bounds: tuple[float, float, float, float]


def read_map(drawing: Drawing, chosen: Mapping[str, str | None]) -> StillMap:
    """Return one view of a map.

    Parameters
    ----------
    drawing
        What the page draws.
    chosen
        ``measure``, ``group`` and ``period`` as the page's switches call them, None for what
        the page opens with.

    Raises
    ------
    OptionError
        If the page has no such switch or choice; the choices are listed.
    MapError
        If the page is of a kind that has no still picture, or the view has no rows.
    """
    parts = [part for part in drawing.parts if part.shown]
    leading = next((part for part in parts if _choices(part) and not _follows(part)), None)
    view = _view(leading, chosen)
    words = words_for(drawing.lang)
    layers: list[Layer] = []
    labels: list[Labels] = []
    legend: Sequence[Mapping[str, Any]] = drawing.sheet["legend"]
    foot = list(drawing.sheet["foot"])
    bounds = drawing.bounds
    for part in parts:
        columns = {column.name: np.asarray(column.values) for column in part.columns}
        match part.kind:
            case "cells":
                layers += _cells(part.settings, columns, view)
                if part is leading:
                    section = _cells_section(part, columns, view, words)
                    legend = [section, *legend[1:]]
                    foot = list(part.settings["views"][view]["foot"])
            case "shape_views":
                layers.append(_shapes(part.settings, columns, view))
                told = part.settings["views"][view]
                if part is leading:
                    legend, foot = told["legend"], list(told["foot"])
                    if told["bounds"] is not None:
                        (south, west), (north, east) = told["bounds"]
                        bounds = (west, south, east, north)
            case "shapes":
                layers.append(_shapes(part.settings, columns, None))
                labels.append(_labels(part.settings["labels"], columns))
            case "points":
                layers.append(_points(part.settings, columns))
            case "streets":
                layers.append(_streets(columns))
                labels.append(_labels(part.settings["labels"], columns))
            case other:
                raise MapError(
                    f"A still picture shows cells, shapes and points. Found: a {other}. Draw its "
                    "tables with their own maps: gridgov.plot_map(gridgov.map_hotspots(...))."
                )
    return StillMap(layers, labels, legend, foot, bounds)


def _choices(part: Part) -> list[dict[str, Any]]:
    """Return the switches of a layer, none where it has one view."""
    return list(part.settings.get("axes", []))


def _follows(part: Part) -> bool:
    """Tell whether a layer shows what is chosen in another one."""
    return part.settings.get("follows") is not None


def _view(part: Part | None, chosen: Mapping[str, str | None]) -> int:
    """Return the view that was asked for.

    Raises
    ------
    OptionError
        If there is no such switch or choice.
    MapError
        If the view has no rows.
    """
    axes = [] if part is None else _choices(part)
    known = {axis["kind"] for axis in axes if len(axis["labels"]) > 1}
    for kind, wanted in chosen.items():
        if wanted is not None and kind not in known:
            raise OptionError(
                f"{kind} must be a choice of the map. Found: {wanted!r}, and the map has no "
                f"switch of that kind. Its switches: {', '.join(sorted(known)) or 'none'}."
            )
    at = []
    for axis in axes:
        wanted = chosen.get(axis["kind"])
        if wanted is None:
            at.append(int(axis["first"]))
            continue
        if str(wanted) not in axis["labels"]:
            shown = ", ".join(map(repr, axis["labels"][:30]))
            raise OptionError(f"{axis['kind']} must be one of {shown}. Found: {wanted!r}.")
        at.append(axis["labels"].index(str(wanted)))
    if part is None:
        return 0
    view = int(np.ravel_multi_index(at, [len(axis["labels"]) for axis in axes]))
    if part.settings["views"][view] is None:
        told = ", ".join(axis["labels"][place] for axis, place in zip(axes, at, strict=True))
        raise MapError(
            f"A still picture needs rows. Found: none for {told}. Choose another period or group."
        )
    return view


def _cells(settings: dict[str, Any], columns: dict[str, Any], view: int) -> list[Layer]:
    """Return the cells of a view, and the lines around areas of them."""
    told = settings["views"][view]
    measure = settings["measures"][told["measure"]]
    codes = columns[f"class_{view}"].astype(np.int64)
    drawn = codes < len(measure["palette"])
    hatches = measure.get("hatches") or [""] * (len(measure["palette"]) - 1)
    styles = [{**_PLAIN, "hatch": hatch} for hatch in [*hatches, "none"]]
    outlines = cell_outlines(_ids(settings, columns["place"])[drawn])
    layers = [Layer("cells", outlines, codes[drawn], measure["palette"], styles)]
    if told["outlines"]:
        lines = [shapely.linestrings(np.array(one["points"])[:, ::-1]) for one in told["outlines"]]
        dashed = np.array([bool(one["dashed"]) for one in told["outlines"]])
        style = {**_PLAIN, "width": 2.0}
        styles = [style, {**style, "dash": True}]
        layers.append(Layer("lines", np.array(lines), 1 * dashed, ["#1f2430"] * 2, styles))
    return layers


def _ids(settings: dict[str, Any], place: Ints) -> NDArray[np.uint64]:
    """Return cells from what is left of an id without mode, resolution and unused digits."""
    ids = np.empty(len(place), dtype=np.uint64)
    start = 0
    for level, number in settings["resolutions"]:
        unused = 3 * (15 - level)
        head = np.uint64((1 << 59) | (level << 52) | ((1 << unused) - 1))
        some = place[start : start + number].astype(np.uint64)
        ids[start : start + number] = (some << np.uint64(unused)) | head
        start += number
    return ids


def _cells_section(
    part: Part, columns: dict[str, Any], view: int, words: dict[str, str]
) -> dict[str, Any]:
    """Return the legend of the cells of a view."""
    measure = part.settings["measures"][part.settings["views"][view]["measure"]]
    codes = columns[f"class_{view}"]
    counts = np.bincount(codes, minlength=len(measure["palette"]) + 1)[:-1].tolist()
    classes = Classes(
        codes,
        measure["classes"][:-1],
        measure["palette"][:-1],
        measure["all_listed"],
        measure.get("hatches"),
        measure.get("groups"),
    )
    streets = bool(part.settings["streets"])
    return cells_legend(classes, counts, measure["legend"], measure["help"], words, streets=streets)


def _shapes(settings: dict[str, Any], columns: dict[str, Any], view: int | None) -> Layer:
    """Return areas, lines, tracks or points; those of one view where there are several."""
    kind = settings["shape"]
    shapes = _geometries(kind, columns)
    if view is None:
        codes, look = columns["class"].astype(np.int64), settings
        drawn = np.ones(len(codes), dtype=bool)
    else:
        codes = columns[f"class_{view}"].astype(np.int64)
        look = settings["measures"][settings["views"][view]["measure"]]
        absent = len(look["palette"]) - 1
        # An area without a row is one without an answer; any other shape is not there.
        drawn = (
            np.ones(len(codes), dtype=bool)
            if settings["rest"] and kind == "areas"
            else codes < absent
        )
    numbers = None
    if "number" in columns:
        texts = [*settings["numbers"], ""]
        numbers = [texts[code] for code in columns["number"][drawn]]
    radius = None
    if "radius" in columns:
        radius = np.where(columns["radius"] < 0, np.nan, columns["radius"] / 10)[drawn]
    return Layer(
        kind,
        shapes[drawn],
        codes[drawn],
        look["palette"],
        look["styles"],
        float(settings["alpha"]),
        numbers,
        radius,
    )


def _geometries(kind: str, columns: dict[str, Any]) -> Any:
    """Return the geometry of every shape from its paths."""
    paths = _paths(columns["sizes"], columns["x"] / 10**6, columns["y"] / 10**6, kind)
    of = np.repeat(np.arange(len(columns["paths"])), columns["paths"])
    whole = np.full(len(columns["paths"]), shapely.GeometryCollection(), dtype=object)
    if len(paths):
        whole = shapely.geometrycollections(paths, indices=of, out=whole)
    if kind != "areas":
        return whole
    # Rings do not say which of them is a hole: a point is inside an odd number of them.
    return shapely.build_area(whole)


def _paths(sizes: Ints, x: Any, y: Any, kind: str) -> Any:
    """Return paths as rings, lines or points."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    vertices = np.column_stack([x, y])
    if kind == "points":
        return shapely.multipoints(shapely.points(vertices), indices=of)
    if kind == "areas":
        # Rings travel without their closing vertex.
        return shapely.linearrings(vertices, indices=of)
    return shapely.linestrings(vertices, indices=of)


def _points(settings: dict[str, Any], columns: dict[str, Any]) -> Layer:
    """Return the incidents of a map of incidents."""
    unit = settings["unit"]
    shapes = shapely.points(columns["x"] / unit, columns["y"] / unit)
    styles = [{**_PLAIN, "width": 0.3}] * len(settings["palette"])
    return Layer("points", shapes, columns["color"].astype(np.int64), settings["palette"], styles)


def _streets(columns: dict[str, Any]) -> Layer:
    """Return the outlines of streets."""
    sizes = columns["street_ring_sizes"]
    x, y = columns["street_x"] / 10**6, columns["street_y"] / 10**6
    rings = _paths(sizes, x, y, "areas") if len(sizes) else np.empty(0, dtype=object)
    return Layer("outlines", rings, np.zeros(len(rings), np.int64), ["#1f2430"], [_PLAIN])


def _labels(texts: list[str], columns: dict[str, Any]) -> Labels:
    """Return the texts to write and where."""
    if not texts:
        return Labels([], np.empty(0, dtype=object))
    return Labels(texts, shapely.points(columns["label_x"] / 10**6, columns["label_y"] / 10**6))
