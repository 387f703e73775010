"""The assessment of a small folder whose numbers were worked by hand."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.assessment_pack import AssessmentResult
from gridgov.bulletin.assessment_tables import ASSESSMENT_TABLES
from gridgov.columns import Table
from gridgov.errors import EmptyTableError, OptionError, OutputError, SettingsError


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rate_of(result: AssessmentResult, indicator: str, group: str | None = None) -> Any:
    frame = result.tables["indicators"]
    same = frame["group"].isna() if group is None else frame["group"] == group
    (row,) = frame[(frame["indicator"] == indicator) & same].to_dict("records")
    return row["numerator"], row["denominator"]


def test_every_file_is_there_and_listed(
    january: AssessmentResult, all_times: AssessmentResult
) -> None:
    for result in (january, all_times):
        found = {
            path.relative_to(result.out).as_posix()
            for path in result.out.rglob("*")
            if path.is_file()
        }
        assert found == set(result.record["files"])
        said = json.loads((result.out / "assess.json").read_text(encoding="utf-8"))
        assert said == result.record
        assert {"index.html", "tables.xlsx", "assess.json", "set_aside.csv"} < found
    assert "figures/scores.png" in january.record["files"]
    assert "tables/standing.csv" in january.record["files"]
    assert "tables/standing.csv" not in all_times.record["files"]


def test_rates_are_those_worked_by_hand(january: AssessmentResult) -> None:
    # 9 + 6 + 2 in time of 12 + 12 + 2 that were due in January.
    assert rate_of(january, "on_time_closing_rate") == (17, 26)
    assert rate_of(january, "on_time_closing_rate", "01") == (9, 12)
    assert rate_of(january, "on_time_closing_rate", "02") == (6, 12)
    # One of the two visits of January reached somebody; that of February has not happened.
    assert rate_of(january, "response_rate_12345") == (1, 2)
    number = january.record["numbers"]["indicator.on_time_closing_rate"]
    assert (number["numerator"], number["denominator"]) == (17, 26)
    assert number["value"] == pytest.approx(17 / 26)


def test_scores_and_ranks_are_those_of_the_public_function(january: AssessmentResult) -> None:
    frame = january.tables["range_scores"]
    assert frame["group"].tolist() == ["01", "02"]
    assert frame["rank"].tolist() == [1, 2]
    # City page K: due three days after filing, all filed in January; no rework, no supervision.
    # 50 x 9/12 + 30 x 11/12 + 10 + 10 and 50 x 6/12 + 30 x 12/12 + 10 + 10.
    assert frame["score"].tolist() == pytest.approx([85.0, 75.0])
    # A month alone has one ranking, not two that differ by their draws.
    pd.testing.assert_frame_equal(frame, january.tables["scores"])


def test_supervision_and_alleys_are_those_worked_by_hand(january: AssessmentResult) -> None:
    (listed,) = january.tables["supervision"].to_dict("records")
    # C012, filed on the 12th, due on the 15th at 9: 16 days and 15 hours before 1 February.
    assert listed["case_id"] == "C012"
    assert listed["overdue_h"] == pytest.approx(16 * 24 + 15)
    counts = january.tables["supervision_counts"].set_index("label")
    assert counts["overdue_cases"].tolist() == [1, 1, 0]
    standing = january.tables["standing"].set_index("line_id")["standing"]
    assert standing.to_dict() == {"A": "downgraded", "B": "met"}
    (place,) = january.tables["repeat_places"].to_dict("records")
    assert place["reports"] == 3
    assert (place["longitude"], place["latitude"]) == pytest.approx((116.171, 39.909))


def test_a_month_is_seen_from_its_end_and_later_when_asked(
    january: AssessmentResult, cases_folder: Path, small_cases: Any, tmp_path: Path
) -> None:
    assert january.record["facts"]["as_of"] == "2024-02-01T00:00:00+08:00"
    later = small_cases.assess(
        cases_folder, out=tmp_path / "out", month="2024-01", as_of="2024-03-01"
    )
    assert rate_of(later, "response_rate_12345") == (2, 3)


def test_every_row_is_counted_once(january: AssessmentResult) -> None:
    counts = january.counts
    assert counts["rows_read"] == 27
    assert counts["rows_read"] == counts["accepted"] + counts["set_aside"]
    assert counts["set_aside"] == sum(counts["set_aside_by_reason"].values()) == 1
    names = ("in_pack", "no_group", "earlier", "later", "no_time", "other_category")
    fates = [counts[name] for name in names]
    assert fates == [24, 2, 0, 0, 0, 0]
    assert sum(fates) == counts["accepted"]
    sums = january.tables["case_sums"]
    for _, step in sums.groupby("step"):
        assert step.loc[step["part"] == "total", "rows"].sum() * 2 == step["rows"].sum()
    (visit,) = january.tables["callbacks_set_aside"]["reason"]
    assert visit == "unknown_case"
    # Of no known street: in the whole, in no group.
    delays = january.tables["delays"]
    assert delays["cases"].tolist() == [26, 12, 12]


def test_a_street_without_cases_is_named_and_not_ranked(
    january: AssessmentResult, small_cases: Any
) -> None:
    page = (january.out / "index.html").read_text(encoding="utf-8")
    assert "本期没有案件" in page
    assert small_cases.streets["03"][0] in page


def test_no_personal_data_reach_any_file(
    january: AssessmentResult, all_times: AssessmentResult, small_cases: Any
) -> None:
    for result in (january, all_times):
        for path in result.out.rglob("*"):
            if not path.is_file():
                continue
            held = path.read_bytes()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as archive:
                    held = b"".join(archive.read(name) for name in archive.namelist())
            assert small_cases.secret.encode() not in held, path


def test_hostile_names_stay_text(january: AssessmentResult) -> None:
    page = (january.out / "index.html").read_text(encoding="utf-8")
    assert "<script>alert(1)</script>" not in page
    assert "<b>试验</b>" not in page
    assert "{{7*7}}" in page
    assert not re.search(r'(src|href)="https?://', page)
    labels = [row["label"] for row in rows_of(january.out / "tables" / "range_scores.csv")]
    assert labels[0].startswith("'=HYPERLINK(1)")
    book = openpyxl.load_workbook(january.out / "tables.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_csv_workbook_and_json_hold_the_same_rows(january: AssessmentResult) -> None:
    book = openpyxl.load_workbook(january.out / "tables.xlsx")
    # An overview first, the meaning of columns last.
    assert len(book.sheetnames) == 2 + len(january.tables)
    for name, frame in january.tables.items():
        place = "set_aside.csv" if name == "set_aside" else f"tables/{name}.csv"
        assert len(rows_of(january.out / place)) == len(frame)
        assert len(january.record["tables"][name]["rows"]) == len(frame)
        assert frame.columns.tolist() == ASSESSMENT_TABLES[name].names
    scores = rows_of(january.out / "tables" / "range_scores.csv")
    said = january.record["tables"]["range_scores"]["rows"]
    assert [float(row["score"]) for row in scores] == [row["score"] for row in said]


def test_the_same_records_give_the_same_bytes(
    january: AssessmentResult, cases_folder: Path, small_cases: Any, tmp_path: Path
) -> None:
    again = small_cases.assess(cases_folder, out=tmp_path / "out", month="2024-01")
    for path in sorted(january.out.rglob("*")):
        if path.suffix in (".csv", ".json", ".xlsx", ".html", ".png"):
            same = again.out / path.relative_to(january.out)
            assert same.read_bytes() == path.read_bytes(), path.name


def test_departments_are_ranked_in_english(all_times: AssessmentResult) -> None:
    assert set(all_times.tables["range_scores"]["group"]) == {"城管", "公安"}
    # Nothing is left out of the groups: every case has a department.
    assert all_times.counts["no_group"] == 0
    assert all_times.summary[0].endswith("assessment · 2024-01-01 to 2024-01-12")
    assert set(all_times.record["left_out"]) == {"callbacks", "alleys"}
    assert "Alleys were not graded (gridgov.toml has no such section)" in all_times.summary[-1]


def test_quarters_follow_the_scores_by_quarter(
    cases_folder: Path, small_cases: Any, tmp_path: Path
) -> None:
    result = small_cases.assess(cases_folder, out=tmp_path / "out", period="QS", lang="en")
    assert result.tables["scores"]["period"].dt.strftime("%Y-%m-%d").unique().tolist() == [
        "2024-01-01"
    ]


def test_one_street_and_cases_that_are_all_open_are_no_error(
    small_cases: Any, tmp_path: Path
) -> None:
    folder = small_cases.write(tmp_path / "in", more=False)
    lines = (folder / "cases.csv").read_text(encoding="utf-8").splitlines()
    kept = lines[:13]
    closing = r"(2024-01-\d\d 09:00),2024-01-\d\d 09:00,(2024)"
    opened = [re.sub(closing, r"\1,,\2", line) for line in kept]
    (folder / "cases.csv").write_text("\n".join(opened) + "\n", encoding="utf-8")
    result = small_cases.assess(folder, out=tmp_path / "out", lang="en")
    assert rate_of(result, "closing_rate") == (0, 12)
    assert result.tables["range_scores"]["rank"].tolist() == [1]
    assert result.record["left_out"]["delay_tests"] == "one_group"
    assert int(result.tables["supervision_counts"]["overdue_cases"].iloc[0]) == 12


def test_only_the_categories_of_the_settings_count(small_cases: Any, tmp_path: Path) -> None:
    folder = small_cases.write(tmp_path / "in", more=False)
    text = (folder / "cases.csv").read_text(encoding="utf-8")
    # The first two cases, both closed in time.
    for case in ("C001", "C002"):
        text = text.replace(f"{case},垃圾", f"{case},游商")
    (folder / "cases.csv").write_text(text, encoding="utf-8")
    said = (folder / "gridgov.toml").read_text(encoding="utf-8")
    said = said.replace('lang = "zh"', 'lang = "zh"\ncategories = ["游商"]')
    (folder / "gridgov.toml").write_text(said, encoding="utf-8")
    result = small_cases.assess(folder, out=tmp_path / "out", month="2024-01")
    assert rate_of(result, "on_time_closing_rate") == (2, 2)
    assert result.counts["other_category"] == result.counts["accepted"] - 2
    # Two cases are too few for a rank, and that is what is said.
    assert "没有单位参与排名：案件过少，不参与排名。" in result.summary


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"month": "2023-05"}, EmptyTableError, "cases were opened from 2024-01-01 to 2024-01-12"),
        ({"start": "2024-02-01"}, EmptyTableError, "at least one case that was opened in it"),
        ({"by": "phone"}, OptionError, "by must be one of"),
        ({"scheme": {"items": []}}, SettingsError, "items"),
        (
            {
                "scheme": {
                    "items": [
                        {"name": "a", "indicator": "closing_rate", "weight": 0.5},
                        {"name": "b", "indicator": "rework_rate", "weight": 0.4},
                    ]
                }
            },
            SettingsError,
            "weights",
        ),
    ],
)
def test_what_cannot_be_done_is_one_error_and_nothing_is_written(
    options: dict[str, Any],
    error: type[Exception],
    words: str,
    cases_folder: Path,
    small_cases: Any,
    tmp_path: Path,
) -> None:
    with pytest.raises(error, match=words):
        small_cases.assess(cases_folder, out=tmp_path / "out", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_cases_is_one_error(small_cases: Any, tmp_path: Path) -> None:
    folder = small_cases.write(tmp_path / "in", cases=False, more=False)
    with pytest.raises(SettingsError, match=r"no section \[cases\] in gridgov.toml"):
        small_cases.assess(folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_only_what_an_assessment_wrote_is_replaced(
    january: AssessmentResult, cases_folder: Path, small_cases: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(january.out, out)
    small_cases.assess(cases_folder, out=out, month="2024-01", by="department")
    assert json.loads((out / "assess.json").read_text("utf-8"))["facts"]["by"] == "department"
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match=r"Found in .*mine\.txt"):
        small_cases.assess(cases_folder, out=out, month="2024-01")
    assert (out / "mine.txt").read_text(encoding="utf-8") == "keep"


def test_every_phrase_says_the_same_fields_in_both_languages() -> None:
    text = files("gridgov.bulletin").joinpath("assessment_words.toml").read_text("utf-8")
    for key, said in tomllib.loads(text).items():
        assert set(said) == {"en", "zh"}, key
        fields = [
            {name for _, name, _, _ in Formatter().parse(said[lang]) if name}
            for lang in ("en", "zh")
        ]
        if key != "lead.sure":
            assert fields[0] == fields[1], key


def test_the_tables_are_described_in_both_languages() -> None:
    for name, table in ASSESSMENT_TABLES.items():
        assert isinstance(table, Table)
        assert table.name == name
        for column in table.columns:
            assert all((column.label, column.label_zh, column.meaning)), (name, column.name)


def test_the_public_name_is_the_function(january: AssessmentResult) -> None:
    assert gg.write_assessment.__name__ == "write_assessment"
    assert isinstance(january, AssessmentResult)
