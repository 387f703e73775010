"""Which events of a case can follow each other: a machine of states, run on whole columns.

A case climbs steps: 1 reported, 2 filed, 3 dispatched, 4 handled, 5 verified, 6 closed;
7 is cancelled. A step may be missing, because nobody wrote it down; it may not come after
a later one. Three events lead back: returned to 2, reworked to 3, reopened to 2. Being
suspended and supervised happens beside the steps. The rules, the first that is broken
naming the reason:

1. After cancelled nothing (``after_cancelled``); after closed only reopened
   (``after_closed``).
2. While suspended only resumed, supervised, closed and cancelled; the last two end the
   suspension (``suspended_twice``, ``while_suspended``). Resumed needs a suspension
   (``resumed_without_suspended``).
3. Returned needs step 3, reworked step 4 or 5, reopened step 6
   (``returned_without_dispatched``, ``reworked_without_handled``,
   ``reopened_without_closed``); supervised needs any step (``supervised_without_reported``).
4. A step forward never leads down (``handled_before_dispatched`` ...). Dispatched, handled
   and verified may repeat, filed may not (``filed_twice``).
5. Reported and filed come before any suspension (``suspended_before_filed`` ...).

What state a row finds depends on the last step, the last start or end of a suspension
and the last suspension before it, which three running maxima give for all rows at once.
Up to the first broken rule of a case these are the states that a machine reading event by
event would be in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.schema.cases import CASE_EVENTS
from gridgov.taxonomy.case_life import STEPS

__all__ = ["CLOSED_LEVEL", "CODE", "LEVEL_AFTER", "Log", "last_before", "sorted_log"]

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CODE = {event: code for code, event in enumerate(CASE_EVENTS)}
"""The number of every event."""

CLOSED_LEVEL = 6
_LEVELS = {
    **{step: level for level, step in enumerate(STEPS, start=1)},
    **{"returned": 2, "reworked": 3, "reopened": 2, "cancelled": 7},
}
LEVEL_AFTER = np.array([_LEVELS.get(event, 0) for event in CASE_EVENTS])
"""The step on which a case stands after each event; 0 where it does not move."""

_IS_STEP = LEVEL_AFTER > 0
_HIGHEST = {"reported": 1, "filed": 1, "dispatched": 3, "handled": 4}
_NEEDS = {"returned": (3,), "reworked": (4, 5), "reopened": (6,)}
_WITHOUT = {
    "returned": "returned_without_dispatched",
    "reworked": "reworked_without_handled",
    "reopened": "reopened_without_closed",
}

# Events of one moment have no order of their own. A failed check (reworked) answers the
# check, so that it follows it.
_FORWARD = (
    "reported",
    "filed",
    "dispatched",
    "returned",
    "handled",
    "verified",
    "reworked",
    "suspended",
    "resumed",
    "supervised",
    "closed",
    "reopened",
    "cancelled",
)
_BACK = ["resumed", "returned", "reworked", "reopened"]
_RANK = np.array([_FORWARD.index(event) for event in CASE_EVENTS])
_RANK_BACK_FIRST = np.where(np.isin(np.array(CASE_EVENTS), _BACK), _RANK - len(CASE_EVENTS), _RANK)


@dataclass(frozen=True, slots=True)
class Log:
    """The events of a log, case by case in the order in which they happened.

    Attributes
    ----------
    row
        Row of the table, from 0.
    case
        Number of the case, ascending.
    event
        Number of the event, see :data:`CODE`.
    time
        µs since 1970 UTC.
    reason
        Code of the first broken rule of every case, ``""`` where there is none.
    place, before
        Place in this log of the event that breaks it, and of the one that it contradicts
        (-1 without one), for every case.
    """

    row: Integers
    case: Integers
    event: Integers
    time: Integers
    reason: NDArray[np.object_]
    place: Integers
    before: Integers


def sorted_log(case: Integers, event: Integers, time: Integers, days: Integers) -> Log:
    """Return a log in the order in which things happened, and which cases cannot have been.

    Parameters
    ----------
    case
        Number of the case of every row, 0 to n - 1, each at least once.
    event, time
        As in :class:`Log`.
    days
        First instant of the local day of every row.

    Returns
    -------
    Log
        Rows that repeat case, event and time are left out.

    Notes
    -----
    The order is that of the times; events of one moment go in the order of the life cycle.
    A case that this order makes impossible is tried again: with the steps back (returned,
    reworked, reopened, resumed) first among the events of one moment; then with events at
    exactly midnight taken as dates, after what of the same day comes before them in the
    life cycle; then with both. The first order that fits is taken. The order of the rows
    plays no part.
    """
    order = np.lexsort((_RANK[event], time, case))
    case, event, time = case[order], event[order], time[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(case) != 0) | (np.diff(event) != 0) | (np.diff(time) != 0)
    order, case, event, time = order[new], case[new], event[new], time[new]
    days = days[order]
    number = int(case[-1]) + 1 if len(case) else 0

    first = _broken(case, event)
    failing = np.zeros(number, dtype=bool)
    failing[case[first.rows]] = True
    key, rank = time.copy(), _RANK[event]
    rescued = False
    for dated, ranks in ((False, _RANK_BACK_FIRST), (True, _RANK), (True, _RANK_BACK_FIRST)):
        at = np.flatnonzero(failing[case])
        if not at.size:
            break
        moved = _dated(case[at], event[at], time[at], days[at]) if dated else time[at]
        again = np.lexsort((ranks[event[at]], moved, case[at]))
        still = _broken(case[at][again], event[at][again]).rows
        wrong = np.zeros(number, dtype=bool)
        wrong[case[at][again][still]] = True
        fits = ~wrong[case[at]]
        if fits.any():
            rescued = True
            key[at[fits]], rank[at[fits]] = moved[fits], ranks[event[at[fits]]]
            failing[case[at[fits]]] = False
    reason = np.full(number, "", dtype=object)
    place, before = np.full(number, -1), np.full(number, -1)
    if rescued:
        again = np.lexsort((rank, key, case))
        order, case, event, time = order[again], case[again], event[again], time[again]
        first = _broken(case, event)
    at = first.rows
    # The first broken rule of every case.
    leads = np.ones(len(at), dtype=bool)
    leads[1:] = case[at[1:]] != case[at[:-1]]
    at = at[leads]
    reason[case[at]] = first.reason[leads]
    place[case[at]], before[case[at]] = at, first.before[leads]
    return Log(order, case, event, time, reason, place, before)


@dataclass(frozen=True, slots=True)
class _Broken:
    """The rows that break a rule, why, and what each contradicts."""

    rows: Integers
    reason: NDArray[np.object_]
    before: Integers


def last_before(marked: Flags, case: Integers) -> Integers:
    """Return for every row the last marked row of its case before it, -1 without one.

    Examples
    --------
    >>> import numpy as np
    >>> last_before(np.array([True, False, True, False]), np.array([0, 0, 1, 1])).tolist()
    [-1, 0, -1, 2]
    """
    rows = np.arange(len(case))
    latest = np.maximum.accumulate(np.where(marked, rows, -1))
    before = np.concatenate([[-1], latest[:-1]]) if len(case) else latest
    new = np.ones(len(case), dtype=bool)
    new[1:] = case[1:] != case[:-1]
    start = np.maximum.accumulate(np.where(new, rows, 0))
    return np.where(before >= start, before, -1)


def _broken(case: Integers, event: Integers) -> _Broken:
    """Return the rows of a sorted log that break a rule, in order."""
    is_ = {name: event == code for name, code in CODE.items()}
    ends = is_["closed"] | is_["cancelled"]
    step = _IS_STEP[event]
    last_step = last_before(step, case)
    last_gate = last_before(is_["suspended"] | is_["resumed"] | ends, case)
    last_rest = last_before(is_["suspended"], case)
    # Row -1 is the last row; np.where takes what is found there away again.
    level = np.where(last_step >= 0, LEVEL_AFTER[event[last_step]], 0)
    rests = (last_gate >= 0) & is_["suspended"][last_gate]

    reason = np.zeros(len(case), dtype=np.int64)
    before = np.full(len(case), -1)
    codes = [""]

    def against(rows: Flags, code: str, contradicts: Integers) -> None:
        new = rows & (reason == 0)
        if new.any():
            codes.append(code)
            reason[new], before[new] = len(codes) - 1, contradicts[new]

    against(level > CLOSED_LEVEL, "after_cancelled", last_step)
    against((level == CLOSED_LEVEL) & ~is_["reopened"], "after_closed", last_step)
    against(rests & is_["suspended"], "suspended_twice", last_gate)
    against(rests & step & ~ends, "while_suspended", last_gate)
    against(is_["resumed"] & ~rests, "resumed_without_suspended", last_step)
    for name, levels in _NEEDS.items():
        against(is_[name] & ~np.isin(level, levels), _WITHOUT[name], last_step)
    against(is_["supervised"] & (level == 0), "supervised_without_reported", last_step)
    against(is_["filed"] & (level == 2), "filed_twice", last_step)
    for name, highest in _HIGHEST.items():
        # One reason for each step that the case had reached already.
        for above in range(highest + 1, CLOSED_LEVEL):
            code = f"{STEPS[above - 1]}_before_{name}"
            against(is_[name] & (level == above), code, last_step)
    for name in ("reported", "filed"):
        against(is_[name] & (last_rest >= 0), f"suspended_before_{name}", last_rest)
    rows = np.flatnonzero(reason)
    return _Broken(rows, np.array(codes, dtype=object)[reason[rows]], before[rows])


def _dated(case: Integers, event: Integers, time: Integers, days: Integers) -> Integers:
    """Return times with midnight moved after what comes before it on the same day."""
    midnight = time == days
    if not midnight.any():
        return time
    never = np.iinfo(np.int64).min
    rank = _RANK[event]
    order = np.lexsort((rank, days, case))
    table = pd.DataFrame({"case": case[order], "day": days[order], "rank": rank[order]})
    clocked = pd.Series(np.where(midnight, never, time)[order])
    table["latest"] = clocked.groupby([table["case"], table["day"]]).cummax()
    # Of events with the same word none comes before the other: what counts stands before
    # the first of them.
    latest = table["latest"].groupby([table["case"], table["day"]]).shift(fill_value=never)
    earlier = latest.groupby([table["case"], table["day"], table["rank"]]).transform("first")
    moved = time.copy()
    moved[order] = np.maximum(time[order], np.where(midnight[order], earlier, never))
    return moved
