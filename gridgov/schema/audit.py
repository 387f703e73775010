"""Tables of audits: the units to visit, and the estimates from the visits."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP

__all__ = ["AUDIT_REASONS", "TABLES"]

AUDIT_REASONS = ("no_answer", "silent_stratum", "one_answer")
"""Why a group has no estimate, or (the last) an estimate without a standard error."""


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "audit_sample",
        ("stratum", "order"),
        (
            Column(
                "stratum",
                "str",
                "Stratum",
                "抽样层",
                "part of the frame that was drawn from on its own; missing when there is only one",
                missing=True,
            ),
            Column(
                "order",
                "int64",
                "Order",
                "抽取顺序",
                "place in the draw of the stratum, from 1; the first ones are a sample too",
            ),
            Column(
                "inclusion_probability",
                "float64",
                "Inclusion probability",
                "入样概率",
                "chance of the unit to be in the main sample, 0 to 1",
            ),
            Column(
                "weight",
                "float64",
                "Weight",
                "抽样权重",
                "units of the frame that it stands for: 1 / inclusion probability",
            ),
            Column(
                "reserve",
                "bool",
                "Reserve",
                "备用",
                "to be visited only in place of a unit that cannot be",
            ),
        ),
        "gridgov.draw_audit_sample",
        open=True,
    ),
    Table(
        "audit_estimates",
        ("group",),
        (
            GROUP,
            Column("kind", "str", "Kind", "统计量", "what is estimated: mean, total, share"),
            _number(
                "frame_units",
                "Frame units",
                "总体单元数",
                "units of the frame in the group, estimated",
            ),
            Column("sampled", "int64", "Sampled", "抽中数", "units of the main sample"),
            Column("answered", "int64", "Answered", "有效数", "units with a value, reserve too"),
            _number("estimate", "Estimate", "估计值", "of the mean, total or share"),
            _number("se", "Standard error", "标准误", "of the estimate"),
            _number("low", "From", "下限", "lower end of the interval"),
            _number("high", "To", "上限", "upper end of the interval"),
            _number(
                "design_effect",
                "Design effect",
                "设计效应",
                "variance over that of a simple random sample with as many answers",
            ),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no estimate, or no standard error: " + ", ".join(AUDIT_REASONS),
                missing=True,
            ),
        ),
        "gridgov.estimate_audit",
    ),
)
