"""A street's boundary beside its neighbor's, and beside another version of itself."""

import geopandas as gpd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gridgov.columns import TABLES
from gridgov.coverage.responsibility.boundaries import compare_boundaries
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError

GEOD = pyproj.Geod(ellps="WGS84")
UNIT = 1 / 64
WEST, SOUTH = 116.25, 39.875
NORTH_M = GEOD.inv(WEST, SOUTH, WEST, SOUTH + UNIT)[2]
EAST_M = GEOD.inv(WEST, SOUTH, WEST + 0.001, SOUTH)[2] * 1000


def square(x, y, width=1, height=1):
    return box(
        WEST + x * UNIT, SOUTH + y * UNIT, WEST + (x + width) * UNIT, SOUTH + (y + height) * UNIT
    )


def squares_of(outlines, ids=None):
    names = ids or [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def land(shape):
    fine = shapely.normalize(shapely.segmentize(shape, 0.0005))
    return abs(GEOD.geometry_area_perimeter(fine)[0])


def test_neighbors_with_one_boundary_share_all_of_it():
    lines = compare_boundaries(squares_of([square(0, 0), square(1, 0), square(3, 0)]))
    assert lines.columns.tolist() == TABLES["boundaries"].names
    assert lines.crs == "EPSG:4326"
    assert lines[["street_id", "neighbor_id", "comparison"]].to_numpy().tolist() == [
        ["A", "B", "neighbor"]
    ]
    # Plus a tolerance around each corner.
    assert lines["shared_m"].item() == pytest.approx(NORTH_M, abs=0.5)
    assert lines[["apart_m", "largest_m", "gap_m2", "overlap_m2"]].to_numpy().tolist() == [[0] * 4]
    assert lines[["lost_m2", "gained_m2"]].isna().all(axis=None)
    assert lines.geometry.iloc[0].geom_type == "MultiLineString"
    middle = shapely.Point(WEST + UNIT, SOUTH + UNIT / 2)
    assert shapely.distance(lines.geometry.iloc[0], middle) < 1e-8


def test_a_vertex_more_on_one_side_does_not_part_a_boundary():
    left = Polygon([(116, 39.99), (116.2, 39.99), (116.2, 40), (116.1, 40), (116, 40)])
    right = Polygon([(116, 40), (116.2, 40), (116.2, 40.01), (116, 40.01)])
    lines = compare_boundaries(squares_of([left, right]))
    assert lines["apart_m"].item() == 0
    # The parallel itself, in steps of a thousandth of a degree: straight in degrees.
    parallel = 200 * GEOD.inv(116, 40, 116.001, 40)[2]
    assert lines["shared_m"].item() == pytest.approx(parallel, abs=0.5)


def test_a_slit_between_neighbors_has_its_width_length_and_area():
    width = 0.00006
    slit = box(WEST + UNIT, SOUTH, WEST + UNIT + width, SOUTH + UNIT)
    right = box(WEST + UNIT + width, SOUTH, WEST + 2 * UNIT, SOUTH + UNIT)
    lines = compare_boundaries(squares_of([square(0, 0), right]))
    assert lines["shared_m"].item() == 0
    assert lines["apart_m"].item() == pytest.approx(NORTH_M, abs=0.5)
    assert lines["largest_m"].item() == pytest.approx(width * EAST_M, rel=1e-2)
    assert lines["gap_m2"].item() == pytest.approx(land(slit), rel=1e-3)
    assert lines["overlap_m2"].item() == 0


def test_an_overlap_has_its_width_and_area():
    wide = 0.0002
    right = box(WEST + UNIT - wide, SOUTH, WEST + 2 * UNIT, SOUTH + UNIT)
    lines = compare_boundaries(squares_of([square(0, 0), right]))
    common = box(WEST + UNIT - wide, SOUTH, WEST + UNIT, SOUTH + UNIT)
    assert lines["overlap_m2"].item() == pytest.approx(land(common), rel=1e-7)
    assert lines["largest_m"].item() == pytest.approx(wide * EAST_M, rel=1e-2)
    # Of the first one's boundary the eastern edge lies inside the other; along the
    # northern and southern edge of the overlap both are one.
    assert lines["apart_m"].item() == pytest.approx(NORTH_M, abs=0.5)
    assert lines["shared_m"].item() == pytest.approx(2 * wide * EAST_M, abs=0.5)
    assert lines["gap_m2"].item() == 0


def test_a_dent_parts_a_boundary_by_its_depth():
    depth = 0.00005
    x, y = WEST + UNIT, SOUTH + UNIT / 2
    dent = Polygon([(x, y - 0.001), (x + depth, y), (x, y + 0.001)])
    right = square(1, 0).difference(dent)
    lines = compare_boundaries(squares_of([square(0, 0), right]))
    assert lines["largest_m"].item() == pytest.approx(depth * EAST_M, rel=0.02)
    assert lines["gap_m2"].item() == pytest.approx(land(dent), rel=0.01)
    apart = lines["apart_m"].item()
    assert lines["shared_m"].item() + apart == pytest.approx(NORTH_M, abs=0.5)
    # Where the dent is shallower than the tolerance of 0.1 m both are one.
    within = 0.002 * 111_030 * (1 - 0.1 / (depth * EAST_M))
    assert apart == pytest.approx(within, abs=1.5)


def test_streets_that_meet_in_a_corner_have_a_row_without_length():
    lines = compare_boundaries(squares_of([square(0, 0), square(1, 1)]))
    assert lines[["shared_m", "apart_m", "largest_m"]].to_numpy().tolist() == [[0, 0, 0]]
    assert lines.geometry.iloc[0].is_empty
    assert len(compare_boundaries(squares_of([square(0, 0), square(3, 3)]))) == 0


def test_a_lake_between_streets_is_no_slit():
    lake = square(1, 1)
    ring = square(0, 0, 3, 3).difference(lake)
    west, east = ring.intersection(square(0, 0, 1.5, 3)), ring.intersection(square(1.5, 0, 1.5, 3))
    lines = compare_boundaries(squares_of([west, east]))
    assert lines["shared_m"].item() == pytest.approx(2 * NORTH_M, abs=1)
    assert lines["gap_m2"].item() == pytest.approx(0, abs=0.01)
    assert lines["apart_m"].item() == 0


def test_a_street_that_did_not_change_is_one_with_itself():
    streets = squares_of([square(0, 0), MultiPolygon([square(1, 0), square(5, 5)])])
    lines = compare_boundaries(streets, streets.iloc[::-1])
    assert lines["street_id"].tolist() == ["A", "B"]
    assert lines["comparison"].tolist() == ["version", "version"]
    assert (
        lines[["apart_m", "largest_m", "lost_m2", "gained_m2"]].to_numpy().tolist() == [[0] * 4] * 2
    )
    assert lines["gap_m2"].isna().all()
    around = [shapely.length(line) for line in lines.geometry]
    assert around[1] == pytest.approx(2 * around[0], rel=1e-9)


def test_a_moved_edge_is_land_lost_and_land_gained():
    shift = 0.0001
    new = box(WEST + shift, SOUTH, WEST + UNIT + shift, SOUTH + UNIT)
    lines = compare_boundaries(squares_of([square(0, 0)]), squares_of([new]))
    lost = box(WEST, SOUTH, WEST + shift, SOUTH + UNIT)
    assert lines["lost_m2"].item() == pytest.approx(land(lost), rel=1e-6)
    assert lines["gained_m2"].item() == pytest.approx(land(lost), rel=1e-6)
    assert lines["largest_m"].item() == pytest.approx(shift * EAST_M, rel=1e-3)
    kept = lines["overlap_m2"].item() + lines["lost_m2"].item()
    assert kept == pytest.approx(land(square(0, 0)), rel=1e-7)


def test_streets_of_one_version_only_are_removed_or_added():
    old = squares_of([square(0, 0), square(1, 0)], ["kept", "old"])
    new = squares_of([square(1, 0), square(0, 0)], ["new", "kept"])
    lines = compare_boundaries(old, new)
    assert lines[["street_id", "comparison"]].to_numpy().tolist() == [
        ["kept", "version"],
        ["old", "removed"],
        ["new", "added"],
    ]
    assert lines["largest_m"].isna().tolist() == [False, True, True]
    assert lines["lost_m2"].iloc[1] == pytest.approx(land(square(1, 0)), rel=1e-7)
    assert lines["gained_m2"].iloc[2] == pytest.approx(land(square(1, 0)), rel=1e-7)
    assert not lines.geometry.is_empty.any()


rectangles = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)),
    min_size=2,
    max_size=5,
)


@given(rectangles)
@settings(max_examples=8, deadline=None)
def test_overlaps_of_every_pair_are_those_of_shapely(corners):
    streets = squares_of([square(*corner) for corner in corners])
    lines = compare_boundaries(streets).set_index(["street_id", "neighbor_id"])
    shapes = streets.set_index("street_id").geometry
    for first, one in shapes.items():
        for second, two in shapes.items():
            if first >= second:
                continue
            assert one.intersects(two) == ((first, second) in lines.index)
            if one.intersects(two):
                row = lines.loc[(first, second)]
                common = one.intersection(two)
                expected = land(common) if common.area else 0.0
                assert row["overlap_m2"] == pytest.approx(expected, rel=1e-6, abs=1e-3)
                both = shapely.intersection(one.boundary, two.boundary)
                at = shapely.get_coordinates(both)
                if common.area == 0 and len(at) == 2:
                    meters = (
                        GEOD.line_length(
                            *shapely.get_coordinates(shapely.segmentize(both, 0.0005)).T
                        )
                        if both.length
                        else 0.0
                    )
                    assert row["shared_m"] == pytest.approx(meters, abs=0.5)


def test_wrong_inputs_of_boundaries_are_refused():
    streets = squares_of([square(0, 0), square(1, 0)])
    with pytest.raises(OptionError, match="max_distance_m must be a number of meters above 0"):
        compare_boundaries(streets, max_distance_m=0)
    with pytest.raises(OptionError, match="tolerance_m must be a number of meters above 0"):
        compare_boundaries(streets, tolerance_m="thin")
    with pytest.raises(EmptyTableError, match="jurisdictions has no rows"):
        compare_boundaries(streets.iloc[:0])
    with pytest.raises(EmptyTableError, match="jurisdictions has no rows"):
        compare_boundaries(streets, streets.iloc[:0])
    with pytest.raises(DatumError, match=r"EPSG:4326.*EPSG:32650"):
        compare_boundaries(streets, streets.to_crs("EPSG:32650"))
    with pytest.raises(ColumnsError, match="street_id must be given and unique"):
        compare_boundaries(squares_of([square(0, 0)] * 2, ["A", "A"]))
