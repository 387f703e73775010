"""The parts of a Word file that python-docx has no words for: fields, fonts, table heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gridgov.bulletin.document.forms import ShownTable, is_id, plain_text
from gridgov.bulletin.document.model import Rule, TableBlock
from gridgov.bulletin.document.office import EAST_ASIAN, LATIN
from gridgov.columns import Language
from gridgov.figures.fonts import lettering

__all__ = [
    "DocxStyle",
    "add_caption",
    "add_note",
    "add_page_number",
    "add_table",
    "describe",
    "marked_cells",
    "prepare_styles",
]

_INK, _FAINT, _HEAD, _MARK = "1F2430", "5C6470", "E8ECF1", "FBE3DF"
_POINT = 2.54 / 72
_WIDTH_CM = 16.6


class DocxStyle(NamedTuple):
    """Language and words of a file, and how many captions of each kind it has so far."""

    lang: Language
    words: dict[str, str]
    captions: dict[str, int]


def prepare_styles(file: Any, style: DocxStyle) -> None:
    """Set fonts, sizes and colors of the styles that are used."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = file.styles
    for name in ("Key label", "Key note", "Source note"):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
    sizes = {
        "Normal": (10.5, _INK),
        "Title": (24, _INK),
        "Subtitle": (12, _FAINT),
        "Heading 1": (15, _INK),
        "Heading 2": (12.5, _INK),
        "Caption": (10, _INK),
        "Intense Quote": (13, _INK),
        "List Bullet": (10.5, _INK),
        "Key label": (9.5, _FAINT),
        "Key note": (8.5, _FAINT),
        "Source note": (8.5, _FAINT),
    }
    for name, (size, color) in sizes.items():
        one = styles[name]
        one.font.size = Pt(size)
        one.font.color.rgb = RGBColor.from_string(color)
        one.font.italic = False
        one.font.bold = name in ("Heading 1", "Heading 2")
        _set_fonts(one)
    for name in ("Title", "Intense Quote"):
        _drop_borders(styles[name])
    for name in ("Key label", "Key note"):
        styles[name].paragraph_format.space_after = Pt(0)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Intense Quote"].paragraph_format.left_indent = Pt(0)
    styles["Intense Quote"].paragraph_format.right_indent = Pt(0)
    styles["Heading 1"].paragraph_format.space_before = Pt(16)
    styles["Caption"].paragraph_format.space_before = Pt(6)
    styles["Caption"].paragraph_format.space_after = Pt(4)


def add_caption(file: Any, kind: str, text: str, style: DocxStyle) -> None:
    """Add a caption whose number Word keeps."""
    word = style.words[kind]
    paragraph = file.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = kind == "table"
    paragraph.add_run(f"{word} ")
    number = style.captions[kind] = style.captions.get(kind, 0) + 1
    _add_field(paragraph, f"SEQ {word} \\* ARABIC", str(number))
    joint = "  " if style.lang == "zh" else ". "
    paragraph.add_run(f"{joint}{plain_text(text)}")


def add_note(file: Any, text: str, style: DocxStyle) -> None:
    """Add a small line."""
    file.add_paragraph(text, style="Source note")


def add_page_number(file: Any, title: str, style: DocxStyle) -> None:
    """Write the title and the number of the page into the footer."""
    paragraph = file.sections[0].footer.paragraphs[0]
    paragraph.style = file.styles["Source note"]
    paragraph.add_run(f"{title}    {style.words['page']} ")
    _add_field(paragraph, "PAGE", "1")
    if style.words["page_end"]:
        paragraph.add_run(f" {style.words['page_end']}")


def add_table(file: Any, shown: ShownTable, block: TableBlock, style: DocxStyle) -> None:
    """Add a table whose head repeats on every page."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    table = file.add_table(rows=1 + len(shown.rows), cols=len(shown.headings))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    widths = _widths(shown, [is_id(name) for name in block.columns])
    marked = marked_cells(block, len(shown.rows))
    for place, width in enumerate(widths):
        table.columns[place].width = Cm(width)
    for row, texts in enumerate([shown.headings, *shown.rows]):
        line = table.rows[row]
        properties = line._tr.get_or_add_trPr()
        # A row is not cut by the end of a page; the head comes again on the next.
        properties.append(OxmlElement("w:cantSplit"))
        if row == 0:
            head = OxmlElement("w:tblHeader")
            head.set(qn("w:val"), "true")
            properties.append(head)
        for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width = Cm(widths[place])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.space_before = Pt(1)
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            if shown.numeric[place]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if row == 0:
                run.font.color.rgb = RGBColor.from_string(_FAINT)
                _shade(cell, _HEAD)
            elif (row - 1, block.columns[place]) in marked:
                _shade(cell, _MARK)
            _underline(cell, heavy=row == 0)


def describe(paragraph: Any, name: str, text: str) -> None:
    """Say what a picture shows to whoever cannot see it."""
    from docx.oxml.ns import qn

    for properties in paragraph._p.iter(qn("wp:docPr")):
        properties.set("descr", text)
        properties.set("title", name)


def _widths(shown: ShownTable, ids: Sequence[bool]) -> list[float]:
    """Return the width of every column, centimeters, by its longest text; ids stay whole."""
    wanted = []
    for place, heading in enumerate(shown.headings):
        texts = [row[place] for row in shown.rows[:200]]
        widest = max((letters.width(9) for letters in lettering(texts)), default=0.0)
        # A heading may break where its words do; a number may not.
        wanted.append(max(min(widest, 170.0), min(lettering([heading])[0].width(9), 62.0)) + 14)
    scale = _WIDTH_CM / sum(wanted)
    whole = sum(width for width, is_whole in zip(wanted, ids, strict=True) if is_whole) * _POINT
    if scale < _POINT and whole < _WIDTH_CM / 2:
        # Where there is not room for all, the others give way.
        scale = (_WIDTH_CM - whole) / (sum(wanted) - whole / _POINT)
        return [
            width * (_POINT if is_whole else scale)
            for width, is_whole in zip(wanted, ids, strict=True)
        ]
    return [width * min(scale, 2.4 * _POINT) for width in wanted]


def marked_cells(block: TableBlock, rows: int) -> set[tuple[int, str]]:
    """Return the cells that a rule marks."""
    found = set()
    for rule in block.rules:
        if rule.kind == "bar" or rule.bound is None:
            continue
        values = block.frame[rule.column].iloc[:rows]
        hit = _hit(rule, values)
        found |= {(row, rule.column) for row, yes in enumerate(hit) if yes}
    return found


def _hit(rule: Rule, values: Any) -> list[bool]:
    """Return where a rule applies; a value that is missing breaks no bound."""
    hit = values >= rule.bound if rule.kind == "above" else values < rule.bound
    return [bool(one) for one in hit.fillna(False).tolist()]


def _set_fonts(style: Any) -> None:
    """Give a style a Latin and an East Asian font, and the languages they are of."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    style.font.name = LATIN
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for key in list(fonts.attrib):
        # A theme's font would win over the one given.
        if key.endswith("Theme"):
            del fonts.attrib[key]
    for slot in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(slot), LATIN)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN)
    # Without it a program draws Chinese in the forms of another region.
    told = properties.find(qn("w:lang"))
    if told is None:
        told = OxmlElement("w:lang")
        properties.append(told)
    told.set(qn("w:val"), "en-US")
    told.set(qn("w:eastAsia"), "zh-CN")


def _drop_borders(style: Any) -> None:
    """Take away the lines that the template draws around a style."""
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field that Word works out, with what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "instruction", "separate", "text", "end"):
        run = paragraph.add_run(shown if kind == "text" else "")
        if kind == "instruction":
            told = OxmlElement("w:instrText")
            told.set(qn("xml:space"), "preserve")
            told.text = f" {instruction} "
            run._r.append(told)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _shade(cell: Any, color: str) -> None:
    """Fill a cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", color)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _underline(cell: Any, *, heavy: bool) -> None:
    """Draw the line below a cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for key, value in (
        ("val", "single"),
        ("sz", "8" if heavy else "4"),
        ("color", _FAINT if heavy else "D8DCE2"),
    ):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = cell._tc.get_or_add_tcPr()
    # The order of the children is fixed: borders come before the fill.
    shade = properties.find(qn("w:shd"))
    if shade is None:
        properties.append(borders)
    else:
        shade.addprevious(borders)
