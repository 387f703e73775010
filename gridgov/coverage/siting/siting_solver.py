"""The exact solver: HiGHS through SciPy, against one clock, with its bound.

HiGHS takes a placement for optimal when the bound is within ``gap`` of it; its
tolerance of 1e-6 on what is whole stays as it is.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from gridgov.errors import GridgovError

__all__ = ["Choice", "Clock", "Solved", "power_of_two", "solve"]

Floats = NDArray[np.float64]

_TIMED_OUT, _INFEASIBLE = 1, 2


class Clock:
    """What is left of the time limit.

    Parameters
    ----------
    seconds
        The limit, from now on.
    """

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic()
        self._end = self._start + seconds

    @property
    def left(self) -> float:
        """Return the seconds that are left, 0 or more."""
        return max(self._end - time.monotonic(), 0.0)

    @property
    def spent(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._start


class Solved(NamedTuple):
    """What the solver found.

    Attributes
    ----------
    values
        The variables; None when nothing was found.
    bound
        No solution costs less.
    infeasible
        Whether there is none.
    finished
        Whether it stopped by itself, and not by the clock.
    """

    values: Floats | None
    bound: float
    infeasible: bool
    finished: bool


class Choice(NamedTuple):
    """Which new sites a model chose.

    Attributes
    ----------
    sites
        Their positions, ascending.
    bound
        In terms of what is minimized: no choice costs less.
    finished
        Whether the solver stopped by itself, and not by the clock.
    """

    sites: NDArray[np.intp]
    bound: float
    finished: bool


def solve(
    cost: Floats,
    matrix: Any,
    least: Floats,
    most: Floats,
    *,
    whole: NDArray[np.bool_],
    low: Floats,
    high: Floats,
    gap: float,
    clock: Clock,
) -> Solved:
    """Minimize cost · v with least ≤ matrix · v ≤ most, low ≤ v ≤ high, some of v whole.

    Raises
    ------
    GridgovError
        If the solver gives up for a reason of its own.
    """
    if clock.left <= 0:
        return Solved(None, -np.inf, infeasible=False, finished=False)
    found = optimize.milp(
        cost,
        integrality=whole.astype(np.int64),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(matrix, least, most),
        options={"time_limit": clock.left, "mip_rel_gap": gap},
    )
    if found.status == _INFEASIBLE:
        return Solved(None, np.inf, infeasible=True, finished=True)
    if found.status not in (0, _TIMED_OUT):
        raise GridgovError(
            f"The solver could not handle this placement. It said: {found.message} "
            "Check for weights or capacities of very different size."
        )
    bound = getattr(found, "mip_dual_bound", None)
    if bound is None:
        # Without whole variables there is no tree, and what is found is the optimum.
        bound = found.fun if found.status == 0 else -np.inf
    return Solved(found.x, float(bound), infeasible=False, finished=found.status == 0)


def power_of_two(weights: Floats) -> float:
    """Return what to multiply weights by so that the solver's tolerances suit them.

    Whole numbers up to a million stay as they are: the solver makes use of them. A power
    of two changes no digit.
    """
    most = float(weights.max(initial=0.0))
    if most == 0 or 1 <= most <= 1e6:
        return 1.0
    return float(2.0 ** np.round(np.log2(1000 / most)))
