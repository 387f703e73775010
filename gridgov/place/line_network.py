"""Lines as a network: edges between junctions, in a local plane.

Lines meet where they cross and where an end lies on another line, unless the caller says
that only ends meet (bridges, underpasses). Ends within `join_m` of each other are one
junction: hand-drawn alleys seldom touch to the millimeter, and a gap of a few centimeters
would cut the network in two. Distances are lengths in the plane, good to parts in a million
within a city.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, GeometryError
from gridgov.geo.projection import middle, to_plane

__all__ = ["Connect", "LineNetwork", "Pieces", "cut_lines", "line_network"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Shapes = NDArray[np.object_]

Connect = Literal["crossings", "ends"]

# Below a tenth of a millimeter two positions on a line are one.
_SAME_M = 1e-4


class LineNetwork(NamedTuple):
    """A network of lines.

    Attributes
    ----------
    line_ids
        Ids of the lines, in table order.
    edges
        LineStrings in the plane, in the order of the lines and along each.
    line
        The line each edge is part of.
    length_m
        Length of every edge.
    tail, head
        Junctions at its start and end, numbered from 0.
    junctions
        How many there are.
    dropped_m
        Length of what was left out: doubled stretches, and crumbs within one junction.
    center
        Longitude and latitude of the plane's center.
    to_degrees
        The way back from the plane.
    """

    line_ids: list[str]
    edges: Shapes
    line: Places
    length_m: Floats
    tail: Places
    head: Places
    junctions: int
    dropped_m: float
    center: tuple[float, float]
    to_degrees: Any


class Pieces(NamedTuple):
    """Lines cut into pieces: shape, the line each is of, where on it the piece starts."""

    shapes: Shapes
    line: Places
    start_m: Floats


def line_network(lines: Any, *, connect: Connect = "crossings", join_m: float = 0.5) -> LineNetwork:
    """Return the network that lines form.

    Parameters
    ----------
    lines
        GeoDataFrame with ``line_id`` (unique) and ``geometry`` (LineStrings or
        MultiLineStrings, EPSG:4326).
    connect
        ``"crossings"``: lines meet wherever they touch or cross; ``"ends"``: only where
        ends meet.
    join_m
        Ends this close to each other, or to a line, touch; meters.

    Raises
    ------
    ColumnsError
        If it is no GeoDataFrame, lacks a column, or an id is missing or repeated.
    DatumError
        If it is not in EPSG:4326.
    EmptyTableError
        If no line has a length.
    GeometryError
        If a geometry is missing, empty or no line.
    """
    ids, shapes = _checked(lines)
    center = middle(shapes)
    planar, to_degrees = to_plane(shapely.force_2d(shapes), center=center)
    parts, line = shapely.get_parts(planar, return_index=True)
    if connect == "crossings":
        # A line that crosses itself has no single position for the crossing.
        knots, of = shapely.get_parts(
            np.where(shapely.is_simple(parts), parts, shapely.node(parts)), return_index=True
        )
        parts, line = knots, line[of]
    long = shapely.length(parts) > _SAME_M
    parts, line = parts[long], line[long].astype(np.int64)
    if not len(parts):
        raise EmptyTableError("lines must have a length. Found: none that has.")
    if connect == "crossings":
        pieces = cut_lines(parts, *_meetings(parts, join_m))
    else:
        pieces = cut_lines(parts, np.empty(0, dtype=np.int64), np.empty(0))
    edges, line = pieces.shapes, line[pieces.line]

    nodes, number = _junctions(edges, join_m)
    tail, head = nodes[0::2], nodes[1::2]
    kept = ~_crumbs_and_doubles(edges, tail, head, join_m)
    lost = float(shapely.length(edges[~kept]).sum())
    edges, line = edges[kept], line[kept]
    order = np.argsort(line, kind="stable")
    edges = edges[order]
    return LineNetwork(
        ids,
        edges,
        line[order],
        np.asarray(shapely.length(edges), dtype=np.float64),
        tail[kept][order],
        head[kept][order],
        number,
        lost,
        center,
        to_degrees,
    )


def cut_lines(lines: Shapes, line: Places, position_m: Floats) -> Pieces:
    """Return lines cut at positions, pieces in the order of the lines and along each.

    Parameters
    ----------
    lines
        LineStrings in a plane.
    line, position_m
        Where to cut: the line and the distance from its start. Cuts at the very ends,
        and repeated ones, are no cuts.

    Examples
    --------
    >>> import shapely
    >>> road = np.array([shapely.LineString([(0, 0), (4, 0), (4, 3)])])
    >>> pieces = cut_lines(road, np.array([0, 0]), np.array([5.0, 2.0]))
    >>> [shape.wkt for shape in pieces.shapes]
    ['LINESTRING (0 0, 2 0)', 'LINESTRING (2 0, 4 0, 4 1)', 'LINESTRING (4 1, 4 3)']
    >>> pieces.start_m.tolist()
    [0.0, 2.0, 5.0]
    """
    at, of = shapely.get_coordinates(lines, return_index=True)
    step = np.append(0.0, np.hypot(*np.diff(at, axis=0).T))
    first = np.flatnonzero(np.diff(of, prepend=-1))
    running = np.cumsum(step)
    running = running - np.repeat(running[first], np.diff(np.append(first, len(of))))

    order = np.lexsort((position_m, line))
    line, position_m = line[order], position_m[order]
    good = (position_m > _SAME_M) & (position_m < shapely.length(lines)[line] - _SAME_M)
    line, position_m = line[good], position_m[good]
    again = (np.diff(line, prepend=-1) == 0) & (np.diff(position_m, prepend=-1) <= _SAME_M)
    line, position_m = line[~again], position_m[~again]
    cuts = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], position_m))

    every_of = np.concatenate([of, line])
    every_at = np.concatenate([at, cuts.reshape(-1, 2)])
    every_position = np.concatenate([running, position_m])
    is_cut = np.arange(len(every_of)) >= len(of)
    order = np.lexsort((is_cut, every_position, every_of))
    # A cut ends one piece and starts the next.
    entry = np.repeat(order, 1 + is_cut[order])
    starts = np.diff(every_of[entry], prepend=-1) != 0
    starts[1:] |= entry[1:] == entry[:-1]
    piece = np.cumsum(starts) - 1
    return Pieces(
        np.asarray(shapely.linestrings(every_at[entry], indices=piece), dtype=object),
        every_of[entry][starts].astype(np.int64),
        every_position[entry][starts],
    )


def _meetings(parts: Shapes, join_m: float) -> tuple[Places, Floats]:
    """Return where lines meet: which line, and the position on it."""
    tree = shapely.STRtree(parts)
    one, other = tree.query(parts, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(parts[one], parts[other])
    at, pair = shapely.get_coordinates(common, return_index=True)
    crossing = shapely.points(at)

    ends = shapely.points(_ends(parts))
    end, near = tree.query(ends, predicate="dwithin", distance=join_m)
    foreign = end // 2 != near
    line = np.concatenate([one[pair], other[pair], near[foreign]])
    points = np.concatenate([crossing, crossing, ends[end[foreign]]])
    return line.astype(np.int64), np.asarray(shapely.line_locate_point(parts[line], points))


def _ends(lines: Shapes) -> Floats:
    """Return the coordinates of the start and end of every line, in turn."""
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    return np.stack([first, last], axis=1).reshape(-1, 2)


def _junctions(edges: Shapes, join_m: float) -> tuple[Places, int]:
    """Return the junction of every end, starts and ends in turn, and how many there are."""
    ends = _ends(edges)
    pairs = cKDTree(ends).query_pairs(max(join_m, _SAME_M), output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ends),) * 2)
    number, nodes = connected_components(links, directed=False)
    return nodes.astype(np.int64), int(number)


def _crumbs_and_doubles(
    edges: Shapes, tail: Places, head: Places, join_m: float
) -> NDArray[np.bool_]:
    """Return which edges lie within one junction, or upon an edge that came before."""
    length = np.asarray(shapely.length(edges), dtype=np.float64)
    crumb: NDArray[np.bool_] = (tail == head) & (length <= 4 * join_m)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    halfway = shapely.get_coordinates(shapely.line_interpolate_point(edges, 0.5, normalized=True))
    order = np.lexsort((np.arange(len(edges)), length.round(3), high, low))
    near = np.hypot(*np.diff(halfway[order], axis=0).T) <= max(join_m, _SAME_M)
    same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    alike = np.diff(length[order]) <= 2 * max(join_m, _SAME_M)
    double = np.zeros(len(edges), dtype=bool)
    double[order[1:]] = near & same & alike
    return crumb | double


def _checked(lines: Any) -> tuple[list[str], Shapes]:
    """Return ids and shapes of a table of lines."""
    if not isinstance(lines, gpd.GeoDataFrame):
        raise ColumnsError(
            "lines must be a GeoDataFrame with the columns line_id and geometry. Found: "
            f"{type(lines).__name__}. geopandas.read_file(...) reads one."
        )
    check_table(lines, "line_density", columns=["line_id", "geometry"])
    if lines.crs is None or not lines.crs.equals("EPSG:4326", ignore_axis_order=True):
        found = "no CRS" if lines.crs is None else lines.crs.to_string()
        raise DatumError(
            "lines must be in EPSG:4326 (longitude and latitude, WGS-84). Found: "
            f"{found}. Call lines.to_crs('EPSG:4326'), or lines.set_crs(...) first."
        )
    ids = lines["line_id"]
    repeated = ids.isna() | ids.duplicated()
    if repeated.any():
        raise ColumnsError(
            f"line_id must be given and unique. Found: {int(repeated.sum())} missing or "
            f"repeated, the first in row {ids.index[repeated][0]!r}. Join the parts with "
            "lines.dissolve('line_id')."
        )
    shapes = np.asarray(lines.geometry.array, dtype=object)
    wrong = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (1, 5)) | shapely.is_empty(shapes))
    if wrong.size:
        first = shapes[wrong[0]]
        kind = "missing" if first is None else f"a {first.geom_type}"
        kind += " without points" if first is not None and first.is_empty else ""
        raise GeometryError(
            "Every line must be a LineString or MultiLineString. Found: "
            f"{wrong.size} that {'is' if wrong.size == 1 else 'are'} not, the first, in row "
            f"{lines.index[wrong[0]]!r}, is {kind}.",
            problems=[{"row": lines.index[row], "problem": "no line"} for row in wrong],
        )
    return ids.astype(str).tolist(), shapes
