"""Tables of coverage: responsibility and reporting."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import INCIDENTS, PERIOD, STREET_ID

__all__ = ["TABLES"]

TABLES = (
    Table(
        "responsibility",
        ("kind", "part"),
        (
            Column("kind", "str", "Kind", "类型", "gap (no owner) or overlap (several owners)"),
            Column(
                "part", "int64", "Part", "序号", "running number within the kind, largest first"
            ),
            Column(
                "street_ids",
                "str",
                "Street ids",
                "相关街道编号",
                "ids of the jurisdictions that overlap or border the gap, joined by ' + '",
                missing=True,
            ),
            Column(
                "area_m2", "float64", "Area (m²)", "面积（平方米）", "area, m², on the ellipsoid"
            ),
            Column(
                "incidents",
                "Int64",
                "Incidents",
                "事件数",
                "incidents that fall in it, edges included; missing when none were given",
                missing=True,
            ),
            Column("geometry", "geometry", "Outline", "边界", "Polygon, EPSG:4326"),
        ),
        "gridgov.check_responsibility",
    ),
    Table(
        "reporting",
        ("street_id", "period"),
        (
            STREET_ID,
            PERIOD,
            INCIDENTS,
            Column(
                "cells",
                "float64",
                "Cells",
                "网格数",
                "cells of the street, a cell shared by streets counted by its area shares",
            ),
            Column(
                "cells_reporting",
                "float64",
                "Reporting cells",
                "有上报网格数",
                "cells with at least one incident, counted the same way",
            ),
            Column(
                "reporting_share",
                "float64",
                "Reporting share",
                "有上报网格占比",
                "cells_reporting / cells, 0 to 1; missing when the street has no cell",
                missing=True,
            ),
        ),
        "gridgov.measure_reporting",
    ),
)
