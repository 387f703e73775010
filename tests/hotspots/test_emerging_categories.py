"""The seventeen categories: the truth table, every short history, and others' mistakes.

A history is written as a word: H a hot period, C a cold one, a dot neither.
"""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from gridgov.errors import InputError, OptionError
from gridgov.hotspots.emerging_categories import categorize
from gridgov.schema.emerging import EMERGING_CATEGORIES
from gridgov.taxonomy.category_palette import EMERGING_COLORS
from gridgov.taxonomy.labels import labels


def category_of(words, trend, esri="3"):
    letters = np.array([list(word) for word in words])
    trends = np.broadcast_to(trend, len(words))
    return categorize(letters == "H", letters == "C", trends, esri=esri).tolist()


# Worked from the published definitions; the last column where the wording up to 2.6 differs.
TRUTH = [
    ("..........", 0, "no pattern", None),
    (".........H", 0, "new hot", None),
    ("........HH", 0, "consecutive hot", None),
    ("...H....HH", 0, "sporadic hot", None),
    ("HHHHHHHHHH", 1, "intensifying hot", None),
    ("HHHHHHHHHH", 0, "persistent hot", None),
    ("HHHHHHHHHH", -1, "diminishing hot", None),
    (".HHHHHHHHH", 1, "intensifying hot", None),
    ("HHHHHHHHH.", 0, "historical hot", None),
    ("HHHHHHHH..", 0, "no pattern", "sporadic hot"),
    ("C........H", 0, "oscillating hot", None),
    ("CC...HHHHH", 0, "oscillating hot", None),
    ("HHHHHHHHHC", 0, "oscillating cold", None),
    (".........C", 0, "new cold", None),
    ("........CC", 0, "consecutive cold", None),
    ("...C....CC", 0, "sporadic cold", None),
    ("CCCCCCCCCC", 1, "diminishing cold", None),
    ("CCCCCCCCCC", -1, "intensifying cold", None),
    ("CCCCCCCCCC", 0, "persistent cold", None),
    ("CCCCCCCCC.", 0, "historical cold", None),
    ("H.H.H.H.H.", 0, "no pattern", "sporadic hot"),
    ("H.H.H.H.HH", 0, "sporadic hot", None),
    ("C.C.C.C.C.", 0, "no pattern", "sporadic cold"),
    ("CHHHHHHHHH", 0, "persistent hot", None),
    ("HC.......C", 0, "oscillating cold", None),
    ("HC........", 0, "no pattern", None),
]


@pytest.mark.parametrize(("word", "trend", "expected", "older"), TRUTH)
def test_the_truth_table_holds_in_both_wordings(word, trend, expected, older):
    assert category_of([word], trend) == [expected]
    assert category_of([word], trend, "2.6") == [older or expected]


def test_the_truth_table_shows_all_seventeen():
    assert {row[2] for row in TRUTH} == set(EMERGING_CATEGORIES)
    assert len(EMERGING_CATEGORIES) == 17


# ---- an independent reading of the definitions, one word at a time


def plain_side(word, trend, esri):
    """Return the category of a word's hot side by patterns of its letters."""
    often = 10 * word.count("H") >= 9 * len(word)
    if not word.endswith("H"):
        if often:
            return "historical"
        return "sporadic" if esri == "2.6" and re.fullmatch(r"[.H]*H[.H]*", word) else None
    if often:
        return {1: "intensifying", 0: "persistent", -1: "diminishing"}[trend]
    if "C" in word:
        return "oscillating"
    if re.fullmatch(r"\.*H", word):
        return "new"
    return "consecutive" if re.fullmatch(r"\.*HH+", word) else "sporadic"


def plain_category(word, trend, esri):
    hot = plain_side(word, trend, esri)
    cold = plain_side(word.translate(str.maketrans("HC", "CH")), -trend, esri)
    if hot and not word.endswith("C"):
        return f"{hot} hot"
    return f"{cold} cold" if cold else "no pattern"


@pytest.mark.parametrize("esri", ["3", "2.6"])
@pytest.mark.parametrize("trend", [-1, 0, 1])
def test_every_history_of_up_to_eight_periods(esri, trend):
    for periods in range(1, 9):
        words = ["".join(letters) for letters in product(".HC", repeat=periods)]
        expected = [plain_category(word, trend, esri) for word in words]
        assert category_of(words, trend, esri) == expected


@pytest.mark.parametrize("esri", ["3", "2.6"])
@pytest.mark.parametrize("periods", [10, 19, 20, 36])
def test_long_histories_near_nine_in_ten(esri, periods):
    # Up to eight periods, nine in ten means all of them; here it does not.
    rng = np.random.default_rng(periods)
    letters = np.where(
        rng.uniform(size=(2_000, periods)) < 0.9,
        rng.choice(["H", "C"], (2_000, 1)),
        rng.choice([".", "H", "C"], (2_000, periods)),
    )
    words = ["".join(row) for row in letters.tolist()]
    trends = rng.integers(-1, 2, 2_000)
    expected = [
        plain_category(word, trend, esri)
        for word, trend in zip(words, trends.tolist(), strict=True)
    ]
    assert category_of(words, trends, esri) == expected
    assert len(set(expected)) > 8


# ---- mistakes of other tools


def test_a_fading_cold_cell_is_no_hot_spot_that_intensifies():
    # sfdep's rule for intensifying hotspots does not look at the sign of z.
    assert category_of(["CCCCCCCCCC"], 1) == ["diminishing cold"]


def test_a_past_hot_spot_need_not_end_below_the_mean():
    # sfdep asks the last z to be negative; not being significant is what counts.
    assert category_of(["HHHHHHHHH."], 0) == ["historical hot"]
    assert category_of(["HHHHHHHHHHHHHHHHHHC."], 0) == ["historical hot"]


def test_having_been_cold_does_not_leave_a_hot_cell_without_a_category():
    # sfdep's new and consecutive reject any significant period before, also a cold one.
    assert category_of(["C........H", "C.......HH"], 0) == ["oscillating hot"] * 2


def test_nine_in_ten_comes_before_having_been_cold():
    # geolibre asks for oscillating first.
    assert category_of(["CHHHHHHHHH"], 0) == ["persistent hot"]
    assert category_of(["HCCCCCCCCC"], -1) == ["intensifying cold"]


def test_nine_in_ten_is_exact():
    # 27 of 30, 9 of 10 and 18 of 20 are 90 %; 26 of 29 is not.
    words = ["." * 3 + "H" * 27, "." + "H" * 9, ".." + "H" * 18]
    assert [category_of([word], 0)[0] for word in words] == ["persistent hot"] * 3
    assert category_of(["." * 3 + "H" * 26], 0) == ["consecutive hot"]


def test_what_is_no_history_is_refused_in_words():
    with pytest.raises(InputError, match=r"Found: shapes \(1, 2\), \(1, 3\) and \(1,\)"):
        categorize([[0, 1]], [[0, 0, 0]], [0])
    with pytest.raises(InputError, match="the first is period 1 of cell 0"):
        categorize([[0, 1]], [[0, 1]], [0])
    with pytest.raises(InputError, match="must have a period"):
        categorize(np.zeros((2, 0)), np.zeros((2, 0)), [0, 0])
    with pytest.raises(OptionError, match=r"esri must be one of '3', '2\.6'\. Found: 3"):
        categorize([[0]], [[0]], [0], esri=3)


def test_every_category_has_words_and_a_color():
    for lang in ("en", "zh"):
        assert list(labels("emerging", lang)) == list(EMERGING_CATEGORIES)
    assert list(EMERGING_COLORS) == list(EMERGING_CATEGORIES)
    assert len(set(EMERGING_COLORS.values())) == 17
