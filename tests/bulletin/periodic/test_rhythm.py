"""Days, weeks, months and years, and what each is compared with."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some

from gridgov.bulletin.periodic.rhythm import read_rhythm, rhythms_of_year
from gridgov.errors import OptionError

ZONE = "Asia/Shanghai"


def test_a_month_is_compared_with_the_month_before_and_the_same_month_last_year() -> None:
    rhythm = read_rhythm(month="2017-01", zone=ZONE)
    assert (rhythm.now.name, rhythm.before.name) == ("2017-01", "2016-12")
    assert rhythm.last_year is not None
    assert rhythm.last_year.name == "2016-01"
    assert rhythm.now.days == 31


def test_a_day_of_the_week_and_its_iso_name_are_one_week() -> None:
    # 31 December 2018 is the Monday of week 1 of 2019 (ISO 8601).
    by_day = read_rhythm(week="2019-01-02", zone=ZONE)
    by_name = read_rhythm(week="2019-W01", zone=ZONE)
    assert by_day == by_name
    assert f"{by_day.now.start:%Y-%m-%d}" == "2018-12-31"
    assert by_day.before.name == "2018-W52"


def test_periods_are_said_in_both_languages() -> None:
    week = read_rhythm(week="2017-W39", zone=ZONE).now
    assert week.said("zh") == "2017年第39周（9月25日至10月1日）"
    assert week.said("en") == "week 39 of 2017 (25 September to 1 October)"
    assert read_rhythm(day="2017-09-12", zone=ZONE).now.when("en") == "on 12 September 2017"
    assert read_rhythm(year=2017, zone=ZONE).now.when("en") == "in 2017"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Found: none of them"),
        ({"month": "2017-09", "year": "2017"}, "Found: month and year"),
        ({"month": "2017-13"}, "month must be written YYYY-MM"),
        ({"month": "2017/09"}, "month must be written YYYY-MM"),
        ({"week": "2017-W60"}, "week must be written"),
        ({"day": "2017-02-30"}, "day must be written"),
        ({"year": True}, "year must be written"),
    ],
)
def test_a_period_that_does_not_exist_is_an_error(options: dict[str, str], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        read_rhythm(zone=ZONE, **options)


@drawn(
    day=some.dates(min_value=pd.Timestamp("1990-01-01").date()),
    kind=some.sampled_from(["day", "week", "month", "year"]),
)
def test_every_period_begins_where_the_one_before_ends(day: object, kind: str) -> None:
    text = f"{day}"
    name = {"day": text, "week": text, "month": text[:7], "year": text[:4]}[kind]
    rhythm = read_rhythm(zone=ZONE, **{kind: name})
    assert rhythm.before.end == rhythm.now.start < rhythm.now.end
    assert rhythm.before.name != rhythm.now.name


def test_a_year_has_its_iso_weeks() -> None:
    # 2015 and 2020 have 53 weeks.
    assert [len(rhythms_of_year(year, "week")) for year in (2015, 2016, 2020)] == [53, 52, 53]
    assert rhythms_of_year(2016, "day")[-1] == "2016-12-31"
    assert rhythms_of_year("2016", "year") == ["2016"]
