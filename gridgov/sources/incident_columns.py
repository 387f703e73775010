"""What the columns of a table of incidents are: times, coordinates, the caller's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from gridgov.errors import ColumnsError, DatumError, InputError
from gridgov.sources.column_names import match_columns
from gridgov.sources.presets import Preset
from gridgov.sources.tables import RawTable
from gridgov.sources.written_pieces import PlainColumns

__all__ = ["TIMES", "our_columns", "own_columns", "plain_columns", "source_datum"]

TIMES = ("reported_at", "closed_at", "due_at")
"""Our columns of times."""

_NUMBERS = ("longitude", "latitude")


def our_columns(
    raw: RawTable, columns: Mapping[str, str | bool | None] | None, known: Preset | None
) -> dict[str, str]:
    """Return which column is which, with one way to coordinates and times found or waived."""
    said = dict(columns or {})
    ours = match_columns(
        raw.frame.columns, "incidents", columns=said, names=known.columns if known else None
    )
    waived = "reported_at" in said and not said["reported_at"]
    if "reported_at" not in ours and not waived:
        looked = f" The preset {known.name!r} looks for " if known else ""
        looked += f"{', '.join(known.columns['reported_at'])}." if known else ""
        raise ColumnsError(
            f"{raw.name} must have a column of report times. Found: "
            f"{', '.join(map(str, raw.frame.columns))}.{looked} "
            'Name it: columns={"reported_at": "..."}; or None if the source has no times.',
            problems=[{"table": "incidents", "column": "reported_at", "problem": "missing"}],
        )
    pair_said = "longitude" in said or "latitude" in said
    shapes = None
    if isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None:
        # Geometries that are all missing say less than two columns of numbers.
        empty = "longitude" in ours and "latitude" in ours and raw.frame.geometry.isna().all()
        shapes = None if empty else raw.frame.active_geometry_name
    if "location" not in said and shapes is not None and not pair_said:
        ours["location"] = shapes
    # One way to the coordinates; the columns of the other remain the caller's own.
    by_location = "location" in ours and not pair_said and ("location" in said or shapes)
    if by_location:
        ours.pop("longitude", None)
        ours.pop("latitude", None)
    elif "longitude" in ours and "latitude" in ours:
        ours.pop("location", None)
    return ours


def plain_columns(
    names: list[str],
    *,
    columns: Mapping[str, str | bool | None] | None,
    known: Preset | None,
    day_first: bool,
) -> PlainColumns:
    """Return the columns of a text file of which only times or numbers are wanted."""
    try:
        ours = our_columns(RawTable(pd.DataFrame(columns=names), None, ""), columns, known)
    # It is said when the file has been read.
    except InputError:
        return PlainColumns()
    used = list(ours.values())
    times = tuple(ours[name] for name in TIMES if used.count(ours.get(name, "")) == 1)
    numbers = tuple(ours[name] for name in _NUMBERS if used.count(ours.get(name, "")) == 1)
    return PlainColumns(times, numbers, day_first)


def source_datum(raw: RawTable, ours: Mapping[str, str], datum: Any, known: Preset | None) -> Any:
    """Return the datum to read coordinates in: the caller's, the preset's, the source's."""
    asked = datum if datum is not None else known.datum if known else None
    if "location" not in ours or raw.crs is None:
        return "wgs84" if asked is None else asked
    if asked is None:
        return raw.crs.to_string()
    # A GeoJSON file says WGS-84 whatever it holds, so that the caller's word wins;
    # not so meters, which no datum in degrees can be.
    if raw.crs.is_projected and isinstance(asked, str):
        if asked.lower() == "wgs84":
            return raw.crs.to_string()
        if asked.lower() in ("gcj02", "bd09"):
            raise DatumError(
                f"Coordinates in the datum {asked!r} must be in degrees. Found: {raw.name} is in "
                f"{raw.crs.name}. Leave datum out, or write the file again in degrees."
            )
    return asked


def own_columns(
    frame: pd.DataFrame, used: set[str], reserved: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the caller's columns with the names that they get, and those that changed."""
    own = {}
    for name in map(str, frame.columns):
        if name in used:
            continue
        after = name
        while after in reserved or (after != name and after in frame.columns):
            after += "_source"
        own[name] = after
    return own, {before: after for before, after in own.items() if before != after}
