"""Notices and rows set aside travel with a table and come back as tables."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning
from gridgov.sources.notices import Notice, attach, plain, warn

MENDED = Notice("mended", "001", "Mended by 2 m².", "修复 2 平方米。", value=2.0, unit="m²")
NAMELESS = Notice("ids_numbered", "street_id", "No ids.", "没有编号。")
ASIDE = {
    "source_row": 3,
    "reason": "missing_id",
    "detail": "No id.",
    "detail_zh": "没有编号。",
    "name": "古城",
    "geometry": shapely.Point(1, 2),
    "count": np.int64(7),
}


def streets() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"street_id": ["001"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)


def test_what_was_attached_comes_back_as_tables_with_the_documented_columns() -> None:
    table = attach(streets(), notices=[MENDED, NAMELESS], set_aside=[ASIDE])
    notices = gridgov.notices(table)
    assert list(notices.columns) == TABLES["notices"].names
    assert notices["notice"].tolist() == ["mended", "ids_numbered"]
    assert notices["value"].tolist()[0] == 2.0
    assert np.isnan(notices["value"].tolist()[1])
    aside = gridgov.set_aside_rows(table)
    assert list(aside.columns) == [*TABLES["set_aside"].names, "name", "geometry", "count"]
    assert aside.iloc[0].tolist() == [
        3,
        "missing_id",
        "No id.",
        "没有编号。",
        "古城",
        "POINT (1 2)",
        7,
    ]


def test_attaching_adds_and_does_not_change_the_table_that_was_passed() -> None:
    first = attach(streets(), notices=[MENDED])
    second = attach(first, notices=[NAMELESS])
    assert len(gridgov.notices(first)) == 1
    assert len(gridgov.notices(second)) == 2


def test_a_table_without_notices_gives_empty_tables_with_columns() -> None:
    assert list(gridgov.notices(streets()).columns) == TABLES["notices"].names
    assert len(gridgov.notices(streets())) == len(gridgov.set_aside_rows(streets())) == 0


def test_notices_survive_copying_filtering_concat_and_parquet(tmp_path) -> None:
    table = attach(streets(), notices=[MENDED], set_aside=[ASIDE])
    assert len(gridgov.notices(table.copy())) == 1
    assert len(gridgov.notices(table[table["street_id"] == "001"])) == 1
    assert len(gridgov.notices(pd.concat([table, table]))) == 1
    table.to_parquet(tmp_path / "streets.parquet")
    json.dumps(table.attrs)


def test_something_that_is_no_table_is_refused() -> None:
    with pytest.raises(ColumnsError, match=r"notices are carried by tables.*Found: list"):
        gridgov.notices([1, 2])
    with pytest.raises(ColumnsError, match="set_aside are carried"):
        gridgov.set_aside_rows(None)


def test_one_warning_holds_all_sentences_and_names_the_caller() -> None:
    def reader() -> None:
        warn([MENDED, NAMELESS], subject="streets.geojson")

    with pytest.warns(DataWarning, match=r"streets.geojson: Mended by 2 m². No ids\.") as caught:
        reader()
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_long_warning_says_how_many_more_there_are() -> None:
    with pytest.warns(DataWarning, match=r"And 3 more, in gridgov.notices\(table\) and on"):
        warn([MENDED] * 8, subject="streets.geojson")


def test_nothing_to_say_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn([], subject="streets.geojson")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (pd.NaT, None),
        (pd.NA, None),
        (None, None),
        (True, True),
        (pd.Timestamp("2017-09-01"), "2017-09-01 00:00:00"),
        (shapely.Point(1, 2), "POINT (1 2)"),
        ("文字", "文字"),
    ],
)
def test_values_become_what_json_can_hold(value, expected) -> None:
    assert plain(value) == expected
    json.dumps(plain(value))
