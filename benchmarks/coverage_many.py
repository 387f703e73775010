"""Ten million fixes, table after table: time a fix against rivals, and peak of memory.

    python benchmarks/coverage_many.py HOW FIXES ROWS NUMPY

Ours runs in a process of its own and makes each table when it is asked for, as one would
read it from a file; that time is not counted. HOW is ``tables`` for this, ``whole`` for
one table of all fixes, or ``made`` for making the tables and nothing else. NUMPY is 1 to
answer as if numba were not installed. The process prints seconds and its peak of memory.

Rivals do a part of the same fixes in this process, their data ready; compared is the time
of one fix. Their time is proportional to the fixes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from coverage_data import SEED, SHIFT, make_tracks, patrol_grid, track_tables
from coverage_patrols import (
    ARRAYS,
    LOOP,
    Town,
    dwell_s,
    movingpandas_loop,
    seconds_of,
    shapely_arrays,
    without_zone,
)
from peers.data import FAST, NUMPY, numba_there, numpy_only
from peers.jobs import peak_bytes
from peers.lines import AbsentError, Line, Row, Size, Turns, absent, measured, need, same
from peers.turns import take_turns

import gridgov as gg

__all__ = ["ROW"]

HERE = Path(__file__).resolve().parent
# Two hundred patrols a day.
DAY = 200 * SHIFT


def run(size: Size) -> Iterator[Line]:
    """Yield ours against rivals on some of the fixes, then the memory."""
    fixes, rows = size.of(10_000_000, 4 * SHIFT), size.of(DAY, SHIFT)
    few = size.of(20 * SHIFT, SHIFT)
    job = f"{fixes:,} fixes, {rows:,} a table, to dwell per cell: time a fix"
    names = [NUMPY, *([FAST] if numba_there() else [])]
    town = Town.of(patrol_grid())
    equal = check_tables(town.grid, rows)
    plain = without_zone(make_tracks(few, seed=SEED))
    ways: dict[str, Callable[[], dict[str, float]]] = {
        name: partial(alone, "tables", fixes, rows, numpy=name == NUMPY) for name in names
    }
    rivals = {ARRAYS: shapely_arrays}
    exact = Town.of(town.grid, 64)
    ours = dwell_s(make_tracks(few, seed=SEED), town.grid)
    try:
        need("movingpandas")
        rivals[LOOP] = movingpandas_loop
    except AbsentError as error:
        yield absent("patrols-many", job, names[-1], LOOP, error)
    for rival, way in rivals.items():
        same(ours, way(plain, exact), f"dwells by {rival}", atol=1e-3)
        ways[rival] = partial(seconds_of, partial(way, plain, town))
    lines = [
        Line("patrols-many", job, name, rival, equal, target=10 if rival == ARRAYS else 100)
        for name in names
        for rival in rivals
    ]
    if size.small:
        # The other process is tried as well.
        for name in names:
            ways[name]()
        yield from lines
        return
    turns = take_turns(ways, rounds=size.rounds)
    for line in lines:
        told = measured(line, turns, times=fixes / few)
        yield replace(told, peer=f"{line.peer}, {few:,} fixes")
    yield from memory(fixes, rows, names[-1], turns)


def check_tables(grid: Any, rows: int) -> str:
    """Compare what two days give as two tables and as one, with and without numba."""
    days = [make_tracks(min(rows, 5 * SHIFT), seed=SEED, day=day) for day in range(2)]
    together = dwell_s(pd.concat(days, ignore_index=True), grid)
    same(dwell_s(iter(days), grid), together, "dwells from tables")
    with numpy_only():
        told = same(dwell_s(iter(days), grid), together, "dwells")
    return f"{told} from tables as from one, and within 1 ms of each peer's on its fixes"


def memory(fixes: int, rows: int, ours: str, turns: Turns) -> Iterator[Line]:
    """Yield the peak of memory against that of fewer fixes, and of the tables alone."""
    tables = f"{fixes:,} fixes, {rows:,} a table"
    peak = turns.peaks[ours]
    tenth, made = alone("tables", fixes // 10, rows), alone("made", fixes, rows)
    whole = alone("whole", fixes, rows)
    for job, peer, mine, other, target, seconds in (
        (tables, "a tenth of the fixes", peak, tenth["peak"], 1.2, {}),
        (tables, "making the tables alone", peak, made["peak"], None, {}),
        (
            f"{fixes:,} fixes in one table",
            "the table alone",
            whole["peak"],
            whole["before"],
            None,
            {ours: [whole["seconds"]]},
        ),
    ):
        ratio = mine / other
        yield Line(
            "patrols-many",
            f"{job}: peak of memory",
            ours,
            peer,
            ratio=ratio,
            least=ratio,
            most=ratio,
            target=target,
            at_most=True,
            seconds=seconds,
            peaks={ours: int(mine), peer: int(other)},
            load=turns.load,
        )


def alone(how: str, fixes: int, rows: int, *, numpy: bool = False) -> dict[str, float]:
    """Return the seconds and the peak of memory of a process of its own."""
    found = os.pathsep.join([str(Path(gg.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, __file__, how, str(fixes), str(rows), str(int(numpy))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": found},
    )
    if run.returncode:
        raise RuntimeError(f"{how}: {run.stderr.strip().splitlines()[-1]}")
    answer: dict[str, float] = json.loads(run.stdout)
    return answer


def measure(how: str, fixes: int, rows: int) -> dict[str, float]:
    """Return seconds, the peak of memory, and the peak before the call."""
    grid = patrol_grid()
    making = 0.0

    def tables() -> Iterator[Any]:
        nonlocal making
        made = track_tables(fixes, seed=SEED, rows=rows)
        while True:
            start = perf_counter()
            table = next(made, None)
            making += perf_counter() - start
            if table is None:
                return
            yield table

    if how == "made":
        for _ in tables():
            pass
        return {"seconds": making, "peak": peak_bytes()}
    whole = pd.concat(list(tables()), ignore_index=True) if how == "whole" else None
    before, making, start = peak_bytes(), 0.0, perf_counter()
    gg.measure_patrols(tables() if whole is None else whole, grid)
    seconds = perf_counter() - start - making
    return {"seconds": seconds, "peak": peak_bytes(), "before": before}


def main() -> None:
    """Measure what the command line says."""
    warnings.simplefilter("ignore")
    how, fixes, rows, numpy = sys.argv[1], *map(int, sys.argv[2:])
    with numpy_only() if numpy else nullcontext():
        print(json.dumps(measure(how, fixes, rows)))


ROW = Row("patrols-many", "ten million fixes in bounded memory, time a fix", run)

if __name__ == "__main__":
    main()
