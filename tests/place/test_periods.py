"""Calendar periods where clocks change, weeks, quarters and years."""

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import OptionError
from gridgov.place.periods import check_period, period_end, read_range

NONE = np.array([], dtype=np.int64)


def starts_of(freq, start, end, zone="Asia/Shanghai"):
    return read_range(NONE, freq=freq, start=start, end=end, zone=zone).starts


@pytest.mark.parametrize(
    ("freq", "expected"),
    [
        ("D", ["2017-09-06", "2017-09-07"]),
        # 6 September 2017 is a Wednesday.
        ("W-MON", ["2017-09-04"]),
        ("W-THU", ["2017-08-31", "2017-09-07"]),
        ("MS", ["2017-09-01"]),
        ("QS", ["2017-07-01"]),
        ("QS-FEB", ["2017-08-01"]),
        ("YS", ["2017-01-01"]),
        ("YS-OCT", ["2016-10-01"]),
    ],
)
def test_the_first_period_is_the_one_that_holds_the_start(freq, expected):
    starts = starts_of(freq, "2017-09-06 12:00", "2017-09-08")
    assert [str(start.date()) for start in starts] == expected


def test_an_end_on_a_period_start_does_not_open_that_period():
    assert len(starts_of("MS", "2017-01-01", "2018-01-01")) == 12


def test_days_have_23_and_25_hours_where_clocks_change():
    # Chicago put its clocks on 12 March 2017 and back on 5 November 2017.
    spring = starts_of("D", "2017-03-11", "2017-03-15", "America/Chicago")
    autumn = starts_of("D", "2017-11-04", "2017-11-08", "America/Chicago")
    assert np.diff(spring.asi8).tolist() == [hours * 3_600_000_000 for hours in (24, 23, 24)]
    assert np.diff(autumn.asi8).tolist() == [hours * 3_600_000_000 for hours in (24, 25, 24)]


def test_a_midnight_that_clocks_skip_begins_an_hour_late():
    # Sao Paulo skipped 00:00 to 01:00 on 15 October 2017.
    starts = starts_of("D", "2017-10-14", "2017-10-17", "America/Sao_Paulo")
    assert [start.hour for start in starts] == [0, 1, 0]


def test_a_midnight_that_clocks_repeat_begins_the_first_time():
    # Havana went from 01:00 back to 00:00 on 5 November 2017.
    starts = starts_of("D", "2017-11-04", "2017-11-07", "America/Havana")
    assert starts[1] == pd.Timestamp("2017-11-05 04:00", tz="UTC")


@pytest.mark.parametrize("period", ["M", "W", "ME", "2D", "h", "", 7, "QS-XYZ", "d"])
def test_what_is_no_calendar_start_is_refused(period):
    with pytest.raises(OptionError, match=r"period must be None or name a calendar start"):
        check_period(period)


def test_every_period_ends_where_the_next_one_begins():
    # Santiago's clocks skip midnight of 2017-08-13; Berlin's months are no whole days long.
    for zone, freq in (("America/Santiago", "D"), ("Europe/Berlin", "MS"), ("UTC", "W-WED")):
        starts = starts_of(freq, "2017-08-01", "2017-12-15", zone=zone)
        assert [period_end(start, freq) for start in starts[:-1]] == list(starts[1:])


def test_a_date_that_a_zone_left_out_is_no_period():
    # Samoa went from 2011-12-29 to 2011-12-31 when it crossed the date line.
    starts = starts_of("D", "2011-12-29", "2012-01-01", zone="Pacific/Apia")
    assert [str(start.date()) for start in starts] == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia"])
@pytest.mark.parametrize("freq", ["D", "W-WED", "MS", "QS-FEB", "YS"])
def test_an_instant_falls_in_the_period_that_a_search_finds(zone, freq):
    range_ = read_range(
        np.array([], np.int64), freq=freq, start="2011-02-03", end="2013-11-05", zone=zone
    )
    starts = range_.starts.asi8
    rng = np.random.default_rng(5)
    drawn = rng.integers(starts[0], starts[-1] + 86_400_000_000, 2000)
    instants = np.concatenate([drawn, starts, starts[1:] - 1, starts + 1])
    expected = np.searchsorted(starts, instants, side="right") - 1
    np.testing.assert_array_equal(range_.places(instants), expected)
