"""From bytes to text: UTF-8, UTF-8 with a byte order mark, UTF-16 with one, GB18030.

UTF-8 is tried first because text of another encoding is hardly ever valid UTF-8 by
chance; GB18030 second, because it is what Chinese office software writes and contains
GB2312 and GBK. A text that is neither is refused with the place where it broke, and
never read with replacement characters.
"""

from __future__ import annotations

import codecs

from gridgov.errors import OptionError, ReadError

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECTED = ("utf-8", "gb18030")

# Files that claim these hold characters that only the larger set has.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ascii": "utf-8"}


def decode(data: bytes, *, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of `data` and the encoding that it is in.

    Parameters
    ----------
    data
        The bytes of a file.
    name
        The file's name, for errors.
    encoding
        The encoding to read; detected when None. GB2312 and GBK are read as GB18030,
        which contains both.

    Returns
    -------
    text : str
        The text, without a byte order mark.
    encoding : str
        Python's name of the encoding, such as ``"utf-8"`` or ``"gb18030"``.

    Raises
    ------
    OptionError
        If `encoding` is not an encoding that Python knows.
    ReadError
        If the bytes are not text in it; the message says where they stop being so.

    Examples
    --------
    >>> decode("街道".encode("gbk"), name="streets.csv")
    ('街道', 'gb18030')
    """
    if encoding is not None:
        candidates = [_known(encoding)]
        # A mark at the start is no part of the first column's name.
        if candidates == ["utf-8"] and data.startswith(codecs.BOM_UTF8):
            candidates = ["utf-8-sig"]
    else:
        marked = [known for mark, known in _MARKS if data.startswith(mark)]
        candidates = marked or list(_DETECTED)
    failures = []
    for candidate in candidates:
        try:
            return data.decode(candidate), candidate
        except UnicodeDecodeError as error:
            byte = f"0x{data[error.start]:02x}" if error.start < len(data) else "the end"
            failures.append(f"{candidate} (stops at byte {error.start}, {byte})")
    raise ReadError(
        f"{name} must be text in UTF-8 or GB18030, or in the encoding that is named. "
        f"Tried: {', '.join(failures)}. "
        'Pass encoding="..." or save the file as UTF-8.'
    )


def _known(encoding: str) -> str:
    """Return Python's name of an encoding, widened where that loses nothing."""
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, TypeError) as error:
        raise OptionError(
            f"encoding must be a text encoding, such as 'utf-8' or 'gb18030'. Found: {encoding!r}. "
            "Leave it out to have it detected."
        ) from error
    return _WIDER.get(known, known)
