"""Ranks with ties, and ranges of ranks against Tukey's limit, a plain loop and the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import studentized_range

from gridgov.assessment.scores.rank_ranges import competition_ranks, rank_ranges


@given(st.lists(st.sampled_from([60.0, 70.0, 70.0000001, 80.0, 95.5]), min_size=1, max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_ones(scores: list[float]) -> None:
    ranks = competition_ranks(np.array(scores))
    assert ranks.tolist() == [1 + sum(other > one for other in scores) for one in scores]


def test_ties_share_the_best_rank_and_the_next_is_skipped() -> None:
    assert competition_ranks(np.array([90.0, 80.0, 80.0, 70.0])).tolist() == [1, 2, 2, 4]
    assert competition_ranks(np.array([0.1 + 0.2, 0.3])).tolist() == [1, 1]


@pytest.mark.parametrize("groups", [3, 5, 9])
def test_with_equal_spread_the_limit_is_that_of_tukey(groups: int) -> None:
    # Known answer: the studentized range of scipy with infinite freedom, over the root of 2.
    limit = studentized_range.ppf(0.95, groups, np.inf) / np.sqrt(2)
    apart = limit * 2.0 * np.sqrt(2)
    scores = np.array([90.0] * (groups - 1) + [0.0])
    noise = np.random.default_rng(1).normal(0, 2.0, size=(20_000, groups))
    for distance, lowest in ((apart * 0.96, 1), (apart * 1.04, groups)):
        at = np.where(np.arange(groups) == groups - 1, 90.0 - distance, scores)
        found = rank_ranges(at, at + noise, confidence=0.95)
        assert found.low[-1] == lowest
        assert found.high[-1] == groups


def test_all_pairs_at_once_are_as_in_a_plain_loop() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(80, 4, size=7)
    draws = scores + rng.normal(0, rng.uniform(0.5, 3, 7), size=(499, 7))
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    apart = {pair: draws[:, pair[1]] - draws[:, pair[0]] for pair in pairs}
    sd = {pair: of.std(ddof=1) for pair, of in apart.items()}
    greatest = np.max([np.abs(apart[p] - apart[p].mean()) / sd[p] for p in pairs], axis=0)
    limit = np.quantile(greatest, 0.9, method="higher")
    found = rank_ranges(scores, draws, confidence=0.9)
    for i in range(7):
        ahead = [scores[j] - scores[i] > limit * sd[i, j] for j in range(7) if i != j]
        behind = [scores[i] - scores[j] > limit * sd[i, j] for j in range(7) if i != j]
        assert found.low[i] == 1 + sum(ahead)
        assert found.high[i] == 7 - sum(behind)


@given(st.integers(1, 8), st.integers(0, 10_000))
def test_a_range_holds_the_rank_itself(groups: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(60, 100, groups).astype(float)
    found = rank_ranges(scores, scores + rng.normal(0, 5, (120, groups)), confidence=0.95)
    assert (found.low <= found.rank).all()
    assert (found.rank <= found.high).all()
    assert ((found.share >= 0) & (found.share <= 1)).all()


def test_scores_that_never_vary_are_ranked_for_sure() -> None:
    scores = np.array([90.0, 90.0, 80.0])
    found = rank_ranges(scores, np.tile(scores, (99, 1)), confidence=0.95)
    assert found.low.tolist() == [1, 1, 3]
    assert found.high.tolist() == [2, 2, 3]
    assert found.share.tolist() == [1, 1, 1]


def test_without_draws_there_are_ranks_and_no_ranges() -> None:
    found = rank_ranges(np.array([90.0, 80.0]), None, confidence=0.95)
    assert found.rank.tolist() == [1, 2]
    assert np.isnan(found.low).all()
    assert np.isnan(found.share).all()


def test_one_group_is_first_of_one() -> None:
    found = rank_ranges(np.array([90.0]), np.full((99, 1), 88.0), confidence=0.95)
    assert (found.low[0], found.rank[0], found.high[0]) == (1, 1, 1)
