import dataclasses
import json
import warnings
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, ReadError, SettingsError
from gridgov.sources.folder import load_settings, read_folder
from gridgov.sources.notices import notices
from gridgov.sources.reasons import REASONS

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
SETTINGS = """
[brief]
title = "石景山区"
lang = "zh"
resolution = 9
source = "synthetic"
categories = ["占道经营"]
export_columns = ["地点"]

[incidents]
file = "incidents.csv"
preset = "gridgov"
datum = "wgs84"
timezone = "Asia/Shanghai"
encoding = "gb18030"
duplicates = "number"
[incidents.columns]
category = "问题类型"

[jurisdictions]
file = "streets.geojson"
[jurisdictions.columns]
street_id = "code"
"""
SHORTEST = '[incidents]\nfile = "incidents.csv"\n[jurisdictions]\nfile = "streets.geojson"\n'
RECORDS = """事件编号,问题类型,上报时间,经度,纬度,地点
A1,占道经营,2016-03-05 14:20,116.205,39.905,甲
A1,暴露垃圾,2016-03-06 14:20,116.206,39.906,乙
A3,暴露垃圾,不详,116.206,39.906,丙
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "incidents.csv").write_bytes(RECORDS.encode("gb18030"))
    streets = gpd.GeoDataFrame(
        {"code": ["007"], "街道": ["八角街道"]},
        geometry=[shapely.box(116.2, 39.9, 116.22, 39.92)],
        crs="EPSG:4326",
    )
    streets.to_file(tmp_path / "streets.geojson")
    (tmp_path / "gridgov.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def read_quietly(folder, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_folder(folder, **options)


def rewrite(folder, before, after):
    (folder / "gridgov.toml").write_text(SETTINGS.replace(before, after), encoding="utf-8")
    assert before in SETTINGS


def test_everything_the_file_says_is_in_the_settings(folder):
    settings = load_settings(folder)
    assert settings.title == "石景山区"
    assert (settings.lang, settings.resolution, settings.source) == ("zh", 9, "synthetic")
    assert settings.categories == ("占道经营",)
    assert settings.export_columns == ("地点",)
    assert dataclasses.asdict(settings.incidents) == {
        "file": folder / "incidents.csv",
        "preset": "gridgov",
        "datum": "wgs84",
        "timezone": "Asia/Shanghai",
        "encoding": "gb18030",
        "layer": None,
        "duplicates": "number",
        "day_first": False,
        "columns": {"category": "问题类型"},
    }
    assert settings.jurisdictions.columns == {"street_id": "code"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.lang = "en"


def test_a_file_that_names_only_the_two_files_has_defaults(folder):
    (folder / "gridgov.toml").write_text(SHORTEST, encoding="utf-8-sig")
    settings = load_settings(folder)
    assert (settings.title, settings.lang, settings.resolution) == (None, "en", None)
    assert (settings.categories, settings.export_columns) == ((), ())
    assert settings.incidents.duplicates == "set_aside"
    assert settings.jurisdictions.datum == "wgs84"


def test_a_title_or_source_left_blank_is_one_not_given(folder):
    rewrite(folder, 'source = "synthetic"', 'source = " "')
    assert load_settings(folder).source is None
    rewrite(folder, 'title = "石景山区"', 'title = ""')
    assert load_settings(folder).title is None


def test_a_folder_is_read_as_it_says(folder):
    read = read_quietly(folder)
    assert read.incidents["incident_id"].tolist() == ["A1", "A1#2"]
    assert read.set_aside["reason"].tolist() == ["unreadable_time"]
    assert read.jurisdictions["street_id"].tolist() == ["007"]
    assert read.jurisdictions["street"].tolist() == ["八角街道"]
    assert read.incidents.attrs["source"]["encoding"] == "gb18030"
    assert read.settings == load_settings(folder)


def test_another_settings_file_keeps_paths_relative_to_the_folder(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "my.toml"
    other.write_text(SHORTEST, encoding="utf-8")
    (folder / "gridgov.toml").unlink()
    read = read_quietly(str(folder), config=str(other))
    assert read.settings.path == other
    assert read.settings.incidents.file == folder / "incidents.csv"


def test_false_says_that_there_is_no_such_column(folder):
    text = SHORTEST.replace("[jur", "[incidents.columns]\nreported_at = false\n[jur")
    (folder / "gridgov.toml").write_text(text, encoding="utf-8")
    read = read_quietly(folder)
    assert read.settings.incidents.columns == {"reported_at": None}
    assert read.incidents["reported_at"].isna().all()
    assert read.set_aside["reason"].tolist() == ["duplicate_id"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("title =", "titel =", r"\[brief\] does not know the key 'titel'.*mean 'title'\?"),
        ("[brief]", "[breif]", r"no section 'breif'. Known: brief.*mean 'brief'\?"),
        ("preset =", "presets =", r"\[incidents\] does not know .*mean 'preset'\?"),
        ("category =", "catgory =", r"\[incidents.columns\] .*mean 'category'\?"),
        ("street_id =", "streetid =", r"\[jurisdictions.columns\] .*mean 'street_id'\?"),
        ("resolution = 9", 'resolution = "9"', r"resolution must be a whole number. Found: '9'"),
        ("resolution = 9", "resolution = true", r"must be a whole number. Found: True"),
        ("resolution = 9", "resolution = 16", r"\[brief\] resolution: .*from 0 to 15. Found: 16"),
        ('lang = "zh"', 'lang = "cn"', r"\[brief\] lang: lang must be one of .*'cn'"),
        ('["占道经营"]', '"占道经营"', r"categories must be a list of texts"),
        ('["地点"]', "[1]", r"export_columns must be a list of texts"),
        ('preset = "gridgov"', 'preset = "chicago"', r"preset: .*Did you mean 'chicago311'"),
        ('datum = "wgs84"', 'datum = "gcj2"', r"\[incidents\] datum: .*'gcj02'"),
        ('"Asia/Shanghai"', '"Beijing"', r"timezone: .*Did you mean 'Asia/Shanghai'"),
        ('"number"', '"drop"', r"duplicates must be one of"),
        ('category = "问题类型"', "category = true", r"columns\] category must be text"),
        ('"incidents.csv"', '"incident.csv"', r"'incident.csv', .*mean 'incidents.csv'"),
        ('file = "streets.geojson"', "", r"section \[jurisdictions\] must name a file"),
        ('lang = "zh"', "lang = zh", r"must be TOML. Found: .*line 4"),
    ],
)
def test_what_the_settings_say_wrongly_is_named(folder, before, after, words):
    rewrite(folder, before, after)
    with pytest.raises(SettingsError, match=words):
        load_settings(folder)


def test_a_section_that_is_missing_or_no_section_is_named(folder):
    (folder / "gridgov.toml").write_text('[incidents]\nfile = "incidents.csv"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\[jurisdictions\] must name a file. Found: no such"):
        load_settings(folder)
    (folder / "gridgov.toml").write_text('incidents = "incidents.csv"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\[incidents\] must be a section"):
        load_settings(folder)


def test_a_folder_without_settings_says_what_to_write(folder):
    (folder / "gridgov.toml").unlink()
    with pytest.raises(SettingsError, match=r"incidents.csv, streets.geojson. Write one with a"):
        load_settings(folder)
    with pytest.raises(SettingsError, match=r"Found: nothing at"):
        load_settings(folder / "none")
    with pytest.raises(SettingsError, match=r"Found: a file at"):
        load_settings(folder / "incidents.csv")


def test_settings_that_are_no_utf8_are_refused(folder):
    (folder / "gridgov.toml").write_bytes(SETTINGS.encode("gb18030"))
    with pytest.raises(SettingsError, match=r"must be UTF-8. Found: byte 0x"):
        load_settings(folder)


def test_a_category_or_column_that_the_records_lack_is_named(folder):
    rewrite(folder, '["占道经营"]', '["占道"]')
    with pytest.raises(SettingsError, match=r"categories names '占道'.*mean '占道经营'"):
        read_quietly(folder)
    rewrite(folder, '["地点"]', '["地址"]')
    with pytest.raises(SettingsError, match=r"export_columns names '地址'.*mean '地点'"):
        read_quietly(folder)


def test_errors_of_the_files_come_through(folder):
    (folder / "incidents.csv").write_bytes(RECORDS.encode("gb18030").split(b"\n")[0] + b"\n")
    with pytest.raises(EmptyTableError, match=r"incidents.csv must have at least one row"):
        read_quietly(folder)
    (folder / "streets.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(ReadError, match=r"streets.geojson must be a readable"):
        read_quietly(folder)


def test_the_sample_gives_exactly_the_dirt_that_was_planted():
    # planted_truth.json is written by the generator, which knows nothing of the reader.
    truth = json.loads((SAMPLE / "planted_truth.json").read_text(encoding="utf-8"))
    dirt = truth["dirt"]
    read = read_quietly(SAMPLE)
    planted = {code: dirt[code] for code in REASONS}
    assert read.set_aside["reason"].value_counts().to_dict() == planted
    assert len(read.incidents) + len(read.set_aside) == truth["rows"]["total"]
    told = notices(read.incidents).set_index("notice")["value"]
    assert told["no_point"] == dirt["missing_coordinates"]
    assert told["outside_streets"] == dirt["outside_district"]
    assert told["unknown_categories"] == dirt["unknown_category"]
    assert "datum_doubtful" not in told.index


def test_an_error_that_names_an_option_says_where_that_is_in_the_settings(folder):
    rewrite(folder, 'preset = "gridgov"', "day_first = false")
    text = RECORDS.replace("上报时间", "何时")
    (folder / "incidents.csv").write_bytes(text.encode("gb18030"))
    told = r"Name it: columns=.* In gridgov\.toml that is in \[incidents\.columns\]\."
    with pytest.raises(ColumnsError, match=told) as error:
        read_quietly(folder)
    assert error.value.problems["column"].tolist() == ["reported_at"]


def test_a_column_that_is_not_there_is_told_with_those_that_are(folder):
    rewrite(folder, 'category = "问题类型"', 'category = "xyz"')
    with pytest.raises(ColumnsError, match=r"'xyz'.* Found: 事件编号.*地点\. Name one of them\."):
        read_quietly(folder)


def test_a_folder_that_the_disk_refuses_is_an_error_of_ours(folder, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(SettingsError, match=r"must be a folder that may be read.*Permission den"):
        load_settings(folder)
