"""Measure one whole `gridgov brief`: wall time and peak memory of the process.

Usage::

    python benchmarks/brief.py [FOLDER] [--config FILE] [--runs 3] [--json FILE]

Without a folder the sample data are used. Each run is a process of its own, so that
the peak is that run's and start-up counts; the first run warms the file cache and is
left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path


def one_run(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak resident memory in MB of one run."""
    started = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        dict(os.environ),
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the command failed: {' '.join(command)}")
    # ru_maxrss is in KB on Linux and in bytes on macOS.
    per_mb = 1024**2 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss / per_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--config")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(options.runs + 1):
            command = [sys.executable, "-m", "gridgov", "brief"]
            command += [options.folder] if options.folder else []
            command += ["--config", options.config] if options.config else []
            command += ["--out", str(Path(scratch) / f"brief-{number}")]
            runs.append(one_run(command))
    seconds, peaks = zip(*runs[1:], strict=True)
    result = {
        "folder": options.folder or "sample data",
        "runs": options.runs,
        "wall_s": {
            "min": min(seconds),
            "median": statistics.median(seconds),
            "max": max(seconds),
        },
        "peak_mb": {"min": min(peaks), "median": statistics.median(peaks), "max": max(peaks)},
    }
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
