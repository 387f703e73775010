"""One map put to the test: z, p and side of every cell, or why there is none.

A map is one period and group; its cells with a value are the whole population. A cell
whose value is unknown is neither a neighbor nor dealt out. The nulls:

- ``randomization``: all arrangements of the values are equally likely. For Gi* the own
  value is dealt out too; Gi leaves it out of sum and urn, so that its null is conditional.
- ``analytic``: the normal tail of z.
- ``permutation``: conditional permutations, the own value kept in place.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.geo.disk_sums import DiskSums
from gridgov.hotspots.gi_scores import gi, gi_star
from gridgov.hotspots.permutation_null import conditional_p, permutation_p
from gridgov.hotspots.randomization_null import NullAnswer, randomization_p

__all__ = ["REASONS", "Answer", "Null", "Statistic", "answer", "reason_texts"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

Null = Literal["randomization", "analytic", "permutation"]
Statistic = Literal["gi_star", "gi"]

REASONS = {
    "few_cells": "fewer than 30 cells",
    "no_incidents": "no incidents",
    "same_count": "every cell has the same number of incidents",
    "no_neighbor": "no neighbor in the grid",
    "whole_grid": "the neighborhood is the whole grid",
    "no_value": "no value",
    "same_value": "every cell has the same value",
    "same_others": "all other cells have the same value",
}
"""Why a cell has no answer; the words are translated in ``taxonomy/terms.csv``."""

_PLACES = {name: place for place, name in enumerate(REASONS)}

# The customary least number of features for this statistic. With fewer, z is no useful
# scale and hardly any p can be small enough to survive the correction.
_FEWEST_CELLS = 30

# Values that are not whole are taken in units of the range over 2**44: the sum of 400
# neighborhood cells and more stays below 2**63 and is the same in every order.
_UNITS = float(2**44)


class Answer(NamedTuple):
    """The tests of one map.

    `side` is the smaller tail's, 1 hot, -1 cold, 0 for both; `reason` is the place in
    `REASONS` of why there is no test, -1 where there is one.
    """

    neighbors: Whole
    z: Floats
    side: Floats
    p_value: Floats
    reason: NDArray[np.int8]
    method: str
    floor: float


def answer(
    values: Any,
    disks: DiskSums,
    *,
    statistic: Statistic,
    null: Null,
    counts: bool,
    permutations: int,
    seed: int,
) -> Answer:
    """Return z, its p-value and why there is none for every cell of one map.

    Parameters
    ----------
    values
        int64 counts, or float64 with NaN where the value is unknown, shape (n,).
    disks
        The disks around the cells.
    statistic, null, permutations, seed
        As in :func:`gridgov.find_hotspots`.
    counts
        Whether the values are the incidents, for the words of the reasons.
    """
    known = np.isfinite(values)
    if known.all():
        return _answer(
            values,
            disks,
            statistic=statistic,
            null=null,
            counts=counts,
            permutations=permutations,
            seed=seed,
        )
    n = values.size
    z, side, p = (np.full(n, np.nan) for _ in range(3))
    reason = np.full(n, _PLACES["no_value"], dtype=np.int8)
    neighbors = disks.whole_sums(known.astype(np.int64)) - known
    if not known.any():
        return Answer(neighbors, z, side, p, reason, "none", 0.0)
    here = np.flatnonzero(known)
    part = _answer(
        values[here],
        disks.among(here),
        statistic=statistic,
        null=null,
        counts=counts,
        permutations=permutations,
        seed=seed,
    )
    z[here], side[here], p[here], reason[here] = part.z, part.side, part.p_value, part.reason
    return Answer(neighbors, z, side, p, reason, part.method, part.floor)


def _answer(
    values: Any,
    disks: DiskSums,
    *,
    statistic: Statistic,
    null: Null,
    counts: bool,
    permutations: int,
    seed: int,
) -> Answer:
    """Return the answer where every cell has a value."""
    n = values.size
    sizes = disks.sizes
    reason = _reasons(values, sizes, statistic=statistic, null=null, counts=counts)
    z, side, p = (np.full(n, np.nan) for _ in range(3))
    method, floor = {"analytic": "normal", "permutation": "permutation"}.get(null, "exact"), 0.0
    answered = reason < 0
    if not answered.any():
        return Answer(sizes - 1, z, side, p, reason, method, floor)
    # All of them: no copies of what was picked out.
    tested: Any = slice(None) if answered.all() else answered

    scores = gi_star(values, disks) if statistic == "gi_star" else gi(values, disks)
    z[tested] = scores[tested]
    if null == "analytic":
        # The other nulls need nothing of SciPy, whose import takes a while.
        from scipy.special import ndtr

        side[tested] = np.sign(z[tested])
        p[tested] = 2.0 * ndtr(-np.abs(z[tested]))
        return Answer(sizes - 1, z, side, p, reason, method, floor)

    # Whole numbers all through: a sum must equal its like to the last digit.
    units, slack = _whole_units(values)
    sums = disks.whole_sums(units)
    found: NullAnswer
    if null == "randomization" and statistic == "gi_star":
        found = randomization_p(units, sizes[tested], sums[tested], slack=slack, seed=seed)
        side[tested], p[tested] = found.side, found.p_value
        return Answer(sizes - 1, z, side, p, reason, found.method, found.floor)
    others = np.where(answered, sizes - 1, 0)
    sums = np.where(answered, sums - units, 0)
    if null == "randomization":
        found = conditional_p(units, others, sums, slack=slack, seed=seed)
        method = found.method
    else:
        found = permutation_p(
            units, others, sums, slack=slack, permutations=permutations, seed=seed
        )
    side[tested], p[tested] = found.side[tested], found.p_value[tested]
    return Answer(sizes - 1, z, side, p, reason, method, found.floor)


def _reasons(
    values: Any, sizes: Whole, *, statistic: Statistic, null: Null, counts: bool
) -> NDArray[np.int8]:
    """Return the place in `REASONS` of why cells cannot be tested, -1 where they can."""
    n = values.size
    reason = np.full(n, -1, dtype=np.int8)
    reason[sizes == n] = _PLACES["whole_grid"]
    reason[sizes == 1] = _PLACES["no_neighbor"]
    if statistic == "gi" or null == "permutation":
        # Only the one cell that differs from all others leaves nothing to deal out.
        lowest, highest = values == values.min(), values == values.max()
        for alone, rest in ((lowest, highest), (highest, lowest)):
            if alone.sum() == 1 and rest.sum() == n - 1:
                reason[alone] = _PLACES["same_others"]
    if values.min() == values.max():
        if counts:
            reason[:] = _PLACES["same_count" if values.max() else "no_incidents"]
        else:
            reason[:] = _PLACES["same_value"]
    if n < _FEWEST_CELLS:
        reason[:] = _PLACES["few_cells"]
    return reason


def reason_texts(places: NDArray[np.int8]) -> pd.Categorical:
    """Return the words of reasons given as places in `REASONS`, missing where they are -1."""
    return pd.Categorical.from_codes(places, categories=list(REASONS.values()))


def _whole_units(values: Any) -> tuple[Whole, int]:
    """Return the values in whole units, and how many units a cell rounding may move a sum."""
    if values.dtype == np.int64:
        return values, 0
    lowest = values.min()
    if (values == np.floor(values)).all() and np.abs(values).max() < 2**53:
        return values.astype(np.int64), 0
    return np.rint((values - lowest) / (values.max() - lowest) * _UNITS).astype(np.int64), 1
