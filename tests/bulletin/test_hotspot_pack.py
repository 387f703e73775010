"""The hotspot pack on a small folder: every measure, its map, its words; nothing half written."""

from __future__ import annotations

import csv
import json
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import gridgov as gg
import gridgov.bulletin.hotspot_measures as measures_module
import gridgov.bulletin.hotspot_pack as pack_module
from gridgov.bulletin.hotspot_measures import Months, whole_months
from gridgov.bulletin.hotspot_numbers import COMBINATIONS
from gridgov.bulletin.hotspot_pack import HotspotsResult, write_hotspots
from gridgov.bulletin.hotspot_tables import HOTSPOT_TABLES
from gridgov.bulletin.selection import Selection
from gridgov.bulletin.words import Words
from gridgov.bulletin.workbook import meaning
from gridgov.errors import DataWarning, EmptyTableError, OptionError, OutputError

CHANGE = {"emerging", "persistence", "trends"}


def quiet(folder: Path, **options: Any) -> HotspotsResult:
    with warnings.catch_warnings():
        # What the readers notice is held by their tests.
        warnings.simplefilter("ignore", DataWarning)
        return write_hotspots(folder, **options)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave maps and figures out, which take most of the time."""
    drawn = dict.fromkeys(("hotspots.png", "moran.png", "lorenz.png"), b"")
    monkeypatch.setattr(pack_module, "draw_hotspots", lambda *_, **__: (drawn, []))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def zh(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> HotspotsResult:
    """All times, in Chinese: two months, too few for change over time."""
    return quiet(small_folder, out=tmp_path_factory.mktemp("hot_zh") / "out")


@pytest.fixture(scope="module")
def year_folder(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small folder with its incidents spread over the twelve months of 2024."""
    folder = tmp_path_factory.mktemp("year") / "folder"
    shutil.copytree(small_folder, folder)
    lines = (folder / "incidents.csv").read_text(encoding="utf-8").splitlines()
    for row, line in enumerate(lines[1:]):
        cells = line.split(",")
        if cells[2] != "not a time":
            cells[2] = f"2024-{row % 12 + 1:02d}-{1 if row % 24 < 12 else 28:02d} 12:00:00"
        if row == 11:
            cells[2] = "2024-12-31 12:00:00"
        lines[row + 1] = ",".join(cells)
    (folder / "incidents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def year(year_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> HotspotsResult:
    """A whole year, in English, two rings."""
    return quiet(year_folder, out=tmp_path_factory.mktemp("hot_en") / "out", lang="en", rings=2)


def test_every_file_is_there_and_listed(zh: HotspotsResult, year: HotspotsResult) -> None:
    for result in (zh, year):
        found = {
            path.relative_to(result.out).as_posix()
            for path in result.out.rglob("*")
            if path.is_file()
        }
        assert found == set(result.record["files"])
        said = json.loads((result.out / "hotspots.json").read_text(encoding="utf-8"))
        assert said == result.record
    common = {
        *("index.html", "hotspots.json", "tables.xlsx", "set_aside.csv"),
        *("hotspots.html", "moran.html", "clusters.html", "density.html"),
        *("hotspots.png", "moran.png", "lorenz.png"),
    }
    assert set(zh.record["files"]) >= common
    assert not {name for name in zh.record["files"] if Path(name).stem in CHANGE}
    change = {"emerging.html", "persistence.html", "trends.html", "emerging.png"}
    assert set(year.record["files"]) >= common | change


def test_the_numbers_are_those_of_the_functions(zh: HotspotsResult, small_folder: Path) -> None:
    # 187 of 200 rows are counted, worked by hand in the test of the brief.
    assert zh.counts["fate"]["counted"] == 187
    assert zh.counts["in_pack"] == 193
    streets = gg.read_jurisdictions(small_folder / "streets.geojson")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        incidents, _ = gg.read_incidents(
            small_folder / "incidents.csv",
            timezone="Asia/Shanghai",
            columns={
                **{"incident_id": "number", "category": "kind", "reported_at": "reported"},
                **{"longitude": "x", "latitude": "y"},
            },
        )
    grid = gg.make_grid(streets, resolution=9)
    counts = gg.tally(gg.locate(incidents, streets, resolution=9), grid)
    hot = gg.find_hotspots(counts)
    moran = gg.find_moran_clusters(counts)
    assert zh.counts["spot"] == {spot: int((hot["spot"] == spot).sum()) for spot in gg_spots()}
    assert zh.counts["cluster_type"]["HH"] == int((moran["cluster_type"] == "HH").sum())
    written = pd.DataFrame(rows_of(zh.out / "tables" / "hotspots.csv")).set_index("cell")
    z = written["gi_star"].astype(float).reindex([f"{cell:x}" for cell in hot["cell"]])
    np.testing.assert_allclose(z.to_numpy(), hot["gi_star"].to_numpy(), rtol=1e-9)


def gg_spots() -> tuple[str, ...]:
    from gridgov.columns import SPOTS

    return SPOTS


def test_a_cell_is_called_hot_by_the_measures_that_the_tables_say(zh: HotspotsResult) -> None:
    agreement = zh.tables["agreement"].set_index("cell")
    hot = zh.tables["hotspots"].set_index("cell")
    moran = zh.tables["moran"].set_index("cell")
    sure = zh.tables["clusters"].query("p_value <= 0.05 and side == 'high'")["cluster"]
    members = zh.tables["scan_members"]
    inside = set(members.loc[members["cluster"].isin(sure), "cell"])
    for cell, row in agreement.iterrows():
        calls = [
            hot.loc[cell, "spot"] in ("hot 95", "hot 99"),
            moran.loc[cell, "cluster_type"] == "HH",
            cell in inside,
        ]
        assert row["hot_by"] == sum(calls)
    assert agreement["hot_by"].max() == 3
    parts = zh.counts["agreement"]
    assert list(parts) == list(COMBINATIONS)
    assert sum(part["cells"] for part in parts.values()) == zh.counts["hot_by_any"]
    assert parts["gi_moran_scan"]["cells"] == zh.counts["hot_by_all"]
    in_gi = sum(part["cells"] for code, part in parts.items() if "gi" in code.split("_"))
    assert in_gi == zh.counts["hot_at_95"]["gi"]


def test_files_hold_the_documented_columns_and_every_incident(year: HotspotsResult) -> None:
    for name, table in year.tables.items():
        path = "set_aside.csv" if name == "set_aside" else f"tables/{name}.csv"
        rows = rows_of(year.out / path)
        assert len(rows) == len(table)
        if rows:
            assert list(rows[0])[: len(HOTSPOT_TABLES[name].names)] == HOTSPOT_TABLES[name].names
    for name in ("agreement", "hotspots", "moran", "density", "emerging", "trends"):
        cells = rows_of(year.out / "tables" / f"{name}.csv")
        assert all(len(row["cell"]) == 15 for row in cells)
        if name != "moran":
            assert sum(int(row["incidents"]) for row in cells) == 187
    book = openpyxl.load_workbook(year.out / "tables.xlsx")
    assert len(book.sheetnames) == len(year.tables) + 1
    kinds = {
        cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    }
    assert "f" not in kinds


def test_change_over_time_takes_whole_months_only(year: HotspotsResult) -> None:
    assert year.record["period"]["whole_months"] == {
        "start": "2024-01-01T00:00:00+08:00",
        "end": "2025-01-01T00:00:00+08:00",
        "number": 12,
    }
    assert sum(year.counts["emerging"].values()) == year.counts["cells"]
    assert sum(year.counts["trend"].values()) == year.counts["cells"]
    assert (year.tables["emerging"]["periods"] == 12).all()


def selected(first: str, last: str, start: str | None = None, end: str | None = None) -> Selection:
    zone = "Asia/Shanghai"
    times = pd.Series(pd.to_datetime([first, last]).tz_localize(zone)).astype(
        "datetime64[us, Asia/Shanghai]"
    )
    limits = [None if day is None else pd.Timestamp(day, tz=zone) for day in (start, end)]
    return Selection(pd.DataFrame({"reported_at": times}), {}, limits[0], limits[1], zone)


@pytest.mark.parametrize(
    ("selection", "start", "end", "number"),
    [
        # Records that reach from the first day to the last cover both months.
        (selected("2024-01-01 08:00", "2024-03-31 23:59"), "2024-01-01", "2024-04-01", 3),
        # A month that begins or ends without an incident on its rim may be covered in part.
        (selected("2024-01-02 00:00", "2024-03-30 23:59"), "2024-02-01", "2024-03-01", 1),
        # Unless a limit says that it was asked for from its rim on.
        (
            selected("2024-01-02 00:00", "2024-03-30 23:59", "2024-01-01", "2024-04-01"),
            *("2024-01-01", "2024-04-01", 3),
        ),
        # A limit years away says nothing about when records were kept.
        (
            selected("2024-01-02 00:00", "2024-03-30 23:59", "2020-01-01", "2030-01-01"),
            *("2024-02-01", "2024-03-01", 1),
        ),
        # A limit inside a month cuts it off.
        (
            selected("2024-01-01 00:00", "2024-03-14 23:59", None, "2024-03-15"),
            *("2024-01-01", "2024-03-01", 2),
        ),
        (selected("2023-12-01 00:00", "2024-01-31 00:00"), "2023-12-01", "2024-02-01", 2),
    ],
)
def test_a_month_is_whole_when_records_or_limits_reach_its_rims(
    selection: Selection, start: str, end: str, number: int
) -> None:
    zone = "Asia/Shanghai"
    expected = Months(pd.Timestamp(start, tz=zone), pd.Timestamp(end, tz=zone), number)
    assert whole_months(selection) == expected


def test_a_few_days_hold_no_whole_month() -> None:
    assert whole_months(selected("2024-01-05", "2024-01-20")) == Months(None, None, 0)


def test_a_range_of_days_is_half_open_in_the_zone_of_the_records(
    small_folder: Path, tmp_path: Path, undrawn: None
) -> None:
    # 60 rows lie in February, the last at 23:59:59 in Shanghai, none of them set aside.
    february = quiet(small_folder, out=tmp_path / "out", start="2024-02-01", end="2024-03-01")
    assert february.counts["in_pack"] == 60
    assert february.counts["outside_range"] == 133
    assert february.record["period"]["start"] == "2024-02-01T00:00:00+08:00"
    assert february.summary[0].endswith("2024-02-01 起至 2024-03-01 前（Asia/Shanghai）")


def test_the_page_says_what_each_measure_found_and_loads_nothing(
    zh: HotspotsResult, year: HotspotsResult
) -> None:
    for result, lang in ((zh, "zh"), (year, "en")):
        page = (result.out / "index.html").read_text(encoding="utf-8")
        words = Words(lang)  # type: ignore[arg-type]
        for name in ("hotspots", "moran", "clusters", "density", "concentration", "emerging"):
            assert words(f"hot.name.{name}") in page
        assert "default-src &#39;none&#39;" in page
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page or "鲁谷" in page
        for file in result.record["files"]:
            assert f'href="{file}"' in page or file == "index.html"
    chinese = (zh.out / "index.html").read_text(encoding="utf-8")
    assert "未计算：至少需要 10 个完整月份" in chinese
    assert "若各网格事件数随机分布则预期为" in chinese
    english = (year.out / "index.html").read_text(encoding="utf-8")
    assert "12 whole months, 2024-01 to 2024-12" in english
    assert "all three. The first places to look at." in english


def test_own_columns_reach_no_file(zh: HotspotsResult, secret: str) -> None:
    for path in zh.out.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                assert not any(secret.encode() in book.read(name) for name in book.namelist())
        elif path.is_file():
            assert secret.encode() not in path.read_bytes(), path.name


def test_a_second_pack_replaces_the_first_with_the_same_bytes(
    small_folder: Path, tmp_path: Path, undrawn: None
) -> None:
    first = quiet(small_folder, out=tmp_path / "first")
    shutil.copytree(first.out, tmp_path / "out")
    (tmp_path / "out" / "index.html").write_text("of an earlier month", encoding="utf-8")
    seen: list[tuple[int, int, str]] = []
    again = quiet(small_folder, out=tmp_path / "out", progress=lambda *step: seen.append(step))
    for name in again.record["files"]:
        assert (again.out / name).read_bytes() == (first.out / name).read_bytes(), name
    assert [(step, steps) for step, steps, _ in seen] == [(step, 12) for step in range(1, 13)]


def test_the_folder_of_a_brief_is_left_alone(small_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "brief.json").write_text('{"files": ["brief.json"]}')
    with pytest.raises(OutputError, match=r"A hotspot pack replaces only.*brief\.json"):
        quiet(small_folder, out=out)
    assert [path.name for path in out.iterdir()] == ["brief.json"]


def test_with_too_many_cells_the_scan_is_left_out_and_that_is_said(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None
) -> None:
    monkeypatch.setattr(measures_module, "MOST_SCANNED", 10)
    result = quiet(small_folder, out=tmp_path / "out", lang="en")
    assert "clusters" not in result.tables
    assert "scan_members" not in result.tables
    assert result.counts["hot_at_95"]["scan"] is None
    assert result.tables["agreement"]["cluster"].isna().all()
    assert "the scan was left out" in "\n".join(result.summary)
    page = (result.out / "index.html").read_text(encoding="utf-8")
    assert "Left out: with" in page
    assert "cells it would take minutes" in page


def test_incidents_that_all_lie_outside_give_a_pack_that_says_so(
    small_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "records"
    shutil.copytree(small_folder, folder)
    (folder / "incidents.csv").write_text(
        "number,kind,reported,x,y\nA1,x,2024-03-01 00:00:00,116.5,39.9\n", encoding="utf-8"
    )
    result = quiet(folder, out=tmp_path / "out", lang="en")
    assert result.counts["fate"]["counted"] == 0
    assert result.counts["hot_by_any"] == 0
    page = (result.out / "index.html").read_text(encoding="utf-8")
    assert "No measure calls any cell hot." in page
    assert "There is no answer: no incidents." in page


def test_days_without_incidents_name_the_first_and_the_last(
    small_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(
        EmptyTableError,
        match=r"from 2023-01-01 to before 2024-01-01 needs.*2024-02-01 to 2024-03-31.*--to",
    ):
        quiet(small_folder, out=tmp_path / "out", start="2023-01-01", end="2024-01-01")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"start": "2024-3-1"}, r"start must be a date written YYYY-MM-DD.*'2024-3-1'"),
        ({"end": "2024-02-30"}, r"end must be a date written YYYY-MM-DD.*'2024-02-30'"),
        ({"month": "2024-13"}, r"month must be written YYYY-MM.*'2024-13'"),
        ({"month": "2024-03", "start": "2024-03-01"}, "Either a month or a range of days"),
        ({"rings": 0}, "rings must be"),
        ({"seed": -1}, "seed must be"),
        ({"lang": "fr"}, "lang must be one of 'en', 'zh'"),
        ({"resolution": 16}, "resolution must be a whole number from 0 to 15"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_read(
    options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(OptionError, match=said):
        write_hotspots(tmp_path / "no such folder", out=tmp_path / "out", **options)


def test_a_start_after_the_end_is_a_wrong_option(small_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"start must be before end.*2024-03-01 and 2024-03-01"):
        quiet(small_folder, out=tmp_path / "out", start="2024-03-01", end="2024-03-01")


def test_a_disk_that_fills_up_leaves_nothing_half_written(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack_module, "draw_hotspots", full)
    with pytest.raises(OutputError, match=r"hotspot pack must be written.*No space left"):
        quiet(small_folder, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HOTSPOT_TABLES)
def test_every_column_is_explained_in_chinese_and_every_sheet_has_a_name(name: str) -> None:
    for column in HOTSPOT_TABLES[name].columns:
        text = meaning(name, column, "zh")
        assert any("一" <= mark <= "鿿" for mark in text), column.name
    for lang in ("en", "zh"):
        sheet = Words(lang)(f"sheet.{name}")  # type: ignore[arg-type]
        assert len(sheet) <= 31
        assert not set(sheet) & set("[]:*?/\\")
