"""Which measure would have said best where the next period's incidents were.

The records are replayed: every measure sees the training periods, makes its map, and is
scored on the period that followed; then all move on by one. No measure ever sees what it
is scored on. The answer holds for these records, this grid and this length of period, and
for a future that goes on like the past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, conform
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.hotspots.hit_rates import hit_rates
from gridgov.hotspots.prediction import SHARES, cell_areas, check_shares, scores_of
from gridgov.hotspots.prediction_measures import EXPECTED, MEASURES, Training, measure_scores
from gridgov.place.periods import check_period, period_end
from gridgov.place.tally import tally

__all__ = ["Measure", "backtest"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

Measure = str | Callable[[Any, Any], pd.DataFrame]
"""A measure of :data:`MEASURES` by name, or a function of located incidents and grid."""


def backtest(
    located: Any,
    grid: Any,
    *,
    period: str = "MS",
    train: int = 12,
    measures: Sequence[Measure] | Mapping[str, Measure] = MEASURES,
    by: str | None = None,
    shares: Sequence[float] = SHARES,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Score measures on every period of the records that follows enough training periods.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    period
        What is predicted: the next day, week, month; names as in :func:`gridgov.tally`.
    train
        How many periods before it a measure sees, 1 or more.
    measures
        What to compare, each by one of the names below or as a function that is given the
        located incidents of the training periods and the grid and returns a table with
        ``cell`` and ``score``, one row a cell of the grid, the highest score chosen first.
        A mapping gives the names, and may hold functions that have none.

        - ``"last_period"``: the count of the period before.
        - ``"mean"``: the mean count of the training periods.
        - ``"gi_star"``: Gi* of their counts, one ring.
        - ``"density"``: :func:`gridgov.measure_density` of their incidents, as it comes.
        - ``"scan"``: log-likelihood ratio of the best circle that holds the cell, ties by
          the cell's own; circles hold up to the largest share of the area asked for.
    by
        Column of `located` to predict separately by, such as ``"category"``.
    shares
        Shares of the study area, above 0, up to 1.
    start, end
        First instant used and first instant no longer used; give them on period starts, or
        the first and the last period may be shorter than the others.
    times
        Column that dates an incident, with a zone.
    progress
        Called as ``progress(done, total)`` after every map.

    Returns
    -------
    DataFrame, one row a group, period, measure and share, in that order
        - ``measure``; ``period``: the period that was predicted; ``group``.
        - ``area_share`` to ``rri``: as in :func:`gridgov.score_prediction`.

        ``attrs["backtest"]`` says in plain values how it was made.
        :func:`gridgov.rank_measures` says which measure is best.

    Raises
    ------
    ColumnsError
        If a column is missing, or the table of a measure of your own lacks one.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If there are no more periods than `train`, or the tables do not fit.
    OptionError
        If an option does not exist or is out of range.

    Notes
    -----
    Counts (``last_period``, ``mean``) are ranked by the square kilometer, other scores as
    they stand. Ties count against a measure: one without any answer, such as Gi* of
    training periods without incidents, has ties everywhere. Periods without incidents to
    predict have no rates. Nothing here is random.

    The cells of a district differ for good, and much of what every measure hits is simply
    where incidents have always been: compare measures with ``mean``, not with zero.

    References
    ----------
    .. [1] Chainey, S., Tompson, L. & Uhlig, S. (2008). The utility of hotspot mapping for
       predicting spatial patterns of crime. Security Journal 21, 4-28.
       https://doi.org/10.1057/palgrave.sj.8350066
    .. [2] Wheeler, A. P. & Steenbeek, W. (2021). Mapping the risk terrain for crime using
       machine learning. Journal of Quantitative Criminology 37, 445-480.
       https://doi.org/10.1007/s10940-020-09457-7

    Examples
    --------
    Two cells and four months. Three incidents a month lie in the first, one in the second,
    and in July four: about August the last month alone is wrong.

    >>> cells = [0x8931AA50E27FFFF, 0x8931AA50E23FFFF]
    >>> grid = pd.DataFrame({"cell": pd.array(cells, "uint64"), "street_id": "01",
    ...                      "area_km2": 0.1})
    >>> numbers = {"2017-05": (3, 1), "2017-06": (3, 1), "2017-07": (3, 4), "2017-08": (3, 1)}
    >>> rows = [(cell, f"{month}-15") for month, pair in numbers.items()
    ...         for cell, number in zip(cells, pair) for _ in range(number)]
    >>> located = pd.DataFrame(rows, columns=["cell", "reported_at"]).assign(match="inside")
    >>> located["cell"] = located["cell"].astype("UInt64")
    >>> located["reported_at"] = pd.to_datetime(located["reported_at"]).dt.tz_localize("UTC")
    >>> table = backtest(located, grid, train=2, measures=["last_period", "mean"], shares=[0.5])
    >>> table[["measure", "hits", "incidents"]].values.tolist()
    [['last_period', 3, 7], ['mean', 3, 7], ['last_period', 1, 4], ['mean', 3, 4]]
    """
    named = _named(measures)
    wanted = check_shares(shares)
    if isinstance(train, bool) or not hasattr(train, "__index__") or int(train) < 1:
        raise OptionError(f"train must be a whole number of periods, 1 or more. Found: {train!r}.")
    if check_period(period) is None:
        raise OptionError(
            "period must name what is predicted, such as 'MS' for the next month. Found: None."
        )
    counts = tally(located, grid, period=period, by=by, start=start, end=end, times=times)
    periods = pd.DatetimeIndex(counts["period"].unique())
    tests = len(periods) - int(train)
    if tests < 1:
        raise InputError(
            f"A backtest needs more periods than the {train} it trains on. Found: {len(periods)} "
            f"from {periods[0].isoformat()} on. Choose fewer training periods or a shorter period."
        )
    groups = pd.unique(counts["group"])
    cells = counts["cell"].to_numpy()[: len(counts) // (len(periods) * len(groups))]
    cube = counts["incidents"].to_numpy().reshape(len(groups), len(periods), len(cells))
    areas = cell_areas(counts.iloc[: len(cells)], "grid")
    instants = pd.DatetimeIndex(located[times]).as_unit("us")
    last = period_end(periods[-1], period)
    steps = _Steps(len(groups) * len(named) * tests, progress)

    parts = []
    for group, panel in zip(groups, cube, strict=True):
        mine = _rows_of(located, by, group)
        training = Training(
            counts=panel,
            first=np.arange(tests),
            stop=np.arange(tests) + int(train),
            cells=cells,
            areas=areas,
            rows=located[mine],
            instants=instants.asi8[mine],
            edges=periods.append(pd.DatetimeIndex([last])).as_unit("us").asi8,
            grid=grid,
            largest_share=float(wanted.max()),
        )
        parts.append(_scored(named, training, wanted, periods, group, steps))
    table = pd.concat(parts, ignore_index=True)
    result = conform(table, "backtest")
    result.attrs["backtest"] = {
        "period": period,
        "train": int(train),
        "tests": tests,
        "measures": list(named),
        "shares": wanted.tolist(),
        "by": by,
        "cells": len(cells),
    }
    return result


class _Steps:
    """Counts the maps that are done and tells of them."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def tick(self) -> None:
        """Tell of one more map."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _scored(
    named: Mapping[str, Measure],
    training: Training,
    shares: Floats,
    periods: pd.DatetimeIndex,
    group: Any,
    steps: _Steps,
) -> pd.DataFrame:
    """Return the rows of one group, by period, measure and share."""
    numbers: list[dict[str, Any]] = []
    for place, (name, measure) in enumerate(named.items()):
        if isinstance(measure, str):
            scores = measure_scores(measure, training, steps.tick)
            expected = measure in EXPECTED
        else:
            scores = _own_scores(name, measure, training, steps)
            expected = False
        for test, score in enumerate(scores):
            later = training.counts[training.stop[test]]
            found = hit_rates(score, later, training.areas, shares, expected=expected)
            numbers.append(
                {
                    "test": np.full(len(shares), test),
                    "place": np.full(len(shares), place),
                    "area_share": shares,
                    "incidents": np.full(len(shares), later.sum()),
                    **found._asdict(),
                }
            )
    table = pd.DataFrame(
        {name: np.concatenate([part[name] for part in numbers]) for name in numbers[0]}
    )
    table = table.sort_values(["test", "place"], kind="stable", ignore_index=True)
    names = pd.array(list(named), dtype="str")
    return table.assign(
        measure=names.take(table["place"].to_numpy()),
        period=periods[training.stop].take(table["test"].to_numpy()),
        group=pd.array([group], dtype="str").repeat(len(table)),
    )


def _own_scores(name: str, measure: Any, training: Training, steps: _Steps) -> Floats:
    """Return the scores of a function of the caller's, which sees the training periods only."""
    scores = np.empty((len(training.stop), len(training.cells)))
    for test, score in enumerate(scores):
        table = measure(training.seen(test), training.grid)
        missing = [
            column
            for column in ("cell", "score")
            if not isinstance(table, pd.DataFrame) or column not in table.columns
        ]
        if missing:
            raise ColumnsError(
                f"The measure {name} must return a table with the columns cell and score. Found: "
                f"{type(table).__name__} without {', '.join(missing)}."
            )
        score[:] = scores_of(table, "score", training.cells, name, expected=False)
        steps.tick()
    return scores


def _named(measures: Any) -> dict[str, Measure]:
    """Return the measures by name after checking that each can be called or is known."""
    if isinstance(measures, str) or callable(measures):
        measures = [measures]
    if isinstance(measures, Mapping):
        pairs = list(measures.items())
    else:
        pairs = [
            (one if isinstance(one, str) else getattr(one, "__name__", ""), one) for one in measures
        ]
    named: dict[str, Measure] = {}
    for name, measure in pairs:
        if not callable(measure):
            check_choice(measure, option="measures", choices=MEASURES)
        if not isinstance(name, str) or name in ("", "<lambda>"):
            raise OptionError(
                "A measure of your own needs a name. Found: a function without one. Pass "
                "measures={'my name': function}."
            )
        if name in named or (callable(measure) and name in MEASURES):
            raise OptionError(
                f"measures must have different names. Found: {name} twice, or for a function of "
                "your own. Pass measures={'my name': function}."
            )
        named[name] = measure
    if not named:
        raise OptionError("measures must name one measure or more. Found: none.")
    return named


def _rows_of(located: Any, by: str | None, group: Any) -> NDArray[np.bool_]:
    """Return which located incidents belong to a group of the tally."""
    if by is None:
        return np.ones(len(located), dtype=bool)
    column = located[by]
    if pd.isna(group):
        return np.asarray(column.isna(), dtype=bool)
    # Groups are named by text; 1 and "1" are one group, as in the tally.
    code, values = pd.factorize(column)
    same = np.array([*(str(value) == group for value in values), False])
    return np.asarray(same[code], dtype=bool)
