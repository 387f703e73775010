"""The stops and walks of a patrol plan as shapes: numbered points, starts and lines."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["PlanShapes", "clock", "plan_shapes"]

_KEY = ["street_id", "day", "shift", "patrol"]


class PlanShapes(NamedTuple):
    """A plan ready to be drawn.

    Attributes
    ----------
    walks
        One row a walk that has stops, in the order of the plan: its key, and ``start_id``,
        ``walk_m``, ``walk_min``, ``stay_min``, ``spare_min`` of the whole walk, missing where
        the plan does not carry them.
    lines
        The walk of each from start to end as a MultiLineString.
    walk
        The row in `walks` of every stop, in the order of the plan.
    starts
        Where each walk starts; None where the plan does not say.
    empty
        Walks without a stop.
    """

    walks: pd.DataFrame
    lines: gpd.GeoDataFrame
    walk: NDArray[np.int64]
    starts: NDArray[np.object_]
    empty: int


def plan_shapes(plan: gpd.GeoDataFrame) -> PlanShapes:
    """Return the walks of a plan whose stops stand in walking order."""
    keys = pd.MultiIndex.from_frame(plan[_KEY])
    walk, found = pd.factorize(keys)
    walks = pd.DataFrame(list(found), columns=_KEY)
    made = pd.DataFrame((plan.attrs.get("patrol_plan") or {}).get("walks") or [])
    known = ["start_id", "walk_m", "walk_min", "stay_min", "spare_min", "start", "end"]
    if len(made):
        walks = walks.merge(made[[*_KEY, *known]], on=_KEY, how="left")
        empty = int((made["stops"] == 0).sum())
    else:
        walks, empty = walks.assign(**dict.fromkeys(known)), 0
    starts = _points(walks["start"])
    ends = _points(walks["end"])
    place = shapely.get_coordinates(np.asarray(plan["geometry"], dtype=object))
    # Start, stops in their order, end: sorted by walk and by where in it they come.
    first, last = (np.flatnonzero(~shapely.is_missing(points)) for points in (starts, ends))
    of = np.concatenate([walk, first, last])
    turn = np.concatenate(
        [np.arange(len(plan)), np.full(len(first), -1), np.full(len(last), len(plan))]
    )
    at = np.concatenate([place, shapely.get_coordinates(starts), shapely.get_coordinates(ends)])
    order = np.lexsort((turn, of))
    vertices, of = at[order], of[order]
    enough = np.bincount(of, minlength=len(walks))[of] > 1
    lines = np.full(len(walks), None, dtype=object)
    if enough.any():
        shapely.linestrings(vertices[enough], indices=of[enough], out=lines)
    return PlanShapes(walks, gpd.GeoDataFrame(geometry=list(lines), crs=4326), walk, starts, empty)


def clock(shift: pd.Series, minutes: pd.Series) -> list[str]:
    """Return the time of day so many minutes after a shift begins, to the minute begun.

    Examples
    --------
    >>> clock(pd.Series(["08:00", "23:30"]), pd.Series([18.97, 45.0]))
    ['08:18', '00:15']
    """
    begin = shift.str.slice(0, 2).astype(int) * 60 + shift.str.slice(3, 5).astype(int)
    # A hair more, so that 12.0 minutes are not told as 11.
    at = np.floor(begin.to_numpy() + minutes.to_numpy(np.float64) + 1e-6).astype(int) % 1440
    return [f"{one // 60:02d}:{one % 60:02d}" for one in at.tolist()]


def _points(places: pd.Series) -> NDArray[np.object_]:
    """Return pairs of longitude and latitude as points, None where there is none."""
    points = np.full(len(places), None, dtype=object)
    for row, place in enumerate(places.tolist()):
        if isinstance(place, list | tuple):
            points[row] = shapely.Point(place)
    return points
