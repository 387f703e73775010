"""Inventories and campaigns as read: accepted as they are, or set aside with a reason."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, InputError, OptionError

ZONE = "Asia/Shanghai"


def inventory_rows(**columns: Any) -> pd.DataFrame:
    table = {
        "设施编号": ["GG1", "GG2", "LED1"],
        "设施类型": ["户外广告", "户外广告", "LED电子显示屏"],
        "街道": ["八角街道", "古城街道", "古城街道"],
        "发现时间": ["2016-01-04 08:16", "2016-01-05", "2016年1月6日"],
        "整改时间": ["2016-03-01", "", "2016-03-02"],
        "复发时间": ["", "", "2016-04-01"],
        "经度": ["116.20", "116.18", "116.19"],
        "纬度": ["39.91", "39.90", "39.92"],
        **columns,
    }
    return pd.DataFrame(table)


def read(table: pd.DataFrame, **options: Any) -> Any:
    return gg.read_inventory(table, timezone=ZONE, **options)


def test_a_plain_table_is_read_whole() -> None:
    inventory, aside = read(inventory_rows(备注=["", "大", ""]))
    names = TABLES["inventory"].names
    assert list(inventory.columns) == [*names, "街道", "备注"]
    assert inventory["item_id"].tolist() == ["GG1", "GG2", "LED1"]
    assert inventory["street_id"].tolist() == ["八角街道", "古城街道", "古城街道"]
    assert inventory["relapsed_at"].notna().tolist() == [False, False, True]
    assert inventory["rectified_again_at"].isna().all()
    assert inventory["found_at"].iloc[0] == pd.Timestamp("2016-01-04 08:16", tz=ZONE)
    assert inventory.crs.equals("EPSG:4326")
    assert len(aside) == 0
    assert inventory.attrs["source"]["form"] == "items"


def test_a_rectification_dated_without_a_time_on_the_day_it_was_found_is_kept() -> None:
    table = inventory_rows(整改时间=["2016-01-04", "2016-01-04", ""], 复发时间=[""] * 3)
    with pytest.warns(DataWarning, match="1 of 3 rows"):
        inventory, aside = read(table)
    assert inventory["item_id"].tolist() == ["GG1", "LED1"]
    assert aside["reason"].tolist() == ["rectified_before_found"]


def test_streets_get_their_ids_where_they_are_known() -> None:
    streets = gpd.GeoDataFrame(
        {"street_id": ["01", "02"], "street": ["八角街道", "古城街道"]},
        geometry=[
            shapely.box(116.19, 39.9, 116.21, 39.95),
            shapely.box(116.1, 39.8, 116.19, 39.95),
        ],
        crs=4326,
    )
    inventory, _ = read(inventory_rows(), jurisdictions=streets)
    assert inventory["street_id"].tolist() == ["01", "02", "02"]


@pytest.mark.parametrize(
    ("columns", "reason", "words"),
    [
        ({"设施编号": ["GG1", "", "LED1"]}, "missing_id", "no id in 设施编号"),
        ({"发现时间": ["2016-01-04", "", "2016-01-06"]}, "missing_time", "no time in 发现时间"),
        ({"发现时间": ["2016-01-04", "soon", "2016-01-06"]}, "unreadable_time", "'soon'"),
        ({"整改时间": ["", "bald", ""], "复发时间": [""] * 3}, "unreadable_time", "'bald'"),
        (
            {"整改时间": ["", "2015-01-01", "2017-01-01"], "复发时间": [""] * 3},
            "rectified_before_found",
            "before it was found",
        ),
        ({"复发时间": ["", "2016-02-01", ""]}, "relapsed_before_rectified", "(never)"),
        (
            {"经度": ["116.2", "0", "116.2"], "纬度": ["39.9", "0", "39.9"]},
            "zero_coordinate",
            "0, 0",
        ),
        ({"经度": ["116.2", "x", "116.2"]}, "unreadable_coordinate", "not a pair"),
        ({"设施编号": ["GG1", "GG1", "LED1"]}, "duplicate_id", "row 1 already"),
    ],
)
def test_a_faulty_row_is_set_aside_with_its_reason(
    columns: dict[str, Any], reason: str, words: str
) -> None:
    with pytest.warns(DataWarning, match="1 of 3 rows was set aside"):
        inventory, aside = read(inventory_rows(**columns))
    assert inventory["item_id"].tolist() == ["GG1", "LED1"]
    assert aside["reason"].tolist() == [reason]
    assert aside["source_row"].tolist() == [2]
    assert words in aside["detail"].item()
    assert aside["detail_zh"].item()


def test_items_without_coordinates_are_kept_and_told() -> None:
    with pytest.warns(DataWarning, match="Without coordinates: 1 of 3 items"):
        inventory, aside = read(
            inventory_rows(经度=["116.2", "", "116.2"], 纬度=["39.9", "", "39.9"])
        )
    assert inventory.geometry.isna().tolist() == [False, True, False]
    assert len(aside) == 0


def test_a_table_without_any_coordinates_is_read() -> None:
    with pytest.warns(DataWarning, match="Without coordinates: 3 of 3"):
        inventory, _ = read(inventory_rows().drop(columns=["经度", "纬度"]))
    assert inventory.geometry.isna().all()


def test_the_datum_moves_the_points() -> None:
    plain, _ = read(inventory_rows())
    moved, _ = read(inventory_rows(), datum="gcj02")
    # GCJ-02 is some 600 m off to the east-southeast here.
    assert (moved.geometry.x < plain.geometry.x - 0.003).all()


def test_a_log_becomes_one_row_an_item() -> None:
    log = pd.DataFrame(
        {
            "设施编号": ["A", "B", "A", "A", "A", "A", "A", "C", "D", "D"],
            "环节": [
                "发现",
                "发现",
                "整改",
                "复发",
                "整改",
                "发现",
                "发现",
                "整改",
                "发现",
                "整改",
            ],
            "环节时间": [
                "2016-01-01",
                "2016-01-02",
                "2016-02-01",
                "2016-03-01",
                "2016-04-01",
                "2016-05-01",
                "2016-05-02",
                "2016-01-05",
                "2016-06-01",
                "2016-06-02",
            ],
            "街道": ["X", "Y", *"XXXXX", "Z", "W", "W"],
        }
    )
    with pytest.warns(DataWarning):
        inventory, aside = read(log)
    assert inventory["item_id"].tolist() == ["A", "B", "D"]
    first = inventory.iloc[0]
    # Found, rectified, back in March, rectified in April, back in May for good.
    assert str(first["rectified_at"].date()) == "2016-02-01"
    assert str(first["relapsed_at"].date()) == "2016-05-01"
    assert pd.isna(first["rectified_again_at"])
    assert inventory["street_id"].tolist() == ["X", "Y", "W"]
    assert pd.isna(inventory["rectified_at"].iloc[1])
    assert len(aside) == 0
    assert inventory.attrs["source"]["form"] == "log"


def test_a_log_with_unknown_events_sets_them_aside() -> None:
    log = pd.DataFrame(
        {"id": ["A", "A"], "event": ["found", "painted"], "time": ["2016-01-01"] * 2}
    )
    with pytest.warns(DataWarning):
        inventory, aside = read(log, columns={"event_at": "time"})
    assert len(inventory) == 1
    assert aside["reason"].tolist() == ["unknown_event"]


def test_ids_are_made_where_there_are_none() -> None:
    with pytest.warns(DataWarning, match="row-1, row-2"):
        inventory, _ = read(inventory_rows().drop(columns="设施编号"))
    assert inventory["item_id"].tolist() == ["row-1", "row-2", "row-3"]


def test_a_table_that_does_not_say_when_is_refused() -> None:
    with pytest.raises(ColumnsError, match="must say when items were found"):
        read(inventory_rows().drop(columns="发现时间"))
    with pytest.raises(InputError, match="none usable; the first, row 1"):
        read(inventory_rows(发现时间=["", "", ""]))
    with pytest.raises(OptionError, match="timezone must be the name"):
        gg.read_inventory(inventory_rows(), timezone="Beijing time")


def campaign_rows(**columns: Any) -> pd.DataFrame:
    table = {
        "行动名称": ["one", "two"],
        "问题类型": ["占道经营", ""],
        "街道": ["八角街道", "古城街道"],
        "中心经度": ["116.2", "116.18"],
        "中心纬度": ["39.91", "39.90"],
        "半径米": ["200", "150"],
        "前期开始": ["2015-05-01"] * 2,
        "前期结束": ["2016-05-01"] * 2,
        "后期开始": ["2016-08-01"] * 2,
        "后期结束": ["2017-08-01"] * 2,
        **columns,
    }
    return pd.DataFrame(table)


def test_campaigns_get_discs_of_their_radius() -> None:
    campaigns, aside = gg.read_campaigns(campaign_rows(), timezone=ZONE)
    areas = campaigns.to_crs(32650).area.to_numpy()
    assert areas == pytest.approx(np.pi * np.array([200.0, 150.0]) ** 2, rel=0.002)
    assert pd.isna(campaigns["category"].iloc[1])
    assert list(campaigns.columns)[: len(TABLES["campaigns"].names)] == TABLES["campaigns"].names
    assert len(aside) == 0


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"行动名称": ["one", ""]}, "missing_id"),
        ({"行动名称": ["one", "one"]}, "duplicate_id"),
        ({"前期开始": ["2015-05-01", "2016-06-01"]}, "dates_out_of_order"),
        ({"后期开始": ["2016-08-01", "2016-04-01"]}, "dates_out_of_order"),
        ({"后期结束": ["2017-08-01", ""]}, "missing_time"),
        ({"半径米": ["200", "-5"]}, "no_reach"),
        ({"半径米": ["200", "wide"]}, "unreadable_number"),
        ({"中心经度": ["116.2", ""], "中心纬度": ["39.91", ""], "街道": ["a", ""]}, "no_area"),
    ],
)
def test_a_faulty_campaign_is_set_aside(columns: dict[str, Any], reason: str) -> None:
    with pytest.warns(DataWarning, match="1 of 2 rows was set aside"):
        campaigns, aside = gg.read_campaigns(campaign_rows(**columns), timezone=ZONE)
    assert campaigns["campaign"].tolist() == ["one"]
    assert aside["reason"].tolist() == [reason]


def test_a_campaign_of_a_street_has_no_outline() -> None:
    table = campaign_rows(中心经度=["116.2", ""], 中心纬度=["39.91", ""])
    campaigns, aside = gg.read_campaigns(table, timezone=ZONE)
    assert campaigns.geometry.isna().tolist() == [False, True]
    assert campaigns["street_id"].tolist() == ["八角街道", "古城街道"]
    assert len(aside) == 0


def test_outlines_are_taken_as_they_are() -> None:
    table = gpd.GeoDataFrame(
        campaign_rows().drop(columns=["中心经度", "中心纬度", "半径米"]),
        geometry=[shapely.box(116.1, 39.9, 116.2, 39.95), shapely.LineString([(0, 0), (1, 1)])],
        crs=4326,
    )
    with pytest.warns(DataWarning):
        campaigns, aside = gg.read_campaigns(table, timezone=ZONE)
    assert campaigns.geometry.iloc[0].equals(shapely.box(116.1, 39.9, 116.2, 39.95))
    assert aside["reason"].tolist() == ["invalid_outline"]


def test_campaigns_without_dates_are_refused() -> None:
    with pytest.raises(ColumnsError, match="must have the columns before_start, before_end"):
        gg.read_campaigns(campaign_rows().drop(columns=["前期开始", "前期结束"]))
    with pytest.raises(InputError, match="at least one usable campaign"):
        gg.read_campaigns(campaign_rows(前期开始=["", ""]))
