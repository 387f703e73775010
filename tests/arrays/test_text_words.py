"""Words of a column are the bytes of its rows, wherever in its buffers they lie."""

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gridgov.arrays.text_buffers import text_pieces
from gridgov.arrays.text_words import TextWords

TEXTS = st.lists(st.none() | st.text(max_size=12), max_size=12)


@given(chunks=st.lists(TEXTS, max_size=4), first=st.integers(0, 20), rows=st.integers(0, 20))
def test_rows_between_two_have_their_own_bytes(chunks, first, rows):
    whole = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    words = TextWords(text_pieces(pd.Series(pd.arrays.ArrowExtensionArray(whole))))
    last = min(first + rows, len(whole))
    found = []
    for piece in words.between(first, last):
        assert piece.first == first + len(found)
        for row in range(len(piece.offsets) - 1):
            bit = piece.bit + row
            there = not len(piece.valid) or piece.valid[bit >> 3] >> (bit & 7) & 1
            begin, end = piece.offsets[row], piece.offsets[row + 1]
            read = b"".join(
                bytes(piece.words[at : at + 1].view(np.uint8)[:1])
                if at < len(piece.words)
                else bytes(piece.words[-1:].copy().view(np.uint8))[at - len(piece.words) + 1 :][:1]
                for at in range(begin, end)
            )
            found.append(read.decode() if there else None)
    assert found == whole.to_pylist()[first:last]


def test_words_of_long_text_are_not_copied():
    column = pd.Series(["waste collection", "noise"], dtype="str")
    pieces = text_pieces(column)
    (piece,) = TextWords(pieces).between(0, 2)
    assert piece.words.ctypes.data == pieces[0].data.ctypes.data
    assert not piece.words.flags.writeable
