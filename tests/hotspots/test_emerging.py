"""Emerging hotspots end to end: planted histories, the table, and a year of short cuts."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from gridgov.columns import TABLES
from gridgov.errors import DataWarning, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.emerging import find_emerging_hotspots
from gridgov.hotspots.emerging_bins import find_hotspot_bins
from gridgov.hotspots.emerging_categories import categorize
from gridgov.hotspots.mann_kendall import mann_kendall
from gridgov.schema.emerging import EMERGING_CATEGORIES

MIDDLE = 0x8931AA50E27FFFF
CELLS = np.sort(grid_disk(MIDDLE, 6))


def monthly(counts, cells=CELLS, **columns):
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


def random_cube(steps=12, seed=0):
    return np.random.default_rng(seed).negative_binomial(0.4, 0.2, (len(CELLS), steps))


def wide(table, column):
    return table.pivot(index="cell", columns="period", values=column).to_numpy()


PLANTED = [
    # Twenty months of one neighborhood against three incidents a cell and month.
    ([0] * 19 + [40], "new hot"),
    ([0] * 17 + [40] * 3, "consecutive hot"),
    ([40] * 20, "persistent hot"),
    (list(range(40, 80, 2)), "intensifying hot"),
    (list(range(80, 40, -2)), "diminishing hot"),
    ([0] * 5 + [40] * 3 + [0] * 9 + [40] * 3, "sporadic hot"),
    ([40] * 19 + [0], "historical hot"),
    ([-3] * 5 + [0] * 12 + [40] * 3, "oscillating hot"),
    ([40] * 5 + [0] * 12 + [-3] * 3, "oscillating cold"),
    ([0] * 19 + [-3], "new cold"),
    ([0] * 17 + [-3] * 3, "consecutive cold"),
    ([-3] * 20, "persistent cold"),
    ([-3] * 19 + [0], "historical cold"),
    ([0] * 20, "no pattern"),
]


@pytest.mark.parametrize(("extra", "expected"), PLANTED)
def test_a_planted_history_gets_its_category(extra, expected):
    # Every month deals the same counts, 2, 3 and 4, over the city, so that the months
    # differ in nothing but what is planted.
    base = np.random.default_rng(3).permuted(
        np.tile(np.resize([2, 3, 4], len(CELLS))[:, None], (1, 20)), axis=0
    )
    here = np.isin(CELLS, grid_disk(MIDDLE, 1))
    counts = base.copy()
    counts[here] = np.maximum(3 + np.array(extra), 0)
    table = find_emerging_hotspots(monthly(counts), time_steps=0, window="individual_step")
    assert table.set_index("cell").loc[MIDDLE, "category"] == expected


@pytest.mark.parametrize("window", ["entire_cube", "neighborhood_step", "individual_step"])
@pytest.mark.parametrize("esri", ["3", "2.6"])
def test_the_table_is_bins_trend_and_category_put_together(window, esri):
    counts = random_cube()
    counts[np.isin(CELLS, grid_disk(MIDDLE, 1)), 6:] += 15
    counts[np.isin(CELLS, grid_disk(int(CELLS[30]), 1)), :9] += 12
    panel = monthly(counts, street_id="s", area_km2=0.1)
    table = find_emerging_hotspots(panel, window=window, esri=esri, alpha=0.05)
    bins = find_hotspot_bins(panel, window=window)
    z, q = wide(bins, "gi_star"), wide(bins, "q_value")
    hot, cold = (q < 0.05) & (z > 0), (q < 0.05) & (z < 0)
    test = mann_kendall(z)
    trend = np.where(test.p_value < 0.10, np.sign(test.s), 0)
    assert table["category"].tolist() == categorize(hot, cold, trend, esri=esri).tolist()
    np.testing.assert_array_equal(table["trend_z"], test.z)
    np.testing.assert_array_equal(table["trend_p"], test.p_value)
    np.testing.assert_array_equal(table["tau"], test.tau)
    np.testing.assert_array_equal(table["hot_share"], hot.mean(axis=1))
    np.testing.assert_array_equal(table["cold_share"], cold.mean(axis=1))
    last = bins[bins["period"] == bins["period"].max()].set_index("cell")["spot"]
    assert table["last_spot"].tolist() == last.loc[table["cell"]].tolist()
    assert table["incidents"].tolist() == counts.sum(axis=1).tolist()
    assert list(table.columns) == TABLES["emerging"].names
    assert table["category"].nunique() > 1


def test_inputs_are_left_as_they_were_and_rows_may_come_in_any_order():
    panel = monthly(random_cube())
    before = panel.copy(deep=True)
    table = find_emerging_hotspots(panel)
    pd.testing.assert_frame_equal(panel, before)
    mixed = find_emerging_hotspots(panel.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(table, mixed)


def test_groups_are_analyzed_by_themselves():
    a, b = random_cube(seed=1), random_cube(seed=2)
    b[np.isin(CELLS, grid_disk(MIDDLE, 1)), -1] += 30
    both = pd.concat([monthly(a, group="a"), monthly(b, group="b")], ignore_index=True)
    table = find_emerging_hotspots(both)
    for name, counts in (("a", a), ("b", b)):
        alone = find_emerging_hotspots(monthly(counts, group=name))
        part = table[table["group"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone, check_flags=False)


def test_the_histories_in_attrs_are_plain_and_add_up():
    counts = random_cube()
    counts[np.isin(CELLS, grid_disk(MIDDLE, 1)), 6:] += 15
    table = find_emerging_hotspots(monthly(counts))
    made = json.loads(json.dumps(table.attrs["emerging"]))
    assert len(made["periods"]) == 12
    (group,) = made["groups"]
    cells = {entry["category"]: entry["cells"] for entry in group["histories"]}
    assert cells == table["category"].value_counts().to_dict()
    assert [name for name in EMERGING_CATEGORIES if name in cells] == list(cells)
    hot = sum(np.array(entry["hot"]) for entry in group["histories"])
    assert hot.sum() == round((table["hot_share"] * 12).sum())


def test_cells_without_an_answer_have_a_reason_and_no_category():
    few = np.sort(grid_disk(MIDDLE, 2))
    table = find_emerging_hotspots(monthly(random_cube()[: len(few)], few))
    assert set(table["reason"]) == {"fewer than 30 cells"}
    for column in ("category", "trend_z", "trend_p", "tau", "hot_share", "last_spot"):
        assert table[column].isna().all(), column


def test_an_empty_period_is_neither_hot_nor_cold_and_no_part_of_the_trend():
    # sfdep stops at a missing value; sfhotspot says it leaves the period out and counts it.
    counts = random_cube(steps=20)
    here = np.isin(CELLS, grid_disk(MIDDLE, 1))
    counts[here] += 40
    counts[:, [4, 19]] = 0
    panel = monthly(counts)
    row = find_emerging_hotspots(panel, window="individual_step", time_steps=0)
    row = row.set_index("cell").loc[MIDDLE]
    assert row["hot_share"] == 18 / 20
    assert row["category"] == "historical hot"
    assert pd.isna(row["last_spot"])
    assert pd.isna(row["reason"])
    z = wide(find_hotspot_bins(panel, window="individual_step", time_steps=0), "gi_star")
    seen = z[CELLS == MIDDLE][:, [step for step in range(20) if step not in (4, 19)]]
    assert row["trend_z"] == mann_kendall(seen).z[0]


@pytest.mark.parametrize("window", ["neighborhood_step", "individual_step"])
@pytest.mark.parametrize("times", [1, 3, 7, 10, 49])
def test_rounding_is_no_trend_where_windows_of_unlike_size_give_one_z(window, times):
    counts = np.zeros((CELLS.size, 6), dtype=np.int64)
    counts[0, [0, 2]] = times
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        table = find_emerging_hotspots(monthly(counts), window=window)
    # With n cells one incident among n and one among 2 n have the same z where m and 2 m are
    # drawn: -m / sqrt(m (n - m)) = -2 m / sqrt(2 m (2 n - 2 m)). Away from the incident every
    # z that there is equals every other one.
    near = np.isin(table["cell"], grid_disk(int(CELLS[0]), 1))
    assert (table.loc[~near, "trend_z"].dropna() == 0).all()
    assert (table.loc[~near, "trend_p"].dropna() == 1).all()


def test_few_periods_are_said():
    with pytest.warns(DataWarning, match="The panel has 6 periods; with fewer than 10") as caught:
        find_emerging_hotspots(monthly(random_cube(steps=6)))
    assert caught[0].message.zh == (
        "计数表只有 6 个时段；少于 10 个时段时，趋势的 p 值较为粗略，时段占比也不够精细。"
        "请缩短时段，或延长统计时间。"
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"esri": "2"}, "esri must be one of '3', '2.6'"),
        ({"alpha": 0}, "alpha must be a number above 0 and below 1"),
        ({"trend_alpha": "0.1"}, "trend_alpha must be a number above 0"),
        ({"window": "step"}, "window must be one of"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(option, message):
    with pytest.raises(OptionError, match=message):
        find_emerging_hotspots(monthly(random_cube()), **option)


def test_without_hotspots_hardly_a_cell_has_a_category():
    # Thirty cubes of exchangeable counts; the false discovery rate is held over all bins.
    named = [
        (find_emerging_hotspots(monthly(random_cube(seed=seed)))["category"] != "no pattern").any()
        for seed in range(30)
    ]
    assert sum(named) <= 4
