"""Which alleys fell below the mark, and which won it back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.assessment.standing.standing_counts import measure_standing
from gridgov.bulletin.document.model import Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.taxonomy.labels import label

__all__ = ["standing"]


def standing(scope: Scope) -> Contents | None:
    """Return falls and recoveries of the period; None without a table of standings."""
    words, table = scope.words, scope.records.standing
    if table is None:
        return None
    if scope.street_id is not None:
        # Groups are streets by id or by name, as the table was made.
        own = table["group"].isin([scope.street_id, scope.street])
        table = table[np.asarray(own)]
    months = table["period"]
    until = table[np.asarray(months < scope.until)]
    within = until[np.asarray(until["period"] >= scope.rhythm.now.start)]
    if len(within) == 0:
        return Contents([Paragraph(words("standing.none"))])
    whole = measure_standing(within, by=None, period=None).iloc[0]
    counts = {name: int(whole[name]) for name in ("lines", "downgraded", "restored", "below")}
    told = words("standing.said", period=scope.said, **counts)
    numbers: list[Number] = [
        scope.number(f"lines_{name}", value, "count", method="standing")
        for name, value in counts.items()
    ]
    parts: list[Part] = [Paragraph(told)]
    if within["group"].notna().any():
        grouped = measure_standing(within, by="group", period=None)
        names = scope.records.names
        frame = grouped.assign(group=grouped["group"].map(lambda key: names.get(key, key)))
        parts.append(
            TableBlock(
                name="standing",
                frame=frame,
                spec=TABLES["standing_counts"],
                caption=words("standing.table"),
                provenance=scope.provenance("standing", int(within["checks"].sum())),
                columns=["group", "lines", "downgraded", "restored", "below", "met_share"],
                headings={"group": words("heading.street")},
                most=scope.most,
            )
        )
    moved = within[within["moved"].notna()]
    if len(moved):
        parts.append(_moves(scope, moved))
    return Contents(parts, numbers=numbers)


def _moves(scope: Scope, moved: pd.DataFrame) -> TableBlock:
    """Return the lines that fell or were restored, month by month."""
    names = scope.records.names
    frame = moved.assign(
        group=moved["group"].map(lambda key: names.get(key, key), na_action="ignore"),
        moved=moved["moved"].map(lambda code: label("standing", str(code), scope.lang)),
        standing=moved["standing"].astype("str"),
    ).reset_index(drop=True)
    return TableBlock(
        name="standing_moves",
        frame=frame,
        spec=TABLES["standing"],
        caption=scope.words("standing.moves"),
        provenance=scope.provenance("standing", int(moved["checks"].sum())),
        columns=["period", "line_id", "group", "score", "moved"],
        headings={"group": scope.words("heading.street")},
        forms={"period": "date", "score": "points"},
        most=scope.most,
    )
