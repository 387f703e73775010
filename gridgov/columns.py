"""The columns of every table: one source for checks, docs, file headings and fixtures.

Columns never depend on an argument: what does not apply is missing (NA). Units are
in the names, shares run from 0 to 1, and the keys are called the same in every
table. Tables that are marked ``open`` also carry the caller's own columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["SPOTS", "TABLES", "Column", "Dtype", "Language", "Table"]

Language = Literal["en", "zh"]

Dtype = Literal[
    "str", "int64", "Int64", "uint64", "UInt64", "float64", "bool", "time", "ordered", "geometry"
]
"""The kinds of column. ``time`` is datetime64 with a zone; ``ordered`` an ordered categorical;
``UInt64`` and ``Int64`` are the pandas kinds that can be missing."""

SPOTS = (
    "cold 99",
    "cold 95",
    "cold 90",
    "not significant",
    "hot 90",
    "hot 95",
    "hot 99",
)
"""The seven spots in order: a cell's side and the confidence, 1 - q, it holds at."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name
        The column's name in memory.
    dtype
        Its kind, see :data:`Dtype`.
    label, label_zh
        The heading that files and maps show, in English and Chinese.
    meaning
        What it holds, with its unit.
    missing
        Whether a value may be missing.
    """

    name: str
    dtype: Dtype
    label: str
    label_zh: str
    meaning: str
    missing: bool = False

    def heading(self, lang: Language) -> str:
        """Return the heading in the language asked for."""
        return self.label_zh if lang == "zh" else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table: its key and its columns in order.

    Attributes
    ----------
    name
        What errors and docs call it.
    key
        The columns that together name a row.
    columns
        Every documented column, in the order in which tables carry them.
    made_by
        The call that makes such a table, for error messages.
    open
        Whether the caller's own columns travel along.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    made_by: str
    open: bool = False

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


_INCIDENT = (
    Column("incident_id", "str", "Incident", "事件编号", "unique id of the incident"),
    Column("category", "str", "Category", "类别", "category as read", missing=True),
    Column("reported_at", "time", "Reported", "上报时间", "when it was reported"),
    Column("closed_at", "time", "Closed", "结案时间", "when it was closed", missing=True),
    Column("due_at", "time", "Due", "截止时间", "when it was due", missing=True),
    Column("status", "str", "Status", "状态", "status as read", missing=True),
    Column("channel", "str", "Channel", "来源渠道", "how it was reported, as read", missing=True),
    Column("department", "str", "Department", "责任部门", "department as read", missing=True),
)
_POINT = Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326", missing=True)
_CELL = Column("cell", "uint64", "Cell", "网格", "H3 cell; 15-digit hexadecimal text in files")
_STREET_ID = Column(
    "street_id", "str", "Street id", "街道编号", "id of the accountable jurisdiction", missing=True
)
_DISPLAY_STREET = Column(
    "street_id",
    "str",
    "Street id",
    "街道编号",
    "jurisdiction with the largest share of the cell, for display only: "
    "measures by street use incidents or fractional shares",
    missing=True,
)
_PERIOD = Column(
    "period",
    "time",
    "Period",
    "时段",
    "start of the half-open period; missing when the table covers all times at once",
    missing=True,
)
_GROUP = Column(
    "group",
    "str",
    "Group",
    "分组",
    "value of the column that `by` named; missing when nothing was grouped",
    missing=True,
)
_INCIDENTS = Column("incidents", "int64", "Incidents", "事件数", "number of incidents")
_AREA = Column(
    "area_km2",
    "float64",
    "Area (km²)",
    "面积（平方千米）",
    "exact area of the cell inside the study area, km², on the ellipsoid",
)

_TABLES = (
    Table(
        "incidents",
        ("incident_id",),
        (*_INCIDENT, _POINT),
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
    Table(
        "grid",
        ("cell",),
        (
            _CELL,
            Column("resolution", "int64", "Resolution", "分辨率", "H3 resolution, 0 to 15"),
            _DISPLAY_STREET,
            Column(
                "inside_share",
                "float64",
                "Share inside",
                "区内占比",
                "share of the cell's area inside the study area, 0 to 1",
            ),
            _AREA,
            Column("geometry", "geometry", "Outline", "边界", "Polygon of the cell, EPSG:4326"),
        ),
        "gridgov.make_grid",
    ),
    Table(
        "located",
        ("incident_id",),
        (
            *_INCIDENT,
            Column(
                "cell",
                "UInt64",
                "Cell",
                "网格",
                "H3 cell; missing when the incident has no point",
                missing=True,
            ),
            _STREET_ID,
            Column(
                "match",
                "str",
                "Match",
                "匹配",
                "inside, border (on an edge), overlap (in several), outside or no_point",
            ),
            _POINT,
        ),
        "gridgov.locate",
        open=True,
    ),
    Table(
        "counts",
        ("cell", "period", "group"),
        (_CELL, _PERIOD, _GROUP, _DISPLAY_STREET, _INCIDENTS, _AREA),
        "gridgov.tally",
    ),
    Table(
        "hotspots",
        ("cell", "period", "group"),
        (
            _CELL,
            _PERIOD,
            _GROUP,
            _DISPLAY_STREET,
            _INCIDENTS,
            _AREA,
            Column("gi_star", "float64", "Gi* z", "Gi* z 值", "Getis-Ord Gi*, a z score", True),
            Column(
                "neighbors",
                "int64",
                "Neighbors",
                "邻居数",
                "other cells of the grid within the rings",
            ),
            Column("p_value", "float64", "p", "p 值", "two-sided, unadjusted", missing=True),
            Column("q_value", "float64", "q", "q 值", "Benjamini-Hochberg adjusted p", True),
            Column("spot", "ordered", "Spot", "热点类别", "one of the seven spots", missing=True),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no answer; missing when there is one",
                missing=True,
            ),
        ),
        "gridgov.find_hotspots",
    ),
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
            _STREET_ID,
            _PERIOD,
            _INCIDENTS,
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

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
"""Every kind of table by name."""
