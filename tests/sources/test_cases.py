"""Cases: every row accepted or set aside with both times named; the stage goes by the times."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridgov.assessment.cases.as_of import STAGE_TIMES, read_as_of
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError, OptionError
from gridgov.sources.case_columns import STAGES
from gridgov.sources.cases import CasesRead, read_cases
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.sources.notices import notices
from gridgov.taxonomy.case_reasons import case_reasons

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
STREETS = gpd.GeoDataFrame(
    {"street_id": ["001", "002"], "street": ["古城街道", "鲁谷街道"]},
    geometry=[box(116.18, 39.88, 116.20, 39.92), box(116.20, 39.88, 116.22, 39.92)],
    crs="EPSG:4326",
)
FULL = {
    "案件编号": "A1",
    "街道": "古城街道",
    "上报时间": "2017-09-01 08:00",
    "立案时间": "2017-09-01 09:00",
    "派遣时间": "2017-09-01 10:00",
    "处置时间": "2017-09-02 10:00",
    "核查时间": "2017-09-02 15:00",
    "结案时间": "2017-09-02 16:00",
    "作废时间": "",
    "挂账时间": "",
    "恢复时间": "",
    "返工次数": "0",
}


def quiet(*rows: dict[str, Any], **options: Any) -> CasesRead:
    """Read rows that differ from a full case, without the warning."""
    table = pd.DataFrame([{**FULL, "案件编号": f"A{i}", **row} for i, row in enumerate(rows, 1)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_cases(table, **{"timezone": "Asia/Shanghai", **options})


def codes(table: pd.DataFrame) -> list[str]:
    return notices(table)["notice"].tolist()


def test_all_sample_cases_read_without_a_word() -> None:
    # 3,327 rows by the README of the sample; the rest counted from the file with csv.
    cases, set_aside = read_cases(SAMPLE / "cases.csv", timezone="Asia/Shanghai")
    assert (len(cases), len(set_aside)) == (3327, 0)
    assert cases.columns.tolist() == [*TABLES["cases"].names, "街道"]
    with (SAMPLE / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert cases["reworks"].sum() == sum(int(row["返工次数"]) for row in rows)
    assert cases["supervised"].sum() == sum(row["督办"] == "是" for row in rows)
    assert cases["suspensions"].sum() == sum(bool(row["挂账时间"]) for row in rows)
    assert (cases["stage"] == "closed").sum() == sum(bool(row["结案时间"]) for row in rows)
    assert (cases["stage"] == "suspended").sum() == sum(row["状态"] == "挂账" for row in rows)
    assert cases["returns"].isna().all()
    assert codes(cases) == []
    last = max(
        row[name] for row in rows for name in ("立案时间", "结案时间", "处置时间", "挂账时间")
    )
    assert cases.attrs["as_of"] >= f"{last[:10]}T{last[11:]}+08:00"
    assert read_as_of(cases).isoformat() == cases.attrs["as_of"]
    assert cases.attrs["source"]["accepted"] == 3327


def test_sample_streets_become_ids_and_reports_come_from_the_incidents() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        streets = read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
        incidents, _ = read_incidents(
            SAMPLE / "incidents.csv", preset="gridgov", datum="gcj02", timezone="Asia/Shanghai"
        )
        cases, set_aside = read_cases(
            SAMPLE / "cases.csv",
            timezone="Asia/Shanghai",
            jurisdictions=streets,
            incidents=incidents,
        )
    assert (len(cases), len(set_aside)) == (3327, 0)
    assert set(cases["street_id"]) == set(streets["street_id"])
    # Cases were made before the dirt: what was set aside of the incidents, no case can find.
    found = cases["incident_id"].isin(incidents["incident_id"])
    assert (cases["reported_at"].notna() == found).all()
    assert found.sum() > 3000
    # 5 to 180 minutes by the generator; some reports are dates without a time.
    exact = cases["reported_at"] != cases["reported_at"].dt.normalize()
    waited = (cases["filed_at"] - cases["reported_at"])[exact & found]
    assert waited.min() == pd.Timedelta("5min")
    assert waited.max() <= pd.Timedelta("180min")


def test_streets_that_no_jurisdiction_has_are_set_aside_and_all_rows_add_up() -> None:
    one = pd.DataFrame({"street_id": ["9"], "street": ["古城街道"]})
    with pytest.warns(DataWarning, match="with a street that the jurisdictions do not have"):
        cases, set_aside = read_cases(
            SAMPLE / "cases.csv", timezone="Asia/Shanghai", jurisdictions=one
        )
    with (SAMPLE / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        ours = sum(row["街道"] == "古城街道" for row in csv.DictReader(file))
    assert (cases["street_id"] == "9").all()
    assert (len(cases), len(set_aside)) == (ours, 3327 - ours)
    assert set(set_aside["reason"]) == {"unknown_street"}


def test_the_times_of_stages_are_named_once() -> None:
    assert STAGES == STAGE_TIMES


def test_every_kind_of_column_is_read() -> None:
    table = pd.DataFrame(
        {
            "案件编号": [1.0, 2.0, 3.0],
            "街道编号": [" 001", "002", None],
            "立案时间": ["2017-09-01 09:00", "2017年9月2日 9时", "2017/9/3"],
            "结案时限": ["2017-09-05", "4工作时", ""],
            "挂账次数": ["2", "", "0"],
            "暂停时长（小时）": ["30.5", "", ""],
            "督办次数": ["2", "0", ""],
            "是否属实": ["属实", "不属实", "y"],
            "是否联系": ["已联系", "FALSE", "×"],
            "解决情况": ["已解决", "未解决", "部分解决"],
            "满意度": ["非常满意", "基本满意", "不满意"],
            "来源渠道": ["热线", " ", "APP"],
            "备注": ["a", "b", "c"],
        }
    )
    with pytest.warns(DataWarning, match=r"'部分解决' \(1\)") as told:
        cases, set_aside = read_cases(table, timezone="Asia/Shanghai")
    assert "Values of 结案时限 that are no times and are missing in due_at: 1" in str(
        told[0].message
    )
    assert len(set_aside) == 0
    assert cases["case_id"].tolist() == ["1", "2", "3"]
    assert cases["street_id"].tolist()[:2] == ["001", "002"]
    assert cases["stage"].tolist() == ["filed"] * 3
    assert cases["suspensions"].tolist() == [2, pd.NA, 0]
    np.testing.assert_array_equal(cases["paused_h"], [30.5, np.nan, np.nan])
    assert cases["supervised"].tolist() == [True, False, pd.NA]
    assert cases["valid"].tolist() == [True, False, True]
    assert cases["contacted"].tolist() == [True, False, False]
    assert cases["resolved"].tolist() == [True, False, pd.NA]
    assert cases["satisfaction"].tolist() == ["satisfied", "mostly satisfied", "not satisfied"]
    assert cases["channel"].isna().tolist() == [False, True, False]
    for column in TABLES["cases"].columns:
        kind = str(cases[column.name].dtype)
        zoned = kind == "datetime64[us, Asia/Shanghai]"
        assert zoned if column.dtype == "time" else kind == column.dtype, column.name


@pytest.mark.parametrize(
    ("row", "reason", "english", "chinese"),
    [
        ({"案件编号": " "}, "missing_id", "no id in 案件编号", "没有编号"),
        ({"处置时间": "昨天"}, "unreadable_time", "'昨天' in 处置时间", "“处置时间”列的时间“昨天”"),
        (
            {name: "" for name in FULL if name.endswith("时间")},
            "missing_time",
            "no time in 上报时间, 立案时间",
            "没有时间",
        ),
        ({"返工次数": "-1"}, "negative_number", "'-1' in 返工次数 must be a whole", "“-1”应为"),
        ({"返工次数": "1.5"}, "unreadable_number", "'1.5' in 返工次数 is not a whole", "“1.5”不是"),
        ({"返工次数": "两次"}, "unreadable_number", "'两次' in 返工次数", "“两次”不是"),
        (
            {"作废时间": "2017-09-03 10:00"},
            "closed_and_cancelled",
            "closed at 2017-09-02 16:00 and cancelled at 2017-09-03 10:00",
            "既于 2017-09-02 16:00 结案，又于 2017-09-03 10:00 作废",
        ),
        (
            {"结案时间": "2017-08-31 10:00"},
            "closed_before_verified",
            "closed at 2017-08-31 10:00, before it was verified at 2017-09-02 15:00",
            "结案时间 2017-08-31 10:00 早于核查时间 2017-09-02 15:00",
        ),
        (
            {"核查时间": "", "处置时间": "", "派遣时间": "", "结案时间": "2017-09-01 08:59"},
            "closed_before_filed",
            "closed at 2017-09-01 08:59, before it was filed at 2017-09-01 09:00",
            "结案时间 2017-09-01 08:59 早于立案时间",
        ),
        (
            {"立案时间": "2017-09-01 07:00"},
            "filed_before_reported",
            "filed at 2017-09-01 07:00, before it was reported",
            "立案时间 2017-09-01 07:00 早于上报时间",
        ),
        (
            {"处置时间": "2017-09-01 09:30"},
            "handled_before_dispatched",
            "handled at 2017-09-01 09:30, before it was dispatched at 2017-09-01 10:00",
            "处置时间 2017-09-01 09:30 早于派遣时间",
        ),
        (
            {"核查时间": "2017-09-02 09:00"},
            "verified_before_handled",
            "verified at 2017-09-02 09:00, before it was handled",
            "核查时间 2017-09-02 09:00 早于处置时间",
        ),
        (
            {"结案时间": "", "作废时间": "2017-09-01 12:00"},
            "cancelled_before_verified",
            "cancelled at 2017-09-01 12:00, before it was verified",
            "作废时间 2017-09-01 12:00 早于核查时间",
        ),
        (
            {"恢复时间": "2017-09-01 12:00"},
            "resumed_without_suspended",
            "resumed at 2017-09-01 12:00 without being suspended before",
            "2017-09-01 12:00 恢复，此前并未挂账",
        ),
        (
            {"挂账时间": "2017-09-01 13:00", "恢复时间": "2017-09-01 12:00"},
            "resumed_before_suspended",
            "resumed at 2017-09-01 12:00, before it was suspended at 2017-09-01 13:00",
            "恢复时间 2017-09-01 12:00 早于挂账时间 2017-09-01 13:00",
        ),
        (
            {"挂账时间": "2017-09-01 08:30", "恢复时间": "2017-09-01 12:00"},
            "suspended_before_filed",
            "suspended at 2017-09-01 08:30, before it was filed",
            "挂账时间 2017-09-01 08:30 早于立案时间",
        ),
        (
            {"挂账时间": "2017-09-03 08:30"},
            "closed_before_suspended",
            "closed at 2017-09-02 16:00, before it was suspended at 2017-09-03 08:30",
            "结案时间 2017-09-02 16:00 早于挂账时间",
        ),
        (
            {"挂账时间": "2017-09-02 15:30", "恢复时间": "2017-09-03 12:00"},
            "closed_before_resumed",
            "closed at 2017-09-02 16:00, before it was resumed",
            "结案时间 2017-09-02 16:00 早于恢复时间",
        ),
        (
            {"挂账时间": "2017-09-01 12:00", "恢复时间": "2017-09-02 12:00"},
            "while_suspended",
            "handled at 2017-09-02 10:00 while it was suspended since 2017-09-01 12:00",
            "自 2017-09-01 12:00 起挂账，挂账期间于 2017-09-02 10:00 处置",
        ),
    ],
)
def test_a_row_that_cannot_be_is_set_aside_with_what_was_found(
    row: dict[str, str], reason: str, english: str, chinese: str
) -> None:
    cases, set_aside = quiet({}, row)
    assert len(cases) == 1
    found = set_aside.iloc[0]
    assert (found["source_row"], found["reason"]) == (2, reason)
    assert english in found["detail"]
    assert chinese in found["detail_zh"]
    assert found["立案时间"] == {**FULL, **row}["立案时间"]
    assert case_reasons()[reason].brief in notices(cases)["detail"].iloc[0]


def test_a_later_row_of_an_id_is_set_aside_or_numbered() -> None:
    rows = [{"案件编号": "X"}, {"案件编号": "X", "结案时间": "坏"}, {"案件编号": "X"}]
    cases, set_aside = quiet(*rows)
    assert set_aside["reason"].tolist() == ["unreadable_time", "duplicate_id"]
    assert set_aside["detail"].iloc[1] == "The id 'X' is that of row 1 already."
    cases, set_aside = quiet(*rows, duplicates="number")
    assert cases["case_id"].tolist() == ["X", "X#2"]
    assert "ids_numbered" in codes(cases)


def test_dates_without_a_time_are_compared_by_day() -> None:
    cases, set_aside = quiet(
        {"结案时间": "2017-09-02"},
        {"立案时间": "2017-09-01"},
        {"结案时间": "2017-09-01", "核查时间": "2017-09-01", "处置时间": "2017-09-01"},
        {"结案时间": "2017-09-01"},
    )
    assert cases["case_id"].tolist() == ["A1", "A2", "A3"]
    assert set_aside["reason"].tolist() == ["closed_before_verified"]


def test_work_done_again_may_follow_the_check_that_failed() -> None:
    late = {"处置时间": "2017-09-02 15:30"}
    cases, set_aside = quiet(
        {**late, "返工次数": "1"},
        {**late, "返工次数": "1", "结案时间": ""},
        {**late, "返工次数": "0"},
    )
    # The check at 15:00 failed: A2 was handled again and waits for another check.
    assert cases["stage"].tolist() == ["closed", "handled"]
    assert set_aside["reason"].tolist() == ["verified_before_handled"]


def test_the_stage_goes_by_the_times_and_other_statuses_are_counted() -> None:
    none = dict.fromkeys(["核查时间", "结案时间"], "")
    cases, _ = quiet(
        {"状态": "处置中"},
        {**none, "状态": "待核查"},
        {**none, "处置时间": "", "挂账时间": "2017-09-02", "状态": "挂账"},
        {**none, "作废时间": "2017-09-03", "状态": "复议"},
    )
    assert cases["stage"].tolist() == ["closed", "handled", "suspended", "cancelled"]
    told = notices(cases).set_index("notice")
    assert told.loc["status_differs", "value"] == 1
    assert "'处置中', but closed by its times" in told.loc["status_differs", "detail"]
    assert "按时间为“已结案”" in told.loc["status_differs", "detail_zh"]


def test_suspensions_are_counted_and_their_hours_known_where_they_ended() -> None:
    open_case = dict.fromkeys(["处置时间", "核查时间", "结案时间"], "")
    cases, set_aside = quiet(
        {"挂账时间": "2017-09-01 12:00", "恢复时间": "2017-09-01 18:30"},
        {**open_case, "挂账时间": "2017-09-01 12:00"},
        {**open_case, "结案时间": "2017-09-02 12:00", "挂账时间": "2017-09-01 12:00"},
        {},
    )
    assert len(set_aside) == 0
    np.testing.assert_array_equal(cases["paused_h"], [6.5, 0.0, 24.0, 0.0])
    assert cases["suspensions"].tolist() == [1, 1, 1, 0]
    assert cases["resumed_at"].iloc[2] == cases["closed_at"].iloc[2]
    assert "rest_ended" in codes(cases)
    # Without the columns nothing is known, and nothing is not zero.
    bare = pd.DataFrame({"案件编号": ["A"], "立案时间": ["2017-09-01"]})
    row = read_cases(bare, timezone="Asia/Shanghai").cases.iloc[0]
    assert pd.isna(row["suspensions"])
    assert pd.isna(row["paused_h"])
    assert pd.isna(row["reworks"])


def test_streets_are_found_by_id_name_and_short_name() -> None:
    cases, set_aside = quiet(
        {"街道": "002"}, {"街道": "古城街道"}, {"街道": "鲁谷"}, {"街道": ""}, {"街道": "八角街道"},
        jurisdictions=STREETS,
    )  # fmt: skip
    assert cases["street_id"].tolist()[:3] == ["002", "001", "002"]
    assert cases["街道"].tolist()[2] == "鲁谷"
    assert pd.isna(cases["street_id"].iloc[3])
    assert set_aside["reason"].tolist() == ["unknown_street"]
    assert "'八角街道' in 街道 is none of the jurisdictions" in set_aside["detail"].item()
    assert {"streets_by_part", "no_street"} <= set(codes(cases))
    without = quiet({"街道": "八角街道"}).cases
    assert without["street_id"].tolist() == ["八角街道"]


def test_incidents_say_what_a_case_does_not() -> None:
    incidents = pd.DataFrame(
        {
            "incident_id": ["E1", "E2"],
            "category": ["暴露垃圾", "占道经营"],
            "channel": ["热线", "APP"],
            "department": ["城管", "环保"],
            "street_id": ["001", "002"],
            "reported_at": pd.DatetimeIndex(["2017-09-01 00:30", "2017-09-01 23:00"], tz="UTC"),
        }
    )
    rows = [
        {"事件编号": "E1", "街道": "", "上报时间": ""},
        {"事件编号": "E2", "上报时间": ""},
        {"事件编号": "E9", "上报时间": ""},
    ]
    cases, set_aside = quiet(*rows, incidents=incidents, jurisdictions=STREETS)
    assert cases["reported_at"].iloc[0] == pd.Timestamp("2017-09-01 08:30", tz="Asia/Shanghai")
    assert str(cases["reported_at"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert cases["street_id"].tolist() == ["001", "001"]
    assert cases["category"].iloc[0] == "暴露垃圾"
    assert pd.isna(cases["reported_at"].iloc[1])
    assert set_aside["reason"].tolist() == ["filed_before_reported"]
    assert notices(cases).set_index("notice").loc["unknown_incidents", "value"] == 1
    with pytest.raises(InputError, match=r"incidents must have every id once. Found: 1 id"):
        quiet({"事件编号": "E1"}, incidents=pd.concat([incidents, incidents.iloc[:1]]))


def test_the_moment_of_looking_is_said_or_the_latest_stage() -> None:
    assert quiet({}).cases.attrs["as_of"] == "2017-09-02T16:00:00+08:00"
    cases = quiet({}, {"结案时间": "2017-09-05"}, as_of="2017-09-03").cases
    assert cases.attrs["as_of"] == "2017-09-03T00:00:00+08:00"
    assert notices(cases).set_index("notice").loc["times_after_as_of", "value"] == 1
    with pytest.raises(OptionError, match=r"as_of must be a date or time.*Found: 'soon'"):
        quiet({}, as_of="soon")


def test_a_source_without_ids_gets_numbers_and_without_zone_utc() -> None:
    table = pd.DataFrame({"立案时间": ["2017-09-01", "2017-09-02"]})
    with pytest.warns(DataWarning, match="cases are called row-1, row-2"):
        cases, _ = read_cases(table)
    assert cases["case_id"].tolist() == ["row-1", "row-2"]
    assert "timezone_assumed" in codes(cases)


def test_a_table_that_was_written_to_a_file_reads_as_it_was(tmp_path: Path) -> None:
    cases, _ = quiet(
        {"挂账时间": "2017-09-01 12:00", "恢复时间": "2017-09-01 18:30"},
        {name: "" for name in FULL if name.endswith("时间")} | {"立案时间": "2017-09-03"},
    )
    cases.drop(columns="stage").to_parquet(tmp_path / "cases.parquet")
    again = read_cases(tmp_path / "cases.parquet").cases
    pd.testing.assert_frame_equal(again[cases.columns], cases)
    bare = quiet({}).cases.drop(columns=["stage", "suspensions", "paused_h"])
    bare["挂账次数"] = pd.array([pd.NA], dtype="Int64")
    unknown = read_cases(bare).cases
    assert unknown["suspensions"].isna().all()
    assert unknown["paused_h"].isna().all()


def test_what_cannot_be_read_at_all_is_one_error() -> None:
    with pytest.raises(ColumnsError, match=r"column of times of one stage at least.*Found: a, b"):
        read_cases(pd.DataFrame({"a": [1], "b": [2]}))
    with pytest.raises(EmptyTableError, match="row"):
        read_cases(pd.DataFrame({"立案时间": []}))
    with pytest.raises(OptionError, match="Did you mean 'filed_at'"):
        read_cases(pd.DataFrame({"x": ["2017-09-01"]}), columns={"fild_at": "x"})
    with pytest.raises(OptionError, match="duplicates must be one of"):
        quiet({}, duplicates="drop")


def test_all_rows_refused_leaves_an_empty_table() -> None:
    cases, set_aside = quiet({"立案时间": "坏"})
    assert (len(cases), len(set_aside)) == (0, 1)
    assert "as_of" not in cases.attrs
    assert cases.columns.tolist()[: len(TABLES["cases"].names)] == TABLES["cases"].names


TIMES = st.sampled_from(
    [
        "",
        "2017-09-01",
        "2017-09-01 08:00",
        "2017-09-01 18:00",
        "2017-09-02",
        "2017-09-02 10:00",
        "坏",
    ]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {name: TIMES for name in FULL if name.endswith("时间")}
            | {"返工次数": st.sampled_from(["", "0", "1", "-2"])}
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_add_up_and_what_is_accepted_is_in_order(rows: list[dict[str, str]]) -> None:
    cases, set_aside = quiet(*rows)
    assert len(cases) + len(set_aside) == len(rows)
    assert set(set_aside["reason"]) <= set(case_reasons())
    assert cases["stage"].notna().all()
    days = {name: cases[name].dt.normalize() for name in STAGES}
    steps = ["reported_at", "filed_at", "dispatched_at", "handled_at", "closed_at"]
    for place, later in enumerate(steps):
        for early in steps[:place]:
            assert not (days[later] < days[early]).any()
    assert not (days["resumed_at"] < days["suspended_at"]).any()
    assert (cases["paused_h"] >= 0).all()
