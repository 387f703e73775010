"""Tables of supervision: overdue cases, places reported again, reports of one incident."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP

__all__ = ["SUPERVISION", "TABLES"]

SUPERVISION = ("overdue", "due soon", "reworked")
"""Why a case is on the list, the most urgent first."""


def _text(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of texts that can be missing."""
    return Column(name, "str", label, label_zh, meaning, missing=True)


def _count(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of counts."""
    return Column(name, "int64", label, label_zh, meaning)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


_STREET = _text("street_id", "Street id", "街道编号", "id of the jurisdiction that answers for it")
_CATEGORY = _text("category", "Category", "类别", "category as read")
_DEPARTMENT = _text("department", "Department", "责任部门", "department as read")
_REPORTS = _count("reports", "Reports", "上报次数", "reports in all")
_AFTER_CLOSING = _count(
    "after_closing",
    "After closing",
    "结案后再报",
    "reports that came when the one before them at the place had been closed",
)

TABLES = (
    Table(
        "supervision",
        ("case_id", "supervision", "stage"),
        (
            Column("case_id", "str", "Case", "案件编号", "id of the case"),
            _text("incident_id", "Incident", "事件编号", "id of the incident it was opened from"),
            _STREET,
            _DEPARTMENT,
            _CATEGORY,
            Column(
                "supervision",
                "ordered",
                "Reason",
                "督办原因",
                "why it is listed: " + ", ".join(SUPERVISION),
                categories=SUPERVISION,
            ),
            _text("stage", "Stage", "环节", "stage it waits for; missing for reworked ones"),
            Column(
                "due_at",
                "time",
                "Due",
                "截止时间",
                "by when, moved by its suspensions",
                missing=True,
            ),
            _number(
                "overdue_h",
                "Overdue (h)",
                "超期时长（小时）",
                "natural hours since the deadline; negative while there is time left",
            ),
            _number(
                "overdue_working_h",
                "Overdue (working h)",
                "超期工作时",
                "working hours since the deadline; missing without a calendar",
            ),
            Column("resting", "bool", "At rest", "挂账中", "whether it is suspended now"),
            Column("reworks", "Int64", "Reworks", "返工次数", "how often it failed", missing=True),
            Column(
                "supervised",
                "boolean",
                "Supervised",
                "督办",
                "whether it was placed under supervision already",
                missing=True,
            ),
        ),
        "gridgov.find_overdue",
    ),
    Table(
        "supervision_counts",
        ("group",),
        (
            GROUP,
            _count("open_cases", "Open cases", "在办案件数", "cases neither closed nor cancelled"),
            _count("overdue_cases", "Overdue", "超期案件数", "of these past a deadline"),
            _count(
                "due_soon_cases",
                "Due soon",
                "临期案件数",
                "of these past none, with one to come soon",
            ),
            _count("reworked_cases", "Reworked", "多次返工案件数", "of these often reworked"),
            _count("resting_cases", "At rest", "挂账案件数", "of these suspended now"),
            _count("supervised_cases", "Supervised", "已督办案件数", "of these supervised already"),
            _number("overdue_h_median", "Overdue, median (h)", "超期时长中位数", "natural hours"),
            _number("overdue_h_max", "Overdue, most (h)", "最长超期时长", "natural hours"),
        ),
        "gridgov.measure_supervision",
    ),
    Table(
        "repeat_places",
        ("place_id",),
        (
            _count("place_id", "Place", "地点序号", "number of the place, 1 for the most reports"),
            Column(
                "cell",
                "UInt64",
                "Cell",
                "网格",
                "H3 cell; 15-digit hexadecimal text in files; missing for places by distance",
                missing=True,
            ),
            _STREET,
            _DEPARTMENT,
            _CATEGORY,
            _REPORTS,
            _count(
                "most_reports", "Most at once", "最多次数", "most reports within the days asked"
            ),
            Column("busiest_from_at", "time", "Busiest from", "最密集开始", "first of these"),
            Column("busiest_to_at", "time", "Busiest to", "最密集结束", "last of these"),
            _AFTER_CLOSING,
            Column("first_at", "time", "First report", "首次上报", "of all reports of the place"),
            Column("last_at", "time", "Last report", "末次上报", "of all reports of the place"),
            _number("spread_m", "Spread (m)", "范围（米）", "farthest report from their middle, m"),
            Column("geometry", "geometry", "Middle", "中心", "Point, EPSG:4326", missing=True),
        ),
        "gridgov.find_repeat_places",
    ),
    Table(
        "repeat_place_counts",
        ("group",),
        (
            GROUP,
            _count("places", "Places", "地点数", "places reported again and again"),
            _REPORTS,
            _AFTER_CLOSING,
        ),
        "gridgov.measure_repeat_places",
    ),
    Table(
        "duplicate_links",
        ("incident_id",),
        (
            Column("incident_id", "str", "Incident", "事件编号", "the later report"),
            Column(
                "duplicate_of", "str", "Duplicate of", "重复于", "the first report of its group"
            ),
            _count(
                "group_reports", "Reports", "同组上报数", "reports of the group, first included"
            ),
            Column("distance_m", "float64", "Distance (m)", "距离（米）", "from the first report"),
            Column(
                "hours_after", "float64", "Hours after", "间隔（小时）", "after the first report"
            ),
            _number(
                "similarity",
                "Similarity",
                "文字相似度",
                "of its text and that of the first report, 0 to 1; missing without texts",
            ),
            _text("channel", "Channel", "来源渠道", "of the later report"),
            _text("first_channel", "First channel", "首报渠道", "of the first report"),
            Column(
                "across_channels",
                "boolean",
                "Across channels",
                "跨渠道",
                "whether the two channels differ",
                missing=True,
            ),
            _CATEGORY,
            _STREET,
        ),
        "gridgov.link_duplicates",
    ),
    Table(
        "chance_links",
        ("lag_days",),
        (
            _count("lag_days", "Lag (days)", "错开天数", "days by which times were shifted"),
            Column(
                "pairs",
                "int64",
                "Pairs",
                "事件对数",
                "pairs that fulfil the conditions of a link at this lag",
            ),
            _number(
                "pairs_per_1000",
                "Pairs per 1,000",
                "每千起对数",
                "pairs / incidents with a point and a time x 1,000",
            ),
            _number(
                "chance_share",
                "By chance",
                "巧合占比",
                "pairs at this lag / pairs at lag 0, not above 1",
            ),
        ),
        "gridgov.measure_chance_links",
    ),
)
