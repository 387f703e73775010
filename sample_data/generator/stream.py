"""Chance: one stream of uniform numbers a file, and draws by whole-number weights."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEED", "Stream"]

SEED = 110107
"""The seed of everything; the n-th file draws from ``SEED * 100 + n``."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NORMAL = NormalDist()


class Stream:
    """A stream of uniform numbers on [0, 1).

    Parameters
    ----------
    number
        Which stream; every file has its own, so that a change in one leaves the
        others as they were.
    """

    def __init__(self, number: int) -> None:
        self._random = Random(SEED * 100 + number)

    def one(self) -> float:
        """Return the next number."""
        return self._random.random()

    def uniform(self, count: int) -> Floats:
        """Return the next `count` numbers."""
        draw = self._random.random
        return np.array([draw() for _ in range(count)], dtype=np.float64)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.one() * (high - low + 1))

    def normal(self, count: int) -> Floats:
        """Return `count` standard normal numbers by inverse transform, to 6 decimals."""
        # Half a step keeps the number off 0, where the inverse is not defined.
        return np.array(
            [round(_NORMAL.inv_cdf(u + 2**-54), 6) for u in self.uniform(count).tolist()],
            dtype=np.float64,
        )

    def poisson(self, mean: float) -> int:
        """Return a Poisson number by inverse transform; for small means."""
        u = self.one()
        count, term = 0, math.exp(-mean)
        total = term
        while u >= total and term > 0:
            count += 1
            term *= mean / count
            total += term
        return count

    def pick(self, weights: Sequence[int] | Integers, count: int) -> Integers:
        """Return `count` positions, each drawn with its whole-number weight."""
        upper = np.cumsum(np.asarray(weights, dtype=np.int64))
        targets = np.floor(self.uniform(count) * int(upper[-1])).astype(np.int64)
        return np.searchsorted(upper, targets, side="right").astype(np.int64)

    def pick_one(self, weights: Sequence[int]) -> int:
        """Return one position drawn with its whole-number weight."""
        upper = list(accumulate(weights))
        return bisect_right(upper, int(self.one() * upper[-1]))

    def order(self, count: int) -> Integers:
        """Return the positions 0 to `count` - 1 in a random order."""
        return np.argsort(self.uniform(count), kind="stable").astype(np.int64)
