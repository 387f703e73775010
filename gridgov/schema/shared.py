"""Columns that several tables carry, defined once."""

from __future__ import annotations

from gridgov.schema.kinds import Column

__all__ = [
    "AREA",
    "CELL",
    "DISPLAY_STREET",
    "GROUP",
    "INCIDENT",
    "INCIDENTS",
    "PERIOD",
    "POINT",
    "STREET_ID",
]

INCIDENT = (
    Column("incident_id", "str", "Incident", "事件编号", "unique id of the incident"),
    Column("category", "str", "Category", "类别", "category as read", missing=True),
    Column("reported_at", "time", "Reported", "上报时间", "when it was reported"),
    Column("closed_at", "time", "Closed", "结案时间", "when it was closed", missing=True),
    Column("due_at", "time", "Due", "截止时间", "when it was due", missing=True),
    Column("status", "str", "Status", "状态", "status as read", missing=True),
    Column("channel", "str", "Channel", "来源渠道", "how it was reported, as read", missing=True),
    Column("department", "str", "Department", "责任部门", "department as read", missing=True),
)
POINT = Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326", missing=True)
CELL = Column("cell", "uint64", "Cell", "网格", "H3 cell; 15-digit hexadecimal text in files")
STREET_ID = Column(
    "street_id", "str", "Street id", "街道编号", "id of the accountable jurisdiction", missing=True
)
DISPLAY_STREET = Column(
    "street_id",
    "str",
    "Street id",
    "街道编号",
    "jurisdiction with the largest share of the cell, for display only: "
    "measures by street use incidents or fractional shares",
    missing=True,
)
PERIOD = Column(
    "period",
    "time",
    "Period",
    "时段",
    "start of the half-open period; missing when the table covers all times at once",
    missing=True,
)
GROUP = Column(
    "group",
    "str",
    "Group",
    "分组",
    "value of the column that `by` named; missing when nothing was grouped",
    missing=True,
)
INCIDENTS = Column("incidents", "int64", "Incidents", "事件数", "number of incidents")
AREA = Column(
    "area_km2",
    "float64",
    "Area (km²)",
    "面积（平方千米）",
    "exact area of the cell inside the study area, km², on the ellipsoid",
)
