"""How much more the changes of cells vary than Poisson chance allows.

Given how many incidents a cell has before and after together, the share of them after is
binomial if both counts are Poisson and all cells of a role change by one ratio. Cells
with changes of their own (a closed shop, a roadwork) vary more. The number measured here,
φ, says by how much: 1 is Poisson, 4 makes honest intervals twice as wide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["change_dispersion"]

Floats = NDArray[np.float64]


def change_dispersion(before: Floats, after: Floats, role: NDArray[np.int64]) -> tuple[float, int]:
    """Return φ of the changes of cells about the change of their role, and its degrees of freedom.

    Parameters
    ----------
    before, after
        Counts of every cell, shape (n,).
    role
        Which role a cell has, 0, 1, ...; each role has a change of its own.

    Returns
    -------
    dispersion : float
        Pearson's chi-square over its degrees of freedom, never below 1 because chance alone
        is the least there is; 1 without any degree of freedom.
    freedom : int
        Cells with incidents less roles with incidents.

    Raises
    ------
    None

    Notes
    -----
    With N = before + after of a cell and π the share after of its role, the chi-square is
    Σ (after - Nπ)² / (Nπ(1-π)) [1]_. A role that lost or had everything has no spread to
    measure and is left out.

    References
    ----------
    .. [1] McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd ed., 4.5.
       Chapman and Hall. https://doi.org/10.1201/9780203753736

    Examples
    --------
    Two cells that changed places: 8 before and 2 after, 2 before and 8 after. Each is
    3² / (10 · ½ · ½) = 3.6 from the half that both have.

    >>> import numpy as np
    >>> change_dispersion(np.array([8.0, 2.0]), np.array([2.0, 8.0]), np.array([0, 0]))
    (7.2, 1)
    """
    both = before + after
    sums = np.bincount(role, weights=both)
    share = np.divide(
        np.bincount(role, weights=after), sums, out=np.zeros_like(sums), where=sums > 0
    )[role]
    spread = both * share * (1 - share)
    told = spread > 0
    freedom = int(told.sum() - np.unique(role[told]).size)
    if freedom <= 0:
        return 1.0, 0
    chi_square = float((((after - both * share)[told]) ** 2 / spread[told]).sum())
    return max(chi_square / freedom, 1.0), freedom
