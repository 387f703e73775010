"""Options that the scores share."""

from __future__ import annotations

from typing import Any

from gridgov.checks import check_choice, check_confidence, check_whole

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
    check_confidence(confidence)


def check_missing(missing: Any) -> str:
    """Return `missing` if it says what to do about an item without points.

    Raises
    ------
    OptionError
        If it does not.
    """
    return str(check_choice(missing, option="missing", choices=("no_score", "renormalize")))
