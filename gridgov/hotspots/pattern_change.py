"""Whether incidents lie in the same places as before, unit by unit.

A district may have half the incidents and the same map, or as many as ever in other
places. These comparisons look at shares: what part of all incidents lies in the unit,
before and after. Shares add up to one, so a rise in one unit is a fall in others: a unit
can "fall" without losing a single incident. Andresen's S is the share of units whose part
has not visibly changed; it describes, it does not test. The tests of proportions do.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, check_whole, conform
from gridgov.errors import InputError, OptionError
from gridgov.hotspots.multiple_testing import benjamini_yekutieli
from gridgov.hotspots.proportion_tests import chi_square, fisher_exact
from gridgov.hotspots.unit_totals import unit_totals

__all__ = ["compare_patterns", "compare_proportions", "measure_similarity"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Unit = Literal["cell", "street_id"]
Test = Literal["n-1", "pearson", "yates", "fisher"]

# Andresen (2009): the middle 95 % of the samples.
_CONFIDENCE = 0.95
# A sample of so many incidents at a time; more would not fit in memory at once.
_MOST_ENTRIES = 50_000_000


def compare_patterns(
    before: Any,
    after: Any,
    *,
    unit: Unit = "cell",
    samples: int = 200,
    share: float = 0.85,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare where incidents lie before and after by Andresen's S.

    Parameters
    ----------
    before, after
        Counts of the two times, or of two categories, over the same units: tables of
        :func:`gridgov.tally` by cell, or any table with one row a street and the columns
        ``street_id`` and ``incidents``, such as :func:`gridgov.measure_reporting` makes.
        Several periods are added up.
    unit
        ``"cell"`` or ``"street_id"``.
    samples
        How many samples of `after` are drawn, 40 or more.
    share
        Part of the incidents of `after` in a sample, above 0, below 1.
    seed
        Seed of the samples.

    Returns
    -------
    DataFrame, one row a unit, ascending
        - ``cell`` or ``street_id``: the unit; the other one is missing.
        - ``incidents_before``, ``incidents_after``, ``share_before``, ``share_after``.
        - ``share_low``, ``share_high``: the middle 95 % of the samples' shares.
        - ``local_s``: 1 where share_before lies below them (the unit's part has grown),
          -1 above (shrunk), 0 within.

        :func:`gridgov.measure_similarity` makes S of it.

    Raises
    ------
    ColumnsError
        If a column is missing, a count is no whole number or a unit stands twice.
    EmptyTableError
        If a table has no rows.
    InputError
        If the tables have different units or several groups, a table of cells is to be
        compared by street, or one has no incidents.
    OptionError
        If an option is out of range.

    Notes
    -----
    From the incidents of `after`, `samples` samples of ``round(share * n)`` are drawn
    without replacement [1]_. Of the sorted shares of a unit number
    ``floor(0.025 samples) + 1`` and number ``ceil(0.975 samples)`` bound the interval, the
    6th and the 195th of 200. Only `after` is sampled, so swapping the tables changes the
    answer.

    There is no null hypothesis at work and no correction for many units; the interval of a
    subsample of 85 % is much narrower than a confidence interval would be. For a test see
    :func:`gridgov.compare_proportions` [2]_.

    References
    ----------
    .. [1] Andresen, M. A. (2009). Testing similarity in area-based spatial patterns: a
       nonparametric Monte Carlo approach. Applied Geography 29(3), 333-345.
       https://doi.org/10.1016/j.apgeog.2008.12.004
    .. [2] Wheeler, A. P., Steenbeek, W. & Andresen, M. A. (2018). Testing for similarity in
       area-based spatial patterns: alternative methods to Andresen's spatial point
       pattern test. Transactions in GIS 22(3), 760-774. https://doi.org/10.1111/tgis.12341

    Examples
    --------
    The small case that comes with the R package sppt: only the second unit differs.

    >>> before = pd.DataFrame({"street_id": list("ABCDEF"), "incidents": [2, 2, 2, 1, 0, 1]})
    >>> after = pd.DataFrame({"street_id": list("ABCDEF"), "incidents": [2, 1, 2, 2, 1, 1]})
    >>> change = compare_patterns(before, after, unit="street_id")
    >>> change["local_s"].tolist()
    [0, -1, 0, 0, 0, 0]
    >>> measure_similarity(change).loc[0, "s"].round(4)
    np.float64(0.8333)
    """
    _check_samples(samples, share, seed)
    units, first, second = _two_patterns(before, after, unit)
    total, size = int(first.sum()), round(share * int(second.sum()))
    if size < 1:
        raise OptionError(
            f"A sample must hold an incident. Found: {share:g} of {int(second.sum())} in after. "
            "Choose a larger share or a longer time."
        )
    if samples * len(units) > _MOST_ENTRIES:
        raise OptionError(
            f"samples times units may be up to {_MOST_ENTRIES:,}. Found: {samples:,} samples of "
            f"{len(units):,} units. Take fewer samples."
        )
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(
        second, size, size=samples, method="marginals"
    )
    tail = (1 - _CONFIDENCE) / 2 * samples
    # Exactly 5 of 200 are left out on a side, whatever 0.025 * 200 rounds to.
    low, high = floor(tail + 1e-9), ceil(samples - tail - 1e-9) - 1
    ranked = np.partition(drawn, (low, high), axis=0)
    lower, upper = ranked[low], ranked[high]
    # Shares are compared as whole numbers: 1 of 8 equals 1 of 8.
    local = (first * size < lower * total).astype(np.int64) - (first * size > upper * total)
    result = _by_unit(units, unit, first, second)
    result = conform(
        result.assign(share_low=lower / size, share_high=upper / size, local_s=local),
        "pattern_change",
    )
    result.attrs["pattern_change"] = {
        "method": "Andresen S",
        "samples": int(samples),
        "share": float(share),
        "seed": int(seed),
        "interval": _CONFIDENCE,
    }
    return result


def compare_proportions(
    before: Any,
    after: Any,
    *,
    unit: Unit = "cell",
    test: Test = "n-1",
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Test in every unit whether its share of the incidents has changed.

    Parameters
    ----------
    before, after, unit
        As in :func:`gridgov.compare_patterns`.
    test
        ``"n-1"``: chi-square times (N - 1) / N. ``"pearson"``: plain chi-square.
        ``"yates"``: with continuity correction. ``"fisher"``: exact.
    alpha
        Rate of false discoveries at which a change is claimed, above 0, below 1.

    Returns
    -------
    DataFrame, one row a unit, ascending
        - ``cell`` or ``street_id``: the unit; the other one is missing.
        - ``incidents_before``, ``incidents_after``, ``share_before``, ``share_after``.
        - ``statistic``: chi-square; missing for Fisher's test.
        - ``p_value``: two-sided, unadjusted; missing in units without incidents.
        - ``q_value``: Benjamini-Yekutieli adjusted over the units that have a p.
        - ``local_s``: 1 grown, -1 shrunk where q is below `alpha`, else 0.

    Raises
    ------
    ColumnsError
        If a column is missing, a count is no whole number or a unit stands twice.
    EmptyTableError
        If a table has no rows.
    InputError
        If the tables have different units or several groups, a table of cells is to be
        compared by street, or one has no incidents.
    OptionError
        If `test` does not exist or `alpha` is out of range.

    Notes
    -----
    Null hypothesis, unit by unit: an incident falls into the unit with the same
    probability before and after, each by itself. With a of n before, b of m after and
    N = n + m::

        X² = (N - 1) (a (m - b) - b (n - a))² / ((a + b) (N - a - b) n m)

    against chi-square with one degree of freedom, the choice of [2]_ for expected counts
    from 1 on; below that, take Fisher's. The shares of all units add up to one, so the
    tests depend on each other, which Benjamini-Yekutieli allows for [1]_. Incidents that
    come in bursts are fewer than they seem, and p is then too small.

    References
    ----------
    .. [1] Wheeler, A. P., Steenbeek, W. & Andresen, M. A. (2018). Testing for similarity in
       area-based spatial patterns: alternative methods to Andresen's spatial point
       pattern test. Transactions in GIS 22(3), 760-774. https://doi.org/10.1111/tgis.12341
    .. [2] Campbell, I. (2007). Chi-squared and Fisher-Irwin tests of two-by-two tables with
       small sample recommendations. Statistics in Medicine 26(19), 3661-3675.
       https://doi.org/10.1002/sim.2832

    Examples
    --------
    Half of street A's incidents are gone, the others have what they had:

    >>> before = pd.DataFrame({"street_id": ["A", "B", "C"], "incidents": [60, 20, 20]})
    >>> after = pd.DataFrame({"street_id": ["A", "B", "C"], "incidents": [30, 20, 20]})
    >>> change = compare_proportions(before, after, unit="street_id")
    >>> change[["statistic", "p_value", "q_value"]].round(3).values.tolist()
    [[4.829, 0.028, 0.154], [1.671, 0.196, 0.359], [1.671, 0.196, 0.359]]
    """
    check_choice(test, option="test", choices=("n-1", "pearson", "yates", "fisher"))
    _check_part(alpha, "alpha")
    units, first, second = _two_patterns(before, after, unit)
    n, m = int(first.sum()), int(second.sum())
    if test == "fisher":
        statistic, p = np.full(len(units), np.nan), fisher_exact(first, second, n, m)
    else:
        statistic, p = chi_square(first, second, n, m, kind=test)
    q = benjamini_yekutieli(p)
    result = _by_unit(units, unit, first, second)
    grown = np.sign(result["share_after"] - result["share_before"]).astype(np.int64)
    result = conform(
        result.assign(
            statistic=statistic, p_value=p, q_value=q, local_s=np.where(q < alpha, grown, 0)
        ),
        "proportion_change",
    )
    result.attrs["proportion_change"] = {
        "test": test,
        "alpha": float(alpha),
        "correction": "Benjamini-Yekutieli",
        "tests": int(np.isfinite(p).sum()),
    }
    return result


def measure_similarity(change: Any) -> pd.DataFrame:
    """Measure how alike two patterns are: Andresen's S, over all units and robust.

    Parameters
    ----------
    change
        Table of :func:`gridgov.compare_patterns` or :func:`gridgov.compare_proportions`.

    Returns
    -------
    DataFrame, two rows
        - ``index``: ``S`` over all units; ``S robust`` without the units that hold no
          incident in either table, which are alike for want of anything to compare.
        - ``units``, ``similar``, ``grown``, ``shrunk``: how many.
        - ``s``: similar / units, 0 to 1; patterns are commonly called similar from 0.8 on.

    Raises
    ------
    ColumnsError
        If `change` is no such table.
    EmptyTableError
        If it has no rows.

    References
    ----------
    .. [1] Andresen, M. A. (2009). Testing similarity in area-based spatial patterns: a
       nonparametric Monte Carlo approach. Applied Geography 29(3), 333-345.
       https://doi.org/10.1016/j.apgeog.2008.12.004
    .. [2] Wheeler, A. P., Steenbeek, W. & Andresen, M. A. (2018). Testing for similarity in
       area-based spatial patterns. Transactions in GIS 22(3), 760-774.
       https://doi.org/10.1111/tgis.12341

    Examples
    --------
    Four units, one of them without any incident; one has grown:

    >>> change = pd.DataFrame({"incidents_before": [5, 4, 1, 0],
    ...                        "incidents_after": [5, 4, 9, 0], "local_s": [0, 0, 1, 0]})
    >>> measure_similarity(change)[["index", "units", "s"]].round(3).values.tolist()
    [['S', 4, 0.75], ['S robust', 3, 0.667]]
    """
    check_table(
        change, "pattern_change", columns=["incidents_before", "incidents_after", "local_s"]
    )
    local = change["local_s"].to_numpy(dtype=np.int64)
    held = (change["incidents_before"] + change["incidents_after"] > 0).to_numpy(dtype=bool)
    rows = []
    for index, part in (("S", local), ("S robust", local[held])):
        number = {"similar": 0, "grown": 1, "shrunk": -1}
        found = {name: int((part == value).sum()) for name, value in number.items()}
        s = found["similar"] / len(part) if len(part) else np.nan
        rows.append({"index": index, "units": len(part), **found, "s": s})
    return conform(pd.DataFrame(rows), "similarity")


def _two_patterns(before: Any, after: Any, unit: Unit) -> tuple[Any, Whole, Whole]:
    """Return the units and the incidents of both tables after checking that they match."""
    check_choice(unit, option="unit", choices=("cell", "street_id"))
    found = []
    for name, table in (("before", before), ("after", after)):
        check_table(table, "counts" if unit == "cell" else "reporting", columns=[unit, "incidents"])
        if unit == "street_id" and "cell" in table.columns:
            raise InputError(
                f"{name} must have one row a street to be compared by street. Found: a table of "
                "cells, whose street_id is for display only. gridgov.measure_reporting(...) "
                "counts incidents by their own street."
            )
        units, incidents = unit_totals(table, unit, name)
        if not incidents.sum():
            raise InputError(
                f"{name} must have an incident: shares of nothing cannot be compared. Found: 0 "
                f"in {len(units):,} units."
            )
        found.append((units, incidents))
    (units, first), (others, second) = found
    if not np.array_equal(units, others):
        only = np.setxor1d(np.asarray(units), np.asarray(others))
        example = f"{int(only[0]):x}" if unit == "cell" else str(only[0])
        raise InputError(
            f"before and after must have the same units. Found: {len(only)} in one of them alone, "
            f"such as {example}. Tally both over one grid; units without incidents belong to it."
        )
    return units, first, second


def _by_unit(units: Any, unit: Unit, first: Whole, second: Whole) -> pd.DataFrame:
    """Return the columns that both comparisons have."""
    return pd.DataFrame(
        {
            unit: units,
            "incidents_before": first,
            "incidents_after": second,
            "share_before": first / first.sum(),
            "share_after": second / second.sum(),
        }
    )


def _check_samples(samples: Any, share: Any, seed: Any) -> None:
    """Raise if the options of sampling are out of range."""
    check_whole(samples, option="samples", least=40, meaning="fewer have no 2.5 % on a side")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    _check_part(share, "share")


def _check_part(value: Any, option: str) -> None:
    """Raise if a value is not above 0 and below 1."""
    if isinstance(value, bool) or not isinstance(value, float | int) or not 0 < value < 1:
        raise OptionError(f"{option} must be a number above 0 and below 1. Found: {value!r}.")
