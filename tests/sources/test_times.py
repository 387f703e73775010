import datetime
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import OptionError
from gridgov.sources import time_spellings
from gridgov.sources import times as times_module
from gridgov.sources.plain_times import MISSING, PlainTimes
from gridgov.sources.times import check_timezone, parse_times


def read_times(*values, timezone="Asia/Shanghai", **options):
    return parse_times(pd.Series(list(values), dtype=object), timezone=timezone, **options)


# 14:20 on 5 March 2016 in Beijing, in every way that is read.
@pytest.mark.parametrize(
    "written",
    [
        "2016-03-05 14:20",
        "2016-03-05 14:20:00",
        "2016-03-05T14:20:00",
        "2016-03-05T06:20:00Z",
        "2016-03-05 06:20:00 UTC",
        "2016-03-05T14:20:00.000+08:00",
        "2016-03-05T15:20:00+0900",
        "2016-03-05 01:20-05",
        "2016/3/5 14:20",
        "2016/03/05 14:20:00",
        "2016-3-5 14:20",
        "2016.3.5 14:20",
        "2016年3月5日 14时20分",
        "2016年3月5日14时20分00秒",
        "2016年03月05日 14:20",
        "2016年3月5日 下午2点20分",
        "2016/3/5 下午 2:20",
        "2016/3/5 PM 2:20",
        "201603051420",
        "20160305142000",
        "20160305T142000",
        "20160305 14:20",
        "20160305 14:20:00",
        "03/05/2016 02:20:00 PM",
        "3/5/2016 2:20 pm",
        "3/5/2016 14:20",
        " ２０１６－０３－０５　１４：２０ ",
        datetime.datetime(2016, 3, 5, 14, 20),
        pd.Timestamp("2016-03-05 06:20", tz="UTC"),
    ],
)
def test_every_spelling_of_one_moment_is_read(written):
    parsed = read_times(written)
    assert parsed.times.tolist() == [pd.Timestamp("2016-03-05 14:20", tz="Asia/Shanghai")]
    assert str(parsed.times.dtype) == "datetime64[us, Asia/Shanghai]"
    assert not parsed.unreadable.any()


@pytest.mark.parametrize(
    "written", ["2016-3-5", "2016年3月5日", "20160305", "3/5/2016", "2016.3.5", 20160305, 42434.0]
)
def test_a_date_without_a_time_is_midnight(written):
    assert read_times(written).times.tolist() == [pd.Timestamp("2016-03-05", tz="Asia/Shanghai")]


def test_day_numbers_of_a_spreadsheet_are_read_as_text_and_as_numbers():
    # 42434.6 is 2016-03-05 14:24 in Excel and LibreOffice.
    expected = pd.Timestamp("2016-03-05 14:24", tz="UTC")
    assert read_times("42434.6", 42434.6, timezone="UTC").times.tolist() == [expected] * 2
    column = pd.Series([42434.6, np.nan])
    parsed = parse_times(column, timezone="UTC")
    assert parsed.times.tolist()[0] == expected
    assert parsed.missing.tolist() == [False, True]


@pytest.mark.parametrize(
    "written",
    [
        "1457158800",
        "1457158800000",
        "16-3-5",
        "05/03/16",
        "2016-02-30",
        "2016-13-01",
        "2016-00-10",
        "2016-03-05 25:00",
        "2016-03-05 14:60",
        "2016-03-05 24:01",
        "3/5/2016 13:20 AM",
        "2016-03",
        "soon",
        "x" * 100_000,
        "2016-03-05\x00",
        2016,
    ],
)
def test_what_is_no_time_is_unreadable(written):
    parsed = read_times(written)
    assert parsed.unreadable.tolist() == [True]
    assert parsed.times.isna().all()


def test_words_for_nothing_are_missing_and_not_unreadable():
    parsed = read_times(None, "", "  ", "NULL", "nan", "N/A", "-", "无", pd.NaT)
    assert parsed.missing.all()
    assert not parsed.unreadable.any()


def test_noon_midnight_and_the_end_of_a_day():
    parsed = read_times("3/5/2016 12:00 AM", "3/5/2016 12:00 PM", "2016-03-05 24:00")
    assert parsed.times.dt.strftime("%d %H:%M").tolist() == ["05 00:00", "05 12:00", "06 00:00"]


def test_the_order_of_day_and_month_can_be_switched():
    month, day = read_times("03/05/2016"), read_times("03/05/2016", day_first=True)
    assert month.times.dt.strftime("%m-%d").tolist() == ["03-05"]
    assert day.times.dt.strftime("%m-%d").tolist() == ["05-03"]
    assert (month.ambiguous, day.ambiguous) == (1, 1)


def test_one_date_that_fits_only_the_order_used_settles_it():
    assert read_times("03/05/2016", "03/31/2016").ambiguous == 0
    assert read_times("03/05/2016", "31/03/2016").ambiguous == 1
    assert read_times("03/05/2016", "31/03/2016", day_first=True).ambiguous == 0
    assert read_times("03/05/2016", "03/03/2016").ambiguous == 1
    assert read_times("03/05/2016", order_known=True).ambiguous == 0


def test_a_date_of_the_other_order_is_unreadable_and_counted():
    parsed = read_times("31/03/2016", "03/05/2016")
    assert parsed.unreadable.tolist() == [True, False]
    assert parsed.other_order == 1


def test_a_time_that_a_clock_change_skipped_or_repeated_is_defined():
    # Chicago skipped 02:00 to 03:00 on 2016-03-13 and repeated 01:00 to 02:00 on 2016-11-06.
    parsed = read_times("2016-03-13 02:30", "2016-11-06 01:30", timezone="America/Chicago")
    assert [time.isoformat() for time in parsed.times] == [
        "2016-03-13T03:00:00-05:00",
        "2016-11-06T01:30:00-05:00",
    ]


def test_columns_of_times_keep_their_moment_and_get_the_zone():
    naive = pd.Series(pd.to_datetime(["2016-03-05 14:20", None]))
    aware = pd.Series(pd.to_datetime(["2016-03-05 06:20+00:00", None]))
    for column, local in ((naive, 1), (aware, 0)):
        parsed = parse_times(column, timezone="Asia/Shanghai")
        assert parsed.times[0] == pd.Timestamp("2016-03-05 14:20", tz="Asia/Shanghai")
        assert parsed.missing.tolist() == [False, True]
        assert parsed.without_zone == local


def test_the_index_is_kept_and_an_empty_column_is_no_trouble():
    column = pd.Series(["2016-03-05", "x"], index=[7, 3])
    assert parse_times(column, timezone="UTC").times.index.tolist() == [7, 3]
    assert len(parse_times(pd.Series([], dtype="str"), timezone="UTC").times) == 0


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("Asia/Shangai", "Asia/Shanghai"),
        ("Beijing", "Asia/Shanghai"),
        ("Chicago", "America/Chicago"),
        ("america/new_york", "America/New_York"),
        (8, "Asia/Shanghai"),
    ],
)
def test_an_unknown_zone_is_answered_with_near_names(asked, near):
    with pytest.raises(OptionError, match=f"timezone must be .* Did you mean .*'{near}'"):
        check_timezone(asked)


MOMENTS = st.datetimes(
    min_value=datetime.datetime(1950, 1, 1), max_value=datetime.datetime(2100, 1, 1)
).map(lambda moment: moment.replace(microsecond=0))
SPELLINGS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y%m%d%H%M%S",
    "%m/%d/%Y %I:%M:%S %p",
)


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=5), st.sampled_from(SPELLINGS))
def test_what_strftime_writes_is_read_back(moments, spelling):
    written = pd.Series([moment.strftime(spelling) for moment in moments])
    parsed = parse_times(written, timezone="UTC")
    assert [time.to_pydatetime().replace(tzinfo=None) for time in parsed.times] == moments


def nothing_plain(values, day_first=False):
    rows = len(values)
    return PlainTimes(np.full(rows, MISSING), np.zeros(rows, bool), np.arange(rows))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]( [012][0-9]:[0-6][0-9](:[0-6][0-9])?)?"),
        max_size=8,
    )
)
def test_the_quick_way_reads_what_the_plain_way_reads(written):
    column = pd.Series(written, dtype="str")
    quick = parse_times(column, timezone="Asia/Shanghai")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(times_module, "plain_times", nothing_plain)
        patch.setattr(time_spellings, "PLAIN", r"^never$")
        plain = parse_times(column, timezone="Asia/Shanghai")
    pd.testing.assert_series_equal(quick.times, plain.times)
    assert quick.unreadable.tolist() == plain.unreadable.tolist()


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=4), st.sampled_from(["Asia/Shanghai", "Asia/Tokyo"]))
def test_local_times_agree_with_the_standard_library(moments, zone):
    column = pd.Series([moment.isoformat(" ") for moment in moments])
    parsed = parse_times(column, timezone=zone)
    for moment, time in zip(moments, parsed.times, strict=True):
        local = moment.replace(tzinfo=zoneinfo.ZoneInfo(zone))
        back = local.astimezone(datetime.UTC).astimezone(zoneinfo.ZoneInfo(zone))
        # A skipped time comes back as another one; ours is the end of the gap.
        if back.replace(tzinfo=None) == moment:
            assert time == local


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.none(), st.floats(), st.integers()), max_size=5))
def test_any_value_is_a_time_missing_or_unreadable(values):
    parsed = parse_times(pd.Series(values, dtype=object), timezone="UTC")
    fates = parsed.times.notna().astype(int) + parsed.missing + parsed.unreadable
    assert (fates == 1).all()


PLAIN = [
    "2016-03-05",
    "2016-03-05 14:20",
    "2016-03-05T14:20:09",
    "2016-02-29 23:59:59",
    "2016-02-30 10:00:00",
    "2016-03-05 24:00:00",
    "2016-03-05 25:00:00",
    "2016-03-05 14:60",
    "2016-13-05",
    "0000-01-01",
    "1901-01-01 00:00:00",
    "2016-03-13 02:30:00",
    "2016-11-06 01:30:00",
    "9998-12-31 23:59:59",
]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("count", [2, len(PLAIN)])
def test_plain_times_read_in_one_pass_are_those_read_value_by_value(zone, count):
    quick = pd.Series(PLAIN[:count], dtype="str")
    # A blank in front keeps a value from the quick way and means nothing else.
    one, other = (parse_times(column, timezone=zone) for column in (quick, " " + quick))
    pd.testing.assert_series_equal(one.times, other.times)
    assert one.unreadable.tolist() == other.unreadable.tolist()
    assert one.missing.tolist() == other.missing.tolist()
    assert one.without_zone == other.without_zone > 0


def test_plain_times_keep_their_rows_among_others():
    column = pd.Series(
        ["2016-03-05 14:20", None, "5 March", "2016-03-05T14:20+00:00", "2016-03-06"],
        index=[9, 3, 7, 1, 5],
        dtype="str",
    )
    parsed = parse_times(column, timezone="Asia/Shanghai")
    assert parsed.times.index.tolist() == [9, 3, 7, 1, 5]
    assert parsed.times.astype("str").tolist()[0] == "2016-03-05 14:20:00+08:00"
    assert parsed.times.astype("str").tolist()[3] == "2016-03-05 22:20:00+08:00"
    assert parsed.missing.tolist() == [False, True, False, False, False]
    assert parsed.unreadable.tolist() == [False, False, True, False, False]
    assert parsed.without_zone == 2


def test_the_last_second_of_the_year_9999_is_unreadable_west_of_greenwich_and_no_crash():
    # Databases write it for "never"; in UTC it is the year 10000 there.
    column = pd.Series(["9999-12-31 23:59:59", "2016-03-05", "9999-12-31 23:59:59-05:00"])
    parsed = parse_times(column, timezone="America/Chicago")
    assert parsed.times.notna().tolist() == [False, True, False]
    assert parsed.unreadable.tolist() == [True, False, True]
    assert parsed.without_zone == 1
    assert parse_times(column[:1], timezone="Asia/Shanghai").times.notna().all()
