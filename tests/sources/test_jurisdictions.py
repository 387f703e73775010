"""Reading jurisdictions: what comes out, what is mended, set aside and said."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from shapely import box

import gridgov
from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    DatumError,
    EmptyTableError,
    GeometryError,
    OptionError,
    ReadError,
)
from gridgov.geo.datum import to_wgs84

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
GEOD = pyproj.Geod(ellps="WGS84")
WEST, EAST = box(116.10, 39.90, 116.15, 39.95), box(116.15, 39.90, 116.20, 39.95)


def frame(shapes, **columns) -> gpd.GeoDataFrame:
    names = columns or {"code": [f"{row:03d}" for row in range(1, len(shapes) + 1)]}
    return gpd.GeoDataFrame(names, geometry=list(shapes), crs=4326)


def kinds(table) -> list[str]:
    return gridgov.notices(table)["notice"].tolist()


def reasons(table) -> list[str]:
    return gridgov.set_aside_rows(table)["reason"].tolist()


def quietly(source, **options) -> gpd.GeoDataFrame:
    with pytest.warns(DataWarning):
        return gridgov.read_jurisdictions(source, **options)


# ---- inputs that are refused


def test_a_file_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(ReadError, match=r"There is no file .*streets.geojson"):
        gridgov.read_jurisdictions(tmp_path / "streets.geojson")


def test_a_table_without_rows_is_an_error() -> None:
    with pytest.raises(EmptyTableError, match="at least one row"):
        gridgov.read_jurisdictions(frame([], code=[]))


def test_a_table_without_outlines_is_an_error_that_names_its_columns() -> None:
    with pytest.raises(ColumnsError, match=r"must have outlines.*Found: code, name"):
        gridgov.read_jurisdictions(pd.DataFrame({"code": ["1"], "name": ["古城"]}))


def test_a_column_that_is_not_there_or_not_ours_is_an_error() -> None:
    with pytest.raises(ColumnsError, match=r"'cod'.*named for street_id.*Did you mean 'code'"):
        gridgov.read_jurisdictions(frame([WEST]), columns={"street_id": "cod"})
    with pytest.raises(OptionError, match="Did you mean 'street_id'"):
        gridgov.read_jurisdictions(frame([WEST]), columns={"streetid": "code"})


def test_no_usable_row_is_one_error_that_lists_every_row() -> None:
    source = frame([None, shapely.Point(116, 40), shapely.Polygon()])
    with pytest.raises(
        GeometryError, match=r"at least one usable jurisdiction. Found: 3 rows, none usable"
    ) as caught:
        gridgov.read_jurisdictions(source)
    assert caught.value.problems["reason"].tolist() == [
        "missing_geometry",
        "not_a_polygon",
        "empty_geometry",
    ]


def test_an_unknown_datum_is_an_error() -> None:
    with pytest.raises(DatumError, match="datum must be one of 'wgs84', 'gcj02', 'bd09'"):
        gridgov.read_jurisdictions(frame([WEST]), datum="gcj2000")


def test_meters_in_a_file_that_claims_degrees_are_an_error_that_suggests_a_crs() -> None:
    with pytest.raises(DatumError, match=r"meters of a projected CRS.*EPSG:32650"):
        gridgov.read_jurisdictions(frame([box(430_000, 4_415_000, 440_000, 4_425_000)]))


def test_exchanged_longitude_and_latitude_are_an_error() -> None:
    with pytest.raises(DatumError, match="look exchanged"):
        gridgov.read_jurisdictions(frame([box(39.90, 116.10, 39.95, 116.15)]))


# ---- what comes out


def test_the_table_has_the_documented_columns_and_types_and_then_the_sources_own() -> None:
    source = frame(
        [WEST, EAST], 编号=["7", "8"], 街道=["古城", "八角"], 区=["石景山"] * 2, pop=[5, 6]
    )
    table = gridgov.read_jurisdictions(source)
    assert isinstance(table, gpd.GeoDataFrame)
    assert list(table.columns) == [*TABLES["jurisdictions"].names, "pop"]
    assert table.crs == "EPSG:4326"
    assert table["street_id"].tolist() == ["7", "8"]
    assert table["street"].tolist() == ["古城", "八角"]
    assert table["district"].tolist() == ["石景山", "石景山"]
    assert table["pop"].tolist() == [5, 6]
    assert str(table["area_km2"].dtype) == "float64"
    assert table.index.tolist() == [0, 1]
    assert kinds(table) == []


def test_the_area_is_the_geodesic_area_on_the_ellipsoid() -> None:
    table = gridgov.read_jurisdictions(frame([shapely.segmentize(WEST, 0.0005)]))
    geodesic = abs(GEOD.geometry_area_perimeter(WEST)[0]) / 1e6
    assert table["area_km2"].item() == pytest.approx(geodesic, rel=1e-6)


def test_the_input_is_not_changed() -> None:
    source = frame([WEST, shapely.Point(1, 1)])
    before = source.copy()
    quietly(source)
    pd.testing.assert_frame_equal(pd.DataFrame(source), pd.DataFrame(before))


def test_columns_named_by_the_caller_win_over_common_names() -> None:
    source = frame([WEST, EAST], code=["1", "2"], name=["古城", "八角"], gid=["x", "y"])
    table = gridgov.read_jurisdictions(source, columns={"street_id": "gid", "street": "code"})
    assert table["street_id"].tolist() == ["x", "y"]
    assert table["street"].tolist() == ["1", "2"]
    assert "name" in table.columns


def test_numeric_ids_become_text_without_a_decimal_point() -> None:
    table = gridgov.read_jurisdictions(frame([WEST, EAST], NID=[35.0, 36.0]))
    assert table["street_id"].tolist() == ["35", "36"]


def test_a_column_with_a_name_of_ours_is_kept_under_another_name() -> None:
    table = gridgov.read_jurisdictions(frame([WEST], code=["1"], area_km2=[1.5]))
    assert table["area_km2_source"].item() == 1.5
    assert table["area_km2"].item() > 20
    assert kinds(table) == ["column_renamed"]


def test_without_ids_unique_names_serve_as_ids() -> None:
    table = quietly(frame([WEST, EAST], street=["古城", "八角"]))
    assert table["street_id"].tolist() == table["street"].tolist() == ["古城", "八角"]
    assert kinds(table) == ["ids_from_names"]


def test_without_ids_and_unique_names_rows_are_numbered() -> None:
    table = quietly(frame([WEST, EAST], street=["古城", "古城"]))
    assert table["street_id"].tolist() == ["1", "2"]
    assert kinds(table) == ["ids_numbered"]


def test_a_guessed_column_that_repeats_itself_is_not_taken_for_ids() -> None:
    source = frame([WEST, EAST], adcode=["110107"] * 2, name=["古城", "八角"])
    table = quietly(source)
    assert table["street_id"].tolist() == ["古城", "八角"]
    assert table["adcode"].tolist() == ["110107", "110107"]
    told = gridgov.notices(table).iloc[0]
    assert "has only 1 different id in 'adcode' for 2 rows, so that" in told["detail"]
    assert "“adcode”列 2 行只有 1 个不同编号" in told["detail_zh"]


def test_a_csv_with_outlines_as_wkt_or_hexadecimal_wkb_is_read(tmp_path) -> None:
    path = tmp_path / "streets.csv"
    rows = {
        "街道代码": ["007", "008", "009"],
        "wkt": [WEST.wkt, shapely.to_wkb(EAST, hex=True), "?"],
    }
    pd.DataFrame(rows).to_csv(path, index=False, encoding="gb18030")
    table = quietly(path)
    assert table["street_id"].tolist() == ["007", "008"]
    assert table.geometry.geom_equals(gpd.GeoSeries([WEST, EAST], crs=4326)).all()
    assert reasons(table) == ["unreadable_geometry"]
    assert "'?' is neither WKT nor" in gridgov.set_aside_rows(table)["detail"].item()


# ---- datum


def test_gcj02_outlines_are_converted_whatever_the_file_says() -> None:
    table = gridgov.read_jurisdictions(frame([WEST]), datum="gcj02")
    want = to_wgs84([WEST], "gcj02")[0]
    assert table.geometry.iloc[0].equals_exact(want, 1e-12)


def test_the_crs_of_the_file_is_followed_and_the_callers_word_wins() -> None:
    projected = frame([WEST]).to_crs("EPSG:32650")
    table = gridgov.read_jurisdictions(projected)
    assert table.geometry.iloc[0].equals_exact(WEST, 1e-7)
    other = quietly(projected, datum="EPSG:32651")
    assert "crs_overruled" in kinds(other)
    assert other.geometry.iloc[0].bounds[0] > 120


def test_web_mercator_of_gcj02_is_unprojected_and_then_converted() -> None:
    web = frame([WEST]).to_crs("EPSG:3857")
    table = gridgov.read_jurisdictions(web, datum="gcj02")
    assert table.geometry.iloc[0].equals_exact(to_wgs84([WEST], "gcj02")[0], 1e-8)


# ---- rows set aside


def test_rows_that_cannot_be_used_are_set_aside_with_reason_and_sentence() -> None:
    source = frame(
        [WEST, None, shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon(), EAST, EAST, EAST,
         box(116.1, 39.9, 116.2, 139.9), shapely.GeometryCollection([shapely.Point(1, 1)])],
        code=["1", "2", "3", "4", "5", "5", None, "8", "9"],
        note=list("abcdefghi"),
    )  # fmt: skip
    with pytest.warns(DataWarning, match="7 of 9 rows were set aside"):
        table = gridgov.read_jurisdictions(source)
    assert table["street_id"].tolist() == ["1", "5"]
    aside = gridgov.set_aside_rows(table)
    assert dict(zip(aside["source_row"], aside["reason"], strict=True)) == {
        2: "missing_geometry",
        3: "not_a_polygon",
        4: "empty_geometry",
        6: "duplicate_id",
        7: "missing_id",
        8: "out_of_range_coordinate",
        9: "not_a_polygon",
    }
    assert len(table) + len(aside) == len(source)
    assert aside["note"].tolist() == list("bcdfghi")
    details = aside.set_index("source_row")
    assert "LineString, and a jurisdiction must be a Polygon" in details.loc[3, "detail"]
    assert "'5' is that of row 5 already" in details.loc[6, "detail"]
    assert "y from 39.9 to 139.9" in details.loc[8, "detail"]
    assert (details["detail_zh"].str.len() > 5).all()
    json.dumps(table.attrs)


def test_an_outline_without_area_is_set_aside() -> None:
    flat = shapely.Polygon([(116.1, 39.9), (116.2, 39.9), (116.1, 39.9)])
    table = quietly(frame([WEST, flat]))
    assert reasons(table) == ["no_area"]
    assert len(table) == 1


# ---- mending


def test_a_bow_tie_is_mended_and_both_areas_are_told() -> None:
    # Two lobes: as drawn they cancel, mended they add up to half the box each way.
    bow = shapely.Polygon([(116.10, 39.90), (116.14, 39.94), (116.14, 39.90), (116.10, 39.94)])
    with pytest.warns(DataWarning, match=r"The outline of 001 was invalid \(Self-intersection"):
        table = gridgov.read_jurisdictions(frame([bow]))
    assert table.geometry.iloc[0].is_valid
    assert table.geometry.iloc[0].geom_type == "MultiPolygon"
    (notice,) = gridgov.notices(table).to_dict("records")
    assert notice["notice"] == "mended"
    assert notice["unit"] == "m²"
    half = abs(GEOD.geometry_area_perimeter(box(116.10, 39.90, 116.14, 39.94))[0]) / 2
    assert table["area_km2"].item() * 1e6 == pytest.approx(half, rel=1e-3)
    assert "m² before" in notice["detail"]
    assert "修复前" in notice["detail_zh"]
    # What it gained is what it has less what the drawn ring was worth.
    assert 0 < notice["value"] <= table["area_km2"].item() * 1e6


def test_of_a_collection_the_polygons_are_kept_and_the_rest_is_told() -> None:
    mixed = shapely.GeometryCollection([WEST, shapely.LineString([(0, 0), (1, 1)])])
    table = quietly(frame([mixed]))
    assert table.geometry.iloc[0].equals(WEST)
    notice = gridgov.notices(table).iloc[0]
    assert notice["notice"] == "collection_reduced"
    assert "1 polygonal part kept, 1 LineString left out" in notice["detail"]


# ---- neighbors


def test_an_overlap_is_named_with_its_area() -> None:
    # EAST moved west by 0.001 degrees: a strip of 0.001 by 0.05 degrees.
    strip = box(116.149, 39.90, 116.15, 39.95)
    area = abs(GEOD.geometry_area_perimeter(strip)[0])
    source = frame([WEST, shapely.union(EAST, strip)], code=["1", "2"], street=["古城", "八角"])
    with pytest.warns(DataWarning, match=r"1 pair of streets overlaps by more than 1 m²"):
        table = gridgov.read_jurisdictions(source)
    notices = gridgov.notices(table).set_index("notice")
    assert notices.loc["overlap", "value"] == pytest.approx(area, rel=1e-4)
    assert notices.loc["overlap", "subject"] == "1 古城 + 2 八角"
    assert "1 古城 and 2 八角 overlap by" in notices.loc["overlap", "detail"]
    assert table.geometry.geom_equals(source.geometry).all()


def test_a_sliver_of_a_gap_is_named_with_its_area() -> None:
    # One hundred-thousandth of a degree, 0.85 m, left open along 5.5 km.
    east = box(116.15001, 39.90, 116.20, 39.95)
    with pytest.warns(DataWarning, match=r"1 gap between streets is larger than 1 m²"):
        table = gridgov.read_jurisdictions(frame([WEST, east]))
    notices = gridgov.notices(table).set_index("notice")
    sliver = abs(GEOD.geometry_area_perimeter(box(116.15, 39.90, 116.15001, 39.95))[0])
    assert notices.loc["gap", "value"] == pytest.approx(sliver, rel=1e-2)
    assert "between 001 and 002 belong to no street" in notices.loc["gap", "detail"]


def test_streets_that_share_their_edge_give_no_notice() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = gridgov.read_jurisdictions(frame([WEST, EAST]))
    assert len(gridgov.notices(table)) == 0


# ---- real files


def test_the_community_areas_of_chicago_are_read_whole() -> None:
    path = DATA / "chicago" / "community_areas.geojson"
    if not path.is_file():
        pytest.skip("shared/data/chicago absent")
    with pytest.warns(DataWarning, match="3 gaps between streets"):
        table = gridgov.read_jurisdictions(path)
    assert len(table) == 77
    assert reasons(table) == []
    assert "mended" not in kinds(table)
    assert table["street_id"].is_unique
    assert table["street"].iloc[0] == "DOUGLAS"
    # The city has 606 km² with water and rights of way; the sum of geodesic areas of
    # the same polygons by pyproj.Geod.
    geodesic = sum(abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in table.geometry) / 1e6
    assert table["area_km2"].sum() == pytest.approx(geodesic, rel=1e-6)


def test_the_dirty_sub_districts_of_beijing_are_mended_and_told() -> None:
    path = DATA / "beijing" / "hsar_beijing_subdistricts_wgs84.geojson"
    if not path.is_file():
        pytest.skip("shared/data/beijing absent")
    with pytest.warns(DataWarning, match=r"38 pairs of streets overlap.*41 gaps"):
        table = gridgov.read_jurisdictions(path)
    assert len(table) == 111
    assert table.geometry.is_valid.all()
    assert set(table.geometry.geom_type) == {"Polygon", "MultiPolygon"}
    assert kinds(table).count("collection_reduced") == 4
    assert kinds(table).count("mended") == 1
    mended = gridgov.notices(table).set_index("notice").loc["mended", "detail"]
    assert "5,210,315.9 m² before, 5,210,315.9 m² after, difference +0.0 m²" in mended


def test_five_streets_of_nine_are_read_without_inventing_a_gap() -> None:
    path = DATA / "beijing" / "hsar_shijingshan_5_named_by_inference_wgs84.geojson"
    if not path.is_file():
        pytest.skip("shared/data/beijing absent")
    table = gridgov.read_jurisdictions(path)
    assert table["street"].tolist()[0] == "苹果园街道"
    # The missing streets lie at the rim: nothing in the file says where the city ends.
    assert kinds(table) == ["column_renamed"]


def test_the_fence_of_shijingshan_has_its_known_area() -> None:
    path = DATA / "beijing" / "shijingshan_fence_adcode2016_gcj02.geojson"
    if not path.is_file():
        pytest.skip("shared/data/beijing absent")
    table = gridgov.read_jurisdictions(path, datum="gcj02")
    assert table["street_id"].tolist() == ["110107"]
    assert table["area_km2"].item() == pytest.approx(85, abs=0.5)
    assert np.isfinite(table.total_bounds).all()
