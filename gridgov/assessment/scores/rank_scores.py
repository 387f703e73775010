"""Rank what was scored by somebody else: alleys, streets or departments by their checks.

An assessor's score comes without cases behind it. What can be known of its chance is how far
several checks of the same alley in the same period lie apart; where each alley is checked
once a period, nothing is known, and no range of ranks is given rather than a narrow one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from gridgov.assessment.scores.check_means import CheckMeans, read_check_means
from gridgov.assessment.scores.grades import grades_of, read_grades
from gridgov.assessment.scores.options import check_draws
from gridgov.assessment.scores.peer_groups import listed_groups, peer_groups
from gridgov.assessment.scores.score_rows import Change, Scored, score_rows
from gridgov.checks import check_whole

__all__ = ["rank_scores"]

Floats = NDArray[np.float64]


def rank_scores(
    checks: pd.DataFrame,
    *,
    by: str = "line_id",
    score: str = "score",
    times: str | None = "checked_at",
    period: str | None = "MS",
    peers: str | Mapping[str, Any] | pd.Series | None = None,
    min_checks: int = 1,
    grades: Mapping[str, float] | Sequence[tuple[str, float]] = (),
    start: Any = None,
    end: Any = None,
    samples: int = 999,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Rank groups by scores that they were given, with ranges of ranks where checks allow.

    Parameters
    ----------
    checks
        One row a check: of an alley, a street, a department. Rows without a group, a score
        or a time are left out and counted.
    by, score, times
        Columns that name the group, its score, and when it was checked (with a zone); `times`
        can be None when `period` is.
    period
        ``"MS"`` months, ``"QS"`` quarters and so on; None: all checks together.
    peers
        Groups that are ranked against each other only: a column, or a mapping or Series from
        group to peer group, whose groups are listed even without a check.
    min_checks
        Checks below which a group is listed, but neither ranked nor tested.
    grades
        Names of grades with the least score of each, the best first, such as
        ``{"A": 90, "B": 75}``.
    start, end
        First day counted, first day no longer counted.
    samples, seed
        Draws behind the ranges of ranks.
    confidence
        Probability of the intervals, and that all ranges of one ranking hold together.

    Returns
    -------
    DataFrame
        Table "scores", as :func:`gridgov.assess` returns it: ``cases`` counts checks,
        ``score`` is their mean. Intervals, ranges of ranks, their shares and tests are missing
        when no group has two checks in a period. A group without a rank has the reason
        ``no_checks`` or ``too_few_checks``.

    Raises
    ------
    ColumnsError
        If a column is missing or holds the wrong kind of value, or a group has two peer
        groups or none.
    EmptyTableError
        If there is no check with a group, a score and a time.
    OptionError
        If an option has a value that does not exist.

    Notes
    -----
    The standard deviation of one check is pooled over all groups and periods with two checks
    and more; with it a mean has a Student interval, a change a Student test. That takes all
    alleys as equally hard to score, and checks as independent. Ranges of ranks compare all
    pairs of one ranking at one limit [1]_, which for groups with equally many checks is
    Tukey's.

    References
    ----------
    .. [1] Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for
       ranks with applications to mobility across neighbourhoods and academic achievement
       across countries. Review of Economic Studies 91(1), 476-518.
       https://doi.org/10.1093/restud/rdad006

    Examples
    --------
    >>> import pandas as pd
    >>> checks = pd.DataFrame({"line_id": ["A", "A", "B", "B", "C", "C"],
    ...                        "score": [95.0, 93.0, 94.0, 92.0, 71.0, 69.0]})
    >>> table = rank_scores(checks, times=None, period=None)
    >>> print(table[["group", "score", "rank", "rank_low", "rank_high"]].to_string(index=False))
    group  score  rank  rank_low  rank_high
        A   94.0     1         1          2
        B   93.0     2         1          2
        C   70.0     3         3          3
    """
    least = check_whole(
        min_checks, option="min_checks", least=1, meaning="fewer checks are listed, not ranked"
    )
    check_draws(samples, seed, confidence)
    bounds = read_grades(grades)
    found = read_check_means(
        checks,
        by=by,
        score=score,
        times=times,
        period=period,
        start=start,
        end=end,
        listed=listed_groups(peers),
    )
    known = found.freedom > 0
    reach = float(stdtrit(found.freedom, 0.5 + confidence / 2)) if known else np.nan
    half = reach * found.error()
    change = _change(found, reach)
    scored = Scored(
        groups=found.groups,
        peers=peer_groups(checks, found.groups, found.group, by=by, peers=peers),
        starts=found.starts,
        cases=found.checks,
        score=found.mean,
        low=found.mean - half,
        high=found.mean + half,
        grade=grades_of(found.mean, bounds),
        draws=_draws(found, samples=samples, seed=seed) if known else None,
        change=change,
        reason=_reasons(found),
    )
    table = score_rows(scored, min_cases=least, confidence=confidence, few="too_few_checks")
    table.attrs["scores"] = {
        "by": by,
        "period": period,
        "min_cases": least,
        "check_sd": found.deviation,
        "check_freedom": found.freedom,
        "samples": samples,
        "seed": seed,
        "confidence": confidence,
        "left_out": found.left_out,
    }
    return table


def _reasons(found: CheckMeans) -> NDArray[np.object_]:
    """Return why a group has no score, None where it has."""
    reason = np.full(found.mean.shape, None, dtype=object)
    reason[found.checks == 0] = "no_checks"
    return reason


def _draws(found: CheckMeans, *, samples: int, seed: int) -> Floats:
    """Return draws of the means about what was seen, shape (samples, groups, periods)."""
    stream = np.random.default_rng(seed)
    # One deviation a draw for all groups: they share the pooled one, and what it misses.
    chi = stream.chisquare(found.freedom, size=(samples, 1, 1))
    scale = np.sqrt(found.freedom / chi)
    normal = stream.standard_normal((samples, *found.mean.shape))
    return np.asarray(found.mean + scale * normal * found.error(), dtype=np.float64)


def _change(found: CheckMeans, reach: float) -> Change:
    """Return the change of every group against the period before."""
    change, low, high, p_value = np.full((4, *found.mean.shape), np.nan)
    change[:, 1:] = np.diff(found.mean, axis=1)
    error = found.error()
    apart = np.sqrt(error[:, 1:] ** 2 + error[:, :-1] ** 2)
    low[:, 1:], high[:, 1:] = change[:, 1:] - reach * apart, change[:, 1:] + reach * apart
    # Checks that all agree leave no room for chance: any change is one, and none is none.
    t = np.divide(
        np.abs(change[:, 1:]),
        apart,
        out=np.where(change[:, 1:] == 0, 0.0, np.inf),
        where=~(apart <= 0),
    )
    if found.freedom:
        p_value[:, 1:] = 2 * stdtr(found.freedom, -t)
    p_value[np.isnan(change)] = np.nan
    return Change(change, low, high, p_value)
