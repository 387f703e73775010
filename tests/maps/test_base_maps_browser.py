"""Base maps in a real browser: where places are drawn, and what is fetched."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pytest
from PIL import Image

from gridgov.geo.datum import transform_coordinates
from gridgov.geo.hexgrid import cell_centers, cell_outlines
from gridgov.maps.base_maps import base_map
from gridgov.maps.hotspots import map_hotspots

pytestmark = pytest.mark.browser

# Cities on the mainland, both sides of its outline at Shenzhen, and places that do not shift.
PLACES = [
    (116.3975, 39.9087),
    (121.47, 31.23),
    (87.6, 43.8),
    (91.1, 29.65),
    (126.6, 45.8),
    (109.5, 18.25),
    (114.06, 22.54),
    (114.158, 22.285),
    (113.55, 22.2),
    (114.1, 22.53),
    (114.115, 22.53),
    (118.1, 24.45),
    (118.35, 24.43),
    (126.98, 37.57),
    (139.7, 35.7),
    (-0.1, 51.5),
]


def square(color: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), color).save(out, "PNG")
    return out.getvalue()


def pixels(lon: Any, lat: Any, zoom: int) -> np.ndarray:
    """Web Mercator pixels of the whole world at a zoom, by the textbook."""
    lon, lat = np.asarray(lon, float), np.radians(np.asarray(lat, float))
    side = 256 * 2**zoom
    y = 0.5 - np.log(np.tan(math.pi / 4 + lat / 2)) / (2 * math.pi)
    return np.column_stack([(lon / 360 + 0.5) * side, y * side])


@pytest.fixture
def shown(watch: Any, tmp_path: Path, chromium: Any) -> Callable[[folium.Map], Any]:
    """Show a map with a network that answers every tile with a green square."""

    def opened(page: folium.Map) -> Any:
        file = tmp_path / "shown.html"
        text = page.get_root().render()
        file.write_text(text, encoding="utf-8")
        name = re.search(r"var (map_\w+) = L\.map", text)[1]
        context = chromium.new_context(viewport={"width": 1000, "height": 700})
        window = context.new_page()
        window.asked = []
        window.said = []

        def answer(route: Any) -> None:
            window.asked.append(route.request.url)
            route.fulfill(body=square((20, 160, 60)), content_type="image/png")

        window.route(re.compile("^https?://"), answer)
        window.on("console", lambda message: window.said.append(message.text))
        window.on("pageerror", lambda error: window.said.append(str(error)))
        window.goto(file.as_uri())
        window.map = name
        return window

    return opened


def projected(window: Any, places: list[tuple[float, float]], zoom: int) -> np.ndarray:
    return np.array(
        window.evaluate(
            "([places, zoom]) => places.map(([x, y]) => {"
            f"const p = {window.map}.project([y, x], zoom); return [p.x, p.y]; }})",
            [places, zoom],
        )
    )


def test_over_gaode_every_place_lies_where_datum_py_puts_it(shown, hot):
    window = shown(map_hotspots(hot, tiles="gaode"))
    rng = np.random.default_rng(1)
    # Besides the named ones: the outline all around, and all of the country.
    random = np.column_stack([rng.uniform(73, 136, 3000), rng.uniform(17, 54, 3000)])
    near = np.column_stack([rng.uniform(113.4, 114.6, 1500), rng.uniform(22.1, 22.7, 1500)])
    places = np.vstack([PLACES, random, near])
    lon, lat = transform_coordinates(*places.T, source="wgs84", target="gcj02")
    assert (np.hypot(lon - places[:, 0], lat - places[:, 1]) > 0.001).mean() > 0.3
    off = projected(window, places.tolist(), 18) - pixels(lon, lat, 18)
    assert np.abs(off).max() < 0.01
    # And back: a place read off the screen is WGS-84 again.
    back = window.evaluate(
        f"(places) => places.map(([x, y]) => {{ const m = {window.map};"
        "const a = m.unproject(m.project([y, x], 18), 18); return [a.lng, a.lat]; })",
        np.array(PLACES).tolist(),
    )
    wgs = np.array(
        transform_coordinates(
            *transform_coordinates(*np.array(PLACES).T, source="wgs84", target="gcj02"),
            source="gcj02",
            target="wgs84",
        )
    )
    assert np.abs(np.array(back) - wgs.T).max() < 1e-8
    assert window.said == []
    assert len(window.asked) > 3
    assert all("is.autonavi.com/appmaptile" in url for url in window.asked)


def test_without_a_shift_nothing_moves(shown, hot):
    window = shown(map_hotspots(hot, tiles="osm"))
    off = projected(window, PLACES, 18) - pixels(*np.array(PLACES).T, 18)
    assert np.abs(off).max() < 0.01


def test_our_cells_and_stock_elements_line_up_with_the_tiles(shown, hot):
    page = map_hotspots(hot, tiles="gaode")
    middle = hot["cell"].iloc[:1]
    outline = np.array(cell_outlines(middle.to_numpy(np.uint64))[0].exterior.coords)
    folium.Polygon([(y, x) for x, y in outline], color="#000").add_to(page)
    window = shown(page)
    lon, lat = cell_centers(middle)
    at = [float(lat[0]), float(lon[0])]
    window.evaluate(f"(at) => {window.map}.setView(at, 17, {{animate: false}})", at)
    # The stock polygon: its path, in pixels of the world.
    drawn = np.array(
        window.evaluate(
            f"() => {{ const m = {window.map}; let found; m.eachLayer((l) => {{"
            "if (l instanceof L.Polygon && l.options.color === '#000') found = l; });"
            "const o = m.getPixelOrigin();"
            "return found._rings[0].map((p) => [p.x + o.x, p.y + o.y]); }"
        )
    )
    want = pixels(*transform_coordinates(*outline[:-1].T, source="wgs84", target="gcj02"), 17)
    # Leaflet rounds to whole pixels.
    apart = np.abs(drawn[:, None, :] - want[None, :, :]).max(axis=2)
    assert apart.min(axis=1).max() <= 0.51
    # Our cell: the pointer finds it a few pixels inside every corner, and not outside.
    center = want.mean(axis=0)
    origin = np.array(
        window.evaluate(
            f"() => {{ const p = {window.map}.getPixelBounds().min; return [p.x, p.y]; }}"
        )
    )
    wanted = f"{int(middle.iloc[0]):015x}"

    def cell_at(point: np.ndarray) -> str:
        window.mouse.move(*(point - origin))
        return window.evaluate(
            "() => (document.querySelector('.gg-card.gg-open') || {}).textContent || ''"
        )

    inside = [center + (corner - center) * 0.97 for corner in want]
    outside = [center + (corner - center) * 1.03 for corner in want]
    visible = [
        p for p in inside if (p - origin > [60, 80]).all() and (p - origin < [700, 600]).all()
    ]
    assert len(visible) >= 3
    assert all(wanted in cell_at(point) for point in visible)
    assert all(wanted not in cell_at(point) for point in outside)


def test_tianditu_asks_for_its_own_tiles_at_the_right_places(shown, hot):
    window = shown(map_hotspots(hot, tiles=base_map("tianditu", key="0123456789abcdef")))
    at = window.evaluate(f"() => {{ const c = {window.map}.getCenter(); return [c.lng, c.lat]; }}")
    zoom = window.evaluate(f"() => {window.map}.getZoom()")
    column, row = (pixels(*([v] for v in at), zoom)[0] // 256).astype(int)
    wanted = f"TILEMATRIX={zoom}&TILEROW={row}&TILECOL={column}&tk=0123456789abcdef"
    layers = {
        re.search(r"tianditu\.gov\.cn/(\w+)/", url)[1] for url in window.asked if wanted in url
    }
    assert layers == {"vec_w", "cva_w"}
    corner = window.locator(".leaflet-control-attribution").inner_text()
    assert "Tianditu" in corner
    assert "CGCS2000" in corner


def test_a_file_of_tiles_shows_offline_where_it_belongs(exported, hot, tmp_path):
    import sqlite3
    from contextlib import closing

    from gridgov.maps.tile_files import tile_box

    lon, lat = cell_centers(hot["cell"])
    bounds = (lon.min(), lat.min(), lon.max(), lat.max())
    file = tmp_path / "city.mbtiles"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute(
            "CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"
        )
        database.execute("INSERT INTO metadata VALUES ('attribution', '<b>测绘院</b>')")
        for zoom in (13, 14):
            box = tile_box(bounds, zoom)
            for x in range(box.west, box.east + 1):
                for y in range(box.north, box.south + 1):
                    # Red tells the column, blue the row.
                    tile = square((x % 256, 99, y % 256))
                    row = (zoom, x, (1 << zoom) - 1 - y, tile)
                    database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", row)
        database.commit()
    opened = exported(map_hotspots(hot, tiles=file))
    opened.page.evaluate(
        f"() => {opened.name}.setView([{lat[0]}, {lon[0]}], 14, {{animate: false}})"
    )
    opened.page.wait_for_function(
        "() => document.querySelectorAll('.leaflet-tile-loaded').length >= 4"
    )
    found = opened.page.evaluate(
        f"""() => Array.from(document.querySelectorAll('.leaflet-tile-loaded'), (tile) => {{
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 1;
            const pen = canvas.getContext('2d');
            pen.drawImage(tile, 0, 0, 1, 1);
            const box = tile.getBoundingClientRect();
            const o = {opened.name}.getPixelBounds().min;
            const color = [...pen.getImageData(0, 0, 1, 1).data];
            return color.concat([box.x + o.x, box.y + o.y, box.width]);
        }})"""
    )
    tiles = np.array([row for row in found if row[1] == 99 and row[6] == 256])
    assert len(tiles) >= 4
    assert (tiles[:, 0] == np.rint(tiles[:, 4] / 256) % 256).all()
    assert (tiles[:, 2] == np.rint(tiles[:, 5] / 256) % 256).all()
    assert "测绘院" in opened.page.locator(".leaflet-control-attribution").inner_text()
    # Beyond the finest zoom its pictures are enlarged.
    opened.page.evaluate(f"() => {opened.name}.setZoom(16, {{animate: false}})")
    opened.page.wait_for_function(
        "() => Array.from(document.querySelectorAll('.leaflet-tile-loaded'))"
        ".some((t) => t.getBoundingClientRect().width > 1000)"
    )
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith("data:")] == opened.requests[:1]


def test_the_layer_control_lists_the_base_map(shown, hot):
    page = map_hotspots(hot, tiles="esri")
    folium.LayerControl(collapsed=False).add_to(page)
    window = shown(page)
    listed = window.locator(".leaflet-control-layers-base label").all_inner_texts()
    assert [text.strip() for text in listed] == ["Esri"]
    assert window.said == []


def test_a_stock_map_shifts_too(shown):
    page = folium.Map(location=[39.9087, 116.3975], zoom_start=15, tiles=None)
    folium.Marker([39.9087, 116.3975]).add_to(page)
    base_map("gaode").add_to(page, lang="zh")
    # The stock page links Leaflet; here it comes from the package.
    from gridgov.maps.vendored import leaflet_js

    text = page.get_root().render()
    start = text.index('<script src="https://cdn.jsdelivr.net/npm/leaflet@')
    end = text.index("</script>", start) + len("</script>")
    page.get_root().render = lambda: text[:start] + f"<script>{leaflet_js()}</script>" + text[end:]
    window = shown(page)
    off = projected(window, PLACES, 18) - pixels(
        *transform_coordinates(*np.array(PLACES).T, source="wgs84", target="gcj02"), 18
    )
    assert np.abs(off).max() < 0.01
    assert "高德地图" in window.locator(".leaflet-control-attribution").inner_text()
