"""Five real Shijingshan sub-districts of nine: what is missing of the district is a gap."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gridgov.coverage.responsibility import check_responsibility
from gridgov.geo.datum import to_wgs84
from gridgov.geo.projection import areas_m2, middle

BEIJING = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "beijing"


@pytest.fixture(scope="module")
def five_streets():
    path = BEIJING / "hsar_shijingshan_5_named_by_inference_wgs84.geojson"
    if not path.exists():
        pytest.skip("Shijingshan sub-districts absent")
    return gpd.read_file(path).rename(columns={"id": "street_id"})


@pytest.fixture(scope="module")
def district():
    path = BEIJING / "shijingshan_fence_adcode2016_gcj02.geojson"
    if not path.exists():
        pytest.skip("Shijingshan fence absent")
    fence = to_wgs84(gpd.read_file(path).geometry.to_numpy(), "gcj02")
    return shapely.union_all(shapely.make_valid(fence))


def test_five_streets_touch_without_gap_or_overlap_among_themselves(five_streets):
    parts = check_responsibility(five_streets)
    assert len(parts) == 0


def test_gaps_and_streets_divide_the_district(five_streets, district):
    parts = check_responsibility(five_streets, study_area=district)
    gaps = parts[parts["kind"] == "gap"]
    assert len(gaps) == len(parts) >= 1
    # Three of the nine streets are missing: a large part of the about 85 km² has no owner.
    left_out = parts.attrs["left_out"]["gap"]["area_m2"]
    owned = shapely.intersection(shapely.union_all(five_streets.geometry), district)
    center = middle([district])
    whole, kept = (
        areas_m2(shapely.segmentize([shape], 0.00025), center=center)[0]
        for shape in (district, owned)
    )
    assert 80e6 < whole < 90e6
    assert gaps["area_m2"].sum() + left_out + kept == pytest.approx(whole, rel=1e-6)
    assert gaps["area_m2"].sum() > 1e6
