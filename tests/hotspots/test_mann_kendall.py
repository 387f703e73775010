"""Mann-Kendall: published values, scipy and pymannkendall, ties, gaps, and its null."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, theilslopes

from gridgov.errors import DataWarning, InputError, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.mann_kendall import mann_kendall, measure_trends, sen_slope
from gridgov.hotspots.multiple_testing import benjamini_hochberg

MIDDLE = 0x8931AA50E27FFFF


def ten_values_with(s: int) -> list[float]:
    """Return a rearrangement of 1 to 10 of which 45 pairs rise less fall `s` times."""
    falls = (45 - s) // 2
    left, series = list(range(1, 11)), []
    for place in range(10):
        # The k-th smallest that is left falls k times against what follows.
        taken = min(falls, 9 - place)
        series.append(float(left.pop(taken)))
        falls -= taken
    return series


# Vignette of the R package sfdep, ten years without ties: S, tau, two-sided p.
VIGNETTE = [
    (17, 0.378, 0.152),
    (-45, -1.0, 0.0000830),
    (37, 0.822, 0.00128),
    (33, 0.733, 0.00421),
    (-31, -0.689, 0.00729),
    (5, 0.111, 0.721),
    (11, 0.244, 0.371),
    (1, 0.0222, 1.0),
]


@pytest.mark.parametrize(("s", "tau", "p"), VIGNETTE)
def test_ten_values_have_the_published_tau_and_p(s, tau, p):
    test = mann_kendall([ten_values_with(s)])
    assert test.s.tolist() == [s]
    assert test.variance.tolist() == [125.0]
    assert float(f"{test.tau[0]:.3g}") == tau
    assert float(f"{test.p_value[0]:.3g}") == p


def test_ties_shrink_the_variance_as_worked_by_hand():
    # 1 2 2 5: five of six pairs rise. (4·3·13 - 2·1·9) / 18 = 138 / 18.
    test = mann_kendall([[1, 2, 2, 5]])
    assert test.s[0] == 5
    assert test.variance[0] == pytest.approx(138 / 18, rel=1e-15)
    assert test.z[0] == pytest.approx(4 / np.sqrt(138 / 18), rel=1e-15)
    assert test.tau[0] == pytest.approx(5 / np.sqrt(6 * 5), rel=1e-15)


@pytest.mark.parametrize("periods", [2, 3, 10, 60, 127, 128, 200])
def test_every_number_is_that_of_pymannkendall_and_scipy(periods):
    rival = pytest.importorskip("pymannkendall", reason="pymannkendall is absent")
    rng = np.random.default_rng(periods)
    series = np.concatenate(
        [rng.negative_binomial(0.5, 0.2, (20, periods)), rng.normal(size=(5, periods))]
    )
    series = series[np.ptp(series, axis=1) > 0]
    test = mann_kendall(series)
    for i, row in enumerate(series):
        theirs = rival.original_test(row)
        assert test.s[i] == theirs.s
        assert test.variance[i] == pytest.approx(theirs.var_s, rel=1e-12)
        assert test.z[i] == pytest.approx(theirs.z, rel=1e-12)
        # pymannkendall takes 1 - Φ(|z|), which loses the last digits of a small p.
        assert test.p_value[i] == pytest.approx(theirs.p, rel=1e-9, abs=1e-15)
        tau = kendalltau(np.arange(periods), row).statistic
        assert test.tau[i] == pytest.approx(tau, rel=1e-12)
    slopes = [theilslopes(row).slope for row in series]
    np.testing.assert_allclose(sen_slope(series), slopes, rtol=1e-12, atol=1e-15)


def test_a_constant_series_has_no_trend_and_no_tau():
    test = mann_kendall([[3.0] * 12, [0.0, -0.0] * 6])
    assert test.s.tolist() == [0, 0]
    assert test.z.tolist() == [0.0, 0.0]
    assert test.p_value.tolist() == [1.0, 1.0]
    assert np.isnan(test.tau).all()


def test_missing_values_are_left_out_and_the_rest_is_tested():
    rng = np.random.default_rng(5)
    series = rng.poisson(2, (30, 24)).astype(float)
    series[rng.uniform(size=series.shape) < 0.3] = np.nan
    series[0], series[1], series[1, 3] = np.nan, np.nan, 4.0
    test = mann_kendall(series)
    for i, row in enumerate(series):
        alone = mann_kendall([row[~np.isnan(row)]])
        for ours, theirs in zip(test, alone, strict=True):
            np.testing.assert_array_equal(ours[i], theirs[0])
    assert np.isnan(test.p_value[:2]).all()
    np.testing.assert_allclose(
        sen_slope(series)[2:],
        [
            theilslopes(row[~np.isnan(row)], np.flatnonzero(~np.isnan(row))).slope
            for row in series[2:]
        ],
    )
    assert np.isnan(sen_slope(series)[:2]).all()


def test_no_series_and_a_wrong_shape():
    assert mann_kendall(np.zeros((0, 5))).s.tolist() == []
    assert sen_slope(np.zeros((2, 1))).shape == (2,)
    with pytest.raises(InputError, match=r"two dimensions: one series a row.*shape \(3,\)"):
        mann_kendall([1, 2, 3])
    with pytest.raises(InputError, match="two dimensions"):
        sen_slope([1, 2, 3])


@given(
    arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(2, 12)), elements=st.integers(0, 6))
)
@settings(max_examples=60, deadline=None)
def test_backward_in_time_and_upside_down_turn_the_sign(series):
    test, back, down = (mann_kendall(x) for x in (series, series[:, ::-1], -series))
    for other in (back, down):
        np.testing.assert_array_equal(other.s, -test.s)
        np.testing.assert_array_equal(other.p_value, test.p_value)
    stretched = mann_kendall(np.exp(series.astype(float)))
    np.testing.assert_array_equal(stretched.s, test.s)
    np.testing.assert_array_equal(stretched.variance, test.variance)


def test_without_a_trend_one_in_ten_is_found_at_a_tenth():
    # 4,000 series: the standard error of the share is 0.5 points. Ties and the
    # continuity correction make it a little conservative.
    rng = np.random.default_rng(11)
    p = mann_kendall(rng.negative_binomial(1, 0.3, (4_000, 30))).p_value
    assert 0.08 < (p < 0.10).mean() < 0.115


# ---- the table


def panel_of(counts, cells, start="2015-01-01", **columns):
    """Return a table of counts, one column a period."""
    counts = np.asarray(counts)
    periods = pd.date_range(start, periods=counts.shape[1], freq="MS", tz="Asia/Shanghai")
    n = len(cells)
    return pd.DataFrame(
        {
            "cell": np.tile(cells, counts.shape[1]),
            "period": periods.as_unit("us").repeat(n),
            "incidents": counts.T.ravel(),
            **columns,
        }
    )


def test_the_table_has_a_row_a_cell_with_trend_and_slope():
    cells = np.sort(grid_disk(MIDDLE, 1))
    rng = np.random.default_rng(0)
    counts = rng.poisson(3, (7, 24))
    counts[2] = np.arange(24)
    counts[3] = 30 - np.arange(24)
    counts[4] = 5
    table = measure_trends(panel_of(counts, cells, street_id="s", area_km2=0.1))
    assert table["cell"].tolist() == cells.tolist()
    assert table["incidents"].tolist() == counts.sum(axis=1).tolist()
    assert set(table["periods"]) == {24}
    assert table.loc[[2, 3, 4], "trend"].tolist() == ["up", "down", "none"]
    assert table.loc[[2, 3, 4], "slope"].tolist() == [1.0, -1.0, 0.0]
    assert table.loc[4, ["trend_z", "trend_p"]].tolist() == [0.0, 1.0]
    assert pd.isna(table.loc[4, "tau"])
    np.testing.assert_allclose(table["trend_q"], benjamini_hochberg(table["trend_p"]))
    assert set(table["street_id"]) == {"s"}


def test_groups_are_families_of_their_own():
    cells = np.sort(grid_disk(MIDDLE, 1))
    rng = np.random.default_rng(1)
    a, b = rng.poisson(3, (7, 12)), rng.poisson(3, (7, 12))
    both = pd.concat(
        [panel_of(a, cells, group="a"), panel_of(b, cells, group="b")], ignore_index=True
    )
    table = measure_trends(both.sample(frac=1, random_state=0))
    for name, counts in (("a", a), ("b", b)):
        alone = measure_trends(panel_of(counts, cells, group=name))
        pd.testing.assert_frame_equal(
            table[table["group"] == name].reset_index(drop=True), alone, check_flags=False
        )


def test_a_short_panel_is_said_and_a_wrong_level_refused():
    cells = np.sort(grid_disk(MIDDLE, 1))
    with pytest.warns(DataWarning, match="The panel has 4 periods; with fewer than 10"):
        measure_trends(panel_of(np.ones((7, 4), int), cells))
    with pytest.raises(OptionError, match="alpha must be a number above 0 and below 1"):
        measure_trends(panel_of(np.ones((7, 12), int), cells), alpha=1)
