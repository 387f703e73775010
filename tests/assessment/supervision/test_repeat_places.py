"""Places that are reported again and again, by cell and by distance."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from gridgov.assessment.supervision.repeat_places import find_repeat_places, measure_repeat_places
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.point_array import coordinates_of, point_array

START = pd.Timestamp("2017-05-01", tz="Asia/Shanghai")
CELL = 0x8931AA50E27FFFF


def located(*rows: tuple[int, float, float | None, str]) -> gpd.GeoDataFrame:
    """Return reports of (cell number, day, day closed, category), 10 m apart by row."""
    days = [START + pd.Timedelta(days=row[1]) for row in rows]
    closed = [pd.NaT if row[2] is None else START + pd.Timedelta(days=row[2]) for row in rows]
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"r{n}" for n in range(len(rows))],
            "cell": pd.array([CELL + row[0] for row in rows], "UInt64"),
            "street_id": pd.Series([f"0{row[0]}" for row in rows], dtype="str"),
            "department": pd.Series(["城管"] * len(rows), dtype="str"),
            "category": pd.Series([row[3] for row in rows], dtype="str"),
            "reported_at": pd.DatetimeIndex(days, tz="Asia/Shanghai").as_unit("us"),
            "closed_at": pd.to_datetime(pd.Series(closed, dtype=object), utc=True),
        },
        geometry=[Point(116.2 + row[0] / 10 + n * 0.000117, 39.9) for n, row in enumerate(rows)],
        crs="EPSG:4326",
    )


FEW = located(
    (1, 0, 1, "a"),
    (1, 10, None, "a"),
    (1, 20, None, "a"),
    (1, 100, None, "a"),
    (2, 0, None, "a"),
    (2, 31, None, "a"),
    (2, 62, None, "a"),
    (3, 0, 5, "a"),
    (3, 1, 2, "b"),
    (3, 3, 4, "b"),
    (3, 6, None, "a"),
)


def test_places_by_cell_are_listed_when_enough_reports_fall_into_the_window() -> None:
    found = find_repeat_places(FEW)
    assert list(found.columns) == TABLES["repeat_places"].names
    assert found["street_id"].tolist() == ["01"]
    first = found.iloc[0]
    assert (first["reports"], first["most_reports"], first["after_closing"]) == (4, 3, 1)
    assert first["busiest_from_at"] == START
    assert first["busiest_to_at"] == START + pd.Timedelta(days=20)
    assert (first["first_at"], first["last_at"]) == (START, START + pd.Timedelta(days=100))
    assert found["cell"].tolist() == [CELL + 1]
    # Four points 10 m apart: the farthest is 15 m from their middle.
    assert first["spread_m"] == pytest.approx(15, abs=0.1)
    assert first["geometry"].x == pytest.approx(116.3 + 1.5 * 0.000117, abs=1e-9)


def test_without_categories_a_cell_is_one_place() -> None:
    found = find_repeat_places(FEW, same_category=False)
    assert found["street_id"].tolist() == ["01", "03"]
    # In cell 3 each report, in order of time, found the one before it open, closed, closed.
    assert found["after_closing"].tolist() == [1, 2]
    assert found["category"].tolist() == ["a", "a"]


def test_the_edge_of_the_window_belongs() -> None:
    assert len(find_repeat_places(FEW, within_days=20)) == 1
    assert len(find_repeat_places(FEW, within_days=19.99)) == 0
    assert find_repeat_places(FEW, within_days=62)["street_id"].tolist() == ["01", "02"]


def test_places_by_distance_are_chains_of_near_reports() -> None:
    found = find_repeat_places(FEW, distance_m=11, min_reports=3)
    assert found["street_id"].tolist() == ["01"]
    assert found["reports"].tolist() == [3]
    assert found["cell"].isna().all()
    assert len(find_repeat_places(FEW, distance_m=9)) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 60), st.sampled_from("ab")), max_size=20),
    st.integers(2, 4),
    st.integers(1, 20),
)
def test_counts_equal_a_look_at_every_window(
    rows: list[tuple[int, int, str]], least: int, window: int
) -> None:
    frame = located(*[(cell, day, None, kind) for cell, day, kind in rows])
    found = find_repeat_places(frame, within_days=window, min_reports=least)
    expected = {}
    for key in {(cell, kind) for cell, _, kind in rows}:
        days = [day for cell, day, kind in rows if (cell, kind) == key]
        most = max(sum(0 <= day - other <= window for other in days) for day in days)
        if most >= least:
            expected[key] = (len(days), most)
    got = {
        (int(row["cell"]) - CELL, row["category"]): (row["reports"], row["most_reports"])
        for row in found.drop(columns="geometry").to_dict("records")
    }
    assert got == expected
    assert found["place_id"].tolist() == list(range(1, len(expected) + 1))
    assert found["reports"].is_monotonic_decreasing


def test_sums_by_street_and_department_add_up() -> None:
    places = find_repeat_places(FEW, within_days=70, same_category=False)
    streets = measure_repeat_places(places)
    assert streets["group"].tolist() == ["01", "02", "03"]
    assert streets["places"].tolist() == [1, 1, 1]
    departments = measure_repeat_places(places, by="department")
    assert departments["reports"].tolist() == [len(FEW)]
    whole = measure_repeat_places(places, by=None)
    assert whole["places"].tolist() == [3]
    none = measure_repeat_places(places.iloc[:0], by=None)
    assert none["places"].tolist() == [0]


def test_reports_without_cell_time_or_category_are_left_out_and_counted() -> None:
    frame = FEW.copy()
    frame.loc[0, "cell"] = pd.NA
    frame.loc[4, "reported_at"] = pd.NaT
    frame.loc[5, "category"] = None
    found = find_repeat_places(frame)
    assert len(found) == 0
    assert found.attrs["repeat_places"]["left_out"] == 3
    assert list(found.columns) == TABLES["repeat_places"].names


def test_cells_alone_are_enough_and_the_table_is_not_changed() -> None:
    plain = pd.DataFrame(FEW.drop(columns=["geometry", "closed_at"]))
    before = plain.copy()
    found = find_repeat_places(plain)
    assert found["reports"].tolist() == [4]
    assert found["geometry"].isna().all()
    assert np.isnan(found["spread_m"].iloc[0])
    pd.testing.assert_frame_equal(plain, before)
    assert len(find_repeat_places(plain.iloc[:0])) == 0


def test_wrong_options_and_tables_are_told() -> None:
    wrong: list[tuple[str, Any, str]] = [
        ("within_days", 0, "within_days must be above 0"),
        ("min_reports", 1, "min_reports must be a whole number, 2 or more"),
        ("distance_m", -5, "distance_m must be above 0"),
    ]
    for name, value, words in wrong:
        with pytest.raises(OptionError, match=words):
            find_repeat_places(FEW, **{name: value})
    with pytest.raises(ColumnsError, match="column cell"):
        find_repeat_places(FEW.drop(columns="cell"))
    naive = FEW.assign(closed_at="2017")
    with pytest.raises(ColumnsError, match="closed_at must hold times with a zone"):
        find_repeat_places(naive)
    with pytest.raises(ColumnsError, match="column owner"):
        measure_repeat_places(find_repeat_places(FEW), by="owner")


@pytest.mark.parametrize("distance_m", [None, 50.0])
def test_a_table_of_coordinates_has_the_places_of_one_of_points_and_makes_none(
    distance_m: float | None,
) -> None:
    points = FEW.copy()
    points.loc[[1, 9], "geometry"] = None
    held = points.set_geometry(point_array(points.geometry.x, points.geometry.y))
    options: dict[str, Any] = {"min_reports": 2, "distance_m": distance_m}
    expected, found = find_repeat_places(points, **options), find_repeat_places(held, **options)
    assert len(found) > 1
    assert found.to_wkb().equals(expected.to_wkb())
    assert coordinates_of(held.geometry.array) is not None
