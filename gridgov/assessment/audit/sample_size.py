"""How many units an audit must visit for an estimate of a wanted precision."""

from __future__ import annotations

from math import ceil
from typing import Any

from scipy import stats

from gridgov.checks import check_whole
from gridgov.errors import OptionError

__all__ = ["required_sample_size"]


def required_sample_size(
    margin: float,
    *,
    share: float = 0.5,
    deviation: float | None = None,
    population: int | None = None,
    confidence: float = 0.95,
    design_effect: float = 1.0,
    answered_share: float = 1.0,
) -> int:
    """Return how many units must be drawn for an interval of plus or minus a margin.

    Parameters
    ----------
    margin
        Half the width of the interval: of a share 0 to 1, of a mean in the unit of the value.
    share
        The share that is expected; 0.5 needs most.
    deviation
        Standard deviation of the value, for a mean instead of a share.
    population
        Units of the frame; None for very many.
    confidence
        Of the interval.
    design_effect
        Variance of the design over that of simple random sampling; below 1 for a good
        stratification or balance, above 1 for unequal weights.
    answered_share
        Share of the units drawn that can be visited.

    Returns
    -------
    int
        Units to draw, never above `population`.

    Raises
    ------
    OptionError
        If a number is out of its range.

    Notes
    -----
    Cochran (1977, sections 4.4 and 4.6): n₀ = z² S² / margin², and n = n₀ / (1 + n₀ / N) in a
    frame of N, with S² = p (1 - p) N / (N - 1) for a share. The normal quantile makes it a
    little short for n below 30.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd edition. Wiley. ISBN 978-0-471-16240-7.

    Examples
    --------
    Five per cent either way of a share: 385 of very many units, 323 of 2,000.

    >>> required_sample_size(0.05), required_sample_size(0.05, population=2_000)
    (385, 323)
    """
    margin = _number(margin, "margin", low=0.0)
    share = _number(share, "share", low=0.0, high=1.0)
    confidence = _number(confidence, "confidence", low=0.0, high=1.0)
    effect = _number(design_effect, "design_effect", low=0.0)
    if answered_share != 1:
        answered_share = _number(answered_share, "answered_share", low=0.0, high=1.0)
    if population is not None:
        population = check_whole(population, option="population", least=1, meaning="units")
    if deviation is not None:
        square = _number(deviation, "deviation", low=0.0) ** 2
    else:
        square = share * (1 - share)
        if population is not None and population > 1:
            square *= population / (population - 1)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    needed = z**2 * square * effect / margin**2
    if population is not None:
        needed /= 1 + needed / population
    # Whole but for rounding is whole.
    drawn = ceil(max(needed, 1.0) / answered_share - 1e-9)
    return drawn if population is None else min(drawn, population)


def _number(value: Any, option: str, *, low: float, high: float = float("inf")) -> float:
    """Return a number that lies between two others, ends excluded."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low < value < high:
        until = "" if high == float("inf") else f" and below {high:g}"
        raise OptionError(f"{option} must be a number above {low:g}{until}. Found: {value!r}.")
    return float(value)
