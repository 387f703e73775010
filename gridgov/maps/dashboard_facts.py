"""The numbers of a dashboard: one row for every place, time and kind that has incidents.

A row says how many incidents share a cell, a period, their own street, category,
department and channel. Every number on the screen is a sum of such rows, so that the sums
are those of :func:`gridgov.tally`, which makes the rows, whatever is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table
from gridgov.columns import Language
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.maps.words_dashboard import dashboard_words
from gridgov.place.coding import grid_cells
from gridgov.place.periods import check_period
from gridgov.place.sparse import tally_sparse
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["MOST_LISTED", "Facet", "Facts", "make_facts"]

Integers = NDArray[np.int64]

KINDS = ("category", "department", "channel")

MOST_LISTED = 40
"""So many values of a column are listed; rarer ones are one."""


class Facet(NamedTuple):
    """A column to choose by: its values in words, and the value of every row.

    Attributes
    ----------
    kind
        ``category``, ``department`` or ``channel``.
    labels
        The values in words, most incidents first; rarer ones together and then no value last.
    codes
        Place of every row's value in `labels`.
    """

    kind: str
    labels: list[str]
    codes: Integers


class Facts(NamedTuple):
    """The rows of a dashboard, by cell and then period.

    Attributes
    ----------
    cells, order
        Cells of the grid, ascending, and the rows of the grid they stand in.
    cell, period, street, incidents
        One number a row: places in `cells`, `starts` and `streets`, and how many.
    facets
        Columns to choose by; one without any value is left out.
    starts
        Start of every period.
    streets
        Ids of the streets: those of the jurisdictions in their order, then others.
    fates
        How many incidents were not counted, by the reason.
    """

    cells: NDArray[np.uint64]
    order: NDArray[np.intp]
    cell: Integers
    period: Integers
    street: Integers
    incidents: Integers
    facets: list[Facet]
    starts: pd.DatetimeIndex
    streets: list[str]
    fates: dict[str, int]

    def counts(self, facet: Facet | None = None) -> Integers:
        """Return incidents by cell, one row for each value of a facet or one for all."""
        rows = 1 if facet is None else len(facet.labels)
        number = self.cell if facet is None else facet.codes * len(self.cells) + self.cell
        found = np.bincount(number, weights=self.incidents, minlength=rows * len(self.cells))
        return found.astype(np.int64).reshape(rows, -1)


def make_facts(
    located: gpd.GeoDataFrame,
    grid: pd.DataFrame,
    street_ids: Sequence[str],
    *,
    period: str,
    categories: Sequence[str] | None,
    start: Any,
    end: Any,
    lang: Language,
) -> Facts:
    """Return the rows of a dashboard.

    Parameters
    ----------
    located, grid
        Tables of these names.
    street_ids
        Ids of the jurisdictions, in the order of the table.
    period
        Calendar period by the name of its start.
    categories
        Categories to count, as read; all when None.
    start, end
        First instant counted and first instant no longer counted; None for no limit.
    lang
        Language of the labels.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If no incident counts.
    OptionError
        If `period` names none, or a category is not there.
    """
    if check_period(period) is None:
        raise OptionError(
            "period must name a calendar start: a dashboard has a trend. Found: None. "
            "Use period='MS' for months."
        )
    check_table(located, "located", columns=["cell", "match", "street_id", "reported_at"])
    kept = _of_categories(located, categories)
    rows = located if kept is None else located[kept]
    named = [("street", rows["street_id"])]
    named += [(kind, rows[kind]) for kind in KINDS if kind in rows.columns]
    codes: dict[str, Integers] = {}
    values: dict[str, list[Any]] = {}
    key = np.zeros(len(rows), dtype=np.int64)
    for name, column in named:
        number, found = pd.factorize(column.astype(object))
        codes[name] = number + 1
        values[name] = [None, *found.tolist()]
        key = key * len(values[name]) + codes[name]
    counts = tally_sparse(
        pd.DataFrame(
            {
                "cell": rows["cell"].array,
                "match": rows["match"].array,
                "reported_at": rows["reported_at"].array,
                "key": key,
            }
        ),
        grid,
        period=period,
        by="key",
        start=start,
        end=end,
    )
    fates = {name: int(n) for name, n in counts.attrs["tally"].items() if name != "counted"}
    fates["other_category"] = 0 if kept is None else len(located) - len(rows)
    if not len(counts):
        raise EmptyTableError(
            "A dashboard needs at least one incident with a place in the grid and a time. Found: "
            f"none; {', '.join(f'{n:,} {name}' for name, n in fates.items() if n) or 'no rows'}."
        )
    cells, order = grid_cells(grid)
    starts = _starts(counts)
    columns = _parted(counts["group"].to_numpy(dtype=np.int64), named, values)
    cell = np.searchsorted(cells, counts["cell"].to_numpy(np.uint64)).astype(np.int64)
    when = starts.get_indexer(pd.DatetimeIndex(counts["period"])).astype(np.int64)
    incidents = counts["incidents"].to_numpy(np.int64)
    facets = [
        _facet(kind, columns[kind], values[kind], incidents, lang)
        for kind, _ in named[1:]
        if columns[kind].any()
    ]
    ids, street = _streets(columns["street"], values["street"], street_ids)
    keys = [facet.codes for facet in reversed(facets)]
    sorting = np.lexsort((*keys, street, when, cell))
    return Facts(
        cells=cells,
        order=order,
        cell=cell[sorting],
        period=when[sorting],
        street=street[sorting],
        incidents=incidents[sorting],
        facets=[facet._replace(codes=facet.codes[sorting]) for facet in facets],
        starts=starts,
        streets=ids,
        fates=fates,
    )


def _of_categories(located: pd.DataFrame, categories: Sequence[str] | None) -> Any:
    """Return which rows have one of some categories, None for all rows."""
    if categories is None:
        return None
    if "category" not in located.columns:
        raise ColumnsError(
            "located must have the column category, by which categories= chooses. Found: none. "
            "Leave categories out."
        )
    if isinstance(categories, str) or not len(categories):
        raise OptionError(
            "categories must be a list of categories, or None for all. Found: "
            f"{categories!r}. Write categories=[...]."
        )
    known = located["category"].dropna().unique().tolist()
    for category in categories:
        check_choice(category, option="categories", choices=known)
    return located["category"].isin(list(categories)).to_numpy()


def _parted(
    key: Integers, named: list[tuple[str, Any]], values: dict[str, list[Any]]
) -> dict[str, Integers]:
    """Return the codes that a key is made of, by the name of their column."""
    columns = {}
    for name, _ in reversed(named):
        key, columns[name] = np.divmod(key, len(values[name]))
    return columns


def _starts(counts: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the start of every period, also of those without incidents."""
    texts = counts.attrs["zeros_left_out"]["periods"]
    starts = pd.DatetimeIndex(pd.to_datetime(texts, utc=True, format="ISO8601"))
    return starts.tz_convert(counts["period"].dtype.tz).as_unit("us")


def _facet(
    kind: str, codes: Integers, values: list[Any], incidents: Integers, lang: Language
) -> Facet:
    """Return a column with its values by how many incidents they have."""
    words = dashboard_words(lang)
    total = np.bincount(codes, weights=incidents, minlength=len(values))
    # Equal numbers in the order of their texts, so that the same records give the same page.
    ranked = sorted(
        (at for at in range(1, len(values)) if total[at]),
        key=lambda at: (-total[at], str(values[at])),
    )
    # One value alone is no heap of others.
    listed = ranked if len(ranked) <= MOST_LISTED else ranked[: MOST_LISTED - 1]
    labels = [term_label(kind, str(values[at]), lang) for at in listed]
    place = np.full(len(values), len(labels), dtype=np.int64)
    place[listed] = np.arange(len(listed))
    if len(listed) < len(ranked):
        labels.append(words["other"].format(len(ranked) - len(listed)))
    if total[0]:
        place[0] = len(labels)
        labels.append(words[f"no_{kind}"])
    return Facet(kind, labels, place[codes])


def _streets(
    codes: Integers, values: list[Any], street_ids: Sequence[str]
) -> tuple[list[str], Integers]:
    """Return the ids of all streets, and the place of every row's street in them."""
    ids = [str(street) for street in street_ids]
    place_of = {street: place for place, street in enumerate(ids)}
    place = np.full(len(values), -1, dtype=np.int64)
    for code in np.unique(codes).tolist():
        street = "" if values[code] is None else str(values[code])
        if street not in place_of:
            place_of[street] = len(ids)
            ids.append(street)
        place[code] = place_of[street]
    return ids, place[codes]
