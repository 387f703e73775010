"""Density on cells: against scipy, plain loops and fine integrals; nothing lost at the edge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.geo.hexgrid import cell_outlines
from gridgov.geo.projection import middle, to_plane
from gridgov.hotspots.cell_nodes import cell_nodes
from gridgov.hotspots.kernel_sums import kernel_sums
from gridgov.hotspots.kernels import KERNELS

CORNER = (116.20, 39.90)
# About 2.5 by 2.2 km.
STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E"]},
    geometry=[
        shapely.box(116.20, 39.90, 116.215, 39.92),
        shapely.box(116.215, 39.90, 116.23, 39.92),
    ],
    crs="EPSG:4326",
)
GRID = gg.make_grid(STREETS, resolution=9)


def incidents_at(longitude: Any, latitude: Any, **columns: Any) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"incident_id": [str(i) for i in range(len(longitude))], **columns},
        geometry=gpd.points_from_xy(longitude, latitude),
        crs="EPSG:4326",
    )
    return gg.locate(frame, STREETS, resolution=9)


def scattered(number: int, seed: int = 0) -> gpd.GeoDataFrame:
    random = np.random.default_rng(seed)
    return incidents_at(random.uniform(116.2, 116.23, number), random.uniform(39.9, 39.92, number))


def planar(table: Any) -> np.ndarray:
    """The points in the plane that the density is measured in."""
    center = middle(cell_outlines(GRID["cell"].to_numpy(np.uint64)))
    points, _ = to_plane(np.asarray(table.geometry), center=center)
    return shapely.get_coordinates(points)


def total(density: pd.DataFrame) -> float:
    return float((density["incidents_per_km2"] * density["area_km2"]).sum())


def test_the_table_has_its_columns_and_a_row_for_every_cell() -> None:
    density = gg.measure_density(scattered(40), GRID, bandwidth_m=500)
    assert list(density.columns) == TABLES["density"].names
    assert density["cell"].tolist() == sorted(GRID["cell"])
    assert density["incidents"].sum() == 40
    assert (density["bandwidth_m"] == 500).all()
    assert density.attrs["density"]["kernel"] == "quartic"
    assert gg.tally_report(density).set_index("fate")["incidents"]["counted"] == 40


@pytest.mark.parametrize("kernel", KERNELS)
def test_sums_over_tiles_are_those_of_all_pairs(kernel: Any) -> None:
    random = np.random.default_rng(3)
    points, nodes = random.uniform(0, 5000, (300, 2)), random.uniform(-400, 5400, (500, 2))
    weights, masses = random.uniform(0, 2, 300), random.uniform(1e3, 1e4, 500)
    for width in (20.0, 333.0, 4000.0):
        squared = ((points[:, None] - nodes[None]) ** 2).sum(axis=2) / width**2
        values = KERNELS[kernel].plane(squared) / width**2
        inside = values @ masses
        share = np.divide(weights, inside, out=np.zeros(300), where=inside > 0)
        found = kernel_sums(points, weights, nodes, masses, kernel=kernel, width=width)
        np.testing.assert_allclose(found.raw, weights @ values, rtol=1e-10, atol=1e-18)
        np.testing.assert_allclose(found.conserving, share @ values, rtol=1e-10, atol=1e-18)


def test_the_gaussian_without_correction_is_scipys() -> None:
    random = np.random.default_rng(5)
    points = random.normal(0, 1, (60, 2))
    # White in both directions, so that scipy's kernel is round.
    points -= points.mean(axis=0)
    points = points @ np.linalg.inv(np.linalg.cholesky(np.cov(points.T))).T * 700
    nodes = random.uniform(-1500, 1500, (40, 2))
    theirs = 60 * gaussian_kde(points.T, bw_method=0.4)(nodes.T)
    ours = kernel_sums(
        points, np.ones(60), nodes, np.ones(40), kernel="gaussian", width=0.4 * 700
    ).raw
    # Ours ends at six standard deviations, where theirs is 1.5e-8 of its peak.
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=60 * 2e-8 / (2 * np.pi * 280**2))


def test_a_cell_shows_the_mean_of_a_fine_integral() -> None:
    located = scattered(25)
    density = gg.measure_density(located, GRID, bandwidth_m=400, edge=None)
    outlines = cell_outlines(density["cell"].to_numpy(np.uint64))
    shapes, _ = to_plane(outlines, center=middle(outlines))
    # A hundred times as many points as the density takes.
    nodes, cell, share = cell_nodes(shapes, 4.0)
    at = planar(located)
    squared = sum((at[:, axis, None] - nodes[None, :, axis]) ** 2 for axis in (0, 1)) / 400**2
    fine = (3 / np.pi * np.maximum(1 - squared, 0) ** 2 / 400**2).sum(axis=0)
    expected = np.bincount(cell, weights=share * fine) * 1e6
    np.testing.assert_allclose(density["incidents_per_km2"], expected, atol=0.003 * expected.max())


def test_the_nodes_of_cells_fill_them_evenly() -> None:
    outlines = cell_outlines(GRID["cell"].to_numpy(np.uint64))
    shapes, _ = to_plane(outlines, center=middle(outlines))
    for spacing in (1000.0, 120.0, 30.0):
        nodes, cell, share = cell_nodes(shapes, spacing)
        np.testing.assert_allclose(np.bincount(cell, weights=share), 1.0, rtol=1e-12)
        means = np.column_stack(
            [np.bincount(cell, weights=share * nodes[:, axis]) for axis in (0, 1)]
        )
        centers = shapely.get_coordinates(shapely.centroid(shapes))
        np.testing.assert_allclose(means, centers, atol=1e-6)
        assert shapely.covers(shapes[cell], shapely.points(nodes)).all()


def test_the_part_of_a_kernel_inside_is_that_of_a_fine_integral() -> None:
    """Incidents in the middle, on an edge and in a corner of a box, one at a time."""
    box, _ = to_plane(
        shapely.segmentize(np.array([shapely.box(116.2, 39.9, 116.23, 39.92)]), 0.0005),
        center=middle(cell_outlines(GRID["cell"].to_numpy(np.uint64))),
    )
    step = 5.0
    x, y = np.meshgrid(np.arange(-600, 600, step), np.arange(-600, 600, step))
    values = 3 / np.pi * np.maximum(1 - (x**2 + y**2) / 600**2, 0) ** 2 / 600**2 * step**2
    for place in ((116.215, 39.91), (116.2000001, 39.91), (116.2000001, 39.9000001)):
        located = incidents_at([place[0]], [place[1]])
        (at,) = planar(located)
        inside = shapely.contains_xy(box[0], x + at[0], y + at[1])
        exact = values[inside].sum()
        corrected = gg.measure_density(located, GRID, bandwidth_m=600)
        factor = corrected["edge_factor"].dropna()
        # One incident has one factor everywhere.
        assert factor.max() == pytest.approx(factor.min(), rel=1e-9)
        # The grid knows the edge to a part of a cell, which is 290 m wide here.
        assert 1 / factor.iloc[0] == pytest.approx(exact, abs=0.03), place
        with_outlines = gg.measure_density(located, GRID, bandwidth_m=600, jurisdictions=STREETS)
        factor = with_outlines["edge_factor"].dropna()
        assert 1 / factor.iloc[0] == pytest.approx(exact, abs=0.005), place


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    number=st.integers(1, 60),
    bandwidth=st.floats(400, 4000),
    kernel=st.sampled_from(sorted(KERNELS)),
)
def test_density_times_area_adds_up_to_the_incidents(
    seed: int, number: int, bandwidth: float, kernel: Any
) -> None:
    located = scattered(number, seed)
    density = gg.measure_density(
        located,
        GRID,
        bandwidth_m=bandwidth,
        kernel=kernel,
        jurisdictions=STREETS if seed % 2 else None,
    )
    assert total(density) == pytest.approx(number, rel=1e-10)
    assert (density["incidents_per_km2"] >= 0).all()


def test_even_incidents_stay_even_up_to_the_rim_with_the_uniform_correction() -> None:
    x, y = np.meshgrid(np.linspace(116.2001, 116.2299, 90), np.linspace(39.9001, 39.9199, 80))
    located = incidents_at(x.ravel(), y.ravel())
    even = len(located) / GRID["area_km2"].sum()
    for edge, streets, least, most in (
        ("uniform", STREETS, 0.98, 1.02),
        ("uniform", None, 0.98, 1.07),
        ("jones_diggle", STREETS, 0.6, 1.2),
        (None, STREETS, 0.3, 1.01),
    ):
        density = gg.measure_density(
            located, GRID, bandwidth_m=700, edge=edge, jurisdictions=streets
        )
        ratio = density["incidents_per_km2"] / even
        assert least < ratio.min() < ratio.max() < most, (edge, ratio.min(), ratio.max())


@pytest.mark.parametrize("kernel", KERNELS)
def test_at_a_straight_edge_of_even_incidents_corrections_show_what_theory_says(
    kernel: Any,
) -> None:
    """One half, ln 2 and 1 of the density: the integral of dE / E for E from 1/2 to 1."""
    at = np.arange(-60, 60) + 0.5
    west, south = (grid.ravel() for grid in np.meshgrid(at[at > 0], at))
    points = np.column_stack([west, south])
    # The node in question stands last and has no area.
    nodes = np.vstack([points, [[0.0, 0.0]]])
    masses = np.append(np.ones(len(points)), 0.0)
    width = 25.0 / KERNELS[kernel].reach
    sums = kernel_sums(points, np.ones(len(points)), nodes, masses, kernel=kernel, width=width)
    inside = kernel_sums(points, masses[:-1], nodes, masses, kernel=kernel, width=width)
    assert sums.raw[-1] == pytest.approx(0.5, abs=0.002)
    assert sums.conserving[-1] == pytest.approx(np.log(2), abs=0.003)
    assert sums.raw[-1] / inside.raw[-1] == pytest.approx(1, abs=1e-12)


def test_weights_count_as_so_many_incidents() -> None:
    located = scattered(20)
    heavy = located.assign(severity=np.arange(20.0))
    twice = located.iloc[np.repeat(np.arange(20), np.arange(20))]
    weighted = gg.measure_density(heavy, GRID, bandwidth_m=500, weights="severity")
    repeated = gg.measure_density(twice, GRID, bandwidth_m=500)
    np.testing.assert_allclose(
        weighted["incidents_per_km2"], repeated["incidents_per_km2"], rtol=1e-10
    )
    assert weighted.attrs["density"]["total"] == 190.0


def test_only_incidents_of_the_time_and_of_the_streets_are_smoothed() -> None:
    times = pd.date_range("2017-08-30", periods=4, freq="D", tz="Asia/Shanghai").as_unit("us")
    located = incidents_at(
        [116.21, 116.21, 116.21, 116.26], [39.91, 39.912, 39.914, 39.91], reported_at=times
    )
    density = gg.measure_density(
        located, GRID, bandwidth_m=500, start="2017-08-31", end="2017-09-03"
    )
    assert total(density) == pytest.approx(2)
    fates = gg.tally_report(density).set_index("fate")["incidents"]
    assert fates[["counted", "outside", "outside_period"]].tolist() == [2, 1, 1]
    alone = gg.measure_density(located.iloc[1:3], GRID, bandwidth_m=500)
    np.testing.assert_allclose(density["incidents_per_km2"], alone["incidents_per_km2"])


def test_order_and_index_of_the_incidents_play_no_part() -> None:
    located = scattered(50)
    mixed = located.sample(frac=1, random_state=1).set_index(np.full(50, 7))
    plain = gg.measure_density(located, GRID, bandwidth_m="nearest_neighbor")
    other = gg.measure_density(
        mixed, GRID.sample(frac=1, random_state=2), bandwidth_m="nearest_neighbor"
    )
    np.testing.assert_allclose(other["incidents_per_km2"], plain["incidents_per_km2"], rtol=1e-10)


def test_no_incidents_is_no_density_and_no_factor() -> None:
    density = gg.measure_density(scattered(3).iloc[:0], GRID)
    assert (density["incidents_per_km2"] == 0).all()
    assert density["edge_factor"].isna().all()
    assert density["bandwidth_m"].isna().all()
    assert (
        gg.measure_density(scattered(3).iloc[:0], GRID, bandwidth_m=300)["bandwidth_m"]
        .eq(300)
        .all()
    )


def test_inputs_are_not_changed() -> None:
    located, grid = scattered(10), GRID.copy(deep=True)
    # Not by their bytes: a dtype once looked at is remembered in the column.
    kept = located.copy(deep=True)
    gg.measure_density(located, grid, edge="uniform")
    pd.testing.assert_frame_equal(located, kept)
    pd.testing.assert_frame_equal(grid, GRID)


def test_options_that_do_not_exist_are_named() -> None:
    located = scattered(5)
    for options, words in (
        ({"kernel": "quartics"}, r"kernel must be one of .*Did you mean 'quartic'"),
        ({"edge": "diggle"}, "edge must be one of 'jones_diggle', 'uniform', None"),
        ({"bandwidth_m": "silver"}, "Did you mean 'silverman'"),
        ({"bandwidth_m": 0}, "bandwidth_m must be a length in meters, above 0. Found: 0"),
        ({"bandwidth_m": float("nan")}, "Found: nan"),
        ({"bandwidth_m": True}, "Found: True"),
    ):
        with pytest.raises(OptionError, match=words):
            gg.measure_density(located, GRID, **options)


def test_a_bandwidth_far_below_a_cell_is_refused() -> None:
    with pytest.raises(OptionError, match=r"much smaller than a cell.*cells 275 m wide.*finer"):
        gg.measure_density(scattered(5), GRID, bandwidth_m=1)


def test_weights_that_are_no_weights_are_named() -> None:
    located = scattered(3).assign(severity=[1, -2, None])
    with pytest.raises(ColumnsError, match=r"Found: 2 other values in severity, the first is -2"):
        gg.measure_density(located, GRID, bandwidth_m=300, weights="severity")
    with pytest.raises(ColumnsError, match="must have the column weight"):
        gg.measure_density(located, GRID, bandwidth_m=300, weights="weight")


def test_a_cell_without_land_is_refused() -> None:
    grid = GRID.assign(area_km2=0.0)
    with pytest.raises(InputError, match=r"must have land inside\. Found: \d+ with area_km2 of 0"):
        gg.measure_density(scattered(3), grid, bandwidth_m=300)


def test_one_place_has_no_bandwidth_of_its_own() -> None:
    with pytest.raises(InputError, match="rule 'silverman' needs incidents at two places"):
        gg.measure_density(incidents_at([116.21], [39.91]), GRID)


def test_real_complaints_of_chicago_all_arrive() -> None:
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chicago"
    if not folder.exists():
        pytest.skip("../shared/data/chicago is absent")
    areas = gpd.read_file(folder / "community_areas.geojson").rename(columns={"NID": "street_id"})
    cars = pd.read_csv(folder / "abandoned_vehicles_2016_09.csv")
    frame = gpd.GeoDataFrame(
        {"incident_id": np.arange(len(cars)).astype(str)},
        geometry=gpd.points_from_xy(cars["Longitude"], cars["Latitude"]),
        crs="EPSG:4326",
    )
    grid = gg.make_grid(areas, resolution=8)
    density = gg.measure_density(gg.locate(frame, areas, resolution=8), grid)
    # 2,633 of them lie in the community areas.
    assert total(density) == pytest.approx(2633, rel=1e-9)
    assert density["edge_factor"].dropna().between(0.99, 3).all()
    exact = gg.measure_density(gg.locate(frame, areas, resolution=8), grid, jurisdictions=areas)
    assert total(exact) == pytest.approx(2633, rel=1e-9)
    assert np.corrcoef(exact["incidents_per_km2"], density["incidents_per_km2"])[0, 1] > 0.999
