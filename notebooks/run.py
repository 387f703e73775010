"""Run every notebook top to bottom and fail on the first error.

Usage: ``python notebooks/run.py [--write]``. With ``--write`` the outputs are kept
in the files; without, the files stay as they are and only the run is checked.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run the notebooks in order of their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the outputs in the files")
    write = parser.parse_args().write
    paths = sorted(HERE.glob("*.ipynb"))
    if not paths:
        print("no notebook found beside run.py", file=sys.stderr)
        return 1
    # Two at a time: each has a process of its own, and loading waits for the disk.
    with ThreadPoolExecutor(2) as pool:
        for said in pool.map(partial(run, write=write), paths):
            print(said, flush=True)
    return 0


def run(path: Path, *, write: bool) -> str:
    """Run a notebook; return how long it took."""
    started = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": HERE.parent}}).execute()
    if write:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, path)
    return f"{path.name}: ran in {time.perf_counter() - started:.1f} s"


if __name__ == "__main__":
    raise SystemExit(main())
