"""What is kept as values and forms is written again, and judged, as the text itself."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import compiled
from gridgov.sources import delimited_pieces, tables
from gridgov.sources.coordinates import read_points
from gridgov.sources.incidents import read_incidents
from gridgov.sources.text_values import as_text
from gridgov.sources.times import parse_times
from gridgov.sources.written_pieces import PlainColumns, WrittenColumn, written_piece

pytest.importorskip("numba")
text_kernels = pytest.importorskip("gridgov.sources.text_kernels")

ODD_NUMBERS = ["", "-0", "0", "0.0", "-0.00", "00", "007.5", "+5", "5.", ".5", "-.5", ".", "-", "+"]
ODD_NUMBERS += ["nan", "inf", "1e3", "NULL", " 116.3", "116.3　", "116.1234567890123456", "--5"]
ODD_NUMBERS += ["999999999999999", "9999999999999999", "0.00000000000001", "0.000000000000001"]
NUMBERS = st.one_of(
    st.floats(-200, 200).map(repr),
    st.decimals(-200, 200, places=6).map(str),
    st.from_regex(r"\A[+-]?[0-9]{0,17}\.?[0-9]{0,17}\Z"),
    st.sampled_from(ODD_NUMBERS),
    st.none(),
)
DATES = ["2016-02-29", "2015-02-29", "2016-03-13", "2016-11-06", "2016/3/5", "2016-13-01"]
DATES += ["1899-12-31", "1900-01-01", "2099-12-31", "2100-01-01", "0001-01-01", "1969-12-31"]
CLOCKS = ["", " 14:20", "T14:20", " 02:30:00", "T14:20:09", " 24:00", " 23:59:60", "T14:20:09Z"]
ODD_TIMES = ["", "soon", "NULL", "2016年3月5日", "42434.6", "03/05/2016 00:20:00 AM", "2016-03-05 "]
ODD_TIMES += ["03/05/2016 12:00:00 AM", "03/05/2016 13:20:00 AM", "13/05/2016 01:02:03 PM"]
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    st.builds(str.__add__, st.sampled_from(DATES), st.sampled_from(CLOCKS)),
    st.datetimes().map(lambda moment: f"{moment:%m/%d/}{moment.year:04d}{moment: %I:%M:%S %p}"),
    st.from_regex(r"\A[0-3][0-9]/[0-3][0-9]/20[0-9]{2} [012][0-9]:[0-6][0-9]:[0-6][0-9] [APX]M\Z"),
    st.sampled_from(ODD_TIMES),
    st.none(),
)
TEXTS = st.one_of(st.sampled_from(["waste", " noise", "街", ""]), st.none())
CUTS = st.lists(st.integers(0, 30), max_size=3)
ZONES = ["Asia/Shanghai", "America/New_York"]


def written(texts, cuts, plain):
    """Return texts as a column of values and forms that came in pieces, the last one first."""
    (name,) = (*plain.times, *plain.numbers)
    array = pa.array(texts, pa.large_string())
    ends = sorted({min(cut, len(array)) for cut in cuts} | {0, len(array)})
    column = WrittenColumn(1)
    for first, last in reversed(list(itertools.pairwise(ends))):
        piece = written_piece(text_kernels, array.slice(first, last - first), name, plain)
        column.put(first, piece)
    return column.whole(len(array), day_first=plain.day_first)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(NUMBERS, min_size=1, max_size=30), cuts=CUTS, data=st.data())
def test_numbers_are_written_again_as_they_were(texts, cuts, data):
    column = written(texts, cuts, PlainColumns(numbers=("x",)))
    assert_written(column, texts, data)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(TIMES, min_size=1, max_size=30), cuts=CUTS, day=st.booleans(), data=st.data())
def test_times_are_written_again_as_they_were(texts, cuts, day, data):
    column = written(texts, cuts, PlainColumns(times=("x",), day_first=day))
    assert_written(column, texts, data)


def assert_written(column, texts, data):
    assert said(column.as_text()) == texts
    assert column.isna().tolist() == [text is None for text in texts]
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    assert said(as_text(pd.Series(column).iloc[rows])) == [texts[row] for row in rows]
    filled = column.take([*rows, -1], allow_fill=True)
    assert said(filled.as_text()) == [*(texts[row] for row in rows), None]
    assert said(column.copy()[: len(rows)].as_text()) == texts[: len(rows)]


def said(texts):
    return [None if pd.isna(text) else text for text in texts]


def test_the_usual_spellings_keep_no_text():
    numbers = ["116.339068", "39.9", "-0.50", "0.25", "116", "0"]
    times = ["2016-03-05", "2016-03-05 14:20", "2016-03-05T14:20:09", "03/05/2016 02:20:00 PM"]
    assert len(written(numbers, [], PlainColumns(numbers=("x",))).rows) == 0
    assert len(written(times, [2], PlainColumns(times=("x",))).rows) == 0


ROWS = st.fixed_dictionaries(
    {
        "incident_id": st.one_of(st.integers(0, 30).map(str), st.sampled_from(["", None])),
        "category": TEXTS,
        "reported_at": TIMES,
        "closed_at": TIMES,
        "longitude": st.one_of(st.decimals(116, 117, places=6).map(str), NUMBERS),
        "latitude": st.one_of(st.decimals(39, 40, places=6).map(str), NUMBERS),
    }
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=20),
    cuts=CUTS,
    zone=st.sampled_from(ZONES),
    day_first=st.booleans(),
)
def test_tables_are_judged_as_their_text(rows, cuts, zone, day_first):
    text = pd.DataFrame(rows, dtype="str")
    kept = text.copy()
    for name in ("reported_at", "closed_at", "longitude", "latitude"):
        kind = {"times" if name.endswith("_at") else "numbers": (name,)}
        plain = PlainColumns(**kind, day_first=day_first)
        kept[name] = written([row[name] for row in rows], cuts, plain)
        values = {True: kept[name], False: text[name]}
        if name.endswith("_at"):
            given = {"timezone": zone, "day_first": day_first}
            one, other = (parse_times(values[way], **given) for way in (True, False))
            assert one.times.array.asi8.tolist() == other.times.array.asi8.tolist()
            assert one.missing.tolist() == other.missing.tolist()
            assert one.unreadable.tolist() == other.unreadable.tolist()
            assert told(one) == told(other)
    assert_judged_alike(kept, text, timezone=zone, day_first=day_first)


def told(parsed):
    return parsed.ambiguous, parsed.other_order, parsed.without_zone


def outcome(source, **given):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = read_incidents(source, **given)
        except ValueError as error:
            found = f"{type(error).__name__}: {error}"
    return found, [str(one.message) for one in caught]


def assert_judged_alike(one, other, **given):
    (quick, quick_words), (plain, plain_words) = outcome(one, **given), outcome(other, **given)
    assert quick_words == plain_words
    if isinstance(plain, str):
        assert quick == plain
        return
    for found, expected in zip(quick, plain, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))
        assert found.dtypes.tolist() == expected.dtypes.tolist()
        assert found.attrs == expected.attrs


@pytest.fixture
def frames(monkeypatch):
    """Small pieces, compiled loops for every table, and the tables as they were read."""
    monkeypatch.setattr(compiled, "FIRST_USE", 0)
    monkeypatch.setattr(compiled, "LATER_USE", 0)
    monkeypatch.setattr(delimited_pieces, "_PIECE_BYTES", 1 << 17)
    whole, read = delimited_pieces._Parts.frame, []

    def frame(parts):
        read.append(whole(parts))
        return read[-1]

    monkeypatch.setattr(delimited_pieces._Parts, "frame", frame)
    return read


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


@pytest.mark.parametrize("early", [0, 2, 1000])
def test_a_file_gives_the_same_with_pieces_that_came_before_the_loops(
    tmp_path, monkeypatch, frames, early
):
    rng = np.random.default_rng(early)
    count = 9000
    moments = np.datetime64("2016-01-01", "s") + rng.integers(0, 10**7, count)
    table = pd.DataFrame(
        {
            "id": rng.permutation(count).astype(str),
            "reported_at": pd.Series(moments).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "lon": [f"{value:.6f}" for value in rng.uniform(116, 117, count)],
            "own": rng.choice(["a", "b, c", 'd "e"'], count),
            "lat": [repr(value) for value in rng.uniform(39, 40, count)],
            "closed_at": pd.Series(moments + 3600).dt.strftime("%m/%d/%Y %I:%M:%S %p"),
        },
        dtype="str",
    )
    table.loc[table.index[::71], "id"] = "1"
    table.loc[table.index[5::97], "reported_at"] = "2016年3月5日"
    table.loc[table.index[3::89], "lat"] = "north"
    table.loc[table.index[4::83], ["lon", "lat"]] = "0"
    table.loc[table.index[7::61], "closed_at"] = "01/05/2015 02:20:00 PM"
    table.loc[table.index[9::50], "lon"] = None
    path = tmp_path / "incidents.csv"
    table.to_csv(path, index=False)

    class Late(delimited_pieces._PieceReader):
        """A reader whose loops come after some pieces."""

        def load(self, rows):
            pass

        def part(self, body, last):
            self.pieces = getattr(self, "pieces", 0) + 1
            if self.pieces > early:
                super().load(rows=1)
            return super().part(body, last)

        def read(self, given):
            super().load(rows=1)
            return super().read(given)

    monkeypatch.setattr(delimited_pieces, "_PieceReader", Late)
    quick, words = outcome(path, timezone="Asia/Shanghai")
    assert dtypes(frames[0]) == {
        "id": "str",
        "reported_at": "written",
        "lon": "written",
        "own": "str",
        "lat": "written",
        "closed_at": "written",
    }
    monkeypatch.setattr(compiled, "numba_installed", lambda: False)
    monkeypatch.setattr(tables, "read_in_pieces", lambda *_, **__: None)
    plain, plain_words = outcome(path, timezone="Asia/Shanghai")
    assert words == plain_words
    assert len(plain.set_aside) > 500
    for found, expected in zip(quick, plain, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))
        assert found.attrs == expected.attrs


def test_a_column_of_two_meanings_stays_text(tmp_path, frames):
    count = 9000
    table = pd.DataFrame({"t": ["2016-03-05 14:20:00"] * count, "x": "116.25", "y": "39.50"})
    columns = {"reported_at": "t", "category": "t", "longitude": "x", "latitude": "y"}
    path = tmp_path / "incidents.csv"
    table.to_csv(path, index=False)
    found, _ = outcome(path, columns=columns, timezone="Asia/Shanghai")
    assert dtypes(frames[0]) == {"t": "str", "x": "written", "y": "written"}
    assert found.incidents["category"].tolist() == table["t"].tolist()
    points = read_points(table, columns, datum="wgs84")
    assert found.incidents.geometry.x.tolist() == points.longitude.tolist()
