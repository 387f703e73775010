"""The page of the brief: what it found, on one page that prints on A4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.ledger import Step
from gridgov.bulletin.page_frame import (
    as_text,
    frame_content,
    picture_uri,
    render,
    shown_table,
)
from gridgov.bulletin.tables import FILE_TABLES
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PageFacts", "render_page"]

# More rows than these make nobody in a meeting wiser; the workbook holds the rest.
_MOST_ROWS = {"streets": 40, "top_hotspots": 30, "responsibility": 12}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page says apart from its tables.

    Attributes
    ----------
    title, period, lead, responsibility
        Sentences.
    source
        Where the records come from, or None.
    tiles
        Number, label and tone (``hot`` or nothing) of the large numbers.
    steps
        The ledger.
    notices, method
        Sentences, one a paragraph.
    files
        Relative name and label of every file.
    incident_limit
        Most incidents that get a map of single ones.
    """

    title: str
    period: str
    lead: str
    responsibility: str
    source: str | None
    tiles: Sequence[tuple[str, str, str]]
    steps: Sequence[Step]
    notices: Sequence[str]
    method: Sequence[str]
    files: Sequence[tuple[str, str]]
    incident_limit: int


def render_page(
    facts: PageFacts, tables: Mapping[str, pd.DataFrame], *, picture: bytes, words: Words
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    facts
        What it says.
    tables
        Tables "streets", "top_hotspots" and "responsibility" in the form that files have.
    picture
        The hotspot map as PNG.
    words
        Language of the page.

    Returns
    -------
    str
        One HTML document without script that loads nothing.

    Raises
    ------
    KeyError
        If a table is missing.
    """
    content = frame_content(
        title=facts.title,
        period=facts.period,
        lead=facts.lead,
        source=facts.source,
        tiles=facts.tiles,
        steps=facts.steps,
        notices=facts.notices,
        method=facts.method,
        files=facts.files,
        words=words,
    ) | {
        "responsibility_line": facts.responsibility,
        "picture": picture_uri(picture),
        "incident_map": any(name == "incidents.html" for name, _ in facts.files),
        "incident_limit": facts.incident_limit,
        "streets": _shown(tables, "streets", words),
        "top": _shown(tables, "top_hotspots", words),
        "responsibility": _shown(tables, "responsibility", words),
    }
    return render("page.html.j2", content)


_COLUMNS = {
    "streets": ("street", "incidents", "hot_cells", "cold_cells", "cells", "reporting_share"),
    "top_hotspots": ("street", "rank", "cell", "incidents", "gi_star", "q_value", "spot"),
    "responsibility": ("kind", "street_ids", "area_m2", "incidents", "longitude", "latitude"),
}


def _shown(tables: Mapping[str, Any], name: str, words: Words) -> dict[str, Any]:
    """Return the head of a table as texts."""
    frame, columns, most = tables[name], _COLUMNS[name], _MOST_ROWS[name]
    head = frame.head(most)
    texts = [
        [as_text(column, value, words) for value in head[column].tolist()] for column in columns
    ]
    if name == "responsibility":
        texts[1] = [_street_names(ids, tables["streets"]) for ids in head["street_ids"]]
    else:
        ids = head["street_id"].tolist()
        texts[0] = [text or str(one) for text, one in zip(texts[0], ids, strict=True)]
    return shown_table(
        columns,
        texts,
        table=FILE_TABLES[name],
        frame=frame,
        most=most,
        words=words,
        tones={
            column: [column.partition("_")[0] if value else "" for value in head[column].tolist()]
            for column in columns
            if column in ("hot_cells", "cold_cells")
        },
    )


def _street_names(ids: Any, streets: pd.DataFrame) -> str:
    """Return the names of the streets whose ids a text lists."""
    if not isinstance(ids, str):
        return "–"
    names = streets.set_index("street_id")["street"].dropna()
    return " + ".join(clean(names.get(one, one)) for one in ids.split(" + "))
