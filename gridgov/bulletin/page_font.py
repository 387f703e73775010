"""A small font that travels inside the page, so that Chinese reads on any machine.

A page that names a system font shows boxes where no Chinese font is installed. The page
carries its own: the letters it uses, cut out of Noto Sans CJK SC (OFL-1.1, which allows
it), about 100 KB.
"""

from __future__ import annotations

from io import BytesIO

from fontTools import subset
from fontTools.ttLib import TTFont
from noto_cjk_sans_otc import FONT_PATH

__all__ = ["font_for"]

# The face for mainland China, see gridgov/figures/fonts.py.
_SIMPLIFIED_CHINESE_FACE = 2


def font_for(text: str) -> bytes:
    """Return a WOFF font with the letters of a text, the same bytes for the same text.

    Parameters
    ----------
    text
        The text of the page; letters that the font lacks are left to the system.

    Returns
    -------
    bytes
        The font.

    Raises
    ------
    OSError
        If the font file of the package ``noto-cjk-sans-otc`` cannot be read.
    """
    options = subset.Options()
    # The face is the Chinese one already; forms for other languages would double the font.
    options.layout_features = []
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    letters = {ord(mark) for mark in text} | set(range(0x20, 0x7F))
    with TTFont(
        str(FONT_PATH),
        fontNumber=_SIMPLIFIED_CHINESE_FACE,
        lazy=True,
        # Neither clock nor bounds: the same bytes, in half the time.
        recalcTimestamp=False,
        recalcBBoxes=False,
    ) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=letters)
        cutter.subset(font)
        font.flavor = "woff"
        target = BytesIO()
        font.save(target)
    return target.getvalue()
