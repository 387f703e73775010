"""What one comparison found: a line of the results, and the ways to make one.

A line is made in this order: the answers of both sides are compared, and only then the
clock starts. A difference raises :class:`DifferentError`, which stops the row. A peer that
is not there, or fails, becomes a line that says why.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from timing import compare

__all__ = [
    "AbsentError",
    "DifferentError",
    "Line",
    "Row",
    "Size",
    "Turns",
    "absent",
    "measured",
    "need",
    "quickest",
    "race",
    "same",
]

Way = tuple[str, Callable[[], Any]]


class AbsentError(Exception):
    """A peer is not installed."""


class DifferentError(Exception):
    """Two ways of one job answer differently."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much to run.

    Attributes
    ----------
    small
        Few rows, answers compared, nothing timed.
    rounds
        How often the ways take turns.
    share
        Part of the full size.
    """

    small: bool
    rounds: int
    share: float = 1.0

    def of(self, full: int, small: int) -> int:
        """Return how many rows to take."""
        return small if self.small else max(int(full * self.share), small)


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison.

    Attributes
    ----------
    row, job
        What was done.
    ours, peer
        What was compared.
    equal
        In what the answers were found equal; empty where nothing was compared.
    ratio, least, most
        Median, smallest and greatest of the rounds; None where nothing was timed.
    target
        What the ratio should be at least, or at most; None for no target.
    at_most
        The ratio is ours to the peer's and should be small; else the peer's to ours.
    seconds
        Of every round, by way.
    peaks
        Largest peak of memory in bytes, by way, where each ran in a process of its own.
    load
        Load average of the machine over a minute, before and after.
    absent
        Why the peer did not run.
    """

    row: str
    job: str
    ours: str
    peer: str
    equal: str = ""
    ratio: float | None = None
    least: float | None = None
    most: float | None = None
    target: float | None = None
    at_most: bool = False
    seconds: Mapping[str, list[float]] = field(default_factory=dict)
    peaks: Mapping[str, int] = field(default_factory=dict)
    load: tuple[float, float] | None = None
    absent: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the line as JSON holds it."""
        return asdict(self)

    def reached(self) -> bool | None:
        """Return whether the target is reached, None without one or without a time."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def sentence(self) -> str:
        """Return the comparison in words."""
        start = f"{self.job}: {self.ours} against {self.peer}"
        if self.absent:
            return f"{start}: not run, {self.absent}"
        told = f"{start}: equal answers, {self.equal}" if self.equal else start
        if self.ratio is None:
            return told
        which = "times the peer's" if self.at_most else "times as fast"
        told += f"; {self.ratio:.2f} {which} ({self.least:.2f} to {self.most:.2f})"
        if self.target is not None:
            sign = "≤" if self.at_most else "≥"
            word = "reached" if self.reached() else "NOT reached"
            told += f", target {sign} {self.target:g}: {word}"
        if self.seconds:
            medians = (f"{name} {np.median(times):.3f} s" for name, times in self.seconds.items())
            told += "; " + ", ".join(medians)
        if self.peaks:
            told += "; peak " + ", ".join(f"{n} {b / 1e9:.2f} GB" for n, b in self.peaks.items())
        if self.load is not None:
            told += f"; load {self.load[0]:.1f} to {self.load[1]:.1f}"
        return told


class Turns(NamedTuple):
    """What rounds found in which ways took turns.

    Attributes
    ----------
    seconds
        Of every round, by way.
    peaks
        Largest peak of memory in bytes, by way, where it was measured.
    load
        Load average before and after.
    """

    seconds: dict[str, list[float]]
    peaks: dict[str, int]
    load: tuple[float, float]


class Row(NamedTuple):
    """Comparisons that share their data.

    Attributes
    ----------
    name
        For ``--only``.
    title
        What is compared, in words.
    run
        Takes a Size and yields lines.
    """

    name: str
    title: str
    run: Callable[[Size], Any]


def need(module: str) -> Any:
    """Return a peer's module.

    Raises
    ------
    AbsentError
        If it cannot be imported; the reason is in it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise AbsentError(f"{error} (pip install '.[bench]')") from error


def absent(row: str, job: str, ours: str, peer: str, error: Exception) -> Line:
    """Return the line of a peer that did not run."""
    reason = str(error) if isinstance(error, AbsentError) else f"{type(error).__name__}: {error}"
    return Line(row, job, ours, peer, absent=" ".join(reason.split())[:300])


def same(ours: Any, theirs: Any, what: str, *, atol: float | None = None) -> str:
    """Compare two answers and return in words how they are equal.

    Raises
    ------
    DifferentError
        If a value differs, at all or by more than `atol`.
    """
    left, right = np.asarray(ours), np.asarray(theirs)
    if left.shape != right.shape:
        raise DifferentError(f"{what}: {left.shape} answers of ours, {right.shape} of the peer's")
    if atol is None:
        wrong = int((left != right).sum())
    else:
        with np.errstate(invalid="ignore"):
            near = np.abs(left - right) <= atol
        wrong = int((~(near | (np.isnan(left) & np.isnan(right)))).sum())
    if wrong:
        raise DifferentError(f"{what}: {wrong:,} of {left.size:,} differ")
    within = "" if atol is None else f" within {atol:.0e}"
    return f"{left.size:,} {what}{within}"


def measured(line: Line, turns: Turns, *, times: float = 1.0) -> Line:
    """Return a line with what the rounds found.

    Parameters
    ----------
    line
        Of ways that are among those timed.
    turns
        What the rounds found.
    times
        How many times as much work ours did; the ratio is that of one piece of work.
    """
    ours, peer = (np.array(turns.seconds[name]) for name in (line.ours, line.peer))
    ratios = ours / peer / times if line.at_most else peer / ours * times
    both = (line.ours, line.peer)
    return replace(
        line,
        ratio=float(np.median(ratios)),
        least=float(ratios.min()),
        most=float(ratios.max()),
        seconds={name: turns.seconds[name] for name in both},
        peaks={name: turns.peaks[name] for name in both if name in turns.peaks},
        load=turns.load,
    )


def race(
    size: Size,
    row: str,
    job: str,
    ours: Way,
    peer: Way,
    *,
    equal: str,
    target: float | None = None,
    at_most: bool = False,
) -> Line:
    """Return the line of two ways that were found equal."""
    line = Line(row, job, ours[0], peer[0], equal=equal, target=target, at_most=at_most)
    if size.small:
        return line
    before = os.getloadavg()[0]
    found = compare(job, ours, peer, rounds=size.rounds)
    return measured(line, Turns(dict(found.seconds), {}, (before, os.getloadavg()[0])))


def quickest(ways: Mapping[str, Callable[[], Any]]) -> str:
    """Return the name of the way that takes least time on what it was given.

    A peer that can be asked in several ways is asked in its best one.
    """
    taken = {}
    for name, way in ways.items():
        way()
        start = perf_counter()
        way()
        taken[name] = perf_counter() - start
    return min(taken, key=taken.__getitem__)
