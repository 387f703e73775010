"""Which share of the cases is still open after how many days, a curve for every group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.delays.durations import DAY_US, Cancelled, read_durations
from gridgov.assessment.delays.grouped_curves import days_us, group_curves, tell
from gridgov.assessment.delays.survival import Curve, still_open
from gridgov.checks import check_confidence, conform
from gridgov.errors import OptionError

__all__ = ["measure_closing_curves"]


def measure_closing_curves(
    cases: pd.DataFrame,
    *,
    by: str | None = None,
    days: Sequence[float] | None = None,
    as_of: Any = None,
    from_: str = "filed_at",
    to: str = "closed_at",
    start: Any = None,
    end: Any = None,
    cancelled: Cancelled = "censored",
    stop_clock: bool = False,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Measure which share of cases is still open after how many days.

    Parameters
    ----------
    cases
        Table "cases".
    by
        Column to group by; every group has a curve.
    days
        Days of 24 hours at which the curves are read. None lists every step.
    as_of, from_, to, start, end, cancelled, stop_clock, confidence
        As for :func:`gridgov.measure_delays`.

    Returns
    -------
    DataFrame, one row a group and step, from day 0 on
        - ``group``: as in :func:`gridgov.measure_delays`.
        - ``after_days``: days since the case began; the share holds until the next row.
        - ``still_open_share``: missing at `days` for which no case was seen.
        - ``still_open_low``, ``still_open_high``: pointwise interval; missing once all are
          closed.
        - ``at_risk``: cases that had been seen open up to then; ``closed``: those closed
          then, or since the row before where `days` are given.

        Without `days` the last row of a curve is the longest time any case was seen.
        ``attrs["as_of"]`` and ``attrs["closing_curves"]`` as in
        :func:`gridgov.measure_delays`.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `cases` has no rows.
    InputError
        If a case ends before it begins, or nothing says when cases are looked at.
    OptionError
        If an option cannot be used.

    Notes
    -----
    Product-limit estimate of Kaplan and Meier with intervals of log(-log share), as in
    :func:`gridgov.measure_delays`.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53(282), 457-481.
       https://doi.org/10.1080/01621459.1958.10501452

    Examples
    --------
    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"] * 2 + ["2017-09-07"], tz="Asia/Shanghai")
    >>> closed = pd.DatetimeIndex(["2017-09-02", "2017-09-05", None], tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"filed_at": filed, "closed_at": closed})
    >>> curve = measure_closing_curves(cases, as_of="2017-09-10")
    >>> curve[["after_days", "still_open_share", "at_risk", "closed"]].round(4)
       after_days  still_open_share  at_risk  closed
    0         0.0            1.0000        3       0
    1         1.0            0.6667        3       1
    2         4.0            0.0000        1       1
    """
    level = check_confidence(confidence)
    asked = None
    if days is not None:
        asked = np.array([days_us(day, "days") for day in days], dtype=np.int64)
        if len(asked) == 0 or (np.diff(asked) <= 0).any():
            raise OptionError(
                f"days must be ascending numbers, such as [1, 3, 7]. Found: {days!r}."
            )
    found = read_durations(
        cases,
        by=by,
        as_of=as_of,
        from_=from_,
        to=to,
        start=start,
        end=end,
        cancelled=cancelled,
        stop_clock=stop_clock,
    )
    parts = []
    for place, (name, curve) in enumerate(
        zip(found.names, group_curves(found, level), strict=True)
    ):
        spans = np.sort(found.spans[found.group == place])
        times = _steps(curve) if asked is None else asked
        share, low, high, before = still_open(curve, times)
        closed = np.r_[0, curve.closed.cumsum()][before]
        parts.append(
            pd.DataFrame(
                {
                    "group": pd.array([name], dtype="str").take(np.zeros(len(times), np.int64)),
                    "after_days": times / DAY_US,
                    "still_open_share": share,
                    "still_open_low": low,
                    "still_open_high": high,
                    "at_risk": len(spans) - np.searchsorted(spans, times),
                    "closed": np.diff(np.r_[0, closed]),
                }
            )
        )
    table = conform(pd.concat(parts, ignore_index=True), "closing_curves")
    return tell(
        table,
        found,
        "closing_curves",
        by=by,
        from_=from_,
        to=to,
        cancelled=cancelled,
        stop_clock=bool(stop_clock),
        confidence=level,
    )


def _steps(curve: Curve) -> NDArray[np.int64]:
    """Return the times of a curve's rows: the beginning, every step and the end."""
    return np.unique(np.r_[0, curve.times, max(curve.end, 0)].astype(np.int64))
