"""Where two offices draw the line: a street's boundary beside its neighbor's, or a new version.

Two neighbors should have one boundary. Drawn twice it seldom is one: it leaves gaps that
nobody sweeps and overlaps that two are fined for. The comparison says on what length the
two are one, how far they part at most, and what land lies between. It cannot say which
of the two is right.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.responsibility.faces import enclosed_and_slits, land_m2
from gridgov.geo.projection import middle, to_plane
from gridgov.place.areas import check_areas
from gridgov.place.lines import check_width

__all__ = ["compare_boundaries"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Shapes = NDArray[np.object_]

# Degrees, 28 m: between two such points an edge that is straight in degrees bends in the
# plane by a hundredth of a millimeter at most.
_STEP = 0.00025

# Distances are taken at every corner and at least every meter.
_SAMPLE_M = 1.0

# Where two boundaries cross or part, a crumb of each lies within the tolerance.
_CRUMBS = 4.0


def compare_boundaries(
    jurisdictions: Any,
    other: Any = None,
    *,
    max_distance_m: float = 10.0,
    tolerance_m: float = 0.1,
) -> gpd.GeoDataFrame:
    """Compare each street's boundary with its neighbors', or with another version of itself.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326).
    other
        Another version of the same streets, matched by ``street_id``. None compares
        neighbors within `jurisdictions`.
    max_distance_m
        Streets this near to each other are neighbors, and land without an owner is between
        them when it is this near to both, meters.
    tolerance_m
        Closer than this, two boundaries are one, meters.

    Returns
    -------
    GeoDataFrame, one row a pair of neighbors, or one a street of either version
        Neighbors in table order; versions in the order of `jurisdictions`, then what only
        `other` has.

        - ``street_id``: whose boundary it is
        - ``neighbor_id``: with whose it is compared; the same id for two versions
        - ``comparison``: ``neighbor``, ``version``, ``removed`` or ``added`` (only in one)
        - ``shared_m``: length on which both are one, meters
        - ``apart_m``: length on which they part, along the first: for neighbors where it
          borders a gap between them or lies inside the other
        - ``largest_m``: largest distance from where one parts to the other, in both
          directions; 0 where they part nowhere; missing for removed and added streets
        - ``gap_m2``: land between neighbors that no street owns, where it is narrower than
          `max_distance_m`; missing for versions
        - ``overlap_m2``: land of both neighbors; for versions the land kept
        - ``lost_m2``, ``gained_m2``: land of the first and of the other version only;
          missing for neighbors
        - ``geometry``: what was compared of the first one's boundary, MultiLineString,
          EPSG:4326; for neighbors shared and apart together, empty when they only meet in
          a point

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If a table has no rows.
    GeometryError
        If an outline is no valid polygon.
    OptionError
        If a distance is not a number above 0.

    Notes
    -----
    Lengths and distances are taken in a local plane, good to parts in a million within a
    city; distances at every corner and at least every meter. Stretches shorter than four
    tolerances, where boundaries cross or part, are not counted. A gap near three streets
    counts for each pair of them that is near it; :func:`gridgov.check_responsibility`
    lists every gap once.

    Examples
    --------
    Two streets of 1.1 km by 0.9 km whose common boundary was drawn 8.6 m apart:

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> outlines = [box(116.20, 39.90, 116.21, 39.91), box(116.2101, 39.90, 116.22, 39.91)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["A", "B"]}, geometry=outlines, crs="EPSG:4326")
    >>> lines = compare_boundaries(streets)
    >>> lines[["street_id", "neighbor_id", "shared_m", "apart_m", "largest_m", "gap_m2"]].round(1)
      street_id neighbor_id  shared_m  apart_m  largest_m  gap_m2
    0         A           B       0.0   1110.3        8.6  9494.6
    """
    far = check_width(max_distance_m, option="max_distance_m", meaning="how near neighbors are")
    near = check_width(tolerance_m, option="tolerance_m", meaning="when two boundaries are one")
    ids, polygons = check_areas(jurisdictions)
    if other is None:
        frame = _neighbors(ids, polygons, far, near)
    else:
        other_ids, other_polygons = check_areas(other)
        frame = _versions(ids, polygons, other_ids, other_polygons, near)
    table = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    compared: gpd.GeoDataFrame = conform(table, "boundaries")
    return compared


def _neighbors(ids: Shapes, polygons: Shapes, far: float, near: float) -> pd.DataFrame:
    """Return the comparison of every pair of neighbors."""
    center = middle(polygons)
    planar, back = _planar(polygons, center)
    one, two = shapely.STRtree(planar).query(planar, predicate="dwithin", distance=far)
    pairs = np.unique(np.column_stack([one, two])[one < two], axis=0)
    one, two = pairs[:, 0], pairs[:, 1]
    # Only what of both lies near the other: outlines of whole streets cost far more.
    bounds = shapely.bounds(planar).reshape(-1, 4)
    low = np.maximum(bounds[one, :2], bounds[two, :2]) - 2 * far
    high = np.minimum(bounds[one, 2:], bounds[two, 2:]) + 2 * far
    room = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    edges = [shapely.intersection(shapely.boundary(planar[some]), room) for some in (one, two)]

    # In degrees, where an edge with a corner more on one side is still the same edge.
    overlap = shapely.intersection(polygons[one], polygons[two])
    gaps = enclosed_and_slits(polygons, center=center, slit_width_m=far)
    gap = _gaps_between(_narrow(_planar(gaps, center)[0], far), planar, one, two, far, room)
    contested = shapely.union(_around(gap, near), _around(_planar(overlap, center)[0], near))
    shared, apart = _split(edges[0], edges[1], near)
    apart = _longer(shapely.intersection(apart, contested), near)
    _, opposite = _split(edges[1], edges[0], near)
    opposite = _longer(shapely.intersection(opposite, contested), near)
    largest = np.maximum(_largest(apart, edges[1]), _largest(opposite, edges[0]))
    return pd.DataFrame(
        {
            "street_id": ids[one],
            "neighbor_id": ids[two],
            "comparison": np.full(len(one), "neighbor", dtype=object),
            "shared_m": shapely.length(shared),
            "apart_m": shapely.length(apart),
            "largest_m": largest,
            "gap_m2": shapely.area(gap),
            "overlap_m2": land_m2(overlap, center=center),
            "geometry": _to_degrees(_lines(shapely.union(shared, apart)), back),
        }
    )


def _versions(
    ids: Shapes, polygons: Shapes, other_ids: Shapes, others: Shapes, near: float
) -> pd.DataFrame:
    """Return the comparison of every street with its other version."""
    center = middle(np.concatenate([polygons, others]))
    names = pd.Index(ids)
    names = names.append(pd.Index(other_ids).difference(names, sort=False))
    nothing = np.array([shapely.Polygon()], dtype=object)
    first = np.concatenate([polygons, nothing])[pd.Index(ids).get_indexer(names)]
    second = np.concatenate([others, nothing])[pd.Index(other_ids).get_indexer(names)]
    planar, back = _planar(np.concatenate([first, second]), center)
    edge, other_edge = shapely.boundary(planar).reshape(2, -1)
    both = ~shapely.is_empty(first) & ~shapely.is_empty(second)
    shared, apart = _split(edge, other_edge, near)
    _, opposite = _split(other_edge, edge, near)
    largest = np.maximum(_largest(apart, other_edge), _largest(opposite, edge))
    comparison = np.where(
        both, "version", np.where(shapely.is_empty(second), "removed", "added")
    ).astype(object)
    return pd.DataFrame(
        {
            "street_id": names.to_numpy(dtype=object),
            "neighbor_id": names.to_numpy(dtype=object),
            "comparison": comparison,
            "shared_m": shapely.length(shared),
            "apart_m": shapely.length(apart),
            "largest_m": np.where(both, largest, np.nan),
            "overlap_m2": land_m2(shapely.intersection(first, second), center=center),
            "lost_m2": land_m2(shapely.difference(first, second), center=center),
            "gained_m2": land_m2(shapely.difference(second, first), center=center),
            "geometry": _to_degrees(
                _lines(np.where(shapely.is_empty(first), other_edge, edge)), back
            ),
        }
    )


def _narrow(gaps: Shapes, far: float) -> Shapes:
    """Return where gaps are narrower than a distance: a lake's corner is no slit."""
    wide = shapely.buffer(gaps, -far / 2)
    narrow = shapely.difference(gaps, shapely.buffer(wide, far / 2, join_style="mitre"))
    parts = shapely.get_parts(narrow)
    return np.asarray(parts[shapely.get_type_id(parts) == 3], dtype=object)


def _around(land: Shapes, near: float) -> Shapes:
    """Return land with its edges, without threads thinner than half the tolerance."""
    # Rounding draws threads along edges, which would take stretches of these along.
    return np.asarray(shapely.buffer(shapely.buffer(land, -near / 4), near * 0.35), dtype=object)


def _gaps_between(
    gaps: Shapes, planar: Shapes, one: Places, two: Places, far: float, room: Shapes
) -> Shapes:
    """Return the land of gaps that is near to both streets of each pair."""
    land = np.full(len(one), shapely.Polygon(), dtype=object)
    # A hair more than the distance: a slit of just that width counts whole.
    reach = far * 1.001
    pair, gap = shapely.STRtree(gaps).query(room, predicate="intersects")
    if not len(pair):
        return land
    near_both = [
        shapely.buffer(shapely.intersection(planar[some[pair]], room[pair]), reach)
        for some in (one, two)
    ]
    common = shapely.intersection(shapely.intersection(gaps[gap], near_both[0]), near_both[1])
    order = np.argsort(pair, kind="stable")
    at, start = np.unique(pair[order], return_index=True)
    ends = [*start[1:].tolist(), len(order)]
    land[at] = [
        shapely.union_all(common[order[low:high]])
        for low, high in zip(start.tolist(), ends, strict=True)
    ]
    return land


def _split(edge: Shapes, other: Shapes, near: float) -> tuple[Shapes, Shapes]:
    """Return the stretches of edges that are one with others', and the rest."""
    beside = shapely.buffer(other, near, cap_style="flat")
    shared = _longer(shapely.intersection(edge, beside), near)
    return shared, _longer(shapely.difference(edge, beside), near)


def _longer(lines: Shapes, near: float) -> Shapes:
    """Return lines without the crumbs among their stretches."""
    merged = shapely.line_merge(_lines(lines))
    parts, of = shapely.get_parts(merged, return_index=True)
    kept = shapely.length(parts) > _CRUMBS * near
    return _collected(parts[kept], of[kept], len(lines))


def _largest(lines: Shapes, other: Shapes) -> Floats:
    """Return the largest distance from lines to others, 0 for none."""
    at, of = shapely.get_coordinates(shapely.segmentize(lines, _SAMPLE_M), return_index=True)
    apart = shapely.distance(shapely.points(at), other[of])
    largest = np.zeros(len(lines))
    np.maximum.at(largest, of, np.nan_to_num(apart))
    return largest


def _lines(shapes: Shapes) -> Shapes:
    """Return the lines among the parts of shapes as MultiLineStrings."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    inner, place = shapely.get_parts(parts, return_index=True)
    straight = np.isin(shapely.get_type_id(inner), (1, 2))
    return _collected(inner[straight], of[place[straight]], len(shapes))


def _collected(lines: Shapes, of: Places, number: int) -> Shapes:
    """Return lines as one MultiLineString for each number, empty where there is none."""
    result = np.full(number, shapely.MultiLineString(), dtype=object)
    if len(lines):
        shapely.multilinestrings(lines, indices=of, out=result)
    return result


def _planar(shapes: Shapes, center: tuple[float, float]) -> tuple[Shapes, Any]:
    """Return valid shapes in the plane, and the way back."""
    planar, back = to_plane(shapely.segmentize(shapes, _STEP), center=center)
    broken = ~shapely.is_valid(planar)
    planar[broken] = shapely.make_valid(planar[broken], method="structure", keep_collapsed=False)
    return planar, back


def _to_degrees(shapes: Shapes, back: Any) -> Shapes:
    """Return shapes of the plane in EPSG:4326."""

    def transform(at: Floats) -> Floats:
        return np.column_stack(back.transform(at[:, 0], at[:, 1]))

    return np.asarray(shapely.transform(shapes, transform), dtype=object)
