"""What a log and a table of cases must be before cases are made from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.checks import check_table, check_zoned
from gridgov.errors import InputError
from gridgov.schema.cases import CASE_EVENTS
from gridgov.taxonomy.case_life import surely_before
from gridgov.taxonomy.labels import labels

__all__ = ["check_ends", "check_log", "check_once", "check_static"]

_BEGINNINGS = ("filed_at", "reported_at")
_ENDS = ("closed_at", "handled_at", "cancelled_at")


def check_ends(cases: pd.DataFrame) -> None:
    """Raise if a case was closed, handled or struck out before it was filed or reported.

    Raises
    ------
    InputError
        If one was; a date without a time is compared by its day.
    """
    dated = [
        name
        for name in (*_BEGINNINGS, *_ENDS)
        if name in cases.columns and isinstance(cases[name].dtype, pd.DatetimeTZDtype)
    ]
    words = labels("case_event", "en")
    for end in (name for name in _ENDS if name in dated):
        for begin in (name for name in _BEGINNINGS if name in dated):
            wrong = np.flatnonzero(surely_before(cases[end], cases[begin]))
            if not wrong.size:
                continue
            first = cases.iloc[int(wrong[0])]
            called = repr(first["case_id"]) if "case_id" in cases.columns else f"row {wrong[0] + 1}"
            done, began = (words[name.removesuffix("_at")] for name in (end, begin))
            raise InputError(
                f"A case must not have been {done} before it was {began}. Found: {len(wrong):,} "
                f"cases that were, the first {called}: {done} {first[end]:%Y-%m-%d %H:%M}, "
                f"{began} {first[begin]:%Y-%m-%d %H:%M}. gridgov.read_cases(...) sets such rows "
                "aside; leave them out first.",
                problems=[
                    {"table": "cases", "row": int(row), "problem": f"{end} before {begin}"}
                    for row in wrong
                ],
            )


def check_log(case_events: Any) -> None:
    """Raise if a table is no log of cases.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If it has no rows.
    InputError
        If a row lacks a case or time, or an event is unknown.
    """
    check_table(case_events, "case_events")
    check_zoned(
        case_events["event_at"],
        "event_at",
        made_by="gridgov.read_case_events(..., timezone=...)",
    )
    for name in ("case_id", "event_at"):
        missing = np.flatnonzero(case_events[name].isna())
        if missing.size:
            raise InputError(
                f"Every row of case_events must have {name}. Found: {len(missing):,} of "
                f"{len(case_events):,} without, the first is row {missing[0] + 1}. "
                "gridgov.read_case_events(...) sets such rows aside."
            )
    unknown = np.flatnonzero(~case_events["event"].isin(CASE_EVENTS))
    if unknown.size:
        raise InputError(
            f"event must be one of {', '.join(CASE_EVENTS)}. Found: {len(unknown):,} rows with "
            f"others, the first, row {unknown[0] + 1}, "
            f"{case_events['event'].iloc[unknown[0]]!r}. gridgov.read_case_events(..., "
            "events={...}) reads the words of a log."
        )


def check_static(cases: Any) -> None:
    """Raise if a table does not have every case once.

    Raises
    ------
    ColumnsError
        If there is no ``case_id``.
    InputError
        If an id occurs twice.
    """
    check_table(cases, "cases", columns=["case_id"], allow_empty=True)
    check_once(cases)


def check_once(cases: pd.DataFrame) -> None:
    """Raise if an id of a case occurs twice, where there are ids: it would count twice.

    Raises
    ------
    InputError
        If one does.
    """
    if "case_id" not in cases.columns:
        return
    again = np.flatnonzero(cases["case_id"].duplicated() & cases["case_id"].notna())
    if again.size:
        raise InputError(
            f"cases must have every case_id once. Found: {len(again):,} ids of earlier rows, the "
            f"first {cases['case_id'].iloc[again[0]]!r} in row {again[0] + 1}. Keep one row a "
            "case, as gridgov.read_cases(...) does."
        )
