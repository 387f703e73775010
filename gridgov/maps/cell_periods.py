"""The views of a table of cells: one for every group and period that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.errors import OptionError
from gridgov.maps.words import words_for
from gridgov.place.periods import read_moment
from gridgov.taxonomy.categories import category_label

__all__ = [
    "SIDE",
    "Axis",
    "Sides",
    "TableViews",
    "opening_view",
    "period_labels",
    "read_sides",
    "table_views",
]

SIDE = "side_of_comparison"
"""Column of two tables in one that says which of the two a row is of."""

Ints = NDArray[np.int64]


class Axis(NamedTuple):
    """What a reader can choose along one line: a kind, its heading and what there is."""

    kind: str
    heading: str
    labels: list[str]


class TableViews(NamedTuple):
    """A table parted into views.

    Attributes
    ----------
    axes
        Groups and then periods; then the two sides, where two tables are compared.
    rows
        The rows of every view, groups outermost; empty where a group lacks a period.
    values
        What the labels of every axis stand for, as the table holds it.
    """

    axes: list[Axis]
    rows: list[Ints]
    values: list[list[Any]]

    def present(self) -> Iterator[int]:
        """Yield the numbers of the views that have rows."""
        return (number for number, rows in enumerate(self.rows) if len(rows))


class Sides(NamedTuple):
    """Two views to open with: the axis they differ on, and what stands left and right of it."""

    axis: int
    left: int
    right: int


def table_views(table: pd.DataFrame, lang: Language) -> TableViews:
    """Return the groups, by their words, and the periods, in time, of a table of cells."""
    words = words_for(lang)
    number = np.zeros(len(table), dtype=np.int64)
    axes: list[Axis] = []
    values = []
    kinds = ["group", "period", *([SIDE] if SIDE in table.columns else [])]
    for kind in kinds:
        # Groups stand in the order of the table, which says most or first.
        codes, found = (
            pd.factorize(table[kind], sort=kind == "period", use_na_sentinel=False)
            if kind in table.columns
            else (np.zeros(len(table), dtype=np.int64), pd.Index([None]))
        )
        if kind == "period":
            labels = period_labels(found)
        elif kind == "group":
            labels = [
                words["no_category"] if pd.isna(one) else category_label(str(one), lang)
                for one in found
            ]
        else:
            labels = [str(one) for one in found]
        heading = words["side_choice" if kind == SIDE else f"{kind}_choice"]
        axes.append(Axis("side" if kind == SIDE else kind, heading, labels))
        values.append(list(found))
        number = number * len(found) + codes
    order = np.argsort(number, kind="stable")
    views = int(np.prod([len(axis.labels) for axis in axes]))
    ends = np.cumsum(np.bincount(number, minlength=views))
    return TableViews(axes, np.split(order, ends[:-1]), values)


def read_sides(views: TableViews, compare: Sequence[Any] | None) -> Sides | None:
    """Return which two views `compare` asks for, None for none.

    Raises
    ------
    OptionError
        If it is not two different periods of the table, or groups of one without periods.
    """
    if len(views.axes) > 2:
        return Sides(2, 0, 1)
    if compare is None:
        return None
    varying = [k for k, axis in enumerate(views.axes) if len(axis.labels) > 1]
    if not varying:
        raise OptionError(
            "compare needs a table of several periods or groups. Found: a table of one. Give "
            "the two tables to gridgov.map_comparison(before, after)."
        )
    axis = varying[-1]
    kind, _, labels = views.axes[axis]
    asked = [compare] if isinstance(compare, str) else list(compare)
    places = [_place_of(one, views, axis) for one in asked]
    if len(places) != 2 or None in places or places[0] == places[1]:
        shown = ", ".join(map(repr, labels[:8])) + (", ..." if len(labels) > 8 else "")
        raise OptionError(
            f"compare must be two different {kind}s of the table, such as "
            f"({labels[0]!r}, {labels[-1]!r}). Found: {compare!r}. The table has {len(labels):,}: "
            f"{shown}."
        )
    return Sides(axis, *(int(place) for place in places if place is not None))


def opening_view(views: TableViews, sides: Sides | None) -> int:
    """Return the view that shows first: of the first group, the last period or right side."""
    shape = [len(axis.labels) for axis in views.axes]
    present = np.array(list(views.present()))
    places = np.stack(np.unravel_index(present, shape))
    if sides is not None:
        held = places[sides.axis] == sides.right
        present, places = present[held], places[:, held]
    return int(present[places[0] == places[0].min()].max())


def _place_of(wanted: Any, views: TableViews, axis: int) -> int | None:
    """Return the place of a period, by its label or its start, or of a group; None if none."""
    kind, _, labels = views.axes[axis]
    values = views.values[axis]
    if isinstance(wanted, str) and labels.count(wanted) == 1:
        return labels.index(wanted)
    if kind == "group":
        return values.index(wanted) if isinstance(wanted, str) and wanted in values else None
    starts = pd.DatetimeIndex(values)
    try:
        moment = read_moment(wanted, "compare", starts.tz)
    except OptionError:
        return None
    found = np.flatnonzero(starts == (moment if starts.tz else moment.tz_localize(None)))
    return int(found[0]) if len(found) else None


def period_labels(starts: Any) -> list[str]:
    """Return the starts of periods as short as they can be told apart.

    Examples
    --------
    >>> period_labels(pd.to_datetime(["2017-08-01", "2017-09-01"]))
    ['2017-08', '2017-09']
    >>> period_labels(pd.to_datetime(["2017-08-01 06:00", "2017-09-01 00:00"]))
    ['2017-08-01 06:00', '2017-09-01 00:00']
    """
    times = pd.DatetimeIndex(pd.to_datetime(pd.Index(starts)))
    known = times[~times.isna()]
    midnight = bool((known == known.normalize()).all())
    if not midnight:
        shape = "%Y-%m-%d %H:%M"
    elif not (known.day == 1).all() or len(known) < 2:
        shape = "%Y-%m-%d"
    else:
        shape = "%Y" if (known.month == 1).all() else "%Y-%m"
    return ["–" if pd.isna(time) else f"{time:{shape}}" for time in times]
