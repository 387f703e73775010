"""Slides of a document that says too much: cut off or parted, never over an edge."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pptx import Presentation

from gridgov.bulletin.document.model import (
    Document,
    FigureBlock,
    KeyFigure,
    Paragraph,
    Part,
    Provenance,
    Section,
    TableBlock,
)
from gridgov.bulletin.document.pptx_file import write_pptx
from gridgov.bulletin.document.pptx_slides import cut, text_height
from gridgov.columns import Table
from gridgov.schema.kinds import Column

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pypdf = pytest.importorskip("pypdf")

WHERE = Provenance("SOURCE " * 20, "2017-09", 1, "method " * 20)


def wide_table(columns: int, texts: Sequence[str]) -> TableBlock:
    """Return a table that holds the same texts in every column."""
    names = [f"column_{number}" for number in range(columns)]
    spec = Table(
        "wide",
        ("column_0",),
        tuple(
            Column(name, "str", f"A long heading {name}", "很长的字段名称", "x") for name in names
        ),
        "by hand",
    )
    frame = pd.DataFrame({one: list(texts) for one in names})
    return TableBlock(f"wide_{columns}", frame, spec, "wide", WHERE, names)


def full_document(*parts: Part, **own: Any) -> Document:
    told: dict[str, Any] = {
        "title": "A title that goes on and on. " * 6,
        "subtitle": "subtitle " * 12,
        "lang": "en",
        "lead": "A lead of many words. " * 15,
        "key_figures": [KeyFigure("123,456,789.0 hours", "a label of many words", "note " * 15)]
        * 9,
        "sections": [Section("Heading " * 12, parts)] if parts else [],
        "method": ["method " * 60] * 6,
        "source": "source " * 20,
        "numbers": (),
    }
    return Document(**(told | own))


@pytest.fixture(scope="module")
def full_deck(
    to_pdf: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> list[list[tuple[str, float, float, float]]]:
    """Texts of every slide with where they begin, points from the lower left, and their size."""
    texts = ["A" * 150, "长文本" * 60, "AJ0001", "one two three " * 12]
    figure = Figure(figsize=(2, 14))
    figure.subplots().plot([1, 2])
    document = full_document(
        Paragraph("P" * 600),
        Paragraph("word " * 300),
        wide_table(2, texts),
        wide_table(14, texts),
        FigureBlock("tall", figure, "tall", "tall", WHERE),
    )
    path = write_pptx(document, tmp_path_factory.mktemp("full") / "full.pptx")
    deck = []
    for page in pypdf.PdfReader(str(to_pdf(path))).pages:
        found: list[tuple[str, float, float, float]] = []

        def keep(text: str, cm: Any, tm: Any, font: Any, size: float, to: Any = found) -> None:
            if text.strip():
                to.append((text, tm[4] + cm[4], tm[5] + cm[5], size))

        page.extract_text(visitor_text=keep)
        deck.append(found)
    return deck


def test_no_text_leaves_its_slide(full_deck: Any) -> None:
    for slide in full_deck:
        for text, x, y, _ in slide:
            assert 0 <= x <= 960, text
            assert 0 <= y <= 540, text


def test_no_body_runs_into_the_foot_of_its_slide(full_deck: Any) -> None:
    # The number of the slide and its title stand at the foot, on one line.
    for slide in full_deck[1:]:
        foot = {round(y) for _, _, y, _ in slide if y < 26}
        assert len(foot) == 1, slide


def test_no_table_runs_into_the_line_that_says_where_it_comes_from(full_deck: Any) -> None:
    tables = [slide for slide in full_deck if any("AJ0001" in one[0] for one in slide)]
    assert len(tables) >= 2
    for slide in tables:
        note = max(y for text, _, y, _ in slide if "SOURCE" in text)
        cells = [y for text, _, y, _ in slide if "AJ0001" in text or ("…" in text and y > 40)]
        assert min(cells) > note


def test_no_letters_are_smaller_than_nine_points(full_deck: Any) -> None:
    assert min(size for slide in full_deck for *_, size in slide) >= 8.9


def test_a_table_that_fits_a_slide_has_larger_letters(tmp_path: Path) -> None:
    def size(rows: int) -> float:
        told = wide_table(3, [f"AJ{number:04d}" for number in range(rows)])
        path = write_pptx(full_document(told), tmp_path / f"{rows}.pptx")
        slides = Presentation(str(path)).slides
        tables = [one.table for slide in slides for one in slide.shapes if one.has_table]
        return float(tables[0].cell(1, 0).text_frame.paragraphs[0].runs[0].font.size.pt)

    assert size(9) == 16
    assert size(20) == 12


def test_layouts_for_later_slides_lie_on_the_slide(tmp_path: Path) -> None:
    deck = Presentation(str(write_pptx(full_document(), tmp_path / "deck.pptx")))
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
    # The template's titles end at 9.5 of 10 inches: at 912 of 960 points.
    title = deck.slide_master.placeholders[0]
    assert (title.left + title.width) / 12700 == pytest.approx(912, abs=1)


def test_a_document_with_nothing_to_say_is_a_deck_all_the_same(tmp_path: Path) -> None:
    document = full_document(key_figures=(), method=(), lead="")
    slides = Presentation(str(write_pptx(document, tmp_path / "empty.pptx"))).slides
    # The title, and where the records come from.
    assert len(slides) == 2


def test_a_word_wider_than_its_line_takes_more_lines() -> None:
    # Thirty letters A of 10 points are 182 points wide in Noto Sans CJK, measured by FreeType.
    assert text_height(["A" * 30], 1000, 10) == pytest.approx(13.2)
    assert text_height(["A" * 30], 100, 10) == pytest.approx(2 * 13.2)
    assert cut("A" * 30, 1000, 10, lines=1) == "A" * 30
    assert cut("A" * 30, 100, 10, lines=1).endswith("A…")


@given(st.text(max_size=80), st.floats(30, 300), st.integers(1, 4))
def test_what_is_cut_fits_and_is_a_beginning(text: str, width: float, lines: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = cut(text, width, 10, lines=lines)
        high = text_height([shown], width, 10)
    assert high <= lines * 13.2 + 0.01
    assert text.startswith(shown.removesuffix("…").rstrip())


def test_a_long_heading_breaks_and_makes_no_letters_smaller(tmp_path: Path) -> None:
    names = [f"column_{number}" for number in range(9)]
    heading = "四分之三结案用时上限（小时）"
    spec = Table("long", ("column_0",), tuple(Column(n, "str", n, heading, "x") for n in names), "")
    frame = pd.DataFrame({name: ["12.5", "486.8"] for name in names})
    told = TableBlock("long", frame, spec, "long", WHERE, names)
    path = write_pptx(full_document(told, lang="zh"), tmp_path / "long.pptx")
    slides = Presentation(str(path)).slides
    table = next(one.table for slide in slides for one in slide.shapes if one.has_table)
    # On one line nine such headings want more than twice the slide at 12 points.
    assert table.cell(1, 0).text_frame.paragraphs[0].runs[0].font.size.pt >= 12
    assert sum(column.width for column in table.columns) <= 872 * 12700
