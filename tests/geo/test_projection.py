"""The local equal-area plane: areas against an independent geodesic computation."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.geo.projection import areas_m2, local_equal_area, to_plane

GEOD = pyproj.Geod(ellps="WGS84")


@given(st.floats(-170, 170), st.floats(-75, 75), st.floats(0.001, 0.1))
def test_areas_equal_the_geodesic_areas_of_karney(lon: float, lat: float, size: float) -> None:
    # Edges cut to 100 parts: straight in the plane and geodesic differ on long edges.
    square = shapely.segmentize(shapely.box(lon, lat, lon + size, lat + size), size / 100)
    geodesic = abs(GEOD.geometry_area_perimeter(square)[0])
    assert areas_m2([square])[0] == pytest.approx(geodesic, rel=1e-6)


def test_the_center_does_not_change_an_area() -> None:
    square = shapely.segmentize(shapely.box(116.2, 39.9, 116.3, 40.0), 0.001)
    near, far = areas_m2([square]), areas_m2([square], center=(110.0, 35.0))
    assert far[0] == pytest.approx(near[0], rel=1e-6)


def test_the_way_back_gives_the_degrees_again() -> None:
    shapes = [shapely.Point(116.2229, 39.9056), shapely.box(116.2, 39.9, 116.3, 40.0)]
    planar, to_degrees = to_plane(shapes)
    lon, lat = to_degrees.transform(*shapely.get_coordinates(planar).T)
    # PROJ's series for the authalic latitude is cut off: 7e-9 degrees, 0.8 mm, come back.
    np.testing.assert_allclose(
        np.column_stack([lon, lat]), shapely.get_coordinates(shapes), rtol=0, atol=1e-8
    )


def test_the_plane_is_equal_area_in_meters_about_its_center() -> None:
    plane = local_equal_area(116.2229, 39.9056)
    assert plane.axis_info[0].unit_name == "metre"
    assert "Lambert Azimuthal Equal Area" in plane.coordinate_operation.method_name
    planar, _ = to_plane([shapely.Point(116.2229, 39.9056)], center=(116.2229, 39.9056))
    assert (planar[0].x, planar[0].y) == pytest.approx((0, 0), abs=1e-6)


def test_a_center_of_many_decimals_gives_the_plane_that_its_name_tells() -> None:
    center = (-87.65432171, 41.81234567)
    planar, to_degrees = to_plane([shapely.Point(-87.6, 41.9)], center=center)
    forward = pyproj.Transformer.from_crs("EPSG:4326", local_equal_area(*center), always_xy=True)
    assert (planar[0].x, planar[0].y) == pytest.approx(forward.transform(-87.6, 41.9), abs=1e-6)
    back = to_degrees.transform(planar[0].x, planar[0].y)
    assert back == pytest.approx((-87.6, 41.9), abs=1e-8)
