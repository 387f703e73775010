"""How far every site is from every demand: in a local plane, or from a table.

Both kinds answer the same three questions: which pairs lie within a distance, which
pairs there are at all, and which of some sites is nearest. A pair that a table does
not list cannot be used at any distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from gridgov.coverage.siting.siting_inputs import Demand, Sites, keys_as_text
from gridgov.errors import ColumnsError, DataWarning, InputError
from gridgov.geo.projection import middle, to_plane

__all__ = [
    "Distances",
    "Pairs",
    "PlaneDistances",
    "TableDistances",
    "check_number",
    "from_matrix",
    "measure_plane",
    "read_table",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Each pair takes some 100 bytes in the models: 2 GB.
_MOST_PAIRS = 20_000_000


class Pairs(NamedTuple):
    """Demand and site pairs, sorted by demand, distance and site.

    Attributes
    ----------
    row, site, meters
        One entry a pair.
    rows, sites
        How many demands and sites there are.
    """

    row: Ints
    site: Ints
    meters: Floats
    rows: int
    sites: int

    def matrix(self) -> Any:
        """Return the pairs as a sparse matrix of ones, one row a demand."""
        ones = np.ones(len(self.row))
        return sparse.csr_array((ones, (self.row, self.site)), shape=(self.rows, self.sites))

    def only(self, keep: Any) -> Pairs:
        """Return some of the pairs."""
        return self._replace(row=self.row[keep], site=self.site[keep], meters=self.meters[keep])


class Distances(Protocol):
    """What a kind of distance can tell."""

    def within(self, limit_m: float | None) -> Pairs:
        """Return the pairs up to a distance, all that there are when None."""

    def nearest(self, sites: Ints) -> tuple[Ints, Floats]:
        """Return the nearest of some sites to every demand, -1 and NaN where there is none."""


@dataclass(frozen=True, slots=True)
class PlaneDistances:
    """Straight distances in a plane.

    Attributes
    ----------
    demand, sites
        Coordinates, meters, shape (n, 2).
    """

    demand: Floats
    sites: Floats

    def within(self, limit_m: float | None) -> Pairs:
        """Return the pairs up to a distance, all that there are when None.

        Raises
        ------
        InputError
            If there are too many of them to hold.
        """
        shape = len(self.demand), len(self.sites)
        if limit_m is None:
            check_number(shape[0] * shape[1])
            row = np.arange(shape[0]).repeat(shape[1])
            site = np.tile(np.arange(shape[1]), shape[0])
        else:
            ours, theirs = cKDTree(self.demand), cKDTree(self.sites)
            # The tree may be off by the last digit; what it finds is measured again.
            wide = limit_m * (1 + 1e-9)
            check_number(int(ours.count_neighbors(theirs, wide)))
            found = ours.sparse_distance_matrix(theirs, wide, output_type="ndarray")
            row, site = found["i"].astype(np.intp), found["j"].astype(np.intp)
        meters = np.hypot(*(self.demand[row] - self.sites[site]).T)
        pairs = _sorted(row, site, meters, shape)
        return pairs if limit_m is None else pairs.only(pairs.meters <= limit_m)

    def nearest(self, sites: Ints) -> tuple[Ints, Floats]:
        """Return the nearest of some sites to every demand, the first of equals."""
        meters, at = cKDTree(self.sites[sites]).query(self.demand)
        return sites[at], np.asarray(meters, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class TableDistances:
    """Distances that were given, such as along a network.

    Attributes
    ----------
    pairs
        Every pair that is known.
    """

    pairs: Pairs

    def within(self, limit_m: float | None) -> Pairs:
        """Return the pairs up to a distance, all that there are when None."""
        return self.pairs if limit_m is None else self.pairs.only(self.pairs.meters <= limit_m)

    def nearest(self, sites: Ints) -> tuple[Ints, Floats]:
        """Return the nearest of some sites to every demand, -1 and NaN where there is none."""
        some = self.pairs.only(np.isin(self.pairs.site, sites))
        site = np.full(self.pairs.rows, -1, dtype=np.intp)
        meters = np.full(self.pairs.rows, np.nan)
        row, first = np.unique(some.row, return_index=True)
        site[row], meters[row] = some.site[first], some.meters[first]
        return site, meters


def measure_plane(demand: Demand, sites: Sites) -> PlaneDistances:
    """Return the distances in a plane about the middle of the demand."""
    points = [
        shapely.points(places.longitude, places.latitude)
        for places in (demand.places, sites.places)
    ]
    center = middle(np.concatenate(points))
    ours, theirs = (shapely.get_coordinates(to_plane(some, center=center)[0]) for some in points)
    return PlaneDistances(ours, theirs)


def from_matrix(meters: Floats) -> TableDistances:
    """Return the distances of a matrix, demands × sites, infinite where no way leads."""
    row, site = np.nonzero(np.isfinite(meters))
    return TableDistances(_sorted(row, site, meters[row, site], meters.shape))


def read_table(distances: Any, demand: Demand, sites: Sites) -> TableDistances:
    """Return the distances of a long table, or of a wide one with a column for every site.

    Raises
    ------
    ColumnsError
        If it is no such table, or a distance is negative, or missing in a long one.
    InputError
        If a pair is listed twice, or no id is known.
    """
    if not isinstance(distances, pd.DataFrame):
        raise ColumnsError(
            "distances must be a table (pandas DataFrame): long, with the columns demand_id (or "
            "cell), site_id and distance_m, or wide, with demand ids as index and site ids as "
            f"columns. Found: {type(distances).__name__}."
        )
    ours, theirs, meters = _long(distances)
    row = pd.Index(demand.places.ids).get_indexer(ours)
    site = pd.Index(sites.places.ids).get_indexer(theirs)
    known = (row >= 0) & (site >= 0)
    if not known.any():
        raise InputError(
            "distances must go by the ids of demand and sites. Found: none of its "
            f"{len(row):,} pairs is known; it begins with {ours[:1].tolist()} to "
            f"{theirs[:1].tolist()}, demand with {demand.places.ids[0]!r} and sites with "
            f"{sites.places.ids[0]!r}."
        )
    row, site, meters = row[known], site[known], meters[known]
    pair = row * np.int64(len(sites.places.ids)) + site
    if len(np.unique(pair)) < len(pair):
        raise InputError(
            "distances must list every pair of demand and site once. Found: "
            f"{len(pair) - len(np.unique(pair)):,} repeated. Keep the shortest: "
            "distances.groupby(['demand_id', 'site_id'], as_index=False).min()."
        )
    _warn_of_unlisted(site, sites)
    shape = len(demand.places.ids), len(sites.places.ids)
    return TableDistances(_sorted(row, site, meters, shape))


def _long(table: pd.DataFrame) -> tuple[Any, Any, Floats]:
    """Return demand ids, site ids and meters of every pair in a long or wide table."""
    key = next((name for name in ("demand_id", "cell") if name in table.columns), None)
    if key is not None and {"site_id", "distance_m"} <= set(table.columns):
        ours, theirs = keys_as_text(table[key]), keys_as_text(table["site_id"])
        column = table["distance_m"]
        lacking = column.isna().to_numpy()
    elif key is not None or {"site_id", "distance_m"} & set(table.columns):
        raise ColumnsError(
            "A long table of distances must have the columns demand_id (or cell), site_id and "
            f"distance_m. Found: {', '.join(map(str, table.columns))}."
        )
    else:
        ours = keys_as_text(table.index).repeat(table.shape[1])
        theirs = np.tile(keys_as_text(table.columns), table.shape[0])
        column = pd.Series(table.to_numpy().ravel())
        # A wide table has no other way to leave a pair out.
        known = column.notna().to_numpy()
        ours, theirs, column = ours[known], theirs[known], column[known]
        lacking = np.zeros(len(column), dtype=bool)
    meters = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(lacking | ~(np.isfinite(meters) & (meters >= 0)))
    if wrong.size:
        at = int(wrong[0])
        raise ColumnsError(
            f"Every distance must be a number from 0 on, meters. Found: {wrong.size:,} that are "
            f"not, the first {column.iloc[at]} from {ours[at]!r} to {theirs[at]!r}. Leave out "
            "the rows of pairs that cannot reach each other."
        )
    return ours, theirs, meters


def _warn_of_unlisted(site: Ints, sites: Sites) -> None:
    """Warn of sites that no distance is given for: a typing slip looks like this."""
    import warnings

    unlisted = np.setdiff1d(np.arange(len(sites.places.ids)), site)
    if unlisted.size:
        number, first = len(sites.places.ids), sites.places.ids[unlisted[0]]
        warnings.warn(
            DataWarning(
                f"distances list no pair for {unlisted.size:,} of {number:,} sites, the "
                f"first {first!r}: as far as this table goes they reach "
                "nothing.",
                zh=f"{number:,} 个点位中有 {unlisted.size:,} 个在 distances 中没有任何距离，首个为"
                f"“{first}”：按此表，这些点位到不了任何地方。",
            ),
            stacklevel=4,
        )


def _sorted(row: Ints, site: Ints, meters: Floats, shape: tuple[int, int]) -> Pairs:
    """Return pairs in order."""
    order = np.lexsort((site, meters, row))
    return Pairs(row[order], site[order], meters[order], *shape)


def check_number(pairs: int) -> None:
    """Check that the pairs of demand and site can be held."""
    if pairs > _MOST_PAIRS:
        raise InputError(
            f"At most {_MOST_PAIRS:,} pairs of demand and site can be weighed. Found: {pairs:,}. "
            "Give fewer candidates or a shorter distance_m, take coarser cells, or leave out the "
            "demand that weighs nothing."
        )
