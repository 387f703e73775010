"""From a sheet of an Excel workbook to a table, cells as they are stored.

Text stays text, dates stay dates. Excel keeps every number as a float; a column whose
numbers are all whole becomes whole numbers, so that an id 110107001 does not turn into
110107001.0.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

import numpy as np
import pandas as pd

from gridgov.errors import ReadError
from gridgov.sources.delimited_head import header_names
from gridgov.sources.title_rows import header_position, title_text

__all__ = ["read_sheet"]

# A spreadsheet keeps this many digits of a number and writes zeros for the others.
_DIGITS_KEPT = 15


def read_sheet(
    data: bytes, *, name: str, layer: str | int | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one sheet of a workbook; its first row below the titles holds the names.

    Parameters
    ----------
    data
        The bytes of an .xlsx, .xlsm, .xlsb, .xls or .ods file.
    name
        The file's name, for errors.
    layer
        The sheet, by name or by number from 0. May be left out when only one sheet
        holds anything.

    Returns
    -------
    frame : DataFrame
        One row a row of the sheet below the header; rows without any value are left out.
    titles : tuple of str
        The rows above the header, which were left out.

    Raises
    ------
    ReadError
        If it is no workbook, the sheet does not exist or is empty, or several sheets
        hold data and none is named.
    """
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet_names = book.sheet_names
        if layer is None:
            filled = [
                (sheet, cells)
                for sheet in sheet_names
                if (cells := book.get_sheet_by_name(sheet).to_python(skip_empty_area=True))
            ]
        else:
            chosen = _chosen(layer, sheet_names, name)
            filled = [(chosen, book.get_sheet_by_name(chosen).to_python(skip_empty_area=True))]
    except python_calamine.CalamineError as error:
        raise ReadError(
            f"{name} must be an Excel workbook. Found: {error}. "
            "Open it in a spreadsheet program and save it as .xlsx or CSV."
        ) from error
    if len(filled) > 1:
        raise ReadError(
            f"{name} has several sheets with data, and one must be chosen. "
            f"Found: {', '.join(sheet for sheet, _ in filled)}. "
            f'Pass layer="{filled[0][0]}".'
        )
    rows = [row for _, cells in filled for row in cells if any(cell != "" for cell in row)]
    if not rows:
        raise ReadError(
            f"{name} must have a first row with the column names. "
            f"Found: {len(sheet_names)} empty sheet(s): {', '.join(sheet_names)}."
        )
    at = header_position(rows)
    columns = header_names([_whole(cell) for cell in rows[at]], name=name)
    body = rows[at + 1 :]
    values = zip(*body, strict=True) if body else ([] for _ in columns)
    frame = pd.DataFrame(
        {column: _column(list(cells)) for column, cells in zip(columns, values, strict=True)}
    )
    return frame, tuple(title_text(row) for row in rows[:at])


def _chosen(layer: str | int, sheet_names: list[str], name: str) -> str:
    """Return the name of the sheet asked for."""
    if layer in sheet_names:
        return str(layer)
    if isinstance(layer, int) and 0 <= layer < len(sheet_names):
        return sheet_names[layer]
    raise ReadError(
        f"{name} has no sheet {layer!r}. Found: {', '.join(sheet_names)}. Pass one as layer=."
    )


def _whole(cell: Any) -> Any:
    """Return a whole float as an int, anything else as it is."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _column(cells: list[Any]) -> pd.Series:
    """Return the cells of one column in the narrowest kind that keeps them."""
    values = [None if isinstance(cell, str) and cell == "" else cell for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {float, int} and kinds:
        numbers = pd.Series(values, dtype="Float64")
        exact = bool(numbers.abs().max() < 10**_DIGITS_KEPT)
        whole = exact and bool((numbers.dropna() % 1 == 0).all())
        return numbers.astype("Int64") if whole else numbers.astype("float64")
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        return pd.Series(np.array(values, dtype="datetime64[us]"))
    if len(kinds) > 1:
        values = [_whole(value) for value in values]
    return pd.Series(values, dtype=object).infer_objects()
