"""Reports of one incident that came in more than once, linked and never deleted.

Two reports may be of one incident when they are near in space and time, of one category
and, where texts are compared, alike in their letters. That is a conjecture about each pair,
not a fact: where many things happen on one spot, reports agree by chance, and
``measure_chance_links`` tells how often.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgov.assessment.supervision.near_pairs import (
    HOUR_US,
    Reports,
    check_number,
    near_pairs,
    read_reports,
)
from gridgov.assessment.supervision.text_similarity import dice_similarity
from gridgov.checks import check_choice, conform
from gridgov.errors import ColumnsError, OptionError

__all__ = ["link_duplicates", "measure_chance_links"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DAY_US = 24 * HOUR_US


def link_duplicates(
    located: Any,
    *,
    distance_m: float = 50.0,
    within_h: float = 72.0,
    same_category: bool = True,
    text: str | None = None,
    min_similarity: float = 0.5,
    grouping: Literal["star", "chain"] = "star",
    times: str = "reported_at",
) -> pd.DataFrame:
    """Link reports that may be of one incident to the first of them.

    Parameters
    ----------
    located
        Table of incidents: ``incident_id``, ``geometry`` (Points, EPSG:4326), the column
        `times` and ``category`` unless `same_category` is False.
    distance_m
        Two reports of one incident are at most so far apart, m, ...
    within_h
        ... and at most so many hours.
    same_category
        Whether they must be of one category; reports without one are then linked to none.
    text
        Name of your own column of descriptions to compare; None compares none. A pair of
        which one has no text is then not linked, and counted.
    min_similarity
        Least similarity of the two texts, above 0 to 1.
    grouping
        ``"star"``: every link holds all conditions to the first report itself. ``"chain"``:
        reports joined through others belong together, the first one of all is their first;
        a link may then be longer than `distance_m` and `within_h`.
    times
        Column of times.

    Returns
    -------
    DataFrame, one row a report that is not the first of its group, in order of time
        - ``incident_id``: the report; ``duplicate_of``: the first report of its group
        - ``group_reports``: reports of the group
        - ``distance_m``, ``hours_after``: from the first report
        - ``similarity``: of the two texts; missing when none were compared
        - ``channel``, ``first_channel``, ``across_channels``: whether the two differ
        - ``category``, ``street_id``

        ``attrs["duplicates"]`` holds the options, the pairs found and what was left out.

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
    Similarity is Dice's coefficient of the sets of neighboring letter pairs, in compatibility
    form, without case, letters and digits alone [1]_. The texts themselves are in no result.

    *Star*: in order of time, a report that fulfils the conditions with an earlier first
    report is linked to the earliest such one; otherwise it is a first report itself. Reports
    that follow each other day by day do not run into one long chain. *Chain* is single
    linkage, the connected components of the pairs.

    Defaults are ours. What they mean for a table is measured by
    :func:`gridgov.measure_chance_links`.

    References
    ----------
    .. [1] Dice, L. R. (1945). Measures of the amount of ecologic association between species.
       Ecology 26(3), 297-302. https://doi.org/10.2307/1932409

    Examples
    --------
    A hotline call, the same by app 35 m away an hour later, and another kind of report:

    >>> import geopandas as gpd, pandas as pd
    >>> hours = ["2017-09-01 08:00", "2017-09-01 09:00", "2017-09-01 09:30"]
    >>> located = gpd.GeoDataFrame({
    ...     "incident_id": ["1", "2", "3"], "category": ["garbage", "garbage", "vending"],
    ...     "channel": ["hotline", "app", "app"], "said": ["garbage bags", "bags of garbage", "-"],
    ...     "reported_at": pd.DatetimeIndex(hours, tz="Asia/Shanghai")},
    ...     geometry=gpd.points_from_xy([116.2, 116.2004, 116.2], [39.9] * 3), crs=4326)
    >>> links = link_duplicates(located, text="said")
    >>> links[["incident_id", "duplicate_of", "hours_after", "across_channels"]]
      incident_id duplicate_of  hours_after  across_channels
    0           2            1          1.0             True
    >>> links[["distance_m", "similarity"]].round(2).values.tolist()
    [[34.21, 0.78]]
    """
    check_choice(grouping, option="grouping", choices=("star", "chain"))
    reports, earlier, later, unread = _pairs(
        located, distance_m, within_h, same_category, text, min_similarity, times
    )
    number = len(reports.rows)
    head = _stars(earlier, later, number) if grouping == "star" else _chains(earlier, later, number)
    place = np.flatnonzero(head != np.arange(number))
    first = head[place]
    sizes = np.bincount(head, minlength=number)
    one, other = reports.rows[place], reports.rows[first]
    frame = pd.DataFrame(
        {
            "incident_id": located["incident_id"].to_numpy()[one],
            "duplicate_of": located["incident_id"].to_numpy()[other],
            "group_reports": sizes[first],
            "distance_m": np.hypot(
                reports.x[place] - reports.x[first], reports.y[place] - reports.y[first]
            ),
            "hours_after": (reports.instants[place] - reports.instants[first]) / HOUR_US,
        }
    )
    if text is not None:
        frame["similarity"] = dice_similarity(located[text], one, other)
    for name in ("category", "street_id"):
        if name in located.columns:
            frame[name] = located[name].to_numpy()[one]
    if "channel" in located.columns:
        channel = located["channel"].astype("str").to_numpy()
        frame["channel"], frame["first_channel"] = channel[one], channel[other]
        known = frame["channel"].notna() & frame["first_channel"].notna()
        differ = (frame["channel"] != frame["first_channel"]).astype("boolean")
        frame["across_channels"] = differ.where(known)
    result = conform(frame, "duplicate_links")
    result.attrs["duplicates"] = {
        "distance_m": float(distance_m),
        "within_h": float(within_h),
        "same_category": bool(same_category),
        "text": text,
        "min_similarity": None if text is None else float(min_similarity),
        "grouping": grouping,
        "pairs": len(earlier),
        "pairs_without_text": unread,
        "left_out": reports.left_out,
    }
    return result


def measure_chance_links(
    located: Any,
    *,
    distance_m: float = 50.0,
    within_h: float = 72.0,
    same_category: bool = True,
    text: str | None = None,
    min_similarity: float = 0.5,
    lags_days: tuple[int, ...] = (28, 56, 84),
    times: str = "reported_at",
) -> pd.DataFrame:
    """Measure how many pairs fulfil the conditions of a link by chance.

    Parameters
    ----------
    located, distance_m, within_h, same_category, text, min_similarity, times
        As for :func:`gridgov.link_duplicates`.
    lags_days
        Lags, days: multiples of 7 keep the rhythm of the week, and should be longer than two
        reports of one incident can lie apart.

    Returns
    -------
    DataFrame, one row a lag, the first with lag 0
        - ``lag_days``
        - ``pairs``: at lag 0 the pairs that may be linked; at others half the pairs whose
          times differ by the lag, give or take `within_h`, rounded up
        - ``pairs_per_1000``: of the incidents with a point and a time
        - ``chance_share``: pairs by those at lag 0, not above 1; missing without any

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
    Two reports four weeks apart on one spot, of one category and alike in words, are hardly of
    one incident. As many such pairs as there are, about so many of the linked ones agree by
    chance: the spot is simply a busy one. If the share is near 1, links say nothing about the
    table at hand; tighten the conditions. Pairs are counted, not reports. A lag loses as much
    of the range of times as it is long, so keep lags short beside it.

    Examples
    --------
    Ten reports on one spot, one a week: none within 72 hours of another, nine pairs a week
    apart, each counted by half:

    >>> import geopandas as gpd, pandas as pd
    >>> weeks = pd.date_range("2017-01-01", periods=10, freq="7D", tz="Asia/Shanghai")
    >>> located = gpd.GeoDataFrame({"incident_id": [str(n) for n in range(10)],
    ...     "category": "a", "reported_at": weeks.as_unit("us")},
    ...     geometry=gpd.points_from_xy([116.2] * 10, [39.9] * 10), crs=4326)
    >>> measure_chance_links(located, lags_days=(7,))
       lag_days  pairs  pairs_per_1000  chance_share
    0         0      0             0.0           NaN
    1         7      5           500.0           NaN
    """
    lags = _lags(lags_days)
    counts = []
    for lag in (0, *lags):
        reports, earlier, _, _ = _pairs(
            located, distance_m, within_h, same_category, text, min_similarity, times, lag
        )
        # Pairs at a lag may differ by more or by less than it, twice as much room as at 0.
        counts.append(len(earlier) if lag == 0 else -(-len(earlier) // 2))
    pairs = np.array(counts, dtype=np.int64)
    frame = pd.DataFrame({"lag_days": [0, *lags], "pairs": pairs})
    used = len(reports.rows)
    frame["pairs_per_1000"] = 1000 * pairs / used if used else np.nan
    frame["chance_share"] = np.minimum(pairs / pairs[0], 1.0) if pairs[0] else np.nan
    frame.loc[0, "chance_share"] = np.nan
    return conform(frame, "chance_links")


def _pairs(
    located: Any,
    distance_m: Any,
    within_h: Any,
    same_category: bool,
    text: str | None,
    min_similarity: Any,
    times: str,
    lag_days: int = 0,
) -> tuple[Reports, Ints, Ints, int]:
    """Return the reports, the pairs that fulfil the conditions, and how many had no text."""
    meters = check_number(distance_m, "distance_m", meaning="the greatest distance, m")
    hours = check_number(
        within_h, "within_h", meaning="the greatest time between two, hours", most=24 * 366
    )
    least = check_number(
        min_similarity, "min_similarity", meaning="the least similarity of texts", most=1
    )
    reports = read_reports(located, same_category=same_category, times=times)
    if text is not None and text not in located.columns:
        raise ColumnsError(
            f"text must name a column of the incidents. Found: {text!r}, and the columns "
            f"{', '.join(map(str, located.columns))}."
        )
    earlier, later, _ = near_pairs(
        reports,
        distance_m=meters,
        within_us=round(hours * HOUR_US),
        lag_us=lag_days * _DAY_US,
    )
    unread = 0
    if text is not None:
        alike = dice_similarity(located[text], reports.rows[earlier], reports.rows[later])
        unread = int(np.isnan(alike).sum())
        earlier, later = earlier[alike >= least], later[alike >= least]
    return reports, earlier, later, unread


def _chains(earlier: Ints, later: Ints, number: int) -> Ints:
    """Return the first report of the component that each report belongs to."""
    ones = np.ones(len(earlier), dtype=np.int8)
    graph = coo_array((ones, (earlier, later)), shape=(number, number))
    _, label = connected_components(graph, directed=False)
    first = np.full(number, number, dtype=np.int64)
    np.minimum.at(first, label, np.arange(number))
    return np.asarray(first[label])


def _stars(earlier: Ints, later: Ints, number: int) -> Ints:
    """Return the first report that each report is linked to, itself where it is a first one."""
    alone = np.arange(number)
    used, places = np.unique(np.concatenate([earlier, later]), return_inverse=True)
    number = len(used)
    head = np.full(number, -1, dtype=np.int64)
    one, other = places[: len(earlier)], places[len(earlier) :]
    open_ = np.arange(number)
    # A report is decided once all earlier ones near it are: with a first one among them it is
    # linked, with none it is a first one. Every round decides those that wait for nobody.
    while len(open_):
        waits = np.zeros(number, dtype=bool)
        waits[other[head[one] < 0]] = True
        now = open_[~waits[open_]]
        found = np.full(number, number, dtype=np.int64)
        firsts = head[one] == one
        np.minimum.at(found, other[firsts], one[firsts])
        head[now] = np.where(found[now] < number, found[now], now)
        open_ = open_[waits[open_]]
        rest = head[other] < 0
        one, other = one[rest], other[rest]
    alone[used] = used[head]
    return alone


def _lags(lags_days: Any) -> list[int]:
    """Return lags as whole days above 0."""
    try:
        lags = [int(lag) for lag in lags_days]
        fits = bool(lags) and all(lag > 0 for lag in lags) and lags == list(lags_days)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise OptionError(
            f"lags_days must be whole days above 0, such as (28, 56). Found: {lags_days!r}."
        )
    return lags
