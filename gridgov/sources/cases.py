"""Reading cases: how reports were handled, one row a case, accepted or set aside with a reason.

The reader decides what the columns mean, reads times, counts, words of yes and no and
streets, and judges whether the times of a row can be those of one case. It never mends a
value: a row that contradicts itself is set aside with both times named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gridgov.checks import check_choice, check_table
from gridgov.errors import InputError
from gridgov.sources import case_notices as say
from gridgov.sources.case_columns import (
    DUE,
    STAGES,
    CaseColumns,
    our_columns,
    read_as_of,
    source_zone,
)
from gridgov.sources.case_filling import fill
from gridgov.sources.case_rows import (
    judge_duplicates,
    judge_ids,
    judge_order,
    judge_values,
    number_ids,
    redone,
    set_aside_table,
    written,
)
from gridgov.sources.case_table import accepted_cases
from gridgov.sources.incident_notices import about_columns, about_ids, about_times
from gridgov.sources.notices import Notice, attach, warn
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.times import ParsedTimes, check_timezone
from gridgov.taxonomy.case_reasons import Verdicts

__all__ = ["CasesRead", "read_cases"]


class CasesRead(NamedTuple):
    """What :func:`read_cases` returns: accepted rows and rows set aside."""

    cases: pd.DataFrame
    set_aside: pd.DataFrame


def read_cases(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    timezone: str | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
    jurisdictions: Any = None,
    incidents: Any = None,
    as_of: Any = None,
    duplicates: str = "set_aside",
    day_first: bool = False,
    due_dates: str = "end",
) -> CasesRead:
    """Read cases from a file or a DataFrame, one row a case.

    Parameters
    ----------
    source
        Path of a CSV, Excel or Parquet file, or a DataFrame; see
        :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: the columns of the table below, and ``street``
        (the name of the street). What is not named is looked for by common Chinese and
        English names. None as the name says that the source has no such column.
    timezone
        Zone of times that name none, such as ``"Asia/Shanghai"``; all times are in it. When
        None that of the source, if its columns hold times with a zone, else UTC, which is
        noticed.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook.
    jurisdictions
        When given, streets become ids: an id itself, a name that one jurisdiction has, or
        such a name without its kind (街道, 地区, 镇). A row with another street is set aside.
        Without, ``street_id`` is the text as read.
    incidents
        When given, a case that names its incident gets ``reported_at``, ``category``,
        ``channel`` and ``department`` from there, and ``street_id`` if the incidents are
        located, where it does not say them itself.
    as_of
        The moment at which open cases are looked at; the latest stage time when None.
    duplicates
        ``"set_aside"`` sets later rows of an id aside; ``"number"`` keeps them as
        ``id#2``, ``id#3``.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.
    due_dates
        When a deadline ends that is a date without a time, in a column of dates alone:
        ``"end"`` with its day, so that a case closed at noon of that day was closed in time,
        ``"start"`` at the midnight before it. In a column with times midnight is a time.

    Returns
    -------
    cases : DataFrame
        Accepted rows in the order of the source, rows numbered from 0.

        - ``case_id`` -- as read, never altered; ``row-1`` ... when there is no column
        - ``incident_id``, ``category``, ``department``, ``channel``, ``status`` -- as read,
          without blanks around; may be missing
        - ``street_id`` -- id of the street; its name where no id is known
        - ``stage`` -- how far it has come by its own times; the status is not trusted
        - ``reported_at``, ``filed_at``, ``dispatched_at``, ``handled_at``, ``verified_at``,
          ``closed_at``, ``cancelled_at``, ``suspended_at``, ``resumed_at`` -- with zone; a
          date without a time is midnight. A case that was closed or cancelled while it was
          suspended resumes at that moment
        - ``filing_due_at``, ``dispatch_due_at``, ``handling_due_at``,
          ``verification_due_at``, ``due_at`` -- with zone
        - ``suspensions``, ``returns``, ``reworks``, ``reopenings`` -- how often, missing
          when the source does not say; suspensions 1 or 0 when it has only their
          times
        - ``paused_h`` -- natural hours, as read or from the one suspension that ended;
          missing when there were several and only the last is known
        - ``valid``, ``supervised``, ``contacted``, ``resolved`` -- yes or no; a number
          above 0 is yes
        - ``satisfaction`` -- ``satisfied``, ``mostly satisfied`` or ``not satisfied``
        - then the caller's own columns, the name of the street among them; one that has a
          name of ours ends in ``_source``

        ``attrs["as_of"]`` is the moment of looking, ``attrs["source"]`` says what was read
        and how, ``gridgov.notices(cases)`` what was noticed.
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- code, see :mod:`gridgov.taxonomy.case_reasons`
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If the source has no stage time, or a named column is not there.
    InputError
        If `incidents` has an id twice.
    OptionError
        If `timezone`, `encoding`, `duplicates`, `due_dates`, `as_of` or a key of `columns`
        does not exist.

    Warns
    -----
    DataWarning
        Once, with everything that was noticed.

    Notes
    -----
    A row has one reason, the first that applies:

    1. ``missing_id``: no id.
    2. ``unreadable_time``: a stage time that cannot be read. Unreadable deadlines are
       missing and noticed.
    3. ``missing_time``: no time of any stage from report to closing or cancelling.
    4. ``unreadable_number``, ``negative_number``: a count that is no whole number from 0
       on, or paused hours below 0.
    5. ``closed_and_cancelled``: both.
    6. A step before one that it follows, such as ``closed_before_filed``: reported, filed,
       dispatched, handled, verified, closed; cancelled after all of them. A stage without
       a time is passed over. ``handled_at`` and ``verified_at`` are the last of their kind,
       ``dispatched_at`` the first: only a check may lie before the handling, where the work
       was done again (``reworks`` or ``reopenings`` above 0), since then that check failed.
    7. Suspensions: ``resumed_without_suspended``, ``resumed_before_suspended``,
       ``suspended_before_reported``, ``suspended_before_filed``, an end before it was
       suspended or resumed (``closed_before_suspended`` ...), and ``while_suspended``:
       dispatched, handled or verified while it rested.
    8. ``unknown_street``: only with `jurisdictions`. A case without a street is kept.
    9. ``duplicate_id``: only an accepted row makes a later one a duplicate.

    A time that is exactly midnight is taken as a date and compared by day. Other words of
    yes and no and of satisfaction are missing and noticed; they set no row aside.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "案件编号": ["A1", "A2", "A3"], "街道": ["古城街道"] * 3,
    ...     "立案时间": ["2017-09-01 09:00", "2017-09-02 09:00", "2017-09-03 09:00"],
    ...     "处置时间": ["2017-09-01 15:00", "", "2017-09-03 11:00"],
    ...     "结案时间": ["2017-09-02", "", "2017-09-02 10:00"],
    ...     "返工次数": ["1", "0", "0"], "督办": ["否", "是", "否"],
    ... })
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     cases, set_aside = read_cases(table, timezone="Asia/Shanghai")
    >>> cases[["case_id", "stage", "reworks", "supervised"]].values.tolist()
    [['A1', 'closed', 1, False], ['A2', 'filed', 0, True]]
    >>> set_aside["detail"].item()
    'It was closed at 2017-09-02 10:00, before it was handled at 2017-09-03 11:00.'
    >>> cases.attrs["as_of"]
    '2017-09-02T09:00:00+08:00'
    """
    check_choice(duplicates, option="duplicates", choices=("set_aside", "number"))
    check_choice(due_dates, option="due_dates", choices=("end", "start"))
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id"])
    if incidents is not None:
        check_table(incidents, "incidents", columns=["incident_id"])
        if incidents["incident_id"].duplicated().any():
            raise InputError(
                "incidents must have every id once. Found: "
                f"{int(incidents['incident_id'].duplicated().sum()):,} ids of earlier rows. "
                'gridgov.read_incidents(..., duplicates="set_aside") keeps the first.'
            )
    raw = read_table(source, encoding=encoding, layer=layer)
    frame = raw.frame
    ours = our_columns(raw, columns)
    own_zone = source_zone(frame, [ours[name] for name in STAGES if name in ours])
    zone = check_timezone(timezone or own_zone or "UTC")
    moment = read_as_of(as_of, zone)
    read = CaseColumns.read(frame, ours, timezone=zone, day_first=day_first, due_dates=due_dates)
    filled = fill(frame, read, jurisdictions=jurisdictions, incidents=incidents, zone=zone)

    verdicts = Verdicts(len(frame))
    ids = judge_ids(verdicts, frame, ours)
    judge_values(verdicts, frame, ours, read)
    judge_order(verdicts, filled.times, redone(read, len(frame)))
    street = ours.get("street", ours.get("street_id", "street_id"))
    verdicts.against(
        filled.unknown_street, "unknown_street", column=street, value=written(filled.called)
    )
    repeated = np.zeros(len(frame), dtype=bool)
    if duplicates == "number":
        ids, repeated = number_ids(ids, verdicts.accepted)
    else:
        judge_duplicates(verdicts, ids, ours.get("case_id", "case_id"))

    rows = verdicts.accepted
    table, renamed, ended = accepted_cases(frame, ours, ids, read, filled, rows)
    set_aside = set_aside_table(frame, verdicts)
    told = [
        *_id_notices(frame, ours, len(rows), int(repeated.sum())),
        *about_columns(missing=(), renamed=renamed, remarks=raw.remarks, titles=raw.titles),
        *about_times(
            {name: _told(name, one) for name, one in read.times.items()},
            ours,
            frame,
            timezone=zone,
            assumed=timezone is None and own_zone is None,
            day_first=day_first,
        ),
        *say.about_dates(read.dated),
        *say.about_values(frame, ours, read, rows),
        *filled.notices(rows),
        *_ended_notice(ended),
        *say.about_moments(table, column=ours.get("status"), as_of=moment, times=STAGES),
    ]
    notices = [*say.about_set_aside(set_aside["reason"], len(frame)), *told]
    cases = attach(table, notices=notices)
    if moment is None:
        latest = [table[name].max() for name in STAGES]
        known = [one for one in latest if not pd.isna(one)]
        moment = max(known).tz_convert(zone) if known else None
    if moment is not None:
        cases.attrs["as_of"] = moment.isoformat()
    cases.attrs["source"] = _source(raw, cases, set_aside, zone, ours)
    warn([*told, *say.all_set_aside(set_aside["reason"], len(frame))], subject=raw.name)
    return CasesRead(cases, set_aside)


def _id_notices(
    frame: pd.DataFrame, ours: Mapping[str, str], rows: int, numbered: int
) -> list[Notice]:
    """Return what was done about ids."""
    if "case_id" in ours:
        return about_ids(
            frame[ours["case_id"]],
            column=ours["case_id"],
            rows=rows,
            has_ids=True,
            numbered=numbered,
        )
    return say.count(
        "ids_made",
        "case_id",
        rows,
        f"There is no column of ids: {rows:,} cases are called row-1, row-2 and so on after their "
        "row in the source.",
        f"没有编号列：{rows:,} 个案件按其在源文件中的行号命名为 row-1、row-2 等。",
    )


def _ended_notice(ended: int) -> list[Notice]:
    """Return how many suspensions were ended by the end of the case."""
    return say.count(
        "rest_ended",
        "resumed_at",
        ended,
        f"Cases closed or cancelled while suspended, without being resumed: {ended:,}. The "
        "suspension ends with the case.",
        f"{ended:,} 个案件在挂账期间结案或作废而没有恢复时间，挂账至结案或作废时为止。",
    )


def _told(name: str, times: ParsedTimes) -> ParsedTimes:
    """Return times with the unreadable ones left out where they have set a row aside."""
    if name in DUE:
        return times
    return replace(times, unreadable=np.zeros(len(times.unreadable), dtype=bool))


def _source(
    raw: RawTable, cases: pd.DataFrame, set_aside: pd.DataFrame, zone: str, ours: Mapping[str, str]
) -> dict[str, Any]:
    """Return what was read and how."""
    return {
        "name": raw.name,
        "rows": len(raw.frame),
        "accepted": len(cases),
        "set_aside": len(set_aside),
        "encoding": raw.encoding,
        "timezone": zone,
        "columns": dict(ours),
    }
