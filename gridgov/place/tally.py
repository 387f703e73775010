"""Count located incidents by cell, period and group, and say what was not counted.

Every cell of the grid gets a row in every period and group, so that a zero is a
count and not a gap. An incident is counted when it lies in a jurisdiction (match
inside, border or overlap), its cell is in the grid, and its time is in the range;
everything else has a named fate, and the fates add up to the rows located.
A count is not a rate: cells on the rim of the study area are smaller, and
``area_km2`` says by how much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.text_blocks import repeat_text, tile_text
from gridgov.checks import conform
from gridgov.errors import InputError, OptionError
from gridgov.place.coding import FATES, Panel, Tallied, read_panel

__all__ = ["FATES", "check_rows", "counts_table", "tally", "tally_report"]

_MOST_ROWS = 100_000_000


def tally(
    located: Any,
    grid: Any,
    *,
    period: str | None = None,
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Count located incidents in every cell of a grid, zeros kept.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    period
        Calendar period by the name of its start: ``"D"`` days, ``"W-MON"`` (to
        ``"W-SUN"``) weeks from that weekday, ``"MS"`` months, ``"QS"`` quarters, ``"YS"``
        years; ``"QS-APR"`` or ``"YS-JUL"`` for years that start in another month. None
        counts all times at once.
    by
        Column of `located` to count separately by, such as ``"category"``,
        ``"department"`` or an own column.
    start, end
        First instant counted and first instant no longer counted: date text such as
        ``"2017-09-01"`` or a Timestamp, in the zone of the times when it carries none.
        None on a side means no limit there.
    times
        Column that dates an incident, with a zone.

    Returns
    -------
    DataFrame, one row a group, period and cell, sorted in that order
        - ``cell``: every cell of `grid`.
        - ``period``: start of the period in the zone of the times; missing without `period`.
        - ``group``: value of `by` as text; missing without `by`, and for the incidents
          whose value is missing (these come last).
        - ``street_id``, ``area_km2``: from `grid`.
        - ``incidents``: how many, 0 where none.

        ``attrs["tally"]`` holds what :func:`tally_report` shows; ``attrs["range"]`` the
        ``period``, the first instant counted (``start``) and the first one no longer
        counted (``end``) as ISO text, None where the incidents have no times.

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
        If `period`, `start` or `end` cannot be read, or the table would have more than
        100 million rows.

    Notes
    -----
    Periods are half-open calendar periods in the zone of the times: a day on which the
    clocks change has 23 or 25 hours. Without `start` or `end` they run from the period
    that holds the first counted incident to the one that holds the last. A period that
    the range or the data cover only in part is listed like any other: give `start` and
    `end` on period starts to have none. The groups are the values found among the
    incidents on the grid at any time, so that two ranges of one table have the same
    groups; groups without incidents in the range have zeros.

    Examples
    --------
    Two cells, three incidents, one of them outside the study area:

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "street_id": ["01", "02"],
    ...                      "area_km2": [0.1, 0.1]})
    >>> located = pd.DataFrame({"incident_id": ["1", "2", "3"],
    ...                         "cell": pd.array([a, a, b], "UInt64"),
    ...                         "match": ["inside", "border", "outside"]})
    >>> counts = tally(located, grid)
    >>> counts[["street_id", "incidents"]].values.tolist()
    [['02', 0], ['01', 2]]
    >>> tally_report(counts).query("incidents > 0").values.tolist()
    [['counted', 2], ['outside', 1]]
    """
    panel = read_panel(located, grid, period=period, by=by, start=start, end=end, times=times)
    check_rows(
        panel,
        hint="Choose a longer period, a coarser resolution or a column with fewer values, or "
        "leave zeros out with gridgov.tally_sparse(...).",
    )
    tallied, incidents = panel.counted()
    return counts_table(tallied, grid, incidents)


def tally_report(counts: Any) -> pd.DataFrame:
    """Return what became of every located incident in a tally.

    Parameters
    ----------
    counts
        Table of :func:`tally`, with its ``attrs``.

    Returns
    -------
    DataFrame, one row a fate, in the order of :data:`FATES`
        - ``fate``: ``counted``, ``no_point`` (no coordinates), ``outside`` (every
          jurisdiction), ``off_grid`` (its cell is not in the grid), ``no_time``,
          ``outside_period`` (before `start` or from `end` on).
        - ``incidents``: how many; they add up to the rows located.

    Raises
    ------
    InputError
        If the table does not carry the report of a tally.

    Examples
    --------
    Two incidents in the grid's only cell, one of them outside every street, and one
    without coordinates:

    >>> import pandas as pd
    >>> cell = 0x8931AA50E27FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([cell], "uint64"), "street_id": ["01"],
    ...                      "area_km2": [0.1]})
    >>> located = pd.DataFrame({"incident_id": ["1", "2", "3"],
    ...                         "cell": pd.array([cell, cell, None], "UInt64"),
    ...                         "match": ["inside", "outside", "no_point"]})
    >>> tally_report(tally(located, grid))
                 fate  incidents
    0         counted          1
    1        no_point          1
    2         outside          1
    3        off_grid          0
    4         no_time          0
    5  outside_period          0
    """
    fates = getattr(counts, "attrs", {}).get("tally")
    if fates is None:
        raise InputError(
            "counts must carry the report of its tally in attrs['tally']. Found: none; joining "
            "tables or reading them from a file loses it. Call gridgov.tally(...) again."
        )
    return pd.DataFrame(
        {"fate": pd.array(list(fates), dtype="str"), "incidents": list(fates.values())}
    )


def check_rows(panel: Panel, *, hint: str) -> None:
    """Refuse a table of counts that would be too large to hold.

    Raises
    ------
    OptionError
        If it would have more than 100 million rows.
    """
    if panel.rows > _MOST_ROWS:
        raise OptionError(
            f"A table of counts may have up to {_MOST_ROWS:,} rows. Found: {panel.size()}. {hint}"
        )


def counts_table(coded: Tallied, grid: Any, incidents: NDArray[np.int64]) -> pd.DataFrame:
    """Return the table of counts with a row for every code there can be."""
    n_cells, n_periods, n_groups = len(coded.cells), len(coded.starts), len(coded.names)
    repeats = n_periods * n_groups
    shape = (n_groups, n_periods, n_cells)
    periods = np.broadcast_to(np.arange(n_periods)[:, None], shape).reshape(-1)
    areas = grid["area_km2"].to_numpy(dtype=np.float64)[coded.order]
    # All of these are new: nothing needs a copy of its own.
    counts = pd.DataFrame(
        {
            "cell": np.tile(coded.cells, repeats),
            "period": coded.starts.take(periods),
            "group": repeat_text(coded.names, [n_cells * n_periods] * n_groups),
            "street_id": tile_text(grid["street_id"].array.take(coded.order), repeats),
            "incidents": incidents,
            "area_km2": np.tile(areas, repeats),
        },
        copy=False,
    )
    result = conform(counts, "counts")
    result.attrs["tally"] = coded.fates
    result.attrs["range"] = coded.span
    return result
