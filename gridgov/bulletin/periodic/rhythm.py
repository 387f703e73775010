"""The four rhythms of a bulletin: a day, a week, a month, a year, and what each is compared with.

A period is half-open and begins at midnight of the records' zone. It is compared with the
period before and, where a season would fool the eye, with the same one of the year before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from gridgov.columns import Language
from gridgov.errors import OptionError
from gridgov.place.periods import period_end

__all__ = ["Rhythm", "RhythmKind", "Span", "kind_of", "read_rhythm", "rhythms_of_year"]

RhythmKind = Literal["day", "week", "month", "year"]

_NAMES: dict[RhythmKind, str] = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "week": r"\d{4}-W\d{2}",
    "month": r"\d{4}-\d{2}",
    "year": r"\d{4}",
}
_FREQ: dict[RhythmKind, str] = {"day": "D", "week": "W-MON", "month": "MS", "year": "YS"}
_FORMS: dict[RhythmKind, str] = {
    "day": "YYYY-MM-DD, such as 2017-09-12",
    "week": "YYYY-Www (ISO), such as 2017-W37, or a day of the week as YYYY-MM-DD",
    "month": "YYYY-MM, such as 2017-09",
    "year": "YYYY, such as 2017",
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open time: first instant, first instant no longer in it, and its name."""

    start: pd.Timestamp
    end: pd.Timestamp
    kind: RhythmKind

    @property
    def days(self) -> float:
        """Return its length in days of 24 hours."""
        return float((self.end - self.start) / pd.Timedelta(days=1))

    @property
    def name(self) -> str:
        """Return its name in files: 2017-09-12, 2017-W37, 2017-09, 2017."""
        match self.kind:
            case "day":
                return f"{self.start:%Y-%m-%d}"
            case "week":
                year, week, _ = self.start.isocalendar()
                return f"{year}-W{week:02d}"
            case "month":
                return f"{self.start:%Y-%m}"
            case _:
                return f"{self.start:%Y}"

    def said(self, lang: Language) -> str:
        """Return its name in words.

        Examples
        --------
        >>> read_rhythm(month="2017-09", zone="Asia/Shanghai").now.said("zh")
        '2017年9月'
        """
        day = self.start
        month = _MONTHS[day.month - 1]
        match self.kind, lang:
            case "day", "zh":
                return f"{day.year}年{day.month}月{day.day}日"
            case "day", _:
                return f"{day.day} {month} {day.year}"
            case "month", "zh":
                return f"{day.year}年{day.month}月"
            case "month", _:
                return f"{month} {day.year}"
            case "year", "zh":
                return f"{day.year}年"
            case "year", _:
                return str(day.year)
        last = self.end - pd.Timedelta(hours=12)
        year, week, _ = day.isocalendar()
        if lang == "zh":
            return f"{year}年第{week}周（{day.month}月{day.day}日至{last.month}月{last.day}日）"
        since = f"{day.day}" if day.month == last.month else f"{day.day} {month}"
        return f"week {week} of {year} ({since} to {last.day} {_MONTHS[last.month - 1]})"

    def when(self, lang: Language) -> str:
        """Return its name as an adverb: on 12 September 2017, in 2017.

        Examples
        --------
        >>> read_rhythm(day="2017-09-12", zone="Asia/Shanghai").now.when("en")
        'on 12 September 2017'
        """
        if lang == "zh":
            return self.said(lang)
        return f"{'on' if self.kind == 'day' else 'in'} {self.said(lang)}"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A period and what it is compared with.

    Attributes
    ----------
    kind
        ``day``, ``week``, ``month`` or ``year``.
    now, before
        The period and the one before.
    last_year
        The same month of the year before; None for the other rhythms.
    """

    kind: RhythmKind
    now: Span
    before: Span
    last_year: Span | None

    @property
    def freq(self) -> str:
        """Return the period's name as a calendar start."""
        return _FREQ[self.kind]

    def earlier(self, periods: int) -> pd.Timestamp:
        """Return the start of the period that lies so many periods before this one."""
        return _moved(self.now.start, self.kind, -periods)


def read_rhythm(
    *,
    day: Any = None,
    week: Any = None,
    month: Any = None,
    year: Any = None,
    zone: Any,
) -> Rhythm:
    """Return the period that one of four options names.

    Parameters
    ----------
    day, week, month, year
        Exactly one: ``"2017-09-12"``, ``"2017-W37"`` or a day in the week, ``"2017-09"``,
        ``"2017"`` or 2017.
    zone
        Time zone of the calendar.

    Raises
    ------
    OptionError
        If none or several are given, or the one cannot be read.

    Examples
    --------
    >>> rhythm = read_rhythm(week="2017-09-14", zone="Asia/Shanghai")
    >>> rhythm.now.name, str(rhythm.now.start.date()), rhythm.before.name
    ('2017-W37', '2017-09-11', '2017-W36')
    """
    given: dict[RhythmKind, Any] = {"day": day, "week": week, "month": month, "year": year}
    named = [kind for kind, value in given.items() if value is not None]
    if len(named) != 1:
        raise OptionError(
            "A bulletin is of one day, week, month or year. Found: "
            f"{' and '.join(named) if named else 'none of them'}. Give exactly one, such as "
            "month='2017-09'."
        )
    kind = named[0]
    start = _read_start(given[kind], kind)
    last_year = None
    if kind == "month":
        last_year = _span(start - pd.DateOffset(years=1), kind, zone)
    return Rhythm(
        kind,
        _span(start, kind, zone),
        _span(_moved(start, kind, -1), kind, zone),
        last_year,
    )


def kind_of(name: str) -> RhythmKind:
    """Return whether a name is that of a day, a week, a month or a year.

    Raises
    ------
    OptionError
        If it is none of them.

    Examples
    --------
    >>> [kind_of(name) for name in ("2017-09-12", "2017-W37", "2017-09", "2017")]
    ['day', 'week', 'month', 'year']
    """
    for kind, form in _NAMES.items():
        if re.fullmatch(form, name):
            return kind
    raise OptionError(
        "periods are named as 2017-09-12 (day), 2017-W37 (week), 2017-09 (month) or 2017 (year). "
        f"Found: {name!r}."
    )


def rhythms_of_year(year: int | str, kind: RhythmKind) -> list[str]:
    """Return the names of all periods that begin in a year, for one bulletin each.

    Parameters
    ----------
    year
        The year.
    kind
        ``day``, ``week``, ``month`` or ``year``. A week is counted to its ISO year.

    Raises
    ------
    OptionError
        If `year` cannot be read.

    Examples
    --------
    >>> rhythms_of_year(2017, "month")[:2], len(rhythms_of_year(2017, "week"))
    (['2017-01', '2017-02'], 52)
    """
    first = _read_start(year, "year")
    after = first + pd.DateOffset(years=1)
    if kind == "year":
        return [f"{first:%Y}"]
    if kind == "week":
        # 4 January always lies in the first ISO week.
        begin = first + pd.Timedelta(days=3)
        begin -= pd.Timedelta(days=begin.weekday())
        ends = after + pd.Timedelta(days=3)
        ends -= pd.Timedelta(days=ends.weekday())
        return [Span(at, at, "week").name for at in pd.date_range(begin, ends, freq="7D")[:-1]]
    starts = pd.date_range(first, after, freq=_FREQ[kind], inclusive="left")
    return [Span(at, at, kind).name for at in starts]


def _read_start(value: Any, kind: RhythmKind) -> pd.Timestamp:
    """Return the first day of a period, without a zone."""
    text = str(value).strip()
    start = None
    try:
        match kind:
            case "day" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                start = pd.Timestamp(text)
            case "week" if found := re.fullmatch(r"(\d{4})-W(\d{2})", text):
                start = pd.Timestamp.fromisocalendar(int(found[1]), int(found[2]), 1)
            case "week" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                start = pd.Timestamp(text)
                start -= pd.Timedelta(days=start.weekday())
            case "month" if re.fullmatch(r"\d{4}-\d{2}", text):
                start = pd.Timestamp(f"{text}-01")
            case "year" if re.fullmatch(r"\d{4}", text):
                start = pd.Timestamp(f"{text}-01-01")
    except ValueError:
        start = None
    if start is None or isinstance(value, bool):
        raise OptionError(f"{kind} must be written {_FORMS[kind]}. Found: {value!r}.")
    return pd.Timestamp(start)


def _moved(start: pd.Timestamp, kind: RhythmKind, periods: int) -> pd.Timestamp:
    """Return the start so many periods later; a zone keeps the midnight."""
    unit = {"day": "days", "week": "weeks", "month": "months", "year": "years"}[kind]
    return start + pd.DateOffset(**{unit: periods})


def _span(start: pd.Timestamp, kind: RhythmKind, zone: Any) -> Span:
    """Return the period that begins on a day, in a zone."""
    begins = start.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return Span(begins, period_end(begins, _FREQ[kind]), kind)
