"""What a patrol plan is made from: scores of cells, streets, starts, shifts, checked, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, check_whole
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.cell_digits import resolutions
from gridgov.place.coding import grid_cells

__all__ = [
    "Shifts",
    "check_number",
    "check_teams",
    "days_covered",
    "read_scores",
    "read_shifts",
    "streets_of",
]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Cells = NDArray[np.uint64]

_MINUTES_A_DAY = 1440


class Shifts(NamedTuple):
    """The shifts of a day.

    Attributes
    ----------
    names
        ``HH:MM``, in the order given.
    begins
        Minutes after midnight.
    factors
        What the score of every cell is multiplied by in each shift, shape (shifts, cells).
    """

    names: list[str]
    begins: NDArray[np.int64]
    factors: Floats


def check_number(value: Any, *, option: str, meaning: str, zero: bool = False) -> float:
    """Return a finite number above 0, or from 0 on.

    Raises
    ------
    OptionError
        If it is none; the message says what the option means.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if isinstance(value, bool) or not np.isfinite(number) or number < 0 or not (number or zero):
        least = "0 or more" if zero else "above 0"
        raise OptionError(f"{option} must be a number {least}: {meaning}. Found: {value!r}.")
    return number


def check_teams(teams: Any, street_ids: Sequence[str]) -> NDArray[np.int64]:
    """Return how many patrols walk at once in every street.

    Raises
    ------
    OptionError
        If a number is no whole number from 0 on, or a street does not exist.
    """
    meaning = "how many patrols walk at once in a street"
    if not isinstance(teams, Mapping):
        number = check_whole(teams, option="teams", least=1, meaning=meaning)
        return np.full(len(street_ids), number, dtype=np.int64)
    unknown = [str(street) for street in teams if str(street) not in street_ids]
    if unknown:
        raise OptionError(
            f"teams must name streets of the grid. Found: {len(unknown)} unknown, the first is "
            f"{unknown[0]!r}. The grid has {', '.join(map(repr, street_ids[:12]))}."
        )
    given = {str(street): number for street, number in teams.items()}
    return np.array(
        [
            check_whole(given.get(street, 0), option=f"teams[{street!r}]", least=0, meaning=meaning)
            for street in street_ids
        ],
        dtype=np.int64,
    )


def streets_of(grid: Any) -> tuple[Cells, list[str], NDArray[np.int64]]:
    """Return the cells of a grid ascending, its streets ascending, and the street of each cell.

    A cell belongs to its display street, the one with its largest share; -1 for none.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If the grid has no rows.
    InputError
        If it repeats a cell, mixes resolutions, or no cell has a street.
    """
    check_table(grid, "grid", columns=["cell", "street_id"])
    cells, order = grid_cells(grid)
    street = grid["street_id"].take(order)
    code, ids = pd.factorize(street.astype("str").where(street.notna()), sort=True)
    if not len(ids):
        raise InputError(
            "A patrol plan is made street by street. Found: a grid of whose cells none has a "
            "street_id. gridgov.make_grid(jurisdictions, resolution=...) makes one that has."
        )
    return cells, [str(name) for name in ids], code.astype(np.int64)


def read_scores(demand: Any, cells: Cells, *, score: str, expected: bool) -> Floats:
    """Return the score of every cell of the grid, 0 where none is given.

    Raises
    ------
    ColumnsError
        If a column is missing, holds no numbers, or an expected number is negative.
    EmptyTableError
        If there are no rows.
    InputError
        If a cell is missing, repeated, not in the grid, or of another resolution.
    """
    _check_demand(demand, score)
    column = demand["cell"]
    if not pd.api.types.is_integer_dtype(column.dtype) or column.isna().any():
        raise ColumnsError(
            "demand.cell must hold H3 cells as whole numbers (uint64), none missing. Found: "
            f"{column.dtype}, {int(column.isna().sum())} missing. "
            "gridgov.geo.hexgrid.text_to_cells(...) reads hexadecimal text."
        )
    here = column.to_numpy(dtype=np.uint64)
    _check_cells(here, cells, "demand")
    twice = len(here) - len(np.unique(here))
    if twice:
        raise InputError(
            f"demand must have one row a cell. Found: {twice:,} rows that repeat one. Take one "
            "period and one group of the table, or add them up by cell."
        )
    numbers = pd.to_numeric(demand[score], errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    unread = np.isinf(numbers) | (np.isnan(numbers) & demand[score].notna().to_numpy())
    wrong = np.flatnonzero(unread | (expected & (numbers < 0)))
    if wrong.size or pd.api.types.is_bool_dtype(demand[score].dtype):
        row = int(wrong[0]) if wrong.size else 0
        rule = "numbers of incidents, 0 or more" if expected else "finite numbers"
        raise ColumnsError(
            f"demand.{score} must hold {rule}, or be missing where a cell is not to be visited. "
            f"Found: {wrong.size or len(demand):,} other, the first is "
            f"{demand[score].iloc[[row]].tolist()[0]!r} in row {demand.index[row]!r}."
            + (" A score such as gi_star needs expected=False." if expected else ""),
            problems=[{"row": demand.index[place], "column": score} for place in wrong],
        )
    result = np.zeros(len(cells))
    result[np.searchsorted(cells, here)] = np.nan_to_num(np.maximum(numbers, 0.0))
    return result


def _check_demand(demand: Any, score: str) -> None:
    """Check that a table has cells and scores, and a row."""
    if not isinstance(demand, pd.DataFrame):
        raise ColumnsError(
            f"demand must be a table (pandas DataFrame). Found: {type(demand).__name__}. "
            "gridgov.tally(...) and gridgov.find_hotspots(...) make one."
        )
    missing = [name for name in ("cell", score) if name not in demand.columns]
    if missing:
        raise ColumnsError(
            f"demand must have the columns cell and {score}, which score= names. Found: "
            f"{', '.join(map(str, demand.columns)) or 'no columns'}. gridgov.tally(...) and "
            "gridgov.find_hotspots(...) make such a table.",
            problems=[
                {"table": "demand", "column": name, "problem": "missing"} for name in missing
            ],
        )
    if not len(demand):
        raise EmptyTableError(
            "demand has no rows, and at least one is needed. gridgov.tally(...) lists every cell; "
            "check what was filtered out before."
        )


def days_covered(demand: Any, score: str, score_days: Any) -> float:
    """Return how many days the scores add up over.

    Raises
    ------
    InputError
        If it is not given and the table of counts does not say.
    OptionError
        If it is no number above 0.
    """
    if score_days is not None:
        return check_number(
            score_days, option="score_days", meaning="how many days the scores add up over"
        )
    span = demand.attrs.get("range") or {}
    if span.get("start") and span.get("end") and not span.get("period"):
        apart = pd.Timestamp(span["end"]) - pd.Timestamp(span["start"])
        return float(apart / pd.Timedelta(days=1))
    if score != "incidents":
        return 1.0
    raise InputError(
        "A plan must know over how many days the incidents were counted. Found: a table that does "
        "not say; joining tables or reading them from a file loses it, and a tally by periods has "
        "several. Give score_days=, such as score_days=365."
    )


def read_shifts(shifts: Any, hours: Any, cells: Cells, *, shift_min: float) -> Shifts:
    """Return the shifts of a day.

    The factor of a cell in a shift is the mean weight of the shift's minutes by the mean
    weight of the day: 1 where nothing is known of the hours.

    Raises
    ------
    ColumnsError
        If a column of `hours` is missing, or holds no hours or no weights.
    InputError
        If `hours` repeats an hour, or names a cell that is not in the grid.
    OptionError
        If a shift is no time of day, is given twice, or there is none.
    """
    listed = [shifts] if isinstance(shifts, str) else list(shifts)
    begins = [_minute(shift) for shift in listed]
    if not begins or len(set(begins)) < len(begins):
        raise OptionError(
            "shifts must list different times of day, such as ('08:00', '18:00'). Found: "
            f"{shifts!r}."
        )
    names = [f"{begin // 60:02d}:{begin % 60:02d}" for begin in begins]
    factors = np.ones((len(names), len(cells)))
    if hours is not None:
        profile = _profiles(hours, cells)
        for place, begin in enumerate(begins):
            factors[place] = _minutes_by_hour(begin, shift_min) @ profile
    return Shifts(names, np.array(begins, dtype=np.int64), factors)


def _minute(shift: Any) -> int:
    """Return a time of day, HH:MM, as minutes after midnight."""
    hour, _, minute = str(shift).partition(":")
    if (
        not isinstance(shift, str)
        or not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2)
        or int(hour) > 23
        or int(minute) > 59
    ):
        raise OptionError(
            "shifts must list times of day as text, HH:MM, such as ('08:00', '18:00'). Found: "
            f"{shift!r}."
        )
    return 60 * int(hour) + int(minute)


def _minutes_by_hour(begin: int, shift_min: float) -> Floats:
    """Return the share of a shift's minutes in every hour of the day."""
    # Hours of the day, over as many days as the shift may reach into.
    edges = 60.0 * np.arange(24 * (2 + int(shift_min) // _MINUTES_A_DAY) + 1)
    inside = np.diff(np.clip(edges, begin, begin + shift_min))
    return np.asarray(inside.reshape(-1, 24).sum(axis=0) / shift_min)


def _profiles(hours: Any, cells: Cells) -> Floats:
    """Return the weight of every hour in every cell by the mean of the day, shape (24, cells)."""
    missing = [
        name
        for name in ("hour", "weight")
        if not isinstance(hours, pd.DataFrame) or name not in hours.columns
    ]
    if missing:
        raise ColumnsError(
            "hours must be a table with the columns hour (0 to 23) and weight, and cell when cells "
            f"differ. Found: {type(hours).__name__} without {', '.join(missing)}."
        )
    hour = pd.to_numeric(hours["hour"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    weight = pd.to_numeric(hours["weight"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(np.isin(hour, np.arange(24)) & (weight >= 0) & np.isfinite(weight)))
    if wrong.size:
        raise ColumnsError(
            "hours must hold hours 0 to 23 and weights of 0 or more. Found: "
            f"{wrong.size:,} other rows, the first is hour {hours['hour'].iloc[wrong[0]]!r} with "
            f"weight {hours['weight'].iloc[wrong[0]]!r}, in row {hours.index[wrong[0]]!r}."
        )
    by_cell = "cell" in hours.columns
    keys = ["cell", "hour"] if by_cell else ["hour"]
    twice = int(hours.duplicated(keys).sum())
    if twice:
        raise InputError(
            f"hours must have one row {'a cell and hour' if by_cell else 'an hour'}. Found: "
            f"{twice:,} rows too many."
        )
    table = np.zeros((24, len(cells)))
    if by_cell:
        here = hours["cell"].to_numpy(dtype=np.uint64)
        _check_cells(here, cells, "hours")
        table[hour.astype(np.intp), np.searchsorted(cells, here)] = weight
    else:
        table[hour.astype(np.intp)] = weight[:, None]
    mean = table.mean(axis=0)
    profile: Floats = np.divide(table, mean, out=np.ones_like(table), where=mean > 0)
    return profile


def _check_cells(here: Cells, cells: Cells, name: str) -> None:
    """Check that all cells are cells of the grid."""
    if not len(here):
        return
    unknown = np.flatnonzero(~np.isin(here, cells))
    if not unknown.size:
        return
    first = here[unknown[:1]]
    of, grid = int(resolutions(first)[0]), int(resolutions(cells[:1])[0])
    if of != grid and 0 <= of <= 15:
        raise InputError(
            f"{name} and grid must have the same resolution. Found: {name} with cell "
            f"{int(first[0]):x} of resolution {of}, a grid of resolution {grid}. Tally on the grid "
            "that the plan is made for."
        )
    raise InputError(
        f"Every cell of {name} must be in the grid. Found: {unknown.size:,} of {len(here):,} that "
        f"{'is' if unknown.size == 1 else 'are'} not, the first is {int(first[0]):x}. Tally on the "
        "same grid, or take the cells of the grid only."
    )
