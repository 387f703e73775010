"""A document as a Word file: real headings, numbered captions, real tables, A4.

Headings are heading styles, so that Word can make a table of contents; captions number
themselves; the head of a table repeats on every page and no row is cut by one. All text is
text: what stands in a record becomes no field, no link and no markup.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from gridgov.bulletin.document.docx_parts import (
    DocxStyle,
    add_caption,
    add_note,
    add_page_number,
    add_table,
    describe,
    prepare_styles,
)
from gridgov.bulletin.document.forms import plain_text, provenance_lines, shown_table
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Paragraph,
    TableBlock,
)
from gridgov.bulletin.document.office import (
    office_package,
    picture,
    picture_size,
    same_bytes,
    whole_file,
)
from gridgov.bulletin.document.wording import wording

__all__ = ["write_docx"]

# A4 less its margins, centimeters.
_WIDTH_CM, _TALLEST_CM = 16.6, 21.0


def write_docx(document: Document, path: str | Path) -> Path:
    """Write a document as a Word file.

    Parameters
    ----------
    document
        What to write.
    path
        The file, ``.docx``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ExtraMissingError
        If python-docx is not installed.
    OutputError
        If the file cannot be written. Nothing half written is left behind.
    """
    docx = office_package("docx")
    return whole_file(path, lambda: _content(document, docx))


def _content(document: Document, docx: Any) -> bytes:
    """Return the bytes of the file."""
    from docx.shared import Cm

    words = wording(document.lang)
    file = docx.Document()
    style = DocxStyle(document.lang, words, {})
    prepare_styles(file, style)
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    add_page_number(file, plain_text(document.title), style)

    file.add_paragraph(plain_text(document.title), style="Title")
    file.add_paragraph(plain_text(document.subtitle), style="Subtitle")
    if document.lead:
        file.add_paragraph(plain_text(document.lead), style="Intense Quote")
    _add_key_figures(file, document, words)
    for part in document.sections:
        file.add_heading(plain_text(part.heading), level=1)
        for block in part.parts:
            match block:
                case Paragraph():
                    kind = "List Bullet" if block.bullet else None
                    file.add_paragraph(plain_text(block.text), style=kind)
                case TableBlock():
                    _add_table_block(file, block, style)
                case FigureBlock() | ChartBlock():
                    _add_picture(file, block, style)
    file.add_heading(words["method"], level=1)
    for line in document.method:
        file.add_paragraph(plain_text(line), style="List Bullet")
    add_note(file, words["source"].format(plain_text(document.source)), style)
    _set_properties(file, document)
    target = BytesIO()
    file.save(target)
    return same_bytes(target.getvalue())


def _add_key_figures(file: Any, document: Document, words: dict[str, str]) -> None:
    """Add the large numbers as a table of cards, four in a row."""
    from docx.shared import Pt, RGBColor

    figures = list(document.key_figures)
    if not figures:
        return
    file.add_heading(words["key_figures"], level=1)
    across = min(4, len(figures))
    table = file.add_table(rows=-(-len(figures) // across), cols=across)
    for place, one in enumerate(figures):
        cell = table.cell(place // across, place % across)
        number = cell.paragraphs[0].add_run(plain_text(one.text))
        number.font.size = Pt(20)
        number.font.color.rgb = RGBColor.from_string("B3261E" if one.tone == "hot" else "1F2430")
        cell.add_paragraph(plain_text(one.label), style="Key label")
        if one.note:
            cell.add_paragraph(plain_text(one.note), style="Key note")


def _add_table_block(file: Any, block: TableBlock, style: DocxStyle) -> None:
    """Add a caption, a table and where it comes from."""
    add_caption(file, "table", block.caption, style)
    shown = shown_table(block, style.lang)
    if shown.rows:
        add_table(file, shown, block, style)
    else:
        file.add_paragraph(style.words["no_rows"])
    note = provenance_lines(block.provenance, style.lang)
    if shown.left_out:
        note = f"{style.words['more_rows'].format(shown.left_out)} {note}"
    add_note(file, note, style)


def _add_picture(file: Any, block: FigureBlock | ChartBlock, style: DocxStyle) -> None:
    """Add a picture with what it shows, its caption and where it comes from."""
    from docx.shared import Cm

    width, height = picture_size(block.figure)
    wide = min(_WIDTH_CM, _TALLEST_CM * width / height)
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run().add_picture(BytesIO(picture(block.figure)), width=Cm(wide))
    describe(paragraph, plain_text(block.caption), plain_text(block.alt))
    add_caption(file, "figure", block.caption, style)
    add_note(file, provenance_lines(block.provenance, style.lang), style)


def _set_properties(file: Any, document: Document) -> None:
    """Set title, author and dates; the dates are the data's."""
    from datetime import datetime

    properties = file.core_properties
    properties.title = plain_text(document.title, longest=200)
    properties.subject = plain_text(document.subtitle, longest=200)
    properties.author = "gridgov"
    properties.language = "zh-CN" if document.lang == "zh" else "en-US"
    properties.comments = ""
    created = document.created or datetime(2000, 1, 1)
    properties.created = properties.modified = created.replace(tzinfo=None)
    properties.last_modified_by = "gridgov"
    properties.revision = 1
