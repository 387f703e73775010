"""Lines become a network: where they meet, what is doubled, what is no line."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Point

from gridgov.errors import ColumnsError, DatumError, EmptyTableError, GeometryError
from gridgov.geo.projection import local_equal_area
from gridgov.place.line_network import cut_lines, line_network


def lines(*shapes: Any) -> gpd.GeoDataFrame:
    """Lines given in meters about a place in Beijing."""
    plane = local_equal_area(116.2, 39.9)
    frame = gpd.GeoDataFrame(
        {"line_id": [f"line {i}" for i in range(len(shapes))]}, geometry=list(shapes), crs=plane
    )
    return frame.to_crs("EPSG:4326")


def degrees(network: Any) -> list[int]:
    """How many line ends meet at every junction, ascending."""
    ends = np.concatenate([network.tail, network.head])
    return sorted(np.bincount(ends)[np.bincount(ends) > 0].tolist())


def test_lines_that_cross_are_cut_where_they_do() -> None:
    network = line_network(lines(LineString([(0, 0), (100, 0)]), LineString([(50, -40), (50, 60)])))
    assert degrees(network) == [1, 1, 1, 1, 4]
    assert network.line.tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(network.length_m, [50, 50, 40, 60], rtol=1e-5)


def test_only_ends_meet_where_that_is_asked_for() -> None:
    bridge = lines(
        LineString([(0, 0), (100, 0)]),
        LineString([(50, -40), (50, 60)]),
        LineString([(100, 0), (150, 0)]),
    )
    network = line_network(bridge, connect="ends")
    assert degrees(network) == [1, 1, 1, 1, 2]


def test_an_end_that_stops_a_hand_short_of_a_line_touches_it() -> None:
    gap = lines(LineString([(0, 0), (100, 0)]), LineString([(40, 0.3), (40, 80)]))
    assert degrees(line_network(gap)) == [1, 1, 1, 3]
    assert degrees(line_network(gap, join_m=0.1)) == [1, 1, 1, 1]


def test_a_doubled_stretch_counts_once() -> None:
    shared = [(20.0, 0.0), (60.0, 0.0)]
    network = line_network(
        lines(LineString([(0, 0), *shared, (100, 0)]), LineString([(20, 50), *shared, (60, 50)]))
    )
    assert network.length_m.sum() == pytest.approx(200, rel=1e-5)
    assert network.dropped_m == pytest.approx(40, rel=1e-5)
    assert degrees(network) == [1, 1, 1, 1, 3, 3]


def test_two_ways_between_the_same_junctions_both_stay() -> None:
    network = line_network(
        lines(LineString([(0, 0), (100, 0)]), LineString([(0, 0), (50, 60), (100, 0)]))
    )
    assert degrees(network) == [2, 2]
    assert network.dropped_m == 0


def test_a_line_that_crosses_itself_is_cut_there() -> None:
    eight = LineString([(0, 0), (100, 0), (100, 50), (50, 50), (50, -50)])
    network = line_network(lines(eight))
    assert degrees(network) == [1, 1, 4]
    assert set(network.line.tolist()) == {0}
    assert network.length_m.sum() == pytest.approx(300, rel=1e-5)


def test_a_ring_is_an_edge_from_a_junction_to_itself() -> None:
    network = line_network(lines(LineString([(0, 0), (30, 0), (30, 30), (0, 30), (0, 0)])))
    assert network.tail.tolist() == network.head.tolist() == [0]
    assert network.length_m[0] == pytest.approx(120, rel=1e-5)


def test_parts_of_a_line_keep_its_id() -> None:
    network = line_network(lines(MultiLineString([[(0, 0), (10, 0)], [(50, 0), (70, 0)]])))
    assert network.line.tolist() == [0, 0]
    np.testing.assert_allclose(network.length_m, [10, 20], rtol=1e-5)


def test_heights_play_no_part() -> None:
    flat = line_network(lines(LineString([(0, 0), (30, 40)])))
    raised = line_network(lines(LineString([(0, 0, 5), (30, 40, 500)])))
    np.testing.assert_allclose(raised.length_m, flat.length_m)


def test_cutting_keeps_the_length_and_the_way() -> None:
    random = np.random.default_rng(0)
    shapes = np.array(
        [LineString(random.uniform(0, 100, (n, 2)).cumsum(axis=0)) for n in (2, 5, 9)]
    )
    line = random.integers(0, 3, 40)
    position = random.uniform(-5, 700, 40)
    pieces = cut_lines(shapes, line, position)
    for place, shape in enumerate(shapes):
        own = pieces.shapes[pieces.line == place]
        np.testing.assert_allclose(shapely.length(own).sum(), shape.length, rtol=1e-12)
        start = pieces.start_m[pieces.line == place]
        np.testing.assert_allclose(
            np.append(0, np.cumsum(shapely.length(own))[:-1]), start, atol=1e-9
        )
        assert shapely.hausdorff_distance(shapely.line_merge(shapely.union_all(own)), shape) < 1e-9


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda t: t.drop(columns="line_id"), ColumnsError, "must have the column line_id"),
        (lambda t: t.to_crs(3857), DatumError, r"lines must be in EPSG:4326.*Found: EPSG:3857"),
        (lambda t: t.iloc[:0], EmptyTableError, "has no rows"),
        (lambda t: t.assign(line_id="a"), ColumnsError, r"unique\. Found: 1 missing or repeated"),
        (lambda t: t.to_wkt(), ColumnsError, "must be a GeoDataFrame"),
        (
            lambda t: t.set_geometry([Point(0, 0), None], crs=4326),
            GeometryError,
            r"Found: 2 that are not, the first, in row 0, is a Point",
        ),
        (lambda t: t.set_geometry([None, LineString()], crs=4326), GeometryError, "is missing"),
        (
            lambda t: t.set_geometry([LineString([(1, 1), (1, 1)])] * 2, crs=4326),
            EmptyTableError,
            "must have a length",
        ),
    ],
)
def test_what_is_no_table_of_lines_is_named(change: Any, error: Any, words: str) -> None:
    table = lines(LineString([(0, 0), (10, 0)]), LineString([(0, 5), (10, 5)]))
    with pytest.raises(error, match=words):
        line_network(change(table))
