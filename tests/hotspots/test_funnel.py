"""Funnel limits against scipy, and streets that differ by chance or by more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, poisson

from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, InputError
from gridgov.hotspots.funnel import funnel_limits, measure_funnel


def rates_of(incidents: list[int], base: list[float], per: float = 1.0) -> pd.DataFrame:
    frame = pd.DataFrame({"incidents": incidents, "base": base})
    frame["street_id"] = [f"s{i}" for i in range(len(frame))]
    known = frame["base"].where(frame["base"] > 0)
    table = conform(frame.assign(rate=per * frame["incidents"] / known), "street_rates")
    table.attrs["street_rates"] = {"base": "area_km2", "per": per}
    return table


def test_a_limit_is_where_the_interpolated_distribution_reaches_its_probability() -> None:
    # Independent of the formula: linear interpolation of scipy's cumulative distribution.
    funnel = measure_funnel(rates_of([12, 30, 55, 110], [1.0, 3.0, 5.0, 11.0]))
    for row in range(len(funnel)):
        street = funnel.iloc[row]
        whole = np.arange(-1, 400)
        reached = poisson.cdf(whole, street["expected_incidents"])
        for name, p in (("low_95", 0.025), ("high_95", 0.975), ("low_998", 0.001)):
            limit = street[f"limit_{name}"] * street["base"]
            if limit > 0:
                assert np.interp(limit, whole, reached) == pytest.approx(p, abs=1e-9)


def test_limits_are_those_worked_by_hand() -> None:
    # E = 10: P(R ≤ 3) = 0.01034 and P(R ≤ 4) = 0.02925, so 4 - (0.02925 - 0.025) / 0.01892.
    funnel = measure_funnel(rates_of([10, 10], [1.0, 1.0]))
    assert funnel["limit_low_95"].iloc[0] == pytest.approx(3.775, abs=0.001)


def test_streets_that_differ_by_chance_are_not_called_overdispersed() -> None:
    random = np.random.default_rng(3)
    base = random.uniform(1, 20, 400)
    funnel = measure_funnel(rates_of(random.poisson(9 * base).tolist(), base.tolist()))
    assert not funnel["overdispersed"].any()
    assert funnel["wide_low_95"].isna().all()
    outside = (funnel["zone"] != "inside").mean()
    assert 0.02 < outside < 0.09


def test_streets_that_differ_by_more_get_widened_limits() -> None:
    random = np.random.default_rng(4)
    base = random.uniform(5, 20, 60)
    rates = random.gamma(4, 10, 60)
    funnel = measure_funnel(rates_of(random.poisson(rates * base).tolist(), base.tolist()))
    assert funnel["overdispersed"].all()
    assert (funnel["wide_high_95"] > funnel["limit_high_95"]).all()
    # The widened limits, by their formula.
    first = funnel.iloc[0]
    root = np.sqrt(first["expected_incidents"]) + norm.ppf(0.975) * np.sqrt(first["dispersion"]) / 2
    assert first["wide_high_95"] == pytest.approx(root**2 / first["base"])
    inside = (funnel["rate"] > funnel["wide_low_998"]) & (funnel["rate"] < funnel["wide_high_998"])
    assert inside.mean() > 0.95


def test_zones_say_on_which_side_and_how_far_out_a_street_lies() -> None:
    funnel = measure_funnel(rates_of([100, 100, 100, 160, 50], [10.0] * 5))
    zones = dict(zip(funnel["street_id"], funnel["zone"].astype(str), strict=True))
    assert (zones["s3"], zones["s4"], zones["s0"]) == ("high 99.8", "low 99.8", "inside")


def test_rates_for_so_many_units_have_limits_in_the_same_unit() -> None:
    one = measure_funnel(rates_of([10, 40], [1000.0, 3000.0]))
    many = measure_funnel(rates_of([10, 40], [1000.0, 3000.0], per=10_000.0))
    for name in ("mean_rate", "limit_high_95", "limit_low_998"):
        np.testing.assert_allclose(many[name], 10_000 * one[name])
    np.testing.assert_allclose(many["expected_incidents"], one["expected_incidents"])


def test_the_curve_passes_through_the_limits_of_the_streets() -> None:
    funnel = measure_funnel(rates_of([9, 25], [1.0, 2.0], per=100.0))
    curve = funnel_limits(funnel, points=11)
    at = curve["base"].sub(2.0).abs().idxmin()
    street = funnel[funnel["base"] == 2.0].iloc[0]
    assert curve.loc[at, "limit_high_998"] == pytest.approx(street["limit_high_998"])


def test_streets_without_a_base_are_left_out() -> None:
    funnel = measure_funnel(rates_of([5, 6, 7], [1.0, 0.0, 2.0]))
    assert funnel["street_id"].tolist() == ["s2", "s0"]


def test_wrong_input_to_a_funnel_is_told_by_name() -> None:
    table = rates_of([5, 6], [1.0, 2.0])
    with pytest.raises(InputError, match=r"A funnel has one group\. Found: 2"):
        measure_funnel(pd.concat([table.assign(group="a"), table.assign(group="b")]))
    with pytest.raises(InputError, match="needs two streets with a base and an incident"):
        measure_funnel(rates_of([5, 6], [1.0, 0.0]))
    with pytest.raises(ColumnsError, match="street_rates must have the column base"):
        measure_funnel(table.drop(columns="base"))
    with pytest.raises(EmptyTableError, match="street_rates has no rows"):
        measure_funnel(table.iloc[:0])
