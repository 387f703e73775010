"""All tables of a pack in one workbook, typed, with a sheet that explains every column.

Text is stored as text whatever it starts with: no formula, no link, no number is guessed.
Cells are hexadecimal text, because a spreadsheet keeps 15 digits of a number and a cell
id has 19. Times are written as the local time of their zone, which the heading names.
Missing values are empty.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xlsxwriter

from gridgov.bulletin.tables import FILE_TABLES
from gridgov.bulletin.words import Words
from gridgov.columns import Column, Language, Table
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["meaning", "storable", "text_width", "write_workbook"]

# Limits of the format, Microsoft: "Excel specifications and limits".
_MOST_ROWS = 1_048_576
_MOST_LETTERS = 32_767

_WIDEST = 60

_A4 = 9

# Columns whose numbers four decimals would hide: small probabilities, degrees.
_FORMATS = {
    "p_value": "probability",
    "q_value": "probability",
    "longitude": "degrees",
    "latitude": "degrees",
}
_ROWS_MEASURED = 500

# Columns whose codes have words in taxonomy/terms.csv, by table and column.
_TERMS = {
    ("hotspots", "spot"): "spot",
    ("hotspots", "reason"): "reason",
    ("top_hotspots", "spot"): "spot",
    ("responsibility", "kind"): "responsibility",
    ("agreement", "spot"): "spot",
    ("agreement", "cluster_type"): "cluster_type",
    ("agreement", "category"): "emerging",
    ("moran", "cluster_type"): "cluster_type",
    ("moran", "reason"): "reason",
    ("autocorrelation", "reason"): "reason",
    ("concentration", "reason"): "reason",
    ("emerging", "category"): "emerging",
    ("emerging", "last_spot"): "spot",
    ("emerging", "reason"): "reason",
    ("persistence", "category"): "persistence",
    ("persistence", "reason"): "reason",
    ("trends", "trend"): "trend",
    ("blind_spots", "blind_spot"): "blind_spot",
    ("blind_spots", "reason"): "reason",
    ("silent_channels", "silence"): "silence",
    ("silent_channels", "reason"): "reason",
    ("joint_enforcement", "reason"): "reason",
    ("patrol_walks", "reason"): "reason",
}

_KINDS = {
    "str": "kind.str",
    "ordered": "kind.str",
    "uint64": "kind.str",
    "UInt64": "kind.str",
    "int64": "kind.int",
    "Int64": "kind.int",
    "float64": "kind.float",
    "bool": "kind.bool",
    "boolean": "kind.bool",
    "time": "kind.time",
}


def write_workbook(
    path: str | Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    described: Mapping[str, Table] = FILE_TABLES,
    lang: Language = "en",
    title: str = "",
    created: datetime | None = None,
) -> Path:
    """Write tables as one workbook.

    Parameters
    ----------
    path
        The file to write.
    tables
        Tables by their names in `described`, in the form that files have.
    described
        What their columns are.
    lang
        Language of headings, sheet names and class names.
    title
        Title in the document's properties.
    created
        Date in the document's properties; the moment of writing when None.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If it cannot be written.
    KeyError
        If a table has no description.
    """
    words = Words(lang)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    path = Path(path)
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"title": title} | ({"created": created} if created else {}))
    # One line for the eye: text, numbers and times stand at the top of a high row.
    top = {"valign": "top"}
    formats = {
        "heading": book.add_format(
            {"bold": True, "bg_color": "#E8ECF1", "bottom": 1, "text_wrap": True, "indent": 1} | top
        ),
        "text": book.add_format({"num_format": "@", "indent": 1} | top),
        "whole": book.add_format({"num_format": "#,##0"} | top),
        "number": book.add_format({"num_format": "0.0000"} | top),
        "probability": book.add_format({"num_format": "[<0.0001]0.0E+00;0.0000"} | top),
        "degrees": book.add_format({"num_format": "0.000000"} | top),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"} | top),
    }
    notes: list[tuple[str, str]] = []
    for name, frame in tables.items():
        sheet = book.add_worksheet(words(f"sheet.{name}"))
        shown = frame.iloc[: _MOST_ROWS - 1]
        if len(shown) < len(frame):
            notes.append((name, words("rows_cut", shown=len(shown), count=len(frame))))
        spec = described[name]
        headings = [_heading(spec, column, shown[column], lang) for column in shown.columns]
        columns = [_in_words(name, column, shown[column], lang) for column in shown]
        kinds = [_FORMATS.get(str(column), "number") for column in shown]
        _write_sheet(sheet, formats, headings, columns, kinds)
    explained = _explanations(tables, described, words, notes)
    sheet = book.add_worksheet(words("sheet.columns"))
    texts = [explained[column] for column in explained]
    _write_sheet(sheet, formats, list(explained.columns), texts, ["number"] * len(texts))
    book.close()
    return path


def meaning(table: str, column: Column, lang: Language) -> str:
    """Return what a column holds, in the language asked for."""
    if lang == "en":
        return column.meaning
    known = _meanings_zh()
    return known.get(f"{table}.{column.name}") or known.get(column.name) or column.meaning


@cache
def _meanings_zh() -> dict[str, str]:
    """Return the Chinese meanings by column or by table and column."""
    text = files("gridgov.bulletin").joinpath("meanings.toml").read_text(encoding="utf-8")
    meanings: dict[str, str] = tomllib.loads(text)
    return meanings


def _column(spec: Table, name: str) -> Column | None:
    """Return the description of a column, None for the caller's own."""
    return spec[name] if name in spec.names else None


def _heading(spec: Table, name: str, values: Any, lang: Language) -> str:
    """Return the heading of a column; a time's names its zone."""
    column = _column(spec, name)
    text = column.heading(lang) if column else name
    zone = getattr(values.dtype, "tz", None)
    return f"{text} ({zone})" if zone is not None else text


def _in_words(table: str, name: str, values: Any, lang: Language) -> Any:
    """Return codes as words where they have any."""
    kind = _TERMS.get((table, name))
    if kind is None:
        return values
    return values.map(lambda code: label(kind, code, lang), na_action="ignore")


def _write_sheet(
    sheet: Any, formats: Any, headings: list[str], columns: list[Any], kinds: list[str]
) -> None:
    """Write one sheet column by column, each with its own kind of cell."""
    import pandas as pd

    rows = len(columns[0]) if columns else 0
    for place, (heading, values) in enumerate(zip(headings, columns, strict=True)):
        sheet.write_string(0, place, storable(heading), formats["heading"])
        widest = text_width(heading) / 2
        known = values.notna().to_numpy()
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            local = values.dt.tz_localize(None)
            _each(sheet.write_datetime, place, known, local.dt.to_pydatetime(), formats["time"])
            width = 19.0
        elif pd.api.types.is_bool_dtype(values):
            _each(sheet.write_boolean, place, known, values.tolist(), None)
            width = 8.0
        elif pd.api.types.is_numeric_dtype(values):
            # The format has no infinity.
            known = known & np.isfinite(values.to_numpy(dtype=np.float64, na_value=np.nan))
            kind = "whole" if pd.api.types.is_integer_dtype(values) else kinds[place]
            _each(sheet.write_number, place, known, values.tolist(), formats[kind])
            width = 12.0
        else:
            texts = [storable(text) for text in values.astype("str").tolist()]
            _each(sheet.write_string, place, known, texts, formats["text"])
            sample = [text for text, there in zip(texts, known, strict=True) if there]
            width = max((text_width(text) for text in sample[:_ROWS_MEASURED]), default=0) + 1.0
        sheet.set_column(place, place, min(max(width, widest + 3, 8.0), _WIDEST))
    # On paper: all columns on one page, the headings on each.
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&A  &P / &N")
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, rows, len(columns) - 1)


def _each(write: Any, place: int, known: Any, values: Any, form: Any) -> None:
    """Write the values that are known down one column."""
    for row, (there, value) in enumerate(zip(known.tolist(), values, strict=True), start=1):
        if there:
            write(row, place, value, form)


def storable(text: Any) -> str:
    """Return a text that the format can hold."""
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= _MOST_LETTERS else whole[: _MOST_LETTERS - 1] + "…"


def text_width(text: str) -> float:
    """Return the width of a text in Latin letters; a Chinese one takes two."""
    first = text.splitlines()[0] if text else ""
    return sum(2.0 if unicodedata.east_asian_width(mark) in "WF" else 1.0 for mark in first[:200])


def _explanations(
    tables: Mapping[str, Any],
    described: Mapping[str, Table],
    words: Words,
    notes: list[tuple[str, str]],
) -> pd.DataFrame:
    """Return the sheet that explains every column."""
    import pandas as pd

    rows = [(words(f"sheet.{name}"), "", "", "", "", note) for name, note in notes]
    for name, frame in tables.items():
        for own in frame.columns:
            column = _column(described[name], own)
            rows.append(
                (
                    words(f"sheet.{name}"),
                    str(own),
                    _heading(described[name], own, frame[own], words.lang),
                    words(_KINDS[column.dtype] if column else "kind.str"),
                    words("yes" if column is None or column.missing else "no"),
                    meaning(name, column, words.lang) if column else words("own_column"),
                )
            )
    keys = ("sheet", "name", "heading", "kind", "missing", "meaning")
    return pd.DataFrame(rows, columns=[words(f"columns.{key}") for key in keys], dtype="str")
