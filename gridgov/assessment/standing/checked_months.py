"""Scores of checks put on a calendar: one score a line and month, no matter how many checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, EmptyTableError
from gridgov.place.periods import read_instants, read_range

__all__ = ["CheckedMonths", "read_checked_months", "read_scores"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CheckedMonths:
    """Lines by months.

    Attributes
    ----------
    lines
        Ids in order.
    groups
        Group of every line, missing where nothing was grouped.
    starts
        First instants of the months.
    checks
        Checks with a score, shape (lines, months).
    scores
        Score of the month, NaN without a check, shape (lines, months).
    left_out
        Rows without a line, a time or a score, or from `end` on.
    """

    lines: pd.Index
    groups: NDArray[Any]
    starts: pd.DatetimeIndex
    checks: NDArray[np.int64]
    scores: Floats
    left_out: int


def read_scores(checks: pd.DataFrame, score: str) -> Floats:
    """Return a column of scores as numbers, NaN where missing.

    Parameters
    ----------
    checks
        Table with the column.
    score
        Its name.

    Raises
    ------
    ColumnsError
        If a value is no finite number.

    Examples
    --------
    >>> import pandas as pd
    >>> read_scores(pd.DataFrame({"score": ["91.5", None]}), "score").tolist()
    [91.5, nan]
    """
    given = checks[score]
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = np.flatnonzero((np.isnan(numbers) & given.notna().to_numpy()) | np.isinf(numbers))
    if wrong.size:
        raise ColumnsError(
            f"{score} must hold finite numbers, or be missing. Found: {wrong.size} other, the "
            f"first is {given.iloc[int(wrong[0])]!r} in row {wrong[0]}."
        )
    return np.asarray(numbers, dtype=np.float64)


def read_checked_months(
    checks: pd.DataFrame,
    *,
    key: str,
    score: str,
    times: str,
    by: str | None,
    several: str,
    end: Any,
) -> CheckedMonths:
    """Return the score of every line and month.

    Parameters
    ----------
    checks
        One row a check.
    key, score, times, by
        Names of the columns.
    several
        ``"mean"`` or ``"lowest"``: the score of a month with several checks.
    end
        First instant no longer counted; None: up to the month of the last check.

    Raises
    ------
    ColumnsError
        If times have no zone, a score is no number, or a line lies in two groups.
    EmptyTableError
        If no row has a line, a time and a score.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.DatetimeIndex(["2025-01-05", "2025-01-20", "2025-03-01"], tz="Asia/Shanghai")
    >>> checks = pd.DataFrame({"line_id": "A", "score": [80.0, 90.0, 95.0], "at": at})
    >>> read_checked_months(checks, key="line_id", score="score", times="at", by=None,
    ...                     several="mean", end=None).scores.tolist()
    [[85.0, nan, 95.0]]
    """
    numbers = read_scores(checks, score)
    instants, timeless, zone = read_instants(checks, times)
    use = ~timeless & ~np.isnan(numbers) & checks[key].notna().to_numpy()
    if end is not None and use.any():
        use &= read_range(instants[use], freq=None, start=None, end=end, zone=zone).holds(instants)
    if not use.any():
        raise EmptyTableError(
            f"A standing needs checks with {key}, {times} and {score}. Found: none among "
            f"{len(checks)} rows{'' if end is None else f' before {end}'}."
        )
    kept = checks.loc[use]
    line, lines = pd.factorize(kept[key].astype("str"), sort=True)
    first = pd.Timestamp(int(instants[use].min()), unit="us", tz="UTC").tz_convert(zone)
    found = read_range(instants[use], freq="MS", start=first, end=end, zone=zone)
    shape = (len(lines), len(found.starts))
    place = line * shape[1] + found.places(instants[use])
    number = np.bincount(place, minlength=shape[0] * shape[1])
    scores = np.full(number.shape, np.inf)
    if several == "lowest":
        np.minimum.at(scores, place, numbers[use])
    else:
        total = np.bincount(place, weights=numbers[use], minlength=len(number))
        np.divide(total, number, out=scores, where=number > 0)
    scores[number == 0] = np.nan
    return CheckedMonths(
        pd.Index(lines),
        _groups(kept, key, by, line, len(lines)),
        found.starts,
        number.reshape(shape),
        scores.reshape(shape),
        int((~use).sum()),
    )


def _groups(
    kept: pd.DataFrame, key: str, by: str | None, line: NDArray[Any], lines: int
) -> NDArray[Any]:
    """Return the group of every line."""
    groups = np.full(lines, None, dtype=object)
    if by is None:
        return groups
    named = kept[by].notna().to_numpy()
    pairs = pd.DataFrame({"line": line[named], "group": kept[by].astype("str").to_numpy()[named]})
    pairs = pairs.drop_duplicates()
    twice = pairs[pairs["line"].duplicated(keep=False)]
    if len(twice):
        at = int(twice["line"].iloc[0])
        first = kept[key].astype("str").to_numpy()[line == at][0]
        of = twice.loc[twice["line"] == at, "group"].tolist()
        raise ColumnsError(
            f"{by} must be the same in every check of a line. Found: {twice['line'].nunique()} "
            f"in several, the first is {first!r} in {', '.join(map(repr, of))}. Correct it, or "
            "leave by out and group the standing afterwards."
        )
    groups[pairs["line"].to_numpy()] = pairs["group"].to_numpy()
    return groups
