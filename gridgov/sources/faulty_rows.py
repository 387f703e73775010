"""Rows that could not be used: as they were read, and the notice on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gridgov.columns import TABLES
from gridgov.errors import InputError
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.notices import Notice
from gridgov.sources.outlines import Fault
from gridgov.sources.tables import RawTable

__all__ = ["nothing_usable", "rows_set_aside", "set_aside_notices"]


def rows_set_aside(raw: RawTable, faults: Mapping[int, Fault]) -> list[dict[str, Any]]:
    """Return the rows set aside as they were read, each with its reason."""
    rows = sorted(faults)
    names, _ = own_columns(raw.frame, set(), TABLES["set_aside"].names)
    read = pd.DataFrame(raw.frame.iloc[rows]).rename(columns=names).to_dict("records")
    return [
        {
            **record,
            "source_row": row + 1,
            "reason": faults[row].reason,
            "detail": faults[row].detail,
            "detail_zh": faults[row].detail_zh,
        }
        for row, record in zip(rows, read, strict=True)
    ]


def set_aside_notices(raw: RawTable, aside: list[dict[str, Any]]) -> list[Notice]:
    """Return one notice on the rows set aside; none without any."""
    if not aside:
        return []
    reasons = [row["reason"] for row in aside]
    counts = ", ".join(f"{reasons.count(one)} {one}" for one in dict.fromkeys(reasons))
    total, first = len(raw.frame), aside[0]
    return [
        Notice(
            "rows_set_aside",
            raw.name,
            f"{len(aside)} of {total} rows {'was' if len(aside) == 1 else 'were'} set aside "
            f"({counts}); the first, row {first['source_row']}: {first['detail']}",
            f"{total} 行中有 {len(aside)} 行被搁置（{counts}）；"
            f"第一处在第 {first['source_row']} 行：{first['detail_zh']}",
            value=float(len(aside)),
            unit="rows",
        )
    ]


def nothing_usable(
    raw: RawTable, aside: pd.DataFrame, what: str, *, error: type[InputError] = InputError
) -> InputError:
    """Return the error for a source without a single usable row.

    Parameters
    ----------
    raw
        The source.
    aside
        Its rows, all set aside.
    what
        What one row is, such as ``"item"``.
    error
        Its class.
    """
    first = aside.iloc[0]
    return error(
        f"{raw.name} must have at least one usable {what}. Found: {len(aside)} rows, none usable; "
        f"the first, row {first['source_row']}: {first['detail']} error.problems lists every row.",
        problems=aside[["source_row", "reason", "detail"]].to_dict("records"),
    )
