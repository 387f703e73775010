"""Where every row went: read, set aside, without a place, outside."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov.bulletin.document.model import Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.taxonomy.labels import labels

__all__ = ["quality"]


def quality(scope: Scope) -> Contents:
    """Return how many rows could not be used, and why."""
    words, records = scope.words, scope.records
    rows: list[tuple[str, str, int]] = []
    said: list[str] = []
    numbers: list[Number] = []
    for name, table, aside in (
        ("incidents", records.incidents, records.set_aside),
        ("cases", records.cases, records.cases_set_aside),
    ):
        if table is None:
            continue
        found = _read(scope, name, aside)
        if found is None:
            continue
        rows += found
        read, lost = found[0][2], sum(number for _, _, number in found[2:])
        said.append(words(f"quality.{name}", read=read, lost=lost))
        numbers += [
            scope.number(f"rows_read.{name}", read, "count", label=words(f"quality.rows_{name}")),
            scope.number(f"rows_set_aside.{name}", lost, "count", label=words("quality.aside")),
        ]
    incidents = records.incidents[records.within(scope.rhythm.now.start, scope.until)]
    matches = incidents["match"].value_counts()
    step = words("quality.located")
    for code, text in labels("match", scope.lang).items():
        if matches.get(code, 0):
            rows.append((step, text, int(matches[code])))
    outside, no_point = (int(matches.get(code, 0)) for code in ("outside", "no_point"))
    if scope.street_id is None:
        said.append(words("quality.places", all=len(incidents), outside=outside, no_point=no_point))
        numbers += [
            scope.number("incidents_outside", outside, "count"),
            scope.number("incidents_without_point", no_point, "count"),
        ]
    else:
        said.append(words("quality.street", no_point=no_point))
    undated = int((~records.timed).sum())
    if undated:
        said.append(words("quality.no_time", number=undated))
    parts: list[Part] = [Paragraph(words.joined(said))]
    if rows and scope.rhythm.kind in ("month", "year"):
        frame = pd.DataFrame(rows, columns=["step_name", "reason", "rows"])
        parts.append(
            TableBlock(
                name="quality",
                frame=conform(frame, "bulletin_quality"),
                spec=TABLES["bulletin_quality"],
                caption=words("quality.table"),
                provenance=scope.provenance("quality", None),
                columns=["step_name", "reason", "rows"],
                most=30,
            )
        )
    return Contents(parts, numbers=numbers)


def _read(scope: Scope, name: str, aside: Any) -> list[tuple[str, str, int]] | None:
    """Return rows read, accepted and set aside by reason; None where nobody says."""
    words = scope.words
    told = scope.records.told.get(name, {})
    if "rows" not in told or "accepted" not in told:
        return None
    step = words(f"quality.step_{name}")
    rows = [
        (step, words("quality.read"), int(told["rows"])),
        (step, words("quality.accepted"), int(told["accepted"])),
    ]
    lost = int(told["rows"]) - int(told["accepted"])
    reasons = None if aside is None else aside["reason"].value_counts()
    if reasons is not None and int(reasons.sum()) == lost:
        rows += [(step, _reason(scope, str(code)), int(n)) for code, n in reasons.items()]
    elif lost:
        rows.append((step, words("quality.aside"), lost))
    return rows


def _reason(scope: Scope, code: str) -> str:
    """Return a reason in words."""
    from gridgov.bulletin.words import Words

    return Words(scope.lang).get(f"reason.{code}", code)
