"""Bulletins as files: all or none, the same numbers in every one."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import gridgov as gg
from gridgov.bulletin.periodic import writing
from gridgov.errors import EmptyTableError, OptionError, OutputError

SHORT = {"title": "{place}{kind}", "sections": ["overview", "categories", "cases", "supervision"]}


@pytest.fixture
def options(sample_records: Any, given: dict[str, Any]) -> dict[str, Any]:
    return {"incidents": sample_records.located, "lang": "zh", "template": SHORT, **given}


def test_a_folder_gets_all_formats_with_the_same_numbers(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is absent")
    pptx = pytest.importorskip("pptx", reason="python-pptx is absent")

    result = gg.write_bulletin(tmp_path / "september", month="2017-09", **options)
    names = [path.name for path in result.paths]
    assert names == [f"2017-09.{ending}" for ending in ("docx", "pptx", "xlsx", "html", "json")]
    assert sorted(path.name for path in (tmp_path / "september").iterdir()) == sorted(names)
    record = json.loads(result.paths[-1].read_text(encoding="utf-8"))
    incidents = record["numbers"]["incidents"]["value"]
    overdue = record["numbers"]["cases_overdue"]["value"]
    assert record["facts"]["period"] == "2017-09"

    word = docx.Document(result.paths[0])
    told = "\n".join(
        [part.text for part in word.paragraphs]
        + [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    )
    deck = pptx.Presentation(result.paths[1])
    shown = "\n".join(
        shape.text_frame.text
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    page = result.paths[3].read_text(encoding="utf-8")
    for text in (told, shown, page):
        assert f"共上报事件 {incidents} 起" in text
        assert f"超期 {overdue} 件" in text
    with warnings.catch_warnings():
        # openpyxl does not know data bars that begin at zero.
        warnings.filterwarnings(
            "ignore", message=".*extension is not supported", category=UserWarning
        )
        book = openpyxl.load_workbook(result.paths[2])
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    for row in result.tables["categories"].to_dict("records"):
        assert row["group"] in cells
        assert row["incidents"] in cells


def test_a_file_is_of_its_format_and_has_its_numbers_beside(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    result = gg.write_bulletin(tmp_path / "mine.html", week="2017-W37", **options)
    assert [path.name for path in result.paths] == ["mine.html", "mine.json"]
    assert result.summary[0] == result.document.title
    page = result.paths[0].read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["']?https?:""", page)


def test_the_same_records_give_the_same_bytes(tmp_path: Path, options: dict[str, Any]) -> None:
    first, second = (
        gg.write_bulletin(tmp_path / f"{name}.xlsx", day="2017-09-12", **options)
        for name in ("first", "second")
    )
    for one, other in zip(first.paths, second.paths, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_nothing_half_written_is_left_when_a_format_fails(
    tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "2017-09.xlsx"
    kept.write_text("of last month", encoding="utf-8")

    def broken(document: Any, path: Path) -> Path:
        raise OutputError("The disk is full.")

    formats = {".xlsx": writing.FORMATS[".xlsx"], ".html": broken}
    monkeypatch.setattr(writing, "FORMATS", formats)
    with pytest.raises(OutputError, match="The disk is full"):
        gg.write_bulletin(tmp_path, month="2017-09", **options)
    assert [path.name for path in tmp_path.iterdir()] == ["2017-09.xlsx"]
    assert kept.read_text(encoding="utf-8") == "of last month"


def test_files_that_cannot_be_put_in_place_leave_the_old_ones(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    (tmp_path / "2017-09.html").write_text("of last month", encoding="utf-8")
    # A folder in the way of the last file.
    (tmp_path / "2017-09.json" / "inside").mkdir(parents=True)
    path = tmp_path / "2017-09.html"
    with pytest.raises(OutputError, match=r"2017-09\.json is a folder"):
        gg.write_bulletin(path, month="2017-09", **options)
    assert path.read_text(encoding="utf-8") == "of last month"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("mine.pdf", OptionError, r"A bulletin is written as \.docx, .*Found: 'mine\.pdf'"),
        ("absent/mine.html", OutputError, "The folder of a file to write must exist"),
        ("folder.html", OutputError, "is a folder"),
        ("file", OutputError, "is a file"),
    ],
)
def test_a_path_that_will_not_do_is_known_before_any_work(
    tmp_path: Path, name: str, error: type[Exception], words: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(error, match=words):
        gg.write_bulletin(
            tmp_path / name, month="2017-09", incidents=None, grid=None, jurisdictions=None
        )


def test_a_run_writes_every_period_and_street(tmp_path: Path, options: dict[str, Any]) -> None:
    told: list[tuple[int, int, str]] = []
    result = gg.write_bulletins(
        tmp_path / "year",
        periods=["2017-08", "2017-W37", "2030-01"],
        streets=["八角", "110107001"],
        formats=["html"],
        progress=lambda *step: told.append(step),
        **options,
    )
    assert result.written["period"].tolist() == ["2017-08"] * 3 + ["2017-W37"] * 3
    assert result.written["street_id"].isna().sum() == 2
    assert (result.written["files"] == 2).all()
    assert len(result.paths) == 12
    assert all(path.is_file() for path in result.paths)
    assert (tmp_path / "year" / "2017-W37_110107003.json").is_file()
    assert told[0] == (1, 9, "2017-08")
    assert told[1][:2] == (2, 9)
    assert result.skipped["period"].tolist() == ["2030-01"]
    assert "needs records of that time" in result.skipped["reason"].iloc[0]


def test_a_run_says_the_same_as_a_single_bulletin(tmp_path: Path, options: dict[str, Any]) -> None:
    run = gg.write_bulletins(
        tmp_path / "run",
        periods=["2017-09"],
        streets="八角",
        whole=False,
        formats="html",
        **options,
    )
    single = gg.write_bulletin(tmp_path / "one.html", month="2017-09", street="八角", **options)
    assert run.paths[-1].read_bytes() == single.paths[-1].read_bytes()


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"periods": []}, OptionError, "periods must name at least one"),
        ({"periods": ["september"]}, OptionError, "Found: 'september'"),
        ({"periods": ["2017-09"], "formats": ["pdf"]}, OptionError, "formats must be one of"),
        ({"periods": ["2017-09"], "whole": False}, OptionError, "Found: neither"),
        ({"periods": ["2017-09"], "streets": ["天桥"]}, OptionError, "Found: '天桥'"),
        ({"periods": ["2030-01"]}, EmptyTableError, "2030-01 needs records"),
    ],
)
def test_a_run_that_cannot_be_is_one_error(
    tmp_path: Path,
    options: dict[str, Any],
    more: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        gg.write_bulletins(tmp_path / "out", **(options | {"formats": ["html"]} | more))
    assert not (tmp_path / "out").exists()
