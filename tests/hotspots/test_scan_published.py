"""The scan held against SaTScan's published answers for leukemia in upstate New York.

``data/ny_leukemia.csv``: 281 census tracts of eight counties, 1978 to 1982, whole cases,
population of 1980 and the middle of each tract's outline; after the data set NY8 of the R
package spData (CC0), from Waller & Gotway (2004), Applied Spatial Statistics for Public
Health Data. SaTScan's answers, by tract, are those that the R package smerc is tested
against; their coordinates for the tracts differ a little from the middles used here.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_likelihood import log_likelihood_ratio
from gridgov.hotspots.scan_members import scan_members


def tracts_of_new_york():
    rows = pd.read_csv(Path(__file__).with_name("data") / "ny_leukemia.csv", dtype={"tract": str})
    return gpd.GeoDataFrame(
        {
            "street_id": rows["tract"],
            "incidents": rows["cases"],
            "population": rows["population"],
            "number": np.arange(1, 282),
        },
        geometry=gpd.points_from_xy(rows["longitude"], rows["latitude"]),
        crs=4326,
    )


@pytest.fixture(scope="module")
def new_york():
    tracts = tracts_of_new_york()
    clusters = find_scan_clusters(tracts, baseline="population")
    members = scan_members(clusters, tracts).merge(tracts[["street_id", "number"]])
    return tracts, clusters.set_index("cluster"), members.groupby("cluster")["number"].agg(set)


def test_the_file_holds_the_published_totals():
    tracts = tracts_of_new_york()
    assert len(tracts) == 281
    assert tracts["incidents"].sum() == 552
    assert tracts["population"].sum() == 1_057_673


def test_secondary_clusters_are_those_of_satscan(new_york):
    _, clusters, members = new_york
    # Great circles, up to half of the population: second and third cluster.
    assert members[2] == {88, 87, 92, 86, 89, 91, 93, 85, 90}
    second = clusters.loc[2]
    assert second["incidents"] == 42
    assert round(second["expected"], 2) == 21.24
    assert round(second["relative_risk"], 2) == 2.06
    assert round(second["log_likelihood_ratio"], 2) == 8.29
    assert members[3] == {
        *(113, 117, 116, 112, 220, 118, 115, 123),
        *(124, 111, 114, 125, 219, 122, 126, 119),
    }
    third = clusters.loc[3]
    assert third["incidents"] == 44
    assert round(third["expected"], 2) == 23.83
    assert round(third["relative_risk"], 2) == 1.92
    assert round(third["log_likelihood_ratio"], 2) == 7.20
    # The sixth of the scan of up to half the population; SaTScan gives p = 0.976 for this
    # ratio in a scan of up to a tenth.
    assert members[6] == {166, 159, 167}
    assert round(clusters.loc[6, "log_likelihood_ratio"], 6) == 3.209485
    assert 0.95 < clusters.loc[6, "p_value"] < 1


def test_the_most_likely_cluster_is_satscans_but_for_tracts_at_its_edge(new_york):
    _, clusters, members = new_york
    published = {
        *(52, 50, 53, 38, 49, 48, 15, 39, 37, 1, 16, 44, 47, 40, 14, 2),
        *(51, 13, 43, 45, 17, 55, 11, 3, 12, 46, 36, 35, 54, 10, 5),
    }
    assert members[1] <= published
    assert len(published - members[1]) == 2
    assert clusters.loc[1, "p_value"] == 0.001


def test_the_ratio_of_satscans_own_sets_has_all_published_digits(new_york):
    tracts, _, _ = new_york
    cases = tracts["incidents"].to_numpy()
    people = tracts["population"].to_numpy()
    for numbers, expected, ratio in (
        # Great circles, half of the population; then plane circles, a tenth of it.
        (
            (
                *(52, 50, 53, 38, 49, 48, 15, 39, 37, 1, 16, 44, 47, 40, 14, 2),
                *(51, 13, 43, 45, 17, 55, 11, 3, 12, 46, 36, 35, 54, 10, 5),
            ),
            62.13,
            14.78,
        ),
        (
            (
                *(49, 48, 50, 47, 1, 15, 51, 2, 13, 14, 3, 35, 16),
                *(52, 36, 37, 12, 11, 5, 17, 10, 4, 6, 38, 18, 9),
            ),
            49.71,
            11.577255,
        ),
        ((89, 88, 87, 84, 90, 86, 92, 85), 17.79, 9.019716),
    ):
        inside = np.array(numbers) - 1
        hoped = 552 * people[inside].sum() / people.sum()
        assert round(hoped, 2) == expected
        found = log_likelihood_ratio(cases[inside].sum(), hoped, total=552, direction="high")
        assert round(float(found), 2 if ratio == 14.78 else 6) == ratio
