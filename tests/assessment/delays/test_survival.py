"""The product-limit curve and the log-rank test against published values and peers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from gridgov.assessment.delays.logrank import log_rank
from gridgov.assessment.delays.survival import (
    make_curve,
    quantile,
    restricted_mean,
    still_open,
)

# Weeks of remission of 21 patients with 6-MP and 21 with placebo, Freireich et al. (1963),
# Blood 21(6), 699-716, as in Cox (1972). + marks a censored time.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def remission(text: str) -> tuple[np.ndarray, np.ndarray]:
    words = text.split()
    return (
        np.array([int(word.rstrip("+")) for word in words], dtype=np.int64),
        np.array([not word.endswith("+") for word in words]),
    )


def both() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts = [remission(SIX_MP), remission(PLACEBO)]
    times, closed = (np.concatenate(part) for part in zip(*parts, strict=True))
    return times, closed, np.repeat([0, 1], 21)


def test_the_curve_of_the_remission_trial_is_the_published_one() -> None:
    curve = make_curve(*remission(SIX_MP))
    # Kleinbaum and Klein, Survival Analysis, 3rd ed. (2012), table of the 6-MP group;
    # the standard errors are those of Collett (2003) and of R's survfit.
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.closed.tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert curve.share.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    error = curve.share * np.sqrt(curve.variance)
    assert error.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


def test_the_medians_of_the_remission_trial_are_the_published_ones() -> None:
    # 23 weeks against 8.
    median, _, high = quantile(make_curve(*remission(SIX_MP)), 0.5)
    assert median == 23
    assert np.isnan(high)
    assert quantile(make_curve(*remission(PLACEBO)), 0.5)[0] == 8


def test_the_log_rank_test_of_the_remission_trial_is_the_published_one() -> None:
    found = log_rank(*both(), 2)
    # R, survdiff: observed 9 and 21, expected 19.3 and 10.7, chi-square 16.8, p 4e-05.
    assert found.closed.tolist() == [9, 21]
    assert found.expected.round(1).tolist() == [19.3, 10.7]
    assert found.statistic == pytest.approx(16.79, abs=0.005)
    assert found.p_value == pytest.approx(4.17e-5, abs=5e-8)
    # With two groups each against the others is the same test.
    assert found.own.tolist() == pytest.approx([found.statistic] * 2)


_LIVES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


@given(lives=_LIVES, confidence=st.sampled_from([0.5, 0.9, 0.95]))
def test_the_curve_and_its_interval_are_those_of_scipy(
    lives: list[tuple[int, bool]], confidence: float
) -> None:
    times = np.array([time for time, _ in lives], dtype=np.int64)
    closed = np.array([seen for _, seen in lives])
    curve = make_curve(times, closed, confidence=confidence)
    peer = ecdf(CensoredData(uncensored=times[closed], right=times[~closed])).sf
    at = np.arange(13)
    share, low, high, _ = still_open(curve, at)
    known = ~np.isnan(share)
    np.testing.assert_allclose(share[known], peer.evaluate(at)[known], atol=1e-12)
    inner = known & (share > 0) & (share < 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ends = peer.confidence_interval(confidence, method="log-log")
    np.testing.assert_allclose(low[inner], ends.low.evaluate(at)[inner], atol=1e-12)
    np.testing.assert_allclose(high[inner], ends.high.evaluate(at)[inner], atol=1e-12)


@given(lives=_LIVES)
def test_the_curve_and_its_error_are_those_of_statsmodels(lives: list[tuple[int, bool]]) -> None:
    # It knows no time 0.
    times = np.array([time + 1 for time, _ in lives], dtype=np.int64)
    closed = np.array([seen for _, seen in lives])
    curve = make_curve(times, closed)
    with np.errstate(all="ignore"):
        peer = SurvfuncRight(times, closed.astype(int))
    rows = np.isin(peer.surv_times, curve.times)
    np.testing.assert_allclose(curve.share, peer.surv_prob[rows], atol=1e-12)
    below = curve.share > 1e-9
    error = curve.share * np.sqrt(curve.variance)
    np.testing.assert_allclose(error[below], peer.surv_prob_se[rows][below], atol=1e-9)
    # Where the curve lies on the level exactly the peer takes the next step, we the first.
    if not np.isclose(curve.share, 0.75).any():
        assert quantile(curve, 0.25)[0] == pytest.approx(peer.quantile(0.25), nan_ok=True)


@given(times=st.lists(st.integers(0, 50), min_size=1, max_size=80))
def test_without_censoring_the_curve_is_the_share_of_longer_times(times: list[int]) -> None:
    spans = np.array(times, dtype=np.int64)
    curve = make_curve(spans, np.ones(len(spans), dtype=bool))
    expected = [(spans > time).mean() for time in curve.times]
    np.testing.assert_allclose(curve.share, expected, atol=1e-12)
    # The area under it is the mean.
    assert restricted_mean(curve, 60)[0] == pytest.approx(spans.mean())
    error = spans.std() / np.sqrt(len(spans))
    mean, low, _ = restricted_mean(curve, 60)
    assert low == pytest.approx(max(mean - 1.959964 * error, 0), abs=1e-5)


@given(
    lives=st.lists(
        st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 3)), min_size=8, max_size=80
    )
)
def test_the_log_rank_test_is_that_of_statsmodels(lives: list[tuple[int, bool, int]]) -> None:
    times, closed, raw = (np.array(part) for part in zip(*lives, strict=True))
    names, group = np.unique(raw, return_inverse=True)
    found = log_rank(times, closed, group, len(names))
    assert found.expected.sum() == pytest.approx(found.closed.sum())
    if found.freedom < max(1, len(names) - 1):
        # Some group was never at risk of anything; the peer's matrix is singular then.
        return
    try:
        statistic, p_value = survdiff(times, closed.astype(int), group)
    except np.linalg.LinAlgError:
        return
    assert found.statistic == pytest.approx(float(np.squeeze(statistic)), rel=1e-6, abs=1e-9)
    assert found.p_value == pytest.approx(float(np.squeeze(p_value)), rel=1e-6, abs=1e-9)


def test_one_group_against_the_others_is_the_test_of_two_groups() -> None:
    rng = np.random.default_rng(7)
    times, closed = rng.integers(1, 40, 300), rng.random(300) < 0.7
    group = rng.integers(0, 4, 300)
    found = log_rank(times, closed, group, 4)
    for each in range(4):
        two = log_rank(times, closed, (group == each).astype(np.int64), 2)
        assert found.own[each] == pytest.approx(two.statistic)


def test_many_times_in_blocks_give_what_one_block_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    times, closed = rng.integers(1, 400, 500), rng.random(500) < 0.8
    group = rng.integers(0, 3, 500)
    whole = log_rank(times, closed, group, 3)
    monkeypatch.setattr("gridgov.assessment.delays.logrank._BLOCK", 50)
    parts = log_rank(times, closed, group, 3)
    assert parts.statistic == pytest.approx(whole.statistic)
    np.testing.assert_allclose(parts.expected, whole.expected)


def test_nothing_closed_is_a_flat_curve_and_no_test() -> None:
    times, never = np.array([3, 5], dtype=np.int64), np.zeros(2, dtype=bool)
    curve = make_curve(times, never)
    assert len(curve.times) == 0
    assert still_open(curve, np.array([4, 6]))[0].tolist()[0] == 1
    assert np.isnan(still_open(curve, np.array([6]))[0][0])
    assert np.isnan(quantile(curve, 0.5)[0])
    assert restricted_mean(curve, 5)[0] == 5
    assert np.isnan(restricted_mean(curve, 6)[0])
    found = log_rank(times, never, np.array([0, 1]), 2)
    assert found.freedom == 0
    assert np.isnan(found.p_value)
    assert np.isnan(found.own_p).all()
