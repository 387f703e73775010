"""The two languages say the same things, and nothing is said that nobody asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import gridgov.bulletin
from gridgov.bulletin.tables import FILE_TABLES
from gridgov.bulletin.words import Words
from gridgov.sources.reasons import REASONS

FOLDER = Path(gridgov.bulletin.__file__).parent
PHRASES = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def places(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    phrase = PHRASES[key]
    assert set(phrase) == {"en", "zh"}
    assert places(phrase["en"]) == places(phrase["zh"])


def test_every_phrase_is_used() -> None:
    commands = (FOLDER.parent / "commands").glob("*.py")
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [*FOLDER.glob("*.py"), *FOLDER.glob("*.j2"), *commands]
    )
    used = set(re.findall(r"[\"']([a-z0-9_]+(?:\.[a-z0-9_.]+)?)[\"']", code))
    # Keys that are put together from a prefix and a code.
    prefixes = set(re.findall(r"[\"']([a-z_.]+\.)\{", code))
    unused = [key for key in PHRASES if key not in used and not key.startswith(tuple(prefixes))]
    assert unused == []


def test_every_reason_and_every_sheet_has_words() -> None:
    for words in (Words("en"), Words("zh")):
        assert all(words(f"reason.{code}") for code in REASONS)
        # A sheet's name may have 31 letters and none of []:*?/\ in it.
        names = [words(f"sheet.{name}") for name in [*FILE_TABLES, "columns"]]
        assert len({name.lower() for name in names}) == len(names)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
