"""Texts in the form in which they are compared."""

from __future__ import annotations

import unicodedata
from typing import Any

__all__ = ["plain_text", "written"]


def plain_text(text: str) -> str:
    """Return a text without capitals, blanks and full-width forms, to compare it by.

    Examples
    --------
    >>> plain_text(" ０１-０２ "), plain_text("Exposed Garbage")
    ('01-02', 'exposedgarbage')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def written(value: Any) -> str:
    """Return one value as text; a whole float without its ``.0``, as spreadsheets store codes.

    Examples
    --------
    >>> written(501.0), written("01-02")
    ('501', '01-02')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
