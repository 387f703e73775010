"""Counts per cell, category and month, against a group-by of polars.

Both start from records whose cell is known. Ours are whole calls, which also set what lies
outside aside and report it; ``tally`` keeps the zeros as well. The peer drops what lies
outside and counts what occurs, in no order. Times are in UTC, which is quickest for polars;
of its engines and its ways to name a month the quickest on a part of the records races.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

import gridgov as gg
from gridgov.geo.hexgrid import points_to_cells
from gridgov.place.area_index import MATCHES, OWNED_MATCHES, owners
from peers.data import FAST, make_points, make_streets, numba_there, numpy_only
from peers.lines import (
    AbsentError,
    DifferentError,
    Line,
    Row,
    Size,
    absent,
    need,
    quickest,
    same,
)
from peers.turns import race_all

__all__ = ["ROW"]

CATEGORIES = [
    "graffiti", "illegal parking", "litter", "noise", "potholes", "snow and ice", "stray animals",
    "street lights", "street trading", "unlicensed building",
]  # fmt: skip
_FIRST, _LAST = (np.datetime64(day, "us") for day in ("2015-01-01", "2017-01-01"))


def run(size: Size) -> Iterator[Line]:
    """Yield a line for categories as text and one for categories as codes."""
    streets = make_streets(9, seed=1)
    grid = gg.make_grid(streets, resolution=9 if not size.small else 7)
    located = make_located(size.of(10_000_000, 20_000), streets, small=size.small)
    for kind in ("text", "codes"):
        if kind == "codes":
            located = located.assign(category=located["category"].astype("category"))
        yield from _one_kind(size, located, grid, kind)


def make_located(count: int, streets: Any, *, small: bool = False) -> pd.DataFrame:
    """Return records over two years with their cell and how sure their street is."""
    lon, lat = make_points(count, seed=1)
    cells = points_to_cells(lon, lat, 7 if small else 9)
    match = owners(streets.geometry.to_numpy(), lon, lat).match
    rng = np.random.default_rng(2)
    times = rng.integers(_FIRST.astype(np.int64), _LAST.astype(np.int64), count)
    category = rng.integers(0, len(CATEGORIES), count)
    return pd.DataFrame(
        {
            "cell": pd.arrays.IntegerArray(cells, cells == 0),
            "match": pd.array(MATCHES, dtype="str").take(match.astype(np.intp)),
            "category": pd.array(CATEGORIES, dtype="str").take(category),
            "reported_at": pd.DatetimeIndex(times.view("datetime64[us]")).tz_localize("UTC"),
        }
    )


def _one_kind(size: Size, located: Any, grid: Any, kind: str) -> Iterator[Line]:
    job = f"counts of {len(located):,} records by cell, category ({kind}) and month"
    asked = {"period": "MS", "by": "category", "start": "2015-01-01", "end": "2017-01-01"}
    plain_ways = {
        "gridgov.tally": partial(gg.tally, located, grid, **asked),
        "gridgov.tally_sparse": partial(gg.tally_sparse, located, grid, **asked),
    }
    ours = {f"{name}, NumPy only": partial(_numpy, way) for name, way in plain_ways.items()}
    targets: dict[str, float | None] = dict.fromkeys(ours)
    if numba_there():
        fast = {f"{name}, {FAST}": way for name, way in plain_ways.items()}
        ours, targets = {**fast, **ours}, {**dict.fromkeys(fast, 8.0), **targets}
    dense = [way() for name, way in ours.items() if "sparse" not in name]
    listed = [way() for name, way in ours.items() if "sparse" in name]
    counts, sparse = dense[0], listed[0]
    for column in ("cell", "period", "group", "street_id", "incidents"):
        for one, other in ((dense[-1], counts), (listed[-1], sparse)):
            same(one[column].to_numpy(), other[column].to_numpy(), f"{column} without numba")
    del dense, listed
    inside = located[located["match"].isin(OWNED_MATCHES)]
    plain = (
        inside.groupby(
            [inside["category"].astype(str), inside["reported_at"].dt.month, "cell"], observed=True
        )
        .size()
        .to_numpy()
    )
    found = counts[counts["incidents"] > 0].reset_index(drop=True)
    for column in ("cell", "period", "group", "incidents"):
        same(
            found[column].to_numpy(), sparse[column].to_numpy(), f"{column} with and without zeros"
        )
    month = found["period"].dt.month
    again = found.groupby([found["group"], month, "cell"], observed=True)["incidents"].sum()
    equal = same(again.to_numpy(), plain, "counts by calendar month")
    yield Line("counts", job, "gridgov.tally", "pandas group-by", equal=equal)
    del inside, plain, again, month, sparse
    try:
        peer = polars_groups(located)
        theirs = peer().sort("category", "period", "cell")
        same(found["cell"].to_numpy(), theirs["cell"].to_numpy(), "cells")
        same(found["group"].to_numpy(str), theirs["category"].cast(str).to_numpy(), "groups")
        periods = found["period"].to_numpy("datetime64[us]"), theirs["period"].to_numpy()
        same(*periods, "months")
        equal = same(found["incidents"].to_numpy(), theirs["len"].to_numpy(), "counts above 0")
        del theirs, found, counts
    except DifferentError:
        raise
    except Exception as error:
        yield absent("counts", job, "gridgov.tally", "polars", error)
        return
    lines = [
        Line("counts", job, name, "polars", equal=equal, target=target)
        for name, target in targets.items()
    ]
    yield from race_all(size, lines, {**ours, "polars": peer})
    if not numba_there():
        missing = AbsentError("numba is not installed")
        yield absent("counts", job, f"gridgov.tally, {FAST}", "polars", missing)


def _numpy(way: Callable[[], Any]) -> Any:
    """Return the counts by NumPy alone."""
    with numpy_only():
        return way()


def polars_groups(located: pd.DataFrame) -> Callable[[], Any]:
    """Return the group-by of polars in the way that is quickest on a part of the records."""
    pl = need("polars")
    frame = pl.from_pandas(located)
    if isinstance(located["category"].dtype, pd.CategoricalDtype):
        frame = frame.with_columns(pl.col("category").cast(pl.Enum(CATEGORIES)))
    at = pl.col("reported_at")
    months = {
        "truncate": at.dt.truncate("1mo").dt.replace_time_zone(None),
        "truncate without zone": at.dt.replace_time_zone(None).dt.truncate("1mo"),
        "start of the month": at.dt.date().dt.month_start().cast(pl.Datetime("us")),
    }

    def ask(month: Any, engine: str, frame: Any) -> Any:
        inside = frame.lazy().filter(pl.col("match").is_in(list(OWNED_MATCHES)))
        grouped = inside.group_by("cell", "category", month.alias("period")).len()
        return grouped.collect(engine=engine)

    ways = {
        f"{name}, {engine}": partial(ask, month, engine)
        for name, month in months.items()
        for engine in ("in-memory", "streaming")
    }
    part = frame.head(2_000_000)
    best = quickest({name: partial(way, part) for name, way in ways.items()})
    return lambda: ways[best](frame)


ROW = Row("counts", "counts per cell, category and month, against polars", run)
