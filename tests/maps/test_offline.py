"""A map as one file: nothing is fetched, nothing but our scripts runs, whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path

import folium
import pytest
from folium import plugins

from gridgov.errors import MapError, OutputError
from gridgov.geo.hexgrid import cell_centers
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.offline import save_html
from gridgov.maps.safe_text import escape
from gridgov.maps.vendored import jquery_js, leaflet_js


def plain_map() -> folium.Map:
    return folium.Map(location=[39.9, 116.2], zoom_start=13, tiles=None)


def test_the_policy_forbids_requests_and_names_every_script(hot, streets, tmp_path):
    saved = save_html(map_hotspots(hot, streets), tmp_path / "map.html")
    text = saved.read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
    assert policy is not None
    assert text.index("<script") > policy.end()
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in rules["script-src"]
    assert len(rules["script-src"].split()) == len(re.findall("<script", text))
    assert "Redistribution and use" in text


def test_the_answer_is_the_path_and_an_old_file_is_replaced(tmp_path):
    target = tmp_path / "map.html"
    target.write_text("old", encoding="utf-8")
    assert save_html(plain_map(), str(target)) == target
    assert "old" not in target.read_text(encoding="utf-8")[:3]
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_missing_folder_is_an_error_that_says_how_to_make_it(tmp_path):
    with pytest.raises(OutputError, match=r"Not there: .*nowhere.*mkdir\(parents=True\)"):
        save_html(plain_map(), tmp_path / "nowhere" / "map.html")
    with pytest.raises(OutputError, match="is a folder"):
        save_html(plain_map(), tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "map.html"
    target.write_text("old", encoding="utf-8")

    def full(self, other):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"Cannot write .*No space left on device"):
        save_html(plain_map(), target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_what_is_no_map_is_refused():
    with pytest.raises(MapError, match=r"writes a folium\.Map\. Found: str"):
        save_html("map", "map.html")


def with_tiles() -> folium.Map:
    return folium.Map(location=[39.9, 116.2])


def with_plugin() -> folium.Map:
    return plain_map().add_child(plugins.Draw())


def with_measure() -> folium.Map:
    return plain_map().add_child(plugins.MeasureControl())


def with_picture() -> folium.Map:
    bounds = [[39, 116], [40, 117]]
    return plain_map().add_child(folium.raster_layers.ImageOverlay("http://x.cn/a.png", bounds))


def with_icon_from_the_web() -> folium.Map:
    icon = folium.CustomIcon("https://x.cn/icon.png")
    return plain_map().add_child(folium.Marker([39.9, 116.2], icon=icon))


def with_markup(html: str) -> folium.Map:
    page = plain_map()
    page.get_root().html.add_child(folium.Element(html))
    return page


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (with_tiles, r"TileLayer 'openstreetmap', which fetches https://tile.*drop_base=True"),
        (with_plugin, r"Found: Draw, which links https://.*leaflet\.draw\.js.*pass libraries="),
        (with_measure, r"may not make code out of text.*leaflet-measure.*Remove that plugin"),
        (with_picture, r"Found: ImageOverlay, which fetches http://x\.cn/a\.png"),
        (with_icon_from_the_web, r"which fetches https://x\.cn/icon\.png"),
        (lambda: with_markup('<img src="logo.png">'), r"Found: <img src> with logo\.png"),
        (lambda: with_markup("<iframe src='//x.cn'></iframe>"), "Found: <iframe src> with //x"),
        (lambda: with_markup('<p style="background:url(a.png)">'), r"<p style> with a\.png"),
        (lambda: with_markup("<style>@import 'a.css'</style>"), r"<style> with 'a\.css'"),
        (lambda: with_markup('<link rel="icon" href="a.ico">'), r"Found: <link href> with a\.ico"),
        (lambda: with_markup('<i class="fa fa-home"></i>'), "no icon fonts"),
    ],
)
def test_whatever_would_be_fetched_is_named(page, words, tmp_path):
    with pytest.raises(MapError, match=words):
        save_html(page(), tmp_path / "map.html")
    assert list(tmp_path.iterdir()) == []


def test_text_that_closes_the_script_of_a_stock_element_is_refused(tmp_path):
    page = plain_map()
    page.add_child(folium.Marker([39.9, 116.2], tooltip="</script><script>window.flag=1</script>"))
    with pytest.raises(MapError, match=r"must not hold </script.*gridgov\.escape"):
        save_html(page, tmp_path / "map.html")


def test_a_style_or_script_that_nobody_knows_is_named(tmp_path):
    page = with_markup('<script src="mine.js"></script>')
    with pytest.raises(MapError, match=r"piece of HTML, which links mine\.js.*save mine\.js in a"):
        save_html(page, tmp_path / "map.html")


def test_links_that_nothing_needs_are_dropped(tmp_path):
    page = plain_map()
    folium.CircleMarker([39.9, 116.2], tooltip="here").add_to(page)
    text = save_html(page, tmp_path / "map.html").read_text(encoding="utf-8")
    assert leaflet_js() in text
    assert jquery_js() not in text
    assert "<script src" not in text
    assert "<link" not in text


def test_a_popup_brings_jquery_along(tmp_path):
    page = plain_map().add_child(folium.Marker([39.9, 116.2], popup="here"))
    text = save_html(page, tmp_path / "map.html").read_text(encoding="utf-8")
    assert jquery_js() in text


def test_links_of_the_web_come_back_only_for_elements_that_need_them(hot):
    page = map_hotspots(hot)
    folium.Circle([39.9, 116.2], radius=50, tooltip="here").add_to(page)
    folium.LayerControl().add_to(page)
    assert "<script src" not in page.get_root().render()
    page.add_child(folium.Marker([39.9, 116.2], popup="here", icon=folium.Icon(icon="home")))
    page.add_child(plugins.MeasureControl())
    text = page.get_root().render()
    for name in ("jquery-3", "awesome-markers.js", "leaflet-measure", "bootstrap", "fontawesome"):
        assert text.index(name) > text.index(leaflet_js())
    assert len(re.findall(r"<script src=[^>]*/leaflet@", text)) == 0


def test_a_map_can_be_rendered_again_and_again(hot, tmp_path):
    page = map_hotspots(hot)
    first = save_html(page, tmp_path / "a.html").read_bytes()
    page._repr_html_()
    assert save_html(page, tmp_path / "b.html").read_bytes() == first


@pytest.mark.browser
def test_escaped_text_in_stock_elements_shows_as_it_was(hot, streets, hostile, exported):
    page = map_hotspots(hot, streets)
    lon, lat = cell_centers(hot["cell"])
    # What HTML cannot hold has a test of its own.
    shown = [text.replace("\0", "\ufffd") for text in hostile]
    for i, text in enumerate(hostile):
        tooltip = folium.Tooltip(escape(text), permanent=True)
        popup = folium.Popup(escape(text))
        page.add_child(folium.Marker([lat[i], lon[i]], popup=popup, tooltip=tooltip))
    folium.LayerControl(collapsed=False).add_to(page)
    opened = exported(page)
    tooltips = opened.page.evaluate(
        "() => Array.from(document.querySelectorAll('.leaflet-tooltip div'), (n) => n.textContent)"
    )
    assert [text.strip() for text in tooltips] == [text.strip() for text in shown]
    popups = opened.page.evaluate(
        f"""() => {{
            const texts = [];
            {opened.name}.eachLayer((layer) => {{
                if (layer.getPopup && layer.getPopup()) {{
                    texts.push(layer.getPopup().getContent().textContent);
                }}
            }});
            return texts;
        }}"""
    )
    assert popups == shown
    # A marker speaks for itself: the card of the cell below it stays away.
    icon = opened.page.locator(".leaflet-marker-icon.leaflet-interactive").first.bounding_box()
    opened.page.mouse.move(icon["x"] + 12, icon["y"] + 10)
    assert opened.card() == {}
    assert opened.flag() is None
    assert opened.complaints == []
    assert len(opened.requests) == 1
    # The stock control lists and switches our layers.
    labels = [text.strip() for text in opened.text(".leaflet-control-layers-overlays label")]
    assert labels == ["Hotspots", "Streets"]
    assert opened.page.locator(".gg-canvas").count() == 1
    opened.page.locator(".leaflet-control-layers-overlays input").first.uncheck()
    assert opened.page.locator(".gg-canvas").count() == 0
    opened.page.locator(".leaflet-control-layers-overlays input").first.check()
    assert opened.page.locator(".gg-canvas").count() == 1


@pytest.mark.browser
def test_the_policy_stops_what_stock_elements_let_through(exported):
    page = plain_map()
    markup = '<img src="data:," onerror="window.flag=1"><a href="https://x.cn">x</a>'
    page.get_root().html.add_child(folium.Element(markup))
    opened = exported(page)
    opened.page.wait_for_timeout(100)
    assert opened.flag() is None
    assert any("Content Security Policy" in line for line in opened.complaints)


@pytest.mark.browser
def test_plain_maps_of_stock_layers_draw_offline(exported):
    page = plain_map()
    folium.Polygon([[39.9, 116.2], [39.91, 116.2], [39.91, 116.21]], tooltip="street").add_to(page)
    folium.Marker([39.9, 116.2]).add_to(page)
    folium.GeoJson({"type": "Point", "coordinates": [116.21, 39.9]}).add_to(page)
    opened = exported(page)
    assert opened.page.locator("path.leaflet-interactive").count() == 1
    pictures = opened.page.evaluate(
        "() => Array.from(document.querySelectorAll('.leaflet-marker-icon'), "
        "(i) => [i.src.slice(0, 15), i.naturalWidth])"
    )
    assert pictures == [["data:image/png;", 25]] * 2
    assert opened.complaints == []
    assert len([url for url in opened.requests if not url.startswith("data:")]) == 1


@pytest.mark.browser
def test_the_notebook_shows_the_map_without_a_network(hot, streets, watch, tmp_path):
    page = map_hotspots(hot, streets, title="{{ 7 * 7 }}")
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><body>{page._repr_html_()}</body>", encoding="utf-8")
    opened = watch(notebook, page.get_name())
    inside = opened.page.frame_locator("iframe")
    assert inside.locator(".gg-title").inner_text() == "{{ 7 * 7 }}"
    assert inside.locator(".gg-canvas").count() == 1
    assert opened.complaints == []
    assert [url for url in opened.requests if url.startswith("http")] == []
