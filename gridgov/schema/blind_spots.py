"""The table of blind spots: cells that report far less than they should."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, GROUP, INCIDENTS

__all__ = ["BLIND_SPOTS", "TABLES"]

BLIND_SPOTS = ("blind 99", "blind 95", "blind 90", "not significant", "cannot tell")
"""How far a cell falls short: q below 0.01, 0.05, 0.10; otherwise not, or nobody could tell."""

TABLES = (
    Table(
        "blind_spots",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column(
                "exposure",
                "float64",
                "Exposure",
                "暴露量",
                "what incidents could come from: people, road length, land; missing if unknown",
                missing=True,
            ),
            Column(
                "ring_incidents",
                "int64",
                "Incidents around",
                "周边事件数",
                "incidents of the cells around, the cell itself left out",
            ),
            Column(
                "history_incidents",
                "Int64",
                "Earlier incidents",
                "往期事件数",
                "incidents of the cell in the earlier range; missing when none was given",
                missing=True,
            ),
            Column(
                "other_incidents",
                "Int64",
                "Incidents through others",
                "其他渠道事件数",
                "incidents of the cell that belong to other groups; missing when nothing was "
                "grouped",
                missing=True,
            ),
            Column(
                "expected_incidents",
                "float64",
                "Expected incidents",
                "期望事件数",
                "judged by everything but the cell's own count",
                missing=True,
            ),
            Column(
                "expected_ratio",
                "float64",
                "Share of expected",
                "实报与期望之比",
                "incidents / expected_incidents",
                missing=True,
            ),
            Column(
                "expected_spread",
                "float64",
                "Spread of expected",
                "期望离散度",
                "squared coefficient of variation beyond counting, the dispersion included",
                missing=True,
            ),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "chance of so few incidents or fewer, one-sided, unadjusted",
                missing=True,
            ),
            Column(
                "least_p_value",
                "float64",
                "Least p",
                "可达最小 p 值",
                "the p-value that no incident at all would have had",
                missing=True,
            ),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值（FDR）",
                "p adjusted by Benjamini-Hochberg among the cells that can tell",
                missing=True,
            ),
            Column(
                "blind_spot",
                "ordered",
                "Blind spot",
                "盲区等级",
                "blind 99, 95 or 90 for q below 0.01, 0.05 or 0.10; not significant; or cannot "
                "tell: even no incident at all would have p above 0.10",
                missing=True,
                categories=BLIND_SPOTS,
            ),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no answer; missing when there is one",
                missing=True,
            ),
        ),
        "gridgov.find_blind_spots",
    ),
)
