"""The whole pack on a small folder: sums kept, one month, no secrets, nothing half written."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import gridgov.bulletin.pack_files as pack_files
from gridgov.bulletin.brief import BriefResult, write_brief
from gridgov.bulletin.tables import FILE_TABLES, safe_set_aside
from gridgov.errors import EmptyTableError, OptionError, OutputError, SettingsError


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# The numbers of the small folder, counted by hand in its conftest: 200 rows, 2 duplicates, 3
# unreadable times, one 0,0 and one unreadable coordinate; 4 rows without and 2 outside.
BY_HAND = {"rows_read": 200, "accepted": 193, "set_aside": 7, "in_brief": 193, "streets": 2}


def test_the_counts_are_those_made_by_hand_and_add_up(pack: BriefResult) -> None:
    counts = pack.counts
    assert {name: counts[name] for name in BY_HAND} == BY_HAND
    assert counts["set_aside_by_reason"] == {
        "unreadable_time": 3,
        "duplicate_id": 2,
        "unreadable_coordinate": 1,
        "zero_coordinate": 1,
    }
    assert counts["match"] == {
        "inside": 187,
        "border": 0,
        "overlap": 0,
        "outside": 2,
        "no_point": 4,
    }
    assert counts["fate"]["counted"] == 187
    assert sum(counts["fate"].values()) == sum(counts["match"].values()) == 193
    assert sum(counts["spot"].values()) + counts["no_answer_cells"] == counts["cells"]
    assert counts["hot_cells"] > 0


def test_a_month_runs_from_midnight_to_midnight_in_the_zone_of_the_records(
    march: BriefResult,
) -> None:
    # 60 rows lie in February, the last at 2024-02-29 23:59:59 in Shanghai (15:59:59 UTC), and
    # five at 2024-03-01 00:00:00 in Shanghai, which is still February in UTC.
    assert march.counts["in_brief"] == 133
    assert march.counts["outside_month"] == 60
    assert march.counts["match"]["inside"] == 127
    assert march.record["period"] == {
        "month": "2024-03",
        "start": "2024-03-01T00:00:00+08:00",
        "end": "2024-04-01T00:00:00+08:00",
        "first_reported": "2024-03-01T00:00:00+08:00",
        "last_reported": "2024-03-31T00:00:00+08:00",
        "timezone": "Asia/Shanghai",
    }
    assert march.record["grid"]["resolution"] == 8
    assert march.record["grid"]["chosen_by"] == "option"


def test_every_file_is_there_and_listed(pack: BriefResult) -> None:
    found = {
        path.relative_to(pack.out).as_posix() for path in pack.out.rglob("*") if path.is_file()
    }
    assert found == set(pack.record["files"])
    assert found >= {
        *("index.html", "hotspots.html", "incidents.html", "hotspots.png", "tables.xlsx"),
        *("set_aside.csv", "brief.json", "tables/hotspots.csv", "tables/streets.csv"),
    }
    assert json.loads((pack.out / "brief.json").read_text(encoding="utf-8")) == pack.record
    assert [path.name for path in pack.out.parent.iterdir()] == ["out"]


def test_files_hold_the_documented_columns_and_the_numbers_of_the_tables(pack: BriefResult) -> None:
    for name, table in pack.tables.items():
        path = "set_aside.csv" if name == "set_aside" else f"tables/{name}.csv"
        rows = read_csv(pack.out / path)
        assert len(rows) == len(table)
        if rows:
            assert list(rows[0])[: len(FILE_TABLES[name].names)] == FILE_TABLES[name].names
    cells = read_csv(pack.out / "tables" / "hotspots.csv")
    assert sum(int(row["incidents"]) for row in cells) == pack.counts["fate"]["counted"]
    assert all(len(row["cell"]) == 15 for row in cells)
    streets = read_csv(pack.out / "tables" / "streets.csv")
    assert sum(int(row["incidents"]) for row in streets) == 187
    book = openpyxl.load_workbook(pack.out / "tables.xlsx")
    assert len(book.sheetnames) == len(pack.tables) + 1
    for sheet in book.worksheets:
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds


def test_a_step_of_the_sums_adds_up_to_its_total(pack: BriefResult, march: BriefResult) -> None:
    for result in (pack, march):
        sums = pd.DataFrame(read_csv(result.out / "tables" / "sums.csv"))
        sums["incidents"] = sums["incidents"].astype(int)
        totals = sums[sums["part"] == "total"].set_index("step")["incidents"]
        parts = sums[sums["part"] != "total"].groupby("step")["incidents"].sum()
        assert set(totals.index) == {"read", "selected", "match", "fate"}
        assert parts.to_dict() == totals.to_dict()


def everything_inside(folder: Path) -> bytes:
    """Return the bytes of all files, workbooks unpacked."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name) for name in book.namelist()]
        elif path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


def test_own_columns_reach_no_file_unless_asked_for(pack: BriefResult, secret: str) -> None:
    assert secret.encode() not in everything_inside(pack.out)
    rows = read_csv(pack.out / "set_aside.csv")
    assert list(rows[0]) == [
        *("source_row", "reason", "detail", "detail_zh"),
        *("incident_id", "category", "reported_at", "longitude", "latitude"),
    ]
    assert {row["category"] for row in rows} == {"'=1+1", "垃圾"}


def test_what_the_settings_leave_open_is_told_and_what_they_ask_for_is_exported(
    small_folder: Path, quiet_brief: Any, secret: str, tmp_path: Path
) -> None:
    config = tmp_path / "other.toml"
    said = (small_folder / "gridgov.toml").read_text(encoding="utf-8")
    said = said.replace("resolution = 9", 'export_columns = ["phone"]\ncategories = ["垃圾"]')
    config.write_text(said, encoding="utf-8")
    result = quiet_brief(small_folder, out=tmp_path / "out", config=config)
    assert {row["phone"] for row in read_csv(result.out / "set_aside.csv")} == {secret}
    assert result.record["grid"]["chosen_by"] == "data"
    table = result.tables["resolutions"]
    chosen = table.loc[table["suggested"], "resolution"].item()
    assert result.record["grid"]["resolution"] == chosen
    assert "由数据自动建议" in (result.out / "index.html").read_text(encoding="utf-8")
    # Every odd row is 垃圾: 100 of 200, less the three of them set aside (101, 103, 105).
    assert result.counts["in_brief"] == 97
    assert result.counts["other_category"] == 96


def test_a_place_column_that_can_hold_an_address_is_not_quoted() -> None:
    read = pd.DataFrame(
        {
            "source_row": [1, 2],
            "reason": ["unreadable_coordinate", "duplicate_id"],
            "detail": ["'Lane 7, Zhang' in place is not a pair of coordinates.", "The id 'A'."],
            "detail_zh": ["“place”的“Lane 7, Zhang”不是一对坐标。", "编号“A”"],
            "place": ["Lane 7, Zhang", "POINT (1 2)"],
            "number": ["B", "A"],
        }
    )
    safe = safe_set_aside(read, columns={"location": "place", "incident_id": "number"})
    assert "Zhang" not in safe.to_csv()
    assert safe["detail"].tolist() == ["'…' in place is not a pair of coordinates.", "The id 'A'."]
    assert safe["incident_id"].tolist() == ["B", "A"]
    assert "Zhang" in read.to_csv()


def test_a_second_brief_replaces_the_first_with_the_same_bytes(
    pack: BriefResult, small_folder: Path, quiet_brief: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(pack.out, out)
    (out / "index.html").write_text("of an earlier month", encoding="utf-8")
    seen: list[tuple[int, int, str]] = []
    again = quiet_brief(small_folder, out=out, progress=lambda *step: seen.append(step))
    for name in again.record["files"]:
        if name not in ("hotspots.html", "incidents.html"):
            same = (out / name).read_bytes() == (pack.out / name).read_bytes()
            assert same, name
    assert [(step, steps) for step, steps, _ in seen] == [(step, 8) for step in range(1, 9)]
    assert "193" in seen[3][2]


def test_a_month_without_incidents_names_the_first_and_the_last(
    small_folder: Path, quiet_brief: Any, tmp_path: Path
) -> None:
    with pytest.raises(
        EmptyTableError, match=r"brief of 2023-11 needs.*run from 2024-02 to 2024-03.*--month"
    ):
        quiet_brief(small_folder, out=tmp_path / "out", month="2023-11")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"month": "2024-13"}, r"month must be written YYYY-MM.*'2024-13'"),
        ({"month": "March"}, "month must be written YYYY-MM"),
        ({"lang": "fr"}, "lang must be one of 'en', 'zh'"),
        ({"resolution": 16}, "resolution must be a whole number from 0 to 15"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_read(
    options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(OptionError, match=words):
        write_brief(tmp_path / "no such folder", out=tmp_path / "out", **options)


def test_a_folder_without_settings_is_told_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    with pytest.raises(SettingsError, match=r"gridgov\.toml"):
        write_brief(tmp_path / "records", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_up_leaves_nothing_half_written(
    small_folder: Path, quiet_brief: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack_files, "write_workbook", full)
    with pytest.raises(OutputError, match="No space left on device"):
        quiet_brief(small_folder, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
