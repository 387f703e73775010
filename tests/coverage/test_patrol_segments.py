"""Ways cut at the borders of cells: held to the cell of every point along the way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.coverage.patrol.patrol_segments import cut_ways
from gridgov.errors import InputError
from gridgov.geo.faces import unit_vectors
from gridgov.geo.hexgrid import cell_centers, grid_disk, points_to_cells

CENTER = 0x8931AA50E27FFFF


def cells_along(start, end, shares, resolution):
    """The library's cell of points on the straight way through the globe."""
    a, b = unit_vectors(*np.atleast_2d(start).T)[0], unit_vectors(*np.atleast_2d(end).T)[0]
    x, y, z = ((1 - shares)[:, None] * a + shares[:, None] * b).T
    return points_to_cells(
        np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y))), resolution
    )


def cuts_of(start, end, resolution):
    (x0, y0), (x1, y1) = start, end
    one = [np.array([value], dtype=float) for value in (x0, x1, y0, y1)]
    return cut_ways((one[0], one[1]), (one[2], one[3]), resolution)


def assert_right(start, end, resolution, points=4_001):
    cuts = cuts_of(start, end, resolution)
    assert cuts.start[0] == 0
    assert cuts.end[-1] == 1
    np.testing.assert_array_equal(cuts.start[1:], cuts.end[:-1])
    assert (cuts.end > cuts.start).all()
    shares = (np.arange(points) + 0.5) / points
    # Within a billionth of a cut either cell will do.
    clear = np.abs(shares[:, None] - cuts.end).min(axis=1) > 1e-9
    found = cuts.cell[np.searchsorted(cuts.end, shares[clear])]
    np.testing.assert_array_equal(found, cells_along(start, end, shares[clear], resolution))


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-180, 180),
    st.floats(-85, 85),
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.integers(1, 5),
)
def test_every_point_of_a_way_lies_in_the_cell_that_its_piece_names(x, y, dx, dy, resolution):
    # Anywhere on the globe: across faces, past pentagons, over the antimeridian.
    assert_right((x, y), (x + dx, float(np.clip(y + dy, -89, 89))), resolution, points=501)


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from([8, 9, 10]))
def test_ways_in_a_city_are_cut_where_cells_meet(dx, dy, resolution):
    assert_right((116.2, 39.9), (116.2 + dx, 39.9 + dy), resolution, points=501)


def test_a_way_from_center_to_center_is_halved_by_the_edge():
    x, y = cell_centers(grid_disk(CENTER, 1)[:2])
    cuts = cuts_of((x[0], y[0]), (x[1], y[1]), 9)
    assert cuts.cell.tolist() == grid_disk(CENTER, 1)[:2].tolist()
    assert cuts.end[0] == pytest.approx(0.5, abs=1e-4)


def test_a_way_that_goes_nowhere_is_one_piece():
    cuts = cuts_of((116.2, 39.9), (116.2, 39.9), 9)
    assert (cuts.start.tolist(), cuts.end.tolist()) == ([0.0], [1.0])


def test_many_ways_are_cut_as_one_by_one():
    random = np.random.default_rng(1)
    x = 116.2 + random.normal(0, 0.01, (2, 300))
    y = 39.9 + random.normal(0, 0.01, (2, 300))
    cuts = cut_ways((x[0], x[1]), (y[0], y[1]), 9)
    for way in range(0, 300, 29):
        alone = cuts_of((x[0, way], y[0, way]), (x[1, way], y[1, way]), 9)
        np.testing.assert_array_equal(cuts.cell[cuts.way == way], alone.cell)
        # Sums in another order differ by nanometers.
        np.testing.assert_allclose(cuts.end[cuts.way == way], alone.end, atol=1e-10)


def test_no_ways_have_no_pieces():
    nothing = np.empty(0)
    assert len(cut_ways((nothing, nothing), (nothing, nothing), 9).way) == 0


def test_a_way_over_millions_of_cells_is_refused():
    with pytest.raises(InputError, match=r"passes about .*read_tracks\(\.\.\., max_speed_kmh"):
        cuts_of((116.2, 39.9), (2.3, 48.9), 15)
