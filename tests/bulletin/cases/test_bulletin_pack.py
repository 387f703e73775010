"""The bulletins of a small folder, and which periods are asked for."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from gridgov.bulletin.assessment_pack import AssessmentResult
from gridgov.bulletin.bulletin_pack import FolderBulletinsResult, write_folder_bulletins
from gridgov.bulletin.bulletin_periods import bulletin_periods
from gridgov.errors import DataWarning, EmptyTableError, OptionError, OutputError


def quiet(folder: Path, **options: Any) -> FolderBulletinsResult:
    with warnings.catch_warnings():
        # What the readers notice is held by their tests.
        warnings.simplefilter("ignore", DataWarning)
        return write_folder_bulletins(folder, **options)


@pytest.fixture(scope="module")
def two_months(cases_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two months of the district and each street as HTML, and what was told on the way."""
    told: list[tuple[int, int, str]] = []
    result = quiet(
        cases_folder,
        out=tmp_path_factory.mktemp("months") / "out",
        start="2024-01-01",
        end="2024-03-01",
        every="month",
        street="all",
        formats=["html"],
        progress=lambda *line: told.append(line),
    )
    return result, told


def test_a_run_writes_the_district_and_each_street(two_months: Any) -> None:
    result, told = two_months
    assert len(result.written) == 2 * 4
    found = {path.name for path in result.out.iterdir()}
    assert found == set(result.record["files"])
    assert {"2024-01.html", "2024-01.json", "2024-02_03.html", "bulletins.json"} < found
    assert len(found) == 2 * 8 + 1
    assert told[:2] == [(1, 2, told[0][2]), (2, 2, told[1][2])]
    assert [line[:2] for line in told[2:]] == [(number, 8) for number in range(1, 9)]
    said = json.loads((result.out / "bulletins.json").read_text(encoding="utf-8"))
    assert said == result.record
    counts = said["counts"]
    assert counts["rows_read"] == counts["accepted"] + counts["set_aside"]
    assert sum(counts["match"].values()) == counts["accepted"]
    assert "8 份" in result.summary[0]


def test_a_bulletin_and_an_assessment_of_one_month_say_the_same(
    two_months: Any, january: AssessmentResult
) -> None:
    result, _ = two_months
    bulletin = json.loads((result.out / "2024-01.json").read_text(encoding="utf-8"))["numbers"]
    ours = january.record["numbers"]
    shared = [key for key in ours if key.startswith("indicator.") and key in bulletin]
    # Visits of February are in neither.
    assert "indicator.response_rate_12345" in shared
    assert "indicator.on_time_closing_rate" in shared
    for key in shared:
        for part in ("numerator", "denominator", "value", "low", "high"):
            assert bulletin[key][part] == ours[key][part], (key, part)


def test_no_personal_data_reach_any_file(two_months: Any, small_cases: Any) -> None:
    result, _ = two_months
    for path in result.out.iterdir():
        assert small_cases.secret not in path.read_text(encoding="utf-8"), path.name


def test_only_what_a_run_wrote_is_replaced(cases_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = {"out": out, "month": "2024-01", "formats": ["xlsx"]}
    quiet(cases_folder, **options)
    quiet(cases_folder, **options, street="02", lang="en")
    assert sorted(path.name for path in out.iterdir()) == [
        *("2024-01_02.json", "2024-01_02.xlsx", "bulletins.json"),
    ]
    (out / "mine.docx").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match=r"Found in .*mine\.docx"):
        quiet(cases_folder, **options)
    assert (out / "mine.docx").read_text(encoding="utf-8") == "keep"


def test_periods_of_which_nothing_is_known_are_named(cases_folder: Path, tmp_path: Path) -> None:
    result = quiet(
        cases_folder,
        out=tmp_path / "out",
        **{"start": "2023-12-01", "end": "2024-02-01", "every": "month", "formats": ["html"]},
    )
    assert result.skipped["period"].tolist() == ["2023-12"]
    assert result.written["period"].tolist() == ["2024-01"]
    assert "2023-12" in result.summary[1]
    with pytest.raises(EmptyTableError, match="2020"):
        quiet(cases_folder, out=tmp_path / "none", year="2020")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"month": "2024-01", "street": "99"}, "street must be all, or the id or the name of"),
        ({"month": "2024-01", "formats": ["pdf"]}, "formats must be one of"),
        ({"month": "2024-01", "formats": []}, "formats must name one or more"),
    ],
)
def test_what_does_not_exist_is_one_error_and_nothing_is_written(
    options: dict[str, Any], words: str, cases_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(OptionError, match=words):
        quiet(cases_folder, out=tmp_path / "out", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_year_has_twelve_months_and_its_iso_weeks() -> None:
    months = bulletin_periods(year="2017", every="month")
    assert months == [f"2017-{month:02d}" for month in range(1, 13)]
    weeks = bulletin_periods(year=2020, every="week")
    # 2020 has 53 ISO weeks, the first from Monday, 30 December 2019.
    assert (weeks[0], weeks[-1], len(weeks)) == ("2020-W01", "2020-W53", 53)
    assert len(bulletin_periods(year="2016", every="day")) == 366


def test_periods_are_those_that_begin_in_the_time() -> None:
    # September 2017: Mondays on the 4th, 11th, 18th and 25th.
    assert bulletin_periods(month="2017-09", every="week") == [
        *("2017-W36", "2017-W37", "2017-W38", "2017-W39"),
    ]
    assert bulletin_periods(week="2017-W37", every="day")[:2] == ["2017-09-11", "2017-09-12"]
    assert bulletin_periods(month="2017-09", every="month") == ["2017-09"]
    with pytest.raises(OptionError, match="At least one month must begin"):
        bulletin_periods(start="2017-09-02", end="2017-09-30", every="month")
    with pytest.raises(OptionError, match="Found: every month of a week"):
        bulletin_periods(week="2017-W37", every="month")
