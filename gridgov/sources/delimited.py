"""From delimited text to a table in which every column is text, exactly as written.

No column is turned into numbers: an id keeps its leading zeros, a coordinate its
digits, and a row that is set aside is shown as it was read. Only an empty field is
missing. Rows of unequal length are an error and never padded, because a field that
slipped shifts every column after it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from gridgov.errors import ReadError

__all__ = ["DELIMITERS", "header_names", "read_delimited", "sniff_delimiter"]

DELIMITERS = (",", ";", "\t", "|")

# One field may be this long; Arrow refuses rows that span more than two blocks.
_BLOCK_BYTES = 1 << 26
_SNIFFED_CHARACTERS = 1 << 16
_SNIFFED_ROWS = 50


def read_delimited(text: str, *, name: str) -> pd.DataFrame:
    r"""Return delimited text as a table of text columns.

    Parameters
    ----------
    text
        The whole text; the first line holds the column names.
    name
        The file's name, for errors.

    Returns
    -------
    DataFrame
        One row a record, every column text, empty fields missing. Lines without any
        character are skipped.

    Raises
    ------
    ReadError
        If there is no header, a column name occurs twice, or a row has more or fewer
        fields than the header; the message gives the row and the line.

    Examples
    --------
    >>> read_delimited("code;street\n007;Laoshan\n", name="s.csv").iloc[0].tolist()
    ['007', 'Laoshan']
    """
    if not text.strip():
        raise ReadError(
            f"{name} must have a first line with the column names. Found: an empty file."
        )
    delimiter = sniff_delimiter(text)
    head = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        first = next(row for row in head if row)
    except csv.Error as error:
        raise ReadError(f"{name} must be delimited text. Found: {error}.") from error
    columns = header_names(first, name=name)
    options = {
        "read_options": pyarrow.csv.ReadOptions(
            column_names=columns, skip_rows_after_names=1, block_size=_BLOCK_BYTES
        ),
        "parse_options": pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types={column: pa.string() for column in columns},
            strings_can_be_null=True,
            null_values=[""],
        ),
    }
    try:
        table = pyarrow.csv.read_csv(io.BytesIO(text.encode("utf-8")), **options)
    except pa.ArrowInvalid as error:
        raise _unequal_row(text, delimiter, columns, name, error) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame


def sniff_delimiter(text: str) -> str:
    r"""Return the delimiter that cuts the first rows into the most equal columns.

    Examples
    --------
    >>> sniff_delimiter("a;b;c\n1,5;2;3\n")
    ';'
    """
    sample = text[:_SNIFFED_CHARACTERS]
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        try:
            rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            widths = [len(row) for row, _ in zip(rows, range(_SNIFFED_ROWS), strict=False) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        # The last row may be cut off by the end of the sample.
        body = widths[1:-1] if len(sample) < len(text) and len(widths) > 2 else widths[1:]
        alike = Counter(body)[widths[0]] / len(body) if body else 1.0
        if (alike, widths[0]) > best_score:
            best, best_score = delimiter, (alike, widths[0])
    return best


def header_names(cells: Sequence[object], *, name: str) -> list[str]:
    """Return column names from the cells of a header, trimmed; blank ones are numbered.

    Raises
    ------
    ReadError
        If a name occurs twice; the message gives the names and their positions.
    """
    names = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
    names = [text or f"column {number}" for number, text in enumerate(names, start=1)]
    twice = {text: times for text, times in Counter(names).items() if times > 1}
    if twice:
        listed = "; ".join(
            f"{text!r} in columns "
            + " and ".join(str(at) for at, other in enumerate(names, start=1) if other == text)
            for text in twice
        )
        raise ReadError(
            f"Column names in {name} must differ. Found: {listed}. Rename one of each.",
            problems=[{"column": text, "times": times} for text, times in twice.items()],
        )
    return names


def _unequal_row(
    text: str, delimiter: str, columns: list[str], name: str, error: Exception
) -> ReadError:
    """Return the error that names the first row of another length, and its line."""
    # Python's reader is slow but counts lines; it runs only when reading has failed.
    before = csv.field_size_limit(len(text) + 1)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        row = -1
        for fields in reader:
            if not fields:
                continue
            row += 1
            if len(fields) != len(columns):
                return ReadError(
                    f"Every row of {name} must have as many fields as its header, "
                    f"{len(columns)}. Found: {len(fields)} in row {row}, line {reader.line_num}, "
                    f"cut at {delimiter!r}. Look for a missing quote or a stray delimiter there.",
                    problems=[{"row": row, "line": reader.line_num, "fields": len(fields)}],
                )
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(before)
    reason = re.sub(r"\s+", " ", str(error))[:200]
    return ReadError(f"{name} must be delimited text. Found: {reason}. Check its quotes.")
