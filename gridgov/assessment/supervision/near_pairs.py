"""Pairs of reports near in space and time, found without looking at every pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgov.checks import check_table, check_zoned
from gridgov.errors import ColumnsError, DatumError, OptionError
from gridgov.geo.placed_points import is_placed, kinds_of, places_in_plane

__all__ = ["Reports", "check_number", "near_pairs", "read_reports"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports that have a point and a time, in order of time.

    Attributes
    ----------
    rows
        Row of each in the table.
    x, y
        Meters in a local plane.
    instants
        µs since 1970 UTC, ascending.
    kinds
        Number of its category; reports of different kinds make no pair.
    zone
        Time zone of the times.
    left_out
        How many have no point, no time or no category where one is needed.
    """

    rows: Ints
    x: Floats
    y: Floats
    instants: Ints
    kinds: Ints
    zone: Any
    left_out: int


def read_reports(located: Any, *, same_category: bool, times: str) -> Reports:
    """Return the reports of a table that can make pairs.

    Parameters
    ----------
    located
        Table of incidents with ``geometry`` (Points, EPSG:4326).
    same_category
        Whether only reports of one ``category`` make pairs; those without one are left out.
    times
        Column of times.

    Raises
    ------
    ColumnsError
        If a column is missing, times have no zone, or geometry holds other than points.
    DatumError
        If the points are not in EPSG:4326.
    """
    needed = ["incident_id", times, "geometry", *(["category"] if same_category else [])]
    check_table(located, "incidents", columns=needed, allow_empty=True)
    crs = getattr(located, "crs", None)
    if crs is not None and crs.to_epsg() != 4326:
        raise DatumError(
            f"incidents must be in EPSG:4326. Found: {crs.to_string()[:60]}. "
            "Call incidents.to_crs(4326) first."
        )
    column = located[times]
    check_zoned(column, times, made_by="gridgov.read_incidents(..., timezone=...)")
    points = located["geometry"].array
    shape = kinds_of(points)
    other = np.flatnonzero((shape != 0) & (shape != -1))
    if other.size:
        raise ColumnsError(
            f"geometry must hold points. Found: {other.size} other geometries, the first in row "
            f"{located.index[other[0]]!r}. Drop them or take their centroids first."
        )
    moments = pd.DatetimeIndex(column).as_unit("us")
    usable = is_placed(points) & ~np.asarray(moments.isna())
    kinds = np.zeros(len(located), dtype=np.int64)
    if same_category:
        kinds = pd.factorize(located["category"])[0].astype(np.int64)
        usable &= kinds >= 0
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(moments.asi8[rows], kind="stable")]
    at, _ = places_in_plane(points[rows])
    return Reports(
        rows,
        at[:, 0],
        at[:, 1],
        moments.asi8[rows],
        kinds[rows],
        column.dtype.tz,
        len(located) - len(rows),
    )


def near_pairs(
    reports: Reports, *, distance_m: float, within_us: int, lag_us: int = 0
) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of one kind within a distance and a time, edges included.

    Parameters
    ----------
    reports
        What :func:`read_reports` made.
    distance_m
        Greatest distance, m.
    within_us
        Greatest time between the two, µs.
    lag_us
        By how much the later report's time is set back first. With a lag, pairs are those
        whose times differ by the lag, give or take `within_us`.

    Returns
    -------
    earlier, later : int arrays
        Positions in `reports`; without a lag ``earlier < later``.
    meters : float array
        Their distance.
    """
    if len(reports.rows) < 2:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty(0)
    # One unit is the greatest distance, and the greatest time: pairs lie in a ball of √2, and
    # few that do not belong lie in it too.
    x, y = reports.x / max(distance_m, 1e-6), reports.y / max(distance_m, 1e-6)
    time = (reports.instants - reports.instants[0]) / max(within_us, 1)
    reach = np.sqrt(2) * (1 + 1e-6)
    tree = cKDTree(np.column_stack([x, y, time]))
    if lag_us == 0:
        found = tree.query_pairs(reach, output_type="ndarray").astype(np.int64)
        earlier, later = found.min(axis=1), found.max(axis=1)
    else:
        set_back = (reports.instants - reports.instants[0] - lag_us) / max(within_us, 1)
        other = cKDTree(np.column_stack([x, y, set_back]))
        near = tree.sparse_distance_matrix(other, reach, output_type="ndarray")
        earlier, later = near["i"].astype(np.int64), near["j"].astype(np.int64)
    meters = np.hypot(reports.x[earlier] - reports.x[later], reports.y[earlier] - reports.y[later])
    apart = np.abs(reports.instants[later] - lag_us - reports.instants[earlier])
    belongs = (meters <= distance_m) & (apart <= within_us)
    belongs &= reports.kinds[earlier] == reports.kinds[later]
    earlier, later, meters = earlier[belongs], later[belongs], meters[belongs]
    order = np.lexsort((later, earlier))
    return earlier[order], later[order], meters[order]


def check_number(value: Any, option: str, *, meaning: str, most: float = np.inf) -> float:
    """Return a number above 0, or raise an error that says what it means.

    Raises
    ------
    OptionError
        If it is none.
    """
    try:
        fits = not isinstance(value, bool) and 0 < float(value) <= most
        fits = fits and bool(np.isfinite(float(value)))
    except (TypeError, ValueError):
        fits = False
    if not fits:
        limit = "" if np.isinf(most) else f" and up to {most:g}"
        raise OptionError(f"{option} must be above 0{limit}: {meaning}. Found: {value!r}.")
    return float(value)
