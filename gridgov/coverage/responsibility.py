"""Who answers for the land: where nobody does (gaps) and where several do (overlaps).

All outlines together cut the land into faces; each face has a set of jurisdictions
that it lies in. Faces with several are overlaps: they are disjoint, so land that
three jurisdictions claim is one part with three names and not three pairs. Faces
with none are gaps, if they are enclosed or in the study area. What a table cannot
say is where a city should end: an unowned field at its rim is no gap unless
`study_area` says that it belongs.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.errors import DatumError, GeometryError, OptionError
from gridgov.geo.partition import find_gaps
from gridgov.geo.projection import areas_m2, middle, to_plane
from gridgov.place.areas import check_areas, check_points, check_polygons

__all__ = ["check_responsibility"]

Shapes = NDArray[np.object_]

# Degrees, 28 m: a line that is straight in degrees bends in the plane by a hundredth of a
# millimeter at most between two such points.
_STEP = 0.00025

# A slit that opens to the outside is a gap when it is narrower than this; the reader of
# jurisdictions notices the same ones.
_SLIT_WIDTH_M = 10.0

# A square centimeter: smaller faces come from the rounding of coordinates.
_ROUNDING_M2 = 1e-4

# About a centimeter: closer than this, a jurisdiction borders a gap.
_TOUCH_DEGREES = 1e-7

_KINDS = ("gap", "overlap")


def check_responsibility(
    jurisdictions: Any,
    located: Any = None,
    *,
    study_area: Any = None,
    min_area_m2: float = 1.0,
) -> gpd.GeoDataFrame:
    """List the land without an owner and the land with several, and its incidents.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326).
    located
        GeoDataFrame of incidents with ``geometry`` (Points in EPSG:4326, missing
        allowed), such as :func:`gridgov.locate` returns; None to count no incidents.
    study_area
        The land that should have an owner: Polygon or MultiPolygon in EPSG:4326, or a
        GeoDataFrame or GeoSeries of such. With it a gap is all land of it outside every
        jurisdiction. Without it a gap is land that jurisdictions enclose, or a slit
        between two of them that opens to the outside and is narrower than 10 m.
    min_area_m2
        Smallest part that is listed, m².

    Returns
    -------
    GeoDataFrame, one row a part; gaps first, the largest first within a kind
        - ``kind``: ``gap`` or ``overlap``
        - ``part``: 1, 2, ... within the kind
        - ``street_ids``: the jurisdictions that overlap there, or that border the gap, in
          table order, joined by ``" + "``; missing when nothing borders the gap
        - ``area_m2``: m² on the ellipsoid
        - ``incidents``: incidents in the part, its edges included; missing without
          `located`
        - ``geometry``: Polygon, EPSG:4326

        ``attrs["left_out"]`` holds for each kind how many smaller parts are not listed and
        their area: ``{"gap": {"parts": 0, "area_m2": 0.0}, "overlap": ...}``.

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no jurisdictions.
    GeometryError
        If an incident is no Point, or an outline or the study area is no valid polygon.
    OptionError
        If `min_area_m2` is negative or no number.

    Notes
    -----
    Parts of one kind share no land, so their areas add up to the land concerned. Faces
    below a square centimeter are the rounding of coordinates and are not counted at all.
    An incident on the edge of two parts is counted in both. Incidents in an overlap have
    ``match`` ``overlap`` (or ``border`` on an edge); in a gap they are ``outside``.

    Examples
    --------
    Two streets that share a strip, and a third one apart by a slit:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.21, 39.90, 116.23, 39.92),
    ...             box(116.2301, 39.90, 116.24, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": list("ABC")}, geometry=outlines, crs="EPSG:4326")
    >>> incidents = gpd.GeoDataFrame(geometry=[Point(116.215, 39.91)] * 2, crs="EPSG:4326")
    >>> parts = check_responsibility(streets, incidents)
    >>> parts[["kind", "part", "street_ids", "incidents"]]
          kind  part street_ids  incidents
    0      gap     1      B + C          0
    1  overlap     1      A + B          2
    """
    if not isinstance(min_area_m2, int | float) or not min_area_m2 >= 0:
        raise OptionError(
            f"min_area_m2 must be a number of square meters from 0 up. Found: {min_area_m2!r}."
        )
    street_ids, polygons = check_areas(jurisdictions)
    points = None
    if located is not None:
        longitude, latitude = check_points(located)
        points = shapely.points(longitude, latitude)[np.isfinite(longitude)]
    study = None if study_area is None else _read_study_area(study_area)
    center = middle(polygons)

    gaps, overlaps, owners_of = _arrange(polygons, study)
    if study is None:
        gaps = np.concatenate([gaps, _slits(polygons, gaps, center)])
    borders = _bordering(polygons, gaps)
    left_out: dict[str, dict[str, float]] = {}
    tables = []
    for kind, shapes, streets in (("gap", gaps, borders), ("overlap", overlaps, owners_of)):
        area = np.asarray(areas_m2(shapely.segmentize(shapes, _STEP), center=center), dtype=float)
        small = (area < min_area_m2) & (area >= _ROUNDING_M2)
        left_out[kind] = {"parts": int(small.sum()), "area_m2": float(area[small].sum())}
        order = np.argsort(-area, kind="stable")
        order = order[area[order] >= max(min_area_m2, _ROUNDING_M2)]
        tables.append(
            gpd.GeoDataFrame(
                {
                    "kind": np.full(len(order), kind, dtype=object),
                    "part": np.arange(1, len(order) + 1),
                    "street_ids": [_joined(street_ids, streets[at]) for at in order.tolist()],
                    "area_m2": area[order],
                    "incidents": _count(shapes[order], points),
                },
                geometry=shapes[order],
                crs="EPSG:4326",
            )
        )
    filled = [table for table in tables if len(table)] or tables[:1]
    found: gpd.GeoDataFrame = conform(pd.concat(filled, ignore_index=True), "responsibility")
    found.attrs["left_out"] = left_out
    return found


def _arrange(polygons: Shapes, study: Any) -> tuple[Shapes, Shapes, list[tuple[int, ...]]]:
    """Return gaps, overlaps, and the positions of the polygons in each overlap.

    Faces with the same owners that lie side by side are one part.
    """
    outlines = polygons if study is None else np.append(polygons, study)
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(outlines)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.point_on_surface(faces)
    owner, face = shapely.STRtree(inside).query(polygons, predicate="contains")
    number = np.bincount(face, minlength=len(faces))
    free = faces[number == 0]
    if study is not None:
        shapely.prepare(study)
        free = free[shapely.contains(study, inside[number == 0])]
    gaps = shapely.get_parts(shapely.union_all(free)) if len(free) else free

    several = number[face] > 1
    order = np.lexsort((owner[several], face[several]))
    owner, face = owner[several][order], face[several][order]
    faces_of: dict[tuple[int, ...], list[int]] = {}
    starts = np.flatnonzero(np.append(True, face[1:] != face[:-1])[: len(face)])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(face)], strict=False):
        faces_of.setdefault(tuple(owner[start:end].tolist()), []).append(int(face[start]))
    overlaps: list[Any] = []
    owners_of: list[tuple[int, ...]] = []
    for owners, members in faces_of.items():
        parts = shapely.get_parts(shapely.union_all(faces[members]))
        overlaps.extend(parts)
        owners_of.extend([owners] * len(parts))
    return gaps, np.array(overlaps, dtype=object), owners_of


def _slits(polygons: Shapes, enclosed: Shapes, center: tuple[float, float]) -> Shapes:
    """Return the narrow slits between polygons that open to the outside."""
    # With the enclosed land filled, slits are all that is left to find.
    areas = shapely.segmentize(np.concatenate([polygons, enclosed]), _STEP)
    planar, to_degrees = to_plane(areas, center=center)
    broken = ~shapely.is_valid(planar)
    planar[broken] = shapely.make_valid(planar[broken], method="structure", keep_collapsed=False)
    slits, _ = find_gaps(planar, min_area_m2=_ROUNDING_M2, sliver_width_m=_SLIT_WIDTH_M)

    def back(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_degrees.transform(at[:, 0], at[:, 1]))

    return np.asarray(shapely.transform(slits, back), dtype=object)


def _bordering(polygons: Shapes, gaps: Shapes) -> list[tuple[int, ...]]:
    """Return the positions of the polygons that border each gap, in table order."""
    gap, polygon = shapely.STRtree(polygons).query(
        gaps, predicate="dwithin", distance=_TOUCH_DEGREES
    )
    return [tuple(np.sort(polygon[gap == at]).tolist()) for at in range(len(gaps))]


def _joined(street_ids: Shapes, streets: tuple[int, ...]) -> str | None:
    """Return the ids of streets as one text, None for no street."""
    return " + ".join(street_ids[list(streets)]) if streets else None


def _count(shapes: Shapes, points: Shapes | None) -> Any:
    """Return how many points each shape covers, edges included."""
    if points is None:
        return pd.array([pd.NA] * len(shapes), dtype="Int64")
    _, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    return pd.array(np.bincount(shape, minlength=len(shapes)), dtype="Int64")


def _read_study_area(study_area: Any) -> Any:
    """Return a study area as one valid Polygon or MultiPolygon."""
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
