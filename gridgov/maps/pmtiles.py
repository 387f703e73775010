"""Tiles of a raster PMTiles file, version 3: one file of pictures along a Hilbert curve.

1. The header of 127 bytes says where the directories and the pictures lie.
2. A directory lists runs of tile numbers; an entry without a run points to a further one.
3. The tile number counts all tiles of the zooms before, then along the curve.
"""

from __future__ import annotations

import gzip
import json
import struct
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gridgov.errors import ReadError
from gridgov.maps.tile_files import Box, TileFile

__all__ = ["PMTiles", "tile_number"]

_HEADER = 127
_GZIP = 2
_COMPRESSIONS = {1: "none", _GZIP: "gzip", 3: "brotli", 4: "zstd"}
_DEEPEST = 4


class _Entry(NamedTuple):
    """A run of tiles with one picture, or a further directory where `run` is 0."""

    first: int
    run: int
    length: int
    offset: int


class PMTiles(TileFile):
    """A raster PMTiles file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    ReadError
        If it is no PMTiles file of version 3, holds vector tiles, or its directories are
        compressed by something else than gzip.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            header = file.read(_HEADER)
        if len(header) < _HEADER or header[:7] != b"PMTiles" or header[7] != 3:
            raise ReadError(
                f"A PMTiles file starts with PMTiles and version 3. {path} does not. "
                "Export it again, or use an MBTiles file."
            )
        numbers = struct.unpack_from("<8Q", header, 8)
        self._root, metadata = numbers[0:2], numbers[2:4]
        self._leaves, self._data = numbers[4], numbers[6]
        self._packed, packed_tiles = header[97], header[98]
        for kind in (self._packed, packed_tiles):
            if kind not in (0, 1, _GZIP):
                raise ReadError(
                    f"A PMTiles file must be packed by gzip or not at all. {path} uses "
                    f"{_COMPRESSIONS.get(kind, kind)}. Convert it with: pmtiles convert."
                )
        self._packed_tiles = packed_tiles
        self._directories: dict[tuple[int, int], list[_Entry]] = {}
        held = json.loads(self._read_packed(*metadata) or b"{}") if metadata[1] else {}
        self.take_metadata(held, header[100], header[101])
        entry: _Entry | None = self._directory(*self._root)[0] if numbers[7] else None
        while entry is not None and entry.run == 0:
            entry = self._directory(self._leaves + entry.offset, entry.length)[0]
        self.check_picture(self._picture(entry) if entry is not None else b"")

    def sizes(self, zoom: int, box: Box) -> tuple[int, int]:
        """Return the number of tiles of one zoom in a box and their bytes."""
        lengths = [entry.length for _, _, entry in self._entries(zoom, box)]
        return len(lengths), sum(lengths)

    def tiles(self, zoom: int, box: Box) -> Iterator[tuple[int, int, bytes]]:
        """Yield column, row from the north and picture of the tiles of one zoom in a box."""
        for column, row, entry in self._entries(zoom, box):
            yield column, row, self._picture(entry)

    def _entries(self, zoom: int, box: Box) -> Iterator[tuple[int, int, _Entry]]:
        """Yield column, row and entry of the tiles that exist."""
        for column in range(box.west, box.east + 1):
            for row in range(box.north, box.south + 1):
                entry = self._find(tile_number(zoom, column, row))
                if entry is not None:
                    yield column, row, entry

    def _find(self, number: int) -> _Entry | None:
        """Return the entry of a tile, or None where there is no such tile."""
        place: tuple[int, int] = (self._root[0], self._root[1])
        for _ in range(_DEEPEST):
            entries = self._directory(*place)
            at = bisect_right(entries, number, key=lambda entry: entry.first) - 1
            if at < 0:
                return None
            entry = entries[at]
            if entry.run:
                return entry if number - entry.first < entry.run else None
            place = (self._leaves + entry.offset, entry.length)
        return None

    def _directory(self, offset: int, length: int) -> list[_Entry]:
        """Return a directory, read once."""
        key = (offset, length)
        if key not in self._directories:
            self._directories[key] = _entries_of(self._read_packed(offset, length))
        return self._directories[key]

    def _picture(self, entry: _Entry) -> bytes:
        """Return the picture of an entry."""
        data = self._bytes(self._data + entry.offset, entry.length)
        return gzip.decompress(data) if self._packed_tiles == _GZIP else data

    def _read_packed(self, offset: int, length: int) -> bytes:
        """Return a directory or the metadata as bytes."""
        data = self._bytes(offset, length)
        return gzip.decompress(data) if self._packed == _GZIP else data

    def _bytes(self, offset: int, length: int) -> bytes:
        """Return bytes of the file."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


def tile_number(zoom: int, column: int, row: int) -> int:
    """Return the number of a tile: all zooms before it, then its place on the Hilbert curve.

    Parameters
    ----------
    zoom, column, row
        The tile, rows counted from the north.

    Returns
    -------
    int
        The number, 0 for the one tile of zoom 0.

    Raises
    ------
    ReadError
        If there is no such tile at that zoom.

    Examples
    --------
    >>> [tile_number(1, column, row) for column, row in [(0, 0), (0, 1), (1, 1), (1, 0)]]
    [1, 2, 3, 4]
    """
    side = 1 << zoom
    if not (0 <= column < side and 0 <= row < side):
        raise ReadError(f"Zoom {zoom} has {side} columns and rows. Found: {column}, {row}.")
    number: int = ((1 << 2 * zoom) - 1) // 3
    x, y = column, row
    half = side >> 1
    while half:
        right, low = bool(x & half), bool(y & half)
        number += half * half * ((3 * right) ^ low)
        # Turn the quarter so that the curve runs through it like through the whole.
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        half >>= 1
    return number


def _entries_of(data: bytes) -> list[_Entry]:
    """Return the entries of a directory."""
    values = _varints(data)
    count = next(values)
    firsts, before = [], 0
    for _ in range(count):
        before += next(values)
        firsts.append(before)
    runs = [next(values) for _ in range(count)]
    lengths = [next(values) for _ in range(count)]
    entries: list[_Entry] = []
    for first, run, length in zip(firsts, runs, lengths, strict=True):
        given = next(values)
        # 0: right behind the one before.
        offset = given - 1 if given else entries[-1].offset + entries[-1].length
        entries.append(_Entry(first, run, length, offset))
    return entries


def _varints(data: bytes) -> Iterator[Any]:
    """Yield whole numbers of seven bits a byte, low first."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
