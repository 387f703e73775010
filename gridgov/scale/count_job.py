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

from gridgov.arrays.compiled import use_loops
from gridgov.place.area_index import MATCHES, AreaIndex
from gridgov.place.periods import PeriodRange, read_range
from gridgov.place.tally import FATES
from gridgov.scale.batches import Times, ahead, read_batches, read_groups
from gridgov.scale.cell_table import index_digits
from gridgov.scale.counting import Counter, Summary
from gridgov.scale.files import Part
from gridgov.scale.row_places import Found, FromLocated, FromPoints

__all__ = ["CountJob", "index_bytes"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Matches = NDArray[np.int8]

_ONCE = np.zeros(1, dtype=np.int64)


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
        if self.rows.loops:
            use_loops(part.rows)
        # Three threads at three batches: one decodes, one locates, one counts.
        located = (
            (batch, self.rows.find(batch, part.name, table, computed=self.computed))
            for batch in ahead(batches)
        )
        for batch, found in ahead(located):
            self._count_batch(batch, found, calendar, counter)

    def _count_batch(self, batch: Any, found: Found, calendar: _Calendar, counter: Counter) -> None:
        """Count the rows of a batch."""
        place, match, owner = found.place, found.match, found.owner
        kept: Ints | None = None
        off = found.no_point + found.outside + found.off_grid
        if off:
            _fate(counter, "no_point", found.no_point)
            _fate(counter, "outside", found.outside)
            _fate(counter, "off_grid", found.off_grid)
            kept = np.flatnonzero(place >= 0)
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
        match: Matches | None,
        owner: NDArray[Any] | None,
        kept: Ints | None,
        counter: Counter,
    ) -> Ints | None:
        """Return the group of every row on the grid, None when there are no groups."""
        if self.by is None:
            return None
        codes: NDArray[Any] | None
        texts: list[str | None]
        if not self.computed:
            codes, texts = read_groups(batch.column(self.by))
        elif isinstance(self.rows, FromPoints) and self.by == "street_id":
            codes, texts = owner, [str(one) for one in self.rows.index.street_ids]
        else:
            codes, texts = match, list(MATCHES)
        assert codes is not None
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
