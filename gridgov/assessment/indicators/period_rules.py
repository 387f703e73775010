"""Which time decides in which period a case is counted.

A rule is the name of a column of times (a case counts when it was filed, or closed), or the
named rule ``due(done, deadline)``: a case counts in the period in which it was to be done,
and one that was done earlier in the period in which it was done. That is how we read
应结案数 (cases to be closed); the standard's own words were not at hand. Every case counts
once, so that the months of a year add up to the year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gridgov.assessment.indicators.case_columns import DEADLINES, CaseColumns
from gridgov.assessment.indicators.language import RuleError

__all__ = ["PeriodRule", "parse_period_rule"]

_COLUMN = r"\s*([^\W\d]\w*)\s*"
_DUE = re.compile(rf"due\({_COLUMN},{_COLUMN}\)")


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """When a case counts.

    Attributes
    ----------
    time
        The column of times; the deadline of ``due``.
    done
        When it was done in fact; None for a plain column.
    """

    time: str
    done: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (self.time,) if self.done is None else (self.done, self.time)

    def counted(self, columns: CaseColumns) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return when every case counts, µs since 1970 UTC, and whether it counts at all.

        A case counts once its time has come: something has happened up to the moment at
        which the cases are looked at, or a deadline lies before it. On the very moment of
        its deadline a case can still be closed in time.
        """
        for name in self.names:
            if columns.kind(name) != "time":
                raise RuleError(f"{name} holds no times")
        at, missing = columns.time(self.time)
        past = at < columns.moment if self.time in DEADLINES else at <= columns.moment
        if self.done is None:
            return at, ~missing & past
        done, not_done = columns.time(self.done)
        earlier = ~not_done & (done <= at)
        past = at < columns.moment
        return np.where(earlier, done, at), ~missing & (earlier | past)


@lru_cache(maxsize=256)
def parse_period_rule(text: str) -> PeriodRule:
    """Return a period rule.

    Raises
    ------
    RuleError
        If it is neither a column nor ``due(done, deadline)``.

    Examples
    --------
    >>> parse_period_rule("filed_at")
    PeriodRule(time='filed_at', done=None)
    >>> parse_period_rule("due(closed_at, due_at)")
    PeriodRule(time='due_at', done='closed_at')
    """
    if found := _DUE.fullmatch(text.strip()):
        return PeriodRule(found[2], found[1])
    if found := re.fullmatch(_COLUMN, text):
        return PeriodRule(found[1])
    raise RuleError(
        f"it is neither a column of times nor due(done, deadline), such as "
        f"due(closed_at, due_at): {text!r}"
    )
