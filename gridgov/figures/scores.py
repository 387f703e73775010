"""Scores as a chart: every score with its interval, and the range of ranks the cases allow.

A league table of decimals hides that neighbors in it are mostly a tie. The figure draws the
table "scores" and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.interval_list import IntervalList, draw_interval_list
from gridgov.figures.page_text import check_one_period
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    from typing import Any

__all__ = ["plot_scores"]

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Assessment",
        "rank": "Rank",
        "group": "Group",
        "cases": "Cases",
        "score": "Score",
        "ranks": "Ranks",
        "change": "Change",
        "scale": "Score, points of 100",
        "source": "Source: {}.",
        "not_ranked": "Not ranked: {}.",
        "method": "Bars: {level:g} % intervals, ranks: from the best to the worst, both by drawing "
        "the cases of every group again {samples:,} times. Groups whose ranks overlap are not "
        "shown to differ. ▲▼: a change from the period before that chance does not explain "
        "(q < 0.05).",
        "given": "Ranks by the scores given.",
    },
    "zh": {
        "title": "考核得分",
        "rank": "名次",
        "group": "单位",
        "cases": "案件数",
        "score": "得分",
        "ranks": "名次范围",
        "change": "环比",
        "scale": "得分（百分制）",
        "source": "资料来源：{}。",
        "not_ranked": "未参与排名：{}。",
        "method": "横条为 {level:g}% 区间，名次范围为最好至最差名次，均由各单位案件重复抽样 "
        "{samples:,} 次得出。"
        "范围重叠的单位未显示出差别。▲▼：较上期的变化非偶然可解释（q < 0.05）。",
        "given": "按给定得分排名。",
    },
}


def plot_scores(
    scores: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw scores with their intervals and the ranks that the cases allow.

    Parameters
    ----------
    scores
        Table of :func:`gridgov.assess` or :func:`gridgov.rank_scores`, one period, one peer
        group, up to 60 groups.
    names
        What the groups are called, by id: a mapping, or a Series such as
        ``streets.set_index("street_id")["street"]``.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the figure is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 inches wide, one row a group, the best first and those without a rank last: rank,
        name, a dot at the score with its interval, cases, score, range of ranks and change.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no groups.
    InputError
        If there are several periods or peer groups, more than 60 groups, or no score at all.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> scores = pd.DataFrame({"group": ["1", "2"], "cases": [80, 90], "score": [91.2, 88.0],
    ...     "score_low": [85.0, 80.1], "score_high": [95.0, 93.3], "rank": [1, 2],
    ...     "rank_low": 1, "rank_high": 2, "ranked": 2})
    >>> figure = plot_scores(conform(scores, "scores"), names={"1": "八角街道"}, lang="zh")
    >>> figure.get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    needed = ["group", "period", "peer_group", "cases", "score", "score_low", "score_high"]
    more = ["rank", "rank_low", "rank_high", "change", "q_value", "reason"]
    check_table(scores, "scores", columns=[*needed, *more])
    check_one_period(scores, "scores", keys=("period", "peer_group"))
    if scores["score"].isna().all():
        raise InputError(
            "A figure of scores needs a score. Found: none in "
            f"{len(scores):,} groups; see the column reason."
        )
    words = _WORDS[lang]
    table = scores.sort_values(
        ["rank", "score", "group"],
        ascending=[True, False, True],
        na_position="last",
        kind="stable",
        ignore_index=True,
    )
    known = {} if names is None else dict(names)
    called = table["group"].map(lambda group: known.get(group, group), na_action="ignore")
    values = {
        name: table[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("score", "score_low", "score_high")
    }
    lowest = np.nanmin([np.nanmin(values["score"]), _least(values["score_low"])])
    rows = IntervalList(
        ranks=["" if pd.isna(rank) else str(int(rank)) for rank in table["rank"]],
        names=called.fillna("–").astype(str).tolist(),
        values=values["score"],
        low=values["score_low"],
        high=values["score_high"],
        columns=[
            (words["cases"], [f"{cases:,}" for cases in table["cases"]]),
            (words["score"], [_score(score) for score in table["score"]]),
            (words["ranks"], [_ranks(*pair) for pair in _pairs(table, "rank_low", "rank_high")]),
            (words["change"], [_change(*pair) for pair in _pairs(table, "change", "q_value")]),
        ],
        # Half-empty scales hide the differences, cut ones exaggerate them: tens are told.
        ends=(max(0.0, 10 * np.floor((float(lowest) - 1) / 10)), 100.0),
    )
    return draw_interval_list(
        rows,
        title=title or words["title"],
        date=date,
        rank_heading=words["rank"],
        name_heading=words["group"],
        scale=words["scale"],
        notes=_notes(table, called, scores.attrs.get("scores") or {}, words, source, lang),
    )


def _least(values: Any) -> float:
    """Return the least of numbers, infinity where there is none."""
    return float(np.min(values, initial=np.inf, where=np.isfinite(values)))


def _pairs(table: pd.DataFrame, one: str, other: str) -> list[tuple[Any, Any]]:
    """Return two columns row by row."""
    return list(zip(table[one].tolist(), table[other].tolist(), strict=True))


def _score(score: Any) -> str:
    """Return a score with one place."""
    return "–" if pd.isna(score) else f"{score:.1f}"


def _ranks(best: Any, worst: Any) -> str:
    """Return a range of ranks."""
    if pd.isna(best) or pd.isna(worst):
        return "–"
    return f"{int(best)}" if int(best) == int(worst) else f"{int(best)}–{int(worst)}"


def _change(change: Any, q_value: Any) -> str:
    """Return a change with its sign, marked where chance does not explain it."""
    if pd.isna(change):
        return "–"
    mark = ("▲" if change > 0 else "▼") if pd.notna(q_value) and q_value < 0.05 else ""
    return mark + f"{change:+.1f}".replace("-", "−")


def _notes(
    table: pd.DataFrame,
    called: pd.Series,
    made: Mapping[str, Any],
    words: dict[str, str],
    source: str | None,
    lang: Language,
) -> list[str]:
    """Return the lines at the foot."""
    said = [words["source"].format(source)] if source else []
    without = table["rank"].isna()
    if without.any():
        reasons = table.loc[without, "reason"].map(
            lambda code: label("score_reason", str(code), lang), na_action="ignore"
        )
        told = [
            f"{name}（{why}）" if lang == "zh" else f"{name} ({why})"
            for name, why in zip(called[without].fillna("–"), reasons.fillna("–"), strict=True)
        ]
        said.append(words["not_ranked"].format(("、" if lang == "zh" else ", ").join(told)))
    samples = made.get("samples")
    method = words["given"]
    if samples:
        method = words["method"].format(level=100 * made.get("confidence", 0.95), samples=samples)
    return [*([("" if lang == "zh" else " ").join(said)] if said else []), method]
