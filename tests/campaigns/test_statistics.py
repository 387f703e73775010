"""The tests of a campaign on numbers from papers, other tools and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from gridgov.campaigns.difference_in_differences import cluster_variance, rate_ratio
from gridgov.campaigns.displacement import displacement_quotient, quotient_meaning
from gridgov.campaigns.e_test import poisson_e_test
from gridgov.campaigns.exact_ratio import exact_ratio
from gridgov.campaigns.overdispersion import change_dispersion
from gridgov.campaigns.pretrend import pretrend
from gridgov.campaigns.regression_to_mean import expected_means, regression_to_mean
from gridgov.campaigns.wdd import weighted_displacement_difference
from gridgov.errors import InputError

# Wheeler & Ratcliffe (2018), table of their example: control, treated, and the two
# displacement areas.
CONTROL, TREATED, BUFFER, BUFFER_CONTROL = (308, 318), (207, 110), (178, 157), (150, 140)

counts = st.integers(1, 60)


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_the_example_of_wheeler_and_ratcliffe_comes_out() -> None:
    found = weighted_displacement_difference(
        TREATED, CONTROL, buffer=BUFFER, buffer_control=BUFFER_CONTROL
    )
    assert found.total == -118
    assert found.total_se == pytest.approx(np.sqrt(1568))
    assert round(found.z, 2) == -2.98
    assert (round(found.low), round(found.high)) == (-196, -40)


def test_the_readme_of_the_r_package_comes_out() -> None:
    found = weighted_displacement_difference((20, 10), (20, 20), confidence=0.9)
    assert (found.total, round(found.total_se, 4)) == (-10, 8.3666)
    assert found.z == pytest.approx(-1.195229, abs=5e-7)
    assert (found.low, found.high) == pytest.approx((-23.761833, 3.761833), abs=5e-7)


def test_unequal_times_are_weighted_as_in_the_r_package() -> None:
    # ptools, tests/testthat/test-wdd.R: two years before and one after.
    found = weighted_displacement_difference((80, 20), (100, 50), time_weights=(2, 1))
    assert found.treated == pytest.approx(-20)
    assert found.treated_se == pytest.approx(np.sqrt(115))


def test_unequal_areas_are_weighted_as_in_the_r_package() -> None:
    # ptools, tests/testthat/test-wdd.R; their order of areas is control, treated, ...
    found = weighted_displacement_difference(
        TREATED,
        CONTROL,
        buffer=BUFFER,
        buffer_control=BUFFER_CONTROL,
        area_weights=(1.2, 0.9, 1.5, 1.6),
    )
    assert found.total == pytest.approx(-99.69444444)
    assert found.total_se == pytest.approx(35.4280755)
    assert found.z == pytest.approx(-2.813995483)
    assert (found.low, found.high) == pytest.approx((-169.1321965, -30.25669241))


def test_controls_counted_at_other_times_have_weights_of_their_own() -> None:
    found = weighted_displacement_difference(
        (20, 10), (10, 20), time_weights=(1, 1), control_time_weights=(0.5, 1)
    )
    assert found.treated == pytest.approx((10 - 20) - (20 - 20))
    assert found.treated_se == pytest.approx(np.sqrt(10 + 20 + 20 + 10 / 0.25))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"treated": (1, -1)}, "treated must hold two counts"),
        ({"control": (1, 2, 3)}, "control must hold two counts"),
        ({"time_weights": (0, 1)}, "time_weights must hold 2 numbers above 0"),
        ({"area_weights": (1, 1)}, "area_weights must hold 4 numbers above 0"),
    ],
)
def test_counts_and_weights_that_cannot_be_are_told(options: dict, words: str) -> None:
    given_ = {"treated": (1, 2), "control": (1, 2), **options}
    with pytest.raises(InputError, match=words):
        weighted_displacement_difference(given_.pop("treated"), given_.pop("control"), **given_)


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    [
        # Krishnamoorthy & Thomson (2004) and the R package ptools.
        (6, 2, 0.1748748),
        (0, 3, 0.0883790),
        (20, 10, 0.0688318),
    ],
)
def test_the_e_test_gives_published_values(first: int, second: int, p_value: float) -> None:
    assert poisson_e_test(first, second) == pytest.approx(p_value, abs=5e-8)


def test_the_e_test_of_nothing_and_nothing_is_one() -> None:
    assert poisson_e_test(0, 0) == 1.0
    with pytest.raises(InputError, match="Counts must be 0 or more"):
        poisson_e_test(1, 2, first_exposure=0)


def test_the_displacement_quotient_of_the_published_example() -> None:
    quotient = displacement_quotient(TREATED, BUFFER, CONTROL)
    assert quotient == pytest.approx(0.258186, abs=5e-7)
    assert quotient_meaning(quotient) == "diffusion"


def test_without_a_fall_there_is_no_displacement_quotient() -> None:
    assert np.isnan(displacement_quotient((10, 12), (10, 5), (10, 10)))
    assert quotient_meaning(float("nan")) is None


def test_the_ratio_and_its_errors_are_those_of_a_log_poisson_model() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    sizes, means = (12, 40), ((20, 8), (9, 8))
    cells = [
        rng.poisson(rng.gamma(2, mean / 2, n))
        for n, both in zip(sizes, means, strict=True)
        for mean in both
    ]
    t0, t1, c0, c1 = (one.astype(float) for one in cells)
    n, m = sizes
    y = np.concatenate([t0, t1, c0, c1])
    treated = np.repeat([1, 0], [2 * n, 2 * m])
    after = np.concatenate([np.repeat([0, 1], n), np.repeat([0, 1], m)])
    cell = np.concatenate([np.tile(np.arange(n), 2), n + np.tile(np.arange(m), 2)])
    design = np.column_stack([np.ones(len(y)), treated, after, treated * after])
    model = sm.GLM(y, design, family=sm.families.Poisson())
    plain = model.fit()
    robust = model.fit(cov_type="cluster", cov_kwds={"groups": cell, "use_correction": False})

    found = rate_ratio(t0, t1, c0, c1)
    assert np.log(found.ratio) == pytest.approx(plain.params[3])
    assert found.poisson == pytest.approx(tuple(np.exp(plain.conf_int()[3])))
    own = np.sqrt(cluster_variance(t0, t1) + cluster_variance(c0, c1))
    assert own == pytest.approx(robust.bse[3])


def test_dispersion_is_that_of_a_binomial_model_of_the_share_after() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(2)
    before, after = rng.poisson(6, 30) + 1.0, rng.poisson(9, 30) + 1.0
    role = np.repeat([0, 1], [10, 20])
    fit = sm.GLM(
        np.column_stack([after, before]), np.eye(2)[role], family=sm.families.Binomial()
    ).fit()
    found, freedom = change_dispersion(before, after, role)
    assert found == pytest.approx(max(fit.pearson_chi2 / 28, 1))
    assert freedom == 28


def test_the_trend_before_is_that_of_a_binomial_model_of_the_treated_share() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    days = np.arange(12) * 30.4
    treated, control = rng.poisson(20, 12).astype(float), rng.poisson(60, 12).astype(float)
    years = (days - days.mean()) / 365.2425
    fit = sm.GLM(
        np.column_stack([treated, control]),
        sm.add_constant(years),
        family=sm.families.Binomial(),
    ).fit()
    scale = max(fit.pearson_chi2 / 10, 1)
    found = pretrend(treated, control, days)
    assert np.log(found.ratio) == pytest.approx(fit.params[1], abs=1e-8)
    t = np.log(found.ratio) / (fit.bse[1] * np.sqrt(scale))
    from scipy.stats import t as student

    assert found.p_value == pytest.approx(2 * student.sf(abs(t), 10))


def test_too_few_periods_have_no_trend() -> None:
    assert np.isnan(pretrend(numbers(5, 6, 7), numbers(5, 6, 7), numbers(0, 30, 60)).p_value)
    assert np.isnan(pretrend(np.zeros(8), np.ones(8), np.arange(8.0)).ratio)
    apart = pretrend(numbers(5, 5, 0, 0), numbers(0, 0, 5, 5), numbers(0, 30, 60, 90))
    assert np.isnan(apart.p_value)


def test_a_place_that_is_clean_afterwards_has_ratio_zero_and_an_upper_limit() -> None:
    found = rate_ratio(numbers(20), numbers(0), numbers(20), numbers(20))
    assert (found.ratio, found.low, found.method) == (0.0, 0.0, "exact")
    assert 0 < found.high < 0.3
    # Twice the smaller tail; Fisher's two-sided p cannot be larger.
    assert fisher_exact([[0, 20], [20, 20]])[1] <= found.p_value < 0.001


def test_exact_limits_hold_the_null_exactly_when_p_is_large() -> None:
    low, high, p_value = exact_ratio((6, 5), (40, 30), confidence=0.95)
    assert low < 5 / 6 / (30 / 40) < high
    assert (low < 1 < high) == (p_value > 0.05)


def test_the_exact_ratio_counts_days() -> None:
    # Twice as many days before: 8 before and 4 after are one rate.
    low, high, p_value = exact_ratio((8, 4), None, days_ratio=0.5)
    assert low < 1 < high
    assert p_value == 1.0
    # The control lost half of its rate over the same days, and the treated nothing.
    low, high, p_value = exact_ratio((80, 80), (80, 40), days_ratio=1.0, control_days_ratio=1.0)
    assert low < 2 < high
    assert p_value < 0.01
    # Controls counted on half of the days before had the same rate then as the treated.
    _, _, p_value = exact_ratio((80, 80), (40, 80), days_ratio=1.0, control_days_ratio=2.0)
    assert p_value > 0.9


def test_nothing_before_gives_no_ratio() -> None:
    found = rate_ratio(numbers(0), numbers(3), numbers(5), numbers(5))
    assert np.isnan(found.ratio)
    assert found.method == "none"
    assert np.isnan(exact_ratio((0, 0), (1, 1))[0])


@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=12), st.integers(2, 5))
def test_the_ratio_does_not_care_about_order_and_controls_undo_a_common_change(
    pairs: list[tuple[int, int]], factor: int
) -> None:
    before, after = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    found = rate_ratio(before, after, before, after)
    assert found.ratio == pytest.approx(1)
    turned = rate_ratio(before[::-1], after[::-1], before, after * factor)
    assert turned.ratio == pytest.approx(1 / factor)
    assert found.poisson[0] < 1 < found.poisson[1]
    assert found.dispersion >= 1
    wider = found.quasi[1] / found.quasi[0]
    assert wider >= found.poisson[1] / found.poisson[0] * (1 - 1e-12) or found.method == "exact"


@given(st.lists(st.integers(0, 40), min_size=5, max_size=60))
def test_expected_means_add_up_to_about_the_counts_and_keep_their_order(values: list[int]) -> None:
    found = expected_means(numbers(*values))
    # The means of the mixture lie on a grid, and expectation-maximization stops early.
    assert found.sum() == pytest.approx(sum(values), rel=0.05, abs=0.5)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= -1e-9).all()


def test_a_gamma_city_regresses_as_its_formula_says() -> None:
    # Gamma means with shape 4 and scale 1: the expected mean of y is (4 + y) / 2.
    rng = np.random.default_rng(4)
    counts_ = rng.poisson(rng.gamma(4, 1, 20_000)).astype(float)
    found = expected_means(counts_)
    for y in (0, 2, 4, 8):
        assert found[counts_ == y][0] == pytest.approx((4 + y) / 2, rel=0.08)


def test_cells_picked_for_their_counts_fall_by_the_share_that_is_told() -> None:
    rng = np.random.default_rng(5)
    means = rng.gamma(2, 1.5, 3000)
    before, after = rng.poisson(means).astype(float), rng.poisson(means).astype(float)
    treated = np.zeros(3000, dtype=bool)
    treated[np.argsort(-before, kind="stable")[:60]] = True
    found = regression_to_mean(before, after, treated, ~treated)
    assert found.high
    assert 1 - after[treated].sum() / before[treated].sum() == pytest.approx(found.share, abs=0.05)


def test_few_cells_do_not_tell_what_regresses() -> None:
    before = numbers(5, 1, 1)
    found = regression_to_mean(before, before, before == 5, before == 1)
    assert np.isnan(found.share)
