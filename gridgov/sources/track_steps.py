"""What is wrong with a fix among the others of its track: time and place.

1. *The clock.* When the order of the rows is that of the device, times must not fall. Of
   the fixes that are ahead of a later row, and those that are behind an earlier one, the
   fewer are set aside, track by track; either way what is left is in order.
2. *Twice.* Of several fixes of one track at one time the first row is kept.
3. *Jumps.* A step is too fast when it is longer than the jitter of a receiver and faster
   than a patrol can be; it cuts the track. The smaller piece is at fault: it loses the
   fixes next to the cut that cannot be reached from its other side in their time. A piece
   between cuts over which the step is not too fast counts half. The steps are looked at
   again until none is too fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.sources.coordinates import Points

__all__ = ["Judged", "clock_faults", "first_of_moment", "judge_steps", "jumps"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# WGS-84: semi-major axis and the square of the first eccentricity.
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY2 = 0.00669437999014


class Judged(NamedTuple):
    """What became of the rows.

    Attributes
    ----------
    reason
        Code of the reason to set a row aside, ``""`` where it is accepted.
    accepted
        Accepted rows by track and time.
    first
        For repeated fixes the row that was kept; the row itself for all others.
    reordered
        Rows earlier than the usable row of their track before.
    """

    reason: NDArray[np.object_]
    accepted: Ints
    first: Ints
    reordered: int


def judge_steps(
    reason: NDArray[np.object_],
    track: Ints,
    at: Ints,
    points: Points,
    *,
    by_source: bool,
    max_speed_kmh: float | None,
    jitter_m: float,
) -> Judged:
    """Return what is wrong with fixes among the others of their tracks.

    Parameters
    ----------
    reason
        What is wrong with each row by itself, ``""`` where nothing is.
    track, at, points
        Number of the track, time (µs) and place of every row.
    by_source
        Whether the order of the rows is that of the device (rule 1).
    max_speed_kmh, jitter_m
        Limits of rule 3; no rule 3 when the first is None.
    """
    reason = reason.copy()
    rows = np.flatnonzero(reason == "")
    behind = _earlier_than_before(track[rows], at[rows])
    if by_source:
        faults = clock_faults(track[rows], at[rows])
        reason[rows[faults]] = "clock_backwards"
        rows, behind = rows[~faults], 0
    # A stable sort: of one moment the first row of the source stays first.
    rows = rows[np.lexsort((at[rows], track[rows]))]
    first = np.arange(len(reason))
    kept = rows[first_of_moment(track[rows], at[rows])]
    first[rows] = kept
    again = kept != rows
    same = points.longitude[kept] == points.longitude[rows]
    same &= points.latitude[kept] == points.latitude[rows]
    reason[rows[again & same]] = "duplicate_fix"
    reason[rows[again & ~same]] = "conflicting_fix"
    rows = rows[~again]
    if max_speed_kmh is not None:
        faults = jumps(
            track[rows],
            at[rows],
            points.longitude[rows],
            points.latitude[rows],
            max_speed_kmh=max_speed_kmh,
            jitter_m=jitter_m,
        )
        reason[rows[faults]] = "teleport"
        rows = rows[~faults]
    return Judged(reason, rows, first, behind)


def _earlier_than_before(track: Ints, at: Ints) -> int:
    """Return how many fixes are earlier than the one of their track before."""
    order = np.argsort(track, kind="stable")
    track, at = track[order], at[order]
    return int(((np.diff(track) == 0) & (np.diff(at) < 0)).sum())


def clock_faults(track: Ints, at: Ints) -> Flags:
    """Return which fixes do not fit the order of their rows (rule 1).

    Parameters
    ----------
    track, at
        Track and time of the fixes, in the order of the source.

    Examples
    --------
    One fix from a clock that stood in the future for a moment:

    >>> import numpy as np
    >>> clock_faults(np.zeros(4, dtype=np.int64), np.array([1, 99, 2, 3])).tolist()
    [False, True, False, False]
    """
    times = pd.Series(at)
    behind = at < times.groupby(track).cummax().to_numpy()
    ahead = at > times[::-1].groupby(track[::-1]).cummin().to_numpy()[::-1]
    tracks = int(track.max(initial=-1)) + 1
    number = [np.bincount(track[faults], minlength=tracks) for faults in (behind, ahead)]
    return np.asarray(np.where((number[1] < number[0])[track], ahead, behind))


def first_of_moment(track: Ints, at: Ints) -> Ints:
    """Return the position of the first fix of the same track and time (rule 2).

    Parameters
    ----------
    track, at
        Track and time of the fixes, sorted by both.
    """
    new = (np.diff(track, prepend=-1) != 0) | (np.diff(at, prepend=0) != 0)
    if len(new):
        new[0] = True
    begin = np.flatnonzero(new)
    return np.repeat(begin, np.diff(np.append(begin, len(new))))


def jumps(
    track: Ints,
    at: Ints,
    longitude: Floats,
    latitude: Floats,
    *,
    max_speed_kmh: float,
    jitter_m: float,
) -> Flags:
    """Return which fixes lie where their track cannot have been (rule 3).

    Parameters
    ----------
    track, at
        Track and time (µs) of the fixes, sorted by both, no time twice in a track.
    longitude, latitude
        Degrees, EPSG:4326.
    max_speed_kmh
        Fastest that a patrol can be.
    jitter_m
        A step no longer than this is never too fast.

    Examples
    --------
    Ten kilometers and back within two minutes:

    >>> import numpy as np
    >>> minute = np.arange(4) * 60_000_000
    >>> x = np.array([116.2, 116.2, 116.32, 116.2])
    >>> zero = np.zeros(4, dtype=np.int64)
    >>> jumps(zero, minute, x, np.full(4, 39.9), max_speed_kmh=150, jitter_m=50).tolist()
    [False, False, True, False]
    """
    faults = np.zeros(len(track), dtype=bool)
    left = np.arange(len(track))

    def too_fast(one: Ints, other: Ints) -> Flags:
        length = _lengths_m(longitude[one], latitude[one], longitude[other], latitude[other])
        limit = (at[other] - at[one]) * (max_speed_kmh / 3.6e6)
        fast: Flags = (length > jitter_m) & (length > limit)
        return fast

    while len(left):
        same = np.diff(track[left]) == 0
        fast = np.zeros(len(left), dtype=bool)
        fast[1:] = same & too_fast(left[:-1], left[1:])
        if not fast.any():
            break
        new = fast.copy()
        new[0] = True
        new[1:] |= ~same
        begin = np.flatnonzero(new)
        size = np.diff(np.append(begin, len(left)))
        cut_before = fast[begin]
        cut_after = np.append(cut_before[1:], False)
        between = np.flatnonzero(cut_before & cut_after)
        heals = np.zeros(len(begin), dtype=bool)
        heals[between] = ~too_fast(left[begin[between] - 1], left[begin[between + 1]])
        # Fixes a jump mended; of equal ones first what heals, then the later.
        rank = np.where(heals, 2 * size, 4 * size + 1)
        least = cut_before | cut_after
        least[1:] &= ~cut_before[1:] | (rank[1:] <= rank[:-1])
        least[:-1] &= ~cut_after[:-1] | (rank[:-1] < rank[1:])
        gone = _unreachable(left, begin, size, least & cut_before, least & cut_after, too_fast)
        faults[left[gone]] = True
        # Tracks without a fault need no second look.
        again = np.isin(track[left], track[left[gone]])
        left = left[again & ~gone]
    return faults


def _unreachable(
    left: Ints,
    begin: Ints,
    size: Ints,
    from_before: Flags,
    from_after: Flags,
    too_fast: Callable[[Ints, Ints], Flags],
) -> Flags:
    """Return which fixes next to a cut cannot be reached from the fix on its other side.

    Parameters
    ----------
    left
        The fixes that are left.
    begin, size
        Where among them each piece begins, and its number of fixes.
    from_before, from_after
        Which pieces to trim at their beginning, and which at their end.
    too_fast
        Whether the steps from some fixes to others are.
    """
    place = np.arange(len(left))
    gone = np.zeros(len(left), dtype=bool)
    one = np.repeat(from_before, size)
    if one.any():
        anchor = left[np.repeat(np.maximum(begin - 1, 0), size)]
        reached = np.where(one & too_fast(anchor, left), len(left), place)
        first = np.minimum.reduceat(reached, begin)
        gone |= one & (place < np.repeat(first, size))
    other = np.repeat(from_after, size)
    if other.any():
        anchor = left[np.repeat(np.minimum(begin + size, len(left) - 1), size)]
        reached = np.where(other & too_fast(left, anchor), -1, place)
        last = np.maximum.reduceat(reached, begin)
        gone |= other & (place > np.repeat(last, size))
    return gone


def _lengths_m(
    longitude: Floats, latitude: Floats, to_longitude: Floats, to_latitude: Floats
) -> Floats:
    """Return the distance between points, meters on the ellipsoid.

    By the radii of curvature halfway: good to parts in a million within a city and to a
    hundredth over a continent.
    """
    middle = np.radians((latitude + to_latitude) / 2)
    # Across the antimeridian the short way is meant.
    east = np.radians((to_longitude - longitude + 180) % 360 - 180)
    north = np.radians(to_latitude - latitude)
    bulge = 1 - _ECCENTRICITY2 * np.sin(middle) ** 2
    across = _SEMI_MAJOR_M / np.sqrt(bulge)
    along = across * (1 - _ECCENTRICITY2) / bulge
    return np.asarray(np.hypot(across * np.cos(middle) * east, along * north))
