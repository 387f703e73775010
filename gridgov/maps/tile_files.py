"""What a file of tiles is asked for: the pictures over an area, and no more than a size.

Tiles go into the page as data, so that a map with a base map stays one file. Zooms are
taken from the coarsest on while they fit; at the finest one taken, a closer look shows
its pictures enlarged.
"""

from __future__ import annotations

import html
import math
import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gridgov.errors import DataWarning, MapError, ReadError

__all__ = ["Box", "Kept", "TileFile", "keep_tiles", "tile_box"]

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
# Beyond the area by this share of it, and by whole tiles where it has few of them: a
# window is wider than what it shows.
_BEYOND, _BEYOND_TILES = 0.25, 2
_LIMIT_LATITUDE = 85.0511287798


class Box(NamedTuple):
    """Columns and rows of tiles, both ends included, rows counted from the north."""

    west: int
    north: int
    east: int
    south: int


class Kept(NamedTuple):
    """Tiles to go into a page: (zoom, column, row, place in `pictures`), each picture once."""

    places: list[tuple[int, int, int, int]]
    pictures: list[bytes]
    zooms: tuple[int, int]


class TileFile(ABC):
    """A file of raster tiles in Web Mercator."""

    path: Path
    attribution: str
    zooms: tuple[int, int]

    @abstractmethod
    def sizes(self, zoom: int, box: Box) -> tuple[int, int]:
        """Return the number of tiles of one zoom in a box and their bytes."""

    @abstractmethod
    def tiles(self, zoom: int, box: Box) -> Iterator[tuple[int, int, bytes]]:
        """Yield column, row from the north and picture of the tiles of one zoom in a box."""

    def take_metadata(self, held: Mapping[str, Any], low: Any, high: Any) -> None:
        """Keep what the file says of itself.

        Raises
        ------
        ReadError
            If it holds no tiles.
        """
        if low is None or high is None:
            raise ReadError(f"A file of tiles must hold tiles. {self.path} holds none.")
        self.zooms = (int(low), int(high))
        # Often a piece of HTML; here it is text.
        text = re.sub(r"<[^>]*>", "", str(held.get("attribution") or held.get("name") or ""))
        self.attribution = html.unescape(text).strip()[:300]

    def check_picture(self, first: bytes) -> None:
        """Refuse tiles that a browser cannot show as pictures.

        Raises
        ------
        ReadError
            If the first tile is no PNG, JPEG or WebP.
        """
        if not first.startswith(_PICTURES):
            raise ReadError(
                f"Tiles must be pictures (PNG, JPEG or WebP). {self.path} holds something else, "
                "such as vector tiles. Export raster tiles, for example from QGIS."
            )


def tile_box(bounds: tuple[float, float, float, float], zoom: int) -> Box:
    """Return the tiles of a zoom over an area and a margin around it.

    Parameters
    ----------
    bounds
        West, south, east and north, degrees, in the datum of the tiles.
    zoom
        The zoom.

    Raises
    ------
    ValueError
        If a bound is no number.

    Examples
    --------
    >>> tile_box((116.1, 39.85, 116.3, 39.99), 10)
    Box(west=840, north=385, east=844, south=390)
    """
    west, south, east, north = bounds
    wide, high = (east - west) * _BEYOND, (north - south) * _BEYOND
    left, top = _tile(west - wide, north + high, zoom)
    right, bottom = _tile(east + wide, south - high, zoom)
    last = (1 << zoom) - 1
    return Box(
        max(0, left - _BEYOND_TILES),
        max(0, top - _BEYOND_TILES),
        min(last, right + _BEYOND_TILES),
        min(last, bottom + _BEYOND_TILES),
    )


def keep_tiles(
    file: TileFile,
    bounds: tuple[float, float, float, float],
    *,
    zooms: tuple[int, int] | None,
    max_mb: float,
) -> Kept:
    """Return the tiles over an area, from the coarsest zoom on while they fit.

    Parameters
    ----------
    file
        The file.
    bounds
        West, south, east and north, degrees, in the datum of the tiles.
    zooms
        First and last zoom, or None for as many as fit.
    max_mb
        Largest size of all pictures, megabytes of a million bytes.

    Raises
    ------
    MapError
        If the file has no tile there, or the zooms asked for do not fit.
    """
    first, last = _zoom_range(file, zooms)
    left = int(max_mb * 1e6)
    taken: list[int] = []
    left_out: list[str] = []
    for zoom in range(first, last + 1):
        box = tile_box(bounds, zoom)
        fits = (box.east - box.west + 1) * (box.south - box.north + 1) * 60 <= max_mb * 1e6
        count, size = file.sizes(zoom, box) if fits or zooms is not None else (1, left + 1)
        if count == 0:
            continue
        if size > left:
            left_out.append(f"{zoom}")
            break
        left -= size
        taken.append(zoom)
    if left_out and (zooms is not None or not taken):
        raise MapError(
            f"Tiles that go into the page must fit into max_mb={max_mb:g}. Zoom {left_out[0]} of "
            f"{file.path.name} is where they no longer do. Take fewer zooms, such as "
            f"zooms=({first}, {max(first, int(left_out[0]) - 1)}), a smaller area, or more max_mb."
        )
    if not taken:
        raise MapError(
            f"A base map must have tiles where the map is. {file.path.name} has none within "
            f"{bounds[0]:.3f}, {bounds[1]:.3f}, {bounds[2]:.3f}, {bounds[3]:.3f} (west, south, "
            "east, north). Check that it is the file of this city and in Web Mercator."
        )
    if left_out:
        warnings.warn(
            DataWarning(
                f"The base map keeps zooms {taken[0]} to {taken[-1]} of {file.path.name}: zoom "
                f"{left_out[0]} would make it larger than max_mb={max_mb:g}. Closer looks enlarge "
                "what is there.",
                zh=f"底图只保留 {file.path.name} 的第 {taken[0]} 至 {taken[-1]} 级：加上第 "
                f"{left_out[0]} 级将超过 max_mb={max_mb:g}。继续放大时，只放大已有图像。",
            ),
            stacklevel=2,
        )
    numbers: dict[bytes, int] = {}
    places = [
        (zoom, column, row, numbers.setdefault(picture, len(numbers)))
        for zoom in taken
        for column, row, picture in file.tiles(zoom, tile_box(bounds, zoom))
    ]
    return Kept(places, list(numbers), (taken[0], taken[-1]))


def _zoom_range(file: TileFile, zooms: tuple[int, int] | None) -> tuple[int, int]:
    """Return the first and last zoom that are both asked for and there.

    Raises
    ------
    MapError
        If there are none.
    """
    low, high = file.zooms
    if zooms is None:
        return low, high
    first, last = max(low, zooms[0]), min(high, zooms[1])
    if first > last:
        raise MapError(
            f"zooms must be in the file. Asked for: {zooms[0]} to {zooms[1]}; {file.path.name} "
            f"has {low} to {high}."
        )
    return first, last


def _tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    """Return the column and row of the tile at a place."""
    sine = math.sin(math.radians(max(-_LIMIT_LATITUDE, min(_LIMIT_LATITUDE, latitude))))
    side = 1 << zoom
    x = (longitude + 180) / 360
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return math.floor(x * side), math.floor(y * side)
