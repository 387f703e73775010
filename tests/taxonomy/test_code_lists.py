"""Lists of codes: keyed by list and code, whole, in both languages, each row with its source."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from gridgov.columns import TABLES
from gridgov.errors import OptionError
from gridgov.schema.codes import CODE_MATCHES, CONFIDENCES, ID_REASONS, RELATIONS
from gridgov.taxonomy.categories import terms
from gridgov.taxonomy.code_lists import SCHEMES, code_aliases, code_list, theme_codes
from gridgov.taxonomy.labels import labels

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
CODES = code_list()


def name_of(scheme: str, code: str) -> str:
    row = CODES[(CODES["scheme"] == scheme) & (CODES["code"] == code)]
    assert len(row) == 1
    return str(row["zh"].iloc[0])


def test_every_list_has_the_documented_columns_and_a_unique_key() -> None:
    assert CODES.columns.tolist() == TABLES["codes"].names
    assert not CODES.duplicated(["scheme", "code"]).any()
    assert {str(dtype) for dtype in CODES.dtypes} == {"str"}
    # Rows counted in the reference files; 7 + 8 + 6 words of our own.
    assert CODES["scheme"].value_counts().to_dict() == {
        "beijing_chaoyang": 201,
        "cjt214_style": 55,
        "gridgov": 21,
        "beijing_back_alley": 10,
        "beijing_shijingshan": 9,
    }


@pytest.mark.parametrize("column", ["zh", "en", "source", "version", "confidence", "kind"])
def test_every_row_says_this(column: str) -> None:
    assert CODES[column].notna().all()


def test_names_are_in_the_language_that_they_say() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    # The app is called APP in Chinese too.
    assert CODES["zh"][~CODES["zh"].str.contains(han)].tolist() == ["APP"]
    assert not CODES["en"].str.contains(han).any()
    classes = CODES[["major_zh", "major_en"]].dropna()
    assert classes["major_zh"].str.contains(han).all()
    assert not classes["major_en"].str.contains(han).any()
    assert (CODES["major_zh"].isna() == CODES["major_en"].isna()).all()


def test_no_name_has_two_translations_in_a_list() -> None:
    grouped = CODES.groupby(["scheme", "zh"])["en"].nunique()
    assert grouped.max() == 1


def test_the_same_code_is_another_matter_in_another_list() -> None:
    assert name_of("cjt214_style", "01-01") == "私搭乱建"
    assert name_of("beijing_chaoyang", "200101") == "新增建筑"
    both = CODES[(CODES["standard_code"] == "01001") & (CODES["kind"] == "event")]
    assert both["zh"].tolist() == ["私搭乱建", "新增建筑"]


def test_two_digit_minors_are_filled_up_and_the_code_stays() -> None:
    events = code_list("cjt214_style").set_index("code")
    assert events.loc["01-02", "minor"] == "02"
    assert events.loc["01-02", "standard_code"] == "01002"
    assert events.loc["05-99", "standard_code"] == "05099"
    assert pd.isna(events.loc["21", "standard_code"])
    numbered = CODES["standard_code"].dropna()
    assert numbered.str.fullmatch(r"\d{5}").all()


def test_the_class_of_the_dirty_water_body_is_put_right() -> None:
    row = code_list("cjt214_style").set_index("code").loc["01-05"]
    assert (row["zh"], row["major_zh"]) == ("水域不洁", "市容环境")
    assert "parent 0" in row["source"]


@pytest.mark.parametrize(
    ("file", "scheme"),
    [
        ("codes_events_cjt214_style.csv", "cjt214_style"),
        ("codes_beijing_chaoyang.csv", "beijing_chaoyang"),
    ],
)
def test_the_lists_are_the_reference_files(file: str, scheme: str) -> None:
    path = REFERENCE / file
    if not path.is_file():
        pytest.skip("shared/reference absent")
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    ours = code_list(scheme)
    assert ours["zh"].tolist() == [row["minor_name"] or row["major_name"] for row in rows]
    assert ours["major"].tolist() == [row["major"] for row in rows]
    assert ours["kind"].tolist() == [row["kind"] for row in rows]
    assert ours["minor"].fillna("").tolist() == [row["minor"] for row in rows]
    if "code" in rows[0]:
        assert ours["code"].tolist() == [row["code"] for row in rows]


def test_our_own_words_are_a_list_too() -> None:
    own = code_list("gridgov")
    assert own["kind"].value_counts().to_dict() == {"department": 8, "category": 7, "channel": 6}
    assert own.set_index("code").loc["street_vending", "zh"] == "占道经营"


def test_the_codes_of_every_category_stand_in_their_list_and_in_its_theme() -> None:
    for key, term in terms("category").items():
        theme = theme_codes(key)
        for code in term.codes:
            assert name_of(term.scheme, code) in (term.zh, *term.aliases)
            assert ((theme["scheme"] == term.scheme) & (theme["code"] == code)).any()


def test_themes_are_our_categories_and_lead_to_codes_that_exist() -> None:
    themes = theme_codes()
    assert themes["category"].unique().tolist() == list(terms("category"))
    keys = set(zip(CODES["scheme"], CODES["code"], strict=True))
    assert set(zip(themes["scheme"], themes["code"], strict=True)) <= keys
    assert not themes.duplicated(["category", "scheme", "code"]).any()
    assert len(theme_codes("back_alley")) == 10
    # No list has a code for sorting: what is near is not given out as certain.
    assert set(theme_codes("garbage_sorting")["confidence"]) == {"low"}


def test_aliases_lead_from_codes_to_codes_that_exist() -> None:
    aliases = code_aliases()
    keys = set(zip(CODES["scheme"], CODES["code"], strict=True))
    assert set(zip(aliases["scheme"], aliases["code"], strict=True)) <= keys
    local = aliases[aliases["alias_scheme"].isin(SCHEMES)]
    assert set(zip(local["alias_scheme"], local["alias"], strict=True)) <= keys
    assert not aliases.duplicated(["scheme", "alias_scheme", "alias"]).any()
    assert set(aliases["relation"]) <= set(RELATIONS)


def test_only_the_same_words_are_called_the_same() -> None:
    aliases = code_aliases()
    local = aliases[aliases["alias_scheme"].isin(SCHEMES)]
    for row in local.to_dict("records"):
        here = name_of(row["scheme"], row["code"])
        there = name_of(row["alias_scheme"], row["alias"])
        assert (here == there) == (row["relation"] == "same"), (here, there)
    assert (aliases.loc[aliases["relation"] != "same", "confidence"] == "low").all()


def test_the_retired_street_is_an_alias_that_says_it_is_unsure() -> None:
    row = code_aliases("beijing_shijingshan").set_index("alias").loc["北辛安街道"]
    assert row[["code", "relation", "confidence"]].tolist() == ["110107004", "retired", "low"]


def test_streets_have_nine_digits_and_none_is_called_certain_without_an_official_page() -> None:
    streets = code_list("beijing_shijingshan").set_index("zh")
    assert streets["code"].str.fullmatch(r"110107\d{3}").all()
    assert streets.loc["鲁谷街道", "code"] == "110107011"
    assert streets["confidence"].value_counts().to_dict() == {"medium": 8, "high": 1}


def test_a_changed_copy_changes_nobody_elses() -> None:
    for make in (code_list, code_aliases, theme_codes):
        first = make()
        first.loc[0, "source"] = "changed"
        del first["code"]
        assert "code" in make().columns
        assert make().loc[0, "source"] != "changed"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: code_list("cjt214"), "scheme must be one of .* Did you mean 'cjt214_style'"),
        (lambda: code_list("cjt214_style", kind="component"), "kind must be one of 'event'"),
        (lambda: code_aliases("nyc_311"), "scheme must be one of 'cjt214_style'"),
        (lambda: theme_codes("garbage"), "theme must be one of 'illegal_construction'"),
    ],
)
def test_what_is_not_there_is_an_error(call, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        call()


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("code_match", CODE_MATCHES),
        ("confidence", CONFIDENCES),
        ("relation", RELATIONS),
        ("code_kind", tuple(CODES["kind"].unique())),
        ("reason", ID_REASONS),
    ],
)
def test_every_word_of_these_tables_has_both_languages(kind: str, needed: tuple[str, ...]) -> None:
    assert set(needed) <= set(labels(kind, "zh"))
    assert set(needed) <= set(labels(kind, "en"))
