"""How time a point and the peak of memory grow with the number of points.

``gridgov.scale.count_folder`` over one, ten and fifty million points, each in a process of
its own that has counted the smallest folder before: what is asked is what more points
cost, and not what it costs to start.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from peers.data import FAST, NUMPY, numba_there
from peers.folder import check_counts, write_areas, write_folder
from peers.jobs import run_job
from peers.lines import Line, Row, Size, measured
from peers.turns import take_turns

__all__ = ["ROW"]


def run(size: Size) -> Iterator[Line]:
    """Yield every number of points against the one before."""
    numbers = [size.of(n * 1_000_000, n * 1_000) for n in (1, 10, 50)]
    if size.small:
        # Starting processes takes the time here; the other row starts enough of them.
        numbers = [1_000, 10_000]
    job = f"Parquet to counts per cell, {FAST if numba_there() else NUMPY}"
    names = [f"{rows:,} points" for rows in numbers]
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        out = here / "out.npy"
        folders = {name: here / str(rows) for name, rows in zip(names, numbers, strict=True)}
        counts = {
            name: write_folder(folders[name], rows)
            for name, rows in zip(names, numbers, strict=True)
        }
        given = {"out": str(out), "warm": str(folders[names[0]]), **write_areas(here)}
        ways = {
            name: partial(run_job, "count_ours", folder=str(folder), **given)
            for name, folder in folders.items()
        }
        turns = take_turns(
            ways,
            rounds=1 if size.small else size.rounds,
            check=lambda name: check_counts(out, counts[name]),
        )
    for less, more in zip(range(len(names) - 1), range(1, len(names)), strict=True):
        few, many = names[less], names[more]
        equal = f"{len(counts[many]):,} cells, {many}"
        line = Line("growth", job, many, few, equal=equal, target=1.1, at_most=True)
        if size.small:
            yield line
            continue
        timed = measured(
            replace(line, job=f"{job}, time a point"), turns, times=numbers[more] / numbers[less]
        )
        yield replace(timed, peaks={})
        flat = turns.peaks[many] / turns.peaks[few]
        yield replace(
            timed, job=f"{job}, peak of memory", ratio=flat, least=flat, most=flat, seconds={},
            peaks={name: turns.peaks[name] for name in (many, few)},
        )  # fmt: skip


ROW = Row("growth", "cost a point and memory as points grow", run)
