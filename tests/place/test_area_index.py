"""The quick path's owners and matches are the plain path's, bit for bit."""

import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate, scale, translate

from gridgov.arrays import compiled
from gridgov.errors import ColumnsError, DatumError, OptionError
from gridgov.place import raster_lookup
from gridgov.place.area_index import MATCHES, Owners, index_areas, owners, owners_plain
from gridgov.place.area_raster import build_raster
from gridgov.place.raster_lookup import look_up


def quick_owners(polygons, x, y, pixels=4096, splits=None):
    shapes = np.array(polygons, dtype=object)
    raster = build_raster(shapes, pixels, splits=splits)
    assert raster is not None
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    found = look_up(raster, shapes, x, y)
    if compiled.numba_installed():
        assert_same(raster_lookup._look_up_compiled(raster, shapes, x, y), found)
    return found


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


@pytest.mark.parametrize("pixels", [64, 4096, 50_000])
@pytest.mark.parametrize("name", TOWNS)
def test_quick_owners_equal_the_plain_ones_in_hard_towns(name, pixels):
    polygons = TOWNS[name]
    x, y = hard_points(polygons)
    expected = owners_plain(polygons, x, y)
    for splits in (1, 4, None):
        assert_same(quick_owners(polygons, x, y, pixels, splits), expected)


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


def town(count, seed=0, every=0.001, wave=1e-4):
    """Streets that tile a city, every border drawn with many vertices by both sides."""
    rng = np.random.default_rng(seed)
    area = box(116.0, 39.8, 116.4, 40.1)
    seeds = shapely.multipoints(rng.uniform((116.0, 39.8), (116.4, 40.1), (count, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=area))
    parts = shapely.segmentize(shapely.intersection(parts, area), every)
    return shapely.transform(
        np.array(parts), lambda xy: np.round(xy, 9) + wave * np.sin(2e3 * xy[:, ::-1])
    )


def test_five_thousand_areas_answer_as_the_plain_path_does():
    polygons = town(5000, every=0.01)
    x, y = hard_points(polygons[::50], count=200)
    some = np.random.default_rng(5).integers(0, len(x), 400)
    x, y = x[some], y[some]
    expected = owners_plain(polygons, x, y)
    assert len(np.unique(expected.owner)) > 100
    assert_same(quick_owners(polygons, x, y, 1 << 16), expected)


def test_one_area_of_fifty_thousand_vertices_answers_as_the_plain_path_does():
    turn = np.linspace(0, 2 * np.pi, 50_000, endpoint=False)
    rough = np.random.default_rng(1).uniform(0.99, 1.01, 50_000)
    far = 0.2 * rough * (1 + 0.2 * np.sin(30 * turn))
    polygon = Polygon(np.column_stack([116 + far * np.cos(turn), 39 + far * np.sin(turn)]))
    x, y = hard_points([polygon], count=2000)
    some = np.random.default_rng(2).integers(0, len(x), 1000)
    expected = owners_plain([polygon], x[some], y[some])
    for pixels in (200, 20_000):
        assert_same(quick_owners([polygon], x[some], y[some], pixels), expected)


def test_more_areas_on_one_pixel_than_a_state_has_bits_answer_as_the_plain_path_does():
    stack = [box(0, 0, 1 + k % 3, 2) for k in range(70)]
    x, y = hard_points(stack[:3])
    assert_same(quick_owners(stack, x, y), owners_plain(stack, x, y))


def test_small_areas_far_apart_get_their_own_parts_and_the_same_answers():
    towns = [translate(shape, *by) for by in [(0, 0), (30, 20), (-50, 3)] for shape in town(30)]
    raster = build_raster(np.array(towns), 1 << 16)
    assert raster.splits > 8
    # Parts are made where boundaries are and nowhere else.
    assert raster.parts.size < 1 << 18
    x, y = hard_points(towns[::7], count=3000)
    assert_same(look_up(raster, towns, x, y), owners_plain(towns, x, y))


@pytest.mark.parametrize("seed", range(3))
def test_rounded_coordinates_answer_as_the_plain_path_does(seed):
    # Points and vertices have three decimals: many points lie on an edge, on a vertex or
    # at the very height of one.
    polygons = shapely.set_precision(town(60, seed, every=0.004, wave=0), 1e-3)
    rng = np.random.default_rng(seed)
    x, y = np.round(rng.uniform(116, 116.4, 9000), 3), np.round(rng.uniform(39.8, 40.1, 9000), 3)
    expected = owners_plain(polygons, x, y)
    assert (expected.match == MATCHES.index("border")).sum() > 20
    assert_same(quick_owners(polygons, x, y, 3000), expected)


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


def test_missing_coordinates_are_no_point_in_compiled_loops_too():
    pytest.importorskip("numba", reason="the extra fast (numba) is absent")
    polygons = np.array([box(0, 0, 2, 2)], dtype=object)
    x = np.array([np.nan, 1.0, np.inf, 1.0, 1e308, -np.inf])
    y = np.array([1.0, np.nan, 1.0, 1.0, -1e308, np.nan])
    found = quick_owners(polygons, x, y)
    assert_same(found, owners_plain(polygons, x, y))
    assert found.owner.tolist() == [-1, -1, -1, 0, -1, -1]


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


def table_of(polygons, ids=None):
    return gpd.GeoDataFrame(
        {"street_id": ids or [str(number) for number in range(len(polygons))]},
        geometry=list(polygons),
        crs="EPSG:4326",
    )


SQUARES = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(1.5, 0, 2.5, 1)]


def test_a_table_is_indexed_once():
    streets = table_of(SQUARES)
    index = index_areas(streets, points=1000)
    assert index_areas(streets, points=1000) is index
    assert index_areas(streets, points=10) is index
    assert index_areas(index) is index
    assert index_areas(streets.copy(), points=1000) is not index


def test_many_more_points_get_a_finer_index():
    streets = table_of(SQUARES)
    few = index_areas(streets, points=10)
    assert few.raster is None
    more, most = index_areas(streets, points=1000), index_areas(streets, points=10**6)
    assert few.raster is None
    assert more.raster.codes.size < most.raster.codes.size
    assert index_areas(streets, points=1000) is most


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.__setitem__("geometry", list(reversed(SQUARES))),
        lambda table: table.loc.__setitem__((1, "geometry"), box(9, 9, 10, 10)),
        lambda table: table.geometry.array.__setitem__(0, box(5, 5, 6, 6)),
        lambda table: table.__setitem__("street_id", ["x", "y", "z"]),
        lambda table: table.geometry.array._data.__setitem__(2, box(7, 7, 8, 8)),
    ],
)
def test_a_table_that_was_changed_is_indexed_anew(change):
    streets = table_of(SQUARES)
    old = index_areas(streets, points=1000)
    change(streets)
    new = index_areas(streets, points=1000)
    assert new is not old
    assert new.street_ids.tolist() == streets["street_id"].tolist()
    assert all(a is b for a, b in zip(new.polygons, streets.geometry, strict=True))
    # What an index was made of stays as it was.
    assert old.polygons.tolist() == SQUARES
    assert old.street_ids.tolist() == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda table: table.loc.__setitem__((2, "street_id"), "0"), ColumnsError),
        (lambda table: table.pop("street_id"), ColumnsError),
        (lambda table: table.set_crs("EPSG:32650", allow_override=True, inplace=True), DatumError),
    ],
)
def test_a_table_that_was_spoiled_is_refused_though_it_was_indexed(change, error):
    streets = table_of(SQUARES)
    index_areas(streets, points=1000)
    change(streets)
    with pytest.raises(error, match=r"street_id|EPSG:4326"):
        index_areas(streets, points=1000)


def test_an_index_is_forgotten_with_its_table():
    streets = table_of(SQUARES)
    polygon = weakref.ref(index_areas(streets, points=1000))
    assert polygon() is not None
    del streets
    gc.collect()
    assert polygon() is None


def test_an_index_can_be_sent_to_another_process():
    polygons = town(200)
    index = index_areas(table_of(polygons), points=10**6)
    sent = pickle.dumps(index)
    # Two million bytes of pixels, the edges in them and the outlines.
    assert len(sent) < 8_000_000
    there = pickle.loads(sent)
    x, y = hard_points(polygons[::20])
    assert_same(there.owners(x, y), index.owners(x, y))
    assert there.street_ids.tolist() == index.street_ids.tolist()


def test_threads_may_share_a_table():
    polygons = town(40)
    streets = table_of(polygons)
    x, y = hard_points(polygons[::4])
    expected = owners_plain(polygons, x, y)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: index_areas(streets, points=len(x)).owners(x, y), range(16))
        for found in answers:
            assert_same(found, expected)


def test_the_number_of_points_must_be_a_whole_number():
    with pytest.raises(OptionError, match="points must be a whole number, 0 or more"):
        index_areas(table_of(SQUARES), points=1e6)
