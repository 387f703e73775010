"""The time before and the time after a campaign: half-open and never one in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.place.periods import read_moment

__all__ = ["Windows", "read_windows"]

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Windows:
    """Two half-open spans of time, as moments and as microseconds since 1970 UTC.

    Attributes
    ----------
    moments
        Start and end before, start and end after.
    instants
        The same as whole numbers.
    """

    moments: tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp, pd.Timestamp]
    instants: tuple[int, int, int, int]

    @property
    def days(self) -> tuple[float, float]:
        """Return how many days either span has."""
        first, second, third, fourth = self.instants
        return (second - first) / _DAY_US, (fourth - third) / _DAY_US

    def holds(self, instants: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which instants lie before and which after."""
        first, second, third, fourth = self.instants
        return (instants >= first) & (instants < second), (instants >= third) & (instants < fourth)


def read_windows(before: Any, after: Any, zone: Any) -> Windows:
    """Return the spans before and after a campaign.

    Parameters
    ----------
    before, after
        Pairs of dates or Timestamps: first instant that counts, first one that does not.
    zone
        Zone of dates that carry none.

    Returns
    -------
    Windows
        The time between the two, when the campaign ran, belongs to neither.

    Raises
    ------
    OptionError
        If a span is no pair, cannot be read, or ends before it starts, or the second starts
        before the first has ended.

    Examples
    --------
    >>> spans = read_windows(("2016-01-01", "2016-03-01"), ("2016-04-01", "2016-05-01"), "UTC")
    >>> spans.days
    (60.0, 30.0)
    """
    moments = [*_pair(before, "before", zone), *_pair(after, "after", zone)]
    if moments[2] < moments[1]:
        raise OptionError(
            "before must have ended when after starts, or incidents count twice. Found: before "
            f"until {moments[1].date()}, after from {moments[2].date()}. Leave the campaign "
            "itself out of both."
        )
    instants = pd.DatetimeIndex(moments).tz_convert("UTC").as_unit("us").asi8.tolist()
    first, second, third, fourth = moments
    return Windows(
        (first, second, third, fourth), (instants[0], instants[1], instants[2], instants[3])
    )


def _pair(span: Any, option: str, zone: Any) -> list[pd.Timestamp]:
    """Return start and end of a span as moments in the zone."""
    ends = list(span) if isinstance(span, tuple | list) else []
    if len(ends) != 2:
        raise OptionError(
            f"{option} must be two dates, first day and first day no longer counted, such as "
            f"('2015-01-01', '2016-01-01'). Found: {span!r}."
        )
    moments = [read_moment(end, option, zone).tz_convert(zone) for end in ends]
    if moments[0] >= moments[1]:
        raise OptionError(
            f"{option} must start before it ends. Found: {ends[0]!r} to {ends[1]!r}. The span is "
            "half-open: its end is the first day no longer counted."
        )
    return moments
