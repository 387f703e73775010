"""A document as a slide deck, 16:9: title, key figures, a slide a picture, tables that fit.

Nothing runs over the edge: texts are measured, set smaller or parted; a long table goes on
over several slides with its head on each. Charts are PowerPoint's own, with their numbers
behind them. Where a number comes from stands under it and in the notes of the slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from gridgov.bulletin.document.forms import plain_text, provenance_lines, shown_table
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Paragraph,
    Section,
    TableBlock,
)
from gridgov.bulletin.document.office import (
    office_package,
    picture,
    picture_size,
    same_bytes,
    whole_file,
)
from gridgov.bulletin.document.pptx_charts import add_chart
from gridgov.bulletin.document.pptx_slides import (
    BODY,
    MARGIN,
    WIDTH,
    Deck,
    add_note,
    add_slide,
    add_text,
    bullets_height,
    pages_of,
    prepare_layouts,
)
from gridgov.bulletin.document.pptx_tables import add_table, table_pages
from gridgov.bulletin.document.wording import wording

__all__ = ["write_pptx"]

# Size of sentences above a picture or table, and how high they may stand, points.
_SAID, _MOST_SAID = 15.0, 96.0


def write_pptx(document: Document, path: str | Path) -> Path:
    """Write a document as a PowerPoint file.

    Parameters
    ----------
    document
        What to write.
    path
        The file, ``.pptx``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ExtraMissingError
        If python-pptx is not installed.
    OutputError
        If the file cannot be written. Nothing half written is left behind.
    """
    pptx = office_package("pptx")
    return whole_file(path, lambda: _content(document, pptx))


def _content(document: Document, pptx: Any) -> bytes:
    """Return the bytes of the file."""
    file = pptx.Presentation()
    prepare_layouts(file)
    deck = Deck(file, document.lang, wording(document.lang), plain_text(document.title))
    _add_title(deck, document)
    _add_key_figures(deck, document)
    for section in document.sections:
        _add_section(deck, section)
    method = [plain_text(line) for line in document.method]
    source = deck.words["source"].format(plain_text(document.source))
    for heading, lines in pages_of(deck.words["method"], [*method, source], deck):
        slide = add_slide(deck, heading)
        add_text(slide, BODY, lines, size=15, bullets=True)
    _set_properties(file, document)
    target = BytesIO()
    file.save(target)
    return same_bytes(target.getvalue())


def _add_title(deck: Deck, document: Document) -> None:
    """Add the title slide: what, of when, and the one sentence to take away."""
    slide = add_slide(deck, None)
    add_text(slide, (MARGIN, 150, WIDTH - MARGIN, 270), [deck.title], size=38, bold=True)
    add_text(
        slide,
        (MARGIN, 272, WIDTH - MARGIN, 310),
        [plain_text(document.subtitle)],
        size=20,
        faint=True,
    )
    if document.lead:
        add_text(slide, (MARGIN, 330, WIDTH - MARGIN, 430), [plain_text(document.lead)], size=22)
    source = deck.words["source"].format(plain_text(document.source))
    add_text(slide, (MARGIN, 480, WIDTH - MARGIN, 512), [source], size=12, faint=True)


def _add_key_figures(deck: Deck, document: Document) -> None:
    """Add the large numbers, up to eight a slide."""
    figures = list(document.key_figures)
    for start in range(0, len(figures), 8):
        slide = add_slide(deck, deck.words["key_figures"])
        some = figures[start : start + 8]
        across = min(4, len(some))
        wide = (WIDTH - 2 * MARGIN) / across
        for place, one in enumerate(some):
            left = MARGIN + wide * (place % across)
            top = BODY[1] + 20 + 190 * (place // across)
            right = left + wide - 18
            text = plain_text(one.text)
            add_text(slide, (left, top, right, top + 64), [text], size=40, hot=one.tone == "hot")
            add_text(slide, (left, top + 66, right, top + 108), [plain_text(one.label)], size=16)
            if one.note:
                note = [plain_text(one.note)]
                add_text(slide, (left, top + 110, right, top + 168), note, size=12, faint=True)


def _add_section(deck: Deck, section: Section) -> None:
    """Add the slides of a section: every part by itself, a few sentences above the first.

    What takes more room than that has slides of its own before it.
    """
    heading = plain_text(section.heading)
    said = [plain_text(part.text) for part in section.parts if isinstance(part, Paragraph)]
    parts = [part for part in section.parts if not isinstance(part, Paragraph)]
    high = bullets_height(said, BODY[2] - BODY[0], _SAID)
    if not parts or high > _MOST_SAID:
        for shown, lines in pages_of(heading, said, deck):
            add_text(add_slide(deck, shown), BODY, lines, size=18, bullets=True)
        said = []
    for part in parts:
        match part:
            case FigureBlock():
                _add_picture(deck, heading, part, said)
            case ChartBlock():
                _add_chart(deck, heading, part, said)
            case TableBlock():
                _add_table(deck, heading, part, said)
        said = []


def _say(slide: Any, said: Sequence[str]) -> float:
    """Write sentences at the top of the body; return where the room below them begins."""
    left, top, right, _ = BODY
    if not said:
        return top
    high = bullets_height(said, right - left, _SAID)
    add_text(slide, (left, top - 6, right, top - 6 + high), said, size=_SAID, bullets=True)
    return top + high


def _add_picture(deck: Deck, heading: str, block: FigureBlock, said: Sequence[str]) -> None:
    """Add a picture as large as the slide allows."""
    from pptx.util import Pt

    slide = add_slide(deck, plain_text(block.caption) or heading)
    told = provenance_lines(block.provenance, deck.lang)
    left, _, right, bottom = BODY
    top = _say(slide, said)
    bottom = add_note(slide, told, bottom=bottom)
    width, height = picture_size(block.figure)
    scale = min((right - left) / width, (bottom - top) / height)
    wide, high = width * scale, height * scale
    shape = slide.shapes.add_picture(
        BytesIO(picture(block.figure)),
        Pt(left + (right - left - wide) / 2),
        Pt(top),
        Pt(wide),
        Pt(high),
    )
    shape.name = block.name
    shape._element.nvPicPr.cNvPr.set("descr", plain_text(block.alt))
    slide.notes_slide.notes_text_frame.text = told


def _add_chart(deck: Deck, heading: str, block: ChartBlock, said: Sequence[str]) -> None:
    """Add a chart that PowerPoint draws."""
    slide = add_slide(deck, plain_text(block.caption) or heading)
    told = provenance_lines(block.provenance, deck.lang)
    left, _, right, bottom = BODY
    top = _say(slide, said)
    bottom = add_note(slide, told, bottom=bottom)
    add_chart(slide, block, (left, top, right, bottom))
    slide.notes_slide.notes_text_frame.text = told


def _add_table(deck: Deck, heading: str, block: TableBlock, said: Sequence[str]) -> None:
    """Add a table on as many slides as it needs."""
    caption = plain_text(block.caption) or heading
    shown = shown_table(block, deck.lang)
    told = provenance_lines(block.provenance, deck.lang)
    if shown.left_out:
        told = f"{deck.words['more_rows'].format(shown.left_out)} {told}"
    if not shown.rows:
        slide = add_slide(deck, caption)
        left, _, right, bottom = BODY
        add_text(slide, (left, _say(slide, said), right, bottom), [deck.words["no_rows"]], size=18)
        add_note(slide, told, bottom=BODY[3])
        return
    taken = bullets_height(said, BODY[2] - BODY[0], _SAID) if said else 0.0
    pages = table_pages(shown, block, taken=taken)
    for number, page in enumerate(pages, start=1):
        title = caption
        if len(pages) > 1:
            title = deck.words["continued"].format(caption, number, len(pages))
        slide = add_slide(deck, title)
        add_note(slide, told, bottom=BODY[3])
        add_table(slide, page, top=_say(slide, said if number == 1 else []))
        slide.notes_slide.notes_text_frame.text = told


def _set_properties(file: Any, document: Document) -> None:
    """Set title, author and dates; the dates are the data's."""
    from datetime import datetime

    properties = file.core_properties
    properties.title = plain_text(document.title, longest=200)
    properties.subject = plain_text(document.subtitle, longest=200)
    properties.author = properties.last_modified_by = "gridgov"
    properties.language = "zh-CN" if document.lang == "zh" else "en-US"
    created = document.created or datetime(2000, 1, 1)
    properties.created = properties.modified = created.replace(tzinfo=None)
    properties.revision = 1
