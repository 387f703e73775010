"""Tables of the patrol plan: the stops, the walks, and how plans fare on held-out incidents."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import CELL, POINT

__all__ = ["TABLES"]

_WALK = (
    Column("street_id", "str", "Street id", "街道编号", "jurisdiction that walks"),
    Column("day", "int64", "Day", "第几天", "day of the plan, from 1 on"),
    Column("shift", "str", "Shift", "班次", "time of day at which the shift begins, HH:MM"),
    Column("patrol", "int64", "Patrol", "巡查组", "number of the patrol in its shift, from 1 on"),
)
_WALK_M = Column(
    "walk_m", "float64", "Walk (m)", "步行距离（米）", "way walked to get there, meters"
)
_WALK_MIN = Column(
    "walk_min", "float64", "Walk (min)", "步行时间（分钟）", "time of that way, minutes"
)
_STAY = Column("stay_min", "float64", "Stay (min)", "停留（分钟）", "time spent there, minutes")
_IN_STAY = Column(
    "expected_in_stay",
    "float64",
    "Incidents expected in the stay",
    "停留期间预期事件数",
    "incidents expected there while the patrol stays; missing when the score is no expected number",
    missing=True,
)
_PRIORITY = Column(
    "priority",
    "float64",
    "Priority",
    "优先度",
    "score, weighed by the hours of the shift and by the days without a visit; what is maximized",
)


def _number(name: str, label: str, label_zh: str, meaning: str, dtype: str = "float64") -> Column:
    """Return a column of numbers."""
    return Column(name, "int64" if dtype == "int64" else "float64", label, label_zh, meaning)


def _bound(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of shares that may be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "patrol_plan",
        ("street_id", "day", "shift", "patrol", "stop"),
        (
            *_WALK,
            Column("stop", "int64", "Stop", "站序", "number of the stop in walking order"),
            CELL,
            Column(
                "expected_incidents",
                "float64",
                "Incidents expected a day",
                "日均预期事件数",
                "incidents expected in the cell in a day; missing when the score is no "
                "expected number",
                missing=True,
            ),
            _IN_STAY,
            Column(
                "gap_days",
                "float64",
                "Days without a visit",
                "未到访天数",
                "days from the last visit to the start of this day; missing when not known",
                missing=True,
            ),
            _PRIORITY,
            _number(
                "gain_per_min",
                "Priority a minute",
                "每分钟优先度",
                "priority by the minutes that leaving out this stop would save, its stay and its "
                "detour",
            ),
            _WALK_M,
            _WALK_MIN,
            _STAY,
            _number(
                "arrives_min", "Arrives (min)", "到达（分钟）", "minutes since the shift began"
            ),
            _number("leaves_min", "Leaves (min)", "离开（分钟）", "minutes since the shift began"),
            Column(
                "arrives_at",
                "time",
                "Arrives",
                "到达时刻",
                "when the patrol arrives; missing for a plan without dates",
                missing=True,
            ),
            _number(
                "back_min",
                "Way to the end (min)",
                "返回步行（分钟）",
                "walking time from here straight to the end of the walk, minutes",
            ),
            POINT,
        ),
        "gridgov.plan_patrols",
    ),
    Table(
        "patrol_walks",
        ("street_id", "day", "shift", "patrol"),
        (
            *_WALK,
            Column(
                "start_id",
                "str",
                "Starts from",
                "起点编号",
                "id of the facility it starts from; missing for the middle of the street",
                missing=True,
            ),
            _number("stops", "Stops", "站数", "number of stops", "int64"),
            _WALK_M,
            _WALK_MIN,
            _STAY,
            _number("spare_min", "Spare (min)", "剩余（分钟）", "minutes of the shift left over"),
            _PRIORITY,
            _IN_STAY,
            Column(
                "reason",
                "str",
                "Reason",
                "原因",
                "why there is no stop; missing when there is one",
                missing=True,
            ),
        ),
        "gridgov.patrol_plan_report",
    ),
    Table(
        "patrol_plan_comparison",
        ("method",),
        (
            Column("method", "str", "Method", "方法", "what chose the cells and the order"),
            Column("days", "int64", "Days", "天数", "held-out days"),
            _number("stops_per_day", "Stops a day", "日均站数", "mean number of stops, whole grid"),
            _number(
                "walk_min_per_day",
                "Walk a day (min)",
                "日均步行时间（分钟）",
                "mean walking time a day, whole grid, minutes",
            ),
            Column("incidents", "int64", "Incidents", "事件数", "held-out incidents"),
            _number(
                "visited_incidents",
                "Incidents in visited cells",
                "到访网格内事件数",
                "held-out incidents in a cell that was visited that day; mean over the draws",
            ),
            _bound(
                "visited_share",
                "Share in visited cells",
                "到访网格内占比",
                "visited_incidents / incidents, 0 to 1; missing without incidents",
            ),
            _bound("visited_low", "Share, from", "占比下限", "lower bound of visited_share"),
            _bound("visited_high", "Share, to", "占比上限", "upper bound of visited_share"),
            _number(
                "stay_incidents",
                "Incidents during a stay",
                "停留期间事件数",
                "held-out incidents reported in a cell while a patrol stays there",
            ),
            _bound(
                "stay_share",
                "Share during a stay",
                "停留期间占比",
                "stay_incidents / incidents, 0 to 1; missing without incidents",
            ),
            _bound("stay_low", "Share in stays, from", "停留占比下限", "lower bound of stay_share"),
            _bound("stay_high", "Share in stays, to", "停留占比上限", "upper bound of stay_share"),
            _bound(
                "ahead",
                "Plan ahead by",
                "计划领先",
                "visited_share of the plan minus that of this method; 0 for the plan",
            ),
            _bound(
                "ahead_low",
                "Ahead, from",
                "领先下限",
                "lower bound of ahead, paired over the days; missing for the plan",
            ),
            _bound(
                "ahead_high",
                "Ahead, to",
                "领先上限",
                "upper bound of ahead, paired over the days; missing for the plan",
            ),
            Column(
                "verdict",
                "str",
                "Verdict",
                "结论",
                "plan, plan ahead, plan behind, not told apart or nothing to compare",
            ),
        ),
        "gridgov.compare_patrol_plans",
    ),
)
