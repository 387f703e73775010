"""Shares of incidents met by several methods on the same days, with intervals over the days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["METHODS", "compare_shares"]

Floats = NDArray[np.float64]

METHODS = ("plan", "mean ranking", "last period plan", "last period ranking", "random")
"""What is compared, the plan first."""

# Shares that differ by rounding alone are the same share.
_ALIKE = 1e-12


def compare_shares(numbers: Floats, *, samples: int, confidence: float, seed: int) -> pd.DataFrame:
    """Return the table of a comparison.

    Parameters
    ----------
    numbers
        By method and day: incidents, those in visited cells, those in stays, stops and walking
        minutes; shape (methods, 5, days).
    samples, confidence, seed
        Of the bootstrap over days.
    """
    days = numbers.shape[2]
    incidents = numbers[0, 0]
    total = float(incidents.sum())
    drawn = np.random.default_rng(seed).multinomial(days, np.full(days, 1.0 / days), size=samples)
    of = drawn @ incidents
    # Samples of days without incidents have no share.
    drawn, of = drawn[of > 0], of[of > 0]
    columns: dict[str, object] = {
        "method": METHODS,
        "days": days,
        "stops_per_day": numbers[:, 3].mean(axis=1),
        "walk_min_per_day": numbers[:, 4].mean(axis=1),
        "incidents": int(total),
    }
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    for name, row in (("visited", 1), ("stay", 2)):
        met = numbers[:, row]
        columns[f"{name}_incidents"] = met.sum(axis=1)
        columns[f"{name}_share"] = met.sum(axis=1) / total if total else np.nan
        low, high = _interval((drawn @ met.T) / of[:, None], tails)
        columns[f"{name}_low"], columns[f"{name}_high"] = low, high
    apart = numbers[:1, 1] - numbers[:, 1]
    low, high = _interval((drawn @ apart.T) / of[:, None], tails)
    low[0] = high[0] = np.nan
    columns["ahead"] = apart.sum(axis=1) / total if total else np.nan
    columns["ahead_low"], columns["ahead_high"] = low, high
    verdict = np.full(len(METHODS), "not told apart", dtype=object)
    verdict[low > _ALIKE] = "plan ahead"
    verdict[high < -_ALIKE] = "plan behind"
    if not total:
        verdict[:] = "nothing to compare"
    verdict[0] = "plan"
    return pd.DataFrame({**columns, "verdict": verdict})


def _interval(shares: Floats, tails: list[float]) -> tuple[Floats, Floats]:
    """Return the percentile interval of every column."""
    if not len(shares):
        return np.full(shares.shape[1], np.nan), np.full(shares.shape[1], np.nan)
    low, high = np.quantile(shares, tails, axis=0)
    return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
