"""The four clocks by which a deadline can run: working hours and days, natural hours and days.

Each turns an instant into a position, a whole number that never falls as time goes on, and
a position back into the instant at which it is reached. Time between is then a difference
of positions, and a deadline a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.deadlines.calendar import WorkCalendar, first_instants, local_dates
from gridgov.checks import check_choice
from gridgov.errors import OptionError

__all__ = ["DAY_ENDS", "HOUR_US", "UNITS", "Clock", "DayEnd", "Unit", "make_clock"]

Ints = NDArray[np.int64]
Unit = Literal["working_hours", "working_days", "natural_hours", "natural_days"]
DayEnd = Literal["work", "midnight", "clock"]

UNITS: tuple[Unit, ...] = ("working_hours", "working_days", "natural_hours", "natural_days")
DAY_ENDS: tuple[DayEnd, ...] = ("work", "midnight", "clock")
HOUR_US = 3_600_000_000
_DAY_US = 24 * HOUR_US


class Clock(Protocol):
    """A way to count time."""

    @property
    def step(self) -> int:
        """Return the positions in one unit: µs in an hour, 1 for days."""

    def position(self, instants: Ints) -> Ints:
        """Return how far the clock has come at each instant."""

    def instant(self, positions: Ints, starts: Ints) -> Ints:
        """Return when it has come so far; `starts` are the instants it was started at."""


@dataclass(frozen=True, slots=True)
class _NaturalHours:
    """Time as it passes."""

    step: int = HOUR_US

    def position(self, instants: Ints) -> Ints:
        return instants

    def instant(self, positions: Ints, starts: Ints) -> Ints:
        return positions


@dataclass(frozen=True, slots=True)
class _WorkingHours:
    """Time within the spans of working time."""

    calendar: WorkCalendar
    step: int = HOUR_US

    def position(self, instants: Ints) -> Ints:
        return self.calendar.work_before(instants)

    def instant(self, positions: Ints, starts: Ints) -> Ints:
        return self.calendar.instant_of(positions)


@dataclass(frozen=True, slots=True)
class _Days:
    """Dates, the working ones alone or all of them."""

    zone: Any
    working: bool
    calendar: WorkCalendar | None
    day_end: DayEnd
    step: int = 1

    def position(self, instants: Ints) -> Ints:
        if self.calendar is None:
            return local_dates(instants, self.zone)
        dates = self.calendar.dates_of(instants)
        if not self.working:
            return dates
        return np.asarray(np.searchsorted(self.calendar.work_dates, dates, side="right"))

    def instant(self, positions: Ints, starts: Ints) -> Ints:
        if self.calendar is not None:
            days = self.calendar.work_dates
            # The last day of natural days is the first working day from it on: a period that
            # would end on a holiday ends on the day after.
            nth = positions - 1 if self.working else np.searchsorted(days, positions, side="left")
            if len(nth) and int(nth.max()) >= len(days):
                # Asking for more than there is raises the error that names the years.
                self.calendar.instant_of(self.calendar.worked[-1:] + 1)
            if self.day_end == "work":
                return self.calendar.work_closes[nth]
            dates = days[nth] if self.working else positions
        else:
            dates = positions
        # The last instant of the day, not the first of the next: a case closed on that next day,
        # of which only the date is known, was closed too late.
        wall = (dates + 1) * _DAY_US - 1
        if self.day_end == "clock":
            local = pd.DatetimeIndex(starts.view("datetime64[us]"), tz="UTC").tz_convert(self.zone)
            wall = dates * _DAY_US + local.tz_localize(None).asi8 % _DAY_US
        return first_instants(pd.DatetimeIndex(wall.view("datetime64[us]")), self.zone)


def make_clock(unit: Any, *, calendar: Any, day_end: Any, zone: Any) -> Clock:
    """Return the clock of a unit.

    Parameters
    ----------
    unit
        One of :data:`UNITS`.
    calendar
        A WorkCalendar; None will do for natural units.
    day_end
        One of :data:`DAY_ENDS`; None is ``"work"`` for working and ``"midnight"`` for natural
        days.
    zone
        Time zone of natural days where there is no calendar.

    Raises
    ------
    OptionError
        If an option does not exist, or a calendar is needed and there is none.
    """
    check_choice(unit, option="unit", choices=UNITS)
    if day_end is not None:
        check_choice(day_end, option="day_end", choices=DAY_ENDS)
    if calendar is not None and not isinstance(calendar, WorkCalendar):
        raise OptionError(
            "calendar must be what gridgov.make_calendar(...) makes. Found: "
            f"{type(calendar).__name__}."
        )
    end: DayEnd = day_end or ("work" if unit == "working_days" else "midnight")
    working = unit in ("working_hours", "working_days")
    if calendar is None and (working or (unit == "natural_days" and end == "work")):
        raise OptionError(
            f"{unit.replace('_', ' ')}{'' if working else ' that end with work'} need a "
            "calendar. Found: None. Give calendar=gridgov.make_calendar(...)."
        )
    if unit == "natural_hours":
        return _NaturalHours()
    if unit == "working_hours" and calendar is not None:
        return _WorkingHours(calendar)
    # Natural days that end at midnight or by the clock need no list of holidays.
    needed = calendar if working or end == "work" else None
    return _Days(zone if calendar is None else calendar.timezone, working, needed, end)
