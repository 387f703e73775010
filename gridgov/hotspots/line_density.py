"""How densely incidents lie along alleys, roads and reaches: kernel density on a network.

An incident in an alley says something about the alley, not about the yard behind the wall.
Distance is therefore measured along the lines, and an incident is spread over them: at a
junction it is shared out and not multiplied, so that a crossing of many lines does not
become dense by being a crossing. The model and its limits are those of the density on
cells: the map shows an intensity and no test of it.
"""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_choice, conform
from gridgov.errors import OptionError
from gridgov.geo.projection import to_plane
from gridgov.hotspots.kernels import KERNELS, KernelName
from gridgov.hotspots.network_kernel import Events, Graph, event_masses, segment_masses
from gridgov.hotspots.smoothing_inputs import check_meters, in_time, row_weights
from gridgov.place.areas import check_points
from gridgov.place.line_network import Connect, LineNetwork, cut_lines, line_network

__all__ = ["FATES", "measure_line_density"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

Method = Literal["equal_split_discontinuous", "equal_split_continuous"]

FATES = ("counted", "no_point", "no_time", "outside_period", "too_far")
"""What can become of an incident; each is the first that applies after ``counted``."""

_CONTINUOUS = {"equal_split_discontinuous": False, "equal_split_continuous": True}
_MOST_SEGMENTS = 2_000_000


def measure_line_density(
    incidents: Any,
    lines: Any,
    *,
    bandwidth_m: float,
    segment_m: float = 10.0,
    method: Method = "equal_split_discontinuous",
    kernel: KernelName = "quartic",
    edge: Literal["jones_diggle"] | None = "jones_diggle",
    max_snap_m: float = 30.0,
    connect: Connect = "crossings",
    join_m: float = 0.5,
    weights: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
) -> gpd.GeoDataFrame:
    """Measure how densely incidents lie along lines, with distance along the lines.

    Parameters
    ----------
    incidents
        GeoDataFrame of incidents, ``geometry`` Points in EPSG:4326, missing allowed.
    lines
        GeoDataFrame with ``line_id`` (unique) and ``geometry`` (LineStrings or
        MultiLineStrings, EPSG:4326). It need not be noded.
    bandwidth_m
        How far an incident reaches along the lines, meters (the standard deviation for
        the Gaussian). There is no rule for it: 100 to 300 m suit alleys.
    segment_m
        Longest segment of the result; every stretch between junctions is divided evenly.
    method
        ``"equal_split_discontinuous"``: at a junction of n lines each of the other n - 1
        gets an equal part; density jumps there. ``"equal_split_continuous"``: each gets
        2/n and the rest turns back; no jump, and no loss at dead ends.
    kernel
        ``"quartic"``, ``"gaussian"`` (cut at six standard deviations), ``"epanechnikov"``
        or ``"triweight"``.
    edge
        ``"jones_diggle"``: each incident is divided by the part of its own kernel that
        stays on the network, so that density times length adds up to the incidents. None:
        what the discontinuous rule loses at dead ends is lost.
    max_snap_m
        Incidents farther than this from every line are left out and counted, meters.
    connect
        ``"crossings"``: lines meet wherever they touch or cross. ``"ends"``: only where
        their ends meet, for networks with bridges that are already cut at junctions.
    join_m
        Ends this close to each other, or to a line, touch; meters.
    weights
        Column of `incidents` with a weight for each, 0 or more, none missing.
    start, end, times
        Which incidents, by time: as in :func:`gridgov.tally`.

    Returns
    -------
    GeoDataFrame, one row a segment, in the order of `lines` and along each line
        - ``line_id``, ``segment``: the line, and the running number on it, from 1.
        - ``length_m``: length of the segment.
        - ``incidents``: how many lie on the segment itself, not smoothed.
        - ``incidents_per_km``: the density, mean over the segment.
        - ``edge_factor``: what the correction multiplied it by; missing where it is 0.
        - ``bandwidth_m``: as given.
        - ``geometry``: the segment, LineString in EPSG:4326.

        ``attrs["line_density"]`` says in plain values how it was made and what became of
        every incident: ``fates`` (:data:`FATES`) adds up to the rows of `incidents`.
        ``dropped_m`` is the length of doubled stretches that were left out.

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame, lacks a column, line ids are not unique, times have
        no zone, or a weight is missing, negative or no number.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no lines, or none has a length.
    GeometryError
        If a geometry is no line, or an incident no Point.
    OptionError
        If an option has no such value, or there would be more than two million segments.

    Notes
    -----
    With K the kernel on a line, h the bandwidth, and the sum over every walk π along the
    lines from incident i to x, of length d_π [1]_ [2]_ [3]_::

        λ(x) = Σ_i w_i Σ_π K(d_π / h) / h · Π over junctions on π of the factor

        discontinuous   1 / (n - 1) straight on, 0 back;  an incident on a junction: 2 / n
        continuous      2 / n straight on, 2 / n - 1 back

    n is the number of line ends at the junction. Walks around a block are walks like any
    other. Both rules conserve mass at every junction; the discontinuous one loses at dead
    ends, which ``edge`` mends [4]_. A segment shows the integral of K over it, not K at its
    middle. Distances behind junctions are kept on a raster of h/512 (wider where a network
    has more than 60,000 stretches), which is good to about 1e-5 of the density.

    A dead end of the data is taken as one of the network: give lines one bandwidth beyond
    the area you look at.

    References
    ----------
    .. [1] Okabe, A., Satoh, T. & Sugihara, K. (2009). A kernel density estimation method
       for networks, its computational method and a GIS-based tool. International Journal of
       Geographical Information Science 23(1), 7-32.
       https://doi.org/10.1080/13658810802475491
    .. [2] Okabe, A. & Sugihara, K. (2012). Spatial Analysis along Networks, sections 9.2.2
       and 9.2.3. Wiley. https://doi.org/10.1002/9781119967101
    .. [3] McSwiggan, G., Baddeley, A. & Nair, G. (2017). Kernel density estimation on a
       linear network. Scandinavian Journal of Statistics 44(2), 324-345.
       https://doi.org/10.1111/sjos.12255
    .. [4] Jones, M. C. (1993). Simple boundary correction for kernel density estimation.
       Statistics and Computing 3(3), 135-146. https://doi.org/10.1007/BF00147776

    Examples
    --------
    One incident in the middle of a road of about 400 m, in four segments; what lies
    within 100 m on either side gets half each:

    >>> from shapely import LineString, Point
    >>> road = gpd.GeoDataFrame({"line_id": ["R"]}, crs="EPSG:4326",
    ...                         geometry=[LineString([(116.2, 39.9), (116.204681, 39.9)])])
    >>> incident = gpd.GeoDataFrame(geometry=[Point(116.2023405, 39.9)], crs="EPSG:4326")
    >>> found = measure_line_density(incident, road, bandwidth_m=100, segment_m=101)
    >>> found["length_m"].round(1).tolist(), found["incidents_per_km"].round(2).tolist()
    ([100.1, 100.1, 100.1, 100.1], [0.0, 5.0, 5.0, 0.0])
    """
    check_choice(kernel, option="kernel", choices=KERNELS)
    check_choice(method, option="method", choices=_CONTINUOUS)
    check_choice(edge, option="edge", choices=("jones_diggle", None))
    check_choice(connect, option="connect", choices=("crossings", "ends"))
    for value, option in ((bandwidth_m, "bandwidth_m"), (segment_m, "segment_m")):
        check_meters(value, option)
    for value, option in ((max_snap_m, "max_snap_m"), (join_m, "join_m")):
        check_meters(value, option)
    weight = row_weights(incidents, weights)
    x, y = check_points(incidents)
    dated, in_range = in_time(incidents, start=start, end=end, times=times)

    network = line_network(lines, connect=connect, join_m=float(join_m))
    fate, row, events = _snapped(network, x, y, dated, in_range, float(max_snap_m))
    weight = weight[row]
    segment_edge, segment_start, segment_end = _segments(network, float(segment_m))
    graph = Graph(network.tail, network.head, network.length_m, network.junctions)
    options: Any = {
        "kernel": kernel,
        "width": float(bandwidth_m),
        "continuous": _CONTINUOUS[method],
    }
    bounds = segment_edge, segment_start, segment_end
    raw = corrected = np.zeros(len(segment_edge))
    if len(events.edge):
        several = weight[None]
        if edge is not None and not _CONTINUOUS[method]:
            several = np.stack([weight, weight / event_masses(graph, events, **options)])
        masses = segment_masses(graph, events, several, *bounds, **options)
        raw, corrected = masses[0], masses[-1]

    result = _table(network, events, bounds, raw, corrected, float(bandwidth_m))
    number = np.bincount(fate, minlength=len(FATES)).tolist()
    result.attrs["line_density"] = {
        "method": method,
        "kernel": kernel,
        "bandwidth_m": float(bandwidth_m),
        "edge": edge,
        "connect": connect,
        "max_snap_m": float(max_snap_m),
        "weights": weights,
        "total": float(weight.sum()),
        "junctions": network.junctions,
        "length_m": float(network.length_m.sum()),
        "dropped_m": network.dropped_m,
        "fates": dict(zip(FATES, number, strict=True)),
    }
    return result


def _snapped(
    network: LineNetwork,
    x: Floats,
    y: Floats,
    dated: NDArray[np.bool_],
    in_range: NDArray[np.bool_],
    max_snap_m: float,
) -> tuple[Places, Places, Events]:
    """Return every incident's fate, and the rows that count with their nearest edge."""
    fate = np.zeros(len(x), dtype=np.int64)
    fate[~in_range] = FATES.index("outside_period")
    fate[~dated] = FATES.index("no_time")
    fate[np.isnan(x)] = FATES.index("no_point")
    rows = np.flatnonzero(fate == 0)
    points, _ = to_plane(shapely.points(x[rows], y[rows]), center=network.center)
    found, near = shapely.STRtree(network.edges).query_nearest(
        points, max_distance=max_snap_m, all_matches=False
    )
    fate[np.delete(rows, found)] = FATES.index("too_far")
    offset = shapely.line_locate_point(network.edges[near], points[found])
    offset = np.clip(offset, 0.0, network.length_m[near])
    return fate, rows[found], Events(near.astype(np.int64), offset)


def _segments(network: LineNetwork, segment_m: float) -> tuple[Places, Floats, Floats]:
    """Return the segments: the edge, and where on it each starts and ends."""
    # A stretch of 100.001 m is ten segments of 10 m and not eleven.
    number = np.maximum(np.ceil(network.length_m / segment_m * (1 - 1e-5)), 1.0)
    if number.sum() > _MOST_SEGMENTS:
        raise OptionError(
            f"There may be up to {_MOST_SEGMENTS:,} segments. Found: {number.sum():,.0f} from "
            f"{network.length_m.sum() / 1000:,.1f} km of lines. Choose a larger segment_m."
        )
    each = number.astype(np.int64)
    edge = np.repeat(np.arange(len(each)), each)
    rank = np.arange(len(edge)) - np.repeat(np.cumsum(each) - each, each)
    length = network.length_m[edge] / number[edge]
    return edge.astype(np.int64), rank * length, (rank + 1) * length


def _table(
    network: LineNetwork,
    events: Events,
    bounds: tuple[Places, Floats, Floats],
    raw: Floats,
    corrected: Floats,
    width: float,
) -> gpd.GeoDataFrame:
    """Return the table of segments."""
    edge, start, end = bounds
    pieces = cut_lines(network.edges, edge, start)
    line = network.line[edge]
    first = np.searchsorted(line, np.arange(len(network.line_ids)))
    # The segment of an incident: the last one of its edge that starts at or before it.
    edge_first = np.searchsorted(edge, np.arange(len(network.edges)))
    edge_last = np.append(edge_first[1:], len(edge)) - 1
    length = (end - start)[edge_first][events.edge]
    own = edge_first[events.edge] + (events.offset_m // length).astype(np.int64)
    own = np.minimum(own, edge_last[events.edge])

    def to_degrees(at: Floats) -> Floats:
        return np.column_stack(network.to_degrees.transform(at[:, 0], at[:, 1]))

    length_m = end - start
    frame = gpd.GeoDataFrame(
        {
            "line_id": np.array(network.line_ids, dtype=object)[line],
            "segment": np.arange(len(line)) - first[line] + 1,
            "length_m": length_m,
            "incidents": np.bincount(own, minlength=len(line)),
            "incidents_per_km": corrected / length_m * 1000.0,
            "edge_factor": np.divide(corrected, raw, out=np.full(len(raw), np.nan), where=raw > 0),
            "bandwidth_m": width,
        },
        geometry=shapely.transform(pieces.shapes, to_degrees),
        crs="EPSG:4326",
    )
    result: gpd.GeoDataFrame = conform(frame, "line_density")
    return result
