"""Where several departments' incidents meet more than chance allows: joint enforcement.

The question: which cells would a joint action of several departments (联合执法) serve? A busy
cell has incidents of many departments for no other reason than that it is busy. So places
are kept as they are and the departments are dealt out anew over the incidents: what stands
out is a mix that chance does not make, not the number of incidents.

What the table cannot say: whether the incidents have a common cause, or happened at the
same time (deal within periods, and take short ranges). A cell that holds the city's usual
mix is no finding, however many departments it keeps busy; ``departments`` and
``department_list`` show it all the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_whole, conform
from gridgov.coverage.joint_enforcement.label_deals import (
    Deal,
    Hands,
    deals,
    expected_departments,
    expected_pairs,
    read_deal,
    table_pairs,
)
from gridgov.errors import DataWarning
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["JOINT_REASONS", "find_joint_enforcement"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

JOINT_REASONS = {
    "few": "fewer than 2 incidents",
    "fixed": "every deal gives the same",
}
"""Why a cell has no answer; translated in ``taxonomy/terms.csv``."""

_LEVEL = 0.05
# Cells that fewer deals reach get more of them: ten leave p uncertain by a third.
_RARE = 10


def find_joint_enforcement(
    located: Any,
    grid: Any,
    *,
    column: str = "department",
    statistic: Literal["pairs", "departments"] = "pairs",
    rings: int = 0,
    within: str | Sequence[str] | None = None,
    period: str | None = None,
    start: Any = None,
    end: Any = None,
    permutations: int = 999,
    refine: int = 99_999,
    seed: int = 0,
    min_departments: int = 2,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Find cells where incidents of several departments meet more than chance allows.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`, with `column`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    column
        Column of `located` that names the department.
    statistic
        What p is about: ``"pairs"``, pairs of incidents of different departments, or
        ``"departments"``, how many there are. In busy cells every department is present
        and only pairs can tell.
    rings
        Steps around a cell within which incidents lie together; 0 is the cell.
    within
        Column or columns of `located`: departments are dealt out among the incidents that
        agree in them, such as ``"category"`` or ``"street_id"``. None deals over all.
    period
        Calendar period, as for :func:`gridgov.tally`, within which they are dealt out.
    start, end
        First instant counted and first instant no longer counted.
    permutations
        Number of deals for all cells together.
    refine
        Cells that fewer than ten of these reach are dealt again alone, up to so many times
        (fewer where a cell has incidents of many strata); 0 leaves it.
    seed
        Where the generator starts.
    min_departments
        Cells with fewer are tested and not ranked.
    times
        Column that dates an incident, with a zone.

    Returns
    -------
    DataFrame, one row a cell, in ascending order of cell
        - ``cell``, ``street_id``, ``area_km2``: from `grid`
        - ``incidents``: with a department, in the cell or within the rings
        - ``departments``, ``department_list``: how many and which, most first
        - ``departments_expected``, ``pairs_expected``: exact means over all deals
        - ``pairs``, ``pairs_ratio``
        - ``deals``: deals behind p
        - ``p_value``, ``q_value``: Benjamini-Hochberg over the cells tested
        - ``joint``: `min_departments` and q < 0.05
        - ``rank``: by p, then pairs beyond expectation; missing below `min_departments`
        - ``reason``: why there is no answer

        ``attrs["joint_enforcement"]`` holds options, departments and what was left out.

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If there are fewer than two departments, or resolutions differ.
    OptionError
        If an option does not exist.

    Warns
    -----
    DataWarning
        If the deals are too few for any cell to have q < 0.05 on its own.

    Notes
    -----
    Null hypothesis: given all places and how often each department occurs in a stratum, every
    assignment is equally likely. ``p = (1 + deals with as much or more) / (1 + deals)``. A pair
    of one stratum differs with probability ``1 - Σ K (K - 1) / (N (N - 1))``, of two strata with
    ``1 - Σ K/N · K'/N'``; a department is missing with hypergeometric probability [1]_. A cell
    whose every deal comes out alike is not tested. Which cells are tested depends on places
    alone, never on the departments seen. With rings, tests of near cells share incidents.

    References
    ----------
    .. [1] Hurlbert, S. H. (1971). The nonconcept of species diversity: a critique and
       alternative parameters. Ecology 52(4), 577-586. https://doi.org/10.2307/1934145

    Examples
    --------
    Two cells with two incidents each, two of either department. A pair differs with
    probability 2 / 3; in 4 of the 6 deals both cells are mixed:

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E23FFFF, 0x8931AA50E27FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "street_id": ["01", "02"],
    ...                      "area_km2": [0.1, 0.1]})
    >>> located = pd.DataFrame({"cell": pd.array([a, a, b, b], "UInt64"),
    ...     "match": ["inside"] * 4, "department": ["fire", "trade", "fire", "trade"]})
    >>> joint = find_joint_enforcement(located, grid, permutations=1999)
    >>> joint[["department_list", "pairs", "pairs_expected", "p_value"]].round(2)
          department_list  pairs  pairs_expected  p_value
    0  fire 1 + trade 1      1            0.67     0.67
    1  fire 1 + trade 1      1            0.67     0.67
    """
    check_choice(statistic, option="statistic", choices=("pairs", "departments"))
    rings = check_whole(rings, option="rings", least=0, meaning="0 is the cell alone")
    draws = check_whole(permutations, option="permutations", least=1, meaning="how many deals")
    again = check_whole(refine, option="refine", least=0, meaning="0 deals to all cells alike")
    seed = check_whole(seed, option="seed", least=0, meaning="the same seed gives the same deals")
    least = check_whole(
        min_departments, option="min_departments", least=2, meaning="one meets nobody"
    )
    deal = read_deal(
        located,
        grid,
        column=column,
        within=within,
        period=period,
        rings=rings,
        start=start,
        end=end,
        times=times,
    )
    seen = deal.disks(deal.counts(deal.label))
    number = seen.sum(axis=1)
    departments, pairs = _departments(seen), table_pairs(seen)
    measure = _departments if statistic == "departments" else table_pairs
    p, number_of_deals, varied = _p_values(deal, measure(seen), measure, draws, again, seed)
    reason = np.full(len(number), None, dtype=object)
    # As far as the draws show: where none of them differs from another, there is no test.
    reason[~varied] = JOINT_REASONS["fixed"]
    reason[number < 2] = JOINT_REASONS["few"]
    tested = varied & (number >= 2)
    p[~tested] = np.nan
    q = benjamini_hochberg(p)
    expected, all_departments = expected_pairs(deal), expected_departments(deal)
    enough = departments >= least
    ranked = np.flatnonzero(enough & tested)
    order = ranked[np.lexsort((-(pairs - expected)[ranked], p[ranked]))]
    rank = pd.array([pd.NA] * len(number), dtype="Int64")
    rank[order] = np.arange(1, len(order) + 1)
    _warn_if_blunt(int(tested.sum()), draws + again)

    coded = deal.coded
    frame = pd.DataFrame(
        {
            "cell": coded.cells,
            "street_id": grid["street_id"].array.take(coded.order),
            "incidents": number,
            "area_km2": grid["area_km2"].to_numpy(dtype=np.float64)[coded.order],
            "departments": departments,
            "department_list": _lists(seen, deal.names),
            "departments_expected": np.where(number > 0, all_departments, np.nan),
            "pairs": pairs,
            "pairs_expected": np.where(number > 0, expected, np.nan),
            "pairs_ratio": np.divide(
                pairs, expected, out=np.full(len(number), np.nan), where=expected > 0
            ),
            "deals": number_of_deals,
            "p_value": p,
            "q_value": q,
            "joint": enough & (q < _LEVEL),
            "rank": rank,
            "reason": reason,
        }
    )
    result = conform(frame, "joint_enforcement")
    result.attrs["joint_enforcement"] = {
        "departments": deal.names,
        "statistic": statistic,
        "rings": rings,
        "within": within,
        "period": period,
        "permutations": draws,
        "refine": again,
        "seed": seed,
        "min_departments": least,
        "tests": int(tested.sum()),
        "without_department": deal.nameless,
        **{name: coded.span[name] for name in ("start", "end")},
        "tally": coded.fates,
    }
    return result


def _p_values(
    deal: Deal, seen: Whole, measure: Callable[[Whole], Whole], draws: int, refine: int, seed: int
) -> tuple[Floats, Whole, NDArray[np.bool_]]:
    """Return the upper p-value of every cell, the deals behind it, and whether deals differ."""
    as_much = np.zeros(len(seen), dtype=np.int64)
    varied = np.zeros(len(seen), dtype=bool)
    for label in deals(deal, permutations=draws, seed=seed):
        drawn = measure(deal.disks(deal.counts(label)))
        as_much += drawn >= seen
        varied |= drawn != seen
    number = np.full(len(seen), draws, dtype=np.int64)
    hands = Hands(deal)
    for at in np.flatnonzero(varied & (as_much < _RARE)) if refine else ():
        more = hands.draw(int(at), most=refine, seed=seed)
        as_much[at] += int((measure(more) >= seen[at]).sum())
        number[at] += len(more)
    return (as_much + 1) / (number + 1), number, varied


def _departments(counts: Whole) -> Whole:
    """Return the number of departments by cell."""
    found: Whole = (counts > 0).sum(axis=1)
    return found


def _lists(counts: Whole, names: list[str]) -> Any:
    """Return the departments of every cell with their incidents, most first."""
    order = np.argsort(-counts, axis=1, kind="stable")
    most_first = np.take_along_axis(counts, order, axis=1)
    label = np.array(names, dtype=object)
    texts = np.full(len(counts), "", dtype=object)
    for place in range(len(names)):
        here = most_first[:, place] > 0
        # Sorted by number: who has no incident has nobody after them.
        between = " + " if place else ""
        number = most_first[here, place].astype(str).astype(object)
        texts[here] += between + label[order[here, place]] + " " + number
    texts[texts == ""] = None
    return texts


def _warn_if_blunt(tests: int, draws: int) -> None:
    """Warn when no cell alone could have q < 0.05 however it mixed."""
    floor = 1 / (draws + 1)
    if tests and floor * tests >= _LEVEL:
        needed = int(np.ceil(tests / _LEVEL))
        warnings.warn(
            DataWarning(
                f"The deals are too few for {tests:,} {'test' if tests == 1 else 'tests'}: no p "
                f"can fall below {floor:.2g}, so that no cell alone can have q below 0.05. Give "
                f"refine={needed:,} or more.",
                zh=f"随机分配次数太少，不足以支持 {tests:,} 个检验：p 值不会低于 {floor:.2g}，任何"
                f"单个网格的 q 值都不可能低于 0.05。请将 refine 设为 {needed:,} 或更大。",
            ),
            stacklevel=3,
        )
