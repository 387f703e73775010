"""A plan's walks as tables: one row a stop, and one row a walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol_plan.plan_days import Route, Terms
from gridgov.coverage.patrol_plan.plan_walks import Ground

__all__ = ["MINUTES_A_DAY", "plan_table", "walk_rows"]

Floats = NDArray[np.float64]

MINUTES_A_DAY = 1440


def plan_table(
    routes: Sequence[Route],
    ground: Ground,
    street_ids: Sequence[str],
    terms: Terms,
    *,
    a_day: Floats | None,
    begin: pd.Timestamp | None,
) -> gpd.GeoDataFrame:
    """Return the stops of walks, one row a stop.

    Parameters
    ----------
    routes
        The walks, in order.
    ground, street_ids, terms
        What they were made from.
    a_day
        Incidents expected a day in every cell; None when the score is no expected number.
    begin
        Midnight of the first day; None for a plan without dates.
    """
    sizes = np.array([len(route.cells) for route in routes], dtype=np.int64)
    of = np.repeat(np.arange(len(routes)), sizes)
    cells = _joined([route.cells for route in routes]).astype(np.intp)
    day, shift = (np.array([route[at] for route in routes], dtype=np.int64)[of] for at in (1, 2))
    walk = _joined([route.walk for route in routes])
    leaves = _joined([np.cumsum(route.walk + terms.stay_min) for route in routes])
    arrives = leaves - terms.stay_min
    priority = _joined([route.priority for route in routes])
    factor = _joined([route.factor for route in routes])
    expected = np.full(len(cells), np.nan) if a_day is None else a_day[cells]
    frame = gpd.GeoDataFrame(
        {
            "street_id": np.array([street_ids[route.street] for route in routes], dtype=object)[of],
            "day": day + 1,
            "shift": np.array(terms.shifts.names, dtype=object)[shift],
            "patrol": np.array([route.patrol for route in routes], dtype=np.int64)[of] + 1,
            "stop": np.arange(len(cells)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1,
            "cell": ground.cells[cells],
            "expected_incidents": expected,
            "expected_in_stay": expected * factor * terms.stay_min / MINUTES_A_DAY,
            "gap_days": _joined([route.gap for route in routes]),
            "priority": priority,
            "gain_per_min": priority / _joined([route.saved for route in routes]),
            "walk_m": walk * ground.meters_a_minute,
            "walk_min": walk,
            "stay_min": terms.stay_min,
            "arrives_min": arrives,
            "leaves_min": leaves,
            "arrives_at": _instants(begin, day, terms.shifts.begins[shift], arrives),
            "back_min": _joined([route.back for route in routes]),
        },
        geometry=shapely.points(ground.longitude[cells], ground.latitude[cells]),
        crs="EPSG:4326",
    )
    return conform(frame, "patrol_plan")


def walk_rows(
    routes: Sequence[Route],
    ground: Ground,
    street_ids: Sequence[str],
    terms: Terms,
    a_day: Floats | None,
) -> list[dict[str, Any]]:
    """Return what is known of every walk as plain values, for ``attrs``."""
    rows = []
    for route in routes:
        stops = len(route.cells)
        walk = float(route.walk.sum()) + route.last_leg
        met = None
        if a_day is not None:
            a_minute = a_day[route.cells] * route.factor / MINUTES_A_DAY
            met = float((a_minute * terms.stay_min).sum())
        end = route.end
        rows.append(
            {
                "street_id": street_ids[route.street],
                "day": route.day + 1,
                "shift": terms.shifts.names[route.shift],
                "patrol": route.patrol + 1,
                "start_id": route.start.id,
                "stops": stops,
                "walk_m": walk * ground.meters_a_minute,
                "walk_min": walk,
                "stay_min": stops * terms.stay_min,
                "spare_min": terms.shift_min - walk - stops * terms.stay_min,
                "priority": float(route.priority.sum()),
                "expected_in_stay": met,
                "reason": route.reason,
                "start": [route.start.longitude, route.start.latitude],
                "end": None if end is None else [end.longitude, end.latitude],
            }
        )
    return rows


def _joined(parts: Sequence[NDArray[Any]]) -> Floats:
    """Return arrays one after another."""
    return np.concatenate([np.empty(0), *parts])


def _instants(
    begin: pd.Timestamp | None, day: NDArray[np.int64], minute: NDArray[np.int64], after: Floats
) -> pd.DatetimeIndex:
    """Return when stops are reached: the clock time of the shift on its date, and minutes on."""
    if begin is None:
        return pd.DatetimeIndex(np.full(len(day), "NaT", dtype="datetime64[us]")).tz_localize("UTC")
    # By the clock: where clocks change overnight a shift still begins at its hour.
    clock = pd.DatetimeIndex([begin.tz_localize(None)]).as_unit("us").repeat(len(day))
    clock = clock + pd.to_timedelta(day * MINUTES_A_DAY + minute, unit="min").as_unit("us")
    begins = clock.tz_localize(
        begin.tzinfo, ambiguous=np.ones(len(day), dtype=bool), nonexistent="shift_forward"
    )
    seconds = np.round(after * 60).astype(np.int64)
    return (begins + pd.to_timedelta(seconds, unit="s")).as_unit("us")
