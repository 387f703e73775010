"""Counts by period: exact intervals, and the trend against an independent regression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.hotspots.log_trend import fit_log_trend
from gridgov.hotspots.periods import measure_periods
from gridgov.hotspots.poisson_intervals import count_interval

ZONE = "Asia/Shanghai"


def rows_at(*times: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"reported_at": pd.to_datetime(list(times)).tz_localize(ZONE), **columns})


@given(st.integers(0, 3000), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_ends_of_an_exact_interval_leave_half_the_rest_in_each_tail(
    count: int, level: float
) -> None:
    low, high = (float(end) for end in count_interval(count, level=level))
    tail = (1 - level) / 2
    assert poisson.cdf(count, high) == pytest.approx(tail, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(tail, rel=1e-6)
    else:
        assert low == 0


@given(st.integers(1, 500), st.floats(1.0, 30.0))
def test_dispersion_never_narrows_an_interval(count: int, dispersion: float) -> None:
    plain, wide = count_interval(count), count_interval(count, dispersion=dispersion)
    assert wide[0] <= plain[0] + 1e-9
    assert wide[1] >= plain[1] - 1e-9


def test_the_trend_is_that_of_a_quasi_poisson_regression() -> None:
    random = np.random.default_rng(7)
    times = np.arange(36) / 12 + 2015
    exposure = np.tile([31.0, 28.0, 31.0, 30.0], 9)
    counts = random.negative_binomial(6, 6 / (6 + exposure * np.exp(0.2 * (times - 2016))))
    found = fit_log_trend(counts.astype(float), times, exposure, level=0.95)
    assert found is not None
    design = np.column_stack([np.ones(36), times - 2016])
    theirs = GLM(counts, design, family=Poisson(), offset=np.log(exposure)).fit(
        scale="X2", use_t=True
    )
    np.testing.assert_allclose(found.fitted, theirs.fittedvalues, rtol=1e-8)
    assert found.dispersion == pytest.approx(theirs.scale, rel=1e-8)
    assert found.slope == pytest.approx(theirs.params[1], rel=1e-7)
    np.testing.assert_allclose([found.slope_low, found.slope_high], theirs.conf_int()[1], rtol=1e-7)
    band = theirs.get_prediction(design, offset=np.log(exposure)).conf_int()
    np.testing.assert_allclose(np.column_stack([found.low, found.high]), band, rtol=1e-6)


def test_months_without_incidents_keep_a_zero() -> None:
    table = measure_periods(rows_at("2017-01-05", "2017-01-06", "2017-04-02"))
    assert table["incidents"].tolist() == [2, 0, 0, 1]
    assert table["period_days"].tolist() == [31.0, 28.0, 31.0, 30.0]


def test_a_constant_daily_rate_has_no_trend_though_months_differ_in_length() -> None:
    at = pd.date_range("2015-01-01", "2017-12-31", tz=ZONE).repeat(4)
    table = measure_periods(pd.DataFrame({"reported_at": at}))
    assert table["yearly_change"].abs().max() < 1e-9
    np.testing.assert_allclose(table["trend_incidents"], table["incidents"])
    # Nothing scatters, and still the interval is not narrower than the exact one.
    assert (table["dispersion"] == 1).all()


def test_a_doubling_a_year_is_found() -> None:
    random = np.random.default_rng(5)
    days = pd.date_range("2015-01-01", "2017-12-31", tz=ZONE)
    counts = random.poisson(4 * 2 ** (np.arange(len(days)) / 365.2425))
    rows = pd.DataFrame({"reported_at": days.repeat(counts)})
    # With the range given, the first and the last week count only the days that are in it.
    table = measure_periods(rows, period="W-MON", start="2015-01-01", end="2018-01-01")
    assert table["period_days"].iloc[0] == 4
    first = table.iloc[0]
    assert first["yearly_change_low"] < 1.0 < first["yearly_change_high"]
    assert first["yearly_change"] == pytest.approx(1.0, abs=0.15)


def test_a_period_cut_by_the_range_has_fewer_days() -> None:
    table = measure_periods(
        rows_at("2017-01-20", "2017-02-03"), start="2017-01-16", end="2017-02-15"
    )
    assert table["period_days"].tolist() == [16.0, 14.0]


def test_groups_are_counted_apart_and_add_up() -> None:
    rows = rows_at(*["2017-01-05", "2017-02-06", "2017-03-07"] * 2, kind=[*"aabbb", None])
    table = measure_periods(rows, by="kind")
    assert table["group"].tolist() == ["a"] * 3 + ["b"] * 3
    assert table["incidents"].sum() == 5
    assert str(table["period"].dtype) == f"datetime64[us, {ZONE}]"


def test_bursts_widen_the_intervals_unless_exact_ones_are_asked_for() -> None:
    at = pd.date_range("2017-01-01", periods=10, tz=ZONE).repeat(
        [90, 1, 80, 2, 95, 0, 99, 1, 90, 3]
    )
    rows = pd.DataFrame({"reported_at": at})
    quasi = measure_periods(rows, period="D")
    exact = measure_periods(rows, period="D", interval="exact")
    assert quasi["dispersion"].iloc[0] > 10
    assert (quasi["incidents_high"] > exact["incidents_high"]).all()
    assert exact["incidents_high"].iloc[1] == pytest.approx(5.572, abs=0.001)


def test_too_few_periods_have_no_trend() -> None:
    table = measure_periods(rows_at("2017-01-05", "2017-02-06"))
    assert table["trend_incidents"].isna().all()
    assert table["incidents_low"].notna().all()


def test_wrong_input_for_periods_is_told_by_name() -> None:
    rows = rows_at("2017-01-05")
    with pytest.raises(OptionError, match="interval must be one of 'quasi', 'exact'"):
        measure_periods(rows, interval="bayes")
    with pytest.raises(OptionError, match="period must name a calendar start"):
        measure_periods(rows, period=None)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match=r"level must be a probability.*Found: 95"):
        measure_periods(rows, level=95)
    with pytest.raises(ColumnsError, match="reported_at must hold times with a zone"):
        measure_periods(pd.DataFrame({"reported_at": ["2017"]}))
    with pytest.raises(ColumnsError, match="by must name a column with values"):
        measure_periods(rows.assign(kind=None), by="kind")
    with pytest.raises(EmptyTableError, match="incidents has no rows"):
        measure_periods(rows.iloc[:0])
    with pytest.raises(InputError, match="Found: no incident to count"):
        measure_periods(rows, end="2016-01-01")
