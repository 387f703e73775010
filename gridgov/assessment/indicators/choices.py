"""Which indicators are measured, with the caller's own denominators and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from gridgov.assessment.indicators.definitions import (
    Indicator,
    parse_definitions,
    read_indicators,
)
from gridgov.assessment.indicators.language import RuleError, parse_rule
from gridgov.checks import check_choice
from gridgov.errors import OptionError

__all__ = ["chosen_indicators"]


def chosen_indicators(
    indicators: pd.DataFrame | Sequence[str] | None,
    *,
    denominators: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
) -> list[Indicator]:
    """Return the indicators to measure.

    Parameters
    ----------
    indicators
        Table of definitions, keys of built-in ones, or None for all built-in ones.
    denominators
        Rules by indicator.
    weights
        Numbers by name of weight.

    Raises
    ------
    OptionError
        If a key, denominator or weight does not exist or cannot be read.
    ColumnsError, EmptyTableError, SettingsError
        As :func:`gridgov.assessment.indicators.definitions.parse_definitions`.

    Examples
    --------
    >>> [found.weights for found in chosen_indicators(["satisfaction_rate_12345"])]
    [{'mostly': 0.9}]
    >>> [found.weights for found in chosen_indicators(["satisfaction_rate_12345"],
    ...                                               weights={"mostly": 0.8})]
    [{'mostly': 0.8}]
    """
    found = _found(indicators)
    known = {each.name for each in found}
    chosen = {}
    for name, text in (denominators or {}).items():
        check_choice(name, option="denominators", choices=sorted(known))
        try:
            chosen[name] = parse_rule(text)
        except (RuleError, TypeError) as error:
            raise OptionError(
                "denominators must give rules such as 'reported_at is not missing'. Found for "
                f"{name!r}: {text!r}, which cannot be read: {error}."
            ) from error
    named = {weight for each in found for weight in each.weights}
    for weight, value in (weights or {}).items():
        if weight not in named:
            listed = ", ".join(sorted(named)) or "none"
            raise OptionError(
                f"weights must name weights of the indicators measured: {listed}. "
                f"Found: {weight!r}."
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise OptionError(f"weights must be numbers from 0 to 1. Found: {weight}={value!r}.")
    own = {name: float(value) for name, value in (weights or {}).items()}
    return [
        replace(
            each,
            denominator=chosen.get(each.name, each.denominator),
            weights={name: own.get(name, value) for name, value in each.weights.items()},
        )
        for each in found
    ]


def _found(indicators: pd.DataFrame | Sequence[str] | None) -> list[Indicator]:
    """Return the indicators of a table, or the built-in ones of some keys."""
    if isinstance(indicators, pd.DataFrame):
        return parse_definitions(indicators)
    built_in = {each.name: each for each in parse_definitions(read_indicators())}
    if indicators is None:
        return list(built_in.values())
    keys = [indicators] if isinstance(indicators, str) else list(indicators)
    if not keys:
        raise OptionError("indicators must name at least one indicator. Found: none.")
    for key in keys:
        check_choice(key, option="indicators", choices=built_in)
    # A key that is given twice is measured once.
    return [built_in[key] for key in dict.fromkeys(keys)]
