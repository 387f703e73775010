"""The table of a campaign period by period."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES", "WINDOWS"]

WINDOWS = ("earlier", "before", "between", "after", "later")
"""Which time of a campaign a period lies in; ``between`` is the work itself."""

TABLES = (
    Table(
        "campaign_series",
        ("campaign", "role", "period"),
        (
            Column("campaign", "str", "Campaign", "专项行动", "its name"),
            Column(
                "role",
                "str",
                "Role",
                "角色",
                "treated, buffer, control or buffer_control",
            ),
            Column("period", "time", "Period", "时段", "first instant of the period, or its part"),
            Column("until", "time", "Until", "截至时间", "first instant after it"),
            Column("window", "str", "Time", "阶段", "one of " + ", ".join(WINDOWS)),
            Column(
                "period_days",
                "float64",
                "Days",
                "天数",
                "days in which incidents count: for matched controls before, those by which they "
                "were not chosen",
            ),
            Column("incidents", "int64", "Incidents", "事件数", "incidents of these days"),
            Column(
                "area_km2",
                "float64",
                "Area (km²)",
                "面积（平方千米）",
                "area of the role inside the study area, km²",
            ),
            *(
                Column(f"{name}_per_30_days{end}", "float64", label, label_zh, meaning, True)
                for name, end, label, label_zh, meaning in (
                    (
                        "incidents",
                        "",
                        "Per 30 days",
                        "每 30 天事件数",
                        "incidents per 30 days; missing where no day counts",
                    ),
                    (
                        "incidents",
                        "_low",
                        "Per 30 days, from",
                        "每 30 天事件数下限",
                        "lower end of its exact Poisson interval",
                    ),
                    (
                        "incidents",
                        "_high",
                        "Per 30 days, to",
                        "每 30 天事件数上限",
                        "upper end of its exact Poisson interval",
                    ),
                    (
                        "expected",
                        "",
                        "Expected per 30 days",
                        "每 30 天预期事件数",
                        "had it gone as its control since before; missing for controls",
                    ),
                )
            ),
        ),
        "gridgov.campaign_series",
    ),
)
