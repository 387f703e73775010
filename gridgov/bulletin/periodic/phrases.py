"""The words of bulletins in English and Chinese, from one file, and numbers in sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from gridgov.bulletin.document.forms import plain_text, write_value
from gridgov.bulletin.periodic.changes import Change
from gridgov.bulletin.periodic.rhythm import Span
from gridgov.columns import Language
from gridgov.taxonomy.categories import term_label

__all__ = ["Phrases"]

# Names of streets and categories come from records: in a sentence they stay short.
_LONGEST = 40


@cache
def _phrases() -> dict[str, dict[Language, str]]:
    text = files("gridgov.bulletin.periodic").joinpath("words.toml").read_text(encoding="utf-8")
    phrases: dict[str, dict[Language, str]] = tomllib.loads(text)
    return phrases


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of ``words.toml`` in one language.

    Examples
    --------
    >>> Phrases("en").ranks(3, 6), Phrases("zh").ranks(3, 6), Phrases("en").ranks(1, 1)
    ('3rd to 6th', '第3至第6', '1st')
    >>> Phrases("en").percent(0.125), Phrases("en").signed(-0.125), Phrases("en").percent(None)
    ('12.5%', '−12.5%', '–')
    """

    lang: Language

    def __call__(self, key: str, **values: Any) -> str:
        """Return a phrase with its values filled in."""
        return _phrases()[key][self.lang].format(**values)

    def has(self, key: str) -> bool:
        """Return whether there is such a phrase."""
        return key in _phrases()

    def named(self, value: Any) -> str:
        """Return a name from the records as it may stand in a sentence."""
        return self("unnamed") if pd.isna(value) else plain_text(value, longest=_LONGEST)

    def listed(self, parts: Sequence[str]) -> str:
        """Return parts joined as the language joins them."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def joined(self, sentences: Sequence[str]) -> str:
        """Return sentences as one paragraph."""
        return ("" if self.lang == "zh" else " ").join(one for one in sentences if one)

    def percent(self, value: Any) -> str:
        """Return a share as percents, as tables write it."""
        return write_value(value, "percent")

    def signed(self, value: Any) -> str:
        """Return a change as percents with its sign."""
        text = self.percent(value)
        missing = value is None or pd.isna(value)
        return text if missing or value < 0 else f"+{text}"

    def ranks(self, low: int, high: int) -> str:
        """Return a range of ranks in words."""
        if self.lang == "zh":
            return f"第{low}" if low == high else f"第{low}至第{high}"
        return _ordinal(low) if low == high else f"{_ordinal(low)} to {_ordinal(high)}"

    def term(self, kind: str, value: Any) -> str:
        """Return a category, channel or department: as read in Chinese, translated in English."""
        if self.lang == "zh" or pd.isna(value):
            return self.named(value)
        return self.named(term_label(kind, str(value), self.lang))

    def change(self, change: Change, *, against: Span) -> str:
        """Return what a count did against another time, hedged rightly."""
        kind = "zero" if change.now == change.before == 0 else change.kind
        return self(
            f"change.{kind}",
            against=against.said(self.lang),
            when=against.when(self.lang),
            before=0 if change.before is None else change.before,
            share=self.signed(change.share),
            low=self.signed(change.low),
            high=self.signed(change.high),
        )


def _ordinal(number: int) -> str:
    """Return a rank in English."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
