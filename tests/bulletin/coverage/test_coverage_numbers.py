"""The numbers of a coverage pack: those worked by hand, and those of the functions."""

from __future__ import annotations

import csv
import json
import warnings
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest

import gridgov as gg
from gridgov.bulletin.coverage_numbers import UNITS
from gridgov.bulletin.coverage_pack import CoverageResult
from gridgov.bulletin.street_page import file_name
from gridgov.bulletin.words import Words
from gridgov.errors import DataWarning

SOUTH, NORTH = 39.90, 39.915


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number_of(result: CoverageResult, number: str, street_id: str | None) -> pd.Series:
    frame = result.tables["street_numbers"]
    ids = frame["street_id"]
    rows = frame[
        (frame["number"] == number) & (ids.isna() if street_id is None else ids == street_id)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def m2(west: float, east: float) -> float:
    """Area between two meridians, by geographiclib, independent of ours."""
    geod = pyproj.Geod(ellps="WGS84")
    # Straight in degrees, as outlines are: many corners along the parallels.
    xs = np.concatenate([np.linspace(west, east, 50), np.linspace(east, west, 50)])
    area, _ = geod.polygon_area_perimeter(xs, np.repeat([SOUTH, NORTH], 50))
    return abs(area)


def test_every_file_is_there_and_listed(
    small_coverage: Any, full: CoverageResult, bare: CoverageResult
) -> None:
    for result in (full, bare):
        found = {
            path.relative_to(result.out).as_posix()
            for path in result.out.rglob("*")
            if path.is_file()
        }
        assert found == set(result.record["files"])
        said = json.loads((result.out / "coverage.json").read_text(encoding="utf-8"))
        assert said == result.record
        assert set(map(file_name, small_coverage.streets)) < found
    maps = {
        *("responsibility", "owners", "boundaries", "patrols", "patrol_coverage", "patrol_plan"),
        *("reach", "street_reach", "access", "blind_spots", "channels", "silent_channels"),
        *("joint_enforcement", "posts"),
    }
    files = set(full.record["files"])
    assert {f"{name}.html" for name in maps} < files
    assert {"index.html", "tables.xlsx", "patrol_plan.gpx", "set_aside.csv"} < files


def test_the_slit_and_the_overlap_have_the_areas_of_geographiclib(full: CoverageResult) -> None:
    gap, overlap = m2(116.1849, 116.1850), m2(116.2095, 116.2100)
    for street_id, areas in {
        "01": (gap, 0.0),
        "02": (gap, overlap),
        '../03"': (0.0, overlap),
        None: (gap, overlap),
    }.items():
        got = tuple(number_of(full, name, street_id)["value"] for name in ("gap", "overlap"))
        np.testing.assert_allclose(got, areas, rtol=1e-6)
    # A gap in another layer is told to the street that it lies in, under the layer's name.
    tasks = full.tables["street_tasks"]
    first = tasks[(tasks["street_id"] == "01") & (tasks["panel"] == "owned")]
    assert first["task"].tolist() == ["gap", "gap"]
    assert first["label"].str.startswith("<i>plots</i>：无人负责").sum() == 1


def test_patrol_numbers_are_those_worked_by_hand(full: CoverageResult) -> None:
    # One cell in the first street and one in the second had somebody for a minute or more.
    patrols = full.tables["patrols"]
    assert patrols.loc[patrols["visits"] > 0, "dwell_min"].tolist() == [12.0, 2.0]
    for street_id in ("01", "02"):
        row = number_of(full, "never_visited", street_id)
        assert row["value"] == row["n"] - 1
        assert row["n"] == (patrols["street_id"] == street_id).sum()
    assert number_of(full, "never_visited", None)["value"] == len(patrols) - 2
    # From the day of the first fix to the end of the day of the last: three days, three windows
    # of one day, one of three. Two hours of 72 that came had somebody.
    whole = number_of(full, "cells_visited", None)
    assert (whole["start"].isoformat(), whole["end"].isoformat()) == (
        "2024-03-05T00:00:00+08:00",
        "2024-03-08T00:00:00+08:00",
    )
    shares = patrols.merge(pd.DataFrame(rows_of(full.out / "tables" / "owners.csv")), on="cell")
    assert len(shares) >= len(patrols)
    hours = number_of(full, "hours_present", None)
    assert (hours["value"], hours["n"]) == (2 / 72, 72)


def test_reach_and_reporting_are_those_of_the_functions(
    small_coverage: Any, full: CoverageResult, full_folder: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        streets = gg.read_jurisdictions(full_folder / "streets.geojson")
        incidents, _ = gg.read_incidents(full_folder / "incidents.csv", timezone="Asia/Shanghai")
        posts, _ = gg.read_facilities(full_folder / "posts.csv")
    grid = gg.make_grid(streets, resolution=9)
    located = gg.locate(incidents, streets, resolution=9)
    reach = gg.measure_street_reach(posts[posts["kind"] == "post"], grid, streets, located)
    reporting = gg.measure_reporting(located, grid, streets).set_index("street_id")
    mix = gg.measure_channels(located, grid, by="street_id").set_index("street_id")
    for street_id in small_coverage.streets:
        row = reach[reach["street_id"] == street_id].iloc[0]
        assert number_of(full, "reached", street_id)["value"] == row["incidents_reached_share"]
        assert number_of(full, "nearest", street_id)["value"] == row["incident_nearest_m"]
        share = reporting.loc[street_id, "reporting_share"]
        assert number_of(full, "reporting", street_id)["value"] == pytest.approx(share)
        main = number_of(full, "main_channel", street_id)
        assert main["value"] == mix.loc[street_id, "main_share"]
        assert main["subject"] == "hotline"
    # 30 members for the thousand people of the first street, none in the second.
    assert number_of(full, "members_per_10000", "01")["value"] == pytest.approx(300)
    assert number_of(full, "members_per_10000", "02")["value"] == 0


def test_every_key_number_has_period_n_and_method(full: CoverageResult) -> None:
    numbers = full.tables["street_numbers"]
    for _, those in numbers.groupby(["panel", numbers["street_id"].fillna("")]):
        assert 2 <= len(those) <= 4
    assert numbers["method"].str.len().gt(0).all()
    assert numbers["n"].notna().all()
    assert set(numbers["unit"]) <= set(UNITS)
    # Borders and teams are as they are; all else is of a time.
    timeless = {"one_owner_area", "gap", "overlap", "members_per_10000"}
    assert set(numbers.loc[numbers["start"].isna(), "number"]) == timeless
    ends = numbers.dropna(subset="end")
    assert (ends["end"] > ends["start"]).all()
    assert full.record["numbers"]["gap"] == number_of(full, "gap", None)["value"]


def test_a_channel_that_stopped_and_a_cell_with_one_channel_are_told(
    small_coverage: Any,
    full: CoverageResult,
) -> None:
    tasks = full.tables["street_tasks"]
    east = tasks[tasks["street_id"] == '../03"']
    assert (east.loc[east["task"] == "one_channel", "subject"] == "hotline").all()
    first = tasks[(tasks["street_id"] == "01") & (tasks["task"] == "silent_channel")]
    silent = full.tables["silent_channels"]
    march = silent[(silent["period"] == silent["period"].max()) & (silent["street_id"] == "01")]
    fell = march["channel"].notna() & march["silence"].isin(["fell silent", "fell quiet"])
    assert first["subject"].tolist() == march.loc[fell, "channel"].tolist()


def test_what_the_folder_lacks_is_left_out_and_named(bare: CoverageResult) -> None:
    left = bare.record["left_out"]
    assert left == {
        "tracks": "absent",
        "facilities": "absent",
        "teams": "absent",
        "population": "absent",
        "posts": "no_facilities",
    }
    assert not {"patrols", "reach", "sites", "team_reach"} & set(bare.tables)
    numbers = bare.tables["street_numbers"]
    assert set(numbers["panel"]) == {"owned", "report"}
    page = (bare.out / file_name("01")).read_text(encoding="utf-8")
    assert page.count('<p class="missing">') == 2
    assert "Patrols: the folder has no such data; see gridgov.toml." in page
    index = unescape((bare.out / "index.html").read_text(encoding="utf-8"))
    for name in left:
        assert Words("en")(f"cov.left.{name}", why="the folder has no such data")[:8] in index
    assert any("Patrols: the folder has no such data" in line for line in bare.summary)


def test_a_month_is_judged_by_what_came_before_it(bare: CoverageResult) -> None:
    # 100 incidents in each of three months; March has two earlier ones.
    assert bare.counts["in_pack"] == 100
    assert bare.tables["blind_spots"]["history_incidents"].notna().all()
    silent = bare.tables["silent_channels"]
    assert silent["period"].dt.strftime("%Y-%m").unique().tolist() == ["2024-03"]
    assert silent["earlier_periods"].max() == 2
    assert bare.record["period"]["month"] == "2024-03"
