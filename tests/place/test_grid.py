"""The grid: which cells, how much of each is inside, and never an empty one."""

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, GeometryError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_over, points_to_cells
from gridgov.place import cover
from gridgov.place.cover import cell_shapes, cells_touching
from gridgov.place.grid import estimate_cells, make_grid
from gridgov.place.locate import locate

WEST, SOUTH = 116.20, 39.90


def grid_town(outlines):
    names = [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def ellipsoid_m2(shape):
    fine = shapely.normalize(shapely.segmentize(shape, 0.0005))
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(fine)[0])


HALVES = [
    box(WEST, SOUTH, WEST + 0.02, SOUTH + 0.03),
    box(WEST + 0.02, SOUTH, WEST + 0.05, SOUTH + 0.03),
]


def test_columns_kinds_and_order():
    grid = make_grid(grid_town(HALVES), resolution=9)
    assert isinstance(grid, gpd.GeoDataFrame)
    assert grid.crs == "EPSG:4326"
    assert grid.columns.tolist() == TABLES["grid"].names
    assert str(grid["cell"].dtype) == "uint64"
    assert grid["cell"].is_monotonic_increasing
    assert grid["cell"].is_unique
    assert (grid["resolution"] == 9).all()
    assert grid["inside_share"].between(0, 1).all()
    assert grid["street_id"].isin(["A", "B"]).all()


def test_small_box_has_the_number_of_cells_counted_before():
    # The box of about 100 m: h3-py 4.5 counts 1, 3, 5, 14 cells that overlap it.
    streets = grid_town([box(116.2229, 39.9056, 116.22407, 39.9065)])
    numbers = [len(make_grid(streets, resolution=resolution)) for resolution in (8, 9, 10, 11)]
    assert numbers == [1, 3, 5, 14]


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_cells_are_those_that_h3_finds_to_overlap(resolution):
    outline = Point(WEST, SOUTH).buffer(0.03).difference(Point(WEST + 0.01, SOUTH).buffer(0.01))
    grid = make_grid(grid_town([outline]), resolution=resolution)
    assert grid["cell"].tolist() == cells_over(outline, resolution).tolist()


@pytest.mark.parametrize("resolution", [5, 8, 10])
def test_area_inside_adds_up_to_the_jurisdictions(resolution):
    grid = make_grid(grid_town(HALVES), resolution=resolution)
    assert grid["area_km2"].sum() * 1e6 == pytest.approx(sum(map(ellipsoid_m2, HALVES)), rel=1e-8)


def test_cells_wholly_inside_have_a_share_of_exactly_one_and_their_whole_area():
    grid = make_grid(grid_town(HALVES), resolution=10)
    inner = grid[grid["inside_share"] == 1]
    assert len(inner) > 100
    expected = [ellipsoid_m2(shape) for shape in cell_shapes(inner["cell"].to_numpy())]
    np.testing.assert_allclose(inner["area_km2"] * 1e6, expected, rtol=1e-6)
    # A cell that both halves share and that is inside their union is one of them.
    center = points_to_cells(np.array([WEST + 0.02]), np.array([SOUTH + 0.015]), 10)
    assert center[0] in set(inner["cell"])


def test_land_that_two_streets_claim_counts_once():
    twice = make_grid(grid_town([HALVES[0], HALVES[0]]), resolution=9)
    once = make_grid(grid_town([HALVES[0]]), resolution=9)
    pd.testing.assert_frame_equal(twice, once)


def test_street_is_the_one_with_the_largest_share():
    grid = make_grid(grid_town(HALVES), resolution=9).set_index("cell")
    for cell, row in grid.iterrows():
        shape = cell_shapes(np.array([cell], dtype=np.uint64))[0]
        parts = [shapely.intersection(shape, half).area for half in HALVES]
        assert row["street_id"] == "AB"[int(np.argmax(parts))]


def test_first_street_in_table_order_wins_a_tie():
    same = [HALVES[0], HALVES[0], HALVES[0]]
    assert (make_grid(grid_town(same), resolution=9)["street_id"] == "A").all()
    backwards = grid_town(same).iloc[::-1]
    assert (make_grid(backwards, resolution=9)["street_id"] == "C").all()


def test_containment_goes_from_full_to_center_to_overlap():
    streets = grid_town(HALVES)
    union = shapely.union_all(HALVES)
    cells = {
        containment: make_grid(streets, resolution=9, containment=containment)
        for containment in ("full", "center", "overlap")
    }
    assert set(cells["full"]["cell"]) < set(cells["center"]["cell"]) < set(cells["overlap"]["cell"])
    assert (cells["full"]["inside_share"] == 1).all()
    overlap = cells["overlap"]
    x, y = cell_centers(overlap["cell"].to_numpy())
    centers = overlap.loc[shapely.intersects_xy(union, x, y), "cell"]
    assert cells["center"]["cell"].tolist() == centers.tolist()
    # What a cell has inside does not depend on which cells were asked for.
    pd.testing.assert_frame_equal(
        overlap[overlap["cell"].isin(centers)].reset_index(drop=True), cells["center"]
    )


@pytest.mark.parametrize("containment", ["overlap", "center", "full"])
@pytest.mark.parametrize("resolution", [0, 5, 9])
def test_grid_of_a_tiny_area_is_never_empty(containment, resolution):
    tiny = box(WEST, SOUTH, WEST + 1e-5, SOUTH + 1e-5)
    grid = make_grid(grid_town([tiny]), resolution=resolution, containment=containment)
    assert len(grid) == 1
    assert grid["cell"].item() == h3.latlng_to_cell(SOUTH, WEST, resolution)
    assert grid["area_km2"].item() * 1e6 == pytest.approx(ellipsoid_m2(tiny), rel=1e-4)


def test_an_area_smaller_than_a_square_millimeter_still_has_its_cell():
    tiny = box(WEST, SOUTH, WEST + 1e-10, SOUTH + 1e-10)
    grid = make_grid(grid_town([tiny]), resolution=9)
    assert grid["cell"].tolist() == [h3.latlng_to_cell(SOUTH, WEST, 9)]
    assert grid["street_id"].tolist() == ["A"]


def test_parts_far_apart_and_a_large_net_in_halves_give_the_same_cells(monkeypatch):
    apart = MultiPolygon([HALVES[0], box(WEST + 5, SOUTH - 3, WEST + 5.01, SOUTH - 2.99)])
    streets = grid_town([apart, HALVES[1]])
    whole = make_grid(streets, resolution=8)
    monkeypatch.setattr(cover, "_MOST_NET_POINTS", 64)
    pd.testing.assert_frame_equal(make_grid(streets, resolution=8), whole)
    assert whole["cell"].tolist() == cells_over(shapely.union_all([apart, HALVES[1]]), 8).tolist()


def test_grid_across_the_antimeridian_has_the_area_of_both_sides():
    sides = MultiPolygon([box(179.98, -17.02, 180, -17), box(-180, -17.02, -179.98, -17)])
    grid = make_grid(grid_town([sides]), resolution=7)
    assert grid["area_km2"].sum() * 1e6 == pytest.approx(
        sum(map(ellipsoid_m2, sides.geoms)), rel=1e-7
    )


corners = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(corners, min_size=1, max_size=4), st.sampled_from([6, 8, 9]))
@settings(max_examples=10, deadline=None)
def test_every_incident_in_a_street_has_its_cell_in_the_grid(rectangles, resolution):
    streets = grid_town(
        [
            box(WEST + x / 300, SOUTH + y / 300, WEST + (x + w) / 300, SOUTH + (y + h) / 300)
            for x, y, w, h in rectangles
        ]
    )
    grid = make_grid(streets, resolution=resolution)
    rng = np.random.default_rng(5)
    places = shapely.points(WEST + rng.uniform(0, 0.04, 400), SOUTH + rng.uniform(0, 0.04, 400))
    incidents = gpd.GeoDataFrame({"incident_id": range(400)}, geometry=places, crs="EPSG:4326")
    located = locate(incidents, streets, resolution=resolution)
    owned = located.loc[located["street_id"].notna(), "cell"]
    assert owned.isin(grid["cell"].astype("UInt64")).all()


@given(st.floats(-180, 179), st.floats(-70, 70), st.integers(3, 9), st.floats(0.2, 5))
@settings(max_examples=10, deadline=None)
def test_candidate_cells_miss_none_that_h3_finds_anywhere(west, south, resolution, size):
    degrees = size * h3.average_hexagon_edge_length(resolution, "km") / 111
    outline = box(west, south, min(west + degrees * 2, 180), south + degrees)
    assert set(cells_over(outline, resolution)) <= set(cells_touching(outline, resolution))


def test_too_many_cells_are_refused_with_their_number_and_a_coarser_resolution():
    streets = grid_town([box(115.4, 39.4, 117.5, 41.1)])
    with pytest.raises(
        OptionError, match=r"about 1,\d{3},\d{3},\d{3}.*Try resolution 10"
    ) as caught:
        make_grid(streets, resolution=13)
    assert "A grid may have up to 5,000,000 cells" in str(caught.value)
    assert estimate_cells(streets.geometry.iloc[0], 10) < 5_000_000


def test_wrong_areas_and_options_are_refused():
    streets = grid_town(HALVES)
    with pytest.raises(EmptyTableError, match="jurisdictions has no rows"):
        make_grid(streets.iloc[:0], resolution=9)
    with pytest.raises(GeometryError, match="'A' is empty"):
        make_grid(grid_town([shapely.Polygon()]), resolution=9)
    with pytest.raises(DatumError, match="to_crs"):
        make_grid(streets.to_crs("EPSG:32650"), resolution=9)
    with pytest.raises(ColumnsError, match="must have the column street_id"):
        make_grid(streets.drop(columns="street_id"), resolution=9)
    with pytest.raises(OptionError, match="containment must be one of 'overlap'"):
        make_grid(streets, resolution=9, containment="centre")
    with pytest.raises(OptionError, match="resolution must be a whole number"):
        make_grid(streets, resolution=16)
