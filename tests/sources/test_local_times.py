import zoneinfo

import numpy as np
import pandas as pd
import pytest

from gridgov.sources import local_times
from gridgov.sources.local_times import beyond, in_zone
from gridgov.sources.plain_times import MISSING

YEARS = {
    "America/New_York": (2016, 2017),
    "Europe/London": (1968, 1972),
    "Asia/Shanghai": (1986, 1992),
    "Pacific/Apia": (2009, 2013),
    "Australia/Lord_Howe": (1981, 1986),
    "Africa/Casablanca": (2016, 2020),
    "Asia/Kolkata": (1941, 1946),
    "America/Caracas": (2007, 2017),
    "UTC": (2016, 2017),
}


def clock(first, last, step):
    moments = np.arange(f"{first}-01-01", f"{last}-01-01", step, dtype="datetime64[s]")
    return moments.astype("datetime64[us]").astype(np.int64)


def by_pandas(local, zone):
    naive = pd.DatetimeIndex(local.view("datetime64[us]"))
    ambiguous = np.ones(len(local), bool)
    return naive.tz_localize(zone, ambiguous=ambiguous, nonexistent="shift_forward")


@pytest.mark.parametrize("zone", YEARS)
@pytest.mark.parametrize("holes", [False, True])
def test_a_day_at_once_gives_what_pandas_gives_time_by_time(zone, holes):
    local = clock(*YEARS[zone], 1_700)
    if holes:
        local[::7] = MISSING
    expected = by_pandas(local, zone)
    found = in_zone(local.copy(), None, zone)
    assert found.dtype == expected.dtype
    assert (found.array.asi8 == expected.asi8).all()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "UTC"])
@pytest.mark.parametrize("rows", [0, 1, 5, 4_000])
def test_times_that_are_all_missing_stay_missing(zone, rows):
    found = in_zone(np.full(rows, MISSING), None, zone)
    assert found.isna().all()
    assert str(found.dtype) == f"datetime64[us, {zone}]"


def test_few_times_of_many_years_are_asked_for_one_by_one():
    local = np.array([MISSING, 0, -(10**15), 4 * 10**15])
    expected = by_pandas(local, "America/New_York")
    found = in_zone(local.copy(), None, "America/New_York")
    assert (found.array.asi8 == expected.asi8).all()


def test_a_known_instant_is_kept_whatever_the_clock_says():
    local, instant = np.array([0, MISSING, MISSING]), np.array([MISSING, 0, MISSING])
    found = in_zone(local, instant, "Asia/Shanghai")
    assert found.astype(str).tolist()[:2] == [
        "1970-01-01 00:00:00+08:00",
        "1970-01-01 08:00:00+08:00",
    ]
    assert found.isna().tolist() == [False, False, True]


def test_past_the_last_year_there_is_no_zone_west_of_greenwich():
    last = np.array([0, local_times.LAST_US])
    assert beyond(last, "Asia/Shanghai") is None
    assert beyond(last[:1], "America/New_York") is None
    late = beyond(last, "America/New_York")
    assert late is not None
    assert late.tolist() == [False, True]


def test_no_zone_changes_its_clock_there_and_back_within_a_day():
    # What a look at every hour of a day relies on, for all zones and a century.
    days = np.arange("1930-01-01", "2031-01-01", dtype="datetime64[D]")
    for name in sorted(zoneinfo.available_timezones())[::12]:
        noon = pd.DatetimeIndex(days + np.timedelta64(0, "us"), tz="UTC").tz_convert(name)
        ahead = noon.tz_localize(None).asi8 - noon.asi8
        changed = np.flatnonzero(np.diff(ahead))
        assert (np.diff(changed) > 2).all(), name
