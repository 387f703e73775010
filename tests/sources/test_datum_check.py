"""Which datum fits the streets; meters and exchanged coordinates that claim to be degrees."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgov.errors import ColumnsError, DatumError
from gridgov.geo.datum import to_wgs84, transform_coordinates
from gridgov.sources.datum_check import compare_datum, extent_notices, outside_degrees

BEIJING = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "beijing"


def district() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"street_id": ["1", "2"]},
        geometry=[shapely.box(116.1, 39.9, 116.15, 39.95), shapely.box(116.15, 39.9, 116.2, 39.95)],
        crs=4326,
    )


def reports(count: int = 2000, *, outside: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(116.1, 116.2, count), rng.uniform(39.9, 39.95, count)
    lon[: int(outside * count)] += 1.0
    return lon, lat


@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("claimed", ["wgs84", "gcj02", "bd09"])
def test_the_true_datum_is_found_whatever_was_claimed(truth: str, claimed: str) -> None:
    lon, lat = transform_coordinates(*reports(), source="wgs84", target=truth)
    found = compare_datum(lon, lat, district(), datum=claimed)
    assert found.best == truth
    assert found.contradicted == (truth != claimed)
    assert found.points == 2000
    assert found.outside_share[truth] == pytest.approx(0, abs=1e-9)


def test_the_notice_says_both_shares_and_what_to_do() -> None:
    lon, lat = transform_coordinates(*reports(outside=0.019), source="wgs84", target="gcj02")
    found = compare_datum(lon, lat, district())
    (notice,) = found.notices("incidents.csv")
    assert notice.notice == "datum_doubtful"
    said = f"{100 * found.outside_share['wgs84']:.1f} % of 2,000 points lie outside the streets"
    assert notice.detail.startswith(said + " as wgs84, 1.9 % as gcj02.")
    assert 'datum="gcj02"' in notice.detail
    assert "gcj02 读取时为 1.9%" in notice.detail_zh


def test_points_that_truly_lie_outside_do_not_accuse_the_datum() -> None:
    found = compare_datum(*reports(outside=0.3), district())
    assert found.best == "wgs84"
    assert found.notices("incidents.csv") == []
    assert found.outside_share["wgs84"] == pytest.approx(0.3)


def test_exchanged_longitude_and_latitude_are_found() -> None:
    lon, lat = reports()
    found = compare_datum(lat, lon, district())
    assert found.best == "swapped"
    (notice,) = found.notices("incidents.csv")
    assert "100.0 % of 2,000 points lie outside the streets as wgs84, 0.0 %" in notice.detail
    assert "exchanged" in notice.detail


def test_a_few_points_are_not_enough_to_doubt_a_datum() -> None:
    lon, lat = transform_coordinates(*reports(99), source="wgs84", target="bd09")
    assert compare_datum(lon, lat, district()).best == "wgs84"


def test_outside_china_no_datum_can_be_doubted() -> None:
    rng = np.random.default_rng(1)
    chicago = gpd.GeoDataFrame(
        {"street_id": ["1"]}, geometry=[shapely.box(-87.7, 41.8, -87.6, 41.9)], crs=4326
    )
    lon, lat = rng.uniform(-87.75, -87.6, 500), rng.uniform(41.8, 41.9, 500)
    assert not compare_datum(lon, lat, chicago).contradicted


def test_missing_points_are_left_out_and_none_at_all_is_no_verdict() -> None:
    lon, lat = reports(300)
    lon[:100] = np.nan
    assert compare_datum(lon, lat, district()).points == 200
    nothing = compare_datum([], [], district())
    assert not nothing.contradicted
    assert np.isnan(nothing.outside_share["wgs84"])


def test_a_large_table_is_sampled_evenly() -> None:
    found = compare_datum(*reports(50_000), district())
    assert 10_000 < found.points <= 20_000


def test_something_that_is_no_table_of_jurisdictions_is_refused() -> None:
    with pytest.raises(ColumnsError, match="jurisdictions must be a table"):
        compare_datum([116.1], [39.9], [shapely.box(0, 0, 1, 1)])


def test_gcj02_points_of_the_real_district_are_told_from_wgs84() -> None:
    if not BEIJING.is_dir():
        pytest.skip("shared/data/beijing absent")
    fence = gpd.read_file(BEIJING / "shijingshan_fence_adcode2016_gcj02.geojson")
    fence = fence.assign(street_id="110107").set_geometry(to_wgs84(fence.geometry.array, "gcj02"))
    # Even points over the district, as a phone in mainland China would report them.
    west, south, east, north = fence.total_bounds
    lon, lat = (
        axis.ravel()
        for axis in np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60))
    )
    inside = shapely.contains_xy(fence.geometry.iloc[0], lon, lat)
    lon, lat = transform_coordinates(lon[inside], lat[inside], source="wgs84", target="gcj02")
    found = compare_datum(lon, lat, fence)
    assert found.best == "gcj02"
    assert found.outside_share["wgs84"] > 0.02


def test_meters_that_claim_to_be_degrees_are_refused_with_a_crs_to_try() -> None:
    utm = [shapely.box(430_000, 4_415_000, 440_000, 4_425_000)]
    with pytest.raises(DatumError, match=r"must hold degrees.*x from 430,000.*EPSG:4547"):
        outside_degrees(utm, name="streets.geojson")
    zone39 = [shapely.box(39_430_000, 4_415_000, 39_440_000, 4_425_000)]
    with pytest.raises(DatumError, match=r"leading 39 .* 3-degree zone: try datum=.EPSG:4527"):
        outside_degrees(zone39, name="streets.geojson")
    web = [shapely.box(12_930_000, 4_850_000, 12_940_000, 4_860_000)]
    with pytest.raises(DatumError, match="EPSG:3857"):
        outside_degrees(web, name="streets.geojson")
    zone20 = [shapely.box(20_430_000, 4_415_000, 20_440_000, 4_425_000)]
    with pytest.raises(DatumError, match="EPSG:4498"):
        outside_degrees(zone20, name="streets.geojson")
    with pytest.raises(DatumError, match="Pass their CRS"):
        outside_degrees([shapely.box(1e6, -5e6, 2e6, -4e6)], name="streets.geojson")


@pytest.mark.parametrize(("zone", "code"), [(39, 4527), (40, 4528), (25, 4513), (45, 4533)])
def test_the_suggested_zone_is_the_one_of_the_epsg_register(zone: int, code: int) -> None:
    import pyproj

    crs = pyproj.CRS.from_epsg(code)
    assert crs.name == f"CGCS2000 / 3-degree Gauss-Kruger zone {zone}"


def test_exchanged_degrees_are_refused_and_named() -> None:
    with pytest.raises(DatumError, match=r"longitude first and latitude second.*look exchanged"):
        outside_degrees([shapely.box(39.9, 116.1, 39.95, 116.2)], name="streets.geojson")


def test_one_bad_shape_among_good_ones_is_only_marked() -> None:
    shapes = np.array([shapely.box(116, 39, 117, 40), shapely.box(116, 39, 117, 400), None])
    assert outside_degrees(shapes, name="streets").tolist() == [False, True, False]


def test_american_degrees_that_are_exchanged_give_a_notice() -> None:
    (notice,) = extent_notices([shapely.box(41.8, -87.7, 41.9, -87.6)], name="streets.geojson")
    assert "between latitude -87.70 and -87.60, where no city is" in notice.detail
    assert extent_notices([shapely.box(-87.7, 41.8, -87.6, 41.9)], name="streets.geojson") == []
