import pandas as pd
import pytest

from gridgov.errors import OptionError
from gridgov.sources.column_names import match_columns, our_names
from gridgov.sources.presets import find_preset, preset_names
from gridgov.sources.times import check_timezone, parse_times

# Headings of the portals' own downloads, in the order of the files, shortened.
REAL_HEADINGS = {
    "gridgov": "事件编号,问题类型,问题描述,上报时间,结案时间,截止时间,状态,来源渠道,责任部门,"
    "街道,地点,上报人,联系电话,经度,纬度",
    "chicago311": "SR_NUMBER,SR_TYPE,SR_SHORT_CODE,OWNER_DEPARTMENT,STATUS,ORIGIN,CREATED_DATE,"
    "LAST_MODIFIED_DATE,CLOSED_DATE,STREET_ADDRESS,ZIP_CODE,WARD,LATITUDE,LONGITUDE,LOCATION",
    "nyc311": "Unique Key,Created Date,Closed Date,Agency,Agency Name,Complaint Type,Descriptor,"
    "Status,Due Date,Open Data Channel Type,Latitude,Longitude,Location",
    "sf311": "CaseID,Opened,Closed,Updated,Status,Status Notes,Responsible Agency,Category,"
    "Request Type,Address,Latitude,Longitude,Point,Source,Media URL",
}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_finds_the_columns_of_its_portal(name):
    preset = find_preset(name)
    found = match_columns(REAL_HEADINGS[name].split(","), "incidents", names=preset.columns)
    assert set(preset.columns) <= set(our_names("incidents"))
    assert set(found) == set(preset.columns)
    assert check_timezone(preset.timezone) == preset.timezone


def test_the_columns_are_the_right_ones():
    def found(name):
        headings = REAL_HEADINGS[name].split(",")
        return match_columns(headings, "incidents", names=find_preset(name).columns)

    assert found("chicago311")["category"] == "SR_TYPE"
    assert found("nyc311")["department"] == "Agency"
    assert found("sf311")["closed_at"] == "Closed"
    assert found("gridgov")["due_at"] == "截止时间"


def test_interfaces_of_the_portals_with_small_letters_are_found_too():
    headings = ["service_request_id", "requested_datetime", "closed_date", "lat", "long"]
    found = match_columns(headings, "incidents", names=find_preset("sf311").columns)
    assert found["reported_at"] == "requested_datetime"
    assert found["longitude"] == "long"


def test_the_heading_that_keeps_its_former_name_in_brackets_is_found():
    headings = ["Unique Key", "Problem (formerly Complaint Type)", "Problem Detail"]
    found = match_columns(headings, "incidents", names=find_preset("nyc311").columns)
    assert found["category"] == "Problem (formerly Complaint Type)"


def test_times_of_new_york_are_read():
    preset = find_preset("nyc311")
    parsed = parse_times(
        pd.Series(["01/02/2020 02:20:00 PM"]),
        timezone=preset.timezone,
        order_known=preset.month_first,
    )
    assert parsed.times[0].isoformat() == "2020-01-02T14:20:00-05:00"
    assert parsed.ambiguous == 0


def test_an_unknown_preset_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match=r"'chicago'. Did you mean 'chicago311'\?"):
        find_preset("chicago")
