"""What place_posts says of inputs and options that will not do."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from gridgov.coverage.siting.siting import place_posts
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    DatumError,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
)


def on_a_road(steps, **columns):
    """Return Points so many hundredths of a degree from the start of a road."""
    places = [Point(116.2 + 0.01 * step, 39.9) for step in steps]
    return gpd.GeoDataFrame(columns, geometry=places, crs="EPSG:4326")


def road_demand():
    return on_a_road(range(4), demand_id=["d0", "d1", "d2", "d3"], incidents=[5, 1, 1, 4])


def road_sites(steps=(0, 1, 2, 3)):
    return on_a_road(steps, site_id=[f"s{step}" for step in steps])


BASE = {"posts": 1, "distance_m": 900}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"posts": 5}, OptionError, "posts=5 and 4 candidates"),
        ({"posts": None}, OptionError, "posts must be a whole number, 1 or more"),
        ({"posts": 0}, OptionError, "posts must be a whole number, 1 or more"),
        ({"distance_m": None}, OptionError, "maximal_coverage needs distance_m"),
        ({"distance_m": -5}, OptionError, "distance_m must be a number: meters, more than 0"),
        ({"objective": "set_cover"}, OptionError, "finds the number of posts itself"),
        ({"objective": "p-median"}, OptionError, "Did you mean 'p_median'"),
        ({"gap": 1}, OptionError, "below 1"),
        ({"time_limit_s": 0}, OptionError, "time_limit_s must be a number"),
        ({"capacity": -1}, OptionError, "capacity must be a number"),
        ({"capacity": "room"}, ColumnsError, "column that capacity names, 'room'"),
        ({"weight": "people"}, ColumnsError, "column that weight names, 'people'"),
        ({"network": "roads"}, ColumnsError, "network must be a walking network"),
        ({"network": 1, "distances": 1}, OptionError, "not both"),
        ({"distances": [1]}, ColumnsError, "distances must be a table"),
    ],
)
def test_an_option_that_will_not_do_is_named(options, error, words):
    with pytest.raises(error, match=words):
        place_posts(road_demand(), road_sites(), **{**BASE, **options})


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d.assign(incidents=[1, -2, 3, 4]), ColumnsError, "1 other .* -2 at row 1"),
        (lambda d: d.assign(incidents=[1, np.nan, 3, 4]), ColumnsError, "numbers from 0 on"),
        (lambda d: d.assign(incidents=0), InputError, "must weigh more than 0"),
        (lambda d: d.assign(demand_id=["a", "a", "b", "b"]), InputError, "2 rows that repeat"),
        (lambda d: d.assign(demand_id=["a", None, "b", "c"]), ColumnsError, "1 missing, the first"),
        (lambda d: d.iloc[:0], EmptyTableError, "demand has no rows"),
        (lambda d: d.drop(columns="demand_id"), ColumnsError, "one of the columns demand_id, cell"),
        (lambda d: d.to_crs("EPSG:32650"), DatumError, "demand must be in EPSG:4326"),
        (lambda d: pd.DataFrame(d.drop(columns="geometry")), ColumnsError, "say where it is"),
        (lambda d: d.set_geometry([None, *d.geometry[1:]]), GeometryError, "first is missing"),
        (lambda d: d.set_geometry([box(0, 0, 1, 1)] * 4), GeometryError, "4 that are not"),
        (lambda d: "demand.csv", ColumnsError, "Found: str"),
    ],
)
def test_demand_that_will_not_do_is_named(change, error, words):
    with pytest.raises(error, match=words):
        place_posts(change(road_demand()), road_sites(), **BASE)


def test_candidates_that_will_not_do_are_named():
    with pytest.raises(EmptyTableError, match="candidates has no rows"):
        place_posts(road_demand(), road_sites().iloc[:0], **BASE)
    with pytest.raises(ColumnsError, match="candidates must be given"):
        place_posts(road_demand(), **BASE)
    with pytest.raises(InputError, match=r"not both\. Found: 4 ids in both tables, the first 's0'"):
        place_posts(road_demand(), road_sites(), existing=road_sites(), **BASE)
    with pytest.raises(DatumError, match="existing must be in EPSG:4326"):
        place_posts(
            road_demand(), road_sites(), existing=road_sites((7,)).to_crs("EPSG:3857"), **BASE
        )
    with pytest.raises(ColumnsError, match="uint64 or hexadecimal text"):
        place_posts(pd.DataFrame({"cell": [1.5], "incidents": [1]}), **BASE)


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ({"demand_id": ["a"], "site_id": ["P"]}, ColumnsError, "long table of distances must"),
        (
            {"demand_id": ["a"], "site_id": ["P"], "distance_m": [-1]},
            ColumnsError,
            "first -1 from 'a' to 'P'",
        ),
        (
            {"demand_id": ["a"], "site_id": ["P"], "distance_m": [np.nan]},
            ColumnsError,
            "Every distance must be a number",
        ),
        (
            {"demand_id": ["a", "a"], "site_id": ["P", "P"], "distance_m": [1, 2]},
            InputError,
            "1 repeated",
        ),
        ({"demand_id": ["x"], "site_id": ["P"], "distance_m": [1]}, InputError, "none of its 1"),
    ],
)
def test_distances_that_will_not_do_are_named(table, error, words):
    demand = pd.DataFrame({"demand_id": ["a", "b"], "incidents": [1, 1]})
    with pytest.raises(error, match=words):
        place_posts(demand, distances=pd.DataFrame(table), **BASE)


def test_a_site_without_any_distance_is_warned_of():
    demand = pd.DataFrame({"demand_id": ["a"], "incidents": [1]})
    sites = pd.DataFrame({"site_id": ["P", "p2"]})
    table = pd.DataFrame({"demand_id": ["a"], "site_id": ["P"], "distance_m": [1]})
    with pytest.warns(DataWarning, match="no pair for 1 of 2 sites, the first 'p2'") as caught:
        placed = place_posts(demand, sites, distances=table, **BASE)
    assert caught[0].message.zh == (
        "2 个点位中有 1 个在 distances 中没有任何距离，首个为“p2”：按此表，这些点位到不了任何地方。"
    )
    assert placed.sites["site_id"].tolist() == ["P"]
