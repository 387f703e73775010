"""The views of a table of cells: one for every group and period that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import category_label

__all__ = ["Axis", "TableViews", "period_labels", "table_views"]

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
        Groups and then periods.
    rows
        The rows of every view, groups outermost; empty where a group lacks a period.
    """

    axes: list[Axis]
    rows: list[Ints]

    def present(self) -> Iterator[int]:
        """Yield the numbers of the views that have rows."""
        return (number for number, rows in enumerate(self.rows) if len(rows))


def table_views(table: pd.DataFrame, lang: Language) -> TableViews:
    """Return the groups, by their words, and the periods, in time, of a table of cells."""
    words = words_for(lang)
    number = np.zeros(len(table), dtype=np.int64)
    axes = []
    for kind in ("group", "period"):
        # Groups stand in the order of the table, which says most or first.
        codes, found = (
            pd.factorize(table[kind], sort=kind == "period", use_na_sentinel=False)
            if kind in table.columns
            else (np.zeros(len(table), dtype=np.int64), pd.Index([None]))
        )
        if kind == "period":
            labels = period_labels(found)
        else:
            labels = [
                words["no_category"] if pd.isna(one) else category_label(str(one), lang)
                for one in found
            ]
        axes.append(Axis(kind, words[f"{kind}_choice"], labels))
        number = number * len(found) + codes
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number, minlength=len(axes[0].labels) * len(axes[1].labels)))
    return TableViews(axes, np.split(order, ends[:-1]))


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
