"""Mann-Kendall: does a series rise or fall more steadily than chance would have it.

The test counts, over all pairs of periods, how often the later value is the greater
one. The null hypothesis is that the values of a series are exchangeable in time: no
trend, no season, no value that depends on the one before. It needs no shape of the
trend and no distribution of the counts, and a single wild month has little weight;
it cannot say when a change happened, and a series that goes up and down again may show
nothing. Sen's slope says how fast, in incidents per period.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from gridgov.checks import conform
from gridgov.errors import InputError
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.hotspots.panel_cubes import (
    cell_rows,
    check_share,
    panel_cubes,
    stack,
    warn_about_few_periods,
)

__all__ = ["MannKendall", "mann_kendall", "measure_trends", "sen_slope"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Values, or pairs of values, looked at together, 8 bytes each.
_BLOCK = 2_000_000


class MannKendall(NamedTuple):
    """The test of every series.

    Attributes
    ----------
    s
        Pairs that rise less pairs that fall.
    variance
        Variance of `s` under the null, corrected for ties.
    z
        (s - sign s) / sqrt(variance), 0 for a constant series.
    p_value
        Two-sided, 1 for a constant series; NaN with fewer than two values.
    tau
        Kendall's tau-b with time, -1 to 1; NaN for a constant series.
    """

    s: Whole
    variance: Floats
    z: Floats
    p_value: Floats
    tau: Floats


def measure_trends(panel: pd.DataFrame, *, alpha: float = 0.10) -> pd.DataFrame:
    """Measure in every cell whether its counts rise or fall over the periods.

    Parameters
    ----------
    panel
        Table of counts with periods as :func:`gridgov.tally` makes it. Needs ``cell``,
        ``period`` and ``incidents``; every ``group`` is measured by itself. A cell and
        period without a row counts as zero, and a warning says how many do.
    alpha
        Level of ``trend``, above 0 and below 1.

    Returns
    -------
    DataFrame, one row a group and cell, sorted in that order
        - ``cell``, ``group``, ``street_id``, ``area_km2``: as given.
        - ``incidents``: in all periods.
        - ``periods``: how many.
        - ``kendall_s``, ``kendall_variance``: S and its variance, corrected for ties.
        - ``tau``: Kendall's tau-b, -1 to 1; missing when all counts are alike.
        - ``trend_z``, ``trend_p``: z and its two-sided p; 0 and 1 when all counts are alike.
        - ``trend_q``: Benjamini-Hochberg adjusted over the cells of the group.
        - ``slope``: Sen's slope, incidents per period.
        - ``trend``: up or down where q is below `alpha`, none elsewhere.

    Raises
    ------
    ColumnsError
        If `panel` is no table or lacks a column, ``period`` holds no times with a zone,
        ``incidents`` holds something other than whole numbers from 0 on, or a cell stands
        twice in one period and group.
    EmptyTableError
        If `panel` has no rows.
    InputError
        If there is only one period.
    OptionError
        If `alpha` is not between 0 and 1.

    Warns
    -----
    DataWarning
        With fewer than 10 periods, or if rows of the panel are missing.

    Notes
    -----
    With n periods and groups of t equal counts [1]_ [2]_::

        S = Σ_{i<j} sign(x_j - x_i)
        var = (n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18
        z = (S - sign S) / sqrt(var)

    Sen's slope is the median of (x_j - x_i) / (j - i) over all pairs [3]_.

    The normal tail is a fair approximation from about 10 periods on. Seasons and counts
    that depend on the month before make p too small: compare whole years, or read p as
    a ranking. Months differ by up to a tenth in length, which is not corrected. A last
    period that is only partly over is a fall in every cell: :func:`gridgov.tally`
    lists it like any other, so give it an ``end`` on a period's start.

    References
    ----------
    .. [1] Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13(3),
       245-259. https://doi.org/10.2307/1907187
    .. [2] Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika
       33(3), 239-251. https://doi.org/10.1093/biomet/33.3.239
    .. [3] Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's
       tau. Journal of the American Statistical Association 63(324), 1379-1389.
       https://doi.org/10.1080/01621459.1968.10480934

    Examples
    --------
    Ten months; one cell gains an incident every month, the other has two in each. All
    45 pairs of the first rise, var = 10 x 9 x 25 / 18 = 125, z = 44 / sqrt(125):

    >>> import pandas as pd
    >>> months = pd.date_range("2017-01-01", periods=10, freq="MS", tz="Asia/Shanghai")
    >>> rising, steady = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> panel = pd.DataFrame({"cell": pd.array([rising] * 10 + [steady] * 10, "uint64"),
    ...                       "period": months.append(months),
    ...                       "incidents": [*range(10), *[2] * 10]})
    >>> trends = measure_trends(panel).set_index("cell").loc[[rising, steady]]
    >>> trends[["kendall_s", "kendall_variance", "trend", "slope"]].values.tolist()
    [[45, 125.0, 'up', 1.0], [0, 0.0, 'none', 0.0]]
    >>> trends["trend_z"].round(4).tolist()
    [3.9355, 0.0]
    """
    check_share(alpha, "alpha")
    parts = []
    cubes = panel_cubes(panel)
    warn_about_few_periods(cubes)
    for cube in cubes:
        test = mann_kendall(cube.incidents)
        q = benjamini_hochberg(test.p_value)
        trend = np.where(test.s > 0, "up", "down").astype(object)
        trend[~(q < alpha)] = "none"
        parts.append(
            cell_rows(cube).assign(
                kendall_s=test.s,
                kendall_variance=test.variance,
                tau=test.tau,
                trend_z=test.z,
                trend_p=test.p_value,
                trend_q=q,
                slope=sen_slope(cube.incidents),
                trend=trend,
            )
        )
    result = conform(stack(parts), "trends")
    result.attrs["trends"] = {
        "statistic": "Mann-Kendall",
        "correction": "Benjamini-Hochberg",
        "family": "the cells of one group",
        "alpha": float(alpha),
    }
    return result


def mann_kendall(values: ArrayLike) -> MannKendall:
    """Return the Mann-Kendall test of many series at once.

    Parameters
    ----------
    values
        One series a row, in the order of time, shape (series, periods). NaN is a value
        that is not there: the others of its series are tested.

    Returns
    -------
    MannKendall
        S, its variance, z, p and tau-b, each of shape (series,).

    Raises
    ------
    InputError
        If `values` is not a table of two dimensions.

    Notes
    -----
    As in :func:`measure_trends`. Values are replaced by their ranks, small whole numbers,
    and compared with all later ones one distance in time after the other.

    Examples
    --------
    >>> test = mann_kendall([[1.0, 2.0, 2.0, 5.0], [7.0, 7.0, 7.0, 7.0]])
    >>> test.s.tolist(), test.p_value.round(3).tolist(), test.tau.round(3).tolist()
    ([5, 0], [0.149, 1.0], [0.913, nan])
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 2:
        raise InputError(
            "values must have two dimensions: one series a row, its values in the order of "
            f"time. Found: shape {series.shape}."
        )
    s, n, tied, tied_cubed = (np.zeros(len(series), dtype=np.int64) for _ in range(4))
    step = max(1, _BLOCK // max(1, series.shape[1]))
    for start in range(0, len(series), step):
        here = slice(start, start + step)
        ranks, ties = _ranks(series[here])
        n[here] = ties.sum(axis=1)
        tied[here] = (ties * (ties - 1)).sum(axis=1)
        tied_cubed[here] = (ties * (ties - 1) * (2 * ties + 5)).sum(axis=1)
        s[here] = _rises_less_falls(ranks)

    variance = (n * (n - 1) * (2 * n + 5) - tied_cubed) / 18
    z = np.zeros(len(series))
    moved = variance > 0
    z[moved] = (s - np.sign(s))[moved] / np.sqrt(variance[moved])
    p = 2.0 * ndtr(-np.abs(z))
    p[n < 2] = np.nan
    z[n < 2] = np.nan
    pairs = n * (n - 1) / 2
    untied = pairs - tied / 2
    tau = np.full(len(series), np.nan)
    tau[moved] = s[moved] / np.sqrt(pairs[moved] * untied[moved])
    return MannKendall(s, variance, z, p, tau)


def sen_slope(values: ArrayLike) -> Floats:
    """Return Sen's slope, the median slope between two values, of many series at once.

    Parameters
    ----------
    values
        One series a row, in the order of time, shape (series, periods); NaN is left out.

    Returns
    -------
    float64 array, shape (series,)
        Units of `values` per period; NaN with fewer than two values.

    Raises
    ------
    InputError
        If `values` is not a table of two dimensions.

    Examples
    --------
    The slopes between two of 0, 1, 4 are 1, 2 and 3:

    >>> sen_slope([[0.0, 1.0, 4.0]]).tolist()
    [2.0]
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 2:
        raise InputError(
            "values must have two dimensions: one series a row, its values in the order of "
            f"time. Found: shape {series.shape}."
        )
    slopes = np.full(len(series), np.nan)
    first, second = np.triu_indices(series.shape[1], k=1)
    if first.size == 0:
        return slopes
    apart = (second - first).astype(np.float64)
    step = max(1, _BLOCK // first.size)
    for start in range(0, len(series), step):
        block = series[start : start + step]
        between = (block[:, second] - block[:, first]) / apart
        between.sort(axis=1)
        # NaN sorts to the end: the median is that of the values before it.
        known = between.shape[1] - np.isnan(between).sum(axis=1)
        rows = np.flatnonzero(known)
        low, high = (known[rows] - 1) // 2, known[rows] // 2
        slopes[start + rows] = (between[rows, low] + between[rows, high]) / 2
    return slopes


def _ranks(series: Floats) -> tuple[NDArray[Any], Whole]:
    """Return dense ranks, time first and -1 where missing, and how often each rank occurs."""
    rows, periods = series.shape
    if series.size == 0:
        return np.zeros((periods, rows), dtype=np.int8), np.zeros((rows, periods), dtype=np.int64)
    order = np.argsort(series, axis=1)
    ascending = np.take_along_axis(series, order, axis=1)
    missing = np.isnan(ascending)
    rank = np.zeros(series.shape, dtype=np.int64)
    np.cumsum(ascending[:, 1:] != ascending[:, :-1], axis=1, out=rank[:, 1:])
    code = (rank + np.arange(rows)[:, None] * periods)[~missing]
    ties = np.bincount(code, minlength=series.size).reshape(series.shape)
    rank[missing] = -1
    # A rank is below the number of periods; one byte is compared eight times as fast
    # as a float of eight.
    small = np.int8 if periods <= 127 else np.int16 if periods <= 32_767 else np.int32
    ranks = np.empty(series.shape, dtype=small)
    np.put_along_axis(ranks, order, rank.astype(small), axis=1)
    return np.ascontiguousarray(ranks.T), ties


def _rises_less_falls(ranks: NDArray[Any]) -> Whole:
    """Return S of every series from ranks, time first and -1 where missing."""
    periods = len(ranks)
    there = ranks >= 0
    whole = bool(there.all())
    # Entry i collects the signs between period i and all later ones: as many as a rank
    # can hold.
    collected = np.zeros(ranks.shape, dtype=ranks.dtype)
    for apart in range(1, periods):
        later, earlier = ranks[apart:], ranks[:-apart]
        sign = (later > earlier).view(np.int8) - (later < earlier).view(np.int8)
        if not whole:
            sign *= there[apart:] & there[:-apart]
        collected[:-apart] += sign
    return np.asarray(collected.sum(axis=0, dtype=np.int64))
