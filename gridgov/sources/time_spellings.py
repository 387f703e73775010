"""Times in all the ways in which people write them, value by value.

The ways are listed in :mod:`gridgov.sources.times`. This costs a hundred times as much as a
plain time, so each different text is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.local_times import LAST_US
from gridgov.sources.plain_times import MISSING, PLAIN, from_plain
from gridgov.sources.text_values import says_nothing

__all__ = ["SpelledTimes", "read_spellings"]

Flags = NDArray[np.bool_]
Moments = NDArray[np.int64]

_CLOCK = (
    r"(?:[T\s]*(?P<before>上午|下午|AM|PM)?\s*"
    r"(?:(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"|(?P<ch>\d{1,2})[时点時](?:(?P<cmi>\d{1,2})分?(?:(?P<cs>\d{1,2})秒?)?)?)"
    r"\s*(?P<after>AM|PM|A\.M\.|P\.M\.)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_YEAR_FIRST = (
    r"(?i)^(?P<y>\d{4})\s*[-/.年]\s*(?P<mo>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    + _CLOCK
    + _ZONE
    + "$"
)
_DIGITS = (
    r"(?i)^(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})"
    r"(?:[T\s]?(?P<h>\d{2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2}))?)?" + _ZONE + "$"
)
_YEAR_LAST = (
    r"(?i)^(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK + _ZONE + "$"
)
_SERIAL = r"^\d{5}(?:\.\d+)?$"

# Microseconds from 1970-01-01 back to 1899-12-30, day 0 of spreadsheets.
_SERIAL_ZERO_US = -25_569 * 86_400_000_000
_SERIAL_RANGE = (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class SpelledTimes:
    """The times in some texts, and what the texts say about the column.

    Attributes
    ----------
    local
        Microseconds since 1970 on the clock, for times without a zone, else missing.
    instant
        Microseconds since 1970 in UTC, for times with a zone, else missing.
    nothing
        Texts that say that there is no time.
    ambiguous
        Dates whose day and month can be exchanged.
    other_order
        Dates only in the other order of day and month, and so no times here.
    first_over, second_over
        Whether some number that stands first, or second, in a date is above 12.
    """

    local: Moments
    instant: Moments
    nothing: Flags
    ambiguous: Flags
    other_order: Flags
    first_over: bool
    second_over: bool


def read_spellings(texts: pa.Array, *, day_first: bool) -> SpelledTimes:
    """Read texts in plain characters and without blanks around.

    Examples
    --------
    >>> import pyarrow as pa
    >>> read_spellings(pa.array(["1/1/1970 00:01", "soon", "-"]), day_first=False).nothing.tolist()
    [False, False, True]
    """
    local = np.full(len(texts), MISSING)
    instant = local.copy()
    ambiguous = np.zeros(len(texts), bool)
    other_order = ambiguous.copy()
    first_over, second_over = False, False
    at = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, PLAIN)))
    local[at] = from_plain(texts.take(pa.array(at)))
    rest = np.flatnonzero(local == MISSING)
    others = texts.take(pa.array(rest))
    for pattern in (_YEAR_FIRST, _DIGITS, _YEAR_LAST):
        at, parts = _matches(others, pattern)
        at = rest[at]
        if not len(at):
            continue
        if pattern is _YEAR_LAST:
            first, second = parts["first"], parts["second"]
            day, month = (first, second) if day_first else (second, first)
            first_over, second_over = bool((first > 12).any()), bool((second > 12).any())
            ambiguous[at] = (first <= 12) & (second <= 12) & (first != second)
            other_order[at] = (month > 12) & (day <= 12)
        else:
            day, month = parts["d"], parts["mo"]
        moment = _moment(parts, month, day)
        aware = parts["aware"]
        local[at] = np.where(aware, MISSING, moment)
        moment = np.where(aware & (moment != MISSING), moment - parts["offset_us"], MISSING)
        instant[at] = np.where(moment <= LAST_US, moment, MISSING)
    at = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _SERIAL)))
    local[at] = _from_serial(texts.take(pa.array(at)).cast(pa.float64()).to_numpy())
    return SpelledTimes(
        local, instant, says_nothing(texts), ambiguous, other_order, first_over, second_over
    )


def _matches(texts: pa.Array, pattern: str) -> tuple[NDArray[np.intp], dict[str, Any]]:
    """Return where a pattern matches, and the numbers that it finds there."""
    found = pc.extract_regex(texts, pattern=pattern)
    at = np.flatnonzero(np.asarray(found.is_valid()))
    found = found.take(pa.array(at))
    names = [field.name for field in found.type]
    fields = {name: found.field(name) for name in names}
    parts: dict[str, Any] = {}
    for name in ("y", "mo", "d", "first", "second", "h", "mi", "s", "ch", "cmi", "cs"):
        if name in fields:
            parts[name] = _integers(fields[name])
    hour = parts.get("h", 0) + parts.get("ch", 0)
    half = np.zeros(len(at), np.int64)
    for name in ("before", "after"):
        if name in fields:
            word = pc.utf8_lower(fields[name])
            half += 1 * np.asarray(pc.is_in(word, value_set=pa.array(["上午", "am", "a.m."])))
            half += 2 * np.asarray(pc.is_in(word, value_set=pa.array(["下午", "pm", "p.m."])))
    # 12 AM is midnight and 12 PM is noon; 下午14时 is said and means 14.
    parts["hour"] = np.where((half == 1) & (hour == 12), 0, hour)
    parts["hour"] = np.where((half == 2) & (hour < 12), hour + 12, parts["hour"])
    parts["bad"] = (half > 2) | ((half == 1) & (hour > 12))
    parts["minute"] = parts.get("mi", 0) + parts.get("cmi", 0)
    parts["second_us"] = (parts.get("s", 0) + parts.get("cs", 0)) * 1_000_000
    if "f" in fields:
        padded = pc.utf8_slice_codeunits(
            pc.utf8_rpad(fields["f"], width=6, padding="0"), start=0, stop=6
        )
        parts["second_us"] = parts["second_us"] + _integers(padded)
    parts["aware"] = np.asarray(pc.not_equal(fields["zone"], ""))
    digits = pc.replace_substring_regex(fields["zone"], pattern="[^0-9]", replacement="")
    digits = _integers(pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 4, "0"), start=0, stop=4))
    sign = np.where(np.asarray(pc.starts_with(fields["zone"], "-")), -1, 1)
    parts["offset_us"] = sign * (digits // 100 * 60 + digits % 100) * 60_000_000
    return at, parts


def _integers(texts: pa.Array) -> NDArray[np.int64]:
    """Return digits as whole numbers, 0 where there are none."""
    return np.asarray(pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()))


def _moment(
    parts: dict[str, Any], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return microseconds since 1970 as read on a clock, missing where there is no such time."""
    months = (parts["y"] - 1970) * 12 + month - 1
    dates = months.astype("datetime64[M]").astype("datetime64[D]") + (day - 1)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (parts["y"] >= 1)
    # The 31st of a shorter month has moved on into the next one.
    exists &= dates.astype("datetime64[M]").view(np.int64) == months
    hour, minute, second_us = parts["hour"], parts["minute"], parts["second_us"]
    # 24:00 is the end of its day.
    clock_us = (hour * 60 + minute) * 60_000_000 + second_us
    exists &= ~parts["bad"] & (minute < 60) & (second_us < 60_000_000)
    exists &= (hour < 24) | (clock_us == 86_400_000_000)
    moment: NDArray[np.int64] = dates.astype("datetime64[us]").view(np.int64) + clock_us
    return np.where(exists, moment, MISSING)


def _from_serial(days: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return microseconds since 1970 for day numbers of a spreadsheet, to the millisecond."""
    plausible = (days >= _SERIAL_RANGE[0]) & (days < _SERIAL_RANGE[1])
    milliseconds = np.round(np.where(plausible, days, 0) * 86_400_000).astype(np.int64)
    return np.where(plausible, milliseconds * 1000 + _SERIAL_ZERO_US, MISSING)
