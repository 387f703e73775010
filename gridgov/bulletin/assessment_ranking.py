"""Who ranks where, how sure that is, the points behind it, and what changed between periods."""

from __future__ import annotations

import pandas as pd

from gridgov.bulletin.assessment_parts import Pages
from gridgov.bulletin.document.forms import write_value
from gridgov.bulletin.document.model import Paragraph, Part, Rule, TableBlock

__all__ = ["periods", "ranking"]


_ALPHA = 0.05
_MOST_NAMED = 8


def ranking(pages: Pages) -> list[Part]:
    """Return who ranks where, how sure that is, and the points behind it."""
    words, scheme = pages.words, pages.measured.scheme
    frame = pages.tables["range_scores"]
    cases = int(frame["cases"].sum())
    items = " + ".join(
        words(
            "ranking.item",
            label=words.named(item.zh if words.lang == "zh" else item.en),
            weight=f"{item.weight:.4g}",
        )
        for item in scheme.items
    )
    told = words(
        "ranking.scheme",
        scheme=scheme.zh if words.lang == "zh" else scheme.en,
        source=scheme.source.rstrip(".。"),
        version=scheme.version,
        items=items,
    )
    parts: list[Part] = [Paragraph(told)]
    parts += pages.figure("scores", "scores", "scores", words("figure.scores"), cases)
    ranges = [
        words.ranks(low, high)
        for low, high in zip(frame["rank_low"], frame["rank_high"], strict=True)
    ]
    shown = frame.assign(ranks=ranges, why=pages.in_words("reason", frame["reason"]))
    columns = ["rank", "label", "cases", "score", "score_low", "score_high", "ranks"]
    if frame["reason"].notna().any():
        columns.append("why")
    parts.append(
        pages.table(
            "range_scores",
            shown,
            columns,
            n=cases,
            headings={"ranks": words("head.ranks"), "why": words("head.why")},
            forms=dict.fromkeys(("score", "score_low", "score_high"), "points"),
            most=60,
            rules=[Rule("score", "bar")],
        )
    )
    ranked = frame[frame["rank"].notna()]
    pairs = len(ranked) * (len(ranked) - 1) // 2
    if pairs:
        parts.append(Paragraph(words("ranking.apart", apart=_apart(ranked), pairs=pairs)))
    absent = [name for key, name in pages.measured.names.items() if key not in set(frame["group"])]
    if absent:
        named = words.listed([words.named(name) for name in absent])
        parts.append(Paragraph(words("ranking.absent", names=named)))
    parts.append(_items(pages, cases))
    return parts


def _items(pages: Pages, cases: int) -> TableBlock:
    """Return the points of every item, a row a group."""
    items = pages.tables["range_items"]
    called = {
        item.name: item.zh if pages.words.lang == "zh" else item.en
        for item in pages.measured.scheme.items
    }
    wide = items.pivot_table(
        index="label", columns="item", values="points", sort=False, dropna=False
    )
    order = pages.tables["range_scores"]["label"].tolist()
    wide = wide.reindex(index=order, columns=list(called)).reset_index()
    return pages.table(
        "range_items",
        wide,
        ["label", *called],
        n=cases,
        headings=called,
        forms=dict.fromkeys(called, "points"),
        most=60,
    )


def periods(pages: Pages) -> list[Part]:
    """Return the scores of every period and the changes that chance does not explain."""
    words, frame = pages.words, pages.tables["scores"]
    tested = frame[frame["q_value"].notna()]
    sure = tested[tested["q_value"] < _ALPHA]
    parts: list[Part] = []
    if len(sure):
        named = [
            words(
                "said.change",
                name=words.named(row["label"]),
                period=f"{row['period']:%Y-%m}",
                change=write_value(row["change"], "change"),
            )
            for row in sure.head(_MOST_NAMED).to_dict("records")
        ]
        parts.append(Paragraph(words("said.changed", named=words.listed(named))))
    elif len(tested):
        parts.append(Paragraph(words("said.no_change", tests=len(tested))))
    if frame["period"].nunique() < 2 and not len(tested):
        return []
    parts.append(
        pages.table(
            "scores",
            frame.sort_values(["period", "rank"], ascending=[False, True], kind="stable"),
            [
                "period",
                "rank",
                "label",
                "cases",
                "score",
                "change",
                "change_low",
                "change_high",
                "q_value",
            ],
            n=int(frame["cases"].sum()),
            forms={
                "period": "date",
                "score": "points",
                **dict.fromkeys(("change", "change_low", "change_high"), "change"),
            },
            most=36,
            rules=[Rule("q_value", "below", _ALPHA)],
        )
    )
    return parts


def _apart(ranked: pd.DataFrame) -> int:
    """Return how many pairs have ranges of ranks that do not overlap."""
    low = ranked["rank_low"].to_numpy(dtype="int64")
    high = ranked["rank_high"].to_numpy(dtype="int64")
    return int((high[:, None] < low[None, :]).sum())
