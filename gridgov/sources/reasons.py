"""Why a row of incidents is set aside: codes, and sentences in English and Chinese.

The order is the order of precedence: a row that is set aside for several reasons has
the first one. ``duplicate_id`` comes last, because only a row that is kept can make a
later one a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from gridgov.columns import Language
from gridgov.taxonomy.sentences import filled_sentences

__all__ = ["REASONS", "Reason", "reason_sentence", "sentence"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to set a row aside.

    Attributes
    ----------
    code
        Its code.
    brief, brief_zh
        A phrase for counts: "Set aside: 375 rows with ...".
    detail, detail_zh
        A sentence about one row, with places for what was found in it.
    """

    code: str
    brief: str
    brief_zh: str
    detail: str
    detail_zh: str


_REASONS = (
    Reason(
        "missing_id",
        "no id",
        "没有编号",
        "The row has no id in {column}.",
        "“{column}”列没有编号。",
    ),
    Reason(
        "missing_time",
        "no report time",
        "没有上报时间",
        "The row has no report time in {column}.",
        "“{column}”列没有上报时间。",
    ),
    Reason(
        "unreadable_time",
        "a report time that cannot be read",
        "上报时间无法识别",
        "The report time '{value}' in {column} is not a date or time that can be read.",
        "“{column}”列的上报时间“{value}”不是可识别的日期或时间。",
    ),
    Reason(
        "closed_before_reported",
        "a closing time before the report",
        "结案早于上报",
        "It was closed at {closed}, before it was reported at {reported}.",
        "结案时间 {closed} 早于上报时间 {reported}。",
    ),
    Reason(
        "unreadable_coordinate",
        "coordinates that cannot be read, or one of the two missing",
        "坐标无法识别或缺少其一",
        "'{value}' in {column} is not a pair of coordinates.",
        "“{column}”的“{value}”不是一对坐标。",
    ),
    Reason(
        "zero_coordinate",
        "coordinates 0, 0",
        "坐标为 0, 0",
        "The coordinates in {column} are 0, 0, which stands for an unknown place.",
        "“{column}”的坐标为 0, 0，即位置未知。",
    ),
    Reason(
        "swapped_coordinates",
        "longitude and latitude exchanged",
        "经纬度颠倒",
        "Longitude and latitude '{value}' in {column} look exchanged: the other way round "
        "the point lies where it should.",
        "“{column}”的经纬度“{value}”疑似颠倒：对调后位置才合理。",
    ),
    Reason(
        "out_of_range_coordinate",
        "coordinates that do not exist",
        "坐标超出范围",
        "'{value}' in {column} lies outside the coordinates that exist in this datum.",
        "“{column}”的“{value}”超出该坐标系的范围。",
    ),
    Reason(
        "duplicate_id",
        "the id of an earlier row",
        "编号与前面的行重复",
        "The id '{value}' is that of row {first} already.",
        "编号“{value}”与第 {first} 行重复。",
    ),
)

REASONS = MappingProxyType({reason.code: reason for reason in _REASONS})
"""Every reason by its code, in the order of precedence."""


def sentence(code: str, lang: Language, index: pd.Index, **found: Any) -> pd.Series:
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
    >>> sentence("missing_id", "en", pd.RangeIndex(1), column="{value}").item()
    'The row has no id in {value}.'
    """
    return reason_sentence(REASONS[code], lang, index, found)


def reason_sentence(
    reason: Reason, lang: Language, index: pd.Index, found: Mapping[str, Any]
) -> pd.Series:
    """Return the sentence of one reason for many rows, see :func:`sentence`."""
    template = reason.detail_zh if lang == "zh" else reason.detail
    texts = {
        place: one.reindex(index).to_numpy(dtype=object) if isinstance(one, pd.Series) else one
        for place, one in found.items()
    }
    return pd.Series(filled_sentences(template, len(index), texts), index=index, dtype="str")
