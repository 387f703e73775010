"""Incidents by what they could have happened to, with small bases steadied.

A rate over few people swings: one incident among twenty is the highest rate in the
city and says nothing. Empirical Bayes takes each rate for a draw from a spread of true
rates whose mean and variance are estimated from the map, and moves it towards the mean
the more, the smaller its base is. The mean is the whole map's or, for cities that differ
from end to end, the neighborhood's. What it cannot say: whether the base is the right
one. Residents are no base for street vending beside a railway station.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.hotspots.count_maps import checked_counts, count_maps

__all__ = ["RATE_REASONS", "measure_rates"]

Floats = NDArray[np.float64]
Cells = NDArray[np.uint64]

Method = Literal["raw", "empirical_bayes", "neighborhood_empirical_bayes"]
Base: TypeAlias = str | Mapping[Any, float] | Any
"""A column's name, a mapping or Series from cell to base, or a table of cell and base."""

RATE_REASONS = {
    "zero_base": "the base is zero",
    "unknown_base": "the base is unknown",
    "no_neighbor": "no neighbor in the grid",
}
"""Why a cell has no rate or no smoothed one; translated in ``taxonomy/terms.csv``."""

# Below this many expected incidents a rate is mostly chance (Marshall 1991 and the usual
# rule for expected counts).
_FEW = 5.0


def measure_rates(
    counts: pd.DataFrame,
    *,
    base: Base,
    method: Method = "raw",
    rings: int = 1,
    per: float = 1.0,
) -> pd.DataFrame:
    """Measure incidents by base in every cell, raw or smoothed by empirical Bayes.

    Parameters
    ----------
    counts
        Table of counts as :func:`gridgov.tally` makes it, with ``cell`` and ``incidents``;
        every period and group is a map of its own.
    base
        What the incidents are counted against: the name of a column of `counts`
        (``"area_km2"`` gives incidents a square kilometer), a mapping or Series from cell to
        base, or a table with the columns ``cell`` and ``base``. Cells as numbers or as
        hexadecimal text. A cell that is not in it has an unknown base.
    method
        ``"raw"``, ``"empirical_bayes"`` towards the rate of the map, or
        ``"neighborhood_empirical_bayes"`` towards the rate of the cell and its neighbors.
    rings
        Steps from a cell to the edge of its neighborhood, 1 or more; only for
        ``"neighborhood_empirical_bayes"``.
    per
        Rates are for so many units of the base: 10,000 with people gives incidents per
        10,000 people (每万人).

    Returns
    -------
    DataFrame
        Rows, order and index of `counts`. Its ``attrs["rates"]`` says how it was made.

        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: as given.
        - ``base``: missing where unknown.
        - ``rate``: ``per · incidents / base``.
        - ``mean_rate``: the rate towards which smoothing draws, m.
        - ``rate_weight``: the own rate's share in the smoothed one, w; missing for ``"raw"``.
        - ``smoothed_rate``: ``w · rate + (1 - w) · mean_rate``; missing for ``"raw"``.
        - ``expected_incidents``: incidents at the mean rate.
        - ``few_expected``: whether that is below 5, or unknown.
        - ``reason``: why there is no rate, or no smoothed one; missing where there is.

    Raises
    ------
    ColumnsError
        If `counts` lacks a column, ``incidents`` are no counts, or `base` names no column,
        holds something other than finite numbers from 0 on, or names a cell twice.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If `method` does not exist, `rings` is not a whole number from 1 on, or `per` is not
        above 0.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With e_i incidents, b_i base, r_i = e_i / b_i and sums over the cells with a base, of
    the map or of the neighborhood (the cell itself included) [1]_::

        m = Σ e / Σ b
        s² = Σ b_i (r_i - m)² / Σ b
        A = max(0, s² - m / b̄)
        w_i = A / (A + m / b_i)

    m / b̄ is the variance that counting alone gives (Poisson); A is what is left for true
    differences. Where nothing is left, A = 0, every smoothed rate is the mean.

    A smoothed rate is no estimate of spread: smoothed rates vary less than true ones.
    Neighborhood means overlap, so neighboring rates are alike by construction; such rates
    are for looking at, and a test for hotspots on them finds its own smoothing.

    References
    ----------
    .. [1] Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes
       estimators. Journal of the Royal Statistical Society C 40(2), 283-294.
       https://doi.org/10.2307/2347593

    Examples
    --------
    Two cells with 100 and 300 people and a third whose base is zero. m = 16 / 400 = 0.04;
    s² = (100 · 0.06² + 300 · 0.02²) / 400 = 0.0012; A = 0.0012 - 0.04 / 200 = 0.001; so
    w = 0.001 / (0.001 + 0.0004) for the first.

    >>> import pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> cells = grid_disk(0x8931AA50E27FFFF, 1)[:3]
    >>> counts = pd.DataFrame({"cell": cells, "incidents": [10, 6, 1]})
    >>> people = dict(zip(cells.tolist(), [100, 300, 0]))
    >>> rates = measure_rates(counts, base=people, method="empirical_bayes", per=100)
    >>> columns = ["rate", "mean_rate", "rate_weight", "smoothed_rate", "reason"]
    >>> print(rates[columns].round(4).to_string(index=False, na_rep="-"))
     rate  mean_rate  rate_weight  smoothed_rate           reason
     10.0        4.0       0.7143         8.2857                -
      2.0        4.0       0.8824         2.2353                -
        -          -            -              - the base is zero
    """
    check_choice(
        method,
        option="method",
        choices=("raw", "empirical_bayes", "neighborhood_empirical_bayes"),
    )
    near = method == "neighborhood_empirical_bayes"
    _check_options(rings, per)
    check_table(counts, "counts", columns=["cell", "incidents"])
    cells, incidents = checked_counts(counts)
    bases = _bases(base, counts, cells)

    rate, mean, weight, smoothed = (np.full(len(counts), np.nan) for _ in range(4))
    reason = np.full(len(counts), None, dtype=object)
    reason[bases == 0] = RATE_REASONS["zero_base"]
    reason[np.isnan(bases)] = RATE_REASONS["unknown_base"]
    for part in count_maps(counts, cells, rings=int(rings) if near else 0):
        known = bases[part.rows] > 0
        rows = part.rows[known]
        if rows.size == 0:
            continue
        e, b = incidents[rows].astype(np.float64), bases[rows]
        rate[rows] = e / b
        matrix = part.disks.matrix[known][:, known] if near else None
        mean[rows], excess = _prior(e, b, matrix)
        if method == "raw":
            continue
        own, noise = excess, mean[rows] / b
        weight[rows] = np.divide(own, own + noise, out=np.zeros(rows.size), where=own > 0)
        smoothed[rows] = mean[rows] + weight[rows] * (rate[rows] - mean[rows])
        if matrix is not None:
            alone = rows[np.diff(matrix.indptr) == 1]
            weight[alone] = smoothed[alone] = np.nan
            reason[alone] = RATE_REASONS["no_neighbor"]

    expected = np.where(bases > 0, bases * mean, np.nan)
    result = conform(
        counts.assign(
            cell=cells,
            incidents=incidents,
            base=bases,
            rate=rate * per,
            mean_rate=mean * per,
            rate_weight=weight,
            smoothed_rate=smoothed * per,
            expected_incidents=expected,
            few_expected=~(expected >= _FEW),
            reason=reason,
        ),
        "rates",
    )
    result.attrs["rates"] = {
        "base": base if isinstance(base, str) else "base",
        "method": method,
        "rings": int(rings) if near else None,
        "per": float(per),
    }
    return result


def _prior(e: Floats, b: Floats, matrix: Any) -> tuple[Floats, Floats]:
    """Return the mean rate and the variance beyond counting, of the map or around each cell."""
    if matrix is None:
        mean = np.full(e.size, e.sum() / b.sum())
        spread = (b * np.square(e / b - mean)).sum() / b.sum()
        return mean, np.maximum(0.0, spread - mean / b.mean())
    number = np.diff(matrix.indptr)
    base = matrix @ b
    mean = (matrix @ e) / base
    # Squared differences entry by entry: the square of sums would lose the digits of
    # rates that hardly differ.
    row, column = np.repeat(np.arange(e.size), number), matrix.indices
    apart = b[column] * np.square(e[column] / b[column] - mean[row])
    spread = np.bincount(row, weights=apart, minlength=e.size) / base
    return mean, np.maximum(0.0, spread - mean / (base / number))


def _bases(base: Base, counts: pd.DataFrame, cells: Cells) -> Floats:
    """Return every row's base, NaN where it is unknown."""
    if isinstance(base, str):
        if base not in counts.columns:
            found = ", ".join(map(str, counts.columns))
            raise ColumnsError(
                f"base must name a column of counts, or give every cell its base. Found: "
                f"{base!r}; counts has {found}."
            )
        return _numbers(counts[base], f"counts.{base}")
    keys, values = _pairs(base)
    numbers = _numbers(values, "base")
    if keys.size == 0:
        return np.full(cells.size, np.nan)
    order = np.argsort(keys)
    ascending = keys[order]
    twice = np.flatnonzero(ascending[1:] == ascending[:-1])
    if twice.size:
        raise ColumnsError(
            f"base must give every cell one number. Found: cell {int(ascending[twice[0]]):x} more "
            "than once. Add the numbers up first, or take one period at a time."
        )
    place = np.minimum(np.searchsorted(ascending, cells), keys.size - 1)
    found_base: Floats = np.where(ascending[place] == cells, numbers[order[place]], np.nan)
    return found_base


def _pairs(base: Any) -> tuple[Cells, Any]:
    """Return the cells and the numbers of a mapping, Series or table."""
    if isinstance(base, pd.DataFrame):
        missing = [name for name in ("cell", "base") if name not in base.columns]
        if missing:
            raise ColumnsError(
                f"base must be a table with the columns cell and base. Found: "
                f"{', '.join(map(str, base.columns)) or 'no columns'}."
            )
        keys, values = base["cell"].tolist(), base["base"]
    elif isinstance(base, pd.Series):
        keys, values = base.index.tolist(), base
    elif isinstance(base, Mapping):
        keys, values = list(base), pd.Series(list(base.values()))
    else:
        raise ColumnsError(
            "base must be the name of a column of counts, a mapping or Series from cell to base, "
            f"or a table with the columns cell and base. Found: {type(base).__name__}."
        )
    text = [isinstance(key, str) for key in keys]
    if any(text):
        return text_to_cells(
            [key if isinstance(key, str) else f"{int(key):x}" for key in keys]
        ), values
    try:
        return np.array(keys, dtype=np.uint64), values
    except (TypeError, ValueError, OverflowError) as error:
        raise ColumnsError(
            f"base must be keyed by H3 cells, as numbers or hexadecimal text. Found: {keys[0]!r}."
        ) from error


def _numbers(column: Any, name: str) -> Floats:
    """Return a column as float64, NaN where missing, after checking that all are from 0 on."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    unread = np.isnan(numbers) & column.notna().to_numpy()
    wrong = np.flatnonzero(unread | np.isinf(numbers) | (numbers < 0))
    if wrong.size:
        raise ColumnsError(
            f"{name} must hold finite numbers from 0 on, or be missing where unknown. Found: "
            f"{wrong.size} other, the first is {column.iloc[[int(wrong[0])]].tolist()[0]!r} in row "
            f"{column.index[[int(wrong[0])]].tolist()[0]!r}.",
            problems=[
                {"table": name, "column": "base", "row": column.index[i], "problem": "no base"}
                for i in wrong
            ],
        )
    return np.asarray(numbers, dtype=np.float64)


def _check_options(rings: Any, per: Any) -> None:
    """Raise if `rings` is no whole number from 1 on, or `per` not above 0."""
    if isinstance(rings, bool) or not hasattr(rings, "__index__") or int(rings) < 1:
        raise OptionError(
            "rings must be a whole number, 1 or more: 1 is a cell and its neighbors. "
            f"Found: {rings!r}."
        )
    try:
        fits = not isinstance(per, bool) and 0 < float(per) < np.inf
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise OptionError(
            "per must be a number above 0: rates are for so many units of the base. "
            f"Found: {per!r}."
        )
