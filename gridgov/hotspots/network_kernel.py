"""A kernel that spreads along a network and splits at junctions.

What starts at an incident runs both ways along its line; at a junction of n lines it goes
on into the others. Two rules of Okabe and Sugihara say how much. Discontinuous: each of
the n - 1 others gets an equal part, and none turns back. Continuous: each gets 2/n, and
(2 - n)/n turns back, so that the density has no jump at the junction; at a dead end (n = 1)
all of it turns back. The density is the sum over all such walks.

Walks are far too many to list where blocks are short, so they are not listed: those that
enter an edge at one distance are one number. Distances at junctions are kept on a
raster of at least 64 steps, usually 512, a walk in between being shared by the two nearest
steps; its mean distance stays exact. An edge shorter than a step counts as one. On the
incident's own edge nothing is rounded.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from gridgov.hotspots.kernels import KERNELS, Kernel, KernelName

__all__ = ["Events", "Graph", "event_masses", "segment_masses"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_STEPS = 512
_FEWEST_STEPS = 64
# Numbers in the table of edges and steps: half a gigabyte.
_MOST_ENTRIES = 64_000_000
# Pairs at once: few where all time goes, so that they stay in the cache.
_BLOCK = 1 << 16
_CHUNK = 1 << 21
# Nearer to a junction than this is on it.
_AT_JUNCTION_M = 1e-6


class Graph(NamedTuple):
    """Edges: where each starts and ends, and its length; how many junctions there are."""

    tail: Places
    head: Places
    length_m: Floats
    junctions: int


class Events(NamedTuple):
    """Incidents: the edge, and the distance from its tail."""

    edge: Places
    offset_m: Floats


class _Walks(NamedTuple):
    """How walks go on: 2 k is edge k from its tail to its head, 2 k + 1 the way back."""

    turn: Any
    length_m: Floats
    jump: Places
    part: Floats
    leave: Any
    step_m: float
    steps: int


def segment_masses(
    graph: Graph,
    events: Events,
    weights: Floats,
    segment_edge: Places,
    segment_start_m: Floats,
    segment_end_m: Floats,
    *,
    kernel: KernelName,
    width: float,
    continuous: bool,
) -> Floats:
    """Return how much of the incidents every segment of the edges receives.

    Parameters
    ----------
    graph
        The network.
    events
        What is spread.
    weights
        How much each weighs, shape (k, n): k answers for little more than the price of one.
    segment_edge, segment_start_m, segment_end_m
        The segments: the edge, and the distances of their ends from its tail.
    kernel
        A name in :data:`gridgov.hotspots.kernels.KERNELS`.
    width
        Its bandwidth, meters.
    continuous
        Which of the two rules.

    Returns
    -------
    float64 array, shape (k, number of segments)
        The integral of the density over every segment.
    """
    shape = KERNELS[kernel]
    walks = _walks(graph, shape.reach * width, continuous=continuous)
    entering = [_spread(graph, events, weight, walks) for weight in weights]
    reached = np.any([np.any(enters != 0.0, axis=0) for enters in entering], axis=0)
    distance = walks.step_m * np.arange(walks.steps + 1)[:, None]
    masses = _own_edge(
        graph, events, weights, segment_edge, segment_start_m, segment_end_m, shape, width
    )
    for way in (0, 1):
        directed = 2 * segment_edge + way
        near, far = segment_start_m, segment_end_m
        if way:
            length = graph.length_m[segment_edge]
            near, far = length - segment_end_m, length - segment_start_m
        rows = np.flatnonzero(reached[directed])
        for some in np.array_split(rows, len(rows) * (walks.steps + 1) // _BLOCK + 1):
            beyond = shape.along((distance + far[some]) / width)
            beyond -= shape.along((distance + near[some]) / width)
            for mass, enters in zip(masses, entering, strict=True):
                mass[some] += np.einsum("ij,ij->j", beyond, enters[:, directed[some]])
    return masses


def event_masses(
    graph: Graph, events: Events, *, kernel: KernelName, width: float, continuous: bool
) -> Floats:
    """Return how much of each incident's kernel stays on the network.

    Returns
    -------
    float64 array, one number an incident
        1 unless the discontinuous rule loses some at dead ends within reach.
    """
    shape = KERNELS[kernel]
    walks = _walks(graph, shape.reach * width, continuous=continuous)
    back = csr_array(walks.turn.T)
    count = len(walks.length_m)
    # after[b]: what a walk that ends a directed edge at distance b still deposits.
    after = np.zeros((walks.steps + 3, count))
    every = np.arange(count)
    passed = np.zeros(count)
    for step in range(walks.steps, -1, -1):
        entered = np.full(1, step * walks.step_m)
        passed = shape.along((entered + walks.length_m) / width) - shape.along(entered / width)
        ahead = np.minimum(step + walks.jump, walks.steps + 1)
        passed += (1 - walks.part) * after[ahead, every] + walks.part * after[ahead + 1, every]
        after[step] = back @ passed

    at, junction = _at_junctions(graph, events)
    masses = np.empty(len(events.edge))
    masses[at] = (walks.leave.T @ passed)[junction]
    edge, offset = events.edge[~at], events.offset_m[~at]
    rest = graph.length_m[edge] - offset
    masses[~at] = shape.along(offset / width) + shape.along(rest / width)
    for directed, distance in ((2 * edge, rest), (2 * edge + 1, offset)):
        low, part = _on_raster(distance, walks)
        masses[~at] += (1 - part) * after[low, directed] + part * after[low + 1, directed]
    return masses


def _walks(graph: Graph, reach: float, *, continuous: bool) -> _Walks:
    """Return how walks go on at every junction, and the raster of their distances."""
    start = np.stack([graph.tail, graph.head], axis=1).ravel()
    end = np.stack([graph.head, graph.tail], axis=1).ravel()
    length = graph.length_m.repeat(2)
    count = len(start)
    degree = np.bincount(start, minlength=graph.junctions)
    by_start = np.argsort(start, kind="stable")
    first = np.cumsum(degree) - degree

    # Every way on from the end of every directed edge.
    onward = degree[end]
    arriving = np.repeat(np.arange(count), onward)
    rank = np.arange(len(arriving)) - np.repeat(np.cumsum(onward) - onward, onward)
    leaving = by_start[first[end[arriving]] + rank]
    lines = degree[end[arriving]].astype(np.float64)
    turns_back = leaving == (arriving ^ 1)
    if continuous:
        split = 2 / lines - turns_back
    else:
        split = np.where(turns_back, 0.0, 1 / np.maximum(lines - 1, 1))
    used = split != 0
    turn = csr_array((split[used], (leaving[used], arriving[used])), shape=(count, count))
    leave = csr_array((2.0 / degree[start], (np.arange(count), start)), shape=(count, len(degree)))

    steps = int(np.clip(_MOST_ENTRIES // max(count, 1), _FEWEST_STEPS, _STEPS))
    step = reach / steps
    # An edge shorter than a step counts as one step. To make up for it a step later would
    # need a negative part, and between two close junctions that grows without bound.
    exact = np.maximum(length / step, 1.0)
    jump = np.floor(exact)
    part = exact - jump
    return _Walks(turn, length, jump.astype(np.int64), part, leave, step, steps)


def _spread(graph: Graph, events: Events, weights: Floats, walks: _Walks) -> Floats:
    """Return how much enters every directed edge at every step, shape (steps + 1, edges)."""
    count = len(walks.length_m)
    at, junction = _at_junctions(graph, events)
    edge, offset, weight = events.edge[~at], events.offset_m[~at], weights[~at]
    entries: list[tuple[Floats, Places, Places]] = []
    for directed, distance in (
        (2 * edge, graph.length_m[edge] - offset),
        (2 * edge + 1, offset),
    ):
        low, part = _on_raster(distance, walks)
        entries += [(weight * (1 - part), directed, low), (weight * part, directed, low + 1)]
    value, row, column = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    kept = column <= walks.steps
    passing = coo_array(
        (value[kept], (row[kept], column[kept])), shape=(count, walks.steps + 1)
    ).tocsr()
    # One row of zeros before the first step, for whatever lies before it.
    entering = np.zeros((walks.steps + 2, count))
    entering[1:] = (walks.turn @ passing).toarray().T
    on_junctions = np.bincount(junction, weights=weights[at], minlength=graph.junctions)
    entering[1] += walks.leave @ on_junctions

    every = np.arange(count)
    for step in range(1, walks.steps + 1):
        behind = np.maximum(step + 1 - walks.jump, 0)
        passed = (1 - walks.part) * entering[behind, every]
        passed += walks.part * entering[np.maximum(behind - 1, 0), every]
        entering[step + 1] += walks.turn @ passed
    return entering[1:]


def _own_edge(
    graph: Graph,
    events: Events,
    weights: Floats,
    segment_edge: Places,
    start_m: Floats,
    end_m: Floats,
    shape: Kernel,
    width: float,
) -> Floats:
    """Return what every segment receives from the incidents of its own edge, going straight."""
    masses = np.zeros((len(weights), len(segment_edge)))
    at, _ = _at_junctions(graph, events)
    edge, offset, weights = events.edge[~at], events.offset_m[~at], weights[:, ~at]
    order = np.argsort(segment_edge, kind="stable")
    number = np.bincount(segment_edge, minlength=len(graph.length_m))
    first = np.cumsum(number) - number
    for some in np.array_split(np.arange(len(edge)), int(number[edge].sum()) // _CHUNK + 1):
        each = number[edge[some]]
        event = np.repeat(some, each)
        rank = np.arange(len(event)) - np.repeat(np.cumsum(each) - each, each)
        segment = order[first[edge[event]] + rank]
        near, far = start_m[segment] - offset[event], end_m[segment] - offset[event]
        part = np.sign(far) * shape.along(np.abs(far) / width)
        part -= np.sign(near) * shape.along(np.abs(near) / width)
        for mass, weight in zip(masses, weights, strict=True):
            mass += np.bincount(segment, weights=weight[event] * part, minlength=len(mass))
    return masses


def _at_junctions(graph: Graph, events: Events) -> tuple[NDArray[np.bool_], Places]:
    """Return which incidents lie on a junction, and on which one each of these lies."""
    at_tail = events.offset_m <= _AT_JUNCTION_M
    at_head = graph.length_m[events.edge] - events.offset_m <= _AT_JUNCTION_M
    at = at_tail | at_head
    junction = np.where(at_tail, graph.tail[events.edge], graph.head[events.edge])
    return at, junction[at]


def _on_raster(distance: Floats, walks: _Walks) -> tuple[Places, Floats]:
    """Return the step below every distance and the part that goes to the one above."""
    exact = np.minimum(distance / walks.step_m, walks.steps + 1.0)
    low = np.floor(exact)
    return low.astype(np.int64), exact - low
