"""The maps of campaigns and inventories: roles, changes, shares, and what cannot be drawn."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import DatumError, EmptyTableError, GeometryError, InputError, MapError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.page import drawing_of

MIDDLE = 0x8931AA50E27FFFF
CELLS = grid_disk(MIDDLE, 1)
LON, LAT = cell_centers(CELLS)


def cells_of(name: str = "market", shift: int = 0) -> pd.DataFrame:
    """A treated cell, cut by the outline, two of the buffer, controls and one other."""
    roles = ["treated", "buffer", "buffer", "buffer", "control", "buffer_control", "other", "other"]
    before = np.array([20, 2, 0, 4, 10, 6, 0, 3]) + shift
    after = np.array([4, 1, 3, 4, 10, 12, 0, 0]) + shift
    frame = pd.DataFrame(
        {
            "campaign": name,
            # The first two rows are the parts of one cell.
            "cell": np.concatenate([CELLS[:1], CELLS]),
            "role": roles,
            "street_id": "s1",
            "area_km2": 0.1,
            "incidents_before": before,
            "incidents_after": after,
            "rate_before": before / 10,
            "rate_after": after / 10,
        }
    )
    return conform(frame, "campaign_cells")


def layer(page: Any, name: str) -> Any:
    drawing = drawing_of(page)
    assert drawing is not None
    return next(part for part in drawing.parts if part.kind == name)


def legend(page: Any) -> list[tuple[str, int | None]]:
    drawing = drawing_of(page)
    assert drawing is not None
    return [(row["text"], row["count"]) for part in drawing.sheet["legend"] for row in part["rows"]]


def progress(**options: Any) -> pd.DataFrame:
    """Three items in two streets: one rectified, one that came back, one left."""

    def days(*texts: str | None) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(texts, tz="Asia/Shanghai").as_unit("us")

    inventory = gpd.GeoDataFrame(
        {
            "item_id": ["1", "2", "3"],
            "street_id": ["s1", "s1", "s2"],
            "found_at": days("2016-01-04", "2016-01-05", "2016-02-09"),
            "rectified_at": days("2016-01-20", "2016-01-22", None),
            "relapsed_at": days(None, "2016-02-20", None),
        },
        geometry=shapely.points(LON[:3], LAT[:3]),
        crs=4326,
    )
    return gg.measure_inventory(inventory, as_of="2016-03-01", **options)


def test_a_cell_that_the_outline_cuts_is_one_treated_cell() -> None:
    told = dict(legend(gg.map_campaign(cells_of())))
    assert told["Treated"] == 1
    # Four rows of buffer and treated are three whole cells.
    assert told["Buffer"] == 2
    assert sum(count for name, count in told.items() if count is not None) == len(CELLS)


def test_the_foot_adds_up_treated_and_buffer_and_no_matched_control() -> None:
    drawing = drawing_of(gg.map_campaign(cells_of(), lang="zh", source="台账"))
    assert drawing is not None
    foot = drawing.sheet["foot"]
    assert foot[0] == "资料来源：台账"
    assert foot[1] == "market：整治区 20 → 4 起，缓冲区 6 → 8 起。"
    assert not any("10 → 10" in line for line in foot)


@pytest.mark.browser
def test_the_card_tells_the_cell_and_its_treated_part(streets: Any, exported: Any) -> None:
    page = exported(gg.map_campaign(cells_of(), streets))
    card = page.hover(LON[0], LAT[0])
    assert card["row Incidents before"] == "22"
    assert card["row Incidents after"] == "5"
    assert card["row In the treated part"] == "20 → 4"
    assert card["row Per 30 days"] == "2.2 → 0.5"
    assert card["row Relative change"] == "−77 %"
    other = page.hover(LON[1], LAT[1])
    assert "row In the treated part" not in other
    assert "row Relative change" not in other
    choice = page.page.locator(".gg-choices select").first
    choice.select_option(label="Relative change")
    assert page.hover(LON[1], LAT[1])["row Class"] == "None before, some after"
    assert page.hover(LON[0], LAT[0])["row Class"] == "< −75 %"
    assert page.complaints == []


def test_several_campaigns_get_a_switch_in_the_order_of_the_table() -> None:
    both = pd.concat([cells_of("b"), cells_of("a", shift=100)], ignore_index=True)
    page = gg.map_campaign(both, lang="en")
    axes = layer(page, "cells").settings["axes"]
    assert axes[1]["heading"] == "Campaign"
    assert axes[1]["labels"] == ["b", "a"]


def test_the_outline_of_what_was_treated_is_a_line_of_its_own() -> None:
    area = shapely.Point(LON[0], LAT[0]).buffer(0.001)
    shapes = gpd.GeoDataFrame(geometry=[area, None], crs=4326)
    for given in (area, shapes, shapes.geometry):
        page = gg.map_campaign(cells_of(), treated=given)
        assert ("Treated area", 1) in legend(page)
        assert layer(page, "shapes").settings["shape"] == "lines"
    assert ("Treated area", 1) not in legend(gg.map_campaign(cells_of()))


def test_an_outline_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(GeometryError, match="treated must be the outline of an area"):
        gg.map_campaign(cells_of(), treated=shapely.Point(116.2, 39.9))
    far = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], crs=32650)
    with pytest.raises(DatumError, match=r"treated must be in EPSG:4326"):
        gg.map_campaign(cells_of(), treated=far)
    with pytest.raises(EmptyTableError, match="campaign"):
        gg.map_campaign(cells_of().iloc[:0])


@pytest.mark.browser
def test_the_names_of_campaigns_are_no_code(hostile: list[str], exported: Any) -> None:
    rows = pd.concat([cells_of(name) for name in hostile[:7]], ignore_index=True)
    page = exported(gg.map_campaign(rows))
    choices = page.page.locator(".gg-choices select").nth(1)
    assert "{{ 7 * 7 }}" in choices.inner_text()
    choices.select_option(index=6)
    assert page.flag() is None
    assert any("window.flag='script'" in line for line in page.text(".gg-foot *"))
    assert page.complaints == []


@pytest.mark.browser
def test_streets_tell_share_and_counts_and_what_is_left(streets: Any, exported: Any) -> None:
    page = exported(gg.map_inventory(progress(by="street_id"), streets))
    west = page.hover(LON[0] - 0.01, LAT[0])
    assert west["row Rectified share"] == "50 %"
    assert west["row Rectified of found"] == "1 / 2"
    assert west["row Relapsed"] == "1"
    east = page.hover(LON[0] + 0.01, LAT[0])
    assert east["row Rectified share"] == "0 %"
    assert east["row Remaining"] == "1"
    assert any("3 found, 1 rectified (33.33 %)" in line for line in page.text(".gg-foot *"))
    assert page.complaints == []


def test_cells_without_items_have_no_share_and_a_class_of_their_own() -> None:
    grid = pd.DataFrame({"cell": CELLS, "area_km2": 0.1})
    table = progress(by="cell", grid=grid)
    told = dict(legend(gg.map_inventory(table)))
    assert told["Nothing found"] == len(CELLS) - 3
    assert told["100 %"] == 1
    assert told["0 %"] == 2


def test_periods_of_an_inventory_get_a_slider(streets: Any) -> None:
    page = gg.map_inventory(progress(by="street_id", period="MS"), streets, lang="zh")
    axes = layer(page, "shape_views").settings["axes"]
    assert [axis["labels"] for axis in axes if axis["kind"] == "period"] == [["2016-01", "2016-02"]]
    assert len(axes[0]["labels"]) == 4


def test_items_without_a_street_are_counted_at_the_foot(streets: Any) -> None:
    table = progress(by="street_id")
    table.loc[1, "group"] = None
    drawing = drawing_of(gg.map_inventory(table, streets))
    assert drawing is not None
    assert "Not drawn: 1 items without a street." in drawing.sheet["foot"]


def test_an_inventory_that_cannot_be_drawn_is_refused_in_words(streets: Any) -> None:
    with pytest.raises(InputError, match="needs rows by street or by cell"):
        gg.map_inventory(progress(), streets)
    with pytest.raises(MapError, match="by street needs jurisdictions"):
        gg.map_inventory(progress(by="street_id"))
    with pytest.raises(MapError, match="none of the"):
        gg.map_inventory(progress(by="item_id"), streets)
