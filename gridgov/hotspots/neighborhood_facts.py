"""What a neighborhood holds and what would be expected there, from a table of hotspots.

The table keeps z and p of every cell and not the sums behind them. They are worked out
again from its rows; the z that follows from them must be the one that stands there, or
rows are missing and every number would be wrong.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import InputError
from gridgov.geo.hexgrid import grid_disk

__all__ = ["Facts", "facts"]

Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

# Tables from files may carry z scores rounded to two digits.
_NEAR = 0.006
_MOST_RINGS = 60


class Facts(NamedTuple):
    """What lies in a neighborhood, and what would be expected there.

    Attributes
    ----------
    star
        Whether the cell itself is in the sum: Gi*, not Gi.
    neighbors
        Cells around it.
    held, expected
        The sum and what it would be at random.
    summed
        Cells in the sum.
    own
        The cell's own value.
    value
        The name of what was summed; empty for incidents.
    """

    star: bool
    neighbors: int
    held: float
    expected: float
    summed: int
    own: float
    value: str


def facts(table: pd.DataFrame, cells: Cells, place: int, made: dict[str, Any]) -> Facts:
    """Return what the neighborhood of a cell holds, held against the z in the table.

    Parameters
    ----------
    table
        Rows of one map of hotspots.
    cells
        Their cells.
    place
        The position of the cell.
    made
        The table's ``attrs["hotspots"]``, or nothing.

    Raises
    ------
    InputError
        If neighbors are missing, or the z in the table is not that of these rows.
    """
    incidents = table["incidents"].to_numpy(dtype=np.float64, na_value=np.nan)
    values = incidents
    if "value" in table.columns and table["value"].notna().any():
        values = table["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    row = table.iloc[place]
    known = np.isfinite(values)
    inside = _neighborhood(cells, known, place, int(row["neighbors"]), made.get("rings"))
    own, total = float(values[place]), float(values[inside].sum())
    members = int(inside.sum())
    urn = values[known]
    rest = np.delete(urn, int(known[:place].sum()))

    # The z in the table says which of the two it is, and that the rows are all there.
    both = {
        True: (urn, members, total),
        False: (rest, members - 1, total - own),
    }
    first = made.get("statistic") != "Getis-Ord Gi"
    z = float(row["gi_star"])
    for star in (first, not first):
        expected, score = _standardized(*both[star])
        if abs(score - z) <= _NEAR + 1e-6 * abs(score):
            break
    else:
        raise InputError(
            "hotspots must hold every cell of the map as gridgov.find_hotspots(...) gave it. "
            f"Found: z {z:.3f} for cell {int(cells[place]):x}, where the {urn.size:,} rows here "
            f"give {_standardized(*both[first])[1]:.3f}. Rows are missing or were changed."
        )
    counted = np.array_equal(values, incidents)
    return Facts(
        star=star,
        neighbors=members - 1,
        held=both[star][2],
        expected=expected,
        summed=both[star][1],
        own=own,
        value="" if counted else str(made.get("value", "value")),
    )


def _standardized(urn: Floats, members: int, total: float) -> tuple[float, float]:
    """Return the expected sum of so many values drawn from the urn, and how far out it is."""
    expected = members * urn.mean()
    spread = urn.std() * np.sqrt(members * (urn.size - members) / (urn.size - 1))
    return float(expected), float((total - expected) / spread) if spread > 0 else np.nan


def _neighborhood(
    cells: Cells, known: NDArray[np.bool_], place: int, neighbors: int, rings: Any
) -> NDArray[np.bool_]:
    """Return which rows are the cell and its neighbors.

    A table from a file does not say how many rings: then it is the smallest disk with as
    many cells. A wider one with as many would hold the same.
    """
    inside = np.zeros(cells.size, dtype=bool)
    for number in (int(rings),) if rings else range(1, _MOST_RINGS + 1):
        inside = np.isin(cells, grid_disk(int(cells[place]), number)) & known
        if inside.sum() > neighbors:
            break
    if inside.sum() != neighbors + 1:
        raise InputError(
            "hotspots must hold every cell of the map as gridgov.find_hotspots(...) gave it. "
            f"Found: cell {int(cells[place]):x} had {neighbors} neighbors when it was tested, and "
            f"the cells around it here are {int(inside.sum()) - 1}."
        )
    return inside
