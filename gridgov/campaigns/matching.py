"""Cells to compare with: as busy as the treated ones before, and going the same way.

Counts are compared on a scale where chance weighs the same everywhere, twice the square
root, so that 4 against 9 is as far as 100 against 121. Every cell gets its controls one
round after the other; in each round the sum of the distances over all cells is as small
as it can be. No control is used twice. Nothing is drawn at random: between controls that
fit alike the nearer one on the ground is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from gridgov.errors import OptionError

__all__ = ["MATCH_ON", "check_match_on", "match_cells"]

Floats = NDArray[np.float64]

MATCH_ON = ("level", "trend")
"""What cells can be matched on."""

# Distances of so many pairs take a third of a gigabyte.
_MOST_PAIRS = 40_000_000
# A kilometer on the ground weighs as little as this, to settle ties and nothing else.
_TIE = 1e-6


def match_cells(
    halves: Floats,
    places: Floats,
    candidate_halves: Floats,
    candidate_places: Floats,
    *,
    number: int,
    match_on: Sequence[str] = MATCH_ON,
) -> NDArray[np.int64]:
    """Return the candidates that fit cells best, each at most once.

    Parameters
    ----------
    halves
        Counts of every cell in the first and the second half of the time before, shape (n, 2).
    places
        Longitude and latitude of every cell, degrees, shape (n, 2).
    candidate_halves, candidate_places
        The same of the cells to choose from, shapes (m, 2).
    number
        Controls a cell, 1 or more; fewer when there are not enough candidates.
    match_on
        ``"level"``, ``"trend"`` or both.

    Returns
    -------
    int64 array
        Places in the candidates, ascending.

    Raises
    ------
    OptionError
        If n times m is over 40 million.

    Examples
    --------
    A cell with 9 incidents before, 4 and 5 in its halves, finds the one with 5 and 5:

    >>> import numpy as np
    >>> here = np.zeros((1, 2))
    >>> others = np.array([[0.0, 1.0], [5.0, 5.0], [40.0, 50.0]])
    >>> match_cells(np.array([[4.0, 5.0]]), here, others, np.zeros((3, 2)), number=1).tolist()
    [1]
    """
    pairs = len(halves) * len(candidate_halves)
    if pairs > _MOST_PAIRS:
        raise OptionError(
            "Matched controls are sought among all pairs of cells. Found: "
            f"{len(halves):,} cells × {len(candidate_halves):,} candidates. Give the cells to "
            'compare with, controls=cells, or take all others: controls="all".'
        )
    if not pairs:
        return np.empty(0, dtype=np.int64)
    far = cdist(_features(halves, match_on), _features(candidate_halves, match_on))
    middle = np.cos(np.radians(places[:, 1].mean()))
    scale = np.array([111.32 * middle, 111.32])
    far += _TIE * cdist(places * scale, candidate_places * scale)
    left = np.arange(len(candidate_halves))
    chosen: list[NDArray[np.int64]] = []
    for _ in range(number):
        # A last round that cannot serve every cell would favor some of them.
        if not left.size or (chosen and left.size < len(halves)):
            break
        _, taken = linear_sum_assignment(far[:, left])
        chosen.append(left[taken])
        left = np.delete(left, taken)
    return np.sort(np.concatenate(chosen))


def check_match_on(match_on: Any) -> tuple[str, ...]:
    """Return what to match on.

    Raises
    ------
    OptionError
        If it is not one or both of :data:`MATCH_ON`.

    Examples
    --------
    >>> check_match_on("level")
    ('level',)
    """
    asked = (match_on,) if isinstance(match_on, str) else tuple(match_on)
    if not asked or set(asked) - set(MATCH_ON):
        raise OptionError(f"match_on must be 'level', 'trend' or both. Found: {match_on!r}.")
    return asked


def _features(halves: Floats, match_on: Sequence[str]) -> Floats:
    """Return level and trend of cells on scales where chance has variance 1."""
    first, second = (2 * np.sqrt(halves[:, half] + 0.375) for half in (0, 1))
    both = {
        "level": 2 * np.sqrt(halves.sum(axis=1) + 0.375),
        "trend": (second - first) / np.sqrt(2.0),
    }
    return np.column_stack([both[name] for name in match_on])
