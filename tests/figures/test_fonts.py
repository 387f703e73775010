"""Text comes out in the right letters on every machine, and what has no glyph is told."""

from __future__ import annotations

import matplotlib
import pytest
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

from gridgov.errors import DataWarning
from gridgov.figures.fonts import clean, lettering, missing_glyphs, wrap

# The nine streets of Shijingshan and words of the trade, some of them rare characters.
NAMES = [
    "八宝山街道",
    "老山街道",
    "苹果园街道",
    "金顶街街道",
    "广宁街道",
    "鲁谷街道",
    "占道经营",
    "垃圾桶",
    "㐂㙍",
]


def test_chinese_is_drawn_with_the_packaged_mainland_face() -> None:
    for letters in lettering(NAMES):
        path = letters.font.get_file()
        face = FT2Font(str(path), face_index=path.face_index)
        assert face.family_name == "Noto Sans CJK SC"
        assert [mark for mark in letters.text if not face.get_char_index(ord(mark))] == []


def test_a_script_that_the_first_font_lacks_is_drawn_with_the_one_of_matplotlib() -> None:
    (letters,) = lettering(["ئۈرۈمچى"])
    assert str(letters.font.get_file()).endswith("DejaVuSans.ttf")


def test_a_character_without_a_glyph_is_replaced_and_named() -> None:
    with pytest.warns(DataWarning, match=r"U\+1F9F9.*first in '八角.*drawn as □") as caught:
        (letters,) = lettering(["八角\U0001f9f9"])
    assert isinstance(caught[0].message, DataWarning)
    assert caught[0].message.zh == (
        "图中只能绘制字体中有的字符。以下字符缺字形：\U0001f9f9（U+1F9F9），首见于“八角\U0001f9f9”，"
        "以 □ 代替。如文字为乱码，请检查数据来源的编码，否则请更改相应名称。"
    )
    assert letters.text == "八角□"
    assert missing_glyphs("八角\U0001f9f9") == ["\U0001f9f9"]


def test_line_breaks_and_marks_that_turn_writing_are_taken_out() -> None:
    assert clean("鲁\u202e谷\n街\x00道\t ") == "鲁谷 街道"


def test_neither_settings_nor_the_font_list_are_changed() -> None:
    before = dict(matplotlib.rcParams), len(fontManager.ttflist)
    lettering(NAMES)
    assert (dict(matplotlib.rcParams), len(fontManager.ttflist)) == before


def test_wide_letters_are_one_size_wide() -> None:
    # By the design of the font a Chinese letter is as wide as the size: 3 letters at 10 points.
    (letters,) = lettering(["八角街"])
    assert letters.width(10) == pytest.approx(30, abs=1.5)


def test_chinese_breaks_between_letters_but_not_before_a_comma() -> None:
    lines = wrap("一二三，四五六", 40, 10, lines=3)
    assert "".join(lines) == "一二三，四五六"
    assert not any(line.startswith("，") for line in lines)
    assert len(lines) == 2


def test_a_text_too_long_ends_in_an_ellipsis_and_keeps_the_number_of_lines() -> None:
    lines = wrap("word " * 100, 100, 10, lines=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_a_text_with_a_character_that_no_font_has_is_broken_all_the_same() -> None:
    # A number of Ottoman accounts between letters: nothing has a glyph for it.
    text = "八角街道 \U0001ed01 Bajiao " * 4
    lines = wrap(text, 120, 10, lines=30)
    assert len(lines) > 2
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
