"""Incidents by street, against the time before; of one street its place among the others."""

from __future__ import annotations

import pandas as pd

from gridgov.bulletin.document.model import FigureBlock, Number, Paragraph, Part
from gridgov.bulletin.periodic.counted import bar_chart, changes_of, count_groups
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.bulletin.periodic.sections.categories import counts_block
from gridgov.figures.ranking import plot_ranking
from gridgov.hotspots.street_rates import measure_street_rates

__all__ = ["streets"]


def streets(scope: Scope) -> Contents | None:
    """Return the streets of the period, or one street's place; None where there is only one."""
    names = scope.records.names
    if len(names) < 2:
        return None
    if scope.street_id is not None:
        return _place(scope)
    words = scope.words
    table = count_groups(scope, "street_id", groups=list(names))
    table = table.sort_values("incidents", ascending=False, kind="stable", ignore_index=True)
    numbers: list[Number] = [
        scope.number(
            f"incidents.street.{group}",
            int(number),
            "count",
            label=words("number.of", name=words.named(names[group])),
            n=len(scope.incidents),
        )
        for group, number in zip(table["group"], table["incidents"], strict=True)
    ]
    found = []
    if table["incidents"].sum():
        first = table.iloc[0]
        most = words.named(names[first["group"]])
        found.append(words("streets.first", name=most, number=int(first["incidents"])))
    moved = changes_of(table)
    for group, change in moved.items():
        told = words.change(change, against=scope.rhythm.before)
        found.append(words("of", name=words.named(names[group])) + told)
    if not moved and table["change_share"].notna().any():
        found.append(words("changes.none", against=scope.against("before")))
    elsewhere = len(scope.incidents) - int(table["incidents"].sum())
    if elsewhere:
        found.append(words("streets.elsewhere", number=elsewhere))
    parts: list[Part] = [Paragraph(words.joined(found))] if found else []
    chart = words("streets.caption")
    parts.append(bar_chart(scope, "streets_chart", table, called=names, caption=chart))
    named = table.assign(group=table["group"].map(names))
    parts.append(counts_block(scope, "streets", named, words("streets.table"), "street"))
    return Contents(parts, numbers=numbers)


def _place(scope: Scope) -> Contents | None:
    """Return a street's rate and the ranks that the data allow."""
    words, name = scope.words, scope.street
    rows = scope.records.incidents[scope.records.within(scope.rhythm.now.start, scope.until)]
    if "area_km2" not in scope.records.jurisdictions.columns or not rows["street_id"].notna().any():
        return Contents([Paragraph(words("nothing"))])
    rates = scope.shared(
        "street rates", lambda: measure_street_rates(rows, scope.records.jurisdictions)
    )
    own = rates[rates["street_id"] == scope.street_id].iloc[0]
    if pd.isna(own["rank"]):
        return None
    low, high = int(own["rank_low"]), int(own["rank_high"])
    told = words(
        "streets.place",
        name=words.named(name),
        incidents=int(own["incidents"]),
        rate=f"{own['rate']:.1f}",
        low=f"{own['rate_low']:.1f}",
        high=f"{own['rate_high']:.1f}",
        ranks=words.ranks(low, high),
        streets=int(rates["rank"].notna().sum()),
        mean=f"{own['mean_rate']:.1f}",
    )
    figure = scope.shared(
        "figure street rates",
        lambda: plot_ranking(rates, lang=scope.lang, source=scope.source, date=scope.said),
    )
    caption = words("streets.ranking")
    block = FigureBlock(
        "street_rates",
        figure,
        caption,
        words("alt.figure", caption=caption, told=told),
        scope.provenance("street_rates", int(rates["incidents"].sum())),
    )
    numbers = [
        scope.number(
            "incidents_per_km2",
            own["rate"],
            "rate",
            low=own["rate_low"],
            high=own["rate_high"],
            method="street_rates",
        ),
        scope.number(
            "incidents_rank", int(own["rank"]), "rank", low=low, high=high, method="street_rates"
        ),
    ]
    return Contents([Paragraph(told), block], numbers=numbers)
