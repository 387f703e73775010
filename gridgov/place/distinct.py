"""The distinct values of a column, and which row has which.

As :func:`pandas.factorize`, but a long column of text is taken in pieces by all
processors: each piece lists its own values, and the short lists are put together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gridgov.arrays.compiled import in_pieces

__all__ = ["distinct"]

_LONG = 1 << 18


def distinct(column: pd.Series) -> tuple[NDArray[np.int64], Any]:
    """Return each row's value as a place in the distinct values, -1 where missing.

    Parameters
    ----------
    column
        Any column whose values can be told apart.

    Returns
    -------
    codes : int array
        One place a row.
    values
        The distinct values; a categorical column has all its categories.

    Raises
    ------
    TypeError
        If the values cannot be told apart, such as lists.

    Examples
    --------
    >>> import pandas as pd
    >>> codes, values = distinct(pd.Series(["waste", None, "noise", "waste"]))
    >>> codes.tolist(), list(values)
    ([0, -1, 1, 0], ['waste', 'noise'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(dtype=np.int64), column.cat.categories
    text = isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "pyarrow"
    if not text or len(column) < _LONG:
        codes, values = pd.factorize(column)
        return np.asarray(codes, dtype=np.int64), values

    array = pa.array(column.array)
    found: dict[int, Any] = {}

    def encode(first: int, last: int) -> NDArray[np.int64]:
        part = array.slice(first, last - first).dictionary_encode()
        if isinstance(part, pa.ChunkedArray):
            part = part.combine_chunks()
        found[first] = part.dictionary
        return np.asarray(part.indices.fill_null(-1), dtype=np.int64)

    codes = in_pieces(len(array), encode)
    firsts = sorted(found)
    lists = [found[first] for first in firsts]
    together, values = pd.factorize(np.asarray(pa.concat_arrays(lists), dtype=object))
    ends = np.cumsum([len(one) for one in lists])
    for first, last, list_, end in zip(firsts, [*firsts[1:], len(codes)], lists, ends, strict=True):
        # The last entry serves the missing value's -1.
        here = np.append(together[end - len(list_) : end], -1)
        codes[first:last] = here[codes[first:last]]
    return codes, values
