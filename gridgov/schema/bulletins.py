"""Tables of bulletins: counts against earlier ones, and what was in hand by street."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, INCIDENTS

__all__ = ["CHANGES", "TABLES"]

CHANGES = ("rose", "fell", "no_clear_change", "undefined", "not_recorded")
"""What a count did: undefined after a count of 0, not recorded where records do not reach."""


def _share(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of shares that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _count(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of counts."""
    return Column(name, "int64", label, label_zh, meaning)


TABLES = (
    Table(
        "bulletin_counts",
        ("group",),
        (
            GROUP,
            INCIDENTS,
            Column(
                "incidents_before",
                "Int64",
                "Period before",
                "上期",
                "incidents of the period before; missing where records do not reach back",
                missing=True,
            ),
            _share("change_share", "Change", "环比", "incidents by those before, less 1"),
            _share(
                "change_share_low",
                "Change, from",
                "环比下限",
                "lower end of its interval; missing when fewer than 5 came before",
            ),
            _share(
                "change_share_high",
                "Change, to",
                "环比上限",
                "upper end of its interval; missing when fewer than 5 came before",
            ),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "two-sided, of an equal number a day, unadjusted",
                missing=True,
            ),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值",
                "p adjusted by Benjamini-Hochberg among the groups of the table",
                missing=True,
            ),
            Column(
                "change_kind",
                "str",
                "What changed",
                "变化判断",
                "with q below 0.05: " + ", ".join(CHANGES),
            ),
            Column(
                "incidents_last_year",
                "Int64",
                "Last year",
                "上年同期",
                "incidents of the same month a year before",
                missing=True,
            ),
            _share(
                "last_year_share", "Against last year", "同比", "incidents by last year's, less 1"
            ),
        ),
        "gridgov.make_bulletin",
    ),
    Table(
        "bulletin_categories",
        ("category",),
        (
            Column("category", "str", "Category", "类别", "category as read", missing=True),
            INCIDENTS,
        ),
        "gridgov.make_bulletin",
        open=True,
    ),
    Table(
        "bulletin_cases",
        ("group",),
        (
            GROUP,
            _count("filed_cases", "Filed", "立案数", "cases filed in the period"),
            _count("closed_cases", "Closed", "结案数", "cases closed in the period"),
            _count("open_cases", "Open cases", "在办案件数", "cases neither closed nor cancelled"),
            _count("overdue_cases", "Overdue", "超期案件数", "of these past a deadline"),
            _count("due_soon_cases", "Due soon", "临期案件数", "of these with one to come soon"),
            _count("resting_cases", "At rest", "挂账案件数", "of these suspended now"),
        ),
        "gridgov.make_bulletin",
    ),
    Table(
        "bulletin_quality",
        ("step_name", "reason"),
        (
            Column("step_name", "str", "Step", "环节", "what happened to the rows"),
            Column("reason", "str", "Reason", "原因", "where they went, or why they did not count"),
            _count("rows", "Rows", "行数", "number of rows"),
        ),
        "gridgov.make_bulletin",
    ),
)
