"""A small folder with cases, return visits and alleys whose numbers can be worked by hand.

January 2024 in Beijing time: street 01 filed 12 cases and closed 9 in time and 2 late, one is
open; street 02 filed 12, closed 6 in time and 6 late; street 03 has none; two cases closed in
time name no street. Each was due three days after it was filed.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from gridgov.bulletin.assessment_pack import AssessmentResult, write_assessment
from gridgov.errors import DataWarning

STREETS = {
    "01": ("=HYPERLINK(1)<script>alert(1)</script>", 116.16, 116.18),
    "02": ("{{7*7}} 鲁谷", 116.18, 116.20),
    "03": ("没有案件的街道", 116.20, 116.22),
}
SECRET = "13800001234-zhang"

SETTINGS = """
[brief]
title = "<b>试验</b> {{title}}"
lang = "zh"
resolution = 9
source = "synthetic & made up"
[incidents]
file = "incidents.csv"
timezone = "Asia/Shanghai"
[jurisdictions]
file = "streets.geojson"
"""
CASES = """
[cases]
file = "cases.csv"
timezone = "Asia/Shanghai"
as_of = "2024-03-01"
"""
MORE = """
[callbacks]
file = "callbacks.csv"
timezone = "Asia/Shanghai"
[alleys]
file = "alleys.geojson"
[alley_checks]
file = "alley_checks.csv"
timezone = "Asia/Shanghai"
"""


def write_small_cases(folder: Path, *, cases: bool = True, more: bool = True) -> Path:
    """Write the folder, with or without cases, return visits and alleys."""
    folder.mkdir()
    head = "incident_id,category,reported_at,longitude,latitude,channel,department,phone"
    rows = [
        f"A{row},垃圾,2024-{1 + row % 2:02d}-{1 + row % 28:02d} 12:00:00,"
        f"{116.161 + (row % 50) * 0.001:.6f},39.905000,hotline,城管,{SECRET}"
        for row in range(100)
    ]
    # Three of one kind at one place within a month.
    rows += [
        f"R{row},游商,2024-01-0{row + 1} 08:00:00,116.171,39.909,app,城管," for row in range(3)
    ]
    (folder / "incidents.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    made = [
        {
            "type": "Feature",
            "properties": {"street_id": key, "street": name, "district": "区"},
            "geometry": {"type": "Polygon", "coordinates": [_ring(west, east)]},
        }
        for key, (name, west, east) in STREETS.items()
    ]
    _collection(folder / "streets.geojson", made)
    said = SETTINGS + (CASES if cases else "") + (MORE if more else "")
    (folder / "gridgov.toml").write_text(said, encoding="utf-8")
    if cases:
        _write_cases(folder / "cases.csv")
    if more:
        _write_more(folder)
    return folder


def _write_cases(path: Path) -> None:
    """Write the cases, and one row that ends before it begins."""
    outcomes = {"01": "t" * 9 + "ll" + "o", "02": "t" * 6 + "l" * 6, "": "tt"}
    lines = ["案件编号,问题类型,街道编号,责任部门,立案时间,结案时间,结案时限,返工次数,督办,phone"]
    number = 0
    for street, said in outcomes.items():
        for day, outcome in enumerate(said, start=1):
            number += 1
            closed = {"t": f"2024-01-{day + 1:02d} 09:00", "l": f"2024-01-{day + 5:02d} 09:00"}
            lines.append(
                f"C{number:03d},垃圾,{street},{('城管', '公安')[day % 2]},2024-01-{day:02d} 09:00,"
                f"{closed.get(outcome, '')},2024-01-{day + 3:02d} 09:00,0,否,{SECRET}"
            )
    lines.append(
        f"C999,垃圾,01,城管,2024-01-05 09:00,2024-01-02 09:00,2024-01-08 09:00,0,否,{SECRET}"
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_more(folder: Path) -> None:
    """Write two visits of January, one of February and one of a case that is not there; alleys."""
    visits = [
        "C001,2024-01-10 10:00,是,是,满意",
        "C002,2024-01-10 10:00,否,,",
        "C003,2024-02-10 10:00,是,否,不满意",
        "C777,2024-01-10 10:00,是,是,满意",
    ]
    head = "案件编号,回访时间,是否联系,是否解决,满意度"
    (folder / "callbacks.csv").write_text("\n".join([head, *visits]) + "\n", encoding="utf-8")
    line = {"type": "LineString", "coordinates": [[116.165, 39.905], [116.166, 39.905]]}
    alleys = [
        {
            "type": "Feature",
            "properties": {"line_id": key, "line": f"<i>{key}</i>巷", "street": "01"},
            "geometry": line,
        }
        for key in ("A", "B")
    ]
    _collection(folder / "alleys.geojson", alleys)
    checks = ["A,2024-01,85", "B,2024-01,95", "A,2024-02,95", "B,2024-02,95"]
    text = "\n".join(["line_id,month,score", *checks]) + "\n"
    (folder / "alley_checks.csv").write_text(text, encoding="utf-8")


def _ring(west: float, east: float) -> list[list[float]]:
    return [[west, 39.9], [east, 39.9], [east, 39.915], [west, 39.915], [west, 39.9]]


def _collection(path: Path, made: list[dict[str, Any]]) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


class SmallCases:
    """The folder's writer and what its numbers are known by."""

    streets = STREETS
    secret = SECRET

    @staticmethod
    def write(folder: Path, *, cases: bool = True, more: bool = True) -> Path:
        return write_small_cases(folder, cases=cases, more=more)

    @staticmethod
    def assess(folder: Path, **options: Any) -> AssessmentResult:
        with warnings.catch_warnings():
            # What the readers notice is held by their tests.
            warnings.simplefilter("ignore", DataWarning)
            return write_assessment(folder, **({"samples": 99} | options))


@pytest.fixture(scope="session")
def small_cases() -> type[SmallCases]:
    return SmallCases


@pytest.fixture(scope="session")
def cases_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_cases(tmp_path_factory.mktemp("cases") / "in")


@pytest.fixture(scope="session")
def january(cases_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AssessmentResult:
    """January by street, in Chinese, with everything."""
    out = tmp_path_factory.mktemp("january") / "out"
    return SmallCases.assess(cases_folder, out=out, month="2024-01")


@pytest.fixture(scope="session")
def all_times(tmp_path_factory: pytest.TempPathFactory) -> AssessmentResult:
    """All times by department, in English, from a folder with cases alone."""
    home = tmp_path_factory.mktemp("all_times")
    folder = write_small_cases(home / "in", more=False)
    return SmallCases.assess(folder, out=home / "out", by="department", lang="en")
