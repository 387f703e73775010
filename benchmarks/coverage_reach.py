"""Reach of 2,000 facilities over 100,000 cells, against geopandas.

The rival gets cells, centers and facilities in a plane of meters and does in geopandas what
the table says: ``sjoin`` counts who is within reach, ``sjoin_nearest`` finds the nearest,
and a loop over the facilities, each left out once, the second nearest; reaches are buffered,
dissolved and cut with the cells by ``overlay``. Without a second nearest it needs no loop,
which is timed, too.

Compared are the nearest facility of every cell and how many are within reach, exactly;
distances to a hundredth of a millimeter; shares of cells to a hundred-thousandth, because
the rival's plane straightens the edges of discs and cells a little differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from coverage_data import grid_of, make_cells, make_facilities
from numpy.typing import NDArray
from peers.lines import Line, Row, Size, same
from peers.turns import race_all

import gridgov as gg
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.projection import local_equal_area

__all__ = ["ROW"]

REACH_M = 500.0
# A disc as ours: 128 corners, as large as the circle.
_STEP = 2 * np.pi / 128
_RADIUS_M = REACH_M * np.sqrt(_STEP / np.sin(_STEP))


class Plane(NamedTuple):
    """Cells, their centers and the facilities in meters."""

    cells: gpd.GeoDataFrame
    centers: gpd.GeoDataFrame
    posts: gpd.GeoDataFrame


class Answer(NamedTuple):
    """What the rival finds; the second nearest only where it was asked for."""

    nearest: NDArray[Any]
    nearest_m: NDArray[np.float64]
    within: NDArray[np.int64]
    share: NDArray[np.float64]
    second_m: NDArray[np.float64] | None


def make_plane(facilities: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> Plane:
    """Return all in the plane about the middle of the cells."""
    x, y = cell_centers(grid["cell"].to_numpy())
    crs = local_equal_area(float((x.min() + x.max()) / 2), float((y.min() + y.max()) / 2))
    centers = gpd.GeoDataFrame(geometry=shapely.points(x, y), crs="EPSG:4326").to_crs(crs)
    cells = grid[["geometry"]].to_crs(crs).reset_index(names="place")
    return Plane(cells, centers, facilities[["facility_id", "geometry"]].to_crs(crs))


def geopandas_reach(plane: Plane, *, second: bool) -> Answer:
    """Return reach by geopandas."""
    cells, centers, posts = plane
    near = centers.sjoin_nearest(posts, distance_col="away")
    pairs = centers.sjoin(posts, predicate="dwithin", distance=REACH_M)
    within = np.bincount(pairs.index, minlength=len(centers))
    discs = posts.buffer(_RADIUS_M, quad_segs=32).union_all()
    land = gpd.GeoDataFrame(geometry=[discs], crs=cells.crs).explode(ignore_index=True)
    cut = cells.overlay(land, how="intersection", keep_geom_type=True)
    area = np.bincount(cut["place"], weights=cut.area, minlength=len(cells))
    second_m = np.full(len(centers), np.nan)
    if second:
        for place, rows in near.groupby("index_right").groups.items():
            others = posts.drop(index=place)
            found = centers.loc[rows].sjoin_nearest(others, distance_col="away")
            second_m[found.index] = found["away"]
    return Answer(
        near["facility_id"].to_numpy(),
        near["away"].to_numpy(),
        within,
        area / cells.area.to_numpy(),
        second_m if second else None,
    )


def our_reach(facilities: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return our table."""
    return gg.measure_reach(facilities, grid, distance_m=REACH_M)


def check(ours: pd.DataFrame, theirs: Answer) -> str:
    """Compare all that both know."""
    same(ours["nearest_id"].to_numpy(dtype=object), theirs.nearest, "nearest facilities")
    same(ours["facilities_within"].to_numpy(np.int64), theirs.within, "numbers within reach")
    same(ours["nearest_m"], theirs.nearest_m, "distances", atol=1e-5)
    if theirs.second_m is not None:
        same(ours["second_m"], theirs.second_m, "second distances", atol=1e-5)
    return same(
        ours["reached_share"], theirs.share, "cells: nearest, within reach, share", atol=1e-5
    )


def run(size: Size) -> Iterator[Line]:
    """Yield the lines."""
    number, posts = size.of(100_000, 1_500), size.of(2_000, 60)
    cells = make_cells(number)
    grid, facilities = grid_of(cells), make_facilities(cells, posts, seed=2)
    plane = make_plane(facilities, grid)
    job = f"reach of {posts:,} facilities over {number:,} cells, {REACH_M:.0f} m"
    ours = "gridgov.measure_reach"
    ways = {
        "geopandas and a loop": partial(geopandas_reach, plane, second=True),
        "geopandas, no second nearest": partial(geopandas_reach, plane, second=False),
    }
    table = our_reach(facilities, grid)
    lines = [
        Line("reach", job, ours, name, equal=check(table, way())) for name, way in ways.items()
    ]
    yield from race_all(size, lines, {ours: partial(our_reach, facilities, grid), **ways})


ROW = Row("reach", "reach of facilities, against geopandas", run)
