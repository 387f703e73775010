"""Judging rows of cases: which are set aside, and why. The rules are those of read_cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.sources.case_columns import STAGES, CaseColumns
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.text_values import as_text, excerpt
from gridgov.taxonomy.case_life import STEPS, column_of, surely_before
from gridgov.taxonomy.case_reasons import Verdicts, clock, event_words

__all__ = [
    "judge_duplicates",
    "judge_ids",
    "judge_order",
    "judge_values",
    "number_ids",
    "redone",
    "set_aside_table",
    "written",
]

_ENDS = ("closed", "cancelled")
_WHOLE = ("a whole number from 0 on", "不小于 0 的整数")
_HOURS = ("a number of hours from 0 on", "不小于 0 的小时数")


def judge_ids(verdicts: Verdicts, frame: pd.DataFrame, ours: Mapping[str, str]) -> pd.Series:
    """Return the id of every row, rows without one set aside (rule 1)."""
    if "case_id" not in ours:
        return "row-" + pd.Series(np.arange(1, len(frame) + 1), index=frame.index).astype("str")
    ids = as_text(frame[ours["case_id"]])
    verdicts.against(
        np.asarray(ids.isna() | (ids.str.strip() == "")), "missing_id", column=ours["case_id"]
    )
    return ids


def redone(read: CaseColumns, rows: int) -> NDArray[np.bool_]:
    """Return where the source says that work was done again."""
    again = np.zeros(rows, dtype=bool)
    for name in ("reworks", "reopenings"):
        if name in read.numbers:
            again |= np.nan_to_num(read.numbers[name][0]) > 0
    return again


def number_ids(ids: pd.Series, kept: NDArray[np.intp]) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return ids in which later accepted rows of an id carry a number, and which they are."""
    result, repeated = ids.copy(), np.zeros(len(ids), dtype=bool)
    part = ids.iloc[kept]
    number = np.asarray(part.groupby(part).cumcount()) + 1
    later = kept[number > 1]
    repeated[later] = True
    suffix = pd.Series(number[number > 1], index=ids.index[later]).astype("str")
    result.iloc[later] = ids.iloc[later] + "#" + suffix
    # The source may hold an id such as A1#2 itself; ours then grows until it is new.
    clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    while (at := np.intersect1d(kept[clash], later)).size:
        result.iloc[at] = result.iloc[at] + "#2"
        clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    return result, repeated


def judge_values(
    verdicts: Verdicts, frame: pd.DataFrame, ours: Mapping[str, str], read: CaseColumns
) -> None:
    """Set aside rows whose stage times or numbers cannot be read (rules 2 to 4)."""
    there = np.zeros(len(frame), dtype=bool)
    for name in STAGES:
        if name not in read.times:
            continue
        column = ours[name]
        verdicts.against(
            read.times[name].unreadable,
            "unreadable_time",
            column=column,
            value=written(frame[column]),
        )
        if name not in ("suspended_at", "resumed_at"):
            there |= np.asarray(read.times[name].times.notna())
    named = [ours[name] for name in STAGES[:7] if name in ours]
    verdicts.against(~there, "missing_time", column=", ".join(named))
    for name, (numbers, wrong) in read.numbers.items():
        number, number_zh = _HOURS if name == "paused_h" else _WHOLE
        with np.errstate(invalid="ignore"):
            low = numbers < 0
            broken = wrong if name == "paused_h" else wrong | ((numbers % 1 != 0) & (numbers >= 0))
        broken &= ~np.isnan(numbers) | wrong
        for rows, code in ((broken, "unreadable_number"), (low, "negative_number")):
            verdicts.against(
                rows,
                code,
                column=ours[name],
                value=written(frame[ours[name]]),
                number=number,
                number_zh=number_zh,
            )


def judge_order(
    verdicts: Verdicts, times: Mapping[str, pd.Series], redone: NDArray[np.bool_]
) -> None:
    """Set aside rows whose times contradict each other (rules 5 to 7).

    Parameters
    ----------
    verdicts
        What is known against the rows.
    times
        Columns such as ``filed_at`` that the source has.
    redone
        Where the work was done again, so that an earlier check is no contradiction.
    """

    def known(event: str) -> pd.Series | None:
        return times.get(column_of(event))

    def before(first: str, then: str, *, but: NDArray[np.bool_] | None = None) -> None:
        one, two = known(first), known(then)
        if one is None or two is None:
            return
        wrong = surely_before(one, two)
        verdicts.against(
            wrong if but is None else wrong & ~but,
            f"{first}_before_{then}",
            first_at=clock(one),
            then_at=clock(two),
            **event_words(then, first),
        )

    closed, cancelled = known("closed"), known("cancelled")
    if closed is not None and cancelled is not None:
        verdicts.against(
            np.asarray(closed.notna() & cancelled.notna()),
            "closed_and_cancelled",
            first_at=clock(closed),
            then_at=clock(cancelled),
        )
    for place, later in enumerate(STEPS):
        # The nearest step first: it says best what is wrong.
        for early in reversed(STEPS[:place]):
            redo = redone if (later, early) == ("verified", "handled") else None
            before(later, early, but=redo)
    for early in reversed(STEPS[:-1]):
        before("cancelled", early)

    suspended, resumed = known("suspended"), known("resumed")
    if resumed is not None:
        at_all = np.zeros(len(resumed), bool) if suspended is None else suspended.notna()
        verdicts.against(
            np.asarray(resumed.notna() & ~at_all),
            "resumed_without_suspended",
            then_at=clock(resumed),
        )
    if suspended is None:
        return
    before("resumed", "suspended")
    before("suspended", "reported")
    before("suspended", "filed")
    for end in _ENDS:
        before(end, "suspended")
        before(end, "resumed")
    for step in ("dispatched", "handled", "verified"):
        at = known(step)
        if at is None:
            continue
        rests = surely_before(suspended, at)
        if resumed is not None:
            rests &= np.asarray(resumed.isna()) | surely_before(at, resumed)
        verdicts.against(
            rests,
            "while_suspended",
            first_at=clock(suspended),
            then_at=clock(at),
            **event_words(step),
        )


def judge_duplicates(verdicts: Verdicts, ids: pd.Series, column: str) -> NDArray[np.bool_]:
    """Set aside later rows of an id; return which rows were found to be such (rule 9)."""
    kept = ids.iloc[verdicts.accepted]
    again = np.zeros(len(ids), dtype=bool)
    again[verdicts.accepted] = np.asarray(kept.duplicated())
    if again.any():
        first = kept[kept.isin(kept[kept.duplicated()])].drop_duplicates()
        rows = pd.Series(first.index + 1, index=pd.Index(first)).astype("str")
        verdicts.against(
            again,
            "duplicate_id",
            value=written(ids),
            row=lambda at: rows.loc[ids.iloc[at]].to_numpy(dtype=object),
            column=column,
        )
    return again


def set_aside_table(frame: pd.DataFrame, verdicts: Verdicts) -> pd.DataFrame:
    """Return the rows set aside: which, why, in words, and as they were read."""
    rows = verdicts.refused
    own, _ = own_columns(frame, set(), TABLES["set_aside"].names)
    part = pd.DataFrame(frame.iloc[rows])
    for name in part.columns:
        if hasattr(frame[name], "to_wkt"):
            part[name] = frame[name].iloc[rows].to_wkt()
    part = part.rename(columns=own).reset_index(drop=True)
    part.insert(0, "source_row", rows + 1)
    part.insert(1, "reason", verdicts.reason[rows])
    part.insert(2, "detail", verdicts.detail[rows])
    part.insert(3, "detail_zh", verdicts.detail_zh[rows])
    return conform(part, "set_aside")


def written(values: pd.Series) -> Callable[[NDArray[np.intp]], Any]:
    """Return a function that gives the values of some rows, fit for a sentence."""
    return lambda at: excerpt(values.iloc[at]).to_numpy(dtype=object)
