"""What every single case adds to numerators and denominators, and in which period.

The engine of the indicators counts cases and keeps the sums. A score that is to be drawn
again needs the cases themselves, so that one that counts in three indicators moves all
three. Which cases count where is the engine's answer, asked for and not worked out again:
two readings of one rule would part sooner or later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.case_groups import case_groups
from gridgov.assessment.indicators.choices import chosen_indicators
from gridgov.assessment.indicators.column_checks import check_names, lacking_columns
from gridgov.assessment.indicators.counted import count_parts, period_range
from gridgov.checks import check_table
from gridgov.place.periods import check_period

__all__ = ["CaseAmounts", "read_case_amounts"]


@dataclass(frozen=True, slots=True)
class CaseAmounts:
    """Cases by indicators by numerator and denominator.

    Attributes
    ----------
    groups
        Names of the groups, None for the whole or, at the end, for cases without a value.
    group
        Group of every case.
    starts
        Starts of the periods.
    amount
        What a case adds, shape (cases, indicators, 2).
    period
        Period in which it does, -1 for none, of the same shape.
    ratio
        Of which indicators the numerator is counted by itself.
    reasons
        Why an indicator cannot be measured on these cases, None where it can.
    as_of
        The moment at which open cases were looked at.
    """

    groups: list[str | None]
    group: NDArray[np.int64]
    starts: pd.DatetimeIndex
    amount: NDArray[np.float64]
    period: NDArray[np.int64]
    ratio: NDArray[np.bool_]
    reasons: list[str | None]
    as_of: str


def read_case_amounts(
    cases: pd.DataFrame,
    *,
    indicators: pd.DataFrame,
    by: str | None,
    period: str | None,
    start: Any,
    end: Any,
    as_of: Any,
    stop_clock: bool,
) -> CaseAmounts:
    """Return what every case adds to every indicator.

    Parameters
    ----------
    cases
        Table of cases.
    indicators
        Table of definitions, in the order wanted.
    by, period, start, end, as_of, stop_clock
        As in :func:`gridgov.measure_indicators`.

    Raises
    ------
    ColumnsError, EmptyTableError, InputError, OptionError, SettingsError
        As :func:`gridgov.measure_indicators`.

    Examples
    --------
    >>> from gridgov.assessment.indicators.definitions import read_indicators
    >>> at = pd.DatetimeIndex(["2017-09-01", "2017-10-02"], tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"filed_at": at, "reworks": [0, 1]})
    >>> rates = read_indicators()
    >>> found = read_case_amounts(cases, indicators=rates[rates["indicator"] == "rework_rate"],
    ...     by=None, period="MS", start=None, end=None, as_of="2018-01-01", stop_clock=True)
    >>> found.amount[:, 0].tolist(), found.period[:, 0].tolist()
    ([[0.0, 1.0], [1.0, 1.0]], [[0, 0], [1, 1]])
    """
    check_period(period)
    check_table(cases, "cases", columns=[])
    chosen = chosen_indicators(indicators)
    columns = CaseColumns(cases, as_of=as_of, stop_clock=stop_clock)
    check_names(chosen, columns)
    groups, group = case_groups(cases, by)
    parts = [count_parts(each, columns, lacking_columns(each, columns)) for each in chosen]
    limits = period_range(parts, columns, period=period, start=start, end=end)
    amount = np.zeros((len(cases), len(chosen), 2))
    periods = np.full(amount.shape, -1, dtype=np.int64)
    for place, part in enumerate(parts):
        for side, counted in enumerate((part.numerator, part.denominator)):
            if counted is None:
                continue
            held = limits.holds(counted.at)
            rows = counted.rows[held]
            periods[rows, place, side] = limits.places(counted.at[held])
            amount[rows, place, side] = 1.0 if counted.score is None else counted.score[held]
    return CaseAmounts(
        groups,
        group,
        limits.starts,
        amount,
        periods,
        np.array([each.ratio for each in chosen], dtype=bool),
        [part.reason for part in parts],
        columns.as_of.isoformat(),
    )
