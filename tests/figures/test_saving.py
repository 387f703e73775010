"""Figures as files: the same bytes twice, letters that need no font, and clear errors."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import pytest
from PIL import Image

from gridgov.errors import OptionError, OutputError
from gridgov.figures.fonts import lettering
from gridgov.figures.saving import save_figure
from gridgov.figures.sheet import make_sheet, write


def small_figure() -> matplotlib.figure.Figure:
    figure, sheet = make_sheet(144, 72)
    write(sheet, 10, 30, lettering(["鲁谷 $x_1$"])[0], size=12)
    return figure


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_file_has_the_same_bytes_twice_and_no_date(tmp_path: Path, kind: str) -> None:
    first = save_figure(small_figure(), tmp_path / f"a.{kind}").read_bytes()
    again = save_figure(small_figure(), tmp_path / f"b.{kind}").read_bytes()
    assert first == again
    assert not re.search(rb"Matplotlib|CreationDate|<dc:date>", first)


def test_dots_an_inch_set_the_size_of_a_png(tmp_path: Path) -> None:
    with Image.open(save_figure(small_figure(), tmp_path / "a.png")) as image:
        assert image.size == (600, 300)
    with Image.open(save_figure(small_figure(), tmp_path / "b.PNG", dpi=100)) as image:
        assert image.size == (200, 100)


def test_letters_of_an_svg_are_outlines(tmp_path: Path) -> None:
    text = save_figure(small_figure(), tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<text" not in text
    assert "font-family" not in text
    assert text.count("<path") > 3
    assert not re.search(r'(?:href|src)="(?!#|data:)', text)


def test_a_pdf_carries_its_font(tmp_path: Path) -> None:
    content = save_figure(small_figure(), tmp_path / "a.pdf").read_bytes()
    assert b"/Type3" in content.replace(b" ", b"")
    assert b"NotoSansCJK" in content


def test_saving_changes_no_setting(tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    save_figure(small_figure(), tmp_path / "a.svg")
    assert dict(matplotlib.rcParams) == before


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        save_figure(small_figure(), tmp_path / "taken.png")
    with pytest.raises(OutputError, match="The folder of a file to write must exist"):
        save_figure(small_figure(), tmp_path / "none" / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.png"]


def test_wrong_options_of_saving_are_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"written as .png, .svg or .pdf. Found: 'a.jpg'"):
        save_figure(small_figure(), tmp_path / "a.jpg")
    with pytest.raises(OptionError, match=r"dpi must be a whole number.*Found: 10"):
        save_figure(small_figure(), tmp_path / "a.png", dpi=10)
    with pytest.raises(OptionError, match="save_figure writes a matplotlib Figure"):
        save_figure("figure", tmp_path / "a.png")  # type: ignore[arg-type]
