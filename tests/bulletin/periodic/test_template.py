"""Templates: what is wrong is named, nothing in them is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridgov.bulletin.periodic.template import SECTIONS, fill, read_template
from gridgov.errors import SettingsError

PLAIN = {"title": "{place} {period}", "sections": ["overview", "map"]}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"sections": ["overview", "mapp"]}, "the section 'mapp'. Did you mean 'map'"),
        ({"sections": []}, "sections must be a list of names"),
        ({"sections": ["map", "map"]}, "'map' twice"),
        ({"sections": {"month": ["map"]}}, "must list the sections of a day"),
        ({"sections": {"months": ["map"]}}, "the rhythm 'months'. Did you mean 'month'"),
        ({"title": "{plaec}"}, "the field 'plaec'. Did you mean 'place'"),
        ({"headings": {"maps": "Karte"}}, "the section 'maps'"),
        ({"headings": {"map": "{incidents}"}}, "the field 'incidents'"),
        ({"texts": {"end": "x"}}, "the text 'end'"),
        ({"texts": "x"}, "texts must be a table"),
        ({"footer": "x"}, "the key 'footer'"),
    ],
)
def test_what_does_not_exist_is_named(more: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_template(PLAIN | more, kind="day", lang="en")


@pytest.mark.parametrize("key", ["title", "sections"])
def test_a_missing_field_is_named(key: str) -> None:
    said = {name: value for name, value in PLAIN.items() if name != key}
    with pytest.raises(SettingsError, match=f"a template must have {key}"):
        read_template(said, kind="day", lang="en")


def test_a_file_that_is_no_toml_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("title = no quotes", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"must be a TOML file.*mine\.toml"):
        read_template(path, kind="day", lang="en")
    with pytest.raises(SettingsError, match=r"must be a readable TOML file"):
        read_template(tmp_path / "absent.toml", kind="day", lang="en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_shipped_templates_have_every_rhythm(lang: Any) -> None:
    seen: set[str] = set()
    for kind in ("day", "week", "month", "year"):
        seen |= set(read_template(None, kind=kind, lang=lang).sections)  # type: ignore[arg-type]
    assert seen == set(SECTIONS)


def test_values_with_brackets_are_no_fields_and_nothing_is_looked_up() -> None:
    assert fill("{place}", {"place": "{source}"}, name="t") == "{source}"
    with pytest.raises(SettingsError, match=r"Found: the field 'place\.__class__'"):
        fill("{place.__class__}", {"place": "x"}, name="t")
