"""Measure indicators: rates with what they are made of, by group and period.

One indicator after the other, all its cases at once: which cases its rules hold for, the
group and the period of each as one number, and two counts of these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.case_groups import case_groups
from gridgov.assessment.indicators.choices import chosen_indicators
from gridgov.assessment.indicators.column_checks import check_names, lacking_columns
from gridgov.assessment.indicators.counted import Counted, Parts, count_parts, period_range
from gridgov.assessment.indicators.definitions import Indicator
from gridgov.assessment.indicators.wilson import wilson_interval
from gridgov.checks import check_confidence, check_table, conform
from gridgov.place.periods import PeriodRange, check_period

__all__ = ["measure_indicators"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def measure_indicators(
    cases: pd.DataFrame,
    *,
    indicators: pd.DataFrame | Sequence[str] | None = None,
    by: str | None = None,
    period: str | None = None,
    start: Any = None,
    end: Any = None,
    as_of: Any = None,
    confidence: float = 0.95,
    denominators: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    stop_clock: bool = True,
) -> pd.DataFrame:
    """Measure indicators by group and period, each with what it is made of.

    Parameters
    ----------
    cases
        Table "cases"; your own columns can be used by your own indicators.
    indicators
        Table of :func:`gridgov.read_indicators`, or keys of built-in indicators. None
        measures all built-in ones.
    by
        Column to group by, such as ``"street_id"``; None for the whole.
    period
        Calendar period by the name of its start, such as ``"MS"``; None for all times.
    start, end
        First instant counted and first instant no longer counted. Which time of a case is
        meant is the period rule of each indicator.
    as_of
        The moment at which cases are looked at: what happened later has not happened yet.
        When None what ``cases.attrs["as_of"]`` says, else the latest time of any stage.
    confidence
        Probability of the intervals, 0.5 to below 1.
    denominators
        Rules for denominators that the source leaves open, by indicator:
        ``{"filing_rate": "reported_at is not missing"}``.
    weights
        Local weights by name instead of those of the definitions: ``{"mostly": 0.8}``.
    stop_clock
        Whether suspensions (挂账) make deadlines later.

    Returns
    -------
    DataFrame, one row an indicator, group and period, in that order
        - ``indicator``: its key.
        - ``group``: value of `by`; missing without `by`, and for the cases whose value is
          missing, which come last, so that the groups add up to the whole.
        - ``period``: start of the period; missing without `period`. Every period is listed.
        - ``numerator``, ``denominator``: missing where a column is.
        - ``value``: missing where the denominator is 0.
        - ``value_low``, ``value_high``: Wilson interval.
        - ``reason``: ``no_cases``; ``column_missing`` when the table lacks a column or it
          holds nothing; ``denominator_not_chosen``; ``no_interval`` for a value that is a
          ratio.

        ``attrs["as_of"]`` is the moment, ``attrs["indicators"]`` how the table was made.
        There ``not_counted`` says for each indicator of how many cases the denominator's
        rule is true that have not come to their time or have none.

    Raises
    ------
    ColumnsError
        If a rule names a column that neither the table "cases" nor `cases` has, or compares
        what cannot be compared; the indicator and its field are named.
    EmptyTableError
        If `cases` has no rows.
    InputError
        If periods are asked for and neither a case nor `start` and `end` say which, or a case
        ends before it begins, or an id occurs twice.
    OptionError
        If an option cannot be used.
    SettingsError
        If a definition cannot be used.

    Notes
    -----
    A share counts its numerator among the cases of its denominator, so that it lies within
    0 and 1. The interval is Wilson's [1]_; for weighted numerators it is the same formula,
    wider than it had to be (see :mod:`gridgov.assessment.indicators.wilson`). It takes cases
    as independent draws: it says how far a rate could be off by chance, not whether a street
    worked well.

    All periods are seen from the same moment. A month as it stood at its end is measured
    with `as_of` at its end.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association 22(158), 209-212.
       https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    On 10 September two cases are closed, one in time; one is overdue; one is still inside
    its deadline and does not count:

    >>> import pandas as pd
    >>> def at(*days):
    ...     return pd.DatetimeIndex([d and f"2017-09-{d}" for d in days], tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({
    ...     "street_id": ["01", "01", "02", "02"],
    ...     "filed_at": at("01", "01", "01", "02"),
    ...     "closed_at": at("03", "09", None, None),
    ...     "cancelled_at": at(None, None, None, None),
    ...     "due_at": at("04", "04", "04", "20")})
    >>> rates = measure_indicators(cases, indicators=["closing_rate", "on_time_closing_rate"],
    ...                            by="street_id", as_of="2017-09-10")
    >>> print(rates[["indicator", "group", "numerator", "denominator", "value"]].to_string())
                  indicator group  numerator  denominator  value
    0          closing_rate    01        2.0          2.0    1.0
    1          closing_rate    02        0.0          1.0    0.0
    2  on_time_closing_rate    01        1.0          2.0    0.5
    3  on_time_closing_rate    02        0.0          1.0    0.0
    """
    level = check_confidence(confidence)
    check_period(period)
    check_table(cases, "cases", columns=[])
    chosen = chosen_indicators(indicators, denominators=denominators, weights=weights)
    columns = CaseColumns(cases, as_of=as_of, stop_clock=stop_clock)
    check_names(chosen, columns)
    names, group = case_groups(cases, by)
    lacking = {each.name: lacking_columns(each, columns) for each in chosen}
    parts = [count_parts(each, columns, lacking[each.name]) for each in chosen]
    range_ = period_range(parts, columns, period=period, start=start, end=end)
    shape = (len(names), len(range_.starts))
    tables = [
        _rates(each, part, group, range_, shape, level)
        for each, part in zip(chosen, parts, strict=True)
    ]
    frame = pd.concat(tables, ignore_index=True)
    rows = shape[0] * shape[1]
    frame["indicator"] = np.repeat([each.name for each in chosen], rows)
    places = np.arange(rows * len(chosen)) % rows
    frame["group"] = pd.array(names, dtype="str").take(places // shape[1])
    frame["period"] = range_.starts.take(places % shape[1])
    table = conform(frame, "indicators")
    table.attrs["as_of"] = columns.as_of.isoformat()
    table.attrs["indicators"] = {
        "by": by,
        "period": period,
        "confidence": level,
        "stop_clock": bool(stop_clock),
        "zone": str(columns.zone),
        "weights": {each.name: each.weights for each in chosen if each.weights},
        "columns_missing": {name: found for name, found in lacking.items() if found},
        "not_counted": {
            each.name: part.not_counted
            for each, part in zip(chosen, parts, strict=True)
            if part.reason is None
        },
    }
    return table


def _rates(
    indicator: Indicator,
    part: Parts,
    group: Ints,
    range_: PeriodRange,
    shape: tuple[int, int],
    confidence: float,
) -> pd.DataFrame:
    """Return the numbers of one indicator, one row a group and period."""
    rows = shape[0] * shape[1]
    if part.numerator is None or part.denominator is None:
        nothing = np.full(rows, np.nan)
        numbers = dict.fromkeys(
            ("numerator", "denominator", "value", "value_low", "value_high"), nothing
        )
        return pd.DataFrame(numbers | {"reason": pd.array([part.reason] * rows, dtype="str")})
    numerator = _sums(part.numerator, group, range_, rows, shape[1])
    denominator = _sums(part.denominator, group, range_, rows, shape[1])
    some = denominator > 0
    value = np.full(rows, np.nan)
    np.divide(numerator, denominator, out=value, where=some)
    reason = np.full(rows, None, dtype=object)
    reason[~some] = "no_cases"
    if indicator.ratio:
        reason[some] = "no_interval"
        low = high = np.full(rows, np.nan)
    else:
        low, high = wilson_interval(numerator, denominator, confidence=confidence)
    return pd.DataFrame(
        {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "value_low": low,
            "value_high": high,
            "reason": pd.array(reason, dtype="str"),
        }
    )


def _sums(counted: Counted, group: Ints, range_: PeriodRange, rows: int, periods: int) -> Floats:
    """Return the sum of every group and period."""
    held = range_.holds(counted.at)
    if held.all():
        cases, at, score = counted.rows, counted.at, counted.score
    else:
        cases, at = counted.rows[held], counted.at[held]
        score = None if counted.score is None else counted.score[held]
    place = group[cases] * periods + range_.places(at)
    return np.bincount(place, weights=score, minlength=rows).astype(np.float64)
