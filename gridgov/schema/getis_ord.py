"""The table of Getis-Ord Gi*."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, GROUP, INCIDENTS, PERIOD

__all__ = ["TABLES"]

TABLES = (
    Table(
        "hotspots",
        ("cell", "period", "group"),
        (
            CELL,
            PERIOD,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column(
                "value",
                "float64",
                "Value tested",
                "检验值",
                "what was summed over the neighborhood: the incidents, or a rate asked for",
                missing=True,
            ),
            Column(
                "gi_star",
                "float64",
                "Gi* z",
                "Gi* z 值",
                "Getis-Ord Gi*, a z score; Gi if that was asked for",
                missing=True,
            ),
            Column(
                "neighbors",
                "int64",
                "Neighbors",
                "邻居数",
                "other cells of the grid, with a value, within the rings",
            ),
            Column("p_value", "float64", "p", "p 值", "two-sided, unadjusted", missing=True),
            Column("q_value", "float64", "q", "q 值", "p adjusted for the tests of the map", True),
            Column("spot", "ordered", "Spot", "热点类别", "one of the seven spots", missing=True),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no answer; missing when there is one",
                missing=True,
            ),
        ),
        "gridgov.find_hotspots",
    ),
)
