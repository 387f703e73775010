"""Rates of streets: exact intervals, ranks and what the data say of them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from shapely import box

from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.street_rates import measure_street_rates


def streets_of(**columns: Any) -> gpd.GeoDataFrame:
    number = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(
        {"street_id": [f"s{i}" for i in range(number)], "area_km2": 1.0, **columns},
        geometry=[box(0, 0, 1, 1)] * number,
        crs=4326,
    )


def located_in(counts: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"street_id": np.repeat([f"s{i}" for i in range(len(counts))], counts)})


def test_the_interval_of_a_rate_is_that_of_its_count_by_scipy() -> None:
    streets = streets_of(people=[20_000.0, 5_000.0])
    table = measure_street_rates(located_in([30, 5]), streets, base="people", per=10_000)
    assert table["rate"].tolist() == [15.0, 10.0]
    assert table["rate_low"].iloc[0] == pytest.approx(chi2.ppf(0.025, 60) / 2 / 2)
    assert table["rate_high"].iloc[1] == pytest.approx(chi2.ppf(0.975, 12) / 2 * 2)
    assert table["mean_rate"].iloc[0] == pytest.approx(35 / 25_000 * 10_000)


def test_streets_without_incidents_keep_a_zero_and_a_rank() -> None:
    table = measure_street_rates(located_in([4, 0]), streets_of(x=[0, 0]))
    assert table["incidents"].tolist() == [4, 0]
    assert table["rank"].tolist() == [1, 2]


def test_ranks_overlap_where_intervals_do_and_not_where_they_are_far_apart() -> None:
    table = measure_street_rates(located_in([1000, 980, 100]), streets_of(x=[0, 0, 0]))
    assert table[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2], [3, 3]]


def test_equal_rates_share_a_rank() -> None:
    table = measure_street_rates(located_in([5, 5, 2]), streets_of(x=[0, 0, 0]))
    assert table["rank"].tolist() == [1, 1, 3]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_a_rank_lies_within_its_range(counts: list[int]) -> None:
    if not sum(counts):
        return
    table = measure_street_rates(located_in(counts), streets_of(x=[0] * len(counts)))
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert table["incidents"].sum() == sum(counts)


def test_the_ranges_hold_the_true_ranks_together_as_often_as_they_say() -> None:
    # 200 draws of six streets with known rates; at 95 % at most one in twenty may miss.
    random = np.random.default_rng(11)
    means = np.array([40.0, 44.0, 60.0, 90.0, 95.0, 140.0])
    true = {f"s{i}": 6 - i for i in range(6)}
    streets, held = streets_of(x=[0] * 6), 0
    for _ in range(200):
        table = measure_street_rates(located_in(random.poisson(means).tolist()), streets)
        rank = table["street_id"].map(true)
        held += bool((table["rank_low"].le(rank) & table["rank_high"].ge(rank)).all())
    assert held >= 190


def test_a_street_without_a_base_has_no_rate_and_stands_last() -> None:
    table = measure_street_rates(located_in([9, 3]), streets_of(people=[None, 10.0]), base="people")
    assert table["street_id"].tolist() == ["s1", "s0"]
    assert table["rate"].isna().tolist() == [False, True]
    assert table["rank"].isna().tolist() == [False, True]


def test_a_mapping_gives_bases_by_street() -> None:
    table = measure_street_rates(located_in([6, 6]), streets_of(x=[0, 0]), base={"s0": 2, "s1": 3})
    assert table["rate"].tolist() == [3.0, 2.0]


def test_groups_are_rankings_of_their_own_and_strays_are_counted() -> None:
    rows = located_in([2, 1]).assign(kind=["a", "b", "b"])
    rows = pd.concat([rows, pd.DataFrame({"street_id": [None], "kind": ["a"]})])
    table = measure_street_rates(rows, streets_of(x=[0, 0]), by="kind")
    assert table["group"].tolist() == ["a", "a", "b", "b"]
    assert table.attrs["street_rates"]["elsewhere"] == 1


def test_wrong_input_for_rates_is_told_by_name() -> None:
    streets, rows = streets_of(x=[0, 0]), located_in([1, 1])
    with pytest.raises(ColumnsError, match="base must name a column of jurisdictions"):
        measure_street_rates(rows, streets, base="people")
    with pytest.raises(ColumnsError, match=r"base must hold finite numbers.*-1.*'s0'"):
        measure_street_rates(rows, streets.assign(x=[-1.0, 2.0]), base="x")
    with pytest.raises(ColumnsError, match="Found: 's0' more than once"):
        measure_street_rates(rows, streets.assign(street_id="s0"))
    with pytest.raises(OptionError, match=r"per must be a number above 0.*Found: 0"):
        measure_street_rates(rows, streets, per=0)
