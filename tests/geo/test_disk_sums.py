"""Sums over disks against the 0/1 matrix, to the last bit."""

from contextlib import contextmanager
from importlib.util import find_spec

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import compiled
from gridgov.errors import InputError, OptionError
from gridgov.geo.adjacency import disk_matrix, matrix_by_library
from gridgov.geo.disk_sums import DiskSums

SHIJINGSHAN = h3.latlng_to_cell(39.9057, 116.2230, 9)
PENTAGON = sorted(h3.get_pentagons(9))[3]
# Suzhou lies on the edge between two faces of H3's icosahedron.
SUZHOU = h3.latlng_to_cell(31.3, 120.6, 9)
FIJI = h3.latlng_to_cell(-17.0, 180.0, 9)
POLE = h3.latlng_to_cell(90.0, 0.0, 9)
WHOLE_SETS = ("ones", "skewed", "zeros", "large", "negative")


def disk(origin, rings):
    return np.array(h3.grid_disk(origin, rings), dtype=np.uint64)


def whole_numbers(kind, size, rng):
    return {
        "ones": lambda: np.ones(size, dtype=np.int64),
        "skewed": lambda: rng.negative_binomial(0.3, 0.1, size).astype(np.int64),
        "zeros": lambda: np.zeros(size, dtype=np.int64),
        "large": lambda: rng.integers(2**52, 2**53, size),
        "negative": lambda: rng.integers(-(10**6), 10**6, size),
    }[kind]()


def fractions(size, rng):
    """Numbers whose sum depends on the order of adding, zeros of both signs among them."""
    numbers = rng.normal(size=size) * 10.0 ** rng.integers(-12, 12, size)
    numbers[rng.random(size) < 0.2] = -0.0
    return numbers


def same_bits(left, right):
    left, right = np.asarray(left), np.asarray(right)
    return (
        left.dtype == right.dtype
        and left.shape == right.shape
        and left.tobytes() == (right.tobytes())
    )


@contextmanager
def loops(*, fast):
    """Use the compiled loops for any number of cells, or never."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "numba_installed", lambda: fast)
        patch.setattr(compiled, "FIRST_USE", 0)
        patch.setattr(compiled, "LATER_USE", 0)
        yield


WAYS = (False, True) if find_spec("numba") else (False,)


def holds(cells, rings, rng, matrix=None):
    """Compare everything with the matrix, with and without compiled loops."""
    if matrix is None:
        with loops(fast=False):
            matrix = disk_matrix(cells, rings=rings)
    numbers = {kind: whole_numbers(kind, len(cells), rng) for kind in WHOLE_SETS}
    mixed, table = fractions(len(cells), rng), rng.integers(0, 9, (len(cells), 3))
    for fast in WAYS:
        with loops(fast=fast):
            disks = DiskSums(cells, rings=rings)
            assert same_bits(disks.sizes, np.diff(matrix.indptr).astype(np.int64))
            for whole in numbers.values():
                assert same_bits(disks.whole_sums(whole), matrix.astype(np.int64) @ whole)
            assert same_bits(disks.whole_sums(table), matrix.astype(np.int64) @ table)
            assert same_bits(disks.ordered_sums(mixed), matrix @ mixed)
            for part in ("indptr", "indices", "data"):
                assert np.array_equal(getattr(disks.matrix, part), getattr(matrix, part))
    return disks


@pytest.mark.parametrize(
    "origin",
    [SHIJINGSHAN, PENTAGON, SUZHOU, FIJI, POLE],
    ids=["city", "pentagon", "edge of a face", "antimeridian", "pole"],
)
@pytest.mark.parametrize("rings", [0, 1, 2, 3, 10])
def test_sums_are_those_of_the_librarys_disks_in_any_order_and_with_holes(origin, rings):
    rng = np.random.default_rng(rings)
    cells = rng.permutation(disk(origin, 9))[:180]
    holds(cells, rings, rng, matrix_by_library(cells, rings))
    holds(np.sort(cells), rings, rng, matrix_by_library(np.sort(cells), rings))


@settings(max_examples=60, deadline=None)
@given(
    longitude=st.floats(-180, 180),
    latitude=st.floats(-90, 90),
    resolution=st.integers(0, 15),
    rings=st.integers(0, 10),
    wide=st.integers(0, 6),
    share=st.floats(0.05, 1.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_are_those_of_the_matrix_everywhere_on_earth(
    longitude, latitude, resolution, rings, wide, share, seed
):
    rng = np.random.default_rng(seed)
    cells = disk(h3.latlng_to_cell(latitude, longitude, resolution), wide)
    cells = rng.permutation(cells)[: max(int(share * len(cells)), 1)]
    disks = holds(cells, rings, rng)
    some = np.flatnonzero(rng.random(len(cells)) < 0.6)
    part, matrix = disks.among(some), disk_matrix(cells, rings=rings)[some][:, some]
    assert same_bits(part.sizes, np.diff(matrix.indptr).astype(np.int64))
    numbers = fractions(len(some), rng)
    assert same_bits(part.ordered_sums(numbers), matrix @ numbers)
    assert (part.matrix != matrix).nnz == 0


def test_sums_hold_at_every_base_cells_corner():
    rng = np.random.default_rng(5)
    corners = [h3.vertex_to_latlng(v) for c in h3.get_res0_cells() for v in h3.cell_to_vertexes(c)]
    for number in rng.integers(0, len(corners), 40).tolist():
        latitude, longitude = corners[number]
        cells = rng.permutation(disk(h3.latlng_to_cell(latitude, longitude, 7), 6))[:100]
        holds(cells, 2, rng)


def test_a_whole_base_cell_and_the_whole_globe_hold():
    rng = np.random.default_rng(6)
    globe = np.array(sorted(h3.get_res0_cells()), dtype=np.uint64)
    holds(globe, 1, rng)
    holds(np.array(h3.cell_to_children(int(globe[20]), 4), dtype=np.uint64), 3, rng)


def test_a_table_of_many_cells_holds_in_every_block():
    rng = np.random.default_rng(7)
    holds(np.sort(disk(SHIJINGSHAN, 80)), 2, rng)


def test_cells_far_apart_are_summed_by_the_matrix():
    rng = np.random.default_rng(8)
    apart = [h3.latlng_to_cell(-33.0, 150.0, 12), h3.latlng_to_cell(-36.0, 148.0, 12)]
    disks = holds(np.concatenate([disk(cell, 2) for cell in apart]), 1, rng)
    assert disks._raster is None


def test_a_cell_alone_has_its_own_value():
    disks = DiskSums([SHIJINGSHAN], rings=4)
    assert disks.sizes.tolist() == [1]
    assert disks.whole_sums(np.array([2**53])).tolist() == [2**53]
    assert disks.ordered_sums(np.array([0.1])).tolist() == [0.1]


def test_more_rings_than_cells_make_every_disk_the_table():
    disks = DiskSums(disk(SHIJINGSHAN, 1), rings=5_000)
    assert disks.sizes.tolist() == [7] * 7
    assert disks._raster.size < 10_000


def test_no_cells_have_no_sums():
    disks = DiskSums(np.array([], dtype=np.uint64), rings=1)
    assert disks.sizes.shape == disks.whole_sums(np.array([], dtype=np.int64)).shape == (0,)


def test_no_matrix_is_made_where_cells_lie_flat():
    disks = DiskSums(disk(SHIJINGSHAN, 3), rings=1)
    disks.whole_sums(disks.sizes)
    disks.ordered_sums(disks.sizes.astype(np.float64))
    assert "matrix" not in vars(disks)


def test_what_the_matrix_refuses_is_refused():
    cells = [*disk(SHIJINGSHAN, 1).tolist(), SHIJINGSHAN]
    with pytest.raises(InputError, match="1 of 7 cells more than once"):
        DiskSums(cells, rings=1)
    with pytest.raises(InputError, match=r"no cell \(0\) in row 1"):
        DiskSums([SHIJINGSHAN, 0], rings=1)
    with pytest.raises(InputError, match="Found: resolutions 8, 9"):
        DiskSums([SHIJINGSHAN, h3.cell_to_parent(SHIJINGSHAN, 8)], rings=1)
    with pytest.raises(OptionError, match="rings must be a whole number, 0 or more"):
        DiskSums([SHIJINGSHAN], rings=-1)
