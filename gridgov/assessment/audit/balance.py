"""How evenly a sample lies over its frame.

The measure is that of Stevens & Olsen (2004): every unit of the frame gives its chance to
the nearest unit of the sample; in a perfectly even sample each gathers 1. What it cannot
say: whether the value that is measured varies in space at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

__all__ = ["spatial_balance"]

Floats = NDArray[np.float64]


def spatial_balance(points: Floats, chance: Floats, drawn: NDArray[np.int64]) -> float:
    """Return the mean squared distance from 1 of what the units drawn gather; 0 is perfect.

    Parameters
    ----------
    points
        Shape (units, 2), meters.
    chance
        Inclusion probability of every unit.
    drawn
        Positions of the units drawn.

    Notes
    -----
    Units as near to two gather for the first; over a frame of cells that happens evenly.

    References
    ----------
    Stevens, D. L. & Olsen, A. R. (2004). Spatially balanced sampling of natural resources.
    Journal of the American Statistical Association 99, 262-278.
    https://doi.org/10.1198/016214504000000250
    """
    nearest = cKDTree(points[drawn]).query(points)[1]
    gathered = np.bincount(nearest, weights=chance, minlength=len(drawn))
    return float(np.mean((gathered - 1) ** 2))
