import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import ColumnsError, DatumError
from gridgov.sources.coordinates import read_points

PAIR = {"longitude": "lon", "latitude": "lat"}


def beijing(extra=(), rows=20):
    """Return a table of `rows` good points and some others."""
    steps = np.arange(rows) / 1000
    good = [(f"{116.2 + step:.3f}", f"{39.9 + step:.3f}") for step in steps]
    return pd.DataFrame([*good, *extra], columns=["lon", "lat"])


def reasons_of(table, columns=PAIR, **options):
    return read_points(table, columns, **options).reason.tolist()


@pytest.mark.parametrize(
    ("lon", "lat", "reason"),
    [
        ("116.2", "39.9", ""),
        (" 116.2 ", "３９．９", ""),
        ("1.162e2", "39.9", ""),
        ("", "", ""),
        ("NULL", None, ""),
        ("0", "0", "zero_coordinate"),
        ("0.0", "-0.0", "zero_coordinate"),
        ("116.2", "", "unreadable_coordinate"),
        ("", "39.9", "unreadable_coordinate"),
        ("东经116度", "39.9", "unreadable_coordinate"),
        ("116.2", "inf", "unreadable_coordinate"),
        ("116,2", "39,9", "unreadable_coordinate"),
        ("39.9", "116.2", "swapped_coordinates"),
        ("1162.1", "39.9", "out_of_range_coordinate"),
        ("116.2", "399.0", "out_of_range_coordinate"),
        ("=1+1", "{{7*7}}", "unreadable_coordinate"),
    ],
)
def test_each_fault_of_a_row_has_its_reason(lon, lat, reason):
    points = read_points(beijing([(lon, lat)]), PAIR)
    assert points.reason.tolist() == [""] * 20 + [reason]
    there = np.isfinite(points.longitude[-1])
    assert there == (reason == "" and not points.missing[-1])


def test_a_swap_within_the_range_is_seen_against_the_bulk():
    table = pd.DataFrame({"lon": [-87.65] * 9 + [41.85, 12.0], "lat": [41.8] * 9 + [-87.6, 50.0]})
    assert reasons_of(table)[-2:] == ["swapped_coordinates", ""]


def test_a_far_point_that_is_no_swap_is_left_alone():
    table = beijing([("121.5", "31.2")])
    assert set(reasons_of(table)) == {""}


def test_a_swap_must_land_in_the_bulk():
    assert reasons_of(beijing([("10.0", "120.0")]))[-1] == "out_of_range_coordinate"


def test_jurisdictions_tell_the_bulk_when_few_rows_do():
    table = pd.DataFrame({"lon": [41.85, -87.65, -87.7], "lat": [-87.6, 41.8, 41.9]})
    assert reasons_of(table) == ["", "", ""]
    bounds = (-87.9, 41.6, -87.5, 42.1)
    assert reasons_of(table, bounds=bounds) == ["swapped_coordinates", "", ""]


def test_columns_named_the_wrong_way_round_are_one_error_that_says_how():
    wrong = {"longitude": "lat", "latitude": "lon"}
    with pytest.raises(ColumnsError, match=r"lat, lon exchanged in 20 of 20 rows.*round: columns"):
        read_points(beijing(), wrong)
    chicago = pd.DataFrame({"lon": [-87.65] * 9, "lat": [41.8] * 9})
    with pytest.raises(ColumnsError, match=r"exchanged in 9 of 9 rows"):
        read_points(chicago, wrong, bounds=(-87.9, 41.6, -87.5, 42.1))


def test_meters_read_as_degrees_are_one_error_and_their_crs_reads_them():
    table = pd.DataFrame({"lon": ["440000", "441000"], "lat": ["4418000", "4419000"]})
    with pytest.raises(DatumError, match=r"2 of 2 rows outside.*440000.*datum=\"EPSG"):
        read_points(table, PAIR)
    points = read_points(table, PAIR, datum="EPSG:32650")
    # pyproj.Transformer("EPSG:32650" to "EPSG:4326") by itself gives 116.2980, 39.9105.
    assert points.longitude[0] == pytest.approx(116.2980, abs=2e-3)
    assert points.latitude[0] == pytest.approx(39.91, abs=1e-2)


def test_the_datum_is_converted():
    points = read_points(pd.DataFrame({"lon": [116.4037], "lat": [39.9101]}), PAIR, datum="gcj02")
    # Tiananmen, the example of gridgov.geo.datum.
    assert points.longitude[0] == pytest.approx(116.3975, abs=1e-4)
    assert points.x[0] == 116.4037
    with pytest.raises(DatumError, match=r"gcj-2"):
        read_points(beijing(), PAIR, datum="gcj-2")


@pytest.mark.parametrize(
    "text",
    [
        "POINT (116.2 39.9)",
        "point(116.2 39.9)",
        "SRID=4326;POINT Z (116.2 39.9 50)",
        "116.2,39.9",
        "116.2 39.9",
        "116.2；39.9",
        "[116.2, 39.9]",
        "(39.9, 116.2)",
        "4853 S WOOD\nCHICAGO, IL\n(39.9, 116.2)",
    ],
)
def test_one_column_of_text_is_read_in_its_usual_order(text):
    table = pd.DataFrame({"where": [text, "116.21,39.91", "", "nowhere"]})
    points = read_points(table, {"location": "where"})
    assert (points.longitude[0], points.latitude[0]) == (116.2, 39.9)
    assert points.reason.tolist() == ["", "", "", "unreadable_coordinate"]
    assert points.missing.tolist() == [False, False, True, False]
    assert not points.exchanged


def test_text_in_the_unusual_order_is_read_so_and_said():
    points = read_points(
        pd.DataFrame({"where": ["39.9,116.2", "39.8,116.3"]}), {"location": "where"}
    )
    assert points.longitude.tolist() == [116.2, 116.3]
    assert points.exchanged


def test_geometries_give_points_and_anything_else_is_unreadable():
    shapes = [shapely.Point(116.2, 39.9), None, shapely.Point(), shapely.box(116, 39, 117, 40)]
    frame = gpd.GeoDataFrame({"a": range(4)}, geometry=shapes, crs="EPSG:4326")
    for table in (frame, pd.DataFrame({"geometry": np.array(shapes, dtype=object)})):
        points = read_points(table, {"location": "geometry"})
        assert points.missing.tolist() == [False, True, True, False]
        assert points.reason.tolist() == ["", "", "", "unreadable_coordinate"]
        assert points.text(np.array([0])).tolist() == ["POINT (116.2 39.9)"]


def test_a_table_without_coordinates_names_what_it_has():
    with pytest.raises(ColumnsError, match=r"Found no longitude and no latitude among: a, b"):
        read_points(pd.DataFrame({"a": [1], "b": [2]}), {})
    with pytest.raises(ColumnsError, match=r"Found no latitude among"):
        read_points(pd.DataFrame({"lon": [1]}), {"longitude": "lon"})


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(116.1, 116.3).map(str) | st.text(max_size=8) | st.none(),
            st.floats(39.8, 40.0).map(str) | st.text(max_size=8) | st.none(),
        ),
        max_size=6,
    )
)
def test_every_row_is_a_point_missing_or_has_a_reason(rows):
    points = read_points(beijing(rows), PAIR)
    there = np.isfinite(points.longitude) & np.isfinite(points.latitude)
    fates = there.astype(int) + points.missing + (points.reason != "")
    assert (fates == 1).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**12 - 1), st.integers(1, 12)), min_size=1, max_size=40))
def test_plain_numbers_read_in_one_pass_are_those_read_value_by_value(parts):
    texts = [
        f"{116 if at % 2 else -7}.{digits:012d}"[: 5 + n] for at, (digits, n) in enumerate(parts)
    ]
    latitude = pd.Series("39.9", index=range(len(texts)), dtype="str")
    names = {"longitude": "lon", "latitude": "lat"}
    # A blank in front keeps a value from the quick way and means nothing else.
    quick, slow = (
        read_points(pd.DataFrame({"lon": column, "lat": latitude}), names, datum="wgs84").x
        for column in (pd.Series(texts, dtype="str"), " " + pd.Series(texts, dtype="str"))
    )
    np.testing.assert_array_equal(quick, slow)
    np.testing.assert_array_equal(
        quick[np.isfinite(quick)], np.array(texts, float)[np.isfinite(quick)]
    )
