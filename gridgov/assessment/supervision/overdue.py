"""Open cases that are past a deadline, soon will be, or came back again and again.

The list is one of work to do: closed and cancelled cases are not on it, and a case that
rests with time left is not due soon, because its clock stands still. Deadlines are those
moved by the suspensions. A case that failed its check and waits for new work waits to be
handled, and its check is due only once the work is reported done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.as_of import read_as_of
from gridgov.assessment.cases.case_checks import check_once
from gridgov.assessment.cases.undone_work import UndoneWork, undone_work
from gridgov.assessment.deadlines.effective import DUE_COLUMNS, instants_of
from gridgov.assessment.deadlines.effective_deadlines import effective_deadlines
from gridgov.assessment.deadlines.working_time import working_time_between
from gridgov.checks import check_choice, check_table, check_whole, check_zoned, conform
from gridgov.errors import OptionError
from gridgov.schema.supervision import SUPERVISION
from gridgov.taxonomy.case_life import column_of

__all__ = ["find_overdue", "measure_supervision"]

Flags = NDArray[np.bool_]

_HOUR_US = 3_600_000_000
_STAGES = tuple(DUE_COLUMNS)


def find_overdue(
    cases: Any,
    *,
    as_of: Any = None,
    soon_h: float = 24.0,
    min_reworks: int = 2,
    stages: Sequence[str] = _STAGES,
    calendar: Any = None,
    events: Any = None,
) -> pd.DataFrame:
    """List the open cases that are overdue, due soon or reworked again and again.

    Parameters
    ----------
    cases
        Table of cases.
    as_of
        The moment from which they are seen; by default that of the cases, see
        ``cases.attrs["as_of"]``, else the last time in them.
    soon_h
        A case is due soon when so many natural hours or fewer are left; 0 lists none but those
        due at the very moment.
    min_reworks
        Open cases whose work failed the check so often are listed as reworked.
    stages
        Stages whose deadlines are looked at, of filed, dispatched, handled, verified, closed.
    calendar
        What :func:`gridgov.make_calendar` made, to tell overdue time in working hours too.
    events
        Table of case events, for every suspension by its own times, see
        :func:`gridgov.effective_deadlines`; deadlines then move by the working time in them
        where there is a calendar.

    Returns
    -------
    DataFrame, the most overdue first, reworked ones last
        One row an open case and stage that is overdue or due soon, and one an open case that
        is often reworked:

        - ``case_id``, ``incident_id``, ``street_id``, ``department``, ``category``
        - ``supervision``: overdue, due soon or reworked, in this order
        - ``stage``: the stage it waits for; missing for reworked ones, as are the next three
        - ``due_at``: its deadline, moved by its suspensions
        - ``overdue_h``: natural hours since then; negative while there is time left
        - ``overdue_working_h``: the same in working hours; missing without a calendar
        - ``resting``: whether it is suspended now
        - ``reworks``, ``supervised``: as in the cases

        ``attrs["as_of"]`` is the moment as text, ``attrs["supervision"]`` the options and how many
        open cases there are with and without a deadline.

    Raises
    ------
    ColumnsError
        If `cases` has no ids, or a time has no zone.
    InputError
        If an id occurs twice, nothing says from when cases are seen, or a time lies outside the
        calendar.
    OptionError
        If an option does not exist.

    Notes
    -----
    What happened after `as_of` is not seen. A stage is reached when its own time or that of
    a later stage is known. At the very moment of its deadline a case is not overdue.

    Examples
    --------
    Seen at noon on 2 September; the third case is closed:

    >>> import pandas as pd
    >>> def at(*texts): return pd.DatetimeIndex(texts, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"case_id": ["1", "2", "3"],
    ...     "due_at": at("2017-09-01 12:00", "2017-09-03 06:00", "2017-09-01 12:00"),
    ...     "closed_at": at(None, None, "2017-09-01 18:00")})
    >>> found = find_overdue(cases, as_of="2017-09-02 12:00")
    >>> found[["case_id", "supervision", "stage", "overdue_h"]]
      case_id supervision   stage  overdue_h
    0       1     overdue  closed       24.0
    1       2    due soon  closed      -18.0
    """
    check_table(cases, "cases", columns=["case_id"], allow_empty=True)
    listed, seen, open_ = _listed(
        cases, as_of, _hours(soon_h), _reworks(min_reworks), stages, calendar, events
    )
    rows = listed["row"].to_numpy()
    due = pd.Series(listed["due_at"])
    if calendar is not None:
        # Repeated and not listed: none of it keeps its zone too.
        moment = pd.Series(pd.DatetimeIndex([seen]).repeat(len(due)), index=due.index)
        listed["overdue_working_h"] = working_time_between(due, moment, calendar=calendar)
    for name in ("case_id", "incident_id", "street_id", "department", "category"):
        if name in cases.columns:
            listed[name] = cases[name].to_numpy()[rows]
    for name, kind in (("reworks", "Int64"), ("supervised", "boolean")):
        if name in cases.columns:
            listed[name] = cases[name].astype(kind).array.take(rows)
    # The longest wait first; of equal ones in the order of the cases.
    order = np.lexsort((rows, np.nan_to_num(-listed["overdue_h"].to_numpy(), nan=np.inf)), axis=0)
    result = conform(listed.iloc[order].reset_index(drop=True), "supervision")
    dated = np.zeros(len(cases), dtype=bool)
    for stage in stages:
        if DUE_COLUMNS[stage] in cases.columns:
            dated |= np.asarray(cases[DUE_COLUMNS[stage]].notna())
    result.attrs = {
        "as_of": seen.isoformat(),
        "supervision": {
            "soon_h": float(soon_h),
            "min_reworks": int(min_reworks),
            "stages": list(stages),
            "open_cases": int(open_.sum()),
            "open_without_deadline": int((open_ & ~dated).sum()),
        },
    }
    return result


def measure_supervision(
    cases: Any,
    *,
    by: str | None = "street_id",
    as_of: Any = None,
    soon_h: float = 24.0,
    min_reworks: int = 2,
    stages: Sequence[str] = _STAGES,
    calendar: Any = None,
    events: Any = None,
) -> pd.DataFrame:
    """Count the cases that need supervision by street, department or another column.

    Parameters
    ----------
    cases
        Table of cases.
    by
        Column to group by, or None for all cases together.
    as_of, soon_h, min_reworks, stages, calendar, events
        As for :func:`gridgov.find_overdue`.

    Returns
    -------
    DataFrame, one row a value of `by`, zeros kept, in the order of the values
        - ``group``: the value; missing for cases without one, and when `by` is None
        - ``open_cases``: neither closed nor cancelled
        - ``overdue_cases``, ``due_soon_cases``, ``reworked_cases``, ``resting_cases``,
          ``supervised_cases``: of these; a case counts once, whatever number of stages
        - ``overdue_h_median``, ``overdue_h_max``: of the longest wait of each overdue case,
          natural hours; missing when there is none

        ``attrs["as_of"]`` is the moment as text.

    Raises
    ------
    ColumnsError
        If a column is missing, or a time has no zone.
    InputError
        If an id occurs twice, nothing says from when cases are seen, or a time lies outside the
        calendar.
    OptionError
        If an option does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> def at(*texts): return pd.DatetimeIndex(texts, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"case_id": ["1", "2", "3"], "street_id": ["A", "A", "B"],
    ...     "due_at": at("2017-09-01 12:00", "2017-09-03 06:00", "2017-09-01 12:00"),
    ...     "closed_at": at(None, None, "2017-09-01 18:00")})
    >>> found = measure_supervision(cases, as_of="2017-09-02 12:00")
    >>> found[["group", "open_cases", "overdue_cases", "due_soon_cases", "overdue_h_max"]]
      group  open_cases  overdue_cases  due_soon_cases  overdue_h_max
    0     A           2              1               1           24.0
    1     B           0              0               0            NaN
    """
    needed = ["case_id"] if by is None else ["case_id", by]
    check_table(cases, "cases", columns=needed, allow_empty=True)
    listed, seen, open_ = _listed(
        cases, as_of, _hours(soon_h), _reworks(min_reworks), stages, calendar, events
    )
    number = len(cases)
    reason = listed["supervision"].to_numpy()
    rows = listed["row"].to_numpy()
    marks = {kind: np.zeros(number, dtype=bool) for kind in SUPERVISION}
    for kind, mark in marks.items():
        mark[rows[reason == kind]] = True
    waited = np.full(number, np.nan)
    late = reason == "overdue"
    np.fmax.at(waited, rows[late], listed["overdue_h"].to_numpy()[late])
    supervised = np.zeros(number, dtype=bool)
    if "supervised" in cases.columns:
        supervised = cases["supervised"].astype("boolean").to_numpy(dtype=bool, na_value=False)
    facts = pd.DataFrame(
        {
            "open_cases": open_,
            "overdue_cases": marks["overdue"],
            "due_soon_cases": marks["due soon"] & ~marks["overdue"],
            "reworked_cases": marks["reworked"],
            "resting_cases": open_ & _resting(cases, seen),
            "supervised_cases": open_ & supervised,
        }
    ).astype("int64")
    nothing = pd.Series(np.nan, index=facts.index, dtype="str")
    group = nothing if by is None else cases[by].astype("str").where(cases[by].notna())
    keys = group.reset_index(drop=True)
    grouped = facts.groupby(keys, dropna=False)
    hours = pd.Series(waited).groupby(keys, dropna=False)
    frame = grouped.sum().assign(overdue_h_median=hours.median(), overdue_h_max=hours.max())
    frame = frame.rename_axis("group").reset_index()
    if by is None and number == 0:
        frame = pd.DataFrame({"group": nothing.reindex([0]), **dict.fromkeys(facts, 0)})
    result = conform(frame, "supervision_counts")
    result.attrs["as_of"] = seen.isoformat()
    return result


def _listed(
    cases: pd.DataFrame,
    as_of: Any,
    soon_h: float,
    min_reworks: int,
    stages: Sequence[str],
    calendar: Any,
    events: Any,
) -> tuple[pd.DataFrame, pd.Timestamp, Flags]:
    """Return what is to be listed by row of the cases, the moment, and which are open."""
    for stage in stages:
        check_choice(stage, option="stages", choices=_STAGES)
    check_once(cases)
    seen = read_as_of(cases, as_of)
    open_ = _open(cases, seen)
    resting = _resting(cases, seen)
    moment = int(pd.DatetimeIndex([seen]).as_unit("us").asi8[0])
    undone = undone_work(cases, seen)
    parts = []
    for stage in stages:
        if DUE_COLUMNS[stage] not in cases.columns:
            continue
        moved = effective_deadlines(
            cases,
            stage=stage,
            events=events,
            calendar=None if events is None else calendar,
            as_of=seen,
        )
        due, unset = instants_of(moved.to_frame(), DUE_COLUMNS[stage])
        unset = unset | undone.of(DUE_COLUMNS[stage])
        waits = open_ & ~unset & ~_reached(cases, stage, seen, undone)
        late = np.where(waits, moment - due, 0)
        overdue = waits & (late > 0)
        soon = waits & ~overdue & ~resting & (-late <= soon_h * _HOUR_US)
        rows = np.flatnonzero(overdue | soon)
        parts.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "supervision": np.where(overdue[rows], "overdue", "due soon"),
                    "stage": stage,
                    "due": due[rows],
                    "overdue_h": late[rows] / _HOUR_US,
                }
            )
        )
    if "reworks" in cases.columns:
        reworks = cases["reworks"].to_numpy(dtype=float, na_value=0.0)
        rows = np.flatnonzero(open_ & (reworks >= min_reworks))
        never = np.iinfo(np.int64).min
        parts.append(pd.DataFrame({"row": rows, "supervision": "reworked", "due": never}))
    empty: dict[str, list[Any]] = {
        "row": [],
        "supervision": [],
        "stage": [],
        "due": [],
        "overdue_h": [],
    }
    # Empty parts would leave their dtype to chance.
    parts = [part for part in parts if len(part)]
    listed = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(empty)
    for name in ("row", "due"):
        listed[name] = listed[name].astype("int64")
    for name in ("stage", "overdue_h"):
        if name not in listed.columns:
            listed[name] = np.nan
    times = listed.pop("due").to_numpy().view("datetime64[us]")
    listed["overdue_h"] = listed["overdue_h"].astype(float)
    listed["due_at"] = pd.DatetimeIndex(times, tz="UTC").tz_convert(seen.tz)
    listed["resting"] = resting[listed["row"].to_numpy()]
    return listed, seen, open_


def _by(cases: pd.DataFrame, name: str, seen: pd.Timestamp) -> Flags:
    """Return which cases had a time by the moment; none where there is no such column."""
    if name not in cases.columns:
        return np.zeros(len(cases), dtype=bool)
    check_zoned(cases[name], name)
    return np.asarray((cases[name] <= seen) & cases[name].notna())


def _open(cases: pd.DataFrame, seen: pd.Timestamp) -> Flags:
    """Return which cases were known and neither closed nor cancelled."""
    begun = [name for name in ("reported_at", "filed_at") if name in cases.columns]
    known = np.ones(len(cases), dtype=bool)
    if begun:
        first = cases[begun].min(axis=1)
        known = np.asarray(first.isna() | (first <= seen))
    return known & ~_by(cases, "closed_at", seen) & ~_by(cases, "cancelled_at", seen)


def _reached(cases: pd.DataFrame, stage: str, seen: pd.Timestamp, undone: UndoneWork) -> Flags:
    """Return which cases had reached a stage, by its own time or that of a later one."""
    later = _STAGES[_STAGES.index(stage) :]
    reached = np.zeros(len(cases), dtype=bool)
    for name in later:
        reached |= _by(cases, column_of(name), seen) & ~undone.of(column_of(name))
    # Work that is to be done again was filed and sent to its owner before.
    if stage in ("filed", "dispatched"):
        reached |= undone.handled
    return reached


def _resting(cases: pd.DataFrame, seen: pd.Timestamp) -> Flags:
    """Return which cases were suspended at the moment."""
    return _by(cases, "suspended_at", seen) & ~_by(cases, "resumed_at", seen)


def _hours(value: Any) -> float:
    """Return a number of hours, 0 or more."""
    try:
        fits = not isinstance(value, bool) and 0 <= float(value) < np.inf
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise OptionError(f"soon_h must be a number of hours, 0 or more. Found: {value!r}.")
    return float(value)


def _reworks(value: Any) -> int:
    """Return how many reworks put a case on the list."""
    return check_whole(value, option="min_reworks", least=1, meaning="every case has 0 or more")
