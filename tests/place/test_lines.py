"""Lines: the nearest one to every incident, and the strips beside them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon, box

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, GeometryError, OptionError
from gridgov.geo.projection import areas_m2
from gridgov.place.lines import find_nearest, line_strips, nearest_lines

GEOD = pyproj.Geod(ellps="WGS84")
WEST, SOUTH = 116.2, 39.9


def alleys_of(shapes, ids=None):
    names = ids or [f"L{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"line_id": names}, geometry=list(shapes), crs="EPSG:4326")


def spots_at(places):
    geometry = np.empty(len(places), dtype=object)
    geometry[:] = places
    ids = [str(number) for number in range(len(places))]
    return gpd.GeoDataFrame({"incident_id": ids}, geometry=geometry, crs="EPSG:4326")


def geodesic_m(place, line):
    """The least geodesic distance to points 0.1 m apart on a line: an independent answer."""
    at = shapely.get_coordinates(shapely.segmentize(line, 1e-6))
    x, y = np.full(len(at), place.x), np.full(len(at), place.y)
    return float(GEOD.inv(x, y, at[:, 0], at[:, 1])[2].min())


def test_an_incident_gets_the_nearest_line_and_the_geodesic_distance():
    lines = [
        LineString([(WEST, SOUTH), (WEST + 0.01, SOUTH)]),
        LineString([(WEST, SOUTH + 0.001), (WEST + 0.005, SOUTH + 0.002)]),
    ]
    places = [Point(WEST + 0.004, SOUTH + 0.0003), Point(WEST + 0.004, SOUTH + 0.0012)]
    found = nearest_lines(spots_at(places), alleys_of(lines), max_distance_m=100)
    assert found.columns.tolist() == TABLES["nearest_lines"].names
    assert found["line_id"].tolist() == ["L0", "L1"]
    for distance, place, line in zip(found["distance_m"], places, lines, strict=True):
        assert distance == pytest.approx(geodesic_m(place, line), abs=0.002)


def test_beyond_the_distance_and_without_a_point_there_is_no_line():
    line = LineString([(WEST, SOUTH), (WEST + 0.01, SOUTH)])
    places = [Point(WEST + 0.005, SOUTH + 0.001), None, Point(), Point(WEST + 0.005, SOUTH)]
    found = nearest_lines(spots_at(places), alleys_of([line]), max_distance_m=100)
    assert found["line_id"].isna().tolist() == [True, True, True, False]
    assert found["distance_m"].isna().tolist() == [True, True, True, False]
    # 0.001 degrees of latitude are 111.04 m here.
    found = nearest_lines(spots_at(places), alleys_of([line]), max_distance_m=111.1)
    assert found["distance_m"].iloc[0] == pytest.approx(111.04, abs=0.01)


def test_of_equally_near_lines_the_first_in_table_order_wins():
    crossing = (WEST + 0.005, SOUTH + 0.005)
    arms = [
        LineString([crossing, (WEST + x, SOUTH + y)]) for x, y in ((0.01, 0), (0, 0), (0, 0.01))
    ]
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        table = alleys_of([arms[at] for at in order], [f"L{at}" for at in order])
        found = nearest_lines(spots_at([Point(crossing)]), table, max_distance_m=5)
        assert found["line_id"].tolist() == [f"L{order[0]}"]
        assert found["distance_m"].tolist() == [0.0]


def test_rows_order_and_index_are_kept_and_nothing_is_changed():
    line = alleys_of([MultiLineString([[(WEST, SOUTH), (WEST + 0.01, SOUTH)]])])
    incidents = spots_at([Point(WEST, SOUTH), None, Point(WEST + 0.01, SOUTH)])
    incidents.index = ["c", "a", "b"]
    before = incidents.copy()
    found = nearest_lines(incidents, line, max_distance_m=1)
    assert found.index.tolist() == ["c", "a", "b"]
    assert found["incident_id"].tolist() == ["0", "1", "2"]
    pd.testing.assert_frame_equal(incidents, before)
    assert len(nearest_lines(incidents.iloc[:0], line, max_distance_m=1)) == 0


@given(st.integers(0, 10_000), st.integers(1, 8), st.floats(5, 2000))
@settings(max_examples=25, deadline=None)
def test_every_pair_asked_one_by_one_gives_the_same_answer(seed, number, most):
    rng = np.random.default_rng(seed)
    lines = [
        LineString(np.array([WEST, SOUTH]) + np.cumsum(rng.normal(0, 0.003, (4, 2)), axis=0))
        for _ in range(number)
    ]
    x, y = rng.uniform(WEST - 0.01, WEST + 0.01, 30), rng.uniform(SOUTH - 0.01, SOUTH + 0.01, 30)
    shapes = np.array(lines, dtype=object)
    line, distance = find_nearest(x, y, shapes, max_distance_m=most)
    assert ((line < 0) == np.isnan(distance)).all()
    # In a plane true to scale at the place itself, within a meter a kilometer.
    for at in range(30):
        scale = np.array([np.cos(np.radians(y[at])) * 111_412.8, 111_033.0])
        flat = [shapely.transform(one, lambda c, s=scale: c * s) for one in lines]
        every = shapely.distance(Point(np.array([x[at], y[at]]) * scale), flat)
        if line[at] >= 0:
            assert distance[at] == pytest.approx(every.min(), rel=2e-3, abs=0.01)
            assert every[line[at]] == pytest.approx(every.min(), rel=2e-3, abs=0.01)
        else:
            assert every.min() > most * 0.997


def test_a_strip_has_the_area_of_two_sides_and_two_round_ends():
    line = LineString([(WEST, SOUTH), (WEST + 0.01, SOUTH)])
    length = GEOD.inv(WEST, SOUTH, WEST + 0.01, SOUTH)[2]
    (strip,) = line_strips(np.array([line], dtype=object), 15.0, center=(WEST, SOUTH))
    assert strip.is_valid
    whole = 2 * 15 * length + np.pi * 15**2
    assert float(areas_m2([strip])[0]) == pytest.approx(whole, rel=1e-4)
    assert geodesic_m(Point(strip.exterior.coords[0]), line) == pytest.approx(15, abs=0.05)


def test_wrong_lines_and_options_are_refused():
    good = alleys_of([LineString([(WEST, SOUTH), (WEST + 0.01, SOUTH)])])
    incidents = spots_at([Point(WEST, SOUTH)])
    for wrong in (0, -1, float("nan"), float("inf"), "far", True, None):
        with pytest.raises(OptionError, match=r"max_distance_m must be a number of meters above 0"):
            nearest_lines(incidents, good, max_distance_m=wrong)
    with pytest.raises(EmptyTableError, match=r"lines has no rows.*gridgov.read_lines"):
        nearest_lines(incidents, good.iloc[:0], max_distance_m=1)
    with pytest.raises(DatumError, match=r"lines must be in EPSG:4326.*EPSG:32650.*to_crs"):
        nearest_lines(incidents, good.to_crs("EPSG:32650"), max_distance_m=1)
    with pytest.raises(
        ColumnsError, match=r"line_id must be given and unique.*1 missing or rep.*A"
    ):
        nearest_lines(incidents, alleys_of([good.geometry[0]] * 2, ["A", "A"]), max_distance_m=1)
    with pytest.raises(ColumnsError, match="lines must have the column line_id"):
        nearest_lines(incidents, good.rename(columns={"line_id": "id"}), max_distance_m=1)
    area = box(WEST, SOUTH, WEST + 1, SOUTH + 1)
    for wrong, what in ((area, "a Polygon"), (None, "missing"), (LineString(), "empty")):
        with pytest.raises(GeometryError, match=rf"Every line must be a LineString.*is {what}"):
            nearest_lines(incidents, alleys_of([good.geometry[0], wrong]), max_distance_m=1)
    still = LineString([(WEST, SOUTH), (WEST, SOUTH)])
    with pytest.raises(GeometryError, match=r"at row 0, is without length"):
        nearest_lines(incidents, alleys_of([still]), max_distance_m=1)
    endless = LineString([(WEST, SOUTH), (WEST, np.inf)])
    with pytest.raises(GeometryError, match=r"2 that are not, the first, at row 0, is not finite"):
        nearest_lines(incidents, alleys_of([endless, Polygon()]), max_distance_m=1)
