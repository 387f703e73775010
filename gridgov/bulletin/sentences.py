"""What the brief says in sentences: period, lead, method, the short summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.ledger import Step, equation
from gridgov.bulletin.selection import Selection
from gridgov.bulletin.words import Words

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "grid_method",
    "lead",
    "method",
    "notice_sentences",
    "period",
    "responsibility",
    "summary",
    "tiles",
]


def period(selection: Selection, month: str | None, words: Words) -> str:
    """Return what time the brief is of."""
    if month is not None and selection.start is not None and selection.end is not None:
        return words(
            "period_month",
            month=month,
            first=f"{selection.start:%Y-%m-%d}",
            end=f"{selection.end:%Y-%m-%d}",
            zone=selection.zone,
        )
    times = selection.incidents["reported_at"].dropna()
    if selection.start is not None or selection.end is not None:
        # Where no limit was asked for, the records themselves say how far they reach.
        first = times.min() if selection.start is None else selection.start
        last = times.max() if selection.end is None else selection.end
        key = "period_since" if selection.end is None else "period_range"
        return words(key, first=f"{first:%Y-%m-%d}", end=f"{last:%Y-%m-%d}", zone=selection.zone)
    if times.empty:
        return words("period_none")
    return words("period_all", first=f"{times.min():%Y-%m-%d}", last=f"{times.max():%Y-%m-%d}")


def lead(numbers: Mapping[str, Any], words: Words) -> str:
    """Return the one sentence that says what the brief found."""
    key = "page.lead" if numbers["hot_cells"] else "page.lead_none"
    return words(
        key,
        count=numbers["in_brief"],
        streets=numbers["streets"],
        hot=numbers["hot_cells"],
        cells=numbers["cells"],
    )


def tiles(numbers: Mapping[str, Any], words: Words) -> list[tuple[str, str, str]]:
    """Return the four large numbers with their labels and tones."""
    return [
        (f"{numbers['in_brief']:,}", words("in_brief"), ""),
        (f"{numbers['hot_cells']:,}", words("tile.hot"), "hot" if numbers["hot_cells"] else ""),
        (f"{numbers['gaps'] + numbers['overlaps']:,}", words("tile.responsibility"), ""),
        (f"{numbers['set_aside']:,}", words("tile.set_aside"), ""),
    ]


def method(
    grid_facts: Mapping[str, Any], test: Mapping[str, Any], zone: str, words: Words
) -> list[str]:
    """Return the method note, one sentence or two a paragraph."""
    grid, own, times = grid_method(grid_facts, zone, words)
    return [
        grid,
        own,
        words(f"method.null.{test['null']}", rings=test["rings"]),
        words("method.correction"),
        times,
        words("method.limit"),
    ]


def grid_method(grid_facts: Mapping[str, Any], zone: str, words: Words) -> list[str]:
    """Return what the cells are, whose an incident is, and where days begin."""
    return [
        words(
            "method.grid",
            resolution=grid_facts["resolution"],
            area=_area(grid_facts["cell_area_m2"], words),
            chosen=words(f"method.chosen.{grid_facts['chosen_by']}"),
        ),
        words("method.own"),
        words("method.times", zone=zone),
    ]


def responsibility(numbers: Mapping[str, Any], words: Words) -> str:
    """Return how many gaps and overlaps there are."""
    return words(
        "summary.responsibility",
        gaps=numbers["gaps"],
        gap_ha=numbers["gap_area_m2"] / 10_000,
        overlaps=numbers["overlaps"],
        overlap_ha=numbers["overlap_area_m2"] / 10_000,
    )


def notice_sentences(notices: pd.DataFrame, numbers: Mapping[str, Any], words: Words) -> list[str]:
    """Return the sentences of the notices, each once; rows set aside are in the ledger."""
    column = "detail_zh" if words.lang == "zh" else "detail"
    told = notices.loc[notices["notice"] != "set_aside", column]
    sentences = [str(text) for text in told.drop_duplicates()]
    if numbers["without_closing_time"]:
        sentences.append(words("notice.open", count=numbers["without_closing_time"]))
    return sentences


def summary(
    title: str,
    span: str,
    steps: tuple[Step, ...],
    numbers: Mapping[str, Any],
    resolution: int,
    words: Words,
) -> list[str]:
    """Return the short summary that the command prints."""
    return [
        f"{title} · {span}",
        *(equation(step, words) for step in steps if step.shown),
        words(
            "summary.spots",
            cells=numbers["cells"],
            resolution=resolution,
            hot=numbers["hot_cells"],
            cold=numbers["cold_cells"],
            rest=numbers["not_significant_cells"],
            none=numbers["no_answer_cells"],
        ),
        responsibility(numbers, words),
    ]


def _area(area_m2: float, words: Words) -> str:
    """Return an area in the unit that reads best."""
    if area_m2 >= 50_000:
        return words("area.km2", area=f"{area_m2 / 1e6:,.2f}")
    return words("area.m2", area=f"{area_m2:,.0f}")
