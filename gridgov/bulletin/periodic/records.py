"""What bulletins are made from, checked once, and what several of them share.

A year of bulletins for nine streets asks for the same tables over and over: the ranking of
September is one table for ten bulletins, and its figure one figure. Whatever depends on the
records and the period alone is made once and kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.as_of import case_zone
from gridgov.checks import check_table
from gridgov.errors import ColumnsError, OptionError
from gridgov.place.periods import read_instants
from gridgov.sources.street_lookup import street_ids

__all__ = ["Records", "find_street", "read_records"]


@dataclass(frozen=True, slots=True)
class Records:
    """The tables of bulletins.

    Attributes
    ----------
    incidents
        Table "located".
    grid, jurisdictions
        The tables of these names.
    cases
        Table "cases"; None without one.
    inventory, campaigns, standing, events, calendar
        What else was given; None without.
    scheme, weights
        How streets are scored, see :func:`gridgov.assess`.
    set_aside, cases_set_aside
        Rows that could not be read, or None.
    zone
        Time zone of the incidents.
    instants, timed
        Their times, µs since 1970 UTC, and which have one.
    names
        Names of the streets by id.
    seed
        Of what is drawn at random.
    told
        What reading said of the sources of incidents and cases: names, rows.
    made
        What was made and is shared.
    """

    incidents: Any
    grid: Any
    jurisdictions: Any
    cases: pd.DataFrame | None
    inventory: pd.DataFrame | None
    campaigns: pd.DataFrame | None
    standing: pd.DataFrame | None
    events: pd.DataFrame | None
    calendar: Any
    scheme: Any
    weights: Mapping[str, float] | None
    set_aside: pd.DataFrame | None
    cases_set_aside: pd.DataFrame | None
    zone: Any
    instants: NDArray[np.int64]
    timed: NDArray[np.bool_]
    names: Mapping[str, str]
    seed: int
    told: Mapping[str, Mapping[str, Any]]
    made: dict[Any, Any] = field(default_factory=dict)

    def shared(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what was made under a key; make it when it is asked for first."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def forget(self) -> None:
        """Let go of everything that was made."""
        self.made.clear()

    def within(self, start: pd.Timestamp, end: pd.Timestamp) -> NDArray[np.bool_]:
        """Return which incidents were reported from `start` on and before `end`."""
        first, last = (
            int(one) for one in pd.DatetimeIndex([start, end]).as_unit("us").asi8.tolist()
        )
        return self.timed & (self.instants >= first) & (self.instants < last)

    def street(self, street_id: str) -> NDArray[np.bool_]:
        """Return which incidents lie in a street."""
        found: NDArray[np.bool_] = np.asarray(self.incidents["street_id"] == street_id)
        return found

    @property
    def first(self) -> pd.Timestamp | None:
        """Return the time of the first report."""
        return self._moment(np.min)

    @property
    def last(self) -> pd.Timestamp | None:
        """Return the time of the last report."""
        return self._moment(np.max)

    def _moment(self, end: Any) -> pd.Timestamp | None:
        if not self.timed.any():
            return None
        return pd.Timestamp(int(end(self.instants[self.timed])), unit="us", tz="UTC").tz_convert(
            self.zone
        )

    def covers(self, start: pd.Timestamp, end: pd.Timestamp) -> bool:
        """Return whether the records reach back to a time.

        Records that begin in the middle of a period make of it a fall that never was. A
        tenth of the period is allowed: the first report need not come at midnight.
        """
        first = self.first
        return first is not None and first <= start + (end - start) / 10


def read_records(
    incidents: Any,
    *,
    grid: Any,
    jurisdictions: Any,
    cases: Any = None,
    inventory: Any = None,
    campaigns: Any = None,
    standing: Any = None,
    events: Any = None,
    calendar: Any = None,
    scheme: Any = None,
    weights: Mapping[str, float] | None = None,
    set_aside: Any = None,
    cases_set_aside: Any = None,
    seed: int = 0,
) -> Records:
    """Return the tables of bulletins after checking them.

    Parameters
    ----------
    incidents, grid, jurisdictions, cases, inventory, campaigns, standing, events, calendar,
    scheme, weights, set_aside, cases_set_aside, seed
        As in :func:`gridgov.make_bulletin`.

    Raises
    ------
    ColumnsError
        If a table lacks a column.
    EmptyTableError
        If there are no jurisdictions or no cells.
    """
    needed = ["incident_id", "category", "reported_at", "cell", "street_id", "match"]
    check_table(incidents, "located", columns=needed, allow_empty=True)
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    check_table(jurisdictions, "jurisdictions", columns=["street_id", "street"])
    for table, kind in (
        (cases, "cases"),
        (inventory, "inventory"),
        (campaigns, "campaign_effects"),
        (standing, "standing"),
        (events, "case_events"),
    ):
        if table is not None:
            check_table(table, kind, allow_empty=True)
    instants, missing, zone = read_instants(incidents, "reported_at")
    if cases is not None and str(case_zone(cases)) not in (str(zone), "UTC"):
        raise ColumnsError(
            "Incidents and cases must have times in one zone. Found: "
            f"{zone} and {case_zone(cases)}. Read both with the same timezone=."
        )
    ids = jurisdictions["street_id"].astype("str")
    called = jurisdictions["street"].where(jurisdictions["street"].notna(), ids)
    names = dict(zip(ids, called.astype("str"), strict=True))
    if len(names) < len(ids):
        raise ColumnsError(
            "street_id must name one jurisdiction. Found: "
            f"{ids[ids.duplicated()].iloc[0]!r} more than once. Dissolve them first."
        )
    told = {
        name: dict(table.attrs.get("source") or {})
        for name, table in (("incidents", incidents), ("cases", cases))
        if table is not None
    }
    # pandas copies what a table carries along at every step; a thousand notices cost more than
    # the step itself.
    incidents = incidents.copy(deep=False)
    incidents.attrs = {}
    if cases is not None:
        as_of = cases.attrs.get("as_of")
        cases = cases.copy(deep=False)
        cases.attrs = {} if as_of is None else {"as_of": as_of}
    return Records(
        incidents=incidents,
        grid=grid,
        jurisdictions=jurisdictions,
        cases=cases,
        inventory=inventory,
        campaigns=campaigns,
        standing=standing,
        events=events,
        calendar=calendar,
        scheme=scheme,
        weights=weights,
        set_aside=set_aside,
        cases_set_aside=cases_set_aside,
        zone=zone,
        instants=instants,
        timed=~missing,
        names=names,
        seed=seed,
        told=told,
    )


def find_street(records: Records, street: str | None) -> str | None:
    """Return the id of a street that is named by its id or its name.

    Raises
    ------
    OptionError
        If there is no such street, or two have the name; the streets are listed.
    """
    if street is None:
        return None
    found = street_ids(pd.Series([str(street)], dtype="str"), records.jurisdictions).iloc[0]
    if pd.isna(found):
        listed = ", ".join(f"{name} ({key})" for key, name in records.names.items())
        raise OptionError(
            f"street must be the id or the name of one of {listed}. Found: {street!r}."
        )
    return str(found)
