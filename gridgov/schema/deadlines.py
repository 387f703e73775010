"""The table of deadlines by case, stage and task."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

TABLES = (
    Table(
        "case_deadlines",
        ("case_id", "stage", "task"),
        (
            Column("case_id", "str", "Case", "案件编号", "id of the case"),
            Column("stage", "str", "Stage", "环节", "stage that was to be reached"),
            Column(
                "task",
                "str",
                "Task",
                "工作",
                "what was to be done by then, where a stage has several deadlines",
                missing=True,
            ),
            Column("from_at", "time", "Clock started", "起算时间", "when the clock was started"),
            Column("amount", "float64", "Time allowed", "时限", "how many units the rule gives"),
            Column(
                "unit",
                "str",
                "Unit",
                "单位",
                "working_hours, working_days, natural_hours or natural_days",
            ),
            Column("deadline_at", "time", "Deadline", "时限时间", "by when, before any suspension"),
        ),
        "gridgov.list_deadlines",
    ),
)
