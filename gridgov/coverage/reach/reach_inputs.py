"""What the measures of reach take: facilities, cells, incidents, checked and as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table, check_whole
from gridgov.errors import ColumnsError, GeometryError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.projection import middle
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.areas import check_areas, check_crs, check_points
from gridgov.place.tally import tally

__all__ = [
    "Cells",
    "Facilities",
    "Incidents",
    "check_distance",
    "check_folds",
    "read_cells",
    "read_facilities_table",
    "read_incidents_table",
    "streets_at",
]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Facilities(NamedTuple):
    """Facilities as arrays, in table order.

    Attributes
    ----------
    ids
        Their ids.
    longitude, latitude
        Where they are, EPSG:4326.
    reach_m
        How far each reaches.
    capacity
        NaN where unknown.
    group
        The group of each, a position in `groups`.
    groups
        Values of the column grouped by, as text, ascending, None last; [None] when nothing
        was grouped.
    """

    ids: NDArray[np.object_]
    longitude: Floats
    latitude: Floats
    reach_m: Floats
    capacity: Floats
    group: Places
    groups: list[str | None]

    def part(self, group: int) -> NDArray[np.intp]:
        """Return the rows of a group."""
        return np.flatnonzero(self.group == group)


class Cells(NamedTuple):
    """The cells of a grid, ascending, with their centers; `center` is the plane's."""

    cell: NDArray[np.uint64]
    street_id: Any
    area_km2: Floats
    longitude: Floats
    latitude: Floats
    center: tuple[float, float]


class Incidents(NamedTuple):
    """The incidents that count: where, the cell (a position), the street's id."""

    longitude: Floats
    latitude: Floats
    cell: Places
    street_id: pd.Series
    fates: Mapping[str, int]


def read_facilities_table(
    facilities: Any, *, distance_m: Any, by: str | None, need_capacity: bool = False
) -> Facilities:
    """Return a facilities table as arrays.

    Raises
    ------
    ColumnsError
        If a column is missing, an id is missing or repeated, a capacity is negative (or
        missing where it is needed), or a reach is missing and no distance was given.
    DatumError
        If the table is not in EPSG:4326.
    EmptyTableError
        If it has no rows.
    GeometryError
        If a place is missing or no point.
    OptionError
        If `distance_m` is no number above 0.
    """
    needed = ["facility_id", *([by] if by else []), "geometry"]
    check_table(facilities, "facilities", columns=needed)
    check_crs(facilities, "facilities", "gridgov.read_facilities")
    ids = facilities["facility_id"]
    wrong = ids.isna() | ids.duplicated()
    if wrong.any():
        raise ColumnsError(
            f"facility_id must be given and unique. Found: {int(wrong.sum())} missing or repeated, "
            f"the first at row {ids.index[wrong][0]!r}. Give each facility its own id.",
            problems=[{"row": row, "facility_id": value} for row, value in ids[wrong].items()],
        )
    longitude, latitude = _points(facilities)
    if distance_m is None:
        reach = _numbers(
            facilities,
            "reach_m",
            allowed=lambda found: found > 0,
            rule="Every facility must have a reach_m above 0, or distance_m must be given",
            advice="Pass distance_m=, or fill in reach_m.",
        )
    else:
        reach = np.full(len(facilities), check_distance(distance_m))
    capacity = np.full(len(facilities), np.nan)
    if need_capacity or "capacity" in facilities.columns:
        capacity = _numbers(
            facilities,
            "capacity",
            allowed=lambda found: (found >= 0) | (np.isnan(found) & (not need_capacity)),
            rule="capacity must be 0 or more" + (" for every facility" if need_capacity else ""),
            advice="Correct it, or leave it empty where it is unknown."
            if not need_capacity
            else "Fill it in, or leave those facilities out.",
        )
    group = np.zeros(len(facilities), dtype=np.int64)
    groups: list[str | None] = [None]
    if by is not None:
        texts = facilities[by].astype("str").where(facilities[by].notna())
        codes, values = pd.factorize(texts, sort=True)
        groups = [*map(str, values), *([None] if (codes < 0).any() else [])]
        group = np.where(codes < 0, len(values), codes).astype(np.int64)
    return Facilities(
        ids.astype("str").to_numpy(dtype=object),
        longitude,
        latitude,
        reach,
        capacity,
        group,
        groups,
    )


def check_distance(distance_m: Any) -> float:
    """Return a distance in meters if it is a finite number above 0."""
    try:
        meters = float(distance_m)
    except (TypeError, ValueError):
        meters = np.nan
    if isinstance(distance_m, bool) or not np.isfinite(meters) or meters <= 0:
        raise OptionError(
            "distance_m must be a number of meters above 0, or None for each facility's own "
            f"reach_m. Found: {distance_m!r}."
        )
    return meters


def check_folds(folds: Any) -> int:
    """Return how many facilities must reach a place, a whole number from 1 on."""
    return check_whole(
        folds, option="folds", least=1, meaning="how many facilities must reach a place"
    )


def read_cells(table: Any, name: str, columns: list[str]) -> tuple[Cells, NDArray[np.intp]]:
    """Return the cells of a grid (or counts) ascending, and the order that sorts them.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If a cell is repeated.
    """
    check_table(table, name, columns=columns)
    cells = table["cell"].to_numpy(dtype=np.uint64)
    order = np.argsort(cells, kind="stable")
    cells = cells[order]
    twice = np.flatnonzero(cells[1:] == cells[:-1])
    if twice.size:
        raise InputError(
            f"{name} must list every cell once. Found: {twice.size} repeated, the first "
            f"{int(cells[twice[0]]):x}. Take one period and one group."
        )
    longitude, latitude = cell_centers(cells)
    area = table["area_km2"].to_numpy(dtype=np.float64)[order] if "area_km2" in columns else None
    street = table["street_id"] if "street_id" in table.columns else pd.Series([None] * len(cells))
    return (
        Cells(
            cells,
            street.iloc[order].reset_index(drop=True),
            np.full(len(cells), np.nan) if area is None else area,
            longitude,
            latitude,
            middle(shapely.points(longitude, latitude)),
        ),
        order,
    )


def read_incidents_table(located: Any, grid: Any, cells: Cells) -> Incidents:
    """Return the incidents that a tally of the grid counts.

    Raises
    ------
    ColumnsError
        If a column is missing.
    GeometryError
        If something is no point.
    InputError
        If resolutions differ.
    """
    check_table(
        located, "located", columns=["cell", "street_id", "match", "geometry"], allow_empty=True
    )
    fates = tally(located, grid).attrs["tally"]
    longitude, latitude = check_points(located)
    owned = located["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool)
    cell = located["cell"].fillna(0).to_numpy(dtype=np.uint64)
    rows = np.flatnonzero(owned & np.isin(cell, cells.cell))
    return Incidents(
        longitude[rows],
        latitude[rows],
        np.searchsorted(cells.cell, cell[rows]).astype(np.int64),
        located["street_id"].iloc[rows].astype("str"),
        fates,
    )


def streets_at(jurisdictions: Any, longitude: Floats, latitude: Floats) -> Places:
    """Return the first street in table order that covers each point, -1 where none does."""
    _, polygons = check_areas(jurisdictions)
    points = shapely.points(longitude, latitude)
    point, polygon = shapely.STRtree(polygons).query(points, predicate="intersects")
    owner = np.full(len(points), len(polygons), dtype=np.int64)
    np.minimum.at(owner, point, polygon)
    return np.where(owner < len(polygons), owner, -1)


def _points(facilities: Any) -> tuple[Floats, Floats]:
    """Return longitude and latitude of every facility, all of which have a place."""
    shapes = np.asarray(facilities.geometry.array, dtype=object)
    wrong = np.flatnonzero((shapely.get_type_id(shapes) != 0) | shapely.is_empty(shapes))
    if wrong.size:
        first = shapes[wrong[0]]
        kind = "missing" if first is None or first.is_empty else f"a {first.geom_type}"
        raise GeometryError(
            f"Every facility must be a Point. Found: {wrong.size} that "
            f"{'is' if wrong.size == 1 else 'are'} not, the first, at row "
            f"{facilities.index[wrong[0]]!r}, is {kind}. gridgov.read_facilities sets rows without "
            "a place aside; take representative_point() of areas.",
            problems=[{"row": facilities.index[row], "problem": "no point"} for row in wrong],
        )
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _numbers(facilities: Any, name: str, *, allowed: Any, rule: str, advice: str) -> Floats:
    """Return a column of numbers, all of which are allowed."""
    if name not in facilities.columns:
        raise ColumnsError(f"{rule}. Found: no column {name}. {advice}")
    numbers = pd.to_numeric(facilities[name], errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    unread = np.isnan(numbers) & facilities[name].notna().to_numpy()
    wrong = np.flatnonzero(unread | np.isinf(numbers) | ~allowed(numbers))
    if wrong.size:
        first = facilities[name].iloc[[int(wrong[0])]]
        value = "missing" if first.isna().all() else f"{first.tolist()[0]!r}"
        raise ColumnsError(
            f"{rule}. Found: {wrong.size:,} of {len(facilities):,} facilities that "
            f"{'does' if wrong.size == 1 else 'do'} not fit, the first, at row "
            f"{first.index[0]!r}, is {value}. {advice}",
            problems=[{"row": facilities.index[row], "column": name} for row in wrong],
        )
    return np.asarray(numbers, dtype=np.float64)
