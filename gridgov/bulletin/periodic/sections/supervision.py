"""Cases to press for: overdue, due soon, reworked again and again, case by case."""

from __future__ import annotations

import pandas as pd

from gridgov.assessment.supervision.overdue import find_overdue
from gridgov.bulletin.document.model import Number, Paragraph, Part, Rule, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.bulletin.periodic.sections.cases import SOON_H
from gridgov.columns import TABLES

__all__ = ["supervision"]

_KINDS = {"overdue": "overdue", "due soon": "due_soon", "reworked": "reworked"}


def supervision(scope: Scope) -> Contents | None:
    """Return the lists; None without a table of cases."""
    words, cases = scope.words, scope.cases
    if cases is None:
        return None
    if len(cases) == 0:
        return Contents([Paragraph(words("cases.none_at_all", place=scope.place))])
    found = find_overdue(
        cases,
        as_of=scope.as_of,
        soon_h=SOON_H[scope.rhythm.kind],
        calendar=scope.records.calendar,
        events=scope.records.events,
    )
    open_ = int(found.attrs["supervision"]["open_cases"])
    undated = int(found.attrs["supervision"]["open_without_deadline"])
    parts: list[Part] = []
    numbers: list[Number] = [
        scope.number("cases_open_without_deadline", undated, "count", method="cases")
    ]
    said = []
    late = set(found.loc[found["supervision"] == "overdue", "case_id"])
    for kind, name in _KINDS.items():
        rows = found[found["supervision"] == kind]
        if kind == "due soon":
            # A case that is overdue already is on the list above.
            rows = rows[~rows["case_id"].isin(late)]
        listed = int(rows["case_id"].nunique())
        if listed == 0:
            said.append(words(f"supervision.no_{name}"))
            continue
        said.append(_sentence(scope, name, rows, listed))
        if not (kind == "due soon" and scope.rhythm.kind in ("month", "year")):
            parts.append(_table(scope, name, rows, open_))
    if undated:
        said.append(words("supervision.undated", number=undated))
    return Contents([Paragraph(words.joined(said)), *parts], numbers=numbers)


def _sentence(scope: Scope, name: str, rows: pd.DataFrame, listed: int) -> str:
    """Return how many cases a list has and where most of them are."""
    words = scope.words
    told = words(f"supervision.{name}", number=listed, hours=int(SOON_H[scope.rhythm.kind]))
    if name != "overdue":
        return told
    worst = rows.loc[rows["overdue_h"].idxmax()]
    told += words(
        "supervision.worst",
        case=words.named(worst["case_id"]),
        days=f"{worst['overdue_h'] / 24:.1f}",
    )
    by = "department" if scope.street_id is not None else "street_id"
    cases = rows.drop_duplicates("case_id")[by].value_counts().head(3)
    if len(cases):
        names = scope.records.names
        shown = [
            words(
                "overview.part",
                name=words.named(names[key]) if key in names else words.term(by, key),
                number=int(number),
            )
            for key, number in cases.items()
        ]
        told += words("supervision.most", told=words.listed(shown))
    return told


def _table(scope: Scope, name: str, rows: pd.DataFrame, open_: int) -> TableBlock:
    """Return a list of cases with documented columns and those asked for by name."""
    names, words = scope.records.names, scope.words
    frame = rows.assign(
        street_id=rows["street_id"].map(lambda key: names.get(key, key), na_action="ignore"),
        stage=rows["stage"].map(lambda one: words(f"waits.{one}"), na_action="ignore"),
        department=rows["department"].map(lambda one: words.term("department", one)),
        category=rows["category"].map(lambda one: words.term("category", one)),
        supervision=rows["supervision"].astype("str"),
    ).reset_index(drop=True)
    columns = ["case_id", "street_id", "department", "category", "stage", "due_at", "overdue_h"]
    if name == "due_soon":
        frame["left_h"] = -frame["overdue_h"]
        columns[-1] = "left_h"
    if name == "reworked":
        columns = ["case_id", "street_id", "department", "category", "reworks"]
    if name == "overdue" and frame["overdue_working_h"].notna().any():
        columns.append("overdue_working_h")
    if scope.street_id is not None:
        columns.remove("street_id")
    if scope.columns and scope.cases is not None:
        own = scope.cases.drop_duplicates("case_id").set_index("case_id")
        for column in scope.columns:
            if column not in frame.columns:
                frame[column] = frame["case_id"].map(own[column])
            if column not in columns:
                columns.append(column)
    return TableBlock(
        name=f"cases_{name}",
        frame=frame,
        spec=TABLES["supervision"],
        caption=words(f"supervision.{name}_table"),
        provenance=scope.provenance("supervision", open_),
        columns=columns,
        headings={
            "street_id": words("heading.street"),
            "stage": words("heading.waits_for"),
            "overdue_h": words("heading.overdue_h"),
            "left_h": words("heading.left_h"),
        },
        most=scope.most,
        rules=[Rule("overdue_h", "bar")] if name == "overdue" else [],
    )
