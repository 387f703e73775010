"""Plain times, numbers and blanks in compiled loops over the bytes of text, with numba.

The same answers as :mod:`gridgov.sources.plain_times`, :mod:`gridgov.sources.plain_numbers`
and :mod:`gridgov.sources.text_blanks`, value by value: what a loop refuses takes the way of
all odd spellings there.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba the
loops are plain Python, for a look at a few texts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop
from gridgov.sources.written_text import NOTHING, OTHER, WITH_T

__all__ = ["mark_ends", "read_numbers", "read_times"]

# Characters by how far they are from a zero.
_DASH, _BLANK, _T, _SLASH, _COLON = (ord(one) - 48 for one in "- T/:")
_A, _P, _M = (ord(one) - 48 for one in "APM")

_MISSING = np.iinfo(np.int64).min

# Digits of a whole number that a float64 always holds.
_EXACT = 15


@compile_loop
def _digit(data: Any, at: Any) -> Any:
    """Return the digit at a place; below 0 or above 9 where there is none."""
    # A place without a sign is not looked at from the end.
    return np.int64(data[np.uint64(at)]) - 48


@compile_loop
def _two(data: Any, at: Any) -> Any:
    """Return the number of two digits at a place, or below -1000 where they are none."""
    tens, ones = _digit(data, at), _digit(data, at + 1)
    odd = (tens | ones | (9 - tens) | (9 - ones)) < 0
    return tens * 10 + ones - (100_000 if odd else 0)


@compile_loop
def read_times(
    offsets: Any,
    data: Any,
    there: Any,
    months: Any,
    day_first: bool,
    moments: Any,
    forms: Any,
    slashed: Any,
) -> None:
    """Write the moments of plain times of the years 1900 to 2099, and how each is written.

    Plain are ``2016-03-05``, alone or with ``14:20`` or ``14:20:09`` behind a blank or a
    ``T``, and ``03/05/2016 02:20:00 PM``.

    Parameters
    ----------
    offsets, data
        As in :class:`gridgov.arrays.text_buffers.TextPiece`.
    there
        Which rows are not missing; empty if all are there.
    months
        The day before each month from January 1900 to January 2100, in days since 1970.
    day_first
        Whether the day stands before the month where the year stands last.
    moments
        Written: microseconds since 1970, least int64 where missing or not plain.
    forms
        Written: how each is written, as :mod:`gridgov.sources.written_text` numbers it.
    slashed
        Written, of dates whose year stands last: whether a first number is above 12,
        whether a second one is, how many dates could be exchanged.
    """
    for row in range(len(offsets) - 1):
        moments[row] = _MISSING
        forms[row] = NOTHING
        p = np.int64(offsets[row])
        length = np.int64(offsets[row + 1]) - p
        if len(there) and not there[row]:
            continue
        forms[row] = OTHER
        form = np.int64(length)
        first, last = np.int64(1), np.int64(1)
        hour, minute, second = np.int64(0), np.int64(0), np.int64(0)
        if length == 19 or length == 16 or length == 10:
            year = _two(data, p) * 100 + _two(data, p + 2)
            month, day = _two(data, p + 5), _two(data, p + 8)
            odd = (_digit(data, p + 4) ^ _DASH) | (_digit(data, p + 7) ^ _DASH)
            if length > 10:
                between = _digit(data, p + 10)
                odd |= 0 if between in (_BLANK, _T) else 1
                form += WITH_T * (between == _T)
        elif length == 22:
            year = _two(data, p + 6) * 100 + _two(data, p + 8)
            first, last = _two(data, p), _two(data, p + 3)
            month, day = (last, first) if day_first else (first, last)
            odd = (_digit(data, p + 2) ^ _SLASH) | (_digit(data, p + 5) ^ _SLASH)
            odd |= (_digit(data, p + 10) ^ _BLANK) | (_digit(data, p + 19) ^ _BLANK)
            odd |= _digit(data, p + 21) ^ _M
        else:
            continue
        if length > 10:
            hour, minute = _two(data, p + 11), _two(data, p + 14)
            odd |= _digit(data, p + 13) ^ _COLON
            if length > 16:
                second = _two(data, p + 17)
                odd |= _digit(data, p + 16) ^ _COLON
        if length == 22:
            half = _digit(data, p + 20)
            # 12 AM is midnight and 12 PM is noon.
            if hour > 12 or hour < 0 or (half != _A and half != _P):
                continue
            # There is no hour 0, which is read but could be meant as 12.
            form = form if hour > 0 else np.int64(OTHER)
            hour += (12 if half == _P else 0) - (12 if hour == 12 else 0)
        clock = (hour >= 0) & (hour < 24) & (minute >= 0) & (minute < 60)
        clock &= (second >= 0) & (second < 60)
        if odd != 0 or not clock or year < 1900 or year > 2099 or month < 1 or month > 12:
            continue
        at = np.uint64((year - 1900) * 12 + month - 1)
        start = np.int64(months[at])
        if day < 1 or start + day > np.int64(months[at + np.uint64(1)]):
            continue
        if length == 22:
            slashed[0] |= first > 12
            slashed[1] |= last > 12
            slashed[2] += (first <= 12) & (last <= 12) & (first != last)
        minutes = ((start + day) * 24 + hour) * 60 + minute
        moments[row] = (minutes * 60 + second) * 1_000_000
        forms[row] = form


@compile_loop
def read_numbers(
    offsets: Any, data: Any, there: Any, powers: Any, numbers: Any, forms: Any
) -> None:
    """Write plain decimal numbers, and how each is written.

    Plain are a sign or none, up to 15 digits, a point or none.

    Parameters
    ----------
    offsets, data, there
        As for :func:`read_times`.
    powers
        Powers of ten from 1 on, each exact.
    numbers
        Written: the numbers, NaN where missing or not plain.
    forms
        Written: how each is written, as :mod:`gridgov.sources.written_text` numbers it.
    """
    for row in range(len(offsets) - 1):
        numbers[row] = np.nan
        forms[row] = NOTHING
        p, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        if len(there) and not there[row]:
            continue
        forms[row] = OTHER
        if p == end:
            continue
        sign = data[np.uint64(p)]
        p += 1 if sign == 45 or sign == 43 else 0
        if end - p > _EXACT + 1:
            continue
        whole, decimals, points, bad = np.int64(0), 0, 0, np.int64(0)
        digits = end - p
        # Written in one way only: no plus, no zero before another digit, digits on both
        # sides of a point.
        first = data[np.uint64(p)] if p < end else 0
        usual = sign != 43 and (first != 48 or digits == 1 or _digit(data, p + 1) == -2)
        usual = usual and first != 46
        while p < end:
            digit = _digit(data, p)
            p += 1
            if digit == -2:
                points += 1
                continue
            bad |= digit | (9 - digit)
            whole = whole * 10 + digit
            decimals += points
        digits -= points
        if bad < 0 or points > 1 or digits < 1 or digits > _EXACT:
            continue
        # Both are exact, so that the quotient is rounded once.
        value = float(whole) / powers[decimals]
        numbers[row] = -value if sign == 45 else value
        if usual and (points == 0 or decimals > 0):
            forms[row] = 1 + decimals


@compile_loop
def mark_ends(offsets: Any, data: Any, there: Any, table: Any, maybe: Any) -> int:
    """Mark the texts that are empty or may begin or end with a blank; return how many.

    Parameters
    ----------
    offsets, data, there
        As for :func:`read_times`.
    table
        Which bytes begin a blank, or what may be one.
    maybe
        Written: the rows, from the front.
    """
    count = 0
    for row in range(len(offsets) - 1):
        p, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        if len(there) and not there[row]:
            continue
        found = p == end
        if not found:
            last = data[end - 1]
            found = table[data[p]] or last <= 32
            if last >= 128:
                # Inside a character: its first byte lies one or two before.
                found |= table[data[max(end - 2, p)]] or table[data[max(end - 3, p)]]
        if found:
            maybe[count] = row
            count += 1
    return count
