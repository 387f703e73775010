"""Tables of indicators: what each counts, and what came out by group and period."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, PERIOD

__all__ = ["INDICATOR_REASONS", "TABLES"]

INDICATOR_REASONS = (
    "no_cases",
    "column_missing",
    "denominator_not_chosen",
    "no_interval",
)
"""Why an indicator has no value, or (the last) a value without an interval."""

_INDICATOR = Column("indicator", "str", "Indicator", "指标", "key of the indicator")


def _text(name: str, label: str, label_zh: str, meaning: str, *, missing: bool = False) -> Column:
    """Return a column of texts."""
    return Column(name, "str", label, label_zh, meaning, missing=missing)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "indicators",
        ("indicator", "group", "period"),
        (
            _INDICATOR,
            GROUP,
            PERIOD,
            _number(
                "numerator",
                "Numerator",
                "分子",
                "what was counted, weighted where the indicator says so; missing when a column is",
            ),
            _number("denominator", "Denominator", "分母", "cases among which it was counted"),
            _number("value", "Value", "数值", "numerator by denominator; missing when that is 0"),
            _number("value_low", "Value, from", "数值下限", "lower end of its interval"),
            _number("value_high", "Value, to", "数值上限", "upper end of its interval"),
            _text(
                "reason",
                "Reason",
                "未计算原因",
                "why there is no value, or no interval: " + ", ".join(INDICATOR_REASONS),
                missing=True,
            ),
        ),
        "gridgov.measure_indicators",
    ),
    Table(
        "indicator_definitions",
        ("indicator",),
        (
            _INDICATOR,
            _text("label", "Name", "名称", "its name in English"),
            _text("label_zh", "Name (Chinese)", "中文名称", "its name in Chinese"),
            _text("numerator_rule", "Counted", "分子规则", "which cases are counted, weighted"),
            _text(
                "denominator_rule",
                "Among",
                "分母规则",
                "among which cases; missing when the caller has to choose",
                missing=True,
            ),
            _text(
                "period_rule",
                "Period rule",
                "计入时段规则",
                "which time decides in which period a case counts",
            ),
            _text(
                "numerator_period_rule",
                "Period rule of the numerator",
                "分子计入时段规则",
                "the same for a numerator that is counted by itself",
                missing=True,
            ),
            _text("weights", "Weights", "权重", "named weights of the numerator", missing=True),
            _text(
                "needs",
                "Needs",
                "所需字段",
                "columns without which the number means nothing",
                missing=True,
            ),
            _text("unit", "Unit", "单位", "share (0 to 1) or ratio (can exceed 1)"),
            _text("better", "Better", "优劣方向", "which way is better: higher, lower, neither"),
            _text("source", "Source", "来源", "where the formula comes from"),
            _text("version", "Version", "版本", "edition of the source", missing=True),
            _text("note", "Note", "说明", "what was read into it, limits", missing=True),
        ),
        "gridgov.read_indicators",
    ),
)
