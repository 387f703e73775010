"""What every map takes: the notes at its foot, a base map, and words for them."""

from __future__ import annotations

import inspect

import pytest

import gridgov
from gridgov.maps.map_notes import map_notes

MAPS = [name for name in gridgov.__all__ if name.startswith("map_")]
COMMON = ("lang", "title", "source", "date", "author", "approval", "tiles")


@pytest.mark.parametrize("name", MAPS)
def test_every_map_takes_the_same_options_in_the_same_order(name):
    parameters = list(inspect.signature(getattr(gridgov, name)).parameters)
    assert [option for option in parameters if option in COMMON] == list(COMMON)


@pytest.mark.parametrize("name", MAPS)
def test_every_map_says_what_tiles_can_be(name):
    text = inspect.getdoc(getattr(gridgov, name)) or ""
    assert "gg.base_map(" in text or "As in :func:`map_" in text or "as in :func:" in text.lower()


def test_notes_are_one_line_each_in_both_languages():
    assert map_notes() == []
    assert map_notes(source="a\n b", author="c", approval="审图号：GS（2024）0650号") == [
        "Source: a b",
        "Made by: c",
        "Map approval number: GS（2024）0650号",
    ]
    assert map_notes(approval="京S（2024）001号", lang="zh") == ["审图号：京S（2024）001号"]
