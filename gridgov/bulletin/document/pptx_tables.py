"""Tables on slides: columns as wide as their texts, and as many slides as the rows need."""

from __future__ import annotations

from typing import Any, NamedTuple

from gridgov.bulletin.document.docx_parts import marked_cells
from gridgov.bulletin.document.forms import ShownTable
from gridgov.bulletin.document.model import TableBlock
from gridgov.bulletin.document.pptx_slides import BODY, FAINT, INK, cut, set_font, text_height
from gridgov.figures.fonts import lettering

__all__ = ["TablePage", "add_table", "table_pages"]

# Points, the first that lets a table stand on one slide; else the last, on several.
_SIZES = (16.0, 14.0, 12.0)
_SMALLEST = 9.0
# Lines of a cell; more is cut off, so that a row is never higher than a slide.
_LINES = 5
_PADDING, _ROW_PADDING = 8.0, 5.0
_HEAD, _MARK = "E8ECF1", "FBE3DF"
# The foot of the slide says where the table comes from.
_FOOT = 52.0


class TablePage(NamedTuple):
    """The rows of one slide."""

    shown: ShownTable
    widths: list[float]
    heights: list[float]
    marked: set[tuple[int, int]]
    size: float


def table_pages(shown: ShownTable, block: TableBlock, *, taken: float = 0.0) -> list[TablePage]:
    """Return a table parted so that no slide overflows.

    Parameters
    ----------
    shown, block
        The table.
    taken
        What the first slide has no room for, points.
    """
    left, top, right, bottom = BODY
    for size in _SIZES:
        size, widths = _widths(shown, right - left, size)
        told = _within(shown, widths, size)
        heights = [_height(row, widths, size) for row in [told.headings, *told.rows]]
        if sum(heights) <= bottom - top - _FOOT - taken:
            break
    shown = told
    room = bottom - top - _FOOT - heights[0]
    marked = {
        (row, block.columns.index(name)) for row, name in marked_cells(block, len(shown.rows))
    }
    pages: list[tuple[int, int]] = []
    start, used = 0, 0.0
    for row, high in enumerate(heights[1:]):
        if used + high > room - (0.0 if pages else taken) and row > start:
            pages.append((start, row))
            start, used = row, 0.0
        used += high
    pages.append((start, len(shown.rows)))
    return [
        TablePage(
            shown._replace(rows=shown.rows[first:last]),
            widths,
            [heights[0], *heights[1 + first : 1 + last]],
            {(row - first, place) for row, place in marked if first <= row < last},
            size,
        )
        for first, last in pages
    ]


def add_table(slide: Any, page: TablePage, *, top: float = BODY[1]) -> None:
    """Add one slide's part of a table, its upper edge at `top`."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    left = BODY[0]
    rows = [page.shown.headings, *page.shown.rows]
    shape = slide.shapes.add_table(
        len(rows), len(page.widths), Pt(left), Pt(top), Pt(sum(page.widths)), Pt(sum(page.heights))
    )
    table = shape.table
    # The template's bands and heavy head hide what the rules mark.
    table.horz_banding = False
    for place, width in enumerate(page.widths):
        table.columns[place].width = Pt(width)
    for row, texts in enumerate(rows):
        table.rows[row].height = Pt(page.heights[row])
        for place, text in enumerate(texts):
            cell = table.cell(row, place)
            cell.margin_left = cell.margin_right = Pt(_PADDING / 2)
            cell.margin_top = cell.margin_bottom = Pt(_ROW_PADDING / 2)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            fill = _HEAD if row == 0 else _MARK if (row - 1, place) in page.marked else "FFFFFF"
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(fill)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if page.shown.numeric[place] else PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = text
            set_font(run, size=page.size, color=FAINT if row == 0 else INK)


def _within(shown: ShownTable, widths: list[float], size: float) -> ShownTable:
    """Return a table whose cells take a few lines at most."""

    def told(row: list[str]) -> list[str]:
        return [
            cut(text, width - _PADDING, size, lines=_LINES)
            for text, width in zip(row, widths, strict=True)
        ]

    return shown._replace(headings=told(shown.headings), rows=[told(row) for row in shown.rows])


def _widths(shown: ShownTable, room: float, size: float) -> tuple[float, list[float]]:
    """Return the size of the letters and the width of every column, points."""
    columns = [[row[place] for row in shown.rows] for place in range(len(shown.headings))]
    headings = [letters.width(1.0) for letters in lettering(shown.headings)]
    while True:
        wanted = [
            1.06
            * max(
                min(max((letters.width(size) for letters in lettering(texts)), default=0.0), 260.0),
                # A heading breaks onto two or three lines: numbers need not shrink for it.
                size * max(0.4 * heading, min(heading, 5.0)),
            )
            + _PADDING
            + 6
            for texts, heading in zip(columns, headings, strict=True)
        ]
        if sum(wanted) <= room or size <= _SMALLEST:
            break
        size -= 0.5
    total = sum(wanted)
    # Narrow tables are not stretched over a whole slide, wide ones share what there is.
    scale = room / total if total > room else min(room / total, 1.35)
    return size, [width * scale for width in wanted]


def _height(row: list[str], widths: list[float], size: float) -> float:
    """Return how high a row is, points."""
    return _ROW_PADDING + max(
        text_height([text], width - _PADDING, size) for text, width in zip(row, widths, strict=True)
    )
