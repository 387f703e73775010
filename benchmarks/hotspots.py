"""Gi* and local Moran, against esda on the same cells and neighbors.

    python benchmarks/hotspots.py [--cells 10000 100000] [--alone 1000000] [--json FILE]

Cells are an H3 disk of about the number asked for, one incident table from a seed. Before
anything is timed the answers are compared: every z and every local I, and on the
smallest map every p against esda's own simulations. Then the ways take turns:

- z: neighbors built and Gi* worked out, against ``libpysal`` and ``esda.G_Local``, with the
  neighbors once as a ``W`` from ``h3.grid_disk`` and once as ``Graph.build_h3``;
- p: our whole call, neighbors and table included, against 999 conditional permutations
  of esda alone, its neighbors built and its code compiled beforehand, one thread each.

Sizes after ``--alone`` are timed without a rival; three rings are run in a process of their
own to measure the peak of its memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pandas as pd
from timing import Comparison, compare, machine, write_json

import gridgov as gg
from gridgov.geo.disk_sums import DiskSums
from gridgov.geo.hexgrid import cells_to_text, grid_disk
from gridgov.hotspots.gi_scores import gi_star

MIDDLE = 0x8931AA50E27FFFF
PERMUTATIONS = 999
MANY = 99_999


def make_counts(cells: int, *, seed: int = 0) -> pd.DataFrame:
    """Return skewed counts with ten planted clusters on a disk of about so many cells."""
    rings = round((np.sqrt((4 * cells - 1) / 3) - 1) / 2)
    disk = np.sort(grid_disk(MIDDLE, rings))
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.3, 0.3 / 2.3, disk.size)
    for center in rng.choice(disk, 10, replace=False):
        counts[np.isin(disk, grid_disk(int(center), 1))] += rng.poisson(15)
    return pd.DataFrame({"cell": disk, "incidents": counts})


def our_z(counts: pd.DataFrame) -> Any:
    """Return Gi* from cells and counts."""
    return gi_star(counts["incidents"], DiskSums(counts["cell"], rings=1))


def pysal_weights(counts: pd.DataFrame) -> Any:
    """Return libpysal's W the quickest usual way: a dictionary from h3."""
    from libpysal.weights import W

    cells = counts["cell"].tolist()
    known = set(cells)
    near = {
        cell: [one for one in h3.grid_disk(cell, 1) if one != cell and one in known]
        for cell in cells
    }
    return W(near, id_order=cells, silence_warnings=True)


def pysal_graph(counts: pd.DataFrame) -> Any:
    """Return libpysal's Graph by its own function for H3."""
    from libpysal.graph import Graph

    return Graph.build_h3(list(cells_to_text(counts["cell"])), order=1)


def esda_gi(counts: pd.DataFrame, weights: Any, permutations: int, **options: Any) -> Any:
    """Return esda's Gi* with the weights that make its z right."""
    import esda

    return esda.G_Local(
        counts["incidents"].to_numpy(np.float64),
        weights,
        transform="B",
        star=True,
        permutations=permutations,
        n_jobs=1,
        seed=1,
        **options,
    )


def esda_moran(counts: pd.DataFrame, weights: Any, permutations: int, **options: Any) -> Any:
    """Return esda's local Moran."""
    import esda

    return esda.Moran_Local(
        counts["incidents"].to_numpy(np.float64),
        weights,
        permutations=permutations,
        n_jobs=1,
        seed=1,
        **options,
    )


def check_statistics(counts: pd.DataFrame, weights: Any, graph: Any) -> str:
    """Compare every z and every I; return what was found."""
    theirs = esda_gi(counts, weights, 0).Zs
    np.testing.assert_allclose(our_z(counts), theirs, atol=1e-10)
    np.testing.assert_allclose(esda_gi(counts, graph, 0).Zs, theirs, atol=1e-10)
    ours = gg.find_hotspots(counts, null="analytic")["gi_star"].to_numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-10)
    local = esda_moran(counts, weights, 0).Is
    found = gg.find_moran_clusters(counts, null="analytic")["moran_i"].to_numpy()
    np.testing.assert_allclose(found, local, rtol=1e-10, atol=4e-13)
    return (
        f"{len(counts):,} cells: z differs from esda's by at most "
        f"{np.abs(ours - theirs).max():.1e}, local I by {np.abs(found - local).max():.1e}"
    )


def check_p(counts: pd.DataFrame, weights: Any) -> list[str]:
    """Compare p-values with the tails of esda's simulations; return what was found."""
    gi = esda_gi(counts, weights, PERMUTATIONS, keep_simulations=True)
    local = esda_moran(counts, weights, PERMUTATIONS, keep_simulations=True)
    sentences = []
    for name, simulated, observed, p in (
        ("Gi*", gi.rGs, gi.Gs, gg.find_hotspots(counts, null="permutation", permutations=MANY)),
        ("local Moran", local.rlisas, local.Is, gg.find_moran_clusters(counts)),
    ):
        expected = p["p_value"].to_numpy() / 2
        tie = 1e-9 * np.abs(observed)[:, None] + 1e-15
        above = (simulated >= observed[:, None] - tie).mean(axis=1)
        below = (simulated <= observed[:, None] + tie).mean(axis=1)
        # Both tails near one half: the smaller of two noisy ones is too small.
        clear = (expected > 0.005) & (expected < 0.4)
        error = np.sqrt(expected * (1 - expected) / PERMUTATIONS)[clear]
        off = (np.minimum(above, below) - expected)[clear] / error
        spread = float(np.sqrt(np.mean(np.square(off))))
        # esda's cells share their draws, so all are off together by up to about half a unit.
        if not 0.5 < spread < 2.0:
            raise AssertionError(f"{name}: p-values differ by {spread:.2f} standard errors")
        sentences.append(
            f"{name}: {int(clear.sum()):,} p-values differ from {PERMUTATIONS} simulations of "
            f"esda by {off.mean():+.2f} ± {spread:.2f} of their standard error"
        )
    return sentences


def rival_jobs(counts: pd.DataFrame, weights: Any, rounds: int) -> list[Comparison]:
    """Return every comparison on one map."""
    size = f"{len(counts):,} cells"
    by_w = ("libpysal W + esda", lambda: esda_gi(counts, pysal_weights(counts), 0))
    by_graph = ("libpysal Graph + esda", lambda: esda_gi(counts, pysal_graph(counts), 0))
    neighbors_and_z = ("neighbors and z", lambda: our_z(counts))
    table = (
        "find_hotspots(null='analytic')",
        lambda: gg.find_hotspots(counts, null="analytic"),
    )
    lean = {"keep_simulations": False}
    gi = ("esda, 999 permutations", lambda: esda_gi(counts, weights, PERMUTATIONS, **lean))
    moran = ("esda, 999 permutations", lambda: esda_moran(counts, weights, PERMUTATIONS, **lean))
    pairs: list[tuple[str, tuple[str, Callable[[], Any]], tuple[str, Callable[[], Any]]]] = [
        ("Gi* z", neighbors_and_z, by_w),
        ("Gi* z", neighbors_and_z, by_graph),
        ("Gi* z, whole table", table, by_w),
        ("Gi* z, whole table", table, by_graph),
        ("Gi* p", ("find_hotspots()", lambda: gg.find_hotspots(counts)), gi),
        (
            "Gi* p",
            (
                f"find_hotspots(null='permutation', permutations={MANY:,})",
                lambda: gg.find_hotspots(counts, null="permutation", permutations=MANY),
            ),
            gi,
        ),
        (
            "local Moran p",
            ("find_moran_clusters()", lambda: gg.find_moran_clusters(counts)),
            moran,
        ),
        (
            "local Moran p",
            (
                f"find_moran_clusters(null='permutation', permutations={MANY:,})",
                lambda: gg.find_moran_clusters(counts, null="permutation", permutations=MANY),
            ),
            moran,
        ),
    ]
    found = []
    for job, ours, rival in pairs:
        found.append(compare(f"{job}, {size}", ours, rival, rounds=rounds))
        print(found[-1].sentence(), flush=True)
    return found


def alone(counts: pd.DataFrame, rounds: int) -> list[dict[str, Any]]:
    """Return the seconds of our calls on a map that has no rival."""
    found = []
    for name, run in (
        ("neighbors and z", lambda: our_z(counts)),
        ("find_hotspots(null='analytic')", lambda: gg.find_hotspots(counts, null="analytic")),
        ("find_hotspots()", lambda: gg.find_hotspots(counts)),
        ("find_moran_clusters()", lambda: gg.find_moran_clusters(counts)),
    ):
        run()
        seconds = []
        for _ in range(rounds):
            gc.collect()
            start = perf_counter()
            run()
            seconds.append(perf_counter() - start)
        found.append({"cells": len(counts), "call": name, "seconds": seconds})
        print(
            f"{len(counts):,} cells, {name}: {median(seconds):.2f} s "
            f"({min(seconds):.2f} to {max(seconds):.2f} over {rounds} rounds)",
            flush=True,
        )
    return found


PEAK_CALLS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "find_hotspots(rings=3)": lambda counts: gg.find_hotspots(counts, rings=3),
    "find_moran_clusters(rings=3)": lambda counts: gg.find_moran_clusters(counts, rings=3),
    "measure_autocorrelation(rings=3, permutations=0)": lambda counts: gg.measure_autocorrelation(
        counts, rings=3, permutations=0
    ),
}


def peak(call: str, cells: int) -> None:
    """Run one call and print how long it took and the peak of this process's memory."""
    counts = make_counts(cells)
    before = _peak_bytes()
    start = perf_counter()
    PEAK_CALLS[call](counts)
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_bytes": _peak_bytes(), "before_bytes": before}))


def peaks(cells: int) -> list[dict[str, Any]]:
    """Return the peak of memory of every call, each in a process of its own."""
    found = []
    for call in PEAK_CALLS:
        run = subprocess.run(
            [sys.executable, __file__, "--peak", call, "--alone", str(cells)],
            check=True,
            capture_output=True,
            text=True,
        )
        answer = json.loads(run.stdout)
        found.append({"cells": cells, "call": call, **answer})
        print(
            f"about {cells:,} cells, {call}: peak {answer['peak_bytes'] / 1e9:.2f} GB "
            f"({answer['before_bytes'] / 1e9:.2f} GB before the call), {answer['seconds']:.1f} s",
            flush=True,
        )
    return found


def _peak_bytes() -> int:
    """Return the largest memory this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says on Linux counts the process that started this one.
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    # macOS counts bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--alone", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peak", choices=tuple(PEAK_CALLS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    # Islands and draws are announced by both sides, and mean nothing to a stopwatch.
    warnings.simplefilter("ignore")
    if options.peak:
        peak(options.peak, options.alone[0])
        return 0

    load = [os.getloadavg()]
    comparisons: list[Comparison] = []
    checks: list[str] = []
    for place, cells in enumerate(sorted(options.cells)):
        counts = make_counts(cells)
        weights = pysal_weights(counts)
        checks.append(check_statistics(counts, weights, pysal_graph(counts)))
        print(checks[-1], flush=True)
        if place == 0:
            checks += check_p(counts, weights)
            print("\n".join(checks[-2:]), flush=True)
        for run in (esda_gi, esda_moran):
            # Compiled now, so that no round pays for it.
            run(counts, weights, PERMUTATIONS, keep_simulations=False)
        comparisons += rival_jobs(counts, weights, options.rounds)
        load.append(os.getloadavg())
    solo: list[dict[str, Any]] = []
    memory: list[dict[str, Any]] = []
    for cells in options.alone:
        solo += alone(make_counts(cells), options.rounds)
        memory += peaks(cells)
        load.append(os.getloadavg())
    print("load of the machine:", ", ".join(f"{one[0]:.1f}" for one in load))
    if options.json:
        about = machine("gridgov", "numpy", "scipy", "pandas", "numba", "libpysal", "esda", "h3")
        extra = {"checks": checks, "alone": solo, "memory": memory, "load": load}
        write_json(options.json, comparisons, {**about, **extra})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
