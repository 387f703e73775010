"""What a bulletin looks like: its title, its sections in order, its own sentences.

A template is a small TOML file in one language. Fields in curly brackets stand for what the
bulletin is of and for its numbers; nothing in a template is run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from gridgov.bulletin.periodic.rhythm import RhythmKind
from gridgov.columns import Language
from gridgov.errors import SettingsError

__all__ = ["FIELDS", "SECTIONS", "Template", "fill", "read_template"]

SECTIONS = (
    "overview",
    "categories",
    "streets",
    "map",
    "cases",
    "indicators",
    "ranking",
    "supervision",
    "delays",
    "repeats",
    "trend",
    "campaigns",
    "inventory",
    "standing",
    "quality",
)
"""The sections that a template can name."""

FIELDS = ("place", "street", "district", "period", "kind", "source", "as_of")
"""The fields that a title can hold; opening and closing can hold numbers by their keys too."""

_RHYTHMS: tuple[RhythmKind, ...] = ("day", "week", "month", "year")
_KEYS = ("title", "subtitle", "sections", "headings", "texts")
_TEXTS = ("opening", "closing")
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A template, checked.

    Attributes
    ----------
    name
        What errors call it.
    title, subtitle
        With fields.
    sections
        Names of sections in order.
    headings
        Other headings, by section.
    opening, closing
        Sentences of the caller's own, with fields; empty for none.
    """

    name: str
    title: str
    subtitle: str
    sections: tuple[str, ...]
    headings: Mapping[str, str]
    opening: str
    closing: str


def read_template(source: Any, *, kind: RhythmKind, lang: Language) -> Template:
    """Return a template: the shipped one, a file, or a mapping.

    Parameters
    ----------
    source
        Path of a TOML file, a mapping of the same shape, or None for the shipped one.
    kind
        The rhythm: ``sections`` can be a list, or a table with one list a rhythm.
    lang
        Language of the shipped one.

    Raises
    ------
    SettingsError
        If it cannot be read, names a section or field that does not exist, or lacks one that
        it needs; the first such thing is named.

    Examples
    --------
    >>> read_template(None, kind="day", lang="zh").title
    '{place}城市管理{kind}（{period}）'
    """
    said, name = _read(source, lang)
    for key in said:
        _known(key, _KEYS, f"{name}: a template has the keys", "key")
    for key in ("title", "sections"):
        if key not in said:
            raise SettingsError(
                f"{name}: a template must have {key}. Found: {', '.join(map(str, said)) or 'none'}."
                f" Add {key}; the shipped template shows how."
            )
    sections = said["sections"]
    if isinstance(sections, Mapping):
        for key in sections:
            _known(key, _RHYTHMS, f"{name}: sections are by rhythm:", "rhythm")
        if kind not in sections:
            raise SettingsError(
                f"{name}: a template must list the sections of a {kind}. Found: "
                f"{', '.join(map(str, sections)) or 'none'}. Add {kind} = [...] to [sections]."
            )
        sections = sections[kind]
    if not isinstance(sections, list | tuple) or not sections:
        raise SettingsError(
            f"{name}: sections must be a list of names such as ['overview', 'map']. Found: "
            f"{sections!r}."
        )
    for section in sections:
        _known(section, SECTIONS, f"{name}: a bulletin has the sections", "section")
    if len(set(sections)) < len(sections):
        twice = next(one for one in sections if list(sections).count(one) > 1)
        raise SettingsError(f"{name}: a section stands once. Found: {twice!r} twice.")
    headings = _table(said, "headings", name)
    for key in headings:
        _known(key, SECTIONS, f"{name}: headings are by section:", "section")
    texts = _table(said, "texts", name)
    for key in texts:
        _known(key, _TEXTS, f"{name}: texts are", "text")
    title, subtitle = str(said["title"]), str(said.get("subtitle", ""))
    for text in (title, subtitle, *headings.values()):
        fill(text, dict.fromkeys(FIELDS, ""), name=name)
    return Template(
        name=name,
        title=title,
        subtitle=subtitle,
        sections=tuple(sections),
        headings=headings,
        opening=texts.get("opening", ""),
        closing=texts.get("closing", ""),
    )


def fill(text: str, values: Mapping[str, str], *, name: str) -> str:
    """Return a text with its fields filled in.

    Parameters
    ----------
    text
        With fields in curly brackets.
    values
        Texts by field. They are put in as they are: brackets in them are no fields.
    name
        What the error calls the template.

    Raises
    ------
    SettingsError
        If a field does not exist.

    Examples
    --------
    >>> fill("{place}（{period}）", {"place": "{period}", "period": "2017-09"}, name="mine")
    '{period}（2017-09）'
    """

    def filled(found: re.Match[str]) -> str:
        if found[1] not in values:
            _known(found[1], tuple(values), f"{name}: fields are", "field")
        return values[found[1]]

    return _FIELD.sub(filled, text)


def _read(source: Any, lang: Language) -> tuple[Mapping[str, Any], str]:
    """Return what a template says and what to call it."""
    if isinstance(source, Mapping):
        return source, "template"
    if source is None:
        name = f"template_{lang}.toml"
        text = files("gridgov.bulletin.periodic").joinpath(name).read_text(encoding="utf-8")
        return tomllib.loads(text), name
    path = Path(source)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), path.name
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingsError(f"A template must be a readable TOML file. {path}: {why}.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"A template must be a TOML file. {path}: {error}. Texts need quotation marks."
        ) from error


def _table(said: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    """Return a table of texts."""
    table = said.get(key, {})
    if not isinstance(table, Mapping) or not all(isinstance(one, str) for one in table.values()):
        raise SettingsError(f"{name}: {key} must be a table of texts. Found: {table!r}.")
    return dict(table)


def _known(value: Any, known: tuple[str, ...], rule: str, what: str) -> None:
    """Raise unless a name is one of those there are."""
    if value in known:
        return
    near = get_close_matches(str(value), known, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(known[:60])
    raise SettingsError(f"{rule} {listed}. Found: the {what} {value!r}.{hint}")
