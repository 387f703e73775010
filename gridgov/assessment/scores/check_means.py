"""Means of checks by group and period, and how far checks of the same lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.standing.checked_months import read_scores
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.place.periods import check_period, read_instants, read_range

__all__ = ["CheckMeans", "read_check_means"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CheckMeans:
    """Groups by periods.

    Attributes
    ----------
    groups, starts
        Names of the groups in order, starts of the periods.
    group
        Group of every row of the table, -1 for one that is left out.
    checks, mean
        Number of checks and their mean score, shape (groups, periods).
    deviation, freedom
        Standard deviation of one check, pooled, and its degrees of freedom.
    left_out
        Rows without a group, a score or a time, or outside the range.
    """

    groups: list[str]
    group: NDArray[np.int64]
    starts: pd.DatetimeIndex
    checks: NDArray[np.int64]
    mean: Floats
    deviation: float
    freedom: int
    left_out: int

    def error(self) -> Floats:
        """Return the standard error of every mean, missing without a check or a deviation."""
        number = np.where(self.checks > 0, self.checks, np.nan)
        return np.asarray(self.deviation / np.sqrt(number), dtype=np.float64)


def read_check_means(
    checks: pd.DataFrame,
    *,
    by: str,
    score: str,
    times: str | None,
    period: str | None,
    start: Any,
    end: Any,
    listed: Sequence[str],
) -> CheckMeans:
    """Return the mean score of every group and period.

    Parameters
    ----------
    checks
        One row a check.
    by, score, times
        Names of columns.
    period, start, end
        As in :func:`gridgov.tally`.
    listed
        Groups that are listed even without a check.

    Raises
    ------
    ColumnsError
        If a column is missing or holds the wrong kind of value.
    EmptyTableError
        If no row has a group, a score and a time.
    OptionError
        If there are periods and no times.

    Examples
    --------
    >>> import pandas as pd
    >>> found = read_check_means(
    ...     pd.DataFrame({"alley": ["A", "A", "B"], "score": [90.0, 94.0, 80.0]}), by="alley",
    ...     score="score", times=None, period=None, start=None, end=None, listed=[])
    >>> found.mean.tolist(), round(found.deviation, 3), found.freedom
    ([[92.0], [80.0]], 2.828, 1)
    """
    freq = check_period(period)
    if times is None and not (freq is None and start is None and end is None):
        raise OptionError("Periods need times. Found: times=None. Name the column, or period=None.")
    if not isinstance(checks, pd.DataFrame):
        raise ColumnsError(
            f"checks must be a table (pandas DataFrame). Found: {type(checks).__name__}."
        )
    wanted = [by, score, *([times] if times is not None else [])]
    if missing := [name for name in wanted if name not in checks.columns]:
        raise ColumnsError(
            f"checks must have the columns {', '.join(wanted)}. Found: no {', '.join(missing)} "
            f"among {', '.join(map(str, checks.columns))}. Say with by, score and times what "
            "yours are called."
        )
    numbers = read_scores(checks, score)
    use = ~np.isnan(numbers) & checks[by].notna().to_numpy()
    instants, zone = np.zeros(len(checks), dtype=np.int64), "UTC"
    if times is not None:
        instants, timeless, zone = read_instants(checks, times)
        use &= ~timeless
    if not use.any():
        raise EmptyTableError(
            f"A ranking needs checks with {', '.join(wanted)}. "
            f"Found: none among {len(checks)} rows."
        )
    found = read_range(instants[use], freq=freq, start=start, end=end, zone=zone)
    use &= found.holds(instants)
    text = checks.loc[use, by].astype("str")
    groups = sorted({*text.unique().tolist(), *listed})
    group = np.full(len(checks), -1, dtype=np.int64)
    group[use] = pd.Index(groups).get_indexer(text)
    shape = (len(groups), len(found.starts))
    place = group[use] * shape[1] + found.places(instants[use])
    number = np.bincount(place, minlength=shape[0] * shape[1])
    total = np.bincount(place, weights=numbers[use], minlength=len(number))
    mean = np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0)
    freedom = int(number.sum() - (number > 0).sum())
    squares = float(((numbers[use] - mean[place]) ** 2).sum())
    return CheckMeans(
        groups,
        group,
        found.starts,
        number.reshape(shape).astype(np.int64),
        mean.reshape(shape),
        float(np.sqrt(squares / freedom)) if freedom else np.nan,
        freedom,
        int((~use).sum()),
    )
