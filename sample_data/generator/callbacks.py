"""Return visits (回访) of the hotline: was the citizen reached, was it solved, is he content.

A closed hotline case of 2017 is called back within five days. Nine in ten citizens are
reached; only they can say whether the matter is solved and how content they are. Cases
that were done again or came late please less.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sample_data.generator.days import MINUTES, START, text
from sample_data.generator.incidents import Record
from sample_data.generator.stream import Stream

__all__ = ["CALLBACK_COLUMNS", "callback_truth", "make_callbacks"]

CALLBACK_COLUMNS = ("案件编号", "回访时间", "是否联系", "是否解决", "满意度")

_CALLED = 0.95
_REACHED = 0.91
_SOLVED, _SOLVED_AFTER_TROUBLE = 0.87, 0.66
# Weights of content, fairly content, not content.
_WORDS = ("满意", "基本满意", "不满意")
_IF_SOLVED, _IF_NOT = (72, 23, 5), (8, 27, 65)


def make_callbacks(
    stream: Stream, cases: list[dict[str, str]], records: list[Record]
) -> list[dict[str, str]]:
    """Return one visit for most closed cases that came by the hotline, in order of cases."""
    channel = {record.cells["事件编号"]: record.cells["来源渠道"] for record in records}
    rows = []
    for case in cases:
        if channel[case["事件编号"]] != "热线" or not case["结案时间"]:
            continue
        if stream.one() >= _CALLED:
            continue
        closed = _minute(case["结案时间"])
        # On one of the next five days, in office hours.
        called = (closed // 1440 + stream.between(1, 5)) * 1440 + stream.between(9 * 60, 18 * 60)
        if called >= MINUTES:
            continue
        rows.append(
            {"案件编号": case["案件编号"], "回访时间": text(called), **_answer(stream, case)}
        )
    return rows


def callback_truth(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return how many visits had which answer."""
    reached = [row for row in rows if row["是否联系"] == "是"]
    words = Counter(row["满意度"] for row in reached)
    return {
        "rows": len(rows),
        "reached": len(reached),
        "solved": sum(row["是否解决"] == "是" for row in reached),
        "satisfaction": {word: words[word] for word in _WORDS},
        "note": "是否解决 and 满意度 are empty where nobody was reached",
    }


def _answer(stream: Stream, case: dict[str, str]) -> dict[str, str]:
    """Return what the citizen said, nothing if not reached."""
    if stream.one() >= _REACHED:
        return {"是否联系": "否", "是否解决": "", "满意度": ""}
    # Times of one form compare as text.
    trouble = case["返工次数"] != "0" or case["结案时间"] > case["结案时限"]
    solved = stream.one() < (_SOLVED_AFTER_TROUBLE if trouble else _SOLVED)
    content = _WORDS[stream.pick_one(_IF_SOLVED if solved else _IF_NOT)]
    return {"是否联系": "是", "是否解决": "是" if solved else "否", "满意度": content}


def _minute(written: str) -> int:
    return int((datetime.fromisoformat(written) - START).total_seconds()) // 60
