"""From columns of coordinates to WGS-84 points, and what is wrong with single rows.

Coordinates come as two columns, as one column of text or as geometries. Text is
``POINT (lon lat)``, ``lon, lat``, or ``(lat, lon)`` in round brackets, as open data
portals write it.

Rules for a row, first one first:

1. Neither coordinate is there: the place is missing, and that is no fault.
2. One of the two is missing, is no finite number, or the geometry is no point: *unreadable*.
3. Both are 0: *zero*.
4. *Swapped*: the latitude lies outside ±90 or the point is far from the bulk, and the
   point with longitude and latitude exchanged lies in the bulk. The bulk is the box of
   the jurisdictions, grown by its own size on every side; without jurisdictions it is
   the median of the rows in range and, on every side, ten median absolute deviations
   but no less than 1°. Fewer than five rows in range make no bulk; then a latitude
   outside ±90 whose exchange is in range is enough.
5. The longitude lies outside ±180, the latitude outside ±90, or the projected
   coordinates cannot be converted: *out of range*.

When rule 4 or 5 meets more than half of the rows, the fault is not in rows but in how
they are read, and there is one error for all. A column of text says nowhere which
number comes first: there the order that fits most rows is taken, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, DatumError
from gridgov.geo.datum import find_datum, to_wgs84_coordinates
from gridgov.sources.bulk import flawless, misplaced
from gridgov.sources.plain_numbers import plain_numbers
from gridgov.sources.text_values import excerpt, says_nothing, unique_text

__all__ = ["FAULTS", "Points", "read_points"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_WKT = rf"(?i)^(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(\s*(?P<a>{_NUMBER})\s+(?P<b>{_NUMBER})[^)]*\)$"
# Portals put the address on lines above the brackets.
_BRACKETS = rf"(?is)^(?:.*\n)?\s*\(\s*(?P<a>{_NUMBER})\s*[,;]?\s+?(?P<b>{_NUMBER})\s*\)$"
_BARE = rf"(?i)^\[?\s*(?P<a>{_NUMBER})(?:\s*[,;]\s*|\s+)(?P<b>{_NUMBER})\s*\]?$"

FAULTS = (
    "",
    "unreadable_coordinate",
    "zero_coordinate",
    "swapped_coordinates",
    "out_of_range_coordinate",
)
"""Reasons why the coordinates of a row cannot be used, in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class Points:
    """The places of all rows.

    Attributes
    ----------
    longitude, latitude
        Degrees, WGS-84; NaN where there is no place or `reason` says why not.
    x, y
        The same as the source has them, in its datum.
    missing
        Rows without coordinates.
    fault
        Why the coordinates of a row cannot be used, by place in :data:`FAULTS`.
    column
        What the source calls its coordinates.
    written
        The coordinates as the source has them, for sentences.
    exchanged
        Whether the pairs in a column of text were read in the order that is unusual for
        their form, because it fits most rows.
    """

    longitude: Floats
    latitude: Floats
    x: Floats
    y: Floats
    missing: Flags
    fault: NDArray[np.uint8]
    column: str
    written: tuple[pd.Series, ...]
    exchanged: bool = False

    @property
    def reason(self) -> NDArray[np.object_]:
        """Code of the reason why the coordinates of a row cannot be used, or ``""``."""
        return np.array(FAULTS, dtype=object)[self.fault]

    def text(self, rows: NDArray[np.intp]) -> pd.Series:
        """Return the coordinates of some rows as the source has them."""
        parts = [excerpt(series.iloc[rows]) for series in self.written]
        return parts[0] if len(parts) == 1 else parts[0] + ", " + parts[1]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Numbers as read, before anything is known about them."""

    x: Floats
    y: Floats
    missing: Flags
    unreadable: Flags
    order_open: bool = False


def read_points(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    datum: Any = "wgs84",
    bounds: tuple[float, float, float, float] | None = None,
) -> Points:
    """Read the coordinates of all rows.

    Parameters
    ----------
    frame
        The table as read.
    columns
        Which column holds our ``longitude`` and ``latitude``, or our ``location``.
    datum
        ``"wgs84"``, ``"gcj02"``, ``"bd09"`` or any CRS that pyproj knows.
    bounds
        West, south, east and north of the jurisdictions, degrees, if there are any.

    Returns
    -------
    Points
        The places, with a reason for every row whose coordinates cannot be used.

    Raises
    ------
    ColumnsError
        If there is no column of coordinates, or most rows have longitude and latitude
        exchanged.
    DatumError
        If the datum is unknown, or most rows lie outside the coordinates that it has.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"lon": ["116.2", "0", ""], "lat": ["39.9", "0", ""]})
    >>> points = read_points(table, {"longitude": "lon", "latitude": "lat"})
    >>> points.reason.tolist(), points.missing.tolist()
    (['', 'zero_coordinate', ''], [False, False, True])
    """
    known = find_datum(datum)
    degrees = isinstance(known, str) or known.is_geographic
    label, written = _columns(frame, columns)
    pairs = _read(written)
    x, y = pairs.x, pairs.y
    # Where the outermost coordinates have no fault, no row has.
    if degrees and flawless(x, y, bounds):
        longitude, latitude = (x, y) if known == "wgs84" else to_wgs84_coordinates(x, y, known)
        if known == "wgs84" or (np.isfinite(longitude) & np.isfinite(latitude)).all():
            fault = np.zeros(len(x), np.uint8)
            return Points(longitude, latitude, x, y, pairs.missing, fault, label, written)
    usable = ~pairs.missing & ~pairs.unreadable
    zero = usable & (x == 0) & (y == 0)
    usable &= ~zero
    swapped, outside, exchanged = np.zeros(len(x), bool), np.zeros(len(x), bool), False
    if degrees:
        swapped, outside, mostly = misplaced(x, y, usable, bounds)
        if mostly and pairs.order_open:
            x, y, exchanged = y, x, True
            swapped, outside, mostly = misplaced(x, y, usable, bounds)
        if mostly:
            raise _exchanged(columns, label, x, y, usable, swapped)
    good = usable & ~swapped & ~outside
    good_x, good_y = np.where(good, x, np.nan), np.where(good, y, np.nan)
    longitude, latitude = to_wgs84_coordinates(good_x, good_y, known)
    lost = good & ~(np.isfinite(longitude) & np.isfinite(latitude))
    outside |= lost
    longitude[lost], latitude[lost] = np.nan, np.nan
    if outside.sum() * 2 > usable.sum():
        first = int(np.flatnonzero(outside)[0])
        raise DatumError(
            f"The coordinates in {label} must exist in the datum {datum!r}. "
            f"Found: {int(outside.sum()):,} of {int(usable.sum()):,} rows outside it, "
            f"the first in row {first + 1}: {x[first]:g}, {y[first]:g}. "
            'Coordinates in meters need their CRS, such as datum="EPSG:4547".'
        )
    fault = np.zeros(len(x), np.uint8)
    for number, rows in enumerate((pairs.unreadable, zero, swapped, outside), start=1):
        fault[rows] = number
    return Points(
        longitude, latitude, good_x, good_y, pairs.missing, fault, label, written, exchanged
    )


def _columns(frame: pd.DataFrame, columns: Mapping[str, str]) -> tuple[str, tuple[pd.Series, ...]]:
    """Return the columns of coordinates and what the source calls them."""
    if "longitude" in columns and "latitude" in columns:
        names = [columns["longitude"], columns["latitude"]]
        return ", ".join(names), tuple(frame[name] for name in names)
    if "location" in columns:
        return columns["location"], (frame[columns["location"]],)
    missing = [name for name in ("longitude", "latitude") if name not in columns]
    found = ", ".join(map(str, frame.columns))
    raise ColumnsError(
        "Incidents must have coordinates: the columns longitude and latitude, one column "
        f"location, or geometries. Found no {' and no '.join(missing)} among: {found}. "
        'Name them: columns={"longitude": "...", "latitude": "..."}.',
        problems=[{"table": "incidents", "column": name, "problem": "missing"} for name in missing],
    )


def _read(written: tuple[pd.Series, ...]) -> _Pairs:
    """Return the numbers of every row."""
    if len(written) == 2:
        x, no_x = _numbers(written[0])
        y, no_y = _numbers(written[1])
        missing = no_x & no_y
        return _Pairs(x, y, missing, ~missing & ~(np.isfinite(x) & np.isfinite(y)))
    values = written[0]
    if isinstance(values, gpd.GeoSeries) or (
        values.dtype == object and shapely.is_geometry(values.to_numpy()).any()
    ):
        return _from_geometries(np.asarray(values, dtype=object))
    return _from_text(values)


def _numbers(values: pd.Series) -> tuple[Floats, Flags]:
    """Return a column as numbers, and where it says nothing."""
    if values.dtype.kind in "iuf":
        numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, np.isnan(numbers)
    # The usual spelling in one pass; what is written otherwise is read value by value.
    numbers, nothing, rest = plain_numbers(values)
    if len(rest):
        codes, texts = unique_text(values if len(rest) == len(values) else values.iloc[rest])
        parsed = pd.to_numeric(pd.Series(texts.to_numpy(zero_copy_only=False)), errors="coerce")
        numbers[rest] = parsed.to_numpy(dtype=np.float64)[codes]
        nothing[rest] = says_nothing(texts)[codes]
    return numbers, nothing


def _from_text(values: pd.Series) -> _Pairs:
    """Return the pairs in one column of text."""
    codes, texts = unique_text(values)
    x, y = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    for pattern, latitude_first in ((_BARE, False), (_BRACKETS, True), (_WKT, False)):
        found = pc.extract_regex(texts, pattern=pattern)
        at = np.flatnonzero(np.asarray(found.is_valid()))
        found = found.take(pa.array(at))
        a, b = (np.asarray(found.field(name).cast(pa.float64())) for name in ("a", "b"))
        x[at], y[at] = (b, a) if latitude_first else (a, b)
    missing = says_nothing(texts)[codes]
    x, y = x[codes], y[codes]
    unreadable = ~missing & ~(np.isfinite(x) & np.isfinite(y))
    return _Pairs(x, y, missing, unreadable, order_open=True)


def _from_geometries(shapes: NDArray[np.object_]) -> _Pairs:
    """Return the pairs in a column of geometries."""
    real = shapely.is_geometry(shapes)
    only = shapes.copy()
    only[~real] = None
    missing = np.asarray(pd.isna(shapes)) | (real & shapely.is_empty(only))
    # Anything but a point has no x and no y, and so becomes unreadable.
    only[missing | (shapely.get_type_id(only) != 0)] = None
    x, y = shapely.get_x(only), shapely.get_y(only)
    return _Pairs(x, y, missing, ~missing & ~(np.isfinite(x) & np.isfinite(y)))


def _exchanged(
    columns: Mapping[str, str], label: str, x: Floats, y: Floats, usable: Flags, swapped: Flags
) -> ColumnsError:
    """Return the error for a table in which longitude and latitude are exchanged throughout."""
    with np.errstate(invalid="ignore"):
        count = max(int(swapped.sum()), int((usable & (np.abs(y) > 90)).sum()))
    if "longitude" in columns and "latitude" in columns:
        other_way = {"longitude": columns["latitude"], "latitude": columns["longitude"]}
        advice = f"Name the columns the other way round: columns={other_way}."
    else:
        advice = f"Exchange x and y of the geometries in {label}."
    return ColumnsError(
        "Longitude is the east-west coordinate and latitude the north-south one. "
        f"Found: {label} exchanged in {count:,} of {int(usable.sum()):,} rows, with longitudes "
        f"around {np.median(x[usable]):.4f} and latitudes around {np.median(y[usable]):.4f}. "
        + advice
    )
