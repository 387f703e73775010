"""Counts by category or street against earlier ones, each change judged among the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gridgov.bulletin.document.model import ChartBlock, Series
from gridgov.bulletin.periodic.bars import plot_bars
from gridgov.bulletin.periodic.changes import ALPHA, Change
from gridgov.bulletin.periodic.scope import Scope
from gridgov.checks import conform
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["bar_chart", "changes_of", "count_groups"]

_LEAST = 5


def count_groups(scope: Scope, column: str, *, groups: Sequence[str] | None = None) -> pd.DataFrame:
    """Return table "bulletin_counts" by a column of the incidents.

    Parameters
    ----------
    scope
        The bulletin.
    column
        Such as ``"category"``.
    groups
        Groups to list, those without incidents too, in this order; those found otherwise,
        the most frequent first. Incidents without a value come last when there are any.
    """
    rows = scope.records.incidents[column]
    now = rows[scope.chosen(scope.rhythm.now.start, scope.until)].value_counts(dropna=False)
    earlier = {
        name: rows[scope.chosen(span.start, span.end)].value_counts(dropna=False)
        if scope.covered(name)
        else None
        for name, span in scope.spans().items()
    }
    if groups is None:
        seen = set(now.index.dropna())
        for counts in earlier.values():
            seen |= set() if counts is None else set(counts.index.dropna())
        listed: list[Any] = sorted(seen, key=lambda one: (-int(now.get(one, 0)), str(one)))
    else:
        listed = list(groups)
    changes = []
    for group in listed:
        before = earlier["before"]
        changes.append(
            scope.compare(
                int(now.get(group, 0)),
                None if before is None else int(before.get(group, 0)),
                "before",
                by=column,
                group=group,
            )
        )
    frame = _table(listed, changes)
    year = earlier.get("last_year")
    if year is not None:
        counts = np.array([int(year.get(group, 0)) for group in listed], dtype=np.int64)
        frame["incidents_last_year"] = pd.array(counts, dtype="Int64")
        frame["last_year_share"] = frame["incidents"] / np.where(counts > 0, counts, np.nan) - 1
    result = conform(frame, "bulletin_counts")
    result.attrs["changes"] = dict(zip(listed, changes, strict=True))
    return result


def _table(groups: Sequence[str], changes: Sequence[Change]) -> pd.DataFrame:
    """Return the rows of changes; a change counts as one when its q is small."""
    p_values = np.array([change.p_value for change in changes], dtype=np.float64)
    tested = ~np.isnan(p_values)
    q_values = np.full(len(changes), np.nan)
    if tested.any():
        q_values[tested] = benjamini_hochberg(p_values[tested])
    kinds = [
        "no_clear_change" if change.kind in ("rose", "fell") and not q < ALPHA else change.kind
        for change, q in zip(changes, q_values, strict=True)
    ]
    # From so few the ends of an interval say nothing: +30,000 % is no news.
    sure = np.array([change.before is not None and change.before >= _LEAST for change in changes])
    low, high = (
        np.where(sure, [getattr(change, end) for change in changes], np.nan)
        for end in ("low", "high")
    )
    return pd.DataFrame(
        {
            "group": pd.array(list(groups), dtype="str"),
            "incidents": np.array([change.now for change in changes], dtype=np.int64),
            "incidents_before": pd.array([change.before for change in changes], dtype="Int64"),
            "change_share": np.array([change.share for change in changes], dtype=np.float64),
            "change_share_low": low.astype(np.float64),
            "change_share_high": high.astype(np.float64),
            "p_value": p_values,
            "q_value": q_values,
            "change_kind": pd.array(kinds, dtype="str"),
        }
    )


def changes_of(table: pd.DataFrame) -> dict[str, Change]:
    """Return what rose or fell in a table of :func:`count_groups`, by group."""
    changes: dict[str, Change] = table.attrs["changes"]
    moved = table[table["change_kind"].isin(["rose", "fell"]) & table["change_share"].notna()]
    return {group: changes[group] for group in moved["group"]}


def bar_chart(
    scope: Scope,
    name: str,
    table: pd.DataFrame,
    *,
    called: Mapping[str, str] | None = None,
    caption: str,
    most: int = 12,
) -> ChartBlock:
    """Return "bulletin_counts" as a chart: this time and the one before."""
    words = scope.words
    rows = table[table["group"].notna()].head(most)
    names = [words.named((called or {}).get(group, group)) for group in rows["group"]]
    series = [Series(scope.said, [float(value) for value in rows["incidents"]])]
    if rows["incidents_before"].notna().any():
        before = [None if pd.isna(value) else float(value) for value in rows["incidents_before"]]
        series.append(Series(scope.against("before"), before))
    provenance = scope.provenance("count", int(table["incidents"].sum()))
    figure = plot_bars(
        names,
        series,
        title=caption,
        date=scope.said,
        notes=[words("foot", source=scope.source, method=provenance.method)],
    )
    told = words.listed(
        [f"{one} {value:,}" for one, value in zip(names, rows["incidents"], strict=True)]
    )
    return ChartBlock(
        name=name,
        kind="bar",
        categories=names,
        series=series,
        form="count",
        figure=figure,
        caption=caption,
        alt=words("alt.bars", caption=caption, told=told),
        provenance=provenance,
    )
