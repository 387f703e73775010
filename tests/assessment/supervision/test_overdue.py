"""The list of overdue, nearly due and reworked cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.assessment.deadlines.calendar import make_calendar
from gridgov.assessment.supervision.overdue import find_overdue, measure_supervision
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, InputError, OptionError

NOON = "2017-09-04 12:00"
CHINA = make_calendar("china")


def at(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(texts))).tz_localize("Asia/Shanghai").as_unit("us")


def cases() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": list("abcdefg"),
            "incident_id": [f"i{n}" for n in range(7)],
            "street_id": ["01", "01", "02", "02", "02", None, "03"],
            "department": ["城管"] * 7,
            "category": ["违法建设"] * 7,
            "filed_at": at(*["2017-08-30 09:00"] * 7),
            # a waits for handling, too late; b rests; c was handled; d is closed; e is due in
            # 6 hours; f is cancelled; g has no deadline and was reworked three times.
            "handling_due_at": at(
                "2017-09-01 12:00", "2017-09-04 10:00", "2017-09-01 12:00", *[None] * 4
            ),
            "handled_at": at(None, None, "2017-08-31 12:00", "2017-08-31 12:00", *[None] * 3),
            "due_at": at(
                "2017-09-03 12:00",
                "2017-09-04 14:00",
                "2017-09-04 11:00",
                "2017-09-01 12:00",
                "2017-09-04 18:00",
                "2017-09-01 12:00",
                None,
            ),
            "closed_at": at(None, None, None, "2017-09-03 12:00", None, None, None),
            "cancelled_at": at(*[None] * 5, "2017-09-01 09:00", None),
            "suspended_at": at(None, "2017-09-04 09:00", *[None] * 5),
            "resumed_at": at(*[None] * 7),
            "reworks": pd.array([0, 0, 2, 5, 0, 9, 3], "Int64"),
            "supervised": pd.array([True, None, None, True, None, True, False], "boolean"),
        },
        index=range(10, 17),
    )


def test_every_open_case_that_is_late_nearly_due_or_reworked_is_listed_once_a_stage() -> None:
    found = find_overdue(cases(), as_of=NOON, calendar=CHINA)
    assert list(found.columns) == TABLES["supervision"].names
    assert [str(dtype) for dtype in found.dtypes[["due_at", "reworks", "supervised"]]] == [
        "datetime64[us, Asia/Shanghai]",
        "Int64",
        "boolean",
    ]
    rows = found[["case_id", "supervision", "stage", "overdue_h"]].astype(object)
    assert rows.where(rows.notna(), None).values.tolist() == [
        ["a", "overdue", "handled", 72.0],
        ["a", "overdue", "closed", 24.0],
        ["c", "overdue", "closed", 1.0],
        ["e", "due soon", "closed", -6.0],
        ["c", "reworked", None, None],
        ["g", "reworked", None, None],
    ]
    # Friday 12:00 to Monday 12:00: 5 hours on Friday and 3 on Monday; Sunday 12:00: 3. The
    # break from 12:00 is over at 13:00, so 6 natural hours to come are 5 working ones.
    assert found["overdue_working_h"].tolist()[:4] == [8.0, 3.0, 1.0, -5.0]
    assert found["overdue_working_h"].isna().tolist() == [False] * 4 + [True] * 2
    assert found.attrs["as_of"] == "2017-09-04T12:00:00+08:00"
    assert found.attrs["supervision"]["open_cases"] == 5
    assert found.attrs["supervision"]["open_without_deadline"] == 1


def test_a_resting_case_is_late_only_if_it_was_before_it_rested() -> None:
    # b was suspended at 9:00 with an hour left for handling: the hour is still left.
    late = cases().assign(suspended_at=at(None, "2017-09-04 10:30", *[None] * 5))
    found = find_overdue(late, as_of=NOON)
    resting = found[found["case_id"] == "b"]
    assert resting["stage"].tolist() == ["handled"]
    assert resting["overdue_h"].tolist() == [2.0]
    assert resting["resting"].tolist() == [True]
    assert "b" not in find_overdue(cases(), as_of=NOON)["case_id"].tolist()


def test_at_its_very_deadline_a_case_is_not_late_but_due() -> None:
    one = cases().iloc[[4]]
    assert find_overdue(one, as_of="2017-09-04 18:00", soon_h=0)["overdue_h"].tolist() == [0.0]
    assert find_overdue(one, as_of="2017-09-04 18:00")["supervision"].tolist() == ["due soon"]
    later = find_overdue(one, as_of="2017-09-04 18:00:01")
    assert later["supervision"].tolist() == ["overdue"]
    assert len(find_overdue(one, as_of=NOON, soon_h=5.9)) == 0


def test_what_happened_after_the_moment_is_not_seen() -> None:
    # On the 2nd, d was still open and late, though it was closed on the 3rd.
    found = find_overdue(cases(), as_of="2017-09-02 12:00", stages=["closed"], soon_h=0)
    assert found["case_id"].tolist()[0] == "d"
    before = find_overdue(cases(), as_of="2017-08-30 08:00", soon_h=1000)
    assert len(before) == 0


def test_counts_by_street_keep_zeros_and_count_a_case_once() -> None:
    found = measure_supervision(cases(), as_of=NOON)
    assert list(found.columns) == TABLES["supervision_counts"].names
    rows = found.drop(columns=["overdue_h_median", "overdue_h_max"]).astype(object)
    assert rows.where(rows.notna(), None).values.tolist() == [
        ["01", 2, 1, 0, 0, 1, 1],
        ["02", 2, 1, 1, 1, 0, 0],
        ["03", 1, 0, 0, 1, 0, 0],
        [None, 0, 0, 0, 0, 0, 0],
    ]
    assert found["overdue_h_max"].tolist()[:2] == [72.0, 1.0]
    whole = measure_supervision(cases(), as_of=NOON, by=None)
    assert whole["group"].isna().tolist() == [True]
    assert whole["open_cases"].tolist() == [5]
    assert whole["overdue_cases"].tolist() == [2]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-80, 80), st.booleans(), st.sampled_from("AB")), max_size=8))
def test_groups_add_up_to_the_whole_and_the_list_to_the_counts(rows: list[Any]) -> None:
    moment = pd.Timestamp(NOON, tz="Asia/Shanghai")
    due = [moment + pd.Timedelta(hours=hours) for hours, _, _ in rows]
    shut = [moment if closed else pd.NaT for _, closed, _ in rows]
    frame = pd.DataFrame(
        {
            "case_id": [str(n) for n in range(len(rows))],
            "street_id": pd.Series([street for _, _, street in rows], dtype="str"),
            "due_at": pd.to_datetime(pd.Series(due, dtype=object), utc=True),
            "closed_at": pd.to_datetime(pd.Series(shut, dtype=object), utc=True),
        }
    )
    parts = measure_supervision(frame, as_of=moment)
    whole = measure_supervision(frame, as_of=moment, by=None)
    for name in ("open_cases", "overdue_cases", "due_soon_cases"):
        assert parts[name].sum() == whole[name].iloc[0]
    found = find_overdue(frame, as_of=moment)
    late = sum(hours < 0 and not closed for hours, closed, _ in rows)
    assert (found["supervision"] == "overdue").sum() == late == whole["overdue_cases"].iloc[0]
    assert found["overdue_h"].is_monotonic_decreasing


def test_the_table_of_cases_is_not_changed_and_texts_of_the_caller_stay_out() -> None:
    frame = cases().assign(caller="示例市民")
    before = frame.copy()
    found = find_overdue(frame, as_of=NOON)
    measure_supervision(frame, as_of=NOON)
    pd.testing.assert_frame_equal(frame, before)
    assert "caller" not in found.columns


def test_a_table_of_ids_alone_has_nothing_to_list() -> None:
    found = find_overdue(pd.DataFrame({"case_id": ["a"]}), as_of=NOON)
    assert len(found) == 0
    assert list(found.columns) == TABLES["supervision"].names
    assert found.attrs["supervision"]["open_without_deadline"] == 1
    empty = measure_supervision(cases().iloc[:0], as_of=NOON, by=None)
    assert empty["open_cases"].tolist() == [0]


def test_wrong_options_and_tables_are_told() -> None:
    with pytest.raises(OptionError, match="soon_h must be a number of hours"):
        find_overdue(cases(), as_of=NOON, soon_h=-1)
    with pytest.raises(OptionError, match="min_reworks must be a whole number"):
        find_overdue(cases(), as_of=NOON, min_reworks=0)
    with pytest.raises(OptionError, match="stages must be one of"):
        find_overdue(cases(), as_of=NOON, stages=["done"])
    with pytest.raises(ColumnsError, match="cases must have the column case_id"):
        find_overdue(pd.DataFrame(), as_of=NOON)
    with pytest.raises(ColumnsError, match="column district"):
        measure_supervision(cases(), as_of=NOON, by="district")
    with pytest.raises(InputError, match="no as_of"):
        find_overdue(pd.DataFrame({"case_id": ["a"]}))
    naive = cases().assign(closed_at=np.array(["2017-09-01"] * 7, dtype="datetime64[us]"))
    with pytest.raises(ColumnsError, match="closed_at must hold times with a zone"):
        find_overdue(naive, as_of=NOON)
