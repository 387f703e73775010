"""Count how often each null claims hotspots that are not there, and misses those that are.

    python benchmarks/calibration.py [--small] [--runs N] [--json FILE] [--chart FILE]

Counts without any hotspot are dealt over a hexagonal grid many times, and three ways
to a p-value are each followed by Benjamini-Hochberg at q < 0.10:

- ``randomization``: the exact null of ``gridgov.find_hotspots``;
- ``analytic``: the normal tail of z, ``gridgov.find_hotspots(null="analytic")``;
- ``permutation``: 999 conditional permutations, which keep a cell's own count in
  place and share their draws among the cells, as esda's G_Local does, two-sided.

Where nothing is there to be found every discovery is false, so the share of maps with
any discovery is the false discovery rate and should be 0.10 or less. The second table
adds incidents to planted neighborhoods. One seed fixes every number but the seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gridgov as gg
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.multiple_testing import benjamini_hochberg

MIDDLE = 0x8931AA50E27FFFF
LEVEL = 0.10
METHODS = ("randomization", "analytic", "permutation")
PERMUTATIONS = 999
# Maps tested in one call, so that memory stays below a few hundred megabytes.
BATCH = 25
PLANTED = 8

Deal = Callable[[np.random.Generator, tuple[int, int]], NDArray[np.int64]]

COUNTS: dict[str, Deal] = {
    "Poisson, mean 0.3": lambda rng, shape: rng.poisson(0.3, shape),
    "Poisson, mean 2": lambda rng, shape: rng.poisson(2.0, shape),
    # Negative binomial with shape 0.3 is Poisson with a gamma-distributed mean.
    "gamma-Poisson, k 0.3, mean 2": lambda rng, shape: rng.negative_binomial(0.3, 0.3 / 2.3, shape),
    "80 % zeros, else Poisson 10": lambda rng, shape: (
        rng.poisson(10.0, shape) * (rng.uniform(size=shape) < 0.2)
    ),
}


def discoveries(
    incidents: NDArray[np.int64], cells: NDArray[np.uint64], method: str, seed: int
) -> NDArray[np.int64]:
    """Return 1 hot, -1 cold, 0 neither for every map (row) and cell (column)."""
    if method == "permutation":
        return permutation_discoveries(incidents, cells, seed)
    maps, size = incidents.shape
    counts = pd.DataFrame(
        {
            "cell": np.tile(cells, maps),
            "group": np.repeat([f"{number:06d}" for number in range(maps)], size),
            "incidents": incidents.ravel(),
        }
    )
    hot = gg.find_hotspots(counts, null=method)
    claimed = (hot["q_value"] < LEVEL) * np.sign(hot["gi_star"])
    return claimed.to_numpy().reshape(maps, size).astype(np.int64)


def permutation_discoveries(
    incidents: NDArray[np.int64], cells: NDArray[np.uint64], seed: int
) -> NDArray[np.int64]:
    """Return the discoveries of conditional permutations, draws shared by the cells."""
    matrix = disk_matrix(cells, rings=1)
    others = np.diff(matrix.indptr) - 1
    rng = np.random.default_rng(seed)
    found = np.zeros(incidents.shape, dtype=np.int64)
    for row, counts in enumerate(incidents):
        drawn = rng.integers(cells.size, size=(PERMUTATIONS, 6))
        # A draw that holds a cell twice is drawn again as a whole.
        while (twice := (np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1)).any():
            drawn[twice] = rng.integers(cells.size, size=(int(twice.sum()), 6))
        totals = np.cumsum(counts[drawn], axis=1)
        observed = matrix @ counts - counts
        p = np.full(cells.size, np.nan)
        for size in np.unique(others).tolist():
            here = np.flatnonzero(others == size)
            reference = totals[:, size - 1]
            ordered = np.sort(reference)
            below = np.searchsorted(ordered, observed[here], side="right")
            above = PERMUTATIONS - np.searchsorted(ordered, observed[here], side="left")
            # Draws that hold the cell itself are none of its own: take them back.
            place = np.full(cells.size, -1)
            place[here] = np.arange(here.size)
            held = place[drawn[:, :size]]
            draw, column = np.nonzero(held >= 0)
            held = held[draw, column]
            np.subtract.at(below, held, reference[draw] <= observed[here][held])
            np.subtract.at(above, held, reference[draw] >= observed[here][held])
            draws = PERMUTATIONS - np.bincount(held, minlength=here.size)
            p[here] = np.minimum(1.0, 2.0 * (np.minimum(below, above) + 1) / (draws + 1))
        expected = (others + 1) * counts.mean()
        found[row] = (benjamini_hochberg(p) < LEVEL) * np.sign(observed + counts - expected)
    return found


def measure(
    cells: NDArray[np.uint64],
    name: str,
    *,
    runs: int,
    seed: int,
    planted: NDArray[np.bool_] | None,
) -> list[dict[str, Any]]:
    """Return one row a method: false discoveries, and hotspots found where any are planted."""
    matrix = disk_matrix(cells, rings=1)
    rng = np.random.default_rng([seed, cells.size, list(COUNTS).index(name)])
    totals = {method: np.zeros(5) for method in METHODS}
    for start in range(0, runs, BATCH):
        maps = min(BATCH, runs - start)
        incidents = COUNTS[name](rng, (maps, cells.size))
        if planted is not None:
            # Three standard deviations of one cell's count, added to each planted cell.
            extra = 3.0 * incidents.std()
            incidents = incidents + rng.poisson(extra, incidents.shape) * planted
        for method in METHODS:
            began = time.perf_counter()
            found = discoveries(incidents, cells, method, seed + start)
            seconds = time.perf_counter() - began
            # A claim is false where the neighborhood holds no planted cell, or is cold.
            true = np.zeros(cells.size, dtype=bool)
            hits = 0.0
            if planted is not None:
                true = (matrix @ planted.astype(float)) > 0
                hits = (found[:, planted] > 0).mean(axis=1).sum()
            false = ((found != 0) & ~(true & (found > 0))).sum(axis=1)
            claims = (found != 0).sum(axis=1)
            shares = false / np.maximum(claims, 1)
            totals[method] += [(false > 0).sum(), false.sum(), shares.sum(), hits, seconds]
    return [
        {
            "cells": int(cells.size),
            "counts": name,
            "planted": planted is not None,
            "method": method,
            "runs": runs,
            "any_false_share": totals[method][0] / runs,
            "false_mean": totals[method][1] / runs,
            "false_discovery_rate": totals[method][2] / runs,
            "found_share": totals[method][3] / runs if planted is not None else None,
            "seconds_per_map": round(totals[method][4] / runs, 5),
        }
        for method in METHODS
    ]


def plant(cells: NDArray[np.uint64], seed: int) -> NDArray[np.bool_]:
    """Return which cells lie in one of the planted neighborhoods of seven cells."""
    inner = np.flatnonzero(np.diff(disk_matrix(cells, rings=1).indptr) == 7)
    centers = np.random.default_rng(seed).choice(cells[inner], size=PLANTED, replace=False)
    return np.isin(cells, np.concatenate([grid_disk(center, 1) for center in centers.tolist()]))


def show(rows: list[dict[str, Any]]) -> None:
    """Print both tables as Markdown."""
    print("Without hotspots: share of maps with any discovery at q < 0.10 (mean number)\n")
    print("| cells | counts | runs | " + " | ".join(METHODS) + " |")
    print("|---" * (3 + len(METHODS)) + "|")
    for key, group in grouped(rows, planted=False):
        values = [f"{row['any_false_share']:.1%} ({row['false_mean']:.2f})" for row in group]
        print(f"| {key[0]:,} | {key[1]} | {group[0]['runs']} | " + " | ".join(values) + " |")
    print(
        f"\nWith {PLANTED} planted neighborhoods: share of planted cells called hot "
        "(false discovery rate)\n"
    )
    print("| cells | counts | runs | " + " | ".join(METHODS) + " |")
    print("|---" * (3 + len(METHODS)) + "|")
    for key, group in grouped(rows, planted=True):
        values = [f"{row['found_share']:.1%} ({row['false_discovery_rate']:.1%})" for row in group]
        print(f"| {key[0]:,} | {key[1]} | {group[0]['runs']} | " + " | ".join(values) + " |")


def grouped(rows: list[dict[str, Any]], *, planted: bool) -> list[tuple[Any, Any]]:
    """Return the rows of each grid and kind of counts, in order of appearance."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["planted"] == planted:
            groups.setdefault((row["cells"], row["counts"]), []).append(row)
    return list(groups.items())


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw the share of hotspot-free maps with a discovery, one panel a grid."""
    from matplotlib.figure import Figure

    sizes = sorted({row["cells"] for row in rows})
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    panels = figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0]
    for axes, size in zip(panels, sizes, strict=True):
        groups = [(key[1], group) for key, group in grouped(rows, planted=False) if key[0] == size]
        for number, (method, color) in enumerate(
            zip(METHODS, ("#0072b2", "#d55e00", "#7f7f7f"), strict=True)
        ):
            heights = [group[number]["any_false_share"] for _, group in groups]
            places = np.arange(len(groups)) + (number - 1) * 0.27
            bars = axes.bar(places, heights, 0.25, label=method, color=color)
            axes.bar_label(bars, [f"{height:.0%}" for height in heights], fontsize=8)
        axes.axhline(LEVEL, color="black", linewidth=1, linestyle="--")
        names = [name.replace(", ", "\n") for name, _ in groups]
        axes.set_xticks(np.arange(len(groups)), names, fontsize=8)
        axes.set_title(f"{size:,} cells", fontsize=10)
        axes.set_ylim(0, 1.08)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("maps without hotspots that show one")
    panels[0].legend(frameon=False, fontsize=8, loc="upper left")
    figure.suptitle("False alarms at q < 0.10; the dashed line is what was promised", fontsize=11)
    figure.savefig(path, dpi=150)


def main(argv: list[str] | None = None) -> list[dict[str, Any]]:
    """Run the whole benchmark and return its rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--small", action="store_true", help="a few small maps, seconds")
    parser.add_argument("--runs", type=int, help="maps of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write every number here")
    parser.add_argument("--chart", type=Path, help="write a PNG here")
    options = parser.parse_args(argv)
    # Disks of 25 and 55 rings hold 1,951 and 9,241 cells; 8 rings hold 217.
    rings = (8,) if options.small else (25, 55)
    runs = options.runs or (10 if options.small else 500)

    began = time.perf_counter()
    rows = []
    for number in rings:
        cells = grid_disk(MIDDLE, number)
        for name in COUNTS:
            rows += measure(cells, name, runs=runs, seed=options.seed, planted=None)
            rows += measure(
                cells,
                name,
                runs=max(runs // 4, 1),
                seed=options.seed + 1,
                planted=plant(cells, options.seed),
            )
    show(rows)
    print(f"\nseed {options.seed}, {time.perf_counter() - began:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if options.chart:
        draw(rows, options.chart)
    return rows


if __name__ == "__main__":
    main()
