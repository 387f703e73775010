"""Scores and ranks of the streets, with the ranks that the cases allow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gridgov.assessment.scores.assess import assess
from gridgov.assessment.scores.read_scheme import DEFAULT_SCHEME, read_scheme
from gridgov.assessment.scores.score_items import measure_score_items
from gridgov.bulletin.document.model import (
    FigureBlock,
    Number,
    Paragraph,
    Part,
    Provenance,
    TableBlock,
)
from gridgov.bulletin.periodic.changes import ALPHA
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.figures.scores import plot_scores
from gridgov.taxonomy.labels import label

__all__ = ["ranking"]


def ranking(scope: Scope) -> Contents | None:
    """Return the league table; None without cases or with a single street."""
    words, cases, names = scope.words, scope.all_cases, scope.records.names
    if cases is None or len(names) < 2:
        return None
    inside = cases[cases["street_id"].isin(list(names))]
    if len(inside) == 0:
        return Contents([Paragraph(words("cases.none_at_all", place=words("whole")))])
    table = scope.shared("scores", lambda: _scores(scope, inside))
    if len(table) == 0 or table["score"].isna().all():
        return Contents([Paragraph(words("ranking.none"))])
    made = table.attrs["scores"]
    parts: list[Part] = [Paragraph(text) for text in _sentences(scope, table, names)]
    caption = words("ranking.caption")
    figure = scope.shared(
        "figure scores",
        lambda: plot_scores(
            table,
            names={key: words.named(name) for key, name in names.items()},
            lang=scope.lang,
            title=caption,
            source=scope.source,
            date=scope.said,
        ),
    )
    scheme = made["scheme_zh"] if scope.lang == "zh" else made["scheme_en"]
    provenance = scope.provenance(
        "scores",
        int(table["cases"].sum()),
        scheme=scheme or made["scheme"],
        samples=made["samples"],
    )
    ranked = table[table["rank"].notna()]
    told = words.listed(
        [
            words("named", name=words.named(names.get(group, group)), value=f"{score:.1f}")
            for group, score in zip(ranked["group"], ranked["score"], strict=True)
        ]
    )
    parts.append(
        FigureBlock(
            "scores_figure",
            figure,
            caption,
            words("alt.figure", caption=caption, told=told),
            provenance,
        )
    )
    parts.append(_table(scope, table, provenance, names))
    if scope.street_id is not None:
        parts += _items(scope, inside, provenance)
    return Contents(parts, numbers=_numbers(scope, table, names))


def _scores(scope: Scope, inside: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the period, with the change from the one before where there is one."""
    # Without a case in the period before every change would be missing all the same.
    filed = inside["filed_at"]
    before = scope.rhythm.before
    begins = scope.rhythm.now.start
    if bool(((filed >= before.start) & (filed < before.end)).any()):
        begins = before.start
    table = assess(
        inside,
        by="street_id",
        period=scope.rhythm.freq,
        scheme=scope.records.scheme,
        weights=scope.records.weights,
        start=begins,
        end=scope.until,
        as_of=scope.as_of,
        seed=scope.records.seed,
    )
    attrs = table.attrs
    rows = table[np.asarray(table["period"] == scope.rhythm.now.start)].reset_index(drop=True)
    rows.attrs = attrs
    return rows


def _sentences(scope: Scope, table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return what the ranks allow to say."""
    words = scope.words
    ranked = table[table["rank"].notna()]
    if scope.street_id is not None:
        return [_place(scope, table)]
    if len(ranked) == 0:
        return [words("ranking.none_ranked")]
    first = ranked.iloc[0]
    found = [
        words(
            "ranking.first",
            name=words.named(names.get(first["group"], first["group"])),
            score=f"{first['score']:.1f}",
            ranks=words.ranks(int(first["rank_low"]), int(first["rank_high"])),
            ranked=len(ranked),
        )
    ]
    free = (ranked["rank_low"] == 1) & (ranked["rank_high"] == len(ranked))
    if free.all():
        found.append(words("ranking.no_order"))
    else:
        told = [
            words(
                "ranking.range",
                name=words.named(names.get(row["group"], row["group"])),
                ranks=words.ranks(int(row["rank_low"]), int(row["rank_high"])),
            )
            for row in ranked[~free].to_dict("records")
        ]
        found.append(words("ranking.ranges", told=words.listed(told)))
    moved = ranked[ranked["q_value"].notna() & (ranked["q_value"] < ALPHA)]
    for row in moved.to_dict("records"):
        found.append(
            words(
                "ranking.moved",
                name=words.named(names.get(row["group"], row["group"])),
                change=f"{row['change']:+.1f}".replace("-", "−"),
                against=scope.against("before"),
            )
        )
    if len(moved) == 0 and ranked["change"].notna().any():
        found.append(words("ranking.none_moved", against=scope.against("before")))
    left_out = table[table["rank"].isna()]
    if len(left_out):
        told = [words.named(names.get(group, group)) for group in left_out["group"]]
        found.append(words("ranking.left_out", told=words.listed(told)))
    return [words.joined(found)]


def _place(scope: Scope, table: pd.DataFrame) -> str:
    """Return what can be said of one street."""
    words = scope.words
    own = table[table["group"] == scope.street_id]
    if len(own) == 0:
        return words("ranking.street_none", name=words.named(scope.street))
    row = own.iloc[0]
    if pd.isna(row["rank"]):
        reason = label("score_reason", str(row["reason"]), scope.lang)
        return words("ranking.street_not", name=words.named(scope.street), reason=reason)
    return words(
        "ranking.street",
        name=words.named(scope.street),
        score=f"{row['score']:.1f}",
        low=f"{row['score_low']:.1f}",
        high=f"{row['score_high']:.1f}",
        rank=int(row["rank"]),
        ranked=int(row["ranked"]),
        ranks=words.ranks(int(row["rank_low"]), int(row["rank_high"])),
    )


def _numbers(scope: Scope, table: pd.DataFrame, names: Mapping[str, str]) -> list[Number]:
    """Return score and rank of every street, and of the street of the bulletin once more."""
    words = scope.words
    made = table.attrs["scores"]
    values = {"scheme": made["scheme"], "samples": made["samples"]}
    provenance = scope.provenance("scores", int(table["cases"].sum()), **values)
    found = []
    for row in table.to_dict("records"):
        group = row["group"]
        keys = [f".street.{group}"] + ([""] if group == scope.street_id else [])
        for key in keys:
            name = words.named(names.get(group, group))
            for kind, unit in (("score", "points"), ("rank", "rank")):
                low, high, value = (row[f"{kind}{end}"] for end in ("_low", "_high", ""))
                found.append(
                    Number(
                        f"{kind}{key}",
                        words("number.of_" + kind, name=name),
                        None if pd.isna(value) else value,
                        unit,
                        None if pd.isna(low) else low,
                        None if pd.isna(high) else high,
                        provenance=provenance,
                    )
                )
    return found


def _table(
    scope: Scope, table: pd.DataFrame, provenance: Provenance, names: Mapping[str, str]
) -> TableBlock:
    """Return the league table."""
    frame = table.assign(group=table["group"].map(lambda key: names.get(key, key)))
    columns = ["rank", "group", "cases", "score", "score_low", "score_high"]
    columns += ["rank_low", "rank_high"]
    if table["grade"].notna().any():
        columns.append("grade")
    if table["change"].notna().any():
        columns += ["change", "q_value"]
    return TableBlock(
        name="scores",
        frame=frame,
        spec=TABLES["scores"],
        caption=scope.words("ranking.table"),
        provenance=provenance,
        columns=columns,
        headings={"group": scope.words("heading.street")},
        forms={
            "rank": "count",
            "rank_low": "count",
            "rank_high": "count",
            "score": "points",
            "score_low": "points",
            "score_high": "points",
            "change": "change",
        },
        most=scope.most,
        rules=[],
    )


def _items(scope: Scope, inside: pd.DataFrame, provenance: Provenance) -> list[Part]:
    """Return the points behind the score of one street."""
    own = inside[np.asarray(inside["street_id"] == scope.street_id)]
    if len(own) == 0:
        return []
    items = measure_score_items(
        own,
        period=None,
        scheme=scope.records.scheme,
        weights=scope.records.weights,
        start=scope.rhythm.now.start,
        end=scope.until,
        as_of=scope.as_of,
    )
    read = read_scheme(
        DEFAULT_SCHEME if scope.records.scheme is None else scope.records.scheme,
        weights=scope.records.weights,
    )
    called = {one.name: one.zh if scope.lang == "zh" else one.en for one in read.items}
    return [
        TableBlock(
            name="score_items",
            frame=items.assign(label=items["item"].map(called)),
            spec=TABLES["score_items"],
            caption=scope.words("ranking.items"),
            provenance=provenance,
            columns=["label", "numerator", "denominator", "weight", "points", "weighted_points"],
            headings={"label": scope.words("heading.item")},
            forms={
                "numerator": "number",
                "denominator": "number",
                "weight": "percent",
                "points": "points",
                "weighted_points": "points",
            },
        )
    ]
