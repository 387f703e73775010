from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.hotspots import draw_sums, randomization_null
from gridgov.hotspots.randomization_null import exact_tails, randomization_p, sampled_tails

few_counts = st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 5, 17]), min_size=2, max_size=9).filter(
    lambda counts: len(set(counts)) > 1
)


def every_arrangement(counts, size):
    """Return each sum of `size` cells with the share of arrangements that give it."""
    sums = Counter(sum(drawn) for drawn in combinations(counts, size))
    ways = sum(sums.values())
    return {total: Fraction(number, ways) for total, number in sums.items()}


def all_questions(counts):
    """Return every size with every sum that it can have, and both exact tails."""
    rows = []
    for size in range(1, len(counts) + 1):
        shares = every_arrangement(counts, size)
        rows += [
            (
                size,
                total,
                float(sum(share for other, share in shares.items() if other <= total)),
                float(sum(share for other, share in shares.items() if other >= total)),
            )
            for total in shares
        ]
    return (np.array(column) for column in zip(*rows, strict=True))


@settings(deadline=None)
@given(few_counts)
def test_tails_equal_the_enumeration_of_every_arrangement(counts):
    sizes, sums, lower, upper = all_questions(counts)
    found_lower, found_upper = exact_tails(np.array(counts), sizes, sums)
    np.testing.assert_allclose(found_lower, lower, rtol=1e-13)
    np.testing.assert_allclose(found_upper, upper, rtol=1e-13)


@settings(deadline=None)
@given(few_counts)
def test_p_is_twice_the_smaller_tail_and_safe_under_the_null(counts):
    for size in range(1, len(counts)):
        shares = every_arrangement(counts, size)
        sums = np.array(list(shares))
        lower, upper = exact_tails(np.array(counts), np.full(sums.size, size), sums)
        p, side, method, floor = randomization_p(np.array(counts), np.full(sums.size, size), sums)
        np.testing.assert_array_equal(p, np.minimum(1, 2 * np.minimum(lower, upper)))
        np.testing.assert_array_equal(side, np.sign(lower - upper))
        assert (method, floor) == ("exact", 0.0)
        # P(p <= a) <= a at every a that p can take.
        chance = np.array([float(share) for share in shares.values()])
        for level in p:
            assert chance[p <= level].sum() <= level + 1e-12


@settings(deadline=None)
@given(few_counts, st.integers(1, 7), st.integers(0, 9))
def test_units_and_a_constant_in_every_cell_change_nothing(counts, unit, constant):
    sizes, sums, _, _ = all_questions(counts)
    plain = randomization_p(np.array(counts), sizes, sums)
    moved = randomization_p(
        np.array(counts) * unit + constant, sizes, sums * unit + sizes * constant
    )
    np.testing.assert_array_equal(moved.p_value, plain.p_value)


def test_a_sum_that_only_one_arrangement_has_keeps_its_digits():
    # All ten incidents, one a cell, in one neighborhood of ten of 10,000 cells.
    counts = np.zeros(10_000, dtype=np.int64)
    counts[:10] = 1
    _, upper = exact_tails(counts, np.array([10]), np.array([10]))
    ways = Fraction(1)
    for k in range(10):
        ways *= Fraction(10_000 - k, k + 1)
    np.testing.assert_allclose(upper, float(1 / ways), rtol=1e-13)


def test_a_million_cells_and_three_rings_neither_overflow_nor_vanish():
    counts = np.zeros(1_000_000, dtype=np.int64)
    counts[:37] = np.arange(1, 38)
    counts[37:50_000] = 1
    sums = np.array([0, 1, 703])
    lower, upper = exact_tails(counts, np.full(3, 37), sums)
    empty = np.prod([(950_000 - k) / (1_000_000 - k) for k in range(37)])
    np.testing.assert_allclose(lower[0], empty, rtol=1e-12)
    # The largest sum takes the 36 cells above 1 and any one of the 49,964 cells with 1.
    largest = Fraction(49_964, comb(1_000_000, 37))
    assert 6.8e-175 < largest < 6.9e-175
    np.testing.assert_allclose(upper[2], float(largest), rtol=1e-12)
    np.testing.assert_allclose(upper[1], 1 - empty, rtol=1e-12)


def test_hypergeometric_counts_agree_with_scipy():
    from scipy.stats import hypergeom

    counts = np.repeat([0, 1], [1_700, 300])
    sums = np.arange(20)
    lower, upper = exact_tails(counts, np.full(20, 19), sums)
    law = hypergeom(2_000, 300, 19)
    np.testing.assert_allclose(lower, law.cdf(sums), rtol=1e-11)
    np.testing.assert_allclose(upper, law.sf(sums - 1), rtol=1e-11)


def test_sums_above_the_largest_asked_for_are_kept_in_the_upper_tail():
    # Asked alone, small sums leave most of the table in the entry `beyond`.
    counts = np.random.default_rng(3).negative_binomial(0.3, 0.02, size=400)
    sums = np.arange(0, 400, 7)
    sizes = np.full(sums.size, 7)
    lower, upper = exact_tails(counts, sizes, sums)
    for place in (0, 3, 20):
        alone = exact_tails(counts, sizes[place : place + 1], sums[place : place + 1])
        np.testing.assert_allclose(np.ravel(alone), [lower[place], upper[place]], rtol=1e-12)
    equal = lower + upper - 1
    assert (equal > -1e-12).all()


def test_sampled_tails_agree_with_the_exact_ones():
    counts = np.random.default_rng(5).negative_binomial(0.3, 0.1, size=300)
    sizes = np.repeat([4, 7, 19], 40)
    sums = np.tile(np.arange(0, 200, 5), 3)
    exact = np.concatenate(exact_tails(counts, sizes, sums))
    sampled = np.concatenate(sampled_tails(counts, sizes, sums, draws=20_000, seed=1))
    error = np.sqrt(np.maximum(exact * (1 - exact), 1 / 20_000) / 20_000)
    assert np.abs((sampled - exact) / error).max() < 4.5


def test_draws_are_without_replacement_and_all_cells_are_drawn_alike():
    generator = np.random.default_rng(0)
    drawn = draw_sums.draw_cells(generator, 8, 7, 8_000)
    assert (np.diff(np.sort(drawn, axis=0), axis=0) > 0).all()
    times = np.bincount(drawn.ravel(), minlength=8)
    # 7,000 each, standard deviation sqrt(8,000 x 7/8 x 1/8) = 29.6.
    assert np.abs(times - 7_000).max() < 4 * 29.6


def test_a_cost_beyond_the_budget_is_met_by_draws_with_a_floor(monkeypatch):
    monkeypatch.setattr(randomization_null, "DRAWS", 999)
    counts = np.arange(1_000) ** 3
    sizes, sums = np.full(2, 7), np.array([counts[-7:].sum(), counts[:7].sum()])
    first = randomization_p(counts, sizes, sums, seed=4)
    assert first.method == "sampled"
    assert first.floor == 0.002
    assert first.p_value.tolist() == pytest.approx([0.002, 0.002], abs=0.005)
    assert (first.p_value >= first.floor).all()
    assert first.side.tolist() == [1, -1]
    again = randomization_p(counts[::-1].copy(), sizes, sums, seed=4)
    np.testing.assert_array_equal(again.p_value, first.p_value)


def test_large_neighborhoods_are_left_to_draws():
    counts = np.repeat([0, 1], [500, 500])
    assert randomization_null.fits_budget(counts, np.array([400]), np.array([200]))
    assert not randomization_null.fits_budget(counts, np.array([401]), np.array([200]))
