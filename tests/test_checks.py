"""Checks name what was found and what to do; conform puts tables in form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridgov.checks import check_choice, check_language, check_resolution, check_table, conform
from gridgov.errors import ColumnsError, EmptyTableError, OptionError


def test_an_unknown_choice_is_told_the_nearest_one() -> None:
    assert check_choice("bd09", option="datum", choices=("wgs84", "bd09")) == "bd09"
    with pytest.raises(
        OptionError, match=r"datum must be one of 'wgs84', 'gcj02'.*'gcj2'.*mean 'gcj02'"
    ):
        check_choice("gcj2", option="datum", choices=("wgs84", "gcj02"))
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        check_language("fr")


@pytest.mark.parametrize("wrong", [16, -1, 9.0, "9", True, None, float("nan")])
def test_a_resolution_that_does_not_exist_is_refused(wrong: Any) -> None:
    with pytest.raises(OptionError, match="whole number from 0 to 15"):
        check_resolution(wrong)


def test_numpy_whole_numbers_are_resolutions() -> None:
    assert check_resolution(np.int64(9)) == 9


def test_every_missing_column_is_named_at_once() -> None:
    with pytest.raises(ColumnsError, match=r"columns incidents, area_km2\. Found: cell") as caught:
        check_table(
            pd.DataFrame({"cell": [1]}), "counts", columns=["cell", "incidents", "area_km2"]
        )
    assert caught.value.problems["column"].tolist() == ["incidents", "area_km2"]
    assert "gridgov.tally" in str(caught.value)


def test_something_that_is_no_table_is_refused_by_kind() -> None:
    with pytest.raises(ColumnsError, match="Found: list"):
        check_table([1, 2], "grid")


def test_an_empty_table_is_refused_unless_allowed() -> None:
    empty = conform(pd.DataFrame({"cell": np.array([], dtype=np.uint64)}), "counts")
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        check_table(empty, "counts")
    check_table(empty, "counts", allow_empty=True)


def test_conform_orders_columns_sets_kinds_and_leaves_the_input_alone() -> None:
    raw = pd.DataFrame(
        {
            "own": ["x"],
            "incidents": [3.0],
            "spot": ["hot 99"],
            "cell": np.array([7], np.uint64),
            "neighbors": [6],
            "area_km2": [1],
        },
        index=[5],
    )
    before = raw.copy(deep=True)
    result = conform(raw, "hotspots")
    pd.testing.assert_frame_equal(raw, before)
    assert "own" not in result
    assert result.index.tolist() == [5]
    assert result["incidents"].dtype == np.int64
    assert result["cell"].dtype == np.uint64
    assert result["spot"].cat.ordered
    assert result["period"].isna().all()
    assert str(result["period"].dtype) == "datetime64[us, UTC]"
    assert result["reason"].isna().all()


def test_conform_keeps_the_callers_columns_in_an_open_table() -> None:
    raw = pd.DataFrame({"population": [5], "street_id": ["a"], "area_km2": [1.0]})
    assert conform(raw, "jurisdictions").columns.tolist() == [
        "street_id",
        "street",
        "district",
        "area_km2",
        "geometry",
        "population",
    ]


def test_columns_that_conform_adds_or_keeps_can_be_written_to_one_at_a_time() -> None:
    raw = pd.DataFrame({"incident_id": ["a", "b"], "note": ["x", "y"]})
    result = conform(raw, "incidents")
    lacking = ["category", "status", "channel", "department"]
    assert result[[*lacking, "reported_at", "closed_at", "due_at"]].isna().all(axis=None)
    assert {str(result[name].dtype) for name in lacking} == {"str"}
    result.loc[0, "category"] = "litter"
    result.loc[1, "closed_at"] = pd.Timestamp("2017-05-01", tz="UTC")
    result.loc[0, "note"] = "changed"
    assert result["category"].tolist()[0] == "litter"
    assert result[["status", "channel", "department"]].isna().all(axis=None)
    assert result["closed_at"].notna().tolist() == [False, True]
    assert result[["reported_at", "due_at"]].isna().all(axis=None)
    assert raw["note"].tolist() == ["x", "y"]
    # And nothing of it stays for the next table.
    assert conform(raw, "incidents")["category"].isna().all()


def test_conform_keeps_a_repeated_index_and_an_empty_table() -> None:
    raw = pd.DataFrame({"incident_id": ["a", "b", "c"]}, index=[7, 7, 2])
    result = conform(raw, "incidents")
    assert result.index.tolist() == [7, 7, 2]
    assert result["incident_id"].tolist() == ["a", "b", "c"]
    none = conform(raw.iloc[:0], "incidents")
    assert len(none) == 0
    assert str(none["reported_at"].dtype) == "datetime64[us, UTC]"
