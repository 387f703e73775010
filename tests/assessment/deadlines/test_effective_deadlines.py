"""Deadlines moved by every rest of a log, by natural and by working time."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.assessment.deadlines.calendar import make_calendar
from gridgov.assessment.deadlines.effective_deadlines import effective_deadlines
from gridgov.errors import ColumnsError, InputError, OptionError

CHINA = make_calendar("china")


def at(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(texts))).tz_localize("Asia/Shanghai").as_unit("us")


def log(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": [row[0] for row in rows],
            "event": [row[1] for row in rows],
            "event_at": at(*[row[2] for row in rows]),
        }
    )


def shown(due: pd.Series) -> list[str]:
    return due.dt.strftime("%d %H:%M").tolist()


CASES = pd.DataFrame({"case_id": ["a", "b"], "due_at": at(*["2017-03-03 17:00"] * 2)})
LOG = log(
    ("a", "suspended", "2017-03-03 16:00"),
    ("a", "suspended", "2017-03-03 16:30"),
    ("a", "resumed", "2017-03-03 16:45"),
    ("a", "resumed", "2017-03-03 16:50"),
    # Begins at the deadline of 17:45, which the first rest made: excuses nothing.
    ("a", "suspended", "2017-03-03 17:45"),
    ("b", "suspended", "2017-03-03 16:00"),
    ("b", "closed", "2017-03-06 10:00"),
    ("c", "suspended", "2017-03-03 10:00"),
)


def test_rests_of_a_log_move_the_deadline_one_after_another() -> None:
    due = effective_deadlines(CASES, events=LOG, as_of="2017-03-10")
    assert shown(due) == ["03 17:45", "06 11:00"]
    worked = effective_deadlines(CASES, events=LOG, calendar=CHINA, as_of="2017-03-10")
    # b: 16:00 to 18:00 and 9:00 to 10:00 are 3 hours; an hour was left at 16:00.
    assert shown(worked) == ["03 17:45", "06 11:00"]


def test_a_moment_before_the_end_sees_the_rest_still_running() -> None:
    due = effective_deadlines(CASES, events=LOG, as_of="2017-03-03 18:00")
    assert shown(due) == ["03 17:45", "03 19:00"]
    assert due.attrs["as_of"] == "2017-03-03T18:00:00+08:00"
    early = effective_deadlines(CASES, events=LOG, as_of="2017-03-03 15:00")
    assert shown(early) == ["03 17:00", "03 17:00"]


def test_a_deadline_at_night_stays_when_nothing_was_worked_in_the_rest() -> None:
    cases = pd.DataFrame(
        {
            "case_id": ["a"],
            "due_at": at("2017-03-03 22:00"),
            "suspended_at": at("2017-03-03 19:00"),
            "resumed_at": at("2017-03-03 23:00"),
        }
    )
    assert shown(effective_deadlines(cases, calendar=CHINA)) == ["03 22:00"]
    assert shown(effective_deadlines(cases)) == ["04 02:00"]


def test_earlier_rests_known_by_their_sum_need_the_log_for_working_time() -> None:
    cases = pd.DataFrame(
        {
            "case_id": ["a"],
            "due_at": at("2017-03-03 17:00"),
            "suspended_at": at("2017-03-03 16:00"),
            "resumed_at": at("2017-03-03 16:30"),
            "paused_h": [2.5],
        }
    )
    assert shown(effective_deadlines(cases)) == ["03 19:30"]
    with pytest.raises(InputError, match=r"1 cases that rested before, the first 'a'.*Give events"):
        effective_deadlines(cases, calendar=CHINA)
    one = cases.assign(paused_h=0.5)
    assert shown(effective_deadlines(one, calendar=CHINA)) == ["03 17:30"]


@settings(max_examples=50, deadline=None)
@given(edges=st.lists(st.integers(1, 4000), min_size=2, max_size=2, unique=True).map(sorted))
def test_one_rest_moves_the_same_from_the_table_and_from_the_log(edges: list[int]) -> None:
    base = pd.Timestamp("2017-03-01", tz="Asia/Shanghai")
    begin, end = (base + pd.Timedelta(minutes=edge) for edge in edges)
    cases = pd.DataFrame(
        {
            "case_id": ["a"],
            "due_at": at("2017-03-02 17:00"),
            "suspended_at": pd.DatetimeIndex([begin]),
            "resumed_at": pd.DatetimeIndex([end]),
            "paused_h": [(end - begin) / pd.Timedelta(hours=1)],
        }
    )
    events = pd.DataFrame(
        {
            "case_id": ["a", "a"],
            "event": ["suspended", "resumed"],
            "event_at": pd.DatetimeIndex([begin, end]),
        }
    )
    for calendar in (None, CHINA):
        options: dict[str, Any] = {"calendar": calendar, "as_of": "2017-04-01"}
        one = effective_deadlines(cases, **options)
        other = effective_deadlines(cases, events=events, **options)
        pd.testing.assert_series_equal(one, other)


def test_missing_deadlines_stay_missing_and_other_stages_have_their_own() -> None:
    cases = CASES.assign(
        due_at=at("2017-03-03 17:00", None), handling_due_at=at(None, "2017-03-03 16:30")
    )
    due = effective_deadlines(cases, events=LOG, calendar=CHINA, as_of="2017-03-10")
    assert due.isna().tolist() == [False, True]
    handled = effective_deadlines(cases, stage="handled", events=LOG, as_of="2017-03-10")
    assert handled.isna().tolist() == [True, False]
    assert shown(handled)[1] == "06 10:30"


def test_what_cannot_be_used_is_told() -> None:
    with pytest.raises(OptionError, match="stage must be one of"):
        effective_deadlines(CASES, stage="done")
    with pytest.raises(ColumnsError, match="handling_due_at"):
        effective_deadlines(CASES, stage="handled")
    with pytest.raises(ColumnsError, match="case_events must have the column"):
        effective_deadlines(CASES, events=LOG.drop(columns="event"), as_of="2017-03-10")
    twice = pd.concat([CASES, CASES])
    with pytest.raises(InputError, match="the id 'a' twice"):
        effective_deadlines(twice, events=LOG, as_of="2017-03-10")
