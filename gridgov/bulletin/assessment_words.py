"""The words of an assessment in English and Chinese, from one file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from gridgov.bulletin.document.forms import plain_text
from gridgov.columns import Language

__all__ = ["AssessmentWords"]

_LONGEST = 40


@cache
def _phrases() -> dict[str, dict[Language, str]]:
    text = files("gridgov.bulletin").joinpath("assessment_words.toml").read_text("utf-8")
    phrases: dict[str, dict[Language, str]] = tomllib.loads(text)
    return phrases


@dataclass(frozen=True, slots=True)
class AssessmentWords:
    """The phrases of ``assessment_words.toml`` in one language.

    Examples
    --------
    >>> AssessmentWords("en").ranks(3, 6), AssessmentWords("zh").ranks(2, 2)
    ('3 to 6', '2')
    """

    lang: Language

    def __call__(self, key: str, **values: Any) -> str:
        """Return a phrase with its values filled in."""
        return _phrases()[key][self.lang].format(**values)

    def named(self, value: Any) -> str:
        """Return a name from the records as it may stand in a sentence."""
        return self("unnamed") if pd.isna(value) else plain_text(value, longest=_LONGEST)

    def listed(self, parts: Sequence[str]) -> str:
        """Return parts joined as the language joins them."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def ranks(self, low: Any, high: Any) -> str:
        """Return a range of ranks; a dash where there is none."""
        if pd.isna(low) or pd.isna(high):
            return "–"
        return f"{low}" if low == high else self("ranks", low=low, high=high)
