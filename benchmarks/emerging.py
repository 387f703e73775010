"""Mann-Kendall against pymannkendall, and what emerging hotspots find where there are none.

    python benchmarks/emerging.py --cells 5000 --periods 60 --json emerging.json
    python benchmarks/emerging.py --calibrate 200

The first compares every answer (S, its variance, z and p) before anything is timed; both
sides start from the same array of counts. The second deals counts out at random over
cells and periods, without hotspots and without trends, and counts what is found: cubes
with any hot or cold bin at q < 0.10, by null and window, and cells whose z has a trend at
p < 0.10, by how many periods a neighborhood reaches back.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymannkendall
from timing import compare, machine, write_json

from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.emerging import find_emerging_hotspots
from gridgov.hotspots.emerging_bins import find_hotspot_bins
from gridgov.hotspots.mann_kendall import mann_kendall

MIDDLE = 0x8931AA50E27FFFF

COUNTS = {
    "Poisson, mean 0.3": lambda rng, shape: rng.poisson(0.3, shape),
    "Poisson, mean 2": lambda rng, shape: rng.poisson(2, shape),
    "gamma-Poisson, k 0.3, mean 2": lambda rng, shape: rng.negative_binomial(0.3, 0.3 / 2.3, shape),
}
WINDOWS = ("entire_cube", "neighborhood_step", "individual_step")


def loop(counts: np.ndarray) -> np.ndarray:
    """Return S, its variance, z and p from one call of pymannkendall a series."""
    tests = [pymannkendall.original_test(row) for row in counts]
    return np.array([(test.s, test.var_s, test.z, test.p) for test in tests])


def check_equal(counts: np.ndarray) -> None:
    """Raise unless both ways give the same numbers for every series."""
    ours, theirs = mann_kendall(counts), loop(counts)
    np.testing.assert_array_equal(ours.s, theirs[:, 0])
    np.testing.assert_allclose(ours.variance, theirs[:, 1], rtol=1e-12)
    np.testing.assert_allclose(ours.z, theirs[:, 2], rtol=1e-12, atol=1e-15)
    # pymannkendall takes 1 - Φ(|z|), which loses the last digits of a small p.
    np.testing.assert_allclose(ours.p_value, theirs[:, 3], rtol=1e-9, atol=1e-15)


def race(cells: int, periods: int, rounds: int) -> Any:
    """Return how the two ways compare on counts with ties."""
    counts = np.random.default_rng(0).negative_binomial(0.5, 0.2, (cells, periods))
    # A constant series is worth no call to pymannkendall; it has none here.
    counts[np.ptp(counts, axis=1) == 0, 0] += 1
    check_equal(counts)
    return compare(
        f"Mann-Kendall of {cells:,} cells × {periods} periods",
        ("gridgov", lambda: mann_kendall(counts)),
        ("pymannkendall", lambda: loop(counts)),
        rounds=rounds,
    )


def panel_of(counts: np.ndarray, cells: np.ndarray) -> pd.DataFrame:
    """Return a table of monthly counts."""
    steps = counts.shape[1]
    periods = pd.date_range("2013-01-01", periods=steps, freq="MS", tz="UTC").as_unit("us")
    return pd.DataFrame(
        {
            "cell": np.tile(cells, steps),
            "period": periods.repeat(len(cells)),
            "incidents": counts.T.ravel(),
        }
    )


def calibrate(runs: int, *, rings: int, periods: int) -> None:
    """Print what is found in cubes without hotspots and without trends."""
    cells = np.sort(grid_disk(MIDDLE, rings))
    shape = (len(cells), periods)
    print(f"{len(cells):,} cells × {periods} periods, {runs} cubes a row")
    print("\ncubes with any bin at q < 0.10 (mean number of bins)")
    for name, draw in COUNTS.items():
        for window in WINDOWS:
            found = {null: np.zeros(runs) for null in ("randomization", "analytic")}
            for run in range(runs):
                panel = panel_of(draw(np.random.default_rng(run), shape), cells)
                for null, numbers in found.items():
                    q = find_hotspot_bins(panel, window=window, null=null)["q_value"]
                    numbers[run] = (q < 0.10).sum()
            told = ", ".join(
                f"{null} {(numbers > 0).mean():.1%} ({numbers.mean():.2f})"
                for null, numbers in found.items()
            )
            print(f"  {name}; {window}: {told}")
    print("\ncells with a trend of z at p < 0.10")
    for name, draw in COUNTS.items():
        for time_steps in (0, 1, 2):
            shares = [
                (
                    find_emerging_hotspots(
                        panel_of(draw(np.random.default_rng(run), shape), cells),
                        time_steps=time_steps,
                        null="analytic",
                    )["trend_p"]
                    < 0.10
                ).mean()
                for run in range(min(runs, 40))
            ]
            print(f"  {name}; time_steps={time_steps}: {np.mean(shares):.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=5_000)
    parser.add_argument("--periods", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--calibrate", type=int, metavar="CUBES")
    options = parser.parse_args()
    if options.calibrate:
        calibrate(options.calibrate, rings=15, periods=24)
        return
    result = race(options.cells, options.periods, options.rounds)
    print(result.sentence())
    if options.json:
        about = machine("numpy", "scipy", "pandas", "pymannkendall")
        write_json(options.json, [result], about)


if __name__ == "__main__":
    main()
