"""Points to cells, against polars-h3 on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from os import cpu_count
from typing import Any

import numpy as np

from gridgov.geo import h3_plain
from gridgov.geo.hexgrid import points_to_cells
from peers.data import FAST, NUMPY, Floats, make_points, numba_there, numpy_only
from peers.lines import (
    AbsentError,
    DifferentError,
    Line,
    Row,
    Size,
    absent,
    need,
    quickest,
    same,
)
from peers.turns import race_all

__all__ = ["ROW"]

_CHECKED = 100_000


def run(size: Size) -> Iterator[Line]:
    """Yield the lines of both resolutions, with and without numba."""
    lon, lat = make_points(size.of(10_000_000, 20_000), seed=1)
    for resolution in (9, 10):
        yield from _one_resolution(size, lon, lat, resolution)


def _one_resolution(size: Size, lon: Floats, lat: Floats, resolution: int) -> Iterator[Line]:
    job = f"{len(lon):,} points to cells, resolution {resolution}"
    ours = {NUMPY: (partial(_numpy, lon, lat, resolution), 4.0)}
    if numba_there():
        ours[FAST] = (partial(points_to_cells, lon, lat, resolution), 25.0)
    cells = {name: way() for name, (way, _) in ours.items()}
    first = cells[NUMPY]
    for other in cells.values():
        same(other, first, "cells with and without numba")
    # The library takes a second for a million points.
    some = slice(None, None, max(1, len(lon) // _CHECKED))
    plain = same(first[some], h3_plain.points_to_cells(lon[some], lat[some], resolution), "cells")
    yield Line("cells", job, "gridgov", "h3, one point at a time", equal=plain)
    try:
        peer = polars_h3(lon, lat, resolution)
        equal = same(first, peer(), "cells")
    except DifferentError:
        raise
    except Exception as error:
        yield absent("cells", job, "gridgov", "polars-h3", error)
        return
    lines = [
        Line("cells", job, name, "polars-h3", equal=equal, target=target)
        for name, (_, target) in ours.items()
    ]
    yield from race_all(
        size, lines, {**{name: way for name, (way, _) in ours.items()}, "polars-h3": peer}
    )
    if not numba_there():
        yield absent("cells", job, FAST, "polars-h3", AbsentError("numba is not installed"))


def _numpy(lon: Floats, lat: Floats, resolution: int) -> Any:
    """Return the cells by NumPy alone."""
    with numpy_only():
        return points_to_cells(lon, lat, resolution)


def polars_h3(lon: Floats, lat: Floats, resolution: int) -> Callable[[], Any]:
    """Return the call of polars-h3 in the way that is quickest on a part of the points."""
    pl, plh3 = need("polars"), need("polars_h3")
    frame = pl.DataFrame({"lat": lat, "lng": lon})
    cell = plh3.latlng_to_cell("lat", "lng", resolution, return_dtype=pl.UInt64).alias("cell")
    workers = cpu_count() or 1

    def eager(frame: Any) -> Any:
        return frame.select(cell)

    def streaming(frame: Any) -> Any:
        return frame.lazy().select(cell).collect(engine="streaming")

    def threads(frame: Any) -> Any:
        step = -(-len(frame) // (4 * workers))
        pieces = [frame.slice(start, step) for start in range(0, len(frame), step)]
        with ThreadPoolExecutor(workers) as pool:
            return pl.concat(list(pool.map(eager, pieces)))

    ways = {"eager": eager, "streaming": streaming, "threads": threads}
    part = frame.head(1_000_000)
    best = quickest({name: partial(way, part) for name, way in ways.items()})
    return lambda: np.asarray(ways[best](frame)["cell"].to_numpy())


ROW = Row("cells", "points to cells, against polars-h3 on all cores", run)
