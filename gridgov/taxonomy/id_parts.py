"""Ids of fixed parts taken apart and put together, a whole column at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.errors import ColumnsError
from gridgov.taxonomy.plain_text import written

__all__ = ["put_together", "take_apart"]

# GB/T 2260: the first two digits of every province-level unit.
_PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
    *("61", "62", "63", "64", "65", "71", "81", "82"),
)

# RE2's \s is ASCII only: the no-break and the full-width blank are added.
_BLANKS = r"[\s\x{00a0}\x{3000}]+"
# A spreadsheet keeps 15 digits of a number and shows the rest as zeros or as 1.1E+15.
_EXACT_DIGITS = 15
_SCIENTIFIC = r"^[0-9]([.,][0-9]+)?[eE]\+?[0-9]+$"


def take_apart(ids: Any, layout: Mapping[str, int]) -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts of every id with its reason, and its digits."""
    values = _series(ids)
    texts, floats = _texts(values)
    digits = _plain_digits(texts)
    length = sum(layout.values())
    rounded = _matches(digits, _SCIENTIFIC)
    if length > _EXACT_DIGITS:
        rounded |= floats & _matches(digits, rf"^[0-9]{{{length}}}$")
    whole = _matches(digits, rf"^[0-9]{{{length}}}$")
    frame = pd.DataFrame({"id_text": _column(texts, values.index)}, index=values.index)
    start = 0
    for name, width in layout.items():
        part = pc.utf8_slice_codeunits(digits, start, start + width)
        frame[name] = _column(_only(part, whole), values.index)
        start += width
    frame["reason"] = _reasons(
        frame,
        layout,
        missing=_matches(digits, r"^$") | np.asarray(pc.is_null(texts)),
        rounded=rounded,
        no_digits=~_matches(digits, r"^[0-9]*$"),
        wrong_length=~whole,
    )
    return frame, _column(digits, values.index)


def put_together(parts: Any, layout: Mapping[str, int]) -> tuple[pd.DataFrame, pd.Series]:
    """Return the parts of every row in full length with their reason, and the digits."""
    if not isinstance(parts, pd.DataFrame):
        raise ColumnsError(
            "parts must be a table (pandas DataFrame) with the columns "
            f"{', '.join(layout)}. Found: {type(parts).__name__}."
        )
    lacking = [name for name in layout if name not in parts.columns]
    if lacking:
        raise ColumnsError(
            f"parts must have the column{'s' if len(lacking) > 1 else ''} {', '.join(lacking)}. "
            f"Found: {', '.join(map(str, parts.columns)) or 'no columns'}. Rename yours so.",
            problems=[{"table": "parts", "column": name, "problem": "missing"} for name in lacking],
        )
    rows = len(parts)
    frame = pd.DataFrame(index=parts.index)
    faults = {name: np.zeros(rows, dtype=bool) for name in ("missing", "no_digits", "wrong_length")}
    for name, width in layout.items():
        texts, _ = _texts(parts[name])
        digits = _plain_digits(texts)
        empty = _matches(digits, r"^$") | np.asarray(pc.is_null(texts))
        number = _matches(digits, r"^[0-9]+$")
        # A district is never short: filling it up would name another one.
        least = width if name == "district_code" else 1
        fits = _matches(digits, rf"^[0-9]{{{least},{width}}}$")
        frame[name] = _column(_only(pc.utf8_lpad(digits, width, "0"), fits), parts.index)
        faults["missing"] |= empty
        faults["no_digits"] |= ~number & ~empty
        faults["wrong_length"] |= number & ~fits
    frame["reason"] = _reasons(frame, layout, rounded=np.zeros(rows, dtype=bool), **faults)
    first, *rest = (frame[name] for name in layout)
    digits_of = first
    for part in rest:
        digits_of = digits_of + part
    frame["id_text"] = _column(pa.nulls(rows, pa.string()), parts.index)
    return frame, digits_of


def _reasons(
    frame: pd.DataFrame,
    layout: Mapping[str, int],
    *,
    missing: NDArray[np.bool_],
    rounded: NDArray[np.bool_],
    no_digits: NDArray[np.bool_],
    wrong_length: NDArray[np.bool_],
) -> pd.Series:
    """Return the first reason that applies to every row, missing where none does."""
    # A district without a number of its own (110000) is a city, which can own a case.
    zero = np.zeros(len(frame), dtype=bool)
    for name, width in layout.items():
        if name != "district_code":
            zero |= (frame[name] == "0" * width).to_numpy(dtype=bool, na_value=False)
    province = frame["district_code"].str.slice(0, 2).isin(_PROVINCES).to_numpy(dtype=bool)
    faults = {
        "missing": missing,
        "rounded_number": rounded,
        "not_digits": no_digits,
        "wrong_length": wrong_length,
        "unknown_province": ~province,
        "zero_part": zero,
    }
    found = np.select(list(faults.values()), list(faults), default="")
    return pd.Series(found, index=frame.index, dtype="str").replace("", None)


def _series(ids: Any) -> pd.Series:
    """Return ids as one column."""
    if isinstance(ids, pd.Series):
        return ids
    if isinstance(ids, (pd.DataFrame, str)) or getattr(ids, "ndim", 1) != 1:
        raise ColumnsError(
            "ids must be one column: a Series, an array or a list. "
            f"Found: {type(ids).__name__}. Pass table['column'], or a list of texts."
        )
    values = list(ids) if not isinstance(ids, (np.ndarray, pd.Index)) else ids
    return pd.Series(values, dtype=None if len(values) else "str")


def _texts(values: pd.Series) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Return values as Arrow texts, and which of them are floats."""
    if values.dtype.kind == "f":
        floats = np.ones(len(values), dtype=bool)
    elif values.dtype == object:
        floats = values.map(lambda value: isinstance(value, float)).to_numpy(dtype=bool)
    else:
        floats = np.zeros(len(values), dtype=bool)
    if not isinstance(values.dtype, pd.StringDtype):
        values = values.astype(object).map(written, "ignore")
    texts = pa.array(values.astype("str"), pa.string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts, floats


def _plain_digits(texts: pa.Array) -> pa.Array:
    """Return texts without blanks and with full-width digits as plain ones."""
    if not pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        # Not NFKC: it would also make digits of ¹ and ①, which nobody means as digits.
        for digit in range(10):
            texts = pc.replace_substring(texts, chr(0xFF10 + digit), str(digit))
    return pc.replace_substring_regex(texts, _BLANKS, "")


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    """Return which texts match a pattern; a missing one does not."""
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(found, dtype=bool)


def _only(texts: pa.Array, rows: NDArray[np.bool_]) -> pa.Array:
    """Return the texts of some rows, nothing in the others."""
    return pc.if_else(pa.array(rows), texts, pa.scalar(None, pa.string()))


def _column(texts: pa.Array, index: pd.Index) -> pd.Series:
    """Return Arrow texts as a column."""
    values = pd.StringDtype(na_value=np.nan).__from_arrow__(texts.cast(pa.large_string()))
    return pd.Series(values, index=index)
