"""One bulletin in the making: which records, which period, which street, in which language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.bulletin.document.model import KeyFigure, Number, Part, Provenance
from gridgov.bulletin.periodic.changes import Change, adjacent_dispersion, compare_counts
from gridgov.bulletin.periodic.phrases import Phrases
from gridgov.bulletin.periodic.records import Records
from gridgov.bulletin.periodic.rhythm import Rhythm, RhythmKind, Span
from gridgov.columns import Language
from gridgov.place.periods import read_moment, read_range

__all__ = ["Contents", "Scope"]

# How many periods before this one are looked at to learn how far neighboring ones differ, and
# how many whole ones it takes.
_LEARNED: dict[RhythmKind, tuple[int, str]] = {
    "day": (56, "D"),
    "week": (26, "W-MON"),
    "month": (24, "MS"),
    "year": (24, "MS"),
}
_FEWEST = 8
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a section brings: parts, large numbers, and the numbers for the next program."""

    parts: Sequence[Part] = ()
    figures: Sequence[KeyFigure] = ()
    numbers: Sequence[Number] = ()
    lead: Sequence[str] = ()
    method: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """One bulletin in the making.

    Attributes
    ----------
    records
        All tables.
    rhythm
        The period and what it is compared with.
    street_id
        The street; None for the whole.
    words
        The language.
    as_of
        The moment from which cases are seen.
    source
        Where the records come from.
    columns
        The caller's own columns of cases that were asked for.
    most
        Rows that lists show.
    """

    records: Records
    rhythm: Rhythm
    street_id: str | None
    words: Phrases
    as_of: pd.Timestamp
    source: str
    columns: tuple[str, ...] = ()
    most: int = 20
    own: dict[Any, Any] = field(default_factory=dict)

    @property
    def lang(self) -> Language:
        """Return the language."""
        return self.words.lang

    @property
    def street(self) -> str:
        """Return the name of the street, nothing for the whole."""
        return "" if self.street_id is None else self.records.names[self.street_id]

    @property
    def place(self) -> str:
        """Return the name of the street or of the whole."""
        return self.street or self.words("whole")

    @property
    def until(self) -> pd.Timestamp:
        """Return the end of what is counted: that of the period, or the moment if earlier."""
        return min(self.rhythm.now.end, self.as_of)

    @property
    def said(self) -> str:
        """Return the period in words."""
        return self.rhythm.now.said(self.lang)

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what all bulletins of this period, moment and language share."""
        key = (name, self.rhythm.now.name, self.as_of, self.lang, self.source)
        return self.records.shared(key, make)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what sections of this bulletin share."""
        if name not in self.own:
            self.own[name] = make()
        return self.own[name]

    # -- incidents ---------------------------------------------------------------------------

    def chosen(self, start: pd.Timestamp, end: pd.Timestamp) -> NDArray[np.bool_]:
        """Return which incidents of the place were reported in a time."""
        found = self.records.within(start, end)
        return found if self.street_id is None else found & self.records.street(self.street_id)

    @property
    def incidents(self) -> Any:
        """Return the incidents of the period and place."""
        return self.once(
            "incidents",
            lambda: self.records.incidents[self.chosen(self.rhythm.now.start, self.until)],
        )

    def spans(self) -> dict[str, Span]:
        """Return the times that are compared with, by name."""
        spans = {"before": self.rhythm.before}
        if self.rhythm.last_year is not None:
            spans["last_year"] = self.rhythm.last_year
        return spans

    def against(self, name: str) -> str:
        """Return a time that is compared with in words."""
        return self.spans()[name].said(self.lang)

    @property
    def when(self) -> str:
        """Return the period as an adverb."""
        return self.rhythm.now.when(self.lang)

    def dispersion(self, by: str | None = None) -> Mapping[Any, float]:
        """Return by group how much more than Poisson the counts before varied."""
        found: Mapping[Any, float] = self.once(f"dispersion {by}", lambda: self._dispersion(by))
        return found

    def _dispersion(self, by: str | None) -> dict[Any, float]:
        periods, freq = _LEARNED[self.rhythm.kind]
        first, end = self.records.first, self.rhythm.now.start
        if first is None:
            return {}
        unit = {"D": "days", "W-MON": "weeks", "MS": "months"}[freq]
        start = end - pd.DateOffset(**{unit: periods})
        chosen = self.chosen(start, end)
        edges = read_range(
            np.empty(0, dtype=np.int64), freq=freq, start=start, end=end, zone=self.records.zone
        )
        # A period that the records hold only in part differs from the next for that alone.
        whole = int(np.searchsorted(edges.starts, first, side="right"))
        if len(edges.starts) - whole < _FEWEST:
            return {}
        place = edges.places(self.records.instants[chosen])
        ends = edges.starts.append(pd.DatetimeIndex([end]))
        days = np.diff(ends.as_unit("us").asi8) / _DAY_US
        if by is None:
            names, group = [None], np.zeros(int(chosen.sum()), dtype=np.int64)
        else:
            group, names = pd.factorize(self.records.incidents[by].to_numpy()[chosen], sort=False)
        known = group >= 0
        shape = (len(names), len(edges.starts))
        flat = group[known] * shape[1] + place[known]
        counts = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
        return {
            name: adjacent_dispersion(row[whole:], days[whole:])
            for name, row in zip(names, counts, strict=True)
        }

    def compare(
        self, now: int, before: int | None, name: str, *, by: str | None = None, group: Any = None
    ) -> Change:
        """Return a count against that of an earlier time."""
        span = self.spans()[name]
        return compare_counts(
            now,
            before,
            days=Span(self.rhythm.now.start, self.until, self.rhythm.kind).days,
            days_before=span.days,
            dispersion=self.dispersion(by).get(group, 1.0),
        )

    def covered(self, name: str) -> bool:
        """Return whether the records hold a time that is compared with."""
        span = self.spans()[name]
        return self.records.covers(span.start, span.end)

    def count(self, name: str) -> int | None:
        """Return the incidents of an earlier time, None where records do not reach."""
        span = self.spans()[name]
        return int(self.chosen(span.start, span.end).sum()) if self.covered(name) else None

    # -- cases -------------------------------------------------------------------------------

    @property
    def cases_end(self) -> pd.Timestamp | None:
        """Return when the records of cases end, where that is before the period begins.

        Of such a period they know nothing: no case filed is then not the same as none.
        """
        told = None if self.records.cases is None else self.records.cases.attrs.get("as_of")
        if told is None:
            return None
        end = read_moment(told, "as_of", self.records.zone).tz_convert(self.records.zone)
        return end if end <= self.rhythm.now.start else None

    @property
    def cases(self) -> pd.DataFrame | None:
        """Return all cases of the place known at the moment; None where nothing is known."""
        return self.once("cases", self._cases)

    def _cases(self) -> pd.DataFrame | None:
        cases = self.all_cases
        if cases is None or self.street_id is None:
            return cases
        return cases[np.asarray(cases["street_id"] == self.street_id)]

    @property
    def all_cases(self) -> pd.DataFrame | None:
        """Return all cases of all places known at the moment."""

        def known() -> pd.DataFrame | None:
            cases = self.records.cases
            if cases is None or self.cases_end is not None:
                return None
            begun = cases[["reported_at", "filed_at"]].min(axis=1)
            return cases[np.asarray(begun.isna() | (begun < self.as_of))]

        key = ("known cases", self.as_of, self.rhythm.now.start)
        return self.records.shared(key, known)

    # -- where things come from --------------------------------------------------------------

    def provenance(
        self, method: str, n: int | None, *, period: str | None = None, **values: Any
    ) -> Provenance:
        """Return where something comes from; `method` is a key of the words."""
        return Provenance(
            self.source, period or self.said, n, self.words(f"method.{method}", **values)
        )

    def number(
        self,
        key: str,
        value: float | int | None,
        unit: str,
        *,
        label: str | None = None,
        method: str = "count",
        low: Any = None,
        high: Any = None,
        numerator: Any = None,
        denominator: Any = None,
        n: int | None = None,
    ) -> Number:
        """Return a number for the next program; missing ones are None."""
        return Number(
            key=key,
            label=label or self.words(f"number.{key}"),
            value=_plain(value),
            unit=unit,
            low=_plain(low),
            high=_plain(high),
            numerator=_plain(numerator),
            denominator=_plain(denominator),
            provenance=self.provenance(method, n),
        )


def _plain(value: Any) -> float | int | None:
    """Return a number as JSON knows it."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    found = float(value)
    return found if np.isfinite(found) else None
