"""Fractional shares: land is neither lost nor made up between cells and streets."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gridgov.errors import DatumError, GeometryError
from gridgov.geo.hexgrid import cell_centers, cells_over, points_to_cells
from gridgov.place.cover import cell_shapes
from gridgov.place.crosswalk import area_shares, shared_areas

WEST, SOUTH = 116.20, 39.90


def crosswalk_town(outlines):
    names = [f"{number:02d}" for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def geodesic_m2(shape):
    """The area by geodesics on the ellipsoid, from pyproj: an independent tool.

    Its edges are geodesics, so edges that are straight in degrees are split finely first.
    """
    fine = shapely.segmentize(shape, 0.0001)
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.normalize(fine))[0])


BLOCKS = [
    box(WEST + 0.01 * i, SOUTH + 0.01 * j, WEST + 0.01 * (i + 1), SOUTH + 0.01 * (j + 1))
    for i in range(3)
    for j in range(2)
]


@pytest.mark.parametrize("resolution", [6, 8, 9, 10])
def test_pieces_of_a_street_add_up_to_the_street(resolution):
    streets = crosswalk_town(BLOCKS)
    cells = cells_over(shapely.union_all(BLOCKS), resolution)
    sums = area_shares(cells, streets).groupby("street_id")["area_m2"].sum()
    np.testing.assert_allclose(sums, [geodesic_m2(shape) for shape in BLOCKS], rtol=1e-7)


def test_columns_order_and_kinds():
    cells = cells_over(shapely.union_all(BLOCKS), 8)
    shares = area_shares(cells[::-1], crosswalk_town(BLOCKS))
    assert shares.columns.tolist() == ["cell", "street_id", "share", "area_m2"]
    assert shares.dtypes.astype(str).tolist() == ["uint64", "str", "float64", "float64"]
    keys = shares[["cell", "street_id"]]
    assert not keys.duplicated().any()
    # Street ids are in table order, which here is their own.
    pd.testing.assert_frame_equal(keys, keys.sort_values(["cell", "street_id"]))
    assert shares["share"].between(0, 1).all()


def test_a_cell_divided_without_gap_has_shares_that_add_up_to_one():
    cells = points_to_cells(np.array([WEST]), np.array([SOUTH]), 9)
    (x,), (y,) = cell_centers(cells)
    quarters = [
        box(x - 1, y - 1, x, y),
        box(x, y - 1, x + 1, y),
        box(x - 1, y, x, y + 1),
        box(x, y, x + 1, y + 1),
    ]
    shares = area_shares(cells, crosswalk_town(quarters))
    assert len(shares) == 4
    assert shares["share"].sum() == pytest.approx(1, abs=1e-9)
    # A hexagon is its own mirror in its center: opposite quarters are equal.
    assert shares["share"].iloc[0] == pytest.approx(shares["share"].iloc[3], abs=1e-5)


def test_an_overlap_counts_for_both_streets():
    cells = points_to_cells(np.array([WEST]), np.array([SOUTH]), 9)
    around = box(WEST - 1, SOUTH - 1, WEST + 1, SOUTH + 1)
    shares = area_shares(cells, crosswalk_town([around, around]))
    assert shares["share"].tolist() == [1.0, 1.0]


def test_cells_and_streets_that_share_nothing_have_no_row():
    cells = points_to_cells(np.array([WEST, 100.0]), np.array([SOUTH, 10.0]), 9)
    shares = area_shares(cells, crosswalk_town([box(0, 0, 1, 1)]))
    assert len(shares) == 0
    assert shares.columns.tolist() == ["cell", "street_id", "share", "area_m2"]
    assert len(area_shares([], crosswalk_town(BLOCKS))) == 0


def test_repeated_cells_are_taken_once():
    cells = cells_over(BLOCKS[0], 9)
    streets = crosswalk_town(BLOCKS)
    pd.testing.assert_frame_equal(
        area_shares(np.concatenate([cells, cells]), streets), area_shares(cells, streets)
    )


def test_shares_equal_those_of_cutting_every_pair_one_by_one():
    outlines = [
        shapely.Point(WEST, SOUTH).buffer(0.02, quad_segs=64).difference(box(WEST, SOUTH, 117, 40)),
        MultiPolygon([BLOCKS[0], BLOCKS[3]]),
        box(WEST - 0.03, SOUTH - 0.001, WEST + 0.03, SOUTH + 0.001),
        Polygon(
            [(WEST, SOUTH), (WEST + 0.03, SOUTH), (WEST + 0.03, SOUTH + 0.03)],
            [
                [
                    (WEST + 0.02, SOUTH + 0.005),
                    (WEST + 0.025, SOUTH + 0.005),
                    (WEST + 0.025, SOUTH + 0.01),
                ]
            ],
        ),
    ]
    cells = cells_over(shapely.union_all(outlines), 9)
    shapes = cell_shapes(cells)
    found = area_shares(cells, crosswalk_town(outlines)).set_index(["cell", "street_id"])["area_m2"]
    expected = {
        (cell, f"{number:02d}"): geodesic_m2(common)
        for cell, shape in zip(cells, shapes, strict=True)
        for number, outline in enumerate(outlines)
        if not (common := shapely.intersection(shape, outline)).is_empty
    }
    expected = pd.Series(expected).loc[lambda area: area > 1e-6]
    assert set(found.index) == set(expected.index)
    np.testing.assert_allclose(found.loc[expected.index], expected, rtol=1e-6, atol=1e-4)


sides = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3))


@given(st.lists(sides, min_size=1, max_size=5), st.sampled_from([7, 8, 9]))
@settings(max_examples=12, deadline=None)
def test_areas_are_conserved_in_any_town_of_rectangles(corners, resolution):
    outlines = [
        box(WEST + x / 200, SOUTH + y / 200, WEST + (x + w) / 200, SOUTH + (y + h) / 200)
        for x, y, w, h in corners
    ]
    union = shapely.union_all(outlines)
    shapes = cell_shapes(cells_over(union, resolution))
    of_streets = shared_areas(shapes, np.array(outlines, dtype=object))
    sums = np.bincount(of_streets.polygon, weights=of_streets.area_m2)
    np.testing.assert_allclose(sums, [geodesic_m2(shape) for shape in outlines], rtol=1e-6)
    of_union = shared_areas(shapes, np.array([union], dtype=object))
    assert of_union.area_m2.sum() == pytest.approx(
        sum(map(geodesic_m2, shapely.get_parts(union))), rel=1e-6
    )
    # The union never has more of a cell than its streets together, nor more than the cell.
    together = np.bincount(of_streets.shape, weights=of_streets.area_m2, minlength=len(shapes))
    assert (of_union.area_m2 <= together[of_union.shape] * (1 + 1e-7) + 1e-6).all()
    assert (of_union.area_m2 <= of_union.whole_m2[of_union.shape] * (1 + 1e-7)).all()


def test_wrong_streets_are_refused():
    cells = cells_over(BLOCKS[0], 8)
    with pytest.raises(DatumError, match="jurisdictions must be in EPSG:4326"):
        area_shares(cells, crosswalk_town(BLOCKS).to_crs("EPSG:32650"))
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeometryError, match="must be a valid Polygon or MultiPolygon"):
        area_shares(cells, crosswalk_town([bow_tie]))
