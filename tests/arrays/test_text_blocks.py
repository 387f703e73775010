"""Runs of text are what taking them row by row gives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import text_blocks
from gridgov.arrays.text_blocks import repeat_text, tile_text

KINDS = [
    "str",
    "string[pyarrow]",
    "string[python]",
    pd.StringDtype("python", na_value=np.nan),
    "category",
    "object",
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.none() | st.text(max_size=5), max_size=6),
    counts=st.lists(st.integers(0, 40), min_size=6, max_size=6),
    times=st.integers(0, 5),
)
def test_runs_of_text_are_what_taking_them_row_by_row_gives(kind, texts, counts, times):
    values = pd.array(pd.Series(texts, dtype=object).astype(kind))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_blocks, "_SHORT", 1)
        patch.setattr(text_blocks, "_RUN", 7)
        tiled, repeated = tile_text(values, times), repeat_text(values, counts[: len(texts)])
    rows = np.arange(len(texts))
    for found, places in (
        (tiled, np.tile(rows, times)),
        (repeated, rows.repeat(counts[: len(rows)])),
    ):
        expected = values.take(places)
        assert found.dtype == expected.dtype
        pd.testing.assert_series_equal(pd.Series(found), pd.Series(expected))


def test_runs_of_sliced_and_joined_text_are_long_ones_too():
    column = pd.Series([f"street {number}" for number in range(300)] + [None], dtype="str")
    joined = pd.concat([column.iloc[100:], column.iloc[:150]]).array
    pd.testing.assert_series_equal(
        pd.Series(tile_text(joined, 3)), pd.concat([pd.Series(joined)] * 3, ignore_index=True)
    )
    pd.testing.assert_series_equal(
        pd.Series(repeat_text(joined[:2], [10_000, 5])),
        pd.Series(joined[:1].repeat(10_000).tolist() + [joined[1]] * 5, dtype="str"),
    )
