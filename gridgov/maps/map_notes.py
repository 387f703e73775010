"""The notes at the foot of a map: source, author and the map approval number (审图号).

A map that is published in mainland China carries the number under which it was approved;
see the Regulation on Map Management (地图管理条例), article 19. Nothing here checks it.
"""

from __future__ import annotations

from gridgov.checks import check_language
from gridgov.columns import Language
from gridgov.errors import OptionError

__all__ = ["map_notes"]

_NOTES = {
    "source": ("Source: {}", "资料来源：{}"),
    "author": ("Made by: {}", "制图：{}"),
    "approval": ("Map approval number: {}", "审图号：{}"),
}
# Numbers have some twenty characters; a sentence in their place is a slip.
_LONGEST_APPROVAL = 100


def map_notes(
    *,
    source: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    lang: Language = "en",
) -> list[str]:
    """Return the lines at the foot of a map that say where it comes from.

    Parameters
    ----------
    source
        Where the records come from.
    author
        Who made the map.
    approval
        The map approval number, such as ``"GS（2024）0650号"``, with or without ``审图号``.
    lang
        ``"en"`` or ``"zh"``.

    Returns
    -------
    list of str
        One line for each that is given, in this order.

    Raises
    ------
    OptionError
        If `lang` does not exist, a note is empty, or an approval number is longer than 100
        characters.

    Examples
    --------
    >>> map_notes(source="12345", author="城管委", approval="审图号：GS（2024）0650号", lang="zh")
    ['资料来源：12345', '制图：城管委', '审图号：GS（2024）0650号']
    """
    place = 1 if check_language(lang) == "zh" else 0
    lines = []
    for name, value in (("source", source), ("author", author), ("approval", approval)):
        if value is None:
            continue
        text = " ".join(str(value).split())
        if name == "approval":
            text = text.removeprefix("审图号").lstrip("：: ")
        if not text:
            raise OptionError(f"{name} must be text, or None for no such line. Found: {value!r}.")
        if name == "approval" and len(text) > _LONGEST_APPROVAL:
            raise OptionError(
                f"approval must be a number such as GS（2024）0650号, at most {_LONGEST_APPROVAL} "
                f"characters. Found: {len(text)} characters."
            )
        lines.append(_NOTES[name][place].format(text))
    return lines
