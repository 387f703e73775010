"""Which cases an assessment is about: the time asked for, and where every case went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import EmptyTableError, OptionError

__all__ = ["AssessmentRange", "read_cases_range"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AssessmentRange:
    """The time of an assessment.

    Attributes
    ----------
    start, end
        First instant counted and first one no longer counted; None for no limit.
    begun
        Which cases were opened in the time.
    first, last
        When the first and the last of them were opened.
    numbers
        Cases opened in the time with a group, ``no_group`` for those without, ``earlier``,
        ``later``, ``no_time`` and ``other_category``; they add up to all cases.
    """

    start: pd.Timestamp | None
    end: pd.Timestamp | None
    begun: Flags
    first: pd.Timestamp
    last: pd.Timestamp
    numbers: Mapping[str, int]

    def holds(self, times: pd.Series) -> Flags:
        """Return which times lie in the time."""
        found = np.array(times.notna(), dtype=bool)
        if self.start is not None:
            found &= np.asarray(times >= self.start, dtype=bool)
        if self.end is not None:
            found &= np.asarray(times < self.end, dtype=bool)
        return found

    def first_period(self, period: str) -> pd.Timestamp | None:
        """Return the start of the period that holds the first instant; None without a limit."""
        if self.start is None:
            return None
        months = {"MS": 1, "QS": 3, "YS": 12}[period]
        month = (self.start.month - 1) // months * months + 1
        return self.start.normalize().replace(month=month, day=1)


def read_cases_range(
    cases: pd.DataFrame,
    grouped: Flags,
    *,
    month: str | None,
    start: str | None,
    end: str | None,
    zone: Any,
    other_category: int = 0,
) -> AssessmentRange:
    """Return the time asked for and which cases were opened in it.

    Parameters
    ----------
    cases
        Table "cases".
    grouped
        Which of them have a group that is known.
    month, start, end
        ``YYYY-MM``, or days ``YYYY-MM-DD``, checked; None for no limit.
    zone
        Time zone of the days.
    other_category
        How many cases were left out before, of a category that is not asked for.

    Raises
    ------
    OptionError
        If `start` is not before `end`.
    EmptyTableError
        If no case with a group was opened in the time; the first and last day that have any
        are named.
    """
    since, until = _limits(month, start, end, zone)
    opened = cases["filed_at"].where(cases["filed_at"].notna(), cases["reported_at"])
    known = np.asarray(opened.notna(), dtype=bool)
    early = np.zeros_like(known) if since is None else np.asarray(opened < since, dtype=bool)
    late = np.zeros_like(known) if until is None else np.asarray(opened >= until, dtype=bool)
    begun = known & ~early & ~late
    counted = begun & grouped
    if not counted.any():
        raise EmptyTableError(_nothing(opened[known & grouped], begun, since, until))
    numbers = {
        "in_pack": int(counted.sum()),
        "no_group": int((begun & ~grouped).sum()),
        "earlier": int((known & early).sum()),
        "later": int((known & late & ~early).sum()),
        "no_time": int((~known).sum()),
        "other_category": other_category,
    }
    times = opened[begun]
    return AssessmentRange(since, until, begun, times.min(), times.max(), numbers)


def _limits(
    month: str | None, start: str | None, end: str | None, zone: Any
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Return the first instant and the first one no longer counted."""
    if month is not None:
        first = pd.Timestamp(f"{month}-01")
        return _midnight(first, zone), _midnight(first + pd.DateOffset(months=1), zone)
    if start is not None and end is not None and start >= end:
        raise OptionError(
            f"start must be before end, the first day that no longer counts. Found: {start} and "
            f"{end}."
        )
    return (
        None if start is None else _midnight(pd.Timestamp(start), zone),
        None if end is None else _midnight(pd.Timestamp(end), zone),
    )


def _midnight(day: pd.Timestamp, zone: Any) -> pd.Timestamp:
    """Return the first instant of a day in a zone."""
    return day.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


def _nothing(
    opened: pd.Series,
    begun: Flags,
    since: pd.Timestamp | None,
    until: pd.Timestamp | None,
) -> str:
    """Return the message for an assessment without cases."""
    if opened.empty:
        found = f"{int(begun.sum()):,} in that time, none with a group" if begun.any() else "none"
        return (
            "An assessment needs at least one case with a time filed or reported and a group that "
            f"is known. Found: {found}. Check [cases] in gridgov.toml: columns, and the streets "
            "that it names."
        )
    low = "the first case" if since is None else f"{since:%Y-%m-%d}"
    high = "the last" if until is None else f"before {until:%Y-%m-%d}"
    return (
        f"The time from {low} to {high} needs at least one case that was opened in it. Found: "
        f"none; cases were opened from {opened.min():%Y-%m-%d} to {opened.max():%Y-%m-%d}. Choose "
        "a time between them with --month, or --from and --to (month=..., start=..., end=...)."
    )
