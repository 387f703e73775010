"""How far the rectification of an inventory has come: found, rectified, left, relapsed.

Every item found by a moment is in one of three states then: never rectified (remaining),
rectified and still so, or found again and not rectified since (relapsed). The three add
up to the items found, for every group, cell and period.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.indicators.wilson import wilson_interval
from gridgov.checks import check_confidence, check_table, conform
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.geo.hexgrid import cells_to_text, points_to_cells
from gridgov.place.cell_places import index_cells
from gridgov.place.coding import grid_cells
from gridgov.place.periods import check_period, period_end, read_instants, read_moment, read_range

__all__ = ["measure_inventory"]

Ints = NDArray[np.int64]

_TIMES = ("found_at", "rectified_at", "relapsed_at", "rectified_again_at")


def measure_inventory(
    inventory: Any,
    grid: Any = None,
    *,
    by: str | None = None,
    period: str | None = None,
    start: Any = None,
    as_of: Any = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Count what was found, rectified, left and found again, by street, kind, cell or period.

    Parameters
    ----------
    inventory
        Table of :func:`gridgov.read_inventory`.
    grid
        Table of :func:`gridgov.make_grid`; needed for ``by="cell"``.
    by
        Column to count separately by, such as ``"street_id"`` or ``"kind"``; ``"cell"`` for the
        cells of `grid`, zeros kept; None for the whole.
    period
        Calendar period as in :func:`gridgov.tally`: the numbers at the end of each, a curve of
        progress. None for the numbers at `as_of` alone.
    start
        First period to list; that of the first item found when None. What happened earlier
        counts in the numbers and in no period.
    as_of
        Moment at which the inventory is looked at, in the zone of its times when it carries
        none. When None what ``inventory.attrs["as_of"]`` says, else its latest time.
    confidence
        Probability of the interval, 0.5 to below 1.

    Returns
    -------
    DataFrame
        One row a group, cell and period, in that order.

        - ``group``, ``cell``, ``period``: missing where they do not apply.
        - ``until``: moment at which the numbers hold: the end of the period, or `as_of`.
        - ``found``: items found by then; ``found = rectified + remaining + relapsed``.
        - ``rectified``: of these rectified and still so.
        - ``remaining``: of these never rectified.
        - ``relapsed``: of these found again and not rectified since.
        - ``newly_found``, ``newly_rectified``, ``newly_relapsed``: in the period; in all without
          one. An item rectified twice counts twice.
        - ``numerator``, ``denominator``, ``value``, ``value_low``, ``value_high``: the share
          rectified and its Wilson interval; missing where nothing was found.
        - ``reason``: why there is no share.

        ``attrs["as_of"]`` is the moment as text, ``attrs["inventory"]`` how many items of the
        table were not counted: not yet found, and by cell without point or off the grid.

    Raises
    ------
    ColumnsError, EmptyTableError
        If a column is missing, a time has no zone, or a table has no rows.
    InputError
        If ``by="cell"`` comes without a grid, or the grid repeats a cell.
    OptionError
        If `period`, `start`, `as_of` or `confidence` cannot be read.

    Notes
    -----
    The interval takes the items as a sample of how the work goes on [1]_; for the inventory
    itself the share is exact. Items are not independent where one owner has many.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association 22(158), 209-212.
       https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    Three billboards: one rectified for good, one that came back, one left:

    >>> import pandas as pd
    >>> def days(*texts): return pd.DatetimeIndex(texts, tz="Asia/Shanghai")
    >>> inventory = pd.DataFrame({
    ...     "item_id": ["1", "2", "3"], "found_at": days("2016-01-04", "2016-01-05", "2016-02-09"),
    ...     "rectified_at": days("2016-01-20", "2016-01-22", None),
    ...     "relapsed_at": days(None, "2016-02-20", None)})
    >>> columns = ["found", "rectified", "remaining", "relapsed"]
    >>> measure_inventory(inventory)[columns].values.tolist()
    [[3, 1, 1, 1]]
    >>> measure_inventory(inventory, period="MS", as_of="2016-03-01")[columns].values.tolist()
    [[2, 2, 0, 0], [3, 1, 1, 1]]
    """
    check_table(inventory, "inventory", columns=["item_id", "found_at"])
    level = check_confidence(confidence)
    freq = check_period(period)
    instants, zone = _instants(inventory)
    moment = _as_of(inventory, as_of, zone)
    # What happened at the moment itself has happened.
    end = _instant(moment) + 1
    unit, names, cells, lost = _groups(inventory, grid, by)
    held = (unit >= 0) & (instants["found_at"] < end)
    lost["not_yet_found"] = int(((unit >= 0) & ~held).sum())
    at_the_end = any((moments == end - 1).any() for moments in instants.values())
    starts, ends = _periods(
        instants["found_at"][held], freq, start, end, zone, at_the_end=at_the_end
    )
    rows = len(names)
    totals = {name: _by_then(unit, moments, held, ends, rows) for name, moments in instants.items()}
    again = totals["rectified_again_at"]
    found, ever, back = (totals[name] for name in _TIMES[:3])
    opened = _before(instants, unit, held, starts, rows)
    fresh = {
        name: np.diff(total, axis=1, prepend=opened[name][:, None])
        for name, total in totals.items()
    }
    numerator, denominator = (ever - back + again).ravel(), found.ravel()
    low, high = wilson_interval(numerator, denominator, confidence=level)
    count = len(ends)
    until = _moments(np.minimum(ends, end - 1), zone)
    frame = pd.DataFrame(
        {
            "group": np.repeat(np.asarray(names, dtype=object), count),
            "until": until[np.tile(np.arange(count), rows)],
            "found": denominator,
            "rectified": numerator,
            "remaining": (found - ever).ravel(),
            "relapsed": (back - again).ravel(),
            "newly_found": fresh["found_at"].ravel(),
            "newly_rectified": (fresh["rectified_at"] + fresh["rectified_again_at"]).ravel(),
            "newly_relapsed": fresh["relapsed_at"].ravel(),
            "numerator": numerator.astype(np.float64),
            "denominator": denominator.astype(np.float64),
            "value": np.divide(
                numerator,
                denominator,
                out=np.full(denominator.size, np.nan),
                where=denominator > 0,
            ),
            "value_low": low,
            "value_high": high,
            "reason": pd.Series("nothing found", index=range(denominator.size)).where(
                denominator == 0
            ),
        }
    )
    if cells is not None:
        frame["group"] = None
        frame["cell"] = pd.array(np.repeat(cells, count), dtype="UInt64")
    if freq is not None:
        frame["period"] = _moments(starts, zone)[np.tile(np.arange(count), rows)]
    table = conform(frame, "inventory_progress")
    table.attrs["as_of"] = moment.isoformat()
    table.attrs["inventory"] = {"by": by, "items": len(inventory), **lost}
    return table


def _instants(inventory: pd.DataFrame) -> tuple[dict[str, Ints], Any]:
    """Return every time as microseconds since 1970, never as the last, and the zone."""
    found: dict[str, Ints] = {}
    zone: Any = None
    never = np.iinfo(np.int64).max
    for name in _TIMES:
        if name not in inventory.columns or inventory[name].isna().all():
            found[name] = np.full(len(inventory), never)
            continue
        instants, missing, of = read_instants(inventory, name)
        found[name] = np.where(missing, never, instants)
        zone = of if zone is None else zone
    if (found["found_at"] == never).any():
        row = int(np.flatnonzero(found["found_at"] == never)[0])
        raise ColumnsError(
            f"found_at must say when every item was found. Found: none in row {row}. "
            "gridgov.read_inventory(...) sets such rows aside."
        )
    return found, zone


def _as_of(inventory: pd.DataFrame, as_of: Any, zone: Any) -> pd.Timestamp:
    """Return the moment at which the inventory is looked at."""
    said = inventory.attrs.get("as_of") if as_of is None else as_of
    if said is not None:
        return read_moment(said, "as_of", zone).tz_convert(zone)
    times = [inventory[name].max() for name in _TIMES if name in inventory.columns]
    return max(moment for moment in times if not pd.isna(moment)).tz_convert(zone)


def _groups(
    inventory: Any, grid: Any, by: str | None
) -> tuple[Ints, list[str | None], Any, dict[str, int]]:
    """Return the group of every item, -1 for none; their names; the cells; what has no group."""
    if by is None:
        return np.zeros(len(inventory), dtype=np.int64), [None], None, {}
    if by == "cell":
        if grid is None:
            raise InputError(
                'by="cell" needs the grid whose cells count. Found: none. '
                "Give measure_inventory(inventory, grid, by='cell')."
            )
        return _cells(inventory, grid)
    if by not in inventory.columns or by == "geometry":
        raise ColumnsError(
            f"by must name a column of inventory, or be 'cell'. Found: {by!r}; the columns are "
            f"{', '.join(str(name) for name in inventory.columns if name != 'geometry')}."
        )
    texts = inventory[by].astype("str").where(inventory[by].notna())
    unit, distinct = pd.factorize(texts, sort=True)
    names: list[str | None] = [str(name) for name in distinct]
    if (unit < 0).any():
        unit = np.where(unit < 0, len(names), unit)
        names.append(None)
    return unit.astype(np.int64), names, None, {}


def _cells(
    inventory: Any, grid: Any
) -> tuple[Ints, list[str | None], NDArray[np.uint64], dict[str, int]]:
    """Return the cell of every item in a grid."""
    check_table(grid, "grid", columns=["cell"])
    if not isinstance(inventory, gpd.GeoDataFrame):
        raise ColumnsError(
            'by="cell" needs the points of the items. Found: inventory without geometry. '
            "gridgov.read_inventory(...) makes such a table."
        )
    cells, _ = grid_cells(grid)
    shapes = inventory.geometry
    there = (shapes.notna() & ~shapes.is_empty).to_numpy()
    resolution = int((cells[0] >> np.uint64(52)) & np.uint64(15))
    unit = np.full(len(inventory), -1, dtype=np.int64)
    points = shapes[there]
    found = points_to_cells(points.x.to_numpy(), points.y.to_numpy(), resolution)
    unit[there] = index_cells(cells).find(np.asarray(found, dtype=np.uint64))
    lost = {"without_point": int((~there).sum()), "off_grid": int((unit[there] < 0).sum())}
    return unit, list(cells_to_text(cells)), cells, lost


def _periods(
    found: Ints, freq: str | None, start: Any, end: int, zone: Any, *, at_the_end: bool
) -> tuple[Ints, Ints]:
    """Return first instants of the periods, and first instants after them."""
    if freq is None:
        if start is not None:
            raise OptionError("start says the first period to list. Found: no period. Give both.")
        return np.array([np.iinfo(np.int64).min]), np.array([end])
    if not found.size and start is None:
        raise InputError(
            "Periods run from the first item found. Found: none by as_of. Give start to list "
            "empty periods."
        )
    last = _moments(np.array([end]), zone)[0]
    first = _moments(np.array([found.min()]), zone)[0] if start is None else start
    range_ = read_range(found, freq=freq, start=first, end=last, zone=zone)
    starts = range_.starts.asi8
    after = _instant(period_end(range_.starts[-1], freq))
    # An as_of on the first instant of a period opens none where nothing happened at it.
    if starts.size > 1 and starts[-1] == end - 1 and not at_the_end:
        starts, after = starts[:-1], int(starts[-1])
    return starts, np.minimum(np.append(starts[1:], after), end)


def _by_then(unit: Ints, moments: Ints, held: NDArray[np.bool_], ends: Ints, groups: int) -> Ints:
    """Return how many items of every group had something happen before every end."""
    of = np.searchsorted(ends, moments[held], side="right")
    code = unit[held] * (len(ends) + 1) + of
    table = np.bincount(code, minlength=groups * (len(ends) + 1)).reshape(groups, -1)
    return np.asarray(np.cumsum(table[:, :-1], axis=1), dtype=np.int64)


def _before(
    instants: dict[str, Ints], unit: Ints, held: NDArray[np.bool_], starts: Ints, groups: int
) -> dict[str, Ints]:
    """Return how many items of every group had something happen before the first period."""
    return {
        name: np.bincount(unit[held & (moments < starts[0])], minlength=groups)
        for name, moments in instants.items()
    }


def _instant(moment: pd.Timestamp) -> int:
    """Return a moment as microseconds since 1970 UTC."""
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])


def _moments(instants: Ints, zone: Any) -> pd.DatetimeIndex:
    """Return microseconds since 1970 UTC as moments in a zone."""
    return pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(zone)
