"""The table of rows set aside: which, why, in words, and as they were read."""

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
from gridgov.sources.reasons import REASONS, sentence
from gridgov.sources.text_values import as_text, excerpt
from gridgov.sources.times import ParsedTimes
from gridgov.sources.written_text import WrittenArray

__all__ = ["NUMBERS", "set_aside_table"]

NUMBERS = {code: number for number, code in enumerate(REASONS, start=1)}
"""Reasons as numbers, in order of precedence; 0 is none."""


def set_aside_table(
    frame: pd.DataFrame,
    ours: Mapping[str, str],
    reason: NDArray[np.uint8],
    times: Mapping[str, ParsedTimes],
    points: Points,
    ids: pd.Series,
    first_rows: pd.Series | None,
) -> pd.DataFrame:
    """Return the rows set aside: which, why (by :data:`NUMBERS`), in words, and as read."""
    rows = np.flatnonzero(reason)
    detail = pd.DataFrame("", index=rows, columns=["en", "zh"], dtype="str")
    for code in REASONS:
        at = rows[reason[rows] == NUMBERS[code]]
        if not len(at):
            continue
        found: dict[str, Any] = {"column": points.column}
        if code in ("missing_id", "duplicate_id") and "incident_id" in ours:
            found["column"] = ours["incident_id"]
            found["value"] = excerpt(ids.iloc[at])
        if code == "duplicate_id" and first_rows is not None:
            row = first_rows.loc[ids.iloc[at]]
            found["first"] = pd.Series(row.to_numpy(), index=at).astype("str")
        elif code in ("missing_time", "unreadable_time"):
            found["column"] = ours["reported_at"]
            found["value"] = excerpt(frame[ours["reported_at"]].iloc[at])
        elif code == "closed_before_reported":
            found["reported"] = _clock(times["reported_at"].times.iloc[at])
            found["closed"] = _clock(times["closed_at"].times.iloc[at])
        elif code.endswith("_coordinate") or code == "swapped_coordinates":
            found["value"] = points.text(at)
        for lang in ("en", "zh"):
            detail.loc[at, lang] = sentence(code, lang, pd.Index(at), **found)
    # Taking no rows one by one would put all of a column's text together first.
    part = pd.DataFrame(frame.iloc[rows] if len(rows) else frame.iloc[:0])
    for name in part.columns:
        if isinstance(frame[name], gpd.GeoSeries):
            part[name] = gpd.GeoSeries(part[name]).to_wkt()
        elif isinstance(part[name].array, WrittenArray):
            part[name] = as_text(part[name])
    own, _ = own_columns(frame, set(), TABLES["set_aside"].names)
    part = part.rename(columns=own)
    part.insert(0, "source_row", rows + 1)
    part.insert(1, "reason", np.array(["", *REASONS], dtype=object)[reason[rows]].astype(str))
    part.insert(2, "detail", detail["en"])
    part.insert(3, "detail_zh", detail["zh"])
    return conform(part.reset_index(drop=True), "set_aside")


def _clock(times: pd.Series) -> pd.Series:
    """Return times for a sentence, to the minute."""
    return times.dt.strftime("%Y-%m-%d %H:%M").astype("str")
