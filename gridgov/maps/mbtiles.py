"""Tiles of a raster MBTiles file: an SQLite database of pictures, rows counted from the south."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gridgov.errors import ReadError
from gridgov.maps.tile_files import Box, TileFile

__all__ = ["MBTiles"]


class MBTiles(TileFile):
    """A raster MBTiles file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    ReadError
        If it is no MBTiles file or holds vector tiles.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with closing(self._open()) as database:
                held = dict(database.execute("SELECT name, value FROM metadata").fetchall())
                low, high = database.execute(
                    "SELECT MIN(zoom_level), MAX(zoom_level) FROM tiles"
                ).fetchone()
                first = database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise ReadError(
                f"An MBTiles file is an SQLite database with the tables metadata and tiles. "
                f"{path} cannot be read as one: {error}. Export it again, or use a PMTiles file."
            ) from error
        self.take_metadata(held, low, high)
        self.check_picture(bytes(first[0]) if first else b"")

    def sizes(self, zoom: int, box: Box) -> tuple[int, int]:
        """Return the number of tiles of one zoom in a box and their bytes."""
        with closing(self._open()) as database:
            count, size = database.execute(
                f"SELECT COUNT(*), SUM(LENGTH(tile_data)) {_WHERE}", _bounds(zoom, box)
            ).fetchone()
        return int(count), int(size or 0)

    def tiles(self, zoom: int, box: Box) -> Iterator[tuple[int, int, bytes]]:
        """Yield column, row from the north and picture of the tiles of one zoom in a box."""
        with closing(self._open()) as database:
            rows = database.execute(
                f"SELECT tile_column, tile_row, tile_data {_WHERE} ORDER BY 1, 2",
                _bounds(zoom, box),
            )
            for column, row, picture in rows:
                yield int(column), (1 << zoom) - 1 - int(row), bytes(picture)

    def _open(self) -> sqlite3.Connection:
        """Return the database, for reading only."""
        return sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)


_WHERE = (
    "FROM tiles WHERE zoom_level = ? AND tile_column BETWEEN ? AND ? AND tile_row BETWEEN ? AND ?"
)


def _bounds(zoom: int, box: Box) -> tuple[int, int, int, int, int]:
    """Return a box as the query wants it."""
    last = (1 << zoom) - 1
    return zoom, box.west, box.east, last - box.south, last - box.north
