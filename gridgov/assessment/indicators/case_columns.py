"""The columns of cases as arrays, as they stood at a moment.

What has happened to a case only after the moment has not happened yet: such times are
taken as missing, and so is a handling or a check that no longer stands because the work is
to be done again. Deadlines are the effective ones, later by the time a case was suspended.
Flags, counts and texts carry no time and are taken as read.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.as_of import STAGE_TIMES, case_zone, read_as_of
from gridgov.assessment.cases.case_checks import check_ends, check_once
from gridgov.assessment.cases.undone_work import UndoneWork, undone_work
from gridgov.assessment.deadlines.effective import effective_due
from gridgov.checks import check_zoned
from gridgov.place.distinct import distinct
from gridgov.place.periods import read_instants

__all__ = ["DEADLINES", "CaseColumns", "Kind"]

Kind = Literal["time", "number", "flag", "text"]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DEADLINES = (
    "filing_due_at",
    "dispatch_due_at",
    "handling_due_at",
    "verification_due_at",
    "due_at",
)
"""The columns that say by when; suspensions make them later."""

# A table that knows no cancelled cases has none; every other column must be there.
_NEVER = "cancelled_at"


class CaseColumns:
    """Columns of a table of cases, each taken out of it once.

    Parameters
    ----------
    cases
        Table of cases.
    as_of
        The moment, see :func:`gridgov.assessment.cases.as_of.read_as_of`.
    stop_clock
        Whether suspensions make deadlines later.

    Raises
    ------
    InputError
        If a case ends before it begins, or an id occurs twice.
    """

    def __init__(self, cases: pd.DataFrame, *, as_of: Any = None, stop_clock: bool = True) -> None:
        check_once(cases)
        check_ends(cases)
        self._cases = cases
        self._stop_clock = stop_clock
        self._times: dict[str, tuple[Ints, Flags]] = {}
        self._texts: dict[str, tuple[Ints, list[str]]] = {}
        self._empty: dict[str, bool] = {}
        self.as_of = read_as_of(cases, as_of)
        self.zone = case_zone(cases)

    def __len__(self) -> int:
        return len(self._cases)

    def __contains__(self, name: str) -> bool:
        return name in self._cases.columns or name == _NEVER

    @cached_property
    def moment(self) -> int:
        """Return the moment in µs since 1970 UTC."""
        return int(pd.DatetimeIndex([self.as_of]).as_unit("us").asi8[0])

    @cached_property
    def _undone(self) -> UndoneWork:
        """Return of which cases the last handling and the last check no longer stand."""
        return undone_work(self._cases, self.as_of)

    @property
    def names(self) -> list[str]:
        """Return the names of the columns."""
        return [str(name) for name in self._cases.columns]

    def empty(self, name: str) -> bool:
        """Return whether the column is not there or holds nothing."""
        if name not in self._empty:
            there = name in self._cases.columns
            self._empty[name] = not there or bool(self._cases[name].isna().all())
        return self._empty[name]

    def kind(self, name: str) -> Kind:
        """Return what the column holds."""
        if name == _NEVER:
            return "time"
        dtype = self._cases[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype):
            return "time"
        if pd.api.types.is_datetime64_any_dtype(dtype):
            check_zoned(self._cases[name], name)
        if pd.api.types.is_bool_dtype(dtype):
            return "flag"
        return "number" if pd.api.types.is_numeric_dtype(dtype) else "text"

    def time(self, name: str) -> tuple[Ints, Flags]:
        """Return a column of times in µs since 1970 UTC, and where it is missing."""
        if name not in self._times:
            frame = self._cases
            if name == _NEVER and name not in frame.columns:
                nothing = np.zeros(len(self), dtype=np.int64)
                return nothing, np.ones(len(self), dtype=bool)
            if name in DEADLINES and self._stop_clock:
                frame = pd.DataFrame({name: effective_due(frame, name, as_of=self.as_of)})
            instants, missing, _ = read_instants(frame, name)
            if name in STAGE_TIMES:
                missing = missing | (instants > self.moment)
            self._times[name] = (instants, missing | self._undone.of(name))
        return self._times[name]

    def number(self, name: str) -> tuple[NDArray[np.float64], Flags]:
        """Return a column of numbers, and where it is missing."""
        numbers = self._cases[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, np.isnan(numbers)

    def flag(self, name: str) -> tuple[Flags, Flags]:
        """Return a column of yes and no, and where it is missing."""
        column = self._cases[name]
        missing = column.isna().to_numpy(dtype=bool)
        return column.astype("boolean").to_numpy(dtype=bool, na_value=False), missing

    def text(self, name: str) -> tuple[Ints, list[str]]:
        """Return which of the distinct texts every case has, -1 where missing, and the texts."""
        if name not in self._texts:
            codes, values = distinct(self._cases[name])
            self._texts[name] = (codes, [str(value) for value in values])
        return self._texts[name]

    def missing(self, name: str) -> Flags:
        """Return where a column is missing."""
        if self.kind(name) == "time":
            return self.time(name)[1]
        return np.asarray(self._cases[name].isna(), dtype=bool)
