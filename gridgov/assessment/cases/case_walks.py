"""The walks of many cases through the life cycle, and what each of them comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.life_cycle import CODE, LEVEL_AFTER, Log, sorted_log
from gridgov.checks import conform
from gridgov.schema.cases import CASE_EVENTS
from gridgov.taxonomy.case_life import STEPS
from gridgov.taxonomy.case_reasons import Verdicts, clock
from gridgov.taxonomy.labels import labels

__all__ = ["Rests", "Walks", "set_aside_cases", "walk"]

Integers = NDArray[np.int64]

_HOUR_US = 3_600_000_000
_WORDS = (None, *STEPS, "cancelled")


@dataclass(frozen=True, slots=True)
class Rests:
    """The suspensions of every case: places of the last start and end, hours of all.

    A place is -1 where there is none.
    """

    last_start: Integers
    last_end: Integers
    paused_h: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Walks:
    """A log in order, the ids of its cases, and the zone of its times."""

    log: Log
    ids: NDArray[np.object_]
    zone: Any

    def last(self, name: str) -> Integers:
        """Return the place of the last event of a kind of every case, -1 without one."""
        at = np.flatnonzero(self.log.event == CODE[name])
        result = np.full(len(self.ids), -1)
        # Of several written to one place the last one stays.
        result[self.log.case[at]] = at
        return result

    def first(self, name: str) -> Integers:
        """Return the place of the first event of a kind of every case, -1 without one."""
        at = np.flatnonzero(self.log.event == CODE[name])[::-1]
        result = np.full(len(self.ids), -1)
        result[self.log.case[at]] = at
        return result

    def count(self, name: str) -> Integers:
        """Return how often something happened to every case."""
        at = self.log.event == CODE[name]
        return np.bincount(self.log.case[at], minlength=len(self.ids))

    def moments(self, places: Integers) -> pd.Series:
        """Return the times at places of the log, missing at -1."""
        never = np.iinfo(np.int64).min
        instants = np.where(places >= 0, self.log.time[places], never)
        return pd.Series(_in_zone(instants, self.zone))

    def latest(self) -> pd.Timestamp:
        """Return the latest time of the log."""
        return _in_zone(np.array([self.log.time.max()]), self.zone)[0]

    def stages(self) -> NDArray[np.object_]:
        """Return the stage on which the log leaves every case."""
        log = self.log
        at = np.flatnonzero(LEVEL_AFTER[log.event] > 0)
        level = np.zeros(len(self.ids), dtype=np.int64)
        level[log.case[at]] = LEVEL_AFTER[log.event[at]]
        stage = np.array(_WORDS, dtype=object)[level]
        rests = self.rests()
        stage[(rests.last_start >= 0) & (rests.last_end < 0)] = "suspended"
        return stage

    def rests(self) -> Rests:
        """Return the suspensions of every case; closing and cancelling end one."""
        log = self.log
        gates = [CODE[name] for name in ("suspended", "resumed", "closed", "cancelled")]
        at = np.flatnonzero(np.isin(log.event, gates))
        starts = np.flatnonzero(log.event[at] == CODE["suspended"])
        # The gate after a suspension ends it, if it is of the same case.
        after = np.minimum(starts + 1, len(at) - 1)
        ended = (after > starts) & (log.case[at[after]] == log.case[at[starts]])
        start, end = at[starts], np.where(ended, at[after], -1)
        case = log.case[start]
        lasted = np.where(ended, np.maximum(log.time[end] - log.time[start], 0), 0)
        last_start, last_end = np.full(len(self.ids), -1), np.full(len(self.ids), -1)
        last_start[case], last_end[case] = start, end
        paused = np.bincount(case, weights=lasted, minlength=len(self.ids)) / _HOUR_US
        return Rests(last_start, last_end, paused)


def walk(case_events: pd.DataFrame) -> Walks:
    """Return the events of a log in the order in which they happened to each case.

    Parameters
    ----------
    case_events
        Table "case_events".
    """
    case, ids = pd.factorize(case_events["case_id"].astype("str"), sort=True)
    event = pd.Categorical(case_events["event"], categories=list(CASE_EVENTS)).codes
    moments = case_events["event_at"].dt.as_unit("us")
    zone = moments.dt.tz
    time = pd.DatetimeIndex(moments).asi8
    days = pd.DatetimeIndex(moments.dt.normalize()).asi8
    log = sorted_log(case.astype(np.int64), event.astype(np.int64), time, days)
    return Walks(log, np.asarray(ids, dtype=object), zone)


def set_aside_cases(walks: Walks, case_events: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that cannot have been, each with the first event that says so."""
    log = walks.log
    cases = np.flatnonzero(log.reason != "")
    place, before = log.place[cases], log.before[cases]
    verdicts = Verdicts(len(cases))
    found: dict[str, Any] = {
        "then_at": clock(walks.moments(place)),
        "first_at": clock(walks.moments(before)),
    }
    english, chinese = labels("case_event", "en"), labels("case_event", "zh")
    for ending, words in (("", english), ("_zh", chinese)):
        listed = np.array([words[one] for one in CASE_EVENTS], dtype="O")
        found["then" + ending] = listed[log.event[place]].__getitem__
        found["first" + ending] = listed[log.event[before]].__getitem__
    for code in dict.fromkeys(log.reason[cases]):
        verdicts.against(log.reason[cases] == code, code, **found)
    row = log.row[place]
    order = np.argsort(row, kind="stable")
    table = pd.DataFrame(
        {
            "source_row": row + 1,
            "reason": verdicts.reason,
            "detail": verdicts.detail,
            "detail_zh": verdicts.detail_zh,
            "case_id": walks.ids[cases],
            "event": case_events["event"].iloc[row].to_numpy(),
            "event_at": case_events["event_at"].iloc[row].array,
        }
    )
    return conform(table.iloc[order].reset_index(drop=True), "set_aside")


def _in_zone(instants: Integers, zone: Any) -> pd.DatetimeIndex:
    """Return instants as moments in a zone."""
    index = pd.DatetimeIndex(instants.view("datetime64[us]"))
    return index.tz_localize("UTC").tz_convert(zone)
