"""A document as one HTML page that opens and prints with no network.

It has the frame of the other pages: its own letters inside, a policy that forbids scripts and
every request, A4 when printed. All text goes through autoescape.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gridgov
from gridgov.bulletin.document.docx_parts import marked_cells
from gridgov.bulletin.document.forms import is_id, plain_text, provenance_lines, shown_table
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Paragraph,
    Section,
    TableBlock,
)
from gridgov.bulletin.document.office import picture, picture_size, whole_file
from gridgov.bulletin.document.wording import wording
from gridgov.bulletin.page_frame import Page, picture_uri, render_all

__all__ = ["document_page", "write_html"]

# Letters of a word that no column should be as wide as.
_LONG_WORD = 24


def write_html(document: Document, path: str | Path) -> Path:
    """Write a document as one HTML file.

    Parameters
    ----------
    document
        What to write.
    path
        The file, ``.html``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the file cannot be written. Nothing half written is left behind.
    """
    page = document_page(document)
    return whole_file(path, lambda: render_all({"page": page})["page"].encode("utf-8"))


def document_page(document: Document) -> Page:
    """Return the page of a document, to be rendered alone or with others.

    Parameters
    ----------
    document
        What the page shows.
    """
    words = wording(document.lang)
    number = {"table": 0, "figure": 0}
    content = {
        "html_lang": "zh-CN" if document.lang == "zh" else "en",
        "words": words,
        "title": plain_text(document.title),
        "subtitle": plain_text(document.subtitle),
        "lead": plain_text(document.lead),
        "tiles": [
            {
                "number": plain_text(one.text),
                "label": plain_text(one.label),
                "note": plain_text(one.note),
                "tone": one.tone,
            }
            for one in document.key_figures
        ],
        "sections": [_section(section, document, words, number) for section in document.sections],
        "method": [plain_text(line) for line in document.method],
        "source": words["source"].format(plain_text(document.source)),
        "made": words["made"].format(gridgov.__version__),
    }
    return Page("document/document.html.j2", content, ("page.css", "document/document.css"))


def _section(
    section: Section, document: Document, words: dict[str, str], number: dict[str, int]
) -> dict[str, Any]:
    """Return a section as the template shows it; captions are numbered through."""
    parts: list[dict[str, Any]] = []
    for block in section.parts:
        if isinstance(block, Paragraph):
            parts.append(
                {"kind": "bullet" if block.bullet else "text", "text": plain_text(block.text)}
            )
            continue
        kind = "table" if isinstance(block, TableBlock) else "figure"
        number[kind] += 1
        caption = f"{words[kind]} {number[kind]}  {plain_text(block.caption)}"
        note = provenance_lines(block.provenance, document.lang)
        if isinstance(block, TableBlock):
            parts.append({**_table(block, document), "caption": caption, "note": note})
        else:
            parts.append({**_picture(block), "caption": caption, "note": note})
    return {"heading": plain_text(section.heading), "parts": parts}


def _table(block: TableBlock, document: Document) -> dict[str, Any]:
    """Return a table as the template shows it."""
    shown = shown_table(block, document.lang)
    words = wording(document.lang)
    marked = marked_cells(block, len(shown.rows))
    kinds = ["number" if numeric else "" for numeric in shown.numeric]
    cells = [
        "id" if is_id(name) and not kind else kind
        for name, kind in zip(block.columns, kinds, strict=True)
    ]
    return {
        "kind": "table",
        "headings": list(zip(shown.headings, kinds, strict=True)),
        "rows": [
            [
                (text, _kind(cells[place], text, marked=(row, name) in marked))
                for place, (text, name) in enumerate(zip(texts, block.columns, strict=True))
            ]
            for row, texts in enumerate(shown.rows)
        ],
        "empty": words["no_rows"],
        "more": words["more_rows"].format(shown.left_out) if shown.left_out else "",
    }


def _kind(kind: str, text: str, *, marked: bool) -> str:
    """Return the classes of a cell: how it is set, whether it stands out or must be broken."""
    long = any(len(word) > _LONG_WORD for word in text.split())
    if kind == "id" and long:
        kind = ""
    return " ".join(filter(None, (kind, "marked" if marked else "", "long" if long else "")))


def _picture(block: FigureBlock | ChartBlock) -> dict[str, Any]:
    """Return a picture as the template shows it."""
    width, height = picture_size(block.figure)
    return {
        "kind": "picture",
        "uri": picture_uri(picture(block.figure)),
        "alt": plain_text(block.alt),
        "width": round(144 * width),
        "height": round(144 * height),
    }
