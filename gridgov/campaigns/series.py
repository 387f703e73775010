"""A campaign period by period: what was counted, and what the control says was to be expected.

The two numbers of a campaign, before and after, hide whether the fall came with the work,
long before it, or in one odd month. The series shows it with the same cells and the same
days: matched controls count, within the time before, only in the weeks by which they were
not chosen, and their sums are those of :func:`gridgov.evaluate_campaign`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.campaigns.campaign import set_up
from gridgov.campaigns.matching import MATCH_ON
from gridgov.campaigns.roles import BUFFER, BUFFER_CONTROL, CONTROL, ROLES, TREATED
from gridgov.campaigns.units import Records, Units, count_units, read_records
from gridgov.campaigns.windows import Windows
from gridgov.checks import conform
from gridgov.hotspots.poisson_intervals import count_interval
from gridgov.place.periods import period_end, read_range
from gridgov.schema.campaign_series import WINDOWS

__all__ = ["campaign_series"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_DAY_US = 86_400_000_000
_WEEK_US = 7 * _DAY_US
_LEAST_WEEKS = 8
_AGAINST = {TREATED: CONTROL, BUFFER: BUFFER_CONTROL}


def campaign_series(
    located: Any,
    grid: Any,
    *,
    treated: Any,
    before: Any,
    after: Any,
    category: str | Sequence[str] | None = None,
    name: str = "campaign",
    controls: Any = 5,
    buffer_rings: int = 2,
    exclude: Any = None,
    match_on: str | Sequence[str] = MATCH_ON,
    times: str = "reported_at",
    period: str = "MS",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Count a campaign's incidents period by period, beside what its control says to expect.

    Parameters
    ----------
    located, grid, treated, before, after, category, name, controls, buffer_rings, exclude, \
match_on, times
        As in :func:`gridgov.evaluate_campaign`: the same options give the same cells.
    period
        Calendar period as in :func:`gridgov.tally`. One that a time before or after begins or
        ends in is parted there.
    confidence
        Probability of the intervals, 0.5 to below 1.

    Returns
    -------
    DataFrame
        One row a role and period, from the first day of the records to the last.

        - ``campaign``, ``role``: treated, buffer, control, buffer_control, where there are any.
        - ``period``, ``until``: first instant, and first instant after it.
        - ``window``: ``earlier``, ``before``, ``between`` (the work itself), ``after`` or
          ``later``.
        - ``period_days``, ``incidents``: days in which incidents count, and these. Matched
          controls count before only in the weeks by which they were not chosen.
        - ``area_km2``: of the role.
        - ``incidents_per_30_days``, ``incidents_per_30_days_low``,
          ``incidents_per_30_days_high``: with the exact Poisson interval of the count.
        - ``expected_per_30_days``: of treated and buffer, their rate before times what the rate
          of their control is over its own before; the rate before alone without a control.

        ``attrs["campaign_series"]`` holds the settings.

    Raises
    ------
    ColumnsError, EmptyTableError, InputError, OptionError, GeometryError, DatumError
        As :func:`gridgov.evaluate_campaign`.

    Notes
    -----
    Incidents and days of a window add up to those of :func:`gridgov.evaluate_campaign`, so
    that the treated rate after over the mean of the expected one is its rate ratio.

    Examples
    --------
    Two cells: 6 incidents and then 2 in the treated one, 4 and 4 in the other.

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "area_km2": [0.1, 0.1]})
    >>> days = pd.to_datetime(["2016-04-10"] * 10 + ["2016-06-10"] * 6).tz_localize("UTC")
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([a] * 6 + [b] * 4 + [a] * 2 + [b] * 4, "UInt64"),
    ...     "match": "inside", "reported_at": days})
    >>> series = campaign_series(located, grid, treated=[a], controls=[b], buffer_rings=0,
    ...     before=("2016-04-01", "2016-05-01"), after=("2016-06-01", "2016-07-01"))
    >>> columns = ["window", "incidents", "incidents_per_30_days", "expected_per_30_days"]
    >>> series.loc[series["role"] == "treated", columns].values.tolist()
    [['before', 6, 6.0, 6.0], ['between', 0, 0.0, 0.0], ['after', 2, 2.0, 6.0]]
    """
    setup = set_up(
        located,
        treated=treated,
        before=before,
        after=after,
        category=category,
        name=name,
        controls=controls,
        buffer_rings=buffer_rings,
        exclude=exclude,
        match_on=match_on,
        times=times,
        period=period,
        confidence=confidence,
    )
    records = read_records(located, grid, category=category, times=times)
    units = count_units(records, setup.treated, setup.windows, **setup.choices())
    edges = _edges(records, setup.windows, setup.period)
    window = np.searchsorted(setup.windows.instants, edges[:-1], side="right")
    counts, days = _counts(records, units, setup.windows, edges, window)
    there = [role for role in range(len(ROLES) - 1) if (units.role == role).any()]
    per_30 = np.divide(30.0, days, out=np.full(days.shape, np.nan), where=days > 0)
    low, high = count_interval(counts, level=setup.confidence)
    zone = setup.windows.moments[0].tzinfo
    moments = pd.DatetimeIndex(edges.view("datetime64[us]"), tz="UTC").tz_convert(zone)
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "campaign": setup.name,
                    "role": ROLES[role],
                    "period": moments[:-1],
                    "until": moments[1:],
                    "window": [WINDOWS[place] for place in window.tolist()],
                    "period_days": days[role],
                    "incidents": counts[role],
                    "area_km2": float(units.area_km2[units.role == role].sum()),
                    "incidents_per_30_days": counts[role] * per_30[role],
                    "incidents_per_30_days_low": low[role] * per_30[role],
                    "incidents_per_30_days_high": high[role] * per_30[role],
                    "expected_per_30_days": _expected(role, there, counts, days, window),
                }
            )
            for role in there
        ],
        ignore_index=True,
    )
    table = conform(frame, "campaign_series")
    table.attrs["campaign_series"] = {**setup.told(), "compared_with": units.compared_with}
    return table


def _edges(records: Records, windows: Windows, freq: str) -> Ints:
    """Return where periods or windows begin, and where the last ends, by whole days."""
    zone = windows.moments[0].tzinfo
    ends = np.array([records.first, records.last], dtype=np.int64)
    days = read_range(ends, freq="D", start=None, end=None, zone=zone).starts
    after = _instant(period_end(days[-1], "D"))
    first, last = min(int(days.asi8[0]), windows.instants[0]), max(after, windows.instants[3])
    starts = read_range(
        np.array([first, last - 1]), freq=freq, start=None, end=None, zone=zone
    ).starts.asi8
    edges = np.unique(np.concatenate([starts, windows.instants, [first, last]]))
    return np.asarray(edges[(edges >= first) & (edges <= last)], dtype=np.int64)


def _counts(
    records: Records, units: Units, windows: Windows, edges: Ints, window: Ints
) -> tuple[Ints, Floats]:
    """Return the incidents of every role and period, and in how many days they count."""
    role = units.role[units.unit]
    split = np.array([units.split(one) for one in range(len(ROLES))])
    before, _ = windows.holds(records.instants)
    held = ~before | units.measured | ~split[role]
    piece = np.searchsorted(edges, records.instants, side="right") - 1
    size = len(edges) - 1
    counts = np.bincount(role[held] * size + piece[held], minlength=len(ROLES) * size)
    whole = np.diff(edges) / _DAY_US
    first, second = windows.instants[:2]
    part = np.diff(_measured_us(np.clip(edges, first, second) - first, second - first)) / _DAY_US
    parted = np.where(window == 1, part, whole)
    days = np.where(split[:, None], parted[None, :], whole[None, :])
    return counts.reshape(len(ROLES), size), days


def _measured_us(passed: Ints, length: int) -> Ints:
    """Return how much of a time, up to a moment of it, is of weeks that chose no control.

    Every second week chooses and the others count, days where there are few weeks: the turns
    of :mod:`gridgov.campaigns.units`, to which a test holds these.
    """
    turn = _WEEK_US if length >= _LEAST_WEEKS * _WEEK_US else _DAY_US
    turn = min(turn, length // 2)
    turns, rest = passed // turn, passed % turn
    counted: Ints = turns // 2 * turn + np.where(turns % 2 == 1, rest, 0)
    return counted


def _expected(role: int, there: Sequence[int], counts: Ints, days: Floats, window: Ints) -> Floats:
    """Return the rate of every period, had a role gone as its control; missing for controls."""
    unknown = np.full(len(window), np.nan)
    if role not in _AGAINST:
        return unknown
    before = window == 1
    level = float(counts[role][before].sum() / days[role][before].sum() * 30)
    against = _AGAINST[role]
    if against not in there:
        return np.full(len(window), level) if role == TREATED else unknown
    told, over = float(counts[against][before].sum()), float(days[against][before].sum())
    if not told:
        return unknown
    known = days[against] > 0
    found: Floats = np.divide(
        level * counts[against] * over, told * days[against], out=unknown, where=known
    )
    return found


def _instant(moment: pd.Timestamp) -> int:
    """Return a moment as microseconds since 1970 UTC."""
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])
