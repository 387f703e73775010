"""Reading return visits to citizens, and what they say about the cases.

A visit says whether the citizen was reached, whether the matter was resolved and how
satisfied the citizen is. Where a case was called back several times, its last visit counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gridgov.checks import conform
from gridgov.errors import ColumnsError
from gridgov.sources import facility_rows as rows_
from gridgov.sources.case_words import read_flags, read_words
from gridgov.sources.column_names import match_columns
from gridgov.sources.inventory_rows import time_faults
from gridgov.sources.notices import Notice, warn
from gridgov.sources.outlines import Fault
from gridgov.sources.tables import read_table
from gridgov.sources.text_values import as_text, excerpt
from gridgov.sources.times import parse_times

__all__ = ["CallbacksRead", "add_callbacks", "read_callbacks"]

_ANSWERS = ("contacted", "resolved", "satisfaction")


class CallbacksRead(NamedTuple):
    """What :func:`read_callbacks` returns: accepted visits and rows set aside."""

    callbacks: pd.DataFrame
    set_aside: pd.DataFrame


def read_callbacks(
    source: Any,
    *,
    cases: pd.DataFrame | None = None,
    columns: Mapping[str, str | bool | None] | None = None,
    timezone: str = "UTC",
    encoding: str | None = None,
    layer: str | int | None = None,
    day_first: bool = False,
) -> CallbacksRead:
    """Read return visits, from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a file, or a DataFrame; see :func:`gridgov.sources.tables.read_table`.
    cases
        Table "cases"; visits of cases that are not in it are set aside.
    columns
        Our name to the name in the source: ``case_id``, ``called_at``, ``contacted``,
        ``resolved``, ``satisfaction``.
    timezone
        Zone of times that name none.
    encoding, layer
        Encoding of a text file, sheet of a workbook.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    CallbacksRead
        ``callbacks`` with the five columns; ``set_aside`` with the reasons ``missing_id``,
        ``missing_time``, ``unreadable_time``, ``unknown_case`` and ``unknown_answer``.

    Raises
    ------
    ReadError, EmptyTableError
        If the file cannot be read or has no rows.
    ColumnsError
        If there is no id, or no answer of any kind.
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "callbacks", columns=columns)
    if "case_id" not in ours or not set(_ANSWERS) & set(ours):
        raise ColumnsError(
            f"{raw.name} must have case_id and an answer: contacted, resolved or satisfaction. "
            f"Found: {', '.join(map(str, raw.frame.columns))}. Name them: "
            'columns={"case_id": "..."}.',
            problems=[{"table": "callbacks", "column": "case_id", "problem": "missing"}],
        )
    frame = raw.frame
    ids = as_text(frame[ours["case_id"]]).str.strip().replace("", None)
    table = pd.DataFrame({"case_id": ids.astype("str").where(ids.notna())})
    faults: dict[int, Fault] = {}
    for name in _ANSWERS:
        if name not in ours:
            kind = "str" if name == "satisfaction" else "boolean"
            table[name] = pd.Series(pd.NA, index=frame.index, dtype=kind)
            continue
        written = frame[ours[name]]
        read, unknown = (
            read_words(written, "satisfaction") if name == "satisfaction" else read_flags(written)
        )
        table[name] = read
        rows = np.flatnonzero(unknown)
        for row, value in zip(rows.tolist(), excerpt(as_text(written.iloc[rows])), strict=True):
            faults[row] = Fault(
                "unknown_answer",
                f"The answer '{value}' in {ours[name]} is not known.",
                f"“{ours[name]}”列的“{value}”无法识别。",
            )
    if cases is not None:
        known = ids.isin(cases["case_id"]).to_numpy()
        for row in np.flatnonzero(~known).tolist():
            faults[row] = Fault(
                "unknown_case",
                "The case of the row is not among the cases.",
                "该行的案件不在案件表中。",
            )
    if "called_at" in ours:
        parsed = parse_times(frame[ours["called_at"]], timezone=timezone, day_first=day_first)
        faults |= time_faults(frame, ours, {"called_at": parsed}, "called_at")
        table.insert(1, "called_at", parsed.times)
    else:
        never = pd.Series(pd.NaT, index=frame.index, dtype=f"datetime64[us, {timezone}]")
        table.insert(1, "called_at", never)
    for row in np.flatnonzero(ids.isna().to_numpy()).tolist():
        column = ours["case_id"]
        faults[row] = Fault(
            "missing_id", f"The row names no case in {column}.", f"“{column}”列没有编号。"
        )
    aside = conform(rows_.aside_table(raw, faults), "set_aside")
    kept = ~np.isin(np.arange(len(frame)), list(faults))
    told: list[Notice] = rows_.aside_notices(raw.name, aside, len(frame))
    warn(told, subject=raw.name)
    return CallbacksRead(table[kept].reset_index(drop=True), aside)


def add_callbacks(cases: pd.DataFrame, callbacks: pd.DataFrame, *, as_of: Any) -> pd.DataFrame:
    """Return cases with the answers of their last return visit where they have none.

    Parameters
    ----------
    cases
        Table "cases".
    callbacks
        What :func:`read_callbacks` returned.
    as_of
        Visits at this moment or later have not happened yet; None for no limit.

    Returns
    -------
    DataFrame
        The same rows; answers that the cases themselves hold stay as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame({"case_id": ["1", "2"]})
    >>> visits = pd.DataFrame({"case_id": ["1", "1"], "called_at": pd.DatetimeIndex(
    ...     ["2017-03-02", "2017-03-01"], tz="Asia/Shanghai"), "resolved": [True, False]})
    >>> add_callbacks(cases, visits, as_of=None)["resolved"].tolist()
    [True, <NA>]
    """
    seen = callbacks
    if as_of is not None:
        seen = seen[seen["called_at"].isna() | (seen["called_at"] < as_of)]
    last = (
        seen.sort_values("called_at", kind="stable", na_position="first")
        .drop_duplicates("case_id", keep="last")
        .set_index("case_id")
    )
    result = cases.copy(deep=False)
    for name in _ANSWERS:
        if name not in last.columns:
            continue
        kind = "str" if name == "satisfaction" else "boolean"
        told = pd.Series(last[name].reindex(cases["case_id"]).array, index=cases.index, dtype=kind)
        if name in cases.columns:
            told = cases[name].astype(kind).where(cases[name].notna(), told)
        result[name] = told
    result.attrs = dict(cases.attrs)
    return result
