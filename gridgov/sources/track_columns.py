"""What the columns of a source of tracks are, and their values as read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, ReadError
from gridgov.sources.column_names import match_columns
from gridgov.sources.gpx import is_gpx, read_gpx
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text, says_nothing, unique_text

__all__ = ["is_number", "our_columns", "read_source", "track_ids", "whole_numbers"]


def read_source(source: Any, *, encoding: str | None, layer: str | int | None) -> RawTable:
    """Return the table in a source; a GPX file's track points, a DatetimeIndex as times.

    Raises
    ------
    ReadError, EmptyTableError, ColumnsError, OptionError
        As :func:`gridgov.sources.tables.read_table` and :func:`gridgov.sources.gpx.read_gpx`.
    """
    if is_gpx(source):
        path = Path(source).expanduser()
        if not path.is_file():
            raise ReadError(f"There is no file {path}. Check its name and folder.")
        return read_gpx(path)
    if isinstance(source, pd.DataFrame) and isinstance(source.index, pd.DatetimeIndex):
        name = source.index.name
        if name is None and "fix_at" not in source.columns:
            source = source.rename_axis("fix_at")
        elif name in source.columns:
            # The column says the same; both at once have no place in a table.
            source = source.reset_index(drop=True)
    return read_table(source, encoding=encoding, layer=layer)


def our_columns(raw: RawTable, columns: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """Return which column is which, with times and one way to coordinates found.

    Raises
    ------
    ColumnsError
        If there are no times or no coordinates, or a named column is not there.
    OptionError
        If `columns` has a key that does not exist.
    """
    said = dict(columns or {})
    ours = match_columns(raw.frame.columns, "tracks", columns=said)
    pair_said = "longitude" in said or "latitude" in said
    shapes = None
    if isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None:
        shapes = raw.frame.active_geometry_name
    if shapes is not None and not pair_said and "location" not in said:
        ours["location"] = shapes
    by_location = "location" in ours and not pair_said and ("location" in said or shapes)
    pair = "longitude" in ours and "latitude" in ours
    if by_location or not pair:
        ours.pop("longitude", None)
        ours.pop("latitude", None)
    else:
        ours.pop("location", None)
    lacking = [] if "fix_at" in ours else ["fix_at"]
    lacking += [] if {"location", "longitude"} & set(ours) else ["longitude", "latitude"]
    if lacking:
        what = {"fix_at": "times", "longitude": "coordinates"}
        named = ", ".join(f'"{name}": "..."' for name in lacking)
        raise ColumnsError(
            f"{raw.name} must have a column of "
            f"{' and columns of '.join(what[name] for name in lacking if name in what)}. Found: "
            f"{', '.join(map(str, raw.frame.columns))}. Name them: columns={{{named}}}.",
            problems=[
                {"table": "tracks", "column": name, "problem": "missing"} for name in lacking
            ],
        )
    return ours


def track_ids(frame: pd.DataFrame, ours: Mapping[str, str]) -> pd.Series:
    """Return the track of every row, as text."""
    if "track_id" in ours:
        return as_text(frame[ours["track_id"]])
    return pd.Series("track-1", index=frame.index, dtype="str")


def whole_numbers(
    frame: pd.DataFrame, ours: Mapping[str, str]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the persons of every row, 1 where it says nothing, and which cannot be read."""
    if "persons" not in ours:
        return np.ones(len(frame), dtype=np.int64), np.zeros(len(frame), dtype=bool)
    codes, texts = unique_text(frame[ours["persons"]])
    parsed = pd.to_numeric(pd.Series(texts.to_numpy(zero_copy_only=False)), errors="coerce")
    numbers = parsed.to_numpy(dtype=np.float64)
    nothing = says_nothing(texts)
    wrong = ~nothing & ~((numbers >= 1) & (numbers % 1 == 0) & (numbers < 1e6))
    persons = np.where(nothing | wrong, 1.0, numbers).astype(np.int64)
    return persons[codes], wrong[codes]


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number."""
    known = isinstance(value, (int, float, np.integer, np.floating))
    return known and not isinstance(value, bool) and math.isfinite(value)
