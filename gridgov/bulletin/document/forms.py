"""How numbers, times and texts are written, once for every format.

Pages, slides and captions show the texts made here; a workbook stores the number and is given
a format that shows the same text. Spreadsheets and slides round halves away from zero, so
texts do too: 13 of 16 is 81.3 % everywhere. What is missing is a dash and never 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from gridgov.bulletin.document.model import Form, Provenance, TableBlock
from gridgov.columns import Language
from gridgov.figures.fonts import clean

__all__ = [
    "EXCEL_FORMATS",
    "MISSING",
    "ShownTable",
    "excel_format",
    "form_of",
    "plain_text",
    "provenance_lines",
    "shown_table",
    "write_value",
]

MISSING = "–"
"""What stands where there is no value."""

EXCEL_FORMATS: Mapping[Form, str] = MappingProxyType(
    {
        "text": "@",
        "count": "#,##0",
        "percent": "0.0%",
        "points": "0.0",
        "change": '+0.0;"−"0.0;0.0',
        "hours": "#,##0.0",
        "number": "#,##0.00",
        "probability": '[<0.001]"< 0.001";0.000',
        "date": "yyyy-mm-dd",
        "time": "yyyy-mm-dd hh:mm",
    }
)
"""The format of every form in a workbook and on the axes of charts; see :func:`excel_format`."""

# Characters that XML 1.0 does not allow corrupt a whole office file; those that turn the
# direction of writing make a name read as another one.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_LONGEST = 120

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "source": "Source: {}",
        "period": "Period: {}",
        "n": "n = {:,}",
        "method": "Method: {}",
        "yes": "yes",
        "no": "no",
        "joint": ". ",
        "end": ".",
    },
    "zh": {
        "source": "资料来源：{}",
        "period": "时段：{}",
        "n": "n = {:,}",
        "method": "方法：{}",
        "yes": "是",
        "no": "否",
        "joint": "；",
        "end": "。",
    },
}


def plain_text(value: Any, *, longest: int | None = None) -> str:
    r"""Return a text that every format can hold: on one line, without control characters.

    Parameters
    ----------
    value
        Any text.
    longest
        Where to cut it off, with an ellipsis; nowhere when None.

    Examples
    --------
    >>> plain_text("八角\x00街道\n=1+1"), plain_text("abcdef", longest=4)
    ('八角街道 =1+1', 'abc…')
    """
    text = _TURNING.sub("", _NOT_IN_XML.sub("", str(value)))
    text = " ".join(clean(text).split())
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def write_value(value: Any, form: Form) -> str:
    """Return a value as every format shows it.

    Examples
    --------
    >>> write_value(1234, "count"), write_value(0.9375, "percent"), write_value(None, "count")
    ('1,234', '93.8%', '–')
    >>> write_value(-2.25, "change"), write_value(-0.04, "change"), write_value(13 / 16, "percent")
    ('−2.3', '0.0', '81.3%')
    >>> write_value(0.12345, "number"), write_value(0.00004, "probability")
    ('0.1235', '< 0.001')
    """
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return MISSING
    match form:
        case "date":
            return f"{value:%Y-%m-%d}"
        case "time":
            return f"{value:%Y-%m-%d %H:%M}"
        case "text":
            return plain_text(value, longest=_LONGEST)
    if not math.isfinite(value):
        return MISSING
    match form:
        case "count":
            text = f"{_rounded(value, 0):,.0f}"
        case "percent":
            text = f"{_rounded(value, 1, times=100):.1f}%"
        case "points":
            text = f"{_rounded(value, 1):.1f}"
        case "change":
            text = f"{_rounded(value, 1):+.1f}"
        case "hours":
            text = f"{_rounded(value, 1):,.1f}"
        case "probability":
            return "< 0.001" if value < 0.001 else f"{_rounded(value, 3):.3f}"
        case _:
            places = _places(value)
            text = f"{_rounded(value, places):,.{places}f}"
    if _is_nothing(text):
        # What rounds to nothing has no sign.
        text = text.lstrip("+-")
    return text.replace("-", "−")


def excel_format(value: float, form: Form) -> str:
    """Return the format in which a workbook shows a number as :func:`write_value` writes it.

    Parameters
    ----------
    value
        The number.
    form
        How it is written.

    Returns
    -------
    str
        A number format. It depends on the value because the sections of one format cannot
        say that what rounds to nothing has no sign.

    Examples
    --------
    >>> excel_format(0.5, "percent"), excel_format(-0.5, "percent")
    ('0.0%', '0.0%;"−"0.0%')
    >>> excel_format(269.0, "number"), excel_format(0.25, "number")
    ('#,##0', '0.0000')
    """
    base = EXCEL_FORMATS[form]
    if form in ("text", "date", "time", "probability"):
        return base
    if form == "number":
        base = _NUMBER_FORMATS[_places(value)]
    if value and _is_nothing(write_value(value, form)):
        plain = base.split(";")[-1]
        return f"{plain};{plain}"
    return f'{base};"−"{base}' if value < 0 and form != "change" else base


# More digits than any float has before the point.
_DIGITS = Context(prec=400)

# Digits after the point of a number of no special kind, and how a workbook says so.
_NUMBER_FORMATS = {0: "#,##0", 1: "#,##0.0", 2: "#,##0.00", 4: "0.0000"}


def _places(value: float) -> int:
    """Return how many digits after the point a number of no special kind has."""
    size = abs(float(value))
    if size == round(size):
        return 0
    return 1 if size >= 1000 else 2 if size >= 1 else 4


def _rounded(value: float, places: int, *, times: int = 1) -> Decimal:
    """Return a number rounded as spreadsheets do: 15 digits, halves away from zero."""
    exact = Decimal(f"{float(value):.15g}") * times
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _DIGITS)


def _is_nothing(text: str) -> bool:
    """Return whether a number as it is written is zero."""
    return not any(digit in text for digit in "123456789")


def form_of(values: pd.Series, name: str) -> Form:
    """Return how a column is written when nobody says.

    Examples
    --------
    >>> import pandas as pd
    >>> form_of(pd.Series([0.5]), "reached_share"), form_of(pd.Series([1]), "incidents")
    ('percent', 'count')
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        return "time"
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return "text"
    if name.endswith("_share"):
        return "percent"
    if name in ("p_value", "q_value"):
        return "probability"
    if name.endswith("_h"):
        return "hours"
    return "count" if pd.api.types.is_integer_dtype(values) else "number"


def is_id(name: str) -> bool:
    """Return whether a column holds ids, which are read and typed whole: none is broken.

    Examples
    --------
    >>> is_id("case_id"), is_id("cell"), is_id("street")
    (True, True, False)
    """
    return name == "cell" or name.endswith("_id")


class ShownTable(NamedTuple):
    """A table as texts: headings, rows, which columns are numbers, how many rows are left out."""

    headings: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    left_out: int


def shown_table(block: TableBlock, lang: Language) -> ShownTable:
    """Return the rows of a table that pages and slides show, as texts.

    Parameters
    ----------
    block
        The table.
    lang
        Language of its headings.

    Raises
    ------
    KeyError
        If a column to show is not in the table.
    """
    words = _WORDS[lang]
    frame = block.frame.iloc[: block.most]
    headings, columns, numeric = [], [], []
    known = set(block.spec.names)
    for name in block.columns:
        form = block.forms.get(name) or form_of(frame[name], name)
        told = block.headings.get(name)
        if told is None:
            told = block.spec[name].heading(lang) if name in known else str(name)
        headings.append(plain_text(told))
        columns.append([_written(value, form, words) for value in frame[name].tolist()])
        numeric.append(form not in ("text", "date", "time"))
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return ShownTable(headings, rows, numeric, len(block.frame) - len(frame))


def _written(value: Any, form: Form, words: Mapping[str, str]) -> str:
    """Return a value of a table as text; yes and no are words."""
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    return write_value(value, form)


def provenance_lines(provenance: Provenance, lang: Language) -> str:
    """Return where something comes from as one line.

    Examples
    --------
    >>> provenance_lines(Provenance("示例", "2017-09", 532, "逐案计数"), "zh")
    '资料来源：示例；时段：2017-09；n = 532；方法：逐案计数。'
    """
    words = _WORDS[lang]
    parts = [
        words["source"].format(plain_text(provenance.source)),
        words["period"].format(plain_text(provenance.period)),
    ]
    if provenance.n is not None:
        parts.append(words["n"].format(provenance.n))
    parts.append(words["method"].format(plain_text(provenance.method)))
    line = words["joint"].join(part.rstrip("。.;；") for part in parts)
    return line + words["end"]
