"""How much of each street, and of the whole area, facilities reach, and with what capacity.

The same questions as cell by cell, added up: by fractional shares for cells, by exact areas
for land, by the incidents' own street for incidents; the display owner of a cell plays no
part. Capacity belongs to the street in which the facility lies, whomever it serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.reach.reach_inputs import (
    Cells,
    Incidents,
    check_folds,
    read_cells,
    read_facilities_table,
    read_incidents_table,
    streets_at,
)
from gridgov.coverage.reach.reach_land import reach_layers
from gridgov.coverage.reach.reach_pairs import (
    Spots,
    find_spots,
    nearest_facilities,
    reached_by,
)
from gridgov.coverage.reach.reach_population import Population, piece_population
from gridgov.coverage.reach.reach_study import Study, describe, study_land
from gridgov.errors import ColumnsError, OptionError
from gridgov.place.areas import check_areas
from gridgov.place.network import Network, check_network

__all__ = ["measure_street_reach"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_PEOPLE = 10_000


class _Groups(NamedTuple):
    """Things that belong to streets: the street of each (a position) and its weight.

    Sums are over every street and, last, over the whole area.
    """

    street: Places
    streets: int

    def sums(self, weights: Any) -> Floats:
        """Return the sum of weights of every street, and of all things whatever their street."""
        weights = np.asarray(weights, dtype=np.float64)
        inside = self.street >= 0
        each = np.bincount(self.street[inside], weights=weights[inside], minlength=self.streets)
        return np.append(each, weights.sum())


def measure_street_reach(
    facilities: Any,
    grid: Any,
    jurisdictions: Any,
    located: Any = None,
    *,
    distance_m: float | None = None,
    network: Network | None = None,
    folds: int | Sequence[int] = 1,
    population: Population | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Measure how much of each street facilities reach, and their capacity in it.

    Parameters
    ----------
    facilities
        Table of :func:`gridgov.read_facilities`, as for :func:`gridgov.measure_reach`.
    grid
        Table of :func:`gridgov.make_grid`, over all of the jurisdictions
        (``containment="overlap"``): land off the grid is not counted.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``: the streets.
    located
        Table of :func:`gridgov.locate`, at the same resolution.
    distance_m
        How far every facility reaches, meters; None takes each one's ``reach_m``.
    network
        Network of :func:`gridgov.make_network`: distances are then walked.
    folds
        How many facilities must reach a place for it to count as reached: one number, or
        several for k-fold coverage, such as ``(1, 2, 3)``.
    population
        As for :func:`gridgov.measure_reach`.
    by
        Column of `facilities` to measure separately by, such as ``"kind"``.

    Returns
    -------
    DataFrame, one row a group, number of folds and street, streets in table order, whole last
        - ``street_id``: missing for the whole area, where land that streets share counts
          once.
        - ``group``, ``folds``: which facilities, and how many of them.
        - ``area_km2``, ``area_reached_share``: area of the street on the grid, and the share
          of it that is reached. Straight: by exact area. Along a network: the land of the
          cells whose center is reached.
        - ``cells``, ``cells_reached_share``: cells, each counted by the share of its area in
          the street, and the share of them whose center is reached.
        - ``population``, ``population_reached_share``: inhabitants, and the share of them on
          land that is reached; missing without `population`, and where a part is unknown.
        - ``incidents``, ``incidents_reached_share``: the street's own incidents, and the
          share of them whose own point is reached; missing without `located`.
        - ``incident_nearest_m``: median distance from those incidents to the nearest
          facility; those that no way leads to are left out and counted in ``attrs``.
        - ``facilities``, ``capacity``: facilities that lie in the street (in the first in
          table order that covers them), and their capacity; missing when one is unknown.
        - ``capacity_per_km2``, ``capacity_per_incident``, ``capacity_per_10000``: that
          capacity per km², per incident and per 10,000 inhabitants; missing where there is
          none of them.

        ``attrs["reach"]`` is that of :func:`gridgov.measure_reach`.

    Raises
    ------
    ColumnsError
        If a column is missing, an id is repeated, a capacity is negative, a ``reach_m`` is
        missing and no `distance_m` was given, `population` cannot be used, or `located`
        names a street that is not in `jurisdictions`.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no facilities, cells or jurisdictions.
    GeometryError
        If a facility has no place, or an outline is no valid polygon.
    InputError
        If the grid repeats a cell, or resolutions differ.
    OptionError
        If `distance_m` or `folds` has no such value.

    Notes
    -----
    Shares are of what is there: a street without incidents has no share of them. A facility
    just across the border reaches into the street and counts for its shares, but its
    capacity is the neighbor's; :func:`gridgov.measure_access` shares capacity out by reach.

    Examples
    --------
    Two streets side by side and a team of 30 in the western one, 100 m from the border:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> outlines = [box(116.20, 39.90, 116.21, 39.91), box(116.21, 39.90, 116.22, 39.91)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["W", "E"]}, geometry=outlines, crs="EPSG:4326")
    >>> team = gpd.GeoDataFrame(
    ...     {"facility_id": ["T"], "capacity": [30]}, geometry=[Point(116.20883, 39.905)],
    ...     crs="EPSG:4326",
    ... )
    >>> grid = make_grid(streets, resolution=9)
    >>> reach = measure_street_reach(team, grid, streets, distance_m=300)
    >>> reach[["street_id", "area_km2", "area_reached_share", "capacity_per_km2"]].round(2)
      street_id  area_km2  area_reached_share  capacity_per_km2
    0         W      0.95                0.21              31.6
    1         E      0.95                0.09               0.0
    2       NaN      1.90                0.15              15.8
    """
    wanted = _folds(folds)
    if network is not None:
        check_network(network)
    posts = read_facilities_table(facilities, distance_m=distance_m, by=by)
    street_ids, _ = check_areas(jurisdictions)
    cells, _ = read_cells(grid, "grid", ["cell", "street_id", "area_km2"])
    incidents = None if located is None else read_incidents_table(located, grid, cells)
    study = study_land(cells, jurisdictions)
    people = None
    if population is not None:
        people = piece_population(population, cells.cell, study.pieces, jurisdictions)

    streets = len(street_ids)
    land = _Groups(study.pieces.street, streets)
    home = _Groups(streets_at(jurisdictions, posts.longitude, posts.latitude), streets)
    of = None if incidents is None else _Groups(_streets_of(incidents, street_ids), streets)
    sites = find_spots(posts.longitude, posts.latitude, center=cells.center, network=network)
    centers = find_spots(cells.longitude, cells.latitude, center=cells.center, network=network)
    points = None
    if incidents is not None:
        points = find_spots(
            incidents.longitude, incidents.latitude, center=cells.center, network=network
        )
    base = _base(study, cells, land, people, of)
    tables = []
    for number, name in enumerate(posts.groups):
        rows = posts.part(number)
        some, reach_m = sites.part(rows), posts.reach_m[rows]
        capacity = posts.capacity[rows]
        own = _capacity(_Groups(home.street[rows], streets), capacity)
        within = reached_by(some, centers, reach_m, capacity, network).facilities
        hits, median = None, np.full(streets + 1, np.nan)
        if of is not None and points is not None:
            hits = reached_by(some, points, reach_m, capacity, network).facilities
            median = _medians(nearest_facilities(some, points, network)[1][:, 0], of)
        layers = None
        if network is None:
            layers = reach_layers(some.at, reach_m, max(wanted), study.back)
        for fold in wanted:
            share, of_piece = _shares(study, centers, within, layers, fold)
            columns = {
                "street_id": pd.array([*street_ids, None], dtype="str"),
                "group": pd.array([name] * (streets + 1), dtype="str"),
                "folds": np.full(streets + 1, fold, dtype=np.int64),
                **base,
                **own,
                "incident_nearest_m": median,
                **_reached(study, cells, land, share, of_piece, within >= fold, people),
            }
            if of is not None and hits is not None:
                columns["incidents_reached_share"] = _ratio(
                    of.sums(hits >= fold), columns["incidents"]
                )
            tables.append(_with_rates(pd.DataFrame(columns)))
    result = conform(pd.concat(tables, ignore_index=True), "street_reach")
    result.attrs["reach"] = describe(
        posts,
        sites,
        centers,
        points,
        network=network,
        jurisdictions=jurisdictions,
        incidents=incidents,
        distance_m=distance_m,
        folds=wanted,
        by=by,
    )
    return result


def _folds(folds: Any) -> list[int]:
    """Return the numbers of facilities asked for, each once."""
    if isinstance(folds, Sequence) and not isinstance(folds, str) and len(folds):
        wanted = [check_folds(one) for one in folds]
    else:
        wanted = [check_folds(folds)]
    if len(set(wanted)) < len(wanted):
        raise OptionError(f"folds must differ. Found: {list(folds)!r}. Name each number once.")
    return wanted


def _streets_of(incidents: Incidents, street_ids: NDArray[np.object_]) -> Places:
    """Return the position of the street of every incident, all of which are known."""
    street = pd.Index(street_ids).get_indexer(incidents.street_id)
    unknown = incidents.street_id[street < 0]
    if len(unknown):
        raise ColumnsError(
            "Every street_id in located must be one of jurisdictions. Found: "
            f"{len(unknown)} incidents with others, the first {unknown.iloc[0]!r} at row "
            f"{unknown.index[0]!r}. Pass the jurisdictions that located the incidents.",
            problems=[
                {"street_id": name, "incidents": number}
                for name, number in unknown.value_counts(dropna=False).items()
            ],
        )
    return np.asarray(street, dtype=np.int64)


def _base(
    study: Study, cells: Cells, land: _Groups, people: Floats | None, of: _Groups | None
) -> dict[str, Any]:
    """Return what streets have, whatever the facilities: area, cells, inhabitants, incidents."""
    area = land.sums(study.pieces.area_m2)
    area[-1] = study.whole.area_m2.sum()
    number = land.sums(study.pieces.area_m2 / study.pieces.whole_m2)
    number[-1] = (study.whole.area_m2 / study.whole.whole_m2).sum()
    base: dict[str, Any] = {"area_km2": area / 1e6, "cells": number}
    if people is not None:
        base["population"] = land.sums(people)
    if of is not None:
        base["incidents"] = of.sums(np.ones(len(of.street))).astype(np.int64)
    return base


def _shares(
    study: Study, centers: Spots, within: Places, layers: Any, fold: int
) -> tuple[Floats, Floats]:
    """Return the share reached of every cell's land and of every piece."""
    if layers is not None:
        return study.layer_shares(layers[fold - 1])
    # Along a network what is off it is not reached.
    share, of_piece = study.network_shares(within, centers, fold)
    return np.nan_to_num(share), np.nan_to_num(of_piece)


def _reached(
    study: Study,
    cells: Cells,
    land: _Groups,
    share: Floats,
    of_piece: Floats,
    center: NDArray[np.bool_],
    people: Floats | None,
) -> dict[str, Floats]:
    """Return the shares of area, cells and inhabitants that are reached."""
    pieces, whole = study.pieces, study.whole
    area, number = land.sums(pieces.area_m2), land.sums(pieces.area_m2 / pieces.whole_m2)
    reached = land.sums(pieces.area_m2 * of_piece)
    counted = land.sums(pieces.area_m2 / pieces.whole_m2 * center[pieces.cell])
    area[-1], number[-1] = whole.area_m2.sum(), (whole.area_m2 / whole.whole_m2).sum()
    reached[-1] = (whole.area_m2 * share[whole.cell]).sum()
    counted[-1] = (whole.area_m2 / whole.whole_m2 * center[whole.cell]).sum()
    result = {
        "area_reached_share": _ratio(reached, area),
        "cells_reached_share": _ratio(counted, number),
    }
    if people is not None:
        result["population_reached_share"] = _ratio(land.sums(people * of_piece), land.sums(people))
    return result


def _capacity(home: _Groups, capacity: Floats) -> dict[str, Any]:
    """Return how many facilities lie in every street, and their capacity."""
    inside = home.street >= 0
    number, sums = home.sums(inside), home.sums(np.where(inside, capacity, 0.0))
    return {"facilities": number.astype(np.int64), "capacity": sums}


def _with_rates(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with capacity by area, incidents and inhabitants."""
    capacity = table["capacity"].to_numpy(dtype=np.float64)
    rates = {"capacity_per_km2": _ratio(capacity, table["area_km2"].to_numpy())}
    if "incidents" in table:
        rates["capacity_per_incident"] = _ratio(capacity, table["incidents"].to_numpy())
    if "population" in table:
        rates["capacity_per_10000"] = _PEOPLE * _ratio(capacity, table["population"].to_numpy())
    return table.assign(**rates)


def _medians(nearest_m: Floats, of: _Groups) -> Floats:
    """Return the median distance of every street's incidents and of all."""
    near = pd.Series(nearest_m)
    each = near[of.street >= 0].groupby(of.street[of.street >= 0]).median()
    return np.append(each.reindex(range(of.streets)).to_numpy(dtype=np.float64), near.median())


def _ratio(part: Any, whole: Any) -> Floats:
    """Return parts of wholes, NaN where there is no whole."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    ratio: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return ratio
