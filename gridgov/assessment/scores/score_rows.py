"""Put scores into a table: ranks inside peer groups, changes, and why a group has no rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.scores.rank_ranges import rank_ranges
from gridgov.checks import conform
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["Change", "Scored", "score_rows"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """Change against the period before, with interval and p-value, shape (groups, periods)."""

    change: Floats
    low: Floats
    high: Floats
    p_value: Floats


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of groups by periods.

    Attributes
    ----------
    groups, peers, starts
        Names of the groups, their peer groups, starts of the periods.
    cases
        Cases or checks behind a score, shape (groups, periods).
    score, low, high
        Score and its interval, of the same shape; missing without one.
    grade
        Grade or None.
    draws
        What else the scores could have been, shape (samples, groups, periods); None when
        nothing says.
    change
        Against the period before.
    reason
        Why a group has no score, None where it has.
    """

    groups: Sequence[str | None]
    peers: Sequence[str | None]
    starts: pd.DatetimeIndex
    cases: NDArray[np.int64]
    score: Floats
    low: Floats
    high: Floats
    grade: NDArray[np.object_]
    draws: Floats | None
    change: Change
    reason: NDArray[np.object_]


def score_rows(
    scored: Scored, *, min_cases: int, confidence: float, few: str = "too_few_cases"
) -> pd.DataFrame:
    """Return table "scores": by period and peer group, the best first, those without rank last.

    Parameters
    ----------
    scored
        The scores.
    min_cases
        Cases below which a group is listed without a rank and its change is not tested.
    confidence
        Probability that all ranges of ranks of one ranking hold.
    few
        The reason of a group below `min_cases`.

    Raises
    ------
    None
    """
    enough = scored.cases >= min_cases
    reason = scored.reason.copy()
    reason[pd.isna(reason) & ~enough] = few
    counts = np.asarray(pd.isna(reason))
    ranks, ranked = _ranks(scored, counts, confidence)
    gained = np.full(scored.score.shape, np.nan)
    gained[:, 1:] = ranks[0][:, :-1] - ranks[0][:, 1:]
    tested = counts.copy()
    tested[:, 1:] &= counts[:, :-1]
    p_value = np.where(tested, scored.change.p_value, np.nan)
    q_value = np.full(p_value.shape, np.nan)
    for at in range(p_value.shape[1]):
        q_value[:, at] = benjamini_hochberg(p_value[:, at])

    groups, periods = scored.score.shape
    group, period = np.divmod(np.arange(groups * periods), periods)
    flat: dict[str, Any] = {
        name: values.ravel()
        for name, values in (
            ("cases", scored.cases),
            ("score", scored.score),
            ("score_low", scored.low),
            ("score_high", scored.high),
            ("grade", scored.grade),
            ("rank_share", ranks[3]),
            ("ranked", ranked),
            ("change", scored.change.change),
            ("change_low", scored.change.low),
            ("change_high", scored.change.high),
            ("p_value", p_value),
            ("q_value", q_value),
            ("reason", reason),
        )
    }
    flat |= {
        name: pd.array(values.ravel(), dtype="Int64")
        for name, values in (
            ("rank", ranks[0]),
            ("rank_low", ranks[1]),
            ("rank_high", ranks[2]),
            ("rank_change", gained),
        )
    }
    frame = pd.DataFrame(
        {
            "group": np.array(scored.groups, dtype=object)[group],
            "period": scored.starts.take(period),
            "peer_group": np.array(scored.peers, dtype=object)[group],
            **flat,
        }
    ).sort_values(["period", "peer_group", "rank", "group"], na_position="last", kind="stable")
    return conform(frame.reset_index(drop=True), "scores")


def _ranks(
    scored: Scored, counts: NDArray[np.bool_], confidence: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Return rank, its range and its share, and how many were ranked together."""
    groups, periods = scored.score.shape
    found = np.full((4, groups, periods), np.nan)
    ranked = np.zeros((groups, periods), dtype=np.int64)
    peers = pd.factorize(np.array([peer or "" for peer in scored.peers], dtype=object))[0]
    for peer in range(peers.max(initial=-1) + 1):
        of_peer = peers == peer
        for period in range(periods):
            ranked[of_peer, period] = np.count_nonzero(counts[of_peer, period])
            rows = np.flatnonzero(of_peer & counts[:, period])
            if not rows.size:
                continue
            draws = None if scored.draws is None else scored.draws[:, rows, period]
            of = rank_ranges(scored.score[rows, period], draws, confidence=confidence)
            found[:, rows, period] = np.array(of)
    return found, ranked
