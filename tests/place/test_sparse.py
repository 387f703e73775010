"""Panels without their zeros: the same counts, small, and filled in when asked for."""

import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.place.coding import code_incidents
from gridgov.place.sparse import fill_zeros, tally_sparse
from gridgov.place.tally import tally, tally_report

PANEL_CELLS = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(39.9, 116.2, 9), 2)), dtype=np.uint64)
OFF = h3.latlng_to_cell(31.3, 120.6, 9)
SAME = pd.testing.assert_frame_equal


def panel_grid():
    shuffled = np.random.default_rng(3).permutation(PANEL_CELLS)
    return pd.DataFrame(
        {
            "cell": shuffled,
            "street_id": [f"{number % 3:02d}" for number in range(len(shuffled))],
            "area_km2": np.arange(len(shuffled)) / 10 + 0.1,
        }
    )


def panel_located(rows):
    """Rows of (place of a cell or None, match, day of 2017 or None, category)."""
    places, matches, days, categories = zip(*rows, strict=True) if rows else ([], [], [], [])
    cells = [None if at is None else OFF if at < 0 else int(PANEL_CELLS[at]) for at in places]
    first = pd.Timestamp("2017-01-01")
    times = [pd.NaT if day is None else first + pd.Timedelta(days=day) for day in days]
    return pd.DataFrame(
        {
            "incident_id": [str(number) for number in range(len(cells))],
            "reported_at": pd.DatetimeIndex(times, tz="Asia/Shanghai").as_unit("us"),
            "category": pd.array(categories, dtype="str"),
            "cell": pd.array(cells, dtype="UInt64"),
            "match": pd.array(matches, dtype="str"),
        }
    )


FOUR = panel_located(
    [
        (0, "inside", 3, "waste"),
        (0, "border", 4, "waste"),
        (5, "inside", 70, "noise"),
        (7, "overlap", 40, None),
    ]
)


def test_only_counts_above_zero_are_listed_in_the_order_of_the_whole_panel():
    counts = tally_sparse(FOUR, panel_grid(), period="MS", by="category")
    listed = zip(
        counts["group"].fillna("-"), counts["period"].dt.month, counts["incidents"], strict=True
    )
    assert list(listed) == [("noise", 3, 1), ("waste", 1, 2), ("-", 2, 1)]
    assert counts.attrs["zeros_left_out"] == {
        "cells": 19,
        "rows": 19 * 3 * 3,
        "periods": [
            "2017-01-01T00:00:00+08:00",
            "2017-02-01T00:00:00+08:00",
            "2017-03-01T00:00:00+08:00",
        ],
        "groups": ["noise", "waste", None],
    }


panel_rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-1, 18)),
        st.sampled_from(["inside", "border", "overlap", "outside", "no_point"]),
        st.one_of(st.none(), st.integers(0, 400)),
        st.sampled_from(["a", "b", None]),
    ),
    max_size=30,
)


@settings(max_examples=15, deadline=None)
@given(panel_rows, st.sampled_from([None, "MS", "W-MON"]), st.sampled_from([None, "category"]))
def test_zeros_filled_in_give_the_dense_table_and_nothing_is_lost(rows, period, by):
    located, grid = panel_located(rows), panel_grid()
    limits = {"start": "2017-02-03", "end": "2017-12-01"} if period else {}
    dense = tally(located, grid, period=period, by=by, **limits)
    sparse = tally_sparse(located, grid, period=period, by=by, **limits)
    SAME(sparse, dense[dense["incidents"] > 0].reset_index(drop=True))
    filled = fill_zeros(sparse, grid)
    SAME(filled, dense)
    assert filled.attrs == dense.attrs
    SAME(tally_report(sparse), tally_report(dense))
    assert tally_report(sparse)["incidents"].sum() == len(located)


def test_some_groups_and_periods_are_filled_as_the_dense_table_has_them():
    grid = panel_grid()
    dense = tally(FOUR, grid, period="MS", by="category")
    sparse = tally_sparse(FOUR, grid, period="MS", by="category")
    some = fill_zeros(sparse, grid, groups=[None, "waste"], periods=["2017-03-01", "2017-01-01"])
    kept = (dense["group"].isna() | (dense["group"] == "waste")) & (dense["period"].dt.month != 2)
    SAME(some, dense[kept].reset_index(drop=True))
    assert "tally" not in some.attrs


def test_a_panel_too_large_to_lay_out_is_counted_by_sorting(monkeypatch):
    laid_out = tally_sparse(FOUR, panel_grid(), period="D")
    monkeypatch.setattr("gridgov.place.sparse._FEW_COUNTS", 0)
    SAME(tally_sparse(FOUR, panel_grid(), period="D"), laid_out)


def test_a_panel_beyond_the_limit_stays_sparse_and_is_filled_in_parts():
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(39.9, 116.2, 9), 60)), dtype=np.uint64)
    grid = pd.DataFrame({"cell": cells, "street_id": "01", "area_km2": 0.1})
    span = {"period": "D", "start": "1990-01-01", "end": "2020-01-01"}
    counts = tally_sparse(FOUR, grid, **span)
    assert counts.attrs["zeros_left_out"]["rows"] == len(cells) * 10_957
    with pytest.raises(OptionError, match=r"100,000,000 rows.*Fill fewer groups= or periods="):
        fill_zeros(counts, grid)
    with pytest.raises(OptionError, match=r"gridgov\.tally_sparse"):
        tally(FOUR, grid, **span)
    day = fill_zeros(counts, grid, periods=[pd.Timestamp("2017-01-04", tz="Asia/Shanghai")])
    assert (len(day), int(day["incidents"].sum())) == (len(cells), 1)


def test_a_measure_refuses_counts_without_zeros_and_says_how_to_fill_them():
    counts = tally_sparse(FOUR, panel_grid())
    with pytest.raises(InputError, match=r"3 of 19 rows.*gridgov\.fill_zeros\(counts, grid\)"):
        find_hotspots(counts)
    assert len(find_hotspots(fill_zeros(counts, panel_grid()))) == 19


def test_rows_left_out_do_not_become_zeros():
    counts = tally_sparse(FOUR, panel_grid(), by="category")
    with pytest.raises(InputError, match=r"must be whole.*2 incidents in the rows, 4 counted"):
        fill_zeros(counts[counts["group"] == "waste"], panel_grid())


def test_another_grid_is_refused():
    counts = tally_sparse(FOUR, panel_grid())
    with pytest.raises(InputError, match=r"the grid that was counted on, of 19 cells.*18 cells"):
        fill_zeros(counts, panel_grid().iloc[1:])


def test_a_dense_table_has_no_zeros_to_fill():
    with pytest.raises(InputError, match=r"must carry the size of its panel.*keeps its zeros"):
        fill_zeros(tally(FOUR, panel_grid()), panel_grid())
    with pytest.raises(ColumnsError, match=r"Found no group, incidents"):
        fill_zeros(FOUR.assign(period=None), panel_grid())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"groups": ["nose"]}, r"groups must be one of .*Did you mean 'noise'"),
        ({"periods": ["2017-01-02"]}, r"periods must be one of '2017-01-01'"),
    ],
)
def test_an_unknown_group_or_period_is_refused_with_the_ones_there_are(asked, words):
    counts = tally_sparse(FOUR, panel_grid(), period="MS", by="category")
    with pytest.raises(OptionError, match=words):
        fill_zeros(counts, panel_grid(), **asked)


def test_more_combinations_than_numbers_are_refused(monkeypatch):
    monkeypatch.setattr("gridgov.place.coding._MOST_CODES", 19)
    with pytest.raises(OptionError, match=r"must be countable. Found: 19 × 1 × 1"):
        code_incidents(
            FOUR, panel_grid(), period=None, by=None, start=None, end=None, times="reported_at"
        )
