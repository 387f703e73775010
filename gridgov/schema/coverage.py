"""Tables of coverage: responsibility (parts, shares, owners, boundaries) and reporting."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import CELL, INCIDENTS, PERIOD, STREET_ID

__all__ = ["TABLES"]

_LAYER = Column(
    "layer",
    "str",
    "Layer",
    "责任图层",
    "name of the layer of jurisdictions or lines; missing for the only one, or for all together",
    missing=True,
)


def _area(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of square meters that is missing where land has no such rows."""
    text = f"{meaning}, m², on the ellipsoid; missing by department"
    return Column(name, "float64", label, label_zh, text, missing=True)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers of incidents."""
    text = f"{meaning}; missing when no incidents were given"
    return Column(name, "Int64", label, label_zh, text, missing=True)


def _share(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of shares of a cell."""
    return Column(name, "float64", label, label_zh, f"{meaning}, share of the whole cell, 0 to 1")


TABLES = (
    Table(
        "responsibility",
        ("layer", "kind", "part"),
        (
            _LAYER,
            Column(
                "kind",
                "str",
                "Kind",
                "类型",
                "gap (no owner), overlap (several owners), enclave (cut off from the rest of its "
                "jurisdiction) or outside (a jurisdiction that touches nothing)",
            ),
            Column(
                "part", "int64", "Part", "序号", "running number within the kind, largest first"
            ),
            Column(
                "street_ids",
                "str",
                "Street ids",
                "相关街道编号",
                "ids of the jurisdictions that overlap or border the gap, joined by ' + '; of an "
                "enclave its own first",
                missing=True,
            ),
            Column(
                "width_m",
                "float64",
                "Width (m)",
                "最宽处（米）",
                "diameter of the largest circle that fits into the part, m",
            ),
            Column(
                "sliver", "bool", "Sliver", "狭长碎片", "whether that is less than the sliver width"
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
        "responsibility_shares",
        ("layer", "scope", "street_id", "department"),
        (
            _LAYER,
            Column("scope", "str", "Rows", "统计范围", "whole, street or department"),
            STREET_ID,
            Column(
                "department",
                "str",
                "Department",
                "责任部门",
                "department of the incidents",
                missing=True,
            ),
            _area("area_m2", "Area (m²)", "面积（平方米）", "area"),
            _area(
                "unowned_area_m2",
                "Area without owner (m²)",
                "无人负责面积（平方米）",
                "land without an owner",
            ),
            _area(
                "one_owner_area_m2",
                "Area with one owner (m²)",
                "一方负责面积（平方米）",
                "land with exactly one owner",
            ),
            _area(
                "several_owners_area_m2",
                "Area with several owners (m²)",
                "多头负责面积（平方米）",
                "land with several owners",
            ),
            Column(
                "one_owner_area_share",
                "float64",
                "Share of area with one owner",
                "一方负责面积占比",
                "one_owner_area_m2 / area_m2, 0 to 1; missing without area",
                missing=True,
            ),
            _number("incidents", "Incidents", "事件数", "number of incidents, wherever they lie"),
            _number(
                "unowned_incidents", "Incidents without owner", "无人负责事件数", "with no owner"
            ),
            _number(
                "one_owner_incidents",
                "Incidents with one owner",
                "一方负责事件数",
                "with exactly one owner",
            ),
            _number(
                "several_owners_incidents",
                "Incidents with several owners",
                "多头负责事件数",
                "with several owners",
            ),
            _number(
                "outside_incidents", "Incidents outside", "区外事件数", "outside the study area"
            ),
            _number("no_point_incidents", "Incidents without place", "无位置事件数", "no point"),
            Column(
                "one_owner_incident_share",
                "float64",
                "Share of incidents with one owner",
                "一方负责事件占比",
                "one_owner_incidents / incidents in the study area, 0 to 1; missing without any",
                missing=True,
            ),
        ),
        "gridgov.measure_responsibility",
    ),
    Table(
        "owners",
        ("cell", "layer"),
        (
            CELL,
            _LAYER,
            Column(
                "owner_id",
                "str",
                "Owner",
                "责任主体编号",
                "jurisdiction or line with the largest share of the cell; missing without any",
                missing=True,
            ),
            _share("owner_share", "Owner's share", "责任主体占比", "land of this owner"),
            Column("owners", "int64", "Owners", "责任主体数", "owners with land in the cell"),
            _share("one_owner_share", "Share with one owner", "一方负责占比", "one owner"),
            _share("several_owners_share", "Share with several", "多头负责占比", "several owners"),
            _share("unowned_share", "Share without owner", "无人负责占比", "no owner"),
            _share("outside_share", "Share outside", "区外占比", "outside the study area"),
        ),
        "gridgov.find_owners",
    ),
    Table(
        "boundaries",
        ("street_id", "neighbor_id"),
        (
            Column("street_id", "str", "Street id", "街道编号", "whose boundary it is"),
            Column(
                "neighbor_id",
                "str",
                "Neighbor",
                "相邻街道编号",
                "with whose boundary it is compared; the same id for two versions",
            ),
            Column(
                "comparison",
                "str",
                "Comparison",
                "比较方式",
                "neighbor, version, removed (only in the first table) or added (only in the other)",
            ),
            Column(
                "shared_m",
                "float64",
                "Common length (m)",
                "重合长度（米）",
                "length on which both boundaries are one, m",
            ),
            Column(
                "apart_m",
                "float64",
                "Length apart (m)",
                "不重合长度（米）",
                "length on which they part, measured along the first, m",
            ),
            Column(
                "largest_m",
                "float64",
                "Largest distance (m)",
                "最大偏离（米）",
                "largest distance between them where they part, m; missing for removed and added",
                missing=True,
            ),
            Column(
                "gap_m2",
                "float64",
                "Gap (m²)",
                "之间无人负责面积（平方米）",
                "land between two neighbors that nobody owns, m²; missing for two versions",
                missing=True,
            ),
            Column(
                "overlap_m2",
                "float64",
                "Overlap (m²)",
                "重叠面积（平方米）",
                "land of both, m²; for two versions the land kept",
            ),
            Column(
                "lost_m2",
                "float64",
                "Lost (m²)",
                "减少面积（平方米）",
                "land of the first version only, m²; missing for neighbors",
                missing=True,
            ),
            Column(
                "gained_m2",
                "float64",
                "Gained (m²)",
                "增加面积（平方米）",
                "land of the other version only, m²; missing for neighbors",
                missing=True,
            ),
            Column("geometry", "geometry", "Line", "边界线", "MultiLineString, EPSG:4326"),
        ),
        "gridgov.compare_boundaries",
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
