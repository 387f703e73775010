import json
import warnings
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from gridgov.columns import SPOTS, TABLES
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots import getis_ord, randomization_null
from gridgov.hotspots.getis_ord import REASONS, find_hotspots, gi_star
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.hotspots.randomization_null import DRAWS
from gridgov.taxonomy.labels import labels

MIDDLE = 0x8931AA50E27FFFF
FAR = 0x892A100D2D7FFFF
DISK = grid_disk(MIDDLE, 4)


def ragged_cells(rings=12, share=0.6, seed=0):
    """Return a grid with holes and a torn rim, as a city's is."""
    cells = grid_disk(MIDDLE, rings)
    return cells[np.random.default_rng(seed).uniform(size=cells.size) < share]


def table(incidents, cells=DISK, **columns):
    return pd.DataFrame({"cell": cells, "incidents": incidents, **columns})


def skewed(size, seed=0):
    return np.random.default_rng(seed).negative_binomial(0.3, 0.13, size=size)


def six_points():
    """Return the points of esda's test_getisord.py and their binary weights up to 15."""
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    return np.array([2, 3, 3.2, 5, 8, 7]), (distance <= 15).astype(float)


# ---- z


def test_six_points_have_the_published_z():
    values, weights = six_points()
    # esda's tests publish the first; the others were computed from the formula.
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(gi_star(values, weights), expected, atol=5e-9)
    np.testing.assert_allclose(gi_star(values, csr_array(weights)), expected, atol=5e-9)


def test_any_weights_are_standardized_by_all_720_permutations():
    values, weights = six_points()
    weights = weights * np.arange(1, 7) / 3
    dealt = np.array(list(permutations(values))) @ weights.T
    z = (weights @ values - dealt.mean(axis=0)) / dealt.std(axis=0)
    np.testing.assert_allclose(gi_star(values, weights), z, rtol=1e-12)


def test_weights_times_a_number_in_each_row_leave_z():
    # Row-standardizing is such a change. esda's default transform "R" gives -0.62488094
    # for the first point, too small by the square root of the neighborhood's size.
    values, weights = six_points()
    shares = weights / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(gi_star(values, shares), gi_star(values, weights), rtol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rings", [1, 2])
def test_z_equals_esda_with_binary_weights_on_a_ragged_grid(rings):
    esda = pytest.importorskip("esda", reason="esda is absent")
    graph = pytest.importorskip("libpysal.weights", reason="libpysal is absent")
    cells = ragged_cells()
    matrix = disk_matrix(cells, rings=rings)
    keep = np.diff(matrix.indptr) > 1
    cells = cells[keep]
    matrix = disk_matrix(cells, rings=rings)
    rows, columns = matrix.nonzero()
    others = {i: [j for j in columns[rows == i].tolist() if j != i] for i in range(len(cells))}
    assert min(map(len, others.values())) > 0
    incidents = skewed(len(cells))
    local = esda.G_Local(
        incidents.astype(float),
        graph.W(others, silence_warnings=True),
        transform="B",
        star=True,
        permutations=0,
    )
    hot = find_hotspots(table(incidents, cells), rings=rings)
    np.testing.assert_allclose(hot["gi_star"], local.Zs, atol=1e-12)


def test_z_is_the_standardized_sum_of_a_draw_without_replacement():
    incidents = skewed(DISK.size)
    hot = find_hotspots(table(incidents))
    n, mean, spread = DISK.size, incidents.mean(), incidents.std()
    sizes = hot["neighbors"] + 1
    sums = disk_matrix(DISK, rings=1) @ incidents
    z = (sums - sizes * mean) / (spread * np.sqrt(sizes * (n - sizes) / (n - 1)))
    np.testing.assert_allclose(hot["gi_star"], z, atol=1e-12)


# ---- p, q and spots


def test_p_agrees_with_99_999_permutations_of_a_grid():
    cells = ragged_cells(rings=6, share=0.8, seed=2)
    incidents = skewed(cells.size, seed=3)
    hot = find_hotspots(table(incidents, cells))
    matrix = disk_matrix(cells, rings=1)
    seen = matrix @ incidents
    generator = np.random.default_rng(7)
    draws, lower, upper = 99_999, 0.0, 0.0
    for start in range(0, draws, 9_091):
        dealt = np.tile(incidents, (min(9_091, draws - start), 1))
        sums = generator.permuted(dealt, axis=1) @ matrix.T.toarray()
        lower += (sums <= seen).sum(axis=0)
        upper += (sums >= seen).sum(axis=0)
    tested = hot["p_value"].notna().to_numpy()
    p = hot["p_value"].to_numpy()[tested]
    # Where both tails are near one half the doubled smaller one is biased by its noise.
    tail = (np.minimum(lower, upper) / draws)[tested]
    clear = p < 0.9
    error = np.sqrt(np.maximum(p / 2 * (1 - p / 2), 1 / draws) / draws)
    off = ((tail - p / 2) / error)[clear]
    assert clear.sum() > 60
    assert np.abs(off).max() < 4
    assert np.sqrt(np.mean(off**2)) < 1.5


def test_the_analytic_p_is_the_normal_tail_of_z():
    from scipy.stats import norm

    hot = find_hotspots(table(skewed(DISK.size)), null="analytic")
    np.testing.assert_allclose(hot["p_value"], 2 * norm.sf(np.abs(hot["gi_star"])), rtol=1e-12)
    assert hot.attrs["hotspots"]["maps"][0]["p_method"] == "normal"


def test_spots_follow_q_and_the_sign_of_z():
    counts = np.zeros(DISK.size, dtype=int)
    counts[np.isin(DISK, grid_disk(MIDDLE, 1))] = 3
    hot = find_hotspots(table(counts))
    q, z = hot["q_value"], hot["gi_star"]
    bounds = [(0.0, 0.01, "99"), (0.01, 0.05, "95"), (0.05, 0.10, "90")]
    for low, high, level in bounds:
        here = (q >= low) & (q < high)
        assert (hot.loc[here & (z > 0), "spot"] == f"hot {level}").all()
        assert (hot.loc[here & (z < 0), "spot"] == f"cold {level}").all()
    assert (hot.loc[q >= 0.10, "spot"] == "not significant").all()
    assert hot.set_index("cell").loc[MIDDLE, "spot"] == "hot 99"


def test_all_seven_spots_can_be_given():
    z = np.array([-3.0, -3, -3, -3, 3, 3, 3, 3, np.nan])
    q = np.array([0.001, 0.02, 0.06, 0.1, 0.0999, 0.05, 0.0499, 0.0099, np.nan])
    places = getis_ord._spots(z, np.sign(z), q)
    assert [SPOTS[place] for place in places[:-1]] == [
        *SPOTS[:4],
        "hot 90",
        "hot 90",
        "hot 95",
        "hot 99",
    ]
    assert places[-1] == -1


def test_a_tail_on_the_other_side_of_the_mean_is_no_spot():
    # One cell far below all others pulls the mean under them: 999 is above the mean
    # and yet among the lowest.
    places = getis_ord._spots(np.array([0.1]), np.array([-1.0]), np.array([0.02]))
    assert [SPOTS[place] for place in places] == ["not significant"]


def test_cold_spots_are_found_where_zeros_lie_together():
    cells = grid_disk(MIDDLE, 12)
    incidents = np.random.default_rng(1).poisson(6, size=cells.size)
    incidents[np.isin(cells, grid_disk(MIDDLE, 3))] = 0
    hot = find_hotspots(table(incidents, cells)).set_index("cell")
    assert hot.loc[MIDDLE, "spot"] == "cold 99"
    assert hot.loc[MIDDLE, "gi_star"] < -4


def test_q_is_adjusted_within_each_period_and_group():
    counts = pd.concat(
        [
            table(skewed(DISK.size, seed), period=period, group=group)
            for seed, (period, group) in enumerate(
                (pd.Timestamp(month, tz="Asia/Shanghai"), group)
                for month in ("2024-01-01", "2024-02-01")
                for group in ("garbage", "noise")
            )
        ],
        ignore_index=True,
    )
    hot = find_hotspots(counts)
    for _, rows in hot.groupby(["period", "group"]):
        alone = find_hotspots(counts.loc[rows.index])
        pd.testing.assert_frame_equal(alone, rows)
        np.testing.assert_array_equal(rows["q_value"], benjamini_hochberg(rows["p_value"]))
    maps = hot.attrs["hotspots"]["maps"]
    assert [entry["tests"] for entry in maps] == [DISK.size] * 4
    assert maps[1]["period"] == "2024-01-01T00:00:00+08:00"
    assert maps[1]["group"] == "noise"


def test_how_it_was_made_rides_along_in_plain_values():
    hot = find_hotspots(table(skewed(DISK.size)), rings=2)
    made = hot.attrs["hotspots"]
    assert json.loads(json.dumps(made)) == made
    assert (made["null"], made["rings"], made["correction"]) == (
        "randomization",
        2,
        "Benjamini-Hochberg",
    )
    assert made["maps"] == [
        {
            "period": None,
            "group": None,
            "cells": DISK.size,
            "tests": DISK.size,
            "p_method": "exact",
            "p_floor": 0.0,
        }
    ]


# ---- laws


incident_lists = arrays(np.int64, DISK.size, elements=st.sampled_from([0, 0, 0, 1, 2, 9, 40]))
relaxed = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(incident_lists)
def test_p_lies_in_zero_to_one_and_q_above_p(incidents):
    hot = find_hotspots(table(incidents))
    tested = hot["reason"].isna()
    assert tested.all() or not tested.any()
    p, q = hot.loc[tested, "p_value"], hot.loc[tested, "q_value"]
    assert ((p > 0) & (p <= 1) & (q >= p) & (q <= 1)).all()
    numbers = ["gi_star", "p_value", "q_value", "spot"]
    assert hot.loc[~tested, numbers].isna().all(axis=None)
    assert hot.loc[tested, numbers].notna().all(axis=None)


@relaxed
@given(incident_lists, st.integers(0, 1_000))
def test_shuffling_rows_changes_nothing(incidents, seed):
    counts = table(incidents)
    shuffled = counts.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        find_hotspots(shuffled).sort_index(), find_hotspots(counts), check_exact=True
    )


@relaxed
@given(incident_lists, st.integers(1, 50), st.integers(0, 1_000))
def test_units_and_a_constant_in_every_cell_leave_z_and_p(incidents, unit, constant):
    plain = find_hotspots(table(incidents))
    moved = find_hotspots(table(incidents * unit + constant))
    np.testing.assert_allclose(moved["gi_star"], plain["gi_star"], atol=1e-9)
    pd.testing.assert_series_equal(moved["p_value"], plain["p_value"], check_exact=True)


# ---- no answer


def test_fewer_than_thirty_cells_have_no_answer_but_a_reason():
    hot = find_hotspots(table(range(29), DISK[:29]))
    assert (hot["reason"] == "fewer than 30 cells").all()
    assert hot[["gi_star", "p_value", "q_value", "spot"]].isna().all(axis=None)
    assert find_hotspots(table(range(30), DISK[:30]))["p_value"].notna().any()


@pytest.mark.parametrize(
    ("count", "reason"),
    [(0, "no incidents"), (4, "every cell has the same number of incidents")],
)
def test_counts_all_alike_have_no_answer_but_a_reason(count, reason):
    for null in ("randomization", "analytic"):
        hot = find_hotspots(table(np.full(DISK.size, count)), null=null)
        assert (hot["reason"] == reason).all()
        assert hot[["gi_star", "p_value", "q_value", "spot"]].isna().all(axis=None)
        assert hot.attrs["hotspots"]["maps"][0]["tests"] == 0


def test_a_cell_without_neighbors_has_a_reason_and_is_no_test():
    cells = np.append(DISK, np.uint64(FAR))
    hot = find_hotspots(table(skewed(cells.size), cells))
    island = hot.iloc[-1]
    assert island["reason"] == "no neighbor in the grid"
    assert island["neighbors"] == 0
    assert np.isnan(island["p_value"])
    assert hot.attrs["hotspots"]["maps"][0]["tests"] == DISK.size
    np.testing.assert_array_equal(hot["q_value"], benjamini_hochberg(hot["p_value"].to_numpy()))


def test_a_neighborhood_that_is_the_whole_grid_has_a_reason():
    cells = grid_disk(MIDDLE, 3)
    hot = find_hotspots(table(skewed(cells.size), cells), rings=3).set_index("cell")
    assert hot.loc[MIDDLE, "reason"] == "the neighborhood is the whole grid"
    assert np.isnan(hot.loc[MIDDLE, "gi_star"])
    assert (hot["reason"].isna() == (hot["neighbors"] < 36)).all()
    assert hot["reason"].isna().any()


def test_every_reason_has_words_in_both_languages():
    for lang in ("en", "zh"):
        assert set(REASONS.values()) <= set(labels("reason", lang))
    assert labels("reason", "zh")[REASONS["no_incidents"]] == "没有事件"


def test_one_incident_in_the_city_makes_no_hotspot():
    cells = grid_disk(MIDDLE, 10)
    hot = find_hotspots(table((cells == MIDDLE).astype(int), cells))
    assert (hot["spot"] == "not significant").all()
    # Its seven neighborhoods each hold it with probability 7 / 331.
    here = hot.set_index("cell").loc[grid_disk(MIDDLE, 1), "p_value"]
    np.testing.assert_allclose(here, 2 * 7 / cells.size, rtol=1e-12)


# ---- the table


def test_rows_order_index_and_input_are_kept():
    counts = table(skewed(DISK.size), street_id="110107001", area_km2=0.1)
    counts.index = pd.Index(np.arange(DISK.size)[::-1] * 3, name="row")
    counts.attrs["tally"] = {"counted": 5}
    before = counts.copy()
    hot = find_hotspots(counts)
    pd.testing.assert_frame_equal(counts, before)
    assert counts.attrs == {"tally": {"counted": 5}}
    assert list(hot.columns) == TABLES["hotspots"].names
    assert hot.index.equals(counts.index)
    assert hot["cell"].tolist() == counts["cell"].tolist()
    assert hot["cell"].dtype == np.uint64
    assert hot.attrs["tally"] == {"counted": 5}
    assert list(hot["spot"].cat.categories) == list(SPOTS)
    assert hot["spot"].cat.ordered


def test_neighbors_are_the_other_cells_of_the_table():
    hot = find_hotspots(table(skewed(DISK.size))).set_index("cell")
    assert hot.loc[MIDDLE, "neighbors"] == 6
    # On the rim of a disk: corners have three neighbors, other cells four.
    rim = np.setdiff1d(DISK, grid_disk(MIDDLE, 3))
    assert sorted(hot.loc[rim, "neighbors"].unique()) == [3, 4]


def test_maps_may_have_different_cells():
    counts = pd.concat(
        [table(skewed(61), group="a"), table(skewed(37), grid_disk(MIDDLE, 3), group="b")]
    )
    hot = find_hotspots(counts)
    assert [entry["cells"] for entry in hot.attrs["hotspots"]["maps"]] == [61, 37]


def test_draws_in_place_of_the_exact_null_are_told(monkeypatch):
    monkeypatch.setattr(randomization_null, "_MOST_OPERATIONS", 0)
    counts = table(skewed(DISK.size))
    words = r"In 1 of 1 maps .* 99,999 random draws .* below 2e-05"
    with pytest.warns(DataWarning, match=words) as caught:
        hot = find_hotspots(counts, seed=3)
    assert caught[0].message.zh == (
        "1 幅图中有 1 幅计数过大或邻域过宽，无法采用精确分布；其 p 值由 99,999 次随机抽取得出，"
        "不会低于 2e-05。"
    )
    entry = hot.attrs["hotspots"]["maps"][0]
    assert (entry["p_method"], entry["p_floor"]) == ("sampled", 2 / (DRAWS + 1))
    with pytest.warns(DataWarning):
        pd.testing.assert_frame_equal(find_hotspots(counts, seed=3), hot)
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exact = find_hotspots(counts)
    np.testing.assert_allclose(hot["p_value"], exact["p_value"], atol=0.02)


# ---- errors


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.5, "1.5"), (-2, "-2"), (np.nan, "nan"), (np.inf, "inf"), ("many", "'many'")],
)
def test_incidents_that_are_no_counts_are_named(value, shown):
    counts = table(skewed(DISK.size)).astype({"incidents": object})
    counts.loc[7, "incidents"] = value
    with pytest.raises(ColumnsError, match="whole numbers from 0 on") as caught:
        find_hotspots(counts)
    assert shown in str(caught.value)
    assert "1 other value, " in str(caught.value)
    assert "row 7" in str(caught.value)
    assert caught.value.problems["row"].tolist() == [7]


def test_truth_values_are_no_counts():
    with pytest.raises(ColumnsError, match="61 other values"):
        find_hotspots(table(np.ones(DISK.size, dtype=bool)))


def test_whole_numbers_in_other_types_are_counts():
    plain = find_hotspots(table(skewed(DISK.size)))
    for kind in ("float64", "Int64", "uint8", "object"):
        counts = table(pd.Series(skewed(DISK.size)).astype(kind))
        pd.testing.assert_frame_equal(find_hotspots(counts), plain)


def test_cells_as_text_or_missing_are_refused():
    texts = [f"{cell:x}" for cell in DISK]
    with pytest.raises(ColumnsError, match="text_to_cells"):
        find_hotspots(table(skewed(DISK.size), texts))
    missing = pd.array([*DISK[:-1].tolist(), None], dtype="UInt64")
    with pytest.raises(ColumnsError, match="UInt64, 1 missing"):
        find_hotspots(table(skewed(DISK.size), missing))


def test_a_cell_twice_in_a_map_is_named():
    counts = table(skewed(DISK.size), group="noise")
    counts = pd.concat([counts, counts.iloc[[5]]])
    with pytest.raises(ColumnsError, match=f"1 row too many, .* cell {DISK[5]:x}, group noise"):
        find_hotspots(counts)


def test_cells_that_h3_does_not_know_are_refused():
    with pytest.raises(InputError, match="no cell"):
        find_hotspots(table(skewed(DISK.size), np.append(DISK[1:], np.uint64(0))))


def test_missing_columns_and_empty_tables_are_refused():
    with pytest.raises(ColumnsError, match="counts must have the column incidents"):
        find_hotspots(table(0).drop(columns="incidents"))
    with pytest.raises(ColumnsError, match="counts must be a table"):
        find_hotspots([1, 2, 3])
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        find_hotspots(table(0).iloc[:0])


@pytest.mark.parametrize("rings", [0, -1, 1.5, True, "1"])
def test_rings_that_are_no_rings_are_refused(rings):
    with pytest.raises(OptionError, match=r"rings must be a whole number, 1 or more.*Found"):
        find_hotspots(table(skewed(DISK.size)), rings=rings)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_seeds_that_are_no_seeds_are_refused(seed):
    with pytest.raises(OptionError, match=r"seed must be a whole number, 0 or more.*Found"):
        find_hotspots(table(skewed(DISK.size)), seed=seed)


def test_an_unknown_null_is_refused_with_the_nearest_one():
    with pytest.raises(OptionError, match="Did you mean 'randomization'"):
        find_hotspots(table(skewed(DISK.size)), null="randomisation")
