"""Runs that are stopped go on, and nothing half written is ever taken for an answer."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import (
    ColumnsError,
    DatumError,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
    OutputError,
    ReadError,
)
from gridgov.scale import checkpoints, count_job, locating

STREET = gpd.GeoDataFrame(
    {"street_id": ["A"]}, geometry=[shapely.box(116.1, 39.8, 116.2, 39.9)], crs="EPSG:4326"
)
GRID = gg.make_grid(STREET, resolution=8)


def plain_rows(count=50, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "longitude": rng.uniform(116.08, 116.2, count),
            "latitude": rng.uniform(39.8, 39.9, count),
            "category": "waste",
        }
    )


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "rows"
    source.mkdir()
    for number in range(4):
        plain_rows(seed=number).to_parquet(source / f"{number}.parquet")
    return source


def located(source, out, **options):
    return gg.scale.locate_folder(source, STREET, resolution=8, out=out, **options)


def answers_in(out):
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.parquet"))}


def test_a_second_run_does_nothing_again(folder, tmp_path, monkeypatch):
    first = located(folder, tmp_path / "out")
    assert not first["again"].any()
    monkeypatch.setattr(locating.LocateJob, "locate", lambda self, file: pytest.fail("again"))
    second = located(folder, tmp_path / "out")
    assert second["again"].all()
    assert second.drop(columns="again").equals(first.drop(columns="again"))


def test_only_a_file_that_changed_is_done_again(folder, tmp_path):
    located(folder, tmp_path / "out")
    plain_rows(count=60, seed=9).to_parquet(folder / "2.parquet")
    report = located(folder, tmp_path / "out").set_index("file")
    assert report["again"].to_dict() == {f"{n}.parquet": n != 2 for n in range(4)}
    assert report.loc["2.parquet", "rows"] == 60


def test_an_answer_that_was_lost_or_cut_is_made_again(folder, tmp_path):
    out = tmp_path / "out"
    located(folder, out)
    whole = answers_in(out)
    (out / "0.parquet").unlink()
    (out / "1.parquet").write_bytes(whole["1.parquet"][:100])
    assert located(folder, out)["again"].tolist() == [False, False, True, True]
    assert answers_in(out) == whole


def test_a_line_of_the_ledger_that_was_cut_short_means_its_file_is_done_again(folder, tmp_path):
    out = tmp_path / "out"
    located(folder, out)
    ledger = out / checkpoints.Ledger.NAME
    ledger.write_text(ledger.read_text()[:-30])
    assert located(folder, out)["again"].tolist() == [True, True, True, False]
    assert located(folder, out)["again"].all()


def test_a_run_that_fails_in_the_middle_keeps_what_is_whole_and_goes_on(folder, tmp_path):
    out = tmp_path / "out"
    rows = (folder / "2.parquet").read_bytes()
    broken = bytearray(rows)
    broken[4:200] = bytes(196)
    (folder / "2.parquet").write_bytes(bytes(broken))
    with pytest.raises(ReadError, match=r"readable to its end. Found: .*2\.parquet is not"):
        located(folder, out)
    assert sorted(path.name for path in out.iterdir()) == [
        "0.parquet",
        "1.parquet",
        checkpoints.Ledger.NAME,
    ]
    (folder / "2.parquet").write_bytes(rows)
    assert located(folder, out)["again"].tolist() == [True, True, False, False]


SLOW = """
import sys, time
from pathlib import Path
import geopandas as gpd, shapely
import gridgov as gg
from gridgov.scale import row_places
street = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[shapely.box(116.1, 39.8, 116.2, 39.9)],
                          crs="EPSG:4326")
read = row_places.FromPoints.read
def slowly(self, batch, file):
    if file == "2.parquet":
        Path(sys.argv[2], "reached").touch()
        time.sleep(60)
    return read(self, batch, file)
row_places.FromPoints.read = slowly
gg.scale.locate_folder(sys.argv[1], street, resolution=8, out=sys.argv[2])
"""


def test_a_process_that_is_killed_leaves_no_half_file_and_the_next_one_goes_on(folder, tmp_path):
    out = tmp_path / "out"
    run = subprocess.Popen([sys.executable, "-c", SLOW, str(folder), str(out)])
    deadline = time.monotonic() + 60
    while not (out / "reached").exists():
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert sorted(answers_in(out)) == ["0.parquet", "1.parquet"]
    assert located(folder, out)["again"].tolist() == [True, True, False, False]
    located(folder, tmp_path / "other")
    assert answers_in(out) == answers_in(tmp_path / "other")
    assert not list(out.glob(".*"))


def test_counts_go_on_from_the_parts_that_were_finished(folder, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    whole = gg.scale.count_folder(folder, STREET, GRID, by="category")
    count = count_job.CountJob.count
    done = []

    def stops(self, part):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(part.name)
        return count(self, part)

    monkeypatch.setattr(count_job.CountJob, "count", stops)
    with pytest.raises(KeyboardInterrupt):
        gg.scale.count_folder(folder, STREET, GRID, by="category", checkpoint=kept)
    assert len(list(kept.iterdir())) == 2
    done.clear()
    found = gg.scale.count_folder(folder, STREET, GRID, by="category", checkpoint=kept)
    assert done == ["2.parquet", "3.parquet"]
    pd.testing.assert_frame_equal(found, whole)
    assert found.attrs == whole.attrs


def test_parts_of_another_question_or_that_were_damaged_are_counted_again(folder, tmp_path):
    kept = tmp_path / "kept"
    gg.scale.count_folder(folder, STREET, GRID, checkpoint=kept)
    by_match = gg.scale.count_folder(folder, STREET, GRID, by="match", checkpoint=kept)
    assert by_match["group"].unique().tolist() == ["inside"]
    assert len(list(kept.iterdir())) == 8
    for path in kept.iterdir():
        path.write_bytes(path.read_bytes()[:50])
    again = gg.scale.count_folder(folder, STREET, GRID, by="match", checkpoint=kept)
    pd.testing.assert_frame_equal(again, by_match)


def test_progress_is_told_in_rows(folder, tmp_path):
    told = []
    gg.scale.count_folder(folder, STREET, GRID, progress=lambda *rows: told.append(rows))
    located(folder, tmp_path / "out", progress=lambda *rows: told.append(rows))
    assert told == 2 * [(50, 200), (100, 200), (150, 200), (200, 200)]


def test_answers_for_other_options_are_refused(folder, tmp_path):
    out = tmp_path / "out"
    located(folder, out)
    with pytest.raises(OutputError, match=r"made with other jurisdictions, another resolution"):
        gg.scale.locate_folder(folder, STREET, resolution=9, out=out)
    (out / checkpoints.Ledger.NAME).unlink()
    with pytest.raises(OutputError, match=r"new or empty folder.* Choose another folder"):
        located(folder, out)


def test_answers_whose_file_is_gone_are_refused(folder, tmp_path):
    located(folder, tmp_path / "out")
    (folder / "1.parquet").unlink()
    with pytest.raises(OutputError, match=r"1 answers whose files are gone, the first .*1\.parq"):
        located(folder, tmp_path / "out")


def test_answers_may_not_be_written_among_the_incidents(folder):
    before = sorted(folder.iterdir())
    with pytest.raises(OutputError, match=r"a folder of its own"):
        located(folder, folder)
    assert sorted(folder.iterdir()) == before


def test_an_out_that_cannot_be_made_is_an_error_before_anything_is_read(folder, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"out must be a folder that can be written"):
        located(folder, tmp_path / "file")
    with pytest.raises(OutputError, match=r"checkpoint must be a folder"):
        gg.scale.count_folder(folder, STREET, GRID, checkpoint=tmp_path / "file")


def test_notes_of_other_engines_are_passed_over(folder):
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "x.parquet").write_bytes(b"half")
    (folder / ".y.parquet").write_bytes(b"half")
    assert gg.scale.count_folder(folder, STREET, GRID).attrs["tally"]["counted"] > 0


def test_own_columns_are_copied_only_when_named(folder, tmp_path):
    rows = plain_rows().assign(phone="13800000000", note="x")
    rows.to_parquet(folder / "0.parquet")
    with pytest.raises(ColumnsError, match=r"3 of 4 files without, the first .*1.parquet"):
        located(folder, tmp_path / "out", keep=["note"])
    for number in range(1, 4):
        rows.to_parquet(folder / f"{number}.parquet")
    located(folder, tmp_path / "out", keep=["note"])
    found = pd.read_parquet(tmp_path / "out" / "0.parquet")
    assert list(found) == [
        "longitude", "latitude", "category", "note", "cell", "street_id", "match",
    ]  # fmt: skip


def change(folder, **columns):
    plain_rows().assign(**columns).to_parquet(folder / "3.parquet")


@pytest.mark.parametrize(
    ("columns", "options", "error", "words"),
    [
        ({}, {"columns": {"latitude": "lat"}}, ColumnsError, 'column lat. Found: 4 of .*"lati'),
        ({}, {"by": "department"}, ColumnsError, "department. Found: 4 of 4 files without"),
        ({}, {"by": "geometry"}, ColumnsError, "Found: 'geometry'"),
        ({}, {"period": "MS"}, ColumnsError, "reported_at. Found: 4 of 4 files without"),
        ({"category": 1}, {"by": "category"}, ReadError, "string in .*0.parquet and int64 in .*3"),
        ({"longitude": "x"}, {}, ReadError, "longitude is double in .* and string in .*3.parquet"),
        ({}, {"period": "month"}, OptionError, "period must be None"),
        ({}, {"batch_rows": 0}, OptionError, "batch_rows must be a whole number, 1 or more"),
        ({}, {"timezone": "Shanghai"}, OptionError, "timezone must be a time zone"),
        ({}, {"datum": "mars"}, DatumError, "mars"),
        ({}, {"client": 3}, OptionError, "client must be a distributed.Client"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_a_row_is_read(folder, columns, options, error, words):
    if columns:
        change(folder, **columns)
    with pytest.raises(error, match=words):
        gg.scale.count_folder(folder, STREET, GRID, **options)


def test_files_and_folders_that_are_no_parquet_are_named(tmp_path, folder):
    with pytest.raises(ReadError, match=r"nothing at .*absent"):
        gg.scale.count_folder(tmp_path / "absent", STREET, GRID)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyTableError, match=r"a file \*.parquet. Found: none in"):
        gg.scale.count_folder(tmp_path / "empty", STREET, GRID)
    (folder / "1.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(
        ReadError, match=r"1 of 4 that cannot be read, the first .*1\.parquet"
    ) as got:
        gg.scale.count_folder(folder, STREET, GRID)
    assert got.value.problems["file"].tolist() == [str(folder / "1.parquet")]


def test_times_without_a_zone_need_one(folder):
    for number in range(4):
        plain_rows().assign(reported_at=pd.Timestamp("2017-01-01")).to_parquet(
            folder / f"{number}.parquet"
        )
    with pytest.raises(ColumnsError, match=r"reported_at must hold times with a zone. Found: time"):
        gg.scale.count_folder(folder, STREET, GRID, period="MS")
    without = gg.scale.count_folder(folder, STREET, GRID)
    assert without.attrs["range"] == {"period": None, "start": None, "end": None}


def test_text_and_lines_are_no_points(tmp_path):
    plain_rows().astype({"longitude": "str"}).to_parquet(tmp_path / "0.parquet")
    with pytest.raises(ColumnsError, match=r"must be numbers. Found: longitude is"):
        gg.scale.count_folder(tmp_path, STREET, GRID)
    line = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    line.to_parquet(tmp_path / "0.parquet")
    with pytest.raises(
        GeometryError, match=r"1 other geometries in one batch of 0.parquet, the fir"
    ):
        gg.scale.count_folder(tmp_path, STREET, GRID)
    pd.DataFrame({"geometry": ["POINT (1 2)"]}).to_parquet(tmp_path / "0.parquet")
    with pytest.raises(ColumnsError, match=r"geometry must hold points as WKB"):
        gg.scale.count_folder(tmp_path, STREET, GRID)


def test_points_in_a_crs_that_the_file_states_are_converted(tmp_path):
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(plain_rows()["longitude"], plain_rows()["latitude"]),
        crs="EPSG:4326",
    )
    points.to_crs("EPSG:4547").to_parquet(tmp_path / "0.parquet")
    found = gg.scale.count_folder(tmp_path, STREET, GRID).attrs["tally"]
    plain_rows().to_parquet(tmp_path / "0.parquet")
    assert found == gg.scale.count_folder(tmp_path, STREET, GRID).attrs["tally"]


def test_located_cells_of_another_resolution_are_refused(folder, tmp_path):
    located(folder, tmp_path / "out")
    fine = gg.make_grid(STREET, resolution=9)
    with pytest.raises(InputError, match=r"resolution 9 in the grid and 8 in 0.parquet"):
        gg.scale.tally_folder(tmp_path / "out", fine)
    with pytest.raises(ColumnsError, match=r"located incidents must have the columns cell, match"):
        gg.scale.tally_folder(folder, GRID)


def test_cells_written_as_numbers_are_read_too(tmp_path):
    cells = GRID["cell"].to_numpy()[:3]
    table = pd.DataFrame({"cell": pd.array(cells, "UInt64"), "match": "inside"})
    table.loc[1, "cell"] = pd.NA
    table.to_parquet(tmp_path / "0.parquet")
    counts = gg.scale.tally_folder(tmp_path, GRID)
    assert counts["incidents"].tolist()[:3] == [1, 0, 1]
    assert counts.attrs["tally"]["no_point"] == 1


def test_a_panel_too_large_to_hold_is_refused(folder):
    rows = plain_rows(2).assign(
        reported_at=pd.to_datetime(["1900-01-01", "2150-01-01"]).tz_localize("UTC")
    )
    rows["longitude"] = 116.15
    for number in range(4):
        rows.assign(category=[f"{number}", "b"]).to_parquet(folder / f"{number}.parquet")
    grid = gg.make_grid(STREET, resolution=9)
    with pytest.raises(OptionError, match=r"up to 100,000,000 rows"):
        gg.scale.count_folder(folder, STREET, grid, period="D", by="category")


def test_files_without_rows_count_nothing(tmp_path):
    plain_rows(0).to_parquet(tmp_path / "0.parquet")
    counts = gg.scale.count_folder(tmp_path, STREET, GRID, by="category")
    assert counts["incidents"].sum() == 0
    assert counts["group"].isna().all()
    report = located(tmp_path / "0.parquet", tmp_path / "out")
    assert report["rows"].tolist() == [0]
    assert len(pd.read_parquet(tmp_path / "out" / "0.parquet")) == 0


def test_the_ledger_can_be_read_by_anybody(folder, tmp_path):
    report = located(folder, tmp_path / "out")
    lines = Path(tmp_path / "out" / checkpoints.Ledger.NAME).read_text().splitlines()
    read = [json.loads(line) for line in lines]
    assert [line["inside"] for line in read[1:]] == report["inside"].tolist()
