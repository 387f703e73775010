"""The grid over Chicago's 77 community areas: its cells are h3's and its area is the city's."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from gridgov.place.crosswalk import area_shares
from gridgov.place.grid import make_grid

CHICAGO = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chicago"


@pytest.fixture(scope="module")
def areas():
    path = CHICAGO / "community_areas.geojson"
    if not path.exists():
        pytest.skip("Chicago community areas absent")
    table = gpd.read_file(path)
    return table.assign(street_id=table["NID"].astype(int).astype(str))


def geodesic_km2(shape):
    geod = pyproj.Geod(ellps="WGS84")
    parts = shapely.get_parts(shapely.normalize(shapely.segmentize(shape, 0.0002)))
    return sum(abs(geod.geometry_area_perimeter(part)[0]) for part in parts) / 1e6


def test_grid_has_the_cells_that_h3_counts_and_the_area_of_the_city(areas):
    grid = make_grid(areas, resolution=9)
    # h3-py 4.5, h3shape_to_cells_experimental(contain="overlap") over the union.
    assert len(grid) == 6044
    union = shapely.union_all(areas.geometry)
    assert grid["area_km2"].sum() == pytest.approx(geodesic_km2(union), rel=1e-7)


def test_pieces_of_each_community_area_add_up_to_it(areas):
    cells = make_grid(areas, resolution=8)["cell"]
    shares = area_shares(cells, areas)
    sums = shares.groupby("street_id")["area_m2"].sum() / 1e6
    expected = [geodesic_km2(shape) for shape in areas.geometry]
    np.testing.assert_allclose(sums.loc[areas["street_id"]], expected, rtol=1e-7)
    assert shares.groupby("cell")["share"].sum().max() <= 1 + 1e-6
