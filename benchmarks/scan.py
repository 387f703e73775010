"""Scan for clusters, and race the search of the replicates against looking at every window.

    python benchmarks/scan.py --cells 1000 10000 --json scan.json

The rival is what one writes in NumPy: for every center the counts of all replicates are
gathered and summed up, and the likelihood ratio of every window of every replicate is
worked out. Both search the same replicates; their maxima are compared before anything is
timed. The rival races on the smallest grid alone, because on a larger one it takes hours.
"""

from __future__ import annotations

import argparse
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from timing import Comparison, compare, machine, write_json

from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_likelihood import log_likelihood_ratio
from gridgov.hotspots.scan_maxima import replicate_maxima
from gridgov.hotspots.scan_replicates import poisson_counts
from gridgov.hotspots.scan_windows import Circles, earth_points, time_intervals

MIDDLE = 0x8931AA50E27FFFF
REPLICATES = 999


def make_counts(cells: int, months: int, *, incidents: int, seed: int) -> pd.DataFrame:
    """Return a table of counts on a round grid, areas uneven as on the rim of a city."""
    rings = 0
    while 3 * rings * (rings + 1) + 1 < cells:
        rings += 1
    ids = grid_disk(MIDDLE, rings)[:cells]
    rng = np.random.default_rng(seed)
    area = np.repeat(rng.uniform(0.03, 0.1, cells), months)
    table = pd.DataFrame({"cell": np.repeat(ids, months), "area_km2": area})
    table["incidents"] = rng.multinomial(incidents, area / area.sum())
    starts = pd.date_range("2017-01-01", periods=months, freq="MS", tz="Asia/Shanghai")
    return table.assign(period=np.tile(starts, cells) if months > 1 else pd.NaT)


def every_window(drawn: Any, circles: Circles, expected: Any, total: int) -> Any:
    """Return the maxima of replicates from the likelihood ratio of every circle."""
    maxima = np.zeros(len(drawn))
    counts = drawn[:, :, 0].T
    for center in range(len(circles)):
        around = circles.about(center)
        ends = np.flatnonzero(around.ends)
        seen = np.cumsum(counts[around.order], axis=0)[ends]
        hoped = np.cumsum(expected[around.order, 0])[ends]
        ratio = log_likelihood_ratio(seen, hoped[:, None], total=total, direction="high")
        np.maximum(maxima, ratio.max(axis=0, initial=0.0), out=maxima)
    return maxima


def race(cells: int, *, rounds: int, seed: int) -> Comparison:
    """Return how the search of 999 replicates compares with looking at every window."""
    table = make_counts(cells, 1, incidents=3 * cells, seed=seed)
    area = table["area_km2"].to_numpy()[:, None]
    total = int(table["incidents"].sum())
    expected = area * total / area.sum()
    points = earth_points(*cell_centers(table["cell"].to_numpy(np.uint64)))
    circles = Circles(points, expected[:, 0], space_share=0.5, radius_m=None)
    drawn = poisson_counts(expected, total)(np.random.default_rng(seed), REPLICATES)

    def ours() -> Any:
        return replicate_maxima(
            [drawn],
            circles,
            expected,
            time_intervals(1, time="none", time_share=0.5),
            replicates=REPLICATES,
            total=total,
            direction="high",
            tell=lambda share: None,
        )

    def rival() -> Any:
        return every_window(drawn, circles, expected, total)

    apart = float(np.abs(ours() - rival()).max())
    if apart > 1e-9:
        sys.exit(f"The maxima differ by {apart:.1e}. Nothing was timed.")
    sys.stdout.write(f"Equal maxima in {REPLICATES} replicates, to {apart:.0e}.\n")
    return compare(
        f"{REPLICATES} replicates on {cells:,} cells, circles up to half",
        ("gridgov", ours),
        ("every window", rival),
        rounds=rounds,
    )


def time_whole(
    cells: int, months: int, *, incidents: int, seed: int, **options: Any
) -> dict[str, Any]:
    """Return how long a whole call takes, with all its windows and replicates."""
    table = make_counts(cells, months, incidents=incidents, seed=seed)
    start = perf_counter()
    found = find_scan_clusters(table, replicates=REPLICATES, **options)
    seconds = perf_counter() - start
    case = {
        "cells": cells,
        "months": months,
        "incidents": incidents,
        **options,
        "windows": found.attrs["scan"]["maps"][0]["windows"],
        "seconds": round(seconds, 2),
        # Linux counts kilobytes; the peak of the process so far, so cases go by size.
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    sys.stdout.write(" · ".join(f"{key} {value}" for key, value in case.items()) + "\n")
    return case


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, nargs="+", default=[1_000])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--race", type=int, default=300, help="cells of the race; 0 for none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    options = parser.parse_args()

    seed, months = options.seed, options.months
    comparisons: list[Comparison] = []
    if options.race:
        comparisons.append(race(options.race, rounds=options.rounds, seed=seed))
        sys.stdout.write(comparisons[-1].sentence() + "\n")
    cases = []
    for cells in sorted(options.cells):
        incidents = min(20_000, 3 * cells)
        cases.append(time_whole(cells, 1, incidents=incidents, seed=seed, radius_km=2.0))
        cases.append(time_whole(cells, 1, incidents=incidents, seed=seed))
        for time in ("prospective", "retrospective"):
            for radius in (2.0, None) if cells <= 1_000 else (2.0,):
                cases.append(
                    time_whole(
                        cells, months, incidents=20_000, seed=seed, time=time, radius_km=radius
                    )
                )
    if options.json is not None:
        about = {"seed": seed, "cases": cases, **machine("gridgov", "numpy", "scipy", "h3")}
        write_json(options.json, comparisons, about)


if __name__ == "__main__":
    main()
