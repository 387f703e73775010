"""The calendar of working days, held to two packages day by day."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import numpy as np
import pandas as pd
import pytest

from gridgov.assessment.deadlines.calendar import WorkCalendar, make_calendar
from gridgov.assessment.deadlines.day_tables import read_day_tables
from gridgov.errors import ColumnsError, InputError, OptionError, ReadError

CHINA = make_calendar("china")
DAYS = pd.date_range("2015-01-01", "2026-12-31")


def test_every_day_of_2015_to_2026_is_worked_when_chinesecalendar_says_so() -> None:
    ours = CHINA.is_working_day(DAYS)
    theirs = [chinese_calendar.is_workday(day.date()) for day in DAYS]
    assert ours.tolist() == theirs


def test_the_listed_days_and_their_kinds_are_those_of_the_package() -> None:
    worked, _ = read_day_tables("china")
    listed = {day.date(): bool(value) for day, value in worked.items()}
    span = range(2015, 2027)
    theirs = {day: False for day in chinese_calendar.constants.holidays if day.year in span}
    theirs |= {day: True for day in chinese_calendar.constants.workdays if day.year in span}
    assert listed == theirs


def test_holidays_on_weekdays_and_swapped_days_are_those_of_the_package_holidays() -> None:
    # The two packages write the names and the free Saturdays and Sundays of a holiday week
    # differently; which weekdays are free and which weekends are worked they agree on.
    theirs = holidays.country_holidays("CN", years=range(2015, 2027))
    works = CHINA.is_working_day(DAYS)
    weekday = DAYS.day_of_week < 5
    ours_free = {day.date() for day in DAYS[weekday & ~works]}
    assert ours_free == {day for day in theirs if day.weekday() < 5}
    ours_swapped = {day.date() for day in DAYS[~weekday & works]}
    inside = {day for day in theirs.weekend_workdays if 2015 <= day.year <= 2026}
    assert ours_swapped == inside


def test_2026_is_whole() -> None:
    # 33 free days and 6 swapped ones, from New Year to the National Day week.
    worked, _ = read_day_tables("china")
    year = worked["2026"]
    assert (~year).sum() == 33
    assert year.sum() == 6
    names = chinese_calendar.constants.holidays
    of_2026 = {names[day] for day in names if day.year == 2026}
    assert len(of_2026) == 7


def test_a_date_outside_the_years_is_an_error_that_names_them() -> None:
    with pytest.raises(InputError, match=r"knows 2015-01-01 to 2026-12-31.*2027-01-04.*beyond"):
        CHINA.is_working_day(["2026-12-31", "2027-01-04"])
    with pytest.raises(OptionError, match="the years that the days cover"):
        make_calendar("china", last="2030-12-31")


def test_beyond_takes_other_years_by_their_weekends_when_asked() -> None:
    wide = make_calendar("china", beyond="weekends")
    assert wide.is_working_day(["2027-10-01", "2027-10-02"]).tolist() == [True, False]
    assert wide.is_working_day(["2016-10-08"]).tolist() == [True]


def test_own_days_hold_over_those_of_china(tmp_path: Path) -> None:
    own = pd.DataFrame({"日期": ["2017-09-04", "2017-10-03"], "类型": ["放假", "上班"]})
    path = tmp_path / "own.csv"
    own.to_csv(path, index=False, encoding="utf-8-sig")
    for given in (own, path, str(path)):
        calendar = make_calendar(["china", given])
        asked = calendar.is_working_day(["2017-09-04", "2017-10-03", "2017-10-04"])
        assert asked.tolist() == [False, True, False]


def test_nothing_chinese_is_taken_without_being_asked() -> None:
    plain = make_calendar(timezone="Asia/Riyadh", weekend=("FRI", "SAT"))
    asked = plain.is_working_day(["2017-10-01", "2017-10-06", "2017-10-07", "2050-01-03"])
    assert asked.tolist() == [True, False, False, True]
    with pytest.raises(OptionError, match="timezone must name"):
        make_calendar()


def test_a_calendar_cannot_be_changed_and_survives_a_trip() -> None:
    again = pickle.loads(pickle.dumps(CHINA))
    assert isinstance(again, WorkCalendar)
    np.testing.assert_array_equal(again.opens, CHINA.opens)
    with pytest.raises(ValueError, match="read-only"):
        CHINA.opens[0] = 0
    with pytest.raises(AttributeError):
        CHINA.timezone = "UTC"  # type: ignore[misc]


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ("09:00",),
        ("18:00", "09:00"),
        (("09:00", "12:00"), ("11:00", "18:00")),
        (("13:00", "18:00"), ("09:00", "12:00")),
        ("09:00", "24:01"),
        ("09:00", "25:00"),
        ("nine", "five"),
        9,
    ],
)
def test_spans_of_hours_must_make_sense(hours: Any) -> None:
    with pytest.raises(OptionError, match="hours must be spans"):
        make_calendar("china", hours=hours)


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (pd.DataFrame({"date": ["2017-01-01"]}), ColumnsError, "kind missing"),
        (pd.DataFrame({"date": ["soon"], "kind": ["holiday"]}), InputError, "1 others"),
        (pd.DataFrame({"date": ["2017-01-01"], "kind": ["maybe"]}), InputError, "maybe"),
        (
            pd.DataFrame({"date": ["2017-01-01"] * 2, "kind": ["holiday", "workday"]}),
            InputError,
            "not both",
        ),
        (pd.DataFrame({"date": [], "kind": []}), InputError, "no date in it"),
        ("nowhere.csv", ReadError, "nowhere.csv"),
        ("france", OptionError, "'china'"),
        (7, OptionError, "days must be"),
    ],
)
def test_a_list_of_days_that_cannot_be_used_is_told(table: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        make_calendar(table, timezone="Asia/Shanghai")


def test_options_that_do_not_exist_are_told() -> None:
    with pytest.raises(OptionError, match="weekend must be one of"):
        make_calendar("china", weekend=("Saturday",))
    with pytest.raises(OptionError, match="beyond must be one of"):
        make_calendar("china", beyond="guess")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="first and last must be dates"):
        make_calendar("china", first="soon")
    with pytest.raises(InputError, match="needs a working day"):
        make_calendar("china", first="2017-10-01", last="2017-10-08")


def test_dates_of_a_table_with_other_types_are_read() -> None:
    table = pd.DataFrame({"date": [datetime.date(2017, 7, 4)], "kind": ["holiday"]})
    calendar = make_calendar(table, timezone="America/Chicago")
    assert calendar.is_working_day(["2017-07-04", "2017-07-05"]).tolist() == [False, True]
    assert (calendar.first, calendar.last) == (
        pd.Timestamp("2017-01-01"),
        pd.Timestamp("2017-12-31"),
    )


def test_holidays_can_be_a_mapping_from_dates_to_names() -> None:
    kept = holidays.country_holidays("US", years=[2013, 2014])
    calendar = make_calendar(kept, timezone="America/Chicago")
    days = pd.bdate_range("2013-01-01", "2014-12-31")
    # Every weekday that the package does not call a holiday is worked.
    assert calendar.is_working_day(days).tolist() == [day.date() not in kept for day in days]
    assert str(calendar.first.date()) == "2013-01-01"
    swapped = make_calendar(
        ["china", {datetime.date(2017, 3, 6): "a day of our own", "2017-03-04": "workday"}]
    )
    assert swapped.is_working_day(["2017-03-04", "2017-03-06", "2017-03-07"]).tolist() == [
        True,
        False,
        True,
    ]
    with pytest.raises(InputError, match="no date in it"):
        make_calendar({}, timezone="America/Chicago")
