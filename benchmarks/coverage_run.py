"""Coverage against its peers: patrols, siting, reach, joint enforcement.

    python benchmarks/coverage_run.py                    # everything, full size
    python benchmarks/coverage_run.py --only patrols     # some rows
    python benchmarks/coverage_run.py --small            # answers only, seconds
    python benchmarks/coverage_run.py --write            # and results, table and chart of the docs
    python benchmarks/coverage_run.py --draw             # table and chart from results kept before

By the rules of ``run.py``: answers are compared before anything is timed, and a difference
stops the row and fails the command; ways take turns, in the opposite order every round; a
peer that is absent is named.

Not called ``coverage.py``: numba would take it for the package of that name.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import coverage_joint
import coverage_many
import coverage_patrols
import coverage_reach
import coverage_siting
from peers import report
from peers.lines import Row, Size
from run import run_row

from gridgov.arrays import compiled

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
RESULTS = HERE / "results_coverage.json"

ROWS: list[Row] = [
    coverage_patrols.ROW,
    coverage_many.ROW,
    coverage_siting.ROW,
    coverage_reach.ROW,
    coverage_joint.ROW,
]


def draw() -> None:
    """Write table and chart of the docs from the results that are kept."""
    lines = report.read_lines(RESULTS, [row.name for row in ROWS])
    report.write_table(DOCS / "benchmarks_coverage.md", lines)
    report.write_chart(DOCS / "images" / "benchmarks_coverage.png", lines)


def main() -> int:
    """Run what the command line asks for; return how many rows failed."""
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=names, metavar="ROW", help=", ".join(names))
    parser.add_argument("--small", action="store_true", help="compare answers, time nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="part of the full size")
    parser.add_argument("--write", action="store_true", help="keep results, table and chart")
    parser.add_argument("--draw", action="store_true", help="draw results kept before, run nothing")
    options = parser.parse_args()
    if options.draw:
        draw()
        return 0
    if options.write and (options.small or options.share != 1):
        parser.error("--write keeps results of the full size: not with --small or --share")
    # What peers announce means nothing to a stopwatch.
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
    if options.write:
        draw()
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main())
