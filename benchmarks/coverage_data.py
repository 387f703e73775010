"""The patrols, cells, incidents and facilities that ``coverage_run.py`` measures, from seeds."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from locate import EAST, NORTH, SOUTH, WEST, make_streets

from gridgov.geo.hexgrid import cell_areas_m2, cell_centers, cell_outlines, grid_disk
from gridgov.place.grid import make_grid

__all__ = [
    "SEED",
    "SHIFT",
    "grid_of",
    "make_cells",
    "make_facilities",
    "make_incidents",
    "make_siting",
    "make_tracks",
    "patrol_grid",
    "track_tables",
]

MIDDLE = 0x8931AA50E27FFFF

SEED = 1
"""Of the patrols."""

_STEP_S = 10
SHIFT = 2_880
"""Fixes of a shift of eight hours."""

_ZONE = "Asia/Shanghai"
_START = pd.Timestamp("2017-09-04 08:00", tz=_ZONE)
_DEGREE_M = 111_195.0


def patrol_grid() -> gpd.GeoDataFrame:
    """Return the cells of resolution 9 over nine streets, 590 km²."""
    return make_grid(make_streets(9, seed=1), resolution=9)


def make_tracks(fixes: int, *, seed: int, day: int = 0) -> gpd.GeoDataFrame:
    """Return a day's table of tracks: patrols on foot, a fix every ten seconds.

    A patrol walks with a heading that turns, stands for a while with the device jittering
    by a few meters, and now and then sends nothing for five minutes. The number of patrols
    follows from the number of fixes; every one has a name that comes again every day.
    """
    patrols = max(1, -(-fixes // SHIFT))
    rng = np.random.default_rng((seed, day))
    shape = (patrols, SHIFT)
    # Walks and stops of ten minutes on the average.
    walking = rng.random(shape) < 1 / 60
    walking = (np.cumsum(walking, axis=1) + rng.integers(0, 2, (patrols, 1))) % 3 > 0
    heading = rng.uniform(0, 2 * np.pi, (patrols, 1)) + np.cumsum(
        rng.normal(0, 0.15, shape), axis=1
    )
    step = np.where(walking, rng.gamma(9, 1.2 / 9, shape) * _STEP_S, 0.0)
    east = np.cumsum(step * np.cos(heading), axis=1) + rng.normal(0, 3, shape)
    north = np.cumsum(step * np.sin(heading), axis=1) + rng.normal(0, 3, shape)
    home = rng.uniform((WEST, SOUTH), (EAST, NORTH), (patrols, 2))
    parallel = np.cos(np.radians((SOUTH + NORTH) / 2)) * _DEGREE_M
    longitude = home[:, :1] + east / parallel
    latitude = home[:, 1:] + north / _DEGREE_M
    second = np.arange(SHIFT) * _STEP_S + 300 * np.cumsum(rng.random(shape) < 1 / 720, axis=1)
    at = (_START + pd.Timedelta(days=day)).tz_convert("UTC").tz_localize(None).to_datetime64()
    instants = at.astype("datetime64[us]") + second.ravel()[:fixes].astype("timedelta64[s]")
    names = pd.array([f"P{number:05d}" for number in range(patrols)], dtype="str")
    return gpd.GeoDataFrame(
        {
            "track_id": names.repeat(SHIFT)[:fixes],
            "fix_at": pd.DatetimeIndex(instants, tz="UTC").tz_convert(_ZONE).as_unit("us"),
        },
        geometry=shapely.points(longitude.ravel()[:fixes], latitude.ravel()[:fixes]),
        crs="EPSG:4326",
    )


def track_tables(fixes: int, *, seed: int, rows: int) -> Iterator[gpd.GeoDataFrame]:
    """Yield the tables of so many fixes, one a day, never two at once."""
    for day, first in enumerate(range(0, fixes, rows)):
        yield make_tracks(min(rows, fixes - first), seed=seed, day=day)


def make_cells(number: int) -> np.ndarray:
    """Return so many cells of resolution 9 in a round piece of land."""
    rings = 0
    while 3 * rings * (rings + 1) + 1 < number:
        rings += 1
    return np.sort(grid_disk(MIDDLE, rings)[:number])


def make_siting(cells: int, candidates: int, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return skewed demand by cell, and cells where a post may be put."""
    rng = np.random.default_rng(seed)
    demand = pd.DataFrame({"cell": make_cells(cells)})
    demand["incidents"] = rng.negative_binomial(0.3, 0.3 / 5.3, cells)
    offered = np.sort(rng.choice(demand["cell"].to_numpy(), candidates, replace=False))
    return demand, pd.DataFrame({"cell": offered})


def make_facilities(cells: np.ndarray, number: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return facilities near the centers of cells drawn at random."""
    rng = np.random.default_rng(seed)
    longitude, latitude = cell_centers(rng.choice(cells, number))
    at = shapely.points(
        longitude + rng.uniform(-0.001, 0.001, number),
        latitude + rng.uniform(-0.001, 0.001, number),
    )
    ids = [f"F{place:05d}" for place in range(number)]
    return gpd.GeoDataFrame({"facility_id": ids}, geometry=at, crs="EPSG:4326")


def grid_of(cells: np.ndarray) -> gpd.GeoDataFrame:
    """Return a grid of whole cells, all of one street."""
    return gpd.GeoDataFrame(
        {
            "cell": cells,
            "resolution": 9,
            "street_id": pd.array(["A"] * len(cells), dtype="str"),
            "inside_share": 1.0,
            "area_km2": cell_areas_m2(cells) / 1e6,
        },
        geometry=cell_outlines(cells),
        crs="EPSG:4326",
    )


def make_incidents(cells: np.ndarray, number: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return located incidents of six departments, crowded in some cells as in a city."""
    rng = np.random.default_rng(seed)
    weight = rng.gamma(0.5, 1.0, len(cells))
    cell = rng.choice(cells, number, p=weight / weight.sum())
    longitude, latitude = cell_centers(cell)
    names = np.array(["roads", "water", "waste", "trade", "green", "fire"])
    often = np.array([0.35, 0.25, 0.15, 0.1, 0.1, 0.05])
    return gpd.GeoDataFrame(
        {
            "incident_id": pd.array(np.arange(number).astype(str), dtype="str"),
            "category": pd.array(["any"] * number, dtype="str"),
            "department": pd.array(rng.choice(names, number, p=often), dtype="str"),
            "reported_at": _START + pd.to_timedelta(rng.integers(0, 86_400 * 90, number), unit="s"),
            "cell": cell,
            "street_id": pd.array(["A"] * number, dtype="str"),
            "match": pd.Categorical(["inside"] * number),
        },
        geometry=shapely.points(longitude, latitude),
        crs="EPSG:4326",
    )
