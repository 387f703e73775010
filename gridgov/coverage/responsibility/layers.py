"""Layers of responsibility: streets, communities, plots, courtyards, river and road chiefs.

A layer is a table of areas (``street_id``) or of lines (``line_id``); of a line, the
land within a stated width on each side is what it answers for. Layers need not fill
the city and may lie on top of each other: each is looked at by itself, and all together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.coverage.responsibility.faces import enclosed_and_slits
from gridgov.errors import DatumError, GeometryError, InputError, OptionError
from gridgov.geo.projection import middle
from gridgov.place.area_index import owners
from gridgov.place.areas import check_areas, check_polygons
from gridgov.place.lines import check_lines, check_width, find_nearest, line_strips
from gridgov.place.owners import MATCHES

__all__ = ["Layer", "check_meters", "district_of", "owner_numbers", "read_layers", "read_study"]

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

_ONE, _EDGE, _SEVERAL = (MATCHES.index(match) for match in ("inside", "border", "overlap"))


class Layer(NamedTuple):
    """One layer of areas or lines.

    Attributes
    ----------
    name
        What the caller calls it; None for the only layer.
    ids
        Ids of its jurisdictions or lines, in table order.
    polygons
        Their outlines, EPSG:4326; of a line the strip on both sides.
    lines
        The lines themselves; None for areas.
    width_m
        How far the strips reach on each side.
    """

    name: str | None
    ids: NDArray[np.object_]
    polygons: Shapes
    lines: Shapes | None
    width_m: float


def read_layers(layers: Any, *, line_width_m: Any) -> list[Layer]:
    """Return the layers of a table, or of a mapping of names to tables.

    Raises
    ------
    ColumnsError, DatumError, EmptyTableError, GeometryError
        If a table cannot be used; the layer is named.
    OptionError
        If there is no layer, a name is no text, or `line_width_m` is not above 0.
    """
    width_m = check_width(
        line_width_m, option="line_width_m", meaning="the width of a line on each side"
    )
    if not isinstance(layers, Mapping):
        return [_read_layer(None, layers, width_m)]
    wrong = [name for name in layers if not isinstance(name, str) or not name.strip()]
    if not layers or wrong:
        found = repr(wrong[0]) if wrong else "none"
        raise OptionError(
            "Layers must have names: a mapping of texts to tables, with one layer at least. "
            f'Found: {found}. Pass {{"streets": streets, "river chiefs": rivers}}.'
        )
    read = []
    for name, table in layers.items():
        try:
            read.append(_read_layer(name, table, width_m))
        except InputError as error:
            problems = error.problems.to_dict("records")
            raise type(error)(f"In the layer {name!r}: {error}", problems=problems) from error
    return read


def _read_layer(name: str | None, table: Any, width_m: float) -> Layer:
    """Return one layer."""
    if isinstance(table, pd.DataFrame) and "line_id" in table.columns:
        ids, lines = check_lines(table)
        strips = line_strips(lines, width_m, center=middle(lines))
        return Layer(name, ids, strips, lines, width_m)
    ids, polygons = check_areas(table)
    return Layer(name, ids, polygons, None, width_m)


def owner_numbers(layer: Layer, longitude: Floats, latitude: Floats) -> NDArray[np.int8]:
    """Return how many of a layer own each point: 0, 1, or 2 for several.

    On a shared edge the first in table order owns it, and of lines the nearest.
    """
    if layer.lines is not None:
        line, _ = find_nearest(longitude, latitude, layer.lines, max_distance_m=layer.width_m)
        return (line >= 0).astype(np.int8)
    match = owners(layer.polygons, longitude, latitude).match
    number = np.isin(match, (_ONE, _EDGE)).astype(np.int8)
    number[match == _SEVERAL] = 2
    # On an edge of one jurisdiction a point can still lie inside several others.
    edge = np.flatnonzero(match == _EDGE)
    points = shapely.points(longitude[edge], latitude[edge])
    _, at = shapely.STRtree(points).query(layer.polygons, predicate="contains")
    inside = np.bincount(at, minlength=len(edge))
    number[edge[inside > 1]] = 2
    return number


def district_of(layers: list[Layer], study: Any) -> Any:
    """Return the land that should have owners, EPSG:4326.

    Without a study area that is the land of all areas together, what they enclose, and the
    narrow slits between them.

    Raises
    ------
    OptionError
        If there is no study area and no layer of areas.
    """
    if study is not None:
        return study
    areas = [layer.polygons for layer in layers if layer.lines is None]
    if not areas:
        raise OptionError(
            "study_area must be given when all layers are of lines: nothing else says which "
            "land should have an owner. Found: None. Pass the outline of the district."
        )
    polygons = np.concatenate(areas)
    gaps = enclosed_and_slits(polygons, center=middle(polygons))
    return shapely.union_all(np.concatenate([polygons, gaps]))


def read_study(study_area: Any) -> Any:
    """Return a study area as one valid Polygon or MultiPolygon, None for none.

    Raises
    ------
    DatumError
        If it is a table that is not in EPSG:4326.
    GeometryError
        If it is no valid polygon.
    """
    if study_area is None:
        return None
    if isinstance(study_area, gpd.GeoDataFrame | gpd.GeoSeries):
        crs = study_area.crs
        if crs is None or not crs.equals("EPSG:4326", ignore_axis_order=True):
            raise DatumError(
                "study_area must be in EPSG:4326 (longitude and latitude, WGS-84). Found: "
                f"{'no CRS' if crs is None else crs.to_string()}. "
                "Call study_area.to_crs('EPSG:4326') first."
            )
        shapes = np.asarray(study_area.geometry.array, dtype=object)
    else:
        shapes = np.array([study_area], dtype=object)
    if not len(shapes) or not all(isinstance(shape, shapely.Geometry) for shape in shapes):
        raise GeometryError(
            "study_area must be a Polygon or MultiPolygon in EPSG:4326, or a GeoDataFrame or "
            f"GeoSeries of such. Found: {type(study_area).__name__}. Pass one outline, or None."
        )
    check_polygons(shapes, names=[str(at) for at in range(len(shapes))], what="study_area")
    return shapely.union_all(shapes)


def check_meters(value: Any, *, option: str, unit: str = "meters") -> float:
    """Return a number of meters, or square meters, if it is one from 0 up.

    Raises
    ------
    OptionError
        If it is negative or no finite number.
    """
    number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not number or not 0 <= value < float("inf"):
        raise OptionError(f"{option} must be a number of {unit} from 0 up. Found: {value!r}.")
    return float(value)
