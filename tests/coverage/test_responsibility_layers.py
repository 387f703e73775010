"""Layers of responsibility: slivers, enclaves, lines, and what touches nothing."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, box

from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError

# A unit of 1/64 degree is exact in binary, and so is every sum of units.
UNIT = 1 / 64
WEST, SOUTH = 116.25, 39.875
# A degree of longitude at the town's middle, meters (WGS-84, from pyproj).
EAST_M = pyproj.Geod(ellps="WGS84").inv(WEST, SOUTH, WEST + 0.001, SOUTH)[2] * 1000


def plot(x, y, width=1, height=1):
    return box(
        WEST + x * UNIT, SOUTH + y * UNIT, WEST + (x + width) * UNIT, SOUTH + (y + height) * UNIT
    )


def plots_of(outlines, ids=None):
    names = ids or [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def chiefs_of(lines, ids=None):
    names = ids or [f"L{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame({"line_id": names}, geometry=list(lines), crs="EPSG:4326")


def across(y, west=0, east=4):
    return LineString(
        [(WEST + west * UNIT, SOUTH + y * UNIT), (WEST + east * UNIT, SOUTH + y * UNIT)]
    )


def seen_at(places):
    return gpd.GeoDataFrame(
        geometry=[Point(WEST + x * UNIT, SOUTH + y * UNIT) for x, y in places], crs="EPSG:4326"
    )


def ellipsoid_m2(shape):
    fine = shapely.normalize(shapely.segmentize(shape, 0.0005))
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(fine)[0])


def test_the_width_of_a_part_is_the_largest_circle_that_fits():
    # Overlaps of 0.00005 degrees (4.3 m) and of half a unit, both as long as a unit.
    thin = 0.00005
    streets = plots_of(
        [plot(0, 0), box(WEST + UNIT - thin, SOUTH, WEST + 2 * UNIT, SOUTH + UNIT), plot(1.5, 0)]
    )
    parts = check_responsibility(streets, sliver_width_m=5)
    assert parts["street_ids"].tolist() == ["B + C", "A + B"]
    assert parts["width_m"].tolist() == pytest.approx([UNIT / 2 * EAST_M, thin * EAST_M], rel=0.01)
    assert parts["sliver"].tolist() == [False, True]
    wider = check_responsibility(streets, sliver_width_m=4)
    assert wider["sliver"].tolist() == [False, False]
    assert wider["area_m2"].tolist() == parts["area_m2"].tolist()


def test_a_field_with_a_long_thin_tail_is_no_sliver():
    # Twice the area over the perimeter would call it 6 m wide; a circle of 100 m fits.
    head, tail = 0.0012, 0.00001
    field = box(WEST + 0.01, SOUTH + 0.01, WEST + 0.01 + head, SOUTH + 0.01 + head)
    lane = box(WEST + 0.01, SOUTH + 0.0106, WEST + 0.2, SOUTH + 0.0106 + tail)
    gap = field.union(lane)
    (row,) = check_responsibility(
        plots_of([box(WEST, SOUTH, WEST + 0.3, SOUTH + 0.1).difference(gap)]), sliver_width_m=10
    ).itertuples()
    assert 2 * row.area_m2 / (2 * 0.19 * EAST_M) < 2
    assert row.width_m == pytest.approx(head * EAST_M, rel=0.02)
    assert not row.sliver


def test_a_part_cut_off_inside_a_neighbor_is_an_enclave_with_its_incidents():
    main, inside = plot(0, 0, 2, 2), plot(3, 0.5, 0.5, 0.5)
    streets = plots_of([MultiPolygon([main, inside]), plot(2, 0, 2, 2).difference(inside)])
    parts = check_responsibility(streets, seen_at([(3.1, 0.6), (3.2, 0.7), (1, 1)]))
    assert parts["kind"].tolist() == ["enclave"]
    assert parts["street_ids"].tolist() == ["A + B"]
    assert parts["incidents"].tolist() == [2]
    assert parts["area_m2"].item() == pytest.approx(ellipsoid_m2(inside), rel=1e-7)
    assert parts.geometry.iloc[0].equals(inside)


def test_the_largest_part_is_the_main_one_and_a_corner_joins_nothing():
    # The parts of B meet at one point; those of A are far apart, with C and nothing between.
    b = MultiPolygon([plot(0, 0, 2, 2), plot(2, 2)])
    a = MultiPolygon([plot(5, 5), plot(7, 5, 2, 2), plot(5, 8)])
    parts = check_responsibility(plots_of([a, b, plot(4, 5)]))
    assert parts["kind"].tolist() == ["enclave"] * 3
    # Of two plots of one width the southern is larger.
    assert parts["street_ids"].tolist() == ["B", "A + C", "A"]
    assert parts["part"].tolist() == [1, 2, 3]


def test_every_layer_is_checked_by_itself_and_then_what_none_owns():
    streets = plots_of([plot(0, 0, 4, 2), plot(0, 2, 4, 2)])
    grounds = plots_of([plot(0, 0, 2, 4), plot(1, 0, 2, 4)], ["P1", "P2"])
    parts = check_responsibility(
        {"streets": streets, "plots": grounds}, study_area=plot(0, 0, 5, 4)
    )
    rows = parts[["layer", "kind", "street_ids"]].astype(object).where(parts.notna(), None)
    assert rows.to_numpy().tolist() == [
        ["streets", "gap", "A + B"],
        ["plots", "gap", "P2"],
        ["plots", "overlap", "P1 + P2"],
        [None, "gap", "A + B"],
    ]
    assert parts["area_m2"].tolist() == pytest.approx(
        [ellipsoid_m2(plot(4, 0, 1, 4)), ellipsoid_m2(plot(3, 0, 2, 4)),
         ellipsoid_m2(plot(1, 0, 1, 4)), ellipsoid_m2(plot(4, 0, 1, 4))],
        rel=1e-7,
    )  # fmt: skip


def test_a_line_owns_a_strip_and_two_of_them_overlap_where_they_meet():
    lines = chiefs_of(
        [across(1), LineString([(WEST + UNIT, SOUTH), (WEST + UNIT, SOUTH + 2 * UNIT)])]
    )
    parts = check_responsibility(lines, seen_at([(1, 1), (3, 1)]), line_width_m=20)
    assert parts["kind"].tolist() == ["overlap"]
    assert parts["street_ids"].tolist() == ["L0 + L1"]
    # Two strips of 40 m that cross at a right angle share a square of 40 m.
    assert parts["area_m2"].item() == pytest.approx(1600, rel=1e-3)
    assert parts["incidents"].tolist() == [1]


def test_a_chiefs_line_that_touches_nothing_has_a_row():
    streets = plots_of([plot(0, 0, 4, 4)])
    lines = chiefs_of([across(1), across(1, east=9), across(9)], ["in", "across", "off"])
    for options in ({}, {"study_area": plot(0, 0, 4, 4)}):
        parts = check_responsibility({"streets": streets, "rivers": lines}, **options)
        outside = parts[parts["kind"] == "outside"]
        assert outside["street_ids"].tolist() == ["off"]
        assert outside["layer"].tolist() == ["rivers"]
    assert check_responsibility(lines)["kind"].tolist() == ["overlap"]


def test_land_beside_a_line_is_no_gap_of_all_layers():
    ring = shapely.union_all([plot(0, 0, 4, 1), plot(0, 2, 4, 1), plot(0, 1), plot(3, 1)])
    layers = {"streets": plots_of([ring]), "alleys": chiefs_of([across(1.5)])}
    parts = check_responsibility(layers, line_width_m=50)
    own = parts[parts["layer"] == "streets"]
    none = parts[parts["layer"].isna()]
    hole = ellipsoid_m2(plot(1, 1, 2, 1))
    assert own["area_m2"].tolist() == pytest.approx([hole], rel=1e-7)
    assert len(none) == 2
    assert none["area_m2"].sum() == pytest.approx(hole - 2 * UNIT * EAST_M * 100, rel=1e-3)


def test_a_wrong_layer_is_named():
    streets = plots_of([plot(0, 0)])
    lines = chiefs_of([across(1)])
    with pytest.raises(EmptyTableError, match="In the layer 'plots': jurisdictions has no rows"):
        check_responsibility({"streets": streets, "plots": streets.iloc[:0]})
    with pytest.raises(DatumError, match="In the layer 'rivers': lines must be in EPSG:4326"):
        check_responsibility({"streets": streets, "rivers": lines.to_crs("EPSG:32650")})
    with pytest.raises(
        ColumnsError, match="In the layer 'rivers': line_id must be given"
    ) as caught:
        check_responsibility({"rivers": chiefs_of([across(1)] * 2, ["R", "R"])})
    assert caught.value.problems["line_id"].tolist() == ["R"]
    with pytest.raises(ColumnsError, match="In the layer 'plots': street_id must be given"):
        check_responsibility({"plots": plots_of([plot(0, 0)] * 2, ["A", "A"])})
    with pytest.raises(OptionError, match=r"Layers must have names.*Found: none"):
        check_responsibility({})
    with pytest.raises(OptionError, match=r"Layers must have names.*Found: 3"):
        check_responsibility({3: streets})
    with pytest.raises(OptionError, match="line_width_m must be a number of meters above 0"):
        check_responsibility(lines, line_width_m=0)
    with pytest.raises(OptionError, match="sliver_width_m must be a number of meters from 0 up"):
        check_responsibility(streets, sliver_width_m=np.nan)
