"""The cells of one map, measured over many resamples at once.

Cells that hold alike are one class, and there are few classes however many cells there
are; only what depends on the area of a cell goes through all cells of every resample.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gridgov.hotspots.inequality import (
    fewest_units,
    generalized_gini,
    gini,
    smallest_size,
    theil,
    theil_between,
    unbiased,
)
from gridgov.schema.concentration import ESTIMATES

__all__ = ["CellSample", "Units", "street_parts"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

Units = Literal["cells", "area"]

_PERCENTS = (25, 50, 80)

# Numbers of a block of resamples: 16 MB an array.
_BLOCK = 2_000_000
# More resamples without an answer than this, and the interval is none.
_MOST_UNDEFINED = 0.05


class CellSample:
    """The cells of one map, ready to be measured over many resamples at once."""

    def __init__(self, incidents: Whole, area: Floats, streets: Any, units: Units) -> None:
        self._incidents = incidents.astype(np.float64)
        self._area = area
        self._streets = streets
        self._units = units
        self._values, of = np.unique(self._incidents, return_inverse=True)
        count = len(incidents)
        # Cells that hold alike are one class: few, however many cells there are.
        self._classes = csr_array(
            (np.ones(count), (of, np.arange(count))), shape=(len(self._values), count)
        )
        density = self._incidents / area
        self._order = np.argsort(density, kind="stable")
        self._density = density[self._order]

    def indices(self, times: Floats) -> dict[str, Floats]:
        """Return every index for samples that hold each cell so many times, shape (k, n)."""
        by_value = (self._classes @ times.T).T
        cells, total = by_value.sum(axis=-1), by_value @ self._values
        sizes = times[:, self._order] * self._area[self._order]
        found = {name: np.full(len(times), np.nan) for name in ESTIMATES}
        if self._units == "cells":
            index = gini(self._values, by_value)
            general = generalized_gini(index, cells, total)
            found["gini_unbiased"] = unbiased(index, cells)
            found["gini_generalized"] = general
            found["gini_generalized_unbiased"] = unbiased(general, np.minimum(cells, total))
            found["theil"] = theil(self._values, by_value)
            weight = times
        else:
            index = gini(self._density, sizes)
            found["theil"] = theil(self._density, sizes)
            weight = times * self._area
        found["gini"] = index
        if self._streets is not None:
            amounts = (self._streets.T @ (times * self._incidents).T).T
            between = theil_between(amounts, (self._streets.T @ weight.T).T)
            found["theil_between"] = between
            found["theil_within"] = found["theil"] - between
        whole = sizes.sum(axis=-1)
        for percent in _PERCENTS:
            fewest = fewest_units(self._values, by_value, percent)
            found[f"cell_share_{percent}"] = fewest / cells
            smallest = smallest_size(self._density, sizes, percent / 100)
            found[f"area_share_{percent}"] = smallest / whole
        return found

    def intervals(
        self, resamples: int, seed: int, level: float
    ) -> tuple[dict[str, float], dict[str, float], bool]:
        """Return the lower and upper ends, and whether enough resamples had an answer."""
        nothing = dict.fromkeys(ESTIMATES, np.nan)
        if not resamples or not self._incidents.any():
            return nothing, nothing, True
        blocks = [self.indices(times) for times in self._resampled(resamples, seed)]
        drawn = {name: np.concatenate([block[name] for block in blocks]) for name in ESTIMATES}
        if np.isnan(drawn["gini"]).mean() > _MOST_UNDEFINED:
            return nothing, nothing, False
        low, high = {}, {}
        for name, values in drawn.items():
            defined = values[~np.isnan(values)]
            ends = (np.nan, np.nan)
            if len(defined):
                ends = tuple(np.quantile(defined, [(1 - level) / 2, (1 + level) / 2]).tolist())
            low[name], high[name] = ends
        return low, high, True

    def _resampled(self, resamples: int, seed: int) -> Iterator[Floats]:
        """Yield how often each cell is drawn, in blocks of resamples."""
        random = np.random.default_rng(seed)
        count = len(self._incidents)
        step = max(_BLOCK // count, 1)
        for first in range(0, resamples, step):
            rows = min(step, resamples - first)
            drawn = random.integers(0, count, size=(rows, count))
            drawn += count * np.arange(rows)[:, None]
            times = np.bincount(drawn.ravel(), minlength=rows * count)
            yield times.reshape(rows, count).astype(np.float64)


def street_parts(cells: NDArray[np.uint64], shares: pd.DataFrame) -> Any:
    """Return which part of every cell belongs to which street; the rows add up to 1."""
    here = shares[shares["cell"].isin(cells)]
    street, names = pd.factorize(here["street_id"])
    row = np.searchsorted(cells, here["cell"].to_numpy(dtype=np.uint64))
    part = here["share"].to_numpy(dtype=np.float64)
    inside = np.bincount(row, weights=part, minlength=len(cells))
    ownerless = np.flatnonzero(inside == 0)
    return csr_array(
        (
            np.concatenate([part / inside[row], np.ones(len(ownerless))]),
            (
                np.concatenate([row, ownerless]),
                np.concatenate([street, np.full(len(ownerless), len(names))]),
            ),
        ),
        shape=(len(cells), len(names) + 1),
    )
