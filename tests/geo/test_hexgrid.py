"""Points to cells against the H3 library where it is hardest, and cells as text.

Zero differences is the only pass, with compiled loops and without. ``python
tests/geo/test_hexgrid.py 200`` runs two hundred rounds of every place instead of the one
that the suite runs; ``python tests/geo/test_hexgrid.py 200 numpy`` without numba.
"""

import sys
from importlib import import_module

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import compiled
from gridgov.errors import InputError
from gridgov.geo import h3_plain, hexgrid, point_cells
from gridgov.geo.faces import CENTERS, NEIGHBORS, face_planes

PENTAGONS = [h3.cell_to_latlng(cell) for cell in sorted(h3.get_pentagons(0))]

# Latitude and longitude; the cities after Reykjavik lie near the edge of two faces.
PLACES = {
    "Beijing": (39.9, 116.4),
    "New York": (40.7, -74.0),
    "Sydney": (-33.87, 151.2),
    "Quito": (-0.2, -78.5),
    "Reykjavik": (64.14, -21.9),
    "Suzhou": (31.3, 120.6),
    "Hangzhou": (30.25, 120.15),
    "Dalian": (38.91, 121.6),
    "Fiji on the antimeridian": (-16.8, 180.0),
    "Svalbard": (78.2, 15.6),
    "North Pole": (89.9, 10.0),
    "South Pole": (-90.0, 0.0),
    "center of a face": (46.04189431883, 71.52790329909),
    "edge of two faces": (35.3, 121.9),
    "pentagon by Dalian": PENTAGONS[2],
    "pentagon in the south": PENTAGONS[9],
}


@pytest.fixture
def way(way, monkeypatch):
    """The same, where NumPy tries single precision first, for few points too."""
    if way == "numpy":
        monkeypatch.setattr(point_cells, "_WORTH_SERIES", 0)
    return way


GLOBE = "the whole globe"


def hard_points(latitude, longitude, *, resolution, seed, count=700):
    """Points around a place: spread, and on vertices and edges of cells with tiny jitter."""
    rng = np.random.default_rng(seed)
    reach = min(0.9, 40 * 0.38 / 7 ** (resolution / 2) * 57.3)
    lon = longitude + rng.uniform(-reach, reach, 3 * count)
    lat = np.clip(latitude + rng.uniform(-reach, reach, 3 * count), -90, 90)
    lon = (lon + 180) % 360 - 180
    cells = {h3.latlng_to_cell(y, x, resolution) for y, x in zip(lat[:250], lon[:250], strict=True)}
    corners, edges = [], []
    for cell in sorted(cells):
        ring = np.array(h3.cell_to_boundary(cell))
        corners.append(ring)
        share = rng.uniform(0, 1, (len(ring), 1))
        along = ring * share + np.roll(ring, 1, axis=0) * (1 - share)
        edges.append(along[np.abs(ring[:, 1] - np.roll(ring[:, 1], 1)) < 180])
    on = np.concatenate(corners + edges)
    on = on[rng.integers(0, len(on), 3 * count)]
    jitter = 10 ** rng.uniform(-14, -8, (3 * count, 1)) * rng.normal(size=(3 * count, 2))
    jitter[: count // 2] = 0
    near = on + jitter
    lat = np.clip(np.concatenate([lat, near[:, 0]]), -90, 90)
    lon = np.clip(np.concatenate([lon, near[:, 1]]), -180, 180)
    return lon, lat


def scattered_points(*, resolution, seed, places=18, count=50):
    """Hard points around many places all over the globe, pentagons among them."""
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, places)))
    lon = rng.uniform(-180, 180, places)
    centers = [*zip(lat, lon, strict=True), *PENTAGONS[::3], PLACES["Suzhou"], (0.0, 180.0)]
    around = [
        hard_points(*center, resolution=resolution, seed=rng, count=count) for center in centers
    ]
    return tuple(map(np.concatenate, zip(*around, strict=True)))


def differences(place, *, resolution, seed, count=700):
    """How many hard points get another cell than the library's."""
    if place == GLOBE:
        lon, lat = scattered_points(resolution=resolution, seed=seed)
    else:
        lon, lat = hard_points(*PLACES[place], resolution=resolution, seed=seed, count=count)
    assert len(lon) >= point_cells.SMALL
    quick = hexgrid.points_to_cells(lon, lat, resolution)
    plain = h3_plain.points_to_cells(lon, lat, resolution)
    return int((quick != plain).sum())


def share_by_library(lon, lat, resolution, monkeypatch):
    """Which share of the points the quick path left to the library."""
    asked = []
    plain = h3_plain.points_to_cells

    def counting(longitude, latitude, resolution):
        asked.append(np.size(longitude))
        return plain(longitude, latitude, resolution)

    monkeypatch.setattr(h3_plain, "points_to_cells", counting)
    hexgrid.points_to_cells(lon, lat, resolution)
    return sum(asked) / len(lon)


@pytest.mark.parametrize("place", PLACES)
def test_hard_points_get_the_librarys_cells(place, way):
    levels = {"numpy": (5, 7, 9, 11), "numba": (6, 8, 9, 10, 13)}[way]
    found = {r: differences(place, resolution=r, seed=r, count=350) for r in levels}
    assert found == dict.fromkeys(found, 0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("resolution", [0, 3, 4, 12, 14, 15])
def test_all_other_resolutions_get_the_librarys_cells_too(resolution):
    for place in ("Suzhou", "pentagon by Dalian", "center of a face"):
        assert differences(place, resolution=resolution, seed=1, count=350) == 0


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("place", ["Beijing", "Suzhou", "Dalian", "Fiji on the antimeridian"])
def test_a_city_is_answered_without_the_library_even_across_faces(place, monkeypatch):
    rng = np.random.default_rng(0)
    lat, lon = PLACES[place]
    lat = lat + rng.uniform(-0.2, 0.2, 40_000)
    lon = (lon + rng.uniform(-0.2, 0.2, 40_000) + 180) % 360 - 180
    assert share_by_library(lon, lat, 9, monkeypatch) < 0.08


@pytest.mark.usefixtures("way")
def test_two_cities_and_strays_are_answered_without_the_library(monkeypatch):
    rng = np.random.default_rng(4)
    lon = np.concatenate([116.4 + rng.normal(0, 0.1, 30_000), -74 + rng.normal(0, 0.1, 20_000)])
    lat = np.concatenate([39.9 + rng.normal(0, 0.1, 30_000), 40.7 + rng.normal(0, 0.1, 20_000)])
    lon[::1000] = 0.0
    lat[::1000] = np.nan
    assert share_by_library(lon, lat, 9, monkeypatch) < 0.03
    quick = hexgrid.points_to_cells(lon, lat, 9)
    assert (quick == h3_plain.points_to_cells(lon, lat, 9)).all()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("resolution", [0, 1, 2, 5, 9, 15])
def test_points_over_the_whole_globe_get_the_librarys_cells(resolution, monkeypatch):
    rng = np.random.default_rng(2)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, 6_000)))
    lon = rng.uniform(-180, 180, 6_000)
    lat[:4], lon[:4] = [90, -90, 0, 0], [0, 0, 180, -180]
    quick = hexgrid.points_to_cells(lon, lat, resolution)
    assert (quick == h3_plain.points_to_cells(lon, lat, resolution)).all()
    if resolution > 0:
        assert share_by_library(lon, lat, resolution, monkeypatch) < 0.04


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("resolution", [8, 15])
def test_hard_points_all_over_the_globe_get_the_librarys_cells(resolution):
    assert differences(GLOBE, resolution=resolution, seed=3) == 0


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("resolution", [9, 12])
def test_hard_points_of_every_face_edge_at_once_get_the_librarys_cells(resolution):
    rng = np.random.default_rng(8)
    lon, lat = [], []
    for face, others in enumerate(NEIGHBORS):
        for other in others:
            middle = CENTERS[face] + CENTERS[other]
            along = np.cross(CENTERS[face] - CENTERS[other], middle)
            spots = middle + rng.uniform(-0.8, 0.8, (60, 1)) * along
            spots += 10 ** rng.uniform(-12, -3, (60, 1)) * rng.normal(size=(60, 3))
            spots /= np.linalg.norm(spots, axis=1, keepdims=True)
            lat.append(np.degrees(np.arcsin(spots[:, 2])))
            lon.append(np.degrees(np.arctan2(spots[:, 1], spots[:, 0])))
    lon, lat = np.concatenate(lon), np.concatenate(lat)
    quick = hexgrid.points_to_cells(lon, lat, resolution)
    assert (quick == h3_plain.points_to_cells(lon, lat, resolution)).all()


@pytest.mark.usefixtures("way")
def test_a_province_of_many_degrees_is_answered_without_the_library(monkeypatch):
    rng = np.random.default_rng(9)
    lon, lat = rng.uniform(97, 109, 30_000), rng.uniform(26, 34, 30_000)
    quick = hexgrid.points_to_cells(lon, lat, 9)
    assert (quick[::7] == h3_plain.points_to_cells(lon[::7], lat[::7], 9)).all()
    assert share_by_library(lon, lat, 9, monkeypatch) < 0.02


@pytest.mark.usefixtures("way")
def test_a_lattice_that_disagrees_with_the_library_is_not_believed(monkeypatch):
    rng = np.random.default_rng(0)
    lon, lat = 116.4 + rng.uniform(-0.2, 0.2, 3_000), 39.9 + rng.uniform(-0.2, 0.2, 3_000)
    wrong = face_planes(9) * 1.0001
    monkeypatch.setattr("gridgov.geo.lattice.face_planes", lambda resolution: wrong + 0.001)
    quick = hexgrid.points_to_cells(lon, lat, 9)
    assert (quick == h3_plain.points_to_cells(lon, lat, 9)).all()


@pytest.mark.skipif(not compiled.numba_installed(), reason="the extra fast (numba) is absent")
def test_small_tables_do_not_wait_for_numba(monkeypatch):
    monkeypatch.delitem(sys.modules, "gridgov.arrays.loops", raising=False)
    assert not compiled.use_loops(compiled.FIRST_USE - 1)
    assert compiled.use_loops(compiled.FIRST_USE)
    assert compiled.use_loops(compiled.LATER_USE)
    assert not compiled.use_loops(compiled.LATER_USE - 1)


@pytest.mark.skipif(not compiled.numba_installed(), reason="the extra fast (numba) is absent")
def test_a_numba_that_cannot_be_imported_is_none(monkeypatch):
    monkeypatch.setattr(import_module("gridgov.arrays.loops"), "numba", None)
    assert not compiled.use_loops(compiled.FIRST_USE)


@pytest.mark.usefixtures("way")
def test_few_points_on_a_fine_lattice_need_no_table(monkeypatch):
    monkeypatch.setattr(point_cells, "_largest_table", lambda rows: 1)
    for place in ("Suzhou", "Beijing"):
        assert differences(place, resolution=11, seed=5) == 0


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("place", ["Suzhou", "Dalian", "pentagon by Dalian", "center of a face"])
def test_points_are_answered_alike_without_any_box(place, monkeypatch):
    monkeypatch.setattr(point_cells, "_worth_a_round", lambda lattice, rows: 2.0)
    for resolution in (4, 9, 10):
        assert differences(place, resolution=resolution, seed=7) == 0


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("processors", [1, 3])
def test_any_number_of_threads_gets_the_librarys_cells(processors, monkeypatch):
    monkeypatch.setattr(compiled, "_processors", lambda: processors)
    monkeypatch.setattr(compiled, "_SMALLEST_PIECE", 512)
    for resolution in (7, 11):
        assert differences("Suzhou", resolution=resolution, seed=6) == 0


@pytest.mark.usefixtures("way")
def test_missing_infinite_and_impossible_coordinates_have_no_cell():
    rng = np.random.default_rng(0)
    bad = [np.nan, np.inf, -np.inf, 90.0000001, -95.0, 1e300]
    for few in (0, 5_000):
        lat = np.concatenate([39.9 + rng.normal(0, 0.1, few), bad, [39.9] * len(bad)])
        lon = np.concatenate([116.4 + rng.normal(0, 0.1, few), [116.4] * len(bad), bad])
        lon[-3] = 180.0000001
        lon[-2] = -181.0
        cells = hexgrid.points_to_cells(lon, lat, 9)
        assert (cells[few:] == 0).all()
        assert (cells[:few] != 0).all()


@pytest.mark.usefixtures("way")
def test_nothing_beyond_the_antimeridian_has_a_cell():
    rng = np.random.default_rng(0)
    lon = 180 + rng.uniform(-0.2, 0.05, 5_000)
    lat = rng.uniform(-17, -16, 5_000)
    cells = hexgrid.points_to_cells(lon, lat, 9)
    assert ((cells == 0) == (lon > 180)).all()
    assert (cells == h3_plain.points_to_cells(lon, lat, 9)).all()


@pytest.mark.usefixtures("way")
def test_no_points_and_one_point_and_one_place_many_times():
    assert hexgrid.points_to_cells([], [], 9).tolist() == []
    one = h3.latlng_to_cell(39.9057, 116.2230, 9)
    assert hexgrid.points_to_cells([116.2230], [39.9057], 9).tolist() == [one]
    same = hexgrid.points_to_cells(np.full(5_000, 116.2230), np.full(5_000, 39.9057), 9)
    assert (same == one).all()


@pytest.mark.usefixtures("way")
def test_all_points_missing_have_no_cell():
    assert (hexgrid.points_to_cells(np.full(5_000, np.nan), np.zeros(5_000), 9) == 0).all()


@pytest.mark.usefixtures("way")
def test_the_shape_and_dtype_are_kept_and_inputs_unchanged():
    lon, lat = hard_points(39.9, 116.4, resolution=9, seed=1)
    before = lon.copy(), lat.copy()
    cells = hexgrid.points_to_cells(lon.reshape(2, -1), lat.reshape(2, -1), 9)
    assert cells.shape == (2, len(lon) // 2)
    assert cells.dtype == np.uint64
    assert (lon == before[0]).all()
    assert (lat == before[1]).all()
    assert (cells.ravel() == hexgrid.points_to_cells(lon, lat, 9)).all()


@settings(max_examples=25, deadline=None)
@given(
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    spread=st.floats(1e-6, 3),
    resolution=st.integers(0, 15),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_cloud_of_points_gets_the_librarys_cells(latitude, longitude, spread, resolution, seed):
    rng = np.random.default_rng(seed)
    lat = latitude + spread * rng.normal(size=2_500)
    lon = longitude + spread * rng.normal(size=2_500)
    quick = hexgrid.points_to_cells(lon, lat, resolution)
    assert (quick == h3_plain.points_to_cells(lon, lat, resolution)).all()


SOME = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(39.9, 116.4, 9), 12)), dtype=np.uint64)


def test_text_has_fifteen_digits_and_comes_back():
    texts = hexgrid.cells_to_text(SOME)
    assert texts.dtype == object
    assert texts.tolist() == [f"{cell:x}" for cell in SOME.tolist()]
    assert all(len(text) == 15 and type(text) is str for text in texts)
    assert (hexgrid.text_to_cells(texts) == SOME).all()
    assert (hexgrid.text_to_cells(text.upper() for text in texts) == SOME).all()


def test_no_cells_give_no_text():
    assert hexgrid.cells_to_text(np.array([], dtype=np.uint64)).tolist() == []
    assert hexgrid.text_to_cells([]).tolist() == []


def test_numbers_that_are_no_cell_still_have_text():
    assert hexgrid.cells_to_text(np.array([0, 2**63], dtype=np.uint64)).tolist() == [
        "0",
        "8000000000000000",
    ]


@pytest.mark.parametrize(
    "bad",
    ["", "8931aa50e27fff", "8931aa50e27fffg", "8931aa50e27fff７", "0" * 15, None, 7, "f" * 17],
)
def test_text_that_is_no_cell_is_named(bad):
    with pytest.raises(InputError, match=r"15-digit hexadecimal H3 cell. Found: "):
        hexgrid.text_to_cells([*hexgrid.cells_to_text(SOME), bad])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 468), st.lists(st.integers(0, 63), max_size=3))
def test_text_is_refused_exactly_when_the_library_calls_it_invalid(place, flips):
    number = int(SOME[place])
    for bit in flips:
        number ^= 1 << bit
    text = f"{number:015x}"
    if h3.is_valid_cell(number):
        assert hexgrid.text_to_cells([text]).tolist() == [number]
    else:
        with pytest.raises(InputError, match="H3 cell"):
            hexgrid.text_to_cells([text])


def test_outlines_centers_areas_and_parents_are_the_librarys():
    cells = [int(SOME[0]), h3.latlng_to_cell(31.3, 120.6, 9), sorted(h3.get_pentagons(9))[2]]
    outlines = hexgrid.cell_outlines(cells)
    lon, lat = hexgrid.cell_centers(cells)
    for place, cell in enumerate(cells):
        ring = [(y, x) for x, y in outlines[place].exterior.coords]
        boundary = list(h3.cell_to_boundary(cell))
        assert ring == [*boundary, boundary[0]]
        assert (lat[place], lon[place]) == h3.cell_to_latlng(cell)
    assert hexgrid.cell_areas_m2(cells).tolist() == [h3.cell_area(cell, "m^2") for cell in cells]
    assert hexgrid.parents(cells, 7).tolist() == [h3.cell_to_parent(cell, 7) for cell in cells]
    assert len(hexgrid.cell_outlines([])) == 0


if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    compiled.FIRST_USE = compiled.LATER_USE = 0
    if "numpy" in sys.argv[2:]:
        compiled.numba_installed = lambda: False
        point_cells._WORTH_SERIES = 0
    sys.stdout.write("with numba\n" if compiled.use_loops(1) else "without numba\n")
    total = 0
    for name in (*PLACES, GLOBE):
        for level in range(5, 14):
            for turn in range(rounds):
                wrong = differences(name, resolution=level, seed=[7, turn, level])
                total += wrong
                if wrong:
                    sys.stdout.write(f"{name}, resolution {level}, round {turn}: {wrong}\n")
    points = rounds * 9 * (len(PLACES) * 4_200 + 24 * 300)
    sys.stdout.write(f"{total} differences among {points:,} points\n")
