"""Numbers packed for the browser."""

from __future__ import annotations

import zlib
from importlib.resources import files

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.maps.packing import Column, codes, deflate, pack, rings, varints
from gridgov.maps.safe_text import encode_bytes

ASSETS = files("gridgov.maps").joinpath("assets")


def numbers_in(data: bytes) -> list[int]:
    """Read back one number after another, as unpack.js does."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
            value, shift = 0, 0
    return numbers


def unpacked(layout: list[list], data: bytes) -> dict[str, list[int]]:
    """Read back columns, as unpack.js does."""
    columns, at = {}, 0
    for name, count, flags, size, *given_by in layout:
        numbers = numbers_in(zlib.decompress(data[at : at + size], wbits=-15))
        at += size
        assert len(numbers) == count
        if flags & 1:
            numbers = np.cumsum(numbers, dtype=np.int64).tolist()
        if flags & 2:
            first: dict[int, int] = {}
            for i, known in enumerate(columns[given_by[0]]):
                if known in first:
                    numbers[i] += first[known]
                first.setdefault(known, numbers[i])
        columns[name] = numbers
    assert at == len(data)
    return columns


@given(st.lists(st.integers(-(2**52), 2**52)))
def test_whole_numbers_come_back(values):
    assert numbers_in(varints(np.array(values, dtype=np.int64))) == values


def test_small_numbers_take_one_byte():
    # Seven bits with the sign in the lowest: -64 to 63.
    assert len(varints(np.arange(-64, 64))) == 128
    assert len(varints([64])) == 2


@given(st.lists(st.tuples(st.integers(-(2**31), 2**31), st.integers(-3, 3))), st.booleans())
def test_columns_come_back_whether_stored_as_differences_or_given_another(pairs, delta):
    values, known = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    columns = [
        Column("known", known),
        Column("x", values, delta=delta),
        Column("nearly", 7 * known + values % 2, given="known", passing=True),
    ]
    layout, data = pack(columns)
    back = unpacked(layout, data)
    assert back["x"] == values.tolist()
    assert back["nearly"] == (7 * known + values % 2).tolist()
    assert [entry[2] & 4 for entry in layout] == [0, 0, 4]


def test_a_column_that_follows_from_another_takes_next_to_nothing():
    z = np.random.default_rng(0).integers(-300, 300, 20_000)
    p = 1000 - np.abs(z)
    layout, _ = pack([Column("z", z), Column("p", p, given="z"), Column("q", p)])
    sizes = {name: size for name, _, _, size, *_ in layout}
    assert sizes["p"] < 1500 < sizes["q"]
    assert layout[1][4] == "z"


def test_a_column_that_does_not_follow_is_stored_as_it_is():
    rng = np.random.default_rng(0)
    known, noise = rng.integers(0, 3, 500), rng.integers(0, 9, 500) // 8
    known[:3] = 0, 1, 2
    noise[:3] = 1
    layout, _ = pack([Column("known", known), Column("noise", noise, given="known")])
    assert layout[1][2] == 0
    assert len(layout[1]) == 4


@pytest.mark.browser
def test_the_script_reads_what_zlib_writes(chromium):
    """Stored, fixed and dynamic blocks, long matches and far ones, against the zlib library."""
    rng = np.random.default_rng(1)
    texts = [
        b"",
        b"a",
        b"abc" * 9,
        bytes(100_000),
        rng.bytes(70_000),
        rng.integers(0, 5, 60_000).astype(np.uint8).tobytes(),
        b"".join(rng.bytes(40) + rng.bytes(1) * 300 for _ in range(200)) * 2,
    ]
    packer = zlib.compressobj(level=0, wbits=-15)
    stored = packer.compress(texts[4]) + packer.flush()
    packed = [deflate(text) for text in texts] + [stored]
    page = chromium.new_page()
    for name in ("data.js", "unpack.js"):
        page.add_script_tag(content=ASSETS.joinpath(name).read_text("utf-8"))
    for text, data in zip([*texts, texts[4]], packed, strict=True):
        found = page.evaluate(
            """(data) => {
                const out = gridgov.inflate(gridgov.bytesOf(data));
                let sum = 0;
                for (const byte of out) sum = (sum * 31 + byte) % 1000003;
                return [out.length, sum];
            }""",
            encode_bytes(data),
        )
        total = 0
        for byte in text:
            total = (total * 31 + byte) % 1000003
        assert found == [len(text), total]
    page.close()


def test_rings_lose_their_closing_vertex_and_round_to_a_millionth():
    square = shapely.LinearRing([(116.1234567, 39.0), (116.2, 39.0), (116.2, 39.1)])
    ring = rings([square, shapely.LinearRing([(0, 0), (1, 0), (1, 1), (0, 1)])])
    assert ring.sizes.tolist() == [3, 4]
    assert ring.x.tolist()[:3] == [116123457, 116200000, 116200000]
    assert ring.y.tolist()[3:] == [0, 0, 1000000, 1000000]


def test_no_rings_are_no_rings():
    assert [len(part) for part in rings(np.empty(0, dtype=object))] == [0, 0, 0]


def test_a_ring_across_the_antimeridian_stays_in_one_piece():
    ring = rings([shapely.LinearRing([(179.9, 0), (-179.9, 0), (-179.9, 1), (179.9, 1)])])
    assert ring.x.tolist() == [179900000, 180100000, 180100000, 179900000]


def test_missing_text_has_the_code_minus_one():
    numbers, texts = codes([None, "b", float("nan"), "b", "a"])
    assert numbers.tolist() == [-1, 0, -1, 0, 1]
    assert texts == ["b", "a"]
