"""Score streets by a scheme, rank them, and say how sure each place in the order is.

A league table is read as a fact about streets, and most of it is chance: a street with thirty
cases a month moves by several points when nothing has changed. Here every score has an
interval, every rank a range that the data allow ("3rd to 6th"), every change a test. What
none of them can say: whether the scheme measures good work. A street is scored by the cases
it was given; who is given harder ones scores lower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.scores.case_draws import draw_parts
from gridgov.assessment.scores.case_parts import MeasuredCases, measure_cases
from gridgov.assessment.scores.grades import grades_of
from gridgov.assessment.scores.options import check_draws, check_missing
from gridgov.assessment.scores.peer_groups import listed_groups, peer_groups
from gridgov.assessment.scores.read_scheme import DEFAULT_SCHEME, read_scheme
from gridgov.assessment.scores.scheme import Scheme
from gridgov.assessment.scores.score_rows import Change, Scored, score_rows
from gridgov.checks import check_whole

__all__ = ["assess"]

Floats = NDArray[np.float64]


def assess(
    cases: pd.DataFrame,
    *,
    by: str | None = "street_id",
    period: str | None = "MS",
    scheme: Any = None,
    weights: Mapping[str, float] | None = None,
    indicators: pd.DataFrame | None = None,
    peers: str | Mapping[str, Any] | pd.Series | None = None,
    min_cases: int = 10,
    missing: str = "no_score",
    start: Any = None,
    end: Any = None,
    as_of: Any = None,
    stop_clock: bool = True,
    samples: int = 999,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Score and rank groups of cases, with intervals of scores, ranks and changes.

    Parameters
    ----------
    cases
        Table "cases".
    by
        Column of the groups, such as ``"street_id"`` or ``"department"``; cases without a
        value are left out and counted. None scores the whole.
    period
        ``"MS"`` months, ``"QS"`` quarters, ``"W-MON"`` weeks and so on; None: all at once.
    scheme
        What :func:`gridgov.read_scheme` reads: a file, a mapping, a built-in name, or a
        scheme. None: ``"city_page_k"``, the formula on one city's page, which is official
        nowhere.
    weights
        Weights of the items instead of those of the scheme; ``"hotline"`` needs them.
    indicators
        Definitions of your own (:func:`gridgov.read_indicators`), beside the built-in ones.
    peers
        Groups that are ranked against each other only: a column, or a mapping or Series from
        group to peer group, whose groups are listed even without cases.
    min_cases
        Cases below which a group is listed, with its score, but neither ranked nor tested.
    missing
        An item without points, because nothing was there to measure. ``"no_score"``: the
        group has no score. ``"renormalize"``: the other items share its weight, and groups
        are then compared that were not measured alike.
    start, end
        First day counted, first day no longer counted.
    as_of
        The moment at which open cases are looked at; None: what the cases say.
    stop_clock
        Whether suspensions make deadlines later.
    samples
        Draws behind intervals, ranges and tests. The smallest p is ``2 / (samples + 1)``.
    seed
        The same seed gives the same draws; each group has its own.
    confidence
        Probability of the intervals, and that all ranges of one ranking hold together.

    Returns
    -------
    DataFrame
        Table "scores": one row a group and period; by period and peer group, the best first,
        those without a rank last. Its ``attrs["scores"]`` says how it was made, and under
        ``items_missing`` in how many rows with cases each item has no points.

        - ``group``, ``period``, ``peer_group``.
        - ``cases``: cases that count in any indicator.
        - ``score``, ``score_low``, ``score_high``: 0 to 100, and its interval.
        - ``grade``: by the scheme; missing when it has none.
        - ``rank``: equal scores share the best, 1, 2, 2, 4; of ``ranked`` groups.
        - ``rank_low``, ``rank_high``: the best and worst rank that the data allow.
        - ``rank_share``: share of the draws in which the group has its rank.
        - ``change``, ``change_low``, ``change_high``: against the period before, in points.
        - ``p_value``, ``q_value``: of no change; q over the groups of the period.
        - ``rank_change``: places gained since the period before.
        - ``reason``: ``too_few_cases``, ``no_cases`` or ``item_missing`` without a rank.

    Raises
    ------
    SettingsError
        If the scheme cannot be used: weights that do not add up, a field that is missing, an
        indicator that is not defined.
    ColumnsError
        If a column is missing, or a group has two peer groups or none.
    EmptyTableError
        If there are no cases.
    InputError
        If no case says in which periods, and `start` and `end` do not either, or a case ends
        before it begins, or an id occurs twice.
    OptionError
        If an option has a value that does not exist.
    ReadError
        If the file of the scheme cannot be read.

    Notes
    -----
    Draws are a Bayesian bootstrap of the cases of each group [1]_ with half a case more on
    either side of every share, so that the score of one share alone has the Jeffreys
    interval; a case moves all its indicators and months together
    (:mod:`gridgov.assessment.scores.case_draws`). Intervals are the middle quantiles of the
    draws, widened to hold the score itself. The p-value is twice the smaller share of draws
    of the change on one side of 0. Ranges of ranks compare all pairs of one ranking at one
    limit [2]_ (:mod:`gridgov.assessment.scores.rank_ranges`).

    All take cases as independent: one big fire with a hundred cases is one event. And they
    speak of chance in the cases only, not of mistakes in the records.

    References
    ----------
    .. [1] Rubin, D. B. (1981). The Bayesian bootstrap. Annals of Statistics 9(1), 130-134.
       https://doi.org/10.1214/aos/1176345338
    .. [2] Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for
       ranks with applications to mobility across neighbourhoods and academic achievement
       across countries. Review of Economic Studies 91(1), 476-518.
       https://doi.org/10.1093/restud/rdad006

    Examples
    --------
    Street A closed 9 of 10 cases, B 8 of 10, C 1 of 10: nobody can say whether A is better
    than B, but C is worse than both.

    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"] * 30, tz="Asia/Shanghai")
    >>> closed = [at < 9 for at in range(10)] + [at < 8 for at in range(10)]
    >>> closed += [at < 1 for at in range(10)]
    >>> cases = pd.DataFrame({
    ...     "street_id": ["A"] * 10 + ["B"] * 10 + ["C"] * 10, "filed_at": filed,
    ...     "cancelled_at": pd.Series(pd.NaT, range(30), "datetime64[us, Asia/Shanghai]"),
    ...     "closed_at": filed.to_series(index=range(30)).where(closed),
    ...     "due_at": filed + pd.Timedelta(days=3)})
    >>> scheme = {"items": [{"name": "closing", "indicator": "closing_rate_of_filed",
    ...                      "weight": 1}]}
    >>> table = assess(cases, scheme=scheme, as_of="2017-10-01")
    >>> print(table[["group", "score", "rank", "rank_low", "rank_high"]].to_string(index=False))
    group  score  rank  rank_low  rank_high
        A   90.0     1         1          2
        B   80.0     2         1          2
        C   10.0     3         3          3
    """
    read = read_scheme(DEFAULT_SCHEME if scheme is None else scheme, weights=weights)
    renormalize = check_missing(missing) == "renormalize"
    least = check_whole(
        min_cases, option="min_cases", least=1, meaning="fewer cases are listed, not ranked"
    )
    check_draws(samples, seed, confidence)
    measured = measure_cases(
        cases,
        read,
        indicators=indicators,
        by=by,
        groups=listed_groups(peers) if by is not None else (),
        period=period,
        start=start,
        end=end,
        as_of=as_of,
        stop_clock=stop_clock,
    )
    parts = measured.parts
    points = read.points(read.values(measured.sums))
    shares = read.shares(points, renormalize=renormalize)
    score = read.score(points, shares)
    draws = _draws(measured, shares, samples=samples, seed=seed)
    low, high = _interval(draws, score, confidence)
    scored = Scored(
        groups=parts.groups,
        peers=peer_groups(cases, parts.groups, parts.group, by=by, peers=peers),
        starts=parts.starts,
        cases=measured.cases,
        score=score,
        low=low,
        high=high,
        grade=grades_of(score, read.grades),
        draws=draws,
        change=_change(draws, score, confidence),
        reason=_reasons(score, measured.cases),
    )
    table = score_rows(scored, min_cases=least, confidence=confidence)
    table.attrs["as_of"] = measured.as_of
    table.attrs["scores"] = {
        "scheme": read.name,
        "scheme_en": read.en,
        "scheme_zh": read.zh,
        "source": read.source,
        "version": read.version,
        "weights": read.weights,
        "by": by,
        "period": period,
        "min_cases": least,
        "missing": missing,
        "samples": samples,
        "seed": seed,
        "confidence": confidence,
        "ungrouped": measured.ungrouped,
        "items_missing": _items_missing(read, points, measured.cases),
    }
    return table


def _items_missing(scheme: Scheme, points: Floats, cases: NDArray[np.int64]) -> dict[str, int]:
    """Return in how many groups and periods with cases each item has no points, if in any."""
    lacks = (np.isnan(points) & (cases > 0)[..., np.newaxis]).sum(axis=(0, 1))
    named = zip(scheme.items, lacks, strict=True)
    return {item.name: int(number) for item, number in named if number}


def _reasons(score: Floats, cases: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return why a group has no score, None where it has."""
    reason = np.full(score.shape, None, dtype=object)
    reason[np.isnan(score)] = "item_missing"
    reason[np.isnan(score) & (cases == 0)] = "no_cases"
    return reason


def _draws(measured: MeasuredCases, shares: Floats, *, samples: int, seed: int) -> Floats:
    """Return draws of the score, shape (samples, groups, periods)."""
    scheme, found = measured.scheme, np.empty((samples, *shares.shape[:2]))
    # What was not there to be measured is not drawn either.
    absent = np.isnan(scheme.values(measured.sums))
    drawn = draw_parts(measured.parts, samples=samples, seed=seed)
    for group, sums in enumerate(drawn):
        points = scheme.points(scheme.values(sums, drawn=True))
        points[:, absent[group]] = np.nan
        found[:, group] = scheme.score(points, np.broadcast_to(shares[group], points.shape))
    return found


def _interval(draws: Floats, value: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the middle quantiles of the draws, widened to hold the value itself."""
    tail = (1 - confidence) / 2
    low, high = np.full((2, *value.shape), np.nan)
    there = ~np.isnan(value)
    if there.any():
        ends = np.quantile(draws[:, there], [tail, 1 - tail], axis=0)
        low[there] = np.minimum(ends[0], value[there])
        high[there] = np.maximum(ends[1], value[there])
    return low, high


def _change(draws: Floats, score: Floats, confidence: float) -> Change:
    """Return the change of every group against the period before."""
    change, low, high, p_value = np.full((4, *score.shape), np.nan)
    change[:, 1:] = np.diff(score, axis=1)
    moved = np.diff(draws, axis=2)
    low[:, 1:], high[:, 1:] = _interval(moved, change[:, 1:], confidence)
    side = np.minimum((moved <= 0).sum(axis=0), (moved >= 0).sum(axis=0))
    p_value[:, 1:] = np.minimum(1.0, 2.0 * (1 + side) / (len(draws) + 1))
    p_value[np.isnan(change)] = np.nan
    return Change(change, low, high, p_value)
