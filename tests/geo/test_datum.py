"""WGS-84, GCJ-02, BD-09: published numbers, there and back, the edge of the mainland."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridgov.errors import DatumError, InputError
from gridgov.geo.datum import DATUMS, find_datum, to_wgs84, to_wgs84_coordinates
from gridgov.geo.datum import transform_coordinates as transform
from gridgov.geo.mainland import in_mainland, mainland_outline

BEIJING = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "beijing"
DEGREE_M = 111_320.0

# Published test values of common converters (the first three; latitude, longitude of
# WGS-84, then of GCJ-02), and Shijingshan by an independent script from the formula.
PUBLISHED = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    (39.9056, 116.2229, 39.90682856340707, 116.22895483546111),
]

longitudes = st.floats(60, 150)
latitudes = st.floats(0, 60)
inner = st.tuples(st.floats(105, 115), st.floats(26, 40))
pairs_of_datums = st.sampled_from([(a, b) for a in DATUMS for b in DATUMS if a != b])


def distance_m(lon1, lat1, lon2, lat2):
    scale = np.cos(np.radians(lat1))
    return DEGREE_M * np.hypot((np.asarray(lon1) - lon2) * scale, np.asarray(lat1) - lat2)


def test_the_forward_model_gives_the_published_numbers_to_full_digits() -> None:
    lat, lon, want_lat, want_lon = np.array(PUBLISHED).T
    x, y = transform(lon, lat, source="wgs84", target="gcj02")
    np.testing.assert_allclose(x, want_lon, rtol=0, atol=3e-14)
    np.testing.assert_allclose(y, want_lat, rtol=0, atol=1e-14)


def test_one_step_of_the_inverse_is_off_by_what_was_published() -> None:
    # 0.931 m after one iteration at Shijingshan, from an independent script: the
    # plain "subtract the shift" inverse is not good enough, which is why we iterate.
    lat, lon, gcj_lat, gcj_lon = PUBLISHED[3]
    x, y = transform([gcj_lon], [gcj_lat], source="wgs84", target="gcj02")
    once = distance_m(gcj_lon - (x - gcj_lon), gcj_lat - (y - gcj_lat), lon, lat)
    assert once[0] == pytest.approx(0.931, abs=0.01)
    x, y = transform([gcj_lon], [gcj_lat], source="gcj02", target="wgs84")
    assert distance_m(x, y, lon, lat)[0] < 1e-6


def test_bd09_of_a_gcj02_point_is_worked_by_the_formula() -> None:
    # By hand with the formula in common use, at GCJ-02 116.404, 39.915: the constants
    # are pi * 3000 / 180, 0.00002, 0.000003, 0.0065, 0.006.
    k = np.pi * 3000 / 180
    z = np.sqrt(116.404**2 + 39.915**2) + 0.00002 * np.sin(39.915 * k)
    theta = np.arctan2(39.915, 116.404) + 0.000003 * np.cos(116.404 * k)
    x, y = transform([116.404], [39.915], source="gcj02", target="bd09")
    assert x[0] == pytest.approx(z * np.cos(theta) + 0.0065, abs=1e-9)
    assert y[0] == pytest.approx(z * np.sin(theta) + 0.006, abs=1e-9)
    # The value that converters print for this point in their documentation.
    assert (round(x[0], 5), round(y[0], 5)) == (116.41037, 39.92134)


@given(inner, pairs_of_datums)
def test_there_and_back_is_exact_to_well_under_a_millimeter(point, datums) -> None:
    source, target = datums
    x, y = transform([point[0]], [point[1]], source=source, target=target)
    lon, lat = transform(x, y, source=target, target=source)
    assert distance_m(lon, lat, *point)[0] < 1e-4


@given(longitudes, latitudes, st.sampled_from(["gcj02", "bd09"]))
@settings(max_examples=300)
@example(114.118, 22.531, "gcj02")
@example(113.549, 22.216, "bd09")
def test_what_comes_back_has_the_same_shifted_coordinates(lon, lat, datum) -> None:
    x, y = transform([lon], [lat], source="wgs84", target=datum)
    back = transform(x, y, source=datum, target="wgs84")
    again = transform(*back, source="wgs84", target=datum)
    assert distance_m(*again, x, y)[0] < 1e-4


edge_points = st.builds(
    lambda share, dx, dy: (share, dx, dy),
    st.floats(0, 1),
    st.floats(-0.02, 0.02),
    st.floats(-0.02, 0.02),
)


@given(edge_points, st.sampled_from(["gcj02", "bd09"]))
@settings(max_examples=400)
def test_the_round_trip_holds_on_both_sides_of_the_edge(place, datum) -> None:
    share, dx, dy = place
    rings = mainland_outline().boundary
    at = rings.interpolate(share, normalized=True)
    lon, lat = at.x + dx, at.y + dy
    near = DEGREE_M * rings.distance(shapely.Point(lon, lat))
    x, y = transform([lon], [lat], source="wgs84", target=datum)
    back = transform(x, y, source=datum, target="wgs84")
    again = transform(*back, source="wgs84", target=datum)
    if near > 1e-3:
        # Always: the same shifted coordinates. On the mainland: the point itself.
        assert distance_m(*again, x, y)[0] < 1e-4
        if in_mainland(lon, lat):
            assert distance_m(*back, lon, lat)[0] < 1e-4
    # Outside and farther from the edge than any shift: the point itself, untouched.
    if not in_mainland(lon, lat) and near > 3000:
        assert (back[0][0], back[1][0]) == (lon, lat)


@pytest.mark.parametrize("datums", [(a, b) for a in DATUMS for b in DATUMS])
def test_far_from_the_mainland_all_datums_agree(datums) -> None:
    lon, lat = np.array([-87.63, 126.98, 114.158, 121.56]), np.array([41.88, 37.57, 22.285, 25.04])
    x, y = transform(lon, lat, source=datums[0], target=datums[1])
    assert x.tolist() == lon.tolist()
    assert y.tolist() == lat.tolist()


def test_missing_coordinates_pass_through_and_the_input_is_not_changed() -> None:
    lon = np.array([116.2229, np.nan, 116.2229, np.inf])
    lat = np.array([39.9056, 39.9, np.nan, 39.9])
    before = lon.copy(), lat.copy()
    for target in ("gcj02", "bd09"):
        x, y = transform(lon, lat, source="wgs84", target=target)
        assert np.isnan(x).tolist() == [False, True, False, False]
        assert np.isnan(y).tolist() == [False, False, True, False]
        back, _ = transform(x, y, source=target, target="wgs84")
        assert back[0] == pytest.approx(116.2229, abs=1e-10)
    np.testing.assert_array_equal(lon, before[0])
    np.testing.assert_array_equal(lat, before[1])


def test_shape_is_kept_and_no_points_are_no_points() -> None:
    lon = np.full((3, 2), 116.2)
    x, y = transform(lon, lon - 77, source="gcj02", target="wgs84")
    assert x.shape == y.shape == (3, 2)
    empty, _ = transform([], [], source="bd09", target="gcj02")
    assert empty.shape == (0,)
    single, _ = transform(116.2229, 39.9056, source="wgs84", target="gcj02")
    assert float(single) == pytest.approx(116.22895483546111)


def test_blocks_do_not_change_the_answer() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(70, 140, 40_000), rng.uniform(15, 55, 40_000)
    x, y = transform(lon, lat, source="gcj02", target="wgs84")
    some = slice(30_000, 30_100)
    a, b = transform(lon[some], lat[some], source="gcj02", target="wgs84")
    assert distance_m(a, b, x[some], y[some]).max() < 1e-6


def test_a_million_points_take_well_under_a_second() -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(116.1, 116.3, 1_000_000), rng.uniform(39.8, 40.0, 1_000_000)
    started = perf_counter()
    transform(lon, lat, source="wgs84", target="gcj02")
    # 0.24 s when measured alone; the bound leaves room for a busy machine.
    assert perf_counter() - started < 1.5


def test_an_unknown_datum_lists_the_names() -> None:
    with pytest.raises(DatumError, match="source must be one of 'wgs84', 'gcj02', 'bd09'"):
        transform([116.0], [39.0], source="gcj", target="wgs84")
    with pytest.raises(DatumError, match="target must be one of"):
        transform([116.0], [39.0], source="wgs84", target="EPSG:4326")
    with pytest.raises(DatumError, match=r"CRS that pyproj knows.*Did you mean 'gcj02'"):
        to_wgs84([shapely.Point(116, 39)], "gcj03")


def test_coordinates_that_are_no_numbers_or_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="must be numbers"):
        transform(["east"], [39.0], source="wgs84", target="gcj02")
    with pytest.raises(InputError, match=r"one shape. Found: \(2,\) and \(1,\)"):
        transform([1.0, 2.0], [39.0], source="wgs84", target="gcj02")


@pytest.mark.parametrize("spelling", ["GCJ-02", "gcj02", "GCJ 02", "Gcj_02"])
def test_a_datum_may_be_spelled_as_people_do(spelling: str) -> None:
    assert find_datum(spelling) == "gcj02"


def test_polygons_with_holes_and_missing_ones_are_converted() -> None:
    square = shapely.box(116.2, 39.9, 116.3, 40.0).difference(
        shapely.box(116.22, 39.92, 116.24, 39.94)
    )
    out = to_wgs84([square, None, shapely.Point(-87.6, 41.9)], "gcj02")
    assert out[1] is None
    assert len(out[0].interiors) == 1
    assert out[0].is_valid
    x, y = shapely.get_coordinates(out[0])[0]
    want = transform(*shapely.get_coordinates(square)[:1].T, source="gcj02", target="wgs84")
    assert (x, y) == (want[0][0], want[1][0])
    assert (out[2].x, out[2].y) == (-87.6, 41.9)


def test_a_crs_in_meters_is_converted_by_pyproj() -> None:
    # UTM zone 50N, on the central meridian: longitude 117 exactly.
    lon, _ = to_wgs84_coordinates([500000.0, np.nan], [4418000.0, 1.0], "EPSG:32650")
    assert lon[0] == pytest.approx(117.0, abs=1e-12)
    assert np.isnan(lon[1])
    assert find_datum("OGC:CRS84") == "wgs84"


def test_the_located_points_of_shijingshan_lie_in_the_converted_district() -> None:
    if not BEIJING.is_dir():
        pytest.skip("shared/data/beijing absent")
    fence = gpd.read_file(BEIJING / "shijingshan_fence_adcode2016_gcj02.geojson")
    table = pd.read_csv(BEIJING / "shijingshan_subdistricts_and_communities_gcj02.csv")
    table = table.dropna(subset=["wgs84_lon", "wgs84_lat"])
    assert len(table) == 61
    district = to_wgs84(fence.geometry.array, "gcj02")[0]
    assert shapely.contains_xy(district, table["wgs84_lon"], table["wgs84_lat"]).all()
    # The file's own conversion was made by somebody else's code.
    x, y = transform(table["longitude"], table["latitude"], source="gcj02", target="wgs84")
    assert distance_m(x, y, table["wgs84_lon"].to_numpy(), table["wgs84_lat"].to_numpy()).max() < 1
