"""Count how often each null claims hotspots that are not there, and misses those that are.

    python benchmarks/calibration.py [--small] [--scale X] [--json FILE] [--chart FILE]

Five kinds of counts without any hotspot are dealt over hexagonal grids of about 1,000,
10,000 and 100,000 cells, and every way to a p-value is followed by a correction and
asked for discoveries at q < 0.10, in neighborhoods of one, two and three rings:

- ``randomization``: the exact null of ``gridgov.find_hotspots``, Benjamini-Hochberg;
- ``randomization BY``: the same p-values, Benjamini-Yekutieli;
- ``gi``: Gi without the cell itself, exact null, Benjamini-Hochberg;
- ``analytic``: the normal tail of z;
- ``permutation``: 999 conditional permutations;
- ``esda``: 999 permutations of esda's G_Local itself (``transform="B"``, ``star=True``),
  doubled to two sides, on fewer maps. Its z is checked to be ours.

Where nothing is there to be found every discovery is false, so the share of maps with
any discovery is the false discovery rate. Incidents are then added to planted
neighborhoods. A field of intensities that rises and falls over many cells is no null of
total randomization: there the question is whether what is called hot has a true
intensity above the mean. Rates of one constant risk are tested raw and smoothed.
One seed fixes every number but the seconds.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calibration_report
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gridgov as gg
from gridgov.errors import DataWarning
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.multiple_testing import benjamini_hochberg, benjamini_yekutieli

MIDDLE = 0x8931AA50E27FFFF
LEVEL = 0.10
OURS: dict[str, dict[str, Any]] = {
    "randomization": {},
    "gi": {"statistic": "gi"},
    "analytic": {"null": "analytic"},
    "permutation": {"null": "permutation"},
}
# Cells tested in one call, so that memory stays below a few hundred megabytes.
BATCH = 600_000
PLANTED = 8
# Rings of the grid, maps without hotspots at one ring, maps of each kind given to esda
# (16 s a map of 100,000 cells: none unless --scale asks for more). Wider neighborhoods
# get a third of the maps, planted ones half.
GRIDS = ((18, 80, 10 / 3), (57, 24, 1.0), (182, 8, 1 / 3))
SMALL = ((8, 6, 0.0),)

Deal = Callable[[np.random.Generator, tuple[int, int]], NDArray[np.int64]]

COUNTS: dict[str, Deal] = {
    "Poisson, mean 0.3": lambda rng, shape: rng.poisson(0.3, shape),
    "Poisson, mean 2": lambda rng, shape: rng.poisson(2.0, shape),
    # Negative binomial with shape 0.3 is Poisson with a gamma-distributed mean.
    "gamma-Poisson, k 0.3, mean 2": lambda rng, shape: rng.negative_binomial(0.3, 0.3 / 2.3, shape),
    "80 % zeros, else Poisson 10": lambda rng, shape: (
        rng.poisson(10.0, shape) * (rng.uniform(size=shape) < 0.2)
    ),
    # Neyman's type A: a Poisson number of clusters in a cell, six incidents each on
    # average; a cluster never crosses into the next cell.
    "clusters within cells": lambda rng, shape: rng.poisson(6.0 * rng.poisson(0.3, shape)),
}


def table_of(incidents: NDArray[np.int64], cells: NDArray[np.uint64]) -> pd.DataFrame:
    """Return maps (rows) of cells (columns) as one table of counts, a group a map."""
    maps, size = incidents.shape
    return pd.DataFrame(
        {
            "cell": np.tile(cells, maps),
            "group": np.repeat([f"{number:06d}" for number in range(maps)], size),
            "incidents": incidents.ravel(),
        }
    )


def discoveries(
    incidents: NDArray[np.int64], cells: NDArray[np.uint64], *, rings: int, seed: int
) -> dict[str, tuple[NDArray[np.int64], float]]:
    """Return 1 hot, -1 cold, 0 neither for every way, map (row) and cell (column), and seconds."""
    counts, shape = table_of(incidents, cells), incidents.shape
    answers = {}
    for way, options in OURS.items():
        began = time.perf_counter()
        # That permutations are few, and draws have a floor, is what is measured here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            hot = gg.find_hotspots(counts, rings=rings, seed=seed, **options)
        sides = np.sign(hot["gi_star"].to_numpy().reshape(shape))
        claimed = ((hot["q_value"] < LEVEL).to_numpy().reshape(shape) * sides).astype(np.int64)
        answers[way] = claimed, time.perf_counter() - began
        if way == "randomization":
            p = hot["p_value"].to_numpy().reshape(shape)
            q = np.array([benjamini_yekutieli(row) for row in p])
            claimed = ((q < LEVEL) * sides).astype(np.int64)
            answers["randomization BY"] = claimed, time.perf_counter() - began
    return answers


class Esda:
    """esda's G_Local on one grid, or nothing when it is not installed."""

    def __init__(self, cells: NDArray[np.uint64]) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import esda
                from libpysal.weights import WSP, WSP2W
        except ImportError:
            self.graph = None
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matrix = disk_matrix(cells, rings=1).tolil()
            matrix.setdiag(0)
            self.graph = WSP2W(WSP(matrix.tocsr()))
        self.local = esda.G_Local
        self.cells = cells

    def discoveries(
        self, incidents: NDArray[np.int64], *, seed: int
    ) -> tuple[NDArray[np.int64], float, float]:
        """Return the discoveries, the share of cells with p_sim < 0.05 as given, and seconds."""
        found, small = np.zeros(incidents.shape, dtype=np.int64), 0.0
        began = time.perf_counter()
        for number, counts in enumerate(incidents):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = self.local(
                    counts.astype(float),
                    self.graph,
                    transform="B",
                    star=True,
                    permutations=999,
                    keep_simulations=False,
                    n_jobs=1,
                    seed=seed + number,
                )
            q = benjamini_hochberg(np.minimum(1.0, 2.0 * answer.p_sim))
            found[number] = (q < LEVEL) * np.sign(answer.Zs)
            small += (answer.p_sim < 0.05).mean() / len(incidents)
        seconds = time.perf_counter() - began
        ours = gg.find_hotspots(table_of(counts[None], self.cells), null="analytic")["gi_star"]
        np.testing.assert_allclose(ours, answer.Zs, atol=1e-9)
        return found, small, seconds


class Tally:
    """Means and standard errors over maps of what one way found."""

    def __init__(self) -> None:
        self.parts: list[NDArray[np.float64]] = []
        self.seconds = 0.0
        self.unadjusted: float | None = None

    def add(self, found: NDArray[np.int64], truth: Any, planted: Any, seconds: float) -> None:
        """Add maps; `truth` is 1 where hot is true, -1 where cold is, 0 where no claim is."""
        wrong = (found != 0) & (found != truth)
        false = wrong.sum(axis=1)
        cold = (wrong & (found < 0)).sum(axis=1)
        claims = (found != 0).sum(axis=1)
        hits = (found[:, planted] > 0).mean(axis=1) if planted is not None else np.zeros(len(found))
        self.parts.append(
            np.array([false > 0, false, false / np.maximum(claims, 1), hits, claims, cold])
        )
        self.seconds += seconds

    def row(self, **about: Any) -> dict[str, Any]:
        """Return the row of one way."""
        values = np.concatenate(self.parts, axis=1)
        runs = values.shape[1]
        mean = values.mean(axis=1)
        error = values.std(axis=1, ddof=1 if runs > 1 else 0) / np.sqrt(runs)
        names = ("any_false", "false", "false_discovery_rate", "found", "claims", "cold_false")
        return {
            **about,
            "runs": runs,
            **dict(zip(names, mean.tolist(), strict=True)),
            **dict(zip([f"{name}_se" for name in names], error.tolist(), strict=True)),
            "esda_unadjusted_share": self.unadjusted,
            "seconds_per_map": self.seconds / runs,
        }


def measure(
    cells: NDArray[np.uint64],
    name: str,
    *,
    rings: int,
    runs: int,
    seed: int,
    planted: NDArray[np.bool_] | None = None,
    esda: Esda | None = None,
    esda_runs: int = 0,
) -> list[dict[str, Any]]:
    """Return one row a way: false discoveries, and hotspots found where any are planted."""
    rng = np.random.default_rng([seed, cells.size, list(COUNTS).index(name), rings])
    truth = np.zeros(cells.size, dtype=np.int64)
    if planted is not None:
        # A claim is true where it is hot and the neighborhood holds a planted cell.
        truth = ((disk_matrix(cells, rings=rings) @ planted.astype(float)) > 0).astype(np.int64)
    tallies = {way: Tally() for way in (*list(OURS)[:1], "randomization BY", *list(OURS)[1:])}
    batch = max(1, BATCH // cells.size)
    for start in range(0, runs, batch):
        incidents = COUNTS[name](rng, (min(batch, runs - start), cells.size))
        if planted is not None:
            # Three standard deviations of one cell's count, added to each planted cell.
            extra = 3.0 * incidents.std()
            incidents = incidents + rng.poisson(extra, incidents.shape) * planted
        answers = discoveries(incidents, cells, rings=rings, seed=seed + start)
        for way, (found, seconds) in answers.items():
            tallies[way].add(found, truth, planted, seconds)
        if esda is not None and esda.graph is not None and start == 0 and esda_runs:
            found, small, seconds = esda.discoveries(incidents[:esda_runs], seed=seed)
            tallies["esda"] = Tally()
            tallies["esda"].add(found, truth, planted, seconds)
            tallies["esda"].unadjusted = small
    about = {
        "study": "null" if planted is None else "planted",
        "cells": int(cells.size),
        "rings": rings,
        "counts": name,
    }
    return [tally.row(**about, way=way) for way, tally in tallies.items()]


def plant(cells: NDArray[np.uint64], seed: int) -> NDArray[np.bool_]:
    """Return which cells lie in one of the planted neighborhoods of seven cells."""
    inner = np.flatnonzero(np.diff(disk_matrix(cells, rings=1).indptr) == 7)
    centers = np.random.default_rng(seed).choice(cells[inner], size=PLANTED, replace=False)
    return np.isin(cells, np.concatenate([grid_disk(center, 1) for center in centers.tolist()]))


def smooth_field(
    matrix: Any, rng: np.random.Generator, maps: int, deviation: float
) -> NDArray[np.float64]:
    """Return positive fields with mean 1 that rise and fall over some rings, one a row."""
    size = matrix.shape[0]
    noise = matrix @ (matrix @ rng.normal(size=(size, maps)))
    noise = deviation * (noise - noise.mean(axis=0)) / noise.std(axis=0)
    field = np.exp(noise)
    return (field / field.mean(axis=0)).T


def measure_field(cells: NDArray[np.uint64], *, runs: int, seed: int) -> list[dict[str, Any]]:
    """Return one row a way for Poisson counts on an uneven field: claims on the wrong side."""
    rng = np.random.default_rng([seed, cells.size, 99])
    near = disk_matrix(cells, rings=1)
    fields = 2.0 * smooth_field(disk_matrix(cells, rings=3), rng, runs, 0.8)
    incidents = rng.poisson(fields)
    # Above or below what the field itself has on average.
    around = (near @ fields.T).T / np.diff(near.indptr)
    truth = np.sign(around - fields.mean(axis=1, keepdims=True)).astype(np.int64)
    rows = []
    for way, (found, seconds) in discoveries(incidents, cells, rings=1, seed=seed).items():
        tally = Tally()
        tally.add(found, truth, None, seconds)
        about = {"study": "field", "cells": int(cells.size), "rings": 1, "counts": "uneven field"}
        rows.append(tally.row(**about, way=way))
    return rows


def measure_rate_tests(cells: NDArray[np.uint64], *, runs: int, seed: int) -> list[dict[str, Any]]:
    """Return one row a kind of rate for one risk everywhere and bases that differ."""
    rng = np.random.default_rng([seed, cells.size, 77])
    bases = {
        "bases dealt at random": np.exp(rng.normal(size=(runs, cells.size))),
        "bases that rise and fall": smooth_field(disk_matrix(cells, rings=3), rng, runs, 1.0),
    }
    kinds = {
        "raw": ("raw", "rate"),
        "empirical Bayes": ("empirical_bayes", "smoothed_rate"),
        "neighborhood empirical Bayes": ("neighborhood_empirical_bayes", "smoothed_rate"),
    }
    rows = []
    for pattern, base in bases.items():
        people = 1.0 + 100.0 * base
        incidents = rng.poisson(0.05 * people)
        counts = table_of(incidents, cells).assign(people=people.ravel())
        for kind, (method, column) in kinds.items():
            began = time.perf_counter()
            rates = gg.measure_rates(counts, base="people", method=method)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DataWarning)
                hot = gg.find_hotspots(rates, value=column, seed=seed)
            # Smoothing may leave one value everywhere: no z, and no claim.
            found = (hot["q_value"] < LEVEL) * np.sign(hot["gi_star"].fillna(0.0))
            tally = Tally()
            tally.add(
                found.to_numpy().reshape(incidents.shape).astype(np.int64),
                np.zeros(cells.size),
                None,
                time.perf_counter() - began,
            )
            about = {"study": "rates", "cells": int(cells.size), "rings": 1, "counts": pattern}
            rows.append(tally.row(**about, way=kind))
    return rows


def main(argv: list[str] | None = None) -> list[dict[str, Any]]:
    """Run the whole benchmark and return its rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--small", action="store_true", help="one small grid, seconds")
    parser.add_argument("--scale", type=float, default=1.0, help="times as many maps")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write every number here")
    parser.add_argument("--chart", type=Path, help="write a PNG here")
    options = parser.parse_args(argv)
    seed = options.seed

    began = time.perf_counter()
    rows: list[dict[str, Any]] = []
    for number, (size, maps, esda_maps) in enumerate(SMALL if options.small else GRIDS):
        cells = grid_disk(MIDDLE, size)
        esda_runs = round(esda_maps * options.scale)
        esda, planted = Esda(cells) if esda_runs else None, plant(cells, seed)
        runs = max(2, round(maps * options.scale))
        for name in COUNTS:
            for rings in (1, 2, 3):
                share = max(2, runs if rings == 1 else runs // 3)
                own: dict[str, Any] = {"esda": esda, "esda_runs": esda_runs} if rings == 1 else {}
                rows += measure(cells, name, rings=rings, runs=share, seed=seed, **own)
                half = max(2, share // 2)
                own["planted"] = planted
                rows += measure(cells, name, rings=rings, runs=half, seed=seed + 1, **own)
        rows += measure_field(cells, runs=max(2, runs // 3), seed=seed)
        if number == 0:
            rows += measure_rate_tests(cells, runs=max(2, runs // 6), seed=seed)
    calibration_report.show(rows)
    print(f"\nseed {seed}, {time.perf_counter() - began:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if options.chart:
        calibration_report.draw(rows, options.chart)
    return rows


if __name__ == "__main__":
    main()
