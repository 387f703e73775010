"""What LibreOffice shows of a document: all of it, on the page, with letters, alike."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pptx import Presentation

from gridgov.bulletin.document.docx_file import write_docx
from gridgov.bulletin.document.forms import write_value
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Form,
    KeyFigure,
    Number,
    Paragraph,
    Provenance,
    Rule,
    Section,
    Series,
    TableBlock,
)
from gridgov.bulletin.document.pptx_file import write_pptx
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.columns import Language, Table
from gridgov.schema.kinds import Column

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pypdf = pytest.importorskip("pypdf")

OFFICE: dict[str, Callable[[Document, Path], Path]] = {
    "docx": write_docx,
    "pptx": write_pptx,
    "xlsx": write_xlsx,
}

# Halves, which programs round in two ways; nothings with and without a sign; a little and a lot.
# By hand, as a spreadsheet shows them: halves go away from zero.
SHOWN: dict[Form, list[tuple[float, str]]] = {
    "count": [(2.5, "3"), (1532, "1,532"), (-1234, "−1,234"), (0, "0")],
    "percent": [(13 / 16, "81.3%"), (1 / 16, "6.3%"), (0.28685, "28.7%"), (-0.5, "−50.0%")],
    "points": [(94.25, "94.3"), (0.35, "0.4"), (-0.04, "0.0"), (88, "88.0")],
    "change": [(-2.25, "−2.3"), (2.25, "+2.3"), (-0.04, "0.0"), (0, "0.0")],
    "hours": [(1234.25, "1,234.3"), (0.05, "0.1"), (-0.25, "−0.3"), (72, "72.0")],
    "number": [(5, "5"), (0.12345, "0.1235"), (-0.5, "−0.5000"), (1234.25, "1,234.3")],
    "probability": [(0.00004, "< 0.001"), (0.0625, "0.063"), (0.001, "0.001"), (1, "1.000")],
}


class Said(NamedTuple):
    """A piece of text on a page, where it begins, and its font."""

    text: str
    x: float
    y: float
    font: str


def pages(path: Path) -> list[tuple[Any, list[Said]]]:
    """Return every page with its pieces of text."""
    read = []
    for page in pypdf.PdfReader(str(path)).pages:
        found: list[Said] = []

        def keep(text: str, cm: Any, tm: Any, font: Any, size: float, to: Any = found) -> None:
            if text.strip():
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                to.append(Said(text, x, y, str((font or {}).get("/BaseFont", ""))))

        page.extract_text(visitor_text=keep)
        read.append((page, found))
    return read


def whole_text(path: Path) -> str:
    """Return all text of a file without white space: where lines break is the program's affair."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(str(path)).pages)
    return re.sub(r"\s+", "", text)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def picture() -> Figure:
    figure = Figure(figsize=(6, 4))
    figure.subplots().plot([1, 2, 3], [3, 1, 2])
    return figure


def table_of(columns: list[tuple[str, str]]) -> Table:
    """Return the description of columns with their names as headings."""
    return Table(
        "opened",
        (columns[0][0],),
        tuple(Column(name, kind, name, name, "By hand.", True) for name, kind in columns),  # type: ignore[arg-type]
        "by hand",
    )


def opened_document(lang: Language, *, rows: int = 45, **own: Any) -> Document:
    """Return a document with a long table, a chart, a picture and every form of number."""
    zh = lang == "zh"
    where = Provenance(
        "手工样例" if zh else "made by hand", "2017-09", 532, "逐案计数" if zh else "Case by case"
    )
    forms = list(SHOWN)
    numbers = pd.DataFrame({form: [value for value, _ in SHOWN[form]] for form in forms})
    overdue = pd.DataFrame(
        {
            "case_id": [f"AJ{number:04d}" for number in range(rows)],
            "street": ["鲁谷街道" if number % 2 else "<b>八角</b> 街道" for number in range(rows)],
            "late_h": [np.nan if number == 1 else 1.5 * number for number in range(rows)],
        }
    )
    lists = [("case_id", "str"), ("street", "str"), ("late_h", "float64")]
    given: dict[str, Any] = {
        "title": "网格化城市管理月通报" if zh else "Grid governance: monthly bulletin",
        "subtitle": "2017 年 9 月" if zh else "September 2017",
        "lang": lang,
        "lead": "按期率 94.4%（269/285）。" if zh else "On time: 94.4% (269/285).",
        "key_figures": (
            KeyFigure("1,532", "受理事件" if zh else "Incidents", "上月 1,520" if zh else "1,520"),
            KeyFigure("16", "超期未结" if zh else "Overdue", tone="hot"),
        ),
        "sections": (
            Section(
                "热点" if zh else "Hotspots",
                (
                    Paragraph("本月共受理 1,532 起。" if zh else "1,532 were reported."),
                    FigureBlock("map", picture(), "热点分布" if zh else "Where", "map", where),
                ),
            ),
            Section(
                "考核" if zh else "Assessment",
                (
                    ChartBlock(
                        "ranking",
                        "bar",
                        ["鲁谷街道", "八角街道"],
                        (Series("按期率" if zh else "On time", [13 / 16, None]),),
                        "percent",
                        picture(),
                        "按期率排名" if zh else "Ranked",
                        "bars",
                        where,
                    ),
                    TableBlock(
                        "numbers",
                        numbers,
                        table_of([(form, "float64") for form in forms]),
                        "各种数字" if zh else "Numbers",
                        where,
                        forms,
                        forms={form: form for form in forms},
                    ),
                ),
            ),
            Section(
                "督办" if zh else "Supervision",
                (
                    TableBlock(
                        "overdue",
                        overdue,
                        table_of(lists),
                        "超期案件" if zh else "Overdue cases",
                        where,
                        [name for name, _ in lists],
                        forms={"late_h": "hours"},
                        most=40,
                        rules=(Rule("late_h", "above", 40), Rule("late_h", "bar")),
                    ),
                ),
            ),
        ),
        "method": ("逐案计数，区间为 95%。",) if zh else ("Counted case by case.",),
        "source": where.source,
        "numbers": (
            Number("incidents", "受理事件" if zh else "Incidents", 1532, "count", provenance=where),
            Number(
                "on_time", "按期率" if zh else "On time", 13 / 16, "share", 0.5, 1, 13, 16, where
            ),
        ),
        "created": datetime(2017, 9, 30, 23),
    }
    return Document(**(given | own))


@pytest.fixture(scope="module")
def opened(
    to_pdf: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], tuple[Path, Path]]:
    """File and PDF of the document, by language and format."""
    folder = tmp_path_factory.mktemp("opened")
    made = {}
    for lang in ("zh", "en"):
        for kind, write in OFFICE.items():
            path = write(opened_document(lang), folder / f"{lang}.{kind}")  # type: ignore[arg-type]
            made[lang, kind] = (path, to_pdf(path))
    return made


EVERY = [(lang, kind) for lang in ("zh", "en") for kind in OFFICE]


@pytest.mark.parametrize("form", list(SHOWN))
def test_numbers_are_written_as_a_spreadsheet_shows_them(form: Form) -> None:
    for value, text in SHOWN[form]:
        assert write_value(value, form) == text, (value, form)


@pytest.mark.parametrize(("lang", "kind"), EVERY)
def test_every_number_looks_the_same_in_every_program(opened: Any, lang: str, kind: str) -> None:
    text = whole_text(opened[lang, kind][1])
    # Row by row, so that a number is found in its own place.
    for row in range(4):
        line = "".join(bare(SHOWN[form][row][1]) for form in SHOWN)
        assert line in text, (lang, kind, line)


@pytest.mark.parametrize(("lang", "kind"), EVERY)
def test_all_that_a_document_says_is_there(opened: Any, lang: str, kind: str) -> None:
    text = whole_text(opened[lang, kind][1])
    zh = lang == "zh"
    wanted = [
        "网格化城市管理月通报",
        "2017年9月",
        "按期率94.4%（269/285）。",
        "逐案计数，区间为95%。",
    ]
    if not zh:
        wanted = ["Gridgovernance:monthlybulletin", "September2017", "Ontime:94.4%(269/285)."]
    wanted += ["鲁谷街道", "<b>八角</b>街道", "AJ0000", "AJ0039"]
    source = "资料来源：手工样例；时段：2017-09；n=532；方法：逐案计数。"
    wanted.append(source if zh else "Source:madebyhand.Period:2017-09.n=532.Method:Casebycase.")
    if kind != "xlsx":
        wanted += ["1,532", "16", "其余5行见工作簿。" if zh else "5morerowsintheworkbook."]
    else:
        # The workbook has every row.
        wanted.append("AJ0044")
    assert [one for one in wanted if one not in text] == []


@pytest.mark.parametrize(("lang", "kind"), EVERY)
def test_every_letter_has_a_glyph_and_its_font_is_inside(opened: Any, lang: str, kind: str) -> None:
    path = opened[lang, kind][1]
    text = whole_text(path)
    assert not set(text) & {"\ufffd", "□", "\x00"}
    fonts = {}
    for page in pypdf.PdfReader(str(path)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])
            fonts[str(font["/BaseFont"])] = bool(files)
    assert fonts
    assert all(fonts.values()), fonts
    # Chinese letters come from a font that has them.
    chinese = {
        said.font for _, found in pages(path) for said in found if re.search("[一-鿿]", said.text)
    }
    assert chinese
    assert all("CJK" in font for font in chinese), chinese


@pytest.mark.parametrize(("lang", "kind"), EVERY)
def test_all_text_lies_on_its_page(opened: Any, lang: str, kind: str) -> None:
    for page, found in pages(opened[lang, kind][1]):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        outside = [one for one in found if not (0 <= one.x <= width and 0 <= one.y <= height)]
        assert outside == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_slide_is_a_page_and_a_page_is_a4(opened: Any, lang: str) -> None:
    deck, drawn = opened[lang, "pptx"]
    sizes = [page.mediabox for page, _ in pages(drawn)]
    assert len(sizes) == len(Presentation(str(deck)).slides)
    assert {(round(float(box.width)), round(float(box.height))) for box in sizes} == {(960, 540)}
    for kind, wanted in (("docx", (595, 842)), ("xlsx", (842, 595))):
        sizes = [page.mediabox for page, _ in pages(opened[lang, kind][1])]
        assert {(round(float(box.width)), round(float(box.height))) for box in sizes} == {wanted}


def test_a_long_table_stays_above_the_line_that_says_where_it_comes_from(opened: Any) -> None:
    parts = 0
    for _, found in pages(opened["en", "pptx"][1]):
        rows = [one.y for one in found if one.text.strip().startswith("AJ00")]
        if rows:
            parts += 1
            note = max(one.y for one in found if "more rows in the workbook" in one.text)
            assert min(rows) > note
    assert parts > 1
