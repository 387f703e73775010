"""The lines of patrol tracks, day by day: where fixes follow each other, and where they do not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

__all__ = ["TrackDays", "track_days"]

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_MINUTE_US = 60_000_000
# No degree of latitude or longitude is longer than this, meters.
_LONGEST_DEGREE_M = 111_700.0


class TrackDays(NamedTuple):
    """One row a track and day, in the order of days and then of tracks.

    Attributes
    ----------
    rows
        ``number`` of the track from 1 on, ``day`` (its midnight, without zone), ``first`` and
        ``last`` (times of fixes), ``fixes``, ``persons`` (most), ``observed_min``, ``gaps``
        and ``unobserved_min`` within the day.
    lines, gaps
        MultiLineStrings: the way where fixes follow each other, and straight lines over the
        gaps; None where there are none.
    fix
        The row of every fix, in the order of the table.
    """

    rows: pd.DataFrame
    lines: NDArray[np.object_]
    gaps: NDArray[np.object_]
    fix: Integers


def track_days(tracks: Any, max_gap_s: float) -> TrackDays:
    """Return the days of tracks; a way over midnight belongs to the day that it began on."""
    times = tracks["fix_at"]
    micros = times.to_numpy("datetime64[us]").astype(np.int64)
    local = times.dt.tz_localize(None) if times.dt.tz is not None else times
    day = local.to_numpy("datetime64[D]").astype(np.int64)
    codes, _ = pd.factorize(tracks["track_id"])
    order = np.lexsort((micros, codes))
    number = _numbers(codes, micros)[codes][order]
    micros, day = micros[order], day[order]
    place = shapely.get_coordinates(np.asarray(tracks["geometry"], dtype=object)[order])

    _, row = np.unique(np.column_stack([day, number]), axis=0, return_inverse=True)
    row = row.reshape(-1).astype(np.int64)
    size = int(row.max()) + 1
    first = np.unique(row, return_index=True)[1]
    fixes = np.bincount(row, minlength=size)
    persons = tracks["persons"].to_numpy(np.float64, na_value=1)[order]

    # Legs from one fix to the next of the same track.
    leg = np.flatnonzero(number[1:] == number[:-1])
    wait = micros[leg + 1] - micros[leg]
    near = wait <= max_gap_s * 1e6
    within = row[leg] == row[leg + 1]
    on, off = leg[near], leg[~near & within]
    spent = [
        np.bincount(row[at], weights=micros[at + 1] - micros[at], minlength=size)
        for at in (on, off)
    ]
    rows = pd.DataFrame(
        {
            "number": number[first],
            "day": pd.to_datetime(day[first].astype("datetime64[D]")),
            "first": times.array.take(order[first]),
            "last": times.array.take(order[first + fixes - 1]),
            "fixes": fixes,
            "persons": _most(persons, row, size),
            "observed_min": spent[0] / _MINUTE_US,
            "gaps": np.bincount(row[off], minlength=size),
            "unobserved_min": spent[1] / _MINUTE_US,
        }
    )
    back = np.empty(len(order), dtype=np.int64)
    back[order] = row
    return TrackDays(rows, _ways(on, row, place, size), _ways(off, row, place, size), back)


def _numbers(codes: Integers, micros: Integers) -> Integers:
    """Return a number for every track, from 1 on, by the time of its first fix."""
    start = np.full(int(codes.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(start, codes, micros)
    number = np.empty(len(start), dtype=np.int64)
    number[np.argsort(start, kind="stable")] = np.arange(1, len(start) + 1)
    return number


def _most(values: Floats, row: Integers, size: int) -> Integers:
    """Return the greatest value of every row."""
    most = np.zeros(size)
    np.maximum.at(most, row, values)
    return most.astype(np.int64)


def _ways(leg: Integers, row: Integers, place: Floats, size: int) -> NDArray[np.object_]:
    """Return the legs of every row as one MultiLineString, within 1 m of the fixes."""
    found = np.full(size, None, dtype=object)
    if not len(leg):
        return found
    # A run is of legs that follow each other on one day.
    new = np.append(True, (np.diff(leg) != 1) | (np.diff(row[leg]) != 0))
    starts = np.flatnonzero(new)
    length = np.diff(np.append(starts, len(leg)))
    # A run of n legs has n + 1 fixes.
    fixes = length + 1
    of = np.repeat(np.arange(len(starts)), fixes)
    within = np.arange(len(of)) - np.repeat(np.cumsum(fixes) - fixes, fixes)
    at = leg[starts][of] + within
    # Meters east shrink with the latitude; the widest of all keeps what is promised.
    wide = float(np.cos(np.radians(np.abs(place[:, 1]).min())))
    plane = place[at] * np.array([wide, 1.0])
    lines = shapely.simplify(shapely.linestrings(plane, indices=of), 1 / _LONGEST_DEGREE_M)
    lines = shapely.transform(lines, lambda vertices: vertices / np.array([wide, 1.0]))
    rows = row[leg[starts]]
    by_row = np.argsort(rows, kind="stable")
    shapely.multilinestrings(lines[by_row], indices=rows[by_row], out=found)
    return found
