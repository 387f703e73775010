"""The points and streets that every row starts from, made from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
from locate import EAST, NORTH, SOUTH, WEST, make_streets
from numpy.typing import NDArray

from gridgov.arrays import compiled

__all__ = ["FAST", "NUMPY", "make_points", "make_streets", "numba_there", "numpy_only"]

Floats = NDArray[np.float64]

NUMPY = "gridgov, NumPy only"
FAST = "gridgov[fast]"

# The outer edge of the streets winds by up to 0.0014 degrees.
_RIM = 0.002


def make_points(count: int, *, seed: int, inside: bool = False) -> tuple[Floats, Floats]:
    """Return longitude and latitude, half spread over the district, half in forty clusters.

    Parameters
    ----------
    count
        How many.
    seed
        Of the random numbers.
    inside
        Whether every point lies in a street; else some lie around them.
    """
    rng = np.random.default_rng(seed)
    lon = rng.uniform(WEST, EAST, count)
    lat = rng.uniform(SOUTH, NORTH, count)
    centers = rng.uniform((WEST, SOUTH), (EAST, NORTH), (40, 2))
    # Every other point: the order of records says nothing about where they are.
    number = len(lon[::2])
    at = rng.integers(0, 40, number)
    lon[::2] = centers[at, 0] + rng.normal(0, 0.003, number)
    lat[::2] = centers[at, 1] + rng.normal(0, 0.003, number)
    if inside:
        lon = np.clip(lon, WEST + _RIM, EAST - _RIM)
        lat = np.clip(lat, SOUTH + _RIM, NORTH - _RIM)
    return lon, lat


def numba_there() -> bool:
    """Return whether the extra ``fast`` is installed."""
    return bool(compiled.numba_installed())


@contextmanager
def numpy_only() -> Iterator[Any]:
    """Answer as if numba were not installed."""
    with mock.patch.object(compiled, "numba_installed", return_value=False):
        yield
