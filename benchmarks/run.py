"""Run every comparison of gridgov with its peers, side by side.

    pip install '.[fast,bench]'
    python benchmarks/run.py                        # everything, full size
    python benchmarks/run.py --only cells counts    # some rows
    python benchmarks/run.py --small                # answers only, seconds
    python benchmarks/run.py --write                # and results, table and chart of the docs
    python benchmarks/run.py --draw                 # table and chart from results kept before

In every row the answers are compared first, all of them where the peer gives them all; a
difference stops the row, nothing of it is timed, and the command fails. Then the ways take
turns in this process, in the opposite order every round, or each in a process of its own
where memory is measured. A peer that is not installed, or fails, is named with the reason.

The rows after ``--scripts`` are benchmarks that measure more than a race and can be run
alone: each prints its own report.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from time import perf_counter

from peers import (
    bandwidth,
    cells,
    counts,
    folder,
    gi,
    growth,
    reading,
    report,
    start,
    streets,
    trends,
)
from peers import whole_locate as locate
from peers.jobs import peak_bytes
from peers.lines import DifferentError, Line, Row, Size

from gridgov.arrays import compiled

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
RESULTS = HERE / "results.json"

ROWS: list[Row] = [
    cells.ROW,
    *streets.ROWS,
    locate.ROW,
    counts.ROW,
    *gi.ROWS,
    trends.ROW,
    folder.ROW,
    growth.ROW,
    reading.ROW,
    start.ROW,
    bandwidth.ROW,
]

# What they take when all is run, and when it must be short.
SCRIPTS = {
    "hotspots": ([], ["--cells", "600", "--alone", "--rounds", "1"]),
    "scan": ([], ["--cells", "200", "--rounds", "1"]),
    "calibration": ([], ["--small"]),
    "brief": ([], ["--runs", "1"]),
}


def run_row(row: Row, size: Size) -> tuple[list[Line], bool]:
    """Run a row, print what it finds, and return its lines and whether all answers are equal."""
    print(f"\n== {row.name}: {row.title}", flush=True)
    begun = perf_counter()
    lines = []
    try:
        for line in row.run(size):
            lines.append(line)
            print(line.sentence(), flush=True)
    except DifferentError as error:
        print(f"DIFFERENT ANSWERS, row stopped: {error}", flush=True)
        return lines, False
    # The rows after this one still run; the command fails in the end.
    except Exception:
        traceback.print_exc()
        print("FAILED, row stopped", flush=True)
        return lines, False
    print(
        f"   {perf_counter() - begun:.0f} s in all; load {os.getloadavg()[0]:.1f}; peak of this "
        f"process so far {peak_bytes() / 1e9:.1f} GB",
        flush=True,
    )
    return lines, True


def run_script(name: str, small: bool) -> bool:
    """Run one of the other benchmarks and return whether it succeeded."""
    full, short = SCRIPTS[name]
    command = [sys.executable, str(HERE / f"{name}.py"), *(short if small else full)]
    print(f"\n== {name}: {' '.join(command[1:])}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def draw() -> None:
    """Write table and chart of the docs from the results that are kept."""
    lines = report.read_lines(RESULTS, [row.name for row in ROWS])
    report.write_table(DOCS / "benchmarks.md", lines)
    report.write_chart(DOCS / "images" / "benchmarks.png", lines)


def main() -> int:
    """Run what the command line asks for; return how many rows failed."""
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=names, metavar="ROW", help=", ".join(names))
    parser.add_argument("--small", action="store_true", help="compare answers, time nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="part of the full size")
    parser.add_argument(
        "--scripts",
        nargs="*",
        choices=list(SCRIPTS),
        metavar="NAME",
        help=f"run these as well, all when none is named: {', '.join(SCRIPTS)}",
    )
    parser.add_argument("--write", action="store_true", help="keep results, table and chart")
    parser.add_argument("--draw", action="store_true", help="draw results kept before, run nothing")
    options = parser.parse_args()
    if options.draw:
        draw()
        return 0
    if options.write and (options.small or options.share != 1):
        parser.error("--write keeps results of the full size: not with --small or --share")
    # Islands and rows that are noticed mean nothing to a stopwatch.
    warnings.simplefilter("ignore")
    size = Size(options.small, options.rounds, options.share)
    # Loaded by a first large table; the small ones are to meet the compiled loops too.
    compiled.use_loops(compiled.FIRST_USE)
    failed = []
    for row in ROWS:
        if options.only and row.name not in options.only:
            continue
        lines, equal = run_row(row, size)
        if not equal:
            failed.append(row.name)
        elif options.write:
            report.merge(RESULTS, row.name, lines)
    if options.scripts is not None:
        for name in options.scripts or SCRIPTS:
            if not run_script(name, options.small):
                failed.append(name)
    if options.write:
        draw()
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main())
