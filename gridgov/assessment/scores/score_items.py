"""The points behind a score: what each item was measured by, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.scores.case_parts import MeasuredCases, measure_cases
from gridgov.assessment.scores.options import check_missing
from gridgov.assessment.scores.point_rules import Deductions
from gridgov.assessment.scores.read_scheme import DEFAULT_SCHEME, read_scheme
from gridgov.assessment.scores.scheme import Item
from gridgov.checks import conform

__all__ = ["measure_score_items"]

Floats = NDArray[np.float64]


def measure_score_items(
    cases: pd.DataFrame,
    *,
    by: str | None = "street_id",
    period: str | None = "MS",
    scheme: Any = None,
    weights: Mapping[str, float] | None = None,
    indicators: pd.DataFrame | None = None,
    missing: str = "no_score",
    start: Any = None,
    end: Any = None,
    as_of: Any = None,
    stop_clock: bool = True,
) -> pd.DataFrame:
    """Measure the items of a scheme: counts, value, points and weight behind each score.

    Parameters
    ----------
    cases
        Table "cases".
    by, period, scheme, weights, indicators, missing, start, end, as_of, stop_clock
        As in :func:`gridgov.assess`.

    Returns
    -------
    DataFrame
        Table "score_items": one row a group, period and item, in this order.

        - ``group``, ``period``, ``item``.
        - ``indicator``: what it is measured by; several for deductions.
        - ``numerator``, ``denominator``: the counts. Of deductions what was taken off, and
          the full sum.
        - ``value``: what the points are given for: a share, a number of cases, or what was
          taken off.
        - ``weight``: share of the item in the score, 0 to 1; missing for an item that others
          stand in for.
        - ``points``: 0 to 100; missing when nothing was there to measure.
        - ``weighted_points``: points times weight; of all items together the score.
        - ``inputs``: the counts of deductions one by one.
        - ``reason``: ``no_cases``, ``column_missing`` or ``denominator_not_chosen`` when there
          are no points.

    Raises
    ------
    SettingsError
        If the scheme cannot be used.
    ColumnsError
        If a column is missing or holds the wrong kind of value.
    EmptyTableError
        If there are no cases.
    InputError
        If no case says in which periods, and `start` and `end` do not either, or a case ends
        before it begins, or an id occurs twice.
    OptionError
        If an option has a value that does not exist.
    ReadError
        If the file of the scheme cannot be read.

    Examples
    --------
    Nine of ten cases are closed, and one of them was reworked:

    >>> import pandas as pd
    >>> filed = pd.DatetimeIndex(["2017-09-01"] * 10, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({
    ...     "street_id": "A", "filed_at": filed, "reworks": [1] + [0] * 9,
    ...     "cancelled_at": pd.Series(pd.NaT, range(10), "datetime64[us, Asia/Shanghai]"),
    ...     "closed_at": filed.to_series(index=range(10)).where([at < 9 for at in range(10)]),
    ...     "due_at": filed + pd.Timedelta(days=3)})
    >>> scheme = {"items": [
    ...     {"name": "closing", "indicator": "closing_rate_of_filed", "weight": 70},
    ...     {"name": "rework", "indicator": "rework_rate", "weight": 30, "zero_at": 1,
    ...      "full_at": 0}]}
    >>> items = measure_score_items(cases, scheme=scheme, as_of="2017-10-01")
    >>> columns = ["item", "numerator", "denominator", "value", "points", "weighted_points"]
    >>> print(items[columns].to_string(index=False))
       item  numerator  denominator  value  points  weighted_points
    closing        9.0         10.0    0.9    90.0             63.0
     rework        1.0         10.0    0.1    90.0             27.0
    """
    read = read_scheme(DEFAULT_SCHEME if scheme is None else scheme, weights=weights)
    renormalize = check_missing(missing) == "renormalize"
    measured = measure_cases(
        cases,
        read,
        indicators=indicators,
        by=by,
        period=period,
        start=start,
        end=end,
        as_of=as_of,
        stop_clock=stop_clock,
    )
    values = read.values(measured.sums)
    points = read.points(values)
    shares = read.shares(points, renormalize=renormalize)
    parts = measured.parts
    groups, periods = values.shape[:2]
    group, start_of = np.divmod(np.arange(groups * periods), periods)
    frames = [
        pd.DataFrame(
            {
                "group": np.array(parts.groups, dtype=object)[group],
                "period": parts.starts.take(start_of),
                "item": item.name,
                "indicator": " + ".join(item.indicators),
                **_counts(measured, item),
                "value": values[:, :, place].ravel(),
                "weight": shares[:, :, place].ravel(),
                "points": points[:, :, place].ravel(),
                "weighted_points": (points * shares)[:, :, place].ravel(),
            }
        )
        for place, item in enumerate(read.items)
    ]
    frame = pd.concat(frames, ignore_index=True)
    # From one block an item to one block a group and period.
    order = np.arange(len(frame)).reshape(len(read.items), -1).T.ravel()
    table = conform(frame.iloc[order].reset_index(drop=True), "score_items")
    table.attrs["as_of"] = measured.as_of
    table.attrs["score_items"] = {
        "scheme": read.name,
        "labels": {item.name: {"en": item.en, "zh": item.zh} for item in read.items},
        "by": by,
        "period": period,
        "missing": missing,
        "ungrouped": measured.ungrouped,
    }
    return table


def _counts(measured: MeasuredCases, item: Item) -> dict[str, Any]:
    """Return the counts behind an item, and why there are none."""
    at = {name: place for place, name in enumerate(measured.scheme.indicators)}
    sums = measured.sums
    reasons = [measured.reasons[at[name]] for name in item.indicators]
    unmeasured = next((reason for reason in reasons if reason is not None), None)
    rows = sums.shape[0] * sums.shape[1]
    reason = np.full(rows, unmeasured, dtype=object)
    if isinstance(item.rule, Deductions):
        counts = [sums[:, :, at[part.indicator], 0].ravel() for part in item.rule.deductions]
        taken = sum(
            part.each * count for part, count in zip(item.rule.deductions, counts, strict=True)
        )
        told = [
            "; ".join(
                f"{part.indicator} {count:g} x {part.each:g}"
                for part, count in zip(item.rule.deductions, row, strict=True)
            )
            for row in zip(*counts, strict=True)
        ]
        inputs = np.array(told, dtype=object)
        inputs[np.isnan(taken)] = None
        return {
            "numerator": taken,
            "denominator": np.where(np.isnan(taken), np.nan, item.rule.full),
            "inputs": inputs,
            "reason": reason,
        }
    numerator, denominator = sums[:, :, at[item.indicator]].reshape(rows, 2).T
    if item.measure == "value" and unmeasured is None:
        reason[denominator == 0] = "no_cases"
    return {"numerator": numerator, "denominator": denominator, "inputs": None, "reason": reason}
