"""How much patrol every cell got: visits, dwell, dose, and how long nobody came.

All of it is what the fixes show. Time without fixes is not counted as absence of a
patrol anywhere in particular, nor as presence: it is given apart, and the four times of
a track (in the grid, outside it, unobserved, and their sum) add up to the microsecond.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol.patrol_fixes import TrackTables, every_second, span_of
from gridgov.coverage.patrol.patrol_grid import HOUR_US, MINUTE_US, read_grid, to_times
from gridgov.coverage.patrol.patrol_revisits import measure_revisits
from gridgov.coverage.patrol.patrol_stays import find_stays
from gridgov.coverage.patrol.patrol_time import CellTimes, sums_at, times_of_tracks
from gridgov.coverage.patrol.patrol_visits import presences
from gridgov.coverage.patrol.visits import in_koper_band, visit_sums
from gridgov.errors import InputError
from gridgov.place.periods import PeriodRange

__all__ = ["measure_patrols"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def measure_patrols(
    tracks: Any,
    grid: Any,
    *,
    start: Any = None,
    end: Any = None,
    max_gap_s: float = 120,
    min_visit_s: float = 60,
    min_absence_s: float = 600,
) -> pd.DataFrame:
    """Measure how much patrol every cell of a grid got, zeros kept.

    Parameters
    ----------
    tracks, grid, max_gap_s, min_visit_s, min_absence_s
        As for :func:`gridgov.find_visits`.
    start, end
        First instant of the period and first instant after it, as for
        :func:`gridgov.find_visits`; the first and the last fix when None. Absences are
        cut off there, so say the period that patrols were planned for.

    Returns
    -------
    DataFrame, one row a cell, sorted by cell
        - ``cell``, ``street_id``: from `grid`, the street for display only
        - ``visits``: visits, as :func:`gridgov.find_visits` counts them
        - ``dwell_min``: all time observed in the cell, minutes, shorter than a visit too
        - ``mean_dwell_min``: mean dwell of the visits; missing without any
        - ``person_min``: dose, the dwell times the persons, person-minutes
        - ``koper_visits``: visits whose dwell is 10 to 16 minutes
        - ``revisits``: absences of `min_absence_s` or more that a return ended
        - ``revisit_mean_h``: their mean length, hours; missing without any
        - ``revisit_censored_mean_h``: hours of absence a return, see Notes; missing without
          any
        - ``revisit_max_h``: longest time without a visit, the ends of the period included
        - ``revisit_max_open``: whether that one is cut off by an end of the period
        - ``revisit_cv``: standard deviation over mean of the absences that a return ended;
          missing with fewer than two
        - ``last_visit_at``: end of the last visit; missing without any
        - ``dwell_half_rate_min``: ``dwell_min`` if every second fix were missing

        ``attrs["patrol"]`` holds ``tracks``, ``fixes``, ``start`` and ``end`` (ISO text) and,
        in minutes, ``tracked_min`` = ``dwell_min`` + ``outside_min`` + ``unobserved_min``.

    Raises
    ------
    ColumnsError
        If a table lacks a column, a fix lacks id, time or point, or times have no zone.
    DatumError
        If `tracks` is not in EPSG:4326.
    EmptyTableError
        If `grid` has no rows.
    GeometryError
        If a fix is no Point.
    InputError
        If there are no fixes and no period, or as in :func:`gridgov.find_visits`.
    OptionError
        If an option is no number of seconds, or `start` or `end` cannot be read.

    Notes
    -----
    Absences are between the visits of all tracks together: visits that overlap, or follow
    each other within `min_absence_s`, are one presence. The first absence begins before the
    period and the last one ends after it, so that their length is only known to be at least
    what the period shows. Leaving them out makes the mean too short, because long ones are
    cut off more often. ``revisit_censored_mean_h`` is all absence in the period, those two
    included, divided by the number of returns: the maximum-likelihood estimate for censored
    intervals of an exponential distribution.

    ``dwell_half_rate_min`` shows how much the answer depends on the fix rate: the same time
    is observed, only the way is known half as well. Where it is far from ``dwell_min`` the
    cells are too small for these fixes; :func:`gridgov.measure_fix_rates` says more.

    Frequency (``visits``), duration (``mean_dwell_min``) and intermittency (``revisit_cv``)
    are the three parts of dosage of Sherman et al.

    References
    ----------
    Sherman, L. W., et al. (2014). An integrated theory of hot spots patrol strategy:
    implementing prevention by scaling up and feeding back. Journal of Contemporary Criminal
    Justice 30(2), 95-122. https://doi.org/10.1177/1043986214525082

    Hutt, O. K., Bowers, K., & Johnson, S. D. (2021). The effect of GPS refresh rate on
    measuring police patrol in micro-places. Crime Science 10, 3.
    https://doi.org/10.1186/s40163-021-00140-1

    Examples
    --------
    Two visits of five minutes with two hours between them:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> area = box(116.199, 39.899, 116.201, 39.901)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    >>> morning = pd.date_range("2017-09-04 09:00", periods=6, freq="min", tz="Asia/Shanghai")
    >>> at = morning.append(morning + pd.Timedelta(minutes=125))
    >>> tracks = gpd.GeoDataFrame(
    ...     {"track_id": "P1", "fix_at": at}, geometry=[Point(116.2, 39.9)] * 12, crs="EPSG:4326"
    ... )
    >>> patrols = measure_patrols(
    ...     tracks, make_grid(streets, resolution=9), start="2017-09-04 08:00",
    ...     end="2017-09-04 12:00",
    ... )
    >>> columns = ["visits", "dwell_min", "revisit_mean_h", "revisit_max_h"]
    >>> patrols.loc[patrols["visits"] > 0, columns].values.tolist()
    [[2.0, 10.0, 2.0, 2.0]]
    >>> patrols.attrs["patrol"]["unobserved_min"]
    120.0
    """
    places = read_grid(grid)
    sums = visit_sums(min_visit_s, min_absence_s)
    tables = TrackTables(tracks, max_gap_s=max_gap_s, resolution=places.resolution)
    times, halved = CellTimes(places), CellTimes(places)
    for fixes in tables:
        span = span_of(start, end, tables.zone)
        for stays in find_stays(fixes, places.resolution, span):
            sums.add(stays, times.add(stays))
        half = every_second(fixes)
        for stays in find_stays(fixes, places.resolution, span, rows=half):
            halved.add(stays)
    span = _period(tables, start, end)
    visits = sums.visits()
    cells = len(places.cells)
    number = np.bincount(visits.place, minlength=cells)
    spent = sums_at(visits.place, visits.dwell, cells)
    last = np.full(cells, np.iinfo(np.int64).min)
    np.maximum.at(last, visits.place, visits.left)
    presence = presences(visits, sums.min_absence_us)
    absent = measure_revisits(presence, cells, span.first, span.last)
    frame = pd.DataFrame(
        {
            "cell": places.cells,
            "street_id": grid["street_id"].array.take(places.order),
            "visits": number,
            "dwell_min": times.dwell / MINUTE_US,
            "mean_dwell_min": _per(spent / MINUTE_US, number),
            "person_min": times.person / MINUTE_US,
            "koper_visits": np.bincount(visits.place[in_koper_band(visits.dwell)], minlength=cells),
            "revisits": absent.number,
            "revisit_mean_h": _per(absent.ended / HOUR_US, absent.number),
            "revisit_censored_mean_h": _per(absent.whole / HOUR_US, absent.number),
            "revisit_max_h": absent.longest / HOUR_US,
            "revisit_max_open": absent.longest_open,
            "revisit_cv": absent.variation,
            "last_visit_at": to_times(last, tables.zone),
            "dwell_half_rate_min": halved.dwell / MINUTE_US,
        }
    )
    result = conform(frame, "patrols")
    by_track = times_of_tracks(tables, times, span)
    ends = to_times(np.array([span.first, span.last]), tables.zone)
    result.attrs["patrol"] = {
        "tracks": len(tables.track_ids),
        "fixes": int(tables.fixes.sum()),
        "start": ends[0].isoformat(),
        "end": ends[1].isoformat(),
        **{name: int(us.sum()) / MINUTE_US for name, us in by_track.items()},
    }
    return result


def _period(tables: TrackTables, start: Any, end: Any) -> PeriodRange:
    """Return the period: as given, else from the first fix to the last."""
    span = span_of(start, end, tables.zone)
    if not len(tables.first_at) and (start is None or end is None):
        raise InputError(
            "The period runs from the first fix to the last unless it is given. Found: tracks "
            "without fixes. Pass start and end."
        )
    first = span.first if start is not None else int(tables.first_at.min())
    last = span.last if end is not None else int(tables.last_at.max())
    return PeriodRange(span.starts, first, max(first, last))


def _per(values: Floats, number: Ints) -> Floats:
    """Return values by number, missing where that is 0."""
    mean: Floats = np.divide(values, number, out=np.full(len(values), np.nan), where=number > 0)
    return mean
