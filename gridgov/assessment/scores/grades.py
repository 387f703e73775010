"""Names for ranges of scores: A from 90 on, B from 75, and so on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import OptionError

__all__ = ["Grades", "grades_of", "read_grades"]

Grades = tuple[tuple[str, float], ...]


def read_grades(given: Any) -> Grades:
    """Return grades with the least score of each, the best first.

    Parameters
    ----------
    given
        Pairs of name and least score, or a mapping, the best first; may be empty.

    Raises
    ------
    OptionError
        If it is something else, or the least scores do not fall.

    Examples
    --------
    >>> read_grades({"A": 90, "B": 75})
    (('A', 90.0), ('B', 75.0))
    """
    pairs = list(given.items()) if isinstance(given, Mapping) else given
    try:
        grades = tuple((str(name), float(least)) for name, least in pairs)
    except (TypeError, ValueError) as error:
        raise OptionError(
            f"grades must be pairs of name and least score such as ['A', 90]. Found: {given!r}."
        ) from error
    bounds = [least for _, least in grades]
    if not all(map(math.isfinite, bounds)) or bounds != sorted(set(bounds), reverse=True):
        raise OptionError(f"grades must fall from the best on. Found: least scores {bounds}.")
    return grades


def grades_of(scores: NDArray[np.float64], grades: Grades) -> NDArray[np.object_]:
    """Return the grade of every score, None without one.

    Examples
    --------
    >>> import numpy as np
    >>> grades_of(np.array([90.0, 89.9, np.nan]), (("A", 90.0), ("B", 75.0))).tolist()
    ['A', 'B', None]
    """
    found = np.full(scores.shape, None, dtype=object)
    # A mean of 89.99999999999999 is 90 to everybody but the machine.
    rounded = np.round(scores, 9)
    for name, least in reversed(grades):
        found[rounded >= least] = name
    return found
