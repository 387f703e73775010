"""The table of a file read in pieces is the one of the text read as a whole."""

import csv
import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.errors import GridgovError, ReadError
from gridgov.sources import (
    delimited_head,
    delimited_pieces,
    encoding,
    field_kernels,
    tables,
    text_pieces,
)
from gridgov.sources.delimited import read_delimited
from gridgov.sources.delimited_pieces import read_in_pieces
from gridgov.sources.encoding import decode
from gridgov.sources.field_columns import FieldCutter
from gridgov.sources.tables import read_table
from gridgov.sources.text_pieces import SPARE_BYTES

ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "utf-32-be"]
# As a program saves it, without a mark: the encoding must then be named.
UNMARKED = ("utf-16-le", "utf-32-be")


class Loaded(delimited_pieces._PieceReader):
    """A reader that waits for the compiled loops."""

    def __init__(self, *given):
        super().__init__(*given)
        self.load(1)


@pytest.fixture(scope="module", params=["Arrow", "compiled"])
def small_pieces(request):
    """Few rows are looked at and pieces are small, so that short texts have many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_head, "_SNIFFED_CHARACTERS", 40)
        patch.setattr(delimited_head, "_SNIFFED_ROWS", 3)
        patch.setattr(encoding, "_SAMPLE_BYTES", 64)
        loops = pytest.importorskip("numba") if request.param == "compiled" else None
        patch.setattr(delimited_pieces, "use_loops", lambda rows: loops is not None)
        if loops is not None:
            patch.setattr(delimited_pieces, "_PieceReader", Loaded)
        yield request.param


def whole(data, encoding=None):
    text, used = decode(data, name="s.csv", encoding=encoding)
    frame, titles = read_delimited(text, name="s.csv", data=data if used == "utf-8" else None)
    return frame, titles, used


def pieces(data, size, encoding=None):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_pieces, "_PIECE_BYTES", size)
        return read_in_pieces(io.BytesIO(data), name="s.csv", encoding=encoding)


def assert_same(found, expected):
    pd.testing.assert_frame_equal(found[0], expected[0])
    for column in found[0]:
        assert found[0][column].array._pa_array.type == expected[0][column].array._pa_array.type
    assert found[1:] == expected[1:]


def quoted_text(rows=400, *, end="\n", delimiter=","):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow(["编号", "text", "n"])
    for number in range(rows):
        odd = [
            'a "quoted" word',
            "two\nlines",
            f"{delimiter}{delimiter}",
            "街道 \r\n 街道",
            "",
            "😀",
        ]
        writer.writerow([f"{number:04d}", odd[number % len(odd)], number])
    return stream.getvalue()


@pytest.mark.parametrize("code", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_quoted_line_ends_are_read_in_pieces_in_every_encoding(small_pieces, code, end, delimiter):
    data = quoted_text(end=end, delimiter=delimiter).encode(code)
    named = code if code in UNMARKED else None
    expected = whole(data, named)
    for size in (700, 1009, 2048):
        found = pieces(data, size, named)
        assert found is not None
        assert_same(found, expected)
        assert found[2] == code
        assert found[0]["text"].array._pa_array.num_chunks > 2


def test_titles_a_line_that_names_the_delimiter_and_blank_lines_are_as_in_the_whole(small_pieces):
    rows = "".join(f"{number};老山;x\n\r\n\n" for number in range(300))
    data = f"sep=;\nComplaints of a year;;\n;;2016\nid;street;kind\n{rows}".encode()
    found = pieces(data, 800)
    assert found is not None
    assert found[1] == ("Complaints of a year", "2016")
    assert_same(found, whole(data))


def test_what_is_left_to_the_whole_text(small_pieces):
    rows = [f"{number},plain,1\n" for number in range(300)]
    head = "id,text,n\n"
    long_field = [*rows[:150], f'7,"{"x" * 90_000}",1\n', *rows[150:]]
    cases = {
        "a file as short as a piece": (head + rows[0]).encode(),
        "a row of another length": (head + "".join(rows) + "1,2\n").encode(),
        "bytes that are no text": (head + "".join(rows)).encode() + b"1,\xff\xff,1\n",
        "old line ends": (head + "".join(rows)).replace("\n", "\r").encode(),
        "blank lines alone": (head + "\n" * 4000).encode(),
        "a quote that is never closed": (
            head + "".join(rows[:99]) + '1,2,"' + rows[0] * 99
        ).encode(),
        "a row longer than a piece": (head + "".join(long_field)).encode(),
        "an encoding that is not cut": (head + "".join(rows)).encode("utf-7"),
        "a name twice": ("id,id,n\n" + "".join(rows)).encode(),
        "nothing": b" \n" * 4000,
    }
    for what, data in cases.items():
        named = "utf-7" if what.startswith("an encoding") else None
        assert pieces(data, 600, named) is None, what


def test_a_mark_inside_a_text_stays(small_pieces):
    rows = "".join(f"\ufeff{number},\ufeff,1\n" for number in range(300))
    data = f"id,text,n\n{rows}".encode()
    expected = whole(data)
    for size in range(600, 640):
        found = pieces(data, size)
        assert found is None or found[0].equals(expected[0])
    assert expected[0]["id"].str.startswith("\ufeff").sum() == 299


def test_bytes_that_only_look_like_text_once_a_quote_is_taken_out_are_refused(small_pieces):
    body = b"".join(b'%d,"\xe8"\xa1\x97,1\n' % number for number in range(300))
    data = b"id,text,n\n" + b"1,a,1\n" * 100 + body
    assert pieces(data, 600) is None
    with pytest.raises(ReadError, match=r"utf-8 \(stops at byte"):
        whole(data)


FIELD = st.text(st.sampled_from(list('ab1 ,;\t|"\n\r\0街é😀\ufeff')), max_size=9)
ROW = st.lists(FIELD, min_size=3, max_size=3)


def mostly(usual, *others):
    return st.sampled_from([usual] * (5 * len(others)) + list(others))


@st.composite
def files(draw):
    """Bytes of a file, mostly well formed: several rows over and over, and how they are saved."""
    delimiter = draw(mostly(",", ";", "\t", "|"))
    end = draw(mostly("\n", "\r\n", "\r", "\n\n", "\n\r"))
    rows = draw(st.lists(ROW, min_size=1, max_size=8))
    width = draw(mostly(3, 1, 2))
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=delimiter,
        lineterminator=end,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    for title in draw(mostly([], [["title", "", ""]])):
        writer.writerow(title[:width])
    writer.writerow(["id", "街", "n"][:width])
    writer.writerows([["1", "plain", "2"][:width]] * 4)
    times = draw(st.integers(10, 60))
    for _ in range(times):
        writer.writerows(row[:width] for row in rows)
    # As written by hand, without quotes.
    stream.write(draw(mostly("", *(delimiter.join(row[:width]) + end for row in rows))))
    for _ in range(draw(mostly(0, 10))):
        writer.writerows(row[:width] for row in rows)
    text = stream.getvalue()
    text = text[: len(text) - draw(mostly(0, 1, 2, 3))]
    code = draw(mostly("utf-8", *ENCODINGS))
    data = bytearray(text.encode(code, "replace"))
    for at in draw(mostly([], draw(st.lists(st.integers(0, len(data) - 1), max_size=3)))):
        data[at] = draw(st.sampled_from([0, 10, 13, 34, 44, 0x80, 0xE8, 0xFF]))
    said = code if code in UNMARKED else None
    return bytes(data), draw(mostly(said, code, "gbk", "latin-1"))


def outcome(path, encoding):
    try:
        table = read_table(path, encoding=encoding)
    except GridgovError as error:
        return type(error), str(error), error.problems.to_dict()
    except UnicodeError as error:
        return type(error), str(error)
    return table


@given(files(), st.integers(200, 900), st.sampled_from([".csv", ".csv.gz", ".zip"]))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_file_gives_the_same_table_or_the_same_error(small_pieces, tmp_path, file, size, kind):
    data, named = file
    path = tmp_path / f"s{kind}"
    if kind == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("s.csv", data)
    else:
        path.write_bytes(gzip.compress(data) if kind == ".csv.gz" else data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited_pieces, "_PIECE_BYTES", size)
        # So that lines longer than what is looked at occur.
        patch.setattr(text_pieces, "_FARTHEST_BACK", size // 2)
        found = outcome(path, named)
        patch.setattr(tables, "read_in_pieces", lambda *_, **__: None)
        expected = outcome(path, named)
    if isinstance(expected, tuple):
        assert found == expected
    else:
        pd.testing.assert_frame_equal(found.frame, expected.frame)
        assert (found.titles, found.encoding) == (expected.titles, expected.encoding)


SHORT = st.text(st.sampled_from(list('ab,"\n\r街')), max_size=20)


@given(st.lists(st.lists(SHORT, min_size=2, max_size=2), min_size=1, max_size=9), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_compiled_loop_cuts_rows_as_arrow_does_or_leaves_them_to_it(rows, by_hand):
    pytest.importorskip("numba")
    if by_hand:
        text = "".join(",".join(row) + "\n" for row in rows)
    else:
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows(rows)
        text = stream.getvalue()
    data = text.encode()
    spare = np.frombuffer(bytearray(data + b"\n" * SPARE_BYTES), dtype=np.uint8)
    head = delimited_head.TableHead(",", ["a", "b"], (), 0)
    found = FieldCutter(field_kernels, head.columns, ",").table(spare)
    if found is None:
        assert by_hand
        return
    found.validate(full=True)
    expected = delimited_pieces._by_arrow(pa.py_buffer(data), True, head)
    assert found.equals(expected)
    assert found.schema == expected.schema


@pytest.mark.parametrize(
    "odd", ['"a"b,c', 'a,"b"c', "a", "a,b,c", '"a,b', 'a,"b', '"a"', "a,b,"], ids=repr
)
def test_a_row_out_of_the_way_is_left_to_arrow(odd):
    pytest.importorskip("numba")
    data = f"1,2\n{odd}\n".encode() + b"\n" * SPARE_BYTES
    cutter = FieldCutter(field_kernels, ["a", "b"], ",")
    assert cutter.table(np.frombuffer(bytearray(data), dtype=np.uint8)) is None
    wide = FieldCutter(field_kernels, [f"c{number}" for number in range(65)], ",")
    row = ",".join("1" for _ in range(65)).encode() + b"\n" * (1 + SPARE_BYTES)
    assert wide.table(np.frombuffer(bytearray(row), dtype=np.uint8)) is None


def test_a_cutter_keeps_nothing_of_the_piece_before():
    pytest.importorskip("numba")
    cutter = FieldCutter(field_kernels, ["a", "b"], ";")

    def table(text):
        data = text.encode() + b"\n" * SPARE_BYTES
        return cutter.table(np.frombuffer(bytearray(data), dtype=np.uint8))

    first = table("123456789;街道街道街道\n" * 90)
    second = table("1;\n;2")
    assert table("1") is None
    assert first.to_pydict() == {"a": ["123456789"] * 90, "b": ["街道街道街道"] * 90}
    assert second.to_pydict() == {"a": ["1", None], "b": [None, "2"]}


def test_a_large_file_is_read_in_pieces_without_any_help(tmp_path):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"{number:07d}" for number in range(90_000)],
            "text": rng.choice(["plain", 'a "b"', "街道\n街道", "x" * 60, "a,b"], 90_000),
            "x": rng.normal(size=90_000).round(6).astype(str),
        }
    )
    path = tmp_path / "large.csv"
    frame.to_csv(path, index=False)
    assert path.stat().st_size > 1.5 * delimited_pieces._PIECE_BYTES
    table = read_table(path)
    pd.testing.assert_frame_equal(table.frame, frame)
    assert table.frame["id"].array._pa_array.num_chunks > 1
    assert_same((table.frame, table.titles, table.encoding), whole(path.read_bytes()))
