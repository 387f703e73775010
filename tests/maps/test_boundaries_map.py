"""The map of boundaries: every number on the card, and versions beside neighbors."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
from shapely import box

import gridgov as gg
from gridgov.errors import ColumnsError, OptionError
from gridgov.maps.coverage_classes import amount_text


def town(outlines: dict[str, Any]) -> gpd.GeoDataFrame:
    table = {"street_id": list(outlines), "street": [f"街道 {one}" for one in outlines]}
    return gpd.GeoDataFrame(table, geometry=list(outlines.values()), crs=4326)


OLD = town(
    {
        "A": box(116.20, 39.90, 116.21, 39.91),
        "B": box(116.2101, 39.90, 116.22, 39.91),
        "C": box(116.22, 39.90, 116.23, 39.91),
    }
)
NEW = town(
    {
        "A": box(116.20, 39.90, 116.2102, 39.91),
        "B": box(116.2101, 39.90, 116.22, 39.91),
        "D": box(116.23, 39.91, 116.24, 39.92),
    }
)


@pytest.mark.browser
def test_the_card_of_a_boundary_has_the_numbers_of_the_table(exported: Any) -> None:
    table = gg.compare_boundaries(OLD)
    kept = table.copy(deep=True)
    page = exported(gg.map_boundaries(table, OLD, author="survey office", approval="GS 1"))
    gap = table[(table["street_id"] == "A") & (table["neighbor_id"] == "B")].iloc[0]
    card = page.hover(116.21, 39.905)
    # Drawn 0.0001 degree apart, 8.6 m here; between lie 8.6 m by 1,110 m.
    assert card == {
        "heading": "街道 A – 街道 B",
        "sub": "Boundary of two neighbors",
        "row Class": "5 – 10",
        "row Common length (m)": amount_text(gap["shared_m"]),
        "row Length apart (m)": "1,110",
        "row Largest distance (m)": "8.55",
        "row Gap (m²)": "9,495",
        "row Overlap (m²)": "0",
    }
    assert amount_text(gap["gap_m2"]) == "9,495"
    same = page.hover(116.22, 39.905)
    assert same["row Class"] == "The same"
    assert page.text(".gg-choices option") == ["Largest distance", "Gap between", "Overlap"] * 2
    assert page.text(".gg-foot p")[:2] == ["Made by: survey office", "Map approval number: GS 1"]
    page.page.select_option(".gg-choices select", index=1)
    assert page.text(".gg-legend summary") == ["Gap between, m² (boundaries)"]
    assert page.hover(116.21, 39.905)["row Gap (m²)"] == "9,495"
    assert page.complaints == []
    assert table.equals(kept)


@pytest.mark.browser
def test_versions_show_land_lost_and_gained_and_what_only_one_has(exported: Any) -> None:
    table = gg.compare_boundaries(OLD, NEW)
    page = exported(gg.map_boundaries(table, OLD, lang="zh"))
    rows = dict(
        zip(page.text(".gg-legend .gg-what"), page.text(".gg-legend .gg-count"), strict=False)
    )
    # C is in the first only, D in the other only, B is the same, A moved by 17 m.
    assert rows["仅见于前一版"] == "1"
    assert rows["仅见于另一版"] == "1"
    assert rows["一致"] == "1"
    assert rows["10 – 20"] == "1"
    card = page.hover(116.23, 39.905)
    assert (card["heading"], card["sub"]) == ("街道 C", "仅见于前一版")
    lost = table.set_index("street_id").loc["C", "lost_m2"]
    assert card["row 减少面积（平方米）"] == amount_text(lost)
    assert "row 最大偏离（米）" not in card


def test_what_does_not_fit_is_told() -> None:
    table = gg.compare_boundaries(OLD)
    with pytest.raises(OptionError, match=r"breaks must be for what the map shows: largest_m"):
        gg.map_boundaries(table, breaks={"width": [1]})
    with pytest.raises(OptionError, match="breaks must name the column that the bounds are for"):
        gg.map_boundaries(table, breaks=[1, 2])
    with pytest.raises(ColumnsError, match="gained_m2"):
        gg.map_boundaries(table.drop(columns="gained_m2"))
