"""Reading the log of cases: one row an event, accepted or set aside with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError
from gridgov.sources import case_notices as say
from gridgov.sources.case_columns import source_zone
from gridgov.sources.case_rows import set_aside_table, written
from gridgov.sources.case_words import event_codes
from gridgov.sources.column_names import match_columns
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.incident_notices import about_columns, about_times
from gridgov.sources.notices import Notice, attach, warn
from gridgov.sources.tables import RawTable, read_table
from gridgov.sources.text_values import as_text
from gridgov.sources.times import check_timezone, parse_times
from gridgov.taxonomy.case_reasons import Verdicts

__all__ = ["CaseEventsRead", "read_case_events"]

_NEEDED = ("case_id", "event", "event_at")


class CaseEventsRead(NamedTuple):
    """What :func:`read_case_events` returns: accepted rows and rows set aside."""

    case_events: pd.DataFrame
    set_aside: pd.DataFrame


def read_case_events(
    source: Any,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    events: Mapping[str, str] | None = None,
    timezone: str | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
    day_first: bool = False,
) -> CaseEventsRead:
    """Read the log of cases from a file or a DataFrame, one row an event.

    Parameters
    ----------
    source
        Path of a CSV, Excel or Parquet file, or a DataFrame; see
        :func:`gridgov.sources.tables.read_table`.
    columns
        Our name to the name in the source: ``case_id``, ``event``, ``event_at``. What is not
        named is looked for by common Chinese and English names.
    events
        Words of the log to ours, such as ``{"二次派单": "dispatched"}``; they come before the
        common words of both languages. Ours are ``reported``, ``filed``, ``dispatched``,
        ``returned``, ``handled``, ``reworked``, ``verified``, ``suspended``, ``resumed``,
        ``supervised``, ``closed``, ``reopened`` and ``cancelled``.
    timezone
        Zone of times that name none, such as ``"Asia/Shanghai"``; all times are in it. When
        None that of the source, if its column holds times with a zone, else UTC, which is
        noticed.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook.
    day_first
        Whether ``03/05/2016`` is the 3rd of May.

    Returns
    -------
    case_events : DataFrame
        Accepted rows in the order of the source, rows numbered from 0.

        - ``case_id`` -- as read
        - ``event`` -- what happened, one of the words above
        - ``event_at`` -- when, with zone; a date without a time is midnight
        - then the caller's own columns

        ``attrs["source"]`` says what was read and how, ``gridgov.notices(case_events)``
        what was noticed.
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- code
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If ids, events or times are not found, or a named column is not there.
    OptionError
        If `events` names an event that does not exist, or `timezone`, `encoding` or a key
        of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with everything that was noticed; unknown events with their words.

    Notes
    -----
    A row has one reason, the first that applies: ``missing_id``, ``missing_event``,
    ``unknown_event``, ``missing_time``, ``unreadable_time``, ``duplicate_event`` (case, event
    and time are those of an earlier accepted row). Whether the events of a case can follow
    each other is for :func:`gridgov.make_cases` to say.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "案件编号": ["A1", "A1", "A1"], "环节": ["立案", "二次派单", "结案"],
    ...     "发生时间": ["2017-09-01 09:00", "2017-09-01 10:00", "2017-09-02 16:00"],
    ... })
    >>> events, set_aside = read_case_events(
    ...     log, events={"二次派单": "dispatched"}, timezone="Asia/Shanghai")
    >>> events["event"].tolist(), len(set_aside)
    (['filed', 'dispatched', 'closed'], 0)
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    frame = raw.frame
    ours = match_columns(frame.columns, "case_events", columns=columns)
    _check_found(raw, ours)
    own_zone = source_zone(frame, [ours["event_at"]])
    zone = check_timezone(timezone or own_zone or "UTC")
    ids = as_text(frame[ours["case_id"]])
    codes, silent = event_codes(frame[ours["event"]], events)
    times = parse_times(frame[ours["event_at"]], timezone=zone, day_first=day_first)

    verdicts = Verdicts(len(frame))
    what = written(frame[ours["event"]])
    blank = np.asarray(ids.isna() | (ids.str.strip() == ""))
    verdicts.against(blank, "missing_id", column=ours["case_id"])
    verdicts.against(silent, "missing_event", column=ours["event"])
    unknown = np.asarray(codes.isna())
    verdicts.against(unknown, "unknown_event", column=ours["event"], value=what)
    verdicts.against(times.missing, "missing_time", column=ours["event_at"])
    verdicts.against(
        times.unreadable,
        "unreadable_time",
        column=ours["event_at"],
        value=written(frame[ours["event_at"]]),
    )
    table = pd.DataFrame({"case_id": ids, "event": codes, "event_at": times.times})
    _judge_duplicates(verdicts, table)

    rows = verdicts.accepted
    own, renamed = own_columns(frame, set(ours.values()), TABLES["case_events"].names)
    part = table.iloc[rows].reset_index(drop=True)
    for before, after in own.items():
        part[after] = frame[before].iloc[rows].reset_index(drop=True)
    set_aside = set_aside_table(frame, verdicts)
    told = [
        *_unknown_notice(frame[ours["event"]], verdicts, ours["event"]),
        *about_columns(missing=(), renamed=renamed, remarks=raw.remarks, titles=raw.titles),
        *(
            one
            for one in about_times(
                {"event_at": times},
                ours,
                frame,
                timezone=zone,
                assumed=timezone is None and own_zone is None,
                day_first=day_first,
            )
            # Those rows are set aside, not missing.
            if one.notice != "unreadable_time"
        ),
    ]
    notices = [*say.about_set_aside(set_aside["reason"], len(frame)), *told]
    case_events = attach(conform(part, "case_events"), notices=notices)
    case_events.attrs["source"] = {
        "name": raw.name,
        "rows": len(frame),
        "accepted": len(case_events),
        "set_aside": len(set_aside),
        "encoding": raw.encoding,
        "timezone": zone,
        "columns": dict(ours),
    }
    warn([*told, *say.all_set_aside(set_aside["reason"], len(frame))], subject=raw.name)
    return CaseEventsRead(case_events, set_aside)


def _check_found(raw: RawTable, ours: Mapping[str, str]) -> None:
    """Raise if a column is not found."""
    lacking = [name for name in _NEEDED if name not in ours]
    if lacking:
        named = ", ".join(f'"{name}": "..."' for name in lacking)
        raise ColumnsError(
            f"{raw.name} must have columns of case ids, events and times. Found: "
            f"{', '.join(map(str, raw.frame.columns))}. Name them: columns={{{named}}}.",
            problems=[
                {"table": "case_events", "column": name, "problem": "missing"} for name in lacking
            ],
        )


def _judge_duplicates(verdicts: Verdicts, table: pd.DataFrame) -> None:
    """Set aside rows whose case, event and time are those of an earlier accepted row."""
    kept = table.iloc[verdicts.accepted]
    again = np.zeros(len(table), dtype=bool)
    again[verdicts.accepted] = np.asarray(kept.duplicated())
    if again.any():
        first = np.asarray(kept.groupby(list(_NEEDED), sort=False).ngroup())
        rows = np.zeros(len(table), dtype=np.int64)
        _, earliest = np.unique(first, return_index=True)
        rows[verdicts.accepted] = verdicts.accepted[earliest][first] + 1
        texts = rows.astype(str).astype(object)
        verdicts.against(again, "duplicate_event", row=lambda at: texts[at])


def _unknown_notice(written_as: pd.Series, verdicts: Verdicts, column: str) -> list[Notice]:
    """Return which words of the log are not known."""
    at = np.flatnonzero(verdicts.reason == "unknown_event")
    if not at.size:
        return []
    words, words_zh = say.listed_words(written_as.iloc[at])
    return say.count(
        "unknown_events",
        column,
        len(at),
        f"Events of {column} that are not known: {len(at):,}: {words}. Say what they are: "
        'events={"...": "handled"}.',
        f"“{column}”列有 {len(at):,} 个环节无法识别：{words_zh}。"
        '请说明其含义：events={"...": "handled"}。',
    )
