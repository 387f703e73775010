"""Places by single precision are those of double precision, or in doubt."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.geo.faces import facing
from gridgov.geo.lattice import fit_lattice
from gridgov.geo.lattice_series import fit_series


def compare(longitude, latitude, half, resolution, seed, count=30_000):
    """How many places differ, and the shares in doubt in single and in double precision."""
    face = int(facing(longitude, latitude))
    lattice = fit_lattice(longitude, latitude, half, half, resolution=resolution, face=face)
    series = None if lattice is None else fit_series(lattice)
    if series is None:
        return None
    rng = np.random.default_rng(seed)
    lon = longitude + half * rng.uniform(-1.02, 1.02, count)
    lat = latitude + half * rng.uniform(-1.02, 1.02, count)
    lon[:6] = np.nan, np.inf, -np.inf, 1e300, longitude, longitude + half
    lat[:6] = latitude, latitude, latitude, -1e300, np.nan, latitude + half
    i, j, doubt = lattice.place(lon, lat)
    i0, _, j0, _ = lattice.extent()
    width, last = series.extent[2:]
    places = np.empty(count, dtype=np.int32)
    series.look_up(lon, lat, np.arange(last + 1, dtype=np.int32), places)
    sure = places < last
    exact = (i - i0) * width + (j - j0)
    wrong = (places != exact) & sure
    # What is sure in single precision is farther from every edge, and so sure in double.
    return int((wrong | (sure & doubt)).sum()), 1 - sure.mean(), doubt.mean()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("resolution", [5, 7, 9, 10, 11])
@pytest.mark.parametrize("place", [(116.4, 39.9), (120.6, 31.3), (-78.5, 0.0), (15.6, 78.2)])
def test_a_city_is_answered_alike_with_few_doubts(place, resolution):
    wrong, single, double = compare(*place, 0.2, resolution, seed=resolution)
    assert wrong == 0
    assert single < double + 0.015


@given(
    st.floats(-175, 175),
    st.floats(-80, 80),
    st.floats(1e-3, 2.45),
    st.integers(3, 12),
    st.integers(0, 10**6),
)
@settings(max_examples=25, deadline=None)
def test_boxes_anywhere_are_answered_alike(longitude, latitude, half, resolution, seed):
    found = compare(longitude, latitude, half, resolution, seed, count=4_000)
    assert found is None or found[0] == 0


def test_a_box_with_too_many_cells_is_refused():
    face = int(facing(116.4, 39.9))
    assert fit_series(fit_lattice(116.4, 39.9, 2, 2, resolution=12, face=face)) is None
