"""Deadlines by rules: which rule holds for which case, and what is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridgov.assessment.deadlines.calendar import make_calendar
from gridgov.assessment.deadlines.deadlines import list_deadlines, set_deadlines
from gridgov.assessment.deadlines.rules import read_rules
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError, ReadError

CHINA = make_calendar("china")
COLUMNS = ["category", "stage", "amount", "unit"]


def at(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(texts))).tz_localize("Asia/Shanghai").as_unit("us")


def three_cases() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": ["1", "2", "3"],
            "category": ["暴露垃圾", "违法建设", "道路破损"],
            "department": ["城管", "城管", "交通"],
            "reported_at": at(*["2017-03-03 09:00"] * 3),
            "filed_at": at("2017-03-03 10:00", "2017-03-03 11:00", "2017-03-04 10:00"),
            "dispatched_at": at("2017-03-03 11:00", "2017-03-03 16:00", None),
        },
        index=["x", "y", "z"],
    )


def rules(*rows: tuple[Any, ...], columns: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns or COLUMNS)


def test_the_deadlines_of_the_handbook() -> None:
    # Exposed garbage within 4 working hours; an illegal building is torn down within 20
    # working days: from Friday, 3 March 2017 on, three Mondays to Fridays are 15, the 20th is
    # the 31st.
    found = set_deadlines(
        three_cases(),
        rules(("暴露垃圾", "处置", 4, "工作时"), ("违法建设", "处置", 20, "工作日")),
        calendar=CHINA,
    )
    due = found["handling_due_at"].dt.strftime("%m-%d %H:%M").tolist()
    assert due[:2] == ["03-03 16:00", "03-31 18:00"]
    assert found["handling_due_at"].isna().tolist() == [False, False, True]
    assert found.index.tolist() == ["x", "y", "z"]
    counts = found.attrs["deadlines"]
    assert counts["without_rule"] == {"handled": 1}
    assert counts["without_start"] == {}
    assert counts["filled"] == {"handling_due_at": 2}


def test_every_stage_runs_from_the_one_before_unless_the_rule_says_since_when() -> None:
    table = rules(
        (None, "filed", 1, "natural_hours", None),
        (None, "dispatched", 2, "natural_hours", None),
        (None, "handled", 3, "natural_hours", None),
        (None, "verified", 4, "natural_hours", "reported"),
        (None, "closed", 5, "natural_hours", None),
        columns=[*COLUMNS, "since"],
    )
    found = set_deadlines(three_cases(), table)
    first = found.loc["x"]
    assert first["filing_due_at"].hour == 10
    assert first["dispatch_due_at"].hour == 12
    assert first["handling_due_at"].hour == 14
    assert first["verification_due_at"].hour == 13
    assert first["due_at"].hour == 15
    assert found.attrs["deadlines"]["without_start"] == {"handled": 1}


def test_the_rule_that_names_most_columns_wins_then_the_one_listed_first() -> None:
    columns = ["category", "department", "stage", "amount", "unit"]
    table = rules(
        (None, None, "closed", 1, "natural_hours"),
        (None, "城管", "closed", 2, "natural_hours"),
        ("暴露垃圾", None, "closed", 3, "natural_hours"),
        ("违法建设", "城管", "closed", 4, "natural_hours"),
        columns=columns,
    )
    found = list_deadlines(three_cases(), table)
    assert found["amount"].tolist() == [2.0, 4.0, 1.0]
    turned = list_deadlines(three_cases(), table.iloc[[0, 2, 1, 3]])
    assert turned["amount"].tolist() == [3.0, 4.0, 1.0]


def test_a_scheme_and_a_code_choose_together() -> None:
    cases = three_cases().assign(scheme=["a", "b", "a"], code=["0102"] * 3)
    table = rules(
        ("a", "0102", "closed", 1, "天"),
        ("b", "0102", "closed", 2, "天"),
        columns=["scheme", "code", "stage", "amount", "unit"],
    )
    assert list_deadlines(cases, table)["amount"].tolist() == [1.0, 2.0, 1.0]


def test_of_several_tasks_of_a_stage_the_last_one_is_its_deadline() -> None:
    table = rules(
        ("违法建设", "处置", 20, "工作日", "拆除"),
        ("违法建设", "处置", 4, "工作时", "停工"),
        ("违法建设", "处置", 7, "工作日", "处罚"),
        columns=[*COLUMNS, "task"],
    )
    cases = three_cases()
    listed = list_deadlines(cases, table, calendar=CHINA)
    assert list(listed.columns) == TABLES["case_deadlines"].names
    assert listed["case_id"].tolist() == ["2", "2", "2"]
    assert listed["deadline_at"].dt.strftime("%d %H:%M").tolist() == [
        "31 18:00",
        "06 11:00",
        "14 18:00",
    ]
    found = set_deadlines(cases, table, calendar=CHINA)
    assert f"{found.loc['y', 'handling_due_at']:%d %H:%M}" == "31 18:00"


def test_deadlines_that_are_there_stay_unless_asked_otherwise() -> None:
    cases = three_cases().assign(due_at=at("2017-03-09 00:00", None, "2017-03-09 00:00"))
    before = cases.copy()
    table = rules(("暴露垃圾", "closed", 1, "天"), ("违法建设", "closed", 1, "天"))
    kept = set_deadlines(cases, table)
    assert kept["due_at"].dt.day.tolist() == [9, 4, 9]
    assert kept.attrs["deadlines"]["filled"] == {"due_at": 1}
    assert kept.attrs["deadlines"]["kept"] == {"due_at": 2}
    # A case without a rule keeps what it has even then.
    assert set_deadlines(cases, table, overwrite=True)["due_at"].dt.day.tolist() == [4, 4, 9]
    pd.testing.assert_frame_equal(cases, before)


def test_rules_come_from_csv_and_toml_alike(tmp_path: Path) -> None:
    sheet = tmp_path / "rules.csv"
    sheet.write_text(
        "类别,环节,时限,单位,依据\n暴露垃圾,处置,4,工作时,手册\n,结案,7,工作日,\n",
        encoding="utf-8-sig",
    )
    settings = tmp_path / "rules.toml"
    settings.write_text(
        '[[rule]]\ncategory = "暴露垃圾"\nstage = "处置"\namount = 4\nunit = "工作时"\n'
        '[[rule]]\nstage = "closed"\namount = 7\nunit = "working_days"\n',
        encoding="utf-8",
    )
    one = list_deadlines(three_cases(), sheet, calendar=CHINA)
    other = list_deadlines(three_cases(), str(settings), calendar=CHINA)
    assert len(one) == 4
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (rules(("a", "handled", 4, "fortnights")), InputError, "1 others.*fortnights"),
        (rules(("a", "done", 4, "天")), InputError, "stage done"),
        (rules(("a", "handled", -4, "天")), InputError, "amount -4"),
        (rules(("a", "handled", 0.5, "工作日")), InputError, "whole for days"),
        (
            rules(("a", "handled", 4, "天", "later"), columns=[*COLUMNS, "since"]),
            InputError,
            "1 others",
        ),
        (rules(("a", "handled", 4, "天"), ("a", "处置", 5, "天")), InputError, "1 said twice"),
        (rules(columns=COLUMNS), EmptyTableError, "must have a row"),
        (pd.DataFrame({"stage": ["handled"]}), ColumnsError, "amount, unit missing"),
        ("nowhere.csv", ReadError, "nowhere.csv"),
        (None, ReadError, "must be a table"),
    ],
)
def test_rules_that_cannot_be_used_are_told(table: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        read_rules(table)


def test_rules_that_name_what_cases_do_not_have_are_told() -> None:
    table = rules(("a", "closed", 1, "天"), columns=["colour", "stage", "amount", "unit"])
    with pytest.raises(ColumnsError, match="no column colour"):
        set_deadlines(three_cases(), table)
    with pytest.raises(ColumnsError, match="must have the column handled_at"):
        set_deadlines(three_cases(), rules((None, "verified", 1, "天")))
    with pytest.raises(OptionError, match="need a calendar"):
        set_deadlines(three_cases(), rules((None, "closed", 1, "工作日")))
    with pytest.raises(ColumnsError, match="cases must have the column case_id"):
        set_deadlines(pd.DataFrame({"x": []}), rules((None, "closed", 1, "天")))


def test_no_cases_give_no_deadlines() -> None:
    found = set_deadlines(three_cases().iloc[:0], rules((None, "closed", 1, "天")))
    assert len(found) == 0
    listed = list_deadlines(three_cases().iloc[:0], rules(("a", "closed", 1, "天")))
    assert list(listed.columns) == TABLES["case_deadlines"].names
