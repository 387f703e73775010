"""Tables of delays: how long cases stay open, by group, and whether groups differ."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP

__all__ = ["DELAY_REASONS", "TABLES"]

DELAY_REASONS = ("no_cases", "median_not_reached", "follow_up_too_short")
"""Why a median or a restricted mean is missing, the first that holds."""


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _count(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of counts."""
    return Column(name, "int64", label, label_zh, meaning)


_CASES = _count("cases", "Cases", "案件数", "cases that began")
_CLOSED = _count("closed", "Closed", "已结案数", "cases that were closed")

TABLES = (
    Table(
        "delays",
        ("group",),
        (
            GROUP,
            _CASES,
            _CLOSED,
            _count("open", "Open", "未结案数", "cases that are still open"),
            _count("cancelled", "Cancelled", "作废数", "cases that were struck out"),
            _number(
                "lower_quartile_h",
                "A quarter closed after (h)",
                "四分之一结案用时（小时）",
                "hours after which a quarter of the cases is closed",
            ),
            _number(
                "median_h",
                "Half closed after (h)",
                "半数结案用时（小时）",
                "hours after which half of the cases are closed",
            ),
            _number("median_low_h", "from (h)", "半数结案用时下限（小时）", "lower end of it"),
            _number("median_high_h", "to (h)", "半数结案用时上限（小时）", "upper end of it"),
            _number(
                "upper_quartile_h",
                "Three quarters closed after (h)",
                "四分之三结案用时（小时）",
                "hours after which three quarters of the cases are closed",
            ),
            _number(
                "restricted_mean_h",
                "Mean open within the horizon (h)",
                "限定期内平均用时（小时）",
                "mean hours open within the first days, as many as the horizon",
            ),
            _number(
                "restricted_mean_low_h",
                "Mean, from (h)",
                "限定期内平均用时下限（小时）",
                "lower end of it",
            ),
            _number(
                "restricted_mean_high_h",
                "Mean, to (h)",
                "限定期内平均用时上限（小时）",
                "upper end of it",
            ),
            *(
                _number(
                    f"closed_{days}d_share",
                    f"Closed within {days} d",
                    f"{days} 日内结案占比",
                    f"share closed within {days} days of 24 hours, 0 to 1",
                )
                for days in (1, 3, 7, 30)
            ),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why a number is missing: " + ", ".join(DELAY_REASONS),
                missing=True,
            ),
        ),
        "gridgov.measure_delays",
    ),
    Table(
        "closing_curves",
        ("group", "after_days"),
        (
            GROUP,
            Column(
                "after_days",
                "float64",
                "After (d)",
                "历时（日）",
                "days of 24 hours since the case began; the share holds until the next row",
            ),
            _number(
                "still_open_share",
                "Still open",
                "未结案占比",
                "share of the cases still open, 0 to 1",
            ),
            _number("still_open_low", "Still open, from", "未结案占比下限", "lower end of it"),
            _number("still_open_high", "Still open, to", "未结案占比上限", "upper end of it"),
            _count("at_risk", "At risk", "在办案件数", "cases that had been seen open up to then"),
            _CLOSED,
        ),
        "gridgov.measure_closing_curves",
    ),
    Table(
        "delay_tests",
        ("group", "against"),
        (
            GROUP,
            Column(
                "against",
                "str",
                "Against",
                "比较对象",
                "each other (all groups at once) or the others (one group)",
            ),
            _CASES,
            _CLOSED,
            _number(
                "expected_closed",
                "Expected closed",
                "期望结案数",
                "closed at the pace of all groups",
            ),
            _number("statistic", "Statistic", "统计量", "log-rank chi-square"),
            _count("freedom", "Degrees of freedom", "自由度", "degrees of freedom"),
            _number("p_value", "p", "p 值", "two-sided, unadjusted"),
            _number(
                "q_value",
                "q",
                "q 值（FDR）",
                "p adjusted by Benjamini-Hochberg among the groups",
            ),
        ),
        "gridgov.compare_delays",
    ),
)
