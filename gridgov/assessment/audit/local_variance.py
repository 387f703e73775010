"""The variance of a spatially balanced sample from the differences between neighbors.

The model: a balanced sample hardly ever takes two units that lie together, so the spread of
the whole district overstates how far its mean may be off; what counts is how units differ
from their neighborhood (Stevens & Olsen 2003). Every unit is held against the weighted mean
of its four nearest, itself included; neighborhood is made mutual, weights fall with the rank
of the distance and with the chance of the neighbor, and are then corrected so that every
unit counts once in all. A unit that is part of the mean it is held against lies too near to
it; the sum of the squared weights says by how much, and is made up for, which the original
does not do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsqr
from scipy.spatial import cKDTree

__all__ = ["LEAST_UNITS", "local_variance", "neighbor_weights"]

Floats = NDArray[np.float64]

NEIGHBORS = 4
"""Units of a neighborhood, the unit itself among them, before it is made mutual."""

LEAST_UNITS = NEIGHBORS
"""With fewer units there is no neighborhood."""

# Corrected weights can be lopsided; no neighborhood is scaled up more than twofold.
_LEAST_KEPT = 0.5


def neighbor_weights(points: Floats, chance: Floats) -> sparse.csr_array:
    """Return the weight of every unit in the neighborhood of every unit.

    Rows and columns add up to 1.
    """
    count = len(points)
    near = cKDTree(points).query(points, k=NEIGHBORS)[1]
    one = np.repeat(np.arange(count), NEIGHBORS)
    other = near.ravel()
    # A unit is its own neighbor, also where another lies in the same place.
    one = np.concatenate([one, other, np.arange(count)])
    other = np.concatenate([other, np.repeat(np.arange(count), NEIGHBORS), np.arange(count)])
    pairs = np.unique(one * count + other)
    one, other = pairs // count, pairs % count
    distance = np.hypot(*(points[one] - points[other]).T)
    distance[one == other] = -1.0
    by_distance = np.lexsort((distance, one))
    one, other = one[by_distance], other[by_distance]
    degree = np.bincount(one, minlength=count)
    rank = np.arange(len(one)) - np.repeat(np.cumsum(degree) - degree, degree)
    weight = (1 - rank / degree[one]) / chance[other]
    weight /= np.bincount(one, weights=weight, minlength=count)[one]
    # The least correction a_i + b_j of the weights after which columns add up to 1 as rows do.
    entries = np.arange(len(one))
    ones = np.ones(len(one))
    rows = sparse.csr_array((ones, (one, entries)), shape=(count, len(one)))
    columns = sparse.csr_array((ones, (other, entries)), shape=(count, len(one)))
    sums = sparse.vstack([rows, columns])
    wanted = np.concatenate(
        [np.zeros(count), 1 - np.bincount(other, weights=weight, minlength=count)]
    )
    weight += lsqr(sums, wanted, atol=1e-13, btol=1e-13, iter_lim=50 * count)[0]
    return sparse.csr_array((weight, (one, other)), shape=(count, count))


def local_variance(values: Floats, points: Floats, chance: Floats) -> Floats:
    """Return the local mean variance of the total of every column of `values`.

    Parameters
    ----------
    values
        Shape (units, columns): value by inclusion probability, or a residual likewise.
    points
        Shape (units, 2), meters.
    chance
        Inclusion probability of every unit.

    Notes
    -----
    Each neighborhood counts by 1 - π: a frame that was visited whole has no variance. With
    equal chances that is the finite population correction. Each is divided by 1 less its
    squared weights, as n - 1 stands for n: without that, values that do not vary in space at
    all would come out with three quarters of their variance.
    """
    weights = neighbor_weights(points, chance)
    # A constant changes nothing but the digits that get lost.
    centered = values - values.mean(axis=0)
    means = weights @ centered
    spread = weights @ centered**2 - means**2
    # Four units or more share a neighborhood, so that this is about 0.7.
    kept = np.maximum(1 - (weights**2).sum(axis=1), _LEAST_KEPT)
    variance: Floats = (((1 - chance) / kept)[:, None] * spread).sum(axis=0)
    return variance
