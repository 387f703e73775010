"""The frame of an audit: the units, what names them, their strata, sizes and places.

All that is wrong with a frame is found here, before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, EmptyTableError, GeometryError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.projection import to_plane

__all__ = ["Frame", "places_of", "read_certain", "read_frame", "read_spread"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_KEYS = ("case_id", "incident_id", "line_id", "facility_id", "cell", "street_id")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame as arrays, one entry a unit; `names` has one a stratum."""

    key: str
    ids: NDArray[np.object_]
    stratum: Integers
    names: list[str]
    sizes: Floats

    @property
    def units(self) -> Integers:
        """Return the number of units of every stratum."""
        return np.bincount(self.stratum, minlength=len(self.names))


def read_frame(
    frame: Any, *, key: str | None, strata: str | None, probability: str | None
) -> Frame:
    """Return the frame, checked."""
    if not isinstance(frame, pd.DataFrame):
        raise ColumnsError(
            "frame must be a table (pandas DataFrame) of cells, alleys or cases. Found: "
            f"{type(frame).__name__}."
        )
    if len(frame) == 0:
        raise EmptyTableError(
            "frame has no rows, and a sample needs units to draw from. Check what was filtered "
            "out before."
        )
    if key is None:
        key = next((name for name in _KEYS if name in frame.columns), None)
        if key is None:
            raise ColumnsError(
                f"frame must have a column that names its units: {', '.join(_KEYS)}. Found: "
                f"{', '.join(map(str, frame.columns))}. Say which with `key`."
            )
    for option, name in (("key", key), ("strata", strata), ("probability", probability)):
        if name is not None and name not in frame.columns:
            raise ColumnsError(
                f"{option} must name a column of the frame. Found: {name!r}, and the columns are "
                f"{', '.join(map(str, frame.columns))}."
            )
    ids = frame[key]
    _refuse(ids.isna(), f"every unit must have an id in {key!r}", "Fill or drop them.")
    twice = ids.duplicated()
    if twice.any():
        raise ColumnsError(
            f"every unit must have an id of its own in {key!r}: a unit listed twice is drawn "
            f"twice as often. Found: {int(twice.sum()):,} rows with an id that came before, the "
            f"first is {ids[twice].tolist()[0]!r} in row {_first(twice)}. Drop them, or name "
            "another column with `key`."
        )
    codes, names = np.zeros(len(frame), dtype=np.int64), [""]
    if strata is not None:
        _refuse(frame[strata].isna(), f"every unit must have a stratum in {strata!r}", "Fill them.")
        found = frame[strata].astype("str")
        uniques, inverse = np.unique(found.to_numpy(dtype=object), return_inverse=True)
        codes, names = inverse.astype(np.int64), [str(name) for name in uniques]
    sizes = np.ones(len(frame))
    if probability is not None:
        sizes = _positive(frame[probability], probability)
    return Frame(key, ids.to_numpy(dtype=object), codes, names, sizes)


def read_certain(frame: pd.DataFrame, units: Frame, certain: Any) -> NDArray[np.bool_]:
    """Return which units must be in the sample: a column of truth values, or ids."""
    if certain is None:
        return np.zeros(len(frame), dtype=bool)
    if isinstance(certain, str):
        if certain not in frame.columns or not pd.api.types.is_bool_dtype(frame[certain]):
            raise ColumnsError(
                "certain must name a column of truth values, or be a list of ids. Found: "
                f"{certain!r}."
            )
        return np.asarray(frame[certain].fillna(False).to_numpy(dtype=bool))
    wanted = list(certain)
    known = set(units.ids)
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise OptionError(
            f"certain must list ids of the frame. Found: {len(unknown):,} that are not in "
            f"{units.key!r}, the first is {unknown[0]!r}."
        )
    return np.asarray(pd.Series(units.ids).isin(wanted).to_numpy(dtype=bool))


def read_spread(
    frame: pd.DataFrame, units: Frame, spread: str | Mapping[Any, float] | None
) -> Floats | None:
    """Return the standard deviation within every stratum, given or from a column."""
    if spread is None:
        return None
    if isinstance(spread, str):
        if spread not in frame.columns:
            raise ColumnsError(
                f"spread must name a column of the frame, or give a standard deviation by stratum. "
                f"Found: {spread!r}."
            )
        values = pd.to_numeric(frame[spread], errors="coerce")
        # A stratum with one value has no spread of its own and keeps its least.
        by = values.groupby(units.stratum).std(ddof=1).reindex(range(len(units.names)))
        return np.asarray(by.fillna(0.0).to_numpy(dtype=np.float64))
    given = {str(name): float(value) for name, value in spread.items()}
    lacking = [name for name in units.names if name not in given]
    if lacking or any(not np.isfinite(value) or value < 0 for value in given.values()):
        raise OptionError(
            "spread must give every stratum a standard deviation, 0 or more. Found: "
            + (f"none for {', '.join(lacking)}." if lacking else f"{spread!r}.")
        )
    return np.array([given[name] for name in units.names])


def places_of(frame: pd.DataFrame, *, what: str) -> Floats:
    """Return a point for every unit, meters in a local plane.

    Points are themselves, lines their middle, areas their centroid, cells without geometry
    their center.
    """
    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry in frame.columns:
        shapes = np.asarray(frame[geometry].array, dtype=object)
        missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        if missing.any():
            raise GeometryError(
                f"{what} needs a geometry for every unit. Found: {int(missing.sum()):,} without, "
                f"the first in row {_first(missing)}. Draw them as a stratum of their own with "
                "another method, or drop them and say so."
            )
        planar, _ = to_plane(shapes)
        line = shapely.get_type_id(planar) == 1
        points = shapely.centroid(planar)
        points[line] = shapely.line_interpolate_point(planar[line], 0.5, normalized=True)
        return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    if "cell" in frame.columns:
        if frame["cell"].isna().any():
            raise GeometryError(
                f"{what} needs a place for every unit. Found: "
                f"{int(frame['cell'].isna().sum()):,} rows without a cell, the first in row "
                f"{_first(frame['cell'].isna())}. Drop them and say so."
            )
        lon, lat = cell_centers(frame["cell"].to_numpy(dtype=np.uint64))
        planar, _ = to_plane(shapely.points(lon, lat))
        return np.column_stack([shapely.get_x(planar), shapely.get_y(planar)])
    raise GeometryError(
        f"{what} needs places: a GeoDataFrame, or a column cell. Found: "
        f"{', '.join(map(str, frame.columns))}."
    )


def _positive(values: pd.Series, name: str) -> Floats:
    """Return a column of positive finite numbers."""
    read = pd.to_numeric(values, errors="coerce")
    numbers: Floats = read.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~(np.isfinite(numbers) & (numbers > 0))
    if bad.any():
        raise ColumnsError(
            f"probability must name a column of numbers above 0: a unit of size 0 could never be "
            f"drawn, and the estimate would not speak for it. Found: {int(bad.sum()):,} other "
            f"values in {name!r}, the first is {values.tolist()[_first(bad)]!r} in row "
            f"{_first(bad)}."
        )
    return numbers


def _refuse(bad: Any, rule: str, remedy: str) -> None:
    if bad.any():
        raise ColumnsError(
            f"{rule}. Found: {int(bad.sum()):,} without, the first in row {_first(bad)}. {remedy}"
        )


def _first(bad: Any) -> int:
    """Return the position of the first true value."""
    return int(np.flatnonzero(np.asarray(bad))[0])
