"""Indices of inequality: published numbers, plain sums over pairs, and the laws they obey."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.hotspots.inequality import (
    fewest_units,
    generalized_gini,
    gini,
    lorenz,
    smallest_size,
    theil,
    theil_between,
    unbiased,
)

COUNTS = st.lists(st.integers(0, 50), min_size=2, max_size=25).filter(any)

# Counts in ten places: Gini, generalized Gini; the vignette of the R package lorenzgini. Its
# caption gives .58 for the fourth, where its own formula gives .56.
PUBLISHED = [
    ([10, 8, 2, 0, 0, 0, 0, 0, 0, 0], 0.78, 0.78),
    ([5, 2, 1, 0, 0, 0, 0, 0, 0, 0], 0.80, 0.75),
    ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.90, 0.90),
    ([3, 1, 1, 0, 0, 0, 0, 0, 0, 0], 0.78, 0.56),
    ([22, 18, 17, 12, 11, 8, 6, 3, 2, 1], 0.392, 0.392),
]


def ones(values: list[int]) -> np.ndarray:
    return np.ones(len(values))


def plain_theil(values: list[int]) -> float:
    mean = sum(values) / len(values)
    return sum(y / mean * np.log(y / mean) for y in values if y) / len(values)


@pytest.mark.parametrize(("values", "index", "general"), PUBLISHED)
def test_published_gini_indices(values: list[int], index: float, general: float) -> None:
    places = 3 if index == 0.392 else 2
    found = gini(values, ones(values))
    assert round(float(found), places) == index
    assert round(float(generalized_gini(found, len(values), sum(values))), places) == general


def test_all_in_one_cell_is_one_when_unbiased() -> None:
    values = [10] + [0] * 9
    assert float(unbiased(gini(values, ones(values)), 10)) == pytest.approx(1)
    few = [4] + [0] * 9
    general = generalized_gini(gini(few, ones(few)), 10, 4)
    assert float(general) == pytest.approx(1 - 1 / 4)
    assert float(unbiased(general, min(10, 4))) == pytest.approx(1)
    assert np.isnan(unbiased(0.9, 1))


@given(COUNTS)
def test_gini_is_the_mean_difference_of_all_pairs(values: list[int]) -> None:
    pairs = sum(abs(Fraction(a) - b) for a, b in combinations(values, 2))
    exact = pairs / (Fraction(sum(values)) * len(values))
    assert float(gini(values, ones(values))) == pytest.approx(float(exact), abs=1e-12)


@given(COUNTS)
def test_theil_is_its_plain_sum(values: list[int]) -> None:
    assert float(theil(values, ones(values))) == pytest.approx(plain_theil(values), abs=1e-12)


@given(COUNTS, st.integers(1, 9), st.integers(1, 4))
def test_neither_the_scale_nor_copies_of_all_cells_change_an_index(
    values: list[int], factor: int, copies: int
) -> None:
    for index in (gini, theil):
        plain = float(index(values, ones(values)))
        scaled = [factor * value for value in values]
        assert float(index(scaled, ones(scaled))) == pytest.approx(plain, abs=1e-10)
        assert float(index(values, copies * ones(values))) == pytest.approx(plain, abs=1e-10)
        assert float(index(values[::-1], ones(values))) == pytest.approx(plain, abs=1e-10)


@given(COUNTS, st.data())
def test_moving_an_incident_from_a_fuller_to_an_emptier_cell_lowers_an_index(
    values: list[int], data: st.DataObject
) -> None:
    fullest, emptiest = int(np.argmax(values)), int(np.argmin(values))
    gap = values[fullest] - values[emptiest]
    if gap < 2:
        return
    amount = data.draw(st.integers(1, gap - 1))
    moved = list(values)
    moved[fullest] -= amount
    moved[emptiest] += amount
    for index in (gini, theil):
        assert float(index(moved, ones(moved))) < float(index(values, ones(values))) + 1e-12


@given(COUNTS, st.data())
def test_theil_is_between_plus_the_weighted_theils_within(
    values: list[int], data: st.DataObject
) -> None:
    group = data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    groups = [[v for v, g in zip(values, group, strict=True) if g == k] for k in range(4)]
    groups = [members for members in groups if members]
    between = theil_between([sum(g) for g in groups], [len(g) for g in groups])
    within = sum(sum(g) / sum(values) * plain_theil(g) for g in groups if any(g))
    total = float(theil(values, ones(values)))
    assert float(between) + within == pytest.approx(total, abs=1e-10)
    assert float(between) >= -1e-12


@given(COUNTS, st.sampled_from([25, 50, 80, 100]))
def test_the_fewest_cells_are_those_that_a_loop_takes(values: list[int], percent: int) -> None:
    held, number = 0, 0
    for value in sorted(values, reverse=True):
        if 100 * held >= percent * sum(values):
            break
        held, number = held + value, number + 1
    distinct, times = np.unique(values, return_counts=True)
    assert int(fewest_units(distinct, times, percent)) == number
    assert int(fewest_units(values, ones(values), percent)) == number


@given(COUNTS, st.floats(0.01, 1))
def test_the_smallest_size_is_read_off_the_lorenz_curve(values: list[int], share: float) -> None:
    below, held = lorenz(values, ones(values))
    found = float(smallest_size(values, ones(values), share)) / len(values)
    assert np.interp(1 - found, below, held) == pytest.approx(1 - share, abs=1e-9)


@given(COUNTS)
def test_the_gini_index_is_twice_the_area_under_the_diagonal(values: list[int]) -> None:
    below, held = lorenz(values, ones(values))
    area = np.trapezoid(below - held, below)
    assert float(gini(values, ones(values))) == pytest.approx(2 * area, abs=1e-12)
    assert (np.diff(below) > 0).all()
    assert (np.diff(held) >= 0).all()
    # It bends one way only.
    slopes = np.diff(held) / np.diff(below)
    assert (np.diff(slopes) >= -1e-9).all()


def test_many_samples_at_once_are_each_alone() -> None:
    random = np.random.default_rng(0)
    values, times = np.array([5, 0, 1, 2]), random.integers(0, 6, (8, 4))
    for index in (gini, theil):
        together = index(values, times)
        np.testing.assert_allclose(together, [index(values, row) for row in times])
    np.testing.assert_allclose(
        fewest_units(values, times, 50), [fewest_units(values, row, 50) for row in times]
    )


def test_nothing_to_share_out_has_no_index() -> None:
    none = np.zeros(3)
    for found in (
        gini(none, np.ones(3)),
        theil(none, np.ones(3)),
        theil_between(none, np.ones(3)),
        fewest_units(none, np.ones(3), 50),
        smallest_size(none, np.ones(3), 0.5),
        generalized_gini(np.nan, 3, 0),
    ):
        assert np.isnan(found)
