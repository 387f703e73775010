"""Locate many incidents, against a spatial join and a loop over the H3 library.

    python benchmarks/locate.py --points 1000000 --areas 9 500 --json locate.json

The rival is what most notebooks do: ``geopandas.sjoin`` for the street and a list
comprehension over ``h3.latlng_to_cell`` for the cell. Both start from the same
GeoDataFrame; the answers are compared, every row, before anything is timed. Points
and streets are made here from a seed: half of the points spread over the district,
half in clusters, streets that tile it with winding borders.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import shapely
from timing import Comparison, compare, machine, write_json

from gridgov.geo.hexgrid import points_to_cells
from gridgov.place.locate import locate

WEST, SOUTH, EAST, NORTH = 116.08, 39.80, 116.36, 40.02
# A border has a vertex about every 100 m, as surveyed streets have.
VERTEX_EVERY = 0.001


def make_streets(count: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return streets that tile the district, with winding borders."""
    rng = np.random.default_rng(seed)
    area = shapely.box(WEST, SOUTH, EAST, NORTH)
    seeds = shapely.multipoints(rng.uniform((WEST, SOUTH), (EAST, NORTH), (count, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=area))
    parts = shapely.segmentize(shapely.intersection(parts, area), VERTEX_EVERY)
    # The same bend for every vertex keeps neighbors together; rounding first makes the
    # vertices of both sides of a border the same numbers.
    bent = shapely.transform(parts, lambda xy: bend(np.round(xy, 9)))
    ids = [f"{number:03d}" for number in range(len(bent))]
    return gpd.GeoDataFrame({"street_id": ids}, geometry=bent, crs="EPSG:4326")


def bend(xy: np.ndarray) -> np.ndarray:
    """Return coordinates moved by up to about 100 m along waves of 1 km and more."""
    x, y = xy[:, 0], xy[:, 1]
    return np.column_stack(
        [
            x + 0.001 * np.sin(420 * y) + 0.0004 * np.sin(90 * x + 700 * y),
            y + 0.0008 * np.sin(380 * x) + 0.0003 * np.sin(800 * x - 60 * y),
        ]
    )


def make_incidents(count: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return incidents, half spread over the district and half in forty clusters."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform((WEST, SOUTH), (EAST, NORTH), (count - count // 2, 2))
    centers = rng.uniform((WEST, SOUTH), (EAST, NORTH), (40, 2))
    clustered = centers[rng.integers(0, 40, count // 2)] + rng.normal(0, 0.003, (count // 2, 2))
    xy = rng.permutation(np.concatenate([spread, clustered]))
    ids = pd.array([str(number) for number in range(count)], dtype="str")
    return gpd.GeoDataFrame({"incident_id": ids}, geometry=shapely.points(xy), crs="EPSG:4326")


def join_and_loop(incidents: Any, streets: Any, resolution: int) -> pd.DataFrame:
    """Return street and cell of every incident, as most notebooks find them."""
    joined = gpd.sjoin(incidents[["geometry"]], streets, how="left", predicate="intersects")
    joined = joined[~joined.index.duplicated()]
    cells = loop(joined.geometry.x.to_numpy(), joined.geometry.y.to_numpy(), resolution)
    return pd.DataFrame({"cell": cells, "street_id": joined["street_id"]})


def loop(longitude: np.ndarray, latitude: np.ndarray, resolution: int) -> list[int]:
    """Return the cells of points from one call of the H3 library each."""
    return [
        h3.latlng_to_cell(y, x, resolution)
        for x, y in zip(longitude.tolist(), latitude.tolist(), strict=True)
    ]


def check_equal(incidents: Any, streets: Any, resolution: int) -> None:
    """Stop unless both ways answer the same for every incident with one street or none."""
    ours = locate(incidents, streets, resolution=resolution)
    rival = join_and_loop(incidents, streets, resolution)
    cells = int((ours["cell"].to_numpy(dtype=np.uint64) != rival["cell"].to_numpy(np.uint64)).sum())
    # On an edge or in an overlap the join keeps any of several streets.
    single = ours["match"].isin(["inside", "outside"]).to_numpy()
    left = ours["street_id"].fillna("").to_numpy()
    right = rival["street_id"].fillna("").to_numpy()
    wrong = int((left != right)[single].sum())
    if cells or wrong:
        sys.exit(f"The answers differ: {cells} cells, {wrong} streets. Nothing was timed.")
    sys.stdout.write(
        f"Equal answers: {len(ours):,} cells, {int(single.sum()):,} streets "
        f"({int((~single).sum())} on edges or in overlaps not compared).\n"
    )


def main() -> None:
    """Run the comparison that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--areas", type=int, nargs="+", default=[9])
    parser.add_argument("--resolution", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    options = parser.parse_args()

    incidents = make_incidents(options.points, seed=options.seed)
    resolution, rounds = options.resolution, options.rounds
    comparisons: list[Comparison] = []
    for areas in options.areas:
        streets = make_streets(areas, seed=options.seed)
        check_equal(incidents, streets, resolution)
        comparisons.append(
            compare(
                f"{options.points:,} points, {areas} streets, resolution {resolution}",
                ("gridgov.locate", lambda s=streets: locate(incidents, s, resolution=resolution)),
                ("sjoin and loop", lambda s=streets: join_and_loop(incidents, s, resolution)),
                rounds=rounds,
            )
        )
        sys.stdout.write(comparisons[-1].sentence() + "\n")
    lon, lat = shapely.get_coordinates(incidents.geometry.to_numpy()).T
    comparisons.append(
        compare(
            f"{options.points:,} points to cells alone, resolution {resolution}",
            ("lattice", lambda: points_to_cells(lon, lat, resolution)),
            ("loop over h3", lambda: loop(lon, lat, resolution)),
            rounds=rounds,
        )
    )
    sys.stdout.write(comparisons[-1].sentence() + "\n")
    if options.json is not None:
        about = {
            "seed": options.seed,
            **machine("gridgov", "numpy", "pandas", "geopandas", "shapely", "h3"),
        }
        write_json(options.json, comparisons, about)


if __name__ == "__main__":
    main()
