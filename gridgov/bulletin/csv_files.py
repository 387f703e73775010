"""Tables as CSV that Excel opens in Chinese and that run no formula.

UTF-8 with a byte order mark, commas, lines that end as RFC 4180 says, headings as the
columns are named in the documentation, missing values empty, times as ISO 8601 with
their offset. The same table gives the same bytes.

A spreadsheet takes text for a formula when it starts with one of ``= + - @``, and some
take the full-width forms or a leading tab or line end for one as well. One rule stops
it: **text whose first character after white space is one of** ``= + - @ ＝ ＋ － ＠``
**, or that starts with a tab or line end, gets an apostrophe in front, unless it is a
plain number.** Headings follow the same rule. Workbooks need no such mark: there a text
is stored as a text.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["inert", "write_csv"]

_FORMULA = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])"
_NUMBER = r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?\Z"


def inert(texts: pd.Series) -> pd.Series:
    """Return texts that no spreadsheet takes for a formula.

    Parameters
    ----------
    texts
        Texts; missing ones stay missing.

    Returns
    -------
    Series
        The texts, an apostrophe in front of those that could start a formula.

    Raises
    ------
    None

    Examples
    --------
    >>> import pandas as pd
    >>> inert(pd.Series(["=1+1", " @x", "-87.6", "八角"])).tolist()
    ["'=1+1", "' @x", '-87.6', '八角']
    """
    risky = texts.str.contains(_FORMULA, regex=True, na=False)
    risky &= ~texts.str.contains(_NUMBER, regex=True, na=False)
    return texts.where(~risky, "'" + texts)


def write_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table as CSV.

    Parameters
    ----------
    frame
        A table in the form that files have, see :func:`gridgov.bulletin.tables.file_form`.
    path
        The file to write.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import pandas as pd

    safe = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            safe[name] = values
        else:
            safe[name] = inert(values.astype("str").where(values.notna()))
    safe.columns = inert(pd.Series([str(name) for name in frame.columns], dtype="str")).tolist()
    path = Path(path)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        # The two marks of the line end are the ones for which a text is quoted; with one
        # of them alone the other would split a row.
        safe.to_csv(file, index=False, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    return path
