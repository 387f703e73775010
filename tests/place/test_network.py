"""Walking distances: snaps included, the nearest two without all pairs, no way means none."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridgov.errors import ColumnsError, DatumError, GeometryError, InputError, OptionError
from gridgov.geo.projection import local_equal_area
from gridgov.place.network import distances, make_network, snap
from gridgov.place.network_sites import distance_rows, nearest_two, put_sites

PLANE = local_equal_area(116.2, 39.9)


def streets(*shapes: Any) -> gpd.GeoDataFrame:
    """Lines given in meters about a place in Beijing."""
    ids = [f"line {number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"line_id": ids}, geometry=list(shapes), crs=PLANE).to_crs("EPSG:4326")


def spots(*at: tuple[float, float] | None) -> gpd.GeoDataFrame:
    points = [None if one is None else Point(one) for one in at]
    return gpd.GeoDataFrame(geometry=points, crs=PLANE).to_crs("EPSG:4326")


def walk(lines: Any, start: Any, goal: Any, **options: Any) -> Any:
    return distances(make_network(lines, **options), spots(*start), spots(*goal))


CORNER = streets(LineString([(0, 0), (100, 0), (100, 80)]))


def test_a_walk_is_snap_and_way_and_snap() -> None:
    # From 5 m beside the first leg, at 20, along 80 and 60, to 7 m beside the second.
    far = walk(CORNER, [(20, 5)], [(107, 60), (20, 5)])
    np.testing.assert_allclose(far, [[5 + 80 + 60 + 7, 10]], atol=0.02)


def test_where_no_way_leads_the_distance_is_infinite() -> None:
    lines = streets(LineString([(0, 0), (100, 0)]), LineString([(0, 50), (100, 50)]))
    far = walk(lines, [(0, 0), None], [(100, 0), (100, 50), None])
    np.testing.assert_allclose(far, [[100, np.inf, np.inf], [np.inf] * 3], rtol=1e-5)
    network = make_network(lines)
    assert network.parts == 2
    assert network.largest_part_share == pytest.approx(0.5, rel=1e-4)


def test_a_bridge_is_crossed_only_where_lines_meet_by_their_ends() -> None:
    lines = streets(LineString([(0, 0), (100, 0)]), LineString([(50, -50), (50, 50)]))
    assert walk(lines, [(0, 0)], [(50, 50)])[0, 0] == pytest.approx(100, rel=1e-4)
    assert walk(lines, [(0, 0)], [(50, 50)], connect="ends")[0, 0] == np.inf


def test_a_place_too_far_from_every_line_is_on_none() -> None:
    network = make_network(CORNER, max_snap_m=30)
    at = spots((50, 29.9), (50, 30.1))
    snapped = snap(network, at.geometry.x.to_numpy(), at.geometry.y.to_numpy())
    assert snapped.edge.tolist() == [0, -1]
    assert snapped.snap_m[0] == pytest.approx(29.9, rel=1e-4)
    assert np.isnan(snapped.snap_m[1])
    assert np.isinf(walk(CORNER, [(50, 29.9)], [(50, 30.1)], max_snap_m=30)).all()


def test_on_a_ring_the_shorter_way_round_is_taken() -> None:
    ring = streets(LineString(box(0, 0, 100, 100).exterior.coords))
    far = walk(ring, [(10, 0)], [(90, 0), (10, 100), (0, 10)])
    np.testing.assert_allclose(far, [[80, 120, 20]], atol=0.02)


def test_of_two_streets_between_the_same_junctions_the_shorter_counts() -> None:
    lines = streets(LineString([(0, 0), (100, 0)]), LineString([(0, 0), (50, 90), (100, 0)]))
    assert walk(lines, [(0, 0)], [(100, 0)])[0, 0] == pytest.approx(100, rel=1e-4)


def test_distances_beyond_the_limit_are_infinite_and_others_stay() -> None:
    network = make_network(CORNER)
    start, goal = spots((0, 0)), spots((40, 0), (100, 80))
    near = distances(network, start, goal, limit_m=100)
    np.testing.assert_allclose(near, [[40, np.inf]], rtol=1e-4)


def test_several_sites_at_one_spot_are_all_there() -> None:
    network = make_network(CORNER)
    at = spots((20, 0), (20, 0), (90, 0))
    snapped = snap(network, at.geometry.x.to_numpy(), at.geometry.y.to_numpy())
    sites = put_sites(network, snapped)
    found = nearest_two(sites, sites.places(snapped))
    assert {*found.site[0].tolist()} == {0, 1}
    np.testing.assert_allclose(found.distance_m[0], [0, 0], atol=0.02)
    np.testing.assert_allclose(found.distance_m[2], [0, 70], atol=0.02)


def test_a_single_site_has_no_second() -> None:
    network = make_network(CORNER)
    at = spots((20, 0), (90, 0))
    snapped = snap(network, at.geometry.x.to_numpy(), at.geometry.y.to_numpy())
    sites = put_sites(network, type(snapped)(*(part[:1] for part in snapped)))
    found = nearest_two(sites, sites.places(snapped))
    assert found.site.tolist() == [[0, -1], [0, -1]]
    assert np.isinf(found.distance_m[:, 1]).all()


def networkx_distances(network: Any, snapped: Any, starts: Any, goals: Any) -> Any:
    """The same by networkx: every place a node of its own on its edge."""
    nx = pytest.importorskip("networkx", reason="networkx is absent")
    lines = network.lines
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(lines.junctions))
    for edge, length in enumerate(lines.length_m.tolist()):
        on = np.flatnonzero(snapped.edge == edge)
        on = on[np.argsort(snapped.offset_m[on], kind="stable")]
        at = [0.0, *snapped.offset_m[on].tolist(), length]
        nodes = [int(lines.tail[edge]), *(("place", int(one)) for one in on), int(lines.head[edge])]
        for step in range(len(nodes) - 1):
            graph.add_edge(nodes[step], nodes[step + 1], weight=at[step + 1] - at[step])
    far = np.full((len(starts), len(goals)), np.inf)
    for row, start in enumerate(starts):
        if snapped.edge[start] < 0:
            continue
        way = nx.single_source_dijkstra_path_length(graph, ("place", start))
        for column, goal in enumerate(goals):
            if ("place", goal) in way:
                snaps = snapped.snap_m[start] + snapped.snap_m[goal]
                far[row, column] = way["place", goal] + snaps
    return far


@pytest.mark.parametrize("seed", range(12))
def test_distances_and_the_nearest_two_are_those_of_networkx(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = [
        LineString(random.uniform(0, 1000, (random.integers(2, 4), 2)))
        for _ in range(random.integers(1, 14))
    ]
    network = make_network(streets(*shapes), max_snap_m=150 if seed % 3 == 0 else None)
    at = gpd.GeoSeries(shapely.points(random.uniform(0, 1000, (40, 2))), crs=PLANE).to_crs(4326)
    snapped = snap(network, at.x.to_numpy(), at.y.to_numpy())
    # Some places are sites as well.
    starts, goals = range(12), range(8, 40)
    expected = networkx_distances(network, snapped, starts, goals)

    sites = put_sites(network, type(snapped)(*(part[:12] for part in snapped)))
    places = sites.places(type(snapped)(*(part[8:] for part in snapped)))
    far = np.concatenate([part for _, part in distance_rows(sites, places)])
    np.testing.assert_allclose(far, expected, rtol=1e-9, atol=1e-6)
    limits = np.linspace(50, 900, 12)
    near = np.concatenate([part for _, part in distance_rows(sites, places, limits)])
    np.testing.assert_allclose(
        near, np.where(expected <= limits[:, None], expected, np.inf), rtol=1e-9, atol=1e-6
    )

    two = nearest_two(sites, places)
    np.testing.assert_allclose(
        two.distance_m, np.sort(expected, axis=0)[:2].T, rtol=1e-9, atol=1e-6
    )
    for order in (0, 1):
        found = np.flatnonzero(two.site[:, order] >= 0)
        named = expected[two.site[found, order], found]
        np.testing.assert_allclose(named, two.distance_m[found, order], rtol=1e-9, atol=1e-6)
    assert (two.site[:, 0] != two.site[:, 1])[two.site[:, 0] >= 0].all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_walk_is_shorter_than_the_straight_line(seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = [LineString(random.uniform(0, 500, (3, 2))) for _ in range(4)]
    at = random.uniform(0, 500, (9, 2))
    far = walk(streets(*shapes), [*map(tuple, at)], [*map(tuple, at)])
    straight = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    assert (far >= straight * (1 - 1e-6) - 1e-6).all()
    np.testing.assert_allclose(far, far.T, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: make_network(CORNER, join_m=-1),
            OptionError,
            r"join_m must be a number of meters, 0 or more.*Found: -1",
        ),
        (
            lambda: make_network(CORNER, max_snap_m="far"),
            OptionError,
            "max_snap_m must be a number of meters.*Found: 'far'",
        ),
        (
            lambda: make_network(CORNER, connect="crossing"),
            OptionError,
            "Did you mean 'crossings'",
        ),
        (
            lambda: make_network(CORNER.to_crs(PLANE)),
            DatumError,
            "lines must be in EPSG:4326",
        ),
        (
            lambda: distances(CORNER, spots((0, 0)), spots((0, 0))),
            ColumnsError,
            r"network must be a walking network\. Found: GeoDataFrame.*make_network",
        ),
        (
            lambda: distances(make_network(CORNER), CORNER, spots((0, 0))),
            GeometryError,
            "must be a Point",
        ),
        (
            lambda: distances(
                make_network(CORNER), spots(*[(0, 0)] * 15_000), spots(*[(0, 0)] * 15_000)
            ),
            InputError,
            r"up to 200,000,000 numbers\. Found: 15,000 origins by 15,000",
        ),
    ],
)
def test_what_cannot_be_walked_is_named(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()
