"""The life of a case: which stage its own times say it has reached.

A date that somebody wrote without a time is read as midnight. Such a time counts as its
day: it is neither before nor after another time of the same day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.schema.cases import CASE_STAGES

__all__ = ["STEPS", "column_of", "stages_of", "surely_before"]

STEPS = CASE_STAGES[:6]
"""The steps forward, from ``reported`` to ``closed``."""


def column_of(event: str) -> str:
    """Return the column that holds when something last happened to a case.

    Examples
    --------
    >>> column_of("filed")
    'filed_at'
    """
    return f"{event}_at"


def surely_before(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    """Return where a time lies before another, whatever the clock said on its day.

    Parameters
    ----------
    one, other
        Times with the same zone, row by row.

    Returns
    -------
    bool array
        False where either is missing, and where both are of one day and either is midnight.

    Examples
    --------
    >>> import pandas as pd
    >>> handled = pd.Series(pd.DatetimeIndex(["2017-09-01 10:00", "2017-09-02 10:00"], tz="UTC"))
    >>> closed = pd.Series(pd.DatetimeIndex(["2017-09-01", "2017-09-01"], tz="UTC"))
    >>> surely_before(closed, handled).tolist()
    [False, True]
    """
    result = np.array(one < other, dtype=bool)
    at = np.flatnonzero(result)
    if at.size:
        first, second = one.iloc[at], other.iloc[at]
        day, later = first.dt.normalize(), second.dt.normalize()
        same = np.asarray(day == later)
        result[at] = ~(same & np.asarray((first == day) | (second == later)))
    return result


def stages_of(times: Mapping[str, pd.Series] | pd.DataFrame) -> NDArray[np.object_]:
    """Return the stage that every case has reached by its own times.

    Parameters
    ----------
    times
        Columns such as ``filed_at``; what is not there never happened.

    Returns
    -------
    object array
        A word of :data:`gridgov.schema.cases.CASE_STAGES`; None where a case has no time.

    Notes
    -----
    The first that applies: 1. ``cancelled``; 2. ``closed``; 3. ``suspended`` when it was
    suspended and not resumed; 4. the last step that has a time, where a check that lies
    before the last handling does not count: the work was done again since, and waits to be
    checked again.

    Examples
    --------
    >>> import pandas as pd
    >>> def day(*days): return pd.Series(pd.DatetimeIndex(days, tz="UTC"))
    >>> stages_of({"filed_at": day("2017-09-01", "2017-09-01", "2017-09-01"),
    ...            "handled_at": day(None, "2017-09-05", "2017-09-02"),
    ...            "verified_at": day(None, "2017-09-03", "2017-09-03"),
    ...            "closed_at": day(None, None, "2017-09-04")}).tolist()
    ['filed', 'handled', 'closed']
    """
    columns: dict[str, Any] = {
        name: times[column_of(name)]
        for name in (*STEPS, "cancelled", "suspended", "resumed")
        if column_of(name) in times
    }
    rows = len(next(iter(columns.values()))) if columns else 0
    there = {name: np.asarray(column.notna()) for name, column in columns.items()}
    never = np.zeros(rows, dtype=bool)
    if "handled" in columns and "verified" in columns:
        again = surely_before(columns["verified"], columns["handled"])
        there["verified"] = there["verified"] & ~again
    stage = np.full(rows, None, dtype=object)
    for name in STEPS[:-1]:
        stage[there.get(name, never)] = name
    stage[there.get("suspended", never) & ~there.get("resumed", never)] = "suspended"
    stage[there.get("closed", never)] = "closed"
    stage[there.get("cancelled", never)] = "cancelled"
    return stage
