"""What a cell should have reported, judged by everything but its own count.

1. The rate of its stratum (the cells of its street), without the cell, drawn towards the
   rate of the whole grid with the weight of one incident.
2. The rate of its ring, without the cell, drawn towards (1) with the weight of `k` incidents.
3. What the cell itself showed elsewhere: in an earlier range, or through other channels.
   It moves (2), which has the weight of `c` incidents in it.

The weights are those under which the counts are likeliest, each given an expectation that
did not see it. Every step says how well it is known: a gamma distribution of shape a has
the squared coefficient of variation 1 / a.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.reporting.count_tails import fit_dispersion

__all__ = ["Expectation", "Town", "Weights", "expect", "fit_weights"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_RING_WEIGHTS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, float("inf"))
_OWN_WEIGHTS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Weights:
    """How many incidents each prior is worth.

    Attributes
    ----------
    ring
        The stratum's rate against the ring's, k; infinite when rings are of no use.
    own
        The expectation so far against each kind of own evidence, c.
    """

    ring: float
    own: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected in every cell and how well that is known.

    Attributes
    ----------
    incidents
        Expected incidents.
    spread
        Squared coefficient of variation of the expectation.
    """

    incidents: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class Town:
    """The cells with a known exposure: what the expectation is made from.

    Attributes
    ----------
    incidents
        Counts tested.
    exposure
        Exposures, above 0.
    stratum
        Number of the stratum of each cell.
    matrix
        0/1 matrix of which cells lie in whose ring, the diagonal empty.
    own
        Counts of other evidence from the same cells.
    """

    incidents: Whole
    exposure: Floats
    stratum: Whole
    matrix: Any
    own: tuple[Whole, ...]


def expect(town: Town, weights: Weights) -> Expectation:
    """Return what is expected in every cell, its own count left out.

    Examples
    --------
    Three cells in a row with one unit each and 4, 0 and 8 incidents, rings of no use: the
    second cell is compared with (4 + 8) / 2.

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> row = csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0.0]]))
    >>> town = Town(np.array([4, 0, 8]), np.ones(3), np.zeros(3, int), row, ())
    >>> expect(town, Weights(float("inf"), ())).incidents.tolist()
    [4.0, 6.0, 2.0]
    >>> expect(town, Weights(2.0, ())).incidents.round(3).tolist()
    [1.333, 6.0, 1.0]
    """
    y, e = town.incidents.astype(np.float64), town.exposure
    whole = (y.sum() - y) / np.where(e.sum() > e, e.sum() - e, np.inf)
    near_y = np.bincount(town.stratum, weights=y)[town.stratum] - y
    near_e = np.maximum(np.bincount(town.stratum, weights=e)[town.stratum] - e, 0.0)
    # One incident at the whole's rate: a street of one cell has the whole's rate.
    wanted = whole > 0
    unit = np.divide(1.0, whole, out=np.zeros(len(y)), where=wanted)
    rate = np.divide(1 + near_y, unit + near_e, out=np.zeros(len(y)), where=wanted)
    spread = 1 / (1 + near_y)
    if np.isfinite(weights.ring):
        k, ring_y, ring_e = weights.ring, town.matrix @ y, town.matrix @ e
        worth = np.divide(k, rate, out=np.zeros(len(y)), where=wanted)
        rate = np.divide(k + ring_y, worth + ring_e, out=np.zeros(len(y)), where=wanted)
        spread = 1 / (k + ring_y)
    expected = rate * e
    for count, c in zip(town.own, weights.own, strict=True):
        if not np.isfinite(c):
            continue
        seen = count.astype(np.float64)
        there, here = seen.sum() - seen, y.sum() - y
        # How many here come on one there, judged by the other cells.
        pace = np.divide(here, there, out=np.zeros(len(y)), where=there > 0)
        known = (pace > 0) & wanted
        due = np.divide(expected, pace, out=np.zeros(len(y)), where=known)
        expected = np.where(known, expected * (c + seen) / (c + due), expected)
        kept = c / (c + due)
        spread = np.where(known, 1 / (c + seen) + kept**2 * spread, spread)
    return Expectation(expected, spread)


def fit_weights(
    town: Town, *, ring: float | None, own: float | None, dispersion: float | None
) -> tuple[Weights, float]:
    """Return the weights and the dispersion under which the counts are likeliest.

    Parameters
    ----------
    town
        The cells.
    ring, own, dispersion
        What is given and not sought; None is sought.
    """
    weights = Weights(
        float("inf") if ring is None else ring,
        tuple(float("inf") if own is None else own for _ in town.own),
    )
    if ring is None:
        weights = _likeliest(town, [Weights(k, weights.own) for k in _RING_WEIGHTS])
    if own is None:
        for place in range(len(town.own)):
            weights = _likeliest(
                town,
                [
                    Weights(weights.ring, (*weights.own[:place], c, *weights.own[place + 1 :]))
                    for c in _OWN_WEIGHTS
                ],
            )
        if ring is None and town.own:
            weights = _likeliest(town, [Weights(k, weights.own) for k in _RING_WEIGHTS])
    if dispersion is None:
        dispersion = _fit(town, weights)[0]
    return weights, dispersion


def _likeliest(town: Town, choices: list[Weights]) -> Weights:
    """Return the choice under which the counts are likeliest; of equal ones the last."""
    found = [_fit(town, choice)[1] for choice in choices]
    return choices[len(found) - 1 - int(np.argmax(found[::-1]))]


def _fit(town: Town, weights: Weights) -> tuple[float, float]:
    """Return the dispersion and the log-likelihood with some weights."""
    expectation = expect(town, weights)
    known = expectation.incidents > 0
    if not known.any():
        return 0.0, 0.0
    return fit_dispersion(
        town.incidents[known], expectation.incidents[known], expectation.spread[known]
    )
