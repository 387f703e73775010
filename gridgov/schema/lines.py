"""Tables of line jurisdictions: roads, alleys, river reaches, and what is nearest to them."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

TABLES = (
    Table(
        "lines",
        ("line_id",),
        (
            Column(
                "line_id", "str", "Line id", "线段编号", "unique id of the alley, road or reach"
            ),
            Column("line", "str", "Line", "线路名称", "name", missing=True),
            Column("length_m", "float64", "Length (m)", "长度（米）", "length on the ellipsoid, m"),
            Column(
                "geometry",
                "geometry",
                "Line",
                "线形",
                "LineString or MultiLineString, EPSG:4326",
            ),
        ),
        "gridgov.read_lines",
        open=True,
    ),
    Table(
        "nearest_lines",
        ("incident_id",),
        (
            Column("incident_id", "str", "Incident", "事件编号", "unique id of the incident"),
            Column(
                "line_id",
                "str",
                "Line id",
                "线段编号",
                "the nearest line; missing when none is near enough, or without a point",
                missing=True,
            ),
            Column(
                "distance_m",
                "float64",
                "Distance (m)",
                "距离（米）",
                "distance to it, m; missing with it",
                missing=True,
            ),
        ),
        "gridgov.nearest_lines",
    ),
)
