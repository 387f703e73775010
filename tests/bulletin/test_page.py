"""The page in a real browser: it asks nobody for anything, runs nothing and fits the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gridgov.bulletin.brief import BriefResult


def test_record_text_is_text_and_the_policy_forbids_everything_else(pack: BriefResult) -> None:
    text = (pack.out / "index.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "{{7*7}}" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    addresses = re.findall(r"(?:src|href)=\"([^\"]*)\"", text)
    assert all(one.startswith("data:") or (pack.out / one).is_file() for one in addresses)
    assert {one for one in addresses if not one.startswith("data:")} >= {
        *("hotspots.html", "incidents.html", "tables.xlsx", "set_aside.csv", "brief.json"),
    }


@pytest.fixture(scope="module")
def seen(pack: BriefResult, chromium: Any) -> Iterator[Any]:
    page = chromium.new_page(viewport={"width": 1024, "height": 768})
    page.asked = []
    page.said = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("dialog", lambda dialog: page.said.append(dialog.message))
    page.goto((pack.out / "index.html").as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    yield page
    page.close()


@pytest.mark.browser
def test_no_request_leaves_the_page_and_nothing_runs(seen: Any, pack: BriefResult) -> None:
    page = (pack.out / "index.html").as_uri()
    assert [url for url in seen.asked if url != page and not url.startswith("data:")] == []
    assert seen.said == []


@pytest.mark.browser
def test_the_page_fits_the_screen_and_its_own_letters_are_loaded(seen: Any) -> None:
    assert seen.evaluate("document.documentElement.scrollWidth") <= 1024
    assert seen.evaluate("[...document.fonts].map(face => face.status)") == ["loaded"]
    assert seen.evaluate("document.querySelector('img').naturalWidth") == 1440


@pytest.mark.browser
def test_the_numbers_on_screen_are_the_numbers_in_the_tables(seen: Any, pack: BriefResult) -> None:
    tiles = seen.eval_on_selector_all(".tiles b", "all => all.map(one => one.textContent)")
    counts = pack.counts
    found = counts["gaps"] + counts["overlaps"]
    expected = [counts["in_brief"], counts["hot_cells"], found, counts["set_aside"]]
    assert tiles == [f"{number:,}" for number in expected]
    rows = seen.eval_on_selector_all(
        "section:nth-of-type(2) tbody tr",
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))",
    )
    streets = pack.tables["streets"]
    assert [row[0] for row in rows] == streets["street"].tolist()
    assert [int(row[1].replace(",", "")) for row in rows] == streets["incidents"].tolist()


@pytest.mark.browser
def test_it_prints_on_a4_without_cutting_anything_off(seen: Any) -> None:
    # The width between the margins of an A4 page, 184 mm at 96 dots an inch.
    seen.emulate_media(media="print")
    seen.set_viewport_size({"width": 695, "height": 1000})
    wide = seen.evaluate(
        "[...document.querySelectorAll('table, img, h1, li')]"
        ".filter(one => one.getBoundingClientRect().right > 695.5).length"
    )
    seen.emulate_media(media="screen")
    seen.set_viewport_size({"width": 1024, "height": 768})
    assert wide == 0
