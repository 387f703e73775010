"""Five files of one document: the same numbers in all, nothing that strangers wrote runs."""

from __future__ import annotations

import html
import json
import re
import warnings
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pptx import Presentation

from gridgov.bulletin.document.docx_file import write_docx
from gridgov.bulletin.document.html_file import write_html
from gridgov.bulletin.document.json_file import write_json
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    KeyFigure,
    Number,
    Paragraph,
    Provenance,
    Rule,
    Section,
    Series,
    TableBlock,
)
from gridgov.bulletin.document.office import office_package
from gridgov.bulletin.document.pptx_file import write_pptx
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.columns import TABLES, Language
from gridgov.errors import ExtraMissingError, OutputError
from gridgov.figures.page_text import one
from gridgov.figures.sheet import make_sheet, write

WRITERS: dict[str, Callable[..., Path]] = {
    "docx": write_docx,
    "pptx": write_pptx,
    "xlsx": write_xlsx,
    "html": write_html,
    "json": write_json,
}


# What strangers write: a formula, markup, a template, marks that XML forbids, a turned text.
HOSTILE = "=HYPERLINK(1)<script>alert(1)</script>{{ 7*7 }}\x00\x0b\u202e&amp; 案件"
HOSTILE_SHOWN = "=HYPERLINK(1)<script>alert(1)</script>{{ 7*7 }}&amp; 案件"


def small_picture(text: str) -> Figure:
    figure, sheet = make_sheet(360, 216)
    write(sheet, 20, 100, one(text), size=20)
    return figure


def small_document(lang: Language, rows: int = 60) -> Document:
    zh = lang == "zh"
    where = Provenance(
        "合成示例数据" if zh else "synthetic sample",
        "2017-09",
        285,
        "Wilson 区间" if zh else "Wilson intervals",
    )
    start = pd.Timestamp("2017-09-01 08:00", tz="Asia/Shanghai")
    overdue = pd.DataFrame(
        {
            "case_id": [f"AJ{number:04d}" for number in range(rows)],
            "category": [HOSTILE if number == 0 else "占道经营" for number in range(rows)],
            "filed_at": [start + pd.Timedelta(hours=number) for number in range(rows)],
            "paused_h": [np.nan if number == 1 else 1.5 * number for number in range(rows)],
            "reworks": pd.array([None, *range(1, rows)], dtype="Int64"),
        }
    )
    scores = pd.DataFrame(
        {
            "group": ["八角街道", "古城街道", "鲁谷街道"],
            "cases": [120, 1500, 3],
            "score": [95.25, 88.0, np.nan],
            "rank_share": [0.875, 0.5, np.nan],
            "p_value": [0.00004, 0.5, np.nan],
        }
    )
    return Document(
        title="月通报" if zh else "Monthly bulletin",
        subtitle="2017 年 9 月" if zh else "September 2017",
        lang=lang,
        lead="按期结案率 94.4%（269/285）。" if zh else "Closed on time: 94.4% (269/285).",
        key_figures=[
            KeyFigure("1,532", "受理事件" if zh else "Incidents", "上月 1,520" if zh else "1,520"),
            KeyFigure("94.4%", "按期结案率" if zh else "Closed on time", "269/285"),
            KeyFigure("16", "超期" if zh else "Overdue", tone="hot"),
        ],
        sections=[
            Section(
                "热点" if zh else "Hotspots",
                [
                    Paragraph("本月受理 1,532 起。" if zh else "1,532 incidents were reported."),
                    Paragraph(HOSTILE, bullet=True),
                    FigureBlock(
                        "map", small_picture("热点"), "热点图" if zh else "Map", "a map", where
                    ),
                ],
            ),
            Section(
                "考核" if zh else "Assessment",
                [
                    ChartBlock(
                        "ranking",
                        "bar",
                        scores["group"].tolist(),
                        [Series("得分" if zh else "Score", [95.25, 88.0, None])],
                        "points",
                        small_picture("得分"),
                        "得分" if zh else "Scores",
                        "bars",
                        where,
                    ),
                    TableBlock(
                        "scores",
                        scores,
                        TABLES["scores"],
                        "各街道得分" if zh else "Scores by street",
                        where,
                        list(scores.columns),
                        forms={"score": "points"},
                        rules=[Rule("score", "below", 90.0), Rule("cases", "bar")],
                    ),
                ],
            ),
            Section(
                "督办" if zh else "Supervision",
                [
                    TableBlock(
                        "overdue",
                        overdue,
                        TABLES["cases"],
                        "超期案件" if zh else "Overdue cases",
                        where,
                        list(overdue.columns),
                        most=40,
                    ),
                    TableBlock(
                        "nothing",
                        overdue.iloc[:0],
                        TABLES["cases"],
                        "无" if zh else "Nothing",
                        where,
                        ["case_id"],
                    ),
                ],
            ),
        ],
        method=["逐案计数。" if zh else "Counted case by case."],
        source=where.source,
        numbers=[
            Number("incidents", "受理事件" if zh else "Incidents", 1532, "count", provenance=where),
            Number(
                "on_time_closing_rate",
                "按期结案率" if zh else "Closed on time",
                269 / 285,
                "share",
                0.9107,
                0.9656,
                269,
                285,
                where,
            ),
            Number("no_value", "无" if zh else "None", None, "share", None, None, 0, 0, where),
        ],
        created=datetime(2017, 9, 30, 23),
        facts={"kind": "month", "period": "2017-09"},
    )


def written(tmp_path: Path, kind: str, lang: Any = "zh", **options: Any) -> Path:
    return WRITERS[kind](small_document(lang, **options), tmp_path / f"bulletin_{lang}.{kind}")


def read_book(path: Path) -> Any:
    with warnings.catch_warnings():
        # The extension that makes data bars end at their numbers.
        warnings.filterwarnings("ignore", message=".* extension is not supported")
        return openpyxl.load_workbook(BytesIO(path.read_bytes()))


def word_texts(path: Path) -> list[str]:
    file = docx.Document(str(path))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in file.paragraphs] + cells


def slide_texts(path: Path) -> list[list[str]]:
    slides = []
    for slide in Presentation(str(path)).slides:
        said = []
        for shape in slide.shapes:
            if shape.has_text_frame:
                said += [paragraph.text for paragraph in shape.text_frame.paragraphs]
            if getattr(shape, "has_table", False) and shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
        slides.append(said)
    return slides


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_numbers_are_the_same_in_every_format(tmp_path: Path, lang: str) -> None:
    word = "\n".join(word_texts(written(tmp_path, "docx", lang)))
    deck = "\n".join(
        text for slide in slide_texts(written(tmp_path, "pptx", lang)) for text in slide
    )
    page = written(tmp_path, "html", lang).read_text(encoding="utf-8")
    for text in ("1,532", "94.4%", "269/285", "95.3", "88.0", "87.5%", "1,500", "< 0.001"):
        assert text in word, text
        assert text in deck, text
        assert text.replace("<", "&lt;") in page, text
    record = json.loads(written(tmp_path, "json", lang).read_text(encoding="utf-8"))
    assert record["numbers"]["on_time_closing_rate"]["value"] == pytest.approx(269 / 285)
    assert record["numbers"]["on_time_closing_rate"]["numerator"] == 269
    assert [row["score"] for row in record["tables"]["scores"]["rows"]] == [95.25, 88.0, None]
    book = read_book(written(tmp_path, "xlsx", lang))
    sheet = book["各街道得分" if lang == "zh" else "Scores by street"]
    assert [sheet.cell(row, 3).value for row in (2, 3, 4)] == [95.25, 88.0, None]
    assert sheet.cell(2, 3).number_format == "0.0"
    assert sheet.cell(2, 4).number_format == "0.0%"


def test_what_is_missing_is_a_dash_and_null_and_empty_and_never_zero(tmp_path: Path) -> None:
    assert "–" in word_texts(written(tmp_path, "docx"))
    record = json.loads(written(tmp_path, "json").read_text(encoding="utf-8"))
    assert record["numbers"]["no_value"]["value"] is None
    assert record["numbers"]["no_value"]["denominator"] == 0
    assert record["tables"]["overdue"]["rows"][1]["paused_h"] is None
    assert record["charts"]["ranking"]["series"]["得分"] == [95.25, 88.0, None]


def test_every_table_and_picture_says_where_it_comes_from(tmp_path: Path) -> None:
    line = "资料来源：合成示例数据；时段：2017-09；n = 285；方法：Wilson 区间。"
    # Two pictures and three tables.
    assert sum(line in text for text in word_texts(written(tmp_path, "docx"))) == 5
    assert written(tmp_path, "html").read_text(encoding="utf-8").count(line) == 5
    deck = Presentation(str(written(tmp_path, "pptx")))
    notes = [
        slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide
    ]
    assert sum(line in note for note in notes) >= 4


def test_text_of_records_stays_text_in_every_format(tmp_path: Path) -> None:
    for kind in ("docx", "pptx"):
        path = written(tmp_path, kind)
        said = word_texts(path) if kind == "docx" else list(chain(*slide_texts(path)))
        assert any(HOSTILE_SHOWN in text for text in said), kind
        with zipfile.ZipFile(path) as parts:
            body = "".join(
                parts.read(name).decode("utf-8")
                for name in parts.namelist()
                if name.endswith(".xml")
            )
        assert "hlinkClick" not in body
        assert "<w:hyperlink" not in body
        assert "<script" not in body
    page = written(tmp_path, "html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    book = read_book(written(tmp_path, "xlsx"))
    cell = book["超期案件"].cell(2, 2)
    assert cell.value == HOSTILE_SHOWN
    assert cell.data_type == "s"


def test_word_numbers_its_captions_and_repeats_the_heads_of_tables(tmp_path: Path) -> None:
    path = written(tmp_path, "docx")
    file = docx.Document(str(path))
    captions = [one.text for one in file.paragraphs if one.style.name == "Caption"]
    assert [text.split()[:2] for text in captions] == [
        ["图", "1"],
        ["图", "2"],
        ["表", "1"],
        ["表", "2"],
        ["表", "3"],
    ]
    headings = [one.text for one in file.paragraphs if one.style.name == "Heading 1"]
    assert headings == ["主要数据", "热点", "考核", "督办", "方法与说明"]
    with zipfile.ZipFile(path) as parts:
        body = parts.read("word/document.xml").decode("utf-8")
    assert body.count("w:tblHeader") == 2
    assert re.search(r"SEQ 表 \\\* ARABIC", body)
    assert body.count('descr="a map"') == 1


def test_a_long_table_goes_on_over_slides_with_its_head(tmp_path: Path) -> None:
    slides = slide_texts(written(tmp_path, "pptx"))
    tables = [slide for slide in slides if "案件编号" in slide]
    assert len(tables) > 1
    ids = [text for slide in tables for text in slide if text.startswith("AJ")]
    assert ids == [f"AJ{number:04d}" for number in range(40)]
    assert any("其余 20 行见工作簿" in text for slide in tables for text in slide)


def test_a_chart_in_the_deck_is_powerpoints_own_and_begins_at_zero(tmp_path: Path) -> None:
    deck = Presentation(str(written(tmp_path, "pptx")))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 1
    assert list(charts[0].plots[0].categories) == ["八角街道", "古城街道", "鲁谷街道"]
    assert list(charts[0].plots[0].series[0].values) == [95.25, 88.0, None]
    assert charts[0].value_axis.minimum_scale == 0


def test_nothing_on_a_slide_lies_outside_of_it(tmp_path: Path) -> None:
    deck = Presentation(str(written(tmp_path, "pptx")))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_the_workbook_has_frozen_heads_filters_and_what_stands_out(tmp_path: Path) -> None:
    book = read_book(written(tmp_path, "xlsx"))
    assert book.sheetnames[0] == "概览"
    assert book.sheetnames[-1] == "字段说明"
    sheet = book["超期案件"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E61"
    assert sheet.cell(2, 3).is_date
    assert sheet.cell(1, 3).value.endswith("(Asia/Shanghai)")
    rules = [rule.type for one in book["各街道得分"].conditional_formatting for rule in one.rules]
    assert sorted(rules) == ["cellIs", "containsBlanks", "dataBar"]
    charts = [sheet for sheet in book.worksheets if sheet._charts]
    assert len(charts) == 1


@pytest.mark.parametrize("kind", list(WRITERS))
def test_the_same_document_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    first = written(tmp_path, kind).read_bytes()
    assert written(tmp_path, kind).read_bytes() == first


@pytest.mark.parametrize("kind", list(WRITERS))
def test_nothing_is_half_written(tmp_path: Path, kind: str) -> None:
    with pytest.raises(OutputError, match="The folder of a file to write must exist"):
        WRITERS[kind](small_document("en"), tmp_path / "absent" / f"a.{kind}")
    folder = tmp_path / f"a.{kind}"
    folder.mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        WRITERS[kind](small_document("en"), folder)
    assert [path.name for path in tmp_path.iterdir()] == [f"a.{kind}"]


def test_a_missing_package_names_the_extra() -> None:
    with pytest.raises(ExtraMissingError, match=r'pip install "gridgov\[office\]"'):
        office_package("no_such_office")


def test_a_page_breaks_only_words_that_would_burst_a_table(tmp_path: Path) -> None:
    page = written(tmp_path, "html", "en").read_text(encoding="utf-8")
    cells = re.findall(r"<td(?: class=\"([^\"]*)\")?>([^<]*)</td>", page)
    assert len(cells) > 20
    for kinds, text in cells:
        longest = max((len(word) for word in html.unescape(text).split()), default=0)
        assert ("long" in kinds.split()) == (longest > 24), text
    assert any("long" in kinds for kinds, _ in cells)
