"""Neighbor matrices against the H3 library, cell by cell."""

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import InputError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.unfold import unfold

SHIJINGSHAN = h3.latlng_to_cell(39.9057, 116.2230, 9)
PENTAGON = sorted(h3.get_pentagons(9))[3]
# Suzhou lies on the edge between two faces of H3's icosahedron.
SUZHOU = h3.latlng_to_cell(31.3, 120.6, 9)


def by_library(cells, rings):
    """The same matrix from one h3.grid_disk a cell."""
    place = {cell: number for number, cell in enumerate(cells)}
    matrix = np.zeros((len(cells), len(cells)))
    for number, cell in enumerate(cells):
        for other in h3.grid_disk(cell, rings):
            if other in place:
                matrix[number, place[other]] = 1
    return matrix


def test_a_filled_disk_has_seven_in_the_middle_and_four_on_the_rim():
    matrix = disk_matrix(sorted(h3.grid_disk(SHIJINGSHAN, 1)), rings=1)
    assert sorted(matrix.sum(axis=1)) == [4] * 6 + [7]
    assert matrix.diagonal().tolist() == [1] * 7


def test_no_rings_leave_each_cell_alone():
    matrix = disk_matrix(h3.grid_disk(SHIJINGSHAN, 2), rings=0)
    assert (matrix.toarray() == np.eye(19)).all()


def test_a_pentagon_has_five_neighbors():
    matrix = disk_matrix(sorted(h3.grid_disk(PENTAGON, 1)), rings=1)
    assert matrix.shape == (6, 6)
    assert matrix.sum(axis=1).max() == 6


@pytest.mark.parametrize("origin", [SHIJINGSHAN, PENTAGON, SUZHOU], ids=["city", "pole", "edge"])
@pytest.mark.parametrize("rings", [0, 1, 3])
def test_the_matrix_is_the_librarys_in_any_order_and_with_holes(origin, rings):
    cells = np.random.default_rng(3).permutation(np.array(h3.grid_disk(origin, 9), np.uint64))
    some = cells[:180]
    matrix = disk_matrix(some, rings=rings)
    assert (matrix.toarray() == by_library(some.tolist(), rings)).all()
    assert matrix.has_sorted_indices
    assert matrix.has_canonical_format


@pytest.mark.parametrize("rings", [1, 2, 5])
def test_shifts_and_the_library_agree_at_every_base_cells_corner(rings):
    # Where three base cells, or the sectors of one with a pentagon, meet.
    rng = np.random.default_rng(rings)
    corners = [h3.vertex_to_latlng(v) for c in h3.get_res0_cells() for v in h3.cell_to_vertexes(c)]
    sides = [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(2)]
    sides += [h3.cell_to_latlng(cell) for cell in h3.grid_ring(h3.get_pentagons(1)[4], 1)]
    flat = 0
    for number in rng.integers(0, len(corners), 40).tolist() + list(range(-len(sides), 0)):
        latitude, longitude = (corners + sides)[number]
        shift = rng.uniform(-0.05, 0.05, 2)
        center = h3.latlng_to_cell(latitude + shift[0], longitude + shift[1], 7)
        cells = rng.permutation(np.array(h3.grid_disk(center, 6), dtype=np.uint64))[:100]
        flat += unfold(cells) is not None
        matrix = disk_matrix(cells, rings=rings).toarray()
        assert (matrix == by_library(cells.tolist(), rings)).all()
    assert flat > 30


def test_cells_far_apart_need_no_table_between_them():
    cells = np.array(
        [
            *h3.grid_disk(h3.latlng_to_cell(-33.0, 150.0, 12), 2),
            *h3.grid_disk(h3.latlng_to_cell(-36.0, 148.0, 12), 2),
        ],
        dtype=np.uint64,
    )
    assert unfold(cells) is not None
    matrix = disk_matrix(cells, rings=1)
    assert (matrix.toarray() == by_library(cells.tolist(), 1)).all()


@settings(max_examples=25, deadline=None)
@given(
    longitude=st.floats(-180, 180),
    latitude=st.floats(-90, 90),
    resolution=st.integers(0, 15),
    rings=st.integers(0, 2),
)
def test_the_matrix_is_symmetric_everywhere_on_earth(longitude, latitude, resolution, rings):
    cells = h3.grid_disk(h3.latlng_to_cell(latitude, longitude, resolution), 2)
    matrix = disk_matrix(cells, rings=rings).toarray()
    assert (matrix == matrix.T).all()
    assert (matrix == by_library(cells, rings)).all()


def test_no_cells_give_an_empty_matrix():
    assert disk_matrix(np.array([], dtype=np.uint64), rings=1).shape == (0, 0)


def test_a_cell_that_stands_twice_is_named():
    cells = [*h3.grid_disk(SHIJINGSHAN, 1), SHIJINGSHAN]
    with pytest.raises(
        InputError, match=f"1 of 7 cells more than once, the first is {SHIJINGSHAN:x}"
    ):
        disk_matrix(cells, rings=1)


def test_mixed_resolutions_are_refused():
    cells = [SHIJINGSHAN, h3.cell_to_parent(SHIJINGSHAN, 8)]
    with pytest.raises(InputError, match=r"one resolution. Found: resolutions 8, 9"):
        disk_matrix(cells, rings=1)


def test_a_row_without_a_cell_is_refused():
    with pytest.raises(InputError, match=r"no cell \(0\) in row 1"):
        disk_matrix([SHIJINGSHAN, 0], rings=1)


@pytest.mark.parametrize("rings", [-1, 1.0, True, "1", None])
def test_rings_that_are_no_whole_number_are_refused(rings):
    with pytest.raises(OptionError, match="rings must be a whole number, 0 or more"):
        disk_matrix([SHIJINGSHAN], rings=rings)
