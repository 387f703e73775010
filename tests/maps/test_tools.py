"""The tools beside a map, in a real browser: by name, by key, on a phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from gridgov.geo.hexgrid import cell_centers, cells_to_text
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.words import words_for
from gridgov.maps.words_dashboard import dashboard_words

TOOLS = ["search", "whole", "full", "measure", "link", "print", "help"]
NAME = "() => document.activeElement.getAttribute('aria-label')"


def tool(name: str) -> str:
    return f"[data-tool={name}]"


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_control_has_a_name_in_the_language_of_the_map(hot, streets, exported, lang):
    page = exported(map_hotspots(hot, streets, lang=lang))
    words = words_for(lang)
    for name in TOOLS:
        page.page.click(tool(name)) if name in ("search", "measure", "help") else None
        named = page.page.evaluate(
            """() => Array.from(
                document.querySelectorAll(
                    ".gg button, .gg a, .gg input, .gg summary, .gg [role]:not([role=status])"
                ),
                (n) => [n.tagName, n.getAttribute("aria-label") || n.title || n.textContent,
                        n.tabIndex])"""
        )
        assert [entry for entry in named if not str(entry[1]).strip()] == []
    shown = page.page.evaluate(
        "() => Array.from(document.querySelectorAll('[data-tool]'), (n) => n.title)"
    )
    assert shown == [words[f"tool_{name}"] for name in TOOLS]
    zoom = page.page.evaluate(
        "() => document.querySelector('.leaflet-control-zoom-in').getAttribute('aria-label')"
    )
    assert zoom == words["tool_zoom_in"]
    assert page.page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[lang]
    assert page.text(".gg-north span") == [words["north"]]
    assert page.complaints == []


@pytest.mark.browser
def test_a_search_jumps_to_a_street_or_a_cell_and_pins_it(hot, streets, exported):
    page = exported(map_hotspots(hot, streets, lang="zh"))
    page.page.click(tool("search"))
    page.page.keyboard.type("鲁谷")
    assert page.text(".gg-hit") == ["鲁谷街道"]
    page.page.keyboard.press("Enter")
    assert page.card()["heading"] == "鲁谷街道"
    text = cells_to_text(hot["cell"])[4]
    page.page.fill(".gg-input", text[:13])
    assert text in page.text(".gg-hit")
    page.page.fill(".gg-input", text.upper())
    page.page.keyboard.press("Enter")
    assert page.card()["sub"].endswith(text)
    lon, lat = cell_centers(hot["cell"])
    page.page.fill(".gg-input", f"{lat[7]:.6f}, {lon[7]:.6f}")
    page.page.keyboard.press("Enter")
    assert page.card()["sub"].endswith(cells_to_text(hot["cell"])[7])
    page.page.fill(".gg-input", "no such place")
    assert page.text(".gg-told") == ["未找到"]
    page.page.keyboard.press("Escape")
    assert page.page.evaluate(NAME) == "查找"
    assert page.page.query_selector(".gg-panel") is None
    assert page.complaints == []


@pytest.mark.browser
def test_lengths_and_areas_are_those_of_the_ellipsoid(hot, exported):
    page = exported(map_hotspots(hot))
    geod = Geod(ellps="WGS84")
    rng = np.random.default_rng(2)
    for span in (0.001, 0.1, 3.0):
        for _ in range(5):
            middle = rng.uniform([-170, -70], [170, 70])
            angles = np.sort(rng.uniform(0, 2 * np.pi, 6))
            lon, lat = (middle + span * np.column_stack([np.cos(angles), np.sin(angles)])).T
            corners = [{"lat": y, "lng": x} for x, y in zip(lon, lat, strict=True)]
            length, area = page.page.evaluate(
                "(c) => [gridgov.geodesy.length(c[0], c[1]), gridgov.geodesy.area(c)]", corners
            )
            assert length == pytest.approx(
                geod.inv(lon[0], lat[0], lon[1], lat[1])[2], rel=1e-9, abs=1e-4
            )
            expected = abs(geod.polygon_area_perimeter(lon, lat)[0])
            assert area == pytest.approx(expected, rel=1e-4 if span > 1 else 5e-6)


@pytest.mark.browser
def test_measuring_adds_up_and_leaves_the_card_alone(hot, streets, exported):
    page = exported(map_hotspots(hot, streets))
    lon, lat = cell_centers(hot["cell"])
    page.page.click(tool("measure"))
    for i in (0, 7, 12):
        page.page.mouse.click(*page.place(lon[i], lat[i]))
    geod = Geod(ellps="WGS84")
    chosen = [0, 7, 12]
    length = geod.line_length(lon[chosen], lat[chosen])
    shown = dict(zip(page.text(".gg-result dt"), page.text(".gg-result dd"), strict=True))
    # A click hits a whole pixel, about 4 m here.
    found = float(shown["Length"].split()[0]) * (1000 if "km" in shown["Length"] else 1)
    assert found == pytest.approx(length, abs=25)
    assert shown["Area"].endswith("km²")
    assert page.card() == {}
    page.page.click(".gg-plain >> nth=0")
    assert page.text(".gg-result dt") == ["Length"]
    page.page.evaluate(f"() => {page.name}.getContainer().focus()")
    page.page.keyboard.press("Enter")
    assert page.text(".gg-result dt") == ["Length", "Area"]
    page.page.click(tool("measure"))
    assert page.hover(lon[0], lat[0])["sub"].startswith("Cell")
    assert page.complaints == []


@pytest.mark.browser
def test_the_address_holds_the_view_and_gives_it_back(hot, streets, exported, watch):
    page = exported(map_hotspots(hot, streets))
    lon, lat = cell_centers(hot["cell"])
    page.page.evaluate(
        f"([y, x]) => {page.name}.setView([y, x], 15.25, {{animate: false}})", [lat[5], lon[5]]
    )
    page.page.mouse.click(*page.place(lon[5], lat[5]))
    pinned = page.card()
    page.page.click(tool("link"))
    address = page.page.input_value(".gg-input")
    assert re.search(r"#view=15\.25/3\d\.\d+/116\.\d+&.*at=", address)
    assert page.page.url == address
    page.page.goto("about:blank")
    page.page.goto(address)
    page.page.wait_for_selector(".gg-card.gg-pinned")
    assert page.card() == pinned
    zoom, center = page.page.evaluate(f"() => [{page.name}.getZoom(), {page.name}.getCenter()]")
    assert zoom == 15.25
    assert center["lat"] == pytest.approx(lat[5], abs=1e-4)
    # A mangled address is no address.
    for wrong in ("#view=x/y/z", "#view=12/95/400", "#view=12/39.9/116.2&at=<b>", "#s0=%E0%A4%A"):
        page.page.goto("about:blank")
        page.page.goto(address.split("#")[0] + wrong)
    assert page.complaints == []


@pytest.mark.browser
def test_on_a_phone_the_legend_is_folded_and_the_tools_are_one_menu(hot, streets, exported):
    page = exported(map_hotspots(hot, streets, title="八角街道热点", lang="zh"), (375, 667))
    assert page.page.evaluate("document.querySelector('.gg-legend').open") is False
    assert not page.page.is_visible(tool("search"))
    page.page.click(".gg-menu")
    boxes = [page.page.query_selector(tool(name)).bounding_box() for name in TOOLS]
    assert all(box["height"] >= 40 and box["width"] >= 100 for box in boxes)
    page.page.keyboard.press("Escape")
    assert not page.page.is_visible(tool("search"))
    page.page.click(".gg-menu")
    page.page.click(tool("search"))
    panel = page.page.query_selector(".gg-panel").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 375
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_a_print_is_one_sheet_with_legend_and_without_controls(hot, streets, exported, paper):
    page = exported(map_hotspots(hot, streets, source="hotline"))
    before = page.page.evaluate(f"() => [{page.name}.getZoom(), {page.name}.getSize().x]")
    page.page.evaluate("() => { window.print = () => {}; }")
    page.page.click(tool("print"))
    page.page.click(f".gg-plain >> text={paper}")
    page.page.wait_for_selector(".gg-sheet")
    assert not page.page.is_visible(tool("search"))
    assert not page.page.is_visible(".leaflet-control-zoom")
    for kept in (".gg-title", ".gg-legend", ".gg-foot", ".gg-north", ".leaflet-control-scale"):
        assert page.page.is_visible(kept), kept
    pictures = page.page.evaluate(
        "() => Array.from(document.querySelectorAll('.gg-frozen'), (i) => i.naturalWidth)"
    )
    assert pictures
    assert min(pictures) > 1060
    data = page.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", data)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data)
    # Points: 297 x 210 mm and 420 x 297 mm.
    expected = {"A4": (841.9, 595.3), "A3": (1190.6, 841.9)}[paper]
    assert [float(side) for side in box.groups()] == pytest.approx(expected, abs=1)
    page.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    after = page.page.evaluate(f"() => [{page.name}.getZoom(), {page.name}.getSize().x]")
    assert after == before
    assert page.page.is_visible(tool("search"))
    assert page.complaints == []


@pytest.mark.browser
def test_full_screen_fills_the_window_where_the_browser_allows_no_more(hot, exported):
    page = exported(map_hotspots(hot))
    page.page.evaluate(
        "() => { Element.prototype.requestFullscreen = () => Promise.reject(new Error('no')); }"
    )
    page.page.click(tool("full"))
    page.page.wait_for_selector(".gg-full")
    assert page.page.get_attribute(tool("full"), "aria-pressed") == "true"
    assert page.page.get_attribute(tool("full"), "aria-label") == "Leave full screen"
    page.page.click(tool("full"))
    assert page.page.get_attribute(tool("full"), "aria-pressed") == "false"
    assert page.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (640, 420), (375, 667)])
def test_the_tools_lie_over_nothing_else(hot, streets, exported, size):
    page = exported(map_hotspots(hot, streets, source="hotline", date="September 2017"), size)
    boxes = page.page.evaluate(
        """() => [".gg-head", ".gg-foot", ".gg-legend", ".leaflet-control-zoom", ".gg-tools",
            ".gg-north", ".leaflet-control-scale"].map((s) => {
                const b = document.querySelector(s).getBoundingClientRect();
                return [b.left, b.top, b.right, b.bottom];
            })"""
    )
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
        for other in boxes[i + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[i], other)


def test_every_word_of_a_script_is_among_the_words_of_the_maps():
    words = {*words_for("zh"), *dashboard_words("zh")}
    assets = Path(__file__).resolve().parents[2] / "gridgov" / "maps" / "assets"
    own = [path for path in assets.glob("*.js") if path.name not in ("leaflet.js", "jquery.min.js")]
    asked = {
        word
        for path in own
        for word in re.findall(r"\bwords\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 40
    assert asked - words == set()
