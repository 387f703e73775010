"""Which channel fell silent, where and when.

The question: of all incidents of a street in a period, were so few of one channel that its
own past does not explain it? Comparing with the total keeps a quiet month, a holiday or a
clean-up from looking like a dead hotline. A street that fell silent through all channels
shows in its own row, compared with all streets; a channel that died everywhere in the
rows of the whole.

What the table cannot say: why a channel fell silent. A number may have changed, people may
have moved to an app, or what they used it for may be gone. A slow decline is taken for
dispersion, as the past moves along with it; it is no silence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_whole, conform
from gridgov.coverage.reporting.channel_counts import count_channels
from gridgov.coverage.reporting.count_tails import (
    beta_binomial_tail,
    beta_parameters,
    fit_correlation,
)
from gridgov.errors import OptionError
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.schema.channels import SILENCES

__all__ = ["SILENCE_REASONS", "find_silent_channels"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

SILENCE_REASONS = {
    "periods": "too few earlier periods",
    "never": "no earlier incidents",
    "alone": "nothing to compare with",
    "few_rows": "fewer than 30 rows",
    "few_expected": "too few expected to tell",
}
"""Why a row has no answer; translated in ``taxonomy/terms.csv``."""

_LEVEL, _CAN_TELL = 0.05, 0.10
_LEAST_ROWS = 30


def find_silent_channels(
    located: Any,
    *,
    period: str = "MS",
    by: str | None = "street_id",
    column: str = "channel",
    start: Any = None,
    end: Any = None,
    history: int = 12,
    least_history: int = 3,
    correlation: float | None = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Find periods in which a channel brought far fewer incidents than its past says.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`, with `column` and `times`.
    period
        Calendar period, as for :func:`gridgov.tally`.
    by
        ``"street_id"`` for every street and the whole, None for the whole alone.
    column
        Column of `located` that names the channel.
    start, end
        First instant counted and first instant no longer counted. Let `end` be the end of a
        period: a month that is not over is compared by shares, and yet has less to say.
    history
        How many periods before are compared with, at most.
    least_history
        With fewer periods before, nothing is tested.
    correlation
        See Notes; estimated when None.
    times
        Column that dates an incident, with a zone.

    Returns
    -------
    DataFrame, one row a street, channel and period; the whole first, then street ids
        - ``street_id``: missing for the whole
        - ``channel``: missing for all channels together (streets only, first of each street)
        - ``period``: its start
        - ``incidents``: in the period; ``total_incidents``: of what it is a part of
        - ``earlier_incidents``, ``earlier_total``, ``earlier_periods``: the past
        - ``expected_incidents``: total · earlier / earlier total; ``expected_ratio``
        - ``p_value``: chance of so few or fewer; ``least_p_value``: of none at all
        - ``q_value``: Benjamini-Hochberg among the rows of one kind that can tell
        - ``silence``: ordered: fell silent (q < 0.05 and no incident), fell quiet (q < 0.05),
          not significant, cannot tell (least p above 0.10)
        - ``reason``: why there is no answer

        ``attrs["silent_channels"]`` holds correlation and tests of the three kinds of row: whole
        by channel, street as a whole, street by channel.

    Raises
    ------
    ColumnsError
        If a column is missing, or the times have no zone.
    InputError
        If no incident has a channel, or nothing says which periods.
    OptionError
        If an option cannot be read.

    Notes
    -----
    Null hypothesis: an incident of the period comes through the channel with the same
    probability as before. Given n incidents in the period, A of B + A earlier ones through the
    channel, the number is beta-binomial with mean share A / (A + B + 1); without dispersion
    (ρ = 0) its lower tail is Fisher's exact test, one-sided. Months differ more than that: two
    incidents of one month are alike with an extra correlation ρ, estimated by maximum
    likelihood over all rows of a kind that can be tested. It enters once for the period and
    Σ w² times for the past, w the shares of the earlier periods in A + B.

    True silences are in ρ too, which makes the test cautious; and after `history` silent
    periods silence is the past. The row of a street as a whole counts incidents without a
    channel as well.

    References
    ----------
    .. [1] Skellam, J. G. (1948). A probability distribution derived from the binomial
       distribution by regarding the probability of success as variable between the sets of
       trials. Journal of the Royal Statistical Society B 10(2), 257-261.
       https://doi.org/10.1111/j.2517-6161.1948.tb00014.x

    Examples
    --------
    Video brought 4 of 6 in January and none of 5 in February; Fisher's test: 21 / 462.

    >>> import pandas as pd
    >>> months = ["2017-01-05"] * 6 + ["2017-02-05"] * 5
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF] * 11, "UInt64"), "match": ["inside"] * 11,
    ...     "street_id": ["01"] * 11, "channel": ["video"] * 4 + ["app"] * 7,
    ...     "reported_at": pd.to_datetime(months).tz_localize("Asia/Shanghai")})
    >>> found = find_silent_channels(located, by=None, least_history=1, correlation=0)
    >>> february = found[found["earlier_periods"] == 1]
    >>> print(february[["channel", "incidents", "expected_incidents", "p_value", "silence"]]
    ...       .round(4).to_string(index=False))
    channel  incidents  expected_incidents  p_value     silence
        app          5              1.6667   1.0000 cannot tell
      video          0              3.3333   0.0455 fell silent
    """
    if by not in ("street_id", None):
        raise OptionError(f"by must be 'street_id' or None. Found: {by!r}.")
    if period is None:
        raise OptionError("period must name a calendar start, such as 'MS'. Found: None.")
    window = check_whole(history, option="history", least=1, meaning="periods compared with")
    least = check_whole(
        least_history, option="least_history", least=1, meaning="periods needed before a test"
    )
    if correlation is not None and not _is_share(correlation):
        raise OptionError(
            f"correlation must be None (estimated) or from 0 to below 1. Found: {correlation!r}."
        )
    counted = count_channels(
        located,
        None,
        by="street_id",
        column=column,
        period=period,
        start=start,
        end=end,
        times=times,
    )
    counts = counted.counts.transpose(0, 2, 1)
    streets, channels, periods = counts.shape
    whole = counts.sum(axis=0)
    of_street = counts.sum(axis=1)
    every = of_street + counted.unmarked
    kinds = {"whole": (whole, np.broadcast_to(whole.sum(axis=0), whole.shape))}
    names = np.array(counted.names, dtype=object)
    keys = {"whole": (np.full(channels, None), names)}
    if by is not None:
        ids = np.asarray(counted.streets, dtype=object)
        kinds["street"] = (every, np.broadcast_to(every.sum(axis=0), every.shape))
        kinds["street and channel"] = (
            counts.reshape(-1, periods),
            of_street.repeat(channels, axis=0),
        )
        keys["street"] = (ids, np.full(streets, None))
        keys["street and channel"] = (ids.repeat(channels), np.tile(names, streets))

    parts, record = [], {}
    for kind, (part, total) in kinds.items():
        columns, record[kind] = _test(part, total, window, least, correlation)
        street, channel = (key.repeat(periods) for key in keys[kind])
        when = counted.starts.take(np.tile(np.arange(periods), len(part)))
        parts.append(
            pd.DataFrame({"street_id": street, "channel": channel, "period": when, **columns})
        )
    frame = pd.concat(parts, ignore_index=True)
    # The whole first, the street as a whole before its channels.
    order = np.lexsort(
        (
            np.arange(len(frame)),
            pd.factorize(frame["channel"], sort=True)[0],
            pd.factorize(frame["street_id"], sort=True)[0],
        )
    )
    result = conform(frame.iloc[order].reset_index(drop=True), "silent_channels")
    result.attrs["silent_channels"] = {
        "period": period,
        "history": window,
        "least_history": least,
        "channels": counted.names,
        "left_out": counted.left_out,
        "kinds": record,
    }
    return result


def _test(
    part: Whole, total: Whole, window: int, least: int, correlation: float | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of one kind of row, and its correlation and tests."""
    a, n = _past(part, window), _past(total, window)
    squares = _past(total**2, window)
    before = np.minimum(np.arange(part.shape[1]), window)
    before = np.broadcast_to(before, part.shape).ravel()
    y, now, a, n, squares = (np.asarray(x).ravel() for x in (part, total, a, n, squares))
    scale = 1 + np.divide(squares, n.astype(float) ** 2, out=np.zeros(len(n)), where=n > 0)

    reason = np.full(len(y), None, dtype=object)
    reason[a == n] = SILENCE_REASONS["alone"]
    reason[a == 0] = SILENCE_REASONS["never"]
    reason[before < least] = SILENCE_REASONS["periods"]
    rows = np.flatnonzero((before >= least) & (a > 0) & (a < n))
    informed = rows[now[rows] > 0]
    p, least_p, q, expected, ratio = (np.full(len(y), np.nan) for _ in range(5))
    past = n > 0
    expected[past] = now[past] * (a[past] / n[past])
    np.divide(y, expected, out=ratio, where=expected > 0)
    rho = correlation
    if rho is None and len(informed) < _LEAST_ROWS:
        reason[rows] = SILENCE_REASONS["few_rows"]
        rows = rows[:0]
    elif rho is None:
        rho = fit_correlation(
            y[informed],
            now[informed],
            a[informed],
            (n - a)[informed],
            scale[informed],
        )
    if rows.size and rho is not None:
        alpha, beta = beta_parameters(a[rows], (n - a)[rows], rho, scale[rows])
        p[rows] = beta_binomial_tail(y[rows], now[rows], alpha, beta)
        least_p[rows] = beta_binomial_tail(np.zeros(rows.size), now[rows], alpha, beta)
    can_tell = least_p <= _CAN_TELL
    reason[least_p > _CAN_TELL] = SILENCE_REASONS["few_expected"]
    q[can_tell] = benjamini_hochberg(p[can_tell])
    code = np.full(len(y), -1)
    code[least_p > _CAN_TELL] = SILENCES.index("cannot tell")
    code[can_tell] = SILENCES.index("not significant")
    code[can_tell & (q < _LEVEL)] = SILENCES.index("fell quiet")
    code[can_tell & (q < _LEVEL) & (y == 0)] = SILENCES.index("fell silent")
    columns = {
        "incidents": y,
        "total_incidents": now,
        "earlier_incidents": a,
        "earlier_total": n,
        "earlier_periods": before,
        "expected_incidents": expected,
        "expected_ratio": ratio,
        "p_value": p,
        "least_p_value": least_p,
        "q_value": q,
        "silence": pd.Categorical.from_codes(
            code.tolist(), dtype=pd.CategoricalDtype(SILENCES, ordered=True)
        ),
        "reason": reason,
    }
    return columns, {"correlation": rho, "tests": int(can_tell.sum())}


def _past(counts: Whole, window: int) -> Whole:
    """Return the sums of up to so many periods before each period."""
    ends = np.concatenate([np.zeros((len(counts), 1), np.int64), np.cumsum(counts, axis=1)], 1)
    here = np.arange(counts.shape[1])
    found: Whole = ends[:, here] - ends[:, np.maximum(here - window, 0)]
    return found


def _is_share(value: Any) -> bool:
    """Return whether a value is a number from 0 to below 1."""
    try:
        return not isinstance(value, bool) and 0 <= float(value) < 1
    except (TypeError, ValueError):
        return False
