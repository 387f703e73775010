"""Tables that reading makes: records and areas, and what could not be used."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import INCIDENT, POINT

__all__ = ["TABLES"]

TABLES = (
    Table(
        "incidents",
        ("incident_id",),
        (*INCIDENT, POINT),
        "gridgov.read_incidents",
        open=True,
    ),
    Table(
        "set_aside",
        ("source_row",),
        (
            Column("source_row", "int64", "Row", "行号", "row of the source, 1 = first data row"),
            Column("reason", "str", "Reason", "原因代码", "code of the reason"),
            Column("detail", "str", "Detail", "说明（英文）", "the reason as an English sentence"),
            Column("detail_zh", "str", "Detail (Chinese)", "说明", "the same in Chinese"),
        ),
        "gridgov.read_incidents",
        open=True,
    ),
    Table(
        "notices",
        ("notice", "subject"),
        (
            Column("notice", "str", "Notice", "提示代码", "code of the notice"),
            Column("subject", "str", "Subject", "对象", "what it is about, such as a street id"),
            Column("value", "float64", "Value", "数值", "the number in the sentence", missing=True),
            Column("unit", "str", "Unit", "单位", "unit of the number", missing=True),
            Column("detail", "str", "Detail", "说明（英文）", "an English sentence"),
            Column("detail_zh", "str", "Detail (Chinese)", "说明", "the same in Chinese"),
        ),
        "gridgov.notices",
    ),
    Table(
        "jurisdictions",
        ("street_id",),
        (
            Column("street_id", "str", "Street id", "街道编号", "unique id of the jurisdiction"),
            Column("street", "str", "Street", "街道", "name of the jurisdiction", missing=True),
            Column("district", "str", "District", "区", "district it belongs to", missing=True),
            Column(
                "area_km2",
                "float64",
                "Area (km²)",
                "面积（平方千米）",
                "area, km², on the ellipsoid",
            ),
            Column("geometry", "geometry", "Outline", "边界", "Polygon or MultiPolygon, EPSG:4326"),
        ),
        "gridgov.read_jurisdictions",
        open=True,
    ),
)
