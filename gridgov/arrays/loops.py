"""Loops over plain arrays, compiled where numba is installed.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`): the import takes
half a second. Without numba the loops are plain Python, for a look at a few rows.

numba turns a uint64 that meets a signed number into a float64, which cannot hold an id:
ids are int64 in its loops, or meet unsigned numbers only.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile: numba makes many objects, and all of them stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


with _without_collecting():
    try:
        numba: Any = import_module("numba")
    except ImportError:
        numba = None

__all__ = ["compile_loop", "numba"]


def compile_loop(function: Any) -> Any:
    """Compile a loop that lets other threads run; keep the machine code where possible."""
    if numba is None:
        return function
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    # Nowhere to keep it: site-packages and the home directory cannot be written.
    except RuntimeError:
        return numba.njit(**options)(function)


@compile_loop
def _nothing(number: int) -> int:
    """Return the number."""
    return number


# numba loads most of itself with the first call.
with _without_collecting():
    _nothing(0)
