"""Tables of the scan statistic: the clusters and the places that make them up."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, INCIDENTS, PERIOD

__all__ = ["TABLES"]

_CELL = Column(
    "cell",
    "UInt64",
    "Cell",
    "网格",
    "H3 cell; 15-digit hexadecimal text in files; missing when areas were scanned",
    missing=True,
)
_STREET = Column(
    "street_id",
    "str",
    "Street id",
    "街道编号",
    "the area itself when areas were scanned, else the cell's jurisdiction, for display only",
    missing=True,
)
_CLUSTER = Column("cluster", "int64", "Cluster", "聚集区", "1 is the most likely one")

TABLES = (
    Table(
        "clusters",
        ("period", "group", "cluster"),
        (
            PERIOD,
            GROUP,
            _CLUSTER,
            Column("side", "str", "Side", "高低", "high or low: more or fewer than expected"),
            _CELL,
            _STREET,
            Column(
                "radius_m",
                "float64",
                "Radius (m)",
                "半径（米）",
                "from the center to the farthest member, meters; 0 for a single place",
            ),
            Column("members", "int64", "Members", "成员数", "cells or areas in the circle"),
            Column(
                "start",
                "time",
                "Start",
                "开始",
                "first instant of the cluster; missing in a purely spatial scan",
                missing=True,
            ),
            Column(
                "end",
                "time",
                "End",
                "结束",
                "first instant after the cluster; missing in a purely spatial scan",
                missing=True,
            ),
            INCIDENTS,
            Column(
                "expected", "float64", "Expected", "期望事件数", "incidents expected under the null"
            ),
            Column(
                "relative_risk",
                "float64",
                "Relative risk",
                "相对风险",
                "observed / expected inside, divided by the same outside; "
                "infinite when all incidents are inside",
            ),
            Column(
                "log_likelihood_ratio",
                "float64",
                "Log-likelihood ratio",
                "对数似然比",
                "the statistic by which clusters are ranked",
            ),
            Column("p_value", "float64", "p", "p 值", "Monte Carlo, for the whole search"),
            Column(
                "recurrence_days",
                "float64",
                "Recurrence (days)",
                "重现间隔（天）",
                "days of repeated analyses between such clusters by chance; prospective scans only",
                missing=True,
            ),
            Column("geometry", "geometry", "Circle", "圆", "Polygon, EPSG:4326"),
        ),
        "gridgov.find_scan_clusters",
    ),
    Table(
        "scan_members",
        ("period", "group", "cluster", "cell", "street_id"),
        (
            PERIOD,
            GROUP,
            _CLUSTER,
            _CELL,
            _STREET,
            Column(
                "distance_m",
                "float64",
                "Distance (m)",
                "距离（米）",
                "from the center of the circle, meters",
            ),
            INCIDENTS,
        ),
        "gridgov.scan_members",
    ),
)
