"""Sheets of a workbook: their formats, their columns, what stands out, how they print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from gridgov.bulletin.document.forms import excel_format, plain_text
from gridgov.bulletin.document.model import Document, Form, Rule
from gridgov.bulletin.document.wording import wording
from gridgov.bulletin.workbook import storable, text_width
from gridgov.columns import Language

__all__ = ["Book", "mark", "on_paper", "row_height", "write_column"]

_A4 = 9
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


class Book:
    """A workbook with its formats and the names that its sheets have."""

    def __init__(self, book: Any, document: Document) -> None:
        self.book = book
        self.lang: Language = document.lang
        self.words = wording(document.lang)
        self.names: set[str] = set()
        top = {"valign": "top"}
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#E8ECF1", "bottom": 1, "text_wrap": True, **top}
        )
        self.title = book.add_format({"font_size": 18, **top})
        self.line = book.add_format({"font_color": "#5C6470", **top})
        self.note = book.add_format({"font_color": "#5C6470", "text_wrap": True, **top})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, **top})
        self.marked = book.add_format({"bg_color": "#FBE3DF"})
        self._top = top
        self._formats: dict[str, Any] = {}

    def form(self, form: Form, value: float = 0.0) -> Any:
        """Return the format of a cell that holds a value."""
        told = excel_format(value, form)
        if told not in self._formats:
            self._formats[told] = self.book.add_format({"num_format": told, **self._top})
        return self._formats[told]

    def head(self, sheet: Any, title: str, below: str = "") -> None:
        """Write the title of a sheet, and a line below it; large letters want a high row."""
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, storable(plain_text(title)), self.title)
        if below:
            sheet.write_string(1, 0, storable(plain_text(below)), self.line)

    def sheet(self, name: str) -> Any:
        """Add a sheet; a name is at most 31 characters and there once."""
        plain = _NOT_IN_NAMES.sub(" ", plain_text(name)).strip()[:28] or "sheet"
        told, number = plain, 1
        while told.lower() in self.names:
            number += 1
            told = f"{plain[:26]} {number}"
        self.names.add(told.lower())
        return self.book.add_worksheet(told)


def write_column(book: Book, sheet: Any, place: int, values: pd.Series, form: Form) -> float:
    """Write one column below its heading; return how wide it is."""
    known = values.notna().to_numpy()
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        for row, value in enumerate(values.tolist(), start=1):
            if known[row - 1]:
                sheet.write_datetime(row, place, value.replace(tzinfo=None), book.form(form))
        return 18.0
    if pd.api.types.is_bool_dtype(values):
        for row, value in enumerate(values.tolist(), start=1):
            if known[row - 1]:
                sheet.write_boolean(row, place, bool(value))
        return 8.0
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        for row, value in enumerate(numbers.tolist(), start=1):
            # The format has no infinity.
            if np.isfinite(value):
                sheet.write_number(row, place, value, book.form(form, value))
        return 12.0
    # Not as a column of text: what is no text at all, as half a character, would end it.
    texts = [storable(plain_text(text)) for text in values.tolist()]
    for row, text in enumerate(texts, start=1):
        if known[row - 1]:
            sheet.write_string(row, place, text, book.form("text"))
    return max((text_width(text) for text in texts[:500]), default=0.0) + 1.0


def mark(book: Book, sheet: Any, rule: Rule, place: int, rows: int) -> None:
    """Let a column stand out by bars or a bound."""
    if rule.kind == "bar":
        sheet.conditional_format(
            1, place, rows, place, {"type": "data_bar", "bar_color": "#9DB8D2", "bar_solid": True}
        )
    elif rule.bound is not None:
        criteria = ">=" if rule.kind == "above" else "<"
        # An empty cell counts as 0 to a spreadsheet.
        sheet.conditional_format(
            1, place, rows, place, {"type": "blanks", "stop_if_true": True, "format": None}
        )
        sheet.conditional_format(
            1,
            place,
            rows,
            place,
            {"type": "cell", "criteria": criteria, "value": rule.bound, "format": book.marked},
        )


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """Return how high a row of texts is in columns of those widths, points.

    Not every program makes a row higher by itself for text that takes several lines.
    """
    lines = (-(-_whole_width(text) // (width)) for text, width in cells)
    return 15.5 * max(1.0, *lines)


def _whole_width(text: str) -> float:
    """Return the width of a whole text in Latin letters."""
    return sum(text_width(text[start : start + 200]) for start in range(0, len(text), 200))


def on_paper(sheet: Any) -> None:
    """Print all columns on one page, the head on each."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&A  &P / &N")
