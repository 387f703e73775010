"""Tables of concentration: the indices with their intervals, and the Lorenz curve."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, INCIDENTS, PERIOD

__all__ = ["ESTIMATES", "TABLES"]

ESTIMATES = (
    "gini",
    "gini_unbiased",
    "gini_generalized",
    "gini_generalized_unbiased",
    "theil",
    "theil_between",
    "theil_within",
    "cell_share_25",
    "cell_share_50",
    "cell_share_80",
    "area_share_25",
    "area_share_50",
    "area_share_80",
)
"""The numbers of the table "concentration" that have an interval, in order."""

_LABELS = {
    "gini": ("Gini", "基尼系数", "Gini index, 0 (even) to 1"),
    "gini_unbiased": ("Gini, unbiased", "无偏基尼系数", "Gini × n / (n - 1), n cells"),
    "gini_generalized": (
        "Generalized Gini",
        "广义基尼系数",
        "distance from the most even distribution that so few incidents allow",
    ),
    "gini_generalized_unbiased": (
        "Generalized Gini, unbiased",
        "无偏广义基尼系数",
        "the same × m / (m - 1), m the smaller of cells and incidents",
    ),
    "theil": ("Theil", "泰尔指数", "Theil's T, 0 (even) to ln(cells)"),
    "theil_between": ("Theil between streets", "街道间泰尔指数", "part of T between streets"),
    "theil_within": ("Theil within streets", "街道内泰尔指数", "part of T within streets"),
    **{
        f"cell_share_{percent}": (
            f"Cells with {percent} %",
            f"集中 {percent}% 事件的网格占比",
            f"smallest share of the cells that holds {percent} % of the incidents",
        )
        for percent in (25, 50, 80)
    },
    **{
        f"area_share_{percent}": (
            f"Area with {percent} %",
            f"集中 {percent}% 事件的面积占比",
            f"smallest share of the area that holds {percent} % of the incidents",
        )
        for percent in (25, 50, 80)
    },
}


def _with_interval(name: str) -> tuple[Column, Column, Column]:
    """Return the column of an estimate and of the two ends of its interval."""
    label, label_zh, meaning = _LABELS[name]
    return (
        Column(name, "float64", label, label_zh, meaning, missing=True),
        Column(
            f"{name}_low",
            "float64",
            f"{label}, low",
            f"{label_zh}下限",
            "lower end of the bootstrap interval",
            missing=True,
        ),
        Column(
            f"{name}_high",
            "float64",
            f"{label}, high",
            f"{label_zh}上限",
            "upper end of the bootstrap interval",
            missing=True,
        ),
    )


_AREA = Column(
    "area_km2",
    "float64",
    "Area (km²)",
    "面积（平方千米）",
    "area of the cells inside the study area, km²",
)

TABLES = (
    Table(
        "concentration",
        ("period", "group"),
        (
            PERIOD,
            GROUP,
            Column(
                "cells",
                "float64",
                "Cells",
                "网格数",
                "number of cells, those without incidents included",
            ),
            INCIDENTS,
            _AREA,
            *(column for name in ESTIMATES for column in _with_interval(name)),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no answer, or no interval; missing when nothing is in the way",
                missing=True,
            ),
        ),
        "gridgov.measure_concentration",
    ),
    Table(
        "lorenz",
        ("period", "group", "unit", "step"),
        (
            PERIOD,
            GROUP,
            Column("unit", "str", "Unit", "单位", "cells or area: what the lower axis counts"),
            Column("step", "int64", "Step", "序号", "running number along the curve, from 0"),
            Column(
                "unit_share",
                "float64",
                "Share of units",
                "单位累计占比",
                "share of the cells or of the area, emptiest first, 0 to 1",
            ),
            Column(
                "incident_share",
                "float64",
                "Share of incidents",
                "事件累计占比",
                "share of the incidents that they hold, 0 to 1",
            ),
        ),
        "gridgov.measure_lorenz",
    ),
)
