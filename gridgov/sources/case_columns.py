"""What the columns of a table of cases are, and their values as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.sources.case_words import read_flags, read_words
from gridgov.sources.column_names import match_columns
from gridgov.sources.facility_rows import read_numbers
from gridgov.sources.tables import RawTable
from gridgov.sources.text_values import as_text
from gridgov.sources.times import ParsedTimes, check_timezone, parse_times
from gridgov.taxonomy.case_life import STEPS, column_of

__all__ = [
    "COUNTS",
    "DUE",
    "FLAGS",
    "STAGES",
    "TEXTS",
    "CaseColumns",
    "our_columns",
    "read_as_of",
    "source_zone",
]

STAGES = tuple(column_of(name) for name in (*STEPS, "cancelled", "suspended", "resumed"))
"""The times at which something happened."""

DUE = ("filing_due_at", "dispatch_due_at", "handling_due_at", "verification_due_at", "due_at")
COUNTS = ("suspensions", "paused_h", "returns", "reworks", "reopenings")
FLAGS = ("valid", "supervised", "contacted", "resolved")
TEXTS = ("incident_id", "category", "department", "channel", "status")

# Being at rest is no step of a case.
_STEPS = STAGES[:7]


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """The columns of a source of cases, read one by one.

    Attributes
    ----------
    times
        Stage times and deadlines.
    numbers
        Counts and paused hours, and which rows hold no number.
    flags
        Yes and no, and which rows hold another word.
    satisfaction
        Codes and unknown words; None when there is no such column.
    texts
        Texts without blanks around, missing when blank.
    dated
        Deadlines that are dates alone, and how many.
    """

    times: dict[str, ParsedTimes]
    numbers: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]
    flags: dict[str, tuple[pd.Series, NDArray[np.bool_]]]
    satisfaction: tuple[pd.Series, NDArray[np.bool_]] | None
    texts: dict[str, pd.Series]
    dated: dict[str, int]

    @classmethod
    def read(
        cls,
        frame: pd.DataFrame,
        ours: Mapping[str, str],
        *,
        timezone: str,
        day_first: bool,
        due_dates: str,
    ) -> CaseColumns:
        """Return the columns of a table that are ours, read."""
        names = (*TEXTS, "street_id", "street")
        times = {
            name: parse_times(frame[ours[name]], timezone=timezone, day_first=day_first)
            for name in (*STAGES, *DUE)
            if name in ours
        }
        dated = {
            name: int(times[name].times.notna().sum())
            for name in DUE
            if name in times and due_dates == "end" and _dates_alone(times[name].times)
        }
        times |= {name: replace(times[name], times=_day_ends(times[name].times)) for name in dated}
        return cls(
            dated=dated,
            times=times,
            numbers={name: read_numbers(frame[ours[name]]) for name in COUNTS if name in ours},
            flags={name: read_flags(frame[ours[name]]) for name in FLAGS if name in ours},
            satisfaction=(
                read_words(frame[ours["satisfaction"]], "satisfaction")
                if "satisfaction" in ours
                else None
            ),
            texts={
                name: as_text(frame[ours[name]]).str.strip().replace("", None).astype("str")
                for name in names
                if name in ours
            },
        )

    def moments(self, name: str) -> pd.Series | None:
        """Return a column of times, None when the source has no such column."""
        return self.times[name].times if name in self.times else None


def _dates_alone(times: pd.Series) -> bool:
    """Return whether a column holds dates without a time, and nothing else."""
    known = times.dropna()
    return len(known) > 0 and bool((known == known.dt.normalize()).all())


def _day_ends(times: pd.Series) -> pd.Series:
    """Return the last instant of each day, also where clocks change."""
    wall = times.dt.tz_localize(None) + pd.Timedelta(days=1)
    next_day = wall.dt.tz_localize(times.dt.tz, ambiguous=True, nonexistent="shift_forward")
    return (next_day - pd.Timedelta(microseconds=1)).dt.as_unit("us")


def our_columns(raw: RawTable, columns: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """Return which column is which, with the time of one stage at least.

    Raises
    ------
    ColumnsError
        If there is no stage time, or a named column is not there.
    OptionError
        If `columns` has a key that does not exist.
    """
    ours = match_columns(raw.frame.columns, "cases", columns=columns)
    if not set(_STEPS) & set(ours):
        raise ColumnsError(
            f"{raw.name} must have a column of times of one stage at least: "
            f"{', '.join(_STEPS)}. Found: {', '.join(map(str, raw.frame.columns))}. "
            'Name them: columns={"filed_at": "...", "closed_at": "..."}.',
            problems=[{"table": "cases", "column": "filed_at", "problem": "missing"}],
        )
    return ours


def source_zone(frame: pd.DataFrame, columns: Iterable[str]) -> str | None:
    """Return the zone of the first column that holds times with a zone of a name."""
    for name in columns:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype):
            try:
                return check_timezone(str(dtype.tz))
            except OptionError:
                continue
    return None


def read_as_of(as_of: Any, timezone: str) -> pd.Timestamp | None:
    """Return the moment at which open cases are looked at, None when it is not said.

    Raises
    ------
    OptionError
        If it is no date or time.
    """
    if as_of is None:
        return None
    try:
        moment = parse_times(pd.Series([as_of]), timezone=timezone).times.iloc[0]
    except (InputError, TypeError, ValueError) as error:
        raise _no_moment(as_of) from error
    if moment is pd.NaT:
        raise _no_moment(as_of)
    return moment


def _no_moment(as_of: Any) -> OptionError:
    """Return the error for an as_of that is no moment."""
    return OptionError(f"as_of must be a date or time, such as '2017-10-01'. Found: {as_of!r}.")
