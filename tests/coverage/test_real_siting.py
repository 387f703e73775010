"""San Francisco, 16 stores and 205 tracts with network distances, against spopt.

The data are those of spopt's own tests (BSD-3); spopt solves the same matrix with CBC.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridgov.coverage.siting.siting import place_posts
from gridgov.errors import InputError

# spopt 0.7 builds its models as PuLP 3 still allows.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "published"


@pytest.fixture(scope="module")
def city():
    """Return demand and a long table of distances."""
    path = PUBLISHED / "sf_network_distance_16_205.csv"
    if not path.exists():
        pytest.skip("San Francisco siting case absent")
    table = pd.read_csv(path, dtype={"DestinationName": str, "name": str})
    table = table.rename(
        columns={"DestinationName": "demand_id", "name": "site_id", "distance": "distance_m"}
    )
    demand = table.groupby("demand_id", as_index=False)["demand"].first()
    return demand, table[["demand_id", "site_id", "distance_m"]]


@pytest.fixture(scope="module")
def peer():
    """Return spopt's locate and what solves one of its models."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        locate = pytest.importorskip("spopt.locate", reason="spopt is not installed")
        pulp = pytest.importorskip("pulp")
        solver = pulp.PULP_CBC_CMD(msg=False)

    def solve(model):
        return model.solve(solver).problem.objective.value()

    return locate, solve


def matrix_of(city):
    demand, table = city
    wide = table.pivot(index="demand_id", columns="site_id", values="distance_m")
    return wide.loc[demand["demand_id"]], demand["demand"].to_numpy(dtype=float)


def test_eight_stores_cover_the_city_at_5000_m_as_spopt_says(city, peer):
    locate, solve = peer
    wide, _ = matrix_of(city)
    theirs = solve(locate.LSCP.from_cost_matrix(wide.to_numpy(), 5000))
    demand, table = city
    placed = place_posts(
        demand, objective="set_cover", distance_m=5000, weight="demand", distances=table
    )
    about = placed.sites.attrs["placement"]
    assert about["status"] == "optimal"
    assert about["objective"] == theirs == 8
    assert placed.demand["covered"].all()
    assert placed.demand["distance_m"].max() <= 5000


def test_at_20_m_the_city_cannot_be_covered(city):
    demand, table = city
    with pytest.raises(InputError, match=r"Found: 205 of 205 demands .*farthest"):
        place_posts(demand, objective="set_cover", distance_m=20, weight="demand", distances=table)


@pytest.mark.parametrize("posts", [1, 4, 7])
@pytest.mark.parametrize("stands", [(), ("Store_3", "Store_11")])
def test_maximal_coverage_is_that_of_spopt(city, peer, posts, stands):
    locate, solve = peer
    wide, weights = matrix_of(city)
    fixed = np.isin(wide.columns, stands).astype(int)
    model = locate.MCLP.from_cost_matrix(
        wide.to_numpy(),
        weights,
        2500,
        p_facilities=posts + len(stands),
        predefined_facilities_arr=fixed if stands else None,
    )
    theirs = solve(model)
    demand, table = city
    existing = pd.DataFrame({"site_id": list(stands)}) if stands else None
    placed = place_posts(
        demand, posts=posts, distance_m=2500, weight="demand", distances=table, existing=existing
    )
    about = placed.sites.attrs["placement"]
    assert about["objective"] == pytest.approx(theirs)
    assert about["uncovered_weight"] == pytest.approx(weights.sum() - about["objective"])


@pytest.mark.parametrize("posts", [1, 4, 7])
def test_the_median_is_that_of_spopt(city, peer, posts):
    locate, solve = peer
    wide, weights = matrix_of(city)
    model = locate.PMedian.from_cost_matrix(wide.to_numpy(), weights, p_facilities=posts)
    theirs = solve(model)
    demand, table = city
    placed = place_posts(
        demand, posts=posts, objective="p_median", weight="demand", distances=table
    )
    about = placed.sites.attrs["placement"]
    assert about["status"] == "optimal"
    assert about["objective"] == pytest.approx(theirs)


def test_set_cover_with_capacities_is_that_of_spopt_where_demand_is_split(city, peer):
    locate, solve = peer
    wide, weights = matrix_of(city)
    room = np.full(wide.shape[1], 120_000.0)
    model = locate.LSCP.from_cost_matrix(
        wide.to_numpy(), 8000, demand_quantity_arr=weights, facility_capacity_arr=room
    )
    theirs = solve(model)
    demand, table = city
    placed = place_posts(
        demand,
        objective="set_cover",
        distance_m=8000,
        weight="demand",
        distances=table,
        capacity=120_000,
        split=True,
    )
    assert placed.sites.attrs["placement"]["objective"] == theirs
    assert (placed.sites["served"] <= 120_000 * (1 + 1e-6)).all()
