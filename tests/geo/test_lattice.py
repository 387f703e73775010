"""The fitted lattice of a box, the faces it stands on, and where it declines."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from gridgov.geo import h3_plain
from gridgov.geo.faces import face_limits, facing, unit_vectors
from gridgov.geo.lattice import EDGE, fit_lattice

BEIJING = 116.4, 39.9


def lattice_at(longitude, latitude, half=0.2, resolution=9):
    face = int(facing(longitude, latitude))
    return fit_lattice(longitude, latitude, half, half, resolution=resolution, face=face)


def cloud(longitude, latitude, half, count=3_000):
    rng = np.random.default_rng(0)
    return (
        longitude + rng.uniform(-half, half, count),
        latitude + rng.uniform(-half, half, count),
    )


def test_points_share_coordinates_exactly_when_they_share_a_cell():
    lon, lat = cloud(*BEIJING, 0.02)
    i, j, doubt = lattice_at(*BEIJING).place(lon, lat)
    cells = h3_plain.points_to_cells(lon, lat, 9)
    assert doubt.mean() < 0.001
    pairs = np.unique(np.column_stack([i, j, cells])[~doubt], axis=0)
    assert len(np.unique(pairs[:, :2], axis=0)) == len(pairs) == len(np.unique(cells[~doubt]))


def test_neighbors_differ_by_one_step_of_the_lattice():
    center = h3.latlng_to_cell(BEIJING[1], BEIJING[0], 9)
    lon, lat = h3_plain.cell_centers([center, *h3.grid_ring(center, 1)])
    i, j, _ = lattice_at(*BEIJING).place(lon, lat)
    steps = {(int(a - i[0]), int(b - j[0])) for a, b in zip(i[1:], j[1:], strict=True)}
    assert steps == {(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)}


def test_a_point_near_an_edge_is_in_doubt_and_one_farther_in_is_not():
    cell = h3.latlng_to_cell(BEIJING[1], BEIJING[0], 9)
    center = np.array(h3.cell_to_latlng(cell))
    corners = np.array(h3.cell_to_boundary(cell))
    middle = (corners[0] + corners[1]) / 2
    shares = np.array([1.0, 1 - EDGE / 2, 1 + EDGE / 2, 1 - 2 * EDGE, 1 + 2 * EDGE])
    points = center + shares[:, None] * (middle - center)
    _, _, doubt = lattice_at(*BEIJING).place(points[:, 1].copy(), points[:, 0].copy())
    assert doubt.tolist() == [True, True, True, False, False]


def test_points_outside_the_box_missing_or_infinite_are_in_doubt():
    lattice = lattice_at(*BEIJING)
    lon = np.array([116.4, 116.4, 116.7, np.nan, np.inf, 116.4])
    lat = np.array([39.9, 40.2, 39.9, 39.9, 39.9, -np.inf])
    i, j, doubt = lattice.place(lon, lat)
    assert doubt.tolist() == [False, True, True, True, True, True]
    assert (i[1:] == 0).all()
    assert (j[1:] == 0).all()


def test_inputs_are_not_changed():
    lon, lat = cloud(*BEIJING, 0.1)
    before = lon.copy(), lat.copy()
    lattice_at(*BEIJING).place(lon, lat)
    assert (lon == before[0]).all()
    assert (lat == before[1]).all()


def test_the_extent_holds_every_point_of_the_box():
    lattice = lattice_at(*BEIJING, half=2.0)
    i0, i1, j0, j1 = lattice.extent()
    i, j, doubt = lattice.place(*cloud(*BEIJING, 2.0, 50_000))
    assert i0 < i[~doubt].min() < i[~doubt].max() < i1
    assert j0 < j[~doubt].min() < j[~doubt].max() < j1


def test_a_box_inside_a_face_has_no_limits_and_one_across_an_edge_has():
    assert lattice_at(*BEIJING).offsets == ()
    # Suzhou: the library's faces there are two.
    disk = h3.grid_disk(h3.latlng_to_cell(31.3, 120.6, 7), 8)
    assert len(set().union(*map(h3.get_icosahedron_faces, disk))) == 2
    assert len(lattice_at(120.6, 31.3).offsets) == 1


def test_points_on_another_face_are_in_doubt():
    lon, lat = cloud(120.6, 31.3, 0.2)
    face = int(facing(120.6, 31.3))
    _, _, doubt = lattice_at(120.6, 31.3).place(lon, lat)
    other = facing(lon, lat) != face
    assert 0.1 < other.mean() < 0.9
    assert doubt[other].all()
    assert doubt[~other].mean() < 0.002


@pytest.mark.parametrize(
    ("longitude", "latitude", "half", "resolution"),
    [
        (10.0, 84.9, 0.2, 9),
        (10.0, -89.0, 0.2, 9),
        (116.4, 39.9, 3.0, 9),
    ],
    ids=["near a pole", "at a pole", "too wide"],
)
def test_a_box_that_the_lattice_cannot_hold_is_declined(longitude, latitude, half, resolution):
    assert lattice_at(longitude, latitude, half, resolution) is None


def test_a_box_on_no_part_of_the_face_is_declined():
    other = int(facing(-74.0, 40.7))
    assert fit_lattice(*BEIJING, 0.2, 0.2, resolution=9, face=other) is None


def test_the_faces_are_the_librarys():
    # Cells well inside a face: ours and H3's numbers must pair off one to one.
    rng = np.random.default_rng(6)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 3_000))), rng.uniform(-180, 180, 3_000)
    cells = h3_plain.points_to_cells(lon, lat, 7).tolist()
    faces = [h3.get_icosahedron_faces(cell) for cell in cells]
    single = np.array([len(of) == 1 for of in faces])
    ours = facing(lon, lat)[single]
    library = np.array([next(iter(of)) for of in faces if len(of) == 1])
    assert len(set(zip(ours.tolist(), library.tolist(), strict=True))) == 20
    assert single.mean() > 0.9


def test_the_first_face_center_is_where_h3_says():
    # faceCenterGeo[0] of H3's faceijk.c, radians.
    lat, lon = np.degrees([0.803582649718989942, 1.248397419617396099])
    normals, offsets = face_limits(int(facing(lon, lat)), lon, lat, 1e-6)
    assert len(normals) == 1
    assert np.allclose(-normals[0], unit_vectors(0.0, lat), atol=1e-8)
    assert offsets[0] < -0.999997
