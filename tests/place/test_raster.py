"""What is claimed of pixels and of sides of edges is true of them."""

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gridgov.place.border import make_border, sides
from gridgov.place.raster import Frame, Windows, inside_pixels, inside_runs, segments


def three_shapes(seed):
    """A triangle, a ring and two far parts, at random places."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 3, 2)
    ring = box(x, y, x + 5, y + 4).difference(box(x + 1, y + 1, x + 3, y + 2.5))
    parts = MultiPolygon([box(0, 0, x / 2 + 0.1, 0.7), box(8, y, 9, y + 1)])
    return [Polygon(rng.uniform(0, 9, (3, 2))), ring, parts]


def frame_of(shapes, pixels):
    return Frame.over(np.asarray(shapely.total_bounds(np.array(shapes, dtype=object))), pixels)


def boxes_of(frame, pixel):
    row, column = np.divmod(pixel, frame.columns)
    west = frame.west + column / frame.columns_per_degree
    south = frame.south + row / frame.rows_per_degree
    return shapely.box(
        west, south, west + 1 / frame.columns_per_degree, south + 1 / frame.rows_per_degree
    )


@given(st.integers(0, 10**6), st.sampled_from([64, 500, 3000]))
@settings(max_examples=20, deadline=None)
def test_pixels_are_inside_where_their_centers_are(seed, pixels):
    shapes = three_shapes(seed)
    frame = frame_of(shapes, pixels)
    lines = segments(np.array(shapes, dtype=object))
    runs = inside_runs(lines, frame)
    every = np.arange(frame.rows * frame.columns)
    centers = shapely.centroid(boxes_of(frame, every))
    windows = Windows.of(frame, shapely.bounds(np.array(shapes, dtype=object)))
    in_windows = inside_pixels(lines, frame, windows)
    for number, shape in enumerate(shapes):
        expected = shapely.contains(shape, centers)
        sure = shapely.distance(shapely.boundary(shape), centers) > 1e-9
        held = runs.holds(np.full(len(every), number), every)
        np.testing.assert_array_equal(held[sure], expected[sure])
        mine = runs.polygon == number
        assert (runs.end - runs.begin)[mine].sum() == held.sum()
        part = in_windows[windows.start[number] : windows.start[number + 1]]
        assert part.sum() == held.sum()


@given(st.integers(0, 10**6), st.sampled_from([64, 500, 3000]))
@settings(max_examples=20, deadline=None)
def test_every_pixel_a_boundary_meets_is_listed_with_its_edges_and_hardly_any_other(seed, pixels):
    shapes = three_shapes(seed)
    frame = frame_of(shapes, pixels)
    lines = segments(np.array(shapes, dtype=object))
    border, _ = make_border(lines, frame, inside_runs(lines, frame), len(shapes))
    every = boxes_of(frame, np.arange(frame.rows * frame.columns))
    # A tenth of a pixel on either side: what must be listed, and what may be.
    tenth = 0.1 / frame.columns_per_degree
    for number, shape in enumerate(shapes):
        at = np.repeat(border.pixel, np.diff(border.candidate_start))
        listed = np.zeros(len(every), dtype=bool)
        listed[at[border.candidates == number]] = True
        line = shapely.boundary(shape)
        assert listed[shapely.intersects(line, every)].all()
        assert (shapely.distance(line, every[listed]) < tenth).all()
    of_pixel = np.repeat(border.pixel, np.diff(border.edge_start))
    edges = shapely.linestrings(border.edges.reshape(-1, 2, 2))
    assert (shapely.distance(edges, every[of_pixel]) < tenth).all()


def test_a_common_edge_is_listed_once_and_flips_both_neighbors():
    shapes = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    frame = frame_of(shapes, 200)
    lines = segments(np.array(shapes, dtype=object))
    border, _ = make_border(lines, frame, inside_runs(lines, frame), 2)
    common = (border.edges[:, [0, 2]] == 1).all(axis=1)
    # Two candidates: both bits.
    assert set(border.flips[common].tolist()) == {3}
    pixel = np.repeat(np.arange(len(border.pixel)), np.diff(border.edge_start))[common]
    assert len(np.unique(pixel)) == len(pixel)


# Edges from floats a few steps apart: determinants of any size, and exactly zero.
steps = st.integers(-3, 3)
near = st.tuples(st.sampled_from([0.1, 116.3, 39.9, -1e-3]), steps).map(
    lambda one: float(one[0] + one[1] * np.spacing(one[0]))
)
anywhere = st.floats(-180, 180)
coordinate = st.one_of(near, anywhere)


@given(st.tuples(*[coordinate] * 6))
@settings(max_examples=400, deadline=None)
def test_a_side_that_is_called_certain_is_the_exact_one(six):
    side, certain = sides(*(np.array([value]) for value in six))
    x, y, x_end, y_end, px, py = map(Fraction, six)
    exact = (x - px) * (y_end - py) - (y - py) * (x_end - px)
    if certain[0]:
        assert side[0] == (1 if exact > 0 else -1)
        assert exact != 0


def test_a_point_on_an_edge_is_never_certain():
    third = np.array([1 / 3])
    _, certain = sides(third * 0, third * 0, third * 3, third * 3, third, third)
    assert not certain[0]


@pytest.mark.parametrize("parts", [1, 4])
def test_a_split_frame_has_the_same_corners(parts):
    frame = Frame.over(np.array([116.0, 39.0, 117.0, 40.0]), 1000)
    fine = frame.split(parts)
    x, y = np.array([116.1, 116.9]), np.array([39.2, 39.7])
    for one, other in zip(frame.place(x, y), fine.place(x, y), strict=True):
        np.testing.assert_array_equal(np.floor(other) // parts, np.floor(one))
