"""Whether one measure really predicts better than the others, or was only lucky.

A backtest has as many trials as it has periods, often few; the measure with the best mean
is the best of these periods and not for that the best. Measures are therefore compared in
pairs, period by period, since a hard month is hard for all of them, and one is called best
only where the evidence is against every other one. Often there is no clear winner, and
then the simplest of the best will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit
from scipy.stats import rankdata

from gridgov.checks import check_choice, check_language, check_table, check_whole, conform
from gridgov.columns import Language
from gridgov.errors import ColumnsError, OptionError
from gridgov.taxonomy.labels import label

__all__ = ["explain_ranks", "rank_measures"]

Floats = NDArray[np.float64]
RankedBy = Literal["hit_rate", "pai", "pei"]

_BEST, _AMONG, _BEHIND = "best", "among the best", "behind"
_FEW, _ALONE = "too few periods", "nothing to compare"
# Two means that differ by rounding alone are the same mean.
_ALIKE = 1e-12


def rank_measures(
    backtest: Any,
    *,
    ranked_by: RankedBy = "hit_rate",
    area_share: float | None = None,
    confidence: float = 0.95,
    samples: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank the measures of a backtest and say whether one of them is clearly the best.

    Parameters
    ----------
    backtest
        Table of :func:`gridgov.backtest`.
    ranked_by
        ``"hit_rate"``, ``"pai"`` or ``"pei"``.
    area_share
        One share of the table; every share by itself when None.
    confidence
        Of the intervals of one group and share together, above 0.5, below 1.
    samples
        Bootstrap samples, 999 or more.
    seed
        Seed of the samples.

    Returns
    -------
    DataFrame, one row a group, share and measure, the best mean first
        - ``group``, ``area_share``, ``measure``, ``ranked_by``.
        - ``periods``: periods with incidents, on which all measures are compared.
        - ``mean_score``, ``mean_rank``, ``times_best``: over these periods.
        - ``behind``, ``behind_low``, ``behind_high``: how far the mean lies behind the
          first measure's, with its paired interval; missing for the first itself.
        - ``verdict``: ``best`` where all others are behind beyond chance; ``among the best``
          where that cannot be said; ``behind``; ``too few periods``; or ``nothing to
          compare`` where there is one measure only.

    Raises
    ------
    ColumnsError
        If a column is missing or a measure lacks a period.
    EmptyTableError
        If the table has no rows.
    OptionError
        If an option does not exist or is out of range.

    Notes
    -----
    Periods are drawn with replacement, all measures of a period together. The interval of
    each difference is the expanded percentile interval [1]_, whose tails are widened to
    Student's t for the number of periods, at confidence 1 - (1 - `confidence`) / (m - 1)
    for m measures, so that all intervals hold together (Bonferroni). Where two measures
    were alike, one was called best in 6 % of simulated backtests of 6 to 24 periods at
    confidence 0.95, and one of five in none or one of a thousand.

    ``too few periods``: even a measure that won every period would not stand out, which
    is so while 2⁻ⁿ exceeds half the error allowed to one interval: below 6 periods for
    two measures, below 8 for five.

    Periods are taken as independent of each other given the measures; seasons that favor
    one measure for months on end make the intervals too narrow. Several groups and shares
    are not corrected for: decide beforehand which share matters.

    References
    ----------
    .. [1] Hesterberg, T. C. (2015). What teachers should know about the bootstrap:
       resampling in the undergraduate statistics curriculum. The American Statistician
       69(4), 371-386. https://doi.org/10.1080/00031305.2015.1089789
    .. [2] Hsu, J. C. (1981). Simultaneous confidence intervals for all distances from the
       "best". Annals of Statistics 9(5), 1026-1034. https://doi.org/10.1214/aos/1176345582

    Examples
    --------
    Eight months; the mean hits more in each of them:

    >>> table = pd.DataFrame({
    ...     "measure": ["mean", "last_period"] * 8,
    ...     "period": pd.date_range("2017-01-01", periods=8, freq="MS", tz="UTC").repeat(2),
    ...     "group": None, "area_share": 0.05,
    ...     "hit_rate": [.4, .3, .5, .3, .4, .2, .5, .4, .4, .3, .5, .3, .4, .2, .5, .4]})
    >>> ranks = rank_measures(table)
    >>> ranks[["measure", "mean_score", "times_best", "verdict"]].round(3).values.tolist()
    [['mean', 0.45, 8, 'best'], ['last_period', 0.3, 0, 'behind']]
    """
    check_choice(ranked_by, option="ranked_by", choices=("hit_rate", "pai", "pei"))
    _check_options(confidence, samples, seed)
    needed = ["measure", "period", "group", "area_share", ranked_by]
    check_table(backtest, "backtest", columns=needed)
    found = pd.unique(backtest["area_share"])
    if area_share is not None and area_share not in found:
        listed = ", ".join(f"{share:g}" for share in found)
        raise OptionError(
            f"area_share must be one of those in the table, {listed}. Found: {area_share!r}."
        )
    names = [str(name) for name in pd.unique(backtest["measure"])]
    parts = []
    for (group, share), rows in backtest.groupby(["group", "area_share"], sort=False, dropna=False):
        if area_share is None or share == area_share:
            scores = _by_period(rows, names, ranked_by)
            part = _ranked(scores, names, confidence, samples, seed)
            parts.append(part.assign(group=None if pd.isna(group) else group, area_share=share))
    result = conform(
        pd.concat(parts, ignore_index=True).assign(ranked_by=ranked_by), "measure_ranks"
    )
    result.attrs["measure_ranks"] = {
        "confidence": float(confidence),
        "samples": int(samples),
        "seed": int(seed),
    }
    return result


def explain_ranks(ranks: Any, *, lang: Language = "en") -> list[str]:
    """Say in plain sentences which measure predicts best, or that none clearly does.

    Parameters
    ----------
    ranks
        Table of :func:`gridgov.rank_measures`.
    lang
        ``"en"`` or ``"zh"``.

    Returns
    -------
    list of str
        One sentence a group and share.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If the table has no rows.
    OptionError
        If `lang` does not exist.

    Examples
    --------
    >>> ranks = pd.DataFrame({
    ...     "group": None, "area_share": 0.05, "measure": ["mean", "last_period"],
    ...     "ranked_by": "hit_rate", "periods": 24, "mean_score": [0.412, 0.405],
    ...     "verdict": "among the best"})
    >>> for sentence in explain_ranks(ranks):
    ...     print(sentence)
    At 5 % of the area there is no clear winner: Training mean (hit rate 41.2 %), Last
    period (40.5 %) cannot be told apart over 24 periods.
    """
    lang = check_language(lang)
    needed = ["group", "area_share", "measure", "ranked_by", "periods", "mean_score", "verdict"]
    check_table(ranks, "measure_ranks", columns=needed)
    return [
        _sentence(rows.to_dict("records"), lang)
        for _, rows in ranks.groupby(["group", "area_share"], sort=False, dropna=False)
    ]


def _by_period(rows: pd.DataFrame, names: Sequence[str], ranked_by: str) -> Floats:
    """Return the scores of periods that have them, shape (periods, measures)."""
    twice = int(rows.duplicated(["period", "measure"]).sum())
    table = rows.drop_duplicates(["period", "measure"]).pivot(
        index="period", columns="measure", values=ranked_by
    )
    absent = len(table) * len(names) - (len(rows) - twice)
    if twice or absent:
        raise ColumnsError(
            "backtest must have one row a group, period, measure and share. Found: "
            f"{twice} rows too many and {absent} missing. gridgov.backtest(...) makes such a table."
        )
    scores = table[list(names)].to_numpy(dtype=np.float64)
    return np.asarray(scores[~np.isnan(scores).any(axis=1)], dtype=np.float64)


def _ranked(
    scores: Floats, names: Sequence[str], confidence: float, samples: int, seed: int
) -> pd.DataFrame:
    """Return the rows of one group and share, the best first."""
    periods, measures = scores.shape
    behind = low = high = mean = rank = np.full(measures, np.nan)
    best = np.zeros(measures, dtype=np.int64)
    order = np.arange(measures)
    if periods:
        mean = scores.mean(axis=0)
        rank = rankdata(-np.round(scores, 12), axis=1).mean(axis=0)
        best = (scores >= scores.max(axis=1, keepdims=True) - _ALIKE).sum(axis=0)
        order = np.lexsort((rank, -np.round(mean, 12)))
        behind = mean[order[0]] - mean
    error = (1 - confidence) / max(1, measures - 1)
    enough = measures > 1 and periods > 0 and 2.0**-periods <= error / 2
    if enough:
        apart = scores[:, order[:1]] - scores
        low, high = _interval(apart, error, samples, seed)
    verdicts = np.full(measures, _ALONE if measures == 1 else _FEW, dtype=object)
    if enough:
        verdicts[:] = np.where(low > _ALIKE, _BEHIND, _AMONG)
        others = order[1:]
        verdicts[order[0]] = _BEST if (verdicts[others] == _BEHIND).all() else _AMONG
        low[order[0]] = high[order[0]] = np.nan
    return pd.DataFrame(
        {
            "measure": pd.array([names[int(place)] for place in order], dtype="str"),
            "periods": periods,
            "mean_score": mean[order],
            "mean_rank": rank[order],
            "times_best": best[order],
            "behind": behind[order],
            "behind_low": low[order],
            "behind_high": high[order],
            "verdict": verdicts[order],
        }
    )


def _interval(apart: Floats, error: float, samples: int, seed: int) -> tuple[Floats, Floats]:
    """Return the expanded percentile interval of the mean of every column."""
    periods = len(apart)
    drawn = np.random.default_rng(seed).multinomial(
        periods, np.full(periods, 1.0 / periods), size=samples
    )
    means = (drawn / periods) @ apart
    # The percentile interval is too narrow by sqrt((n - 1) / n) and has normal tails.
    wide = -stdtrit(periods - 1, error / 2) * np.sqrt(periods / (periods - 1))
    tail = float(ndtr(-wide))
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "best": "{at} {first} predicts best: {what} {score} over {periods} periods, "
        "ahead of {others} beyond chance.",
        "tie": "{at} there is no clear winner: {tied} cannot be told apart over {periods} "
        "periods.{rest}",
        "rest": " Behind beyond chance: {behind}.",
        "few": "{at} {periods} periods are too few to say which measure is best; the highest "
        "mean has {first} ({what} {score}).",
        "alone": "{at} {first} has {what} {score} over {periods} periods; there is nothing to "
        "compare it with.",
        "none": "{at} no period has incidents to predict.",
        "at": "At {share} of the area",
        "group": "{group}: at {share} of the area",
        "with": "{name} ({what} {score})",
        "also": "{name} ({score})",
        "join": ", ",
        "percent": "{number:.3g} %",
        "hit_rate": "hit rate",
        "pai": "PAI",
        "pei": "PEI",
    },
    "zh": {
        "best": "{at}，“{first}”预测最好：{periods} 期平均{what} {score}，优于{others}，"
        "差距超出偶然。",
        "tie": "{at}，没有明显的优胜者：{tied}，在 {periods} 期内无法分出高下。{rest}",
        "rest": "明显落后：{behind}。",
        "few": "{at}，仅 {periods} 期，不足以判断哪种方法最好；平均值最高的是“{first}”"
        "（{what} {score}）。",
        "alone": "{at}，“{first}”{periods} 期平均{what} {score}；没有可比较的方法。",
        "none": "{at}，没有任何一期有可供检验的事件。",
        "at": "选取 {share} 的面积时",
        "group": "{group}：选取 {share} 的面积时",
        "with": "{name}（{what} {score}）",
        "also": "{name}（{score}）",
        "join": "、",
        "percent": "{number:.3g}%",
        "hit_rate": "命中率",
        "pai": "预测精度指数",
        "pei": "预测效率指数",
    },
}


def _sentence(rows: list[dict[str, Any]], lang: Language) -> str:
    """Return the sentence of one group and share."""
    words = _WORDS[lang]
    first, by = rows[0], str(rows[0]["ranked_by"])

    def percent(share: float) -> str:
        return words["percent"].format(number=100 * share)

    def score(row: dict[str, Any]) -> str:
        number = float(row["mean_score"])
        return percent(number) if by == "hit_rate" else f"{number:.2f}"

    def names(verdict: str) -> list[str]:
        return [label("measure", row["measure"], lang) for row in rows if row["verdict"] == verdict]

    group = first["group"]
    at = words["at" if pd.isna(group) else "group"]
    values: dict[str, Any] = {
        "at": at.format(share=percent(float(first["area_share"])), group=group),
        "first": label("measure", first["measure"], lang),
        "what": words[by],
        "periods": int(first["periods"]),
    }
    if not first["periods"]:
        return words["none"].format(**values)
    values["score"] = score(first)
    if first["verdict"] == _BEST:
        return words["best"].format(others=words["join"].join(names(_BEHIND)), **values)
    if first["verdict"] in (_FEW, _ALONE):
        return words["few" if first["verdict"] == _FEW else "alone"].format(**values)
    tied = [
        words["also" if place else "with"].format(
            name=label("measure", row["measure"], lang), what=words[by], score=score(row)
        )
        for place, row in enumerate(row for row in rows if row["verdict"] == _AMONG)
    ]
    behind = words["join"].join(names(_BEHIND))
    rest = words["rest"].format(behind=behind) if behind else ""
    return words["tie"].format(tied=words["join"].join(tied), rest=rest, **values)


def _check_options(confidence: Any, samples: Any, seed: Any) -> None:
    """Raise if an option of the bootstrap is out of range."""
    if isinstance(confidence, bool) or not isinstance(confidence, float | int):
        confidence = np.nan
    if not 0.5 < confidence < 1:
        raise OptionError(
            f"confidence must be a number above 0.5 and below 1. Found: {confidence!r}."
        )
    check_whole(samples, option="samples", least=999, meaning="fewer make the interval uncertain")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
