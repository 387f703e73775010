"""Wilson's interval against its textbook values and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from gridgov.assessment.indicators.wilson import wilson_interval
from gridgov.checks import check_confidence
from gridgov.errors import OptionError


def test_the_intervals_of_a_textbook() -> None:
    # Newcombe (1998), Statistics in Medicine 17(8), 857-872, table I, method 3 (score).
    low, high = wilson_interval([81, 15, 0, 1], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


@given(
    n=st.integers(1, 100_000),
    part=st.floats(0, 1),
    confidence=st.sampled_from([0.5, 0.8, 0.95, 0.999]),
)
def test_the_interval_is_that_of_statsmodels(n: int, part: float, confidence: float) -> None:
    k = round(part * n)
    low, high = wilson_interval([k], [n], confidence=confidence)
    expected = proportion_confint(k, n, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose([low[0], high[0]], expected, atol=1e-12)
    assert 0 <= low[0] <= k / n <= high[0] <= 1


def test_nothing_of_nothing_has_no_interval_and_all_reaches_one_exactly() -> None:
    low, high = wilson_interval([0, 7, 0], [0, 7, 7])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert high[1] == 1
    assert low[2] == 0


@given(st.lists(st.sampled_from([0.0, 0.9, 1.0]), min_size=1, max_size=200))
def test_partial_scores_vary_no_more_than_the_interval_allows(scores: list[float]) -> None:
    # Bhatia and Davis: the variance of scores in 0 to 1 is at most mean (1 - mean).
    mean = float(np.mean(scores))
    assert float(np.var(scores)) <= mean * (1 - mean) + 1e-12
    low, high = wilson_interval([sum(scores)], [len(scores)])
    assert low[0] <= mean + 1e-12
    assert mean <= high[0] + 1e-12


@pytest.mark.parametrize("confidence", [0.4, 1, 95, "0.95", True, None])
def test_a_confidence_that_is_none_is_refused(confidence: object) -> None:
    with pytest.raises(OptionError, match="confidence must be a probability"):
        check_confidence(confidence)
