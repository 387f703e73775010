"""The quick path's owners and matches are the plain path's, bit for bit."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate, scale, translate

from gridgov.place.area_index import MATCHES, Owners, owners, owners_plain
from gridgov.place.area_raster import build_raster, look_up


def quick_owners(polygons, x, y, pixels=4096):
    shapes = np.array(polygons, dtype=object)
    raster = build_raster(shapes, pixels)
    assert raster is not None
    return look_up(raster, shapes, np.asarray(x, dtype=float), np.asarray(y, dtype=float))


def hard_points(polygons, seed=0, count=300):
    """Vertices, points on edges, the floats next to them, and points anywhere around."""
    rng = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(np.array(polygons, dtype=object))
    middles = (vertices[1:] + vertices[:-1]) / 2
    at = np.concatenate([vertices, middles])
    up, down = np.nextafter(at, np.inf), np.nextafter(at, -np.inf)
    crossed = np.column_stack([rng.choice(at[:, 0], count), rng.choice(at[:, 1], count)])
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    anywhere = rng.uniform(low - (high - low) / 4, high + (high - low) / 4, (count, 2))
    points = np.concatenate([at, up, down, crossed, anywhere])
    return points[:, 0].copy(), points[:, 1].copy()


def assert_same(found, expected):
    assert found.owner.dtype == expected.owner.dtype
    assert found.match.dtype == expected.match.dtype
    np.testing.assert_array_equal(found.owner, expected.owner)
    np.testing.assert_array_equal(found.match, expected.match)


RING = box(0, 0, 9, 9).difference(box(3, 3, 6, 6))
TOWNS = {
    "shared edges": [box(i, j, i + 1, j + 1) for i in range(4) for j in range(3)],
    "nested": [box(2, 2, 3, 3), box(1, 1, 4, 4), box(0, 0, 5, 5)],
    "nested, the big one first": [box(0, 0, 5, 5), box(1, 1, 4, 4), box(2, 2, 3, 3)],
    "overlapping": [box(0, 0, 3, 3), box(2, 1, 5, 4), box(1, 2, 4, 5)],
    "twice the same": [box(0, 0, 3, 3), box(0, 0, 3, 3), box(1, 1, 2, 2)],
    "a hole": [RING],
    "a hole filled by another": [RING, box(3, 3, 6, 6)],
    "parts": [MultiPolygon([box(0, 0, 1, 1), box(5, 5, 7, 6)]), box(1, 0, 5, 5)],
    "parts that touch in a point": [MultiPolygon([box(0, 0, 1, 1), box(1, 1, 2, 2)])],
    "a sliver": [Polygon([(0, 0), (10, 1e-9), (10, 0)]), box(0, -5, 10, 0)],
    "a sliver at a slant": [Polygon([(0, 0), (10, 7), (10, 7 + 1e-9)]), box(3, 3, 4, 4)],
    "far apart": [box(0, 0, 1e-3, 1e-3), box(100, 50, 100.001, 50.001)],
    "a thread": [box(0, 0, 100, 1e-4), box(0, 1e-4, 100, 3e-4)],
    "stars": [
        Polygon(
            [
                ((2 + k % 2) * np.cos(k * np.pi / 12) + shift, (2 + k % 2) * np.sin(k * np.pi / 12))
                for k in range(24)
            ]
        )
        for shift in (0.0, 2.5, 20.0)
    ],
}


@pytest.mark.parametrize("pixels", [64, 4096, 100_000])
@pytest.mark.parametrize("name", TOWNS)
def test_quick_owners_equal_the_plain_ones_in_hard_towns(name, pixels):
    polygons = TOWNS[name]
    x, y = hard_points(polygons)
    assert_same(quick_owners(polygons, x, y, pixels), owners_plain(polygons, x, y))


@pytest.mark.parametrize("angle", [0.1, 17, 45])
def test_quick_owners_equal_the_plain_ones_in_turned_towns_far_from_the_origin(angle):
    for polygons in TOWNS.values():
        turned = [
            translate(rotate(scale(shape, 0.01, 0.01, origin=(0, 0)), angle, (0, 0)), 116.2, 39.9)
            for shape in polygons
        ]
        if not shapely.is_valid(turned).all():
            continue
        x, y = hard_points(turned)
        assert_same(quick_owners(turned, x, y), owners_plain(turned, x, y))


corner = st.integers(0, 8)
rectangle = st.tuples(corner, corner, st.integers(1, 6), st.integers(1, 6)).map(
    lambda r: box(r[0], r[1], r[0] + r[2], r[1] + r[3])
)


@given(
    st.lists(rectangle, min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from([64, 500, 5000]),
)
@settings(max_examples=60, deadline=None)
def test_quick_owners_equal_the_plain_ones_in_any_town_of_rectangles(rectangles, holed, pixels):
    if holed and len(rectangles) > 2:
        cut = rectangles[0].difference(rectangles[1])
        rectangles = [cut, *rectangles[2:]] if cut.area > 0 else rectangles
    # Whole and half numbers: every corner, every edge and every inside.
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-1, 16, 0.5), np.arange(-1, 16, 0.5)))
    assert_same(quick_owners(rectangles, x, y, pixels), owners_plain(rectangles, x, y))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_quick_owners_equal_the_plain_ones_among_random_triangles(seed):
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 10, (rng.integers(1, 12), 3, 2))
    triangles = [t for t in map(Polygon, corners) if t.area > 1e-6]
    if triangles:
        x, y = hard_points(triangles, seed)
        assert_same(quick_owners(triangles, x, y), owners_plain(triangles, x, y))


def test_first_polygon_in_table_order_owns_the_point():
    polygons = [box(0, 0, 2, 2), box(1, 0, 3, 2)]
    x, y = np.array([0.5, 1.5, 2.5]), np.ones(3)
    for found in (owners_plain(polygons, x, y), quick_owners(polygons, x, y)):
        assert found.owner.tolist() == [0, 0, 1]
    for found in (owners_plain(polygons[::-1], x, y), quick_owners(polygons[::-1], x, y)):
        assert found.owner.tolist() == [1, 0, 0]


def test_an_edge_inside_an_overlap_is_still_a_border():
    # x = 1 is the left edge of the second, inside the first; x = 2 the other way round.
    polygons = [box(0, 0, 2, 2), box(1, 0, 3, 2)]
    x = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    for found in (owners_plain(polygons, x, x * 0 + 1), quick_owners(polygons, x, x * 0 + 1)):
        assert found.owner.tolist() == [0, 0, 0, 0, 0, 1, 1, -1]
        assert [MATCHES[code] for code in found.match] == [
            "border",
            "inside",
            "border",
            "overlap",
            "border",
            "inside",
            "border",
            "outside",
        ]


def test_missing_and_endless_coordinates_are_no_point():
    polygons = np.array([box(0, 0, 2, 2)], dtype=object)
    x = np.tile([np.nan, 1.0, np.inf, 1.0, 1e308], 100)
    y = np.tile([1.0, np.nan, 1.0, 1.0, -1e308], 100)
    for found in (owners_plain(polygons, x, y), owners(polygons, x, y)):
        assert [MATCHES[code] for code in found.match[:5]] == [
            "no_point",
            "no_point",
            "no_point",
            "inside",
            "outside",
        ]
        assert found.owner[:5].tolist() == [-1, -1, -1, 0, -1]


def test_no_points_give_no_owners():
    found = owners(np.array([box(0, 0, 1, 1)], dtype=object), np.empty(0), np.empty(0))
    assert isinstance(found, Owners)
    assert len(found.owner) == len(found.match) == 0


@pytest.mark.parametrize(
    "polygons",
    [
        [Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])],
        [box(116, 39, 116 + 1e-12, 39 + 1e-12)],
    ],
    ids=["bow tie", "smaller than rounding"],
)
def test_doubtful_polygons_take_the_plain_path(polygons):
    shapes = np.array(polygons, dtype=object)
    assert build_raster(shapes, 10**6) is None
    if shapely.is_valid(shapes).all():
        x, y = hard_points(polygons)
        assert_same(owners(shapes, x, y), owners_plain(shapes, x, y))
