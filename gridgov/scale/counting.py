"""Counts that grow batch by batch, and the small summaries of parts that add up to them.

What is held is one number for every cell in every group and period that occurs, and
never a row. Sums of whole numbers are the same in any order, so that parts may be
counted by anybody, anywhere, and in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Counter", "Summary", "merge"]

Ints = NDArray[np.int64]

_NEVER = (np.iinfo(np.int64).max, np.iinfo(np.int64).min)

# A bincount over this many times the rows costs more than adding row by row.
_WIDE = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """What was counted in some rows.

    Attributes
    ----------
    n_cells
        Number of cells of the grid.
    groups
        Every group found on the grid, counted or not; None for the missing value.
    keys
        Group (a place in `groups`) and start of the period of every layer of counts.
    codes, counts
        Layer × number of cells + cell, and how many, where there are any.
    fates
        Rows by what became of them, in the order of ``FATES``.
    first, last
        First and last instant counted, µs since 1970 UTC; first > last for none.
    """

    n_cells: int
    groups: tuple[str | None, ...]
    keys: tuple[tuple[int, int], ...]
    codes: Ints
    counts: Ints
    fates: Ints
    first: int
    last: int


@dataclass(slots=True)
class Counter:
    """Counts by layer (one group in one period) and cell.

    Attributes
    ----------
    n_cells
        Number of cells of the grid.
    groups
        Places of the groups found so far.
    fates
        Rows by what became of them.
    first, last
        First and last instant counted.
    """

    n_cells: int
    fates: Ints
    groups: dict[str | None, int] = field(default_factory=dict)
    first: int = _NEVER[0]
    last: int = _NEVER[1]
    _layers: dict[tuple[int, int], int] = field(default_factory=dict)
    _counts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def group(self, text: str | None) -> int:
        """Return the place of a group, a new one if it was not met before."""
        return self.groups.setdefault(text, len(self.groups))

    def add_rows(
        self, groups: Ints | None, periods: Ints | None, starts: Ints, cells: Ints
    ) -> None:
        """Count rows.

        Parameters
        ----------
        groups
            Place of every row's group; None when all are of group 0.
        periods
            Place of every row's period in `starts`; None when all are in the first.
        starts
            Start of the periods.
        cells
            Place of every row's cell in the grid.
        """
        if not len(cells):
            return
        if groups is None and periods is None:
            self._add(np.array([self._layer(0, int(starts[0]))]), None, cells)
            return
        n_periods = len(starts)
        if groups is None:
            pair = periods
        elif periods is None:
            pair = groups
        else:
            pair = groups * n_periods + periods
        assert pair is not None
        met = np.flatnonzero(np.bincount(pair))
        layers = np.zeros(int(met[-1]) + 1, dtype=np.int64)
        for one in met.tolist():
            group, period = divmod(one, n_periods) if periods is not None else (one, 0)
            layers[one] = self._layer(group, int(starts[period]))
        self._add(layers, pair, cells)

    def span(self, instants: Ints) -> None:
        """Note from when to when rows were counted."""
        if len(instants):
            self.first = min(self.first, int(instants.min()))
            self.last = max(self.last, int(instants.max()))

    def add(self, summary: Summary) -> None:
        """Add what was counted elsewhere."""
        places = [self.group(text) for text in summary.groups]
        layers = np.array(
            [self._layer(places[group], start) for group, start in summary.keys], dtype=np.int64
        )
        self._make_room()
        if len(summary.codes):
            layer, cell = np.divmod(summary.codes, self.n_cells)
            self._counts[layers[layer] * self.n_cells + cell] += summary.counts
        self.fates += summary.fates
        self.first, self.last = min(self.first, summary.first), max(self.last, summary.last)

    def summary(self) -> Summary:
        """Return what was counted so far, small where most is zero."""
        used = self._counts[: len(self._layers) * self.n_cells]
        codes = np.flatnonzero(used)
        return Summary(
            self.n_cells,
            tuple(self.groups),
            tuple(self._layers),
            codes,
            used[codes],
            self.fates.copy(),
            self.first,
            self.last,
        )

    def layers(self) -> dict[tuple[int, int], Ints]:
        """Return the counts of the cells in every group and period that occurs."""
        table = self._counts[: len(self._layers) * self.n_cells].reshape(-1, self.n_cells)
        return {key: table[place] for key, place in self._layers.items()}

    def _layer(self, group: int, start: int) -> int:
        """Return the place of a layer, a new one if it was not met before."""
        return self._layers.setdefault((group, start), len(self._layers))

    def _make_room(self) -> None:
        """Make room for all layers."""
        needed = len(self._layers) * self.n_cells
        if needed > len(self._counts):
            # In place: the system moves large blocks without a copy.
            self._counts.resize(max(needed, len(self._counts) * 5 // 4), refcheck=False)

    def _add(self, layers: Ints, pair: Ints | None, cells: Ints) -> None:
        """Count rows whose layers are known."""
        self._make_room()
        used = len(self._layers) * self.n_cells
        if pair is None and self.n_cells <= _WIDE * len(cells):
            begin = int(layers[0]) * self.n_cells
            own = self._counts[begin : begin + self.n_cells]
            own += np.bincount(cells, minlength=self.n_cells)
            return
        code = (
            cells + layers[0] * self.n_cells
            if pair is None
            else layers[pair] * self.n_cells + cells
        )
        if used <= _WIDE * len(cells):
            self._counts[:used] += np.bincount(code, minlength=used)
        else:
            np.add.at(self._counts, code, 1)


def merge(summaries: Iterable[Summary]) -> Summary:
    """Return several summaries of one grid as one.

    Parameters
    ----------
    summaries
        At least one.
    """
    counter = None
    for summary in summaries:
        if counter is None:
            counter = Counter(summary.n_cells, np.zeros_like(summary.fates))
        counter.add(summary)
    assert counter is not None
    return counter.summary()
