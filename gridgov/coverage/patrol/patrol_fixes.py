"""Tables of tracks as arrays: in order, in runs without a gap, one table after another.

An interval between two fixes is observed when it is no longer than the longest gap; a run
is a row of fixes with observed intervals between them. What lies between two runs of a
track is time about which nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import points_to_cells
from gridgov.place.areas import check_points
from gridgov.place.periods import PeriodRange, read_instants, read_range

__all__ = ["US", "Fixes", "TrackTables", "every_second", "read_seconds", "span_of", "thinned"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Cells = NDArray[np.uint64]
Flags = NDArray[np.bool_]

US = 1_000_000
"""Microseconds in a second."""


class Fixes(NamedTuple):
    """Fixes in the order of their tracks and times.

    Attributes
    ----------
    track
        Number of the track.
    at
        When, µs since 1970 UTC.
    longitude, latitude
        Degrees, EPSG:4326.
    persons
        How many persons the track stands for.
    cell
        Cell that it lies in, on the grid or not.
    run
        Number of the run; the interval between two fixes of one run is observed.
    """

    track: Ints
    at: Ints
    longitude: Floats
    latitude: Floats
    persons: Ints
    cell: Cells
    run: Ints

    def take(self, rows: Any) -> Fixes:
        """Return some of the fixes, chosen as NumPy chooses."""
        return Fixes(
            self.track[rows],
            self.at[rows],
            self.longitude[rows],
            self.latitude[rows],
            self.persons[rows],
            self.cell[rows],
            self.run[rows],
        )


class TrackTables:
    """Tables of tracks that are read one after another, each once.

    Parameters
    ----------
    tracks
        One table, or any iterable of tables; a track that goes on in a later table must go
        on later in time.
    max_gap_s
        Longest interval between two fixes that is observed, seconds.
    resolution
        H3 resolution of the cells.
    """

    def __init__(self, tracks: Any, *, max_gap_s: float, resolution: int) -> None:
        self._resolution = resolution
        self.max_gap_us = read_seconds(max_gap_s, option="max_gap_s", meaning="longest gap")
        whole = isinstance(tracks, pd.DataFrame) or not isinstance(tracks, Iterable)
        self._tables: Iterable[Any] = [tracks] if whole or isinstance(tracks, str) else tracks
        self._numbers: dict[str, int] = {}
        # The last fix of every track, which the first one of the next table follows.
        self._last: Fixes | None = None
        self._zone: Any = None
        self.first_at = np.empty(0, dtype=np.int64)
        self.last_at = np.empty(0, dtype=np.int64)
        self.fixes = np.empty(0, dtype=np.int64)

    def __iter__(self) -> Iterator[Fixes]:
        """Return the fixes of one table after another, the last ones of the table before first."""
        for table in self._tables:
            fixes = self._joined(self._read(table))
            if len(fixes.at):
                yield fixes
        if self._zone is None:
            raise EmptyTableError(
                "tracks must have at least one table. Found: none. Pass tables of "
                "gridgov.read_tracks(...)."
            )

    @property
    def zone(self) -> Any:
        """Return the time zone of the first table; known once it was read."""
        return self._zone

    @property
    def track_ids(self) -> list[str]:
        """Return the ids of the tracks by their numbers, as far as tables were read."""
        return list(self._numbers)

    def _read(self, table: Any) -> Fixes:
        """Return the fixes of a table in order, without runs."""
        check_table(table, "tracks", columns=["track_id", "fix_at", "geometry"], allow_empty=True)
        longitude, latitude = check_points(table)
        instants, missing, zone = read_instants(table, "fix_at")
        self._zone = zone if self._zone is None else self._zone
        ids = table["track_id"]
        for what, wrong in (
            ("an id", ids.isna().to_numpy(dtype=bool)),
            ("a time", missing),
            ("a point", np.isnan(longitude)),
        ):
            _check_given(table, what, wrong)
        codes, names = pd.factorize(ids.astype("str"))
        numbers = self._numbers
        known = np.array([numbers.setdefault(str(name), len(numbers)) for name in names])
        track = known.astype(np.int64)[codes] if len(names) else codes.astype(np.int64)
        persons = _persons(table)
        ahead = (track[1:] == track[:-1]) & (instants[1:] >= instants[:-1])
        ahead |= track[1:] > track[:-1]
        if not ahead.all():
            order = np.lexsort((instants, track))
            track, instants, persons = track[order], instants[order], persons[order]
            longitude, latitude = longitude[order], latitude[order]
        self._note(track, instants)
        # Once for the whole table: thinned fixes have the same cells.
        cell = points_to_cells(longitude, latitude, self._resolution)
        return Fixes(track, instants, longitude, latitude, persons, cell, track)

    def _note(self, track: Ints, at: Ints) -> None:
        """Keep the first and last time of every track and the number of its fixes."""
        more = len(self._numbers) - len(self.first_at)
        self.first_at = np.append(self.first_at, np.full(more, np.iinfo(np.int64).max))
        self.last_at = np.append(self.last_at, np.full(more, np.iinfo(np.int64).min))
        self.fixes = np.append(self.fixes, np.zeros(more, dtype=np.int64))
        begin = np.flatnonzero(_changes(track))
        if not len(begin):
            return
        here, close = track[begin], np.append(begin[1:], len(track)) - 1
        early = np.flatnonzero(at[begin] < self.last_at[here])
        if len(early):
            name = self.track_ids[int(here[early[0]])]
            raise InputError(
                "Where tracks come in several tables, each must go on later than in the one "
                f"before. Found: {len(early)} that go back in time, the first is {name!r}. "
                "Sort the tables by time, or join them with pandas.concat."
            )
        self.first_at[here] = np.minimum(self.first_at[here], at[begin])
        self.last_at[here] = at[close]
        self.fixes[here] += close - begin + 1

    def _joined(self, fixes: Fixes) -> Fixes:
        """Return the fixes of a table behind the last ones before it, with their runs."""
        if self._last is not None:
            # Both are in the order of tracks.
            before = np.searchsorted(fixes.track, self._last.track)
            pairs = zip(fixes, self._last, strict=True)
            fixes = Fixes(*(np.insert(later, before, earlier) for later, earlier in pairs))
        new = _changes(fixes.track)
        last = np.append(new[1:], True)[: len(new)]
        self._last = fixes.take(np.flatnonzero(last))
        new[1:] |= fixes.at[1:] - fixes.at[:-1] > self.max_gap_us
        return fixes._replace(run=np.cumsum(new))


def thinned(fixes: Fixes, step_us: int) -> Fixes:
    """Return the first fix of every slice of time, and the first and last of every run.

    Slices are counted from the first fix of a run. The time observed stays the same.
    """
    new = _changes(fixes.run)
    begin = np.flatnonzero(new)
    start = np.repeat(fixes.at[begin], np.diff(np.append(begin, len(new))))
    piece = (fixes.at - start) // step_us
    kept = new | _changes(piece)
    kept |= np.append(new[1:], True)
    return fixes.take(np.flatnonzero(kept))


def every_second(fixes: Fixes) -> Ints:
    """Return the rows of every second fix of every run, and of its last one."""
    new = _changes(fixes.run)
    begin = np.flatnonzero(new)
    kept = np.zeros(len(new), dtype=bool)
    kept[::2] = True
    # Runs that begin in an odd row keep their odd rows.
    kept ^= np.repeat(begin % 2 == 1, np.diff(np.append(begin, len(new))))
    kept |= np.append(new[1:], True)
    return np.flatnonzero(kept)


def read_seconds(value: Any, *, option: str, meaning: str, positive: bool = True) -> int:
    """Return a number of seconds as microseconds.

    Raises
    ------
    OptionError
        If it is no finite number, or not above 0 (or, if `positive` is false, below 0).
    """
    fits = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if fits and math.isfinite(value) and (value > 0 or (value == 0 and not positive)):
        return round(float(value) * US)
    least = "above 0" if positive else "of 0 or more"
    raise OptionError(
        f"{option} must be a number {least}, in seconds: {meaning}. Found: {value!r}."
    )


def span_of(start: Any, end: Any, zone: Any) -> PeriodRange:
    """Return the instants from `start` to `end` that count, without periods."""
    nothing = np.empty(0, dtype=np.int64)
    return read_range(nothing, freq=None, start=start, end=end, zone=zone)


def _changes(numbers: Ints) -> Flags:
    """Return where numbers differ from the ones before; the first one does."""
    new = np.ones(len(numbers), dtype=bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return new


def _check_given(table: Any, what: str, wrong: Flags) -> None:
    """Refuse fixes that lack what no fix can lack."""
    if wrong.any():
        raise ColumnsError(
            f"Every fix of tracks must have {what}. Found: {int(wrong.sum()):,} of {len(wrong):,} "
            f"without, the first in row {table.index[int(np.argmax(wrong))]!r}. "
            "gridgov.read_tracks(...) sets them aside."
        )


def _persons(table: Any) -> Ints:
    """Return how many persons each fix stands for, 1 where the table does not say."""
    if "persons" not in table.columns:
        return np.ones(len(table), dtype=np.int64)
    numbers = pd.to_numeric(table["persons"], errors="coerce").astype("Float64")
    persons = numbers.fillna(1.0).to_numpy(dtype=np.float64)
    given = table["persons"].notna().to_numpy(dtype=bool)
    wrong = (given & numbers.isna().to_numpy(dtype=bool)) | (persons < 1) | (persons % 1 != 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ColumnsError(
            "persons must be whole numbers from 1 on. Found: "
            f"{int(wrong.sum()):,} fixes with others, the first {table['persons'].iloc[row]!r} in "
            f"row {table.index[row]!r}. gridgov.read_tracks(...) sets them aside."
        )
    return np.asarray(persons, dtype=np.int64)
