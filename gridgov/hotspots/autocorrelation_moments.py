"""Mean and variance of Moran's I and the general G when values are dealt out at random.

Both are sums over pairs of neighbors of products of two values. Over all arrangements
of the same n values the mean of a product of two, three or four different ones is a
matter of power sums, and so the variances are known without drawing anything. All is
worked out from deviations from the mean: the published form of the variance of G in
powers of the values subtracts large numbers from each other, this one does not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Links", "moran_variances", "moving_sums", "moving_variance"]

Floats = NDArray[np.float64]


class Links(NamedTuple):
    """The neighbors of a map.

    Attributes
    ----------
    binary
        Sparse 0/1 matrix of neighbors, symmetric, without the cells themselves.
    number
        How many neighbors each cell has.
    shares
        The weight of each of a cell's neighbors, 1 / `number`, 0 where there is none.
    """

    binary: Any
    number: Floats
    shares: Floats

    @classmethod
    def of(cls, matrix: Any) -> Links:
        """Return the neighbors in a 0/1 matrix that holds each cell itself too."""
        binary = matrix.copy()
        binary.setdiag(0)
        binary.eliminate_zeros()
        number = np.diff(binary.indptr).astype(np.float64)
        shares = np.divide(1.0, number, where=number > 0, out=np.zeros(number.size))
        return cls(binary, number, shares)


def moving_sums(z: Floats, mean: float, links: Links) -> Floats:
    """Return Σ w_ij z_i z_j, and Σ b_ij y_i y_j less what is constant, of every column.

    Parameters
    ----------
    z
        Deviations from `mean`, one arrangement a column, shape (n, k).
    mean
        Mean of the values y.
    links
        The neighbors; w_ij = b_ij / m_i, m_i their number.

    Returns
    -------
    float64 array, shape (2, k)
        The second row is Σ b_ij y_i y_j - ȳ² Σ b_ij.
    """
    product = z * (links.binary @ z)
    # einsum and not @: for sums as short as these BLAS waits longer for its threads.
    first = np.einsum("i,ik->k", links.shares, product)
    second = np.einsum("ik->k", product) + 2.0 * mean * np.einsum("i,ik->k", links.number, z)
    return np.stack([first, second])


def moran_variances(z: Floats, links: Links) -> tuple[float, float]:
    """Return the variance of Moran's I for normal values and over all arrangements."""
    n = z.size
    shares = links.shares
    received = links.binary @ shares
    has_any = (links.number > 0).astype(np.float64)
    s0 = has_any.sum()
    s1 = shares.sum() + shares @ received
    s2 = np.square(has_any + received).sum()
    expected = -1.0 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1.0) * s0**2) - expected**2
    second = _second_moment(z, s0, s1, s2) / np.square(z).mean() ** 2
    return float(normal), float(second / s0**2 - expected**2)


def moving_variance(z: Floats, mean: float, links: Links) -> float:
    """Return the variance of Σ b_ij y_i y_j over all arrangements, from deviations z.

    With A = Σ b_ij z_i z_j and B = Σ m_i z_i it is Var A + 4 ȳ Cov(A, B) + 4 ȳ² Var B.
    """
    n = z.size
    m = links.number
    pairs, squares = m.sum(), np.square(m).sum()
    second, third = np.square(z).mean(), (z**3).mean()
    first = -pairs * second / (n - 1)
    variance_a = _second_moment(z, pairs, 2 * pairs, 4 * squares) - first**2
    variance_b = n * second * np.square(m - m.mean()).sum() / (n - 1)
    # The mean of z1 z1 z2 is -third / (n - 1), that of z1 z2 z3 is 2 third / ((n-1)(n-2)).
    shared = -2.0 * squares / (n - 1)
    apart = 2.0 * (pairs**2 - 2.0 * squares) / ((n - 1.0) * (n - 2.0))
    covariance = third * (shared + apart)
    return float(variance_a + 4 * mean * covariance + 4 * mean**2 * variance_b)


def _second_moment(z: Floats, s0: float, s1: float, s2: float) -> float:
    """Return the mean of (Σ w_ij z_i z_j)² over all arrangements (Cliff and Ord)."""
    n = float(z.size)
    square = np.square(z).mean()
    kurtosis = (z**4).mean() / square**2
    spread = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    peaked = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return float(square**2 * (spread - peaked) / ((n - 1) * (n - 2) * (n - 3)))
