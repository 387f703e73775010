"""The words of the brief in English and Chinese, from one file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gridgov.columns import Language

__all__ = ["Words"]


@cache
def _phrases() -> dict[str, dict[Language, str]]:
    text = files("gridgov.bulletin").joinpath("words.toml").read_text(encoding="utf-8")
    phrases: dict[str, dict[Language, str]] = tomllib.loads(text)
    return phrases


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of ``words.toml`` in one language.

    Examples
    --------
    >>> Words("zh")("summary.written", path="brief")
    '已写入：brief'
    """

    lang: Language

    def __call__(self, key: str, **values: Any) -> str:
        """Return a phrase with its values filled in."""
        return _phrases()[key][self.lang].format(**values)

    def get(self, key: str, otherwise: str) -> str:
        """Return a phrase without values, or `otherwise` when there is none."""
        return _phrases()[key][self.lang] if key in _phrases() else otherwise

    def colon(self, name: str, value: str) -> str:
        """Return a name and its value as the language joins them."""
        return f"{name}：{value}" if self.lang == "zh" else f"{name}: {value}"

    def listed(self, parts: list[str]) -> str:
        """Return parts joined as the language joins them."""
        return ("，" if self.lang == "zh" else ", ").join(parts)
