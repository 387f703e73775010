"""What every demand pays for every site: the common form of maximal coverage and p-median."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Lists"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Lists(NamedTuple):
    """What every demand pays for every site that can serve it.

    Attributes
    ----------
    row, site, cost
        One entry a pair, sorted by row and cost; less than the row's outside cost.
    weights
        Of every row, above 0.
    outside
        What a row pays for a unit of weight when no chosen site is on its list: the cost
        of the existing posts, of going without, or infinite.
    sites
        How many sites there are to choose from.
    base
        Subtracted from the total where a relative gap is taken.
    """

    row: Ints
    site: Ints
    cost: Floats
    weights: Floats
    outside: Floats
    sites: int
    base: float = 0.0

    def paid(self, chosen: Ints) -> Floats:
        """Return what every row pays for a unit of weight."""
        some = np.isin(self.site, chosen)
        paid = self.outside.copy()
        np.minimum.at(paid, self.row[some], self.cost[some])
        return paid

    def total(self, chosen: Ints) -> float:
        """Return what all rows pay."""
        return float(self.weights @ self.paid(chosen))

    def with_chosen(self, chosen: Ints, left: Ints) -> Lists:
        """Return the lists when some sites are chosen already and others are left to choose."""
        outside = self.paid(chosen)
        number = np.full(self.sites, -1)
        number[left] = np.arange(len(left))
        useful = (number[self.site] >= 0) & (self.cost < outside[self.row])
        return self._replace(
            row=self.row[useful],
            site=number[self.site[useful]],
            cost=self.cost[useful],
            outside=outside,
            sites=len(left),
        )
