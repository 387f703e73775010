"""Tables of cases: how a report was handled, stage by stage, and the log it comes from."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["CASE_EVENTS", "CASE_STAGES", "TABLES"]

CASE_STAGES = (
    "reported",
    "filed",
    "dispatched",
    "handled",
    "verified",
    "closed",
    "suspended",
    "cancelled",
)
"""How far a case has come: the last stage it reached, or that it rests or was struck out."""

CASE_EVENTS = (
    "reported",
    "filed",
    "dispatched",
    "returned",
    "handled",
    "reworked",
    "verified",
    "suspended",
    "resumed",
    "supervised",
    "closed",
    "reopened",
    "cancelled",
)
"""What can happen to a case, in the order of the life cycle."""

_CASE_ID = Column("case_id", "str", "Case", "案件编号", "unique id of the case")


def _text(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of texts that can be missing."""
    return Column(name, "str", label, label_zh, meaning, missing=True)


def _time(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of times that can be missing."""
    return Column(name, "time", label, label_zh, meaning, missing=True)


def _times(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of how often something happened."""
    return Column(name, "Int64", label, label_zh, meaning, missing=True)


def _flag(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of yes and no that can be missing."""
    return Column(name, "boolean", label, label_zh, meaning, missing=True)


TABLES = (
    Table(
        "cases",
        ("case_id",),
        (
            _CASE_ID,
            _text("incident_id", "Incident", "事件编号", "id of the incident it was opened from"),
            _text("category", "Category", "类别", "category as read"),
            Column(
                "street_id",
                "str",
                "Street id",
                "街道编号",
                "id of the jurisdiction that answers for it; its name where no id is known",
                missing=True,
            ),
            _text("department", "Department", "责任部门", "department as read"),
            _text("channel", "Channel", "来源渠道", "how it was reported, as read"),
            Column(
                "stage",
                "str",
                "Stage",
                "所处环节",
                "last stage reached by its own times: " + ", ".join(CASE_STAGES),
            ),
            _text("status", "Status", "状态", "status as read"),
            _time("reported_at", "Reported", "上报时间", "when it was reported"),
            _time("filed_at", "Filed", "立案时间", "when it was opened as a case"),
            _time("dispatched_at", "Dispatched", "派遣时间", "when it was first sent to its owner"),
            _time("handled_at", "Handled", "处置时间", "when the work was last reported done"),
            _time("verified_at", "Verified", "核查时间", "when the work was last checked on site"),
            _time("closed_at", "Closed", "结案时间", "when it was closed; missing while open"),
            _time("cancelled_at", "Cancelled", "作废时间", "when it was struck out"),
            _time("filing_due_at", "Filing due", "立案时限", "by when it was to be filed"),
            _time("dispatch_due_at", "Dispatch due", "派遣时限", "by when it was to be dispatched"),
            _time("handling_due_at", "Handling due", "处置时限", "by when it was to be handled"),
            _time(
                "verification_due_at",
                "Verification due",
                "核查时限",
                "by when it was to be checked on site",
            ),
            _time("due_at", "Due", "截止时间", "by when it was to be closed"),
            _time("suspended_at", "Suspended", "挂账时间", "start of its last suspension"),
            _time(
                "resumed_at",
                "Resumed",
                "恢复时间",
                "end of its last suspension; missing while it rests",
            ),
            _times("suspensions", "Suspensions", "挂账次数", "how often it was suspended"),
            Column(
                "paused_h",
                "float64",
                "Paused (h)",
                "暂停时长（小时）",
                "natural hours of all suspensions that have ended; the clock stood still",
                missing=True,
            ),
            _times("returns", "Returns", "退回次数", "how often its owner sent it back"),
            _times("reworks", "Reworks", "返工次数", "how often the work failed the check"),
            _times("reopenings", "Reopenings", "重开次数", "how often it was opened again"),
            _flag("valid", "Valid report", "有效上报", "whether the report was found valid"),
            _flag("supervised", "Supervised", "督办", "whether it was placed under supervision"),
            _flag("contacted", "Contacted", "已联系", "whether the citizen was contacted"),
            _flag("resolved", "Resolved", "已解决", "whether the citizen says it was resolved"),
            _text(
                "satisfaction",
                "Satisfaction",
                "满意度",
                "the citizen's answer: satisfied, mostly satisfied or not satisfied",
            ),
        ),
        "gridgov.read_cases",
        open=True,
    ),
    Table(
        "case_events",
        ("case_id", "event", "event_at"),
        (
            _CASE_ID,
            Column("event", "str", "Event", "环节", "what happened: " + ", ".join(CASE_EVENTS)),
            Column("event_at", "time", "When", "发生时间", "when it happened"),
        ),
        "gridgov.read_case_events",
        open=True,
    ),
)
