"""Incidents by category, against the time before, and where each category was."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov.bulletin.document.model import Number, Paragraph, Part, Rule, TableBlock
from gridgov.bulletin.periodic.counted import bar_chart, changes_of, count_groups
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES

__all__ = ["categories"]

# Columns that a page has room for beside the category and the sum.
_MOST_STREETS = 10


def categories(scope: Scope) -> Contents:
    """Return the categories of the period, their changes, and category by street."""
    words = scope.words
    table = count_groups(scope, "category")
    unnamed = int(scope.incidents["category"].isna().sum())
    numbers: list[Number] = [
        scope.number(
            f"incidents.category.{group}",
            int(number),
            "count",
            label=words("number.of", name=words.term("category", group)),
            n=len(scope.incidents),
        )
        for group, number in zip(table["group"], table["incidents"], strict=True)
    ]
    numbers.append(scope.number("incidents_without_category", unnamed, "count"))
    if len(table) == 0:
        return Contents([Paragraph(words("nothing"))], numbers=numbers)
    parts: list[Part] = [Paragraph(text) for text in _sentences(scope, table, unnamed)]
    caption = words("categories.caption")
    called = {group: words.term("category", group) for group in table["group"]}
    chart = bar_chart(scope, "categories_chart", table, called=called, caption=caption)
    parts.append(chart)
    named = table.assign(group=table["group"].map(called))
    parts.append(counts_block(scope, "categories", named, words("categories.table"), "category"))
    if scope.street_id is None:
        crossed = _crossed(scope, table)
        if crossed is not None:
            parts.append(crossed)
    return Contents(parts, numbers=numbers)


def counts_block(
    scope: Scope, name: str, table: pd.DataFrame, caption: str, heading: str
) -> TableBlock:
    """Return "bulletin_counts" as a table that shows what the records allow."""
    words = scope.words
    columns = ["group", "incidents"]
    if table["incidents_before"].notna().any():
        columns += ["incidents_before", "change_share"]
        if table["change_share_low"].notna().any():
            columns += ["change_share_low", "change_share_high"]
    if table["incidents_last_year"].notna().any():
        columns += ["incidents_last_year", "last_year_share"]
    shown = table.assign(change_kind=table["change_kind"].map(lambda one: words(f"kind.{one}")))
    if "change_share" in columns:
        columns.append("change_kind")
    return TableBlock(
        name=name,
        frame=shown,
        spec=TABLES["bulletin_counts"],
        caption=caption,
        provenance=scope.provenance("change", int(table["incidents"].sum())),
        columns=columns,
        headings={"group": words(f"heading.{heading}")},
        forms={
            "change_share": "percent",
            "change_share_low": "percent",
            "change_share_high": "percent",
            "last_year_share": "percent",
        },
        most=scope.most,
        rules=[Rule("incidents", "bar")],
    )


def _sentences(scope: Scope, table: pd.DataFrame, unnamed: int) -> list[str]:
    """Return the largest categories and those that changed."""
    words = scope.words
    total = len(scope.incidents)
    found = []
    if total:
        first = table.head(3)
        shown = [
            words(
                "categories.part",
                name=words.term("category", group),
                number=int(number),
                share=words.percent(number / total),
            )
            for group, number in zip(first["group"], first["incidents"], strict=True)
            if number
        ]
        found.append(words("categories.first", told=words.listed(shown)))
    moved = changes_of(table)
    for group, change in moved.items():
        told = words.change(change, against=scope.rhythm.before)
        found.append(words("of", name=words.term("category", group)) + told)
    if not moved and table["change_share"].notna().any():
        found.append(words("changes.none", against=scope.against("before")))
    if unnamed:
        found.append(words("categories.unnamed", number=unnamed))
    return [words.joined(found)]


def _crossed(scope: Scope, table: pd.DataFrame) -> TableBlock | None:
    """Return category by street, streets in the order of the jurisdictions."""
    words, rows = scope.words, scope.incidents
    names = scope.records.names
    if len(names) < 2 or len(rows) == 0:
        return None
    counted: Any = pd.crosstab(rows["category"], rows["street_id"])
    counted = counted.reindex(index=table["group"], columns=list(names), fill_value=0)
    counted = counted[counted.sum(axis=1) > 0]
    if len(counted) == 0:
        return None
    counted.columns = [names[street] for street in counted.columns]
    totals = rows["category"].value_counts().reindex(counted.index).astype("int64")
    called = [words.term("category", one) for one in counted.index]
    frame = pd.DataFrame({"category": called, "incidents": totals.to_numpy()})
    own = {}
    for place, name in enumerate(counted.columns):
        own[f"street_{place + 1}"] = name
        frame[f"street_{place + 1}"] = counted.iloc[:, place].to_numpy("int64")
    return TableBlock(
        name="category_by_street",
        frame=frame,
        spec=TABLES["bulletin_categories"],
        caption=words("categories.crossed"),
        provenance=scope.provenance("crossed", int(rows["street_id"].notna().sum())),
        columns=["category", "incidents", *list(own)[:_MOST_STREETS]],
        headings={key: words("short", name=name) for key, name in own.items()},
        forms=dict.fromkeys(own, "count"),
        most=scope.most,
    )
