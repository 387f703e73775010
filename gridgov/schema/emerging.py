"""Tables of change over time: trends, hotspots in space and time, and their categories."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, GROUP, INCIDENTS, PERIOD

__all__ = ["EMERGING_CATEGORIES", "PERSISTENCE_CLASSES", "TABLES"]

EMERGING_CATEGORIES = (
    "new hot",
    "consecutive hot",
    "intensifying hot",
    "persistent hot",
    "diminishing hot",
    "sporadic hot",
    "oscillating hot",
    "historical hot",
    "no pattern",
    "historical cold",
    "oscillating cold",
    "sporadic cold",
    "diminishing cold",
    "persistent cold",
    "intensifying cold",
    "consecutive cold",
    "new cold",
)
"""The seventeen categories of emerging hotspot analysis."""

PERSISTENCE_CLASSES = (
    "persistent hot",
    "emerging hot",
    "intermittent hot",
    "former hot",
    "mixed",
    "no pattern",
    "former cold",
    "intermittent cold",
    "emerging cold",
    "persistent cold",
)
"""The nine classes of hotspots by the share of periods, and the cells that are none."""

_PERIODS = Column("periods", "int64", "Periods", "时段数", "number of periods")
_CATEGORY_LABELS = ("Category", "类别")
_TREND = (
    Column(
        "trend_z", "float64", "Trend z", "趋势 z 值", "Mann-Kendall z; positive when rising", True
    ),
    Column("trend_p", "float64", "Trend p", "趋势 p 值", "two-sided p of it, unadjusted", True),
)
_TAU = Column("tau", "float64", "Tau", "τ 系数", "Kendall's tau-b with time, -1 to 1", missing=True)
_SHARES = (
    Column(
        "hot_share",
        "float64",
        "Share of hot periods",
        "热点时段占比",
        "share of the periods in which the cell is a significant hotspot, 0 to 1",
        missing=True,
    ),
    Column(
        "cold_share",
        "float64",
        "Share of cold periods",
        "冷点时段占比",
        "share of the periods in which the cell is a significant cold spot, 0 to 1",
        missing=True,
    ),
)
_REASON = Column(
    "reason",
    "str",
    "Reason",
    "未计算原因",
    "why there is no answer; missing when there is one",
    missing=True,
)

TABLES = (
    Table(
        "trends",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            _PERIODS,
            Column(
                "kendall_s", "int64", "S", "S 统计量", "pairs of periods that rise less falling"
            ),
            Column(
                "kendall_variance",
                "float64",
                "Variance of S",
                "S 的方差",
                "variance of S without a trend, corrected for ties",
            ),
            _TAU,
            *_TREND,
            Column(
                "trend_q",
                "float64",
                "Trend q",
                "趋势 q 值",
                "trend_p, Benjamini-Hochberg adjusted over the cells of the group",
                True,
            ),
            Column("slope", "float64", "Slope", "变化速度", "Sen's slope, incidents per period"),
            Column("trend", "str", "Trend", "趋势", "up, down or none"),
        ),
        "gridgov.measure_trends",
    ),
    Table(
        "hotspot_bins",
        ("cell", "period", "group"),
        (
            CELL,
            PERIOD,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column("gi_star", "float64", "Gi* z", "Gi* z 值", "Getis-Ord Gi*, a z score", True),
            Column(
                "neighbors",
                "int64",
                "Neighbors",
                "邻居数",
                "other cells and periods in the neighborhood",
            ),
            Column("p_value", "float64", "p", "p 值", "two-sided, unadjusted", missing=True),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值",
                "p, Benjamini-Hochberg adjusted over all cells and periods of the group",
                True,
            ),
            Column("spot", "ordered", "Spot", "热点类别", "one of the seven spots", missing=True),
            _REASON,
        ),
        "gridgov.find_hotspot_bins",
    ),
    Table(
        "emerging",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            _PERIODS,
            Column("category", "str", *_CATEGORY_LABELS, "one of the 17 categories", missing=True),
            *_TREND,
            _TAU,
            *_SHARES,
            Column(
                "last_spot",
                "ordered",
                "Last spot",
                "末期热点类别",
                "spot of the last period, one of the seven",
                missing=True,
            ),
            _REASON,
        ),
        "gridgov.find_emerging_hotspots",
    ),
    Table(
        "persistence",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            _PERIODS,
            Column("category", "str", *_CATEGORY_LABELS, "one of the ten classes", missing=True),
            *_SHARES,
            Column(
                "recent_hot_share",
                "float64",
                "Share of hot periods, recent",
                "近期热点时段占比",
                "the same among the recent periods, 0 to 1",
                missing=True,
            ),
            Column(
                "recent_cold_share",
                "float64",
                "Share of cold periods, recent",
                "近期冷点时段占比",
                "the same among the recent periods, 0 to 1",
                missing=True,
            ),
            _REASON,
        ),
        "gridgov.classify_persistence",
    ),
)
