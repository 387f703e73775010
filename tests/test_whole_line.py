"""The whole line on the sample: the ten lines of the README, sums kept, inputs left alone."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import folium
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from matplotlib.figure import Figure

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import DataWarning

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"


class Line(NamedTuple):
    streets: Any
    incidents: Any
    set_aside: Any
    grid: Any
    located: Any
    counts: Any
    hot: Any


@pytest.fixture(scope="module")
def line() -> Line:
    with warnings.catch_warnings():
        # What the sample's dirty rows make the readers notice is tested with the readers.
        warnings.simplefilter("ignore", DataWarning)
        streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
        incidents, set_aside = gg.read_incidents(
            SAMPLE / "incidents.csv", datum="gcj02", timezone="Asia/Shanghai"
        )
    grid = gg.make_grid(streets, resolution=9)
    located = gg.locate(incidents, streets, resolution=9)
    counts = gg.tally(located, grid)
    return Line(streets, incidents, set_aside, grid, located, counts, gg.find_hotspots(counts))


def test_no_row_is_lost_between_the_file_and_the_counts(line: Line) -> None:
    rows = len(pd.read_csv(SAMPLE / "incidents.csv", dtype=str))
    assert len(line.incidents) + len(line.set_aside) == rows
    assert len(line.located) == len(line.incidents)
    assert line.located["match"].value_counts().sum() == len(line.located)
    report = gg.tally_report(line.counts)
    assert report["incidents"].sum() == len(line.located)
    counted = report.set_index("fate").loc["counted", "incidents"]
    assert line.counts["incidents"].sum() == counted
    assert counted > 0.95 * len(line.located)


def test_every_table_has_the_documented_columns_in_order(line: Line) -> None:
    tables = {
        "jurisdictions": line.streets,
        "incidents": line.incidents,
        "set_aside": line.set_aside,
        "grid": line.grid,
        "located": line.located,
        "counts": line.counts,
        "hotspots": line.hot,
        "responsibility": gg.check_responsibility(line.streets, line.located),
        "reporting": gg.measure_reporting(line.located, line.grid, line.streets),
        "resolutions": gg.suggest_resolution(line.incidents, line.streets),
        "notices": gg.notices(line.incidents),
    }
    for name, table in tables.items():
        documented = TABLES[name].names
        assert list(table.columns)[: len(documented)] == documented, name
        assert not table.duplicated(list(TABLES[name].key)).any(), name
        for column in TABLES[name].columns:
            if not column.missing:
                assert table[column.name].notna().all(), (name, column.name)


def test_the_grid_covers_the_streets_and_nothing_is_empty(line: Line) -> None:
    assert line.grid["area_km2"].sum() == pytest.approx(line.streets["area_km2"].sum(), rel=1e-6)
    assert line.grid["inside_share"].between(0, 1).all()
    assert len(line.counts) == len(line.grid)


def test_the_line_gives_the_same_numbers_twice(line: Line) -> None:
    again = gg.find_hotspots(gg.tally(line.located, line.grid))
    pd.testing.assert_frame_equal(again, line.hot)


def test_shuffled_records_give_the_same_counts(line: Line) -> None:
    shuffled = line.located.sample(frac=1, random_state=7)
    pd.testing.assert_frame_equal(gg.tally(shuffled, line.grid), line.counts)


def test_maps_and_figures_are_what_the_libraries_of_the_field_use(line: Line) -> None:
    assert isinstance(gg.map_hotspots(line.hot, line.streets, lang="zh"), folium.Map)
    assert isinstance(gg.map_incidents(line.located, line.streets, lang="en"), folium.Map)
    assert isinstance(gg.plot_hotspots(line.hot, line.streets, lang="zh"), Figure)


def test_no_function_changes_what_it_was_given(line: Line, tmp_path: Path) -> None:
    before = [table.copy(deep=True) for table in line]
    attrs = [repr(table.attrs) for table in line]
    streets, incidents, _, grid, located, counts, hot = line
    gg.locate(incidents, streets, resolution=8)
    gg.make_grid(streets, resolution=8)
    gg.suggest_resolution(incidents, streets)
    panel = gg.tally(located, grid, period="QS", by="category")
    gg.tally_report(panel)
    gg.find_hotspots(counts)
    gg.check_responsibility(streets, located)
    gg.measure_reporting(located, grid, streets, period="YS")
    gg.notices(incidents)
    gg.set_aside_rows(streets)
    gg.map_incidents(located, streets)
    gg.save_html(gg.map_hotspots(hot, streets), tmp_path / "map.html")
    gg.plot_hotspots(hot, streets)
    placed = located[located["match"] != "no_point"]
    kept = placed.copy(deep=True)
    gg.read_incidents(placed[["incident_id", "reported_at", "category", "geometry"]])
    assert_geodataframe_equal(kept, placed)
    for old, new in zip(before, line, strict=True):
        if "geometry" in new and hasattr(new, "crs"):
            assert_geodataframe_equal(old, new)
        else:
            pd.testing.assert_frame_equal(old, new)
    assert attrs == [repr(table.attrs) for table in line]


def test_a_cell_is_a_number_in_memory_and_text_in_files(line: Line, tmp_path: Path) -> None:
    assert line.grid["cell"].dtype == np.uint64
    saved = gg.save_html(gg.map_hotspots(line.hot, line.streets), tmp_path / "hotspots.html")
    assert saved.exists()
    assert str(line.grid["cell"].iloc[0]) not in saved.read_text(encoding="utf-8")
