"""What a document does not take: names that would be lost, columns and values that are absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from gridgov.bulletin.document.forms import MISSING, excel_format, shown_table, write_value
from gridgov.bulletin.document.json_file import write_json
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Number,
    Part,
    Provenance,
    Rule,
    Section,
    Series,
    TableBlock,
)
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.columns import Table
from gridgov.errors import ColumnsError, OptionError
from gridgov.schema.kinds import Column

WHERE = Provenance("by hand", "2017-09", None, "counted")
SPEC = Table("few", ("kind",), (Column("kind", "str", "kind", "类别", "Kind."),), "by hand")


def few(frame: pd.DataFrame, **own: Any) -> TableBlock:
    told: dict[str, Any] = {"name": "few", "columns": list(frame.columns)}
    return TableBlock(frame=frame, spec=SPEC, caption="few", provenance=WHERE, **(told | own))


def small(*parts: Part, numbers: tuple[Number, ...] = ()) -> Document:
    return Document("title", "", "zh", "", (), [Section("one", parts)], (), "by hand", numbers)


def test_two_numbers_of_one_key_are_an_error() -> None:
    one = Number("cases", "Cases", 1, "count")
    with pytest.raises(OptionError, match=r"numbers of a document has a key of its own.*'cases'"):
        small(numbers=(one, Number("late", "Late", 2, "count"), one))


def test_two_tables_of_one_name_are_an_error_and_a_figure_may_share_it() -> None:
    frame = pd.DataFrame({"kind": ["a"]})
    picture = FigureBlock("few", Figure(), "few", "few", WHERE)
    assert len(small(few(frame), picture).parts(TableBlock)) == 1
    with pytest.raises(OptionError, match=r"tables of a document has a name of its own.*'few'"):
        small(few(frame), few(frame))


def test_a_column_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    frame = pd.DataFrame({"kind": ["a"]})
    with pytest.raises(ColumnsError, match=r"Not in 'few': 'gone'. Take them from 'kind'"):
        few(frame, columns=["kind", "gone"])
    with pytest.raises(ColumnsError, match="Not in 'few': 'late'"):
        few(frame, rules=[Rule("late", "bar")])


def test_a_series_has_a_value_for_every_category() -> None:
    with pytest.raises(OptionError, match="2 values in 's' for 3 categories"):
        ChartBlock("c", "bar", "abc", [Series("s", [1, None])], "count", Figure(), "c", "c", WHERE)


def test_what_is_no_number_is_missing_in_every_format(tmp_path: Path) -> None:
    frame = pd.DataFrame({"reached_share": [0.5, np.inf, -np.inf, np.nan]})
    document = small(few(frame), numbers=(Number("much", "Much", np.inf, "share"),))
    assert [row[0] for row in shown_table(few(frame), "en").rows] == ["50.0%"] + [MISSING] * 3
    record = json.loads(write_json(document, tmp_path / "a.json").read_text(encoding="utf-8"))
    assert record["numbers"]["much"]["value"] is None
    rows = [row["reached_share"] for row in record["tables"]["few"]["rows"]]
    assert rows == [0.5, None, None, None]
    book = openpyxl.load_workbook(write_xlsx(document, tmp_path / "a.xlsx"))
    assert [book["few"].cell(row, 1).value for row in range(2, 6)] == [0.5, None, None, None]


def test_yes_and_no_are_words_of_the_language() -> None:
    frame = pd.DataFrame({"kind": pd.array([True, False, None], dtype="boolean")})
    assert [row[0] for row in shown_table(few(frame), "zh").rows] == ["是", "否", MISSING]
    assert [row[0] for row in shown_table(few(frame), "en").rows] == ["yes", "no", MISSING]


def test_half_a_character_and_other_objects_end_no_workbook(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": pd.Series(["a\ud800b", 12, None, ("x",)], dtype=object)})
    book = openpyxl.load_workbook(write_xlsx(small(few(frame)), tmp_path / "a.xlsx"))
    texts = [book["few"].cell(row, 1).value for row in range(2, 6)]
    assert texts == ["ab", "12", None, "('x',)"]


@pytest.mark.parametrize("value", [1e15, 1e300, 5e-324, -1e22, 123456789.25])
def test_very_large_and_small_numbers_are_written(value: float) -> None:
    for form in ("count", "percent", "points", "change", "hours", "number", "probability"):
        assert write_value(value, form)
        assert excel_format(value, form)


def test_a_sign_before_nothing_is_left_out_in_the_workbook_too() -> None:
    assert excel_format(-0.04, "change") == "0.0;0.0"
    assert excel_format(0.04, "change") == "0.0;0.0"
    assert excel_format(-0.05, "change") == '+0.0;"−"0.0;0.0'
    assert excel_format(0, "count") == "#,##0"
