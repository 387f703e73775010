"""A column spelled from codes is the one that pandas makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gridgov.arrays import compiled
from gridgov.place import word_columns
from gridgov.place.word_columns import word_column

WORDS = st.lists(st.text(max_size=30), max_size=6)


@pytest.fixture
def spelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled loops answer whatever the number of rows, in pieces of 16 rows."""
    monkeypatch.setattr(compiled, "FIRST_USE", 0)
    monkeypatch.setattr(compiled, "LATER_USE", 0)
    monkeypatch.setattr(word_columns, "_PIECE", 16)


def plain(words: list[str], codes: NDArray[Any]) -> Any:
    """Return the column as pandas makes it."""
    return pd.array(words, dtype="str").take(codes.astype(np.intp), allow_fill=True)


def assert_same(words: list[str], codes: NDArray[Any]) -> None:
    found, expected = word_column(words, codes), plain(words, codes)
    assert found.dtype == expected.dtype
    assert type(found) is type(expected)
    # Null or text, row by row, and nothing that pandas would read as missing besides.
    assert found._pa_array.to_pylist() == expected._pa_array.to_pylist()
    assert found._pa_array.type == expected._pa_array.type
    found._pa_array.validate(full=True)
    pd.testing.assert_extension_array_equal(found, expected)


@given(WORDS, st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_row_has_its_word_or_none(spelled: None, words: list[str], data: Any) -> None:
    codes = data.draw(st.lists(st.integers(-1, len(words) - 1), max_size=70))
    assert_same(words, np.array(codes, dtype=np.int32))


@pytest.mark.parametrize("kind", [np.int8, np.int32])
@pytest.mark.parametrize(
    "words",
    [
        ["inside", "border", "overlap", "outside", "no_point"],
        ["", "a", "12345678", "123456789", "0123456789abcdef"],
        ["", ""],
        ["街道甲", "😀😀😀", "é" * 40, "x" * 5000],
        ['a"b', "a,b", "a\nb", "a\0b"],
    ],
)
def test_words_of_any_length_and_script_come_out_whole(
    spelled: None, words: list[str], kind: Any
) -> None:
    rng = np.random.default_rng(3)
    for rows in (0, 1, 7, 8, 9, 16, 17, 1000):
        assert_same(words, rng.integers(-1, len(words), rows).astype(kind))
        assert_same(words, rng.integers(0, len(words), rows).astype(kind))
        assert_same(words, np.full(rows, -1, dtype=kind))


def test_many_rows_are_written_in_pieces_by_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "FIRST_USE", 0)
    codes = np.random.default_rng(5).integers(-1, 9, 400_000).astype(np.int32)
    words = [f"11010{i:0{i + 1}d}" for i in range(9)]
    assert_same(words, codes)


def test_few_rows_and_a_missing_numba_take_the_plain_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_columns, "_spelled", None)
    assert_same(["a", "b"], np.array([1, -1, 0], dtype=np.int8))
    monkeypatch.setattr(word_columns, "use_loops", lambda rows: False)
    assert_same(["a", "b"], np.zeros(100_000, dtype=np.int32))


def test_text_kept_as_pythons_own_takes_the_plain_path(
    spelled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_columns, "_spelled", None)
    with pd.option_context("mode.string_storage", "python"):
        found = word_column(["a", "b"], np.array([1, -1], dtype=np.int8))
    assert found.dtype.storage == "python"
    assert found.tolist()[0] == "b"


def test_the_codes_are_not_changed(spelled: None) -> None:
    codes = np.array([0, -1, 1], dtype=np.int32)
    codes.flags.writeable = False
    word_column(["a", "b"], codes)
    assert codes.tolist() == [0, -1, 1]
