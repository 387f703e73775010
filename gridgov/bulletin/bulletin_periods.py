"""Which bulletins are asked for: one day, week, month or year, or every one in a time."""

from __future__ import annotations

from datetime import date

import pandas as pd

from gridgov.bulletin.periodic.rhythm import RhythmKind, Span, read_rhythm, rhythms_of_year
from gridgov.bulletin.selection import check_day
from gridgov.checks import check_choice
from gridgov.errors import OptionError

__all__ = ["bulletin_periods"]

_KINDS: tuple[RhythmKind, ...] = ("day", "week", "month", "year")
_FREQ: dict[RhythmKind, str] = {"day": "D", "week": "W-MON", "month": "MS", "year": "YS"}


def bulletin_periods(
    *,
    day: str | None = None,
    week: str | None = None,
    month: str | None = None,
    year: str | int | None = None,
    start: str | None = None,
    end: str | None = None,
    every: str | None = None,
) -> list[str]:
    """Return the names of the periods that are asked for, one bulletin each.

    Parameters
    ----------
    day, week, month, year
        ``"2017-09-12"``, ``"2017-W37"`` or a day in the week, ``"2017-09"``, ``2017``.
    start, end
        First day, and first day no longer in it, instead of one of the four.
    every
        ``"day"``, ``"week"``, ``"month"`` or ``"year"``: every one that begins in the time
        named, instead of the time itself.

    Raises
    ------
    OptionError
        If not exactly one time is named, it cannot be read, or nothing begins in it.

    Examples
    --------
    >>> bulletin_periods(month="2017-09")
    ['2017-09']
    >>> bulletin_periods(year=2017, every="month")[:3]
    ['2017-01', '2017-02', '2017-03']
    >>> bulletin_periods(start="2017-09-01", end="2017-09-15", every="week")
    ['2017-W36', '2017-W37']
    """
    ranged = start is not None or end is not None
    named = {"day": day, "week": week, "month": month, "year": year}
    said = [kind for kind in _KINDS if named[kind] is not None]
    if ranged and said:
        raise OptionError(
            f"Either a {said[0]} or a range of days can be asked for. Found: both. Leave one of "
            "them out."
        )
    kind = None if every is None else check_choice(every, option="every", choices=_KINDS)
    if ranged:
        return _of_range(start, end, kind)
    # The zone plays no part in names.
    rhythm = read_rhythm(day=day, week=week, month=month, year=year, zone="UTC")
    if kind is None or kind == rhythm.kind:
        return [rhythm.now.name]
    if _KINDS.index(kind) > _KINDS.index(rhythm.kind):
        raise OptionError(
            f"every must be a time shorter than the one named. Found: every {kind} of a "
            f"{rhythm.kind}. Name a longer one, or leave every out."
        )
    if rhythm.kind == "year":
        return rhythms_of_year(rhythm.now.name, kind)
    return _beginning(rhythm.now.start.date(), rhythm.now.end.date(), kind)


def _of_range(start: str | None, end: str | None, kind: RhythmKind | None) -> list[str]:
    """Return the periods that begin in a range of days."""
    first, last = check_day(start, option="start"), check_day(end, option="end")
    if first is None or last is None:
        raise OptionError(
            "A range of bulletins needs its first day and the first day no longer in it. Found: "
            f"{'end' if first is None else 'start'} alone. Give both --from and --to "
            "(start=..., end=...)."
        )
    if first >= last:
        raise OptionError(
            f"start must be before end, the first day that no longer counts. Found: {first} and "
            f"{last}."
        )
    if kind is None:
        raise OptionError(
            "A range of days needs to say how often: --every day, week, month or year "
            "(every=...). Found: none."
        )
    return _beginning(date.fromisoformat(first), date.fromisoformat(last), kind)


def _beginning(first: date, last: date, kind: RhythmKind) -> list[str]:
    """Return the names of the periods that begin from one day on and before another."""
    starts = pd.date_range(first, last, freq=_FREQ[kind], inclusive="left")
    if not len(starts):
        raise OptionError(
            f"At least one {kind} must begin from {first} on and before {last}. Found: none. "
            "Choose a longer range, or another --every (every=...)."
        )
    return [Span(at, at, kind).name for at in starts]
