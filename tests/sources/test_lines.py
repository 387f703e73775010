"""Reading lines: what is kept, what is set aside, and what is said."""

import warnings

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiLineString, Point, box

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, DatumError, EmptyTableError, GeometryError
from gridgov.geo.datum import transform_coordinates
from gridgov.sources.lines import read_lines
from gridgov.sources.notices import notices, set_aside_rows

RIVER = LineString([(116.20, 39.90), (116.21, 39.90), (116.21, 39.91)])
ALLEY = LineString([(116.22, 39.90), (116.23, 39.90)])


def chiefs(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")


def quietly(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_lines(source, **options)


def test_lines_have_the_documented_columns_first_and_their_own_after():
    source = chiefs([RIVER, ALLEY], 河段编号=["R1", "R2"], 名称=["甲", "乙"], 河长=["张", "李"])
    lines = read_lines(source)
    assert lines.columns.tolist() == [*TABLES["lines"].names, "河长"]
    assert lines["line_id"].tolist() == ["R1", "R2"]
    assert lines["line"].tolist() == ["甲", "乙"]
    assert lines.crs == "EPSG:4326"
    assert len(set_aside_rows(lines)) == 0


def test_lengths_are_those_of_the_ellipsoid():
    lines = read_lines(chiefs([RIVER, MultiLineString([RIVER, ALLEY])], line_id=["1", "2"]))
    geod = pyproj.Geod(ellps="WGS84")
    expected = [geod.geometry_length(shape) for shape in (RIVER, MultiLineString([RIVER, ALLEY]))]
    assert lines["length_m"].tolist() == pytest.approx(expected, rel=1e-12)


def test_rows_that_cannot_be_used_are_set_aside_with_a_reason():
    shapes = [
        RIVER,
        None,
        LineString(),
        Point(116.2, 39.9),
        box(116.2, 39.9, 116.3, 40.0),
        LineString([(116.2, 39.9), (116.2, 39.9)]),
        ALLEY,
        ALLEY,
    ]
    ids = ["1", "2", "3", "4", "5", "6", "1", None]
    source = chiefs(shapes, line_id=ids)
    with pytest.warns(DataWarning, match=r"7 of 8 rows were set aside .*1 missing_geometry"):
        lines = read_lines(source)
    aside = set_aside_rows(lines)
    assert lines["line_id"].tolist() == ["1"]
    assert aside["reason"].tolist() == [
        "missing_geometry",
        "empty_geometry",
        "not_a_line",
        "not_a_line",
        "no_length",
        "duplicate_id",
        "missing_id",
    ]
    assert aside["source_row"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert "read_jurisdictions" in aside["detail"].iloc[3]
    assert len(lines) + len(aside) == len(source)


def test_ids_are_made_from_unique_names_or_from_row_numbers():
    with pytest.warns(DataWarning, match=r"the names in '道路名称' serve as line_id"):
        named = read_lines(chiefs([RIVER, ALLEY], 道路名称=["鲁谷路", "八角路"]))
    assert named["line_id"].tolist() == ["鲁谷路", "八角路"]
    with pytest.warns(DataWarning, match=r"line_id is the number of the row"):
        numbered = read_lines(chiefs([RIVER, ALLEY], 道路名称=["鲁谷路", "鲁谷路"]))
    assert numbered["line_id"].tolist() == ["1", "2"]
    assert notices(numbered)["notice"].tolist() == ["ids_numbered"]


def test_lines_are_read_from_files_and_from_wkt(tmp_path):
    source = chiefs([RIVER, ALLEY], line_id=["1", "2"])
    source.to_file(tmp_path / "rivers.gpkg", layer="rivers")
    source.to_file(tmp_path / "rivers.geojson")
    pd.DataFrame({"line_id": ["1", "2"], "wkt": [RIVER.wkt, ALLEY.wkt]}).to_csv(
        tmp_path / "rivers.csv", index=False
    )
    for name in ("rivers.gpkg", "rivers.geojson", "rivers.csv"):
        lines = read_lines(tmp_path / name)
        assert lines["line_id"].tolist() == ["1", "2"]
        assert shapely.equals_exact(lines.geometry.to_numpy(), [RIVER, ALLEY], 1e-9).all()


def test_other_datums_and_crs_are_converted():
    projected = chiefs([RIVER, ALLEY], line_id=["1", "2"]).to_crs("EPSG:4547")
    lines = read_lines(projected)
    assert shapely.equals_exact(lines.geometry.to_numpy(), [RIVER, ALLEY], 1e-8).all()
    x, y = transform_coordinates([116.2, 116.21], [39.9, 39.9], source="wgs84", target="gcj02")
    shifted = chiefs([LineString(zip(x, y, strict=True))], line_id=["1"])
    read = read_lines(shifted, datum="gcj02").geometry.iloc[0]
    assert shapely.get_coordinates(read) == pytest.approx(
        shapely.get_coordinates(LineString([(116.2, 39.9), (116.21, 39.9)])), abs=1e-8
    )


def test_heights_go_and_collections_keep_their_lines():
    high = shapely.force_3d(RIVER, 50.0)
    mixed = GeometryCollection([ALLEY, Point(116.2, 39.9)])
    lines = quietly(chiefs([high, mixed], line_id=["1", "2"]))
    assert not shapely.has_z(lines.geometry.to_numpy()).any()
    assert lines.geometry.iloc[1].equals(ALLEY)


def test_parts_without_length_are_left_out_of_a_line():
    still = [(116.2, 39.9), (116.2, 39.9)]
    lines = read_lines(chiefs([MultiLineString([still, ALLEY.coords])], line_id=["1"]))
    assert lines.geometry.iloc[0].equals(ALLEY)
    assert lines.geometry.is_valid.all()


def test_a_source_is_not_changed():
    source = chiefs([RIVER, ALLEY], line_id=["1", "2"], length_m=["long", "short"])
    before = source.copy()
    lines = read_lines(source)
    assert lines["length_m_source"].tolist() == ["long", "short"]
    assert source.equals(before)


def test_what_cannot_be_read_is_one_clear_error():
    with pytest.raises(EmptyTableError, match="must have at least one row"):
        read_lines(chiefs([], line_id=[]))
    with pytest.raises(ColumnsError, match=r"must have lines: geometries, or a column of WKT"):
        read_lines(pd.DataFrame({"line_id": ["1"]}))
    with pytest.raises(ColumnsError, match=r"column 'code2', which was named for line_id"):
        read_lines(chiefs([RIVER], code=["1"]), columns={"line_id": "code2"})
    with pytest.raises(GeometryError, match=r"at least one usable line.*is a Point|Point"):
        read_lines(chiefs([Point(116.2, 39.9)], line_id=["1"]))
    meters = gpd.GeoDataFrame(
        {"line_id": ["1"]}, geometry=[LineString([(440000, 4417000), (441000, 4417000)])]
    )
    with pytest.raises(DatumError, match="EPSG"):
        read_lines(meters)
