"""What is wrong with single rows of an inventory, and its log of events as one row an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.sources.coordinates import Points
from gridgov.sources.facility_rows import place_faults
from gridgov.sources.outlines import Fault
from gridgov.sources.text_values import as_text, excerpt
from gridgov.sources.times import ParsedTimes
from gridgov.taxonomy.case_life import surely_before

__all__ = [
    "EVENT_WORDS",
    "event_faults",
    "items_of_log",
    "order_faults",
    "point_faults",
    "time_faults",
]

EVENT_WORDS = {
    "found": ("found", "发现", "排查", "登记", "建账", "再次发现", "复发", "反弹", "relapsed"),
    "rectified": ("rectified", "整改", "整改完成", "拆除", "销账", "再次整改", "rectified_again"),
}
"""What a log calls finding an item, for the first time or again, and rectifying it."""

_ORDER = (
    ("rectified_at", "found_at", "rectified_before_found", "rectified", "found", "整改", "发现"),
    (
        "relapsed_at",
        "rectified_at",
        "relapsed_before_rectified",
        "relapsed",
        "rectified",
        "复发",
        "整改",
    ),
    (
        "rectified_again_at",
        "relapsed_at",
        "rectified_again_before_relapsed",
        "rectified again",
        "relapsed",
        "再次整改",
        "复发",
    ),
)


def point_faults(points: Points) -> dict[int, Fault]:
    """Return the fault of every row whose coordinates cannot be used; missing ones are none."""
    faults = place_faults(points)
    return {row: fault for row, fault in faults.items() if fault.reason != "missing_coordinate"}


def time_faults(
    frame: pd.DataFrame, ours: Mapping[str, str], times: Mapping[str, ParsedTimes], needed: str
) -> dict[int, Fault]:
    """Return the fault of every row with a time that cannot be read, or without `needed`."""
    faults: dict[int, Fault] = {}
    for name, parsed in reversed(list(times.items())):
        column = ours[name]
        rows = np.flatnonzero(parsed.unreadable)
        for row, value in zip(rows.tolist(), excerpt(frame[column].iloc[rows]), strict=True):
            faults[row] = Fault(
                "unreadable_time",
                f"The time '{value}' in {column} is not a date or time that can be read.",
                f"“{column}”列的时间“{value}”不是可识别的日期或时间。",
            )
    column = ours[needed]
    for row in np.flatnonzero(times[needed].missing).tolist():
        faults[row] = Fault(
            "missing_time",
            f"The row has no time in {column}.",
            f"“{column}”列没有时间。",
        )
    return faults


def order_faults(times: Mapping[str, pd.Series]) -> dict[int, Fault]:
    """Return the fault of every item that was rectified before it was found, and so on."""
    faults: dict[int, Fault] = {}
    for later, earlier, code, word, before, word_zh, before_zh in reversed(_ORDER):
        if later not in times:
            continue
        at = times[later]
        never = pd.Series(pd.NaT, index=at.index).dt.tz_localize("UTC")
        of = times.get(earlier, never)
        # A date without a time is neither before nor after another time of its day.
        wrong = np.asarray(at.notna() & of.isna()) | surely_before(at, of)
        for row in np.flatnonzero(wrong).tolist():
            first = "never" if pd.isna(of.iloc[row]) else _clock(of.iloc[row])
            first_zh = "无记录" if pd.isna(of.iloc[row]) else _clock(of.iloc[row])
            faults[row] = Fault(
                code,
                f"It was {word} at {_clock(at.iloc[row])}, before it was {before} ({first}).",
                f"{word_zh}时间 {_clock(at.iloc[row])} 早于{before_zh}时间（{first_zh}）。",
            )
    return faults


def event_faults(frame: pd.DataFrame, column: str) -> tuple[NDArray[np.object_], dict[int, Fault]]:
    """Return what happened in every row of a log, and the fault of rows that do not say."""
    words = {word: event for event, known in EVENT_WORDS.items() for word in known}
    written = as_text(frame[column]).str.strip()
    events = written.str.lower().map(words).to_numpy(dtype=object)
    faults = {}
    rows = np.flatnonzero(pd.isna(events))
    for row, value in zip(rows.tolist(), excerpt(written.iloc[rows]), strict=True):
        faults[row] = Fault(
            "unknown_event",
            f"'{value}' in {column} is no event of an inventory: "
            f"{', '.join(known[0] for known in EVENT_WORDS.values())}, and their Chinese words.",
            f"“{column}”列的“{value}”不是台账事件：发现、整改、复发。",
        )
    return events, faults


def items_of_log(
    ids: pd.Series, events: NDArray[np.object_], at: pd.Series, rows: Iterable[int]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the times of every item of a log, and the row in which it was first found.

    An item that is found while it is not rectified, or rectified while it is not found, stays
    as it was. Of several returns the last one counts.
    """
    kept = np.asarray(sorted(rows), dtype=np.int64)
    log = pd.DataFrame(
        {
            "item_id": ids.to_numpy(dtype=object)[kept],
            "found": events[kept] == "found",
            "at": at.iloc[kept].array,
            "row": kept,
        }
    ).sort_values(["item_id", "at", "found"], ascending=[True, True, False], kind="stable")
    # Of events in a row that say the same the first one counts, and no item starts rectified.
    same = (log["item_id"] == log["item_id"].shift()) & (log["found"] == log["found"].shift())
    log = log[~same]
    turn = log.groupby("item_id", sort=False).cumcount()
    starts_rectified = ~log["found"].groupby(log["item_id"], sort=False).transform("first")
    turn = turn - starts_rectified.astype(int)
    log = log.assign(turn=turn)[turn >= 0]
    last = log.groupby("item_id", sort=False)["turn"].transform("max")
    # Turns are 0 found, 1 rectified, 2 found again, 3 rectified, ...: the last return is the
    # last even turn above 0.
    back = np.where(last % 2 == 0, last, last - 1)
    table = pd.DataFrame(index=pd.Index(log["item_id"].drop_duplicates(), name="item_id"))
    for name, which in (
        ("found_at", log["turn"] == 0),
        ("rectified_at", log["turn"] == 1),
        ("relapsed_at", (log["turn"] == back) & (log["turn"] > 0)),
        ("rectified_again_at", (log["turn"] == back + 1) & (back > 0)),
    ):
        table[name] = log[which].set_index("item_id")["at"]
    first = log[log["turn"] == 0].set_index("item_id")["row"]
    order = np.argsort(first.to_numpy(), kind="stable")
    found = first.iloc[order]
    return table.loc[found.index].reset_index(), found.to_numpy(dtype=np.int64)


def _clock(moment: pd.Timestamp) -> str:
    """Return a time for a sentence, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}"
