"""What it takes to count one part of the files: the same on every machine.

A job is made once, sent to whoever counts, and holds all that counting needs: the index
of the jurisdictions, the cells of the grid, where the columns stand, and the limits in
time. Its answer for a part is a summary, whatever was counted before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.geo.compiled import kernels
from gridgov.geo.hexgrid import points_to_cells, text_to_cells
from gridgov.place.area_index import MATCHES, OWNED_MATCHES, AreaIndex
from gridgov.place.cell_places import CellPlaces
from gridgov.place.periods import PeriodRange, read_range
from gridgov.place.tally import FATES
from gridgov.scale.batches import Times, ahead, read_batches, read_groups
from gridgov.scale.cell_table import CellTable, index_digits, resolution_of
from gridgov.scale.counting import Counter, Summary
from gridgov.scale.files import Part
from gridgov.scale.places import Places

__all__ = ["CountJob", "FromLocated", "FromPoints", "index_bytes"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Matches = NDArray[np.int8]

_NO_POINT = MATCHES.index("no_point")
_OUTSIDE = MATCHES.index("outside")
_ONCE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class FromPoints:
    """Rows that have coordinates: where they are is found out.

    Attributes
    ----------
    places
        Where the coordinates stand.
    index
        The jurisdictions.
    resolution
        H3 resolution.
    """

    places: Places
    index: AreaIndex
    resolution: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns to read."""
        return self.places.names

    @property
    def text(self) -> tuple[str, ...]:
        """Return the columns of text among them."""
        return ()

    def read(self, batch: Any, file: str) -> tuple[Cells, Matches, NDArray[Any]]:
        """Return cell (0 for none), match and owner (-1 for none) of every row."""
        longitude, latitude = self.places.read(batch, file=file)
        found = self.index.owners(longitude, latitude)
        cells = points_to_cells(longitude, latitude, self.resolution)
        return cells, found.match, found.owner


@dataclass(frozen=True, slots=True)
class FromLocated:
    """Rows that were located before.

    Attributes
    ----------
    cell, match
        Names of the columns.
    resolution
        H3 resolution of the grid.
    """

    cell: str
    match: str
    resolution: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns to read."""
        return (self.cell, self.match)

    @property
    def text(self) -> tuple[str, ...]:
        """Return the columns of text among them."""
        return (self.cell, self.match)

    def read(self, batch: Any, file: str) -> tuple[Cells, Matches, NDArray[Any]]:
        """Return cell (0 for none) and match of every row; owners are not known here."""
        codes, texts = read_groups(batch.column(self.cell))
        named = [text for text in texts if text is not None]
        # Ids come as numbers where another tool wrote them.
        known = (
            np.array([int(text) for text in named], dtype=np.uint64)
            if all(text.isdecimal() and len(text) > 15 for text in named)
            else text_to_cells(named)
        )
        other = [cell for cell in known.tolist() if resolution_of(cell) != self.resolution]
        if other:
            raise InputError(
                "located and grid must have one resolution. Found: resolution "
                f"{self.resolution} in the grid and {resolution_of(other[0])} in {file}. "
                "Make both with the same resolution."
            )
        of_code = np.zeros(len(texts) + 1, dtype=np.uint64)
        of_code[[place for place, text in enumerate(texts) if text is not None]] = known
        by_code, words = read_groups(batch.column(self.match))
        of_word = np.array(
            [MATCHES.index(word) if word in MATCHES else _OUTSIDE for word in words] or [_OUTSIDE],
            dtype=np.int8,
        )
        return of_code[codes], of_word[by_code], np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CountJob:
    """All that is needed to count a part of the files.

    Attributes
    ----------
    cells
        Cells of the grid, ascending.
    rows
        How a row's cell and match are found.
    times
        Where the times stand.
    freq
        Calendar period, None for all times at once.
    dated
        Whether rows without a time are left out.
    first, last
        First instant counted and first one no longer counted, µs since 1970 UTC.
    by
        Column of the groups as the files call it, None for none.
    computed
        Whether the groups are not in the files but found here: the street or the match.
    batch_rows
        Rows read at once.
    """

    cells: Cells
    rows: FromPoints | FromLocated
    times: Times
    freq: str | None
    dated: bool
    first: int
    last: int
    by: str | None
    computed: bool
    batch_rows: int

    def fingerprint(self) -> str:
        """Return a text that is the same for jobs with the same answers."""
        sum_ = hashlib.sha256(self.cells.tobytes())
        rows = self.rows
        if isinstance(rows, FromPoints):
            sum_.update(index_bytes(rows.index))
            sum_.update(repr((rows.places.names, str(rows.places.datum))).encode())
        else:
            sum_.update(repr(rows).encode())
        times = (self.times.name, str(self.times.zone), self.times.local)
        about = (times, self.freq, self.dated, self.first, self.last, self.by, self.computed)
        sum_.update(repr(about).encode())
        return sum_.hexdigest()

    def counter(self) -> Counter:
        """Return a counter that has counted nothing yet."""
        counter = Counter(len(self.cells), np.zeros(len(FATES), dtype=np.int64))
        if self.by is None:
            counter.group(None)
        return counter

    def count(self, part: Part) -> Summary:
        """Return what is counted in a part; errors are those of :meth:`count_into`."""
        counter = self.counter()
        self.count_into(counter, part)
        return counter.summary()

    def count_into(self, counter: Counter, part: Part) -> None:
        """Count a part on top of what a counter has counted.

        Raises
        ------
        ReadError
            If the file cannot be read.
        GeometryError
            If something is no point.
        InputError
            If cells have another resolution.
        """
        table, calendar = index_digits(self.cells), _Calendar(self.freq, self.times.zone)
        by = [self.by] if self.by is not None and not self.computed else []
        dates = [self.times.name] if self.times.name is not None else []
        names = dict.fromkeys([*self.rows.columns, *dates, *by])
        batches = read_batches(
            part.path,
            list(names),
            rows=self.batch_rows,
            groups=part.groups,
            text=[*self.rows.text, *by],
        )
        # Batches may be too small to be worth the loading of compiled loops; all are not.
        kernels(part.rows)
        # Three threads at three batches: one decodes, one locates, one counts.
        located = ((batch, self.rows.read(batch, part.name)) for batch in ahead(batches))
        for batch, found in ahead(located):
            self._count_batch(batch, found, table, calendar, counter)

    def _count_batch(
        self,
        batch: Any,
        found: tuple[Cells, Matches, NDArray[Any]],
        table: CellTable | CellPlaces,
        calendar: _Calendar,
        counter: Counter,
    ) -> None:
        """Count the rows of a batch."""
        cells, match, owner = found
        place = table.find(cells)
        owned = match < len(OWNED_MATCHES)
        on_grid = owned & (place >= 0)
        number = int(np.count_nonzero(on_grid))
        kept: Ints | None = None
        if number < len(cells):
            off = np.flatnonzero(~on_grid)
            no_point = (cells[off] == 0) | (match[off] == _NO_POINT)
            outside = ~owned[off] & ~no_point
            _fate(counter, "no_point", np.count_nonzero(no_point))
            _fate(counter, "outside", np.count_nonzero(outside))
            _fate(counter, "off_grid", len(off) - np.count_nonzero(no_point | outside))
            kept = np.flatnonzero(on_grid)
            place = place[kept]
        groups = self._groups(batch, match, owner, kept, counter)
        periods = None
        if self.times.name is not None:
            instants, missing = self.times.read(batch)
            if kept is not None:
                instants = instants[kept]
                missing = None if missing is None else missing[kept]
            if self.dated:
                instants, keep = self._in_range(instants, missing, counter)
                if keep is not None:
                    place = place[keep]
                    groups = None if groups is None else groups[keep]
            elif missing is not None:
                instants = instants[~missing]
            counter.span(instants)
            periods = calendar.places(instants)
        _fate(counter, "counted", len(place))
        counter.add_rows(groups, periods, calendar.starts, place)

    def _groups(
        self,
        batch: Any,
        match: Matches,
        owner: NDArray[Any],
        kept: Ints | None,
        counter: Counter,
    ) -> Ints | None:
        """Return the group of every row on the grid, None when there are no groups."""
        if self.by is None:
            return None
        codes: NDArray[Any]
        texts: list[str | None]
        if not self.computed:
            codes, texts = read_groups(batch.column(self.by))
        elif isinstance(self.rows, FromPoints) and self.by == "street_id":
            codes, texts = owner, [str(one) for one in self.rows.index.street_ids]
        else:
            codes, texts = match, list(MATCHES)
        if kept is not None:
            codes = codes[kept]
        places = np.zeros(len(texts) + 1, dtype=np.int64)
        for one in np.flatnonzero(np.bincount(codes)).tolist():
            places[one] = counter.group(texts[one])
        return places[codes]

    def _in_range(
        self, instants: Ints, missing: NDArray[np.bool_] | None, counter: Counter
    ) -> tuple[Ints, NDArray[np.bool_] | None]:
        """Return the instants in the range, and which rows they are, None for all."""
        late = (instants < self.first) | (instants >= self.last)
        keep = ~late
        if missing is not None:
            late &= ~missing
            keep &= ~missing
            _fate(counter, "no_time", np.count_nonzero(missing))
        _fate(counter, "outside_period", np.count_nonzero(late))
        return (instants, None) if keep.all() else (instants[keep], keep)


class _Calendar:
    """The periods met so far."""

    def __init__(self, freq: str | None, zone: Any) -> None:
        self._freq = freq
        self._zone = zone
        self._range: PeriodRange | None = None
        self._low = self._high = 0
        self.starts: Ints = _ONCE

    def places(self, instants: Ints) -> Ints | None:
        """Return the place of every instant in the starts, None when all times are one."""
        if self._freq is None or not len(instants):
            return None
        low, high = int(instants.min()), int(instants.max())
        if self._range is None or low < self._low or high > self._high:
            if self._range is not None:
                low, high = min(low, self._low), max(high, self._high)
            self._low, self._high = low, high
            ends = np.array([low, high])
            self._range = read_range(ends, freq=self._freq, start=None, end=None, zone=self._zone)
            self.starts = np.asarray(self._range.starts.asi8, dtype=np.int64)
        return self._range.places(instants)


def index_bytes(index: AreaIndex) -> bytes:
    """Return bytes that are the same for the same jurisdictions in the same order."""
    import shapely

    outlines = b"".join(shapely.to_wkb(index.polygons).tolist())
    return repr(index.street_ids.tolist()).encode() + hashlib.sha256(outlines).digest()


def _fate(counter: Counter, fate: str, number: Any) -> None:
    """Note what became of some rows."""
    counter.fates[FATES.index(fate)] += int(number)
