"""Cells laid out flat from their ids, and the arithmetic of their digits."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from gridgov.geo import cell_digits
from gridgov.geo.unfold import unfold

PENTAGONS = sorted(h3.get_pentagons(0))


def cells_everywhere(resolution, count=600):
    rng = np.random.default_rng(resolution)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    lon = rng.uniform(-180, 180, count)
    pairs = zip(lat, lon, strict=True)
    return np.array([h3.latlng_to_cell(y, x, resolution) for y, x in pairs], dtype=np.uint64)


def table(*parts):
    return np.array(sorted(set().union(*parts)), dtype=np.uint64)


@pytest.mark.parametrize("resolution", range(16))
def test_digits_go_to_coordinates_and_back(resolution):
    cells = cells_everywhere(resolution)
    word = cell_digits.words(cells, resolution)
    i, j = cell_digits.decode(word, resolution)
    again, far_i, far_j = cell_digits.encode(i, j, resolution)
    assert (again == word).all()
    assert not far_i.any()
    assert not far_j.any()
    for base in np.unique(cell_digits.base_cells(cells)):
        here = cell_digits.base_cells(cells) == base
        assert (cell_digits.assemble(word[here], int(base), resolution) == cells[here]).all()


@pytest.mark.parametrize("resolution", [1, 6, 9, 15])
def test_coordinates_are_the_librarys_local_ones(resolution):
    cells = cells_everywhere(resolution, 200)
    i, j = cell_digits.decode(cell_digits.words(cells, resolution), resolution)
    library = [h3.cell_to_local_ij(cell, cell) for cell in cells.tolist()]
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == library


@pytest.mark.parametrize("turns", range(-1, 7))
def test_turned_digits_are_the_digits_of_turned_coordinates(turns):
    cells = cells_everywhere(9)
    word = cell_digits.words(cells, 9)
    turned = cell_digits.turn(*cell_digits.decode(word, 9), turns)
    assert (cell_digits.encode(*turned, 9)[0] == cell_digits.rotate(word, turns)).all()


def test_numbers_are_cells_exactly_when_the_library_says_so():
    rng = np.random.default_rng(0)
    cells = np.concatenate([cells_everywhere(9, 5_000), np.array(h3.get_pentagons(5), np.uint64)])
    for _ in range(2):
        flips = np.uint64(1) << rng.integers(0, 64, len(cells)).astype(np.uint64)
        cells = cells ^ flips * rng.integers(0, 2, len(cells)).astype(np.uint64)
    library = np.array([h3.is_valid_cell(cell) for cell in cells.tolist()])
    assert (cell_digits.valid_cells(cells) == library).all()
    assert 0.1 < library.mean() < 0.9


def test_no_digit_leads_when_all_are_zero():
    word = np.array([0, 5, 0o70, 0o400000000000000], dtype=np.int64)
    assert cell_digits.leading_digits(word).tolist() == [0, 5, 7, 4]


def test_a_city_lies_flat_and_distances_are_the_librarys():
    center = h3.latlng_to_cell(39.9, 116.4, 9)
    cells = table(h3.grid_disk(center, 20))
    i, j = unfold(cells)
    home = int(np.flatnonzero(cells == center)[0])
    a, b = i - i[home], j - j[home]
    distance = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.abs(a - b))
    assert distance.tolist() == [h3.grid_distance(center, cell) for cell in cells.tolist()]


def test_no_cells_lie_flat():
    assert [len(axis) for axis in unfold(np.array([], dtype=np.uint64))] == [0, 0]


@pytest.mark.parametrize("pentagon", PENTAGONS[:4])
def test_cells_around_a_pentagon_do_not_lie_flat(pentagon):
    center = h3.cell_to_center_child(pentagon, 7)
    assert unfold(table(h3.grid_disk(center, 3))) is None
    assert unfold(table([center])) is None


def test_sectors_across_the_missing_one_are_glued_as_the_library_has_them():
    # In a pentagon's base cell digits 3 and 5 meet where digit 1 is missing.
    center = h3.cell_to_center_child(PENTAGONS[2], 6)
    ring = [cell for cell in h3.grid_disk(center, 6) if h3.grid_distance(center, cell) > 2]
    sector = cell_digits.leading_digits(cell_digits.words(np.array(ring, np.uint64), 6))
    cells = np.array(ring, dtype=np.uint64)[(sector == 3) | (sector == 5)]
    i, j = unfold(cells)
    place = {pair: n for n, pair in enumerate(zip(i.tolist(), j.tolist(), strict=True))}
    for n, cell in enumerate(cells.tolist()):
        steps = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)]
        near = [place.get((int(i[n]) + a, int(j[n]) + b)) for a, b in steps]
        found = {int(cells[other]) for other in near if other is not None}
        assert found == set(h3.grid_ring(cell, 1)) & set(cells.tolist())


def test_cells_of_many_continents_do_not_lie_flat():
    assert unfold(cells_everywhere(9)) is None
