"""Concentration of tables of counts: one row a map, streets by area shares, intervals."""

from __future__ import annotations

import pickle
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.place.crosswalk import area_shares
from gridgov.schema.concentration import ESTIMATES

MIDDLE = 0x8931AA50E27FFFF
TEN = np.sort(grid_disk(MIDDLE, 2))[:10]


def counts_of(values: Any, **columns: Any) -> pd.DataFrame:
    cells = np.sort(grid_disk(MIDDLE, 40))[: len(values)]
    return pd.DataFrame({"cell": cells, "incidents": values, "area_km2": 0.1, **columns})


def one(values: Any, streets: Any = None, **options: Any) -> pd.Series:
    return gg.measure_concentration(counts_of(values), streets, **options).iloc[0]


def halves(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Two streets that part the cells, and some of the cells, at a meridian."""
    longitude, latitude = cell_centers(table["cell"].to_numpy(np.uint64))
    at = float(np.median(longitude))
    south, north = latitude.min() - 0.1, latitude.max() + 0.1
    shapes = [shapely.box(at - 1, south, at, north), shapely.box(at, south, at + 1, north)]
    return gpd.GeoDataFrame({"street_id": ["W", "E"]}, geometry=shapes, crs="EPSG:4326")


def skewed(number: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.poisson(random.gamma(0.4, 5.0, number))


def test_the_table_has_its_columns_and_one_row() -> None:
    table = gg.measure_concentration(counts_of([5, 2, 1, 0, 0]))
    assert list(table.columns) == TABLES["concentration"].names
    assert table[["cells", "incidents"]].values.tolist() == [[5, 8]]
    assert table["area_km2"].tolist() == [0.5]
    assert table["reason"].isna().all()
    assert table.attrs["concentration"]["interval"].startswith("percentile")


@pytest.mark.parametrize(
    ("values", "index", "general"),
    [
        ([10, 8, 2], 0.78, 0.78),
        ([5, 2, 1], 0.80, 0.75),
        ([10], 0.90, 0.90),
        # .58 in the caption of the vignette, .56 by its formula.
        ([3, 1, 1], 0.78, 0.56),
    ],
)
def test_published_indices_of_ten_cells(values: list[int], index: float, general: float) -> None:
    row = one(values + [0] * (10 - len(values)), bootstrap=0)
    assert round(row["gini"], 2) == index
    assert round(row["gini_generalized"], 2) == general
    assert row["gini_unbiased"] == pytest.approx(row["gini"] * 10 / 9)


def test_one_incident_a_cell_is_as_even_as_can_be() -> None:
    row = one([1, 1, 1] + [0] * 97, bootstrap=0)
    assert row["gini"] == pytest.approx(0.97)
    assert row["gini_generalized"] == pytest.approx(0, abs=1e-12)


def test_half_the_incidents_lie_in_so_many_cells_and_so_much_land() -> None:
    """Of 20 incidents 10 lie in one cell of ten; 80 % are 16, which takes two cells."""
    row = one([10, 8, 2, 0, 0, 0, 0, 0, 0, 0], bootstrap=0)
    assert [row[f"cell_share_{p}"] for p in (25, 50, 80)] == [0.1, 0.1, 0.2]
    # Half of the first cell holds a quarter; 16 is the first cell and 6 / 8 of the second.
    assert [row[f"area_share_{p}"] for p in (25, 50, 80)] == pytest.approx([0.05, 0.1, 0.175])


def test_land_counts_by_its_size_and_not_by_its_cells() -> None:
    counts = counts_of([6, 6]).assign(area_km2=[1.0, 3.0])
    row = gg.measure_concentration(counts, units="area", bootstrap=0).iloc[0]
    # A quarter of the land holds half: the area between the curve and the diagonal is 1/8.
    assert row["gini"] == pytest.approx(0.25)
    assert row["theil"] == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(2 / 3))
    assert row["area_share_50"] == pytest.approx(0.25)
    assert row[["gini_unbiased", "gini_generalized"]].isna().all()
    assert gg.measure_concentration(counts, bootstrap=0)["gini"].tolist() == pytest.approx([0])


@pytest.mark.parametrize("units", ["cells", "area"])
def test_theil_parts_are_those_of_cells_cut_at_the_border(units: Any) -> None:
    counts = counts_of(skewed(120)).assign(area_km2=np.linspace(0.02, 0.1, 120))
    streets = halves(counts)
    row = gg.measure_concentration(counts, streets, units=units, bootstrap=0).iloc[0]
    # Every cell cut into its parts, each with its share of the incidents.
    shares = area_shares(counts["cell"], streets).merge(counts, on="cell")
    assert len(shares) > len(counts)
    part = shares["share"] / shares.groupby("cell")["share"].transform("sum")
    size = part * (shares["area_km2"] if units == "area" else 1)
    amount = part * shares["incidents"]
    street = shares["street_id"]

    def theil(amount: Any, size: Any) -> float:
        y, n = amount / amount.sum(), size / size.sum()
        return float((y * np.log(np.where(y > 0, y / n, 1))).sum())

    total = theil(amount, size)
    between = theil(amount.groupby(street).sum(), size.groupby(street).sum())
    within = sum(
        amount[street == s].sum() / amount.sum() * theil(amount[street == s], size[street == s])
        for s in ("W", "E")
    )
    assert row["theil"] == pytest.approx(total, abs=1e-12)
    assert row["theil_between"] == pytest.approx(between, abs=1e-12)
    assert row["theil_within"] == pytest.approx(within, abs=1e-12)


def test_without_streets_the_parts_of_theil_are_missing() -> None:
    row = one([5, 2, 1, 0, 0])
    parts = [name for name in row.index if name.startswith(("theil_between", "theil_within"))]
    assert row[parts].isna().all()
    assert np.isfinite(row[["theil", "theil_low", "theil_high"]].astype(float)).all()


def test_land_outside_every_street_is_one_more_group() -> None:
    counts = counts_of(skewed(60))
    only_west = halves(counts).iloc[:1]
    row = gg.measure_concentration(counts, only_west, bootstrap=0).iloc[0]
    assert row["theil_between"] + row["theil_within"] == pytest.approx(row["theil"])
    assert row["theil_between"] > 0


def test_every_period_and_group_is_a_row_of_its_own() -> None:
    first = counts_of(skewed(40, 1))
    second = counts_of(skewed(40, 2))
    months = (
        pd.DatetimeIndex(["2017-09-01", "2017-10-01"]).tz_localize("Asia/Shanghai").as_unit("us")
    )
    both = pd.concat([t.assign(period=m) for t, m in zip((first, second), months, strict=True)])
    both = pd.concat([both.assign(group="乱堆物料"), both.assign(group=None, incidents=0)])
    table = gg.measure_concentration(both.sample(frac=1, random_state=0), seed=3)
    assert table["period"].tolist() == [months[0], months[0], months[1], months[1]]
    assert table["period"].dt.tz is not None
    assert table["group"].tolist()[::2] == ["乱堆物料"] * 2
    alone = gg.measure_concentration(first, seed=3).iloc[0]
    pd.testing.assert_series_equal(
        table.iloc[0].drop(["period", "group"]), alone.drop(["period", "group"]), check_names=False
    )
    empty = table.iloc[[1, 3]]
    assert (empty["reason"] == "no incidents").all()
    assert empty[list(ESTIMATES)].isna().all(axis=None)


def test_the_bootstrap_is_that_of_a_plain_loop() -> None:
    values, areas = skewed(60), np.linspace(0.05, 0.1, 60)
    counts = counts_of(values).assign(area_km2=areas)
    row = gg.measure_concentration(counts, halves(counts), bootstrap=200, seed=7).iloc[0]
    random = np.random.default_rng(7)
    drawn = random.integers(0, 60, size=(200, 60))
    singles = []
    for cells in drawn:
        y = np.sort(values[cells])
        rank = np.arange(1, 61)
        singles.append(2 * (rank * y).sum() / (60 * y.sum()) - 61 / 60)
    low, high = np.quantile(singles, [0.025, 0.975])
    assert row["gini_low"] == pytest.approx(low, abs=1e-12)
    assert row["gini_high"] == pytest.approx(high, abs=1e-12)


def test_intervals_hold_the_estimate_and_widen_with_the_level() -> None:
    counts = counts_of(skewed(300))
    narrow = gg.measure_concentration(counts, halves(counts), level=0.5).iloc[0]
    wide = gg.measure_concentration(counts, halves(counts), level=0.99).iloc[0]
    for name in ESTIMATES:
        assert wide[f"{name}_low"] <= narrow[f"{name}_low"] <= narrow[f"{name}_high"]
        assert narrow[f"{name}_high"] <= wide[f"{name}_high"]
        assert wide[f"{name}_low"] <= wide[name] <= wide[f"{name}_high"], name


def test_intervals_cover_the_gini_of_the_city_they_are_drawn_from() -> None:
    """100 samples of 400 cells: 95 % intervals should miss about 5; seeded, 1 to 12."""
    random = np.random.default_rng(1)
    city = np.sort(skewed(200_000, 5))
    rank, n = np.arange(1, len(city) + 1), len(city)
    true = 2 * (rank * city).sum() / (n * city.sum()) - (n + 1) / n
    drawn = [counts_of(random.choice(city, 400)).assign(group=f"{k:03}") for k in range(100)]
    table = gg.measure_concentration(pd.concat(drawn), bootstrap=199)
    held = table["gini_unbiased_low"].le(true) & table["gini_unbiased_high"].ge(true)
    assert 1 <= (~held).sum() <= 12


def test_few_cells_with_incidents_have_an_index_and_no_interval() -> None:
    row = one([4] + [0] * 30)
    assert row["gini"] == pytest.approx(30 / 31)
    assert np.isnan(row["gini_low"])
    assert row["reason"] == "too few cells with incidents for an interval"
    no_intervals = one([4, 3, 2, 1], bootstrap=0)
    assert np.isnan(no_intervals["gini_high"])
    assert pd.isna(no_intervals["reason"])


def test_the_same_seed_gives_the_same_intervals_in_any_order() -> None:
    counts = counts_of(skewed(80))
    plain = gg.measure_concentration(counts, seed=5)
    mixed = gg.measure_concentration(counts.sample(frac=1, random_state=1), seed=5)
    pd.testing.assert_frame_equal(plain, mixed)
    assert gg.measure_concentration(counts, seed=6)["gini_low"][0] != plain["gini_low"][0]


def test_progress_is_told_after_every_map() -> None:
    told: list[tuple[int, int]] = []
    both = pd.concat([counts_of([1, 2]).assign(group=name) for name in "ab"])
    gg.measure_concentration(both, bootstrap=0, progress=lambda *steps: told.append(steps))
    assert told == [(1, 2), (2, 2)]


def test_counts_are_not_changed() -> None:
    counts = counts_of([5, 2, 1])
    before = pickle.dumps(counts)
    gg.measure_concentration(counts)
    gg.measure_lorenz(counts)
    assert pickle.dumps(counts) == before


def test_what_cannot_be_measured_is_named() -> None:
    counts = counts_of([5, 2, 1])
    for options, words in (
        ({"units": "cell"}, "Did you mean 'cells'"),
        ({"bootstrap": -1}, r"bootstrap must be a whole number, 0 or more.*Found: -1"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"level": 95}, "level must be a share above 0 and below 1. Found: 95"),
    ):
        with pytest.raises(OptionError, match=words):
            gg.measure_concentration(counts, **options)
    for measure in (gg.measure_concentration, gg.measure_lorenz):
        with pytest.raises(ColumnsError, match=r"area_km2 must be above 0 .*Found: 1 other.*row 1"):
            measure(counts.assign(area_km2=[0.1, 0.0, 0.1]))
        with pytest.raises(ColumnsError, match="must have the column area_km2"):
            measure(counts.drop(columns="area_km2"))
        with pytest.raises(ColumnsError, match="one row a cell, period and group"):
            measure(pd.concat([counts, counts]))
        with pytest.raises(EmptyTableError, match="counts has no rows"):
            measure(counts.iloc[:0])


def test_a_lorenz_curve_worked_by_hand() -> None:
    curve = gg.measure_lorenz(counts_of([3, 0, 1, 0]))
    assert list(curve.columns) == TABLES["lorenz"].names
    assert curve["step"].tolist() == [0, 1, 2, 3]
    assert curve["unit_share"].tolist() == [0, 0.5, 0.75, 1]
    assert curve["incident_share"].tolist() == [0, 0, 0.25, 1]
    land = gg.measure_lorenz(counts_of([6, 6]).assign(area_km2=[1.0, 3.0]), units="area")
    assert land["unit_share"].tolist() == [0, 0.75, 1]
    assert land["incident_share"].tolist() == [0, 0.5, 1]
    assert land["unit"].unique().tolist() == ["area"]


def test_a_map_without_incidents_has_no_curve() -> None:
    both = pd.concat([counts_of([0, 0]).assign(group="a"), counts_of([1, 2]).assign(group="b")])
    assert gg.measure_lorenz(both)["group"].unique().tolist() == ["b"]
    nothing = gg.measure_lorenz(counts_of([0, 0]))
    assert len(nothing) == 0
    assert list(nothing.columns) == TABLES["lorenz"].names
