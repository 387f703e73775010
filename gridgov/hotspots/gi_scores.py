"""Getis-Ord Gi and Gi* as z scores, for any weights.

Both standardize a weighted sum by its mean and variance when the values are dealt out
at random. Gi* takes the cell itself into the sum and deals all n values; Gi leaves it
out and deals the other n - 1. The score says how far out the sum is, in standard
deviations; how improbable that is depends on the values and is asked elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.disk_sums import DiskSums

__all__ = ["gi", "gi_star"]

Floats = NDArray[np.float64]

# A variance below this share of its terms is zero but for rounding.
_ROUNDING = 1e-13


def gi_star(values: Any, matrix: Any) -> Floats:
    """Return Getis-Ord Gi* as a z score for any weights.

    Parameters
    ----------
    values
        One number a cell, shape (n,).
    matrix
        Weights, sparse or dense, shape (n, n), the cell's own weight on the diagonal; or the
        disks around cells, which stand for weights of 1.

    Returns
    -------
    float64 array, shape (n,)
        z; NaN where its variance is zero.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no cell.

    Notes
    -----
    z_i = (Σ w_ij y_j - ȳ W_i) / (S sqrt((n S1_i - W_i²) / (n - 1))) with W_i = Σ w_ij,
    S1_i = Σ w_ij² and S² = Σ y² / n - ȳ².

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    >>> import numpy as np
    >>> gi_star([3.0, 0.0, 0.0], np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]])).round(3).tolist()
    [1.414, -1.414, -1.414]
    """
    y = np.asarray(values, dtype=np.float64)
    n = y.size
    # Deviations from the mean keep their digits when the counts are large and alike.
    deviations = y - y.mean()
    spread = np.sqrt(np.square(deviations).mean())
    sums, total, squares, _ = _weighted(deviations, matrix)
    variance = n * squares - total**2
    z = np.full(n, np.nan)
    # Zero but for rounding: equal weights over the whole grid.
    usable: Any = (variance > _ROUNDING * total**2) & (np.ptp(y) > 0)
    if usable.all():
        usable = slice(None)
    z[usable] = sums[usable] / (spread * np.sqrt(variance[usable] / (n - 1)))
    return z


def gi(values: Any, matrix: Any) -> Floats:
    """Return Getis-Ord Gi, which leaves the cell itself out, as a z score for any weights.

    Parameters
    ----------
    values
        One number a cell, shape (n,).
    matrix
        Weights, sparse or dense, shape (n, n), whose diagonal is not read; or the disks
        around cells, which stand for weights of 1.

    Returns
    -------
    float64 array, shape (n,)
        z; NaN where its variance is zero.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no cell.

    Notes
    -----
    As Gi* with mean and variance of the n - 1 other values [1]_::

        ȳ(i) = Σ_{j≠i} y_j / (n - 1),   s²(i) = Σ_{j≠i} y_j² / (n - 1) - ȳ(i)²
        z_i = (Σ_{j≠i} w_ij y_j - ȳ(i) W_i) / (s(i) sqrt(((n - 1) S1_i - W_i²) / (n - 2)))

    with W_i and S1_i over j≠i.

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    The second cell has one neighbor, which holds 0 where the other two hold 1.5 on
    average with standard deviation 1.5:

    >>> import numpy as np
    >>> gi([3.0, 0.0, 0.0], np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0]])).round(3).tolist()
    [nan, -1.0, -1.0]
    """
    y = np.asarray(values, dtype=np.float64)
    n = y.size
    deviations = y - y.mean()
    squares = np.square(deviations)
    others = n - 1
    # All deviations add up to nothing, so the others' mean is the own one turned around.
    mean = -deviations / others
    spread = (squares.sum() - squares) / others - np.square(mean)
    # Beside one cell that outweighs all others the difference would lose their digits.
    for giant in np.flatnonzero(squares > squares.sum() / 2).tolist():
        rest = np.delete(y, giant)
        mean[giant] = rest.mean() - y.mean()
        spread[giant] = np.square(rest - rest.mean()).mean() if np.ptp(rest) > 0 else 0.0
    sums, weight, weight_squares, own = _weighted(deviations, matrix)
    total = weight - own
    variance = others * (weight_squares - own**2) - total**2
    z = np.full(n, np.nan)
    usable = (variance > _ROUNDING * total**2) & (spread > 0) & (np.ptp(y) > 0)
    above = sums - own * deviations - mean * total
    z[usable] = above[usable] / np.sqrt(spread[usable] * variance[usable] / (others - 1))
    return z


def _weighted(deviations: Floats, matrix: Any) -> tuple[Floats, Floats, Floats, Any]:
    """Return the weighted sums, the sums of weights and of their squares, and the own weights."""
    if isinstance(matrix, DiskSums):
        number = matrix.sizes.astype(np.float64)
        return matrix.ordered_sums(deviations), number, number, 1.0
    # Only weights of the caller's need sparse matrices, whose import takes a while.
    from scipy.sparse import csr_array

    weights = csr_array(matrix, dtype=np.float64)
    own = weights.diagonal()
    # Weights of 1 alone: their sums are counts, and so are those of the squares.
    if weights.has_canonical_format and (weights.data == 1.0).all():
        number = np.diff(weights.indptr).astype(np.float64)
        return weights @ deviations, number, number, own
    squares = (weights * weights).sum(axis=1)
    return weights @ deviations, weights.sum(axis=1), squares, own
