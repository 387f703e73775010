"""The curve of every group, and what the tables made of them tell."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.delays.durations import DAY_US, Durations
from gridgov.assessment.delays.survival import Curve, make_curve
from gridgov.errors import OptionError

__all__ = ["days_us", "group_curves", "tell"]


def group_curves(found: Durations, confidence: float) -> list[Curve]:
    """Return the curve of every group."""
    order = np.argsort(found.group, kind="stable")
    edges = np.searchsorted(found.group[order], np.arange(len(found.names) + 1))
    rows = [order[first:last] for first, last in pairwise(edges)]
    return [make_curve(found.spans[of], found.closed[of], confidence=confidence) for of in rows]


def tell(table: pd.DataFrame, found: Durations, name: str, **made: Any) -> pd.DataFrame:
    """Return the table with how it was made."""
    table.attrs["as_of"] = found.as_of.isoformat()
    table.attrs[name] = made | {"left_out": found.left_out}
    return table


def days_us(value: Any, option: str) -> int:
    """Return a number of days in µs."""
    numeric = isinstance(value, int | float | np.integer | np.floating)
    if not numeric or isinstance(value, bool) or not 0 <= value <= 100_000:
        raise OptionError(f"{option} must be days, 0 to 100,000. Found: {value!r}.")
    return round(float(value) * DAY_US)
