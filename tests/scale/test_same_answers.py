"""Folders of Parquet give the answers of the single pass, number by number."""

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.geo.hexgrid import cells_to_text
from gridgov.scale import tallying

WEST, SOUTH, EAST, NORTH = 116.10, 39.85, 116.22, 39.95
SHANGHAI = "Asia/Shanghai"


def four_streets():
    """Two streets with a shared edge, one that overlaps both, and one apart with a hole."""
    hole = shapely.box(116.190, 39.930, 116.194, 39.934)
    return gpd.GeoDataFrame(
        {"street_id": ["A", "B", "C", "D"]},
        geometry=[
            shapely.box(116.11, 39.86, 116.14, 39.90),
            shapely.box(116.14, 39.86, 116.17, 39.90),
            shapely.box(116.13, 39.89, 116.16, 39.92),
            shapely.box(116.18, 39.92, 116.20, 39.94).difference(hole),
        ],
        crs="EPSG:4326",
    )


def dirty_rows(count, seed):
    """Rows with missing, infinite and impossible coordinates, points on edges, missing times."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(WEST, EAST, count), rng.uniform(SOUTH, NORTH, count)
    x[::37] = 116.14
    x[3::101] = np.nan
    y[5::103] = np.inf
    x[7::107], y[7::107] = 0.0, 0.0
    y[9::109] = 95.0
    first = np.datetime64("2016-12-25T10:00", "us")
    at = first + rng.integers(0, 100 * 86_400_000_000, count)
    at[2::53] = np.datetime64("NaT")
    times = pd.DatetimeIndex(at, tz="UTC").tz_convert(SHANGHAI)
    category = rng.choice(np.array(["waste", "noise", "噪声", None], dtype=object), count)
    return pd.DataFrame(
        {
            "incident_id": [f"{seed}-{number}" for number in range(count)],
            "category": pd.array(category, dtype="str"),
            "reported_at": times,
            "longitude": x,
            "latitude": y,
            "own": rng.integers(0, 3, count),
        }
    )


ROWS = pd.concat([dirty_rows(4000, 1), dirty_rows(1500, 2), dirty_rows(3, 3)], ignore_index=True)
STREETS = four_streets()
GRID = gg.make_grid(STREETS, resolution=9)


def in_one_pass(rows, streets=STREETS, resolution=9):
    points = shapely.points(rows["longitude"], rows["latitude"])
    points[~np.isfinite(rows["longitude"] + rows["latitude"])] = None
    table = gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4326")
    return gg.locate(table, streets, resolution=resolution)


LOCATED = in_one_pass(ROWS)


def write_rows(folder, rows=ROWS, *, at=(4000, 5500), row_group_size=700):
    """Three files, one of them in a folder of its own, in several row groups."""
    (folder / "more").mkdir(parents=True)
    names = ["a.parquet", "b.parquet", "more/c.parquet"]
    for name, part in zip(names, np.split(np.arange(len(rows)), at), strict=True):
        table = pa.Table.from_pandas(rows.iloc[part], preserve_index=False)
        pq.write_table(table, folder / name, row_group_size=row_group_size)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("rows") / "incidents")


@pytest.fixture(scope="module")
def answers(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("answers") / "located"
    report = gg.scale.locate_folder(folder, STREETS, resolution=9, out=out, batch_rows=900)
    return out, report


def assert_same_counts(found, expected):
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs["tally"] == expected.attrs["tally"]
    assert found.attrs["range"] == expected.attrs["range"]


@pytest.fixture(params=["points alone", "cells first"])
def asked(request, monkeypatch):
    """Points are asked who owns them, or their cells before them, whatever their number."""
    if request.param == "cells first":
        monkeypatch.setattr(tallying, "FEWEST_ROWS", 0)
        monkeypatch.setattr(tallying, "ROWS_A_CELL", 0)


WAYS = [
    {},
    {"by": "category"},
    {"by": "own", "period": "MS"},
    {"by": "street_id", "period": "W-MON"},
    {"by": "match"},
    {"period": "D", "start": "2017-01-03", "end": "2017-02-10T07:30"},
    {"by": "category", "start": "2017-02-01"},
    {"by": "category", "end": "2017-02-01"},
    {"period": "QS", "start": "2015-05-01", "end": "2018-01-01"},
    {"start": "2030-01-01", "by": "category"},
]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("options", WAYS, ids=str)
def test_counting_a_folder_is_locating_and_tallying_the_whole(folder, options):
    expected = gg.tally(LOCATED, GRID, **options)
    found = gg.scale.count_folder(folder, STREETS, GRID, batch_rows=800, **options)
    assert_same_counts(found, expected)
    assert gg.tally_report(found)["incidents"].sum() == len(ROWS)


@pytest.mark.parametrize("options", WAYS[:6], ids=str)
def test_tallying_answers_is_tallying_the_whole(answers, options):
    options = {**options, "by": None} if options.get("by") == "own" else options
    assert_same_counts(
        gg.scale.tally_folder(answers[0], GRID, **options), gg.tally(LOCATED, GRID, **options)
    )


def test_every_row_has_the_cell_street_and_match_of_the_single_pass(folder, answers):
    out, report = answers
    names = report["file"].tolist()
    assert names == ["a.parquet", "b.parquet", "more/c.parquet"]
    found = pd.concat([pd.read_parquet(out / name) for name in names], ignore_index=True)
    assert found["incident_id"].tolist() == ROWS["incident_id"].tolist()
    cells = LOCATED["cell"].to_numpy(dtype=np.uint64, na_value=0)
    text = np.full(len(cells), None, dtype=object)
    text[cells > 0] = cells_to_text(cells[cells > 0])
    assert found["cell"].astype(object).where(found["cell"].notna(), None).tolist() == list(text)
    for name in ("street_id", "match"):
        assert found[name].astype("str").fillna("").tolist() == LOCATED[name].fillna("").tolist()
    assert str(found["reported_at"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert "own" not in found.columns


def test_the_report_of_files_adds_up(answers):
    report = answers[1]
    assert list(report.columns) == TABLES["located_files"].names
    matches = ["inside", "border", "overlap", "outside", "no_point"]
    assert (report[matches].sum(axis=1) == report["rows"]).all()
    assert report[matches].sum().to_dict() == LOCATED["match"].value_counts()[matches].to_dict()


def test_three_points_worked_by_hand(tmp_path):
    # 116.14 is the edge between A and B; A comes first in the table.
    rows = pd.DataFrame({"longitude": [116.12, 116.14, 116.5], "latitude": [39.87, 39.87, 39.87]})
    rows.to_parquet(tmp_path / "one.parquet")
    counts = gg.scale.count_folder(tmp_path / "one.parquet", STREETS, GRID, by="street_id")
    cell = h3.latlng_to_cell(39.87, 116.12, 9)
    edge = h3.latlng_to_cell(39.87, 116.14, 9)
    some = counts[counts["incidents"] > 0]
    assert some[["cell", "group", "incidents"]].values.tolist() == sorted(
        [[cell, "A", 1], [edge, "A", 1]]
    )
    assert counts.attrs["tally"]["outside"] == 1


def test_points_of_geoparquet_in_both_encodings_are_read(tmp_path):
    points = LOCATED[["incident_id", "category", "reported_at", "geometry"]]
    for encoding in ("WKB", "geoarrow"):
        folder = tmp_path / encoding
        folder.mkdir()
        points.to_parquet(folder / "points.parquet", geometry_encoding=encoding)
        found = gg.scale.count_folder(folder, STREETS, GRID, by="category")
        assert_same_counts(found, gg.tally(LOCATED, GRID, by="category"))
        out = tmp_path / f"{encoding} located"
        gg.scale.locate_folder(folder, STREETS, resolution=9, out=out)
        back = gpd.read_parquet(out / "points.parquet")
        assert back.crs == "EPSG:4326"
        assert back["match"].astype("str").tolist() == LOCATED["match"].tolist()


def test_points_in_wkb_without_a_gap_are_read_by_their_bytes(tmp_path):
    whole = LOCATED[LOCATED.geometry.notna()]
    whole[["incident_id", "geometry"]].to_parquet(tmp_path / "points.parquet")
    found = gg.scale.count_folder(tmp_path, STREETS, GRID)
    expected = gg.tally(whole.drop(columns="reported_at"), GRID)
    assert_same_counts(found, expected)


def test_coordinates_in_another_datum_are_converted(tmp_path):
    rows = ROWS[["longitude", "latitude"]].iloc[:2500].copy()
    rows = rows[np.isfinite(rows).all(axis=1) & (rows["latitude"] < 90)]
    x, y = gg.transform_coordinates(
        rows["longitude"].to_numpy(), rows["latitude"].to_numpy(), source="gcj02", target="wgs84"
    )
    rows.rename(columns={"longitude": "经度", "latitude": "纬度"}).to_parquet(
        tmp_path / "gcj.parquet"
    )
    found = gg.scale.count_folder(
        tmp_path, STREETS, GRID, datum="gcj02", columns={"longitude": "经度", "latitude": "纬度"}
    )
    moved = pd.DataFrame({"incident_id": "", "longitude": x, "latitude": y})
    assert_same_counts(found, gg.tally(in_one_pass(moved), GRID))


@pytest.mark.parametrize("unit", ["ns", "ms", "s"])
def test_times_of_every_unit_fall_in_the_same_periods(tmp_path, unit):
    rows = ROWS.assign(reported_at=ROWS["reported_at"].dt.as_unit("s").dt.as_unit(unit))
    folder = write_rows(tmp_path / "rows", rows)
    found = gg.scale.count_folder(folder, STREETS, GRID, period="D")
    assert_same_counts(found, gg.tally(in_one_pass(rows), GRID, period="D"))


def test_times_without_a_zone_are_those_of_the_clock_in_the_zone_named(tmp_path):
    rows = ROWS.assign(reported_at=ROWS["reported_at"].dt.tz_localize(None))
    folder = write_rows(tmp_path / "rows", rows)
    found = gg.scale.count_folder(folder, STREETS, GRID, period="MS", timezone=SHANGHAI)
    assert_same_counts(found, gg.tally(LOCATED, GRID, period="MS"))


def test_periods_run_in_the_zone_named(folder):
    found = gg.scale.count_folder(folder, STREETS, GRID, period="D", timezone="UTC")
    moved = LOCATED.assign(reported_at=LOCATED["reported_at"].dt.tz_convert("UTC"))
    assert_same_counts(found, gg.tally(moved, GRID, period="D"))


def test_a_function_for_other_engines_answers_the_same():
    locator = gg.scale.frame_locator(STREETS, resolution=9)
    found = pd.concat(locator.each([ROWS.iloc[:4000], ROWS.iloc[4000:]]))
    for name in ("street_id", "match"):
        assert found[name].fillna("").tolist() == LOCATED[name].fillna("").tolist()
    cells = LOCATED["cell"].to_numpy(dtype=np.uint64, na_value=0)
    assert found["cell"].notna().tolist() == (cells > 0).tolist()
    assert found["cell"].dropna().tolist() == cells_to_text(cells[cells > 0]).tolist()


@settings(max_examples=8, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 600), min_size=2, max_size=2).map(sorted),
    group=st.integers(1, 300),
    batch=st.integers(30, 700),
    order=st.randoms(use_true_random=False),
)
def test_neither_files_nor_batches_nor_order_change_the_counts(
    tmp_path_factory, cuts, group, batch, order
):
    rows = ROWS.iloc[:600]
    shuffled = rows.iloc[order.sample(range(600), 600)]
    folder = write_rows(
        tmp_path_factory.mktemp("cut") / "rows", shuffled, at=cuts, row_group_size=group
    )
    found = gg.scale.count_folder(
        folder, STREETS, GRID, by="category", period="W-SUN", batch_rows=batch
    )
    expected = gg.tally(LOCATED.iloc[:600], GRID, by="category", period="W-SUN")
    assert_same_counts(found, expected)


def test_nothing_that_is_passed_in_changes(folder):
    streets, grid = STREETS.copy(deep=True), GRID.copy(deep=True)
    gg.scale.count_folder(folder, STREETS, GRID, by="category")
    assert STREETS.equals(streets)
    assert GRID.equals(grid)
