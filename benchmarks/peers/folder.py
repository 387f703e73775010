"""Many points from Parquet files to counts per cell, against duckdb with h3ronpy and polars.

Ours is ``gridgov.scale.count_folder``, which finds out as well whether a street owns the
point and would leave out what lies in none; the peers only find cells. All points lie in a
street, so that the counts must be the same: on one file before anything is timed, and
after every timed run. Every way runs in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import gridgov as gg
from gridgov.geo.hexgrid import points_to_cells
from peers.counts import CATEGORIES
from peers.data import FAST, NUMPY, make_points, make_streets, numba_there
from peers.jobs import run_job
from peers.lines import DifferentError, Line, Row, Size, Turns, absent, measured, need, same
from peers.turns import take_turns

__all__ = ["ROW", "check_counts", "write_areas", "write_folder"]

_FILE = 1_000_000
_PEAK = 0.6e9

_POLARS, _DUCKDB = "polars, streaming", "duckdb + h3ronpy"

# Takes a folder and returns seconds and peak.
Count = Callable[..., dict[str, float]]


def write_folder(folder: Path, rows: int) -> pd.Series:
    """Write files of up to a million points and return the count of every cell."""
    folder.mkdir()
    parts = []
    for number, start in enumerate(range(0, rows, _FILE)):
        count = min(_FILE, rows - start)
        lon, lat = make_points(count, seed=number, inside=True)
        code = np.random.default_rng(number).integers(0, len(CATEGORIES), count)
        category = pa.DictionaryArray.from_arrays(code.astype(np.int32), CATEGORIES)
        table = pa.table({"longitude": lon, "latitude": lat, "category": category})
        pq.write_table(table, folder / f"{number:03d}.parquet", row_group_size=1 << 18)
        parts.append(pd.Series(points_to_cells(lon, lat, 9)).value_counts(sort=False))
    return pd.concat(parts).groupby(level=0).sum()


def write_areas(folder: Path) -> dict[str, str]:
    """Write the streets and the grid and return where they are."""
    streets = make_streets(9, seed=1)
    streets.to_parquet(folder / "streets.parquet")
    gg.make_grid(streets, resolution=9).to_parquet(folder / "grid.parquet")
    return {"streets": str(folder / "streets.parquet"), "grid": str(folder / "grid.parquet")}


def check_counts(file: Path, counts: pd.Series) -> str:
    """Compare the counts that a job saved with those of one pass, and take them away."""
    cells, number = np.load(file)
    file.unlink()
    same(cells, counts.index.to_numpy(np.uint64), "cells")
    same(number, counts.to_numpy(np.uint64), "counts")
    return f"{len(cells):,} cells, {int(number.sum()):,} points"


def run(size: Size) -> Iterator[Line]:
    """Yield time and peak of ours, with and without numba, against both peers."""
    rows = size.of(50_000_000, 20_000)
    job = f"{rows:,} points from Parquet to counts per cell"
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        out = here / "out.npy"
        one = write_folder(here / "one", min(rows, _FILE))
        ways: dict[str, Count] = {}
        # Compiled loops start with a table larger than a small one.
        for name in (NUMPY, FAST) if numba_there() and not size.small else (NUMPY,):
            ours = {"numpy": name == NUMPY, "out": str(out), **write_areas(here)}
            ways[name] = partial(run_job, "count_ours", **ours)
        for way in ways.values():
            way(folder=str(here / "one"))
            equal = check_counts(out, one)
        yield Line("folder", job, "gridgov.scale", "one pass in memory", equal=equal)
        our_names = list(ways)
        for name, make in ((_POLARS, _polars), (_DUCKDB, _duckdb)):
            try:
                way = make(str(here / "one"), str(out), size)
                way(folder=str(here / "one"))
                equal = check_counts(out, one)
                ways[name] = way
            except DifferentError:
                raise
            except Exception as error:
                yield absent("folder", job, "gridgov.scale", name, error)
        pairs = [(label, name) for name in ways if name not in our_names for label in our_names]
        if size.small:
            for label, name in pairs:
                yield Line("folder", job, label, name, equal=equal, target=3.0)
            return
        whole = write_folder(here / "points", rows)
        equal = f"{len(whole):,} cells, {int(whole.sum()):,} points"
        turns = take_turns(
            {name: partial(way, folder=str(here / "points")) for name, way in ways.items()},
            rounds=size.rounds,
            check=lambda _: check_counts(out, whole),
        )
    for label, name in pairs:
        yield measured(Line("folder", job, label, name, equal=equal, target=3.0), turns)
    for label in our_names:
        yield _peak(job, label, turns, equal)


def _polars(folder: str, out: str, size: Size) -> Count:
    """Return the job of polars."""
    need("polars"), need("polars_h3")
    return partial(run_job, "count_polars", out=out)


def _duckdb(folder: str, out: str, size: Size) -> Count:
    """Return the job of duckdb with h3ronpy, in its quicker way on one file."""
    need("duckdb"), need("h3ronpy")
    jobs = {
        way: partial(run_job, "count_duckdb", way=way, out=out)
        for way in ("in query", "between batches")
    }
    if size.small:
        return jobs["in query"]
    taken = {way: job(folder=folder)["seconds"] for way, job in jobs.items()}
    return jobs[min(taken, key=taken.__getitem__)]


def _peak(job: str, label: str, turns: Turns, equal: str) -> Line:
    """Return the line of the peak against what it may be."""
    share = turns.peaks[label] / _PEAK
    shares: dict[str, Any] = dict.fromkeys(("ratio", "least", "most"), share)
    return Line(
        "folder",
        f"{job}, peak of memory",
        label,
        "0.6 GB",
        equal=equal,
        target=1.0,
        at_most=True,
        peaks={label: turns.peaks[label]},
        load=turns.load,
        **shares,
    )


ROW = Row("folder", "50 million points, Parquet to counts, against duckdb and polars", run)
