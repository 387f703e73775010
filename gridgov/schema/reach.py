"""Tables of reach: facilities, what is within their distance, capacity against demand."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import CELL, DISPLAY_STREET, GROUP, STREET_ID

__all__ = ["TABLES"]

_FACILITY_ID = Column("facility_id", "str", "Facility id", "设施编号", "unique id of the facility")
_REACH = Column(
    "reach_m",
    "float64",
    "Reach (m)",
    "服务半径（米）",
    "how far the facility reaches, meters",
    missing=True,
)
_CAPACITY = Column(
    "capacity",
    "float64",
    "Capacity",
    "容量（人数）",
    "how much the facility can do: members, posts, places; missing when unknown",
    missing=True,
)
_POINT = Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326")
_FOLDS = Column(
    "folds",
    "int64",
    "Facilities needed",
    "覆盖重数",
    "how many facilities must reach a place for it to count as reached",
)
_WITHIN = Column(
    "facilities_within",
    "int64",
    "Facilities within reach",
    "可达设施数",
    "facilities that reach the center of the cell",
)
_INCIDENTS = Column(
    "incidents", "Int64", "Incidents", "事件数", "incidents; missing when none given", missing=True
)
_POPULATION = Column(
    "population",
    "float64",
    "Population",
    "人口",
    "inhabitants; missing when unknown or not given",
    missing=True,
)


def _share(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of shares that can be missing."""
    return Column(name, "float64", label, label_zh, f"{meaning}, 0 to 1", missing=True)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "facilities",
        ("facility_id",),
        (
            _FACILITY_ID,
            Column("kind", "str", "Kind", "类型", "kind of facility, as read", missing=True),
            Column("facility", "str", "Facility", "设施名称", "name of the facility", missing=True),
            STREET_ID,
            _REACH,
            _CAPACITY,
            _POINT,
        ),
        "gridgov.read_facilities",
        open=True,
    ),
    Table(
        "reach",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            Column("area_km2", "float64", "Area (km²)", "面积（平方千米）", "area inside, km²"),
            _FOLDS,
            Column(
                "nearest_id",
                "str",
                "Nearest facility",
                "最近设施编号",
                "facility nearest to the center of the cell",
                missing=True,
            ),
            _number(
                "nearest_m",
                "Distance to the nearest (m)",
                "到最近设施的距离（米）",
                "from the center of the cell, meters; missing where no way leads to any",
            ),
            Column(
                "second_id",
                "str",
                "Second nearest facility",
                "次近设施编号",
                "facility second nearest to the center of the cell",
                missing=True,
            ),
            _number(
                "second_m",
                "Distance to the second (m)",
                "到次近设施的距离（米）",
                "from the center of the cell, meters",
            ),
            _number(
                "snap_m",
                "Center to line (m)",
                "网格中心到最近线路的距离（米）",
                "from the center of the cell to the nearest line, a part of the way; missing "
                "without a network and where no line is near enough",
            ),
            _WITHIN,
            _number(
                "capacity_within",
                "Capacity within reach",
                "可达容量",
                "capacity of those facilities; missing where one is unknown",
            ),
            _share(
                "reached_share",
                "Share reached",
                "可达占比",
                "share of the cell's land that enough facilities reach: by area in a straight "
                "line, 0 or 1 by the center along a network",
            ),
            _INCIDENTS,
            Column(
                "incidents_reached",
                "Int64",
                "Incidents reached",
                "可达事件数",
                "incidents whose own point enough facilities reach",
                missing=True,
            ),
            _POPULATION,
            _number(
                "population_reached",
                "Population reached",
                "可达人口",
                "inhabitants on the land that is reached, spread evenly over land",
            ),
        ),
        "gridgov.measure_reach",
    ),
    Table(
        "street_reach",
        ("street_id", "group", "folds"),
        (
            Column(
                "street_id",
                "str",
                "Street id",
                "街道编号",
                "id of the jurisdiction; missing for the whole area",
                missing=True,
            ),
            GROUP,
            _FOLDS,
            Column(
                "area_km2",
                "float64",
                "Area (km²)",
                "面积（平方千米）",
                "area of the street on the grid, km² on the ellipsoid",
            ),
            _share("area_reached_share", "Area reached", "面积可达率", "share of the area reached"),
            Column(
                "cells",
                "float64",
                "Cells",
                "网格数",
                "cells of the street, a cell shared by streets counted by its area shares",
            ),
            _share(
                "cells_reached_share",
                "Cells reached",
                "网格可达率",
                "share of the cells whose center is reached, counted the same way",
            ),
            _POPULATION,
            _share(
                "population_reached_share",
                "Population reached",
                "人口可达率",
                "share of the inhabitants on land that is reached",
            ),
            _INCIDENTS,
            _share(
                "incidents_reached_share",
                "Incidents reached",
                "事件可达率",
                "share of the incidents whose own point is reached",
            ),
            _number(
                "incident_nearest_m",
                "Incident to facility (m)",
                "事件到最近设施的距离（米）",
                "median distance from an incident to the nearest facility, meters; incidents "
                "that no way leads to are left out",
            ),
            Column(
                "facilities", "int64", "Facilities", "设施数", "facilities that lie in the street"
            ),
            _number(
                "capacity",
                "Capacity",
                "容量（人数）",
                "their capacity; missing when one is unknown",
            ),
            _number(
                "capacity_per_km2",
                "Capacity per km²",
                "每平方千米容量",
                "capacity in the street per km² of it",
            ),
            _number(
                "capacity_per_incident",
                "Capacity per incident",
                "每起事件容量",
                "capacity in the street per incident; missing without incidents",
            ),
            _number(
                "capacity_per_10000",
                "Capacity per 10,000",
                "每万人容量",
                "capacity in the street per 10,000 inhabitants; missing without inhabitants",
            ),
        ),
        "gridgov.measure_street_reach",
    ),
    Table(
        "access",
        ("cell", "group"),
        (
            CELL,
            GROUP,
            DISPLAY_STREET,
            Column("demand", "float64", "Demand", "需求", "demand of the cell, in its own unit"),
            _WITHIN,
            Column(
                "access",
                "float64",
                "Access",
                "可达性",
                "capacity that the cell has access to, per unit of demand; 0 where none reaches",
            ),
            _number(
                "access_ratio",
                "Access to mean",
                "可达性与均值之比",
                "access divided by its mean over all demand; 1 is the mean",
            ),
        ),
        "gridgov.measure_access",
    ),
    Table(
        "catchments",
        ("facility_id",),
        (
            _FACILITY_ID,
            GROUP,
            _REACH,
            _CAPACITY,
            Column("cells_within", "int64", "Cells within reach", "可达网格数", "cells it reaches"),
            Column(
                "demand_within",
                "float64",
                "Demand within reach",
                "服务范围内需求",
                "demand of those cells, weighted by the decay",
            ),
            _number(
                "capacity_per_demand",
                "Capacity per demand",
                "供需比",
                "capacity per unit of demand within reach; missing when there is none",
            ),
            _POINT,
        ),
        "gridgov.measure_access",
    ),
)
