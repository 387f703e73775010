"""What a tally counts in: cells, periods and groups, and what it found out about the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["FATES", "Coded", "Panel", "Tallied"]

FATES = ("counted", "no_point", "outside", "off_grid", "no_time", "outside_period")
"""What can become of an incident, each is the first that applies after ``counted``."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Cells, periods and groups; a code is ``(group * periods + period) * cells + cell``.

    Attributes
    ----------
    cells, order
        Cells of the grid, ascending, and the rows of the grid they stand in.
    starts
        Start of every period with its zone; one missing time without periods.
    names
        Name of every group; the missing one comes last.
    """

    cells: NDArray[np.uint64]
    order: NDArray[np.intp]
    starts: pd.DatetimeIndex
    names: Any

    @property
    def rows(self) -> int:
        """How many rows a table of all cells, periods and groups has."""
        return len(self.cells) * len(self.starts) * len(self.names)

    def size(self) -> str:
        """Return the size of that table in words."""
        return (
            f"{len(self.cells):,} cells × {len(self.starts):,} periods × "
            f"{len(self.names):,} groups = {self.rows:,}"
        )


@dataclass(frozen=True, slots=True)
class Tallied(Panel):
    """A panel that was counted in.

    Attributes
    ----------
    fates
        How many incidents met each fate.
    span
        ``period``, ``start`` and ``end`` of what was counted, as text.
    """

    fates: dict[str, int]
    span: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Coded(Tallied):
    """Incidents as whole numbers, and what the numbers stand for.

    Attributes
    ----------
    codes
        The code of every counted incident, in the order of the rows.
    """

    codes: NDArray[np.int64]
