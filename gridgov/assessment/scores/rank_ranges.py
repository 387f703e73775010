"""Ranks, and which other ranks the data allow.

A group ranks surely below those that are better beyond chance and surely above those that
are worse; between them every rank is possible. All differences of one ranking are held to
one limit, so that its ranges hold together [1]_. The share of draws in which a group comes
third is no such range: where groups are equal in truth, each draw repeats the chance that
put them in order, and the middle of the draws leaves most of the truth outside.

References
----------
.. [1] Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks
   with applications to mobility across neighbourhoods and academic achievement across
   countries. Review of Economic Studies 91(1), 476-518. https://doi.org/10.1093/restud/rdad006
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["Ranks", "competition_ranks", "rank_ranges"]

Floats = NDArray[np.float64]

# Scores that differ by rounding alone are the same.
_DIGITS = 9
_NO_SPREAD = 1e-6


class Ranks(NamedTuple):
    """Ranks of one ranking; ranges and shares are missing without draws."""

    rank: Floats
    low: Floats
    high: Floats
    share: Floats


def competition_ranks(scores: Floats) -> Floats:
    """Return ranks from 1 for the highest; equal ones share the best: 1, 2, 2, 4.

    Parameters
    ----------
    scores
        The last axis is ranked; none missing.

    Examples
    --------
    >>> import numpy as np
    >>> competition_ranks(np.array([80.0, 95.0, 80.0, 70.0])).tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    return np.asarray(rankdata(-np.round(scores, _DIGITS), method="min", axis=-1), dtype=np.float64)


def rank_ranges(scores: Floats, draws: Floats | None, *, confidence: float) -> Ranks:
    """Return the rank of every group and the best and worst rank that the data allow.

    Parameters
    ----------
    scores
        Score of every group, none missing, shape (groups,).
    draws
        What else they could have been, shape (samples, groups); None when unknown.
    confidence
        Probability that all ranges hold.

    Returns
    -------
    Ranks
        Range of ranks, and the share of draws in which a group has its rank.

    Notes
    -----
    The limit is the quantile over the draws of the greatest ``|d* - mean(d*)| / sd(d*)`` of
    all pairs, d the difference of their scores. A pair differs beyond chance when ``|d|`` is
    more than the limit times ``sd(d*)``. With groups equal in truth all ranges hold all ranks
    with the probability asked for.

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.random.default_rng(0).normal([90.0, 89.0, 60.0], 2.0, size=(999, 3))
    >>> found = rank_ranges(np.array([90.0, 89.0, 60.0]), draws, confidence=0.95)
    >>> found.low.tolist(), found.rank.tolist(), found.high.tolist()
    ([1.0, 1.0, 3.0], [1.0, 2.0, 3.0], [2.0, 2.0, 3.0])
    """
    groups = len(scores)
    rank = competition_ranks(scores)
    nothing = np.full(groups, np.nan)
    if draws is None:
        return Ranks(rank, nothing, nothing, nothing)
    share = (competition_ranks(draws) == rank).mean(axis=0)
    away = draws - draws.mean(axis=0)
    together = away.T @ away / (len(draws) - 1)
    alone = np.diag(together)
    spread = np.sqrt(np.maximum(alone[:, None] + alone[None, :] - 2 * together, 0.0))
    # Draws that never differ leave rounding behind, which is no spread.
    spread[spread < _NO_SPREAD] = 0.0
    scale = np.divide(1.0, spread, out=np.zeros(spread.shape), where=spread > 0)
    greatest = np.zeros(len(draws))
    # One group against all later ones at a time: all pairs at once are too much for a city.
    for group in range(groups - 1):
        later = slice(group + 1, None)
        apart = np.abs(away[:, later] - away[:, [group]]) * scale[group, later]
        np.maximum(greatest, apart.max(axis=1), out=greatest)
    limit = float(np.quantile(greatest, confidence, method="higher"))
    ahead = np.round(scores[None, :] - scores[:, None], _DIGITS)
    better = (ahead > limit * spread).sum(axis=1)
    worse = (-ahead > limit * spread).sum(axis=1)
    return Ranks(rank, 1.0 + better, groups - worse.astype(np.float64), share)
