"""Two-by-two tests against scipy, statsmodels, published tables and fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportions_chisquare

from gridgov.hotspots.proportion_tests import chi_square, fisher_exact

# Incidents of twelve units before and after, few and many, none and all but one.
BEFORE = np.array([0, 1, 3, 7, 12, 30, 64, 5, 0, 2, 40, 1])
AFTER = np.array([4, 1, 0, 9, 30, 12, 81, 5, 11, 2, 0, 0])
N, M = int(BEFORE.sum()), int(AFTER.sum())


def fields(a, b, n, m):
    return np.array([[a, n - a], [b, m - b]])


def test_pearson_and_yates_are_those_of_scipy():
    for kind, correction in (("pearson", False), ("yates", True)):
        statistic, p = chi_square(BEFORE, AFTER, N, M, kind=kind)
        for place, (a, b) in enumerate(zip(BEFORE, AFTER, strict=True)):
            expected = stats.chi2_contingency(fields(a, b, N, M), correction=correction)
            assert statistic[place] == pytest.approx(expected.statistic, abs=1e-12)
            assert p[place] == pytest.approx(expected.pvalue, rel=1e-10)


def test_n_minus_one_is_statsmodels_table_with_its_factor():
    statistic, p = chi_square(BEFORE, AFTER, N, M, kind="n-1")
    for place, (a, b) in enumerate(zip(BEFORE, AFTER, strict=True)):
        plain, _, _ = proportions_chisquare([a, b], [N, M])
        assert statistic[place] == pytest.approx(plain * (N + M - 1) / (N + M), abs=1e-12)
        assert p[place] == pytest.approx(stats.chi2.sf(statistic[place], 1), rel=1e-10)
        # The square of the score of the log odds: another road to the same number.
        table = Table2x2(fields(a, b, N, M), shift_zeros=False)
        score = table.table[0, 0] - table.fittedvalues[0, 0]
        margins = table.table.sum(axis=0), table.table.sum(axis=1)
        variance = np.prod(np.concatenate(margins)) / (N + M) ** 2 / (N + M - 1)
        assert statistic[place] == pytest.approx(score**2 / variance, abs=1e-12)


def test_fisher_is_that_of_scipy():
    p = fisher_exact(BEFORE, AFTER, N, M)
    expected = [
        stats.fisher_exact(fields(a, b, N, M)).pvalue for a, b in zip(BEFORE, AFTER, strict=True)
    ]
    np.testing.assert_allclose(p, expected, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_fisher_is_the_sum_of_fractions(a, other_a, b, other_b):
    n, m, inside = a + other_a, b + other_b, a + b
    p = fisher_exact([a], [b], n, m)[0]
    if not (n and m and inside and inside < n + m):
        assert np.isnan(p)
        return
    ways = {
        x: comb(n, x) * comb(m, inside - x) for x in range(max(0, inside - m), min(n, inside) + 1)
    }
    tail = Fraction(sum(w for w in ways.values() if w <= ways[a]), comb(n + m, inside))
    assert p == pytest.approx(float(tail), rel=1e-11)


def test_units_without_incidents_or_with_all_of_them_have_no_answer():
    for kind in ("n-1", "pearson", "yates"):
        statistic, p = chi_square([0, 8], [0, 9], 8, 9, kind=kind)
        assert np.isnan(statistic).all()
        assert np.isnan(p).all()
    assert np.isnan(fisher_exact([0, 8], [0, 9], 8, 9)).all()


def test_counts_of_a_large_city_do_not_overflow():
    statistic, p = chi_square([40_000], [41_000], 3_000_000, 3_100_000, kind="n-1")
    expected = stats.chi2_contingency(
        fields(40_000, 41_000, 3_000_000, 3_100_000).astype(float), correction=False
    )
    assert statistic[0] == pytest.approx(expected.statistic, rel=1e-6)
    exact = fisher_exact([40_000], [41_000], 3_000_000, 3_100_000)[0]
    assert exact == pytest.approx(p[0], rel=1e-2)


def test_swapping_before_and_after_changes_nothing():
    for kind in ("n-1", "pearson", "yates"):
        one, other = (
            chi_square(BEFORE, AFTER, N, M, kind=kind),
            chi_square(AFTER, BEFORE, M, N, kind=kind),
        )
        np.testing.assert_allclose(one, other, atol=1e-12)
    np.testing.assert_allclose(
        fisher_exact(BEFORE, AFTER, N, M), fisher_exact(AFTER, BEFORE, M, N), rtol=1e-10
    )
