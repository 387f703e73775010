"""Windows of so many days, one beginning every day, and what is visited in each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.place.periods import period_end, read_instants, read_range

__all__ = ["VisitedDays", "covered_weights", "visited_days"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class VisitedDays(NamedTuple):
    """On which days of a period which cells were visited.

    Attributes
    ----------
    place, day
        Each pair of a place and a day from 0 with a visit once, by place and day.
    days
        How many whole days the period has.
    counted
        Which visits touch one of them.
    """

    place: Ints
    day: Ints
    days: int
    counted: NDArray[np.bool_]


def visited_days(visits: Any, place: Ints, *, start: Any, end: Any) -> VisitedDays:
    """Return the days on which cells were visited.

    Parameters
    ----------
    visits
        Table with ``arrived_at`` and ``left_at``.
    place
        Place of the cell of every visit.
    start, end
        The period; only whole days in it count.

    Raises
    ------
    ColumnsError
        If times have no zone.
    InputError
        If there are neither visits nor a period, or it has no whole day.
    OptionError
        If `start` or `end` cannot be read.
    """
    arrived, no_arrival, zone = read_instants(visits, "arrived_at")
    left, no_leave, _ = read_instants(visits, "left_at")
    if not len(arrived) and (start is None or end is None):
        raise InputError(
            "The period runs from the day of the first visit to that of the last unless it is "
            "given. Found: no visits. Pass start and end."
        )
    there = ~(no_arrival | no_leave)
    # A visit that ends at midnight does not touch the next day.
    ends = np.maximum(left - 1, arrived)
    instants = np.concatenate([arrived[there], ends[there]])
    range_ = read_range(instants, freq="D", start=start, end=end, zone=zone)
    close = pd.DatetimeIndex([period_end(range_.starts[-1], "D")]).as_unit("us").asi8
    edges = np.append(range_.starts.asi8, close)
    edges = edges[(edges >= range_.first) & (edges <= range_.last)]
    days = len(edges) - 1
    if days < 1:
        raise InputError(
            "The period must have at least one whole day. Found: none from "
            f"{start!r} to {end!r}. Days begin at midnight in the zone of the visits, {zone}."
        )
    first = np.searchsorted(edges, arrived, side="right") - 1
    last = np.searchsorted(edges, ends, side="right") - 1
    counted = there & (last >= 0) & (first < days)
    first, last = np.maximum(first, 0), np.minimum(last, days - 1)
    many = np.where(counted, last - first + 1, 0)
    row = np.repeat(np.arange(len(place)), many)
    day = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    pair = np.unique(place[row] * days + day)
    return VisitedDays(pair // days, pair % days, days, counted)


def covered_weights(
    seen: VisitedDays, length: int, place: Ints, street: Ints, weight: Floats, streets: int
) -> Floats:
    """Return the weight of the cells visited in every window, by street.

    Parameters
    ----------
    seen
        The days on which cells were visited.
    length
        Days of a window.
    place, street, weight
        What cells weigh in which street; a pair may come more than once.
    streets
        How many streets there are.

    Returns
    -------
    float array, shape (streets, windows)

    Examples
    --------
    One cell visited on days 0 and 3 of four, in windows of two days:

    >>> zero = np.zeros(1, dtype=np.int64)
    >>> seen = VisitedDays(np.zeros(2, dtype=np.int64), np.array([0, 3]), 4, np.array([True]))
    >>> covered_weights(seen, 2, zero, zero, np.ones(1), 1).tolist()
    [[1.0, 0.0, 1.0]]
    """
    windows = seen.days - length + 1
    if windows < 1:
        return np.empty((streets, 0))
    # A visit on a day is in the windows that begin up to length - 1 days before it; those
    # that the visit before it is in as well are counted there.
    before = np.append(-1, seen.day[:-1])
    before[np.diff(seen.place, prepend=-1) != 0] = -1
    low = np.maximum(np.maximum(seen.day - length + 1, before + 1), 0)
    high = np.minimum(seen.day, windows - 1)
    new = high >= low
    spell_place, low, high = seen.place[new], low[new], high[new]

    begin = np.searchsorted(spell_place, place, side="left")
    many = np.searchsorted(spell_place, place, side="right") - begin
    row = np.repeat(np.arange(len(place)), many)
    spell = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    size = streets * (windows + 1)
    key = street[row] * (windows + 1)
    steps = np.bincount(key + low[spell], weights=weight[row], minlength=size)
    steps -= np.bincount(key + high[spell] + 1, weights=weight[row], minlength=size)
    covered = np.cumsum(steps.reshape(streets, windows + 1), axis=1)[:, :-1]
    return np.maximum(covered, 0.0)
