"""What is read by pieces of text, with loops or without, is what is read value by value."""

import contextlib
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import compiled
from gridgov.sources.coordinates import read_points
from gridgov.sources.incidents import read_incidents
from gridgov.sources.text_blanks import blank_rows, without_blanks
from gridgov.sources.times import parse_times

BLANKS = [chr(code) for code in (9, 10, 28, 32, 133, 160, 0x1680, 0x2003, 0x2028, 0x205F, 0x3000)]
# What looks like a blank and is none, or ends with the bytes of one.
NO_BLANKS = [chr(code) for code in (0x200B, 0xFEFF, 0x3002, 0x00C5, 0x2026, 0x100A0)]

ODD_NUMBERS = [
    "nan",
    "inf",
    "-inf",
    "1_000",
    "１２.5",
    "+5",
    "5.",
    ".5",
    "1e-320",
    "1e-999",
    "-0",
    "0",
    "0.0",
    "-0.0",
    "0e-999",
    "0x10",
    "1,5",
    "1e",
    ".",
    "--5",
    "True",
    "",
    "NULL",
    "116.1234567890123456",
    "+116.1234567890123456",
    "12345678901234567890",
    "00116.5",
    "9.99999999999e-10",
    "1000000000000000",
    "999999999999999.9",
    " 116.3",
    "116.3　",
]

NUMBERS = st.one_of(
    st.floats(-200, 200).map(repr),
    st.decimals(-200, 200, places=6).map(str),
    st.from_regex(r"\A[+-]?[0-9]{0,18}\.?[0-9]{0,18}\Z"),
    st.from_regex(r"\A[+-]?[0-9]{1,14}(\.[0-9]{1,6})?[eE][+-]?[0-9]{1,2}\Z"),
    st.sampled_from(ODD_NUMBERS),
    st.none(),
)

CLOCKS = ["", " 14:20", "T14:20:09", " 24:00", " 24:00:00", " 23:59:60", " 02:30", " 01:30:00"]
DATES = ["2016-02-29", "2015-02-29", "2016-03-13", "2016-11-06", "1991-04-14", "2011-12-30"]
DATES += ["0000-01-01", "0001-01-01", "9999-12-31", "1899-12-31", "1900-01-01", "2099-12-31"]
DATES += ["2100-01-01", "1927-12-31", "2016-13-01", "2016-00-10", "2016-04-31", "2016-01-00"]

ODD_TIMES = [
    "2016-03-05T14:20:00+08:00",
    "2016/3/5 14:20",
    "2016年3月5日",
    "42434.6",
    "20160305",
    "soon",
    "",
    "NULL",
    "２０１６－０３－０５",
    "2016-03-05 14:20:00.5",
    "2016-03-05 1420",
    "03/05/2016 00:20:00 PM",
    "03/05/2016 13:20:00 AM",
    "03/05/2016 12:00:00 AM",
]

TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    st.builds(str.__add__, st.sampled_from(DATES), st.sampled_from(CLOCKS)),
    st.datetimes().map(lambda moment: f"{moment:%m/%d/}{moment.year:04d}{moment: %I:%M:%S %p}"),
    st.from_regex(r"\A[0-3][0-9]/[0-3][0-9]/20[0-9]{2} [012][0-9]:[0-6][0-9]:[0-6][0-9] [APX]M\Z"),
    st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9][ Tt/][012][0-9]:[0-6][0-9](:[0-6][0-9])?\Z"),
    st.sampled_from(ODD_TIMES),
    st.none(),
)

TEXTS = st.one_of(
    st.text(st.sampled_from([*BLANKS, *NO_BLANKS, "a", "é", "街"]), max_size=4), st.none()
)

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia", "Asia/Kolkata"]


def columns(values):
    """Return columns of text in one piece, in several, and in a part of one."""

    def made(texts, cut, way):
        column = pd.Series(texts, dtype="str")
        if way == "pieces":
            column = pd.concat([column.iloc[:cut], column.iloc[cut:]])
        if way == "part":
            column = pd.concat([pd.Series(["x"], dtype="str"), column]).iloc[1:]
        return column.reset_index(drop=True)

    ways = st.sampled_from(["whole", "pieces", "part"])
    return st.builds(made, st.lists(values, min_size=1, max_size=40), st.integers(0, 40), ways)


def value_by_value(column):
    """Return a column that says the same and that no quick way reads."""
    return column.astype(object).where(column.notna(), None)


@contextlib.contextmanager
def loops():
    """Let compiled loops answer for every table, however small."""
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "FIRST_USE", 0)
        patch.setattr(compiled, "LATER_USE", 0)
        yield


@contextlib.contextmanager
def no_loops():
    """Let Arrow and NumPy answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "numba_installed", lambda: False)
        yield


both_ways = pytest.mark.parametrize("way", [no_loops, loops])


def same_bits(one, other):
    np.testing.assert_array_equal(one, other)
    zeros = other == 0
    np.testing.assert_array_equal(np.signbit(one[zeros]), np.signbit(other[zeros]))


@both_ways
@settings(max_examples=150, deadline=None)
@given(x=columns(NUMBERS))
def test_numbers_have_the_same_bits(way, x):
    y = pd.Series("39.5", index=x.index, dtype="str")
    names = {"longitude": "x", "latitude": "y"}

    def read(column):
        return read_points(pd.DataFrame({"x": column, "y": y}), names, datum="wgs84", bounds=BOX)

    with way():
        quick = outcome(lambda: read(x))
    slow = outcome(lambda: read(value_by_value(x)))
    if isinstance(slow, str):
        assert quick == slow
        return
    same_bits(quick.x, slow.x)
    assert quick.reason.tolist() == slow.reason.tolist()
    assert quick.missing.tolist() == slow.missing.tolist()


BOX = (-180.0, -90.0, 180.0, 90.0)


def outcome(work):
    """Return what work returns, or the words of its error."""
    try:
        return work()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


@both_ways
@settings(max_examples=150, deadline=None)
@given(
    column=columns(TIMES), zone=st.sampled_from(ZONES), day_first=st.booleans(), known=st.booleans()
)
def test_times_and_what_is_noticed_about_them_are_the_same(way, column, zone, day_first, known):
    options = {"timezone": zone, "day_first": day_first, "order_known": known}
    with way():
        quick = parse_times(column, **options)
    slow = parse_times(value_by_value(column), **options)
    assert quick.times.dtype == slow.times.dtype
    assert quick.times.array.asi8.tolist() == slow.times.array.asi8.tolist()
    for name in ("missing", "unreadable"):
        assert getattr(quick, name).tolist() == getattr(slow, name).tolist()
    for name in ("ambiguous", "other_order", "without_zone"):
        assert getattr(quick, name) == getattr(slow, name)


@both_ways
@settings(max_examples=150, deadline=None)
@given(column=columns(TEXTS))
def test_blanks_around_are_those_of_strip(way, column):
    before = column.copy()
    with way():
        found, blank = without_blanks(column), blank_rows(column)
    pd.testing.assert_series_equal(column, before)
    expected = [None if pd.isna(text) or not text.strip() else text.strip() for text in column]
    assert found.astype(object).where(found.notna(), None).tolist() == expected
    assert blank.tolist() == [not pd.isna(text) and not text.strip() for text in column]
    assert found.dtype == column.dtype
    assert found.index.equals(column.index)


def test_every_blank_of_unicode_is_seen_at_both_ends():
    blanks = [chr(code) for code in range(0x110000) if chr(code).isspace()]
    column = pd.Series([blank + "a" for blank in blanks] + ["街" + blank for blank in blanks])
    for way in (no_loops, loops):
        with way():
            assert set(without_blanks(column)) == {"a", "街"}
            assert blank_rows(pd.Series(blanks)).all()


ROWS = st.fixed_dictionaries(
    {
        "incident_id": st.one_of(st.integers(0, 30).map(str), st.sampled_from(["", "　", None])),
        "category": TEXTS,
        "reported_at": TIMES,
        "closed_at": TIMES,
        "longitude": st.one_of(st.decimals(116, 117, places=6).map(str), NUMBERS),
        "latitude": st.one_of(st.decimals(39, 40, places=6).map(str), NUMBERS),
        "own": TEXTS,
    }
)


@both_ways
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=15),
    zone=st.sampled_from(ZONES),
    duplicates=st.sampled_from(["set_aside", "number"]),
)
def test_whole_tables_are_judged_alike(way, rows, zone, duplicates):
    text = pd.DataFrame(rows, dtype="str")
    slow = text.astype(object).where(text.notna(), None)

    def read(table):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = outcome(lambda: read_incidents(table, timezone=zone, duplicates=duplicates))
        return found, [str(one.message) for one in caught]

    with way():
        quick, quick_words = read(text)
    plain, plain_words = read(slow)
    assert quick_words == plain_words
    if isinstance(plain, str):
        assert quick == plain
        return
    for one, other in zip(quick, plain, strict=True):
        assert one.attrs == other.attrs
        assert list(one.columns) == list(other.columns)
        for name in one.columns:
            same_column(one[name], other[name])


def same_column(one, other):
    if one.dtype.kind == "M":
        assert one.dtype == other.dtype
        assert one.array.asi8.tolist() == other.array.asi8.tolist()
    elif str(one.dtype) == "geometry":
        assert one.to_wkb().tolist() == other.to_wkb().tolist()
    else:
        texts = [column.astype(object).where(column.notna(), None) for column in (one, other)]
        assert texts[0].tolist() == texts[1].tolist()


@both_ways
def test_a_long_column_with_a_few_odd_values_is_read_in_pieces(way):
    rng = np.random.default_rng(1)
    count = 150_000
    texts = pd.Series(rng.integers(116_000_000, 117_000_000, count) / 1e6).map("{:.6f}".format)
    moments = pd.Series(np.datetime64("2016-01-01", "s") + rng.integers(0, 10**7, count))
    written = moments.dt.strftime("%Y-%m-%d %H:%M:%S")
    odd = rng.choice(count, 40, replace=False)
    texts.iloc[odd], written.iloc[odd] = " 116.5", "2016年3月5日"
    texts.iloc[odd[:9]], written.iloc[odd[:9]] = "east", "2016-02-30 10:00:00"
    table = pd.DataFrame({"x": texts, "y": "39.5"}, dtype="str")
    with way():
        points = read_points(table, {"longitude": "x", "latitude": "y"})
        parsed = parse_times(written.astype("str"), timezone="America/New_York")
    assert np.flatnonzero(points.reason == "unreadable_coordinate").tolist() == sorted(odd[:9])
    assert np.flatnonzero(parsed.unreadable).tolist() == sorted(odd[:9])
    plain = np.setdiff1d(np.arange(count), odd)
    same_bits(points.x[plain], texts.iloc[plain].astype(float).to_numpy())
    expected = moments.dt.tz_localize(
        "America/New_York", ambiguous=np.ones(count, bool), nonexistent="shift_forward"
    )
    assert (parsed.times.iloc[plain] == expected.iloc[plain]).all()
