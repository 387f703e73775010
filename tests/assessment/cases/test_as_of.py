from __future__ import annotations

import pandas as pd
import pytest

from gridgov.assessment.cases.as_of import case_zone, read_as_of
from gridgov.errors import ColumnsError, InputError, OptionError


def cases_at(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.DatetimeIndex(texts, tz="Asia/Shanghai") for name, texts in columns.items()}
    )


def test_the_latest_time_of_any_stage_is_the_moment() -> None:
    cases = cases_at(filed_at=["2017-01-01", "2017-01-05"], closed_at=["2017-01-09", None])
    assert read_as_of(cases) == pd.Timestamp("2017-01-09", tz="Asia/Shanghai")


def test_a_deadline_is_no_time_at_which_something_happened() -> None:
    cases = cases_at(filed_at=["2017-01-01"], due_at=["2018-01-01"])
    assert read_as_of(cases) == pd.Timestamp("2017-01-01", tz="Asia/Shanghai")


def test_what_the_table_says_comes_before_its_latest_time_and_the_caller_before_both() -> None:
    cases = cases_at(filed_at=["2017-01-01"])
    cases.attrs["as_of"] = pd.Timestamp("2017-02-01", tz="Asia/Shanghai")
    assert read_as_of(cases) == pd.Timestamp("2017-02-01", tz="Asia/Shanghai")
    assert read_as_of(cases, "2017-03-01") == pd.Timestamp("2017-03-01", tz="Asia/Shanghai")


def test_a_moment_with_another_zone_is_told_in_that_of_the_cases() -> None:
    moment = read_as_of(cases_at(filed_at=["2017-01-01"]), "2017-01-01T00:00Z")
    assert str(moment) == "2017-01-01 08:00:00+08:00"


def test_a_column_without_any_time_does_not_decide_the_zone() -> None:
    cases = pd.DataFrame(
        {
            "reported_at": pd.DatetimeIndex([None], tz="UTC"),
            "filed_at": pd.DatetimeIndex(["2017-01-01"], tz="Asia/Shanghai"),
        }
    )
    assert str(case_zone(cases)) == "Asia/Shanghai"


def test_what_cannot_be_told_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(InputError, match="Give as_of"):
        read_as_of(cases_at(filed_at=[None]))
    with pytest.raises(OptionError, match="as_of must be a date"):
        read_as_of(cases_at(filed_at=["2017-01-01"]), "soon")
    with pytest.raises(ColumnsError, match="filed_at must hold times with a zone"):
        read_as_of(pd.DataFrame({"filed_at": pd.to_datetime(["2017-01-01"])}))
