"""Patrol plans: known walks, budgets that add up, gaps, shifts, starts, and bad input."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from shapely import LineString, Point, box

from gridgov.columns import TABLES
from gridgov.coverage.patrol_plan.patrol_plan import patrol_plan_report, plan_patrols
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
)
from gridgov.geo.hexgrid import cell_centers, grid_disk, points_to_cells
from gridgov.geo.projection import to_plane
from gridgov.place.grid import make_grid
from gridgov.place.network import make_network
from gridgov.taxonomy.labels import label

STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E"]},
    geometry=[box(116.200, 39.900, 116.215, 39.912), box(116.215, 39.900, 116.230, 39.912)],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
CELLS = GRID["cell"].to_numpy(dtype=np.uint64)
KEYS = ["street_id", "day", "shift", "patrol"]
ZONE = "Asia/Shanghai"


def demand(seed: int = 0, **columns: Any) -> pd.DataFrame:
    """A year's incidents in every cell of the grid."""
    numbers = np.random.default_rng(seed).integers(0, 60, len(GRID))
    return pd.DataFrame({"cell": CELLS, "incidents": numbers} | columns)


def plan(table: pd.DataFrame | None = None, **options: Any) -> gpd.GeoDataFrame:
    given = {"score_days": 365, "shift_min": 120} | options
    return plan_patrols(demand() if table is None else table, GRID, **given)


def patrols(last: Any, *, start: str = "2017-08-01", end: str = "2017-09-18") -> pd.DataFrame:
    """A table as measure_patrols makes it, as far as a plan reads it."""
    at = pd.DatetimeIndex(pd.to_datetime(pd.Series(last))).tz_localize(ZONE).as_unit("us")
    table = pd.DataFrame({"cell": CELLS, "last_visit_at": at})
    table.attrs["patrol"] = {"start": f"{start}T00:00:00+08:00", "end": f"{end}T00:00:00+08:00"}
    return table


def posts(**columns: Any) -> gpd.GeoDataFrame:
    points = [Point(116.203, 39.903), Point(116.212, 39.909), Point(116.228, 39.902)]
    return gpd.GeoDataFrame(
        {"facility_id": ["P1", "P2", "P3"]} | columns, geometry=points, crs="EPSG:4326"
    )


def in_meters(shapes: Any) -> Any:
    return to_plane(shapes, center=(116.215, 39.906))[0]


def test_the_plan_has_the_documented_columns_and_inputs_stay_as_they_are() -> None:
    given, grid = demand(), GRID.copy()
    before = given.copy()
    found = plan_patrols(given, grid, score_days=365)
    assert list(found.columns) == TABLES["patrol_plan"].names
    assert found.crs == "EPSG:4326"
    assert_frame_equal(given, before)
    assert_frame_equal(pd.DataFrame(grid), pd.DataFrame(GRID))
    report = patrol_plan_report(found)
    assert list(report.columns) == TABLES["patrol_walks"].names
    for table, name in ((found, "patrol_plan"), (report, "patrol_walks")):
        always = [column.name for column in TABLES[name].columns if not column.missing]
        assert table[always].notna().all(axis=None)


def test_a_walk_by_hand() -> None:
    # Two cells side by side; the start is the first, ways are 1.3 times the straight line.
    row = np.array([0x8931AA51A4BFFFF, 0x8931AA51A4FFFFF], dtype=np.uint64)
    x, y = cell_centers(row)
    plane = in_meters(shapely.points(x, y))
    apart = 1.3 * shapely.distance(plane[0], plane[1])
    grid = pd.DataFrame({"cell": row, "street_id": "01"})
    found = plan_patrols(grid.assign(incidents=[10, 20]), grid, score_days=10, shift_min=60)
    assert found["stay_min"].tolist() == [12.0, 12.0]
    assert found["expected_incidents"].tolist() == [2.0, 1.0]
    assert found["expected_in_stay"].tolist() == pytest.approx([24 / 1440, 12 / 1440])
    # 4 km/h are 66.67 m a minute.
    total = found["walk_m"].sum() + found["back_min"].iloc[-1] * 4000 / 60
    assert total == pytest.approx(2 * apart, rel=1e-3)
    # One of the two is the start itself, and costs its stay alone; the other the way as well.
    ways = 12 + np.array([0, 2 * apart / (4000 / 60)])
    order = found["cell"].to_numpy() == row[1]
    minutes = found["priority"] / found["gain_per_min"]
    assert sorted(minutes) == pytest.approx(ways.tolist(), rel=1e-3)
    assert found["priority"].to_numpy()[order].tolist() == [2.0]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([13.0, 45.0, 100.0, 300.0]), st.integers(1, 2))
def test_ways_stays_and_spare_minutes_add_up_to_the_shift(
    seed: int, shift_min: float, teams: int
) -> None:
    found = plan(demand(seed), shift_min=shift_min, teams=teams, days=2)
    report = patrol_plan_report(found)
    total = report["walk_min"] + report["stay_min"] + report["spare_min"]
    assert total.to_numpy() == pytest.approx(shift_min)
    assert (report["spare_min"] > -1e-6).all()
    assert len(report) == 2 * 2 * teams
    assert report["stops"].sum() == len(found)
    assert (found["arrives_min"] + found["stay_min"]).to_numpy() == pytest.approx(
        found["leaves_min"].to_numpy()
    )
    for _, walk in found.groupby(KEYS):
        assert walk["stop"].tolist() == list(range(1, len(walk) + 1))
        assert walk["leaves_min"].iloc[-1] + walk["back_min"].iloc[-1] <= shift_min + 1e-6
        arrives = np.cumsum(walk["walk_min"] + walk["stay_min"]) - walk["stay_min"]
        assert walk["arrives_min"].to_numpy() == pytest.approx(arrives.to_numpy())


def test_every_street_walks_its_own_cells_only() -> None:
    found = plan()
    owner = GRID.set_index("cell")["street_id"]
    assert set(found["street_id"]) == {"W", "E"}
    assert (owner.loc[found["cell"]].to_numpy() == found["street_id"].to_numpy()).all()


def test_the_order_of_rows_changes_nothing() -> None:
    mixed = plan_patrols(
        demand().sample(frac=1, random_state=1),
        GRID.sample(frac=1, random_state=2),
        score_days=365,
        shift_min=120,
    )
    assert_frame_equal(pd.DataFrame(plan()), pd.DataFrame(mixed))


def test_ways_are_the_straight_line_times_the_detour() -> None:
    found = plan(detour=1.0, speed_kmh=6.0)
    for _, walk in found.groupby(KEYS):
        steps = in_meters(walk.geometry.to_numpy())
        straight = shapely.distance(steps[:-1], steps[1:])
        assert walk["walk_m"].to_numpy()[1:] == pytest.approx(straight, rel=1e-4)
        assert walk["walk_min"].to_numpy() == pytest.approx(walk["walk_m"].to_numpy() / 100)


def test_along_a_network_ways_follow_the_lines() -> None:
    lines = [LineString([(116.2, y), (116.23, y)]) for y in np.linspace(39.9, 39.912, 7)]
    lines.append(LineString([(116.2, 39.9), (116.2, 39.912)]))
    network = make_network(
        gpd.GeoDataFrame({"line_id": [str(k) for k in range(8)]}, geometry=lines, crs="EPSG:4326")
    )
    along, straight = plan(network=network), plan(detour=1.0)
    assert len(along) < len(straight)
    assert along.attrs["patrol_plan"]["detour"] is None


def test_a_network_that_leads_nowhere_is_said() -> None:
    island = make_network(
        gpd.GeoDataFrame(
            {"line_id": ["1"]},
            geometry=[LineString([(116.25, 39.95), (116.26, 39.95)])],
            crs="EPSG:4326",
        ),
        max_snap_m=50,
    )
    words = r"no stop in any of 2 streets.*no cell within reach"
    with pytest.warns(DataWarning, match=words) as caught:
        found = plan(network=island)
    assert isinstance(caught[0].message, DataWarning)
    assert caught[0].message.zh == (
        "2 个街道的巡查计划均没有站点。原因：没有步行可达的网格。"
        "gridgov.patrol_plan_report(plan) 逐街道列出原因。"
    )
    assert found.empty
    assert set(patrol_plan_report(found)["reason"]) == {"no cell within reach"}


def test_a_shift_shorter_than_one_stop_says_so() -> None:
    with pytest.warns(DataWarning, match=r"shift shorter than one stop"):
        found = plan(shift_min=10)
    assert list(found.columns) == TABLES["patrol_plan"].names
    assert found.empty
    assert patrol_plan_report(found)["spare_min"].tolist() == [10.0, 10.0]


def test_a_street_without_expected_incidents_has_no_stop_and_a_reason() -> None:
    table = demand()
    east = GRID["street_id"].to_numpy() == "E"
    table.loc[east, "incidents"] = 0
    found = plan(table)
    report = patrol_plan_report(found).set_index("street_id")
    assert set(found["street_id"]) == {"W"}
    assert report.loc["E", "reason"] == "no score above zero"
    assert pd.isna(report.loc["W", "reason"])


def test_nothing_expected_anywhere_warns_and_gives_an_empty_plan() -> None:
    with pytest.warns(DataWarning, match=r"no score above zero"):
        assert plan(demand(incidents=0)).empty


@pytest.mark.parametrize(
    "reason",
    [
        "no score above zero",
        "shift shorter than one stop",
        "no cell within reach",
        "every cell visited already",
    ],
)
def test_every_reason_has_words(reason: str) -> None:
    assert label("reason", reason, "zh") != reason


def test_cells_that_are_not_listed_or_have_no_score_are_not_visited() -> None:
    table = demand().assign(incidents=1.0)
    table.loc[3:, "incidents"] = np.nan
    listed = set(plan(table, shift_min=600)["cell"]) | set(plan(table[:3], shift_min=600)["cell"])
    assert listed == set(CELLS[:3])


def test_two_patrols_and_two_shifts_share_no_cell_of_a_day() -> None:
    found = plan(teams=2, shifts=("08:00", "18:00"))
    assert found.groupby(["street_id", "shift", "patrol"]).ngroups == 8
    assert not found["cell"].duplicated().any()


def test_teams_by_street() -> None:
    report = patrol_plan_report(plan(teams={"W": 2}))
    assert report["street_id"].tolist() == ["W", "W"]
    with pytest.raises(OptionError, match=r"streets of the grid. Found: 1 unknown.*'N'"):
        plan(teams={"N": 1})


def test_a_cell_comes_again_only_after_the_days_asked_for() -> None:
    found = plan(days=5, repeat_days=3, shift_min=60)
    visits = found.sort_values("day").groupby("cell")["day"].diff().dropna()
    assert (visits >= 3).all()
    assert len(visits)


def test_when_every_cell_was_visited_the_plan_says_so() -> None:
    found = plan(days=3, shift_min=2000)
    report = patrol_plan_report(found)
    assert report["reason"].dropna().unique().tolist() == ["every cell visited already"]
    assert (found["day"] == 1).all()


def test_gaps_weigh_by_the_stated_rule() -> None:
    last = ["2017-09-11"] * len(CELLS)
    last[0] = "2017-09-18"
    found = plan(
        demand(incidents=365.0), patrols=patrols(last), gap_weight=2.0, shift_min=2000
    ).set_index("cell")
    # One incident a day; 7 of 14 days without a visit add half of the weight.
    assert found.loc[CELLS[0], ["gap_days", "priority"]].tolist() == [0.0, 1.0]
    assert found.loc[CELLS[1], ["gap_days", "priority"]].tolist() == [7.0, 2.0]
    assert found["arrives_at"].min() == pd.Timestamp("2017-09-18 08:00", tz=ZONE)


def test_a_cell_never_seen_counts_from_the_start_of_the_record() -> None:
    seen = patrols([None] * len(CELLS), start="2017-09-08")
    found = plan(demand(incidents=365.0), patrols=seen)
    assert set(found["gap_days"]) == {10.0}
    del seen.attrs["patrol"]
    unknown = plan(demand(incidents=365.0), patrols=seen, start="2017-09-18")
    assert unknown["gap_days"].isna().all()
    assert set(unknown["priority"]) == {2.0}


def test_long_gaps_move_a_cell_forward() -> None:
    even = demand(incidents=365)
    last = ["2017-09-17"] * len(CELLS)
    center = int(points_to_cells(np.array([116.207]), np.array([39.906]), 9)[0])
    long_ago = np.flatnonzero(np.isin(CELLS, np.array(grid_disk(center, 1), dtype=np.uint64)))
    for row in long_ago:
        last[row] = "2017-08-01"
    found = plan(even, patrols=patrols(last), gap_weight=50.0, shift_min=60)
    assert set(found.loc[found["street_id"] == "W", "cell"]) <= set(CELLS[long_ago])


def test_a_revisit_within_the_plan_counts_from_the_plan() -> None:
    found = plan(
        demand(incidents=365),
        patrols=patrols(["2017-09-11"] * len(CELLS)),
        days=2,
        repeat_days=1,
        shift_min=2000,
    )
    assert set(found.loc[found["day"] == 1, "gap_days"]) == {7.0}
    assert set(found.loc[found["day"] == 2, "gap_days"]) == {1.0}


def test_walks_start_at_the_facilities_of_the_street_in_turn() -> None:
    report = patrol_plan_report(plan(starts=posts(), teams=2))
    assert report["start_id"].tolist() == ["P3", "P3", "P1", "P2"]
    named = patrol_plan_report(plan(starts=posts(street_id=["E", None, "W"])))
    assert named.set_index("street_id")["start_id"].to_dict() == {"E": "P1", "W": "P2"}
    middle = patrol_plan_report(plan(starts=posts()[:2]))
    assert middle.set_index("street_id")["start_id"].isna().to_dict() == {"E": True, "W": False}


def test_ends_may_be_elsewhere_or_anywhere() -> None:
    there = plan(starts=posts()[:1], ends=posts()[1:2])
    west = there[there["street_id"] == "W"]
    last = in_meters(west.geometry.to_numpy()[-1:])[0]
    end = in_meters(np.array([Point(116.212, 39.909)], dtype=object))[0]
    assert west["back_min"].iloc[-1] == pytest.approx(1.3 * last.distance(end) / (4000 / 60), 1e-3)
    free = plan(ends="anywhere")
    assert set(free["back_min"]) == {0.0}
    assert free["priority"].sum() >= plan()["priority"].sum()


def test_hours_weigh_shifts() -> None:
    # All incidents happen from 18:00 to 20:00: 12 times the mean of the day.
    hours = pd.DataFrame({"hour": range(24), "weight": 0.0})
    hours.loc[18:19, "weight"] = 5.0
    found = plan(hours=hours, shifts=("08:00", "18:00"), shift_min=120)
    assert set(found["shift"]) == {"18:00"}
    assert found["priority"].to_numpy() == pytest.approx(12 * found["expected_incidents"])
    stay = found["expected_incidents"] * 12 * 12 / 1440
    assert found["expected_in_stay"].to_numpy() == pytest.approx(stay)
    half = plan(hours=hours, shifts="17:00", shift_min=120)
    assert half["priority"].to_numpy() == pytest.approx(6 * half["expected_incidents"])


def test_a_night_shift_takes_the_hours_after_midnight() -> None:
    hours = pd.DataFrame({"hour": [0], "weight": [24.0]})
    found = plan(hours=hours, shifts="23:00", shift_min=120, start="2018-01-01", timezone=ZONE)
    assert found["priority"].to_numpy() == pytest.approx(12 * found["expected_incidents"])
    assert found["arrives_at"].max() > pd.Timestamp("2018-01-02", tz=ZONE)


def test_cells_may_have_hours_of_their_own() -> None:
    hours = pd.DataFrame({"cell": CELLS[:1], "hour": [18], "weight": [1.0]})
    morning = plan(demand(incidents=1), hours=hours, shift_min=2000 * 60 / 100)
    assert CELLS[0] in set(plan(demand(incidents=1), hours=hours, shifts="18:00")["cell"])
    only = plan(demand(incidents=1), hours=hours, shifts="08:00", shift_min=240)
    assert CELLS[0] not in set(only["cell"])
    assert len(morning)


def test_a_score_that_is_no_number_of_incidents_gives_no_expected_incidents() -> None:
    table = demand(gi_star=np.linspace(-3, 3, len(CELLS)))
    found = plan(table, score="gi_star", expected=False, shift_min=2000)
    assert found["expected_incidents"].isna().all()
    assert found["expected_in_stay"].isna().all()
    assert set(found["cell"]) == set(CELLS[np.linspace(-3, 3, len(CELLS)) > 0])
    with pytest.raises(ColumnsError, match=r"0 or more.*A score such as gi_star needs expected"):
        plan(table, score="gi_star")


def test_a_tally_says_over_how_many_days_it_counted() -> None:
    table = demand(incidents=73)
    table.attrs["range"] = {"period": None, "start": "2017-01-01", "end": "2018-01-01"}
    assert set(plan_patrols(table, GRID)["expected_incidents"]) == {0.2}
    assert set(plan(table, score_days=730)["expected_incidents"]) == {0.1}
    with pytest.raises(InputError, match=r"over how many days.*Give score_days="):
        plan_patrols(demand(), GRID)
    daily = demand(a_day=0.5)
    assert set(plan_patrols(daily, GRID, score="a_day")["expected_incidents"]) == {0.5}


def test_a_round_comes_to_what_matters_most_first() -> None:
    found = plan(demand(3))
    for _, walk in found.groupby(KEYS):
        backward = walk["leaves_min"].iloc[-1] + walk["back_min"].iloc[-1] - walk["arrives_min"]
        assert (walk["leaves_min"] * walk["priority"]).sum() <= (
            backward * walk["priority"]
        ).sum() + 1e-6


def test_a_shift_begins_at_its_hour_where_clocks_change() -> None:
    # Clocks in New York went forward on 2017-03-12.
    found = plan(days=2, start="2017-03-11", timezone="America/New_York", repeat_days=1)
    begins = found["arrives_at"] - pd.to_timedelta(found["arrives_min"], unit="min")
    assert set(begins.dt.round("s").dt.strftime("%H:%M")) == {"08:00"}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"shift_min": 0}, OptionError, "shift_min must be a number above 0"),
        ({"stay_min": True}, OptionError, "stay_min must be a number above 0"),
        ({"speed_kmh": "fast"}, OptionError, "speed_kmh must be a number above 0"),
        ({"gap_weight": -1}, OptionError, "gap_weight must be a number 0 or more"),
        ({"days": 0}, OptionError, "days must be a whole number, 1 or more"),
        ({"repeat_days": 0}, OptionError, "repeat_days must be a whole number, 1 or more"),
        ({"teams": 0}, OptionError, "teams must be a whole number, 1 or more"),
        ({"shifts": ("8",)}, OptionError, "times of day as text, HH:MM"),
        ({"shifts": ("08:00", "8:00")}, OptionError, "different times of day"),
        ({"ends": "home"}, OptionError, "ends must be one of 'start', 'anywhere'"),
        ({"network": 3}, ColumnsError, "network must be a walking network"),
        ({"start": "2018-01-01"}, InputError, "zone.*timezone='Asia/Shanghai'"),
        ({"starts": posts(facility_id=["a", "a", "b"])}, ColumnsError, "given and unique"),
        ({"starts": posts(street_id=["X", "W", "E"])}, ColumnsError, "1 that is not.*'P1'"),
        ({"hours": pd.DataFrame({"hour": [1]})}, ColumnsError, "without weight"),
        ({"hours": pd.DataFrame({"hour": [24], "weight": [1]})}, ColumnsError, "0 to 23"),
        ({"hours": pd.DataFrame({"hour": [1, 1], "weight": 1})}, InputError, "one row an hour"),
    ],
)
def test_options_out_of_range_are_refused(options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        plan(**options)


def test_facilities_must_be_points() -> None:
    areas = gpd.GeoDataFrame({"facility_id": ["P"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:4326")
    with pytest.raises(GeometryError, match=r"must be a Point. Found: 1 that is not"):
        plan(starts=areas)


def test_other_cells_and_other_resolutions_are_refused() -> None:
    coarse = make_grid(STREETS, resolution=8)
    table = pd.DataFrame({"cell": coarse["cell"], "incidents": 1})
    with pytest.raises(InputError, match=r"same resolution. Found: demand with cell .* 8, a grid"):
        plan(table)
    away = pd.DataFrame({"cell": points_to_cells(np.array([117.0]), np.array([40.0]), 9)})
    with pytest.raises(InputError, match=r"in the grid. Found: 1 of 1 that is not"):
        plan(away.assign(incidents=1))


def test_demand_must_be_one_row_a_cell_with_numbers() -> None:
    with pytest.raises(InputError, match=r"one row a cell. Found: "):
        plan(pd.concat([demand(), demand()]))
    with pytest.raises(ColumnsError, match=r"columns cell and risk"):
        plan(score="risk")
    with pytest.raises(ColumnsError, match=r"'many' in row 0"):
        plan(demand(incidents="many"))
    with pytest.raises(EmptyTableError, match=r"demand has no rows"):
        plan(demand()[:0])
    with pytest.raises(ColumnsError, match=r"demand must be a table"):
        plan_patrols([1], GRID)
    with pytest.raises(ColumnsError, match=r"text_to_cells"):
        plan(demand(cell=[f"{cell:x}" for cell in CELLS]))
    with pytest.raises(InputError, match=r"none has a street_id"):
        plan_patrols(demand(), GRID.assign(street_id=None), score_days=1)


def test_visits_must_fit_the_grid_and_lie_before_the_plan() -> None:
    seen = patrols(["2017-09-11"] * len(CELLS))
    with pytest.raises(InputError, match=r"every cell of the grid. Found: 1 of"):
        plan(patrols=seen[1:])
    with pytest.raises(InputError, match=r"begin after the visits.*later than 2017-09-01"):
        plan(patrols=seen, start="2017-09-01")
    with pytest.raises(ColumnsError, match=r"one row a cell. Found: 1 rows"):
        plan(patrols=pd.concat([seen, seen[:1]]), start="2017-10-01")
    with pytest.raises(ColumnsError, match=r"times with a zone"):
        plan(patrols=seen.assign(last_visit_at=1))
    seen.attrs.clear()
    with pytest.raises(InputError, match=r"must know when it begins"):
        plan(patrols=seen)


def test_a_report_needs_the_plan_as_it_was_made() -> None:
    bare = plan()
    bare.attrs.clear()
    with pytest.raises(InputError, match=r"attrs\['patrol_plan'\]"):
        patrol_plan_report(bare)
