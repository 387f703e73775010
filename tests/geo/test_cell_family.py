"""Parents, children and disks of many cells against the H3 library's, cell by cell."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from gridgov.geo import cell_family, h3_plain, hexgrid

PENTAGONS = [h3.cell_to_latlng(cell) for cell in sorted(h3.get_pentagons(0))]
PLACES = {
    "Beijing": (39.9, 116.4),
    "Suzhou": (31.3, 120.6),
    "Fiji": (-16.8, 180.0),
    "pentagon by Dalian": PENTAGONS[2],
    "pentagon in the south": PENTAGONS[9],
}


def family_cells(resolution, place=None, count=600):
    """Cells around a place or everywhere, in any order, pentagons among the latter."""
    rng = np.random.default_rng(resolution)
    if place is None:
        lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)
        others = np.array(h3.get_pentagons(resolution), dtype=np.uint64)
    else:
        lat = PLACES[place][0] + rng.uniform(-0.3, 0.3, count)
        lon = (PLACES[place][1] + rng.uniform(-0.3, 0.3, count) + 180) % 360 - 180
        others = np.empty(0, dtype=np.uint64)
    cells = np.concatenate([h3_plain.points_to_cells(lon, lat, resolution), others])
    return rng.permutation(np.unique(cells))


def same(quick, plain):
    """Whether two answers of rows and cells are equal."""
    return all(len(a) == len(b) and (a == b).all() for a, b in zip(quick, plain, strict=True))


@pytest.mark.parametrize("place", [None, *PLACES])
@pytest.mark.parametrize("rings", [0, 1, 3])
def test_disks_are_the_librarys(place, rings):
    cells = family_cells(9, place)
    assert len(cells) >= cell_family.SMALL
    assert same(hexgrid.disks(cells, rings), h3_plain.disks(cells, rings))


@pytest.mark.parametrize("resolution", [2, 5, 8, 15])
def test_disks_by_every_pentagon_are_the_librarys(resolution):
    pentagons = sorted(h3.get_pentagons(resolution))
    cells = np.unique(np.concatenate([h3.grid_disk(cell, 7) for cell in pentagons])).astype(
        np.uint64
    )
    for rings in (1, 4):
        assert same(hexgrid.disks(cells, rings), h3_plain.disks(cells, rings))


def test_a_city_on_two_faces_asks_the_library_for_few_disks(monkeypatch):
    asked = []
    monkeypatch.setattr(h3_plain, "grid_disk", None)
    plain = h3_plain.disks
    monkeypatch.setattr(
        h3_plain, "disks", lambda cells, rings: asked.append(len(cells)) or plain(cells, rings)
    )
    cells = family_cells(9, "Suzhou", 3_000)
    hexgrid.disks(cells, 1)
    assert sum(asked) < 0.05 * len(cells)


def test_few_disks_and_no_disks_are_the_librarys_own():
    few = family_cells(9, "Beijing")[:5]
    assert same(hexgrid.disks(few, 2), h3_plain.disks(few, 2))
    row, found = hexgrid.disks(np.empty(0, dtype=np.uint64), 1)
    assert (len(row), len(found), found.dtype) == (0, 0, np.uint64)


@pytest.mark.parametrize("resolution", [1, 5, 9, 15])
def test_parents_are_the_librarys_at_every_coarser_resolution(resolution):
    cells = family_cells(resolution)
    for coarser in range(resolution + 1):
        quick = hexgrid.parents(cells, coarser)
        assert quick.dtype == np.uint64
        assert (quick == h3_plain.parents(cells, coarser)).all()


def test_parents_of_several_resolutions_are_the_librarys():
    cells = np.concatenate([family_cells(9, count=200), family_cells(7, count=200)])
    assert (hexgrid.parents(cells, 5) == h3_plain.parents(cells, 5)).all()


def test_a_finer_parent_is_refused_as_by_the_library():
    with pytest.raises(h3_plain.H3BaseException):
        hexgrid.parents(family_cells(9), 10)


@pytest.mark.parametrize(("resolution", "finer"), [(1, 3), (5, 5), (9, 11), (14, 15)])
def test_children_are_the_librarys_pentagons_too(resolution, finer):
    cells = family_cells(resolution)
    quick = hexgrid.children(cells, finer)
    assert same(quick, h3_plain.children(cells, finer))
    assert (hexgrid.parents(quick[1], resolution) == cells[quick[0]]).all()


def test_a_hexagon_has_seven_children_and_a_pentagon_six():
    row, _ = hexgrid.children([h3.latlng_to_cell(39.9, 116.4, 9), h3.get_pentagons(9).pop()], 10)
    assert np.bincount(row).tolist() == [7, 6]


def test_coarser_children_and_no_cells_are_refused_as_by_the_library():
    with pytest.raises(h3_plain.H3BaseException):
        hexgrid.children(family_cells(9), 8)
    with pytest.raises(h3_plain.H3BaseException):
        hexgrid.parents(np.append(family_cells(9), np.uint64(12)), 5)
