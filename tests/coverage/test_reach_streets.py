"""Reach by street: fractional shares, own incidents, capacity where the facility lies, sums."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial.distance import cdist
from shapely import LineString, Point, box

from gridgov.columns import TABLES
from gridgov.coverage.reach.reach import measure_reach
from gridgov.coverage.reach.street_reach import measure_street_reach
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.projection import to_plane
from gridgov.place.crosswalk import area_shares
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.place.network import distances, make_network

STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E", "N"], "people": [1200.0, 600.0, 0.0]},
    geometry=[
        box(116.200, 39.900, 116.211, 39.912),
        box(116.211, 39.900, 116.222, 39.912),
        box(116.200, 39.912, 116.222, 39.920),
    ],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
# The display owner must play no part.
BLIND = GRID.assign(street_id="W")
MIDDLE = (116.211, 39.91)


def teams() -> gpd.GeoDataFrame:
    """Two in W, one in E that reaches into W, one outside."""
    places = [(116.203, 39.904), (116.207, 39.909), (116.2115, 39.906), (116.199, 39.904)]
    return gpd.GeoDataFrame(
        {
            "facility_id": ["a", "b", "c", "d"],
            "kind": ["post", "post", "team", "team"],
            "capacity": [3.0, 5.0, 40.0, 9.0],
            "reach_m": [250.0, 300.0, 350.0, 400.0],
        },
        geometry=[Point(one) for one in places],
        crs="EPSG:4326",
    )


def reports(rows: int = 200) -> Any:
    random = np.random.default_rng(1)
    x, y = random.uniform(116.198, 116.222, rows), random.uniform(39.900, 39.912, rows)
    incidents = gpd.GeoDataFrame(
        {"incident_id": [str(number) for number in range(rows)]},
        geometry=shapely.points(x, y),
        crs="EPSG:4326",
    )
    return locate(incidents, STREETS, resolution=9)


LOCATED = reports()


def plane(geometries: Any) -> Any:
    return to_plane(geometries, center=MIDDLE)[0]


def test_columns_rows_and_order_are_the_documented_ones() -> None:
    table = measure_street_reach(teams(), GRID, STREETS, LOCATED, by="kind", folds=(2, 1))
    assert table.columns.tolist() == TABLES["street_reach"].names
    assert table["group"].tolist() == ["post"] * 8 + ["team"] * 8
    assert table["folds"].tolist() == ([2] * 4 + [1] * 4) * 2
    assert table["street_id"].iloc[:3].tolist() == ["W", "E", "N"]
    assert table["street_id"].iloc[3::4].isna().all()


def test_land_is_that_of_the_discs_in_each_street() -> None:
    table = measure_street_reach(teams(), BLIND, STREETS)
    at = shapely.get_coordinates(plane(teams().geometry.array))
    discs = [
        Point(one).buffer(radius, quad_segs=512)
        for one, radius in zip(at, teams()["reach_m"], strict=True)
    ]
    outlines = plane(shapely.segmentize(np.asarray(STREETS.geometry.array, dtype=object), 0.0005))
    whole = np.append(outlines, shapely.union_all(outlines))
    reached = shapely.intersection(whole, shapely.union_all(discs))
    np.testing.assert_allclose(table["area_km2"], shapely.area(whole) / 1e6, rtol=1e-6)
    np.testing.assert_allclose(
        table["area_reached_share"], shapely.area(reached) / shapely.area(whole), atol=1e-4
    )


def test_cells_count_by_their_fractional_share_and_their_center() -> None:
    table = measure_street_reach(teams(), BLIND, STREETS)
    cells = GRID["cell"].to_numpy(dtype=np.uint64)
    far = cdist(
        shapely.get_coordinates(plane(shapely.points(*cell_centers(cells)))),
        shapely.get_coordinates(plane(teams().geometry.array)),
    )
    hit = pd.Series((far <= teams()["reach_m"].to_numpy()).any(axis=1), index=cells)
    shares = area_shares(cells, STREETS)
    shares["hit"] = shares["share"] * shares["cell"].map(hit)
    each = shares.groupby("street_id")[["share", "hit"]].sum().loc[["W", "E", "N"]]
    np.testing.assert_allclose(table["cells"].iloc[:3], each["share"])
    np.testing.assert_allclose(table["cells_reached_share"].iloc[:3], each["hit"] / each["share"])
    assert table["cells"].iloc[3] == pytest.approx(each["share"].sum())


def test_incidents_count_for_their_own_street() -> None:
    table = measure_street_reach(teams(), BLIND, STREETS, LOCATED).set_index("street_id")
    inside = LOCATED[LOCATED["match"] == "inside"]
    far = cdist(
        shapely.get_coordinates(plane(inside.geometry.array)),
        shapely.get_coordinates(plane(teams().geometry.array)),
    )
    hit = (far <= teams()["reach_m"].to_numpy()).any(axis=1)
    for street in ("W", "E"):
        own = (inside["street_id"] == street).to_numpy()
        assert table.loc[street, "incidents"] == own.sum()
        assert table.loc[street, "incidents_reached_share"] == pytest.approx(hit[own].mean())
        assert table.loc[street, "incident_nearest_m"] == pytest.approx(
            np.median(far[own].min(axis=1)), rel=1e-5
        )
    # No incidents is no share, and zero is kept.
    assert table.loc["N", "incidents"] == 0
    assert np.isnan(table.loc["N", "incidents_reached_share"])
    assert table["incidents"].iloc[3] == len(inside)


def test_capacity_is_that_of_the_street_in_which_the_facility_lies() -> None:
    table = measure_street_reach(teams(), GRID, STREETS, LOCATED, population="people")
    assert table["facilities"].tolist() == [2, 1, 0, 3]
    assert table["capacity"].tolist() == [8.0, 40.0, 0.0, 48.0]
    np.testing.assert_allclose(table["capacity_per_km2"], table["capacity"] / table["area_km2"])
    # 8 members for 1,200 inhabitants are 66.7 for 10,000; nobody lives in N.
    np.testing.assert_allclose(
        table["capacity_per_10000"], [8 / 0.12, 40 / 0.06, np.nan, 48 / 0.18], rtol=1e-6
    )
    per = table["capacity_per_incident"]
    assert per.iloc[0] == pytest.approx(8 / table["incidents"].iloc[0])
    assert np.isnan(per.iloc[2])
    assert table.attrs["reach"]["facilities_outside"] == 1
    unknown = teams().assign(capacity=[3, np.nan, 40, 9])
    table = measure_street_reach(unknown, GRID, STREETS)
    assert table["capacity"].isna().tolist() == [True, False, False, True]


def test_streets_add_up_to_the_whole_and_to_the_cells() -> None:
    table = measure_street_reach(
        teams(), GRID, STREETS, LOCATED, population="people", folds=(1, 2, 3)
    )
    cells = {
        folds: measure_reach(
            teams(), GRID, LOCATED, jurisdictions=STREETS, population="people", folds=folds
        )
        for folds in (1, 2, 3)
    }
    for folds, rows in table.groupby("folds"):
        each, whole = rows.iloc[:3], rows.iloc[3]
        reach = cells[folds]
        for total, share in (
            ("area_km2", "area_reached_share"),
            ("population", "population_reached_share"),
            ("cells", "cells_reached_share"),
        ):
            part = (each[total] * each[share].fillna(0)).sum()
            assert part == pytest.approx(whole[total] * whole[share], abs=1e-9, rel=1e-7)
        assert whole["area_km2"] * whole["area_reached_share"] == pytest.approx(
            (reach["area_km2"] * reach["reached_share"]).sum(), rel=1e-7
        )
        people = reach["population_reached"].sum()
        assert people == pytest.approx(whole["population"] * whole["population_reached_share"])
        hits = reach["incidents_reached"].sum()
        assert hits == round(whole["incidents"] * whole["incidents_reached_share"])


def test_land_that_two_streets_claim_counts_once_in_the_whole() -> None:
    twice = pd.concat([STREETS, STREETS.iloc[:1].assign(street_id="W2")], ignore_index=True)
    once = measure_street_reach(teams(), GRID, STREETS)
    table = measure_street_reach(teams(), GRID, twice)
    assert table["area_km2"].iloc[0] == table["area_km2"].iloc[3]
    for column in ("area_km2", "area_reached_share", "cells", "cells_reached_share"):
        assert table[column].iloc[-1] == pytest.approx(once[column].iloc[-1], rel=1e-9)
    # A facility lies in the first street that covers it.
    assert table["facilities"].tolist() == [2, 1, 0, 0, 3]


def test_along_a_network_centers_decide_and_what_is_cut_off_is_not_reached() -> None:
    line = LineString([(116.200, 39.9035), (116.211, 39.9035), (116.222, 39.9035)])
    lines = gpd.GeoDataFrame({"line_id": ["A"]}, geometry=[line], crs="EPSG:4326")
    network = make_network(lines, max_snap_m=400)
    table = measure_street_reach(
        teams(), GRID, STREETS, LOCATED, network=network, distance_m=900, population="people"
    )
    cells = GRID["cell"].to_numpy(dtype=np.uint64)
    centers = gpd.GeoDataFrame(geometry=shapely.points(*cell_centers(cells)), crs="EPSG:4326")
    hit = pd.Series((distances(network, teams(), centers) <= 900).any(axis=0), index=cells)
    shares = area_shares(cells, STREETS)
    shares["hit"] = shares["area_m2"] * shares["cell"].map(hit)
    each = shares.groupby("street_id")[["area_m2", "hit"]].sum().loc[["W", "E", "N"]]
    share = each["hit"] / each["area_m2"]
    np.testing.assert_allclose(table["area_reached_share"].iloc[:3], share)
    np.testing.assert_allclose(table["population_reached_share"].iloc[:2], share.iloc[:2])
    assert table["area_reached_share"].iloc[2] < table["area_reached_share"].iloc[0]
    assert table.attrs["reach"]["network"]["cells_off_network"] > 0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"folds": (1, 1)}, OptionError, r"folds must differ\. Found: \[1, 1\]"),
        ({"folds": ()}, OptionError, "folds must be a whole number"),
        ({"folds": "two"}, OptionError, "folds must be a whole number"),
        (
            {"located": LOCATED.assign(street_id="S")},
            ColumnsError,
            r"one of jurisdictions\. Found: \d+ incidents with others, the first 'S'",
        ),
    ],
)
def test_what_cannot_be_used_is_named(options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        measure_street_reach(teams(), GRID, STREETS, **options)
