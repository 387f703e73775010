"""Every unit is drawn with the chance that is written beside it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import gridgov as gg
from gridgov.assessment.audit.allocation import apportion
from gridgov.assessment.audit.balance import spatial_balance
from gridgov.assessment.audit.ordering import (
    draw_units,
    inclusion_probabilities,
    quadrant_order,
)
from gridgov.errors import ColumnsError, EmptyTableError, GeometryError, OptionError


def lattice(side: int, *, step_m: float = 200.0) -> gpd.GeoDataFrame:
    """Return side x side points about 200 m apart, with a street and a size."""
    row, column = np.divmod(np.arange(side * side), side)
    lon = 116.20 + column * step_m / 85_400
    lat = 39.90 + row * step_m / 111_000
    return gpd.GeoDataFrame(
        {
            "line_id": [f"A{k:04d}" for k in range(side * side)],
            "street_id": np.where(column < side // 2, "west", "east"),
            "size": 1.0 + (row + 2 * column) % 5,
        },
        geometry=shapely.points(lon, lat),
        crs="EPSG:4326",
    )


def frequencies(frame: gpd.GeoDataFrame, draws: int, **options: object) -> pd.Series:
    """Return how often every unit was in the main sample, and check its stated chance."""
    counted = Counter[str]()
    for seed in range(draws):
        sample = gg.draw_audit_sample(frame, seed=seed, **options)
        counted.update(sample.loc[~sample["reserve"], "line_id"])
    return pd.Series(counted).reindex(frame["line_id"]).fillna(0)


def chances(frame: gpd.GeoDataFrame, **options: object) -> pd.Series:
    """Return the stated chance of every unit, from as many draws as it takes to see all."""
    known: dict[str, float] = {}
    seed = 0
    while len(known) < len(frame):
        sample = gg.draw_audit_sample(frame, seed=seed, **options)
        known |= dict(zip(sample["line_id"], sample["inclusion_probability"], strict=True))
        seed += 1
    return pd.Series(known).reindex(frame["line_id"])


@pytest.mark.parametrize(
    "options",
    [
        {"size": 9},
        {"size": 9, "reserve": 5},
        {"size": 10, "strata": "street_id", "allocation": {"west": 3, "east": 7}},
        {"size": 9, "probability": "size"},
        {"size": 9, "method": "spatially_balanced"},
        {"size": 9, "method": "spatially_balanced", "reserve": 4},
        {"size": 9, "method": "spatially_balanced", "probability": "size", "reserve": 2},
        {"size": 8, "method": "spatially_balanced", "strata": "street_id", "certain": ["A0007"]},
    ],
    ids=lambda options: " ".join(str(value) for value in options.values()),
)
def test_units_are_drawn_as_often_as_their_chance_says(options: dict[str, object]) -> None:
    frame = lattice(6)
    draws = 250
    expected = chances(frame, **options)
    assert expected.sum() == pytest.approx(options["size"])
    found = frequencies(frame, draws, **options)
    free = expected < 1
    assert (found[~free] == draws).all()
    # Pearson's chi-square of drawn and not drawn; because numbers are fixed, units repel
    # each other and the statistic is, if anything, smaller than that of free draws.
    z2 = (found - draws * expected)[free] ** 2 / (draws * expected * (1 - expected))[free]
    assert stats.chi2.sf(z2.sum(), free.sum() - 1) > 1e-4
    assert np.sqrt(z2.max()) < 4.5


@pytest.mark.parametrize("reserve", [0, 3])
def test_the_balanced_draw_is_exact_for_unequal_chances(reserve: int) -> None:
    # Many draws of the inner part alone, where a small bias would show.
    frame = lattice(6)
    x, y = frame.geometry.x.to_numpy() * 85_400, frame.geometry.y.to_numpy() * 111_000
    chance = inclusion_probabilities(frame["size"].to_numpy(), 7)
    random = np.random.default_rng(8)
    draws, found = 6_000, np.zeros(36)
    for _ in range(draws):
        line = quadrant_order(x, y, random)
        found[draw_units(chance, line, reserve=reserve, random=random, spread=True)[:7]] += 1
    z2 = (found - draws * chance) ** 2 / (draws * chance * (1 - chance))
    assert stats.chi2.sf(z2.sum(), 35) > 1e-4


def test_every_sample_is_as_likely_in_a_simple_draw() -> None:
    # Six units, three drawn: each of the 20 samples with chance 1/20.
    frame = pd.DataFrame({"line_id": list("ABCDEF")})
    counted = Counter(
        "".join(sorted(gg.draw_audit_sample(frame, size=3, seed=seed)["line_id"]))
        for seed in range(800)
    )
    assert set(counted) == {"".join(three) for three in combinations("ABCDEF", 3)}
    assert stats.chisquare(list(counted.values())).pvalue > 1e-4


def test_a_beginning_of_the_order_is_a_sample_with_equal_chances() -> None:
    frame = lattice(6)
    counted = Counter[str]()
    draws = 400
    for seed in range(draws):
        sample = gg.draw_audit_sample(frame, size=12, method="spatially_balanced", seed=seed)
        counted.update(sample.loc[sample["order"] <= 5, "line_id"])
    found = pd.Series(counted).reindex(frame["line_id"]).fillna(0)
    z2 = (found - draws * 5 / 36) ** 2 / (draws * 5 / 36 * 31 / 36)
    assert stats.chi2.sf(z2.sum(), 35) > 1e-4


def test_large_units_become_certain_and_the_rest_share_what_is_left() -> None:
    # Three of five: 100 is certain; two are left for 3, 3, 2, 2 in all 10: 0.6 and 0.4.
    chance = inclusion_probabilities(np.array([100.0, 3, 3, 2, 2]), 3)
    assert chance.tolist() == pytest.approx([1, 0.6, 0.6, 0.4, 0.4])
    # After 100 is out, 9 of 9 + 1 + 1 + 1 is 1.5 of two places: certain too.
    again = inclusion_probabilities(np.array([100.0, 9, 1, 1, 1]), 3)
    assert again.tolist() == pytest.approx([1, 1, 1 / 3, 1 / 3, 1 / 3])


@given(
    sizes=st.lists(st.floats(0.01, 1000), min_size=1, max_size=40),
    part=st.floats(0.05, 1),
)
def test_chances_add_up_and_stay_below_one(sizes: list[float], part: float) -> None:
    count = max(1, int(len(sizes) * part))
    chance = inclusion_probabilities(np.array(sizes), count)
    assert chance.sum() == pytest.approx(count)
    assert ((chance > 0) & (chance <= 1)).all()
    # In proportion to the size where not certain.
    free = chance < 1
    ratio = chance[free] / np.array(sizes)[free]
    assert np.allclose(ratio, ratio[:1])


@given(
    sizes=st.lists(st.floats(0.5, 4), min_size=2, max_size=60),
    count=st.integers(1, 20),
    seed=st.integers(0, 1000),
    spread=st.booleans(),
)
def test_exactly_as_many_different_units_are_drawn_as_asked(
    sizes: list[float], count: int, seed: int, spread: bool
) -> None:
    count = min(count, len(sizes) - 1)
    chance = inclusion_probabilities(np.array(sizes), count)
    free = np.flatnonzero(chance < 1)
    random = np.random.default_rng(seed)
    drawn = draw_units(
        chance[free], random.permutation(len(free)), reserve=0, random=random, spread=spread
    )
    assert len(drawn) == len(set(drawn.tolist())) == count - (len(sizes) - len(free))


@given(
    weights=st.lists(st.floats(0, 50), min_size=1, max_size=12),
    data=st.data(),
)
def test_apportioned_numbers_add_up_and_keep_their_bounds(
    weights: list[float], data: st.DataObject
) -> None:
    number = len(weights)
    bounds = st.lists(st.integers(0, 20), min_size=number, max_size=number)
    one, two = (np.array(data.draw(bounds)) for _ in range(2))
    least, most = np.minimum(one, two), np.maximum(one, two)
    total = data.draw(st.integers(int(least.sum()), int(most.sum())))
    got = apportion(np.array(weights), total, least=least, most=most)
    assert got.sum() == total
    assert (got >= least).all()
    assert (got <= most).all()


def test_proportional_numbers_go_by_largest_remainders() -> None:
    # 10 of 50, 30 and 20 per cent are 5, 3, 2; 11 are 5.5, 3.3, 2.2: the half gets it.
    none, most = np.zeros(3, dtype=np.int64), np.full(3, 99)
    for total, numbers in ((10, [5, 3, 2]), (11, [6, 3, 2])):
        got = apportion(np.array([5.0, 3, 2]), total, least=none, most=most)
        assert got.tolist() == numbers


def test_neyman_gives_more_to_the_stratum_that_varies_more() -> None:
    # Cochran (1977), 5.25: n_h in proportion to N_h S_h; here 18 · 1 and 18 · 3 of 12.
    frame = lattice(6)
    sample = gg.draw_audit_sample(
        frame,
        size=12,
        strata="street_id",
        allocation="neyman",
        spread={"west": 1, "east": 3},
        seed=0,
    )
    assert sample["stratum"].value_counts().to_dict() == {"east": 9, "west": 3}
    # From a column: the standard deviation in the west is 1, in the east 3.
    west = frame["street_id"] == "west"
    frame["last"] = 80 + np.where(west, 1, 3) * np.where(np.arange(36) // 6 % 2 == 0, 1.0, -1.0)
    same = gg.draw_audit_sample(
        frame, size=12, strata="street_id", allocation="neyman", spread="last", seed=0
    )
    assert same["stratum"].value_counts().to_dict() == {"east": 9, "west": 3}


def test_proportional_numbers_follow_the_sizes_where_sizes_are_given() -> None:
    frame = lattice(6)
    frame["size"] = np.where(frame["street_id"] == "west", 3.0, 1.0)
    sample = gg.draw_audit_sample(frame, size=12, strata="street_id", probability="size", seed=0)
    assert sample["stratum"].value_counts().to_dict() == {"west": 9, "east": 3}


def test_weights_add_up_to_the_units_of_every_stratum() -> None:
    frame = lattice(7)
    sample = gg.draw_audit_sample(
        frame, size=15, strata="street_id", method="spatially_balanced", reserve=6, seed=3
    )
    main = sample[~sample["reserve"]]
    population = sample.attrs["audit"]["population"]
    assert main.groupby("stratum")["weight"].sum().to_dict() == pytest.approx(population)
    assert len(main) == 15
    assert sample["reserve"].sum() == 6
    assert population == frame["street_id"].value_counts().to_dict()


def test_the_table_keeps_the_columns_of_the_frame_and_its_geometry() -> None:
    frame = lattice(4).assign(weight=7, cell=np.arange(16, dtype=np.uint64))
    before = frame.copy(deep=True)
    sample = gg.draw_audit_sample(frame, size=5, reserve=2, seed=11)
    assert isinstance(sample, gpd.GeoDataFrame)
    assert sample.crs == frame.crs
    assert list(sample.columns) == [
        "stratum",
        "order",
        "inclusion_probability",
        "weight",
        "reserve",
        "line_id",
        "street_id",
        "size",
        "geometry",
        "weight_source",
        "cell",
    ]
    assert sample["order"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert sample["reserve"].tolist() == [False] * 5 + [True] * 2
    assert sample["cell"].dtype == np.uint64
    assert (sample["weight_source"] == 7).all()
    assert sample["stratum"].isna().all()
    pd.testing.assert_frame_equal(frame, before)


def test_the_same_seed_draws_the_same_units_and_another_does_not() -> None:
    frame = lattice(8)
    one, two, other = (
        gg.draw_audit_sample(frame, size=10, method="spatially_balanced", seed=seed)
        for seed in (4, 4, 5)
    )
    pd.testing.assert_frame_equal(one, two)
    assert set(one["line_id"]) != set(other["line_id"])


def test_a_balanced_sample_lies_more_evenly_than_a_simple_one() -> None:
    frame = lattice(20)
    points = np.column_stack(np.divmod(np.arange(400), 20)[::-1]) * 200.0
    chance = np.full(400, 0.1)
    balance: dict[str, list[float]] = {"simple": [], "spatially_balanced": []}
    position = {name: k for k, name in enumerate(frame["line_id"])}
    for method, found in balance.items():
        for seed in range(25):
            sample = gg.draw_audit_sample(frame, size=40, method=method, seed=seed)
            drawn = sample["line_id"].map(position).to_numpy()
            found.append(spatial_balance(points, chance, drawn))
    # About 0.1 against 0.3 on this lattice.
    assert np.mean(balance["spatially_balanced"]) < 0.5 * np.mean(balance["simple"])
    told = gg.draw_audit_sample(frame, size=40, method="spatially_balanced", seed=0)
    assert told.attrs["audit"]["spatial_balance"] == pytest.approx(
        balance["spatially_balanced"][0], rel=0.2
    )


def test_balance_of_four_units_by_hand() -> None:
    # On a line at 0, 1, 2, 9; drawn 0 and 9: 0, 1 and 2 gather 1.5, 9 gathers 0.5.
    points = np.array([[0.0, 0], [1, 0], [2, 0], [9, 0]])
    assert spatial_balance(points, np.full(4, 0.5), np.array([0, 3])) == pytest.approx(0.25)
    # Drawn 1 and 9 likewise; drawn 0 and 1: 0.5 and 1.5.
    assert spatial_balance(points, np.full(4, 0.5), np.array([0, 1])) == pytest.approx(0.25)


def test_quarters_stay_together_on_the_line() -> None:
    # Four far clusters of 16: of any draw of four one lies in each, as long as the cut of
    # the plane falls between them; the line may not leave a cluster and come back.
    random = np.random.default_rng(2)
    center = np.repeat([[0.0, 0], [1e6, 0], [0, 1e6], [1e6, 1e6]], 16, axis=0)
    at = center + random.uniform(0, 1, (64, 2))
    for seed in range(20):
        line = quadrant_order(at[:, 0], at[:, 1], np.random.default_rng(seed))
        assert sorted(line.tolist()) == list(range(64))
        assert (np.diff(line // 16) != 0).sum() == 3


def test_units_in_one_place_are_all_on_the_line() -> None:
    line = quadrant_order(np.zeros(5), np.zeros(5), np.random.default_rng(0))
    assert sorted(line.tolist()) == [0, 1, 2, 3, 4]


def test_cells_need_no_geometry_and_lines_are_at_their_middle() -> None:
    streets = gpd.GeoDataFrame(
        {"street_id": ["S"], "street": ["S"]},
        geometry=[shapely.box(116.19, 39.89, 116.23, 39.92)],
        crs=4326,
    )
    grid = gg.make_grid(gg.read_jurisdictions(streets), resolution=9)
    cells = pd.DataFrame(grid[["cell", "street_id"]])
    sample = gg.draw_audit_sample(cells, size=8, method="spatially_balanced", seed=1)
    assert sample.attrs["audit"]["key"] == "cell"
    assert sample["cell"].isin(grid["cell"]).all()
    lines = lattice(5)
    lines["geometry"] = [
        shapely.LineString([(at.x - 0.001, at.y), (at.x + 0.001, at.y)]) for at in lines.geometry
    ]
    drawn = gg.draw_audit_sample(lines, size=5, method="spatially_balanced", seed=1)
    points = gg.draw_audit_sample(lattice(5), size=5, method="spatially_balanced", seed=1)
    assert drawn["line_id"].tolist() == points["line_id"].tolist()


def test_certain_units_come_first_and_count() -> None:
    frame = lattice(5)
    frame["must"] = frame["line_id"].isin(["A0003", "A0011"])
    sample = gg.draw_audit_sample(frame, size=6, certain="must", reserve=3, seed=0)
    assert set(sample["line_id"].iloc[:2]) == {"A0003", "A0011"}
    assert sample["weight"].iloc[:2].tolist() == [1.0, 1.0]
    # Four for the other 23.
    assert sample["weight"].iloc[2:].to_numpy() == pytest.approx(23 / 4)


def test_to_visit_all_is_a_sample_too() -> None:
    sample = gg.draw_audit_sample(lattice(3), size=9, method="spatially_balanced", seed=0)
    assert sorted(sample["line_id"]) == [f"A{k:04d}" for k in range(9)]
    assert (sample["weight"] == 1).all()


def test_a_stratum_with_one_unit_is_visited() -> None:
    frame = lattice(4)
    frame.loc[0, "street_id"] = "alone"
    sample = gg.draw_audit_sample(frame, size=6, strata="street_id", seed=0)
    alone = sample[sample["stratum"] == "alone"]
    assert alone["inclusion_probability"].tolist() == [1.0]
    assert len(sample) == 6


@settings(max_examples=30, deadline=None)
@given(side=st.integers(2, 7), part=st.floats(0.1, 1), seed=st.integers(0, 10_000))
def test_the_main_sample_is_as_large_as_asked_whatever_the_frame(
    side: int, part: float, seed: int
) -> None:
    frame = lattice(side)
    size = max(4, int(part * side * side))
    for options in ({}, {"strata": "street_id"}, {"method": "spatially_balanced"}):
        sample = gg.draw_audit_sample(frame, size=size, seed=seed, **options)
        assert len(sample) == sample["line_id"].nunique() == size
        assert sample["weight"].sum() == pytest.approx(len(frame))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"size": 26}, OptionError, "size must not be above the units.*26 of 25"),
        ({"size": 0}, OptionError, "size must be a whole number, 1 or more"),
        ({"size": 2.5}, OptionError, "size must be a whole number"),
        ({"size": 3, "strata": "street_id"}, OptionError, "at least 2 units.*4 are needed"),
        (
            {"size": 1, "strata": "street_id", "least": 1},
            OptionError,
            "at least 1 units.*2 are needed",
        ),
        ({"size": 5, "strata": "line"}, ColumnsError, "strata must name a column.*'line'"),
        ({"size": 5, "method": "stratified"}, OptionError, "needs strata"),
        (
            {"size": 5, "method": "simple", "strata": "street_id"},
            OptionError,
            "draws from all units at once",
        ),
        ({"size": 5, "method": "grts"}, OptionError, "method must be one of"),
        ({"size": 5, "allocation": "fair"}, OptionError, "allocation must be one of"),
        (
            {"size": 5, "strata": "street_id", "allocation": "neyman"},
            OptionError,
            "needs the spread within strata",
        ),
        (
            {"size": 5, "strata": "street_id", "allocation": {"west": 2, "east": 2}},
            OptionError,
            "add up to size. Found: 4, and size is 5",
        ),
        (
            {"size": 5, "strata": "street_id", "allocation": {"west": 5}},
            OptionError,
            "not named east",
        ),
        (
            {"size": 14, "strata": "street_id", "allocation": {"west": 11, "east": 3}},
            OptionError,
            "11 for west, which has only 10",
        ),
        (
            {"size": 5, "strata": "street_id", "allocation": {"west": 0, "east": 5}},
            OptionError,
            "0 for west",
        ),
        ({"size": 20, "reserve": 6}, OptionError, "6 of 5"),
        (
            {"size": 12, "probability": "size", "reserve": 10},
            OptionError,
            "leave every chance below 1",
        ),
        ({"size": 5, "probability": "zero"}, ColumnsError, "above 0.*first is 0 in row 3"),
        ({"size": 5, "certain": ["B1"]}, OptionError, "not in 'line_id', the first is 'B1'"),
        ({"size": 5, "certain": "street_id"}, ColumnsError, "column of truth values"),
        ({"size": 5, "key": "street_id"}, ColumnsError, "listed twice is drawn"),
        ({"size": 2, "certain": ["A0001", "A0002"]}, OptionError, "hold its certain units"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(
    options: dict[str, object], error: type[Exception], words: str
) -> None:
    frame = lattice(5).assign(zero=[1, 1, 1, 0, *[1] * 21])
    with pytest.raises(error, match=words):
        gg.draw_audit_sample(frame, seed=0, **options)


def test_a_frame_with_faults_is_refused() -> None:
    frame = lattice(4)
    with pytest.raises(ColumnsError, match=r"must be a table.*list"):
        gg.draw_audit_sample([1], size=1, seed=0)
    with pytest.raises(EmptyTableError, match="no rows"):
        gg.draw_audit_sample(frame.iloc[:0], size=1, seed=0)
    with pytest.raises(ColumnsError, match=r"names its units.*Say which with `key`"):
        gg.draw_audit_sample(pd.DataFrame({"name": ["a"]}), size=1, seed=0)
    lost = frame.copy()
    lost.loc[2, "line_id"] = None
    with pytest.raises(ColumnsError, match=r"id in 'line_id'.*1 without, the first in row 2"):
        gg.draw_audit_sample(lost, size=3, seed=0)
    lost = frame.copy()
    lost.loc[5, "street_id"] = None
    with pytest.raises(ColumnsError, match=r"stratum in 'street_id'.*first in row 5"):
        gg.draw_audit_sample(lost, size=6, strata="street_id", seed=0)
    lost = frame.copy()
    lost.loc[7, "geometry"] = None
    with pytest.raises(GeometryError, match="1 without, the first in row 7"):
        gg.draw_audit_sample(lost, size=6, method="spatially_balanced", seed=0)
    # Without balance a place is not needed.
    assert len(gg.draw_audit_sample(lost, size=6, seed=0)) == 6
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    with pytest.raises(GeometryError, match="needs places"):
        gg.draw_audit_sample(plain, size=6, method="spatially_balanced", seed=0)
