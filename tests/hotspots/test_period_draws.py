"""The sum of draws from several periods: enumeration, brute force, and the stand-in."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from gridgov.hotspots import period_draws
from gridgov.hotspots.period_draws import exact_period_tails, period_p, sampled_period_tails
from gridgov.hotspots.randomization_null import randomization_p


def enumerated(periods, size, total):
    """Return both tails over every choice of cells in every period, as fractions."""
    draws = [[sum(chosen) for chosen in combinations(counts, size)] for counts in periods]
    sums = [sum(parts) for parts in product(*draws)]
    at_most = sum(part <= total for part in sums)
    at_least = sum(part >= total for part in sums)
    return Fraction(at_most, len(sums)), Fraction(at_least, len(sums))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize(
    "periods",
    [
        [[0, 0, 3, 1, 7], [2, 2, 5, 2, 2], [0, 0, 0, 0, 9]],
        # Months whose counts have a common divisor: most sums are between two that can be.
        [[0, 4, 4, 8, 8], [1, 4, 7, 7, 7], [1, 1, 1, 3, 5]],
        [[0, 3, 6, 6, 9], [2, 2, 5, 8, 8], [0, 0, 3, 3, 3]],
    ],
)
def test_tails_are_those_of_every_possible_draw(size, periods):
    arrays = [np.array(counts) for counts in periods]
    least = size * sum(min(counts) for counts in periods)
    totals = np.arange(least, least + 34)
    lower, upper = exact_period_tails(arrays, np.full(totals.size, size), totals)
    for total, below, above in zip(totals.tolist(), lower, upper, strict=True):
        at_most, at_least = enumerated(periods, size, total)
        assert below == pytest.approx(float(at_most), rel=1e-12, abs=1e-300)
        assert above == pytest.approx(float(at_least), rel=1e-12, abs=1e-15)


def test_what_is_asked_does_not_change_the_answer():
    # Sums above the widest one asked share an entry.
    rng = np.random.default_rng(0)
    periods = [rng.negative_binomial(0.4, 0.1, 80) for _ in range(3)]
    totals = np.array([0, 3, 40, 120])
    together = exact_period_tails(periods, np.full(4, 7), totals)
    for i, total in enumerate(totals.tolist()):
        alone = exact_period_tails(periods, np.array([7]), np.array([total]))
        for ours, theirs in zip(alone, together, strict=True):
            assert ours[0] == pytest.approx(theirs[i], rel=1e-11)


def test_small_tails_keep_their_digits():
    # Ones in 7 of 1,000 cells, all seven drawn in both of two periods: 1 / C(1000, 7)².
    from math import comb

    ones = np.zeros(1_000, dtype=int)
    ones[:7] = 1
    _, upper = exact_period_tails([ones, ones], np.array([7]), np.array([14]))
    assert upper[0] == pytest.approx(1 / comb(1_000, 7) ** 2, rel=1e-10)


def test_draws_agree_with_the_exact_tails():
    rng = np.random.default_rng(1)
    periods = [rng.negative_binomial(0.4, 0.1, 200) + shift for shift in (0, 2)]
    sizes, sums = np.repeat([4, 7], 5), np.tile([20, 40, 60, 80, 100], 2)
    exact = exact_period_tails(periods, sizes, sums)
    drawn = sampled_period_tails(periods, sizes, sums, draws=20_000, seed=3)
    for ours, theirs in zip(drawn, exact, strict=True):
        error = np.sqrt(theirs * (1 - theirs) / 20_000) + 1e-4
        assert (np.abs(ours - theirs) < 4 * error).all()
    again = sampled_period_tails(
        [np.random.default_rng(9).permutation(counts) for counts in periods],
        sizes,
        sums,
        draws=20_000,
        seed=3,
    )
    np.testing.assert_array_equal(again, drawn)


def test_one_period_is_one_map_and_large_counts_are_drawn(monkeypatch):
    rng = np.random.default_rng(2)
    counts = rng.poisson(2, 50)
    sizes, sums = np.array([7, 5]), np.array([20, 4])
    one, same = period_p([counts], sizes, sums, seed=0), randomization_p(counts, sizes, sums)
    np.testing.assert_array_equal(one.p_value, same.p_value)
    assert period_p([counts, counts], sizes, sums, seed=0).method == "exact"
    monkeypatch.setattr(period_draws, "DRAWS", 999)
    # Without a common divisor: one is left for the odd cell.
    many = counts * 7_919 + (np.arange(50) == 3)
    large = period_p([many] * 2, sizes, sums * 7_919, seed=0)
    assert (large.method, large.floor) == ("sampled", 2 / 1_000)
    assert large.p_value.min() >= 2 / 1_000


def test_counts_in_another_unit_have_the_same_p_however_large():
    rng = np.random.default_rng(3)
    periods = [rng.negative_binomial(0.4, 0.1, 80) for _ in range(3)]
    sizes, sums = np.array([7, 7, 4]), np.array([30, 90, 12])
    plain = period_p(periods, sizes, sums, seed=0)
    larger = period_p([1_000 * counts for counts in periods], sizes, 1_000 * sums, seed=0)
    assert (plain.method, larger.method) == ("exact", "exact")
    np.testing.assert_array_equal(larger.p_value, plain.p_value)
