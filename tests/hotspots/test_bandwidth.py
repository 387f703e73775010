"""Kernels are densities of the right spread, and rules choose the bandwidths they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gaussian_kde

from gridgov.errors import InputError
from gridgov.hotspots.bandwidth import RULES, rule_bandwidth
from gridgov.hotspots.kernels import KERNELS

# Silverman (1986), table 4.1, for two dimensions.
SILVERMAN = {"epanechnikov": 2.40, "quartic": 2.78, "triweight": 3.12, "gaussian": 1.0}


def cloud(number: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 300, (number, 2))


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_has_mass_one_and_the_spread_it_names(name: str) -> None:
    kernel = KERNELS[name]

    def at(r: float) -> float:
        return float(kernel.plane(np.array([r * r]))[0])

    mass = quad(lambda r: 2 * np.pi * r * at(r), 0, kernel.reach)[0]
    variance = quad(lambda r: np.pi * r**3 * at(r), 0, kernel.reach)[0]
    assert mass == pytest.approx(1, abs=2e-8)
    assert np.sqrt(variance) == pytest.approx(kernel.deviation, rel=2e-7)
    assert at(kernel.reach) == 0.0
    assert at(kernel.reach + 1) == 0.0


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_along_a_line_is_the_integral_of_its_own_shape(name: str) -> None:
    kernel = KERNELS[name]
    power = {"epanechnikov": 1, "quartic": 2, "triweight": 3}.get(name)
    if power is None:
        scale, shape = 1.0, lambda u: np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    else:
        scale = 0.5 / quad(lambda u: (1 - u * u) ** power, 0, 1)[0]
        shape = lambda u: (1 - u * u) ** power if u < 1 else 0.0  # noqa: E731
    for u in (0.0, 0.2, 0.7, 1.0):
        assert float(kernel.along(np.array([u]))[0]) == pytest.approx(
            scale * quad(shape, 0, u)[0], abs=1e-12
        )
    assert kernel.along(np.array([kernel.reach, 99.0])).tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("name", "printed"), SILVERMAN.items())
def test_widths_of_equal_smoothing_are_those_silverman_prints(name: str, printed: float) -> None:
    assert round(KERNELS[name].silverman, 2) == printed


def test_the_normal_reference_rule_is_scipys() -> None:
    points = cloud(200)
    factor = gaussian_kde(points.T, bw_method="scott").factor
    assert factor == pytest.approx(gaussian_kde(points.T, bw_method="silverman").factor)
    sigma = np.sqrt(points.var(axis=0).mean())
    found = rule_bandwidth(points, rule="scott", kernel="gaussian")
    assert found == pytest.approx(factor * sigma, rel=1e-12)


def test_a_few_far_incidents_do_not_widen_silvermans_rule() -> None:
    points = cloud(400)
    far = np.vstack([points, np.full((8, 2), 30_000.0)])
    alone = rule_bandwidth(points, rule="silverman", kernel="quartic")
    assert rule_bandwidth(far, rule="silverman", kernel="quartic") == pytest.approx(alone, rel=0.05)
    assert rule_bandwidth(far, rule="scott", kernel="quartic") > 5 * alone


def test_the_two_normal_rules_agree_on_a_normal_cloud() -> None:
    points = cloud(20_000)
    robust = rule_bandwidth(points, rule="silverman", kernel="quartic")
    assert robust == pytest.approx(rule_bandwidth(points, rule="scott", kernel="quartic"), rel=0.02)


def test_the_nearest_neighbor_rule_is_a_plain_loop() -> None:
    points = cloud(50)
    apart = np.hypot(*(points[:, None] - points[None]).T)
    # The square root of 50 is 7.07; the first of a row is the incident itself.
    expected = np.sort(apart, axis=0)[7].mean()
    found = rule_bandwidth(points, rule="nearest_neighbor", kernel="quartic")
    assert found == pytest.approx(expected, rel=1e-12)


def test_whole_weights_are_repeated_incidents_but_for_how_many_there_are() -> None:
    points, times = cloud(30), np.arange(30) % 3
    repeated = np.repeat(points, times, axis=0)
    found = rule_bandwidth(points, rule="silverman", kernel="gaussian", weights=times.astype(float))
    plain = rule_bandwidth(repeated, rule="silverman", kernel="gaussian")
    effective = times.sum() ** 2 / (times**2).sum()
    assert found == pytest.approx(plain * (times.sum() / effective) ** (1 / 6), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(rule=st.sampled_from(RULES), scale=st.floats(0.01, 100), shift=st.floats(-1e4, 1e4))
def test_a_rule_follows_the_scale_and_not_the_place(rule: str, scale: float, shift: float) -> None:
    points = cloud(40)
    plain = rule_bandwidth(points, rule=rule, kernel="quartic")  # type: ignore[arg-type]
    moved = rule_bandwidth(points * scale + shift, rule=rule, kernel="quartic")  # type: ignore[arg-type]
    assert moved == pytest.approx(plain * scale, rel=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_without_spread_asks_for_meters(rule: str) -> None:
    with pytest.raises(InputError, match=r"two places or more\. Found: 1 incident\. Give bandwid"):
        rule_bandwidth(cloud(1), rule=rule, kernel="quartic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Found: 3 incidents at one place"):
        rule_bandwidth(np.ones((3, 2)), rule=rule, kernel="quartic")  # type: ignore[arg-type]
