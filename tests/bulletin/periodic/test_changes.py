"""Whether a count changed: against known p-values, and never a percentage of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some
from scipy.stats import beta, binom

from gridgov.bulletin.periodic.changes import adjacent_dispersion, compare_counts
from gridgov.bulletin.periodic.phrases import Phrases
from gridgov.bulletin.periodic.rhythm import read_rhythm


def test_the_p_value_is_twice_the_smaller_binomial_tail() -> None:
    change = compare_counts(30, 10)
    assert change.p_value == pytest.approx(2 * binom.sf(29, 40, 0.5))
    assert change.kind == "rose"
    assert change.share == 2.0


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    # The limits of a binomial share are quantiles of two beta distributions (Clopper 1934).
    low, high = beta.ppf(0.025, 30, 11), beta.ppf(0.975, 31, 10)
    change = compare_counts(30, 10)
    assert change.low == pytest.approx(low / (1 - low) - 1)
    assert change.high == pytest.approx(high / (1 - high) - 1)


def test_a_shorter_month_is_no_fall() -> None:
    assert compare_counts(2800, 3100, days=28, days_before=31).kind == "no_clear_change"
    assert compare_counts(2800, 3100).kind == "fell"
    assert compare_counts(2800, 3100, days=28, days_before=31).share == pytest.approx(
        -0.0968, abs=1e-4
    )


def test_scatter_beyond_poisson_takes_the_certainty_away() -> None:
    assert compare_counts(140, 100).kind == "rose"
    assert compare_counts(140, 100, dispersion=4.0).kind == "no_clear_change"


def test_a_change_from_nothing_has_no_share() -> None:
    change = compare_counts(9, 0)
    assert np.isnan(change.share)
    assert change.kind == "undefined"
    assert compare_counts(0, 0).kind == "no_clear_change"


def test_no_sentence_gives_a_percentage_of_nothing() -> None:
    before = read_rhythm(month="2017-09", zone="UTC").before
    for lang in ("en", "zh"):
        for now, then in ((9, 0), (0, 0), (9, None)):
            said = Phrases(lang).change(compare_counts(now, then), against=before)
            assert "%" not in said
            assert "100" not in said


@drawn(now=some.integers(0, 400), before=some.integers(1, 400))
def test_what_rose_has_an_interval_above_zero(now: int, before: int) -> None:
    change = compare_counts(now, before)
    assert change.low <= change.share + 1e-9 <= change.high + 2e-9
    if change.kind == "rose":
        assert change.low > 0
    elif change.kind == "fell":
        assert change.high < 0
    else:
        assert change.low <= 0 <= change.high


def test_poisson_counts_have_a_dispersion_of_about_one() -> None:
    draws = np.random.default_rng(7).poisson(40, size=(400, 24))
    found = [adjacent_dispersion(row, np.ones(24)) for row in draws]
    # Never below 1, and so a little above it on average.
    assert 1.0 <= np.mean(found) < 1.3
    doubled = [adjacent_dispersion(2 * row, np.ones(24)) for row in draws]
    assert np.mean(doubled) == pytest.approx(2.0, abs=0.1)


def test_a_steady_trend_is_no_scatter() -> None:
    steady = np.arange(100, 340, 10)
    assert adjacent_dispersion(steady, np.ones(24)) == 1.0
    assert adjacent_dispersion([0, 0, 0], [1, 1, 1]) == 1.0
