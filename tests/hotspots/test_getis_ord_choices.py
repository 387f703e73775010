"""Gi, rates, permutations and BY: everything of find_hotspots that has to be asked for."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gridgov.errors import ColumnsError, DataWarning, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.gi_scores import gi, gi_star
from gridgov.hotspots.multiple_testing import benjamini_yekutieli
from gridgov.hotspots.permutation_null import conditional_p, permutation_p
from gridgov.hotspots.rates import measure_rates

MIDDLE = 0x8931AA50E27FFFF
DISK = grid_disk(MIDDLE, 4)
relaxed = settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
incident_lists = arrays(np.int64, DISK.size, elements=st.sampled_from([0, 0, 0, 1, 2, 9, 40]))


def counted(incidents, cells=DISK, **columns):
    return pd.DataFrame({"cell": cells, "incidents": incidents, **columns})


def many_zeros(seed=0, size=DISK.size):
    return np.random.default_rng(seed).negative_binomial(0.3, 0.13, size=size)


def others_of(cells, counts, rings=1):
    matrix = disk_matrix(cells, rings=rings).astype(np.int64)
    return np.diff(matrix.indptr).astype(np.int64) - 1, matrix @ counts - counts


# ---- Gi


def test_six_points_have_the_published_gi():
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    values, weights = np.array([2, 3, 3.2, 5, 8, 7]), (distance <= 15).astype(float)
    # esda's tests publish the first; the others were computed from the formula.
    expected = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    np.testing.assert_allclose(gi(values, weights), expected, atol=5e-8)
    np.testing.assert_allclose(gi(values, weights - np.eye(6)), expected, atol=5e-8)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rings", [1, 3])
def test_gi_equals_esda_with_binary_weights(rings):
    esda = pytest.importorskip("esda", reason="esda is absent")
    from libpysal.weights import WSP, WSP2W

    matrix = disk_matrix(DISK, rings=rings).tolil()
    matrix.setdiag(0)
    incidents = many_zeros()
    local = esda.G_Local(
        incidents.astype(float),
        WSP2W(WSP(matrix.tocsr())),
        transform="B",
        star=False,
        permutations=0,
    )
    hot = find_hotspots(counted(incidents), rings=rings, statistic="gi")
    np.testing.assert_allclose(hot["gi_star"], local.Zs, atol=1e-10)
    assert hot.attrs["hotspots"]["statistic"] == "Getis-Ord Gi"


def test_gi_is_the_standardized_draw_from_the_other_cells():
    incidents = many_zeros(4)
    incidents[5] = 10_000_000
    scores = gi(incidents, disk_matrix(DISK, rings=1))
    sizes, sums = others_of(DISK, incidents)
    for cell in range(DISK.size):
        rest = np.delete(incidents, cell)
        spread = rest.std() * np.sqrt(sizes[cell] * (60 - sizes[cell]) / 59)
        z = (sums[cell] - sizes[cell] * rest.mean()) / spread
        assert scores[cell] == pytest.approx(z, rel=1e-9)


def test_the_exact_p_of_gi_is_conditional_on_the_own_count():
    incidents = many_zeros(1)
    hot = find_hotspots(counted(incidents), statistic="gi", rings=2)
    answer = conditional_p(incidents, *others_of(DISK, incidents, rings=2))
    np.testing.assert_array_equal(hot["p_value"], answer.p_value)
    assert hot.attrs["hotspots"]["maps"][0]["p_method"] == "exact"


def test_a_full_cell_among_ordinary_ones_lifts_gi_star_and_not_gi():
    cells = grid_disk(MIDDLE, 8)
    incidents = np.random.default_rng(2).poisson(1, size=cells.size)
    incidents[cells == MIDDLE] = 50
    star = find_hotspots(counted(incidents, cells)).set_index("cell").loc[MIDDLE]
    alone = find_hotspots(counted(incidents, cells), statistic="gi").set_index("cell").loc[MIDDLE]
    assert star["gi_star"] > 4
    assert abs(alone["gi_star"]) < 3
    assert star["p_value"] < 0.1 < alone["p_value"]


def test_one_cell_unlike_all_others_has_no_gi():
    incidents = np.zeros(DISK.size, dtype=int)
    incidents[DISK == MIDDLE] = 5
    hot = find_hotspots(counted(incidents), statistic="gi").set_index("cell")
    assert hot.loc[MIDDLE, "reason"] == "all other cells have the same value"
    assert hot.loc[MIDDLE, ["gi_star", "p_value", "q_value", "spot"]].isna().all()
    assert hot.drop(MIDDLE)["p_value"].notna().all()
    assert find_hotspots(counted(incidents))["p_value"].notna().all()


def test_the_analytic_p_of_gi_is_the_normal_tail():
    from scipy.stats import norm

    hot = find_hotspots(counted(many_zeros()), statistic="gi", null="analytic")
    np.testing.assert_allclose(hot["p_value"], 2 * norm.sf(np.abs(hot["gi_star"])), rtol=1e-12)


# ---- permutations, BY


def test_permutations_give_gi_and_gi_star_the_same_p():
    incidents = many_zeros(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        star = find_hotspots(counted(incidents), null="permutation", seed=3)
        alone = find_hotspots(counted(incidents), null="permutation", seed=3, statistic="gi")
    np.testing.assert_array_equal(star["p_value"], alone["p_value"])
    np.testing.assert_allclose(star["gi_star"], gi_star(incidents, disk_matrix(DISK, rings=1)))
    answer = permutation_p(incidents, *others_of(DISK, incidents), permutations=999, seed=3)
    np.testing.assert_array_equal(star["p_value"], answer.p_value)
    made = star.attrs["hotspots"]
    assert (made["null"], made["permutations"], made["maps"][0]["p_floor"]) == (
        "permutation",
        999,
        0.002,
    )


def test_too_few_permutations_for_the_tests_are_said():
    with pytest.warns(DataWarning, match=r"below 0.002, and among 61 tests about 2 cells"):
        find_hotspots(counted(many_zeros()), null="permutation")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        find_hotspots(counted(many_zeros()), null="permutation", permutations=9_999)


def test_a_tail_against_the_sign_of_z_is_no_spot():
    # The own 50 lifts the z of Gi* above 0; its neighbors are empty, which is rare here.
    cells = grid_disk(MIDDLE, 8)
    incidents = np.full(cells.size, 5)
    incidents[np.isin(cells, grid_disk(MIDDLE, 1))] = 0
    incidents[cells == MIDDLE] = 50
    hot = find_hotspots(counted(incidents, cells), null="permutation", permutations=99_999)
    row = hot.set_index("cell").loc[MIDDLE]
    assert row["gi_star"] > 0
    assert row["q_value"] < 0.01
    assert row["spot"] == "not significant"


def test_by_is_applied_when_it_is_asked_for():
    hot = find_hotspots(counted(many_zeros(3)), correction="by")
    np.testing.assert_array_equal(hot["q_value"], benjamini_yekutieli(hot["p_value"].to_numpy()))
    assert hot.attrs["hotspots"]["correction"] == "Benjamini-Yekutieli"
    plain = find_hotspots(counted(many_zeros(3)))
    pd.testing.assert_series_equal(hot["p_value"], plain["p_value"])
    assert (hot["q_value"] >= plain["q_value"]).all()


@relaxed
@given(incident_lists, st.sampled_from(["gi", "gi_star"]), st.integers(0, 1_000))
def test_shuffling_rows_changes_nothing_under_any_choice(incidents, statistic, seed):
    counts = counted(incidents, rate=incidents / 7)
    shuffled = counts.sample(frac=1, random_state=seed)
    for choice in ({}, {"null": "permutation", "permutations": 199}, {"null": "analytic"}):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            one = find_hotspots(counts, statistic=statistic, **choice)
            other = find_hotspots(shuffled, statistic=statistic, **choice)
        pd.testing.assert_frame_equal(other.sort_index(), one, check_exact=True)
        p, q = one["p_value"].dropna(), one["q_value"].dropna()
        assert ((p > 0) & (p <= 1) & (q >= p)).all()


# ---- rates


def test_whole_numbers_in_another_column_are_tested_as_counts():
    plain = find_hotspots(counted(many_zeros()))
    other = find_hotspots(counted(0, complaints=many_zeros().astype(float)), value="complaints")
    for column in ("value", "gi_star", "p_value", "q_value", "spot"):
        pd.testing.assert_series_equal(other[column], plain[column])
    assert other.attrs["hotspots"]["value"] == "complaints"


def test_a_unit_of_a_rate_changes_z_and_p_by_chance_alone():
    counts = counted(many_zeros(), rate=many_zeros() / 7)
    exact = find_hotspots(counts)
    with pytest.warns(DataWarning, match=r"no whole numbers.* 99,999 random draws .* below 2e-05"):
        sampled = find_hotspots(counts, value="rate")
    np.testing.assert_allclose(sampled["gi_star"], exact["gi_star"], atol=1e-10)
    # Sums of sevenths tie as whole counts do, in spite of their rounding.
    np.testing.assert_allclose(sampled["p_value"], exact["p_value"], atol=0.02)
    assert sampled["p_value"].min() >= 2e-5
    np.testing.assert_allclose(sampled["value"], counts["rate"])


def test_a_cell_without_a_value_is_neither_tested_nor_a_neighbor():
    values = many_zeros().astype(float)
    values[DISK == MIDDLE] = np.nan
    hot = find_hotspots(counted(3, people=values), value="people").set_index("cell")
    assert hot.loc[MIDDLE, "reason"] == "no value"
    assert hot.loc[MIDDLE, "neighbors"] == 6
    assert hot.loc[MIDDLE, ["value", "gi_star", "p_value", "q_value", "spot"]].isna().all()
    assert (
        hot.loc[grid_disk(MIDDLE, 1)[grid_disk(MIDDLE, 1) != MIDDLE], "neighbors"].tolist()
        == [5] * 6
    )
    keep = DISK != MIDDLE
    without = find_hotspots(counted(values[keep].astype(int), DISK[keep])).set_index("cell")
    for column in ("gi_star", "p_value", "q_value", "neighbors", "spot"):
        pd.testing.assert_series_equal(hot.drop(MIDDLE)[column], without[column])


def test_values_that_are_all_alike_or_all_missing_have_a_reason():
    same = find_hotspots(counted(3, rate=0.5), value="rate")
    assert (same["reason"] == "every cell has the same value").all()
    none = find_hotspots(counted(3, rate=np.nan), value="rate")
    assert (none["reason"] == "no value").all()
    assert none["p_value"].isna().all()
    few = np.where(np.arange(DISK.size) < 29, np.arange(DISK.size), np.nan)
    hot = find_hotspots(counted(3, rate=few), value="rate")
    assert hot["reason"].value_counts().to_dict() == {"no value": 32, "fewer than 30 cells": 29}


def test_rates_smoothed_over_neighborhoods_are_no_evidence_and_it_is_said():
    counts = counted(many_zeros(), area_km2=np.linspace(0.1, 0.2, DISK.size))
    rates = measure_rates(counts, base="area_km2", method="neighborhood_empirical_bayes")
    with pytest.warns(DataWarning) as caught:
        hot = find_hotspots(rates, value="smoothed_rate")
    (told,) = (one.message for one in caught if "beside high ones" in str(one.message))
    assert told.zh == (
        "smoothed_rate 按邻域平滑得出，高值必然与高值相邻，所得热点不能作为依据。"
        '请改用以 method="empirical_bayes" 平滑的比率，或设 value="rate"。'
    )
    made = hot.attrs["hotspots"]
    assert json.loads(json.dumps(made)) == made


# ---- errors


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"statistic": "gi*"}, "statistic must be one of 'gi_star', 'gi'"),
        ({"correction": "bonferroni"}, "correction must be one of 'bh', 'by'"),
        ({"null": "permutations"}, "Did you mean 'permutation'"),
        ({"permutations": 98}, "permutations must be a whole number, 99 or more"),
    ],
)
def test_choices_that_do_not_exist_are_refused(choice, words):
    with pytest.raises(OptionError, match=words.replace("*", r"\*")):
        find_hotspots(counted(many_zeros()), **choice)


def test_values_that_are_no_numbers_are_named():
    with pytest.raises(ColumnsError, match=r"column rate, which value= names.*measure_rates"):
        find_hotspots(counted(1), value="rate")
    counts = counted(1, rate=0.5).astype({"rate": object})
    counts.loc[4, "rate"] = "many"
    with pytest.raises(
        ColumnsError, match=r"finite numbers.*1 other, the first is 'many' in row 4"
    ):
        find_hotspots(counts, value="rate")
    with pytest.raises(ColumnsError, match="first is inf in row 0"):
        find_hotspots(counted(1, rate=np.inf), value="rate")
    with pytest.raises(ColumnsError, match="61 other"):
        find_hotspots(counted(1, rate=True), value="rate")
