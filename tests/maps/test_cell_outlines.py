"""Hexagons drawn from ids in a real browser, against the outlines of the H3 library."""

from __future__ import annotations

from base64 import b64decode

import h3
import numpy as np
import pytest

from gridgov.geo.faces import facing
from gridgov.geo.h3_plain import pentagons
from gridgov.geo.hexgrid import grid_disk, points_to_cells
from gridgov.maps.cell_packing import pack_cells
from gridgov.maps.packing import pack
from gridgov.maps.safe_text import encode_bytes
from gridgov.maps.vendored import drawing_js, leaflet_js

# Cities that lie on an edge between two faces of H3's icosahedron.
STRADDLING = {
    "Suzhou": (31.3, 120.6),
    "Hangzhou": (30.25, 120.17),
    "Dalian": (38.92, 121.63),
    "Shaoxing": (30.0, 120.58),
    "Nantong": (31.98, 120.89),
    "Jiaxing": (30.75, 120.75),
}
PLACES = {
    "Beijing": (39.91, 116.2),
    "Shanghai": (31.23, 121.47),
    "Shenzhen": (22.54, 114.06),
    "Urumqi": (43.83, 87.62),
    "Fiji, on the antimeridian": (-16.9, 180.0),
    "Longyearbyen": (78.22, 15.65),
    "Quito, on the equator": (-0.18, -78.47),
}
ZOOM = 2**18

DRAWN = """([settings, layout, data]) => {
    const columns = gridgov.unpack(layout, gridgov.bytesOf(data));
    const map = { options: { crs: L.CRS.EPSG3857 } };
    const made = gridgov.hexagons(settings, columns, map);
    // As one text: a list would be checked number by number on its way.
    return [made.first, made.flat].map(function (numbers) {
        const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
        let text = "";
        for (let i = 0; i < bytes.length; i += 8192) {
            text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        }
        return btoa(text);
    });
}"""


@pytest.fixture(scope="module")
def blank(chromium):
    """A page with Leaflet and our scripts and nothing drawn."""
    page = chromium.new_page()
    page.add_script_tag(content=leaflet_js())
    page.add_script_tag(content=drawing_js())
    yield page
    page.close()


def around(latitude: float, longitude: float, resolution: int, rings: int = 7) -> np.ndarray:
    middle = points_to_cells(np.array([longitude]), np.array([latitude]), resolution)[0]
    return np.sort(grid_disk(int(middle), rings))


def scattered(latitude: float, longitude: float, resolution: int, spread: float) -> np.ndarray:
    """Cells of up to a hundred places about a city."""
    rng = np.random.default_rng(resolution)
    lon = (longitude + rng.uniform(-spread, spread, 100) + 180) % 360 - 180
    lat = np.clip(latitude + rng.uniform(-spread, spread, 100), -89, 89)
    return np.unique(points_to_cells(lon, lat, resolution))


def drawn(page, cells: np.ndarray) -> list[np.ndarray]:
    """The corners of every cell in pixels of zoom 18, as the script has them."""
    packed = pack_cells(cells)
    layout, data = pack(packed.columns)
    found = page.evaluate(DRAWN, [packed.settings, layout, encode_bytes(data)])
    first, flat = (np.frombuffer(b64decode(text), dtype="<f8") for text in found)
    return np.split(flat.reshape(-1, 2) * ZOOM, first[1:-1].astype(int))


def library(cell: int) -> np.ndarray:
    """The same from the H3 library, by Leaflet's projection."""
    lat, lon = np.array(h3.cell_to_boundary(h3.int_to_str(int(cell)))).T
    up = np.arcsinh(np.tan(np.radians(np.clip(lat, -85.0511287798, 85.0511287798)))) / np.pi
    return np.stack([128 + lon * 128 / 180, 128 - 128 * up], axis=-1) * ZOOM


def farthest(page, cells: np.ndarray) -> float:
    """How far a corner of the script is from the library's, pixels of zoom 18, at most."""
    worst = 0.0
    for cell, corners in zip(cells.tolist(), drawn(page, cells), strict=True):
        expected = library(cell)
        assert len(corners) == len(expected), hex(cell)
        apart = corners[:, None] - expected[None]
        apart[..., 0] -= 256 * ZOOM * np.rint(apart[..., 0] / (256 * ZOOM))
        away = np.hypot(apart[..., 0], apart[..., 1])
        # Both ways, so that no corner stands for two.
        worst = max(worst, away.min(axis=0).max(), away.min(axis=1).max())
    return worst


@pytest.mark.browser
@pytest.mark.parametrize("resolution", range(5, 14))
def test_outlines_are_the_librarys_to_a_twentieth_of_a_pixel_at_zoom_18(blank, resolution):
    for name, (latitude, longitude) in {**PLACES, **STRADDLING}.items():
        cells = scattered(latitude, longitude, resolution, 0.35)
        assert farthest(blank, cells) < 0.05, name


@pytest.mark.browser
@pytest.mark.parametrize("city", STRADDLING)
def test_a_city_over_two_faces_is_drawn_whole(blank, city):
    cells = scattered(*STRADDLING[city], 9, 0.45)
    edge = along_the_edge(*STRADDLING[city], 9)
    frame = pack_cells(edge).columns[1].values
    assert (frame == 0).any()
    assert len(np.unique(frame[frame > 0])) >= 2
    # Cells that the edge of a face crosses can have up to ten corners.
    assert max(len(corners) for corners in drawn(blank, edge)) > 6
    assert farthest(blank, np.union1d(cells, edge)) < 0.05


def along_the_edge(latitude: float, longitude: float, resolution: int) -> np.ndarray:
    """Cells of the city on either side of where two faces meet."""
    step = np.linspace(-0.45, 0.45, 400)
    lon, lat = (axis.ravel() for axis in np.meshgrid(longitude + step, latitude + step))
    face = facing(lon, lat).reshape(400, 400)
    meets = np.zeros((400, 400), dtype=bool)
    meets[:, 1:] = face[:, 1:] != face[:, :-1]
    at = np.flatnonzero(meets.ravel())
    assert len(at), "no edge of a face near here"
    at = at[np.linspace(0, len(at) - 1, 12).astype(int)]
    near = points_to_cells(lon[at], lat[at], resolution)
    return np.unique(np.concatenate([grid_disk(int(cell), 2) for cell in np.unique(near)]))


@pytest.mark.browser
@pytest.mark.parametrize("resolution", [1, 5, 6, 9, 12, 13])
def test_pentagons_and_what_lies_around_them_are_drawn_whole(blank, resolution):
    for pentagon in pentagons()[resolution % 4 :: 4]:
        latitude, longitude = h3.cell_to_latlng(h3.int_to_str(int(pentagon)))
        cells = around(latitude, longitude, resolution, 1 if resolution < 3 else 3)
        sizes = [len(corners) for corners in drawn(blank, cells)]
        # Five corners, and as many where edges of faces cross its own, at odd resolutions.
        assert min(sizes) == 5 if resolution % 2 == 0 else 10 in sizes
        if abs(latitude) < 75:
            assert farthest(blank, cells) < 0.05


@pytest.mark.browser
def test_cells_of_several_resolutions_can_share_a_map(blank):
    cells = np.concatenate([around(39.91, 116.2, level, 2) for level in (7, 8, 9)])
    assert farthest(blank, np.sort(cells)) < 0.05


@pytest.mark.browser
def test_the_whole_globe_at_a_coarse_resolution_is_drawn(blank):
    cells = np.sort(
        np.array([h3.str_to_int(c) for c in h3.uncompact_cells(h3.get_res0_cells(), 2)])
    )
    mild = [abs(h3.cell_to_latlng(h3.int_to_str(int(cell)))[0]) < 70 for cell in cells]
    assert farthest(blank, cells[mild].astype(np.uint64)) < 0.05


def test_cells_on_both_sides_of_the_antimeridian_have_one_narrow_box():
    west, south, east, north = pack_cells(around(-16.9, 180.0, 8)).bounds
    assert 179 < west < 180 < east < 181
    assert -17.1 < south < north < -16.7


def test_plain_hexagons_travel_without_an_outline():
    cells = around(39.91, 116.2, 9, 60)
    packed = pack_cells(cells)
    _, data = pack(packed.columns)
    assert len(packed.settings["frames"]) == 1
    assert len(data) < len(cells) / 10
