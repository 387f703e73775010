"""Each incident gets one cell, one owner and one of five matches; rows stay as they were."""

import pickle

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, Polygon, box

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, GeometryError, OptionError
from gridgov.place.area_index import MATCHES, index_areas
from gridgov.place.locate import locate


def incidents_at(places, **columns):
    geometry = np.empty(len(places), dtype=object)
    geometry[:] = places
    ids = [f"i{number}" for number in range(len(places))]
    return gpd.GeoDataFrame(
        {"incident_id": pd.array(ids, dtype="str"), **columns}, geometry=geometry, crs="EPSG:4326"
    )


def streets_of(outlines, ids=None):
    names = ids or [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


# A (0-1) and B (1-2) share the edge x = 1; C lies over the right half of B; exact numbers.
SQUARES = streets_of([box(0, 0, 1, 1), box(1, 0, 2, 1), box(1.5, 0, 2.5, 1)])
PLACES = {
    "inside A": (Point(0.5, 0.5), "A", "inside"),
    "inside B alone": (Point(1.25, 0.5), "B", "inside"),
    "inside C alone": (Point(2.25, 0.5), "C", "inside"),
    "shared edge": (Point(1, 0.5), "A", "border"),
    "outer edge": (Point(0, 0.5), "A", "border"),
    "outer corner": (Point(0, 0), "A", "border"),
    "corner of two": (Point(1, 1), "A", "border"),
    "overlap": (Point(1.75, 0.5), "B", "overlap"),
    "edge of C inside B": (Point(1.5, 0.5), "B", "border"),
    "edge of B inside C": (Point(2, 0.5), "B", "border"),
    "outside": (Point(3, 0.5), None, "outside"),
    "missing": (None, None, "no_point"),
    "empty": (Point(), None, "no_point"),
}


@pytest.mark.parametrize("name", PLACES)
def test_owner_and_match_are_those_worked_out_by_hand(name):
    place, owner, match = PLACES[name]
    located = locate(incidents_at([place]), SQUARES, resolution=7)
    assert located["match"].item() == match
    assert (
        located["street_id"].isna().item()
        if owner is None
        else (located["street_id"].item() == owner)
    )
    assert located["cell"].isna().item() == (match == "no_point")


def test_many_points_take_the_quick_path_to_the_same_answers():
    places = [place for place, _, _ in PLACES.values()] * 40
    located = locate(incidents_at(places), SQUARES, resolution=7)
    assert located["match"].tolist() == [match for _, _, match in PLACES.values()] * 40
    owners = [owner for _, owner, _ in PLACES.values()] * 40
    assert located["street_id"].astype(object).where(
        located["street_id"].notna(), None
    ).tolist() == (owners)


@pytest.mark.parametrize("times", [1, 40])
def test_an_index_answers_as_its_table_does(times):
    places = [place for place, _, _ in PLACES.values()] * times
    incidents = incidents_at(places)
    index = index_areas(SQUARES)
    expected = locate(incidents, SQUARES, resolution=7)
    pd.testing.assert_frame_equal(locate(incidents, index, resolution=7), expected)
    sent = pickle.loads(pickle.dumps(index))
    pd.testing.assert_frame_equal(locate(incidents, sent, resolution=7), expected)


def test_a_table_changed_between_two_calls_gives_the_new_owners():
    streets = SQUARES.copy()
    incidents = incidents_at([Point(0.5, 0.5), Point(1.25, 0.5)] * 200)
    assert locate(incidents, streets, resolution=7)["street_id"].tolist()[:2] == ["A", "B"]
    streets.loc[0, "geometry"] = box(0, 0, 1.4, 1)
    assert locate(incidents, streets, resolution=7)["street_id"].tolist()[:2] == ["A", "A"]
    streets["street_id"] = ["N", "B", "C"]
    assert locate(incidents, streets, resolution=7)["street_id"].tolist()[:2] == ["N", "N"]


def test_blocks_of_any_size_give_the_same_answers(monkeypatch):
    rng = np.random.default_rng(4)
    places = shapely.points(rng.uniform(-1, 4, 2500), rng.uniform(-1, 2, 2500))
    places[::97] = None
    incidents = incidents_at(list(places))
    expected = locate(incidents, SQUARES, resolution=8)
    for rows in (1, 700, 2499):
        monkeypatch.setattr("gridgov.place.locate._BLOCK", rows)
        some = incidents.iloc[:30] if rows == 1 else incidents
        found = locate(some, SQUARES, resolution=8)
        pd.testing.assert_frame_equal(found, expected.iloc[: len(some)])


def test_empty_points_in_a_later_block_are_no_points():
    places = list(shapely.points(np.full(5000, 0.5), 0.5))
    places[4500], places[4600] = Point(), None
    located = locate(incidents_at(places), SQUARES, resolution=7)
    assert np.flatnonzero(located["match"] == "no_point").tolist() == [4500, 4600]
    assert np.flatnonzero(located["cell"].isna()).tolist() == [4500, 4600]
    places[4700] = LineString([(0, 0), (1, 1)])
    with pytest.raises(GeometryError, match="1 other geometry, the first a LineString at row 4700"):
        locate(incidents_at(places), SQUARES, resolution=7)


def test_columns_and_kinds_are_the_documented_ones():
    located = locate(incidents_at([Point(0.5, 0.5), None]), SQUARES, resolution=9)
    assert isinstance(located, gpd.GeoDataFrame)
    assert located.crs == "EPSG:4326"
    assert located.columns.tolist() == TABLES["located"].names
    assert str(located["cell"].dtype) == "UInt64"
    assert located["match"].isin(MATCHES).all()


def test_cells_are_the_h3_library_s():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(116, 116.5, 50), rng.uniform(39.7, 40.1, 50)
    located = locate(incidents_at(list(shapely.points(x, y))), SQUARES, resolution=9)
    expected = [h3.latlng_to_cell(b, a, 9) for a, b in zip(x, y, strict=True)]
    assert located["cell"].tolist() == expected


def test_rows_order_index_own_columns_and_attrs_are_kept():
    incidents = incidents_at([Point(3, 3), None, Point(0.5, 0.5)], photo=["a", "b", "c"])
    incidents.index = pd.Index([7, 7, 2], name="source")
    incidents.attrs["notices"] = [{"notice": "x"}]
    located = locate(incidents, SQUARES, resolution=9)
    pd.testing.assert_index_equal(located.index, incidents.index)
    assert located["incident_id"].tolist() == ["i0", "i1", "i2"]
    assert located["photo"].tolist() == ["a", "b", "c"]
    assert located.attrs == incidents.attrs


def test_columns_that_are_there_already_are_replaced():
    incidents = incidents_at(
        [Point(0.5, 0.5), Point(3, 3)], cell=[1, 2], street_id=["Z", "Z"], match=["?", "?"]
    )
    fresh = locate(incidents_at([Point(0.5, 0.5), Point(3, 3)]), SQUARES, resolution=9)
    pd.testing.assert_frame_equal(locate(incidents, SQUARES, resolution=9), fresh)
    pd.testing.assert_frame_equal(locate(fresh, SQUARES, resolution=9), fresh)


def test_inputs_are_not_changed():
    incidents = incidents_at([Point(0.5, 0.5), None], cell=[1, 2])
    before, streets_before = incidents.copy(), SQUARES.copy()
    locate(incidents, SQUARES, resolution=9)
    pd.testing.assert_frame_equal(incidents, before)
    pd.testing.assert_frame_equal(SQUARES, streets_before)


def test_no_incidents_give_an_empty_table_with_its_columns():
    located = locate(incidents_at([]), SQUARES, resolution=9)
    assert len(located) == 0
    assert located.columns.tolist() == TABLES["located"].names
    assert located.crs == "EPSG:4326"


def test_a_point_off_the_globe_is_outside_and_has_no_cell():
    located = locate(incidents_at([Point(0.5, 95), Point(500, 0.5)]), SQUARES, resolution=9)
    assert located["match"].tolist() == ["outside", "outside"]
    assert located["cell"].isna().all()


rectangles = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4)),
    min_size=1,
    max_size=5,
)


@given(rectangles, st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_matches_add_up_and_owners_cover_their_points(corners, seed):
    rng = np.random.default_rng(seed)
    streets = streets_of([box(x, y, x + w, y + h) for x, y, w, h in corners])
    places = shapely.points(rng.integers(-1, 12, 250) / 1.0, rng.integers(-2, 22, 250) / 2)
    located = locate(incidents_at(list(places)), streets, resolution=5)
    assert located["match"].value_counts().sum() == 250
    # The definitions, asked of shapely one polygon at a time.
    covers = np.array([shapely.covers(shape, places) for shape in streets.geometry])
    touches = np.array([shapely.touches(shape, places) for shape in streets.geometry])
    first = np.where(covers.any(axis=0), covers.argmax(axis=0), -1)
    interiors = (covers & ~touches).sum(axis=0)
    expected = np.select(
        [touches.any(axis=0), interiors > 1, interiors == 1],
        ["border", "overlap", "inside"],
        "outside",
    )
    assert located["match"].tolist() == expected.tolist()
    names = [*streets["street_id"], None]
    assert located["street_id"].astype(object).where(
        located["street_id"].notna(), None
    ).tolist() == [names[position] for position in first]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_shuffling_the_incidents_changes_no_answer(seed):
    rng = np.random.default_rng(seed)
    incidents = incidents_at(list(shapely.points(rng.uniform(-1, 4, 300), rng.uniform(-1, 2, 300))))
    located = locate(incidents, SQUARES, resolution=8)
    shuffled = incidents.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        locate(shuffled, SQUARES, resolution=8).loc[incidents.index], located
    )


def test_geometries_that_are_no_points_are_refused_with_the_first_row():
    incidents = incidents_at(
        [Point(0, 0), None, LineString([(0, 0), (1, 1)]), MultiPoint([(0, 0)])]
    )
    incidents.index = list("pqrs")
    with pytest.raises(
        GeometryError, match="2 other geometries, the first a LineString at row 'r'"
    ):
        locate(incidents, SQUARES, resolution=9)


@pytest.mark.parametrize("crs", ["EPSG:32650", "EPSG:4490", None])
def test_another_crs_is_refused_by_name_and_not_reprojected(crs):
    words = "no CRS" if crs is None else f"Found: {crs}"
    incidents = incidents_at([Point(0, 0)])
    with pytest.raises(DatumError, match=f"incidents must be in EPSG:4326.*{words}"):
        locate(incidents.set_crs(crs, allow_override=True), SQUARES, resolution=9)
    with pytest.raises(DatumError, match=f"jurisdictions must be in EPSG:4326.*{words}"):
        locate(incidents, SQUARES.set_crs(crs, allow_override=True), resolution=9)


def test_longitude_latitude_order_of_a_geojson_is_accepted():
    incidents = incidents_at([Point(0.5, 0.5)]).set_crs("OGC:CRS84", allow_override=True)
    assert locate(incidents, SQUARES, resolution=9)["match"].tolist() == ["inside"]


BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (BOW_TIE, "'B' is invalid: Self-intersection"),
        (None, "'B' is missing"),
        (Polygon(), "'B' is empty"),
        (Point(0, 0), "'B' is a Point"),
    ],
)
def test_outlines_that_are_no_valid_polygons_are_refused_by_id(outline, words):
    streets = streets_of([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    geometry = np.array([box(0, 0, 1, 1), outline], dtype=object)
    streets = streets.set_geometry(gpd.GeoSeries(geometry, crs="EPSG:4326"))
    with pytest.raises(GeometryError, match=words) as caught:
        locate(incidents_at([Point(0, 0)]), streets, resolution=9)
    assert caught.value.problems["name"].tolist() == ["B"]


@pytest.mark.parametrize("ids", [["A", "A"], ["A", None]])
def test_street_ids_must_be_given_and_unique(ids):
    with pytest.raises(ColumnsError, match="must be given and unique"):
        locate(
            incidents_at([Point(0, 0)]),
            streets_of([box(0, 0, 1, 1), box(1, 0, 2, 1)], ids),
            resolution=9,
        )


def test_missing_columns_rows_and_geometry_are_refused():
    incidents = incidents_at([Point(0, 0)])
    with pytest.raises(ColumnsError, match="must have the column incident_id"):
        locate(incidents.drop(columns="incident_id"), SQUARES, resolution=9)
    with pytest.raises(ColumnsError, match="must have the column street_id"):
        locate(incidents, SQUARES.drop(columns="street_id"), resolution=9)
    with pytest.raises(ColumnsError, match="must be a GeoDataFrame"):
        locate(pd.DataFrame(incidents), SQUARES, resolution=9)
    with pytest.raises(EmptyTableError, match="jurisdictions has no rows"):
        locate(incidents, SQUARES.iloc[:0], resolution=9)


@pytest.mark.parametrize("resolution", [-1, 16, 9.5, "9", True, None])
def test_resolution_must_be_one_of_h3(resolution):
    with pytest.raises(OptionError, match="resolution must be a whole number from 0 to 15"):
        locate(incidents_at([Point(0, 0)]), SQUARES, resolution=resolution)
