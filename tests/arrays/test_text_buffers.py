"""The buffers of a text column say what its rows say, whatever way it was made."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays.text_buffers import text_pieces

TEXTS = ["", "a", "路灯", "a\n\"b'", None, "long " * 2000, "\x00", "🚧", None, "a"]
ARROW_TEXTS = st.lists(st.none() | st.text(max_size=6), max_size=40)


def read(pieces):
    """Return the rows that pieces hold."""
    rows = []
    for piece in pieces:
        assert piece.first == len(rows)
        assert len(piece.offsets) == piece.rows + 1
        for row in range(piece.rows):
            bit = piece.bit + row
            there = piece.valid is None or piece.valid[bit >> 3] >> (bit & 7) & 1
            text = bytes(piece.data[piece.offsets[row] : piece.offsets[row + 1]])
            rows.append(text.decode() if there else None)
    return rows


def of(column):
    """Return the rows of a column as text or None."""
    return [None if pd.isna(value) else value for value in column]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@settings(max_examples=60, deadline=None)
@given(
    chunks=st.lists(ARROW_TEXTS, max_size=4), cut=st.tuples(st.integers(0, 9), st.integers(0, 9))
)
def test_pieces_hold_the_rows_of_chunked_and_sliced_columns(kind, chunks, cut):
    whole = pa.chunked_array([pa.array(chunk, type=kind) for chunk in chunks], type=kind)
    part = whole.slice(cut[0], max(len(whole) - cut[0] - cut[1], 0))
    for dtype in (pd.ArrowDtype(kind), pd.StringDtype("pyarrow"), "str"):
        column = pd.Series(pd.array(part.to_pandas(), dtype=dtype))
        assert read(text_pieces(column)) == of(column)
    direct = pd.Series(pd.arrays.ArrowExtensionArray(part))
    assert read(text_pieces(direct)) == part.to_pylist()


@pytest.mark.parametrize("dtype", ["str", "string[pyarrow]", pd.ArrowDtype(pa.string())])
def test_pieces_hold_filtered_joined_and_stepped_columns(dtype):
    column = pd.Series(TEXTS, dtype=dtype)
    joined = pd.concat([column.iloc[3:], column.iloc[:0], column], ignore_index=True)
    for rows in (column, column.iloc[2:7], column.iloc[::-2], column[column.notna()], joined):
        assert read(text_pieces(rows)) == of(rows)
    assert len(text_pieces(joined)) > 1


def test_columns_without_rows_or_without_text_have_their_pieces_too():
    assert text_pieces(pd.Series([], dtype="str")) == []
    assert read(text_pieces(pd.Series([None, None], dtype="str"))) == [None, None]
    assert read(text_pieces(pd.Series(["", ""], dtype="str"))) == ["", ""]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a"], dtype=object),
        pd.Series(["a"], dtype=pd.StringDtype("python")),
        pd.Series(["a"], dtype="category"),
        pd.Series([1.0]),
        pd.Series([1], dtype=pd.ArrowDtype(pa.int64())),
        pd.Series([b"a"], dtype=pd.ArrowDtype(pa.binary())),
        pd.Series(["a"], dtype=pd.ArrowDtype(pa.string_view())),
    ],
    ids=lambda column: str(column.dtype),
)
def test_other_columns_have_no_pieces(column):
    assert text_pieces(column) is None


def test_pieces_are_views_that_cannot_be_written():
    column = pd.Series(["waste", "noise"], dtype="str")
    (piece,) = text_pieces(column)
    data = pa.array(column.array).buffers()[2]
    assert piece.data.ctypes.data == data.address
    for array in (piece.offsets, piece.data):
        assert not array.flags.owndata
        assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        piece.data[0] = np.uint8(0)
