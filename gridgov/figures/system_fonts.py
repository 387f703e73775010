"""A Chinese font of the machine, for when the packaged one is not there.

Chosen by name first, then by what it can draw: a font that is called Chinese and lacks the
letters of street names is no help. Fonts that draw a placeholder for every letter, as
matplotlib's Last Resort does, have "glyphs" for everything and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font

__all__ = ["PROBE", "find_chinese_font"]

PROBE = "街道占道经营垃圾桶热点网格八角鲁谷"
"""Letters that every figure may need; a font without one of them will not do."""

# File names of the fonts that machines in China have, the best for figures first: Source
# Han and Noto, Microsoft YaHei, PingFang, SimHei, WenQuanYi, DengXian, SimSun.
_NAMES = (
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "msyh",
    "pingfang",
    "simhei",
    "wqy",
    "deng",
    "simsun",
)
# The face of a collection that draws letters the way mainland China writes them.
_FACES = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC")
_NO_FONTS = ("lastresort", "last resort", "adobeblank", "tofu")
_MOST_FACES = 12


def find_chinese_font(paths: Iterable[str] | None = None) -> tuple[str, int] | None:
    """Return file and face of a font that can draw Chinese, None where there is none.

    Parameters
    ----------
    paths
        Font files to choose from; those of the system when None.

    Raises
    ------
    None

    Examples
    --------
    >>> find_chinese_font([]) is None
    True
    """
    files = sorted(findSystemFonts() if paths is None else paths, key=_weight)
    usable = [path for path in files if not _no_font(Path(path).stem)]
    by_name = [
        path
        for name in _NAMES
        for path in usable
        if Path(path).stem.lower().replace("-", "").startswith(name)
    ]
    for path in dict.fromkeys([*by_name, *usable]):
        face = _chinese_face(path)
        if face is not None:
            return path, face
    return None


def _chinese_face(path: str) -> int | None:
    """Return the face of a file that has all letters of the probe, a mainland one first."""
    found: dict[int, str] = {}
    faces = 1
    for index in range(_MOST_FACES):
        if index >= faces:
            break
        try:
            face = FT2Font(path, face_index=index)
        except (RuntimeError, OSError, ValueError):
            return None
        faces = int(getattr(face, "num_faces", 1))
        if not _no_font(face.family_name) and all(face.get_char_index(ord(c)) for c in PROBE):
            found[index] = face.family_name
    mainland = [index for index, name in found.items() if name in _FACES]
    return mainland[0] if mainland else min(found, default=None)


def _weight(path: str) -> tuple[bool, str]:
    """Return what puts fonts of plain weight before bold and light ones."""
    name = Path(path).stem.lower()
    return any(mark in name for mark in ("bold", "black", "light", "thin", "bd")), path


def _no_font(name: str) -> bool:
    """Return whether a name is that of a font of placeholders."""
    return any(mark in name.lower().replace("-", "") for mark in _NO_FONTS)
