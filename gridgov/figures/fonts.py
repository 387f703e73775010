"""Letters that look the same on every machine, Chinese ones included.

A figure does not ask the system for a font first: the same name can hide different
versions, and many servers have no Chinese font at all, so that street names come out as
boxes. Text is drawn with Noto Sans CJK SC from the package ``noto-cjk-sans-otc`` (OFL-1.1)
and, for a text in a script that it lacks, with DejaVu Sans, which ships with matplotlib.
Where the package is not there, as in some distributions, a Chinese font of the machine
takes its place, and without one there is an error and no picture of boxes. The files are
named outright, so that neither the font list nor any setting of matplotlib is changed. A
character that neither font has is drawn as an empty square and reported.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.ft2font import FT2Font

from gridgov.errors import DataWarning, ExtraMissingError
from gridgov.figures.system_fonts import find_chinese_font

__all__ = ["Lettering", "clean", "lettering", "missing_glyphs", "wrap"]

# The collection holds one face a region; the third, "SC", has the forms that are
# standard in mainland China (the first face would draw 骨 and 直 the Japanese way).
_SIMPLIFIED_CHINESE_FACE = 2

_SQUARE = "□"


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text ready to be drawn.

    Attributes
    ----------
    text
        The text, on one line, characters without a glyph replaced by an empty square.
    font
        The font that has all its glyphs.
    """

    text: str
    font: FontProperties

    def width(self, size: float) -> float:
        """Return the width in points at a font size in points."""
        return (
            _width(self.text, [path for path, _ in _files()].index(str(self.font.get_file())))
            * size
            / 100
        )


@lru_cache(maxsize=1)
def _files() -> tuple[tuple[str, int], ...]:
    """Return the font files and faces in the order in which they are tried."""
    dejavu = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return _chinese(), (str(dejavu), 0)


def _chinese() -> tuple[str, int]:
    """Return the packaged Chinese font, or else one of the machine.

    Raises
    ------
    ExtraMissingError
        If there is neither.
    """
    try:
        packaged = import_module("noto_cjk_sans_otc").FONT_PATH
    except ImportError:
        packaged = None
    if packaged is not None and Path(packaged).is_file():
        return str(packaged), _SIMPLIFIED_CHINESE_FACE
    found = find_chinese_font()
    if found is None:
        raise ExtraMissingError(
            "A figure needs a font with Chinese letters. Found: neither the package "
            "noto-cjk-sans-otc nor such a font on this machine. "
            'Install it: pip install "noto-cjk-sans-otc".'
        )
    return found


@lru_cache(maxsize=2)
def _face(number: int) -> FT2Font:
    """Return a font of our list opened for measuring."""
    path, index = _files()[number]
    face = FT2Font(path, face_index=index)
    face.set_size(100, 72)
    return face


@lru_cache(maxsize=4096)
def _width(text: str, number: int) -> float:
    """Return the width of a text in points at 100 points."""
    face = _face(number)
    face.set_text(text, 0.0)
    return float(face.get_width_height()[0]) / 64


@lru_cache(maxsize=8192)
def _advance(mark: str, number: int) -> float:
    """Return how far one character moves the pen at 100 points."""
    return float(_face(number).load_char(ord(mark)).linearHoriAdvance) / 65536


def _font(number: int) -> FontProperties:
    """Return a font of our list for drawing."""
    return FontProperties(fname=FontPath(*_files()[number]))


def _lacks(text: str, number: int) -> list[str]:
    """Return the characters of a text for which a font has no glyph."""
    face = _face(number)
    return [mark for mark in dict.fromkeys(text) if not face.get_char_index(ord(mark))]


def clean(text: object) -> str:
    r"""Return a text on one line without control characters.

    Parameters
    ----------
    text
        Any value; record text may hold line breaks, tabs and marks that turn the
        direction of writing.

    Returns
    -------
    str
        The text, composed (NFC), runs of white space as one space.

    Raises
    ------
    None

    Examples
    --------
    >>> clean("Lu\tgu \n 鲁谷")
    'Lu gu 鲁谷'
    """
    marks = [
        " " if mark.isspace() else mark
        for mark in unicodedata.normalize("NFC", str(text))
        if mark.isspace() or unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    ]
    return " ".join("".join(marks).split())


def missing_glyphs(text: str) -> list[str]:
    r"""Return the characters of a text that would be drawn as empty squares.

    Parameters
    ----------
    text
        The text to be drawn.

    Returns
    -------
    list of str
        Each character once, in order of appearance; empty when all can be drawn.

    Raises
    ------
    None

    Examples
    --------
    >>> missing_glyphs("八角街道 Bajiao")
    []
    >>> [hex(ord(mark)) for mark in missing_glyphs("八角\U0001f9f9")]
    ['0x1f9f9']
    """
    text = clean(text)
    lacks = _lacks(text, 0)
    return lacks if lacks and _lacks(text, 1) else []


def lettering(texts: Iterable[object]) -> list[Lettering]:
    """Return texts ready to be drawn, each with a font that has its glyphs.

    Parameters
    ----------
    texts
        Texts as they came; see :func:`clean`.

    Returns
    -------
    list of Lettering
        One a text, in order.

    Raises
    ------
    None

    Warns
    -----
    DataWarning
        Once, if neither font has some characters; it names them and the first text
        that holds one.

    Examples
    --------
    >>> [letters.text for letters in lettering(["八宝山", "$x_1$"])]
    ['八宝山', '$x_1$']
    """
    ready: list[Lettering] = []
    missing: dict[str, str] = {}
    for raw in texts:
        text = clean(raw)
        number = 0
        lacks = _lacks(text, 0)
        if lacks and not _lacks(text, 1):
            number, lacks = 1, []
        for mark in lacks:
            missing.setdefault(mark, text)
            text = text.replace(mark, _SQUARE)
        ready.append(Lettering(text, _font(number)))
    if missing:
        named = ", ".join(f"{mark} (U+{ord(mark):04X})" for mark in missing)
        named_zh = "、".join(f"{mark}（U+{ord(mark):04X}）" for mark in missing)
        first = next(iter(missing.values()))
        warnings.warn(
            DataWarning(
                f"A figure draws characters that its fonts have. Found without a glyph: {named}, "
                f"first in {first!r}; drawn as {_SQUARE}. Check the encoding "
                "of the source if the text looks broken, or rename what it names.",
                zh=f"图中只能绘制字体中有的字符。以下字符缺字形：{named_zh}，首见于“{first}”，"
                f"以 {_SQUARE} 代替。如文字为乱码，请检查数据来源的编码，否则请更改相应名称。",
            ),
            stacklevel=2,
        )
    return ready


def wrap(text: str, width: float, size: float, *, lines: int) -> list[str]:
    """Return a text broken into lines that fit, the last one shortened if it must be.

    Parameters
    ----------
    text
        The text; Chinese breaks between any two characters, other scripts at spaces.
    width
        Room on a line, points.
    size
        Font size, points.
    lines
        The most lines to return.

    Returns
    -------
    list of str
        At most `lines` lines; a text that does not fit ends in ``…``.

    Raises
    ------
    None

    Examples
    --------
    >>> wrap("one two three", 40, 10, lines=3)
    ['one two', 'three']
    """
    text = clean(text)
    number = 1 if _lacks(text, 0) and not _lacks(text, 1) else 0
    # What no font has is drawn as a square, see `lettering`, and as wide as one.
    squares = str.maketrans(dict.fromkeys(_lacks(text, number), _SQUARE))

    def wide(part: str) -> float:
        return _width(part.translate(squares), number) * size / 100

    done: list[str] = []
    line, surely = "", 0.0
    for piece in _pieces(text):
        step = sum(_advance(mark, number) for mark in piece.translate(squares))
        # Measuring is slow: a line that is short even with every pair spread apart fits.
        short = (1.05 * (surely + step) + 10) * size / 100 <= width
        if line and not short and wide((line + piece).rstrip()) > width:
            done.append(line.rstrip())
            line, surely = "", 0.0
            piece = piece.lstrip()
        line += piece
        surely += step
    done.append(line.rstrip())
    if len(done) > lines or wide(done[-1]) > width:
        done = done[:lines]
        last = done[-1]
        while last and wide(last + "…") > width:
            last = last[:-1]
        done[-1] = last + "…"
    return done


def _pieces(text: str) -> list[str]:
    """Return the parts between which a line may break, spaces kept at the front."""
    pieces: list[str] = []
    for mark in text:
        wide = unicodedata.east_asian_width(mark) in "WF"
        # A closing mark never starts a line, nor does what follows an opening one.
        starts = (
            not pieces
            or mark == " "
            or (wide and mark not in "，。、；：）》」！？%" and pieces[-1][-1] not in "（《「")
            or (not wide and unicodedata.east_asian_width(pieces[-1][-1]) in "WF")
        )
        if starts:
            pieces.append(mark)
        else:
            pieces[-1] += mark
    return pieces
