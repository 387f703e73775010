"""The maps of patrols, tracks and coverage: what they take, and what a reader sees."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.track_lines import track_days

MIDDLE = 0x8931AA50E27FFFF
# A slider shows its period in the next frame of the browser.
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
ZONE = "Asia/Shanghai"
# A corner inside the streets of the fixture.
LON, LAT = (float(at[0]) - 0.012 for at in cell_centers([MIDDLE]))


@pytest.fixture
def patrols() -> pd.DataFrame:
    """Seven cells: often visited, visited once, passed through, never seen, and more."""
    last = pd.to_datetime(["2017-09-08 16:05"] * 7).tz_localize(ZONE)
    frame = pd.DataFrame(
        {
            "cell": grid_disk(MIDDLE, 1),
            "street_id": "s1",
            "visits": [9, 1, 0, 0, 2, 4, 12345],
            "dwell_min": [61.5, 3.0, 0.4, 0.0, 20.0, 40.0, 1234.56],
            "mean_dwell_min": [6.8, 3.0, None, None, 10.0, 10.0, 0.1],
            "person_min": [123.0, 3.0, 0.4, 0.0, 20.0, 40.0, 1234.56],
            "koper_visits": [1, 0, 0, 0, 2, 1, 0],
            "revisits": [8, 0, 0, 0, 1, 3, 700],
            "revisit_mean_h": [5.25, None, None, None, 30.0, 20.0, 0.5],
            "revisit_max_h": [48.0, 100.0, 120.0, 120.0, 60.0, 50.0, 6.0],
            "revisit_max_open": [False, True, True, True, False, False, False],
            "revisit_cv": [1.1, None, None, None, None, 0.3, 0.25],
            "last_visit_at": last.where(np.array([1, 1, 0, 0, 1, 1, 1], dtype=bool)),
            "dwell_half_rate_min": 0.0,
        }
    )
    result = conform(frame, "patrols")
    result.attrs["patrol"] = {
        "tracks": 3,
        "fixes": 4321,
        "start": "2017-09-04T00:00:00+08:00",
        "end": "2017-09-09T00:00:00+08:00",
        "tracked_min": 300.0,
        "dwell_min": 150.0,
        "outside_min": 30.0,
        "unobserved_min": 120.0,
    }
    return result


@pytest.mark.browser
def test_each_measure_shows_the_numbers_of_the_table_and_who_was_never_there(
    patrols: Any, streets: Any, exported: Any
) -> None:
    kept = patrols.copy(deep=True)
    breaks = {"dwell_min": [5, 50], "visits": [2, 5], "revisit_mean_h": [24]}
    page = exported(gg.map_patrols(patrols, streets, breaks=breaks, source="receivers"))
    longitude, latitude = cell_centers(patrols["cell"])

    def classes() -> list[str]:
        return [page.hover(longitude[i], latitude[i])["row Class"] for i in range(7)]

    first = page.hover(longitude[0], latitude[0])
    assert first["row Dwell (min)"] == "61.5"
    assert first["row Visits"] == "9"
    assert first["row Dose (person-min)"] == "123"
    assert first["row Mean revisit interval (h)"] == "5.25"
    assert first["row Longest absence (h)"] == "48"
    assert first["row Longest absence cut off"] == "No"
    assert first["row Last visit"] == "2017-09-08 16:05"
    never = page.hover(longitude[3], latitude[3])
    assert never["row Visits"] == "0"
    assert never["row Longest absence cut off"] == "Yes"
    assert "row Last visit" not in never
    assert "row Mean revisit interval (h)" not in never
    assert page.hover(longitude[6], latitude[6])["row Visits"] == "12,345"
    # Nobody stayed in the third cell, and somebody was seen there.
    assert classes() == ["≥ 50", "< 5", "< 5", "No time observed", "5 – 50", "5 – 50", "≥ 50"]
    choice = page.page.locator(".gg-choices select").first
    choice.select_option(label="Visits")
    assert classes() == ["≥ 5", "1", "Never visited", "Never visited", "2 – 4", "2 – 4", "≥ 5"]
    assert page.text(".gg-what")[:4] == ["≥ 5", "2 – 4", "1", "Never visited"]
    assert page.text(".gg-count") == ["2", "2", "1", "2"]
    choice.select_option(label="Mean revisit interval (h)")
    once, never_, often = "Visited, no return", "Never visited", "< 24"
    assert classes() == [often, once, never_, never_, "≥ 24", often, often]
    assert page.text(".gg-foot p") == [
        "Source: receivers",
        "3 tracks with 4,321 fixes, 2017-09-04 00:00 to 2017-09-09 00:00: observed 2.5 h in the "
        "grid and 0.5 h outside, unobserved 2.0 h.",
    ]
    assert page.complaints == []
    pd.testing.assert_frame_equal(patrols, kept)


def test_bounds_for_something_else_are_refused(patrols: Any) -> None:
    with pytest.raises(OptionError, match="breaks must give bounds by column, of dwell_min"):
        gg.map_patrols(patrols, breaks={"person_min": [5]})
    with pytest.raises(OptionError, match="breaks must be 1 to 5 numbers above 0"):
        gg.map_patrols(patrols, breaks={"visits": [5, 2]})
    with pytest.raises(ColumnsError, match="revisit_cv"):
        gg.map_patrols(patrols.drop(columns="revisit_cv"))
    with pytest.raises(EmptyTableError, match="has no rows"):
        gg.map_patrols(patrols.iloc[:0])


def walks() -> gpd.GeoDataFrame:
    """Two tracks on two days: P1 with a gap at 09:05, P2 only on the second day."""
    first = pd.date_range("2017-09-04 09:00", periods=4, freq="min", tz=ZONE)
    at = [*first, *(first + pd.Timedelta(minutes=9)), *(first + pd.Timedelta(days=1))]
    place = [shapely.Point(LON + 0.002 * k, LAT) for k in range(4)]
    place += [shapely.Point(LON + 0.01 + 0.002 * k, LAT + 0.005) for k in range(4)]
    place += [shapely.Point(LON + 0.002 * k, LAT + 0.02) for k in range(4)]
    frame = gpd.GeoDataFrame(
        {
            "track_id": ["张三"] * 8 + ["李四"] * 4,
            "fix_at": at,
            "persons": [1] * 8 + [2] * 4,
            "phone": ["13900000000"] * 12,
        },
        geometry=place,
        crs=4326,
    )
    return conform(frame, "tracks")


@pytest.mark.browser
def test_a_track_tells_its_day_and_breaks_at_a_gap(streets: Any, exported: Any) -> None:
    tracks = walks()
    kept = tracks.copy(deep=True)
    page = exported(gg.map_tracks(tracks, streets))
    assert page.text(".gg-time output") == ["2017-09-05"]
    assert page.hover(LON + 0.003, LAT) == {}
    card = page.hover(LON + 0.003, LAT + 0.02)
    assert card["heading"] == "Track 2"
    assert card["row Persons"] == "2"
    assert page.text(".gg-what")[0] == "Track 2"
    page.page.locator(".gg-time input").press("Home")
    page.page.evaluate(TWO_FRAMES)
    card = page.hover(LON + 0.003, LAT)
    # By hand: three minutes, six without a fix, three minutes.
    assert card == {
        "heading": "Track 1",
        "sub": "",
        "row From": "2017-09-04 09:00:00",
        "row To": "2017-09-04 09:12:00",
        "row Fixes": "8",
        "row Observed (min)": "6",
        "row Gaps": "1",
        "row In gaps (min)": "6",
        "row Persons": "1",
    }
    assert page.hover(LON + 0.003, LAT + 0.02) == {}
    # The dash over the gap tells of the same track.
    assert page.hover(LON + 0.008, LAT + 0.0025)["heading"] == "Track 1"
    assert page.text(".gg-count") == ["1", "1"]
    assert page.complaints == []
    pd.testing.assert_frame_equal(pd.DataFrame(tracks), pd.DataFrame(kept))


def test_names_and_own_columns_stay_out_unless_asked_for(streets: Any, tmp_path: Any) -> None:
    from gridgov.maps.page import walk

    def told(page: Any) -> str:
        return "".join(str(vars(one).get("_settings")) for one in walk(page))

    silent = told(gg.map_tracks(walks(), streets))
    assert "张三" not in silent
    assert "13900000000" not in silent
    asked = told(gg.map_tracks(walks(), streets, columns=["track_id", "phone"]))
    assert "张三" in asked
    assert "13900000000" in asked
    with pytest.raises(ColumnsError, match=r"columns must name columns of tracks.*unit.*phone"):
        gg.map_tracks(walks(), columns="unit")
    with pytest.raises(OptionError, match="max_gap_s must be a number of seconds above 0"):
        gg.map_tracks(walks(), max_gap_s=0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4000)), min_size=1, max_size=40))
def test_minutes_of_days_add_up_and_fixes_are_each_in_one_row(
    fixes: list[tuple[int, int]],
) -> None:
    frame = pd.DataFrame(fixes, columns=["track_id", "minute"]).drop_duplicates()
    start = pd.Timestamp("2017-09-04 22:00", tz=ZONE)
    tracks = gpd.GeoDataFrame(
        {
            "track_id": frame["track_id"].astype(str),
            "fix_at": start + pd.to_timedelta(frame["minute"], unit="min"),
            "persons": 1,
        },
        geometry=[shapely.Point(116.2 + minute / 1e5, 39.9) for minute in frame["minute"]],
        crs=4326,
    )
    days = track_days(tracks, 120.0)
    assert days.rows["fixes"].sum() == len(frame)
    assert len(days.fix) == len(frame)
    # By loops: a leg of at most two minutes is observed.
    wait = frame.sort_values(["track_id", "minute"]).groupby("track_id")["minute"].diff()
    assert days.rows["observed_min"].sum() == wait[wait <= 2].sum()
    drawn = [line is not None for line in days.lines]
    assert drawn == (days.rows["observed_min"] > 0).tolist()


def test_lines_are_within_a_meter_of_the_fixes() -> None:
    rng = np.random.default_rng(3)
    count = 500
    steps = np.cumsum(rng.normal(0, 3e-5, (count, 2)), axis=0) + np.array([116.2, 39.9])
    tracks = gpd.GeoDataFrame(
        {
            "track_id": "P",
            "fix_at": pd.date_range("2017-09-04 09:00", periods=count, freq="20s", tz=ZONE),
            "persons": 1,
        },
        geometry=shapely.points(steps),
        crs=4326,
    )
    (line,) = track_days(tracks, 60.0).lines
    plane = tracks.estimate_utm_crs()
    away = tracks.to_crs(plane).distance(gpd.GeoSeries([line], crs=4326).to_crs(plane).iloc[0])
    assert away.max() < 1.0
    assert shapely.get_num_coordinates(line) < count


@pytest.fixture
def coverage() -> pd.DataFrame:
    """Two streets and the whole, one day and seven; no roads, windows too long for thirty."""
    frame = pd.DataFrame(
        {
            "street_id": [None] * 3 + ["s1"] * 3 + ["s2"] * 3,
            "days": [1, 7, 30] * 3,
            "windows": [14, 8, 0] * 3,
            "cells": [90.5] * 3 + [50.25] * 3 + [40.25] * 3,
            "cell_share": [0.2, 0.5, None, 0.356, 0.8, None, 0.0, 0.1, None],
            "incidents": [100] * 3 + [12345] * 3 + [10] * 3,
            "incident_share": [0.3, 0.6, None, 0.4, 0.9, None, 0.0, 0.2, None],
        }
    )
    return conform(frame, "patrol_coverage")


@pytest.mark.browser
def test_shares_of_streets_are_those_of_the_table_for_every_window(
    coverage: Any, streets: Any, exported: Any
) -> None:
    page = exported(gg.map_patrol_coverage(coverage, streets, source="receivers"))
    west, south, east, north = streets.total_bounds
    left = (west + 0.01, (south + north) / 2)
    right = (east - 0.01, (south + north) / 2)
    measure, window = (page.page.locator(".gg-choices select").nth(i) for i in range(2))
    # Roads and hotspots were not given, so that only two shares of four can be chosen.
    assert measure.locator("option").all_inner_texts() == ["Cells visited", "Incidents visited"]
    card = page.hover(*left)
    assert card["heading"] == "鲁谷街道"
    assert card["row Class"] == "≥ 80 %"
    assert card["row Cells visited"] == "80 %"
    assert card["row Incidents visited"] == "90 %"
    assert card["row Incidents"] == "12,345"
    assert card["row Cells, by share inside"] == "50.25"
    assert page.text(".gg-foot p")[1] == (
        "Windows of 7 days: 8 in the period. All streets together: 50 %."
    )
    window.select_option(label="1 day")
    assert page.hover(*left)["row Cells visited"] == "36 %"
    assert page.hover(*right)["row Class"] == "0 %"
    measure.select_option(label="Incidents visited")
    assert page.text(".gg-foot p")[1].endswith("All streets together: 30 %.")
    assert page.hover(*left)["row Class"] == "40 % – 60 %"
    window.select_option(label="30 days")
    assert page.hover(*left)["row Class"] == "No answer"
    assert page.text(".gg-count")[-1] == "2"
    assert page.complaints == []


def test_coverage_of_the_whole_alone_is_no_map(coverage: Any, streets: Any) -> None:
    with pytest.raises(MapError, match=r"needs rows by street\. Found: rows of the whole area"):
        gg.map_patrol_coverage(coverage.iloc[:3], streets)
    with pytest.raises(MapError, match="none of the 2 streets of the table, such as s1"):
        gg.map_patrol_coverage(coverage, streets.assign(street_id=["x", "y"]))
