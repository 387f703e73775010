"""Counts without their zeros: wide panels that stay small until the zeros are asked for.

A million cells over sixty months are sixty million counts, and nearly all of them are
zero. :func:`tally_sparse` lists the others only, and remembers how large the panel is;
:func:`fill_zeros` brings the zeros back, for all groups and periods or for some. A
measure that needs the zeros refuses a table without them, because to it a cell that is
not listed would be a cell that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.text_blocks import repeat_text
from gridgov.checks import check_choice, conform
from gridgov.errors import ColumnsError, InputError
from gridgov.place.coding import Coded, Tallied, grid_cells, read_panel
from gridgov.place.row_codes import PanelRows
from gridgov.place.tally import check_rows, counts_table

__all__ = ["fill_zeros", "tally_sparse"]

Ints = NDArray[np.int64]

_FEW_COUNTS = 1 << 22
_NEEDED = ("cell", "period", "group", "incidents")


def tally_sparse(
    located: Any,
    grid: Any,
    *,
    period: str | None = None,
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Count located incidents in the cells of a grid, zeros left out.

    The rows are those of :func:`gridgov.tally` with incidents, in the same order.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    period
        Calendar period by the name of its start, as for :func:`gridgov.tally`.
    by
        Column of `located` to count separately by.
    start, end
        First instant counted and first instant no longer counted.
    times
        Column that dates an incident, with a zone.

    Returns
    -------
    DataFrame, one row a group, period and cell with incidents, sorted in that order
        - ``cell``, ``period``, ``group``, ``street_id``, ``area_km2``: as in
          :func:`gridgov.tally`.
        - ``incidents``: how many, 1 or more.

        ``attrs["tally"]`` and ``attrs["range"]`` are those of :func:`gridgov.tally`;
        ``attrs["zeros_left_out"]`` says what the panel would be with them: how many
        ``cells`` and ``rows``, the starts of its ``periods`` as text, its ``groups``.

    Raises
    ------
    ColumnsError
        If a column is missing or the times have no zone.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If the grid repeats a cell, resolutions differ, or periods are asked for and
        neither the incidents nor `start` and `end` say which.
    OptionError
        If `period`, `start` or `end` cannot be read.

    Notes
    -----
    Memory grows with the incidents and not with the panel, whose size has no limit here.
    ``pandas`` keeps ``attrs`` when rows are filtered; joining tables or writing them to a
    file loses them, and then nothing tells that zeros are missing.

    Examples
    --------
    Two cells, two incidents in one of them:

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "street_id": ["01", "02"],
    ...                      "area_km2": [0.1, 0.1]})
    >>> located = pd.DataFrame({"incident_id": ["1", "2"], "cell": pd.array([a, a], "UInt64"),
    ...                         "match": ["inside", "border"]})
    >>> counts = tally_sparse(located, grid)
    >>> counts[["street_id", "incidents"]].values.tolist()
    [['01', 2]]
    >>> fill_zeros(counts, grid)[["street_id", "incidents"]].values.tolist()
    [['02', 0], ['01', 2]]
    """
    panel = read_panel(located, grid, period=period, by=by, start=start, end=end, times=times)
    coded, place, incidents = _count(panel, len(located))
    n_cells, n_periods, n_groups = len(coded.cells), len(coded.starts), len(coded.names)
    in_group, when, cell = _parts(place, n_groups, n_periods, n_cells)
    rows = coded.order[cell]
    counts = pd.DataFrame(
        {
            "cell": coded.cells[cell],
            "period": coded.starts.take(when),
            "group": repeat_text(coded.names, in_group),
            "street_id": grid["street_id"].array.take(rows),
            "incidents": incidents,
            "area_km2": grid["area_km2"].to_numpy(dtype=np.float64)[rows],
        },
        copy=False,
    )
    result = conform(counts, "counts")
    result.attrs["tally"] = coded.fates
    result.attrs["range"] = coded.span
    result.attrs["zeros_left_out"] = {
        "cells": n_cells,
        "rows": coded.rows,
        "periods": [None if at is pd.NaT else at.isoformat() for at in coded.starts],
        "groups": [None if pd.isna(name) else str(name) for name in coded.names],
    }
    return result


def fill_zeros(
    counts: Any,
    grid: Any,
    *,
    groups: Sequence[str | None] | None = None,
    periods: Sequence[Any] | None = None,
) -> pd.DataFrame:
    """Return counts with a row for every cell, period and group, zeros included.

    Parameters
    ----------
    counts
        Table of :func:`tally_sparse`, whole.
    grid
        The grid that was counted on.
    groups
        Only these groups, None among them for the incidents without one; None for all.
    periods
        Only the periods that start at these times, each a Timestamp or date text in the
        zone of the times; None for all.

    Returns
    -------
    DataFrame, one row a group, period and cell, sorted in that order
        As :func:`gridgov.tally` returns it. ``attrs["tally"]`` is there only if nothing
        was left out, because it says what became of all incidents.

    Raises
    ------
    ColumnsError
        If `counts` or `grid` lacks a column.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If `counts` does not carry the size of its panel, lost rows since it was counted,
        or was counted on another grid.
    OptionError
        If a group or period is not one of the panel, or the table would have more than
        100 million rows.

    Examples
    --------
    Two cells and two months; only the second month is filled:

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "street_id": ["01", "02"],
    ...                      "area_km2": [0.1, 0.1]})
    >>> at = pd.DatetimeIndex(["2017-01-05", "2017-02-05"], tz="Asia/Shanghai")
    >>> located = pd.DataFrame({"incident_id": ["1", "2"], "cell": pd.array([a, b], "UInt64"),
    ...                         "match": ["inside", "inside"], "reported_at": at})
    >>> counts = tally_sparse(located, grid, period="MS")
    >>> len(counts), counts.attrs["zeros_left_out"]["rows"]
    (2, 4)
    >>> fill_zeros(counts, grid, periods=["2017-02-01"])[["street_id", "incidents"]].values.tolist()
    [['02', 1], ['01', 0]]
    """
    panel = _panel(counts)
    cells, order = grid_cells(grid)
    found, there = _positions(counts["cell"].to_numpy(dtype=np.uint64), cells)
    if len(cells) != panel["cells"] or not there.all():
        raise InputError(
            f"fill_zeros needs the grid that was counted on, of {panel['cells']:,} cells. Found: "
            f"{len(cells):,} cells, and {int((~there).sum()):,} rows of counts with other cells. "
            "Pass the grid that gridgov.tally_sparse was given."
        )
    zone = counts["period"].dtype.tz
    starts = _starts(panel["periods"], zone)
    names: list[str | None] = panel["groups"]
    some_names = names if groups is None else _chosen_groups(groups, names)
    some_starts = starts if periods is None else _chosen_periods(periods, starts)

    group = _places_of(counts["group"].astype("object").where(counts["group"].notna()), some_names)
    when = some_starts.get_indexer(pd.DatetimeIndex(counts["period"]))
    if starts.isna().all():
        when = np.zeros(len(counts), dtype=np.int64)
    kept = (group >= 0) & (when >= 0)
    whole = groups is None and periods is None
    coded = Coded(
        codes=((group * len(some_starts) + when) * len(cells) + found)[kept],
        cells=cells,
        order=order,
        starts=some_starts,
        names=pd.array(some_names, dtype="str"),
        fates=dict(counts.attrs["tally"]),
        span=dict(counts.attrs["range"]),
    )
    check_rows(coded, hint="Fill fewer groups= or periods= at a time.")
    incidents = np.zeros(coded.rows, dtype=np.int64)
    incidents[coded.codes] = counts["incidents"].to_numpy(dtype=np.int64)[kept]
    result = counts_table(coded, grid, incidents)
    if not whole:
        del result.attrs["tally"]
    return result


def _count(panel: PanelRows, rows: int) -> tuple[Tallied, Ints, Ints]:
    """Return the codes that occur, ascending, and how often."""
    if panel.rows <= max(_FEW_COUNTS, 2 * rows):
        tallied, counts = panel.counted()
        place = np.flatnonzero(counts != 0)
        return tallied, place, counts[place]
    # A panel that is nearly empty must not be laid out: sorting costs what incidents cost.
    coded = panel.coded()
    place, incidents = np.unique(coded.codes, return_counts=True)
    return coded, place, incidents.astype(np.int64)


def _parts(place: Ints, n_groups: int, n_periods: int, n_cells: int) -> tuple[Ints, Ints, Ints]:
    """Return how many ascending codes each group has, and period and cell of each code."""
    n_slots = n_groups * n_periods
    if n_slots > len(place):
        rest, cell = np.divmod(place, n_cells)
        group, when = np.divmod(rest, n_periods)
        return np.bincount(group, minlength=n_groups), when, cell
    # Dividing millions of numbers costs more than the rest of the table.
    starts = np.arange(n_slots + 1) * n_cells
    in_slot = np.diff(np.searchsorted(place, starts))
    when = np.tile(np.arange(n_periods), n_groups).repeat(in_slot)
    return (
        in_slot.reshape(n_groups, n_periods).sum(axis=1),
        when,
        place - starts[:-1].repeat(in_slot),
    )


def _panel(counts: Any) -> dict[str, Any]:
    """Return the size of the panel that a table is of, if it is all there."""
    missing = [name for name in _NEEDED if name not in getattr(counts, "columns", [])]
    if missing:
        raise ColumnsError(
            f"counts must have the columns {', '.join(_NEEDED)}. Found no {', '.join(missing)}. "
            "gridgov.tally_sparse(...) makes such a table.",
            problems=[
                {"table": "counts", "column": name, "problem": "missing"} for name in missing
            ],
        )
    panel: dict[str, Any] | None = counts.attrs.get("zeros_left_out")
    if panel is None:
        raise InputError(
            "counts must carry the size of its panel in attrs['zeros_left_out']. Found: none; "
            "gridgov.tally keeps its zeros, and joining tables or reading them from a file loses "
            "it. Call gridgov.tally_sparse(...) again."
        )
    counted, listed = counts.attrs["tally"]["counted"], int(counts["incidents"].sum())
    if counted != listed:
        raise InputError(
            "counts must be whole: what is not listed becomes zero. Found: "
            f"{listed:,} incidents in the rows, {counted:,} counted. Fill zeros before rows are "
            "left out, or name what to fill by groups= and periods=."
        )
    return panel


def _positions(
    values: NDArray[np.uint64], cells: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each cell in the ascending `cells`, and whether it is there."""
    place = np.minimum(np.searchsorted(cells, values), len(cells) - 1)
    return place, cells[place] == values


def _places_of(values: Any, names: Sequence[str | None]) -> NDArray[np.int64]:
    """Return the place of each group in the names, -1 where it is none of them."""
    codes, distinct = pd.factorize(values)
    place_of = {name: place for place, name in enumerate(names)}
    of_value = [place_of.get(str(value), -1) for value in distinct]
    places = np.array([*of_value, place_of.get(None, -1)], dtype=np.int64)
    return np.asarray(places[codes])


def _starts(texts: Sequence[str | None], zone: Any) -> pd.DatetimeIndex:
    """Return the starts of all periods in their zone."""
    starts = pd.to_datetime(pd.Index(texts, dtype="object"), utc=True, format="ISO8601")
    return pd.DatetimeIndex(starts).tz_convert(zone).as_unit("us")


def _chosen_groups(groups: Sequence[str | None], names: list[str | None]) -> list[str | None]:
    """Return the groups asked for, in the order of the panel."""
    for group in groups:
        check_choice(group, option="groups", choices=names)
    return [name for name in names if name in groups]


def _chosen_periods(periods: Sequence[Any], starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the periods asked for, in the order of the panel."""
    listed = {start: str(start.date()) for start in starts if start is not pd.NaT}
    asked = [pd.Timestamp(period) for period in periods]
    asked = [
        at.tz_localize(starts.tz, ambiguous=True, nonexistent="shift_forward")
        if at.tzinfo is None
        else at
        for at in asked
    ]
    for at, period in zip(asked, periods, strict=True):
        if at not in listed:
            check_choice(str(period), option="periods", choices=listed.values())
    return starts[starts.isin(asked)]
