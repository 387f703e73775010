"""A table of counts as what a scan needs: places, and counts and expectations by period.

The places are cells, at their centers, or areas, at a point inside each. Every place
has a row in every period: a scan compares what was counted with what was expected, and
a row that is not there is neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, DatumError, GeometryError, InputError
from gridgov.geo.hexgrid import cell_centers
from gridgov.hotspots.count_maps import checked_counts
from gridgov.place.periods import period_end

__all__ = ["Places", "ScanMap", "read_places", "scan_maps"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class Places(NamedTuple):
    """The places of a table in ascending order of their ids.

    Attributes
    ----------
    of_row
        Place of every row of the table.
    cell
        H3 cells; None when the places are areas.
    street_id
        Ids of the areas, or of the cells' jurisdictions (None where missing).
    longitude, latitude
        The point that stands for each, degrees.
    """

    of_row: NDArray[np.intp]
    cell: NDArray[np.uint64] | None
    street_id: NDArray[np.object_]
    longitude: Floats
    latitude: Floats

    def name(self, place: int) -> str:
        """Return a place as a message names it."""
        if self.cell is not None:
            return f"cell {int(self.cell[place]):x}"
        return f"street_id {self.street_id[place]}"


class ScanMap(NamedTuple):
    """One search: a group, and a period unless the search runs over time.

    Attributes
    ----------
    period, group
        What it is of; missing where there is none.
    counts
        Incidents, shape (n, periods).
    expected
        Incidents that the null expects, same shape and sum.
    starts, ends
        First instant of every period and first one after; None when time is not scanned.
    """

    period: Any
    group: Any
    counts: Whole
    expected: Floats
    starts: pd.DatetimeIndex | None
    ends: pd.DatetimeIndex | None


def read_places(counts: Any) -> tuple[Places, Whole]:
    """Return the places of a table and the incidents of its rows.

    Raises
    ------
    ColumnsError
        If a column is missing or holds something else.
    EmptyTableError
        If there are no rows.
    GeometryError
        If an area has no geometry.
    DatumError
        If areas are not in EPSG:4326.
    """
    check_table(counts, "counts", columns=["incidents"])
    if "cell" in counts.columns:
        cells, incidents = checked_counts(counts)
        found, first, of_row = np.unique(cells, return_index=True, return_inverse=True)
        longitude, latitude = cell_centers(found)
        return Places(of_row, found, _texts(counts, first), longitude, latitude), incidents
    missing = [name for name in ("street_id", "geometry") if name not in counts.columns]
    if missing:
        raise ColumnsError(
            "counts must have the column cell, or street_id and geometry. Found: "
            f"{', '.join(map(str, counts.columns))}. gridgov.tally(...) makes a table of cells.",
            problems=[
                {"table": "counts", "column": name, "problem": "missing"} for name in missing
            ],
        )
    stand_in = pd.Series(np.ones(len(counts), dtype=np.uint64), index=counts.index)
    _, incidents = checked_counts(
        pd.DataFrame({"cell": stand_in, "incidents": counts["incidents"]})
    )
    ids = counts["street_id"]
    if ids.isna().any():
        raise ColumnsError(
            f"counts.street_id must name every area. Found: {int(ids.isna().sum())} missing, the "
            f"first in row {counts.index[ids.isna()][0]!r}."
        )
    _, first, of_row = np.unique(
        ids.astype(str).to_numpy(object), return_index=True, return_inverse=True
    )
    longitude, latitude = _points_inside(counts, first)
    return Places(of_row, None, _texts(counts, first), longitude, latitude), incidents


def scan_maps(
    counts: Any,
    places: Places,
    incidents: Whole,
    *,
    over_time: bool,
    baseline: str | None,
    permuted: bool,
) -> Iterator[ScanMap]:
    """Yield the searches of a table, in ascending order of period, then group.

    Parameters
    ----------
    counts
        Table of counts.
    places, incidents
        What :func:`read_places` made of it.
    over_time
        Whether periods are scanned; otherwise each is a search of its own.
    baseline
        Column that the expected incidents are in proportion to; the area, times the days
        of the period when periods are scanned, when None.
    permuted
        Whether row and column totals say what is expected, and no baseline.

    Raises
    ------
    ColumnsError
        If a column is missing or holds something else, or a place stands twice in one
        search and period.
    InputError
        If a place lacks a period, periods are not consecutive, or incidents lie where
        none can be expected.
    """
    weights = None if permuted else _weights(counts, baseline)
    kinds = ["group"] if over_time else ["period", "group"]
    number = np.zeros(len(counts), dtype=np.int64)
    for name in (name for name in kinds if name in counts.columns):
        codes, found = pd.factorize(counts[name], sort=True, use_na_sentinel=False)
        number = number * len(found) + codes
    number = np.unique(number, return_inverse=True)[1]
    when, periods = _periods(counts, over_time=over_time)
    ends = None if periods is None else _ends(periods)
    width = 1 if periods is None else len(periods)
    for one in range(int(number.max()) + 1):
        rows = np.flatnonzero(number == one)
        first = counts.iloc[rows[0]]
        code = places.of_row[rows] * width + when[rows]
        _check_whole(places, rows, code, width, periods, counts)
        order = rows[np.argsort(code)]
        observed = incidents[order].reshape(-1, width)
        total = int(observed.sum())
        if weights is None:
            base = np.outer(observed.sum(axis=1), observed.sum(axis=0)).astype(np.float64)
        else:
            base = weights[order].reshape(-1, width)
            if periods is not None and ends is not None and baseline is None:
                base = base * ((ends - periods) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
            _check_base(places, observed, base, baseline or "area_km2")
        expected = base * (total / base.sum()) if total else np.zeros_like(base)
        yield ScanMap(
            first["period"] if "period" in kinds and "period" in counts.columns else None,
            first["group"] if "group" in counts.columns else None,
            observed,
            expected,
            periods,
            ends,
        )


def _texts(counts: Any, first: NDArray[np.intp]) -> NDArray[np.object_]:
    """Return the street ids of the places, None where there is none."""
    if "street_id" not in counts.columns:
        return np.full(len(first), None, dtype=object)
    values = counts["street_id"].iloc[first]
    texts: NDArray[np.object_] = values.astype(str).to_numpy(object)
    texts[values.isna().to_numpy()] = None
    return texts


def _points_inside(counts: Any, first: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the longitude and latitude of a point inside each area."""
    crs = getattr(counts, "crs", None)
    if crs is not None and crs.to_epsg() != 4326 and crs.to_authority() != ("OGC", "CRS84"):
        raise DatumError(
            f"counts must be in EPSG:4326. Found: {crs.to_string()}. counts.to_crs(4326) converts."
        )
    shapes = np.asarray(counts["geometry"], dtype=object)[first]
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if nowhere.any():
        raise GeometryError(
            f"Every area must have a geometry. Found: {int(nowhere.sum())} without, the first is "
            f"street_id {counts['street_id'].iloc[first[nowhere][0]]}. Leave such areas out."
        )
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return points[:, 0], points[:, 1]


def _weights(counts: Any, baseline: str | None) -> Floats:
    """Return the baseline of every row."""
    name = baseline or "area_km2"
    if name not in counts.columns:
        raise ColumnsError(
            f"counts must have the column {name}, which says where incidents are expected. Found: "
            f"{', '.join(map(str, counts.columns))}. Name another one with baseline=.",
            problems=[{"table": "counts", "column": name, "problem": "missing"}],
        )
    column = counts[name]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if wrong.size or pd.api.types.is_bool_dtype(column.dtype):
        row = int(wrong[0]) if wrong.size else 0
        raise ColumnsError(
            f"counts.{name} must hold numbers from 0 on, none missing. Found: "
            f"{wrong.size or len(column)} other, the first is {column.iloc[[row]].tolist()[0]!r} "
            f"in row {column.index[[row]].tolist()[0]!r}.",
            problems=[
                {"table": "counts", "column": name, "row": column.index[i], "problem": "no number"}
                for i in wrong
            ],
        )
    return np.asarray(numbers)


def _periods(counts: Any, *, over_time: bool) -> tuple[Whole, pd.DatetimeIndex | None]:
    """Return the period of every row as a place in the periods, and the periods."""
    if not over_time:
        return np.zeros(len(counts), dtype=np.int64), None
    column = counts["period"] if "period" in counts.columns else None
    if column is None or not isinstance(column.dtype, pd.DatetimeTZDtype) or column.isna().any():
        found = "no such column" if column is None else f"dtype {column.dtype}"
        if column is not None and column.isna().any():
            found = f"{int(column.isna().sum())} missing"
        raise ColumnsError(
            "A scan over time needs the column period: the start of each row's period, with a "
            f"zone, none missing. Found: {found}. gridgov.tally(..., period='MS') makes it."
        )
    codes, periods = pd.factorize(pd.DatetimeIndex(column), sort=True)
    if len(periods) < 2:
        raise InputError(
            f"A scan over time needs at least two periods. Found: {len(periods)}, "
            f"{periods[0].isoformat()}. Count by a shorter period, or scan with time='none'."
        )
    return np.asarray(codes, dtype=np.int64), periods


def _ends(starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the first instant after every period.

    The last one is as long as the calendar says: a month after months, and so on.
    """
    dates = starts.tz_localize(None).normalize()
    month, day = _MONTHS[dates[0].month - 1], _DAYS[dates[0].weekday()]
    for name in (f"YS-{month}", f"QS-{month}", "MS", f"W-{day}", "D"):
        offset = pd.tseries.frequencies.to_offset(name)
        if offset.is_on_offset(dates[0]) and (dates[:-1] + offset == dates[1:]).all():
            return starts[1:].append(pd.DatetimeIndex([period_end(starts[-1], name)]))
    steps = np.unique(np.diff(starts.asi8))
    if len(steps) > 1:
        gap = int(np.argmax(np.diff(starts.asi8)))
        raise InputError(
            "Periods must follow one another without a gap: calendar days, weeks, months, quarters "
            f"or years, or all equally long. Found: {starts[gap].isoformat()}, then "
            f"{starts[gap + 1].isoformat()}. gridgov.tally(...) keeps periods without incidents."
        )
    return starts[1:].append(pd.DatetimeIndex([starts[-1] + (starts[-1] - starts[-2])]))


def _check_whole(
    places: Places,
    rows: NDArray[np.intp],
    code: Whole,
    width: int,
    periods: pd.DatetimeIndex | None,
    counts: Any,
) -> None:
    """Raise unless every place has one row in every period of a search."""
    size = len(places.longitude) * width
    number = np.bincount(code, minlength=size)
    wrong = np.flatnonzero(number != 1)
    if wrong.size == 0:
        return
    place, period = divmod(int(wrong[0]), width)
    what = f"{places.name(place)} has {int(number[wrong[0]])} rows"
    if periods is not None:
        what += f" in the period {periods[period].isoformat()}"
    if "group" in counts.columns and pd.notna(counts["group"].iloc[rows[0]]):
        what += f" in group {counts['group'].iloc[rows[0]]}"
    raise ColumnsError(
        "counts must have one row for every place, period and group, zeros included. Found: "
        f"{what}, and {wrong.size - 1} more such. gridgov.tally(...) makes such a table."
    )


def _check_base(places: Places, observed: Whole, base: Floats, name: str) -> None:
    """Raise if nothing, or nothing where incidents are, is expected."""
    if not base.sum() > 0:
        raise InputError(f"The column {name} must not be 0 everywhere: nothing would be expected.")
    wrong = np.argwhere((base == 0) & (observed > 0))
    if len(wrong):
        raise InputError(
            f"Where {name} is 0 there can be no incidents. Found: {len(wrong)} rows with some, the "
            f"first is {places.name(int(wrong[0, 0]))}. Leave such places out, or correct {name}."
        )
