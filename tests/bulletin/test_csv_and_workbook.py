"""Files for spreadsheets: Chinese opens right, nothing becomes a formula, numbers stay numbers."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.bulletin.csv_files import inert, write_csv
from gridgov.bulletin.tables import FILE_TABLES, file_form
from gridgov.bulletin.workbook import meaning, write_workbook

RISKY = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1a",
    "－x",
    "＠x",
    "  =1",
]
HARMLESS = ["-87.65", "+5", "1e5", "八角街道", "", "a=1", "http://x", "0012"]


@pytest.mark.parametrize("text", RISKY)
def test_text_that_could_start_a_formula_gets_an_apostrophe(text: str) -> None:
    assert inert(pd.Series([text])).item() == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_and_plain_numbers_stay_as_they_are(text: str) -> None:
    assert inert(pd.Series([text])).item() == text


@given(st.text())
def test_no_text_comes_out_with_a_formula_in_front(text: str) -> None:
    result = inert(pd.Series([text], dtype="str")).item()
    assert result in (text, "'" + text)
    head = result.lstrip()[:1]
    assert head not in set("=@＝＋－＠")
    if head and head in "+-":
        float(result)


def notices_with(texts: list[str]) -> pd.DataFrame:
    return file_form(
        pd.DataFrame(
            {
                "notice": "x",
                "subject": texts,
                "value": np.arange(len(texts)) / 4,
                "unit": None,
                "detail": "d",
                "detail_zh": "说明",
            }
        ),
        "notices",
    )


def test_a_csv_file_reads_back_and_is_the_same_bytes_twice(tmp_path: Path) -> None:
    table = notices_with([*RISKY, *HARMLESS, 'a "quoted", text', "two\nlines"])
    path = write_csv(table, tmp_path / "a.csv")
    assert path.read_bytes() == write_csv(table, tmp_path / "b.csv").read_bytes()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == FILE_TABLES["notices"].names
    subjects = [row[1].removeprefix("'") for row in rows[1:]]
    assert subjects == table["subject"].tolist()
    assert [float(row[2]) for row in rows[1:]] == table["value"].tolist()
    assert {row[3] for row in rows[1:]} == {""}


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    table = notices_with([*RISKY, *HARMLESS])
    book = opened(write_workbook(tmp_path / "a.xlsx", {"notices": table}, lang="zh"))
    sheet = book["注意事项"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:F{len(table) + 1}"
    assert [cell.value for cell in sheet[1]][:3] == ["提示代码", "对象", "数值"]
    for cell, text in zip(sheet["B"][1:], table["subject"], strict=True):
        # "s" is shared text; a formula would be "f", a number "n".
        assert cell.hyperlink is None
        if text:
            assert cell.data_type == "s"
            # openpyxl gives line ends back as one kind.
            assert cell.value.replace("_x000D_", "\r") == text
    assert [cell.data_type for cell in sheet["C"][1:]] == ["n"] * len(table)
    assert [cell.value for cell in sheet["D"][1:]] == [None] * len(table)


def test_cells_are_text_and_times_are_local_with_the_zone_in_the_heading(tmp_path: Path) -> None:
    times = pd.to_datetime(["2024-03-01 00:00"]).tz_localize("Asia/Shanghai").as_unit("us")
    table = file_form(
        pd.DataFrame(
            {
                "cell": np.array([0x8931AA50E27FFFF], dtype=np.uint64),
                "period": times,
                "incidents": [3],
                "area_km2": [0.1],
                "gi_star": [np.nan],
                "spot": ["hot 99"],
            }
        ),
        "hotspots",
    )
    sheet = opened(write_workbook(tmp_path / "a.xlsx", {"hotspots": table}))["hotspots"]
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["Cell"].value == "8931aa50e27ffff"
    assert row["Period (Asia/Shanghai)"].value == datetime(2024, 3, 1)
    assert row["Gi* z"].value is None
    assert row["Incidents"].value == 3
    assert row["Spot"].value == "Hotspot, 99 %"
    # The center of the cell as the H3 library gives it (h3.cell_to_latlng).
    import h3.api.basic_int as h3

    latitude, longitude = h3.cell_to_latlng(0x8931AA50E27FFFF)
    assert (row["Longitude"].value, row["Latitude"].value) == pytest.approx((longitude, latitude))


def test_the_last_sheet_explains_every_column(tmp_path: Path) -> None:
    table = notices_with(["a"])
    sheet = opened(write_workbook(tmp_path / "a.xlsx", {"notices": table}, lang="zh"))["列说明"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[1] for row in rows] == FILE_TABLES["notices"].names
    assert all(row[5] for row in rows)


def test_a_text_longer_than_a_spreadsheet_cell_is_shortened(tmp_path: Path) -> None:
    table = notices_with(["x" * 40_000])
    sheet = opened(write_workbook(tmp_path / "a.xlsx", {"notices": table}))["notices"]
    assert len(sheet["B2"].value) == 32_767
    assert sheet["B2"].value.endswith("…")


@pytest.mark.parametrize("name", FILE_TABLES)
def test_every_column_of_every_file_is_explained_in_both_languages(name: str) -> None:
    for column in FILE_TABLES[name].columns:
        assert column.meaning
        assert any("一" <= mark <= "鿿" for mark in meaning(name, column, "zh")), column.name


def test_the_same_tables_make_the_same_workbook(tmp_path: Path) -> None:
    table = {"notices": notices_with(["a"])}
    made = [
        write_workbook(tmp_path / name, table, created=datetime(2024, 3, 1)).read_bytes()
        for name in ("a.xlsx", "b.xlsx")
    ]
    assert made[0] == made[1]


def test_small_probabilities_and_degrees_keep_their_digits_and_sheets_fit_their_page(
    tmp_path: Path,
) -> None:
    table = pd.DataFrame({name: [1.0] for name in ("p_value", "longitude", "gi_star")})
    path = write_workbook(tmp_path / "t.xlsx", {"top_hotspots": table})
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.number_format for cell in sheet[2]] == [
        "[<0.0001]0.0E+00;0.0000",
        "0.000000",
        "0.0000",
    ]
    assert sheet.page_setup.orientation == "landscape"
    # As wide as one page, which is the format's default, and as long as it takes.
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1"
