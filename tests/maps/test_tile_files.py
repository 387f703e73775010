"""Tiles out of MBTiles and PMTiles files: the right ones, and no more than fit."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from contextlib import closing
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import DataWarning, MapError, ReadError
from gridgov.maps.mbtiles import MBTiles
from gridgov.maps.pmtiles import PMTiles, tile_number
from gridgov.maps.tile_files import Box, keep_tiles, tile_box

PNG = b"\x89PNG"
CITY = (116.1, 39.85, 116.3, 39.99)
WHOLE = Box(0, 0, 1, 1)


def picture(zoom: int, column: int, row: int) -> bytes:
    return PNG + f"{zoom}/{column}/{row}".encode()


def write_mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], **metadata: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute(
            "CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"
        )
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in tiles.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        database.commit()
    return path


def varints(values: list[int]) -> bytes:
    out = bytearray()
    for value in values:
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
    return bytes(out)


def directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    firsts = [entry[0] for entry in entries]
    steps = [b - a for a, b in zip([0, *firsts], firsts, strict=False)]
    columns = [steps, *[[entry[i] for entry in entries] for i in (1, 2)]]
    offsets = [entry[3] + 1 for entry in entries]
    return gzip.compress(varints([len(entries), *chain(*columns), *offsets]))


def write_pmtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], leaves: bool) -> Path:
    """A file as the specification of version 3 describes it, with or without leaf directories."""
    data, entries = b"", []
    for place, content in sorted(tiles.items(), key=lambda item: tile_number(*item[0])):
        entries.append((tile_number(*place), 1, len(content), len(data)))
        data += content
    leaf = b""
    root = directory(entries)
    if leaves:
        half = len(entries) // 2
        parts = [directory(entries[:half]), directory(entries[half:])]
        leaf = b"".join(parts)
        root = directory(
            [
                (entries[0][0], 0, len(parts[0]), 0),
                (entries[half][0], 0, len(parts[1]), len(parts[0])),
            ]
        )
    metadata = gzip.compress(
        json.dumps({"attribution": "<a href='x'>Survey</a> &amp; Co"}).encode()
    )
    starts = [127, 127 + len(root), 127 + len(root) + len(metadata)]
    starts.append(starts[2] + len(leaf))
    zooms = [place[0] for place in tiles]
    header = b"PMTiles\x03" + struct.pack(
        "<11Q", starts[0], len(root), starts[1], len(metadata), starts[2], len(leaf),
        starts[3], len(data), len(tiles), len(tiles), len(tiles),
    )  # fmt: skip
    header += bytes([1, 2, 1, 2, min(zooms), max(zooms)]) + bytes(25)
    path.write_bytes(header + root + metadata + leaf + data)
    return path


def pyramid(last: int) -> dict[tuple[int, int, int], bytes]:
    return {
        (z, x, y): picture(z, x, y)
        for z in range(last + 1)
        for x in range(1 << z)
        for y in range(1 << z)
    }


def both(tmp_path: Path, tiles: dict[tuple[int, int, int], bytes]) -> list:
    return [
        MBTiles(write_mbtiles(tmp_path / "a.mbtiles", tiles, attribution="Survey &amp; Co")),
        PMTiles(write_pmtiles(tmp_path / "a.pmtiles", tiles, leaves=False)),
        PMTiles(write_pmtiles(tmp_path / "b.pmtiles", tiles, leaves=True)),
    ]


def test_all_kinds_of_files_give_the_same_tiles(tmp_path):
    tiles = pyramid(3)
    for file in both(tmp_path, tiles):
        assert file.zooms == (0, 3)
        assert file.attribution == "Survey & Co"
        box = Box(1, 2, 4, 5)
        found = {(3, x, y): data for x, y, data in file.tiles(3, box)}
        assert found == {
            k: v for k, v in tiles.items() if k[0] == 3 and 1 <= k[1] <= 4 and 2 <= k[2] <= 5
        }
        assert file.sizes(3, box) == (16, sum(map(len, found.values())))


def test_tiles_that_are_not_there_are_left_out(tmp_path):
    for file in both(tmp_path, {(1, 0, 0): picture(1, 0, 0), (1, 1, 1): picture(1, 1, 1)}):
        assert [(x, y) for x, y, _ in file.tiles(1, WHOLE)] == [(0, 0), (1, 1)]


def test_runs_of_one_picture_are_read(tmp_path):
    root = directory([(1, 4, 4, 0)])
    header = b"PMTiles\x03" + struct.pack(
        "<11Q", 127, len(root), 0, 0, 0, 0, 127 + len(root), 4, 4, 1, 1
    )
    path = tmp_path / "run.pmtiles"
    path.write_bytes(header + bytes([1, 2, 1, 2, 1, 1]) + bytes(25) + root + PNG)
    assert [data for _, _, data in PMTiles(path).tiles(1, WHOLE)] == [PNG] * 4


def test_the_numbers_of_tiles_are_those_of_the_package_pmtiles():
    # zxy_to_tileid of pmtiles 3.8.1.
    known = {(0, 0, 0): 0, (1, 1, 0): 4, (2, 0, 0): 5, (12, 3423, 1763): 19078479}
    assert {place: tile_number(*place) for place in known} == known
    with pytest.raises(ReadError, match="Zoom 1 has 2 columns"):
        tile_number(1, 2, 0)


@given(st.integers(1, 6))
def test_the_numbers_of_a_zoom_are_a_walk_from_tile_to_neighboring_tile(zoom):
    places = [(x, y) for x in range(1 << zoom) for y in range(1 << zoom)]
    walk = sorted(places, key=lambda place: tile_number(zoom, *place))
    numbers = sorted(tile_number(zoom, *place) for place in places)
    assert numbers == list(range((4**zoom - 1) // 3, (4 ** (zoom + 1) - 1) // 3))
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in pairwise(walk))


def test_a_box_holds_the_area_and_a_margin():
    # Tile 10/842/388 holds 116.2 E, 39.9 N; two whole tiles and a quarter of the area around.
    assert tile_box((116.2, 39.9, 116.2, 39.9), 10) == Box(840, 386, 844, 390)
    assert tile_box((-180, -90, 180, 90), 2) == Box(0, 0, 3, 3)


def test_zooms_are_taken_while_they_fit_and_the_rest_is_told(tmp_path):
    tiles = {}
    for zoom in range(9, 13):
        box = tile_box(CITY, zoom)
        for x in range(box.west, box.east + 1):
            for y in range(box.north, box.south + 1):
                tiles[zoom, x, y] = PNG + bytes(2000)
    file = MBTiles(write_mbtiles(tmp_path / "city.mbtiles", tiles))
    whole = keep_tiles(file, CITY, zooms=None, max_mb=20)
    assert whole.zooms == (9, 12)
    assert len(whole.places) == len(tiles)
    # All alike, so there is one picture.
    assert whole.pictures == [PNG + bytes(2000)]
    words = r"keeps zooms 9 to 10 of city\.mbtiles: zoom 11 would"
    with pytest.warns(DataWarning, match=words) as caught:
        assert keep_tiles(file, CITY, zooms=None, max_mb=0.15).zooms == (9, 10)
    assert caught[0].message.zh == (
        "底图只保留 city.mbtiles 的第 9 至 10 级：加上第 11 级将超过 max_mb=0.15。"
        "继续放大时，只放大已有图像。"
    )
    with pytest.raises(MapError, match=r"must fit into max_mb=0\.1.*Zoom 11 of city\.mbtiles"):
        keep_tiles(file, CITY, zooms=(9, 12), max_mb=0.15)
    with pytest.raises(MapError, match=r"Asked for: 15 to 16; city\.mbtiles has 9 to 12"):
        keep_tiles(file, CITY, zooms=(15, 16), max_mb=1)
    with pytest.raises(MapError, match=r"must have tiles where the map is.*10\.000, 50\.000"):
        keep_tiles(file, (10, 50, 10.1, 50.1), zooms=None, max_mb=1)


def test_files_that_are_something_else_say_so(tmp_path):
    wrong = tmp_path / "wrong.mbtiles"
    wrong.write_bytes(b"no database")
    with pytest.raises(ReadError, match="SQLite database with the tables metadata and tiles"):
        MBTiles(wrong)
    with pytest.raises(ReadError, match="starts with PMTiles and version 3"):
        PMTiles(wrong)
    vector = write_mbtiles(tmp_path / "vector.mbtiles", {(0, 0, 0): gzip.compress(b"x")})
    with pytest.raises(ReadError, match="something else, such as vector tiles"):
        MBTiles(vector)
    empty = write_mbtiles(tmp_path / "empty.mbtiles", {})
    with pytest.raises(ReadError, match="must hold tiles"):
        MBTiles(empty)
    packed = tmp_path / "packed.pmtiles"
    packed.write_bytes(b"PMTiles\x03" + bytes(88) + bytes([0, 1, 4, 1, 2]) + bytes(30))
    with pytest.raises(ReadError, match=r"gzip or not at all.*uses zstd"):
        PMTiles(packed)
