"""Distances along a network from a few sites to many places, without listing all pairs.

Sites become nodes: every edge is cut where one lies, and each site is a node of its own
that a one-way edge of its snap distance joins to its cut, so that no way leads through a
site. A place then lies between two nodes, and its distance from a site is the shorter way
from one of them.

The nearest two sites of every node come from two runs of Dijkstra's algorithm for all
sites together, whatever their number. The first gives the nearest site and with it a
domain for each. The second nearest site of a node v comes on a way whose last step into
v's domain leaves another domain: up to there the nearest site of that other domain is
no farther, and from there the way stays in the domain of v. So the second run starts at
the edges between domains and walks inside domains only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gridgov.place.snapping import Network, Snapped

__all__ = ["Between", "NearestTwo", "Sites", "distance_rows", "nearest_two", "put_sites"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# Distances held at once, 8 bytes each.
_BLOCK = 4_000_000


class Between(NamedTuple):
    """Places between two nodes: which nodes, how far from each; snap and all.

    Nodes are -1 and distances infinite for a place that is not on the network.
    """

    node: tuple[Places, Places]
    away_m: tuple[Floats, Floats]


class NearestTwo(NamedTuple):
    """The nearest and second nearest site of every place: -1 and infinite where none is."""

    site: Places
    distance_m: Floats


class Sites(NamedTuple):
    """Sites on a network.

    Attributes
    ----------
    network
        The network.
    snapped
        Where on it each site is.
    start, end, length_m
        Its edges, cut at the sites, both ways, and the one-way edges from the sites;
        between two nodes only the shortest.
    nodes
        How many nodes there are: the junctions, then the cuts, then the sites.
    """

    network: Network
    snapped: Snapped
    start: Places
    end: Places
    length_m: Floats
    nodes: int

    @property
    def total(self) -> int:
        """How many sites there are."""
        return len(self.snapped.edge)

    @property
    def first(self) -> int:
        """The node of the first site; the others follow in order."""
        return self.nodes - self.total

    def graph(self) -> Any:
        """Return the edges as a sparse matrix of lengths, zeros being edges as well."""
        return _matrix(self.start, self.end, self.length_m, self.nodes)

    def places(self, snapped: Snapped) -> Between:
        """Return places as lying between two nodes."""
        lines, cuts = self.network.lines, self.snapped
        junctions = lines.junctions
        # Places and cuts in one row along each edge; a place takes the cuts beside it.
        edge = np.concatenate([cuts.edge, snapped.edge])
        offset = np.concatenate([cuts.offset_m, snapped.offset_m])
        is_place = np.arange(len(edge)) >= self.total
        order = np.lexsort((is_place, offset, edge))
        number = np.where(is_place[order], -1, order)
        position = np.arange(len(order))
        before = np.maximum.accumulate(np.where(number >= 0, position, -1))
        after = np.minimum.accumulate(np.where(number >= 0, position, len(order))[::-1])[::-1]
        result = np.empty(len(order), dtype=np.int64)
        result[order] = position
        at = result[self.total :]

        nodes, away = [], []
        on = snapped.edge >= 0
        one = np.where(on, snapped.edge, 0)
        for beside, end, start_m in (
            (before, lines.tail, np.zeros(len(lines.edges))),
            (after, lines.head, lines.length_m),
        ):
            there = (beside[at] >= 0) & (beside[at] < len(order))
            cut = np.where(there, number[np.where(there, beside[at], 0)], 0)
            own = there & on
            own[own] = cuts.edge[cut[own]] == snapped.edge[own]
            node, where = end[one].copy(), start_m[one].copy()
            node[own], where[own] = junctions + cut[own], cuts.offset_m[cut[own]]
            step = np.abs(snapped.offset_m - where) + snapped.snap_m
            nodes.append(np.where(on, node, -1).astype(np.int64))
            away.append(np.where(on, step, np.inf))
        return Between((nodes[0], nodes[1]), (away[0], away[1]))


def put_sites(network: Network, snapped: Snapped) -> Sites:
    """Return a network with sites on it."""
    lines, count = network.lines, len(snapped.edge)
    junctions, edges = lines.junctions, len(lines.edges)
    on = np.flatnonzero(snapped.edge >= 0)
    # Nodes along every edge: its tail, the cuts in order, its head.
    edge = np.concatenate([np.arange(edges), snapped.edge[on], np.arange(edges)])
    offset = np.concatenate([np.full(edges, -np.inf), snapped.offset_m[on], np.full(edges, np.inf)])
    node = np.concatenate([lines.tail, junctions + on, lines.head])
    order = np.lexsort((offset, edge))
    edge, offset, node = edge[order], offset[order], node[order]
    along = np.clip(offset, 0.0, lines.length_m[edge])
    step = edge[1:] == edge[:-1]
    start, end = node[:-1][step], node[1:][step]
    length = np.diff(along)[step]
    first = junctions + count
    return Sites(
        network,
        snapped,
        *_shortest(
            np.concatenate([start, end, first + on]),
            np.concatenate([end, start, junctions + on]),
            np.concatenate([length, length, snapped.snap_m[on]]),
        ),
        junctions + 2 * count,
    )


def distance_rows(
    sites: Sites, places: Between, limit_m: Any = np.inf
) -> Iterator[tuple[slice, Floats]]:
    """Yield distances from sites to places, some sites at a time.

    Parameters
    ----------
    sites
        The sites.
    places
        Places of the same network.
    limit_m
        A number, or one for each site: farther places may come out infinite or not.

    Yields
    ------
    rows
        Which sites.
    distance_m
        Shape (those sites, places); infinite where no way leads.
    """
    graph = sites.graph()
    width = max(sites.nodes, len(places.node[0]), 1)
    limits = np.broadcast_to(np.asarray(limit_m, dtype=np.float64), sites.total)
    step = max(_BLOCK // width, 1)
    for begin in range(0, sites.total, step):
        rows = slice(begin, min(begin + step, sites.total))
        found = dijkstra(
            graph,
            directed=True,
            indices=np.arange(rows.start, rows.stop) + sites.first,
            limit=float(limits[rows].max()),
        )
        far = np.full((len(found), len(places.node[0])), np.inf)
        for node, away in zip(places.node, places.away_m, strict=True):
            np.minimum(far, found[:, node] + away, out=far)
        far[far > limits[rows, None]] = np.inf
        yield rows, far


def nearest_two(sites: Sites, places: Between) -> NearestTwo:
    """Return the nearest and second nearest site of every place."""
    site, distance = _nodes_two(sites)
    # Two from each side; the same site from both sides counts once, by its shorter way.
    one = np.concatenate([site[places.node[0]], site[places.node[1]]], axis=1)
    far = np.concatenate(
        [
            distance[places.node[0]] + places.away_m[0][:, None],
            distance[places.node[1]] + places.away_m[1][:, None],
        ],
        axis=1,
    )
    rows = np.arange(len(one))
    best = np.argmin(far, axis=1)
    nearest, nearest_m = one[rows, best], far[rows, best]
    far[one == nearest[:, None]] = np.inf
    best = np.argmin(far, axis=1)
    second, second_m = one[rows, best], far[rows, best]
    found_m = np.column_stack([nearest_m, second_m])
    found = np.where(np.isfinite(found_m), np.column_stack([nearest, second]), -1)
    return NearestTwo(found.astype(np.int64), found_m)


def _nodes_two(sites: Sites) -> tuple[Places, Floats]:
    """Return the two nearest sites of every node and their distances, shape (nodes, 2)."""
    own = sites.first + np.arange(sites.total)
    nearest_m, nearest = _from_all(sites.graph(), own)
    start, end, length = sites.start, sites.end, sites.length_m
    inside = nearest[start] == nearest[end]
    across = ~inside & (nearest[start] >= 0) & (nearest[end] >= 0)
    # No site is entered: its edge leads out of it only.
    entry = _shortest(
        np.concatenate([start[inside & (start < sites.first)], nearest[start[across]]]),
        np.concatenate([end[inside & (start < sites.first)], end[across]]),
        np.concatenate(
            [length[inside & (start < sites.first)], (nearest_m[start] + length)[across]]
        ),
    )
    second_m, second = _from_all(_matrix(*entry, sites.nodes), own)
    site = np.column_stack([nearest, second]) - sites.first
    return np.where(site >= 0, site, -1), np.column_stack([nearest_m, second_m])


def _from_all(graph: Any, sources: Places) -> tuple[Floats, Places]:
    """Return the distance of every node from the nearest source, and which that is, -1 if none."""
    distance, _, source = dijkstra(
        graph, directed=True, indices=sources, min_only=True, return_predecessors=True
    )
    return distance, np.where(np.isfinite(distance), source, -1).astype(np.int64)


def _shortest(start: Places, end: Places, length: Floats) -> tuple[Places, Places, Floats]:
    """Return edges, of several between the same nodes only the shortest."""
    order = np.lexsort((length, end, start))
    start, end, length = start[order], end[order], length[order]
    again = (np.diff(start, prepend=-1) == 0) & (np.diff(end, prepend=-1) == 0)
    kept = ~again & (start != end)
    return start[kept], end[kept], length[kept]


def _matrix(start: Places, end: Places, length: Floats, nodes: int) -> Any:
    """Return edges, sorted by start and then end, as a sparse matrix that keeps zeros."""
    bounds = np.searchsorted(start, np.arange(nodes + 1))
    return csr_array((length, end, bounds), shape=(nodes, nodes))
