"""Reading tracks: order, clocks, jumps, repeats and places, each fix accepted or set aside."""

import gzip
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    DatumError,
    EmptyTableError,
    OptionError,
    ReadError,
)
from gridgov.geo.datum import transform_coordinates
from gridgov.sources.notices import notices
from gridgov.sources.track_reasons import TRACK_REASONS
from gridgov.sources.tracks import read_tracks

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "patrol_tracks.csv"
X, Y = 116.2, 39.9


def read_quietly(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_tracks(source, **options)


def rows_of(times, *, x=X, y=Y, track="P1", **more):
    """A table as a device writes it, one row a minute of the given list."""
    at = [f"2017-09-04 08:{minute:02d}:00" for minute in times]
    return pd.DataFrame({"track_id": track, "time": at, "lon": x, "lat": y, **more})


def reasons_of(source, **options):
    return read_quietly(source, **options).set_aside.set_index("source_row")["reason"].to_dict()


def test_the_table_is_the_documented_one_with_the_callers_columns():
    tracks, aside = read_quietly(rows_of([0, 1], cell="x", battery=80), timezone="Asia/Shanghai")
    assert tracks.columns.tolist() == [*TABLES["tracks"].names, "cell_source", "battery"]
    assert tracks["persons"].tolist() == [1, 1]
    assert str(tracks["fix_at"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert tracks.crs == "EPSG:4326"
    assert len(aside) == 0
    assert tracks.attrs["source"]["columns"]["fix_at"] == "time"


def test_the_sample_is_read_whole_in_its_datum_and_zone():
    tracks, aside = read_tracks(SAMPLE, datum="gcj02", timezone="Asia/Shanghai")
    # README of the sample: 23,480 fixes of nine patrols, no dirt.
    assert (len(tracks), len(aside), tracks["track_id"].nunique()) == (23_480, 0, 9)
    raw = pd.read_csv(SAMPLE, nrows=1)
    x, y = transform_coordinates(raw["经度"], raw["纬度"], source="gcj02", target="wgs84")
    assert tracks.geometry.x[0] == pytest.approx(x[0], abs=1e-9)
    assert tracks.geometry.y[0] == pytest.approx(y[0], abs=1e-9)
    assert tracks["fix_at"][0] == pd.Timestamp("2017-09-04 08:32:25", tz="Asia/Shanghai")


def test_unordered_rows_are_put_in_order_and_counted():
    tracks, aside = read_quietly(rows_of([3, 1, 2, 0]))
    assert tracks["fix_at"].dt.minute.tolist() == [0, 1, 2, 3]
    assert len(aside) == 0
    told = notices(tracks).set_index("notice")
    assert told.loc["reordered", "value"] == 2
    assert 'order="source"' in told.loc["reordered", "detail"]


@pytest.mark.parametrize(
    ("times", "wrong"),
    [([0, 1, 2, 1, 3], {4}), ([0, 50, 2, 3, 4], {2}), ([0, 1, 2, 3], set()), ([9, 1, 2, 3], {1})],
    ids=["one back", "one ahead", "in order", "first ahead"],
)
def test_where_the_rows_are_in_order_a_clock_that_is_not_is_set_aside(times, wrong):
    found = reasons_of(rows_of(times, x=np.linspace(X, X + 0.0001, len(times))), order="source")
    assert found == dict.fromkeys(wrong, "clock_backwards")


def test_a_fix_again_and_another_place_at_the_same_time_differ():
    table = rows_of([0, 1, 1, 1], x=[X, X, X, X + 0.001])
    assert reasons_of(table) == {3: "duplicate_fix", 4: "conflicting_fix"}
    detail = read_quietly(table).set_aside["detail"].tolist()
    assert detail[0] == "It has the track, time and place of row 2."
    assert detail[1] == "It has the track and time of row 2 and another place."


def test_the_same_moment_of_another_track_is_no_repeat():
    both = pd.concat([rows_of([0, 1]), rows_of([0, 1], track="P2")])
    assert reasons_of(both) == {}


def test_a_jump_is_set_aside_and_the_rest_kept():
    # 0.03 degrees are 2.56 km at this latitude: 154 km/h in a minute, 51 km/h in three.
    table = rows_of([0, 1, 2, 3, 4], x=[X, X, X + 0.03, X, X])
    assert reasons_of(table) == {3: "teleport"}
    assert reasons_of(table, max_speed_kmh=155) == {}
    assert reasons_of(table, max_speed_kmh=None) == {}
    assert "faster than 150 km/h" in read_quietly(table).set_aside["detail"].item()


def test_a_jump_of_a_few_fixes_and_one_at_the_end_are_found():
    far = X + 0.1
    assert reasons_of(rows_of(range(8), x=[X, X, X, X, far, far, X, X])) == {
        5: "teleport",
        6: "teleport",
    }
    assert reasons_of(rows_of(range(4), x=[X, X, X, far])) == {4: "teleport"}
    assert reasons_of(rows_of(range(4), x=[far, X, X, X])) == {1: "teleport"}


def test_a_snap_costs_the_fixes_next_to_it_and_not_half_of_the_track():
    # 100 m within a second; two seconds make it 180 km/h, three 120.
    seconds = pd.to_datetime("2017-09-04 08:00") + pd.to_timedelta(np.arange(20), unit="s")
    x = np.where(np.arange(20) < 12, X, X + 100 / 85_390)
    table = pd.DataFrame({"track_id": "P1", "time": seconds, "lon": x, "lat": Y})
    assert reasons_of(table) == {13: "teleport", 14: "teleport"}


def test_jitter_is_no_jump():
    seconds = pd.to_datetime("2017-09-04 08:00") + pd.to_timedelta(np.arange(6), unit="s")
    x = X + np.array([0, 45, 0, 45, 0, 45]) / 85_390
    table = pd.DataFrame({"track_id": "P1", "time": seconds, "lon": x, "lat": Y})
    assert reasons_of(table) == {}
    assert "teleport" in reasons_of(table, jitter_m=10).values()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(0, 50), st.sampled_from([0, 0.01, 0.2])),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(["time", "source"]),
)
def test_accepted_and_set_aside_add_up_and_what_is_kept_is_in_order_and_slow(rows, order):
    frame = pd.DataFrame(rows, columns=["track", "minute", "dx"])
    table = rows_of(frame["minute"], x=X + frame["dx"], track=frame["track"])
    tracks, aside = read_quietly(table, order=order)
    assert len(tracks) + len(aside) == len(table)
    assert set(aside["reason"]) <= set(TRACK_REASONS)
    for _, part in tracks.groupby("track_id"):
        hours = part["fix_at"].diff().iloc[1:] / pd.Timedelta(hours=1)
        assert (hours > 0).all()
        km = part.geometry.x.diff().abs().iloc[1:] * 85.39
        assert (km <= hours * 150 * 1.01).all()


def test_rows_that_say_nothing_or_nonsense_have_their_reasons():
    table = rows_of(range(9), persons="2")
    table["accuracy"] = "5"
    table = table.astype(object)
    table.loc[0, "track_id"] = None
    table.loc[1, "time"] = ""
    table.loc[2, "time"] = "soon"
    table.loc[3, ["lon", "lat"]] = [None, None]
    table.loc[4, ["lon", "lat"]] = [0, 0]
    # A single fix in meters of UTM zone 50 among degrees.
    table.loc[5, ["lon", "lat"]] = [431_600.0, 4_416_900.0]
    table.loc[6, "persons"] = "half"
    table.loc[7, "accuracy"] = "300"
    assert reasons_of(table) == {
        1: "missing_id",
        2: "missing_time",
        3: "unreadable_time",
        4: "missing_coordinate",
        5: "zero_coordinate",
        6: "out_of_range_coordinate",
        7: "unreadable_persons",
        8: "inaccurate_fix",
    }
    tracks, aside = read_quietly(table)
    assert tracks["persons"].tolist() == [2]
    assert aside["detail"].iloc[6] == (
        "The persons 'half' in persons are not a whole number from 1 on."
    )
    assert aside["detail_zh"].str.contains(r"[\u4e00-\u9fff]").all()


def test_all_fixes_in_another_crs_are_one_error_or_read_in_it():
    meters = gpd.GeoSeries([Point(X, Y), Point(X, Y)], crs="EPSG:4326").to_crs("EPSG:32650")
    table = rows_of([0, 1], x=meters.x, y=meters.y)
    with pytest.raises(DatumError, match="meters need their CRS"):
        read_quietly(table)
    tracks, _ = read_quietly(table, datum="EPSG:32650")
    assert tracks.geometry.x.tolist() == pytest.approx([X, X], abs=1e-8)
    frame = gpd.GeoDataFrame(rows_of([0, 1])[["track_id", "time"]], geometry=meters)
    assert read_quietly(frame)[0].geometry.y.tolist() == pytest.approx([Y, Y], abs=1e-8)


def test_a_frame_as_movingpandas_keeps_it_is_read():
    at = pd.DatetimeIndex(["2017-09-04 08:00", "2017-09-04 08:01"], name="t")
    frame = gpd.GeoDataFrame(
        {"traj_id": [1, 1]}, geometry=[Point(X, Y)] * 2, index=at, crs="EPSG:4326"
    )
    tracks, _ = read_quietly(frame, timezone="Asia/Shanghai")
    assert tracks["track_id"].tolist() == ["1", "1"]
    assert tracks["fix_at"].dt.hour.tolist() == [8, 8]
    unnamed, _ = read_quietly(frame.rename_axis(None), timezone="Asia/Shanghai")
    pd.testing.assert_frame_equal(unnamed, tracks)
    both, _ = read_quietly(frame.assign(t=at), timezone="Asia/Shanghai")
    assert both["fix_at"].tolist() == tracks["fix_at"].tolist()
    assert frame.index.name == "t"


def test_a_geopackage_is_read(tmp_path):
    frame = gpd.GeoDataFrame(
        rows_of([0, 1])[["track_id", "time"]], geometry=[Point(X, Y)] * 2, crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "walk.gpkg", layer="fixes")
    tracks, aside = read_quietly(tmp_path / "walk.gpkg", timezone="Asia/Shanghai")
    assert (len(tracks), len(aside)) == (2, 0)
    lines = frame.set_geometry([LineString([(X, Y), (X, Y + 1)])] * 2, crs="EPSG:4326")
    assert set(read_quietly(lines).set_aside["reason"]) == {"unreadable_coordinate"}


def test_without_a_column_of_tracks_all_is_one_track_and_that_is_said():
    table = rows_of([0, 1]).drop(columns="track_id")
    with pytest.warns(DataWarning, match="all fixes are taken as one track"):
        tracks, _ = read_tracks(table, timezone="UTC")
    assert tracks["track_id"].tolist() == ["track-1", "track-1"]
    with pytest.warns(DataWarning, match="No time zone was given"):
        read_tracks(rows_of([0, 1]))


def test_what_is_not_there_is_one_clear_error():
    with pytest.raises(ColumnsError, match=r"must have a column of times.*Name them"):
        read_tracks(rows_of([0]).drop(columns="time"))
    with pytest.raises(ColumnsError, match="must have a column of coordinates"):
        read_tracks(rows_of([0]).drop(columns="lon"))
    with pytest.raises(ColumnsError, match="must have the column 'when'"):
        read_tracks(rows_of([0]), columns={"fix_at": "when"})
    with pytest.raises(OptionError, match="max_speed_kmh must be a number above 0"):
        read_tracks(rows_of([0]), max_speed_kmh=-1)
    with pytest.raises(OptionError, match="jitter_m must be meters"):
        read_tracks(rows_of([0]), jitter_m="much")
    with pytest.raises(OptionError, match="order must be one of"):
        read_tracks(rows_of([0]), order="clock")
    with pytest.raises(ReadError, match="There is no file"):
        read_tracks("nowhere.gpx")


GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
 <metadata><name>phone</name><time>2017-09-04T00:00:00Z</time></metadata>
 <wpt lat="39.9" lon="116.2"><name>post</name></wpt>
 <trk><name>早班</name><trkseg>
  <trkpt lat="39.9" lon="116.2"><ele>70</ele><time>2017-09-04T00:00:00Z</time>
   <extensions><time>1999-01-01T00:00:00Z</time></extensions></trkpt>
  <trkpt lat="39.9001" lon="116.2"><time>2017-09-04T00:01:00Z</time></trkpt></trkseg>
  <trkseg><trkpt lat="39.9002" lon="116.2"/></trkseg></trk>
 <trk><name>早班</name><trkseg>
  <trkpt lat="39.9" lon="116.2"><time>2017-09-05T00:00:00Z</time></trkpt></trkseg></trk>
 <trk><trkseg><trkpt lat="39.9" lon="116.2"><time>2017-09-06T00:00:00Z</time></trkpt></trkseg></trk>
</gpx>"""


@pytest.mark.parametrize("name", ["walk.gpx", "walk.gpx.gz"])
def test_the_track_points_of_a_gpx_file_are_fixes(tmp_path, name):
    data = GPX.encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    tracks, aside = read_quietly(path, timezone="Asia/Shanghai")
    assert tracks["track_id"].tolist() == ["早班", "早班", "早班#2", "track-3"]
    assert tracks["fix_at"].iloc[0] == pd.Timestamp("2017-09-04 08:00", tz="Asia/Shanghai")
    assert tracks["segment"].tolist() == [1, 1, 1, 1]
    assert aside[["source_row", "reason"]].values.tolist() == [[3, "missing_time"]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (
            '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>',
            "document type or entity",
        ),
        (
            '<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>',
            "document type or entity",
        ),
        ("<gpx><trk>", "no element found"),
        ("<kml/>", "begins with <kml>"),
        ("<a>" * 100 + "</a>" * 100, "more than 64 deep"),
        ("", "no element found"),
    ],
    ids=["entities", "outside file", "cut off", "kml", "deep", "empty"],
)
def test_a_dangerous_or_broken_document_is_refused(tmp_path, text, word):
    path = tmp_path / "walk.gpx"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=word):
        read_tracks(path)


def test_a_gpx_without_track_points_says_so(tmp_path):
    path = tmp_path / "walk.gpx"
    path.write_text('<gpx><wpt lat="39.9" lon="116.2"/></gpx>', encoding="utf-8")
    with pytest.raises(EmptyTableError, match="at least one track point"):
        read_tracks(path)


def test_what_records_say_is_not_read_as_a_place_in_a_sentence():
    table = rows_of([0, 1])
    table.loc[1, "time"] = "{column} {{7*7}} <b>"
    detail = read_quietly(table).set_aside["detail"].item()
    assert detail.startswith("The time '{column} {{7*7}} <b>' in time")
