"""Incidents to cell and street as whole tables, against the usual notebook.

The peer and the check of answers are those of ``benchmarks/locate.py``: a spatial join and
a loop over the H3 library.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import locate

import gridgov as gg
from peers.data import FAST, NUMPY, make_streets, numba_there
from peers.lines import DifferentError, Line, Row, Size, race

__all__ = ["ROW"]


def run(size: Size) -> Iterator[Line]:
    """Yield the line."""
    incidents = locate.make_incidents(size.of(1_000_000, 20_000), seed=1)
    streets = make_streets(9, seed=1)
    try:
        locate.check_equal(incidents, streets, 9)
    except SystemExit as error:
        raise DifferentError(str(error)) from error
    yield race(
        size,
        "locate",
        f"table of {len(incidents):,} incidents to cell and street",
        (
            f"gridgov.locate, {FAST if numba_there() else NUMPY}",
            partial(gg.locate, incidents, streets, resolution=9),
        ),
        ("sjoin and a loop over h3", partial(locate.join_and_loop, incidents, streets, 9)),
        equal=f"{len(incidents):,} cells and streets",
    )


ROW = Row("locate", "incidents to cell and street as tables, against the usual notebook", run)
