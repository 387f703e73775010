"""The page of the brief: one file that asks nobody for anything and prints on A4.

Everything it shows is inside it, its letters too; a content security policy forbids
scripts and every request. All text goes through autoescape: record text is never markup.
The page shows the tables and numbers that it is given and works out none.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

import gridgov
from gridgov.bulletin.ledger import Step
from gridgov.bulletin.page_font import font_for
from gridgov.bulletin.tables import FILE_TABLES
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean
from gridgov.taxonomy.labels import label

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
    content = {
        "html_lang": "zh-CN" if words.lang == "zh" else "en",
        "words": words,
        "version": gridgov.__version__,
        "title": facts.title,
        "period": facts.period,
        "lead": facts.lead,
        "source": facts.source,
        "responsibility_line": facts.responsibility,
        "tiles": [{"number": n, "label": text, "tone": tone} for n, text, tone in facts.tiles],
        "picture": Markup(_data_uri(picture, "image/png")),
        "incident_map": any(name == "incidents.html" for name, _ in facts.files),
        "incident_limit": facts.incident_limit,
        "streets": _shown(tables, "streets", words),
        "top": _shown(tables, "top_hotspots", words),
        "responsibility": _shown(tables, "responsibility", words),
        "steps": [
            {
                "label": step.label,
                "total": f"{step.total:,}",
                "parts": [
                    {"label": _part(code, text, words), "number": f"{n:,}"}
                    for code, text, n in step.parts
                    if n
                ],
            }
            for step in facts.steps
            if step.shown
        ],
        "notices": facts.notices,
        "method": facts.method,
        "files": [{"href": name, "label": text} for name, text in facts.files],
    }
    return render("page.html.j2", content)


def render(name: str, content: Mapping[str, Any]) -> str:
    """Return a page from its template, with its style and its letters inside.

    Parameters
    ----------
    name
        The template, a file of this folder.
    content
        What it is filled with.

    Returns
    -------
    str
        One HTML document without script that loads nothing.

    Raises
    ------
    jinja2.UndefinedError
        If the template needs something that `content` does not have.
    """
    template = _templates().get_template(name)
    css = files("gridgov.bulletin").joinpath("page.css").read_text(encoding="utf-8")
    # Rendered once to know its letters, then with the font that holds them.
    letters = template.render(content, style="", policy="")
    face = (
        "@font-face { font-family: 'Brief'; "
        f"src: url({_data_uri(font_for(letters), 'font/woff')}) format('woff'); }}\n"
    )
    style = face + css
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return template.render(content, style=Markup(style), policy=policy)


def _part(code: str, text: str, words: Words) -> str:
    """Return the words of a part of a step."""
    return words("set_aside_part", reason=text) if code.startswith("set_aside.") else text


def _templates() -> jinja2.Environment:
    """Return the templates, which are ours and constant."""
    home = files("gridgov.bulletin")
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: home.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _data_uri(data: bytes, kind: str) -> str:
    """Return bytes as a data URI."""
    return f"data:{kind};base64,{b64encode(data).decode('ascii')}"


_COLUMNS = {
    "streets": ("street", "incidents", "hot_cells", "cold_cells", "cells", "reporting_share"),
    "top_hotspots": ("street", "rank", "cell", "incidents", "gi_star", "q_value", "spot"),
    "responsibility": ("kind", "street_ids", "area_m2", "incidents", "longitude", "latitude"),
}

_FORMS = {
    "reporting_share": "{:.0%}",
    "gi_star": "{:.2f}",
    "cells": "{:,.1f}",
    "area_m2": "{:,.0f}",
    "longitude": "{:.5f}",
    "latitude": "{:.5f}",
}


def _shown(tables: Mapping[str, Any], name: str, words: Words) -> dict[str, Any]:
    """Return the head of a table as texts."""
    frame = tables[name]
    most = _MOST_ROWS[name]
    columns = [
        {"kind": _kind(frame[column], column), "column": column} for column in _COLUMNS[name]
    ]
    texts = [
        [_text(name, column, value, words) for value in frame[column].head(most).tolist()]
        for column in _COLUMNS[name]
    ]
    if name == "responsibility":
        texts[1] = [_street_names(ids, tables["streets"]) for ids in frame["street_ids"].head(most)]
    else:
        ids = frame["street_id"].head(most).tolist()
        texts[0] = [text or str(one) for text, one in zip(texts[0], ids, strict=True)]
    tones = [_tones(column, frame[column].head(most).tolist()) for column in _COLUMNS[name]]
    kinds = [column["kind"] for column in columns]
    rows = [
        [
            {"text": text, "kind": f"{kind} {tone}".strip()}
            for text, kind, tone in zip(row, kinds, tone_row, strict=True)
        ]
        for row, tone_row in zip(zip(*texts, strict=True), zip(*tones, strict=True), strict=True)
    ]
    table = FILE_TABLES[name]
    return {
        "headings": [
            {
                "text": words.get(f"heading.{column}", table[column].heading(words.lang)),
                "kind": kind,
            }
            for column, kind in zip(_COLUMNS[name], kinds, strict=True)
        ],
        "rows": rows,
        "more": max(0, len(frame) - most),
        "file": "tables.xlsx",
    }


def _street_names(ids: Any, streets: pd.DataFrame) -> str:
    """Return the names of the streets whose ids a text lists."""
    if not isinstance(ids, str):
        return "–"
    names = streets.set_index("street_id")["street"].dropna()
    return " + ".join(clean(names.get(one, one)) for one in ids.split(" + "))


def _kind(values: Any, column: str) -> str:
    """Return how a column is set."""
    if column == "cell":
        return "cell"
    return "number" if values.dtype.kind in "iuf" or str(values.dtype) == "Int64" else ""


def _tones(column: str, values: list[Any]) -> list[str]:
    """Return the color of every value."""
    if column in ("hot_cells", "cold_cells"):
        return [column.partition("_")[0] if value else "" for value in values]
    return [""] * len(values)


def _text(table: str, column: str, value: Any, words: Words) -> str:
    """Return a value as the page shows it."""
    # Missing values of every kind differ from themselves, or refuse to say.
    if value is None or (not isinstance(value, str) and str(value) in ("nan", "<NA>", "NaT")):
        return "" if column == "street" else "–"
    if column == "q_value":
        return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
    if column in _FORMS:
        return _FORMS[column].format(value)
    if isinstance(value, int):
        return f"{value:,}"
    if column == "spot":
        return label("spot", str(value), words.lang)
    if column == "kind":
        return label("responsibility", str(value), words.lang)
    return clean(value)
