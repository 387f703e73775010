"""Whether groups close their cases at the same pace, all together and each on its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.delays.durations import Cancelled, read_durations
from gridgov.assessment.delays.grouped_curves import tell
from gridgov.assessment.delays.logrank import log_rank
from gridgov.checks import conform
from gridgov.errors import InputError
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["compare_delays"]


def compare_delays(
    cases: pd.DataFrame,
    *,
    by: str,
    as_of: Any = None,
    from_: str = "filed_at",
    to: str = "closed_at",
    start: Any = None,
    end: Any = None,
    cancelled: Cancelled = "censored",
    stop_clock: bool = False,
) -> pd.DataFrame:
    """Test whether groups close their cases at the same pace.

    Parameters
    ----------
    cases
        Table "cases"; those whose group is missing take no part.
    by
        Column of the groups, such as ``"street_id"``.
    as_of, from_, to, start, end, cancelled, stop_clock
        As for :func:`gridgov.measure_delays`.

    Returns
    -------
    DataFrame, one row for all groups at once, then one a group
        - ``group``: missing for all at once.
        - ``against``: ``each other`` for all at once, ``the others`` for one group.
        - ``cases``: those that began; ``closed``: those closed.
        - ``expected_closed``: how many had been closed at the pace of all; more closed than
          expected is faster.
        - ``statistic``, ``freedom``: log-rank chi-square and its degrees of freedom.
        - ``p_value``: unadjusted; missing where nothing was to be compared.
        - ``q_value``: Benjamini-Hochberg among the groups; for all at once the p-value.

        ``attrs["as_of"]`` and ``attrs["delay_tests"]`` say how the table was made.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `cases` has no rows.
    InputError
        If there are fewer than two groups with cases, or a case ends before it begins.
    OptionError
        If an option cannot be used.

    Notes
    -----
    Null hypothesis: at every time, open cases of all groups are as likely to be closed. The
    log-rank test [1]_ sees best a pace that differs by a constant factor. It compares what
    the groups were given as it is: a street with harder cases is slower.

    References
    ----------
    .. [1] Mantel, N. (1966). Evaluation of survival data and two new rank order statistics
       arising in its consideration. Cancer Chemotherapy Reports 50(3), 163-170.

    Examples
    --------
    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"] * 4, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({
    ...     "street_id": ["01", "01", "02", "02"], "filed_at": filed,
    ...     "closed_at": filed + pd.to_timedelta([1, 2, 3, 4], unit="D")})
    >>> found = compare_delays(cases, by="street_id")
    >>> found[["group", "closed", "expected_closed", "statistic", "p_value"]].round(4)
      group  closed  expected_closed  statistic  p_value
    0   NaN       4           4.0000     2.8824   0.0896
    1    01       2           0.8333     2.8824   0.0896
    2    02       2           3.1667     2.8824   0.0896
    """
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
    named = [name for name in found.names if name is not None]
    rows = found.group < len(named)
    group = found.group[rows]
    numbers = np.bincount(group, minlength=len(named))
    if np.count_nonzero(numbers) < 2:
        raise InputError(
            f"Groups are compared with each other. Found: {np.count_nonzero(numbers)} group with "
            f"cases in {by!r}. Take a column with two or more."
        )
    test = log_rank(found.spans[rows], found.closed[rows], group, len(named))
    free = ~np.isnan(test.own_p)
    frame = pd.DataFrame(
        {
            "group": pd.array([None, *named], dtype="str"),
            "against": ["each other"] + ["the others"] * len(named),
            "cases": np.r_[numbers.sum(), numbers],
            "closed": np.r_[test.closed.sum(), test.closed],
            "expected_closed": np.r_[test.expected.sum(), test.expected],
            "statistic": np.r_[test.statistic, test.own],
            "freedom": np.r_[test.freedom, free.astype(np.int64)],
            "p_value": np.r_[test.p_value, test.own_p],
            "q_value": np.r_[test.p_value, benjamini_hochberg(test.own_p)],
        }
    )
    return tell(
        conform(frame, "delay_tests"),
        found,
        "delay_tests",
        by=by,
        from_=from_,
        to=to,
        cancelled=cancelled,
        stop_clock=bool(stop_clock),
        without_group=int((~rows).sum()),
    )
