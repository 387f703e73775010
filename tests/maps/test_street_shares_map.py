"""The maps of shares by street: responsibility and reach, layer by layer and fold by fold."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import ColumnsError, MapError, OptionError
from gridgov.maps.coverage_classes import amount_text, share_text

OUTLINES = [
    shapely.box(116.20, 39.90, 116.21, 39.91),
    shapely.box(116.21, 39.90, 116.22, 39.91),
]
STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E"], "street": ["西街道", None], "people": [1000, 3000]},
    geometry=OUTLINES,
    crs=4326,
)
# A plot over half of the western street, and two that share half of the eastern one.
PLOTS = gpd.GeoDataFrame(
    {"street_id": ["p1", "p2", "p3"]},
    geometry=[
        shapely.box(116.20, 39.90, 116.205, 39.91),
        shapely.box(116.21, 39.90, 116.22, 39.91),
        shapely.box(116.215, 39.90, 116.22, 39.91),
    ],
    crs=4326,
)
INCIDENTS = gpd.GeoDataFrame(
    {"incident_id": list("abc"), "reported_at": "2017-09-01T00:00:00+08:00"},
    geometry=shapely.points([116.202, 116.208, 116.218], [39.905] * 3),
    crs=4326,
)
POSTS = gpd.GeoDataFrame(
    {"facility_id": ["a", "b"], "capacity": [10, 30], "kind": ["post", "team"]},
    geometry=shapely.points([116.205, 116.2055], [39.905, 39.905]),
    crs=4326,
)


@pytest.mark.browser
def test_shares_of_two_layers_are_those_of_the_table(exported: Any) -> None:
    layers = {"streets": STREETS, "plots": PLOTS}
    shares = gg.measure_responsibility(layers, INCIDENTS, by="street_id", streets=STREETS)
    kept = shares.copy(deep=True)
    page = exported(gg.map_responsibility_shares(shares, STREETS, source="survey"))
    assert page.text(".gg-choices option")[:5] == [
        "Share of area with one owner",
        "Share of incidents with one owner",
        "streets",
        "plots",
        "All layers together",
    ]
    card = page.hover(116.2025, 39.9075)
    assert (card["heading"], card["row Share of area with one owner"]) == ("西街道", "100 %")
    assert page.text(".gg-foot p") == [
        "Source: survey",
        "Whole area: Share of area with one owner 100 %",
    ]
    page.page.select_option(".gg-choices label:nth-child(2) select", index=1)
    rows = shares[shares["layer"] == "plots"].set_index("street_id")
    for street, x in (("W", 116.2025), ("E", 116.2125)):
        card = page.hover(x, 39.9075)
        row = rows.loc[street]
        # By hand: half of each street has one owner.
        assert card["row Share of area with one owner"] == "50 %"
        assert card["row Area (m²)"] == amount_text(row["area_m2"])
        assert card["row Area without owner (m²)"] == amount_text(row["unowned_area_m2"])
        assert card["row Area with several owners (m²)"] == amount_text(
            row["several_owners_area_m2"]
        )
        assert card["row Incidents"] == str(row["incidents"])
    # In the west one of two incidents has an owner, in the east the only one has two.
    page.page.select_option(".gg-choices label:nth-child(1) select", index=1)
    assert page.hover(116.2025, 39.9075)["row Share of incidents with one owner"] == "50 %"
    assert page.hover(116.2125, 39.9075)["row Share of incidents with one owner"] == "0 %"
    assert page.text(".gg-foot p")[1] == ("Whole area: Share of incidents with one owner 33.33 %")
    assert page.complaints == []
    assert shares.equals(kept)


@pytest.mark.browser
def test_reach_of_streets_is_that_of_the_table_for_every_fold(exported: Any) -> None:
    grid = gg.make_grid(STREETS, resolution=10)
    located = gg.locate(INCIDENTS, STREETS, resolution=10)
    reach = gg.measure_street_reach(
        POSTS, grid, STREETS, located, distance_m=400, folds=(1, 2), population="people"
    )
    page = exported(gg.map_street_reach(reach, STREETS, lang="zh"))
    options = page.text(".gg-choices label:nth-child(2) option")[:2]
    assert options == ["至少 1 处可达", "至少 2 处可达"]
    headings = {
        "area_reached_share": "面积可达率",
        "cells_reached_share": "网格可达率",
        "population_reached_share": "人口可达率",
        "incidents_reached_share": "事件可达率",
        "incident_nearest_m": "事件到最近设施的距离（米）",
        "capacity_per_km2": "每平方千米容量",
        "capacity_per_incident": "每起事件容量",
        "capacity_per_10000": "每万人容量",
        "facilities": "设施数",
    }
    for fold in (1, 2):
        page.page.select_option(".gg-choices label:nth-child(2) select", index=fold - 1)
        rows = reach[reach["folds"] == fold].set_index("street_id")
        for street, x in (("W", 116.2025), ("E", 116.2125)):
            card = page.hover(x, 39.9075)
            for column, heading in headings.items():
                write = share_text if column.endswith("share") else amount_text
                assert card[f"row {heading}"] == write(float(rows.loc[street, column]))
        whole = rows[rows.index.isna()]["area_reached_share"].iloc[0]
        assert page.text(".gg-foot p")[0] == f"全区：面积可达率 {share_text(whole)}"
    assert page.text(".gg-foot p")[1] == "2 处设施，直线距离，服务半径 400 米。"
    assert page.complaints == []


@pytest.mark.browser
def test_measures_that_the_table_lacks_are_not_offered(exported: Any) -> None:
    grid = gg.make_grid(STREETS, resolution=9)
    reach = gg.measure_street_reach(
        POSTS[["facility_id", "geometry"]], grid, STREETS, distance_m=300
    )
    page = exported(gg.map_street_reach(reach, STREETS))
    assert page.text(".gg-choices label:nth-child(1) option") == ["Area reached", "Cells reached"]


def test_what_does_not_fit_is_told() -> None:
    whole = gg.measure_responsibility(STREETS)
    with pytest.raises(MapError, match=r"needs rows by street\. Found: only rows for whole"):
        gg.map_responsibility_shares(whole, STREETS)
    shares = gg.measure_responsibility(STREETS, by="street_id")
    with pytest.raises(MapError, match="none of the 2 streets of the table"):
        gg.map_responsibility_shares(shares, PLOTS.assign(street="x"))
    with pytest.raises(OptionError, match="breaks must be 1 to 6 numbers above 0"):
        gg.map_responsibility_shares(shares, STREETS, breaks={"one_owner_area_share": [0.9, 0.5]})
    with pytest.raises(ColumnsError, match="unowned_area_m2"):
        gg.map_responsibility_shares(shares.drop(columns="unowned_area_m2"), STREETS)
    with pytest.raises(OptionError, match="author must be text"):
        gg.map_responsibility_shares(shares, STREETS, author=" ")
