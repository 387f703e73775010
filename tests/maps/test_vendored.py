"""What travels with the package is what it says, and can do no harm in a page."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import pytest

from gridgov.maps.dashboard_page import DASHBOARD_SCRIPTS, DASHBOARD_STYLE
from gridgov.maps.vendored import (
    OWN_SCRIPTS,
    drawing_css,
    drawing_js,
    jquery_js,
    leaflet_css,
    leaflet_js,
    notices,
)

ASSETS = files("gridgov.maps").joinpath("assets")
OURS = [
    *(*OWN_SCRIPTS, "base.js", "pins.js", "gridgov.css"),
    *(*DASHBOARD_SCRIPTS, DASHBOARD_STYLE),
]


def test_vendored_files_have_the_listed_fingerprints():
    listed = re.findall(
        r"\| `([^`]+)` \|.*`([0-9a-f]{64})`", ASSETS.joinpath("LICENSES.md").read_text("utf-8")
    )
    assert len(listed) == 31
    for name, fingerprint in listed:
        data = ASSETS.joinpath(*name.split("/")).read_bytes()
        assert hashlib.sha256(data).hexdigest() == fingerprint, name


def test_no_file_lies_there_unlisted():
    text = ASSETS.joinpath("LICENSES.md").read_text("utf-8")
    folders = ("images", "plugins", "plugins/images")
    images = [
        f"{folder}/{f.name}"
        for folder in folders
        for f in ASSETS.joinpath(*folder.split("/")).iterdir()
        if f.is_file()
    ]
    others = [f.name for f in ASSETS.iterdir() if f.is_file() and f.name != "LICENSES.md"]
    vendored = [name for name in [*images, *others] if name not in OURS]
    assert [name for name in vendored if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", OURS)
def test_our_own_files_hold_no_template_marks_and_close_no_script(name):
    text = ASSETS.joinpath(name).read_text("utf-8")
    assert re.findall(r"\{\{|\{%|\{#|</script|<!--", text) == []


@pytest.mark.parametrize("name", [name for name in OURS if name.endswith("js")])
def test_our_own_scripts_never_turn_text_into_markup_or_code(name):
    text = ASSETS.joinpath(name).read_text("utf-8")
    ways = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|bindPopup|fetch\("
    )
    assert re.findall(ways, text) == []


def test_nothing_that_goes_into_a_page_fetches():
    everything = [leaflet_js(), jquery_js(), drawing_js(), leaflet_css(), drawing_css()]
    assert all("</script" not in text for text in everything)
    assert all("sourceMappingURL" not in text for text in everything)
    for style in (leaflet_css(), drawing_css()):
        assert re.findall(r"url\((?!data:|#)[^)]*\)|@import", style) == []


def test_the_licence_texts_fit_into_a_comment():
    assert "Redistribution and use" in notices()
    assert "OpenJS Foundation" in notices()
    assert "--" not in notices()
