"""Sums of a kernel from points to nodes, exact, in blocks that stay in the cache.

Points are taken tile by tile, a tile as wide as the kernel reaches, and meet only the nodes
of the nine tiles about them. No pair within reach is left out and none is approximated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.hotspots.kernels import KERNELS, KernelName

__all__ = ["KernelSums", "kernel_sums"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# Pairs at once: a few arrays of 1 MB.
_BLOCK = 1 << 17
_MOST_TILES_ACROSS = 64


class KernelSums(NamedTuple):
    """What the points put on every node, a square meter.

    Attributes
    ----------
    raw
        Σ_i w_i K_i.
    conserving
        The same with every point's kernel divided by its mass on the nodes.
    """

    raw: Floats
    conserving: Floats


def kernel_sums(
    points: Floats,
    weights: Floats,
    nodes: Floats,
    masses: Floats,
    *,
    kernel: KernelName,
    width: float,
) -> KernelSums:
    """Return what points put on nodes under a kernel.

    Parameters
    ----------
    points, weights
        Where from, meters, shape (n, 2), and how much each, shape (n,).
    nodes, masses
        Where to, meters, shape (k, 2), and the area each stands for, m², shape (k,).
    kernel
        A name in :data:`gridgov.hotspots.kernels.KERNELS`.
    width
        Its bandwidth, meters.

    Returns
    -------
    KernelSums
        Per square meter. A point without a node in reach adds nothing to either.
    """
    shape = KERNELS[kernel]
    raw, conserving = np.zeros(len(nodes)), np.zeros(len(nodes))
    # In bandwidths, so that the kernel needs no scaling of every pair.
    x, y = (points / width).T
    node_x, node_y = (nodes / width).T
    weights = weights / width**2
    for rows, near in _neighborhoods(points / width, nodes / width, shape.reach):
        near_x, near_y, near_mass = node_x[near], node_y[near], masses[near] / width**2
        step = max(_BLOCK // len(near), 1)
        for some in np.split(rows, np.arange(step, len(rows), step)):
            squared = np.subtract.outer(x[some], near_x)
            squared *= squared
            other = np.subtract.outer(y[some], near_y)
            other *= other
            squared += other
            values = shape.plane(squared)
            raw[near] += weights[some] @ values
            inside = values @ near_mass
            share = np.divide(weights[some], inside, out=np.zeros(len(some)), where=inside > 0)
            conserving[near] += share @ values
    return KernelSums(raw, conserving)


def _neighborhoods(points: Floats, nodes: Floats, reach: float) -> Iterator[tuple[Places, Places]]:
    """Yield points of one tile, and every node within reach of any of them."""
    low = np.minimum(points.min(axis=0), nodes.min(axis=0))
    extent = np.maximum(points.max(axis=0), nodes.max(axis=0)) - low
    # Narrow kernels would make more tiles than the loop over them is worth.
    side = max(reach, float(extent.max()) / _MOST_TILES_ACROSS)
    across = int(extent[1] // side) + 3
    # One empty tile all around, so that neighbors are shifts of the code.
    code, node_code = (
        (tile[:, 0] * across + tile[:, 1]).astype(np.int64)
        for tile in (np.floor((points - low) / side) + 1, np.floor((nodes - low) / side) + 1)
    )
    order, node_order = np.argsort(code, kind="stable"), np.argsort(node_code, kind="stable")
    ascending = node_code[node_order]
    for rows in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
        here = code[rows[0]] + across * np.array([-1, 0, 1])
        starts = np.searchsorted(ascending, here - 1, side="left")
        ends = np.searchsorted(ascending, here + 1, side="right")
        near = np.concatenate(
            [node_order[first:last] for first, last in zip(starts, ends, strict=True)]
        )
        west, south = points[rows].min(axis=0) - reach
        east, north = points[rows].max(axis=0) + reach
        x, y = nodes[near].T
        near = near[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
        if near.size:
            yield rows, near
