"""Two-step floating catchments: by hand, by a plain loop, and what must always add up."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from shapely import LineString, box

from gridgov.columns import TABLES
from gridgov.coverage.reach.access import measure_access
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.geo.projection import local_equal_area, to_plane
from gridgov.place.grid import make_grid
from gridgov.place.network import distances, make_network

STREET = gpd.GeoDataFrame(
    {"street_id": ["A"]}, geometry=[box(116.200, 39.900, 116.222, 39.912)], crs="EPSG:4326"
)
GRID = make_grid(STREET, resolution=9)
CELLS = GRID["cell"].to_numpy(dtype=np.uint64)
CENTERS = shapely.points(*cell_centers(CELLS))
MIDDLE = (116.211, 39.906)


def posts(seed: int = 0, rows: int = 6) -> gpd.GeoDataFrame:
    random = np.random.default_rng(seed)
    x, y = random.uniform(116.198, 116.224, rows), random.uniform(39.898, 39.914, rows)
    return gpd.GeoDataFrame(
        {
            "facility_id": [f"P{number}" for number in range(rows)],
            "kind": ["team", "post"] * (rows // 2),
            "capacity": random.integers(0, 30, rows),
            "reach_m": random.uniform(200, 900, rows),
        },
        geometry=shapely.points(x, y),
        crs="EPSG:4326",
    )


def demand(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return GRID[["cell", "street_id"]].assign(incidents=random.integers(0, 9, len(GRID)))


def at(geometries: Any) -> Any:
    return shapely.get_coordinates(to_plane(geometries, center=MIDDLE)[0])


WEIGHTS: dict[Any, Any] = {
    None: lambda u: 1.0,
    "steps": lambda u: 1.0 if u <= 1 / 3 else 0.68 if u <= 2 / 3 else 0.22,
    "gaussian": lambda u: (np.exp(-u * u / 2) - np.exp(-0.5)) / (1 - np.exp(-0.5)),
    ((0.5, 1.0), (1.0, 0.4)): lambda u: 1.0 if u <= 0.5 else 0.4,
}


def by_loop(far: Any, reach: Any, capacity: Any, wanted: Any, weight: Any) -> Any:
    """The two steps as they are written, one pair at a time."""
    ratio, access = np.zeros(len(reach)), np.zeros(len(wanted))
    for j in range(len(reach)):
        load = sum(
            weight(far[j, i] / reach[j]) * wanted[i]
            for i in range(len(wanted))
            if far[j, i] <= reach[j]
        )
        ratio[j] = capacity[j] / load if load > 0 else np.nan
    for i in range(len(wanted)):
        access[i] = sum(
            weight(far[j, i] / reach[j]) * ratio[j]
            for j in range(len(reach))
            if far[j, i] <= reach[j] and np.isfinite(ratio[j])
        )
    return ratio, access


def test_columns_rows_and_order_are_the_documented_ones() -> None:
    access = measure_access(posts(), demand().iloc[::-1], by="kind")
    assert access.cells.columns.tolist() == TABLES["access"].names
    assert access.facilities.columns.tolist() == TABLES["catchments"].names
    assert access.cells["group"].tolist() == ["post"] * len(CELLS) + ["team"] * len(CELLS)
    assert access.cells["cell"].tolist() == np.tile(np.sort(CELLS), 2).tolist()
    assert access.facilities["facility_id"].tolist() == ["P1", "P3", "P5", "P0", "P2", "P4"]
    assert access.facilities.crs == "EPSG:4326"


def in_a_row() -> tuple[Any, float]:
    """Three cells, each the next one's neighbor in the same direction, and how far apart."""
    centers = at(CENTERS)
    middle = int(np.argmin(np.hypot(*centers.T)))
    away = np.hypot(*(centers - centers[middle]).T)
    one = int(np.argsort(away)[1])
    opposite = 2 * centers[middle] - centers[one]
    other = int(np.argmin(np.hypot(*(centers - opposite).T)))
    return np.array([one, middle, other]), float(away[one])


def test_a_table_worked_by_hand() -> None:
    # Cells at 0, 1 and 2 steps want 10, 20, 30; post P at 0 reaches 1.3 steps with 6 members,
    # Q at 2 as far with 10. P: 6 / (10 + 20) = 0.2, Q: 10 / (20 + 30) = 0.2,
    # so the cells have 0.2, 0.2 + 0.2 and 0.2. With weights 1 up to half of that and 0.5 beyond,
    # P: 6 / (10 + 10) = 0.3, Q: 10 / (10 + 30) = 0.25; cells: 0.3, 0.15 + 0.125, 0.25.
    rows, gap = in_a_row()
    counts = demand().iloc[rows].assign(incidents=[10, 20, 30])
    table = gpd.GeoDataFrame(
        {"facility_id": ["P", "Q"], "capacity": [6, 10]},
        geometry=CENTERS[rows[[0, 2]]],
        crs="EPSG:4326",
    )
    order = np.argsort(CELLS[rows])
    plain = measure_access(table, counts, distance_m=1.3 * gap)
    np.testing.assert_allclose(plain.cells["access"], np.array([0.2, 0.4, 0.2])[order])
    np.testing.assert_allclose(plain.facilities["capacity_per_demand"], [0.2, 0.2])
    # The mean over all demand is 16 / 60.
    np.testing.assert_allclose(plain.cells["access_ratio"], np.array([0.75, 1.5, 0.75])[order])
    assert plain.facilities["demand_within"].tolist() == [30, 50]
    assert plain.facilities["cells_within"].tolist() == [2, 2]

    weighted = measure_access(table, counts, distance_m=1.3 * gap, decay=[(0.5, 1.0), (1.0, 0.5)])
    np.testing.assert_allclose(weighted.facilities["capacity_per_demand"], [0.3, 0.25])
    np.testing.assert_allclose(weighted.cells["access"], np.array([0.3, 0.275, 0.25])[order])


@pytest.mark.parametrize("decay", list(WEIGHTS))
def test_both_steps_are_those_of_a_plain_loop(decay: Any) -> None:
    table, counts = posts(4), demand(4)
    access = measure_access(table, counts, decay=decay)
    far = cdist(at(table.geometry.array), at(CENTERS))
    ratio, expected = by_loop(
        far,
        table["reach_m"].to_numpy(),
        table["capacity"].to_numpy(),
        counts["incidents"].to_numpy(),
        WEIGHTS[decay],
    )
    np.testing.assert_allclose(access.facilities["capacity_per_demand"], ratio, rtol=1e-4)
    np.testing.assert_allclose(access.cells["access"], expected, rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("decay", [None, "steps"])
def test_access_is_that_of_the_access_package(decay: Any) -> None:
    reason = "access (PySAL) is absent; its version 1.1.10 was equal to the last digit"
    fca = pytest.importorskip("access.fca", reason=reason)
    weights = pytest.importorskip("access.weights", reason=reason)
    table, counts, reach = posts(4), demand(4), 700.0
    far = cdist(at(CENTERS), at(table.geometry.array))
    origin, dest = np.indices(far.shape)
    found = fca.two_stage_fca(
        pd.DataFrame({"demand": counts["incidents"].to_numpy()}),
        pd.DataFrame({"supply": table["capacity"].to_numpy()}),
        pd.DataFrame({"origin": origin.ravel(), "dest": dest.ravel(), "cost": far.ravel()}),
        max_cost=reach,
        demand_index=True,
        supply_index=True,
        weight_fn=None
        if decay is None
        else weights.step_fn({reach / 3: 1, 2 * reach / 3: 0.68, reach: 0.22}),
    )
    access = measure_access(table, counts, distance_m=reach, decay=decay)
    expected = found.reindex(range(len(counts))).fillna(0)
    np.testing.assert_allclose(access.cells["access"], expected, rtol=1e-9)


def test_along_a_network_the_same_with_walked_distances() -> None:
    shapes = [LineString([(-900, 0), (900, 0)]), LineString([(0, -600), (0, 600)])]
    lines = gpd.GeoDataFrame(
        {"line_id": [0, 1]}, geometry=shapes, crs=local_equal_area(*MIDDLE)
    ).to_crs("EPSG:4326")
    network = make_network(lines, max_snap_m=200)
    table, counts = posts(2), demand(2)
    access = measure_access(table, counts, network=network, distance_m=800, decay="gaussian")
    centers = gpd.GeoDataFrame(geometry=CENTERS, crs="EPSG:4326")
    far = distances(network, table, centers)
    ratio, expected = by_loop(
        far,
        np.full(len(table), 800.0),
        table["capacity"].to_numpy(),
        counts["incidents"].to_numpy(),
        WEIGHTS["gaussian"],
    )
    np.testing.assert_allclose(access.facilities["capacity_per_demand"], ratio, rtol=1e-9)
    np.testing.assert_allclose(access.cells["access"], expected, rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list(WEIGHTS)))
def test_what_the_cells_get_is_the_capacity_there_is(seed: int, decay: Any) -> None:
    table, counts = posts(seed), demand(seed)
    access = measure_access(table, counts, decay=decay, by="kind")
    for told in access.cells.attrs["access"]["groups"]:
        cells = access.cells[access.cells["group"] == told["group"]]
        given_out = (cells["demand"] * cells["access"]).sum()
        assert given_out == pytest.approx(told["capacity"] - told["capacity_unused"], rel=1e-9)
        assert told["demand"] == counts["incidents"].sum()
        assert told["capacity"] == table["capacity"][table["kind"] == told["group"]].sum()


def test_a_facility_that_reaches_no_demand_has_no_ratio_and_is_counted() -> None:
    counts = demand().assign(incidents=0)
    access = measure_access(posts(), counts)
    assert access.facilities["capacity_per_demand"].isna().all()
    assert (access.cells["access"] == 0).all()
    assert access.cells["access_ratio"].isna().all()
    (told,) = access.cells.attrs["access"]["groups"]
    assert told["capacity_unused"] == told["capacity"] == posts()["capacity"].sum()


@pytest.mark.parametrize(
    ("table", "counts", "options", "error", "words"),
    [
        (posts().iloc[:0], demand(), {}, EmptyTableError, "facilities has no rows"),
        (posts(), demand().iloc[:0], {}, EmptyTableError, "counts has no rows"),
        (
            posts().assign(capacity=[np.nan, *[1.0] * 5]),
            demand(),
            {},
            ColumnsError,
            r"0 or more for every facility\. Found: 1 of 6.*is missing\. Fill it in",
        ),
        (posts().assign(capacity=-2), demand(), {}, ColumnsError, "Found: 6 of 6.*is -2"),
        (posts(), demand(), {"weight": "people"}, ColumnsError, "must have the column people"),
        (
            posts(),
            demand().assign(incidents=-1),
            {},
            ColumnsError,
            "incidents must hold the demand of every cell, 0 or more.*is -1",
        ),
        (
            posts(),
            demand().assign(people=np.nan),
            {"weight": "people"},
            ColumnsError,
            "is nan. Fill in 0 where there is none",
        ),
        (
            posts(),
            pd.concat([demand(), demand()]),
            {},
            InputError,
            "must list every cell once.*Take one period and one group",
        ),
        (posts(), demand(), {"decay": "linear"}, OptionError, "decay must be None.*'linear'"),
        (posts(), demand(), {"decay": [(0.5, 1)]}, OptionError, "rising to 1"),
        (posts(), demand(), {"decay": [(0.5, 1), (0.4, 1), (1, 1)]}, OptionError, "decay must be"),
        (posts(), demand(), {"decay": 3}, OptionError, "Found: 3"),
        (posts(), demand(), {"decay": [(1.0, -1.0)]}, OptionError, "decay must be"),
    ],
)
def test_what_cannot_be_used_is_named(
    table: Any, counts: Any, options: Any, error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        measure_access(table, counts, **options)
