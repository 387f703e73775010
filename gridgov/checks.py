"""Input checks that collect every problem and raise once, and output tables put in form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from gridgov.columns import SPOTS, TABLES, Column, Language
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "check_choice",
    "check_confidence",
    "check_language",
    "check_resolution",
    "check_table",
    "check_whole",
    "check_zoned",
    "conform",
    "copies_on_write",
]


def check_choice(value: Any, *, option: str, choices: Iterable[Any]) -> Any:
    """Return `value` if it is one of `choices`.

    Raises
    ------
    OptionError
        If it is not; the message lists the choices and the nearest one.
    """
    known = list(choices)
    if value in known:
        return value
    near = get_close_matches(str(value), [str(choice) for choice in known], n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(repr(choice) for choice in known)
    raise OptionError(f"{option} must be one of {listed}. Found: {value!r}.{hint}")


def check_confidence(confidence: Any) -> float:
    """Return `confidence` if it is a probability from 0.5 to below 1.

    Raises
    ------
    OptionError
        If it is not.
    """
    numeric = isinstance(confidence, int | float) and not isinstance(confidence, bool)
    if not numeric or not 0.5 <= confidence < 1:
        raise OptionError(
            "confidence must be a probability from 0.5 to below 1, such as 0.95. "
            f"Found: {confidence!r}."
        )
    return float(confidence)


def check_language(lang: Any) -> Language:
    """Return `lang` if it is ``"en"`` or ``"zh"``.

    Raises
    ------
    OptionError
        If it is neither.
    """
    language: Language = check_choice(lang, option="lang", choices=("en", "zh"))
    return language


def check_resolution(resolution: Any) -> int:
    """Return `resolution` as an int if it is an H3 resolution, 0 to 15.

    Raises
    ------
    OptionError
        If it is not a whole number from 0 to 15.
    """
    whole = (
        not isinstance(resolution, bool)
        and hasattr(resolution, "__index__")
        and 0 <= int(resolution) <= 15
    )
    if not whole:
        raise OptionError(
            f"resolution must be a whole number from 0 to 15. Found: {resolution!r}. "
            "gridgov.suggest_resolution(incidents, jurisdictions) advises."
        )
    return int(resolution)


def check_whole(value: Any, *, option: str, least: int, meaning: str) -> int:
    """Return `value` as an int if it is a whole number from `least` on.

    Raises
    ------
    OptionError
        If it is not; the message says what the option means.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise OptionError(
            f"{option} must be a whole number, {least} or more: {meaning}. Found: {value!r}."
        )
    return int(value)


def check_zoned(
    values: Any, name: str, *, made_by: str = "gridgov.read_cases(..., timezone=...)"
) -> Any:
    """Return the time zone of a column of times.

    Parameters
    ----------
    values
        The column.
    name
        What the error calls it.
    made_by
        What makes such a column.

    Raises
    ------
    ColumnsError
        If it does not hold times with a zone.
    """
    import pandas as pd

    if not isinstance(values.dtype, pd.DatetimeTZDtype):
        raise ColumnsError(
            f"{name} must hold times with a zone. Found: dtype {values.dtype}. {made_by} makes "
            "such a column.",
            problems=[{"column": name, "problem": "no times with a zone"}],
        )
    return values.dtype.tz


def check_table(
    frame: Any, table: str, *, columns: Sequence[str] | None = None, allow_empty: bool = False
) -> None:
    """Check that `frame` is a table of the kind `table` with the columns that are needed.

    Parameters
    ----------
    frame
        What the user passed.
    table
        A name in :data:`gridgov.columns.TABLES`.
    columns
        The columns that are needed; all documented ones when None.
    allow_empty
        Whether a table without rows will do.

    Raises
    ------
    ColumnsError
        If it is no DataFrame, or lacks columns or has one twice; every such column is named.
    EmptyTableError
        If it has no rows and one is needed.
    InputError
        If it holds counts without their zeros.
    """
    import pandas as pd

    spec = TABLES[table]
    if not isinstance(frame, pd.DataFrame):
        raise ColumnsError(
            f"{table} must be a table (pandas DataFrame). Found: {type(frame).__name__}. "
            f"{spec.made_by}(...) makes one."
        )
    needed = list(columns) if columns is not None else spec.names
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        found = ", ".join(map(str, frame.columns)) or "no columns"
        raise ColumnsError(
            f"{table} must have the column{'s' if len(missing) > 1 else ''} "
            f"{', '.join(missing)}. Found: {found}. {spec.made_by}(...) makes such a table.",
            problems=[{"table": table, "column": name, "problem": "missing"} for name in missing],
        )
    if not frame.columns.is_unique:
        known = {*spec.names, *needed}
        twice = [name for name in frame.columns[frame.columns.duplicated()] if name in known]
        if twice:
            raise ColumnsError(
                f"{table} must have every column once. Found: {', '.join(dict.fromkeys(twice))} "
                "more than once. Drop one of each, or rename it.",
                problems=[{"table": table, "column": name, "problem": "twice"} for name in twice],
            )
    # To a measure, a cell that is not listed is a cell that does not exist.
    if table == "counts" and "zeros_left_out" in frame.attrs:
        raise InputError(
            "counts must list every cell, zeros too. Found: a table of gridgov.tally_sparse, "
            f"{len(frame):,} of {frame.attrs['zeros_left_out']['rows']:,} rows. "
            "gridgov.fill_zeros(counts, grid) fills them in."
        )
    if not allow_empty and len(frame) == 0:
        raise EmptyTableError(
            f"{table} has no rows, and at least one is needed. {spec.made_by}(...) makes such "
            "a table; check what was filtered out before."
        )


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return `frame` with the documented columns first, in order and in their dtypes.

    Documented columns that `frame` lacks are added as missing values; the caller's own
    columns follow in an open table and are left out of a closed one. Rows, order and
    index are kept.
    """
    import pandas as pd

    spec = TABLES[table]
    own = [name for name in frame.columns if name not in spec.names] if spec.open else []
    # What a table lacks is made once and shared: millions of rows of nothing, again and
    # again, are what would take the time.
    lacking: dict[str, Any] = {}
    columns = {column.name: _in_form(frame, column, lacking) for column in spec.columns}
    columns.update((name, frame[name]) for name in own)
    # Columns that stay as they are are shared, not copied.
    shared = copies_on_write()
    result = pd.DataFrame(columns, index=frame.index, copy=not shared)
    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry in columns:
        result = type(frame)(result, geometry=geometry, copy=not shared)
    return result.__finalize__(frame)


def copies_on_write() -> bool:
    """Return whether tables may share columns: pandas 3 copies what is written into."""
    import pandas as pd

    return int(pd.__version__.split(".", 1)[0]) >= 3


def _in_form(frame: pd.DataFrame, column: Column, lacking: dict[str, Any]) -> Any:
    """Return a documented column of a table in its dtype, missing values if it is not there."""
    import numpy as np
    import pandas as pd

    there = column.name in frame.columns
    if not there and column.dtype in ("str", "time"):
        if column.dtype not in lacking:
            lacking[column.dtype] = _missing(frame, column.dtype)
        return lacking[column.dtype]
    values = frame[column.name] if there else pd.Series(np.nan, index=frame.index)
    match column.dtype:
        case "str":
            if str(values.dtype) == "str":
                return values
            missing = values.isna()
            if missing.all():
                return _missing(frame, "str")
            return values.astype("str").where(~missing)
        case "time":
            if isinstance(values.dtype, pd.DatetimeTZDtype):
                return values
            if values.isna().all():
                return _missing(frame, "time")
            return pd.to_datetime(values, utc=True).dt.as_unit("us")
        case "ordered":
            kind = pd.CategoricalDtype(column.categories or SPOTS, ordered=True)
            return values if values.dtype == kind else pd.Categorical(values, dtype=kind)
        case "geometry":
            return values
        case kind:
            return values if str(values.dtype) == kind else values.astype(kind)


def _missing(frame: pd.DataFrame, dtype: str) -> pd.Series:
    """Return a column of missing texts or times."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if dtype == "time":
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    rows = len(frame)
    # Zeros that nobody writes to take no memory until somebody reads them.
    given, ends = np.zeros(rows // 8 + 1, dtype=np.uint8), np.zeros(rows + 1, dtype=np.int64)
    buffers = [pa.py_buffer(given), pa.py_buffer(ends), pa.py_buffer(b"")]
    texts = pa.Array.from_buffers(pa.large_string(), rows, buffers, null_count=rows)
    nothing = pd.StringDtype(na_value=np.nan).__from_arrow__(texts)
    return pd.Series(nothing, index=frame.index)
