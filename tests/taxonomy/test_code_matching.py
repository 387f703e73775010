"""Finding texts in a list of codes: nothing guessed, nothing dropped, everything counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.taxonomy.code_lists import code_aliases, code_list
from gridgov.taxonomy.code_matching import match_codes
from gridgov.taxonomy.unit_ids import parse_case_codes

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
NYC = pd.DataFrame(
    {
        "scheme": "nyc_311",
        "code": ["N01", "N02", "H01"],
        "en": ["Noise - Street/Sidewalk", "Noise - Park", "HEAT/HOT WATER"],
        "aliases": ["street noise|Noise Street", None, "heat"],
    }
)


def reports(*texts: object) -> pd.DataFrame:
    return pd.DataFrame({"category": list(texts)})


def matches(frame: pd.DataFrame, **options) -> list[tuple[object, str]]:
    found = match_codes(frame, column="category", **options)
    codes = found["code"].astype(object).where(found["code"].notna(), None)
    return list(zip(codes, found["code_match"], strict=True))


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("05-04", "05-04", "code"),
        (" ０５-０４ ", "05-04", "code"),
        ("05004", "05-04", "code"),
        ("店外经营", "05-04", "name"),
        ("trading OUTSIDE the shop", "05-04", "name"),
        ("违法搭建", "01-01", "alias"),
        ("道路撒遗", "01-12", "alias"),
        ("0504", None, "unknown"),
        ("店外", None, "unknown"),
        ("{{ 7 * 7 }}", None, "unknown"),
        ("<b>05-04</b>", None, "unknown"),
        ("=05-04", None, "unknown"),
        ("", None, "missing"),
        ("　", None, "missing"),
        (None, None, "missing"),
        (float("nan"), None, "missing"),
    ],
)
def test_a_text_is_found_as_a_whole_or_not_at_all(text, code, how) -> None:
    assert matches(reports(text, "私搭乱建"), scheme="cjt214_style")[0] == (code, how)


def test_rows_order_index_and_own_columns_stay() -> None:
    frame = pd.DataFrame({"category": ["x", "暴露垃圾"], "note": [1, 2]}, index=[7, 3])
    frame.attrs["as_of"] = "then"
    found = match_codes(frame, column="category", scheme="cjt214_style")
    assert found.index.tolist() == [7, 3]
    assert found.columns.tolist() == [*TABLES["matched_codes"].names, "category", "note"]
    assert {str(found[name].dtype) for name in TABLES["matched_codes"].names} == {"str"}
    assert found.attrs["as_of"] == "then"
    assert frame.columns.tolist() == ["category", "note"]
    assert frame.attrs == {"as_of": "then"}


def test_unknown_and_missing_are_counted_apart_and_the_sum_is_all_rows() -> None:
    frame = reports("井盖缺失", "噪声扰民", "井盖缺失", None, "店外经营", " ")
    told = match_codes(frame, column="category", scheme="cjt214_style").attrs["code_match"]
    assert told == {
        "column": "category",
        "scheme": "cjt214_style",
        "rows": 6,
        "code": 0,
        "name": 1,
        "alias": 0,
        "ambiguous": 0,
        "unknown": 3,
        "missing": 2,
        "unknown_texts": {"井盖缺失": 2, "噪声扰民": 1},
        "different_unknown": 2,
        "ambiguous_texts": {},
        "different_ambiguous": 0,
    }


def test_only_the_most_frequent_unknown_texts_are_listed_but_all_are_counted() -> None:
    frame = reports(*[f"x{number}" for number in range(50)], "x49")
    told = match_codes(frame, column="category", scheme="gridgov").attrs["code_match"]
    assert (told["unknown"], told["different_unknown"]) == (51, 50)
    assert len(told["unknown_texts"]) == 20
    assert next(iter(told["unknown_texts"].items())) == ("x49", 2)


def test_a_text_for_several_codes_gets_none_of_them() -> None:
    frame = reports("无照经营游商", "200501", "广告牌匾", "01001")
    found = match_codes(frame, column="category", scheme="beijing_chaoyang")
    assert found["code_match"].tolist() == ["ambiguous", "code", "ambiguous", "ambiguous"]
    assert found["code"].isna().tolist() == [True, False, True, True]
    assert found["code_name"].tolist() == [
        *("无照经营游商", "Unlicensed street vendor", "广告牌匾", "01001")
    ]
    assert found.attrs["code_match"]["ambiguous_texts"]["广告牌匾"] == 1
    # The kind tells a component from an event.
    assert matches(frame.iloc[2:], scheme="beijing_chaoyang", kind="component") == [
        ("100307", "name"),
        ("100101", "code"),
    ]


def test_a_local_code_is_not_looked_up_by_its_digits_when_its_meaning_is_given() -> None:
    # 01-01 of this city is what the list calls 02-01.
    found = matches(reports("01-01", "01-02"), scheme="cjt214_style", aliases={"01-01": "02-01"})
    assert found == [("02-01", "alias"), ("01-02", "code")]


def test_local_codes_lead_to_another_list_by_its_aliases() -> None:
    frame = reports("200504", "200104", "200199")
    aliases = code_aliases("cjt214_style", alias_scheme="beijing_chaoyang")
    found = match_codes(frame, column="category", scheme="cjt214_style", aliases=aliases, lang="zh")
    assert found["code"].tolist()[:2] == ["05-04", "01-04"]
    assert found["code_name"].tolist() == ["店外经营", "道路不洁", "200199"]
    assert found["code_match"].tolist() == ["alias", "alias", "unknown"]


def test_two_aliases_that_disagree_are_ambiguous() -> None:
    aliases = pd.DataFrame(
        {
            "scheme": "cjt214_style",
            "alias_scheme": ["a", "b"],
            "alias": ["7", "7"],
            "code": ["01-01", "01-02"],
        }
    )
    found = matches(reports("7"), scheme="cjt214_style", aliases=aliases)
    assert found == [(None, "ambiguous")]
    assert matches(reports("7"), scheme="cjt214_style", aliases=aliases.iloc[:1]) == [
        ("01-01", "alias")
    ]


def test_a_list_of_another_city_works_as_ours_do() -> None:
    frame = reports("N01", "noise - park", "Street Noise", "H01", "Rodent")
    assert matches(frame, scheme="nyc_311", codes=NYC) == [
        ("N01", "code"),
        ("N02", "name"),
        ("N01", "alias"),
        ("H01", "code"),
        (None, "unknown"),
    ]
    # It has English names only, which are better than none.
    named = match_codes(frame, column="category", scheme="nyc_311", codes=NYC, lang="zh")
    assert named["code_name"].iloc[0] == "Noise - Street/Sidewalk"


def test_a_list_without_names_is_shown_by_its_codes() -> None:
    codes = pd.DataFrame({"scheme": "s", "code": ["1", "2"]})
    found = match_codes(reports("2"), column="category", scheme="s", codes=codes)
    assert found["code_name"].tolist() == ["2"]


def test_numbers_from_a_spreadsheet_are_their_digits() -> None:
    codes = pd.DataFrame({"scheme": "s", "code": ["501", "7"], "en": ["a", "b"]})
    assert matches(reports(501.0, 7.0, np.nan), scheme="s", codes=codes) == [
        ("501", "code"),
        ("7", "code"),
        (None, "missing"),
    ]


def test_columns_that_are_called_as_ours_are_kept_beside_them() -> None:
    frame = pd.DataFrame({"code": ["01-02", "x"], "scheme": ["a", "b"]})
    once = match_codes(frame, column="code", scheme="cjt214_style")
    assert once["code_source"].tolist() == ["01-02", "x"]
    assert once["scheme_source"].tolist() == ["a", "b"]
    twice = match_codes(once, column="code_source", scheme="cjt214_style")
    assert twice["code_source_source"].fillna("-").tolist() == ["01-02", "-"]


def test_lists_and_other_odd_values_are_unknown_and_no_crash() -> None:
    found = matches(reports(["05-04"], {"a": 1}, pd.Timestamp("2024-01-01")), scheme="gridgov")
    assert found == [(None, "unknown")] * 3


def test_case_codes_are_named_through_their_five_digits() -> None:
    parsed = parse_case_codes(["1101070500400007", "110107010"])
    named = match_codes(parsed, column="standard_code", scheme="cjt214_style", kind="event")
    assert named["code"].fillna("-").tolist() == ["05-04", "-"]
    assert named["code_match"].tolist() == ["code", "missing"]


def test_an_empty_table_stays_empty() -> None:
    found = match_codes(reports().astype({"category": "str"}), column="category", scheme="gridgov")
    assert len(found) == 0
    assert found.attrs["code_match"]["rows"] == 0


def test_every_category_of_the_sample_is_known_or_counted() -> None:
    frame = pd.read_csv(SAMPLE / "incidents.csv", encoding="utf-8-sig", dtype="str")
    found = match_codes(frame, column="问题类型", scheme="gridgov", kind="category", lang="zh")
    told = found.attrs["code_match"]
    # Counted with cut, sort and uniq: 19,968 rows of the seven categories, 100 of others.
    assert told["name"] == 5672 + 4096 + 3599 + 2866 + 1841 + 1209 + 685
    assert told["unknown_texts"] == {
        "噪声扰民": 40,
        "共享单车乱停放": 26,
        "违章建筑物（待核）": 14,
        "井盖缺失": 14,
        "{{ 7 * 7 }}": 5,
        "<b>未知</b>": 1,
    }
    assert sum(told[way] for way in ("name", "unknown", "missing")) == len(frame)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"scheme": "nyc_311"}, OptionError, "scheme must be one of .*read_codes"),
        ({"scheme": "x", "codes": NYC}, EmptyTableError, "scheme 'x'. Found: 'nyc_311'"),
        ({"scheme": "gridgov", "kind": "event"}, OptionError, "kind must be one of 'category'"),
        ({"scheme": "gridgov", "lang": "fr"}, OptionError, "lang must be one of"),
        (
            {"scheme": "cjt214_style", "aliases": {"a": "01-01", "b": "1-1"}},
            ColumnsError,
            "Found: 1 of 2 that do not, the first from 'b' to '1-1'",
        ),
        (
            {"scheme": "gridgov", "aliases": code_aliases()},
            EmptyTableError,
            "lead to the scheme 'gridgov'. Found: 'cjt214_style'",
        ),
        (
            {"scheme": "nyc_311", "codes": pd.concat([NYC, NYC])},
            ColumnsError,
            "Found: 6 rows with a code that occurs again, the first 'N01'",
        ),
        ({"scheme": "s", "codes": NYC[["code"]]}, ColumnsError, "must have the column scheme"),
    ],
)
def test_what_cannot_be_looked_up_is_one_clear_error(options, error, words: str) -> None:
    with pytest.raises(error, match=words):
        match_codes(reports("x"), column="category", **options)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnsError, match=r"column 'kind'\. Found: category"):
        match_codes(reports("x"), column="kind", scheme="gridgov")
    with pytest.raises(ColumnsError, match="Found: list"):
        match_codes(["x"], column="kind", scheme="gridgov")  # type: ignore[arg-type]


NAMES = st.sampled_from(code_list()["zh"].tolist())


@given(st.lists(st.one_of(st.none(), st.text(max_size=6), NAMES)))
def test_every_row_is_kept_and_counted_once_whatever_it_says(texts: list[str | None]) -> None:
    frame = pd.DataFrame({"category": pd.Series(texts, dtype="str")})
    found = match_codes(frame, column="category", scheme="beijing_chaoyang")
    told = found.attrs["code_match"]
    assert len(found) == told["rows"] == len(texts)
    ways = ("code", "name", "alias", "ambiguous", "unknown", "missing")
    assert sum(told[way] for way in ways) == len(texts)
    assert (found["code"].notna() == found["code_match"].isin(ways[:3])).all()
    pd.testing.assert_series_equal(found["category"], frame["category"])
