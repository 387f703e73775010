"""A deadline that is a date ends with its day."""

from __future__ import annotations

import pandas as pd
import pytest

from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.errors import DataWarning, OptionError
from gridgov.sources.cases import read_cases
from gridgov.sources.notices import notices

ZONE = "Asia/Shanghai"


def table(due: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": ["1", "2", "3"],
            "filed_at": ["2017-09-01 09:00"] * 3,
            # On its day, on the day after, still open.
            "closed_at": ["2017-09-05 17:30", "2017-09-06 00:00", ""],
            "due_at": due,
        }
    )


def on_time(cases: pd.DataFrame) -> tuple[float, float]:
    row = measure_indicators(cases, indicators=["on_time_closing_rate"], as_of="2017-09-08").iloc[0]
    return row["numerator"], row["denominator"]


def test_a_case_closed_on_the_day_of_its_deadline_was_closed_in_time() -> None:
    with pytest.warns(DataWarning, match=r"dates without a time: due_at \(3\)\. They end with"):
        cases = read_cases(table(["2017-09-05"] * 3), timezone=ZONE).cases
    assert on_time(cases) == (1, 3)
    assert cases["due_at"].dt.strftime("%d %H:%M:%S").unique().tolist() == ["05 23:59:59"]
    assert "due_dates" in notices(cases)["notice"].tolist()


def test_the_start_of_the_day_can_be_asked_for() -> None:
    cases = read_cases(table(["2017-09-05"] * 3), timezone=ZONE, due_dates="start").cases
    assert on_time(cases) == (0, 3)
    with pytest.raises(OptionError, match="due_dates must be one of 'end', 'start'"):
        read_cases(table(["2017-09-05"] * 3), timezone=ZONE, due_dates="noon")


def test_midnight_is_a_time_in_a_column_of_times() -> None:
    cases = read_cases(table(["2017-09-06 00:00", "2017-09-05 12:00", ""]), timezone=ZONE).cases
    assert cases["due_at"].dt.strftime("%d %H:%M").tolist()[:2] == ["06 00:00", "05 12:00"]
    assert "due_dates" not in notices(cases)["notice"].tolist()


def test_a_day_on_which_clocks_change_ends_at_its_own_midnight() -> None:
    # 5 November 2017 had 25 hours in Chicago; 24 hours after midnight is an hour too early.
    two = pd.DataFrame({"filed_at": ["2017-11-01"], "due_at": ["2017-11-05"]})
    with pytest.warns(DataWarning, match="dates without a time"):
        cases = read_cases(two, timezone="America/Chicago").cases
    end = pd.Timestamp("2017-11-06", tz="America/Chicago") - pd.Timedelta(microseconds=1)
    assert cases["due_at"].item() == end


def test_a_column_without_deadlines_says_nothing_of_dates() -> None:
    cases = read_cases(table([""] * 3), timezone=ZONE).cases
    assert cases["due_at"].isna().all()
