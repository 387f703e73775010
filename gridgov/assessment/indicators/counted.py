"""The cases that an indicator counts, on both sides of its fraction, and when each counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.definitions import Indicator
from gridgov.assessment.indicators.evaluate import evaluate
from gridgov.assessment.indicators.language import RuleError
from gridgov.errors import ColumnsError, InputError, OptionError, SettingsError
from gridgov.place.periods import PeriodRange, read_range

__all__ = ["Counted", "Parts", "count_parts", "period_range"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# 0.1 + 0.9 is not 1 to the last digit.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Counted:
    """The cases of one side: their rows, when each counts in µs, and what it counts.

    ``score`` is None where every case counts 1.
    """

    rows: Ints
    at: Ints
    score: Floats | None


@dataclass(frozen=True, slots=True)
class Parts:
    """Both sides of an indicator; None without a value, and then why."""

    numerator: Counted | None
    denominator: Counted | None
    reason: str | None = None
    not_counted: int = 0


def count_parts(indicator: Indicator, columns: CaseColumns, lacking: list[str]) -> Parts:
    """Return the cases of both sides of an indicator, or why it has none.

    Parameters
    ----------
    indicator
        The indicator.
    columns
        The columns of the cases.
    lacking
        Columns without which it has no value, see
        :func:`gridgov.assessment.indicators.column_checks.lacking_columns`.

    Raises
    ------
    ColumnsError
        If a rule does not fit its column.
    SettingsError
        If a case counts more than 1 in the numerator.
    """
    if lacking:
        return Parts(None, None, "column_missing")
    if indicator.denominator is None:
        return Parts(None, None, "denominator_not_chosen")
    at, counts = _told(indicator, "period", lambda: indicator.period.counted(columns))
    rule = indicator.denominator
    among = _told(indicator, "denominator", lambda: evaluate(rule, columns).true)
    score = _score(indicator, columns)
    rows = np.flatnonzero(among & counts)
    if indicator.ratio:
        own = indicator.numerator_period
        own_at, own_counts = _told(indicator, "numerator_period", lambda: own.counted(columns))
        own_rows = np.flatnonzero(own_counts & (score > 0))
        numerator = Counted(own_rows, own_at[own_rows], score[own_rows])
    else:
        numerator = Counted(rows, at[rows], score[rows])
    return Parts(
        numerator,
        Counted(rows, at[rows], None),
        not_counted=int(np.count_nonzero(among) - len(rows)),
    )


def _score(indicator: Indicator, columns: CaseColumns) -> Floats:
    """Return what every case counts in the numerator."""
    score = np.zeros(len(columns))
    for term in indicator.terms:
        rule = term.rule
        true = _told(indicator, "numerator", lambda rule=rule: evaluate(rule, columns).true)
        weight = indicator.weights[term.weight] if isinstance(term.weight, str) else term.weight
        score += weight * true
    if score.max(initial=0.0) > 1 + _ROUNDING:
        raise SettingsError(
            "A case counts at most 1 in a numerator. Found: numerator of indicator "
            f"{indicator.name!r} counts {score.max():g} in "
            f"{int((score > 1 + _ROUNDING).sum()):,} cases. Let its terms exclude each other, "
            "or lower their weights."
        )
    return score


def _told(indicator: Indicator, field: str, ask: Any) -> Any:
    """Return the answer, or name the indicator and field of what cannot be asked."""
    try:
        return ask()
    except RuleError as error:
        raise ColumnsError(
            f"Rules compare like with like. Found: {field} of indicator {indicator.name!r}: "
            f"{error}. Mend the rule or the column."
        ) from error


def period_range(
    parts: Sequence[Parts], columns: CaseColumns, *, period: str | None, start: Any, end: Any
) -> PeriodRange:
    """Return the periods, the same ones for every indicator.

    Parameters
    ----------
    parts
        Both sides of every indicator.
    columns
        The columns of the cases.
    period, start, end
        As for :func:`gridgov.measure_indicators`.

    Raises
    ------
    InputError
        If nothing says which periods.
    OptionError
        If an option cannot be read.
    """
    sides = [side for part in parts for side in (part.numerator, part.denominator)]
    instants = [side.at for side in sides if side is not None]
    # Where the periods begin and end, only the first and the last instant can say.
    ends = np.array(
        [end for found in instants if len(found) for end in (found.min(), found.max())],
        dtype=np.int64,
    )
    try:
        return read_range(ends, freq=period, start=start, end=end, zone=columns.zone)
    except OptionError:
        raise
    except InputError as error:
        raise InputError(
            "Periods run from the first to the last case counted. Found: no indicator counts any "
            "case in the range. Give start and end to list empty periods."
        ) from error
