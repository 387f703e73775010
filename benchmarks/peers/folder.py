"""Many points from Parquet files to counts per cell, and how the cost grows with their number.

Ours is ``gridgov.scale.count_folder``, which finds the street of every point as well and
would leave out what lies in none; the peers only find cells. All points lie in a
street, so that the counts must be the same. Every way runs in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
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
from peers.lines import DifferentError, Line, Row, Size, absent, need, same
from peers.processes import Turns, take_turns

__all__ = ["ROWS"]

_FILE = 1_000_000
_PEAK = 0.6e9


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


def _write_areas(folder: Path) -> dict[str, str]:
    """Write the streets and the grid and return where they are."""
    streets = make_streets(9, seed=1)
    streets.to_parquet(folder / "streets.parquet")
    gg.make_grid(streets, resolution=9).to_parquet(folder / "grid.parquet")
    return {"streets": str(folder / "streets.parquet"), "grid": str(folder / "grid.parquet")}


def run_peers(size: Size) -> Iterator[Line]:
    """Yield ours against duckdb with h3ronpy and against polars."""
    rows = size.of(50_000_000, 20_000)
    job = f"{rows:,} points from Parquet to counts per cell"
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        counts = write_folder(here / "points", rows)
        given = {"folder": str(here / "points"), "out": str(here / "out.npy")}
        areas = _write_areas(here)
        ours = {NUMPY: partial(run_job, "count_ours", numpy=True, **given, **areas)}
        # Compiled loops start with a table larger than a small one.
        if numba_there() and not size.small:
            ours[FAST] = partial(run_job, "count_ours", **given, **areas)
        for way in ours.values():
            way()
            equal = _check(here / "out.npy", counts)
        yield Line("folder", job, "gridgov.scale", "one pass in memory", equal=equal)
        peers = {}
        for name, modules in (
            ("polars, streaming", ["polars", "polars_h3"]),
            ("duckdb + h3ronpy", ["duckdb", "h3ronpy"]),
        ):
            try:
                for module in modules:
                    need(module)
                if name == "polars, streaming":
                    way = partial(run_job, "count_polars", **given)
                else:
                    way_of = "in query" if size.small else _best_duckdb(here)
                    way = partial(run_job, "count_duckdb", way=way_of, **given)
                if not size.small:
                    (here / "out.npy").unlink(missing_ok=True)
                way()
                equal = _check(here / "out.npy", counts)
                peers[name] = way
            except DifferentError:
                raise
            except Exception as error:
                yield absent("folder", job, "gridgov.scale", name, error)
        turns = None if size.small else take_turns({**ours, **peers}, rounds=size.rounds)
        for name in peers:
            for label in ours:
                line = Line("folder", job, label, name, equal=equal, target=3.0)
                yield line if turns is None else _with(line, turns, label, name)
        if turns is not None:
            for label in ours:
                yield _peak(job, label, turns, equal)


def _best_duckdb(here: Path) -> str:
    """Return the quicker way of duckdb with h3ronpy on one file."""
    one = here / "one"
    if not one.exists():
        write_folder(one, _FILE)
    given = {"folder": str(one), "out": str(here / "one.npy")}
    taken: dict[str, float] = {}
    reason: Exception | None = None
    for way in ("in query", "between batches"):
        try:
            taken[way] = run_job("count_duckdb", way=way, **given)["seconds"]
        except RuntimeError as error:
            reason = error
    if not taken and reason is not None:
        raise reason
    return min(taken, key=taken.__getitem__)


def _check(file: Path, counts: pd.Series) -> str:
    """Compare the counts that a job saved with those of one pass."""
    cells, number = np.load(file)
    same(cells, counts.index.to_numpy(np.uint64), "cells")
    same(number, counts.to_numpy(np.uint64), "counts")
    return f"{len(cells):,} cells, {int(number.sum()):,} points"


def _with(line: Line, turns: Turns, ours: str, peer: str) -> Line:
    """Return a line with its times and peaks."""
    ratios = np.array(turns.seconds[peer]) / np.array(turns.seconds[ours])
    return Line(
        line.row,
        line.job,
        ours,
        peer,
        equal=line.equal,
        ratio=float(np.median(ratios)),
        least=float(ratios.min()),
        most=float(ratios.max()),
        target=line.target,
        seconds={name: turns.seconds[name] for name in (ours, peer)},
        peaks={name: turns.peaks[name] for name in (ours, peer)},
        load=turns.load,
    )


def _peak(job: str, label: str, turns: Turns, equal: str) -> Line:
    """Return the line of the peak against what it may be."""
    share = turns.peaks[label] / _PEAK
    return Line(
        "folder",
        f"{job}, peak of memory",
        label,
        "0.6 GB",
        equal=equal,
        ratio=share,
        least=share,
        most=share,
        target=1.0,
        at_most=True,
        peaks={label: turns.peaks[label]},
        load=turns.load,
    )


def run_growth(size: Size) -> Iterator[Line]:
    """Yield cost a point and peak at ten and fifty million points against a fifth of them."""
    numbers = [size.of(n * 1_000_000, n * 1_000) for n in (1, 10, 50)]
    if size.small:
        # Starting processes takes the time here; the other row starts enough of them.
        numbers = [1_000, 10_000]
    name = FAST if numba_there() else NUMPY
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        areas = _write_areas(here)
        ways, found = {}, []
        for rows in numbers:
            folder = here / str(rows)
            counts = write_folder(folder, rows)
            # Warmed by the smallest folder: what is asked is what more points cost.
            way = partial(
                run_job,
                "count_ours",
                folder=str(folder),
                out=str(here / "out.npy"),
                warm=str(here / str(numbers[0])),
                **areas,
            )
            way()
            found.append(_check(here / "out.npy", counts))
            ways[f"{rows:,} points"] = way
        turns = None if size.small else take_turns(ways, rounds=size.rounds)
        for more in range(1, len(numbers)):
            few, many = numbers[more - 1], numbers[more]
            line = {"ours": f"{many:,} points", "peer": f"{few:,} points", "equal": found[more]}
            job = f"Parquet to counts per cell, {name}"
            if turns is None:
                yield Line("growth", job, **line, target=1.1, at_most=True)
                continue
            yield from _growth(job, line, turns, many / few)


def _growth(job: str, line: dict[str, str], turns: Turns, times: float) -> Iterator[Line]:
    """Yield time a point and peak of many points against few."""
    ours, peer = line["ours"], line["peer"]
    ratios = np.array(turns.seconds[ours]) / np.array(turns.seconds[peer]) / times
    flat = turns.peaks[ours] / turns.peaks[peer]
    shared: dict[str, Any] = {"target": 1.1, "at_most": True, "load": turns.load, **line}
    yield Line(
        "growth",
        f"{job}, time a point",
        ratio=float(np.median(ratios)),
        least=float(ratios.min()),
        most=float(ratios.max()),
        seconds={name: turns.seconds[name] for name in (ours, peer)},
        **shared,
    )
    yield Line(
        "growth",
        f"{job}, peak of memory",
        ratio=flat,
        least=flat,
        most=flat,
        peaks={name: turns.peaks[name] for name in (ours, peer)},
        **shared,
    )


ROWS = [
    Row("folder", "50 million points, Parquet to counts, against duckdb and polars", run_peers),
    Row("growth", "cost a point and memory as points grow", run_growth),
]
