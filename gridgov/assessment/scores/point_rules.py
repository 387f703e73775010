"""Points from 0 to 100 for a share or a number of cases.

Three rules, each bounded at both ends, so that no item can make up for more than its own
weight: a straight line between two values, a table of steps, and deductions from a full sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Deduction", "Deductions", "Linear", "PointRule", "Steps"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """A straight line from no points at one value to all at another; flat beyond.

    Examples
    --------
    >>> import numpy as np
    >>> Linear(zero_at=0.0, full_at=1.0).points(np.array([0.25, 1.5])).tolist()
    [25.0, 100.0]
    >>> Linear(zero_at=1.0, full_at=0.0).points(np.array([0.25])).tolist()
    [75.0]
    """

    zero_at: float = 0.0
    full_at: float = 1.0

    def points(self, values: Floats) -> Floats:
        """Return the points of every value, missing where it is."""
        share = (values - self.zero_at) / (self.full_at - self.zero_at)
        return np.asarray(100 * np.clip(share, 0.0, 1.0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Steps:
    """A table: from each value on so many points, until the next one.

    Examples
    --------
    >>> import numpy as np
    >>> steps = Steps((0.0, 1.0, 3.0), (100.0, 90.0, 75.0))
    >>> steps.points(np.array([0.0, 2.0, 3.0, 40.0])).tolist()
    [100.0, 90.0, 75.0, 75.0]
    """

    starts: tuple[float, ...]
    scores: tuple[float, ...]

    def points(self, values: Floats) -> Floats:
        """Return the points of every value, missing where it is; below the first step its own."""
        step = np.searchsorted(self.starts, values, side="right") - 1
        found = np.asarray(self.scores, dtype=np.float64)[np.maximum(step, 0)]
        return np.where(np.isnan(values), np.nan, found)


@dataclass(frozen=True, slots=True)
class Deduction:
    """What every case counted by an indicator takes off."""

    indicator: str
    each: float


@dataclass(frozen=True, slots=True)
class Deductions:
    """A full sum from which cases take off, down to nothing.

    Examples
    --------
    >>> import numpy as np
    >>> rule = Deductions(10.0, (Deduction("supervised", 0.5), Deduction("unsettled", 1.0)))
    >>> rule.points(np.array([2.5, 12.0])).tolist()
    [75.0, 0.0]
    """

    full: float
    deductions: tuple[Deduction, ...]

    def points(self, values: Floats) -> Floats:
        """Return the points that are left when so much was taken off."""
        return np.asarray(100 * np.clip(1.0 - values / self.full, 0.0, 1.0), dtype=np.float64)


PointRule = Linear | Steps | Deductions
