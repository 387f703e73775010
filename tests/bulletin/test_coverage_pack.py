"""The coverage pack on a small folder that has a slit, an overlap, tracks, posts and teams."""

from __future__ import annotations

import csv
import json
import re
import shutil
import warnings
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import pytest
import shapely

import gridgov as gg
import gridgov.bulletin.coverage_pack as pack_module
from gridgov.bulletin.coverage_numbers import PANELS, UNITS, number_text
from gridgov.bulletin.coverage_pack import CoverageResult, write_coverage
from gridgov.bulletin.coverage_tables import COVERAGE_TABLES, with_places
from gridgov.bulletin.street_page import file_name
from gridgov.bulletin.tables import file_form
from gridgov.bulletin.words import Words
from gridgov.bulletin.workbook import meaning
from gridgov.errors import ColumnsError, DataWarning, OptionError, OutputError, SettingsError

# Beside each other from west to east: a slit of 0.0001 degrees, 8.5 m, between the first two,
# and 0.0005 degrees, 43 m, of land that the last two both claim.
STREETS = {
    "01": ("=HYPERLINK(1)<script>alert(1)</script>", 116.1600, 116.1849),
    "02": ("{{7*7}} $x$ 鲁谷", 116.1850, 116.2100),
    '../03"': ("很长的街道名称" * 12, 116.2095, 116.2200),
}
SOUTH, NORTH = 39.90, 39.915
SECRET = "13800001234-zhang"
WALKER = "walker-7788"

SETTINGS = """
[brief]
title = "<b>试验</b> {{title}}"
lang = "zh"
resolution = 9
source = "synthetic & made up"
[incidents]
file = "incidents.csv"
timezone = "Asia/Shanghai"
[jurisdictions]
file = "streets.geojson"
"""

PARTS = """
[tracks]
file = "tracks.csv"
timezone = "Asia/Shanghai"
[facilities]
file = "posts.csv"
posts = ["post"]
[teams]
file = "teams.csv"
reach_m = 900
[lines]
file = "roads.geojson"
[layers."<i>plots</i>"]
file = "plots.geojson"
[population]
column = "people"
"""


def quiet(folder: Path, **options: Any) -> CoverageResult:
    with warnings.catch_warnings():
        # What the readers notice is held by their tests.
        warnings.simplefilter("ignore", DataWarning)
        return write_coverage(folder, **options)


def features(shapes: list[tuple[dict[str, Any], str, Any]]) -> str:
    made = [
        {"type": "Feature", "properties": of, "geometry": {"type": kind, "coordinates": at}}
        for of, kind, at in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def ring(west: float, east: float) -> list[list[list[float]]]:
    return [[[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]]


def write_records(folder: Path, *, parts: bool) -> Path:
    """Write 300 incidents of January to March 2024, and the other parts when asked for."""
    folder.mkdir()
    rng = np.random.default_rng(11)
    lines = ["incident_id,category,reported_at,longitude,latitude,channel,department,phone"]
    for row in range(300):
        x, y = rng.uniform(116.161, 116.219), rng.uniform(39.901, 39.914)
        # East of 116.2 only the hotline tells; the app stops in March.
        channel = "hotline" if x > 116.2 or row >= 200 else ("app", "hotline")[row % 2]
        place = f"{x:.6f},{y:.6f},{channel},{('城管', '公安', '<u>')[row % 3]}"
        when = f"2024-{1 + row // 100:02d}-{1 + row % 28:02d} 12:00:00"
        lines.append(f"A{row},垃圾,{when},{place},{SECRET}")
    (folder / "incidents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    streets = [
        (
            {"street_id": street_id, "street": name, "district": "区", "people": 1000},
            "Polygon",
            ring(west, east),
        )
        for street_id, (name, west, east) in STREETS.items()
    ]
    (folder / "streets.geojson").write_text(features(streets), encoding="utf-8")
    (folder / "gridgov.toml").write_text(SETTINGS + (PARTS if parts else ""), encoding="utf-8")
    if parts:
        write_parts(folder)
    return folder


def write_parts(folder: Path) -> None:
    # Twelve minutes at one place in March, two fixes of another device a minute apart.
    fixes = [f"{WALKER},2024-03-05 09:{minute:02d}:00,116.1700,39.9075" for minute in range(13)] + [
        f"{WALKER},2024-03-07 10:0{minute}:00,116.2000,39.9075" for minute in range(3)
    ]
    fixes.append(f"{WALKER},never,116.2,39.9")
    head = "track_id,fix_at,longitude,latitude"
    (folder / "tracks.csv").write_text("\n".join([head, *fixes]) + "\n", encoding="utf-8")
    head = "facility_id,kind,facility,reach_m,capacity,longitude,latitude"
    posts = [
        "P1,post,<b>West</b>,600,2,116.165,39.9075",
        "P2,post,East,600,3,116.2,39.9075",
        "C1,camera,Eye,100,1,116.18,39.9075",
    ]
    (folder / "posts.csv").write_text("\n".join([head, *posts]) + "\n", encoding="utf-8")
    head = "facility_id,facility,capacity,longitude,latitude"
    teams = ["T1,Team one,30,116.17,39.905", "T2,Team two,20,116.215,39.905"]
    (folder / "teams.csv").write_text("\n".join([head, *teams]) + "\n", encoding="utf-8")
    road = [({"line_id": "R"}, "LineString", [[116.16, 39.9075], [116.22, 39.9075]])]
    (folder / "roads.geojson").write_text(features(road), encoding="utf-8")
    # Two plots that leave a hole of a square between them, inside the first street.
    outer = [[116.165, 39.902], [116.175, 39.902], [116.175, 39.912], [116.165, 39.912]]
    hole = [[116.169, 39.906], [116.171, 39.906], [116.171, 39.908], [116.169, 39.908]]
    plot = [({"street_id": "plot"}, "Polygon", [[*outer, outer[0]], [*hole, hole[0]]])]
    (folder / "plots.geojson").write_text(features(plot), encoding="utf-8")


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_records(tmp_path_factory.mktemp("full") / "in", parts=True)


@pytest.fixture(scope="module")
def full(full_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CoverageResult:
    """All times, in Chinese, with every part."""
    return quiet(full_folder, out=tmp_path_factory.mktemp("cov_zh") / "out", posts=1)


@pytest.fixture(scope="module")
def bare_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_records(tmp_path_factory.mktemp("bare") / "in", parts=False)


@pytest.fixture(scope="module")
def bare(bare_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CoverageResult:
    """March alone, in English, from a folder that has records and streets only."""
    out = tmp_path_factory.mktemp("cov_en") / "out"
    with pytest.MonkeyPatch.context() as patch:
        # Maps take much of the time, and are drawn in the other pack.
        patch.setattr(pack_module, "_draw", lambda *_, **__: {})
        return quiet(bare_folder, out=out, lang="en", month="2024-03")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_module, "_draw", lambda *_, **__: {})


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


def test_every_file_is_there_and_listed(full: CoverageResult, bare: CoverageResult) -> None:
    for result in (full, bare):
        found = {
            path.relative_to(result.out).as_posix()
            for path in result.out.rglob("*")
            if path.is_file()
        }
        assert found == set(result.record["files"])
        said = json.loads((result.out / "coverage.json").read_text(encoding="utf-8"))
        assert said == result.record
        assert set(map(file_name, STREETS)) < found
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
    full: CoverageResult, full_folder: Path
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
    for street_id in STREETS:
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


def test_a_page_shows_the_numbers_of_the_table_and_no_others(full: CoverageResult) -> None:
    words = Words("zh")
    numbers = full.tables["street_numbers"]
    for street_id in STREETS:
        page = (full.out / file_name(street_id)).read_text(encoding="utf-8")
        for side, wanted in (("number own", street_id), ("number", None)):
            shown = re.findall(rf'<td class="{side}">([^<]*)</td>', page)
            ids = numbers["street_id"]
            rows = numbers[ids.isna() if wanted is None else ids == wanted]
            texts = [
                number_text(value, unit, words)
                for panel in PANELS
                for value, unit in rows.loc[rows["panel"] == panel, ["value", "unit"]].itertuples(
                    index=False
                )
            ]
            assert [unescape(text) for text in shown] == texts


def test_marks_in_the_map_are_the_tasks_beside_it(full: CoverageResult) -> None:
    page = (full.out / file_name("01")).read_text(encoding="utf-8")
    panels = page.split('<section class="panel ')[1:]
    assert [panel.split('"')[0] for panel in panels] == list(PANELS)
    tasks = full.tables["street_tasks"]
    for code, panel in zip(PANELS, panels, strict=True):
        listed = re.findall(r'<span class="mark">(\d)</span>([^<]*)<', panel)
        own = tasks[(tasks["street_id"] == "01") & (tasks["panel"] == code)]
        assert len(listed) == min(4, len(own))
        assert {unescape(text) for _, text in listed} <= set(own["label"])
        with_place = own[own["label"].isin([unescape(text) for _, text in listed])]
        marks = re.findall(r'<text [^>]*font-size="16"[^>]*fill="#1f2430">(\d)</text>', panel)
        assert len(marks) == with_place["longitude"].notna().sum()


def test_record_text_is_never_markup_and_nothing_personal_leaves(full: CoverageResult) -> None:
    for path in full.out.rglob("*"):
        if path.is_dir():
            continue
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                data = b"".join(book.read(name) for name in book.namelist())
        assert SECRET.encode() not in data, path
        assert WALKER.encode() not in data, path
    pages = [file_name(street_id) for street_id in STREETS]
    for name in ("index.html", *pages):
        page = (full.out / name).read_text(encoding="utf-8")
        assert "<script" not in page
        assert "<b>" not in re.sub(r"<li><b[^>]*>[^<]*</b>", "", page)
        assert "<i>" not in page
        assert "<u>" not in page
        assert "49" not in page.split("<body")[1].split("</h1>")[0]
        assert "default-src 'none'" in unescape(page)
        assert "http" not in re.sub(r'xmlns="[^"]*"|http-equiv', "", page)


def test_files_of_tables_have_documented_columns_in_words_of_both_languages(
    full: CoverageResult,
) -> None:
    book = openpyxl.load_workbook(full.out / "tables.xlsx", read_only=False)
    words = Words("zh")
    assert book.sheetnames == [words(f"sheet.{name}") for name in [*full.tables, "columns"]]
    assert all(sheet.freeze_panes == "A2" for sheet in book)
    for name, spec in COVERAGE_TABLES.items():
        for column in spec.columns:
            text = meaning(name, column, "zh")
            assert re.search(r"[\u4e00-\u9fff]", text) or text.startswith("p "), (name, column.name)
    for lang in ("en", "zh"):
        said = [Words(lang)(f"sheet.{name}") for name in [*COVERAGE_TABLES, "columns"]]
        assert len({one.lower() for one in said}) == len(said)
        assert all(len(one) <= 31 for one in said)
    for name, table in full.tables.items():
        assert list(table.columns[: len(COVERAGE_TABLES[name].names)]) == (
            COVERAGE_TABLES[name].names
        )


def test_streets_that_meet_in_a_point_have_a_boundary_without_place() -> None:
    # Four quarters about a point: two pairs touch nowhere else.
    corners = [(116.20, 39.90), (116.21, 39.90), (116.20, 39.91), (116.21, 39.91)]
    quarters = gpd.GeoDataFrame(
        {"street_id": list("ABCD")},
        geometry=[shapely.box(x, y, x + 0.01, y + 0.01) for x, y in corners],
        crs="EPSG:4326",
    )
    lines = gg.compare_boundaries(quarters)
    written = file_form(with_places(lines), COVERAGE_TABLES["boundaries"])
    assert lines.geometry.is_empty.sum() == 2
    assert (written["longitude"].isna() == lines.geometry.is_empty).all()
    assert (written["latitude"].dropna().round(4) >= 39.90).all()


def test_the_same_records_give_the_same_bytes(
    bare: CoverageResult, bare_folder: Path, tmp_path: Path, undrawn: None
) -> None:
    again = quiet(bare_folder, out=tmp_path / "again", lang="en", month="2024-03")
    for name in again.record["files"]:
        assert (again.out / name).read_bytes() == (bare.out / name).read_bytes(), name


def test_nothing_half_written_stays(
    bare_folder: Path, tmp_path: Path, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack_module, "render_pages", fail)
    with pytest.raises(OutputError, match=r"coverage pack must be written .* No space left"):
        quiet(bare_folder, out=tmp_path / "out", month="2024-03")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match=r"replaces only a folder .* notes\.txt"):
        quiet(bare_folder, out=tmp_path / "mine")
    assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"posts": 0}, "posts must be a whole number"),
        ({"shift_min": -1}, "shift_min must be"),
        ({"month": "2024-3"}, "month must be written YYYY-MM"),
        ({"month": "2024-03", "end": "2024-04-01"}, "Either a month or a range of days"),
        ({"lang": "fr"}, "lang must be"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_an_option_that_does_not_exist_is_refused_before_anything_is_read(
    options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(OptionError, match=words):
        write_coverage(tmp_path / "nothing", out=tmp_path / "out", **options)


@pytest.mark.parametrize(
    ("line", "changed", "error", "words"),
    [
        ('posts = ["post"]', 'posts = ["tower"]', SettingsError, r"posts names 'tower'.*'camera'"),
        ("reach_m = 900", "", ColumnsError, r"how far it reaches.*2 of 2.*reach_m.*\[teams\]"),
        ('column = "people"', 'column = "souls"', SettingsError, r"column 'souls'.*people"),
        ("reach_m = 900", "reach_m = 0", SettingsError, r"\[teams\] reach_m.*above 0"),
        ('file = "tracks.csv"', 'file = "track.csv"', SettingsError, r"Did you mean 'tracks.csv'"),
        ("[tracks]", "[track]", SettingsError, r"no section 'track'.*Did you mean 'tracks'"),
        ('file = "plots.geojson"', 'fil = "x"', SettingsError, r"\[layers\.<i>plots</i>\]"),
        ('file = "plots.geojson"', 'file = "plots.geojson"\nkind = "dots"', SettingsError, "kind"),
    ],
)
def test_settings_that_do_not_exist_are_named(
    full_folder: Path,
    tmp_path: Path,
    line: str,
    changed: str,
    error: type[Exception],
    words: str,
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(full_folder, folder)
    text = (folder / "gridgov.toml").read_text(encoding="utf-8").replace(line, changed, 1)
    (folder / "gridgov.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        quiet(folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
