"""Text of plain times and numbers, kept as what it says and how it is written.

A time takes 19 bytes and a coordinate ten, and both as many again for where they begin;
what they say takes eight. With one byte more a row can be written again, character by
character: the *form*. Only what is written in another way is kept as text.

Forms of times are the number of their characters, 10, 16, 19 or 22, and 100 more where a
``T`` stands before the hour. Forms of numbers are one more than their decimals.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray, ExtensionDtype

__all__ = ["NOTHING", "OTHER", "WITH_T", "WrittenArray", "WrittenDtype"]

NOTHING = 0
"""Form of a row without text."""

OTHER = 255
"""Form of a row whose text is kept."""

WITH_T = 100
"""What the form of a time has more when a ``T`` stands before the hour."""

Forms = NDArray[np.uint8]
Rows = NDArray[np.intp]
Words = NDArray[np.uint32]

_SLASHED = 22
_NOON = 12


class WrittenDtype(ExtensionDtype):
    """The dtype of :class:`WrittenArray`."""

    name = "written"
    na_value = np.nan

    @property
    def type(self) -> Any:
        """The type of a value."""
        return str

    @classmethod
    def construct_array_type(cls) -> Any:
        """Return the class of arrays."""
        return WrittenArray


class WrittenArray(ExtensionArray):
    """A column of text, most of it as values and forms.

    Parameters
    ----------
    values
        What each row says: microseconds since 1970 on the clock as int64, or numbers as
        float64. Where the form is :data:`OTHER` it may be missing.
    forms
        How each is written.
    rows
        Rows of the form :data:`OTHER`, in order.
    texts
        What is written there, as Arrow text.
    day_first
        Whether the day stands before the month in ``05/03/2016``.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = pa.chunked_array([pa.array(["soon"], pa.large_string())])
    >>> column = WrittenArray(
    ...     np.array([39.9, 116.0, np.nan]), np.array([3, 1, 255], np.uint8), np.array([2]), texts
    ... )
    >>> column.as_text().tolist()
    ['39.90', '116', 'soon']
    """

    def __init__(
        self, values: NDArray[Any], forms: Forms, rows: Rows, texts: Any, *, day_first: bool = False
    ) -> None:
        self.values = values
        self.forms = forms
        self.rows = rows
        self.texts = texts
        self.day_first = day_first

    @property
    def dtype(self) -> WrittenDtype:
        """The dtype."""
        return WrittenDtype()

    @property
    def nbytes(self) -> int:
        """Bytes of values, forms and texts."""
        return int(self.values.nbytes + self.forms.nbytes + self.rows.nbytes + self.texts.nbytes)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.forms)

    def __getitem__(self, item: Any) -> Any:
        """Return the text of a row, or some rows."""
        if isinstance(item, (int, np.integer)):
            return self.take([item]).as_text()[0]
        if isinstance(item, slice):
            return self.take(np.arange(*item.indices(len(self))))
        return self.take(np.arange(len(self))[item])

    def isna(self) -> NDArray[np.bool_]:
        """Return which rows have no text."""
        missing: NDArray[np.bool_] = self.forms == NOTHING
        return missing

    def copy(self) -> WrittenArray:
        """Return an array of its own."""
        return self.take(np.arange(len(self)))

    def take(
        self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None
    ) -> WrittenArray:
        """Return rows in the order asked for; with `allow_fill` -1 is a row without text."""
        at = np.asarray(indices, dtype=np.intp)
        forms = self.forms.take(at)
        if allow_fill:
            forms[at < 0] = NOTHING
        rows = np.flatnonzero(forms == OTHER)
        kept = np.searchsorted(self.rows, at[rows] % max(len(self), 1))
        texts = self.texts
        if len(kept) != len(self.rows) or (np.diff(kept) != 1).any():
            texts = texts.take(pa.array(kept))
        return WrittenArray(self.values.take(at), forms, rows, texts, day_first=self.day_first)

    def as_text(self) -> ExtensionArray:
        """Return the texts, as they were written."""
        if len(self.rows) == len(self):
            return pd.array(self.texts.to_pandas(), dtype="str")
        texts = np.full(len(self), None, dtype=object)
        texts[self.rows] = self.texts.to_numpy()
        for form in np.unique(self.forms).tolist():
            if form not in (NOTHING, OTHER):
                at = np.flatnonzero(self.forms == form)
                texts[at] = self._written(self.values[at], form)
        return pd.array(texts, dtype="str")

    def slashed(self) -> tuple[bool, bool, int]:
        """Return of the dates whose year stands last what :class:`PlainTimes` says of them."""
        days = self.values[self.forms == _SLASHED].view("datetime64[us]").astype("datetime64[D]")
        if not len(days):
            return False, False, 0
        month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
        day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
        over = bool((day > 12).any())
        either = int(np.count_nonzero((day <= 12) & (day != month)))
        return over and self.day_first, over and not self.day_first, either

    def _written(self, values: NDArray[Any], form: int) -> NDArray[np.str_]:
        """Return what is written in a form."""
        if values.dtype.kind == "f":
            return np.char.mod(f"%.{form - 1}f", values)
        clock = np.datetime_as_string(values.view("datetime64[us]"), unit="s").astype("U19")
        letters = clock.view(np.uint32).reshape(-1, 19)
        if form == _SLASHED:
            return _slashed(letters, day_first=self.day_first)
        if form < WITH_T:
            letters[:, 10] = ord(" ")
        return clock.astype(f"U{form % WITH_T}")


def _slashed(letters: Words, *, day_first: bool) -> NDArray[np.str_]:
    """Return ``03/05/2016 02:20:00 PM`` for the letters of ``2016-03-05T14:20:00``."""
    text = np.full((len(letters), _SLASHED), ord(" "), dtype=np.uint32)
    first, last = ((8, 9), (5, 6)) if day_first else ((5, 6), (8, 9))
    text[:, [0, 1, 3, 4]] = letters[:, [*first, *last]]
    text[:, [2, 5]] = ord("/")
    text[:, 6:10] = letters[:, :4]
    text[:, 13:19] = letters[:, 13:]
    hour = (letters[:, 11] - ord("0")) * 10 + letters[:, 12] - ord("0")
    clock = np.where(hour % _NOON == 0, _NOON, hour % _NOON)
    text[:, 11], text[:, 12] = clock // 10 + ord("0"), clock % 10 + ord("0")
    text[:, 20] = np.where(hour < _NOON, ord("A"), ord("P"))
    text[:, 21] = ord("M")
    return text.view(f"U{_SLASHED}")[:, 0]
