"""The accepted rows of a source as the table of cases: stages, suspensions, own columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.sources.case_columns import DUE, STAGES, CaseColumns
from gridgov.sources.case_filling import Filled
from gridgov.sources.incident_columns import own_columns
from gridgov.taxonomy.case_life import stages_of

__all__ = ["accepted_cases"]

_HOUR_US = 3_600_000_000


def accepted_cases(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    ids: pd.Series,
    read: CaseColumns,
    filled: Filled,
    rows: NDArray[np.intp],
) -> tuple[pd.DataFrame, dict[str, str], int]:
    """Return the accepted rows as the table cases, and what is to be told of it.

    Returns
    -------
    cases : DataFrame
    renamed : dict
        The caller's columns that have a name of ours, and their new names.
    ended : int
        Cases that were closed or cancelled while suspended.
    """

    def accepted(values: pd.Series) -> pd.Series:
        part = values if len(rows) == len(values) else values.iloc[rows]
        return part.reset_index(drop=True)

    data: dict[str, Any] = {"case_id": accepted(ids)}
    data |= {name: accepted(one) for name, one in filled.texts.items()}
    data |= {name: accepted(one) for name, one in filled.times.items()}
    data |= {name: accepted(read.times[name].times) for name in DUE if name in read.times}
    ended = _end_rests(data)
    data["stage"] = stages_of(data)
    for name, (numbers, _) in read.numbers.items():
        if name == "paused_h":
            data[name] = numbers[rows]
        else:
            data[name] = pd.Series(numbers[rows]).astype("Int64")
    _count_rests(data, len(rows))
    data |= {name: accepted(flags) for name, (flags, _) in read.flags.items()}
    if read.satisfaction is not None:
        data["satisfaction"] = accepted(read.satisfaction[0])
    # The name of the street stays a column of the caller's own.
    used = {theirs for name, theirs in ours.items() if name != "street"}
    own, renamed = own_columns(frame, used, TABLES["cases"].names)
    data |= {after: accepted(frame[before]) for before, after in own.items()}
    table = conform(pd.DataFrame(data), "cases")
    # Columns of nothing would be UTC in a table of another zone.
    zone = next(iter(filled.times.values())).dtype
    lacking = [name for name in (*STAGES, *DUE) if name not in data]
    return table.astype(dict.fromkeys(lacking, zone)), renamed, ended


def _end_rests(data: dict[str, Any]) -> int:
    """Let a closed or cancelled case resume at its end; return how many did not say so."""
    suspended = data.get("suspended_at")
    if suspended is None:
        return 0
    resumed = data.get(
        "resumed_at", pd.Series(pd.NaT, index=suspended.index, dtype=suspended.dtype)
    )
    end = pd.Series(pd.NaT, index=suspended.index, dtype=suspended.dtype)
    for name in ("closed_at", "cancelled_at"):
        if name in data:
            end = end.fillna(data[name])
    silent = suspended.notna() & resumed.isna() & end.notna()
    data["resumed_at"] = resumed.where(~silent, end)
    return int(silent.sum())


def _count_rests(data: dict[str, Any], rows: int) -> None:
    """Fill in how often and how long each case rested, as far as its times tell."""
    if "suspended_at" not in data:
        return
    suspended, resumed = data["suspended_at"], data["resumed_at"]
    there = np.asarray(suspended.notna())
    once = pd.Series(there.astype(np.int64)).astype("Int64")
    # A count that is left out is unknown, unless there is the time of one.
    said = data["suspensions"].fillna(once.where(there)) if "suspensions" in data else once
    data["suspensions"] = said
    never, often = (np.asarray(one.fillna(False), dtype=bool) for one in (said == 0, said > 1))
    hours = np.full(rows, np.nan)
    hours[never | (there & np.asarray(resumed.isna()))] = 0.0
    both = there & np.asarray(resumed.notna())
    lasted = (resumed - suspended).dt.as_unit("us").to_numpy().view(np.int64)
    # A date without a time may lie before the clock of the same day.
    hours[both] = np.maximum(lasted[both], 0) / _HOUR_US
    hours[often] = np.nan
    read = np.asarray(data.get("paused_h", np.full(rows, np.nan)), dtype=np.float64)
    data["paused_h"] = np.where(np.isnan(read), hours, read)
