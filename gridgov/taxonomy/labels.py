"""Fixed terms in Chinese and English: spots, matches, kinds.

The words lie in ``terms.csv``, one row a term; whatever is not listed there is
returned as it came, because record text has no translation of ours.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from gridgov.columns import Language

__all__ = ["label", "labels"]


@cache
def _terms() -> dict[tuple[str, str], dict[Language, str]]:
    text = files("gridgov.taxonomy").joinpath("terms.csv").read_text(encoding="utf-8")
    return {
        (row["kind"], row["term"]): {"en": row["en"], "zh": row["zh"]}
        for row in csv.DictReader(text.splitlines())
    }


def label(kind: str, term: str, lang: Language) -> str:
    """Return the words for a fixed term, or the term itself when it is not a fixed one.

    Examples
    --------
    >>> label("spot", "hot 99", "zh")
    '热点 99%'
    """
    words = _terms().get((kind, term))
    return words[lang] if words else term


def labels(kind: str, lang: Language) -> dict[str, str]:
    """Return every term of a kind with its words, in the order of the file.

    Examples
    --------
    >>> list(labels("match", "en"))
    ['inside', 'border', 'overlap', 'outside', 'no_point']
    """
    return {term: words[lang] for (of, term), words in _terms().items() if of == kind}
