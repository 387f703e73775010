"""Cases: the handling of some incidents of 2017, stage by stage, with deadlines.

A case is opened (立案), dispatched (派遣), dealt with (处置), checked (核查) and closed
(结案). Some fail the check and are done again (返工), some are suspended (挂账) with the
clock stopped, some are placed under supervision (督办).
"""

from __future__ import annotations

import math

from sample_data.generator.days import MINUTES, day_of, text
from sample_data.generator.incidents import Record
from sample_data.generator.stream import Stream
from sample_data.generator.words import CATEGORIES

__all__ = ["COLUMNS", "make_cases"]

COLUMNS = (
    "案件编号",
    "事件编号",
    "问题类型",
    "街道",
    "责任部门",
    "立案时间",
    "派遣时间",
    "派遣时限",
    "处置时间",
    "处置时限",
    "核查时间",
    "结案时间",
    "结案时限",
    "返工次数",
    "挂账时间",
    "恢复时间",
    "督办",
    "状态",
)

_OPENED_SHARE = 0.55
_DISPATCH_MINUTES = 120
_CLOSING_MINUTES = 2 * 1440
_DEADLINE_MINUTES = {category.name: category.deadline_h * 60 for category in CATEGORIES}


def make_cases(stream: Stream, records: list[Record]) -> list[dict[str, str]]:
    """Return the cases that were opened from records of 2017, in order."""
    year = day_of(2017, 1, 1) * 1440
    rows: list[dict[str, str]] = []
    for record in records:
        if record.reported < year or stream.one() >= _OPENED_SHARE:
            continue
        row = _case(stream, record)
        if row is not None:
            rows.append({"案件编号": f"AJ2017-{len(rows) + 1:05d}", **row})
    return rows


def _case(stream: Stream, record: Record) -> dict[str, str] | None:
    """Return one case as far as it had come when the records were drawn."""
    deadline = _DEADLINE_MINUTES[record.cells["问题类型"]]
    opened = record.reported + stream.between(5, 180)
    if opened >= MINUTES:
        return None
    dispatched = opened + _lasting(stream, 0.5 * _DISPATCH_MINUTES)
    suspended, resumed = None, None
    worked = _lasting(stream, 0.55 * deadline)
    pause = 0
    if stream.one() < 0.03:
        suspended = dispatched + max(1, worked // 3)
        pause = stream.between(3, 45) * 1440
        resumed = suspended + pause
    handled = dispatched + worked + pause
    rework = 0
    while rework < 3 and stream.one() < 0.07:
        rework += 1
        handled += _lasting(stream, 0.4 * deadline) + 240
    checked = handled + _lasting(stream, 360)
    closed = checked + _lasting(stream, 120)

    stages = {
        "立案时间": opened,
        "派遣时间": dispatched,
        "处置时间": handled,
        "核查时间": checked,
        "结案时间": closed,
    }
    done = {name: text(at) if at < MINUTES else "" for name, at in stages.items()}
    if suspended is not None and suspended >= MINUTES:
        suspended = None
    if suspended is None or (resumed is not None and resumed >= MINUTES):
        resumed = None
    status = next(
        word
        for name, word in (
            ("派遣时间", "待派遣"),
            ("处置时间", "处置中"),
            ("核查时间", "待核查"),
            ("结案时间", "待结案"),
            ("", "已结案"),
        )
        if name == "" or done[name] == ""
    )
    if suspended is not None and resumed is None:
        status = "挂账"
    late = min(closed, MINUTES) > opened + deadline + pause + _CLOSING_MINUTES
    return {
        **{name: record.cells[name] for name in ("事件编号", "问题类型", "街道", "责任部门")},
        **done,
        "派遣时限": text(opened + _DISPATCH_MINUTES),
        "处置时限": text(opened + deadline),
        "结案时限": text(opened + deadline + _CLOSING_MINUTES),
        # Rework counts only once the work has been handed in and failed.
        "返工次数": str(rework if done["处置时间"] else 0),
        "挂账时间": "" if suspended is None else text(suspended),
        "恢复时间": "" if resumed is None else text(resumed),
        "督办": "是" if late and stream.one() < 0.4 else "否",
        "状态": status,
    }


def _lasting(stream: Stream, median: float) -> int:
    """Return a lognormal number of minutes, at least one."""
    return max(1, round(median * math.exp(0.55 * float(stream.normal(1)[0]))))
