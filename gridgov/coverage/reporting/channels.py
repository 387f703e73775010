"""Through which channels a place speaks, and whether it hangs on one of them.

Entropy says how even the mix is: 0 bits when everything comes through one channel, log2 K
when K channels bring equal parts. A place that hangs on one channel falls silent with it.
What the numbers cannot say: whether a channel is used little or answered little. Few
incidents look uneven by chance: with n incidents and m channels the entropy comes out
about (m - 1) / (2 n ln 2) bits too low, so compare places with like numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv

from gridgov.checks import check_whole, conform
from gridgov.coverage.reporting.channel_counts import Unit, count_channels, unit_columns
from gridgov.errors import OptionError

__all__ = ["measure_channel_shares", "measure_channels"]

Floats = NDArray[np.float64]

_CONFIDENCE = 0.95


def measure_channels(
    located: Any,
    grid: Any = None,
    *,
    by: Unit | None = "cell",
    column: str = "channel",
    period: str | None = None,
    start: Any = None,
    end: Any = None,
    dependence: float = 0.8,
    least_incidents: int = 10,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Measure the mix of channels of every cell or street.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`, with `column`.
    grid
        Table of :func:`gridgov.make_grid`: every cell of it, and every street that it names,
        has a row. None lists the places that have incidents.
    by
        ``"cell"``, ``"street_id"`` (the street of the incidents), or None for the whole.
    column
        Column of `located` that names the channel.
    period, start, end, times
        Calendar periods and range, as for :func:`gridgov.tally`; None takes all times.
    dependence
        A place depends on one channel when the main channel's share reaches this, above 0
        to 1, ...
    least_incidents
        ... among at least so many incidents.

    Returns
    -------
    DataFrame, one row a place and period, in the order of cells or street ids
        - ``cell``, ``street_id``, ``period``: missing where they do not apply
        - ``incidents``: all of them; ``channel_incidents``: those with a channel
        - ``channels``: channels that reported any
        - ``entropy_bits``: H; ``entropy_share``: H / log2 K, K the channels of the table
        - ``main_channel``, ``main_share``: missing without incidents
        - ``main_share_low``: exact lower limit of that share, 95 % one-sided
        - ``depends_on_one``: see `dependence`

        ``attrs["channels"]`` holds the channels, both thresholds and what was left out.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If no incident has a channel, or resolutions differ.
    OptionError
        If an option does not exist.

    Notes
    -----
    ``H = -Σ p log2 p`` over the shares p of the channels [1]_. Incidents without a channel are
    counted and take no part in shares. The lower limit is Clopper and Pearson's for one
    channel; chosen as the largest, the main channel's share is somewhat flattered.

    References
    ----------
    .. [1] Shannon, C. E. (1948). A mathematical theory of communication. Bell System
       Technical Journal 27(3), 379-423.
       https://doi.org/10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    A street with two halves, a street that only the hotline reports, all channels together
    three, so that the greatest entropy is log2 3 = 1.585:

    >>> import pandas as pd
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF] * 6, "UInt64"), "match": ["inside"] * 6,
    ...     "street_id": ["01"] * 4 + ["02"] * 2,
    ...     "channel": ["app", "video", "app", "video", "hotline", "hotline"]})
    >>> mix = measure_channels(located, by="street_id", least_incidents=2)
    >>> mix[["street_id", "entropy_bits", "entropy_share", "main_channel", "depends_on_one"]]
      street_id  entropy_bits  entropy_share main_channel  depends_on_one
    0        01           1.0        0.63093          app           False
    1        02           0.0        0.00000      hotline            True
    """
    threshold = _share(dependence)
    least = check_whole(
        least_incidents, option="least_incidents", least=1, meaning="fewer say nothing"
    )
    counted = count_channels(
        located, grid, by=by, column=column, period=period, start=start, end=end, times=times
    )
    counts = counted.counts.reshape(-1, len(counted.names))
    marked = counts.sum(axis=1)
    share = _shares(counts, marked)
    any_ = marked > 0
    terms = np.where(share > 0, share * np.log2(np.where(share > 0, share, 1.0)), 0.0)
    # Adding 0 turns the -0.0 of a single channel into 0.
    bits = np.where(any_, -terms.sum(axis=1) + 0.0, np.nan)
    main = counts.argmax(axis=1)
    most = counts.max(axis=1)
    greatest = np.log2(len(counted.names))
    main_share = np.where(any_, share[np.arange(len(main)), main], np.nan)
    names = np.array(counted.names, dtype=object)
    frame = pd.DataFrame(
        {
            **unit_columns(counted),
            "incidents": marked + counted.unmarked.ravel(),
            "channel_incidents": marked,
            "channels": (counts > 0).sum(axis=1),
            "entropy_bits": bits,
            "entropy_share": np.minimum(bits / greatest, 1.0) if greatest > 0 else bits,
            "main_channel": np.where(any_, names[main], None),
            "main_share": main_share,
            "main_share_low": _low(most, marked),
            "depends_on_one": (main_share >= threshold) & (marked >= least),
        }
    )
    result = conform(frame, "channel_mix")
    result.attrs["channels"] = {
        "channels": counted.names,
        "dependence": threshold,
        "least_incidents": least,
        "left_out": counted.left_out,
    }
    return result


def measure_channel_shares(
    located: Any,
    grid: Any = None,
    *,
    by: Unit | None = "cell",
    column: str = "channel",
    period: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Measure the share of every channel in every cell or street, zeros kept.

    Parameters
    ----------
    located, grid, by, column, period, start, end, times
        As for :func:`gridgov.measure_channels`.

    Returns
    -------
    DataFrame, one row a place, period and channel
        - ``cell``, ``street_id``, ``period``: missing where they do not apply
        - ``channel``
        - ``incidents``: through it, 0 is kept
        - ``channel_share``: among the incidents of the place with a channel
        - ``whole_share``: the same of all places together in the period

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If no incident has a channel, or resolutions differ.
    OptionError
        If an option does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF] * 4, "UInt64"), "match": ["inside"] * 4,
    ...     "street_id": ["01", "01", "01", "02"], "channel": ["app", "app", "app", "video"]})
    >>> shares = measure_channel_shares(located, by="street_id")
    >>> shares[["street_id", "channel", "incidents", "channel_share", "whole_share"]]
      street_id channel  incidents  channel_share  whole_share
    0        01     app          3            1.0         0.75
    1        01   video          0            0.0         0.25
    2        02     app          0            0.0         0.75
    3        02   video          1            1.0         0.25
    """
    counted = count_channels(
        located, grid, by=by, column=column, period=period, start=start, end=end, times=times
    )
    number = len(counted.names)
    counts = counted.counts.reshape(-1, number)
    whole = counted.counts.sum(axis=0)
    of_all = _shares(whole, whole.sum(axis=1))
    frame = pd.DataFrame(
        {
            **unit_columns(counted, repeats=number),
            "channel": np.tile(np.array(counted.names, dtype=object), len(counts)),
            "incidents": counts.ravel(),
            "channel_share": _shares(counts, counts.sum(axis=1)).ravel(),
            "whole_share": np.tile(of_all.ravel(), len(counted.streets)),
        }
    )
    result = conform(frame, "channel_shares")
    result.attrs["channels"] = {"channels": counted.names, "left_out": counted.left_out}
    return result


def _shares(counts: NDArray[np.int64], total: NDArray[np.int64]) -> Floats:
    """Return counts by their total, NaN where there are none."""
    empty = np.full(counts.shape, np.nan)
    found: Floats = np.divide(counts, total[:, None], out=empty, where=total[:, None] > 0)
    return found


def _low(most: NDArray[np.int64], total: NDArray[np.int64]) -> Floats:
    """Return the exact lower limit of a share, one-sided."""
    low = np.full(len(total), np.nan)
    known = total > 0
    low[known] = betaincinv(most[known], total[known] - most[known] + 1, 1 - _CONFIDENCE)
    return low


def _share(value: Any) -> float:
    """Return a threshold above 0 and up to 1."""
    try:
        fits = not isinstance(value, bool) and 0 < float(value) <= 1
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise OptionError(
            f"dependence must be a share above 0 and up to 1: 0.8 is four in five. Found: "
            f"{value!r}."
        )
    return float(value)
