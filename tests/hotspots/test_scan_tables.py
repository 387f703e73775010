"""What goes in and comes out of a scan: tables, options, laws, and errors in words."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    DatumError,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
)
from gridgov.geo.hexgrid import cell_centers, cell_outlines, grid_disk
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_members import scan_members
from gridgov.hotspots.scan_windows import circle_outlines, earth_points

MIDDLE = 0x8931AA50E27FFFF
CELLS = grid_disk(MIDDLE, 2)


def counts_table(seed=0, months=0, start="2017-01-01", freq="MS", zone="Asia/Shanghai", **columns):
    """Nineteen cells with a hot one in the middle, in so many periods."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "cell": np.repeat(CELLS, max(1, months)),
            "group": None,
            "street_id": "s1",
            "area_km2": 0.1,
        }
    )
    table["incidents"] = rng.poisson(2, len(table)) + 9 * (table["cell"] == MIDDLE)
    if months:
        starts = pd.date_range(start, periods=months, freq=freq, tz=zone)
        table["period"] = np.tile(starts, len(CELLS))
    return table.assign(**columns)


# ---- what comes out


def test_the_table_has_its_documented_columns_whatever_the_options():
    plain = find_scan_clusters(counts_table(), replicates=9)
    timed = find_scan_clusters(counts_table(months=4), time="prospective", replicates=9)
    empty = find_scan_clusters(counts_table(incidents=0), replicates=9)
    for table in (plain, timed, empty):
        assert list(table.columns) == TABLES["clusters"].names
        assert isinstance(table, gpd.GeoDataFrame)
        assert table.crs.to_epsg() == 4326
        assert str(table["cell"].dtype) == "UInt64"
        assert list(table.index) == list(range(len(table)))
    assert len(empty) == 0
    assert plain["start"].isna().all()
    assert plain["recurrence_days"].isna().all()
    members = scan_members(empty, counts_table(incidents=0))
    assert list(members.columns) == TABLES["scan_members"].names
    assert len(members) == 0


def test_prospective_clusters_end_with_the_last_period_and_recur_once_in_so_many_days():
    table = counts_table(months=4)
    found = find_scan_clusters(table, time="prospective", replicates=99)
    assert set(found["end"]) == {pd.Timestamp("2017-05-01", tz="Asia/Shanghai")}
    # 120 days in four months: an analysis every 30 days on average.
    np.testing.assert_allclose(found["recurrence_days"], 30 / found["p_value"])


@pytest.mark.parametrize(
    ("start", "freq", "end"),
    [
        ("2017-01-01", "MS", "2017-05-01"),
        ("2017-01-02", "W-MON", "2017-01-30"),
        ("2017-02-26", "D", "2017-03-02"),
        ("2017-01-01", "QS", "2018-01-01"),
        ("2014-07-01", "YS-JUL", "2018-07-01"),
        ("2017-01-03", "10D", "2017-02-12"),
    ],
)
def test_the_last_period_is_as_long_as_the_calendar_says(start, freq, end):
    table = counts_table(months=4, start=start, freq=freq)
    found = find_scan_clusters(table, time="prospective", replicates=9)
    assert set(found["end"]) == {pd.Timestamp(end, tz="Asia/Shanghai")}


def test_a_longer_month_is_expected_to_have_more_incidents():
    table = counts_table(months=2, incidents=1)
    table.loc[table["cell"] == MIDDLE, "incidents"] = [4, 4]
    found = find_scan_clusters(table, time="retrospective", replicates=9, secondary=0)
    total = int(table["incidents"].sum())
    assert found.loc[0, ["incidents", "members"]].tolist() == [4, 1]
    # February, with fewer days, is the more surprising one.
    assert found.loc[0, "start"] == pd.Timestamp("2017-02-01", tz="Asia/Shanghai")
    assert found.loc[0, "expected"] == pytest.approx(total / 19 * 28 / 59)
    # A column that is named is taken as it is.
    same = find_scan_clusters(
        table, baseline="area_km2", time="retrospective", replicates=9, secondary=0
    )
    assert same.loc[0, "expected"] == pytest.approx(total / 19 / 2)


def test_every_period_and_group_is_a_search_of_its_own_and_none_changes_another():
    months = counts_table(months=2)
    both = pd.concat([months.assign(group="a"), counts_table(7, months=2).assign(group="b")])
    found = find_scan_clusters(both, replicates=29)
    searches = found[["period", "group"]].drop_duplicates()
    assert len(searches) == 4
    for period, group in searches.itertuples(index=False):
        alone = both[(both["period"] == period) & (both["group"] == group)]
        part = found[(found["period"] == period) & (found["group"] == group)]
        pd.testing.assert_frame_equal(
            pd.DataFrame(part.reset_index(drop=True)),
            pd.DataFrame(find_scan_clusters(alone, replicates=29)),
        )
        assert part["cluster"].tolist() == list(range(1, len(part) + 1))
    members = scan_members(found, both)
    sums = members.groupby(["period", "group", "cluster"])["incidents"].sum().tolist()
    assert sums == found["incidents"].tolist()
    timed = find_scan_clusters(both, time="retrospective", replicates=29)
    assert set(timed["group"]) == {"a", "b"}
    assert timed["period"].isna().all()


def test_the_drawn_circle_holds_the_members_and_no_other_cell():
    table = counts_table(3)
    found = find_scan_clusters(table, replicates=9)
    members = scan_members(found, table)
    lon, lat = cell_centers(CELLS)
    for cluster, circle in zip(found["cluster"], found["geometry"], strict=True):
        inside = shapely.contains_xy(circle, lon, lat)
        assert set(CELLS[inside]) == set(members.loc[members["cluster"] == cluster, "cell"])
    single = found[found["members"] == 1]
    assert (single["radius_m"] == 0).all()


def test_the_attributes_tell_how_it_was_made_in_plain_values():
    found = find_scan_clusters(counts_table(months=3), time="retrospective", replicates=99, seed=4)
    made = json.loads(json.dumps(found.attrs["scan"]))
    assert made["model"] == "poisson"
    assert (made["replicates"], made["seed"], made["time"]) == (99, 4, "retrospective")
    (only,) = made["maps"]
    assert (only["places"], only["periods"]) == (19, 3)
    # A ratio at the level has p 0.05, and one below it more.
    assert (found["p_value"] <= 0.05).eq(found["log_likelihood_ratio"] >= only["level_05"]).all()
    few = find_scan_clusters(counts_table(), replicates=9)
    assert few.attrs["scan"]["maps"][0]["level_05"] is None


def test_progress_goes_up_to_the_end_over_all_searches():
    calls = []
    both = pd.concat([counts_table().assign(group="a"), counts_table(2).assign(group="b")])
    find_scan_clusters(
        both, replicates=29, progress=lambda done, total: calls.append((done, total))
    )
    assert calls[-1] == (38, 38)
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert {call[1] for call in calls} == {38}


def test_a_place_with_all_incidents_has_an_infinite_relative_risk():
    table = counts_table(incidents=0)
    table.loc[table["cell"] == MIDDLE, "incidents"] = 7
    found = find_scan_clusters(table, replicates=99)
    assert found.loc[0, "relative_risk"] == np.inf
    assert found.loc[0, "log_likelihood_ratio"] == pytest.approx(7 * np.log(19))


def test_low_clusters_are_found_where_incidents_lack():
    table = counts_table(incidents=9)
    table.loc[np.isin(table["cell"], grid_disk(MIDDLE, 1)), "incidents"] = 1
    low = find_scan_clusters(table, direction="low", replicates=99)
    assert low.loc[0, ["side", "members", "incidents"]].tolist() == ["low", 7, 7]
    assert low.loc[0, "p_value"] == 0.01
    assert (low["relative_risk"] < 1).all()
    both = find_scan_clusters(table, direction="both", replicates=99)
    assert both.loc[0, "side"] == "low"


# ---- laws


@given(seed=st.integers(0, 1000), model=st.sampled_from(["poisson", "space_time_permutation"]))
@settings(max_examples=6, deadline=None)
def test_the_order_of_the_rows_changes_nothing(seed, model):
    table = counts_table(seed, months=3)
    options = {"model": model, "time": "retrospective", "replicates": 19}
    found = find_scan_clusters(table, **options)
    shuffled = table.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(find_scan_clusters(shuffled, **options), found)
    assert found["p_value"].between(0, 1, inclusive="right").all()
    assert not scan_members(found, shuffled).duplicated("cell").any()


@given(seed=st.integers(0, 1000), factor=st.floats(1e-6, 1e6))
@settings(max_examples=6, deadline=None)
def test_a_baseline_in_another_unit_changes_nothing(seed, factor):
    table = counts_table(seed)
    table["people"] = np.random.default_rng(seed).uniform(0.5, 2, len(table))
    found = find_scan_clusters(table, baseline="people", replicates=19)
    scaled = table.assign(people=table["people"] * factor)
    again = find_scan_clusters(scaled, baseline="people", replicates=19)
    pd.testing.assert_frame_equal(again, found, rtol=1e-9)


def test_inputs_are_left_as_they_were():
    table = counts_table(months=3)
    before = table.copy(deep=True)
    found = find_scan_clusters(table, time="retrospective", replicates=9)
    kept = found.copy(deep=True)
    scan_members(found, table)
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_frame_equal(found, kept)


def test_areas_give_what_cells_at_the_same_places_give():
    table = counts_table(5)
    areas = gpd.GeoDataFrame(
        table.drop(columns="cell").assign(street_id=[f"{cell:x}" for cell in CELLS]),
        geometry=cell_outlines(CELLS),
        crs=4326,
    )
    cells = find_scan_clusters(table, replicates=49)
    found = find_scan_clusters(areas, replicates=49)
    assert found["cell"].isna().all()
    assert found["street_id"].tolist() == [f"{cell:x}" for cell in cells["cell"]]
    same = ["members", "incidents", "expected", "log_likelihood_ratio", "p_value"]
    pd.testing.assert_frame_equal(pd.DataFrame(found[same]), pd.DataFrame(cells[same]))
    assert set(scan_members(found, areas)["street_id"]) <= set(areas["street_id"])


def test_distances_are_those_of_the_ellipsoid():
    lon, lat = np.array([116.2, 116.25, 179.99]), np.array([39.9, 39.95, -0.01])
    points = earth_points(lon, lat)
    transform = pyproj.Transformer.from_crs(4979, 4978, always_xy=True)
    expected = np.column_stack(transform.transform(lon, lat, np.zeros(3)))
    np.testing.assert_allclose(points, expected, atol=1e-6)
    geodesic = pyproj.Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(geodesic, abs=0.01)


def test_a_circle_across_the_antimeridian_stays_on_one_side():
    (circle,) = circle_outlines([179.999], [10.0], [1_000.0])
    west, _, east, _ = circle.bounds
    assert east - west < 0.05
    area = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(circle)[0])
    assert area == pytest.approx(np.pi * 1_000**2, rel=0.01)


# ---- what is refused, in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "bernoulli"}, "model must be one of 'poisson', 'space_time_permutation'"),
        ({"time": "later"}, "time must be one of 'none', 'prospective', 'retrospective'"),
        ({"direction": "up"}, "direction must be one of 'high', 'low', 'both'"),
        ({"space_share": 0.6}, r"space_share must be above 0 and up to 0\.5\. Found: 0\.6"),
        ({"time_share": 0}, r"time_share must be above 0 and up to 0\.9"),
        ({"secondary": -1}, "secondary must be a whole number, 0 or more"),
        ({"replicates": 0}, "replicates must be a whole number, 1 or more"),
        ({"seed": True}, "seed must be a whole number"),
        ({"radius_km": 0}, "radius_km must be None or above 0"),
        ({"model": "space_time_permutation"}, "compares times and needs time='prospective'"),
        (
            {"model": "space_time_permutation", "time": "prospective", "baseline": "people"},
            "has no baseline.*Found: baseline='people'",
        ),
    ],
)
def test_an_option_that_does_not_exist_is_named(options, words):
    with pytest.raises(OptionError, match=words):
        find_scan_clusters(counts_table(), **options)


def test_a_table_that_cannot_be_scanned_says_why():
    table = counts_table()
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        find_scan_clusters(table.iloc[:0])
    with pytest.raises(ColumnsError, match="must have the column incidents"):
        find_scan_clusters(table.drop(columns="incidents"))
    with pytest.raises(ColumnsError, match="the column cell, or street_id and geometry"):
        find_scan_clusters(table.drop(columns="cell"))
    with pytest.raises(ColumnsError, match=r"whole numbers from 0 on.*Found: 1 other value"):
        find_scan_clusters(table.assign(incidents=[0.5] + [1.0] * 18))
    with pytest.raises(ColumnsError, match="must have the column people, which says where"):
        find_scan_clusters(table, baseline="people")
    with pytest.raises(ColumnsError, match=r"counts\.area_km2 must hold numbers from 0 on"):
        find_scan_clusters(table.assign(area_km2=[-1.0] + [1.0] * 18))
    with pytest.raises(InputError, match="must not be 0 everywhere"):
        find_scan_clusters(table.assign(area_km2=0.0))
    none_expected = table.assign(incidents=2, area_km2=[0.0] + [1.0] * 18)
    with pytest.raises(InputError, match="Where area_km2 is 0 there can be no incidents"):
        find_scan_clusters(none_expected)
    with pytest.raises(ColumnsError, match=r"one row for every place.*has 2 rows, and 0 more"):
        find_scan_clusters(pd.concat([table, table.iloc[:1]]))


def test_periods_that_cannot_be_scanned_say_why():
    with pytest.raises(ColumnsError, match=r"needs the column period.*Found: no such column"):
        find_scan_clusters(counts_table(), time="prospective")
    missing = counts_table(months=3)
    missing.loc[3, "period"] = pd.NaT
    with pytest.raises(ColumnsError, match=r"needs the column period.*Found: 1 missing"):
        find_scan_clusters(missing, time="prospective")
    with pytest.raises(InputError, match=r"at least two periods\. Found: 1, 2017-01-01"):
        find_scan_clusters(counts_table(months=1), time="retrospective")
    gap = counts_table(months=5)
    gap = gap[gap["period"].dt.month != 3]
    with pytest.raises(InputError, match=r"without a gap.*Found: 2017-02-01.*, then 2017-04-01"):
        find_scan_clusters(gap, time="retrospective")
    torn = counts_table(months=3).drop(index=4)
    with pytest.raises(ColumnsError, match=r"has 0 rows in the period 2017-02-01.*, and 0 more"):
        find_scan_clusters(torn, time="retrospective")


def test_areas_that_cannot_be_scanned_say_why():
    areas = gpd.GeoDataFrame(
        {"street_id": ["a", "b"], "incidents": [1, 2], "area_km2": 1.0},
        geometry=gpd.points_from_xy([116.0, 116.1], [39.9, 39.9]),
        crs=4326,
    )
    with pytest.raises(DatumError, match=r"counts must be in EPSG:4326\. Found: EPSG:3857"):
        find_scan_clusters(areas.to_crs(3857))
    with pytest.raises(GeometryError, match="Found: 1 without, the first is street_id b"):
        find_scan_clusters(areas.assign(geometry=[areas.geometry[0], None]))
    with pytest.raises(ColumnsError, match=r"street_id must name every area\. Found: 1 missing"):
        find_scan_clusters(areas.assign(street_id=["a", None]))


def test_members_of_another_table_are_refused():
    found = find_scan_clusters(counts_table(), replicates=9)
    with pytest.raises(InputError, match="must be the table in which the clusters were found"):
        scan_members(found, counts_table().iloc[:3])
    with pytest.raises(ColumnsError, match="clusters must have the column members"):
        scan_members(found.drop(columns="members"), counts_table())
