"""Tables of joint enforcement: where departments meet, and which."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, INCIDENTS

__all__ = ["TABLES"]

_PAIRS = Column(
    "pairs",
    "int64",
    "Pairs",
    "事件对数",
    "pairs of incidents of different departments that lie together",
)
_EXPECTED = Column(
    "pairs_expected",
    "float64",
    "Pairs expected",
    "期望事件对数",
    "exact mean of the pairs when departments are dealt out at random",
    missing=True,
)
_RATIO = Column(
    "pairs_ratio",
    "float64",
    "Pairs by expected",
    "事件对数与期望之比",
    "pairs / pairs_expected",
    missing=True,
)
_P = Column(
    "p_value",
    "float64",
    "p",
    "p 值",
    "share of deals with as much or more, the one seen among them; one-sided, unadjusted",
    missing=True,
)
_Q = Column(
    "q_value", "float64", "q", "q 值（FDR）", "p adjusted by Benjamini-Hochberg", missing=True
)

TABLES = (
    Table(
        "joint_enforcement",
        ("cell",),
        (
            CELL,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column(
                "departments",
                "int64",
                "Departments",
                "部门数",
                "departments with any incident in the cell, or within the rings",
            ),
            Column(
                "department_list",
                "str",
                "Which departments",
                "涉及部门",
                "departments and their incidents, most first, joined by ' + '",
                missing=True,
            ),
            Column(
                "departments_expected",
                "float64",
                "Departments expected",
                "期望部门数",
                "exact mean of the departments when they are dealt out at random",
                missing=True,
            ),
            _PAIRS,
            _EXPECTED,
            _RATIO,
            Column("deals", "int64", "Deals", "随机分配次数", "random deals behind p"),
            _P,
            _Q,
            Column(
                "joint",
                "bool",
                "Joint",
                "建议联合执法",
                "enough departments, and q below 0.05",
            ),
            Column(
                "rank",
                "Int64",
                "Rank",
                "排名",
                "1 for the least p, then most pairs beyond expectation; missing with too few "
                "departments",
                missing=True,
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
        "gridgov.find_joint_enforcement",
    ),
    Table(
        "department_pairs",
        ("department", "other_department"),
        (
            Column("department", "str", "Department", "部门", "first of the two"),
            Column("other_department", "str", "Other department", "另一部门", "second of the two"),
            Column(
                "shared_cells",
                "int64",
                "Cells shared",
                "共有网格数",
                "cells that hold incidents of both, or of one with the other within the rings",
            ),
            _PAIRS,
            _EXPECTED,
            _RATIO,
            _P,
            _Q,
        ),
        "gridgov.measure_department_pairs",
    ),
)
