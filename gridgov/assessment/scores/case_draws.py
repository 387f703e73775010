"""What else the cases could have brought: draws of every count behind a score.

Cases of a group that count alike in every indicator and period are one class, and a draw
gives each class a weight instead of drawing its cases one by one: the Bayesian bootstrap
[1]_, with weights from the gamma distribution whose shape is the number of cases. The total
of a month varies with them as a Poisson number does, and a case that counts in several
indicators, or in two months, moves them together.

A plain bootstrap cannot draw what was not seen: with 30 of 30 cases closed it says 100 %,
give or take nothing. Here every share gets half a case on either side, so that alone it has
the Jeffreys interval [2]_, and every number of cases half a case more.

References
----------
.. [1] Rubin, D. B. (1981). The Bayesian bootstrap. Annals of Statistics 9(1), 130-134.
   https://doi.org/10.1214/aos/1176345338
.. [2] Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial
   proportion. Statistical Science 16(2), 101-133. https://doi.org/10.1214/ss/1009213286
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["CaseParts", "count_parts", "draw_parts"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CaseParts:
    """What every case adds to every indicator.

    Attributes
    ----------
    groups
        Names of the groups in order; one None for the whole.
    group
        Group of every case, -1 for none.
    starts
        Starts of the periods.
    amount
        What a case adds to numerator and denominator, shape (cases, indicators, 2).
    period
        Period in which it does, -1 for none, of the same shape.
    ratio
        Of which indicators the numerator is counted by itself, not among the cases of the
        denominator, shape (indicators,).
    """

    groups: list[str | None]
    group: Ints
    starts: pd.DatetimeIndex
    amount: Floats
    period: Ints
    ratio: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return groups, periods, indicators, and 2 for numerator and denominator."""
        return len(self.groups), len(self.starts), len(self.ratio), 2

    def counted(self) -> NDArray[np.bool_]:
        """Return which cases add to what, shape (cases, indicators, 2)."""
        in_group = (self.group >= 0)[:, None, None]
        return np.asarray(in_group & (self.period >= 0) & (self.amount != 0))


def count_parts(parts: CaseParts) -> tuple[Floats, Ints]:
    """Return the sums of what the cases add, and how many cases add anything.

    Returns
    -------
    sums : float64 array, shape (groups, periods, indicators, 2)
        Numerators and denominators.
    cases : int64 array, shape (groups, periods)
        Each case once a period, whatever the number of its indicators.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> parts = CaseParts([None], np.zeros(2, np.int64), pd.DatetimeIndex([pd.NaT]),
    ...     np.array([[[1.0, 1.0]], [[0.0, 1.0]]]), np.zeros((2, 1, 2), np.int64),
    ...     np.array([False]))
    >>> sums, cases = count_parts(parts)
    >>> sums.tolist(), cases.tolist()
    ([[[[1.0, 2.0]]]], [[2]])
    """
    groups, periods, indicators, two = parts.shape
    case, indicator, side = np.nonzero(parts.counted())
    period = parts.period[case, indicator, side]
    place = ((parts.group[case] * periods + period) * indicators + indicator) * two + side
    sums = np.bincount(
        place,
        weights=parts.amount[case, indicator, side],
        minlength=groups * periods * indicators * two,
    )
    once = pd.unique(case * periods + period)
    at = parts.group[once // periods] * periods + once % periods
    cases = np.bincount(at, minlength=groups * periods).reshape(groups, periods)
    return sums.astype(np.float64).reshape(parts.shape), cases.astype(np.int64)


def draw_parts(parts: CaseParts, *, samples: int, seed: int) -> Iterator[Floats]:
    """Yield draws of the numerators and denominators of one group after the other.

    Parameters
    ----------
    parts
        What every case adds.
    samples
        Number of draws.
    seed
        Each group has a stream of its own from the seed and its name, so that its draws do
        not depend on which other groups there are.

    Yields
    ------
    float64 array, shape (samples, periods, indicators, 2)
        Numerators and denominators, with half a case more on either side of every share.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> amount = np.array([[[1.0, 1.0]], [[1.0, 1.0]], [[1.0, 1.0]], [[0.0, 1.0]]])
    >>> parts = CaseParts([None], np.zeros(4, np.int64), pd.DatetimeIndex([pd.NaT]),
    ...     amount, np.zeros((4, 1, 2), np.int64), np.array([False]))
    >>> draws = next(draw_parts(parts, samples=9_999, seed=0))
    >>> round(float((draws[..., 0] / draws[..., 1]).mean()), 1)  # (3 + 1/2) / (4 + 1) = 0.7
    0.7
    """
    counted = parts.counted()
    rows = np.flatnonzero(counted.any(axis=(1, 2)))
    rows = rows[np.argsort(parts.group[rows], kind="stable")]
    bounds = np.searchsorted(parts.group[rows], np.arange(len(parts.groups) + 1))
    for at, name in enumerate(parts.groups):
        of_group = rows[bounds[at] : bounds[at + 1]]
        first, size = _classes(parts, counted, of_group)
        stream = np.random.default_rng([seed, _number_of(name)])
        weights = stream.standard_gamma(size.astype(np.float64), size=(samples, len(size)))
        drawn = np.asarray(weights @ _places(parts, counted, first))
        halves = stream.standard_gamma(0.5, size=(samples, *parts.shape[1:]))
        # A case of a share that is in the numerator is in the denominator too.
        halves[..., 1] += np.where(parts.ratio, 0.0, halves[..., 0])
        yield drawn.reshape(halves.shape) + halves


def _classes(parts: CaseParts, counted: NDArray[np.bool_], rows: Ints) -> tuple[Ints, Ints]:
    """Return one case of every class of cases that count alike, and how many there are."""
    code = np.zeros(len(rows), dtype=np.int64)
    for indicator in range(len(parts.ratio)):
        for side in range(2):
            adds = counted[rows, indicator, side]
            period = np.where(adds, parts.period[rows, indicator, side], -1)
            amount = np.where(adds, parts.amount[rows, indicator, side], 0.0)
            for of in (period, amount):
                values, places = np.unique(of, return_inverse=True)
                if len(values) > 1:
                    code = np.unique(code * len(values) + places, return_inverse=True)[1]
    _, first, size = np.unique(code, return_index=True, return_counts=True)
    return rows[first], size.astype(np.int64)


def _places(parts: CaseParts, counted: NDArray[np.bool_], rows: Ints) -> csr_array:
    """Return what every class adds where, shape (classes, periods x indicators x 2)."""
    _, periods, indicators, two = parts.shape
    row, indicator, side = np.nonzero(counted[rows])
    case = rows[row]
    column = (parts.period[case, indicator, side] * indicators + indicator) * two + side
    shape = (len(rows), periods * indicators * two)
    return csr_array((parts.amount[case, indicator, side], (row, column)), shape=shape)


def _number_of(name: str | None) -> int:
    """Return a number of 64 bits that stands for a name."""
    return int.from_bytes(sha256((name or "").encode()).digest()[:8], "big")
