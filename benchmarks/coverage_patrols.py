"""GPS fixes to dwell per cell, against movingpandas with a loop and against shapely alone.

The rivals get what they need for nothing: the table in their own form, the outlines of the
cells and an index over them. Three ways stand beside ours:

- movingpandas makes trajectories, splits them at gaps and makes a line of every interval;
  a loop asks shapely which cells a line meets and how much of it lies in each;
- movingpandas clips every trajectory by every cell that it meets;
- shapely answers for all intervals at once: what one writes without movingpandas and
  without a loop.

All share out time evenly along straight lines, so the dwell must be the same. Rivals see the
edges of cells as straight in degrees, while they are arcs: two thirds of a millimeter at
most. So answers are compared with edges of 64 short pieces, and timed with the six plain
edges, which are quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from coverage_data import SEED, SHIFT, make_tracks, patrol_grid
from numpy.typing import NDArray
from peers.data import FAST, NUMPY, numba_there
from peers.lines import (
    AbsentError,
    DifferentError,
    Line,
    Row,
    Size,
    absent,
    measured,
    need,
    race,
    same,
)
from peers.turns import take_turns

import gridgov as gg
from gridgov.geo.faces import unit_vectors

__all__ = [
    "ARRAYS",
    "LOOP",
    "ROW",
    "Town",
    "dwell_s",
    "movingpandas_clip",
    "movingpandas_loop",
    "seconds_of",
    "shapely_arrays",
    "without_zone",
]

Floats = NDArray[np.float64]

LOOP, CLIP, ARRAYS = "movingpandas + a loop", "movingpandas, clip", "shapely in arrays"

_GAP_S = 120


class Town(NamedTuple):
    """Cells in ascending order, their outlines, and an index over these."""

    grid: gpd.GeoDataFrame
    outlines: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, grid: gpd.GeoDataFrame, parts: int = 1) -> Town:
        """Return a town whose edges are cut into so many straight pieces."""
        grid = grid.sort_values("cell", ignore_index=True)
        outlines = _arcs(grid.geometry.to_numpy(), parts) if parts > 1 else grid.geometry.to_numpy()
        return cls(grid, outlines, shapely.STRtree(outlines))


def _arcs(outlines: Any, parts: int) -> NDArray[np.object_]:
    """Return hexagons whose edges follow the globe in short pieces."""
    xy = shapely.get_coordinates(outlines).reshape(len(outlines), -1, 2)
    corner = unit_vectors(xy[..., 0].ravel(), xy[..., 1].ravel()).reshape(*xy.shape[:2], 3)
    share = (np.arange(parts) / parts)[:, None]
    along = corner[:, :-1, None] * (1 - share) + corner[:, 1:, None] * share
    x, y, z = np.moveaxis(along.reshape(len(outlines), -1, 3), -1, 0)
    rim = np.stack([np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))], -1)
    return shapely.polygons(rim)


def dwell_s(tracks: Any, grid: gpd.GeoDataFrame) -> Floats:
    """Return our dwell of every cell, seconds, cells ascending."""
    minutes = gg.measure_patrols(tracks, grid, max_gap_s=_GAP_S)["dwell_min"]
    return minutes.to_numpy(dtype=np.float64) * 60


def without_zone(tracks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table as movingpandas takes it without a warning."""
    return tracks.assign(fix_at=tracks["fix_at"].dt.tz_localize(None))


def _runs(plain: gpd.GeoDataFrame) -> Any:
    """Return trajectories without gaps."""
    import movingpandas

    found = movingpandas.TrajectoryCollection(plain, traj_id_col="track_id", t="fix_at")
    return movingpandas.ObservationGapSplitter(found).split(gap=timedelta(seconds=_GAP_S))


def movingpandas_loop(plain: gpd.GeoDataFrame, town: Town) -> Floats:
    """Return dwell by lines of movingpandas and a loop over them."""
    dwell = np.zeros(len(town.outlines))
    lines = _runs(plain).to_line_gdf()
    seconds = (lines["t"] - lines["prev_t"]).dt.total_seconds()
    for line, time in zip(lines.geometry, seconds, strict=True):
        for place in town.tree.query(line, predicate="intersects"):
            dwell[place] += time * line.intersection(town.outlines[place]).length / line.length
    return dwell


def movingpandas_clip(plain: gpd.GeoDataFrame, town: Town) -> Floats:
    """Return dwell by movingpandas' own clipping, cell by cell."""
    dwell = np.zeros(len(town.outlines))
    for run in _runs(plain):
        for place in town.tree.query(run.to_linestring(), predicate="intersects"):
            for piece in run.clip(town.outlines[place]):
                dwell[place] += piece.get_duration().total_seconds()
    return dwell


def shapely_arrays(plain: gpd.GeoDataFrame, town: Town) -> Floats:
    """Return dwell by shapely's functions on arrays of all intervals."""
    xy = shapely.get_coordinates(plain.geometry.to_numpy())
    seconds = plain["fix_at"].diff().dt.total_seconds().to_numpy()[1:]
    track = plain["track_id"].to_numpy()
    row = np.flatnonzero((track[1:] == track[:-1]) & (seconds > 0) & (seconds <= _GAP_S))
    lines = shapely.linestrings(np.stack([xy[row], xy[row + 1]], axis=1))
    line, place = town.tree.query(lines, predicate="intersects")
    inside = shapely.length(shapely.intersection(lines[line], town.outlines[place]))
    share = inside / shapely.length(lines)[line]
    return np.bincount(place, weights=seconds[row[line]] * share, minlength=len(town.outlines))


def run(size: Size) -> Iterator[Line]:
    """Yield ours on the same fixes as each rival."""
    fixes, few = size.of(40 * SHIFT, SHIFT), size.of(2 * SHIFT, 400)
    tracks = make_tracks(fixes, seed=SEED)
    some = tracks.iloc[:few]
    grid = patrol_grid()
    town, exact = Town.of(grid), Town.of(grid, 64)
    ours = dwell_s(tracks, town.grid)
    plain, some_plain = without_zone(tracks), without_zone(some)
    name = FAST if numba_there() else NUMPY
    equal = _close(ours, shapely_arrays(plain, exact), ours.sum())
    job = f"{fixes:,} fixes to dwell per cell"
    way = (name, partial(dwell_s, tracks, town.grid))
    by_arrays = partial(shapely_arrays, plain, town)
    yield race(size, "patrols", job, way, (ARRAYS, by_arrays), equal=equal, target=10)
    try:
        need("movingpandas")
    except AbsentError as error:
        yield absent("patrols", job, name, LOOP, error)
        return
    equal = _close(ours, movingpandas_loop(plain, exact), ours.sum())
    by_loop = partial(movingpandas_loop, plain, town)
    yield race(size, "patrols", job, way, (LOOP, by_loop), equal=equal, target=100)
    few_ours = dwell_s(some, town.grid)
    line = Line("patrols", f"{few:,} fixes to dwell per cell", name, CLIP, target=100)
    line = replace(line, equal=_roughly(few_ours, movingpandas_clip(some_plain, town)))
    if not size.small:
        # Minutes a round, and a ratio of thousands: one round tells enough.
        ways = {
            name: partial(seconds_of, partial(dwell_s, some, town.grid)),
            CLIP: partial(seconds_of, partial(movingpandas_clip, some_plain, town)),
        }
        line = measured(line, take_turns(ways, rounds=1))
    yield line


def _close(ours: Floats, theirs: Floats, whole: float) -> str:
    """Compare the dwell of all cells, to a thousandth of a second."""
    told = same(ours, theirs, "dwells, seconds,", atol=1e-3)
    same([whole], [theirs.sum()], "sum of dwells", atol=1e-6 * whole)
    return f"{told} (largest difference {np.abs(ours - theirs).max():.0e} s)"


def _roughly(ours: Floats, theirs: Floats) -> str:
    """Compare with what movingpandas clips, which rounds times and drops the shortest pieces."""
    away = float(np.abs(ours - theirs).sum() / ours.sum())
    if away > 0.002:
        raise DifferentError(f"dwells differ by {away:.2%} of the time")
    return f"dwells up to {away:.2%} of the time, which its rounding to 10 ms drops"


def seconds_of(way: Callable[[], Any]) -> dict[str, float]:
    """Return how long a way takes in this process."""
    start = perf_counter()
    way()
    return {"seconds": perf_counter() - start}


ROW = Row("patrols", "GPS fixes to dwell per cell, on the same fixes", run)
