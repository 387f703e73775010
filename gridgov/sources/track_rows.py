"""The fixes set aside as a table, and what the reader of tracks says about all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.sources.coordinates import Points
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.notices import Notice
from gridgov.sources.text_values import excerpt
from gridgov.sources.times import ParsedTimes
from gridgov.sources.track_reasons import TRACK_REASONS, track_sentence

__all__ = ["about_set_aside", "about_times", "about_tracks", "aside_table"]

_ROWS = "rows"


def aside_table(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    reason: NDArray[np.object_],
    times: ParsedTimes,
    points: Points,
    first: NDArray[np.int64],
    most: Mapping[str, str],
) -> pd.DataFrame:
    """Return the rows set aside: which, why, in words, and as they were read.

    Parameters
    ----------
    frame, ours
        The table as read, and which of its columns are ours.
    reason
        Code of the reason of every row, ``""`` where it is accepted.
    times, points
        What was read.
    first
        For repeated fixes the row, from 0, of the one that was kept.
    most
        The limit that a reason names, by code.
    """
    rows = np.flatnonzero(reason != "")
    detail = pd.DataFrame("", index=rows, columns=["en", "zh"], dtype="str")
    columns = {
        "missing_id": "track_id",
        "missing_time": "fix_at",
        "unreadable_time": "fix_at",
        "unreadable_persons": "persons",
        "inaccurate_fix": "error_m",
    }
    for code in TRACK_REASONS:
        at = np.flatnonzero(reason == code)
        if not len(at):
            continue
        found: dict[str, Any] = {"column": points.column, "most": most.get(code, "")}
        if code in columns:
            column = ours[columns[code]]
            found |= {"column": column, "value": excerpt(frame[column].iloc[at])}
        elif code == "clock_backwards":
            moments = times.times.iloc[at].dt.strftime("%Y-%m-%d %H:%M:%S")
            found["at"] = moments.astype("str")
        elif code in ("duplicate_fix", "conflicting_fix"):
            found["first"] = pd.Series(first[at] + 1, index=at).astype("str")
        elif code != "teleport":
            found["value"] = points.text(at)
        for lang in ("en", "zh"):
            detail.loc[at, lang] = track_sentence(code, lang, pd.Index(at), **found)
    part = pd.DataFrame(frame.iloc[rows])
    for name in part.columns:
        if isinstance(frame[name], gpd.GeoSeries):
            part[name] = gpd.GeoSeries(part[name]).to_wkt()
    own, _ = own_columns(frame, set(), TABLES["set_aside"].names)
    part = part.rename(columns=own)
    part.insert(0, "source_row", rows + 1)
    part.insert(1, "reason", reason[rows].astype(str))
    part.insert(2, "detail", detail["en"])
    part.insert(3, "detail_zh", detail["zh"])
    return conform(part.reset_index(drop=True), "set_aside")


def about_set_aside(reasons: pd.Series, rows: int) -> list[Notice]:
    """Return one notice for every reason that set fixes aside, in order of precedence."""
    counts = reasons.value_counts()
    return [
        Notice(
            "set_aside",
            code,
            f"Set aside: {int(counts[code]):,} of {rows:,} rows, with {reason.brief}.",
            f"{rows:,} 行中有 {int(counts[code]):,} 行被搁置：{reason.brief_zh}。",
            float(counts[code]),
            _ROWS,
        )
        for code, reason in TRACK_REASONS.items()
        if code in counts
    ]


def about_times(times: ParsedTimes, column: str, *, timezone: str, assumed: bool) -> list[Notice]:
    """Return what was noticed about the times."""
    found = []
    if assumed and times.without_zone:
        found.append(
            Notice(
                "timezone_assumed",
                "fix_at",
                f"No time zone was given. Times without one, taken as {timezone}: "
                f'{times.without_zone:,}. Pass timezone="Asia/Shanghai" or the zone of the source.',
                f"未指定时区：{times.without_zone:,} 个不带时区的时间按 {timezone} 处理。"
                '请指定时区，例如 timezone="Asia/Shanghai"。',
                float(times.without_zone),
                "times",
            )
        )
    for number, notice, way in (
        (times.ambiguous, "ambiguous_dates", "could be exchanged"),
        (times.other_order, "dates_in_other_order", "can only be read the other way round"),
    ):
        if number:
            found.append(
                Notice(
                    notice,
                    column,
                    f"Dates of {column} whose day and month {way}: {number:,}. Change day_first "
                    "if they were read the wrong way.",
                    f"“{column}”列有 {number:,} 个日期的月、日次序存疑；如读错请更改 day_first。",
                    float(number),
                    "dates",
                )
            )
    return found


def about_tracks(
    *, has_ids: bool, reordered: int, rows: int, exchanged: bool, column: str
) -> list[Notice]:
    """Return what was done about the tracks as a whole."""
    found = []
    if not has_ids:
        found.append(
            Notice(
                "one_track",
                "track_id",
                "There is no column of tracks: all fixes are taken as one track, track-1. "
                'Pass columns={"track_id": "..."} if there is one.',
                "没有轨迹编号列：所有定位视为同一条轨迹 track-1。"
                '如有该列，请用 columns={"track_id": "..."} 指定。',
            )
        )
    if reordered:
        found.append(
            Notice(
                "reordered",
                "fix_at",
                f"Rows earlier than the row of their track before: {reordered:,} of {rows:,}. "
                "The fixes were put in the order of their times; if the order of the rows is "
                'that of the device, pass order="source".',
                f"{rows:,} 行中有 {reordered:,} 行的时间早于同一轨迹的前一行，已按时间重新排序；"
                '如源文件的行序就是设备记录的次序，请用 order="source"。',
                float(reordered),
                _ROWS,
            )
        )
    if exchanged:
        found.append(
            Notice(
                "pair_order",
                column,
                f"The pairs in {column} were read in the other order than is usual for their "
                "form, because only that puts most of them on the map.",
                f"“{column}”列的坐标对按与其写法惯例相反的次序读取，否则多数点无效。",
            )
        )
    return found
