"""Time: whole minutes of Beijing time since 2015-01-01, and the texts of times."""

from __future__ import annotations

from datetime import date, datetime, timedelta

__all__ = ["DAYS", "END", "FORMATS", "ISO_FORMAT", "MINUTES", "START", "day_of", "moment", "text"]

START = datetime(2015, 1, 1)
END = datetime(2018, 1, 1)
DAYS = (END - START).days
"""Days covered, 2015-01-01 to 2017-12-31."""
MINUTES = DAYS * 24 * 60
"""The minute at which the records were drawn, 2018-01-01 00:00."""

ISO_FORMAT = "{0.year:04d}-{0.month:02d}-{0.day:02d} {0.hour:02d}:{0.minute:02d}:{0.second:02d}"
FORMATS = {
    "slashes, no leading zeros": "{0.year}/{0.month}/{0.day} {0.hour}:{0.minute:02d}",
    "Chinese": "{0.year}年{0.month}月{0.day}日 {0.hour}时{0.minute:02d}分",
    "compact date only": "{0.year:04d}{0.month:02d}{0.day:02d}",
    "ISO 8601 with offset": (
        "{0.year:04d}-{0.month:02d}-{0.day:02d}T{0.hour:02d}:{0.minute:02d}:00+08:00"
    ),
}
"""The other date formats in which some rows come."""


def moment(minute: int, second: int = 0) -> datetime:
    """Return the local date and time of a minute since the start."""
    return START + timedelta(minutes=minute, seconds=second)


def text(minute: int, form: str = ISO_FORMAT) -> str:
    """Return a minute since the start as text."""
    return form.format(moment(minute))


def day_of(year: int, month: int, day: int) -> int:
    """Return the number of days from the start to a date."""
    return (date(year, month, day) - START.date()).days
