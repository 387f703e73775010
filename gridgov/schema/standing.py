"""Tables of standing: which alleys fell below the mark, and which have won it back."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import PERIOD

__all__ = ["STANDINGS", "TABLES"]

STANDINGS = ("downgraded", "recovering", "restored", "met")
"""Below the mark, below it with good months behind it, won back in this month, or fine."""

_GROUP = Column(
    "group",
    "str",
    "Group",
    "分组",
    "street, district or owner of the line; missing when nothing was grouped",
    missing=True,
)


def _number_of(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of whole numbers that are always there."""
    return Column(name, "int64", label, label_zh, meaning)


TABLES = (
    Table(
        "standing",
        ("line_id", "period"),
        (
            Column("line_id", "str", "Line id", "线段编号", "alley, road or what else was checked"),
            _GROUP,
            Column("period", "time", "Month", "月份", "start of the month"),
            _number_of("checks", "Checks", "检查次数", "checks with a score in the month"),
            Column(
                "score", "float64", "Score", "得分", "score of the month, 0 to 100", missing=True
            ),
            Column(
                "standing",
                "ordered",
                "Standing",
                "达标状态",
                "where it stands at the end of the month: " + ", ".join(STANDINGS),
                categories=STANDINGS,
            ),
            _number_of(
                "months_good",
                "Good months",
                "连续达标月数",
                "months in a row at or above the mark, up to this one",
            ),
            Column(
                "downgraded_at",
                "time",
                "Downgraded",
                "降档月份",
                "start of the month in which it last fell; missing if it never has",
                missing=True,
            ),
            Column(
                "moved",
                "str",
                "Moved",
                "升降",
                "downgraded or restored when that happened in this month",
                missing=True,
            ),
        ),
        "gridgov.grade_standing",
    ),
    Table(
        "standing_counts",
        ("group", "period"),
        (
            _GROUP,
            PERIOD,
            _number_of("lines", "Lines", "条数", "lines with a standing at the end of the period"),
            _number_of("checked", "Checked", "检查条数", "lines checked in the period"),
            _number_of("downgraded", "Downgraded", "降档数", "lines that fell in the period"),
            _number_of("restored", "Restored", "复档数", "lines that were restored in the period"),
            _number_of("below", "Below the mark", "不达标数", "lines below at the period's end"),
            Column(
                "met_share",
                "float64",
                "Share that meets it",
                "达标率",
                "lines that are not below by all lines, 0 to 1; missing without lines",
                missing=True,
            ),
        ),
        "gridgov.measure_standing",
    ),
)
