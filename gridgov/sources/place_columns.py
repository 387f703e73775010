"""Which columns of a source hold places: one way to coordinates, or none."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from gridgov.sources.column_names import match_columns
from gridgov.sources.tables import RawTable

__all__ = ["columns_with_place"]


def columns_with_place(
    raw: RawTable, table: str, columns: Mapping[str, str | bool | None] | None
) -> dict[str, str]:
    """Return which column is which, with one way to coordinates where there is any.

    Parameters
    ----------
    raw
        The table as read.
    table
        Section of ``column_names.toml``.
    columns
        What the caller says: our name to theirs.

    Raises
    ------
    ColumnsError, OptionError
        As :func:`gridgov.sources.column_names.match_columns`.
    """
    said = dict(columns or {})
    ours = match_columns(raw.frame.columns, table, columns=said)
    pair_said = "longitude" in said or "latitude" in said
    shapes = None
    if isinstance(raw.frame, gpd.GeoDataFrame) and raw.frame.active_geometry_name is not None:
        shapes = raw.frame.active_geometry_name
    if shapes is not None and not pair_said and "location" not in said:
        ours["location"] = shapes
    by_location = "location" in ours and not pair_said and ("location" in said or shapes)
    if by_location or not ("longitude" in ours and "latitude" in ours):
        ours.pop("longitude", None)
        ours.pop("latitude", None)
    else:
        ours.pop("location", None)
    return ours
