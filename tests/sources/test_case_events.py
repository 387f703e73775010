"""The log of cases: words of two languages, unknown ones counted, nothing guessed."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridgov.assessment.cases.event_log import make_case_events, make_cases
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError, OptionError
from gridgov.schema.cases import CASE_EVENTS
from gridgov.sources.case_events import CaseEventsRead, read_case_events
from gridgov.sources.case_words import event_codes
from gridgov.sources.cases import read_cases
from gridgov.sources.notices import notices
from gridgov.taxonomy.labels import labels

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def table(events: list[Any], times: list[Any] | None = None, **own: Any) -> pd.DataFrame:
    times = times or [f"2017-09-{i:02d} 10:00" for i in range(1, len(events) + 1)]
    return pd.DataFrame({"案件编号": "A1", "环节": events, "操作时间": times, **own})


def quiet(source: Any, **options: Any) -> CaseEventsRead:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_case_events(source, **{"timezone": "Asia/Shanghai", **options})


def test_words_of_both_languages_become_events() -> None:
    words = [
        "上报",
        "立案",
        "派遣",
        "退回",
        "处置",
        "返工",
        "核查",
        "挂账",
        "恢复",
        "督办",
        "结案",
        "重开",
        "作废",
    ]
    log, set_aside = quiet(table(words, 操作人="张三"))
    assert log["event"].tolist() == list(CASE_EVENTS)
    assert log.columns.tolist() == [*TABLES["case_events"].names, "操作人"]
    assert len(set_aside) == 0
    english, silent = event_codes(pd.Series(list(CASE_EVENTS)).str.upper(), None)
    assert english.tolist() == list(CASE_EVENTS)
    assert not silent.any()
    assert set(labels("case_event", "zh")) == set(CASE_EVENTS)


def test_rows_that_say_nothing_are_set_aside_with_their_reason() -> None:
    source = table(
        ["立案", "二次派单", "", "派遣", "派遣", "派遣", "立案"],
        [
            "2017-09-01 10:00",
            "2017-09-02",
            "2017-09-02",
            "",
            "坏",
            "2017-09-03",
            "2017-09-01 10:00",
        ],
    )
    source.loc[5, "案件编号"] = None
    with pytest.warns(DataWarning, match=r"not known: 1: '二次派单' \(1\)\. Say what they are"):
        log, set_aside = read_case_events(source, timezone="Asia/Shanghai")
    assert len(log) == 1
    assert dict(zip(set_aside["source_row"], set_aside["reason"], strict=True)) == {
        2: "unknown_event",
        3: "missing_event",
        4: "missing_time",
        5: "unreadable_time",
        6: "missing_id",
        7: "duplicate_event",
    }
    assert set_aside["detail"].iloc[-1] == "It has the case, event and time of row 1."
    assert "请说明其含义" in notices(log).set_index("notice").loc["unknown_events", "detail_zh"]


def test_the_callers_words_come_first_and_must_mean_an_event() -> None:
    log, _ = quiet(
        table(["二次派单", "核查"]), events={"二次派单": "dispatched", "核查": "reworked"}
    )
    assert log["event"].tolist() == ["dispatched", "reworked"]
    with pytest.raises(OptionError, match=r"events must map.*Found: 'sent' for '二次派单'"):
        quiet(table(["二次派单"]), events={"二次派单": "sent"})


def test_a_source_without_events_is_one_error() -> None:
    with pytest.raises(ColumnsError, match=r'columns={"event": "..."}'):
        read_case_events(pd.DataFrame({"案件编号": ["A"], "操作时间": ["2017-09-01"]}))


def test_the_sample_makes_its_log_and_the_log_the_sample() -> None:
    cases, _ = read_cases(SAMPLE / "cases.csv", timezone="Asia/Shanghai")
    log = make_case_events(cases)
    times = [column.name for column in TABLES["cases"].columns if column.dtype == "time"]
    stages = [name for name in times if "due" not in name]
    assert len(log) == cases[stages].notna().sum().sum()
    assert log["event_at"].is_monotonic_increasing
    made, set_aside = make_cases(log.sample(frac=1, random_state=7), cases=cases)
    assert len(set_aside) == 0
    again = make_case_events(made)
    pd.testing.assert_frame_equal(again, log)
    same = [*stages, "case_id", "stage", "suspensions", "paused_h", "category", "due_at", "街道"]
    pd.testing.assert_frame_equal(made[same], cases[same])
    # Only the flag of the table knows who was supervised; the log has no such event.
    assert made["supervised"].sum() == cases["supervised"].sum()
    assert made.attrs["source"]["without_events"] == 0
    assert made.attrs["as_of"] == cases.attrs["as_of"]


def test_a_log_that_is_none_is_one_error() -> None:
    log, _ = quiet(table(["立案", "结案"]))
    with pytest.raises(InputError, match=r"event must be one of.*row 2, 'shut'"):
        make_cases(log.assign(event=["filed", "shut"]))
    with pytest.raises(InputError, match=r"must have case_id. Found: 1 of 2 without.*row 1"):
        make_cases(log.assign(case_id=[None, "A"]))
    with pytest.raises(ColumnsError, match="event_at must hold times with a zone"):
        make_cases(log.assign(event_at=log["event_at"].dt.tz_localize(None)))
    with pytest.raises(ColumnsError, match="must have the column event_at"):
        make_cases(log[["case_id", "event"]])
    with pytest.raises(EmptyTableError, match="case_events has no rows"):
        make_cases(log.iloc[:0])
    with pytest.raises(InputError, match=r"cases must have every case_id once.*'A1' in row 2"):
        make_cases(log, cases=pd.DataFrame({"case_id": ["A1", "A1"]}))
    with pytest.raises(ColumnsError, match="time of one stage at least"):
        make_case_events(pd.DataFrame({"case_id": ["A"]}))


def test_cases_are_not_changed_and_lend_only_what_the_log_lacks() -> None:
    log, _ = quiet(table(["立案", "派遣", "督办", "结案"]))
    static = pd.DataFrame(
        {
            "case_id": ["A1", "B9"],
            "street_id": ["001", "002"],
            "stage": ["filed", "filed"],
            "reworks": pd.array([7, 7], dtype="Int64"),
            "supervised": pd.array([False, False], dtype="boolean"),
            "note": ["n", "m"],
        }
    )
    before = static.copy()
    made, _ = make_cases(log, cases=static)
    pd.testing.assert_frame_equal(static, before)
    row = made.iloc[0]
    assert row[["street_id", "stage", "reworks", "supervised", "note"]].tolist() == [
        "001", "closed", 0, True, "n",
    ]  # fmt: skip
    assert made.attrs["source"]["without_events"] == 1
