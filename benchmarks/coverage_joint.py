"""Where departments meet: a permutation test of all cells, against the loop one writes.

The loop shuffles the departments of all incidents and counts pairs of different departments
in every cell, 999 times, in NumPy. The statistic and its expectation must be the same; the
p-values come from other shuffles, so they are held to their standard errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from coverage_data import grid_of, make_cells, make_incidents
from numpy.typing import NDArray
from peers.lines import DifferentError, Line, Row, Size, race, same

import gridgov as gg

__all__ = ["ROW"]

DEALS = 999


def ours(incidents: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return our table, by as many shuffles as the loop and no more."""
    with warnings.catch_warnings():
        # Of 999 shuffles the smallest p is 0.001, which is the point of ``refine``.
        warnings.simplefilter("ignore")
        return gg.find_joint_enforcement(incidents, grid, permutations=DEALS, refine=0)


def loop(place: NDArray[np.intp], label: NDArray[np.intp], cells: int) -> tuple[Any, Any]:
    """Return pairs of every cell and how many shuffles have as many or more."""
    kinds = int(label.max()) + 1
    rng = np.random.default_rng(1)

    def pairs(dealt: NDArray[np.intp]) -> NDArray[np.int64]:
        counts = np.bincount(place * kinds + dealt, minlength=cells * kinds).reshape(cells, kinds)
        return (counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)) // 2

    seen = pairs(label)
    above = np.zeros(cells, dtype=np.int64)
    for _ in range(DEALS):
        above += pairs(rng.permutation(label)) >= seen
    return seen, above


def check(table: pd.DataFrame, seen: NDArray[np.int64], above: NDArray[np.int64]) -> str:
    """Compare the pairs exactly and p-values by their standard errors."""
    told = same(table["pairs"].to_numpy(np.int64), seen, "pairs")
    p = table["p_value"].to_numpy(dtype=np.float64, na_value=np.nan)
    theirs = (1 + above) / (1 + DEALS)
    clear = (p > 0.02) & (p < 0.98)
    middle = (p + theirs)[clear] / 2
    off = (p - theirs)[clear] / np.sqrt(2 * middle * (1 - middle) / DEALS)
    spread = float(np.sqrt(np.mean(off**2)))
    # Cells share their shuffles, so all may be off together.
    if not 0.5 < spread < 1.5:
        raise DifferentError(f"p-values differ by {spread:.2f} standard errors")
    return f"{told}; {int(clear.sum()):,} p differ by {off.mean():+.2f} ± {spread:.2f} errors"


def run(size: Size) -> Iterator[Line]:
    """Yield the line."""
    number, many = size.of(10_000, 500), size.of(100_000, 5_000)
    cells = make_cells(number)
    grid, incidents = grid_of(cells), make_incidents(cells, many, seed=3)
    place = np.searchsorted(cells, incidents["cell"].to_numpy(np.uint64))
    label = pd.factorize(incidents["department"])[0]
    name = f"find_joint_enforcement(permutations={DEALS}, refine=0)"
    equal = check(ours(incidents, grid), *loop(place, label, number))
    yield race(
        size,
        "joint",
        f"where six departments meet, {many:,} incidents in {number:,} cells",
        (name, partial(ours, incidents, grid)),
        ("a loop of NumPy shuffles", partial(loop, place, label, number)),
        equal=equal,
    )


ROW = Row("joint", "joint enforcement, against a loop of shuffles", run)
