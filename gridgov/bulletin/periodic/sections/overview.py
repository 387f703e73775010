"""How many incidents there were, and whether that is more or less than before."""

from __future__ import annotations

import pandas as pd

from gridgov.bulletin.document.model import KeyFigure, Number, Paragraph
from gridgov.bulletin.periodic.changes import Change
from gridgov.bulletin.periodic.scope import Contents, Scope

__all__ = ["overview"]


def overview(scope: Scope) -> Contents:
    """Return the number of incidents, its changes, and where they were."""
    words, now = scope.words, len(scope.incidents)
    numbers: list[Number] = [scope.number("incidents", now, "count", n=now)]
    told = [words("overview.count", place=scope.place, when=scope.when, incidents=now)]
    if scope.until < scope.rhythm.now.end:
        told.append(words("overview.unfinished", until=f"{scope.until:%Y-%m-%d %H:%M}"))
    notes = []
    for name in scope.spans():
        change = scope.compare(now, scope.count(name), name)
        told.append(words.change(change, against=scope.spans()[name]))
        numbers += _numbers(scope, name, change)
        if name == "before" and change.before is not None:
            notes.append(_note(scope, change))
    if now == 0:
        told.append(words("overview.none"))
    parts = [Paragraph(words.joined(told))]
    figures = [KeyFigure(f"{now:,}", words("figure.incidents"), words.joined(notes))]
    spread, more = _spread(scope)
    parts += [Paragraph(text) for text in spread]
    return Contents(parts, figures, [*numbers, *more], lead=told[:2])


def _note(scope: Scope, change: Change) -> str:
    """Return the small line below the large number."""
    words = scope.words
    kind = words(f"kind.{change.kind}")
    if change.kind == "undefined" or change.before == 0:
        return words("figure.change_none", against=words(f"against.{scope.rhythm.kind}"), kind=kind)
    return words(
        "figure.change",
        against=words(f"against.{scope.rhythm.kind}"),
        share=words.signed(change.share),
        kind=kind,
    )


def _numbers(scope: Scope, name: str, change: Change) -> list[Number]:
    """Return the count of an earlier time and the change since, missing where there is none."""
    return [
        scope.number(f"incidents_{name}", change.before, "count", n=change.before),
        scope.number(
            f"incidents_change_{name}",
            change.share,
            "share",
            low=change.low,
            high=change.high,
            numerator=change.now,
            denominator=change.before,
            method="change",
            n=change.now,
        ),
    ]


def _spread(scope: Scope) -> tuple[list[str], list[Number]]:
    """Return where the incidents were and how they came in."""
    words, rows = scope.words, scope.incidents
    if len(rows) == 0:
        return [], []
    found, numbers = [], []
    if scope.street_id is None:
        placed = int(rows["street_id"].notna().sum())
        numbers.append(scope.number("incidents_in_streets", placed, "count", n=len(rows)))
    channels = rows["channel"].value_counts() if "channel" in rows.columns else pd.Series()
    if len(channels):
        shown = [
            words("overview.part", name=words.term("channel", name), number=int(number))
            for name, number in channels.head(6).items()
        ]
        found.append(words("overview.channels", told=words.listed(shown)))
    return found, numbers
