"""Tables that hold two patterns of incidents against each other, unit by unit."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

_UNIT = (
    Column(
        "cell",
        "UInt64",
        "Cell",
        "网格",
        "H3 cell; missing when the units are streets",
        missing=True,
    ),
    Column(
        "street_id",
        "str",
        "Street id",
        "街道编号",
        "jurisdiction whose incidents are counted; missing when the units are cells",
        missing=True,
    ),
    Column("incidents_before", "int64", "Before", "前期事件数", "incidents of the first table"),
    Column("incidents_after", "int64", "After", "后期事件数", "incidents of the second table"),
    Column(
        "share_before",
        "float64",
        "Share before",
        "前期占比",
        "incidents_before / all of the first table, 0 to 1",
    ),
    Column(
        "share_after",
        "float64",
        "Share after",
        "后期占比",
        "incidents_after / all of the second table, 0 to 1",
    ),
)
_LOCAL_S = Column(
    "local_s",
    "int64",
    "Local S",
    "局部 S",
    "1 the unit's share has grown, -1 it has shrunk, 0 no difference shown",
)

TABLES = (
    Table(
        "pattern_change",
        ("cell", "street_id"),
        (
            *_UNIT,
            Column(
                "share_low",
                "float64",
                "Share from",
                "占比下限",
                "lower bound of the share over the samples of the second table",
            ),
            Column(
                "share_high",
                "float64",
                "Share to",
                "占比上限",
                "upper bound of the share over the samples of the second table",
            ),
            _LOCAL_S,
        ),
        "gridgov.compare_patterns",
    ),
    Table(
        "proportion_change",
        ("cell", "street_id"),
        (
            *_UNIT,
            Column(
                "statistic",
                "float64",
                "Statistic",
                "统计量",
                "chi-square with one degree of freedom; missing for Fisher's test",
                missing=True,
            ),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "two-sided, unadjusted; missing when the unit holds none or all incidents",
                missing=True,
            ),
            Column("q_value", "float64", "q", "q 值", "Benjamini-Yekutieli adjusted p", True),
            _LOCAL_S,
        ),
        "gridgov.compare_proportions",
    ),
    Table(
        "similarity",
        ("index",),
        (
            Column("index", "str", "Index", "指数", "S over all units, S robust without the empty"),
            Column("units", "int64", "Units", "单元数", "units compared"),
            Column("similar", "int64", "Similar", "无差异单元数", "units with local S 0"),
            Column("grown", "int64", "Grown", "上升单元数", "units with local S 1"),
            Column("shrunk", "int64", "Shrunk", "下降单元数", "units with local S -1"),
            Column(
                "s",
                "float64",
                "S",
                "S 指数",
                "similar / units, 0 to 1; missing without units",
                missing=True,
            ),
        ),
        "gridgov.measure_similarity",
    ),
)
