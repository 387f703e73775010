"""Work that was reported done and no longer stands, because it is to be done again.

The table of cases keeps the last time the work was reported done and the last check on
site. After a check that failed, or after a case was opened again, both are facts of the
past: the case waits for work, and its stage says so. Rates and lists that ask whether a
case is handled ask whether it is handled now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.taxonomy.case_life import STEPS, surely_before

__all__ = ["UndoneWork", "undone_work"]

Flags = NDArray[np.bool_]

_BEFORE_HANDLED = STEPS[: STEPS.index("handled")]


@dataclass(frozen=True, slots=True)
class UndoneWork:
    """Of which cases the last handling, and the last check, no longer stands."""

    handled: Flags
    verified: Flags

    def of(self, column: str) -> Flags:
        """Return where a column of times is to be taken as missing.

        A deadline of the check runs from the handling and falls with it.
        """
        if column in ("handled_at", "verification_due_at"):
            return self.handled
        if column == "verified_at":
            return self.verified
        return np.zeros(len(self.handled), dtype=bool)


def undone_work(cases: pd.DataFrame, moment: pd.Timestamp) -> UndoneWork:
    """Return of which cases the last handling, and the last check, no longer stands.

    Parameters
    ----------
    cases
        Table of cases; what it lacks of ``stage`` and the times plays no part.
    moment
        The moment at which they are looked at, with a zone.

    Returns
    -------
    UndoneWork
        Two bool arrays, row by row.

    Notes
    -----
    1. A handling no longer stands when the stage of an open case lies before it: the check
       failed, or the case was returned or opened again. The table does not say when that
       was, only that no handling and no check came later: a check after `moment` has not
       failed yet.
    2. A check no longer stands when the handling does not, or when it lies before the last
       handling: the work was done again, and waits to be checked again.

    A case that rests is of the stage ``suspended``, which does not say on which step it
    rests: its handling is taken to stand.

    Examples
    --------
    The first case failed its check on the 3rd; the second was handled again on the 4th:

    >>> import pandas as pd
    >>> def day(*days): return pd.DatetimeIndex([f"2017-09-0{each}" for each in days], tz="UTC")
    >>> cases = pd.DataFrame({"stage": ["dispatched", "handled", "verified"],
    ...                       "handled_at": day(2, 4, 2), "verified_at": day(3, 3, 3)})
    >>> found = undone_work(cases, pd.Timestamp("2017-09-09", tz="UTC"))
    >>> found.handled.tolist(), found.verified.tolist()
    ([True, False, False], [True, True, False])
    >>> undone_work(cases, pd.Timestamp("2017-09-02 12:00", tz="UTC")).handled.tolist()
    [False, False, False]
    """
    times = {
        name: cases[name]
        for name in ("handled_at", "verified_at", "closed_at", "cancelled_at")
        if name in cases.columns and isinstance(cases[name].dtype, pd.DatetimeTZDtype)
    }
    there = {name: np.asarray(column.notna()) for name, column in times.items()}
    never = np.zeros(len(cases), dtype=bool)
    handled = there.get("handled_at", never) | there.get("verified_at", never)
    handled &= ~there.get("closed_at", never) & ~there.get("cancelled_at", never)
    if "stage" in cases.columns:
        handled &= np.asarray(cases["stage"].isin(_BEFORE_HANDLED), dtype=bool)
    else:
        handled = never
    if "verified_at" not in times:
        return UndoneWork(handled, handled)
    handled = handled & ~np.asarray(times["verified_at"] > moment)
    if "handled_at" not in times:
        return UndoneWork(handled, handled)
    earlier = surely_before(times["verified_at"], times["handled_at"])
    return UndoneWork(handled, handled | earlier)
