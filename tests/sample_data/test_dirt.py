"""Every dirty row is found, for the reason that the truth gives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg

Rows = Callable[[str], list[dict[str, str]]]
Import = Callable[[str], ModuleType]

SET_ASIDE = (
    "missing_id",
    "duplicate_id",
    "missing_time",
    "unreadable_time",
    "closed_before_reported",
    "unreadable_coordinate",
    "out_of_range_coordinate",
    "zero_coordinate",
    "swapped_coordinates",
)
CATEGORIES = {
    "违法建设",
    "占道经营",
    "户外广告",
    "LED电子显示屏",
    "背街小巷",
    "暴露垃圾",
    "垃圾分类",
}


def test_rows_are_set_aside_for_the_reasons_that_were_planted(
    sample_line: Any, sample_truth: dict[str, Any]
) -> None:
    found = Counter(sample_line.set_aside["reason"])
    assert found == {reason: sample_truth["dirt"][reason] for reason in SET_ASIDE}


def test_accepted_and_set_aside_rows_are_all_rows(
    sample_line: Any, sample_truth: dict[str, Any], sample_rows: Rows
) -> None:
    total = len(sample_line.incidents) + len(sample_line.set_aside)
    assert total == sample_truth["rows"]["total"] == len(sample_rows("incidents.csv"))
    assert 19_500 < total < 20_500


def test_missing_and_outside_points_are_kept_and_counted(
    sample_line: Any, sample_truth: dict[str, Any]
) -> None:
    matches = Counter(sample_line.located[10]["match"])
    dirt = sample_truth["dirt"]
    assert matches["no_point"] == dirt["missing_coordinates"]
    assert matches["outside"] == dirt["outside_district"]
    assert set(matches) == {"inside", "no_point", "outside"}


def test_unknown_categories_are_noticed(
    sample_line: Any, sample_truth: dict[str, Any], sample_rows: Rows
) -> None:
    rows = sample_rows("incidents.csv")
    assert {row["问题类型"] for row in rows} > CATEGORIES
    unknown = sum(row["问题类型"] not in CATEGORIES for row in rows)
    assert unknown == sample_truth["dirt"]["unknown_category"]
    noticed = gg.notices(sample_line.incidents)
    counted = noticed.loc[noticed["notice"].str.contains("categor"), "value"].sum()
    assert counted == unknown


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("date_slashes", r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}"),
        ("date_chinese", r"\d{4}年\d{1,2}月\d{1,2}日 \d{1,2}时\d{2}分"),
        ("date_compact", r"\d{8}"),
        ("date_iso_offset", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00"),
    ],
)
def test_other_date_formats_are_as_many_as_planted(
    sample_rows: Rows, sample_truth: dict[str, Any], kind: str, form: str
) -> None:
    ids = set()
    for row in sample_rows("incidents.csv"):
        if re.fullmatch(form, row["上报时间"]):
            ids.add(row["事件编号"])
    assert len(ids) == sample_truth["dirt"][kind]


def test_every_date_format_is_read_to_the_day_that_the_id_names(sample_line: Any) -> None:
    incidents = sample_line.incidents
    said = incidents["incident_id"].str.slice(2, 10)
    assert (incidents["reported_at"].dt.strftime("%Y%m%d") == said).all()


def test_every_point_lies_in_the_street_that_its_row_names(sample_line: Any) -> None:
    located = sample_line.located[10]
    names = sample_line.streets.set_index("street_id")["street"]
    inside = located["match"] == "inside"
    assert (located.loc[inside, "street_id"].map(names) == located.loc[inside, "街道"]).all()


def test_hostile_text_is_read_as_it_stands(
    sample_line: Any, sample_truth: dict[str, Any], generator: Import
) -> None:
    hostile = set(generator("dirt").HOSTILE)
    found = sample_line.incidents["问题描述"].isin(hostile)
    assert found.sum() == sample_truth["dirt"]["hostile_text"]
    assert set(sample_line.incidents.loc[found, "问题描述"]) == hostile


def test_persons_and_telephone_numbers_are_obviously_invented(sample_rows: Rows) -> None:
    rows = sample_rows("incidents.csv")
    persons = [row["上报人"] for row in rows if "示例" not in row["上报人"]]
    # The eight rows whose person is hostile text.
    assert len(persons) == 8
    assert all(re.fullmatch(r"(000-000[01]-\d{4})?", row["联系电话"]) for row in rows)


def test_channels_shift_toward_the_app_and_wechat(sample_line: Any) -> None:
    incidents = sample_line.incidents
    year = incidents["reported_at"].dt.year
    assert set(incidents["channel"]) == {"巡查", "热线", "APP", "微信", "短信", "视频"}
    share = pd.crosstab(year, incidents["channel"], normalize="index")
    for growing in ("APP", "微信"):
        assert share.loc[2017, growing] > 1.5 * share.loc[2015, growing]
    assert share.loc[2017, "短信"] < share.loc[2015, "短信"]


def test_all_eight_departments_have_work(sample_line: Any) -> None:
    # From the issue: the eight departments.
    departments = {"公安", "食药", "安监", "环保", "城管", "工商", "交通", "消防"}
    assert set(sample_line.incidents["department"]) == departments


def test_the_written_truth_is_the_records_own(
    generator: Import, sample_truth: dict[str, Any]
) -> None:
    records = generator("incidents").make_incidents(generator("stream").Stream(1))
    origins = Counter(record.origin for record in records)
    assert origins["background"] == sample_truth["background"]["incidents"]
    for place in sample_truth["places"]:
        spans = ("before", "campaign", "after")
        assert origins[place["key"]] == sum(place[span]["planted"] for span in spans)
    assert len(records) == sample_truth["rows"]["incidents"]
    reported = np.array([record.reported for record in records])
    assert (np.diff(reported) >= 0).all()
