"""A document as a workbook: an overview, a sheet a table, charts of Excel's own.

Text is stored as text whatever it starts with: no formula, no link, no number is guessed.
Numbers are stored as numbers with a format that shows them as the pages write them.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from gridgov.bulletin.document.forms import (
    EXCEL_FORMATS,
    form_of,
    plain_text,
    provenance_lines,
)
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Form,
    TableBlock,
)
from gridgov.bulletin.document.office import picture, picture_size, same_bytes, whole_file
from gridgov.bulletin.document.pptx_charts import CHART_COLORS
from gridgov.bulletin.document.xlsx_sheets import Book, mark, on_paper, row_height, write_column
from gridgov.bulletin.workbook import meaning, storable, text_width

__all__ = ["write_xlsx"]

_WIDEST = 60
# Widths of the columns of the overview and of the sheet that explains columns.
_OVERVIEW = (34, 16, 13, 13, 13, 13, 70)
_EXPLAINED = (28, 24, 24, 70)
# A chart of 460 pixels beside rows of 20.
_CHART_ROWS = 24
_FORM_UNITS: dict[str, Form] = {
    "count": "count",
    "share": "percent",
    "points": "points",
    "hours": "hours",
    "rank": "count",
}


def write_xlsx(document: Document, path: str | Path) -> Path:
    """Write a document as an Excel file.

    Parameters
    ----------
    document
        What to write.
    path
        The file, ``.xlsx``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the file cannot be written. Nothing half written is left behind.
    """
    return whole_file(path, lambda: _content(document))


def _content(document: Document) -> bytes:
    """Return the bytes of the file."""
    target = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "remove_timezone": True,
    }
    made = xlsxwriter.Workbook(target, options)
    made.set_properties(
        {"title": plain_text(document.title, longest=200), "author": "gridgov"}
        | ({"created": document.created.replace(tzinfo=None)} if document.created else {})
    )
    book = Book(made, document)
    _add_overview(book, document)
    for block in document.parts(TableBlock):
        _add_table(book, block)
    for block in document.parts(ChartBlock):
        _add_chart(book, block)
    for block in document.parts(FigureBlock):
        _add_picture(book, block)
    _add_columns(book, document.parts(TableBlock))
    made.close()
    return same_bytes(target.getvalue())


def _add_overview(book: Book, document: Document) -> None:
    """Add the sheet of the key figures and of every single number."""
    sheet = book.sheet(book.words["overview"])
    for place, width in enumerate(_OVERVIEW):
        sheet.set_column(place, place, width)
    book.head(sheet, document.title, document.subtitle)
    row = 3
    if document.lead:
        sheet.merge_range(row, 0, row, 6, "", book.wrapped)
        sheet.write_string(row, 0, storable(plain_text(document.lead)), book.wrapped)
        sheet.set_row(row, row_height([(document.lead, sum(_OVERVIEW))]))
        row += 2
    zh = book.lang == "zh"
    headings = [
        book.words["number"],
        book.words["value"],
        *(("下限", "上限", "分子", "分母") if zh else ("From", "To", "Counted", "Among")),
        book.words["note"],
    ]
    for place, text in enumerate(headings):
        sheet.write_string(row, place, text, book.heading)
    for number in document.numbers:
        row += 1
        form: Form = _FORM_UNITS.get(number.unit, "number")
        label, told = plain_text(number.label), ""
        sheet.write_string(row, 0, storable(label), book.wrapped)
        for place, (value, kind) in enumerate(
            (
                (number.value, form),
                (number.low, form),
                (number.high, form),
                (number.numerator, "number"),
                (number.denominator, "number"),
            ),
            start=1,
        ):
            if value is not None and np.isfinite(value):
                sheet.write_number(row, place, value, book.form(kind, value))
        if number.provenance is not None:
            told = provenance_lines(number.provenance, book.lang)
            sheet.write_string(row, 6, storable(told), book.note)
        sheet.set_row(row, row_height([(label, _OVERVIEW[0]), (told, _OVERVIEW[6])]))
    row += 2
    sheet.write_string(row, 0, book.words["method"], book.heading)
    for line in document.method:
        row += 1
        sheet.merge_range(row, 0, row, 6, "", book.wrapped)
        sheet.write_string(row, 0, storable(plain_text(line)), book.wrapped)
        sheet.set_row(row, row_height([(line, sum(_OVERVIEW))]))
    on_paper(sheet)


def _add_table(book: Book, block: TableBlock) -> None:
    """Add a table: typed, with a frozen head, filters, and what stands out."""
    sheet = book.sheet(block.caption)
    frame = block.frame
    known = set(block.spec.names)
    for place, name in enumerate(map(str, frame.columns)):
        values = frame[name]
        form = block.forms.get(name) or form_of(values, name)
        told = block.headings.get(name)
        if told is None:
            told = block.spec[name].heading(book.lang) if name in known else name
        zone = getattr(values.dtype, "tz", None)
        heading = plain_text(told) if zone is None else f"{plain_text(told)} ({zone})"
        sheet.write_string(0, place, storable(heading), book.heading)
        width = write_column(book, sheet, place, values, form)
        sheet.set_column(place, place, min(max(width, text_width(heading) / 2 + 3, 8.0), _WIDEST))
    rows, columns = len(frame), len(frame.columns)
    if rows:
        for rule in block.rules:
            mark(book, sheet, rule, list(map(str, frame.columns)).index(rule.column), rows)
    # Headings break onto a second line where a zone stands in them.
    sheet.set_row(0, 31)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if columns:
        sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    told = provenance_lines(block.provenance, book.lang)
    sheet.write_string(max(rows, 1) + 2, 0, storable(told), book.line)
    on_paper(sheet)


def _add_chart(book: Book, block: ChartBlock) -> None:
    """Add the numbers of a chart and the chart that Excel draws of them."""
    sheet = book.sheet(block.caption)
    name = sheet.get_name()
    sheet.write_string(0, 0, book.words["category"], book.heading)
    for row, text in enumerate(block.categories, start=1):
        sheet.write_string(row, 0, storable(plain_text(text)), book.form("text"))
    kinds = {"bar": "bar", "column": "column", "line": "line"}
    chart = book.book.add_chart({"type": kinds[block.kind]})
    last = len(block.categories)
    for place, one in enumerate(block.series, start=1):
        sheet.write_string(0, place, storable(plain_text(one.name)), book.heading)
        for row, value in enumerate(one.values, start=1):
            if value is not None and np.isfinite(value):
                number = float(value)
                sheet.write_number(row, place, number, book.form(block.form, number))
        color = f"#{CHART_COLORS[(place - 1) % len(CHART_COLORS)]}"
        drawn: dict[str, Any] = {
            "name": [name, 0, place],
            "categories": [name, 1, 0, last, 0],
            "values": [name, 1, place, last, place],
        }
        if block.kind == "line":
            drawn |= {"line": {"color": color, "width": 2}, "marker": {"type": "circle"}}
        else:
            drawn |= {"fill": {"color": color}, "gap": 60}
        chart.add_series(drawn)
    chart.set_title({"name": plain_text(block.caption), "name_font": {"size": 12, "bold": False}})
    axis: dict[str, Any] = {"num_format": EXCEL_FORMATS[block.form]}
    if block.kind != "line":
        axis["min"] = 0
    if block.kind == "bar":
        # The first category stands at the top; the scale stays at the foot.
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis(axis | {"label_position": "high"})
    else:
        chart.set_y_axis(axis)
    if len(block.series) < 2:
        chart.set_legend({"none": True})
    chart.set_size({"width": 860, "height": 460})
    sheet.set_column(0, 0, 24)
    sheet.insert_chart(1, len(block.series) + 2, chart, {"description": plain_text(block.alt)})
    # Below the chart, which would hide what runs on beside the numbers.
    told = provenance_lines(block.provenance, book.lang)
    sheet.write_string(max(last, _CHART_ROWS) + 2, 0, storable(told), book.line)
    on_paper(sheet)


def _add_picture(book: Book, block: FigureBlock) -> None:
    """Add a picture on a sheet of its own."""
    sheet = book.sheet(block.caption)
    sheet.hide_gridlines(2)
    book.head(sheet, block.caption, provenance_lines(block.provenance, book.lang))
    sheet.set_column(0, 0, 120)
    width, _ = picture_size(block.figure)
    content = picture(block.figure)
    # A picture of so many pixels is to be about ten inches wide on the screen.
    scale = 10.0 / width
    sheet.insert_image(
        3,
        0,
        f"{block.name}.png",
        {
            "image_data": BytesIO(content),
            "x_scale": scale,
            "y_scale": scale,
            "description": plain_text(block.alt),
        },
    )
    on_paper(sheet)


def _add_columns(book: Book, blocks: Iterable[TableBlock]) -> None:
    """Add the sheet that explains every column."""
    sheet = book.sheet(book.words["columns"])
    zh = book.lang == "zh"
    for place, text in enumerate(
        ("表", "字段", "表头", "含义") if zh else ("Table", "Column", "Heading", "Meaning")
    ):
        sheet.write_string(0, place, text, book.heading)
    row = 0
    for block in blocks:
        known = set(block.spec.names)
        for name in map(str, block.frame.columns):
            row += 1
            column = block.spec[name] if name in known else None
            heading = block.headings.get(name) or (column.heading(book.lang) if column else name)
            said = meaning(block.spec.name, column, book.lang) if column else ""
            texts = [plain_text(text) for text in (block.caption, name, heading, said)]
            for place, text in enumerate(texts):
                sheet.write_string(row, place, storable(text), book.wrapped)
            sheet.set_row(row, row_height(zip(texts, _EXPLAINED, strict=True)))
    for place, width in enumerate(_EXPLAINED):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), 3)
    on_paper(sheet)
