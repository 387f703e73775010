"""Places that are reported again and again, and whether they had been closed in between.

A place with many reports in a short time is a case of its own: what was done each time did
not last. Reports of one incident through several channels look the same; where that
matters, leave out what ``link_duplicates`` links first.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgov.assessment.supervision.near_pairs import check_number, near_pairs, read_reports
from gridgov.checks import check_table, check_whole, check_zoned, conform
from gridgov.geo.placed_points import is_placed, places_in_plane

__all__ = ["find_repeat_places", "measure_repeat_places"]

Ints = NDArray[np.int64]

_DAY_US = 86_400_000_000


def find_repeat_places(
    located: Any,
    *,
    within_days: float = 30.0,
    min_reports: int = 3,
    distance_m: float | None = None,
    same_category: bool = True,
    times: str = "reported_at",
) -> gpd.GeoDataFrame:
    """Find the places that were reported several times within some days.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    within_days, min_reports
        A place is listed if so many reports or more came within so many days (of 24 hours).
    distance_m
        None: a place is a cell. A number: a place is a chain of reports each of which has
        another one within so many meters and `within_days`; needs ``geometry``, no cells.
    same_category
        Whether reports of one place are of one ``category``; those without one are left out.
    times
        Column of times.

    Returns
    -------
    GeoDataFrame, one row a place, the most reports first
        - ``place_id``: 1, 2, ...; ``cell``: missing for places by distance
        - ``street_id``, ``department``, ``category``: of most of its reports
        - ``reports``: all of the place; ``most_reports``: most within `within_days`, first
          reached from ``busiest_from_at`` to ``busiest_to_at``
        - ``after_closing``: reports that came when the one before them had been closed
        - ``first_at``, ``last_at``
        - ``spread_m``: the farthest report from their middle; ``geometry``: the middle

        ``attrs["repeat_places"]`` holds the options and how many reports were left out.

    Raises
    ------
    ColumnsError
        If a column is missing, times have no zone, or geometry holds other than points.
    DatumError
        If the points are not in EPSG:4326.
    OptionError
        If an option does not exist.

    Notes
    -----
    No test is made: where much happens, much is repeated. By distance, places grow as long as
    the chain goes on; ``spread_m`` shows it.

    Examples
    --------
    Three reports of a cell within ten days, the second and third after the one before was
    closed, and one long after:

    >>> import pandas as pd
    >>> def at(*days): return pd.DatetimeIndex(days, tz="Asia/Shanghai")
    >>> located = pd.DataFrame({"incident_id": list("1234"), "category": "vending",
    ...     "cell": pd.array([0x8931AA50E27FFFF] * 4, "UInt64"), "street_id": "A",
    ...     "reported_at": at("2017-05-01", "2017-05-05", "2017-05-10", "2017-09-01"),
    ...     "closed_at": at("2017-05-02", "2017-05-06", "2017-10-10", None)})
    >>> found = find_repeat_places(located)
    >>> found[["street_id", "reports", "most_reports", "after_closing"]].values.tolist()
    [['A', 4, 3, 2]]
    """
    days = check_number(within_days, "within_days", meaning="the length of the window", most=3660)
    least = check_whole(
        min_reports, option="min_reports", least=2, meaning="a place reported once is no repeat"
    )
    within = round(days * _DAY_US)
    if distance_m is None:
        rows, label, instants, zone = _by_cell(located, same_category, times)
    else:
        meters = check_number(distance_m, "distance_m", meaning="the greatest distance, m")
        reports = read_reports(located, same_category=same_category, times=times)
        one, other, _ = near_pairs(reports, distance_m=meters, within_us=within)
        ones = np.ones(len(one), dtype=np.int8)
        graph = coo_array((ones, (one, other)), shape=(len(reports.rows),) * 2)
        _, label = connected_components(graph, directed=False)
        rows, instants, zone = reports.rows, reports.instants, reports.zone
    order = np.lexsort((rows, instants, label))
    rows, label, instants = rows[order], label[order].astype(np.int64), instants[order]

    back = _window_starts(label, instants, within)
    held = np.arange(len(rows)) - back + 1
    most = pd.Series(held).groupby(label).transform("max").to_numpy(dtype=np.int64)
    kept = most >= least
    frame = pd.DataFrame(
        {
            "label": label[kept],
            "row": rows[kept],
            "at": instants[kept],
            "from": instants[back[kept]],
            "most_reports": most[kept],
            "busiest": (held == most)[kept],
            "after_closing": _after_closing(located, label, rows, instants)[kept],
        }
    )
    places = _places(located, frame, cells=distance_m is None, zone=zone)
    places.attrs["repeat_places"] = {
        "within_days": days,
        "min_reports": least,
        "distance_m": None if distance_m is None else float(distance_m),
        "same_category": bool(same_category),
        "reports": len(rows),
        "left_out": len(located) - len(rows),
    }
    return places


def measure_repeat_places(places: Any, *, by: str | None = "street_id") -> pd.DataFrame:
    """Sum the places that are reported again and again by street, department or category.

    Parameters
    ----------
    places
        Table of :func:`gridgov.find_repeat_places`.
    by
        Column to group by, or None for all places together.

    Returns
    -------
    DataFrame, one row a value of `by`, in their order, places without one last
        - ``group``: the value; missing for places without one, and when `by` is None
        - ``places``, ``reports``, ``after_closing``

    Raises
    ------
    ColumnsError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"street_id": ["B", "A", "B"], "reports": [5, 4, 3],
    ...                        "after_closing": [2, 0, 1]})
    >>> measure_repeat_places(places)
      group  places  reports  after_closing
    0     A       1        4              0
    1     B       2        8              3
    """
    needed = ["reports", "after_closing", *([] if by is None else [by])]
    check_table(places, "repeat_places", columns=needed, allow_empty=True)
    plain = pd.DataFrame(places)
    nothing = pd.Series(np.nan, index=plain.index, dtype="str")
    group = nothing if by is None else plain[by].astype("str").where(plain[by].notna())
    facts = plain[["reports", "after_closing"]].assign(places=1)
    frame = facts.groupby(group.rename("group"), dropna=False).sum().reset_index()
    if by is None and len(plain) == 0:
        frame = pd.DataFrame({"group": nothing.reindex([0]), **dict.fromkeys(facts, 0)})
    return conform(frame, "repeat_place_counts")


def _by_cell(located: Any, same_category: bool, times: str) -> tuple[Ints, Ints, Ints, Any]:
    """Return rows that have a cell and a time, the number of their place, and their time."""
    needed = ["incident_id", times, "cell", *(["category"] if same_category else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    column = located[times]
    check_zoned(column, times, made_by="gridgov.read_incidents(..., timezone=...)")
    moments = pd.DatetimeIndex(column).as_unit("us")
    cell = pd.factorize(located["cell"])[0].astype(np.int64)
    kind = np.zeros(len(located), dtype=np.int64)
    if same_category:
        kind = pd.factorize(located["category"])[0].astype(np.int64)
    rows = np.flatnonzero((cell >= 0) & (kind >= 0) & ~np.asarray(moments.isna()))
    label = cell[rows] * (int(kind.max(initial=0)) + 1) + kind[rows]
    return rows, label, moments.asi8[rows], column.dtype.tz


def _window_starts(label: Ints, instants: Ints, within: int) -> Ints:
    """Return for each report the first one of its place not more than `within` before it."""
    moments = np.unique(instants)
    # Ranks instead of times: a place's number beside a time would not fit into 64 bits.
    key = label * len(moments) + np.searchsorted(moments, instants)
    earliest = label * len(moments) + np.searchsorted(moments, instants - within)
    return np.asarray(np.searchsorted(key, earliest, side="left"), dtype=np.int64)


def _after_closing(located: Any, label: Ints, rows: Ints, instants: Ints) -> Ints:
    """Return which reports came when the one before them at the place was closed, 1 or 0."""
    after = np.zeros(len(rows), dtype=np.int64)
    if "closed_at" not in located.columns or len(rows) == 0:
        return after
    column = located["closed_at"]
    check_zoned(column, "closed_at", made_by="gridgov.read_incidents(..., timezone=...)")
    closed = pd.DatetimeIndex(column).as_unit("us")
    over, open_ = closed.asi8[rows], np.asarray(closed.isna())[rows]
    same = label[1:] == label[:-1]
    after[1:] = same & ~open_[:-1] & (over[:-1] <= instants[1:])
    return after


def _places(located: Any, frame: pd.DataFrame, *, cells: bool, zone: Any) -> gpd.GeoDataFrame:
    """Return the table of places from their reports, in order of place and time."""
    grouped = frame.groupby("label", sort=True)
    busiest = frame[frame["busiest"]].groupby("label").first()
    made = pd.DataFrame(
        {
            "reports": grouped.size(),
            "most_reports": grouped["most_reports"].first(),
            "busiest_from_at": busiest["from"],
            "busiest_to_at": busiest["at"],
            "after_closing": grouped["after_closing"].sum(),
            "first_at": grouped["at"].min(),
            "last_at": grouped["at"].max(),
        }
    )
    rows, label = frame["row"].to_numpy(), frame["label"].to_numpy()
    for name in ("street_id", "department", "category"):
        if name in located.columns:
            made[name] = _commonest(located[name].to_numpy()[rows], label).reindex(made.index)
    if cells:
        first = grouped["row"].first().to_numpy()
        made["cell"] = located["cell"].astype("UInt64").array.take(first)
    middle, spread = _middles(located, rows, label, made.index)
    made["spread_m"] = spread
    order = np.lexsort((made["first_at"], -made["reports"]))
    made = made.iloc[order].reset_index(drop=True)
    for name in ("busiest_from_at", "busiest_to_at", "first_at", "last_at"):
        times = made[name].to_numpy(dtype=np.int64).view("datetime64[us]")
        made[name] = pd.DatetimeIndex(times, tz="UTC").tz_convert(zone)
    made["place_id"] = np.arange(1, len(made) + 1)
    table = gpd.GeoDataFrame(made, geometry=middle[order], crs="EPSG:4326")
    found: gpd.GeoDataFrame = conform(table, "repeat_places")
    return found


def _commonest(values: Any, label: Ints) -> pd.Series:
    """Return the value that most reports of each place have; of equally many the first."""
    sizes = pd.DataFrame({"label": label, "value": values}).dropna()
    sizes = sizes.groupby(["label", "value"]).size().rename("reports").reset_index()
    sizes = sizes.sort_values(["label", "reports", "value"], ascending=[True, False, True])
    return sizes.drop_duplicates("label").set_index("label")["value"]


def _middles(located: Any, rows: Ints, label: Ints, index: pd.Index) -> tuple[Any, Any]:
    """Return the middle of the points of each place, and how far the farthest lies from it."""
    middle = np.full(len(index), None, dtype=object)
    spread = np.full(len(index), np.nan)
    if "geometry" not in located.columns or len(rows) == 0:
        return middle, spread
    points = located["geometry"].array[rows]
    there = is_placed(points)
    if not there.any():
        return middle, spread
    planar, way = places_in_plane(points[there])
    at = pd.DataFrame(planar, columns=["x", "y"])
    of = label[there]
    means = at.groupby(of).transform("mean")
    far = np.hypot(at["x"] - means["x"], at["y"] - means["y"]).groupby(of).max()
    mean = at.groupby(of).mean()
    place = index.get_indexer(mean.index)
    longitude, latitude = way.transform(mean["x"].to_numpy(), mean["y"].to_numpy())
    middle[place] = shapely.points(longitude, latitude)
    spread[place] = far.to_numpy()
    return middle, spread
