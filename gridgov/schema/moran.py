"""The tables of local Moran and of the two global statistics of autocorrelation."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, GROUP, INCIDENTS, PERIOD

__all__ = ["LISA_CLASSES", "TABLES"]

LISA_CLASSES = ("HH", "HL", "LH", "LL", "not significant")
"""What a cell can be on a cluster map: its quadrant where that is significant."""

_P_VALUE = Column("p_value", "float64", "p", "p 值", "two-sided, unadjusted", missing=True)
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
        "moran",
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
                "the incidents, or a rate asked for",
                missing=True,
            ),
            Column(
                "lag",
                "float64",
                "Neighbors' mean",
                "邻居均值",
                "mean value of the other cells within the rings",
                missing=True,
            ),
            Column(
                "z",
                "float64",
                "Value z",
                "数值 z 分数",
                "value less the map's mean, in standard deviations of the map",
                missing=True,
            ),
            Column(
                "lag_z",
                "float64",
                "Neighbors' mean z",
                "邻居均值 z 分数",
                "mean z of the other cells within the rings",
                missing=True,
            ),
            Column(
                "moran_i",
                "float64",
                "Local Moran's I",
                "局部莫兰指数",
                "positive where a cell and its neighbors deviate to the same side",
                missing=True,
            ),
            Column(
                "quadrant",
                "str",
                "Quadrant",
                "象限",
                "HH, HL, LH or LL: the cell, then its neighbors, high or low",
                missing=True,
            ),
            Column(
                "neighbors",
                "int64",
                "Neighbors",
                "邻居数",
                "other cells of the grid within the rings",
            ),
            _P_VALUE,
            Column("q_value", "float64", "q", "q 值", "adjusted p", missing=True),
            Column(
                "cluster_type",
                "ordered",
                "Cluster",
                "聚类类型",
                "the quadrant where q < 0.05, else not significant",
                missing=True,
                categories=LISA_CLASSES,
            ),
            _REASON,
        ),
        "gridgov.find_moran_clusters",
    ),
    Table(
        "autocorrelation",
        ("period", "group", "measure"),
        (
            PERIOD,
            GROUP,
            Column("measure", "str", "Statistic", "统计量", "moran_i or general_g"),
            Column("map_cells", "int64", "Cells", "网格数", "cells that took part"),
            Column("value", "float64", "Value", "数值", "the statistic", missing=True),
            Column(
                "expected",
                "float64",
                "Expected",
                "期望值",
                "its mean over all arrangements of the values",
                missing=True,
            ),
            Column(
                "variance_normal",
                "float64",
                "Variance (normality)",
                "方差（正态假设）",
                "its variance for independent normal values; missing for general_g",
                missing=True,
            ),
            Column(
                "variance_randomization",
                "float64",
                "Variance (randomization)",
                "方差（随机化假设）",
                "its variance over all arrangements of the values",
                missing=True,
            ),
            Column(
                "z_normal",
                "float64",
                "z (normality)",
                "z 值（正态假设）",
                "value less expected, in standard deviations under normality",
                missing=True,
            ),
            Column(
                "z_randomization",
                "float64",
                "z (randomization)",
                "z 值（随机化假设）",
                "value less expected, in standard deviations under randomization",
                missing=True,
            ),
            Column(
                "p_normal",
                "float64",
                "p (normality)",
                "p 值（正态假设）",
                "two-sided normal tail of z_normal",
                missing=True,
            ),
            Column(
                "p_randomization",
                "float64",
                "p (randomization)",
                "p 值（随机化假设）",
                "two-sided normal tail of z_randomization",
                missing=True,
            ),
            Column(
                "p_permutation",
                "float64",
                "p (permutation)",
                "p 值（置换检验）",
                "two-sided, from random arrangements of the values",
                missing=True,
            ),
            _REASON,
        ),
        "gridgov.measure_autocorrelation",
    ),
)
