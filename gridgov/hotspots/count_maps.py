"""A table of counts as the maps it holds: one for every period and group.

Each map is one family of tests: its cells are compared with each other and with
nothing else. Maps over the same cells share their disks, and rows are taken in
ascending order of cell, so that no answer depends on the order of the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError
from gridgov.geo.disk_sums import DiskSums

__all__ = ["CountMap", "beside_counts", "checked_counts", "checked_values", "count_maps"]

Whole = NDArray[np.int64]


class CountMap(NamedTuple):
    """One map of a table of counts.

    Attributes
    ----------
    rows
        Positions of its rows in the table, in ascending order of cell.
    named
        Its ``period`` (ISO text) and ``group``, None where there is none.
    disks
        The disks around its cells.
    """

    rows: Whole
    named: dict[str, str | None]
    disks: DiskSums


def checked_counts(counts: pd.DataFrame) -> tuple[NDArray[np.uint64], Whole]:
    """Return the cells and the incidents of a table of counts after checking both.

    Raises
    ------
    ColumnsError
        If a cell is missing or no whole number, or a count is not a whole number from
        0 on.
    """
    return _cells(counts["cell"]), _incidents(counts["incidents"])


def checked_values(counts: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Return a column of rates or other numbers, NaN where they are missing.

    Raises
    ------
    ColumnsError
        If the column is not there, or a value is no finite number.
    """
    if name not in counts.columns:
        found = ", ".join(map(str, counts.columns))
        raise ColumnsError(
            f"counts must have the column {name}, which value= names. Found: {found}. "
            "gridgov.measure_rates(...) makes the columns rate and smoothed_rate.",
            problems=[{"table": "counts", "column": name, "problem": "missing"}],
        )
    column = counts[name]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(np.isinf(numbers) | (np.isnan(numbers) & column.notna().to_numpy()))
    if wrong.size or pd.api.types.is_bool_dtype(column.dtype):
        row = int(wrong[0]) if wrong.size else 0
        raise ColumnsError(
            f"counts.{name} must hold finite numbers, or be missing where there is none. Found: "
            f"{wrong.size or len(column)} other, the first is {column.iloc[[row]].tolist()[0]!r} "
            f"in row {column.index[[row]].tolist()[0]!r}.",
            problems=[
                {"table": "counts", "column": name, "row": column.index[i], "problem": "no number"}
                for i in wrong
            ],
        )
    return np.asarray(numbers, dtype=np.float64)


def count_maps(
    counts: pd.DataFrame, cells: NDArray[np.uint64], *, rings: int
) -> Iterator[CountMap]:
    """Yield the maps of a table; maps over the same cells share their disks.

    Parameters
    ----------
    counts
        Table of counts; ``period`` and ``group`` may be absent.
    cells
        Its cells, uint64.
    rings
        Steps from a cell to the edge of its neighborhood.

    Yields
    ------
    CountMap
        In ascending order of period, then group.

    Raises
    ------
    ColumnsError
        If a cell stands twice in one map.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.
    """
    names = [name for name in ("period", "group") if name in counts.columns]
    number = np.zeros(len(counts), dtype=np.int64)
    for name in names:
        codes, found = pd.factorize(counts[name], sort=True, use_na_sentinel=False)
        number = number * len(found) + codes
    # A grid made here ascends already.
    if len(number) and (number == number[0]).all() and (cells[1:] > cells[:-1]).all():
        order = np.arange(len(cells))
    else:
        order = np.lexsort((cells, number))
    disks: dict[bytes, DiskSums] = {}
    for rows in np.split(order, np.flatnonzero(np.diff(number[order])) + 1):
        first = counts.iloc[rows[0]]
        named = {
            name: None if name not in names or pd.isna(first[name]) else _text(first[name])
            for name in ("period", "group")
        }
        here = cells[rows]
        twice = np.flatnonzero(here[1:] == here[:-1])
        if twice.size:
            raise ColumnsError(
                "counts must have one row a cell, period and group. Found: "
                f"{twice.size} {'rows' if twice.size > 1 else 'row'} too many, the first is "
                f"cell {int(here[twice[0]]):x}"
                + "".join(f", {name} {value}" for name, value in named.items() if value)
                + ". gridgov.tally(...) makes such a table."
            )
        key = here.tobytes()
        if key not in disks:
            disks[key] = DiskSums(here, rings=rings)
        yield CountMap(rows, named, disks[key])


def beside_counts(counts: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    """Return what measures keep of a table of counts, and columns of their own beside it.

    Parameters
    ----------
    counts
        Table of counts; its columns that the measure does not list are left out.
    columns
        Arrays that nobody else holds, as they are not copied; they go before columns of
        `counts` with their name.
    """
    kept = [name for name in ("period", "group", "street_id", "area_km2") if name in counts]
    together = {name: counts[name] for name in kept} | columns
    return pd.DataFrame(together, index=counts.index, copy=False).__finalize__(counts)


def _text(value: Any) -> str:
    """Return a period as its ISO text and a group as it is."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _cells(column: Any) -> NDArray[np.uint64]:
    """Return the cells as uint64."""
    if not pd.api.types.is_integer_dtype(column.dtype) or column.isna().any():
        raise ColumnsError(
            "counts.cell must hold H3 cells as whole numbers (uint64), none missing. Found: "
            f"{column.dtype}, {int(column.isna().sum())} missing. "
            "gridgov.geo.hexgrid.text_to_cells(...) reads hexadecimal text.",
            problems=[{"table": "counts", "column": "cell", "problem": "no whole numbers"}],
        )
    return np.array(column.to_numpy(), dtype=np.uint64)


def _incidents(column: Any) -> Whole:
    """Return the counts as int64 after checking that they are counts."""
    if column.dtype == np.int64:
        whole: Whole = np.array(column.to_numpy(), dtype=np.int64)
        if len(whole) == 0 or (whole.min() >= 0 and whole.max() < 2**53):
            return whole
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    # Beyond 2**53 a float skips whole numbers; no city has so many incidents.
    wrong = np.flatnonzero(~((numbers >= 0) & (numbers == np.floor(numbers)) & (numbers < 2**53)))
    if wrong.size or pd.api.types.is_bool_dtype(column.dtype):
        row = int(wrong[0]) if wrong.size else 0
        number = wrong.size or len(column)
        raise ColumnsError(
            "counts.incidents must hold whole numbers from 0 on, none missing. Found: "
            f"{number} other {'value' if number == 1 else 'values'}, the first is "
            f"{column.iloc[[row]].tolist()[0]!r} in row {column.index[[row]].tolist()[0]!r}. "
            "Rates and other numbers belong in a column of their own.",
            problems=[
                {
                    "table": "counts",
                    "column": "incidents",
                    "row": column.index[i],
                    "problem": "no count",
                }
                for i in wrong
            ],
        )
    return np.asarray(numbers, dtype=np.int64)
