"""The equal-area plane by Snyder's formulas is PROJ's, anywhere and across the antimeridian."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from gridgov.geo.projection import _equal_area, areas_m2, local_equal_area, middle


@given(
    st.floats(-180, 180),
    st.floats(-85, 85),
    st.floats(0, 5),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=20, deadline=None)
def test_plane_is_the_one_that_proj_makes(longitude, latitude, reach, seed):
    rng = np.random.default_rng(seed)
    center = (round(longitude, 6), round(latitude, 6))
    around = np.array(center) + rng.uniform(-reach, reach, (50, 2))
    around[:, 1] = np.clip(around[:, 1], -89, 89)
    forward = pyproj.Transformer.from_crs("EPSG:4326", local_equal_area(*center), always_xy=True)
    expected = np.column_stack(forward.transform(around[:, 0], around[:, 1]))
    np.testing.assert_allclose(_equal_area(around, center), expected, atol=1e-5)


@pytest.mark.parametrize("latitude", [-60, 0, 1e-9, 39.9, 70])
def test_areas_are_those_of_geodesics_on_the_ellipsoid(latitude):
    shape = shapely.segmentize(box(116.1, latitude, 116.3, latitude + 0.2), 0.0002)
    expected = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shape)[0])
    assert areas_m2([shape])[0] == pytest.approx(expected, rel=1e-8)


def test_middle_of_data_on_both_sides_of_the_antimeridian_is_there():
    sides = MultiPolygon([box(179, -18, 180, -16), box(-180, -18, -179, -16)])
    assert middle([sides]) == (180.0, -17.0)
    assert middle([box(116, 39, 117, 40)]) == (116.5, 39.5)
    assert middle([]) == middle([None]) == (0.0, 0.0)
