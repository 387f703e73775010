"""Days without a visit, what they weigh, and which cells are free to be visited again.

A cell's score is multiplied by 1 + `gap_weight` * min(gap / `gap_days`, 1): by 1 for a cell
left a moment ago, by 1 + `gap_weight` for one not seen for `gap_days` or longer, evenly between.
A cell where nothing is expected stays at 0 however long nobody was there. A cell that the plan
itself visits is free again when `repeat_days` have gone by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, InputError
from gridgov.place.periods import read_moment

__all__ = ["Gaps", "begin_of", "check_patrols", "no_gaps", "read_gaps"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Gaps:
    """Days without a visit, day by day of a plan.

    Attributes
    ----------
    known
        Whether there is a record of visits; without one nothing is weighed.
    first
        Days without a visit when the plan begins, by cell; NaN where not known.
    planned
        The day on which the plan last visits each cell, -inf for never. Written by
        :meth:`visit`.
    weight, full_days, repeat_days
        The rule, see the module.
    """

    known: bool
    first: Floats
    planned: Floats
    weight: float
    full_days: float
    repeat_days: int

    def days(self, day: int) -> Floats:
        """Return the days without a visit at the start of a day of the plan, the first is 0."""
        since = day - self.planned
        return np.where(np.isfinite(since), since, self.first + day)

    def weights(self, day: int) -> Floats:
        """Return what the score of every cell is multiplied by."""
        if not self.known:
            return np.ones(len(self.first))
        # Never seen and nobody knows for how long: as long as counts.
        gap = np.nan_to_num(self.days(day), nan=self.full_days)
        return np.asarray(1 + self.weight * np.minimum(gap / self.full_days, 1.0))

    def free(self, day: int) -> NDArray[np.bool_]:
        """Return which cells the plan may visit on a day."""
        return np.asarray(day - self.planned >= self.repeat_days)

    def visit(self, day: int, cells: Places) -> None:
        """Note that the plan visits cells on a day."""
        self.planned[cells] = day


def no_gaps(cells: int, *, repeat_days: int) -> Gaps:
    """Return the gaps where no visits are known."""
    return Gaps(False, np.full(cells, np.nan), np.full(cells, -np.inf), 0.0, 1.0, repeat_days)


def read_gaps(
    patrols: Any,
    cells: NDArray[np.uint64],
    begin: pd.Timestamp,
    *,
    weight: float,
    full_days: float,
    repeat_days: int,
) -> Gaps:
    """Return the gaps at the beginning of a plan.

    Parameters
    ----------
    patrols
        Table of :func:`gridgov.measure_patrols`.
    cells
        The cells of the grid, ascending.
    begin
        When the plan begins.
    weight, full_days, repeat_days
        The rule, see the module.

    Raises
    ------
    ColumnsError
        If a column is missing, the visits are no times with a zone, or a cell is listed twice.
    InputError
        If cells of the grid are not listed, or a visit is later than the beginning of the plan.
    """
    listed = patrols["cell"].to_numpy(dtype=np.uint64)
    if len(np.unique(listed)) < len(listed):
        raise ColumnsError(
            f"patrols must have one row a cell. Found: {len(listed) - len(np.unique(listed)):,} "
            "rows too many. gridgov.measure_patrols(...) makes such a table."
        )
    absent = np.flatnonzero(~np.isin(cells, listed))
    if absent.size:
        raise InputError(
            f"patrols must list every cell of the grid. Found: {absent.size:,} of {len(cells):,} "
            f"cells not there, the first is {int(cells[absent[0]]):x}. Measure the patrols on the "
            "same grid, with the same resolution: gridgov.measure_patrols(tracks, grid)."
        )
    order = np.argsort(listed, kind="stable")
    rows = order[np.searchsorted(listed[order], cells)]
    last = pd.DatetimeIndex(patrols["last_visit_at"]).as_unit("us").take(rows)
    seen = last.notna()
    late = np.flatnonzero(seen & np.asarray(last > begin))
    if late.size:
        raise InputError(
            "The plan must begin after the visits that it knows. Found: "
            f"{late.size:,} {'cells' if late.size > 1 else 'cell'} visited later than "
            f"{begin.isoformat()}, the first is {int(cells[late[0]]):x}, visited until "
            f"{last[late[0]].isoformat()}. Give a later start=, or measure the patrols until then."
        )
    moment = int(pd.DatetimeIndex([begin]).as_unit("us").asi8[0])
    gap = np.where(seen, (moment - last.asi8) / _DAY_US, np.nan)
    since = _bounds(patrols).get("start")
    if since is not None:
        # Never visited in the period: not seen for that long at least.
        whole = (moment - pd.DatetimeIndex([pd.Timestamp(since)]).as_unit("us").asi8[0]) / _DAY_US
        gap = np.where(seen, gap, whole)
    return Gaps(True, gap, np.full(len(cells), -np.inf), weight, full_days, repeat_days)


def check_patrols(patrols: Any) -> Any:
    """Return the zone of the visits of a table of patrols."""
    check_table(patrols, "patrols", columns=["cell", "last_visit_at"])
    kind = patrols["last_visit_at"].dtype
    if not isinstance(kind, pd.DatetimeTZDtype):
        raise ColumnsError(
            f"patrols.last_visit_at must hold times with a zone. Found: dtype {kind}. "
            "gridgov.measure_patrols(...) makes such a column."
        )
    return kind.tz


def begin_of(start: Any, patrols: Any, timezone: str | None) -> pd.Timestamp | None:
    """Return the midnight with which a plan begins, None for a plan without dates.

    Raises
    ------
    InputError
        If patrols are given and nothing says when the plan begins, or a date has no zone.
    """
    zone = timezone if patrols is None else check_patrols(patrols)
    if start is None:
        if patrols is None:
            return None
        end = _bounds(patrols).get("end")
        if end is None:
            raise InputError(
                "A plan that weighs days without a visit must know when it begins. Found: no "
                "start=, and patrols do not say when they end; joining tables or reading them from "
                "a file loses it. Give start=."
            )
        last = pd.Timestamp(end).tz_convert(zone)
        return _midnight(last if last == last.normalize() else last + pd.Timedelta(days=1))
    moment = read_moment(start, "start", zone)
    if moment.tzinfo is None:
        raise InputError(
            f"A plan with dates must know their zone. Found: start {start!r} without one. Give "
            "timezone=, such as timezone='Asia/Shanghai', or a Timestamp with a zone."
        )
    return _midnight(moment if zone is None else moment.tz_convert(zone))


def _midnight(moment: pd.Timestamp) -> pd.Timestamp:
    """Return the first instant of a moment's date."""
    day = moment.tz_localize(None).normalize()
    return day.tz_localize(moment.tzinfo, ambiguous=True, nonexistent="shift_forward")


def _bounds(patrols: Any) -> dict[str, Any]:
    """Return what a table of patrols says about its period."""
    return dict(patrols.attrs.get("patrol") or {})
