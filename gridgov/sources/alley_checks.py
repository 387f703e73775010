"""Reading the checks of alleys: one row a check, with the line, the time and the score.

A check is accepted as it is or set aside with a reason; a score outside 0 to 100 is never
cut back to it. Whatever else the row says, such as how many problems of each kind were
found, is kept as the caller's own columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gridgov.checks import conform
from gridgov.errors import ColumnsError, InputError
from gridgov.sources import facility_rows as rows_
from gridgov.sources.column_names import match_columns
from gridgov.sources.inventory_rows import time_faults
from gridgov.sources.notices import attach, warn
from gridgov.sources.outlines import Fault
from gridgov.sources.tables import read_table
from gridgov.sources.text_values import as_text, excerpt
from gridgov.sources.times import parse_times

__all__ = ["AlleyChecksRead", "read_alley_checks"]

_NEEDED = ("line_id", "checked_at", "score")


class AlleyChecksRead(NamedTuple):
    """What :func:`read_alley_checks` returns: accepted checks and rows set aside."""

    alley_checks: pd.DataFrame
    set_aside: pd.DataFrame


def read_alley_checks(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    timezone: str = "UTC",
    encoding: str | None = None,
    layer: str | int | None = None,
    day_first: bool = False,
) -> AlleyChecksRead:
    """Read checks of alleys, from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a file, or a DataFrame; see :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``line_id``, ``checked_at``, ``score``.
    timezone
        Zone of times that name none.
    encoding, layer
        Encoding of a text file, sheet of a workbook.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    AlleyChecksRead
        ``alley_checks`` with ``line_id``, ``checked_at`` (a month alone is its first day),
        ``score`` and the caller's own columns; ``set_aside`` with the reasons
        ``missing_id``, ``missing_time``, ``unreadable_time``, ``missing_score`` and
        ``score_out_of_range``, the first that applies.

    Raises
    ------
    ReadError, EmptyTableError
        If the file cannot be read or has no rows.
    ColumnsError
        If one of the three columns is missing.
    InputError
        If not one row can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"背街小巷编号": ["A", "B"], "月份": ["2017-01", "2017-01"],
    ...                       "得分": ["98", "108"]})
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     checks, set_aside = read_alley_checks(table, timezone="Asia/Shanghai")
    >>> checks["score"].tolist(), set_aside["reason"].tolist()
    ([98.0], ['score_out_of_range'])
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "alley_checks", columns=columns)
    lacking = [name for name in _NEEDED if name not in ours]
    if lacking:
        raise ColumnsError(
            f"{raw.name} must have {', '.join(_NEEDED)}. Not found: {', '.join(lacking)}; it has "
            f"{', '.join(map(str, raw.frame.columns))}. Name them: "
            f'columns={{"{lacking[0]}": "..."}}.',
            problems=[
                {"table": "alley_checks", "column": name, "problem": "missing"} for name in lacking
            ],
        )
    frame = raw.frame.copy(deep=False)
    if not pd.api.types.is_datetime64_any_dtype(frame[ours["checked_at"]]):
        said = as_text(frame[ours["checked_at"]]).str.strip()
        # A month alone is what a monthly check has for a date.
        month = said.str.fullmatch(r"\d{4}-\d{2}", na=False)
        frame[ours["checked_at"]] = said.where(~month, said + "-01")
    parsed = parse_times(frame[ours["checked_at"]], timezone=timezone, day_first=day_first)
    ids = as_text(frame[ours["line_id"]]).str.strip().replace("", None)
    scores, wrong = rows_.read_numbers(frame[ours["score"]])
    faults = _score_faults(frame[ours["score"]], ours["score"], scores, wrong)
    faults |= time_faults(frame, ours, {"checked_at": parsed}, "checked_at")
    for row in np.flatnonzero(ids.isna().to_numpy()).tolist():
        column = ours["line_id"]
        faults[row] = Fault(
            "missing_id", f"The row names no line in {column}.", f"“{column}”列没有编号。"
        )
    aside = conform(rows_.aside_table(raw, faults), "set_aside")
    kept = np.flatnonzero(~np.isin(np.arange(len(frame)), list(faults)))
    if not kept.size:
        raise InputError(
            f"{raw.name} must have at least one check that can be used. Found: none of "
            f"{len(frame):,} rows; the first, {aside['detail'].iloc[0]}",
            problems=aside[["source_row", "reason", "detail"]].to_dict("records"),
        )
    own = [name for name in frame.columns if name not in ours.values() and name not in _NEEDED]
    checks = pd.DataFrame(frame[own].iloc[kept]).reset_index(drop=True)
    checks.insert(0, "line_id", ids.iloc[kept].to_numpy())
    checks.insert(1, "checked_at", parsed.times.iloc[kept].to_numpy())
    checks["checked_at"] = pd.DatetimeIndex(checks["checked_at"]).tz_convert(timezone).as_unit("us")
    checks.insert(2, "score", scores[kept])
    checks["line_id"] = checks["line_id"].astype("str")
    told = rows_.aside_notices(raw.name, aside, len(frame))
    checks = attach(checks, notices=told)
    checks.attrs["source"] = {"name": raw.name, "rows": len(frame), "columns": dict(ours)}
    warn(told, subject=raw.name)
    return AlleyChecksRead(checks, aside)


def _score_faults(written: pd.Series, column: str, scores: Any, wrong: Any) -> dict[int, Fault]:
    """Return the fault of every row without a score from 0 to 100."""
    faults: dict[int, Fault] = {}
    for row in np.flatnonzero(np.isnan(scores) & ~wrong).tolist():
        faults[row] = Fault(
            "missing_score", f"The row has no score in {column}.", f"“{column}”列没有得分。"
        )
    rows = np.flatnonzero(wrong | (scores < 0) | (scores > 100))
    for row, value in zip(rows.tolist(), excerpt(written.iloc[rows].astype("str")), strict=True):
        faults[row] = Fault(
            "score_out_of_range",
            f"The score '{value}' in {column} is no number from 0 to 100.",
            f"“{column}”列的得分“{value}”不是 0 至 100 的数。",
        )
    return faults
