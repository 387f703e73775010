"""How far an inventory has come: found, rectified, remaining, back again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.bulletin.document.model import Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.campaigns.inventory import measure_inventory
from gridgov.columns import TABLES

__all__ = ["inventory"]

_NAMED = 3
_COLUMNS = ("found", "rectified", "remaining", "relapsed", "value", "value_low", "value_high")


def inventory(scope: Scope) -> Contents | None:
    """Return the progress at the end of the period; None without an inventory."""
    words, table = scope.words, scope.records.inventory
    if table is None:
        return None
    if scope.street_id is not None:
        table = table[np.asarray(table["street_id"] == scope.street_id)]
    # What is found at the moment itself counts; the period ends before it.
    as_of = scope.until - pd.Timedelta(microseconds=1)
    if len(table) == 0 or not bool((table["found_at"] <= as_of).any()):
        return Contents([Paragraph(words("inventory.none"))])
    whole = measure_inventory(table, as_of=as_of).iloc[0]
    told = words(
        "inventory.progress",
        as_of=f"{scope.until:%Y-%m-%d %H:%M}",
        found=int(whole["found"]),
        rectified=int(whole["rectified"]),
        share=words.percent(whole["value"]),
        remaining=int(whole["remaining"]),
        relapsed=int(whole["relapsed"]),
    )
    numbers: list[Number] = [
        scope.number(f"inventory_{name}", int(whole[name]), "count", method="inventory")
        for name in ("found", "rectified", "remaining", "relapsed")
    ]
    numbers.append(
        scope.number(
            "inventory_rectified_share",
            whole["value"],
            "share",
            low=whole["value_low"],
            high=whole["value_high"],
            numerator=whole["numerator"],
            denominator=whole["denominator"],
            method="inventory",
        )
    )
    parts: list[Part] = [Paragraph(told), *_elsewhere(scope, table[table["found_at"] <= as_of])]
    for column, heading, names in (
        ("kind", "kind", {}),
        ("street_id", "street", scope.records.names),
    ):
        if table[column].nunique() < 2:
            continue
        found = measure_inventory(table, by=column, as_of=as_of)
        frame = found.assign(
            group=found["group"].map(lambda key, of=names: of.get(key, key), na_action="ignore")
        ).drop(columns="cell")
        parts.append(
            TableBlock(
                name=f"inventory_by_{heading}",
                frame=frame,
                spec=TABLES["inventory_progress"],
                caption=words(f"inventory.by_{heading}"),
                provenance=scope.provenance("inventory", int(found["found"].sum())),
                columns=["group", *_COLUMNS],
                headings={"group": words(f"heading.{heading}")},
                forms={"value": "percent", "value_low": "percent", "value_high": "percent"},
                most=scope.most,
            )
        )
    return Contents(parts, numbers=numbers)


def _elsewhere(scope: Scope, found: pd.DataFrame) -> list[Part]:
    """Return the notice of items whose street is none of the jurisdictions, if there are any."""
    street = found["street_id"]
    unknown = street[street.notna() & ~street.astype("str").isin(list(scope.records.names))]
    if unknown.empty:
        return []
    named = [scope.words.named(one) for one in unknown.value_counts().index[:_NAMED]]
    said = scope.words(
        "inventory.elsewhere",
        items=len(unknown),
        found=len(found),
        streets=unknown.nunique(),
        named=scope.words.listed(named),
    )
    return [Paragraph(said)]
