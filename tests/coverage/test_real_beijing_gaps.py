"""Real sub-districts of Beijing: 111 with gaps and hairline overlaps, and five of Shijingshan."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgov.coverage.responsibility.boundaries import compare_boundaries
from gridgov.coverage.responsibility.owners import find_owners
from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
from gridgov.errors import DataWarning
from gridgov.geo.datum import to_wgs84
from gridgov.geo.projection import areas_m2, middle
from gridgov.place.grid import make_grid
from gridgov.sources.jurisdictions import read_jurisdictions

BEIJING = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "beijing"
AREAS = ["unowned_area_m2", "one_owner_area_m2", "several_owners_area_m2"]
FATES = [
    "unowned_incidents",
    "one_owner_incidents",
    "several_owners_incidents",
    "outside_incidents",
    "no_point_incidents",
]


def read_quietly(name):
    path = BEIJING / name
    if not path.exists():
        pytest.skip(f"{name} absent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_jurisdictions(path)


@pytest.fixture(scope="module")
def five_streets():
    return read_quietly("hsar_shijingshan_5_named_by_inference_wgs84.geojson")


@pytest.fixture(scope="module")
def city():
    return read_quietly("hsar_beijing_subdistricts_wgs84.geojson")


@pytest.fixture(scope="module")
def district():
    path = BEIJING / "shijingshan_fence_adcode2016_gcj02.geojson"
    if not path.exists():
        pytest.skip("Shijingshan fence absent")
    fence = to_wgs84(gpd.read_file(path).geometry.to_numpy(), "gcj02")
    return shapely.union_all(shapely.make_valid(fence))


def ground_m2(*shapes):
    return np.asarray(areas_m2(shapely.segmentize(shapes, 0.00025), center=middle(shapes)))


def scattered(bounds, number):
    west, south, east, north = bounds
    rng = np.random.default_rng(7)
    at = rng.uniform([west, south], [east, north], (number, 2))
    return gpd.GeoDataFrame(geometry=shapely.points(at), crs="EPSG:4326")


def test_five_streets_touch_without_gap_or_overlap_among_themselves(five_streets):
    parts = check_responsibility(five_streets)
    assert len(parts) == 0
    lines = compare_boundaries(five_streets)
    assert len(lines) >= 4
    assert (lines["largest_m"] == 0).all()


def test_gaps_and_streets_divide_the_district(five_streets, district):
    parts = check_responsibility(five_streets, study_area=district)
    gaps = parts[parts["kind"] == "gap"]
    assert len(gaps) == len(parts) >= 1
    # Three of the nine streets are missing: a large part of the about 85 km² has no owner.
    left_out = parts.attrs["left_out"]["gap"]["area_m2"]
    owned = shapely.intersection(shapely.union_all(five_streets.geometry), district)
    whole, kept = ground_m2(district, owned)
    assert 80e6 < whole < 90e6
    assert gaps["area_m2"].sum() + left_out + kept == pytest.approx(whole, rel=1e-6)
    assert gaps["area_m2"].sum() > 1e6


def test_shares_of_the_district_and_its_incidents_add_up(five_streets, district):
    incidents = scattered(district.bounds, 5000)
    shares = measure_responsibility(five_streets, incidents, study_area=district, by="street_id")
    whole, _ = ground_m2(district, district)
    assert shares["area_m2"].sum() == pytest.approx(whole, rel=1e-6)
    assert shares[AREAS].to_numpy().sum() == pytest.approx(whole, rel=1e-6)
    assert shares[FATES].to_numpy().sum() == 5000
    inside = shapely.contains(district, incidents.geometry.to_numpy()).sum()
    assert 5000 - shares["outside_incidents"].sum() == inside
    # Land in none of the five streets has no owner, and no street has land without one.
    assert shares["unowned_area_m2"].iloc[:5].max() == 0
    assert shares["unowned_area_m2"].iloc[5] == shares["area_m2"].iloc[5] > 1e6
    owners = find_owners(make_grid(five_streets, resolution=8), five_streets, study_area=district)
    assert owners["one_owner_share"].max() == pytest.approx(1, abs=1e-9)
    assert set(owners["owner_id"].dropna()) == set(five_streets["street_id"])


def test_the_dirty_city_has_the_gaps_and_overlaps_that_its_reader_noticed(city):
    parts = check_responsibility(city)
    left_out = parts.attrs["left_out"]
    assert len(city) == 111
    # The reader noticed 41 gaps and 38 pairs that overlap by more than 1 m²; one of the
    # pairs does so in two parts.
    assert parts["kind"].value_counts().to_dict() == {"gap": 41, "overlap": 39, "enclave": 5}
    overlaps = parts[parts["kind"] == "overlap"]
    assert overlaps["sliver"].all()
    assert overlaps["width_m"].max() < 0.1
    assert (~parts.loc[parts["kind"] == "gap", "sliver"]).sum() == 4
    shares = measure_responsibility(city).iloc[0]
    for kind, name in (("gap", "unowned_area_m2"), ("overlap", "several_owners_area_m2")):
        listed = parts.loc[parts["kind"] == kind, "area_m2"].sum() + left_out[kind]["area_m2"]
        # Slits are found in a plane and meet their streets to a tenth of a millimeter.
        assert listed == pytest.approx(shares[name], rel=1e-6)
    each = ground_m2(*city.geometry)
    assert shares[AREAS].sum() == pytest.approx(shares["area_m2"], rel=1e-12)
    owned = shares["one_owner_area_m2"] + 2 * shares["several_owners_area_m2"]
    assert owned == pytest.approx(each.sum(), rel=1e-6)


def test_incidents_of_the_dirty_city_are_those_of_shapely(city):
    incidents = scattered(city.total_bounds, 3000)
    shares = measure_responsibility(city, incidents).iloc[0]
    points = incidents.geometry.to_numpy()
    _, at = shapely.STRtree(points).query(city.geometry.to_numpy(), predicate="contains")
    number = np.bincount(at, minlength=len(points))
    assert shares["one_owner_incidents"] == (number == 1).sum()
    assert shares["several_owners_incidents"] == (number > 1).sum()
    assert shares[FATES].sum() == 3000


def test_enclaves_of_the_dirty_city_are_its_smaller_parts(city):
    parts = check_responsibility(city)
    enclaves = parts[parts["kind"] == "enclave"]
    pieces = shapely.get_num_geometries(city.geometry.to_numpy())
    assert len(enclaves) == (pieces - 1).sum()
    own = enclaves["street_ids"].str.split(" + ", regex=False).str[0]
    assert set(own) == set(city["street_id"][pieces > 1])
