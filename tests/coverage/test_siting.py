"""Placements worked by hand, and what is told when there is none."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from gridgov.columns import TABLES
from gridgov.coverage.siting.siting import place_posts
from gridgov.errors import (
    InputError,
    OptionError,
)
from gridgov.geo.hexgrid import cells_to_text, disks, points_to_cells
from gridgov.place.network import make_network

# A road to the east; a degree of longitude is 85.4 km at this latitude.
LATITUDE = 39.9
STEP = 0.01  # 854 m


def along(steps, **columns):
    """Return Points on the road, so many steps from its start."""
    places = [Point(116.2 + STEP * step, LATITUDE) for step in steps]
    return gpd.GeoDataFrame(columns, geometry=places, crs="EPSG:4326")


def road_demand(weights=(5, 1, 1, 4)):
    names = [f"d{at}" for at in range(len(weights))]
    return along(range(len(weights)), demand_id=names, incidents=list(weights))


def road_sites(steps=(0, 1, 2, 3)):
    return along(steps, site_id=[f"s{step}" for step in steps])


def hexagons(rings=2, *, weight=1):
    """Return a table of the cells around a place."""
    middle = points_to_cells(np.array([116.2]), np.array([39.9]), 9)
    return pd.DataFrame({"cell": disks(middle, rings)[1], "incidents": weight})


def test_both_tables_have_their_columns_and_kinds():
    placed = place_posts(road_demand(), road_sites(), posts=2, distance_m=900)
    assert isinstance(placed.sites, gpd.GeoDataFrame)
    assert placed.sites.crs == "EPSG:4326"
    for table, name in ((placed.sites, "sites"), (placed.demand, "site_demand")):
        assert list(table.columns) == TABLES[name].names
        for column in TABLES[name].columns:
            if column.dtype not in ("str", "geometry"):
                assert str(table[column.name].dtype) == column.dtype


def test_two_posts_on_a_road_take_the_heavy_ends():
    placed = place_posts(road_demand(), road_sites(), posts=2, distance_m=900)
    sites = placed.sites
    # Within 900 m of s1 lie 5 + 1 + 1, of s3 1 + 4: together all 11.
    assert sites.attrs["placement"]["objective"] == 11
    # s0 with s2, s0 with s3 and s1 with s2 or s3: all but s0 with s3 or s2 leave nothing.
    assert placed.demand["covered"].all()
    assert sites["rank"].tolist() == [1, 2]
    assert sites["marginal_gain"].sum() == 11
    assert sites["value_with"].tolist()[-1] == 11


def test_the_median_of_a_road_is_where_the_weight_balances():
    placed = place_posts(road_demand((5, 1, 1, 4)), road_sites(), posts=1, objective="p_median")
    # Sums of weight × steps from s0, s1, s2, s3: 15, 14, 15, 18.
    assert placed.sites["site_id"].tolist() == ["s1"]
    about = placed.sites.attrs["placement"]
    step_m = placed.demand["distance_m"].iloc[0]
    assert step_m == pytest.approx(854.6, abs=1.0)
    assert about["objective"] == pytest.approx(14 * step_m, rel=1e-4)
    assert placed.sites["marginal_gain"].isna().all()
    assert placed.sites["mean_distance_m"].iloc[0] == pytest.approx(about["objective"] / 11)


def test_existing_posts_stay_and_what_they_cover_is_no_gain():
    existing = along([0], facility_id=["old"])
    placed = place_posts(road_demand(), road_sites(), posts=1, distance_m=900, existing=existing)
    # The old post covers d0 and d1; s2 adds d2 and d3.
    sites = placed.sites.set_index("site_id")
    assert list(sites.index) == ["old", "s2"]
    assert sites.loc["s2", "marginal_gain"] == 5
    assert sites.loc["s2", "value_without"] == 6
    assert pd.isna(sites.loc["old", "rank"])
    assert placed.sites.attrs["placement"]["objective"] == 11


def test_set_cover_counts_only_new_posts():
    options = {"objective": "set_cover", "distance_m": 900}
    alone = place_posts(road_demand(), road_sites(), **options)
    assert len(alone.sites) == 2
    existing = along([0], site_id=["old"])
    placed = place_posts(road_demand(), road_sites(), existing=existing, **options)
    assert placed.sites.attrs["placement"]["objective"] == 1
    whole = place_posts(road_demand((1, 1)), road_sites(), existing=existing, **options)
    assert whole.sites["site_id"].tolist() == ["old"]
    assert whole.sites.attrs["placement"]["objective"] == 0
    assert whole.sites.attrs["placement"]["status"] == "optimal"


def test_the_cells_of_the_demand_are_the_candidates_by_default():
    cells = hexagons(2)
    # A cell's neighbors lie about 330 m away at resolution 9, the next ring 570 m or more.
    placed = place_posts(cells, posts=1, distance_m=800)
    middle = points_to_cells(np.array([116.2]), np.array([39.9]), 9)
    assert placed.sites["site_id"].tolist() == cells_to_text(middle).tolist()
    assert placed.sites["cell"].tolist() == middle.tolist()
    assert placed.sites["served"].tolist() == [19.0]
    text = cells.assign(cell=cells_to_text(cells["cell"].to_numpy()))
    assert place_posts(text, posts=1, distance_m=800).sites["cell"].tolist() == middle.tolist()


def test_default_candidates_leave_out_cells_that_have_a_post():
    cells = hexagons(1)
    existing = cells[["cell"]].iloc[:1]
    placed = place_posts(cells, posts=6, distance_m=100, existing=existing)
    assert placed.sites["existing"].sum() == 1
    assert placed.sites["site_id"].is_unique
    assert placed.sites.attrs["placement"]["objective"] == 7


def test_a_full_post_sends_demand_to_the_next():
    existing = along([1], facility_id=["old"], capacity=[6.0])
    placed = place_posts(
        road_demand((5, 1, 1, 4)),
        along([2], site_id=["new"]),
        posts=1,
        objective="p_median",
        existing=existing,
        capacity=7,
    )
    # The old post holds its own 6 (d0 and d1), the new one the other 5.
    sites = placed.sites.set_index("site_id")
    assert sites["capacity"].to_dict() == {"old": 6.0, "new": 7.0}
    assert sites["served"].to_dict() == {"old": 6.0, "new": 5.0}


def test_demand_may_be_split_between_posts():
    demand = road_demand((6,))
    sites = along([0, 0.1], site_id=["a", "b"])
    with pytest.raises(InputError, match=r"fit into one post .* 'd0' with 6 against .* 4\. Pass"):
        place_posts(demand, sites, objective="set_cover", distance_m=900, capacity=4)
    placed = place_posts(
        demand, sites, objective="set_cover", distance_m=900, capacity=4, split=True
    )
    assert placed.demand["site_id"].tolist() == ["a", "b"]
    # The nearer post takes all it can.
    assert placed.demand["share"].tolist() == pytest.approx([4 / 6, 2 / 6])
    most = place_posts(demand, sites, posts=1, distance_m=900, capacity=4, split=True)
    assert most.sites.attrs["placement"]["objective"] == pytest.approx(4)
    assert most.demand["share"].tolist() == pytest.approx([4 / 6, 2 / 6])
    assert most.demand["covered"].tolist() == [True, False]
    assert most.sites.attrs["placement"]["uncovered_weight"] == pytest.approx(2)


def test_distances_run_along_a_network():
    # Two places 854 m apart in a straight line, three times as far along the lines.
    lines = gpd.GeoDataFrame(
        {"line_id": ["U"]},
        geometry=[
            LineString([(116.20, 39.90), (116.20, 39.9077), (116.21, 39.9077), (116.21, 39.90)])
        ],
        crs="EPSG:4326",
    )
    sites, demand = along([1], site_id=["s"]), road_demand((1,))
    straight = place_posts(demand, sites, posts=1, objective="p_median")
    walked = place_posts(demand, sites, posts=1, objective="p_median", network=make_network(lines))
    assert straight.demand["distance_m"].iloc[0] == pytest.approx(855, abs=2)
    assert walked.demand["distance_m"].iloc[0] == pytest.approx(3 * 855, abs=10)
    with pytest.raises(InputError, match=r"farthest, 'd0', lies 2,5.* m"):
        place_posts(
            demand, sites, objective="set_cover", distance_m=900, network=make_network(lines)
        )


def test_long_and_wide_distances_say_the_same():
    wide = pd.DataFrame({"P": [0.0, 10.0], "Q": [10.0, np.nan]}, index=["a", "b"])
    long = pd.DataFrame(
        {"demand_id": ["a", "b", "a"], "site_id": ["P", "P", "Q"], "distance_m": [0, 10, 10]}
    )
    demand = pd.DataFrame({"demand_id": ["a", "b"]})
    one, other = (
        place_posts(demand, posts=1, weight=None, objective="p_median", distances=table)
        for table in (wide, long)
    )
    pd.testing.assert_frame_equal(one.demand, other.demand)
    assert one.sites["site_id"].tolist() == ["P"]
    assert one.sites.geometry.isna().all()


def test_what_no_candidate_reaches_is_counted_and_listed():
    demand = road_demand((5, 1, 1, 4))
    with pytest.raises(
        InputError, match=r"Found: 2 of 4 .*weight 5 of 11.*farthest, 'd3', lies"
    ) as e:
        place_posts(demand, road_sites((0, 1)), objective="set_cover", distance_m=500)
    assert "1,710 m" in str(e.value)
    assert "Raise distance_m to 1,7" in str(e.value)
    assert e.value.problems["demand_id"].tolist() == ["d2", "d3"]
    assert e.value.problems["nearest_m"].iloc[0] == pytest.approx(854.6, abs=1)


def test_too_little_capacity_is_said_in_numbers():
    options = {"posts": 1, "objective": "p_median", "capacity": 3}
    with pytest.raises(InputError, match=r"weight of 11 and room for 3 in the 1 largest"):
        place_posts(road_demand(), road_sites(), **options)
    with pytest.raises(InputError, match="room for 8 in all candidates"):
        place_posts(road_demand(), road_sites(), objective="set_cover", distance_m=900, capacity=2)
    # Room enough in sum, but each post reaches only its own place.
    uneven = road_sites((0, 1)).assign(room=[20.0, 1.0])
    with pytest.raises(InputError, match=r"at most 4 of a weight of 6 can be served"):
        place_posts(
            road_demand((3, 3)),
            uneven,
            objective="set_cover",
            distance_m=100,
            capacity="room",
            split=True,
        )
    # Three demands of 2 in two posts of 3: the weight fits, whole demands do not.
    with pytest.raises(InputError, match="may fit if demand is divided"):
        place_posts(
            road_demand((2, 2, 2)), road_sites((0, 1)), posts=2, objective="p_median", capacity=3
        )


def test_a_median_that_posts_cannot_reach_says_how_many_are_needed():
    wide = pd.DataFrame({"P": [0.0, np.nan], "Q": [np.nan, 0.0]}, index=["a", "b"])
    demand = pd.DataFrame({"demand_id": ["a", "b"], "incidents": [1, 1]})
    with pytest.raises(InputError, match="posts=1, and 2 are needed"):
        place_posts(demand, posts=1, objective="p_median", distances=wide)


def many(seed=0, demands=300, sites=80):
    rng = np.random.default_rng(seed)
    demand = gpd.GeoDataFrame(
        {"demand_id": np.arange(demands), "incidents": rng.integers(1, 50, demands)},
        geometry=gpd.points_from_xy(*(rng.random((2, demands)) * 0.1 + [[116.2], [39.8]])),
        crs="EPSG:4326",
    )
    candidates = gpd.GeoDataFrame(
        {"site_id": np.arange(sites)},
        geometry=gpd.points_from_xy(*(rng.random((2, sites)) * 0.1 + [[116.2], [39.8]])),
        crs="EPSG:4326",
    )
    return demand, candidates


@pytest.mark.parametrize("goal", ["maximal_coverage", "p_median", "set_cover"])
def test_when_time_runs_out_the_best_found_is_never_called_optimal(goal):
    demand, candidates = many()
    posts = None if goal == "set_cover" else 12
    placed = place_posts(
        demand, candidates, posts=posts, objective=goal, distance_m=2500, time_limit_s=1e-6
    )
    about = placed.sites.attrs["placement"]
    assert about["status"] == "time_limit"
    assert about["gap"] > 0
    best = place_posts(demand, candidates, posts=posts, objective=goal, distance_m=2500)
    optimum = best.sites.attrs["placement"]["objective"]
    assert best.sites.attrs["placement"]["status"] == "optimal"
    if goal == "maximal_coverage":
        assert about["objective"] <= optimum <= about["bound"]
    else:
        assert about["bound"] <= optimum <= about["objective"]


def test_no_time_and_nothing_found_is_an_error():
    demand, candidates = many()
    with pytest.raises(OptionError, match="time_limit_s must leave time"):
        place_posts(demand, candidates, posts=12, distance_m=900, capacity=400, time_limit_s=1e-6)


def test_a_gap_that_was_asked_for_is_kept():
    demand, candidates = many()
    best = place_posts(demand, candidates, posts=12, distance_m=900)
    near = place_posts(demand, candidates, posts=12, distance_m=900, gap=0.05)
    about = near.sites.attrs["placement"]
    assert about["gap"] <= 0.05
    assert about["objective"] >= 0.95 * best.sites.attrs["placement"]["objective"]


def test_inputs_are_not_changed():
    demand, candidates = road_demand(), road_sites()
    before = demand.copy(), candidates.copy()
    place_posts(demand, candidates, posts=1, distance_m=900)
    pd.testing.assert_frame_equal(demand, before[0])
    pd.testing.assert_frame_equal(candidates, before[1])
