"""The cells that patrols are measured on, and how much of each belongs to whom."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.geo.cell_digits import resolutions
from gridgov.place.areas import check_areas
from gridgov.place.cell_places import CellPlaces, index_cells
from gridgov.place.coding import grid_cells
from gridgov.place.crosswalk import area_shares

__all__ = ["PatrolGrid", "StreetShares", "read_grid", "street_shares", "to_times"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

MINUTE_US = 60_000_000
HOUR_US = 3_600_000_000


class PatrolGrid(NamedTuple):
    """Cells of a grid.

    Attributes
    ----------
    cells
        The cells, ascending; a place is a position in them.
    order
        The rows of the grid that they stand in.
    resolution
        Their resolution.
    lookup
        Finds the place of a cell.
    """

    cells: Cells
    order: NDArray[np.intp]
    resolution: int
    lookup: CellPlaces


class StreetShares(NamedTuple):
    """How much of each cell belongs to the whole grid and to each street.

    Attributes
    ----------
    street_ids
        None for the whole grid, then the streets in table order.
    place, street, share
        Place of a cell, position in `street_ids`, share of the cell's area, 0 to 1.
    """

    street_ids: list[str | None]
    place: Ints
    street: Ints
    share: Floats

    def of_streets(self, values: Floats) -> Floats:
        """Return a number of every place, summed over the shares of each street."""
        weights = self.share * values[self.place]
        sums = np.bincount(self.street, weights=weights, minlength=len(self.street_ids))
        return np.asarray(sums, dtype=np.float64)


def read_grid(grid: Any) -> PatrolGrid:
    """Return the cells of a grid.

    Raises
    ------
    ColumnsError
        If it lacks a column.
    EmptyTableError
        If it has no rows.
    InputError
        If it repeats a cell or mixes resolutions.
    """
    check_table(grid, "grid", columns=["cell", "street_id", "inside_share"])
    cells, order = grid_cells(grid)
    return PatrolGrid(cells, order, int(resolutions(cells[:1])[0]), index_cells(cells))


def street_shares(places: PatrolGrid, grid: Any, jurisdictions: Any) -> StreetShares:
    """Return the shares of the cells: of the whole by ``inside_share``, of streets by area."""
    whole = np.arange(len(places.cells))
    inside = grid["inside_share"].to_numpy(dtype=np.float64)[places.order]
    if jurisdictions is None:
        return StreetShares([None], whole, np.zeros(len(whole), dtype=np.int64), inside)
    street_ids, _ = check_areas(jurisdictions)
    shares = area_shares(places.cells, jurisdictions)
    street = pd.Index(street_ids).get_indexer(shares["street_id"]) + 1
    return StreetShares(
        [None, *street_ids.tolist()],
        np.concatenate([whole, np.searchsorted(places.cells, shares["cell"].to_numpy())]),
        np.concatenate([np.zeros(len(whole), dtype=np.int64), street]),
        np.concatenate([inside, shares["share"].to_numpy()]),
    )


def to_times(instants: Ints, zone: Any) -> pd.DatetimeIndex:
    """Return µs since 1970 UTC as times in a zone; the least number is missing."""
    return pd.DatetimeIndex(instants.astype(np.int64).view("datetime64[us]"), tz="UTC").tz_convert(
        zone
    )
