"""Who answers for the land: where nobody does, where several do, and what is cut off.

All outlines of a layer together cut the land into faces; each face has a set of
jurisdictions that it lies in. Faces with several are overlaps: they are disjoint, so land
that three jurisdictions claim is one part with three names and not three pairs. Faces
with none are gaps, if they are enclosed or in the study area. What a table cannot
say is where a city should end: an unowned field at its rim is no gap unless
`study_area` says that it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.checks import conform
from gridgov.coverage.responsibility.layers import check_meters, read_layers, read_study
from gridgov.coverage.responsibility.responsibility_parts import (
    KINDS,
    parts_of_layer,
    parts_of_none,
    table_of,
)
from gridgov.place.areas import check_points

__all__ = ["check_responsibility"]


def check_responsibility(
    jurisdictions: Any,
    located: Any = None,
    *,
    study_area: Any = None,
    min_area_m2: float = 1.0,
    sliver_width_m: float = 3.0,
    line_width_m: float = 15.0,
) -> gpd.GeoDataFrame:
    """List the land without an owner, with several, or cut off, and its incidents.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326), or
        with ``line_id`` and ``geometry`` (lines, EPSG:4326); or a mapping of names to such
        tables: streets, communities, plots, courtyards, river and road chiefs.
    located
        GeoDataFrame of incidents with ``geometry`` (Points in EPSG:4326, missing
        allowed), such as :func:`gridgov.locate` returns; None to count no incidents.
    study_area
        The land that should have an owner: Polygon or MultiPolygon in EPSG:4326, or a
        GeoDataFrame or GeoSeries of such. With it a gap is all land of it outside every
        jurisdiction. Without it a gap is land that jurisdictions enclose, or a slit
        between two of them that opens to the outside and is narrower than 10 m; lines
        then have no gaps.
    min_area_m2
        Smallest part that is listed, m².
    sliver_width_m
        A part into which no circle of this diameter fits is a sliver, meters.
    line_width_m
        The width of a line on each side, with round ends, meters.

    Returns
    -------
    GeoDataFrame, one row a part; gaps first, the largest first within a kind
        - ``layer``: name of the layer, in the order given; missing for a single table. A
          mapping of several has gaps with a missing layer at the end: land that no layer
          has an owner for
        - ``kind``: ``gap``; ``overlap``; ``enclave``, a part of a jurisdiction that is not
          connected with its largest part, or at single points only; ``outside``, a
          jurisdiction or line that touches nothing of the study area or, for lines
          without one, of any layer of areas
        - ``part``: 1, 2, ... within layer and kind
        - ``street_ids``: the jurisdictions that overlap there, or that border the gap, in
          table order, joined by ``" + "``; of an enclave its own first, then those that
          border it; missing when nothing borders the gap
        - ``width_m``: diameter of the largest circle that fits into the part, to one percent
        - ``sliver``: whether `width_m` is less than `sliver_width_m`
        - ``area_m2``: m² on the ellipsoid
        - ``incidents``: incidents in the part, its edges included; missing without
          `located`
        - ``geometry``: Polygon, EPSG:4326; MultiPolygon where a whole jurisdiction is outside

        ``attrs["left_out"]`` holds for each kind how many smaller parts are not listed and
        their area: ``{"gap": {"parts": 0, "area_m2": 0.0}, "overlap": ...}``, all layers
        together.

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If a layer has no rows.
    GeometryError
        If an incident is no Point, or an outline or the study area is no valid polygon.
    OptionError
        If a number is negative or no number, or a mapping is empty.

    Notes
    -----
    Gaps and overlaps of one layer share no land, so their areas add up to the land
    concerned, slivers included. Enclaves can lie in overlaps and are no loss of land. Faces
    below a square centimeter are the rounding of coordinates and are not counted at all.
    An incident on the edge of two parts is counted in both. Incidents in an overlap have
    ``match`` ``overlap`` (or ``border`` on an edge); in a gap they are ``outside``. An
    incident near several lines lies in their overlap here, though the nearest owns it.

    Examples
    --------
    Two streets that share a strip, and a third one apart by a slit:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.21, 39.90, 116.23, 39.92),
    ...             box(116.2301, 39.90, 116.24, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": list("ABC")}, geometry=outlines, crs="EPSG:4326")
    >>> incidents = gpd.GeoDataFrame(geometry=[Point(116.215, 39.91)] * 2, crs="EPSG:4326")
    >>> parts = check_responsibility(streets, incidents, sliver_width_m=10)
    >>> parts[["kind", "part", "street_ids", "width_m", "sliver", "incidents"]].round(0)
          kind  part street_ids  width_m  sliver  incidents
    0      gap     1      B + C      9.0    True          0
    1  overlap     1      A + B    855.0   False          2
    """
    least = check_meters(min_area_m2, option="min_area_m2", unit="square meters")
    sliver = check_meters(sliver_width_m, option="sliver_width_m")
    layers = read_layers(jurisdictions, line_width_m=line_width_m)
    points = None
    if located is not None:
        longitude, latitude = check_points(located)
        points = shapely.points(longitude, latitude)[np.isfinite(longitude)]
    study = read_study(study_area)
    areas = [layer.polygons for layer in layers if layer.lines is None]
    land = np.concatenate(areas) if areas else None

    found = [(layer.name, parts_of_layer(layer, study, land)) for layer in layers]
    if isinstance(jurisdictions, Mapping) and len(layers) > 1:
        found.append((None, [parts_of_none(layers, study)]))
    left_out = {kind: {"parts": 0, "area_m2": 0.0} for kind in KINDS}
    tables = []
    for name, kinds in found:
        for parts in kinds:
            table, less = table_of(
                parts, layer=name, points=points, min_area_m2=least, sliver_width_m=sliver
            )
            tables.append(table)
            left_out[parts.kind]["parts"] += less["parts"]
            left_out[parts.kind]["area_m2"] += less["area_m2"]
    filled = [table for table in tables if len(table)] or tables[:1]
    checked: gpd.GeoDataFrame = conform(pd.concat(filled, ignore_index=True), "responsibility")
    checked.attrs["left_out"] = left_out
    return checked
