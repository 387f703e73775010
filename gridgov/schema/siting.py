"""Tables of siting: the posts that were placed and the demand that each one serves."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

_SITE_CELL = Column(
    "cell",
    "UInt64",
    "Cell",
    "网格",
    "H3 cell when the place was given as one; 15-digit hexadecimal text in files",
    missing=True,
)

TABLES = (
    Table(
        "sites",
        ("site_id",),
        (
            Column("site_id", "str", "Site id", "点位编号", "id of the post; a cell's text"),
            _SITE_CELL,
            Column("existing", "bool", "Existing", "已有", "whether it stood before"),
            Column(
                "rank",
                "Int64",
                "Rank",
                "排名",
                "order of the new posts by marginal gain, the most useful first; missing for "
                "existing ones",
                missing=True,
            ),
            Column(
                "capacity",
                "float64",
                "Capacity",
                "容量",
                "most weight it can serve; missing without a limit",
                missing=True,
            ),
            Column("served", "float64", "Served", "服务量", "weight of the demand assigned to it"),
            Column(
                "covered_weight",
                "float64",
                "Covered weight",
                "覆盖量",
                "weight within the distance of it, whoever serves it; missing without a distance",
                missing=True,
            ),
            Column(
                "mean_distance_m",
                "float64",
                "Mean distance (m)",
                "平均距离（米）",
                "weighted mean distance of what it serves, meters; missing when it serves nothing",
                missing=True,
            ),
            Column(
                "marginal_gain",
                "float64",
                "Marginal gain",
                "边际收益",
                "what it adds to the existing posts and those of a better rank: covered weight, "
                "or weighted meters saved in p_median; missing where not defined",
                missing=True,
            ),
            Column(
                "value_with",
                "float64",
                "Value with it",
                "含该点位的目标值",
                "covered weight, or weighted meters in p_median, with it and those before it",
                missing=True,
            ),
            Column(
                "value_without",
                "float64",
                "Value without it",
                "去除该点位的目标值",
                "the same with all posts but this one; missing where some demand would have none",
                missing=True,
            ),
            Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326", missing=True),
        ),
        "gridgov.place_posts",
    ),
    Table(
        "site_demand",
        ("demand_id", "site_id"),
        (
            Column("demand_id", "str", "Demand id", "需求编号", "id of the demand; a cell's text"),
            _SITE_CELL,
            Column("weight", "float64", "Weight", "权重", "how much of it there is, whole"),
            Column(
                "site_id",
                "str",
                "Site id",
                "点位编号",
                "id of the post that serves it; missing when none does",
                missing=True,
            ),
            Column(
                "share",
                "float64",
                "Share",
                "占比",
                "part of the demand in this row, 0 to 1; the rows of one demand add up to 1",
            ),
            Column(
                "distance_m",
                "float64",
                "Distance (m)",
                "距离（米）",
                "to the post that serves it, else to the nearest one, meters; missing when no "
                "distance is known",
                missing=True,
            ),
            Column(
                "covered",
                "bool",
                "Covered",
                "已覆盖",
                "whether a post serves it, within the distance when one was given",
            ),
        ),
        "gridgov.place_posts",
    ),
)
