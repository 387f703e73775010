"""Tables of incidents over time: by period, and by hour of the week."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, INCIDENTS

__all__ = ["TABLES"]


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "period_counts",
        ("period", "group"),
        (
            Column("period", "time", "Period", "时段", "start of the half-open period"),
            GROUP,
            Column(
                "period_days",
                "float64",
                "Days",
                "天数",
                "how much of the period lies in the range counted, days",
            ),
            INCIDENTS,
            _number("incidents_low", "Incidents, from", "事件数下限", "lower end of the interval"),
            _number("incidents_high", "Incidents, to", "事件数上限", "upper end of the interval"),
            _number(
                "trend_incidents",
                "Trend",
                "趋势值",
                "incidents by a trend of constant yearly change, for the days of the period",
            ),
            _number("trend_low", "Trend, from", "趋势值下限", "lower end of its interval"),
            _number("trend_high", "Trend, to", "趋势值上限", "upper end of its interval"),
            _number(
                "dispersion",
                "Dispersion",
                "离散系数",
                "variance about the trend / Poisson's, not below 1; the same in all rows of a "
                "group",
            ),
            _number(
                "yearly_change",
                "Change a year",
                "年变化率",
                "change of the trend in a year, 0.1 is a tenth more; the same in all rows",
            ),
            _number("yearly_change_low", "Change a year, from", "年变化率下限", "lower end of it"),
            _number("yearly_change_high", "Change a year, to", "年变化率上限", "upper end of it"),
        ),
        "gridgov.measure_periods",
    ),
    Table(
        "incident_hours",
        ("group", "weekday", "hour"),
        (
            GROUP,
            Column("weekday", "int64", "Weekday", "星期", "1 Monday to 7 Sunday"),
            Column("hour", "int64", "Hour", "小时", "hour of the day, 0 to 23, local time"),
            Column(
                "weeks",
                "int64",
                "Weeks",
                "周数",
                "times that this hour of the week came in the range",
            ),
            INCIDENTS,
            _number(
                "incidents_per_week",
                "Incidents a week",
                "每周事件数",
                "incidents / weeks, in this hour of the week",
            ),
            _number("per_week_low", "A week, from", "每周下限", "lower end of its exact interval"),
            _number("per_week_high", "A week, to", "每周上限", "upper end of its exact interval"),
        ),
        "gridgov.measure_hours",
    ),
)
