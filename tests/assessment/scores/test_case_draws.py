"""Draws of counts, held to their distributions and to a plain loop over cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridgov.assessment.scores.case_draws import CaseParts, count_parts, draw_parts


def parts_of(rows: list[tuple[str, list[tuple[int, float, float]]]], *, ratio: bool) -> CaseParts:
    """Return parts of cases: group, and period, numerator, denominator by indicator."""
    groups = sorted({group for group, _ in rows})
    by_case = np.array([indicators for _, indicators in rows], dtype=float)
    period = np.repeat(by_case[:, :, :1].astype(np.int64), 2, axis=2)
    return CaseParts(
        groups,
        np.array([groups.index(group) for group, _ in rows]),
        pd.date_range("2017-08-01", periods=2, freq="MS", tz="Asia/Shanghai"),
        by_case[:, :, 1:],
        period,
        np.full(by_case.shape[1], ratio),
    )


@pytest.fixture
def mixed() -> CaseParts:
    rng = np.random.default_rng(4)
    rows = []
    for group in ("A", "B"):
        for _ in range(40):
            closed = float(rng.random() < 0.8)
            in_time = closed * float(rng.random() < 0.7)
            rows.append(
                (
                    group,
                    [
                        (int(rng.integers(2)), closed, 1.0),
                        (int(rng.integers(2)), in_time, 1.0),
                        (0, 0.9 * closed, float(rng.random() < 0.9)),
                    ],
                )
            )
    return parts_of(rows, ratio=False)


def test_sums_are_those_of_a_plain_loop(mixed: CaseParts) -> None:
    sums, cases = count_parts(mixed)
    expected = np.zeros(mixed.shape)
    seen: dict[tuple[int, int], set[int]] = {}
    for case, group in enumerate(mixed.group):
        for indicator in range(3):
            for side in range(2):
                period, adds = (of[case, indicator, side] for of in (mixed.period, mixed.amount))
                expected[group, period, indicator, side] += adds
                if adds:
                    seen.setdefault((int(group), int(period)), set()).add(case)
    np.testing.assert_allclose(sums, expected)
    assert {at: len(of) for at, of in seen.items()} == {
        (g, p): cases[g, p] for g in range(2) for p in range(2)
    }


def test_a_share_alone_has_the_beta_distribution_of_jeffreys() -> None:
    parts = parts_of([("A", [(0, float(at < 17), 1.0)]) for at in range(20)], ratio=False)
    drawn = next(draw_parts(parts, samples=20_000, seed=1))[:, 0, 0]
    shares = drawn[:, 0] / drawn[:, 1]
    assert stats.kstest(shares, stats.beta(17.5, 3.5).cdf).pvalue > 0.01


def test_a_number_of_cases_has_the_gamma_distribution() -> None:
    parts = parts_of([("A", [(0, 1.0, 1.0)]) for _ in range(7)], ratio=True)
    drawn = next(draw_parts(parts, samples=20_000, seed=1))[:, 0, 0]
    assert stats.kstest(drawn[:, 0], stats.gamma(7.5).cdf).pvalue > 0.01
    # Of a ratio both sides are counted by themselves, here of the same cases.
    assert stats.kstest(drawn[:, 1], stats.gamma(7.5).cdf).pvalue > 0.01


def test_classes_of_cases_are_drawn_as_the_cases_one_by_one(mixed: CaseParts) -> None:
    samples, rng = 4_000, np.random.default_rng(9)
    by_case = np.zeros((samples, *mixed.shape[1:]))
    for case in np.flatnonzero(mixed.group == 0):
        weight = rng.standard_exponential(samples)
        for indicator in range(3):
            for side in range(2):
                period = mixed.period[case, indicator, side]
                by_case[:, period, indicator, side] += weight * mixed.amount[case, indicator, side]
    half = rng.standard_gamma(0.5, size=by_case.shape)
    half[..., 1] += half[..., 0]
    by_case += half
    drawn = next(draw_parts(mixed, samples=samples, seed=9))
    for period in range(2):
        for statistic in (
            lambda of, at=period: of[:, at, 0, 0] / of[:, at, 0, 1],
            lambda of, at=period: of[:, at, 1, 0] / of[:, at, 1, 1],
            lambda of, at=period: of[:, at, 0, 0] - of[:, at, 1, 0],
            lambda of, at=period: of[:, at, 0, 0] / of[:, at, 0, 1] + of[:, 0, 1, 0],
        ):
            assert stats.ks_2samp(statistic(drawn), statistic(by_case)).pvalue > 0.001


def test_draws_depend_on_the_seed_and_the_name_and_on_nothing_else(mixed: CaseParts) -> None:
    def drawn(parts: CaseParts, seed: int = 3) -> dict[str | None, np.ndarray]:
        return dict(zip(parts.groups, draw_parts(parts, samples=99, seed=seed), strict=True))

    def taken(rows: np.ndarray) -> CaseParts:
        return replace(
            mixed, group=mixed.group[rows], amount=mixed.amount[rows], period=mixed.period[rows]
        )

    whole = drawn(mixed)
    shuffled = drawn(taken(np.random.default_rng(0).permutation(80)))
    alone = drawn(taken(np.flatnonzero(mixed.group == 1)))
    # Equal up to the order in which sums are taken.
    np.testing.assert_allclose(whole["B"], shuffled["B"], rtol=1e-12)
    np.testing.assert_allclose(whole["B"], alone["B"], rtol=1e-12)
    assert not np.allclose(whole["B"], drawn(mixed, seed=4)["B"])
    assert not np.allclose(whole["A"], whole["B"])


def test_a_group_without_cases_draws_only_the_half_cases() -> None:
    parts = parts_of([("A", [(0, 1.0, 1.0)])], ratio=False)
    empty = replace(parts, groups=["A", "B"])
    drawn = dict(zip(empty.groups, draw_parts(empty, samples=9_999, seed=0), strict=True))
    assert drawn["B"][..., 0].mean() == pytest.approx(0.5, abs=0.05)
    assert drawn["B"][..., 1].mean() == pytest.approx(1.0, abs=0.05)


def test_cases_without_a_group_or_a_period_count_nowhere() -> None:
    parts = parts_of([("A", [(0, 1.0, 1.0)]), ("A", [(0, 1.0, 1.0)])], ratio=False)
    gone = replace(parts, group=np.array([0, -1]))
    assert count_parts(gone)[0].sum() == 2.0
    outside = parts.period.copy()
    outside[0] = -1
    assert count_parts(replace(parts, period=outside))[1].tolist() == [[1, 0]]
