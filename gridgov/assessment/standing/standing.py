"""Which alleys stand below the mark, month by month.

An alley that scores below the mark is downgraded (降档), and stays so until it has been good
for several months in a row (复档). The rule has a memory, so that the standing of a month
cannot be read from its score: an alley at 95 today may still be below. What it cannot say:
whether one check saw the alley as it always is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.standing.checked_months import CheckedMonths, read_checked_months
from gridgov.checks import check_choice, check_whole, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.schema.standing import STANDINGS

__all__ = ["grade_standing"]

_DOWNGRADED, _RECOVERING, _RESTORED, _MET = range(4)


def grade_standing(
    checks: pd.DataFrame,
    *,
    key: str = "line_id",
    score: str = "score",
    times: str = "checked_at",
    by: str | None = None,
    pass_score: float = 90.0,
    good_months: int = 3,
    fall: str = "monthly",
    gaps: str = "hold",
    several: str = "mean",
    end: Any = None,
) -> pd.DataFrame:
    """Grade every line month by month: met, downgraded, recovering or restored.

    Parameters
    ----------
    checks
        One row a check of an alley, road or street. Rows without a line, a time or a score
        are left out and counted.
    key, score, times
        Columns that name the line, its score (0 to 100) and when it was checked (with a zone).
    by
        Column that names the street, district or owner of a line.
    pass_score
        The mark: a score of exactly this passes.
    good_months
        Months in a row at or above the mark after which a line is restored.
    fall
        ``"monthly"``: a line falls in any month below the mark. ``"quarterly"``: it falls at
        the end of a calendar quarter in which the mean of its months is below; it is restored
        by months all the same.
    gaps
        A month without a check in a run of good ones. ``"hold"``: it neither counts nor
        breaks the run. ``"break"``: the run starts again.
    several
        The score of a month with several checks: their ``"mean"`` or the ``"lowest"``.
    end
        First day no longer counted; None: up to the month of the last check of any line.

    Returns
    -------
    DataFrame
        Table "standing": one row a line and month, from the first check of the line on, months
        without a check too. Its ``attrs["standing"]`` says by which rule.

        - ``line_id``, ``group``, ``period``.
        - ``checks``, ``score``: of the month; the score is missing without a check.
        - ``standing``: at the end of the month, ``downgraded``, ``recovering`` (below, with
          good months behind it), ``restored`` (in this month) or ``met``.
        - ``months_good``: good months in a row, since the fall if there was one.
        - ``downgraded_at``: the month in which it last fell.
        - ``moved``: ``downgraded`` or ``restored`` in the month in which that happened.

    Raises
    ------
    ColumnsError
        If a column is missing, a score is no number, times have no zone, or a line lies in
        two groups.
    EmptyTableError
        If there is no check with a line, a time and a score.
    OptionError
        If an option has a value that does not exist.

    Notes
    -----
    The rule is that of the Beijing notice on back alleys (背街小巷) of the first quarter of
    2025: below 90 in a check is not up to standard, three months in a row from 90 on restore
    the alley. Whether a month without a check breaks a run the notice does not say; choose.

    A line that fell in a month starts its run in the next one.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.date_range("2025-01-15", periods=5, freq="MS", tz="Asia/Shanghai")
    >>> checks = pd.DataFrame(
    ...     {"line_id": "A", "checked_at": at, "score": [88.0, 91.0, 90.0, 93.0, 95.0]})
    >>> table = grade_standing(checks)
    >>> print(table[["score", "standing", "months_good"]].to_string(index=False))
     score   standing  months_good
      88.0 downgraded            0
      91.0 recovering            1
      90.0 recovering            2
      93.0   restored            3
      95.0        met            4
    """
    check_choice(fall, option="fall", choices=("monthly", "quarterly"))
    check_choice(gaps, option="gaps", choices=("hold", "break"))
    check_choice(several, option="several", choices=("mean", "lowest"))
    needed = check_whole(
        good_months, option="good_months", least=1, meaning="good months that restore a line"
    )
    if (
        isinstance(pass_score, bool)
        or not isinstance(pass_score, int | float)
        or not np.isfinite(pass_score)
    ):
        raise OptionError(f"pass_score must be a number such as 90. Found: {pass_score!r}.")
    if not isinstance(checks, pd.DataFrame):
        raise ColumnsError(
            f"checks must be a table (pandas DataFrame). Found: {type(checks).__name__}."
        )
    wanted = [key, score, times, *([by] if by is not None else [])]
    missing = [name for name in wanted if name not in checks.columns]
    if missing:
        raise ColumnsError(
            f"checks must have the columns {', '.join(wanted)}. Found: no {', '.join(missing)} "
            f"among {', '.join(map(str, checks.columns))}. Say with key, score, times and by "
            "what yours are called."
        )
    months = read_checked_months(
        checks, key=key, score=score, times=times, by=by, several=several, end=end
    )
    standing, run, fell, moved = _walk(
        months,
        pass_score=float(pass_score),
        needed=needed,
        quarterly=fall == "quarterly",
        breaks=gaps == "break",
    )
    table = conform(_rows(months, standing, run, fell, moved), "standing")
    table.attrs["standing"] = {
        "pass_score": float(pass_score),
        "good_months": needed,
        "fall": fall,
        "gaps": gaps,
        "several": several,
        "by": by,
        "left_out": months.left_out,
    }
    return table


def _walk(
    months: CheckedMonths, *, pass_score: float, needed: int, quarterly: bool, breaks: bool
) -> tuple[NDArray[np.int64], ...]:
    """Return standing, run, month of the last fall (-1 for none) and move of lines by months."""
    shape = months.scores.shape
    standing, runs, falls, moves = (np.full(shape, -1, dtype=np.int64) for _ in range(4))
    below = np.zeros(shape[0], dtype=bool)
    run, fell = np.zeros(shape[0], dtype=np.int64), np.full(shape[0], -1, dtype=np.int64)
    calendar = months.starts.month.to_numpy()
    # All lines take one step a month together: the memory is in the months, not in the lines.
    for month in range(shape[1]):
        scores = months.scores[:, month]
        checked, good = ~np.isnan(scores), scores >= pass_score
        run = np.where(good, run + 1, np.where(checked | breaks, 0, run))
        wins = below & (run >= needed)
        if not quarterly:
            falls_now = ~below & checked & ~good
        elif calendar[month] % 3 == 0:
            falls_now = ~below & (
                _mean_of(months.scores[:, max(0, month - 2) : month + 1]) < pass_score
            )
        else:
            falls_now = np.zeros(shape[0], dtype=bool)
        below = (below & ~wins) | falls_now
        run = np.where(falls_now, 0, run)
        fell = np.where(falls_now, month, fell)
        standing[:, month] = np.select(
            [wins, below & (run > 0), below], [_RESTORED, _RECOVERING, _DOWNGRADED], _MET
        )
        runs[:, month], falls[:, month] = run, fell
        moves[:, month] = np.select([falls_now, wins], [_DOWNGRADED, _RESTORED], -1)
    return standing, runs, falls, moves


def _mean_of(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the months with a check, NaN where there is none."""
    number = (~np.isnan(scores)).sum(axis=1)
    total = np.nansum(scores, axis=1)
    means = np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0)
    return np.asarray(means, dtype=np.float64)


def _rows(
    months: CheckedMonths,
    standing: NDArray[np.int64],
    run: NDArray[np.int64],
    fell: NDArray[np.int64],
    moved: NDArray[np.int64],
) -> pd.DataFrame:
    """Return one row a line and month, from the first check of the line on."""
    listed = np.maximum.accumulate(months.checks > 0, axis=1)
    line, month = np.nonzero(listed)
    words = np.array([*STANDINGS, None], dtype=object)
    since = fell[listed]
    downgraded_at = months.starts.take(np.maximum(since, 0)).to_series(index=range(len(since)))
    return pd.DataFrame(
        {
            "line_id": months.lines.take(line),
            "group": months.groups[line],
            "period": months.starts.take(month),
            "checks": months.checks[listed],
            "score": months.scores[listed],
            "standing": pd.Categorical.from_codes(standing[listed], STANDINGS, ordered=True),
            "months_good": run[listed],
            "downgraded_at": downgraded_at.where(since >= 0),
            "moved": words[moved[listed]],
        }
    )
