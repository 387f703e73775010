"""Gi* in space and time: z by full weights, p by enumeration, windows, reasons, the null."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom, norm

from gridgov.errors import DataWarning, InputError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots import emerging_bins, randomization_null
from gridgov.hotspots.emerging_bins import find_hotspot_bins
from gridgov.hotspots.getis_ord import find_hotspots, gi_star

MIDDLE = 0x8931AA50E27FFFF
FAR = 0x892A100D2D7FFFF
CELLS = np.sort(grid_disk(MIDDLE, 4))


def cube_table(counts, cells=CELLS, **columns):
    """Return a table of counts of monthly columns."""
    steps = counts.shape[1]
    periods = pd.date_range("2015-01-01", periods=steps, freq="MS", tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "cell": np.tile(cells, steps),
            "period": periods.as_unit("us").repeat(len(cells)),
            "incidents": counts.T.ravel(),
            **columns,
        }
    )


def skewed_cube(steps=6, cells=CELLS, seed=0):
    return np.random.default_rng(seed).negative_binomial(0.4, 0.2, (len(cells), steps))


def wide(table, column):
    """Return a column as cells by periods."""
    return table.pivot(index="cell", columns="period", values=column).to_numpy()


def members(step, time_steps, rings=1):
    """Return which bins, period by period, are in the neighborhood of each cell in `step`."""
    near = disk_matrix(CELLS, rings=rings).toarray().astype(bool)
    first = max(0, step - time_steps)
    return near, list(range(first, step + 1))


@pytest.mark.parametrize("time_steps", [0, 1, 2, 9])
@pytest.mark.parametrize("rings", [1, 2])
def test_z_of_the_entire_cube_is_gi_star_with_the_full_matrix_of_weights(time_steps, rings):
    counts = skewed_cube()
    cells, steps = counts.shape
    # One weight for every pair of bins, periods one below the other.
    weights = np.zeros((steps * cells, steps * cells))
    for step in range(steps):
        near, periods = members(step, time_steps, rings)
        for other in periods:
            weights[step * cells : (step + 1) * cells, other * cells : (other + 1) * cells] = near
    expected = gi_star(counts.T.ravel(), weights).reshape(steps, cells).T
    bins = find_hotspot_bins(cube_table(counts), rings=rings, time_steps=time_steps)
    np.testing.assert_allclose(wide(bins, "gi_star"), expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(
        wide(bins, "neighbors"), weights.sum(axis=1).reshape(steps, cells).T - 1
    )


@pytest.mark.parametrize("window", ["entire_cube", "neighborhood_step", "individual_step"])
def test_z_and_p_of_every_bin_by_a_plain_loop(window):
    # Counts of 0 and 1: the sum of a draw is hypergeometric.
    rng = np.random.default_rng(1)
    counts = (rng.uniform(size=(len(CELLS), 4)) < 0.25).astype(int)
    bins = find_hotspot_bins(cube_table(counts), window=window, time_steps=2)
    z, p = wide(bins, "gi_star"), wide(bins, "p_value")
    for step in range(4):
        near, periods = members(step, 2)
        urns = {
            "entire_cube": [counts],
            "neighborhood_step": [counts[:, periods]],
            "individual_step": [counts[:, [other]] for other in periods],
        }[window]
        number = urns[0].size
        for i in range(len(CELLS)):
            size = int(near[i].sum()) * len(periods) // len(urns)
            total = int(counts[near[i]][:, periods].sum())
            mean = sum(size * urn.mean() for urn in urns)
            variance = sum(urn.var() * size * (number - size) / (number - 1) for urn in urns)
            assert z[i, step] == pytest.approx((total - mean) / np.sqrt(variance), abs=1e-12)
            chance = np.ones(1)
            for urn in urns:
                draw = hypergeom(number, int(urn.sum()), size)
                chance = np.convolve(chance, draw.pmf(np.arange(size + 1)))
            tail = min(chance[: total + 1].sum(), chance[total:].sum())
            assert p[i, step] == pytest.approx(min(1, 2 * tail), rel=1e-9)


def test_every_period_by_itself_is_find_hotspots():
    counts = skewed_cube(steps=3)
    table = cube_table(counts)
    bins = find_hotspot_bins(table, window="individual_step", time_steps=0)
    maps = find_hotspots(table)
    for column in ("gi_star", "p_value"):
        np.testing.assert_allclose(bins[column], maps[column], rtol=1e-10, atol=1e-13)
    np.testing.assert_array_equal(bins["neighbors"], maps["neighbors"])


@pytest.mark.parametrize("null", ["randomization", "analytic"])
def test_q_is_adjusted_once_over_all_bins(null):
    bins = find_hotspot_bins(cube_table(skewed_cube()), null=null)
    assert bins["p_value"].notna().all()
    np.testing.assert_allclose(bins["q_value"], false_discovery_control(bins["p_value"]))
    assert (bins["q_value"] >= bins["p_value"]).all()


def test_the_analytic_p_is_two_sided():
    bins = find_hotspot_bins(cube_table(skewed_cube()), null="analytic")
    np.testing.assert_allclose(bins["p_value"], 2 * norm.sf(np.abs(bins["gi_star"])), rtol=1e-12)


def test_spots_follow_q_and_the_sign_of_z():
    counts = np.zeros((len(CELLS), 6), dtype=int)
    counts[np.isin(CELLS, grid_disk(MIDDLE, 1)), 4:] = 3
    bins = find_hotspot_bins(cube_table(counts))
    q, z = bins["q_value"], bins["gi_star"]
    for low, high, level in ((0.0, 0.01, "99"), (0.01, 0.05, "95"), (0.05, 0.10, "90")):
        here = (q >= low) & (q < high)
        assert (bins.loc[here & (z > 0), "spot"] == f"hot {level}").all()
        assert (bins.loc[here & (z < 0), "spot"] == f"cold {level}").all()
    assert (bins.loc[q >= 0.10, "spot"] == "not significant").all()
    months = bins.loc[(bins["cell"] == MIDDLE) & (bins["spot"] == "hot 99"), "period"]
    assert [f"{month:%m}" for month in months] == ["05", "06"]


@pytest.mark.parametrize("window", ["neighborhood_step", "individual_step"])
def test_what_comes_later_changes_nothing(window):
    # geolibre's window reaches into the future.
    counts = skewed_cube()
    later = counts.copy()
    later[:, 4:] = later[:, 4:][::-1] * 3
    before, after = (
        find_hotspot_bins(cube_table(table), window=window) for table in (counts, later)
    )
    for column in ("gi_star", "p_value"):
        np.testing.assert_array_equal(wide(before, column)[:, :4], wide(after, column)[:, :4])


def test_dealing_out_the_same_counts_later_leaves_the_entire_cube_before():
    counts = skewed_cube()
    later = counts.copy()
    later[:, 4:] = np.random.default_rng(2).permutation(later[:, 4:].ravel()).reshape(-1, 2)
    before, after = (find_hotspot_bins(cube_table(table)) for table in (counts, later))
    np.testing.assert_array_equal(wide(before, "p_value")[:, :4], wide(after, "p_value")[:, :4])


def test_order_of_rows_and_scale_of_counts_change_nothing():
    table = cube_table(skewed_cube())
    bins = find_hotspot_bins(table)
    mixed = find_hotspot_bins(table.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(bins, mixed)
    triple = find_hotspot_bins(table.assign(incidents=3 * table["incidents"]))
    np.testing.assert_allclose(bins["gi_star"], triple["gi_star"], rtol=1e-12)
    np.testing.assert_allclose(bins["p_value"], triple["p_value"], rtol=1e-12)


def test_equal_neighborhoods_have_equal_z_to_the_last_digit():
    # Otherwise rounding would be a trend.
    counts = np.tile(skewed_cube(steps=1, seed=4), (1, 12))
    counts[:, ::2] = counts[::-1, ::2]
    for window in ("neighborhood_step", "individual_step"):
        bins = find_hotspot_bins(cube_table(counts), window=window, time_steps=0)
        z = wide(bins, "gi_star")
        assert (z[:, ::2] == z[:, [0]]).all()
        assert (z[:, 1::2] == z[:, [1]]).all()
        # Odd and even months hold the same counts in other places: one mean, one spread.
        sums = disk_matrix(CELLS, rings=1) @ counts
        same = sums[:, 0] == sums[:, 1]
        assert same.any()
        assert (z[same, 0] == z[same, 1]).all()


# ---- no answer, with a reason


def test_a_period_without_incidents_is_a_window_without_an_answer():
    # sfhotspot says that it leaves such a period out, and counts it.
    counts = skewed_cube()
    counts[:, 3] = 0
    bins = find_hotspot_bins(cube_table(counts), window="individual_step", time_steps=0)
    empty = wide(bins, "reason")[:, 3]
    assert set(empty) == {"no incidents"}
    assert np.isnan(wide(bins, "p_value")[:, 3]).all()
    assert wide(bins, "p_value")[:, :3].min() > 0
    assert bins["reason"].notna().sum() == len(CELLS)
    # In the entire cube the same period is low and has an answer.
    assert find_hotspot_bins(cube_table(counts))["p_value"].notna().all()


def test_alone_few_alike_and_whole_have_their_reasons():
    lonely = np.append(CELLS, np.uint64(FAR))
    bins = find_hotspot_bins(cube_table(skewed_cube(cells=lonely), lonely))
    alone = bins["cell"] == FAR
    assert set(bins.loc[alone, "reason"]) == {"no neighbor in the grid"}
    assert bins.loc[~alone, "reason"].isna().all()

    few = np.sort(grid_disk(MIDDLE, 2))
    bins = find_hotspot_bins(cube_table(skewed_cube(cells=few), few))
    assert set(bins["reason"]) == {"fewer than 30 cells"}

    bins = find_hotspot_bins(cube_table(np.full((len(CELLS), 3), 2)))
    assert set(bins["reason"]) == {"every cell has the same number of incidents"}

    bins = find_hotspot_bins(cube_table(skewed_cube()), rings=8)
    assert set(bins["reason"]) == {"the neighborhood is the whole grid"}


def test_how_it_was_made_is_told_in_plain_values():
    bins = find_hotspot_bins(cube_table(skewed_cube(), group="a"), window="neighborhood_step")
    made = json.loads(json.dumps(bins.attrs["hotspot_bins"]))
    assert made["window"] == "neighborhood_step"
    assert made["groups"] == [
        {
            "group": "a",
            "cells": 61,
            "periods": 6,
            "tests": 366,
            "p_method": "exact",
            "p_floor": 0.0,
        }
    ]


def test_draws_that_stand_in_for_the_exact_null_are_said(monkeypatch):
    counts = skewed_cube()
    exact = find_hotspot_bins(cube_table(counts))
    monkeypatch.setattr(
        emerging_bins,
        "period_p",
        lambda urns, sizes, sums, seed: randomization_null.NullAnswer(
            np.ones(len(sums)), np.zeros(len(sums)), "sampled", 2e-5
        ),
    )
    words = r"In 1 of 1 groups.*99,999 random draws.*below 2e-05"
    with pytest.warns(DataWarning, match=words) as caught:
        drawn = find_hotspot_bins(cube_table(counts))
    assert caught[0].message.zh == (
        "1 个分组中有 1 个计数过大或邻域过宽，无法采用精确分布；其 p 值由 99,999 次随机抽取得出，"
        "不会低于 2e-05。"
    )
    np.testing.assert_array_equal(drawn["gi_star"], exact["gi_star"])
    # The tails are alike: no side, no spot.
    assert set(drawn["spot"]) == {"not significant"}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"window": "cube"}, "window must be one of 'entire_cube'"),
        ({"null": "normal"}, "null must be one of 'randomization', 'analytic'"),
        ({"rings": 0}, "rings must be a whole number, 1 or more"),
        ({"time_steps": -1}, "time_steps must be a whole number, 0 or more"),
        ({"time_steps": 1.0}, r"time_steps must be a whole number.*Found: 1\.0"),
        ({"seed": True}, "seed must be a whole number"),
    ],
)
def test_an_option_out_of_its_range_is_refused(option, message):
    with pytest.raises(OptionError, match=message):
        find_hotspot_bins(cube_table(skewed_cube()), **option)


def test_what_is_no_cell_is_refused():
    table = cube_table(skewed_cube())
    table["cell"] = table["cell"].where(table["cell"] != MIDDLE, np.uint64(7))
    with pytest.raises(InputError, match="cell"):
        find_hotspot_bins(table)


# ---- the null, measured


def test_cubes_without_hotspots_seldom_show_one_and_the_normal_tail_often_does():
    # 60 cubes of gamma-Poisson counts that are exchangeable in space and time. At a tenth,
    # 11 or more of 60 by chance has probability 0.03 even if the rate were a full tenth.
    cells = np.sort(grid_disk(MIDDLE, 5))
    shown = dict.fromkeys(("randomization", "analytic"), 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(60):
            table = cube_table(skewed_cube(steps=12, cells=cells, seed=seed), cells)
            for null in shown:
                q = find_hotspot_bins(table, null=null)["q_value"]
                shown[null] += bool((q < 0.10).any())
    assert shown["randomization"] <= 10
    assert shown["analytic"] >= 50
