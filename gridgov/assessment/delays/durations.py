"""How long each case was open, or has been open so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.as_of import case_zone, read_as_of
from gridgov.assessment.cases.case_checks import check_once
from gridgov.assessment.cases.undone_work import undone_work
from gridgov.assessment.indicators.case_groups import case_groups
from gridgov.checks import check_choice, check_table
from gridgov.errors import InputError
from gridgov.place.periods import read_instants, read_range
from gridgov.taxonomy.case_life import surely_before

__all__ = ["DAY_US", "HOUR_US", "Cancelled", "Durations", "read_durations"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Cancelled = Literal["censored", "excluded"]

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


@dataclass(frozen=True, slots=True)
class Durations:
    """The cases that began, and how long each was open.

    Attributes
    ----------
    names
        The groups; a missing name for cases of no group, last.
    group
        The group of every case that is counted.
    spans
        How long it was open, µs.
    closed, cancelled
        Whether it was closed at the end, or struck out. Neither: it is open.
    as_of
        The moment of looking.
    left_out
        Cases not counted, by reason.
    """

    names: list[str | None]
    group: Ints
    spans: Ints
    closed: Flags
    cancelled: Flags
    as_of: pd.Timestamp
    left_out: dict[str, int]


def read_durations(
    cases: pd.DataFrame,
    *,
    by: str | None,
    as_of: Any,
    from_: str,
    to: str,
    start: Any,
    end: Any,
    cancelled: str,
    stop_clock: bool,
) -> Durations:
    """Return how long each case was open.

    Parameters
    ----------
    cases
        Table "cases".
    by, as_of, from_, to, start, end, cancelled, stop_clock
        As for :func:`gridgov.measure_delays`.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `cases` has no rows.
    InputError
        If a case ends before it begins, or an id occurs twice.
    OptionError
        If an option cannot be used.

    Examples
    --------
    >>> at = lambda *days: pd.DatetimeIndex(days, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"filed_at": at("2017-09-01", "2017-09-01"),
    ...                       "closed_at": at("2017-09-03", None)})
    >>> found = read_durations(cases, by=None, as_of="2017-09-11", from_="filed_at",
    ...                        to="closed_at", start=None, end=None, cancelled="censored",
    ...                        stop_clock=False)
    >>> (found.spans // DAY_US).tolist(), found.closed.tolist()
    ([2, 10], [True, False])
    """
    check_choice(cancelled, option="cancelled", choices=("censored", "excluded"))
    rests = ["suspended_at", "resumed_at"] if stop_clock else []
    check_table(cases, "cases", columns=[from_, to, *rests])
    check_once(cases)
    moment = read_as_of(cases, as_of)
    now = int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])
    names, group = case_groups(cases, by)
    begun, not_begun = _times(cases, from_, now)
    ended, not_ended = _times(cases, to, now)
    # Work that is to be done again goes on: handled once is not handled now.
    undone = undone_work(cases, moment)
    not_begun, not_ended = not_begun | undone.of(from_), not_ended | undone.of(to)
    struck, not_struck = _times(cases, "cancelled_at", now)
    range_ = read_range(begun[:0], freq=None, start=start, end=end, zone=case_zone(cases))
    outside = ~not_begun & ~range_.holds(begun)
    struck_out = ~not_struck & not_ended & ~not_begun & ~outside
    excluded = struck_out if cancelled == "excluded" else np.zeros(len(cases), dtype=bool)
    stop = np.where(not_ended, np.where(struck_out, struck, now), ended)
    rows = np.flatnonzero(~not_begun & ~outside & ~excluded)
    early = rows[stop[rows] < begun[rows]]
    _check_order(cases, _surely_early(early, begun, stop, moment.tz), from_, to)
    # What ended on the day it began, by a date without a time, took no time that is known.
    spans = np.maximum(stop - begun, 0)
    if stop_clock:
        spans = np.maximum(spans - _paused(cases, begun, stop, now), 0)
    return Durations(
        names=names,
        group=group[rows],
        spans=spans[rows],
        closed=~not_ended[rows],
        cancelled=struck_out[rows],
        as_of=moment,
        left_out={
            "not_begun": int(not_begun.sum()),
            "outside_range": int(outside.sum()),
            "cancelled": int(excluded.sum()),
        },
    )


def _times(cases: pd.DataFrame, name: str, now: int) -> tuple[Ints, Flags]:
    """Return a column of times and where it is missing or lies after the moment."""
    if name not in cases.columns:
        return np.zeros(len(cases), dtype=np.int64), np.ones(len(cases), dtype=bool)
    instants, missing, _ = read_instants(cases, name)
    return instants, missing | (instants > now)


def _surely_early(rows: Ints, begun: Ints, stop: Ints, zone: Any) -> Ints:
    """Return the rows that end before they begin whatever the clock said on their day."""
    ends, begins = (
        pd.Series(pd.DatetimeIndex(each[rows].view("datetime64[us]"), tz="UTC").tz_convert(zone))
        for each in (stop, begun)
    )
    return rows[surely_before(ends, begins)]


def _check_order(cases: pd.DataFrame, wrong: Ints, from_: str, to: str) -> None:
    """Check that no case ends before it begins."""
    if len(wrong) == 0:
        return
    first = int(wrong[0])
    called = cases["case_id"].iloc[first] if "case_id" in cases.columns else f"row {first}"
    raise InputError(
        f"A case must not end before it begins: {to} (or cancelled_at) from {from_} on. Found: "
        f"{len(wrong):,} cases that do, the first is {called!r}. gridgov.read_cases(...) sets "
        "such rows aside; leave them out first.",
        problems=[{"table": "cases", "row": int(row), "problem": "ends early"} for row in wrong],
    )


def _paused(cases: pd.DataFrame, begun: Ints, stop: Ints, now: int) -> Ints:
    """Return how long the clock stood still between begin and end, µs.

    The last suspension is known by its times and is cut to the span; earlier ones are known
    by their hours only and are taken to lie in it.
    """
    rested, not_rested = _times(cases, "suspended_at", now)
    resumed, not_resumed = _times(cases, "resumed_at", now)
    not_resumed = not_resumed | (resumed < rested)
    until = np.where(not_resumed, stop, np.minimum(resumed, stop))
    last = np.where(not_rested, 0, np.maximum(until - np.maximum(rested, begun), 0))
    if "paused_h" not in cases.columns:
        return last
    hours = cases["paused_h"].to_numpy(dtype=np.float64, na_value=np.nan)
    ended = np.round(np.nan_to_num(hours) * HOUR_US).astype(np.int64)
    # The hours of the last one are in there, even when it ended after the moment.
    full, never_ended, _ = read_instants(cases, "resumed_at")
    start, never_rested, _ = read_instants(cases, "suspended_at")
    known = ~never_ended & ~never_rested & (full >= start)
    return np.asarray(last + np.maximum(ended - np.where(known, full - start, 0), 0))
