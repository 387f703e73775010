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
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from threading import local
from types import ModuleType
from typing import NamedTuple

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
from gridgov.sources.written_pieces import (
    PlainColumns,
    PlainNames,
    WrittenColumn,
    WrittenPiece,
    written_piece,
)

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
    stream: ByteStream,
    *,
    name: str,
    encoding: str | None = None,
    size: int = 0,
    plain: PlainNames | None = None,
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
    plain
        Takes the column names, and returns those of which only times or numbers are wanted.

    Returns
    -------
    frame : DataFrame
        What :func:`gridgov.sources.delimited.read_delimited` gives for the whole text;
        its columns are chunked Arrow arrays, one chunk a piece of the file. Those in
        `plain` may be a :class:`gridgov.sources.written_text.WrittenArray`.
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
        asked = plain(head.columns) if plain else PlainColumns()
        frame = _parsed(bodies, _PieceReader(head, asked, pieces.give_back), rows)
    except _LEFT_TO_THE_WHOLE:
        return None
    return frame, head.titles, pieces.encoding


class _Part(NamedTuple):
    """A piece of the file: its text, and columns that were read at once."""

    table: pa.Table
    written: dict[str, WrittenPiece]


def _parsed(bodies: Iterator[tuple[Bytes, bool]], reader: _PieceReader, rows: int) -> pd.DataFrame:
    """Return the table of all pieces."""
    workers = pa.cpu_count()
    parts = _Parts(reader, rows)
    waiting: deque[Future[_Part]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        # Arrow need not wait while numba is loaded.
        loading = pool.submit(reader.load, rows)
        try:
            for body, last in bodies:
                waiting.append(pool.submit(reader.part, body, last))
                # What is read ahead takes memory and waits for a processor.
                if len(waiting) > 2 * workers:
                    parts.add(waiting.popleft().result())
            for one in waiting:
                parts.add(one.result())
            loading.result()
            parts.read_text(pool)
        finally:
            for one in waiting:
                one.cancel()
    return parts.frame()


class _Parts:
    """The pieces of a table, in order, as they are put together."""

    def __init__(self, reader: _PieceReader, rows: int) -> None:
        self._reader = reader
        self._firsts: list[int] = []
        self._tables: list[pa.Table] = []
        self._count = 0
        self._written = {name: WrittenColumn(rows) for name in reader.asked}
        self._unread: list[int] = []

    def add(self, part: _Part) -> None:
        """Put a piece behind the others."""
        if not part.written:
            self._unread.append(len(self._tables))
        self._firsts.append(self._count)
        self._tables.append(part.table)
        self._put(self._count, part)
        self._count += part.table.num_rows

    def read_text(self, pool: ThreadPoolExecutor) -> None:
        """Read what came as text because the loops were not loaded yet."""
        if self._reader.asked and self._reader.loaded:
            tables = [self._tables[number] for number in self._unread]
            for number, part in zip(self._unread, pool.map(self._reader.read, tables), strict=True):
                self._put(self._firsts[number], part)
                self._tables[number] = part.table
            self._unread = []

    def frame(self) -> pd.DataFrame:
        """Return the table."""
        texts = pa.concat_tables(self._tables).to_pandas()
        if self._unread:
            return texts
        day_first = self._reader.plain.day_first
        columns = {
            name: self._written[name].whole(self._count, day_first=day_first)
            if name in self._written
            else texts[name]
            for name in self._reader.head.columns
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(self._count), copy=False)

    def _put(self, first: int, part: _Part) -> None:
        """Put the columns that were read where the piece begins."""
        for name, piece in part.written.items():
            self._written[name].put(first, piece)


class _PieceReader:
    """Pieces to columns: by compiled loops once they are there, by Arrow what they refuse."""

    def __init__(self, head: TableHead, plain: PlainColumns, done: Callable[[Bytes], None]) -> None:
        self.head = head
        self.plain = plain
        self._done = done
        # One column is kept as text: it says how many rows there are.
        asked = [name for name in head.columns if name in (*plain.times, *plain.numbers)]
        self.asked = asked if len(asked) < len(head.columns) else asked[1:]
        self._loops: tuple[ModuleType, ModuleType] | None = None
        self._of_thread = local()

    @property
    def loaded(self) -> bool:
        """Whether the compiled loops are there."""
        return self._loops is not None

    def load(self, rows: int) -> None:
        """Load the compiled loops if they pay for so many rows."""
        if not use_loops(rows):
            return
        cutting = import_module("gridgov.sources.field_kernels")
        # The first rows make the machine code, or fetch it from the disk.
        FieldCutter(cutting, ["a"], ",").table(np.full(1 + SPARE_BYTES, ord("\n"), dtype=np.uint8))
        self._loops = cutting, import_module("gridgov.sources.text_kernels")

    def part(self, body: Bytes, last: bool) -> _Part:
        """Return a piece that starts with a row and, unless the last, ends so."""
        table = self._table(body, last)
        self._done(body)
        return self.read(table)

    def read(self, table: pa.Table) -> _Part:
        """Return a piece with the columns read of which no text is wanted."""
        if self._loops is None or not self.asked:
            return _Part(table, {})
        _, loops = self._loops
        written = {
            name: written_piece(loops, chunk, name, self.plain)
            for name in self.asked
            for chunk in table.column(name).chunks
        }
        return _Part(table.drop_columns(self.asked), written)

    def _table(self, body: Bytes, last: bool) -> pa.Table:
        """Return the text columns of a piece; those asked for may be gone with the next."""
        size = len(body) - SPARE_BYTES
        text = pa.py_buffer(body[:size])
        # One text of the whole piece: checking every field costs several times as much.
        ends = pa.py_buffer(np.array([0, size], dtype=np.int64))
        pa.LargeStringArray.from_buffers(1, ends, text).validate(full=True)
        # Arrow leaves out a mark at the start of the first piece.
        if self._loops is not None and bytes(body[:3]) != BOM_UTF8:
            cutter = getattr(self._of_thread, "cutter", None)
            if cutter is None:
                cutting, _ = self._loops
                cutter = FieldCutter(cutting, self.head.columns, self.head.delimiter, self.asked)
                self._of_thread.cutter = cutter
            found = cutter.table(body)
            if found is not None:
                return found
        return _by_arrow(text, last, self.head)


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
