"""The moment at which open cases are looked at.

Whether a case is overdue, and how long it has been open, depends on when the question is
asked. The clock on the wall would give other numbers every day; here the moment is said,
or it is the last one that the records know of.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov.checks import check_zoned
from gridgov.errors import InputError
from gridgov.place.periods import read_moment

__all__ = ["STAGE_TIMES", "case_zone", "read_as_of"]

STAGE_TIMES = (
    "reported_at",
    "filed_at",
    "dispatched_at",
    "handled_at",
    "verified_at",
    "closed_at",
    "cancelled_at",
    "suspended_at",
    "resumed_at",
)
"""The times at which something has happened to a case; deadlines are not among them."""


def read_as_of(cases: pd.DataFrame, as_of: Any = None) -> pd.Timestamp:
    """Return the moment at which open cases are looked at.

    Parameters
    ----------
    cases
        Table of cases.
    as_of
        The moment, with a zone or in the zone of the cases. When None what
        ``cases.attrs["as_of"]`` says, else the latest time in the columns of
        :data:`STAGE_TIMES`.

    Returns
    -------
    Timestamp
        With the zone of the cases.

    Raises
    ------
    OptionError
        If `as_of` cannot be read.
    InputError
        If nothing says when: no moment is given and no case has any time.
    ColumnsError
        If a time has no zone.

    Examples
    --------
    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01", "2017-09-04"], tz="Asia/Shanghai")
    >>> print(read_as_of(pd.DataFrame({"filed_at": filed})))
    2017-09-04 00:00:00+08:00
    >>> print(read_as_of(pd.DataFrame({"filed_at": filed}), "2017-10-01"))
    2017-10-01 00:00:00+08:00
    """
    zone = case_zone(cases)
    said = cases.attrs.get("as_of") if as_of is None else as_of
    if said is not None:
        return read_moment(said, "as_of", zone).tz_convert(zone)
    latest = [cases[name].max() for name in STAGE_TIMES if name in cases.columns]
    known = [moment for moment in latest if not pd.isna(moment)]
    if not known:
        raise InputError(
            "Open cases are looked at from a moment. Found: no as_of, and no case with a time. "
            "Give as_of, such as as_of='2017-10-01'."
        )
    return max(known).tz_convert(zone)


def case_zone(cases: pd.DataFrame) -> Any:
    """Return the time zone of the cases: that of their first column with any time.

    Parameters
    ----------
    cases
        Table of cases.

    Raises
    ------
    ColumnsError
        If a column of times has no zone.

    Examples
    --------
    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"], tz="Asia/Shanghai")
    >>> str(case_zone(pd.DataFrame({"filed_at": filed})))
    'Asia/Shanghai'
    """
    found: Any = None
    for name in STAGE_TIMES:
        if name not in cases.columns:
            continue
        zone = check_zoned(cases[name], name)
        # A column of nothing is UTC, whatever the zone of the records.
        if found is None or (str(found) == "UTC" and cases[name].notna().any()):
            found = zone
    return "UTC" if found is None else found
