"""Options that the scores share."""

from __future__ import annotations

from typing import Any

from gridgov.checks import check_choice, check_whole
from gridgov.errors import OptionError

__all__ = ["check_draws", "check_missing"]


def check_draws(samples: Any, seed: Any, confidence: Any) -> None:
    """Check what the draws behind intervals and ranges need.

    Raises
    ------
    OptionError
        If one of them is out of range.
    """
    check_whole(samples, option="samples", least=99, meaning="fewer make the interval uncertain")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    numeric = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    if not numeric or not 0.5 <= confidence < 1:
        raise OptionError(
            f"confidence must be a number from 0.5 to below 1. Found: {confidence!r}."
        )


def check_missing(missing: Any) -> str:
    """Return `missing` if it says what to do about an item without points.

    Raises
    ------
    OptionError
        If it does not.
    """
    return str(check_choice(missing, option="missing", choices=("no_score", "renormalize")))
