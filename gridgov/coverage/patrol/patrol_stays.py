"""From fixes to stays: who was in which cell from when to when, in blocks of fixes.

A stay is a stretch of observed time of one track in one cell, without a break. Times are
whole microseconds and each cut is the end of one stay and the start of the next, so that
stays add up to the observed time exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.patrol.patrol_fixes import Fixes
from gridgov.coverage.patrol.patrol_segments import cut_ways
from gridgov.geo.faces import face_limits, facing
from gridgov.place.periods import PeriodRange

__all__ = ["Stays", "find_stays"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Flags = NDArray[np.bool_]

_BLOCK = 1 << 18


class Stays(NamedTuple):
    """Stays in the order of tracks and times.

    Attributes
    ----------
    track
        Number of the track.
    cell
        Cell, on the grid or not.
    start, end
        From when to when, µs since 1970 UTC; half-open, never empty.
    persons
        How many persons.
    """

    track: Ints
    cell: Cells
    start: Ints
    end: Ints
    persons: Ints

    def take(self, rows: Any) -> Stays:
        """Return some of the stays, chosen as NumPy chooses."""
        return Stays(
            self.track[rows],
            self.cell[rows],
            self.start[rows],
            self.end[rows],
            self.persons[rows],
        )


def find_stays(
    fixes: Fixes, resolution: int, span: PeriodRange, *, rows: Ints | None = None
) -> Iterator[Stays]:
    """Return the stays of a block of fixes after another.

    Parameters
    ----------
    fixes
        Fixes of one table.
    resolution
        H3 resolution of the cells.
    span
        The instants that count; stays are cut where it begins and ends.
    rows
        Which of the fixes, ascending; None takes all.

    Notes
    -----
    A stay that goes on in the next block comes in two parts.
    """
    for low in range(0, len(fixes.at) if rows is None else len(rows), _BLOCK):
        # The last fix of a block is the first one of the next.
        part = slice(low, low + _BLOCK + 1)
        block = fixes.take(part if rows is None else rows[part])
        yield _within(_joined(_stays(block, resolution)), span)


def _stays(fixes: Fixes, resolution: int) -> Stays:
    """Return what lies in one cell of every observed interval, in order."""
    track, at, persons, cell, run = fixes.track, fixes.at, fixes.persons, fixes.cell, fixes.run
    observed = (run[1:] == run[:-1]) & (at[1:] > at[:-1])
    # Cells are convex as far as they lie on one face: a way between two points of such a
    # part leaves it nowhere.
    inside = (cell[1:] == cell[:-1]) & _on_one_face(fixes)
    plain = observed & inside
    across = np.flatnonzero(observed & ~inside)
    # Most intervals go on in the cell of the one before: all such are one stay at once.
    goes_on = plain[1:] & plain[:-1] & (persons[1:-1] == persons[:-2])
    first, last = plain.copy(), plain.copy()
    first[1:] &= ~goes_on
    last[:-1] &= ~goes_on
    begin, close = np.flatnonzero(first), np.flatnonzero(last) + 1
    cuts = cut_ways(
        (fixes.longitude[across], fixes.longitude[across + 1]),
        (fixes.latitude[across], fixes.latitude[across + 1]),
        resolution,
    )
    way = across[cuts.way]
    length = at[way + 1] - at[way]
    # One number, rounded once, ends a piece and starts the next.
    begins = at[way] + np.rint(cuts.start * length).astype(np.int64)
    ends = at[way] + np.rint(cuts.end * length).astype(np.int64)
    interval = np.concatenate([begin, way])
    found = Stays(
        track[interval],
        np.concatenate([cell[begin], cuts.cell]),
        np.concatenate([at[begin], begins]),
        np.concatenate([at[close], ends]),
        persons[interval],
    )
    order = np.argsort(interval, kind="stable")
    order = order[found.end[order] > found.start[order]]
    return found.take(order)


def _on_one_face(fixes: Fixes) -> Flags:
    """Return between which fixes no edge of a face can lie."""
    west, east = float(fixes.longitude.min()), float(fixes.longitude.max())
    south, north = float(fixes.latitude.min()), float(fixes.latitude.max())
    x, y = (west + east) / 2, (south + north) / 2
    face = int(facing(np.array([x]), np.array([y]))[0])
    reach = float(np.radians(max(east - west, north - south) / 2))
    if reach < 0.05 and not face_limits(face, x, y, reach)[0]:
        return np.ones(len(fixes.at) - 1, dtype=bool)
    faces = facing(fixes.longitude, fixes.latitude)
    return np.asarray(faces[1:] == faces[:-1])


def _joined(stays: Stays) -> Stays:
    """Return stays of one track in one cell that follow without a break as one."""
    track, cell, start, end, persons = stays
    new = np.ones(len(track), dtype=bool)
    new[1:] = (
        (track[1:] != track[:-1])
        | (cell[1:] != cell[:-1])
        | (start[1:] != end[:-1])
        | (persons[1:] != persons[:-1])
    )
    begin = np.flatnonzero(new)
    if not len(begin):
        return stays
    close = np.append(begin[1:], len(track)) - 1
    return Stays(track[begin], cell[begin], start[begin], end[close], persons[begin])


def _within(stays: Stays, span: PeriodRange) -> Stays:
    """Return the parts of stays that count."""
    start = np.maximum(stays.start, span.first)
    end = np.minimum(stays.end, span.last)
    return stays._replace(start=start, end=end).take(end > start)
