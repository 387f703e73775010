"""Places that were reported again and again."""

from __future__ import annotations

import pandas as pd

from gridgov.assessment.supervision.repeat_places import find_repeat_places
from gridgov.bulletin.document.model import Number, Paragraph, Part, Rule, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.geo.hexgrid import cells_to_text

__all__ = ["repeats"]

_DAYS, _REPORTS = 30.0, 3


def repeats(scope: Scope) -> Contents:
    """Return the places with three reports or more of one category within thirty days."""
    words = scope.words
    start = scope.until - pd.Timedelta(days=_DAYS)
    found = scope.shared("repeat places", lambda: _places(scope, start))
    rows = found
    if found is not None and scope.street_id is not None:
        rows = found[found["street_id"] == scope.street_id]
    number = 0 if rows is None else len(rows)
    numbers: list[Number] = [scope.number("repeat_places", number, "count", method="repeats")]
    if rows is None or number == 0:
        return Contents([Paragraph(words("repeats.none", days=int(_DAYS)))], numbers=numbers)
    first = rows.iloc[0]
    told = words(
        "repeats.found",
        days=int(_DAYS),
        least=_REPORTS,
        number=number,
        street=words.named(scope.records.names.get(first["street_id"], first["street_id"])),
        category=words.term("category", first["category"]),
        most=int(first["most_reports"]),
        after=int(rows["after_closing"].sum()),
    )
    names = scope.records.names
    frame = pd.DataFrame(rows.drop(columns="geometry")).reset_index(drop=True)
    frame["cell"] = cells_to_text(frame["cell"].to_numpy("uint64"))
    frame["street_id"] = frame["street_id"].map(lambda key: names.get(key, key), na_action="ignore")
    for name in ("category", "department"):
        frame[name] = frame[name].map(lambda one, of=name: words.term(of, one))
    last = scope.until - pd.Timedelta(hours=1)
    span = words("map.weeks", first=f"{start:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")
    columns = ["cell", "street_id", "category", "department", "most_reports", "after_closing"]
    table = TableBlock(
        name="repeat_places",
        frame=frame,
        spec=TABLES["repeat_places"],
        caption=words("repeats.table"),
        provenance=scope.provenance("repeats", int(rows["reports"].sum()), period=span),
        columns=[*columns, "last_at"],
        headings={"street_id": words("heading.street")},
        most=10,
        rules=[Rule("most_reports", "bar")],
    )
    parts: list[Part] = [Paragraph(told), table]
    return Contents(parts, numbers=numbers)


def _places(scope: Scope, start: pd.Timestamp) -> pd.DataFrame | None:
    """Return the places of all streets; None without reports."""
    rows = scope.records.incidents[scope.records.within(start, scope.until)]
    rows = rows[rows["match"].isin(["inside", "border", "overlap"])]
    if len(rows) == 0:
        return None
    return find_repeat_places(rows, within_days=_DAYS, min_reports=_REPORTS)
