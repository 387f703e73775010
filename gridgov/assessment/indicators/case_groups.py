"""The groups of cases: every value of a column, and the cases of which it is not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError
from gridgov.place.distinct import distinct

__all__ = ["case_groups"]


def case_groups(cases: pd.DataFrame, by: str | None) -> tuple[list[str | None], NDArray[np.int64]]:
    """Return the groups in the order of their texts and the group of every case.

    Parameters
    ----------
    cases
        Table of cases.
    by
        Its column; None for one group of all cases, whose name is missing.

    Returns
    -------
    names
        Cases whose value is missing are a group of their own without a name, the last one;
        it is there only where there are such cases, so that groups add up to the whole.
    codes : int array
        Place in the names.

    Raises
    ------
    ColumnsError
        If the table has no such column.

    Examples
    --------
    >>> names, codes = case_groups(pd.DataFrame({"street_id": ["02", None, "01"]}), "street_id")
    >>> names, codes.tolist()
    (['01', '02', None], [1, 2, 0])
    """
    if by is None:
        return [None], np.zeros(len(cases), dtype=np.int64)
    if by not in cases.columns:
        found = ", ".join(map(str, cases.columns))
        raise ColumnsError(
            f"by must name a column of cases. Found: {by!r}; the columns are {found}.",
            problems=[{"table": "cases", "column": by, "problem": "missing"}],
        )
    codes, values = distinct(cases[by])
    used = np.unique(codes)
    # Text is made of the values that occur, and 1 and "1" become one group.
    texts = {int(code): str(values[code]) for code in used if code >= 0}
    names: list[str | None] = [*sorted(set(texts.values()))]
    place = {name: number for number, name in enumerate(names)}
    if len(used) == 0 or used[0] < 0:
        names.append(None)
    # The last entry serves code -1, the missing value.
    of_value = np.full(len(values) + 1, len(names) - 1, dtype=np.int64)
    for code, text in texts.items():
        of_value[code] = place[text]
    return names, of_value[codes]
