"""Overlaps and gaps between areas, on shapes that can be worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gridgov.geo.partition import find_gaps, find_overlaps, polygons_of


def test_areas_that_only_touch_do_not_overlap() -> None:
    first, second, shared = find_overlaps([box(0, 0, 10, 10), box(10, 0, 20, 10)])
    assert first.size == second.size == shared.size == 0


def test_every_pair_that_shares_ground_is_found_once_with_its_area() -> None:
    # The third covers a strip of 2 by 10 of each of the others; the copy of the first
    # shares all of it.
    areas = [box(0, 0, 10, 10), box(10, 0, 20, 10), box(8, 0, 12, 10), box(0, 0, 10, 10)]
    first, second, shared = find_overlaps(areas)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [
        (0, 2),
        (0, 3),
        (1, 2),
        (2, 3),
    ]
    assert shapely.area(shared).tolist() == [20, 100, 20, 20]


def test_a_small_overlap_is_left_out_when_asked() -> None:
    areas = [box(0, 0, 10, 10), box(9.99, 0, 20, 10)]
    assert find_overlaps(areas, min_area_m2=1)[2].size == 0
    assert shapely.area(find_overlaps(areas)[2]) == pytest.approx(0.1)


def test_an_enclosed_gap_is_found_with_the_areas_around_it() -> None:
    # Four blocks around an empty square of 10 by 10.
    ring = [box(0, 0, 20, 10), box(20, 0, 30, 20), box(10, 20, 30, 30), box(0, 10, 10, 30)]
    gaps, bounding = find_gaps(ring)
    assert shapely.area(gaps).tolist() == [100]
    assert bounding[0].tolist() == [0, 1, 2, 3]


def test_a_hole_in_one_area_is_a_gap_unless_another_fills_it() -> None:
    donut = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    gaps, bounding = find_gaps([donut])
    assert shapely.area(gaps).tolist() == [100]
    assert bounding[0].tolist() == [0]
    assert find_gaps([donut, box(10, 10, 20, 20)])[0].size == 0
    island, _ = find_gaps([donut, box(12, 12, 18, 18)])
    assert shapely.area(island).tolist() == [64]


def test_a_sliver_that_opens_to_the_outside_is_found_up_to_its_width() -> None:
    blocks = [box(0, 0, 100, 1000), box(104, 0, 200, 1000)]
    gaps, bounding = find_gaps(blocks)
    assert shapely.area(gaps) == pytest.approx(4000)
    assert bounding[0].tolist() == [0, 1]
    assert find_gaps(blocks, sliver_width_m=3)[0].size == 0


def test_a_bend_in_the_rim_of_the_city_is_no_gap() -> None:
    assert find_gaps([box(0, 0, 100, 100), box(100, 0, 200, 50)])[0].size == 0
    assert find_gaps([box(0, 0, 100, 100)])[0].size == 0


def test_gaps_come_largest_first() -> None:
    frame = box(0, 0, 100, 100).difference(
        shapely.union_all([box(5, 5, 10, 10), box(20, 20, 60, 60)])
    )
    assert shapely.area(find_gaps([frame])[0]).tolist() == [1600, 25]


@given(st.integers(1, 9), st.integers(1, 9))
def test_areas_minus_overlaps_plus_gaps_make_up_the_frame(x: int, y: int) -> None:
    # A frame of 100 by 100 cut into four at (10 x, 10 y), the last one moved by 1 into
    # its neighbor on the left, so that a strip of 1 overlaps and a notch opens outside.
    a, b = 10 * x, 10 * y
    areas = [box(0, 0, a, b), box(a, 0, 100, b), box(0, b, a, 100), box(a - 1, b, 99, 100)]
    _, _, shared = find_overlaps(areas)
    assert shapely.area(shared).sum() == pytest.approx(100 - b)
    assert shapely.area(shapely.union_all(areas)) == pytest.approx(
        shapely.area(areas).sum() - shapely.area(shared).sum()
    )


def test_only_the_polygons_of_a_collection_are_kept() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    mixed = shapely.GeometryCollection([box(0, 0, 1, 1), line, box(5, 5, 6, 6)])
    nested = shapely.GeometryCollection([shapely.GeometryCollection([box(0, 0, 2, 1)])])
    kept = polygons_of(np.array([mixed, nested, line, box(0, 0, 1, 1), None], dtype=object))
    assert [None if one is None else one.geom_type for one in kept] == [
        "MultiPolygon",
        "Polygon",
        "GeometryCollection",
        "Polygon",
        None,
    ]
    assert shapely.area(kept[:3]).tolist() == [2, 2, 0]
    assert kept[2].is_empty
