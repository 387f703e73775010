"""How much of the land and of the incidents has no owner, exactly one, or several.

The model: every layer of responsibility gives each place a number of owners. Land is
counted over the faces that all outlines cut it into, incidents by their own points, so
both add up to the whole. Several owners are not worse than none: the number says where
to look, not who is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform
from gridgov.coverage.responsibility.faces import arrange, land_m2
from gridgov.coverage.responsibility.layers import (
    Layer,
    district_of,
    owner_numbers,
    read_layers,
    read_study,
)
from gridgov.errors import OptionError
from gridgov.geo.projection import middle
from gridgov.place.area_index import owners
from gridgov.place.areas import check_areas, check_points

__all__ = ["measure_responsibility"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Shapes = NDArray[np.object_]

_NUMBERS = ("unowned", "one_owner", "several_owners")
_FATES = (*_NUMBERS, "outside", "no_point")
_OUTSIDE, _NO_POINT = 3, 4


class _Rows(NamedTuple):
    """What the rows of one layer stand for, and where land and incidents belong."""

    scope: str
    street_ids: list[str | None]
    departments: list[str | None]
    of_face: Places | None
    of_incident: Places | None


def measure_responsibility(
    layers: Any,
    located: Any = None,
    *,
    streets: Any = None,
    study_area: Any = None,
    by: Literal["street_id", "department"] | None = None,
    line_width_m: float = 15.0,
) -> pd.DataFrame:
    """Measure how much land and how many incidents have no owner, one, or several.

    Parameters
    ----------
    layers
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326), or
        with ``line_id`` and ``geometry`` (lines, EPSG:4326); or a mapping of names to such
        tables: streets, communities, plots, courtyards, river and road chiefs.
    located
        GeoDataFrame of incidents with ``geometry`` (Points in EPSG:4326, missing allowed);
        by department also with ``department``. None to count no incidents.
    streets
        The jurisdictions that `by="street_id"` names rows by; the first layer of areas
        when None. Where they overlap, land and incidents go to the first in table order.
    study_area
        The land that should have an owner: Polygon or MultiPolygon in EPSG:4326, or a
        GeoDataFrame or GeoSeries of such. None takes the land of all layers of areas, what
        they enclose, and slits between them that are narrower than 10 m.
    by
        None for the whole, ``"street_id"`` or ``"department"`` (of the incidents).
    line_width_m
        The width of a line on each side, with round ends, meters.

    Returns
    -------
    DataFrame, one row a layer and street or department
        Layers in the order given; a mapping of several has rows with a missing layer at
        the end: owners in all layers together. Streets in table order and then a row with
        a missing ``street_id`` for what is in none; departments by name and then, if there
        are such incidents, a row with a missing ``department``.

        - ``layer``: missing for a single table, and for all layers together
        - ``scope``: ``whole``, ``street`` or ``department``
        - ``street_id``, ``department``: what the row stands for
        - ``area_m2``: land of the study area, m² on the ellipsoid; like all areas missing
          by department
        - ``unowned_area_m2``, ``one_owner_area_m2``, ``several_owners_area_m2``: parts of
          it, which add up to it
        - ``one_owner_area_share``: ``one_owner_area_m2 / area_m2``
        - ``incidents``: all of them; like all numbers of incidents missing without
          `located`
        - ``unowned_incidents``, ``one_owner_incidents``, ``several_owners_incidents``,
          ``outside_incidents`` (outside the study area), ``no_point_incidents``: parts of
          them, which add up to them
        - ``one_owner_incident_share``: ``one_owner_incidents`` of those with no owner, one
          or several; missing when there are none

        ``attrs["touching_nothing"]`` lists for each layer the ids of jurisdictions and
        lines that have no land in the study area.

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
        If an option has no such value, or `streets` or `study_area` is needed.

    Notes
    -----
    An incident on an edge that areas share has one owner, the first in table order. Of
    lines the nearest owns an incident, so a layer of lines gives it one owner or none;
    land within the width of several lines has several, as where two chiefs meet. All layers
    together have several owners wherever two layers have one each: put layers together
    that divide the work, not layers of which one lies within the other.

    Examples
    --------
    Two streets that share a quarter of their land, with an incident in it and one beside:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.215, 39.90, 116.235, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["A", "B"]}, geometry=outlines, crs="EPSG:4326")
    >>> places = [Point(116.217, 39.91), Point(116.205, 39.91)]
    >>> incidents = gpd.GeoDataFrame(geometry=places, crs="EPSG:4326")
    >>> shares = measure_responsibility(streets, incidents, by="street_id")
    >>> shares[["street_id", "one_owner_area_share", "several_owners_incidents"]].round(2)
      street_id  one_owner_area_share  several_owners_incidents
    0         A                  0.75                         1
    1         B                  1.00                         0
    2       NaN                   NaN                         0
    """
    check_choice(by, option="by", choices=(None, "street_id", "department"))
    read = read_layers(layers, line_width_m=line_width_m)
    study = read_study(study_area)
    district = district_of(read, study)
    named = _streets(streets, read) if by == "street_id" else None
    together = isinstance(layers, Mapping) and len(read) > 1

    outlines = [*(layer.polygons for layer in read), np.array([district], dtype=object)]
    if named is not None:
        outlines.append(named[1])
    ends = np.cumsum([len(some) for some in outlines])
    at = [np.arange(end - len(some), end) for some, end in zip(outlines, ends, strict=True)]
    faces = arrange(np.concatenate(outlines))
    inside = faces.number_of(at[len(read)]) > 0
    area = np.where(inside, land_m2(faces.shapes, center=middle([district])), 0.0)
    number = np.array([np.minimum(faces.number_of(at[place]), 2) for place in range(len(read))])

    longitude = latitude = fates = None
    if located is not None:
        needed = ["geometry", "department"] if by == "department" else ["geometry"]
        check_table(located, "located", columns=needed, allow_empty=True)
        longitude, latitude = check_points(located)
        fates = _fates(read, district, longitude, latitude, by_study=study is not None)
    rows = _rows(
        by,
        located,
        named,
        faces.first_of(at[-1]) if named is not None else None,
        longitude,
        latitude,
    )

    tables = [
        _table(read[place].name, rows, number[place], area, None if fates is None else fates[place])
        for place in range(len(read))
    ]
    if together:
        both = None if fates is None else _together(fates)
        tables.append(_table(None, rows, np.minimum(number.sum(axis=0), 2), area, both))
    result = conform(pd.concat(tables, ignore_index=True), "responsibility_shares")
    result.attrs["touching_nothing"] = {
        layer.name or "": layer.ids[~shapely.intersects(layer.polygons, district)].tolist()
        for layer in read
    }
    return result


def _streets(streets: Any, layers: list[Layer]) -> tuple[Shapes, Shapes]:
    """Return the ids and outlines of the streets that rows are named by."""
    if streets is not None:
        return check_areas(streets)
    areas = [layer for layer in layers if layer.lines is None]
    if not areas:
        raise OptionError(
            'by="street_id" must have streets to count by. Found: no layer of areas. '
            "Pass streets=, the table of jurisdictions."
        )
    return areas[0].ids, areas[0].polygons


def _fates(
    layers: list[Layer], district: Any, longitude: Floats, latitude: Floats, *, by_study: bool
) -> list[NDArray[np.int8]]:
    """Return for every layer what becomes of each incident, as places in the list of fates."""
    whole = np.array([district], dtype=object)
    inside = owners(whole, longitude, latitude).owner >= 0
    numbers = [owner_numbers(layer, longitude, latitude) for layer in layers]
    if not by_study:
        # Joining outlines moves corners by a hair: who lies in an outline lies in the whole.
        for layer, number in zip(layers, numbers, strict=True):
            if layer.lines is None:
                inside |= number > 0
    no_point = np.isnan(longitude)
    fates = []
    for number in numbers:
        fate = np.where(inside, number, _OUTSIDE).astype(np.int8)
        fate[no_point] = _NO_POINT
        fates.append(fate)
    return fates


def _together(fates: list[NDArray[np.int8]]) -> NDArray[np.int8]:
    """Return what becomes of each incident in all layers together."""
    total = np.minimum(np.sum(fates, axis=0), 2)
    return np.where(fates[0] >= _OUTSIDE, fates[0], total).astype(np.int8)


def _rows(
    by: str | None,
    located: Any,
    named: tuple[Shapes, Shapes] | None,
    of_face: Places | None,
    longitude: Floats | None,
    latitude: Floats | None,
) -> _Rows:
    """Return the rows of a layer, and the row of every face and incident."""
    if named is not None:
        ids, polygons = named
        of_incident = None
        if longitude is not None and latitude is not None:
            owner = owners(polygons, longitude, latitude).owner.astype(np.intp)
            of_incident = np.where(owner < 0, len(ids), owner)
        face = None if of_face is None else np.where(of_face < 0, len(ids), of_face)
        names: list[str | None] = [*ids.tolist(), None]
        return _Rows("street", names, [None] * len(names), face, of_incident)
    if by == "department":
        if located is None:
            raise OptionError(
                'by="department" counts incidents, and needs some. Found: located=None. '
                "Pass the incidents, with their column department."
            )
        code, texts = pd.factorize(located["department"].astype("str"), sort=True)
        listed: list[str | None] = [str(text) for text in texts]
        if (code < 0).any():
            code = np.where(code < 0, len(listed), code)
            listed.append(None)
        return _Rows("department", [None] * len(listed), listed, None, code.astype(np.intp))
    return _Rows("whole", [None], [None], None, None)


def _table(
    name: str | None,
    rows: _Rows,
    number: Places,
    area: Floats,
    fate: NDArray[np.int8] | None,
) -> pd.DataFrame:
    """Return the rows of one layer."""
    n = len(rows.street_ids)
    columns: dict[str, Any] = {
        "layer": np.full(n, name, dtype=object),
        "scope": np.full(n, rows.scope, dtype=object),
        "street_id": np.array(rows.street_ids, dtype=object),
        "department": np.array(rows.departments, dtype=object),
    }
    if rows.scope != "department":
        row = np.zeros(len(area), dtype=np.intp) if rows.of_face is None else rows.of_face
        parts = np.bincount(row * 3 + number, weights=area, minlength=n * 3).reshape(n, 3)
        total = parts.sum(axis=1)
        columns["area_m2"] = total
        columns |= {f"{kind}_area_m2": parts[:, at] for at, kind in enumerate(_NUMBERS)}
        columns["one_owner_area_share"] = _ratio(parts[:, 1], total)
    if fate is not None:
        row = np.zeros(len(fate), dtype=np.intp) if rows.of_incident is None else rows.of_incident
        k = len(_FATES)
        counts = np.bincount(row * k + fate, minlength=n * k).reshape(n, k)
        columns["incidents"] = pd.array(counts.sum(axis=1), dtype="Int64")
        columns |= {
            f"{kind}_incidents": pd.array(counts[:, at], dtype="Int64")
            for at, kind in enumerate(_FATES)
        }
        columns["one_owner_incident_share"] = _ratio(counts[:, 1], counts[:, :3].sum(axis=1))
    return conform(pd.DataFrame(columns), "responsibility_shares")


def _ratio(part: Any, whole: Any) -> Floats:
    """Return parts of wholes, NaN where the whole is 0."""
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
