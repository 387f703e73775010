"""From the log of cases to one row a case, and back.

The log says more: every handling, every failed check, every suspension. The table has the
first or the last of each kind and how often. What the log makes impossible is set aside
case by case, never mended.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.case_checks import check_log, check_static
from gridgov.assessment.cases.case_walks import Walks, set_aside_cases, walk
from gridgov.checks import check_table, check_zoned, conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError
from gridgov.schema.cases import CASE_EVENTS
from gridgov.taxonomy.case_life import STEPS, column_of, surely_before

__all__ = ["CasesMade", "make_case_events", "make_cases"]

_STATIC = (
    "incident_id", "category", "street_id", "department", "channel", "status",
    "filing_due_at", "dispatch_due_at", "handling_due_at", "verification_due_at", "due_at",
    "valid", "contacted", "resolved", "satisfaction",
)  # fmt: skip


class CasesMade(NamedTuple):
    """What :func:`make_cases` returns: cases, and cases set aside."""

    cases: pd.DataFrame
    set_aside: pd.DataFrame


def make_cases(case_events: pd.DataFrame, *, cases: pd.DataFrame | None = None) -> CasesMade:
    """Make one row a case from the log of their events.

    Parameters
    ----------
    case_events
        Table "case_events": ``case_id``, ``event``, ``event_at``. The order of its rows
        plays no part; rows that repeat case, event and time count once.
    cases
        What the log does not say, one row a ``case_id``: ``incident_id``, ``category``,
        ``street_id``, ``department``, ``channel``, ``status``, deadlines, ``valid``,
        ``contacted``, ``resolved``, ``satisfaction``, and columns of the caller's own.
        Its stage times and counts are not taken: the log has them. ``supervised`` is taken
        when the log has no such event at all.

    Returns
    -------
    cases : DataFrame
        Table "cases" in the order of ``case_id``.

        - ``stage`` -- the step on which the log leaves the case; after returned and
          reopened that is ``filed``, after reworked ``dispatched``
        - ``reported_at``, ``filed_at``, ``dispatched_at`` -- the first
        - ``handled_at``, ``verified_at`` -- the last, kept when the work is to be done again;
          rates and lists go by the stage then
        - ``closed_at``, ``cancelled_at`` -- missing when it was reopened since
        - ``suspended_at``, ``resumed_at`` -- the last suspension; closing and cancelling
          end one
        - ``suspensions``, ``returns``, ``reworks``, ``reopenings`` -- how often; 0 when
          the log has none
        - ``paused_h`` -- natural hours of all suspensions that have ended
        - ``supervised`` -- whether it ever was
        - the other columns from `cases`; missing without it

        ``attrs["as_of"]`` is that of the log or its latest time, ``attrs["source"]`` says
        how many rows and cases there were.
    set_aside : DataFrame
        One row a case whose events cannot have happened so; with the cases above these are
        all cases of the log.

        - ``source_row`` -- row of the log that breaks the first rule, 1 = first row
        - ``reason`` -- code, see :mod:`gridgov.assessment.cases.life_cycle`
        - ``detail``, ``detail_zh`` -- a sentence with both times
        - ``case_id``, ``event``, ``event_at`` -- that row

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If the log has no rows.
    InputError
        If the log has an unknown event or a row without case or time, or `cases` has an id
        twice.

    Notes
    -----
    Which events can follow each other, and in which order those of one moment or of a date
    without a time are taken, is said in :mod:`gridgov.assessment.cases.life_cycle`.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "case_id": ["A1"] * 6 + ["A2"] * 2,
    ...     "event": ["filed", "dispatched", "handled", "reworked", "handled", "closed",
    ...               "handled", "dispatched"],
    ...     "event_at": pd.DatetimeIndex(
    ...         [f"2017-09-0{day} 10:00" for day in (1, 1, 2, 3, 4, 5, 1, 2)],
    ...         tz="Asia/Shanghai"),
    ... })
    >>> cases, set_aside = make_cases(log)
    >>> cases[["case_id", "stage", "reworks"]].values.tolist()
    [['A1', 'closed', 1]]
    >>> print(cases["handled_at"].item())
    2017-09-04 10:00:00+08:00
    >>> set_aside["detail"].item()
    'It was handled at 2017-09-01 10:00, before it was dispatched at 2017-09-02 10:00.'
    """
    check_log(case_events)
    if cases is not None:
        check_static(cases)
    walks = walk(case_events)
    rows = np.flatnonzero(walks.log.reason == "")
    ids = walks.ids[rows]
    data: dict[str, Any] = {"case_id": pd.Series(ids, dtype="str"), "stage": walks.stages()[rows]}
    for name in STEPS[:3]:
        data[column_of(name)] = walks.moments(walks.first(name)[rows])
    for name in STEPS[3:5]:
        data[column_of(name)] = walks.moments(walks.last(name)[rows])
    for name in ("closed", "cancelled"):
        ended = data["stage"] == name
        data[column_of(name)] = walks.moments(np.where(ended, walks.last(name)[rows], -1))
    rests = walks.rests()
    data["suspended_at"] = walks.moments(rests.last_start[rows])
    data["resumed_at"] = walks.moments(rests.last_end[rows])
    data["suspensions"] = walks.count("suspended")[rows]
    data["paused_h"] = rests.paused_h[rows]
    data["returns"] = walks.count("returned")[rows]
    data["reworks"] = walks.count("reworked")[rows]
    data["reopenings"] = walks.count("reopened")[rows]
    supervised = walks.count("supervised")
    if cases is None or supervised.any() or "supervised" not in cases.columns:
        data["supervised"] = supervised[rows] > 0
    table, unused = _with_static(pd.DataFrame(data), cases, walks)
    made = conform(table, "cases")
    set_aside = set_aside_cases(walks, case_events)
    as_of = case_events.attrs.get("as_of")
    made.attrs = {
        "as_of": walks.latest().isoformat() if as_of is None else as_of,
        "source": {
            "name": case_events.attrs.get("source", {}).get("name", "case_events"),
            "rows": len(case_events),
            "repeated": len(case_events) - len(walks.log.row),
            "cases": len(walks.ids),
            "accepted": len(made),
            "set_aside": len(set_aside),
            "without_events": unused,
        },
    }
    return CasesMade(made, set_aside)


def make_case_events(cases: pd.DataFrame) -> pd.DataFrame:
    """Make the log of cases from the times in their table.

    Parameters
    ----------
    cases
        Table "cases": ``case_id`` and any of its stage times.

    Returns
    -------
    DataFrame
        Table "case_events", one row a time that is there, ordered by time, then life cycle.

        - ``case_id`` -- the case
        - ``event`` -- what happened
        - ``event_at`` -- when

    Raises
    ------
    ColumnsError
        If ``case_id`` or all stage times are missing, or times have no zone.
    EmptyTableError
        If there are no cases.

    Notes
    -----
    What has no time in the table is not in the log: handlings before the last one, returns,
    reopenings, earlier suspensions, supervision. Where the last check lies before the last
    handling, the log says ``reworked`` at the time of that check: it failed, since the work
    was done again.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame({
    ...     "case_id": ["A1", "A2"],
    ...     "filed_at": pd.DatetimeIndex(["2017-09-01", "2017-09-03"], tz="Asia/Shanghai"),
    ...     "closed_at": pd.DatetimeIndex(["2017-09-02", None], tz="Asia/Shanghai"),
    ... })
    >>> make_case_events(cases)[["case_id", "event"]].values.tolist()
    [['A1', 'filed'], ['A1', 'closed'], ['A2', 'filed']]
    """
    check_table(cases, "cases", columns=["case_id"])
    events = [*STEPS, "suspended", "resumed", "cancelled"]
    there = [name for name in events if column_of(name) in cases.columns]
    if not there:
        raise ColumnsError(
            "cases must have the time of one stage at least, such as filed_at. Found: "
            f"{', '.join(map(str, cases.columns))}. gridgov.read_cases(...) makes such a table."
        )
    times: dict[str, pd.Series] = {}
    for name in there:
        times[name] = cases[column_of(name)]
        check_zoned(times[name], column_of(name))
    zone = next((one.dt.tz for one in times.values() if one.notna().any()), "UTC")
    if "verified" in times and "handled" in times:
        again = surely_before(times["verified"], times["handled"])
        times["reworked"] = times["verified"].where(again)
    parts: list[tuple[str, NDArray[np.intp], NDArray[np.int64]]] = []
    for name, moments in times.items():
        at = np.flatnonzero(moments.notna())
        parts.append((name, at, pd.DatetimeIndex(moments.iloc[at]).as_unit("us").asi8))
    rows = np.concatenate([at for _, at, _ in parts])
    instants = np.concatenate([moments for _, _, moments in parts])
    codes = np.repeat(
        [CASE_EVENTS.index(name) for name, _, _ in parts], [len(at) for _, at, _ in parts]
    )
    order = np.lexsort((rows, codes, instants))
    at = pd.DatetimeIndex(instants[order].view("datetime64[us]")).tz_localize("UTC")
    return conform(
        pd.DataFrame(
            {
                "case_id": cases["case_id"].iloc[rows[order]].to_numpy(),
                "event": np.array(CASE_EVENTS, dtype=object)[codes[order]],
                "event_at": at.tz_convert(zone),
            }
        ),
        "case_events",
    )


def _with_static(
    made: pd.DataFrame, cases: pd.DataFrame | None, walks: Walks
) -> tuple[pd.DataFrame, int]:
    """Return cases with what the log does not say, and how many of those have no events."""
    if cases is None:
        return made, 0
    ours = TABLES["cases"].names
    taken = [name for name in _STATIC if name in cases.columns]
    taken += [name for name in cases.columns if name not in ours]
    if "supervised" not in made.columns:
        taken.append("supervised")
    by_id = cases.set_index(cases["case_id"].astype("str"))[taken]
    found = by_id.reindex(made["case_id"]).reset_index(drop=True)
    unused = int((pd.Index(walks.ids, dtype="str").get_indexer(by_id.index) < 0).sum())
    return pd.concat([made, found], axis=1), unused
