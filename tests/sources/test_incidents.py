import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, DatumError, EmptyTableError, OptionError
from gridgov.geo.datum import transform_coordinates
from gridgov.sources.incidents import read_incidents
from gridgov.sources.notices import notices
from gridgov.sources.reasons import REASONS

HEADER = ["事件编号", "问题类型", "上报时间", "结案时间", "经度", "纬度", "联系电话"]


def records(*changes, rows=12):
    """Return a table of good rows, then one row a change of a good one."""
    good = {
        "问题类型": "占道经营",
        "上报时间": "2016-03-05 14:20",
        "结案时间": "2016-03-06 10:00",
        "经度": "116.2",
        "纬度": "39.9",
        "联系电话": "000-0001",
    }
    lines = [good | {"事件编号": f"A{number:03d}"} for number in range(rows)]
    lines += [
        good | {"事件编号": f"B{number:03d}"} | change for number, change in enumerate(changes)
    ]
    return pd.DataFrame(lines, columns=HEADER)


def quiet(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_incidents(source, **({"timezone": "Asia/Shanghai"} | options))


def noticed(incidents):
    return notices(incidents).set_index("notice")


def test_the_table_has_the_documented_columns_then_the_callers_own():
    incidents, set_aside = quiet(records())
    assert isinstance(incidents, gpd.GeoDataFrame)
    assert list(incidents.columns) == [*TABLES["incidents"].names, "联系电话"]
    assert list(set_aside.columns) == [*TABLES["set_aside"].names, *HEADER]
    assert incidents.crs.to_epsg() == 4326
    assert incidents.index.tolist() == list(range(12))
    assert str(incidents["reported_at"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert str(incidents["due_at"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert incidents["due_at"].isna().all()
    assert incidents["incident_id"].tolist() == [f"A{number:03d}" for number in range(12)]


@pytest.mark.parametrize(
    ("change", "reason", "words", "words_zh"),
    [
        ({"事件编号": "  "}, "missing_id", "no id in 事件编号", "没有编号"),
        ({"上报时间": None}, "missing_time", "no report time in 上报时间", "没有上报时间"),
        ({"上报时间": "不详"}, "unreadable_time", "'不详' in 上报时间", "“不详”不是可识别"),
        (
            {"结案时间": "2016-03-04"},
            "closed_before_reported",
            "closed at 2016-03-04 00:00, before it was reported at 2016-03-05 14:20",
            "早于上报时间 2016-03-05 14:20",
        ),
        ({"纬度": ""}, "unreadable_coordinate", "'116.2, ' in 经度, 纬度", "不是一对坐标"),
        ({"经度": "x"}, "unreadable_coordinate", "'x, 39.9'", "“x, 39.9”"),
        ({"经度": "1162"}, "out_of_range_coordinate", "'1162, 39.9'", "超出该坐标系"),
        ({"经度": "0", "纬度": "0"}, "zero_coordinate", "are 0, 0", "为 0, 0"),
        (
            {"经度": "39.9", "纬度": "116.2"},
            "swapped_coordinates",
            "'39.9, 116.2' in 经度, 纬度 look exchanged",
            "疑似颠倒",
        ),
        ({"事件编号": "A003"}, "duplicate_id", "'A003' is that of row 4", "与第 4 行重复"),
    ],
)
def test_a_row_is_set_aside_with_its_reason_in_words(change, reason, words, words_zh):
    incidents, set_aside = quiet(records(change))
    assert len(incidents) == 12
    assert set_aside["source_row"].tolist() == [13]
    assert set_aside["reason"].tolist() == [reason]
    assert words in set_aside["detail"].item()
    assert words_zh in set_aside["detail_zh"].item()
    for name, value in change.items():
        read = set_aside[name].item()
        assert read == value or (value is None and pd.isna(read))
    assert noticed(incidents).loc["set_aside", ["subject", "value"]].tolist() == [reason, 1]


def test_a_row_has_the_first_reason_that_applies():
    faults = {
        "missing_id": {"事件编号": ""},
        "missing_time": {"上报时间": ""},
        "closed_before_reported": {"结案时间": "2001-01-01"},
        "zero_coordinate": {"经度": "0", "纬度": "0"},
    }
    everything = {}
    for code in reversed([code for code in REASONS if code in faults]):
        everything |= faults[code]
        _, set_aside = quiet(records(everything))
        assert set_aside["reason"].tolist() == [code]


def test_only_an_accepted_row_makes_a_later_one_a_duplicate():
    table = records({"事件编号": "C", "上报时间": "?"}, {"事件编号": "C"}, {"事件编号": "C"})
    incidents, set_aside = quiet(table)
    assert set_aside["reason"].tolist() == ["unreadable_time", "duplicate_id"]
    assert "is that of row 14" in set_aside["detail"].iloc[1]
    assert incidents["incident_id"].tolist()[-1] == "C"


def test_duplicates_can_be_numbered_and_stay_unique():
    table = records(*[{"事件编号": name} for name in ("C", "C", "C#2", "C")], rows=6)
    incidents, set_aside = quiet(table, duplicates="number")
    assert len(set_aside) == 0
    names = incidents["incident_id"].tolist()[6:]
    assert names == ["C", "C#2#2", "C#2", "C#3"]
    assert noticed(incidents).loc["ids_numbered", "value"] == 2
    with pytest.raises(OptionError, match=r"duplicates must be one of 'set_aside', 'number'"):
        quiet(table, duplicates="drop")


def test_rows_without_coordinates_are_kept_and_counted():
    incidents, set_aside = quiet(records({"经度": "", "纬度": None}))
    assert len(set_aside) == 0
    assert incidents.geometry.isna().tolist() == [False] * 12 + [True]
    assert noticed(incidents).loc["no_point", "value"] == 1


def test_a_closing_date_without_a_time_is_compared_by_day():
    incidents, set_aside = quiet(records({"结案时间": "2016-03-05"}, {"结案时间": "2016/3/4"}))
    assert len(incidents) == 13
    assert set_aside["source_row"].tolist() == [14]


def test_an_unreadable_closing_time_is_missing_and_noticed():
    incidents, set_aside = quiet(records({"结案时间": "未结案"}))
    assert len(set_aside) == 0
    assert pd.isna(incidents["closed_at"].iloc[-1])
    assert "'未结案'" in noticed(incidents).loc["unreadable_time", "detail"]


def test_ids_keep_zeros_spaces_and_whole_numbers():
    for ids, expected in (
        (["007", " 7 ", "7"], ["007", " 7 ", "7"]),
        ([110107001.0, 2.0, 3.0], ["110107001", "2", "3"]),
    ):
        table = pd.DataFrame({"id": ids, "date": "2016-03-05", "lon": 116.2, "lat": 39.9})
        assert quiet(table)[0]["incident_id"].tolist() == expected


def test_a_source_without_ids_counts_its_rows():
    table = records({"上报时间": ""}, {}).drop(columns="事件编号")
    incidents, set_aside = quiet(table)
    assert incidents["incident_id"].tolist()[-2:] == ["row-12", "row-14"]
    assert set_aside["source_row"].tolist() == [13]
    assert "ids_made" in noticed(incidents).index


def test_hostile_text_passes_as_text():
    odd = ["{{ 7*7 }}", "<script>alert(1)</script>", "=HYPERLINK(1)", "a\x00b", "长" * 100_000]
    table = records(*({"事件编号": text, "问题类型": text, "联系电话": text} for text in odd))
    incidents, _ = quiet(table)
    for column in ("incident_id", "category", "联系电话"):
        assert incidents[column].tolist()[-5:] == odd
    _, set_aside = quiet(records(*({"上报时间": text} for text in odd)))
    assert set_aside["上报时间"].tolist() == odd
    assert set_aside["detail"].str.len().max() < 140
    assert "{{ 7*7 }}" in set_aside["detail"].iloc[0]


def test_a_source_without_report_times_is_accepted_only_on_request():
    table = records().drop(columns="上报时间")
    with pytest.raises(ColumnsError, match=r"column of report times. Found: 事件编号.* or None if"):
        quiet(table)
    for nothing in (None, False):
        incidents, set_aside = quiet(table, columns={"reported_at": nothing})
        assert (len(incidents), len(set_aside)) == (12, 0)
        assert incidents["reported_at"].isna().all()
        assert "no_times" in noticed(incidents).index


def test_what_was_assumed_is_noticed_and_warned_of_once():
    table = records().drop(columns="问题类型")
    with pytest.warns(DataWarning, match=r"Times without one, taken as UTC: 24") as caught:
        incidents, _ = read_incidents(table)
    assert len(caught) == 1
    assert {"timezone_assumed", "no_category"} <= set(noticed(incidents).index)
    assert str(incidents["reported_at"].dt.tz) == "UTC"


def test_a_clean_source_gives_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        incidents, _ = read_incidents(records(), timezone="Asia/Shanghai")
    assert len(notices(incidents)) == 0
    assert incidents.attrs["source"] == {
        "name": "DataFrame",
        "rows": 12,
        "accepted": 12,
        "set_aside": 0,
        "encoding": None,
        "preset": None,
        "datum": "wgs84",
        "timezone": "Asia/Shanghai",
        "columns": {
            "incident_id": "事件编号",
            "category": "问题类型",
            "reported_at": "上报时间",
            "closed_at": "结案时间",
            "longitude": "经度",
            "latitude": "纬度",
        },
    }


def test_a_preset_gives_columns_datum_zone_and_taxonomy():
    incidents, _ = quiet(
        records({"问题类型": "外星人"}, {"问题类型": ""}), preset="gridgov", timezone=None
    )
    lon, lat = transform_coordinates([116.2], [39.9], source="gcj02", target="wgs84")
    assert incidents.geometry.x.iloc[0] == pytest.approx(lon[0], abs=1e-9)
    assert incidents.geometry.y.iloc[0] == pytest.approx(lat[0], abs=1e-9)
    assert str(incidents["reported_at"].dt.tz) == "Asia/Shanghai"
    told = noticed(incidents)
    assert told.loc["unknown_categories", "value"] == 1
    assert "'外星人' (1)" in told.loc["unknown_categories", "detail"]
    assert told.loc["blank_category", "value"] == 1
    with pytest.raises(OptionError, match=r"Did you mean 'gridgov'"):
        quiet(records(), preset="gridgo")


def test_a_preset_looks_only_for_its_own_names():
    with pytest.raises(ColumnsError, match=r"The preset 'nyc311' looks for Created Date"):
        quiet(records(), preset="nyc311")


def test_the_category_of_chicago_falls_back_on_the_type_of_request():
    table = pd.DataFrame(
        {
            "Service Request Number": ["1", "2"],
            "Creation Date": ["01/05/2014", "01/06/2014"],
            "What is the Nature of this Code Violation?": [" Garbage in Alley", None],
            "Type of Service Request": ["Sanitation Code Violation"] * 2,
            "Latitude": [41.8, 41.9],
            "Longitude": [-87.6, -87.7],
        }
    )
    incidents, _ = quiet(table, preset="chicago311", timezone=None)
    assert incidents["category"].tolist() == ["Garbage in Alley", "Sanitation Code Violation"]
    assert "Type of Service Request" in incidents.columns
    assert len(notices(incidents)) == 0


def test_own_columns_with_our_names_are_renamed_and_told():
    table = records().assign(geometry="here", reason="because", status=1)
    incidents, set_aside = quiet(
        pd.concat([table, records({"上报时间": ""}, rows=0)]), columns={"status": None}
    )
    assert {"geometry_source", "status_source", "reason"} <= set(incidents.columns)
    assert {"reason_source", "status"} <= set(set_aside.columns)
    assert sorted(notices(incidents).query("notice == 'column_renamed'")["subject"]) == [
        "geometry",
        "status",
    ]


def test_points_are_read_from_geometries_in_their_crs():
    table = records().drop(columns=["经度", "纬度"])
    shapes = gpd.GeoSeries([shapely.Point(116.2, 39.9)] * 12, crs="EPSG:4326").to_crs(32650)
    incidents, _ = quiet(gpd.GeoDataFrame(table, geometry=shapes))
    assert incidents.geometry.x.iloc[0] == pytest.approx(116.2, abs=1e-8)
    with pytest.raises(DatumError, match=r"'gcj02' must be in degrees. Found: DataFrame is in WGS"):
        quiet(gpd.GeoDataFrame(table, geometry=shapes), datum="gcj02")
    # GeoJSON says WGS-84 whatever it holds: there the caller's word wins.
    claimed = gpd.GeoDataFrame(table, geometry=shapes.to_crs(4326))
    shifted, _ = quiet(claimed, datum="gcj02")
    assert abs(shifted.geometry.x.iloc[0] - 116.2) > 0.004


def test_geometries_that_are_all_missing_give_way_to_columns():
    table = gpd.GeoDataFrame(records(), geometry=[None] * 12, crs="EPSG:4326")
    incidents, _ = quiet(table)
    assert incidents.geometry.x.tolist() == [116.2] * 12
    assert "geometry_source" in incidents.columns


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_frames_of_any_backend_are_read_alike(backend):
    table = records({"经度": None, "纬度": None}).assign(联系电话=[1] * 13)
    plain, _ = quiet(table)
    other, _ = quiet(table.convert_dtypes(dtype_backend=backend))
    names = TABLES["incidents"].names
    pd.testing.assert_frame_equal(pd.DataFrame(plain[names]), pd.DataFrame(other[names]))


def test_lists_as_ids_come_as_their_text():
    incidents, _ = quiet(records().assign(事件编号=[[number] for number in range(12)]))
    assert incidents["incident_id"].tolist()[:2] == ["[0]", "[1]"]


@pytest.mark.parametrize("name", ["i.parquet", "i.gpkg", "i.geojson", "i.csv", "i.xlsx"])
def test_what_was_read_can_be_written_and_read_again(tmp_path, name):
    first, _ = quiet(records({"经度": "", "纬度": ""}))
    path = tmp_path / name
    if name == "i.parquet":
        first.to_parquet(path)
    elif name == "i.csv":
        first.to_csv(path, index=False)
    elif name == "i.xlsx":
        # A workbook has no place for a time zone or a geometry.
        flat = pd.DataFrame(first).assign(geometry=first.geometry.to_wkt())
        for column in ("reported_at", "closed_at", "due_at"):
            flat[column] = flat[column].dt.tz_localize(None)
        flat.to_excel(path, index=False, engine="xlsxwriter")
    else:
        first.to_file(path)
    again, set_aside = quiet(path)
    assert len(set_aside) == 0
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(again))


def test_a_wrong_datum_and_points_outside_are_said_with_numbers():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(116.2, 116.23, 400), rng.uniform(39.9, 39.92, 400)
    lon, lat = transform_coordinates(lon, lat, source="wgs84", target="gcj02")
    table = pd.DataFrame({"id": range(400), "date": "2016-03-05", "lon": lon, "lat": lat})
    streets = gpd.GeoDataFrame(
        {"street_id": ["1"]}, geometry=[shapely.box(116.2, 39.9, 116.23, 39.92)], crs=4326
    )
    wrong, _ = quiet(table, jurisdictions=streets)
    told = noticed(wrong)
    assert "as wgs84" in told.loc["datum_doubtful", "detail"]
    assert 'datum="gcj02"' in told.loc["datum_doubtful", "detail"]
    outside = int((~streets.geometry.iloc[0].intersects(wrong.geometry.array)).sum())
    assert told.loc["outside_streets", "value"] == outside
    assert wrong.geometry.x.tolist() == pytest.approx(lon.tolist())
    right, _ = quiet(table, jurisdictions=streets, datum="gcj02")
    assert not {"datum_doubtful", "outside_streets"} & set(noticed(right).index)


def test_the_input_is_not_changed():
    given_table = records({"经度": "0", "纬度": "0"})
    before = given_table.copy(deep=True)
    quiet(given_table, duplicates="number")
    pd.testing.assert_frame_equal(given_table, before)


def test_ambiguous_dates_are_counted_and_the_switch_is_named():
    table = records().assign(上报时间="03/05/2016", 结案时间=None)
    incidents, _ = quiet(table)
    told = noticed(incidents).loc["ambiguous_dates"]
    assert told["value"] == 12
    assert "day_first=True" in told["detail"]
    flipped, _ = quiet(table, day_first=True)
    assert flipped["reported_at"].dt.strftime("%m-%d").unique().tolist() == ["05-03"]


def test_errors_that_concern_the_whole_table():
    with pytest.raises(EmptyTableError, match=r"at least one row"):
        quiet(records(rows=0))
    with pytest.raises(ColumnsError, match=r"must have coordinates.*Found no longitude"):
        quiet(records().drop(columns=["经度", "纬度"]))
    with pytest.raises(ColumnsError, match=r"经度', 'latitude': '纬度"):
        quiet(records(), columns={"longitude": "纬度", "latitude": "经度"})
    with pytest.raises(ColumnsError, match=r"jurisdictions must be a table"):
        quiet(records(), jurisdictions="streets.geojson")


def test_a_table_of_which_every_row_is_set_aside_is_no_error():
    incidents, set_aside = quiet(records({"上报时间": "x"}, rows=0))
    assert (len(incidents), len(set_aside)) == (0, 1)
    assert list(incidents.columns)[:9] == TABLES["incidents"].names


CELLS = st.sampled_from(["", "x", "0", "116.2", "39.9", "2016-03-05", "A001", "NULL", "{{1}}"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS), max_size=8),
    st.sampled_from(["set_aside", "number"]),
)
def test_accepted_and_set_aside_add_up_to_the_rows_read(rows, duplicates):
    table = pd.concat([records(rows=20), pd.DataFrame(rows, columns=HEADER)], ignore_index=True)
    incidents, set_aside = quiet(table, duplicates=duplicates)
    assert len(incidents) + len(set_aside) == len(table)
    assert incidents["incident_id"].is_unique
    assert incidents["incident_id"].notna().all()
    assert incidents["reported_at"].notna().all()
    assert set(set_aside["reason"]) <= set(REASONS)
    for name in HEADER:
        expected = table[name].iloc[set_aside["source_row"] - 1].tolist()
        assert set_aside[name].tolist() == expected


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(16)))
def test_the_order_of_rows_changes_nothing_but_the_order(order):
    table = records({"经度": "0", "纬度": "0"}, {"纬度": "x"}, {"上报时间": ""}, {"经度": ""})
    straight, _ = quiet(table)
    shuffled, _ = quiet(table.iloc[list(order)])
    by_id = shuffled.sort_values("incident_id", ignore_index=True)
    pd.testing.assert_frame_equal(pd.DataFrame(straight), pd.DataFrame(by_id))


def test_ids_of_which_a_spreadsheet_lost_digits_are_noticed():
    # 16 digits are more than a spreadsheet's number holds; 15 are not.
    table = pd.DataFrame(
        {
            "编号": [1101070010001234.0, 1101070010001235.0, 110107001000123.0],
            "上报时间": "2016-03-05",
            "经度": 116.2,
            "纬度": 39.9,
        }
    )
    with pytest.warns(match=r"Ids in 编号 that are numbers of more than 15 digits: 2\."):
        incidents, _ = read_incidents(table, timezone="Asia/Shanghai")
    assert "ids_rounded" in notices(incidents)["notice"].tolist()


def test_own_columns_that_locating_would_write_over_get_another_name():
    table = pd.DataFrame(
        {
            "编号": ["A1"],
            "上报时间": "2016-03-05",
            "经度": 116.2,
            "纬度": 39.9,
            "cell": "C7",
            "street_id": "S3",
            "match": "yes",
        }
    )
    with pytest.warns(match="The column street_id of the source is called street_id_source"):
        incidents, _ = read_incidents(table, timezone="Asia/Shanghai")
    kept = incidents[["cell_source", "street_id_source", "match_source"]]
    assert kept.values.tolist() == [["C7", "S3", "yes"]]


def test_a_wrong_datum_is_the_first_thing_said_however_many_rows_are_set_aside():
    streets = gpd.GeoDataFrame(
        {"street_id": ["1"]}, geometry=[shapely.box(116.19, 39.89, 116.21, 39.91)], crs=4326
    )
    steps = np.linspace(0.0002, 0.0198, 20)
    longitude, latitude = np.meshgrid(116.19 + steps, 39.89 + steps)
    shifted = transform_coordinates(
        longitude.ravel(), latitude.ravel(), source="wgs84", target="gcj02"
    )
    table = pd.DataFrame({"编号": "A", "上报时间": "soon", "经度": shifted[0], "纬度": shifted[1]})
    table["编号"] = [f"A{row}" for row in table.index]
    table.loc[5:, "上报时间"] = "2016-03-05"
    table.loc[[7, 8], "编号"] = ["", "A9"]
    with pytest.warns(DataWarning) as caught:
        read_incidents(table, timezone="Asia/Shanghai", jurisdictions=streets)
    (text,) = (str(one.message) for one in caught)
    assert text.index("gcj02") < text.index("Set aside: 7 of 400 rows, 1 with no id, 5 with")
