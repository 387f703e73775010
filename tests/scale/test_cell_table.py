"""Cells find their place in a grid by their digits."""

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.place.cell_places import CellPlaces
from gridgov.scale.cell_table import CellTable, index_digits, resolution_of


def by_dictionary(cells, asked):
    place = {int(cell): number for number, cell in enumerate(cells)}
    return [place.get(int(cell), -1) for cell in asked]


@settings(max_examples=40, deadline=None)
@given(
    resolution=st.integers(0, 15),
    places=st.lists(
        st.tuples(st.floats(-89, 89), st.floats(-179, 179), st.integers(0, 2)),
        min_size=1,
        max_size=4,
    ),
    other=st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=20),
)
def test_every_cell_is_found_and_no_other_is(resolution, places, other):
    near = [h3.latlng_to_cell(lat, lon, resolution) for lat, lon, _ in places]
    grid = {c for cell, (*_, k) in zip(near, places, strict=True) for c in h3.grid_disk(cell, k)}
    cells = np.array(sorted(grid), dtype=np.uint64)
    beside = {c for cell in near for c in h3.grid_disk(cell, 4)}
    far = [h3.latlng_to_cell(lat, lon, resolution) for lat, lon in other]
    asked = np.array([0, *sorted(grid | beside), *far], dtype=np.uint64)
    assert index_digits(cells).find(asked).tolist() == by_dictionary(cells, asked)


@pytest.mark.parametrize("resolution", [9, 12])
def test_cells_of_several_cities_are_found(resolution):
    cities = [(39.9, 116.2), (31.3, 120.6), (30.3, 120.2), (41.9, -87.7)]
    disks = [h3.grid_disk(h3.latlng_to_cell(*city, resolution), 20) for city in cities]
    cells = np.array(sorted({cell for disk in disks for cell in disk}), dtype=np.uint64)
    table = index_digits(cells)
    # Fine cells so far apart would need too many blocks.
    assert isinstance(table, CellTable if resolution == 9 else CellPlaces)
    assert table.find(cells).tolist() == list(range(len(cells)))


def test_the_resolution_is_read_from_the_id():
    assert [resolution_of(h3.latlng_to_cell(1, 2, r)) for r in range(16)] == list(range(16))
