"""Sheets of a workbook: names that a spreadsheet takes, rows as high as their texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from matplotlib.figure import Figure

from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    Number,
    Part,
    Provenance,
    Section,
    Series,
    TableBlock,
)
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.bulletin.document.xlsx_sheets import row_height
from gridgov.columns import Table
from gridgov.schema.kinds import Column

WHERE = Provenance("by hand", "2017-09", 3, "counted " * 20)
SPEC = Table("few", ("kind",), (Column("kind", "str", "kind", "类别", "Kind."),), "by hand")


def kinds(name: str, caption: str) -> TableBlock:
    frame = pd.DataFrame({"kind": ["a", "b"]})
    return TableBlock(name, frame, SPEC, caption, WHERE, ["kind"])


def bars(*values: float) -> ChartBlock:
    names = [f"street {number}" for number in range(len(values))]
    series = (Series("s", values),)
    return ChartBlock("bars", "bar", names, series, "points", Figure(), "bars", "bars", WHERE)


def book_of(tmp_path: Path, *parts: Part, numbers: tuple[Number, ...] = ()) -> Any:
    sections = [Section("one", parts)] if parts else []
    document = Document("title", "", "en", "", (), sections, (), "by hand", numbers)
    return openpyxl.load_workbook(write_xlsx(document, tmp_path / "book.xlsx"))


def test_names_of_sheets_are_ones_that_a_spreadsheet_takes(tmp_path: Path) -> None:
    captions = ["a[b]:c*d?e/f\\g", "'quoted'", "x" * 60, "X" * 60, "same", "Same", "\x00", "=1+1"]
    book = book_of(tmp_path, *(kinds(f"t{place}", one) for place, one in enumerate(captions)))
    names = book.sheetnames[1:-1]
    assert len(names) == len(captions)
    assert len({name.lower() for name in names}) == len(captions)
    assert all(0 < len(name) <= 31 for name in names)
    assert not any(set(name) & set("[]:*?/\\'") for name in names)
    assert "=1+1" in names


def test_rows_are_as_high_as_their_texts(tmp_path: Path) -> None:
    # "counted " twenty times is 160 letters, with the source about 200: three lines of 70.
    number = Number("n", "Number", 1, "count", provenance=WHERE)
    sheet = book_of(tmp_path, numbers=(number,)).worksheets[0]
    row = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Number" and row > 4)
    assert sheet.row_dimensions[row].height == 3 * 15.5
    assert sheet.row_dimensions[1].height >= 18 * 1.3


def test_a_chinese_letter_is_as_wide_as_two() -> None:
    assert row_height([("a" * 40, 40.0)]) == 15.5
    assert row_height([("街" * 40, 40.0), ("a", 1.0)]) == 2 * 15.5
    assert row_height([("a" * 1000, 50.0)]) == 20 * 15.5


def test_no_line_of_text_lies_behind_a_chart(tmp_path: Path) -> None:
    for values in ((1.0, 2.0), tuple(range(60))):
        sheet = book_of(tmp_path, bars(*values))["bars"]
        chart = sheet._charts[0].anchor
        told = [row for row in range(1, 90) if "Source" in str(sheet.cell(row, 1).value)]
        # Rows of the anchor are counted from 0, those of cells from 1.
        assert len(told) == 1
        assert told[0] > chart.to.row + 1


def test_an_empty_table_has_its_head_and_says_where_it_comes_from(tmp_path: Path) -> None:
    block = kinds("none", "none")
    empty = TableBlock("none", block.frame.iloc[:0], SPEC, "none", WHERE, ["kind"])
    sheet = book_of(tmp_path, empty)["none"]
    assert sheet.cell(1, 1).value == "kind"
    assert sheet.cell(2, 1).value is None
    assert sheet.cell(4, 1).value.startswith("Source: by hand")
