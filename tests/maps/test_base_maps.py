"""Base maps: names, keys, datums, and pairings that do not go together."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import folium
import pytest
import xyzservices.providers as xyz

from gridgov.errors import MapError, OptionError, ReadError
from gridgov.maps.base_maps import BaseMap, base_map, read_tiles
from gridgov.maps.base_providers import PROVIDERS, datum_of_address
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.map_notes import map_notes

GAODE = "http://webrd01.is.autonavi.com/appmaptile?style=7&x={x}&y={y}&z={z}"
OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
KEY = "0123456789abcdef"


def told(page: folium.Map) -> dict:
    """What the page tells the script of its base map."""
    text = page.get_root().render()
    found = re.search(r'gridgovBase\.layer\("([A-Za-z0-9+/=]+)"', text)
    assert found is not None
    return json.loads(base64.b64decode(found[1]))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_service_goes_on_a_map_of_ours_by_name(name, hot):
    tiles = base_map(name, key=KEY) if PROVIDERS[name].key == "needed" else name
    page = map_hotspots(hot, tiles=tiles)
    settings = told(page)
    assert settings["layers"][0]["url"].startswith("https://")
    assert page.crs == ("GCJ02" if name == "gaode" else "EPSG3857")
    # Nothing of Folium's is linked because of it.
    assert "cdn." not in page.get_root().render().split("<body>")[0]


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_style_has_addresses_of_its_own_datum(name):
    for style in PROVIDERS[name].styles:
        made = base_map(name, style=style, key=KEY if PROVIDERS[name].key else None)
        for source in made.sources:
            assert datum_of_address(source.address) == made.datum
            assert all(place in source.address for place in ("{x}", "{y}", "{z}"))


def test_tianditu_takes_web_mercator_sets_with_names_above(hot):
    made = base_map("tianditu", key=KEY, style="imagery")
    urls = [layer["url"] for layer in told(map_hotspots(hot, tiles=made))["layers"]]
    assert [re.search(r"/(\w+)/wmts", url)[1] for url in urls] == ["img_w", "cia_w"]
    assert all(f"tk={KEY}" in url and "TILEMATRIXSET=w" in url for url in urls)
    assert "CGCS2000" in told(map_hotspots(hot, tiles=made))["attribution"]


def test_a_key_is_asked_for_checked_and_never_shown():
    with pytest.raises(OptionError, match=r"Tianditu needs a key of your own.*console\.tianditu"):
        base_map("tianditu")
    with pytest.raises(OptionError, match=r"takes letters, digits and \. _ -\. Found: a key of 9"):
        base_map("tianditu", key='a"&b={c}$')
    with pytest.raises(OptionError, match="OpenStreetMap takes no key"):
        base_map("osm", key=KEY)
    assert KEY not in repr(base_map("tianditu", key=KEY))
    assert base_map("carto", key=KEY).sources[0].address.endswith("?key={key}")


def test_names_that_do_not_exist_say_which_do():
    with pytest.raises(OptionError, match=r"source must be one of 'gaode', .*mean 'tianditu'"):
        base_map("tiandit")
    with pytest.raises(OptionError, match="style must be one of 'streets', 'imagery'"):
        base_map("gaode", style="dark")


def test_an_address_of_ones_own_names_its_source_and_datum():
    address = "http://10.0.0.5/{z}/{x}/{y}.png"
    made = base_map(address, attribution="测绘院", datum="GCJ-02")
    assert (made.datum, made.attribution) == ("gcj02", ("测绘院", "测绘院"))
    with pytest.raises(OptionError, match="must name where they come from"):
        base_map(address)
    with pytest.raises(OptionError, match="datum must be one of 'wgs84', 'gcj02'"):
        base_map(address, attribution="x", datum="bd09")
    with pytest.raises(OptionError, match="holds its own key"):
        base_map(address, attribution="x", key=KEY)


@pytest.mark.parametrize(
    ("address", "datum", "words"),
    [
        (GAODE, "wgs84", r"GCJ-02 under data in WGS-84 are some 500 m off.*tiles='gaode'"),
        ("https://rt0.map.gtimg.com/tile?z={z}&x={x}&y={y}", "wgs84", "GCJ-02 under data"),
        (OSM, "gcj02", r"Tiles in WGS-84 on a map in GCJ-02.*Use one base map only"),
        ("https://t0.tianditu.gov.cn/vec_w/wmts?{z}{x}{y}", "gcj02", "Tiles in WGS-84"),
        ("https://t0.tianditu.gov.cn/vec_c/wmts?{z}{x}{y}", "wgs84", r"_c set.*Take the _w set"),
        ("https://maponline0.bdimg.com/tile/?x={x}&y={y}&z={z}", "wgs84", r"Baidu.*BD-09.*'gaode'"),
    ],
)
def test_wrong_pairings_are_refused_with_a_sentence(address, datum, words):
    with pytest.raises(MapError, match=words):
        base_map(address, attribution="x", datum=datum)


def test_services_know_their_datum():
    with pytest.raises(MapError, match=r"Gaode serves tiles in gcj02.*Leave datum out"):
        base_map("gaode", datum="wgs84")


@pytest.mark.parametrize(
    "tiles",
    [GAODE, xyz.Gaode.Normal, folium.TileLayer(GAODE, attr="x")],
    ids=["address", "xyzservices", "TileLayer"],
)
def test_gaode_by_any_other_way_is_refused(tiles, hot):
    with pytest.raises(MapError, match="some 500 m off"):
        map_hotspots(hot, tiles=tiles)


def test_tiles_that_a_user_adds_are_checked_when_the_map_is_shown(hot):
    page = map_hotspots(hot)
    folium.TileLayer(GAODE, attr="x", name="roads").add_to(page)
    with pytest.raises(MapError, match=r"TileLayer 'roads' has such tiles.*webrd01"):
        page.get_root().render()
    page = map_hotspots(hot, tiles="gaode")
    folium.TileLayer("OpenStreetMap").add_to(page)
    with pytest.raises(MapError, match="Tiles in WGS-84 on a map in GCJ-02"):
        page.get_root().render()
    page = map_hotspots(hot, tiles="gaode")
    folium.WmsTileLayer("http://10.0.0.5/wms", layers="roads").add_to(page)
    with pytest.raises(MapError, match=r"map service \(WMS\) answers in WGS-84"):
        page.get_root().render()


def test_a_base_map_goes_on_any_map_of_folium_and_one_only():
    page = base_map("gaode").add_to(folium.Map(tiles=None), lang="zh")
    assert "高德地图" in told(page)["attribution"]
    with pytest.raises(MapError, match=r"wgs84 goes on a map in Web Mercator.*crs='GCJ02'"):
        base_map("osm").add_to(page)
    with pytest.raises(MapError, match="Tiles in WGS-84 on a map in GCJ-02"):
        base_map("gaode").add_to(kept := folium.Map())
    assert kept.crs == "EPSG3857"
    with pytest.raises(MapError, match="crs='EPSG4326'"):
        base_map("osm").add_to(folium.Map(tiles=None, crs="EPSG4326"))


def test_what_is_passed_as_tiles_is_read():
    assert read_tiles(None) == read_tiles("none") == (None, None)
    assert isinstance(read_tiles("OpenStreetMap")[0], BaseMap)
    assert read_tiles("CartoDB Positron") == (None, "CartoDB Positron")
    with pytest.raises(ReadError, match=r"Not there: nowhere\.pmtiles"):
        read_tiles(Path("nowhere.pmtiles"))


def test_attributions_are_text_and_not_markup(hot):
    made = base_map(OSM, attribution="<b id=probe>{{ 7 * 7 }}</b>")
    assert told(map_hotspots(hot, tiles=made))["attribution"] == (
        "&#60;b id&#61;probe&#62;&#123;&#123; 7 &#42; 7 &#125;&#125;&#60;&#47;b&#62;"
    )


def test_notes_at_the_foot_come_in_both_languages():
    assert map_notes(source="12345", author="城管委", approval="GS（2024）0650号") == [
        "Source: 12345",
        "Made by: 城管委",
        "Map approval number: GS（2024）0650号",
    ]
    assert map_notes(approval="审图号: GS（2024）0650号", lang="zh") == ["审图号：GS（2024）0650号"]
    assert map_notes() == []
    with pytest.raises(OptionError, match=r"approval must be text, or None.*Found: '审图号：'"):
        map_notes(approval="审图号：")
    with pytest.raises(OptionError, match=r"approval must be a number such as.*Found: 101"):
        map_notes(approval="长" * 101)
