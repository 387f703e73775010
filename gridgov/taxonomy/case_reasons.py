"""Why a case or an event of its log is set aside: codes, and sentences in two languages.

The reader of cases, the reader of logs and the maker of cases from a log judge by the
same life cycle, so that they give the same codes. Each asks in its own order; the first
reason that applies to a row is the one that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.taxonomy.case_life import STEPS
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.sentences import filled_sentences

__all__ = ["CaseReason", "Verdicts", "case_reasons", "clock", "event_words"]


@dataclass(frozen=True, slots=True)
class CaseReason:
    """One reason: its code, a phrase for counts and a sentence with places, twice each."""

    code: str
    brief: str
    brief_zh: str
    detail: str
    detail_zh: str


def _word(event: str) -> tuple[str, str]:
    """Return an event in English and Chinese."""
    return label("case_event", event, "en"), label("case_event", event, "zh")


def _before(first: str, then: str) -> CaseReason:
    """Return the reason for a step that comes before one that it must follow."""
    (one, one_zh), (two, two_zh) = _word(first), _word(then)
    return CaseReason(
        f"{first}_before_{then}",
        f"{one} before {two}",
        f"{one_zh}早于{two_zh}",
        "It was {first} at {first_at}, before it was {then} at {then_at}.",
        "{first_zh}时间 {first_at} 早于{then_zh}时间 {then_at}。",
    )


def _without(event: str, needed: str) -> CaseReason:
    """Return the reason for an event without the one that it answers."""
    (one, one_zh), (two, two_zh) = _word(event), _word(needed)
    return CaseReason(
        f"{event}_without_{needed}",
        f"{one} without being {two}",
        f"未{two_zh}即{one_zh}",
        f"It was {one} at {{then_at}} without being {two} before.",
        f"{{then_at}} {one_zh}，此前并未{two_zh}。",
    )


_ENDS = ("closed", "cancelled")
_PAIRS = [
    *((later, early) for place, later in enumerate(STEPS) for early in STEPS[:place]),
    *(("cancelled", early) for early in STEPS[:-1]),
    ("suspended", "reported"),
    ("suspended", "filed"),
    ("resumed", "suspended"),
    *((end, rest) for end in _ENDS for rest in ("suspended", "resumed")),
]
_AFTER = "It was {then} at {then_at}, after it was {first} at {first_at}"
_AFTER_ZH = "{first_at} 已{first_zh}，{then_at} 又{then_zh}"


@cache
def case_reasons() -> Mapping[str, CaseReason]:
    """Return every reason by its code, in the order in which notices list them.

    Examples
    --------
    >>> case_reasons()["closed_before_filed"].brief
    'closed before filed'
    """
    listed = (
        CaseReason(
            "missing_id",
            "no case id",
            "没有案件编号",
            "The row has no id in {column}.",
            "“{column}”列没有编号。",
        ),
        CaseReason(
            "missing_event",
            "no event",
            "没有环节",
            "The row has no event in {column}.",
            "“{column}”列没有环节。",
        ),
        CaseReason(
            "unknown_event",
            "an event that is not known",
            "环节无法识别",
            "The event '{value}' in {column} is not known.",
            "“{column}”列的环节“{value}”无法识别。",
        ),
        CaseReason(
            "unreadable_time",
            "a time that cannot be read",
            "时间无法识别",
            "The time '{value}' in {column} is not a date or time that can be read.",
            "“{column}”列的时间“{value}”不是可识别的日期或时间。",
        ),
        CaseReason(
            "missing_time",
            "no time",
            "没有时间",
            "The row has no time in {column}.",
            "“{column}”列没有时间。",
        ),
        CaseReason(
            "unreadable_number",
            "a number that cannot be read",
            "数字无法识别",
            "'{value}' in {column} is not {number}.",
            "“{column}”列的“{value}”不是{number_zh}。",
        ),
        CaseReason(
            "negative_number",
            "a negative number",
            "数字为负",
            "'{value}' in {column} must be {number}; leave it empty if it is unknown.",
            "“{column}”列的“{value}”应为{number_zh}；如未知请留空。",
        ),
        CaseReason(
            "closed_and_cancelled",
            "closed and cancelled",
            "既结案又作废",
            "It was closed at {first_at} and cancelled at {then_at}; a case ends in one way.",
            "既于 {first_at} 结案，又于 {then_at} 作废；案件只有一种了结方式。",
        ),
        *(_before(first, then) for first, then in _PAIRS),
        _without("resumed", "suspended"),
        _without("returned", "dispatched"),
        _without("reworked", "handled"),
        _without("reopened", "closed"),
        _without("supervised", "reported"),
        CaseReason(
            "filed_twice", "filed twice", "重复立案", _AFTER + " already.", _AFTER_ZH + "。"
        ),
        CaseReason(
            "suspended_twice",
            "suspended twice without being resumed",
            "未恢复又挂账",
            _AFTER + ", without being resumed.",
            _AFTER_ZH + "，期间并未恢复。",
        ),
        CaseReason(
            "while_suspended",
            "a step while the case was suspended",
            "挂账期间有其他环节",
            "It was {then} at {then_at} while it was suspended since {first_at}.",
            "自 {first_at} 起挂账，挂账期间于 {then_at} {then_zh}。",
        ),
        CaseReason(
            "after_closed",
            "an event after closing, without being reopened",
            "结案后未重开又有其他环节",
            _AFTER + ", without being reopened.",
            _AFTER_ZH + "，期间并未重开。",
        ),
        CaseReason(
            "after_cancelled",
            "an event after the case was cancelled",
            "作废后又有其他环节",
            _AFTER + ".",
            _AFTER_ZH + "。",
        ),
        CaseReason(
            "unknown_street",
            "a street that the jurisdictions do not have",
            "街道不在街道表中",
            "The street '{value}' in {column} is none of the jurisdictions.",
            "“{column}”列的“{value}”不在街道表中。",
        ),
        CaseReason(
            "duplicate_id",
            "the id of an earlier row",
            "编号与前面的行重复",
            "The id '{value}' is that of row {row} already.",
            "编号“{value}”与第 {row} 行重复。",
        ),
        CaseReason(
            "duplicate_event",
            "the event of an earlier row",
            "与前面的行为同一环节",
            "It has the case, event and time of row {row}.",
            "其案件、环节和时间与第 {row} 行相同。",
        ),
    )
    return MappingProxyType({reason.code: reason for reason in listed})


class Verdicts:
    """The first reason against each of many rows, with its sentences."""

    def __init__(self, rows: int) -> None:
        self.reason = np.full(rows, "", dtype=object)
        self.detail = np.full(rows, "", dtype=object)
        self.detail_zh = np.full(rows, "", dtype=object)

    def against(
        self, rows: NDArray[Any], code: str, **found: str | Callable[[NDArray[np.intp]], Any]
    ) -> None:
        """Set rows aside that no reason has met before.

        Parameters
        ----------
        rows
            Which rows the reason applies to: truths, one a row.
        code
            Code of the reason.
        found
            What fills the places of its sentence: a text, or a function that gives one
            text for each of some rows. What fills a place is never read as a place itself.
        """
        at = np.flatnonzero(np.asarray(rows, dtype=bool) & (self.reason == ""))
        if not at.size:
            return
        reason = case_reasons()[code]
        texts = {name: one if isinstance(one, str) else one(at) for name, one in found.items()}
        self.reason[at] = code
        self.detail[at] = filled_sentences(reason.detail, len(at), texts)
        self.detail_zh[at] = filled_sentences(reason.detail_zh, len(at), texts)

    @property
    def accepted(self) -> NDArray[np.intp]:
        """Return the rows that nothing speaks against."""
        return np.flatnonzero(self.reason == "")

    @property
    def refused(self) -> NDArray[np.intp]:
        """Return the rows that are set aside."""
        return np.flatnonzero(self.reason != "")


def event_words(then: str, first: str = "") -> dict[str, str]:
    """Return what fills the places of one or two events in a sentence.

    Examples
    --------
    >>> event_words("closed", first="filed")["first_zh"]
    '立案'
    """
    words = {"then": then, "first": first}
    result = {name: _word(event)[0] for name, event in words.items() if event}
    return result | {f"{name}_zh": _word(event)[1] for name, event in words.items() if event}


def clock(times: pd.Series) -> Callable[[NDArray[np.intp]], Any]:
    """Return a function that gives the times of some rows for a sentence, to the minute."""

    def written(at: NDArray[np.intp]) -> Any:
        return times.iloc[at].dt.strftime("%Y-%m-%d %H:%M").to_numpy(dtype=object)

    return written
