import datetime

import openpyxl
import pytest

from gridgov.errors import EmptyTableError, ReadError
from gridgov.sources.incidents import read_incidents
from gridgov.sources.notices import notices
from gridgov.sources.tables import read_table
from gridgov.sources.title_rows import header_position

HEADER = ["事件编号", "问题类型", "上报时间", "经度", "纬度"]
ROW = ["A1", "暴露垃圾", "2016-03-05", "116.2", "39.9"]
LINES = [",".join(HEADER), ",".join(ROW)]


def sheet_file(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def text_file(path, *lines, end="\n"):
    path.write_bytes((end.join(lines) + end).encode())
    return path


def test_a_title_an_empty_row_and_a_row_of_the_office_stand_above_the_header(tmp_path):
    made = ["制表单位：网格办", None, "制表日期", datetime.date(2016, 4, 1)]
    rows = [["石景山三月事件清单"], [], made, HEADER, ROW]
    path = sheet_file(tmp_path / "s.xlsx", rows)
    with pytest.warns(match=r"Rows above the header, left out: 2\. The first is '石景山三月"):
        incidents, set_aside = read_incidents(path, timezone="Asia/Shanghai")
    assert incidents["incident_id"].tolist() == ["A1"]
    assert set_aside.empty
    found = notices(incidents).set_index("notice").loc["title_rows"]
    assert found["value"] == 2
    assert found["detail_zh"] == "表头之上有 2 行标题，未作为记录读取；首行为“石景山三月事件清单”。"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("above", [["事件清单,,,,"], ["事件清单"], ["", "", "事件清单"]])
def test_titles_above_delimited_text_are_left_out_and_told(tmp_path, above, end):
    table = read_table(text_file(tmp_path / "s.csv", *above, *LINES, end=end))
    assert table.frame.columns.tolist() == HEADER
    assert table.frame.values.tolist() == [ROW]
    assert table.titles == ("事件清单",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_empty_lines_above_the_header_are_no_rows(tmp_path, end):
    table = read_table(text_file(tmp_path / "s.csv", "", "", *LINES, "", end=end))
    assert table.frame.values.tolist() == [ROW]
    assert table.titles == ()


def test_a_line_that_names_the_delimiter_is_obeyed(tmp_path):
    lines = [line.replace(",", ";") for line in LINES]
    table = read_table(text_file(tmp_path / "s.csv", "sep=;", *lines, end="\r\n"))
    assert table.frame.values.tolist() == [ROW]
    assert table.titles == ()


def test_the_line_of_a_broken_row_is_counted_from_the_top_of_the_file(tmp_path):
    path = text_file(tmp_path / "s.csv", "事件清单", "", *LINES, "A2,x")
    with pytest.raises(ReadError, match=r"header, 5\. Found: 2 in row 2, line 5"):
        read_table(path)


def test_a_header_without_an_end_of_line_has_no_rows(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(LINES[0], encoding="utf-8")
    with pytest.raises(EmptyTableError, match="at least one row below its header"):
        read_table(path)


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "kind", "date"], ["1", "a", "b"]],
        [["id", "", "date"], ["1", "a", "b"]],
        [["id"], ["1"], ["2"]],
        [["id"], ["1", "a"], ["2", "b"]],
        [["title"], [1, 2, 3], [4, 5, 6]],
        [],
    ],
)
def test_what_does_not_look_like_a_title_is_the_header(rows):
    assert header_position(rows) == 0
