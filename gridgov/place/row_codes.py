"""The rows of a panel that count, as codes or as counts: the second and last pass over them.

By now it is known where each row counts, which groups there are and from when to when
the periods run. A row's code is made, and noted or counted, while its block of rows is
in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece
from gridgov.place.panel import FATES, Coded, Panel, Tallied
from gridgov.place.periods import NO_TIME, PeriodRange, PeriodSlices
from gridgov.place.row_groups import Groups
from gridgov.place.row_places import BLOCK, PIECE, Placed, tally_loops

__all__ = ["PanelRows", "find_ends"]

Ints = NDArray[np.int64]
Totals = tuple[Ints, Ints]

_NEVER = (np.iinfo(np.int64).max, np.iinfo(np.int64).min)
_NONE = np.empty(0, dtype=np.int64)
_NO_GROUPS = np.empty(0, dtype=np.int32)
_MOST_ROWS = np.iinfo(np.int32).max

# Counts that several threads keep for themselves may be so many, or so many a row.
_FEW_COUNTS = 1 << 22


class _Times(NamedTuple):
    """What the compiled loop needs to know of the periods."""

    limits: Ints
    begin: int
    shift: int
    step: int
    before: Ints
    following: Ints


@dataclass(frozen=True, slots=True)
class PanelRows(Panel):
    """Located incidents about to be counted in a panel.

    Attributes
    ----------
    placed, groups
        Where each row counts and in which group.
    instants
        Its time, None where the incidents have none.
    zone
        Time zone of the calendar.
    freq, range_
        Calendar period, and the limits; no range when times do not matter.
    """

    placed: Placed
    groups: Groups
    instants: Ints | None
    zone: Any
    freq: str | None
    range_: PeriodRange | None

    def coded(self) -> Coded:
        """Return the code of every row that counts."""
        make = self._coder()

        def work(first: int, last: int) -> tuple[list[Ints], Totals]:
            totals = _no_totals()
            made = np.empty(BLOCK, dtype=np.int64)
            return [make(*block, totals, made).copy() for block in _blocks(first, last)], totals

        found = each_piece(len(self.placed.place), work, size=PIECE)
        codes = np.concatenate([_NONE, *(codes for piece, _ in found for codes in piece)])
        facts = self._facts(len(codes), [totals for _, totals in found])
        return Coded(*self._panel(), *facts, codes)

    def counted(self) -> tuple[Tallied, Ints]:
        """Return how many rows have each code there can be."""
        rows = len(self.placed.place)
        loops = tally_loops(rows)
        if loops is None or self.rows > max(_FEW_COUNTS, 2 * rows):
            coded = self.coded()
            return coded, np.bincount(coded.codes, minlength=self.rows)
        make = self._coder()
        # A thread takes counts that no other thread is adding to.
        kind = np.int32 if rows <= _MOST_ROWS else np.int64
        every: list[tuple[NDArray[Any], Ints]] = []
        free: list[tuple[NDArray[Any], Ints]] = []

        def work(first: int, last: int) -> Totals:
            totals = _no_totals()
            try:
                mine = free.pop()
            except IndexError:
                mine = np.zeros(self.rows, dtype=kind), np.empty(BLOCK, dtype=np.int64)
                every.append(mine)
            counts, made = mine
            for block in _blocks(first, last):
                loops.add_ones(make(*block, totals, made), counts)
            free.append(mine)
            return totals

        totals = each_piece(rows, work, size=PIECE)
        incidents = np.zeros(self.rows, dtype=np.int64)
        for counts, _ in every:
            incidents += counts
        return Tallied(*self._panel(), *self._facts(int(incidents.sum()), totals)), incidents

    def _panel(self) -> tuple[Any, Any, Any, Any]:
        """Return the fields of the panel."""
        return self.cells, self.order, self.starts, self.names

    def _facts(
        self, counted: int, totals: list[Totals]
    ) -> tuple[dict[str, int], dict[str, str | None]]:
        """Return what became of the rows, and from when to when was counted."""
        late = sum((one for one, _ in totals), np.zeros(2, dtype=np.int64)).tolist()
        without, outside = late if self.range_ is not None else (0, 0)
        found = {
            "counted": counted,
            **self.placed.lost,
            "no_time": without,
            "outside_period": outside,
        }
        span = {"period": self.freq, **self._span([ends for _, ends in totals])}
        return {fate: found[fate] for fate in FATES}, span

    def _span(self, ends: list[Ints]) -> dict[str, str | None]:
        """Return from when to when was counted: the limits, or else the incidents themselves."""
        if self.instants is None:
            return {"start": None, "end": None}
        first, last = (None, None) if self.range_ is None else self.range_.limits()
        lowest = min((int(one[0]) for one in ends), default=_NEVER[0])
        highest = max((int(one[1]) for one in ends), default=_NEVER[1])
        if lowest <= highest:
            first = lowest if first is None else first
            last = highest + 1 if last is None else last
        texts = [
            None if at is None else pd.DatetimeIndex([np.datetime64(at, "us")], tz="UTC")
            for at in (first, last)
        ]
        start, end = [
            None if at is None else at.tz_convert(self.zone)[0].isoformat() for at in texts
        ]
        return {"start": start, "end": end}

    def _coder(self) -> Callable[[int, int, Totals, Ints], Ints]:
        """Return what codes a block of rows, and adds to the totals what did not count.

        The last thing it takes is room for the codes, which it may use.
        """
        loops = tally_loops(len(self.placed.place))
        stride = len(self.cells) * len(self.starts)
        bases = [table * stride for table in self.groups.tables]
        table_of = self.groups.table_of

        def bases_of(first: int) -> Ints:
            return bases[0 if table_of is None else table_of[first // BLOCK]]

        slices = None
        if self.range_ is not None and len(self.starts) > 1:
            slices = self.range_.slices()
        if loops is None:
            return lambda first, last, totals, _: self._plain(
                first, last, totals, bases_of(first), slices
            )
        times, place, codes = self._times(slices), self.placed.place, self.groups.codes
        instants = _NONE if self.instants is None else self.instants

        def make(first: int, last: int, totals: Totals, made: Ints) -> Ints:
            groups = _NO_GROUPS if codes is None else codes[first:last]
            if groups.dtype != np.int32 or not groups.flags.writeable:
                groups = groups.astype(np.int32)
            number = loops.code_rows(
                place[first:last],
                groups,
                bases_of(first),
                _read_only(instants[first:last]),
                times.limits,
                times.begin,
                times.shift,
                times.step,
                times.before,
                times.following,
                made,
                *totals,
            )
            return made[:number]

        return make

    def _times(self, slices: PeriodSlices | None) -> _Times:
        """Return the limits and the table of periods."""
        step = len(self.cells)
        first, last = (None, None) if self.range_ is None else self.range_.limits()
        limits = np.array(
            [
                np.iinfo(np.int64).min if first is None else first,
                np.iinfo(np.int64).max if last is None else last - 1,
                self.range_ is not None,
            ],
            dtype=np.int64,
        )
        if slices is None:
            return _Times(limits, 0, 0, step, _NONE, _NONE)
        before, following = slices.before * step, slices.following
        return _Times(limits, slices.begin, slices.shift, step, before, following)

    def _plain(
        self, first: int, last: int, totals: Totals, bases: Ints, slices: PeriodSlices | None
    ) -> Ints:
        """Return the codes of a block of rows with NumPy."""
        place = self.placed.place[first:last]
        held = place >= 0
        codes = place.astype(np.int64)
        if self.groups.codes is not None:
            codes += bases[self.groups.codes[first:last]]
        if self.instants is None:
            return codes[held]
        instants = self.instants[first:last]
        there = held & (instants != NO_TIME)
        if self.range_ is not None:
            on_grid, timed = np.count_nonzero(held), np.count_nonzero(there)
            held = there & self.range_.holds(instants)
            totals[0][0] += on_grid - timed
            totals[0][1] += timed - np.count_nonzero(held)
            there = held
            if slices is not None:
                codes += slices.places(instants) * len(self.cells)
        if self.open:
            _widen(totals[1], instants[there])
        return codes[held]

    @property
    def open(self) -> bool:
        """Return whether the incidents say from when to when was counted."""
        return self.range_ is None or None in self.range_.limits()


def find_ends(instants: Ints, hook_ends: list[Ints]) -> Callable[[int, int, Any], None]:
    """Return a hook for :func:`gridgov.place.row_places.place_rows` that finds first and last.

    Parameters
    ----------
    instants
        Time of every row.
    hook_ends
        Grows by the first and the last instant of the rows of every block that are on the
        grid and have a time.
    """
    loops = tally_loops(len(instants))

    def hook(first: int, last: int, place: NDArray[np.int32]) -> None:
        ends = np.array(_NEVER)
        if loops is None:
            here = instants[first:last][place >= 0]
            _widen(ends, here[here != NO_TIME])
        else:
            loops.find_ends(place, _read_only(instants[first:last]), ends)
        if ends[0] <= ends[1]:
            hook_ends.append(ends)

    return hook


def _blocks(first: int, last: int) -> list[tuple[int, int]]:
    """Return the blocks of a piece."""
    return [(begin, min(begin + BLOCK, last)) for begin in range(first, last, BLOCK)]


def _no_totals() -> Totals:
    """Return totals of nothing: rows without a time and out of the limits; first and last."""
    return np.zeros(2, dtype=np.int64), np.array(_NEVER)


def _widen(ends: Ints, instants: Ints) -> None:
    """Widen the first and the last instant by others."""
    if len(instants):
        ends[0] = min(ends[0], instants.min())
        ends[1] = max(ends[1], instants.max())


def _read_only(array: Ints) -> Ints:
    """Return an array that cannot be written: one kind of array, so that loops compile once."""
    array = np.ascontiguousarray(array).view()
    array.flags.writeable = False
    return array
