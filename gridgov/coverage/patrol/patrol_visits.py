"""From stays to visits, block by block, keeping only what can still change.

Stays of a track in a cell that are less than `min_absence` apart are one visit, whatever
the track did in between; one that is observed for less than `min_visit` in all is none.
A visit is settled once the track was away for long enough.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.patrol.patrol_stays import Stays

__all__ = ["VisitSums", "Visits", "presences"]

Ints = NDArray[np.int64]


class Visits(NamedTuple):
    """Visits by track, cell and time.

    Attributes
    ----------
    track
        Number of the track.
    place
        Place of the cell in the grid.
    arrived, left
        From when to when, µs since 1970 UTC.
    dwell, person
        Time observed in the cell, and the same times the persons, µs.
    """

    track: Ints
    place: Ints
    arrived: Ints
    left: Ints
    dwell: Ints
    person: Ints


class VisitSums:
    """Visits that grow as stays are added in the order of time."""

    def __init__(self, *, min_visit_us: int, min_absence_us: int) -> None:
        self._min_visit_us = min_visit_us
        self.min_absence_us = min_absence_us
        nothing = np.empty(0, dtype=np.int64)
        self._open = Visits(*([nothing] * 6))
        self._settled: list[Visits] = []
        # Up to when each track is known: all that is still to come is later.
        self._known = nothing

    def add(self, stays: Stays, place: Ints) -> None:
        """Add stays.

        Parameters
        ----------
        stays
            Later than those of the same tracks before.
        place
            Place of each stay's cell in the grid, -1 where it is none of it.
        """
        on = place >= 0
        length = (stays.end - stays.start)[on]
        new = Visits(
            stays.track[on],
            place[on].astype(np.int64),
            stays.start[on],
            stays.end[on],
            length,
            length * stays.persons[on],
        )
        joined = _merged(
            Visits(*(np.concatenate(pair) for pair in zip(self._open, new, strict=True))),
            self.min_absence_us,
        )
        more = int(stays.track.max(initial=-1)) + 1 - len(self._known)
        earliest = np.iinfo(np.int64).min
        self._known = np.append(self._known, np.full(max(more, 0), earliest, dtype=np.int64))
        np.maximum.at(self._known, stays.track, stays.end)
        settled = joined.left + self.min_absence_us <= self._known[joined.track]
        self._open = Visits(*(values[~settled] for values in joined))
        self._keep(Visits(*(values[settled] for values in joined)))

    def visits(self) -> Visits:
        """Return all visits, by track, cell and time."""
        self._keep(self._open)
        self._open = Visits(*(values[:0] for values in self._open))
        found = Visits(*map(np.concatenate, zip(*self._settled, strict=True)))
        order = np.lexsort((found.arrived, found.place, found.track))
        return Visits(*(values[order] for values in found))

    def _keep(self, visits: Visits) -> None:
        """Keep visits that are long enough."""
        long = visits.dwell >= self._min_visit_us
        self._settled.append(Visits(*(values[long] for values in visits)))


def presences(visits: Visits, min_absence_us: int) -> Visits:
    """Return the times at which anybody was in a cell, by cell and time.

    Visits of different tracks that overlap, or follow each other before the absence is
    long enough, are one presence; its dwell is that of all of them.
    """
    return _merged(visits._replace(track=np.zeros_like(visits.track)), min_absence_us)


def _merged(visits: Visits, min_absence_us: int) -> Visits:
    """Return visits of one track to one cell that are not far enough apart as one."""
    if not len(visits.track):
        return visits
    order = np.lexsort((visits.arrived, visits.place, visits.track))
    track, place, arrived, left, dwell, person = (values[order] for values in visits)
    fresh = np.ones(len(track), dtype=bool)
    fresh[1:] = (track[1:] != track[:-1]) | (place[1:] != place[:-1])
    latest = _running_maximum(left, fresh)
    new = fresh.copy()
    new[1:] |= arrived[1:] - latest[:-1] >= min_absence_us
    begin = np.flatnonzero(new)
    return Visits(
        track[begin],
        place[begin],
        arrived[begin],
        np.maximum.reduceat(left, begin),
        np.add.reduceat(dwell, begin),
        np.add.reduceat(person, begin),
    )


def _running_maximum(values: Ints, fresh: NDArray[np.bool_]) -> Ints:
    """Return the largest value so far, anew at every fresh row."""
    # Ranks instead of values: lifted group by group they stay small.
    different, rank = np.unique(values, return_inverse=True)
    lift = (np.cumsum(fresh) - 1) * len(different)
    return np.asarray(different[np.maximum.accumulate(rank.ravel() + lift) - lift])
