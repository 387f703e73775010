"""Gi* from cells, against libpysal and esda, and against h3ronpy and SciPy.

The counts and the peers' calls are those of ``benchmarks/hotspots.py``, which also compares
the exact and the permutation p-values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from hotspots import esda_gi, make_counts, pysal_graph, pysal_weights
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr
from scipy.stats import false_discovery_control

import gridgov as gg
from gridgov.geo import adjacency
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.disk_sums import DiskSums
from gridgov.hotspots.gi_scores import gi_star
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from peers.lines import DifferentError, Line, Row, Size, absent, need, race, same
from peers.turns import race_all

__all__ = ["ROWS"]

_NEAR = 1e-10

Floats = NDArray[np.float64]


def run_esda(size: Size) -> Iterator[Line]:
    """Yield Gi* from cells to z and q, by arrays and as a whole table."""
    counts = make_counts(size.of(100_000, 600))
    job = f"Gi* from {len(counts):,} cells to z and q, one ring"
    ours: dict[str, Callable[[], Any]] = {
        "gridgov, arrays": partial(_arrays, counts),
        "gridgov.find_hotspots": partial(_table, counts),
    }
    z, q = _arrays(counts)
    for name, way in ours.items():
        for ours_, theirs, what in zip(way(), (z, q), ("z", "q"), strict=True):
            same(ours_, theirs, f"{what} of {name}", atol=_NEAR)
    ways, lines = dict(ours), []
    for name, make in (
        ("libpysal Graph + esda", pysal_graph),
        ("libpysal W + esda", pysal_weights),
    ):
        try:
            need("libpysal"), need("esda")
            peer = partial(_esda, counts, make)
            theirs_z, theirs_q = peer()
            equal = f"{same(z, theirs_z, 'z', atol=_NEAR)}, {same(q, theirs_q, 'q', atol=_NEAR)}"
        except DifferentError:
            raise
        except Exception as error:
            yield absent("gi", job, "gridgov", name, error)
            continue
        ways[name] = peer
        lines += [Line("gi", job, way, name, equal=equal, target=120.0) for way in ours]
    yield from race_all(size, lines, ways)


def _arrays(counts: Any) -> tuple[Floats, Floats]:
    """Return z and q without a table."""
    z = gi_star(counts["incidents"], DiskSums(counts["cell"], rings=1))
    return z, benjamini_hochberg(2 * ndtr(-np.abs(z)))


def _table(counts: Any) -> tuple[Floats, Floats]:
    """Return z and q of the public call under the same null."""
    found = gg.find_hotspots(counts, null="analytic")
    return found["gi_star"].to_numpy(), found["q_value"].to_numpy()


def _esda(counts: Any, neighbors: Callable[[Any], Any]) -> tuple[Floats, Floats]:
    """Return z of esda and q of SciPy from it."""
    z = esda_gi(counts, neighbors(counts), 0).Zs
    return z, false_discovery_control(2 * ndtr(-np.abs(z)))


def run_million(size: Size) -> Iterator[Line]:
    """Yield neighbors and Gi* of a million cells in three rings."""
    counts = make_counts(size.of(1_000_000, 600))
    job = f"neighbors and Gi* of {len(counts):,} cells, three rings"
    ours = partial(_our_rings, counts)
    matrix, z = ours()
    if len(counts) <= 20_000:
        plain = adjacency.matrix_by_library(counts["cell"].to_numpy(np.uint64), 3)
        equal = same(matrix.indices, plain.indices, "neighbors")
        yield Line("gi-million", job, "gridgov", "h3, one cell at a time", equal=equal)
    try:
        need("h3ronpy")
        peer = partial(_h3ronpy_rings, counts)
        their_matrix, their_z = peer()
        same(matrix.indptr, their_matrix.indptr, "numbers of neighbors")
        equal = same(matrix.sum(axis=0), their_matrix.sum(axis=0), "columns")
        equal = f"{matrix.nnz:,} neighbors, {same(z, their_z, 'z', atol=_NEAR)}"
        del matrix, their_matrix
    except DifferentError:
        raise
    except Exception as error:
        yield absent("gi-million", job, "gridgov", "h3ronpy + SciPy", error)
        return
    rival = ("h3ronpy + SciPy", peer)
    yield race(size, "gi-million", job, ("gridgov", ours), rival, equal=equal, target=5.0)


def _our_rings(counts: Any) -> tuple[Any, Floats]:
    matrix = disk_matrix(counts["cell"], rings=3)
    return matrix, gi_star(counts["incidents"], matrix)


def _h3ronpy_rings(counts: Any) -> tuple[Any, Floats]:
    """Return the matrix by disks of h3ronpy, and z by SciPy with the closed formula."""
    import h3ronpy
    import pyarrow as pa

    cells = counts["cell"].to_numpy(np.uint64)
    near = pa.array(h3ronpy.grid_disk(cells, 3))
    starts = near.offsets.to_numpy()
    found = near.values.to_numpy(zero_copy_only=False)
    # The cells are in ascending order.
    place = np.searchsorted(cells, found)
    place[place == len(cells)] = 0
    known = cells[place] == found
    number = np.add.reduceat(known, starts[:-1], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(number)])
    columns = place[known]
    matrix = csr_array((np.ones(len(columns)), columns, ends), shape=(len(cells), len(cells)))
    y = counts["incidents"].to_numpy(np.float64)
    # Weights are 0 and 1: their sum is the sum of their squares.
    n, total = len(y), number.astype(np.float64)
    spread = y.std() * np.sqrt((n * total - total**2) / (n - 1))
    return matrix, (matrix @ y - total * y.mean()) / spread


ROWS = [
    Row("gi", "Gi* from cells to z and q, against libpysal and esda", run_esda),
    Row("gi-million", "neighbors and Gi*, a million cells, against h3ronpy", run_million),
]
