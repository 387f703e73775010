"""How long cases stay open, by group: medians, quartiles, means and curves.

Cases that are still open count for as long as they have been open. A street that closes its
easy cases and lets the rest lie has a short mean over the closed ones and a long curve here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.delays.durations import DAY_US, HOUR_US, Cancelled, read_durations
from gridgov.assessment.delays.grouped_curves import days_us, group_curves, tell
from gridgov.assessment.delays.survival import Curve, quantile, restricted_mean, still_open
from gridgov.checks import check_confidence, conform
from gridgov.errors import OptionError

__all__ = ["measure_delays"]

_SHARE_DAYS = (1, 3, 7, 30)


def measure_delays(
    cases: pd.DataFrame,
    *,
    by: str | None = None,
    as_of: Any = None,
    from_: str = "filed_at",
    to: str = "closed_at",
    start: Any = None,
    end: Any = None,
    cancelled: Cancelled = "censored",
    stop_clock: bool = False,
    horizon_days: float = 30,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Measure how long cases stay open, open ones counted for as long as they have been.

    Parameters
    ----------
    cases
        Table "cases".
    by
        Column to group by, such as ``"street_id"``, ``"department"`` or ``"category"``.
    as_of
        The moment at which cases are looked at. When None what ``cases.attrs["as_of"]``
        says, else the latest time of any stage.
    from_, to
        Columns of times between which a case is open, such as ``"dispatched_at"`` and
        ``"handled_at"``.
    start, end
        Only cases that began from `start` on and before `end`; None for no limit.
    cancelled
        ``"censored"``: a cancelled case counts as open until it was struck out.
        ``"excluded"``: it does not count. Either way it is never taken as closed.
    stop_clock
        Whether suspensions (挂账) do not count as time open.
    horizon_days
        Length of the restricted mean, days of 24 hours.
    confidence
        Probability of the intervals, 0.5 to below 1.

    Returns
    -------
    DataFrame, one row a group
        - ``group``: value of `by`; missing without `by`, and for the cases whose value is
          missing, which come last.
        - ``cases``: those that began; ``closed``, ``cancelled``, ``open``: what became of
          them.
        - ``lower_quartile_h``, ``median_h``, ``upper_quartile_h``: hours after which a
          quarter, half and three quarters are closed; missing where so many are not yet.
          ``median_low_h``, ``median_high_h``: interval of the median.
        - ``restricted_mean_h``: mean hours open within the first `horizon_days`, and its
          interval ``restricted_mean_low_h``, ``restricted_mean_high_h``.
        - ``closed_1d_share``, ``closed_3d_share``, ``closed_7d_share``,
          ``closed_30d_share``: closed within so many days; missing where no case was seen
          for so long.
        - ``reason``: ``no_cases``, ``median_not_reached`` or ``follow_up_too_short`` (for
          the restricted mean), the first that holds.

        ``attrs["as_of"]`` is the moment, ``attrs["delays"]`` how the table was made and
        which cases were left out.

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
    Product-limit estimate [1]_ with intervals of log(-log share); the interval of the median
    is Brookmeyer and Crowley's [2]_, that of the restricted mean normal [3]_. The median is
    the first time at which half are closed. Censoring is taken to say nothing about how much
    longer a case would have taken: cases that are cancelled or suspended because they are
    hard break that, and the curve is then too fast.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
       observations. Journal of the American Statistical Association 53(282), 457-481.
       https://doi.org/10.1080/01621459.1958.10501452
    .. [2] Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median
       survival time. Biometrics 38(1), 29-41. https://doi.org/10.2307/2530286
    .. [3] Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time. BMC
       Medical Research Methodology 13, 152. https://doi.org/10.1186/1471-2288-13-152

    Examples
    --------
    Closed after one, two and four days; one open for three days so far. At two days half are
    closed, and the mean of the first four is 1 + 0.75 + 2 · 0.5 days:

    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"] * 3 + ["2017-09-07"], tz="Asia/Shanghai")
    >>> closed = pd.DatetimeIndex(["2017-09-02", "2017-09-03", "2017-09-05", None],
    ...                           tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"filed_at": filed, "closed_at": closed})
    >>> delays = measure_delays(cases, as_of="2017-09-10", horizon_days=4)
    >>> delays[["cases", "open", "median_h", "restricted_mean_h", "closed_3d_share"]]
       cases  open  median_h  restricted_mean_h  closed_3d_share
    0      4     1      48.0               66.0              0.5
    """
    level = check_confidence(confidence)
    horizon = days_us(horizon_days, "horizon_days")
    if horizon == 0:
        raise OptionError("horizon_days must be above 0: the mean is over so many days. Found: 0.")
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
    groups = len(found.names)
    rows = [_row(curve, horizon, level) for curve in group_curves(found, level)]
    open_ = ~found.closed & ~found.cancelled
    frame = pd.DataFrame(rows).assign(
        group=pd.array(found.names, dtype="str"),
        cases=np.bincount(found.group, minlength=groups),
        closed=np.bincount(found.group[found.closed], minlength=groups),
        cancelled=np.bincount(found.group[found.cancelled], minlength=groups),
        open=np.bincount(found.group[open_], minlength=groups),
    )
    return tell(
        conform(frame, "delays"),
        found,
        "delays",
        by=by,
        from_=from_,
        to=to,
        cancelled=cancelled,
        stop_clock=bool(stop_clock),
        confidence=level,
        horizon_days=horizon / DAY_US,
    )


def _row(curve: Curve, horizon: int, confidence: float) -> dict[str, Any]:
    """Return the numbers of one group."""
    median, low, high = quantile(curve, 0.5)
    mean = restricted_mean(curve, horizon, confidence=confidence)
    days = np.array([day * DAY_US for day in _SHARE_DAYS], dtype=np.int64)
    within = 1 - still_open(curve, days)[0]
    reason = None
    if curve.end < 0:
        reason = "no_cases"
    elif np.isnan(median):
        reason = "median_not_reached"
    elif np.isnan(mean[0]):
        reason = "follow_up_too_short"
    return {
        "lower_quartile_h": quantile(curve, 0.25)[0] / HOUR_US,
        "median_h": median / HOUR_US,
        "median_low_h": low / HOUR_US,
        "median_high_h": high / HOUR_US,
        "upper_quartile_h": quantile(curve, 0.75)[0] / HOUR_US,
        "restricted_mean_h": mean[0] / HOUR_US,
        "restricted_mean_low_h": mean[1] / HOUR_US,
        "restricted_mean_high_h": mean[2] / HOUR_US,
        "reason": reason,
    } | {f"closed_{day}d_share": share for day, share in zip(_SHARE_DAYS, within, strict=True)}
