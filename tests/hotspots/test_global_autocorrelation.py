"""Moran's I and general G of whole maps, against esda, enumeration and published numbers."""

from itertools import permutations as arrangements

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from scipy.stats import norm

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.autocorrelation_moments import (
    Links,
    moran_variances,
    moving_sums,
    moving_variance,
)
from gridgov.hotspots.global_autocorrelation import REASONS, measure_autocorrelation
from gridgov.taxonomy.labels import labels

MIDDLE = 0x8931AA50E27FFFF
FAR = 0x892A100D2D7FFFF
DISK = grid_disk(MIDDLE, 4)


def ragged(rings=9, share=0.6, seed=0):
    """Return a grid with holes, a torn rim and cells without neighbors."""
    cells = grid_disk(MIDDLE, rings)
    kept = cells[np.random.default_rng(seed).uniform(size=cells.size) < share]
    return np.append(kept, np.uint64(FAR))


def table(incidents, cells=DISK, **columns):
    return pd.DataFrame({"cell": cells, "incidents": incidents, **columns})


def skewed(size, seed=0):
    return np.random.default_rng(seed).negative_binomial(0.3, 0.13, size=size)


def one_map(counts, **options):
    return measure_autocorrelation(counts, **options).set_index("measure")


def six_points():
    """Return the points of esda's test_getisord.py and their binary links up to 15."""
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    y = np.array([2, 3, 3.2, 5, 8, 7])
    return y, Links.of(csr_array((distance <= 15).astype(float)))


def sums_of_all_arrangements(y, links):
    """Return Moran's I and general G of all 720 arrangements by their definitions."""
    binary = links.binary.toarray()
    shares = binary / binary.sum(axis=1, keepdims=True).clip(1)
    dealt = np.array(list(arrangements(y)))
    z = dealt - y.mean()
    moran = y.size / shares.sum() * np.einsum("ki,ij,kj->k", z, shares, z) / (z[0] ** 2).sum()
    return moran, np.einsum("ki,ij,kj->k", dealt, binary, dealt) / (y.sum() ** 2 - (y**2).sum())


# ---- known answers


def test_six_points_have_the_published_general_g():
    y, links = six_points()
    z, mean, pairs = y - y.mean(), y.mean(), links.number.sum()
    products = y.sum() ** 2 - (y * y).sum()
    g = (moving_sums(z[:, None], mean, links)[1, 0] + mean**2 * pairs) / products
    # esda's test_getisord.py: 0.55709779 and the one-sided p 0.1729.
    assert g == pytest.approx(0.55709779, abs=5e-9)
    score = (g - pairs / 30) / np.sqrt(moving_variance(z, mean, links) / products**2)
    assert norm.sf(score) == pytest.approx(0.172936, abs=5e-7)


def test_mean_and_variance_are_those_of_all_720_arrangements():
    y, links = six_points()
    z, mean, pairs = y - y.mean(), y.mean(), links.number.sum()
    moran, general = sums_of_all_arrangements(y, links)
    assert moran.mean() == pytest.approx(-1 / 5, rel=1e-12)
    assert moran.var() == pytest.approx(moran_variances(z, links)[1], rel=1e-12)
    assert general.mean() == pytest.approx(pairs / 30, rel=1e-12)
    variance = moving_variance(z, mean, links) / (y.sum() ** 2 - (y * y).sum()) ** 2
    assert general.var() == pytest.approx(variance, rel=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rings", [1, 2])
def test_all_numbers_equal_esda_islands_included(rings):
    esda = pytest.importorskip("esda", reason="esda is absent")
    graph = pytest.importorskip("libpysal.weights", reason="libpysal is absent")
    cells = np.sort(ragged())
    incidents = skewed(cells.size)
    rows, columns = disk_matrix(cells, rings=rings).nonzero()
    others = {i: [j for j in columns[rows == i].tolist() if j != i] for i in range(len(cells))}
    assert min(map(len, others.values())) == 0
    weights = graph.W(others, silence_warnings=True)
    ours = one_map(table(incidents, cells), rings=rings, permutations=0)
    moran = esda.Moran(incidents.astype(float), weights, permutations=0)
    expected = [moran.I, moran.EI, moran.VI_norm, moran.VI_rand, moran.z_norm, moran.z_rand]
    names = ["value", "expected", "variance_normal", "variance_randomization"]
    names += ["z_normal", "z_randomization"]
    np.testing.assert_allclose(ours.loc["moran_i", names].astype(float), expected, rtol=1e-9)
    p = ours.loc["moran_i", ["p_normal", "p_randomization"]].astype(float)
    np.testing.assert_allclose(p, [moran.p_norm, moran.p_rand], rtol=1e-7)
    general = esda.G(incidents.astype(float), weights, permutations=0)
    names = ["value", "expected", "variance_randomization", "z_randomization"]
    expected = [general.G, general.EG, general.VG, general.z_norm]
    np.testing.assert_allclose(ours.loc["general_g", names].astype(float), expected, rtol=1e-8)
    # esda's p of G is one-sided.
    assert ours.loc["general_g", "p_randomization"] == pytest.approx(2 * general.p_norm, rel=1e-6)
    assert np.isnan(ours.loc["general_g", ["variance_normal", "z_normal", "p_normal"]]).all()


def test_two_incidents_in_neighbors_have_the_share_of_neighboring_pairs_as_p():
    cells = grid_disk(MIDDLE, 3)
    incidents = np.isin(cells, grid_disk(MIDDLE, 1)[:2]).astype(int)
    # 37 cells of a hexagon of side 4 have 90 pairs of neighbors among 37 * 36 / 2 pairs.
    exact = 2 * 90 / 666
    found = one_map(table(incidents, cells), permutations=9_999).loc["general_g"]
    assert found["value"] == pytest.approx(1.0)
    assert found["p_permutation"] == pytest.approx(
        exact, abs=4 * 2 * np.sqrt(0.135 * 0.865 / 9_999)
    )


def test_a_block_of_high_cells_is_positive_in_both_and_a_hole_only_in_moran():
    inside = np.isin(DISK, grid_disk(MIDDLE, 2))
    block = one_map(table(np.where(inside, 9, 1)))
    assert block.loc["moran_i", "value"] > 0.5
    assert (block["z_randomization"] > 5).all()
    # Like beside like as before, but it is the low cells that lie close together.
    hole = one_map(table(np.where(inside, 1, 9)))
    assert hole.loc["moran_i", "value"] == pytest.approx(block.loc["moran_i", "value"])
    assert block.loc["general_g", "p_permutation"] == 0.002
    assert hole.loc["general_g", "p_permutation"] > 0.05


def test_high_cells_that_keep_apart_are_negative_in_both():
    # Among three neighboring cells two are alike, so no map of hexagons is a chessboard:
    # one cell in three high is as unlike its neighbors as it gets.
    cells = np.sort(DISK)
    matrix = disk_matrix(cells, rings=1).toarray()
    high = np.zeros(cells.size, dtype=bool)
    for i in range(cells.size):
        high[i] = not (matrix[i] * high).any()
    found = one_map(table(high.astype(int), cells))
    assert found.loc["moran_i", "value"] < -0.2
    assert found.loc["general_g", "value"] == 0
    assert (found["z_randomization"] < -3).all()
    assert (found["p_permutation"] == 0.002).all()


# ---- answers, reasons and errors


def test_columns_are_those_documented_and_two_rows_stand_for_each_map():
    months = pd.to_datetime(["2017-09-01", "2017-10-01"], utc=True).as_unit("us")
    counts = pd.concat(
        [table(skewed(DISK.size, seed=i), period=month) for i, month in enumerate(months)]
    )
    found = measure_autocorrelation(counts, permutations=0)
    assert list(found.columns) == TABLES["autocorrelation"].names
    assert found["measure"].tolist() == ["moran_i", "general_g"] * 2
    assert found["period"].tolist() == [months[0]] * 2 + [months[1]] * 2
    assert str(found["period"].dtype) == "datetime64[us, UTC]"
    assert found["p_permutation"].isna().all()
    alone = one_map(table(skewed(DISK.size, seed=1)), permutations=0)
    np.testing.assert_array_equal(found["value"][2:], alone["value"])
    assert found.attrs["autocorrelation"]["rings"] == 1


def test_a_cell_without_a_value_takes_no_part():
    rate = np.random.default_rng(5).gamma(2.0, size=DISK.size)
    rate[[3, 30]] = np.nan
    counts = table(0, rate=rate)
    found = measure_autocorrelation(counts, value="rate")
    without = measure_autocorrelation(counts.drop(index=[3, 30]), value="rate")
    pd.testing.assert_frame_equal(found, without)
    assert found["map_cells"].tolist() == [DISK.size - 2] * 2


@pytest.mark.parametrize(
    ("counts", "options", "reason"),
    [
        (table(1, grid_disk(MIDDLE, 2)).assign(incidents=range(19)), {}, "few_cells"),
        (table(0), {}, "no_incidents"),
        (table(4), {}, "same_count"),
        (table(0, rate=0.1), {"value": "rate"}, "same_value"),
        (table(range(61)), {"rings": 20}, "whole_grid"),
        (table(range(61), cells=np.sort(grid_disk(MIDDLE, 60))[::150][:61]), {}, "no_neighbor"),
        (table(0, rate=np.nan), {"value": "rate"}, "few_cells"),
    ],
)
def test_a_map_without_an_answer_says_why(counts, options, reason):
    found = measure_autocorrelation(counts, **options)
    assert found["reason"].tolist() == [REASONS[reason]] * 2
    numbers = found.drop(columns=["period", "group", "measure", "map_cells", "reason"])
    assert numbers.isna().all(axis=None)


def test_general_g_needs_two_values_above_zero_and_none_below():
    change = np.random.default_rng(2).normal(size=DISK.size)
    found = one_map(table(0, change=change), value="change")
    assert found["reason"].isna().tolist() == [True, False]
    assert found.loc["general_g", "reason"] == REASONS["negative"]
    assert 0 < found.loc["moran_i", "p_permutation"] <= 1
    found = one_map(table((np.arange(DISK.size) == 7).astype(int)))
    assert found.loc["general_g", "reason"] == REASONS["one_cell"]
    assert np.isnan(found.loc["general_g", "p_permutation"])


def test_every_reason_has_words_in_both_languages():
    for lang in ("en", "zh"):
        assert set(REASONS.values()) <= set(labels("reason", lang))
    assert labels("reason", "zh")[REASONS["negative"]] == "有负值"


def test_what_cannot_be_measured_is_refused_in_words():
    with pytest.raises(OptionError, match=r"permutations must be a whole number, 99 or more.*: 9"):
        measure_autocorrelation(table(1), permutations=9)
    with pytest.raises(OptionError, match=r"permutations must be a whole number.*: False"):
        measure_autocorrelation(table(1), permutations=False)
    with pytest.raises(OptionError, match="rings must be a whole number, 1 or more"):
        measure_autocorrelation(table(1), rings=0)
    with pytest.raises(OptionError, match="seed must be a whole number, 0 or more"):
        measure_autocorrelation(table(1), seed=-1)
    with pytest.raises(ColumnsError, match="must have the column rate"):
        measure_autocorrelation(table(1), value="rate")
    with pytest.raises(ColumnsError, match="whole numbers from 0 on"):
        measure_autocorrelation(table(-1))
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        measure_autocorrelation(table(1).iloc[:0])


def test_progress_counts_every_arrangement_of_every_map():
    counts = pd.concat([table(skewed(DISK.size), group="a"), table(0, group="b")])
    calls = []
    measure_autocorrelation(counts, permutations=99, progress=lambda *done: calls.append(done))
    assert calls[-1] == (198, 198)
    assert calls == sorted(calls)


def test_the_counts_are_left_as_they_were():
    counts = table(skewed(DISK.size))
    before = counts.copy(deep=True)
    measure_autocorrelation(counts)
    pd.testing.assert_frame_equal(counts, before)


# ---- laws


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    incidents=arrays(np.int64, 61, elements=st.integers(0, 30)).filter(lambda y: (y > 0).sum() > 1),
    order=st.permutations(range(61)),
    times=st.integers(2, 1000),
)
def test_neither_order_nor_scale_changes_a_number(incidents, order, times):
    if incidents.min() == incidents.max():
        incidents = incidents + (np.arange(61) == 0)
    counts = table(incidents)
    found = measure_autocorrelation(counts, permutations=99)
    shuffled = measure_autocorrelation(counts.iloc[list(order)], permutations=99)
    pd.testing.assert_frame_equal(found, shuffled)
    scaled = measure_autocorrelation(counts.assign(incidents=incidents * times), permutations=99)
    pd.testing.assert_frame_equal(found, scaled, rtol=1e-7, atol=1e-9)
    p = found["p_permutation"]
    assert ((p > 0) & (p <= 1)).all()


def test_digits_are_kept_when_values_are_large_and_alike():
    rate = np.random.default_rng(4).normal(size=DISK.size)
    near = one_map(table(0, rate=rate - rate.min()), value="rate", permutations=0)
    far = one_map(table(0, rate=rate - rate.min() + 1e6), value="rate", permutations=0)
    assert far.loc["moran_i", "value"] == pytest.approx(near.loc["moran_i", "value"], rel=1e-8)
    # Far from zero G is the sum of the values over the neighbors, which has this z.
    cells = np.sort(DISK)
    number = np.diff(disk_matrix(DISK, rings=1).indptr) - 1.0
    z = rate - rate.mean()
    spread = np.sqrt((z**2).sum() * ((number - number.mean()) ** 2).sum() / (cells.size - 1))
    assert far.loc["general_g", "z_randomization"] == pytest.approx((number @ z) / spread, rel=1e-4)


def test_maps_without_any_order_are_called_ordered_at_the_nominal_rate():
    generator = np.random.default_rng(11)
    maps = 400
    counts = pd.concat(
        [
            table(generator.negative_binomial(0.5, 0.2, DISK.size), group=f"{number:03d}")
            for number in range(maps)
        ]
    )
    found = measure_autocorrelation(counts, permutations=199)
    for _, rows in found.groupby("measure"):
        # 0.05 with four standard errors of 1.1 points; draws differ from map to map only
        # through the counts, because every map starts from the seed.
        assert 0.01 < (rows["p_permutation"] <= 0.05).mean() < 0.094
