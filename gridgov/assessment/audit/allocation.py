"""How many units each stratum gets: shares of a whole number within bounds.

The model: strata ask for units in proportion to a weight; each has a least and a most.
Whole numbers are reached by largest remainders, so that a stratum is never more than one
unit away from its share unless a bound holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.checks import check_choice
from gridgov.errors import OptionError

__all__ = ["allocate", "apportion"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_ALLOCATIONS = ("proportional", "equal", "neyman")


def apportion(weights: Floats, total: int, *, least: Integers, most: Integers) -> Integers:
    """Return whole numbers that add up to `total`, in proportion to `weights` within bounds.

    The caller has seen to it that the bounds allow the total.
    """
    shares = _within(weights, total, least.astype(np.float64), most.astype(np.float64))
    # A share that is whole but for rounding is whole.
    whole = np.floor(shares + 1e-9).astype(np.int64)
    left = total - int(whole.sum())
    remainder = np.where(whole < most, shares - whole, -np.inf)
    # Equal remainders go by the order of the strata.
    whole[np.argsort(-np.round(remainder, 9), kind="stable")[:left]] += 1
    return whole


def _within(weights: Floats, total: int, least: Floats, most: Floats) -> Floats:
    """Return shares of `total` in proportion to weights, each held at its bounds."""
    shares = np.zeros(len(weights))
    free = np.ones(len(weights), dtype=bool)
    left = float(total)
    while free.any():
        scale = weights[free].sum()
        asked = (
            weights[free] / scale * left if scale > 0 else np.full(free.sum(), left / free.sum())
        )
        below = np.maximum(least[free] - asked, 0)
        above = np.maximum(asked - most[free], 0)
        if not below.any() and not above.any():
            shares[free] = asked
            break
        # Hold the side that is further out; the other may come right by itself.
        held = np.flatnonzero(free)[below > 0 if below.sum() >= above.sum() else above > 0]
        shares[held] = least[held] if below.sum() >= above.sum() else most[held]
        left -= shares[held].sum()
        free[held] = False
    return shares


def allocate(
    allocation: str | Mapping[Any, int],
    size: int,
    *,
    names: list[str],
    units: Integers,
    measure: Floats,
    spread: Floats | None,
    needed: Integers,
    least: int,
) -> Integers:
    """Return how many units of the main sample every stratum gets.

    Parameters
    ----------
    allocation
        As the user said it.
    size
        The whole.
    names, units, measure, spread
        Name, number of units, total of the size column and standard deviation by stratum.
    needed
        What a stratum must get because of its certain units.
    least
        What it gets at least if it has so many.
    """
    if isinstance(allocation, Mapping):
        return _as_said(allocation, size, names=names, units=units, needed=needed)
    check_choice(allocation, option="allocation", choices=_ALLOCATIONS)
    low = np.maximum(np.minimum(units, least), needed)
    if low.sum() > size:
        short = (
            f"size must give each of {len(names):,} strata at least {least} units"
            + (" and hold its certain units" if needed.any() else "")
            + f". Found: size {size:,}, and {int(low.sum()):,} are needed. Take a larger size"
        )
        raise OptionError(
            short + (", a smaller `least`" if least > 1 else "") + ", or fewer strata."
        )
    if allocation == "neyman":
        if spread is None:
            raise OptionError(
                "allocation='neyman' needs the spread within strata. Found: no `spread`. Give a "
                "standard deviation by stratum, or a column such as the score of last year."
            )
        weights = units * spread
    else:
        weights = measure if allocation == "proportional" else np.ones(len(names))
    return apportion(weights.astype(np.float64), size, least=low, most=units)


def _as_said(
    allocation: Mapping[Any, int], size: int, *, names: list[str], units: Integers, needed: Integers
) -> Integers:
    """Return the numbers that the user gave, checked."""
    given = {str(name): number for name, number in allocation.items()}
    unknown, lacking = sorted(set(given) - set(names)), sorted(set(names) - set(given))
    if unknown or lacking:
        raise OptionError(
            "allocation must name every stratum and no other. Found: "
            + "; ".join(
                f"{word} {', '.join(those)}"
                for word, those in (("unknown", unknown), ("not named", lacking))
                if those
            )
            + "."
        )
    for name, number in given.items():
        if isinstance(number, bool) or not hasattr(number, "__index__") or int(number) < 1:
            raise OptionError(
                f"allocation must give every stratum a whole number, 1 or more: a stratum without "
                f"a unit says nothing. Found: {number!r} for {name}."
            )
    numbers = np.array([int(given[name]) for name in names], dtype=np.int64)
    if numbers.sum() != size:
        raise OptionError(
            f"allocation must add up to size. Found: {int(numbers.sum()):,}, and size is {size:,}."
        )
    for fault, words in ((numbers > units, "has only"), (numbers < needed, "needs at least")):
        if fault.any():
            k = int(np.flatnonzero(fault)[0])
            limit = (units if words == "has only" else needed)[k]
            raise OptionError(
                f"allocation must suit the strata. Found: {int(numbers[k]):,} for {names[k]}, "
                f"which {words} {int(limit):,} units."
            )
    return numbers
