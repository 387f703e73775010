"""Slides and the texts on them: measured, so that nothing runs over an edge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from gridgov.bulletin.document.office import EAST_ASIAN, LATIN
from gridgov.columns import Language
from gridgov.figures.fonts import lettering, wrap

__all__ = [
    "BODY",
    "FAINT",
    "HEIGHT",
    "INK",
    "MARGIN",
    "WIDTH",
    "Box",
    "Deck",
    "add_note",
    "add_slide",
    "add_text",
    "bullets_height",
    "cut",
    "pages_of",
    "prepare_layouts",
    "set_font",
    "text_height",
]

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, points from the upper left corner."""

WIDTH, HEIGHT, MARGIN = 960.0, 540.0, 44.0
"""A slide of 13⅓ × 7½ inches, points."""

BODY: Box = (MARGIN, 92.0, WIDTH - MARGIN, 512.0)
"""What stands below the heading."""

INK, FAINT, HOT = "1F2430", "5C6470", "B3261E"
_ACCENT = "1F5A8C"

# Lines of mixed Chinese and Latin text; the fonts of other machines are a little wider.
_LINE, _WIDER = 1.32, 1.06
_SMALLEST = 9.0
_LONG_WORD = re.compile("[\x21-\u2fff]{8,}")
# More lines than any slide has.
_MANY = 200
# Points; the template of python-pptx is 10 inches wide.
_TEMPLATE_WIDTH = 720.0


class Deck(NamedTuple):
    """A file, its language, its words and its title."""

    file: Any
    lang: Language
    words: dict[str, str]
    title: str


def add_slide(deck: Deck, heading: str | None) -> Any:
    """Add an empty slide with its heading and number; no heading on the first."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Pt

    slide = deck.file.slides.add_slide(deck.file.slide_layouts[5 if heading else 6])
    if heading:
        title = slide.shapes.title
        left, top, right, bottom = MARGIN, 26.0, WIDTH - MARGIN, 78.0
        title.left, title.top, title.width, title.height = (
            Pt(side) for side in (left, top, right - left, bottom - top)
        )
        _fill(title.text_frame, [heading], _fitting([heading], right - left, bottom - top, 28.0))
        number = str(len(deck.file.slides))
        add_text(
            slide,
            (WIDTH - MARGIN - 60, 514, WIDTH - MARGIN, 534),
            [number],
            size=10,
            faint=True,
            right=True,
        )
        foot = (MARGIN, 514.0, WIDTH - MARGIN - 70, 534.0)
        add_text(
            slide, foot, [cut(deck.title, foot[2] - foot[0], 10, lines=1)], size=10, faint=True
        )
    else:
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(MARGIN), Pt(132), Pt(96), Pt(6))
        bar.fill.solid()
        bar.fill.fore_color.rgb = _color(_ACCENT)
        bar.line.fill.background()
    return slide


def add_text(
    slide: Any,
    box: Box,
    lines: Sequence[str],
    *,
    size: float,
    bold: bool = False,
    faint: bool = False,
    hot: bool = False,
    bullets: bool = False,
    right: bool = False,
) -> None:
    """Add text to a box, smaller where it would not fit."""
    from pptx.util import Pt

    left, top, end, bottom = box
    shape = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(end - left), Pt(bottom - top))
    shown = [f"• {line}" for line in lines] if bullets else list(lines)
    fitting = _fitting(shown, end - left, bottom - top, size, gap=6.0 if bullets else 0.0)
    color = HOT if hot else FAINT if faint else INK
    _fill(shape.text_frame, shown, fitting, bold=bold, color=color, bullets=bullets, right=right)


def add_note(slide: Any, text: str, *, bottom: float) -> float:
    """Write a small line at the foot of the body; return where the room above it ends."""
    left, _, right, _ = BODY
    high = min(text_height([text], right - left, 10.5), 58.0)
    add_text(slide, (left, bottom - high, right, bottom), [text], size=10.5, faint=True)
    return bottom - high - 6


def pages_of(heading: str, lines: Sequence[str], deck: Deck) -> list[tuple[str, list[str]]]:
    """Return headings and lines of as many slides as the lines need."""
    left, top, right, bottom = BODY
    pages: list[list[str]] = []
    for line in lines:
        high = text_height([f"• {line}"], right - left, 18) + 6
        used = (
            sum(text_height([f"• {one}"], right - left, 18) + 6 for one in pages[-1])
            if pages
            else 0
        )
        if not pages or used + high > bottom - top:
            pages.append([])
        pages[-1].append(line)
    if len(pages) < 2:
        return [(heading, page) for page in pages]
    told = deck.words["continued"]
    return [(told.format(heading, k, len(pages)), page) for k, page in enumerate(pages, start=1)]


def prepare_layouts(file: Any) -> None:
    """Stretch the layouts to the slide: the template's are of 4:3, and serve slides added later."""
    from pptx.util import Emu, Pt

    stretch = WIDTH / _TEMPLATE_WIDTH
    master = file.slide_master
    for page in (master, *master.slide_layouts):
        for shape in page.placeholders:
            # What a layout does not place stands where the master says.
            if shape._element.spPr.xfrm is not None:
                shape.left = Emu(round(shape.left * stretch))
                shape.width = Emu(round(shape.width * stretch))
    file.slide_width, file.slide_height = Pt(WIDTH), Pt(HEIGHT)


def bullets_height(lines: Sequence[str], width: float, size: float) -> float:
    """Return how high a list of sentences stands, points."""
    return text_height([f"• {line}" for line in lines], width, size) + 6.0 * len(lines)


def text_height(lines: Sequence[str], width: float, size: float) -> float:
    """Return how high texts stand in a box of that width, points."""
    return sum(len(_lines(line, width, size)) * size * _LINE for line in lines)


def cut(text: str, width: float, size: float, *, lines: int) -> str:
    """Return a text that takes so many lines of that width at most, cut off with an ellipsis."""
    if len(_lines(text, width, size)) <= lines:
        return text
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if len(_lines(text[:middle] + "…", width, size)) <= lines:
            least = middle
        else:
            most = middle - 1
    return text[:least].rstrip() + "…"


def _lines(text: str, width: float, size: float) -> list[str]:
    """Return a text as the lines that a program makes of it."""
    room = width / _WIDER

    def parted(match: re.Match[str]) -> str:
        # Programs break a word that is wider than its line; `wrap` does not.
        word = match.group()
        wide = lettering([word])[0].width(size)
        if wide <= room:
            return word
        step = max(1, int(len(word) * room / wide))
        return " ".join(word[start : start + step] for start in range(0, len(word), step))

    return wrap(_LONG_WORD.sub(parted, text), room, size, lines=_MANY) or [""]


def set_font(run: Any, *, size: float, bold: bool = False, color: str = INK) -> None:
    """Give a run of text its fonts, size and color."""
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    run.font.size = Pt(size)
    run.font.bold = bold
    run.font.name = LATIN
    run.font.color.rgb = _color(color)
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "en-US")
    properties.set("altLang", "zh-CN")
    east = properties.find(qn("a:ea"))
    if east is None:
        east = properties.makeelement(qn("a:ea"), {})
        # The order of the children is fixed: after the Latin font.
        properties.find(qn("a:latin")).addnext(east)
    east.set("typeface", EAST_ASIAN)


def _fitting(
    lines: Sequence[str], width: float, height: float, size: float, *, gap: float = 0.0
) -> float:
    """Return the largest size, up to `size`, at which texts fit a box."""
    while size > _SMALLEST and text_height(lines, width, size) + gap * len(lines) > height:
        size -= 0.5
    return size


def _fill(
    frame: Any,
    lines: Sequence[str],
    size: float,
    *,
    bold: bool = False,
    color: str = INK,
    bullets: bool = False,
    right: bool = False,
) -> None:
    """Write lines into a frame without margins."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        if bullets:
            paragraph.space_after = Pt(6)
        run = paragraph.add_run()
        run.text = line
        set_font(run, size=size, bold=bold, color=color)


def _color(code: str) -> Any:
    """Return a color."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(code)
