"""Run every notebook top to bottom and fail on the first error.

Usage: ``python notebooks/run.py [--write]``. With ``--write`` the outputs are kept
in the files; without, the files stay as they are and only the run is checked.
"""

from __future__ import annotations

import argparse
import sys
import time
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
    for path in paths:
        started = time.perf_counter()
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, timeout=600, resources={"metadata": {"path": HERE.parent}}
        ).execute()
        print(f"{path.name}: ran in {time.perf_counter() - started:.1f} s")
        if write:
            for cell in notebook.cells:
                cell.metadata.pop("execution", None)
            nbformat.write(notebook, path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
