"""A large delimited file to text columns in pieces and threads, the same to the last field.

Whatever is out of the way, an error of the file as well, is left to
:func:`gridgov.sources.delimited.read_delimited`, which reads the text as a whole. A piece
is known to end with a row because the reader, which starts with a row, ends with one:
a quote left open would have taken the last line end into the last field.
"""

from __future__ import annotations

import zipfile
import zlib
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from threading import local
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from gridgov.arrays.compiled import use_loops
from gridgov.errors import InputError
from gridgov.sources.delimited import text_options
from gridgov.sources.delimited_head import TableHead, head_from_start
from gridgov.sources.field_columns import FieldCutter
from gridgov.sources.text_pieces import SPARE_BYTES, Bytes, ByteStream, PieceError, TextPieces

__all__ = ["read_in_pieces"]

# Whatever the matter is, reading all of the file at once meets it again and says it.
_LEFT_TO_THE_WHOLE = (
    PieceError,
    InputError,
    UnicodeError,
    pa.ArrowInvalid,
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
)

# Pieces stay in the cache of a processor; a smaller file is read as a whole.
_PIECE_BYTES = 1 << 21


def read_in_pieces(
    stream: ByteStream, *, name: str, encoding: str | None = None, size: int = 0
) -> tuple[pd.DataFrame, tuple[str, ...], str] | None:
    """Return a large delimited file as a table of text columns.

    Parameters
    ----------
    stream
        The file, opened to read bytes, at its start.
    name
        The file's name, for errors.
    encoding
        The encoding to read; detected when None.
    size
        How many bytes the file has at least, to tell whether compiled loops pay.

    Returns
    -------
    frame : DataFrame
        What :func:`gridgov.sources.delimited.read_delimited` gives for the whole text;
        its columns are chunked Arrow arrays, one chunk a piece of the file.
    titles : tuple of str
        The rows above the header.
    encoding : str
        Python's name of the encoding.

    The three are None when the file has to be read as a whole: it is small, its rows are
    very long, or it is faulty.

    Examples
    --------
    >>> import io
    >>> read_in_pieces(io.BytesIO(b"code;street"), name="small.csv") is None
    True
    """
    try:
        pieces = TextPieces(stream, _PIECE_BYTES, name=name, encoding=encoding)
        head = head_from_start(pieces.head, name=name)
        if head is None:
            return None
        rows = pieces.head.count("\n") * size // _PIECE_BYTES
        bodies = pieces.below(head.end, delimiter=head.delimiter, width=len(head.columns))
        table = pa.concat_tables(_parsed(bodies, _PieceReader(head), rows))
    except _LEFT_TO_THE_WHOLE:
        return None
    return table.to_pandas(), head.titles, pieces.encoding


def _parsed(
    bodies: Iterator[tuple[Bytes, bool]], reader: _PieceReader, rows: int
) -> list[pa.Table]:
    """Return the tables of all pieces, in order."""
    workers = pa.cpu_count()
    tables: list[pa.Table] = []
    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        # Arrow need not wait while numba is loaded.
        pool.submit(reader.load, rows)
        try:
            for body, last in bodies:
                waiting.append(pool.submit(reader.table, body, last))
                # What is read ahead takes memory and waits for a processor.
                if len(waiting) > 2 * workers:
                    tables.append(waiting.popleft().result())
            tables.extend(one.result() for one in waiting)
        finally:
            for one in waiting:
                one.cancel()
    return tables


class _PieceReader:
    """Pieces to tables: by compiled loops once they are there, by Arrow what they refuse."""

    def __init__(self, head: TableHead) -> None:
        self._head = head
        self._loops: ModuleType | None = None
        self._of_thread = local()

    def load(self, rows: int) -> None:
        """Load the compiled loops if they pay for so many rows."""
        if not use_loops(rows):
            return
        loops = import_module("gridgov.sources.field_kernels")
        # The first rows make the machine code, or fetch it from the disk.
        FieldCutter(loops, ["a"], ",").table(np.full(1 + SPARE_BYTES, ord("\n"), dtype=np.uint8))
        self._loops = loops

    def table(self, body: Bytes, last: bool) -> pa.Table:
        """Return the table in a piece that starts with a row and, unless the last, ends so."""
        size = len(body) - SPARE_BYTES
        text = pa.py_buffer(body[:size])
        # One text of the whole piece: checking every field costs several times as much.
        ends = pa.py_buffer(np.array([0, size], dtype=np.int64))
        pa.LargeStringArray.from_buffers(1, ends, text).validate(full=True)
        # Arrow leaves out a mark at the start of the first piece.
        if self._loops is not None and bytes(body[:3]) != BOM_UTF8:
            cutter = getattr(self._of_thread, "cutter", None)
            if cutter is None:
                cutter = FieldCutter(self._loops, self._head.columns, self._head.delimiter)
                self._of_thread.cutter = cutter
            found = cutter.table(body)
            if found is not None:
                return found
        return _by_arrow(text, last, self._head)


def _by_arrow(text: pa.Buffer, last: bool, head: TableHead) -> pa.Table:
    """Return the table in a piece whose bytes are UTF-8."""
    table = pyarrow.csv.read_csv(
        pa.BufferReader(text),
        read_options=pyarrow.csv.ReadOptions(
            column_names=head.columns, block_size=text.size + 1, use_threads=False
        ),
        parse_options=pyarrow.csv.ParseOptions(delimiter=head.delimiter),
        convert_options=text_options(head.columns, checked=True),
    )
    if not last and table.num_rows:
        end = table.column(table.num_columns - 1)[-1].as_py()
        if end is not None and end.endswith("\n"):
            raise PieceError
    return table
