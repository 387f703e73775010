"""Chicago's sanitation complaints in its 77 community areas, against facts counted before."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridgov.place.area_index import owners, owners_plain
from gridgov.place.locate import locate

CHICAGO = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chicago"


@pytest.fixture(scope="module")
def community_areas():
    path = CHICAGO / "community_areas.geojson"
    if not path.exists():
        pytest.skip("Chicago community areas absent")
    areas = gpd.read_file(path)
    # NID is the official number of the community area, which the complaints name too.
    return areas.assign(street_id=areas["NID"].astype(int).astype(str))


@pytest.fixture(scope="module")
def complaints():
    path = CHICAGO / "sanitation_code_complaints.csv.gz"
    if not path.exists():
        pytest.skip("Chicago sanitation complaints absent")
    rows = pd.read_csv(path, usecols=["Longitude", "Latitude", "Community_Area"])
    points = gpd.points_from_xy(rows["Longitude"], rows["Latitude"])
    table = gpd.GeoDataFrame(
        {"incident_id": [str(row) for row in rows.index], "said": rows["Community_Area"]},
        geometry=points,
        crs="EPSG:4326",
    )
    return table.set_geometry(table.geometry.where(rows["Longitude"].notna(), None))


def test_complaints_fall_where_they_were_counted_before(complaints, community_areas):
    located = locate(complaints, community_areas, resolution=9)
    matches = located["match"].value_counts()
    assert len(located) == 74_401
    assert matches["no_point"] == 24
    # 74,175 of the 74,377 with a point fall in the community areas (counted with sjoin).
    assert 74_377 - matches["outside"] == 74_175
    # 73,040 of them name the community area they are in; the rest name a neighbor or none.
    said = located["said"].astype("Int64").astype("str")
    assert (said == located["street_id"]).sum() == 73_040


def test_quick_owners_of_real_points_equal_the_plain_ones(complaints, community_areas):
    areas = np.asarray(community_areas.geometry.array, dtype=object)
    some = complaints.iloc[::6]
    x, y = some.geometry.x.to_numpy(), some.geometry.y.to_numpy()
    found, expected = owners(areas, x, y), owners_plain(areas, x, y)
    np.testing.assert_array_equal(found.owner, expected.owner)
    np.testing.assert_array_equal(found.match, expected.match)
