"""What is said once when p-values come from draws: that they have a floor, and what it costs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from gridgov.errors import DataWarning
from gridgov.hotspots.randomization_null import DRAWS

__all__ = ["warn_about_draws"]


def warn_about_draws(maps: Sequence[dict[str, Any]], *, counted: bool, level: float) -> None:
    """Warn where draws stand in for the exact null, and where permutations are too few.

    Parameters
    ----------
    maps
        Records of the maps: ``p_method``, ``p_floor`` and ``tests`` of each.
    counted
        Whether whole numbers of incidents were tested.
    level
        The largest q at which a cell is shown.

    Warns
    -----
    DataWarning
        One for each of the two, at the caller of the function that calls this one.
    """
    sampled = [entry for entry in maps if entry["p_method"] == "sampled"]
    if sampled:
        cause = (
            "the counts are too large or the neighborhoods too wide for the exact distribution"
            if counted
            else "the values are no whole numbers, or too large for the exact distribution"
        )
        warnings.warn(
            f"In {len(sampled)} of {len(maps)} maps {cause}; their p-values come from {DRAWS:,} "
            f"random draws and cannot fall below {sampled[0]['p_floor']:.0e}.",
            DataWarning,
            stacklevel=3,
        )
    blunt = [
        entry
        for entry in maps
        if entry["p_method"] == "permutation" and entry["p_floor"] * entry["tests"] >= level
    ]
    if blunt:
        worst = max(blunt, key=lambda entry: int(entry["tests"]))
        together = int(np.ceil(worst["p_floor"] * worst["tests"] / level))
        warnings.warn(
            f"In {len(blunt)} of {len(maps)} maps the permutations are too few for so many tests: "
            f"no p can fall below {worst['p_floor']:.2g}, and among {worst['tests']:,} tests about "
            f"{together:,} cells must reach it together before one has q below {level:.2f}. Give "
            'more permutations, or null="randomization".',
            DataWarning,
            stacklevel=3,
        )
