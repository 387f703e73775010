"""From delimited text to a table in which every column is text, exactly as written.

No column is turned into numbers: an id keeps its leading zeros, a coordinate its
digits, and a row that is set aside is shown as it was read. Only an empty field is
missing. Rows of unequal length are an error and never padded, because a field that
slipped shifts every column after it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from gridgov.errors import ReadError
from gridgov.sources.title_rows import header_position, title_text

__all__ = ["DELIMITERS", "header_names", "read_delimited", "sniff_delimiter"]

DELIMITERS = (",", ";", "\t", "|")

# One field may be this long; Arrow refuses rows that span more than two blocks.
_BLOCK_BYTES = 1 << 26
_SNIFFED_CHARACTERS = 1 << 16
_SNIFFED_ROWS = 50

# Commas in the numbers of a table that is cut at semicolons are as regular as columns.
_TRUST_WITHOUT_HEADER = 0.9

_WRITTEN = re.compile(r"[^\r\n]")

# Excel takes the delimiter from such a first line, and some exports write one.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[,;\t|])"?\r?\n')


def read_delimited(
    text: str, *, name: str, data: bytes | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    r"""Return delimited text as a table of text columns.

    Parameters
    ----------
    text
        The whole text; its first row holds the column names, below titles if there are any.
    name
        The file's name, for errors.
    data
        The same text as bytes in UTF-8 without a mark, if they are at hand.

    Returns
    -------
    frame : DataFrame
        One row a record, every column text, empty fields missing. Lines without any
        character are skipped.
    titles : tuple of str
        The rows above the header, which were left out.

    Raises
    ------
    ReadError
        If there is no header, a column name occurs twice, or a row has more or fewer
        fields than the header; the message gives the row and the line.

    Examples
    --------
    >>> frame, titles = read_delimited("code;street\n007;Laoshan\n", name="s.csv")
    >>> frame.iloc[0].tolist(), titles
    (['007', 'Laoshan'], ())
    """
    if not text or text.isspace():
        raise ReadError(
            f"{name} must have a first line with the column names. Found: an empty file."
        )
    said = _SEPARATOR_LINE.match(text)
    delimiter = said["delimiter"] if said else sniff_delimiter(text)
    try:
        rows, ends = _first_rows(text, delimiter, start=said.end() if said else 0)
    except csv.Error as error:
        raise ReadError(f"{name} must be delimited text. Found: {error}.") from error
    at = header_position(rows)
    titles = tuple(title_text(row) for row in rows[:at])
    columns = header_names(rows[at], name=name)
    if _WRITTEN.search(text, ends[at]) is None:
        return pd.DataFrame(columns=pd.Index(columns)), titles
    # A large text is not copied where its bytes are there already.
    if data is None:
        body = memoryview(text[ends[at] :].encode("utf-8"))
    else:
        body = memoryview(data)[len(text[: ends[at]].encode("utf-8")) :]
    options = {
        "read_options": pyarrow.csv.ReadOptions(column_names=columns, block_size=_BLOCK_BYTES),
        "parse_options": pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types={column: pa.string() for column in columns},
            strings_can_be_null=True,
            null_values=[""],
        ),
    }
    try:
        table = pyarrow.csv.read_csv(pa.BufferReader(body), **options)
    except pa.ArrowInvalid as error:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: ends[at]]))
        raise _unequal_row(text[ends[at] :], line, delimiter, columns, name, error) from error
    return table.to_pandas(), titles


def _first_rows(text: str, delimiter: str, *, start: int) -> tuple[list[list[str]], list[int]]:
    """Return the first rows that are not blank, and where in the text each ends."""
    # The start of the text is enough if all rows looked for end before its end.
    sample = text[: start + _SNIFFED_CHARACTERS]
    if len(sample) < len(text):
        with contextlib.suppress(csv.Error):
            rows, ends = _rows_of(sample, delimiter, start=start)
            if len(rows) == _SNIFFED_ROWS and ends[-1] < len(sample):
                return rows, ends
    return _rows_of(text, delimiter, start=start)


def _rows_of(text: str, delimiter: str, *, start: int) -> tuple[list[list[str]], list[int]]:
    """Return the first rows of a text that are not blank, and where in the text each ends."""
    stream = io.StringIO(text, newline="")
    stream.seek(start)
    rows, ends = [], []
    try:
        for row in csv.reader(stream, delimiter=delimiter):
            if row:
                rows.append(row)
                ends.append(stream.tell())
            if len(rows) == _SNIFFED_ROWS:
                break
    except csv.Error:
        # A field longer than Python's reader takes is none of the header's.
        if not rows:
            raise
    return (rows, ends) if rows else ([[""]], [start])


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
        if not widths:
            continue
        trust = 1.0
        if widths[0] < 2:
            # A title above the header: then the rows say how wide the table is.
            usual = Counter(widths).most_common(1)[0][0]
            widths = [usual, *widths[1:]] if usual > 2 else widths
            trust = _TRUST_WITHOUT_HEADER
        if widths[0] < 2:
            continue
        # The last row may be cut off by the end of the sample.
        body = widths[1:-1] if len(sample) < len(text) and len(widths) > 2 else widths[1:]
        alike = trust * Counter(body)[widths[0]] / len(body) if body else 1.0
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
    body: str, line: int, delimiter: str, columns: list[str], name: str, error: Exception
) -> ReadError:
    """Return the error that names the first row of another length, and its line."""
    # Python's reader is slow but counts lines; it runs only when reading has failed.
    before = csv.field_size_limit(len(body) + 1)
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        row = 0
        for fields in reader:
            if not fields:
                continue
            row += 1
            if len(fields) != len(columns):
                at = line - 1 + reader.line_num
                return ReadError(
                    f"Every row of {name} must have as many fields as its header, "
                    f"{len(columns)}. Found: {len(fields)} in row {row}, line {at}, "
                    f"cut at {delimiter!r}. Look for a missing quote or a stray delimiter there.",
                    problems=[{"row": row, "line": at, "fields": len(fields)}],
                )
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(before)
    reason = re.sub(r"\s+", " ", str(error))[:200]
    return ReadError(f"{name} must be delimited text. Found: {reason}. Check its quotes.")
