"""Departments dealt out at random over the incidents, places kept: exact means and draws.

Every incident keeps its place, and the departments are shuffled over the incidents of a
stratum (a category, a month), each as often as it was. Means are exact, by counting; the
spread comes from draws, which are made for all cells at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import gammaln

from gridgov.checks import check_table
from gridgov.errors import InputError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.coding import Coded, code_incidents
from gridgov.place.periods import check_period, read_instants, read_range

__all__ = [
    "Deal",
    "Hands",
    "deals",
    "expected_departments",
    "expected_pairs",
    "read_deal",
    "table_pairs",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Deal:
    """Incidents with a department, each by place, department and stratum.

    Attributes
    ----------
    coded
        The tally they come from: cells and order of the grid, fates, span.
    names
        Departments, in order of their text.
    cell, label, stratum
        Numbers of each incident's cell, department and stratum, sorted by stratum.
    matrix
        0/1 matrix of which cells lie within the rings of which, itself included; None
        without rings.
    nameless
        Incidents on the grid without a department.
    """

    coded: Coded
    names: list[str]
    cell: Whole
    label: Whole
    stratum: Whole
    matrix: Any
    nameless: int

    def counts(self, label: Whole) -> Whole:
        """Return incidents by cell and department, rings not yet added, for some labels."""
        number = len(self.names)
        size = len(self.coded.cells) * number
        return np.bincount(self.cell * number + label, minlength=size).reshape(-1, number)

    def disks(self, counts: Any) -> Any:
        """Return counts added up over the rings of each cell."""
        if self.matrix is None:
            return counts
        return np.rint(self.matrix @ counts).astype(np.int64)

    def by_stratum(self) -> Whole:
        """Return the deck: departments by stratum, shape (strata, departments)."""
        number = len(self.names)
        size = (int(self.stratum[-1]) + 1) * number
        flat = self.stratum * number + self.label
        return np.bincount(flat, minlength=size).reshape(-1, number)

    def places(self) -> Any:
        """Return incidents by cell and stratum as a sparse matrix, rings not yet added."""
        shape = (len(self.coded.cells), int(self.stratum[-1]) + 1)
        found = csr_array((np.ones(len(self.cell)), (self.cell, self.stratum)), shape=shape)
        found.sum_duplicates()
        return found


def read_deal(
    located: Any,
    grid: Any,
    *,
    column: str,
    within: Any,
    period: Any,
    rings: int,
    start: Any,
    end: Any,
    times: str,
) -> Deal:
    """Return the incidents that take part; parameters and errors are the callers'."""
    freq = check_period(period)
    strata = [within] if isinstance(within, str) else list(within or ())
    dated = freq is not None or start is not None or end is not None
    needed = [column, *strata, *([times] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    if column in strata:
        raise OptionError(
            f"within must not name the column that is dealt out. Found: {column!r} in both."
        )
    marked = located[located[column].notna().to_numpy()]
    # With periods for strata the tally leaves out what has no time.
    coded = code_incidents(located, grid, period=freq, by=None, start=start, end=end, times=times)
    rows = _counted_rows(marked, coded, start, end, times, dated)
    label, names = pd.factorize(marked[column].iloc[rows].astype("str"), sort=True)
    if len(names) < 2:
        raise InputError(
            f"Departments meet where there are at least two. Found: {len(names)} in {column} "
            f"among {len(rows):,} incidents on the grid. columns= of read_incidents names the "
            "column to read."
        )
    stratum = np.zeros(len(rows), dtype=np.int64)
    for name in strata:
        part = marked[name].iloc[rows]
        text = part.astype("str").where(part.notna())
        code, values = pd.factorize(text, sort=True, use_na_sentinel=False)
        stratum = stratum * len(values) + code
    if freq is not None:
        instants, _, zone = read_instants(marked, times)
        range_ = read_range(instants[rows], freq=freq, start=None, end=None, zone=zone)
        stratum = stratum * len(range_.starts) + range_.places(instants[rows])
    stratum = np.unique(stratum, return_inverse=True)[1]
    cell = np.searchsorted(coded.cells, marked["cell"].iloc[rows].to_numpy(dtype=np.uint64))
    # Within a stratum the order of rows must not reach the draws.
    order = np.lexsort((label, cell, stratum))
    return Deal(
        coded,
        [str(name) for name in names],
        cell[order],
        np.asarray(label, dtype=np.int64)[order],
        stratum[order],
        disk_matrix(coded.cells, rings=rings) if rings else None,
        len(coded.codes) - len(rows),
    )


def deals(deal: Deal, *, permutations: int, seed: int) -> Iterator[Whole]:
    """Yield departments dealt out anew, one number an incident, so many times."""
    rng = np.random.default_rng(seed)
    alone = deal.stratum[-1] == 0
    for _ in range(permutations):
        if alone:
            yield deal.label[rng.permutation(len(deal.label))]
        else:
            # Sorted by stratum, then at random: every stratum is shuffled in its place.
            yield deal.label[np.lexsort((rng.random(len(deal.label)), deal.stratum))]


class Hands:
    """What single cells are dealt, drawn directly and not by shuffling all incidents.

    A cell's hand from a stratum is multivariate hypergeometric; with rings the hand is that
    of the whole disk.
    """

    def __init__(self, deal: Deal) -> None:
        self._deck = deal.by_stratum()
        place = deal.places()
        self._place = place if deal.matrix is None else csr_array(deal.matrix @ place)
        self._cells = deal.coded.cells

    def draw(self, at: int, *, most: int, seed: int) -> Whole:
        """Return hands of one cell, shape (hands, departments), up to so many."""
        part = slice(self._place.indptr[at], self._place.indptr[at + 1])
        strata = self._place.indices[part]
        numbers = np.rint(self._place.data[part]).astype(np.int64)
        # A generator for each cell: its hands do not depend on which others are dealt.
        rng = np.random.default_rng([seed, int(self._cells[at])])
        size = max(most // len(strata), 1)
        hands = np.zeros((size, self._deck.shape[1]), dtype=np.int64)
        for stratum, number in zip(strata.tolist(), numbers.tolist(), strict=True):
            hands += rng.multivariate_hypergeometric(
                self._deck[stratum], number, size=size, method="marginals"
            )
        return hands


def table_pairs(counts: Whole) -> Whole:
    """Return pairs of different departments by cell.

    Examples
    --------
    Two and three incidents of two departments are six pairs:

    >>> import numpy as np
    >>> table_pairs(np.array([[2, 3], [5, 0]])).tolist()
    [6, 0]
    """
    found: Whole = (counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)) // 2
    return found


def expected_pairs(deal: Deal) -> Floats:
    """Return the mean number of pairs of different departments of every cell, exactly."""
    deck = deal.by_stratum().astype(np.float64)
    size = deck.sum(axis=1)
    place = deal.places()
    if deal.matrix is not None:
        place = csr_array(deal.matrix @ place)
    share = deck / size[:, None]
    # Two incidents of one stratum are alike when both are dealt the same department.
    alike = (deck * (deck - 1)).sum(axis=1) / np.maximum(size * (size - 1), 1)
    squares = place.power(2)
    number = np.asarray(place.sum(axis=1)).ravel()
    same = (squares - place) @ alike
    apart = ((place @ share) ** 2).sum(axis=1) - squares @ (share**2).sum(axis=1)
    found: Floats = (number * (number - 1) - same - apart) / 2
    return np.maximum(found, 0.0)


def expected_departments(deal: Deal) -> Floats:
    """Return the mean number of departments of every cell, exactly.

    A department is missing when every stratum deals its incidents elsewhere, which is
    hypergeometric (the rarefaction of ecology).
    """
    deck = deal.by_stratum()
    size = deck.sum(axis=1)
    place = deal.places()
    if deal.matrix is not None:
        place = csr_array(deal.matrix @ place)
    place = place.tocoo()
    cell, stratum, number = place.row, place.col, np.rint(place.data).astype(np.int64)
    rest = (size[:, None] - deck)[stratum]
    # No way to miss a department of which more is held than is dealt elsewhere.
    possible = rest >= number[:, None]
    log = _log_binomial(np.where(possible, rest, number[:, None]), number[:, None])
    log = log - _log_binomial(size[stratum], number)[:, None]
    log = np.where(possible, log, -np.inf)
    found = np.zeros(place.shape[0])
    for department in range(deck.shape[1]):
        # -inf plus anything is -inf, which bincount keeps.
        missed = np.bincount(cell, weights=log[:, department], minlength=place.shape[0])
        found += -np.expm1(np.minimum(missed, 0.0))
    return found


def _log_binomial(n: Any, k: Any) -> Floats:
    """Return the logarithm of n over k."""
    found: Floats = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return found


def _counted_rows(
    marked: Any, coded: Coded, start: Any, end: Any, times: str, dated: bool
) -> NDArray[np.intp]:
    """Return the rows with a department that the tally counts."""
    owned = marked["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool)
    ids = marked["cell"].fillna(0).to_numpy(dtype=np.uint64)
    held = owned & np.isin(ids, coded.cells)
    if dated:
        instants, missing, zone = read_instants(marked, times)
        held &= ~missing
        range_ = read_range(instants[held], freq=None, start=start, end=end, zone=zone)
        held &= range_.holds(instants)
    return np.flatnonzero(held)
