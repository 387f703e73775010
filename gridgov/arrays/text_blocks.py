"""Text that repeats in long runs, laid out by copying runs and not row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["repeat_text", "tile_text"]

# A run costs what some hundred rows cost one by one; rows that one run has for many.
_SHORT = 256
_RUN = 4096


def tile_text(values: Any, times: int) -> Any:
    """Return an array so many times over, one after the other.

    Parameters
    ----------
    values
        Extension array, such as a column's; only text in Arrow is laid out in runs.
    times
        How often.

    Examples
    --------
    >>> import pandas as pd
    >>> tile_text(pd.array(["01", None], dtype="str"), 2).tolist()
    ['01', nan, '01', nan]
    """
    if not _in_arrow(values) or len(values) < _SHORT or times == 0:
        return values.take(np.tile(np.arange(len(values)), times))
    return _joined([pa.array(values)] * times, values.dtype)


def repeat_text(values: Any, counts: Sequence[int] | NDArray[np.int64]) -> Any:
    """Return every value of an array as often as its count says.

    Parameters
    ----------
    values, counts
        Extension array, and a number for each value; only text in Arrow is laid out in runs.

    Examples
    --------
    >>> import pandas as pd
    >>> repeat_text(pd.array(["noise", None], dtype="str"), [1, 2]).tolist()
    ['noise', nan, nan]
    """
    numbers = np.asarray(counts, dtype=np.int64)
    rows = int(numbers.sum())
    if not _in_arrow(values) or rows < _SHORT * len(values) or rows == 0:
        return values.take(np.arange(len(values)).repeat(numbers))
    array = pa.array(values)
    runs = []
    for value, number in zip(array, numbers.tolist(), strict=True):
        # A short run again and again: to copy bytes is quicker than to repeat a text.
        run = pa.repeat(value, min(number, _RUN))
        runs += [run] * (number // _RUN)
        runs.append(run.slice(0, number % _RUN))
    return _joined(runs, values.dtype)


def _in_arrow(values: Any) -> bool:
    """Return whether an array is text that is kept in Arrow."""
    return isinstance(values.dtype, pd.StringDtype) and values.dtype.storage == "pyarrow"


def _joined(arrays: list[Any], dtype: Any) -> Any:
    """Return text of Arrow arrays in one run of memory."""
    parts = [
        part
        for array in arrays
        for part in (array.chunks if isinstance(array, pa.ChunkedArray) else [array])
    ]
    return dtype.__from_arrow__(pa.concat_arrays(parts))
