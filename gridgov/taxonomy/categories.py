"""Categories, departments and channels that gridgov knows, in Chinese and English.

The words lie in ``categories.csv``, ``departments.csv`` and ``channels.csv``, one row a
term, with the scheme and code that it has elsewhere, its aliases and its source. Codes
differ between cities, so that only scheme and code together mean something. Text from
records is compared without capitals, blanks and full-width forms, and only as a whole;
what is not listed stays as it was read.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_language
from gridgov.columns import Language

__all__ = ["KINDS", "Term", "category_label", "find_term", "known", "term_label", "terms"]

KINDS: Mapping[str, str] = MappingProxyType(
    {"category": "categories.csv", "department": "departments.csv", "channel": "channels.csv"}
)
"""Every kind of term and the file it lies in."""


@dataclass(frozen=True, slots=True)
class Term:
    """One category, department or channel.

    Attributes
    ----------
    key
        The name that never changes.
    en, zh
        Its words in English and Chinese.
    scheme
        The list that the codes belong to; ``gridgov`` where no list has it.
    codes
        Its codes in that list; one term can stand for several.
    aliases
        Other words for it that records use.
    source, version
        Where scheme, codes and aliases come from.
    """

    key: str
    en: str
    zh: str
    scheme: str
    codes: tuple[str, ...]
    aliases: tuple[str, ...]
    source: str
    version: str


@cache
def terms(kind: str) -> Mapping[str, Term]:
    """Return every term of a kind by its key, in the order of the file.

    Parameters
    ----------
    kind
        ``"category"``, ``"department"`` or ``"channel"``.

    Returns
    -------
    mapping
        Key to :class:`Term`.

    Raises
    ------
    OptionError
        If there is no such kind.

    Examples
    --------
    >>> terms("category")["exposed_garbage"].codes
    ('01-02',)
    """
    check_choice(kind, option="kind", choices=KINDS)
    text = files("gridgov.taxonomy").joinpath(KINDS[kind]).read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["key"]: Term(
                key=row["key"],
                en=row["en"],
                zh=row["zh"],
                scheme=row["scheme"],
                codes=_listed(row["code"]),
                aliases=_listed(row["aliases"]),
                source=row["source"],
                version=row["version"],
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


def known(kind: str, texts: Any) -> NDArray[np.object_]:
    """Return the key of every text that is a known term.

    Parameters
    ----------
    kind
        ``"category"``, ``"department"`` or ``"channel"``.
    texts
        Texts as read, missing ones allowed.

    Returns
    -------
    object array, in the order of `texts`
        The key, None where the text is unknown or missing.

    Raises
    ------
    OptionError
        If there is no such kind.

    Examples
    --------
    >>> known("category", ["违法建设", "私搭乱建", "井盖缺失", None]).tolist()
    ['illegal_construction', 'illegal_construction', None, None]
    """
    index = _index(kind)
    codes, different = pd.factorize(pd.Series(texts, dtype=object))
    keys = np.array([*(index.get(_plain(text)) for text in different), None], dtype=object)
    # Missing texts have the code -1 and so take the last entry, None.
    found: NDArray[np.object_] = keys[codes]
    return found


def find_term(kind: str, text: Any) -> Term | None:
    """Return the term that one text names, None when it is unknown.

    Parameters
    ----------
    kind
        ``"category"``, ``"department"`` or ``"channel"``.
    text
        The text as read: the Chinese or English words, the key or an alias.

    Raises
    ------
    OptionError
        If there is no such kind.
    """
    key = _index(kind).get(_plain(text))
    return None if key is None else terms(kind)[key]


def term_label(kind: str, text: str, lang: Language) -> str:
    """Return the words to show for a text, the text itself when it is unknown.

    Parameters
    ----------
    kind
        ``"category"``, ``"department"`` or ``"channel"``.
    text
        The text as read.
    lang
        ``"en"`` or ``"zh"``.

    Raises
    ------
    OptionError
        If there is no such kind or language.

    Examples
    --------
    >>> term_label("channel", "市民通", "en"), term_label("channel", "飞鸽", "en")
    ('App', '飞鸽')
    """
    language = check_language(lang)
    term = find_term(kind, text)
    if term is None:
        return text
    return term.zh if language == "zh" else term.en


def category_label(text: str, lang: Language) -> str:
    """Return the words to show for a category, the text itself when it is unknown.

    Parameters
    ----------
    text
        The category as read.
    lang
        ``"en"`` or ``"zh"``.

    Raises
    ------
    OptionError
        If there is no such language.

    Examples
    --------
    >>> category_label("占道经营", "en"), category_label("井盖缺失", "en")
    ('Street vending', '井盖缺失')
    """
    return term_label("category", text, lang)


@cache
def _index(kind: str) -> Mapping[str, str]:
    """Return the key for every way to write a term."""
    return {
        _plain(word): term.key
        for term in terms(kind).values()
        for word in (term.key, term.en, term.zh, *term.aliases)
    }


def _listed(text: str) -> tuple[str, ...]:
    """Return the entries of a field that lists several."""
    return tuple(part for part in text.split("|") if part)


def _plain(text: Any) -> str:
    """Return a text without capitals, blanks and full-width forms."""
    return "".join(unicodedata.normalize("NFKC", str(text)).casefold().split())
