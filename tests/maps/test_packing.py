"""Numbers packed for the browser."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.maps.packing import Column, codes, pack, rings, varints


def unpacked(data: bytes) -> list[int]:
    """Read back one number after another, as frame.js does."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
            value, shift = 0, 0
    return numbers


@given(st.lists(st.integers(-(2**52), 2**52)))
def test_whole_numbers_come_back(values):
    assert unpacked(varints(np.array(values, dtype=np.int64))) == values


def test_small_numbers_take_one_byte():
    # Seven bits with the sign in the lowest: -64 to 63.
    assert len(varints(np.arange(-64, 64))) == 128
    assert len(varints([64])) == 2


@given(st.lists(st.integers(-(2**31), 2**31)))
def test_differences_add_up_to_the_values(values):
    layout, data = pack([Column("x", np.array(values, dtype=np.int64), delta=True)])
    assert layout == [["x", len(values), 1]]
    assert np.cumsum(unpacked(data)).tolist() == values


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
