"""Indicators by group and period: known answers, sums that are kept, errors that name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    EmptyTableError,
    InputError,
    OptionError,
    SettingsError,
)

ZONE = "Asia/Shanghai"


def days(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(texts, tz=ZONE).as_unit("us")


def cases_of(**columns: Any) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    numbered = {"case_id": [f"C{row}" for row in range(rows)]}
    return conform(pd.DataFrame(numbered | columns), "cases")


@pytest.fixture
def cases() -> pd.DataFrame:
    """Six cases in two streets and one of no street, seen from 1 November."""
    return cases_of(
        street_id=["01", "01", "01", "02", "02", None],
        reported_at=days(*["2017-08-31"] * 6),
        filed_at=days(*["2017-09-01"] * 6),
        # In time in September; early, due in October; late; open and overdue; open and not
        # yet due; cancelled.
        closed_at=days("2017-09-10", "2017-09-20", "2017-10-05", None, None, None),
        due_at=days(
            "2017-09-15", "2017-10-15", "2017-09-30", "2017-10-31", "2017-11-15", "2017-09-15"
        ),
        cancelled_at=days(None, None, None, None, None, "2017-09-02"),
        reworks=[0, 1, 2, 0, None, 0],
    )


def seen(cases: pd.DataFrame, *names: str, **options: Any) -> pd.DataFrame:
    return measure_indicators(cases, indicators=list(names), as_of="2017-11-01", **options)


def numbers(table: pd.DataFrame) -> list[list[Any]]:
    text = table["period"].dt.strftime("%Y-%m").where(table["period"].notna(), None)
    part = table.assign(month=text)[["group", "month", "numerator", "denominator"]]
    return part.astype(object).where(part.notna(), None).values.tolist()


def test_cases_to_be_closed_are_those_due_and_those_closed_earlier_once_each(
    cases: pd.DataFrame,
) -> None:
    table = seen(cases, "closing_rate", by="street_id", period="MS")
    # The early one counts in September, when it was closed, and not again in October.
    assert numbers(table) == [
        ["01", "2017-09", 3.0, 3.0],
        ["01", "2017-10", 0.0, 0.0],
        ["02", "2017-09", 0.0, 0.0],
        ["02", "2017-10", 0.0, 1.0],
        [None, "2017-09", 0.0, 0.0],
        [None, "2017-10", 0.0, 0.0],
    ]
    assert table.attrs["indicators"]["not_counted"] == {"closing_rate": 1}


def test_closed_in_time_late_and_overdue_add_up_to_all_that_were_due(cases: pd.DataFrame) -> None:
    names = ["on_time_closing_rate", "late_closing_rate", "overdue_open_rate"]
    table = seen(cases, *names)
    assert table["numerator"].tolist() == [2, 1, 1]
    assert table["denominator"].tolist() == [4, 4, 4]
    assert table["value"].sum() == 1


def test_the_same_words_have_other_denominators_in_other_sources(cases: pd.DataFrame) -> None:
    table = seen(
        cases,
        "on_time_closing_rate_of_filed",
        "on_time_closing_rate_of_closed",
        "closing_rate_of_filed",
        "open_rate",
        "cancellation_rate",
        "accurate_filing_rate",
        "rework_rate",
    ).set_index("indicator")
    # Of five filed and not cancelled one is open inside its deadline.
    assert table.loc["on_time_closing_rate_of_filed", ["numerator", "denominator"]].tolist() == [
        2,
        4,
    ]
    assert table.loc["on_time_closing_rate_of_closed", "denominator"] == 3
    assert table.loc["closing_rate_of_filed", "value"] == 3 / 4
    assert table.loc["open_rate", ["numerator", "denominator"]].tolist() == [2, 6]
    assert table.loc["cancellation_rate", "value"] == 1 / 6
    assert table.loc["accurate_filing_rate", "value"] == 5 / 6
    # One case of which nobody says whether it was reworked is left out.
    assert table.loc["rework_rate", ["numerator", "denominator"]].tolist() == [2, 5]


def test_a_rate_carries_the_interval_of_wilson(cases: pd.DataFrame) -> None:
    row = seen(cases, "on_time_closing_rate", confidence=0.9).iloc[0]
    expected = proportion_confint(2, 4, alpha=0.1, method="wilson")
    assert [row["value_low"], row["value_high"]] == pytest.approx(expected)


def test_nothing_of_nothing_is_missing_and_never_zero_or_one(cases: pd.DataFrame) -> None:
    table = seen(cases, "closing_rate", by="street_id", period="MS")
    empty = table[table["denominator"] == 0]
    assert len(empty) == 4
    assert empty[["value", "value_low", "value_high"]].isna().all(axis=None)
    assert (empty["reason"] == "no_cases").all()
    assert table.loc[table["denominator"] > 0, "reason"].isna().all()


def test_the_moment_decides_what_is_due_and_what_has_happened(cases: pd.DataFrame) -> None:
    def seen_from(moment: str) -> list[float]:
        table = measure_indicators(cases, indicators=["closing_rate"], as_of=moment)
        return table.loc[0, ["numerator", "denominator"]].tolist()

    # Before the first closing nothing is due. On the day of a deadline a case can still be
    # closed in time; a moment later it is overdue.
    assert seen_from("2017-09-09") == [0, 0]
    assert seen_from("2017-09-10") == [1, 1]
    assert seen_from("2017-09-30") == [2, 2]
    assert seen_from("2017-09-30 00:00:01") == [2, 3]
    assert seen_from("2017-10-05") == [3, 3]
    assert seen_from("2017-12-01") == [3, 5]


def test_the_moment_is_what_the_table_says_unless_told(cases: pd.DataFrame) -> None:
    said = cases.copy()
    said.attrs["as_of"] = "2017-12-01"
    table = measure_indicators(said, indicators=["closing_rate"])
    assert table.attrs["as_of"] == "2017-12-01T00:00:00+08:00"
    latest = measure_indicators(cases, indicators=["closing_rate"])
    assert latest.attrs["as_of"] == "2017-10-05T00:00:00+08:00"


def test_suspensions_stop_the_clock_unless_told_otherwise() -> None:
    cases = cases_of(
        filed_at=days("2017-09-01"),
        closed_at=days("2017-09-06"),
        due_at=days("2017-09-05"),
        suspended_at=days("2017-09-02"),
        resumed_at=days("2017-09-04"),
        suspensions=[1],
        paused_h=[48.0],
    )
    stopped = seen(cases, "on_time_closing_rate")
    running = seen(cases, "on_time_closing_rate", stop_clock=False)
    assert stopped["value"].tolist() == [1]
    assert running["value"].tolist() == [0]


def test_all_cases_open_is_a_rate_of_zero_and_not_a_missing_column() -> None:
    cases = cases_of(
        filed_at=days("2017-09-01", "2017-09-01"), due_at=days("2017-09-05", "2017-09-06")
    )
    table = seen(cases, "closing_rate", "on_time_closing_rate")
    assert table["value"].tolist() == [0, 0]
    assert table["denominator"].tolist() == [2, 2]


def test_a_column_that_is_absent_or_empty_gives_no_value_and_says_so(
    cases: pd.DataFrame,
) -> None:
    short = cases.drop(columns="supervised")
    table = seen(
        short,
        "supervision_rate",
        "valid_report_rate",
        "on_time_confirmation_rate",
        "closing_rate",
        "reopening_rate",
    )
    assert table["reason"].astype(object).where(table["reason"].notna(), None).tolist() == [
        "column_missing",
        "column_missing",
        "column_missing",
        None,
        "column_missing",
    ]
    assert table["denominator"].isna().tolist() == [True, True, True, False, True]
    assert table.attrs["indicators"]["columns_missing"] == {
        "supervision_rate": ["supervised"],
        "valid_report_rate": ["valid"],
        "on_time_confirmation_rate": ["confirmation_due_at", "confirmed_at"],
        "reopening_rate": ["reopenings"],
    }


def test_cancellation_has_no_rate_where_no_cancellation_is_recorded() -> None:
    cases = cases_of(filed_at=days("2017-09-01"), due_at=days("2017-09-05"))
    assert seen(cases, "cancellation_rate")["reason"].tolist() == ["column_missing"]


def test_own_columns_of_the_caller_serve_where_they_are_there() -> None:
    cases = cases_of(
        filed_at=days(*["2017-09-01"] * 3),
        confirmed_at=days("2017-09-01", "2017-09-03", None),
        confirmation_due_at=days("2017-09-02", "2017-09-02", "2017-09-02"),
    )
    table = seen(cases, "on_time_confirmation_rate")
    assert table.loc[0, ["numerator", "denominator"]].tolist() == [1, 3]


def test_what_the_source_leaves_open_is_measured_once_somebody_has_chosen() -> None:
    cases = cases_of(
        reported_at=days("2017-09-01", "2017-09-01", "2017-09-01"),
        filed_at=days("2017-09-02", None, "2017-09-02"),
        valid=pd.array([True, False, True], dtype="boolean"),
    )
    left = seen(cases, "filing_rate")
    assert left["reason"].tolist() == ["denominator_not_chosen"]
    assert left["value"].isna().all()
    of_all = seen(cases, "filing_rate", denominators={"filing_rate": "reported_at is not missing"})
    assert of_all["value"].tolist() == [2 / 3]
    of_valid = seen(cases, "filing_rate", denominators={"filing_rate": "valid"})
    assert of_valid["value"].tolist() == [1]


def test_mostly_satisfied_counts_nine_tenths_or_what_the_city_says() -> None:
    words = ["satisfied", "mostly satisfied", "mostly satisfied", "not satisfied", None]
    cases = cases_of(
        filed_at=days(*["2017-09-01"] * 5),
        closed_at=days(*["2017-09-02"] * 5),
        contacted=pd.array([True, True, True, True, False], dtype="boolean"),
        satisfaction=words,
    )
    table = seen(cases, "satisfaction_rate_12345", "response_rate_12345").set_index("indicator")
    assert table.loc["satisfaction_rate_12345", "numerator"] == pytest.approx(2.8)
    assert table.loc["satisfaction_rate_12345", "value"] == pytest.approx(0.56)
    assert table.loc["satisfaction_rate_12345", "value_low"] < 0.56
    assert table.loc["response_rate_12345", "value"] == 0.8
    half = seen(cases, "satisfaction_rate_12345", weights={"mostly": 0.5})
    assert half["numerator"].tolist() == [2]
    assert half.attrs["indicators"]["weights"] == {"satisfaction_rate_12345": {"mostly": 0.5}}


def test_a_ratio_counts_its_numerator_by_itself_and_has_no_interval(cases: pd.DataFrame) -> None:
    ratio = read_indicators(
        """
        [closed_by_due]
        label = "Closed in the month by due in the month"
        numerator = "closed_at is not missing"
        numerator_period = "closed_at"
        denominator = "cancelled_at is missing"
        period = "due_at"
        unit = "ratio"
        better = "higher"
        source = "own"
        """
    )
    table = measure_indicators(cases, indicators=ratio, period="MS", as_of="2017-11-01")
    assert numbers(table) == [[None, "2017-09", 2.0, 2.0], [None, "2017-10", 1.0, 2.0]]
    assert table["value"].tolist() == [1.0, 0.5]
    assert table["reason"].tolist() == ["no_interval", "no_interval"]
    assert table[["value_low", "value_high"]].isna().all(axis=None)


def test_months_without_cases_are_listed_and_periods_are_half_open() -> None:
    cases = cases_of(
        filed_at=days("2017-08-31 23:59:59.999999", "2017-09-01", "2017-11-01"),
        supervised=pd.array([True, False, True], dtype="boolean"),
    )
    table = seen(cases, "supervision_rate", period="MS")
    assert numbers(table) == [
        [None, "2017-08", 1.0, 1.0],
        [None, "2017-09", 0.0, 1.0],
        [None, "2017-10", 0.0, 0.0],
        [None, "2017-11", 1.0, 1.0],
    ]
    part = seen(cases, "supervision_rate", period="MS", start="2017-09-01", end="2017-11-01")
    assert numbers(part)[0] == [None, "2017-09", 0.0, 1.0]
    assert len(part) == 2


def test_the_periods_are_those_of_the_zone_of_the_cases() -> None:
    late = pd.DatetimeIndex(["2017-08-31 17:00"], tz="UTC").tz_convert(ZONE)
    cases = cases_of(filed_at=late, supervised=pd.array([True], dtype="boolean"))
    table = seen(cases, "supervision_rate", period="MS")
    assert str(table["period"].iloc[0]) == "2017-09-01 00:00:00+08:00"


def test_the_table_is_in_form_and_the_cases_are_left_alone(cases: pd.DataFrame) -> None:
    before = cases.copy(deep=True)
    table = measure_indicators(cases, by="street_id", period="MS", as_of="2017-11-01")
    pd.testing.assert_frame_equal(cases, before)
    assert list(table.columns) == TABLES["indicators"].names
    assert table["numerator"].dtype == np.float64
    assert not table.duplicated(["indicator", "group", "period"]).any()
    assert len(table) == len(read_indicators()) * 3 * table["period"].nunique()


def test_an_index_of_any_kind_changes_nothing(cases: pd.DataFrame) -> None:
    turned = cases.set_index(pd.Index(list("abcabc"))).iloc[::-1]
    one = seen(cases, "closing_rate", "rework_rate", by="street_id", period="MS")
    two = seen(turned, "closing_rate", "rework_rate", by="street_id", period="MS")
    pd.testing.assert_frame_equal(one, two)


@st.composite
def _many_cases(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(1, 25))
    day = st.one_of(st.none(), st.integers(0, 120))
    offsets = {
        name: draw(st.lists(day, min_size=rows, max_size=rows))
        for name in ("closed_at", "due_at", "cancelled_at", "handled_at", "handling_due_at")
    }
    start = pd.Timestamp("2017-01-01", tz=ZONE)

    def at(numbers: list[int | None]) -> pd.DatetimeIndex:
        hours = [pd.NaT if n is None else start + pd.Timedelta(hours=37 * n) for n in numbers]
        return pd.DatetimeIndex(pd.to_datetime(pd.Series(hours, dtype=f"datetime64[us, {ZONE}]")))

    street = st.sampled_from(["01", "02", None])
    return cases_of(
        street_id=draw(st.lists(street, min_size=rows, max_size=rows)),
        filed_at=at([0] * rows),
        **{name: at(values) for name, values in offsets.items()},
    )


# Four measures of a table each time.
@settings(max_examples=40, deadline=None)
@given(cases=_many_cases())
def test_groups_and_months_add_up_to_the_whole(cases: pd.DataFrame) -> None:
    names = ["closing_rate", "on_time_closing_rate", "handling_rate", "closing_rate_of_filed"]

    def sums(**options: Any) -> pd.DataFrame:
        table = measure_indicators(
            cases,
            indicators=names,
            as_of="2017-05-01",
            start="2017-01-01",
            end="2017-07-01",
            **options,
        )
        counted = table.groupby("indicator")[["numerator", "denominator"]].sum(min_count=1)
        shares = table["value"].dropna()
        assert shares.between(0, 1).all()
        return counted

    whole = sums()
    pd.testing.assert_frame_equal(sums(by="street_id"), whole)
    pd.testing.assert_frame_equal(sums(by="street_id", period="MS"), whole)
    pd.testing.assert_frame_equal(sums(period="W-MON"), whole)


OWN = """
[own]
label = "Own"
numerator = "closed_at is not missing"
denominator = "closd_at is missing"
period = "filed_at"
better = "higher"
source = "own"
"""


def test_a_column_that_nobody_knows_is_named_with_indicator_and_field(
    cases: pd.DataFrame,
) -> None:
    with pytest.raises(
        ColumnsError, match=r"denominator of indicator 'own' names closd_at.*Did you mean closed_at"
    ) as caught:
        measure_indicators(cases, indicators=read_indicators(OWN))
    assert caught.value.problems.to_dict("records") == [
        {"indicator": "own", "field": "denominator", "column": "closd_at"}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("closd_at is missing", "closed_at = 3"), "denominator of indicator 'own': closed_at"),
        (('"filed_at"', '"street_id"'), "period of indicator 'own': street_id holds no times"),
        (('"closed_at is not missing"', '"street_id"'), "numerator of indicator 'own': street_id"),
    ],
)
def test_a_rule_that_does_not_fit_its_column_is_named(
    change: tuple[str, str], words: str, cases: pd.DataFrame
) -> None:
    text = OWN.replace(*change).replace("closd_at", "closed_at")
    with pytest.raises(ColumnsError, match=words):
        measure_indicators(cases, indicators=read_indicators(text))


def test_terms_that_count_a_case_twice_are_refused(cases: pd.DataFrame) -> None:
    text = OWN.replace("closd_at", "cancelled_at").replace(
        '"closed_at is not missing"', '"closed_at is not missing + filed_at is not missing"'
    )
    with pytest.raises(SettingsError, match="numerator of indicator 'own' counts 2 in 3 cases"):
        measure_indicators(cases, indicators=read_indicators(text))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"indicators": ["closing"]}, OptionError, "indicators must be one of.*'closing'"),
        ({"indicators": []}, OptionError, "at least one indicator"),
        ({"period": "month"}, OptionError, "period must be None or name a calendar start"),
        ({"confidence": 95}, OptionError, "confidence must be a probability"),
        ({"by": "street"}, ColumnsError, "by must name a column of cases. Found: 'street'"),
        ({"denominators": {"x": "valid"}}, OptionError, "denominators must be one of"),
        (
            {"denominators": {"filing_rate": "valid and"}},
            OptionError,
            "'filing_rate': 'valid and', which cannot be read",
        ),
        ({"weights": {"most": 0.9}}, OptionError, "weights must name weights.*mostly.*'most'"),
        ({"weights": {"mostly": 9}}, OptionError, "numbers from 0 to 1. Found: mostly=9"),
        ({"as_of": "soon"}, OptionError, "as_of must be a date"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    options: dict[str, Any], error: type[Exception], words: str, cases: pd.DataFrame
) -> None:
    with pytest.raises(error, match=words):
        measure_indicators(cases, **options)


def test_a_table_without_cases_and_months_of_nothing_are_refused(cases: pd.DataFrame) -> None:
    with pytest.raises(EmptyTableError, match="cases has no rows"):
        measure_indicators(cases.iloc[:0])
    with pytest.raises(InputError, match="no indicator counts any case"):
        seen(cases, "supervision_rate", period="MS")
    with pytest.raises(InputError, match="no indicator counts any case in the range"):
        seen(cases, "rework_rate", period="MS", start="2030-01-01")
    listed = seen(cases, "supervision_rate", period="MS", start="2017-01-01", end="2017-03-01")
    assert listed["reason"].tolist() == ["column_missing"] * 2


def test_times_without_a_zone_are_refused(cases: pd.DataFrame) -> None:
    naive = cases.assign(due_at=cases["due_at"].dt.tz_localize(None))
    with pytest.raises(ColumnsError, match="due_at must hold times with a zone"):
        seen(naive, "rework_rate", "closing_rate")
