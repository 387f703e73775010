"""What a cell can be and what its card says, as whole numbers for the browser."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.maps.packing import MISSING, codes

__all__ = ["Classes", "Kind", "Line", "PackedLine", "four_digits", "pack_line"]

Integers = NDArray[np.int64]

Kind = Literal["count", "score", "probability", "percent", "digits", "name", "class"]


class Classes(NamedTuple):
    """What a cell can be: the class of every row, and the words and colors of the classes.

    Attributes
    ----------
    codes
        Place of every row's class in `names`; ``len(names)`` where there is no answer.
    names, colors
        Words and fill (``#rrggbb``) of every class, in the order of the legend.
    all_listed
        Whether the legend also lists classes without a cell.
    hatches
        Hatching of every class, ``""`` for none, ``forward``, ``backward``, ``crossed`` or
        ``dots``; None: all plain.
    groups
        The class in whose row of the legend each class is counted, itself or one before
        it, where several colors mean the same; None: each in its own.
    """

    codes: Integers
    names: list[str]
    colors: list[str]
    all_listed: bool = True
    hatches: list[str] | None = None
    groups: list[int] | None = None


class Line(NamedTuple):
    """One line of the card at the pointer.

    Attributes
    ----------
    heading
        The words before the value.
    kind
        ``count`` whole numbers, ``score`` two places, ``probability`` three places and
        ``< 0.001`` below, ``percent`` whole percents of a share, ``digits`` four digits of a
        number of any size, ``name`` text; these two are left out where they are missing.
        ``class`` is the class with its color.
    values
        One value a row; none for ``class``.
    """

    heading: str
    kind: Kind
    values: Any = None


class PackedLine(NamedTuple):
    """A line as the script reads it, and its whole numbers, one a row; none for a class."""

    told: dict[str, Any]
    numbers: Integers | None


def pack_line(line: Line) -> PackedLine:
    """Return a line's settings and whole numbers, in the order of the rows."""
    told: dict[str, Any] = {"heading": line.heading, "kind": line.kind}
    match line.kind:
        case "class":
            return PackedLine(told, None)
        case "name":
            numbers, told["names"] = codes(line.values)
        case "count":
            numbers = line.values.to_numpy(np.int64)
        case "score":
            numbers = _whole(line.values, 100, MISSING)
        case "probability":
            numbers = _thousandths(line.values)
        case "percent":
            numbers = _whole(line.values, 1000, -1)
        case "digits":
            numbers = four_digits(_floats(line.values))
    return PackedLine(told, numbers)


def four_digits(numbers: NDArray[np.float64]) -> Integers:
    """Return numbers rounded to four digits: digits · 1024 + power of ten + 512.

    Trailing zeros go into the power, so that equal numbers have equal codes.

    Examples
    --------
    12.34 is 1234 · 10^-2, and 50 is 5 · 10^1:

    >>> codes = four_digits(np.array([12.341, 50.0, 0.0]))
    >>> (codes // 1024).tolist(), (codes % 1024 - 512).tolist()
    ([1234, 5, 0], [-2, 1, 0])
    """
    known = np.isfinite(numbers)
    size = np.abs(np.where(known, numbers, 0.0))
    # Powers beyond these overflow on the way; such a number is no rate.
    small = np.clip(size, 1e-290, 1e290)
    power = np.floor(np.log10(small)).astype(np.int64) - 3
    digits = np.rint(_scaled(size, -power)).astype(np.int64)
    # The logarithm can fall on either side of a power of ten.
    over, under = digits >= 10_000, (digits < 1000) & (digits > 0)
    for wrong, step in ((over, 1), (under, -1)):
        power[wrong] += step
        digits[wrong] = np.rint(_scaled(size[wrong], -power[wrong])).astype(np.int64)
    # Between two numbers of four digits the product's own rounding would decide.
    rest = _scaled(size, -power)
    for place in np.flatnonzero(np.abs(rest - np.floor(rest) - 0.5) < 1e-9 * (rest + 1)).tolist():
        told, exponent = f"{size[place]:.3e}".split("e")
        digits[place], power[place] = int(told.replace(".", "")), int(exponent) - 3
    for _ in range(3):
        ends_in_zero = (digits % 10 == 0) & (digits != 0)
        digits[ends_in_zero] //= 10
        power[ends_in_zero] += 1
    power[digits == 0] = 0
    signed = np.where(np.signbit(numbers), -digits, digits)
    return np.where(known, signed * 1024 + power + 512, MISSING)


def _scaled(size: NDArray[np.float64], power: Integers) -> NDArray[np.float64]:
    """Return numbers times powers of ten; dividing by a whole power rounds once only."""
    up = 10.0 ** np.clip(power, 0, 300).astype(np.float64)
    down = 10.0 ** np.clip(-power, 0, 300).astype(np.float64)
    return np.asarray(size * up / down)


def _floats(values: pd.Series) -> NDArray[np.float64]:
    """Return numbers as floats, NaN where there is none."""
    return np.asarray(values.to_numpy(np.float64, na_value=np.nan))


def _whole(values: pd.Series, unit: int, missing: int) -> Integers:
    """Return numbers as whole multiples of 1 / `unit`, `missing` where there is none."""
    numbers = _floats(values)
    known = np.isfinite(numbers)
    return np.where(known, np.rint(np.where(known, numbers, 0.0) * unit), missing).astype(np.int64)


def _thousandths(values: pd.Series) -> Integers:
    """Return probabilities in thousandths, 0 for all below one and -1 where missing."""
    return np.where(_floats(values) < 0.001, 0, _whole(values, 1000, -1)).astype(np.int64)
