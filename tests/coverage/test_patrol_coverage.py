"""Coverage in N days and by hour of the week: by hand, by brute force, and by their sums."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridgov.columns import TABLES
from gridgov.coverage.patrol.patrol_coverage import measure_patrol_coverage
from gridgov.coverage.patrol.patrol_hours import measure_patrol_hours
from gridgov.errors import EmptyTableError, GeometryError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.place.crosswalk import area_shares
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate

ZONE = "Asia/Shanghai"
X, Y = 116.2, 39.9
STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E"]},
    geometry=[box(X - 0.01, Y - 0.01, X, Y + 0.01), box(X, Y - 0.01, X + 0.01, Y + 0.01)],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
CELLS = GRID["cell"].to_numpy()


def visits_on(rows):
    """Rows of (position of the cell, arrival, minutes)."""
    at = pd.DatetimeIndex([time for _, time, _ in rows], dtype="datetime64[us]").tz_localize(ZONE)
    minutes = np.array([length for _, _, length in rows], dtype=float)
    return pd.DataFrame(
        {
            "cell": CELLS[[place for place, _, _ in rows]],
            "arrived_at": at,
            "left_at": at + pd.to_timedelta(minutes, unit="min"),
            "dwell_min": minutes,
        }
    )


def covered(visits, **options):
    table = measure_patrol_coverage(visits, GRID, **options)
    return table.set_index(["street_id", "days"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), max_size=20), st.integers(1, 12))
def test_shares_are_those_of_every_window_counted_one_by_one(pairs, days):
    first = pd.Timestamp("2017-09-04")
    visits = visits_on([(cell, first + pd.Timedelta(days=day, hours=9), 5) for cell, day in pairs])
    table = measure_patrol_coverage(
        visits, GRID, STREETS, days=(days,), start="2017-09-04", end="2017-09-14"
    )
    shares = area_shares(CELLS, STREETS)
    weights = {
        None: dict(zip(GRID["cell"], GRID["inside_share"], strict=True)),
        **{
            street: dict(zip(part["cell"], part["share"], strict=True))
            for street, part in shares.groupby("street_id")
        },
    }
    windows = range(10 - days + 1)
    for (_, row), street in zip(table.iterrows(), [None, "W", "E"], strict=True):
        weight = weights[street]
        by_window = [
            sum(
                weight.get(cell, 0.0)
                for cell in {CELLS[place] for place, day in pairs if begin <= day < begin + days}
            )
            / sum(weight.values())
            for begin in windows
        ]
        assert row["windows"] == len(by_window)
        if by_window:
            assert row["cell_share"] == pytest.approx(np.mean(by_window))
            assert row["cell_share_min"] == pytest.approx(min(by_window), abs=1e-12)
            assert row["cell_share_last"] == pytest.approx(by_window[-1], abs=1e-12)
        else:
            assert np.isnan(row["cell_share"])


def test_a_visit_over_midnight_counts_on_both_days_and_one_that_ends_there_does_not():
    options = {"days": (1,), "start": "2017-09-04", "end": "2017-09-06"}
    inside = float(GRID["inside_share"].iloc[0] / GRID["inside_share"].sum())
    over = covered(visits_on([(0, "2017-09-04 23:50", 20)]), **options)
    until = covered(visits_on([(0, "2017-09-04 23:50", 10)]), **options)
    assert over["cell_share"].item() == pytest.approx(inside)
    assert until["cell_share"].item() == pytest.approx(inside / 2)


def test_cells_of_streets_add_up_and_columns_are_the_documented_ones():
    table = measure_patrol_coverage(visits_on([(0, "2017-09-04 09:00", 5)]), GRID, STREETS)
    assert table.columns.tolist() == TABLES["patrol_coverage"].names
    assert table["street_id"].iloc[::5].tolist()[1:] == ["W", "E"]
    assert table["street_id"].iloc[:5].isna().all()
    cells = table.groupby("street_id", dropna=False)["cells"].first()
    assert cells["W"] + cells["E"] == pytest.approx(cells[np.nan])
    for name in ("road_cells", "incidents", "hotspot_cells", "incident_share"):
        assert table[name].isna().all()


def test_incidents_weigh_cells_and_count_in_their_own_street():
    (x, *_), (y, *_) = cell_centers(CELLS[:1])
    places = [Point(x, y)] * 3 + [Point(X + 0.005, Y)]
    incidents = gpd.GeoDataFrame({"incident_id": list("abcd")}, geometry=places, crs="EPSG:4326")
    located = locate(incidents, STREETS, resolution=9)
    inside = located["match"].isin(["inside", "border"])
    table = measure_patrol_coverage(
        visits_on([(0, "2017-09-04 09:00", 5)]), GRID, STREETS, days=(1,), located=located
    )
    here = located["cell"] == CELLS[0]
    assert table["incidents"].iloc[0] == inside.sum()
    assert table["incident_share"].iloc[0] == (inside & here).sum() / inside.sum()
    for row, street in ((1, "W"), (2, "E")):
        own = inside & (located["street_id"] == street)
        assert table["incidents"].iloc[row] == own.sum()


def test_road_cells_are_those_that_a_line_passes_and_weigh_by_its_length():
    x, y = cell_centers(CELLS)
    order = np.argsort(np.hypot(x - X, y - Y))
    one, other = order[0], order[1]
    # The whole way is in the two cells: half of it in each.
    road = LineString([(x[one], y[one]), (x[other], y[other])])
    lines = gpd.GeoDataFrame({"line_id": ["a"]}, geometry=[road], crs="EPSG:4326")
    table = covered(visits_on([(one, "2017-09-04 09:00", 5)]), days=(1,), lines=lines)
    inside = GRID["inside_share"].iloc[[one, other]]
    assert table["road_cells"].item() == pytest.approx(inside.sum())
    assert table["road_cell_share"].item() == pytest.approx(inside.iloc[0] / inside.sum())
    assert table["road_length_share"].item() == pytest.approx(0.5, abs=1e-3)


def test_hotspots_have_a_share_of_cells_and_of_dwell():
    spots = pd.DataFrame({"cell": CELLS, "spot": "not significant"})
    spots.loc[:1, "spot"] = ["hot 90", "hot 99"]
    visits = visits_on([(0, "2017-09-04 09:00", 5), (3, "2017-09-04 10:00", 15)])
    table = covered(visits, days=(1,), hotspots=spots)
    hot = GRID["inside_share"].iloc[:2]
    assert table["hotspot_cells"].item() == pytest.approx(hot.sum())
    assert table["hotspot_cell_share"].item() == pytest.approx(hot.iloc[0] / hot.sum())
    assert table["hotspot_dwell_share"].item() == 0.25


def test_bad_input_gets_one_clear_error():
    visits = visits_on([(0, "2017-09-04 09:00", 5)])
    with pytest.raises(OptionError, match="days must be a whole number, 1 or more"):
        measure_patrol_coverage(visits, GRID, days=(0,))
    with pytest.raises(OptionError, match="days must list at least one length, each once"):
        measure_patrol_coverage(visits, GRID, days=(7, 7))
    with pytest.raises(InputError, match=r"must be of one grid\. Found: 1 of 1 rows"):
        measure_patrol_coverage(visits.assign(cell=np.uint64(0x8931AA50E27FFFF)), GRID)
    with pytest.raises(InputError, match="at least one whole day"):
        measure_patrol_coverage(visits, GRID, start="2017-09-04 08:00", end="2017-09-04 20:00")
    with pytest.raises(InputError, match=r"no visits\. Pass start and end"):
        measure_patrol_coverage(visits.iloc[:0], GRID)
    points = gpd.GeoDataFrame(geometry=[Point(X, Y)], crs="EPSG:4326")
    with pytest.raises(EmptyTableError, match="lines has no rows"):
        measure_patrol_coverage(visits, GRID, lines=points.iloc[:0])
    with pytest.raises(GeometryError, match="in row 0, is Point"):
        measure_patrol_coverage(visits, GRID, lines=points)
    empty = measure_patrol_coverage(
        visits.iloc[:0], GRID, days=(1,), start="2017-09-04", end="2017-09-05"
    )
    assert empty["cell_share"].item() == 0


def patrol_at(times, x=X + 0.005, y=Y, zone=ZONE):
    at = pd.DatetimeIndex(times).as_unit("us").tz_localize(zone)
    return gpd.GeoDataFrame(
        {"track_id": "P1", "fix_at": at}, geometry=[Point(x, y)] * len(at), crs="EPSG:4326"
    )


def test_hours_split_time_at_the_hour_and_add_up():
    times = pd.date_range("2017-09-05 22:30", periods=121, freq="min")
    hours = measure_patrol_hours(patrol_at(times), GRID, STREETS)
    assert hours.columns.tolist() == TABLES["patrol_hours"].names
    assert len(hours) == 3 * 168
    whole = hours.iloc[:168]
    there = whole[whole["dwell_min"] > 0]
    # Tuesday 22:30 to Wednesday 0:30.
    assert there[["weekday", "hour", "dwell_min"]].values.tolist() == [
        [2, 22, 30], [2, 23, 60], [3, 0, 30],
    ]  # fmt: skip
    assert (there["presence_share"] == 1).all()
    assert whole["weeks"].sum() == 48
    streets = hours.iloc[168:]
    assert streets["dwell_min"].sum() == pytest.approx(120)
    assert streets.loc[streets["street_id"] == "W", "weeks_present"].sum() == 0


def test_presence_needs_its_least_time_in_the_hour():
    # Half a minute before the hour, one and a half after it.
    times = pd.date_range("2017-09-05 08:59:30", periods=3, freq="min")
    hours = measure_patrol_hours(patrol_at(times), GRID).set_index(["weekday", "hour"])
    assert hours.loc[(2, 8), ["dwell_min", "weeks_present"]].tolist() == [0.5, 0]
    assert hours.loc[(2, 9), ["dwell_min", "weeks_present"]].tolist() == [1.5, 1]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "UTC"])
def test_hours_are_those_of_the_clock_in_the_zone(zone):
    # In Berlin the hour from 2 to 3 comes twice on this Sunday; it is one long hour.
    times = pd.date_range("2017-10-29 00:00", periods=61, freq="min")
    hours = measure_patrol_hours(patrol_at(times, zone=zone), GRID)
    there = hours[hours["dwell_min"] > 0]
    assert there[["weekday", "hour", "dwell_min"]].values.tolist() == [[7, 0, 60]]
    assert hours["weeks"].sum() == 24


def test_tables_that_begin_within_an_hour_count_it_once():
    times = pd.date_range("2017-09-05 09:00", periods=41, freq="min")
    whole = patrol_at(times)
    at_once = measure_patrol_hours(whole, GRID)
    in_parts = measure_patrol_hours(iter([whole.iloc[:20], whole.iloc[20:]]), GRID)
    pd.testing.assert_frame_equal(at_once, in_parts)
    assert at_once["weeks_present"].sum() == 1


def test_weeks_without_a_patrol_count():
    times = pd.date_range("2017-09-05 09:00", periods=11, freq="min")
    hours = measure_patrol_hours(
        patrol_at(times), GRID, start="2017-09-04", end="2017-10-02"
    ).set_index(["weekday", "hour"])
    assert hours.loc[(2, 9), ["weeks", "weeks_present", "presence_share"]].tolist() == [4, 1, 0.25]
    assert (hours["weeks"] == 4).all()
