"""What the pages of all packs have in common: the frame, its ledger, tables as texts.

A page asks nobody for anything: what it shows is inside it, its letters too, and a content
security policy forbids scripts and every request. All text goes through autoescape: record
text is never markup. A page shows the tables and numbers that it is given.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

import gridgov
from gridgov.bulletin.ledger import Step
from gridgov.bulletin.page_font import font_for
from gridgov.bulletin.words import Words
from gridgov.columns import Table
from gridgov.figures.fonts import clean
from gridgov.taxonomy.labels import label

__all__ = [
    "Page",
    "as_text",
    "frame_content",
    "picture_uri",
    "render",
    "render_all",
    "shown_table",
]


def frame_content(
    *,
    title: str,
    period: str,
    lead: str,
    source: str | None,
    tiles: Sequence[tuple[str, str, str]],
    steps: Sequence[Step],
    notices: Sequence[str],
    method: Sequence[str],
    files: Sequence[tuple[str, str]],
    words: Words,
) -> dict[str, Any]:
    """Return what the frame of a page is filled with.

    Parameters
    ----------
    title, period, lead
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
    words
        Language of the page.

    Returns
    -------
    dict
        Values by the names that ``frame.html.j2`` uses.

    Raises
    ------
    None
    """
    return {
        "html_lang": "zh-CN" if words.lang == "zh" else "en",
        "words": words,
        "version": gridgov.__version__,
        "title": title,
        "period": period,
        "lead": lead,
        "source": source,
        "tiles": [{"number": n, "label": text, "tone": tone} for n, text, tone in tiles],
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
            for step in steps
            if step.shown
        ],
        "notices": notices,
        "method": method,
        "files": [{"href": name, "label": text} for name, text in files],
    }


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
    return render_all({name: Page(name, content)})[name]


class Page(NamedTuple):
    """A page to be rendered.

    Attributes
    ----------
    template
        A file of this folder.
    content
        What it is filled with.
    styles
        Style sheets, files of this folder; the later ones win.
    """

    template: str
    content: Mapping[str, Any]
    styles: Sequence[str] = ("page.css",)


def render_all(pages: Mapping[str, Page]) -> dict[str, str]:
    """Return several pages that carry the same letters, cut out once for all of them.

    Parameters
    ----------
    pages
        Pages by the names of their files.

    Returns
    -------
    dict of str
        One HTML document a page, without script, that loads nothing.

    Raises
    ------
    jinja2.UndefinedError
        If a template needs something that its content does not have.
    """
    templates = _templates()
    # Rendered once to know their letters, then with the font that holds them.
    letters = {
        mark
        for page in pages.values()
        for mark in templates.get_template(page.template).render(page.content, style="", policy="")
    }
    face = (
        "@font-face { font-family: 'Brief'; "
        f"src: url({_data_uri(font_for(''.join(sorted(letters))), 'font/woff')}) "
        "format('woff'); }\n"
    )
    home = files("gridgov.bulletin")
    rendered = {}
    for name, page in pages.items():
        sheets = [home.joinpath(sheet).read_text(encoding="utf-8") for sheet in page.styles]
        style = "".join([face, *sheets])
        digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; font-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        template = templates.get_template(page.template)
        rendered[name] = template.render(page.content, style=Markup(style), policy=policy)
    return rendered


def picture_uri(picture: bytes) -> Markup:
    """Return a PNG as what the source of an image takes."""
    return Markup(_data_uri(picture, "image/png"))


def shown_table(
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    *,
    table: Table,
    frame: Any,
    most: int,
    words: Words,
    tones: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return the head of a table as the page's macro shows it.

    Parameters
    ----------
    columns
        Names of the columns shown.
    texts
        Their values as texts, one sequence a column, of the rows shown.
    table
        What the columns are, for their headings.
    frame
        The whole table in the form that files have.
    most
        Rows shown.
    words
        Language of the headings.
    tones
        Color of every value, ``hot``, ``cold`` or nothing, by column.

    Returns
    -------
    dict
        Headings, rows, and how many rows are left to the file.

    Raises
    ------
    None
    """
    tones = tones or {}
    kinds = [_kind(frame[column], column) for column in columns]
    plain = [""] * (len(texts[0]) if texts else 0)
    colors = [tones.get(column, plain) for column in columns]
    rows = [
        [
            {"text": text, "kind": f"{kind} {tone}".strip()}
            for text, kind, tone in zip(row, kinds, tone_row, strict=True)
        ]
        for row, tone_row in zip(zip(*texts, strict=True), zip(*colors, strict=True), strict=True)
    ]
    return {
        "headings": [
            {
                "text": words.get(f"heading.{column}", table[column].heading(words.lang)),
                "kind": kind,
            }
            for column, kind in zip(columns, kinds, strict=True)
        ],
        "rows": rows,
        "more": max(0, len(frame) - most),
        "file": "tables.xlsx",
    }


_FORMS = {
    "reporting_share": "{:.0%}",
    "gi_star": "{:.2f}",
    "cells": "{:,.1f}",
    "area_m2": "{:,.0f}",
    "longitude": "{:.5f}",
    "latitude": "{:.5f}",
    "expected": "{:,.1f}",
    "relative_risk": "{:,.1f}",
    "radius_m": "{:,.0f}",
}

# Columns of codes and the kind of their words in taxonomy/terms.csv.
_TERMS = {
    "spot": "spot",
    "kind": "responsibility",
    "cluster_type": "cluster_type",
    "category": "emerging",
}


def as_text(column: str, value: Any, words: Words) -> str:
    """Return a value as the page shows it."""
    # Missing values of every kind differ from themselves, or refuse to say.
    if value is None or (not isinstance(value, str) and str(value) in ("nan", "<NA>", "NaT")):
        return "" if column == "street" else "–"
    if column in ("p_value", "q_value"):
        return f"{value:.4f}" if value >= 0.0001 else "< 0.0001"
    if column in _FORMS:
        return _FORMS[column].format(value)
    if isinstance(value, int):
        return f"{value:,}"
    if column in _TERMS:
        return label(_TERMS[column], str(value), words.lang)
    return clean(value)


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


def _kind(values: Any, column: str) -> str:
    """Return how a column is set."""
    if column == "cell":
        return "cell"
    return "number" if values.dtype.kind in "iuf" or str(values.dtype) == "Int64" else ""
