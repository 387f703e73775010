"""Deadlines moved by rests: worked by hand, hours of one day."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gridgov.assessment.deadlines.effective import effective_due
from gridgov.errors import ColumnsError

DAY = pd.Timestamp("2017-09-01", tz="Asia/Shanghai")


def hours(*given: float | None) -> pd.DatetimeIndex:
    times = [pd.NaT if hour is None else DAY + pd.Timedelta(hours=hour) for hour in given]
    return pd.DatetimeIndex(pd.to_datetime(times, utc=True)).tz_convert("Asia/Shanghai")


def moved(frame: pd.DataFrame, **options: Any) -> list[float]:
    due = effective_due(frame, "due_at", **options)
    return ((due - DAY) / pd.Timedelta(hours=1)).tolist()


def test_two_rests_that_each_began_in_time_both_count() -> None:
    # Rest 8 to 12 turns hour 10 into 14; the second, 13 to 15, begins before 14: 16.
    cases = pd.DataFrame({"due_at": hours(10), "suspended_at": hours(13), "resumed_at": hours(15)})
    assert moved(cases.assign(paused_h=6.0), as_of=DAY + pd.Timedelta(days=1)) == [16.0]


def test_a_rest_that_began_with_or_after_the_deadline_excuses_nothing() -> None:
    cases = pd.DataFrame(
        {"due_at": hours(10, 10), "suspended_at": hours(10, 11), "resumed_at": hours(15, 15)}
    )
    assert moved(cases.assign(paused_h=[5.0, 4.0])) == [10.0, 10.0]


def test_a_running_rest_moves_the_deadline_as_the_moment_moves_on() -> None:
    cases = pd.DataFrame({"due_at": hours(10), "suspended_at": hours(9), "resumed_at": hours(None)})
    for seen in (9.0, 12.0, 30.0):
        assert moved(cases, as_of=DAY + pd.Timedelta(hours=seen)) == [10.0 + seen - 9.0]


def test_a_rest_that_nobody_ended_ends_when_the_case_is_closed() -> None:
    cases = pd.DataFrame({"due_at": hours(10), "suspended_at": hours(9), "closed_at": hours(11)})
    assert moved(cases, as_of=DAY + pd.Timedelta(days=9)) == [12.0]


def test_seen_from_before_its_end_a_rest_still_runs_and_one_to_come_is_not_seen() -> None:
    cases = pd.DataFrame({"due_at": hours(10), "suspended_at": hours(8), "resumed_at": hours(20)})
    cases = cases.assign(paused_h=12.0)
    assert moved(cases, as_of=DAY + pd.Timedelta(hours=9)) == [11.0]
    assert moved(cases, as_of=DAY + pd.Timedelta(hours=7)) == [10.0]
    assert moved(cases, as_of=DAY + pd.Timedelta(hours=40)) == [22.0]


def test_without_columns_of_rests_nothing_moves_and_missing_stays_missing() -> None:
    due = effective_due(pd.DataFrame({"due_at": hours(10, None)}), "due_at")
    assert due.isna().tolist() == [False, True]
    assert due.iloc[0] == DAY + pd.Timedelta(hours=10)


def test_the_sum_of_rests_alone_moves_the_deadline() -> None:
    assert moved(pd.DataFrame({"due_at": hours(10), "paused_h": [1.5]})) == [11.5]


def test_index_and_zone_are_kept_and_the_table_is_not_changed() -> None:
    cases = pd.DataFrame(
        {"due_at": hours(10, 12), "suspended_at": hours(9, None), "resumed_at": hours(11, None)},
        index=["b", "a"],
    )
    before = cases.copy()
    due = effective_due(cases, "due_at")
    assert due.index.tolist() == ["b", "a"]
    assert str(due.dtype) == "datetime64[us, Asia/Shanghai]"
    pd.testing.assert_frame_equal(cases, before)


def test_a_column_that_is_missing_or_holds_no_times_is_named() -> None:
    with pytest.raises(ColumnsError, match="must have the column due_at"):
        effective_due(pd.DataFrame({"x": [1]}), "due_at")
    with pytest.raises(ColumnsError, match="due_at must hold times with a zone"):
        effective_due(pd.DataFrame({"due_at": ["2017"]}), "due_at")
