"""Who can get there: what facilities and teams reach, cell by cell.

A place is reached by a facility when it lies within the facility's distance, in a straight
line or along a walking network. In a straight line the answer is an area: the share of the
cell's land in the discs around facilities, exact. Along a network it is asked for the center
of the cell only, and the cell is reached or not.

Reach says that somebody could be there. Whether anybody was is patrol, and how long the
queue is there is access.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.reach.reach_inputs import (
    check_folds,
    read_cells,
    read_facilities_table,
    read_incidents_table,
)
from gridgov.coverage.reach.reach_land import reach_layers
from gridgov.coverage.reach.reach_pairs import find_spots, nearest_facilities, reached_by
from gridgov.coverage.reach.reach_population import Population, piece_population
from gridgov.coverage.reach.reach_study import Study, describe, study_land
from gridgov.place.network import Network, check_network

__all__ = ["measure_reach"]

Floats = NDArray[np.float64]


def measure_reach(
    facilities: Any,
    grid: Any,
    located: Any = None,
    *,
    jurisdictions: Any = None,
    distance_m: float | None = None,
    network: Network | None = None,
    folds: int = 1,
    population: Population | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Measure what facilities reach, cell by cell.

    Parameters
    ----------
    facilities
        Table of :func:`gridgov.read_facilities`, or a GeoDataFrame with ``facility_id``,
        ``geometry`` (Points, EPSG:4326) and, where needed, ``reach_m`` and ``capacity``.
        Facilities outside the study area count: they reach in.
    grid
        Table of :func:`gridgov.make_grid`.
    located
        Table of :func:`gridgov.locate`, at the same resolution. Counted are the incidents
        that :func:`gridgov.tally` counts; each is asked for at its own point.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``: the outlines the grid was laid over.
        With them the land of a rim cell is exactly what lies inside; without, it is spread
        evenly over the cell.
    distance_m
        How far every facility reaches, meters; None takes each one's ``reach_m``.
    network
        Network of :func:`gridgov.make_network`: distances are then walked, snaps included.
        None measures in a straight line.
    folds
        How many facilities must reach a place for it to count as reached.
    population
        Name of a column of `jurisdictions` with inhabitants, spread evenly over each street;
        or every cell's inhabitants: a mapping or Series from cell to number, or a table with
        ``cell`` and ``population``. What is not listed is unknown.
    by
        Column of `facilities` to measure separately by, such as ``"kind"``.

    Returns
    -------
    DataFrame, one row a group and cell, groups ascending, then cells
        - ``cell``, ``street_id``, ``area_km2``: from `grid`.
        - ``group``: value of `by` as text; missing without `by`, and for facilities whose
          value is missing.
        - ``folds``: as given.
        - ``nearest_id``, ``nearest_m``, ``second_id``, ``second_m``: the two facilities
          nearest to the center of the cell, whatever they reach, and how far they are;
          missing where no way leads there or there is no other.
        - ``snap_m``: from the center to the nearest line, a part of those distances;
          missing without a network.
        - ``facilities_within``: facilities that reach the center.
        - ``capacity_within``: their capacity; missing where that of one is unknown.
        - ``reached_share``: share of the cell's land that `folds` facilities reach, 0 to 1:
          by area in a straight line, by the center (0 or 1) along a network; there missing
          when the center is too far from every line to be on the network.
        - ``incidents``, ``incidents_reached``: incidents in the cell, and those whose own
          point `folds` facilities reach; missing without `located`.
        - ``population``, ``population_reached``: inhabitants, and those on the land that
          is reached; missing without `population`.

        ``attrs["reach"]`` says in plain values how it was made and what could not be reached:
        facilities outside the jurisdictions or off the network, cells and incidents that no
        way leads to any facility from, all counted.

    Raises
    ------
    ColumnsError
        If a column is missing, an id is repeated, a capacity is negative, a ``reach_m`` is
        missing and no `distance_m` was given, or `population` cannot be used.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no facilities or no cells.
    GeometryError
        If a facility has no place, or an outline is no valid polygon.
    InputError
        If the grid repeats a cell, or resolutions differ.
    OptionError
        If `distance_m` or `folds` has no such value.

    Notes
    -----
    Straight distances are measured in a local equal-area plane: good to parts in a million
    within a city, to a part in a thousand within 500 km. At the edge of a reach, the point is
    reached. A disc is a polygon of 128 corners with exactly the area of the circle.

    Examples
    --------
    A post in the middle of a cell reaches 100 m, so a disc of 31,416 m², all in that cell:

    >>> import geopandas as gpd
    >>> import numpy as np
    >>> from shapely import Point, box
    >>> from gridgov.geo.hexgrid import cell_centers, points_to_cells
    >>> from gridgov.place.grid import make_grid
    >>> (x,), (y,) = cell_centers(points_to_cells(np.array([116.2]), np.array([39.9]), 9))
    >>> street = box(x - 0.003, y - 0.001, x + 0.003, y + 0.001)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[street], crs="EPSG:4326")
    >>> grid = make_grid(streets, resolution=9)
    >>> post = gpd.GeoDataFrame(
    ...     {"facility_id": ["P1"], "reach_m": [100.0]}, geometry=[Point(x, y)], crs="EPSG:4326"
    ... )
    >>> reach = measure_reach(post, grid, jurisdictions=streets)
    >>> reach[["nearest_m", "facilities_within", "reached_share"]].head(3).round(2)
       nearest_m  facilities_within  reached_share
    0       0.00                  1           0.52
    1     278.75                  0           0.00
    2     320.84                  0           0.00
    >>> (1e6 * reach["area_km2"] * reach["reached_share"]).round().head(3).tolist()
    [31416.0, 0.0, 0.0]
    """
    folds = check_folds(folds)
    if network is not None:
        check_network(network)
    posts = read_facilities_table(facilities, distance_m=distance_m, by=by)
    cells, _ = read_cells(grid, "grid", ["cell", "street_id", "area_km2"])
    incidents = None if located is None else read_incidents_table(located, grid, cells)
    study = study_land(cells, jurisdictions)
    people = None
    if population is not None:
        people = piece_population(population, cells.cell, study.pieces, jurisdictions)

    sites = find_spots(posts.longitude, posts.latitude, center=cells.center, network=network)
    centers = find_spots(cells.longitude, cells.latitude, center=cells.center, network=network)
    points = None
    if incidents is not None:
        points = find_spots(
            incidents.longitude, incidents.latitude, center=cells.center, network=network
        )
    size = len(cells.cell)
    tables = []
    for number, name in enumerate(posts.groups):
        rows = posts.part(number)
        some, reach_m = sites.part(rows), posts.reach_m[rows]
        near, near_m = nearest_facilities(some, centers, network)
        within = reached_by(some, centers, reach_m, posts.capacity[rows], network)
        if network is None:
            layer = reach_layers(some.at, reach_m, folds, study.back)[-1]
            share, of_piece = study.layer_shares(layer)
        else:
            share, of_piece = study.network_shares(within.facilities, centers, folds)
        # Position -1, for no facility, is the missing one at the end.
        ids = np.array([*posts.ids[rows], None], dtype=object)
        columns: dict[str, Any] = {
            "cell": cells.cell,
            "group": pd.array([name] * size, dtype="str"),
            "street_id": cells.street_id,
            "area_km2": cells.area_km2,
            "folds": np.full(size, folds, dtype=np.int64),
            "nearest_id": ids[near[:, 0]],
            "nearest_m": near_m[:, 0],
            "second_id": ids[near[:, 1]],
            "second_m": near_m[:, 1],
            "facilities_within": within.facilities,
            "capacity_within": within.capacity,
            "reached_share": share,
        }
        if centers.snapped is not None:
            columns["snap_m"] = centers.snapped.snap_m
        if incidents is not None and points is not None:
            hit = reached_by(some, points, reach_m, posts.capacity[rows], network)
            reached = incidents.cell[hit.facilities >= folds]
            columns["incidents"] = np.bincount(incidents.cell, minlength=size)
            columns["incidents_reached"] = np.bincount(reached, minlength=size)
        if people is not None:
            columns["population"] = _summed(study, people, size)
            columns["population_reached"] = _summed(study, people * of_piece, size)
        tables.append(pd.DataFrame(columns))
    result = conform(pd.concat(tables, ignore_index=True), "reach")
    result.attrs["reach"] = describe(
        posts,
        sites,
        centers,
        points,
        network=network,
        jurisdictions=jurisdictions,
        incidents=incidents,
        distance_m=distance_m,
        folds=folds,
        by=by,
    )
    return result


def _summed(study: Study, people: Floats, size: int) -> Floats:
    """Return the sum of the pieces of every cell."""
    total = np.bincount(study.pieces.cell, weights=people, minlength=size)
    # A cell without a piece in any street has nobody known to live in it.
    bare = np.bincount(study.pieces.cell, minlength=size) == 0
    return np.where(bare, np.nan, total)
