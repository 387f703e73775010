"""Plugins, other people's maps, base maps and pins on their way into one file."""

from __future__ import annotations

import base64
import contextlib
import re
from pathlib import Path

import folium
import geopandas as gpd
import pytest
import shapely
from branca.colormap import LinearColormap
from folium import plugins

from gridgov.errors import DataWarning, MapError, OutputError
from gridgov.maps.base_maps import base_map
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.offline import save_html
from gridgov.maps.offline_libraries import find_library, inlined_plugin_names

HERE = [39.9, 116.2]


def empty_map() -> folium.Map:
    return folium.Map(location=HERE, zoom_start=13, tiles=None)


def squares() -> gpd.GeoDataFrame:
    table = {"name": ["鲁谷", "八角", "古城"], "count": [3, 40, 8], "kind": ["a", "b", "b"]}
    boxes = [shapely.box(116.1 + i / 10, 39.8, 116.18 + i / 10, 39.9) for i in range(3)]
    return gpd.GeoDataFrame(table, geometry=boxes, crs=4326)


def clusters() -> folium.Map:
    page = empty_map()
    group = plugins.MarkerCluster().add_to(page)
    for i in range(30):
        folium.Marker([39.9 + i / 1e4, 116.2], popup=f"number {i}").add_to(group)
    plugins.FastMarkerCluster([[39.91, 116.21], [39.92, 116.22]]).add_to(page)
    return page


def heat() -> folium.Map:
    page = empty_map()
    plugins.HeatMap([[39.9, 116.2, 1.0], [39.91, 116.2, 0.4]]).add_to(page)
    plugins.HeatMapWithTime([[[39.9, 116.2, 1.0]], [[39.91, 116.2, 0.4]]]).add_to(page)
    return page


def controls() -> folium.Map:
    page = empty_map()
    plugins.Fullscreen().add_to(page)
    plugins.MousePosition().add_to(page)
    one = folium.FeatureGroup("one").add_to(page)
    two = folium.FeatureGroup("two").add_to(page)
    plugins.GroupedLayerControl({"both": [one, two]}).add_to(page)
    found = folium.GeoJson(squares(), name="squares").add_to(page)
    plugins.Search(found, search_label="name", geom_type="Polygon").add_to(page)
    return page


def lines() -> folium.Map:
    page = empty_map()
    path = [[39.9, 116.2], [39.91, 116.22]]
    plugins.AntPath(path).add_to(page)
    plugins.PolyLineOffset(path, offset=5).add_to(page)
    line = folium.PolyLine(path).add_to(page)
    plugins.PolyLineTextPath(line, "走访", repeat=True).add_to(page)
    group = folium.FeatureGroup().add_to(page)
    plugins.FeatureGroupSubGroup(group, "part").add_to(page)
    return page


def times() -> folium.Map:
    page = empty_map()
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [116.2, 39.9]},
            "properties": {"times": ["2017-09-01", "2017-09-02"], "popup": "事件"},
        }
    ]
    features[0]["geometry"] = {"type": "MultiPoint", "coordinates": [[116.2, 39.9], [116.21, 39.9]]}
    data = {"type": "FeatureCollection", "features": features}
    plugins.TimestampedGeoJson(data, period="P1D").add_to(page)
    return page


def shades() -> folium.Map:
    page = empty_map()
    table = squares()
    folium.Choropleth(
        geo_data=table.to_json(),
        data=table,
        columns=["name", "count"],
        key_on="feature.properties.name",
        legend_name="件数",
    ).add_to(page)
    LinearColormap(["white", "red"], vmin=0, vmax=1, caption="share").add_to(page)
    return page


def explored() -> folium.Map:
    return squares().explore("count", tiles=None, popup=True, cmap="viridis", k=3)


def explored_kinds() -> folium.Map:
    return squares().explore("kind", tiles=None, tooltip=["name"])


def labelled() -> folium.Map:
    page = empty_map()
    folium.GeoJson(
        squares(),
        tooltip=folium.GeoJsonTooltip(["name", "count"]),
        popup=folium.GeoJsonPopup(["name"]),
        highlight_function=lambda feature: {"weight": 5},
    ).add_to(page)
    return page


MAPS = {
    "clusters": (clusters, ".marker-cluster"),
    "heat": (heat, "canvas.leaflet-heatmap-layer, canvas.leaflet-layer"),
    "controls": (controls, ".leaflet-control-search"),
    "lines": (lines, "textPath"),
    "times": (times, ".timecontrol-play"),
    "shades": (shades, "svg#legend rect"),
    "explored": (explored, "path.leaflet-interactive"),
    "explored_kinds": (explored_kinds, ".legend-labels li"),
    "labelled": (labelled, "path.leaflet-interactive"),
}


@pytest.fixture(scope="module")
def closed(chromium):
    """A browser window whose network is closed; it says what was asked for and complained of."""
    context = chromium.new_context(offline=True, viewport={"width": 1024, "height": 700})
    yield context
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", MAPS)
def test_maps_of_folium_and_geopandas_open_with_the_network_closed(name, closed, tmp_path):
    make, drawn = MAPS[name]
    saved = save_html(make(), tmp_path / "map.html")
    page = closed.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    loud = ("error", "warning")
    page.on("console", lambda m: said.append(m.text) if m.type in loud else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(saved.as_uri())
    page.wait_for_selector(drawn, state="attached", timeout=5000)
    page.wait_for_timeout(60)
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [saved.as_uri()]
    assert said == []


@pytest.mark.browser
def test_tooltips_and_popups_of_a_geojson_tell_its_values(closed, tmp_path):
    saved = save_html(labelled(), tmp_path / "map.html")
    page = closed.new_page()
    page.goto(saved.as_uri())
    page.locator("path.leaflet-interactive").nth(1).hover(force=True)
    assert "八角" in page.locator(".leaflet-tooltip").inner_text()
    page.locator("path.leaflet-interactive").nth(1).click(force=True)
    assert "八角" in page.locator(".leaflet-popup").inner_text()
    page.close()


def test_a_plugin_brings_its_licence_and_nobody_elses(tmp_path):
    text = save_html(clusters(), tmp_path / "map.html").read_text(encoding="utf-8")
    assert "## Leaflet.markercluster" in text
    assert "## Moment.js" not in text
    assert "## d3" not in text
    # Two plugins link the same library, which goes in once.
    assert text.count("L.MarkerClusterGroup=L.FeatureGroup.extend") == 1


def test_every_named_plugin_is_one_of_folium():
    for name in inlined_plugin_names().split(", "):
        plugin = getattr(plugins, name)
        links = [link[1] for link in (*plugin.default_js, *getattr(plugin, "default_css", ()))]
        assert [link for link in links if find_library(link, None) is None] == [], name


def test_a_library_of_the_user_goes_in_from_a_folder(tmp_path):
    folder = tmp_path / "libraries"
    folder.mkdir()
    (folder / "leaflet.draw.js").write_text("L.Control.Draw = L.Control;\n", encoding="utf-8")
    style = ".leaflet-draw { background: url('images/sprite.png') }"
    (folder / "leaflet.draw.css").write_text(style, encoding="utf-8")
    page = empty_map()
    plugins.Draw().add_to(page)
    with pytest.raises(MapError, match=r"leaflet\.draw\.css asks for images/sprite\.png"):
        save_html(page, tmp_path / "map.html", libraries=folder)
    (folder / "images").mkdir()
    (folder / "images" / "sprite.png").write_bytes(b"\x89PNG")
    text = save_html(page, tmp_path / "map.html", libraries=folder).read_text(encoding="utf-8")
    assert "L.Control.Draw = L.Control;" in text
    assert "url(data:image/png;base64,iVBORw==)" in text
    (folder / "leaflet.draw.js").write_text('var a = "</script>";', encoding="utf-8")
    with pytest.raises(MapError, match=r"must not hold </script.*minified"):
        save_html(page, tmp_path / "map.html", libraries=folder)
    with pytest.raises(OutputError, match="libraries must be a folder that exists"):
        save_html(page, tmp_path / "map.html", libraries=tmp_path / "nowhere")


@pytest.mark.browser
def test_pins_keep_their_color_and_say_that_they_lose_their_icon(closed, tmp_path):
    page = empty_map()
    folium.Marker(HERE, icon=folium.Icon("red")).add_to(page)
    save_html(page, tmp_path / "plain.html")
    folium.Marker(HERE, icon=folium.Icon("green", icon="home")).add_to(page)
    with pytest.warns(
        DataWarning, match=r"1 pins of folium\.Icon keep their color.*'home'"
    ) as told:
        saved = save_html(page, tmp_path / "map.html")
    assert told[0].message.zh == (
        "单文件地图不含图标字体。1 个 folium.Icon 图钉保留颜色，以圆点代替“home”。"
        "图标不可缺少时，请用带文字的 folium.DivIcon。"
    )
    shown = closed.new_page()
    shown.goto(saved.as_uri())
    pins = shown.evaluate(
        "() => Array.from(document.querySelectorAll('.leaflet-marker-icon'), "
        "(i) => [i.naturalWidth, atob(i.src.split(',')[1]).match(/fill=\"([^\"]+)/)[1]])"
    )
    shown.close()
    assert pins == [[35, "#d63e2a"], [35, "#72b026"]]


def test_base_maps_are_left_out_when_asked_and_stay_on_the_map(hot, tmp_path):
    key = "0123456789abcdefSECRET"
    page = map_hotspots(hot, tiles=base_map("tianditu", key=key))
    with pytest.raises(MapError, match=r"base map 'Tianditu', which fetches tiles.*drop_base=True"):
        save_html(page, tmp_path / "map.html")
    # A notebook has shown it before: what that left behind is left out too.
    page._repr_html_()
    before = list(page._children)
    text = save_html(page, tmp_path / "map.html", drop_base=True).read_text(encoding="utf-8")
    assert "gridgovBase" not in text
    decoded = b""
    for piece in re.findall(r"[A-Za-z0-9+/=]{40,}", text):
        with contextlib.suppress(ValueError):
            decoded += base64.b64decode(piece)
    assert key not in text
    assert key.encode() not in decoded
    assert b'"opacity":1,' in decoded
    assert list(page._children) == before
    assert "gridgovBase.layer" in page.get_root().render()


def test_stock_tiles_and_small_maps_are_left_out_too(tmp_path):
    page = folium.Map(location=HERE)
    plugins.MiniMap().add_to(page)
    folium.CircleMarker(HERE).add_to(page)
    text = save_html(page, tmp_path / "map.html", drop_base=True).read_text(encoding="utf-8")
    assert "L.tileLayer(" not in text.split("L.map(")[-1]
    assert "L.circleMarker(" in text
    assert len(page._children) == 3


def test_a_map_without_its_gaode_tiles_draws_in_wgs84_and_shifts_again_later(tmp_path):
    page = base_map("gaode").add_to(empty_map())
    text = save_html(page, tmp_path / "map.html", drop_base=True).read_text(encoding="utf-8")
    assert "crs: L.CRS.EPSG3857" in text
    assert page.crs == "GCJ02"


def test_the_same_plugins_give_the_same_bytes(tmp_path):
    page = controls()
    first = save_html(page, tmp_path / "a.html").read_bytes()
    assert save_html(page, tmp_path / "b.html").read_bytes() == first
    assert Path(tmp_path / "a.html").stat().st_size < 700_000
