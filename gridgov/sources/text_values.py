"""Values of a source as text, and which of them say nothing.

Ids and categories are text whatever a file stores them as: a spreadsheet's 110107001.0
is the id 110107001. Words such as ``NULL`` stand for nothing where a time or a number is
expected; in a column of text they are left alone, because they may be meant.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.written_text import WrittenArray

__all__ = ["as_text", "excerpt", "says_nothing", "unique_text"]

_NOTHING = (
    "",
    "null",
    "none",
    "nan",
    "nat",
    "n/a",
    "na",
    "<na>",
    "-",
    "--",
    "/",
    "\\n",
    "无",
    "空",
)

# Long enough for any id, time or coordinate, short enough for a sentence.
_EXCERPT = 40


def as_text(values: pd.Series) -> pd.Series:
    """Return values as text (pandas ``str``); missing ones stay missing.

    Whole floats lose their ``.0``, dates are written as ISO 8601.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.Series([110107001.0, 2.5])).tolist()
    ['110107001', '2.5']
    """
    if isinstance(values.dtype, pd.StringDtype):
        return values.astype("str")
    if isinstance(values.array, WrittenArray):
        return pd.Series(values.array.as_text(), index=values.index)
    try:
        codes, unique = pd.factorize(values)
    except TypeError:
        # Lists and mappings cannot be told apart quickly; they come as their text.
        codes, unique = pd.factorize(values.map(str, na_action="ignore"))
    texts = np.array([*(_written(value) for value in unique), None], dtype=object)
    return pd.Series(texts[codes], index=values.index, dtype="str")


def unique_text(values: pd.Series) -> tuple[NDArray[np.int64], pa.Array]:
    """Return the different texts of a column, in plain characters, and which row has which.

    The last text is empty; rows where the source has nothing point to it. Full-width
    characters become plain ones, blanks around are cut off.
    """
    codes, unique = pd.factorize(as_text(values))
    texts = _to_arrow(pd.Series(unique, dtype="str"))
    if not pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        texts = pc.utf8_normalize(texts, form="NFKC")
    texts = pc.utf8_trim_whitespace(texts)
    return np.asarray(codes), pa.concat_arrays([texts, pa.array([""], pa.string())])


def says_nothing(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts are empty or a word for nothing."""
    words = pa.array(_NOTHING, pa.string())
    return np.asarray(pc.is_in(pc.utf8_lower(texts), value_set=words))


def excerpt(values: pd.Series) -> pd.Series:
    """Return texts fit for a sentence: on one line, cut off, nothing where missing."""
    texts = as_text(values).fillna("").str.slice(0, 4 * _EXCERPT)
    flat = texts.str.replace(r"[\s\x00-\x1f]+", " ", regex=True)
    return flat.where(flat.str.len() <= _EXCERPT, flat.str.slice(0, _EXCERPT) + "…")


def _to_arrow(values: pd.Series) -> pa.Array:
    """Return text values as one Arrow array of strings."""
    array = pa.array(values.astype("str"), pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _written(value: Any) -> str:
    """Return one value as it is written."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value)
