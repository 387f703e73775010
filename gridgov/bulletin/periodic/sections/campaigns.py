"""What the campaigns changed, beyond what changed where nothing was done."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.bulletin.document.model import Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.taxonomy.labels import label

__all__ = ["campaigns"]

_VERDICTS = ("fell", "fell_with_doubt", "no_clear_change", "rose", "not_judged")


def campaigns(scope: Scope) -> Contents | None:
    """Return the verdicts on the campaigns; None without a table of effects."""
    words, table = scope.words, scope.records.campaigns
    if table is None:
        return None
    # The table of effects does not say in which street a campaign was.
    if scope.street_id is not None:
        return None
    if len(table) == 0:
        return Contents([Paragraph(words("campaigns.none"))])
    said = [words("campaigns.number", number=len(table))]
    numbers: list[Number] = [
        scope.number("campaigns", len(table), "count", method="campaigns", n=len(table))
    ]
    for verdict in _VERDICTS:
        rows = table[table["verdict"] == verdict]
        numbers.append(
            scope.number(
                f"campaigns.{verdict}",
                len(rows),
                "count",
                label=words("number.campaigns_of", name=label("verdict", verdict, scope.lang)),
                method="campaigns",
            )
        )
        if len(rows):
            told = words.listed([words.named(name) for name in rows["campaign"]])
            said.append(words(f"campaigns.{verdict}", number=len(rows), told=told))
    span = words(
        "map.weeks",
        first=f"{table['before_start'].min():%Y-%m-%d}",
        last=f"{table['after_end'].max() - pd.Timedelta(days=1):%Y-%m-%d}",
    )
    joint = "；" if scope.lang == "zh" else "; "
    frame = table.assign(
        verdict=table["verdict"].map(lambda code: label("verdict", str(code), scope.lang)),
        cautions=table["cautions"].map(
            lambda codes: joint.join(
                label("caution", code, scope.lang) for code in str(codes).split(";")
            ),
            na_action="ignore",
        ),
    ).reset_index(drop=True)
    # A ratio of counts too small to judge is no number to print.
    ratios = ["rate_ratio", "rate_ratio_low", "rate_ratio_high"]
    frame.loc[(table["verdict"] == "not_judged").to_numpy(), ratios] = np.nan
    block = TableBlock(
        name="campaigns",
        frame=frame,
        spec=TABLES["campaign_effects"],
        caption=words("campaigns.table"),
        provenance=scope.provenance("campaigns", len(table), period=span),
        columns=[
            "campaign",
            "treated_before",
            "treated_after",
            "rate_ratio",
            "rate_ratio_low",
            "rate_ratio_high",
            "verdict",
            "cautions",
        ],
        headings={
            "treated_before": words("heading.before"),
            "treated_after": words("heading.after"),
        },
        forms={
            "rate_ratio": "percent",
            "rate_ratio_low": "percent",
            "rate_ratio_high": "percent",
        },
        most=scope.most,
    )
    parts: list[Part] = [Paragraph(words.joined(said)), block]
    return Contents(parts, numbers=numbers)
