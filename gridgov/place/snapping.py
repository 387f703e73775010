"""Places on a network of lines: each at the nearest point of the nearest edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgov.geo.projection import to_plane
from gridgov.place.line_network import LineNetwork

__all__ = ["Network", "Snapped", "snap"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Snapped(NamedTuple):
    """Places on a network.

    Attributes
    ----------
    edge
        The edge each is on, -1 for a place that is on none.
    offset_m
        Meters from the start of the edge.
    snap_m
        Straight-line meters from the place to the edge; NaN where there is none.
    """

    edge: Places
    offset_m: Floats
    snap_m: Floats


@dataclass(frozen=True, eq=False)
class Network:
    """A network to walk on, made by :func:`gridgov.make_network`.

    Attributes
    ----------
    lines
        The edges between junctions, in a local plane.
    max_snap_m
        How far a place may be from the nearest line; None without a limit.
    """

    lines: LineNetwork
    max_snap_m: float | None = None

    @cached_property
    def tree(self) -> Any:
        """The edges, ready to be asked which is nearest."""
        return shapely.STRtree(self.lines.edges)

    @cached_property
    def part(self) -> Places:
        """The connected part that each junction is in, numbered from 0."""
        count = self.lines.junctions
        links = coo_array(
            (np.ones(len(self.lines.tail)), (self.lines.tail, self.lines.head)),
            shape=(count, count),
        )
        return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)

    @property
    def length_m(self) -> float:
        """Length of all edges together, meters."""
        return float(self.lines.length_m.sum())

    @property
    def parts(self) -> int:
        """How many connected parts there are; from one to another no way leads."""
        return len(np.unique(self.part[self.lines.tail]))

    @property
    def largest_part_share(self) -> float:
        """Share of the length that is in the largest connected part, 0 to 1."""
        by_part = np.bincount(self.part[self.lines.tail], weights=self.lines.length_m)
        return float(by_part.max() / by_part.sum())


def snap(network: Network, longitude: Floats, latitude: Floats) -> Snapped:
    """Return places on a network, each at the nearest point of the nearest edge.

    Parameters
    ----------
    network
        Made by :func:`gridgov.make_network`.
    longitude, latitude
        Degrees, EPSG:4326; NaN for a place that is nowhere.
    """
    there = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    points, _ = to_plane(
        shapely.points(longitude[there], latitude[there]), center=network.lines.center
    )
    # One edge a place: of several equally near ones the first that the tree meets.
    which, edge = network.tree.query_nearest(points, all_matches=False)
    shapes = network.lines.edges[edge]
    away = np.asarray(shapely.distance(points[which], shapes), dtype=np.float64)
    offset = np.asarray(shapely.line_locate_point(shapes, points[which]), dtype=np.float64)
    on = np.full(len(away), True) if network.max_snap_m is None else away <= network.max_snap_m
    rows = there[which[on]]
    result = Snapped(
        np.full(len(longitude), -1, dtype=np.int64),
        np.full(len(longitude), np.nan),
        np.full(len(longitude), np.nan),
    )
    result.edge[rows], result.offset_m[rows], result.snap_m[rows] = edge[on], offset[on], away[on]
    return result
