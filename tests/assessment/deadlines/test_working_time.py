"""Working time: dates worked by hand, and a walk minute by minute as an independent answer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.assessment.deadlines.calendar import WorkCalendar, make_calendar
from gridgov.assessment.deadlines.working_time import add_working_time, working_time_between
from gridgov.errors import ColumnsError, InputError, OptionError

CHINA = make_calendar("china")
CHICAGO = make_calendar(
    pd.DataFrame({"date": ["2017-11-23"], "kind": ["holiday"]}),
    timezone="America/Chicago",
    hours=(("00:30", "03:30"), ("20:00", "24:00")),
    weekend=("SAT",),
)


def times(*texts: str | None, zone: str = "Asia/Shanghai") -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(texts))).tz_localize(zone).as_unit("us")


def one(start: str, amount: float, unit: str = "working_hours", **options: Any) -> str:
    calendar = options.pop("calendar", CHINA)
    due = add_working_time(times(start), amount=amount, unit=unit, calendar=calendar, **options)
    return f"{due.iloc[0]:%Y-%m-%d %H:%M}"


# Worked by hand on the notices for 2016 and 2017: 1 to 7 October 2016 free, Saturday the 8th
# and Sunday the 9th worked; 27 January to 2 February 2017 free, Sunday 22 January and
# Saturday 4 February worked.
@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2016-09-30 17:00", 2, "2016-10-08 10:00"),
        ("2016-09-30 17:00", 1, "2016-09-30 18:00"),
        ("2016-09-30 17:00", 1 + 8 + 8 + 0.5, "2016-10-10 09:30"),
        ("2016-10-09 12:30", 4, "2016-10-09 17:00"),
        ("2017-01-26 11:00", 4, "2017-01-26 16:00"),
        ("2017-01-26 17:00", 2, "2017-02-03 10:00"),
        ("2017-01-29 03:00", 4, "2017-02-03 14:00"),
        ("2017-02-03 18:00", 8, "2017-02-04 18:00"),
        ("2017-02-03 18:00", 9, "2017-02-06 10:00"),
        ("2017-01-21 10:00", 1, "2017-01-22 10:00"),
    ],
)
def test_working_hours_around_holidays(start: str, amount: float, due: str) -> None:
    assert one(start, amount) == due


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2016-09-30 17:00", 1, "2016-10-08 18:00"),
        ("2016-09-30 17:00", 7, "2016-10-14 18:00"),
        ("2016-10-03 09:00", 1, "2016-10-08 18:00"),
        ("2017-01-20 09:00", 1, "2017-01-22 18:00"),
        ("2017-01-26 23:59", 2, "2017-02-04 18:00"),
        # 3, 4, then Mondays to Fridays from the 6th: 17 of them by the 24th, 27, 28, 1.
        ("2017-01-26 00:00", 20, "2017-03-01 18:00"),
        # Friday, and the Saturday after it: the day of receipt is not counted.
        ("2017-03-03 10:00", 3, "2017-03-08 18:00"),
        ("2017-03-04 10:00", 3, "2017-03-08 18:00"),
    ],
)
def test_working_days_around_holidays(start: str, amount: int, due: str) -> None:
    assert one(start, amount, "working_days") == due


def test_the_end_of_the_last_day_can_be_chosen() -> None:
    friday = "2017-03-03 10:20"
    assert one(friday, 1, "working_days", day_end="midnight") == "2017-03-06 23:59"
    assert one(friday, 1, "working_days", day_end="clock") == "2017-03-06 10:20"
    assert one(friday, 1, "natural_days") == "2017-03-04 23:59"
    assert one(friday, 1, "natural_days", day_end="clock") == "2017-03-04 10:20"
    # Article 203: a period that ends on a day off ends on the next working day.
    assert one(friday, 1, "natural_days", day_end="work") == "2017-03-06 18:00"
    assert one(friday, 3, "natural_days", day_end="work") == "2017-03-06 18:00"
    assert one(friday, 4, "natural_days", day_end="work") == "2017-03-07 18:00"
    assert one(friday, 24, "natural_hours", calendar=None) == "2017-03-04 10:20"


def test_a_case_closed_on_the_day_after_the_last_was_closed_too_late_by_its_date() -> None:
    # Of records without clocks the day is all that is known: the 4th is in time, the 5th is not.
    start = pd.DatetimeIndex(["2017-03-03"], tz="Asia/Shanghai")
    due = add_working_time(start, amount=1, unit="natural_days")[0]
    assert pd.Timestamp("2017-03-04", tz="Asia/Shanghai") <= due
    assert due < pd.Timestamp("2017-03-05", tz="Asia/Shanghai")


def works(calendar: WorkCalendar, moment: dt.datetime, free: set[str], weekend: set[int]) -> bool:
    """Say whether somebody works at a moment: by the clock on the wall, nothing else."""
    wall = moment.astimezone(ZoneInfo(calendar.timezone))
    if wall.weekday() in weekend or f"{wall:%Y-%m-%d}" in free:
        return False
    clock = f"{wall:%H:%M}"
    return any(start <= clock < end for start, end in calendar.hours)


def walk(calendar: WorkCalendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """Go on minute by minute until so many of them were worked."""
    moment, left = start, minutes
    while left:
        left -= works(calendar, moment, {"2017-11-23"}, {5})
        moment += dt.timedelta(minutes=1)
    return moment


@settings(max_examples=40, deadline=None)
@given(
    offset=st.integers(0, 30 * 24 * 60),
    minutes=st.integers(1, 2400),
)
def test_hours_equal_a_walk_minute_by_minute_where_clocks_go_back(
    offset: int, minutes: int
) -> None:
    # 5 November 2017: 01:00 to 02:00 comes twice in Chicago; nobody works on Saturdays and on
    # Thanksgiving, the 23rd. All spans lie clear of a doubled edge.
    start = dt.datetime(2017, 10, 28, 5, tzinfo=dt.UTC) + dt.timedelta(minutes=offset)
    index = pd.DatetimeIndex([start]).as_unit("us").tz_convert("America/Chicago")
    due = add_working_time(index, amount=minutes / 60, calendar=CHICAGO)
    # Compared in UTC: an hour that comes twice is never equal across zones in Python (PEP 495).
    assert due.dt.tz_convert("UTC").iloc[0] == walk(CHICAGO, start, minutes)
    between = working_time_between(index, due, calendar=CHICAGO)
    assert between.iloc[0] == pytest.approx(minutes / 60, abs=1e-9)


def test_the_night_on_which_clocks_go_back_is_an_hour_longer_and_forward_shorter() -> None:
    zone = "America/Chicago"
    span = make_calendar(timezone=zone, hours=("00:00", "24:00"), weekend=())
    starts = times("2017-11-05", "2017-03-12", "2017-06-01", zone=zone)
    ends = times("2017-11-06", "2017-03-13", "2017-06-02", zone=zone)
    assert working_time_between(starts, ends, calendar=span).tolist() == [25.0, 23.0, 24.0]
    skipped = make_calendar(timezone=zone, hours=(("02:10", "02:50"), ("09:00", "10:00")))
    sunday = make_calendar(
        timezone=zone, hours=(("02:10", "02:50"), ("09:00", "10:00")), weekend=()
    )
    assert len(skipped.opens) == 2 * len(skipped.work_dates)
    # 2:10 to 2:50 does not exist on one day of the year.
    day = working_time_between(starts[1:2], ends[1:2], calendar=sunday)
    assert day.tolist() == [1.0]
    due = add_working_time(starts[:1] + pd.Timedelta(hours=1), amount=1, unit="natural_hours")
    assert str(due.iloc[0]) == "2017-11-05 01:00:00-06:00"


def add_days_by_hand(start: pd.Timestamp, days: int) -> pd.Timestamp:
    import chinese_calendar

    day = start.date()
    while days:
        day += dt.timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return pd.Timestamp(day).tz_localize("Asia/Shanghai") + pd.Timedelta(hours=18)


@settings(max_examples=80, deadline=None)
@given(
    minute=st.integers(0, 10 * 365 * 24 * 60),
    days=st.integers(1, 60),
)
def test_working_days_equal_a_walk_day_by_day(minute: int, days: int) -> None:
    start = pd.Timestamp("2015-06-01", tz="Asia/Shanghai") + pd.Timedelta(minutes=minute)
    index = pd.DatetimeIndex([start])
    due = add_working_time(index, amount=days, unit="working_days", calendar=CHINA)
    assert due.iloc[0] == add_days_by_hand(start, days)
    between = working_time_between(index, due, unit="working_days", calendar=CHINA)
    assert between.tolist() == [float(days)]


def test_many_starts_at_once_are_each_alone() -> None:
    generator = np.random.default_rng(7)
    starts = pd.Timestamp("2016-01-01", tz="Asia/Shanghai") + pd.to_timedelta(
        generator.integers(0, 3 * 365 * 24 * 60, 500), unit="min"
    )
    amounts = generator.integers(1, 40, 500)
    together = add_working_time(starts, amount=amounts, calendar=CHINA)
    alone = [
        add_working_time(starts[[row]], amount=int(amounts[row]), calendar=CHINA).iloc[0]
        for row in range(0, 500, 25)
    ]
    assert together.iloc[::25].tolist() == alone


def test_missing_times_stay_missing_and_index_and_zone_are_kept() -> None:
    starts = pd.Series(times("2017-03-03 10:00", None), index=["a", "b"]).dt.tz_convert("UTC")
    due = add_working_time(starts, amount=2, calendar=CHINA)
    assert due.index.tolist() == ["a", "b"]
    assert str(due.dtype) == "datetime64[us, UTC]"
    assert due.isna().tolist() == [False, True]
    assert str(due.iloc[0]) == "2017-03-03 04:00:00+00:00"
    hours = working_time_between(starts, due, calendar=CHINA)
    assert hours.iloc[0] == 2.0
    assert np.isnan(hours.iloc[1])
    empty = add_working_time(starts.iloc[:0], amount=2, calendar=CHINA)
    assert len(empty) == 0


def test_time_between_is_negative_where_the_end_comes_first() -> None:
    first, last = times("2017-03-03 10:00"), times("2017-03-06 10:00")
    assert working_time_between(first, last, calendar=CHINA).tolist() == [8.0]
    assert working_time_between(last, first, calendar=CHINA).tolist() == [-8.0]
    assert working_time_between(last, first, unit="natural_days").tolist() == [-3.0]


def pauses(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "suspended_at": times(*[row[1] for row in rows]),
            "resumed_at": times(*[row[2] for row in rows]),
        },
        index=[row[0] for row in rows],
    )


def test_pauses_stop_the_clock_and_move_the_deadline() -> None:
    starts = pd.Series(times(*["2017-03-03 10:00"] * 5), index=list("abcde"))
    rest = pauses(
        # a: Friday 11:00 to Monday 11:00 holds 1 + 5 + 2 = 8 working hours.
        ("a", "2017-03-03 11:00", "2017-03-06 11:00"),
        # b: overlapping rests count once: 11:00 to 15:00 holds 3 working hours.
        ("b", "2017-03-03 11:00", "2017-03-03 14:00"),
        ("b", "2017-03-03 13:30", "2017-03-03 15:00"),
        # c: begins after the deadline at 15:00.
        ("c", "2017-03-03 15:00", "2017-03-06 11:00"),
        # d: the second rest begins after 15:00, but before 16:00, where the first moved it.
        ("d", "2017-03-03 10:30", "2017-03-03 11:30"),
        ("d", "2017-03-03 15:30", "2017-03-03 17:30"),
    )
    due = add_working_time(starts, amount=4, calendar=CHINA, pauses=rest)
    assert due.dt.strftime("%d %H:%M").tolist() == [
        "06 15:00",
        "03 18:00",
        "03 15:00",
        "03 18:00",
        "03 15:00",
    ]
    hours = working_time_between(starts, due, calendar=CHINA, pauses=rest)
    assert hours.tolist() == [4.0] * 5


def test_a_pause_without_end_leaves_the_deadline_open_and_time_between_ends_with_it() -> None:
    starts = pd.Series(times("2017-03-03 10:00"), index=["a"])
    rest = pauses(("a", "2017-03-03 11:00", None))
    assert add_working_time(starts, amount=4, calendar=CHINA, pauses=rest).isna().all()
    end = times("2017-03-06 10:00")
    assert working_time_between(starts, end, calendar=CHINA, pauses=rest).tolist() == [1.0]


def test_a_pause_before_the_start_or_in_the_night_moves_nothing() -> None:
    starts = pd.Series(times(*["2017-03-03 10:00"] * 2), index=["a", "b"])
    rest = pauses(
        ("a", "2017-03-01 10:00", "2017-03-02 10:00"),
        ("b", "2017-03-03 12:00", "2017-03-03 13:00"),
    )
    due = add_working_time(starts, amount=4, calendar=CHINA, pauses=rest)
    assert due.dt.hour.tolist() == [15, 15]


def test_pauses_move_days_by_the_working_days_that_begin_in_them() -> None:
    starts = pd.Series(times("2017-03-03 10:00"), index=["a"])
    rest = pauses(("a", "2017-03-06 11:00", "2017-03-08 09:00"))
    due = add_working_time(starts, amount=3, unit="working_days", calendar=CHINA, pauses=rest)
    assert f"{due.iloc[0]:%Y-%m-%d %H:%M}" == "2017-03-10 18:00"


@settings(max_examples=40, deadline=None)
@given(
    amount=st.floats(0.25, 60),
    edges=st.lists(st.integers(0, 20 * 24 * 60), min_size=2, max_size=8),
    unit=st.sampled_from(["working_hours", "natural_hours"]),
)
def test_time_to_a_deadline_without_its_pauses_is_the_amount(
    amount: float, edges: list[int], unit: Any
) -> None:
    base = pd.Timestamp("2017-01-20", tz="Asia/Shanghai")
    spans = [sorted(pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    rest = pd.DataFrame(
        [[base + pd.Timedelta(minutes=edge) for edge in pair] for pair in spans],
        columns=["suspended_at", "resumed_at"],
        index=["a"] * len(spans),
    )
    starts = pd.Series(pd.DatetimeIndex([base + pd.Timedelta(hours=30)]), index=["a"])
    due = add_working_time(starts, amount=amount, unit=unit, calendar=CHINA, pauses=rest)
    spent = working_time_between(starts, due, unit=unit, calendar=CHINA, pauses=rest)
    assert spent.iloc[0] == pytest.approx(amount, abs=1e-6)


def test_wrong_input_is_told_in_words() -> None:
    start = times("2017-03-03 10:00")
    with pytest.raises(ColumnsError, match="starts must be times with a zone"):
        add_working_time(start.tz_localize(None), amount=1, calendar=CHINA)
    with pytest.raises(OptionError, match="working hours need a calendar"):
        add_working_time(start, amount=1)
    with pytest.raises(OptionError, match="natural days that end with work need a calendar"):
        add_working_time(start, amount=1, unit="natural_days", day_end="work")
    with pytest.raises(OptionError, match="calendar must be what"):
        add_working_time(start, amount=1, calendar="china")
    with pytest.raises(OptionError, match="unit must be one of"):
        add_working_time(start, amount=1, unit="hours")  # type: ignore[arg-type]
    for amount in (0, -3, np.nan, np.inf):
        with pytest.raises(OptionError, match="amount must be above 0"):
            add_working_time(start, amount=amount, calendar=CHINA)
    with pytest.raises(OptionError, match=r"a whole number of days.*0\.5"):
        add_working_time(start, amount=0.5, unit="working_days", calendar=CHINA)
    with pytest.raises(OptionError, match="one for each of the 1 starts"):
        add_working_time(start, amount=[1, 2], calendar=CHINA)
    with pytest.raises(InputError, match="1 starts and 0 ends"):
        working_time_between(start, start[:0], calendar=CHINA)


def test_times_and_deadlines_outside_the_years_are_errors() -> None:
    with pytest.raises(InputError, match=r"a time outside it in 1 row, the first on 2014-12-31"):
        add_working_time(times("2014-12-31 10:00"), amount=1, calendar=CHINA)
    with pytest.raises(InputError, match=r"a deadline outside it in 1 row"):
        add_working_time(times("2026-12-31 10:00"), amount=20, calendar=CHINA)
    with pytest.raises(InputError, match=r"a deadline outside it"):
        add_working_time(times("2026-12-31 10:00"), amount=2, unit="working_days", calendar=CHINA)


def test_pauses_that_cannot_be_used_are_told() -> None:
    starts = pd.Series(times("2017-03-03 10:00"), index=["a"])
    with pytest.raises(InputError, match="for row 'b'"):
        add_working_time(
            starts,
            amount=1,
            calendar=CHINA,
            pauses=pauses(("b", "2017-03-03 10:00", None)),
        )
    with pytest.raises(InputError, match="ends no earlier"):
        add_working_time(
            starts,
            amount=1,
            calendar=CHINA,
            pauses=pauses(("a", "2017-03-03 10:00", "2017-03-03 09:00")),
        )
    with pytest.raises(ColumnsError, match="resumed_at is missing"):
        add_working_time(
            starts,
            amount=1,
            calendar=CHINA,
            pauses=pauses(("a", "2017-03-03 10:00", None)).drop(columns="resumed_at"),
        )
    twice = pd.concat([starts, starts])
    with pytest.raises(InputError, match="'a' stands twice"):
        add_working_time(
            twice, amount=1, calendar=CHINA, pauses=pauses(("a", "2017-03-03 10:00", None))
        )
