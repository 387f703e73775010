"""Loops over plain arrays, compiled where numba is installed.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`): the import takes
half a second. Without numba the loops are plain Python, for a look at a few rows.

numba turns a uint64 that meets a signed number into a float64, which cannot hold an id:
ids are int64 in its loops, or meet unsigned numbers only.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

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
