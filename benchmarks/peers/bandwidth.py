"""How far the quickest path is from a plain pass over the memory.

The pass is NumPy's sum over the two coordinate arrays: every number is read once and
nothing is written. Nothing that looks at every point can be quicker on one core; ours
uses all cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from gridgov.geo.hexgrid import points_to_cells
from gridgov.place.area_index import index_areas
from peers.data import FAST, NUMPY, Floats, make_points, make_streets, numba_there
from peers.lines import Line, Row, Size, race, same

__all__ = ["ROW"]


def run(size: Size) -> Iterator[Line]:
    """Yield cells and streets against the pass."""
    lon, lat = make_points(size.of(10_000_000, 20_000), seed=1)
    streets = make_streets(9, seed=1)
    index = index_areas(streets, points=len(lon))
    name = FAST if numba_there() else NUMPY
    jobs = {
        "to cells, resolution 9": partial(points_to_cells, lon, lat, 9),
        "to 9 streets": partial(index.owners, lon, lat),
    }
    equal = same(_sum(lon, lat), float(np.sum(lon) + np.sum(lat)), "sum")
    for job, way in jobs.items():
        way()
        yield race(
            size,
            "bandwidth",
            f"{len(lon):,} points {job}",
            (name, way),
            ("a sum over the coordinates", partial(_sum, lon, lat)),
            equal=equal,
            at_most=True,
        )


def _sum(lon: Floats, lat: Floats) -> float:
    return float(lon.sum() + lat.sum())


ROW = Row("bandwidth", "the quickest path against a plain pass over the memory", run)
