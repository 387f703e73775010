"""Why a fix is set aside: codes, and sentences in English and Chinese.

The order is the order of precedence. The reasons for coordinates that cannot be used are
those of incidents; a fix without a place or a time says nothing and is set aside.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pandas as pd

from gridgov.columns import Language
from gridgov.sources.reasons import REASONS, Reason, reason_sentence

__all__ = ["TRACK_REASONS", "track_sentence"]

_COORDINATES = (
    "unreadable_coordinate",
    "zero_coordinate",
    "swapped_coordinates",
    "out_of_range_coordinate",
)

_REASONS = (
    Reason(
        "missing_id",
        "no track",
        "没有轨迹编号",
        "The row has no track in {column}.",
        "“{column}”列没有轨迹编号。",
    ),
    Reason(
        "missing_time",
        "no time",
        "没有时间",
        "The row has no time in {column}.",
        "“{column}”列没有时间。",
    ),
    Reason(
        "unreadable_time",
        "a time that cannot be read",
        "时间无法识别",
        "The time '{value}' in {column} is not a date and time that can be read.",
        "“{column}”列的时间“{value}”无法识别。",
    ),
    Reason(
        "missing_coordinate",
        "no coordinates",
        "没有坐标",
        "The row has no coordinates in {column}: a fix without a place says nothing.",
        "“{column}”没有坐标：没有位置的定位记录没有意义。",
    ),
    *(REASONS[code] for code in _COORDINATES),
    Reason(
        "unreadable_persons",
        "persons that are no whole number from 1 on",
        "人数不是正整数",
        "The persons '{value}' in {column} are not a whole number from 1 on.",
        "“{column}”列的人数“{value}”不是正整数。",
    ),
    Reason(
        "inaccurate_fix",
        "a position that is too inexact",
        "定位误差过大",
        "The device gives its error in {column} as '{value}', more than {most} m.",
        "“{column}”列的定位误差为“{value}”，超过 {most} 米。",
    ),
    Reason(
        "clock_backwards",
        "a clock that ran backwards",
        "时钟倒走",
        "Its time {at} does not fit the order of the rows: the clock of the device ran "
        "backwards or ahead.",
        "其时间 {at} 与记录次序不符：设备时钟倒走或超前。",
    ),
    Reason(
        "duplicate_fix",
        "the same fix again",
        "定位重复",
        "It has the track, time and place of row {first}.",
        "其轨迹、时间和位置与第 {first} 行相同。",
    ),
    Reason(
        "conflicting_fix",
        "another place at the same time",
        "同一时刻位置矛盾",
        "It has the track and time of row {first} and another place.",
        "其轨迹和时间与第 {first} 行相同，位置却不同。",
    ),
    Reason(
        "teleport",
        "a jump that no patrol makes",
        "位置跳变",
        "From the fixes around it this place can only be reached faster than {most} km/h.",
        "由前后定位到达此处的速度超过每小时 {most} 公里。",
    ),
)

TRACK_REASONS = MappingProxyType({reason.code: reason for reason in _REASONS})
"""Every reason by its code, in the order of precedence."""


def track_sentence(code: str, lang: Language, index: pd.Index, **found: Any) -> pd.Series:
    """Return the sentence of a reason for many rows at once.

    Parameters
    ----------
    code
        Code of the reason.
    lang
        Language of the sentence.
    index
        The rows.
    found
        What fills the places: one text for all rows, or a Series of texts.

    Returns
    -------
    Series of str
        One sentence a row. What fills a place is never read as a place itself.

    Examples
    --------
    >>> import pandas as pd
    >>> track_sentence("missing_time", "en", pd.RangeIndex(1), column="{value}").item()
    'The row has no time in {value}.'
    """
    return reason_sentence(TRACK_REASONS[code], lang, index, found)
