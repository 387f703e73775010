"""Walking along lines: a network, places snapped to it, and distances along it.

The lines are the caller's: roads, alleys, paths. A place joins the network at the nearest
point of the nearest line and walks there in a straight line, so that the distance between
two places is snap + way along the lines + snap. That is the shortest way for somebody who
keeps to the lines; it knows no stairs, gates, traffic lights or one-way streets. Where no
way leads the distance is infinite, and says so instead of guessing.

Lengths are measured in a local plane, good to parts in a million within a city.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.checks import check_choice
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.place.areas import check_points
from gridgov.place.line_network import Connect, line_network
from gridgov.place.network_sites import distance_rows, put_sites
from gridgov.place.snapping import Network, Snapped, snap

__all__ = ["Network", "Snapped", "check_network", "distances", "make_network", "snap"]

Floats = NDArray[np.float64]

_MOST_DISTANCES = 200_000_000


def make_network(
    lines: Any,
    *,
    connect: Connect = "crossings",
    join_m: float = 0.5,
    max_snap_m: float | None = None,
) -> Network:
    """Make a walking network from lines.

    Parameters
    ----------
    lines
        GeoDataFrame with ``line_id`` (unique) and ``geometry`` (LineStrings or
        MultiLineStrings, EPSG:4326), every one walkable both ways. It need not be cut at
        its junctions.
    connect
        ``"crossings"``: lines meet wherever they touch or cross. ``"ends"``: only where
        their ends meet, for networks with bridges that are already cut at junctions.
    join_m
        Ends this close to each other, or to a line, touch; meters.
    max_snap_m
        Places farther than this from every line are not on the network; meters. None
        snaps however far it is: the snap counts as a part of the way.

    Returns
    -------
    Network
        What ``network=`` of the measures of reach takes. ``length_m``, ``parts`` (connected
        parts) and ``largest_part_share`` (of the length) say what it is like.

    Raises
    ------
    ColumnsError
        If `lines` is no GeoDataFrame, lacks a column, or an id is missing or repeated.
    DatumError
        If `lines` is not in EPSG:4326.
    EmptyTableError
        If there are no lines, or none has a length.
    GeometryError
        If a geometry is missing, empty or no line.
    OptionError
        If an option has no such value.

    Notes
    -----
    A network in several parts is no error: an island is one. If `largest_part_share` is far
    below 1, lines that should meet probably do not; a larger `join_m` closes small gaps.

    Examples
    --------
    Two streets that cross and one that nothing leads to:

    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> streets = [[(116.20, 39.90), (116.22, 39.90)], [(116.21, 39.89), (116.21, 39.91)],
    ...            [(116.20, 39.92), (116.22, 39.92)]]
    >>> lines = gpd.GeoDataFrame({"line_id": ["A", "B", "C"]},
    ...                          geometry=[LineString(street) for street in streets],
    ...                          crs="EPSG:4326")
    >>> network = make_network(lines)
    >>> network.parts, round(network.length_m)
    (2, 5641)
    """
    check_choice(connect, option="connect", choices=("crossings", "ends"))
    joined = _meters(join_m, "join_m", "how near ends must be to touch")
    limit = (
        None
        if max_snap_m is None
        else _meters(max_snap_m, "max_snap_m", "how far a place may be from a line")
    )
    return Network(line_network(lines, connect=connect, join_m=joined), limit)


def distances(
    network: Network, origins: Any, destinations: Any, *, limit_m: float | None = None
) -> Floats:
    """Return the walking distance from every origin to every destination, meters.

    Parameters
    ----------
    network
        Made by :func:`make_network`.
    origins, destinations
        GeoDataFrames of Points in EPSG:4326; missing ones are nowhere.
    limit_m
        Distances beyond this are not needed, which is quicker; they come out infinite.

    Returns
    -------
    float64 array, shape (origins, destinations)
        Snap, way along the lines and snap; infinite where no way leads, where a place is
        not on the network, and beyond `limit_m`. A place off the lines is twice its snap from
        itself: the way leads to the line and back.

    Raises
    ------
    ColumnsError
        If something is no GeoDataFrame, or `network` no network.
    DatumError
        If places are not in EPSG:4326.
    GeometryError
        If something is no Point.
    InputError
        If there would be more than 200 million distances.
    OptionError
        If `limit_m` is no number above 0.

    Examples
    --------
    Along the two sides of a corner:

    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> corner = LineString([(116.20, 39.90), (116.21, 39.90), (116.21, 39.91)])
    >>> lines = gpd.GeoDataFrame({"line_id": ["A"]}, geometry=[corner], crs="EPSG:4326")
    >>> ends = gpd.GeoDataFrame(geometry=[Point(116.20, 39.90), Point(116.21, 39.91)],
    ...                         crs="EPSG:4326")
    >>> distances(make_network(lines), ends, ends).round().tolist()
    [[0.0, 1966.0], [1966.0, 0.0]]
    """
    check_network(network)
    limit = np.inf if limit_m is None else _meters(limit_m, "limit_m", "the longest way wanted")
    start, goal = (snap(network, *check_points(places)) for places in (origins, destinations))
    if len(start.edge) * len(goal.edge) > _MOST_DISTANCES:
        raise InputError(
            f"distances may return up to {_MOST_DISTANCES:,} numbers. Found: "
            f"{len(start.edge):,} origins by {len(goal.edge):,} destinations. Ask for fewer at "
            "once."
        )
    sites = put_sites(network, start)
    result = np.full((len(start.edge), len(goal.edge)), np.inf)
    for rows, part in distance_rows(sites, sites.places(goal), limit):
        result[rows] = part
    return result


def check_network(network: Any) -> None:
    """Check that `network` is one."""
    if not isinstance(network, Network):
        raise ColumnsError(
            "network must be a walking network. Found: "
            f"{type(network).__name__}. gridgov.make_network(lines) makes one."
        )


def _meters(value: Any, option: str, meaning: str) -> float:
    """Return an option in meters, a finite number from 0 on."""
    try:
        meters = float(value)
    except (TypeError, ValueError):
        meters = np.nan
    if isinstance(value, bool) or not np.isfinite(meters) or meters < 0:
        raise OptionError(
            f"{option} must be a number of meters, 0 or more: {meaning}. Found: {value!r}."
        )
    return meters
