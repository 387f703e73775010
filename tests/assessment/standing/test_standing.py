"""Downgraded and restored alleys: hand-worked runs, a plain loop, and the notice of 2025 Q1."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.assessment.standing.standing import grade_standing
from gridgov.assessment.standing.standing_counts import measure_standing
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError

# The notice of the first quarter of 2025 on back alleys: 46 downgraded, by district.
NOTICE = {
    "东城": 8,
    "朝阳": 8,
    "西城": 6,
    "丰台": 5,
    "海淀": 4,
    "石景山": 3,
    "通州": 2,
    "房山": 2,
    "昌平": 2,
    "大兴": 2,
    "门头沟": 1,
    "怀柔": 1,
    "平谷": 1,
    "密云": 1,
}


def monthly(scores: list[float | None], *, line: str = "A", first: str = "2025-01") -> pd.DataFrame:
    months = pd.date_range(f"{first}-10", periods=len(scores), freq=pd.DateOffset(months=1))
    table = pd.DataFrame(
        {
            "line_id": line,
            "checked_at": months.tz_localize("Asia/Shanghai"),
            "score": pd.array(scores, dtype="Float64"),
        }
    )
    return table[table["score"].notna()].reset_index(drop=True)


def standings(scores: list[float | None], **options: object) -> list[str]:
    return grade_standing(monthly(scores), **options)["standing"].tolist()


def by_hand(scores: list[float | None], *, needed: int, breaks: bool) -> list[str]:
    """The monthly rule as a loop over one line, written from the words of the notice."""
    below, run, told = False, 0, []
    for score in scores:
        if score is None:
            run = 0 if breaks else run
        elif score >= 90:
            run += 1
        else:
            run = 0
        if below and run >= needed:
            below = False
            told.append("restored")
            continue
        if score is not None and score < 90:
            below = True
        told.append("met" if not below else "recovering" if run else "downgraded")
    return told


def test_three_good_months_restore_and_two_do_not() -> None:
    assert standings([85.0, 90.0, 95.0, 89.9, 90.0, 90.0, 90.0, 91.0]) == [
        "downgraded",
        "recovering",
        "recovering",
        "downgraded",
        "recovering",
        "recovering",
        "restored",
        "met",
    ]


def test_a_month_without_a_check_holds_the_run_or_breaks_it_as_asked() -> None:
    scores = [85.0, 90.0, None, 90.0, 90.0]
    assert standings(scores, gaps="hold")[-2:] == ["recovering", "restored"]
    assert standings(scores, gaps="break")[2:] == ["downgraded", "recovering", "recovering"]


def test_the_table_has_the_documented_columns_and_the_month_of_the_fall() -> None:
    table = grade_standing(monthly([95.0, 85.0, 95.0, 95.0, 95.0]))
    assert table.columns.tolist() == TABLES["standing"].names
    assert table["moved"].isna().tolist() == [True, False, True, True, False]
    assert table["moved"].dropna().tolist() == ["downgraded", "restored"]
    assert table["downgraded_at"].isna().tolist() == [True, False, False, False, False]
    assert {str(at.date()) for at in table["downgraded_at"].dropna()} == {"2025-02-01"}
    assert str(table["period"].dtype) == "datetime64[us, Asia/Shanghai]"


def test_lines_are_listed_from_their_first_check_to_the_last_month_of_all() -> None:
    checks = pd.concat([monthly([95.0] * 4), monthly([80.0], line="B", first="2025-03")])
    table = grade_standing(checks)
    late = table[table["line_id"] == "B"]
    assert [str(at.date()) for at in late["period"]] == ["2025-03-01", "2025-04-01"]
    assert late["standing"].tolist() == ["downgraded", "downgraded"]
    assert late["checks"].tolist() == [1, 0]
    assert late["score"].isna().tolist() == [False, True]


def test_by_quarter_a_line_falls_only_at_the_end_of_a_bad_quarter() -> None:
    # Means 88.3 and 91.7; the good March lies before the fall and counts for nothing.
    table = grade_standing(monthly([85.0, 85.0, 95.0, 92.0, 91.0, 92.0]), fall="quarterly")
    assert table["standing"].tolist() == [
        "met",
        "met",
        "downgraded",
        "recovering",
        "recovering",
        "restored",
    ]


def test_one_bad_month_in_a_good_quarter_is_no_fall_by_quarter() -> None:
    assert set(standings([89.0, 95.0, 95.0], fall="quarterly")) == {"met"}


def test_several_checks_in_a_month_count_by_mean_or_by_the_lowest() -> None:
    checks = pd.concat([monthly([88.0]), monthly([94.0])])
    assert grade_standing(checks)["score"].tolist() == [91.0]
    lowest = grade_standing(checks, several="lowest")
    assert lowest["score"].tolist() == [88.0]
    assert lowest["checks"].tolist() == [2]
    assert lowest["standing"].tolist() == ["downgraded"]


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.sampled_from([80.0, 90.0, 99.0])), min_size=6, max_size=6),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 4),
    st.booleans(),
)
def test_many_lines_walk_as_one_line_does_in_a_plain_loop(
    lines: list[list[float | None]], needed: int, breaks: bool
) -> None:
    # Every line starts and ends with a check, so that every one has the same months.
    lines = [[95.0, *scores, 95.0] for scores in lines]
    checks = pd.concat([monthly(scores, line=f"L{at}") for at, scores in enumerate(lines)])
    table = grade_standing(checks, good_months=needed, gaps="break" if breaks else "hold")
    for at, scores in enumerate(lines):
        mine = table.loc[table["line_id"] == f"L{at}", "standing"].tolist()
        assert mine == by_hand(scores, needed=needed, breaks=breaks)


def test_shuffled_checks_give_the_same_standing_and_are_not_changed() -> None:
    checks = monthly([85.0, 95.0, 95.0, 95.0]).sample(frac=1, random_state=1)
    before = checks.copy()
    pd.testing.assert_frame_equal(
        grade_standing(checks), grade_standing(checks.sort_values("checked_at"))
    )
    pd.testing.assert_frame_equal(checks, before)


def notice_checks() -> pd.DataFrame:
    """46 alleys that fall in the first quarter, 40 that are restored in it, 100 good ones."""
    parts = []
    for district, number in NOTICE.items():
        for at in range(number):
            line = f"{district}-down-{at}"
            bad = [95.0, 95.0, 95.0, *np.where(np.arange(3) == at % 3, 85.0, 95.0)]
            parts.append(monthly(bad, line=line, first="2024-10").assign(district=district))
    for at in range(40):
        district = list(NOTICE)[at % len(NOTICE)]
        good = [80.0, 85.0, 85.0, 90.0, 92.0, 95.0]
        parts.append(monthly(good, line=f"back-{at}", first="2024-10").assign(district=district))
    for at in range(100):
        district = list(NOTICE)[at % len(NOTICE)]
        parts.append(
            monthly([96.0] * 6, line=f"good-{at}", first="2024-10").assign(district=district)
        )
    return pd.concat(parts, ignore_index=True)


def test_the_summary_reproduces_the_notice_of_the_first_quarter_of_2025() -> None:
    standing = grade_standing(notice_checks(), by="district")
    counts = measure_standing(standing)
    quarter = counts[counts["period"] == pd.Timestamp("2025-01-01", tz="Asia/Shanghai")]
    assert dict(zip(quarter["group"], quarter["downgraded"], strict=True)) == NOTICE
    assert quarter["downgraded"].sum() == 46
    assert quarter["restored"].sum() == 40
    whole = measure_standing(standing, by=None)
    assert whole["downgraded"].tolist() == [40, 46]
    assert whole["restored"].tolist() == [0, 40]
    assert whole["lines"].tolist() == [186, 186]
    assert whole["below"].tolist() == [40, 46]
    assert whole["met_share"].tolist() == pytest.approx([146 / 186, 140 / 186])


def test_counts_keep_groups_and_quarters_without_lines() -> None:
    checks = pd.concat(
        [
            monthly([95.0] * 6).assign(district="East"),
            monthly([80.0], line="B", first="2025-06").assign(district="West"),
        ]
    )
    counts = measure_standing(grade_standing(checks, by="district"))
    assert counts.columns.tolist() == TABLES["standing_counts"].names
    west = counts[counts["group"] == "West"]
    assert west["lines"].tolist() == [0, 1]
    assert west["met_share"].isna().tolist() == [True, False]
    assert west["downgraded"].tolist() == [0, 1]


def test_a_standing_without_groups_is_counted_as_a_whole() -> None:
    counts = measure_standing(grade_standing(monthly([80.0, 95.0])))
    assert counts["group"].isna().tolist() == [True]
    assert counts["downgraded"].tolist() == [1]


def test_a_line_in_two_districts_is_an_error_that_names_it() -> None:
    checks = monthly([95.0, 95.0]).assign(district=["East", "West"])
    with pytest.raises(ColumnsError, match=r"the first is 'A' in 'East', 'West'"):
        grade_standing(checks, by="district")


def test_a_score_that_is_no_number_is_an_error_with_its_row() -> None:
    checks = monthly([95.0, 95.0]).astype({"score": object})
    checks.loc[1, "score"] = "good"
    with pytest.raises(ColumnsError, match=r"Found: 1 other, the first is 'good' in row 1"):
        grade_standing(checks)


def test_rows_without_a_score_are_left_out_and_counted() -> None:
    checks = pd.concat([monthly([95.0]), monthly([95.0]).assign(score=None)])
    table = grade_standing(checks)
    assert table["checks"].tolist() == [1]
    assert table.attrs["standing"]["left_out"] == 1
    with pytest.raises(EmptyTableError, match="Found: none among 1 rows"):
        grade_standing(checks.iloc[1:])


def test_checks_from_the_end_on_do_not_count() -> None:
    table = grade_standing(monthly([95.0, 80.0]), end="2025-02-01")
    assert table["standing"].tolist() == ["met"]
    assert table.attrs["standing"]["left_out"] == 1
    with pytest.raises(EmptyTableError, match="before 2024-01-01"):
        grade_standing(monthly([95.0]), end="2024-01-01")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fall": "weekly"}, "fall must be one of 'monthly', 'quarterly'"),
        ({"gaps": "skip"}, "gaps must be one of 'hold', 'break'"),
        ({"several": "best"}, "several must be one of 'mean', 'lowest'"),
        ({"good_months": 0}, "good_months must be a whole number, 1 or more"),
        ({"pass_score": "90"}, "pass_score must be a number such as 90"),
    ],
)
def test_options_that_do_not_exist_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        grade_standing(monthly([95.0]), **options)


def test_missing_columns_are_named_with_what_to_do() -> None:
    with pytest.raises(ColumnsError, match=r"Found: no alley among line_id.* Say with key"):
        grade_standing(monthly([95.0]), key="alley")
    with pytest.raises(ColumnsError, match="checks must be a table"):
        grade_standing([1, 2])


def test_a_standing_is_not_counted_by_weeks() -> None:
    with pytest.raises(OptionError, match="a standing is of a month"):
        measure_standing(grade_standing(monthly([95.0])), period="W-MON")
