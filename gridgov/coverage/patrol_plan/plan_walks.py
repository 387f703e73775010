"""Walking minutes within a street: where walks start and end, and how far its cells are apart.

Cells stand for their centers. Without a network a way is the straight line times a detour
factor: streets seldom lead straight on, and 1.3 is about what walks in cities take over the
straight line. Along a network it is the length of the lines; places where no way leads are not
visited.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table
from gridgov.coverage.patrol_plan.plan_inputs import check_number
from gridgov.coverage.patrol_plan.plan_route import Walk
from gridgov.errors import ColumnsError, GeometryError
from gridgov.geo.cell_digits import resolutions
from gridgov.geo.hexgrid import cell_centers, points_to_cells
from gridgov.geo.projection import middle, to_plane
from gridgov.place.areas import check_crs
from gridgov.place.network import check_network, distances

__all__ = ["Ground", "Spot", "StreetWalks", "ground_of", "spots_of"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Cells = NDArray[np.uint64]

# Cells of one street that are looked at; the others have less value than all of these.
_MOST_CELLS = 4000


class Spot(NamedTuple):
    """A place where walks start or end: a facility, or the cell in the middle (None)."""

    id: str | None
    longitude: float
    latitude: float


class Ground(NamedTuple):
    """The ground of a plan.

    Attributes
    ----------
    cells
        The cells, ascending, with their centers and, in a plane, x and y in meters.
    longitude, latitude, x, y
        Of the centers.
    center
        The plane's center.
    meters_a_minute, detour, network
        How ways are walked.
    """

    cells: Cells
    longitude: Floats
    latitude: Floats
    x: Floats
    y: Floats
    center: tuple[float, float]
    meters_a_minute: float
    detour: float
    network: Any

    def middle_of(self, members: Places) -> Spot:
        """Return the cell of a street that is nearest the middle of its cells."""
        away = np.hypot(
            self.x[members] - self.x[members].mean(), self.y[members] - self.y[members].mean()
        )
        nearest = members[int(away.argmin())]
        return Spot(None, float(self.longitude[nearest]), float(self.latitude[nearest]))

    def minutes(self, longitude: Floats, latitude: Floats, rows: int | None = None) -> Floats:
        """Return walking minutes from the first places (or all) to all places."""
        size = len(longitude)
        first = slice(0, size if rows is None else rows)
        if self.network is not None:
            points = gpd.GeoDataFrame(geometry=shapely.points(longitude, latitude), crs="EPSG:4326")
            ways = distances(self.network, points.iloc[first], points)
        else:
            plane, _ = to_plane(shapely.points(longitude, latitude), center=self.center)
            x, y = shapely.get_x(plane), shapely.get_y(plane)
            ways = np.hypot(x[first, None] - x, y[first, None] - y) * self.detour
        return np.asarray(ways / self.meters_a_minute, dtype=np.float64)


def ground_of(cells: NDArray[np.uint64], *, speed_kmh: Any, detour: Any, network: Any) -> Ground:
    """Return the ground of a plan, its options checked."""
    speed = check_number(speed_kmh, option="speed_kmh", meaning="walking speed in km/h")
    factor = check_number(
        detour, option="detour", meaning="how much longer a way is than the straight line"
    )
    return _ground(cells, speed, factor, network)


def _ground(cells: Cells, speed_kmh: float, detour: float, network: Any) -> Ground:
    """Return the ground of a plan."""
    if network is not None:
        check_network(network)
    longitude, latitude = cell_centers(cells)
    points = shapely.points(longitude, latitude)
    center = middle(points)
    plane, _ = to_plane(points, center=center)
    return Ground(
        cells,
        longitude,
        latitude,
        shapely.get_x(plane),
        shapely.get_y(plane),
        center,
        speed_kmh * 1000 / 60,
        detour,
        network,
    )


def spots_of(
    starts: Any, ends: Any, ground: Ground, street_ids: list[str], street: NDArray[np.int64]
) -> list[tuple[list[Spot], list[Spot]]]:
    """Return where the walks of every street start and end."""
    if isinstance(ends, str):
        check_choice(ends, option="ends", choices=("start", "anywhere"))
    none: list[list[Spot]] = [[] for _ in street_ids]
    begin = none if starts is None else _spots(starts, "starts", ground, street_ids, street)
    begin = [
        spots or [ground.middle_of(np.flatnonzero(street == place))]
        for place, spots in enumerate(begin)
    ]
    if isinstance(ends, str):
        return [(spots, spots if ends == "start" else []) for spots in begin]
    stop = _spots(ends, "ends", ground, street_ids, street)
    # A street without an end of its own comes back to where it started.
    return [(spots, last or spots) for spots, last in zip(begin, stop, strict=True)]


def _spots(
    facilities: Any, name: str, ground: Ground, street_ids: list[str], street: NDArray[np.int64]
) -> list[list[Spot]]:
    """Return the facilities of every street, in table order.

    A facility belongs to the street that it names; without one, to that of the cell it lies in.

    Raises
    ------
    ColumnsError
        If a column is missing, an id is missing or repeated, or a facility is in no street of
        the grid.
    DatumError
        If the table is not in EPSG:4326.
    EmptyTableError
        If it has no rows.
    GeometryError
        If a place is missing or no point.
    """
    check_table(facilities, "facilities", columns=["facility_id", "geometry"])
    check_crs(facilities, name, "gridgov.read_facilities")
    ids = facilities["facility_id"]
    wrong = ids.isna() | ids.duplicated()
    if wrong.any():
        raise ColumnsError(
            f"facility_id of {name} must be given and unique. Found: {int(wrong.sum())} missing or "
            f"repeated, the first at row {ids.index[wrong][0]!r}. Give each facility its own id."
        )
    shapes = np.asarray(facilities.geometry.array, dtype=object)
    none = np.flatnonzero((shapely.get_type_id(shapes) != 0) | shapely.is_empty(shapes))
    if none.size:
        raise GeometryError(
            f"Every facility of {name} must be a Point. Found: {none.size} that "
            f"{'is' if none.size == 1 else 'are'} not, the first at row "
            f"{facilities.index[none[0]]!r}. gridgov.read_facilities sets such rows aside."
        )
    longitude, latitude = shapely.get_x(shapes), shapely.get_y(shapes)
    cell = points_to_cells(longitude, latitude, int(resolutions(ground.cells[:1])[0]))
    place = np.minimum(np.searchsorted(ground.cells, cell), len(ground.cells) - 1)
    owner = np.where(ground.cells[place] == cell, street[place], -1)
    if "street_id" in facilities.columns:
        given = facilities["street_id"]
        known = {street_id: number for number, street_id in enumerate(street_ids)}
        named = given.astype("str").map(known).to_numpy(dtype=np.float64, na_value=-1)
        owner = np.where(given.notna(), named, owner).astype(np.int64)
    lost = np.flatnonzero(owner < 0)
    if lost.size:
        raise ColumnsError(
            f"Every facility of {name} must be in a street of the grid. Found: {lost.size} that "
            f"{'is' if lost.size == 1 else 'are'} not, the first is "
            f"{str(ids.iloc[int(lost[0])])!r}. Correct its street_id or place, or leave it out.",
            problems=[{"row": facilities.index[row], "problem": "in no street"} for row in lost],
        )
    return [
        [
            Spot(str(ids.iloc[row]), float(longitude[row]), float(latitude[row]))
            for row in np.flatnonzero(owner == number)
        ]
        for number in range(len(street_ids))
    ]


class StreetWalks:
    """The ways within one street: minutes between its cells, its starts and its ends.

    Parameters
    ----------
    ground
        The ground.
    members
        Positions of the cells that may be visited, at most a few thousand are kept.
    score
        The score of every cell of the grid, by which cells are kept.
    starts, ends
        Where walks start and end; no ends for a walk that may end anywhere.
    """

    def __init__(
        self,
        ground: Ground,
        members: Places,
        score: Floats,
        starts: list[Spot],
        ends: list[Spot],
        *,
        reach: float,
    ) -> None:
        spots = [*starts, *ends]
        here = [np.array([spot[axis] for spot in spots], dtype=np.float64) for axis in (1, 2)]
        away = ground.minutes(
            np.concatenate([here[0], ground.longitude[members]]),
            np.concatenate([here[1], ground.latitude[members]]),
            rows=len(spots),
        )[:, len(spots) :]
        # Out and back in time from the nearest start: no other cell fits any walk.
        out = away[: len(starts)].min(axis=0)
        back = away[len(starts) :].min(axis=0) if ends else 0.0
        near = np.flatnonzero(out + back <= reach)
        if len(near) > _MOST_CELLS:
            near = np.sort(near[np.argsort(-score[members[near]], kind="stable")[:_MOST_CELLS]])
        self.members: Places = members[near]
        self._starts, self._ends = len(starts), len(ends)
        self._minutes = ground.minutes(
            np.concatenate([ground.longitude[self.members], here[0]]),
            np.concatenate([ground.latitude[self.members], here[1]]),
        )
        self._ways: dict[tuple[int, int], Floats] = {}

    def walk(self, patrol: int, value: Floats, *, stay: float, budget: float) -> Walk:
        """Return what the walk of a patrol may be; cells that it cannot reach have value 0."""
        cells = len(self.members)
        start = patrol % self._starts
        end = patrol % self._ends if self._ends else 0
        if (start, end) not in self._ways:
            places = np.concatenate(
                [np.arange(cells), [cells + start, cells + self._starts + end if self._ends else 0]]
            ).astype(np.intp)
            ways = self._minutes[np.ix_(places, places)]
            if not self._ends:
                ways[:, -1] = ways[-1, :] = 0.0
            self._ways = {(start, end): ways}
        ways = self._ways[start, end]
        out = ways[cells, :cells] + ways[:cells, cells + 1]
        fits = out + stay <= budget + 1e-9
        return Walk(ways, np.where(fits, value, 0.0), stay, budget)
