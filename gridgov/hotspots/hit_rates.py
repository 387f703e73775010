"""How many of the later incidents lie in the cells that a map put first.

Cells are chosen whole, the highest score first, as many as fit in the share of the area
that was asked for; one cell at least. Where scores tie, the cells with fewer later
incidents come first, so that a map is never credited with an order it did not give. The
share that was really used is kept, and every index is worked out from it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["HitRates", "hit_rates"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# A sum of areas may exceed a share by rounding alone: 3 of 30 equal cells are a tenth.
_ROUNDING = 1e-9


class HitRates(NamedTuple):
    """One entry a share of the area; see the table "prediction_scores"."""

    used_share: Floats
    chosen_cells: Whole
    hits: Whole
    hit_rate: Floats
    pai: Floats
    pei: Floats
    rri: Floats


def hit_rates(
    score: Floats, counts: Whole, areas: Floats, shares: Floats, *, expected: bool
) -> HitRates:
    """Return what the map's first cells hold, at every share of the area.

    Parameters
    ----------
    score
        The map, one number a cell; NaN comes last.
    counts
        Later incidents in every cell.
    areas
        Area of every cell, above zero, in any unit.
    shares
        Shares of the whole area, above 0, up to 1.
    expected
        Whether the score is an expected number of incidents: cells are then ranked by
        score over area, and the recovery rate index is worked out.

    Returns
    -------
    HitRates
        Arrays in the order of `shares`.

    Examples
    --------
    >>> import numpy as np
    >>> found = hit_rates(np.array([3., 2., 1.]), np.array([6, 3, 0]), np.ones(3),
    ...                   np.array([1 / 3, 2 / 3, 1]), expected=True)
    >>> found.pai.tolist(), found.pei.tolist()
    ([2.0, 1.5, 1.0], [1.0, 1.0, 1.0])
    """
    rank = score / areas if expected else score
    # Python's order of keys is last first: score, later incidents, place in the table.
    order = np.lexsort((counts, -np.where(np.isnan(rank), -np.inf, rank)))
    area = np.cumsum(areas[order])
    chosen = _fitting(area, shares)
    used, hits = area[chosen - 1], np.cumsum(counts[order])[chosen - 1]

    total, whole = int(counts.sum()), float(area[-1])
    missing = np.full(len(shares), np.nan)
    hit_rate, pei, rri = hits / total if total else missing, missing.copy(), missing.copy()
    if total:
        pei = hits / _most(counts, areas, used)
    if expected:
        foreseen = np.cumsum(np.nan_to_num(score[order]))[chosen - 1]
        np.divide(foreseen, hits, out=rri, where=hits > 0)
    used_share = used / whole
    return HitRates(used_share, chosen, hits, hit_rate, hit_rate / used_share, pei, rri)


def _fitting(area: Floats, shares: Floats) -> Whole:
    """Return how many first cells fit into every share of the area; one at least."""
    room = shares * area[-1] * (1 + _ROUNDING)
    fitting = np.searchsorted(area, room, side="right")
    return np.asarray(np.maximum(fitting, 1), dtype=np.int64)


def _most(counts: Whole, areas: Floats, used: Floats) -> Floats:
    """Return the most incidents that areas so large can hold, the last cell taken in part."""
    order = np.argsort(-(counts / areas), kind="stable")
    area = np.concatenate([[0.0], np.cumsum(areas[order])])
    held = np.concatenate([[0.0], np.cumsum(counts[order])])
    return np.asarray(np.interp(used, area, held), dtype=np.float64)
