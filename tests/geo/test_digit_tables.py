"""Cells from tables of four levels are those from one level at a time."""

import numpy as np
import pytest

from gridgov.geo import cell_digits, digit_tables
from gridgov.geo.base_frames import base_frames, cells_on_faces, face_frames, nearest_cells
from gridgov.geo.faces import CENTERS, NEIGHBORS, face_planes


def places_on(face, resolution, rng, count=3_000):
    """Lattice coordinates over a face, by its corners, edges and pentagons, and at its middle."""
    corners = []
    for number, one in enumerate(NEIGHBORS[face]):
        for other in NEIGHBORS[face][number + 1 :]:
            # Where two edges meet, five faces do: the middle of a pentagon.
            corner = np.cross(CENTERS[face] - CENTERS[one], CENTERS[face] - CENTERS[other])
            corners.append(corner / np.linalg.norm(corner) * np.sign(corner @ CENTERS[face]))
    share = rng.dirichlet((0.4, 0.4, 0.4), count)
    near = np.repeat(corners, count // 3, axis=0)
    near += 10 ** rng.uniform(-9, -1, (len(near), 1)) * rng.normal(size=near.shape)
    vectors = np.concatenate([share @ np.array(corners), near, CENTERS[face][None]])
    vectors = vectors[np.argmax(vectors @ CENTERS.T, axis=1) == face]
    u, v, w = face_planes(resolution)[face] @ vectors.T
    i, j, _ = nearest_cells(u / w, v / w)
    return i.astype(np.int64), j.astype(np.int64)


@pytest.mark.parametrize("resolution", range(16))
def test_cells_are_those_of_one_level_at_a_time(resolution):
    rng = np.random.default_rng(resolution)
    parts = [places_on(face, resolution, rng) for face in range(20)]
    for face, (i, j) in enumerate(parts):
        expected = cells_on_faces(face_frames(face), 0, i, j, resolution)
        assert (digit_tables.cells_at(face, i, j, resolution) == expected).all()
        assert (expected != 0).mean() > 0.9
    faces = np.repeat(np.arange(20), [len(i) for i, _ in parts])
    i, j = (np.concatenate(axis) for axis in zip(*parts, strict=True))
    expected = cells_on_faces(base_frames(), faces, i, j, resolution)
    assert (digit_tables.cells_at(faces, i, j, resolution) == expected).all()


@pytest.mark.parametrize("odd", [False, True])
def test_the_four_finest_digits_depend_on_coordinates_modulo_49(odd):
    resolution = 9 if odd else 8
    i, j = np.random.default_rng(1).integers(-5_000, 5_000, (2, 2_000))
    word, _, _ = cell_digits.encode(i, j, resolution)
    table = digit_tables.four_levels(odd)
    four = (word >> (3 * (15 - resolution))) & 4095
    assert (table[(i % 49) * 49 + j % 49] & 4095 == four).all()
    assert len(np.unique(table & 4095)) == 49 * 49


def test_no_coordinates_at_all_are_no_cells():
    none = np.empty(0, dtype=np.int64)
    assert digit_tables.cells_at(3, none, none, 9).shape == (0,)
    assert digit_tables.cells_at(none, none, none, 9).dtype == np.uint64
