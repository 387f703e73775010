"""The head of delimited text: what cuts its rows, its titles and its column names."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gridgov.errors import ReadError
from gridgov.sources.title_rows import header_position, title_text

__all__ = [
    "DELIMITERS",
    "TableHead",
    "head_from_start",
    "header_names",
    "no_records",
    "read_head",
    "sniff_delimiter",
]

DELIMITERS = (",", ";", "\t", "|")

_SNIFFED_CHARACTERS = 1 << 16
_SNIFFED_ROWS = 50

# Commas in the numbers of a table that is cut at semicolons are as regular as columns.
_TRUST_WITHOUT_HEADER = 0.9

_WRITTEN = re.compile(r"[^\r\n]")

# Excel takes the delimiter from such a first line, and some exports write one.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[,;\t|])"?\r?\n')

# The first rows of a text, and where in it each ends.
_Rows = tuple[list[list[str]], list[int]]


@dataclass(frozen=True, slots=True)
class TableHead:
    """What stands above the records of delimited text.

    Attributes
    ----------
    delimiter
        What cuts its rows.
    columns
        The column names.
    titles
        The rows above the header, which are left out.
    end
        Where in the text the header ends.
    """

    delimiter: str
    columns: list[str]
    titles: tuple[str, ...]
    end: int


def read_head(text: str, *, name: str) -> TableHead:
    r"""Return the delimiter, the titles and the column names of delimited text.

    Raises
    ------
    ReadError
        If there is no header or a column name occurs twice.

    Examples
    --------
    >>> read_head("code;street\n007;Laoshan\n", name="s.csv").columns
    ['code', 'street']
    """
    if not text or text.isspace():
        raise ReadError(
            f"{name} must have a first line with the column names. Found: an empty file."
        )
    said, delimiter = _delimiter(text)
    try:
        rows = _start_rows(text, delimiter, start=said) or _rows_of(text, delimiter, start=said)
    except csv.Error as error:
        raise ReadError(f"{name} must be delimited text. Found: {error}.") from error
    return _head_of(rows, delimiter, name)


def head_from_start(text: str, *, name: str) -> TableHead | None:
    """Return what :func:`read_head` returns for a longer text, from its start alone.

    Parameters
    ----------
    text
        The start of a text.
    name
        The file's name, for errors.

    Returns
    -------
    TableHead or None
        None when the rest of the text could change it.

    Raises
    ------
    ReadError
        If a column name occurs twice.
    """
    said, delimiter = _delimiter(text)
    if len(text) <= said + _SNIFFED_CHARACTERS or text.isspace():
        return None
    rows = _start_rows(text, delimiter, start=said)
    if rows is None:
        # Long rows: the same rule holds for the whole of the start.
        with contextlib.suppress(csv.Error):
            rows = _all_looked_for(text, delimiter, start=said)
    head = _head_of(rows, delimiter, name) if rows else None
    return head if head and not no_records(text, head) else None


def _delimiter(text: str) -> tuple[int, str]:
    """Return the delimiter, and where the text starts below a line that names it."""
    said = _SEPARATOR_LINE.match(text)
    return (said.end(), said["delimiter"]) if said else (0, sniff_delimiter(text))


def _head_of(rows: _Rows, delimiter: str, name: str) -> TableHead:
    """Return the head that the first rows of a text, and where they end, make."""
    cells, ends = rows
    at = header_position(cells)
    titles = tuple(title_text(row) for row in cells[:at])
    return TableHead(delimiter, header_names(cells[at], name=name), titles, ends[at])


def _start_rows(text: str, delimiter: str, *, start: int) -> _Rows | None:
    """Return the first rows that are not blank if all looked for end early in the text."""
    sample = text[: start + _SNIFFED_CHARACTERS]
    if len(sample) < len(text):
        with contextlib.suppress(csv.Error):
            return _all_looked_for(sample, delimiter, start=start)
    return None


def _all_looked_for(sample: str, delimiter: str, *, start: int) -> _Rows | None:
    """Return the first rows if all looked for end before the end of a sample, which cuts one."""
    rows, ends = _rows_of(sample, delimiter, start=start)
    return (rows, ends) if len(rows) == _SNIFFED_ROWS and ends[-1] < len(sample) else None


def _rows_of(text: str, delimiter: str, *, start: int) -> _Rows:
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


def no_records(text: str, head: TableHead) -> bool:
    """Return whether nothing but line ends stands below the header."""
    return _WRITTEN.search(text, head.end) is None
