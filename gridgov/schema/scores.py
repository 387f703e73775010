"""Tables of scores: who ranks where, how sure that is, what changed, and the points behind it."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, PERIOD

__all__ = ["TABLES"]


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _whole(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of whole numbers that can be missing."""
    return Column(name, "Int64", label, label_zh, meaning, missing=True)


def _text(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of texts that can be missing."""
    return Column(name, "str", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "scores",
        ("group", "period"),
        (
            GROUP,
            PERIOD,
            _text(
                "peer_group",
                "Peer group",
                "对比组",
                "groups that are ranked against each other; missing when all are",
            ),
            Column(
                "cases", "int64", "Cases", "案件数", "cases, or checks, that the score rests on"
            ),
            _number("score", "Score", "得分", "weighted points, 0 to 100"),
            _number("score_low", "Score, from", "得分下限", "lower end of its interval"),
            _number("score_high", "Score, to", "得分上限", "upper end of its interval"),
            _text("grade", "Grade", "等级", "grade by the scheme; missing when it has none"),
            _whole("rank", "Rank", "排名", "1 is the highest score; equal scores share a rank"),
            _whole("rank_low", "Rank, from", "排名上限", "best rank that the data allow"),
            _whole("rank_high", "Rank, to", "排名下限", "worst rank that the data allow"),
            _number(
                "rank_share",
                "Share at this rank",
                "该名次占比",
                "share of the samples in which it has this rank, 0 to 1",
            ),
            Column("ranked", "int64", "Ranked", "参与排名数", "groups ranked against each other"),
            _number("change", "Change", "变化", "score less that of the period before, points"),
            _number("change_low", "Change, from", "变化下限", "lower end of its interval"),
            _number("change_high", "Change, to", "变化上限", "upper end of its interval"),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "two-sided, of a change of 0, unadjusted",
                missing=True,
            ),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值",
                "Benjamini-Hochberg over the groups of the period",
                missing=True,
            ),
            _whole(
                "rank_change",
                "Places gained",
                "名次升降",
                "rank of the period before less this one: above 0 has moved up",
            ),
            _text("reason", "Reason", "未排名原因", "why it has no rank; missing when it has"),
        ),
        "gridgov.assess",
    ),
    Table(
        "score_items",
        ("group", "period", "item"),
        (
            GROUP,
            PERIOD,
            Column("item", "str", "Item", "考核项", "item of the scheme"),
            _text("indicator", "Indicator", "指标", "what it is measured by"),
            _number("numerator", "Numerator", "分子", "cases counted, or what was taken off"),
            _number(
                "denominator",
                "Denominator",
                "分母",
                "cases they are counted among, or what it was taken off from",
            ),
            _number("value", "Value", "数值", "share or number that the points are given for"),
            Column(
                "weight",
                "float64",
                "Weight",
                "权重",
                "share of the item in the score, 0 to 1; of all together 1",
                missing=True,
            ),
            _number("points", "Points", "分值", "points of the item, 0 to 100"),
            _number("weighted_points", "Weighted points", "加权分值", "points times weight"),
            _text("inputs", "Counted", "计数明细", "counts that were taken off, one by one"),
            _text("reason", "Reason", "未计算原因", "why there are no points"),
        ),
        "gridgov.measure_score_items",
    ),
)
