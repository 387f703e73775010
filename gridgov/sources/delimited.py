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
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from gridgov.errors import ReadError
from gridgov.sources.delimited_head import TableHead, no_records, read_head

__all__ = ["read_delimited", "text_options"]

# One field may be this long; Arrow refuses rows that span more than two blocks.
_BLOCK_BYTES = 1 << 26


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
    head = read_head(text, name=name)
    if no_records(text, head):
        return pd.DataFrame(columns=pd.Index(head.columns)), head.titles
    # A large text is not copied where its bytes are there already.
    if data is None:
        body = memoryview(text[head.end :].encode("utf-8"))
    else:
        body = memoryview(data)[len(text[: head.end].encode("utf-8")) :]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            read_options=pyarrow.csv.ReadOptions(
                column_names=head.columns, block_size=_BLOCK_BYTES
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=head.delimiter, newlines_in_values=True
            ),
            convert_options=text_options(head.columns),
        )
    except pa.ArrowInvalid as error:
        raise _unequal_row(text, head, name, error) from error
    return table.to_pandas(), head.titles


def text_options(columns: Sequence[str], *, checked: bool = False) -> pyarrow.csv.ConvertOptions:
    """Return what Arrow makes of fields: text, and missing where there is none.

    Parameters
    ----------
    columns
        The column names.
    checked
        Whether the bytes are known to be UTF-8.
    """
    return pyarrow.csv.ConvertOptions(
        # What pandas keeps text in; a smaller kind would be copied into it.
        column_types={column: pa.large_string() for column in columns},
        strings_can_be_null=True,
        null_values=[""],
        check_utf8=not checked,
    )


def _unequal_row(text: str, head: TableHead, name: str, error: Exception) -> ReadError:
    """Return the error that names the first row of another length, and its line."""
    body = text[head.end :]
    line = 1 + len(re.findall(r"\r\n|\r|\n", text[: head.end]))
    # Python's reader is slow but counts lines; it runs only when reading has failed.
    before = csv.field_size_limit(len(body) + 1)
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=head.delimiter)
        row = 0
        for fields in reader:
            if not fields:
                continue
            row += 1
            if len(fields) != len(head.columns):
                at = line - 1 + reader.line_num
                return ReadError(
                    f"Every row of {name} must have as many fields as its header, "
                    f"{len(head.columns)}. Found: {len(fields)} in row {row}, line {at}, "
                    f"cut at {head.delimiter!r}. "
                    "Look for a missing quote or a stray delimiter there.",
                    problems=[{"row": row, "line": at, "fields": len(fields)}],
                )
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(before)
    reason = re.sub(r"\s+", " ", str(error))[:200]
    return ReadError(f"{name} must be delimited text. Found: {reason}. Check its quotes.")
