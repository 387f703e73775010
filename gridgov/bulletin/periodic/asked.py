"""What a bulletin is asked for, checked before it is made: moment, source, columns, a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov.bulletin.periodic.phrases import Phrases
from gridgov.bulletin.periodic.records import Records
from gridgov.bulletin.periodic.rhythm import Rhythm
from gridgov.bulletin.periodic.scope import Scope
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.place.periods import read_moment

__all__ = ["check_something", "own_columns", "read_moment_of", "read_source"]


def read_moment_of(records: Records, rhythm: Rhythm, as_of: Any) -> pd.Timestamp:
    """Return the moment from which cases are seen."""
    if as_of is not None:
        moment = read_moment(as_of, "as_of", records.zone).tz_convert(records.zone)
        if moment <= rhythm.now.start:
            raise OptionError(
                f"as_of must lie after the begin of the period, {rhythm.now.start:%Y-%m-%d}. "
                f"Found: {as_of!r}."
            )
        return moment
    end = rhythm.now.end
    said = None if records.cases is None else records.cases.attrs.get("as_of")
    if said is None:
        return end
    moment = read_moment(said, "as_of", records.zone).tz_convert(records.zone)
    # Cases say when something last happened to one of them: late in the last evening the
    # period is over all the same.
    slack = min(rhythm.now.days / 4, 1.0)
    over = moment >= end - pd.Timedelta(days=slack)
    return end if over or moment <= rhythm.now.start else moment


def read_source(records: Records, words: Phrases) -> str:
    """Return what the records say of where they come from."""
    told = records.told["incidents"].get("name")
    # A table made in memory is called after its type, which says nothing to a reader.
    unnamed = told in (None, "", "DataFrame", "GeoDataFrame")
    return words("source_unknown") if unnamed else str(told)


def own_columns(records: Records, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the caller's own columns of cases after checking that they are there."""
    if isinstance(columns, str):
        columns = (columns,)
    if not columns:
        return ()
    found = [] if records.cases is None else list(records.cases.columns)
    missing = [name for name in columns if name not in found]
    if missing:
        raise ColumnsError(
            f"columns must name columns of cases. Not there: {', '.join(map(repr, missing))}; "
            f"cases has {', '.join(map(str, found)) or 'no columns'}."
        )
    known = set(TABLES["cases"].names)
    return tuple(name for name in columns if name not in known) + tuple(
        name for name in columns if name in known
    )


def check_something(scope: Scope) -> None:
    """Refuse a period of which the records know nothing."""
    records, span = scope.records, scope.rhythm.now
    first, last = records.first, records.last
    if first is not None and last is not None and first < span.end and last >= span.start:
        return
    cases = records.cases
    if cases is not None:
        for name in ("filed_at", "closed_at"):
            if bool(((cases[name] >= span.start) & (cases[name] < span.end)).any()):
                return
    told = (
        "no incident with a time"
        if first is None or last is None
        else f"incidents from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    )
    raise EmptyTableError(
        f"A bulletin of {span.name} needs records of that time. Found: {told}. Choose a period "
        "that the records cover."
    )
