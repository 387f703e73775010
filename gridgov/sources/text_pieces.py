"""A large text file in pieces of UTF-8 that end at line ends, never all of it at once.

The encoding is told from the first piece by the rules of :mod:`gridgov.sources.encoding`.
A file that cannot be cut, or breaks those rules further down, ends the pieces with an error;
reading all of it at once then says what is wrong, if anything is.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gridgov.sources.encoding import candidates_for

__all__ = ["SPARE_BYTES", "ByteStream", "Bytes", "PieceError", "TextPieces"]

Bytes = NDArray[np.uint8]

ByteStream = io.RawIOBase | io.BufferedIOBase

# Bytes in these are cut at any place; what a piece of another encoding holds can depend on
# the pieces before it.
_UTF_8 = ("utf-8", "utf-8-sig")
_RECODED = ("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")

SPARE_BYTES = 16
"""Line ends behind every piece, so that eight bytes can be taken together at its last one."""

_LINE_END, _QUOTE = b"\n", b'"'
# A line that is longer is not looked at, and a line end farther back not taken.
_FARTHEST_BACK = 1 << 16


class PieceError(Exception):
    """The file is not read in pieces; reading all of it at once tells whether it can be."""


class TextPieces:
    """The pieces of a text file.

    Parameters
    ----------
    stream
        The file, opened to read bytes, at its start.
    size
        Bytes to read for a piece.
    name
        The file's name, for errors.
    encoding
        The encoding to read; detected when None.

    Attributes
    ----------
    encoding : str
        Python's name of the encoding, as :func:`gridgov.sources.encoding.decode` gives it.
    head : str
        The text of the first piece, up to its last whole character.

    Raises
    ------
    PieceError
        If the file is shorter than a piece or in an encoding that is not cut.
    InputError
        As :func:`gridgov.sources.encoding.decode` does.
    """

    def __init__(self, stream: ByteStream, size: int, *, name: str, encoding: str | None) -> None:
        self._stream = stream
        self._size = size
        self._rooms: deque[Bytes] = deque()
        room, length, last = self._filled(b"")
        if last:
            raise PieceError
        self._first = bytes(room[:length])
        self._decoder: codecs.IncrementalDecoder | None = None
        for candidate in candidates_for(self._first, name=name, encoding=encoding):
            if candidate not in (*_UTF_8, *_RECODED):
                break
            decoder = codecs.getincrementaldecoder(candidate)()
            try:
                self.head = decoder.decode(self._first)
            except UnicodeDecodeError:
                continue
            self.encoding = candidate
            self._decoder = decoder if candidate in _RECODED else None
            return
        raise PieceError

    def below(self, end: int, *, delimiter: str, width: int) -> Iterator[tuple[Bytes, bool]]:
        """Yield what stands below the first characters of the head, and whether it is the last.

        The bytes are meant to be UTF-8; in a file that says so they are as they were found.
        Behind each piece stand spare line ends, :data:`SPARE_BYTES` of them. A piece stays
        as it is until it is given back.

        Parameters
        ----------
        end
            How many characters of the head are left out.
        delimiter, width
            What cuts a row, and into how many fields: a line of that kind ends a row.

        Raises
        ------
        PieceError
            If no line end is found at which a row ends, or bytes are no text.
        """
        if self._decoder is not None:
            rest = self.head[end:].encode("utf-8")
        else:
            marked = self.encoding == "utf-8-sig" and self._first.startswith(codecs.BOM_UTF8)
            mark = len(codecs.BOM_UTF8) if marked else 0
            rest = self._first[mark + len(self.head[:end].encode("utf-8")) :]
        self._first = b""
        room, length, last = self._room(rest, 0), len(rest), False
        first = True
        while True:
            piece = room[:length]
            if not first and bytes(piece[:3]) == codecs.BOM_UTF8:
                # Arrow takes a mark at the start of a piece for the mark of a file.
                raise PieceError
            cut = length if last else _row_end(piece, delimiter, width)
            rest = bytes(piece[cut:])
            room[cut : cut + SPARE_BYTES] = _LINE_END[0]
            if cut:
                yield room[: cut + SPARE_BYTES], last
            if last:
                return
            room, length, last = self._next(rest)
            first = False

    def give_back(self, piece: Bytes) -> None:
        """Let a piece be written over by one that is still to come."""
        # Memory that is new has to be cleared first, which costs as much as cutting rows.
        if piece.base is not None:
            self._rooms.append(piece.base)

    def _next(self, rest: bytes) -> tuple[Bytes, int, bool]:
        """Return room with the bytes left over and those behind them, how many, and the end."""
        if self._decoder is None:
            return self._filled(rest)
        data = self._stream.read(self._size) or b""
        try:
            text = rest + self._decoder.decode(data, not data).encode("utf-8")
        except UnicodeError as error:
            raise PieceError from error
        return self._room(text, 0), len(text), not data

    def _filled(self, rest: bytes) -> tuple[Bytes, int, bool]:
        """Return room with the bytes left over and those of the file, how many, and the end."""
        room = self._room(rest, self._size)
        filled, size = len(rest), len(rest) + self._size
        while filled < size:
            count = self._stream.readinto(room[filled:size].data)
            if not count:
                return room, filled, True
            filled += count
        return room, size, False

    def _room(self, data: bytes, more: int) -> Bytes:
        """Return room for some bytes, which are written there, more of them, and spare ones."""
        size = len(data) + more + SPARE_BYTES
        given = self._rooms.popleft() if self._rooms else None
        if given is None or len(given) < size:
            # The next piece can have more left over of the one before.
            given = np.empty(size + _FARTHEST_BACK, dtype=np.uint8)
        room = given[:]
        room[: len(data)] = np.frombuffer(data, dtype=np.uint8)
        return room


def _row_end(piece: Bytes, delimiter: str, width: int) -> int:
    """Return where in a piece, which starts with a row, the last row ends that ends in it."""
    start = max(len(piece) - _FARTHEST_BACK, 0)
    tail = bytes(piece[start:])
    cut = tail.rfind(_LINE_END) + 1
    if not cut:
        raise PieceError
    line = tail[tail.rfind(_LINE_END, 0, cut - 1) + 1 : cut]
    if width > 1 and line.count(_QUOTE) % 2 == 0:
        with contextlib.suppress(csv.Error):
            rows = csv.reader([line.decode("utf-8", "replace")], delimiter=delimiter)
            if [len(row) for row in rows] == [width]:
                return start + cut
    # Between quotes a line end belongs to the text; a quote in the text is written as two.
    quotes = np.count_nonzero(piece[: start + cut] == _QUOTE[0])
    while quotes % 2:
        before = tail.rfind(_LINE_END, 0, cut - 1) + 1
        if not before:
            raise PieceError
        quotes -= tail.count(_QUOTE, before, cut)
        cut = before
    return start + cut
