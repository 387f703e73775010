"""Intervals for counts: exact under Poisson chance, and wider where counts vary more.

The exact interval holds the true mean at least as often as its level says, whatever the
mean [1]_. Incidents come in bursts, and a count whose variance is φ times its mean has an
interval that is wider by about √φ: the exact one for the count over φ, times φ.

References
----------
.. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4),
   437-442. https://doi.org/10.1093/biomet/28.3-4.437
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from gridgov.errors import OptionError

__all__ = ["check_level", "count_interval"]

Floats = NDArray[np.float64]


def count_interval(
    counts: Any, *, level: float = 0.95, dispersion: float = 1.0
) -> tuple[Floats, Floats]:
    """Return the ends of the interval of every count.

    Parameters
    ----------
    counts
        Numbers from 0 on.
    level
        Its probability, between 0 and 1.
    dispersion
        φ, variance over mean: 1 is the exact Poisson interval.

    Raises
    ------
    None

    Examples
    --------
    The textbook interval of 10 incidents is 4.80 to 18.39; none at all allow up to 3.69.

    >>> low, high = count_interval([10, 0])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([4.8, 0.0], [18.39, 3.69])
    """
    number = np.asarray(counts, dtype=np.float64) / dispersion
    tail = (1 - level) / 2
    # At a count of 0 the lower end is 0; chi-square has no distribution there.
    low = np.where(number > 0, chi2.ppf(tail, 2 * np.where(number > 0, number, 1.0)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * number + 2) / 2
    return np.asarray(low * dispersion), np.asarray(high * dispersion)


def check_level(level: Any) -> float:
    """Return the level of an interval if it is between 0.5 and 1.

    Raises
    ------
    OptionError
        If it is not.
    """
    try:
        value = float(level)
    except (TypeError, ValueError):
        value = np.nan
    if isinstance(level, bool) or not 0.5 <= value < 1:
        raise OptionError(
            f"level must be a probability from 0.5 to below 1, such as 0.95. Found: {level!r}."
        )
    return value
