"""Local Moran against esda, enumeration and cases worked by hand."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.gi_map import REASONS
from gridgov.hotspots.moran import QUADRANTS, find_moran_clusters
from gridgov.hotspots.multiple_testing import benjamini_hochberg, benjamini_yekutieli
from gridgov.schema.moran import LISA_CLASSES
from gridgov.taxonomy.labels import labels

MIDDLE = 0x8931AA50E27FFFF
FAR = 0x892A100D2D7FFFF
DISK = grid_disk(MIDDLE, 4)


def ragged(rings=9, share=0.7, seed=0):
    """Return a grid with holes and a torn rim, as a city's is."""
    cells = grid_disk(MIDDLE, rings)
    return np.sort(cells[np.random.default_rng(seed).uniform(size=cells.size) < share])


def table(incidents, cells=DISK, **columns):
    return pd.DataFrame({"cell": cells, "incidents": incidents, **columns})


def skewed(size, seed=0):
    return np.random.default_rng(seed).negative_binomial(0.3, 0.13, size=size)


def esda_weights(cells, rings):
    """Return the neighbors of the cells as libpysal holds them."""
    graph = pytest.importorskip("libpysal.weights", reason="libpysal is absent")
    rows, columns = disk_matrix(cells, rings=rings).nonzero()
    others = {i: [j for j in columns[rows == i].tolist() if j != i] for i in range(len(cells))}
    return graph.W(others, silence_warnings=True)


# ---- the statistic


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rings", [1, 2])
@pytest.mark.parametrize("value", ["incidents", "rate"])
def test_i_and_quadrants_equal_esda(rings, value):
    esda = pytest.importorskip("esda", reason="esda is absent")
    cells = ragged()
    neighbors = np.diff(disk_matrix(cells, rings=1).indptr) - 1
    cells = cells[neighbors > 0]
    counts = table(skewed(cells.size), cells)
    counts["rate"] = counts["incidents"] / np.random.default_rng(1).uniform(0.5, 2, cells.size)
    local = esda.Moran_Local(
        counts[value].to_numpy(float), esda_weights(cells, rings), permutations=0
    )
    found = find_moran_clusters(counts, rings=rings, value=value)
    tested = found["reason"].isna()
    assert tested.sum() > 100
    np.testing.assert_allclose(found["moran_i"][tested], local.Is[tested], atol=4e-13, rtol=4e-13)
    theirs = np.array(["", "HH", "LH", "LL", "HL"])[local.q]
    assert found["quadrant"][tested].tolist() == theirs[tested].tolist()
    np.testing.assert_allclose(found["z"], local.z, atol=1e-12)


def test_every_column_of_a_small_map_by_hand():
    # 37 cells, 2 in the middle, 1 in two of its neighbors: mean 4/37.
    cells = grid_disk(MIDDLE, 3)
    incidents = np.zeros(37, dtype=int)
    ring = np.flatnonzero(np.isin(cells, grid_disk(MIDDLE, 1)) & (cells != MIDDLE))
    incidents[ring[:2]] = 1
    incidents[cells == MIDDLE] = 2
    found = find_moran_clusters(table(incidents, cells)).set_index("cell").loc[MIDDLE]
    mean, square = 4 / 37, 6 / 37 - (4 / 37) ** 2
    assert found["lag"] == pytest.approx(2 / 6)
    assert found["z"] == pytest.approx((2 - mean) / np.sqrt(square))
    assert found["lag_z"] == pytest.approx((2 / 6 - mean) / np.sqrt(square))
    assert found["moran_i"] == pytest.approx(36 / 37 * (2 - mean) * (2 / 6 - mean) / square)
    # Two ones among 36 others: all six neighbors hold both in C(34, 4) of C(36, 6) draws.
    assert found["p_value"] == pytest.approx(2 * (6 * 5) / (36 * 35))
    assert (found["quadrant"], found["neighbors"], found["value"]) == ("HH", 6, 2.0)


def test_one_planted_cell_of_each_kind_is_found():
    cells = grid_disk(MIDDLE, 14)
    rng = np.random.default_rng(8)
    incidents = rng.poisson(4, cells.size)
    spots = grid_disk(MIDDLE, 12)
    centers = [spots[i] for i in (0, 130, 230, 330)]
    around = [np.isin(cells, grid_disk(c, 1)) & (cells != c) for c in centers]
    for center, ring, (own, others) in zip(
        centers, around, ((30, 30), (30, 0), (0, 30), (0, 0)), strict=True
    ):
        incidents[cells == center] = own
        incidents[ring] = others
    found = find_moran_clusters(table(incidents, cells)).set_index("cell")
    assert found.loc[centers, "cluster_type"].tolist() == ["HH", "HL", "LH", "LL"]
    assert (found.loc[centers, "moran_i"] > 0).tolist() == [True, False, False, True]


# ---- p, q and classes


@pytest.mark.parametrize("seed", [0, 1])
def test_p_is_the_share_of_all_draws_of_the_other_cells(seed):
    cells = grid_disk(MIDDLE, 3)
    incidents = skewed(37, seed=seed)
    found = find_moran_clusters(table(incidents, cells))
    corners = np.flatnonzero(found["neighbors"] == 3)
    assert corners.size == 6
    matrix = disk_matrix(cells, rings=1).toarray().astype(int)
    for i in corners:
        others = np.delete(incidents, i)
        sums = others[np.array(list(combinations(range(36), 3)))].sum(axis=1)
        seen = matrix[i] @ incidents - incidents[i]
        expected = min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))
        assert found["p_value"].iloc[i] == pytest.approx(expected, rel=1e-10)


def test_p_agrees_with_9_999_conditional_permutations_of_each_cell():
    cells = ragged(rings=6, share=0.8, seed=2)
    incidents = skewed(cells.size, seed=3)
    found = find_moran_clusters(table(incidents, cells))
    matrix = disk_matrix(cells, rings=1)
    z = incidents - incidents.mean()
    generator, draws, off = np.random.default_rng(7), 9_999, []
    for i in np.flatnonzero(found["neighbors"] > 1)[::3]:
        m = int(found["neighbors"].iloc[i])
        dealt = np.tile(np.delete(z, i), (draws, 1))
        # The first m of the others after a shuffle; I by its definition, ties within rounding.
        simulated = z[i] * generator.permuted(dealt, axis=1)[:, :m].mean(axis=1)
        seen = z[i] * (matrix[[i]] @ z - z[i])[0] / m
        tail = min((simulated <= seen + 1e-9).mean(), (simulated >= seen - 1e-9).mean())
        p = found["p_value"].iloc[i]
        if p < 0.9:
            off.append((tail - p / 2) / np.sqrt(max(p / 2 * (1 - p / 2), 1e-4) / draws))
    assert len(off) > 15
    assert np.abs(off).max() < 4
    assert np.sqrt(np.mean(np.square(off))) < 1.5


@pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")
@pytest.mark.parametrize("null", ["randomization", "analytic", "permutation"])
def test_p_is_that_of_gi_because_i_grows_with_the_neighbors_sum(null):
    counts = table(skewed(DISK.size))
    ours = find_moran_clusters(counts, null=null, seed=4)
    theirs = find_hotspots(counts, statistic="gi", null=null, seed=4)
    np.testing.assert_array_equal(ours["p_value"], theirs["p_value"])


def test_a_cell_at_the_mean_has_no_i_and_no_small_p():
    incidents = np.ones(61, dtype=int)
    block = np.isin(DISK, grid_disk(MIDDLE, 1)) & (DISK != MIDDLE)
    incidents[block] = 5
    incidents[np.flatnonzero(~np.isin(DISK, grid_disk(MIDDLE, 2)))[:24]] = 0
    assert incidents.mean() == 1
    found = find_moran_clusters(table(incidents)).set_index("cell").loc[MIDDLE]
    assert (found["moran_i"], found["p_value"]) == (0.0, 1.0)
    # esda's convention: what is not above the mean is low.
    assert (found["quadrant"], found["cluster_type"]) == ("LH", "not significant")


def test_classes_follow_q_and_the_quadrant():
    cells = grid_disk(MIDDLE, 9)
    counts = table(
        np.where(np.isin(cells, grid_disk(MIDDLE, 2)), 9, np.arange(cells.size) % 2), cells
    )
    found = find_moran_clusters(counts)
    np.testing.assert_array_equal(found["q_value"], benjamini_hochberg(found["p_value"]))
    significant = found["q_value"] < 0.05
    assert significant.sum() >= 7
    assert (found["cluster_type"][significant] == found["quadrant"][significant]).all()
    assert (found["cluster_type"][~significant] == "not significant").all()
    careful = find_moran_clusters(counts, correction="by")
    np.testing.assert_array_equal(careful["q_value"], benjamini_yekutieli(found["p_value"]))
    assert careful.attrs["moran"]["correction"] == "Benjamini-Yekutieli"


def test_every_period_and_group_is_a_family_of_its_own():
    months = pd.to_datetime(["2017-09-01", "2017-10-01"], utc=True).as_unit("us")
    parts = [table(skewed(61, seed=i), period=months[i % 2], group="ab"[i // 2]) for i in range(4)]
    both = find_moran_clusters(pd.concat(parts, ignore_index=True))
    for i, part in enumerate(parts):
        alone = find_moran_clusters(part)
        pd.testing.assert_frame_equal(both[i * 61 : i * 61 + 61].reset_index(drop=True), alone)
    assert [entry["group"] for entry in both.attrs["moran"]["maps"]] == ["a", "b", "a", "b"]


# ---- the table


def test_rows_order_and_index_are_kept_and_columns_are_those_documented():
    counts = table(skewed(61)).sample(frac=1, random_state=3)
    counts.index = [f"row {i}" for i in range(61)]
    before = counts.copy(deep=True)
    found = find_moran_clusters(counts)
    pd.testing.assert_frame_equal(counts, before)
    assert found.index.equals(counts.index)
    assert found["cell"].tolist() == counts["cell"].tolist()
    assert list(found.columns) == TABLES["moran"].names
    assert found["cluster_type"].cat.categories.tolist() == list(LISA_CLASSES)
    assert found["cluster_type"].cat.ordered
    assert found.attrs["moran"]["maps"] == [
        {"period": None, "group": None, "cells": 61, "tests": 61, "p_method": "exact", "p_floor": 0}
    ]


def test_a_cell_without_a_value_is_neither_tested_nor_a_neighbor():
    rate = np.random.default_rng(5).gamma(2.0, size=61)
    gone = [int(np.flatnonzero(DISK == MIDDLE)[0]), 40]
    rate[gone] = np.nan
    counts = table(0, rate=rate)
    words = "values are no whole numbers.*99,999 random draws"
    with pytest.warns(DataWarning, match=words) as caught:
        found = find_moran_clusters(counts, value="rate")
    assert caught[0].message.zh.startswith(
        "1 幅图中有 1 幅数值不是整数或过大，无法采用精确分布；其 p 值由 99,999 次随机抽取得出，"
    )
    with pytest.warns(DataWarning):
        without = find_moran_clusters(counts.drop(index=gone), value="rate")
    pd.testing.assert_frame_equal(found.drop(index=gone), without)
    assert (found.loc[gone, "reason"] == REASONS["no_value"]).all()
    assert (
        found.loc[gone, ["value", "lag", "z", "lag_z", "moran_i", "p_value"]].isna().all(axis=None)
    )


@pytest.mark.parametrize(
    ("counts", "options", "reason"),
    [
        (table(1, grid_disk(MIDDLE, 2)).assign(incidents=range(19)), {}, "few_cells"),
        (table(0), {}, "no_incidents"),
        (table(4), {}, "same_count"),
        (table(0, rate=0.1), {"value": "rate"}, "same_value"),
        (table(range(61)), {"rings": 20}, "whole_grid"),
        (table(0, rate=np.nan), {"value": "rate"}, "no_value"),
    ],
)
def test_a_cell_without_an_answer_says_why(counts, options, reason):
    found = find_moran_clusters(counts, **options)
    assert (found["reason"] == REASONS[reason]).all()
    missing = ["moran_i", "quadrant", "p_value", "q_value", "cluster_type"]
    assert found[missing].isna().all(axis=None)


def test_a_lone_cell_has_no_neighbor_and_the_others_have_their_answers():
    counts = table(skewed(62), np.append(DISK, np.uint64(FAR)))
    found = find_moran_clusters(counts)
    assert found["reason"].iloc[-1] == REASONS["no_neighbor"]
    assert np.isnan(found["lag"].iloc[-1])
    assert found["reason"][:-1].isna().all()


def test_classes_and_quadrants_have_words_in_both_languages():
    for lang in ("en", "zh"):
        assert tuple(labels("cluster_type", lang)) == LISA_CLASSES
    assert labels("cluster_type", "zh")["LH"] == "低-高异常"
    assert set(QUADRANTS) < set(LISA_CLASSES)


def test_what_cannot_be_tested_is_refused_in_words():
    with pytest.raises(OptionError, match=r"null must be one of 'randomization'.*'normal'"):
        find_moran_clusters(table(1), null="normal")
    with pytest.raises(OptionError, match="correction must be one of 'bh', 'by'"):
        find_moran_clusters(table(1), correction="holm")
    with pytest.raises(OptionError, match=r"permutations must be a whole number, 99 or more.*: 9"):
        find_moran_clusters(table(1), permutations=9)
    with pytest.raises(OptionError, match="rings must be a whole number, 1 or more"):
        find_moran_clusters(table(1), rings=0.5)
    with pytest.raises(OptionError, match="seed must be a whole number, 0 or more"):
        find_moran_clusters(table(1), seed=True)
    with pytest.raises(ColumnsError, match="must have the column rate"):
        find_moran_clusters(table(1), value="rate")
    with pytest.raises(ColumnsError, match="one row a cell, period and group"):
        find_moran_clusters(pd.concat([table(1), table(1)]))
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        find_moran_clusters(table(1).iloc[:0])


def test_too_few_permutations_for_so_many_cells_are_named():
    words = r"no p can fall below 0\.02.*61 tests about 25 cells"
    with pytest.warns(DataWarning, match=words) as caught:
        found = find_moran_clusters(table(skewed(61)), null="permutation", permutations=99)
    assert caught[0].message.zh == (
        "1 幅图中有 1 幅检验太多而置换次数太少：p 值不会低于 0.02，61 个检验中约需 25 个网格同时"
        '达到该值，才会有网格的 q 值低于 0.05。请增加 permutations，或设 null="randomization"。'
    )
    assert found.attrs["moran"]["permutations"] == 99


# ---- laws


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    incidents=arrays(np.int64, 61, elements=st.integers(0, 30)),
    order=st.permutations(range(61)),
    times=st.integers(2, 1000),
)
def test_neither_order_nor_scale_changes_an_answer(incidents, order, times):
    counts = table(incidents)
    found = find_moran_clusters(counts)
    shuffled = find_moran_clusters(counts.iloc[list(order)])
    pd.testing.assert_frame_equal(found, shuffled.sort_index())
    scaled = find_moran_clusters(counts.assign(incidents=incidents * times))
    unscaled = ["value", "lag", "incidents"]
    pd.testing.assert_frame_equal(
        found.drop(columns=unscaled), scaled.drop(columns=unscaled), rtol=1e-9, atol=1e-11
    )
    p, q = found["p_value"].dropna(), found["q_value"].dropna()
    assert ((p > 0) & (p <= 1)).all()
    assert (q >= p).all()


def test_random_maps_show_a_cluster_no_more_often_than_the_level():
    generator = np.random.default_rng(21)
    maps = 200
    counts = pd.concat(
        [
            table(generator.negative_binomial(0.5, 0.2, DISK.size), group=f"{number:03d}")
            for number in range(maps)
        ],
        ignore_index=True,
    )
    found = find_moran_clusters(counts)
    # Every discovery is false, so the share of maps with one is the false discovery rate:
    # 0.05 and two and a half standard errors of 1.5 points.
    claimed = found["cluster_type"] != "not significant"
    assert claimed.groupby(found["group"]).any().mean() < 0.05 + 0.038
    assert 0.01 < (found["p_value"] <= 0.05).mean() <= 0.05
