"""The log-rank test: do several groups close their cases at the same pace.

At every time at which any case was closed, the closings are dealt out among the groups in
proportion to how many of each were still open. What a group closed in all, less what it was
dealt, is the sum of many small surprises; the test asks whether they are larger than chance.
It sees best a pace that differs by a constant factor and can miss curves that cross.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

__all__ = ["LogRank", "log_rank"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 4_000_000


class LogRank(NamedTuple):
    """What the test found.

    ``closed`` and ``expected`` are closings by group; ``statistic``, ``freedom`` and
    ``p_value`` are of all groups at once, ``own`` and ``own_p`` of each against the others.
    """

    closed: Ints
    expected: Floats
    statistic: float
    freedom: int
    p_value: float
    own: Floats
    own_p: Floats


def log_rank(times: Ints, closed: NDArray[np.bool_], group: Ints, groups: int) -> LogRank:
    """Test whether groups close their cases at the same pace.

    Parameters
    ----------
    times
        How long each case was open, or has been open so far.
    closed
        Whether it was closed then.
    group
        Its group, 0 to `groups` - 1.
    groups
        Number of groups.

    Notes
    -----
    With d closings among n open cases, n_j of them of group j: expected d n_j / n, variance
    d (n - d) / (n - 1) (diag(p) - p p'), p = n_j / n, summed over the times [1]_. The
    statistic of all groups is chi-square with one degree fewer than groups that could have
    closed any; that of one group against the others has one degree.

    References
    ----------
    .. [1] Mantel, N. (1966). Evaluation of survival data and two new rank order statistics
       arising in its consideration. Cancer Chemotherapy Reports 50(3), 163-170.

    Examples
    --------
    >>> found = log_rank(np.array([1, 2, 3, 4]), np.ones(4, bool), np.array([0, 0, 1, 1]), 2)
    >>> found.closed.tolist(), found.expected.round(4).tolist(), round(found.statistic, 4)
    ([2, 2], [0.8333, 3.1667], 2.8824)
    """
    at, number = np.unique(times[closed], return_counts=True)
    ordered = [np.sort(times[group == each]) for each in range(groups)]
    found = np.bincount(group[closed], minlength=groups)
    expected, variance = np.zeros(groups), np.zeros((groups, groups))
    block = max(1, _BLOCK // max(groups, 1))
    for first in range(0, len(at), block):
        moments = at[first : first + block]
        d = number[first : first + block].astype(np.float64)
        open_ = np.column_stack([len(own) - np.searchsorted(own, moments) for own in ordered])
        n = open_.sum(axis=1).astype(np.float64)
        share = open_ / n[:, None]
        expected += d @ share
        spread = np.divide(d * (n - d), n - 1, out=np.zeros(len(n)), where=n > 1)
        variance += np.diag(spread @ share) - (share * spread[:, None]).T @ share
    surprise = found - expected
    own_variance = np.diag(variance)
    # What rounding leaves of a variance that is 0 is no variance.
    free = own_variance > 1e-9 * max(1.0, float(found.sum()))
    own = np.full(groups, np.nan)
    np.divide(surprise**2, own_variance, out=own, where=free)
    freedom = max(int(free.sum()) - 1, 0)
    statistic = np.nan
    if freedom:
        # One group follows from the others, which makes the whole matrix singular.
        kept = np.flatnonzero(free)[:-1]
        part = surprise[kept]
        statistic = float(part @ np.linalg.solve(variance[np.ix_(kept, kept)], part))
    p_value = float(chdtrc(freedom, statistic)) if freedom else np.nan
    own_p = np.asarray(chdtrc(1.0, own), dtype=np.float64)
    return LogRank(found, expected, statistic, freedom, p_value, own, own_p)
