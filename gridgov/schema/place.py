"""Tables of place: the grid, located incidents, counts, advice on the resolution."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import (
    AREA,
    CELL,
    DISPLAY_STREET,
    GROUP,
    INCIDENT,
    INCIDENTS,
    PERIOD,
    POINT,
    STREET_ID,
)

__all__ = ["TABLES"]

TABLES = (
    Table(
        "grid",
        ("cell",),
        (
            CELL,
            Column("resolution", "int64", "Resolution", "分辨率", "H3 resolution, 0 to 15"),
            DISPLAY_STREET,
            Column(
                "inside_share",
                "float64",
                "Share inside",
                "区内占比",
                "share of the cell's area inside the study area, 0 to 1",
            ),
            AREA,
            Column("geometry", "geometry", "Outline", "边界", "Polygon of the cell, EPSG:4326"),
        ),
        "gridgov.make_grid",
    ),
    Table(
        "located",
        ("incident_id",),
        (
            *INCIDENT,
            Column(
                "cell",
                "UInt64",
                "Cell",
                "网格",
                "H3 cell; missing when the incident has no point",
                missing=True,
            ),
            STREET_ID,
            Column(
                "match",
                "str",
                "Match",
                "匹配",
                "inside, border (on an edge), overlap (in several), outside or no_point",
            ),
            POINT,
        ),
        "gridgov.locate",
        open=True,
    ),
    Table(
        "counts",
        ("cell", "period", "group"),
        (CELL, PERIOD, GROUP, DISPLAY_STREET, INCIDENTS, AREA),
        "gridgov.tally",
    ),
    Table(
        "resolutions",
        ("resolution",),
        (
            Column("resolution", "int64", "Resolution", "分辨率", "H3 resolution"),
            Column("cell_area_m2", "float64", "Cell area (m²)", "网格面积（平方米）", "mean, here"),
            Column("edge_m", "float64", "Edge (m)", "边长（米）", "mean edge length, here"),
            Column("grid_cells", "int64", "Cells", "网格数", "cells over the area"),
            Column(
                "cells_per_street",
                "float64",
                "Cells per street",
                "每街道网格数",
                "median over the streets, by area",
            ),
            Column("zero_share", "float64", "Empty share", "空网格占比", "cells without incidents"),
            Column(
                "incidents_per_cell",
                "float64",
                "Incidents per cell",
                "每网格事件数",
                "median over the cells that have any",
                missing=True,
            ),
            Column("suggested", "bool", "Suggested", "建议", "true for one row"),
            Column("reason", "str", "Reason", "理由", "why this row is or is not suggested"),
        ),
        "gridgov.suggest_resolution",
    ),
)
