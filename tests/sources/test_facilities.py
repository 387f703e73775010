"""Facilities: read by any name, set aside with a reason, kept when they lie outside."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    EmptyTableError,
    GeometryError,
    OptionError,
)
from gridgov.sources.facilities import read_facilities
from gridgov.sources.notices import notices

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
STREETS = gpd.GeoDataFrame(
    {"street_id": ["01", "02"], "street": ["古城街道", "鲁谷街道"]},
    geometry=[box(116.18, 39.88, 116.20, 39.92), box(116.20, 39.88, 116.22, 39.92)],
    crs="EPSG:4326",
)


def table(**columns: Any) -> pd.DataFrame:
    """Four posts in a row, with columns put in place of the usual ones."""
    usual = {
        "设施编号": ["G1", "G2", "G3", "G4"],
        "设施类型": ["岗亭", "岗亭", "驿站", " "],
        "服务半径": ["500", "", "1,200", "无"],
        "容量": ["2", "0", "３", ""],
        "经度": ["116.190", "116.195", "116.205", "116.210"],
        "纬度": ["39.90"] * 4,
    }
    return pd.DataFrame({**usual, **columns})


def test_columns_and_kinds_are_the_documented_ones() -> None:
    facilities, set_aside = read_facilities(table(备注=["", "a", "b", "c"]))
    assert facilities.columns.tolist() == [*TABLES["facilities"].names, "备注"]
    assert set_aside.columns[:4].tolist() == ["source_row", "reason", "detail", "detail_zh"]
    assert len(set_aside) == 0
    assert facilities.crs == "EPSG:4326"
    assert facilities["facility_id"].tolist() == ["G1", "G2", "G3", "G4"]
    assert facilities["kind"].isna().tolist() == [False, False, False, True]
    np.testing.assert_array_equal(facilities["reach_m"], [500, np.nan, 1200, np.nan])
    np.testing.assert_array_equal(facilities["capacity"], [2, 0, 3, np.nan])
    assert facilities.geometry.x.tolist() == [116.19, 116.195, 116.205, 116.21]


@pytest.mark.parametrize(
    ("file", "rows", "kinds", "capacity", "reaches"),
    [
        # Counts and kinds from the generator's README; 21,644 members added up by hand (awk).
        ("facilities.csv", 331, {"岗亭", "驿站", "摄像头", "充电站"}, None, 331),
        ("volunteer_teams.csv", 265, None, 21_644, 0),
    ],
)
def test_the_sample_files_read_without_a_word_about_columns(
    file: str, rows: int, kinds: set[str] | None, capacity: float | None, reaches: int
) -> None:
    facilities, set_aside = read_facilities(SAMPLE / file, datum="gcj02")
    assert (len(facilities), len(set_aside)) == (rows, 0)
    assert facilities["facility"].notna().all()
    assert facilities["reach_m"].notna().sum() == reaches
    assert facilities["capacity"].notna().all()
    if kinds is not None:
        assert set(facilities["kind"]) == kinds
    if capacity is not None:
        assert facilities["capacity"].sum() == capacity


def test_english_names_and_geometries_are_found() -> None:
    source = gpd.GeoDataFrame(
        {
            "Station ID": [7, 8],
            "amenity": ["post", "camera"],
            "members": [3, 4],
            "radius": [9.5, 8],
        },
        geometry=[Point(116.19, 39.9), Point(116.2, 39.9)],
        crs="EPSG:4326",
    ).to_crs("EPSG:32650")
    facilities, _ = read_facilities(source)
    assert facilities["facility_id"].tolist() == ["7", "8"]
    assert facilities["capacity"].tolist() == [3, 4]
    assert facilities["reach_m"].tolist() == [9.5, 8]
    # Another CRS is read as what it says it is.
    np.testing.assert_allclose(facilities.geometry.x, [116.19, 116.2], atol=1e-9)


@pytest.mark.parametrize(
    ("columns", "row", "reason", "words"),
    [
        ({"设施编号": ["G1", " ", "G3", "G4"]}, 2, "missing_id", "no id in 设施编号"),
        (
            {"设施编号": ["G1", "G2", "G2", "G4"]},
            3,
            "duplicate_id",
            "'G2' is that of row 2 already",
        ),
        (
            {"经度": ["", "116.2", "116.2", "116.2"], "纬度": ["", "39.9", "39.9", "39.9"]},
            1,
            "missing_coordinate",
            "no coordinates in 经度, 纬度: a facility that is nowhere reaches nobody",
        ),
        (
            {"经度": ["x", "116.2", "116.2", "116.2"]},
            1,
            "unreadable_coordinate",
            "'x, 39.90' in 经度, 纬度 is not a pair",
        ),
        (
            {"经度": ["0", "116.2", "116.2", "116.2"], "纬度": ["0", "39.9", "39.9", "39.9"]},
            1,
            "zero_coordinate",
            "are 0, 0",
        ),
        (
            {"容量": ["2", "-1", "3", ""]},
            2,
            "negative_capacity",
            "capacity '-1' in 容量 must be 0 or more",
        ),
        (
            {"容量": ["2", "1", "约三", ""]},
            3,
            "unreadable_number",
            "'约三' in 容量 is not a number",
        ),
        ({"服务半径": ["0", "1", "3", ""]}, 1, "no_reach", "must be more than 0 meters"),
        ({"服务半径": ["1", "1", "3", "inf"]}, 4, "unreadable_number", "reach 'inf' in 服务半径"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(
    columns: dict[str, Any], row: int, reason: str, words: str
) -> None:
    with pytest.warns(DataWarning, match="1 of 4 rows was set aside"):
        facilities, set_aside = read_facilities(table(**columns))
    assert len(facilities) == 3
    assert set_aside[["source_row", "reason"]].values.tolist() == [[row, reason]]
    assert words in set_aside["detail"].item()
    assert set_aside["detail_zh"].item()
    assert set_aside["设施类型"].tolist() == table(**columns)["设施类型"].iloc[[row - 1]].tolist()


def test_only_an_accepted_row_makes_a_later_one_a_duplicate() -> None:
    source = table(设施编号=["G1", "G1", "G3", "G4"], 容量=["-5", "1", "1", "1"])
    with pytest.warns(DataWarning, match="negative_capacity"):
        facilities, set_aside = read_facilities(source)
    assert facilities["facility_id"].tolist() == ["G1", "G3", "G4"]
    assert set_aside["reason"].tolist() == ["negative_capacity"]


def test_facilities_outside_are_counted_kept_and_noticed() -> None:
    source = table(经度=["116.190", "116.195", "116.205", "116.230"])
    with pytest.warns(DataWarning, match=r"Outside every street: 1 of 4 facilities, kept"):
        facilities, _ = read_facilities(source, jurisdictions=STREETS)
    assert len(facilities) == 4
    assert notices(facilities).query("notice == 'outside_streets'")["value"].tolist() == [1]


def test_the_id_of_a_street_is_found_by_its_name() -> None:
    source = table(街道=["古城街道", "古城街道", "02", "某街道"])
    facilities, _ = read_facilities(source, jurisdictions=STREETS)
    assert facilities["street_id"].tolist()[:3] == ["01", "01", "02"]
    assert facilities["street_id"].isna().tolist() == [False, False, False, True]
    assert facilities["街道"].tolist() == ["古城街道", "古城街道", "02", "某街道"]
    assert read_facilities(source).facilities["street_id"].isna().all()


def test_rows_without_ids_are_numbered_and_said() -> None:
    with pytest.warns(DataWarning, match="4 facilities are called row-1, row-2"):
        facilities, _ = read_facilities(table().drop(columns="设施编号"))
    assert facilities["facility_id"].tolist() == ["row-1", "row-2", "row-3", "row-4"]


def test_what_is_lacking_is_noticed_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facilities, _ = read_facilities(table())
    found = notices(facilities)
    assert found[["notice", "value"]].values.tolist() == [
        ["missing_reach_m", 2],
        ["missing_capacity", 1],
    ]
    assert "2 of 4 facilities" in found["detail"].iloc[0]


def test_the_source_is_not_changed() -> None:
    source = table()
    before = source.copy()
    read_facilities(source)
    pd.testing.assert_frame_equal(source, before)


@pytest.mark.parametrize(
    ("source", "options", "error", "words"),
    [
        (table().iloc[:0], {}, EmptyTableError, "at least one row"),
        (table().drop(columns="经度"), {}, ColumnsError, r"must have coordinates.*Found: 设施编号"),
        (table(), {"columns": {"capcity": "容量"}}, OptionError, r"Did you mean 'capacity'\?"),
        (table(), {"columns": {"capacity": "人数"}}, ColumnsError, "'人数', which was named for"),
        (
            table(容量=["-1"] * 4),
            {},
            GeometryError,
            r"at least one usable facility\. Found: 4 rows, none usable; the first, row 1",
        ),
    ],
)
def test_a_source_that_cannot_be_used_is_one_clear_error(
    source: Any, options: dict[str, Any], error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        read_facilities(source, **options)
