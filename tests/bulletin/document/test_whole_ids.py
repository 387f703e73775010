"""Ids are read and typed whole: no line of a page or a Word file ends inside one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import docx
import numpy as np
import pandas as pd
import pytest

from gridgov.bulletin.document.docx_file import write_docx
from gridgov.bulletin.document.html_file import write_html
from gridgov.bulletin.document.model import Document, Provenance, Section, TableBlock
from gridgov.columns import Table
from gridgov.figures.fonts import lettering
from gridgov.schema.kinds import Column

IDS = ["FJ-2017-000123", "FJ-2017-000124"]
TOTAL_CM = 16.6


def document(ids: list[str], texts: int) -> Document:
    """Return a document with one table: an id, and columns of text with as much as fits in none."""
    names = ["case_id", *(f"text_{place}" for place in range(texts))]
    long = ["占道经营" * 6, "无照经营" * 6]
    frame = pd.DataFrame(dict.fromkeys(names, long)).assign(case_id=ids)
    columns = tuple(Column(name, "str", name, name, "By hand.", True) for name in names)
    spec = Table("listed", ("case_id",), columns, "by hand")
    where = Provenance("示例", "2017-09", 2, "逐案")
    block = TableBlock("listed", frame, spec, "listed", where, names)
    return Document(
        title="x",
        subtitle="y",
        lang="zh",
        lead="",
        key_figures=[],
        sections=[Section("z", [block])],
        method=[],
        source="示例",
        numbers=[],
    )


def widths(path: Path) -> list[float]:
    (table,) = [one for one in docx.Document(str(path)).tables if len(one.columns) > 3]
    return [float(cell.width.cm) for cell in table.rows[1].cells]


@pytest.mark.parametrize("texts", [4, 7, 9])
def test_an_id_has_room_in_word_however_many_columns_there_are(tmp_path: Path, texts: int) -> None:
    found = widths(write_docx(document(IDS, texts), tmp_path / "a.docx"))
    needed = max(letters.width(9) for letters in lettering(IDS)) / 72 * 2.54
    # Word keeps 0.19 cm free on both sides of a cell.
    assert found[0] >= needed + 2 * 0.19
    assert sum(found) == pytest.approx(TOTAL_CM, abs=0.01)
    assert np.ptp(found[1:]) < 0.01


def test_ids_as_long_as_a_line_leave_room_for_the_rest(tmp_path: Path) -> None:
    found = widths(write_docx(document(["A" * 60, "B" * 60], 9), tmp_path / "a.docx"))
    assert sum(found) == pytest.approx(TOTAL_CM, abs=0.01)
    assert min(found) > 0.8


@pytest.fixture
def laid_out(chromium: object, tmp_path: Path) -> Callable[[list[str]], list[int]]:
    """Return on how many lines a narrow page shows each id."""

    def lines(ids: list[str]) -> list[int]:
        path = write_html(document(ids, 9), tmp_path / "a.html")
        page = chromium.new_page(viewport={"width": 700, "height": 600})  # type: ignore[attr-defined]
        page.goto(path.as_uri())
        found = page.evaluate(
            """() => Array.from(document.querySelectorAll("tbody tr td:first-child"), (cell) => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                return new Set(Array.from(range.getClientRects(), (box) => box.top)).size;
            })"""
        )
        page.close()
        return [int(one) for one in found]

    return lines


@pytest.mark.browser
def test_a_page_shows_an_id_on_one_line(laid_out: Callable[[list[str]], list[int]]) -> None:
    assert laid_out(IDS) == [1, 1]


@pytest.mark.browser
def test_only_an_id_that_would_burst_the_page_is_broken(
    laid_out: Callable[[list[str]], list[int]],
) -> None:
    first, second = laid_out(["A" * 90, "FJ-1"])
    assert first > 1
    assert second == 1


def test_what_is_copied_is_the_id_itself(tmp_path: Path) -> None:
    path = write_html(document(IDS, 4), tmp_path / "a.html")
    page = path.read_text(encoding="utf-8")
    assert re.findall(r'<td class="id">([^<]*)</td>', page) == IDS
    path = write_docx(document(IDS, 4), tmp_path / "a.docx")
    table = docx.Document(str(path)).tables[-1]
    assert [row.cells[0].text for row in table.rows[1:]] == IDS
