"""Wilson's interval for a share, and for a mean of scores between 0 and 1.

References
----------
.. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
   inference. Journal of the American Statistical Association 22(158), 209-212.
   https://doi.org/10.1080/01621459.1927.10502953
.. [2] Bhatia, R. and Davis, C. (2000). A better bound on the variance. The American
   Mathematical Monthly 107(4), 353-357. https://doi.org/10.1080/00029890.2000.12005203
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from gridgov.checks import check_confidence

__all__ = ["score_limits", "wilson_interval"]

Floats = NDArray[np.float64]


def wilson_interval(
    numerator: Any, denominator: Any, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the ends of the interval of every share.

    Parameters
    ----------
    numerator
        Sums of the scores, 0 to `denominator`: numbers of cases where a score is 0 or 1.
    denominator
        Numbers of cases.
    confidence
        Probability of the interval, between 0 and 1.

    Returns
    -------
    low, high : float64 arrays
        Missing where the denominator is 0.

    Raises
    ------
    OptionError
        If `confidence` is not from 0.5 to below 1.

    Notes
    -----
    The interval holds every share p with ``|x - p| <= z sqrt(p (1 - p) / n)``, x the share
    seen [1]_. No score between 0 and 1 with mean p varies more than p (1 - p) [2]_, so the
    same interval serves a mean of partial scores and is then wider than it had to be.

    Examples
    --------
    >>> low, high = wilson_interval([9, 0], [10, 0])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.5958, nan], [0.9821, nan])
    """
    z = float(ndtri(0.5 + check_confidence(confidence) / 2))
    scores, cases = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    n = np.where(cases > 0, cases, np.nan)
    share = scores / n
    low, high = score_limits(share, n, z**2)
    # At the ends the interval meets 0 and 1 exactly; rounding would miss them by a little.
    low, high = np.where(share <= 0, 0.0, low), np.where(share >= 1, 1.0, high)
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)


def score_limits(share: Any, size: Any, squared: Any) -> tuple[Floats, Floats]:
    """Return the shares p, 0 to 1, between which ``(x - p)² <= c p (1 - p) / n`` holds.

    Parameters
    ----------
    share
        x, the shares seen.
    size
        n, numbers of cases, also effective ones.
    squared
        c, the squared quantile of the normal curve or of Student's t.
    """
    middle = (share + squared / (2 * size)) / (1 + squared / size)
    away = np.sqrt(squared * (share * (1 - share) / size + squared / (4 * size**2)))
    away = away / (1 + squared / size)
    return np.clip(middle - away, 0.0, 1.0), np.clip(middle + away, 0.0, 1.0)
