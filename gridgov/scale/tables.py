"""The table of counts that a summary of all files amounts to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.place.coding import FATES, Coded
from gridgov.place.periods import PeriodRange, read_range
from gridgov.place.tally import check_rows, counts_table
from gridgov.scale.batches import Times
from gridgov.scale.count_job import CountJob
from gridgov.scale.counting import Summary

__all__ = ["counts_of"]


def counts_of(
    summary: Summary,
    job: CountJob,
    grid: Any,
    order: NDArray[np.intp],
    *,
    start: Any,
    end: Any,
) -> pd.DataFrame:
    """Return the table of counts.

    Parameters
    ----------
    summary
        What was counted in all files.
    job
        What was to be counted.
    grid, order
        The grid, and the rows of it in which the cells of the job stand.
    start, end
        First instant counted and first one no longer counted, as they were given.

    Raises
    ------
    InputError
        If periods are asked for and nothing says from when to when.
    OptionError
        If the table would have more than 100 million rows.
    """
    times, freq = job.times, job.freq
    span = [summary.first, summary.last] if summary.first <= summary.last else []
    range_ = None
    starts = pd.DatetimeIndex([pd.NaT]).tz_localize(times.zone).as_unit("us")
    if job.dated:
        ends = np.array(span, dtype=np.int64)
        range_ = read_range(ends, freq=freq, start=start, end=end, zone=times.zone)
        starts = range_.starts
    names: list[str | None] = [*sorted(text for text in summary.groups if text is not None)]
    if None in summary.groups or not names:
        names.append(None)
    coded = Coded(
        codes=np.zeros(0, dtype=np.int64),
        cells=job.cells,
        order=order,
        starts=starts,
        names=pd.array(names, dtype="str"),
        fates=dict(zip(FATES, summary.fates.tolist(), strict=True)),
        span={"period": freq, **_span(span, times, range_)},
    )
    check_rows(
        coded,
        hint="Choose a longer period, a coarser resolution or a column with fewer values.",
    )
    incidents = np.zeros(coded.rows, dtype=np.int64)
    layer, cell = np.divmod(summary.codes, len(job.cells))
    # Where in the table the layer of every group and period begins.
    begin = np.zeros(len(summary.keys), dtype=np.int64)
    place_of = {name: place for place, name in enumerate(names)}
    for number, (group, at) in enumerate(summary.keys):
        which = 0 if freq is None else int(np.searchsorted(starts.asi8, at))
        begin[number] = place_of[summary.groups[group]] * len(starts) + which
    incidents[begin[layer] * len(job.cells) + cell] = summary.counts
    return counts_table(coded, grid, incidents)


def _span(span: list[int], times: Times, range_: PeriodRange | None) -> dict[str, str | None]:
    """Return from when to when was counted: the limits, or else the incidents themselves."""
    if times.name is None:
        return {"start": None, "end": None}
    first, last = (None, None) if range_ is None else range_.limits()
    if span:
        first = span[0] if first is None else first
        last = span[1] + 1 if last is None else last
    texts = {}
    for name, at in (("start", first), ("end", last)):
        index = None if at is None else pd.DatetimeIndex([np.datetime64(at, "us")], tz="UTC")
        texts[name] = None if index is None else index.tz_convert(times.zone)[0].isoformat()
    return texts
