"""Sentences with places for what was found, filled in for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["filled_sentences"]


def filled_sentences(template: str, rows: int, found: Mapping[str, Any]) -> NDArray[np.object_]:
    """Return a sentence for each row, its places filled from left to right.

    Parameters
    ----------
    template
        Text with places in curly brackets.
    rows
        How many.
    found
        What fills the places: one text for all rows, or an array of texts. What fills a place
        is never read as a place itself.

    Examples
    --------
    >>> found = {"value": ["{x}", "9"], "column": "街道"}
    >>> filled_sentences("'{value}' in {column}.", 2, found).tolist()
    ["'{x}' in 街道.", "'9' in 街道."]
    """
    result = np.full(rows, "", dtype=object)
    rest = template
    while "{" in rest:
        fixed, _, rest = rest.partition("{")
        place, _, rest = rest.partition("}")
        result = result + fixed + np.asarray(found[place], dtype=object)
    return np.asarray(result + rest, dtype=object)
