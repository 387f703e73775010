"""The table of near repeats: projection, calendar days, what is left out, what is refused."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from shapely import Point, box

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, InputError, OptionError
from gridgov.geo.point_array import coordinates_of, point_array
from gridgov.hotspots.near_repeats import measure_near_repeats

HERE = (116.2230, 39.9056)


def moved(east_m, north_m):
    """Return the point so many meters from here, by geodesics."""
    geod = Geod(ellps="WGS84")
    longitude, latitude, _ = geod.fwd(*HERE, 90, east_m)
    longitude, latitude, _ = geod.fwd(longitude, latitude, 0, north_m)
    return Point(longitude, latitude)


def records(points, stamps, zone="Asia/Shanghai", crs=4326):
    times = pd.to_datetime(pd.Series(stamps, dtype="object")).dt.tz_localize(zone)
    return gpd.GeoDataFrame({"reported_at": times.dt.as_unit("us")}, geometry=list(points), crs=crs)


def scattered(size=60, seed=0):
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2017-01-01") + pd.to_timedelta(rng.integers(0, 90, size), unit="D")
    return records([moved(*rng.uniform(0, 800, 2)) for _ in range(size)], days)


BANDS = {"distance_bands_m": [0, 0.1, 200, 400], "time_bands_days": [0, 7, 14]}


def test_the_table_has_its_columns_and_every_band():
    table = measure_near_repeats(scattered(), **BANDS, permutations=19)
    assert type(table) is pd.DataFrame
    assert list(table.columns) == TABLES["near_repeats"].names
    assert table["distance_from_m"].tolist() == [0, 0, 0.1, 0.1, 200, 200]
    assert table["days_to"].tolist() == [7, 14] * 3
    assert table["p_value"].between(0, 1, inclusive="right").all()
    assert (table["q_value"] >= table["p_value"]).all()


def test_meters_are_meters_on_the_ground_in_both_metrics():
    # 300 m east and 400 m north: 500 m apart as the crow flies, 700 m along the streets.
    pair = records([moved(0, 0), moved(300, 400)], ["2017-09-01", "2017-09-02"])
    for metric, apart in (("euclidean", 500), ("manhattan", 700)):
        bands = [0, apart - 0.05, apart + 0.05, 900]
        table = measure_near_repeats(
            pair, distance_bands_m=bands, time_bands_days=[0, 2], metric=metric, permutations=1
        )
        assert table["pairs"].tolist() == [0, 1, 0]


def test_calendar_days_do_not_shrink_where_clocks_change():
    # Berlin's night to 26 March 2017 has 23 hours: a week there is 167 hours long.
    week = records([moved(0, 0)] * 2, ["2017-03-20", "2017-03-27"], zone="Europe/Berlin")
    bands = {"distance_bands_m": [0, 1], "time_bands_days": [0, 7, 14], "permutations": 1}
    assert measure_near_repeats(week, **bands)["pairs"].tolist() == [0, 1]
    assert measure_near_repeats(week, **bands, days="elapsed")["pairs"].tolist() == [1, 0]


def test_elapsed_days_take_hours_as_parts_of_days():
    night = records([moved(0, 0)] * 2, ["2017-09-01 23:00", "2017-09-02 01:00"])
    bands = {"distance_bands_m": [0, 1], "time_bands_days": [0, 0.5, 2], "permutations": 1}
    assert measure_near_repeats(night, **bands)["pairs"].tolist() == [0, 1]
    assert measure_near_repeats(night, **bands, days="elapsed")["pairs"].tolist() == [1, 0]


def test_repeats_at_one_place_are_the_first_band_and_flagged():
    rng = np.random.default_rng(8)
    alone = [moved(*rng.uniform(0, 5000, 2)) for _ in range(40)]
    day = pd.Timestamp("2017-01-01") + pd.to_timedelta(rng.integers(0, 300, 40), unit="D")
    # Twelve of them are seen again three days later.
    table = measure_near_repeats(
        records([*alone, *alone[:12]], [*day, *(day[:12] + pd.Timedelta(days=3))]), **BANDS
    )
    first = table.iloc[0]
    assert first["pairs"] == 12
    assert first["flagged"]
    # 12 near pairs of 1,326; so many of all pairs lie within a week of each other.
    assert first["knox_ratio"] == pytest.approx(12 / first["pairs_expected"])
    assert first["pairs_expected"] < 1.5
    assert not table["flagged"].iloc[2:].any()


def test_rows_without_a_place_or_a_time_are_left_out_and_counted():
    whole = scattered(30)
    holes = pd.concat([whole, records([None, moved(0, 0)], ["2017-01-02", None])])
    one = measure_near_repeats(whole, **BANDS, permutations=9)
    other = measure_near_repeats(holes, **BANDS, permutations=9)
    pd.testing.assert_frame_equal(one, other)
    assert other.attrs["near_repeats"]["incidents"] == 30
    assert other.attrs["near_repeats"]["left_out"] == 2


def test_a_band_where_nothing_is_expected_has_no_ratio():
    pair = records([moved(0, 0), moved(5, 0)], ["2017-09-01", "2017-09-02"])
    table = measure_near_repeats(pair, **BANDS, permutations=9)
    assert table["pairs"].tolist() == [0, 0, 1, 0, 0, 0]
    assert table["knox_ratio"].isna().tolist() == [True, True, False, True, True, True]
    assert not table["flagged"].any()


def test_the_input_is_not_changed():
    incidents = scattered(20)
    before = incidents.copy(deep=True)
    measure_near_repeats(incidents, **BANDS, permutations=1)
    pd.testing.assert_frame_equal(incidents, before)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"distance_bands_m": [0]}, "distance_bands_m must be two or more ascending numbers"),
        ({"distance_bands_m": [0, 200, 100]}, "distance_bands_m must be two or more"),
        ({"distance_bands_m": [0, np.inf]}, "all finite"),
        ({"distance_bands_m": "far"}, "Found: 'far'. For bands of 0 to 100"),
        ({"time_bands_days": [-1, 7]}, "time_bands_days must be two or more ascending"),
        ({"metric": "euclid"}, "Did you mean 'euclidean'"),
        ({"days": "hours"}, "days must be one of 'calendar', 'elapsed'"),
        ({"permutations": 0}, "permutations must be a whole number, 1 or more"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        measure_near_repeats(scattered(5), **{**BANDS, **options})


@pytest.mark.parametrize(
    ("incidents", "error", "words"),
    [
        (scattered(5).drop(columns="reported_at"), ColumnsError, "column reported_at"),
        (scattered(5).to_crs(32650), DatumError, "must be in EPSG:4326. Found: EPSG:32650"),
        (scattered(5).head(1), EmptyTableError, "two incidents.*Found: 1 among 1 rows"),
        (scattered(5).head(0), EmptyTableError, "Found: 0 among 0 rows"),
        (scattered(5).assign(reported_at="2017"), ColumnsError, "times with a zone"),
        (scattered(5).set_geometry([box(0, 0, 1, 1)] * 5, crs=4326), ColumnsError, "5 other geo"),
        (pd.DataFrame(scattered(5)).assign(geometry="x"), ColumnsError, "must hold points"),
        ("incidents.csv", InputError, "must be a table"),
    ],
)
def test_tables_that_cannot_be_measured_say_why(incidents, error, words):
    with pytest.raises(error, match=words):
        measure_near_repeats(incidents, **BANDS, permutations=1)


def test_a_table_of_coordinates_is_measured_as_one_of_points_and_makes_none():
    points = scattered().set_index(np.arange(60)[::-1])
    points.loc[[3, 5], "geometry"] = None
    points.loc[7, "reported_at"] = pd.NaT
    held = points.set_geometry(point_array(points.geometry.x, points.geometry.y))
    for metric in ("euclidean", "manhattan"):
        options = {**BANDS, "permutations": 19, "metric": metric}
        expected = measure_near_repeats(points, **options)
        found = measure_near_repeats(held, **options)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)
        assert found.attrs == expected.attrs
    assert coordinates_of(held.geometry.array) is not None
    nowhere = held.set_geometry(point_array([np.nan] * 60, [0.0] * 60))
    with pytest.raises(EmptyTableError, match="Found: 0 among 60 rows"):
        measure_near_repeats(nowhere, **BANDS)
