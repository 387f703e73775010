"""Ids built from codes: there and back, and a reason for every one that is not valid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError
from gridgov.taxonomy.unit_ids import (
    make_case_codes,
    make_unit_grid_ids,
    parse_case_codes,
    parse_unit_grid_ids,
)

GRID_PARTS = ["district_code", "street_number", "community_number", "sequence"]
CASE_PARTS = ["district_code", "major", "minor", "sequence"]


def numbers(width: int) -> st.SearchStrategy[str]:
    return st.integers(1, 10**width - 1).map(lambda number: str(number).zfill(width))


DISTRICTS = st.sampled_from(["110107", "110000", "310104", "650102", "820000"])
GRIDS = st.lists(st.tuples(DISTRICTS, numbers(3), numbers(3), numbers(3)), max_size=20)
CASES = st.lists(st.tuples(DISTRICTS, numbers(2), numbers(3), numbers(5)), max_size=20)


def test_a_unit_grid_is_taken_apart() -> None:
    # Layout of Beijing's local standard: 6 district, 3 street, 3 community, 3 sequence.
    table = parse_unit_grid_ids(pd.Series(["110107011002015"], index=["here"]))
    assert table.columns.tolist() == TABLES["unit_grid_ids"].names
    row = table.loc["here"]
    assert row.tolist()[:-1] == [
        *("110107011002015", "110107011002015", "110107", "011", "002", "015"),
        *("110107011", "110107011002"),
    ]
    assert pd.isna(row["reason"])


def test_a_case_code_is_taken_apart() -> None:
    # 6 district, 2 major, 3 minor, 5 sequence; minors from 080 are a city's own.
    table = parse_case_codes(["1101070500400007", "1101070507900007", "1101070508000007"])
    assert table.columns.tolist() == TABLES["case_codes"].names
    assert table.iloc[0][["district_code", "major", "minor", "sequence"]].tolist() == [
        *("110107", "05", "004", "00007")
    ]
    assert table["standard_code"].tolist() == ["05004", "05079", "05080"]
    assert table["extension"].tolist() == [False, False, True]
    assert table["reason"].isna().all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("110107011002015", None),
        (" 110107 011 002 015 ", None),
        ("１１０１０７０１１００２０１５", None),
        ("110107\u3000011\u00a0002\n015", None),
        (110107011002015, None),
        (np.int64(110107011002015), None),
        (110107011002015.0, None),
        (None, "missing"),
        (float("nan"), "missing"),
        ("", "missing"),
        (" \u3000", "missing"),
        ("1.10107E+14", "rounded_number"),
        ("1,10107e14", "rounded_number"),
        ("110107-011-002-015", "not_digits"),
        ("'110107011002015", "not_digits"),
        ("11010701100201①", "not_digits"),
        ("11010701100201²", "not_digits"),
        ("11010701100201٥", "not_digits"),
        ("-110107011002015", "not_digits"),
        ("{{ 7 * 7 }}", "not_digits"),
        ("=HYPERLINK(1)", "not_digits"),
        ("110107011002015\x00", "not_digits"),
        ("11010701100201", "wrong_length"),
        ("1101070110020150", "wrong_length"),
        ("100107011002015", "unknown_province"),
        ("990107011002015", "unknown_province"),
        ("110107000002015", "zero_part"),
        ("110107011000015", "zero_part"),
        ("110107011002000", "zero_part"),
    ],
)
def test_an_id_is_valid_or_says_why_not(text: object, reason: str | None) -> None:
    row = parse_unit_grid_ids([text, "110107011002015"]).iloc[0]
    assert (None if pd.isna(row["reason"]) else row["reason"]) == reason
    found = None if pd.isna(row["unit_grid_id"]) else row["unit_grid_id"]
    assert found == ("110107011002015" if reason is None else None)


def test_the_parts_stay_when_only_what_they_say_is_wrong() -> None:
    row = parse_unit_grid_ids(["990107011002000"]).iloc[0]
    assert row[GRID_PARTS].tolist() == ["990107", "011", "002", "000"]
    assert row["id_text"] == "990107011002000"
    assert row["reason"] == "unknown_province"
    short = parse_unit_grid_ids(["9901"]).iloc[0]
    assert short[[*GRID_PARTS, "street_id"]].isna().all()


def test_sixteen_digits_as_a_float_have_lost_the_last() -> None:
    # A spreadsheet makes 1101070500400007 into 1101070500400000.
    assert parse_case_codes([1101070500400000.0])["reason"].tolist() == ["rounded_number"]
    column = pd.Series([1101070500400007.0, np.nan])
    assert parse_case_codes(column)["reason"].tolist() == ["rounded_number", "missing"]
    whole = parse_case_codes(np.array([1101070500400007]))
    assert whole["case_code"].tolist() == ["1101070500400007"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1101070000400007", "zero_part"),
        ("1101070500000007", "zero_part"),
        ("1101070500400000", "zero_part"),
        ("110107050040000A", "not_digits"),
        ("110107050040007", "wrong_length"),
        ("0001070500400007", "unknown_province"),
    ],
)
def test_a_case_code_says_why_it_is_not_valid(text: str, reason: str) -> None:
    assert parse_case_codes([text])["reason"].tolist() == [reason]


def test_short_parts_are_filled_up_and_long_ones_are_a_reason() -> None:
    parts = pd.DataFrame(
        {
            "district_code": ["110107", 110107, "110107", "1107", None, "110107"],
            "major": ["5", 5.0, "05", "05", "05", "x"],
            "minor": ["04", 4, "1004", "04", "04", "04"],
            "sequence": [7, "００００７", 7, 7, 7, 7],
        },
        index=list("abcdef"),
    )
    made = make_case_codes(parts)
    assert made["case_code"].tolist()[:2] == ["1101070500400007"] * 2
    assert made["reason"].fillna("").tolist() == [
        *("", "", "wrong_length", "wrong_length", "missing", "not_digits")
    ]
    assert made.index.tolist() == list("abcdef")
    assert made["id_text"].isna().all()
    # A district is never filled up: 001107 would be another one.
    assert pd.isna(made.loc["d", "district_code"])


@given(GRIDS)
def test_unit_grids_come_back_from_their_parts(rows: list[tuple[str, str, str, str]]) -> None:
    parts = pd.DataFrame(rows, columns=GRID_PARTS, dtype="str")
    made = make_unit_grid_ids(parts)
    assert made["reason"].isna().all()
    assert made["unit_grid_id"].tolist() == ["".join(row) for row in rows]
    parsed = parse_unit_grid_ids(made["unit_grid_id"])
    pd.testing.assert_frame_equal(parsed[GRID_PARTS], parts)
    pd.testing.assert_frame_equal(parsed.drop(columns="id_text"), made.drop(columns="id_text"))


@given(CASES)
def test_case_codes_come_back_from_their_parts(rows: list[tuple[str, str, str, str]]) -> None:
    parts = pd.DataFrame(rows, columns=CASE_PARTS, dtype="str")
    made = make_case_codes(parts)
    assert made["reason"].isna().all()
    parsed = parse_case_codes(made["case_code"])
    pd.testing.assert_frame_equal(parsed[CASE_PARTS], parts)
    pd.testing.assert_frame_equal(parsed.drop(columns="id_text"), made.drop(columns="id_text"))
    as_numbers = parts.astype({"major": int, "minor": int, "sequence": int})
    pd.testing.assert_frame_equal(make_case_codes(as_numbers), made)


@given(st.lists(st.one_of(st.none(), st.text(max_size=18), st.text("0123456789", max_size=17))))
def test_every_text_has_an_id_or_a_reason_and_never_both(texts: list[str | None]) -> None:
    for parse, name in ((parse_unit_grid_ids, "unit_grid_id"), (parse_case_codes, "case_code")):
        table = parse(pd.Series(texts, dtype="str"))
        assert len(table) == len(texts)
        assert (table[name].isna() == table["reason"].notna()).all()
        width = 15 if name == "unit_grid_id" else 16
        assert table[name].dropna().str.fullmatch(rf"[0-9]{{{width}}}").all()
        again = parse(table[name].dropna())
        assert again["reason"].isna().all()


def test_nothing_in_gives_nothing_out() -> None:
    for parse, name in ((parse_unit_grid_ids, "unit_grid_ids"), (parse_case_codes, "case_codes")):
        table = parse([])
        assert len(table) == 0
        assert table.columns.tolist() == TABLES[name].names


def test_columns_are_of_the_documented_kind() -> None:
    for table, name in (
        (parse_unit_grid_ids(["x", None]), "unit_grid_ids"),
        (make_case_codes(pd.DataFrame([[1, 2, 3, 4]], columns=CASE_PARTS)), "case_codes"),
    ):
        for column in TABLES[name].columns:
            assert str(table[column.name].dtype) == column.dtype, column.name


def test_the_input_is_not_changed() -> None:
    ids = pd.Series([" 110107011002015 "])
    parts = pd.DataFrame([["110107", 1, 2, 3]], columns=GRID_PARTS)
    before = parts.copy()
    parse_unit_grid_ids(ids)
    make_unit_grid_ids(parts)
    assert ids.tolist() == [" 110107011002015 "]
    pd.testing.assert_frame_equal(parts, before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: parse_case_codes(pd.DataFrame({"id": ["1"]})),
            r"one column: .* Found: DataFrame\. Pass table\['column'\]",
        ),
        (lambda: parse_unit_grid_ids("110107011002015"), "Found: str"),
        (lambda: parse_unit_grid_ids(np.zeros((2, 2))), "Found: ndarray"),
        (
            lambda: make_case_codes(pd.DataFrame({"major": [1], "kind": [2]})),
            "must have the columns district_code, minor, sequence. Found: major, kind",
        ),
        (lambda: make_unit_grid_ids(["1"]), "must be a table .* Found: list"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_column_of_ids_is_one_clear_error(call, words: str) -> None:
    with pytest.raises(ColumnsError, match=words):
        call()
