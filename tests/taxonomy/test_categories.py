"""Categories, departments and channels: words, codes, aliases."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from gridgov.errors import OptionError
from gridgov.taxonomy.categories import KINDS, category_label, find_term, known, term_label, terms

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"


def test_the_seven_themes_of_the_district_are_there() -> None:
    assert [term.zh for term in terms("category").values()] == [
        "违法建设",
        "占道经营",
        "户外广告",
        "LED电子显示屏",
        "背街小巷",
        "暴露垃圾",
        "垃圾分类",
    ]


def test_the_eight_departments_and_six_channels_are_there() -> None:
    assert [term.zh for term in terms("department").values()] == [
        *("公安", "食药", "安监", "环保", "城管", "工商", "交通", "消防")
    ]
    assert [term.zh for term in terms("channel").values()] == [
        *("巡查", "热线", "APP", "微信", "短信", "视频")
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("违法建设", "illegal_construction"),
        ("私搭乱建", "illegal_construction"),
        (" 违法搭建 ", "illegal_construction"),
        ("占道游商", "street_vending"),
        ("无照经营游商", "street_vending"),
        ("ＬＥＤ电子显示屏", "led_screen"),
        ("led屏", "led_screen"),
        ("Garbage Sorting", "garbage_sorting"),
        ("违章建筑物（待核）", None),
        ("井盖缺失", None),
        ("{{ 7 * 7 }}", None),
        ("", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_text_is_known_as_a_whole_or_not_at_all(text, key) -> None:
    assert known("category", [text]).tolist() == [key]


def test_many_texts_keep_their_order_and_repeat() -> None:
    found = known("channel", ["微信", "飞鸽", None, "微信", "12345"])
    assert found.tolist() == ["wechat", None, None, "wechat", "hotline"]
    assert found.dtype == np.object_
    assert known("department", []).tolist() == []


def test_labels_follow_the_language_and_unknown_text_stays_as_read() -> None:
    assert category_label("私搭乱建", "zh") == "违法建设"
    assert category_label("私搭乱建", "en") == "Illegal construction"
    assert category_label("<b>未知</b>", "en") == "<b>未知</b>"
    assert term_label("department", "城管", "en") == "Urban management"


def test_an_unknown_kind_or_language_is_an_error() -> None:
    with pytest.raises(OptionError, match="kind must be one of 'category', 'department'"):
        known("street", ["x"])
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        category_label("违法建设", "fr")


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_stands_for_two_terms_and_every_field_is_filled(kind: str) -> None:
    every = terms(kind).values()
    owner: dict[str, str] = {}
    for term in every:
        for word in (term.key, term.en, term.zh, *term.aliases):
            assert owner.setdefault("".join(word.casefold().split()), term.key) == term.key
    assert len(owner) >= 3 * len(every)
    assert all(term.source and term.version and term.scheme for term in every)
    assert all(term.codes for term in every if term.scheme != "gridgov")


def test_a_term_says_where_its_codes_come_from() -> None:
    term = find_term("category", "店外经营")
    assert term is not None
    assert (term.scheme, term.codes) == ("cjt214_style", ("05-01", "05-03", "05-04"))
    assert find_term("category", "井盖缺失") is None


def test_the_codes_stand_in_the_reference_list() -> None:
    path = REFERENCE / "codes_events_cjt214_style.csv"
    if not path.is_file():
        pytest.skip("shared/reference absent")
    with path.open(encoding="utf-8") as file:
        rows = {f"{row['major']}-{row['minor']}": row["minor_name"] for row in csv.DictReader(file)}
    ours = [term for term in terms("category").values() if term.scheme == "cjt214_style"]
    assert len(ours) == 4
    for term in ours:
        for code in term.codes:
            assert rows[code] in (term.zh, *term.aliases)
