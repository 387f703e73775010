"""Text of stock elements that would be read as a template is found before it is."""

from __future__ import annotations

import warnings

import folium
import pytest

from gridgov.errors import DataWarning
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.offline import save_html
from gridgov.maps.safe_text import escape
from gridgov.maps.template_marks import find_template_marks

POINT = {"type": "Point", "coordinates": [116.2, 39.9]}


def a_feature(**values: str) -> dict:
    return {"type": "Feature", "geometry": POINT, "properties": values}


ELEMENTS = {
    "Tooltip": lambda t: folium.Marker([39.9, 116.2], tooltip=t),
    "Html": lambda t: folium.Marker([39.9, 116.2], popup=t),
    "DivIcon": lambda t: folium.Marker([39.9, 116.2], icon=folium.DivIcon(html=t)),
    "FeatureGroup": lambda t: folium.FeatureGroup(name=t),
    "GeoJson": lambda t: folium.GeoJson(a_feature(name=t)),
    "GeoJsonTooltip": lambda t: folium.GeoJson(
        a_feature(name="x"), tooltip=folium.GeoJsonTooltip(["name"], aliases=[t])
    ),
    "TileLayer": lambda t: folium.TileLayer("OpenStreetMap", attr=t),
    "LinearColormap": lambda t: folium.LinearColormap(["red", "blue"], caption=t),
}


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% 50%}", "{# x"])
@pytest.mark.parametrize("name", ELEMENTS)
def test_marks_are_found_and_named_without_rendering(name, text):
    page = folium.Map(tiles=None)
    page.add_child(ELEMENTS[name](text))
    found = find_template_marks(page)
    assert found[0][1] == text
    assert found[0][0].startswith(name)


@pytest.mark.parametrize("name", ELEMENTS)
def test_escaped_text_raises_no_alarm(name):
    page = folium.Map(tiles=None)
    page.add_child(ELEMENTS[name](escape("{{ 7 * 7 }} {% 50%} {# x")))
    assert find_template_marks(page) == []


def test_the_keys_of_data_are_looked_at_too():
    page = folium.Map(tiles=None)
    folium.GeoJson(a_feature(**{"{{ 7 * 7 }}": "x"}), name="辖区").add_to(page)
    assert find_template_marks(page) == [("GeoJson '辖区'", "{{ 7 * 7 }}")]


def test_a_map_of_ours_warns_before_it_renders(hot):
    page = map_hotspots(hot, title="{{ 7 * 7 }}")
    assert find_template_marks(page) == []
    for i in range(7):
        folium.Marker([39.9, 116.2], tooltip=f"a text that is long {{{{ 7 * {i} }}}}").add_to(page)
    words = r"Tooltip with 'a text that is long \{\{ 7 \* 0 \}\}'; .*and 2 more.*gridgov\.escape"
    with pytest.warns(DataWarning, match=words) as caught:
        page.get_root().render()
    assert caught[0].message.zh.startswith(
        "Folium 自带元素中的文字会被当作模板读取：{{ {% {# 等标记会作为 Python 执行，或使地图"
        "无法生成。发现：Tooltip 含“a text that is long {{ 7 * 0 }}”；Tooltip 含“"
    )
    assert caught[0].message.zh.endswith(
        "”；另有 2 处。记录中的文字请先经 gridgov.escape(...) 处理，再交给元素。"
    )


def test_a_map_of_anybody_warns_when_it_is_saved(tmp_path):
    page = folium.Map(tiles=None)
    folium.Marker([39.9, 116.2], tooltip="{{ 7 * 7 }}").add_to(page)
    with pytest.warns(DataWarning, match="Found: Tooltip with"):
        save_html(page, tmp_path / "map.html")


def test_a_second_rendering_finds_nothing_more(hot, streets):
    page = map_hotspots(hot, streets)
    data = {"type": "FeatureCollection", "features": [a_feature(name="x")]}
    folium.GeoJson(data, tooltip=folium.GeoJsonTooltip(["name"])).add_to(page)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page.get_root().render()
        page.get_root().render()
