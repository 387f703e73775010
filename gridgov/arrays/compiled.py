"""Whether compiled loops answer, and how many threads do.

numba is the extra ``fast``. Loading it and its loops takes half a second, and compiling
them some seconds each, once on a machine that can keep the machine code, so it starts
with the first large table; once there it serves every table from a few thousand rows on.
Threads are ours and not numba's: its own may not be entered from several threads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["each_piece", "in_pieces", "read_only", "use_loops"]

Ints = NDArray[np.int64]
Result = TypeVar("Result")

FIRST_USE = 1 << 19
"""Rows from which it pays to load numba."""

LATER_USE = 1 << 13
"""Rows from which it pays to use it once it is loaded."""

_LOOPS = "gridgov.arrays.loops"
_LARGEST_PIECE = 1 << 17
_SMALLEST_PIECE = 1 << 14


def use_loops(rows: int) -> bool:
    """Return whether compiled loops are to answer, and load numba if so."""
    loaded = _LOOPS in sys.modules
    if rows < (LATER_USE if loaded else FIRST_USE) or not numba_installed():
        return False
    # A numba that does not fit this NumPy is installed and cannot be imported.
    return import_module(_LOOPS).numba is not None


def numba_installed() -> bool:
    """Return whether numba can be imported."""
    return "numba" in sys.modules or find_spec("numba") is not None


def read_only(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return a view that cannot be written, so that a loop is compiled for one kind of array."""
    view = np.ascontiguousarray(numbers).view()
    view.flags.writeable = False
    return view


def in_pieces(rows: int, work: Callable[[int, int], Ints]) -> Ints:
    """Return the numbers that :func:`each_piece` finds, in one array."""
    return np.concatenate([np.empty(0, dtype=np.int64), *each_piece(rows, work)])


def each_piece(rows: int, work: Callable[[int, int], Result], *, size: int = 0) -> list[Result]:
    """Do work on pieces of a table in as many threads as there are processors.

    Parameters
    ----------
    rows
        How many rows there are.
    work
        Takes the first row and the one after the last; lets other threads run, as NumPy
        and compiled loops do.
    size
        Rows of a piece; 0 for an even share of the rows, within reason.

    Returns
    -------
    list
        What the pieces returned, in order.
    """
    workers = _processors()
    size = size or min(max(-(-rows // workers), _SMALLEST_PIECE), _LARGEST_PIECE)
    starts = range(0, rows, size)
    if workers == 1 or len(starts) < 2:
        return [work(first, min(first + size, rows)) for first in starts]
    with ThreadPoolExecutor(min(workers, len(starts))) as pool:
        return list(pool.map(lambda first: work(first, min(first + size, rows)), starts))


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
