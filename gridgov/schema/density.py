"""Tables of kernel density: on cells and along lines."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, INCIDENTS

__all__ = ["TABLES"]

_EDGE_FACTOR = Column(
    "edge_factor",
    "float64",
    "Edge factor",
    "边缘校正系数",
    "density with edge correction / density without; missing where both are 0",
    missing=True,
)
_BANDWIDTH = Column(
    "bandwidth_m",
    "float64",
    "Bandwidth (m)",
    "带宽（米）",
    "radius of the kernel, its standard deviation for the Gaussian; missing when a rule had "
    "no incident to go by",
    missing=True,
)

TABLES = (
    Table(
        "density",
        ("cell",),
        (
            CELL,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column(
                "incidents_per_km2",
                "float64",
                "Incidents per km²",
                "每平方千米事件数",
                "kernel density, mean over the cell, incidents (or their weights) per km²",
            ),
            _EDGE_FACTOR,
            _BANDWIDTH,
        ),
        "gridgov.measure_density",
    ),
    Table(
        "line_density",
        ("line_id", "segment"),
        (
            Column("line_id", "str", "Line id", "线段编号", "id of the alley, road or reach"),
            Column(
                "segment",
                "int64",
                "Segment",
                "小段序号",
                "running number along the line, from 1",
            ),
            Column("length_m", "float64", "Length (m)", "长度（米）", "length of the segment, m"),
            INCIDENTS,
            Column(
                "incidents_per_km",
                "float64",
                "Incidents per km",
                "每千米事件数",
                "network kernel density, mean over the segment, incidents (or their weights) "
                "per km of line",
            ),
            _EDGE_FACTOR,
            _BANDWIDTH,
            Column("geometry", "geometry", "Line", "线形", "LineString, EPSG:4326"),
        ),
        "gridgov.measure_line_density",
    ),
)
