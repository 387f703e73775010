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

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.periods import PeriodRange, check_period, read_instants, read_range

__all__ = ["FATES", "tally", "tally_report"]

FATES = ("counted", "no_point", "outside", "off_grid", "no_time", "outside_period")
"""What can become of an incident, each is the first that applies after ``counted``."""

_MOST_ROWS = 100_000_000
_LARGE_TABLE = 1 << 22


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
    freq = check_period(period)
    dated = freq is not None or start is not None or end is not None
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    needed = ["cell", "match", *([times] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    cells, order = _grid_cells(grid)

    fate, place = _fates_by_place(located, cells)
    range_ = None
    when = np.zeros(len(located), dtype=np.int64)
    if dated:
        instants, missing, zone = read_instants(located, times)
        fate[(fate == 0) & missing] = FATES.index("no_time")
        range_ = read_range(instants[fate == 0], freq=freq, start=start, end=end, zone=zone)
        late = (instants < range_.first) | (instants >= range_.last)
        fate[(fate == 0) & late] = FATES.index("outside_period")
        when = range_.places(instants)
    # The groups are those on the grid at any time, counted or not.
    on_grid = place >= 0
    group, names = _groups(located, by, on_grid)

    n_cells, n_periods, n_groups = len(cells), _number(range_), len(names)
    rows = n_cells * n_periods * n_groups
    if rows > _MOST_ROWS:
        raise OptionError(
            f"A table of counts may have up to {_MOST_ROWS:,} rows. Found: {n_cells:,} cells × "
            f"{n_periods:,} periods × {n_groups:,} groups = {rows:,}. Choose a longer period, a "
            "coarser resolution or a column with fewer values."
        )
    counted = fate == 0
    code = (group[counted] * n_periods + when[counted]) * n_cells + place[counted]
    incidents = np.bincount(code, minlength=rows)

    repeats = n_periods * n_groups
    counts = pd.DataFrame(
        {
            "cell": np.tile(cells, repeats),
            "period": _period_column(located, times, range_, n_cells, n_groups),
            "group": names.repeat(n_cells * n_periods),
            "street_id": grid["street_id"].array.take(np.tile(order, repeats)),
            "incidents": incidents,
            "area_km2": np.tile(grid["area_km2"].to_numpy(dtype=np.float64)[order], repeats),
        }
    )
    result = conform(counts, "counts")
    number = np.bincount(fate, minlength=len(FATES)).tolist()
    result.attrs["tally"] = dict(zip(FATES, number, strict=True))
    result.attrs["range"] = {"period": freq, **_span(located, times, counted, range_)}
    return result


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


def _grid_cells(grid: Any) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Return the cells of the grid in ascending order and the rows they stand in."""
    cells = grid["cell"].to_numpy(dtype=np.uint64)
    order = np.argsort(cells, kind="stable")
    ascending = cells[order]
    again = ascending[1:] == ascending[:-1]
    if again.any():
        raise InputError(
            f"grid must have one row a cell. Found: {int(again.sum())} rows repeat a cell, the "
            f"first is {int(ascending[1:][again][0]):x}. Use gridgov.make_grid(...) as it comes."
        )
    return ascending, order


def _fates_by_place(
    located: Any, cells: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each row's fate as far as the place decides it, and its place in `cells` or -1."""
    column = located["cell"]
    absent = column.isna().to_numpy(dtype=bool)
    found = column.fillna(0).to_numpy(dtype=np.uint64)
    match = located["match"]
    no_point = absent | (match == "no_point").to_numpy(dtype=bool, na_value=False)
    owned = match.isin(OWNED_MATCHES).to_numpy(dtype=bool)
    _check_resolution(found[~absent], cells)

    place = _places(found, cells)
    fate = np.where(place >= 0, 0, FATES.index("off_grid"))
    fate[~owned] = FATES.index("outside")
    fate[no_point] = FATES.index("no_point")
    place[fate != 0] = -1
    return fate, place


def _places(found: NDArray[np.uint64], cells: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the place of every cell in the ascending `cells`, -1 where it is not there."""
    # Cells of one city share their coarse digits, and the fine ones number them closely
    # enough for a table; where they do not, a search takes ten times as long.
    unused = 3 * (np.uint64(15) - ((cells[0] >> np.uint64(52)) & np.uint64(15)))
    least = cells[0] >> unused
    size = int((cells[-1] >> unused) - least) + 1
    if size <= max(_LARGE_TABLE, 8 * len(cells)):
        table = np.full(size + 1, -1, dtype=np.int32)
        table[((cells >> unused) - least).astype(np.intp)] = np.arange(len(cells), dtype=np.int32)
        # Unsigned numbers below the least wrap around to great ones.
        key = np.minimum((found >> unused) - least, np.uint64(size)).astype(np.intp)
        return np.asarray(table[key], dtype=np.int64)
    place = np.minimum(np.searchsorted(cells, found), len(cells) - 1)
    return np.asarray(np.where(cells[place] == found, place, -1), dtype=np.int64)


def _check_resolution(found: NDArray[np.uint64], cells: NDArray[np.uint64]) -> None:
    """Refuse cells of another resolution than the grid's: they would all count as off the grid."""
    shift, mask = np.uint64(52), np.uint64(15)
    for table, ids in (("grid", cells), ("located", found)):
        resolution = (ids >> shift) & mask
        other = resolution != (cells[0] >> shift) & mask
        if other.any():
            raise InputError(
                "located and grid must have one resolution. Found: resolution "
                f"{int((cells[0] >> shift) & mask)} in the grid and {int(resolution[other][0])} "
                f"in {int(other.sum())} rows of {table}. Make both with the same resolution."
            )


def _groups(located: Any, by: str | None, on_grid: NDArray[np.bool_]) -> tuple[Any, Any]:
    """Return each row's group as a place in the names, and the names, the missing one last."""
    if by is None:
        return np.zeros(len(located), dtype=np.int64), pd.array([None], dtype="str")
    if by not in located.columns or by == "geometry":
        found = ", ".join(str(name) for name in located.columns if name != "geometry")
        raise ColumnsError(
            f"by must name a column of located. Found: {by!r}; the columns are {found}.",
            problems=[{"table": "located", "column": by, "problem": "missing"}],
        )
    # Text is made of the distinct values only, and 1 and "1" become one group.
    code, values = pd.factorize(located.loc[on_grid, by])
    texts = [str(value) for value in values]
    names: list[str | None] = [*sorted(set(texts))]
    place_of = {name: place for place, name in enumerate(names)}
    if (code < 0).any() or not names:
        names.append(None)
    # The last entry serves code -1, the missing value.
    of_value = np.array([*(place_of[text] for text in texts), len(names) - 1], dtype=np.int64)
    group = np.zeros(len(located), dtype=np.int64)
    group[on_grid] = of_value[code]
    return group, pd.array(names, dtype="str")


def _span(
    located: Any, times: str, counted: NDArray[np.bool_], range_: PeriodRange | None
) -> dict[str, str | None]:
    """Return from when to when was counted: the limits, or else the incidents themselves."""
    column = located[times] if times in located.columns else None
    if column is None or not isinstance(column.dtype, pd.DatetimeTZDtype):
        return {"start": None, "end": None}
    instants, missing, zone = read_instants(located, times)
    within = instants[counted & ~missing]
    first, last = (None, None) if range_ is None else range_.limits()
    if first is None and len(within):
        first = int(within.min())
    if last is None and len(within):
        last = int(within.max()) + 1
    texts = [
        None if at is None else pd.DatetimeIndex([np.datetime64(at, "us")], tz="UTC")
        for at in (first, last)
    ]
    start, end = [None if at is None else at.tz_convert(zone)[0].isoformat() for at in texts]
    return {"start": start, "end": end}


def _number(range_: PeriodRange | None) -> int:
    """Return how many periods there are; one without a range."""
    return 1 if range_ is None else len(range_.starts)


def _period_column(
    located: Any, times: str, range_: PeriodRange | None, n_cells: int, n_groups: int
) -> Any:
    """Return the period of every row of the table, missing when all times are one."""
    if range_ is not None:
        periods = np.arange(len(range_.starts)).repeat(n_cells)
        return range_.starts.take(np.tile(periods, n_groups))
    dtype = located[times].dtype if times in located.columns else None
    zone = dtype.tz if isinstance(dtype, pd.DatetimeTZDtype) else "UTC"
    return pd.DatetimeIndex([pd.NaT]).tz_localize(zone).as_unit("us").repeat(n_cells * n_groups)
