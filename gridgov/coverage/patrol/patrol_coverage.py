"""How much of the ground a patrol gets round to in so many days.

Coverage in N days is the share of the cells with a visit in a window of N calendar days,
averaged over all such windows of the period: one window may be lucky. The same windows
are put to cells that roads pass, to road length, to incidents and to hotspots.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, check_whole, conform
from gridgov.coverage.patrol.patrol_days import covered_weights, visited_days
from gridgov.coverage.patrol.patrol_grid import PatrolGrid, StreetShares, read_grid, street_shares
from gridgov.coverage.patrol.patrol_lines import line_lengths
from gridgov.errors import InputError, OptionError
from gridgov.place.area_index import OWNED_MATCHES

__all__ = ["measure_patrol_coverage"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class _Weights(NamedTuple):
    """What cells weigh in each street: street, place and weight."""

    street: Ints
    place: Ints
    weight: Floats


def measure_patrol_coverage(
    visits: Any,
    grid: Any,
    jurisdictions: Any = None,
    *,
    days: Iterable[int] = (1, 3, 7, 14, 30),
    located: Any = None,
    lines: Any = None,
    hotspots: Any = None,
    start: Any = None,
    end: Any = None,
) -> pd.DataFrame:
    """Measure the share of cells, roads, incidents and hotspots visited in so many days.

    Parameters
    ----------
    visits
        Table of :func:`gridgov.find_visits`, with ``cell``, ``arrived_at``, ``left_at`` and
        ``dwell_min``.
    grid
        Table of :func:`gridgov.make_grid` that the visits were found on.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326) for
        rows by street; None for the whole grid only.
    days
        Lengths of the windows, calendar days.
    located
        Table of :func:`gridgov.locate`: what cells weigh by incidents.
    lines
        GeoDataFrame of LineStrings or MultiLineStrings in EPSG:4326: the roads and alleys.
    hotspots
        Table of :func:`gridgov.find_hotspots` on the same grid; hot at 90 % and more.
    start, end
        First instant of the period and first instant after it, in the zone of the visits;
        only whole days in it count. The days of the first and the last visit when None,
        which leaves out days without any: say the period that patrols were planned for.

    Returns
    -------
    DataFrame, one row a street and length; first the whole grid, then the streets
        - ``street_id``: missing for the whole grid
        - ``days``: length of the windows
        - ``windows``: how many windows of that length the period has
        - ``cells``: cells, each counted by the share of its area inside the street or, for
          the whole, inside the study area
        - ``cell_share``: share of them with a visit in a window, mean over the windows
        - ``cell_share_min``, ``cell_share_last``: the same in the worst and the last window
        - ``road_cells``, ``road_cell_share``: cells that a line passes, and the share visited
        - ``road_length_share``: the share visited by length of line in the cells
        - ``incidents``, ``incident_share``: incidents on the grid, and the share whose cell
          is visited
        - ``hotspot_cells``, ``hotspot_cell_share``: hot cells, and the share visited
        - ``hotspot_dwell_share``: share of the dwell of all visits that was in hot cells

        All shares 0 to 1; missing without windows, without anything to visit, or where
        `located`, `lines` or `hotspots` was not given.

    Raises
    ------
    ColumnsError
        If a table lacks a column, or times have no zone.
    DatumError
        If `jurisdictions` or `lines` is not in EPSG:4326.
    EmptyTableError
        If `grid`, `jurisdictions`, `lines` or `hotspots` has no rows.
    GeometryError
        If an outline is no valid polygon, or a line is none.
    InputError
        If visits or hotspots have cells that the grid does not have, or the period has no
        whole day.
    OptionError
        If `days` are no whole numbers from 1 on, or `start` or `end` cannot be read.

    Notes
    -----
    A visit counts on every day that it touches. A cell shared by streets counts in each by
    the share of its area, and so does a visit to it, because the cell is all that a visit
    knows; incidents count in their own street. The lengths of lines are split the same way.

    Mean coverage does not fall as windows grow. A visit is at least `min_visit_s` of
    observed time: a cell crossed in less, or in a gap, was not visited.

    Examples
    --------
    Two of seven cells, one on the first day and one on the third:

    >>> import pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> cells = grid_disk(0x8931AA50E27FFFF, 1)
    >>> grid = pd.DataFrame({"cell": cells, "street_id": "A", "inside_share": 1.0})
    >>> at = pd.DatetimeIndex(["2017-09-04 09:00", "2017-09-06 09:00"], tz="Asia/Shanghai")
    >>> visits = pd.DataFrame({"cell": cells[:2], "arrived_at": at, "dwell_min": 5.0,
    ...                        "left_at": at + pd.Timedelta(minutes=5)})
    >>> covered = measure_patrol_coverage(visits, grid, days=(1, 2, 3))
    >>> (covered["cell_share"] * 7).round(3).tolist(), covered["windows"].tolist()
    ([0.667, 1.0, 2.0], [3, 2, 1])
    """
    lengths = _lengths(days)
    needed = ["cell", "arrived_at", "left_at", "dwell_min"]
    check_table(visits, "visits", columns=needed, allow_empty=True)
    places = read_grid(grid)
    place = _places(visits, places, "visits")
    shares = street_shares(places, grid, jurisdictions)
    seen = visited_days(visits, place, start=start, end=end)

    hot = None if hotspots is None else _hot(hotspots, places)
    weights = _all_weights(places, shares, located, lines, hot)
    rows = len(shares.street_ids)
    totals = {name: _total(one, rows) for name, one in weights.items()}
    dwell = np.where(seen.counted, visits["dwell_min"].to_numpy(dtype=np.float64), 0.0)
    spent = np.bincount(place, weights=dwell, minlength=len(places.cells))
    hot_dwell = _hot_dwell(np.asarray(spent, dtype=np.float64), hot, shares)

    parts = []
    for position, length in enumerate(lengths):
        covered = {
            name: covered_weights(seen, length, one.place, one.street, one.weight, rows)
            for name, one in weights.items()
        }
        windows = max(seen.days - length + 1, 0)
        mean = {name: _share(_mean(covered[name]), totals[name]) for name in weights}
        nothing = np.full(rows, np.nan)
        cell = covered["cells"]
        parts.append(
            pd.DataFrame(
                {
                    "street_id": pd.array(shares.street_ids, dtype="str"),
                    "days": length,
                    "windows": windows,
                    "cells": totals["cells"],
                    "cell_share": mean["cells"],
                    "cell_share_min": (
                        _share(cell.min(axis=1), totals["cells"]) if windows else nothing
                    ),
                    "cell_share_last": _share(cell[:, -1], totals["cells"]) if windows else nothing,
                    "road_cells": totals.get("roads", nothing),
                    "road_cell_share": mean.get("roads", nothing),
                    "road_length_share": mean.get("road_length", nothing),
                    "incidents": totals.get("incidents", nothing),
                    "incident_share": mean.get("incidents", nothing),
                    "hotspot_cells": totals.get("hotspots", nothing),
                    "hotspot_cell_share": mean.get("hotspots", nothing),
                    "hotspot_dwell_share": hot_dwell,
                    "row": np.arange(rows) * len(lengths) + position,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True).sort_values("row", ignore_index=True)
    return conform(frame, "patrol_coverage")


def _all_weights(
    places: PatrolGrid, shares: StreetShares, located: Any, lines: Any, hot: Flags | None
) -> dict[str, _Weights]:
    """Return what cells weigh in each of the measures that were asked for."""
    cells = _Weights(shares.street, shares.place, shares.share)
    found = {"cells": cells}
    if lines is not None:
        meters = line_lengths(lines, places.cells, places.lookup, places.resolution)
        found["roads"] = _where(cells, meters > 0)
        found["road_length"] = cells._replace(weight=cells.weight * meters[cells.place])
    if located is not None:
        found["incidents"] = _incidents(located, places, shares)
    if hot is not None:
        found["hotspots"] = _where(cells, hot)
    return found


def _where(cells: _Weights, chosen: Flags) -> _Weights:
    """Return the weights of the chosen cells."""
    kept = chosen[cells.place]
    return _Weights(cells.street[kept], cells.place[kept], cells.weight[kept])


def _incidents(located: Any, places: PatrolGrid, shares: StreetShares) -> _Weights:
    """Return one weight an incident on the grid: for the whole, and for its own street."""
    check_table(located, "located", columns=["cell", "street_id", "match"], allow_empty=True)
    owned = located["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool)
    place = places.lookup.find(located["cell"].to_numpy(dtype=np.uint64, na_value=0))
    row = np.flatnonzero(owned & (place >= 0))
    if not len(row) and owned.any():
        raise InputError(
            "located and grid must have cells in common. Found: "
            f"{int(owned.sum()):,} incidents and none in a cell of the grid. Locate them at the "
            f"resolution of the grid, {places.resolution}."
        )
    place = place[row]
    own = pd.Index(shares.street_ids[1:]).get_indexer(located["street_id"].iloc[row].astype("str"))
    known = own >= 0
    street = np.concatenate([np.zeros(len(row), dtype=np.int64), own[known] + 1])
    return _Weights(street, np.concatenate([place, place[known]]), np.ones(len(street)))


def _hot(hotspots: Any, places: PatrolGrid) -> Flags:
    """Return which cells are hot."""
    check_table(hotspots, "hotspots", columns=["cell", "spot"])
    place = _places(hotspots, places, "hotspots")
    hot = np.zeros(len(places.cells), dtype=bool)
    hot[place[hotspots["spot"].astype("str").str.startswith("hot").to_numpy(dtype=bool)]] = True
    return hot


def _hot_dwell(dwell: Floats, hot: Flags | None, shares: StreetShares) -> Floats:
    """Return the share of the dwell of each street that is in hot cells."""
    if hot is None:
        return np.full(len(shares.street_ids), np.nan)
    # All dwell is the whole's, however little of a cell lies inside.
    whole = np.where(shares.street == 0, 1.0, shares.share)
    weighing = shares._replace(share=whole)
    return _share(weighing.of_streets(np.where(hot, dwell, 0.0)), weighing.of_streets(dwell))


def _places(table: Any, places: PatrolGrid, name: str) -> Ints:
    """Return the place of every cell of a table, all of which the grid must have."""
    cells = table["cell"].to_numpy(dtype=np.uint64)
    place = places.lookup.find(cells)
    lost = place < 0
    if lost.any():
        raise InputError(
            f"{name} and grid must be of one grid. Found: {int(lost.sum()):,} of {len(lost):,} "
            f"rows of {name} with cells that the grid does not have, the first is "
            f"{int(cells[np.argmax(lost)]):x}. Pass the grid that {name} was made with."
        )
    return place


def _lengths(days: Any) -> list[int]:
    """Return the lengths of the windows."""
    try:
        listed = list(days)
    except TypeError:
        listed = [days]
    lengths = [
        check_whole(one, option="days", least=1, meaning="length of a window") for one in listed
    ]
    if not lengths or len(set(lengths)) < len(lengths):
        raise OptionError(
            f"days must list at least one length, each once. Found: {listed!r}. Pass (1, 7, 30)."
        )
    return lengths


def _total(weights: _Weights, rows: int) -> Floats:
    """Return the weight of all cells of each street."""
    total = np.bincount(weights.street, weights=weights.weight, minlength=rows)
    return np.asarray(total, dtype=np.float64)


def _mean(covered: Floats) -> Floats:
    """Return the mean over the windows, missing when there are none."""
    return covered.mean(axis=1) if covered.shape[1] else np.full(len(covered), np.nan)


def _share(part: Floats, whole: Floats) -> Floats:
    """Return part by whole, missing where that is 0."""
    share: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    # Sums of the same weights in another order can differ in the last digit.
    return np.clip(share, 0.0, 1.0)
