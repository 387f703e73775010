"""Text and data on their way into a page: nothing in them can become markup or script.

Branca renders the text of an element as a Jinja template a second time, so template marks
in it run as Python on the planner's machine, and HTML in it runs in the reader's browser.
Two ways lead around that. Our own layers carry all data as base64, whose alphabet
(letters, digits, ``+``, ``/``, ``=``) means nothing to a template, to HTML or to
JavaScript, and show it with ``textContent``. Text that must pass through a stock Folium
element goes through :func:`escape`.
"""

from __future__ import annotations

import base64
import json
from typing import Any

__all__ = ["encode_bytes", "encode_json", "escape"]

# What may stand as it is besides letters and digits. None of these opens or closes
# anything in HTML, JavaScript, CSS or a template, alone or in a row.
_PLAIN = frozenset(" .,-_")


def escape(text: object) -> str:
    """Return text as HTML that shows it and does nothing else, fit for any Folium element.

    Everything but letters and digits of any script, spaces and ``. , - _`` becomes a
    numeric entity. A browser shows the original text; template, HTML and JavaScript marks
    are gone.

    Parameters
    ----------
    text
        The text; anything else is turned into text first.

    Returns
    -------
    str
        The HTML, on one line. Characters that HTML cannot hold (NUL, lone surrogates, the
        controls U+0080 to U+009F) are replaced by U+FFFD, the replacement character.

    Raises
    ------
    TypeError
        If `text` cannot be turned into text.

    Notes
    -----
    For text inside an element, such as the content of ``folium.Popup`` and
    ``folium.Tooltip``. Escape once: a second time shows the entities. Names of layers and
    options of plugins are JavaScript strings and not HTML; there the entities are harmless
    but may be seen.

    Examples
    --------
    >>> escape("鲁谷街道 {{ 7 * 7 }} <b>")
    '鲁谷街道 &#123;&#123; 7 &#42; 7 &#125;&#125; &#60;b&#62;'
    """
    return "".join(map(_escape_character, str(text)))


def encode_json(data: Any) -> str:
    """Return data as base64 of its UTF-8 JSON; NaN is refused, lone surrogates survive."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return encode_bytes(text.encode("utf-8", "surrogatepass"))


def encode_bytes(data: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def _escape_character(character: str) -> str:
    """Return one character, or the entity that shows it."""
    if character in _PLAIN or character.isalnum():
        return character
    code = ord(character)
    # Browsers read the entities of 128 to 159 as Windows-1252: &#128; shows a euro sign.
    if code == 0 or 0x80 <= code <= 0x9F or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return f"&#{code};"
