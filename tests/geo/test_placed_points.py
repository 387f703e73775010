"""What is asked of a column of coordinates is what shapely answers of its points, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from geopandas.array import GeometryArray
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import LineString, Point

from gridgov.geo.placed_points import (
    are_geometries,
    bounds_of,
    is_placed,
    kinds_of,
    places_in_plane,
    places_of,
)
from gridgov.geo.point_array import coordinates_of, point_array
from gridgov.geo.projection import middle, to_plane

LONGITUDES = st.one_of(
    st.sampled_from([116.2, 116.2, 0.0, 1e-300, 180.0, -180.0, np.nan, np.inf]),
    st.floats(-180, 180),
)
# There is no plane about a pole.
LATITUDES = st.one_of(st.sampled_from([39.9, 0.0, 89.9, -89.9, np.nan]), st.floats(-89.9, 89.9))
ROWS = st.lists(st.tuples(LONGITUDES, LATITUDES), max_size=40)
AROUND = [(179.9, -17.0), (-179.8, -17.2), (-179.9, np.nan), (179.95, -16.5)]


def both(rows: list[tuple[float, float]]) -> tuple[GeometryArray, GeometryArray]:
    """Return an array of coordinates and one of the points of these."""
    x, y = ([row[part] for row in rows] for part in (0, 1))
    points = np.asarray(point_array(x, y), dtype=object)
    return point_array(x, y), GeometryArray(points, crs="EPSG:4326")


def same(one: Any, other: Any) -> bool:
    """Return whether two answers are the same in kind, shape and every bit."""
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    return bool(one == other)


@given(ROWS)
@example([])
@example(AROUND)
@example([(np.nan, 1.0)])
@example([(116.2, 39.9)])
def test_the_answers_are_those_on_points(rows: list[tuple[float, float]]) -> None:
    held, points = both(rows)
    asked: list[Callable[[Any], Any]] = [are_geometries, kinds_of, is_placed, places_of]
    for ask in asked:
        assert same(ask(held), ask(points))
    placed = is_placed(held)
    some, others = held[placed], points[placed]
    if placed.any():
        assert bounds_of(some) == bounds_of(others)
    for center in (None, (116.2, 39.9), (179.99999949, 0.0)):
        # The plane has no place for what lies opposite its center.
        with np.errstate(divide="ignore", invalid="ignore"):
            (at, way), (planar, back) = (
                places_in_plane(array, center=center) for array in (some, others)
            )
        assert way == back
        np.testing.assert_array_equal(at, planar)
    assert coordinates_of(held) is not None
    assert coordinates_of(some) is not None


@given(ROWS)
@example(AROUND)
def test_the_plane_is_that_of_to_plane(rows: list[tuple[float, float]]) -> None:
    held, points = both(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        planar, way_back = to_plane(points[is_placed(points)])
        at, way = places_in_plane(held)
    np.testing.assert_array_equal(at, shapely.get_coordinates(planar))
    assert way == way_back


def test_many_places_are_in_the_plane_where_their_points_are_to_the_last_bit() -> None:
    rng = np.random.default_rng(5)
    for size in (1, 2, 3, 17, 10_003):
        held, points = both(rng.uniform((115, 38), (118, 41), (size, 2)).tolist())
        planar, _ = to_plane(points)
        assert same(places_in_plane(held)[0], shapely.get_coordinates(planar))


def test_places_on_both_sides_of_the_antimeridian_are_in_a_plane_about_it() -> None:
    held, points = both(AROUND)
    at, way = places_in_plane(held)
    assert len(at) == 3
    assert abs(at[:, 0]).max() < 30_000
    assert (way.longitude, way.latitude) == pytest.approx(middle(points), abs=1e-6)


def test_other_shapes_are_told_apart_and_empty_points_are_not_placed() -> None:
    shapes = np.array([Point(1, 2), Point(), None, LineString([(0, 0), (1, 1)])], dtype=object)
    assert kinds_of(shapes).tolist() == [0, 0, -1, 1]
    assert is_placed(shapes).tolist() == [True, False, False, True]
    assert bounds_of(shapes) == (0, 0, 1, 2)
    assert are_geometries(shapes)
    assert not are_geometries(np.array([Point(1, 2), "POINT (1 2)"], dtype=object))
