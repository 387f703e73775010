"""Cells found in a list, and values found in a column, against the plain search."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.place import distinct as distinct_module
from gridgov.place.cell_places import index_cells
from gridgov.place.distinct import distinct

ids = st.integers(0, 2**63 - 1)


def plainly(cells, asked):
    at = np.minimum(np.searchsorted(cells, asked), len(cells) - 1)
    return np.where(cells[at] == asked, at, -1)


@settings(max_examples=60, deadline=None)
@given(st.sets(ids, min_size=1, max_size=200), st.lists(ids, max_size=50))
def test_any_ids_are_found_where_a_search_finds_them(listed, others):
    cells = np.array(sorted(listed), dtype=np.uint64)
    asked = np.array([*listed, *others, 0], dtype=np.uint64)
    np.testing.assert_array_equal(index_cells(cells).find(asked), plainly(cells, asked))


def test_a_hundred_thousand_neighboring_and_scattered_ids_are_found():
    rng = np.random.default_rng(1)
    start = 0x8931AA50E03FFFF
    near = start + (np.arange(50_000, dtype=np.uint64) << np.uint64(18))
    far = rng.integers(2**59, 2**60, 50_000, dtype=np.uint64)
    cells = np.unique(np.concatenate([near, far]))
    asked = np.concatenate([rng.permutation(cells), cells + np.uint64(1), far[::-1]])
    np.testing.assert_array_equal(index_cells(cells).find(asked), plainly(cells, asked))


@pytest.mark.parametrize("kind", ["str", "category", "object", "Int64"])
def test_values_by_pieces_are_those_of_the_whole_column(kind, monkeypatch):
    monkeypatch.setattr(distinct_module, "_LONG", 1)
    rng = np.random.default_rng(2)
    values = np.array([None, 4, 7, 11, 4000], dtype=object)[rng.integers(0, 5, 60_000)]
    column = pd.Series(values)
    column = column.astype(kind) if kind == "Int64" else column.map(str, na_action="ignore")
    column = column if kind == "Int64" else column.astype(kind)
    codes, found = distinct(column)
    assert len(set(found)) == len(found) == 4
    there = codes >= 0
    np.testing.assert_array_equal(there, column.notna())
    names = np.array([str(value) for value in found])
    assert (names[codes[there]] == column[there].astype(str)).all()
