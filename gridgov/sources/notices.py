"""What reading found: notices and rows set aside, in words, traveling with the table.

A reader never changes or drops anything silently. What it noticed rides along in
``table.attrs["notices"]`` and the rows it could not use in ``table.attrs["set_aside"]``,
as plain lists of dicts, so that copying, ``pandas.concat`` and ``to_parquet`` keep
working. The two functions here give them back as tables.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from gridgov.checks import conform
from gridgov.errors import ColumnsError, DataWarning

__all__ = ["Notice", "attach", "notices", "plain", "set_aside_rows", "warn"]

# More sentences than this in one warning hide the first ones.
_SENTENCES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a reader of the results should know.

    Attributes
    ----------
    notice
        Code of the notice, such as ``mended``.
    subject
        What it is about, such as a street id or a column.
    detail
        One English sentence, with the number in it.
    detail_zh
        The same in Chinese.
    value
        The number in the sentence.
    unit
        Its unit.
    """

    notice: str
    subject: str
    detail: str
    detail_zh: str
    value: float | None = None
    unit: str | None = None


def attach(
    table: pd.DataFrame,
    *,
    notices: Iterable[Notice] = (),
    set_aside: Iterable[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """Return `table` with notices and set-aside rows added to those that it carries.

    Parameters
    ----------
    table
        A table that a reader is about to return. It is not changed; columns are shared.
    notices
        What was noticed, in the order in which it should be read.
    set_aside
        One mapping a row: ``source_row``, ``reason``, ``detail``, ``detail_zh`` and the
        row as read.

    Returns
    -------
    DataFrame
        The same rows, with ``attrs["notices"]`` and ``attrs["set_aside"]`` as plain lists.
    """
    result = table.copy(deep=False)
    result.attrs["notices"] = [
        *table.attrs.get("notices", []),
        *({name: plain(value) for name, value in asdict(one).items()} for one in notices),
    ]
    result.attrs["set_aside"] = [
        *table.attrs.get("set_aside", []),
        *({str(name): plain(value) for name, value in row.items()} for row in set_aside),
    ]
    return result


def plain(value: Any) -> Any:
    """Return a value that JSON can hold: text, number, truth or None.

    Missing values become None, geometries their WKT, anything else its text.
    """
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value.wkt if hasattr(value, "wkt") else str(value)


def warn(notices: Iterable[Notice], *, subject: str, stacklevel: int = 3) -> None:
    """Give one warning with the sentences of all notices; none without notices.

    The warning is English and carries the Chinese sentences in ``zh``.

    Parameters
    ----------
    notices
        What to say.
    subject
        What was read, to open the warning: ``"incidents.csv"``.
    stacklevel
        As in :func:`warnings.warn`, counted from here: 3 is the caller of the reader
        that calls this.
    """
    notices = list(notices)
    if not notices:
        return
    shown, hidden = notices[:_SENTENCES_SHOWN], len(notices) - _SENTENCES_SHOWN
    english = [f"{subject}:", *(one.detail for one in shown)]
    chinese = [f"{subject}：", *(one.detail_zh for one in shown)]
    if hidden > 0:
        english.append(f"And {hidden} more, in gridgov.notices(table) and on the page of a brief.")
        chinese.append(f"另有 {hidden} 条，见 gridgov.notices(table) 和简报页面。")
    warnings.warn(DataWarning(" ".join(english), zh="".join(chinese)), stacklevel=stacklevel)


def notices(table: pd.DataFrame) -> pd.DataFrame:
    """Return what was noticed while a table was read.

    Parameters
    ----------
    table
        What a ``read_`` function returned, or a table that pandas made from it.

    Returns
    -------
    DataFrame
        One row a notice, in the order in which they were made; no rows if there were none.

        - ``notice`` -- code of the notice
        - ``subject`` -- what it is about, such as a street id
        - ``value``, ``unit`` -- the number in the sentence, may be missing
        - ``detail``, ``detail_zh`` -- the sentence in English and Chinese

    Raises
    ------
    ColumnsError
        If `table` is no table.

    Examples
    --------
    >>> import pandas as pd
    >>> notices(pd.DataFrame({"street_id": ["110107001"]})).shape
    (0, 6)
    """
    return conform(_carried(table, "notices"), "notices")


def set_aside_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that could not be used when a table was read.

    Parameters
    ----------
    table
        What a ``read_`` function returned, or a table that pandas made from it.

    Returns
    -------
    DataFrame
        One row a row set aside, in the order of the source; no rows if there were none.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- code of the reason
        - ``detail``, ``detail_zh`` -- the reason as a sentence in English and Chinese
        - then the row as read, geometries as WKT

    Raises
    ------
    ColumnsError
        If `table` is no table.

    Examples
    --------
    >>> import pandas as pd
    >>> list(set_aside_rows(pd.DataFrame({"street_id": ["110107001"]})))
    ['source_row', 'reason', 'detail', 'detail_zh']
    """
    return conform(_carried(table, "set_aside"), "set_aside")


def _carried(table: Any, name: str) -> pd.DataFrame:
    """Return what a table carries under a name as a table."""
    if not isinstance(table, pd.DataFrame):
        raise ColumnsError(
            f"{name} are carried by tables that gridgov read (pandas DataFrame). "
            f"Found: {type(table).__name__}. Pass what a read_ function returned."
        )
    return pd.DataFrame(table.attrs.get(name, []))
