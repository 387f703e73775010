"""Definitions of indicators: the built-in ones are whole, bad ones are named with their field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.assessment.indicators.definitions import parse_definitions, read_indicators
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, SettingsError

TEN_LINES = """
[quick]
label = "Closed within a day"
label_zh = "一日办结率"
numerator = "closed_at <= filed_at + 24 h"
denominator = "cancelled_at is missing"
period = "filed_at"
better = "higher"
source = "own"
"""


def without(field: str) -> str:
    return "\n".join(line for line in TEN_LINES.splitlines() if not line.startswith(f"{field} "))


def test_the_built_in_indicators_cover_the_reference() -> None:
    built_in = read_indicators()
    names = set(built_in["label_zh"])
    wanted = (
        "结案率 按期结案率 处置率 按期处置率 超期结案率 未结案率 按时立案率 "
        "准确立案率 按时派遣率 准确派遣率 有效上报率 按期核实率 按期核查率 "
        "按期受理率 准确受理率 返工率 作废率 监督举报率 公众举报率 立案率 核查率 "
        "满意率 响应率 解决率 重开率 督办率 挂账率 退回率"
    )
    assert set(wanted.split()) <= names
    assert built_in["indicator"].is_unique
    assert list(built_in.columns) == TABLES["indicator_definitions"].names
    assert len(parse_definitions(built_in)) == len(built_in)


def test_every_built_in_says_where_it_comes_from_and_none_claims_to_be_official() -> None:
    built_in = read_indicators()
    assert built_in[["source", "version", "note", "label", "label_zh"]].notna().all(axis=None)
    assert built_in["source"].str.match(r"(E|U|K|M|ours)\b").all()
    claims = built_in["note"].str.contains("official") & ~built_in["note"].str.contains(
        "not an off"
    )
    assert not claims.any()


def test_what_the_sources_leave_open_has_no_denominator() -> None:
    built_in = read_indicators().set_index("indicator")
    left_open = built_in.index[built_in["denominator_rule"].isna()]
    assert set(left_open) == {
        "filing_rate",
        "verification_rate",
        "public_report_rate",
        "satisfaction_rate",
    }


def test_ten_lines_from_a_file_and_from_text_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    # Notepad writes a byte order mark.
    path.write_text(TEN_LINES, encoding="utf-8-sig")
    own = read_indicators(TEN_LINES)
    pd.testing.assert_frame_equal(own, read_indicators(path))
    pd.testing.assert_frame_equal(own, read_indicators(str(path)))
    assert len(TEN_LINES.strip().splitlines()) <= 10
    assert own.loc[0, "label_zh"] == "一日办结率"


@pytest.mark.parametrize(
    "field", ["label", "numerator", "denominator", "period", "better", "source"]
)
def test_a_missing_field_is_named_with_its_indicator(field: str) -> None:
    with pytest.raises(SettingsError, match=f"{field} of indicator 'quick' is not there") as caught:
        read_indicators(without(field))
    assert caught.value.problems.to_dict("records") == [
        {"indicator": "quick", "field": field, "problem": "is not there"}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("24 h", "24"), "numerator of indicator 'quick' cannot be read: expected a comparison"),
        (
            ("is missing", "is mising"),
            "denominator of indicator 'quick' cannot be read: expected 'missing'",
        ),
        (('"filed_at"', '"due(filed_at)"'), "period of indicator 'quick' cannot be read"),
        (('"higher"', '"up"'), "better of indicator 'quick' must be higher or lower or neither"),
        (("source", "sauce"), "sauce of indicator 'quick' is no field"),
        (('"own"', "7"), "source of indicator 'quick' must be a text in quotes, not 7"),
        (('"own"', '""'), "source of indicator 'quick' must be a text in quotes"),
        (('"own"', '"own"\nneeds = "x"'), "needs of indicator 'quick' is no list"),
        (('"own"', '"own"\nweights = 0.9'), "weights of indicator 'quick' is no table of numbers"),
        (
            ('"own"', '"own"\nweights = { mostly = 0.9 }'),
            "says mostly, which the numerator does not use",
        ),
        (('"closed_at <=', '"mostly * closed_at <='), "does not say mostly"),
        (('"closed_at <=', '"3 * closed_at <='), "has a weight of 3 above 1"),
        (
            ('"own"', '"own"\nnumerator_period = "closed_at"'),
            "numerator_period of indicator 'quick' is for unit = \"ratio\" only",
        ),
    ],
)
def test_a_bad_field_is_named_with_its_indicator(change: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_indicators(TEN_LINES.replace(*change))


def test_every_problem_is_listed_at_once() -> None:
    text = without("period") + TEN_LINES.replace("[quick]", "[slow]").replace("better", "bitter")
    with pytest.raises(SettingsError, match="period of indicator 'quick'") as caught:
        read_indicators(text)
    found = caught.value.problems[["indicator", "field"]].values.tolist()
    assert found == [["quick", "period"], ["slow", "better"], ["slow", "bitter"]]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no/such/file.toml", "'no/such/file.toml', No such file"),
        ("[quick\nx", "must be TOML"),
        ("\n# nothing\n", "Found: none"),
        ("quick = 3\n", "is no \\[table\\]"),
        (7, "Found: int"),
    ],
)
def test_what_is_no_toml_is_refused(source: Any, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_indicators(source)


def test_a_table_that_was_changed_by_hand_is_checked_again() -> None:
    own = read_indicators(TEN_LINES)
    with pytest.raises(SettingsError, match="indicator 'quick' is there more than once"):
        parse_definitions(pd.concat([own, own]))
    with pytest.raises(SettingsError, match="numerator of indicator 'quick' cannot be read"):
        parse_definitions(own.assign(numerator_rule="closed_at <="))
    with pytest.raises(SettingsError, match="period of indicator 'quick' is not there"):
        parse_definitions(own.assign(period_rule=None))
    with pytest.raises(SettingsError, match="'mostly: 1' is no weight"):
        parse_definitions(own.assign(weights="mostly: 1"))
    with pytest.raises(ColumnsError, match="must have the column numerator_rule"):
        parse_definitions(own.drop(columns="numerator_rule"))
    with pytest.raises(EmptyTableError, match="indicator_definitions has no rows"):
        parse_definitions(own.iloc[:0])


def test_the_page_about_indicators_lists_every_built_in() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "assessment_indicators.md"
    text = page.read_text(encoding="utf-8")
    built_in = read_indicators()
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| `(.+?)` \| (.+?) \| `(.+?)` \| (.+?) \|$", text, re.M
    )
    listed = [(row[0], row[2], row[3].strip("`"), row[4], row[5]) for row in rows]
    columns = ["indicator", "numerator_rule", "denominator_rule", "period_rule", "source"]
    expected = built_in[columns].fillna("to be chosen").to_records(index=False).tolist()
    assert listed == [tuple(row) for row in expected]


def test_the_example_of_the_page_can_be_read() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "assessment_indicators.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    assert examples
    for text in examples:
        assert len(gg.read_indicators(text)) >= 1
