"""Where the rows of a batch stand: found from coordinates, or read where it was found before.

With coordinates a cell that lies clear of every boundary answers for all its points
(:mod:`gridgov.place.decided_cells`); the others are asked who owns them, and the very few
whose cell is not known to the grid go the way of a table in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.geo.hexgrid import points_to_cells, text_to_cells
from gridgov.place.area_index import MATCHES, OWNED_MATCHES, AreaIndex
from gridgov.place.cell_places import CellPlaces
from gridgov.place.decided_cells import DecidedCells
from gridgov.scale.batches import read_groups
from gridgov.scale.cell_table import CellTable, resolution_of
from gridgov.scale.places import Places

__all__ = ["Found", "FromLocated", "FromPoints"]

Cells = NDArray[np.uint64]
Matches = NDArray[np.int8]

_NO_POINT = MATCHES.index("no_point")
_OUTSIDE = MATCHES.index("outside")


class Found(NamedTuple):
    """Where the rows of a batch stand.

    Attributes
    ----------
    place
        Place in the grid, -1 for a row that is not counted.
    no_point, outside, off_grid
        How many are not counted, and why.
    match, owner
        Of every row; None unless groups are made of them.
    """

    place: NDArray[Any]
    no_point: int
    outside: int
    off_grid: int
    match: Matches | None
    owner: NDArray[Any] | None


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
    decided
        The cells of the grid that decide for their points; None to ask every point.
    loops
        Whether compiled loops are worth their loading.
    """

    places: Places
    index: AreaIndex
    resolution: int
    decided: DecidedCells | None = None
    loops: bool = True

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

    def find(
        self, batch: Any, file: str, table: CellTable | CellPlaces, *, computed: bool
    ) -> Found:
        """Return where the rows stand: by their cell alone where that decides."""
        decided = self.decided
        if decided is None:
            return _find(*self.read(batch, file), table)
        longitude, latitude = self.places.read(batch, file=file)
        place = decided.find(longitude, latitude)
        rows = np.flatnonzero(place < 0)
        at = place[rows]
        some_lon, some_lat = longitude[rows], latitude[rows]
        by_outline = self.index.owners(some_lon, some_lat)
        unknown = np.flatnonzero(at == -1)
        # Where the cell is known there is a point, and it stands in the grid.
        rest = _find(
            points_to_cells(some_lon[unknown], some_lat[unknown], self.resolution),
            by_outline.match[unknown],
            by_outline.owner[unknown],
            table,
        )
        owned = by_outline.match < len(OWNED_MATCHES)
        at = np.where(owned, -2 - at, np.int32(-1))
        at[unknown] = rest.place
        place[rows] = at
        outside = int(np.count_nonzero(~owned)) - int(np.count_nonzero(~owned[unknown]))
        match = owner = None
        if computed and decided.match is not None and decided.owner is not None:
            match = decided.match.take(place, mode="clip")
            owner = decided.owner.take(place, mode="clip")
            match[rows], owner[rows] = by_outline.match, by_outline.owner
        return rest._replace(place=place, outside=rest.outside + outside, match=match, owner=owner)


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

    @property
    def loops(self) -> bool:
        """Return whether compiled loops are worth their loading: there are none to run."""
        return False

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

    def find(
        self, batch: Any, file: str, table: CellTable | CellPlaces, *, computed: bool
    ) -> Found:
        """Return where the rows stand."""
        return _find(*self.read(batch, file), table)


def _find(
    cells: Cells, match: Matches, owner: NDArray[Any], table: CellTable | CellPlaces
) -> Found:
    """Return where rows stand whose cell and match are known."""
    place = table.find(cells)
    owned = match < len(OWNED_MATCHES)
    off = np.flatnonzero(~owned | (place < 0))
    no_point = (cells[off] == 0) | (match[off] == _NO_POINT)
    outside = ~owned[off] & ~no_point
    place[off] = -1
    missing, beyond = int(np.count_nonzero(no_point)), int(np.count_nonzero(outside))
    return Found(place, missing, beyond, len(off) - missing - beyond, match, owner)
