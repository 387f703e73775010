"""From bytes to text: UTF-8, UTF-8 with a byte order mark, UTF-16 with one, GB18030.

UTF-8 is tried first because text of another encoding is hardly ever valid UTF-8 by
chance; GB18030 second, because it is what Chinese office software writes and contains
GB2312 and GBK. A text that is neither is refused with the place where it broke, and
never read with replacement characters.
"""

from __future__ import annotations

import codecs

from gridgov.errors import OptionError, ReadError

__all__ = ["candidates_for", "dbf_encoding", "decode"]

# The mark of UTF-32 starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECTED = ("utf-8", "gb18030")

_SAMPLE_BYTES = 1 << 16
# Text in UTF-16 holds a zero byte in every Latin letter, digit and comma.
_ZERO_SHARE = 0.05
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

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
    candidates = candidates_for(data, name=name, encoding=encoding)
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


def candidates_for(data: bytes, *, name: str, encoding: str | None = None) -> list[str]:
    """Return the encodings that are tried for a file, in order, by its first bytes.

    Parameters
    ----------
    data
        The bytes of a file, at least the first 64 KB of a longer one.
    name, encoding
        As for :func:`decode`.

    Returns
    -------
    list of str
        Python's names of the encodings.

    Raises
    ------
    OptionError
        If `encoding` is not an encoding that Python knows.
    ReadError
        If the bytes are those of a workbook, or of UTF-16 without a mark.

    Examples
    --------
    >>> candidates_for(b"id,street", name="streets.csv")
    ['utf-8', 'gb18030']
    """
    if encoding is not None:
        known = _known(encoding)
        # A mark at the start is no part of the first column's name.
        marked = known == "utf-8" and data.startswith(codecs.BOM_UTF8)
        return ["utf-8-sig" if marked else known]
    for mark, known in _MARKS:
        if data.startswith(mark):
            return [known]
    _refuse_other_kinds(data, name)
    return list(_DETECTED)


def dbf_encoding(data: bytes) -> str | None:
    r"""Return the encoding of the text in a .dbf that does not say it, None when it need not.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    str or None
        ``"UTF-8"`` or ``"GB18030"``; None when the file names its encoding itself, holds
        ASCII alone, or is neither.

    Examples
    --------
    >>> header = bytes(8) + (65).to_bytes(2, "little") + bytes(22) + b"NAME".ljust(32, b"\0")
    >>> dbf_encoding(header + b"\r" + " 八角街道".encode("gbk"))
    'GB18030'
    """
    # Byte 29 names a code page; 0 is none, and 0x57 whatever the machine of the writer had.
    if len(data) < 33 or data[29] not in (0x00, 0x57):
        return None
    end = int.from_bytes(data[8:10], "little")
    names = b" ".join(data[at : at + 11].split(b"\0")[0] for at in range(32, end - 1, 32))
    text = names + b" " + data[end:]
    beyond_ascii = sum(byte > 127 for byte in text)
    if not beyond_ascii:
        return None
    for candidate in ("UTF-8", "GB18030"):
        # A field of fixed width can cut its last character in two.
        broken = text.decode(candidate, "replace").count("\ufffd")
        if broken * 20 <= beyond_ascii:
            return candidate
    return None


def _refuse_other_kinds(data: bytes, name: str) -> None:
    """Refuse a workbook and UTF-16 without a mark, which would be read as wrong characters."""
    if data.startswith(_WORKBOOK_STARTS):
        raise ReadError(
            f"{name} must be text. Found: the start of a workbook or archive. Give it the ending "
            "of what it is, such as .xlsx, or save it as CSV."
        )
    sample = data[:_SAMPLE_BYTES]
    zeros = sample.count(0)
    if zeros > _ZERO_SHARE * len(sample):
        order = "le" if sample[1::2].count(0) > sample[::2].count(0) else "be"
        raise ReadError(
            f"{name} must be text in UTF-8 or GB18030, or in the encoding that is named. Found: "
            f"{zeros:,} zero bytes in the first {len(sample):,}, as UTF-16 without a mark has "
            f'them. Pass encoding="utf-16-{order}" or save the file as UTF-8.'
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
