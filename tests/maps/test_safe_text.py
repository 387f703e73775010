"""Text and data on their way into a page."""

from __future__ import annotations

import base64
import html
import json
import re

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.maps.safe_text import encode_json, escape


@given(st.text())
def test_escaped_text_holds_nothing_but_letters_digits_entities_and_a_short_list(text):
    left = re.sub(r"&#[0-9]+;", "", escape(text))
    assert all(character.isalnum() or character in " .,-_" for character in left)


# NUL, lone surrogates and C1 controls have no entity of their own; see escape.
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_browser_reads_back_the_text_that_was_escaped(text):
    # html.unescape leaves out noncharacters such as U+FFFE, which browsers keep.
    kept = "".join(c for c in text if ord(c) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(c) <= 0xFDEF)
    assert html.unescape(escape(kept)) == kept


def test_letters_of_every_script_stay_readable_in_the_source():
    assert escape("鲁谷街道 Straße-7, Москва") == "鲁谷街道 Straße-7, Москва"


@pytest.mark.parametrize("text", ["\0", "\x80", "\x9f", "\ud800"])
def test_what_html_cannot_hold_becomes_the_replacement_character(text):
    assert escape(text) == "&#65533;"


def test_anything_else_is_turned_into_text_first():
    assert escape(None) == "None"
    assert escape(-3.5) == "-3.5"


def test_no_template_runs_in_any_stock_element(hostile):
    page = folium.Map(location=[39.9, 116.2], tiles=None)
    for text in hostile:
        marker = folium.Marker([39.9, 116.2], tooltip=folium.Tooltip(escape(text)))
        marker.add_child(folium.Popup(escape(text)))
        page.add_child(marker)
    rendered = page.get_root().render()
    assert "window.flag=" not in rendered
    assert escape("{{ 7 * 7 }}") in rendered
    # Were the template run, the first probe would read 49 between its tags.
    assert not re.search(r">\s*49\s*<", rendered)


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner)))
def test_encoded_data_has_a_harmless_alphabet_and_comes_back_whole(data):
    encoded = encode_json(data)
    assert re.fullmatch(r"[A-Za-z0-9+/=]*", encoded)
    assert json.loads(base64.b64decode(encoded).decode("utf-8", "surrogatepass")) == data


def test_missing_numbers_are_refused_and_not_written_as_nan():
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_json([float("nan")])
