"""Is anybody telling us: the share of each street's cells that any incident came from.

A street without incidents is clean, or nobody there reports. The reporting share
does not tell which; it says where to go and look. It grows with the number of
incidents and with the size of the cells, so compare streets at one resolution and
periods of one length. Whether a cell reports fewer incidents than its surroundings, its
past and other channels say is what :mod:`gridgov.coverage.reporting.blind_spots` tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.areas import check_areas
from gridgov.place.crosswalk import area_shares
from gridgov.place.periods import PeriodRange, check_period, read_instants, read_range
from gridgov.place.tally import tally

__all__ = ["measure_reporting"]

_TIMES = "reported_at"


def measure_reporting(
    located: Any,
    grid: Any,
    jurisdictions: Any,
    *,
    period: str | None = None,
    start: Any = None,
    end: Any = None,
) -> pd.DataFrame:
    """Measure the share of each street's cells that any incident was reported from.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`, with ``cell``, ``street_id`` and ``match``; with a
        period or range also ``reported_at``.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326):
        the ones that `located` and `grid` were made with.
    period
        Calendar period by the name of its start, as for :func:`gridgov.tally`: ``"D"``,
        ``"W-MON"``, ``"MS"``, ``"QS"``, ``"YS"``. None takes all times at once.
    start, end
        First instant counted and first instant no longer counted, as for
        :func:`gridgov.tally`. None on a side means no limit there.

    Returns
    -------
    DataFrame, one row a street and period, streets in table order, then periods
        - ``street_id``
        - ``period``: start of the half-open period; missing without `period`
        - ``incidents``: incidents of the street in the period, on the grid; 0 is kept
        - ``cells``: cells of the street, each counted by the share of its area that lies
          in the street
        - ``cells_reporting``: the same sum over the cells from which at least one of the
          street's own incidents was reported in the period
        - ``reporting_share``: ``cells_reporting / cells``, 0 to 1; missing when the street
          has no cell

    Raises
    ------
    ColumnsError
        If a table lacks a column, the times have no zone, or `located` names a street that
        is not in `jurisdictions`.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    EmptyTableError
        If there are no jurisdictions, or `grid` has no rows.
    GeometryError
        If an outline is no valid polygon.
    InputError
        If resolutions differ, or periods are asked for and nothing says which.
    OptionError
        If `period`, `start` or `end` cannot be read.

    Notes
    -----
    A cell that two streets share reports for a street only when an incident of that very
    street lies in it: the neighbor's incidents say nothing about this side. Land that two
    streets claim counts as cells of both, and its incidents for their one owner.

    There is no row for the whole area. Where streets do not overlap, their sums are it:
    ``cells_reporting.sum() / cells.sum()``.

    Examples
    --------
    One street with three reports from two of its cells, one with none:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> from gridgov.place.locate import locate
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.22, 39.90, 116.24, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["A", "B"]}, geometry=outlines, crs="EPSG:4326")
    >>> places = [Point(116.21, 39.91), Point(116.21, 39.91), Point(116.205, 39.905)]
    >>> incidents = gpd.GeoDataFrame(
    ...     {"incident_id": ["1", "2", "3"]}, geometry=places, crs="EPSG:4326"
    ... )
    >>> located = locate(incidents, streets, resolution=8)
    >>> reporting = measure_reporting(located, make_grid(streets, resolution=8), streets)
    >>> reporting[["street_id", "incidents", "cells", "reporting_share"]].round(2)
      street_id  incidents  cells  reporting_share
    0         A          3   7.18             0.28
    1         B          0   7.19             0.00
    """
    freq = check_period(period)
    dated = freq is not None or start is not None or end is not None
    needed = ["cell", "street_id", "match", *([_TIMES] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    street_ids, _ = check_areas(jurisdictions)
    # The tally refuses what cannot be counted, such as cells of another resolution.
    counts = tally(located, grid)
    cells = counts["cell"].to_numpy(dtype=np.uint64)
    rows, range_, instants = _counted(located, cells, freq, start, end)
    starts = counts["period"].array[:1] if range_ is None else range_.starts
    when = np.zeros(len(rows), dtype=np.int64) if range_ is None else range_.places(instants)
    places = pd.Index(street_ids)
    street = _streets_of(located, rows, places)
    cell = np.searchsorted(cells, located["cell"].iloc[rows].to_numpy(dtype=np.uint64))

    shares = area_shares(cells, jurisdictions)
    share = shares["share"].to_numpy()
    share_street = places.get_indexer(shares["street_id"])
    # Ascending, as the shares are sorted by cell and then by street.
    share_pair = np.searchsorted(cells, shares["cell"].to_numpy()) * len(places) + share_street
    share_pair = np.append(share_pair, -1)

    n_periods = len(starts)
    # Each street, cell and period with an incident once.
    seen = np.unique((cell * len(places) + street) * n_periods + when)
    pair, seen_period = np.divmod(seen, n_periods)
    at = np.searchsorted(share_pair[:-1], pair)
    # A pair without share: an incident on the very edge of its street.
    weights = np.where(share_pair[at] == pair, np.append(share, 0.0)[at], 0.0)
    reporting = np.bincount(
        (pair % len(places)) * n_periods + seen_period,
        weights=weights,
        minlength=len(places) * n_periods,
    )
    total = np.bincount(share_street, weights=share, minlength=len(places)).repeat(n_periods)
    frame = pd.DataFrame(
        {
            "street_id": street_ids.repeat(n_periods),
            "period": starts.take(np.tile(np.arange(n_periods), len(places))),
            "incidents": np.bincount(street * n_periods + when, minlength=len(places) * n_periods),
            "cells": total,
            "cells_reporting": reporting,
            # Two sums of the same shares in another order can differ in the last digit.
            "reporting_share": np.minimum(
                np.divide(reporting, total, out=np.full(len(total), np.nan), where=total > 0), 1.0
            ),
        }
    )
    return conform(frame, "reporting")


def _counted(
    located: Any, cells: NDArray[np.uint64], freq: str | None, start: Any, end: Any
) -> tuple[NDArray[np.intp], PeriodRange | None, NDArray[np.int64]]:
    """Return the rows that a tally counts, the periods, and the instant of each such row."""
    owned = located["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool)
    on_grid = np.isin(located["cell"].fillna(0).to_numpy(dtype=np.uint64), cells)
    rows = np.flatnonzero(owned & on_grid)
    if freq is None and start is None and end is None:
        return rows, None, np.zeros(len(rows), dtype=np.int64)
    instants, missing, zone = read_instants(located, _TIMES)
    rows = rows[~missing[rows]]
    range_ = read_range(instants[rows], freq=freq, start=start, end=end, zone=zone)
    inside = rows[(instants[rows] >= range_.first) & (instants[rows] < range_.last)]
    return inside, range_, instants[inside]


def _streets_of(located: Any, rows: NDArray[np.intp], places: pd.Index) -> NDArray[np.intp]:
    """Return the position of the street of each row, all of which are known."""
    ids = located["street_id"].iloc[rows].astype("str")
    street: NDArray[np.intp] = places.get_indexer(ids)
    unknown = ids[street < 0]
    if len(unknown):
        raise ColumnsError(
            "Every street_id in located must be one of jurisdictions. Found: "
            f"{len(unknown)} incidents with others, the first {unknown.iloc[0]!r} at row "
            f"{unknown.index[0]!r}. Pass the jurisdictions that located the incidents.",
            problems=[
                {"street_id": name, "incidents": number}
                for name, number in unknown.value_counts(dropna=False).items()
            ],
        )
    return street
