"""Gaps and overlaps: disjoint parts, exact areas, and the incidents in them."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from gridgov.columns import TABLES
from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.errors import DatumError, EmptyTableError, GeometryError, OptionError
from gridgov.place.locate import locate

# A unit of 1/64 degree is exact in binary, and so is every sum of units.
UNIT = 1 / 64
WEST, SOUTH = 116.25, 39.875


def block(x, y, width=1, height=1):
    return box(
        WEST + x * UNIT, SOUTH + y * UNIT, WEST + (x + width) * UNIT, SOUTH + (y + height) * UNIT
    )


def spot(x, y):
    return Point(WEST + x * UNIT, SOUTH + y * UNIT)


def town_of(outlines):
    names = [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def reports_at(places):
    geometry = np.empty(len(places), dtype=object)
    geometry[:] = places
    ids = [str(number) for number in range(len(places))]
    return gpd.GeoDataFrame({"incident_id": ids}, geometry=geometry, crs="EPSG:4326")


def true_m2(shape):
    fine = shapely.normalize(shapely.segmentize(shape, 0.0005))
    return abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(fine)[0])


def rows_of(parts, *columns):
    return parts[list(columns)].to_numpy().tolist()


def test_a_tidy_town_has_no_parts_but_all_columns():
    parts = check_responsibility(town_of([block(0, 0), block(1, 0), block(0, 1), block(1, 1)]))
    assert len(parts) == 0
    assert parts.columns.tolist() == TABLES["responsibility"].names
    assert parts.crs == "EPSG:4326"
    assert str(parts["incidents"].dtype) == "Int64"
    nothing = {"parts": 0, "area_m2": 0.0}
    kinds = ("gap", "overlap", "enclave", "outside")
    assert parts.attrs["left_out"] == dict.fromkeys(kinds, nothing)


def test_an_overlap_is_named_by_its_owners_and_measured():
    parts = check_responsibility(town_of([block(0, 0, 2), block(1, 0, 2)]))
    assert rows_of(parts, "kind", "part", "street_ids") == [["overlap", 1, "A + B"]]
    assert parts["area_m2"].item() == pytest.approx(true_m2(block(1, 0)), rel=1e-7)
    assert parts.geometry.iloc[0].equals(block(1, 0))
    assert parts["incidents"].isna().all()


def test_land_that_three_claim_is_one_part_and_not_three_pairs():
    # A, B and C all cover the block at (1, 0); A and B also share the block at (2, 0).
    parts = check_responsibility(town_of([block(0, 0, 3), block(1, 0, 3), block(1, 0)]))
    assert sorted(parts["street_ids"]) == ["A + B", "A + B + C"]
    union = shapely.union_all(parts.geometry)
    assert parts["area_m2"].sum() == pytest.approx(true_m2(union), rel=1e-7)


def test_a_hole_that_streets_enclose_is_a_gap_that_names_its_neighbors():
    ring = [block(0, 0, 3), block(0, 2, 3), block(0, 1), block(2, 1)]
    parts = check_responsibility(town_of([*ring, block(5, 5)]))
    assert rows_of(parts, "kind", "part", "street_ids") == [["gap", 1, "A + B + C + D"]]
    assert parts["area_m2"].item() == pytest.approx(true_m2(block(1, 1)), rel=1e-7)


def test_the_hole_of_one_street_is_a_gap_until_another_fills_it():
    holed = block(0, 0, 3, 3).difference(block(1, 1))
    assert rows_of(check_responsibility(town_of([holed])), "street_ids") == [["A"]]
    assert len(check_responsibility(town_of([holed, block(1, 1)]))) == 0


def test_a_narrow_slit_that_opens_to_the_outside_is_a_gap_and_a_wide_one_is_not():
    # A hundredth of a degree is 854 m here; 0.0001 degrees are 8.5 m and 0.0002 are 17 m.
    for width, kinds in ((0.0001, ["gap"]), (0.0002, [])):
        right = box(WEST + UNIT + width, SOUTH, WEST + 2 * UNIT, SOUTH + UNIT)
        parts = check_responsibility(town_of([block(0, 0), right]))
        assert parts["kind"].tolist() == kinds
    right = box(WEST + UNIT + 0.0001, SOUTH, WEST + 2 * UNIT, SOUTH + UNIT)
    parts = check_responsibility(town_of([block(0, 0), right]))
    slit = box(WEST + UNIT, SOUTH, WEST + UNIT + 0.0001, SOUTH + UNIT)
    assert parts["street_ids"].tolist() == ["A + B"]
    assert parts["area_m2"].item() == pytest.approx(true_m2(slit), rel=1e-3)


def test_with_a_study_area_all_its_land_without_owner_is_a_gap():
    streets = town_of([block(0, 0), block(2, 0)])
    assert len(check_responsibility(streets)) == 0
    study = block(0, 0, 4, 2)
    parts = check_responsibility(streets, study_area=study)
    free = study.difference(shapely.union_all(streets.geometry))
    assert rows_of(parts, "kind", "street_ids") == [["gap", "A + B"]]
    assert parts["area_m2"].sum() == pytest.approx(true_m2(free), rel=1e-7)
    as_table = gpd.GeoDataFrame(geometry=[block(0, 0, 2, 2), block(2, 0, 2, 2)], crs="EPSG:4326")
    for same in (as_table, as_table.geometry):
        found = check_responsibility(streets, study_area=same)
        pd.testing.assert_frame_equal(
            found.drop(columns=["geometry", "width_m"]),
            parts.drop(columns=["geometry", "width_m"]),
            rtol=1e-9,
        )
        assert found["width_m"].tolist() == pytest.approx(parts["width_m"].tolist(), rel=0.01)
        assert found.geometry.geom_equals(parts.geometry).all()


def test_land_outside_the_study_area_is_no_gap_and_far_gaps_have_no_neighbor():
    holed = block(0, 0, 3, 3).difference(block(1, 1))
    parts = check_responsibility(town_of([holed]), study_area=block(9, 9))
    # The street itself lies outside what is asked about, and the table says so.
    assert rows_of(parts, "kind", "street_ids")[1] == ["outside", "A"]
    assert parts["kind"].tolist() == ["gap", "outside"]
    assert parts["street_ids"].isna().tolist() == [True, False]
    assert parts.geometry.iloc[0].equals(block(9, 9))


def test_incidents_are_counted_with_the_edges_of_each_part():
    # An overlap at (1, 0) and a hole at (1, 2); edges have whole coordinates.
    streets = town_of([block(0, 0, 2), block(1, 0, 2), block(0, 1, 3, 3).difference(block(1, 2))])
    places = [
        spot(1.5, 0.5),  # in the overlap
        spot(1, 0.5),  # on its western edge
        spot(2, 1),  # on its corner
        spot(1.5, 2.5),  # in the hole
        spot(1, 2.5),  # on its edge
        spot(0.5, 0.5),  # in A alone
        spot(9, 9),  # outside
        None,
    ]
    parts = check_responsibility(streets, reports_at(places))
    assert rows_of(parts, "kind", "incidents") == [["gap", 2], ["overlap", 3]]
    assert str(parts["incidents"].dtype) == "Int64"


def test_incidents_in_overlaps_and_gaps_are_those_that_locate_says():
    streets = town_of([block(0, 0, 2), block(1, 0, 2), block(0, 1, 3, 3).difference(block(1, 2))])
    rng = np.random.default_rng(2)
    places = [spot(x, y) for x, y in rng.uniform(0, 4, (400, 2))]
    located = locate(reports_at(places), streets, resolution=9)
    parts = check_responsibility(streets, located, study_area=block(0, 0, 4, 4))
    by_kind = parts.groupby("kind")["incidents"].sum()
    assert by_kind["overlap"] == (located["match"] == "overlap").sum()
    assert by_kind["gap"] == (located["match"] == "outside").sum()


def test_smaller_parts_are_left_out_and_counted():
    thin = box(WEST + UNIT, SOUTH, WEST + UNIT + 1e-6, SOUTH + UNIT)
    wide = block(0, 0).union(thin)
    streets = town_of([wide, block(1, 0), block(1.5, 0)])
    area = true_m2(thin)
    assert 100 < area < 200
    everything = check_responsibility(streets, min_area_m2=0)
    assert rows_of(everything, "part", "street_ids") == [[1, "B + C"], [2, "A + B"]]
    parts = check_responsibility(streets, min_area_m2=500)
    assert rows_of(parts, "part", "street_ids") == [[1, "B + C"]]
    assert parts.attrs["left_out"]["overlap"]["parts"] == 1
    assert parts.attrs["left_out"]["overlap"]["area_m2"] == pytest.approx(area, rel=1e-5)


def test_parts_are_ordered_by_kind_and_size():
    ring = block(0, 0, 9, 5).difference(shapely.union_all([block(1, 1), block(3, 1, 2)]))
    streets = town_of([ring, block(7, 1), block(7, 3, 2)])
    parts = check_responsibility(streets)
    assert rows_of(parts, "kind", "part") == [
        ["gap", 1],
        ["gap", 2],
        ["overlap", 1],
        ["overlap", 2],
    ]
    for _, of_kind in parts.groupby("kind"):
        assert of_kind["area_m2"].is_monotonic_decreasing


def test_an_edge_with_a_vertex_more_on_one_side_is_no_gap():
    # A straight east-west edge of 30 km with and without a vertex in the middle: straight
    # in degrees, so both sides meet, though a meter-based plane would part them.
    upper = Polygon([(116, 40), (116.4, 40), (116.4, 40.1), (116, 40.1)])
    lower = Polygon([(116, 39.9), (116.4, 39.9), (116.4, 40), (116.2, 40), (116, 40)])
    assert len(check_responsibility(town_of([upper, lower]))) == 0


blocks = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


@given(blocks)
@settings(max_examples=20, deadline=None)
def test_parts_account_for_every_block_of_land_in_any_town(corners):
    streets = town_of([block(*corner) for corner in corners])
    study = block(0, 0, 8, 8)
    # One incident in the middle of each block of the study area.
    places = [spot(x + 0.5, y + 0.5) for x, y in itertools.product(range(8), range(8))]
    parts = check_responsibility(streets, reports_at(places), study_area=study)
    claims: dict[str | None, int] = {}
    for place in places:
        names = [
            n
            for n, s in zip(streets["street_id"], streets.geometry, strict=True)
            if s.covers(place)
        ]
        key = " + ".join(names) if len(names) > 1 else (None if not names else "one")
        claims[key] = claims.get(key, 0) + 1
    claims.pop("one", None)
    overlaps = parts[parts["kind"] == "overlap"].groupby("street_ids")["incidents"].sum().to_dict()
    free = claims.pop(None, 0)
    assert overlaps == claims
    assert parts.loc[parts["kind"] == "gap", "incidents"].sum() == free
    for _, of_kind in parts.groupby("kind"):
        union = shapely.union_all(of_kind.geometry)
        assert shapely.area(of_kind.geometry).sum() == pytest.approx(union.area, rel=1e-9)


def test_wrong_inputs_are_refused():
    streets = town_of([block(0, 0)])
    with pytest.raises(OptionError, match="min_area_m2 must be a number of square meters"):
        check_responsibility(streets, min_area_m2=-1)
    with pytest.raises(OptionError, match="Found: nan"):
        check_responsibility(streets, min_area_m2=float("nan"))
    with pytest.raises(GeometryError, match=r"study_area must be a Polygon.*Found: str"):
        check_responsibility(streets, study_area="Shijingshan")
    with pytest.raises(GeometryError, match=r"outline of study_area.*is a LineString"):
        check_responsibility(streets, study_area=LineString([(0, 0), (1, 1)]))
    with pytest.raises(DatumError, match=r"study_area must be in EPSG:4326.*EPSG:32650"):
        check_responsibility(streets, study_area=streets.to_crs("EPSG:32650"))
    with pytest.raises(EmptyTableError, match="jurisdictions has no rows"):
        check_responsibility(streets.iloc[:0])
    with pytest.raises(GeometryError, match="Every incident must be a Point"):
        check_responsibility(streets, reports_at([block(0, 0)]))
