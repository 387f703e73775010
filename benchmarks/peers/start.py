"""How long ``import gridgov`` takes, against ``import geopandas``.

gridgov imports each public name when it is first used, so that its import alone says
little; the second line also asks for the names of a whole analysis. Compiled modules
are kept aside, for ours and theirs alike, as they are where packages are installed: a
checkout that may not write them would compile all of ours at every start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from time import perf_counter

from peers.lines import Line, Row, Size, measured
from peers.turns import take_turns

__all__ = ["ROW"]

_WHOLE = (
    "import gridgov as g; g.read_incidents, g.read_jurisdictions, g.make_grid, g.locate, "
    "g.tally, g.find_hotspots"
)


def run(size: Size) -> Iterator[Line]:
    """Yield the bare import and that of a whole analysis."""
    ways = {
        "import gridgov": "import gridgov",
        "read, locate, tally, find_hotspots": _WHOLE,
        "import geopandas": "import geopandas",
    }
    with tempfile.TemporaryDirectory() as kept:
        for code in ways.values():
            _seconds(code, kept)
        turns = take_turns(
            {name: partial(_seconds, code, kept) for name, code in ways.items()},
            # A start takes a second, and spreads widely.
            rounds=1 if size.small else max(9, size.rounds),
        )
    for name in list(ways)[:2]:
        line = Line(
            "import",
            "start of Python and import",
            name,
            "import geopandas",
            equal="all start" if size.small else "",
            target=1.15,
            at_most=True,
        )
        yield line if size.small else measured(line, turns)


def _seconds(code: str, kept: str) -> dict[str, float]:
    """Return how long a process that runs the code takes, its compiled modules kept in a folder."""
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": kept, "PYTHONDONTWRITEBYTECODE": ""}
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=surroundings)
    return {"seconds": perf_counter() - start}


ROW = Row("import", "import gridgov, against import geopandas", run)
