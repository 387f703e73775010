"""Cells that report too little: the model by hand, the calibration, planted silence, bad input."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridgov.columns import TABLES
from gridgov.coverage.reporting.blind_spots import find_blind_spots
from gridgov.coverage.reporting.count_tails import (
    beta_binomial_tail,
    fit_dispersion,
    negative_binomial_tail,
)
from gridgov.coverage.reporting.exposures import add_up
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers, disks
from gridgov.place.grid import make_grid

ZONE = "Asia/Shanghai"
AREA = gpd.GeoDataFrame(
    {"street_id": ["W", "E"]},
    geometry=[box(116.10, 39.86, 116.17, 39.94), box(116.17, 39.86, 116.24, 39.94)],
    crs="EPSG:4326",
)
GRID = make_grid(AREA, resolution=8)
RNG = np.random.default_rng(5)
SMALL = GRID.iloc[:14].reset_index(drop=True)


def incidents_of(counts, grid=GRID, when="2017-06-01", channel=None):
    """One row an incident: so many in every cell of the grid."""
    cells = np.repeat(grid["cell"].to_numpy(dtype=np.uint64), counts)
    return pd.DataFrame(
        {
            "incident_id": [f"{when}-{channel}-{n}" for n in range(len(cells))],
            "cell": pd.array(cells, dtype="UInt64"),
            "match": "inside",
            "reported_at": pd.Timestamp(when, tz=ZONE).as_unit("us"),
            "channel": channel,
        }
    )


def by_cell(table, column):
    """A column in the order of GRID's rows."""
    return table.set_index("cell")[column].loc[GRID["cell"]].to_numpy()


def test_columns_and_rows_are_the_documented_ones():
    counts = RNG.poisson(6, len(GRID))
    found = find_blind_spots(incidents_of(counts), GRID)
    assert found.columns.tolist() == TABLES["blind_spots"].names
    assert found["cell"].tolist() == sorted(GRID["cell"].tolist())
    assert by_cell(found, "incidents").tolist() == counts.tolist()
    assert found["group"].isna().all()
    assert found["history_incidents"].isna().all()


def brute(grid, y, e, own, k, c):
    """The formulas of the docstring, cell by cell."""
    ids = grid["cell"].tolist()
    rows = []
    for i, cell in enumerate(ids):
        others = [j for j in range(len(ids)) if j != i]
        rate = sum(y[j] for j in others) / sum(e[j] for j in others)
        same = [j for j in others if grid["street_id"][j] == grid["street_id"][i]]
        m = (1 + sum(y[j] for j in same)) / (1 / rate + sum(e[j] for j in same))
        around = set(disks(np.array([cell], np.uint64), 1)[1].tolist())
        ring = [j for j in others if ids[j] in around]
        r = (k + sum(y[j] for j in ring)) / (k / m + sum(e[j] for j in ring))
        mu, v = r * e[i], 1 / (k + sum(y[j] for j in ring))
        tau = sum(y[j] for j in others) / sum(own[j] for j in others)
        share = c / (c + mu / tau)
        rows.append((mu * (c + own[i]) / (c + mu / tau), 1 / (c + own[i]) + share**2 * v))
    return np.array(rows).T


def test_expected_and_spread_are_the_formulas_cell_by_cell():
    y, h = RNG.poisson(5, len(SMALL)), RNG.poisson(8, len(SMALL))
    people = RNG.integers(50, 400, len(SMALL))
    located = pd.concat([incidents_of(y, SMALL), incidents_of(h, SMALL, "2016-03-01")])
    found = find_blind_spots(
        located,
        SMALL.assign(people=people),
        exposure="people",
        start="2017-01-01",
        history=("2016-01-01", "2017-01-01"),
        dispersion=0.2,
        ring_weight=3.0,
        own_weight=2.0,
    ).set_index("cell")
    mu, spread = brute(SMALL, y, people, h, 3.0, 2.0)
    found = found.loc[SMALL["cell"]]
    np.testing.assert_allclose(found["expected_incidents"], mu, rtol=1e-12)
    np.testing.assert_allclose(found["expected_spread"], spread + 0.2, rtol=1e-12)
    size = 1 / (spread + 0.2)
    tail = scipy.stats.nbinom.cdf(y, size, size / (size + mu))
    np.testing.assert_allclose(found["p_value"], tail, rtol=1e-9)


def test_a_cells_own_count_is_in_none_of_its_expectation():
    y = RNG.poisson(6, len(GRID))
    fixed = {"dispersion": 0.1, "ring_weight": 2.0}
    before = find_blind_spots(incidents_of(y), GRID, **fixed)
    at = 40
    changed = y.copy()
    changed[at] = 90
    after = find_blind_spots(incidents_of(changed), GRID, **fixed)
    assert by_cell(after, "expected_incidents")[at] == pytest.approx(
        by_cell(before, "expected_incidents")[at], rel=1e-12
    )
    assert by_cell(after, "expected_spread")[at] == pytest.approx(
        by_cell(before, "expected_spread")[at], rel=1e-12
    )


@given(
    y=st.lists(st.integers(0, 60), min_size=5, max_size=5),
    a=st.integers(1, 80),
    times=st.floats(0.05, 20),
)
def test_an_expectation_from_counts_gives_the_exact_binomial_test(y, a, times):
    # Origin: scipy's binomial; conditional on the sum, y is binomial with share t / (1 + t).
    found = negative_binomial_tail(y, [a * times] * 5, [1 / a] * 5)
    exact = scipy.stats.binom.cdf(y, np.array(y) + a, times / (1 + times))
    np.testing.assert_allclose(found, exact, rtol=1e-8, atol=1e-14)


@given(y=st.integers(0, 20), rest=st.integers(0, 40), a=st.integers(1, 40), b=st.integers(0, 40))
def test_a_share_from_counts_gives_fishers_exact_test(y, rest, a, b):
    n = y + rest
    exact = scipy.stats.fisher_exact([[y, a], [rest, b]], alternative="less")[1]
    found = beta_binomial_tail([y], [n], [a], [b + 1])[0] if n else 1.0
    assert found == pytest.approx(exact, rel=1e-6)


def test_the_dispersion_of_gamma_poisson_counts_is_found():
    rng = np.random.default_rng(1)
    mu = rng.uniform(1, 20, 4000)
    y = rng.poisson(mu * rng.gamma(2.5, 0.4, 4000))
    assert fit_dispersion(y, mu, np.zeros(4000))[0] == pytest.approx(0.4, abs=0.04)


def surface():
    """A smooth rate that falls to a tenth from the middle outwards."""
    x, y = cell_centers(GRID["cell"].to_numpy(dtype=np.uint64))
    far = np.hypot((x - 116.17) / 0.05, (y - 39.90) / 0.03)
    return 15 * np.exp(-(far**2) / 2) + 1.5


@pytest.mark.parametrize(
    ("spread", "history"),
    [(0.0, False), (0.3, False), (1.0, False), (0.3, True)],
    ids=["poisson", "uneven", "very uneven", "with history"],
)
def test_without_silence_small_p_values_are_no_more_than_promised(spread, history):
    rng = np.random.default_rng(17)
    mean = surface() * GRID["inside_share"].to_numpy()
    p, blind, tests = [], 0, 0
    for _ in range(12):
        truth = mean * (rng.gamma(1 / spread, spread, len(mean)) if spread else 1.0)
        located = incidents_of(rng.poisson(truth))
        options = {}
        if history:
            located = pd.concat([located, incidents_of(rng.poisson(truth * 2), GRID, "2016-03-01")])
            options = {"start": "2017-01-01", "history": ("2015-01-01", "2017-01-01")}
        found = find_blind_spots(located, GRID, **options)
        p.append(found["p_value"].to_numpy())
        blind += int((found["q_value"] < 0.10).any())
        tests += 1
    p = np.concatenate(p)
    for alpha in (0.01, 0.05, 0.10):
        noise = 3 * np.sqrt(alpha * (1 - alpha) / len(p))
        assert (p <= alpha).mean() <= alpha + noise
    # At q < 0.10 one town in ten may have a false blind spot.
    assert blind <= scipy.stats.binom.ppf(0.999, tests, 0.10)


def test_cells_that_fell_silent_are_found_and_no_others():
    rng = np.random.default_rng(3)
    truth = 20 * GRID["inside_share"].to_numpy() * rng.gamma(2, 0.5, len(GRID))
    before, now = rng.poisson(truth * 2), rng.poisson(truth)
    silent = np.flatnonzero(truth > 18)[:4]
    now[silent] = 0
    located = pd.concat([incidents_of(now), incidents_of(before, GRID, "2016-03-01")])
    found = find_blind_spots(
        located, GRID, start="2017-01-01", history=("2016-01-01", "2017-01-01")
    )
    flagged = np.isin(by_cell(found, "blind_spot"), ["blind 99", "blind 95"])
    assert np.flatnonzero(flagged).tolist() == silent.tolist()


def test_what_video_sees_and_citizens_do_not_tell_is_a_blind_spot_of_citizens():
    rng = np.random.default_rng(11)
    truth = 25 * rng.gamma(2, 0.5, len(GRID))
    truth[7] = 30
    hotline, app, video = (rng.poisson(truth * share) for share in (0.4, 0.3, 0.3))
    hotline[7] = app[7] = 0
    located = pd.concat(
        [
            incidents_of(counts, GRID, channel=name)
            for counts, name in ((hotline, "hotline"), (app, "app"), (video, "video"))
        ]
    )
    groups = {"citizens": ["hotline", "app"], "cameras": ["video"]}
    found = find_blind_spots(located, GRID, groups=groups)
    assert found["group"].drop_duplicates().tolist() == ["citizens", "cameras"]
    citizens = found[found["group"] == "citizens"]
    assert by_cell(citizens, "other_incidents").tolist() == video.tolist()
    flagged = citizens[citizens["q_value"] < 0.05]["cell"].tolist()
    assert flagged == [GRID["cell"][7]]
    # The cell's own other channels are what tells: without them it is one uneven cell.
    alone = find_blind_spots(located, GRID, groups=groups, channel_mix=False)
    there = alone[(alone["group"] == "citizens") & (alone["cell"] == GRID["cell"][7])]
    assert there["p_value"].item() > citizens[citizens["cell"] == GRID["cell"][7]]["p_value"].item()
    single = find_blind_spots(located, GRID, by="channel")
    assert single["group"].drop_duplicates().tolist() == ["app", "hotline", "video"]


def test_cells_where_little_is_expected_cannot_tell_and_are_no_test():
    counts = np.where(np.arange(len(GRID)) % 9 == 0, 1, 0)
    found = find_blind_spots(incidents_of(counts), GRID)
    assert (found["least_p_value"] > 0.10).all()
    assert (found["blind_spot"] == "cannot tell").all()
    assert found["q_value"].isna().all()
    assert set(found["reason"]) == {"too few expected to tell"}
    assert found.attrs["blind_spots"][0]["tests"] == 0


def test_unknown_and_zero_exposures_and_small_towns_are_said():
    people = np.full(len(GRID), 100.0)
    people[[0, 1]] = [np.nan, 0.0]
    located = incidents_of(RNG.poisson(6, len(GRID)))
    found = find_blind_spots(located, GRID.assign(people=people), exposure="people")
    reasons = by_cell(found, "reason")[:2].tolist()
    assert reasons == ["the exposure is unknown", "the exposure is zero"]
    assert np.isnan(by_cell(found, "p_value")[:2]).all()
    small = find_blind_spots(incidents_of(np.full(14, 5), SMALL), SMALL)
    assert set(small["reason"]) == {"fewer than 30 cells"}
    assert small["expected_incidents"].notna().all()
    assert find_blind_spots(located.iloc[:0], GRID)["reason"].eq("no incidents").all()


def test_several_exposures_get_the_weights_that_made_the_counts():
    rng = np.random.default_rng(2)
    people, roads = rng.uniform(0, 100, 3000), rng.uniform(0, 2000, 3000)
    y = rng.poisson(0.2 * people + 0.01 * roads)
    exposure, weights = add_up(np.column_stack([people, roads]), y)
    np.testing.assert_allclose(weights, [0.2, 0.01], rtol=0.05)
    assert exposure.sum() == pytest.approx(y.sum(), rel=1e-6)
    grid = GRID.assign(people=rng.uniform(50, 100, len(GRID)), road_m=500.0)
    found = find_blind_spots(
        incidents_of(RNG.poisson(5, len(GRID))), grid, exposure=["people", "road_m"]
    )
    assert set(found.attrs["blind_spots"][0]["exposure"]) == {"people", "road_m"}


def test_every_way_to_give_an_exposure_says_the_same():
    people = dict(zip(GRID["cell"].tolist(), range(100, 100 + len(GRID)), strict=True))
    located = incidents_of(RNG.poisson(6, len(GRID)))
    grid = GRID.assign(people=list(people.values()))
    ways = [
        people,
        {f"{cell:x}": number for cell, number in people.items()},
        pd.Series(people),
        pd.DataFrame({"cell": list(people), "people": list(people.values())}),
    ]
    expected = find_blind_spots(located, grid, exposure="people")
    for way in ways:
        found = find_blind_spots(located, GRID, exposure=way)
        pd.testing.assert_series_equal(found["p_value"], expected["p_value"])


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing_and_q_is_never_below_p(seed):
    rng = np.random.default_rng(seed)
    located = incidents_of(rng.poisson(4, len(GRID)))
    found = find_blind_spots(located, GRID)
    mixed = find_blind_spots(
        located.sample(frac=1, random_state=1), GRID.sample(frac=1, random_state=2)
    )
    pd.testing.assert_frame_equal(found, mixed, check_exact=False, rtol=1e-8)
    tested = found["q_value"].notna()
    assert (found["q_value"] >= found["p_value"])[tested].all()
    assert (found["p_value"] >= found["least_p_value"] - 1e-12)[tested].all()


def test_inputs_are_left_alone():
    located, grid = incidents_of(RNG.poisson(4, len(GRID))), GRID.copy()
    copies = located.copy(), grid.copy()
    find_blind_spots(located, grid, by=None, exposure=["area_km2", "inside_share"])
    pd.testing.assert_frame_equal(located, copies[0])
    pd.testing.assert_frame_equal(grid, copies[1])


LOCATED = incidents_of(np.full(len(GRID), 3), channel="app")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"exposure": "people"}, ColumnsError, "exposure must name columns of grid"),
        ({"exposure": 5}, ColumnsError, "Found: int"),
        ({"exposure": {0x8931AA50E27FFFF: 1}}, InputError, "none of its 1 cells in the grid"),
        ({"exposure": {int(GRID["cell"][0]): -1}}, ColumnsError, "finite numbers from 0 on"),
        ({"rings": 0}, OptionError, "rings must be a whole number, 1 or more"),
        ({"within": "land_use"}, ColumnsError, "within must name a column of grid"),
        ({"history": ("2016-01-01", "2017-01-01")}, OptionError, "start must be given"),
        (
            {"start": "2017-01-01", "history": ("2016-01-01", "2017-02-01")},
            OptionError,
            "must end no later than start",
        ),
        ({"start": "2017-01-01", "history": "2016"}, OptionError, "two dates"),
        ({"groups": {"cameras": ["video"]}}, InputError, "none for 'cameras'"),
        ({"groups": {"a": ["app"], "b": ["app"]}}, OptionError, "'app' in 'a' and 'b'"),
        ({"groups": ["app"]}, OptionError, "groups must name each group"),
        ({"groups": {"a": ["x"]}, "by": "source"}, ColumnsError, "column source"),
        ({"dispersion": -1}, OptionError, "dispersion must be None"),
        ({"ring_weight": 0}, OptionError, "ring_weight must be None .* above 0"),
    ],
)
def test_bad_options_are_said(options, error, words):
    with pytest.raises(error, match=words):
        find_blind_spots(LOCATED, GRID, **options)


def test_bad_tables_are_said():
    with pytest.raises(EmptyTableError, match="grid has no rows"):
        find_blind_spots(LOCATED, GRID.iloc[:0])
    with pytest.raises(InputError, match="one resolution"):
        find_blind_spots(LOCATED, make_grid(AREA, resolution=7))
    twice = pd.DataFrame({"cell": [GRID["cell"][0]] * 2, "people": [1, 2]})
    with pytest.raises(ColumnsError, match=r"every cell one row\. Found: 1 too many"):
        find_blind_spots(LOCATED, GRID, exposure=twice)
    with pytest.raises(InputError, match="none has"):
        find_blind_spots(LOCATED.assign(channel=None), GRID, by="channel")
