"""The pages and files of a coverage pack: text that runs nowhere, whole or not at all."""

from __future__ import annotations

import re
import shutil
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely

import gridgov as gg
import gridgov.bulletin.coverage_pack as pack_module
from gridgov.bulletin.coverage_numbers import PANELS, number_text
from gridgov.bulletin.coverage_pack import CoverageResult, write_coverage
from gridgov.bulletin.coverage_tables import COVERAGE_TABLES, with_places
from gridgov.bulletin.street_page import file_name
from gridgov.bulletin.tables import file_form
from gridgov.bulletin.words import Words
from gridgov.bulletin.workbook import meaning
from gridgov.errors import ColumnsError, OptionError, OutputError, SettingsError


def test_a_page_shows_the_numbers_of_the_table_and_no_others(
    small_coverage: Any, full: CoverageResult
) -> None:
    words = Words("zh")
    numbers = full.tables["street_numbers"]
    for street_id in small_coverage.streets:
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


def test_record_text_is_never_markup_and_nothing_personal_leaves(
    small_coverage: Any, full: CoverageResult
) -> None:
    for path in full.out.rglob("*"):
        if path.is_dir():
            continue
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                data = b"".join(book.read(name) for name in book.namelist())
        assert small_coverage.secret.encode() not in data, path
        assert small_coverage.walker.encode() not in data, path
    pages = [file_name(street_id) for street_id in small_coverage.streets]
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
    small_coverage: Any, bare: CoverageResult, bare_folder: Path, tmp_path: Path, undrawn: None
) -> None:
    again = small_coverage.write(bare_folder, out=tmp_path / "again", lang="en", month="2024-03")
    for name in again.record["files"]:
        assert (again.out / name).read_bytes() == (bare.out / name).read_bytes(), name


def test_nothing_half_written_stays(
    small_coverage: Any,
    bare_folder: Path,
    tmp_path: Path,
    undrawn: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack_module, "render_pages", fail)
    with pytest.raises(OutputError, match=r"coverage pack must be written .* No space left"):
        small_coverage.write(bare_folder, out=tmp_path / "out", month="2024-03")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match=r"replaces only a folder .* notes\.txt"):
        small_coverage.write(bare_folder, out=tmp_path / "mine")
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
    small_coverage: Any,
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
        small_coverage.write(folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
